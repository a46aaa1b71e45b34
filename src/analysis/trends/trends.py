"""Each unit against its own past: verdicts on the declines, how long they last, and what the changes are made of.

The change of the amount is taken apart into number of cases, workers per case and amount per worker, unit by unit,
and summed for the city (LMDI-I); the change of the city's rates into what the units' rates did (within) and what
their weights did (between, Kitagawa); see `statistics.decomposition`. What several years or months show together is
in `series`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, takewhile
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.indicators import extra_variance
from analysis.indicators.catalogue import QUANTITIES, RATES, WINDOWED
from analysis.indicators.values import USABLE, ValueIndex, value_rows
from analysis.indicators.verdicts import CLEAR, LEVEL, VERDICTS, verdict
from analysis.rounds.periods import Calendar
from analysis.rounds.rounds import RoundSettings
from analysis.rounds.units import UnitRoll
from analysis.statistics.counts import smallest_clear_falls
from analysis.statistics.decomposition import kitagawa, lmdi
from analysis.statistics.multiplicity import thresholds
from analysis.statistics.shrinkage import normal_mean
from analysis.trends import series

Row = Mapping[str, Any]

#: what the amount is taken apart into, over the cases that state both people and amount
STATED: Final = tuple(f"{quantity}_stated" for quantity in QUANTITIES)
FACTORS: Final = ("cases", "workers_per_case", "amount_per_worker")
_JUDGED: Final = (*CLEAR, "not_clear")
_HALF: Final = 0.5


def compute(values: pd.DataFrame, roll: UnitRoll, settings: RoundSettings) -> pd.DataFrame:
    """Return the value rows of the trend stage.

    Of the round's period against its base period: `effect_<factor>` (money) and `share_<factor>` (of the change of the
    amount), `smallest_clear_count_cases` (at or below which the fall would be clear), `within_<rate>` and
    `between_<rate>` (a unit's part of the change of the city's rate) for units and city; `units_<verdict>_<quantity>`
    (how many units) for the city. Up to the round's period: `years_falling_<quantity or rate>`, `years_falling_all` and
    `years_clear_falling_cases`; and the rows of `series.compute`.

    Args:
        values: the value table of the measures.
        roll: the units.
        settings: the round's settings.
    """
    calendar = settings.calendar
    period, base = calendar.period.text, calendar.base
    index = ValueIndex(values)
    of_two = (
        ()
        if calendar.base_period is None
        else (_effects, _verdict_counts, _smallest_clear_counts, _shrunken_changes, _rate_effects)
    )
    rows = [
        {**row, "period": period, "base_period": base}
        for part in of_two
        for row in part(index, roll, period, base)
    ]
    of_many = (*_years_falling(index, roll, calendar), *series.compute(index, roll, settings))
    return value_rows([*rows, *of_many], settings.round)


def _effects(index: ValueIndex, roll: UnitRoll, period: str, base: str) -> Iterator[dict[str, Any]]:
    of_units: list[tuple[float, ...]] = []
    statuses: list[str] = []
    left_out: list[int] = []
    for code in roll.codes:
        totals = [[index.row(code, when, quantity) for quantity in STATED] for when in (base, period)]
        changes = [index.row(code, period, f"difference_{quantity}", base) for quantity in STATED]
        change = changes[-1]
        status = _joint([str(row["status"]) for row in (*totals[0], *totals[1], *changes)])
        chains = [[float(row["value"]) for row in side] for side in totals]
        if status in USABLE and not all(_is_chain(chain) for chain in chains):
            status = "not_applicable"
        effects = tuple(lmdi(*chains)[0].tolist()) if status in USABLE else ()
        statuses.append(status)
        if effects:
            of_units.append(effects)
        yield from _effect_rows(change, status, effects)
        left = [index.row(code, when, "cases") for when in (base, period)]
        left_out.append(_left_out(left, [side[0] for side in totals]) if effects else 0)
        yield _left_out_row(change, status, left_out[-1])
    changes = [index.row(roll.city_code, period, f"difference_{quantity}", base) for quantity in STATED]
    change = changes[-1]
    status = _joint([str(row["status"]) for row in changes])
    if status in USABLE and set(statuses) != {"reported"}:
        status = "partial" if of_units else "not_reported"
    # summed exactly, so that the order of the units cannot change the last digit
    city = tuple(math.fsum(column) for column in zip(*of_units, strict=True)) if status in USABLE else ()
    yield from _effect_rows(change, status, city)
    yield _left_out_row(change, status, sum(left_out))


def _left_out(cases: Sequence[Row], stated: Sequence[Row]) -> int:
    """Return how many cases of both periods do not state what is taken apart."""
    return sum(int(whole["value"]) - int(part["value"]) for whole, part in zip(cases, stated, strict=True))


def _left_out_row(change: Row, status: str, cases: int) -> dict[str, Any]:
    row = {"unit": change["unit"], "method": "lmdi", "source": change["id"], "measure": "effect_left_out"}
    row |= {"unit_of_measure": "case", "status": status}
    return row | ({"value": cases} if status in USABLE else {})


def _is_chain(totals: list[float]) -> bool:
    """Return whether no total is positive behind one of zero (an amount without workers cannot be taken apart)."""
    return all(later == 0 or earlier > 0 for earlier, later in pairwise(totals))


def _joint(statuses: list[str]) -> str:
    for status in ("not_reported", "not_comparable", "new_unit", "not_applicable", "partial"):
        if status in statuses:
            return status
    return "reported"


def _effect_rows(change: Row, status: str, effects: tuple[float, ...]) -> Iterator[dict[str, Any]]:
    common = {"unit": change["unit"], "method": "lmdi", "source": change["id"]}
    whole = math.fsum(effects)
    for place, factor in enumerate(FACTORS):
        effect = {**common, "measure": f"effect_{factor}", "status": status}
        effect["unit_of_measure"] = change["unit_of_measure"]
        share = {**common, "measure": f"share_{factor}", "unit_of_measure": "ratio", "status": status}
        if effects:
            effect |= {"numerator": change["numerator"], "denominator": change["denominator"]}
            effect["value"] = effects[place]
            share |= {"numerator": effects[place], "denominator": whole}
            share |= {"value": effects[place] / whole} if whole else {"status": "not_applicable"}
        yield effect
        yield share


def _verdict_counts(index: ValueIndex, roll: UnitRoll, period: str, base: str) -> Iterator[dict[str, Any]]:
    for what, value in _counts_of_verdicts(index, roll, period, base):
        yield {
            "unit": roll.city_code,
            "source": index.row(roll.city_code, period, "change_cases", base)["id"],
            "measure": f"changes_{what}",
            "value": value,
            "unit_of_measure": "verdict",
            "method": "count",
            "status": "reported",
        }
    for quantity in QUANTITIES:
        changes = [index.row(code, period, f"change_{quantity}", base) for code in roll.codes]
        found = [verdict(change, _chance(index, change)) for change in changes]
        # that a unit is new is told where one is
        for which in (each for each in VERDICTS if each != "new_unit" or each in found):
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


def _counts_of_verdicts(
    index: ValueIndex, roll: UnitRoll, period: str, base: str
) -> Iterator[tuple[str, float]]:
    """Yield how many changes of the units are judged, and how many of them are clear alone, by chance, and together.

    By chance alone at most 5 % of those judged would be clear by themselves.
    """
    found: dict[str, list[float]] = {}
    for letter in ("p", "q"):
        rows = [
            index.get(code, period, f"{letter}_change_{quantity}", base)
            for code in roll.codes
            for quantity in QUANTITIES
        ]
        found[letter] = [row["value"] for row in rows if row is not None and pd.notna(row["value"])]
    yield "judged", len(found["p"])
    yield "clear_alone", sum(p <= LEVEL for p in found["p"])
    yield "clear_by_chance", LEVEL * len(found["p"])
    yield "clear_together", sum(q <= LEVEL for q in found["q"])


def _shrunken_changes(index: ValueIndex, roll: UnitRoll, period: str, base: str) -> Iterator[dict[str, Any]]:
    """Yield the change of every unit's cases, drawn towards the common one as far as its few cases leave open."""
    spread = float(extra_variance.used(index, roll, period))
    changes = [index.row(code, period, "change_cases", base) for code in roll.codes]
    known = [change["status"] in USABLE and verdict(change, None) != "incomplete" for change in changes]
    now, before = (
        np.array(
            [row[side] if there else np.nan for row, there in zip(changes, known, strict=True)], dtype=float
        )
        for side in ("numerator", "denominator")
    )
    variance = spread * (1 / (now + _HALF) + 1 / (before + _HALF))
    found = normal_mean(np.log((now + _HALF) / (before + _HALF)), variance)
    for place, (change, there) in enumerate(zip(changes, known, strict=True)):
        row: dict[str, Any] = {
            "unit": change["unit"],
            "measure": "shrunken_change_cases",
            "unit_of_measure": "ratio",
            "method": "shrunken",
            "status": str(change["status"]),
            "source": change["id"],
        }
        if there:
            row |= {"value": math.expm1(found["value"].iloc[place])}
            ends = {side: math.expm1(found[side].iloc[place]) for side in ("lower", "upper")}
            row |= ends | {"confidence": 0.95} if not any(map(math.isnan, ends.values())) else {}
        yield row


