"""Each unit against its own past: verdicts on the declines, and what the change of the amount is made of.

The change of the amount is taken apart into number of cases, workers per case and amount per worker, unit by unit,
and summed for the city (LMDI-I, see `statistics.decomposition`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pandas as pd

from analysis.rounds import Round, RoundSettings
from analysis.statistics.decomposition import lmdi
from analysis.units import UnitRoll
from analysis.values import USABLE, ValueIndex, value_rows

Row = Mapping[str, Any]

QUANTITIES: Final = ("cases", "workers", "amount")
FACTORS: Final = ("cases", "workers_per_case", "amount_per_worker")
VERDICTS: Final = (
    "clear_fall", "clear_rise", "not_clear", "too_few", "zero_base", "not_comparable", "not_reported",
)  # fmt: skip
#: verdicts that follow from the status of a change alone
_BY_STATUS: Final = {
    "small_base": "too_few",
    "zero_base": "zero_base",
    "not_comparable": "not_comparable",
    "not_reported": "not_reported",
    "withheld": "not_reported",
    "not_applicable": "not_reported",
}


def verdict(row: Row) -> str:
    """Return what can be said of a change, one of `VERDICTS`.

    A change is clear when its interval lies wholly on one side of zero. A change without an interval is not clear.

    Args:
        row: a value row of a change or difference (`status`, `lower`, `upper`).
    """
    by_status = _BY_STATUS.get(str(row["status"]))
    if by_status:
        return by_status
    if pd.notna(row["upper"]) and row["upper"] < 0:
        return "clear_fall"
    if pd.notna(row["lower"]) and row["lower"] > 0:
        return "clear_rise"
    return "not_clear"


def verdicts(frame: pd.DataFrame) -> pd.Series[str]:
    """Return the verdict of every row of a frame of changes, with its index."""
    columns = (frame[column].tolist() for column in ("status", "lower", "upper"))
    found = [
        verdict({"status": status, "lower": lower, "upper": upper})
        for status, lower, upper in zip(*columns, strict=True)
    ]
    return pd.Series(found, index=frame.index, dtype=str)


def compute(values: pd.DataFrame, roll: UnitRoll, settings: RoundSettings) -> pd.DataFrame:
    """Return the value rows of the trend stage.

    `effect_<factor>` (yuan) and `share_<factor>` (of the change of the amount) for units and city,
    `units_<verdict>_<quantity>` (how many units) for the city; all of the round's period against its base period.

    Args:
        values: the value table of the measures.
        roll: the units.
        settings: the round's settings.
    """
    whole = Round(settings, Path(), Path())
    period, base = whole.period.text, whole.base_period.text
    index = ValueIndex(values)
    rows = [*_effects(index, roll, period, base), *_verdict_counts(index, roll, period, base)]
    return value_rows(({**row, "period": period, "base_period": base} for row in rows), settings.round)


def _effects(index: ValueIndex, roll: UnitRoll, period: str, base: str) -> Iterator[dict[str, Any]]:
    of_units: list[tuple[float, ...]] = []
    statuses: list[str] = []
    for code in roll.codes:
        totals = [[index.row(code, when, quantity) for quantity in QUANTITIES] for when in (base, period)]
        change = index.row(code, period, "difference_amount", base)
        status = _joint([str(row["status"]) for row in (*totals[0], *totals[1], change)])
        chains = [[float(row["value"]) for row in side] for side in totals]
        if status in USABLE and not all(_is_chain(chain) for chain in chains):
            status = "not_applicable"
        effects = tuple(lmdi(*chains)[0].tolist()) if status in USABLE else ()
        statuses.append(status)
        if effects:
            of_units.append(effects)
        yield from _effect_rows(change, status, effects)
    change = index.row(roll.city_code, period, "difference_amount", base)
    status = str(change["status"])
    if status in USABLE and set(statuses) != {"reported"}:
        status = "partial" if of_units else "not_reported"
    # summed exactly, so that the order of the units cannot change the last digit
    city = tuple(math.fsum(column) for column in zip(*of_units, strict=True)) if status in USABLE else ()
    yield from _effect_rows(change, status, city)


def _is_chain(totals: list[float]) -> bool:
    """Return whether no total is positive behind one of zero (an amount without workers cannot be taken apart)."""
    return all(later == 0 or earlier > 0 for earlier, later in pairwise(totals))


def _joint(statuses: list[str]) -> str:
    for status in ("not_reported", "not_comparable", "not_applicable", "partial"):
        if status in statuses:
            return status
    return "reported"


def _effect_rows(change: Row, status: str, effects: tuple[float, ...]) -> Iterator[dict[str, Any]]:
    common = {"unit": change["unit"], "method": "lmdi", "source": change["id"]}
    whole = math.fsum(effects)
    for place, factor in enumerate(FACTORS):
        effect = {**common, "measure": f"effect_{factor}", "unit_of_measure": "yuan", "status": status}
        share = {**common, "measure": f"share_{factor}", "unit_of_measure": "ratio", "status": status}
        if effects:
            effect |= {"numerator": change["numerator"], "denominator": change["denominator"]}
            effect["value"] = effects[place]
            share |= {"numerator": effects[place], "denominator": whole}
            share |= {"value": effects[place] / whole} if whole else {"status": "not_applicable"}
        yield effect
        yield share


def _verdict_counts(index: ValueIndex, roll: UnitRoll, period: str, base: str) -> Iterator[dict[str, Any]]:
    for quantity in QUANTITIES:
        found = [verdict(index.row(code, period, f"change_{quantity}", base)) for code in roll.codes]
        for which in VERDICTS:
            yield {
                "unit": roll.city_code,
                "source": index.row(roll.city_code, period, f"change_{quantity}", base)["id"],
                "measure": f"units_{which}_{quantity}",
                "numerator": found.count(which),
                "denominator": len(found),
                "value": found.count(which),
                "unit_of_measure": "unit",
                "method": "count",
                "status": "reported",
            }
