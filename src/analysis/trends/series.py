"""A measure over the years and over the months: which values may stand side by side, and what they show together.

A series holds what can be compared: only what follows the last break that the round declares, each period at its real
distance in time, unreported periods left out and said (status `partial`). The city's series adds up the same units in
every period, so that a unit that appears or disappears is not taken for a rise or a fall.

What may be said depends on how many periods there are: up to four, the direction of each step; from five on, the
yearly change of cases by a Poisson model with the dispersion of the round, which decides whether they have a trend,
and of everything the exact Mann-Kendall test, which assumes nothing, and the Theil-Sen slope; from six on, the yearly
change of workers and amount by a quasi-Poisson model; by month, from twelve on, the limits of an XmR chart.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.indicators import extra_variance, lineage
from analysis.indicators.catalogue import MEASURES, QUANTITIES, RATES, WINDOWED
from analysis.indicators.changes import SMALL_BASE, is_broken
from analysis.indicators.values import LINEAGE_COLUMNS, USABLE, ValueIndex
from analysis.indicators.verdicts import verdict
from analysis.rounds.frames import frame_of
from analysis.rounds.periods import Period
from analysis.rounds.rounds import RoundSettings
from analysis.rounds.units import UnitRoll
from analysis.statistics.control import LEAST_POINTS, seasonal, signals, xmr
from analysis.statistics.multiplicity import benjamini_hochberg
from analysis.statistics.trend import (
    LEAST_FOR_INTERVAL,
    LEAST_FOR_TEST,
    mann_kendall,
    quasi_poisson,
    theil_sen,
)

CONFIDENCE: Final = 0.95
#: what there are series of; the rates within the window are the ones to judge by
MEASURED: Final = (*QUANTITIES, *RATES, *WINDOWED)
#: what the sources of rows about a series begin with; behind it unit, period and name of the series
SOURCE: Final = "series"
#: names of the series of months, and of the three quantities together
BY_MONTH: Final = "cases_by_month"
DECLINES: Final = "declines"
_KNOWN: Final = ("reported", "partial")
_MONTHS_A_YEAR: Final = 12
#: with so many years a month is held against the same month of the others
_LEAST_YEARS: Final = 2


@dataclass(frozen=True)
class Series:
    """A measure over comparable periods, of every unit and, in the last row, of the city.

    Attributes:
        measure: its code.
        unit_of_measure: of the values.
        periods: oldest first.
        values: shape (units + 1, periods), missing where unknown.
        totals: the same in whole numbers: the quantity, or the numerator of the rate.
        bases: denominators of a rate (ones for a quantity).
        most: what the totals are at most however the cells left empty are filled in; infinite where that is not known.
        status: `reported`, `partial`, `not_reported` or `not_applicable` per row.
        members: codes of the units the city's series adds up.
        judged: whether enough is stated in all periods, and as much in the one as in the next; per row.
    """

    measure: str
    unit_of_measure: str
    periods: tuple[Period, ...]
    values: np.ndarray
    totals: np.ndarray
    bases: np.ndarray
    most: np.ndarray
    status: tuple[str, ...]
    members: tuple[str, ...]
    judged: tuple[bool, ...]

    @property
    def known(self) -> np.ndarray:
        """How many periods of every row are known."""
        number: np.ndarray = (~np.isnan(self.values)).sum(axis=1)
        return number

    @property
    def years(self) -> np.ndarray:
        """When the periods lie, in years."""
        return np.array([period.start.year for period in self.periods], dtype=float)


def source_of(unit: str, period: str, name: str) -> str:
    """Return the source of the rows about a series of a unit: what `trail` gives the cells of."""
    return f"{SOURCE}.{unit}.{period}.{name}"


def comparable(code: str, periods: Sequence[Period], settings: RoundSettings) -> tuple[Period, ...]:
    """Return the periods that no break in the series of a measure separates from the last of them."""
    return tuple(
        period
        for place, period in enumerate(periods)
        if place == len(periods) - 1 or not is_broken(code, periods[-1], period, settings)
    )


def read(index: ValueIndex, measure: str, periods: Sequence[Period], roll: UnitRoll) -> Series:
    """Return the series of a measure.

    The city's series leaves out the periods that fewer than half of the reporting units know, then the units that lack
    one of the others.

    Args:
        index: the values of the measures.
        measure: one of `MEASURED`.
        periods: oldest first, comparable.
        roll: the units.
    """
    shape = len(roll), len(periods)
    status = np.full(shape, "not_reported", dtype=object)
    totals, bases, most = np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape)
    record = MEASURES[measure]
    # whole numbers, so that ties are ties and sums do not depend on their order
    scale, is_rate, unit_of_measure = record.scale, record.is_rate, record.unit_of_measure
    for at in np.ndindex(shape):
        row = index.get(roll.codes[at[0]], periods[at[1]].text, measure)
        if row is None:
            continue
        status[at] = str(row["status"])
        unit_of_measure = row["unit_of_measure"] or unit_of_measure
        if status[at] in _KNOWN:
            totals[at] = round(row["numerator" if is_rate else "value"] * scale)
            bases[at] = round(row["denominator"] * scale) if is_rate else 1
            most[at] = _most(index, row, "numerator" if is_rate else "value") * scale
    known: np.ndarray = np.isin(status, _KNOWN)
    # a unit without anything to divide by adds nothing to the city's rate, and hides nothing
    given = known | (status == "not_applicable")
    kept = given.sum(axis=0) * 2 >= max(given.any(axis=1).sum(), 1)
    members = given[:, kept].all(axis=1) & bool(kept.any())
    inside = members[:, None] & kept
    totals = np.vstack([totals, np.where(inside, totals, 0).sum(axis=0)])
    bases = np.vstack([bases, np.where(inside, bases, 0).sum(axis=0)])
    most = np.vstack([most, np.where(inside, most, 0).sum(axis=0)])
    found = np.vstack([known, (inside & known).any(axis=0)])
    with np.errstate(divide="ignore", invalid="ignore"):
        values = totals / bases if is_rate else totals / scale
    whole_city = bool(members.all() and found[-1].all() and not (status == "partial").any())
    complete = [*(status == "reported").all(axis=1).tolist(), whole_city]
    anything: list[bool] = [bool(row.any()) for row in found]
    reasons = [*status.tolist(), status[members].ravel().tolist()]
    return Series(
        measure=measure,
        unit_of_measure=unit_of_measure,
        periods=tuple(periods),
        values=np.where(found, values, np.nan),
        totals=totals,
        bases=bases,
        most=most,
        status=tuple(
            ("reported" if all_there else "partial")
            if any_value
            else ("not_applicable" if "not_applicable" in why else "not_reported")
            for any_value, all_there, why in zip(anything, complete, reasons, strict=True)
        ),
        members=tuple(code for code, member in zip(roll.codes, members.tolist(), strict=True) if member),
        judged=tuple(_is_judged(index, measure, periods, code) for code in (*roll.codes, roll.city_code)),
    )


def _most(index: ValueIndex, row: Mapping[str, Any], column: str) -> float:
    """Return what a value is at most however the cells left empty are filled in; infinite where that is not known."""
    if row["status"] != "partial":
        return float(row[column])
    highest = index.get(row["unit"], row["period"], f"highest_{row['measure']}")
    return math.inf if highest is None else float(highest[column])


def _is_judged(index: ValueIndex, measure: str, periods: Sequence[Period], unit: str) -> bool:
    """Return whether no step between two neighbours is refused a verdict because too much was left empty."""
    return all(_step_is_judged(index, measure, step, unit) for step in pairwise(periods))


def _step_is_judged(index: ValueIndex, measure: str, step: tuple[Period, Period], unit: str) -> bool:
    record, (earlier, later) = MEASURES[measure], step
    if record.kind == "rate_of_sums":
        # its steps never have an interval, nor a verdict to refuse
        return True
    change = index.get(unit, later.text, f"{record.compared}_{measure}", earlier.text)
    return change is None or verdict(change, None) != "incomplete"


def compute(index: ValueIndex, roll: UnitRoll, settings: RoundSettings) -> Iterator[dict[str, Any]]:
    """Yield the value rows of all series: directions, trends, slopes, yearly changes, and the limits by month.

    Args:
        index: the values of the measures.
        roll: the units.
        settings: of the round.
    """
    calendar = settings.calendar
    periods, assessed = calendar.series, calendar.period.text
    spread = extra_variance.used(index, roll, assessed)
    codes = (*roll.codes, roll.city_code)
    for measure in MEASURED:
        span = comparable(measure, periods, settings)
        series, cases = read(index, measure, span, roll), read(index, "cases", span, roll)
        common = {"period": assessed, "base_period": span[0].text}
        for row in (
            *_trends(series, codes, len(periods)),
            *(_growth(series, cases, codes, len(periods), spread) if measure in QUANTITIES else ()),
        ):
            yield {**common, **row, "source": source_of(row["unit"], assessed, measure)}
        for row in _directions(index, series, cases, codes):
            yield {**row, "source": source_of(row["unit"], assessed, measure)}
    for row in _by_month(index, roll, settings):
        yield {"period": assessed, **row, "source": source_of(row["unit"], assessed, BY_MONTH)}


def trail(values: pd.DataFrame, cells: pd.DataFrame, roll: UnitRoll, settings: RoundSettings) -> pd.DataFrame:
    """Return the lineage of the sources that the rows about series name: that of the values they are made of.

    Args:
        values: the value table of the measures.
        cells: its lineage.
        roll: the units.
        settings: of the round.

    Returns:
        Frame `LINEAGE_COLUMNS`; the filter begins with `series`.
    """
    calendar, index = settings.calendar, ValueIndex(values)
    assessed = calendar.period.text
    spans = {measure: comparable(measure, calendar.series, settings) for measure in MEASURED}
    spans[BY_MONTH] = _months(settings)
    members = []
    for name, span in spans.items():
        measure = "cases" if name == BY_MONTH else name
        names = (name, DECLINES) if name in QUANTITIES else (name,)
        of_city = read(index, measure, span, roll).members
        complete = len(of_city) == len(roll)
        for unit in (*roll.codes, roll.city_code):
            of_unit = of_city if unit == roll.city_code and not complete else (unit,)
            rows = [index.get(code, period.text, measure) for code in of_unit for period in span]
            members += [
                {
                    "source": source_of(unit, assessed, named),
                    "side": SOURCE,
                    "member": row["source"],
                }
                for row in rows
                if row is not None
                for named in names
            ]
    if not members:
        return frame_of([], LINEAGE_COLUMNS)
    return lineage.of_members(pd.DataFrame(members), cells)


def _trends(series: Series, codes: Sequence[str], periods: int) -> Iterator[dict[str, Any]]:
    """Yield Kendall's tau with its exact p, and the slope, of series of a history of five periods or more."""
    if periods < LEAST_FOR_TEST:
        return
    test, slopes = mann_kendall(series.values), theil_sen(series.values, series.years, CONFIDENCE)
    known = series.known
    for place, unit in enumerate(codes):
        status = _status(series, place, LEAST_FOR_TEST)
        number = int(known[place])
        common: dict[str, Any] = {
            "unit": unit,
            "unit_of_measure": "ratio",
            "method": "mann_kendall_exact",
            "status": status,
        }
        tau = {**common, "measure": f"trend_{series.measure}"}
        chance = {**common, "measure": f"trend_p_{series.measure}"}
        slope = {**common, "measure": f"slope_{series.measure}", "method": "theil_sen"}
        slope["unit_of_measure"] = series.unit_of_measure
        if status in _KNOWN:
            pairs = number * (number - 1) // 2
            score = test["value"].iloc[place]
            tau |= {"numerator": score, "denominator": pairs, "value": score / pairs}
            used = {"numerator": number, "denominator": len(series.periods)}
            chance |= {**used, "value": test["p_value"].iloc[place]} if series.judged[place] else used
            slope |= {**used, "value": slopes["value"].iloc[place]}
            if number >= LEAST_FOR_INTERVAL and series.judged[place]:
                slope |= _interval(slopes, place)
        yield from (tau, chance, slope)


