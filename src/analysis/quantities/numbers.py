"""Numbers as people write them: 1,234.5 · １２３ · 3.5万 · 1.2亿元 · 三十二 · 约20人 · 10-12人 · 95% · $1,200.00.

`read_*` say what they had to assume (the checks that should be told or refused); `parse_*` refuse what is doubtful.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, Generic, Literal, NamedTuple, TypeVar

from analysis.quantities.cells import Cell, QuantityError, Shown, narrow, plain_text
from analysis.quantities.han import HAN, parse_han
from analysis.quantities.money import BASES, CURRENCIES, CURRENCY_OF, MONEY, SIGNS

T = TypeVar("T")

APPROXIMATE: Final = "value_approximate"
SEPARATORS: Final = "value_separators"
RANGE: Final = "value_range"
SIGN: Final = "value_sign"
UNIT_DIFFERS: Final = "value_unit_differs"
CURRENCY_DIFFERS: Final = "value_currency_differs"
NOT_A_NUMBER: Final = "not_a_number"
#: a number of so many digits before the point is one of nothing; those that count with it would overflow
_DIGITS_MOST: Final = 24

#: heads in one unit of measure of counts, and what else is counted one by one
PEOPLE: Final = {"人": 1, "万人": 10_000}
_COUNTED: Final = frozenset((*"人名件起个宗例户家笔项份处", "persons", "people", "workers", "cases"))
_PER: Final = ("%", "‰")
_TIMES: Final = {
    "": 1,
    "百": 10**2,
    "千": 10**3,
    "万": 10**4,
    "萬": 10**4,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "億": 10**8,
    "万亿": 10**12,
    "천": 10**3,
    "만": 10**4,
    "억": 10**8,
    "조": 10**12,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
}
#: words by which a number is more or less so
_BEFORE: Final = (
    "约为|大约|大概|约计|约|約|估计|近|将近|接近|逾|超过|超|不足|不到|不少于|不低于|至少|最多|至多|"
    "about|approximately|approx.|nearly|over|some|~|≈|>|<|≥|≤"
)
_WITHIN: Final = "余|多|来"
_AFTER: Final = "左右|上下|以上|以下|以内|之多|余|多|许|\\+"

_PLAIN: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|\.[0-9]+)")
_CLEAN: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?|[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|\.[0-9]+")
_CONTINENTAL: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?|[0-9]+,[0-9]+")
_GROUPED: Final = re.compile(r"[0-9]{1,4}(?:,[0-9]{2,4})+(?:\.[0-9]+)?|[0-9]{1,3}(?:\.[0-9]{3}){2,}")
#: spaces that part thousands: 12 345 678.90
_SPACED: Final = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?: [0-9]{3})+(?:\.[0-9]+)?(?![0-9.,]| [0-9])")
_TIMES_WORDS: Final = "|".join(sorted((re.escape(word) for word in _TIMES if word), key=len, reverse=True))
_SIGN_WORDS: Final = "|".join(sorted((re.escape(sign) for sign in SIGNS), key=len, reverse=True))
_UNIT_WORDS: Final = "|".join(
    sorted((re.escape(word) for word in {*BASES, *_COUNTED, *_PER, "分"}), key=len, reverse=True)
)
_DIGITS: Final = r"[0-9.,]*[0-9][0-9.,]*"
_FORM: Final = re.compile(
    rf"(?:共计|总计|合计|共)?(?P<before>{_BEFORE})?(?P<minus>[+-])?(?P<sign>(?:{_SIGN_WORDS}|[$¥€£₩])*)(?P<minus_too>[+-])?"
    rf"(?P<digits>{_DIGITS}|[{HAN}]+?)(?P<within>{_WITHIN})?(?P<times>{_TIMES_WORDS})?(?P<also>{_WITHIN})?"
    rf"(?P<unit>{_UNIT_WORDS}|(?:{_SIGN_WORDS}))?整?(?P<after>{_AFTER})?",
    re.IGNORECASE,
)
_PART: Final = re.compile(r"(?P<digits>[0-9]+(?:\.[0-9]+)?)(?P<times>亿|億|万|萬|千|百|조|억|만|천)")
#: what is longer is a sentence
_LONGEST: Final = 60
_TO: Final = re.compile(r"(?<=[0-9人元万亿])(?:[-–—~]|至|到)(?=[0-9])")


@dataclass(frozen=True)
class Forms:
    """How forms that may be read in more than one way are read; an empty choice refuses them.

    Attributes:
        separators: what the signs of `253,24` or `1.234.567` are: a decimal comma, or thousands.
        range: which end of `10-12人` counts.
        month: which day of a month counts.
        order: which parts of 3/4/2021 or 19-Aug-14 are day, month and year.
        calendar: the calendar of years below 200 (`110/1/17`): that of the Republic of China, or none.
        date_system: the first year of day numbers, as the workbook counts them.
    """

    separators: Literal["", "decimal", "thousands"] = ""
    range: Literal["", "lower", "upper"] = ""
    month: Literal["", "first_day", "last_day"] = ""
    order: Literal["", "YMD", "MDY", "DMY"] = ""
    calendar: Literal["", "roc"] = ""
    date_system: Literal[1900, 1904] = 1900


STRICT: Final = Forms()


class Written(NamedTuple):
    """A number as written.

    Attributes:
        number: its value, the written multiple (万, 亿) included.
        times: the multiple written; 1 if none is.
        unit: the unit written: a name of money, of what is counted, % or ‰; empty if none is.
        signs: the signs of a currency.
        doubts: the checks that should be told.
        whole: whether it says itself how large it is (1万2000), so that the unit of the column is not put to it.
    """

    number: Decimal
    times: Decimal = Decimal(1)
    unit: str = ""
    signs: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    whole: bool = False


class Doubted(NamedTuple, Generic[T]):
    """A quantity, and the checks that should be told of it."""

    value: T
    doubts: tuple[str, ...] = ()


def read_written(cell: Cell, forms: Forms = STRICT) -> Written:
    """Return the number a cell holds with everything that is written around it.

    A number of a spreadsheet is taken with its fifteen significant digits, which is all the file keeps, and as it is
    held, whatever is shown of it.

    Raises:
        QuantityError: `not_a_number` for anything else, an empty cell included; `value_separators` or `value_range`
            for what the forms do not decide; `number_too_large` for what nothing can be as many as.
    """
    if isinstance(cell, Shown):
        cell = cell.value
    written = _written(cell, forms)
    if written.number and written.number.adjusted() >= _DIGITS_MOST:
        raise QuantityError("number_too_large", f"{written.number:.6e}")
    return written


def _written(cell: Cell, forms: Forms) -> Written:
    if isinstance(cell, Decimal):
        if cell.is_finite():
            return Written(cell)
    elif isinstance(cell, int) and not isinstance(cell, bool):
        return Written(Decimal(cell))
    elif isinstance(cell, float):
        number = Decimal(f"{cell:.15g}")
        if number.is_finite():
            return Written(number)
    elif isinstance(cell, str):
        return _read(narrow(cell), forms, cell)
    raise QuantityError(NOT_A_NUMBER, plain_text(cell))


def read_number(cell: Cell, forms: Forms = STRICT) -> Doubted[Decimal]:
    """Return a bare number (marks: 95, 95分).

    Raises:
        QuantityError: `not_a_number`, also for an amount, a rate or something counted; see `read_written`.
    """
    written = read_written(cell, forms)
    if written.signs or written.unit not in ("", "分"):
        raise QuantityError(NOT_A_NUMBER, plain_text(cell))
    return Doubted(written.number, written.doubts)


def read_count(cell: Cell, unit_of_measure: str = "", forms: Forms = STRICT) -> Doubted[int]:
    """Return the whole number of what is counted; a unit written in the cell goes before that of the column.

    Args:
        cell: the cell.
        unit_of_measure: of the column: 人, 万人 or nothing.
        forms: how doubtful forms are read.

    Raises:
        QuantityError: `not_a_whole_number` for a number with a fraction; else see `read_written`.
    """
    written = read_written(cell, forms)
    if written.signs or not (written.unit == "" or written.unit in _COUNTED):
        raise QuantityError(NOT_A_NUMBER, plain_text(cell))
    number, doubts = written.number, written.doubts
    factor = PEOPLE[unit_of_measure] if unit_of_measure else 1
    if written.unit == "" and not written.whole:
        number *= factor
    elif unit_of_measure and factor != written.times and (factor != 1 or written.unit):
        # 1.2万 in a column of heads is a way to write 12000; 5人 in a column of ten thousands is another unit
        doubts = (*doubts, UNIT_DIFFERS)
    if number != number.to_integral_value():
        raise QuantityError("not_a_whole_number", plain_text(cell))
    return Doubted(int(number), doubts)


def read_money(cell: Cell, unit_of_measure: str, forms: Forms = STRICT, currency: str = "") -> Doubted[int]:
    """Return an amount in minor units (fen, yen, cents); parts of one are rounded half to even.

    A unit written in the cell goes before that of the column, and the doubt says so where the two differ.

    Args:
        cell: the cell.
        unit_of_measure: of the column, one of `MONEY`.
        forms: how doubtful forms are read.
        currency: code of the currency; that of the unit of measure if empty.

    Raises:
        KeyError: no such unit of measure.
        QuantityError: `value_currency_differs` for another currency's sign or name; else see `read_written`.
    """
    factor, code = MONEY[unit_of_measure], currency or CURRENCY_OF[unit_of_measure]
    written = read_written(cell, forms)
    doubts = written.doubts
    if written.unit and written.unit not in BASES:
        raise QuantityError(NOT_A_NUMBER, plain_text(cell))
    if (written.signs and any(code not in SIGNS.get(sign, ()) for sign in written.signs)) or (
        written.unit and BASES[written.unit] != code
    ):
        raise QuantityError(CURRENCY_DIFFERS, plain_text(cell))
    minor = CURRENCIES[code].minor
    if not written.unit and not written.whole and not (written.signs and factor != minor):
        amount = written.number * factor
    else:
        amount = written.number * minor
        # 3.5万 in a column of 元 is a way to write 35000; with a unit, or below another multiple, it is another unit
        if written.times * minor != factor and (written.unit or factor != minor):
            doubts = (*doubts, UNIT_DIFFERS)
    return Doubted(int(amount.to_integral_value(rounding=ROUND_HALF_EVEN)), doubts)


def clear(read: Doubted[T], cell: Cell) -> T:
    """Return what was read if nothing about it is doubtful.

    Raises:
        QuantityError: the first doubt.
    """
    if read.doubts:
        raise QuantityError(read.doubts[0], plain_text(cell))
    return read.value


def parse_number(cell: Cell) -> Decimal:
    """Return the number a cell holds, exactly as written.

    Raises:
        QuantityError: for anything else, doubtful forms included.
    """
    return clear(read_number(cell), cell)


def parse_count(cell: Cell, unit_of_measure: str = "") -> int:
    """Return the whole number a cell holds.

    Raises:
        QuantityError: `not_a_whole_number`, or for anything that is no number or doubtful.
    """
    return clear(read_count(cell, unit_of_measure), cell)


# -------------------------------------------------------------------------------------------------- reading


def _read(text: str, forms: Forms, cell: str) -> Written:
    if _PLAIN.fullmatch(text):
        return Written(Decimal(text.replace(",", "")))
    if len(text) > _LONGEST:
        raise QuantityError(NOT_A_NUMBER, plain_text(cell))
    dense = _without_spaces(text, cell)
    if (ends := _TO.split(dense)) and len(ends) == 2:
        return _read_range(ends[0], ends[1], forms, cell)
    return _read_one(dense, forms, cell)


def _without_spaces(text: str, cell: str) -> str:
    """Return a text without its spaces; between digits they must part thousands, else two numbers stand there."""
    joined = _SPACED.sub(lambda number: number[0].replace(" ", ""), text)
    if re.search(r"[0-9.,] [0-9.,]", joined):
        raise QuantityError(NOT_A_NUMBER, plain_text(cell))
    return joined.replace(" ", "")


def _read_range(first: str, last: str, forms: Forms, cell: str) -> Written:
    """Read `10-12人`, of which one end counts if the forms say which."""
    upper = _read_one(last, forms, cell)
    lower = _read_one(first, forms, cell)
    if not lower.whole and not lower.unit:
        lower = upper._replace(number=lower.number * upper.times, doubts=lower.doubts)
    if (lower.unit and lower.unit != upper.unit) or lower.number >= upper.number:
        raise QuantityError(NOT_A_NUMBER, plain_text(cell))
    if not forms.range:
        raise QuantityError(RANGE, plain_text(cell))
    chosen = lower if forms.range == "lower" else upper
    return chosen._replace(doubts=tuple(dict.fromkeys((*lower.doubts, *upper.doubts, RANGE))))


def _read_one(dense: str, forms: Forms, cell: str) -> Written:
    found = _FORM.fullmatch(dense)
    if found is None:
        return _read_parts(dense, cell)
    digits, doubts = found["digits"], []
    if digits[0] in HAN:
        number, times, whole = _read_han(digits, found, cell)
    else:
        times = Decimal(_TIMES[(found["times"] or "").lower()])
        number, odd = _separated(digits, forms, cell)
        number, whole = number * times, times != 1
        doubts += [SEPARATORS] if odd else []
    if any(found[part] for part in ("before", "within", "also", "after")):
        doubts.append(APPROXIMATE)
    signs = re.findall(rf"{_SIGN_WORDS}|[$¥€£₩]", found["sign"].upper())
    unit = (found["unit"] or "").lower() if (found["unit"] or "").isascii() else found["unit"] or ""
    if unit.upper() in SIGNS:
        signs, unit = [*signs, unit.upper()], ""
    if len(signs) > 1:
        doubts.append(SIGN)
    if found["minus"] and found["minus_too"]:
        raise QuantityError(NOT_A_NUMBER, plain_text(cell))
    if "-" in (found["minus"], found["minus_too"]):
        number = -number
    return Written(number, times, unit, tuple(signs), tuple(doubts), whole)


def _read_han(digits: str, found: re.Match[str], cell: str) -> tuple[Decimal, Decimal, bool]:
    """Return the value of a Chinese numeral with what follows it, the great unit it ends with, and if it has any."""
    whole = digits + (found["times"] or "")
    # 百余人 are a hundred and some, but 万元 alone is no amount
    some = found["within"] or found["also"]
    number = parse_han("一" + whole if some and whole[0] in "百千万亿" else whole)
    if number is None:
        raise QuantityError(NOT_A_NUMBER, plain_text(cell))
    great = next(
        (Decimal(_TIMES[sign]) for sign in ("亿", "億", "万", "萬") if whole.endswith(sign)), Decimal(1)
    )
    return Decimal(number), great, not set(whole).isdisjoint("万萬亿億")


def _read_parts(dense: str, cell: str) -> Written:
    """Read a number written in parts: 3亿2000万元, 2万5千, 1万2000元. 3万5 is refused: people mean 35000."""
    rest = re.fullmatch(rf"(?P<body>.+?)(?P<unit>{_UNIT_WORDS})?整?", dense)
    body = rest["body"] if rest else dense
    number, last, place = Decimal(0), None, 0
    while found := _PART.match(body, place):
        times = Decimal(_TIMES[found["times"]])
        if last is not None and Decimal(found["digits"]) * times >= last:
            raise QuantityError(NOT_A_NUMBER, plain_text(cell))
        number, last, place = number + Decimal(found["digits"]) * times, times, found.end()
    tail = body[place:]
    whole = last is not None and re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", tail)
    if tail and not (whole and last is not None and 10 ** len(tail.split(".")[0]) == last):
        raise QuantityError(NOT_A_NUMBER, plain_text(cell))
    if last is None:
        raise QuantityError(NOT_A_NUMBER, plain_text(cell))
    unit = (rest["unit"] or "") if rest else ""
    return Written(number + Decimal(tail or 0), last if not tail else Decimal(1), unit, whole=True)


def _separated(digits: str, forms: Forms, cell: str) -> tuple[Decimal, bool]:
    """Return the value of digits with their separators, and whether these are doubtful."""
    if _CLEAN.fullmatch(digits):
        return Decimal(digits.replace(",", "")), False
    if forms.separators == "decimal" and _CONTINENTAL.fullmatch(digits):
        return Decimal(digits.replace(".", "").replace(",", ".")), True
    if forms.separators == "thousands" and _GROUPED.fullmatch(digits):
        parted = digits if "," in digits else digits.replace(".", "")
        return Decimal(parted.replace(",", "")), True
    raise QuantityError(SEPARATORS, plain_text(cell))
