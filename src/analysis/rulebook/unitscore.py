"""All points of one unit as derivations: items, dimensions, the whole, and the same item by other sources.

The stages of an assessment are kept apart: what the rule of an indicator gives, what the sheets of the self-check and
of the field check gave for it. A rule set may compose them (`Composition`), and may compose periods (`Periods`).
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, get_args

from analysis.indicators import catalogue
from analysis.indicators.values import ValueIndex
from analysis.rulebook.composition import (
    Composition,
    Falsification,
    MissingPart,
    Periods,
    SelfDifference,
    Source,
)
from analysis.rulebook.derivation import (
    MISSING,
    Derivation,
    Peers,
    Reading,
    derive,
    is_taken_out,
    joint_status,
    kindest,
    moved,
    rounded,
)
from analysis.rulebook.indicator import Declared, Indicator, Scoring
from analysis.rulebook.model import Bonus, Deduction, Dimension, Rulebook, Veto
from analysis.rulebook.readings import read, triggered
from analysis.rulebook.rule import Step
from analysis.rulebook.unit_classes import UnitClass

#: item of the whole score in the score table
TOTAL: Final = "total"
#: parts of the whole beside the dimensions
BONUS: Final = "bonus"
DEDUCTION: Final = "deduction"
#: steps that compose begin so; the source or the number of the period follows
BY_SOURCE: Final = "source."
BY_PERIOD: Final = "period."
#: what befalls an item or the whole
FALSIFIED: Final = "falsified."
SCALED: Final = "scaled"
VETOED: Final = "vetoed."
UNREPORTED: Final = "unreported."
_NOTHING_ASSESSED: Final = "nothing_to_assess.taken_out"
#: sheets that mark single items, by source
_SHEETS: Final[tuple[Source, ...]] = get_args(Source)
_NOTHING: Final = Fraction(0)


@dataclass(frozen=True)
class SourceScore:
    """What a source gives for an item beside the score that counts."""

    source: Source
    derivation: Derivation


@dataclass(frozen=True)
class UnitScore:
    """All points of one unit, as data.

    Attributes:
        unit: its code.
        items: derivations of indicators, bonuses, deductions, vetoes and falsifications in the order of the rulebook.
        dimensions: derivations of the dimensions, one step per indicator.
        whole: derivation of the total, one step per dimension, then what befalls the whole.
        sources: what other sources give for the same items.
        official: where the points that count come from, by code of the indicator, if not from its own source.
        unit_class: code of its class, empty without classes.
    """

    unit: str
    items: tuple[Derivation, ...]
    dimensions: tuple[Derivation, ...]
    whole: Derivation
    sources: tuple[SourceScore, ...] = ()
    official: Mapping[str, Source] = dataclasses.field(default_factory=dict)
    unit_class: str = ""


@dataclass(frozen=True)
class _Item:
    """An indicator with everything about it that is the same for all units."""

    indicator: Indicator
    dimension: Dimension
    declared: Declared
    marks: Mapping[Source, str]
    composed: bool


@dataclass(frozen=True)
class _Scored:
    """An indicator of one unit: the points that count, those of its own rule, those of the other sources."""

    item: _Item
    official: Derivation
    own: Derivation
    marks: Mapping[Source, Derivation]
    source: Source


def slug(code: str) -> str:
    """Return the code of an item as it stands in the name of a measure: 1.1 → 1_1."""
    return code.replace(".", "_")


class Scorer:
    """Scores units by one rule set, as it holds for their class.

    Args:
        values: the value table.
        rulebook: the rule set.
        units: codes of the units that are compared with one another by relative rules.
        city: code of the city, whose declines are scored on a small base.
        period: the round's period.
        base_period: the period it is compared with.
        unit_class: the class of the units, None without classes.
    """

    def __init__(
        self,
        values: ValueIndex,
        rulebook: Rulebook,
        units: Iterable[str],
        *,
        city: str,
        period: str,
        base_period: str,
        unit_class: UnitClass | None = None,
    ) -> None:
        rulebook = rulebook.of_class(unit_class)
        self.values, self.rulebook, self.units, self.city = values, rulebook, tuple(units), city
        self.unit_class = unit_class.code if unit_class else ""
        self.period, self.base_period = period, base_period
        self._items = [
            _Item(
                indicator,
                dimension,
                rulebook.declared(indicator),
                {
                    source: measure
                    for source, measure in sheet_marks(indicator).items()
                    if measure in values.measures
                },
                _is_composed(rulebook, dimension, indicator),
            )
            for dimension in rulebook.dimensions
            for indicator in dimension.indicators
        ]
        self._read_city = functools.cache(self._of_city)
        self._deductions = [(part, rulebook.declared(part)) for part in rulebook.deductions]
        self._peers: dict[tuple[str, str], Peers] = {}
        self._of_year = functools.cache(self._counted_of_year_only)

    def score(self, unit: str) -> UnitScore:
        """Return all points of a unit."""
        scored = [self._indicator(unit, item) for item in self._items]
        caught = [self._caught(unit, part, scored) for part in self.rulebook.falsification]
        # what two of them cost is lost to the first
        lost = {code: derivation.item for derivation, codes in reversed(caught) for code in codes}
        scored = [_lost(one, lost.get(one.item.indicator.code, "")) for one in scored]
        dimensions = self._dimensions(unit, scored)
        bonuses = [self._finished(self._bonus(unit, bonus)) for bonus in self.rulebook.bonuses]
        deductions = [
            self._finished(self._deduction(unit, part, declared), declared)
            for part, declared in self._deductions
        ]
        vetoes = [self._veto(unit, veto) for veto in self.rulebook.vetoes]
        falsified = [derivation for derivation, _ in caught]
        summed = self._base(unit, scored, dimensions)
        whole = self._whole(summed, bonuses, [*deductions, *falsified], vetoes)
        sources = [
            SourceScore(source, self._finished(derivation))
            for one in scored
            for source, derivation in _beside(one)
        ]
        return UnitScore(
            unit,
            (*(one.official for one in scored), *bonuses, *deductions, *vetoes, *falsified),
            tuple(dimensions),
            whole,
            tuple(sources),
            {
                one.item.indicator.code: one.source
                for one in scored
                if one.source != one.item.indicator.source
            },
            self.unit_class,
        )

    # ── readings ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _counted_of_year_only(self, measure: str) -> bool:
        """Return whether a measure is counted for the round's period as a whole and for no part of it."""
        periods = self.rulebook.periods
        parts = periods.within(self.period, self.base_period) if periods else ()
        compared = catalogue.of(measure).compared
        asked = {(measure, period, base if compared else "") for period, base in parts}
        whole = (measure, self.period, self.base_period if compared else "")
        return bool(asked) and whole in self.values.counted and not asked & self.values.counted

    def _read(self, unit: str, measure: str, period: str, base: str) -> Reading:
        if period != self.period and self._of_year(measure):
            period, base = self.period, self.base_period
        return read(self.values, unit, measure, period, base)

    def _of_city(self, measure: str, period: str, base: str, kind_to: str) -> Reading:
        """Return the city's number as stated, or with what units left empty counted in favour of those scored by it.

        What one unit leaves empty must not make the others lose points, or it would rise among them.
        """
        city = dataclasses.replace(self._read(self.city, measure, period, base), fillings=())
        for unit in self.units if kind_to else ():
            own = self._read(unit, measure, period, base)
            city = moved(city, own, kindest(own, kind_to))
        return city

    def _own_reading(self, unit: str, measure: str) -> Reading:
        return self._read(unit, measure, self.period, self.base_period)

    def _worst(self, events: Reading) -> Reading:
        """Return how many events a score has to reckon with: where the rule set says so, what is left empty too."""
        return events.at("highest") if self.rulebook.partial == "worst" else events

    def _all_units(self, period: str, base: str) -> Peers:
        key = (period, base)
        if key not in self._peers:
            self._peers[key] = Peers(
                lambda measure: {unit: self._read(unit, measure, period, base) for unit in self.units}
            )
        return self._peers[key]

    # ── one indicator ────────────────────────────────────────────────────────────────────────────────────────────────

    def _indicator(self, unit: str, item: _Item) -> _Scored:
        periods = self.rulebook.periods
        if periods is not None and not all(map(self._of_year, item.indicator.measures)):
            own = self._over_periods(unit, item, periods)
        else:
            own = self._by_rule(unit, item.indicator, item.declared, self.period, self.base_period)
        marks = {
            source: derivation
            for source, measure in item.marks.items()
            if (derivation := self._marked(unit, item.indicator, source, measure)) is not None
        }
        official, source = (own, item.indicator.source)
        if item.composed and self.rulebook.composition is not None and not is_taken_out(own):
            official, source = _composed(self.rulebook.composition, item.indicator, own, marks)
        return _Scored(item, self._finished(official, item.declared), own, marks, source)

    def _by_rule(self, unit: str, part: Scoring, declared: Declared, period: str, base: str) -> Derivation:
        own = self._read(unit, part.measure, period, base)
        city: Reading | None = None
        city_others: dict[str, Reading] = {}
        changes = [one.read for one in (part, *part.rule.scored_parts()) if one.read in ("decline", "rise")]
        if changes:
            kind_to = changes[0] if declared.partial == "worst" else ""
            city = self._read_city(part.measure, period, base, kind_to)
            city_others = {other: self._read_city(other, period, base, kind_to) for other in part.others}
        peers = self._all_units(period, base) if part.relative else None
        if not part.others:
            return derive(unit, part, declared, own, city, peers=peers)
        others = {other: self._read(unit, other, period, base) for other in part.others}
        return derive(unit, part, declared, own, city, others=others, city_others=city_others, peers=peers)

    def _marked(self, unit: str, indicator: Indicator, source: Source, measure: str) -> Derivation | None:
        """Return the points a sheet gives for an indicator; None where it does not speak of it."""
        if self.values.get(unit, self.period, measure) is None:
            return None
        reading, possible = self._own_reading(unit, measure), Fraction(indicator.points)
        if reading.value is None or not reading.denominator:
            step, status = Step(f"{BY_SOURCE}{source}", _NOTHING), "not_reported"
        else:
            share = min(max(reading.value / reading.denominator, _NOTHING), Fraction(1))
            numbers = {"mark": reading.value, "full": reading.denominator}
            step, status = Step(f"{BY_SOURCE}{source}", possible * share, numbers), reading.status
        return Derivation(unit, indicator.code, "base", possible, (reading,), (step,), status)

    def _over_periods(self, unit: str, item: _Item, periods: Periods) -> Derivation:
        """Return an indicator composed of its points in several periods."""
        means: list[tuple[str, Fraction, Fraction | None]] = []
        parts: list[Derivation] = []
        for place, part in enumerate(periods.parts, 1):
            found = [
                self._by_rule(unit, item.indicator, item.declared, period, base)
                for period, base in part.based(self.period, self.base_period)
            ]
            counted = [one for one in found if not is_taken_out(one)]
            if periods.missing_period == "spread":
                counted = [one for one in counted if one.status not in MISSING]
            points = [_NOTHING if one.status in MISSING else one.points for one in counted]
            mean = sum(points, _NOTHING) / len(points) if points else None
            means.append((f"{BY_PERIOD}{place}", Fraction(part.weight), mean))
            parts += found
        if all(is_taken_out(part) for part in parts):
            return parts[-1]
        # a period in which there is nothing to assess leaves its weight to the others, whatever is missing
        return _weighted(parts[-1], means, "spread", tuple(parts))

    # ── the whole ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _finished(self, derivation: Derivation, declared: Declared | None = None) -> Derivation:
        """Return a derivation rounded, if each item is, by its own rule or that of the set."""
        rounding = self.rulebook.rounding
        own = declared.rounding if declared is not None else None
        if own is not None:
            return rounded(derivation, own.places, own.rule)
        at_once = rounding.moment == "indicator"
        return rounded(derivation, rounding.places, rounding.rule) if at_once else derivation

    def _dimensions(self, unit: str, scored: list[_Scored]) -> list[Derivation]:
        by_dimension: dict[str, list[Derivation]] = {}
        for one in scored:
            by_dimension.setdefault(one.item.dimension.code, []).append(one.official)
        return [
            self._dimension(unit, dimension, by_dimension[dimension.code])
            for dimension in self.rulebook.dimensions
        ]

    def _dimension(self, unit: str, dimension: Dimension, parts: list[Derivation]) -> Derivation:
        full, out = Fraction(dimension.points), _taken_out(parts)
        summed = _sum(unit, dimension.code, full, parts)
        if not out:
            return summed
        if out == full:
            # nothing of it can be assessed: the whole makes it good
            return dataclasses.replace(
                summed, steps=(Step(_NOTHING_ASSESSED, _NOTHING),), status="not_applicable"
            )
        if self.rulebook.renormalise == "total":
            return dataclasses.replace(summed, possible=full - out)
        return self._finished(_with(summed, _scaled(summed.points, full - out, full)))

    def _base(self, unit: str, scored: list[_Scored], dimensions: list[Derivation]) -> Derivation:
        """Return the sum of the dimensions, on the scale and composed as declared."""
        book = self.rulebook
        full = Fraction(book.whole)
        summed = _sum(unit, TOTAL, full, dimensions)
        assessed = sum((_assessed(part) for part in dimensions), _NOTHING)
        if assessed != full and assessed:
            summed = _with(summed, _scaled(summed.points, assessed, full))
        elif not assessed:
            summed = dataclasses.replace(summed, status="not_applicable")
        if book.composition is not None and book.composition.at == "total":
            summed = self._composed_whole(unit, summed, scored, book.composition)
        return summed

    def _whole(
        self,
        summed: Derivation,
        bonuses: list[Derivation],
        deductions: list[Derivation],
        vetoes: list[Derivation],
    ) -> Derivation:
        book = self.rulebook
        full = Fraction(book.whole)
        steps = list(summed.steps)
        for what in book.order:
            points = sum((step.points for step in steps), _NOTHING)
            if what == "bonus" and bonuses:
                steps.append(Step(BONUS, sum((bonus.points for bonus in bonuses), _NOTHING)))
            elif what == "deduction" and any(part.points for part in deductions):
                steps.append(Step(DEDUCTION, sum((part.points for part in deductions), _NOTHING)))
            elif what == "cap" and points > full and not book.bonus_may_pass:
                steps.append(Step("cap", full - points, {"cap": full}))
            elif what == "floor" and points < 0 and not book.total_may_fall_below_zero:
                steps.append(Step("floor", -points, {"floor": _NOTHING}))
        for veto, derivation in zip(book.vetoes, vetoes, strict=True):
            points = sum((step.points for step in steps), _NOTHING)
            if (
                veto.effect == "total_zero"
                and triggered(veto, self._worst(derivation.readings[0]))
                and points > 0
            ):
                steps.append(Step(f"{VETOED}{veto.code}", -points))
        whole = dataclasses.replace(summed, steps=tuple(steps))
        return rounded(whole, book.rounding.places, book.rounding.rule)

    def _composed_whole(
        self, unit: str, summed: Derivation, scored: list[_Scored], composition: Composition
    ) -> Derivation:
        """Return the whole composed of whole scores: each source's share of what it could give, by weight."""
        full = Fraction(self.rulebook.whole)
        parts: list[Derivation] = []
        weighed: list[tuple[str, Fraction, Fraction | None]] = []
        for part in composition.sources:
            if part.source == "reviewed" and not part.measure:
                found: Derivation | None = summed
            elif part.measure:
                reading = self._own_reading(unit, part.measure)
                most = Fraction(part.full) if part.full else reading.denominator
                found = _whole_mark(unit, full, reading, most, part.source)
            else:
                found = _sheet_total(unit, full, scored, part.source)
            stated = None if found is None or found.status in MISSING else found
            weighed.append((f"{BY_SOURCE}{part.source}", Fraction(part.weight or 1), _points_of(stated)))
            parts += [stated] if stated is not None else []
        if composition.combine == "replaced":
            weighed = next(([one] for one in weighed if one[2] is not None), weighed[:1])
            weighed = [(how, Fraction(1), points) for how, _, points in weighed]
        return _weighted(summed, weighed, composition.missing_source, tuple(parts))

    # ── beside the indicators ────────────────────────────────────────────────────────────────────────────────────────

    def _bonus(self, unit: str, bonus: Bonus) -> Derivation:
        readings = [self._own_reading(unit, level.measure) for level in bonus.levels]
        steps: list[Step] = []
        for level, reading in zip(bonus.levels, readings, strict=True):
            added = (reading.value or _NOTHING) * Fraction(level.points)
            if bonus.level_cap is not None:
                added = min(added, Fraction(bonus.level_cap))
            steps.append(Step("bonus", added))
        if bonus.levels_count == "highest" and steps:
            best = max(step.points for step in steps)
            steps = [Step("bonus", best)]
        raw, most = sum((step.points for step in steps), _NOTHING), Fraction(bonus.points)
        if raw > most:
            steps.append(Step("cap", most - raw, {"cap": most}))
        status = joint_status(reading.status for reading in readings)
        return Derivation(unit, bonus.code, "bonus", most, tuple(readings), tuple(steps), status)

    def _deduction(self, unit: str, part: Deduction, declared: Declared) -> Derivation:
        found = self._by_rule(unit, part, declared, self.period, self.base_period)
        steps = found.steps
        if found.status in MISSING:
            # silence is taken for innocence only where the rule set says so
            least = part.bounds[1] if part.unreported == "most" else None
            taken = _NOTHING if least is None else least
            steps = (Step(f"{UNREPORTED}{part.unreported}", taken),)
        return dataclasses.replace(found, kind="deduction", possible=None, steps=steps)

    def _veto(self, unit: str, veto: Veto) -> Derivation:
        reading = self._own_reading(unit, veto.measure)
        return Derivation(unit, veto.code, "veto", None, (reading,), (), reading.status)

    def _caught(
        self, unit: str, part: Falsification, scored: list[_Scored]
    ) -> tuple[Derivation, frozenset[str]]:
        """Return the derivation of a falsification, without a step where there is none, and the items it costs."""
        differing: frozenset[str] = frozenset()
        if part.difference is not None:
            reading, differing = _differences(part.difference, scored)
        else:
            reading = self._worst(self._own_reading(unit, part.measure))
        if reading.value is None or reading.value < part.at_least:
            return Derivation(unit, part.code, "veto", None, (reading,), (), reading.status), frozenset()
        step = Step("caught", -Fraction(part.off), {"count": reading.value})
        wanted = set(part.loses)
        lost = {
            one.item.indicator.code
            for one in scored
            if wanted & _places(one.item.dimension, one.item.indicator)
        }
        derivation = Derivation(unit, part.code, "veto", None, (reading,), (step,), reading.status)
        return derivation, frozenset(lost | (differing if part.loses_differing else frozenset()))


