"""How points came about, as data: what was read, which steps were taken, what they gave.

The steps of a derivation add up to its points, rounding included. Sentences are made from it only when asked for
(`analysis.rulebook.telling`).
"""

from __future__ import annotations

import dataclasses
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import ceil
from types import MappingProxyType
from typing import Final, Literal, cast

from analysis.indicators import catalogue
from analysis.quantities.exact import Rule as RoundingRule
from analysis.rulebook.exact_numbers import less, round_exact
from analysis.rulebook.indicator import Declared, Given, Scoring, is_share
from analysis.rulebook.predicates import Predicate
from analysis.rulebook.rule import OfOneNumber, Step

Kind = Literal["base", "bonus", "deduction", "veto", "total"]

_NONE: Final = Fraction(0)
_NOTHING_ELSE: Final[Mapping[str, Reading]] = MappingProxyType({})
_NO_NUMBERS: Final[Mapping[str, Fraction]] = MappingProxyType({})
#: more than any count of events
_ENDLESS: Final = Fraction(10**9)
#: of so many counts each is tried
_FEW: Final = 1000
#: how far beside a line a number is tried: less than any two rates of so few cases differ
_BESIDE: Final = Fraction(1, 10**9)
#: the step that says the worst filling is scored
WORST_FILLING: Final = "partial_worst"
#: statuses of what has no value and might have one
MISSING: Final = frozenset({"not_reported", "withheld"})
#: of two readings the status of the worse one is that of what is made of both
_WORST: Final = (
    "not_reported",
    "withheld",
    "not_comparable",
    "new_unit",
    "zero_base",
    "not_applicable",
    "partial",
)


@dataclass(frozen=True, slots=True)
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
        base_cases: cases of the base period, for changes.
        fillings: what it would be if the cells left empty were filled in, the extreme ways; empty where none is left
            empty, None where some are and no filling is known.
    """

    measure: str
    status: str
    value: Fraction | None = None
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    counted: str = ""
    row: str = ""
    base_cases: Fraction | None = None
    fillings: tuple[Reading, ...] | None = ()

    def at(self, bound: catalogue.Bound) -> Reading:
        """Return its lowest or highest filling, itself where nothing is left open.

        Where no filling is known there is no number that it could not be: below it has none, above any.
        """
        if self.fillings is None:
            return dataclasses.replace(self, value=None if bound == "lowest" else _ENDLESS, fillings=())
        known = [filled for filled in self.fillings if filled.value is not None]
        chosen = min if bound == "lowest" else max
        return chosen(known, key=lambda filled: filled.value or _NONE) if known else self


@dataclass(frozen=True, slots=True)
class Derivation:
    """Why a unit got its points for one item.

    Attributes:
        unit: code of the unit.
        item: code of the indicator, bonus, veto or dimension, or `total`.
        kind: what the item is.
        possible: full points; None for a veto.
        readings: what was read, the unit's own first, as stated; then the filling of it that was scored, after the step
            `partial_worst`; last the city's, scored instead on a small base.
        steps: what was done, in order; their points add up to `points`.
        status: status of the score.
        parts: derivations of its parts, where it is a sum of parts or of periods.
        others: what else was read of the unit, by measure.
        by_class: whether the other units it was compared with are those of its class.
        means: what conditions compared them with: the mean of all units or of the others, by measure and whose.
    """

    unit: str
    item: str
    kind: Kind
    possible: Fraction | None
    readings: tuple[Reading, ...]
    steps: tuple[Step, ...]
    status: str
    parts: tuple[Derivation, ...] = ()
    others: Mapping[str, Reading] = field(default_factory=dict)
    means: Mapping[tuple[str, str], Fraction] = field(default_factory=dict)
    by_class: bool = False

    @property
    def scored(self) -> Reading:
        """The unit's own reading as it was scored: as stated, or as its worst filling."""
        filled = any(step.how == WORST_FILLING for step in self.steps)
        return self.readings[1 if filled and len(self.readings) > 1 else 0]

    @property
    def of_city(self) -> Reading | None:
        """The city's reading, where it was scored instead of the unit's own; else None."""
        on_city = any(step.how == "small_base.city" for step in self.steps)
        last = self.readings[-1] if self.readings else None
        return last if on_city and last is not self.scored else None

    @property
    def points(self) -> Fraction:
        """The points, exact."""
        first, *others = self.steps or (Step("", _NONE),)
        return sum((step.points for step in others), first.points)


