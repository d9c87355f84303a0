"""How one file gets at a name of another."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt.config import Flags
from mldebt.project import Project
from mldebt.reach import Reach, reach
from mldebt.run import Request, execute
from tests.toy import write

FILES = {
    "pyproject.toml": '[project]\nname = "app"\n',
    "app/__init__.py": "",
    "app/config.py": "SEED = 3\n",
    "app/by_name.py": "from app.config import SEED as FIXED\n",
    "app/by_module.py": "from app import config\n",
    "app/neighbour.py": "from app.by_name import FIXED\n",
    "app/nothing.py": "import os\n",
    "app/low/__init__.py": "",
    "app/low/deep.py": "from ..config import SEED\n",
    "app/low/beside.py": "import os\n",
    "tools/alone.py": "import os\n",
    "app/circle.py": "from app.by_circle import x\nLIMIT = 3\n",
    "app/by_circle.py": "x = 1\n",
    "app/reader.py": "from app.circle import LIMIT\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    for path, text in FILES.items():
        write(tmp_path / path, text)
    return execute(Request(tmp_path, root=str(tmp_path), flags=Flags(jobs=1))).project


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("app/config.py", Reach("SEED")),
        ("app/by_name.py", Reach("FIXED")),
        ("app/by_module.py", Reach("config.SEED")),
        ("app/nothing.py", Reach("SEED", "app.config")),
        ("app/low/beside.py", Reach("SEED", "..config")),
        ("tools/alone.py", None),  # nothing shows that it finds the package when it is run
    ],
)
def test_by_what_is_imported_or_can_be(project: Project, path: str, found: Reach | None) -> None:
    assert reach(project, path, "app/config.py", "SEED") == found


def test_no_import_leads_in_a_circle(project: Project) -> None:
    assert reach(project, "app/nothing.py", "app/circle.py", "LIMIT") == Reach("LIMIT", "app.circle")
    assert reach(project, "app/by_circle.py", "app/circle.py", "LIMIT") is None
