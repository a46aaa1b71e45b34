"""What a unit's card says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from analysis.indicators.values import USABLE
from analysis.report.claims.city_claims import verdict_word
from analysis.report.claims.claim import Claim
from analysis.report.claims.claim_checks import say, supported
from analysis.report.claims.evidence import CLEAR, Evidence, Row
from analysis.report.claims.judgements import costliest, indicator_of, leading
from analysis.rounds.frames import rows_of
from analysis.words import Part, Text


def card_declines(e: Evidence, unit: str) -> Text:
    """Return the verdicts on a unit's declines of what is reported, with counts where there are too few cases."""
    told: dict[str, Part | Text] = {}
    claims = []
    for quantity in e.quantities:
        if not e.base_period:
            told[quantity] = e.pair(unit, quantity, with_unit=True)
            continue
        row = e.change(unit, quantity)
        which = e.judged(row)
        word = verdict_word(e, unit, quantity)
        claims.append(
            Claim("change", which, (unit,), (quantity,), (e.base_period, e.period), (str(row["id"]),))
        )
        if row["status"] in ("reported", "partial") and which != "incomplete":
            told[quantity] = e.words.noted(e.figure(row, "signed_percent"), word)
        elif e.is_told(unit, quantity):
            told[quantity] = e.words.noted(e.pair(unit, quantity, with_unit=quantity == "amount"), word)
        else:
            told[quantity] = word
    clauses = [e.words(f"message.card.declines_of.{quantity}", told=part) for quantity, part in told.items()]
    return e.words.sentence(say(e, claims, "message.card.declines", clauses=e.words.clauses(clauses)))


def card_losses(e: Evidence, unit: str, names: Mapping[str, str]) -> Text:
    """Return how many points of the base score a unit lost, where most, and what was added or taken off besides."""
    costly = costliest(e, unit, names)
    # a falsification is a veto that takes points
    added = e.scores[(e.scores["unit"] == unit) & e.scores["kind"].isin(["bonus", "deduction", "veto"])]
    extra = [
        e.words(
            f"message.card.{'bonus' if row['kind'] == 'bonus' else 'deduction'}",
            points=e.figure(row, "scored_size", "points"),
        )
        for row in rows_of(added)
        if row["points"] and float(row["points"])
    ]
    beside = e.words("message.card.beside", extra=e.words.list(extra)) if extra else Text()
    if not costly:
        return e.words("message.card.no_loss", beside=beside)
    rows = leading(costly)
    items = [
        e.words(
            "message.card.item_lost",
            name=e.words.inside(names[indicator_of(row)]),
            lost=e.figure(row, "scored"),
        )
        for row in rows
    ]
    lost = e.figure(e.value(unit, "points_lost"), "scored")
    if not items:
        return e.words("message.card.lost_alike", lost=lost, beside=beside)
    claim = costliest_claim(e, unit, rows)
    return say(e, [claim], "message.card.lost", lost=lost, beside=beside, items=e.words.list(items))


def costliest_claim(e: Evidence, unit: str, rows: Iterable[Row]) -> Claim:
    """Return the claim that these items cost a unit most points, in this order."""
    return Claim("order", "points_lost", (unit,), tuple(map(indicator_of, rows)), (e.period,))


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
    """Return a unit's cases in the first reported period and the last; which way they went, only where that is clear.

    A fall from the first year to the last says little beside the years between, and nothing beside 变化不明确.
    """
    if not rows or rows[-1]["status"] not in USABLE:
        return e.words("message.card.past_absent")
    last = rows[-1]
    unit, now = last["unit"], e.figure(last, "count")
    which = e.verdict(unit, "cases") if e.base_period else ""
    if which in CLEAR:
        # the history may go by years where the round has two of them
        compared = e.value(unit, "cases")
        claim = Claim("change", which, (unit,), ("cases",), (e.base_period, e.period), (str(compared["id"]),))
        before, now = (e.figure(row, "count") for row in (e.value(unit, "cases", e.base_period), compared))
        base = e.period_name(e.base_period)
        return say(e, [claim], f"message.card.past_{which}", base=base, previous=before, current=now)
    first = next(row for row in rows if row["status"] in USABLE)
    if first["period"] == last["period"]:
        return e.words("message.card.past_one", last=now)
    spans = {"from": e.period_name(first["period"]), "to": e.period_name(last["period"])}
    return e.words("message.card.past_plain", first=e.figure(first, "count"), last=now, **spans)


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
    """Return in what a unit stands better than the city and in what worse, by more than chance explains.

    Where chance explains all of it, the title says what is shown and takes no side.
    """
    sides = {
        side: [
            claim
            for measure, base, _form, _good in measures
            if supported(
                e,
                claim := Claim(
                    "beside", side, (unit,), (measure,), (base, e.period) if base else (e.period,)
                ),
            )
        ]
        for side in ("better", "worse")
    }
    lists = {
        side: e.words.list(e.words.inside(e.measure_name(claim.measures[0])) for claim in claims)
        for side, claims in sides.items()
        if claims
    }
    if not lists:
        return e.words("message.card.place_plain")
    key = "both" if len(lists) > 1 else next(iter(lists))
    return say(e, [*sides["better"], *sides["worse"]], f"message.card.place_{key}", **lists)


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
