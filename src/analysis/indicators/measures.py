"""Ledgers → values: counts, sums, rates, coverages and marks of every unit and the city, with their lineage.

What is measured is a table, `MEASURES`; one engine counts all of it. The definitions of the conditions it names are
in ``cohorts`, the changes between periods in `changes`. City = sum over the units, never a mean of their rates. What
is not reported is never zero.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from analysis.indicators import changes, lineage, summaries
from analysis.indicators.cohorts import (
    ANY_ROW,
    HANDED_IN,
    INSTITUTIONS,
    MONEY_FIELDS,
    SCALE,
    SOURCES,
    Arrived,
    Cohort,
    cohort,
    ledger_of,
    slug,
    tally,
    tally_squares,
)
from analysis.indicators.lineage import Citation, Register
from analysis.indicators.summaries import Stated, Summary
from analysis.indicators.values import LINEAGE_COLUMNS, USABLE, value_id, value_rows
from analysis.quantities import MONEY_UNITS, Currency
from analysis.rounds.faults import Fault
from analysis.rounds.frames import frame_of
from analysis.rounds.periods import Period, parse_period
from analysis.rounds.rounds import Round, RoundSettings
from analysis.rounds.units import UnitRoll
from analysis.statistics.proportion import wilson

Kind = Literal["count", "stated", "sum", "rate", "rate_of_sums", "mark", "mean"]
CONFIDENCE: Final = 0.95


@dataclass(frozen=True)
class Measure:
    """One measure: what of which ledger is counted, added up, or divided by what.

    Attributes:
        code: its name in the value table.
        source: the cohort it is counted in (a key of `cohorts.SOURCES`).
        kind: `count` of rows; `stated` 1 or 0; `sum` of a field; `rate` of rows; `rate_of_sums` of two fields;
            `mark` out of a full mark; `mean` of marks.
        unit_of_measure: clue, case, person, yuan, ratio, point, event or unit.
        top: condition of the rows counted, added up, or in the numerator.
        cell: the field whose cells decide that (for a sum: the field added up); its cells are the lineage.
        base: condition of the denominator; for a sum, of all rows that ought to state the field.
        base_cell: the field whose cells decide the denominator, or are added up there.
        doubt: condition of the rows that leave open what they ought to say.
        rises_are_good: whether a rise is good news; None where it is neither.
        compared: whether a `change` in per cent and a `difference`, only the latter, or neither is computed.
        minor: minor units of the currency of an amount.
    """

    code: str
    source: str
    kind: Kind
    unit_of_measure: str
    top: str
    cell: str
    base: str = ""
    base_cell: str = ""
    doubt: str = ""
    rises_are_good: bool | None = None
    compared: Literal["change", "difference", ""] = ""
    minor: int = SCALE["amount"]

    @property
    def method(self) -> str:
        """How the value came about, as the value table says it."""
        methods = {"rate": "wilson", "rate_of_sums": "no_interval", "mark": "stated"}
        return methods.get(self.kind, self.kind)

    @property
    def scale(self) -> int:
        """Whole numbers of the ledger per unit of measure (fen per yuan)."""
        if self.cell in MONEY_FIELDS:
            return self.minor if self.kind in ("sum", "rate_of_sums") else 1
        return SCALE.get(self.cell, 1) if self.kind in ("sum", "mark", "mean") else 1

    def in_currency(self, currency: Currency) -> Measure:
        """Return the measure with its amounts in a currency."""
        money = self.unit_of_measure in MONEY_UNITS
        return replace(
            self,
            unit_of_measure=currency.unit if money else self.unit_of_measure,
            minor=currency.minor,
        )


def _clues() -> Iterator[Measure]:
    def count(code: str, unit: str, top: str, cell: str, doubt: str = "", **more: Any) -> Measure:
        return Measure(code, "clues", "count", unit, top, cell, doubt=doubt, **more)

    def total(code: str, unit: str, top: str, cell: str, **more: Any) -> Measure:
        return Measure(code, "clues", "sum", unit, top, cell, base="confirmed", doubt="confirmed?", **more)

    def rate(code: str, top: str, cell: str, base: str, base_cell: str, **more: Any) -> Measure:
        return Measure(
            code, "clues", "rate", "ratio", top, cell, base, base_cell, rises_are_good=True, **more
        )

    yield count("clues_received", "clue", "received", "", "received?", compared="difference")
    yield count("clues_checked", "clue", "checked", "checked", "checked?", rises_are_good=True)
    yield count("clues_confirmed", "clue", "confirmed", "confirmed", "confirmed?")
    yield count("clues_resolved", "clue", "resolved", "resolved_on", "resolved?", rises_are_good=True)
    yield count("clues_closed", "clue", "closed", "closed_on", "closed?", rises_are_good=True)
    falls: dict[str, Any] = {"rises_are_good": False, "compared": "change"}
    yield count("cases", "case", "confirmed", "confirmed", "confirmed?", **falls)
    yield total("workers", "person", "confirmed, workers stated", "workers", **falls)
    yield total("amount", "yuan", "confirmed, amount stated", "amount", **falls)
    yield total("amount_owed", "yuan", "confirmed, amount and amount_paid stated", "amount")
    yield total("amount_paid", "yuan", "confirmed, amount_paid stated", "amount_paid", rises_are_good=True)
    yield rate("rate_checked", "checked", "checked", "received", "", doubt="checked?", compared="difference")
    yield rate(
        "rate_resolved", "resolved", "resolved_on", "confirmed", "confirmed",
        doubt="resolved?", compared="difference",
    )  # fmt: skip
    yield rate("rate_closed", "closed", "closed_on", "received", "", doubt="closed?", compared="difference")
    both = "confirmed, amount and amount_paid stated"
    yield Measure(
        "rate_paid", "clues", "rate_of_sums", "ratio", both, "amount_paid", both, "amount",
        "confirmed, amount or amount_paid not stated?", True, "difference",
    )  # fmt: skip
    yield rate("rate_filed", "filed", "filed", "file_due", "file_due", doubt="filed?")
    yield rate("rate_listed", "listed", "listed", "list_due", "list_due", doubt="listed?")
    yield rate("rate_published", "published", "published", "publish_due", "publish_due", doubt="published?")
    yield Measure(
        "backlog", "clues before", "count", "case", "unresolved", "resolved_on", doubt="resolved?",
        rises_are_good=False,
    )  # fmt: skip


def _others() -> Iterator[Measure]:
    def event(code: str, top: str, cell: str, doubt: str, compared: Any = "") -> Measure:
        return Measure(
            code, "events", "count", "event", top, cell, doubt=doubt, rises_are_good=False, compared=compared
        )

    beijing, large = "to Beijing or the province", "50 people or more"
    yield event("petitions", f"verified, {beijing}", "kind", f"{beijing}?", "difference")
    yield event("events_mass", f"verified, {large}", "people", f"{large}?")
    yield event(
        "events_mass_government", f"verified, {large}, government funded", "government_funded",
        f"{large}, government funded?",
    )  # fmt: skip
    yield event("events_extreme", "verified, extreme, serious", "serious", "extreme, serious?")
    for institution in INSTITUTIONS:
        yield Measure(
            f"coverage_{institution}", "projects", "rate", "ratio", f"{institution} yes", institution,
            f"{institution} yes or no", institution, f"{institution}?", True,
        )  # fmt: skip
        yield Measure(
            f"sampled_{institution}", "projects", "count", "project", f"{institution} yes or no, sampled",
            "sampled", doubt=f"{institution}, sampled?",
        )  # fmt: skip
        yield Measure(
            f"deficient_{institution}", "projects", "count", "project", f"{institution} no, sampled",
            institution, doubt=f"{institution}, sampled?", rises_are_good=False,
        )  # fmt: skip
        # a rule set may count what is left blank as not done
        yield Measure(
            f"unstated_coverage_{institution}", "projects", "count", "project", f"{institution}?", institution,
        )  # fmt: skip
    yield Measure(
        "emergency_fund", "funds", "stated", "unit", "established", "established",
        doubt="established?", rises_are_good=True,
    )  # fmt: skip
    for level in ("state", "province", "city"):
        yield Measure(
            f"innovation_{level}", "innovation", "count", "unit", level, "level", doubt="level?",
            rises_are_good=True,
        )  # fmt: skip
    yield Measure(
        "migrant_workers", "units", "sum", "person", "migrant workers stated", "migrant_workers", base=ANY_ROW,
    )  # fmt: skip
    cells = {"funds": "established", "self_marks": "mark", "field_marks": "mark", "department_marks": "mark"}
    for source in SOURCES:
        # the roll is no ledger that a unit hands in
        if source == ledger_of(source) and source != "units":
            yield Measure(f"rows_{source}", source, "count", "unit", HANDED_IN, cells.get(source, "no"))
    yield Measure(
        "mark_departments", "department_marks", "mean", "point", "mark stated", "mark",
        doubt="mark?", rises_are_good=True,
    )  # fmt: skip


#: every measure with a fixed name; the marks of score sheets (`mark_field_1_1`) are added from the sheets' items
MEASURES: Final[dict[str, Measure]] = {measure.code: measure for measure in (*_clues(), *_others())}
_MARK_SHEETS: Final = {"mark_self": "self_marks", "mark_field": "field_marks"}
_MARK_CODE: Final = re.compile(r"mark_(self|field)_[0-9A-Za-z][0-9A-Za-z_]*")


def known_measures() -> frozenset[str]:
    """Return the codes of all measures with a fixed name, changes and differences included."""
    return frozenset(MEASURES) | {
        f"{what}_{measure.code}"
        for measure in MEASURES.values()
        for what in ("change", "difference")
        if measure.compared in ("change", what)
    }


def is_known(code: str) -> bool:
    """Return whether somebody computes a measure of this code; the marks of any item of a sheet count as known."""
    return code in known_measures() or _MARK_CODE.fullmatch(code) is not None


def rises_are_good(code: str) -> bool | None:
    """Return whether a rise of a measure, or of a change or difference of it, is good news; None: neither."""
    if _MARK_CODE.fullmatch(code):
        return True
    measure = MEASURES.get(code.removeprefix("change_").removeprefix("difference_"))
    return measure.rises_are_good if measure else None


@dataclass(frozen=True)
class Measured:
    """Value rows (contract 1) and lineage rows (contract 2)."""

    values: pd.DataFrame
    lineage: pd.DataFrame


def compute(arrived: Arrived, settings: RoundSettings) -> Measured:
    """Return every measure of every unit and the city, and the changes between the periods.

    Dated ledgers are counted for every period of the history, the others for the round's own. Cases are counted by
    month too (`months_of`).

    Args:
        arrived: roll, ledgers, columns and files as the intake hands them over.
        settings: the round's settings.
    """
    whole = Round(settings, Path(), Path())
    periods = sorted(
        {*whole.history, whole.period, whole.base_period}, key=lambda span: (span.start, span.end)
    )
    register = Register.of(arrived.columns, arrived.files)
    stated = Summary(arrived, periods)
    rows: list[dict[str, Any]] = []
    trail: list[dict[str, Any]] = []
    tables: dict[str, changes.Table] = {}
    for source, read in SOURCES.items():
        date_field = settings.date_field if ledger_of(source) == "clues" else read.dated_by
        counted = cohort(
            source, arrived, settings, periods=periods, round_period=whole.period, date_field=date_field
        )
        for listed in _measures_of(source, arrived, date_field):
            measure = listed.in_currency(settings.money)
            tallies = _tallies(measure, counted, stated)
            found = _value_rows(measure, counted, tallies, arrived.roll)
            rows += found
            trail += _lineage(measure, counted, found, arrived.roll, register, t=tallies)
            if measure.compared:
                tables[measure.code] = _table(measure, counted, tallies)
    by_month, months_trail = _monthly(arrived, settings, whole, register)
    rows, trail = rows + by_month, trail + months_trail
    as_of = f"; as of {settings.as_of}"
    measured = frame_of(({**line, "filter": line["filter"] + as_of} for line in trail), LINEAGE_COLUMNS)
    pairs = changes.pairs_of(periods, whole.period, whole.base_period)
    changed, members = changes.compute(tables, pairs, periods, settings, arrived.roll)
    trails = pd.concat([measured, lineage.of_members(members, measured)], ignore_index=True)
    return Measured(value_rows([*rows, *changed], settings.round), trails)


def differing(arrived: Arrived, settings: RoundSettings) -> Iterator[Fault]:
    """Yield the cells of a summary that state another number than the ledgers give for the same unit and period.

    What is compared is each cell with the rows of its own period; the ledgers' number is the one that counts.

    Args:
        arrived: roll, ledgers, columns and files as the intake hands them over.
        settings: the round's settings.
    """
    cells = [(measure, cell) for measure, cell in summaries.cells_of(arrived) if cell.number is not None]
    if not cells:
        return
    whole = Round(settings, Path(), Path())
    spans = {*whole.history, *(cell.period for _measure, cell in cells)}
    periods = sorted(spans, key=lambda span: (span.start, span.end))
    counted: dict[str, Cohort] = {}
    for code in dict.fromkeys(measure for measure, _cell in cells):
        measure = MEASURES[code].in_currency(settings.money)
        source = measure.source
        if ledger_of(source) not in arrived.ledgers:
            continue
        if source not in counted:
            dated_by = settings.date_field if ledger_of(source) == "clues" else SOURCES[source].dated_by
            counted[source] = cohort(
                source, arrived, settings, periods=periods, round_period=whole.period, date_field=dated_by
            )
        tallies = _counted(measure, counted[source])
        statuses = _statuses(measure, tallies)
        for cell in (cell for name, cell in cells if name == code):
            at = arrived.roll.codes.index(cell.unit), periods.index(cell.period)
            if statuses[at] in USABLE and tallies.top[at] != cell.number:
                yield _differs(measure, cell, int(tallies.top[at]), str(statuses[at]))


def _differs(measure: Measure, cell: summaries.Cell, counted: int, status: str) -> Fault:
    def told(number: int) -> str:
        return f"{Decimal(number) / measure.scale:,f}"

    return Fault(
        "summary_differs",
        file=cell.file,
        sheet=cell.sheet,
        cell=f"{cell.column}{cell.row}",
        unit=cell.unit,
        found=told(cell.number or 0),
        severity="warns",
        details={
            "period": cell.period.text,
            "quantity": measure.code,
            "counted": told(counted),
            "but": "partial" if status == "partial" else "",
        },
    )


def months_of(whole: Round) -> list[Period]:
    """Return the months of the round's period and of the two years before it, as far as the history and the cut-off."""
    years = {year for period in whole.history for year in period.years()}
    first, last = whole.period.years()[0] - 2, whole.period.years()[-1]
    months = [parse_period(f"{year}-{month:02}") for year in range(first, last + 1) for month in range(1, 13)]
    return [
        month
        for month in months
        if years.issuperset(month.years()) and month.end <= min(whole.period.end, whole.as_of)
    ]


