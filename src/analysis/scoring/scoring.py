"""Values + rulebook → scores: every point with its derivation.

Values are read as exact fractions of their counts, points are exact until they are rounded once, by the rule and at
the moment the rulebook declares. The sentences are made last, from derivations that are data, and only if asked for.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import pandas as pd

from analysis.indicators.values import SCORE_COLUMNS, ValueIndex
from analysis.rounds.frames import frame_of
from analysis.rounds.rounds import RoundSettings
from analysis.rounds.units import UnitRoll
from analysis.rulebook import Derivation, Indicator, Rulebook
from analysis.rulebook.composed import Names, item_sentence, total_sentence
from analysis.rulebook.exact_numbers import decimal_text, round_exact
from analysis.rulebook.unit_classes import UnitClass
from analysis.rulebook.unitscore import BONUS, TOTAL, Scorer, UnitScore
from analysis.words import Words

__all__ = [
    "BONUS",
    "TOTAL",
    "UnitScore",
    "differences",
    "official",
    "score",
    "score_units",
    "scores_frame",
]

#: places of points whose total is rounded only at the end
_EXACT_PLACES: Final = 10


def score_units(
    values: ValueIndex,
    rulebook: Rulebook,
    roll: UnitRoll,
    *,
    period: str,
    base_period: str,
    asked: Container[str] | None = None,
) -> list[UnitScore]:
    """Return all points of all units in the order of the roll, each by the rules of its class.

    Relative rules compare the units of one class.

    Args:
        values: the value table.
        rulebook: the rule set.
        roll: the units.
        period: the round's period.
        base_period: the period it is compared with.
        asked: the units whose points are wanted; None for all of them.

    Raises:
        KeyError: the rule set has classes, and a unit belongs to none.
    """
    members: dict[str, list[str]] = {}
    classes: dict[str, UnitClass | None] = {}
    for unit in roll:
        unit_class = rulebook.class_of(unit.code, unit.kind)
        if rulebook.classes and unit_class is None:
            raise KeyError(f"unit {unit.code} belongs to no class of the rulebook")
        code = unit_class.code if unit_class else ""
        classes[code] = unit_class
        members.setdefault(code, []).append(unit.code)
    by_unit: dict[str, UnitScore] = {}
    for code, units in members.items():
        scorer = Scorer(
            values,
            rulebook,
            units,
            city=roll.city_code,
            period=period,
            base_period=base_period,
            unit_class=classes[code],
        )
        by_unit |= {unit: scorer.score(unit) for unit in units if asked is None or unit in asked}
    return [by_unit[unit] for unit in roll.codes if unit in by_unit]


def differences(
    values: pd.DataFrame, rulebook: Rulebook | None, roll: UnitRoll, of: RoundSettings
) -> dict[tuple[str, str], int]:
    """Return how many differences of self scores count as false, by unit and code of the falsification.

    A unit that gave itself no score has none, not zero. Arguments as for `score`.
    """
    looking = {part.code for part in rulebook.falsification if part.difference} if rulebook else set()
    if rulebook is None or not looking:
        return {}
    scored = _scored(values, rulebook, roll, of)
    return {
        (unit.unit, item.item): int(item.readings[0].value)
        for unit in scored
        for item in unit.items
        if item.item in looking and item.readings[0].value is not None
    }


def score(
    values: pd.DataFrame,
    rulebook: Rulebook | None,
    roll: UnitRoll,
    of: RoundSettings,
    *,
    catalogue: Words,
    sentences: bool = True,
) -> pd.DataFrame:
    """Return the scores of a round (contract 2): one row per unit and indicator, bonus, veto, dimension and total.

    Args:
        values: the value table.
        rulebook: the rule set; without one nothing is scored.
        roll: the units, in whose order the rows come.
        of: the settings of the round, for its periods.
        catalogue: the words the derivations are told in.
        sentences: whether they are told; without it the column is empty.

    Returns:
        Frame `SCORE_COLUMNS`; `points` and `points_possible` are decimal text without a thousands sign; dimensions
        and the whole have kind `total`, the whole the indicator `total`. What another source gives for an indicator
        has an id of its own, `score.<unit>.<indicator>.<source>`; `official` leaves these rows out.

    Raises:
        KeyError: the rule set has classes, and a unit belongs to none.
    """
    if rulebook is None:
        return frame_of([], SCORE_COLUMNS)
    scored = _scored(values, rulebook, roll, of)
    return scores_frame(scored, rulebook, of.round, catalogue, sentences=sentences)


def _scored(values: pd.DataFrame, rulebook: Rulebook, roll: UnitRoll, of: RoundSettings) -> list[UnitScore]:
    calendar = of.calendar
    return score_units(
        ValueIndex(values), rulebook, roll, period=calendar.period.text, base_period=calendar.base
    )


def scores_frame(
    scored: Iterable[UnitScore],
    rulebook: Rulebook,
    round_id: str,
    catalogue: Words,
    *,
    sentences: bool = True,
) -> pd.DataFrame:
    """Return derivations as the score table, with their sentences if these are asked for."""
    classes = {each.code: each for each in rulebook.classes}
    # full points may differ between classes, and sentences tell them
    names = {code: Names.of(rulebook.of_class(classes.get(code)), catalogue) for code in ("", *classes)}
    rows = [row for unit in scored for row in _rows(unit, rulebook, names[unit.unit_class], sentences)]
    return frame_of(({**row, "round": round_id} for row in rows), SCORE_COLUMNS)


def official(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that count: one per unit and item, without what other sources give."""
    counts = scores["id"] == "score." + scores["unit"] + "." + scores["indicator"]
    return scores[counts].reset_index(drop=True)


def _rows(scored: UnitScore, rulebook: Rulebook, names: Names, sentences: bool) -> Iterator[dict[str, Any]]:
    places = rulebook.rounding.places
    # a total that is rounded only at the end needs its parts exact
    part_places = places if rulebook.rounding.moment == "indicator" else _EXACT_PLACES

    def told(derivation: Derivation) -> str:
        return item_sentence(derivation, names, places).plain if sentences else ""

    for item in scored.items:
        part = names.parts[item.item]
        source = part.source if isinstance(part, Indicator) else "reviewed"
        yield _row(item, scored.official.get(item.item, source), part_places, told(item))
    for dimension in scored.dimensions:
        sentence = total_sentence(dimension, names, places).plain if sentences else ""
        yield _row(dimension, "reviewed", part_places, sentence)
    whole = total_sentence(scored.whole, names, places).plain if sentences else ""
    yield _row(scored.whole, "reviewed", places, whole)
    for beside in scored.sources:
        row = _row(beside.derivation, beside.source, part_places, told(beside.derivation))
        yield row | {"id": f"{row['id']}.{beside.source}"}


def _row(item: Derivation, source: str, places: int, sentence: str) -> dict[str, Any]:
    # a veto gives no points; a falsification shows what it took only where there was one
    silent = item.kind == "veto" and not item.steps
    return {
        "id": f"score.{item.unit}.{item.item}",
        "unit": item.unit,
        "indicator": item.item,
        "kind": item.kind,
        "source": source,
        "points_possible": "" if item.possible is None else decimal_text(item.possible),
        "points": "" if silent else _text(item.points, places),
        "status": item.status,
        "derivation": sentence,
    }


def _text(points: Fraction, places: int) -> str:
    # an item may be rounded to more places than the set: what is counted is what is written
    while places < _EXACT_PLACES and (points * 10**places).denominator != 1:
        places += 1
    return f"{Decimal(round_exact(points, places, 'half_even')):.{places}f}"
