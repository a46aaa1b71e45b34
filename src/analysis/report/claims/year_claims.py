"""What several years, or the months, show together: falls in a row, trends, and what moved the city's rates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Final

import pandas as pd

from analysis.indicators.values import USABLE
from analysis.report.claims.evidence import Evidence, Row
from analysis.words import Text

#: a trend is spoken of below this probability
LEVEL: Final = 0.05
#: fewer falls than these are not "running"
_RUNNING: Final = 2
_MONTH: Final = re.compile(r"\d{4}-\d{2}")


def consecutive_falls(e: Evidence) -> Text:
    """Return for how many years running all three quantities fell, city and units; empty where nowhere twice."""
    city = _run(e, e.city)
    clauses = [e.words("message.years.city", run=_years(e, city))] if city is not None else []
    by_length: dict[int, list[str]] = {}
    for code in e.roll.codes:
        row = _run(e, code)
        if row is not None:
            by_length.setdefault(int(row["value"]), []).append(code)
    for _, units in sorted(by_length.items(), reverse=True):
        row = e.value(units[0], "years_falling_all")
        clauses.append(e.words("message.years.units", units=e.names(units), run=_years(e, row)))
    if not clauses:
        return Text()
    falling = e.words("message.years.falling", clauses=e.words.statements(clauses))
    return e.words.sentences([falling, _clear_part(e, city)])


def _clear_part(e: Evidence, city: Row | None) -> Text:
    """Return how many of the city's last falls of cases were clear."""
    clear = e.index.get(e.city, e.period, "years_clear_falling_cases")
    if city is None or clear is None or clear["status"] not in USABLE:
        return Text()
    if not clear["value"]:
        return e.words("message.years.none_clear")
    return e.words("message.years.clear", run=_years(e, clear))


def _run(e: Evidence, unit: str) -> Row | None:
    row = e.index.get(unit, e.period, "years_falling_all")
    return row if row is not None and row["status"] in USABLE and row["value"] >= _RUNNING else None


def _years(e: Evidence, row: Row) -> Text:
    return e.words("message.years.run", count=e.figure(row, "han_count"))


def card_falls(e: Evidence, unit: str) -> Text:
    """Return for how many years running all three quantities of a unit fell; empty where not twice."""
    row = _run(e, unit)
    return Text() if row is None else e.words("message.years.card", run=_years(e, row))


# ------------------------------------------------------------------------------------------- trends


def trend_word(e: Evidence, unit: str, measure: str) -> str:
    """Return what the years show: falling, rising, none, or the status of a series that cannot be tested.

    Cases are judged by their yearly change, corrected for all units; everything else by the exact test of Kendall.
    """
    names = (
        ("growth_cases", "q_growth_cases")
        if measure == "cases"
        else (f"trend_{measure}", f"trend_p_{measure}")
    )
    way, chance = (e.ending(unit, name) for name in names)
    if way is None or chance is None:
        return "not_applicable"
    if chance["status"] not in USABLE or pd.isna(chance["value"]):
        return str(chance["status"])
    if chance["value"] >= LEVEL or not way["value"]:
        return "none"
    return "falling" if way["value"] < 0 else "rising"


def has_trends(e: Evidence) -> bool:
    """Whether the history is long enough for a test of the city's cases."""
    return e.ending(e.city, "trend_p_cases") is not None


def trend_title(e: Evidence) -> Text:
    """Return for which units the years show a trend of the number of cases."""
    words = {code: trend_word(e, code, "cases") for code in (e.city, *e.roll.codes)}
    clauses = (
        [e.words(f"message.trend.city_{words[e.city]}")] if words[e.city] in ("falling", "rising") else []
    )
    for word in ("falling", "rising"):
        units = [code for code in e.roll.codes if words[code] == word]
        if units:
            clauses.append(e.words(f"message.trend.{word}", units=e.names(units)))
    if not clauses:
        # that nothing was found is no finding: the title says what the table holds
        known = any(word == "none" for word in words.values())
        return e.words("message.trend.plain" if known else "disclosure.no_trend")
    return e.words("message.trend.title", clauses=e.words.statements(clauses))


