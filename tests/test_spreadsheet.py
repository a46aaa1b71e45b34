"""The writer of all workbooks: nothing runs, nothing is left out without a word, the same content, the same bytes."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from analysis.render.spreadsheet import Book, signs_wide

DAY = dt.date(2022, 3, 31)


def written(*texts: str) -> Worksheet:
    """Return a sheet with texts below each other, as a reader finds it."""
    book = Book(DAY)
    page = book.page("表")
    for row, text in enumerate(texts):
        page.text(row, 0, text)
    return load_workbook(io.BytesIO(book.content()))["表"]


@pytest.mark.parametrize("text", ["=1+1", "+86 335", "-5", "@here", "\t=1"])
def test_what_looks_like_a_formula_is_a_text_and_stays_one_when_edited(text: str) -> None:
    cell = written(text)["A1"]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", text, True)


def test_a_merged_text_is_as_safe_as_any() -> None:
    book = Book(DAY)
    page = book.page("表")
    page.across(0, (0, 2), "=1+1")
    page.down((1, 3), 0, "=2+2")
    sheet = load_workbook(io.BytesIO(book.content()))["表"]
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A1:C1", "A2:A4"}
    assert [(cell.data_type, cell.quotePrefix) for cell in (sheet["A1"], sheet["A2"])] == [("s", True)] * 2


def test_a_text_too_long_for_a_cell_says_that_it_was_cut() -> None:
    shown = written("一" * 40_000)["A1"].value
    assert len(shown) == 32767
    assert shown.endswith("一…")


def test_the_file_is_of_the_day_it_is_given_not_of_today() -> None:
    book = Book(DAY, title="考核")
    book.page("表")
    said = load_workbook(io.BytesIO(book.content())).properties
    assert (said.title, said.created, said.modified) == ("考核", dt.datetime(2022, 3, 31), said.created)


def test_a_chinese_sign_takes_two_places() -> None:
    assert signs_wide("欠薪 3件") == 8
