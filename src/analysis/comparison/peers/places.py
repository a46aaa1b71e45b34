"""The units' ranks in single measures, and between which ranks their few cases leave them.

Ranks of rates and declines, not of scores: how firm a score or a grade is, is another question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from analysis.comparison.peers.side_by_side import (
    CONFIDENCE,
    FEWEST,
    Peers,
    Row,
    is_judged,
    is_sound,
    sorted_by_counts,
    unsound_status,
)
from analysis.indicators import catalogue
from analysis.indicators.catalogue import MEASURES, QUANTITIES, RATES
from analysis.statistics.rounding import ranks

#: measures ranked; all of them rest on two counts
RANKED: Final = (
    *(rate for rate in RATES if MEASURES[rate].kind == "rate"),
    *(f"change_{quantity}" for quantity in QUANTITIES if MEASURES[quantity].kind == "count"),
)
DRAWS: Final = 4000
SEED: Final = 20200630
METHOD: Final = f"simulated_{DRAWS}"
#: added to both counts of a draw (the prior of Jeffreys)
_HALF: Final = 0.5

Draw = Callable[[np.random.Generator, np.ndarray, np.ndarray], np.ndarray]


def rows(peers: Peers) -> Iterator[dict[str, Any]]:
    """Return `rank_<measure>` of every unit, with an interval, and `rank_simulation_error` of the city.

    value = rank, 1 for the best, equal values sharing the better one; numerator = the unit's value, denominator = how
    many units are ranked; lower and upper = ranks between which it lies in 95 % of `DRAWS` draws of all units' counts
    (beta distributions for rates, the ratio of two gamma distributions for the change of cases; prior of Jeffreys).
    A change from a small base, or of which too much was left empty, is not ranked. The simulation error is the largest
    standard error of a probability that so many draws can estimate.
    """
    for measure in RANKED:
        highest_is_best = catalogue.rises_are_good(measure) is True
        base = peers.base if catalogue.of(measure).compared else ""
        own = peers.rows(measure, base)
        draw, fits = (_changes, _is_change) if catalogue.of(measure).compared else (_rates, is_sound)
        ranked = [place for place, row in enumerate(own) if fits(row)]
        found: dict[int, tuple[float, float, float]] = {}
        if len(ranked) >= FEWEST:
            tops, bases = (
                np.array([own[place][side] for place in ranked], dtype=float)
                for side in ("numerator", "denominator")
            )
            values = np.array([own[place]["value"] for place in ranked], dtype=float)
            limits = _limits(tops, bases, draw, highest_is_best)
            places = ranks(values, highest_is_best)
            found = {place: (rank, *limit) for place, rank, limit in zip(ranked, places, limits, strict=True)}
        for place, row in enumerate(own):
            yield _row(row, measure, base, found.get(place), len(ranked))
    yield {
        "unit": peers.roll.city_code,
        "measure": "rank_simulation_error",
        "denominator": DRAWS,
        "value": 0.5 / np.sqrt(DRAWS),
        "unit_of_measure": "ratio",
        "method": METHOD,
        "status": "reported",
        "source": peers.row(peers.roll.city_code, "rate_resolved")["source"],
    }


def _is_change(row: Row) -> bool:
    return row["status"] in ("reported", "partial") and is_judged(row)


def _rates(random: np.random.Generator, tops: np.ndarray, bases: np.ndarray) -> np.ndarray:
    return random.beta(tops + _HALF, bases - tops + _HALF, size=(DRAWS, len(tops)))


def _changes(random: np.random.Generator, tops: np.ndarray, bases: np.ndarray) -> np.ndarray:
    size = (DRAWS, len(tops))
    drawn: np.ndarray = random.gamma(tops + _HALF, size=size) / random.gamma(bases + _HALF, size=size)
    return drawn


def _limits(
    tops: np.ndarray, bases: np.ndarray, draw: Draw, highest_is_best: bool
) -> list[tuple[float, float]]:
    """Return the ranks between which each unit lies, whatever the order of the units."""
    order = sorted_by_counts(tops, bases)
    drawn = draw(np.random.default_rng(SEED), tops[order], bases[order])
    best_first = np.argsort(-drawn if highest_is_best else drawn, axis=1)
    places = np.empty(drawn.shape, dtype=np.int32)
    np.put_along_axis(places, best_first, np.arange(1, drawn.shape[1] + 1, dtype=np.int32), axis=1)
    # units with the same counts share what was drawn for any of them
    _, kinds = np.unique(np.column_stack((tops[order], bases[order])), axis=0, return_inverse=True)
    found: list[tuple[float, float]] = [(np.nan, np.nan)] * len(tops)
    tail = (1 - CONFIDENCE) / 2
    for members in np.split(np.argsort(kinds, kind="stable"), np.cumsum(np.bincount(kinds))[:-1]):
        lower, upper = np.quantile(places[:, members], [tail, 1 - tail], method="inverted_cdf")
        for member in members:
            found[int(order[member])] = (float(lower), float(upper))
    return found


def _row(
    row: Row, measure: str, base: str, found: tuple[float, float, float] | None, units: int
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "unit": row["unit"],
        "base_period": base,
        "measure": f"rank_{measure}",
        "unit_of_measure": "unit",
        "method": METHOD,
        "status": row["status"]
        if row["status"] == "small_base" or not is_judged(row)
        else unsound_status(row),
        "source": row["source"],
    }
    if found is None:
        return made
    rank, lower, upper = found
    numbers = {"numerator": row["value"], "denominator": units, "value": rank, "lower": lower, "upper": upper}
    return made | numbers | {"confidence": CONFIDENCE, "status": row["status"]}
