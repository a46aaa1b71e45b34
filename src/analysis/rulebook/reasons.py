"""Verdicts in words: what decided, and how far it is to the opposite."""

from __future__ import annotations

from fractions import Fraction

from analysis.rulebook.clauses import condition_name, fact_name, fact_of, is_stated, reads_share, threshold
from analysis.rulebook.derivation import Reading
from analysis.rulebook.grades import (
    Below,
    Count,
    Gate,
    LastPlaces,
    Part,
    Previous,
    ScoreAtLeast,
    ScoreBelow,
    Stated,
    TopPlaces,
)
from analysis.rulebook.model import Rulebook
from analysis.rulebook.sentences import name_of, percent_of, plain, plain_percent, quantity, to_places
from analysis.rulebook.verdicts import Offence, Verdict
from analysis.words import Text, Words


def reason(verdict: Verdict, score: str, rank: int, rulebook: Rulebook, words: Words) -> Text:
    """Return why a condition holds or not.

    Args:
        verdict: the verdict on it.
        score: the score as printed.
        rank: the rank.
        rulebook: the rule set.
        words: the catalogue.
    """
    condition, state = verdict.condition, _state(verdict)
    key = f"grade.reason.{condition.kind}_{state}"
    match condition:
        case TopPlaces() | LastPlaces():
            key = f"{key}_freed" if verdict.freed else key
            parts = {"score": score, "rank": str(rank), "places": str(condition.places)}
            told = words(key, **parts, freed=str(verdict.freed))
        case ScoreAtLeast() | ScoreBelow():
            told = words(key, points=plain(condition.points))
        case Gate() | Below():
            told = _measured_reason(verdict, condition, rulebook, words)
        case Part():
            read = verdict.reading or Reading("", "not_reported")
            told = words(
                key,
                name=name_of(condition, words),
                points=to_places(read.numerator or Fraction(0), rulebook.rounding.places),
                possible=plain(read.denominator or Fraction(0)),
                value=percent_of(read.value or Fraction(0)),
                line=plain_percent(condition.share),
            )
        case Count():
            told = words(key, **_count_parts(verdict, condition, words))
        case Stated():
            fact = fact_of(rulebook, condition.fact)
            name, opposite = (
                fact_name(fact, holds, words) for holds in (condition.holds, not condition.holds)
            )
            told = words(f"grade.reason.fact_{state}", name=name, opposite=opposite)
        case Previous():
            told = words("grade.reason.previous", grade=verdict.previous)
        case _:
            told = _offence_reason(verdict, words)
    return told


def distance(verdict: Verdict, rulebook: Rulebook, words: Words) -> Text:
    """Return how far a condition is from its opposite: in points, places, percentage points or events."""
    condition, state = verdict.condition, _state(verdict)
    gap, places = verdict.gap or Fraction(0), rulebook.rounding.places
    key = f"grade.nearest.{condition.kind}_{state}"
    match condition:
        case TopPlaces() | LastPlaces():
            told = words(
                key if gap else f"{key}_tied",
                gap=to_places(gap, places),
                places=str(condition.places),
                steps=str(verdict.steps),
            )
        case ScoreAtLeast() | ScoreBelow():
            told = words(key, gap=to_places(gap, places), points=plain(condition.points))
        case Gate() | Below():
            told = _measured_distance(verdict, condition, rulebook, words)
        case Part():
            side = "above" if verdict.met == (condition.kind == "part_at_least") else "below"
            side = "missing" if state == "missing" else side
            line = plain_percent(condition.share)
            told = words(
                f"grade.nearest.part_{side}",
                name=name_of(condition, words),
                line=line,
                gap=to_places(gap * 100, 2),
            )
        case Count():
            parts = _count_parts(verdict, condition, words) | {"gap": quantity(gap, condition.counted, words)}
            told = words("grade.nearest.value_missing" if state == "missing" else key, **parts)
        case Stated():
            name = fact_name(fact_of(rulebook, condition.fact), condition.holds, words)
            told = words(f"grade.nearest.fact_{'met' if verdict.met else 'unmet'}", name=name)
        case Previous():
            raise ValueError("the previous round cannot change any more")
        case _:
            triggered = verdict.met != verdict.bars
            parts = _offence_parts(*verdict.vetoes[0], words) | {"gap": quantity(gap, "event", words)}
            kind = "bar" if verdict.bars else "veto"
            told = words(f"grade.nearest.{kind}_{'met' if triggered else 'unmet'}", **parts)
    return told


def _state(verdict: Verdict) -> str:
    state = "met" if verdict.met else "unmet"
    if verdict.reading is None or verdict.reading.value is not None:
        return state
    return f"missing_{state}" if isinstance(verdict.condition, Below) else "missing"


def _measured_reason(verdict: Verdict, condition: Gate | Below, rulebook: Rulebook, words: Words) -> Text:
    kind = "stated" if isinstance(condition, Gate) and is_stated(condition, rulebook) else condition.kind
    return words(
        f"grade.reason.{kind}_{_state(verdict)}",
        name=condition_name(condition.measure, rulebook, words),
        value=_value(verdict.reading, condition),
        line=threshold(condition),
    )


def _measured_distance(verdict: Verdict, condition: Gate | Below, rulebook: Rulebook, words: Words) -> Text:
    name, gap = condition_name(condition.measure, rulebook, words), verdict.gap or Fraction(0)
    if verdict.reading is None or verdict.reading.value is None:
        return words("grade.nearest.value_missing", name=name)
    if isinstance(condition, Gate) and is_stated(condition, rulebook):
        return words(f"grade.nearest.stated_{_state(verdict)}", name=name)
    side = "above" if verdict.met == isinstance(condition, Gate) else "below"
    if reads_share(condition):
        told = to_places(gap * 100, 2)
        return words(f"grade.nearest.{side}_share", name=name, gap=told, line=threshold(condition))
    return words(f"grade.nearest.{side}_number", name=name, gap=plain(gap), line=threshold(condition))


def _value(reading: Reading | None, condition: Gate | Below) -> str:
    if reading is None or reading.value is None:
        return ""
    return percent_of(reading.value) if reads_share(condition) else plain(reading.value)


def _count_parts(verdict: Verdict, condition: Count, words: Words) -> dict[str, str]:
    value = verdict.reading.value if verdict.reading else None
    return {
        "name": name_of(condition, words),
        "value": quantity(value or Fraction(0), condition.counted, words),
        "line": quantity(condition.number, condition.counted, words),
    }


def _offence_reason(verdict: Verdict, words: Words) -> Text:
    kind = "bar" if verdict.bars else "veto"
    if verdict.met == verdict.bars:
        return words(f"grade.reason.{kind}_unmet")
    return words.series(
        [words(f"grade.reason.{kind}_met", **_offence_parts(*entry, words)) for entry in verdict.vetoes]
    )


def _offence_parts(part: Offence, reading: Reading, words: Words) -> dict[str, str]:
    return {
        "name": name_of(part, words),
        "count": quantity(reading.value or Fraction(0), "event", words),
        "at_least": quantity(part.at_least, "event", words),
    }
