"""Periods as the office writes them: `2020`, `2020H1`, `2020Q3`, `2020-03`, `2021-2022`."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

_PATTERNS = {
    "year": re.compile(r"(\d{4})"),
    "half": re.compile(r"(\d{4})H([12])"),
    "quarter": re.compile(r"(\d{4})Q([1-4])"),
    "month": re.compile(r"(\d{4})-(0[1-9]|1[0-2])"),
    "span": re.compile(r"(\d{4})-(\d{4})"),
}


@dataclass(frozen=True)
class Period:
    """A closed span of days with the text it was written as."""

    text: str
    start: dt.date
    end: dt.date

    def __str__(self) -> str:
        return self.text

    def years(self) -> tuple[int, ...]:
        """Return the calendar years the period touches."""
        return tuple(range(self.start.year, self.end.year + 1))


def parse_period(text: str) -> Period:
    """Return the period written as `text`.

    Raises:
        ValueError: the text is none of the five forms, or a span runs backwards.
    """
    for form, pattern in _PATTERNS.items():
        found = pattern.fullmatch(text)
        if not found:
            continue
        year = int(found[1])
        if form == "year":
            first, last = 1, 12
        elif form == "half":
            first, last = (1, 6) if found[2] == "1" else (7, 12)
        elif form == "quarter":
            first = 3 * int(found[2]) - 2
            last = first + 2
        elif form == "month":
            first = last = int(found[2])
        else:
            if int(found[2]) <= year:
                break
            return Period(text, dt.date(year, 1, 1), dt.date(int(found[2]), 12, 31))
        return Period(text, dt.date(year, first, 1), dt.date(year, last, calendar.monthrange(year, last)[1]))
    raise ValueError(f"not a period: {text!r} (2020, 2020H1, 2020Q3, 2020-03 or 2021-2022)")
