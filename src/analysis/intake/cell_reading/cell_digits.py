"""Numbers used as names whose digits are not those that were typed: a spreadsheet keeps fifteen.

An 18-digit number typed into a cell of numbers ends in zeros from its sixteenth digit on, and a text file made from it
may say 1.3E+17; two numbers that differ in what was lost are then one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Final

from analysis.quantities import Cell, narrow

#: the digits a spreadsheet keeps
_KEPT: Final = 15
_SCIENTIFIC: Final = re.compile(r"[+-]?\d+(?:\.\d+)?E\+?\d+", re.IGNORECASE | re.ASCII)
_LONG: Final = re.compile(rf"(\d{{{_KEPT}}})(\d+)", re.ASCII)
#: letters and the digits for which they are typed
_LIKE_DIGITS: Final = str.maketrans("OolI", "0011")
#: one zero behind fifteen digits is what every tenth number has; so many are no chance
_ZEROS: Final = 3


def letters_for_digits(cell: Cell) -> str:
    """Return the letters of a cell that stand where digits should, as O and l do in 1O00 and l2; empty if none do."""
    text = narrow(cell) if isinstance(cell, str) else ""
    found = dict.fromkeys(sign for sign in text if ord(sign) in _LIKE_DIGITS)
    digits = text.translate(_LIKE_DIGITS)
    alone = any(sign.isdigit() for sign in text) and not any(
        sign.isascii() and sign.isalpha() for sign in digits
    )
    return "".join(found) if alone else ""


def lost_in(cells: Collection[Cell], *, names: bool) -> Callable[[Cell], bool]:
    """Return the function that tells whether a cell of a column has lost digits.

    Long numbers written as text are held against the others of their column: where one has other digits than zeros
    behind the fifteenth, the column never was one of numbers.

    Args:
        cells: the cells of the column.
        names: whether its numbers are names, of which every digit counts; of a quantity fifteen are enough, and only
            what a text file shows of it may be too few.
    """
    texts = [cell for cell in cells if isinstance(cell, str)]
    longest = max(map(len, texts), default=0)
    tails = (
        {found[0]: found[2] for text in texts if (found := _LONG.fullmatch(narrow(text)))}
        if names and longest > _KEPT
        else {}
    )
    zeros = all(set(tail) == {"0"} for tail in tails.values())
    cut = set(tails) if zeros and sum(map(len, tails.values())) >= _ZEROS else set()
    if not cut and not any("e" in text or "E" in text for text in texts) and not names:
        return _never

    def lost(cell: Cell) -> bool:
        if isinstance(cell, str):
            text = narrow(cell) if cut else cell
            return text in cut or _SCIENTIFIC.fullmatch(cell.strip()) is not None
        if not names or isinstance(cell, bool) or not isinstance(cell, int | float | Decimal):
            return False
        return abs(float(cell)) >= 10**_KEPT

    return lost


def _never(_cell: Cell) -> bool:
    return False
