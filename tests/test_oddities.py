"""The oddities of real files, one small file each, in every format that can hold them: the value, or who says what.

`CELLS` has what stands in a single cell of a good ledger, `LEDGERS` what shows only in several rows or in the whole,
`ELSEWHERE` the oddities whose examples have tests of their own, with the formats these go through. Every example says
all that is told: what is not listed is not said, and no other value of the ledger changes.
"""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
from file_examples import FORMATS, TEXTS, WORKBOOKS, Table, text, utf16
from office_examples import EAST, WEST, Office

from analysis.intake.declared.ledgers import MARK_LEDGERS

IDENTITY, MOBILE = "110000199001011112", "13800000000"
NOT_REPORTED = None
JANUARY = pd.Timestamp(2020, 1, 17)
#: the fields of the examples with their headers, from column A
FIELDS = {
    "no": "编号",
    "unit_code": "代码", "unit_name": "单位", "received_on": "受理日期",
    "workers": "人数", "amount": "欠薪金额", "amount_paid": "已付金额", "duplicate_of": "重复编号",
    "confirmed": "是否查实", "closed_on": "办结日期",
    "project": "项目名称", "checked": "是否核查", "resolved_on": "化解日期",
}  # fmt: skip
PLACES = {name: place for place, name in enumerate(FIELDS)}
MAPPED = {name: [header] for name, header in FIELDS.items()}
#: the rows of an example: one that says everything, and one that says as little as it may
WHOLE, BARE = 2, 3


class Odd(NamedTuple):
    """Something odd in one cell.

    Attributes:
        field: the field it stands in.
        written: what stands there.
        value: what it counts as; None is not reported, an empty text no unit.
        told: `severity check` of everything told, in its cell unless `@` names another.
        row: the row it stands in.
        formats: where it can stand.
    """

    field: str
    written: Any
    value: Any
    told: str = ""
    row: int = BARE
    formats: tuple[str, ...] = FORMATS