def _chance(index: ValueIndex, change: Row) -> Row | None:
    return index.get(change["unit"], change["period"], f"q_{change['measure']}", change["base_period"])


def _smallest_clear_counts(
    index: ValueIndex, roll: UnitRoll, period: str, base: str
) -> Iterator[dict[str, Any]]:
    """Yield the number of cases at or below which the fall from the base would be clear; from 5 or fewer none is.

    It stands where a verdict is given. All other changes of the family stay as they are: the count would be clear in
    their midst.
    """
    changes = [index.row(code, period, "change_cases", base) for code in (*roll.codes, roll.city_code)]
    known = [verdict(change, _chance(index, change)) in _JUDGED for change in changes]
    bases = [change["denominator"] if there else np.nan for change, there in zip(changes, known, strict=True)]
    levels = [
        level
        for family in (roll.codes, (roll.city_code,))
        for level in thresholds(_chances(index, family, period, base), LEVEL)[: len(family)].tolist()
    ]
    spread = extra_variance.used(index, roll, period)
    counts = smallest_clear_falls(bases, levels, spread).tolist()
    for change, there, count, level in zip(changes, known, counts, levels, strict=True):
        row = {
            "unit": change["unit"],
            "measure": "smallest_clear_count_cases",
            "unit_of_measure": "case",
            "method": "exact",
            "status": "not_applicable" if change["status"] == "zero_base" else str(change["status"]),
            "source": change["id"],
        }
        if there:
            row["denominator"] = change["denominator"]
            row |= (
                {"status": "not_applicable"}
                if math.isnan(count)
                else {"value": count, "confidence": 1 - level}
            )
        yield row


