"""Which rows of a ledger belong to which unit and period, and what each of them says.

A ledger becomes a `Cohort`: one entry per row and period, with a column of truth for every condition a measure may
ask for (`resolved`) and a whole number for every field it may add up. The definitions stand here and nowhere
else; what is counted from them is a table (`measures.MEASURES`). Conditions of the clue ledger nest: received ⊇
checked ⊇ confirmed ⊇ resolved. A date after the cut-off has not happened yet. A row that names another row in
`duplicate_of` says nothing. A condition called `…?` marks the rows that leave open what they ought to say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import pandas as pd

from analysis.rounds.periods import Period, parse_period
from analysis.rounds.rounds import RoundSettings
from analysis.rounds.units import UnitRoll

INSTITUTIONS: Final = (
    "account", "realname", "bankpay", "deposit", "guarantee", "labour_cost", "settlement", "notice", "contract",
)  # fmt: skip
LEVELS: Final = ("state", "province", "city", "county")
#: fewest people of a mass incident
MASS: Final = 50
#: the condition of every row of the period, and of those that are no duplicate of another
HANDED_IN: Final = "handed in"
ANY_ROW: Final = "any row"
#: whole numbers stand for: money in minor units (fen), marks in millionths, so that sums are exact in any order
#: the fields that hold money, in minor units
MONEY_FIELDS: Final = frozenset({"amount", "amount_paid"})
SCALE: Final = {"amount": 100, "amount_paid": 100, "mark": 1_000_000, "full": 1_000_000}

Flags = dict[str, "pd.Series[bool]"]
Numbers = dict[str, "pd.Series[int]"]


class Arrived(Protocol):
    """What the intake hands over, as far as measuring needs it."""

    roll: UnitRoll
    ledgers: dict[str, pd.DataFrame]
    columns: pd.DataFrame
    files: pd.DataFrame


@dataclass(frozen=True)
class Cohort:
    """The rows of a ledger by unit and period.

    Attributes:
        entries: one entry per ledger row and period, shape (entries, 4): unit (place in the roll), period (place in
            `periods`), place (in `places`) and spreadsheet row, sorted by these.
        by_city: order of the entries without regard to their units.
        flags: condition → truth per entry; false for a row outside the period and for a duplicate.
        numbers: field → whole number per entry (0 where empty; a condition says whether it is stated).
        reported: shape (units, periods): whether the unit reported for the whole period.
        begun: the same: whether it reported for a part of it at least.
        nil: the same: whether it reported zero for a part of it and has no row.
        places: (file, sheet) of the ledger.
        periods: text of the periods.
    """

    entries: np.ndarray
    by_city: np.ndarray
    flags: Mapping[str, np.ndarray]
    numbers: Mapping[str, np.ndarray]
    reported: np.ndarray
    begun: np.ndarray
    nil: np.ndarray
    places: tuple[tuple[str, str], ...]
    periods: tuple[str, ...]


def slug(item: str) -> str:
    """Return the part of a measure's code that names an item of a score sheet: `1.1` → `1_1`."""
    return item.strip().replace(".", "_")