CELLS = [
    # ------------------------------------------------------------------ amounts, in a column of 元
    Odd("amount", "１２００．５０", 1200_50),
    Odd("amount", "1,200.50", 1200_50),
    Odd("amount", "￥1,200.50元", 1200_50),
    Odd("amount", " 1200.5\u00a0", 1200_50),
    Odd("amount", "3.5万", 35000_00),
    Odd("amount", "1.2345亿", 123_450_000_00),
    Odd("amount", "三万五千", 35000_00),
    Odd("amount", "壹万贰仟元整", 12000_00),
    Odd("amount", "1万2000元", 12000_00),
    Odd("amount", 0, 0),
    Odd("amount", "18万元", 180_000_00, "warns value_unit_differs"),
    Odd("amount", "约1800元", 1800_00, "warns value_approximate"),
    Odd("amount", "近2000", 2000_00, "warns value_approximate"),
    Odd("amount", "2000余元", 2000_00, "warns value_approximate"),
    Odd("amount", "约18万元", 180_000_00, "warns value_approximate, warns value_unit_differs"),
    Odd("amount", "¥¥600.00", 600_00, "warns value_sign"),
    Odd("amount", "$$600.00", NOT_REPORTED, "blocks value_currency_differs"),
    Odd("amount", "253,24", NOT_REPORTED, "blocks value_separators"),
    Odd("amount", "$253,24", NOT_REPORTED, "blocks value_separators"),
    Odd("amount", "12-15万元", NOT_REPORTED, "blocks value_range"),
    Odd("amount", "95%", NOT_REPORTED, "blocks not_a_number"),
    Odd("amount", "见附件", NOT_REPORTED, "blocks not_a_number"),
    Odd("amount", "1200 3400", NOT_REPORTED, "blocks not_a_number"),
    Odd("amount", -1, NOT_REPORTED, "blocks negative_number"),
    Odd("amount", "1.2E+05", NOT_REPORTED, "blocks digits_lost"),
    Odd("amount", "〃", NOT_REPORTED, "blocks ditto"),
    Odd("amount", '=DISPIMG("ID_0A",1)', NOT_REPORTED, "blocks picture_in_cell", formats=("xls", "ods", *TEXTS)),
    Odd("amount", "2万亿", 2 * 10**14, "blocks amount_implausible"),
    Odd("amount", "#REF!", NOT_REPORTED, "blocks formula_failed"),
    *(
        Odd("amount", nothing, NOT_REPORTED)
        for nothing in (None, "", " ", "无", "/", "—", "——", "不详", "undetermined", "N/A", "…")
    ),
    # ------------------------------------------------------------------ heads
    Odd("workers", "２０人", 20),
    Odd("workers", "三十二人", 32),
    Odd("workers", "1.2万", 12000),
    Odd("workers", 12.0, 12),
    Odd("workers", "20余人", 20, "warns value_approximate"),
    Odd("workers", "10-12人", NOT_REPORTED, "blocks value_range"),
    Odd("workers", 2.5, NOT_REPORTED, "blocks not_a_whole_number"),
    Odd("workers", "若干", NOT_REPORTED, "blocks not_a_number"),
    Odd("workers", "5‰", NOT_REPORTED, "blocks not_a_number"),
    Odd("workers", 10**18, 10**18, "blocks people_implausible"),
    Odd("workers", "同上", NOT_REPORTED, "blocks ditto"),
    # ------------------------------------------------------------------ days
    Odd("closed_on", dt.date(2020, 1, 17), JANUARY),
    *(
        Odd("closed_on", day, JANUARY)
        for day in (
            "2020-1-17", "2020/01/17", "2020.1.17", "2020年1月17日", "20200117", "二〇二〇年一月十七日",
            "2020-1-17 08:30", "２０２０－１－１７", "令和2年1月17日", "R2.1.17", "民国109年1月17日",
            "2020年1月17日（星期五）",
        )
    ),
    Odd("closed_on", 43847, JANUARY, "warns date_serial"),
    Odd("closed_on", "109/1/17", NOT_REPORTED, "blocks not_a_date"),
    Odd("closed_on", "2020.1", NOT_REPORTED, "blocks date_month_only"),
    # the number 2020.1 may have been October
    Odd("closed_on", 2020.1, NOT_REPORTED, "blocks not_a_date", formats=WORKBOOKS),
    Odd("closed_on", "2020年1月", NOT_REPORTED, "blocks date_month_only"),
    Odd("closed_on", "2020-13-01", NOT_REPORTED, "blocks not_a_date"),
    Odd("closed_on", "2020-2-30", NOT_REPORTED, "blocks not_a_date"),
    Odd("closed_on", dt.date(1970, 1, 1), pd.Timestamp(1970, 1, 1), "warns day_is_default"),
    Odd("closed_on", dt.date(2019, 5, 1), pd.Timestamp(2019, 5, 1), "warns dates_out_of_order"),
    Odd("closed_on", dt.date(2025, 1, 1), pd.Timestamp(2025, 1, 1), "warns day_in_future"),
    Odd("closed_on", dt.date(2022, 1, 5), pd.Timestamp(2022, 1, 5), "notes day_after_cut_off"),
    Odd("closed_on", dt.date(2202, 1, 17), pd.Timestamp(2202, 1, 17), "warns day_in_future, blocks year_implausible"),
    Odd("closed_on", "同上", pd.Timestamp(2020, 4, 1), "warns ditto"),
    Odd("received_on", None, NOT_REPORTED, "blocks required_empty"),
    Odd("received_on", dt.date(2009, 5, 2), pd.Timestamp(2009, 5, 2),
        "warns received_outside_history"),
    # ------------------------------------------------------------------ units, numbers, codes
    Odd("unit_name", "示例　东 新区", WEST),
    Odd("unit_name", "东新", WEST),
    Odd("unit_name", "西区", "", "blocks unit_unknown"),
    Odd("unit_name", "东区", "", "blocks unit_code_name_disagree@B3"),
    Odd("unit_code", "990011", "", "blocks unit_code_name_disagree"),
    Odd("unit_code", float(WEST), WEST, formats=WORKBOOKS),
    Odd("confirmed", " 是", True),
    Odd("confirmed", "可能", NOT_REPORTED, "blocks not_in_code_list"),
    Odd("duplicate_of", "Ｘ９", "X9", "blocks duplicate_unknown"),
    Odd("no", "Ｂ－１", "B-1"),
    Odd("no", None, NOT_REPORTED, "blocks required_empty"),
    Odd("no", "1.3E+17", NOT_REPORTED, "blocks digits_lost"),
    Odd("no", 202001170000000100.0, NOT_REPORTED, "blocks digits_lost", formats=WORKBOOKS),
    Odd("confirmed", "〃", True, "warns ditto"),
    Odd("no", IDENTITY, IDENTITY, "blocks person_number_as_key"),
    # ------------------------------------------------------------------ persons inside a text
    Odd("project", f"某工地 {IDENTITY}", "某工地 ******", "warns person_number_masked"),
    Odd("project", "某工地１３８００００００００", "某工地******", "warns person_number_masked"),
    Odd("project", int(MOBILE), "******", "warns person_number_masked"),
    Odd("project", "卡号6200000000000005", "卡号******", "warns person_number_masked"),
    # ------------------------------------------------------------------ signs in a text
    Odd("project", "\u200b甲\u00a0工地\ufeff", "甲 工地"),
    Odd("project", "甲_x000D_乙_x000B_丙", "甲\n乙\n丙"),
    Odd("project", "甲\ue000", "甲\ue000", "warns sign_without_glyph"),
    Odd("project", "1.10101E+17", "1.10101E+17", "warns digits_lost"),
    # ------------------------------------------------------------------ against the rest of the row
    Odd("checked", "否", False, "warns step_skipped@I2", row=WHOLE),
    Odd("confirmed", "否", False, "warns step_skipped@M2", row=WHOLE),
    Odd("resolved_on", dt.date(2020, 2, 1), pd.Timestamp(2020, 2, 1), "warns dates_out_of_order", row=WHOLE),
    Odd("resolved_on", dt.date(2020, 4, 2), pd.Timestamp(2020, 4, 2), "warns dates_out_of_order@J2", row=WHOLE),
    Odd("workers", 3.0, 3, row=WHOLE),
    Odd("amount_paid", 4000.01, 4000_01, "warns paid_exceeds_owed", row=WHOLE),
    Odd("amount_paid", 400_000, 400_000_00, "warns paid_far_exceeds_owed", row=WHOLE),
]  # fmt: skip


