"""The one check of every kind of claim: what has to be so in the rows before a sentence may say it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise, product
from typing import Final

from analysis.indicators.values import USABLE
from analysis.report.claims.claim import Claim, UnsupportedClaimError
from analysis.report.claims.evidence import Evidence
from analysis.report.claims.judgements import (
    LEFT_OUT,
    beside_city,
    costliest,
    counted_again,
    ends,
    ends_however_filled,
    farthest,
    funnel_flag,
    graded,
    holding_half,
    indicator_of,
    is_firm,
    lowest_share,
    main_factor,
    months,
    months_beyond,
    named_in,
    nearest,
    points_lost_by,
    silent_in,
    span,
    trend_word,
    usable,
    way,
)
from analysis.words import Part, Text

#: half of a few cases says little: halving is told from this many on
FEWEST: Final = 10
#: fewer steps than these are not "running"
RUNNING: Final = 2
#: what a unit lacks to the best rate, and what it adds to the city's change
GAP: Final = "gap_to_best_"
CONTRIBUTION: Final = "contribution_"
#: figures counted twice may differ by the rounding of sums
ROUNDED: Final = 1e-9


def change(e: Evidence, claim: Claim) -> bool:
    """The change between the two periods has the verdict that is claimed."""
    base, period = claim.periods
    rows = [
        e.index.get(unit, period, f"change_{measure}", base)
        for unit, measure in product(claim.units, claim.measures)
    ]
    return all(row is not None and e.judged(row) == claim.says for row in rows)


def moved(e: Evidence, claim: Claim) -> bool:
    """The difference of the rates of two periods has the verdict that is claimed."""
    base, period = claim.periods
    rows = [
        e.index.get(unit, period, f"difference_{measure}", base)
        for unit, measure in product(claim.units, claim.measures)
    ]
    return all(row is not None and usable(row) and e.judged(row) == claim.says for row in rows)


def run(e: Evidence, claim: Claim) -> bool:
    """Two or more steps all went the way that is claimed, none of them by cells left empty, the last one clearly so."""
    sign = {"clear_fall": -1, "clear_rise": 1}[claim.says]
    steps = [
        e.index.get(unit, later, f"difference_{measure}", earlier)
        for unit, measure in product(claim.units, claim.measures)
        for earlier, later in pairwise(claim.periods)
    ]
    changes = [
        e.index.get(unit, later, f"change_{measure}", earlier)
        for unit, measure in product(claim.units, claim.measures)
        for earlier, later in pairwise(claim.periods)
    ]
    if any(row is not None and e.judged(row) == "incomplete" for row in changes):
        return False
    if len(claim.periods) <= RUNNING or not all(
        row is not None and row["status"] in USABLE and row["value"] * sign > 0 for row in steps
    ):
        return False
    return change(e, Claim("change", claim.says, claim.units, claim.measures, claim.periods[-2:]))


def moved_run(e: Evidence, claim: Claim) -> bool:
    """Two or more steps of a rate all went the way that is claimed, by no cells left empty, the last one clearly so."""
    sign = {"clear_fall": -1, "clear_rise": 1}[claim.says]
    steps = [
        e.index.get(unit, later, f"difference_{measure}", earlier)
        for unit, measure in product(claim.units, claim.measures)
        for earlier, later in pairwise(claim.periods)
    ]
    if len(claim.periods) <= RUNNING or not all(
        row is not None and row["status"] == "reported" and row["value"] * sign > 0 for row in steps
    ):
        return False
    return moved(e, Claim("moved", claim.says, claim.units, claim.measures, claim.periods[-2:]))


def halved(e: Evidence, claim: Claim) -> bool:
    """The last count is at most half of the first, the first is not a few, and the years between do not gainsay it.

    Whatever the cells left empty in these two years say.
    """
    for unit, measure in product(claim.units, claim.measures):
        if trend_word(e, unit, measure) in ("none", "rising", "incomplete"):
            return False
        first, last = (e.index.get(unit, period, measure) for period in claim.periods)
        if first is None or last is None or not (usable(first) and usable(last)):
            return False
        (least, _), (_, most) = span(e, first), span(e, last)
        if least < FEWEST or most * 2 > least:
            return False
    return True


def trend(e: Evidence, claim: Claim) -> bool:
    """The test of the years finds the trend that is claimed."""
    return all(trend_word(e, *of) == claim.says for of in product(claim.units, claim.measures))


def beside(e: Evidence, claim: Claim) -> bool:
    """The unit stands on the side of the city that is claimed, by more than chance explains."""
    base = claim.periods[0] if len(claim.periods) > 1 else ""
    return all(beside_city(e, *of, base) == claim.says for of in product(claim.units, claim.measures))


def funnel(e: Evidence, claim: Claim) -> bool:
    """The unit's rate lies where it is said to lie: inside the limits of the funnel, below or above them."""
    return all(
        funnel_flag(e, unit, measure.removeprefix("rate_resolved")) == claim.says
        for unit, measure in product(claim.units, claim.measures)
    )


