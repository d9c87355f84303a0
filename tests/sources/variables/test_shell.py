"""Shell scripts."""

from __future__ import annotations

import pytest

from tests.sources.variables.declared import declared, reads


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("echo $MODEL_PATH\n", [("MODEL_PATH", None, 1)]),
        ('run "${MODEL_PATH:-/models}"\n', [("MODEL_PATH", "/models", 1)]),
        ("${PORT-80} ${PORT:=81}\n", [("PORT", "80", 1), ("PORT", "81", 1)]),
        ("${PORT:?must be set} ${#PORT}\n", [("PORT", None, 1), ("PORT", None, 1)]),
        ("echo '$NOT' \\$NOR \"\\$NEITHER\" $$ $1 $@ $?\n", []),
        ("# $NOT\necho a#$YES # $NOT\n", [("YES", None, 2)]),
        ('x="$(cat "$DIR/it\'s")"\necho $AFTER\n', [("DIR", None, 1), ("AFTER", None, 2)]),
        ("cat <<EOF\n$IN it's\nEOF\necho $AFTER\n", [("IN", None, 2), ("AFTER", None, 4)]),
        ("cat <<'EOF'\n$NOT it's\nEOF\necho $AFTER\n", [("AFTER", None, 4)]),
        ("cat <<-\"END\" && go\n\t$NOT\n\tEND\necho $AFTER\n", [("AFTER", None, 4)]),
        ("cat <<< $WORD\n", [("WORD", None, 1)]),
        ("A=1\necho $A $B\n", [("B", None, 2)]),
        ("A=${A:-1}\necho $A\n", [("A", "1", 1)]),
        ("A=$(cmd $B)\necho $A\n", [("B", None, 1)]),
        ("for GPU in 1 2; do echo $GPU; done\nread -r LINE\necho $LINE\n", []),
        ("if true; then A=1; fi\ncase $X in y) B=2 ;; esac\necho $A $B\n", [("X", None, 2)]),
        ("echo $HOME $PATH $PWD $lower ${RANDOM}\n", []),
        ("echo ${A:-${B:-c}}\n", [("A", "${B:-c", 1), ("B", "c", 1)]),
        ("echo $'it\\'s' $AFTER\n", [("AFTER", None, 1)]),
        ("(( X = $A + 1 )); y=$((B + $C))\n", [("A", None, 1), ("C", None, 1)]),
    ],
)  # fmt: skip
def test_what_a_script_reads(text: str, wanted: list[tuple[str, str | None, int]]) -> None:
    assert reads("run.sh", text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("export A=1 B='two words'\n", [("A", "1"), ("B", "two words")]),
        ("A=1\n", []),
        ("A=1 B=2 python serve.py\n", [("A", "1"), ("B", "2")]),
        ("env A=1 python serve.py\n", [("A", "1")]),
        ("local A=1\nreadonly B=2\ndeclare -x C=3\n", [("C", "3")]),
        ("if x; then export A=1; fi\n", [("A", "1")]),
        ('docker run -e A=1 --env B="2" --build-arg=C=3 image # -e D=4\n', [("A", "1"), ("B", "2"), ("C", "3")]),
        ('export A=${A:-"x"} ; go\n', [("A", '${A:-"x"}')]),
        ("export A\n", []),
        ("export PATH=/x:$PATH\n", []),
        ("export API_KEY=abc\n", [("API_KEY", "")]),
        ("cat <<EOF\nexport A=1\nEOF\n", []),
    ],
)
def test_what_a_script_gives(text: str, wanted: list[tuple[str, str]]) -> None:
    assert [(name, value) for _, name, value, _ in declared("run.sh", text)] == wanted


def test_the_environment_is_in_the_name_of_the_script() -> None:
    assert declared("deploy/prod.sh", "export A=1\n") == [("", "A", "1", 1)]
