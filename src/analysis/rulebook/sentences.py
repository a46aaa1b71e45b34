"""Every rule as the official sentence it stands for, to be held beside the signed text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Protocol

from analysis.indicators import catalogue
from analysis.indicators.naming import MeasureNames
from analysis.quantities import MONEY_UNITS
from analysis.rulebook.composition import Composition, Falsification, Periods
from analysis.rulebook.exact_numbers import UNLIMITED, round_exact
from analysis.rulebook.indicator import Declared, Scoring, is_share
from analysis.rulebook.predicates import BOUNDS, STATED, Predicate
from analysis.words import Text, Words
from analysis.words.formats import number, percent
from analysis.words.text import join

if TYPE_CHECKING:
    from analysis.rulebook.model import Bonus, Deduction, Rulebook, Veto
    from analysis.rulebook.unit_classes import UnitClass

#: where one sentence ends and the next begins
_NEXT_SENTENCE: Final = re.compile(r"\. ([A-Z])")


class Named(Protocol):
    """Anything with a name in both languages."""

    @property
    def name(self) -> str:
        """The Chinese name."""

    @property
    def name_en(self) -> str:
        """The English name, possibly empty."""


def name_of(part: Named, words: Words) -> str:
    """Return the name of a part of the rulebook in the language of the words."""
    return words.written(part.name, part.name_en)


def plain(value: Fraction | Decimal) -> str:
    """Return a number as written in a rule, without trailing zeros: 0.50 → 0.5."""
    if isinstance(value, Fraction):
        value = round_exact(value, 6, "half_even")
    text = number(value, 6)
    return text.rstrip("0").rstrip(".")


def plain_percent(value: Fraction | Decimal) -> str:
    """Return a share as written in a rule: 0.98 → 98%."""
    return plain(Fraction(value) * 100) + "%"


def to_places(value: Fraction, places: int) -> str:
    """Return a computed number with fixed places."""
    return number(round_exact(value, places, "half_even"), places)


def percent_of(value: Fraction) -> str:
    """Return a computed share as a percentage with two places."""
    return percent(round_exact(value, 6, "half_even"), 2)


def rule_sentence(indicator: Scoring, rulebook: Rulebook, words: Words) -> Text:
    """Return the official sentence of an item's rule, with the exceptions that can befall it."""
    declared = rulebook.declared(indicator)
    parts = [
        indicator.rule.sentence(indicator, declared, words),
        # the most a deduction takes is told with what it is taken from
        *(bounds_sentences(indicator, words) if indicator.points else ()),
        *conditions_sentences(indicator, declared, words),
    ]
    if indicator.exceptions.nothing_to_assess and indicator.nothing_when is None:
        parts.append(words(f"rule.nothing_to_assess.{declared.nothing_to_assess}"))
    if indicator.read in ("decline", "rise") and catalogue.of(indicator.measure).compared != "difference":
        small = declared.small_base
        parts.append(words(f"rule.zero_base.{declared.zero_base}"))
        parts.append(words(f"rule.small_base.{small.use}", below=str(small.cases_below)))
    return words.paragraph(parts)


def bounds_sentences(item: Scoring, words: Words, *, part: bool = False) -> list[Text]:
    """Return the sentences on what is more than full points and on the least; of a part the whole has its own least."""
    parts = []
    if item.cap is not None and item.cap > item.points:
        parts.append(words("rule.cap_above", cap=plain(item.cap)))
    elif item.cap is not None:
        parts.append(words("rule.cap", cap=plain(item.cap)))
    if item.floor == UNLIMITED:
        parts.append(words("rule.unlimited"))
    elif item.floor < 0 and not item.points:
        parts.append(words("rule.most_off", most=plain(-item.floor)))
    elif item.floor:
        key = "rule.floor" if item.floor > 0 else "rule.floor_part" if part else "rule.floor_below"
        parts.append(words(key, floor=plain(item.floor)))
    return parts


