"""Ledgers → values: counts, sums, rates, coverages and marks of every unit and the city, with their lineage.

What is measured stands in the `catalogue`; one engine counts all of it. Changes between the periods are made in
`changes`. City = sum over the units, never a mean of their rates. What is not reported is never zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.indicators import catalogue, changes, extra_variance, fillings, lineage, summaries
from analysis.indicators.catalogue import MEASURES, Measure
from analysis.indicators.cohorts import (
    SOURCES,
    Arrived,
    Cohort,
    cohort,
    ledger_of,
    tally_squares,
)
from analysis.indicators.conditions import ANY_ROW, Condition, Rows
from analysis.indicators.fillings import Filling
from analysis.indicators.filters import Filter, Role
from analysis.indicators.lineage import Citation, Register
from analysis.indicators.summaries import Summary
from analysis.indicators.tallies import (
    Tallies,
    counted_of,
    counted_periods,
    measures_of,
    statuses_of,
    tallies_of,
)
from analysis.indicators.values import (
    LINEAGE_COLUMNS,
    STATED_COLUMNS,
    USABLE,
    WAITS_COLUMNS,
    row_id,
    value_id,
    value_rows,
)
from analysis.rounds.faults import Fault
from analysis.rounds.frames import frame_of, rows_of
from analysis.rounds.periods import Calendar
from analysis.rounds.rounds import RoundSettings
from analysis.rounds.units import UnitRoll
from analysis.statistics.proportion import wilson
from analysis.statistics.survival import curve, waiting

CONFIDENCE: Final = 0.95


@dataclass(frozen=True)
class Measured:
    """Value rows (contract 1), lineage rows (contract 2), and how complete each value is.

    Attributes:
        values: the value table.
        lineage: from its sources to cells.
        stated: `id` of a value, `due` rows that ought to state it, `stated` rows that do; missing where the rows are
            not known, as behind a number of the summary. Those of a change are the rows of both periods.
        waits: who still waits after each day, of every unit, the city and every period.
    """

    values: pd.DataFrame
    lineage: pd.DataFrame
    stated: pd.DataFrame
    waits: pd.DataFrame


def compute(
    arrived: Arrived,
    settings: RoundSettings,
    dispersion: Fraction | None = None,
    *,
    with_lineage: bool = True,
) -> Measured:
    """Return every measure of every unit and the city, and the changes between the periods.

    Dated ledgers are counted for every period of the history, the others for the round's own. Cases are counted by
    month too.

    Args:
        arrived: roll, ledgers, columns and files as the intake hands them over.
        settings: the round's settings.
        dispersion: φ of the cases, where it is given and not to be found from them.
        with_lineage: whether every value is led back to its cells; without it the frame is empty.
    """
    whole = settings.calendar
    periods = whole.listed
    pairs = changes.pairs_of(periods, whole)
    partners = changes.partners(pairs, periods)
    register = Register.of(arrived.columns, arrived.files) if with_lineage else None
    stated = Summary(arrived, periods)
    rows: list[dict[str, Any]] = []
    trail: list[dict[str, Any]] = []
    complete: list[dict[str, Any]] = []
    tables: dict[str, changes.Table] = {}
    bounds: list[dict[str, Any]] = []
    waits: list[dict[str, Any]] = []
    asked: dict[str, Rows] = {}
    for source in SOURCES:
        counted = cohort(source, arrived, settings, periods=periods, asked=asked)
        for listed in measures_of(source, arrived):
            if listed.code in catalogue.WINDOWED and not counted.rows.window:
                # the last case had less than the shortest window
                continue
            measure = listed.in_currency(settings.money)
            tallies = tallies_of(measure, counted, stated)
            found, stated_rows = _of_measure(measure, counted, tallies, arrived.roll)
            rows += found
            complete += stated_rows
            extremes = [
                filling
                for filling in fillings.fillings(measure, counted, partners)
                if tallies.reported[filling.unit, filling.period]
                and not tallies.summed[filling.unit, filling.period]
            ]
            extreme_rows = _bounds(measure, counted, extremes, arrived.roll)
            if ledger_of(source) not in arrived.by_city:
                extreme_rows += _unlisted(
                    measure,
                    counted,
                    tallies,
                    arrived.roll,
                    period=whole.period.text,
                    known={(filling.unit, filling.period) for filling in extremes},
                )
            bounds += extreme_rows
            if register:
                trail += _lineage(measure, counted, found, arrived.roll, register, t=tallies)
                cited = _lineage(
                    measure, counted, _as_stated(extreme_rows), arrived.roll, register, t=tallies
                )
                there = {row_id(row) for row in extreme_rows}
                trail += [
                    line
                    for bound in catalogue.BOUNDS
                    for line in _cited_for(bound, cited)
                    if line["source"] in there
                ]
            waits += _curves(measure, counted, arrived.roll)
            if measure.compared:
                tables[measure.code] = _table(measure, counted, tallies, extremes)
    by_month, months_trail, months_complete = _monthly(arrived, settings, whole, register, asked)
    rows, trail, complete = rows + by_month, trail + months_trail, complete + months_complete

    @cache
    def written(said: Filter) -> str:
        return str(replace(said, as_of=settings.as_of.isoformat()))

    measured = frame_of(({**line, "filter": written(line["filter"])} for line in trail), LINEAGE_COLUMNS)
    spread = extra_variance.find(rows, arrived.roll, settings)
    spread = spread if dispersion is None else replace(spread, used=dispersion)
    of_spread = [_window_row(asked["clues"], arrived.roll, whole)]
    of_spread += list(extra_variance.value_rows_of(spread, arrived.roll, settings))
    changed, members = changes.compute(tables, pairs, periods, settings, arrived.roll, dispersion=spread.used)
    if not whole.base_period:
        changed += changes.uncompared(tables.values(), whole.period, arrived.roll)
    trails = pd.concat([measured, lineage.of_members(members, measured, "side")], ignore_index=True)
    complete += [{"id": row_id(row)} for row in (*bounds, *of_spread)]
    known = frame_of(complete, STATED_COLUMNS)
    of_changes = _both_periods([row_id(row) for row in changed], members, known)
    return Measured(
        value_rows([*rows, *changed, *bounds, *of_spread], settings.round),
        trails,
        pd.concat([known, of_changes], ignore_index=True),
        frame_of(waits, WAITS_COLUMNS),
    )


def _of_measure(
    measure: Measure, counted: Cohort, t: Tallies, roll: UnitRoll
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the value rows of a measure and how complete each is, for the periods it is counted for."""
    there = counted_periods(measure.source, counted, t)
    found = [row for row in _value_rows(measure, counted, t, roll) if row["period"] in there]
    kept = {row_id(row) for row in found}
    return found, [row for row in _completeness(measure, counted, t, roll) if row["id"] in kept]


