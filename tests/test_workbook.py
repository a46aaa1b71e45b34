"""The workbook: types kept, nothing run, the mark on every sheet, the same bytes every time."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from analysis.publish import workbook
from analysis.publish.workbook import Sheet, Workbook

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
