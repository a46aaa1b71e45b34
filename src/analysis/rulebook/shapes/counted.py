"""Shapes that count: points off or added for each, a part of what a superior lost, a deduction at discretion."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from analysis.rulebook.exact_numbers import Share
from analysis.rulebook.predicates import STATED
from analysis.rulebook.rule import (
    Counted,
    Curve,
    Finding,
    PositivePoints,
    Step,
    Terms,
    as_written,
    scoring_shape,
)
from analysis.rulebook.sentences import counted, plain, plain_percent, quantity
from analysis.words import Text, Words

if TYPE_CHECKING:
    from analysis.rulebook.indicator import Declared, Scoring
    from analysis.rulebook.telling import Telling


@scoring_shape
class Each(Curve):
    """S3–S5, S27: points off per event, place or project, down to the floor (扣完为止).

    Attributes:
        off: points off for each.
        counted: what is counted, a key of `unit_of_measure` in the words (event, case, project …).
        most: the most that is taken off.
        start_at: fewer than this cost nothing.
        counting: from `start_at` on, `all` of them cost, or only those `beyond` what is free.
    """

    direction = "down"
    monotone = True

    shape: Literal["each"]
    off: PositivePoints
    counted: Counted
    most: PositivePoints | None = None
    start_at: Annotated[int, Field(ge=1)] = 1
    counting: Literal["all", "beyond"] = "all"

    def award(self, x: Fraction, points: Fraction, terms: Terms) -> Step:
        """Return the points less `off` for each of `x`."""
        off = Fraction(self.off)
        numbers = {"count": x, "off": off, "start_at": Fraction(self.start_at)}
        if not x or x < self.start_at:
            return Step("none" if self.start_at == 1 else "few", points, numbers)
        charged = x if self.counting == "all" else x - (self.start_at - 1)
        lost = charged * off
        if self.most is not None and lost > Fraction(self.most):
            lost = numbers["most"] = Fraction(self.most)
        return Step("each" if charged == x else "each_beyond", points - lost, numbers)

    def sentence(self, item: Scoring, declared: Declared, words: Words) -> Text:
        """Return what each costs, from which on, and how far."""
        unit, off, points = counted(self.counted, words), plain(self.off), plain(item.points)
        most = None if self.most is None else words("rule.at_most", most=plain(self.most))
        limit = most or words("rule.to_nothing")
        open_ended = self.most is None and item.below_zero
        if self.start_at > 1:
            key = f"rule.each_from_{self.counting}"
            start = quantity(self.start_at, self.counted, words)
            told = words(key, points=points, off=off, counted=unit, start=start, start_at=str(self.start_at))
        else:
            kind = "each_short" if item.read == "shortage" else "each" if item.points else "each_off"
            told = words(f"rule.{kind}", points=points, off=off, counted=unit)
        return words("rule.clauses", clauses=told if open_ended else words.clauses([told, limit]))

    def tell(self, step: Step, telling: Telling) -> Text:
        """Return what each costs, or that so few cost nothing."""
        words, start = telling.words, step.numbers["start_at"]
        if step.how == "none":
            return telling.plainly(step)
        if step.how == "few":
            unit = telling.unit(start, self.counted)
            return words("derivation.few", start_at=plain(start), counted=unit)
        return words(
            f"derivation.{step.how}",
            counted=telling.unit(1, self.counted),
            off=plain(step.numbers["off"]),
            free=f"{plain(start - 1)} {telling.unit(start - 1, self.counted)}",
            lost=telling.changed(step),
        )


@scoring_shape
class EachAdds(Curve):
    """S15, S24: points for each of what is counted, from none on up to the cap of the item.

    Attributes:
        add: points for each.
        counted: what is counted, a key of `unit_of_measure` in the words.
    """

    direction = "up"
    monotone = True

    shape: Literal["each_adds"]
    add: PositivePoints
    counted: Counted

    def award(self, x: Fraction, points: Fraction, terms: Terms) -> Step:
        """Return `add` for each of `x`."""
        add = Fraction(self.add)
        return Step("each_adds" if x else "none_added", x * add, {"add": add, "start": Fraction(0)})

    def faults(self, item: Scoring) -> Iterator[Finding]:
        """Yield points for one that pass the cap: no second one would be worth anything."""
        cap = item.bounds[2]
        if Fraction(self.add) > cap:
            yield ("add",), "rulebook_points_above_cap", {"cap": as_written(cap)}

    def sentence(self, item: Scoring, declared: Declared, words: Words) -> Text:
        """Return what each gives."""
        key = "rule.each_adds" if item.points else "rule.each_adds_bonus"
        return words(
            key, points=plain(item.points), add=plain(self.add), counted=counted(self.counted, words)
        )

    def tell(self, step: Step, telling: Telling) -> Text:
        """Return what each gives, and what all of them give."""
        if step.how == "none_added":
            return telling.words("derivation.none_added")
        return telling.words(
            "derivation.each_adds",
            counted=telling.unit(1, self.counted),
            add=plain(step.numbers["add"]),
            gained=telling.changed(step, gains=True),
        )


@scoring_shape
class Discretion(Curve):
    """A deduction within a range at the discretion of who assesses (视情节扣 1–2 分, or 每起视情节扣 1–2 分).

    What is read is the points taken off, stated by the office with the reason (`off` of `statements.yaml`), of several
    events their sum.

    Attributes:
        least: the least that is taken off where anything is.
        most: the most.
        counted: what each has its own deduction in the range, a key of `unit_of_measure` in the words; left out, the
            range holds for all that happened together.
    """

    direction = "down"
    monotone = True

    shape: Literal["discretion"]
    least: PositivePoints
    most: PositivePoints
    counted: Counted | None = None

    @property
    def by_event(self) -> bool:
        """Whether every event has its own deduction."""
        return self.counted is not None

    @property
    def discretion(self) -> tuple[Fraction, Fraction]:
        """The least and the most that may be taken off."""
        return Fraction(self.least), Fraction(self.most)

    def award(self, x: Fraction, points: Fraction, terms: Terms) -> Step:
        """Return the points less `x`, held to the range; of several events each was held to it when it was stated."""
        least, most = self.discretion
        if not x:
            return Step("none", points)
        off = max(x, least) if self.by_event else min(max(x, least), most)
        how = ("discretion_each" if self.by_event else "discretion") if off == x else "discretion_held"
        return Step(how, points - off, {"off": x, "least": least, "most": most})

    def faults(self, item: Scoring) -> Iterator[Finding]:
        """Yield a range the wrong way round, and a deduction for which no reason would be stated."""
        if self.most <= self.least:
            yield ("most",), "rulebook_discretion_range", {"least": as_written(self.least)}
        if not item.measure.startswith(STATED):
            yield ("shape",), "rulebook_discretion_unstated", {}

    def sentence(self, item: Scoring, declared: Declared, words: Words) -> Text:
        """Return the range, and that the reason is stated."""
        key = f"rule.discretion{'' if self.counted is None else '_each'}{'' if item.points else '_off'}"
        parts = {"points": plain(item.points), "least": plain(self.least), "most": plain(self.most)}
        return words(key, counted=counted(self.counted or "event", words), **parts)

    def tells_reading(self, item: Scoring) -> bool:
        """Return that what was read is what is taken off, which the step tells."""
        return False

    def tell(self, step: Step, telling: Telling) -> Text:
        """Return what was taken off, and by which range."""
        if step.how == "none":
            return telling.plainly(step)
        numbers = {name: step.numbers[name] for name in ("off", "least", "most")}
        told = {name: plain(number) for name, number in numbers.items()}
        if step.how == "discretion":
            return telling.words("derivation.discretion", **told)
        lost = telling.changed(Step(step.how, step.points))
        unit = telling.unit(1, self.counted or "event")
        return telling.words(f"derivation.{step.how}", **told, lost=lost, counted=unit)


@scoring_shape
class PassDown(Curve):
    """S16: the points a superior lost are lost here too, in part.

    Attributes:
        factor: which share of the superior's deduction.
        most: the most that is taken off.
    """

    direction = "down"
    monotone = True

    shape: Literal["pass_down"]
    factor: Annotated[Share, Field(gt=0)]
    most: PositivePoints | None = None

    def award(self, x: Fraction, points: Fraction, terms: Terms) -> Step:
        """Return the points less `factor` of the superior's deduction `x`."""
        numbers = {"count": x, "factor": Fraction(self.factor)}
        lost = x * Fraction(self.factor)
        if self.most is not None and lost > Fraction(self.most):
            lost = numbers["most"] = Fraction(self.most)
        return Step("pass_down" if x else "none", points - lost, numbers)

    def sentence(self, item: Scoring, declared: Declared, words: Words) -> Text:
        """Return which part is lost, and how far."""
        most = plain(self.most) if self.most is not None else ""
        key = "rule.pass_down_most" if most else "rule.pass_down"
        return words(key, points=plain(item.points), factor=plain_percent(self.factor), most=most)

    def tell(self, step: Step, telling: Telling) -> Text:
        """Return which part is lost."""
        if step.how == "none":
            return telling.plainly(step)
        factor = plain_percent(step.numbers["factor"])
        return telling.words("derivation.pass_down", factor=factor, lost=telling.changed(step))