def _composed(
    composition: Composition, indicator: Indicator, own: Derivation, marks: Mapping[Source, Derivation]
) -> tuple[Derivation, Source]:
    """Return the points that count under the composition of sources, and where they come from."""
    given = {**marks, indicator.source: own}
    stated = {source: one for source, one in given.items() if one.status not in MISSING}
    if composition.combine == "replaced":
        source = next((part.source for part in composition.sources if part.source in stated), None)
        return (own, indicator.source) if source is None else (stated[source], source)
    weighed = [
        (f"{BY_SOURCE}{part.source}", Fraction(part.weight or 0), _points_of(stated.get(part.source)))
        for part in composition.sources
    ]
    parts = tuple(given[part.source] for part in composition.sources if part.source in given)
    return _weighted(own, weighed, composition.missing_source, parts), "reviewed"


def sheet_marks(indicator: Indicator) -> dict[Source, str]:
    """Return the measures by which sheets mark an indicator beside its own rule, by source."""
    marks: dict[Source, str] = {source: f"mark_{source}_{slug(indicator.code)}" for source in _SHEETS}
    return {source: measure for source, measure in marks.items() if measure != indicator.measure}


def composed_sources(rulebook: Rulebook, indicator: Indicator) -> tuple[Source, ...]:
    """Return the sources an indicator is composed of; empty where its own rule alone counts."""
    composition = rulebook.composition
    dimension = next(each for each in rulebook.dimensions if indicator in each.indicators)
    if composition is None or not _is_composed(rulebook, dimension, indicator):
        return ()
    return tuple(part.source for part in composition.sources)