def rows(number: int) -> list[list[Any]]:
    """Return the table of an example before anything odd is put into it: two clues, of which one says little.

    The project differs from example to example, or the first clue would be the same case in all of them.
    """
    return [
        list(FIELDS.values()),
        [f"{number}-1", EAST, "示例东区", dt.date(2020, 3, 1), 4, 4000, 4000, None, "是", dt.date(2020, 4, 1),
         f"示例项目{number}", "是", dt.date(2020, 3, 20)],
        [f"{number}-2", WEST, "东新区", dt.date(2019, 5, 2), *[None] * 9],
    ]  # fmt: skip


def with_oddity(number: int, odd: Odd) -> list[list[Any]]:
    """Return the table of an example with its odd cell."""
    table = rows(number)
    table[odd.row - 1][PLACES[odd.field]] = odd.written
    return table


def office_of(folder: Path, kind: str, tables: dict[str, list[list[Any]]]) -> Office:
    """Return an office whose clues stand in these files of one format, and nothing else in the two years before."""
    office = Office(folder)
    del office.books["线索台账.xlsx"]
    for name, cells in tables.items():
        office.books[f"{name}.{kind}"] = [Table("表", cells)]
    amounts = {"amount": "元", "amount_paid": "元"}
    office.maps["ledgers"]["clues"] = {
        "file": f"例*.{kind}", "header_rows": [1], "fields": MAPPED, "unit_of_measure": amounts,
    }  # fmt: skip
    office.settings["nil_returns"] = [
        {"ledger": "clues", "unit": unit, "year": year} for unit, year in ((EAST, 2019), (WEST, 2020))
    ]
    return office


def told(faults: Any) -> list[str]:
    """Return everything told, with its cell."""
    return sorted(f"{fault.severity} {fault.check}@{fault.cell}" for fault in faults)


def expected(faults: str, cell: str = "") -> list[str]:
    """Return what is to be told; a fault without a place is in the cell."""
    return sorted(fault if "@" in fault else f"{fault}@{cell}" for fault in filter(None, faults.split(", ")))