def most(e: Evidence, claim: Claim) -> bool:
    """Those named, and nobody else, have the largest value of all units."""
    return _at_the_end(e, claim, max)


def least(e: Evidence, claim: Claim) -> bool:
    """Those named, and nobody else, have the smallest value of all units."""
    return _at_the_end(e, claim, min)


def holding_half_of_all(e: Evidence, claim: Claim) -> bool:
    """Those named, the largest first, are the fewest that have half of what all units have together."""
    return all(list(claim.units) == holding_half(e, measure) for measure in claim.measures)


def concentrated(e: Evidence, claim: Claim) -> bool:
    """Half or more of the points a unit lost are lost in the dimensions named, and in no other one as many."""
    for unit in claim.units:
        dimensions = [code for code in e.scored(unit, "total") if code != "total"]
        lost = points_lost_by(e, unit, dimensions)
        named = [lost.pop(code) for code in claim.measures]
        if (
            not named
            or sum(named) * 2 < sum(named) + sum(lost.values())
            or max(lost.values(), default=0) >= min(named)
        ):
            return False
    return True


def _at_the_end(e: Evidence, claim: Claim, end: Callable[[Iterable[float]], float]) -> bool:
    *base, period = claim.periods
    for measure in claim.measures:
        rows = {code: e.index.get(code, period, measure, *base) for code in e.roll.codes}
        values = {code: float(row["value"]) for code, row in rows.items() if row is not None and usable(row)}
        if list(claim.units) != ends(values, end):
            return False
        partial = any(row is not None and row["status"] == "partial" for row in rows.values())
        if partial and not _at_the_end_for_certain(e, claim, measure, end):
            return False
    return True


def _at_the_end_for_certain(
    e: Evidence, claim: Claim, measure: str, end: Callable[[Iterable[float]], float]
) -> bool:
    """Return whether the cells left empty in what a measure is made of cannot put another unit there."""
    *base, period = claim.periods
    if measure.startswith(GAP):
        # whoever has the lowest rate is farthest from the best one
        rates = {code: e.index.get(code, period, measure.removeprefix(GAP)) for code in e.roll.codes}
        known = {code: row for code, row in rates.items() if row is not None and usable(row)}
        return known.keys() >= {*claim.units} and ends_however_filled(e, known, claim.units, end)
    if measure.startswith(CONTRIBUTION):
        changed = f"change_{measure.removeprefix(CONTRIBUTION)}"
        changes = [e.index.get(code, period, changed, *base) for code in e.roll.codes]
        return not any(row is not None and e.judged(row) == "incomplete" for row in changes)
    return True


def sign(e: Evidence, claim: Claim) -> bool:
    """The quantity went the way that is claimed between the two periods, or stayed as it was."""
    return all(way(e, *of, *claim.periods) == claim.says for of in product(claim.units, claim.measures))


def left_out(e: Evidence, claim: Claim) -> bool:
    """The unit lies inside the funnel's limits, and beyond those around the rate of all others on the side claimed."""
    return all(
        funnel_flag(e, unit) == "inside" and funnel_flag(e, unit, LEFT_OUT).startswith(claim.says)
        for unit in claim.units
    )


def limits(e: Evidence, claim: Claim) -> bool:
    """The month lies beyond the limit that is claimed, and no other one has more cases above it, or fewer below it."""
    rows = farthest(months_beyond(e, months(e))[claim.says], claim.says)
    return {str(row["period"]) for row in rows} >= set(claim.periods)


def order(e: Evidence, claim: Claim) -> bool:
    """The items named stand first in their order, and no other one as high as the last of them."""
    for unit in claim.units:
        if claim.says == "share_of_points":
            if list(claim.measures) != lowest_share(e, unit):
                return False
            continue
        rows = costliest(e, unit, dict.fromkeys((*claim.measures, *e.scored(unit, "base"))))
        named = len(claim.measures)
        if [indicator_of(row) for row in rows[:named]] != list(claim.measures):
            return False
        if len(rows) > named and rows[named]["value"] >= rows[named - 1]["value"]:
            return False
    return True


