"""Values for units with few cases: per 10,000 workers, over several years, and drawn towards the common one.

They stand beside the value of the year. Nobody is graded on them: a pooled value is partly that of other years, a
shrunken one partly that of other units.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.comparison.peers.side_by_side import (
    CONFIDENCE,
    FEWEST,
    Peers,
    Row,
    is_sound,
    joint_status,
    pooled_period,
    sorted_by_counts,
    unsound_status,
)
from analysis.indicators.values import USABLE
from analysis.statistics.counts import garwood
from analysis.statistics.proportion import pooled
from analysis.statistics.shrinkage import beta_binomial, gamma_poisson

POOLED_RATE: Final = "rate_resolved"
PER: Final = 10_000
WORKERS: Final = "migrant_workers"


def rows(peers: Peers) -> Iterator[dict[str, Any]]:
    """Return incidence, pooled and shrunken values.

    `cases_per_10000` (units and city; only where the roll of units states migrant workers) with Garwood's interval;
    `pooled_rate_resolved`, `pooled_cases` (units and city) over up to three years, their period written as a span
    (`2018-2020`); `shrunken_rate_resolved` (beta-binomial), `shrunken_cases` (gamma-Poisson, what was to be expected
    being the unit's mean of the earlier pooled years times the city's change) and, with workers,
    `shrunken_cases_per_10000`. Method `pooled`: the units do not differ beyond chance, so all have the common value.
    """
    yield from _per_workers(peers)
    yield from _pooled_rates(peers)
    yield from _pooled_cases(peers)
    yield from _shrunken_rates(peers)
    yield from _shrunken_cases(peers)


def parts(peers: Peers, row: Row) -> Iterator[tuple[str, str]]:
    """Return what a row of this module is made of: what the value is to it, and the value's source."""
    measure, unit = str(row["measure"]), str(row["unit"])
    if measure.endswith("_per_10000"):
        for name in ("cases", WORKERS):
            yield name, str(peers.row(unit, name)["source"])
    elif measure in (f"pooled_{POOLED_RATE}", "pooled_cases", "shrunken_cases"):
        name = measure.split("_", 1)[1]
        for period in peers.pool(name):
            yield period.text, str(peers.index.row(unit, period.text, name)["source"])


def _per_workers(peers: Peers) -> Iterator[dict[str, Any]]:
    pairs = list(zip(peers.rows("cases"), peers.rows(WORKERS), strict=True))
    if not any(workers["status"] in USABLE for _, workers in pairs):
        return
    numbers = [_incidence(*pair) for pair in pairs]
    statuses = [_incidence_status(*pair) for pair in pairs]
    known = [pair for pair in numbers if pair is not None]
    of_city = None
    if known:
        of_city = (sum(cases for cases, _ in known), sum(workers for _, workers in known))
    complete = len(known) == len(pairs) and set(statuses) == {"reported"}
    statuses.append(("reported" if complete else "partial") if known else "not_applicable")
    codes = (*peers.roll.codes, peers.roll.city_code)
    for code, pair, status in zip(codes, [*numbers, of_city], statuses, strict=True):
        row = _row(code, f"cases_per_{PER}", "case", "garwood", status)
        if pair is not None:
            bounds = garwood(pair[0], pair[1], PER, CONFIDENCE).iloc[0]
            row |= {"numerator": pair[0], "denominator": pair[1], **_estimate(bounds)}
        yield row
    yield from _shrunken_incidence(peers, numbers, statuses)


def _incidence(cases: Row, workers: Row) -> tuple[float, float] | None:
    """Return cases and workers, if both are known and there are no fewer workers than cases."""
    if not {cases["status"], workers["status"]} <= USABLE or not workers["value"]:
        return None
    return (cases["value"], workers["value"]) if cases["value"] <= workers["value"] else None


