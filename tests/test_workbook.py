"""The workbook: types kept, nothing run, the mark on every sheet, the same bytes every time."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import nbformat
import openpyxl
import pandas as pd
import pytest
import round_examples
from openpyxl.worksheet.worksheet import Worksheet

from analysis.indicators.values import ValueIndex
from analysis.publish import table_sheets, workbook
from analysis.publish.executed_notebook import read_document
from analysis.publish.workbook import Sheet, Workbook
from analysis.render.blocks import Column, Graphic, Group, Lines, Muted, Row, Table
from analysis.render.html_blocks import Html
from analysis.render.plain_blocks import plain
from analysis.rounds.levels import level_of
from analysis.words import Text, words

ZH = words("zh")

MARK = "示例数据（合成）"
HOSTILE = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "http://example.org",
    "\t=1",
    "mailto:a@b",
    "{=1}",
    "0123",
]


def tables(frame: pd.DataFrame, **changes: object) -> Workbook:
    """Return a workbook of one table."""
    sheet = Sheet(
        "得分", "各单位得分", frame, "单位：分", {"points": "0.00"}, {"points": "得分", "unit": "单位代码"}
    )
    parts = {
        "title": "甲市考核",
        "mark": MARK,
        "as_of": dt.date(2022, 3, 31),
        "notes": ("数据截至2022年3月31日",),
        "notes_name": "说明",
        "headings": ("工作表", "内容"),
        "sheets": (sheet,),
    }
    return Workbook(**(parts | changes))


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "unit": ["990001", "990002", ""],
            "points": ["10.50", "", "7.25"],
            "cases": pd.array([148, None, 0], dtype="Int64"),
            "change": [-0.399, float("nan"), 0.0],
            "named": [True, False, True],
            "day": [pd.Timestamp("2021-10-01"), pd.NaT, pd.Timestamp("2021-12-31")],
        }
    )


def read(path: Path, name: str) -> Worksheet:
    """Return a sheet of a workbook."""
    return openpyxl.load_workbook(path)[name]


def test_every_value_keeps_its_type_and_a_missing_one_is_an_empty_cell(
    frame: pd.DataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "deep" / "workbook.xlsx"
    workbook.write(tables(frame), path)
    rows = list(read(path, "得分").iter_rows(min_row=4, values_only=True))
    assert rows[0] == ("单位代码", "得分", "cases", "change", "named", "day")
    assert rows[1] == ("990001", 10.5, 148, -0.399, True, "2021-10-01")
    assert rows[2] == ("990002", None, None, None, False, None)
    assert rows[3] == (None, 7.25, 0, 0, True, "2021-12-31")


def test_nothing_is_run_and_nothing_is_linked(tmp_path: Path) -> None:
    path = tmp_path / "workbook.xlsx"
    hostile = pd.DataFrame({"unit": HOSTILE})
    workbook.write(tables(hostile, title="=1+1", mark="=2", notes=("=3",)), path)
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in {"s", "n"}, cell.coordinate
                assert cell.hyperlink is None
    assert [cell.value for cell in book["得分"]["A"][4:]] == HOSTILE
    assert not [
        name for name in zipfile.ZipFile(path).namelist() if "externalLink" in name or "vba" in name.lower()
    ]


def test_title_note_and_mark_stand_on_every_sheet_and_on_paper(frame: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "workbook.xlsx"
    workbook.write(tables(frame), path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["说明", "得分"]
    for sheet in book:
        top = [cell for row in sheet.iter_rows(max_row=4, values_only=True) for cell in row]
        assert MARK in top
        assert sheet.oddFooter.left.text == MARK
    assert [cell.value for cell in book["说明"]["A"]] == [
        "甲市考核",
        MARK,
        "数据截至2022年3月31日",
        None,
        "工作表",
        "得分",
    ]
    assert book["得分"]["A1"].value == "各单位得分"


def test_heads_are_frozen_and_filters_and_formats_set(frame: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "workbook.xlsx"
    workbook.write(tables(frame), path)
    sheet = read(path, "得分")
    assert sheet.freeze_panes == "B5"
    assert sheet.auto_filter.ref == "A4:F7"
    assert sheet["B5"].number_format == "0.00"
    assert sheet.print_title_rows == "$4:$4"


def test_the_same_tables_give_the_same_bytes(frame: pd.DataFrame, tmp_path: Path) -> None:
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    workbook.write(tables(frame), first)
    workbook.write(tables(frame), second)
    assert first.read_bytes() == second.read_bytes()
    assert openpyxl.load_workbook(first).properties.created == dt.datetime(2022, 3, 31)


def test_an_empty_table_is_a_sheet_with_its_head(tmp_path: Path) -> None:
    path = tmp_path / "workbook.xlsx"
    workbook.write(tables(pd.DataFrame({"unit": pd.Series([], dtype="str")})), path)
    assert read(path, "得分")["A4"].value == "单位代码"


def test_a_text_longer_than_a_cell_is_cut_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "workbook.xlsx"
    workbook.write(tables(pd.DataFrame({"unit": ["A1," * 20000]})), path)
    shown = str(read(path, "得分")["A5"].value)
    assert len(shown) == 32767
    assert shown.endswith("…")


# ------------------------------------------------------------------------------- from the executed report


def shown(*tables: Table) -> Any:
    """Return an executed notebook that shows some tables."""
    cells = [
        nbformat.v4.new_code_cell(
            "", outputs=[nbformat.v4.new_output("display_data", Group(tables)._repr_mimebundle_())]
        )
    ]
    return nbformat.v4.new_notebook(cells=cells)


def figure(value: float | str, style: str, language: str = "zh") -> Text:
    """Return a marked figure as the pages print it."""
    return Text(words(language).figure({"id": "r", "value": value}, style))


def table(*rows: tuple[Any, ...], ident: str = "rates", heads: str = "单位 数值") -> Table:
    """Return a table with a column of names and columns of figures."""
    first, *others = heads.split()
    columns = (Column("unit", first), *(Column(head, head, align="right") for head in others))
    return Table(ident, "标题", columns, tuple(Row(row) for row in rows), subtitle="单位：元", number="表3")


@pytest.mark.parametrize(
    ("value", "style", "number", "number_format"),
    [
        (0.97333, "percent", 0.97333, "0.0%"),
        (-0.399, "signed_percent", -0.399, "0.0%"),
        (0.5, "signed_percent", 0.5, "+0.0%;-0.0%;0.0%"),
        (0.0345, "signed_percentage_points", 3.45, "+0.0;-0.0;0.0"),
        (15_646_800.0, "wan", 1564.68, "#,##0.0"),
        (148.0, "count", 148.0, "#,##0"),
        ("95.80", "scored", 95.8, "0.00"),
        (0.0, "count", 0.0, "#,##0"),
    ],
)
def test_a_printed_figure_is_its_value_on_the_scale_it_is_printed_on(value, style, number, number_format):
    values, formats = typed(figure(value, style))
    assert values == [pytest.approx(number)]
    assert formats == [number_format]


def typed(*contents: Text | str) -> tuple[list[Any], list[str]]:
    """Return a column of a table as numbers and texts, and its formats."""
    return table_sheets.typed([table_sheets.parts_of(content)[0] for content in contents])


def test_money_in_thousands_of_the_english_edition_stays_in_thousands():
    values, formats = typed(figure(15_646_800.0, "wan", "en"))
    assert values == [pytest.approx(15_646.8)]
    assert formats == ["#,##0"]


def test_a_dash_is_an_empty_cell_a_status_a_word_and_what_only_looks_like_a_number_stays_text():
    contents = (figure(0.5, "percent"), figure(0.25, "percent"), figure(float("nan"), "percent"), "未报")
    assert typed(*contents)[0] == [0.5, 0.25, None, "未报"]
    assert typed("5.2", "0123", "1,234")[0] == ["5.2", "0123", "1,234"]


def test_a_number_without_a_row_is_a_number_too():
    counted = (Text(ZH.number(1234)), Text(ZH.number(Decimal("2.50"), 2)))
    assert typed(*counted) == ([1234.0, 2.5], ["#,##0", "#,##0.00"])
    assert Html()(counted[0]) == "1,234"


def test_a_column_in_which_most_cells_are_words_is_a_column_of_words():
    assert typed(figure(0.5, "percent"), "未报", "保密")[0] == ["50.0%", "未报", "保密"]


def test_a_small_value_keeps_its_digits_on_the_scale_it_is_printed_on():
    # 0.0003 is printed 0.0 as a fraction and as percentage points alike
    assert typed(figure(0.0003, "percentage_points"))[0] == [pytest.approx(0.03)]


def test_a_size_printed_without_its_sign_is_a_size():
    assert typed(figure(-0.25, "percent_size")) == ([0.25], ["0.0%"])


def test_signs_and_commas_are_those_of_the_column():
    contents = (figure(12_345.6, "signed_points"), figure(-7.0, "signed_points"))
    assert set(typed(*contents)[1]) == {"+#,##0.0;-#,##0.0;#,##0.0"}


def test_the_lines_of_a_cell_become_columns_and_names_are_told_apart():
    rate = Lines((figure(0.75, "percent"), Muted(Text("27/36"))))
    published = table_sheets.published(
        shown(table(("山海关区", rate)), table(("海港区", "1"), ident="derivations-1")), ZH
    )
    assert [one.name for one in published] == ["表3 四项比率"]
    one = published[0]
    assert list(one.headings.values()) == ["单位", "数值", "数值（续）"]
    assert list(one.frame.iloc[0]) == ["山海关区", 0.75, "27/36"]
    assert table_sheets.unlike(["数据", "数据", "Data", "data", "x" * 31, "x" * 31]) == [
        "数据", "数据 (2)", "Data", "data (2)", "x" * 31, "x" * 27 + " (2)",
    ]  # fmt: skip


def test_office_texts_that_look_like_formulas_are_marked_as_text_for_good(tmp_path: Path) -> None:
    one = table_sheets.published(shown(table(*((text, text) for text in HOSTILE))), ZH)[0]
    sheet = Sheet("表", "=题", one.frame, "+注", headings=one.headings, cell_formats=one.formats)
    path = tmp_path / "workbook.xlsx"
    workbook.write(tables(pd.DataFrame(), sheets=(sheet,)), path)
    page = read(path, "表")
    assert [cell.value for cell in page["A"][4:]] == HOSTILE
    for cell in (page["A1"], page["A2"], *page["A"][4:], *page["B"][4:]):
        dangerous = str(cell.value).startswith(("=", "+", "-", "@", "\t", "\r"))
        assert cell.data_type == "s"
        assert cell.quotePrefix is dangerous, cell.value


def test_formats_of_single_cells_go_before_those_of_the_column(tmp_path: Path) -> None:
    frame = pd.DataFrame({"value": [0.5, 1234.5]})
    formats = pd.DataFrame({"value": ["0.0%", ""]})
    sheet = Sheet("数", "数", frame, number_formats={"value": "#,##0.00"}, cell_formats=formats)
    path = tmp_path / "workbook.xlsx"
    workbook.write(tables(frame, sheets=(sheet,)), path)
    assert [cell.number_format for cell in read(path, "数")["A"][4:]] == ["0.0%", "#,##0.00"]


def test_a_long_text_is_wrapped_into_a_row_in_which_it_has_room(tmp_path: Path) -> None:
    sheet = Sheet("长", "长", pd.DataFrame({"unit": ["短", "得分低于八十分，" * 20]}))
    path = tmp_path / "workbook.xlsx"
    workbook.write(tables(pd.DataFrame(), sheets=(sheet,)), path)
    page = read(path, "长")
    assert page["A6"].alignment.wrap_text
    # 160 signs of about two widths each in a column of sixty
    assert page.row_dimensions[6].height >= 6 * 15
    assert page.row_dimensions[5].height is None
    assert page.column_dimensions["A"].width <= 61


def test_the_file_names_no_person_and_no_moment(frame: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "workbook.xlsx"
    workbook.write(tables(frame), path)
    properties = openpyxl.load_workbook(path).properties
    assert not properties.creator
    assert not properties.lastModifiedBy
    assert properties.modified == dt.datetime(2022, 3, 31)
    with zipfile.ZipFile(path) as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.fixture(scope="module")
def of_the_round(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The workbook of the example round, read back, with what it was made from."""
    folder = round_examples.computed(tmp_path_factory, "round")
    notebook, assessment = round_examples.executed(tmp_path_factory), round_examples.compute(folder)
    made = workbook.of(assessment, notebook, level_of("internal"))
    path = folder / "workbook.xlsx"
    few = tuple(
        replace(
            sheet,
            frame=sheet.frame.head(1500),
            cell_formats=None if sheet.cell_formats is None else sheet.cell_formats.head(1500),
        )
        for sheet in made.sheets
    )
    workbook.write(replace(made, sheets=few), path)
    return made, openpyxl.load_workbook(path), notebook, assessment