def share(e: Evidence, claim: Claim) -> bool:
    """The factor has the largest part of the change, and no more than the whole."""
    base, period = claim.periods
    return all(
        list(claim.measures) == [main_factor(e)] and way(e, unit, "amount_stated", base, period) == claim.says
        for unit in claim.units
    )


def firm(e: Evidence, claim: Claim) -> bool:
    """The grade is kept with the probability asked for in everything that was drawn, or is not."""
    return all(is_firm(e, unit) is (claim.says == "firm") for unit in claim.units)


def grade(e: Evidence, claim: Claim) -> bool:
    """Those named, and nobody else, have the grade."""
    return sorted(claim.units) == sorted(graded(e, claim.says))


def named(e: Evidence, claim: Claim) -> bool:
    """Those named, and nobody else, reach the threshold of the problem group."""
    return all(list(claim.units) == named_in(e, group) for group in claim.measures)


def veto(e: Evidence, claim: Claim) -> bool:
    """Those named, and nobody else, triggered a veto, or have one that empty cells leave open."""
    found = {"veto": e.vetoed, "veto_open": e.veto_open}
    return all(list(claim.units) == found[measure]() for measure in claim.measures)


def silent(e: Evidence, claim: Claim) -> bool:
    """Those named, and nobody else, did not report the ledger."""
    return all(list(claim.units) == silent_in(e, ledger) for ledger in claim.measures)


def nearest_to(e: Evidence, claim: Claim) -> bool:
    """Those named, and nobody else, need the smallest change of score to the grade they do not have."""
    return list(claim.units) == [row["unit"] for row in nearest(e, claim.says)]


def waited(e: Evidence, claim: Claim) -> bool:
    """More than half of the cases are estimated to be resolved by a day, and no cell is left empty that may move it."""
    rows = [e.index.get(unit, claim.periods[-1], "waiting_resolved") for unit in claim.units]
    return all(row is not None and row["status"] == "reported" and row["value"] >= 0 for row in rows)


def count(e: Evidence, claim: Claim) -> bool:
    """The figure of all units together is what the units give, counted again wherever all of them may be seen."""
    *base, period = claim.periods
    for measure in claim.measures:
        row = e.index.get(e.city, period, measure, *base)
        again = counted_again(e, measure, period, "".join(base))
        if row is None or (again is not None and abs(float(row["value"]) - again) > ROUNDED):
            return False
    return True


#: kind of claim → its check
CHECKS: Final[dict[str, Callable[[Evidence, Claim], bool]]] = {
    "change": change,
    "moved": moved,
    "run": run,
    "moved_run": moved_run,
    "halved": halved,
    "trend": trend,
    "beside": beside,
    "funnel": funnel,
    "most": most,
    "least": least,
    "holding_half": holding_half_of_all,
    "concentrated": concentrated,
    "sign": sign,
    "left_out": left_out,
    "limits": limits,
    "order": order,
    "share": share,
    "firm": firm,
    "grade": grade,
    "named": named,
    "veto": veto,
    "silent": silent,
    "nearest": nearest_to,
    "waited": waited,
    "count": count,
}


def supported(e: Evidence, claim: Claim) -> bool:
    """Whether the rows carry a claim."""
    return CHECKS[claim.kind](e, claim)


def admit(e: Evidence, claims: Iterable[Claim], sentence: str) -> None:
    """Check what a sentence claims, and let it through the gate of the product.

    Args:
        e: the evidence.
        claims: what the sentence asserts.
        sentence: key of its words.

    Raises:
        UnsupportedClaimError: the rows do not carry a claim.
        ContradictionError: the product has said the opposite already.
    """
    for claim in claims:
        if not supported(e, claim):
            raise UnsupportedClaimError(claim, sentence)
        e.told.add(claim, sentence)


def say(e: Evidence, claims: Iterable[Claim], sentence: str, **places: Part | Text) -> Text:
    """Return a sentence that makes claims, once they are admitted; its places are its figures and names.

    Raises:
        UnsupportedClaimError: the rows do not carry a claim.
        ContradictionError: the product has said the opposite already.
    """
    admit(e, claims, sentence)
    return e.words(sentence, **places)
