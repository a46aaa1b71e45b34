"""Which rows of a ledger belong to which unit and period.

A ledger becomes a `Cohort`: one entry per row and period, which can be asked every condition (`conditions`) and every
field that is added up. A row that names another row in `duplicate_of` says nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Protocol

import numpy as np
import pandas as pd

from analysis.indicators.conditions import HANDED_IN, MARK_SCALE, Condition, Rows
from analysis.intake.declared.ledgers import MARK_SOURCES
from analysis.rounds.periods import Period, parse_period, year_of
from analysis.rounds.rounds import NilReturn, RoundSettings
from analysis.rounds.units import UnitRoll
from analysis.statistics.coverage import covered

#: the fields that hold money, in minor units
MONEY_FIELDS: Final = frozenset({"amount", "amount_paid"})
#: whole numbers stand for: money in minor units (fen), marks in millionths, so that sums are exact in any order
SCALE: Final = {
    "amount": 100,
    "amount_paid": 100,
    **dict.fromkeys(("mark", "full", "figure", "of_figure"), MARK_SCALE),
}


class Arrived(Protocol):
    """What the intake hands over, as far as measuring needs it."""

    roll: UnitRoll
    ledgers: dict[str, pd.DataFrame]
    columns: pd.DataFrame
    files: pd.DataFrame
    by_city: frozenset[str]


@dataclass(frozen=True)
class Cohort:
    """The rows of a ledger by unit and period.

    Attributes:
        entries: one entry per ledger row and period, shape (entries, 4): unit (place in the roll), period (place in
            `periods`), place (in `places`) and spreadsheet row, sorted by these.
        by_city: order of the entries without regard to their units.
        rows: the rows of the ledger.
        row_of: the row of every entry.
        live: whether the entry lies in its period and before the cut-off.
        merged: whether it repeats another one.
        reported: shape (units, periods): whether the unit reported for the whole period.
        begun: the same: whether it reported for a part of it at least.
        nil: (unit, period) → the nil returns by which it reported zero for a part of it, without a row.
        places: (file, sheet) of the ledger.
        periods: text of the periods.
        dated_by: the field that dates the entries, if any.
    """

    entries: np.ndarray
    by_city: np.ndarray
    rows: Rows
    row_of: np.ndarray
    live: np.ndarray
    merged: np.ndarray
    reported: np.ndarray
    begun: np.ndarray
    nil: Mapping[tuple[int, int], tuple[NilReturn, ...]]
    places: tuple[tuple[str, str], ...]
    periods: tuple[str, ...]
    dated_by: str

    def meets(self, condition: Condition) -> np.ndarray:
        """Return the entries that say yes to a condition, shape (entries,), without those that do not count."""
        counts = self.live if condition == HANDED_IN else self.live & ~self.merged
        yes: np.ndarray = self.rows.ask(condition).yes[self.row_of] & counts
        return yes

    def leaves_open(self, condition: Condition) -> np.ndarray:
        """Return the entries that do not answer a condition, or stand for clues that were never listed."""
        rows = self.rows.ask(condition).unanswered
        if condition.of_all_clues:
            rows = rows | self.rows.of_cases_only
        unanswered: np.ndarray = rows[self.row_of] & self.live & ~self.merged
        return unanswered

    def owes(self, condition: Condition, field: str) -> np.ndarray:
        """Return the entries whose answer to a condition hangs on a field: left empty, it would leave it open."""
        if field not in self.rows.frame:
            return self.leaves_open(condition)
        open_rows = self.rows.without_cells(field).ask(condition).unanswered
        owing: np.ndarray = open_rows[self.row_of] & self.live & ~self.merged
        return owing

    def numbers(self, field: str) -> np.ndarray:
        """Return the whole number of a field in every entry, 0 where it is empty."""
        numbers: np.ndarray = self.rows.numbers(field)[1][self.row_of]
        return numbers

    def states(self, field: str) -> np.ndarray:
        """Return the entries that state a number in a field."""
        given: np.ndarray = self.rows.numbers(field)[0][self.row_of]
        return given

    def lacks_column(self, condition: Condition) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the entries of sheets without a column a condition asks for: all, those open, those said yes to.

        A column of which the others say enough (who is confirmed has been looked into) leaves nothing open; one
        without which others are answered by yes is not what leaves the rest open.
        """
        lacking, left_open, answered = (self.rows.everywhere(False) for _ in range(3))
        for atom in condition.atoms:
            without = self.rows.everywhere(False)
            for name in atom.fields:
                without = without | self.rows.without_column(name)
            said = atom.own_answers(self.rows)
            lacking = lacking | without
            left_open, answered = left_open | (without & said.unanswered), answered | (without & said.yes)
        counted = self.live & ~self.merged
        return (
            lacking[self.row_of] & counted,
            left_open[self.row_of] & counted,
            answered[self.row_of] & counted,
        )


