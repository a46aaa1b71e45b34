"""What cells show: number formats by which a number or a day is seen as another, text struck through, comments."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
from file_examples import FORMATS, WORKBOOKS, Commented, Seen, Struck, Table
from hypothesis import given
from hypothesis import strategies as st
from office_examples import EAST, WEST
from openpyxl import Workbook
from test_odd_cells import clue, office_of, other, told

from analysis.intake import fault_line
from analysis.intake.files.xlsx import read_xlsx
from analysis.quantities.cells import Shown
from analysis.quantities.number_formats import format_of
from analysis.quantities.seen_texts import shown_beside
from analysis.words import words

DAY = dt.datetime(2021, 12, 1)
#: code, value, what is seen, and the same with every digit; worked out by hand after ECMA-376, part 1, 18.8.31
SEEN = [
    ("0%", 0.83, "83%", "83%"),
    ("0.0%", 0.83254, "83.3%", "83.254%"),
    ("0!.0,", 182500, "18.3", "18.25"),
    ("0!.0000", 182500, "18.2500", "18.25"),
    ("0.0,", 182500, "182.5", "182.5"),
    ("0.0,,", 182500000, "182.5", "182.5"),
    ("#,##0,", 1825400, "1,825", "1825.4"),
    ('0.0"万元"', 18.25, "18.3万元", "18.25万元"),
    ('0!.0,"万"', 182500, "18.3万", "18.25万"),
    ('[>=10000]0!.0,"万";0', 182500, "18.3万", "18.25万"),
    ('[$$-409]#,##0.00', 1200.5, "$1,200.50", "$1200.5"),
    ("0000", 3, "0003", "0003"),
    ('"XS"-0000', 12, "XS-0012", "XS0012"),
    ("0000-00-00", 20200117, "2020-01-17", "2020-01-17"),
    ('0"人"', 5, "5人", "5人"),
    ('[=1]"是";[=0]"否";General', 1, "是", "是"),
    ("0%;(0%)", -0.5, "(50%)", "-50%"),
    (";;;", 5, "", ""),
    ('yyyy"年"m"月"', DAY, "2021年12月", "2021-12"),
    ("yyyy-mm", DAY, "2021-12", "2021-12"),
    ("mmm-yy", DAY, "Dec-21", "2021-12"),
    ("yyyy", DAY, "2021", "2021"),
    ('m"月"d"日"', DAY, "12月1日", "12月1日"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "value", "text", "exact"), SEEN)
def test_what_a_format_shows(code: str, value: Any, text: str, exact: str) -> None:
    found = format_of(code)
    assert found is not None
    shown = found.shown(value)
    assert shown is not None
    assert (shown.text, shown.exact) == (text, exact)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("General", 3), ("@", 3), ("0", 3), ("0.00", 1.5), ("#,##0.00", 1234.5), ("0.00_);(0.00)", -3.5), ("0;0", -3),
        ("[$¥-804]#,##0.00", 1200.5),
        ('_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', 0), ("0;-0;", 0), ("# ?/?", 0.5), ("0.00E+00", 12345),
        ("0000", 12345), ("00", 12), ("yyyy-mm-dd", DAY), ("yyyy/m/d h:mm", DAY), ("[Red]0;[Blue]-0", -3), ("", 5),
        ('[>=10000]0!.0,"万";0', 500),
    ],
)  # fmt: skip
def test_formats_that_are_a_matter_of_taste(code: str, value: Any) -> None:
    found = format_of(code)
    assert found is None or found.shown(value) is None


@pytest.mark.parametrize(
    ("code", "value", "text", "exact"), [case for case in SEEN if case[0] not in (";;;",)]
)
def test_the_text_beside_a_value_says_the_same_as_its_format(
    code: str, value: Any, text: str, exact: str
) -> None:
    beside = shown_beside(value if isinstance(value, dt.date) else float(value), text)
    assert beside is not None
    # of a word before the number the stroke may be its sign
    assert (beside.text, beside.exact.replace("XS-", "XS")) == (text, exact)


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234.5, "1,234.50"), (182500.0, "182500.0"), (0.0, "-"), (0.001, "0.00"), (123450.0, "1.23E+05"), (0.5, "1/2"),
     (1234.5, "1.234,50"), (5.0, "###"), (5.0, ""), (DAY, "2021-12-01"), (DAY, "2021年12月1日 0:00")],
)  # fmt: skip
def test_a_text_that_only_writes_the_value_otherwise(value: Any, text: str) -> None:
    assert shown_beside(value, text) is None


def test_a_number_rounded_away_is_not_guessed_at() -> None:
    assert shown_beside(400.0, "0.0") == Shown(400.0, "0.0", "")


@given(st.integers(1, 10**9), st.integers(0, 3), st.integers(0, 3))
def test_what_is_left_out_of_a_number_is_known(number: int, thousands: int, decimals: int) -> None:
    made = format_of("0" + ("." + "0" * decimals if decimals else "") + "," * thousands)
    shown = made.shown(number) if made else None
    if thousands == 0:
        assert shown is None
    elif shown is not None:
        assert float(shown.exact) * 1000**thousands == pytest.approx(number)
        assert int(shown.times) == 1000**thousands


# ----------------------------------------------------------------------------------------------- in a ledger


class Case(NamedTuple):
    """A cell with a number format in the first clue.

    Attributes:
        cells: the cell, by its name in the row.
        field: the field that is looked at.
        value: what it counts as; None where nothing does.
        found: what is told.
    """

    cells: dict[str, Seen]
    field: str
    value: Any
    found: str = ""


def one(tmp_path: Path, kind: str, unit: str = "元", **cells: Any) -> Any:
    """Return what is read of a ledger whose first clue has a cell with a number format."""
    return office_of(tmp_path, kind, clue(**cells), other(), unit_of_measure={"amount": unit}).read()


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    "case",
    [
        Case({"project": Seen(3, "0000", "0003")}, "project", "0003"),
        Case({"amount": Seen(1.65, '0.00"万元"', "1.65万元")}, "amount", 16_500_00, "warns value_unit_differs@F2"),
        Case({"amount": Seen(16000, '0!.0,"万"', "1.6万")}, "amount", 16_000_00),
        Case({"amount": Seen(16500.5, "[$¥-804]#,##0.00", "¥16,500.50")}, "amount", 16_500_50),
        Case({"amount": Seen(16500.5, "[$$-409]#,##0.00", "$16,500.50")}, "amount", None,
             "blocks value_currency_differs@F2"),
        Case({"amount": Seen(0.83, "0%", "83%")}, "amount", None, "blocks not_a_number@F2"),
        Case({"workers": Seen(5, '0"人"', "5人")}, "workers", 5),
        Case({"workers": Seen(0.05, "0%", "5%")}, "workers", None, "blocks not_a_number@E2"),
        Case({"day": Seen(DAY.replace(year=2020), 'yyyy"年"m"月"', "2020年12月")}, "received_on", None,
             "blocks date_month_only@D2"),
        Case({"project": Seen(7, '"第"0"标段"', "第7标段")}, "project", "第7标段"),
    ],
    ids=lambda case: f"{case.field} {next(iter(case.cells.values())).text}",
)  # fmt: skip
def test_a_table_is_the_same_in_every_format_as_in_the_text_of_what_it_shows(
    tmp_path: Path, kind: str, case: Case
) -> None:
    intake = office_of(tmp_path, kind, clue(**case.cells), other()).read()
    assert [line for line in told(intake) if "not_reported" not in line] == (
        [case.found] if case.found else []
    )
    read = intake.ledgers["clues"]
    value = read[read["unit"] == EAST].iloc[0][case.field]
    assert (None if pd.isna(value) else value) == case.value


@pytest.mark.parametrize("kind", ("xlsx", "xls", "ods"))
def test_a_number_with_leading_zeros_is_found_by_them(tmp_path: Path, kind: str) -> None:
    office = office_of(tmp_path, kind, clue(Seen(3, "0000", "0003")), [*clue("4", amount=5), "0003"], other())
    office.books[f"线索.{kind}"][0].rows[0][-1] = "重复编号"
    office.maps["ledgers"]["clues"]["fields"]["duplicate_of"] = ["重复编号"]
    office.maps["ledgers"]["clues"]["persons"] = []
    intake = office.read()
    assert told(intake) == []
    assert intake.ledgers["clues"]["no"].tolist() == ["0003", "4", "B-1"]


@pytest.mark.parametrize("kind", WORKBOOKS)
@pytest.mark.parametrize(
    ("unit", "value", "found"),
    [
        # the format leaves out ten thousands and the column is one of ten thousands
        ("万元", 16_000_00, ["warns value_shown@F2"]),
        # in a column of yuan nobody can tell what was meant
        ("元", None, ["blocks value_shown@F2"]),
    ],
)
def test_a_format_that_leaves_digits_out_needs_a_unit_that_goes_with_it(
    tmp_path: Path, kind: str, unit: str, value: Any, found: list[str]
) -> None:
    rows = [clue(amount=Seen(16000, "0!.0,", "1.6")), clue("A-2", amount=Seen(20000, "0!.0,", "2.0"))]
    last = other(amount=2 if unit == "万元" else 20_000)
    intake = office_of(tmp_path, kind, *rows, last, unit_of_measure={"amount": unit}).read()
    assert told(intake) == found
    assert "第 2–3 行" in fault_line(intake.faults[0], words("zh"))
    amounts = intake.ledgers["clues"]["amount"]
    assert amounts.iloc[0] == value if value else amounts.isna().iloc[0]


@pytest.mark.parametrize(
    ("policy", "value", "found"),
    [
        ("clear", None, "blocks value_shown@F2"),
        ("always", 16_50, "warns value_shown@F2"),
        ("never", 16_500_00, "warns value_shown@F2"),
        ("refuse", None, "blocks value_shown@F2"),
    ],
)
def test_the_office_decides_which_of_the_two_counts(
    tmp_path: Path, policy: str, value: int | None, found: str
) -> None:
    rows = [
        clue(amount=Seen(16500, "0.0,", "16.5")),
        clue("A-2", amount=20_000),
        clue("A-3", amount=24_000),
        other(),
    ]
    office = office_of(tmp_path, "xlsx", *rows)
    office.maps["values"] = {"shown": policy}
    intake = office.read()
    assert told(intake) == [found]
    amount = intake.ledgers["clues"]["amount"].iloc[0]
    assert (None if value is None else amount) == value


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_a_number_that_a_format_hides_blocks(tmp_path: Path, kind: str) -> None:
    # OpenDocument keeps what is seen; where nothing is, most programs just did not write it
    cell = Seen(16_500, '0;-0;0;"无"', "16500") if kind == "ods" else Seen(16_500, ";;;", "")
    intake = one(tmp_path, kind, amount=cell)
    assert told(intake) == ([] if kind == "ods" else ["blocks value_shown@F2"])


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    ("policy", "value", "found"),
    [
        ({}, None, "blocks"),
        ({"month_only": "last_day"}, "2020-12-31", "warns"),
        ({"month_only": "first_day"}, "2020-12-01", "warns"),
    ],
)
def test_a_month_alone_is_a_month_whether_it_is_a_day_or_a_text(
    tmp_path: Path, kind: str, policy: dict[str, str], value: str | None, found: str
) -> None:
    day = Seen(DAY.replace(year=2020), 'yyyy"年"m"月"', "2020年12月")
    office = office_of(tmp_path, kind, clue(day=day), clue("A-2", day="2020年12月", amount=20_000), other())
    office.maps["values"] = policy
    intake = office.read()
    lines = [line for line in told(intake) if "not_reported" not in line]
    assert lines == [f"{found} date_month_only@D2", f"{found} date_month_only@D3"]
    days = intake.ledgers["clues"]["received_on"].iloc[:2].dt.strftime("%Y-%m-%d")
    assert [None if pd.isna(day) else day for day in days] == [value, value]


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_a_day_shown_without_its_year_is_told(tmp_path: Path, kind: str) -> None:
    day = Seen(dt.datetime(2020, 3, 15), 'm"月"d"日"', "3月15日")
    intake = one(tmp_path, kind, day=day)
    assert told(intake) == ["warns day_shown_in_part@D2"]
    assert intake.ledgers["clues"]["received_on"].iloc[0] == dt.datetime(2020, 3, 15)


@pytest.mark.parametrize("kind", FORMATS)
def test_marks_of_a_hundred_typed_as_per_cent(tmp_path: Path, kind: str) -> None:
    office = office_of(tmp_path, "xlsx", clue(), other())
    file = f"评价.{kind}"
    cells = [
        ["代码", "部门", "2020年评分"],
        [EAST, "示例局", Seen(0.83, "0%", "83%")],
        [WEST, "示例局", Seen(0.905, "0.0%", "90.5%")],
    ]
    office.books[file] = [Table("评价", cells)]
    fields = {"unit_code": ["代码"], "department": ["部门"], "mark": ["2020年评分"]}
    office.maps["ledgers"]["department_marks"] = {"file": file, "header_rows": [1], "fields": fields}
    intake = office.read()
    assert [line for line in told(intake) if "percent" in line] == [
        "warns value_percent@C2", "warns value_percent@C3"
    ]  # fmt: skip
    assert intake.ledgers["department_marks"]["mark"].tolist() == [83.0, 90.5]


def test_per_cent_of_other_full_marks_block(tmp_path: Path) -> None:
    office = office_of(tmp_path, "xlsx", clue(), other())
    rows = [["代码", "项目", "得分", "满分"], [EAST, "1.1", Seen(0.83, "0%", "83%"), 4]]
    office.add(
        "self_marks", rows, {"unit_code": ["代码"], "item": ["项目"], "mark": ["得分"], "full": ["满分"]}
    )
    assert "blocks value_percent@C2" in told(office.read())


# ----------------------------------------------------------------------------------------------- struck, commented


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_rows_and_cells_struck_through_are_read_and_told(tmp_path: Path, kind: str) -> None:
    gone = [Struck(cell) for cell in clue("A-2", day="2020-4-1", amount=20_000)]
    rows = [clue(workers=Struck(4)), gone, other()]
    intake = office_of(tmp_path, kind, *rows).read()
    assert told(intake) == ["warns rows_struck@A3", "warns cells_struck@E2"]
    assert len(intake.ledgers["clues"]) == 3


@pytest.mark.parametrize("kind", ("xlsx", "xlsm", "ods"))
def test_a_comment_is_told_and_not_read(tmp_path: Path, kind: str) -> None:
    intake = office_of(tmp_path, kind, clue(workers=Commented(4)), other()).read()
    assert told(intake) == ["notes cells_commented@E2"]
    assert intake.ledgers["clues"]["workers"].tolist() == [4, 4]


# ----------------------------------------------------------------------------------------------- files


def test_a_format_known_by_its_number_alone_and_cells_without_addresses() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["月份", 3])
    sheet["A2"].value, sheet["B2"].value = DAY, 7
    sheet["A2"].number_format = 'yyyy"年"m"月"'
    sheet["B2"].number_format = "0000"
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as container:
        parts = {name: container.read(name) for name in container.namelist()}
    # a Chinese Excel writes the number 57 and no code
    styles = parts["xl/styles.xml"].decode("utf-8")
    code = styles.partition('formatCode="yyyy')[0].rpartition('numFmtId="')[2].partition('"')[0]
    head, _, rest = styles.partition("</numFmts>")
    parts["xl/styles.xml"] = (
        head + "</numFmts>" + rest.replace(f'numFmtId="{code}"', 'numFmtId="57"')
    ).encode()
    part = parts["xl/worksheets/sheet1.xml"]
    for place in (b"A1", b"B1", b"A2", b"B2"):
        part = part.replace(b' r="' + place + b'"', b"")
    parts["xl/worksheets/sheet1.xml"] = part
    bare = io.BytesIO()
    with zipfile.ZipFile(bare, "w") as container:
        for name, content in parts.items():
            container.writestr(name, content)
    read = read_xlsx(bare.getvalue(), "月.xlsx")["Sheet"]
    assert read.value(2, 1) == Shown(DAY.date(), "2021年12月", "2021-12")
    assert read.value(2, 2) == Shown(7.0, "0007", "0007")