def clue_facts(ledger: pd.DataFrame, as_of: dt.date) -> tuple[Flags, Numbers]:
    """Return what each clue says, at the cut-off."""
    checked, unchecked = _said(ledger, "checked")
    confirmed, unconfirmed = _said(ledger, "confirmed")
    received = pd.Series(True, index=ledger.index)
    flags: Flags = {
        "received": received,
        # what was found to be true has been looked into
        "checked": checked | confirmed,
        "checked?": unchecked & ~confirmed,
        "confirmed": confirmed,
        "confirmed?": unconfirmed & checked,
        "resolved": confirmed & _happened(ledger, "resolved_on", as_of),
        "resolved?": unconfirmed & checked,
        "closed": _happened(ledger, "closed_on", as_of),
    }
    flags["unresolved"] = confirmed & ~flags["resolved"]
    numbers: Numbers = {}
    stated = {}
    for field in ("workers", "amount", "amount_paid"):
        stated[field], numbers[field] = _number(ledger, field)
        flags[f"confirmed, {field} stated"] = confirmed & stated[field]
    both = confirmed & stated["amount"] & stated["amount_paid"]
    flags["confirmed, amount and amount_paid stated"] = both
    flags["confirmed, amount or amount_paid not stated?"] = confirmed & ~both
    for done, due in (("filed", "file_due"), ("listed", "list_due"), ("published", "publish_due")):
        is_due, _ = _said(ledger, due)
        is_done, undone = _said(ledger, done)
        # a ledger that never says what is due leaves it open for every case
        silent = confirmed & bool(_said(ledger, due)[1].all())
        flags[due], flags[done] = is_due, is_due & is_done
        flags[f"{done}?"] = (is_due & undone) | silent
    return flags, numbers


def event_facts(ledger: pd.DataFrame, _as_of: dt.date) -> tuple[Flags, Numbers]:
    """Return what each event says: petitions to Beijing and the province, mass incidents, extreme incidents."""
    verified, unverified = _said(ledger, "verified")
    serious, unserious = _said(ledger, "serious")
    stated, people = _number(ledger, "people")
    kind, funded = _text(ledger, "kind"), _text(ledger, "government_funded")
    maybe = verified | unverified
    petition, mass, extreme = kind.isin(["beijing", "province"]), kind.eq("mass"), kind.eq("extreme")
    large, perhaps_large = mass & stated & (people >= MASS), mass & (~stated | (people >= MASS))
    return {
        "verified, to Beijing or the province": verified & petition,
        "to Beijing or the province?": unverified & petition,
        "verified, 50 people or more": verified & large,
        "50 people or more?": maybe & perhaps_large & ~(verified & large),
        "verified, 50 people or more, government funded": verified & large & funded.eq("yes"),
        "50 people or more, government funded?": maybe
        & perhaps_large
        & ~funded.eq("no")
        & ~(verified & large & funded.eq("yes")),
        "verified, extreme, serious": verified & extreme & serious,
        "extreme, serious?": maybe & extreme & (serious | unserious) & ~(verified & serious),
    }, {}


def project_facts(ledger: pd.DataFrame, _as_of: dt.date) -> tuple[Flags, Numbers]:
    """Return for each building project which institutions it has, owes, or is silent about; exempt is neither.

    And of those it has or owes, which were looked into on the spot (sampled) and found wanting.
    """
    flags: Flags = {}
    sampled, unsaid = _said(ledger, "sampled")
    for institution in INSTITUTIONS:
        said = _text(ledger, institution)
        flags[f"{institution} yes"] = said.eq("yes")
        flags[f"{institution} yes or no"] = said.isin(["yes", "no"])
        flags[f"{institution} yes or no, sampled"] = said.isin(["yes", "no"]) & sampled
        flags[f"{institution} no, sampled"] = said.eq("no") & sampled
        flags[f"{institution}, sampled?"] = said.isin(["yes", "no"]) & unsaid
        flags[f"{institution}?"] = said.eq("")
    return flags, {}


def unit_facts(ledger: pd.DataFrame, _as_of: dt.date) -> tuple[Flags, Numbers]:
    """Return how many migrant workers a unit has, where the roll says so."""
    stated, workers = _number(ledger, "migrant_workers")
    return {"migrant workers stated": stated}, {"migrant_workers": workers}


def fund_facts(ledger: pd.DataFrame, _as_of: dt.date) -> tuple[Flags, Numbers]:
    """Return whether a unit has its emergency fund."""
    established, silent = _said(ledger, "established")
    return {"established": established, "established?": silent}, {}


def innovation_facts(ledger: pd.DataFrame, _as_of: dt.date) -> tuple[Flags, Numbers]:
    """Return on which level an innovation was taken up."""
    level = _text(ledger, "level")
    return {name: level.eq(name) for name in LEVELS} | {"level?": level.eq("")}, {}


