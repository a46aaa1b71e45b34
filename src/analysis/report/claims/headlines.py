"""The findings of the first screen: clear changes and gaps, good and bad, the weightiest first.

A finding weighs as much as the part of the city's workers and money it is about times how far it moved. The part is
that of the units concerned; how far is |a − b| ÷ (a + b), of cases, or of the part that is not done: a rate of 97 %
that falls to 92 % has gone from 3 to 8. What is not clear weighs nothing, and is told where nothing weightier is left
to tell. The weights order the findings and are printed nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from analysis.indicators.catalogue import IN_WINDOW, WINDOWED
from analysis.report.claims.city_claims import (
    city_declines,
    problems_named,
    resolution,
    units_changed,
    units_moved,
)
from analysis.report.claims.claim import Claim
from analysis.report.claims.claim_checks import say, supported
from analysis.report.claims.evidence import CLEAR, Evidence, Row
from analysis.report.claims.judgements import ends, funnel_flag, holding_half, usable
from analysis.report.claims.year_claims import rate_run
from analysis.words import Part, Text

#: how many findings the first screen has
SPOKEN: Final = 5


@dataclass(frozen=True)
class Headline:
    """A finding that may stand on the first screen.

    Attributes:
        weight: what it is ordered by; 0 where nothing is clear.
        bad: whether it is bad news.
        tell: returns the finding and its evidence; what is not told claims nothing.
    """

    weight: float
    bad: bool
    tell: Callable[[], tuple[Text, Text]]


def spoken(headlines: Iterable[Headline], many: int = SPOKEN) -> list[tuple[Text, Text]]:
    """Return the weightiest findings as they are told, at least one bad one among them if there is any."""
    ordered = sorted(headlines, key=lambda each: -each.weight)
    told, rest = ordered[:many], ordered[many:]
    bad = [each for each in rest if each.bad]
    if bad and not any(each.bad for each in told):
        told[-1] = bad[0]
    return [each.tell() for each in told]


def of_the_city(e: Evidence, *, units: bool = True) -> Iterator[Headline]:
    """Yield what happened to the city's cases, workers and amount, and to its rates within the window.

    Args:
        e: the evidence.
        units: whether a fall or rise of a rate is told with the units that stand out.
    """
    verdicts = {quantity: e.verdict(e.city, quantity) for quantity in e.quantities} if e.base_period else {}
    clear = [quantity for quantity, verdict in verdicts.items() if verdict in CLEAR]
    moves = [_apart(1 + float(e.change(e.city, quantity)["value"]), 1) for quantity in clear]
    yield Headline(max(moves, default=0), "clear_rise" in verdicts.values(), lambda: city_declines(e))
    for code in WINDOWED:
        if (row := _moved(e, code)) is not None:
            before, now = (
                1 - float(e.value(e.city, code, period)["value"]) for period in (e.base_period, "")
            )
            fell = e.judged(row) == "clear_fall"
            yield Headline(_apart(now, before), fell, lambda row=row: rate_moved(e, row, units=units))  # type: ignore[misc]


def of_units(e: Evidence) -> Iterator[Headline]:
    """Yield whose cases clearly fell or rose, and whose resolution rate lies beside the city's."""
    if e.base_period:
        moved = {verdict: units for verdict in CLEAR if (units := e.units_with("cases", verdict))}
        for verdict, units in moved.items():
            both = [
                sum(float(e.value(unit, "cases", period)["value"]) for unit in units)
                for period in ("", e.base_period)
            ]
            first = verdict == next(iter(moved))
            yield Headline(
                _part(e, units) * _apart(*both),
                verdict == "clear_rise",
                lambda verdict=verdict, first=first: units_moved(e, verdict, rest=first),  # type: ignore[misc]
            )
        if not moved:
            yield Headline(0, bad=False, tell=lambda: units_changed(e))
    # beside a fall of the rate its units are told with it
    if _moved(e, f"rate_resolved{IN_WINDOW}") is None:
        yield _resolution(e)


def of_problems(e: Evidence, as_of: str) -> Headline:
    """Return how the rectification ledger stands, and how many units each problem group names."""
    named, standing = (lambda: problems_named(e, as_of)), (lambda: _overdue(e, as_of))
    counts = [e.count(f"findings_{state}") for state in ("overdue", "all")]
    if not all(usable(row) for row in counts) or not counts[0]["value"]:
        return Headline(0, bad=False, tell=named)
    late = [
        code for code in e.roll.codes if usable(row := e.value(code, "findings_overdue")) and row["value"]
    ]
    return Headline(_part(e, late) * counts[0]["value"] / counts[1]["value"], bad=True, tell=standing)


