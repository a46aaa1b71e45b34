"""What a rule reads of the value table: exact fractions rebuilt from their counts, never stored floats."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any, Final

import pandas as pd

from analysis.indicators import catalogue
from analysis.indicators.values import USABLE, ValueIndex
from analysis.rulebook.derivation import Reading
from analysis.rulebook.exact_numbers import fraction_of
from analysis.rulebook.model import Veto

#: how far a stored float may lie from the fraction it stands for
_NEAR: Final = Fraction(1, 10**9)
#: so many counts above the lowest are tried one by one
_FEW: Final = 200


def read(values: ValueIndex, unit: str, measure: str, period: str, base_period: str) -> Reading:
    """Return what a rule reads of a unit: an exact value with its counts; `not_reported` where there is no row.

    Args:
        values: the value table.
        unit: code of a unit or of the city.
        measure: the measure; changes and differences are those against `base_period`.
        period: the round's period.
        base_period: the period it is compared with.
    """
    code = catalogue.of(measure)
    row = values.get(unit, period, measure, base_period if code.compared else "")
    if row is None:
        return Reading(measure, "not_reported")
    status = str(row["status"])
    above, below = _exact(row["numerator"]), _exact(row["denominator"])
    counted, cases = str(row["unit_of_measure"]), None
    if code.compared:
        counted = _unit_of_measure(values.get(unit, period, code.measure))
        cases = _value_of(values.get(unit, base_period, "cases"))
    elif code.record and code.record.kind == "rate_of_sums" and code.record.parts:
        # its two ends are sums, told in the unit of what is added up
        counted = _unit_of_measure(values.get(unit, period, code.record.parts[0]))
    value = _rebuilt(_exact(row["value"]), above, below) if status in USABLE else None
    if value is not None and code.is_rate_difference:
        value, above, below = _of_rates(values, unit, measure, (period, base_period), (value, above, below))
    if value is None and status in USABLE:
        # a base that is zero as far as it is stated: what the rest may come to is in the fillings
        status = "zero_base" if code.compared == "change" and below == 0 else "not_reported"
    reading = Reading(measure, status, value, above, below, counted, str(row["id"]), cases)
    filled = _fillings(values, unit, reading, period, base_period)
    return reading if filled == () else replace(reading, fillings=filled)


def triggered(veto: Veto, reading: Reading) -> bool:
    """Return whether a veto is triggered; what is not reported triggers none."""
    return reading.value is not None and reading.value >= veto.at_least


def _fillings(
    values: ValueIndex, unit: str, stated: Reading, period: str, base_period: str
) -> tuple[Reading, ...] | None:
    """Return what a reading would be if the cells left empty were filled in, the extreme ways (`Reading.fillings`)."""
    code = catalogue.of(stated.measure)
    if stated.status == "reported" or (code.compared and stated.status not in {*USABLE, "zero_base"}):
        return ()
    if not code.compared:
        return _extremes(values, unit, stated, period)
    now, before = (_ends(values, unit, code.measure, of) for of in (period, base_period))
    cases = _ends(values, unit, "cases", base_period)
    if now is None or before is None or cases is None:
        return None
    if not (now and before and cases):
        return ()
    if len(now) == len(before) == 1 and (len(cases) == 1 or code.compared != "change"):
        return ()
    if code.measure in catalogue.names_of("cases"):
        pairs = [(base, base) for base in _each(before)]
    else:
        pairs = list(product(before, cases))
    found = (_compared(stated, code.compared, one, *pair) for one in now for pair in pairs)
    return tuple(dict.fromkeys(found))


def _compared(
    stated: Reading, how: catalogue.Comparison, now: Fraction, before: Fraction, cases: Fraction
) -> Reading:
    """Return a change or a difference of two numbers, as it would be stated."""
    like = replace(stated, status="reported", numerator=now, denominator=before, base_cases=cases)
    if how == "difference":
        return replace(like, value=now - before)
    if not before:
        return replace(like, status="zero_base", value=None)
    return replace(like, value=(now - before) / before)


def _ends(values: ValueIndex, unit: str, measure: str, period: str) -> tuple[Fraction, ...] | None:
    """Return the extreme numbers that one of two compared values may have, none of one that has no value.

    None stands for a value of which rows are left open and no filling is known.
    """
    stated = read(values, unit, measure, period, "")
    if stated.fillings is None:
        return None
    readings = stated.fillings or (stated,)
    return tuple(reading.value for reading in readings if reading.value is not None)


def _each(counts: tuple[Fraction, ...]) -> Iterator[Fraction]:
    """Yield every count between the extremes: of some of them the base may be too small, or just large enough."""
    low, high = min(counts), max(counts)
    yield from (Fraction(count) for count in range(int(low), min(int(high), int(low) + _FEW) + 1))
    if high > low + _FEW:
        yield high


def _extremes(values: ValueIndex, unit: str, stated: Reading, period: str) -> tuple[Reading, ...] | None:
    """Return the lowest and the highest filling; None where rows are left open and either is not known."""
    found = []
    for bound in catalogue.BOUNDS:
        row = values.get(unit, period, f"{bound}_{stated.measure}")
        if row is not None:
            above, below = _exact(row["numerator"]), _exact(row["denominator"])
            value = _rebuilt(_exact(row["value"]), above, below)
            filled = replace(stated, status="reported", value=value, numerator=above, denominator=below)
            found.append(replace(filled, row=str(row["id"])))
    known = len(found) == len(catalogue.BOUNDS)
    return tuple(found) if known else None if found or stated.status == "partial" else ()


def _of_rates(
    values: ValueIndex,
    unit: str,
    measure: str,
    periods: tuple[str, str],
    stored: tuple[Fraction, Fraction | None, Fraction | None],
) -> tuple[Fraction, Fraction | None, Fraction | None]:
    """Return a difference of two rates from their counts, with the rates; the stored numbers where they disagree."""
    rate = catalogue.of(measure).measure
    now, before = (read(values, unit, rate, period, "").value for period in periods)
    if now is None or before is None or abs(now - before - stored[0]) > _NEAR:
        return stored
    return now - before, now, before


def _exact(number: Any) -> Fraction | None:
    if number is None or number is pd.NA:
        return None
    number = float(number)
    return None if math.isnan(number) else _fraction(number)


@functools.lru_cache(maxsize=65536)
def _fraction(number: float) -> Fraction:
    return fraction_of(number)


def _unit_of_measure(row: Mapping[str, Any] | None) -> str:
    return "" if row is None else str(row["unit_of_measure"])


def _value_of(row: Mapping[str, Any] | None) -> Fraction | None:
    return None if row is None or row["status"] not in USABLE else _exact(row["value"])


def _rebuilt(value: Fraction | None, above: Fraction | None, below: Fraction | None) -> Fraction | None:
    """Return the exact fraction a stored value stands for: a rate or a change of its counts, else as printed."""
    if value is None or above is None or not below:
        return value
    # floats are good enough to tell which of the two it is, and ten times faster
    stored, top, base = float(value), float(above), float(below)
    near = float(_NEAR) * (1 + abs(stored))
    if abs(top / base - stored) <= near:
        return above / below
    return (above - below) / below if abs((top - base) / base - stored) <= near else value