def no_facts(_ledger: pd.DataFrame, _as_of: dt.date) -> tuple[Flags, Numbers]:
    """Return nothing: of this ledger only the rows are counted here."""
    return {}, {}


def mark_facts(ledger: pd.DataFrame, _as_of: dt.date) -> tuple[Flags, Numbers]:
    """Return the marks of a score sheet: per item which rows state one, and which do not."""
    stated, marks = _number(ledger, "mark")
    flags: Flags = {"mark stated": stated, "mark?": ~stated}
    items = _text(ledger, "item")
    for item in sorted(set(items) - {""}):
        flags[f"{slug(item)} stated"] = items.eq(item) & stated
        flags[f"{slug(item)}?"] = items.eq(item) & ~stated
    return flags, {"mark": marks, "full": _number(ledger, "full")[1]}


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
        facts: what its rows say.
        dated_by: the field that dates a row; without one a row stands for the round's period.
        by_office: whether the office keeps it about the units, so that no row means none and not "not reported".
        rests_on: what a row leaves open if its sheet has no column for a field, by condition: a ledger that does not
            say when a case was resolved must not look like one in which none was.
    """

    facts: Callable[[pd.DataFrame, dt.date], tuple[Flags, Numbers]]
    dated_by: str = ""
    by_office: bool = False
    rests_on: tuple[tuple[str, str], ...] = ()


#: the first day of the period a stated number is about, by which a summary is dated
_BEGINS: Final = "begins"
_CLUES_REST_ON: Final = (("confirmed?", "confirmed"), ("resolved?", "resolved_on"), ("closed?", "closed_on"))

#: `clues before` are the clues of the earlier periods, seen from a later one
SOURCES: Final[dict[str, Source]] = {
    "clues": Source(clue_facts, "received_on", rests_on=_CLUES_REST_ON),
    "clues before": Source(clue_facts, "received_on", rests_on=_CLUES_REST_ON),
    "events": Source(event_facts, "occurred_on"),
    "projects": Source(project_facts),
    "units": Source(unit_facts),
    "funds": Source(fund_facts),
    "innovation": Source(innovation_facts),
    "self_marks": Source(mark_facts),
    "field_marks": Source(mark_facts),
    "department_marks": Source(mark_facts),
    "feedback": Source(no_facts, by_office=True),
    "findings": Source(no_facts, by_office=True),
    "summary": Source(no_facts, _BEGINS),
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
    round_period: Period,
    date_field: str,
) -> Cohort:
    """Return the cohort of a source.

    Args:
        source: a key of `SOURCES`.
        arrived: what the intake handed over.
        settings: of the round.
        periods: periods of dated ledgers, oldest first.
        round_period: the period of undated ledgers.
        date_field: the field that dates a row; empty for an undated ledger.
    """
    name, codes = ledger_of(source), arrived.roll.codes
    ledger = arrived.ledgers.get(name, pd.DataFrame({"unit": pd.Series(dtype=str)}))
    ledger = ledger[ledger["unit"].isin(codes)].reset_index(drop=True)
    if "period" in ledger:
        ledger = _stated_numbers(ledger)
    flags, numbers = SOURCES[source].facts(ledger, settings.as_of)
    if name == "clues":
        flags |= _of_cases_only(ledger, flags, arrived.columns)
    for condition, field in SOURCES[source].rests_on:
        silent = _without_column(ledger, name, field, arrived.columns)
        flags[condition] = flags[condition] | silent if condition in flags else silent
    merged = _text(ledger, "duplicate_of").ne("")
    dates = pd.to_datetime(ledger[date_field]) if date_field and len(ledger) else None
    undated = _years_without_day(ledger, dates)
    spans = list(periods) if date_field else [round_period]

    units = pd.Index(codes).get_indexer(pd.Index(ledger["unit"]))
    by_office = SOURCES[source].by_office and name in arrived.ledgers
    reporting = np.arange(len(codes)) if by_office else units
    years = _reported_years(
        name, codes, reporting, dates, undated, settings=settings, round_period=round_period
    )
    windows = [_window(source, span, spans) for span in spans]
    chosen = [_rows_of(window, dates, undated, settings.as_of) for window in windows]
    rows = np.concatenate([seen for seen, _ in chosen])
    live = np.concatenate([live for _, live in chosen])
    inside = live & ~merged.to_numpy()[rows]
    sheets = pd.MultiIndex.from_arrays([_text(ledger, "file"), _text(ledger, "sheet")])
    place, places = pd.factorize(sheets, sort=True)
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
                bool(r) and r <= years.all[code] and not c & years.undated[code]
                for r, c in zip(required, cut, strict=True)
            ]
            for code in codes
        ],
        bool,
    )
    begun = np.array(
        [
            [
                bool((r - (c & years.undated[code] - years.dated[code])) & years.all[code])
                for r, c in zip(required, cut, strict=True)
            ]
            for code in codes
        ],
        bool,
    )
    nil = np.array([[bool(r & years.nil[code]) for r in required] for code in codes], bool)
    return Cohort(
        entries=entries,
        by_city=np.lexsort(entries.T[:0:-1]),
        flags={HANDED_IN: live[order], ANY_ROW: inside[order]}
        | {key: (flag.to_numpy(dtype=bool)[rows] & inside)[order] for key, flag in flags.items()},
        numbers={key: number.to_numpy(dtype=np.int64)[rows][order] for key, number in numbers.items()},
        reported=reported.reshape(shape),
        # what was left over from several years is unknown as soon as one of them is missing
        begun=(reported if source == "clues before" else begun).reshape(shape),
        nil=nil.reshape(shape),
        places=tuple((str(file), str(sheet)) for file, sheet in places),
        periods=tuple(span.text for span in spans),
    )


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
    nil: dict[str, set[int]]
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
) -> _Years:
    """Return the years each unit reported, with rows or with a nil return.

    A row of a ledger without dates stands for every year, one that states its year only for that year.
    """
    written: dict[str, set[int]] = {code: set() for code in codes}
    without_day: dict[str, set[int]] = {code: set() for code in codes}
    if dates is not None:
        known = dates <= pd.Timestamp(settings.as_of)
        stated = (undated > 0) & (undated <= settings.as_of.year)
        for rows, years, found in ((known, dates.dt.year, written), (stated, undated, without_day)):
            pairs = pd.DataFrame({"unit": units, "year": years})[rows]
            for unit, year in pairs.dropna().drop_duplicates().itertuples(index=False):
                found[codes[int(unit)]].add(int(year))
    else:
        for unit in set(units.tolist()):
            written[codes[unit]].update(round_period.years())
    nil: dict[str, set[int]] = {code: set() for code in codes}
    said = {code: written[code] | without_day[code] for code in codes}
    for entry in settings.nil_returns:
        if entry.ledger == ledger and entry.unit in nil and entry.year not in said[entry.unit]:
            nil[entry.unit].add(entry.year)
    return _Years({code: said[code] | nil[code] for code in codes}, nil, written, without_day)


def _holds(span: Period, year: int) -> bool:
    """Return whether a period contains a whole year."""
    return span.start <= dt.date(year, 1, 1) and dt.date(year, 12, 31) <= span.end


def _years_without_day(ledger: pd.DataFrame, dates: pd.Series | None) -> pd.Series[int]:
    """Return the year of each row that states no day; 0 where it states a day, or nothing."""
    if "year" not in ledger or dates is None:
        return pd.Series(0, index=ledger.index)
    return ledger["year"].astype("Int64").where(dates.isna()).fillna(0).astype("int64")


def _rows_of(
    window: _Window, dates: pd.Series | None, undated: pd.Series[int], as_of: dt.date
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of the window's years, and for each whether it lies in the window and before the cut-off.

    A row that states its year only lies in a window that holds the whole year.
    """
    if dates is None:
        return np.arange(len(undated)), np.ones(len(undated), dtype=bool)
    years = {year for span in window.spans for year in span.years()}
    whole = {year for span in window.spans for year in span.years() if _holds(span, year)}
    seen = dates.dt.year.isin(years) & (dates <= pd.Timestamp(as_of))
    seen |= undated.isin(years) & (undated <= as_of.year)
    live = undated.isin(whole)
    for span in window.spans:
        live |= (dates >= pd.Timestamp(span.start)) & (dates < pd.Timestamp(span.end) + pd.Timedelta(days=1))
    rows = np.flatnonzero(seen)
    return rows, live.to_numpy()[rows]