def said(cell: Any) -> Any:
    """Return a cell of a frame, None where nothing is reported."""
    return None if cell is pd.NA or cell is pd.NaT or cell == "" else cell


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """Return the function that reads all examples of one cell in a format, each a file of its own."""

    @cache
    def read(kind: str) -> Any:
        tables = {
            f"例{number}": with_oddity(number, odd) for number, odd in enumerate(CELLS) if kind in odd.formats
        }
        return office_of(tmp_path_factory.mktemp(kind), kind, tables).read()

    return read


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        pytest.param(number, kind, id=f"{odd.field} {odd.written!r} {kind}")
        for number, odd in enumerate(CELLS)
        for kind in odd.formats
    ],
)
def test_an_odd_cell_is_read_or_told(examples: Callable[[str], Any], number: int, kind: str) -> None:
    odd = CELLS[number]
    intake, file = examples(kind), f"例{number}.{kind}"
    letter = "ABCDEFGHIJKLM"[PLACES[odd.field]]
    faults = [fault for fault in intake.faults if fault.file == file]
    assert told(faults) == expected(odd.told, f"{letter}{odd.row}")
    clues = intake.ledgers["clues"]
    found = {
        row["row"]: {name: said(row["unit" if name.startswith("unit") else name]) for name in FIELDS}
        for row in clues[clues["file"] == file].to_dict("records")
    }
    assert found == {
        row: counted(cells, odd if row == odd.row else None)
        for row, cells in enumerate(rows(number), 1)
        if row > 1
    }


def counted(cells: list[Any], odd: Odd | None) -> dict[str, Any]:
    """Return the values of a good row, worked out here, with that of the odd cell."""
    values = dict(zip(FIELDS, cells, strict=True))
    values["unit_code"] = values["unit_name"] = values["unit_code"]
    for name in ("amount", "amount_paid"):
        values[name] = None if values[name] is None else values[name] * 100
    for name in ("received_on", "resolved_on", "closed_on"):
        values[name] = None if values[name] is None else pd.Timestamp(values[name])
    for name in ("checked", "confirmed"):
        values[name] = True if values[name] == "是" else None
    if odd is not None and odd.field.startswith("unit"):
        values["unit_code"] = values["unit_name"] = odd.value or None
    elif odd is not None:
        values[odd.field] = odd.value
    return values


# ----------------------------------------------------------------------------------------------- whole ledgers

Rows = list[list[Any]]


class Case(NamedTuple):
    """Something odd in several rows or in the whole ledger.

    Attributes:
        name: what it is.
        change: puts it into the office and the rows of its clue ledger.
        told: as `Odd.told`, each with its cell.
        counts: what is looked at of what was read; the sum of amounts in minor units if nothing else is said.
        value: what that is.
        formats: where it can stand.
    """

    name: str
    change: Callable[[Office, Rows], Any]
    told: str
    value: Any = 4000_00
    counts: Callable[[Any], Any] = lambda intake: intake.ledgers["clues"]["amount"].sum()
    formats: tuple[str, ...] = FORMATS


def kind_of(office: Office) -> str:
    """Return the format of the office's clue ledger."""
    return next(Path(file).suffix[1:] for file in office.books if file.startswith("例"))


def again(cells: Rows, **changed: Any) -> Rows:
    """Return the first clue once more with other contents in some cells."""
    row = list(cells[1])
    for name, cell in changed.items():
        row[PLACES[name]] = cell
    return [row]


def put(cells: Rows, field: str, *written: Any) -> None:
    """Write into a field of the rows below the header, from the first."""
    for row, cell in enumerate(written, 1):
        cells[row][PLACES[field]] = cell


def beside(office: Office, ledger: str, cells: Rows, fields: dict[str, list[str]], **mapped: Any) -> None:
    """Put another ledger into a file of the same format."""
    file = f"{ledger}.{kind_of(office)}"
    office.books[file] = [Table("表", cells)]
    year = {"year": 2020} if ledger in MARK_LEDGERS else {}
    office.maps["ledgers"][ledger] = {"file": file, "header_rows": [1], "fields": fields, **year, **mapped}


def many(unit: str, *years: int, of_month: int = 4) -> Rows:
    """Return clues of a unit, some in every month of these years, no two of them alike."""
    return [
        [f"{unit}-{year}-{month}-{number}", unit, None, dt.date(year, month, number + 1), number, 1000 * number + month,
         None, None, "是", None, None, "是", None]
        for year in years for month in range(1, 13) for number in range(1, of_month + 1)
    ]  # fmt: skip


def history(office: Office, cells: Rows, *years: int) -> None:
    """Let the ledger have clues of both units in every month of some years."""
    office.settings["history"] = [str(year) for year in range(2017, 2021)]
    office.settings["nil_returns"] = []
    cells[1:] = [*many(EAST, *years), *many(WEST, *range(2017, 2021))]