def present_numbers(
    arrived: Arrived, settings: RoundSettings, codes: Set[str]
) -> Iterator[tuple[str, str, Fraction]]:
    """Yield what some measures of the round's own period come to, where every row of a unit states it.

    Of changes, others' marks and waiting times, which no row states by itself, there is none. Without intervals, so
    that looking at the files needs no statistics.

    Args:
        arrived: roll, ledgers, columns and files as the intake hands them over.
        settings: the round's settings.
        codes: the measures.

    Yields:
        Code of a measure, code of a unit, the exact number.
    """
    period = settings.calendar.period
    stated, asked = Summary(arrived, [period]), dict[str, Rows]()
    for source in SOURCES:
        listed = [measure for measure in measures_of(source, arrived) if measure.code in codes]
        if not listed:
            continue
        counted = cohort(source, arrived, settings, periods=[period], asked=asked)
        for each in listed:
            measure = each.in_currency(settings.money)
            tallies = tallies_of(measure, counted, stated)
            if measure.kind == "waiting" or not counted_periods(measure.source, counted, tallies):
                continue
            statuses = statuses_of(measure, tallies)
            for number, code in enumerate(arrived.roll.codes):
                if statuses[number, 0] == "reported":
                    yield measure.code, code, _exactly(measure, tallies, (number, 0))