def _is_composed(rulebook: Rulebook, dimension: Dimension, indicator: Indicator) -> bool:
    composition = rulebook.composition
    if composition is None or composition.at != "indicator":
        return False
    if indicator.source not in {part.source for part in composition.sources}:
        return False
    return not composition.only or bool(set(composition.only) & _places(dimension, indicator))


def _places(dimension: Dimension, indicator: Indicator) -> set[str]:
    """Return the codes under which an indicator may be named: its own, its group's, its dimension's."""
    groups = {group.code for group in dimension.groups if indicator in group.indicators}
    return {dimension.code, indicator.code, *groups}


def _points_of(derivation: Derivation | None) -> Fraction | None:
    return None if derivation is None else derivation.points


def _weighted(
    like: Derivation,
    weighed: list[tuple[str, Fraction, Fraction | None]],
    missing: MissingPart,
    parts: tuple[Derivation, ...],
) -> Derivation:
    """Return a derivation composed of parts by weight, one step each (how, weight, points; None: missing)."""
    there = sum((weight for _, weight, points in weighed if points is not None), _NOTHING)
    steps: list[Step] = []
    for how, weight, points in weighed:
        share = weight / there if missing == "spread" and there else weight
        if points is None:
            steps.append(Step(how, _NOTHING, {"weight": weight}))
        else:
            steps.append(Step(how, share * points, {"weight": share, "points": points}))
    statuses = {part.status for part in parts}
    status = statuses.pop() if len(statuses) == 1 else joint_status(part.status for part in parts)
    if any(points is None for _, _, points in weighed) and status == "reported":
        status = "partial" if there else "not_reported"
    readings = tuple(reading for part in parts for reading in part.readings)
    return dataclasses.replace(
        like, readings=readings or like.readings, steps=tuple(steps), status=status, parts=parts
    )


