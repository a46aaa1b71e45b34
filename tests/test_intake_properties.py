"""Nothing about how a ledger lies in its files changes a value: order, blanks, aliases, widths, encodings, formats."""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from file_examples import FORMATS, Table, text, utf16
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office_examples import CLUES, Office

HEADER = [
    "编号", "代码", "单位", "受理日期", "人数", "欠薪金额", "已付金额", "重复编号", "是否查实", "办结日期", "联系人",
]  # fmt: skip
ENTRIES = CLUES[4:8]
ALIASES = {"no": ["编号", "线索编号"], "amount": ["欠薪金额", "拖欠金额"], "workers": ["人数", "涉及人数"]}
WIDE = str.maketrans("0123456789.-,", "０１２３４５６７８９．－，")
FEW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ENCODED = {
    "utf-8": lambda rows: text(rows).encode("utf-8"),
    "utf-8-sig": lambda rows: text(rows).encode("utf-8-sig"),
    "gb18030": lambda rows: text(rows).encode("gb18030"),
    "utf-16": utf16,
    "semicolons": lambda rows: text(rows, ";").encode("gb18030"),
}


def read(files: dict[str, list[list[Any]]], pattern: str, encode: Any = None, **mapped: Any) -> pd.DataFrame:
    """Return the clues of an office that has these files, without their places."""
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder))
        del office.books["线索台账.xlsx"]
        clues = office.maps["ledgers"]["clues"]
        clues.update(file=pattern, header_rows=[1], sheet="", **mapped)
        del clues["footer"]
        clues["fields"] = {
            name: ALIASES.get(name, [names[0].split("/")[-1]]) for name, names in clues["fields"].items()
        }
        for file, rows in files.items():
            if encode is None:
                office.books[file] = [Table("表", rows)]
        office.write()
        for file, rows in files.items():
            if encode is not None:
                (office.folder / file).write_bytes(encode(rows))
        intake = office.read_again()
        assert [fault for fault in intake.faults if fault.severity == "blocks"] == []
        return intake.ledgers["clues"].drop(columns=["file", "sheet", "row"])


EXPECTED = read({"线索.xlsx": [HEADER, *ENTRIES]}, "线索.xlsx")


def the_same(found: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(found, EXPECTED)


def test_the_ledger_all_others_are_held_against() -> None:
    assert EXPECTED["no"].tolist() == ["A-1", "A-2", "A-3", "A-10"]
    assert EXPECTED["amount"].tolist() == [100000, 120050, pd.NA, 90050]


@FEW
@given(st.permutations(ENTRIES), st.permutations(range(len(HEADER))), st.sampled_from(FORMATS))
def test_order_of_rows_and_columns(rows: list[list[Any]], order: list[int], kind: str) -> None:
    table = [[row[place] for place in order] for row in [HEADER, *rows]]
    the_same(read({f"线索.{kind}": table}, f"线索.{kind}"))


@FEW
@given(st.lists(st.integers(0, 3), min_size=4, max_size=4), st.sampled_from(FORMATS), st.booleans())
def test_how_the_entries_are_spread_over_files(places: list[int], kind: str, as_list: bool) -> None:
    names = sorted({f"线索{place}.{kind}" for place in places}, reverse=True)
    files = {name: [copy.copy(HEADER)] for name in names}
    for entry, place in zip(ENTRIES, places, strict=True):
        files[f"线索{place}.{kind}"].append(entry)
    the_same(read(files, names if as_list else f"线索*.{kind}"))


@FEW
@given(st.lists(st.integers(1, 4), max_size=4), st.sampled_from(FORMATS))
def test_blank_rows(blanks: list[int], kind: str) -> None:
    rows = [HEADER, *ENTRIES]
    for place in blanks:
        rows.insert(place, [None] * len(HEADER))
    the_same(read({f"线索.{kind}": rows}, f"线索.{kind}"))


@FEW
@given(st.data())
def test_aliases_of_headers_and_spaces_in_them(data: st.DataObject) -> None:
    names = {"编号": "线索编号", "欠薪金额": "拖欠金额", "人数": "涉及人数"}
    header = [names[name] if name in names and data.draw(st.booleans()) else name for name in HEADER]
    header = [
        data.draw(st.sampled_from([name, f" {name} ", "　".join(name), "\n".join(name)])) for name in header
    ]
    the_same(read({"线索.xlsx": [header, *ENTRIES]}, "线索.xlsx"))


@FEW
@given(st.data(), st.sampled_from(FORMATS))
def test_full_width_text_and_spaces_around_it(data: st.DataObject, kind: str) -> None:
    def written(cell: Any) -> Any:
        if cell is None:
            return None
        said = str(cell)
        return data.draw(st.sampled_from([cell, said.translate(WIDE), f" {said}", f"{said}　"]))

    # names of persons are no matter, and the key is compared with itself
    rows = [[written(cell) for cell in row[:10]] + [row[10]] for row in ENTRIES]
    the_same(read({f"线索.{kind}": [HEADER, *rows]}, f"线索.{kind}"))


@pytest.mark.parametrize("name", ENCODED)
@FEW
@given(st.permutations(ENTRIES))
def test_encodings_and_separators(name: str, rows: list[list[Any]]) -> None:
    the_same(read({"线索.csv": [HEADER, *rows]}, "线索.csv", ENCODED[name]))


@FEW
@given(st.lists(st.sampled_from(ENTRIES), max_size=5))
def test_an_entry_handed_in_again_counts_once(again: list[list[Any]]) -> None:
    files = {"线索1.xlsx": [HEADER, *ENTRIES], "线索2.xlsx": [HEADER, *again]}
    the_same(read(files, "线索*.xlsx"))
