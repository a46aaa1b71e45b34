"""The funnel: which units' rates lie further from the common rate than chance alone would bring them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pandas as pd
import scipy

from analysis.comparison.peers.side_by_side import Peers, Row, is_sound, sorted_by_counts, unsound_status
from analysis.statistics.funnel import (
    exact_limits,
    flags,
    leave_one_out,
    overdispersed_limits,
    overdispersion,
)
from analysis.statistics.multiplicity import benjamini_hochberg

#: the rate the funnel is drawn of
FUNNEL_RATE: Final = "rate_resolved"
#: name of the level in a method → confidence of its limits
LEVELS: Final = {"95": 0.95, "998": 0.998}
#: from so many units on their usual differences can be told from chance
MANY_UNITS: Final = 20
#: share of false flags that is accepted on a list of many
FALSE_FLAGS: Final = 0.05


def rows(peers: Peers) -> Iterator[dict[str, Any]]:
    """Return each unit's rate with its limits, the baselines, and how many units lie outside.

    `funnel_rate_resolved` by method: `exact_95`, `exact_998` around the rate of all units, `exact_95_loo`,
    `exact_998_loo` around that of all others; from `MANY_UNITS` units with a rate on, `od_95`, `od_998` allow for the
    units' usual differences, and `funnel_p_…`, `funnel_q_…` are the two-sided p-value and the one adjusted for the
    number of units. `funnel_baseline_…` is the rate of all others. City: `funnel_flags_…` and
    `funnel_flags_expected_…`, by method how many units lie outside, and how many would by chance alone.
    """
    own = peers.rows(FUNNEL_RATE)
    sound = np.array([is_sound(row) for row in own], dtype=bool)
    done = np.array([row["numerator"] for row in own], dtype=float)
    tried = np.array([row["denominator"] for row in own], dtype=float)
    done, tried = np.where(sound, done, 0.0), np.where(sound, tried, 0.0)
    common = done.sum() / tried.sum() if sound.any() else np.nan
    others = leave_one_out(done, tried)
    for ending, baseline in (("", np.full(len(own), common)), ("_loo", others)):
        for level, confidence in LEVELS.items():
            limits = exact_limits(tried, baseline, confidence)
            method = f"exact_{level}{ending}"
            yield from _limit_rows(own, sound, limits, method, confidence)
            yield _flag_row(peers, method, _outside(done, tried, limits), sound)
            expected = _chance_of_flag(tried, baseline, limits)
            yield _count_row(peers, "flags_expected", method, expected, sound)
    yield from _baseline_rows(own, sound, done, tried, others)
    if sound.sum() >= MANY_UNITS:
        yield from _many(peers, own, sound, done, tried)


def _limit_rows(
    own: list[dict[str, Any]], sound: np.ndarray, limits: pd.DataFrame, method: str, confidence: float
) -> Iterator[dict[str, Any]]:
    for row, fit, lower, upper in zip(own, sound, limits["lower"], limits["upper"], strict=True):
        found = _row(row, f"funnel_{FUNNEL_RATE}", method)
        if fit and np.isfinite(lower):
            yield found | {
                "value": row["value"],
                "lower": lower,
                "upper": upper,
                "confidence": confidence,
                "status": row["status"],
            }
        else:
            yield found


def _row(row: Row, measure: str, method: str) -> dict[str, Any]:
    return {
        "unit": row["unit"],
        "measure": measure,
        "numerator": row["numerator"],
        "denominator": row["denominator"],
        "unit_of_measure": "ratio",
        "method": method,
        "status": unsound_status(row),
        "source": row["source"],
    }


def _outside(done: np.ndarray, tried: np.ndarray, limits: pd.DataFrame) -> np.ndarray:
    rates = np.divide(done, tried, out=np.full(tried.shape, np.nan), where=tried > 0)
    outside: np.ndarray = (rates < limits["lower"].to_numpy()) | (rates > limits["upper"].to_numpy())
    return outside


def _chance_of_flag(tried: np.ndarray, baseline: np.ndarray, limits: pd.DataFrame) -> np.ndarray:
    """Return for each unit how likely chance alone takes it outside: less than 5 % for 95 %, counts being whole."""
    # a limit that is a whole count to the last digits is that count, and does not lie outside itself
    low = np.ceil(np.round(limits["lower"].to_numpy() * tried, 6))
    high = np.floor(np.round(limits["upper"].to_numpy() * tried, 6))
    chance = scipy.stats.binom.cdf(low - 1, tried, baseline) + scipy.stats.binom.sf(high, tried, baseline)
    return np.nan_to_num(chance)


def _flag_row(peers: Peers, method: str, outside: np.ndarray, sound: np.ndarray) -> dict[str, Any]:
    row = _count_row(peers, "flags", method, outside.astype(float), sound)
    return row | {"numerator": row["value"]} if "value" in row else row


def _count_row(
    peers: Peers, what: str, method: str, chances: np.ndarray, sound: np.ndarray
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "unit": peers.roll.city_code,
        "measure": f"funnel_{what}_{FUNNEL_RATE}",
        "unit_of_measure": "unit",
        "method": method,
        "status": "not_applicable",
        "source": peers.row(peers.roll.city_code, FUNNEL_RATE)["source"],
    }
    if not sound.any():
        return row
    # sorted, so that the order of the roll cannot change the last digit
    return row | {"denominator": int(sound.sum()), "value": np.sort(chances).sum(), "status": "reported"}


def _baseline_rows(
    own: list[dict[str, Any]], sound: np.ndarray, done: np.ndarray, tried: np.ndarray, others: np.ndarray
) -> Iterator[dict[str, Any]]:
    for place, (row, rate) in enumerate(zip(own, others, strict=True)):
        found = _row(row, f"funnel_baseline_{FUNNEL_RATE}", "leave_one_out")
        known = bool(sound[place]) and bool(np.isfinite(rate))
        numbers: dict[str, Any] = {"numerator": np.nan, "denominator": np.nan}
        if known:
            numbers = {
                "numerator": done.sum() - done[place],
                "denominator": tried.sum() - tried[place],
                "value": rate,
                "status": row["status"],
            }
        yield found | numbers


def _many(
    peers: Peers, own: list[dict[str, Any]], sound: np.ndarray, done: np.ndarray, tried: np.ndarray
) -> Iterator[dict[str, Any]]:
    order = sorted_by_counts(done, tried)
    spread = overdispersion(done[order], tried[order])
    for level, confidence in LEVELS.items():
        limits = overdispersed_limits(tried, spread.target, spread.tau2, confidence)
        yield from _limit_rows(own, sound, limits, f"od_{level}", confidence)
        yield _flag_row(peers, f"od_{level}", _outside(done, tried, limits), sound)
    for name, value in (("phi", spread.phi), ("tau2", spread.tau2)):
        row = _count_row(peers, name, "winsorised", np.array([value]), sound)
        yield row | {"unit_of_measure": "ratio"}
    tails = flags(done, tried, spread.target)
    both = np.minimum(1.0, 2 * np.minimum(tails["p_below"], tails["p_above"]))
    p_values = np.where(sound, both, np.nan)
    adjusted = benjamini_hochberg(p_values, FALSE_FLAGS)
    for what, method, found in (
        ("p", "exact", p_values),
        ("q", "benjamini_hochberg", adjusted["value"].to_numpy()),
    ):
        for row, fit, value in zip(own, sound, found, strict=True):
            of_unit = _row(row, f"funnel_{what}_{FUNNEL_RATE}", method)
            yield of_unit | ({"value": value, "status": row["status"]} if fit else {})
    yield _flag_row(peers, "benjamini_hochberg", adjusted["flag"].to_numpy(), sound)
