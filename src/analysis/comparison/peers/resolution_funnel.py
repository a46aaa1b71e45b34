"""The funnel: which units' rates lie further from the common rate than chance alone would bring them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import scipy

from analysis.comparison.peers.side_by_side import Peers, Row, is_sound, sorted_by_counts, unsound_status
from analysis.indicators.catalogue import BOUNDS
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

#: numbers of trials → limits, a frame `lower, upper`
Limits = Callable[[np.ndarray], pd.DataFrame]


@dataclass(frozen=True)
class _Rates:
    """The rates of all units, and what they would be if their empty cells were filled in; arrays of shape (units,).

    Attributes:
        own: the value rows, in roll order.
        sound: whether a rate can be held against others.
        done: numerators, 0 where it cannot.
        tried: denominators, the same.
        fillings: numerators and denominators of the lowest and of the highest filling, missing where none is known.
    """

    own: list[dict[str, Any]]
    sound: np.ndarray
    done: np.ndarray
    tried: np.ndarray
    fillings: tuple[tuple[np.ndarray, np.ndarray], ...]

    @classmethod
    def of(cls, peers: Peers) -> _Rates:
        own = peers.rows(FUNNEL_RATE)
        sound = np.array([is_sound(row) for row in own], dtype=bool)
        done, tried = _counts(own)
        fillings = tuple(_counts([_filled(peers, row, bound) for row in own]) for bound in BOUNDS)
        return cls(own, sound, np.where(sound, done, 0.0), np.where(sound, tried, 0.0), fillings)

    def decided(self, limits: Limits) -> np.ndarray:
        """Return whether a unit lies on the same side of its limits however its empty cells are filled in."""
        stated = _side(self.done, self.tried, limits)
        same = [_side(*filling, limits) == stated for filling in self.fillings]
        found: np.ndarray = np.logical_and.reduce(same)
        return found


def _filled(peers: Peers, row: Row, bound: str) -> Row | None:
    """Return the row of a filling of a rate; the rate itself where it leaves nothing open."""
    if row["status"] != "partial":
        return row
    return peers.index.get(row["unit"], row["period"], f"{bound}_{FUNNEL_RATE}")


def _counts(rows: list[dict[str, Any]] | list[Row | None]) -> tuple[np.ndarray, np.ndarray]:
    top, base = (
        np.array([np.nan if row is None else row[side] for row in rows], dtype=float)
        for side in ("numerator", "denominator")
    )
    return top, base


def _side(done: np.ndarray, tried: np.ndarray, limits: Limits) -> np.ndarray:
    """Return -1 below the limits, 1 above them, 0 between; missing where the counts are."""
    found = limits(np.nan_to_num(tried))
    rates = np.divide(done, tried, out=np.full(tried.shape, np.nan), where=tried > 0)
    below, above = rates < found["lower"].to_numpy(), rates > found["upper"].to_numpy()
    return np.where(np.isnan(tried), np.nan, above.astype(float) - below)


def rows(peers: Peers) -> Iterator[dict[str, Any]]:
    """Return each unit's rate with its limits, the baselines, and how many units lie outside.

    `funnel_rate_resolved` by method: `exact_95`, `exact_998` around the rate of all units, `exact_95_loo`,
    `exact_998_loo` around that of all others; from `MANY_UNITS` units with a rate on, `od_95`, `od_998` allow for the
    units' usual differences, and `funnel_p_…`, `funnel_q_…` are the two-sided p-value and the one adjusted for the
    number of units. A unit whose side of the limits hangs on cells left empty has no limits, and is not counted
    (填报不全，不作判断). `funnel_baseline_…` is the rate of all others. City: `funnel_flags_…` and
    `funnel_flags_expected_…`, by method how many units lie outside, and how many would by chance alone.
    """
    rates = _Rates.of(peers)
    common = rates.done.sum() / rates.tried.sum() if rates.sound.any() else np.nan
    others = leave_one_out(rates.done, rates.tried)
    for ending, baseline in (("", np.full(len(rates.own), common)), ("_loo", others)):
        for level, confidence in LEVELS.items():
            method = f"exact_{level}{ending}"

            def around(
                tried: np.ndarray, baseline: np.ndarray = baseline, confidence: float = confidence
            ) -> pd.DataFrame:
                return exact_limits(tried, baseline, confidence)

            limits, decided = around(rates.tried), rates.decided(around)
            yield from _limit_rows(rates, limits, decided, method, confidence)
            outside = _outside(rates.done, rates.tried, limits) & decided
            yield _flag_row(peers, method, outside, rates.sound & decided)
            expected = _chance_of_flag(rates.tried, baseline, limits) * decided
            yield _count_row(peers, "flags_expected", method, expected, rates.sound & decided)
    yield from _baseline_rows(rates, others)
    if rates.sound.sum() >= MANY_UNITS:
        yield from _many(peers, rates)


def _limit_rows(
    rates: _Rates, limits: pd.DataFrame, decided: np.ndarray, method: str, confidence: float
) -> Iterator[dict[str, Any]]:
    known = zip(rates.own, rates.sound, decided, limits["lower"], limits["upper"], strict=True)
    for row, fit, sure, lower, upper in known:
        found = _row(row, f"funnel_{FUNNEL_RATE}", method)
        if fit and not sure:
            yield found | {"status": row["status"]}
        elif fit and np.isfinite(lower):
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


def _baseline_rows(rates: _Rates, others: np.ndarray) -> Iterator[dict[str, Any]]:
    done, tried = rates.done, rates.tried
    for place, (row, rate) in enumerate(zip(rates.own, others, strict=True)):
        found = _row(row, f"funnel_baseline_{FUNNEL_RATE}", "leave_one_out")
        known = bool(rates.sound[place]) and bool(np.isfinite(rate))
        numbers: dict[str, Any] = {"numerator": np.nan, "denominator": np.nan}
        if known:
            numbers = {
                "numerator": done.sum() - done[place],
                "denominator": tried.sum() - tried[place],
                "value": rate,
                "status": row["status"],
            }
        yield found | numbers


def _many(peers: Peers, rates: _Rates) -> Iterator[dict[str, Any]]:
    done, tried, sound = rates.done, rates.tried, rates.sound
    order = sorted_by_counts(done, tried)
    spread = overdispersion(done[order], tried[order])
    for level, confidence in LEVELS.items():

        def around(tried: np.ndarray, confidence: float = confidence) -> pd.DataFrame:
            return overdispersed_limits(tried, spread.target, spread.tau2, confidence)

        limits, decided = around(tried), rates.decided(around)
        yield from _limit_rows(rates, limits, decided, f"od_{level}", confidence)
        yield _flag_row(peers, f"od_{level}", _outside(done, tried, limits) & decided, sound & decided)
    for name, value in (("phi", spread.phi), ("tau2", spread.tau2)):
        row = _count_row(peers, name, "winsorised", np.array([value]), sound)
        yield row | {"unit_of_measure": "ratio"}
    tails = flags(done, tried, spread.target)
    both = np.minimum(1.0, 2 * np.minimum(tails["p_below"], tails["p_above"]))
    judged = sound & rates.decided(lambda trials: exact_limits(trials, spread.target))
    p_values = np.where(judged, both, np.nan)
    adjusted = benjamini_hochberg(p_values, FALSE_FLAGS)
    for what, method, found in (
        ("p", "exact", p_values),
        ("q", "benjamini_hochberg", adjusted["value"].to_numpy()),
    ):
        for row, fit, value in zip(rates.own, judged, found, strict=True):
            of_unit = _row(row, f"funnel_{what}_{FUNNEL_RATE}", method)
            yield of_unit | ({"value": value, "status": row["status"]} if fit else {})
    yield _flag_row(peers, "benjamini_hochberg", adjusted["flag"].to_numpy(), judged)