@dataclass(frozen=True, slots=True)
class _Field:
    """The readings of all units for one item.

    Attributes:
        ordered: the numbers read, ascending.
        total: their sum.
        above: sum of the numerators, None where one has no counts.
        below: sum of the denominators.
        own: number, numerator and denominator by unit.
    """

    ordered: tuple[Fraction, ...]
    total: Fraction
    above: Fraction | None
    below: Fraction
    own: Mapping[str, tuple[Fraction, Fraction, Fraction]]


class Peers:
    """What all units were read for; the fields of the relative shapes are worked out once per item.

    Args:
        read: gives the readings of a measure by unit.
    """

    def __init__(self, read: Callable[[str], Mapping[str, Reading]]) -> None:
        self._read = read
        self._fields: dict[int, tuple[Scoring, _Field]] = {}

    def instead(self, unit: str, filled: Mapping[str, Reading]) -> Peers:
        """Return the same with other readings of one unit, by measure; those of the others stay as stated."""

        def read(measure: str) -> Mapping[str, Reading]:
            stated = self._read(measure)
            return {**stated, unit: filled[measure]} if measure in filled and unit in stated else stated

        return Peers(read)

    def mean(self, measure: str, *, without: str = "") -> Fraction | None:
        """Return the mean of the units that have a value of a measure, one unit left out; None if there is no other."""
        readings = self._read(measure).items()
        values = [one.value for unit, one in readings if unit != without and one.value is not None]
        return sum(values, _NONE) / len(values) if values else None

    def field(self, item: Scoring, declared: Declared) -> _Field:
        """Return the numbers all units have for an item; a unit without one is no peer."""
        known = self._fields.get(id(item))
        if known is None:
            # the item is kept with its field, so that its id is not given to another one
            known = self._fields[id(item)] = (item, self._compute(item, declared))
        return known[1]

    def _compute(self, item: Scoring, declared: Declared) -> _Field:
        named = [item.measure, item.against, *(s.measure for s in (item.samples.of if item.samples else ()))]
        tables = {measure: self._read(measure) for measure in dict.fromkeys(named) if measure}
        found: dict[str, tuple[Fraction, Fraction, Fraction]] = {}
        counted = True
        for unit, own in tables[item.measure].items():
            others = {
                measure: table[unit]
                for measure, table in tables.items()
                if unit in table and measure != item.measure
            }
            reading = combined(item, scored_by(item, declared, own), others)
            if unit in item.not_for or _given(item, declared, reading) is not None:
                continue
            counted &= reading.numerator is not None and reading.denominator is not None
            ends = (reading.numerator or _NONE, reading.denominator or _NONE)
            found[unit] = (_number(item, declared, reading), *ends)
        total, above, below = (sum((each[place] for each in found.values()), _NONE) for place in range(3))
        numbers = tuple(sorted(number for number, *_ in found.values()))
        return _Field(numbers, total, above if counted else None, below, found)


def derive(
    unit: str,
    indicator: Scoring,
    declared: Declared,
    own: Reading,
    city: Reading | None = None,
    *,
    others: Mapping[str, Reading] = _NOTHING_ELSE,
    city_others: Mapping[str, Reading] = _NOTHING_ELSE,
    peers: Peers | None = None,
) -> Derivation:
    """Return the points of an item for one reading, before rounding.

    Args:
        unit: code of the unit.
        indicator: the indicator, a part of one, or a deduction.
        declared: the exceptions in force for it.
        own: the unit's reading of its measure.
        city: the city's reading, scored instead of the unit's own on a small base if so declared.
        others: the unit's readings of the other measures the item names (`indicator.others`).
        city_others: the city's readings of them.
        peers: the readings of all units, for an item that compares units (`indicator.relative`).

    Raises:
        ValueError: an item that compares units was given no peers.
    """
    return Deriving(unit, indicator, declared, own, city, others, city_others, peers).result()