def test_the_round_has_every_published_table_under_its_number(of_the_round: Any) -> None:
    made, book, notebook, _ = of_the_round
    titles = {sheet.title for sheet in made.sheets}
    for block in read_document(notebook).leaves():
        if isinstance(block, Table | Graphic) and not block.id.startswith("derivations-"):
            title = block.title if isinstance(block, Graphic) else block.caption
            assert f"{block.number} {plain(title)}".strip() in titles, block.id
            assert f"workbook.table.{block.id}" in ZH, f"{block.id} has no words"
    assert book.sheetnames == [made.notes_name, *(sheet.name for sheet in made.sheets)]


def test_pivot_sheet_has_one_row_per_unit_period_and_measure(of_the_round: Any) -> None:
    made, book, _, assessment = of_the_round
    pivot = next(sheet for sheet in made.sheets if sheet.table)
    assert not pivot.frame.duplicated(["unit", "period", "measure"]).any()
    keys = assessment.values.drop_duplicates(["unit", "period", "measure"])
    assert len(pivot.frame) == len(keys)
    page = book[pivot.name]
    assert list(page.tables) == [pivot.table]
    # the table, not the lines above it, is what a spreadsheet takes for a pivot table
    assert page.tables[pivot.table].ref.startswith("A4:")
    assert page.auto_filter.ref is None
    row = next(
        row
        for row in page.iter_rows(min_row=5)
        if (row[0].value, row[2].value, row[3].value) == ("130302", "2020", "rate_resolved")
    )
    expected = ValueIndex(assessment.values).row("130302", "2020", "rate_resolved")
    assert row[7].value == pytest.approx(expected["value"])
    assert (row[5].value, row[6].value) == (expected["numerator"], expected["denominator"])
    assert row[7].number_format == "0.0%"
    assert row[9].value == assessment.words.label("status.reported")


