"""Files that do something to whoever reads them: each costs one fault with its name, and the others are read."""

import os
import signal
import time
import zipfile

import pytest

from analysis.intake.files import Shelf
from analysis.intake.files.apart import CELLS, Reader
from analysis.intake.files.sheets import Book, Sheet, UnusableFileError
from analysis.quantities import QuantityError, read_count, read_money
from analysis.rounds.settings_files import read_document


@pytest.fixture
def reader():
    made = Reader(_hostile, seconds=1.0, memory=200 * 2**20)
    yield made
    made.close()


def _hostile(what: str) -> Book:
    match what:
        case "sleeps":
            time.sleep(60)
        case "fills the memory":
            bytearray(2**40)
        case "is killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "recurses":
            return _hostile(what)
        case "is endless":
            row = (1,) * 10_000
            return Book(what, {"S": Sheet(what, "S", [row] * (CELLS // 10_000 + 1))}, "")
        case "is encrypted":
            raise UnusableFileError("file_encrypted")
    return Book(what, {"S": Sheet(what, "S", [(what,)])}, "")


@pytest.mark.parametrize(
    ("what", "check", "details"),
    [
        ("sleeps", "file_too_much", {"limit": "seconds"}),
        ("fills the memory", "file_too_much", {"limit": "memory"}),
        ("is endless", "file_too_much", {"limit": "cells"}),
        ("is killed", "file_aborted", {"reason": "killed"}),
        ("recurses", "file_aborted", {"reason": "RecursionError"}),
        ("is encrypted", "file_encrypted", {}),
    ],
)
def test_what_a_file_does_is_told_of_that_file_and_the_next_one_is_read(reader, what, check, details):
    assert reader.book("is well").sheets["S"].value(1, 1) == "is well"
    with pytest.raises(UnusableFileError) as told:
        reader.book(what)
    assert (told.value.check, told.value.details) == (check, details)
    assert reader.book("is well, too").sheets["S"].value(1, 1) == "is well, too"


def test_a_reader_that_is_forgotten_leaves_no_process_behind():
    made = Reader(_hostile)
    made.book("is well")
    process = made._end.peek()[2][0]
    assert process.is_alive()
    del made
    assert not process.is_alive()


_ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="S">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
)
_CELL = '<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p></table:table-cell>'


@pytest.mark.parametrize(
    ("rows", "check"),
    [
        (
            '<table:table-row table:number-rows-repeated="1000000">'
            + _CELL.format(more=' table:number-columns-repeated="16000"', text="x")
            + "</table:table-row>",
            "file_too_much",
        ),
        (
            "<table:table-row>"
            + _CELL.format(more="", text='<text:s text:c="10000000000"/>')
            + "</table:table-row>",
            "file_too_much",
        ),
        (
            "<table:table-row>"
            + _CELL.format(more="", text="<text:span>" * 20_000 + "x" + "</text:span>" * 20_000)
            + "</table:table-row>",
            "file_aborted",
        ),
    ],
    ids=["repeated to sixteen thousand million cells", "ten thousand million blanks", "nested spans"],
)
def test_spreadsheets_that_are_small_in_the_folder_and_large_in_the_memory(tmp_path, rows, check):
    with zipfile.ZipFile(tmp_path / "a.ods", "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        container.writestr("content.xml", _ODS.format(rows=rows))
    assert Shelf(tmp_path).book("a.ods").check == check


@pytest.mark.parametrize(
    "written",
    ["9" * 5_000, 10**5_000, 1e308, "-" + "9" * 30, "1" + "0" * 20 + "亿"],
    ids=["written", "whole", "binary", "below zero", "in 亿"],
)
def test_a_number_of_more_digits_than_anything_can_have_is_none(written):
    for read in (lambda: read_money(written, "元"), lambda: read_count(written)):
        with pytest.raises(QuantityError) as told:
            read()
        assert str(told.value) in ("number_too_large", "not_a_number")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: &b [*b]\n", 2),
        ("a: &a {b: [*a]}\n", 1),
        (
            "x0: &x0 [a, a, a, a, a, a, a, a]\n"
            + "".join(f"x{i}: &x{i} [{', '.join([f'*x{i - 1}'] * 9)}]\n" for i in range(1, 9)),
            1,
        ),
        ("a: " + "[" * 50_000 + "]" * 50_000, 1),
        ("a: " + "[" * 200 + "]" * 200, 1),
        ("a: 1\nb:\n  " + "- " * 50_000 + "x", 3),
        ("".join(" " * deep + "a:\n" for deep in range(2_500)), 102),
        ("a: " + "x" * 5_000_000, 1),
    ],
    ids=[
        "itself",
        "itself in a mapping",
        "many times many",
        "beyond reading",
        "brackets",
        "lists",
        "blanks",
        "long",
    ],
)
def test_settings_that_would_not_end_written_out_are_told_with_their_line(tmp_path, text, line):
    (tmp_path / "round.yaml").write_text(text, encoding="utf-8")
    document, faults = read_document(tmp_path / "round.yaml", "round.yaml")
    assert document is None
    assert [(fault.check, fault.line) for fault in faults] == [("settings_endless", line)]


def test_an_anchor_that_ends_is_read(tmp_path):
    (tmp_path / "round.yaml").write_text("a: &a [1, 2]\nb: *a\n", encoding="utf-8")
    document, faults = read_document(tmp_path / "round.yaml", "round.yaml")
    assert (document.data, faults) == ({"a": [1, 2], "b": [1, 2]}, [])