def marks(mark: float, *, field: float | None = None, twice: bool = False) -> Callable[[Office, Rows], None]:
    """Return the change that adds a score sheet with a mark out of four, and the mark verified in the field."""

    def add(office: Office, _cells: Rows) -> None:
        head = ["代码", "项目", "得分", "满分"]
        mapped = {"unit_code": ["代码"], "item": ["项目"], "mark": ["得分"], "full": ["满分"]}
        second = [[EAST, "1.1", mark - 1, 4]] if twice else []
        beside(office, "self_marks", [head, [EAST, "1.1", mark, 4], [WEST, "1.1", 4, 4], *second], mapped)
        if field is not None:
            beside(office, "field_marks", [head, [EAST, "1.1", field, 4], [WEST, "1.1", 4, 4]], mapped)

    return add


def summary(**numbers: Any) -> Callable[[Office, Rows], None]:
    """Return the change that adds a table of unit × period × numbers, of which the first row is the east's in 2020."""
    names = {
        "clues_received": "受理数",
        "clues_checked": "核查数",
        "amount_owed": "欠薪金额",
        "amount_paid": "已付金额",
    }

    def add(office: Office, _cells: Rows) -> None:
        stated = {name: names[name] for name in numbers}
        mapped = {
            "unit_code": ["代码"],
            "period": ["期间"],
            **{name: [header] for name, header in stated.items()},
        }
        money = {name: "元" for name in stated if name.startswith("amount")}
        cells = [["代码", "期间", *stated.values()], [EAST, "2020年", *numbers.values()]]
        beside(office, "summary", cells, mapped, **({"unit_of_measure": money} if money else {}))

    return add


def stated(intake: Any) -> list[Any]:
    """Return the numbers of the summary."""
    return [said(cell) for cell in intake.ledgers["summary"]["value"]]


def findings(office: Office, _cells: Rows) -> None:
    cells = [["编号", "代码", "类别", "同"], ["W1", EAST, "化解", "W9"]]
    mapped = {"no": ["编号"], "unit_code": ["代码"], "group": ["类别"], "same_as": ["同"]}
    beside(office, "findings", cells, mapped)


def department_marks(office: Office, _cells: Rows) -> None:
    cells = [["代码", "部门", "评分"], [EAST, "示例局", 100], [WEST, "示例局", 100.0]]
    beside(
        office, "department_marks", cells, {"unit_code": ["代码"], "department": ["部门"], "mark": ["评分"]}
    )


def dollars(cell: Any, **values: str) -> Callable[[Office, Rows], None]:
    """Return the change that keeps the round in dollars, with one amount written so."""

    def change(office: Office, cells: Rows) -> None:
        office.settings["currency"] = "USD"
        office.maps["values"] = values
        office.maps["ledgers"]["clues"]["unit_of_measure"] = {"amount": "dollars", "amount_paid": "dollars"}
        put(cells, "amount", 4000, cell)

    return change


def in_unit(field: str, unit: str, *written: Any) -> Callable[[Office, Rows], None]:
    """Return the change that keeps a column in another unit of measure, which its header names."""

    def change(office: Office, cells: Rows) -> None:
        cells[0][PLACES[field]] += f"（{unit}）"
        office.maps["ledgers"]["clues"]["unit_of_measure"].pop(field, None)
        put(cells, field, *written)

    return change


def second_file(office: Office, cells: Rows) -> None:
    office.books[f"例2.{kind_of(office)}"] = [Table("表", [cells[0], cells[1]])]


def as_roc(office: Office, cells: Rows) -> None:
    office.maps["values"] = {"calendar": "roc"}
    put(cells, "closed_on", "109/4/1", "109.1.17")


def outlier(office: Office, cells: Rows) -> None:
    history(office, cells, *range(2017, 2021))
    cells[1][PLACES["amount"]] = 10_010_000


def miracle(office: Office, cells: Rows) -> None:
    history(office, cells, 2017, 2018, 2020)
    cells.extend(many(EAST, 2019)[:3])


def of_persons(office: Office, cells: Rows) -> None:
    for row, cell in zip(cells, ("联系电话", MOBILE, None), strict=True):
        row.append(cell)


def last_day(intake: Any) -> Any:
    """Return the last day on which a clue was closed."""
    return intake.ledgers["clues"]["closed_on"].max()


