"""Days as people write them: 2021-1-17, 2021年1月17日, 20210117, 令和3年1月17日, H29.6.23, 民国110年1月17日, 44213.

By declaration also 1/17/2021 (month first), 17.1.21 (day first), 17-Jan-21, and 1100117 of the Republic of China.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from decimal import Decimal
from typing import Final, NamedTuple

from analysis.quantities.cells import Cell, QuantityError, Shown, narrow, plain_text
from analysis.quantities.han import HAN, parse_han
from analysis.quantities.numbers import STRICT, Doubted, Forms, clear

NOT_A_DATE: Final = "not_a_date"
MONTH_ONLY: Final = "date_month_only"
SERIAL: Final = "date_serial"
ORDER: Final = "date_order"


class _Era(NamedTuple):
    """An era: how its years are written, its first and last day, and the western year before its first."""

    names: str
    first: dt.date
    last: dt.date

    @property
    def before(self) -> int:
        return self.first.year - 1


_ERAS: Final = (
    _Era("明治|M", dt.date(1868, 1, 25), dt.date(1912, 7, 29)),
    _Era("大正|T", dt.date(1912, 7, 30), dt.date(1926, 12, 24)),
    _Era("昭和|S", dt.date(1926, 12, 25), dt.date(1989, 1, 7)),
    _Era("平成|H", dt.date(1989, 1, 8), dt.date(2019, 4, 30)),
    _Era("令和|R", dt.date(2019, 5, 1), dt.date(2999, 12, 31)),
    _Era("民国|民國", dt.date(1912, 1, 1), dt.date(2999, 12, 31)),
)
_ROC: Final = _ERAS[-1]
_ROC_YEARS: Final = range(1, 200)

_TIME_OF_DAY: Final = re.compile(r"(?:(?<=\d)T|(?<=\S) )\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$", re.ASCII)
_WEEKDAY: Final = re.compile(r"\(?(?:星期|周|週)[一二三四五六日天]\)?$|\([月火水木金土日]\)$")
_YMD: Final = (
    re.compile(r"(?P<y>\d{4})(?P<s>[-/.、])(?P<m>\d{1,2})(?:(?P=s)(?P<d>\d{1,2})\.?)?", re.ASCII),
    re.compile(r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?:(?P<d>\d{1,2})[日号]?)?", re.ASCII),
    re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})?", re.ASCII),
)
_ERA_FORM: Final = re.compile(
    r"(?P<era>明治|大正|昭和|平成|令和|民国|民國|[MTSHR])(?P<y>\d{1,3}|元)"
    r"(?:年(?P<m>\d{1,2})月(?:(?P<d>\d{1,2})[日号]?)?|(?P<s>[-/.])(?P<m2>\d{1,2})(?:(?P=s)(?P<d2>\d{1,2}))?)",
    re.ASCII | re.IGNORECASE,
)
_SHORT_YEAR: Final = re.compile(
    r"(?P<y>\d{2,3})(?:(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})|年(?P<m2>\d{1,2})月(?:(?P<d2>\d{1,2})日)?"
    r"|(?P<m3>\d{2})(?P<d3>\d{2}))",
    re.ASCII,
)
_ROC_YEAR: Final = re.compile(
    r"(?P<era>中華民國|中华民国|民國|民国)?(?P<y>\d{1,3})(?P<rest>年.*|[-/.].*)?", re.ASCII
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = (
    r"(?P<m>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
#: the parts of a day in the order in which they stand; which is which is said by a name of a month, by four digits, or
#: by declaration
_THREE: Final = re.compile(r"(?P<a>\d{1,2})(?P<s>[-/.])(?P<b>\d{1,2})(?P=s)(?P<c>\d{4}|\d{2})", re.ASCII)
_NAMED_WITHIN: Final = re.compile(
    rf"(?P<a>\d{{1,4}})(?:st|nd|rd|th)?[-/.,]*{_MONTH}[-/.,]*(?P<c>\d{{4}}|\d{{1,2}})",
    re.ASCII | re.IGNORECASE,
)
_NAMED_FIRST: Final = re.compile(
    rf"{_MONTH}[-/.]*(?P<a>\d{{1,2}})(?:st|nd|rd|th)?[-/.,]+(?P<c>\d{{4}}|\d{{2}})", re.ASCII | re.IGNORECASE
)
_FULL_YEAR: Final = 4
#: two digits of a year from here on are of the century before
_TWO_DIGITS: Final = 70
_HAN_PART: Final = re.compile(rf"([{HAN}○]+)(?=[年月日号])")
_DIGITS: Final = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
#: day numbers that can be meant: 1950 to 2099, so that no small number turns into a day
_FIRST_DAY, _LAST_DAY = dt.date(1950, 1, 1), dt.date(2099, 12, 31)
_ORIGINS: Final = {1900: dt.date(1899, 12, 30), 1904: dt.date(1904, 1, 1)}


def read_date(cell: Cell, forms: Forms = STRICT) -> Doubted[dt.date]:
    """Return the day a cell holds.

    Years of eras and of the Republic of China are known by their names; `110/1/17` needs the calendar of the forms.
    Which of 3/4/2021 is the month, and of 19-Aug-14 the year, has to be said by the forms.
    A day number (a cell that lost its format) is doubtful, and so is a month without a day. `2021.1` in a cell that
    holds a number is refused: October looks the same.

    Raises:
        QuantityError: `not_a_date`; `date_month_only` and `date_order` where the forms do not say what counts.
    """
    if isinstance(cell, Shown):
        cell = cell.value
    if isinstance(cell, dt.datetime):
        return Doubted(cell.date())
    if isinstance(cell, dt.date):
        return Doubted(cell)
    if isinstance(cell, bool) or not isinstance(cell, str | int | float | Decimal):
        raise QuantityError(NOT_A_DATE, plain_text(cell))
    if isinstance(cell, str):
        text = _WEEKDAY.sub("", _TIME_OF_DAY.sub("", narrow(cell)).replace(" ", ""))
        text = _HAN_PART.sub(_in_digits, text)
    else:
        text = plain_text(cell)
        if "." in text and not _DIGITS.fullmatch(text):
            raise QuantityError(NOT_A_DATE, text)
    if _DIGITS.fullmatch(text):
        return _from_number(text, forms, cell)
    return _from_text(text, forms, cell)


def parse_date(cell: Cell) -> dt.date:
    """Return the day a cell holds.

    Raises:
        QuantityError: `not_a_date`, or for anything doubtful.
    """
    return clear(read_date(cell), cell)


def _in_digits(found: re.Match[str]) -> str:
    number = parse_han(found[1].replace("○", "〇"))
    return found[1] if number is None else str(number)


def _from_number(text: str, forms: Forms, cell: Cell) -> Doubted[dt.date]:
    day = _ORIGINS[forms.date_system] + dt.timedelta(days=int(Decimal(text)))
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise QuantityError(NOT_A_DATE, plain_text(cell))
    return Doubted(day, (SERIAL,))


def _from_text(text: str, forms: Forms, cell: Cell) -> Doubted[dt.date]:
    for form in _YMD:
        if found := form.fullmatch(text):
            return _day(int(found["y"]), found["m"], found["d"], forms, cell)
    if found := _ERA_FORM.fullmatch(text):
        era = next(era for era in _ERAS if found["era"].upper() in era.names.split("|"))
        year = 1 if found["y"] == "元" else int(found["y"])
        read = _day(era.before + year, found["m"] or found["m2"], found["d"] or found["d2"], forms, cell)
        if year and era.first <= read.value <= era.last:
            return read
    elif forms.calendar == "roc" and (found := _SHORT_YEAR.fullmatch(text)):
        year = int(found["y"])
        if year in _ROC_YEARS:
            month = found["m"] or found["m2"] or found["m3"]
            return _day(_ROC.before + year, month, found["d"] or found["d2"] or found["d3"], forms, cell)
    else:
        return _in_order(text, forms, cell)
    raise QuantityError(NOT_A_DATE, plain_text(cell))


def _in_order(text: str, forms: Forms, cell: Cell) -> Doubted[dt.date]:
    """Read a day whose parts stand in an order that has to be known."""
    if found := _NAMED_WITHIN.fullmatch(text):
        first, last = found["a"], found["c"]
        order = "DMY" if len(last) == _FULL_YEAR else "YMD" if len(first) == _FULL_YEAR else forms.order
        day, year = (first, last) if order == "DMY" else (last, first)
        usable = order in ("DMY", "YMD")
    elif found := _NAMED_FIRST.fullmatch(text):
        day, year = found["a"], found["c"]
        usable = len(year) == _FULL_YEAR or forms.order == "MDY"
    elif found := _THREE.fullmatch(text):
        return _three(found, forms, cell)
    else:
        raise QuantityError(NOT_A_DATE, plain_text(cell))
    if not usable:
        raise QuantityError(ORDER, plain_text(cell))
    month = str(_MONTHS.index(found["m"][:3].lower()) + 1)
    return _day(_whole_year(year), month, day, forms, cell)


def _three(found: re.Match[str], forms: Forms, cell: Cell) -> Doubted[dt.date]:
    """Read a day of three numbers; without a declared order nobody knows which is which."""
    parts = dict(zip(forms.order, (found["a"], found["b"], found["c"]), strict=True)) if forms.order else {}
    if not parts:
        raise QuantityError(ORDER, plain_text(cell))
    return _day(_whole_year(parts["Y"]), parts["M"], parts["D"], forms, cell)


def _whole_year(written: str) -> int:
    year = int(written)
    if len(written) == _FULL_YEAR:
        return year
    return year + (1900 if year >= _TWO_DIGITS else 2000)


def western_year(text: str, calendar: str = "") -> str:
    """Return a text that begins with a year of the Republic of China with the western year instead.

    民国114年 says its calendar itself; 114年 and 114 are years of it only where the calendar is `roc`. Any other text
    stays as it is.
    """
    found = _ROC_YEAR.fullmatch(text)
    if found is None or not (found["era"] or calendar == "roc") or int(found["y"]) not in _ROC_YEARS:
        return text
    return f"{_ROC.before + int(found['y'])}{found['rest'] or ''}"


def _day(year: int, month: str, day: str | None, forms: Forms, cell: Cell) -> Doubted[dt.date]:
    try:
        if day is not None:
            return Doubted(dt.date(year, int(month), int(day)))
        first = dt.date(year, int(month), 1)
    except ValueError:
        raise QuantityError(NOT_A_DATE, plain_text(cell)) from None
    if not forms.month:
        raise QuantityError(MONTH_ONLY, plain_text(cell))
    last = first.replace(day=calendar.monthrange(year, int(month))[1])
    return Doubted(first if forms.month == "first_day" else last, (MONTH_ONLY,))
