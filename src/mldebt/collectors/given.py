"""Records the seeds, timeouts and revisions that calls are given: what a fix may give to their neighbours."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Collector, Seen, on, spelled
from mldebt.facts.given import GivenArgument
from mldebt.mutability import is_commit
from mldebt.syntax.asked import gives_by_name
from mldebt.traits.hub import api_of


class Given(Collector):
    """Literals only, also those that a name of the file stands for."""

    @on(cst.Call, like=gives_by_name)
    def call(self, node: cst.Call, at: At) -> Iterator[Seen]:
        for argument in node.args:
            name = argument.keyword.value if argument.keyword is not None else ""
            if name == "timeout":
                yield from self._timeout(node, argument, at)
            elif name == "revision":
                yield from self._revision(node, argument, at)
            elif name and name in at.vocabulary.words("seed-arguments"):
                seed = at.number(argument.value)
                if seed is not None and isinstance(seed.value, int):
                    yield _seen(node, "seed", "", seed.text)

    @staticmethod
    def _timeout(node: cst.Call, argument: cst.Arg, at: At) -> Iterator[Seen]:
        reference, seconds = at.reference(node.func), at.number(argument.value)
        if seconds is not None and reference in at.vocabulary.words("timeless-calls"):
            yield _seen(node, "timeout", reference.partition(".")[0], seconds.text)

    @staticmethod
    def _revision(node: cst.Call, argument: cst.Arg, at: At) -> Iterator[Seen]:
        api, commit = api_of(at.reference(node.func), at.vocabulary), at.value(argument.value)
        asked = api.asked(node) if api is not None else None
        artefact = at.text(asked) if asked is not None else None
        if artefact and isinstance(commit.constant, str) and commit.literal is not None and is_commit(commit.constant):
            yield _seen(node, "revision", artefact, spelled(commit.literal))


def _seen(node: cst.Call, keyword: str, subject: str, value: str) -> Seen:
    return Seen(node, lambda where: GivenArgument(keyword, subject, value))
