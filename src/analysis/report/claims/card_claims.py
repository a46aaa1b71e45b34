"""What a unit's card says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from analysis.indicators.catalogue import QUANTITIES
from analysis.indicators.values import USABLE
from analysis.report.claims.evidence import Evidence, Row
from analysis.words import Text


def card_declines(e: Evidence, unit: str) -> Text:
    """Return the verdicts on a unit's three declines, with counts where there are too few cases."""
    clauses = {}
    for quantity in QUANTITIES:
        if not e.base_period:
            clauses[quantity] = e.pair(unit, quantity, with_unit=True)
            continue
        row = e.change(unit, quantity)
        which = e.verdict(unit, quantity)
        word = e.words.label(f"verdict.{which}")
        if row["status"] in ("reported", "partial") and which != "incomplete":
            clauses[quantity] = e.words.noted(e.figure(row, "signed_percent"), word)
        else:
            clauses[quantity] = e.words.noted(e.pair(unit, quantity, with_unit=quantity == "amount"), word)
    return e.words("message.card.declines", **clauses)


def card_losses(e: Evidence, unit: str, names: Mapping[str, str]) -> Text:
    """Return how many points a unit lost and the three costliest indicators."""
    costly = costliest(e, unit, names)
    if not costly:
        return e.words("message.card.no_loss")
    items = [
        e.words(
            "message.card.item_lost",
            name=e.words.inside(names[indicator_of(row)]),
            lost=e.figure(row, "scored"),
        )
        for row in costly[:3]
    ]
    return e.words(
        "message.card.lost", lost=e.figure(e.value(unit, "points_lost"), "scored"), items=e.words.list(items)
    )


def costliest(e: Evidence, unit: str, indicators: Iterable[str]) -> list[Row]:
    """Return the rows of points a unit lost, the costliest indicator first; indicators in full are left out."""
    rows = [e.index.get(unit, e.period, f"points_lost_{code.replace('.', '_')}") for code in indicators]
    lost = [row for row in rows if row is not None and row["status"] in USABLE and row["value"] > 0]
    return sorted(lost, key=lambda row: -row["value"])


def indicator_of(row: Row) -> str:
    """Return the code of the indicator a row of lost points belongs to (`points_lost_5_2` → `5.2`)."""
    return str(row["measure"]).removeprefix("points_lost_").replace("_", ".")


def card_problems(e: Evidence, unit: str) -> Text:
    """Return how many problems of the ledger are a unit's, and how many are overdue."""
    if e.value(unit, "findings_all")["status"] not in USABLE:
        return e.words("message.problems.no_ledger")
    return e.words(
        "message.card.problems",
        all=e.figure(e.value(unit, "findings_all"), "count"),
        overdue=e.figure(e.value(unit, "findings_overdue"), "count"),
    )


def card_past_title(e: Evidence, rows: Sequence[Row]) -> Text:
    """Return how a unit's cases went from the first reported period to the last."""
    reported = [row for row in rows if row["status"] in USABLE]
    if not reported or rows[-1]["status"] not in USABLE:
        return e.words("message.card.past_absent")
    first, last = reported[0], rows[-1]
    way = "same" if first["value"] == last["value"] else "fall" if first["value"] > last["value"] else "rise"
    figures = {"first": e.figure(first, "count"), "last": e.figure(last, "count")}
    return e.words(f"message.card.past_{way}", **figures)


def card_past_alt(e: Evidence, rows: Sequence[Row]) -> Text:
    """Return a unit's cases over the years in words."""
    items = [
        e.words("message.card.past_item", period=e.period_name(row["period"]), value=e.figure(row, "count"))
        for row in rows
        if row["status"] in USABLE
    ]
    return e.words("message.card.past_alt", items=e.words.list(items))


Placed = tuple[str, str, str, str]


def card_place_title(e: Evidence, unit: str, measures: Sequence[Placed]) -> Text:
    """Return on how many measures a unit stands better than the city, and on how many worse."""
    sides: dict[str, list[str]] = {"better": [], "worse": []}
    for measure, base, _form, good in measures:
        own, city = (e.value(code, measure, base=base)["value"] for code in (unit, e.city))
        if own != city:
            side = "better" if (own > city) == (good == "high") else "worse"
            sides[side].append(e.words.inside(e.measure_name(measure)))
    if sides["better"] and sides["worse"]:
        lists = {side: e.words.list(names) for side, names in sides.items()}
        return e.words("message.card.place_both", **lists)
    side = "better" if sides["better"] else "worse" if sides["worse"] else "level"
    return e.words(f"message.card.place_{side}")


def card_place_alt(e: Evidence, unit: str, measures: Sequence[Placed]) -> Text:
    """Return a unit's place beside the city in words."""
    items = [
        e.words(
            "message.card.place_item",
            measure=e.measure_name(measure),
            own=e.figure(e.value(unit, measure, base=base), form),
            city=e.figure(e.value(e.city, measure, base=base), form),
        )
        for measure, base, form, _good in measures
    ]
    return e.words("message.card.place_alt", items=e.words.series(items))
