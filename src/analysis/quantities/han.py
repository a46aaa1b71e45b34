"""Chinese numerals: 三十二, 一百零五, 两千, 二〇二〇, 十五万, and the formal 壹贰叁 of receipts."""

from __future__ import annotations

from typing import Final

_DIGITS: Final = "零一二三四五六七八九"
_TENS: Final = {"十": 10, "百": 100, "千": 1000}
_GREAT: Final = {"万": 10**4, "亿": 10**8}
#: what else a sign is written with: on receipts, in traditional characters, before a measure word
_VARIANTS: Final = {
    "零": "〇", "一": "壹", "二": "贰貳两兩", "三": "叁參", "四": "肆", "五": "伍", "六": "陆陸",
    "七": "柒", "八": "捌", "九": "玖", "十": "拾", "百": "佰", "千": "仟", "万": "萬", "亿": "億",
}  # fmt: skip
_SIMPLE: Final = {ord(variant): sign for sign, variants in _VARIANTS.items() for variant in variants}
#: every sign a Chinese numeral may be written with
HAN: Final = "".join(sign + variants for sign, variants in _VARIANTS.items())
_LARGEST: Final = 10**16
_PAIR: Final = 2


def parse_han(text: str) -> int | None:
    """Return the whole number a Chinese numeral stands for; None where it is none, or not in full.

    一百五 is refused: people mean 150 and a reader may take it for 105.
    """
    plain = text.translate(_SIMPLE)
    if not plain or not set(plain) <= {*_DIGITS, *_TENS, *_GREAT}:
        return None
    if set(plain) <= set(_DIGITS):
        # digit by digit: 二〇二〇; but 三四人 are three or four
        if len(plain) == _PAIR and "零" not in plain:
            return None
        return int("".join(str(_DIGITS.index(sign)) for sign in plain))
    number = _added(plain)
    if number is None or number >= _LARGEST:
        return None
    return number if _bare(write_han(number)) == _bare(plain) and not _cut_short(plain) else None


def write_han(number: int) -> str:
    """Return a whole number from 0 to below 10^16 as a Chinese numeral: 105 → 一百零五, 12 → 十二."""
    if number == 0:
        return _DIGITS[0]
    for name, size in (("亿", 10**8), ("万", 10**4)):
        if number >= size:
            head, rest = divmod(number, size)
            between = _DIGITS[0] if 0 < rest < size // 10 else ""
            return write_han(head) + name + between + (write_han(rest) if rest else "")
    parts, rest, gap = "", number, ""
    for name, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, rest = divmod(rest, size)
        if digit:
            parts += gap + _DIGITS[digit] + name
        gap = "" if digit or not parts else _DIGITS[0]
    return parts.removeprefix("一") if parts.startswith("一十") else parts


def _added(plain: str) -> int | None:
    """Return what the signs add up to, taken one by one."""
    whole = section = digit = 0
    for sign in plain:
        if sign in _DIGITS:
            digit = _DIGITS.index(sign)
        elif sign in _TENS:
            section += (digit or 1) * _TENS[sign]
            digit = 0
        else:
            section = section + digit
            if sign == "亿":
                whole, section = (whole + section) * _GREAT[sign], 0
            else:
                whole, section = whole + section * _GREAT[sign], 0
            digit = 0
    return whole + section + digit


def _bare(plain: str) -> str:
    """Return a numeral without what people may write or leave out: 零 between, 一 before 十."""
    return plain.replace("零", "").replace("一十", "十")


def _cut_short(plain: str) -> bool:
    """Return whether the last digit follows a larger place directly, as in 一百五."""
    return len(plain) > 1 and plain[-1] in _DIGITS[1:] and plain[-2] in "百千万亿"