def test_the_obvious_filter_of_the_pivot_sheet_adds_up_to_the_city(of_the_round: Any) -> None:
    """451 cases; all rows of 2020 together, months and the city among them, are four times as many."""
    made, _, _, assessment = of_the_round
    pivot = next(sheet for sheet in made.sheets if sheet.table).frame
    cases = pivot[pivot["measure"].eq("cases") & pivot["period"].str.startswith("2020")]
    assert cases["value"].sum() == 4 * 451
    chosen = cases[cases["period_kind"].eq("年") & cases["level"].eq("单位") & cases["additive"].eq("可相加")]
    assert chosen["value"].sum() == 451
    assert cases.loc[cases["period_kind"].eq("月") & cases["level"].eq("单位"), "value"].sum() == 451
    # a rate of nine units is no rate of the city
    assert set(pivot.loc[pivot["measure"].eq("rate_resolved"), "additive"]) == {"不可相加"}
    assert assessment.words.label("publish.column.period_kind") == "期间类型"


def test_first_sheet_explains_sheets_status_words_and_units(of_the_round: Any) -> None:
    made, book, _, assessment = of_the_round
    said = [cell.value for column in book[made.notes_name].columns for cell in column if cell.value]
    for status in assessment.values["status"].unique():
        assert assessment.words.label(f"status.{status}") in said
    for unit in assessment.values["unit_of_measure"].unique():
        assert assessment.words.label(f"unit_of_measure.{unit}") in said
    assert made.mark in said
    assert all(sheet.name in said for sheet in made.sheets)


