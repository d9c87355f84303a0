"""Reads the files around the code: workflows, Makefiles, crontabs, READMEs, model cards, CODEOWNERS.

Only lines are looked at, each once and by linear patterns: what is asked is whether something is started,
scheduled, described or owned, and not how.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from mldebt.facts import Fact
from mldebt.facts.workflow import Document, Owner, Schedule, Started
from mldebt.sources.manifests.contents import ManifestFacts, decode

MAX_BYTES = 400_000
MAX_LINES = 6_000
MAX_LINE = 1_000
MAX_FACTS = 400  # of one file

DOCUMENT = re.compile(
    r"(?:^|/)(?:README|MODEL[_-]?CARD|DATASHEET|model[_-]?cards?/[^/]+)[^/]*\.(?:md|rst|txt)$", re.IGNORECASE
)
UPDATES = re.compile(
    r"(?:^|/)(?:\.github/dependabot\.ya?ml|renovate\.json5?|\.renovaterc(?:\.json)?|\.github/renovate\.json5?)$"
)
OWNERS = re.compile(r"^(?:\.github/|\.gitlab/|docs/)?CODEOWNERS$")
MAKE = re.compile(
    r"(?:^|/)(?:Makefile|makefile|justfile|Justfile|Taskfile|tox\.ini|noxfile\.py|dvc\.yaml|Procfile|crontab)$"
)

_CI = re.compile(
    r"(?:^|/)(?:\.github/workflows/|\.gitlab-ci|\.circleci/|azure-pipelines|Jenkinsfile|bitbucket-pipelines|cloudbuild|buildspec)"
)
_IMAGE = re.compile(r"(?:^|/)(?:Dockerfile|Containerfile)|\.dockerfile$", re.IGNORECASE)
_RUN = re.compile(
    r"(?:python3?(?:\.\d+)?|torchrun|accelerate launch|uv run|poetry run python|streamlit run|papermill|spark-submit)"
    r"\s+(?:-[a-zA-Z]\s+)?([\w./-]+\.(?:py|ipynb))"
)
_MODULE = re.compile(r"python3?(?:\.\d+)?\s+-m\s+([\w.]+)")
_EXECUTED = re.compile(r"\bnbconvert\b.*\s--execute\b|\bjupyter\s+execute\s|\bpapermill\s")
_NOTEBOOK = re.compile(r"[\w./-]+\.ipynb\b")
_TARGET = re.compile(r"([A-Za-z][\w./-]{0,60})\s{0,4}:(?![=:])([^=#]{0,200})$")  # of a Makefile, and what it needs
_MADE = re.compile(r"\b(?:make|just|task|dvc)(?:\s+-[\w-]+)*\s+([a-zA-Z][\w-]{0,60})")
_LEFT_OUT = re.compile(r"-m[ =]{0,3}\\?[\"'] ?(not [\w ]{1,80})\\?[\"']")
_TESTS = re.compile(r"\b(?:pytest|unittest|tox|nox|py\.test)\b")
_CRON = re.compile(r"^\s*(?:-\s*)?(?:cron|schedule)\s*:\s*[\"']?([^\"'#]{5,60})")
_CRONTAB = re.compile(r"^\s*(@(?:hourly|daily|weekly|monthly)|(?:[\d*/,-]+\s+){5})")
_CRON_TIMES = re.compile(r"(?:[\d*/,?LW#-]+\s+){4,5}[\w*/,?#-]+|@?(?:hourly|daily|weekly|monthly)")
_UNQUOTED = str.maketrans(dict.fromkeys("\"',[]", " "))
FEW_TOPICS = 2  # that many a README names by the way
_TOPICS = {
    topic: re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for topic, words in {
        "model": "models?|architecture|weights|checkpoints?",
        "data": "training data|datasets?|data set|data source|labels?",
        "metrics": "metrics?|accuracy|precision|recall|auc|f1|rmse|evaluation|performance|benchmark",
        "limits": "limitations?|intended use|bias|out of scope|assumptions?|ethical|caveats?",
    }.items()
}


def reads(path: str) -> bool:
    """Has this reader something to say of a file of that name?"""
    return bool(
        DOCUMENT.search(path) or OWNERS.search(path) or MAKE.search(path) or _CI.search(path) or _IMAGE.search(path)
    ) or (path.endswith((".yml", ".yaml", ".sh", ".bash")))


def read(path: str, data: bytes) -> ManifestFacts:
    """What the file says. Raises nothing; what is too large or no text says nothing here: it is no source
    of ours, and other readers tell of it where it is one of theirs."""
    if not reads(path) or len(data) > MAX_BYTES:
        return ManifestFacts()
    try:
        lines = decode(data).splitlines()[:MAX_LINES]
    except UnicodeError:
        return ManifestFacts()
    if UPDATES.search(path):
        return ManifestFacts((Document("updates", ()),))
    if OWNERS.search(path):
        found = _owners(lines)
    elif DOCUMENT.search(path):
        found = _document(path, lines)
    else:
        found = _runs(path, lines)
    return ManifestFacts(tuple(fact for fact, _ in zip(found, range(MAX_FACTS), strict=False)))


def _owners(lines: list[str]) -> Iterator[Fact]:
    yield Document("owners", ())
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if words and not words[0].startswith(("[", "^")):
            yield Owner(words[0], tuple(words[1:]), number)


def _document(path: str, lines: list[str]) -> Iterator[Fact]:
    name = path.rpartition("/")[2].lower()
    kind = "readme" if name.startswith("readme") and "card" not in path.lower() else "model-card"
    headings = [
        line for line in lines if line.startswith(("#", "==")) or line.lower().startswith(("model-index", "license:"))
    ]
    whole = _topics(lines)
    # A README that goes into the model, its data and how good it is does so with or without headings for it.
    yield Document(kind, whole if kind != "readme" or len(whole) > FEW_TOPICS else _topics(headings))


def _topics(lines: list[str]) -> tuple[str, ...]:
    text = "\n".join(line[:MAX_LINE] for line in lines)
    return tuple(topic for topic, pattern in _TOPICS.items() if pattern.search(text))


def _runs(path: str, lines: list[str]) -> Iterator[Fact]:
    by = "ci" if _CI.search(path) else "image" if _IMAGE.search(path) else "make" if MAKE.search(path) else "script"
    crontab = path.endswith("crontab")
    cronjob = False
    target = ""
    for number, line in enumerate(lines, 1):
        line = line[:MAX_LINE]
        if line.lstrip().startswith("#"):
            continue
        cronjob = cronjob or line.strip().replace('"', "") in (
            "kind: CronJob",
            "kind: CronWorkflow",
            "kind: ScheduledSparkApplication",
        )
        begun = _TARGET.match(line) if by == "make" else None
        if begun is not None:
            target = begun[1]
            yield from (Started(f"make {each}", by, number, target) for each in begun[2].split())
        for program in _programs(line):
            yield Started(program, by, number, target)
        if _TESTS.search(line):
            yield Started("tests", by, number, target, _left_out(line))
        scheduled = _CRON.match(line)
        if scheduled is not None and _CRON_TIMES.search(scheduled[1]):
            yield Schedule("cronjob" if cronjob else "workflow", scheduled[1].strip(), number)
        elif crontab and _CRONTAB.match(line):
            yield Schedule("crontab", line.split("  ")[0][:60], number)


def _programs(line: str) -> Iterator[str]:
    """What a line starts: files, modules, targets."""
    plain = line.translate(_UNQUOTED) if ".ipynb" in line else ""
    notebook = _NOTEBOOK.search(plain) if _EXECUTED.search(plain) else None
    if notebook is not None:
        yield notebook[0]
        return
    for pattern in (_RUN, _MODULE):
        for match in pattern.finditer(line):
            yield match[1]
    for match in _MADE.finditer(line):
        yield f"make {match[1]}"


def _left_out(line: str) -> tuple[str, ...]:
    """The marks of the tests that a line leaves out: ``-m "not slow and not gpu"``."""
    found = _LEFT_OUT.search(line)
    if found is None:
        return ()
    words = found[1].split()
    return tuple(each for before, each in itertools.pairwise(words) if before == "not")