def tally(counted: Cohort, mask: np.ndarray, numbers: np.ndarray | None = None) -> np.ndarray:
    """Return how many entries of `mask` each unit has in each period, or the sum of whole `numbers` over them.

    Returns:
        Whole numbers, shape (units, periods); exact up to 2^53, for money nine trillion yuan a unit.
    """
    units, periods = counted.reported.shape
    where = counted.entries[mask, 0] * periods + counted.entries[mask, 1]
    weights = None if numbers is None else numbers[mask].astype(float)
    totals = np.bincount(where, weights=weights, minlength=units * periods)
    return totals.astype(np.int64).reshape(units, periods)


def tally_squares(counted: Cohort, mask: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Return the sums of squared `numbers` as Python's integers (fen squared pass 64 bits), shape (units, periods)."""
    squares = np.zeros(counted.reported.shape, dtype=object)
    where = (counted.entries[mask, 0], counted.entries[mask, 1])
    chosen = numbers[mask].astype(object)
    np.add.at(squares, where, chosen * chosen)
    return squares


@dataclass(frozen=True)
class Source:
    """How a ledger is read.

    Attributes:
        dated_by: the field that dates a row; without one a row stands for the round's period.
        by_office: whether the office keeps it about the units, so that no row means none and not "not reported".
        by_period: whether its rows state the period they are about (without one: the round's).
    """

    dated_by: str = ""
    by_office: bool = False
    by_period: bool = False


#: the first day of the period a stated number is about, by which a summary is dated
_BEGINS: Final = "begins"

#: `clues before` are the clues of the earlier periods, seen from a later one
SOURCES: Final[dict[str, Source]] = {
    "clues": Source("received_on"),
    "clues before": Source("received_on"),
    "events": Source("occurred_on"),
    "projects": Source(),
    "units": Source(),
    "funds": Source(),
    "innovation": Source(),
    "self_marks": Source(),
    "field_marks": Source(),
    "department_marks": Source(),
    "feedback": Source(by_office=True),
    "findings": Source(by_office=True),
    "summary": Source(_BEGINS),
    # every source of marks is counted by itself: what one hands in by the month another may by the year
    **{f"marks {source}": Source(by_period=True) for source in MARK_SOURCES},
    "figures": Source(by_period=True),
}


def ledger_of(source: str) -> str:
    """Return the ledger a source reads."""
    return source.split(maxsplit=1)[0]


def cohort(
    source: str,
    arrived: Arrived,
    settings: RoundSettings,
    *,
    periods: Iterable[Period],
    asked: dict[str, Rows] | None = None,
) -> Cohort:
    """Return the cohort of a source: clues dated as the round declares, other ledgers by what dates them.

    An undated ledger belongs to the round's own period.

    Args:
        source: a key of `SOURCES`.
        arrived: what the intake handed over.
        settings: of the round.
        periods: periods of dated ledgers, oldest first.
        asked: the rows asked so far by ledger; what they have answered is not asked again.
    """
    name, codes = ledger_of(source), arrived.roll.codes
    date_field = settings.date_field if name == "clues" else SOURCES[source].dated_by
    round_period = settings.calendar.period
    asked = {} if asked is None else asked
    if name not in asked:
        asked[name] = _asked(name, arrived, settings)
    rows_asked = asked[name]
    ledger = rows_asked.frame
    if SOURCES[source].by_period:
        return _by_stated_period(source, rows_asked, codes, list(periods), round_period)
    merged = rows_asked.text("duplicate_of").ne("").to_numpy()
    dates = pd.to_datetime(ledger[date_field]) if date_field and len(ledger) else None
    undated = _years_without_day(ledger, dates)
    spans = list(periods) if date_field else [round_period]

    units = pd.Index(codes).get_indexer(pd.Index(ledger["unit"]))
    by_office = SOURCES[source].by_office and name in arrived.ledgers
    years = _reported_years(
        name, codes, units, dates, undated, settings=settings, round_period=round_period, by_office=by_office
    )
    days = None if dates is None or source == "summary" else _covered_days(units, dates, len(codes), settings)
    windows = [_window(source, span, spans) for span in spans]
    dated = None if dates is None else _Dated.of(dates, undated, settings.year_starts)
    chosen = [
        (np.arange(len(ledger)), np.ones(len(ledger), dtype=bool))
        if dated is None
        else _rows_of(window, dated, settings)
        for window in windows
    ]
    rows = np.concatenate([seen for seen, _ in chosen])
    live = np.concatenate([live for _, live in chosen])
    place, places = rows_asked.places
    lines = ledger["row"].to_numpy(dtype=int) if "row" in ledger else np.zeros(len(ledger), int)
    period = np.repeat(np.arange(len(spans)), [len(seen) for seen, _ in chosen])
    entries = np.column_stack((units[rows], period, place[rows], lines[rows]))
    order = np.lexsort(entries.T[::-1])
    entries = entries[order]
    required = [{year for span in window.required for year in span.years()} for window in windows]
    cut = [
        {year for span in window.required for year in span.years() if not _holds(span, year)}
        for window in windows
    ]
    shape = (len(codes), len(spans))
    # rows that state their year only leave open how much of it falls into a part of the year
    reported = np.array(
        [
            [
                bool(r)
                and r <= years.all[code]
                and not c & years.undated[code]
                and (days is None or all(days[unit].holds(span) for span in window.required))
                for r, c, window in zip(required, cut, windows, strict=True)
            ]
            for unit, code in enumerate(codes)
        ],
        bool,
    )
    begun = np.array(
        [
            [
                bool((r - (c & years.undated[code] - years.dated[code])) & years.all[code])
                and (days is None or any(days[unit].meets(span) for span in window.required))
                for r, c, window in zip(required, cut, windows, strict=True)
            ]
            for unit, code in enumerate(codes)
        ],
        bool,
    )
    nil = {
        (unit, number): tuple(years.nil[code][year] for year in sorted(r & years.nil[code].keys()))
        for unit, code in enumerate(codes)
        for number, r in enumerate(required)
        if r & years.nil[code].keys()
    }
    return Cohort(
        entries=entries,
        by_city=np.lexsort(entries.T[:0:-1]),
        rows=rows_asked,
        row_of=rows[order],
        live=live[order],
        merged=merged[rows][order],
        reported=reported.reshape(shape),
        # what was left over from several years is unknown as soon as one of them is missing
        begun=(reported if source == "clues before" else begun).reshape(shape),
        nil=nil,
        places=places,
        periods=tuple(span.text for span in spans),
        dated_by=date_field,
    )


def _by_stated_period(
    source: str, asked: Rows, codes: tuple[str, ...], spans: list[Period], round_period: Period
) -> Cohort:
    """Return the cohort of a ledger whose rows state their period.

    A row is about its own period. Of marks, a unit that has none for a period but for parts of it has those: twelve
    months make a year; eleven, or parts that overlap, make a part of one.
    """
    ledger = asked.frame
    of_source = np.ones(len(ledger), dtype=bool)
    _, _, wanted = source.partition(" ")
    if wanted:
        of_source = ledger["source"].eq(wanted).to_numpy(dtype=bool) if len(ledger) else of_source
    stated = asked.text("period").where(asked.text("period").ne(""), round_period.text).to_numpy(dtype=object)
    parts = {text: parse_period(text, round_period.year_starts) for text in dict.fromkeys(stated)}
    units = pd.Index(codes).get_indexer(pd.Index(ledger["unit"]))
    shape = (len(codes), len(spans))
    reported, begun = np.zeros(shape, bool), np.zeros(shape, bool)
    chosen: list[tuple[int, int, int]] = []
    for place, span in enumerate(spans):
        own = of_source & (stated == span.text)
        inner = [text for text, part in parts.items() if part != span and span.holds(part)]
        within = of_source & np.isin(stated, inner) if wanted else np.zeros_like(own)
        for unit in np.unique(units[own | within]).tolist():
            rows = np.flatnonzero(own & (units == unit))
            begun[unit, place] = reported[unit, place] = True
            if not len(rows):
                rows = np.flatnonzero(within & (units == unit))
                told = sorted((parts[text] for text in set(stated[rows])), key=lambda part: part.start)
                # a half-year beside one of its months says that month twice, and then nobody knows what is the whole
                apart = all(before.end < after.start for before, after in pairwise(told))
                reported[unit, place] = apart and sum(part.months for part in told) == span.months
            chosen += [(unit, place, row) for row in rows.tolist()]
    of_row, places = asked.places
    lines = ledger["row"].to_numpy(dtype=int) if "row" in ledger else np.zeros(len(ledger), int)
    rows = np.array([row for _, _, row in chosen], dtype=int)
    entries = np.array(
        [(unit, place, of_row[row], lines[row]) for unit, place, row in chosen], dtype=int
    ).reshape(-1, 4)
    order = np.lexsort(entries.T[::-1])
    entries = entries[order]
    nothing = np.zeros(len(entries), dtype=bool)
    return Cohort(
        entries=entries,
        by_city=np.lexsort(entries.T[:0:-1]),
        rows=asked,
        row_of=rows[order],
        live=~nothing,
        merged=nothing,
        reported=reported,
        begun=begun,
        nil={},
        places=places,
        periods=tuple(span.text for span in spans),
        dated_by="period",
    )


def _asked(name: str, arrived: Arrived, settings: RoundSettings) -> Rows:
    """Return the rows of a ledger that belong to a unit of the roll."""
    ledger = arrived.ledgers.get(name, pd.DataFrame({"unit": pd.Series(dtype=str)}))
    ledger = ledger[ledger["unit"].isin(arrived.roll.codes)].reset_index(drop=True)
    if name == "summary" and "period" in ledger:
        ledger = _stated_numbers(ledger, settings.year_starts)
    return Rows(name, ledger, arrived.columns, settings.as_of, settings.calendar.period.end)


@dataclass(frozen=True)
class _Window:
    """The days whose rows count, and the years that must be reported for the count to be one."""

    spans: tuple[Period, ...]
    required: tuple[Period, ...]


def _window(source: str, span: Period, spans: list[Period]) -> _Window:
    if source != "clues before":
        return _Window((span,), (span,))
    earlier = tuple(other for other in spans if other.end < span.start)
    # what was left over is known only where an earlier ledger and the period's own have arrived
    return _Window(earlier, (*earlier, span) if earlier else ())


@dataclass(frozen=True)
class _Years:
    """Years per unit: reported at all, as zero without a row, with rows of known days, with rows of the year only."""

    all: dict[str, set[int]]
    nil: dict[str, dict[int, NilReturn]]
    dated: dict[str, set[int]]
    undated: dict[str, set[int]]


def _reported_years(
    ledger: str,
    codes: tuple[str, ...],
    units: np.ndarray,
    dates: pd.Series | None,
    undated: pd.Series[int],
    *,
    settings: RoundSettings,
    round_period: Period,
    by_office: bool,
) -> _Years:
    """Return the years each unit reported, with rows or with a nil return.

    A row of a ledger without dates stands for every year, one that states its year only for that year. What the office
    keeps about the units itself is about all of them in every year in which it has a row at all.
    """
    written: dict[str, set[int]] = {code: set() for code in codes}
    without_day: dict[str, set[int]] = {code: set() for code in codes}
    if dates is not None:
        known = dates <= pd.Timestamp(settings.as_of)
        stated = (undated > 0) & (undated <= year_of(settings.as_of, settings.year_starts))
        dated = _years_of(dates, settings.year_starts)
        for rows, years, found in ((known, dated, written), (stated, undated, without_day)):
            pairs = pd.DataFrame({"unit": units, "year": years})[rows]
            for unit, year in pairs.dropna().drop_duplicates().itertuples(index=False):
                for about in codes if by_office else (codes[int(unit)],):
                    found[about].add(int(year))
    else:
        for unit in range(len(codes)) if by_office else set(units.tolist()):
            written[codes[unit]].update(round_period.years())
    nil: dict[str, dict[int, NilReturn]] = {code: {} for code in codes}
    said = {code: written[code] | without_day[code] for code in codes}
    for entry in settings.nil_returns:
        if entry.ledger == ledger and entry.unit in nil and entry.year not in said[entry.unit]:
            nil[entry.unit][entry.year] = entry
    return _Years({code: said[code] | nil[code].keys() for code in codes}, nil, written, without_day)


def _holds(span: Period, year: int) -> bool:
    """Return whether a period contains a whole year."""
    first, after = (dt.date(each, span.year_starts, 1) for each in (year, year + 1))
    return span.start <= first and after - dt.timedelta(days=1) <= span.end


def _years_of(dates: pd.Series, year_starts: int) -> pd.Series[int]:
    """Return the year in which each day is counted; missing where there is no day."""
    years: pd.Series[int] = dates.dt.year - (dates.dt.month < year_starts)
    return years


@dataclass(frozen=True)
class _Days:
    """From which day to which a unit's rows cover the time."""

    first: dt.date
    last: dt.date

    def holds(self, span: Period) -> bool:
        """Return whether a period is wholly covered."""
        return self.first <= span.start and span.end <= self.last

    def meets(self, span: Period) -> bool:
        """Return whether any day of a period is."""
        return span.start <= self.last and self.first <= span.end


def _covered_days(units: np.ndarray, dates: pd.Series, number: int, settings: RoundSettings) -> list[_Days]:
    """Return which days the rows of each unit cover: a first or last year may be covered in part, as is the cut-off's.

    A ledger that begins late or ends early for all units together does so for each of them.
    """
    open_ended = _Days(dt.date.min, settings.as_of)
    known = (dates.notna() & (dates <= pd.Timestamp(settings.as_of))).to_numpy() & (units >= 0)
    if not known.any():
        return [open_ended] * number
    starts = settings.year_starts
    months = (12 * dates[known].dt.year + dates[known].dt.month - starts).to_numpy(dtype=int)
    origin = int(months.min()) // 12 * 12
    # the month of the cut-off is not over, unless this is its last day
    over = settings.as_of + dt.timedelta(days=1)
    size = max(12 * over.year + over.month - starts - origin, int(months.max()) - origin + 1)
    places = units[known] * size + months - origin
    counts = np.bincount(places, minlength=number * size).reshape(number, size)
    all_first, all_after = covered(counts.sum(axis=0))
    found = []
    for row in counts:
        own_first, own_after = covered(row)
        first, after = max(own_first, all_first), min(own_after, all_after)
        found.append(
            _Days(
                _month_begins(origin + first + starts) if first else open_ended.first,
                min(open_ended.last, _month_begins(origin + after + starts) - dt.timedelta(days=1))
                if after < size
                else open_ended.last,
            )
        )
    return found


def _month_begins(number: int) -> dt.date:
    """Return the first day of a month, counted from January of the year 0 as 1."""
    year, month = divmod(number - 1, 12)
    return dt.date(year, month + 1, 1)


def _years_without_day(ledger: pd.DataFrame, dates: pd.Series | None) -> pd.Series[int]:
    """Return the year of each row that states no day; 0 where it states a day, or nothing."""
    if "year" not in ledger or dates is None:
        return pd.Series(0, index=ledger.index)
    return ledger["year"].astype("Int64").where(dates.isna()).fillna(0).astype("int64")


@dataclass(frozen=True)
class _Dated:
    """When the rows of a dated ledger happened, arrays of shape (rows,).

    Attributes:
        days: with their time; not a time where no day is stated.
        years: in which the days are counted, 0 where none is stated.
        undated: the year of the rows that state their year only, else 0.
    """

    days: np.ndarray
    years: np.ndarray
    undated: np.ndarray

    @classmethod
    def of(cls, dates: pd.Series, undated: pd.Series[int], year_starts: int) -> _Dated:
        years = _years_of(dates, year_starts).fillna(0).to_numpy(dtype=np.int64)
        return cls(dates.to_numpy(), years, undated.to_numpy(dtype=np.int64))


def _rows_of(window: _Window, rows: _Dated, settings: RoundSettings) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of the window's years, and for each whether it lies in the window and before the cut-off.

    A row that states its year only lies in a window that holds the whole year.
    """
    years = [year for span in window.spans for year in span.years()]
    whole = [year for span in window.spans for year in span.years() if _holds(span, year)]
    seen = np.isin(rows.years, years) & (rows.days <= np.datetime64(settings.as_of))
    seen |= np.isin(rows.undated, years) & (rows.undated <= year_of(settings.as_of, settings.year_starts))
    chosen = np.flatnonzero(seen)
    days = rows.days[chosen]
    live = np.isin(rows.undated[chosen], whole)
    for span in window.spans:
        live |= (days >= np.datetime64(span.start)) & (
            days < np.datetime64(span.end) + np.timedelta64(1, "D")
        )
    return chosen, live


def _stated_numbers(summary: pd.DataFrame, year_starts: int) -> pd.DataFrame:
    """Return the cells of a summary that state a number, with the first day of their period."""
    stated = summary[summary["value"].notna() & summary["period"].ne("")].reset_index(drop=True)
    return stated.assign(**{_BEGINS: [parse_period(text, year_starts).start for text in stated["period"]]})
