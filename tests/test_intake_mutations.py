"""One cell of a good workbook is changed: the values change as a few lines here work out, or the cell is told.

Never is a number silently another one. What the values must be is computed from what was written, without the package.
"""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from file_examples import FORMATS, Table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office_examples import EAST, UNIT, WEST, Office

from analysis.indicators import measures
from analysis.rounds.rounds import load_round

FIELDS = {
    "no": ["编号"], **UNIT, "received_on": ["受理日期"], "workers": ["人数"], "amount": ["欠薪金额"],
    "amount_paid": ["已付金额"], "confirmed": ["是否查实"], "closed_on": ["办结日期"],
}  # fmt: skip
PLACE = {name: place for place, name in enumerate(FIELDS)}
NAMES = {EAST: "示例东区", WEST: "东新区"}
NARROW = str.maketrans("０１２３４５６７８９．，　￥", "0123456789., ¥")
FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CLUE = st.integers(0, 15)
KIND = st.sampled_from(FORMATS)
#: signs that slip into a number
SLIPS = ",.，。、-—/约余近万亿%‰$¥￥元人xXoO?'\"　 零十"
MEASURES = ("clues_received", "cases", "clues_closed", "workers", "amount", "amount_paid", "amount_owed")


@dataclass(frozen=True)
class Clue:
    """What a row says; None where it says nothing."""

    unit: str
    received_on: dt.date
    workers: int | None
    amount: Decimal | None
    amount_paid: Decimal | None
    confirmed: bool | None
    closed_on: dt.date | None


def good() -> list[Clue]:
    """Return sound clues of two units in two years; no two of them say the same."""
    return [
        Clue(
            unit, dt.date(year, 2 + number, 3 + number), 3 + number, Decimal(1000 * number + 1200),
            Decimal(700 + number), number != 2, dt.date(year, 7, 1) if number else None,
        )
        for unit in (EAST, WEST) for year in (2019, 2020) for number in range(4)
    ]  # fmt: skip


def rows(clues: list[Clue]) -> list[list[Any]]:
    """Return the table of clues."""
    return [
        [header[0] for header in FIELDS.values()],
        *(
            [f"N-{number}", clue.unit, NAMES[clue.unit], clue.received_on, clue.workers,
             clue.amount and int(clue.amount), clue.amount_paid and int(clue.amount_paid),
             "是" if clue.confirmed else "否", clue.closed_on]
            for number, clue in enumerate(clues, 1)
        ),
    ]  # fmt: skip


def worked_out(clues: list[Clue], unit: str, year: int) -> Iterator[tuple[str, Decimal | None, bool]]:
    """Yield each measure of a unit and year, and whether every row says what it needs; None if none does."""
    own = [clue for clue in clues if clue.unit == unit and clue.received_on.year == year]
    cases = [clue for clue in own if clue.confirmed]
    # a clue of which nobody says whether it was found true counts as none, and leaves open what is counted of cases
    judged = all(clue.confirmed is not None for clue in own)
    # a day after the cut-off has not come yet
    closed = [clue for clue in own if clue.closed_on and clue.closed_on <= dt.date(2021, 12, 31)]
    yield "clues_received", Decimal(len(own)), True
    yield "cases", Decimal(len(cases)), judged
    yield "clues_closed", Decimal(len(closed)), True
    # what is owed is owed whether or not the row says what was paid
    owed = [clue.amount for clue in cases if clue.amount is not None]
    yield "amount_owed", sum(owed, Decimal(0)), judged and len(owed) == len(cases)
    for name in ("workers", "amount", "amount_paid"):
        said = [Decimal(getattr(clue, name)) for clue in cases if getattr(clue, name) is not None]
        yield name, sum(said, Decimal(0)), judged and len(said) == len(cases)


