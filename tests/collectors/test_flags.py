"""Where flags are evaluated, and by which key, however many files lie between."""

from __future__ import annotations

import pytest

from mldebt.flag_sites import flag_sites
from mldebt.project import Project
from tests.collectors.analysed import analysed


def lines(project: Project, key: str) -> list[tuple[str, int]]:
    return [(site.place.path, site.place.span.line) for site in flag_sites(project).get(key, ())]


@pytest.mark.parametrize(
    ("test", "key"),
    [
        ('os.getenv("ENABLE_PAGES") == "1"', "ENABLE_PAGES"),
        ('os.environ["SHOP_ENABLE_PAGES"].lower() in ("1", "true")', "SHOP_ENABLE_PAGES"),
        ('os.getenv("WIDE_INPUT", "no").lower() == "yes"', "WIDE_INPUT"),
        ('strtobool(os.getenv("WIDE_INPUT", "no"))', "WIDE_INPUT"),
        ('config("WIDE_INPUT", default=False, cast=bool)', "WIDE_INPUT"),
        ('int(os.getenv("USE_PAGES", "0"))', "USE_PAGES"),
        ("settings.ENABLE_PAGES", "ENABLE_PAGES"),
        ('current_app.config.get("ENABLE_PAGES")', "ENABLE_PAGES"),
        ("self.settings.pages_enabled", "pages_enabled"),
        ("settings.pages_enabled is False", "pages_enabled"),
        ('settings.FEATURES["pages"]', "pages"),
        ('feature_flags.get("pages")', "pages"),
        ('ldclient.get().variation("pages", user, False)', "pages"),
        ('api.get_client().get_string_value("pages", "old") == "new"', "pages"),
        ('waffle.flag_is_active(request, "pages")', "pages"),
        ("USE_PAGES", "USE_PAGES"),
    ],
)
def test_a_test_of_a_flag_is_a_site_of_its_key(test: str, key: str) -> None:
    project = analysed(
        {
            "rank.py": f"""
            import os
            from distutils.util import strtobool

            import ldclient
            import waffle
            from decouple import config
            from django.conf import settings
            from flask import current_app
            from openfeature import api

            USE_PAGES = False


            def rank(self, feature_flags, request, user):
                if {test}:
                    return 1
                return 0
            """
        }
    )

    assert ("rank.py", 16) in lines(project, key)


@pytest.mark.parametrize(
    "test",
    [
        "user.is_enabled",
        "camera.enabled",
        "use_bias",
        "self.use_cache",
        'features["age"]',
        '"age" in features',
        "feature_type == 1",
        'store.get_value("pages")',
        "args.use_pages",
        "USE_FAST",
        "settings.page_size",
        'os.getenv("PAGES_API_KEY")',
        "DEBUG",
        "settings.DEBUG",
        "settings.feature_names",
    ],
)
def test_what_only_looks_like_a_flag_is_none(test: str) -> None:
    project = analysed(
        {
            "rank.py": f"""
            import argparse
            import os

            import torch
            from django.conf import settings

            USE_FAST = torch.cuda.is_available()
            DEBUG = os.getenv("DEBUG", "false") == "true"
            args = argparse.ArgumentParser().parse_args()


            class Ranker:
                def rank(self, camera, features, feature_type, store, use_bias, user):
                    if {test}:
                        return 1
                    return 0
            """
        }
    )

    assert flag_sites(project) == {}


def test_the_key_goes_through_a_wrapper_of_a_wrapper_of_a_client_made_elsewhere() -> None:
    project = analysed(
        {
            "app/clients.py": "import ldclient\n\nclient = ldclient.get()\n",
            "app/flags.py": """
            from app.clients import client


            class Flags:
                def is_on(self, key, user):
                    return client.variation(key, user, False)


            flags = Flags()
            """,
            "app/shop.py": """
            from app.flags import flags


            def wide(user):
                return flags.is_on("wide", user)
            """,
            "app/rank.py": """
            from app import shop
            from app.flags import flags as ask

            KEY = "narrow"


            def rank(user):
                if shop.wide(user):
                    return 1
                return 2 if ask.is_on(KEY, user) else 3
            """,
        }
    )

    assert ("app/rank.py", 9) in lines(project, "wide")
    assert ("app/rank.py", 11) in lines(project, "narrow")


def test_settings_are_found_through_a_package_that_hands_them_on() -> None:
    project = analysed(
        {
            "app/core/settings.py": """
            from pydantic_settings import BaseSettings


            class Settings(BaseSettings):
                use_pages: bool = False


            settings = Settings()
            """,
            "app/core/__init__.py": "from .settings import settings\n",
            "app/__init__.py": "from .core import settings as chosen\n",
            "rank.py": "from app import chosen\n\nif chosen.use_pages:\n    WIDE = 1\n",
        }
    )

    assert lines(project, "use_pages") == [("rank.py", 3)]


def test_a_line_that_reads_a_flag_and_decides_on_it_is_one_site() -> None:
    project = analysed({"rank.py": 'import os\n\nif os.getenv("ENABLE_PAGES") == "1":\n    WIDE = 1\n'})

    (site,) = flag_sites(project)["ENABLE_PAGES"]
    assert site.branches


def test_a_function_whose_whole_business_is_one_flag_says_so() -> None:
    project = analysed(
        {
            "rank.py": '''
            import os


            def pages():
                """Are there pages?"""
                return os.getenv("ENABLE_PAGES", "0") == "1"


            def rank():
                found = 1 if pages() else 0
                return found
            '''
        }
    )

    sites = flag_sites(project)["ENABLE_PAGES"]
    assert [(site.place.span.line, site.wraps, site.default) for site in sites] == [(7, "pages", '"0"'), (11, "", "")]


def test_options_of_a_network_are_no_flags_and_settings_in_it_are() -> None:
    project = analysed(
        {
            "net.py": """
            from django.conf import settings
            from torch import nn


            class Net(nn.Module):
                def forward(self, x):
                    if self.config.use_rotary:
                        return x
                    return -x if settings.USE_SIGN else x
            """
        }
    )

    assert list(flag_sites(project)) == ["USE_SIGN"]
