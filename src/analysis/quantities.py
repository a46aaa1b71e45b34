"""Quantities as the office writes them: numbers, counts, money and dates, read exactly or refused.

A cell is what a spreadsheet holds: text, a number, a date, a truth value or nothing. Each form a quantity may take
is one small reader; what no reader knows is refused with the id of a check, never guessed.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

Cell = str | int | float | Decimal | dt.datetime | dt.date | dt.time | dt.timedelta | bool | None

#: what people write where they have nothing to say; missing, never 0
NOT_REPORTED: Final = frozenset(
    {
        "",
        "无",
        "/",
        "／",
        "—",
        "——",
        "－",
        "-",
        "–",
        "−",
        "不详",
        "未知",
        "未报",
        "undetermined",
        "unknown",
        "n/a",
    }
)
#: minor units (fen) in one unit of measure of money
MONEY: Final = {"元": Decimal(100), "万元": Decimal(1_000_000), "亿元": Decimal(10_000_000_000)}

_NUMBER: Final = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?|[+-]?\.\d+")
_DATE_FORMS: Final = (
    re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"),
    re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})"),
    re.compile(r"(\d{4})\.(\d{1,2})\.(\d{1,2})"),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)
_TIME_OF_DAY: Final = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2})?$")


class QuantityError(ValueError):
    """A cell holds no quantity of the kind asked for.

    Attributes:
        check: the check that failed: `not_a_number`, `not_a_whole_number`, `not_a_date`.
    """

    def __init__(self, check: str, found: str) -> None:
        self.check = check
        super().__init__(f"{check}: {found!r}")


def plain_text(cell: Cell) -> str:
    """Return a cell as text: `130302.0` is 130302, a date is ISO, a truth value TRUE or FALSE, nothing is empty."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    return str(cell).strip()


def is_not_reported(cell: Cell) -> bool:
    """Return whether a cell says that there is nothing to report (empty, 无, /, —, 不详 …)."""
    return cell is None or (isinstance(cell, str) and _narrow(cell).lower() in NOT_REPORTED)


def parse_number(cell: Cell) -> Decimal:
    """Return the number a cell holds, exactly as written.

    Full-width digits and thousands commas are understood; a number of a spreadsheet is taken with its fifteen
    significant digits, which is all the file keeps.

    Raises:
        QuantityError: `not_a_number` for anything else, an empty cell included.
    """
    if isinstance(cell, Decimal):
        return cell
    if isinstance(cell, int) and not isinstance(cell, bool):
        return Decimal(cell)
    if isinstance(cell, float):
        number = Decimal(f"{cell:.15g}")
        if not number.is_finite():
            raise QuantityError("not_a_number", repr(cell))
        return number
    if isinstance(cell, str):
        text = _narrow(cell).replace("−", "-")
        if _NUMBER.fullmatch(text):
            return Decimal(text.replace(",", ""))
    raise QuantityError("not_a_number", plain_text(cell))


def parse_count(cell: Cell) -> int:
    """Return the whole number a cell holds.

    Raises:
        QuantityError: `not_a_number`, or `not_a_whole_number` for a number with a fraction.
    """
    number = parse_number(cell)
    if number != number.to_integral_value():
        raise QuantityError("not_a_whole_number", plain_text(cell))
    return int(number)


def parse_money(cell: Cell, unit_of_measure: str) -> int:
    """Return an amount of money in minor units (fen); parts of a fen are rounded half to even.

    Args:
        cell: the cell.
        unit_of_measure: 元, 万元 or 亿元.

    Raises:
        KeyError: no such unit of measure.
        QuantityError: `not_a_number`.
    """
    return int((parse_number(cell) * MONEY[unit_of_measure]).to_integral_value(rounding=ROUND_HALF_EVEN))


def parse_date(cell: Cell) -> dt.date:
    """Return the day a cell holds: a date, or a text such as 2021-1-17, 2021/1/17, 2021.1.17, 2021年1月17日, 20210117.

    A bare number is refused unless it is written like the last form: it may be a day number of a cell that lost its
    format, and nothing says so.

    Raises:
        QuantityError: `not_a_date`.
    """
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, str | int) and not isinstance(cell, bool):
        text = _TIME_OF_DAY.sub("", unicodedata.normalize("NFKC", str(cell)).strip())
        text = "".join(text.split())
        for form in _DATE_FORMS:
            found = form.fullmatch(text)
            if found:
                try:
                    return dt.date(int(found[1]), int(found[2]), int(found[3]))
                except ValueError:
                    break
    raise QuantityError("not_a_date", plain_text(cell))


def _narrow(text: str) -> str:
    """Return text with full-width signs narrowed and spaces removed."""
    return "".join(unicodedata.normalize("NFKC", text).split())
