"""Blocks as values: how they travel in the executed notebook, and that every renderer knows every kind."""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal
from typing import Any

import page_examples as examples
import pytest
from bulletin_examples import blocks, closing, head
from hypothesis import given
from hypothesis import strategies as st

from analysis.render import jupyter
from analysis.render.block_json import BLOCK_MIME, UnknownBlockError, from_json, to_json
from analysis.render.blocks import (
    Beside,
    Cell,
    ChangeBar,
    Chip,
    Column,
    Content,
    Details,
    Display,
    Dot,
    Facts,
    Foreign,
    Group,
    Heading,
    Inline,
    Key,
    Lines,
    Link,
    Muted,
    Part,
    Prose,
    Row,
    Stages,
    Status,
    Table,
    Traced,
    Trend,
    Verbatim,
    figures,
    leaves,
)
from analysis.render.html_blocks import Html
from analysis.render.official_content import Blocks
from analysis.render.plain_blocks import plain
from analysis.render.renderer import Renderer
from analysis.render.typst_blocks import typst
from analysis.words import Figure, Strong, Text
from analysis.words.formats import Form

RATE = Text(
    "核查率",
    Figure("97.6%", "0.9756", "1.2020.rate", form=Form(1, percent=True)),
    Strong(Text("明确", Figure("2", "2", "b", "lower"))),
)
#: a mark of every kind
MARKS: list[Inline] = [
    Chip("A"),
    ChangeBar(-0.4, "clear_fall", 0.6, "下降"),
    ChangeBar(math.nan, "not_reported", 0.6),
    Status("late", "逾期"),
    Dot(True, "点名"),
    Lines((RATE, Muted("82/84"))),
    Beside(("甲", Trend("↑2", better=True))),
    Muted(RATE),
    Trend(RATE, better=False),
    Link("fig-scores", "图1"),
]
NOTE = Prose((RATE, "乙"), "note")
#: a block of every kind
BLOCKS: list[Display] = [
    NOTE,
    Key((("solid", "明确"), ("", "说明"))),
    examples.findings(),
    Heading("h", RATE),
    Table("t", RATE, tuple(Column(str(place), "列") for place in range(10)), (Row(tuple(MARKS)),)),
    Table(
        "s",
        "题",
        (Column("a", "甲"),),
        (Row((Cell("一", math.inf),)), Row((Cell("二", "b", "x"),), "cut", "1")),
    ),
    examples.graphic(),
    examples.masthead(),
    Stages((("自查", "1月", (RATE, Muted("10个"))),)),
    Facts((("得分", RATE, ""),)),
    Details("展开", NOTE, unit="1"),
    Group((NOTE, NOTE)),
    Traced(NOTE, {"strings": ["台账.xlsx"], "rows": {"a.1": "0 0"}}),
    Verbatim("a < b\nc"),
    Foreign("<p>x</p>", NOTE),
    head(note=("说明",)),
    Blocks("zh", blocks()),
    closing(),
]


def kinds_in(part: object) -> set[str]:
    """Return the names of every kind in a value."""
    if isinstance(part, tuple | list):
        return {name for each in part for name in kinds_in(each)}
    return {part.kind_name} | kinds_in(tuple(vars(part).values())) if isinstance(part, Part) else set()


def test_the_examples_here_are_of_every_kind() -> None:
    assert kinds_in(BLOCKS) == set(Part.kinds)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.kind_name)
def test_a_block_travels_in_a_notebook_and_stays_what_it_is(block: Display) -> None:
    bundle = json.loads(json.dumps(block._repr_mimebundle_(), allow_nan=False))
    assert set(bundle) == {BLOCK_MIME, "text/html", "text/plain"}
    # a number that is none is not equal to itself
    assert repr(from_json(bundle[BLOCK_MIME])) == repr(block)
    assert to_json(from_json(bundle[BLOCK_MIME])) == bundle[BLOCK_MIME]


said = st.text(max_size=6)
forms = st.builds(
    Form, st.integers(0, 4), st.sampled_from([Decimal(1), Decimal("0.0001")]), st.booleans(), st.booleans()
)
printed = said | st.builds(Figure, said, said, said, said, st.none() | forms)
texts = st.lists(printed | printed.map(lambda part: Strong(Text(part))), max_size=3).map(lambda ps: Text(*ps))
contents: st.SearchStrategy[Content] = st.recursive(
    said | texts | st.builds(Chip, said),
    lambda inner: st.builds(Muted, inner) | st.lists(inner, max_size=2).map(lambda them: Lines(tuple(them))),
    max_leaves=4,
)


@given(st.lists(contents, min_size=1, max_size=3))
def test_whatever_a_cell_holds_it_travels(held: list[Content]) -> None:
    columns = tuple(Column(str(place), "列") for place in range(len(held)))
    table = Table("t", "题", columns, (Row(tuple(held)),))
    assert from_json(json.loads(json.dumps(to_json(table)))) == table


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"is": "tabel"}, "no block is called 'tabel'"),
        ({"is": "chip", "grade": "A"}, "'chip' is no block"),
        ({"is": "heading", "id": "h", "words": "甲"}, "heading: .*words"),
        ({}, "None is no block"),
    ],
)
def test_json_of_another_version_is_refused_with_what_is_unknown(record: dict[str, Any], said: str) -> None:
    with pytest.raises(UnknownBlockError, match=said):
        from_json(record)


def test_what_cannot_be_written_is_named() -> None:
    with pytest.raises(TypeError, match=r"frozenset\(\{1\}\)"):
        to_json(Facts((("一", frozenset({1}), ""),)))  # type: ignore[arg-type]


@pytest.mark.parametrize("shown", [*MARKS, *BLOCKS], ids=lambda shown: shown.kind_name)
def test_every_renderer_shows_every_kind(shown: Inline | Display) -> None:
    assert [kind for kind in (Html(), Html("en"), typst, plain) if not isinstance(kind(shown), str)] == []


def test_a_renderer_that_lacks_a_kind_cannot_be_defined() -> None:
    with pytest.raises(TypeError, match=r"Deaf does not know text, chip, .*closing"):

        class Deaf(Renderer):
            def words(self, words: str) -> str:
                return words


def test_the_figures_of_a_block_are_met_in_reading_order() -> None:
    shown = Group((NOTE, Details("展开", Prose((Text(Figure("3", "3", "c")),)))))
    assert [figure.row for figure in figures(shown)] == ["1.2020.rate", "b", "c"]
    assert [leaf.kind_name for leaf in leaves(Traced(shown, {}))] == ["prose", "prose"]


def test_in_a_notebook_every_chart_is_drawn_once_and_the_style_touches_nothing_else() -> None:
    shown = Group((examples.graphic(), examples.matrix()))._repr_mimebundle_()["text/html"]
    assert shown.startswith('<div class="assess"><style>')
    assert shown.count("<svg") == shown.count("<figure") == 1
    alt = plain(examples.graphic().alt)
    assert f'role="img" aria-label="{alt}"' in shown
    assert "aria-labelledby" not in shown
    assert 'href="#' not in shown
    style = re.sub(r"/\*.*?\*/", "", jupyter.style())
    selectors = [
        selector.strip() for rule in re.findall(r"([^{}]+)\{", style) for selector in rule.split(",")
    ]
    assert len(selectors) > 100
    assert [each for each in selectors if not re.match(r"(body\S+ )?\.assess\b", each)] == []
    assert "url(" not in style
    assert "</" not in style


def test_only_blocks_are_shown() -> None:
    with pytest.raises(TypeError, match="str is no block"):
        jupyter.in_notebook("甲")  # type: ignore[arg-type]