def _chances(index: ValueIndex, family: Sequence[str], period: str, base: str) -> list[float]:
    """Return the p-values of a family, cases first; 1 for what is not judged."""
    rows = [
        index.get(code, period, f"p_change_{quantity}", base) for quantity in QUANTITIES for code in family
    ]
    return [1.0 if row is None or pd.isna(row["value"]) else float(row["value"]) for row in rows]


def _rate_effects(index: ValueIndex, roll: UnitRoll, period: str, base: str) -> Iterator[dict[str, Any]]:
    """Yield what each unit's rate and each unit's weight did to the city's rates, and their sums."""
    for rate in RATES:
        change = index.row(roll.city_code, period, f"difference_{rate}", base)
        sides = {code: [index.row(code, when, rate) for when in (period, base)] for code in roll.codes}
        # as in the city's difference: a unit without anything to divide by in a period has no weight there
        members = [
            code
            for code, rows in sides.items()
            if all(row["status"] in (*USABLE, "not_applicable") for row in rows)
        ]
        effects = _kitagawa(sides, members) if change["status"] in USABLE else None
        of_units: dict[str, tuple[float, float]] = {}
        if effects is not None:
            pairs = zip(effects["within"].tolist(), effects["between"].tolist(), strict=True)
            of_units = dict(zip(members, pairs, strict=True))
        for code in (*roll.codes, roll.city_code):
            own = index.row(code, period, f"difference_{rate}", base)
            status = str(own["status"])
            known: tuple[float, float] | None = None
            if code == roll.city_code and effects is not None:
                known = math.fsum(effects["within"]), math.fsum(effects["between"])
            elif code in of_units and any(row["denominator"] > 0 for row in sides[code]):
                known = of_units[code]
                # a unit that appears or disappears has no rate of its own to compare, but its weight tells
                status = _joint([str(row["status"]) for row in sides[code] if row["status"] in USABLE])
            elif status in USABLE:
                status = str(change["status"])
            for place, what in enumerate(("within", "between")):
                row = {
                    "unit": code,
                    "measure": f"{what}_{rate}",
                    "unit_of_measure": "ratio",
                    "method": "kitagawa",
                    "status": status,
                    "source": change["id"],
                }
                yield row if known is None else row | {"value": known[place]}


