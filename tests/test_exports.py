"""What a module gives to those that import it."""

from __future__ import annotations

from mldebt.facts.exports import Export
from mldebt.traits.values import Trait
from tests.collectors.analysed import analysed


def exported(path: str, text: str) -> dict[str, Export]:
    return {export.name: export for _, export in analysed({path: text}).facts(Export)}


def traits(export: Export) -> dict[str, str]:
    return {each.trait: each.detail for each in export.carried}


def test_a_setting_carries_what_its_name_and_its_value_say() -> None:
    found = exported(
        "app/settings.py",
        """
        import os

        ENV = os.getenv("APP_ENV", "dev")
        IS_PROD = ENV == "production"
        DEBUG = False
        ENABLE_PAGES = os.getenv("SHOP_ENABLE_PAGES") == "1"
        USE_COLUMNS = ["a", "b"]
        """,
    )

    assert traits(found["ENV"])[Trait.ENVIRONMENT.value] == "APP_ENV"
    assert traits(found["IS_PROD"])[Trait.ENVIRONMENT_TEST.value] == "APP_ENV"
    assert Trait.SWITCH.value not in traits(found["IS_PROD"])
    assert traits(found["DEBUG"])[Trait.SWITCH.value] == "DEBUG"
    assert traits(found["ENABLE_PAGES"])[Trait.FLAG.value] == "SHOP_ENABLE_PAGES"
    assert Trait.FLAG.value not in traits(found["USE_COLUMNS"])


def test_outside_settings_a_name_speaks_for_booleans_only() -> None:
    found = exported(
        "app/state.py",
        """
        import torch

        pages_enabled: bool = False
        use_pages = torch.zeros(1)
        env = "prod"
        """,
    )

    assert traits(found["pages_enabled"]) == {Trait.FLAG.value: "pages_enabled"}
    assert "use_pages" not in found or Trait.FLAG.value not in traits(found["use_pages"])
    assert Trait.ENVIRONMENT.value not in traits(found["env"])


def test_a_wrapper_names_the_parameter_that_gives_the_key() -> None:
    found = exported(
        "app/flags.py",
        """
        import os

        import ldclient


        def is_on(user, key):
            return ldclient.get().variation(key, user, False)


        class Flags:
            def is_on(self, key):
                return os.getenv(key, "false") == "true"
        """,
    )

    (flag,) = (each for each in found["is_on()"].carried if each.trait == Trait.FLAG.value)
    assert flag.parameter == 1
    (flag,) = (each for each in found["Flags.is_on()"].carried if each.trait == Trait.FLAG.value)
    assert flag.parameter == 0  # self is not written at the call


def test_a_call_is_exported_with_what_it_was_given() -> None:
    found = exported(
        "app/state.py",
        """
        from app.helpers import is_true
        from app.keys import PAGES

        READ = is_true("READ_PAGES")
        WIDE = is_true(PAGES)


        def on(name):
            return is_true(name, "no")
        """,
    )

    assert found["READ"].arguments == ("=READ_PAGES",)
    assert found["WIDE"].arguments == ("@app.keys.PAGES",)
    assert found["on()"].arguments == ("#0", "=no")
    assert found["on()"].refers == "app.helpers.is_true()"


def test_questions_about_a_setting_carry_the_name_of_the_function() -> None:
    found = exported(
        "app/helpers.py",
        """
        import os


        def is_empty(value):
            return not value


        def is_search_enabled():
            return not is_empty(os.getenv("SEARCH_ADDRESS"))


        def in_debug_mode():
            return os.getenv("SHOP_DEBUG") == "1"
        """,
    )

    assert traits(found["is_search_enabled()"])[Trait.FLAG.value] == "is_search_enabled"
    assert traits(found["in_debug_mode()"])[Trait.SWITCH.value] == "SHOP_DEBUG"


def test_a_literal_is_exported_as_written() -> None:
    found = exported("app/keys.py", 'PAGES = "wide-pages"\nSIZE = -3\n')

    assert (found["PAGES"].value, found["SIZE"].value) == ('"wide-pages"', "-3")
