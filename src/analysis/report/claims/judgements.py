"""What the rows say, in the words of the claims: trends, places, who stands first, how firm a grade is.

Whoever writes a sentence asks here what to say, and the check of its claim asks here whether it may be said.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeVar

import pandas as pd

from analysis.indicators.catalogue import BOUNDS, QUANTITIES, RATES
from analysis.indicators.values import USABLE
from analysis.intake.declared.ledgers import GROUPS
from analysis.report.claims.evidence import CLEAR, Evidence, Row
from analysis.scoring.firmness import SEPARABLE

#: a trend is spoken of below this probability
LEVEL: Final = 0.05
#: a grade is firm if it is kept with at least this probability, under drawn counts and under drawn weights
FIRM: Final = 0.85
RESAMPLED: Final = "resampled_counts"
PERTURBED: Final = "perturbed_weights"
DRAWN: Final = (RESAMPLED, PERTURBED)
#: how the method of the funnel is called whose baseline leaves out the unit itself
LEFT_OUT: Final = "_loo"
#: the factors of the amount involved
FACTORS: Final = ("cases", "workers_per_case", "amount_per_worker")
_MONTH: Final = re.compile(r"\d{4}-\d{2}")
K = TypeVar("K")


def usable(row: Row | None) -> bool:
    """Whether a row is there and has a value."""
    return row is not None and row["status"] in USABLE and not pd.isna(row["value"])


def ends(values: Mapping[K, float], end: Callable[[Iterable[float]], float]) -> list[K]:
    """Return all who have the largest (`max`) or smallest (`min`) value, in the order given."""
    if not values:
        return []
    wanted = end(values.values())
    return [key for key, value in values.items() if value == wanted]


def holding_half(e: Evidence, measure: str) -> list[str]:
    """Return the units with the largest counts, the largest first, as few as have half of all; [] where none are told.

    Nor where some who are not named have as many as one who is, or where a count is not known to the end.
    """
    rows = {code: e.index.get(code, e.period, measure) for code in e.roll.codes}
    if not rows or any(row is None or row["status"] != "reported" for row in rows.values()):
        return []
    counts = {code: float(row["value"]) for code, row in rows.items() if row is not None}
    ordered, whole = sorted(counts, key=lambda code: -counts[code]), sum(counts.values())
    for many in range(1, len(ordered)):
        held, rest = ordered[:many], counts[ordered[many]]
        if sum(counts[code] for code in held) * 2 >= whole > 0:
            return held if counts[held[-1]] > rest else []
    return []


def ends_however_filled(
    e: Evidence, rows: Mapping[str, Row], units: Sequence[str], end: Callable[[Iterable[float]], float]
) -> bool:
    """Return whether these units, and no others, are at an end of the rows whatever the cells left empty say.

    A value of which rows are open lies anywhere between its lowest and its highest filling, or anywhere at all where
    these are not known. Of several units at the end none may leave anything open.
    """
    sign = 1 if end is min else -1
    spans = {code: sorted(sign * bound for bound in span(e, row)) for code, row in rows.items()}
    last = [spans[code] for code in units]
    rest = [least for code, (least, _) in spans.items() if code not in units]
    if len(last) > 1 and any(least != most for least, most in last):
        return False
    return all(most < least for _, most in last for least in rest)


def span(e: Evidence, row: Row) -> tuple[float, float]:
    """Return the lowest and the highest that a value may be."""
    if row["status"] != "partial":
        return float(row["value"]), float(row["value"])
    found = [e.index.get(row["unit"], row["period"], f"{bound}_{row['measure']}") for bound in BOUNDS]
    low, high = (
        float(filled["value"]) if filled is not None and usable(filled) else math.nan for filled in found
    )
    return (-math.inf if math.isnan(low) else low), (math.inf if math.isnan(high) else high)


def trend_word(e: Evidence, unit: str, measure: str) -> str:
    """Return what the years show: falling, rising, none, or the status of a series that cannot be tested.

    A series in which too much was left empty, or more in one period than in the next, is `incomplete`.

    Cases are judged by their yearly change, corrected for all units; everything else by the exact test of Kendall. A
    rate at the cut-off is not judged (`no_window`): the cases of earlier years had longer.
    """
    if measure in RATES:
        return "no_window"
    way, chance = trend_test(e, unit, measure)
    if way is None or chance is None:
        return "not_applicable"
    if chance["status"] not in USABLE or chance["status"] == "small_base":
        return str(chance["status"])
    if pd.isna(chance["value"]):
        return "incomplete"
    if chance["value"] >= LEVEL or not way["value"]:
        return "none"
    return "falling" if way["value"] < 0 else "rising"


def trend_test(e: Evidence, unit: str, measure: str) -> tuple[Row | None, Row | None]:
    """Return what decides the trend of a measure: the row whose sign says which way, and that of its probability.

    Nothing decides that of a rate at the cut-off.
    """
    if measure in RATES:
        return None, None
    way, chance = (
        ("growth_cases", "q_growth_cases")
        if measure == "cases"
        else (f"trend_{measure}", f"trend_p_{measure}")
    )
    return e.ending(unit, way), e.ending(unit, chance)


def points_lost_by(e: Evidence, unit: str, parts: Iterable[str]) -> dict[str, float]:
    """Return how many points a unit lost by dimension or item, those without a score and of other classes left out."""
    rows = [(code, e.score(unit, code)) for code in parts if e.has_score(unit, code)]
    return {
        code: float(Decimal(row["points_possible"]) - Decimal(row["points"]))
        for code, row in rows
        if row["points"]
    }


def funnel_flag(e: Evidence, unit: str, baseline: str = "") -> str:
    """Return where a unit's resolution rate stands: inside, low_95, low_998, high_95, high_998 or the status.

    Where that hangs on cells left empty it is not_judged. With the `baseline` `_loo` the limits are those around the
    rate of all other units.
    """
    row = e.value(unit, "rate_resolved")
    if row["status"] not in USABLE:
        return str(row["status"])
    flag = "inside"
    for level, method in (("95", "exact_95"), ("998", "exact_998")):
        limits = e.index.get(unit, e.period, "funnel_rate_resolved", method=method + baseline)
        if limits is None:
            continue
        if limits["status"] == "partial" and pd.isna(limits["value"]) and flag == "inside":
            flag = "not_judged"
        elif limits["value"] < limits["lower"]:
            flag = f"low_{level}"
        elif limits["value"] > limits["upper"]:
            flag = f"high_{level}"
    return flag


def beside_city(e: Evidence, unit: str, measure: str, base: str) -> str:
    """Return on which side of the city a unit stands beyond chance: better, worse, or chance.

    The resolution rate is judged by the funnel (outside its 95 % limits); a change has to be clear by its own verdict,
    and its interval to hold the city's no more. What has neither is never called better or worse.
    """
    if measure == "rate_resolved":
        return {"low": "worse", "high": "better"}.get(funnel_flag(e, unit).split("_")[0], "chance")
    own, city = (e.index.get(code, e.period, measure, base) for code in (unit, e.city))
    if not base or own is None or city is None or not usable(city) or e.judged(own) not in CLEAR:
        return "chance"
    # a missing limit compares as false
    if own["upper"] < city["value"]:
        return "better"
    return "worse" if own["lower"] > city["value"] else "chance"


def leading(costly: Sequence[Row], many: int = 3) -> list[Row]:
    """Return the costliest items, at most `many`: of those that cost alike all are named, or none."""
    if len(costly) <= many:
        return list(costly)
    beyond = costly[many]["value"]
    return [row for row in costly[:many] if row["value"] > beyond]


def costliest(e: Evidence, unit: str, indicators: Iterable[str]) -> list[Row]:
    """Return the rows of points a unit lost, the costliest indicator first; indicators in full are left out."""
    rows = [e.index.get(unit, e.period, f"points_lost_{code.replace('.', '_')}") for code in indicators]
    lost = [row for row in rows if row is not None and row["status"] in USABLE and row["value"] > 0]
    return sorted(lost, key=lambda row: -row["value"])


def indicator_of(row: Row) -> str:
    """Return the code of the indicator a row of lost points belongs to (`points_lost_5_2` → `5.2`)."""
    return str(row["measure"]).removeprefix("points_lost_").replace("_", ".")


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


def farthest(rows: Sequence[Row], side: str) -> list[Row]:
    """Return of the months above the limits those with the most cases, of those below them those with the fewest."""
    values = {place: float(row["value"]) for place, row in enumerate(rows)}
    return [rows[place] for place in ends(values, max if side == "above" else min)]


def clear_alone(e: Evidence, change: Row) -> bool:
    """Whether a change that is not clear among all that are judged has an interval that does not hold zero."""
    # a missing limit compares as false
    return e.judged(change) == "not_clear" and (change["upper"] < 0 or change["lower"] > 0)


def way(e: Evidence, unit: str, measure: str, base: str, period: str) -> str:
    """Return which way a quantity went between two periods: fall, rise, level, or nothing where that is not known.

    Of the city, where not all units stated both, over those that did.
    """
    rows = [e.index.get(unit, period, f"{kind}_{measure}", base) for kind in ("change", "difference")]
    moved = next((float(row["value"]) for row in rows if row is not None and not pd.isna(row["value"])), None)
    if moved is None:
        return ""
    return "fall" if moved < 0 else "rise" if moved > 0 else "level"


def main_factor(e: Evidence) -> str:
    """Return the factor most of the change of the city's amount comes from; nothing where none holds it.

    Nor where too much was left empty in either period: those who state everything may not be like the others.

    A share above the whole, where the other factors worked against it, is no part of it.
    """
    rows = {name: e.index.get(e.city, e.period, f"effect_{name}", e.base_period) for name in FACTORS}
    total = e.index.get(e.city, e.period, "difference_amount_stated", e.base_period)
    if total is None or not usable(total) or not all(usable(row) for row in rows.values()):
        return ""
    changes = (e.index.get(e.city, e.period, f"change_{quantity}", e.base_period) for quantity in QUANTITIES)
    if any(change is not None and e.judged(change) == "incomplete" for change in changes):
        return ""
    effects = {name: float(row["value"]) for name, row in rows.items() if row is not None}
    along = {name: abs(size) for name, size in effects.items() if (size < 0) == (total["value"] < 0)}
    first = ends(along, max)
    share = e.index.get(e.city, e.period, f"share_{first[0]}", e.base_period) if len(first) == 1 else None
    return first[0] if share is not None and 0 < share["value"] <= 1 else ""


def lowest_share(e: Evidence, unit: str) -> list[str]:
    """Return the dimensions in which a unit has the lowest share of the points; [] where all are alike."""
    share = {
        code: float(row["points"]) / float(row["points_possible"])
        for code in e.scored(unit, "total")
        if code != "total" and (row := e.score(unit, code))["points"]
    }
    lowest = ends(share, min)
    return [] if len(lowest) == len(share) > 1 else lowest


def nearest(e: Evidence, tier: str) -> list[Row]:
    """Return the rows of those who are nearest to a grade they do not have: to the `best`, or to the `lowest`."""
    measure, sign = {"best": ("score_gap_to_cut", -1), "lowest": ("score_gap_to_lowest", 1)}[tier]
    rows = {
        code: row
        for code in e.roll.codes
        if code in e.grade_of and e.grade_of[code]["grade"]
        if e.graded_as.tier(e.grade_of[code]["grade"]) != tier
        if (row := e.index.get(code, e.period, measure)) is not None
        if usable(row) and (row["value"] * sign > 0 or (tier == "lowest" and not row["value"]))
    }
    return [rows[code] for code in ends({code: abs(float(row["value"])) for code, row in rows.items()}, min)]


def graded(e: Evidence, letter: str) -> list[str]:
    """Return the units of a grade, the best score first; the empty letter is no grade."""
    return [str(row["unit"]) for row in e.by_score if row["grade"] == letter]


def named_in(e: Evidence, group: str) -> list[str]:
    """Return the units a problem group names, in roll order."""
    named = e.findings[(e.findings["group"] == group) & e.findings["named"].astype(bool)]
    units = set(named["unit"])
    return [code for code in e.roll.codes if code in units]


def silent_in(e: Evidence, ledger: str) -> list[str]:
    """Return the units that did not report a ledger, in roll order."""
    measure = f"rows_{ledger}"
    return [code for code in e.roll.codes if e.value(code, measure)["status"] == "not_reported"]


def counted_again(e: Evidence, measure: str, period: str, base: str) -> float | None:
    """Return a figure of all units together, counted from what the evidence holds of them; None where that is not all.

    Raises:
        KeyError: nobody says how the measure is counted.
    """
    by_group = {group: named_in(e, group) for group in GROUPS}
    units = {unit for of in by_group.values() for unit in of}
    counted = {f"units_grade_{name}": graded(e, name) for name in e.graded_as.names}
    counted |= {f"units_named_{group}": of for group, of in by_group.items()}
    best = f"units_grade_{e.graded_as.names[0]}"
    counted |= {"units_named": [*units], f"{best}_named": [*units & set(counted[best])]}
    return float(len(counted[measure])) if measure in counted else _of_changes(e, measure, period, base)


def _of_changes(e: Evidence, measure: str, period: str, base: str) -> float | None:
    if measure == "spread_top2_cases":
        rows = [e.index.get(code, period, "cases") for code in e.roll.codes]
        cases = sorted(float(row["value"]) for row in rows if row is not None and usable(row))
        whole, largest = sum(cases), sum(cases[-2:])
        return largest / whole if whole and len(cases) == len(rows) else None
    if measure == "pairs_not_separable":
        pairs = e.values[e.values["measure"].str.startswith("outranks_") & e.values["value"].notna()]
        return float((pairs["value"] < SEPARABLE).sum()) if len(pairs) else None
    changes = [
        e.index.get(code, period, f"change_{quantity}", base)
        for code in e.roll.codes
        for quantity in (("cases",) if measure == "units_not_clear_cases" else QUANTITIES)
    ]
    told = [row for row in changes if row is not None and row["status"] != "withheld"]
    if len(told) < len(changes):
        return None
    verdicts = [e.judged(row) for row in told]
    asked = {"units_not_clear_cases": ("not_clear",), "changes_clear_together": CLEAR}[measure]
    return float(sum(verdict in asked for verdict in verdicts))


def kept(e: Evidence, unit: str, method: str) -> Row | None:
    """Return the row of the probability with which a unit keeps its grade; None where it has none."""
    grade = e.grade_of.get(unit)
    if grade is None or not grade["grade"]:
        return None
    row = e.index.get(unit, e.period, f"probability_grade_{grade['grade']}", method=method)
    return row if row is not None and row["status"] in USABLE and not pd.isna(row["value"]) else None


def is_firm(e: Evidence, unit: str) -> bool | None:
    """Return whether a unit keeps its grade often enough in all that was drawn; None where nothing was."""
    rows = [row for method in DRAWN if (row := kept(e, unit, method)) is not None]
    return all(row["value"] >= FIRM for row in rows) if rows else None
