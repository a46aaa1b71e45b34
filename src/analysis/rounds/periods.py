"""Periods as the office writes them: `2020`, `2020H1`, `2020Q3`, `2020-03`, `2021-2022`, the fiscal year `2018/19`.

The `Calendar` of a round says which period it is about, which one it is compared with, and which earlier periods stand
in one series with it; every figure and every sentence asks it.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal

from analysis.words import Words

Kind = Literal["year", "half", "quarter", "month", "years", "fiscal", "fiscals"]
#: how a period is named: in a sentence (2020年), in a title (2020年度), below an axis where all are one part of a year
Naming = Literal["name", "assessed", "short"]

_FISCAL: Final = r"(\d{4})/(\d{4}|\d{2})"
_PATTERNS: Final[dict[Kind, re.Pattern[str]]] = {
    "year": re.compile(r"(\d{4})"),
    "half": re.compile(r"(\d{4})H([12])"),
    "quarter": re.compile(r"(\d{4})Q([1-4])"),
    "month": re.compile(r"(\d{4})-(0[1-9]|1[0-2])"),
    "years": re.compile(r"(\d{4})-(\d{4})"),
    "fiscal": re.compile(_FISCAL),
    "fiscals": re.compile(f"{_FISCAL}-{_FISCAL}"),
}
_ORDINALS: Final = {"一": 1, "二": 2, "三": 3, "四": 4, "上": 1, "下": 2}
#: how tables write the same: the form, and the expression that finds its numbers
_WRITTEN: Final[dict[Kind, re.Pattern[str]]] = {
    "fiscal": re.compile(rf"(?:FY)?{_FISCAL}(?:年度?|财年|财政年度)?"),
    "year": re.compile(r"(?:FY)?(\d{4})(?:年度?|财年|年全年|全年)?"),
    "half": re.compile(r"(\d{4})年?(?:H([12])|(上|下)半年)"),
    "quarter": re.compile(r"(\d{4})年?(?:Q([1-4])|第?([1-4一二三四])季度?)"),
    "month": re.compile(r"(\d{4})(?:年|[-/.])(1[0-2]|0?[1-9])月?(?:份)?"),
    "years": re.compile(r"(\d{4})年?(?:-|–|—|~|至)(\d{4})年?"),
}
#: how long the parts of a year are, months
_PARTS: Final = {"half": 6, "quarter": 3, "month": 1}
_TEXTS: Final = {"half": "{}H{}", "quarter": "{}Q{}", "month": "{}-{:02}"}
_YEAR_OF_MONTHS: Final = 12
#: how many years before the round's period its months reach
_MONTHS_FROM: Final = 2


class NoPeriodError(ValueError):
    """A text that names no period.

    Attributes:
        fiscal: whether it is a fiscal year, of which nobody has said in which month it begins.
    """

    def __init__(self, text: str, *, fiscal: bool = False) -> None:
        self.fiscal = fiscal
        forms = "2020, 2020H1, 2020Q3, 2020-03, 2021-2022, or 2018/19 where a round declares `year_starts`"
        super().__init__(f"not a period: {text!r} ({forms})")


@dataclass(frozen=True)
class Period:
    """A closed span of days with the text it was written as.

    Attributes:
        text: one of the forms above.
        start: first day.
        end: last day.
        year_starts: the month in which the years begin that it is counted in.
    """

    text: str
    start: dt.date
    end: dt.date
    year_starts: int = 1

    def __str__(self) -> str:
        return self.text

    @property
    def months(self) -> int:
        """How many months it holds."""
        years = self.end.year - self.start.year
        return _YEAR_OF_MONTHS * years + self.end.month - self.start.month + 1

    def years(self) -> tuple[int, ...]:
        """Return the years the period touches; a fiscal year has the number of the calendar year it begins in."""
        first, last = (year_of(day, self.year_starts) for day in (self.start, self.end))
        return tuple(range(first, last + 1))

    def holds(self, other: Period) -> bool:
        """Return whether another period lies in this one."""
        return self.start <= other.start and other.end <= self.end

    def is_like(self, other: Period) -> bool:
        """Return whether two periods can be compared: of one length, and the same months of their years."""
        return self.months == other.months and self.start.month == other.start.month

    def follows(self, earlier: Period) -> bool:
        """Return whether `earlier` is the same part of the year before, or for a span of years the span before it."""
        return self.is_like(earlier) and self.start.year - earlier.start.year == self.step

    @property
    def step(self) -> int:
        """How many years lie between this period and the one of its series before it."""
        return max(1, self.months // _YEAR_OF_MONTHS)

    def earlier(self, years: int) -> Period:
        """Return the same period so many years before; its text is one of the forms of `parse_period`."""
        moved = re.sub(r"\d{4}", lambda year: f"{int(year[0]) - years:04}", self.text)
        moved = re.sub(r"(\d{4})/\d{2}\b", lambda found: _fiscal(int(found[1])), moved)
        return parse_period(moved, self.year_starts)


@dataclass(frozen=True)
class Calendar:
    """The periods of a round.

    Attributes:
        periods: those the round covers.
        base_period: the one it is compared with; None where it is compared with none.
        history: those with ledgers, oldest first.
        as_of: the cut-off; what happened later does not count.
        year_starts: the month in which its years begin.
    """

    periods: tuple[Period, ...]
    base_period: Period | None
    history: tuple[Period, ...]
    as_of: dt.date
    year_starts: int = 1

    @cached_property
    def period(self) -> Period:
        """The round's period: the only one, or all of them together (`2021-2022`)."""
        return joined(self.periods)

    @property
    def base(self) -> str:
        """The text of the base period; empty where there is none."""
        return self.base_period.text if self.base_period else ""

    @cached_property
    def listed(self) -> tuple[Period, ...]:
        """All periods that are counted, oldest first: the history, the round's and its base period."""
        return in_order({*self.history, self.period, *([self.base_period] if self.base_period else [])})

    @cached_property
    def series(self) -> tuple[Period, ...]:
        """The round's period and the same part of the earlier years, oldest first; nothing after it.

        A round of several years whose history is kept by single years is a series of these.
        """
        ends = [self.period, *(other for other in self.listed if self._is_last_year(other))]
        return max((self._series_up_to(end) for end in ends), key=len)

    def _is_last_year(self, other: Period) -> bool:
        return other.months == _YEAR_OF_MONTHS < self.period.months and other.end == self.period.end

    def _series_up_to(self, end: Period) -> tuple[Period, ...]:
        return tuple(
            period
            for period in self.listed
            if end.is_like(period)
            and period.start <= end.start
            and (end.start.year - period.start.year) % end.step == 0
        )

    @property
    def steps_back(self) -> list[tuple[Period, Period]]:
        """(period, the one of the series before it) from the round's backwards, until one is not listed."""
        steps = []
        for later, earlier in pairwise(self.series[::-1]):
            if not later.follows(earlier):
                break
            steps.append((later, earlier))
        return steps

    @cached_property
    def unbroken_series(self) -> tuple[Period, ...]:
        """The series with the periods in between that are not listed, each at its place in time."""
        first, last = self.series[0], self.series[-1]
        listed = {period.start: period for period in self.series}
        gap = last.start.year - first.start.year
        places = [last.earlier(years) for years in range(gap, -1, -last.step)]
        return tuple(listed.get(period.start, period) for period in places)

    @cached_property
    def months(self) -> tuple[Period, ...]:
        """The months of the round's period and of the two years before it, as far as history and cut-off reach."""
        years = {year for period in self.history for year in period.years()}
        first = self.period.years()[0] - _MONTHS_FROM
        end = min(self.period.end, self.as_of)
        start = dt.date(first, self.year_starts, 1)
        return tuple(
            month for month in months_between(start, end, self.year_starts) if years.issuperset(month.years())
        )

    # ------------------------------------------------------------------------------------- in words

    def name(self, words: Words) -> str:
        """Return what a title calls the round's period: 2020年度, 2021年上半年, 2021—2022年度."""
        return name_of_period(self.period.text, words, "assessed")

    def base_name(self, words: Words) -> str:
        """Return what a sentence calls the base period: 上年, 上年同期, 2017—2018年; empty where there is none."""
        if self.base_period is None:
            return ""
        if self._is_a_year_later:
            is_year = self.period.months == _YEAR_OF_MONTHS
            return words.label(f"period.{'last_year' if is_year else 'same_of_last_year'}")
        return name_of_period(self.base, words)

    def compared(self, words: Words) -> str:
        """Return how a sentence says that it compares: 同比, 与2017—2018年相比; empty where it does not."""
        if self.base_period is None:
            return ""
        if self._is_a_year_later:
            return words.label("period.compared")
        return words("period.compared_with", base=self.base_name(words)).plain

    def series_name(self, words: Words) -> str:
        """Return what its series is called: 2016～2020年, 2018～2020年各年上半年."""
        first, last = self.series[0], self.series[-1]
        kind, found = _form_of(last.text)
        ends = (f"{first.start.year}", f"{last.end.year}")
        if kind in ("fiscal", "fiscals"):
            ends = first.text.split("-")[0], last.text.split("-")[-1]
        return words(f"period.series.{_key(kind, found)}", first=ends[0], last=ends[1]).plain

    @property
    def _is_a_year_later(self) -> bool:
        """Whether it is compared with the year before, or the same part of it."""
        base = self.base_period
        return base is not None and self.period.months <= _YEAR_OF_MONTHS and self.period.follows(base)


