"""The conditions a grade is built of, one class each: whether it holds for a unit, how it reads, how far it is off.

A new condition is a class here that joins `AnyCondition`, and its sentences in the words: `grade.rule.<kind>` for the
official one, `grade.reason.…` and `grade.nearest.…` for a verdict. What it needs of all units together it asks the
bench (`analysis.rulebook.bench`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal

from pydantic import Field

from analysis.rulebook.basis import Founded
from analysis.rulebook.composition import GradeEffect
from analysis.rulebook.derivation import MISSING, Reading
from analysis.rulebook.exact_numbers import Points, Quantity, Share
from analysis.rulebook.indicator import is_share
from analysis.rulebook.predicates import STATED
from analysis.rulebook.sentences import (
    counted,
    measure_name,
    name_of,
    percent_of,
    plain,
    plain_percent,
    quantity,
    to_places,
)
from analysis.words import Text, Words

if TYPE_CHECKING:
    from analysis.rulebook.bench import Bench, Offence
    from analysis.rulebook.model import Rulebook

#: a grade; it stands in names of measures, so it is one word
GradeName = Annotated[str, Field(pattern=r"^[^\W_]+$", max_length=12)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+(_[A-Za-z0-9]+)*$")]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+(\.[A-Za-z0-9]+)*$")]

#: what becomes of units with equal scores across a cut
Tied = Literal["", "all_in", "all_out", "broken"]

#: a missing or yes-or-no value is a whole condition away from its opposite
_WHOLE: Final = Fraction(1)
#: statuses of a reading without a value that hides one: nothing is reported, or nothing is known of what is left open
_SILENT: Final = frozenset({*MISSING, "partial"})


class Fact(Founded):
    """Something the office states of a unit itself, because no ledger says it (poor work, falsified data).

    Attributes:
        code: its code; in the value table it is the measure `stated_<code>`.
        name: the fact, as it reads after 认定.
        otherwise: how it reads where the office states that it does not hold; empty: 未认定 and the name.
    """

    code: Name
    name: str
    name_en: str = ""
    otherwise: str = ""
    otherwise_en: str = ""
    definition: str = ""

    @property
    def measure(self) -> str:
        """Its name in the value table."""
        return STATED + self.code

    def said(self, holds: bool, words: Words) -> str:
        """Return the fact as it reads after 认定, or, where it does not hold, the name of its opposite."""
        name = name_of(self, words)
        if holds:
            return name
        return words.written(self.otherwise, self.otherwise_en) or words("grade.rule.not", name=name).plain


@dataclass(frozen=True)
class Verdict:
    """Whether a condition holds for a unit, and how far it is from the opposite.

    Attributes:
        condition: the condition.
        met: whether it holds.
        gap: distance in the condition's own unit: points, share or number; None if it has none.
        distance: the same made comparable, as a part of the whole (of the base points, of 1, of the line); None if
            no change could turn it.
        reading: what a condition on values read; for points of items their share, with points and full points.
        vetoes: what settles the grade by itself and is triggered, or the one nearest to it, with what was read.
        effect: what these do to the grade.
        steps: places to the other side of a cut.
        freed: units with a better score that hold no slot.
        tied: how units with the same score across the cut are dealt with: all are in, all are out, or they are told
            apart (`broken`); empty where none has the same score, or the cut does not lie between them.
        few: how many units there are where these are too few for places to hold; 0 elsewhere.
        applied: false for a condition on the previous round where there is none; such a condition says nothing.
        previous: the grade of the previous round that was looked at.
    """

    condition: Condition
    met: bool
    gap: Fraction | None
    distance: Fraction | None
    reading: Reading | None = None
    vetoes: tuple[tuple[Offence, Reading], ...] = ()
    effect: GradeEffect = "lowest_grade"
    steps: int | None = None
    freed: int = 0
    tied: Tied = ""
    few: int = 0
    applied: bool = True
    previous: str = ""

    @property
    def bars(self) -> bool:
        """Whether it is about what bars from the best grade; the condition is then that there is none of it."""
        return self.effect == "top_barred"

    @property
    def missing(self) -> bool:
        """Whether what it hangs on is not reported."""
        return self.reading is not None and self.reading.value is None

    @property
    def state(self) -> str:
        """Its state as part of a key of the words."""
        return "missing" if self.missing else "met" if self.met else "unmet"

    @property
    def size(self) -> Fraction:
        """The gap, none counted as zero."""
        return self.gap or Fraction(0)


class Condition(Founded, ABC):
    """A condition of a grade.

    Attributes:
        ranked: whether it asks for a place among the units.
        by_score: whether another score alone can turn it; its gap is then in points.
    """

    ranked: ClassVar[bool] = False
    by_score: ClassVar[bool] = False

    kind: Any

    def reads(self) -> tuple[str, ...]:
        """Return the measures it reads."""
        return ()

    @property
    def rises(self) -> bool:
        """Whether more of what it reads can make it hold; else more of it can only stop it from holding."""
        return True

    def more_harms(self, place: int, rest: int) -> bool:
        """Return whether more of what it reads is worse for a unit, as a condition of the grade at a place."""
        return self.rises == (place > rest)

    def turns_at(self) -> Fraction | None:
        """Return from which whole number on what it reads turns it; None where that depends on something else too."""
        return None

    @abstractmethod
    def judged(self, unit: str, bench: Bench) -> Verdict:
        """Return whether it holds for a unit, and by how much."""

    def phrase(self, rulebook: Rulebook, words: Words) -> Text:
        """Return it as a phrase of the official sentence; one the source leaves open is marked so."""
        told = self._phrase(rulebook, words)
        return words("grade.rule.assumed", phrase=told) if self.assumed else told

    @abstractmethod
    def _phrase(self, rulebook: Rulebook, words: Words) -> Text: ...

    @abstractmethod
    def reason(self, verdict: Verdict, rulebook: Rulebook, words: Words, score: str, rank: int) -> Text:
        """Return why it holds or not for a unit with a score (as printed) and a rank."""

    @abstractmethod
    def distance(self, verdict: Verdict, rulebook: Rulebook, words: Words) -> Text:
        """Return how far it is from its opposite: in points, places, percentage points or events."""


def _seen(gap: Fraction, places: int) -> str:
    """Return a distance at some places, at more where it would print as none."""
    while 0 < gap * 10**places < Fraction(1, 2):
        places += 1
    return to_places(gap, places)


class _Places(Condition):
    """Among some places in a row of units."""

    ranked = True
    by_score = True

    places: Annotated[int, Field(ge=1)]

    def reason(self, verdict: Verdict, rulebook: Rulebook, words: Words, score: str, rank: int) -> Text:
        """Return score and rank, how many better ones hold no slot, and what became of equal scores at the cut."""
        if verdict.few:
            return words("grade.reason.few", units=str(verdict.few))
        parts = {"score": score, "rank": str(rank), "places": str(self.places), "freed": str(verdict.freed)}
        freed = "_freed" if verdict.freed else ""
        if not verdict.tied:
            return words(f"grade.reason.{self.kind}_{verdict.state}{freed}", **parts)
        told = words(f"grade.reason.{self.kind}_tied{freed}", **parts)
        if verdict.tied != "broken":
            return words.clauses([told, words(f"grade.reason.{self.kind}_{verdict.tied}", **parts)])
        measures = words.list(breaks(rulebook, words))
        key = f"grade.reason.{self.kind}_broken_{verdict.state}"
        return words.clauses([told, words(key, measures=measures, **parts)])

    def distance(self, verdict: Verdict, rulebook: Rulebook, words: Words) -> Text:
        """Return the points to the one on the other side of the cut."""
        return words(
            f"grade.nearest.{self.kind}_{verdict.state}{'' if verdict.size else '_tied'}",
            gap=_seen(verdict.size, rulebook.rounding.places),
            places=str(self.places),
            steps=str(verdict.steps),
        )


class TopPlaces(_Places):
    """Among the first `places` of the units that hold a slot."""

    kind: Literal["top"]

    def judged(self, unit: str, bench: Bench) -> Verdict:
        """Return the verdict among those who hold a slot."""
        return bench.among_the_first(unit, self)

    def _phrase(self, rulebook: Rulebook, words: Words) -> Text:
        return words("grade.rule.top", places=str(self.places))


class LastPlaces(_Places):
    """Among the last `places`.

    Attributes:
        places: how many.
        among: of whom they are counted: of the units with a score (`graded`), of `all` (a unit without a score takes
            one of the last places), or of those no other clause of C takes (`unvetoed`).
    """

    kind: Literal["last"]
    among: Literal["graded", "all", "unvetoed"] = "graded"

    def judged(self, unit: str, bench: Bench) -> Verdict:
        """Return the verdict among those of whom places are counted."""
        return bench.among_the_last(unit, self)

    def _phrase(self, rulebook: Rulebook, words: Words) -> Text:
        lowest = rulebook.grades.said(-1, words)
        return words(f"grade.rule.last_{self.among}", places=str(self.places), lowest=lowest)


class _Score(Condition):
    """The score on one side of a line."""

    by_score = True

    points: Points

    @abstractmethod
    def _met(self, score: Fraction, line: Fraction) -> bool:
        """Return whether a score lies on the right side of the line."""

    def judged(self, unit: str, bench: Bench) -> Verdict:
        """Return on which side of the line the score lies."""
        score, line = bench.scores[unit], Fraction(self.points)
        gap = abs(score - line)
        return Verdict(self, self._met(score, line), gap, gap / bench.base)

    def _phrase(self, rulebook: Rulebook, words: Words) -> Text:
        return words(f"grade.rule.{self.kind}", points=plain(self.points))

    def reason(self, verdict: Verdict, rulebook: Rulebook, words: Words, score: str, rank: int) -> Text:
        """Return the line."""
        return words(f"grade.reason.{self.kind}_{verdict.state}", points=plain(self.points))

    def distance(self, verdict: Verdict, rulebook: Rulebook, words: Words) -> Text:
        """Return the points to the line."""
        if not verdict.size:
            beyond = self.kind == "score_above" and not verdict.met
            return words(f"grade.nearest.score_{'not_above' if beyond else 'at'}", points=plain(self.points))
        gap = _seen(verdict.size, rulebook.rounding.places)
        return words(f"grade.nearest.{self.kind}_{verdict.state}", gap=gap, points=plain(self.points))


class ScoreAtLeast(_Score):
    """The score reaches `points` (closed end), or passes them (`score_above`, open end)."""

    kind: Literal["score_at_least", "score_above"]

    def _met(self, score: Fraction, line: Fraction) -> bool:
        return score >= line if self.kind == "score_at_least" else score > line


class ScoreBelow(_Score):
    """The score is below `points` (open end), or does not pass them (`score_at_most`, closed end)."""

    kind: Literal["score_below", "score_at_most"]

    def _met(self, score: Fraction, line: Fraction) -> bool:
        return score < line if self.kind == "score_below" else score <= line


class Measured(Condition):
    """A condition on one measure.

    Attributes:
        measure: which measure.
        read: the value itself, or a mark as a share of its full mark.
        full: full mark of `read: mark`; left out, the full mark stands with the mark.
    """

    measure: str
    read: Literal["value", "mark"] = "value"
    full: Annotated[Points, Field(gt=0)] | None = None

    @property
    @abstractmethod
    def line(self) -> Fraction:
        """The line."""

    def reads(self) -> tuple[str, ...]:
        """Return the measure."""
        return (self.measure,)

    def turns_at(self) -> Fraction | None:
        """Return the line; of a mark it depends on the full mark."""
        return self.line if self.read == "value" else None

    def _reads_share(self) -> bool:
        return self.read == "mark" or is_share(self.measure)

    def _is_stated(self, rulebook: Rulebook) -> bool:
        """Return whether it asks for something that is either there or not."""
        return False

    def _reading(self, unit: str, bench: Bench) -> Reading:
        reading = bench.worst(unit, self, self.measure)
        if self.read == "value" or reading.value is None:
            return reading
        full = Fraction(self.full) if self.full else reading.denominator
        if not full:
            return Reading(reading.measure, "not_reported", row=reading.row)
        share = reading.value / full
        return Reading(reading.measure, reading.status, share, reading.value, full, row=reading.row)

    def _verdict(self, met: bool, reading: Reading, value: Fraction) -> Verdict:
        gap = abs(value - self.line)
        # a share is a part of the whole as it is, a number one of its line
        part = gap if self._reads_share() or not self.line else gap / self.line
        return Verdict(self, met, gap, part, reading)

    def _name(self, rulebook: Rulebook, words: Words) -> str:
        return condition_name(self.measure, rulebook, words)

    def _told(self, number: Fraction) -> str:
        return plain_percent(number) if self._reads_share() else plain(number)

    def reason(self, verdict: Verdict, rulebook: Rulebook, words: Words, score: str, rank: int) -> Text:
        """Return value and line."""
        kind, value = "stated" if self._is_stated(rulebook) else self.kind, ""
        if verdict.reading is not None and verdict.reading.value is not None:
            number = verdict.reading.value
            value = percent_of(number) if self._reads_share() else plain(number)
        key, name = f"grade.reason.{kind}_{self._state(verdict)}", self._name(rulebook, words)
        return words(key, name=name, value=value, line=self._told(self.line))

    def _state(self, verdict: Verdict) -> str:
        return verdict.state

    def distance(self, verdict: Verdict, rulebook: Rulebook, words: Words) -> Text:
        """Return the gap to the line."""
        name = self._name(rulebook, words)
        if verdict.missing:
            return words("grade.nearest.value_missing", name=name)
        if self._is_stated(rulebook):
            return words(f"grade.nearest.stated_{verdict.state}", name=name)
        share = self._reads_share()
        if not verdict.size:
            return words("grade.nearest.value_at", name=name, line=self._told(self.line))
        gap = _seen(verdict.size * 100, 2) if share else plain(verdict.size)
        key = f"grade.nearest.{self._side(verdict)}_{'share' if share else 'number'}"
        return words(key, name=name, gap=gap, line=self._told(self.line))

    @abstractmethod
    def _side(self, verdict: Verdict) -> str:
        """Return the ending of the sentence that says on which side a value lies."""


class Gate(Measured):
    """A measure reaches `at_least` (closed); an unreported one does not."""

    kind: Literal["gate"]
    at_least: Quantity

    @property
    def line(self) -> Fraction:
        """What is to be reached."""
        return Fraction(self.at_least)

    def _is_stated(self, rulebook: Rulebook) -> bool:
        """Return whether it asks for what is scored all or nothing, or stated by the office."""
        return self.measure.startswith(STATED) or any(
            item.measure == self.measure and item.rule.is_yes_or_no for item in rulebook.indicators()
        )

    def judged(self, unit: str, bench: Bench) -> Verdict:
        """Return whether the value reaches the line."""
        reading = self._reading(unit, bench)
        if reading.value is None:
            return Verdict(self, False, None, _WHOLE, reading)
        met = reading.value >= self.line
        if self._is_stated(bench.rulebook):
            return Verdict(self, met, None, _WHOLE, reading)
        return self._verdict(met, reading, reading.value)

    def _phrase(self, rulebook: Rulebook, words: Words) -> Text:
        key = "grade.rule.gate_stated" if self._is_stated(rulebook) else "grade.rule.gate"
        return words(key, name=self._name(rulebook, words), at_least=self._told(self.line))

    def _side(self, verdict: Verdict) -> str:
        return "above" if verdict.met else "below"


class Below(Measured):
    """A measure is below a line (open): a sign of poor work.

    Attributes:
        below: the line.
        missing: whether an unreported value counts as below it. Left out, it does where the worst filling counts and
            being below is a reason for a grade below the rest: nobody leaves such a grade by reporting nothing.
    """

    kind: Literal["below"]
    below: Quantity
    missing: Literal["met", "unmet"] | None = None

    @property
    def line(self) -> Fraction:
        """What the value would have to reach."""
        return Fraction(self.below)

    @property
    def rises(self) -> bool:
        """It does not: more of the measure is not below the line."""
        return False

    def judged(self, unit: str, bench: Bench) -> Verdict:
        """Return whether the value is below the line."""
        reading = self._reading(unit, bench)
        if reading.value is None:
            return Verdict(self, self._silence_counts(reading, bench), None, _WHOLE, reading)
        return self._verdict(reading.value < self.line, reading, reading.value)

    def _silence_counts(self, reading: Reading, bench: Bench) -> bool:
        """Return whether a unit without a value counts as below the line; one with nothing to assess is not silent."""
        if self.missing is not None:
            return self.missing == "met"
        silent = reading.status in _SILENT and bench.rulebook.partial == "worst"
        return silent and bench.takes_down(self)

    def _phrase(self, rulebook: Rulebook, words: Words) -> Text:
        return words("grade.rule.below", name=self._name(rulebook, words), below=self._told(self.line))

    def _state(self, verdict: Verdict) -> str:
        return f"missing_{'met' if verdict.met else 'unmet'}" if verdict.missing else verdict.state

    def _side(self, verdict: Verdict) -> str:
        return "below" if verdict.met else "above"


class Part(Condition):
    """The points of some items together, as a share of their full points.

    Attributes:
        items: codes of indicators, dimensions or bonuses.
        share: the line.
        name: what they are together.
    """

    kind: Literal["part_at_least", "part_below"]
    items: Annotated[tuple[Code, ...], Field(min_length=1)]
    share: Annotated[Share, Field(gt=0, le=1)]
    name: str
    name_en: str = ""

    def judged(self, unit: str, bench: Bench) -> Verdict:
        """Return on which side of the line the share lies."""
        found = [bench.evidence.parts.get((unit, item)) for item in self.items]
        known = [part for part in found if part is not None]
        points = sum((part[0] for part in known), Fraction(0))
        possible = sum((part[1] for part in known), Fraction(0))
        if not possible:
            return Verdict(self, False, None, _WHOLE, Reading("", "not_reported"))
        value, line = points / possible, Fraction(self.share)
        met = (value >= line) == (self.kind == "part_at_least")
        reading = Reading("", "reported", value, points, possible)
        return Verdict(self, met, abs(value - line), abs(value - line), reading)

    def _phrase(self, rulebook: Rulebook, words: Words) -> Text:
        return words(f"grade.rule.{self.kind}", name=name_of(self, words), share=plain_percent(self.share))

    def reason(self, verdict: Verdict, rulebook: Rulebook, words: Words, score: str, rank: int) -> Text:
        """Return the points of the items, and the line."""
        read = verdict.reading or Reading("", "not_reported")
        return words(
            f"grade.reason.{self.kind}_{verdict.state}",
            name=name_of(self, words),
            points=to_places(read.numerator or Fraction(0), rulebook.rounding.places),
            possible=plain(read.denominator or Fraction(0)),
            value=percent_of(read.value or Fraction(0)),
            line=plain_percent(self.share),
        )

    def distance(self, verdict: Verdict, rulebook: Rulebook, words: Words) -> Text:
        """Return the percentage points to the line."""
        side = "above" if verdict.met == (self.kind == "part_at_least") else "below"
        if not verdict.missing and not verdict.size:
            side = "at"
        return words(
            f"grade.nearest.part_{'missing' if verdict.missing else side}",
            name=name_of(self, words),
            line=plain_percent(self.share),
            gap=_seen(verdict.size * 100, 2),
        )


class Count(Condition):
    """Some counts together reach a number (`count`), or do not pass it (`count_at_most`); both ends closed.

    Attributes:
        measures: what is counted; several are added up.
        number: the number.
        counted: in what it is told, a key of `counted` in the words.
        name: what they are together.
    """

    kind: Literal["count", "count_at_most"]
    measures: Annotated[tuple[str, ...], Field(min_length=1)]
    number: Annotated[int, Field(ge=0)]
    counted: Literal["event", "case", "project", "clue", "unit"] = "event"
    name: str
    name_en: str = ""

    def reads(self) -> tuple[str, ...]:
        """Return what is counted."""
        return self.measures

    @property
    def rises(self) -> bool:
        """Whether it asks for so many or more."""
        return self.kind == "count"

    def turns_at(self) -> Fraction | None:
        """Return the first number on the other side, of one measure; of a sum it depends on the others."""
        if len(self.measures) > 1:
            return None
        return Fraction(self.number if self.rises else self.number + 1)

    def judged(self, unit: str, bench: Bench) -> Verdict:
        """Return on which side of the number the sum lies."""
        values = [bench.reading(unit, measure).value for measure in self.measures]
        known = [value for value in values if value is not None]
        if not known:
            return Verdict(self, False, None, _WHOLE, Reading(self.measures[0], "not_reported"))
        status = "reported" if len(known) == len(values) else "partial"
        reading = Reading(self.measures[0], status, sum(known, Fraction(0)))
        short = self.number - sum(known, Fraction(0))
        met = short <= 0 if self.kind == "count" else short >= 0
        # the opposite of "at least n" begins at n - 1, that of "at most n" at n + 1
        gap = abs(short) + (1 if met else 0)
        return Verdict(self, met, gap, gap / max(self.number, 1), reading)

    def _phrase(self, rulebook: Rulebook, words: Words) -> Text:
        unit = counted(self.counted, words, self.number)
        name, number = name_of(self, words), str(self.number)
        return words(f"grade.rule.{self.kind}", name=name, number=number, counted=unit)

    def _parts(self, verdict: Verdict, words: Words) -> dict[str, str]:
        value = verdict.reading.value if verdict.reading else None
        return {
            "name": name_of(self, words),
            "value": quantity(value or Fraction(0), self.counted, words),
            "line": quantity(self.number, self.counted, words),
        }

    def reason(self, verdict: Verdict, rulebook: Rulebook, words: Words, score: str, rank: int) -> Text:
        """Return the sum and the number."""
        return words(f"grade.reason.{self.kind}_{verdict.state}", **self._parts(verdict, words))

    def distance(self, verdict: Verdict, rulebook: Rulebook, words: Words) -> Text:
        """Return how many more or fewer it would take."""
        key = "value_missing" if verdict.missing else f"{self.kind}_{verdict.state}"
        gap = quantity(verdict.size, self.counted, words)
        return words(f"grade.nearest.{key}", gap=gap, **self._parts(verdict, words))


class Stated(Condition):
    """The office stated a fact of the unit, or (`holds: false`) stated that it does not hold."""

    kind: Literal["stated"]
    fact: Name
    holds: bool = True

    def reads(self) -> tuple[str, ...]:
        """Return the measure of the fact."""
        return (STATED + self.fact,)

    @property
    def rises(self) -> bool:
        """Whether the fact is asked for, rather than its opposite."""
        return self.holds

    def turns_at(self) -> Fraction | None:
        """Return the number of a fact that holds."""
        return Fraction(1)

    def judged(self, unit: str, bench: Bench) -> Verdict:
        """Return whether it was stated so."""
        reading = bench.reading(unit, STATED + self.fact)
        met = reading.value is not None and (reading.value != 0) == self.holds
        return Verdict(self, met, None, _WHOLE, reading)

    def _phrase(self, rulebook: Rulebook, words: Words) -> Text:
        return words("grade.rule.stated", name=rulebook.fact(self.fact).said(self.holds, words))

    def reason(self, verdict: Verdict, rulebook: Rulebook, words: Words, score: str, rank: int) -> Text:
        """Return what was stated."""
        fact = rulebook.fact(self.fact)
        name, opposite = fact.said(self.holds, words), fact.said(not self.holds, words)
        return words(f"grade.reason.fact_{verdict.state}", name=name, opposite=opposite)

    def distance(self, verdict: Verdict, rulebook: Rulebook, words: Words) -> Text:
        """Return what would have to be stated."""
        name = rulebook.fact(self.fact).said(self.holds, words)
        return words(f"grade.nearest.fact_{'met' if verdict.met else 'unmet'}", name=name)


class Previous(Condition):
    """The unit had one of `grades` in the previous round, or (`holds: false`) had none of them.

    Where the previous grade is not known the condition is not applied: it is left out of A, and its clause out of C.
    """

    kind: Literal["previous"]
    grades: Annotated[tuple[GradeName, ...], Field(min_length=1)]
    holds: bool = True

    def judged(self, unit: str, bench: Bench) -> Verdict:
        """Return whether the previous grade is one of them; nothing can change it any more."""
        grade = (bench.evidence.previous or {}).get(unit, "")
        if not grade:
            return Verdict(self, True, None, None, applied=False)
        return Verdict(self, (grade in self.grades) == self.holds, None, None, previous=grade)

    def _phrase(self, rulebook: Rulebook, words: Words) -> Text:
        key = f"grade.rule.previous_{'held' if self.holds else 'not_held'}"
        return words(key, grades=grades_said(self.grades, words))

    def reason(self, verdict: Verdict, rulebook: Rulebook, words: Words, score: str, rank: int) -> Text:
        """Return the previous grade."""
        return words("grade.reason.previous", grade=words.grade(verdict.previous, spaced=True))

    def distance(self, verdict: Verdict, rulebook: Rulebook, words: Words) -> Text:
        """Raise, since there is no way to the opposite."""
        raise ValueError("the previous round cannot change any more")


class Vetoed(Condition):
    """Any veto of the rulebook is triggered; on the bench also any that bars from the best grade, or lowers by one."""

    kind: Literal["veto"]

    def judged(self, unit: str, bench: Bench) -> Verdict:
        """Return whether anything that settles the lowest grade is triggered."""
        return bench.offended(unit, self, "lowest_grade")

    def _phrase(self, rulebook: Rulebook, words: Words) -> Text:
        return words("grade.rule.veto")

    def reason(self, verdict: Verdict, rulebook: Rulebook, words: Words, score: str, rank: int) -> Text:
        """Return what is triggered."""
        kind, grade = _KINDS[verdict.effect], rulebook.grades.said(0, words)
        if verdict.met == verdict.bars:
            return words(f"grade.reason.{kind}_unmet", grade=grade)
        return words.series(
            [
                words(f"grade.reason.{kind}_met", grade=grade, **_offence(*each, words))
                for each in verdict.vetoes
            ]
        )

    def distance(self, verdict: Verdict, rulebook: Rulebook, words: Words) -> Text:
        """Return how many fewer events it would take, of everything that is triggered, or how many more."""
        kind, grade = _KINDS[verdict.effect], rulebook.grades.said(0, words)
        if verdict.met != verdict.bars:
            fewer = [
                words(
                    "grade.nearest.fewer",
                    gap=quantity(excess(*each), "event", words),
                    **_offence(*each, words),
                )
                for each in verdict.vetoes
            ]
            return words(f"grade.nearest.{kind}_met", grade=grade, fewer=words.list(fewer))
        parts = _offence(*verdict.vetoes[0], words) | {"gap": quantity(verdict.size, "event", words)}
        return words(f"grade.nearest.{kind}_unmet", grade=grade, **parts)


#: what settles a grade by itself, as part of a key of the words
_KINDS: Final[dict[GradeEffect, str]] = {
    "lowest_grade": "veto",
    "top_barred": "bar",
    "one_lower": "lower",
}

AnyCondition = Annotated[
    TopPlaces
    | LastPlaces
    | ScoreAtLeast
    | ScoreBelow
    | Gate
    | Below
    | Part
    | Count
    | Stated
    | Previous
    | Vetoed,
    Field(discriminator="kind"),
]
#: conditions that all have to hold
Clause = tuple[AnyCondition, ...]


def breaks(rulebook: Rulebook, words: Words) -> list[Text]:
    """Return what tells units with equal scores apart, one measure after the other."""
    return [
        words(f"grade.rule.ties.{breaker.better}", name=condition_name(breaker.measure, rulebook, words))
        for breaker in rulebook.ties.tie_break
    ]


def grades_said(names: Sequence[str], words: Words) -> Text:
    """Return several grades as they stand in a sentence: “ A、B 级”."""
    if all(name.isascii() for name in names):
        return words("grade.spaced", name=words.list(names))
    return Text(words.list(names))


def condition_name(measure: str, rulebook: Rulebook, words: Words) -> str:
    """Return how the measure of a condition is called: a stated fact by its own name."""
    for fact in rulebook.facts:
        if fact.measure == measure:
            return fact.said(True, words)
    return measure_name(measure, rulebook, words)


def excess(part: Offence, reading: Reading) -> Fraction:
    """Return how many fewer it would take for something that settles a grade not to be triggered."""
    return (reading.value or Fraction(0)) - part.at_least + 1


def _offence(part: Offence, reading: Reading, words: Words) -> dict[str, str]:
    return {
        "name": name_of(part, words),
        "count": quantity(reading.value or Fraction(0), "event", words),
        "at_least": quantity(part.at_least, "event", words),
    }
