"""Edits at random, of the kinds that people make: for tests that a run after an edit is a run from the beginning."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

_CODE = (".py",)
_LINES = (
    "import torch",
    "from sklearn.ensemble import RandomForestClassifier",
    "import os",
    "DEBUG = os.environ.get('APP_DEBUG', '0') == '1'",
    "ENABLE_NEW_RANKER = True",
    "THRESHOLD = 0.61",
    "seed_everything(3)",
    "model.fit(x, y)",
    "joblib.dump(model, 'model.pkl')",
    "threshold = 0.73",
    "print(predict(1))",
    "if os.environ['APP_ENV'] == 'prod': pass",
    "@app.post('/predict')",
    "class Model(Base):",
)


class Edits:
    """Edits files below ``root``; each call of ``one`` makes one edit and says which."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self._random = random.Random(seed)

    def one(self) -> str:
        edits: list[Callable[[Path], object]] = [
            self._blank_line,
            self._blank_line,
            self._new_function,
            self._new_function,
            self._new_call,
            self._new_call,
            self._other_number,
            self._new_line,
            self._twice,
            self._gone,
            self._other_name,
            self._import_between,
            self._moved,
            self._removed,
            self._copied,
            self._configured,
        ]
        path = self._any()
        edit = self._random.choice(edits)
        edit(path)
        return f"{edit.__name__.strip('_')} {path.relative_to(self.root)}"

    def _any(self) -> Path:
        found = (path for path in self.root.rglob("*") if path.suffix in _CODE and path.is_file())
        return self._random.choice(sorted(path for path in found if ".mldebt_cache" not in path.parts))

    def _lines(self, path: Path, change: Callable[[list[str]], None]) -> None:
        lines = path.read_text(encoding="utf-8", errors="surrogateescape").split("\n")
        change(lines)
        path.write_text("\n".join(lines), encoding="utf-8", errors="surrogateescape")

    def _at(self, lines: list[str]) -> int:
        return self._random.randrange(len(lines))

    def _blank_line(self, path: Path) -> None:
        self._lines(path, lambda lines: lines.insert(self._at(lines), ""))

    def _new_function(self, path: Path) -> None:
        name = self._random.choice(("added", "predict", "train", "evaluate_baseline", "load_features", "run"))
        self._lines(path, lambda lines: lines.extend([f"def {name}(value):", "    return value", ""]))

    def _new_call(self, path: Path) -> None:
        words = [word for word in path.read_text(errors="replace").replace("(", " ( ").split() if word.isidentifier()]
        name = self._random.choice(words or ["f"])
        self._lines(
            path, lambda lines: lines.extend([f"def calls_{self._random.randrange(99)}(x):", f"    {name}(x)", ""])
        )

    def _new_line(self, path: Path) -> None:
        line = self._random.choice(_LINES)
        end = ["    pass"] if line.endswith(":") else ["def handler(x):", "    return x"] if line[0] == "@" else []

        def change(lines: list[str]) -> None:
            at = self._random.choice((0, len(lines)))
            lines[at:at] = [line, *end]

        self._lines(path, change)

    def _other_number(self, path: Path) -> None:
        def change(lines: list[str]) -> None:
            at = self._at(lines)
            lines[at] = "".join(str(self._random.randrange(10)) if c.isdigit() else c for c in lines[at])

        self._lines(path, change)

    def _twice(self, path: Path) -> None:
        def change(lines: list[str]) -> None:
            at = self._at(lines)
            lines.insert(at, lines[at])

        self._lines(path, change)

    def _gone(self, path: Path) -> None:
        self._lines(path, lambda lines: lines.__delitem__(self._at(lines)))

    def _other_name(self, path: Path) -> None:
        def change(lines: list[str]) -> None:
            at = self._random.choice([n for n, line in enumerate(lines) if "def " in line] or [0])
            lines[at] = lines[at].replace("def ", "def new_", 1)

        self._lines(path, change)

    def _import_between(self, path: Path) -> None:
        name = self._any().relative_to(self.root).with_suffix("").as_posix().replace("/", ".")
        self._lines(path, lambda lines: lines.insert(0, f"from {name} import *"))

    def _moved(self, path: Path) -> None:
        path.rename(path.with_name(f"moved_{path.name}"))

    def _removed(self, path: Path) -> None:
        if sum(1 for _ in self.root.rglob("*.py")) > 3:
            path.unlink()

    def _copied(self, path: Path) -> None:
        shutil.copyfile(path, path.with_name(f"copy_{path.name}"))

    def _configured(self, path: Path) -> None:
        role = self._random.choice(("test", "library", "train"))
        (self.root / "mldebt.toml").write_text(f'[roles]\n"{path.name}" = "{role}"\n')
