"""What changed from one period to another: in per cent, and as a difference, of every unit and the city.

The city's change compares the units that reported both periods, so that a missing ledger is not taken for a fall.
Nothing is compared across a break in the series that the round declares.
An interval holds for every way in which cells left empty could be filled in; where too many are empty, or more in one
period than in the other, there is none, and so no verdict. A base is zero, or too small (`zero_base`, `small_base`),
only where it is so however its empty cells are filled in; where that hangs on them, the change is not judged either.
Intervals and p-values are those of the exact conditional test of two counts, divided by their dispersion φ
(`extra_variance`). Workers and money come case by case: theirs are those of the effective counts
(`statistics.clusters`). What follows from them is said in `verdicts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.indicators import verdicts
from analysis.indicators.catalogue import QUANTITIES, WINDOWED, Bound, codes_of, wholes_of
from analysis.indicators.fillings import Filling
from analysis.indicators.values import value_id
from analysis.rounds.periods import Calendar, Period, parse_period
from analysis.rounds.rounds import RoundSettings
from analysis.rounds.units import UnitRoll
from analysis.statistics.clusters import POISSON, effective_counts
from analysis.statistics.counts import ratio_of_counts
from analysis.statistics.proportion import difference, fisher_tails

#: with fewer cases in the base period a change in per cent says nothing
SMALL_BASE: Final = 10
CONFIDENCE: Final = 0.95
#: no verdict where in either period fewer of the rows due state what is compared. Shares of 90 % that lie at most 5
#: points apart would do to compare two periods; but a unit that states 93 % of one must not gain a verdict by stating
#: less of the other, and only a line for each period alone is proof against that
LEAST_COVERAGE: Final = Fraction(95, 100)
_KNOWN: Final = ("reported", "partial")
#: how a change or difference is computed, by the kind of the measure
_CHANGE_METHODS: Final = {"count": "exact", "sum": "clustered"}
_DIFFERENCE_METHODS: Final = {"rate": "newcombe", "rate_of_sums": "no_interval"}


@dataclass(frozen=True)
class Table:
    """A measure in whole numbers by unit and period, arrays of shape (units, periods).

    Attributes:
        code: of the table.
        kind: `count`, `sum`, `rate` or `rate_of_sums`.
        method: of its value rows.
        unit_of_measure: of its values.
        scale: whole numbers per unit of measure (fen per yuan).
        in_per_cent: whether a change in per cent is computed beside the difference.
        top: count, sum in minor units, or numerator.
        base: denominator of a rate.
        squares: sum of the squared parts of a sum, Python's integers.
        parts_known: whether the parts of a sum are known; of one stated as such they are not.
        status: status of the unit's value.
        due: rows that ought to state it.
        stated: rows that do.
        fillings: its extreme fillings, by places of unit and period, where a row leaves it open.
    """

    code: str
    kind: str
    method: str
    unit_of_measure: str
    scale: int
    in_per_cent: bool
    top: np.ndarray
    base: np.ndarray
    squares: np.ndarray
    parts_known: np.ndarray
    status: np.ndarray
    due: np.ndarray
    stated: np.ndarray
    fillings: Mapping[tuple[int, int], Filling]


#: top, base and squares in one period, summed over the units compared
_Ends = tuple[int, int, int]


@dataclass(frozen=True)
class _Pair:
    """A measure of one unit or the city in two periods.

    Attributes:
        unit: code.
        members: the units compared.
        now: what it comes to in the current period.
        before: the same in the previous period.
        lowest: the extreme fillings of the two by which the change is lowest.
        highest: those by which it is highest.
        judged: whether enough is stated, and as much in the one period as in the other.
        from_zero: whether there is nothing in the previous period; None where that hangs on cells left empty.
        from_few: whether the members had too few cases in it; the same.
        parts_known: whether the parts of both sums are known, so that their spread is.
        status: `reported`, `partial`, or why there is nothing to compare.
    """

    unit: str
    members: tuple[int, ...]
    now: _Ends
    before: _Ends
    lowest: tuple[_Ends, _Ends]
    highest: tuple[_Ends, _Ends]
    judged: bool
    from_zero: bool | None
    from_few: bool | None
    parts_known: bool
    status: str


def pairs_of(periods: Sequence[Period], calendar: Calendar) -> list[tuple[Period, Period]]:
    """Return (period, base period) of all comparisons.

    They are neighbours of one length, the same part of two years running, and the round with its base, if it has one.
    """
    following = [
        (later, earlier)
        for earlier in periods
        for later in periods
        # a half-year follows a year without being comparable to it
        if later.follows(earlier)
        or ((later.start - earlier.end).days == 1 and later.months == earlier.months)
    ]
    own = [(calendar.period, calendar.base_period)] if calendar.base_period else []
    return list(dict.fromkeys([*following, *own]))


def partners(pairs: Sequence[tuple[Period, Period]], periods: Sequence[Period]) -> list[list[int]]:
    """Return for each period the places of those it is compared with, earlier or later."""
    place = {period.text: number for number, period in enumerate(periods)}
    found: list[list[int]] = [[] for _ in periods]
    for later, earlier in pairs:
        found[place[later.text]].append(place[earlier.text])
        found[place[earlier.text]].append(place[later.text])
    return found


def is_broken(code: str, now: Period, before: Period, settings: RoundSettings) -> bool:
    """Return whether a break declared in the series of a measure lies between two periods.

    A break names measures, their changes or differences, or patterns of them (`clues_*`, `rate_*`). A break in a
    count of clues is one in every count of clues among them; sums and rates are broken where they are named.
    A break within the later period separates it too, and one within the earlier period separates both.

    Args:
        code: of the measure.
        now: the later period.
        before: the earlier period.
        settings: with the breaks.
    """
    names = [name for measure in (code, *wholes_of(code)) for name in codes_of(measure)]
    return any(
        before.start < parse_period(entry.period, settings.year_starts).start <= now.end
        for entry in settings.breaks
        if any(fnmatchcase(name, pattern) for name in names for pattern in entry.measures)
    )


def compute(
    tables: Mapping[str, Table],
    pairs: Iterable[tuple[Period, Period]],
    periods: Sequence[Period],
    settings: RoundSettings,
    roll: UnitRoll,
    *,
    dispersion: Fraction = POISSON,
) -> tuple[list[dict[str, Any]], pd.DataFrame]:
    """Return value rows of all changes and differences with their p-values, and which values each of them compares.

    Args:
        tables: what is compared, by measure code; `cases` among them.
        pairs: (period, base period) of every comparison.
        periods: the periods of the tables, in their order.
        settings: with the breaks in the series.
        roll: the units of the tables.
        dispersion: φ of the counts of cases.

    Returns:
        Rows for `values.value_rows`; a frame `source, side, member` for `lineage.of_members`.
    """
    place = {period.text: number for number, period in enumerate(periods)}
    rows: list[dict[str, Any]] = []
    members: list[dict[str, str]] = []
    for now, before in pairs:
        judged: list[tuple[dict[str, Any], float]] = []
        judged_rates: list[tuple[dict[str, Any], float]] = []
        for table in tables.values():
            new = settings.new_in(before)
            found = list(_pairs(table, tables["cases"], place[now.text], place[before.text], roll, new=new))
            broken = is_broken(table.code, now, before, settings)
            differences = _differences(table, found)
            made = [*zip(differences, found, strict=True)]
            if table.code in WINDOWED:
                judged_rates += zip(differences, _chances_of_rates(found), strict=True)
            if table.in_per_cent:
                changed, chances = _changes(table, found, dispersion)
                made = [*zip(changed, found, strict=True), *made]
                # what is judged together are the three quantities, whatever else an office counts
                judged += zip(changed, chances, strict=True) if table.code in QUANTITIES else ()
            for row, pair in made:
                row |= {"period": now.text, "base_period": before.text, "unit": pair.unit}
                if broken and row["status"] != "not_reported":
                    row.update(dict.fromkeys(("value", "lower", "upper", "confidence"), np.nan))
                    row["status"] = "not_comparable"
                rows.append(row)
                members += _compared_values(row, pair, table, roll)
        rows += verdicts.rows(judged, roll.city_code)
        rows += verdicts.rows(judged_rates, roll.city_code)
    return rows, pd.DataFrame(members, columns=["source", "side", "member"], dtype=str)


def uncompared(tables: Iterable[Table], period: Period, roll: UnitRoll) -> Iterator[dict[str, Any]]:
    """Yield the changes and differences of a round that is compared with no period: not applicable, without a base."""
    for table in tables:
        methods = {"difference": _DIFFERENCE_METHODS.get(table.kind, "difference")}
        if table.in_per_cent:
            methods["change"] = _CHANGE_METHODS[table.kind]
        for what, method in methods.items():
            for code in (*roll.codes, roll.city_code):
                yield {
                    "unit": code,
                    "period": period.text,
                    "measure": f"{what}_{table.code}",
                    "unit_of_measure": table.unit_of_measure,
                    "method": method,
                    "status": "not_applicable",
                }


def _pairs(
    table: Table, cases: Table, now: int, before: int, roll: UnitRoll, *, new: frozenset[str]
) -> Iterator[_Pair]:
    known = np.isin(table.status, _KNOWN)
    # a unit without anything to divide by adds nothing to the city's rate, and hides nothing
    given = known | (table.status == "not_applicable")
    members = tuple(np.flatnonzero(given[:, now] & given[:, before]).tolist())
    of_members = table.status[np.ix_(members, (now, before))]
    complete = len(members) == len(roll) and not (of_members == "partial").any()
    of_city = "reported" if complete else "partial"
    if not np.isin(of_members, _KNOWN).any():
        of_city = "not_applicable" if members else "not_reported"
    groups = [
        (
            code,
            (number,),
            _status_of_two(
                str(table.status[number, now]), str(table.status[number, before]), new=code in new
            ),
        )
        for number, code in enumerate(roll.codes)
    ]
    for code, numbers, status in (*groups, (roll.city_code, members, of_city)):
        chosen = list(numbers)
        yield _Pair(
            unit=code,
            members=numbers,
            now=_total(table, chosen, now),
            before=_total(table, chosen, before),
            lowest=(_total(table, chosen, now, "lowest"), _total(table, chosen, before, "highest")),
            highest=(_total(table, chosen, now, "highest"), _total(table, chosen, before, "lowest")),
            judged=_judged(table, chosen, now, before),
            from_zero=_below(table, chosen, before, 1),
            from_few=_below(cases, chosen, before, SMALL_BASE),
            parts_known=bool(table.parts_known[np.ix_(chosen, (now, before))].all()),
            status=status,
        )


def _total(table: Table, members: list[int], period: int, bound: Bound | None = None) -> _Ends:
    """Return top, base and squares of a period, summed over members in whole numbers, as stated or as filled in."""
    top, base, squares = (
        sum(part[members, period].tolist()) for part in (table.top, table.base, table.squares)
    )
    for unit in members if bound else ():
        filling = table.fillings.get((unit, period))
        if filling is not None:
            filled = filling.lowest if bound == "lowest" else filling.highest
            top += filled[0] - int(table.top[unit, period])
            base += filled[1] - int(table.base[unit, period])
            squares += filling.squares - int(table.squares[unit, period]) if bound == "highest" else 0
    return top, base, squares


def _below(table: Table, members: list[int], period: int, line: int) -> bool | None:
    """Return whether a number is below a line whatever the cells left empty say; None where they could tell."""
    if _total(table, members, period, "lowest")[0] >= line:
        return False
    highest = _total(table, members, period, "highest")[0]
    return True if highest < line and _bounded(table, members, (period,)) else None


def _bounded(table: Table, members: list[int], periods: tuple[int, ...]) -> bool:
    """Return whether all members are known in all periods, as far as they are filled in or could be."""
    of_members = table.status[np.ix_(members, periods)]
    open_ones = np.argwhere(of_members == "partial").tolist()
    return not (of_members == "not_reported").any() and all(
        (members[unit], periods[period]) in table.fillings for unit, period in open_ones
    )


def _judged(table: Table, members: list[int], now: int, before: int) -> bool:
    """Return whether two periods can be compared as far as they are filled in."""
    if not _bounded(table, members, (now, before)):
        return False
    return all(
        int(table.stated[members, period].sum()) >= LEAST_COVERAGE * int(table.due[members, period].sum())
        for period in (now, before)
    )


def _status_of_two(now: str, before: str, *, new: bool) -> str:
    if new and before == "not_reported" and now != "not_reported":
        return "new_unit"
    for reason in ("not_reported", "not_applicable", "partial"):
        if reason in (now, before):
            return reason
    return "reported"


def _changes(
    table: Table, pairs: list[_Pair], dispersion: Fraction
) -> tuple[list[dict[str, Any]], list[float]]:
    """Return the rows of the changes, and their p-values; missing where there is no interval.

    Both are those of the filling that speaks most against a change: of the highest against a fall, of the lowest
    against a rise.
    """
    extremes = ([pair.lowest for pair in pairs], [pair.highest for pair in pairs])
    lowest, highest = (
        ratio_of_counts(counts[:, 0], counts[:, 1], confidence=CONFIDENCE)
        for counts in (
            np.array([_counts(table, *ends, dispersion) for ends in of_all], dtype=float)
            for of_all in extremes
        )
    )
    least = np.minimum(highest["p_less"], lowest["p_greater"])
    found = zip(pairs, lowest["lower"] - 1, highest["upper"] - 1, np.minimum(1.0, 2 * least), strict=True)
    rows, chances = [], []
    for pair, lower, upper, p in found:
        (now, *_), (before, *_) = pair.now, pair.before
        row = _row(table, "change", _CHANGE_METHODS[table.kind], pair)
        row["unit_of_measure"] = "ratio"
        chance = np.nan
        if pair.status in _KNOWN:
            row |= {"numerator": now / table.scale, "denominator": before / table.scale}
            if pair.from_zero:
                row["status"] = "zero_base"
            elif before:
                row |= {
                    "status": "small_base" if pair.from_few else pair.status,
                    "value": (now - before) / before,
                }
                if pair.parts_known and pair.judged and None not in (pair.from_zero, pair.from_few):
                    row |= {
                        "lower": lower,
                        "upper": upper if np.isfinite(upper) else np.nan,
                        "confidence": CONFIDENCE,
                    }
                    chance = p
        rows.append(row)
        chances.append(chance)
    return rows, chances


def _counts(table: Table, of_now: _Ends, of_before: _Ends, dispersion: Fraction) -> tuple[int, int]:
    """Return the counts whose interval is that of the change: cases over φ, or the effective counts of a sum."""
    (now, _, squares_now), (before, _, squares_before) = of_now, of_before
    whole = now + before
    squares = whole if table.kind == "count" else squares_now + squares_before
    effective = effective_counts([now, before], [whole, whole], [squares, squares], dispersion)
    return effective[0], effective[1]


def _differences(table: Table, pairs: list[_Pair]) -> list[dict[str, Any]]:
    rows = [
        _row(table, "difference", _DIFFERENCE_METHODS.get(table.kind, "difference"), pair) for pair in pairs
    ]
    bounds = _bounds_of_differences(pairs) if table.kind == "rate" else None
    for place, (row, pair) in enumerate(zip(rows, pairs, strict=True)):
        if pair.status not in _KNOWN:
            continue
        (now, base, _), (before, base_before, _) = pair.now, pair.before
        if table.unit_of_measure != "ratio":
            row |= {
                "numerator": now / table.scale,
                "denominator": before / table.scale,
                "value": (now - before) / table.scale,
            }
        elif base == 0 or base_before == 0:
            row["status"] = "not_applicable"
        else:
            row |= {
                "numerator": now / base,
                "denominator": before / base_before,
                "value": now / base - before / base_before,
            }
            if bounds is not None and pair.judged:
                lower, upper = bounds[place]
                row |= {"lower": lower, "upper": upper, "confidence": CONFIDENCE}
    return rows


def _bounds_of_differences(pairs: list[_Pair]) -> list[tuple[float, float]]:
    found = []
    for ends in ([pair.lowest for pair in pairs], [pair.highest for pair in pairs]):
        numbers = np.array([(*now[:2], *before[:2]) for now, before in ends], dtype=float)
        now, base, before, base_before = numbers.T
        found.append(difference(now, base, before, base_before, CONFIDENCE))
    lowest, highest = found
    return list(zip(lowest["lower"].tolist(), highest["upper"].tolist(), strict=True))


def _chances_of_rates(pairs: list[_Pair]) -> list[float]:
    """Return the p-values of differences of rates: of the filling that speaks most against one; missing without any."""
    lowest, highest = (
        fisher_tails(*np.array([(*now[:2], *before[:2]) for now, before in ends], dtype=float).T)
        for ends in ([pair.lowest for pair in pairs], [pair.highest for pair in pairs])
    )
    found = np.minimum(1.0, 2 * np.minimum(highest["p_less"], lowest["p_greater"]))
    known = [pair.judged and pair.status in _KNOWN for pair in pairs]
    chances: list[float] = np.where(known, found, np.nan).tolist()
    return chances


def _row(table: Table, what: str, method: str, pair: _Pair) -> dict[str, Any]:
    return {
        "measure": f"{what}_{table.code}",
        "unit_of_measure": table.unit_of_measure,
        "method": method,
        "status": pair.status,
    }


def _compared_values(
    row: Mapping[str, Any], pair: _Pair, table: Table, roll: UnitRoll
) -> list[dict[str, str]]:
    if pair.status not in _KNOWN:
        return []
    source = value_id(pair.unit, row["period"], row["base_period"], row["measure"], row["method"])
    return [
        {
            "source": source,
            "side": side,
            "member": value_id(roll.codes[number], period, "", table.code, table.method),
        }
        for side, period in (("current", row["period"]), ("previous", row["base_period"]))
        for number in pair.members
    ]
