"""Is a test only about how something looks?"""

from __future__ import annotations

import libcst as cst
import pytest

from mldebt import vocabulary
from mldebt.syntax.children import children
from mldebt.traits.display import is_display, is_display_chain, is_drawn

WORDS = vocabulary.load()


def around_the_comparison(code: str) -> list[cst.CSTNode]:
    """The nodes around the first comparison in ``code``."""

    def search(node: cst.CSTNode, parents: list[cst.CSTNode]) -> list[cst.CSTNode] | None:
        if isinstance(node, cst.Comparison):
            return parents
        for child in children(node):
            found = search(child, [*parents, node])
            if found is not None:
                return found
        return None

    found = search(cst.parse_module(code), [])
    assert found is not None
    return found


@pytest.mark.parametrize(
    "code",
    [
        "colour = 'green' if score > 0.8 else 'red'\n",
        "icon = '\N{LARGE GREEN CIRCLE}' if score > 0.8 else '\N{LARGE RED CIRCLE}'\n",
        "cell = '**' if score > 0.8 else '__'\n",
        "cell = '**' if score > 0.8 else ''\n",
        "cell = '<b>' if score > 0.8 else '#ff0000'\n",
        "if score > 0.8:\n    background = 'lightgreen'\n",
        "if score > 0.8:\n    print('good')\n",
        "def f(score):\n    if score > 0.8:\n        return 'green'\n",
        "look = GREEN if score > 0.8 else RED\n",
        "stars = '***' if p < 0.001 else '*'\n",
        "def f(share):\n    if share < 0.01:\n        return f'{share:.2%}'\n",
        "def f(share):\n    if share < 0.01:\n        return '%.2f' % (share * 100) + '%'\n",
        "if score > 0.8:\n    explanation_parts.append('very sure')\n",
    ],
)
def test_looks(code: str) -> None:
    assert is_display(around_the_comparison(code), WORDS)


@pytest.mark.parametrize(
    "code",
    [
        "label = 'cat' if score > 0.8 else 'dog'\n",
        "if score > 0.8:\n    colour = 'green'\n    approve()\n",
        "if score > 0.8:\n    return_value = 1\n",
        "keep = score > 0.8\n",
        "label = 'cat' if score > 0.8 else ''\n",
        "label = '' if score > 0.8 else ''\n",
        "if colour:\n    def f():\n        return score > 0.8\n",
        "cell = 'green' if score > 0.8 else decide()\n",
        "def f(share):\n    if share < 0.01:\n        return f'fraud: {share:.2%}'\n",
        "def f(share):\n    if share < 0.01:\n        return f'{share}'\n",
        "def f(share):\n    if share < 0.01:\n        return 'no fraud: %.2f' % share\n",
    ],
)
def test_decisions(code: str) -> None:
    assert not is_display(around_the_comparison(code), WORDS)


def test_a_chain_is_about_looks_only_when_every_branch_is() -> None:
    chain = "if score > 0.8:\n    colour = 'green'\nelif score > 0.5:\n    colour = 'orange'\nelse:\n    {}\n"
    looks = cst.parse_module(chain.format("colour = 'red'")).body[0]
    decides = cst.parse_module(chain.format("refuse()")).body[0]
    assert isinstance(looks, cst.If)
    assert isinstance(decides, cst.If)
    assert is_display_chain(looks, WORDS)
    assert not is_display_chain(decides, WORDS)


@pytest.mark.parametrize(("symbol", "path", "drawn"), [
    ("plot_scores", "a.py", True), ("Report.draw", "a.py", True), ("f", "src/plots.py", True),
    ("decide", "src/rank.py", False), ("", "a.py", False),
])  # fmt: skip
def test_what_draws(symbol: str, path: str, drawn: bool) -> None:
    assert is_drawn(symbol, path) is drawn
