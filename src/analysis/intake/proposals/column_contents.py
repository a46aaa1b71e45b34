"""What the cells of a column can be, and how the cells of two columns stand to each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from typing import Final, Literal, TypeVar

from analysis.intake.declared.ledgers import Field
from analysis.quantities import (
    Cell,
    Forms,
    QuantityError,
    is_not_reported,
    plain_text,
    read_date,
    read_written,
)

_T = TypeVar("_T")
_Order = Literal["", "YMD", "MDY", "DMY"]
#: what may be what in 3/4/2021 and 19-Aug-14
_ORDERS: Final[tuple[_Order, ...]] = ("MDY", "DMY", "YMD")
#: share of the cells of a column that must be of a kind
MOST: Final = 0.8
#: a code list has few entries, and a column of answers repeats them
_MOST_ANSWERS: Final = 8
#: of so many rows in a row of their own, numbers from 1 on are a running number
_LEAST_RUN: Final = 5
_YEARS: Final = range(1990, 2101)
#: what is written behind a part of something
_SHARES: Final = ("%", "‰")
#: a number used as a name has not more signs
_LONGEST_NUMBER: Final = 40


@dataclass(frozen=True)
class Contents:
    """The cells of a column in the rows of its entries, empty ones as they stand.

    Attributes:
        cells: one per entry.
    """

    cells: tuple[Cell, ...]

    @cached_property
    def said(self) -> list[Cell]:
        """The cells that say something."""
        return [cell for cell in self.cells if not is_not_reported(cell)]

    @cached_property
    def orders(self) -> frozenset[_Order]:
        """The orders of day, month and year by which most cells are days where they do not say it themselves.

        Empty where they do, or where no order reads them.
        """
        if self._most(self._days("")):
            return frozenset()
        return frozenset(order for order in _ORDERS if self._most(self._days(order)))

    @cached_property
    def days(self) -> list[dt.date | None]:
        """The days in the cells, None for what is none or may be two; a bare number is taken for none."""
        return self._days(next(iter(self.orders)) if len(self.orders) == 1 else "")

    def _days(self, order: _Order) -> list[dt.date | None]:
        forms = Forms(order=order)
        return [
            None if isinstance(cell, int | float) else _read(partial(_day, forms=forms), cell)
            for cell in self.cells
        ]

    @cached_property
    def numbers(self) -> list[Decimal | None]:
        """The numbers in the cells, None for what is none."""
        return [None if isinstance(cell, dt.date) else _number(cell) for cell in self.cells]

    @property
    def middle_day(self) -> dt.date:
        """The day before and after which as many lie; the last one there is where the cells hold none."""
        days = sorted(day for day in self.days if day is not None)
        return days[len(days) // 2] if days else dt.date.max

    @property
    def total(self) -> Decimal:
        """The sum of the numbers."""
        return sum((number for number in self.numbers if number is not None), Decimal(0))

    @property
    def distinct(self) -> int:
        """How many different things the cells say."""
        return len({plain_text(cell) for cell in self.said})

    @property
    def are_unique(self) -> bool:
        """Whether several cells all say something different."""
        return self.distinct == len(self.said) > 1

    @property
    def are_numbering(self) -> bool:
        """Whether the cells can number the entries: all different, and not names or sentences."""
        numbered = sum(any(sign.isdigit() for sign in plain_text(cell)) for cell in self.said)
        short = all(len(plain_text(cell)) <= _LONGEST_NUMBER for cell in self.said)
        return self.are_unique and short and numbered >= MOST * len(self.said)

    @property
    def are_days(self) -> bool:
        """Whether most cells are days, be it of an order nobody has said yet."""
        return bool(self.orders) or self._most(self.days)

    @property
    def are_numbers(self) -> bool:
        """Whether most cells are numbers."""
        return self._most(self.numbers)

    @property
    def are_counts(self) -> bool:
        """Whether the numbers can count something: whole, not below 0, neither years nor the running number."""
        told = [number for number in self.numbers if number is not None]
        whole = all(number == int(number) and number >= 0 for number in told)
        years = all(number in _YEARS for number in told)
        running = len(told) >= _LEAST_RUN and told == list(range(int(told[0]), int(told[0]) + len(told)))
        return self.are_numbers and whole and not years and not running

    @property
    def are_answers(self) -> bool:
        """Whether the cells can be answers from a short list."""
        return not self.are_days and 0 < self.distinct <= _MOST_ANSWERS

    def suit(self, field: Field | None) -> bool:
        """Return whether the cells can be what a field holds; a column that says nothing suits any."""
        if field is None or not self.said:
            return True
        tests: dict[str, bool] = {
            "day": self.are_days,
            "count": self.are_counts,
            "money": self.are_numbers and not self.are_days,
            "mark": self.are_numbers,
            "yes": self.are_answers,
            "choice": self.are_answers,
        }
        return tests.get(field.kind, True)

    def _most(self, read: Sequence[object]) -> bool:
        """Return whether most of what is said was read, and anything is said."""
        return bool(self.said) and sum(one is not None for one in read) >= MOST * len(self.said)


def compared(one: Sequence[_T | None], other: Sequence[_T | None]) -> tuple[int, int]:
    """Return in how many rows the first is more than the second, and in how many it is less."""
    pairs = list(_pairs(one, other))
    return sum(a > b for a, b in pairs), sum(a < b for a, b in pairs)  # type: ignore[operator]


def _pairs(one: Sequence[_T | None], other: Sequence[_T | None]) -> Iterator[tuple[_T, _T]]:
    return ((a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None)


def _read(read: Callable[[Cell], _T | None], cell: Cell) -> _T | None:
    try:
        return read(cell)
    except QuantityError:
        return None


def _day(cell: Cell, forms: Forms) -> dt.date | None:
    read = read_date(cell, forms)
    return None if read.doubts else read.value


def _number(cell: Cell) -> Decimal | None:
    """Return the number in a cell, be it written with what it counts: 25人, 3.5万元, 约20."""
    found = _read(read_written, cell)
    return None if found is None or found.unit in _SHARES else found.number
