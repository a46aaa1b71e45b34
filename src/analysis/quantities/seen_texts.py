"""What a cell shows, where a file keeps that beside the value (OpenDocument): 83% beside 0.83, 18.3 beside 182500."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from analysis.quantities.cells import Shown
from analysis.quantities.number_formats import NO_WORDS, plain_digits

_NUMBER: Final = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?|\.[0-9]+")
_DIGITS: Final = re.compile(r"[0-9]+")
#: another way to write the same number: a power of ten, a fraction
_OTHER_FORM: Final = re.compile(r"[-+]?[0-9.,]+E[-+]?[0-9]+|[-+]?(?:[0-9]+ )?[0-9]+/[0-9]+", re.IGNORECASE)
_MONTH_NAME: Final = re.compile("jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec", re.IGNORECASE)
#: a format may leave out so many digits
_MOST_SCALED: Final = 9


@lru_cache(maxsize=4096)
def shown_beside(value: float | dt.datetime, text: str) -> Shown | None:
    """Return a cell with what it shows, None where that is the value itself or nothing is known of it.

    Args:
        value: the number or day it holds.
        text: what it shows.
    """
    seen = text.strip()
    if not seen or not seen.strip("#"):
        return None
    return _of_day(value, seen) if isinstance(value, dt.date) else _of_number(value, seen)


def _of_number(value: float, seen: str) -> Shown | None:
    number = Decimal(f"{value:.15g}")
    found = _NUMBER.findall(seen)
    words = _NUMBER.sub("", seen).strip(NO_WORDS)
    if not found:
        return Shown(value, seen, seen) if words else None
    if len(found) > 1:
        inside = not _OTHER_FORM.fullmatch(seen) and "".join(_DIGITS.findall(seen)).lstrip("0")
        return Shown(value, seen, seen) if inside == plain_digits(abs(number)) else None
    digits = found[0].replace(",", "")
    divisor = _divisor(abs(number), digits, percent="%" in seen)
    if divisor is None:
        # what is seen is rounded away, or not the value of this cell
        return Shown(value, seen, "") if number and not Decimal(digits) else None
    before, _number, behind = (part.strip(NO_WORDS) for part in seen.partition(found[0]))
    body = plain_digits(abs(number) / divisor)
    if "." not in body and "." not in digits:
        body = body.zfill(len(digits))
    if not (before or behind) and divisor == 1 and body == plain_digits(abs(number)):
        return None
    sign = "-" if number < 0 else ""
    return Shown(value, seen, sign + before + body + behind, Decimal(1) if "%" in seen else divisor)


def _divisor(number: Decimal, digits: str, *, percent: bool) -> Decimal | None:
    """Return what a number is divided by where these digits are seen of it."""
    seen = Decimal(digits)
    last = Decimal(1).scaleb(-len(digits.partition(".")[2]))
    powers = [-2] if percent else [0] if not seen else range(_MOST_SCALED + 1)
    divisors = [Decimal(1).scaleb(power) for power in (*powers, *([0] if percent else []))]
    return next((d for d in divisors if (number / d).quantize(last, ROUND_HALF_UP) == seen), None)


def _of_day(day: dt.date, seen: str) -> Shown | None:
    numbers = [int(digits) for digits in _DIGITS.findall(seen)]
    years = [day.year, day.year % 100]
    month = Shown(day, seen, f"{day.year}-{day.month:02}")
    if numbers == [day.year]:
        return month if _MONTH_NAME.search(seen) else Shown(day, seen, str(day.year))
    if numbers in ([day.year, day.month], [day.month, day.year]):
        return month
    if numbers in ([day.month, day.day], [day.day]) and (len(numbers) > 1 or _MONTH_NAME.search(seen)):
        return Shown(day, seen, seen)
    written = numbers in ([day.month, years[1]], [years[1], day.month])
    named = len(numbers) == 1 and numbers[0] in years and _MONTH_NAME.search(seen)
    return month if written or named else None
