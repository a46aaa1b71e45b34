"""Every rule as the official sentence it stands for, to be held beside the signed text."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Final, Protocol

from analysis.indicators import catalogue
from analysis.quantities import MONEY_UNITS
from analysis.rulebook.exact_numbers import round_exact
from analysis.rulebook.grades import STATED
from analysis.rulebook.indicator import Declared, First, Part, Scoring, Sum, is_share
from analysis.rulebook.model import Bonus, Rulebook, Veto
from analysis.rulebook.predicates import BOUNDS, Predicate
from analysis.rulebook.shapes import (
    AllOrNothing,
    Band,
    Bands,
    Each,
    Items,
    Line,
    Matrix,
    PassDown,
    Places,
    Proportional,
    Shortfall,
)
from analysis.words import Text, Words
from analysis.words.formats import number, percent
from analysis.words.text import join

__all__ = [
    "amount_of",
    "around_zero",
    "asked_name",
    "asked_number",
    "asks_yes",
    "bonus_sentence",
    "bounds_phrase",
    "clause",
    "condition",
    "counted",
    "general_sentence",
    "is_mere_yes",
    "is_share",
    "measure_name",
    "name_of",
    "percent_of",
    "plain",
    "plain_percent",
    "quantity",
    "rule_sentence",
    "spaced",
    "threshold",
    "to_places",
    "value_name",
    "veto_sentence",
    "width",
]

#: where one sentence ends and the next begins
_NEXT_SENTENCE: Final = re.compile(r"\. ([A-Z])")
AnyShape = Proportional | Shortfall | Line | Each | PassDown | AllOrNothing | Bands | Places
#: Chinese tells money in units of ten thousand yuan
_WAN: Final = 10000


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
    return part.name_en if words.language == "en" and part.name_en else part.name


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
        _rule(indicator, declared, words),
        *_bounds(indicator, words),
        *_conditions(indicator, declared, words),
    ]
    if indicator.exceptions.nothing_to_assess and indicator.nothing_when is None:
        parts.append(words(f"rule.nothing_to_assess.{declared.nothing_to_assess}"))
    if indicator.read in ("decline", "rise") and catalogue.of(indicator.measure).compared != "difference":
        small = declared.small_base
        parts.append(words(f"rule.zero_base.{declared.zero_base}"))
        parts.append(words(f"rule.small_base.{small.use}", below=str(small.cases_below)))
    return words.paragraph(parts)


def _rule(item: Scoring, declared: Declared, words: Words) -> Text:
    """Return the sentence of the shape or combination itself."""
    rule, points = item.rule, plain(item.points)
    match rule:
        case Items():
            listed = [
                words(
                    f"rule.item{'_again' if number and rule.in_order else ''}",
                    name=name_of(part, words),
                    condition=condition(part.when, item, words),
                    points=plain(part.points),
                )
                for number, part in enumerate(rule.items)
            ]
            return words("rule.items", items=words.series(listed), points=points)
        case Matrix():
            return _matrix(item, rule, words)
        case Sum():
            return words(
                "rule.sum",
                parts=words.series([_part(part, declared, words) for part in rule.parts]),
                points=points,
            )
        case First():
            cases = [
                words(
                    "rule.case",
                    condition=spaced(condition(case.when, item, words), words),
                    gives=words("rule.case_points", points=plain(case.points))
                    if case.points is not None
                    else clause(_curve(item, case.rule or rule.otherwise, declared, words), words),
                )
                for case in rule.cases
            ]
            otherwise = clause(_curve(item, rule.otherwise, declared, words), words)
            return words("rule.first", cases=words.series(cases), otherwise=otherwise)
        case _:
            return _curve(item, rule, declared, words)


def _part(part: Part, declared: Declared, words: Words) -> Text:
    own = part.declared_over(declared)
    told = words.clauses([clause(text, words) for text in (_rule(part, own, words), *_bounds(part, words))])
    return words(f"rule.part_{part.adds}", name=name_of(part, words), points=plain(part.points), rule=told)


def _matrix(item: Scoring, rule: Matrix, words: Words) -> Text:
    rows = []
    for row in rule.rows:
        last = len(row.off)
        costs = [
            words(
                "rule.matrix_cost" if number < last or row.further else "rule.matrix_cost_last",
                number=str(number),
                counted=counted(rule.counted, words, number),
                off=plain(off),
            )
            for number, off in enumerate(row.off, 1)
        ]
        if row.further:
            costs.append(
                words("rule.matrix_further", counted=counted(rule.counted, words), off=plain(row.further))
            )
        rows.append(words("rule.matrix_row", name=name_of(row, words), costs=words.list(costs)))
    parts = [words("rule.matrix", points=plain(item.points), rows=words.series(rows))]
    if any(row.includes for row in rule.rows):
        parts.append(words("rule.matrix_once"))
    parts.append(words(f"rule.matrix_{rule.merge}"))
    if rule.most is not None:
        parts.append(words("rule.most", most=plain(rule.most)))
    return words.paragraph(parts, capital=False)


def _curve(item: Scoring, rule: AnyShape, declared: Declared, words: Words) -> Text:
    """Return the sentence of a shape that reads one number."""
    match rule:
        case Proportional():
            told = _proportional(item, rule, words)
        case Shortfall():
            told = _shortfall(item, rule, declared, words)
        case Line():
            told = _line(item, rule, words)
        case Each():
            told = _each(item, rule, words)
        case PassDown():
            most = plain(rule.most) if rule.most is not None else ""
            key = "rule.pass_down_most" if most else "rule.pass_down"
            told = words(key, points=plain(item.points), factor=plain_percent(rule.factor), most=most)
        case AllOrNothing():
            told = _all_or_nothing(item, rule, declared, words)
        case Bands():
            bands = [
                words(
                    "rule.band",
                    bounds=spaced(bounds_phrase(item, band, words), words),
                    points=plain(band.points),
                )
                for band in rule.bands
            ]
            told = words("rule.bands", subject=_subject(item, words), bands=words.series(bands))
        case _:
            told = _places(rule, declared, words)
    return told


def _proportional(item: Scoring, rule: Proportional, words: Words) -> Text:
    points, name = plain(item.points), value_name(item, words)
    key = f"proportional_{item.read}" if item.read in ("mark", "samples") else "proportional"
    scorer, target = getattr(item, "scorer", ""), ""
    if item.compare is not None:
        side = "" if item.base_rising or item.compare.to == "target" else "_falling"
        key, target = (
            f"proportional_{item.compare.to}{side}",
            threshold(item, item.compare.target, words, base=True),
        )
    cuts = [
        words(f"rule.{cut}", at=plain_percent(number))
        for cut, number in (("full_from", rule.full_at), ("zero_below", rule.zero_below))
        if number is not None
    ]
    by = [words("rule.scorer", scorer=scorer)] if scorer else []
    return Text(*by, *cuts, words(f"rule.{key}", points=points, name=name, target=target))


def _shortfall(item: Scoring, rule: Shortfall, declared: Declared, words: Words) -> Text:
    start = item.points if rule.start is None else rule.start
    side, around = "up" if item.rising else "down", around_zero(item, rule.full_at)
    # the mean is exceeded where less is better; a fall is a fall whichever way is better
    falling = "_falling" if around == "mean" and not item.base_rising else ""
    key = f"{around or side}{falling}"
    count = "" if item.reads_share else "_count"
    relative, steps = item.terms(declared).relative, rule.steps or declared.steps

    def rate(kind: str, each: Decimal, points: Decimal) -> Text:
        told = words(
            f"rule.{kind}_{key}{count}",
            each=spaced(width(item, each, words, relative=relative), words),
            points=plain(points),
        )
        mode = words.label(f"rule.steps.{steps}{'_gain' if kind == 'add' else ''}")
        return told if count else told + words("derivation.mode", mode=mode)

    head = words(
        f"rule.start_{key}" if around else f"rule.start_{key}_{rule.end or declared.ends}",
        full_at=spaced(threshold(item, rule.full_at, words), words),
        given=words("rule.full" if start == item.points else "rule.some", points=plain(start)),
    )
    limits = []
    if rule.most is not None:
        limits.append(words("rule.at_most", most=plain(rule.most)))
    elif item.floor >= 0:
        limits.append(words("rule.to_nothing"))
    if rule.zero_below is not None:
        limits.append(words(f"rule.zero_{side}", at=spaced(threshold(item, rule.zero_below, words), words)))
    clauses = [head, words.clauses([rate("off", rule.each, rule.off), *limits])]
    if rule.above is not None:
        most = [words("rule.add_most", most=plain(rule.above.most))] if rule.above.most is not None else []
        clauses.append(words.clauses([rate("add", rule.above.each, rule.above.add), *most]))
    return words("rule.clauses", clauses=words.series(clauses))


def _line(item: Scoring, rule: Line, words: Words) -> Text:
    if item.read == "decline":
        key = "line_decline_from" if rule.zero_at else "line_decline"
    else:
        key = "line" if item.rising else "line_falling"
    ends = {name: threshold(item, getattr(rule, name), words) for name in ("full_at", "zero_at")}
    return words(f"rule.{key}", points=plain(item.points), **ends)


def _each(item: Scoring, rule: Each, words: Words) -> Text:
    unit, off, points = counted(rule.counted, words), plain(rule.off), plain(item.points)
    limit = (
        words("rule.at_most", most=plain(rule.most)) if rule.most is not None else words("rule.to_nothing")
    )
    open_ended = rule.most is None and item.floor < 0
    if rule.start_at > 1:
        key = f"rule.each_from_{rule.counting}"
        start = quantity(rule.start_at, rule.counted, words)
        told = words(key, points=points, off=off, counted=unit, start=start, start_at=str(rule.start_at))
    else:
        key = (
            "rule.each_short" if item.read == "shortage" else "rule.each" if item.points else "rule.each_off"
        )
        told = words(key, points=points, off=off, counted=unit)
    return words("rule.clauses", clauses=told if open_ended else words.clauses([told, limit]))


def _all_or_nothing(item: Scoring, rule: AllOrNothing, declared: Declared, words: Words) -> Text:
    points = plain(item.points)
    if rule.when is None and is_mere_yes(item):
        if rule.off is None:
            return words("rule.all_or_nothing", points=points)
        met, unmet = words("rule.stated"), words("rule.not_stated")
    elif rule.when is not None:
        met, unmet = condition(rule.when, item, words), words("rule.unmet")
    else:
        side, end = "up" if item.rising else "down", rule.end or declared.ends
        at = spaced(threshold(item, rule.at_least, words), words)
        met, unmet = words(f"rule.reach_{side}_{end}", at=at), words("rule.unmet")
    given = words("rule.full" if item.points else "rule.no_loss", points=points)
    lost = words("rule.nothing") if rule.off is None else words("rule.loses", off=plain(rule.off))
    return words("rule.met_or_not", met=met, given=given, unmet=unmet, lost=lost)


def _places(rule: Places, declared: Declared, words: Words) -> Text:
    listed = [
        words("rule.place", place=str(number), points=plain(points))
        for number, points in enumerate(rule.points, 1)
    ]
    beyond = words("rule.some", points=plain(rule.beyond)) if rule.beyond else words("rule.nothing")
    ties = words(f"rule.place_ties.{rule.ties or declared.rank_ties}")
    return words("rule.places", places=words.list(listed), beyond=beyond, ties=ties)


def _bounds(item: Scoring, words: Words) -> list[Text]:
    """Return the sentences on what is more than full points and on the least."""
    parts = []
    if item.cap is not None and item.cap > item.points:
        parts.append(words("rule.cap_above", cap=plain(item.cap)))
    elif item.cap is not None:
        parts.append(words("rule.cap", cap=plain(item.cap)))
    if item.floor:
        parts.append(words("rule.floor_below" if item.floor < 0 else "rule.floor", floor=plain(item.floor)))
    return parts


def _conditions(item: Scoring, declared: Declared, words: Words) -> list[Text]:
    """Return the sentences on when nothing is taken off, nothing is assessed, or the item does not apply."""
    parts = []
    if item.waived_when is not None:
        parts.append(
            words("rule.waived_when", condition=spaced(condition(item.waived_when, item, words), words))
        )
    if item.nothing_when is not None:
        key = f"rule.nothing_when.{declared.nothing_to_assess}"
        parts.append(words(key, condition=spaced(condition(item.nothing_when, item, words), words)))
    if item.applies_when is not None:
        key = f"rule.applies_when.{declared.not_applicable}"
        parts.append(words(key, condition=spaced(condition(item.applies_when, item, words), words)))
    if item.not_for:
        units = words.list(list(item.not_for))
        parts.append(words(f"rule.not_for.{declared.not_applicable}", units=units))
    return parts


def clause(sentence: Text, words: Words) -> Text:
    """Return a sentence as a clause, without its full stop, those within it turned into commas or semicolons."""
    told = sentence.plain.rstrip("。.")
    if words.language == "zh":
        return Text(told.replace("。", "，"))
    return Text(_NEXT_SENTENCE.sub(lambda found: f"; {found[1].lower()}", told))


def condition(predicate: Predicate, item: Scoring, words: Words) -> Text:
    """Return a condition as a phrase: 清欠率不低于 95%."""
    if predicate.all_of is not None:
        return join([condition(part, item, words) for part in predicate.all_of], words.label("condition.and"))
    if predicate.any_of is not None:
        return join([condition(part, item, words) for part in predicate.any_of], words.label("condition.or"))
    name = asked_name(predicate, item, words)
    stated = asks_yes(predicate, item)
    if stated is not None:
        return words(f"condition.{'stated' if stated else 'not_stated'}", name=name)
    bounds = [
        words(f"condition.{bound}", at=asked_number(predicate, item, getattr(predicate, bound), words))
        for bound in BOUNDS
        if getattr(predicate, bound) is not None
    ]
    return words("condition.asked", name=name, bounds=join(bounds, words.label("condition.both")))


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
        return predicate.name or value_name(item, words)
    key = f"measure.{predicate.measure}"
    return words.label(key) if key in words else predicate.measure


def asked_number(predicate: Predicate, item: Scoring, number: Decimal, words: Words) -> str:
    """Return a bound of a condition as written."""
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
        told = Fraction(number) / _WAN if words.language == "zh" else number
        return f"{plain(told)} {counted(item.counted, words)}"
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
    if words.language != "zh":
        return text
    return f"{text} " if text and text[-1].isascii() and text[-1] not in "） " else text


def around_zero(item: Scoring, line: Decimal | Fraction) -> str:
    """Return the key of a threshold that has a name of its own: no change, the mean of the units."""
    if line:
        return ""
    if item.compare is not None:
        return "mean" if item.compare.to == "mean" else ""
    return item.read if item.read in ("decline", "rise") else ""


def _subject(item: Scoring, words: Words) -> str:
    """Return what the bands of an item are of."""
    if item.compare is not None:
        return words.label(f"rule.subject.{item.compare.to}")
    if item.read in ("decline", "rise"):
        return words(f"rule.subject.{item.read}", name=value_name(item, words)).plain
    return value_name(item, words)


def bounds_phrase(item: Scoring, band: Band, words: Words) -> Text:
    """Return the bounds of a band as a phrase: 不低于 85%、低于 95%."""
    if band.bounds is None:
        return words("condition.any")
    if band.at_least is not None and band.at_least == band.at_most:
        return words("condition.equal", at=threshold(item, band.at_least, words))
    bounds = [
        words(f"condition.{bound}", at=threshold(item, getattr(band, bound), words))
        for bound in BOUNDS
        if getattr(band, bound) is not None
    ]
    return join(bounds, words.label("condition.both"))


def is_mere_yes(item: Scoring) -> bool:
    """Return whether what an item reads is a mere yes or no."""
    rule = item.rule
    return (
        isinstance(rule, AllOrNothing)
        and rule.when is None
        and item.compare is None
        and not item.base_share
        and (item.rising and rule.at_least == 1)
    )


def general_sentence(rulebook: Rulebook, words: Words) -> Text:
    """Return what the rule set declares for all its items; what is usual goes without saying."""
    parts = [
        words(f"rule.missing.{rulebook.missing}"),
        words(f"rule.nothing_to_assess.{rulebook.nothing_to_assess}"),
        words(f"rule.not_comparable.{rulebook.not_comparable}"),
        words(f"rule.partial.{rulebook.partial}"),
    ]
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


def veto_sentence(veto: Veto, words: Words) -> Text:
    """Return the official sentence of a veto."""
    return words(
        f"statute.veto.{veto.effect}",
        name=name_of(veto, words),
        at_least=str(veto.at_least),
        counted=counted("event", words, veto.at_least),
    )


def measure_name(measure: str, rulebook: Rulebook, words: Words) -> str:
    """Return how a measure is called: in the words, else in the rulebook, else by itself."""
    key = f"measure.{measure}"
    reader = rulebook.reader_of(measure)
    if key in words or reader is None:
        return words.label(key) if key in words else measure
    return name_of(reader, words)


def value_name(indicator: Scoring, words: Words) -> str:
    """Return the name of what an item reads: of the measure, or of the quantity whose change is scored."""
    key = f"measure.{catalogue.of(indicator.measure).measure}"
    plain_read = indicator.read in ("value", "decline", "rise")
    return words.label(key) if plain_read and key in words else name_of(indicator, words)


def counted(unit_of_measure: str, words: Words, number: Fraction | Decimal | int = 1) -> str:
    """Return what is counted, in the form that goes with a number: 起; event, events. Money is told in 万元 or yuan."""
    key = f"counted.{unit_of_measure}.{'one' if number == 1 else 'many'}"
    return words.label(key) if key in words else ""


def amount_of(value: Fraction, counted_in: str, words: Words) -> str:
    """Return a count or an amount without its unit: 46; 469.5 (万元), 4.695 million (yuan)."""
    if counted_in not in MONEY_UNITS:
        return plain(value)
    if words.language == "zh":
        return to_places(value / _WAN, 1)
    return words.money(round_exact(value, 2, "half_even")).removesuffix(f" {words.money_unit}")


def quantity(count: Fraction | Decimal | int, counted_in: str, words: Words) -> str:
    """Return a number as written in a rule with what it counts: 3 起; 3 events, 1 event."""
    exact = Fraction(count)
    unit = counted(counted_in, words, exact)
    return f"{plain(exact)} {unit}" if unit else plain(exact)