LEDGERS = [
    Case("the same row twice", lambda _o, cells: cells.extend(again(cells)), "warns number_twice_same@A4"),
    Case("two rows with one number", lambda _o, cells: cells.extend(again(cells, amount=1, amount_paid=1)),
         "blocks number_twice@A4", 4001_00),
    Case("the same case under another number", lambda _o, cells: cells.extend(again(cells, no="9-9")),
         "warns duplicates_alike@A4", 8000_00),
    Case("the same case in two files", second_file, "notes entry_in_two_files@A2"),
    Case("a unit that did not report", lambda o, _c: o.settings.update(nil_returns=[]),
         "warns unit_not_reported@, warns unit_not_reported@"),
    Case("a nil return beside rows",
         lambda o, _c: o.settings["nil_returns"].append({"ledger": "clues", "unit": EAST, "year": 2020}),
         "warns nil_return_contradicted@"),
    Case("a year that looks like a miracle", miracle, "warns coverage_hole@", 3 * 48 + 3 + 4 * 48,
         lambda i: len(i.ledgers["clues"])),
    Case("more at a step than before it", lambda _o, cells: put(cells, "checked", None), "warns step_exceeds@"),
    Case("a slipped decimal point", outlier, "warns amount_outlier@F2", 10_010_000_00,
         lambda i: i.ledgers["clues"]["amount"].max()),
    Case("amounts in 万元", in_unit("amount", "万元", 0.4, "0.12345"), "", 5234_50),
    Case("amounts in 亿元", in_unit("amount", "亿元", "0.00004", 0.5), "", 50_004_000_00),
    Case("heads in 万人", in_unit("workers", "万人", 0.0004, "1.2"), "", 12_004,
         lambda i: i.ledgers["clues"]["workers"].sum()),
    Case("5人 in a column of 万人", in_unit("workers", "万人", 0.0004, "5人"), "warns value_unit_differs@E3", 9,
         lambda i: i.ledgers["clues"]["workers"].sum()),
    Case("$253,24 in dollars", dollars("$253,24"), "blocks value_separators@F3"),
    Case("$253,24 with a decimal comma", dollars("$253,24", separators="decimal"),
         "warns value_separators@F3", 4253_24),
    Case("$$600.00 in dollars", dollars("$$600.00"), "warns value_sign@F3", 4600_00),
    Case("undetermined in dollars", dollars("undetermined"), ""),
    Case("days of the Republic of China", as_roc, "", pd.Timestamp(2020, 4, 1), last_day),
    Case("a column of persons the maps forget", of_persons, "warns persons_column_dropped@N1"),
    Case("a column nobody asked for", lambda _o, cells: cells[0].append("备注"), "warns column_unknown@N1"),
    Case("a column that is called otherwise", lambda _o, cells: put([[], *cells], "amount", "金额"),
         "blocks column_missing@, warns column_unknown@F1", 0),
    Case("the header twice", lambda _o, cells: put([[], *cells], "project", "欠薪金额"),
         "blocks column_twice@, blocks column_missing@, warns column_unknown@F1, warns column_unknown@K1", 0),
    Case("a mark above full marks", marks(4.5), "blocks mark_above_full@C2"),
    Case("one item twice with two marks", marks(4, twice=True), "blocks entry_twice@C4"),
    Case("a self-report far from the verified mark", marks(4, field=1.5), "warns self_far_from_field@C2"),
    Case("ties at 100", department_marks, "", [100.0, 100.0], lambda i: i.ledgers["department_marks"]["mark"].tolist()),
    Case("a finding that repeats one that is not there", findings, "blocks reference_unknown@D2"),
    Case("a summary with more checked than received", summary(clues_received=40, clues_checked=41),
         "blocks summary_step_exceeds@D2, warns unit_not_reported@", [41, 40], stated),
    Case("a summary with more paid than owed", summary(amount_owed=100, amount_paid="101.5"),
         "warns summary_paid_exceeds_owed@D2, warns unit_not_reported@", [100_00, 101_50], stated),
    Case("a summary that leaves a number out", summary(clues_received="无", clues_checked=0),
         "warns unit_not_reported@", [0, None], stated),
]  # fmt: skip


@pytest.mark.parametrize("case", LEDGERS, ids=lambda case: case.name)
@pytest.mark.parametrize("kind", FORMATS)
def test_an_odd_ledger_is_read_or_told(tmp_path: Path, case: Case, kind: str) -> None:
    cells = rows(1)
    office = office_of(tmp_path, kind, {"例1": cells})
    case.change(office, cells)
    intake = office.read()
    assert told(intake.faults) == expected(case.told)
    assert case.counts(intake) == case.value


