"""A figure that rests on empty cells is marked as such, in every form, and what the mark means is said once."""

from __future__ import annotations

import pytest
from bulletin_examples import notebook as bulletin
from page_examples import notebook

from analysis.publish.executed_notebook import legends, read_document
from analysis.publish.html_exporter import AssessHTMLExporter
from analysis.publish.official.official_document import read_official
from analysis.publish.pdf_exporter import typst_source
from analysis.publish.table_sheets import published
from analysis.render.block_json import from_json, to_json
from analysis.render.blocks import Cell, Column, Prose, Row, Table
from analysis.render.html_blocks import Html
from analysis.render.official_content import Block, Run
from analysis.render.plain_blocks import plain
from analysis.render.typst_blocks import typst
from analysis.words import Figure, Text, words

ZH = words("zh")
ROW = {"id": "990001.2020.workers.sum", "value": 1234.0}
MEANING = legends([ZH.figure(ROW | {"status": "partial"}, "count")], ZH)[0]


def figure(status: str = "partial") -> Figure:
    return ZH.figure(ROW | {"status": status}, "count")


def test_the_status_of_the_row_decides() -> None:
    assert figure().marks == "†"
    assert figure("reported").marks == ""
    # a row of a table that has no statuses, and a value that is not there
    assert not ZH.figure(ROW, "count").marks
    assert not ZH.figure(ROW | {"value": None, "status": "partial"}, "count").marks


@pytest.mark.parametrize(
    ("shown", "marked", "unmarked"),
    [
        (plain, "涉及1,234†人", "涉及1,234人"),
        (
            Html(),
            f'涉及<data value="1234.0" data-row="{ROW["id"]}">1,234</data>'
            f'<sup class="inc" title="{ZH.label("publish.incomplete")}">†</sup>人',
            f'涉及<data value="1234.0" data-row="{ROW["id"]}">1,234</data>人',
        ),
        (typst, "涉及1,234#marks[†];人", "涉及1,234人"),
    ],
)
def test_every_form_has_the_mark_behind_the_figure(shown, marked: str, unmarked: str) -> None:  # type: ignore[no-untyped-def]
    assert shown(Text("涉及", figure(), "人")) == marked
    assert shown(Text("涉及", figure("reported"), "人")) == unmarked


@pytest.mark.parametrize(
    ("language", "sentence", "places", "marked"),
    [
        ("zh", "message.years.run", {"count": "han_count"}, "四年†"),
        (
            "zh",
            "message.change_chart.unit",
            {"previous": "count", "current": "count"},
            "甲县案件4†到4件†，明确下降",
        ),
        ("en", "message.years.run", {"count": "han_count"}, "four years†"),
        ("zh", "message.gaps.title", {"gap": "count"}, "化解率：甲县与最优单位相差最大，为4个百分点†"),
    ],
)
def test_the_mark_stands_behind_the_word_that_counts(
    language: str, sentence: str, places: dict[str, str], marked: str
) -> None:
    """四†年 and 1†件 read as if something were missing in the middle of the number."""
    said = words(language)
    row = {"id": "990001.2020.cases.count", "value": 4.0, "status": "partial"}
    others = {"name": "甲县", "verdict": "明确下降", "rate": "化解率", "units": said.list(["甲县"])}
    filled = said(sentence, **(others | {place: said.figure(row, style) for place, style in places.items()}))
    assert (filled.marked, filled.plain) == (marked, marked.replace("†", ""))
    # the figure itself stays a number with its row, in the notebook too
    assert {(figure.row, figure.value) for figure in filled.figures()} == {(row["id"], "4.0")}
    assert from_json(to_json(Prose((filled,)))) == Prose((filled,))


@pytest.mark.parametrize(
    ("shown", "marked"),
    [(Html(), '4</data>件<sup class="inc"'), (typst, "4件#marks[†];"), (plain, "4件†")],
)
def test_every_form_has_the_mark_behind_the_counter(shown, marked: str) -> None:  # type: ignore[no-untyped-def]
    row = {"id": "990001.2020.cases.count", "value": 4.0, "status": "partial"}
    shown_ones = {"previous": ZH.figure(row, "count"), "current": ZH.figure(row, "count")}
    assert marked in shown(ZH("message.change_chart.unit", name="甲县", verdict="明确下降", **shown_ones))


def test_the_mark_travels_in_the_notebook_and_not_as_text() -> None:
    prose = Prose((Text("涉及", figure(), "人"), Text("共", ZH.figure(ROW, "count"))))
    assert from_json(to_json(prose)) == prose
    assert to_json(prose)["texts"][0]["text"][1] == ["1,234", "1234.0", ROW["id"], "value", {}, "†"]


def test_what_rests_on_a_doubtful_cell_has_its_own_sign_behind_the_other() -> None:
    both = ZH.figure(ROW | {"status": "partial"}, "count", doubtful=True)
    assert (both.marks, ZH.figure(ROW, "count", doubtful=True).marks) == ("†‡", "‡")
    assert plain(Text("涉及", both, "人")) == "涉及1,234†‡人"
    assert typst(Text(both)) == "1,234#marks[†‡];"
    assert Html()(Text(both)).count("<sup") == 2
    prose = Prose((Text(both),))
    assert from_json(to_json(prose)) == prose
    # each sign is explained once, in the order in which they stand
    meanings = legends([both, both], ZH)
    assert [meaning[:5] for meaning in meanings] == ["注：标“†", "注：标“‡"]
    assert legends([ZH.figure(ROW, "count")], ZH) == []


def table(status: str) -> Table:
    rows = tuple(Row((Cell(Text(figure(of))),)) for of in ("reported", status))
    return Table("t", Text("人数"), (Column("workers", "人数"),), rows, number="1")


@pytest.mark.parametrize(("status", "said"), [("partial", 1), ("reported", 0)])
def test_what_the_mark_means_is_said_once_a_page(status: str, said: int) -> None:
    executed = notebook({"summary": table(status), "results": table(status)})
    document, meaning = read_document(executed), MEANING
    page = AssessHTMLExporter().from_notebook_node(executed)[0]
    for whole in ("\n".join(document.footer), typst_source(document).replace("\\", ""), page):
        assert whole.count(meaning) == said


def test_a_sheet_holds_the_number_and_shows_the_mark() -> None:
    sheet = published(notebook({"summary": table("partial")}), ZH)[0]
    assert sheet.frame.iloc[:, 0].tolist() == [1234.0, 1234.0]
    assert sheet.formats.iloc[:, 0].tolist() == ["#,##0", '#,##0"†"']
    assert sheet.notes == MEANING


def test_the_bulletin_says_it_below_its_text() -> None:
    def texts(status: str) -> list[str]:
        body = (Block((Run(Text("涉及", figure(status), "人。")),)),)
        return [block.plain for block in read_official(bulletin(body)).blocks[1:]]

    assert texts("partial") == ["涉及1,234†人。", MEANING]
    assert texts("reported") == ["涉及1,234人。"]
