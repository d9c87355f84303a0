"""What the facts of all files say together: model classes, ML modules."""

from __future__ import annotations

import pytest

from mldebt import vocabulary
from mldebt.config import Config
from mldebt.facts import FileFacts
from mldebt.index import index
from mldebt.project import Project


def project(**files: str) -> Project:
    """A project of modules: ``package__module="text"`` stands for ``package/module.py``, and ``=``
    for the underscores of ``__init__``."""
    facts = []
    for name, text in files.items():
        path = f"{name.replace('__', '/').replace('=', '__')}.py"
        facts.append(FileFacts(path, "python", text.count("\n"), True, index(text) or ()))
    return Project(facts, Config(), vocabulary.load({}))


def test_a_subclass_whose_model_base_sits_two_files_away_is_a_model() -> None:
    found = project(
        app__base="import torch\n\nclass Base(torch.nn.Module):\n    pass\n",
        app__tower="from app.base import Base as Root\n\nclass Tower(Root):\n    pass\n",
        app__ranker="from .tower import Tower\n\nclass Ranker(Tower):\n    pass\n",
    )

    assert found.is_model("app/ranker.py", "@.Ranker") is True


def test_a_base_is_found_through_a_star_import_and_a_package() -> None:
    found = project(
        app__nets__core="import keras\n\nclass Core(keras.Model):\n    pass\n",
        **{"app__nets__=init=": "from .core import *\n"},
        app__serve="from app import nets\n\nclass Served(nets.Core):\n    pass\n",
    )

    assert found.is_model("app/serve.py", "@.Served") is True


def test_a_class_that_inherits_from_itself_through_an_alias_is_no_model() -> None:
    found = project(
        app__one="from app.two import Thing as Base\n\nclass Thing(Base):\n    pass\n",
        app__two="from app.one import Thing as Base\n\nclass Thing(Base):\n    pass\n",
    )

    assert not found.is_model("app/one.py", "@.Thing")
    assert not found.is_model("app/two.py", "@.Thing")


@pytest.mark.parametrize("first", ["app/one.py", "app/two.py"])
def test_a_model_in_a_circle_of_bases_is_one_whichever_class_is_asked_first(first: str) -> None:
    found = project(
        app__one="from app.two import Thing as Base\nfrom torch import nn\n\nclass Thing(Base, nn.Module):\n    pass\n",
        app__two="from app.one import Thing as Base\n\nclass Thing(Base):\n    pass\n",
    )
    found.is_model(first, "@.Thing")

    assert found.is_model("app/one.py", "@.Thing") is True
    assert found.is_model("app/two.py", "@.Thing") is True


def test_a_long_line_of_bases_is_followed_to_its_end() -> None:
    chain = {f"app__c{n}": f"from app.c{n + 1} import C as B\n\nclass C(B):\n    pass\n" for n in range(60)}
    found = project(**chain, app__c60="import torch\n\nclass C(torch.nn.Module):\n    pass\n")

    assert found.is_model("app/c0.py", "@.C") is True


@pytest.mark.parametrize(
    "body",
    [
        "    def fit(self, x): ...\n    def predict(self, x): ...\n",
        "    def __init__(self):\n        self.clf = linear_model.LogisticRegression()\n",
        "    def prepare(self):\n        from sklearn.svm import SVC\n        self.clf = SVC()\n",
    ],
    ids=["fits-and-predicts", "keeps-an-estimator", "imports-it-where-it-builds-it"],
)
def test_a_class_without_a_known_base_can_be_a_home_made_model(body: str) -> None:
    found = project(app__home=f"from sklearn import linear_model\n\nclass Home:\n{body}")

    assert found.is_model("app/home.py", "@.Home") is True


@pytest.mark.parametrize(
    "text",
    [
        "class Gym:\n    def train(self): ...\n    def rest(self): ...\n",
        "from transformers import AutoTokenizer\n\nclass Lines:\n    def __init__(self):\n"
        "        self.tokenizer = AutoTokenizer.from_pretrained('some/name')\n",
        "from app.shop import Ridge\n\nclass Hill:\n    def __init__(self):\n        self.top = Ridge()\n",
    ],
    ids=["only-fits", "keeps-a-tokeniser", "an-estimator's-name-from-elsewhere"],
)
def test_what_only_looks_like_a_home_made_model_is_none(text: str) -> None:
    found = project(app__home=text, app__shop="class Ridge:\n    pass\n")

    assert not any(found.is_model("app/home.py", f"@.{name}") for name in ("Gym", "Lines", "Hill"))


def test_a_module_that_an_ml_module_imports_is_one_and_the_next_is_not() -> None:
    found = project(
        app__train="import sklearn\nfrom app import features\n",
        app__features="from app import words\n",
        app__words="STOP = ()\n",
        app__site="import flask\n",
    )

    assert found.learning == {"app/train.py", "app/features.py"}
