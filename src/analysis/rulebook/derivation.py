"""How points came about, as data: what was read, which steps were taken, what they gave.

The steps of a derivation add up to its points, rounding included. Sentences are made from it only when asked for
(`analysis.rulebook.sentences`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from analysis.rulebook.model import Declared, Given, Indicator
from analysis.rulebook.numbers import RoundingRule, round_exact

Kind = Literal["base", "bonus", "veto", "total"]


@dataclass(frozen=True)
class Reading:
    """One value as it enters a rule.

    Attributes:
        measure: its measure.
        status: status of the value row; `not_reported` where there is no row.
        value: the exact value, rebuilt from its counts; None under a status that has none.
        numerator: the count above; for a change the current value.
        denominator: the count below; for a change the value of the base period, for a mark the full mark.
        counted: unit of measure of the counts (case, person, yuan, event …).
        row: id of the value row, empty where there is none.
        base_cases: cases of the base period, for declines.
    """

    measure: str
    status: str
    value: Fraction | None = None
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    counted: str = ""
    row: str = ""
    base_cases: Fraction | None = None


@dataclass(frozen=True)
class Step:
    """One step of a derivation.

    Attributes:
        how: key of its sentence (`derivation.<how>`).
        points: points it adds or takes away.
        numbers: exact numbers of its sentence.
    """

    how: str
    points: Fraction
    numbers: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True)
class Derivation:
    """Why a unit got its points for one item.

    Attributes:
        unit: code of the unit.
        item: code of the indicator, bonus, veto or dimension, or `total`.
        kind: what the item is.
        possible: full points; None for a veto.
        readings: what was read, the unit's own first; a second one is the city's, scored instead.
        steps: what was done, in order; their points add up to `points`.
        status: status of the score.
    """

    unit: str
    item: str
    kind: Kind
    possible: Fraction | None
    readings: tuple[Reading, ...]
    steps: tuple[Step, ...]
    status: str

    @property
    def points(self) -> Fraction:
        """The points, exact."""
        return sum((step.points for step in self.steps), Fraction(0))


def derive(
    unit: str, indicator: Indicator, declared: Declared, own: Reading, city: Reading | None = None
) -> Derivation:
    """Return the points of an indicator for one reading, before rounding.

    Args:
        unit: code of the unit.
        indicator: the indicator.
        declared: the exceptions in force for it.
        own: the unit's reading.
        city: the city's reading, scored instead of the unit's own on a small base if so declared.
    """
    full = Fraction(indicator.points)

    def result(steps: tuple[Step, ...], status: str, *readings: Reading) -> Derivation:
        return Derivation(unit, indicator.code, "base", full, readings or (own,), steps, status)

    small = _small_base(indicator, declared, own)
    given = _given(indicator, declared, own)
    if given is not None:
        how, kind = given
        return result((_granted(how, kind, full),), own.status)
    if small is None:
        return result(_curve(indicator, own), own.status)
    if declared.small_base.use == "unit" or city is None:
        return result((small, *_curve(indicator, own)), "small_base")
    instead = _given(indicator, declared, city)
    steps = _curve(indicator, city) if instead is None else (_granted(*instead, full),)
    return result((small, *steps), "small_base", own, city)


def rounded(derivation: Derivation, places: int, rule: RoundingRule) -> Derivation:
    """Return a derivation whose points are rounded once, the difference being its last step."""
    exact = derivation.points
    difference = Fraction(round_exact(exact, places, rule)) - exact
    if not difference:
        return derivation
    steps = (*derivation.steps, Step("rounded", difference))
    return Derivation(
        derivation.unit,
        derivation.item,
        derivation.kind,
        derivation.possible,
        derivation.readings,
        steps,
        derivation.status,
    )


def _given(indicator: Indicator, declared: Declared, reading: Reading) -> tuple[str, Given] | None:
    """Return what is given without a curve (sentence and points), or None if the reading is to be scored."""
    decreed: dict[str, tuple[str, Given]] = {
        "not_comparable": ("not_comparable", declared.not_comparable),
        "not_applicable": ("nothing_to_assess", declared.nothing_to_assess),
        "zero_base": _from_zero(declared, reading),
        "not_reported": ("missing", declared.missing),
        "withheld": ("missing", declared.missing),
    }
    if reading.status in decreed:
        return decreed[reading.status]
    if reading.value is None or (indicator.read == "mark" and not full_mark(indicator, reading)):
        return "missing", declared.missing
    refused = reading.status == "partial" and declared.partial == "no_points"
    return ("partial_refused", "no_points") if refused else None


def _from_zero(declared: Declared, reading: Reading) -> tuple[str, Given]:
    if declared.zero_base != "full_if_none_now":
        return "zero_base", declared.zero_base
    if reading.numerator == 0:
        return "zero_base_none_now", "full_points"
    return "zero_base_some_now", "no_points"


def _granted(how: str, given: Given, full: Fraction) -> Step:
    return Step(f"{how}.{given}", full if given == "full_points" else Fraction(0))


def _small_base(indicator: Indicator, declared: Declared, reading: Reading) -> Step | None:
    """Return the step that says the base is too small, or None."""
    below = declared.small_base.cases_below
    if indicator.read != "decline" or reading.base_cases is None or reading.base_cases >= below:
        return None
    numbers = {"cases": reading.base_cases, "below": Fraction(below)}
    return Step(f"small_base.{declared.small_base.use}", Fraction(0), numbers)


def _curve(indicator: Indicator, reading: Reading) -> tuple[Step, ...]:
    """Return the steps of shape, floor and cap for a reading that has a value."""
    full, floor = Fraction(indicator.points), Fraction(indicator.floor)
    award = indicator.rule.award(entering(indicator, reading), full)
    steps = [Step("partial", Fraction(0))] if reading.status == "partial" else []
    steps.append(Step(award.how, award.points, award.numbers))
    if award.points < floor:
        steps.append(Step("floor", floor - award.points, {"floor": floor}))
    elif award.points > full:
        steps.append(Step("cap", full - award.points, {"cap": full}))
    return tuple(steps)


def entering(indicator: Indicator, reading: Reading) -> Fraction:
    """Return the number that enters the rule: the value, the decline, or the mark as a share of the full mark.

    Raises:
        ValueError: the reading has no value.
    """
    if reading.value is None:
        raise ValueError(f"nothing to read: {reading.measure}")
    if indicator.read == "decline":
        return -reading.value
    if indicator.read == "value":
        return reading.value
    full = full_mark(indicator, reading)
    if not full:
        raise ValueError(f"a mark without its full mark: {reading.measure}")
    return reading.value / full


def full_mark(indicator: Indicator, reading: Reading) -> Fraction | None:
    """Return the full mark of `read: mark`: that of the rule, else the one standing with the mark."""
    return Fraction(indicator.full) if indicator.full is not None else reading.denominator
