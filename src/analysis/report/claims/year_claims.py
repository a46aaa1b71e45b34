"""What several years, or the months, show together: falls in a row, trends, and what moved the city's rates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final

import pandas as pd

from analysis.indicators.catalogue import IN_WINDOW, QUANTITIES, RATES
from analysis.indicators.values import USABLE
from analysis.report.claims.claim import Claim
from analysis.report.claims.claim_checks import RUNNING, say, supported
from analysis.report.claims.evidence import Evidence, Row
from analysis.report.claims.judgements import farthest, months_beyond, trend_word, usable
from analysis.words import Text

_LIMITS: Final = ("lower", "upper")


def consecutive_falls(e: Evidence) -> Text:
    """Return for how many years running all three quantities fell, city and units; empty where nowhere twice.

    A run is told where the last of its falls is clear in all three: nobody reads of falls running beside
    变化不明确 or 件数过少.
    """
    runs = {code: claim for code in (e.city, *e.roll.codes) if (claim := falls_running(e, code)) is not None}
    clauses = []
    if e.city in runs:
        clauses.append(_told(e, [runs[e.city]], "message.years.city"))
    by_length: dict[int, list[Claim]] = {}
    for code, claim in runs.items():
        if code != e.city:
            by_length.setdefault(len(claim.periods), []).append(claim)
    clauses += [
        _told(e, alike, "message.years.units") for _, alike in sorted(by_length.items(), reverse=True)
    ]
    if not clauses:
        return Text()
    falling = say(e, runs.values(), "message.years.falling", clauses=e.words.statements(clauses))
    return e.words.sentences([falling, _clear_part(e) if e.city in runs else Text()])


def _told(e: Evidence, alike: Sequence[Claim], sentence: str) -> Text:
    """Return the clause on those whose runs are equally long."""
    units = [claim.units[0] for claim in alike]
    named = {} if units == [e.city] else {"units": e.names(units)}
    return say(e, alike, sentence, run=_years(e, e.value(units[0], "years_falling_all")), **named)


def _clear_part(e: Evidence) -> Text:
    """Return how many of the city's last falls of cases were clear."""
    clear = e.index.get(e.city, e.period, "years_clear_falling_cases")
    if clear is None or clear["status"] not in USABLE or not clear["value"]:
        return Text()
    claims = [
        Claim("change", "clear_fall", (e.city,), ("cases",), (earlier.text, later.text))
        for later, earlier in e.calendar.steps_back[: int(clear["value"])]
    ]
    return say(e, claims, "message.years.clear", run=_years(e, clear))


def falls_running(e: Evidence, unit: str) -> Claim | None:
    """Return the claim that all three quantities of a unit fell several years running; None where it cannot be made."""
    row = e.index.get(unit, e.period, "years_falling_all")
    if row is None or row["status"] not in USABLE or row["value"] < RUNNING:
        return None
    steps = e.calendar.steps_back[: int(row["value"])]
    periods = (*(earlier.text for _, earlier in reversed(steps)), e.period)
    claim = Claim("run", "clear_fall", (unit,), tuple(QUANTITIES), periods, (str(row["id"]),))
    return claim if supported(e, claim) else None


def _years(e: Evidence, row: Row) -> Text:
    return e.words("message.years.run", count=e.figure(row, "han_count"))


def card_falls(e: Evidence, unit: str) -> Text:
    """Return for how many years running all three quantities of a unit fell; empty where that cannot be said."""
    claim = falls_running(e, unit)
    return Text() if claim is None else _told(e, [claim], "message.years.card")


# ------------------------------------------------------------------------------------------- trends


def window_sentence(e: Evidence, rate: str = "rate_resolved") -> Text:
    """Return how the city's rate within the window moved, with its verdict; empty where no window was long enough."""
    code = f"{rate}{IN_WINDOW}"
    days = e.index.get(e.city, e.period, "window_days")
    change = e.index.get(e.city, e.period, f"difference_{code}", e.base_period) if e.base_period else None
    if days is None or change is None or days["status"] not in USABLE or change["status"] not in USABLE:
        return Text()
    which, claim = _moved(e, change)
    return say(
        e,
        [claim],
        "message.rates.in_window",
        rate=e.measure_name(rate),
        days=e.figure(days, "count"),
        before=e.figure(e.value(e.city, code, e.base_period), "percent"),
        now=e.figure(e.value(e.city, code), "percent"),
        verdict=say(e, [claim], f"verdict.{which}"),
    )


def rate_run(e: Evidence, code: str) -> Claim | None:
    """Return the claim that the city's rate within the window fell several years running, the last time clearly."""
    row = e.index.get(e.city, e.period, f"years_falling_{code}")
    if not usable(row) or row is None or row["value"] < RUNNING:
        return None
    steps = e.calendar.steps_back[: int(row["value"])]
    periods = (*(earlier.text for _, earlier in reversed(steps)), e.period)
    claim = Claim("moved_run", "clear_fall", (e.city,), (code,), periods, (str(row["id"]),))
    return claim if supported(e, claim) else None


def _moved(e: Evidence, difference: Row) -> tuple[str, Claim]:
    """Return the verdict on a difference of rates of two periods, and the claim of it."""
    which, code = e.judged(difference), str(difference["measure"]).removeprefix("difference_")
    periods = (difference["base_period"], difference["period"])
    return which, Claim("moved", which, (difference["unit"],), (code,), periods)


