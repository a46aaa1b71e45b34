"""The grade rule as the official sentences it stands for, to be held beside the signed text."""

from __future__ import annotations

from analysis.rulebook.grades import (
    STATED,
    Below,
    Condition,
    Count,
    Fact,
    Gate,
    Grades,
    LastPlaces,
    Part,
    Previous,
    ScoreAtLeast,
    ScoreBelow,
    Stated,
    Ties,
    TopPlaces,
)
from analysis.rulebook.model import Rulebook
from analysis.rulebook.sentences import counted, is_share, measure_name, name_of, plain, plain_percent
from analysis.words import Text, Words
from analysis.words.text import join


def grade_sentences(grades: Grades, rulebook: Rulebook, words: Words) -> tuple[Text, ...]:
    """Return the official sentences of the grade rule: A, C, the rest, and what follows from a grade."""
    best = [condition_phrase(condition, rulebook, words) for condition in grades.A.all_of]
    clauses = [
        join(
            [condition_phrase(condition, rulebook, words) for condition in clause],
            words.label("condition.and"),
        )
        for clause in grades.C.any_of
    ]
    return (
        words("grade.rule.A", conditions=words.series(best)),
        words("grade.rule.C", clauses=words.series(clauses)),
        words("grade.rule.otherwise"),
        *(
            words(
                f"grade.rule.consequence{'_after' if follows.previous else ''}",
                grade=follows.grade,
                previous=words.list(follows.previous),
                text=follows.text_en if words.language == "en" and follows.text_en else follows.text,
            )
            for follows in grades.consequences
        ),
    )


def slots_sentence(grades: Grades, words: Words) -> Text:
    """Return the sentence on whether vetoed and barred units free their slots, if the rule has places of A at all."""
    if not any(isinstance(condition, TopPlaces) for condition in grades.A.all_of):
        return Text()
    return words.paragraph(
        [
            words(f"grade.rule.slots.vetoed_{grades.slots.vetoed}"),
            words(f"grade.rule.slots.barred_{grades.slots.barred}"),
        ]
    )


def ties_sentence(ties: Ties, rulebook: Rulebook, words: Words) -> Text:
    """Return the sentence on equal scores at the cuts."""
    breaking = words.list(
        [
            words(f"grade.rule.ties.{breaker.better}", name=condition_name(breaker.measure, rulebook, words))
            for breaker in ties.tie_break
        ]
    )
    return words.paragraph(
        [
            words(
                f"grade.rule.ties.{where}_{policy}",
                measures=breaking,
                unresolved=words.label(f"grade.rule.ties.{ties.unresolved}"),
            )
            for where, policy in (("at_top", ties.at_top), ("at_last", ties.at_last))
        ]
    )


def condition_phrase(condition: Condition, rulebook: Rulebook, words: Words) -> Text:
    """Return a condition of a grade as a phrase; one the source leaves open is marked so."""
    phrase = _phrase(condition, rulebook, words)
    return words("grade.rule.assumed", phrase=phrase) if condition.assumed else phrase


def _phrase(condition: Condition, rulebook: Rulebook, words: Words) -> Text:
    key = f"grade.rule.{condition.kind}"
    match condition:
        case TopPlaces():
            phrase = words(key, places=str(condition.places))
        case LastPlaces():
            phrase = words(f"{key}_{condition.among}", places=str(condition.places))
        case ScoreAtLeast() | ScoreBelow():
            phrase = words(key, points=plain(condition.points))
        case Gate():
            key = f"{key}_stated" if is_stated(condition, rulebook) else key
            name = condition_name(condition.measure, rulebook, words)
            phrase = words(key, name=name, at_least=threshold(condition))
        case Below():
            name = condition_name(condition.measure, rulebook, words)
            phrase = words(key, name=name, below=threshold(condition))
        case Part():
            phrase = words(key, name=name_of(condition, words), share=plain_percent(condition.share))
        case Count():
            unit = counted(condition.counted, words, condition.number)
            phrase = words(key, name=name_of(condition, words), number=str(condition.number), counted=unit)
        case Stated():
            fact = fact_of(rulebook, condition.fact)
            phrase = words("grade.rule.stated", name=fact_name(fact, condition.holds, words))
        case Previous():
            key = f"{key}_{'held' if condition.holds else 'not_held'}"
            phrase = words(key, grades=words.list(condition.grades))
        case _:
            phrase = words("grade.rule.veto")
    return phrase


def fact_of(rulebook: Rulebook, code: str) -> Fact:
    """Return a declared fact.

    Raises:
        KeyError: the rulebook declares no such fact.
    """
    for fact in rulebook.facts:
        if fact.code == code:
            return fact
    raise KeyError(f"no fact {code!r} in the rulebook")


def fact_name(fact: Fact, holds: bool, words: Words) -> str:
    """Return a fact as it reads after 认定, or, where it does not hold, the name of its opposite."""
    if holds:
        return name_of(fact, words)
    opposite = (fact.otherwise_en if words.language == "en" else "") or fact.otherwise
    return opposite or words("grade.rule.not", name=fact_name(fact, True, words)).plain


def condition_name(measure: str, rulebook: Rulebook, words: Words) -> str:
    """Return how the measure of a condition is called: a stated fact by its own name."""
    for fact in rulebook.facts:
        if fact.measure == measure:
            return fact_name(fact, True, words)
    return measure_name(measure, rulebook, words)


def is_stated(gate: Gate, rulebook: Rulebook) -> bool:
    """Return whether a gate asks for something that is either there or not (scored all or nothing)."""
    return gate.measure.startswith(STATED) or any(
        item.measure == gate.measure and item.rule.is_yes_or_no for item in rulebook.indicators()
    )


def reads_share(condition: Gate | Below) -> bool:
    """Return whether a condition reads a share of something, told in per cent."""
    return condition.read == "mark" or is_share(condition.measure)


def threshold(condition: Gate | Below) -> str:
    """Return the line of a condition as written: 60%, 2."""
    line = condition.at_least if isinstance(condition, Gate) else condition.below
    return plain_percent(line) if reads_share(condition) else plain(line)
