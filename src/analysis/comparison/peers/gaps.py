"""How far each unit is from the best, from the mean of the units and from the city, in rates and declines.

A gap has the sign of the measure: below the best rate it is negative, behind the largest decline positive.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

from analysis.comparison.peers.side_by_side import FEWEST, Peers, Row, is_judged, is_sound, unsound_status
from analysis.indicators.catalogue import QUANTITIES, RATES
from analysis.indicators.values import USABLE

DECLINES: Final = tuple(f"change_{quantity}" for quantity in QUANTITIES)


def rows(peers: Peers) -> Iterator[dict[str, Any]]:
    """Return `gap_to_best_<measure>`, `gap_to_mean_<measure>`, `gap_to_city_<measure>` of every unit.

    numerator = the unit's value, denominator = what it is held against, value = their difference. The best rate is the
    highest, the best change the lowest. The mean gives every unit the same weight, the unit itself included. A change
    from a small base and a rate above 100 % set no standard; with fewer than two units that do there is none. A change
    of which too much was left empty is held against nothing.
    """
    for measure in (*RATES, *DECLINES):
        base = peers.base if measure in DECLINES else ""
        own = peers.rows(measure, base)
        standards = [float(row["value"]) for row in own if _sets_standard(measure, row)]
        found: dict[str, float | None] = dict.fromkeys(("best", "mean", "city"))
        if len(standards) >= FEWEST:
            found["best"] = min(standards) if measure in DECLINES else max(standards)
            # summed exactly, so that the order of the units cannot change the last digit
            found["mean"] = math.fsum(standards) / len(standards)
            city = peers.row(peers.roll.city_code, measure, base)
            found["city"] = float(city["value"]) if _is_comparable(measure, city) else None
        for name, standard in found.items():
            for row in own:
                yield _row(measure, base, name, row, standard)


def _is_comparable(measure: str, row: Row) -> bool:
    return row["status"] in USABLE and is_judged(row) if measure in DECLINES else is_sound(row)


def _sets_standard(measure: str, row: Row) -> bool:
    return _is_comparable(measure, row) and row["status"] != "small_base"


def _row(measure: str, base: str, name: str, row: Row, standard: float | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "unit": row["unit"],
        "base_period": base,
        "measure": f"gap_to_{name}_{measure}",
        "unit_of_measure": "ratio",
        "method": "difference",
        "status": row["status"] if measure in DECLINES and not is_judged(row) else unsound_status(row),
        "source": row["source"],
    }
    if standard is None or not _is_comparable(measure, row):
        return found
    own = float(row["value"])
    return found | {
        "numerator": own,
        "denominator": standard,
        "value": own - standard,
        "status": row["status"],
    }
