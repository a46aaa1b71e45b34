"""Days as people write them: 2021-1-17, 2021年1月17日, 20210117, 令和3年1月17日, H29.6.23, 民国110年1月17日, 44213."""

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
    re.compile(r"(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?:(?P=s)(?P<d>\d{1,2}))?", re.ASCII),
    re.compile(r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?:(?P<d>\d{1,2})[日号]?)?", re.ASCII),
    re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})?", re.ASCII),
)
_ERA_FORM: Final = re.compile(
    r"(?P<era>明治|大正|昭和|平成|令和|民国|民國|[MTSHR])(?P<y>\d{1,3}|元)"
    r"(?:年(?P<m>\d{1,2})月(?:(?P<d>\d{1,2})[日号]?)?|(?P<s>[-/.])(?P<m2>\d{1,2})(?:(?P=s)(?P<d2>\d{1,2}))?)",
    re.ASCII | re.IGNORECASE,
)
_SHORT_YEAR: Final = re.compile(
    r"(?P<y>\d{2,3})(?:(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})|年(?P<m2>\d{1,2})月(?P<d2>\d{1,2})日)",
    re.ASCII,
)
_HAN_PART: Final = re.compile(rf"([{HAN}○]+)(?=[年月日号])")
_DIGITS: Final = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
#: day numbers that can be meant: 1950 to 2099, so that no small number turns into a day
_FIRST_DAY, _LAST_DAY = dt.date(1950, 1, 1), dt.date(2099, 12, 31)
_ORIGINS: Final = {1900: dt.date(1899, 12, 30), 1904: dt.date(1904, 1, 1)}


def read_date(cell: Cell, forms: Forms = STRICT) -> Doubted[dt.date]:
    """Return the day a cell holds.

    Years of eras and of the Republic of China are known by their names; `110/1/17` needs the calendar of the forms.
    A day number (a cell that lost its format) is doubtful, and so is a month without a day. `2021.1` in a cell that
    holds a number is refused: October looks the same.

    Raises:
        QuantityError: `not_a_date`; `date_month_only` where the forms do not say which day counts.
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
            return _day(_ROC.before + year, found["m"] or found["m2"], found["d"] or found["d2"], forms, cell)
    raise QuantityError(NOT_A_DATE, plain_text(cell))


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