def _incidence_status(cases: Row, workers: Row) -> str:
    status = joint_status([cases["status"], workers["status"]])
    return status if status not in USABLE or _incidence(cases, workers) else "not_applicable"


def _shrunken_incidence(
    peers: Peers, numbers: list[tuple[float, float] | None], statuses: list[str]
) -> Iterator[dict[str, Any]]:
    shrunken = _shrunken([None if pair is None else (pair[0], pair[1] / PER) for pair in numbers])
    # the last status is the city's
    for code, pair, found, status in zip(
        peers.roll.codes, numbers, shrunken, statuses[: len(peers.roll)], strict=True
    ):
        row = _row(code, f"shrunken_cases_per_{PER}", "case", "gamma_poisson", status)
        if pair is None or found is None:
            yield row | ({"status": "not_applicable"} if status in USABLE else {})
        else:
            yield row | {"numerator": pair[0], "denominator": pair[1], **_estimate(found)}


def _pooled_rates(peers: Peers) -> Iterator[dict[str, Any]]:
    pool, codes = peers.pool(POOLED_RATE), (*peers.roll.codes, peers.roll.city_code)
    years = [[peers.index.row(code, period.text, POOLED_RATE) for period in pool] for code in codes]
    # a year without a case is known, and adds nothing
    known = np.array([[is_sound(row) or row["status"] == "not_applicable" for row in own] for own in years])
    done, tried = (
        np.where(known, np.array([[row[side] for row in own] for own in years], dtype=float), np.nan)
        for side in ("numerator", "denominator")
    )
    found = pooled(done, tried, len(pool), CONFIDENCE)
    for place, (code, own) in enumerate(zip(codes, years, strict=True)):
        status = _pooled_status(peers, [str(row["status"]) for row in own], list(known[place]))
        # a rate above 100 % spoils the sum
        spoilt = any(row["status"] in USABLE and not is_sound(row) for row in own)
        row = _pooled_row(peers, code, POOLED_RATE, "ratio", "pooled")
        if status not in USABLE or spoilt or pd.isna(found["value"].iloc[place]):
            yield row | {"status": "not_applicable" if status in USABLE else status}
            continue
        numbers = {"numerator": np.nansum(done[place]), "denominator": np.nansum(tried[place])}
        yield row | numbers | {"status": status} | _estimate(found.iloc[place])


def _pooled_cases(peers: Peers) -> Iterator[dict[str, Any]]:
    pool, codes = peers.pool("cases"), (*peers.roll.codes, peers.roll.city_code)
    years = [[peers.index.row(code, period.text, "cases") for period in pool] for code in codes]
    counts = [[row["value"] for row in own if row["status"] in USABLE] for own in years]
    found = garwood([sum(own) for own in counts], confidence=CONFIDENCE)
    for place, (code, own) in enumerate(zip(codes, years, strict=True)):
        known = [row["status"] in USABLE for row in own]
        status = _pooled_status(peers, [str(row["status"]) for row in own], known)
        row = _pooled_row(peers, code, "cases", "case", "garwood") | {"status": status}
        if status in USABLE:
            row |= {"numerator": sum(counts[place]), "denominator": len(counts[place])}
            row |= _estimate(found.iloc[place])
        yield row


def _pooled_status(peers: Peers, statuses: list[str], known: list[bool]) -> str:
    if len(statuses) < FEWEST:
        earlier = any(period.end < peers.now.start for period in peers.periods)
        return "not_comparable" if earlier else "not_applicable"
    if not any(known):
        return joint_status(statuses)
    return "reported" if all(known) and "partial" not in statuses else "partial"


def _pooled_row(peers: Peers, code: str, name: str, unit_of_measure: str, method: str) -> dict[str, Any]:
    row = _row(code, f"pooled_{name}", unit_of_measure, method, "reported")
    return row | {"period": pooled_period(peers.pool(name))}