def test_no_cell_of_the_round_is_a_formula_and_every_table_has_a_frozen_head(of_the_round: Any) -> None:
    made, book, _, _ = of_the_round
    for page in book:
        assert {cell.data_type for row in page.iter_rows() for cell in row} <= {"s", "n", "b"}
        if page.title != made.notes_name:
            assert page.freeze_panes == "B5"
            assert page.page_setup.orientation == "landscape"
            assert page.sheet_properties.pageSetUpPr.fitToPage


def test_people_read_words_where_the_tables_hold_codes(of_the_round: Any) -> None:
    made, _book, _notebook, assessment = of_the_round

    def sheet(name: str) -> pd.DataFrame:
        title = assessment.words.label(f"publish.sheet.{name}.title")
        return next(sheet.frame for sheet in made.sheets if sheet.title == title)

    values, scores = sheet("values"), sheet("scores")
    rate = values[values["id"] == "130302.2020.rate_resolved.wilson"].iloc[0]
    # the code of the measure stays beside its name, for pivot tables
    assert (rate["measure"], rate["method"], rate["status"]) == ("rate_resolved", "Wilson得分区间", "已报")
    assert set(scores["kind"]) == {"基础指标", "加分项", "一票否决", "合计"}
    assert sheet("findings")["group"].tolist()[:3] == ["排查化解", "制度落实", "执法惩戒"]
    assert sheet("compare").iloc[0][["figure", "verdict"]].tolist() == ["海港区等次", "一致"]
    assert set(sheet("issues")["severity"]) <= {"须改正", "提醒", "说明"}
    lineage = sheet("lineage")
    counted = lineage.loc[lineage["source"] == "130302.2020.cases.count", "filter"]
    assert counted.tolist() == ["计数（查实）：2020年；截至 2022-02-28"]
    worded = [
        (values, "unit_of_measure method status"), (scores, "kind source status"), (lineage, "filter"),
        (sheet("issues"), "check severity"),
    ]  # fmt: skip
    for frame, columns in worded:
        for column in columns.split():
            for said in frame[column].unique():
                assert re.search(r"[\u4e00-\u9fff]", said), (column, said)