@dataclass(slots=True)
class Deriving:
    """The derivation of one item for one unit, while it is made: what a shape has to work with.

    Attributes: those of `derive`.
    """

    unit: str
    item: Scoring
    declared: Declared
    own: Reading
    city: Reading | None
    others: Mapping[str, Reading]
    city_others: Mapping[str, Reading]
    peers: Peers | None

    def result(self) -> Derivation:
        """Return the derivation by the readings as stated, or by the filling of them that gives the fewest points."""
        if self.declared.partial == "worst":
            filled = [self._with(*choice) for choice in self._choices()]
            if filled:
                return self._lowest([one._found() for one in filled])
        return self._found()

    def _choices(self) -> Iterator[tuple[Reading, Mapping[str, Reading]]]:
        """Yield the readings in every extreme combination of fillings; nothing where nothing is left open."""
        asked = self.item.own_measures
        open_ones = {
            measure: list(between(reading, self.item, measure))
            for measure, reading in {self.item.measure: self.own, **self.others}.items()
            if measure in asked and reading.status not in MISSING and reading.fillings
        }
        for combination in product(*open_ones.values()) if open_ones else ():
            filled = dict(zip(open_ones, combination, strict=True))
            yield filled.pop(self.item.measure, self.own), {**self.others, **filled}

    def _with(self, own: Reading, others: Mapping[str, Reading]) -> Deriving:
        """Return the same with the readings of one filling; the unit's part of the city and among its peers too."""
        city = self.city and moved(self.city, kindest(self.own, self.item.read), own)
        of_city = {
            measure: moved(reading, kindest(self.others[measure], self.item.read), others[measure])
            for measure, reading in self.city_others.items()
            if measure in others
        }
        peers = self.peers and self.peers.instead(self.unit, {self.item.measure: own, **others})
        return dataclasses.replace(
            self, own=own, others=others, city=city, city_others={**self.city_others, **of_city}, peers=peers
        )

    def _lowest(self, found: list[Derivation]) -> Derivation:
        """Return the derivation that gives least, with what was stated before it."""
        worst = min(found, key=lambda one: (one.points, self._goodness(one.readings[0])))
        out = [is_taken_out(one) for one in found]
        steps: tuple[Step, ...] = worst.steps
        if any(out) and not all(out):
            # whether the item counts at all hangs on what is left empty: the points are lost, and nothing is made good
            steps = self.unknown("undecided", "no_points")
        own = (self.own, *worst.readings) if worst.readings != (self.own,) else (self.own,)
        return dataclasses.replace(
            worst, readings=own, steps=(Step(WORST_FILLING, _NONE), *steps), status="partial"
        )

    def _goodness(self, reading: Reading) -> Fraction:
        """Return how good a filling is where the points do not tell: of several worth nothing the worst is told."""
        value = reading.value or _NONE
        return value if self.item.direction == "up" else -value

    def _found(self) -> Derivation:
        """Return what is given without a rule, else what the rule gives."""
        item = self.item
        reading = self.own if item.read in _PLAIN_READS else combined(item, self.own, self.others)
        exempt = self._exempt(reading)
        if exempt is not None:
            return self.ended((exempt,), "not_applicable", reading)
        if self._undecided(reading):
            return self.ended(self.unknown("undecided", self.declared.missing), "not_reported", reading)
        return item.rule.derived(reading, self)

    def of_one_number(self, reading: Reading) -> Derivation:
        """Return what is given without a rule, else what the rule gives for one number."""
        if reading.status == "new_unit" and self.declared.new_unit == "city" and self.city is not None:
            return self._by_city(Step("new_unit_city", _NONE), reading, self.city)
        given = _given(self.item, self.declared, reading)
        if given is not None:
            return self.ended(self._by_decree(*given), _status_given(given, reading), reading)
        small = self._small_base(reading)
        if small is None:
            return self.ended(self._scored(reading), reading.status, reading)
        return self._on_small_base(small, reading)

    def _on_small_base(self, small: Step, reading: Reading) -> Derivation:
        """Return what the rule set declares for a change on too small a base, after the step that says so."""
        use = self.declared.small_base.use
        if use == "unit" or (use == "city" and self.city is None):
            return self.ended((small, *self._scored(reading)), "small_base", reading)
        if use == "city":
            assert self.city is not None
            return self._by_city(small, reading, self.city)
        if use == "full_if_no_more":
            more = reading.value is not None and reading.value > 0
            step = self.granted(
                f"small_base_{'more' if more else 'no_more'}", "no_points" if more else "full_points"
            )
        else:
            step = self.granted("small_base_given", use)
        return self.ended((small, step), "small_base", reading)

    def _by_city(self, first: Step, reading: Reading, city: Reading) -> Derivation:
        """Return what the rule gives for the city's number instead of the unit's own, after the step that says so."""
        of_city = combined(self.item, city, self.city_others)
        instead = _given(self.item, self.declared, of_city)
        steps = self._scored(of_city) if instead is None else self._by_decree(*instead)
        status = reading.status if reading.status == "new_unit" else "small_base"
        return self.ended((first, *steps), status, reading, of_city)

    def ended(self, steps: tuple[Step, ...], status: str, *readings: Reading) -> Derivation:
        """Return the derivation of these steps; the readings are left out where the item reads several things."""
        return Derivation(
            self.unit,
            self.item.code,
            "base",
            self.item.bounds[0],
            readings or (self.own,),
            steps,
            status,
            (),
            self.others,
            self._means(),
            self.declared.by_class,
        )

    def _mean_of(self, measure: str, of: str) -> Fraction | None:
        if self.peers is None:
            raise ValueError(f"an item that compares units was given no peers: {self.item.code}")
        return self.peers.mean(measure, without=self.unit if of == "others" else "")

    def _means(self) -> dict[tuple[str, str], Fraction]:
        found = {
            (leaf.measure, str(leaf.above_mean_of)): self._mean_of(leaf.measure, str(leaf.above_mean_of))
            for leaf in self.item.beside_mean
        }
        return {asked: mean for asked, mean in found.items() if mean is not None}

    def granted(self, how: str, given: Given, numbers: Mapping[str, Fraction] = _NO_NUMBERS) -> Step:
        """Return the step of points given by decree, whatever the rule says."""
        return Step(f"{how}.{given}", self.item.bounds[0] if given == "full_points" else _NONE, numbers)

    def unknown(
        self, how: str, given: Given, numbers: Mapping[str, Fraction] = _NO_NUMBERS
    ) -> tuple[Step, ...]:
        """Return the steps of points given by decree to what is not known.

        Where the worst filling counts, a rule that may take points away (倒扣) then gives the fewest it can: silence is
        worth no more than the worst answer.
        """
        floor = self.item.bounds[1]
        step = self.granted(how, given, numbers)
        if (
            given != "no_points"
            or self.declared.partial != "worst"
            or floor is None
            or not less(floor, _NONE)
        ):
            return (step,)
        return (step, Step("floor", floor, {"floor": floor}))

    def _by_decree(self, how: str, given: Given) -> tuple[Step, ...]:
        unknown = how in ("missing", "partial_refused")
        return self.unknown(how, given) if unknown else (self.granted(how, given),)

    def value_of(self, reading: Reading) -> Callable[..., Fraction | None]:
        """Return how conditions read: by measure, `""` for the item's own number, and beside whose mean."""

        def value_of(measure: str, mean_of: str = "") -> Fraction | None:
            if mean_of:
                return above_mean(measure, value_of(measure), self._mean_of(measure, mean_of))
            if measure:
                return self.known(measure)
            readable = _given(self.item, self.declared, reading) is None
            return _number(self.item, self.declared, reading) if readable else None

        return value_of

    def known(self, measure: str) -> Fraction | None:
        """Return the value of a measure the item names; None where it has none, or may be anything.

        Where the worst filling counts, a value that rows leave open and of which no filling is known says nothing.
        """
        found = self.own if measure == self.item.measure else self.others.get(measure)
        if found is None or (self.declared.partial == "worst" and found.fillings is None):
            return None
        return found.value

    def _exempt(self, reading: Reading) -> Step | None:
        """Return what is given to a unit the item does not apply to, or that has nothing to assess."""
        item = self.item
        if item.not_for and self.unit in item.not_for:
            return self.granted("not_for", self.declared.not_applicable)
        if item.applies_when is not None:
            applies = item.applies_when.holds(self.value_of(reading))
            if applies is False:
                return self.granted("not_applicable", self.declared.not_applicable)
            if applies is None and self._hangs(item.applies_when):
                return None
        if item.nothing_when is not None and item.nothing_when.holds(self.value_of(reading)):
            return self.granted("nothing_when", self.declared.nothing_to_assess)
        return None

    def _undecided(self, reading: Reading) -> bool:
        """Return whether it hangs on something not reported that the item counts at all; then it is missing itself.

        Of nothing to assess that is so only where this is not worth full points, more than which no rule gives.
        """
        item, value_of = self.item, self.value_of(reading)
        full, _, cap = item.bounds
        harmless = self.declared.nothing_to_assess == "full_points" and not less(full, cap)
        return any(
            predicate.holds(value_of) is None and self._hangs(predicate)
            for predicate in (item.applies_when, None if harmless else item.nothing_when)
            if predicate is not None
        )

    def _hangs(self, predicate: Predicate) -> bool:
        """Return whether a condition asks about something that is not reported, or that may be anything."""
        for leaf in predicate.leaves():
            found = self.own if leaf.measure == self.item.measure else self.others.get(leaf.measure)
            if leaf.measure and (found is None or found.status in MISSING):
                return True
            if found is not None and found.fillings is None and self.declared.partial == "worst":
                return True
        return False

    def _small_base(self, reading: Reading) -> Step | None:
        """Return the step that says the base of a change in per cent is too small, or None."""
        below = self.declared.small_base.cases_below
        relative = (
            self.item.read in ("decline", "rise") and catalogue.of(reading.measure).compared != "difference"
        )
        if not relative or reading.base_cases is None or reading.base_cases >= below:
            return None
        numbers = {"cases": reading.base_cases, "below": Fraction(below)}
        return Step(f"small_base.{self.declared.small_base.use}", _NONE, numbers)

    # ── rules that read one number ───────────────────────────────────────────────────────────────────────────────────

    def _scored(self, reading: Reading) -> tuple[Step, ...]:
        """Return the steps of comparison, shape, waiver, floor and cap for a reading that has a value."""
        steps: list[Step] = []
        if reading.status == "partial":
            steps.append(Step(f"partial{'_lenient' if self.declared.partial == 'as_stated' else ''}", _NONE))
        x = _number(self.item, self.declared, reading)
        if self.declared.reading_places is not None and x != entering(self.item, reading):
            steps.append(Step("reading_rounded", _NONE, {"x": x}))
        compared: Step | None = None
        if self.item.compare is not None:
            found = self._compared(x, reading)
            if found is None:
                return (*steps, self.granted("no_peers", self.declared.nothing_to_assess))
            compared, x = found
            steps.append(compared)
            if compared.how.endswith((".full_points", ".no_points")):
                return tuple(steps)
        rule = cast(OfOneNumber, self.item.rule)
        return (*steps, *rule.scored(x, compared, reading, self))

    def bounded(self, steps: list[Step], points: Fraction, reading: Reading) -> list[Step]:
        """Return steps that give `points`, with what is waived and what floor and cap change."""
        full, floor, cap = self.item.bounds
        waiver = self.item.waived_when
        if waiver is not None and points < full and waiver.holds(self.value_of(reading)):
            steps.append(Step("waived", full - points))
            points = full
        if floor is not None and less(points, floor):
            steps.append(Step("floor", floor - points, {"floor": floor}))
        elif less(cap, points):
            steps.append(Step("cap", cap - points, {"cap": cap}))
        return steps

    def _compared(self, x: Fraction, reading: Reading) -> tuple[Step, Fraction] | None:
        """Return what a reading is beside the others or the target, and the number that enters the rule."""
        compare = self.item.compare
        assert compare is not None
        if compare.target is not None:
            target = Fraction(compare.target)
            return Step("compared.target", _NONE, {"target": target, "ratio": x / target}), x / target
        if self.peers is None:
            raise ValueError(f"an item that compares units was given no peers: {self.item.code}")
        field = self.peers.field(self.item, self.declared)
        if not field.ordered:
            return None
        # more of a decline or of a mark is better whatever the direction of its measure
        up = self.item.base_rising
        if compare.to == "rank":
            return self._ranked(field, x, up)
        if compare.to == "best":
            return self._beside_best(field, x, up)
        return self._beside_mean(field, x, reading, up)

    def _beside_best(self, field: _Field, x: Fraction, up: bool) -> tuple[Step, Fraction]:
        best = field.ordered[-1] if up else field.ordered[0]
        zero_best = self.item.compare.zero_best if self.item.compare is not None else "no_points"
        if not best and zero_best == "as_one":
            ratio = 1 / max(x, Fraction(1))
            return Step("compared.best_as_one", _NONE, {"best": Fraction(1), "ratio": ratio}), ratio
        if up and not best:
            given: Given = "full_points" if zero_best == "full_points" else "no_points"
            return self.granted("zero_best", given), x
        ratio = (x / best if up else best / x) if x else (_NONE if up else Fraction(1))
        return Step("compared.best", _NONE, {"best": best, "ratio": ratio}), ratio

    def _ranked(self, field: _Field, x: Fraction, up: bool) -> tuple[Step, Fraction]:
        first, last = bisect_left(field.ordered, x), bisect_right(field.ordered, x)
        better = len(field.ordered) - last if up else first
        tied = max(last - first, 1)
        units = Fraction(len(field.ordered))
        numbers = {"place": Fraction(better + 1), "tied": Fraction(tied), "units": units}
        place = better + tied if self.declared.rank_ties == "worse" else better + 1
        return Step(f"compared.rank{'_tied' if tied > 1 else ''}", _NONE, numbers), Fraction(place)

    def _beside_mean(
        self, field: _Field, x: Fraction, reading: Reading, up: bool
    ) -> tuple[Step, Fraction] | None:
        compare = self.item.compare
        assert compare is not None
        # the mean of the others is without the unit's own number, also where the city's is scored instead
        own = field.own.get(self.unit) if compare.of == "others" else None
        x_own, top, base = own or (_NONE, _NONE, _NONE)
        number = len(field.ordered) - (own is not None)
        if not number:
            return None
        if compare.kind == "pooled" and field.above is not None and reading.numerator is not None:
            if field.below == base:
                return None
            mean = (field.above - top) / (field.below - base)
        else:
            mean = (field.total - x_own) / number
        gap = x - mean if up else mean - x
        in_points = self.item.base_share and self.declared.percent == "percentage_points"
        if not in_points:
            if not mean and gap:
                return self._beside_nothing(gap), x
            gap = gap / abs(mean) if mean else _NONE
        side = "above" if x > mean else "below" if x < mean else "at"
        numbers = {"mean": mean, "gap": abs(gap), "units": Fraction(number), "in_points": Fraction(in_points)}
        return Step(f"compared.mean_{side}", _NONE, numbers), gap

    def _beside_nothing(self, gap: Fraction) -> Step:
        """Return what a mean of zero gives, of which nothing is a part: the most to who is better, else the least."""
        if gap > 0:
            return self.granted("zero_mean", "full_points")
        floor = self.item.bounds[1]
        return Step("zero_mean.no_points", _NONE if floor is None else min(floor, _NONE))

    # ── for rules that read several things ───────────────────────────────────────────────────────────────────────────

    def status_of_others(self) -> str:
        """Return the status of a rule that reads several measures."""
        return joint_status({self.own.status, *(reading.status for reading in self.others.values())})

    def parts(self, parts: Iterable[Scoring]) -> tuple[Derivation, ...]:
        """Return the derivations of the parts of an item, each with its own exceptions over those of the item."""
        readings = {self.item.measure: self.own, **self.others}
        of_city = {**self.city_others, **({self.item.measure: self.city} if self.city is not None else {})}
        return tuple(
            Deriving(
                self.unit,
                part,
                part.declared_over(self.declared),
                readings.get(part.measure, Reading(part.measure, "not_reported")),
                of_city.get(part.measure),
                # its own is not among the others: beside a filling of it there would be what was stated
                {measure: reading for measure, reading in readings.items() if measure != part.measure},
                {measure: reading for measure, reading in of_city.items() if measure != part.measure},
                self.peers,
            ).result()
            for part in parts
        )


