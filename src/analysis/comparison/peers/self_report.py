"""Self-report against verification: own marks beside the points found, and what sampling could have missed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.comparison.peers.side_by_side import CONFIDENCE, Peers, Row, joint_status
from analysis.indicators.conditions import slug
from analysis.indicators.values import USABLE
from analysis.intake.declared.ledgers import INSTITUTIONS
from analysis.rounds.frames import rows_of
from analysis.statistics.verification import linear_kappa, undetected

#: lower ends of the bands into which shares of the full mark are cut; below the first is a band too
BANDS: Final = (Fraction(60, 100), Fraction(80, 100), Fraction(90, 100), Fraction(1))
#: what the rows of marks and points are called
SHARE: Final = "verified_share"
KAPPA: Final = "verified_kappa"
UNDETECTED: Final = "undetected_upper"


@dataclass(frozen=True)
class _Pair:
    """One indicator of one unit: what it says of itself, and what was found.

    Attributes:
        indicator: its code.
        status: whether both are known.
        reported: the unit's own mark, on the scale of the points.
        verified: the points.
        full: the points possible.
    """

    indicator: str
    status: str
    reported: Fraction = Fraction(0)
    verified: Fraction = Fraction(0)
    full: Fraction = Fraction(1)


def rows(peers: Peers, scores: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Return self-report beside verification.

    `verified_share_<indicator>` = points found ÷ the unit's own mark (on the scale of the points), for every indicator
    of the self-check that is scored; `verified_share` in all, `verified_kappa` = linear weighted kappa of the two
    shares of the full mark, cut into bands at `BANDS` (units, and the city over all pairs);
    `undetected_upper_<institution>` = how many deficient projects there may be, at 95 %, among those that were not
    sampled, given how many the sample found (units only: the city's sample is not drawn from all its projects alike).
    An own mark of zero has no share: status zero_base, or not applicable if nothing was found either.

    Args:
        peers: the units side by side.
        scores: the score table; empty without a rulebook.
    """
    everything: list[_Pair] = []
    by_unit = dict(tuple(scores[scores["kind"] == "base"].groupby("unit")))
    for code in peers.roll.codes:
        pairs = _pairs(peers, code, by_unit.get(code, scores.iloc[:0]))
        everything += pairs
        for pair in pairs:
            yield _share_row(code, f"{SHARE}_{slug(pair.indicator)}", [pair])
        yield from _whole(code, pairs)
    yield from _whole(peers.roll.city_code, everything)
    yield from _undetected(peers)


def parts(peers: Peers, row: Row) -> Iterator[tuple[str, str]]:
    """Return what a row of this module is made of: what the value is to it, and the value's source."""
    measure, unit = str(row["measure"]), str(row["unit"])
    if measure in (SHARE, KAPPA):
        whole = "grades" if unit == peers.roll.city_code else f"score.{unit}.total"
        yield "reported", str(peers.row(unit, "rows_self_marks")["source"])
        yield "verified", whole
    elif measure.startswith(f"{SHARE}_"):
        item = measure.removeprefix(f"{SHARE}_")
        yield "reported", str(peers.row(unit, f"mark_self_{item}")["source"])
        yield "verified", f"score.{unit}.{item.replace('_', '.')}"
    elif measure.startswith(f"{UNDETECTED}_"):
        institution = measure.removeprefix(f"{UNDETECTED}_")
        for side in ("deficient", "sampled", "coverage"):
            yield side, str(peers.row(unit, f"{side}_{institution}")["source"])


def _pairs(peers: Peers, unit: str, scores: pd.DataFrame) -> list[_Pair]:
    found = []
    for score in rows_of(scores):
        mark = peers.index.get(unit, peers.now.text, f"mark_self_{slug(score['indicator'])}")
        if mark is not None:
            found.append(_pair(mark, score))
    return found


