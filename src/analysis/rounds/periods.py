"""Periods as the office writes them: `2020`, `2020H1`, `2020Q3`, `2020-03`, `2021-2022`."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_PATTERNS = {
    "year": re.compile(r"(\d{4})"),
    "half": re.compile(r"(\d{4})H([12])"),
    "quarter": re.compile(r"(\d{4})Q([1-4])"),
    "month": re.compile(r"(\d{4})-(0[1-9]|1[0-2])"),
    "span": re.compile(r"(\d{4})-(\d{4})"),
}

_ORDINALS = {"一": 1, "二": 2, "三": 3, "四": 4, "上": 1, "下": 2}
#: how tables write the same: the form, and the expression that finds its numbers
_WRITTEN = {
    "year": re.compile(r"(?:FY)?(\d{4})(?:年度?|财年|年全年|全年)?"),
    "half": re.compile(r"(\d{4})年?(?:H([12])|(上|下)半年)"),
    "quarter": re.compile(r"(\d{4})年?(?:Q([1-4])|第?([1-4一二三四])季度?)"),
    "month": re.compile(r"(\d{4})(?:年|[-/.])(1[0-2]|0?[1-9])月?(?:份)?"),
    "span": re.compile(r"(\d{4})年?(?:-|–|—|~|至)(\d{4})年?"),
}
#: how many years before the round's period its months reach
_MONTHS_FROM: Final = 2
_TEXTS = {"half": "{}H{}", "quarter": "{}Q{}", "month": "{}-{:02}"}


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


@dataclass(frozen=True)
class Calendar:
    """The periods of a round.

    Attributes:
        periods: those the round covers.
        base_period: the one it is compared with.
        history: those with ledgers, oldest first.
        as_of: the cut-off; what happened later does not count.
    """

    periods: tuple[Period, ...]
    base_period: Period
    history: tuple[Period, ...]
    as_of: dt.date

    @property
    def period(self) -> Period:
        """The round's period: the only one, or the span from the first to the last year (`2021-2022`)."""
        if len(self.periods) == 1:
            return self.periods[0]
        first, *_, last = sorted(self.periods, key=lambda period: period.start)
        return parse_period(f"{first.start.year}-{last.end.year}")

    @property
    def listed(self) -> tuple[Period, ...]:
        """All periods that are counted, oldest first: the history, the round's and its base period."""
        return in_order({*self.history, self.period, self.base_period})

    @property
    def months(self) -> tuple[Period, ...]:
        """The months of the round's period and of the two years before it, as far as history and cut-off reach."""
        years = {year for period in self.history for year in period.years()}
        first, last = self.period.years()[0] - _MONTHS_FROM, self.period.years()[-1]
        end = min(self.period.end, self.as_of)
        months = (
            parse_period(f"{year}-{month:02}") for year in range(first, last + 1) for month in range(1, 13)
        )
        return tuple(month for month in months if years.issuperset(month.years()) and month.end <= end)


def in_order(periods: Iterable[Period]) -> tuple[Period, ...]:
    """Return periods by their first day, then by their last."""
    return tuple(sorted(periods, key=lambda period: (period.start, period.end)))


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


def written_period(text: str) -> str:
    """Return the period a table writes as `2020年`, `2020年上半年`, `2020年第3季度`, `2020年3月`, `2021—2022年`.

    The five forms of `parse_period` are taken as well.

    Raises:
        ValueError: it is none of these.
    """
    narrow = "".join(unicodedata.normalize("NFKC", text).split())
    for form, pattern in _WRITTEN.items():
        found = pattern.fullmatch(narrow)
        if not found:
            continue
        year, *parts = (part for part in found.groups() if part)
        if form == "year":
            return year
        if form == "span":
            return parse_period(f"{year}-{parts[0]}").text
        return _TEXTS[form].format(year, _ORDINALS.get(parts[0]) or int(parts[0]))
    raise ValueError(f"not a period: {text!r}")