def _kitagawa(sides: Mapping[str, list[dict[str, Any]]], members: list[str]) -> pd.DataFrame:
    numbers = np.array(
        [[row[part] for row in sides[code] for part in ("numerator", "denominator")] for code in members],
        dtype=float,
    )
    tops, bases = numbers[:, ::2], numbers[:, 1::2]
    # more may be paid than was owed; the effects are proportional to the rates, which `kitagawa` wants up to one
    highest = np.divide(tops, bases, out=np.zeros(tops.shape), where=bases > 0).max()
    above = max(1.0, float(highest))
    now, before = tops.T / above
    effects: pd.DataFrame = kitagawa(now, bases[:, 0], before, bases[:, 1]) * above
    return effects


def _years_falling(index: ValueIndex, roll: UnitRoll, calendar: Calendar) -> Iterator[dict[str, Any]]:
    """Yield for how many years running, up to the round's period, each quantity and each rate within the window fell.

    And the three quantities together.

    The denominator is the number of years that could be looked at, up to the first that is missing, or a break.
    """
    steps, period = calendar.steps_back, calendar.period.text
    unit_of_measure = "year" if all(later.step == 1 for later, _ in steps) else "period"
    for code in (*roll.codes, roll.city_code):
        fell: dict[str, list[Row | None]] = {
            quantity: [
                index.get(code, now.text, f"difference_{quantity}", before.text) for now, before in steps
            ]
            for quantity in (*QUANTITIES, *WINDOWED)
        }
        clear = [index.get(code, now.text, "change_cases", before.text) for now, before in steps]
        runs = {quantity: _run([_fell(row) for row in rows]) for quantity, rows in fell.items()}
        together = zip(*([_fell(row) for row in fell[quantity]] for quantity in QUANTITIES), strict=True)
        runs["all"] = _run([_all_fell(states) for states in together])
        runs["clear"] = _run([_fell_clearly(index, row) for row in clear])
        for name, (years, seen, status) in runs.items():
            measure = "years_clear_falling_cases" if name == "clear" else f"years_falling_{name}"
            cited = series.DECLINES if name == "all" else "cases" if name == "clear" else name
            row = {
                "unit": code,
                "period": period,
                "measure": measure,
                "unit_of_measure": unit_of_measure,
                "method": "count",
                "status": status,
                "source": series.source_of(code, period, cited),
            }
            yield row | {"numerator": years, "denominator": seen, "value": years} if status in USABLE else row


def _fell(row: Row | None) -> tuple[str, bool]:
    """Return the status of a difference, and whether it is a fall."""
    if row is None:
        return "not_reported", False
    return str(row["status"]), bool(row["value"] < 0)


def _fell_clearly(index: ValueIndex, row: Row | None) -> tuple[str, bool]:
    if row is None:
        return "not_reported", False
    # a change from zero, or from few cases, can be looked at: it is no clear fall
    seen = "reported" if row["status"] in ("zero_base", "small_base") else str(row["status"])
    return seen, verdict(row, _chance(index, row)) == "clear_fall"


def _all_fell(states: Iterable[tuple[str, bool]]) -> tuple[str, bool]:
    states = list(states)
    return _joint([status for status, _ in states]), all(fell for _, fell in states)


def _run(states: list[tuple[str, bool]]) -> tuple[int, int, str]:
    """Return how many years running fell, how many could be looked at, and the status of the former.

    Args:
        states: status of each change and whether it is a fall, latest first.
    """
    seen = list(takewhile(lambda state: state[0] in USABLE, states))
    run = list(takewhile(lambda state: state[1], seen))
    if not seen:
        return 0, 0, states[0][0] if states else "not_applicable"
    # the run might go on behind a year nobody reported
    open_end = len(run) == len(seen) < len(states) and states[len(seen)][0] == "not_reported"
    partial = open_end or any(status == "partial" for status, _ in seen[: len(run) + 1])
    return len(run), len(seen), "partial" if partial else "reported"