def _pair(mark: Row, score: Row) -> _Pair:
    indicator = str(score["indicator"])
    if mark["status"] not in USABLE:
        return _Pair(indicator, str(mark["status"]))
    if score["points"] == "":
        return _Pair(indicator, "not_applicable")
    points, full = Fraction(Decimal(score["points"])), Fraction(Decimal(score["points_possible"]))
    own, most = (Fraction(Decimal(str(mark[side]))) for side in ("numerator", "denominator"))
    if not 0 <= own <= most or most == 0 or full <= 0:
        # a mark above the full one is no mark
        return _Pair(indicator, "not_applicable")
    return _Pair(indicator, str(mark["status"]), own / most * full, points, full)


def _whole(unit: str, pairs: list[_Pair]) -> Iterator[dict[str, Any]]:
    yield _share_row(unit, SHARE, pairs)
    yield _kappa_row(unit, pairs)


def _share_row(unit: str, measure: str, pairs: list[_Pair]) -> dict[str, Any]:
    row = _row(unit, measure, "ratio", "verified_over_reported", pairs)
    known = [pair for pair in pairs if pair.status in USABLE]
    if not known:
        return row
    reported, verified = (
        sum(side, Fraction(0)) for side in zip(*((p.reported, p.verified) for p in known), strict=True)
    )
    row |= {"numerator": float(verified), "denominator": float(reported)}
    if reported:
        return row | {"value": float(verified / reported)}
    return row | {"status": "zero_base" if verified else "not_applicable"}


def _kappa_row(unit: str, pairs: list[_Pair]) -> dict[str, Any]:
    row = _row(unit, KAPPA, "ratio", "kappa_linear", pairs)
    known = [pair for pair in pairs if pair.status in USABLE]
    if not known:
        return row
    table = np.zeros((len(BANDS) + 1, len(BANDS) + 1), dtype=int)
    for pair in known:
        table[_band(pair.reported / pair.full), _band(pair.verified / pair.full)] += 1
    found = linear_kappa(table, CONFIDENCE).iloc[0]
    row |= {"numerator": int(np.trace(table)), "denominator": len(known)}
    if pd.isna(found["value"]):
        return row | {"status": "not_applicable"}
    row |= {"value": found["value"]}
    if pd.notna(found["lower"]):
        row |= {"lower": found["lower"], "upper": found["upper"], "confidence": CONFIDENCE}
    return row


def _band(share: Fraction) -> int:
    return sum(share >= end for end in BANDS)


def _row(unit: str, measure: str, unit_of_measure: str, method: str, pairs: list[_Pair]) -> dict[str, Any]:
    statuses = [pair.status for pair in pairs]
    status = "not_reported"
    if any(status in USABLE for status in statuses):
        status = "reported" if set(statuses) == {"reported"} else "partial"
    elif statuses:
        status = joint_status(statuses)
    return {
        "unit": unit,
        "measure": measure,
        "unit_of_measure": unit_of_measure,
        "method": method,
        "status": status,
    }


def _undetected(peers: Peers) -> Iterator[dict[str, Any]]:
    for institution in INSTITUTIONS:
        sides = [
            [peers.row(code, f"{side}_{institution}") for code in peers.roll.codes]
            for side in ("coverage", "sampled", "deficient")
        ]
        trios = list(zip(*sides, strict=True))
        known = np.array([all(row["status"] in USABLE for row in trio) for trio in trios], dtype=bool)
        whole, sample, found = (
            np.where(known, np.array([row[field] for row in side], dtype=float), np.nan)
            for side, field in zip(sides, ("denominator", "value", "value"), strict=True)
        )
        bound = undetected(found, sample, whole, CONFIDENCE)["upper_one_sided"].to_numpy() - found
        for place, (code, trio) in enumerate(zip(peers.roll.codes, trios, strict=True)):
            row: dict[str, Any] = {
                "unit": code,
                "measure": f"{UNDETECTED}_{institution}",
                "unit_of_measure": "project",
                "method": "hypergeometric",
                "status": joint_status(str(row["status"]) for row in trio),
            }
            if known[place]:
                row |= {"numerator": found[place], "denominator": sample[place]}
                # where nothing was sampled, nothing can be said
                limits = {"value": bound[place], "upper": bound[place], "confidence": CONFIDENCE}
                row |= limits if np.isfinite(bound[place]) else {"status": "not_applicable"}
            yield row