def conditions_sentences(item: Scoring, declared: Declared, words: Words) -> list[Text]:
    """Return the sentences on when nothing is taken off, nothing is assessed, or the item does not apply."""
    parts = []

    def asked(predicate: Predicate) -> str:
        return spaced(condition(predicate, item, words, by_class=declared.by_class), words)

    if item.compare is not None and item.compare.zero_best != "no_points":
        one = spaced(quantity(1, item.counted or "", words), words)
        best = whose(item, words, by_class=declared.by_class)
        parts.append(words(f"rule.zero_best.{item.compare.zero_best}", one=one, **best))
    if item.waived_when is not None:
        parts.append(words("rule.waived_when", condition=asked(item.waived_when)))
    if item.nothing_when is not None:
        key = f"rule.nothing_when.{declared.nothing_to_assess}"
        parts.append(words(key, condition=asked(item.nothing_when)))
    if item.applies_when is not None:
        key = f"rule.applies_when.{declared.not_applicable}"
        parts.append(words(key, condition=asked(item.applies_when)))
    if item.not_for:
        units = words.list(list(item.not_for))
        parts.append(words(f"rule.not_for.{declared.not_applicable}", units=units))
    return parts


def clause(sentence: Text, words: Words) -> Text:
    """Return a sentence as a clause, without its full stop, those within it turned into commas or semicolons."""
    told = sentence.plain.rstrip("。.")
    if not words.habits.capitals:
        return Text(told.replace(words.label("punctuation.stop"), words.label("punctuation.clause")))
    return Text(_NEXT_SENTENCE.sub(lambda found: f"; {found[1].lower()}", told))


def condition(predicate: Predicate, item: Scoring, words: Words, *, by_class: bool = False) -> Text:
    """Return a condition as a phrase: 清欠率不低于 95%."""
    if predicate.all_of is not None:
        return join(
            [condition(part, item, words, by_class=by_class) for part in predicate.all_of],
            words.label("condition.and"),
        )
    if predicate.any_of is not None:
        return join(
            [condition(part, item, words, by_class=by_class) for part in predicate.any_of],
            words.label("condition.or"),
        )
    name = asked_name(predicate, item, words)
    stated = asks_yes(predicate, item)
    if stated is not None:
        return words(f"condition.{'stated' if stated else 'not_stated'}", name=name)
    bounds = [
        words(f"condition.{bound}", at=asked_number(predicate, item, getattr(predicate, bound), words))
        for bound in BOUNDS
        if getattr(predicate, bound) is not None
    ]
    within = join(bounds, words.label("condition.both"))
    if predicate.above_mean_of is not None:
        peers = whose(item, words, by_class=by_class, of=predicate.above_mean_of)
        return words("condition.asked_beside", name=name, bounds=within, **peers)
    return words("condition.asked", name=name, bounds=within)


def asks_yes(predicate: Predicate, item: Scoring) -> bool | None:
    """Return whether a condition asks for the yes of a yes or no, or for its no; None for any other question."""
    asked = predicate.measure or item.measure
    if not (asked.startswith(STATED) or catalogue.of(asked).is_stated):
        return None
    bounds = {bound: number for bound in BOUNDS if (number := getattr(predicate, bound)) is not None}
    return {("at_least", 1): True, ("below", 1): False, ("at_most", 0): False}.get(next(iter(bounds.items())))


def asked_name(predicate: Predicate, item: Scoring, words: Words) -> str:
    """Return how what a condition asks about is called."""
    if predicate.name or not predicate.measure:
        return words.written(predicate.name, predicate.name_en) or value_name(item, words)
    return MeasureNames(words)(predicate.measure)


def asked_number(predicate: Predicate, item: Scoring, number: Decimal, words: Words) -> str:
    """Return a bound of a condition as written."""
    if predicate.above_mean_of is not None and is_share(predicate.measure):
        return words("condition.percentage_points", size=plain(Fraction(number) * 100)).plain
    if predicate.above_mean_of is not None:
        return plain_percent(number)
    if not predicate.measure:
        return threshold(item, number, words, base=True)
    return plain_percent(number) if is_share(predicate.measure) else plain(number)


def threshold(item: Scoring, number: Decimal | Fraction | None, words: Words, *, base: bool = False) -> str:
    """Return a threshold of an item as written: 98%, 5 次; `base` is one of the reading before any comparison."""
    if number is None:
        return ""
    if item.base_share if base else item.reads_share:
        return plain_percent(number)
    if item.counted in MONEY_UNITS:
        return f"{plain(Fraction(number) / words.habits.in_rules['divisor'])} {counted(item.counted, words)}"
    return quantity(number, item.counted or "", words)