def _lost(scored: _Scored, to: str) -> _Scored:
    """Return an indicator whose points are lost to a falsification, if any; one without points has none to lose."""
    official = scored.official
    if not to or not official.points:
        return scored
    return dataclasses.replace(scored, official=_with(official, Step(f"{FALSIFIED}{to}", -official.points)))


def _with(derivation: Derivation, step: Step) -> Derivation:
    return dataclasses.replace(derivation, steps=(*derivation.steps, step))


def _scaled(points: Fraction, assessed: Fraction, full: Fraction) -> Step:
    """Return the step that expresses points out of `assessed` as points out of `full`."""
    return Step(SCALED, points * full / assessed - points, {"assessed": assessed, "full": full})


def _taken_out(parts: Iterable[Derivation]) -> Fraction:
    return sum((part.possible or _NOTHING for part in parts if is_taken_out(part)), _NOTHING)


def _assessed(dimension: Derivation) -> Fraction:
    """Return out of how many points the sum of a dimension is."""
    return _NOTHING if is_taken_out(dimension) else dimension.possible or _NOTHING


def _sum(unit: str, item: str, possible: Fraction, parts: Iterable[Derivation]) -> Derivation:
    parts = list(parts)
    steps = tuple(Step(part.item, part.points) for part in parts)
    return Derivation(unit, item, "total", possible, (), steps, joint_status(part.status for part in parts))


