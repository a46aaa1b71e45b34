"""What the rows say of one unit, in the words of the claims: trend, place in the funnel, place beside the city."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Final, TypeVar

import pandas as pd

from analysis.indicators.catalogue import RATES
from analysis.indicators.values import USABLE
from analysis.report.claims.evidence import CLEAR, Evidence, Row

#: a trend is spoken of below this probability
LEVEL: Final = 0.05
K = TypeVar("K")


def usable(row: Row | None) -> bool:
    """Whether a row is there and has a value."""
    return row is not None and row["status"] in USABLE and not pd.isna(row["value"])


def ends(values: Mapping[K, float], end: Callable[[Iterable[float]], float]) -> list[K]:
    """Return all who have the largest (`max`) or smallest (`min`) value, in the order given."""
    if not values:
        return []
    wanted = end(values.values())
    return [key for key, value in values.items() if value == wanted]


def trend_word(e: Evidence, unit: str, measure: str) -> str:
    """Return what the years show: falling, rising, none, or the status of a series that cannot be tested.

    A series in which too much was left empty, or more in one period than in the next, is `incomplete`.

    Cases are judged by their yearly change, corrected for all units; everything else by the exact test of Kendall. A
    rate at the cut-off is not judged (`no_window`): the cases of earlier years had longer.
    """
    if measure in RATES:
        return "no_window"
    names = (
        ("growth_cases", "q_growth_cases")
        if measure == "cases"
        else (f"trend_{measure}", f"trend_p_{measure}")
    )
    way, chance = (e.ending(unit, name) for name in names)
    if way is None or chance is None:
        return "not_applicable"
    if chance["status"] not in USABLE:
        return str(chance["status"])
    if pd.isna(chance["value"]):
        return "incomplete"
    if chance["value"] >= LEVEL or not way["value"]:
        return "none"
    return "falling" if way["value"] < 0 else "rising"


def points_lost_by(e: Evidence, unit: str, parts: Iterable[str]) -> dict[str, float]:
    """Return how many points a unit lost by dimension or item, those without a score left out."""
    rows = [(code, e.score(unit, code)) for code in parts]
    return {
        code: float(Decimal(row["points_possible"]) - Decimal(row["points"]))
        for code, row in rows
        if row["points"]
    }


def funnel_flag(e: Evidence, unit: str, baseline: str = "") -> str:
    """Return where a unit's resolution rate stands: inside, low_95, low_998, high_95, high_998 or the status.

    With the `baseline` `_loo` the limits are those around the rate of all other units.
    """
    row = e.value(unit, "rate_resolved")
    if row["status"] not in USABLE:
        return str(row["status"])
    flag = "inside"
    for level, method in (("95", "exact_95"), ("998", "exact_998")):
        limits = e.index.get(unit, e.period, "funnel_rate_resolved", method=method + baseline)
        if limits is None:
            continue
        if limits["value"] < limits["lower"]:
            flag = f"low_{level}"
        elif limits["value"] > limits["upper"]:
            flag = f"high_{level}"
    return flag


def beside_city(e: Evidence, unit: str, measure: str, base: str) -> str:
    """Return on which side of the city a unit stands beyond chance: better, worse, or chance.

    The resolution rate is judged by the funnel (outside its 95 % limits); a change has to be clear by its own verdict,
    and its interval to hold the city's no more. What has neither is never called better or worse.
    """
    if measure == "rate_resolved":
        return {"low": "worse", "high": "better"}.get(funnel_flag(e, unit).split("_")[0], "chance")
    own, city = (e.index.get(code, e.period, measure, base) for code in (unit, e.city))
    if not base or own is None or city is None or not usable(city) or e.judged(own) not in CLEAR:
        return "chance"
    # a missing limit compares as false
    if own["upper"] < city["value"]:
        return "better"
    return "worse" if own["lower"] > city["value"] else "chance"


def rate_moved(difference: Row) -> str:
    """Return the verdict on a difference of two rates: clear where its interval lies on one side of no change."""
    lower, upper = difference["lower"], difference["upper"]
    if pd.isna(lower) or pd.isna(upper):
        return "incomplete"
    return "clear_fall" if upper < 0 else "clear_rise" if lower > 0 else "not_clear"
