"""Derivations as arithmetic in words: "化解率 97.33%（146/150），低于 98% 0.67 个百分点，…得 9.33 分"."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from analysis.indicators import catalogue
from analysis.quantities import MONEY_UNITS
from analysis.rulebook.derivation import (
    WORST_FILLING,
    Derivation,
    Reading,
    above_mean,
    entering,
    full_mark,
)
from analysis.rulebook.indicator import Scoring, is_share
from analysis.rulebook.model import Bonus, Veto
from analysis.rulebook.predicates import BOUNDS, Predicate
from analysis.rulebook.rule import Step
from analysis.rulebook.sentences import (
    amount_of,
    around_zero,
    asked_name,
    asked_number,
    asks_yes,
    counted,
    name_of,
    percent_of,
    plain,
    spaced,
    threshold,
    to_places,
    value_name,
    whose,
)
from analysis.words import Text, Words
from analysis.words.text import join

#: steps that give points by decree, not by a rule
_GIVEN: Final = (".full_points", ".no_points", ".taken_out")
#: numbers of a step that are thresholds
_LINES: Final = ("full_at", "zero_at", "zero_below")
#: steps after which what a shape took away is no longer what is lost
_SETTLING: Final = frozenset({"floor", "cap", "waived"})


def indicator_sentence(derivation: Derivation, indicator: Scoring, words: Words, places: int) -> Text:
    """Return why a unit got its points for an item.

    Args:
        derivation: the derivation, rounded if the rulebook rounds each item.
        indicator: its indicator, part or deduction.
        words: the catalogue.
        places: places of computed points.
    """
    return Telling(derivation, indicator, words, places).sentence()


def bonus_sentence(derivation: Derivation, bonus: Bonus, words: Words, places: int) -> Text:
    """Return why a unit got its bonus points."""
    points = to_places(derivation.points, places)
    if all(reading.value is None for reading in derivation.readings):
        return words("derivation.bonus.missing", name=name_of(bonus, words), points=points)
    items: list[Text] = []
    raw = Fraction(0)
    for level, reading in zip(bonus.levels, derivation.readings, strict=True):
        name = name_of(level, words)
        if reading.value is None:
            items.append(words("derivation.bonus.item_missing", name=name))
        elif reading.value:
            raw += reading.value * Fraction(level.points)
            items.append(
                words(
                    "derivation.bonus.item", name=name, count=plain(reading.value), each=plain(level.points)
                )
            )
    if not items:
        return words("derivation.bonus.none", points=points)
    if raw > Fraction(bonus.points):
        return words(
            "derivation.bonus.capped",
            items=words.list(items),
            raw=plain(raw),
            possible=plain(bonus.points),
            points=points,
        )
    return words("derivation.bonus.sum", items=words.list(items), points=points)


def veto_sentence(derivation: Derivation, veto: Veto, words: Words) -> Text:
    """Return whether a veto is triggered, and by what."""
    reading, name = derivation.readings[0], name_of(veto, words)
    most = reading.at("highest").value
    if reading.value is None and most is None:
        return words("derivation.veto.missing", name=name)
    stated = reading.value or Fraction(0)
    key = (
        "triggered"
        if stated >= veto.at_least
        else "open"
        if (most or stated) >= veto.at_least
        else "untouched"
    )
    return words(
        f"derivation.veto.{key}",
        name=name,
        count=plain(stated),
        counted=counted("event", words, stated),
        at_least=str(veto.at_least),
    )


def sum_sentence(derivation: Derivation, names: Mapping[str, str], words: Words, places: int) -> Text:
    """Return a dimension or the total as the sum of its parts.

    Args:
        derivation: one step per part, then cap and rounding.
        names: names of the parts by their codes.
        words: the catalogue.
        places: places of computed points.
    """
    items = [
        words("derivation.part", name=names[step.how], points=to_places(step.points, places))
        for step in derivation.steps
        if step.how in names
    ]
    listed, points = words.total(items), to_places(derivation.points, places)
    hows = {step.how: step for step in derivation.steps}
    if "cap" in hows:
        raw = sum((step.points for step in derivation.steps if step.how in names), Fraction(0))
        cap = plain(hows["cap"].numbers["cap"])
        return words(
            "derivation.sum_capped", items=listed, raw=to_places(raw, places), cap=cap, points=points
        )
    if "rounded" in hows:
        raw = derivation.points - hows["rounded"].points
        return words("derivation.sum_rounded", items=listed, raw=plain(raw), points=points)
    return words("derivation.sum", items=listed, points=points)


@dataclass(frozen=True)
class Telling:
    """The telling of one derivation: what befalls every item stands here, what a shape did is told by the shape.

    Attributes: those of `indicator_sentence`.
    """

    derivation: Derivation
    item: Scoring
    words: Words
    places: int

    def sentence(self) -> Text:
        """Return the reading, the steps and what they give."""
        return self.words.sentence(self._told())

    def _told(self) -> Text:
        words, derivation = self.words, self.derivation
        steps = [told for told in (self._step(step) for step in derivation.steps) if told]
        told = words.clauses(steps)
        # what is taken from a total gives no points of its own
        result = [self._result()] if self.item.points else []
        if not self._is_measured():
            name = name_of(self.item, words)
            return words("derivation.unmeasured", name=name, steps=words.clauses([told, *result]))
        small = any(step.how == "small_base.city" for step in derivation.steps)
        read = self._reading(derivation.readings[0], counts_only=small)
        return words.clauses([read, told, *result])

    def _is_measured(self) -> bool:
        """Return whether the sentence begins with a number that was read."""
        item, own = self.item, self.derivation.readings[0]
        if own.value is None or not item.rule.tells_reading(item):
            return False
        unasked = any(step.how.startswith(("not_for.", "not_applicable.")) for step in self.derivation.steps)
        return not unasked and not (item.read == "mark" and not full_mark(item, own))

    # ── what was read ────────────────────────────────────────────────────────────────────────────────────────────────

    def _reading(self, reading: Reading, *, counts_only: bool = False) -> Text:
        """Return what was read; on a small base the counts only, since a percentage of few cases says little."""
        words, item, name = self.words, self.item, value_name(self.item, self.words)
        reading, value = self._as_counted(reading), reading.value
        if value is None:
            return words("reading.none", name=name_of(item, words))
        match item.read:
            case "decline" | "rise" if catalogue.of(reading.measure).compared == "difference":
                told = _difference(reading, value, name, words)
            case "decline" | "rise":
                told = _change(reading, value, name, words, counts_only=counts_only)
            case "mark":
                told = self._mark(reading, value)
            case "samples":
                told = _samples(reading, value, name, words)
            case "shortage":
                told = _shortage(reading, value, name, words)
            case _:
                told = (
                    _share(reading, value, name, words) if item.base_share else _counted(reading, name, words)
                )
        return told

    def _as_counted(self, reading: Reading) -> Reading:
        """Return a reading counted in what the rule counts in, so that number and line have one word."""
        own = self.item.counted
        if own is None or own in MONEY_UNITS or reading.counted in MONEY_UNITS:
            return reading
        return dataclasses.replace(reading, counted=own)

    def _mark(self, reading: Reading, value: Fraction) -> Text:
        words, item = self.words, self.item
        name, full = name_of(item, words), plain(full_mark(item, reading) or Fraction(0))
        # a mean of several marks has the number of markers below, a single mark its full mark
        record = catalogue.of(reading.measure).record
        if record is not None and record.kind == "mean" and reading.denominator is not None:
            count = plain(reading.denominator)
            return words("reading.mark_mean", name=name, mark=self.marked(value), count=count, full=full)
        return words("reading.mark", name=name, mark=self.marked(value), full=full)

    # ── what was done ────────────────────────────────────────────────────────────────────────────────────────────────

    def _step(self, step: Step) -> Text:
        """Return one step in words; rounding goes without saying."""
        if step.how.endswith(_GIVEN) and not step.how.startswith("small_base."):
            return self._given(step)
        tell = _TELLERS.get(step.how.split(".")[0])
        return tell(self, step) if tell is not None else self.item.rule.tell(step, self)

    def _silent(self, _step: Step) -> Text:
        return Text()

    def plainly(self, step: Step) -> Text:
        """Return a step whose sentence holds its numbers as they are."""
        numbers = {name: plain(number) for name, number in step.numbers.items()}
        return self.words(f"derivation.{step.how}", **self.whose() | numbers)

    def whose(self, of: str = "") -> dict[str, str]:
        """Return how the units the item was compared with are called, those of its class by that name."""
        return whose(self.item, self.words, by_class=self.derivation.by_class, of=of)

    def _bound(self, step: Step) -> Text:
        bound = step.numbers[step.how]
        return self.words(
            "derivation.floor" if not bound else f"derivation.{step.how}_at", bound=plain(bound)
        )

    def _waived(self, _step: Step) -> Text:
        return self.words("derivation.waived", fact=self.fact(self.item.waived_when))

    def _given(self, step: Step) -> Text:
        """Return why points are given without a rule."""
        how, words, readings = step.how.rsplit(".", 1)[0], self.words, self.derivation.readings
        if how in ("case_missing", "condition_missing"):
            return words("derivation.cannot_say", names=self.unknown(self.item.rule.asked(step)))
        if how in ("nothing_when", "not_applicable"):
            asked = self.item.nothing_when if how == "nothing_when" else self.item.applies_when
            return words(f"derivation.{how}", fact=self.fact(asked))
        reading = readings[-1]
        now = reading.numerator
        told = words(
            f"derivation.{how}",
            current="" if now is None else amount_of(now, reading.counted, words),
            counted=counted(reading.counted, words, now or Fraction(0)),
            **self.whose(),
        )
        return words("reading.of_city", reading=told) if self.derivation.of_city else told

    def _worst_filling(self, _step: Step) -> Text:
        """Return what is scored instead of what is stated: the filling of the empty cells that gives least."""
        words, stated, scored = self.words, self.derivation.readings[0], self.derivation.scored
        ends = [(one.value, one.numerator, one.denominator) for one in (stated, scored)]
        if scored.value is None or ends[0] == ends[1]:
            return words("derivation.partial_worst")
        how = "largest" if _by_largest(stated, scored) else "reading"
        return words(f"derivation.partial_worst_{how}", reading=self._reading(scored))

    def _small_base(self, step: Step) -> Text:
        words, scored = self.words, self.derivation.readings[-1]
        told = words(
            f"derivation.{step.how}", cases=plain(step.numbers["cases"]), below=plain(step.numbers["below"])
        )
        if self.derivation.of_city and scored.value is not None:
            return words.clauses([told, words("reading.of_city", reading=self._reading(scored))])
        return told

    def _new_unit(self, _step: Step) -> Text:
        of_city = self.words("reading.of_city", reading=self._reading(self.derivation.readings[-1]))
        return self.words.clauses([self.words("derivation.new_unit_city"), of_city])

    def _compared(self, step: Step) -> Text:
        """Return what a reading is beside the other units or the target."""
        words, numbers = self.words, step.numbers
        if "place" in numbers:
            return self.plainly(step)
        if "ratio" in numbers:
            other = "best" if "best" in numbers else "target"
            line = threshold(self.item, numbers[other], words, base=True) if other == "target" else ""
            falling = step.how == "compared.best" and not self.item.base_rising
            return words(
                f"derivation.{step.how}{'_falling' if falling else ''}",
                other=spaced(line or self._read(numbers[other]), words),
                ratio=percent_of(numbers["ratio"]),
                **self.whose(),
            )
        gap = numbers["gap"] * 100
        size = to_places(gap, 2)
        told = words("condition.percentage_points", size=size) if numbers["in_points"] else Text(f"{size}%")
        return words(f"derivation.{step.how}", mean=self._read(numbers["mean"]), gap=told, **self.whose())

    def _read(self, number: Fraction) -> str:
        """Return a number of the kind that is read, computed and so with places."""
        if self.item.base_share:
            return percent_of(number)
        return self._computed(number, self.derivation.readings[-1])

    def _computed(self, number: Fraction, reading: Reading) -> str:
        """Return a computed number of what a reading counts."""
        unit = counted(reading.counted, self.words, number)
        money = reading.counted in MONEY_UNITS
        size = (
            amount_of(number, reading.counted, self.words)
            if money
            else plain(Fraction(round(number * 100), 100))
        )
        return f"{size} {unit}" if unit else size

    # ── for the shapes ───────────────────────────────────────────────────────────────────────────────────────────────

    def of_part(self, number: int, part: Scoring) -> Text:
        """Return why a part of the item got its points."""
        return indicator_sentence(self.derivation.parts[number], part, self.words, self.places)

    def changed(self, step: Step, *, gains: bool = False) -> Text:
        """Return what a rule took away or added, and where it stops."""
        words, numbers = self.words, step.numbers
        floored = any(other.how in _SETTLING for other in self.derivation.steps)
        start = numbers.get("start", Fraction(self.item.points))
        # what is taken is told before a floor stops it; otherwise loss and points add up as printed
        moved = (step.points if floored else self.derivation.points) - start
        key = "gained" if gains else "lost"
        told = words(
            f"derivation.{key}{'_floored' if floored else ''}", lost=to_places(abs(moved), self.places)
        )
        if "most" not in numbers:
            return told
        return words(f"derivation.{key}_most", most=plain(numbers["most"]), told=told)

    def on_curve(self, step: Step) -> Text:
        """Return where on its curve a reading lies."""
        words, item, how, numbers = self.words, self.item, step.how, step.numbers
        around = around_zero(item, numbers.get("full_at", numbers.get("zero_at", Fraction(1))))
        lines = {name: threshold(item, number, words) for name, number in numbers.items() if name in _LINES}
        if around:
            falling = "_falling" if around == "mean" and not item.base_rising else ""
            return words(f"derivation.{how}_zero_{around}{falling}", **self.whose())
        side = "_decline" if item.read == "decline" else "" if item.rising else "_falling"
        return words(f"derivation.{how}{side if lines else ''}", **lines)

    def unit(self, number: Fraction | int, otherwise: str) -> str:
        """Return what is counted, in the form that goes with a number; `otherwise` where the reading does not say."""
        reading = self._as_counted(self.derivation.readings[-1])
        return counted(reading.counted, self.words, number) or counted(otherwise, self.words, number)

    def _reading_rounded(self, step: Step) -> Text:
        x = threshold(self.item, step.numbers["x"], self.words, base=True)
        return self.words("derivation.reading_rounded", x=x)

    def entered(self) -> str:
        """Return the number that entered the rule."""
        for step in self.derivation.steps:
            if "ratio" in step.numbers:
                return percent_of(step.numbers["ratio"])
        x = entering(self.item, self.derivation.readings[-1])
        return percent_of(x) if self.item.reads_share else plain(x)

    @staticmethod
    def marked(value: Fraction) -> str:
        """Return a mark with at most two places."""
        return plain(Fraction(round(value * 100), 100))

    # ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _asked(self, measure: str) -> Reading | None:
        own = self.derivation.scored
        return own if not measure or measure == self.item.measure else self.derivation.others.get(measure)

    def fact(self, predicate: Predicate | None) -> Text:
        """Return what a condition found: 清欠率 96.00%（96/100），不低于 95%."""
        if predicate is None:
            return Text()
        facts = [self._fact_of(leaf) for leaf in predicate.leaves()]
        return join(facts, self.words.label("condition.list"))

    def _fact_of(self, leaf: Predicate) -> Text:
        words, name = self.words, asked_name(leaf, self.item, self.words)
        reading = self._asked(leaf.measure)
        if reading is not None and reading.measure == self.item.measure:
            reading = self._as_counted(reading)
        if reading is None or reading.value is None:
            return words("reading.none", name=name)
        value = reading.value if leaf.measure else entering(self.item, reading)
        if leaf.above_mean_of is not None:
            return self._fact_beside(leaf, reading, value, name)
        if asks_yes(leaf, self.item) is not None:
            return words(f"condition.{'stated' if value else 'not_stated'}", name=name)
        share = is_share(leaf.measure) if leaf.measure else self.item.base_share
        relations = []
        for bound in BOUNDS:
            number = getattr(leaf, bound)
            if number is not None:
                holds = Predicate(**{bound: number}).contains(value)
                at = asked_number(leaf, self.item, number, words)
                forms = [counted(reading.counted, words, count) for count in (1, number)]
                at = at if share or not forms[1] or at.endswith(tuple(forms)) else f"{at} {forms[1]}"
                relations.append(words(f"condition.{bound if holds else _OPPOSITE[bound]}", at=at))
        told = _share(reading, value, name, words) if share else _counted(reading, name, words)
        bounds = join(relations, words.label("condition.both"))
        return words("condition.found", told=told, bounds=bounds)

    def _fact_beside(self, leaf: Predicate, reading: Reading, value: Fraction, name: str) -> Text:
        """Return how far a measure lies above the mean of the units, and whether that is what a condition asks for."""
        words, of, share = self.words, str(leaf.above_mean_of), is_share(leaf.measure)
        mean = self.derivation.means.get((leaf.measure, of))
        gap = above_mean(leaf.measure, value, mean)
        read = _share(reading, value, name, words) if share else _counted(reading, name, words)
        if mean is None or gap is None:
            why = "no_peers" if mean is None else "zero_mean"
            return words.clauses([read, words(f"derivation.{why}", **self.whose(of))])
        side = "above" if gap > 0 else "below" if gap < 0 else "at"
        size = to_places(abs(gap) * 100, 2)
        told = words(
            f"derivation.compared.mean_{side}",
            mean=percent_of(mean) if share else self._computed(mean, reading),
            gap=words("condition.percentage_points", size=size) if share else Text(f"{size}%"),
            **self.whose(of),
        )
        bound = next(name for name in BOUNDS if getattr(leaf, name) is not None)
        asked = getattr(leaf, bound)
        holds = Predicate(**{bound: asked}).contains(gap)
        at = asked_number(leaf, self.item, asked, words)
        beside = words(
            "condition.found_beside", bounds=words(f"condition.{bound if holds else _OPPOSITE[bound]}", at=at)
        )
        return words.clauses([read, told, beside])

    def unknown(self, predicate: Predicate | None) -> Text:
        """Return what a condition could not find out."""
        names: dict[str, None] = {}
        for leaf in predicate.leaves() if predicate is not None else ():
            found = self._asked(leaf.measure)
            if found is None or found.value is None:
                names[asked_name(leaf, self.item, self.words)] = None
        return self.words.list(list(names))

    # ── what came of it ──────────────────────────────────────────────────────────────────────────────────────────────

    def _result(self) -> Text:
        words, derivation, points = self.words, self.derivation, self.derivation.points
        hows = [step.how for step in derivation.steps]
        if any(how.endswith(".taken_out") for how in hows):
            return words("derivation.result.taken_out")
        given = any(how.endswith(_GIVEN) and not how.startswith("small_base.") for how in hows)
        if points == derivation.possible:
            key = "given_full" if given else "full"
        elif not points:
            key = "given_none" if given else "none"
        else:
            key = "some" if points > 0 else "below"
        return words(f"derivation.result.{key}", points=to_places(abs(points), self.places))


#: the steps of every item, by the beginning of their keys; the others are those of its shape
_TELLERS: Final[Mapping[str, Callable[[Telling, Step], Text]]] = {
    "rounded": Telling._silent,
    "small_base": Telling._small_base,
    "new_unit_city": Telling._new_unit,
    "compared": Telling._compared,
    "partial": Telling.plainly,
    "partial_lenient": Telling.plainly,
    WORST_FILLING: Telling._worst_filling,
    "floor": Telling._bound,
    "cap": Telling._bound,
    "waived": Telling._waived,
    "reading_rounded": Telling._reading_rounded,
}
#: what holds where a bound does not
_OPPOSITE: Final = {"at_least": "below", "above": "at_most", "at_most": "above", "below": "at_least"}


def _share(reading: Reading, value: Fraction, name: str, words: Words) -> Text:
    if reading.numerator is None or reading.denominator is None:
        return words("reading.ratio_alone", name=name, percent=percent_of(value))
    return words(
        "reading.ratio_money" if reading.counted in MONEY_UNITS else "reading.ratio",
        name=name,
        percent=percent_of(value),
        numerator=amount_of(reading.numerator, reading.counted, words),
        denominator=amount_of(reading.denominator, reading.counted, words),
    )


def _counted(reading: Reading, name: str, words: Words) -> Text:
    value = reading.value or Fraction(0)
    unit = counted(reading.counted, words, value)
    key = "count" if unit else "number"
    return words(f"reading.{key}", name=name, count=amount_of(value, reading.counted, words), counted=unit)


def _samples(reading: Reading, value: Fraction, name: str, words: Words) -> Text:
    known, taken = reading.numerator or Fraction(0), reading.denominator or Fraction(0)
    key = "samples_all" if known == taken else "samples"
    return words(f"reading.{key}", name=name, percent=percent_of(value), known=plain(known), all=plain(taken))


def _shortage(reading: Reading, value: Fraction, name: str, words: Words) -> Text:
    told = {"should": reading.denominator, "done": reading.numerator, "short": value}
    parts = {
        key: f"{amount_of(part or Fraction(0), reading.counted, words)} "
        f"{counted(reading.counted, words, part or Fraction(0))}".rstrip()
        for key, part in told.items()
    }
    return words("reading.shortage", name=name, **parts)


def _change(reading: Reading, change: Fraction, name: str, words: Words, *, counts_only: bool) -> Text:
    move = _move(change)
    percent = percent_of(abs(change))
    if reading.numerator is None or reading.denominator is None:
        return words(f"reading.{move}_alone", name=name, percent=percent)
    return words(
        f"reading.{move}_counts" if counts_only else f"reading.{move}",
        name=name,
        percent=percent,
        previous=amount_of(reading.denominator, reading.counted, words),
        current=amount_of(reading.numerator, reading.counted, words),
        counted=counted(reading.counted, words, reading.numerator),
    )


def _difference(reading: Reading, change: Fraction, name: str, words: Words) -> Text:
    """Return a change in count, or of a rate in percentage points."""
    move, above, below = _move(change), reading.numerator, reading.denominator
    if is_share(reading.measure):
        size = words("condition.percentage_points", size=to_places(abs(change) * 100, 2)).plain
        previous, current = (percent_of(part) if part is not None else "" for part in (below, above))
    else:
        size, previous, current = (
            f"{amount_of(part, reading.counted, words)} {counted(reading.counted, words, part)}"
            if part is not None
            else ""
            for part in (abs(change), below, above)
        )
    key = f"reading.{move}_by" if previous and current else f"reading.{move}_by_alone"
    return words(key, name=name, size=size, previous=spaced(previous, words), current=current)


def _move(change: Fraction) -> str:
    return "fall" if change < 0 else "rise" if change > 0 else "flat"


def _by_largest(stated: Reading, scored: Reading) -> bool:
    """Return whether a filling may be made of the largest headcount or amount that the unit states.

    It is where a sum, or a quotient of sums, has grown by what is left empty, not where it holds nothing.
    """
    record = catalogue.of(stated.measure).record
    kind = record.kind if record else ""
    if kind not in ("sum", "mean", "rate_of_sums"):
        return False
    grown = (scored.numerator or 0) > (stated.numerator or 0)
    return grown or (kind != "mean" and (scored.denominator or 0) > (stated.denominator or 0))