def _beside(scored: _Scored) -> Iterator[tuple[Source, Derivation]]:
    """Yield what the sources give that are not the official one."""
    if scored.official.steps != scored.own.steps and scored.source != scored.item.indicator.source:
        yield scored.item.indicator.source, scored.own
    for source, derivation in scored.marks.items():
        if source != scored.source or scored.official.parts:
            yield source, derivation


def _differences(wanted: SelfDifference, scored: list[_Scored]) -> tuple[Reading, frozenset[str]]:
    """Return what a self score exceeds: number of indicators, or 1 for the whole; and the codes of the indicators."""
    both = [
        (one.item.indicator.code, one.marks["self"].points - one.own.points, one.own.possible or _NOTHING)
        for one in scored
        if "self" in one.marks
        and one.marks["self"].status not in MISSING
        and one.own.status not in MISSING
        and not is_taken_out(one.own)
    ]
    if not both:
        return Reading("self_difference", "not_reported"), frozenset()
    above = Fraction(wanted.above)
    over = frozenset(code for code, gap, possible in both if gap > above * possible)
    if wanted.over == "indicator":
        count = Fraction(len(over))
    else:
        gap = sum((gap for _, gap, _ in both), _NOTHING)
        count = Fraction(int(gap > above * sum((possible for _, _, possible in both), _NOTHING)))
    return Reading("self_difference", "reported", count, counted="unit"), over


def _whole_mark(
    unit: str, full: Fraction, reading: Reading, most: Fraction | None, source: Source
) -> Derivation | None:
    if reading.value is None or not most:
        return None
    share = min(max(reading.value / most, _NOTHING), Fraction(1))
    step = Step(f"{BY_SOURCE}{source}", full * share, {"mark": reading.value, "full": most})
    return Derivation(unit, TOTAL, "total", full, (reading,), (step,), reading.status)


def _sheet_total(unit: str, full: Fraction, scored: list[_Scored], source: Source) -> Derivation | None:
    """Return the whole score of a sheet: the sum of its marks, out of the points of the items it marks."""
    marks = [
        one.own if one.item.indicator.source == source else one.marks[source]
        for one in scored
        if one.item.indicator.source == source or source in one.marks
    ]
    marks = [mark for mark in marks if not is_taken_out(mark)]
    # an item left blank on a sheet counts as none; a sheet left blank is no source
    if all(mark.status in MISSING for mark in marks):
        return None
    summed = _sum(unit, TOTAL, full, marks)
    possible = sum((mark.possible or _NOTHING for mark in marks), _NOTHING)
    return summed if possible == full else _with(summed, _scaled(summed.points, possible, full))