def read(table: list[list[Any]], kind: str) -> tuple[Any, dict[tuple[str, int, str], tuple[Any, str]]]:
    """Return the intake of a ledger, and value and status of every measure where nothing blocks."""
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder))
        del office.books["线索台账.xlsx"]
        office.books[f"线索.{kind}"] = [Table("表", table)]
        office.maps["ledgers"]["clues"] = {
            "file": f"线索.{kind}", "header_rows": [1], "fields": FIELDS,
            "unit_of_measure": {"amount": "元", "amount_paid": "元"},
        }  # fmt: skip
        intake = office.read()
        if any(fault.severity == "blocks" for fault in intake.faults):
            return intake, {}
        values = measures.compute(intake, load_round(office.project, "2020").settings).values
    found = values[(values["base_period"] == "") & values["measure"].isin(MEASURES)]
    return intake, {
        (row["unit"], int(row["period"]), row["measure"]): (row["value"], row["status"])
        for row in found.to_dict("records")
        if len(row["period"]) == 4 and row["unit"] in NAMES
    }


def hold(clues: list[Clue], values: dict[tuple[str, int, str], tuple[Any, str]]) -> None:
    """Hold the values against those worked out here."""
    for unit in NAMES:
        for year in (2019, 2020):
            for measure, expected, complete in worked_out(clues, unit, year):
                value, status = values[unit, year, measure]
                assert status in ("reported", "partial"), (unit, year, measure)
                assert Decimal(str(value)) == expected, (unit, year, measure)
                # what rows leave out is never passed over in silence
                assert (status == "reported") is complete, (unit, year, measure)


def told(intake: Any, cell: str) -> set[str]:
    """Return what is told of a cell."""
    return {fault.check for fault in intake.faults if fault.cell == cell}


def meant(text: str, unit: str) -> Decimal | None:
    """Return what a written number plainly means, by the rules everybody reads by; None if it is not plain."""
    plain = text.translate(NARROW).strip().removesuffix(unit)
    if unit == "元":
        plain = plain.strip("¥").strip()
    plain = plain.replace("\u3000", " ")
    if re.fullmatch(r"\d+(\.\d+)?|\d{1,3}(,\d{3})+(\.\d+)?|\d{1,3}( \d{3})+(\.\d+)?|\.\d+", plain):
        return Decimal(plain.replace(",", "").replace(" ", ""))
    if found := re.fullmatch(r"(\d+)(万|亿)", plain):
        return Decimal(found[1]) * (10**4 if found[2] == "万" else 10**8)
    return None


def at(clue: int, field: str) -> str:
    """Return the address of a field of a clue."""
    return f"{'ABCDEFGHI'[PLACE[field]]}{clue + 2}"


def changed(clue: int, **cells: Any) -> list[list[Any]]:
    """Return the good table with other contents in some cells of a clue."""
    table = rows(good())
    for name, cell in cells.items():
        table[clue + 1][PLACE[name]] = cell
    return table


def but(clue: int, **said: Any) -> list[Clue]:
    """Return the good clues, one of which says something else."""
    clues = good()
    clues[clue] = replace(clues[clue], **said)
    return clues


def test_the_good_workbook_all_others_are_held_against() -> None:
    intake, values = read(rows(good()), "xlsx")
    assert intake.faults == []
    hold(good(), values)
    # by hand: of the clues 0, 1 and 3 of the east in 2020, 3 + 4 + 6 workers are owed 1200 + 2200 + 4200
    assert values[EAST, 2020, "workers"] == (13.0, "reported")
    assert values[EAST, 2020, "amount"] == (7600.0, "reported")


@FEW
@given(CLUE, st.sampled_from(["workers", "amount", "amount_paid"]), st.data(), KIND)
def test_a_sign_that_slips_into_a_number_is_told_or_plain(
    clue: int, field: str, data: st.DataObject, kind: str
) -> None:
    number = str(getattr(good()[clue], field))
    place = data.draw(st.integers(0, len(number)))
    text = number[:place] + data.draw(st.sampled_from(SLIPS)) + number[place:]
    intake, values = read(changed(clue, **{field: text}), kind)
    meaning = meant(text, "人" if field == "workers" else "元")
    if not told(intake, at(clue, field)):
        assert meaning is not None, text
    if values and meaning is not None:
        hold(but(clue, **{field: meaning}), values)


