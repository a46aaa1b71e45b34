"""How numbers are written. Rounding is half-even on the decimal value, the minus sign is U+2212."""

from __future__ import annotations

import datetime as dt
import math
from decimal import ROUND_HALF_EVEN, Decimal

MINUS = "−"
DASH = "—"
_HAN = "零一二三四五六七八九"
_ENGLISH = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def decimal_of(value: float | int | str | Decimal) -> Decimal:
    """Return the decimal number a value stands for (the shortest decimal of a float, not its binary value)."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def number(value: float | int | str | Decimal, places: int = 0, *, sign: bool = False) -> str:
    """Return a number with thousands commas; `sign` also prints `+`. A missing value is an em dash."""
    if isinstance(value, float) and math.isnan(value):
        return DASH
    rounded = decimal_of(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    text = f"{abs(rounded):,.{places}f}"
    if rounded < 0:
        return MINUS + text
    return "+" + text if sign and rounded > 0 else text


def stored_number(text: str) -> str:
    """Return a number stored as decimal text as it is printed, with the places it has: 1000.00 → 1,000.00; "" → ""."""
    return number(text, len(text.partition(".")[2])) if text else ""


def percent(fraction: float | str | Decimal, places: int = 1, *, sign: bool = False) -> str:
    """Return a fraction as a percentage: 0.9733 → 97.3%."""
    if isinstance(fraction, float) and math.isnan(fraction):
        return DASH
    return number(decimal_of(fraction) * 100, places, sign=sign) + "%"


def han_count(count: int) -> str:
    """Return a count below a hundred as a Chinese numeral before a measure word: 2 → 两, 12 → 十二."""
    if not 0 <= count < 100:
        return f"{count:,}"
    if count == 2:
        return "两"
    tens, ones = divmod(count, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _HAN[tens] + "十"
    return head + (_HAN[ones] if ones or not tens else "")


def word_count(count: int) -> str:
    """Return a count up to ten as an English word: 2 → two, 12 → 12."""
    return _ENGLISH[count] if 0 <= count < len(_ENGLISH) else f"{count:,}"


def money_zh(amount: float | int | str | Decimal, *, sign: bool = False, unit: str = "元") -> str:
    """Return an amount in ten thousands, to the thousand: 4695012 → 469.5万元."""
    return number(decimal_of(amount) / 10_000, 1, sign=sign) + "万" + unit


def money_en(amount: float | int | str | Decimal, *, sign: bool = False, unit: str = "yuan") -> str:
    """Return an amount to the thousand, as `money_zh` has it: 4695012 → 4.695 million yuan, 302400 → 302,000 yuan."""
    thousands = (decimal_of(amount) / 1000).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    if abs(thousands) < 1000:
        return number(thousands * 1000, sign=sign) + f" {unit}"
    return number(thousands / 1000, 3, sign=sign) + f" million {unit}"


def date_zh(day: dt.date) -> str:
    """Return a date as 2022年3月31日."""
    return f"{day.year}年{day.month}月{day.day}日"


def date_en(day: dt.date) -> str:
    """Return a date as 31 March 2022."""
    return f"{day.day} {day:%B %Y}"