def differing(arrived: Arrived, settings: RoundSettings) -> Iterator[Fault]:
    """Yield the cells of a summary that state another number than the ledgers give for the same unit and period.

    What is compared is each cell with the rows of its own period; the ledgers' number is the one that counts.

    Args:
        arrived: roll, ledgers, columns and files as the intake hands them over.
        settings: the round's settings.
    """
    cells = [
        (measure, cell)
        for measure, cell in summaries.cells_of(arrived, settings.year_starts)
        if cell.number is not None
    ]
    if not cells:
        return
    whole = settings.calendar
    spans = {*whole.history, *(cell.period for _measure, cell in cells)}
    periods = sorted(spans, key=lambda span: (span.start, span.end))
    counted: dict[str, Cohort] = {}
    for code in dict.fromkeys(measure for measure, _cell in cells):
        measure = MEASURES[code].in_currency(settings.money)
        source = measure.source
        if ledger_of(source) not in arrived.ledgers:
            continue
        if source not in counted:
            counted[source] = cohort(source, arrived, settings, periods=periods)
        tallies = counted_of(measure, counted[source])
        statuses = statuses_of(measure, tallies)
        for cell in (cell for name, cell in cells if name == code):
            at = arrived.roll.codes.index(cell.unit), periods.index(cell.period)
            if statuses[at] in USABLE and tallies.top[at] != cell.number:
                yield _differs(measure, cell, int(tallies.top[at]), str(statuses[at]))


def _window_row(clues: Rows, roll: UnitRoll, whole: Calendar) -> dict[str, Any]:
    """Return the row of the city that says how many days the window has within which rates are compared."""
    period = whole.period.text
    row: dict[str, Any] = {
        "unit": roll.city_code,
        "period": period,
        "measure": "window_days",
        "unit_of_measure": "day",
        "method": "largest",
        "status": "not_applicable",
        "source": value_id(roll.city_code, period, "", "rate_resolved", "wilson"),
    }
    return row | ({"value": clues.window, "status": "reported"} if clues.window else {})


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


