"""Every rule as the official sentence it stands for, to be held beside the signed text."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final, Protocol

from analysis.rulebook.model import (
    Bonus,
    Condition,
    Gate,
    Grades,
    Indicator,
    LastPlaces,
    Rulebook,
    ScoreAtLeast,
    ScoreBelow,
    TopPlaces,
    Veto,
)
from analysis.rulebook.numbers import round_exact
from analysis.rulebook.shapes import AllOrNothing, Each, Line, Proportional, Shortfall
from analysis.words import Text, Words
from analysis.words.formats import number, percent
from analysis.words.text import join

#: measures whose value is a share, by the beginning of their names
_SHARES: Final = ("rate_", "coverage_", "change_")


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


def rule_sentence(indicator: Indicator, rulebook: Rulebook, words: Words) -> Text:
    """Return the official sentence of an indicator's rule, with the exceptions that can befall it."""
    rule, points = indicator.rule, plain(indicator.points)
    declared, decline = rulebook.declared(indicator), indicator.read == "decline"
    match rule:
        case Proportional():
            key = "proportional_mark" if indicator.read == "mark" else "proportional"
            sentence = words(f"rule.{key}", points=points, name=value_name(indicator, words))
        case Shortfall():
            sentence = words(
                f"rule.shortfall_{rule.steps}",
                points=points,
                full_at=plain_percent(rule.full_at),
                each=plain(rule.each * 100),
                off=plain(rule.off),
            )
        case Line():
            key = "line" if not decline else "line_decline_from" if rule.zero_at else "line_decline"
            ends = {"full_at": plain_percent(rule.full_at), "zero_at": plain_percent(rule.zero_at)}
            sentence = words(f"rule.{key}", points=points, **ends)
        case Each():
            sentence = words(
                "rule.each", points=points, off=plain(rule.off), counted=counted(rule.counted, words)
            )
        case AllOrNothing():
            sentence = words("rule.all_or_nothing", points=points)
    parts = [sentence]
    if indicator.floor:
        parts.append(words("rule.floor", floor=plain(indicator.floor)))
    if indicator.exceptions.nothing_to_assess:
        parts.append(words(f"rule.nothing_to_assess.{declared.nothing_to_assess}"))
    if decline:
        small = declared.small_base
        parts.append(words(f"rule.zero_base.{declared.zero_base}"))
        parts.append(words(f"rule.small_base.{small.use}", below=str(small.cases_below)))
    return Text(*parts)


def general_sentence(rulebook: Rulebook, words: Words) -> Text:
    """Return what the rule set declares for all its indicators."""
    return Text(
        words(f"rule.missing.{rulebook.missing}"),
        words(f"rule.nothing_to_assess.{rulebook.nothing_to_assess}"),
        words(f"rule.not_comparable.{rulebook.not_comparable}"),
        words(f"rule.partial.{rulebook.partial}"),
    )


def bonus_sentence(bonus: Bonus, words: Words) -> Text:
    """Return the official sentence of a bonus."""
    levels = [
        words("rule.level", name=name_of(level, words), points=plain(level.points)) for level in bonus.levels
    ]
    return words("rule.bonus", levels=words.list(levels), points=plain(bonus.points))


def veto_sentence(veto: Veto, words: Words) -> Text:
    """Return the official sentence of a veto."""
    return words(
        "rule.veto", name=name_of(veto, words), at_least=str(veto.at_least), counted=counted("event", words)
    )


def grade_sentences(grades: Grades, rulebook: Rulebook, words: Words) -> tuple[Text, ...]:
    """Return the official sentences of the grade rule: A, C and the rest."""
    best = [condition_phrase(condition, rulebook, words) for condition in grades.A.all_of]
    clauses = [
        join([condition_phrase(condition, rulebook, words) for condition in clause], "，且")
        for clause in grades.C.any_of
    ]
    return (
        words("grade.rule.A", conditions=join(best, "；")),
        words("grade.rule.C", clauses=join(clauses, "；")),
        words("grade.rule.otherwise"),
    )


def condition_phrase(condition: Condition, rulebook: Rulebook, words: Words) -> Text:
    """Return a condition of a grade as a phrase."""
    match condition:
        case TopPlaces() | LastPlaces():
            return words(f"grade.rule.{condition.kind}", places=str(condition.places))
        case ScoreAtLeast() | ScoreBelow():
            return words(f"grade.rule.{condition.kind}", points=plain(condition.points))
        case Gate():
            key = "gate_stated" if is_stated(condition, rulebook) else "gate"
            name = measure_name(condition.measure, rulebook, words)
            return words(f"grade.rule.{key}", name=name, at_least=threshold(condition))
        case _:
            return words("grade.rule.veto")


def measure_name(measure: str, rulebook: Rulebook, words: Words) -> str:
    """Return how a measure is called: in the words, else in the rulebook, else by itself."""
    key = f"measure.{measure}"
    return words.label(key) if key in words else rulebook.named(measure) or measure


def value_name(indicator: Indicator, words: Words) -> str:
    """Return the name of what an indicator reads: of the measure, or of the quantity whose decline is scored."""
    key = f"measure.{indicator.measure.removeprefix('change_')}"
    return words.label(key) if key in words else name_of(indicator, words)


def is_stated(gate: Gate, rulebook: Rulebook) -> bool:
    """Return whether a gate asks for something that is either there or not (scored all or nothing)."""
    return any(
        item.measure == gate.measure and isinstance(item.rule, AllOrNothing) for item in rulebook.indicators()
    )


def is_share(measure: str) -> bool:
    """Return whether a measure is a share of something, told in per cent."""
    return measure.startswith(_SHARES)


def threshold(gate: Gate) -> str:
    """Return the threshold of a gate as written: 60%, 2."""
    return plain_percent(gate.at_least) if is_share(gate.measure) else plain(gate.at_least)


def counted(unit_of_measure: str, words: Words) -> str:
    """Return the measure word of what is counted; money is told in 万元."""
    if unit_of_measure == "yuan":
        return words.label("reading.wan_yuan")
    key = f"unit_of_measure.{unit_of_measure}"
    return words.label(key) if key in words else ""