def above_mean(measure: str, value: Fraction | None, mean: Fraction | None) -> Fraction | None:
    """Return how far a value lies above a mean: of a share the difference, of anything else as a part of the mean."""
    if value is None or mean is None:
        return None
    gap = value - mean
    if not gap or is_share(measure):
        return gap
    return gap / abs(mean) if mean else None


def is_taken_out(derivation: Derivation) -> bool:
    """Return whether an item does not count and is taken out of the whole."""
    return any(step.how.endswith(".taken_out") for step in derivation.steps)


def rounded(derivation: Derivation, places: int, rule: RoundingRule) -> Derivation:
    """Return a derivation whose points are rounded once, the difference being its last step."""
    exact = derivation.points
    difference = Fraction(round_exact(exact, places, rule)) - exact
    if not difference:
        return derivation
    return dataclasses.replace(derivation, steps=(*derivation.steps, Step("rounded", difference)))


#: readings that are one row of the value table
_PLAIN_READS: Final = frozenset({"value", "decline", "rise", "mark"})


def combined(item: Scoring, own: Reading, others: Mapping[str, Reading]) -> Reading:
    """Return what an item reads: one value as it is, or a rate, a shortage or a mean made of several."""
    if item.read in _PLAIN_READS:
        return own
    if item.samples is not None:
        return _mean_of_samples(item, {item.measure: own, **others})
    other = others.get(item.against, Reading(item.against, "not_reported"))
    status = _worse(own.status, other.status)
    if own.value is None or other.value is None:
        return Reading(own.measure, status if status in _WORST[:5] else "not_reported")
    if item.read == "rate" and not other.value:
        return Reading(own.measure, "not_applicable", None, own.value, other.value, own.counted)
    value = own.value / other.value if item.read == "rate" else max(other.value - own.value, _NONE)
    fillings = None if own.fillings is None or other.fillings is None else ()
    return Reading(
        own.measure, status, value, own.value, other.value, own.counted, own.row, fillings=fillings
    )