def rate_moved(e: Evidence, row: Row, *, units: bool) -> tuple[Text, Text]:
    """Return how a rate of the city clearly moved within the window, how long it has, and what is left undone where."""
    code, says = str(row["measure"]).removeprefix("difference_"), e.judged(row)
    rate = code.removesuffix(IN_WINDOW)
    run = rate_run(e, code)
    claim = run or Claim("moved", says, (e.city,), (code,), (e.base_period, e.period))
    now = e.value(e.city, rate)
    told: dict[str, Part | Text] = {
        "rate": e.measure_name(rate),
        "now": e.figure(now, "percent"),
        "fraction": e.fraction(now),
        "days": e.figure(e.value(e.city, "window_days"), "count"),
        "compared": e.calendar.compared(e.words),
        "points": e.figure(row, "percentage_points_size"),
    }
    if run is not None:
        told["run"] = e.figure(e.value(e.city, f"years_falling_{code}"), "han_count")
    way = {"clear_fall": "fell", "clear_rise": "rose"}[says]
    parts = [say(e, [claim], f"message.headline.{way}{'_running' if run else ''}", **told)]
    resolved = rate == "rate_resolved"
    parts += [left] if resolved and (left := _unresolved(e)) else []
    return e.words.sentence(e.words("message.headline.moved", parts=e.words.series(parts))), (
        _beside_the_city(e) if resolved and units else Text()
    )


def _moved(e: Evidence, code: str) -> Row | None:
    """Return the difference of a rate of the city within the window where it is clear."""
    if not e.base_period or not usable(e.index.get(e.city, e.period, "window_days")):
        return None
    row = e.index.get(e.city, e.period, f"difference_{code}", e.base_period)
    rate = e.index.get(e.city, e.period, code.removesuffix(IN_WINDOW))
    return row if usable(row) and usable(rate) and row is not None and e.judged(row) in CLEAR else None


def _unresolved(e: Evidence) -> Text:
    """Return how many cases still wait, and which units have half of them; empty where that is not known, or none."""
    row = e.index.get(e.city, e.period, "cases_unresolved")
    if row is None or not usable(row) or not row["value"]:
        return Text()
    count, units = e.figure(row, "count"), holding_half(e, "cases_unresolved")
    claim = Claim("holding_half", "", tuple(units), ("cases_unresolved",), (e.period,))
    if not units or not supported(e, claim):
        return e.words("message.headline.unresolved", count=count)
    where = e.words.list(
        e.words(
            "message.headline.cases_of",
            name=e.short(unit),
            count=e.figure(e.value(unit, "cases_unresolved"), "count"),
        )
        for unit in units
    )
    return say(e, [claim], "message.headline.unresolved_where", count=count, units=where)


def _beside_the_city(e: Evidence) -> Text:
    """Return how many people and how much money still wait, and whose rate lies beside the city's."""
    rows = [e.index.get(e.city, e.period, f"{what}_unresolved") for what in ("workers", "amount")]
    waiting = Text()
    if all(row is not None and usable(row) and row["value"] for row in rows):
        workers, amount = rows
        assert workers is not None and amount is not None
        waiting = e.words(
            "message.headline.waiting", workers=e.figure(workers, "count"), amount=e.figure(amount, "money")
        )
    flagged = any(funnel_flag(e, code).startswith(("low", "high")) for code in e.roll.codes)
    first, rest = resolution(e) if flagged else (Text(), Text())
    return e.words.sentences([waiting, first, rest])


def _resolution(e: Evidence) -> Headline:
    """Return the city's resolution rate with the units that lie beside it."""
    flags = {code: funnel_flag(e, code) for code in e.roll.codes}
    weights = {"low": 0.0, "high": 0.0}
    for side in weights:
        units = [code for code, flag in flags.items() if flag.startswith(side)]
        if units:
            rates = [1 - float(e.value(code, "rate_resolved")["value"]) for code in (*units, e.city)]
            weights[side] = _part(e, units) * max(_apart(rate, rates[-1]) for rate in rates[:-1])
    return Headline(max(weights.values()), weights["low"] > 0, lambda: resolution(e))


def _overdue(e: Evidence, as_of: str) -> tuple[Text, Text]:
    """Return how many problems are overdue and who has most of them; and how the ledger stands and whom it names."""
    rows = {code: e.value(code, "findings_overdue") for code in e.roll.codes}
    first = ends({code: float(row["value"]) for code, row in rows.items() if usable(row)}, max)
    told: dict[str, Part | Text] = {"all": e.figure(e.count("findings_overdue"), "count")}
    if not first:
        said = e.words("message.headline.overdue_alone", **told)
    else:
        claim = Claim("most", "", tuple(first), ("findings_overdue",), (e.period,))
        told |= {"units": e.names(first), "count": e.figure(rows[first[0]], "count")}
        said = say(e, [claim], f"message.headline.overdue{'_tied' if len(first) > 1 else ''}", **told)
    return said, e.words.sentences(problems_named(e, as_of))


def _part(e: Evidence, units: Sequence[str]) -> float:
    """Return which part of the city's workers and money, or else of its cases, is that of some units.

    Of both periods together.
    """
    parts: list[float] = []
    for quantity in ("workers", "amount", "cases"):
        sums = [
            sum(
                float(row["value"])
                for code in codes
                for period in filter(None, (e.period, e.base_period))
                if (row := e.index.get(code, period, quantity)) is not None and usable(row)
            )
            for codes in (units, e.roll.codes)
        ]
        if sums[1] and (quantity != "cases" or not parts):
            parts.append(sums[0] / sums[1])
    return sum(parts) / len(parts) if parts else 0.0


def _apart(a: float, b: float) -> float:
    """Return how far two sizes are apart: 0 for two that are alike, 1 where one of them is nothing."""
    return abs(a - b) / (a + b) if a + b else 0.0