def _growth(
    series: Series, cases: Series, codes: Sequence[str], periods: int, spread: Fraction
) -> Iterator[dict[str, Any]]:
    """Yield the yearly change in per cent of series of a long enough history, of cases with its p-values.

    The cases know their dispersion from elsewhere, so that five periods are enough; what is left of so few residuals
    says nothing of it. Sums need six, and find their own.
    """
    of_cases = series.measure == "cases"
    least = LEAST_FOR_TEST if of_cases else LEAST_FOR_INTERVAL
    if periods < least:
        return
    model = quasi_poisson(
        series.values,
        series.years,
        confidence=CONFIDENCE,
        dispersion=float(spread) if of_cases else None,
        known=of_cases,
    )
    found, judged = [], np.zeros(len(codes), bool)
    for place, unit in enumerate(codes):
        status = _status(series, place, least)
        value = model["value"].iloc[place]
        row: dict[str, Any] = {
            "unit": unit,
            "measure": f"growth_{series.measure}",
            "unit_of_measure": "ratio",
            "method": "quasi_poisson",
            "status": status,
        }
        if status in _KNOWN and not np.isfinite(value):
            row["status"] = "not_applicable"
        elif status in _KNOWN:
            first = int(np.flatnonzero(~np.isnan(series.values[place]))[0])
            few = cases.most[place, first] < SMALL_BASE
            if few:
                row["status"] = "small_base"
            # a base that cells left empty may make large enough, or not, is no base to judge by
            judged[place] = series.judged[place] and (few or cases.totals[place, first] >= SMALL_BASE)
            row |= {"numerator": int(series.known[place]), "denominator": len(series.periods), "value": value}
            row |= _interval(model, place) if judged[place] else {}
        yield row
        found.append(row)
    if of_cases:
        yield from _chances(found, np.where(judged, model["p_value"], np.nan).tolist())