def scored_by(item: Scoring, declared: Declared, stated: Reading) -> Reading:
    """Return the filling of a reading by which a unit is held against the others: the worst, if that is what counts."""
    if declared.partial != "worst" or item.read not in _PLAIN_READS:
        return stated
    known = [filled for filled in stated.fillings or () if filled.value is not None]
    if not known:
        return stated
    return (min if item.base_rising else max)(known, key=lambda filled: entering(item, filled))


def kindest(stated: Reading, read: str) -> Reading:
    """Return the filling of a change that others see in the city's: what one unit leaves empty costs no other unit."""
    known = [filled for filled in stated.fillings or () if filled.value is not None]
    if not known:
        return stated
    return (min if read == "decline" else max)(known, key=lambda filled: filled.value or _NONE)


def moved(whole: Reading, stated: Reading, filled: Reading) -> Reading:
    """Return a change of the city with the part of one unit as filled in instead of as stated."""
    ends = (whole.numerator, whole.denominator, stated.numerator, stated.denominator)
    if stated is filled or whole.value is None or any(end is None for end in ends):
        return whole
    if (
        filled.numerator is None
        or filled.denominator is None
        or catalogue.of(whole.measure).compared != "change"
    ):
        return whole
    now, before = (cast(Fraction, end) for end in (whole.numerator, whole.denominator))
    now += filled.numerator - cast(Fraction, stated.numerator)
    before += filled.denominator - cast(Fraction, stated.denominator)
    if not before:
        return dataclasses.replace(whole, status="zero_base", value=None, numerator=now, denominator=before)
    return dataclasses.replace(whole, value=(now - before) / before, numerator=now, denominator=before)


