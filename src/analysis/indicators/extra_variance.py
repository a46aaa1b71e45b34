"""By how much the counts of cases vary more than chance alone lets them: the dispersion φ that verdicts reckon with.

Two looks at it, of which the larger counts: from month to month within the years, and from year to year about the
units' own trends, in the years before the round's period. The months are blind to what differs between whole years,
which is what a verdict compares; the years are few. With fewer than three earlier years only the months are left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np

from analysis.indicators.changes import is_broken
from analysis.indicators.values import USABLE, ValueIndex, value_id
from analysis.rounds.periods import Calendar, Period
from analysis.rounds.rounds import RoundSettings
from analysis.rounds.units import UnitRoll
from analysis.statistics import dispersion
from analysis.statistics.clusters import POISSON

MEASURE: Final = "dispersion_cases"
#: the ways of looking, as the methods of the value rows
MONTHS: Final = "month_to_month"
YEARS: Final = "year_to_year"
LARGEST: Final = "largest"
_KNOWN: Final = ("reported", "partial")
_MONTHS_A_YEAR: Final = 12


@dataclass(frozen=True)
class ExtraVariance:
    """What was found.

    Attributes:
        months: dispersion from month to month; missing where it cannot be told.
        years: dispersion from year to year; missing where it cannot be told.
        used: φ, the largest of both and 1, in two places.
    """

    months: float
    years: float
    used: Fraction


def find(rows: Iterable[Mapping[str, Any]], roll: UnitRoll, settings: RoundSettings) -> ExtraVariance:
    """Return the dispersion of the cases of all units.

    Args:
        rows: value rows, the cases of the units by period and by month among them.
        roll: the units.
        settings: of the round.
    """
    cases = {
        (row["unit"], row["period"]): float(row["value"])
        for row in rows
        if row["measure"] == "cases" and row["status"] in _KNOWN
    }
    calendar = settings.calendar
    months = dispersion.of_months(_by_month(cases, roll, calendar.months))
    earlier = earlier_years(calendar, settings)
    counts = np.array(
        [[cases.get((unit, period.text), np.nan) for period in earlier] for unit in roll.codes], dtype=float
    ).reshape(len(roll), len(earlier))
    known = counts[~np.isnan(counts).any(axis=1)]
    years = dispersion.of_years(known, [period.start.year for period in earlier])
    return ExtraVariance(months, years, dispersion.largest([months, years]))


def earlier_years(calendar: Calendar, settings: RoundSettings) -> list[Period]:
    """Return the periods of the round's series before its own that no break separates from the last of them."""
    found = [other for other in calendar.series if other.end < calendar.period.start]
    return [
        other for other in found if other is found[-1] or not is_broken("cases", found[-1], other, settings)
    ]


def _by_month(cases: Mapping[tuple[str, str], float], roll: UnitRoll, months: Sequence[Period]) -> np.ndarray:
    """Return the cases by month, a row for every unit and year that is known whole.

    Where no year is, as in a first half-year, the months of the last one are the whole.
    """
    by_year: dict[int, list[Period]] = {}
    for month in months:
        by_year.setdefault(month.start.year, []).append(month)
    whole = [own for own in by_year.values() if len(own) == _MONTHS_A_YEAR] or list(by_year.values())[-1:]
    found = [[cases.get((unit, month.text), np.nan) for month in own] for own in whole for unit in roll.codes]
    table = np.array(found, dtype=float).reshape(len(found), -1)
    known: np.ndarray = table[~np.isnan(table).any(axis=1)]
    return known


def used(index: ValueIndex, roll: UnitRoll, period: str) -> Fraction:
    """Return φ as the value table of the round's period states it; 1 where it states none."""
    row = index.get(roll.city_code, period, MEASURE, method=LARGEST)
    return POISSON if row is None or row["status"] not in USABLE else Fraction(round(row["value"] * 100), 100)


def value_rows_of(found: ExtraVariance, roll: UnitRoll, settings: RoundSettings) -> Iterator[dict[str, Any]]:
    """Yield the rows of the city that say what was found: by months, by years, and the largest, which is used.

    `denominator` is the number of years looked at.
    """
    calendar = settings.calendar
    period = calendar.period.text
    years = len(earlier_years(calendar, settings))
    for method, value, looked_at in (
        (LARGEST, float(found.used), np.nan),
        (MONTHS, found.months, len({month.start.year for month in calendar.months})),
        (YEARS, found.years, years),
    ):
        row = {
            "unit": roll.city_code,
            "period": period,
            "measure": MEASURE,
            "denominator": looked_at,
            "unit_of_measure": "ratio",
            "method": method,
            "source": value_id(roll.city_code, period, "", "cases", "count"),
        }
        yield row | (
            {"status": "not_applicable"} if np.isnan(value) else {"value": value, "status": "reported"}
        )
