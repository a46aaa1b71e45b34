"""Values + rulebook → scores: every point with its derivation.

Values are read as exact fractions of their counts, points are exact until they are rounded once, by the rule and at
the moment the rulebook declares. The sentences are made last, from derivations that are data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import pandas as pd

from analysis.rounds import Round
from analysis.rulebook import Bonus, Derivation, Dimension, Indicator, Reading, Rulebook, Step, Veto
from analysis.rulebook.arithmetic import bonus_sentence, indicator_sentence, sum_sentence, veto_sentence
from analysis.rulebook.derivation import derive, rounded
from analysis.rulebook.numbers import round_exact
from analysis.rulebook.reading import read
from analysis.rulebook.sentences import name_of, plain
from analysis.units import UnitRoll
from analysis.values import SCORE_COLUMNS, ValueIndex, frame_of
from analysis.words import Text, Words, words

Scored = Indicator | Bonus | Veto

#: item of the whole score in the score table
TOTAL: Final = "total"
#: part of the whole that the bonuses together are
BONUS: Final = "bonus"


@dataclass(frozen=True)
class UnitScore:
    """All points of one unit, as data.

    Attributes:
        unit: its code.
        items: derivations of indicators, bonuses and vetoes in the order of the rulebook.
        dimensions: derivations of the dimensions, one step per indicator.
        whole: derivation of the total, one step per dimension, then bonus, cap and rounding.
    """

    unit: str
    items: tuple[Derivation, ...]
    dimensions: tuple[Derivation, ...]
    whole: Derivation


def score_unit(
    values: ValueIndex, rulebook: Rulebook, unit: str, *, city: str, period: str, base_period: str
) -> UnitScore:
    """Return all points of a unit as derivations.

    Args:
        values: the value table.
        rulebook: the rule set.
        unit: code of the unit.
        city: code of the city, whose declines are scored on a small base.
        period: the round's period.
        base_period: the period it is compared with.
    """

    def reading(measure: str, of: str = unit) -> Reading:
        return read(values, of, measure, period, base_period)

    rounding = rulebook.rounding
    at_once = rounding.moment == "indicator"

    def finished(derivation: Derivation) -> Derivation:
        return rounded(derivation, rounding.places, rounding.rule) if at_once else derivation

    items: list[Derivation] = []
    dimensions: list[Derivation] = []
    for dimension in rulebook.dimensions:
        parts = [
            finished(
                derive(
                    unit,
                    indicator,
                    rulebook.declared(indicator),
                    reading(indicator.measure),
                    reading(indicator.measure, city) if indicator.read == "decline" else None,
                )
            )
            for indicator in dimension.indicators
        ]
        items += parts
        dimensions.append(_sum(unit, dimension.code, Fraction(dimension.points), parts))
    bonuses = [
        finished(_bonus(unit, bonus, [reading(level.measure) for level in bonus.levels]))
        for bonus in rulebook.bonuses
    ]
    vetoes = [_veto(unit, veto, reading(veto.measure)) for veto in rulebook.vetoes]
    return UnitScore(
        unit, (*items, *bonuses, *vetoes), tuple(dimensions), _whole(unit, rulebook, dimensions, bonuses)
    )


def score(values: pd.DataFrame, rulebook: Rulebook | None, roll: UnitRoll, of: Round) -> pd.DataFrame:
    """Return the scores of a round (contract 2): one row per unit and indicator, bonus, veto, dimension and total.

    Args:
        values: the value table.
        rulebook: the rule set; without one nothing is scored.
        roll: the units, in whose order the rows come.
        of: the round, for its periods and language.

    Returns:
        Frame `SCORE_COLUMNS`; `points` is decimal text; dimensions and the whole have kind `total`, the whole the
        indicator `total`.
    """
    if rulebook is None:
        return frame_of([], SCORE_COLUMNS)
    index = ValueIndex(values)
    period, base = of.period.text, of.base_period.text
    scored = [
        score_unit(index, rulebook, unit, city=roll.city_code, period=period, base_period=base)
        for unit in roll.codes
    ]
    return scores_frame(scored, rulebook, of.id, words(of.settings.language))


def scores_frame(
    scored: Iterable[UnitScore], rulebook: Rulebook, round_id: str, catalogue: Words
) -> pd.DataFrame:
    """Return derivations as the score table, with their sentences."""
    rows = [row for unit in scored for row in _rows(unit, rulebook, catalogue)]
    return frame_of(({**row, "round": round_id} for row in rows), SCORE_COLUMNS)


def _bonus(unit: str, bonus: Bonus, readings: list[Reading]) -> Derivation:
    steps = [
        Step("bonus", (reading.value or Fraction(0)) * Fraction(level.points))
        for level, reading in zip(bonus.levels, readings, strict=True)
    ]
    raw, most = sum((step.points for step in steps), Fraction(0)), Fraction(bonus.points)
    if raw > most:
        steps.append(Step("cap", most - raw, {"cap": most}))
    status = _joint(reading.status for reading in readings)
    return Derivation(unit, bonus.code, "bonus", most, tuple(readings), tuple(steps), status)


def _veto(unit: str, veto: Veto, reading: Reading) -> Derivation:
    return Derivation(unit, veto.code, "veto", None, (reading,), (), reading.status)


def _sum(unit: str, item: str, possible: Fraction, parts: Iterable[Derivation]) -> Derivation:
    parts = list(parts)
    steps = tuple(Step(part.item, part.points) for part in parts)
    return Derivation(unit, item, "total", possible, (), steps, _joint(part.status for part in parts))


def _joint(statuses: Iterable[str]) -> str:
    """Return the status of a sum: partial as soon as a part is missing or incomplete."""
    found = set(statuses)
    if found <= {"not_reported", "withheld"}:
        return "not_reported"
    return "partial" if found & {"not_reported", "withheld", "partial"} else "reported"


def _whole(
    unit: str, rulebook: Rulebook, dimensions: list[Derivation], bonuses: list[Derivation]
) -> Derivation:
    base = Fraction(rulebook.base_points)
    summed = _sum(unit, TOTAL, base, dimensions)
    steps = list(summed.steps)
    if bonuses:
        steps.append(Step(BONUS, sum((bonus.points for bonus in bonuses), Fraction(0))))
    raw = sum((step.points for step in steps), Fraction(0))
    if raw > base and not rulebook.bonus_may_pass:
        steps.append(Step("cap", base - raw, {"cap": base}))
    whole = Derivation(unit, TOTAL, "total", base, (), tuple(steps), summed.status)
    return rounded(whole, rulebook.rounding.places, rulebook.rounding.rule)


def _rows(scored: UnitScore, rulebook: Rulebook, catalogue: Words) -> Iterator[dict[str, Any]]:
    places = rulebook.rounding.places
    parts: list[Scored | Dimension] = [*rulebook.indicators(), *rulebook.bonuses, *rulebook.vetoes]
    by_code = {part.code: part for part in (*parts, *rulebook.dimensions)}
    names = {code: name_of(part, catalogue) for code, part in by_code.items()}
    names[BONUS] = catalogue.label("derivation.bonus_part")
    # a total that is rounded only at the end needs its parts exact
    part_places = places if rulebook.rounding.moment == "indicator" else 10
    for item in scored.items:
        part = by_code[item.item]
        source = part.source if isinstance(part, Indicator) else "reviewed"
        yield _row(item, source, part_places, _sentence(item, part, catalogue, places))
    for dimension in scored.dimensions:
        yield _row(dimension, "reviewed", part_places, sum_sentence(dimension, names, catalogue, places))
    yield _row(scored.whole, "reviewed", places, sum_sentence(scored.whole, names, catalogue, places))


def _sentence(item: Derivation, part: Scored | Dimension, catalogue: Words, places: int) -> Text:
    match part:
        case Indicator():
            return indicator_sentence(item, part, catalogue, places)
        case Bonus():
            return bonus_sentence(item, part, catalogue, places)
        case Veto():
            return veto_sentence(item, part, catalogue)
        case Dimension():
            raise ValueError(f"a dimension is no scored item: {part.code}")


def _row(item: Derivation, source: str, places: int, sentence: Text) -> dict[str, Any]:
    return {
        "id": f"score.{item.unit}.{item.item}",
        "unit": item.unit,
        "indicator": item.item,
        "kind": item.kind,
        "source": source,
        "points_possible": "" if item.possible is None else plain(item.possible),
        "points": "" if item.kind == "veto" else _text(item.points, places),
        "status": item.status,
        "derivation": sentence.plain,
    }


def _text(points: Fraction, places: int) -> str:
    return f"{Decimal(round_exact(points, places, 'half_even')):.{places}f}"