def between(reading: Reading, item: Scoring, measure: str) -> Iterator[Reading]:
    """Yield the fillings of a reading by which the fewest points of an item can be found.

    Where more is always better, or always worse, these are the extreme ones. Elsewhere every count between them is
    tried, or every line of the rule and what lies just beside it.
    """
    extremes = reading.fillings or ()
    yield from extremes
    values = [filled.value for filled in extremes if filled.value is not None]
    if item.monotone or len(values) < 2 or min(values) == max(values):
        return
    like, low, high = extremes[0], min(values), max(values)
    ends = [_parts_of(filled) for filled in extremes]
    bases = {base for _, base in ends}
    tops = [top for top, _ in ends if top is not None]
    if len(bases) == 1 and len(tops) == len(ends) and max(tops) - min(tops) <= _FEW:
        base = ends[0][1]
        for count in map(Fraction, range(int(min(tops)) + 1, ceil(max(tops)))):
            yield dataclasses.replace(like, value=count / base, numerator=count)
        return
    for line in item.lines(measure):
        for value in (line - _BESIDE, line, line + _BESIDE):
            if low < value < high:
                # a rate stays made of two numbers: what is pooled is pooled of it too
                base = ends[0][1]
                top = value * base if ends[0][0] is not None and like.denominator else None
                below = None if top is None else base
                yield dataclasses.replace(like, value=value, numerator=top, denominator=below)