def _monthly(
    arrived: Arrived,
    settings: RoundSettings,
    whole: Calendar,
    register: Register | None,
    asked: dict[str, Rows],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Return value rows, lineage and completeness of the cases by month; a month nobody reported has no row."""
    measure = MEASURES["cases"]
    # a month may be a period of the round in its own right, counted already
    months = [month for month in whole.months if month not in whole.listed]
    if not months:
        return [], [], []
    counted = cohort(measure.source, arrived, settings, periods=months, asked=asked)
    tallies = tallies_of(measure, counted, Summary(arrived, months))
    found = _value_rows(measure, counted, tallies, arrived.roll)
    known = [row for row in found if row["status"] in USABLE]
    trail = _lineage(measure, counted, known, arrived.roll, register, t=tallies) if register else []
    kept = {row_id(row) for row in known}
    complete = _completeness(measure, counted, tallies, arrived.roll)
    return known, trail, [row for row in complete if row["id"] in kept]


def _value_rows(measure: Measure, counted: Cohort, t: Tallies, roll: UnitRoll) -> list[dict[str, Any]]:
    statuses = statuses_of(measure, t)
    bounds: list[list[float]] = []
    if measure.kind == "rate":
        intervals = wilson(t.top.ravel(), t.base.ravel(), CONFIDENCE)
        bounds = intervals[["lower", "upper"]].to_numpy(dtype=float).tolist()
    waited = _waited(measure, counted, len(roll)) if measure.kind == "waiting" else {}
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
                row |= waited.get(at, {})
                if bounds:
                    lower, upper = bounds[number * len(counted.periods) + place]
                    row |= {"lower": lower, "upper": upper, "confidence": CONFIDENCE}
            elif statuses[at] == "not_applicable" and measure.kind in ("rate", "rate_of_sums"):
                row |= {"numerator": 0.0, "denominator": 0.0}
            rows.append(row)
    return rows


def _waited(measure: Measure, counted: Cohort, city: int) -> dict[tuple[int, int], dict[str, Any]]:
    """Return the days that more than half waited at most, with their interval, by place of unit and period.

    Where half are still waiting there is no such day yet.
    """
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for unit, place, days, happened in _waits(measure, counted, city):
        value, lower, upper = waiting(days, happened, CONFIDENCE).iloc[0, :3].tolist()
        limits = {"lower": lower, "upper": upper, "confidence": CONFIDENCE}
        found[unit, place] = limits | ({"status": "not_applicable"} if np.isnan(value) else {"value": value})
    return found


def _curves(measure: Measure, counted: Cohort, roll: UnitRoll) -> list[dict[str, Any]]:
    """Return who still waits after each day (`WAITS_COLUMNS`), of units and city; none for another kind."""
    codes = (*roll.codes, roll.city_code)
    return [
        {
            "id": value_id(codes[unit], counted.periods[place], "", measure.code, measure.method),
            "unit": codes[unit],
            "period": counted.periods[place],
            **step,
        }
        for unit, place, days, happened in (
            _waits(measure, counted, len(roll)) if measure.kind == "waiting" else ()
        )
        for step in rows_of(curve(days, happened))
    ]


def _waits(measure: Measure, counted: Cohort, city: int) -> Iterator[tuple[int, int, np.ndarray, np.ndarray]]:
    """Yield places of unit and period, the days its rows waited, and whether it has happened to them."""
    known, happened = counted.meets(measure.base or ANY_ROW), counted.meets(measure.top)
    days = counted.rows.waited(measure.cell)[0][counted.row_of] if known.any() else np.zeros(0)
    for place in range(len(counted.periods)):
        of_period = known & (counted.entries[:, 1] == place)
        for unit in (*np.unique(counted.entries[of_period, 0]).tolist(), city):
            own = of_period if unit == city else of_period & (counted.entries[:, 0] == unit)
            if own.any():
                yield unit, place, days[own], happened[own]


def _numbers(measure: Measure, t: Tallies, at: tuple[int, int]) -> dict[str, float]:
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
    if measure.kind == "waiting":
        return pair
    return pair | {"value": pair["numerator"] if measure.kind == "mark" else top / base}


def _exactly(measure: Measure, t: Tallies, at: tuple[int, int]) -> Fraction:
    rows, top, base = (int(part[at]) for part in (t.rows, t.top, t.base))
    if measure.kind in ("rate", "rate_of_sums"):
        return Fraction(top, base)
    return Fraction(top, measure.scale * (rows if measure.kind == "mean" else 1))


def _completeness(measure: Measure, counted: Cohort, t: Tallies, roll: UnitRoll) -> list[dict[str, Any]]:
    """Return how many rows ought to state every value, and how many do; behind a stated number they are not known."""
    return [
        {"id": value_id(code, counted.periods[place], "", measure.code, measure.method)}
        | ({} if t.summed[at] else {"due": int(t.due[at]), "stated": int(t.due[at] - t.doubt[at])})
        for number, code in enumerate((*roll.codes, roll.city_code))
        for place in range(len(counted.periods))
        for at in [(number, place)]
    ]


def _bounds(
    measure: Measure, counted: Cohort, extremes: Sequence[Filling], roll: UnitRoll
) -> list[dict[str, Any]]:
    """Return the value rows of the lowest and the highest filling of what some row of a unit leaves open."""
    rows = []
    for filling in extremes:
        for name, (top, base) in (("lowest", filling.lowest), ("highest", filling.highest)):
            row: dict[str, Any] = {
                "unit": roll.codes[filling.unit],
                "period": counted.periods[filling.period],
                "measure": f"{name}_{measure.code}",
                "unit_of_measure": measure.unit_of_measure,
                "method": measure.method,
                "status": "partial",
                "numerator": top / measure.scale,
            }
            ends = _ends(measure, top, base) if base else {}
            rows.append(row | (ends or {"value": top / measure.scale}))
    return rows


def _ends(measure: Measure, top: int, base: int) -> dict[str, float]:
    """Return denominator and value of a filling; a mean is divided by a number of rows."""
    if measure.kind == "mean":
        return {"denominator": base, "value": top / (measure.scale * base)}
    return {"denominator": base / measure.scale, "value": top / base}


def _unlisted(
    measure: Measure,
    counted: Cohort,
    t: Tallies,
    roll: UnitRoll,
    *,
    period: str,
    known: Set[tuple[int, int]],
) -> list[dict[str, Any]]:
    """Return the lowest values of what ought not to happen and a unit that ought to list it says nothing of.

    Without a row and without a nil return there may be none or any number: the least is known, and the most is not.
    Places (unit, period) in `known` have both.
    """
    if measure.kind != "count" or measure.rises_are_good is not False or period not in counted.periods:
        return []
    place, statuses = counted.periods.index(period), statuses_of(measure, t)
    return [
        {
            "unit": code,
            "period": period,
            "measure": f"lowest_{measure.code}",
            "unit_of_measure": measure.unit_of_measure,
            "method": measure.method,
            "status": "partial",
            "numerator": 0,
            "value": 0,
        }
        for unit, code in enumerate(roll.codes)
        if statuses[unit, place] == "not_reported" and (unit, place) not in known
    ]


def _as_stated(bounds: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows that bounds are fillings of, each once."""
    keys = dict.fromkeys((row["unit"], row["period"]) for row in bounds)
    return [{"unit": unit, "period": period, "status": "partial"} for unit, period in keys]


def _cited_for(bound: str, cited: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the lineage of a value as that of one of its bounds."""
    for line in cited:
        unit, period, rest = line["source"].split(".", 2)
        said = replace(line["filter"], read_for=(("part", bound), *line["filter"].read_for))
        yield {**line, "source": f"{unit}.{period}.{bound}_{rest}", "filter": said}


def _both_periods(changes: list[str], members: pd.DataFrame, stated: pd.DataFrame) -> pd.DataFrame:
    """Return the rows due and stated of changes: those of all values compared, missing where one of them is."""
    joined = members.merge(stated, left_on="member", right_on="id")
    sums = joined.groupby("source")[["due", "stated"]].sum(skipna=False)
    found = sums.reindex(pd.Index(changes, name="id")).reset_index()
    return found.astype(STATED_COLUMNS)


def _chosen(summed: np.ndarray) -> Callable[[int, int], bool]:
    return lambda unit, period: bool(summed[unit, period])


def _table(measure: Measure, counted: Cohort, t: Tallies, extremes: Sequence[Filling]) -> changes.Table:
    """Return the whole numbers of the units that changes are computed from."""
    squares = np.zeros(counted.reported.shape, dtype=object)
    if measure.kind == "sum":
        squares = tally_squares(counted, counted.meets(measure.top), counted.numbers(measure.cell))
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
        status=statuses_of(measure, t)[:-1],
        due=t.due[:-1],
        stated=(t.due - t.doubt)[:-1],
        fillings={(filling.unit, filling.period): filling for filling in extremes},
    )


#: what the cells of a lineage row are to the value, by kind: those of `top`, those of `base`
_ROLES: Final[dict[str, tuple[Role, Role | None]]] = {
    "count": ("count", None),
    "stated": ("count", None),
    "sum": ("sum", None),
    "mean": ("numerator", None),
    "rate": ("numerator", "denominator"),
    "rate_of_sums": ("numerator", "denominator"),
    "waiting": ("numerator", "denominator"),
    "mark": ("numerator", "denominator"),
}


def _codes(condition: Condition) -> tuple[str, ...]:
    """Return the codes of the atoms, each with what it is about where the code does not say it: `item_stated:1.1`."""
    return tuple(
        atom.code if atom.about in atom.code else f"{atom.code}:{atom.about}" for atom in condition.atoms
    )


def _without(wanted: np.ndarray, cited: Iterable[Citation]) -> np.ndarray:
    """Return the places of units and periods wanted for which nothing is cited yet."""
    left = wanted.copy()
    for c in cited:
        left[c.unit, c.period] = False
    return left


def _lineage(
    measure: Measure,
    counted: Cohort,
    rows: list[dict[str, Any]],
    roll: UnitRoll,
    register: Register,
    *,
    t: Tallies,
) -> list[dict[str, Any]]:
    """Return the lineage of a measure's values: the cells counted, or where none was, those looked at."""
    city, ledger = len(roll), ledger_of(measure.source)
    numbers = {code: number for number, code in enumerate((*roll.codes, roll.city_code))}
    bare = np.zeros((len(numbers), len(counted.periods)), dtype=bool)
    for row in rows:
        if row["status"] in USABLE:
            bare[numbers[row["unit"]], counted.periods.index(row["period"])] = True

    item = next((atom.about for atom in measure.top.atoms), "") if measure.kind == "mark" else ""

    def cells(mask: np.ndarray, field: str, wanted: np.ndarray) -> list[Citation]:
        # where the mere date of a row decides, it is the cells of the date
        of_date = field or counted.dated_by
        return lineage.cells(counted, mask, wanted, ledger, of_date, register=register, item=item)

    top_role, base_role = _ROLES[measure.kind]
    none = Filter("none", _codes(measure.top))
    counted_cells = [
        (Filter(role, _codes(condition)), cells(counted.meets(condition), cell, bare))
        for role, condition, cell in (
            (top_role, measure.top, measure.cell),
            (base_role, measure.base, measure.base_cell),
        )
        if role and condition
    ]
    if base_role and measure.base and measure.cell:
        # what was looked at for a numerator in which nothing counts decides the value as well
        counts = [c for said, found in counted_cells if said.role == top_role for c in found]
        looked_through = cells(counted.meets(measure.base), measure.cell, _without(bare, counts))
        counted_cells.append((none, looked_through))
    counted_cells.append((Filter("nil_return", ledger=ledger), lineage.nil_cells(counted, city)))
    counted_cells += [
        (Filter(role, ledger=summaries.LEDGER), summaries.citations(stated, _chosen(t.summed), city))
        for role, stated in zip((top_role, base_role), t.stated, strict=False)
        if role
    ]
    trail = [(said, c) for said, found in counted_cells for c in found if bare[c.unit, c.period]]
    bare = _without(bare, (c for _, c in trail))
    if bare.any():
        looked_at = cells(np.ones(len(counted.entries), dtype=bool), measure.cell, bare)
        bare = _without(bare, looked_at)
        empty = lineage.sheets_without(ledger, register, zip(*np.nonzero(bare), strict=True))
        trail += [(none, c) for c in (*looked_at, *empty)]

    @cache
    def of_period(said: Filter, period: str) -> Filter:
        return (
            replace(said, before=period) if measure.source == "clues before" else replace(said, period=period)
        )

    codes = tuple(numbers)
    return [
        {
            "source": value_id(codes[c.unit], counted.periods[c.period], "", measure.code, measure.method),
            "file": c.file,
            "sheet": c.sheet,
            "cells": c.cells,
            "filter": of_period(said, counted.periods[c.period]),
            "rows": c.rows,
            "sha256": register.hashes.get(c.file, ""),
        }
        for said, c in trail
    ]
