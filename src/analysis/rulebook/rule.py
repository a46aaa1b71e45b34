"""What every scoring shape is: its parameters, its arithmetic, its sentence and its faults in one class.

The shapes themselves stand in `analysis.rulebook.shapes`; whoever else meets a rule asks it by the methods of `Rule`
and never for its kind. A new shape is a subclass with the mark `@scoring_shape` in a module of that folder, and its
sentences in the words: `rule.…` for the official one, `derivation.<how>` for every step it takes.
"""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeVar, Union, get_args

from pydantic import BeforeValidator, Field, SerializeAsAny, TypeAdapter

from analysis.rounds.settings_files import Location, Settings
from analysis.rulebook.exact_numbers import Percent, Points, Quantity
from analysis.rulebook.predicates import Predicate
from analysis.words import Text, Words

if TYPE_CHECKING:
    from analysis.rulebook.derivation import Derivation, Deriving, Reading
    from analysis.rulebook.indicator import Declared, Scoring
    from analysis.rulebook.telling import Telling

#: how a part of a step counts: in proportion, not at all, or as a whole one
StepRule = Literal["pro_rata", "whole", "started"]
End = Literal["closed", "open"]
RankTies = Literal["better", "worse", "mean"]
#: what is counted, keys of `unit_of_measure` in the words
Counted = Literal["event", "case", "project", "clue", "unit", "person", "point", "time", "item"]
#: what is wrong with a rule: where in it, which check, parts of the sentence
Finding = tuple[Location, str, dict[str, str]]
#: a number that is compared with the reading, and where in the rule it stands
Threshold = tuple[Location, Quantity]
PositivePoints = Annotated[Points, Field(gt=0)]
PositiveQuantity = Annotated[Quantity, Field(gt=0)]


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a shape besides its own numbers.

    Attributes:
        rising: whether more of what it reads is better.
        steps: how parts of a step count, where the shape does not say.
        closed: whether a threshold itself is reached, where the shape does not say.
        relative: whether 1% of a step is one per cent of the threshold, not one percentage point.
        ties: which place tied units hold, where the shape does not say.
    """

    rising: bool = True
    steps: StepRule = "pro_rata"
    closed: bool = True
    relative: bool = False
    ties: RankTies = "better"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a derivation.

    Attributes:
        how: key of its sentence (`derivation.<how>`).
        points: points it adds or takes away.
        numbers: exact numbers of its sentence, by place.
    """

    how: str
    points: Fraction
    numbers: Mapping[str, Fraction] = field(default_factory=dict)


class Rule(Settings, ABC):
    """A scoring shape; its field `shape` is the word it is written with.

    Attributes:
        direction: the only direction of a measure it makes sense for, None if it works for both.
        takes_place: whether it can read a place among the units.
        is_yes_or_no: whether it asks for something that is there or not.
        monotone: whether more of what is better never gives fewer points.
        has_parts: whether it is made of parts that are scored by themselves.
    """

    direction: ClassVar[Literal["up", "down"] | None] = None
    takes_place: ClassVar[bool] = False
    is_yes_or_no: ClassVar[bool] = False
    monotone: ClassVar[bool] = False
    has_parts: ClassVar[bool] = False

    @classmethod
    def variants(cls) -> tuple[type[Settings], ...]:
        """Return the shapes of this kind."""
        return tuple(shape for shape in SHAPES.values() if issubclass(shape, cls))

    # ── what it reads ────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def reads_own(self) -> bool:
        """Whether it reads one number of the unit, that of its item; else it reads several things."""
        return False

    @property
    def compares_units(self) -> bool:
        """Whether it needs the readings of the other units, beside what its item compares."""
        return False

    @property
    def discretion(self) -> tuple[Fraction, Fraction] | None:
        """The least and the most that is taken off at discretion; None where nothing is."""
        return None

    @property
    def by_event(self) -> bool:
        """Whether what is taken off at discretion is stated of every event by itself."""
        return False

    def scored_parts(self) -> Iterator[Scoring]:
        """Yield the parts that are scored by themselves."""
        yield from ()

    def conditions(self) -> Iterator[tuple[Location, Predicate]]:
        """Yield its conditions, with their places in it."""
        yield from ()

    def measures(self) -> Iterator[str]:
        """Yield the measures it names beside those of its conditions."""
        yield from ()

    def thresholds(self) -> Iterator[Threshold]:
        """Yield the numbers that are compared with the reading, with their places in it."""
        yield from ()

    # ── what it gives ────────────────────────────────────────────────────────────────────────────────────────────────

    @abstractmethod
    def derived(self, reading: Reading, at: Deriving) -> Derivation:
        """Return the points of a unit as a derivation.

        Args:
            reading: what the item reads of the unit.
            at: the item, the unit, and everything else that was read.
        """

    # ── what is wrong with it ────────────────────────────────────────────────────────────────────────────────────────

    def faults(self, item: Scoring) -> Iterator[Finding]:
        """Yield what is wrong with it as the rule of an item."""
        yield from ()

    # ── in words ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @abstractmethod
    def sentence(self, item: Scoring, declared: Declared, words: Words) -> Text:
        """Return the official sentence it stands for."""

    def tell(self, step: Step, telling: Telling) -> Text:
        """Return one of its steps in words; left as it is, the sentence of the step with its numbers as they are."""
        return telling.plainly(step)

    def tells_reading(self, item: Scoring) -> bool:
        """Return whether the telling of its points begins with the number that was read."""
        return self.reads_own

    def keeps_order(self, item: Scoring) -> bool:
        """Return whether as the rule of an item it never gives fewer points for more of what is better."""
        return self.monotone

    def asked(self, step: Step) -> Predicate | None:
        """Return the condition that a step could not decide."""
        return None


