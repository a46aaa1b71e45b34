"""The frames behind the charts, cut out of the values and scores: one function per chart, `Evidence → frame`.

Every frame has a column `row` (or several) with the ids of the rows it shows, so that the source line under a chart
is derived from what is plotted, and a column `place` that says in which order its rows are meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.indicators.catalogue import QUANTITIES
from analysis.intake.declared.ledgers import GROUPS
from analysis.report import claims
from analysis.report.claims import FACTORS, Evidence
from analysis.rounds.frames import rows_of
from analysis.rounds.periods import Calendar


def scores_by_unit_dimension(e: Evidence, dimensions: Mapping[str, str]) -> pd.DataFrame:
    """Return one row per unit × dimension it is assessed by, units by score, the city's mean last.

    Columns: unit_name, grade, score, dimension, dimension_name, points_possible, points, share, row.
    """
    rows = []
    for grade in e.by_score:
        for code, name in dimensions.items():
            if not e.has_score(grade["unit"], code):
                continue
            score = e.score(grade["unit"], code)
            rows.append(
                {
                    "unit_name": e.short(grade["unit"]),
                    **_chip(e, grade["unit"]),
                    "score": _number(grade["score"]),
                    "dimension": code,
                    "dimension_name": name,
                    "points_possible": _number(score["points_possible"]),
                    "points": _number(score["points"]),
                    "row": score["id"],
                }
            )
    frame = _frame(rows)
    # of a dimension by which the class of a unit is not assessed, the points are those of the others
    known = frame.groupby("dimension")["points_possible"].transform("first")
    frame["points_possible"] = frame["points_possible"].fillna(known)
    frame["share"] = frame["points"] / frame["points_possible"]
    with_mean = pd.concat([frame, _mean_row(e, frame)], ignore_index=True)
    return with_mean.assign(place=range(len(with_mean)))


def _mean_row(e: Evidence, frame: pd.DataFrame) -> pd.DataFrame:
    mean = frame.groupby(["dimension", "dimension_name"], sort=False, as_index=False)[
        ["points_possible", "points", "share"]
    ].mean()
    units = frame.drop_duplicates("unit_name")
    return mean.assign(
        unit_name=e.words.label("charts.units_mean"), grade="", tier="", score=units["score"].mean(), row=""
    )


def changes_by_unit_measure(e: Evidence) -> pd.DataFrame:
    """Return one row per unit × quantity that anybody reported.

    Columns: unit_name, measure, previous, current, change, verdict, previous_period, current_period, row.
    """
    rows = []
    for code in e.roll.codes:
        for quantity in e.quantities:
            change = e.change(code, quantity)
            rows.append(
                {
                    "unit_name": e.short(code),
                    "measure": quantity,
                    "previous": e.value(code, quantity, e.base_period)["value"],
                    "current": e.value(code, quantity)["value"],
                    "change": change["value"],
                    "verdict": e.verdict(code, quantity),
                    "previous_period": e.base_period,
                    "current_period": e.period,
                    "row": change["id"],
                }
            )
    return _frame(rows)


def effects_by_factor(e: Evidence) -> pd.DataFrame:
    """Return the waterfall of the city's amount, over the cases that state it and their people.

    Previous, three factors, current.

    Columns: factor, value (yuan), previous, current (of the factor itself), previous_period, current_period, row.
    """
    totals = {place: e.value(e.city, "amount_stated", period) for place, period in _ends(e).items()}
    sizes = {
        place: {quantity: e.value(e.city, f"{quantity}_stated", period)["value"] for quantity in QUANTITIES}
        for place, period in _ends(e).items()
    }
    factor_sizes = {
        place: {
            "cases": size["cases"],
            "workers_per_case": _per(size["workers"], size["cases"]),
            "amount_per_worker": _per(size["amount"], size["workers"]),
        }
        for place, size in sizes.items()
    }
    rows = [{"factor": "previous", "value": totals["previous"]["value"], "row": totals["previous"]["id"]}]
    for factor in FACTORS:
        effect = e.value(e.city, f"effect_{factor}", base=e.base_period)
        rows.append(
            {
                "factor": factor,
                "value": effect["value"],
                "previous": factor_sizes["previous"][factor],
                "current": factor_sizes["current"][factor],
                "row": effect["id"],
            }
        )
    rows.append({"factor": "current", "value": totals["current"]["value"], "row": totals["current"]["id"]})
    return _frame(rows).assign(previous_period=e.base_period, current_period=e.period)


def _per(amount: float, count: float) -> float:
    """Return how much falls on each of a count; nothing is known of it where there are none."""
    return amount / count if count else float("nan")


def _ends(e: Evidence) -> dict[str, str]:
    return {"previous": e.base_period, "current": e.period}


def contributors(e: Evidence) -> list[str]:
    """Return the units by their contribution to the city's change of cases, the largest fall first."""
    contribution = {
        code: e.value(code, "contribution_cases", base=e.base_period)["value"] for code in e.roll.codes
    }
    return sorted(e.roll.codes, key=lambda code: (pd.isna(contribution[code]), contribution[code]))