def _parts_of(filled: Reading) -> tuple[Fraction | None, Fraction]:
    """Return count and base of a filling that is one divided by the other; of a plain count the base is one."""
    if filled.denominator is None:
        return filled.value, Fraction(1)
    if filled.numerator is not None and filled.value == filled.numerator / (filled.denominator or 1):
        return filled.numerator, filled.denominator
    return None, filled.denominator


def _mean_of_samples(item: Scoring, readings: Mapping[str, Reading]) -> Reading:
    """Return the weighted mean of the samples; numerator and denominator are the samples that count and all of them."""
    assert item.samples is not None
    above = below = _NONE
    known = 0
    endless = any(
        readings[one.measure].fillings is None for one in item.samples.of if one.measure in readings
    )
    for sample in item.samples.of:
        reading = readings.get(sample.measure)
        share = None if reading is None else _share_of_mark(item, reading)
        if share is None and item.samples.missing == "missing":
            return Reading(item.measure, "not_reported")
        if share is None and item.samples.missing == "left_out":
            continue
        known += share is not None
        above, below = above + (share or _NONE) * Fraction(sample.weight), below + Fraction(sample.weight)
    if not known:
        return Reading(item.measure, "not_reported")
    number = Fraction(len(item.samples.of))
    fillings = None if endless else ()
    return Reading(item.measure, "reported", above / below, Fraction(known), number, fillings=fillings)


