"""Derivations as arithmetic in words: "化解率 97.33%（146/150），低于 98% 0.67 个百分点，…得 9.33 分"."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from analysis.rulebook.derivation import Derivation, Reading, Step, entering, full_mark
from analysis.rulebook.model import Bonus, Indicator, Veto
from analysis.rulebook.sentences import (
    counted,
    is_share,
    name_of,
    percent_of,
    plain,
    plain_percent,
    to_places,
    value_name,
)
from analysis.rulebook.shapes import AllOrNothing
from analysis.words import Text, Words
from analysis.words.text import join

_COMMA: Final = "，"
#: money is told in units of ten thousand yuan, with one place
_WAN: Final = 10000
#: steps that give points by decree, not by a curve
_GIVEN: Final = (".full_points", ".no_points")


def indicator_sentence(derivation: Derivation, indicator: Indicator, words: Words, places: int) -> Text:
    """Return why a unit got its points for an indicator.

    Args:
        derivation: the derivation, rounded if the rulebook rounds each indicator.
        indicator: its indicator.
        words: the catalogue.
        places: places of computed points.
    """
    own, scored = derivation.readings[0], derivation.readings[-1]
    floored = any(step.how in ("floor", "cap") for step in derivation.steps)
    steps: list[Text] = []
    for step in derivation.steps:
        if step.how == "rounded":
            continue
        steps.append(_step(step, derivation, indicator, words, places=places, floored=floored))
        if step.how == "small_base.city" and scored.value is not None:
            steps.append(words("reading.of_city", reading=_reading(scored, indicator, words)))
    result = _result(derivation, words, places)
    small = any(step.how == "small_base.city" for step in derivation.steps)
    if (
        own.value is None
        or _is_stated(indicator)
        or (indicator.read == "mark" and not full_mark(indicator, own))
    ):
        return words(
            "derivation.unmeasured",
            name=name_of(indicator, words),
            steps=join(steps, _COMMA),
            result=result,
        )
    reading = _reading(own, indicator, words, counts_only=small)
    return words("derivation.measured", reading=reading, steps=join(steps, _COMMA), result=result)


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
    if reading.value is None:
        return words("derivation.veto.missing", name=name)
    key = "triggered" if reading.value >= veto.at_least else "untouched"
    return words(
        f"derivation.veto.{key}",
        name=name,
        count=plain(reading.value),
        counted=counted("event", words),
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
    listed, points = join(items, "＋"), to_places(derivation.points, places)
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


def _is_stated(indicator: Indicator) -> bool:
    """Return whether the reading is a mere yes or no."""
    return isinstance(indicator.rule, AllOrNothing) and not is_share(indicator.measure)


def _result(derivation: Derivation, words: Words, places: int) -> Text:
    given = any(step.how.endswith(_GIVEN) for step in derivation.steps)
    points = derivation.points
    if points == derivation.possible:
        key = "given_full" if given else "full"
    elif not points:
        key = "given_none" if given else "none"
    else:
        key = "some"
    sentence = f"derivation.result.{key}"
    return words(sentence, points=to_places(points, places))


def _reading(reading: Reading, indicator: Indicator, words: Words, *, counts_only: bool = False) -> Text:
    """Return what was read; on a small base the counts only, since a percentage of few cases says little."""
    name = name_of(indicator, words)
    value = reading.value
    if value is None:
        return words("reading.none", name=name)
    if indicator.read == "decline":
        return _decline(reading, value, value_name(indicator, words), words, counts_only=counts_only)
    if indicator.read == "mark":
        return _marked(reading, value, indicator, words)
    name = value_name(indicator, words)
    if not is_share(indicator.measure):
        return words("reading.count", name=name, count=plain(value), counted=counted(reading.counted, words))
    return _share(reading, value, name, words)


def _marked(reading: Reading, value: Fraction, indicator: Indicator, words: Words) -> Text:
    name, full = name_of(indicator, words), plain(full_mark(indicator, reading) or Fraction(0))
    # a mean of several marks has the number of markers below, a single mark its full mark
    if indicator.full is not None and reading.denominator is not None:
        count = plain(reading.denominator)
        return words("reading.mark_mean", name=name, mark=_mark(value), count=count, full=full)
    return words("reading.mark", name=name, mark=_mark(value), full=full)


def _share(reading: Reading, value: Fraction, name: str, words: Words) -> Text:
    if reading.numerator is None or reading.denominator is None:
        return words("reading.ratio_alone", name=name, percent=percent_of(value))
    return words(
        "reading.ratio_money" if reading.counted == "yuan" else "reading.ratio",
        name=name,
        percent=percent_of(value),
        numerator=_amount(reading.numerator, reading.counted),
        denominator=_amount(reading.denominator, reading.counted),
    )


def _decline(reading: Reading, change: Fraction, name: str, words: Words, *, counts_only: bool) -> Text:
    move = "fall" if change < 0 else "rise" if change > 0 else "flat"
    percent = percent_of(abs(change))
    if reading.numerator is None or reading.denominator is None:
        return words(f"reading.{move}_alone", name=name, percent=percent)
    return words(
        f"reading.{move}_counts" if counts_only else f"reading.{move}",
        name=name,
        percent=percent,
        previous=_amount(reading.denominator, reading.counted),
        current=_amount(reading.numerator, reading.counted),
        counted=counted(reading.counted, words),
    )


def _mark(value: Fraction) -> str:
    return plain(Fraction(round(value * 100), 100))


def _amount(value: Fraction, counted_in: str) -> str:
    return to_places(value / _WAN, 1) if counted_in == "yuan" else plain(value)


def _step(
    step: Step, derivation: Derivation, indicator: Indicator, words: Words, *, places: int, floored: bool
) -> Text:
    """Return one step in words; given points need no curve, the others tell theirs."""
    how, numbers = step.how, step.numbers
    if how.endswith(_GIVEN):
        given = _given(how.rsplit(".", 1)[0], derivation.readings[-1], words)
        # a second reading is the city's, taken instead of the unit's own
        return words("reading.of_city", reading=given) if len(derivation.readings) > 1 else given
    if how.startswith("small_base."):
        return words(f"derivation.{how}", cases=plain(numbers["cases"]), below=plain(numbers["below"]))
    if how in ("floor", "cap"):
        bound = numbers[how]
        return words("derivation.floor") if not bound else words(f"derivation.{how}_at", bound=plain(bound))
    if how in ("short_pro_rata", "short_whole", "each"):
        possible = Fraction(indicator.points)
        # what the curve takes away is told before the floor stops it; otherwise loss and points add up as printed
        loss = possible - (step.points if floored else derivation.points)
        lost = words(
            "derivation.lost_floored" if floored else "derivation.lost", lost=to_places(loss, places)
        )
        return _deduction(step, lost, derivation.readings[-1], words)
    return _on_curve(step, entering(indicator, derivation.readings[-1]), derivation, indicator, words)


def _given(how: str, reading: Reading, words: Words) -> Text:
    current = _amount(reading.numerator, reading.counted) if reading.numerator is not None else ""
    return words(f"derivation.{how}", current=current, counted=counted(reading.counted, words))


def _deduction(step: Step, lost: Text, reading: Reading, words: Words) -> Text:
    numbers = step.numbers
    if step.how == "each":
        unit = counted(reading.counted, words)
        return words("derivation.each", counted=unit, off=plain(numbers["off"]), lost=lost)
    return words(
        f"derivation.{step.how}",
        full_at=plain_percent(numbers["full_at"]),
        short=to_places(numbers["short"] * 100, 2),
        each=plain(numbers["each"] * 100),
        off=plain(numbers["off"]),
        lost=lost,
    )


def _on_curve(step: Step, x: Fraction, derivation: Derivation, indicator: Indicator, words: Words) -> Text:
    how, numbers, declines = step.how, step.numbers, indicator.read == "decline"
    ends = {end: plain_percent(numbers[end]) for end in ("full_at", "zero_at") if end in numbers}
    possible = plain(indicator.points)
    if how == "between":
        how = "between" if numbers["zero_at"] else "between_zero"
        return words(f"derivation.{how}", possible=possible, x=percent_of(x), **ends)
    if how == "proportional" and indicator.read == "mark":
        scored = derivation.readings[-1]
        mark = _mark(scored.value or Fraction(0))
        full = plain(full_mark(indicator, scored) or Fraction(0))
        return words("derivation.proportional_mark", possible=possible, mark=mark, full=full)
    if how == "proportional":
        return words("derivation.proportional", possible=possible, x=percent_of(x))
    if how == "not_above" and declines and not numbers["zero_at"]:
        return words("derivation.not_fallen")
    return words(f"derivation.{how}{'_decline' if declines and ends else ''}", **ends)