def contributions_by_unit_measure(e: Evidence) -> pd.DataFrame:
    """Return one row per unit × quantity.

    Columns: unit_name, measure, contribution (fraction of the city's total in the base period), row.
    """
    rows = []
    for code in contributors(e):
        for quantity in QUANTITIES:
            row = e.value(code, f"contribution_{quantity}", base=e.base_period)
            rows.append(
                {
                    "unit_name": e.short(code),
                    "measure": quantity,
                    "contribution": row["value"],
                    "row": row["id"],
                }
            )
    return _frame(rows)


def cases_by_unit_period(e: Evidence) -> pd.DataFrame:
    """Return one row per unit × period of the round's series.

    Columns: unit_name, grade, period, value, status, verdict (of the last step of the series), row.
    """
    series = claims.case_series(e)
    return by_unit_period(e, series, {code: claims.last_verdict(e, code) for code in series})


def by_unit_period(
    e: Evidence, series: Mapping[str, Sequence[claims.Row]], verdicts: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return one row per unit × period of some series, the units in their order; without verdicts none is judged."""
    rows = [
        {
            "unit_name": e.short(code),
            **_chip(e, code),
            "period": row["period"],
            "value": row["value"],
            "status": row["status"],
            "verdict": "" if verdicts is None else verdicts[code],
            "row": row["id"],
        }
        for code, listed in series.items()
        for row in listed
    ]
    return _frame(rows)


def at_their_places(frame: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """Return rows of the round's series with empty ones for the periods in between that have no ledgers.

    Args:
        frame: rows with `period`, `value` and `status`, and `unit_name` where they are of several units.
        calendar: of the round.
    """
    every = pd.DataFrame({"period": [period.text for period in calendar.unbroken_series]})
    units = [name for name in ("unit_name", "grade", "tier", "verdict") if name in frame]
    if units:
        every = frame[units].drop_duplicates().merge(every, how="cross")
    joined = every.merge(frame, on=list(every), how="left")
    return joined.assign(status=joined["status"].fillna(""), place=range(len(joined)))


def cases_by_month(e: Evidence, periods: Sequence[str]) -> pd.DataFrame:
    """Return one row per month of the city: period, value, signal, centre, lower, upper, row.

    Mean and limits are those of the month where its season is taken out, else the same in every row.
    """
    rows = []
    for period in periods:
        row = e.value(e.city, "cases", period)
        levels = {
            name: e.index.get(e.city, period, f"xmr_{name}_cases") or e.ending(e.city, f"xmr_{name}_cases")
            for name in ("centre", "lower", "upper")
        }
        rows.append(
            {
                "period": period,
                "value": row["value"],
                "signal": claims.signal_word(claims.signal(e, period)),
                "row": row["id"],
                **{name: _value(level) for name, level in levels.items()},
            }
        )
    return _frame(rows)


def rates_by_unit(e: Evidence) -> pd.DataFrame:
    """Return one row per unit: unit_name, numerator, denominator, value (missing where not reported), flag, row."""
    rows = []
    for code in e.roll.codes:
        row = e.value(code, "rate_resolved")
        rows.append(
            {
                "unit_name": e.short(code),
                "numerator": row["numerator"],
                "denominator": row["denominator"],
                "value": row["value"],
                "flag": claims.funnel_flag(e, code),
                "row": row["id"],
            }
        )
    return _frame(rows)


def waits_by_unit(e: Evidence) -> pd.DataFrame:
    """Return one row per unit, who waits least first, and the city's last; who has not reached half stands behind.

    Columns: unit_name, grade, tier, value, lower, upper (days, missing where not reached), cases (whose wait is known).
    """
    rows = {code: e.value(code, "waiting_resolved") for code in e.roll.codes}

    def slowest_last(code: str) -> tuple[bool, bool, float]:
        days = _value(rows[code])
        return pd.isna(days), not _value(rows[code], "denominator") > 0, 0.0 if pd.isna(days) else days

    order = [*sorted(rows, key=slowest_last), e.city]
    return _frame(
        {
            "unit_name": e.short(code),
            **_chip(e, code),
            **{column: _value(row, column) for column in ("value", "lower", "upper")},
            "cases": _value(row, "denominator"),
            "row": row["id"],
        }
        for code in order
        for row in (e.value(code, "waiting_resolved"),)
    )


def lost_by_unit_indicator(e: Evidence, names: Mapping[str, str]) -> pd.DataFrame:
    """Return one row per unit × indicator that cost it points, one with an empty `item` for a unit without any.

    Columns: unit_name, grade, lost (in all), item, points, row.

    Args:
        e: the evidence.
        names: names of the indicators by code.
    """
    rows = []
    for code in e.roll.codes:
        lost = e.value(code, "points_lost")
        unit = {"unit_name": e.short(code), **_chip(e, code), "lost": lost["value"]}
        costly = claims.costliest(e, code, names)
        rows += [
            {**unit, "item": names[claims.indicator_of(row)], "points": row["value"], "row": row["id"]}
            for row in costly
        ]
        if not costly:
            rows.append({**unit, "item": "", "points": float("nan"), "row": lost["id"]})
    return _frame(rows)


def losses_by_indicator(e: Evidence, unit: str, names: Mapping[str, str]) -> pd.DataFrame:
    """Return one row per indicator that cost a unit points, the costliest first: item, points, points_possible, row."""
    return _frame(
        {
            "item": f"{claims.indicator_of(row)} {names[claims.indicator_of(row)]}",
            "points": row["value"],
            "points_possible": _number(e.score(unit, claims.indicator_of(row))["points_possible"]),
            "row": row["id"],
        }
        for row in claims.costliest(e, unit, names)
    )


def distance_by_unit(e: Evidence) -> pd.DataFrame:
    """Return one row per unit, by score: unit_name, grade, gap (to the cut of A), lowest (to the line of C), row."""
    rows = []
    for grade in e.by_score:
        unit = grade["unit"]
        gap, lowest = (e.index.get(unit, e.period, f"score_gap_to_{line}") for line in ("cut", "lowest"))
        rows.append(
            {
                "unit_name": e.short(unit),
                **_chip(e, unit),
                "gap": _value(gap),
                "lowest": _value(lowest),
                "row": "" if gap is None else gap["id"],
            }
        )
    return _frame(rows)


def ranks_by_unit(e: Evidence) -> pd.DataFrame:
    """Return one row per unit, by score.

    Columns: unit_name, grade, rank, lower, upper (drawn counts), weights_lower, weights_upper, kept, firm, row.
    """
    rows = []
    for grade in e.by_score:
        unit = grade["unit"]
        counts, weights = (
            e.index.get(unit, e.period, "rank_interval", method=method) for method in claims.DRAWN
        )
        kept = claims.kept(e, unit, claims.RESAMPLED)
        rows.append(
            {
                "unit_name": e.short(unit),
                **_chip(e, unit),
                "rank": float("nan") if pd.isna(grade["rank"]) else float(grade["rank"]),
                "lower": _value(counts, "lower"),
                "upper": _value(counts, "upper"),
                "weights_lower": _value(weights, "lower"),
                "weights_upper": _value(weights, "upper"),
                "kept": _value(kept),
                "firm": claims.is_firm(e, unit),
                "row": "" if counts is None else counts["id"],
            }
        )
    return _frame(rows)


def ranks_by_method(e: Evidence, ways: Sequence[claims.Row], ranked: int) -> pd.DataFrame:
    """Return one row per way of trying a unit's rank: method_name, rank, lower, upper, units, row.

    Args:
        e: the evidence, which on a card for its unit holds no other unit.
        ways: the rows of the ranks.
        ranked: how many units have a rank.
    """
    return _frame(
        {
            "method_name": e.words.label(f"drawn.ways.{row['method']}"),
            "rank": row["value"],
            "lower": row["lower"],
            "upper": row["upper"],
            "units": float(ranked),
            "row": row["id"],
        }
        for row in ways
    )


def findings_by_unit_group(e: Evidence) -> pd.DataFrame:
    """Return one row per unit × problem group, in roll order.

    Columns: unit_name, grade, group, group_name, findings, named, row.
    """
    return _frame(
        {
            "unit_name": e.short(row["unit"]),
            **_chip(e, row["unit"]),
            "group": row["group"],
            "group_name": e.words.label(f"report.problems.{row['group']}"),
            "findings": float(row["findings"]),
            "named": bool(row["named"]),
            "row": row["id"],
        }
        for code in e.roll.codes
        for row in sorted(
            rows_of(e.findings[e.findings["unit"] == code]), key=lambda row: GROUPS.index(row["group"])
        )
    )


def problems_by_unit_state(e: Evidence, counted: str = "findings") -> pd.DataFrame:
    """Return one row per unit × state of the problems: unit_name, grade, state, count, row.

    Args:
        e: the evidence.
        counted: `findings` for those of the ledger, `carried` for those of the rounds before.
    """
    return _frame(
        {
            "unit_name": e.short(code),
            **_chip(e, code),
            "state": state,
            "count": _value(row),
            "row": row["id"],
        }
        for code in e.roll.codes
        for state in claims.STATES
        for row in (e.value(code, f"{counted}_{state}"),)
    )


def _frame(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows))
    return frame.assign(place=range(len(frame)))


def _chip(e: Evidence, unit: str) -> dict[str, str]:
    """Return the grade of a unit as it is shown, empty where it has none, and what it is among the grades."""
    grade = str(e.grade_of[unit]["grade"]) if unit in e.grade_of else ""
    return {
        "grade": e.words.written(grade, e.graded_as.english.get(grade, "")),
        "tier": e.graded_as.tier(grade),
    }


def _value(row: claims.Row | None, column: str = "value") -> float:
    return float("nan") if row is None or pd.isna(row[column]) else float(row[column])


def _number(text: str) -> float:
    return float(text) if text else float("nan")