def moved_in_window(e: Evidence, unit: str, rate: str) -> Text:
    """Return how a unit's rate within the window moved, with its verdict; empty without a window, or a rate."""
    change = _in_window(e, unit, rate)
    if change is None or not usable(change):
        return Text()
    which, claim = _moved(e, change)
    return say(
        e,
        [claim],
        "message.rates.moved",
        change=e.figure(change, "signed_percentage_points"),
        verdict=say(e, [claim], f"verdict.{which}"),
    )


def window_sub(e: Evidence, units: Iterable[str]) -> Text:
    """Return what the differences within the window are that stand in a table of these units; empty where none does."""
    days = e.index.get(e.city, e.period, "window_days")
    told = any(usable(_in_window(e, unit, rate)) for unit in units for rate in RATES)
    if days is None or not usable(days) or not told:
        return Text()
    return e.words("message.rates.moved_sub", days=e.figure(days, "count"))


def waiting_sentence(e: Evidence) -> Text:
    """Return within how many days more than half of the city's cases were resolved; empty where half still wait."""
    row = e.index.get(e.city, e.period, "waiting_resolved")
    if row is None or not usable(row):
        return Text()
    days = {
        name: e.figure(row, "count", column)
        for name, column in (("days", "value"), *((c, c) for c in _LIMITS))
    }
    if any(pd.isna(row[side]) for side in _LIMITS):
        return e.words("message.rates.waiting_open", days=days["days"])
    return e.words("message.rates.waiting", **days)


def half_waits(row: Row) -> bool:
    """Whether half of the cases that say how long they waited still do, so that there is no median yet."""
    return bool(row["status"] == "not_applicable" and row["denominator"] > 0)


def waits_title(e: Evidence) -> Text:
    """Return how long half of the city's cases wait; that half still do, or that cells are empty, is no finding."""
    claim = Claim("waited", "reached", (e.city,), ("waiting_resolved",), (e.period,))
    if not supported(e, claim):
        return e.words("message.waits.plain")
    row = e.value(e.city, "waiting_resolved")
    return say(e, [claim], "message.waits.title", days=e.figure(row, "count"))


def waits_alt(e: Evidence) -> Text:
    """Return the waits of the units in words."""
    units = [
        e.words("message.waits.unit", name=e.short(code), days=e.figure(row, "count"))
        if usable(row)
        else e.words("message.waits.unit_unreached", name=e.short(code))
        for code in (*e.roll.codes, e.city)
        for row in (e.value(code, "waiting_resolved"),)
        if usable(row) or half_waits(row)
    ]
    return e.words("message.waits.alt", units=e.words.series(units))


def _in_window(e: Evidence, unit: str, rate: str) -> Row | None:
    return (
        e.index.get(unit, e.period, f"difference_{rate}{IN_WINDOW}", e.base_period) if e.base_period else None
    )


def trend_said(e: Evidence, unit: str, measure: str) -> Text:
    """Return the word for what the years show of a measure; its status where they cannot be judged."""
    word = trend_word(e, unit, measure)
    claim = Claim("trend", word, (unit,), (measure,), e.calendar_span)
    judged = word in ("falling", "rising", "none", "no_window", "incomplete")
    return say(e, [claim], f"report.trend.words.{word}" if judged else f"status.{word}")


def has_trends(e: Evidence) -> bool:
    """Whether the history is long enough for a test of the city's cases."""
    return e.ending(e.city, "trend_p_cases") is not None


def trend_title(e: Evidence) -> Text:
    """Return for whom the years show a trend of the number of cases, without a full stop.

    That a test finds none is no finding: where nobody has one, the title says only what the table shows.
    """
    clauses = []
    for word in ("falling", "rising"):
        for place, units in (("city_", [e.city]), ("", e.roll.codes)):
            claims = [
                claim
                for code in units
                if supported(e, claim := Claim("trend", word, (code,), ("cases",), e.calendar_span))
            ]
            if claims:
                named = {} if place else {"units": e.names(claim.units[0] for claim in claims)}
                clauses.append(say(e, claims, f"message.trend.{place}{word}", **named))
    if clauses:
        return e.words("message.trend.title", clauses=e.words.statements(clauses))
    tested = any(trend_word(e, code, "cases") == "none" for code in (e.city, *e.roll.codes))
    return e.words("message.trend.plain" if tested else "disclosure.no_trend")


# ------------------------------------------------------------------------------------------- months


def months_title(e: Evidence, periods: Sequence[str]) -> Text:
    """Return how the months stood to mean and limits, with the highest and the lowest of those beyond."""
    centre = e.ending(e.city, "xmr_centre_cases")
    if centre is None:
        return e.words("message.months.absent")
    beyond = months_beyond(e, periods)
    mean = e.figure(centre, "one_decimal")
    if not any(beyond.values()):
        return e.words("message.months.inside", mean=mean)
    clauses = []
    for side, rows in beyond.items():
        if not rows:
            continue
        first = farthest(rows, side)
        named = tuple(str(row["period"]) for row in first)
        claim = Claim("limits", side, (e.city,), ("cases",), named)
        months_named = e.words.list(_month(e, row)["month"] for row in first)
        count = e.figure(first[0], "count")
        clauses.append(say(e, [claim], f"message.months.{side}", month=months_named, count=count))
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
