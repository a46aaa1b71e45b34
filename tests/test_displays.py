"""The displays: what a reader gets in HTML, in the PDF's typst and in plain text."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import page_examples as examples
import pytest

from analysis.publish.executed_notebook import Document, Page, Section
from analysis.publish.pdf_exporter import compile_pdf, typst_source
from analysis.render.blocks import (
    Beside,
    Cell,
    ChangeBar,
    Chip,
    Column,
    Content,
    Display,
    Dot,
    Findings,
    Graphic,
    Group,
    Heading,
    Inline,
    Key,
    Lines,
    Link,
    Masthead,
    Muted,
    Picture,
    Prose,
    Row,
    Status,
    Table,
    Trend,
)
from analysis.render.column_widths import tracks
from analysis.render.html_blocks import BAR_WIDTH, Html, labelled_svg
from analysis.render.plain_blocks import plain
from analysis.render.typst_blocks import typst
from analysis.words import Figure, Strong, Text

HOSTILE = '<script>alert("x")</script> & #import "a.typ" $x$ [b] *c* _d_ `e` //f \\g @h'


def shown_as_pdf(display: Display) -> bytes:
    """Compile one display to PDF; typst refuses markup that does not balance."""
    page = Page(title="试", issuer="甲", as_of="2022-03-31")
    section = Section("only", "一", (display,))
    return compile_pdf(typst_source(Document(page, (section,))), page.date())


@pytest.mark.parametrize(
    "mark",
    [
        Chip(HOSTILE),
        Status("late", HOSTILE),
        Dot(True, HOSTILE),
        Lines((HOSTILE, Text(HOSTILE))),
        Beside((HOSTILE, Muted(HOSTILE), ChangeBar(-0.2, "clear_fall", 0.6, word=HOSTILE))),
        Muted(HOSTILE),
        Trend(HOSTILE, better=True),
        Link("only", HOSTILE),
    ],
    ids=lambda mark: type(mark).__name__,
)
def test_whatever_the_words_are_they_stay_words(mark: Inline) -> None:
    table = Table(
        "t", HOSTILE, (Column("a", HOSTILE), Column("b", "乙")), (Row((mark, HOSTILE)),), number="表1"
    )
    assert "<script>" not in Html()(table)
    assert shown_as_pdf(table).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("content", "html", "markup", "words"),
    [
        ("a<b", "a&lt;b", "a\\<b", "a<b"),
        (
            Text("降", Figure("−3%", "-0.03", "r.1")),
            '降<data value="-0.03" data-row="r.1">−3%</data>',
            "降−3%",
            "降−3%",
        ),
        (Chip("良好"), '<span class="chip">良好</span>', '#chip("良好");', "良好"),
        (Chip("A", "best"), '<span class="chip best">A</span>', '#chip("A", tier: "best");', "A"),
        (Muted("次"), '<span class="sec">次</span>', "#muted[次];", "次"),
    ],
)
def test_content_in_its_three_forms(content: Content, html: str, markup: str, words: str) -> None:
    assert (Html()(content), typst(content), plain(content)) == (html, markup, words)


def test_figures_keep_their_row_through_every_display() -> None:
    html = Html()(Group((examples.findings(), examples.board(), examples.graphic())))
    rows = re.findall(r'<data value="[^"]+" data-row="([^"]+)">', html)
    assert "130000.2020.2019.change_cases.exact" in rows
    assert "grade.1" in rows
    assert "130000.2020.units_grade_A" in rows


@pytest.mark.parametrize(
    ("change", "verdict", "drawn"),
    [
        (-0.4, "clear_fall", {"solid fall"}),
        (0.4, "clear_rise", {"solid rise"}),
        (-0.1, "not_clear", {"hollow fall"}),
        (-0.44, "too_few", {"dash"}),
        (-0.4, "zero_base", set()),
        (-0.4, "not_comparable", set()),
        (None, "not_reported", set()),
        (math.nan, "clear_fall", set()),
    ],
)
def test_the_fill_of_a_bar_says_how_well_the_change_is_supported(
    change: float | None, verdict: str, drawn: set[str]
) -> None:
    html = Html()(ChangeBar(change, verdict, 0.6))
    assert set(re.findall(r'<path class="([^"]+)"', html)) - {"zero"} == drawn


def test_bars_grow_from_the_zero_line_in_proportion() -> None:
    ends = []
    for change in (-0.15, -0.3, -0.6):
        path = re.search(
            r'class="solid fall" d="M([\d.]+) [\d.]+H([\d.]+)', Html()(ChangeBar(change, "clear_fall", 0.6))
        )
        assert path is not None
        assert float(path.group(1)) == BAR_WIDTH / 2
        ends.append(BAR_WIDTH / 2 - float(path.group(2)))
    assert ends[1] == pytest.approx(2 * ends[0], abs=0.11)
    assert ends[2] == pytest.approx(2 * ends[1], abs=0.11)


def test_a_bar_beyond_the_limit_ends_in_a_point_and_stays_inside() -> None:
    html = Html()(ChangeBar(1.9, "clear_rise", 0.6))
    numbers = [float(number) for number in re.findall(r"[ML H]([\d.]+)(?= |V|Z|L)", html)]
    assert "L" in html.split('class="solid rise"')[1].split("Z")[0]
    assert max(numbers) <= BAR_WIDTH


def table_of(*keys: float | str | None) -> Table:
    """Return a table whose second column has these keys for sorting."""
    columns = (Column("unit", "单位"), Column("change", "变化", "right"))
    rows = tuple(Row((f"单位{place}", Cell("x", sort=key))) for place, key in enumerate(keys))
    return Table("t", "题", columns, rows)


def test_a_cell_without_a_number_in_a_column_of_numbers_is_marked_as_missing() -> None:
    html = Html()(table_of(-0.4, None, 0.2, math.nan))
    assert re.findall(r'data-v="([^"]*)">x', html) == ["-0.4", "", "0.2", ""]


def test_a_column_of_words_is_sorted_by_its_words() -> None:
    assert "data-v" not in Html()(table_of(None, None, None))


def test_tables_say_what_their_cells_are() -> None:
    html = Html()(examples.matrix())
    assert html.count('scope="col"') == 6
    assert html.count('scope="row"') == 9
    assert html.count("<caption>") == 1
    assert "表1" in html
    assert "示例数据（合成）" in html
    assert html.count("点名</span>") == 27  # every dot has its word


def test_a_row_must_have_as_many_cells_as_there_are_columns() -> None:
    with pytest.raises(ValueError, match="row 1 has 1 cells for 2 columns"):
        Table("t", "题", (Column("a", "甲"), Column("b", "乙")), (Row(("一",)),))


def test_a_folded_table_is_folded_in_html_and_left_out_of_the_pdf_if_it_says_so() -> None:
    columns, rows = (Column("a", "甲"),), (Row(("一",)),)
    folded = Table("t", "全部数据", columns, rows, foldable=True, in_pdf=False)
    assert Html()(folded).startswith('<details class="fold" id="t"><summary>全部数据</summary>')
    assert typst(folded) == ""
    assert "data-table" in typst(Table("t", "全部数据", columns, rows, foldable=True))


def test_columns_share_the_line_of_the_pdf_by_what_they_hold() -> None:
    columns = (Column("a", "甲"), Column("b", "乙"))
    widths, size = tracks(Table("t", "题", columns, (Row(("字" * 4, "字" * 12)),)))
    assert [float(track.removesuffix("fr")) for track in widths] == pytest.approx([5.3, 13.3])
    assert size == 9


def test_in_a_wide_table_the_text_is_broken_and_figures_are_not() -> None:
    columns = (Column("a", "编号"), Column("b", "口径"), Column("c", "时限", "right"))
    widths, size = tracks(Table("t", "题", columns, (Row(("1.1", "字" * 90, "2021年12月31日")),)))
    assert widths[1].endswith("fr")
    assert float(widths[2].removesuffix("em")) >= 10
    assert size == 9


def test_with_very_many_columns_the_type_gets_smaller() -> None:
    columns = tuple(Column(str(place), "九个汉字的表头文字", "right") for place in range(10))
    widths, size = tracks(Table("t", "题", columns, (Row(("12,345.6",) * 10),)))
    assert size < 9
    assert all(track.endswith("fr") for track in widths)


def test_a_width_that_is_told_is_kept() -> None:
    told = Table("t", "题", (Column("a", "甲", width="4em"), Column("b", "乙")), (Row(("一", "二")),))
    assert tracks(told)[0][0] == "4em"


def test_a_drawing_is_an_image_named_by_its_alt_text() -> None:
    html = Html()(examples.graphic())
    alt = re.search(r'<p id="fig-scores-alt" hidden>(.*?)</p>', html)
    assert alt is not None
    assert 'data-row="grade.1"' in alt.group(1)
    assert html.count('role="img" aria-labelledby="fig-scores-alt"') == 2
    assert 'class="wide"' in html
    assert 'class="slim"' in html
    assert '<details class="data"><summary>图1的数据</summary>' in html


def test_a_drawing_is_one_root_that_says_its_sheet_how_it_stands_and_its_look() -> None:
    drawn = Picture(840, 120.25, ' stroke-linejoin="round"', '<g class="kept"/>')
    root = ElementTree.fromstring(labelled_svg(drawn, "wide", ' aria-labelledby="alt"'))
    assert root.attrib == {
        "class": "wide", "role": "img", "aria-labelledby": "alt", "focusable": "false",
        "viewBox": "0 0 840 120.25", "stroke-linejoin": "round",
    }  # fmt: skip
    assert [inside.attrib for inside in root] == [{"class": "kept"}]
    assert ElementTree.fromstring(drawn.svg()).attrib == {
        "viewBox": "0 0 840 120.25",
        "stroke-linejoin": "round",
    }


def test_a_title_may_be_broken_only_where_it_says() -> None:
    head = Masthead("甲市2020年度\u200b考核报告", "办公室", (), "")
    assert "<h1>甲市2020年度<wbr>考核报告</h1>" in Html()(head)
    assert plain(head) == "甲市2020年度考核报告"
    assert 'class="mark"' not in Html()(head)


def test_findings_are_a_list_of_two_lines() -> None:
    html = Html()(Findings(((Text("甲。"), Text("乙。")), (Text("丙。"), Text())), id="f"))
    assert (
        html
        == '<ol class="find" id="f"><li><b>甲。</b><span class="e">乙。</span></li><li><b>丙。</b></li></ol>'
    )


def test_keys_and_headings() -> None:
    assert '<i class="solid"></i>明确' in Html()(Key((("solid", "明确"),)))
    assert Html()(Heading("firmness", "稳固")) == '<h3 id="firmness">稳固</h3>'
    assert typst(Heading("firmness", "稳固")) == '#section(2, "firmness", [稳固])'


def test_bold_text_before_a_bracket_is_still_text_in_the_pdf() -> None:
    assert shown_as_pdf(Prose((Text(Strong(Text("97.2")), "(410/447); 甲"),)))


@pytest.mark.parametrize("display", examples.sections().values(), ids=examples.sections().keys())
def test_every_display_of_the_example_page_is_sound_html_and_typst(display: Display) -> None:
    html = Html()(display)
    for tag in ("div", "table", "tr", "td", "th", "span", "details", "figure", "ol", "li", "dl", "p", "svg"):
        assert len(re.findall(rf"<{tag}[ >]", html)) == html.count(f"</{tag}>"), tag
    assert shown_as_pdf(display).startswith(b"%PDF")
    assert isinstance(display, Graphic) or plain(display)