# ----------------------------------------------------------------------------------------------- text


ENCODINGS: dict[str, Callable[[Rows, str], bytes]] = {
    "utf-8": lambda cells, sign: text(cells, sign).encode("utf-8"),
    "utf-8 with its mark": lambda cells, sign: text(cells, sign).encode("utf-8-sig"),
    "gb18030": lambda cells, sign: text(cells, sign).encode("gb18030"),
    "gbk": lambda cells, sign: text(cells, sign).encode("gbk"),
    "utf-16": utf16,
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("kind", TEXTS)
def test_an_encoding_changes_nothing(tmp_path: Path, kind: str, encoding: str) -> None:
    office = office_of(tmp_path, kind, {"例1": rows(1)})
    office.write()
    content = ENCODINGS[encoding](rows(1), "\t" if kind == "tsv" else ",")
    (office.folder / f"例1.{kind}").write_bytes(content)
    intake = office.read_again()
    assert told(intake.faults) == []
    assert intake.ledgers["clues"]["amount"].sum() == 4000_00
    assert intake.ledgers["clues"]["project"].tolist() == ["示例项目1", ""]


# ----------------------------------------------------------------------------------------------- elsewhere

#: formats in which a formula keeps its result, or none
WITH_RESULTS = ("xlsx", "xlsm", "ods")
#: oddity → the test that has its example, and the formats it goes through
ELSEWHERE: dict[str, tuple[str, tuple[str, ...]]] = {
    "merged and multi-row headers": ("test_files.test_a_ledger_is_the_same_in_every_format", FORMATS),
    "a title and a preamble above the header": (
        "test_files.test_a_ledger_is_the_same_in_every_format",
        FORMATS,
    ),
    "a unit of measure in the header, the preamble or the maps": (
        "test_layout.test_header_preamble_or_maps_say_the_unit_of_measure",
        FORMATS,
    ),
    "another unit of measure in the middle": (
        "test_layout.test_another_unit_in_the_middle_of_the_table_blocks",
        FORMATS,
    ),
    "one case merged over its workers": (
        "test_layout.test_a_case_merged_over_its_workers_counts_once",
        WORKBOOKS,
    ),
    "a number of its own inside a merged case": (
        "test_layout.test_a_number_of_its_own_in_a_merged_case_is_not_added_silently",
        WORKBOOKS,
    ),
    "an amount merged over two cases": (
        "test_layout.test_an_amount_merged_over_two_numbers_counts_for_the_first",
        WORKBOOKS,
    ),
    "a day or unit merged over rows": (
        "test_layout.test_a_merged_day_or_unit_goes_for_all_its_rows",
        WORKBOOKS,
    ),
    "a cell merged over two columns": ("test_layout.test_a_cell_merged_over_two_columns", WORKBOOKS),
    "hidden rows and columns": ("test_layout.test_hidden_rows_and_columns_are_read_and_told", WORKBOOKS),
    "a hidden sheet that is read": (
        "test_layout.test_a_hidden_sheet_is_read_where_the_maps_name_it_and_told",
        WORKBOOKS,
    ),
    "hidden sheets that are not read": (
        "test_layout.test_hidden_sheets_beside_the_only_visible_one_are_told",
        WORKBOOKS,
    ),
    "a formula that failed": ("test_files.test_an_error_is_what_the_cell_shows", WORKBOOKS),
    "a formula without its result": ("test_files.test_a_formula_without_a_stored_value_blocks", WITH_RESULTS),
    "an .xls, which cannot tell an empty result from none": (
        "test_files.test_an_xls_cannot_tell_an_empty_result_from_none",
        (),
    ),
    "the control total in the footer": (
        "test_layout.test_the_control_total_in_the_footer_is_compared",
        FORMATS,
    ),
    "rows below the total": ("test_layout.test_rows_below_the_total_are_told", FORMATS),
    "subtotals inside the table": (
        "test_layout.test_totals_inside_the_table_are_compared_and_not_added",
        FORMATS,
    ),
    "a total in another column, one over totals, of which": (
        "test_layout.test_a_total_in_another_column_and_one_under_subtotals",
        FORMATS,
    ),
    "headers repeated on every page": ("test_layout.test_headers_and_titles_repeated_on_every_page", FORMATS),
    "remarks and signatures": ("test_layout.test_remarks_are_no_entries_and_name_nobody", FORMATS),
    "blank rows": ("test_layout.test_blank_rows", FORMATS),
    "one file per unit": ("test_sources.test_one_file_per_unit", FORMATS),
    "one sheet per year": ("test_sources.test_one_sheet_per_year", WORKBOOKS),
    "the year in the name of the sheet": (
        "test_sources.test_a_ledger_without_days_takes_the_year_of_its_sheet",
        WORKBOOKS,
    ),
    "the same case in twelve monthly snapshots": (
        "test_sources.test_a_case_in_twelve_monthly_snapshots_counts_once_as_it_stood_last",
        FORMATS,
    ),
    "Big5": ("test_files.test_big5_is_told_from_gb18030_by_the_headers", ()),
    "an encoding that shows no headers": (
        "test_files.test_text_in_which_no_encoding_shows_the_headers_is_not_guessed_at",
        (),
    ),
    "cells slipped by an unquoted separator": ("test_files.test_rows_whose_cells_have_slipped", ()),
    "a file that is not what its name says": ("test_files.test_a_file_that_is_not_what_its_name_says", ()),
    "a file cut off": ("test_files.test_a_workbook_cut_off_is_told", ()),
    "columns, rows, files in another order": ("test_intake_properties.test_order_of_rows_and_columns", ()),
    "a decimal slip against what is usual": ("test_checks.test_an_unusual_amount_says_what_is_usual", ()),
    "a quarter without rows": (
        "test_checks.test_a_quarter_without_rows_between_full_ones_looks_like_a_hole",
        (),
    ),
    "signs nobody sees in headers, names and values": (
        "test_odd_cells.test_signs_nobody_sees_change_no_header_no_name_and_no_value",
        FORMATS,
    ),
    "a byte order mark put before a file twice": (
        "test_odd_cells.test_a_mark_put_before_a_file_twice",
        TEXTS,
    ),
    "a space at the end of a sheet's name": (
        "test_odd_cells.test_a_space_at_the_end_of_a_sheet_s_name",
        WORKBOOKS,
    ),
    "as above": ("test_odd_cells.test_as_above_is_read_as_the_cell_above_and_told", FORMATS),
    "two cases whose numbers were cut to the same digits": (
        "test_odd_cells.test_two_cases_whose_numbers_were_cut_to_the_same_digits",
        WORKBOOKS,
    ),
    "rows that differ only in a column nobody reads": (
        "test_odd_cells.test_rows_that_differ_in_a_column_nobody_reads_are_not_the_same",
        FORMATS,
    ),
    "a whole file in the wrong unit": ("test_odd_cells.test_a_whole_file_in_the_wrong_unit", ("xlsx", "csv")),
    "a number format that shows another number, a word, leading zeros": (
        "test_shown.test_a_table_is_the_same_in_every_format_as_in_the_text_of_what_it_shows",
        FORMATS,
    ),
    "a number format that leaves digits out": (
        "test_shown.test_a_format_that_leaves_digits_out_needs_a_unit_that_goes_with_it",
        WORKBOOKS,
    ),
    "a number format that hides its number": (
        "test_shown.test_a_number_that_a_format_hides_blocks",
        WORKBOOKS,
    ),
    "a month alone, as a day or as a text": (
        "test_shown.test_a_month_alone_is_a_month_whether_it_is_a_day_or_a_text",
        FORMATS,
    ),
    "a day shown without its year": ("test_shown.test_a_day_shown_without_its_year_is_told", WORKBOOKS),
    "marks typed as per cent": ("test_shown.test_marks_of_a_hundred_typed_as_per_cent", FORMATS),
    "rows and cells struck through": (
        "test_shown.test_rows_and_cells_struck_through_are_read_and_told",
        WORKBOOKS,
    ),
}


@pytest.mark.parametrize("oddity", ELSEWHERE)
def test_every_other_oddity_has_an_example_in_each_format_that_can_hold_it(oddity: str) -> None:
    where, formats = ELSEWHERE[oddity]
    module, name = where.split(".")
    example = getattr(importlib.import_module(module), name)
    marks_of = [mark for mark in getattr(example, "pytestmark", []) if mark.name == "parametrize"]
    kinds = [tuple(mark.args[1]) for mark in marks_of if mark.args[0] == "kind"]
    if formats:
        assert kinds == [formats]