def _monthly(
    arrived: Arrived, settings: RoundSettings, whole: Round, register: Register
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return value rows and lineage of the cases by month; a month nobody reported has no row."""
    measure = MEASURES["cases"]
    # a month may be a period of the round in its own right, counted already
    listed = {*whole.history, whole.period, whole.base_period}
    months = [month for month in months_of(whole) if month not in listed]
    if not months:
        return [], []
    counted = cohort(
        measure.source,
        arrived,
        settings,
        periods=months,
        round_period=whole.period,
        date_field=settings.date_field,
    )
    tallies = _tallies(measure, counted, Summary(arrived, months))
    found = _value_rows(measure, counted, tallies, arrived.roll)
    known = [row for row in found if row["status"] in USABLE]
    return known, _lineage(measure, counted, known, arrived.roll, register, t=tallies)


def _measures_of(source: str, arrived: Arrived, date_field: str) -> list[Measure]:
    """Return the measures of a source: those of the table, and one per item of a score sheet.

    Where the mere date of a row decides, the cells of the lineage are those of `date_field`.
    """
    listed = [
        replace(measure, cell=measure.cell or date_field, base_cell=measure.base_cell or date_field)
        for measure in MEASURES.values()
        if measure.source == source
    ]
    sheet = next((code for code, ledger in _MARK_SHEETS.items() if ledger == source), "")
    ledger = arrived.ledgers.get(source)
    if not sheet or ledger is None:
        return listed
    items = {str(item).strip() for item in ledger["item"].dropna()} - {""}
    return listed + [
        Measure(
            f"{sheet}_{slug(item)}", source, "mark", "point", f"{slug(item)} stated", "mark",
            f"{slug(item)} stated", "full", f"{slug(item)}?", True,
        )
        for item in sorted(items)
    ]  # fmt: skip


@dataclass(frozen=True)
class _Tallies:
    """Whole numbers of a measure, shape (units + 1, periods); the last row is the city, the sum of the units.

    Attributes:
        rows: rows that meet `top`.
        top: the same, or the sum of the field over them.
        base_rows: rows that meet `base`.
        base: the same, or the sum of the base field over them.
        known: rows of the base (without one: any rows) that leave nothing open.
        doubt: rows that leave open what they ought to say.
        any_rows: all rows.
        begun: whether anything was reported.
        reported: whether everything was.
        summed: whether the number is one the office states in a summary; of the city, whether one of its units' is.
        stated: the numbers of the summary, for a rate the part and the whole; empty where nothing was taken from it.
    """

    rows: np.ndarray
    top: np.ndarray
    base_rows: np.ndarray
    base: np.ndarray
    known: np.ndarray
    doubt: np.ndarray
    any_rows: np.ndarray
    begun: np.ndarray
    reported: np.ndarray
    summed: np.ndarray
    stated: tuple[Stated, ...] = ()


def _tallies(measure: Measure, counted: Cohort, summary: Summary) -> _Tallies:
    """Return the tallies of a measure, completed by what a summary states where the ledger says nothing."""
    of_ledger = _counted(measure, counted)
    return _completed(measure, of_ledger, summary) if measure.code in summary else of_ledger


def _completed(measure: Measure, t: _Tallies, summary: Summary) -> _Tallies:
    """Put the stated numbers into the places of the units whose ledger says nothing."""
    part, whole = summary.parts(measure.code)
    free = _statuses(measure, t)[:-1] == "not_reported"
    summed = free & part.known & (whole.known if whole else True)
    if not summed.any():
        return t
    complete = part.whole & (whole.whole if whole else True)
    base = whole.numbers if whole else np.zeros_like(part.numbers)
    #: a sum that is stated as such says nothing of the rows behind it
    rows = part.numbers if measure.kind != "sum" else np.zeros_like(part.numbers)

    def with_city(of_units: np.ndarray, stated: np.ndarray) -> np.ndarray:
        units = np.where(summed, stated, of_units[:-1])
        return np.vstack([units, units.sum(axis=0)])

    begun, reported = t.begun[:-1] | summed, np.where(summed, complete, t.reported[:-1])
    return _Tallies(
        rows=with_city(t.rows, rows),
        top=with_city(t.top, part.numbers),
        base_rows=with_city(t.base_rows, base),
        base=with_city(t.base, base),
        known=with_city(t.known, base),
        doubt=with_city(t.doubt, np.zeros_like(base)),
        any_rows=with_city(t.any_rows, np.ones_like(base)),
        begun=np.vstack([begun, begun.any(axis=0)]),
        reported=np.vstack([reported, reported.all(axis=0)]),
        summed=np.vstack([summed, summed.any(axis=0)]),
        stated=(part, whole) if whole else (part,),
    )


def _counted(measure: Measure, counted: Cohort) -> _Tallies:
    nothing = np.zeros(len(counted.entries), dtype=bool)
    # a sheet without this item, or a ledger that did not arrive, has no such condition
    top, doubt = counted.flags.get(measure.top, nothing), counted.flags.get(measure.doubt, nothing)
    base = counted.flags.get(measure.base, nothing) if measure.base else counted.flags[ANY_ROW]
    adds = measure.kind in ("sum", "rate_of_sums", "mark", "mean")
    divides = measure.kind in ("rate_of_sums", "mark")

    def total(mask: np.ndarray, field: str = "") -> np.ndarray:
        units = tally(counted, mask, counted.numbers[field] if field else None) * counted.begun
        if measure.kind == "stated" and mask is top:
            units = np.minimum(units, 1)
        return np.vstack([units, units.sum(axis=0)])

    return _Tallies(
        rows=total(top),
        top=total(top, measure.cell if adds else ""),
        base_rows=total(base),
        base=total(base, measure.base_cell if divides else ""),
        known=total(base & ~doubt),
        doubt=total(doubt),
        any_rows=total(counted.flags[ANY_ROW]),
        begun=np.vstack([counted.begun, counted.begun.any(axis=0)]),
        reported=np.vstack([counted.reported, counted.reported.all(axis=0)]),
        summed=np.zeros((len(counted.begun) + 1, len(counted.periods)), dtype=bool),
    )


def _statuses(measure: Measure, t: _Tallies) -> np.ndarray:
    """Return the status of every value, shape (units + 1, periods)."""
    silent = (t.doubt > 0) & (t.doubt >= t.any_rows)
    partial = ~t.reported | (t.doubt > 0)
    missing, inapplicable = ~t.begun | silent, np.zeros_like(silent)
    if measure.kind == "sum":
        missing |= (t.rows == 0) & (t.base_rows > 0)
        partial |= t.rows < t.base_rows
    elif measure.kind in ("rate", "rate_of_sums"):
        missing |= (t.known == 0) & (t.doubt > 0)
        inapplicable = t.base == 0
    elif measure.kind in ("mark", "mean"):
        missing |= t.rows == 0
        # marks are given to units; a sum or mean of them would say nothing about the city
        inapplicable[-1] = True
        missing[-1] = False
    return np.select(
        [missing, inapplicable, partial], ["not_reported", "not_applicable", "partial"], "reported"
    )


def _value_rows(measure: Measure, counted: Cohort, t: _Tallies, roll: UnitRoll) -> list[dict[str, Any]]:
    statuses = _statuses(measure, t)
    intervals = wilson(t.top.ravel(), t.base.ravel(), CONFIDENCE) if measure.kind == "rate" else None
    rows = []
    for number, code in enumerate((*roll.codes, roll.city_code)):
        for place, period in enumerate(counted.periods):
            at = number, place
            row: dict[str, Any] = {
                "unit": code,
                "period": period,
                "measure": measure.code,
                "unit_of_measure": measure.unit_of_measure,
                "method": measure.method,
                "status": str(statuses[at]),
            }
            if statuses[at] in USABLE:
                row |= _numbers(measure, t, at)
                if intervals is not None:
                    bounds = intervals.iloc[number * len(counted.periods) + place]
                    row |= {"lower": bounds["lower"], "upper": bounds["upper"], "confidence": CONFIDENCE}
            elif statuses[at] == "not_applicable" and measure.kind in ("rate", "rate_of_sums"):
                row |= {"numerator": 0.0, "denominator": 0.0}
            rows.append(row)
    return rows


def _numbers(measure: Measure, t: _Tallies, at: tuple[int, int]) -> dict[str, float]:
    rows, top, base_rows, base = (int(part[at]) for part in (t.rows, t.top, t.base_rows, t.base))
    if measure.kind in ("count", "stated"):
        return {"numerator": top, "value": top}
    if measure.kind == "sum" and t.summed[at]:
        return {"value": top / measure.scale}
    if measure.kind == "sum":
        return {"numerator": rows, "denominator": base_rows, "value": top / measure.scale}
    if measure.kind == "mean":
        return {"numerator": top / measure.scale, "denominator": rows, "value": top / (measure.scale * rows)}
    pair = {"numerator": top / measure.scale, "denominator": base / measure.scale}
    return pair | {"value": pair["numerator"] if measure.kind == "mark" else top / base}


def _chosen(summed: np.ndarray) -> Callable[[int, int], bool]:
    return lambda unit, period: bool(summed[unit, period])


def _table(measure: Measure, counted: Cohort, t: _Tallies) -> changes.Table:
    """Return the whole numbers of the units that changes are computed from."""
    squares = np.zeros(counted.reported.shape, dtype=object)
    if measure.kind == "sum":
        squares = tally_squares(counted, counted.flags[measure.top], counted.numbers[measure.cell])
    return changes.Table(
        code=measure.code,
        kind=measure.kind,
        method=measure.method,
        unit_of_measure=measure.unit_of_measure,
        scale=measure.scale,
        in_per_cent=measure.compared == "change",
        top=t.top[:-1],
        base=t.base[:-1],
        squares=squares,
        parts_known=~t.summed[:-1] | (measure.kind != "sum"),
        status=_statuses(measure, t)[:-1],
    )


#: what the cells of a lineage row are to the value, by kind: those of `top`, those of `base`
_ROLES: Final = {
    "count": ("count", ""),
    "stated": ("count", ""),
    "sum": ("sum", ""),
    "mean": ("numerator", ""),
    "rate": ("numerator", "denominator"),
    "rate_of_sums": ("numerator", "denominator"),
    "mark": ("numerator", "denominator"),
}


def _lineage(
    measure: Measure,
    counted: Cohort,
    rows: list[dict[str, Any]],
    roll: UnitRoll,
    register: Register,
    *,
    t: _Tallies,
) -> list[dict[str, Any]]:
    """Return the lineage of a measure's values: the cells counted, or where none was, those looked at."""
    city, ledger = len(roll), ledger_of(measure.source)
    numbers = {code: number for number, code in enumerate((*roll.codes, roll.city_code))}
    bare = {
        (numbers[row["unit"]], counted.periods.index(row["period"]))
        for row in rows
        if row["status"] in USABLE
    }
    everything = np.ones(len(counted.entries), dtype=bool)

    def cells(condition: str, field: str) -> list[Citation]:
        mask = counted.flags.get(condition)
        if mask is None:
            return []
        return lineage.cells(counted, mask, ledger, field, register=register, city=city)

    top_role, base_role = _ROLES[measure.kind]
    none = f"looked at, none is: {measure.top}"
    counted_cells = [
        (f"{top_role}: {measure.top}", cells(measure.top, measure.cell)),
        (f"{base_role}: {measure.base}", cells(measure.base, measure.base_cell) if base_role else []),
        (f"nil return: {ledger}", lineage.nil_cells(counted, city)),
    ]
    roles = (top_role,) if len(t.stated) == 1 else (top_role, base_role)
    counted_cells += [
        (f"{role}: stated in the {summaries.LEDGER}", summaries.citations(stated, _chosen(t.summed), city))
        for role, stated in zip(roles, t.stated, strict=False)
    ]
    trail = [(said, c) for said, found in counted_cells for c in found if (c.unit, c.period) in bare]
    bare -= {(c.unit, c.period) for _, c in trail}
    if bare:
        seen = lineage.cells(counted, everything, ledger, measure.cell, register=register, city=city)
        looked_at = [(none, c) for c in seen if (c.unit, c.period) in bare]
        bare -= {(c.unit, c.period) for _, c in looked_at}
        empty = [(none, c) for c in lineage.sheets_without(ledger, register, bare)]
        trail += [*looked_at, *empty]
    codes, before = tuple(numbers), "before " if measure.source == "clues before" else ""
    return [
        {
            "source": value_id(codes[c.unit], counted.periods[c.period], "", measure.code, measure.method),
            "file": c.file,
            "sheet": c.sheet,
            "cells": c.cells,
            "filter": f"{said}; {before}{counted.periods[c.period]}",
            "rows": c.rows,
            "sha256": register.hashes.get(c.file, ""),
        }
        for said, c in trail
    ]