def width(
    item: Scoring, number: Decimal | Fraction, words: Words, *, relative: bool, places: int | None = None
) -> str:
    """Return a width or a distance: 1 个百分点, 1%, 3 次."""
    if not item.reads_share:
        return threshold(item, number, words)
    share = Fraction(number) * 100
    size = plain(share) if places is None else to_places(share, places)
    # a deviation from the mean of counts is a ratio, told in per cent like any other
    relative = relative or (item.compare is not None and (item.compare.to != "mean" or not item.base_share))
    return f"{size}%" if relative else words("condition.percentage_points", size=size).plain


def spaced(text: str | Text, words: Words) -> str:
    """Return a text with a space behind a sign or figure, as Chinese characters that follow need it."""
    text = str(text)
    if words.habits.capitals:
        return text
    return f"{text} " if text and text[-1].isascii() and text[-1] not in "） " else text


def around_zero(item: Scoring, line: Decimal | Fraction) -> str:
    """Return the key of a threshold that has a name of its own: no change, the mean of the units."""
    if line:
        return ""
    if item.compare is not None:
        return "mean" if item.compare.to == "mean" else ""
    return item.read if item.read in ("decline", "rise") else ""


def whose(item: Scoring, words: Words, *, by_class: bool, of: str = "") -> dict[str, str]:
    """Return how the units an item is compared with are called: whose mean it is, which is the best, within what."""
    of = of or (item.compare.of if item.compare is not None else "all")
    suffix = "_of_class" if by_class else ""
    return {
        "peers": words.label(f"rule.peers.{of}{suffix}"),
        "best": words.label(f"rule.peers.best{suffix}"),
        "within": words.label("rule.peers.within_class") if by_class else "",
    }


def general_sentence(rulebook: Rulebook, words: Words) -> Text:
    """Return what the rule set declares for all its items; what is usual goes without saying."""
    parts = [
        words(f"rule.missing.{rulebook.missing}"),
        words(f"rule.nothing_to_assess.{rulebook.nothing_to_assess}"),
        words(f"rule.not_comparable.{rulebook.not_comparable}"),
        words(f"rule.partial.{rulebook.partial}"),
    ]
    if rulebook.new_unit is not None:
        parts.append(words(f"rule.new_unit.{rulebook.new_unit}"))
    if rulebook.percent == "percent":
        parts.append(words("rule.percent"))
    if rulebook.reading_places is not None:
        parts.append(words("rule.reading_places", places=str(rulebook.reading_places)))
    return words.paragraph(parts)


def bonus_sentence(bonus: Bonus, words: Words) -> Text:
    """Return the official sentence of a bonus."""
    levels = [
        words("rule.level", name=name_of(level, words), points=plain(level.points)) for level in bonus.levels
    ]
    return words("rule.bonus", levels=words.list(levels), points=plain(bonus.points))


def veto_sentence(veto: Veto, rulebook: Rulebook, words: Words) -> Text:
    """Return the official sentence of a veto."""
    best, lowest = (rulebook.grades.said(place, words) for place in (0, -1))
    return words(
        f"statute.veto.{veto.effect}",
        best=best,
        lowest=lowest,
        name=name_of(veto, words),
        at_least=str(veto.at_least),
        counted=counted("event", words, veto.at_least),
    )


def measure_name(measure: str, rulebook: Rulebook, words: Words) -> str:
    """Return how a measure is called: in the words, else in the rulebook, else by itself."""
    for fact in rulebook.facts:
        if fact.measure == measure:
            return name_of(fact, words)
    found, reader = MeasureNames(words).found(measure), rulebook.reader_of(measure)
    return found or (measure if reader is None else name_of(reader, words))


def value_name(indicator: Scoring, words: Words) -> str:
    """Return the name of what an item reads: of the measure, or of the quantity whose change is scored."""
    found = MeasureNames(words).found(catalogue.of(indicator.measure).measure)
    plain_read = indicator.read in ("value", "decline", "rise")
    return found if plain_read and found else name_of(indicator, words)


def counted(unit_of_measure: str, words: Words, number: Fraction | Decimal | int = 1) -> str:
    """Return what is counted, in the form that goes with a number: 起; event, events. Money is told in 万元 or yuan."""
    key = f"counted.{unit_of_measure}.{'one' if number == 1 else 'many'}"
    return words.label(key) if key in words else ""


def amount_of(value: Fraction, counted_in: str, words: Words) -> str:
    """Return a count or an amount without its unit: 46; 469.5 (万元), 4.695 million (yuan)."""
    if counted_in not in MONEY_UNITS:
        return plain(value)
    told = words.money(round_exact(value, 2, "half_even"), in_rules=True)
    return told.removesuffix(counted(counted_in, words)).rstrip()


