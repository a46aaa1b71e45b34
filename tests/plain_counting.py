"""Measures counted the plain way: row by row, from what docs/measures.md says, for ledgers without an empty cell.

What empty cells do to a value is said here by one rule only: fill them in, every way they can be filled in, and count
again. A value that is called reported must be what all these ways come to; the lowest and the highest filling must be
the least and the most of them. Nothing here knows how the product counts: no frames, no arrays, no three-valued logic.

`make fuzz ROUNDS=2000` draws so many rounds more, from the seed at which the last call stopped, and keeps the tally
in `plain_counting.json`.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import ledger_examples as small

from analysis.indicators import measures
from analysis.indicators.values import ValueIndex
from analysis.intake.declared.ledgers import INSTITUTIONS

Row = Mapping[str, Any]
#: what a row adds to the numerator and to the denominator
Part = tuple[int, int]
YEARS: Final = (2018, 2019, 2020)
UNITS: Final = (small.EAST, small.WEST, small.SOUTH)
TALLY: Final = Path(__file__).with_suffix(".json")
WINDOWS: Final = (30, 60, 90, 180, 365)
#: what an empty cell may hold; of numbers two are tried that no other row states
FILLINGS: Final[dict[str, tuple[Any, ...]]] = {
    **dict.fromkeys(
        ("checked", "confirmed", "file_due", "filed", "list_due", "listed", "publish_due", "published", "verified",
         "serious", "sampled", "established"),
        (True, False),
    ),
    **dict.fromkeys(("workers", "amount", "people"), (0, 10**6)),
    "government_funded": ("yes", "no"),
    "level": ("state", "province", "city", "county"),
    **dict.fromkeys(INSTITUTIONS, ("yes", "no", "exempt")),
}  # fmt: skip
NUMBERS: Final = frozenset({"workers", "amount", "amount_paid", "people"})


def counts_of_clues(as_of: dt.date, window: int) -> dict[str, Callable[[Row], Part]]:
    """Return what a complete row of the clue ledger adds to each measure of its year."""

    def case(row: Row) -> bool:
        return bool(row["confirmed"])

    def looked_into(row: Row) -> bool:
        return bool(row["checked"] or row["confirmed"])

    def done(row: Row, field: str) -> bool:
        return row[field] is not None and dt.date.fromisoformat(row[field]) <= as_of

    def in_window(row: Row, field: str) -> bool:
        took = dt.date.fromisoformat(row[field]) - dt.date.fromisoformat(row["received_on"])
        return took.days <= window

    def paid(row: Row) -> Part:
        owed = row["amount"] if case(row) else 0
        return (row["amount_paid"] if owed else 0), owed

    def of_due(due: str, what: str) -> Callable[[Row], Part]:
        def part(row: Row) -> Part:
            owed = case(row) and bool(row[due])
            return int(owed and bool(row[what])), int(owed)

        return part

    return {
        "clues_received": lambda row: (1, 0),
        "clues_checked": lambda row: (int(looked_into(row)), 0),
        "clues_confirmed": lambda row: (int(case(row)), 0),
        "cases": lambda row: (int(case(row)), 0),
        "clues_resolved": lambda row: (int(case(row) and done(row, "resolved_on")), 0),
        "clues_closed": lambda row: (int(done(row, "closed_on")), 0),
        "workers": lambda row: (row["workers"] if case(row) else 0, 0),
        "amount": lambda row: (row["amount"] if case(row) else 0, 0),
        "rate_checked": lambda row: (int(looked_into(row)), 1),
        "rate_closed": lambda row: (int(done(row, "closed_on")), 1),
        "rate_resolved": lambda row: (int(case(row) and done(row, "resolved_on")), int(case(row))),
        "rate_paid": paid,
        "rate_resolved_in_window": lambda row: (
            int(case(row) and done(row, "resolved_on") and in_window(row, "resolved_on")), int(case(row)),
        ),
        "rate_closed_in_window": lambda row: (int(done(row, "closed_on") and in_window(row, "closed_on")), 1),
        "rate_filed": of_due("file_due", "filed"),
        "rate_listed": of_due("list_due", "listed"),
        "rate_published": of_due("publish_due", "published"),
        "backlog": lambda row: (int(case(row) and not done(row, "resolved_on")), 0),
    }  # fmt: skip


def counts_of_events() -> dict[str, Callable[[Row], Part]]:
    """Return what a complete row of the ledger of incidents adds to each measure of its year."""

    def large(row: Row) -> bool:
        return bool(row["verified"]) and row["kind"] == "mass" and row["people"] >= 50

    return {
        "petitions": lambda row: (int(bool(row["verified"]) and row["kind"] in ("beijing", "province")), 0),
        "events_mass": lambda row: (int(large(row)), 0),
        "events_mass_government": lambda row: (int(large(row) and row["government_funded"] == "yes"), 0),
        "events_extreme": lambda row: (
            int(bool(row["verified"]) and row["kind"] == "extreme" and bool(row["serious"])), 0,
        ),
    }  # fmt: skip


def counts_of_projects() -> dict[str, Callable[[Row], Part]]:
    """Return what a complete row of the ledger of projects adds to each measure of the round."""
    found: dict[str, Callable[[Row], Part]] = {}
    for each in INSTITUTIONS:
        found |= {
            f"coverage_{each}": lambda row, of=each: (int(row[of] == "yes"), int(row[of] in ("yes", "no"))),
            f"sampled_{each}": lambda row, of=each: (
                int(row[of] in ("yes", "no") and bool(row["sampled"])),
                0,
            ),
            f"deficient_{each}": lambda row, of=each: (int(row[of] == "no" and bool(row["sampled"])), 0),
        }
    return found


def counts_of_innovations() -> dict[str, Callable[[Row], Part]]:
    """Return what a complete row of the list of innovations adds to each measure of the round."""
    return {
        f"innovation_{level}": lambda row, of=level: (int(row["level"] == of), 0)
        for level in ("state", "province", "city")
    }


def kaplan_meier_median(cases: list[tuple[int, bool]]) -> int | None:
    """Return the first day after which less than half still wait; cases are (days waited, whether it has happened)."""
    waiting = Fraction(1)
    for day in sorted({days for days, happened in cases if happened}):
        at_risk = sum(days >= day for days, _ in cases)
        waiting *= 1 - Fraction(sum(days == day and happened for days, happened in cases), at_risk)
        if waiting < Fraction(1, 2):
            return day
    return None


class EmptyCellError(Exception):
    """An empty cell was asked."""


class Written(dict[str, Any]):
    """A row of which an empty cell cannot be read."""

    def __getitem__(self, field: str) -> Any:
        value = super().__getitem__(field)
        if value is None and (field in FILLINGS or field == "amount_paid"):
            raise EmptyCellError(field)
        return value


def parts(row: Row, counts: Callable[[Row], Part], asked: set[str]) -> Iterator[Part]:
    """Yield what a row may add, over all ways to fill in the empty cells it is asked for; those go into `asked`."""
    try:
        yield counts(Written(row))
        return
    except EmptyCellError as empty:
        (field,) = empty.args
    asked.add(field)
    answers = (0, row["amount"]) if field == "amount_paid" else FILLINGS[field]
    for answer in answers:
        # what nobody has looked into was not found true
        if not (field == "confirmed" and answer and row["checked"] is False):
            yield from parts({**row, field: answer}, counts, asked)


def possible(rows: list[Row], counts: Callable[[Row], Part]) -> tuple[set[Part], set[str]]:
    """Return what rows may add up to, over all ways to fill in what is empty in them, and the fields that are."""
    sums, asked = {(0, 0)}, set[str]()
    for row in rows:
        adds = set(parts(row, counts, asked))
        sums = {(top + more, base + wider) for top, base in sums for more, wider in adds}
    return sums, asked


# ------------------------------------------------------------------------------------------------ random rounds


def drawn(seed: int) -> tuple[dict[str, list[dict[str, Any]]], dt.date]:
    """Return the rows of ledgers and the cut-off of a made-up round; with an odd seed some cells are empty."""
    chance = random.Random(seed)
    blank = chance.choice((0.02, 0.1, 0.3)) if seed % 2 else 0.0

    def cell(value: Any) -> Any:
        return None if chance.random() < blank else value

    def day(year: int, later: int = 0) -> str:
        day = dt.date(year, 1, 1) + dt.timedelta(days=chance.randrange(365) + later)
        return day.isoformat()

    as_of = dt.date(2021, 1, 15) + dt.timedelta(days=chance.choice((0, 20, 45, 80, 120, 200, 340, 420)))
    rows: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("clues", "events", "projects", "innovation")
    }
    for unit in UNITS:
        for year in YEARS:
            numbers = []
            for number in range(chance.choice((0, 1, 3, 8, 14))):
                checked, true = chance.random() < 0.9, chance.random() < 0.7
                received = day(year)
                ended = [
                    (dt.date.fromisoformat(received) + dt.timedelta(days=chance.randrange(500))).isoformat()
                    if chance.random() < 0.8
                    else None
                    for _ in range(2)
                ]
                owed = chance.randrange(1, 10**7)
                numbers.append(f"{unit[-1]}-{year}-{number}")
                rows["clues"].append(
                    {
                        "unit": unit, "no": numbers[-1], "received_on": received, "checked": cell(checked),
                        "confirmed": cell(checked and true), "resolved_on": ended[0], "closed_on": ended[1],
                        "workers": cell(chance.randrange(1, 60)), "amount": cell(owed),
                        "amount_paid": cell(chance.choice((0, owed // 2, owed))),
                        # a repetition says nothing of its own
                        "duplicate_of": numbers[0] if number and chance.random() < 0.05 else "",
                        **{field: cell(chance.random() < 0.5) for field in (
                            "file_due", "filed", "list_due", "listed", "publish_due", "published",
                        )},
                    }
                )  # fmt: skip
            rows["events"] += [
                {
                    "unit": unit, "no": f"{unit[-1]}-{year}-{number}", "occurred_on": day(year),
                    "people": cell(chance.randrange(20, 90)),
                    "kind": chance.choice(("mass", "beijing", "province", "extreme", "city")),
                    "government_funded": cell(chance.choice(("yes", "no"))), "serious": cell(chance.random() < 0.5),
                    "verified": cell(chance.random() < 0.8),
                }
                for number in range(chance.choice((0, 1, 4)))
            ]  # fmt: skip
        rows["projects"] += [
            {"unit": unit, "no": f"{unit[-1]}-{number}", "sampled": cell(chance.random() < 0.5)}
            | {each: cell(chance.choice(("yes", "yes", "no", "exempt"))) for each in INSTITUTIONS}
            for number in range(chance.choice((0, 2, 7)))
        ]
        rows["innovation"] += [
            {
                "unit": unit,
                "no": str(number),
                "title": "制度",
                "level": cell(chance.choice(("state", "city", "county"))),
            }
            for number in range(chance.choice((0, 1, 3)))
        ]
    return rows, as_of


def compared(seed: int, seen: Counter[str]) -> list[str]:
    """Return where the product counts a made-up round in another way; what was compared is added to `seen`."""
    ledgers, as_of = drawn(seed)
    settings = small.settings(as_of=as_of)
    index = ValueIndex(measures.compute(small.arrived(**ledgers), settings, with_lineage=False).values)
    received = [dt.date.fromisoformat(row["received_on"]) for row in ledgers["clues"]]
    had = (as_of - max(day for day in received if day.year <= max(YEARS))).days if received else 0
    window = max((days for days in WINDOWS if days <= had), default=0)
    kinds = [
        *(("clues", "received_on", name, counts) for name, counts in counts_of_clues(as_of, window).items()),
        *(("events", "occurred_on", name, counts) for name, counts in counts_of_events().items()),
        *(("projects", "", name, counts) for name, counts in counts_of_projects().items()),
        *(("innovation", "", name, counts) for name, counts in counts_of_innovations().items()),
    ]
    wrong = []
    for ledger, dated_by, measure, counts in kinds:
        if measure.endswith("_in_window") and not window:
            continue
        for year in YEARS if dated_by else YEARS[-1:]:
            of_units = []
            for unit in UNITS:
                rows = [
                    row
                    for row in ledgers[ledger]
                    if row["unit"] == unit
                    and not row.get("duplicate_of")
                    and _within(row, dated_by, measure, year)
                ]
                ways, asked = possible(rows, counts)
                of_units.append((ways, index.row(unit, str(year), measure)["status"]))
                told = [*_differs(index, (unit, year, measure), ways, asked, seen)]
                wrong += [f"{seed} {unit} {year} {measure}: {each}" for each in told]
            wrong += [
                f"{seed} city {year} {measure}: {each}"
                for each in _city(index, year, measure, of_units, seen)
            ]
    for year in YEARS:
        told = _waits(index, year, ledgers["clues"], as_of, seen)
        wrong += [f"{seed} {year} waiting_resolved: {each}" for each in told]
    return wrong


def _within(row: Row, dated_by: str, measure: str, year: int) -> bool:
    of = int(row[dated_by][:4]) if dated_by else year
    return of < year if measure == "backlog" else of == year


def _of_row(row: Mapping[str, Any], is_rate: bool) -> Part | int:
    """Return the numbers of a value as whole ones; money is in minor units."""
    if is_rate:
        minor = 100 if row["measure"].endswith("rate_paid") else 1
        return round(row["numerator"] * minor), round(row["denominator"] * minor)
    return round(row["value"] * (100 if row["measure"].endswith("amount") else 1))


def _ends(ways: set[Part], is_rate: bool) -> tuple[Fraction, Fraction]:
    found = [Fraction(top, base) if is_rate else Fraction(top) for top, base in ways if base or not is_rate]
    return min(found), max(found)


def _differs(
    index: ValueIndex, of: tuple[str, int, str], ways: set[Part], asked: set[str], seen: Counter[str]
) -> Iterator[str]:
    unit, year, measure = of
    row = index.row(unit, str(year), measure)
    is_rate = measure.startswith(("rate_", "coverage_"))
    status = row["status"]
    seen[status] += 1
    if status == "reported" and len(ways) > 1:
        yield f"reported, and may be any of {sorted(ways)[:4]}"
    elif status in ("reported", "partial") and len(ways) == 1:
        (way,) = ways
        if _of_row(row, is_rate) != (way if is_rate else way[0]):
            yield f"{_of_row(row, is_rate)}, and is {way}"
    elif status == "not_applicable" and any(base for _, base in ways):
        yield f"nothing to divide by, and may be any of {sorted(ways)[:4]}"
    low, high = (index.get(unit, str(year), f"{end}_{measure}") for end in ("lowest", "highest"))
    if low is None or high is None or asked & NUMBERS:
        return
    seen["fillings"] += 1
    ends = tuple(
        Fraction(*pair) if is_rate else Fraction(pair)
        for pair in (_of_row(low, is_rate), _of_row(high, is_rate))
    )
    if ends != _ends(ways, is_rate):
        yield f"filled in from {ends[0]} to {ends[1]}, and lies from {' to '.join(map(str, _ends(ways, is_rate)))}"


def _waits(
    index: ValueIndex, year: int, clues: list[dict[str, Any]], as_of: dt.date, seen: Counter[str]
) -> Iterator[str]:
    for unit in UNITS:
        row = index.row(unit, str(year), "waiting_resolved")
        rows = [
            each
            for each in clues
            if each["unit"] == unit and not each["duplicate_of"] and int(each["received_on"][:4]) == year
        ]
        if row["status"] not in ("reported", "partial", "not_applicable") or any(
            each["confirmed"] is None for each in rows
        ):
            continue
        cases = []
        for each in rows:
            if each["confirmed"]:
                began = dt.date.fromisoformat(each["received_on"])
                ended = dt.date.fromisoformat(each["resolved_on"] or "9999-12-31")
                cases.append(((min(ended, as_of) - began).days, ended <= as_of))
        seen["waiting"] += 1
        median = kaplan_meier_median(cases)
        stated = None if row["status"] == "not_applicable" else row["value"]
        if median != stated:
            yield f"{unit} more than half waited up to {median} days, {stated} are stated"


def _city(
    index: ValueIndex, year: int, measure: str, of_units: list[tuple[set[Part], str]], seen: Counter[str]
) -> Iterator[str]:
    row = index.row(small.CITY, str(year), measure)
    is_rate = measure.startswith(("rate_", "coverage_"))
    seen[f"city {row['status']}"] += 1
    if row["status"] != "reported":
        return
    if any(status not in ("reported", "not_applicable") for _, status in of_units):
        yield "reported, and not every unit is"
    sums = [sum(way[side] for ways, _ in of_units for way in ways) for side in (0, 1)]
    if _of_row(row, is_rate) != (tuple(sums) if is_rate else sums[0]):
        yield f"{_of_row(row, is_rate)}, and is {sums}"


def main(wanted: int) -> None:
    """Draw so many rounds more and keep the tally.

    Raises:
        AssertionError: the product counts one of them in another way; the tally stays at the seed before.
    """
    kept = json.loads(TALLY.read_text("utf-8")) if TALLY.exists() else {"rounds": 0}
    seen = Counter({name: number for name, number in kept.items() if name != "rounds"})
    for seed in range(kept["rounds"], kept["rounds"] + wanted):
        wrong = compared(seed, seen)
        assert not wrong, "\n".join(wrong)
        tally = {"rounds": seed + 1, **dict(sorted(seen.items()))}
        TALLY.write_text(json.dumps(tally, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]))
