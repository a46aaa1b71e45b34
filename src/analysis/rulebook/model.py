"""The yearly rule set as the office writes it in `rulebook.yaml`, typed.

Dimensions hold indicators; an indicator reads one measure and turns it into points by one shape, between a floor
and its points as cap; what real texts leave open is declared once for the set and may be overridden per indicator.
Grades are built of conditions: one takes the rest, those above it ask for something, those below it threaten it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticKnownError

from analysis.quantities.exact import Rule as RoundingRule
from analysis.rounds.settings_files import Settings, bad_value
from analysis.rounds.units import UnitRoll
from analysis.rulebook.basis import Founded
from analysis.rulebook.composition import (
    Composition,
    Falsification,
    GradeEffect,
    Periods,
)
from analysis.rulebook.exact_numbers import UNLIMITED, LeastPoints, Points
from analysis.rulebook.grade_conditions import Fact
from analysis.rulebook.grades import GradeNames, Grades, Ties
from analysis.rulebook.indicator import (
    Declared,
    Given,
    Indicator,
    NewUnitRule,
    Order,
    Partial,
    Percentage,
    Scoring,
    SmallBase,
    ZeroBase,
)
from analysis.rulebook.predicates import BOUNDS, STATED
from analysis.rulebook.rule import Finding, RankTies, StepRule
from analysis.rulebook.unit_classes import UnitClass
from analysis.words import Words

#: keys of a condition on one measure
_OF_CONDITION: Final = frozenset({"measure", "above_mean_of", *BOUNDS})
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+(\.[A-Za-z0-9]+)*$")]


class Rounding(Founded):
    """How points are rounded: once, by `rule`, at `moment`, before ranking."""

    rule: RoundingRule
    places: Annotated[int, Field(ge=0, le=6)]
    moment: Literal["indicator", "total"]


class Group(Founded):
    """A group of indicators within a dimension; `points` is the sum of theirs."""

    code: Code
    name: str
    name_en: str = ""
    points: Annotated[Points, Field(gt=0)]
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1)]


class Dimension(Founded):
    """A dimension with its indicators; `points` is the sum of theirs.

    Attributes:
        groups: its groups, where it has such a level.
        indicators: all its indicators in order; where there are groups they are written there, and only there.
    """

    code: Code
    name: str
    name_en: str = ""
    points: Annotated[Points, Field(gt=0)]
    groups: tuple[Group, ...] = ()
    indicators: tuple[Indicator, ...] = ()

    @model_validator(mode="after")
    def _gather_the_groups(self) -> Self:
        grouped = tuple(indicator for group in self.groups for indicator in group.indicators)
        if not grouped and not self.indicators:
            raise bad_value("dimension_empty")
        if grouped and self.indicators not in ((), grouped):
            raise bad_value("dimension_twofold")
        # the model is frozen for its users; this is still its making
        self.__dict__["indicators"] = grouped or self.indicators
        return self


class Level(Settings):
    """One level of a bonus: a count and the points for each of it."""

    name: str
    name_en: str = ""
    measure: str
    points: Annotated[Points, Field(gt=0)]


class Bonus(Founded):
    """S15: points added by level, capped by `points`.

    Attributes:
        points: the most it adds.
        levels: what is counted at which level, and the points for each.
        level_cap: the most one level adds.
        levels_count: whether all levels add up, or only the one that gives most counts.
    """

    code: Code
    name: str
    name_en: str = ""
    points: Annotated[Points, Field(gt=0)]
    department: str
    data_source: str
    definition: str
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    level_cap: Annotated[Points, Field(gt=0)] | None = None
    levels_count: Literal["all", "highest"] = "all"


def _below_zero(floor: Decimal | str) -> Decimal | str:
    if isinstance(floor, Decimal) and floor >= 0:
        raise PydanticKnownError("less_than", {"lt": 0})
    return floor


class Deduction(Scoring):
    """S4, S16, S18, S25, S27: points taken from the total by the rule of an item that gives none.

    Attributes:
        points: none.
        floor: the most it takes, as a number below zero: -5 takes at most 5 points; `unlimited` where the rule set
            sets no limit.
        unreported: what is taken where the value is not reported: nothing, or the most.
    """

    may_be_unlimited: ClassVar[bool] = True

    code: Code
    name: str
    name_en: str = ""
    points: Annotated[Points, Field(ge=0, le=0)] = Decimal(0)
    floor: Annotated[LeastPoints, AfterValidator(_below_zero)]
    department: str
    data_source: str
    definition: str
    unreported: Literal["nothing", "most"]

    def faults(self) -> Iterator[Finding]:
        """Yield what is wrong with the rule, and the most asked for where there is none."""
        yield from super().faults()
        if self.floor == UNLIMITED and self.unreported == "most":
            yield ("unreported",), "rulebook_most_unlimited", {}


class Veto(Founded):
    """S17: events that settle the grade, or take the whole score.

    Attributes:
        measure: what is counted.
        at_least: from how many on.
        effect: the lowest grade whatever the score, no top grade, one grade lower, or a total of zero.
    """

    code: Code
    name: str
    name_en: str = ""
    measure: str
    at_least: Annotated[int, Field(ge=1)]
    definition: str
    effect: GradeEffect | Literal["total_zero"] = "lowest_grade"


class ProblemGroup(Settings):
    """A group of problems; a unit with at least `threshold` merged open findings is named."""

    code: str
    name: str
    name_en: str = ""
    threshold: int


class Rulebook(Settings):
    """The rule set of one round.

    Attributes:
        ours: the points are this project's own, not the office's.
        note: what a reader must know about the origin of the points.
        base_points: what the dimensions add up to; where there are classes, what the items of each add up to.
        scale: on what the total is expressed; left out, on `base_points`.
        bonus_may_pass: whether a bonus may lift the total above the scale.
        total_may_fall_below_zero: whether deductions may take the total below zero.
        order: in which order bonuses, deductions, the cap of the total and its floor are applied.
        renormalise: whether what is taken out because there is nothing to assess is made good by the other items of
            its dimension or of the whole.
        percent: what 1% of a step on a rate means: one percentage point, or one per cent of the threshold.
        steps: how parts of a step count: in proportion, not at all, or as whole ones.
        ends: whether a threshold itself is reached.
        rank_ties: which place tied units hold where points go by rank.
        item_order: in which order bonus, deduction, cap and floor are done within an item that is a sum of parts.
        reading_places: places to which a reading is rounded before it is scored; left out, it is scored as it is.
        missing: points of an unreported or withheld value.
        nothing_to_assess: points where there is nothing to assess (denominator zero by rule).
        not_applicable: points where an item does not apply to a unit.
        not_comparable: points where the definition changed between the two periods.
        new_unit: points of a change of a unit that is new and has no base period; to be declared where there is one.
        partial: a value of which rows are unstated: it is scored by the filling of these rows that gives least, or as
            stated, or gives no points. What no filling is known of, such as a missing month, then gives no points.
        zero_base: points of a decline from zero.
        small_base: what is scored on a small base.
        deductions: what is taken from the total.
        composition: how the scores of several sources become one.
        periods: how the scores of several periods become one.
        classes: units with their own sets of items; without classes every unit is assessed by all items.
        falsification: what false figures cost.
        facts: what the office states of the units itself.
    """

    name: str
    name_en: str = ""
    ours: bool
    note: str
    note_en: str = ""
    base_points: Annotated[Points, Field(gt=0)]
    scale: Annotated[Points, Field(gt=0)] | None = None
    bonus_may_pass: bool
    total_may_fall_below_zero: bool = False
    order: Order = ("bonus", "deduction", "cap", "floor")
    renormalise: Literal["total", "dimension"] = "total"
    rounding: Rounding
    percent: Percentage
    steps: StepRule = "pro_rata"
    ends: Literal["closed", "open"] = "closed"
    rank_ties: RankTies = "better"
    item_order: Order = ("bonus", "deduction", "cap", "floor")
    reading_places: Annotated[int, Field(ge=0, le=6)] | None = None
    ties: Ties
    missing: Given
    nothing_to_assess: Given
    not_applicable: Given = "taken_out"
    not_comparable: Given
    new_unit: NewUnitRule | None = None
    partial: Partial = "worst"
    zero_base: ZeroBase
    small_base: SmallBase
    composition: Composition | None = None
    periods: Periods | None = None
    classes: tuple[UnitClass, ...] = ()
    dimensions: Annotated[tuple[Dimension, ...], Field(min_length=1)]
    bonuses: tuple[Bonus, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    falsification: tuple[Falsification, ...] = ()
    facts: tuple[Fact, ...] = ()
    grades: Grades
    problem_groups: tuple[ProblemGroup, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _name_what_is_stated(cls, data: Any) -> Any:
        """Let conditions on facts the office states call them by their names, not by their codes."""
        facts = data.get("facts") if isinstance(data, Mapping) else None
        names = {
            f"{STATED}{fact['code']}": {"name": str(fact["name"]), "name_en": str(fact.get("name_en", ""))}
            for fact in (facts if isinstance(facts, list) else ())
            if isinstance(fact, Mapping) and "code" in fact and "name" in fact
        }
        return _named(data, names) if names else data

    def note_in(self, words: Words) -> str:
        """Return the note in the language of the words; without an English one the Chinese."""
        return words.written(self.note, self.note_en)

    @property
    def whole(self) -> Decimal:
        """What the total is out of: the scale, else the base points."""
        return self.scale or self.base_points

    def class_of(self, code: str, kind: str = "") -> UnitClass | None:
        """Return the class of a unit, a listed code before its kind; None where it belongs to none."""
        listed = (each for each in self.classes if code in each.units)
        return next(listed, None) or next((each for each in self.classes if kind in each.kinds), None)

    def of_class(self, unit_class: UnitClass | None) -> Rulebook:
        """Return the rule set as it holds for a class: its items, points and grades; for None the set itself."""
        if unit_class is None:
            return self
        dimensions = (_narrowed(dimension, unit_class) for dimension in self.dimensions)
        return self.model_copy(
            update={
                "dimensions": tuple(part for part in dimensions if part is not None),
                "base_points": unit_class.base_points or self.base_points,
                "grades": (unit_class.grades or self.grades).with_places(unit_class.places),
            }
        )

    @property
    def grade_names(self) -> GradeNames:
        """The names of all grades, of classes with their own too."""
        rules = self.grade_rules()
        return GradeNames(
            tuple(dict.fromkeys(name for grades in rules for name in grades.names)),
            frozenset(grades.names[0] for grades in rules),
            frozenset(grades.names[-1] for grades in rules),
            {level.name: level.name_en for grades in rules for level in grades.levels if level.name_en},
            bool(self.classes),
        )

    def grade_rules(self) -> tuple[Grades, ...]:
        """Return every grade rule: that of the set, then those of classes that have their own."""
        return (self.grades, *(each.grades for each in self.classes if each.grades is not None))

    def classes_of(self, roll: UnitRoll) -> dict[str, str]:
        """Return the code of its class by unit of a roll; empty without classes."""
        found = {unit.code: self.class_of(unit.code, unit.kind) for unit in roll if self.classes}
        return {unit: unit_class.code for unit, unit_class in found.items() if unit_class is not None}

    def by_class(self, roll: UnitRoll) -> dict[str, Rulebook]:
        """Return the rule set as it holds for every class that has units, by code; without classes itself under ""."""
        if not self.classes:
            return {"": self}
        peopled = set(self.classes_of(roll).values())
        return {each.code: self.of_class(each) for each in self.classes if each.code in peopled}

    def indicators(self) -> Iterator[Indicator]:
        """Yield the indicators of all dimensions in order."""
        for dimension in self.dimensions:
            yield from dimension.indicators

    def indicator(self, code: str) -> Indicator:
        """Return the indicator with a code.

        Raises:
            KeyError: no such indicator.
        """
        for indicator in self.indicators():
            if indicator.code == code:
                return indicator
        raise KeyError(f"no indicator {code!r} in the rulebook")

    def fact(self, code: str) -> Fact:
        """Return a declared fact.

        Raises:
            KeyError: the rulebook declares no such fact.
        """
        for fact in self.facts:
            if fact.code == code:
                return fact
        raise KeyError(f"no fact {code!r} in the rulebook")

    def declared(self, item: Scoring) -> Declared:
        """Return what holds for an item: its own exceptions over those of the set."""
        names = Declared.model_fields.keys() - {"order", "rounding", "rounding_rule", "by_class"}
        of_set = {name: getattr(self, name) for name in names}
        general = Declared(
            order=self.item_order, rounding_rule=self.rounding.rule, by_class=bool(self.classes), **of_set
        )
        return item.declared_over(general)

    def reader_of(self, measure: str) -> Indicator | Veto | None:
        """Return the indicator or veto that reads a measure and so gives it its name; None if no part of it does."""
        parts: dict[str, Indicator | Veto] = {veto.measure: veto for veto in self.vetoes}
        parts.update({item.measure: item for item in self.indicators()})
        return parts.get(measure)


def _named(part: Any, names: Mapping[str, Mapping[str, str]]) -> Any:
    """Return a part of a file with the names of stated facts in every condition on one that has none of its own."""
    if isinstance(part, list):
        return [_named(item, names) for item in part]
    if not isinstance(part, dict):
        return part
    told = {key: _named(value, names) for key, value in part.items()}
    if part.keys() <= _OF_CONDITION and str(part.get("measure", "")) in names:
        return {**names[str(part["measure"])], **told}
    return told


def _narrowed(dimension: Dimension, unit_class: UnitClass) -> Dimension | None:
    """Return a dimension with the items and points of a class; None where the class has none of it."""
    wanted, points = set(unit_class.items), unit_class.points

    def picked(indicators: tuple[Indicator, ...], above: set[str]) -> tuple[Indicator, ...]:
        return tuple(
            _with_points(item, points[item.code]) if item.code in points else item
            for item in indicators
            if wanted & {*above, item.code}
        )

    groups = []
    for group in dimension.groups:
        kept = picked(group.indicators, {dimension.code, group.code})
        if kept:
            total = sum((item.points for item in kept), Decimal(0))
            groups.append(group.model_copy(update={"indicators": kept, "points": total}))
    if dimension.groups:
        indicators = tuple(item for group in groups for item in group.indicators)
    else:
        indicators = picked(dimension.indicators, {dimension.code})
    if not indicators:
        return None
    total = sum((item.points for item in indicators), Decimal(0))
    return dimension.model_copy(update={"groups": tuple(groups), "indicators": indicators, "points": total})


def _with_points(indicator: Indicator, points: Decimal) -> Indicator:
    # made anew: a copy would keep what was computed from the old points
    written = {name: getattr(indicator, name) for name in Indicator.model_fields}
    return Indicator.model_validate({**written, "points": points})
