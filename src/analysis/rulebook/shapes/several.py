"""Shapes that read several things of a unit: what is there and what is not, events by severity and number."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field

from analysis.rounds.settings_files import Location, Settings
from analysis.rulebook.exact_numbers import Points
from analysis.rulebook.predicates import Predicate
from analysis.rulebook.rule import (
    Counted,
    Finding,
    PositivePoints,
    Rule,
    Step,
    as_written,
    full_never,
    scoring_shape,
)
from analysis.rulebook.sentences import condition, counted, name_of, plain
from analysis.words import Text, Words

if TYPE_CHECKING:
    from analysis.rulebook.derivation import Derivation, Deriving, Reading
    from analysis.rulebook.indicator import Declared, Scoring
    from analysis.rulebook.telling import Telling

_NONE: Final = Fraction(0)


class Item(Settings):
    """A part that is there or not.

    Attributes:
        when: the condition.
        points: points where it holds.
    """

    name: str
    name_en: str = ""
    when: Predicate
    points: PositivePoints


@scoring_shape
class Items(Rule):
    """S2: the sum of what is there.

    Attributes:
        items: the parts.
        in_order: a part counts only where those before it hold (“在此基础上再得”).
    """

    shape: Literal["items"]
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
    in_order: bool = False

    def conditions(self) -> Iterator[tuple[Location, Predicate]]:
        """Yield the conditions of the parts."""
        for number, part in enumerate(self.items):
            yield ("items", number, "when"), part.when

    def derived(self, reading: Reading, at: Deriving) -> Derivation:
        """Return the points of the parts that are there."""
        value_of, missing = at.value_of(reading), at.declared.missing
        found = [part.when.holds(value_of) for part in self.items]
        if all(holds is None for holds in found):
            # what is there or not takes nothing away: none of it is the worst answer
            return at.ended((at.granted("missing", missing),), at.status_of_others())
        steps: list[Step] = []
        open_to = True
        for number, (part, holds) in enumerate(zip(self.items, found, strict=True)):
            as_full = holds is None and missing == "full_points"
            counts = open_to and (holds is True or as_full)
            how = (
                "missing" if holds is None else "met" if counts else "unmet" if not holds else "out_of_order"
            )
            points = Fraction(part.points) if counts else _NONE
            steps.append(Step(f"item.{how}", points, {"item": Fraction(number)}))
            open_to = counts or not self.in_order
        points = sum((step.points for step in steps), _NONE)
        return at.ended(tuple(at.bounded(steps, points, reading)), at.status_of_others())

    def faults(self, item: Scoring) -> Iterator[Finding]:
        """Yield parts that do not add up to the full points."""
        points = item.bounds[0]
        total = sum((Fraction(part.points) for part in self.items), _NONE)
        if total < points:
            yield full_never("items", total, points)

    def sentence(self, item: Scoring, declared: Declared, words: Words) -> Text:
        """Return the parts, one on top of the other where they stand in order."""
        listed = [
            words(
                f"rule.item{'_again' if number and self.in_order else ''}",
                name=name_of(part, words),
                condition=condition(part.when, item, words, by_class=declared.by_class),
                points=plain(part.points),
            )
            for number, part in enumerate(self.items)
        ]
        return words("rule.items", items=words.series(listed), points=plain(item.points))

    def tell(self, step: Step, telling: Telling) -> Text:
        """Return one part with what was found of it."""
        part = self.items[int(step.numbers["item"])]
        key, fact = step.how, telling.fact(part.when)
        if step.how == "item.missing":
            key, fact = f"{key}_{'some' if step.points else 'none'}", telling.unknown(part.when)
        name, points = name_of(part, telling.words), plain(step.points)
        return telling.words(f"derivation.{key}", name=name, fact=fact, points=points)


class Severity(Settings):
    """One row of a matrix: events of one severity.

    Attributes:
        measure: how many there were.
        includes: measures whose events are counted here too; each event costs once, in the row of that measure.
        off: points off altogether for one, two … of them.
        further: points off for each beyond the last number listed.
    """

    name: str
    name_en: str = ""
    measure: str
    includes: tuple[str, ...] = ()
    off: Annotated[tuple[PositivePoints, ...], Field(min_length=1)]
    further: Points = Decimal(0)

    def cost(self, number: Fraction) -> Fraction:
        """Return the points off for a number of events."""
        if number <= 0:
            return _NONE
        listed, further = len(self.off), int(number) - len(self.off)
        cost = Fraction(self.off[min(int(number), listed) - 1])
        return cost + further * Fraction(self.further) if further > 0 else cost

    def sentence(self, unit: Counted, words: Words) -> Text:
        """Return what one, two … events cost."""
        last = len(self.off)
        costs = [
            words(
                "rule.matrix_cost" if number < last or self.further else "rule.matrix_cost_last",
                number=str(number),
                counted=counted(unit, words, number),
                off=plain(off),
            )
            for number, off in enumerate(self.off, 1)
        ]
        if self.further:
            costs.append(words("rule.matrix_further", counted=counted(unit, words), off=plain(self.further)))
        return words("rule.matrix_row", name=name_of(self, words), costs=words.list(costs))


@scoring_shape
class Matrix(Rule):
    """S18: points off by severity and number.

    Attributes:
        rows: the severities.
        counted: what is counted.
        merge: the rows add up, or only the dearest counts.
        most: the most that is taken off.
    """

    shape: Literal["matrix"]
    rows: Annotated[tuple[Severity, ...], Field(min_length=1)]
    counted: Counted = "event"
    merge: Literal["add", "highest"] = "add"
    most: PositivePoints | None = None

    def measures(self) -> Iterator[str]:
        """Yield the measures of the rows."""
        yield from (row.measure for row in self.rows)

    def derived(self, reading: Reading, at: Deriving) -> Derivation:
        """Return points off by severity and number; an event counted in two rows costs in the inner one."""
        counts: dict[str, Fraction] = {}
        for row in self.rows:
            value = at.known(row.measure)
            if value is None:
                return at.ended(at.unknown("missing", at.declared.missing), "not_reported")
            counts[row.measure] = value
        full = at.item.bounds[0]
        steps = [Step("matrix", full)]
        costs = []
        for number, row in enumerate(self.rows):
            count = counts[row.measure] - sum((counts.get(inner, _NONE) for inner in row.includes), _NONE)
            costs.append((row.cost(count), number, max(count, _NONE)))
        dearest = max(costs, key=lambda cost: cost[0])
        for cost, number, count in costs:
            if not count:
                continue
            charged = self.merge == "add" or number == dearest[1]
            how = "matrix_row" if charged else "matrix_row_outdone"
            steps.append(Step(how, -cost if charged else _NONE, {"row": Fraction(number), "count": count}))
        lost = sum((-step.points for step in steps[1:]), _NONE)
        if self.most is not None and lost > Fraction(self.most):
            steps.append(Step("most", lost - Fraction(self.most), {"most": Fraction(self.most)}))
        if len(steps) == 1:
            steps[0] = Step("none", full)
        points = sum((step.points for step in steps), _NONE)
        return at.ended(tuple(at.bounded(steps, points, at.own)), at.status_of_others())

    def faults(self, item: Scoring) -> Iterator[Finding]:
        """Yield rows in which more events cost less, and rows that include what is nowhere counted."""
        measured = {row.measure for row in self.rows}
        for number, row in enumerate(self.rows):
            for place, (fewer, more) in enumerate(pairwise(row.off), 1):
                if more < fewer:
                    yield (
                        ("rows", number, "off", place),
                        "rulebook_matrix_order",
                        {"fewer": as_written(fewer)},
                    )
            for place, measure in enumerate(row.includes):
                if measure not in measured or measure == row.measure:
                    yield ("rows", number, "includes", place), "rulebook_matrix_includes", {"name": row.name}

    def sentence(self, item: Scoring, declared: Declared, words: Words) -> Text:
        """Return what each severity costs, and how the rows go together."""
        rows = words.series([row.sentence(self.counted, words) for row in self.rows])
        parts = [words("rule.matrix", points=plain(item.points), rows=rows)]
        if any(row.includes for row in self.rows):
            parts.append(words("rule.matrix_once"))
        parts.append(words(f"rule.matrix_{self.merge}"))
        if self.most is not None:
            parts.append(words("rule.most", most=plain(self.most)))
        return words.paragraph(parts, capital=False)

    def tell(self, step: Step, telling: Telling) -> Text:
        """Return what one severity cost; that there are full points to lose goes without saying."""
        if step.how == "matrix":
            return Text()
        if "row" not in step.numbers:
            return telling.plainly(step)
        row, count = self.rows[int(step.numbers["row"])], step.numbers["count"]
        return telling.words(
            f"derivation.{step.how}",
            name=name_of(row, telling.words),
            count=plain(count),
            counted=counted(self.counted, telling.words, count),
            off=plain(-step.points),
        )
