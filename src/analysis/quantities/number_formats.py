"""What a number format of a spreadsheet shows: 0.83 as 83%, 182500 as 18.3 (`0!.0,`), 3 as 0003, a day as its month.

Of most cells the format is a matter of taste: decimals, separators, colours. `format_of` tells those that are not, by
their code alone; `NumberFormat.shown` says what such a format makes of a value. Codes are those of Excel and its kin
(ECMA-376, part 1, 18.8.31): sections parted by semicolons, words in quotes, signs behind a backslash or `!`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from analysis.quantities.cells import Shown

#: codes that files name by a number only; those from 27 on are how a Chinese Excel shows them
BUILT_IN: Final = {
    9: "0%", 10: "0.00%", 16: "d-mmm", 17: "mmm-yy", 27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"',
    36: 'yyyy"年"m"月"', 50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"',
    54: 'm"月"d"日"', 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<sign>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]|(?P<general>General|G/通用格式|@)'
    r"|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)|(?P<power>E[+-])|(?P<end>;)"
    r"|(?P<half>AM/PM|A/P|上午/下午)|(?P<date>y+|m+|d+|h+|s+|e+|b+)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION: Final = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)")
_CURRENCY: Final = re.compile(r"\$([^-]*)(?:-.*)?")
#: signs around a number that say nothing of how large it is, or only what its own sign says; ¥ is what every Chinese
#: spreadsheet puts there for the asking
NO_WORDS: Final = " \t\xa0-—+()（）:'¥￥"


class _Piece(NamedTuple):
    """A part of a section: `text`, `digit`, `point`, `comma` or `date`, and how it is written."""

    kind: str
    text: str


def _join(pieces: list[_Piece] | tuple[_Piece, ...]) -> str:
    return "".join(piece.text for piece in pieces if piece.kind != "comma")


@dataclass(frozen=True)
class _Section:
    """One section of a format.

    Attributes:
        pieces: its parts in order.
        before: what stands before the digits.
        whole: the places of digits before the decimal point, and the signs among them.
        decimals: how many places for decimals it has.
        behind: what stands behind the digits.
        divisor: what the number is divided by before it is shown.
        grouped: whether thousands are parted.
        general: whether the number stands as it is, between the words.
        plain: whether it is another way to write the same number (a fraction, a power of ten).
        condition: of the numbers it is for, where it says so.
    """

    pieces: tuple[_Piece, ...]
    before: str = ""
    whole: tuple[_Piece, ...] = ()
    decimals: int = 0
    behind: str = ""
    divisor: Decimal = Decimal(1)
    grouped: bool = False
    general: bool = False
    plain: bool = False
    condition: tuple[str, Decimal] | None = None

    @property
    def parts(self) -> frozenset[str]:
        """Which of year (y), month (m) and day (d) it shows."""
        found, hours = set(), False
        dates = [piece.text[0].lower() for piece in self.pieces if piece.kind == "date"]
        for place, letter in enumerate(dates):
            minutes = letter == "m" and (hours or dates[place + 1 : place + 2] == ["s"])
            hours = letter == "h" or (hours and letter == "m")
            if not minutes:
                found.add("y" if letter in "eb" else letter)
        return frozenset(found & {"y", "m", "d"})

    @cached_property
    def is_date(self) -> bool:
        """Whether it shows a day or a time."""
        return any(piece.kind == "date" for piece in self.pieces)

    @cached_property
    def has_digits(self) -> bool:
        """Whether it shows any digit of the number."""
        return any(piece.kind == "digit" for piece in self.pieces)

    @cached_property
    def inside(self) -> str:
        """The signs that stand among the digits."""
        return _join([piece for piece in self.whole if piece.kind == "text"])

    @cached_property
    def shift(self) -> int:
        """How many digits stand behind a point that is only written (`0!.0` shows 1825 as 182.5)."""
        if self.inside != ".":
            return 0
        place = self.whole.index(_Piece("text", "."))
        return sum(piece.kind == "digit" for piece in self.whole[place:])

    @cached_property
    def least(self) -> int:
        """How many digits it shows at least before the point."""
        return sum(piece == _Piece("digit", "0") for piece in self.whole) - self.shift

    @cached_property
    def matters(self) -> bool:
        """Whether it may show another number or day than the value."""
        if self.is_date:
            return 0 < len(self.parts) < 3
        words = (self.before + self.inside + self.behind).strip(NO_WORDS)
        return not self.plain and (
            bool(words)
            or self.divisor != 1
            or self.least > 1
            or not (self.whole or self.decimals or self.general)
        )


@dataclass(frozen=True)
class NumberFormat:
    """A format that may show something else than the value.

    Attributes:
        code: as the file has it.
    """

    code: str
    _sections: tuple[_Section, ...] = field(repr=False)

    def shown(self, value: int | float | dt.date) -> Shown | None:
        """Return what the format makes of a value; None where that is the value itself."""
        if isinstance(value, dt.date):
            section = self._sections[0]
            return _of_day(section, value) if section.is_date and section.matters else None
        number = Decimal(f"{value:.15g}")
        section = self._section_of(number)
        signed = number < 0 and section is not self._sections[0]
        return _of_number(section, value, number, signed) if section.matters and not section.is_date else None

    def _section_of(self, number: Decimal) -> _Section:
        conditions = [section.condition for section in self._sections]
        if any(conditions):
            fits = (s for s in self._sections if s.condition is None or _fits(number, s.condition))
            return next(fits, self._sections[-1])
        place = 1 if number < 0 else 2 if number == 0 else 0
        return self._sections[place if place < len(self._sections) else 0]


@lru_cache(maxsize=4096)
def format_of(code: str) -> NumberFormat | None:
    """Return a format by its code, None where what it shows is the value whatever the value is."""
    if not code:
        return None
    sections: list[list[re.Match[str]]] = [[]]
    for token in _TOKEN.finditer(code):
        if token["end"]:
            sections.append([])
        else:
            sections[-1].append(token)
    # the fourth is for texts
    read = tuple(map(_section, sections[:3]))
    return NumberFormat(code, read) if any(section.matters for section in read) else None


def _section(tokens: list[re.Match[str]]) -> _Section:
    pieces: list[_Piece] = []
    condition: tuple[str, Decimal] | None = None
    for token in tokens:
        bracket = token["bracket"]
        if bracket is not None:
            if found := _CONDITION.fullmatch(bracket):
                condition = found[1], Decimal(found[2])
            elif found := _CURRENCY.fullmatch(bracket):
                pieces.append(_Piece("text", found[1]))
            elif re.fullmatch(r"h+|m+|s+", bracket, re.IGNORECASE):
                pieces.append(_Piece("date", "h"))
        elif token["quoted"] is not None:
            pieces.append(_Piece("text", token["quoted"]))
        elif token["sign"] or token["percent"] or token["other"]:
            pieces.append(_Piece("text", token["sign"] or token[0]))
        elif token["digit"] or token["general"]:
            pieces.append(_Piece("digit", token["digit"] or "#"))
        elif token["date"] or token["half"]:
            pieces.append(_Piece("date", token["date"] or "h"))
        elif token["point"] or token["comma"]:
            pieces.append(_Piece("point" if token["point"] else "comma", token[0]))
    general = any(token["general"] for token in tokens)
    fraction = any(token["other"] == "/" for token in tokens) and not any(token["date"] for token in tokens)
    plain = fraction or any(token["power"] for token in tokens)
    percent = sum(token["percent"] is not None for token in tokens)
    return _laid_out(
        pieces, percent, _Section(tuple(pieces), general=general, plain=plain, condition=condition)
    )


def _laid_out(pieces: list[_Piece], percent: int, section: _Section) -> _Section:
    """Return a section with its digits told from what stands around them."""
    places = [place for place, piece in enumerate(pieces) if piece.kind == "digit"]
    if not places or section.is_date:
        return replace(section, before=_join(pieces))
    core, behind = pieces[places[0] : places[-1] + 1], pieces[places[-1] + 1 :]
    kinds = [piece.kind for piece in core]
    point = kinds.index("point") if "point" in kinds else len(core)
    whole, thousands = core[:point], 0
    # a comma behind all digits, or right before the point, leaves out three digits
    while behind and behind[0].kind == "comma":
        thousands, behind = thousands + 1, behind[1:]
    while whole and whole[-1].kind == "comma":
        thousands, whole = thousands + 1, whole[:-1]
    return replace(
        section,
        before=_join(pieces[: places[0]]),
        whole=tuple(piece for piece in whole if piece.kind != "comma"),
        decimals=kinds[point:].count("digit"),
        behind=_join(behind),
        divisor=Decimal(1000) ** thousands / Decimal(100) ** percent,
        grouped=any(piece.kind == "comma" for piece in whole),
    )


def _fits(number: Decimal, condition: tuple[str, Decimal]) -> bool:
    sign, limit = condition
    return (
        (number < limit and sign in ("<", "<=", "<>"))
        or (number > limit and sign in (">", ">=", "<>"))
        or (number == limit and sign in ("=", "<=", ">="))
    )


# -------------------------------------------------------------------------------------------------- numbers


def _of_number(section: _Section, value: int | float, number: Decimal, signed: bool) -> Shown | None:
    """Return what a section shows of a number, None where it is the number itself.

    Args:
        section: the section.
        value: the cell.
        number: the same, exactly.
        signed: whether the section is for negative numbers and writes their sign itself.
    """
    if not section.has_digits:
        words = section.before
        # a stroke or nothing in place of a nought is how accounts write it
        return None if number == 0 and not words.strip(NO_WORDS) else Shown(value, words, words)
    before, behind = section.before.strip(NO_WORDS), section.behind.strip(NO_WORDS)
    minus = "-" if number < 0 else ""
    scaled = abs(number) / section.divisor
    text = f"{'' if signed else minus}{section.before}{_digits(section, scaled)}{section.behind}".strip()
    if section.inside.strip() not in ("", "."):
        # 20200117 as 2020年01月17日: only what is seen can be read
        return Shown(value, text, text)
    exact = scaled.scaleb(-section.shift)
    body = plain_digits(exact)
    if not section.decimals and exact == exact.to_integral_value():
        body = body.zfill(section.least)
    if not (before or behind) and body == plain_digits(abs(number)):
        return None
    said = "%" in before + behind
    times = Decimal(1) if said else section.divisor.scaleb(section.shift)
    return Shown(value, text, minus + before + body + behind, times)


def _digits(section: _Section, scaled: Decimal) -> str:
    """Return the digits as a section shows them, rounded as spreadsheets round."""
    if section.general:
        return plain_digits(scaled)
    rounded = scaled.quantize(Decimal(1).scaleb(-section.decimals), ROUND_HALF_UP)
    if not section.inside and section.least > 0:
        text = f"{rounded:,f}" if section.grouped else f"{rounded:f}"
        return text.zfill(section.least + (section.decimals and section.decimals + 1))
    before, _point, decimals = f"{rounded:f}".partition(".")
    digits = list(before.lstrip("0") if section.least <= 0 else before)
    shown: list[str] = []
    places = sum(piece.kind == "digit" for piece in section.whole)
    for piece in reversed(section.whole):
        if piece.kind == "text":
            shown.append(piece.text)
            continue
        places -= 1
        if not places:
            shown.extend(reversed(digits) if digits else "0" * (piece.text == "0"))
        elif digits:
            shown.append(digits.pop())
        elif piece.text == "0":
            shown.append("0")
    text = "".join(reversed(shown))
    if section.grouped and text.isdecimal():
        text = f"{int(text):,}"
    return f"{text}.{decimals}" if decimals else text


def plain_digits(number: Decimal) -> str:
    """Return a number in digits, without zeros behind its decimals."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# -------------------------------------------------------------------------------------------------- days


def _of_day(section: _Section, day: dt.date) -> Shown | None:
    """Return what a section shows of a day; of a month and a year what every reader of text knows."""
    text = "".join(_of_part(piece, day) for piece in section.pieces)
    if section.parts == {"y", "m"}:
        return Shown(day, text, f"{day.year}-{day.month:02}")
    return Shown(day, text, str(day.year) if section.parts == {"y"} else text)


def _of_part(piece: _Piece, day: dt.date) -> str:
    if piece.kind != "date":
        return piece.text
    letter, size = piece.text[0].lower(), len(piece.text)
    if letter in "yeb":
        return f"{day.year % 100:02}" if letter == "y" and size <= 2 else str(day.year)
    if letter in "md":
        if size > 2:
            return _MONTHS[day.month - 1] if letter == "m" else ""
        return f"{day.month if letter == 'm' else day.day:0{size}}"
    return ""