def _shrunken_rates(peers: Peers) -> Iterator[dict[str, Any]]:
    own = peers.rows(POOLED_RATE)
    fit = [place for place, row in enumerate(own) if is_sound(row)]
    done, tried = (
        np.array([own[place][side] for place in fit], float) for side in ("numerator", "denominator")
    )
    found: dict[int, pd.Series[Any]] = {}
    if len(fit) >= FEWEST:
        order = sorted_by_counts(done, tried)
        shrunken = beta_binomial(done[order], tried[order], confidence=CONFIDENCE)
        found = {fit[int(place)]: shrunken.iloc[number] for number, place in enumerate(order)}
    for place, row in enumerate(own):
        made = _row(row["unit"], f"shrunken_{POOLED_RATE}", "ratio", "beta_binomial", unsound_status(row))
        made["source"] = row["source"]
        if place in found:
            numbers = {"numerator": row["numerator"], "denominator": row["denominator"]}
            made |= numbers | {"status": row["status"]} | _estimate(found[place])
        yield made


def _shrunken_cases(peers: Peers) -> Iterator[dict[str, Any]]:
    *earlier, _ = peers.pool("cases")
    own = peers.rows("cases")
    usual: list[float | None] = []
    statuses = []
    for row in own:
        years = [peers.index.row(row["unit"], period.text, "cases") for period in earlier]
        known = [float(year["value"]) for year in years if year["status"] in USABLE]
        usual.append(math.fsum(known) / len(known) if known and row["status"] in USABLE else None)
        status = unsound_status(row) if not known else str(row["status"])
        statuses.append("partial" if status == "reported" and len(known) < len(years) else status)
    # without a case in earlier years nothing was to be expected of a unit, and nothing can be said
    counted = [(row["value"], mean) for row, mean in zip(own, usual, strict=True) if mean]
    change = sum(count for count, _ in counted) / math.fsum(mean for _, mean in counted) if counted else 0.0
    expected = [mean * change if mean and change else None for mean in usual]
    shrunken = _shrunken(
        [None if mean is None else (row["value"], mean) for row, mean in zip(own, expected, strict=True)]
    )
    for row, mean, found, status in zip(own, expected, shrunken, statuses, strict=True):
        made = _row(row["unit"], "shrunken_cases", "case", "gamma_poisson", status)
        if mean is None or found is None:
            yield made | ({"status": "not_applicable"} if status in USABLE else {})
        else:
            yield made | {"numerator": row["value"], "denominator": mean, **_estimate(found, mean)}


def _shrunken(pairs: list[tuple[float, float] | None]) -> list[pd.Series[Any] | None]:
    """Return the shrunken rates of counts against what was to be expected; None where there is nothing to shrink."""
    places = [place for place, pair in enumerate(pairs) if pair is not None]
    counts, expected = (
        np.array([pair[side] for pair in pairs if pair is not None], dtype=float) for side in (0, 1)
    )
    found: list[pd.Series[Any] | None] = [None] * len(pairs)
    if len(places) >= FEWEST:
        order = sorted_by_counts(counts, expected)
        shrunken = gamma_poisson(counts[order], expected[order], confidence=CONFIDENCE)
        for number, place in enumerate(order):
            found[places[int(place)]] = shrunken.iloc[number]
    return found


def _row(unit: str, measure: str, unit_of_measure: str, method: str, status: str) -> dict[str, Any]:
    return {
        "unit": unit,
        "measure": measure,
        "unit_of_measure": unit_of_measure,
        "method": method,
        "status": status,
    }


def _estimate(found: pd.Series[Any], times: float = 1.0) -> dict[str, Any]:
    """Return value, limits and method of an estimate; the confidence only where there are limits."""
    limits = {side: found[side] * times for side in ("lower", "upper")}
    confidence = CONFIDENCE if np.isfinite(list(limits.values())).all() else np.nan
    return {"value": found["value"] * times, **limits, "confidence": confidence, "method": found["method"]}
