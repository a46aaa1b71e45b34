"""What is put together, as the official sentences it stands for: sources, periods, classes, deductions, falsehoods."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from analysis.rulebook.composition import Composition, Falsification, Periods, UnitClass
from analysis.rulebook.model import Deduction, Rulebook
from analysis.rulebook.sentences import measure_name, name_of, plain, plain_percent, rule_sentence
from analysis.words import Text, Words


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
            words("statute.deduction", most=plain(-deduction.floor)),
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
