"""What is composed, in words: an item by its sources and periods, a dimension and the whole, deductions and falsehoods.

The arithmetic of single rules is told by `analysis.rulebook.telling`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from analysis.rounds.periods import name_of_period
from analysis.rulebook.composition import Falsification
from analysis.rulebook.derivation import MISSING, Derivation, is_taken_out
from analysis.rulebook.indicator import Indicator
from analysis.rulebook.model import Bonus, Deduction, Dimension, Rulebook, Veto
from analysis.rulebook.rule import Step
from analysis.rulebook.sentences import counted, name_of, plain, plain_percent, to_places
from analysis.rulebook.telling import bonus_sentence, indicator_sentence, sum_sentence, veto_sentence
from analysis.rulebook.unitscore import (
    BONUS,
    BY_PERIOD,
    BY_SOURCE,
    DEDUCTION,
    FALSIFIED,
    UNREPORTED,
    VETOED,
)
from analysis.words import Text, Words

Part = Indicator | Bonus | Deduction | Veto | Falsification | Dimension
#: steps of the whole that the short sentences of sums know
_SIMPLE: Final = frozenset({BONUS, "cap", "rounded"})


@dataclasses.dataclass(frozen=True)
class Names:
    """The parts of a rule set by their codes, and how they are called."""

    rulebook: Rulebook
    words: Words
    parts: Mapping[str, Part]
    names: Mapping[str, str]

    @classmethod
    def of(cls, rulebook: Rulebook, words: Words) -> Names:
        """Return the names of a rule set in the language of the words."""
        listed: list[Part] = [
            *rulebook.indicators(),
            *rulebook.bonuses,
            *rulebook.deductions,
            *rulebook.vetoes,
            *rulebook.falsification,
            *rulebook.dimensions,
        ]
        names = {part.code: name_of(part, words) for part in listed}
        names[BONUS] = words.label("derivation.bonus_part")
        return cls(rulebook, words, {part.code: part for part in listed}, names)


def item_sentence(derivation: Derivation, names: Names, places: int) -> Text:
    """Return why a unit got its points for an item.

    Args:
        derivation: of an indicator, bonus, deduction, veto or falsification.
        names: the parts of the rule set.
        places: places of computed points.

    Raises:
        ValueError: the derivation is that of a dimension.
    """
    part, words = names.parts[derivation.item], names.words
    match part:
        case Indicator():
            return _indicator(derivation, part, names, places)
        case Bonus():
            return _bonus(derivation, part, words, places)
        case Deduction():
            return _deduction(derivation, part, words, places)
        case Veto():
            return veto_sentence(derivation, part, words)
        case Falsification():
            return _falsification(derivation, part, words)
        case _:
            raise ValueError(f"a dimension is no scored item: {part.code}")


def total_sentence(derivation: Derivation, names: Names, places: int) -> Text:
    """Return a dimension or the whole as the sum of its parts, and what befell it."""
    words = names.words
    hows = [step.how for step in derivation.steps]
    if is_taken_out(derivation):
        return words("composition.total.nothing")
    if all(how in names.names or how in _SIMPLE for how in hows):
        return sum_sentence(derivation, names.names, words, places)
    items: list[Text] = []
    after: list[Text] = []
    raw = Fraction(0)
    for step in derivation.steps:
        if step.how == "rounded":
            continue
        told = _of_total(step, names, places)
        if step.how in names.names or step.how.startswith(BY_SOURCE):
            items.append(told)
            raw += step.points
        else:
            after.append(told)
    return words(
        "composition.total.sum",
        items=words.total(items),
        raw=to_places(raw, places),
        steps=Text(words.label("composition.total.then"), words.clauses(after)) if after else "",
        points=to_places(derivation.points, places),
    )


def _of_total(step: Step, names: Names, places: int) -> Text:
    words, points = names.words, to_places(step.points, places)
    if step.how.startswith(BY_SOURCE):
        return _weighed(step, names, places)
    if step.how == DEDUCTION:
        return words("composition.total.deduction", points=to_places(-step.points, places))
    if step.how in names.names:
        return words("derivation.part", name=names.names[step.how], points=points)
    if step.how.startswith(VETOED):
        return words("composition.total.vetoed", name=names.names[step.how.removeprefix(VETOED)])
    key = f"composition.total.{step.how}"
    return words(key, **{name: plain(number) for name, number in step.numbers.items()})


def _indicator(derivation: Derivation, indicator: Indicator, names: Names, places: int) -> Text:
    words = names.words
    kept = tuple(step for step in derivation.steps if not step.how.startswith(FALSIFIED))
    if len(kept) < len(derivation.steps):
        taken = next(step.how.removeprefix(FALSIFIED) for step in derivation.steps if step not in kept)
        before = _indicator(dataclasses.replace(derivation, steps=kept), indicator, names, places)
        return words.clauses([before, words("composition.falsified", name=names.names[taken])])
    if kept[0].how.startswith(BY_SOURCE) and "weight" not in kept[0].numbers:
        return _marked(kept[0], words, places)
    if kept[0].how.startswith((BY_SOURCE, BY_PERIOD)):
        weighed = [step for step in kept if step.how != "rounded"]
        items = [_weighed(step, names, places) for step in weighed]
        if kept[0].how.startswith(BY_PERIOD):
            notes = _silences(derivation, names)
            items = [
                words.noted(item, note) if note else item for item, note in zip(items, notes, strict=True)
            ]
        points = to_places(derivation.points, places)
        return words("composition.composed", items=words.total(items), points=points)
    return indicator_sentence(derivation, indicator, words, places)


def _silences(derivation: Derivation, names: Names) -> Iterator[Text]:
    """Yield of every part of a composition of periods which of its periods were not reported, and what came of it."""
    words, periods = names.words, names.rulebook.periods
    parts = iter(derivation.parts)
    if periods is None:
        return
    for part in periods.parts:
        of_period = [(period, next(parts)) for period in part.periods]
        silent = [name_of_period(period, words) for period, one in of_period if one.status in MISSING]
        told = words(f"composition.silent.{periods.missing_period}", periods=words.list(silent))
        yield told if silent else Text()


def _marked(step: Step, words: Words, places: int) -> Text:
    source = words.label(f"composition.{step.how}")
    if not step.numbers:
        return words("composition.marked_missing", source=source)
    return words(
        "composition.marked",
        source=source,
        mark=plain(step.numbers["mark"]),
        full=plain(step.numbers["full"]),
        points=to_places(step.points, places),
    )


def _weighed(step: Step, names: Names, places: int) -> Text:
    """Return one part of what is composed: 自查 3.50 分×20%."""
    words, weight = names.words, plain_percent(step.numbers["weight"])
    if step.how.startswith(BY_SOURCE):
        name = words.label(f"composition.{step.how}")
    else:
        periods = names.rulebook.periods
        part = periods.parts[int(step.how.removeprefix(BY_PERIOD)) - 1] if periods else None
        name = name_of(part, words) if part else ""
    if "points" not in step.numbers:
        return words("composition.weighted_missing", name=name, weight=weight)
    points = to_places(step.numbers["points"], places)
    return words("composition.weighted", name=name, points=points, weight=weight)


def _bonus(derivation: Derivation, bonus: Bonus, words: Words, places: int) -> Text:
    """Return a bonus; one that is capped by level or counts one level only is told with that."""
    told = bonus_sentence(derivation, bonus, words, places)
    added = [reading for reading in derivation.readings if reading.value]
    if not added or (bonus.level_cap is None and bonus.levels_count == "all"):
        return told
    items = [
        words(
            "derivation.bonus.item",
            name=name_of(level, words),
            count=plain(reading.value),
            each=plain(level.points),
        )
        for level, reading in zip(bonus.levels, derivation.readings, strict=True)
        if reading.value
    ]
    return words(
        f"composition.bonus.{bonus.levels_count}",
        items=words.list(items),
        limits=words.clauses(
            [
                words("composition.bonus.limit", each=plain(bonus.level_cap or bonus.points)),
                words("composition.bonus.limit_all", most=plain(bonus.points)),
            ][0 if bonus.level_cap else 1 :]
        ),
        points=to_places(derivation.points, places),
    )


def _deduction(derivation: Derivation, part: Deduction, words: Words, places: int) -> Text:
    name, taken = name_of(part, words), to_places(-derivation.points, places)
    if derivation.steps[0].how.startswith(UNREPORTED):
        return words(f"composition.deduction.{derivation.steps[0].how}", name=name, points=taken)
    told = indicator_sentence(derivation, part, words, places)
    key = "some" if derivation.points else "none"
    return words(f"composition.deduction.{key}", sentence=told, points=taken)


def _falsification(derivation: Derivation, part: Falsification, words: Words) -> Text:
    name, reading = name_of(part, words), derivation.readings[0]
    if reading.value is None:
        return words("composition.falsification.missing", name=name)
    if not derivation.steps:
        return words("composition.falsification.untouched", name=name)
    if part.difference is not None:
        key = "differing" if part.difference.over == "indicator" else "differing_total"
        above = plain_percent(part.difference.above)
        found = words(f"composition.falsification.{key}", name=name, above=above, count=plain(reading.value))
    else:
        found = words(
            "composition.falsification.counted",
            name=name,
            count=plain(reading.value),
            counted=counted(reading.counted, words, reading.value),
            at_least=str(part.at_least),
        )
    effects: list[Text] = []
    if part.off:
        effects.append(words("composition.falsification.off", off=plain(part.off)))
    if part.loses or part.loses_differing:
        effects.append(words("composition.falsification.loses"))
    if part.grade != "none":
        effects.append(words(f"composition.falsification.{part.grade}"))
    return words.clauses([found, *effects])
