"""Cells of which the number format shows something else than they hold: which of the two counts.

People fill in, check and add up what they see. Where what is seen reads as the same value as what is held, the format
was a matter of taste; where it does not, what is seen counts if it says itself how it is meant (83%, 18.3万元) or if
the unit of the column bears the format out (thousands left out in a column of thousands), and else nothing does.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from analysis.intake.declared.policies import Seen
from analysis.quantities import (
    CURRENCIES,
    CURRENCY_OF,
    MONEY,
    PEOPLE,
    Cell,
    Doubted,
    Forms,
    QuantityError,
    Shown,
    is_not_reported,
    read_date,
)

SHOWN: Final = "value_shown"
IN_PART: Final = "day_shown_in_part"
#: a number without any word beside it
_BARE: Final = re.compile(r"[-+]?[0-9.]+")
_YEAR: Final = re.compile(r"[0-9]{4}")


def as_shown(
    read: Callable[[Cell], Doubted[Any]], policy: Seen, unit_of_measure: str
) -> Callable[[Cell], Doubted[Any]]:
    """Return a function that reads what cells show as well as what they hold.

    Args:
        read: reads one of the two; raises `QuantityError`.
        policy: which of them counts where they are not the same.
        unit_of_measure: of the column.

    Returns:
        The function; it raises `QuantityError` (`value_shown`) where nothing can be taken for certain, and what `read`
        raises of what is seen.
    """
    factor = _factor(unit_of_measure)

    def both(cell: Cell) -> Doubted[Any]:
        if not isinstance(cell, Shown):
            return read(cell)
        held = _tried(read, cell.value)
        if policy == "never" and held is not None:
            return held if _tried(read, cell.exact) == held else Doubted(held.value, (*held.doubts, SHOWN))
        seen = read(cell.exact)
        if held is not None and seen.value == held.value:
            return held
        hidden = is_not_reported(cell.exact)
        unclear = hidden or (cell.times not in (1, factor) and _BARE.fullmatch(cell.exact) is not None)
        if policy == "refuse" or (policy == "clear" and unclear):
            raise QuantityError(SHOWN, cell.text)
        # what is doubtful about 18.3万元 in a column of 元 is told as it would be of the text
        return seen if seen.doubts else Doubted(seen.value, (SHOWN,))

    return both


def read_day(cell: Cell, forms: Forms) -> Doubted[dt.date]:
    """Return the day of a cell; one shown as its month is a month, and one shown without its year is told.

    Raises:
        QuantityError: see `read_date`.
    """
    if not isinstance(cell, Shown):
        return read_date(cell, forms)
    try:
        return read_date(cell.exact, forms)
    except QuantityError:
        if not isinstance(cell.value, dt.date) or _YEAR.search(cell.exact):
            raise
        # 3月15日: the year is the one in which it was typed
        return Doubted(read_date(cell.value).value, (IN_PART,))


def _tried(read: Callable[[Cell], Doubted[Any]], cell: Cell) -> Doubted[Any] | None:
    try:
        return read(cell)
    except QuantityError:
        return None


def _factor(unit_of_measure: str) -> Decimal:
    """Return how many single ones (yuan, heads) are one in a unit of measure."""
    if unit_of_measure in MONEY:
        return MONEY[unit_of_measure] / CURRENCIES[CURRENCY_OF[unit_of_measure]].minor
    return Decimal(PEOPLE.get(unit_of_measure, 1))