def _said(ledger: pd.DataFrame, field: str) -> tuple[pd.Series[bool], pd.Series[bool]]:
    """Return where a yes/no field says yes, and where it says nothing."""
    if field not in ledger:
        return pd.Series(False, index=ledger.index), pd.Series(True, index=ledger.index)
    said = ledger[field].astype("boolean")
    return said.fillna(False).astype(bool), said.isna()


def _happened(ledger: pd.DataFrame, field: str, as_of: dt.date) -> pd.Series[bool]:
    if field not in ledger:
        return pd.Series(False, index=ledger.index)
    return pd.to_datetime(ledger[field]) < pd.Timestamp(as_of) + pd.Timedelta(days=1)


def _stated_numbers(summary: pd.DataFrame) -> pd.DataFrame:
    """Return the cells of a summary that state a number, with the first day of their period."""
    stated = summary[summary["value"].notna() & summary["period"].ne("")].reset_index(drop=True)
    return stated.assign(**{_BEGINS: [parse_period(text).start for text in stated["period"]]})


def _of_cases_only(ledger: pd.DataFrame, flags: Flags, columns: pd.DataFrame) -> Flags:
    """Return what lists of nothing but confirmed cases leave open: how many clues came in, and what became of them.

    Such a sheet has no column that says whether a clue was confirmed; the maps say so of all its rows.
    """
    own = columns[
        (columns["ledger"] == "clues") & (columns["field"] == "confirmed") & (columns["column"] == "")
    ]
    sheets = set(zip(own["file"], own["sheet"], strict=True))
    places = zip(_text(ledger, "file"), _text(ledger, "sheet"), strict=True)
    silent = pd.Series([place in sheets for place in places], index=ledger.index, dtype=bool)
    nothing = pd.Series(False, index=ledger.index)
    return {name: flags.get(name, nothing) | silent for name in ("received?", "checked?", "closed?")}


