"""One scored item: what it reads of a unit, what that is compared with, and the rule that turns it into points.

A reading (a measure, a pair of measures, a decline, a mark, a mean over samples) may be compared with the best
unit, the mean of the units, a target, or ranked; what comes out enters a scoring shape (`analysis.rulebook.rule`).
What real texts leave open is declared once for the set and may be overridden here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from analysis.indicators import catalogue
from analysis.quantities import MoneyUnit
from analysis.quantities.exact import Rule as RoundingRule
from analysis.rounds.settings_files import Code as WrittenCode
from analysis.rounds.settings_files import Location, Settings, bad_value
from analysis.rulebook.basis import Founded
from analysis.rulebook.composition import ItemCode, Source
from analysis.rulebook.exact_numbers import UNLIMITED, LeastPoints, Percent, Points, Quantity
from analysis.rulebook.predicates import BOUNDS, Predicate
from analysis.rulebook.rule import (
    AnyRule,
    Counted,
    Finding,
    PositivePoints,
    RankTies,
    StepRule,
    Terms,
    as_written,
)

Given = Literal["full_points", "no_points", "taken_out"]
NewUnitRule = Literal["full_points", "no_points", "taken_out", "city"]
ZeroBase = Literal["full_if_none_now", "full_points", "no_points", "taken_out"]
Partial = Literal["worst", "as_stated", "no_points"]
Percentage = Literal["percentage_points", "percent"]
Operation = Literal["bonus", "deduction", "cap", "floor"]


def _each_once(order: tuple[Operation, ...]) -> tuple[Operation, ...]:
    if sorted(order) != ["bonus", "cap", "deduction", "floor"]:
        raise bad_value("order_incomplete")
    return order


#: what is done with parts, in which order, each of them once
Order = Annotated[tuple[Operation, ...], AfterValidator(_each_once)]
Read = Literal["value", "decline", "rise", "mark", "rate", "shortage", "samples"]

#: readings made of two measures
_PAIRS: Final = frozenset({"rate", "shortage"})


def is_share(measure: str) -> bool:
    """Return whether a measure is a share of something, told in per cent."""
    return catalogue.of(measure).is_share


class SmallBase(Founded):
    """S22: how a change on too small a base is scored.

    Attributes:
        cases_below: the base is small if the base period has fewer cases than this.
        use: the city's change, the unit's own as computed, points given whatever it is, or full points if there are
            no more than before.
    """

    cases_below: Annotated[int, Field(ge=1)]
    use: Literal["city", "unit", "full_points", "no_points", "taken_out", "full_if_no_more"]


class ItemRounding(Settings):
    """How the points of one item are rounded."""

    rule: RoundingRule
    places: Annotated[int, Field(ge=0, le=6)]


class Exceptions(Settings):
    """What one indicator declares differently from its rule set; what is left out holds as declared for the set."""

    missing: Given | None = None
    nothing_to_assess: Given | None = None
    not_applicable: Given | None = None
    not_comparable: Given | None = None
    new_unit: NewUnitRule | None = None
    partial: Partial | None = None
    zero_base: ZeroBase | None = None
    small_base: SmallBase | None = None
    percent: Percentage | None = None
    steps: StepRule | None = None
    ends: Literal["closed", "open"] | None = None
    order: Order | None = None
    rank_ties: RankTies | None = None
    reading_places: Annotated[int, Field(ge=0, le=6)] | None = None
    rounding: ItemRounding | None = None


class Declared(Settings):
    """The exceptions in force for one indicator, none left open.

    Attributes:
        missing: points of an unreported or withheld value.
        nothing_to_assess: points where there is nothing to assess.
        not_applicable: points where the item does not apply to the unit; `taken_out` takes it out of the total.
        not_comparable: points where the definition changed between two periods.
        new_unit: points of a change where the unit is new and has no base period; `city` scores the city's change.
        partial: what becomes of a value of which rows are unstated: scored by the filling that gives least, as stated,
            or no points.
        zero_base: points of a change from zero.
        small_base: what is scored on a small base.
        percent: what 1% of a step on a rate means.
        steps: how parts of a step count.
        ends: whether a threshold itself is reached.
        order: order of bonus, deduction, cap and floor where parts are summed.
        rank_ties: which place tied units hold where points go by rank.
        reading_places: places to which a reading is rounded before it is scored (of a share: of its percentage).
        rounding: how the points are rounded, where not as the set.
        rounding_rule: by which rule the set rounds, readings too.
        by_class: whether the units an item is compared with are those of the unit's class.
    """

    missing: Given
    nothing_to_assess: Given
    not_applicable: Given = "taken_out"
    not_comparable: Given
    new_unit: NewUnitRule | None = None
    partial: Partial
    zero_base: ZeroBase
    small_base: SmallBase
    percent: Percentage = "percentage_points"
    steps: StepRule = "pro_rata"
    ends: Literal["closed", "open"] = "closed"
    order: Order = ("bonus", "deduction", "cap", "floor")
    rank_ties: RankTies = "better"
    reading_places: int | None = None
    rounding: ItemRounding | None = None
    rounding_rule: RoundingRule = "half_even"
    by_class: bool = False


class Compare(Settings):
    """What a reading is compared with before it is scored.

    Attributes:
        to: `best`: the reading of the best unit (x ÷ best, or best ÷ x where less is better); `mean`: how far above
            the mean of the units it lies, better being above; `rank`: its place among the units; `target`: x ÷ target.
        target: the target.
        of: whether the mean is of all units or of the others.
        kind: mean of the units' readings, or the rate of their summed counts.
        zero_best: points where even the best unit has nothing of what more would be better of; where less is better and
            the best has none, `as_one` divides by one instead.
    """

    to: Literal["best", "mean", "rank", "target"]
    target: Annotated[Quantity, Field(gt=0)] | None = None
    of: Literal["all", "others"] = "all"
    kind: Literal["units", "pooled"] = "units"
    zero_best: Literal["full_points", "no_points", "as_one"] = "no_points"

    @model_validator(mode="after")
    def _target_stated(self) -> Compare:
        if (self.to == "target") != (self.target is not None):
            raise bad_value("target_without_comparison")
        return self


class Sample(Settings):
    """One sampled project or case: its mark (a share of its full mark) or rate, and its weight."""

    measure: str
    name: str = ""
    weight: PositivePoints = Decimal(1)


class Samples(Settings):
    """S23: a mean over samples.

    Attributes:
        of: the samples.
        missing: a sample without a value is left out of the mean, counts as none, or makes the mean missing.
    """

    of: Annotated[tuple[Sample, ...], Field(min_length=1)]
    missing: Literal["left_out", "none", "missing"]


class Scoring(Founded):
    """What is read, compared and scored: an indicator, a part of one, or a deduction.

    Attributes:
        points: full points, also the cap unless `cap` says otherwise.
        measure: which measure is read; left out, the first the rule names.
        against: the second measure of a pair: the base of a rate, or what should be of a shortage.
        read: the value itself, the decline (minus the change), the rise (the change), a mark as a share of the full
            mark, the rate of two measures, what is short of `against`, or the mean over samples.
        full: full mark of `read: mark`; left out, the full mark stands with the mark.
        samples: the samples of `read: samples`.
        compare: what the reading is compared with.
        counted: the unit of what is read, for the sentences, where it is no share.
        direction: whether more of the measure is better (`up`) or worse (`down`).
        rule: how the reading becomes points.
        cap: the most points the rule can give, where a bonus may pass the full points.
        floor: the least points the rule can give (扣完为止 is 0; below zero points are taken from elsewhere, 倒扣), or
            `unlimited`, in a deduction from the total only: what is not reported has to have a worst there is.
        waived_when: a condition under which lost points are given back (不扣分).
        nothing_when: a condition under which there is nothing to assess.
        applies_when: a condition without which the item does not apply to the unit.
        not_for: codes of units it does not apply to.
        exceptions: what is declared differently from the set.
    """

    may_be_unlimited: ClassVar[bool] = False

    code: ItemCode
    name: str
    name_en: str = ""
    points: Annotated[Points, Field(ge=0)]
    measure: str
    against: str = ""
    read: Read = "value"
    full: PositivePoints | None = None
    samples: Samples | None = None
    compare: Compare | None = None
    counted: Counted | MoneyUnit | None = None
    direction: Literal["up", "down"]
    rule: AnyRule
    cap: Points | None = None
    floor: LeastPoints = Decimal(0)
    waived_when: Predicate | None = None
    nothing_when: Predicate | None = None
    applies_when: Predicate | None = None
    not_for: tuple[WrittenCode, ...] = ()
    exceptions: Exceptions = Exceptions()

    @model_validator(mode="before")
    @classmethod
    def _measure_of_rule(cls, data: Any) -> Any:
        """Let an item without a measure of its own read the first one its samples or its rule name."""
        if not isinstance(data, Mapping) or data.get("measure") is not None:
            return data
        found = next((m for key in ("samples", "rule") for m in _named(data.get(key))), None)
        return data if found is None else {**data, "measure": found}

    @model_validator(mode="after")
    def _signs(self) -> Scoring:
        """Hold thresholds of shares to their sign: 98 could mean 98% or ninety-eight.

        Raises:
            ValidationError: with the places of the thresholds.
        """
        wrong = [
            InitErrorDetails(type=bad_value("percent_sign_missing"), loc=place, input=f"{number:f}")
            for place, number in self._unsigned()
        ]
        if wrong:
            raise ValidationError.from_exception_data("rule", wrong)
        return self

    def _unsigned(self) -> Iterator[tuple[Location, Decimal]]:
        """Yield thresholds of shares without a sign, with their places."""
        for place, number in self.rule.thresholds() if self.reads_share else ():
            if number and not isinstance(number, Percent):
                yield ("rule", *place), number
        for place, predicate in self.predicates():
            for inner, leaf in _leaves(predicate):
                share = (
                    leaf.above_mean_of is not None or is_share(leaf.measure)
                    if leaf.measure
                    else self.reads_share
                )
                for name in BOUNDS if share else ():
                    bound = getattr(leaf, name)
                    if bound and not isinstance(bound, Percent):
                        yield (*place, *inner, name), bound

    def predicates(self) -> Iterator[tuple[Location, Predicate]]:
        """Yield the conditions of the item itself, with their places; those of parts belong to the parts."""
        for name in ("waived_when", "nothing_when", "applies_when"):
            predicate = getattr(self, name)
            if predicate is not None:
                yield (name,), predicate
        for place, predicate in self.rule.conditions():
            yield ("rule", *place), predicate

    def __copy__(self) -> Self:
        """Return a copy without what was worked out, so that a copy with other points works it out anew."""
        copied = super().__copy__()
        for name in copied.__dict__.keys() - type(copied).model_fields.keys():
            del copied.__dict__[name]
        return copied

    @cached_property
    def base_share(self) -> bool:
        """Whether what is read, before any comparison, is a share."""
        return self.read in ("rate", "mark", "samples") or (
            self.read != "shortage" and is_share(self.measure)
        )

    @cached_property
    def reads_share(self) -> bool:
        """Whether the number that enters the rule is a share, told in per cent."""
        if self.compare is None:
            return self.base_share
        return self.compare.to != "rank"

    @cached_property
    def reads_own(self) -> bool:
        """Whether the rule reads one number of the unit; a sum or a list of conditions reads several things."""
        return self.rule.reads_own

    @cached_property
    def base_rising(self) -> bool:
        """Whether more of what is read, before any comparison, is better."""
        return self.read != "shortage" and (
            self.direction == "up" or self.read in ("decline", "mark", "samples")
        )

    @cached_property
    def rising(self) -> bool:
        """Whether more of the number that enters the rule is better."""
        if self.compare is None or self.compare.to == "target":
            return self.base_rising
        return self.compare.to != "rank"

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """Every measure the item reads, its own first."""
        found = [self.measure, self.against]
        if self.samples is not None:
            found += [sample.measure for sample in self.samples.of]
        found += [leaf.measure for _, predicate in self.predicates() for leaf in predicate.leaves()]
        found += self.rule.measures()
        return tuple(dict.fromkeys(measure for measure in found if measure))

    @cached_property
    def others(self) -> tuple[str, ...]:
        """The measures it reads besides its own."""
        return self.measures[1:]

    @cached_property
    def own_measures(self) -> frozenset[str]:
        """The measures it reads itself, not only by parts that are scored by themselves."""
        if not self.rule.has_parts:
            return frozenset(self.measures)
        leaves = (leaf for _, predicate in self.predicates() for leaf in predicate.leaves())
        return frozenset(leaf.measure or self.measure for leaf in leaves)

    @cached_property
    def monotone(self) -> bool:
        """Whether more of what is better never gives fewer points."""
        # a mean of all counts together moves with the size of a unit, not only with its rate
        plain = self.compare is None or self.compare.kind == "units"
        return self.rule.keeps_order(self) and plain and not self.others and not any(self.predicates())

    def lines(self, measure: str) -> Iterator[Fraction]:
        """Yield the numbers at which the points for a measure may jump, as values of it."""
        for _, predicate in self.predicates():
            for leaf in predicate.leaves():
                sign = -1 if not leaf.measure and self.read == "decline" else 1
                if (leaf.measure or self.measure) == measure:
                    yield from (
                        sign * Fraction(bound)
                        for name in BOUNDS
                        if (bound := getattr(leaf, name)) is not None
                    )
        if measure == self.measure:
            for _, line in self.rule.thresholds():
                yield -Fraction(line) if self.read == "decline" else Fraction(line)

    @cached_property
    def relative(self) -> bool:
        """Whether it needs the readings of the other units."""
        own = self.compare is not None and self.compare.to != "target"
        return own or self.rule.compares_units or any(True for _ in self.beside_mean)

    @property
    def beside_mean(self) -> Iterator[Predicate]:
        """The conditions on how far a measure lies above the mean of the units."""
        leaves = (leaf for _, predicate in self.predicates() for leaf in predicate.leaves())
        return (leaf for leaf in leaves if leaf.above_mean_of is not None)

    @cached_property
    def bounds(self) -> tuple[Fraction, Fraction | None, Fraction]:
        """Full points, floor (None where there is none) and cap."""
        full = Fraction(self.points)
        floor = None if self.floor == UNLIMITED else Fraction(self.floor)
        return full, floor, full if self.cap is None else Fraction(self.cap)

    @property
    def below_zero(self) -> bool:
        """Whether the rule may take points from elsewhere."""
        return self.floor == UNLIMITED or self.floor < 0

    def terms(self, declared: Declared) -> Terms:
        """Return what holds for the shape besides its own numbers."""
        relative = declared.percent == "percent" and self._is_rate
        return Terms(self.rising, declared.steps, declared.ends == "closed", relative, declared.rank_ties)

    @cached_property
    def _is_rate(self) -> bool:
        return self.reads_share and self.compare is None and catalogue.of(self.measure).compared is None

    def declared_over(self, declared: Declared) -> Declared:
        """Return what holds for a part: its own exceptions over those of the whole."""
        own = {name: getattr(self.exceptions, name) for name in Exceptions.model_fields}
        changed = {name: value for name, value in own.items() if value is not None}
        return declared.model_copy(update=changed) if changed else declared

    def faults(self) -> Iterator[Finding]:
        """Yield what is wrong with the item as a whole: where in it, which check, parts of the sentence."""
        yield from self._reading_faults()
        _, floor, cap = self.bounds
        if floor is None and not self.may_be_unlimited:
            yield ("floor",), "rulebook_floor_unlimited", {}
        elif floor is not None and cap < floor:
            at = "floor" if self.cap is None else "cap"
            yield (at,), "rulebook_cap_below_floor", {"cap": as_written(cap), "floor": as_written(floor)}
        yield from self._rule_faults()

    def _reading_faults(self) -> Iterator[Finding]:
        wanted = _read_of(self.measure, self.read)
        if self.reads_own and self.read != wanted:
            yield ("measure",), "rulebook_reading", {"read": self.read, "wanted": wanted}
        if (self.read in _PAIRS) != bool(self.against):
            at, check = ("against", "unused") if self.against else ("read", "missing")
            yield (at,), f"rulebook_pair_{check}", {"read": self.read}
        if (self.read == "samples") != (self.samples is not None):
            yield ("read" if self.samples is None else "samples",), "rulebook_samples", {}
        falling = {"decline": "down", "shortage": "up"}.get(self.read) or self._needed_direction()
        if falling is not None and falling != self.direction and self.reads_own:
            yield ("direction",), "rulebook_direction", {"direction": falling, "wanted": falling}

    def _needed_direction(self) -> str | None:
        """Return the only direction the rule makes sense for, None if it works for both."""
        if self.compare is not None:
            return None
        return self.rule.direction or ("up" if self.read in ("mark", "rise") else None)

    @property
    def most_readable(self) -> Fraction | None:
        """The largest number that can enter the rule, None if there is no such."""
        within = self.read == "value" and self.compare is None and catalogue.of(self.measure).is_rate
        shares = self.read in ("mark", "samples") or (self.compare is not None and self.compare.to == "best")
        return Fraction(1) if within or shares else None

    def _rule_faults(self) -> Iterator[Finding]:
        zero_best = self.compare.zero_best if self.compare is not None else "no_points"
        # where less is better the best one may have none, and who has some is then worth nothing or counted by one
        falls = self.compare is not None and self.compare.to == "best" and not self.base_rising
        if zero_best != "no_points" and (zero_best == "as_one") != (falls and not self.base_share):
            yield ("compare", "zero_best"), "rulebook_zero_best_unused", {}
        if self.compare is not None and self.compare.to == "rank" and not self.rule.takes_place:
            yield ("compare", "to"), "rulebook_rank_unused", {}
        for place, check, details in self.rule.faults(self):
            yield ("rule", *place), check, details


class Indicator(Scoring):
    """One scored item of the rule set.

    Attributes:
        points: full points, also the cap.
        source: where the points come from, as in `scores.csv`.
        department: who is responsible; may be left out, as the next two.
        data_source: which ledger or sheet.
        definition: what is counted (口径).
        scorer: who gives the mark of `read: mark` and writes down its grounds.
    """

    points: PositivePoints
    source: Source = "reviewed"
    department: str = ""
    data_source: str = ""
    definition: str = ""
    scorer: str = ""


def _named(data: Any) -> Iterator[str]:
    """Yield the measures named anywhere in a part of a rule as written, in order."""
    if isinstance(data, Mapping):
        own = data.get("measure")
        if isinstance(own, str):
            yield own
        for value in data.values():
            yield from _named(value)
    elif isinstance(data, Settings):
        yield from _named(data.model_dump())
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _named(value)


def _leaves(predicate: Predicate, at: Location = ()) -> Iterator[tuple[Location, Predicate]]:
    """Yield the conditions on single measures with their places."""
    for name in ("all_of", "any_of"):
        for number, part in enumerate(getattr(predicate, name) or ()):
            yield from _leaves(part, (*at, name, number))
    if predicate.all_of is None and predicate.any_of is None:
        yield at, predicate


def _read_of(measure: str, read: Read) -> Read:
    """Return how a measure must be read; several ways may be right."""
    if catalogue.of(measure).compared:
        return read if read in ("decline", "rise") else "decline"
    if catalogue.of(measure).is_mark:
        return read if read == "samples" else "mark"
    return "value" if read in ("decline", "rise", "mark") else read
