"""What cells hold beside good values: signs nobody sees, “as above”, numbers cut short, what cannot be."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from file_examples import FORMATS, TEXTS, WORKBOOKS, Table
from hypothesis import given
from hypothesis import strategies as st
from office_examples import EAST, WEST, Office, blocking

from analysis.intake import fault_line
from analysis.intake.sheet_tables.ditto import is_ditto
from analysis.quantities import clean, clean_cell
from analysis.words import words

HEAD = ["编号", "代码", "单位", "受理日期", "人数", "欠薪金额", "项目", "联系人"]
NAMES = ["no", "unit_code", "unit_name", "received_on", "workers", "amount", "project"]


def clue(no: Any = "A-1", unit: str = EAST, year: int = 2020, **cells: Any) -> list[Any]:
    """Return a row of the ledger: a clue of four workers who are owed 4,000 each."""
    name = "示例东区" if unit == EAST else "示例东新区"
    said = {"name": name, "day": dt.date(year, 3, 1), "workers": 4, "amount": 16_000, "project": "甲工地"}
    return [no, unit, *(said | cells).values()]


def office_of(folder: Path, kind: str, *rows: list[Any], **mapped: Any) -> Office:
    """Return an office whose ledger of clues has these rows below its header, in one format."""
    office = Office(folder)
    del office.books["线索台账.xlsx"]
    office.books[f"线索.{kind}"] = [Table("线索", [list(HEAD), *rows])]
    office.maps["ledgers"]["clues"] = {
        "file": f"线索.{kind}", "header_rows": [1], "unit_of_measure": {"amount": "元"},
        "fields": {name: [header] for name, header in zip(NAMES, HEAD, strict=False)}, "persons": ["联系人"],
        **mapped,
    }  # fmt: skip
    office.settings["nil_returns"] = [
        {"ledger": "clues", "unit": unit, "year": year} for unit, year in ((EAST, 2019), (WEST, 2020))
    ]
    return office


def other(**cells: Any) -> list[Any]:
    """Return a clue of the other unit, so that both have reported."""
    return clue("B-1", WEST, 2019, project="乙工地", **cells)


def told(intake: Any) -> list[str]:
    """Return what is told, with its cell."""
    return [f"{fault.severity} {fault.check}@{fault.cell}" for fault in intake.faults]


# ----------------------------------------------------------------------------------------------- text at the door


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("\ufeff\ufeff编号", "编号"),
        ("甲\u200b工\u00ad地\u2060", "甲工地"),
        ("甲\u00a0工\u2003地", "甲 工 地"),
        ("一行\r二行\r\n三行\x0b四行\u2028五行", "一行\n二行\n三行\n四行\n五行"),
        ("一行_x000D_二行_x000b_三行", "一行\n二行\n三行"),
        ("一行_x000D_\n二行", "一行\n二行"),
        ("\x00甲\x1f", "甲"),
        ("_x0041_", "_x0041_"),
        ("甲\ue000", "甲\ue000"),
        ("葛\U000e0100城", "葛城"),
    ],
)
def test_text_is_made_plain_at_the_door(written: str, plain: str) -> None:
    assert clean_cell(written) == plain


@given(st.text())
def test_plain_text_stays_as_it_is(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert "\r" not in once
    assert "\ufeff" not in once
    # what people see is kept: no letter, digit or Chinese character goes
    assert [sign for sign in once if sign.isalnum()] == [
        sign for sign in text if sign.isalnum() and clean(sign)
    ]


@pytest.mark.parametrize("kind", FORMATS)
def test_signs_nobody_sees_change_no_header_no_name_and_no_value(tmp_path: Path, kind: str) -> None:
    odd = clue(
        "\u200bA-1",
        EAST + "\u00a0",
        name="示例\u200b东区",
        amount="\u200e16000",
        project="甲\u00a0工地\u200b",
    )
    office = office_of(tmp_path, kind, odd, other())
    office.books[f"线索.{kind}"][0].rows[0][0] = "\ufeff编\u200b号"
    office.maps["ledgers"]["clues"]["fields"]["amount"] = ["欠薪\u200b金额"]
    intake = office.read()
    assert told(intake) == []
    first = intake.ledgers["clues"].iloc[0]
    assert first[["no", "unit", "amount", "project"]].tolist() == ["A-1", EAST, 16_000_00, "甲 工地"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le"])
@pytest.mark.parametrize("kind", TEXTS)
def test_a_mark_put_before_a_file_twice(tmp_path: Path, kind: str, encoding: str) -> None:
    office = office_of(tmp_path, kind, clue(), other())
    office.write()
    file = office.folder / f"线索.{kind}"
    file.write_bytes(("\ufeff\ufeff" + file.read_text(encoding="utf-8")).encode(encoding))
    intake = office.read_again()
    assert told(intake) == []
    assert intake.ledgers["clues"]["no"].tolist() == ["A-1", "B-1"]


@pytest.mark.parametrize(
    ("named", "wanted"), [("线索 ", "线索"), ("线索", "线索 "), ("线\u200b索\u3000", "线索")]
)
@pytest.mark.parametrize("kind", WORKBOOKS)
def test_a_space_at_the_end_of_a_sheet_s_name(tmp_path: Path, kind: str, named: str, wanted: str) -> None:
    office = office_of(tmp_path, kind, clue(), other(), sheet=wanted)
    office.books[f"线索.{kind}"][0].name = named
    intake = office.read()
    assert told(intake) == []
    assert set(intake.ledgers["clues"]["sheet"]) == {"线索"}


def test_of_two_sheets_that_look_alike_the_one_that_is_named_is_read(tmp_path: Path) -> None:
    office = office_of(tmp_path, "xlsx", clue(), other(), sheet="线索")
    office.books["线索.xlsx"].append(Table("线索 ", [["旧表"]]))
    assert told(office.read()) == ["notes sheet_unread@"]


def test_private_signs_are_told_with_their_cell(tmp_path: Path) -> None:
    intake = office_of(tmp_path, "xlsx", clue(project="甲\ue000工地"), other()).read()
    assert told(intake) == ["warns sign_without_glyph@G2"]
    assert "U+E000" in fault_line(intake.faults[0], words("zh"))


# ----------------------------------------------------------------------------------------------- as above


@pytest.mark.parametrize("kind", FORMATS)
def test_as_above_is_read_as_the_cell_above_and_told(tmp_path: Path, kind: str) -> None:
    rows = [
        clue(),
        clue("A-2", amount=20_000, project="〃"),
        clue("A-3", amount=24_000, project='"'),
        other(),
    ]
    intake = office_of(tmp_path, kind, *rows).read()
    assert told(intake) == ["warns ditto@G3"]
    assert "（第 3–4 行）" in fault_line(intake.faults[0], words("zh"))
    assert intake.ledgers["clues"]["project"].tolist() == ["甲工地", "甲工地", "甲工地", "乙工地"]


@pytest.mark.parametrize(
    ("written", "above"),
    [(sign, True) for sign in ("〃", "〃〃", '"', "″", "“", "同上", "（同上）", "同 上", "同前", "—〃—", "Ditto")]
    + [(sign, False) for sign in ("同上海公司", "上", "同", "—", "", 5, None, '"甲"', "同上一年")],
)  # fmt: skip
def test_signs_that_say_as_above(written: Any, above: bool) -> None:
    assert is_ditto(written) is above


def test_a_unit_or_a_day_as_above(tmp_path: Path) -> None:
    rows = [clue(), ["A-2", "〃", "同上", "同上", 4, 20_000, "丙工地"], other()]
    intake = office_of(tmp_path, "xlsx", *rows).read()
    assert told(intake) == ["warns ditto@B3", "warns ditto@C3", "warns ditto@D3"]
    assert intake.ledgers["clues"]["unit"].tolist() == [EAST, EAST, WEST]
    assert intake.ledgers["clues"]["received_on"].dt.year.tolist() == [2020, 2020, 2019]


@pytest.mark.parametrize(
    ("rows", "cell"),
    [
        # it may be the same amount again, or that of both
        ([clue(), clue("A-2", amount="同上")], "F3"),
        ([clue(), clue("A-2", workers="〃")], "E3"),
        # there is nothing above
        ([clue(project="同上"), clue("A-2", amount=20_000)], "G2"),
        ([clue(project=None), clue("A-2", amount=20_000, project="同上")], "G3"),
        ([clue(name="同上")], "C2"),
    ],
)
def test_as_above_that_cannot_be_read_blocks(tmp_path: Path, rows: list[list[Any]], cell: str) -> None:
    intake = office_of(tmp_path, "xlsx", *rows, other()).read()
    assert f"blocks ditto@{cell}" in told(intake)


def test_as_above_is_refused_where_the_office_wants_it_so(tmp_path: Path) -> None:
    office = office_of(tmp_path, "xlsx", clue(), clue("A-2", amount=20_000, project="〃"), other())
    office.maps["values"] = {"ditto": "refuse"}
    assert told(office.read()) == ["blocks ditto@G3"]


# ----------------------------------------------------------------------------------------------- digits lost

#: an 18-digit number as it comes out of a cell of numbers
CUT = 202001170000000100.0


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_two_cases_whose_numbers_were_cut_to_the_same_digits(tmp_path: Path, kind: str) -> None:
    intake = office_of(tmp_path, kind, clue(CUT), clue(CUT), other()).read()
    assert told(intake) == ["blocks digits_lost@A2", "blocks digits_lost@A3"]
    assert len(intake.ledgers["clues"]) == 3


@pytest.mark.parametrize(
    ("kind", "written"),
    [*((kind, "1.3E+17") for kind in FORMATS), ("csv", "1.30303E+11"), ("csv", "202001170000000000")],
)
def test_a_number_that_a_spreadsheet_shortened_before_it_became_text(
    tmp_path: Path, kind: str, written: str
) -> None:
    intake = office_of(tmp_path, kind, clue(written), clue(written), other()).read()
    assert told(intake) == ["blocks digits_lost@A2", "blocks digits_lost@A3"]


def test_an_amount_as_a_power_of_ten_may_have_lost_digits(tmp_path: Path) -> None:
    assert told(office_of(tmp_path, "csv", clue(amount="1.2E+05"), other()).read()) == [
        "blocks digits_lost@F2"
    ]


def test_a_text_with_lost_digits_is_printed_and_told(tmp_path: Path) -> None:
    intake = office_of(tmp_path, "csv", clue(project="1.10101E+17"), other()).read()
    assert told(intake) == ["warns digits_lost@G2"]


def test_long_numbers_written_as_text_keep_their_digits(tmp_path: Path) -> None:
    # among many numbers some end in a zero
    numbers = ["2020011700000001230", "2020011700000001231", "2020011700000000000"]
    rows = [clue(no, amount=16_000 + place) for place, no in enumerate(numbers)]
    intake = office_of(tmp_path, "xlsx", *rows, other()).read()
    assert told(intake) == []
    assert set(intake.ledgers["clues"]["no"]) == {*numbers, "B-1"}


# ----------------------------------------------------------------------------------------------- the same row


@pytest.mark.parametrize("kind", FORMATS)
def test_rows_that_differ_in_a_column_nobody_reads_are_not_the_same(tmp_path: Path, kind: str) -> None:
    office = office_of(tmp_path, kind, [*clue(), "甲"], [*clue(), "乙"], other())
    intake = office.read()
    assert told(intake) == ["blocks number_twice@A3"]
    assert "不同的栏：联系人" in fault_line(intake.faults[0], words("zh"))
    assert len(intake.ledgers["clues"]) == 3


def test_a_column_that_numbers_the_rows_makes_no_difference(tmp_path: Path) -> None:
    office = office_of(
        tmp_path, "xlsx", [*clue(), 1], [*clue(), 2], [*other(), 3], ignored=["序号"], persons=[]
    )
    office.books["线索.xlsx"][0].rows[0][-1] = "序号"
    assert told(office.read()) == ["warns number_twice_same@A3"]


# ----------------------------------------------------------------------------------------------- pictures


@pytest.mark.parametrize("kind", ("xls", "ods", *TEXTS))
def test_a_picture_in_a_cell_is_told(tmp_path: Path, kind: str) -> None:
    picture = '=DISPIMG("ID_0A1B2C",1)'
    intake = office_of(tmp_path, kind, clue(amount=picture, project=picture), other()).read()
    assert told(intake) == ["blocks picture_in_cell@F2", "warns picture_in_cell@G2"]
    assert intake.ledgers["clues"]["project"].tolist() == ["", "乙工地"]


# ----------------------------------------------------------------------------------------------- what can be


@pytest.mark.parametrize(
    ("cells", "check"),
    [
        ({"workers": 10**18}, "people_implausible@E2"),
        ({"workers": 100_001}, "people_implausible@E2"),
        ({"amount": 2_000_000_000_000}, "amount_implausible@F2"),
        ({"amount": 200_000_004, "workers": 4}, "amount_per_person_implausible@F2"),
        ({"day": dt.date(1919, 3, 1)}, "year_implausible@D2"),
    ],
)
def test_what_cannot_be_blocks(tmp_path: Path, cells: dict[str, Any], check: str) -> None:
    # two sound rows beside it, so that the file as a whole is not what is wrong
    rows = [clue(**cells), clue("A-2", amount=20_000), clue("A-3", amount=24_000), other()]
    intake = office_of(tmp_path, "xlsx", *rows).read()
    assert [f"{fault.check}@{fault.cell}" for fault in blocking(intake)] == [check]


def test_a_round_sets_its_own_bound(tmp_path: Path) -> None:
    office = office_of(tmp_path, "xlsx", clue(workers=100_001), clue("A-2", amount=20_000), other())
    office.settings["checks"] = {"people_implausible": {"threshold": 200_000}}
    assert blocking(office.read()) == []
    office.settings["checks"] = {"people_implausible": {"threshold": 3}}
    assert [fault.check for fault in blocking(office.read())] == ["people_implausible"] * 3


@pytest.mark.parametrize("kind", ("xlsx", "csv"))
@pytest.mark.parametrize(
    ("amounts", "unit", "check"),
    [
        # 16,000 元 in a column of 万元, and 1.6 万元 in a column of 元
        ((16_000, 20_000, 24_000), "万元", "file_amounts_too_large"),
        ((1.6, 2, 2.4), "元", "file_amounts_too_small"),
        ((16_000, 20_000, 24_000), "元", ""),
        ((1.6, 2, 2.4), "万元", ""),
    ],
)
def test_a_whole_file_in_the_wrong_unit(
    tmp_path: Path, kind: str, amounts: tuple[float, ...], unit: str, check: str
) -> None:
    first, second, third = amounts
    # fewer than four rows say nothing of the whole
    rows = [
        clue(amount=first),
        clue("A-2", amount=second),
        clue("A-3", amount=second * 1.1),
        other(amount=third),
    ]
    intake = office_of(tmp_path, kind, *rows, unit_of_measure={"amount": unit}).read()
    assert told(intake) == ([f"blocks {check}@F2"] if check else [])


def test_a_file_without_people_is_judged_by_the_case(tmp_path: Path) -> None:
    rows = [clue(f"A-{place}", amount=1.6 + place / 5, workers=None) for place in range(1, 4)]
    rows.append(other(amount=2.4, workers=None))
    intake = office_of(tmp_path, "xlsx", *rows).read()
    assert told(intake) == ["blocks file_amounts_too_small@F2"]


def test_people_of_a_whole_file_in_ten_thousands(tmp_path: Path) -> None:
    rows = [clue(f"A-{place}", workers=3 + place, amount=None) for place in range(1, 4)]
    rows.append(other(workers=6, amount=None))
    intake = office_of(tmp_path, "xlsx", *rows, unit_of_measure={"workers": "万人", "amount": "元"}).read()
    assert told(intake) == ["blocks file_people_too_many@E2"]


def test_yen_are_more_than_yuan(tmp_path: Path) -> None:
    office = office_of(tmp_path, "xlsx", clue(amount=12_000_000), other(amount=9_000_000))
    office.maps["ledgers"]["clues"]["unit_of_measure"] = {"amount": "円"}
    office.settings["currency"] = "JPY"
    assert told(office.read()) == []


@pytest.mark.parametrize(
    ("marks", "found"),
    [((0.83, 0.9), ["blocks marks_like_shares@C2"]), ((83, 90), []), ((0.83, 90), []), ((0, 90), [])],
)
def test_marks_written_as_shares_of_a_hundred(
    tmp_path: Path, marks: tuple[float, float], found: list[str]
) -> None:
    office = office_of(tmp_path, "xlsx", clue(), other())
    rows = [["代码", "部门", "评分"], [EAST, "示例局", marks[0]], [WEST, "示例局", marks[1]]]
    office.add("department_marks", rows, {"unit_code": ["代码"], "department": ["部门"], "mark": ["评分"]})
    assert told(office.read()) == found
