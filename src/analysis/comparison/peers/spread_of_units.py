"""How far the units lie apart in cases and amount, period by period."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.comparison.peers.side_by_side import FEWEST, Peers
from analysis.indicators.values import USABLE
from analysis.statistics.spread import coefficient_of_variation, max_over_min, top_share

QUANTITIES: Final = ("cases", "amount")
#: the units whose share in the total is told
TOP: Final = 2


def rows(peers: Peers) -> Iterator[dict[str, Any]]:
    """Return rows of the city for every period: `spread_cv_…`, `spread_max_min_…`, `spread_top2_…` of cases and amount.

    Method `cv_population` divides the squares by n (the units are the whole, not a sample), `cv_sample` by n − 1.
    numerator and denominator: standard deviation and mean; largest and smallest; the two largest and all. Where a
    unit is not reported, the others are told and the status is partial.
    """
    for period in peers.periods:
        for quantity in QUANTITIES:
            yield from _of_period(peers, period.text, quantity)


def _of_period(peers: Peers, period: str, quantity: str) -> Iterator[dict[str, Any]]:
    own = [peers.index.row(code, period, quantity) for code in peers.roll.codes]
    known = [row for row in own if row["status"] in USABLE]
    # sorted, so that the order of the roll cannot change the last digit
    numbers = np.sort(np.array([row["value"] for row in known], dtype=float))
    complete = len(known) == len(own) and all(row["status"] == "reported" for row in known)
    common = {
        "unit": peers.roll.city_code,
        "period": period,
        "unit_of_measure": "ratio",
        "status": ("reported" if complete else "partial") if known else "not_reported",
        "source": peers.index.row(peers.roll.city_code, period, quantity)["source"],
    }
    mean = numbers.mean() if len(numbers) else np.nan
    for sample in (False, True):
        spread = coefficient_of_variation(numbers, sample)
        value = float(spread["value"].iloc[0])
        yield _row(common, f"spread_cv_{quantity}", spread, (value * mean, mean), len(numbers) >= FEWEST)
    ends = (numbers[-1], numbers[0]) if len(numbers) else (np.nan, np.nan)
    yield _row(common, f"spread_max_min_{quantity}", max_over_min(numbers), ends, len(numbers) >= FEWEST)
    parts = (numbers[-TOP:].sum(), numbers.sum())
    # two of two units always have all of it
    yield _row(common, f"spread_top{TOP}_{quantity}", top_share(numbers, TOP), parts, len(numbers) > TOP)


def _row(
    common: dict[str, Any], measure: str, spread: pd.DataFrame, parts: tuple[float, float], enough: bool
) -> dict[str, Any]:
    found = spread.iloc[0]
    row = common | {"measure": measure, "method": found["method"]}
    if common["status"] == "not_reported":
        return row
    if not enough or pd.isna(found["value"]):
        return row | {"status": "not_applicable"}
    return row | {"numerator": parts[0], "denominator": parts[1], "value": found["value"]}