def _without_column(ledger: pd.DataFrame, name: str, field: str, columns: pd.DataFrame) -> pd.Series[bool]:
    """Return the rows of sheets that have no column for a field; a sheet nothing is known of has all."""
    own = columns[columns["ledger"] == name]
    sheets = set(zip(own["file"], own["sheet"], strict=True))
    stated = own[own["field"] == field]
    without = sheets - set(zip(stated["file"], stated["sheet"], strict=True))
    places = zip(_text(ledger, "file"), _text(ledger, "sheet"), strict=True)
    return pd.Series([place in without for place in places], index=ledger.index, dtype=bool)


def _number(ledger: pd.DataFrame, field: str) -> tuple[pd.Series[bool], pd.Series[int]]:
    """Return where a number is stated, and the numbers as whole ones of their scale (0 where empty)."""
    if field not in ledger:
        return pd.Series(False, index=ledger.index), pd.Series(0, index=ledger.index)
    numbers = ledger[field]
    if field in ("mark", "full"):
        numbers = (numbers.astype("Float64") * SCALE[field]).round()
    return numbers.notna(), numbers.astype("Int64").fillna(0).astype("int64")


def _text(ledger: pd.DataFrame, field: str) -> pd.Series[str]:
    if field not in ledger:
        return pd.Series("", index=ledger.index, dtype=str)
    return ledger[field].fillna("").astype(str)