def _chances(growths: Sequence[dict[str, Any]], p_values: Sequence[float]) -> Iterator[dict[str, Any]]:
    """Yield p-values of the yearly changes, and those corrected for all units; the city, the last, stands alone."""
    given = [p if row["status"] in _KNOWN else np.nan for row, p in zip(growths, p_values, strict=True)]
    of_units = benjamini_hochberg(np.nan_to_num(given[:-1], nan=1.0))["value"].tolist()
    for row, p, q in zip(growths, given, [*of_units, given[-1]], strict=True):
        for letter, value, method in (("p", p, row["method"]), ("q", q, "benjamini_hochberg")):
            made = {key: row[key] for key in ("unit", "unit_of_measure", "status")}
            made |= {"measure": f"{letter}_{row['measure']}", "method": method}
            yield made if np.isnan(p) else made | {"value": value}


def _directions(
    index: ValueIndex, series: Series, cases: Series, codes: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Yield for series of two to four known periods whether each was above (1) or below (-1) the one before.

    A step of which too much was left empty has no direction.
    """
    for place, unit in enumerate(codes):
        known = np.flatnonzero(~np.isnan(series.values[place])).tolist()
        if not 2 <= len(known) < LEAST_FOR_TEST:
            continue
        for before, now in pairwise(known):
            row = series.values[place]
            support = (
                min(series.bases[place, before], series.bases[place, now])
                if MEASURES[series.measure].kind == "rate"
                else cases.most[place, before]
            )
            step = series.periods[before], series.periods[now]
            told = _step_is_judged(index, series.measure, step, unit)
            yield {
                "unit": unit,
                "period": series.periods[now].text,
                "base_period": series.periods[before].text,
                "measure": f"direction_{series.measure}",
                "numerator": row[now],
                "denominator": row[before],
                "value": float(np.sign(row[now] - row[before])) if told else np.nan,
                "unit_of_measure": "direction",
                "method": "sign",
                "status": "small_base" if support < SMALL_BASE else series.status[place],
            }


def _months(settings: RoundSettings) -> tuple[Period, ...]:
    return comparable("cases", settings.calendar.months, settings)


def _by_month(index: ValueIndex, roll: UnitRoll, settings: RoundSettings) -> Iterator[dict[str, Any]]:
    """Yield mean and limits of the cases by month, how many months stand out, and those months.

    All differences between neighbours count, none is screened out. With two years or more every month is held against
    the same month of the other years: mean and limits are then those of its season, told of the city month by month.
    """
    months = _months(settings)
    if not months:
        return
    series = read(index, "cases", months, roll)
    seasons, years = np.unique([month.start.month for month in months], return_counts=True)
    by_season = len(seasons) == _MONTHS_A_YEAR and bool(years.min() >= _LEAST_YEARS)
    mean, error = np.zeros(series.values.shape), np.ones(series.values.shape)
    if by_season:
        mean, error = seasonal(series.values, [month.start.month for month in months])
    away = np.divide(series.values - mean, error, out=np.zeros(mean.shape), where=error > 0)
    away[np.isnan(series.values)] = np.nan
    limits = xmr(away, screen=False)
    marked = signals(away, limits)
    # a number of cases is never negative, so its limit is not either
    levels = {
        side: np.maximum(mean + error * limits[column].to_numpy()[:, None], 0)
        for side, column in (("centre", "value"), ("lower", "lower"), ("upper", "upper"))
    }
    cut = len(months) < len(settings.calendar.months)
    for place, unit in enumerate((*roll.codes, roll.city_code)):
        common = {"unit": unit, "method": "xmr_seasonal" if by_season else "xmr"}
        common["status"] = _status_of_months(series, place, cut=cut)
        total, number = float(np.nansum(series.values[place])), int(series.known[place])
        found = [(month, word) for month, word in zip(months, marked[place], strict=True) if word]
        ends = {side: float(level[place, -1]) for side, level in levels.items()}
        if by_season:
            ends = {"centre": total / number if number else np.nan}
        for row in _summary_of_months({**ends, "signals": len(found)}, total, number, common):
            yield row | {"base_period": months[0].text}
        if common["status"] in USABLE:
            if by_season and unit == roll.city_code:
                yield from _ends_of_months(
                    months, {side: level[place] for side, level in levels.items()}, common
                )
            for month, word in found:
                cases = series.values[place, months.index(month)]
                yield _of_month(month, "signal", cases, common) | {
                    "numerator": cases,
                    "method": f"xmr_{word}",
                }


def _status_of_months(series: Series, place: int, *, cut: bool) -> str:
    status = _status(series, place, LEAST_POINTS)
    if status == "not_comparable" and not cut:
        return "not_applicable"
    few = series.most[place].sum() / max(series.known[place], 1) * _MONTHS_A_YEAR < SMALL_BASE
    return "small_base" if status in _KNOWN and few else status


def _summary_of_months(
    shown: dict[str, float], total: float, number: int, common: dict[str, str]
) -> Iterator[dict[str, Any]]:
    for what, value in shown.items():
        row: dict[str, Any] = common | {"measure": f"xmr_{what}_cases"}
        row["unit_of_measure"] = "month" if what == "signals" else "case"
        if common["status"] in USABLE:
            top = {"centre": {"numerator": total}, "signals": {"numerator": value}}.get(what, {})
            # a series that never moves has no limits
            row |= {**top, "denominator": number, "value": value}
            row |= {"status": "not_applicable"} if np.isnan(value) else {}
        yield row


def _ends_of_months(
    months: Sequence[Period], levels: dict[str, np.ndarray], common: dict[str, str]
) -> Iterator[dict[str, Any]]:
    for side, level in levels.items():
        for month, value in zip(months, level.tolist(), strict=True):
            if np.isfinite(value):
                yield _of_month(month, side, value, common)


def _of_month(month: Period, what: str, value: float, common: dict[str, str]) -> dict[str, Any]:
    found = {"period": month.text, "measure": f"xmr_{what}_cases", "value": value, "unit_of_measure": "case"}
    return {**common, **found}


def _status(series: Series, place: int, least: int) -> str:
    """Return the status of what needs so many known periods."""
    status = series.status[place]
    if status not in _KNOWN or series.known[place] >= least:
        return status
    return "not_comparable" if len(series.periods) < least else "not_applicable"


def _interval(frame: pd.DataFrame, place: int) -> dict[str, float]:
    bounds = {side: float(frame[side].iloc[place]) for side in ("lower", "upper")}
    finite = {side: bound for side, bound in bounds.items() if np.isfinite(bound)}
    return {**finite, "confidence": CONFIDENCE} if finite else {}