@FEW
@given(CLUE, st.sampled_from(["workers", "amount", "amount_paid"]), st.integers(0, 10**5), st.data(), KIND)
def test_another_number_in_any_plain_form_counts_as_itself(
    clue: int, field: str, number: int, data: st.DataObject, kind: str
) -> None:
    wide = str(number).translate({narrow: wide for wide, narrow in NARROW.items()})
    unit = "人" if field == "workers" else "元"
    forms = [
        number,
        str(number),
        f"{number:,}",
        wide,
        f" {number}　",
        f"{number}{unit}",
        f"{number}.00",
        float(number),
    ]
    intake, values = read(changed(clue, **{field: data.draw(st.sampled_from(forms))}), kind)
    assert values, intake.faults
    hold(but(clue, **{field: Decimal(number)}), values)


@FEW
@given(
    CLUE,
    st.sampled_from(["workers", "amount", "amount_paid", "closed_on", "confirmed"]),
    st.sampled_from([None, "", "  ", "无", "/", "—", "不详", "undetermined"]),
    KIND,
)
def test_what_is_left_out_is_missing_and_never_zero(clue: int, field: str, nothing: Any, kind: str) -> None:
    intake, values = read(changed(clue, **{field: nothing}), kind)
    assert {fault.cell for fault in intake.faults} <= {""}
    hold(but(clue, **{field: None}), values)


@FEW
@given(
    CLUE,
    st.sampled_from(["workers", "amount", "amount_paid", "closed_on", "received_on", "confirmed"]),
    st.data(),
)
def test_what_cannot_be_read_blocks_in_its_cell(clue: int, field: str, data: st.DataObject) -> None:
    written = data.draw(
        st.sampled_from(
            [
                "见附件",
                "约",
                "三五",
                "2020-13-1",
                "1 2",
                "12..5",
                "#REF!",
                "1e5",
                "½",
                "５²",
                "若干人",
                -3,
                "(300)",
            ]
        )
    )
    intake, values = read(changed(clue, **{field: written}), "xlsx")
    assert values == {}
    assert [fault.cell for fault in intake.faults if fault.severity == "blocks"] == [at(clue, field)]


@FEW
@given(
    CLUE,
    st.sampled_from(["received_on", "closed_on"]),
    st.dates(dt.date(2015, 1, 1), dt.date(2025, 12, 31)),
    KIND,
)
def test_another_day_moves_the_row_or_is_told(clue: int, field: str, day: dt.date, kind: str) -> None:
    intake, values = read(changed(clue, **{field: day}), kind)
    clues = but(clue, **{field: day})
    hold(clues, values)
    found = {check for name in ("received_on", "closed_on") for check in told(intake, at(clue, name))}
    if clues[clue].received_on.year not in (2019, 2020):
        assert found & {"received_outside_history", "day_in_future"}
    elif clues[clue].closed_on is not None and clues[clue].closed_on < clues[clue].received_on:
        assert "dates_out_of_order" in found


@FEW
@given(CLUE, st.sampled_from(["unit_code", "unit_name"]), KIND)
def test_half_a_unit_changed_blocks_and_a_whole_one_moves_the_row(clue: int, field: str, kind: str) -> None:
    other = WEST if good()[clue].unit == EAST else EAST
    half = {field: other if field == "unit_code" else NAMES[other]}
    intake, values = read(changed(clue, **half), kind)
    assert values == {}
    assert told(intake, at(clue, "unit_code")) == {"unit_code_name_disagree"}
    _intake, values = read(changed(clue, unit_code=other, unit_name=NAMES[other]), kind)
    hold(but(clue, unit=other), values)


@FEW
@given(CLUE, CLUE, KIND)
def test_a_number_that_is_another_rows_blocks_at_the_later_one(clue: int, other: int, kind: str) -> None:
    intake, values = read(changed(clue, no=f"N-{other + 1}"), kind)
    if clue == other:
        hold(good(), values)
        return
    assert values == {}
    assert told(intake, at(max(clue, other), "no")) == {"number_twice"}