def year_of(day: dt.date, year_starts: int = 1) -> int:
    """Return the year a day is counted in: the calendar year in which its year begins."""
    return day.year - (day.month < year_starts)


def in_order(periods: Iterable[Period]) -> tuple[Period, ...]:
    """Return periods by their first day, then by their last."""
    return tuple(sorted(periods, key=lambda period: (period.start, period.end)))


def texts_in_order(texts: Iterable[str]) -> list[str]:
    """Return the texts of periods, each once, in order of time."""
    # where fiscal years begin does not change their order
    return [period.text for period in in_order({parse_period(text, _ANY_MONTH) for text in texts})]


def months_between(start: dt.date, end: dt.date, year_starts: int = 1) -> Iterator[Period]:
    """Return the months from the one of `start` to the last that ends by `end`."""
    last = parse_period(f"{end.year}-{end.month:02}", year_starts)
    return (month for month in parts_of_years(start, last) if month.end <= end)


def parts_of_years(start: dt.date, last: Period) -> Iterator[Period]:
    """Yield the half-years, quarters or months from a day to a last one of them, each as long as that."""
    number = last.start.year * _YEAR_OF_MONTHS + last.start.month - 1
    first = start.year * _YEAR_OF_MONTHS + start.month - 1
    kind = next(kind for kind, months in _PARTS.items() if months == last.months)
    for begins in range(first + (number - first) % last.months, number + 1, last.months):
        year, month = divmod(begins, _YEAR_OF_MONTHS)
        yield parse_period(_TEXTS[kind].format(year, month // last.months + 1), last.year_starts)


def joined(periods: Sequence[Period]) -> Period:
    """Return the period that several make together: `2021-2022` of 2021 and 2022, `2021H1` of its quarters.

    Raises:
        NoPeriodError: they leave a gap, overlap, or no period has their first and their last day.
    """
    ordered = in_order(periods)
    first, last = ordered[0], ordered[-1]
    if len(ordered) == 1:
        return first
    whole = " + ".join(period.text for period in ordered)
    if any((later.start - earlier.end).days != 1 for earlier, later in pairwise(ordered)):
        raise NoPeriodError(whole)
    starts = first.year_starts
    year, last_year = first.years()[0], last.years()[-1]
    texts = [f"{year}", f"{year}-{last_year}"]
    if starts > 1:
        texts = [_fiscal(year), f"{_fiscal(year)}-{_fiscal(last_year)}"]
    texts += [
        _TEXTS[kind].format(first.start.year, (first.start.month - 1) // months + 1)
        for kind, months in _PARTS.items()
    ]
    for text in texts:
        try:
            period = parse_period(text, starts)
        except NoPeriodError:
            # `2021-2021`: this kind of period does not end before it begins
            continue
        if (period.start, period.end) == (first.start, last.end):
            return period
    raise NoPeriodError(whole)


#: any month will do where only the order of periods is asked
_ANY_MONTH: Final = 7


def _fiscal(year: int) -> str:
    return f"{year}/{(year + 1) % 100:02}"


def _form_of(text: str) -> tuple[Kind, re.Match[str]]:
    for kind, pattern in _PATTERNS.items():
        if found := pattern.fullmatch(text):
            return kind, found
    raise NoPeriodError(text)


def is_period(text: str) -> bool:
    """Return whether a text has one of the forms, fiscal years among them."""
    try:
        parse_period(text, _ANY_MONTH)
    except NoPeriodError:
        return False
    return True


def parse_period(text: str, year_starts: int = 1) -> Period:
    """Return the period written as `text`.

    Args:
        text: one of the forms.
        year_starts: the month in which a fiscal year begins; half-years, quarters and months are the calendar's.

    Raises:
        NoPeriodError: the text is none of the forms, a span runs backwards, or it is a fiscal year and
            `year_starts` is January.
    """
    kind, found = _form_of(text)
    year = int(found[1])
    if kind in ("fiscal", "fiscals"):
        return _fiscal_years(text, kind, found, year_starts)
    if kind in ("year", "years"):
        last_year = int(found[found.lastindex or 1])
        if kind == "years" and last_year <= year:
            raise NoPeriodError(text)
        return Period(text, dt.date(year, 1, 1), dt.date(last_year, 12, 31), year_starts)
    length = _PARTS[kind]
    last = int(found[2]) * length
    end = dt.date(year, last, calendar.monthrange(year, last)[1])
    return Period(text, dt.date(year, last - length + 1, 1), end, year_starts)


def _fiscal_years(text: str, kind: Kind, found: re.Match[str], year_starts: int) -> Period:
    numbers = found.groups()
    begun = [int(year) for year in numbers[::2]]
    whole = kind == "fiscal" or begun[0] < begun[-1]
    if not whole or any(
        int(ends) not in (year + 1, (year + 1) % 100) for year, ends in zip(begun, numbers[1::2], strict=True)
    ):
        raise NoPeriodError(text)
    if year_starts == 1:
        raise NoPeriodError(text, fiscal=True)
    start, after = dt.date(begun[0], year_starts, 1), dt.date(begun[-1] + 1, year_starts, 1)
    written = "-".join(_fiscal(year) for year in dict.fromkeys((begun[0], begun[-1])))
    return Period(written, start, after - dt.timedelta(days=1), year_starts)


def base_like(text: str, whole: str, base: str) -> str:
    """Return the text of the period that lies before `text` as `base` does before `whole`; empty without a base.

    Raises:
        NoPeriodError: one of them is no period.
    """
    if not base or text == whole:
        return base
    part, of_round, compared = (parse_period(each, _ANY_MONTH) for each in (text, whole, base))
    return part.earlier(of_round.start.year - compared.start.year).text


def lies_within(text: str, whole: str) -> bool:
    """Return whether one period is a part of another, and not all of it.

    Raises:
        NoPeriodError: one of them is no period.
    """
    part, of = (parse_period(each, _ANY_MONTH) for each in (text, whole))
    return part != of and of.holds(part)


def declared_period(text: str, year_starts: int) -> Period:
    """Return the period a round declares: where its years begin in another month, `2018` is the fiscal year 2018/19.

    Raises:
        NoPeriodError: as `parse_period`.
    """
    kind, found = _form_of(text)
    if year_starts > 1 and kind in ("year", "years"):
        text = "-".join(_fiscal(int(year)) for year in found.groups())
    return parse_period(text, year_starts)


def written_period(text: str) -> str:
    """Return the period a table writes as `2020年`, `2020年上半年`, `2020年第3季度`, `2020年3月`, `2021—2022年`.

    The forms of `parse_period` are taken as well, fiscal years among them.

    Raises:
        NoPeriodError: it is none of these.
    """
    narrow = "".join(unicodedata.normalize("NFKC", text).split())
    for kind, pattern in _WRITTEN.items():
        found = pattern.fullmatch(narrow)
        if not found:
            continue
        year, *parts = (part for part in found.groups() if part)
        if kind in ("year", "years"):
            return parse_period("-".join([year, *parts])).text
        if kind == "fiscal":
            return parse_period(f"{year}/{parts[0]}", _ANY_MONTH).text
        return _TEXTS[kind].format(year, _ORDINALS.get(parts[0]) or int(parts[0]))
    raise NoPeriodError(text)


def name_of_period(text: str, words: Words, naming: Naming = "name") -> str:
    """Return what a period is called: 2020年, 2020年上半年, 2020年第一季度, 2020年3月, 2021—2022年, 2018/19财年.

    Args:
        text: of the period.
        words: the language.
        naming: `assessed` for titles (2020年度), `short` for an axis of one part of every year (2020).

    Raises:
        NoPeriodError: the text is no period.
    """
    kind, found = _form_of(text)
    if kind == "month" and naming != "short":
        month = dt.date(int(found[1]), int(found[2]), 1)
        return words.months(month, month)
    if kind in ("fiscal", "fiscals"):
        years = text.split("-")
        return words(f"period.{naming}.{kind}", first=years[0], last=years[-1]).plain
    return words(
        f"period.{naming}.{_key(kind, found)}", first=found[1], last=found[found.lastindex or 1]
    ).plain


def _key(kind: Kind, found: re.Match[str]) -> str:
    return f"{kind}{found[2]}" if kind in ("half", "quarter") else kind
