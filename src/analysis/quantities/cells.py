"""Cells as spreadsheets hold them: as text, as nothing to say, and the refusal to read one as something it is not."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from analysis.quantities.clean_text import clean


@dataclass(frozen=True)
class Shown:
    """A cell whose number format shows something else than it holds: 0.83 as 83%, 3 as 0003, a day as its month.

    Attributes:
        value: the number or day in the file.
        text: what people see, and what a text file of the same table would hold.
        exact: the same with every digit the file has: 18.25 where 18.3 is seen; what can only be read as it is seen is
            the text once more.
        times: how much of what is held is one of what is seen (1000 of a format that shows thousands), where the
            format says so without a word.
    """

    value: int | float | dt.datetime | dt.date
    text: str
    exact: str
    times: Decimal = Decimal(1)


Cell = str | int | float | Decimal | dt.datetime | dt.date | dt.time | dt.timedelta | bool | Shown | None

#: from here on the digits of a float are no longer those that were typed
_EXACT: Final = 10**15
#: what people write where they have nothing to say, without spaces and in small letters; missing, never 0
NOT_REPORTED: Final = frozenset(
    {
        "",
        "无",
        "無",
        "暂无",
        "暫無",
        "无数据",
        "不详",
        "不詳",
        "不明",
        "未知",
        "未报",
        "未填",
        "未统计",
        "待定",
        "待核",
        "待查",
        "undetermined",
        "unknown",
        "notreported",
        "notavailable",
        "n/a",
        "n.a.",
        "na",
        "null",
    }
)
#: dashes, slashes and dots drawn through an empty cell
_STROKES: Final = re.compile(r"[-‐‑‒–—―−ー─━]+|[/\\]+|…+|\.{2,}|\*+")

_WIDE_FIRST, _WIDE_LAST, _WIDE_STEP = 0xFF01, 0xFF5E, 0xFEE0
_NARROWED: Final[dict[int, int | str]] = {
    **{wide: wide - _WIDE_STEP for wide in range(_WIDE_FIRST, _WIDE_LAST + 1)},
    ord("￥"): "¥",
    ord("￠"): "¢",
    ord("￡"): "£",
    ord("−"): "-",
    ord("﹣"): "-",
    ord("﹐"): ",",
    ord("﹪"): "%",
    ord("㍼"): "昭和",
    ord("㍻"): "平成",
    ord("㋿"): "令和",
}
_COMPATIBLE: Final = re.compile("[\uf900-\ufaff\u2f00-\u2fdf]")


class QuantityError(ValueError):
    """A cell holds no quantity of the kind asked for, or one that may be read in more than one way.

    The message names the check only: what stands in the cell may be about a person.

    Attributes:
        check: the check that failed, such as `not_a_number` or `value_approximate`.
        found: what stands in the cell.
    """

    def __init__(self, check: str, found: str) -> None:
        self.check, self.found = check, found
        super().__init__(check)


def plain_text(cell: Cell) -> str:
    """Return a cell as text: `130302.0` is 130302, a date is ISO, a truth value TRUE or FALSE, nothing is empty.

    A cell that shows something else than it holds is what it shows.
    """
    if cell is None:
        return ""
    if isinstance(cell, Shown):
        cell = cell.text
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        if cell.is_integer():
            # spreadsheets keep fifteen digits, and show zeros behind them
            return str(int(cell)) if abs(cell) < _EXACT else format(Decimal(f"{cell:.15g}"), "f")
        return repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    return str(cell).strip()


def narrow(text: str) -> str:
    """Return text with full-width signs narrowed and every stretch of white space as one space.

    Raised, circled and other decorated digits stay as they are, so that 5² is not read as 52.
    """
    if text.isascii():
        return " ".join(text.split())
    if _COMPATIBLE.search(text):
        text = _COMPATIBLE.sub(lambda sign: unicodedata.normalize("NFKC", sign[0]), text)
    return " ".join(clean(text).translate(_NARROWED).split())


def is_not_reported(cell: Cell) -> bool:
    """Return whether a cell says that there is nothing to report (empty, 无, /, —, 不详 …)."""
    if cell is None:
        return True
    if isinstance(cell, Shown):
        cell = cell.text
    if not isinstance(cell, str):
        return False
    if cell[:1].isdecimal():
        # no way to say nothing begins with a digit, and most cells of a large ledger do
        return False
    text = narrow(cell).replace(" ", "").lower()
    return text in NOT_REPORTED or _STROKES.fullmatch(text) is not None