def quantity(count: Fraction | Decimal | int, counted_in: str, words: Words) -> str:
    """Return a number as written in a rule with what it counts: 3 起; 3 events, 1 event."""
    exact = Fraction(count)
    unit = counted(counted_in, words, exact)
    return f"{plain(exact)} {unit}" if unit else plain(exact)


# ── what is put together ─────────────────────────────────────────────────────────────────────────────────────────────


def whole_sentences(rulebook: Rulebook, words: Words) -> Iterator[Text]:
    """Yield the sentences on what befalls the whole score; a set that declares nothing of the kind has none."""
    if rulebook.composition is not None:
        yield composition_sentence(rulebook.composition, words)
    if rulebook.periods is not None:
        yield periods_sentence(rulebook.periods, words)
    if rulebook.scale is not None and rulebook.scale != rulebook.base_points:
        base, scale = plain(rulebook.base_points), plain(rulebook.scale)
        yield words("statute.scale", base=base, scale=scale)
    for unit_class in rulebook.classes:
        yield class_sentence(unit_class, words)
    if rulebook.deductions or rulebook.falsification:
        yield words(f"statute.below_zero.{'allowed' if rulebook.total_may_fall_below_zero else 'stopped'}")
    if rulebook.bonuses and (rulebook.deductions or rulebook.falsification):
        steps = [words.label(f"statute.step.{step}") for step in rulebook.order]
        yield words("statute.order", steps=words.list(steps))


def composition_sentence(composition: Composition, words: Words) -> Text:
    """Return how sources are composed."""
    names = [words.label(f"composition.source.{part.source}") for part in composition.sources]
    if composition.combine == "replaced":
        return words(f"statute.replaced.{composition.at}", sources=words.label("statute.next").join(names))
    parts = [
        words("statute.weight", name=name, weight=plain_percent(part.weight or Decimal(0)))
        for name, part in zip(names, composition.sources, strict=True)
    ]
    return words.paragraph(
        [
            words(f"statute.weighted.{composition.at}", parts=words.list(parts)),
            words(f"statute.missing.{composition.missing_source}"),
        ]
    )


def periods_sentence(periods: Periods, words: Words) -> Text:
    """Return how periods are composed."""
    parts = [
        words("statute.weight", name=name_of(part, words), weight=plain_percent(part.weight))
        for part in periods.parts
    ]
    return words.paragraph(
        [
            words("statute.periods", parts=words.list(parts)),
            words(f"statute.missing.{periods.missing_period}"),
        ]
    )


def class_sentence(unit_class: UnitClass, words: Words) -> Text:
    """Return which units are assessed by which items."""
    return words(
        "statute.unit_class",
        name=name_of(unit_class, words),
        units=words.list([*unit_class.kinds, *unit_class.units]),
        items=words.list(list(unit_class.items)),
    )


def deduction_sentence(deduction: Deduction, rulebook: Rulebook, words: Words) -> Text:
    """Return what a deduction takes from the total."""
    return words.paragraph(
        [
            rule_sentence(deduction, rulebook, words),
            words("statute.deduction_unlimited")
            if deduction.floor == UNLIMITED
            else words("statute.deduction", most=plain(-deduction.floor)),
            words(f"statute.unreported.{deduction.unreported}"),
        ]
    )


def falsification_sentence(part: Falsification, rulebook: Rulebook, words: Words) -> Text:
    """Return what is taken for false, and what it costs."""
    if part.difference is not None:
        sign = words(
            f"statute.falsified.{part.difference.over}",
            above=plain_percent(part.difference.above),
            at_least=str(part.at_least),
        )
    else:
        name = measure_name(part.measure, rulebook, words)
        sign = words("statute.falsified.measure", name=name, at_least=str(part.at_least))
    effects: list[Text] = []
    if part.off:
        effects.append(words("composition.falsification.off", off=plain(part.off)))
    if part.loses:
        effects.append(words("statute.falsified.loses", items=words.list(list(part.loses))))
    if part.loses_differing:
        effects.append(words("statute.falsified.loses_differing"))
    if part.grade != "none":
        effects.append(words(f"composition.falsification.{part.grade}"))
    return words("statute.falsified.sentence", sign=sign, effects=words.clauses(effects))