class OfOneNumber(Rule):
    """A shape that reads one number: alone (a `Curve`), by cases, or among those of the other units."""

    @property
    def reads_own(self) -> bool:
        """It reads one number."""
        return True

    def derived(self, reading: Reading, at: Deriving) -> Derivation:
        """Return what is given without a rule, else what the shape gives for the number."""
        return at.of_one_number(reading)

    @abstractmethod
    def scored(self, x: Fraction, compared: Step | None, reading: Reading, at: Deriving) -> list[Step]:
        """Return the steps of the shape, and those of waiver, floor and cap.

        Args:
            x: the number that enters.
            compared: the step of the comparison with the others, None if there was none.
            reading: what the number was made of.
            at: the item, the unit, and everything else that was read.
        """


class Curve(OfOneNumber):
    """A shape that turns one number into points."""

    @abstractmethod
    def award(self, x: Fraction, points: Fraction, terms: Terms) -> Step:
        """Return the points for `x`, before floor and cap."""

    def scored(self, x: Fraction, compared: Step | None, reading: Reading, at: Deriving) -> list[Step]:
        """Return the points for `x`, and what waiver, floor and cap change."""
        step = self.award(x, at.item.bounds[0], at.item.terms(at.declared))
        return at.bounded([step], step.points, reading)

    def tell(self, step: Step, telling: Telling) -> Text:
        """Return where on the curve a reading lies."""
        return telling.on_curve(step)


#: every shape by the word it is written with, in the order of their modules
SHAPES: dict[str, type[Rule]] = {}
R = TypeVar("R", bound=Rule)


def scoring_shape(shape: type[R]) -> type[R]:
    """Enter a shape under the word of its field `shape`: from here on a rulebook may use it."""
    SHAPES[get_args(shape.model_fields["shape"].annotation)[0]] = shape
    return shape


@functools.lru_cache(maxsize=8)
def _union(shapes: tuple[type[Settings], ...]) -> TypeAdapter[Any]:
    union: Any = Annotated[Union[shapes], Field(discriminator="shape")]  # noqa: UP007
    return TypeAdapter(union)


def _rule(written: Any) -> Any:
    return _union(Rule.variants()).validate_python(written)


def _curve(written: Any) -> Any:
    return _union(Curve.variants()).validate_python(written)


#: a rule as written, made the shape it names; asked of the register each time, so that the register may grow
AnyRule = Annotated[SerializeAsAny[Rule], BeforeValidator(_rule)]
AnyCurve = Annotated[SerializeAsAny[Curve], BeforeValidator(_curve)]


def given(**numbers: Quantity | None) -> Iterator[Threshold]:
    """Yield those numbers of a shape that are given, each at the place of its name."""
    for name, number in numbers.items():
        if number is not None:
            yield (name,), number


def unreachable(line: Quantity | None, name: str, most: Fraction | None) -> Iterator[Finding]:
    """Yield the fault of a line beyond the largest number that can be read (`most`, None if there is no such)."""
    if line is not None and most is not None and Fraction(line) > most:
        yield (name,), "rulebook_never_reached", {"most": written_like(line, most)}


def full_never(place: str | Location, most: Fraction, points: Fraction) -> Finding:
    """Return the fault of a rule that gives at most `most` of its full points."""
    at = (place,) if isinstance(place, str) else place
    return at, "rulebook_full_never", {"most": as_written(most), "points": as_written(points)}


def written_like(line: Quantity, number: Fraction) -> str:
    """Return a number written the way a threshold is: with the sign of a percentage, or without."""
    exact_number = Decimal(number.numerator) / number.denominator
    return as_written(Percent(exact_number) if isinstance(line, Percent) else exact_number)


def as_written(number: Fraction | Decimal) -> str:
    """Return a number as a rule writes it, a percentage with its sign."""
    if isinstance(number, Fraction):
        number = Decimal(number.numerator) / number.denominator
    scaled = number * 100 if isinstance(number, Percent) else number
    return f"{scaled.normalize():f}{'%' if isinstance(number, Percent) else ''}"
