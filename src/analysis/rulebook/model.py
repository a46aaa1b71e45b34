"""The yearly rule set as the office writes it in `rulebook.yaml`, typed.

Dimensions hold indicators; an indicator reads one measure and turns it into points by one shape, between a floor
and its points as cap; what real texts leave open is declared once for the set and may be overridden per indicator.
Grades are built of conditions: A is a conjunction, C a disjunction, B the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from analysis.rulebook.numbers import Points, Quantity, RoundingRule
from analysis.rulebook.shapes import Level, Shape
from analysis.settings import Settings

Given = Literal["full_points", "no_points"]
Source = Literal["self", "field", "departments", "province", "third_party", "reviewed"]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+(\.[A-Za-z0-9]+)*$")]


class Rounding(Settings):
    """How points are rounded: once, by `rule`, at `moment`, before ranking."""

    rule: RoundingRule
    places: Annotated[int, Field(ge=0, le=6)]
    moment: Literal["indicator", "total"]


class Ties(Settings):
    """What happens to equal scores.

    Attributes:
        rank: equal scores share the better rank (1-2-2-4).
        at_top: units tied across the cut of "first n" are all in or all out.
        at_last: units tied across the cut of "last n" are all in or all out.
    """

    rank: Literal["better"]
    at_top: Literal["all_in", "all_out"]
    at_last: Literal["all_in", "all_out"]


class SmallBase(Settings):
    """A decline on too small a base is scored on the city's decline, or as computed.

    Attributes:
        cases_below: the base is small if the base period has fewer cases than this.
        use: whose change is scored.
    """

    cases_below: Annotated[int, Field(ge=1)]
    use: Literal["city", "unit"]


class Exceptions(Settings):
    """What one indicator declares differently from its rule set; what is left out holds as declared for the set."""

    missing: Given | None = None
    nothing_to_assess: Given | None = None
    not_comparable: Given | None = None
    partial: Literal["as_stated", "no_points"] | None = None
    zero_base: Literal["full_if_none_now", "full_points", "no_points"] | None = None
    small_base: SmallBase | None = None


class Indicator(Settings):
    """One scored item.

    Attributes:
        points: full points, also the cap.
        measure: which measure is read.
        read: the value itself, the decline (minus the change) or a mark as a share of the full mark.
        full: full mark of `read: mark`; left out, the full mark stands with the mark.
        direction: whether more of the measure is better (`up`) or worse (`down`).
        source: where the points come from, as in `scores.csv`.
        department: who is responsible.
        data_source: which ledger or sheet.
        definition: what is counted (口径).
        rule: how the reading becomes points.
        floor: the least points the rule can give (扣完为止 is 0).
        exceptions: what is declared differently from the set.
    """

    code: Code
    name: str
    name_en: str
    points: Annotated[Points, Field(gt=0)]
    measure: str
    read: Literal["value", "decline", "mark"] = "value"
    full: Annotated[Points, Field(gt=0)] | None = None
    direction: Literal["up", "down"]
    source: Source = "reviewed"
    department: str
    data_source: str
    definition: str
    rule: Shape
    floor: Points = Decimal(0)
    exceptions: Exceptions = Exceptions()


class Dimension(Settings):
    """A dimension with its indicators; `points` is the sum of theirs."""

    code: Code
    name: str
    name_en: str
    points: Annotated[Points, Field(gt=0)]
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1)]


class Bonus(Settings):
    """S15: points added by level, capped by `points`."""

    code: Code
    name: str
    name_en: str
    points: Annotated[Points, Field(gt=0)]
    department: str
    data_source: str
    definition: str
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]


class Veto(Settings):
    """S17: events that force the lowest grade whatever the score."""

    code: Code
    name: str
    name_en: str
    measure: str
    at_least: Annotated[int, Field(ge=1)]
    definition: str


class TopPlaces(Settings):
    """Among the first `places` of the units that hold a slot."""

    kind: Literal["top"]
    places: Annotated[int, Field(ge=1)]


class LastPlaces(Settings):
    """Among the last `places` of all units."""

    kind: Literal["last"]
    places: Annotated[int, Field(ge=1)]


class ScoreAtLeast(Settings):
    """The score reaches `points` (closed)."""

    kind: Literal["score_at_least"]
    points: Points


class ScoreBelow(Settings):
    """The score is below `points` (open)."""

    kind: Literal["score_below"]
    points: Points


class Gate(Settings):
    """A measure reaches `at_least` (closed); an unreported one does not."""

    kind: Literal["gate"]
    measure: str
    at_least: Quantity


class Vetoed(Settings):
    """Any veto of the rulebook is triggered."""

    kind: Literal["veto"]


Condition = Annotated[
    TopPlaces | LastPlaces | ScoreAtLeast | ScoreBelow | Gate | Vetoed, Field(discriminator="kind")
]


class Slots(Settings):
    """Whether a unit that cannot be in the first places leaves its place to the next one.

    Attributes:
        vetoed: for a unit with a veto.
        barred: for a unit that fails a gate or a floor of grade A.
    """

    vetoed: Literal["freed", "kept"]
    barred: Literal["freed", "kept"]


class GradeA(Settings):
    """The best grade: every condition holds (conjunction)."""

    all_of: Annotated[tuple[Condition, ...], Field(min_length=1)]


class GradeC(Settings):
    """The lowest grade: any clause holds (disjunction); a clause is a conjunction of conditions."""

    any_of: Annotated[tuple[tuple[Condition, ...], ...], Field(min_length=1)]


class Grades(Settings):
    """The grade rule: C beats A, B is the rest."""

    slots: Slots
    A: GradeA
    C: GradeC
    otherwise: Literal["B"]


class ProblemGroup(Settings):
    """A group of problems; a unit with at least `threshold` merged open findings is named."""

    code: str
    name: str
    name_en: str
    threshold: int


class Rulebook(Settings):
    """The rule set of one round.

    Attributes:
        ours: the points are this project's own, not the office's.
        note: what a reader must know about the origin of the points.
        base_points: what the dimensions add up to.
        bonus_may_pass: whether a bonus may lift the total above `base_points`.
        percent: what 1% of a step means.
        missing: points of an unreported or withheld value.
        nothing_to_assess: points where there is nothing to assess (denominator zero by rule).
        not_comparable: points where the definition changed between the two periods.
        partial: a value of which rows are unstated counts as stated, or gives no points.
        zero_base: points of a decline from zero.
        small_base: what is scored on a small base.
    """

    name: str
    name_en: str
    ours: bool
    note: str
    base_points: Annotated[Points, Field(gt=0)]
    bonus_may_pass: bool
    rounding: Rounding
    percent: Literal["percentage_points"]
    ties: Ties
    missing: Given
    nothing_to_assess: Given
    not_comparable: Given
    partial: Literal["as_stated", "no_points"]
    zero_base: Literal["full_if_none_now", "full_points", "no_points"]
    small_base: SmallBase
    dimensions: Annotated[tuple[Dimension, ...], Field(min_length=1)]
    bonuses: tuple[Bonus, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    grades: Grades
    problem_groups: tuple[ProblemGroup, ...] = ()

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

    def declared(self, indicator: Indicator) -> Declared:
        """Return what holds for an indicator: its own exceptions over those of the set."""
        own = indicator.exceptions
        return Declared(
            missing=own.missing or self.missing,
            nothing_to_assess=own.nothing_to_assess or self.nothing_to_assess,
            not_comparable=own.not_comparable or self.not_comparable,
            partial=own.partial or self.partial,
            zero_base=own.zero_base or self.zero_base,
            small_base=own.small_base or self.small_base,
        )

    def named(self, measure: str) -> str:
        """Return the name under which a measure stands in the rulebook; empty if no part of it has one."""
        names = {veto.measure: veto.name for veto in self.vetoes}
        names.update({item.measure: item.name for item in self.indicators()})
        return names.get(measure, "")


class Declared(Settings):
    """The exceptions in force for one indicator, none left open."""

    missing: Given
    nothing_to_assess: Given
    not_comparable: Given
    partial: Literal["as_stated", "no_points"]
    zero_base: Literal["full_if_none_now", "full_points", "no_points"]
    small_base: SmallBase