# ------------------------------------------------------------------------------------------- months


def months(e: Evidence) -> list[str]:
    """Return the months that stand in one series with the last of them, in order of time."""
    centre = e.ending(e.city, "xmr_centre_cases")
    if centre is None or centre["status"] not in USABLE:
        return []
    rows = e.values[(e.values["unit"] == e.city) & (e.values["measure"] == "cases")]
    known: Iterable[str] = rows["period"].tolist()
    return sorted(period for period in known if _MONTH.fullmatch(period) and period >= centre["base_period"])


def signal(e: Evidence, month: str) -> Row | None:
    """Return the row that says how a month of the city stands out, or None."""
    return e.index.get(e.city, month, "xmr_signal_cases")


def signal_word(row: Row | None) -> str:
    """Return what a signal says (`above`, `low` …), empty for none."""
    return "" if row is None else str(row["method"]).removeprefix("xmr_")


def months_beyond(e: Evidence, periods: Sequence[str]) -> dict[str, list[Row]]:
    """Return the rows of the months above and below the limits."""
    found: dict[str, list[Row]] = {"above": [], "below": []}
    for period in periods:
        row = signal(e, period)
        if row is not None and signal_word(row) in found:
            found[signal_word(row)].append(row)
    return found


def months_title(e: Evidence, periods: Sequence[str]) -> Text:
    """Return how the months stood to mean and limits, with the highest and the lowest of those beyond."""
    centre = e.ending(e.city, "xmr_centre_cases")
    if centre is None:
        return e.words("message.months.absent")
    beyond = months_beyond(e, periods)
    mean = e.figure(centre, "one_decimal")
    if not any(beyond.values()):
        return e.words("message.months.inside", mean=mean)
    ends = {"above": max, "below": min}
    clauses = [
        e.words(f"message.months.{side}", **_month(e, ends[side](rows, key=lambda row: row["value"])))
        for side, rows in beyond.items()
        if rows
    ]
    return e.words("message.months.title", mean=mean, clauses=e.words.statements(clauses))


def months_alt(e: Evidence, periods: Sequence[str]) -> Text:
    """Return the chart of months in words: mean, limits, and the months beyond them."""
    limits = {name: e.ending(e.city, f"xmr_{name}_cases") for name in ("centre", "lower", "upper")}
    figures = {name: e.figure(row, "one_decimal") for name, row in limits.items() if row is not None}
    key = "message.months.alt" if "upper" in figures else "message.months.alt_seasonal"
    rows = [row for side in months_beyond(e, periods).values() for row in side]
    items = [
        e.words("message.months.item", **_month(e, row)) for row in sorted(rows, key=lambda r: r["period"])
    ]
    beyond = e.words.list(items) if items else Text(e.words.label("message.months.none"))
    return e.words(key, beyond=beyond, **figures)


def _month(e: Evidence, row: Row) -> dict[str, Text]:
    year, month = str(row["period"]).split("-")
    first = dt.date(int(year), int(month), 1)
    return {"month": Text(e.words.months(first, first)), "count": Text(e.figure(row, "count"))}


# ------------------------------------------------------------------------------------------- rates


def rate_effects(e: Evidence, rate: str) -> Text:
    """Return a change of a rate of the city and what its two parts are; empty where it cannot be taken apart."""
    change = e.value(e.city, f"difference_{rate}", base=e.base_period)
    parts = {
        name: e.index.get(e.city, e.period, f"{name}_{rate}", e.base_period) for name in ("within", "between")
    }
    if change["status"] not in USABLE or any(
        row is None or row["status"] not in USABLE or pd.isna(row["value"]) for row in parts.values()
    ):
        return Text()
    figures = {
        name: e.figure(row, "signed_percentage_points") for name, row in parts.items() if row is not None
    }
    return e.words(
        "message.rates.effects",
        rate=e.measure_name(rate),
        change=e.figure(change, "signed_percentage_points"),
        **figures,
    )
