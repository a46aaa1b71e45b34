"""What the units show side by side: places, gaps, spread, values for few cases, self-report and verification."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.report.claims.claim import Claim
from analysis.report.claims.claim_checks import say, supported
from analysis.report.claims.evidence import Evidence
from analysis.report.claims.judgements import LEFT_OUT, ends, funnel_flag, usable
from analysis.words import Text


def expected_flags(e: Evidence) -> Text:
    """Return how many units lie beyond the 95 % limits, and how many chance alone would put there; or nothing."""
    rows = [
        e.index.get(e.city, e.period, f"funnel_flags{part}_rate_resolved", method="exact_95")
        for part in ("", "_expected")
    ]
    flagged, expected = rows
    if flagged is None or expected is None or pd.isna(expected["value"]):
        return Text()
    return e.words(
        "message.funnel.expected",
        flagged=e.figure(flagged, "count"),
        expected=e.figure(expected, "one_decimal"),
    )


def changes_by_chance(e: Evidence) -> Text:
    """Return how many changes are clear alone, how many would be by chance, and how many together; or nothing."""
    names = ("clear_alone", "clear_by_chance", "clear_together", "judged")
    rows = {name: e.index.get(e.city, e.period, f"changes_{name}", e.base_period) for name in names}
    if not e.base_period or any(row is None or pd.isna(row["value"]) for row in rows.values()):
        return Text()
    figures = {
        name: e.figure(row, "one_decimal" if name == "clear_by_chance" else "count")
        for name, row in rows.items()
        if row is not None
    }
    claim = Claim("count", "", (e.city,), ("changes_clear_together",), (e.base_period, e.period))
    return say(e, [claim], "message.declines.by_chance", **figures)


def left_out_flags(e: Evidence) -> Text:
    """Return which units lie beyond the limits only when they are held against the others without themselves."""
    found = {
        side: [
            code
            for code in e.roll.codes
            if funnel_flag(e, code) == "inside" and funnel_flag(e, code, LEFT_OUT).startswith(side)
        ]
        for side in ("low", "high")
    }
    return e.words.sentences(
        say(
            e,
            [Claim("left_out", side, tuple(units), ("rate_resolved",), (e.period,))],
            f"message.funnel.left_out_{side}",
            units=e.names(units),
        )
        for side, units in found.items()
        if units
    )


def funnel_word(e: Evidence, unit: str, baseline: str = "") -> Text:
    """Return the word for where a unit's resolution rate stands in the funnel; baselines as for `funnel_flag`."""
    flag = funnel_flag(e, unit, baseline)
    claim = Claim("funnel", flag, (unit,), (f"rate_resolved{baseline}",), (e.period,))
    return say(e, [claim], f"report.flag.{flag}")


def gap_title(e: Evidence, rate: str = "rate_resolved") -> Text:
    """Return how far the lowest unit is from the best one in a rate."""
    rows = {code: e.index.get(code, e.period, f"gap_to_best_{rate}") for code in e.roll.codes}
    gaps = {code: row for code, row in rows.items() if row is not None and usable(row)}
    if not gaps:
        return e.words("message.gaps.absent")
    last = ends({code: float(row["value"]) for code, row in gaps.items()}, min)
    alike = not gaps[last[0]]["value"]
    claim = Claim("most" if alike else "least", "", tuple(last), (f"gap_to_best_{rate}",), (e.period,))
    if not supported(e, claim):
        return e.words("message.gaps.plain", rate=e.measure_name(rate))
    if alike:
        return say(e, [claim], "message.gaps.level", rate=e.measure_name(rate))
    return say(
        e,
        [claim],
        "message.gaps.title",
        rate=e.measure_name(rate),
        units=e.names(last),
        gap=e.figure(gaps[last[0]], "percentage_points_size"),
    )


def rank_title(e: Evidence, rate: str = "rate_resolved") -> Text:
    """Return the place in a rate that is least certain."""
    rows = {code: e.index.get(code, e.period, f"rank_{rate}") for code in e.roll.codes}
    ranks = {
        code: row for code, row in rows.items() if row is not None and usable(row) and pd.notna(row["lower"])
    }
    if not ranks:
        return e.words("message.gaps.ranks_absent")
    widest = max(ranks, key=lambda code: ranks[code]["upper"] - ranks[code]["lower"])
    row = ranks[widest]
    return e.words(
        "message.gaps.ranks",
        unit=e.short(widest),
        rate=e.measure_name(rate),
        lower=e.figure(row, "rank", "lower"),
        upper=e.figure(row, "rank", "upper"),
    )


def spread_sentence(e: Evidence) -> Text:
    """Return how the spread between the units went over the round's series; empty where it is unknown."""
    first, last = (e.calendar.series[place].text for place in (0, -1))
    rows = {
        (name, period): e.index.get(e.city, period, f"spread_{name}_cases")
        for name in ("top2", "cv")
        for period in (first, last)
    }
    if first == last or not all(usable(row) for row in rows.values()):
        return Text()
    style = {"top2": "percent", "cv": "two_decimals"}
    figures = {
        f"{name}_{'first' if period == first else 'last'}": e.figure(row, style[name])
        for (name, period), row in rows.items()
        if row is not None
    }
    claims = [Claim("count", "", (e.city,), ("spread_top2_cases",), (period,)) for period in (first, last)]
    names = {"first": e.period_name(first), "last": e.period_name(last)}
    return say(e, claims, "message.spread.sentence", **names, **figures)


def shrunken_title(e: Evidence) -> Text:
    """Return what the rate of the unit with the fewest cases is drawn to."""
    pairs = {
        code: (e.value(code, "rate_resolved"), shrunken)
        for code in e.roll.codes
        if (shrunken := e.index.get(code, e.period, "shrunken_rate_resolved")) is not None
        and usable(shrunken)
    }
    if not pairs:
        return e.words("message.shrunken.absent")
    fewest = min(pairs, key=lambda code: pairs[code][0]["denominator"])
    raw, shrunken = pairs[fewest]
    return e.words(
        "message.shrunken.title",
        unit=e.short(fewest),
        rate=e.figure(raw, "percent"),
        fraction=e.fraction(raw),
        shrunken=e.figure(shrunken, "percent"),
    )


def verified_title(e: Evidence) -> Text:
    """Return how much of its self-given marks the city was left with, and the unit with the least."""
    city = e.index.get(e.city, e.period, "verified_share")
    rows = {code: e.index.get(code, e.period, "verified_share") for code in e.roll.codes}
    shares = {code: row for code, row in rows.items() if row is not None and usable(row)}
    if city is None or not usable(city) or not shares:
        return e.words("message.verified.absent")
    least = ends({code: float(row["value"]) for code, row in shares.items()}, min)
    return say(
        e,
        [Claim("least", "", tuple(least), ("verified_share",), (e.period,))],
        "message.verified.title",
        city=e.figure(city, "percent"),
        units=e.names(least),
        share=e.figure(shares[least[0]], "percent"),
    )


def undetected_title(e: Evidence, institutions: Sequence[str]) -> Text:
    """Return where the sample leaves open the most deficient projects."""
    rows = [
        (code, name, row)
        for code in e.roll.codes
        for name in institutions
        if (row := e.index.get(code, e.period, f"undetected_upper_{name}")) is not None and usable(row)
    ]
    if not rows:
        return e.words("message.verified.no_sample")
    code, name, row = max(rows, key=lambda item: item[2]["value"])
    return e.words(
        "message.verified.undetected",
        unit=e.short(code),
        institution=e.words.label(f"report.institution.{name}"),
        upper=e.figure(row, "count"),
    )
