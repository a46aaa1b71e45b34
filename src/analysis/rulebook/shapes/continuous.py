"""Shapes along a line: in proportion, with a loss or gain per step beyond a threshold, between two ends."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import TYPE_CHECKING, Literal

from analysis.rounds.settings_files import Settings
from analysis.rulebook.derivation import entering, full_mark
from analysis.rulebook.exact_numbers import Points, Quantity, Share, less
from analysis.rulebook.rule import (
    Curve,
    End,
    Finding,
    PositivePoints,
    PositiveQuantity,
    Step,
    StepRule,
    Terms,
    Threshold,
    as_written,
    full_never,
    given,
    scoring_shape,
    unreachable,
)
from analysis.rulebook.sentences import (
    around_zero,
    plain,
    plain_percent,
    spaced,
    threshold,
    value_name,
    whose,
    width,
)
from analysis.words import Text, Words

if TYPE_CHECKING:
    from analysis.rulebook.indicator import Declared, Scoring
    from analysis.rulebook.telling import Telling


@scoring_shape
class Proportional(Curve):
    """S7, S8, S11, S23, S30: points × rate, or points × mark ÷ full mark.

    Attributes:
        full_at: from here on full points (closed), left out: in proportion throughout.
        zero_below: below this no points (open).
    """

    direction = "up"
    monotone = True

    shape: Literal["proportional"]
    full_at: Share | None = None
    zero_below: Share | None = None

    def award(self, x: Fraction, points: Fraction, terms: Terms) -> Step:
        """Return `x` of the points; `x` is a share of the whole."""
        if self.zero_below is not None and x < Fraction(self.zero_below):
            return Step("below_zero_line", Fraction(0), {"zero_below": Fraction(self.zero_below)})
        if self.full_at is not None and x >= Fraction(self.full_at):
            return Step("reached", points, {"full_at": Fraction(self.full_at)})
        return Step("proportional", points * x)

    def thresholds(self) -> Iterator[Threshold]:
        """Yield both cuts."""
        yield from given(full_at=self.full_at, zero_below=self.zero_below)

    def faults(self, item: Scoring) -> Iterator[Finding]:
        """Yield a line that cannot be reached, and cuts in the wrong order."""
        yield from unreachable(self.full_at or self.zero_below, "full_at", item.most_readable)
        if self.full_at is not None and self.zero_below is not None and self.zero_below >= self.full_at:
            yield ("zero_below",), "rulebook_ends", {"full_at": as_written(self.full_at)}

    def sentence(self, item: Scoring, declared: Declared, words: Words) -> Text:
        """Return who marks, the cuts, and of what the points are a part."""
        points, name = plain(item.points), value_name(item, words)
        key = f"proportional_{item.read}" if item.read in ("mark", "samples") else "proportional"
        scorer, target = getattr(item, "scorer", ""), ""
        if item.compare is not None:
            side = "" if item.base_rising or item.compare.to == "target" else "_falling"
            key = f"proportional_{item.compare.to}{side}"
            target = threshold(item, item.compare.target, words, base=True)
        best = whose(item, words, by_class=declared.by_class)
        cuts = [
            words(f"rule.{cut}", at=plain_percent(number))
            for cut, number in (("full_from", self.full_at), ("zero_below", self.zero_below))
            if number is not None
        ]
        by = [words("rule.scorer", scorer=scorer)] if scorer else []
        return Text(*by, *cuts, words(f"rule.{key}", points=points, name=name, target=target, **best))

    def tell(self, step: Step, telling: Telling) -> Text:
        """Return the product, or which cut a reading lies beyond."""
        if step.how != "proportional":
            return telling.on_curve(step)
        words, item, possible = telling.words, telling.item, plain(telling.item.points)
        if item.read != "mark" or item.compare is not None:
            return words("derivation.proportional", possible=possible, x=telling.entered())
        scored = telling.derivation.readings[-1]
        full = plain(full_mark(item, scored) or Fraction(0))
        mark = telling.marked(scored.value or Fraction(0))
        return words("derivation.proportional_mark", possible=possible, mark=mark, full=full)


class Above(Settings):
    """Points added beyond a threshold.

    Attributes:
        each: width of one step.
        add: points per step.
        most: the most that is added.
    """

    each: PositiveQuantity
    add: PositivePoints
    most: PositivePoints | None = None


@scoring_shape
class Shortfall(Curve):
    """S6, S12–S14, S24: full points at a threshold, points off per unit short of it, points added per unit beyond.

    Attributes:
        full_at: the threshold.
        each: width of one step, for a share in percentage points (1% is one percentage point).
        off: points off per step.
        steps: `pro_rata` counts parts of a step, `whole` only whole steps, `started` each step begun.
        end: whether the threshold itself is reached (`closed`); left out, as declared for the set.
        start: points at the threshold, left out: full points.
        most: the most that is taken off.
        zero_below: short of this no points at all (open).
        above: points added beyond the threshold.
    """

    monotone = True

    shape: Literal["shortfall"]
    full_at: Quantity
    each: PositiveQuantity
    off: PositivePoints
    steps: StepRule | None = None
    end: End | None = None
    start: Points | None = None
    most: PositivePoints | None = None
    zero_below: Quantity | None = None
    above: Above | None = None

    @cached_property
    def _exact(self) -> tuple[Fraction, Fraction, Fraction]:
        return Fraction(self.full_at), Fraction(self.each), Fraction(self.off)

    def keeps_order(self, item: Scoring) -> bool:
        """Return whether nothing is worth more than points below zero just short of the hard zero."""
        return self.zero_below is None or not item.below_zero

    def award(self, x: Fraction, points: Fraction, terms: Terms) -> Step:
        """Return the points at the threshold, less `off` per step short of it, or more per step beyond."""
        full_at, each, off = self._exact
        start = points if self.start is None else Fraction(self.start)
        short = full_at - x if terms.rising else x - full_at
        closed = self.end == "closed" if self.end else terms.closed
        # a fraction has the sign of its numerator; comparing fractions is what takes time here
        if short.numerator < 0 or (closed and not short.numerator):
            return self._beyond(-short, start, terms)
        if self.zero_below is not None:
            zero = Fraction(self.zero_below)
            if (x < zero) if terms.rising else (x > zero):
                return Step("below_zero_line", Fraction(0), {"zero_below": zero})
        if terms.relative and full_at:
            short /= abs(full_at)
        rule = self.steps or terms.steps
        lost = _steps(short / each, rule, closed) * off
        numbers = {"full_at": full_at, "short": short, "each": each, "off": off, "start": start}
        if self.most is not None and lost > Fraction(self.most):
            lost = numbers["most"] = Fraction(self.most)
        return Step(f"short_{rule}", start - lost, numbers)

    def _beyond(self, over: Fraction, start: Fraction, terms: Terms) -> Step:
        full_at = self._exact[0]
        if self.above is None or not over:
            return Step("reached" if over or self.start is None else "exactly", start, {"full_at": full_at})
        if terms.relative and full_at:
            over /= abs(full_at)
        each, add = Fraction(self.above.each), Fraction(self.above.add)
        # a bonus is earned by whole steps: one merely begun counts as little as under `whole`
        rule: StepRule = "pro_rata" if (self.steps or terms.steps) == "pro_rata" else "whole"
        gained = _steps(over / each, rule, True) * add
        numbers = {"full_at": full_at, "over": over, "each": each, "add": add, "start": start}
        if self.above.most is not None and gained > Fraction(self.above.most):
            gained = numbers["most"] = Fraction(self.above.most)
        return Step(f"over_{rule}", start + gained, numbers)

    def thresholds(self) -> Iterator[Threshold]:
        """Yield threshold, steps and hard zero."""
        yield from given(full_at=self.full_at, each=self.each, zero_below=self.zero_below)
        if self.above is not None:
            yield ("above", "each"), self.above.each

    def faults(self, item: Scoring) -> Iterator[Finding]:
        """Yield a threshold out of reach, a hard zero on the wrong side, and a bonus the cap takes away."""
        points, _, cap = item.bounds
        yield from unreachable(self.full_at if item.rising else None, "full_at", item.most_readable)
        if self.zero_below is not None and (
            self.zero_below >= self.full_at if item.rising else self.zero_below <= self.full_at
        ):
            yield ("zero_below",), "rulebook_ends", {"full_at": as_written(self.full_at)}
        start = points if self.start is None else Fraction(self.start)
        if self.above is not None and start >= cap:
            yield ("above",), "rulebook_bonus_never", {"cap": as_written(cap)}
        if self.start is not None and start > cap:
            yield ("start",), "rulebook_points_above_cap", {"cap": as_written(cap)}
        elif self.above is None and start < points:
            yield full_never("start", start, points)

    def sentence(self, item: Scoring, declared: Declared, words: Words) -> Text:
        """Return the points at the threshold, what each step costs or earns, and how far."""
        start = item.points if self.start is None else self.start
        side, around = "up" if item.rising else "down", around_zero(item, self.full_at)
        # the mean is exceeded where less is better; a fall is a fall whichever way is better
        falling = "_falling" if around == "mean" and not item.base_rising else ""
        key = f"{around or side}{falling}"
        count = "" if item.reads_share else "_count"
        relative, steps = item.terms(declared).relative, self.steps or declared.steps

        def rate(kind: str, each: Decimal, points: Decimal) -> Text:
            told = words(
                f"rule.{kind}_{key}{count}",
                each=spaced(width(item, each, words, relative=relative), words),
                points=plain(points),
            )
            mode = words.label(f"rule.steps.{steps}{'_gain' if kind == 'add' else ''}")
            return told if count else told + words("derivation.mode", mode=mode)

        head = words(
            f"rule.start_{key}" if around else f"rule.start_{key}_{self.end or declared.ends}",
            full_at=spaced(threshold(item, self.full_at, words), words),
            **whose(item, words, by_class=declared.by_class),
            given=words("rule.full" if start == item.points else "rule.some", points=plain(start)),
        )
        limits = []
        if self.most is not None:
            limits.append(words("rule.at_most", most=plain(self.most)))
        elif not item.below_zero:
            limits.append(words("rule.to_nothing"))
        if self.zero_below is not None:
            at = spaced(threshold(item, self.zero_below, words), words)
            limits.append(words(f"rule.zero_{side}", at=at))
        clauses = [head, words.clauses([rate("off", self.each, self.off), *limits])]
        if self.above is not None:
            above = self.above
            most = [words("rule.add_most", most=plain(above.most))] if above.most is not None else []
            clauses.append(words.clauses([rate("add", above.each, above.add), *most]))
        return words("rule.clauses", clauses=words.series(clauses))

    def tell(self, step: Step, telling: Telling) -> Text:
        """Return how far a reading lies from the threshold, and what each step costs or earns."""
        if not step.how.startswith(("short_", "over_")):
            return telling.on_curve(step)
        words, numbers, item = telling.words, step.numbers, telling.item
        gains = step.how.startswith("over_")
        gap, full_at = numbers["over" if gains else "short"], numbers["full_at"]
        # under `percent` the distance was divided by the threshold already; a comparison tells its own number
        reading = telling.derivation.readings[-1]
        relative = item.compare is None and gap != abs(full_at - entering(item, reading))
        mode = step.how.split("_", 1)[1]
        key, points = ("adding", numbers["add"]) if gains else ("taking", numbers["off"])
        how = words.label(f"rule.steps.{mode}{'_gain' if gains else ''}")
        return words(
            f"derivation.steps_{_direction(item, gains, bool(gap), full_at)}",
            full_at=spaced(threshold(item, full_at, words), words),
            gap=width(item, gap, words, relative=relative, places=2),
            each=spaced(width(item, numbers["each"], words, relative=relative), words),
            rate=words(f"derivation.{key}", points=plain(points)),
            mode=words("derivation.mode", mode=how) if item.reads_share else "",
            told=telling.changed(step, gains=gains),
        )


def _steps(number: Fraction, rule: StepRule, closed: bool) -> Fraction:
    """Return how many steps count; short of an open end at least one has begun."""
    if rule == "pro_rata":
        return number
    if rule == "whole":
        return Fraction(floor(number))
    return Fraction(max(ceil(number), 0 if closed else 1))


def _direction(item: Scoring, gains: bool, gap: bool, full_at: Fraction) -> str:
    """Return the key of a distance: below or above a threshold, a fall or a rise, worse or better than the mean."""
    around, count = around_zero(item, full_at), "" if item.reads_share else "_count"
    if not gap:
        return "at"
    if around:
        side = "gain" if gains else "loss"
        falling = "_falling" if around == "mean" and not item.base_rising else ""
        return f"{around}_{side}{falling}{count}"
    return f"{'up' if item.rising != gains else 'down'}{count}"


@scoring_shape
class Line(Curve):
    """S6, S8: full points at one end, none at the other, pro rata between; both ends closed.

    Attributes:
        full_at: from here on full points.
        zero_at: from here on no points.
    """

    monotone = True

    shape: Literal["line"]
    full_at: Quantity
    zero_at: Quantity

    @cached_property
    def _exact(self) -> tuple[Fraction, Fraction]:
        return Fraction(self.full_at), Fraction(self.zero_at)

    def award(self, x: Fraction, points: Fraction, terms: Terms) -> Step:
        """Return the points at `x` on the straight line between the two ends."""
        full, zero = self._exact
        if not (less(x, full) if terms.rising else less(full, x)):
            return Step("reached", points, {"full_at": full})
        if not (less(zero, x) if terms.rising else less(x, zero)):
            return Step("not_above", Fraction(0), {"zero_at": zero})
        share = (x - zero) / (full - zero)
        return Step("between", points * share, {"full_at": full, "zero_at": zero, "share": share})

    def thresholds(self) -> Iterator[Threshold]:
        """Yield both ends."""
        yield from given(full_at=self.full_at, zero_at=self.zero_at)

    def faults(self, item: Scoring) -> Iterator[Finding]:
        """Yield ends that meet or stand the wrong way round, and an end out of reach."""
        yield from unreachable(self.full_at if item.rising else None, "full_at", item.most_readable)
        if self.zero_at >= self.full_at if item.rising else self.zero_at <= self.full_at:
            check = "rulebook_ends" if item.rising else "rulebook_ends_falling"
            yield ("zero_at",), check, {"full_at": as_written(self.full_at)}

    def sentence(self, item: Scoring, declared: Declared, words: Words) -> Text:
        """Return both ends."""
        if item.read == "decline":
            key = "line_decline_from" if self.zero_at else "line_decline"
        else:
            key = "line" if item.rising else "line_falling"
        ends = {
            "full_at": threshold(item, self.full_at, words),
            "zero_at": threshold(item, self.zero_at, words),
        }
        return words(f"rule.{key}", points=plain(item.points), **ends)

    def tell(self, step: Step, telling: Telling) -> Text:
        """Return the product between the ends, or which end a reading lies beyond."""
        if step.how != "between":
            return telling.on_curve(step)
        words, item = telling.words, telling.item
        zero, full = step.numbers["zero_at"], step.numbers["full_at"]
        key = "between_falling" if not item.rising else "between" if zero else "between_zero"
        lines = {"full_at": threshold(item, full, words), "zero_at": threshold(item, zero, words)}
        return words(f"derivation.{key}", possible=plain(item.points), x=telling.entered(), **lines)
