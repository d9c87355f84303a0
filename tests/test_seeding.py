"""Is randomness under control where a function draws?"""

from __future__ import annotations

import ast

import pytest

from mldebt import vocabulary
from mldebt.config import Config
from mldebt.facts import FileFacts
from mldebt.facts.modules import ModuleFact
from mldebt.functions import functions_of
from mldebt.index import facts_of
from mldebt.project import Project
from mldebt.seeding import Seeding


def seeding(**files: str) -> Seeding:
    facts = []
    for name, text in files.items():
        tree = ast.parse(text)
        known = facts_of(tree, text)
        assert isinstance(known[0], ModuleFact)
        facts.append(FileFacts(f"{name}.py", "python", 1, True, (*known, *functions_of(tree, known[0]))))
    return Seeding(Project(facts, Config(), vocabulary.load({})))


COVERED = [
    ("import numpy as np\ndef f():\n    np.random.seed(1)\n    draw()\n", True),
    ("import numpy as np\nnp.random.seed(1)\ndef f():\n    draw()\n", True),
    ("import random\ndef f():\n    random.seed(1)\n    draw()\n", False),
    ("import torch\ndef f():\n    torch.manual_seed(1)\n    draw()\n", False),
    (
        "from lightning import seed_everything\ndef main():\n    seed_everything(1)\n    f()\ndef f():\n    draw()\n",
        True,
    ),
    (
        "import numpy as np\ndef f():\n    draw()\ndef main():\n    set_up()\n    f()\n"
        "def set_up():\n    np.random.seed(1)\n",
        True,
    ),
    ("import numpy as np\ndef f():\n    draw()\ndef main():\n    f()\ndef other():\n    np.random.seed(1)\n", False),
    (
        "import numpy as np\nclass C:\n    def __init__(self):\n        np.random.seed(1)\n"
        "    def f(self):\n        draw()\n",
        True,
    ),
    ("def f():\n    draw()\n", False),
]


@pytest.mark.parametrize(("text", "covered"), COVERED)
def test_a_seed_on_the_way_covers_a_draw(text: str, covered: bool) -> None:
    symbol = "C.f" if "class C" in text else "f"
    assert seeding(one=text).covers("one.py", symbol, "numpy") is covered


def test_a_seed_in_the_file_that_calls_covers() -> None:
    found = seeding(
        data="def parts():\n    draw()\n",
        main="import numpy as np\nfrom data import parts\ndef main():\n    np.random.seed(1)\n    parts()\n",
    )
    assert found.covers("data.py", "parts", "numpy")
    assert not found.covers("data.py", "parts", "torch")


def test_what_training_calls_is_part_of_training() -> None:
    found = seeding(
        data="def parts():\n    draw()\ndef jitter():\n    draw()\n",
        train="import sklearn\nfrom data import parts\ndef main(model):\n    model.fit(parts())\n",
    )
    assert found.trains("data.py", "parts")
    assert not found.trains("data.py", "jitter")