def _share_of_mark(item: Scoring, reading: Reading) -> Fraction | None:
    """Return a sample as a share: a mark of its full mark, or a rate as it is."""
    if reading.value is None or not catalogue.of(reading.measure).is_mark:
        return reading.value
    full = Fraction(item.full) if item.full is not None else reading.denominator
    return reading.value / full if full else None


def _worse(*statuses: str) -> str:
    return next((status for status in _WORST if status in statuses), statuses[0])


def joint_status(statuses: Iterable[str]) -> str:
    """Return the status of what is made of several: partial as soon as a part is missing or incomplete."""
    found = set(statuses)
    if found <= MISSING:
        return "not_reported"
    return "partial" if found & {*MISSING, "partial"} else "reported"


def _given(item: Scoring, declared: Declared, reading: Reading) -> tuple[str, Given] | None:
    """Return what is given without a rule (sentence and points), or None if the reading is to be scored."""
    status = reading.status
    if status == "reported" and reading.value is not None and item.read != "mark":
        return None
    of_status: dict[str, tuple[str, Given]] = {
        "not_comparable": ("not_comparable", declared.not_comparable),
        "new_unit": ("new_unit", _of_new_unit(declared)),
        "not_applicable": ("nothing_to_assess", declared.nothing_to_assess),
    }
    if status in of_status:
        return of_status[status]
    valueless = reading.value is None and status != "zero_base"
    if status in MISSING or valueless or (item.read == "mark" and not full_mark(item, reading)):
        return "missing", declared.missing
    # what is left open without a known filling may be anything
    endless = declared.partial == "worst" and reading.fillings is None
    is_open = status == "partial" or reading.fillings != ()
    if endless or (is_open and declared.partial == "no_points"):
        return "partial_refused", "no_points"
    return _from_zero(declared, reading) if status == "zero_base" else None


def _of_new_unit(declared: Declared) -> Given:
    """Return what a new unit is given for a change; where the city's is scored and there is none, nothing."""
    use = declared.new_unit
    return "no_points" if use is None or use == "city" else use


def _from_zero(declared: Declared, reading: Reading) -> tuple[str, Given]:
    if declared.zero_base != "full_if_none_now":
        return "zero_base", declared.zero_base
    if reading.numerator == 0:
        return "zero_base_none_now", "full_points"
    return "zero_base_some_now", "no_points"


def _status_given(given: tuple[str, Given], reading: Reading) -> str:
    """Return the status of points given without a rule."""
    unmarked = given[0] == "missing" and reading.status not in MISSING
    return "not_reported" if unmarked else reading.status


def _number(item: Scoring, declared: Declared, reading: Reading) -> Fraction:
    """Return the number read, rounded where the rule set says so."""
    x = entering(item, reading)
    if declared.reading_places is None:
        return x
    scale = 100 if item.base_share else 1
    rule = declared.rounding.rule if declared.rounding else declared.rounding_rule
    return Fraction(round_exact(x * scale, declared.reading_places, rule)) / scale


def entering(item: Scoring, reading: Reading) -> Fraction:
    """Return the number that is read: the value, the decline, the rise, or the mark as a share of the full mark.

    Raises:
        ValueError: the reading has no value.
    """
    if reading.value is None:
        raise ValueError(f"nothing to read: {reading.measure}")
    if item.read == "decline":
        return -reading.value
    if item.read != "mark":
        return reading.value
    full = full_mark(item, reading)
    if not full:
        raise ValueError(f"a mark without its full mark: {reading.measure}")
    return reading.value / full


def full_mark(item: Scoring, reading: Reading) -> Fraction | None:
    """Return the full mark of `read: mark`: that of the rule, else the one standing with the mark."""
    return Fraction(item.full) if item.full is not None else reading.denominator
