"""How long scoring takes, beside a naive loop over the same numbers in the same run.

    python benchmarks/scoring.py [UNITS]

The naive loop computes the same points with floats, without statuses, derivations, rounding or sentences: what a
spreadsheet would do. Its points are held against ours before anything is printed.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

import pandas as pd

from analysis.indicators.values import ValueIndex, value_rows
from analysis.rounds.units import Unit, UnitRoll
from analysis.rulebook import Rulebook
from analysis.scoring import scoring
from analysis.words import words

T = TypeVar("T")

PERIOD, BASE, CITY = "2020", "2019", "990000"
#: indicators by kind; together 60
KINDS = {"mark": 10, "rate": 30, "count": 10, "decline": 5, "best": 5}
UNITS_TOLD = 9

RULES: dict[str, dict[str, Any]] = {
    "mark": {"read": "mark", "direction": "up", "rule": {"shape": "proportional"}},
    "rate": {
        "direction": "up",
        "rule": {"shape": "shortfall", "full_at": "98%", "each": "1%", "off": "0.02"},
    },
    "count": {"direction": "down", "rule": {"shape": "each", "off": "0.1", "counted": "event"}},
    "decline": {
        "read": "decline",
        "direction": "down",
        "rule": {"shape": "line", "full_at": "15%", "zero_at": "0%"},
    },
    "best": {"direction": "up", "compare": {"to": "best"}, "rule": {"shape": "proportional"}},
}
MEASURES = {
    "mark": "mark_field_{n}",
    "rate": "rate_{n}",
    "count": "events_{n}",
    "decline": "change_{n}",
    "best": "coverage_{n}",
}


def rulebook() -> Rulebook:
    """Return a rule set of 60 indicators of one point each."""
    indicators = [
        {
            "code": f"1.{n}",
            "name": f"指标{n}",
            "name_en": f"Indicator {n}",
            "points": 1,
            "measure": MEASURES[kind].format(n=n),
            "department": "",
            "data_source": "",
            "definition": "",
            **RULES[kind],
        }
        for n, kind in enumerate((kind for kind, number in KINDS.items() for _ in range(number)), 1)
    ]
    whole = len(indicators)
    dimension = {"code": "1", "name": "全部", "name_en": "All", "points": whole, "indicators": indicators}
    return Rulebook.model_validate(
        {
            "name": "基准",
            "name_en": "Benchmark",
            "ours": True,
            "note": "",
            "base_points": whole,
            "bonus_may_pass": False,
            "rounding": {"rule": "half_even", "places": 2, "moment": "total"},
            "percent": "percentage_points",
            "ties": {"rank": "better", "at_top": "all_in", "at_last": "all_out"},
            "missing": "no_points",
            "nothing_to_assess": "full_points",
            "not_comparable": "no_points",
            "zero_base": "full_if_none_now",
            "small_base": {"cases_below": 10, "use": "city"},
            "dimensions": [dimension],
            "grades": {
                "slots": {"vetoed": "freed", "barred": "kept"},
                "A": {"all_of": [{"kind": "top", "places": 1}]},
                "C": {"any_of": [[{"kind": "last", "places": 1}]]},
                "otherwise": "B",
            },
        }
    )


def table(book: Rulebook, units: int) -> pd.DataFrame:
    """Return invented values of every indicator for every unit, by a fixed seed."""
    chance = random.Random(20201231)
    rows: list[dict[str, Any]] = []
    for unit in range(units):
        code = f"99{unit:05d}"
        for item in book.indicators():
            base = chance.randint(20, 400)
            number = chance.randint(0, base)
            usual = {
                "unit": code,
                "measure": item.measure,
                "period": PERIOD,
                "status": "reported",
                "method": "count",
            }
            match item.read, item.direction:
                case "decline", _:
                    change = {"base_period": BASE, "value": (number - base) / base}
                    rows.append({**usual, **change, "numerator": number, "denominator": base})
                case "mark", _:
                    rows.append({**usual, "value": number, "numerator": number, "denominator": base})
                case _, "down":
                    rows.append({**usual, "value": number % 12, "unit_of_measure": "event"})
                case _:
                    rows.append({**usual, "value": number / base, "numerator": number, "denominator": base})
    return value_rows(rows, PERIOD)


def naive(book: Rulebook, values: pd.DataFrame) -> dict[str, float]:
    """Return the totals as a loop over floats gives them."""
    by_key = {
        (u, m): float(v) for u, m, v in zip(values["unit"], values["measure"], values["value"], strict=True)
    }
    full = {
        (u, m): float(d)
        for u, m, d in zip(values["unit"], values["measure"], values["denominator"], strict=True)
    }
    units = list(dict.fromkeys(values["unit"]))
    totals: dict[str, float] = {}
    for unit in units:
        total = 0.0
        for item in book.indicators():
            x = by_key[unit, item.measure]
            if item.compare is not None:
                points = x / max(by_key[other, item.measure] for other in units) if x else 0.0
            elif item.read == "mark":
                points = x / full[unit, item.measure]
            elif item.read == "decline":
                points = -x / 0.15
            elif item.direction == "down":
                points = 1 - 0.1 * x
            else:
                points = 1 - max(0.98 - x, 0) * 100 * 0.02
            total += min(max(points, 0.0), 1.0)
        totals[unit] = total
    return totals


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Return what some work gives, and how many seconds of processor time it took."""
    start = time.process_time()
    found = work()
    return found, time.process_time() - start


def main(units: int) -> None:
    """Time each step and print it."""
    book = rulebook()
    values = table(book, units)
    roll = UnitRoll(
        [Unit(code, code, code, order=place) for place, code in enumerate(dict.fromkeys(values["unit"]))],
        CITY,
        "全市",
    )
    catalogue = words("zh")
    # the loop looks for the best unit anew for every unit: quadratic, so it is timed without these indicators too
    plain = book.model_copy(
        update={
            "dimensions": tuple(
                part.model_copy(update={"indicators": tuple(i for i in part.indicators if i.compare is None)})
                for part in book.dimensions
            )
        }
    )
    _, loop = timed(lambda: naive(plain, values))
    totals, loop_all = timed(lambda: naive(book, values))
    index, reading = timed(lambda: ValueIndex(values))
    scored, scoring_time = timed(
        lambda: scoring.score_units(index, book, roll, period=PERIOD, base_period=BASE)
    )
    _, framing = timed(lambda: scoring.scores_frame(scored, book, PERIOD, catalogue, sentences=False))
    _, telling = timed(lambda: scoring.scores_frame(scored[:UNITS_TOLD], book, PERIOD, catalogue))
    furthest = max(abs(float(score.whole.points) - totals[score.unit]) for score in scored)
    if furthest > 0.006:
        raise SystemExit(f"the naive loop differs by {furthest}")

    items = units * sum(KINDS.values())
    print(f"{units} units x {sum(KINDS.values())} indicators = {items} derivations, {len(values)} value rows")
    print(f"{'step':42} {'seconds':>9} {'x naive':>9}")
    for step, seconds in (
        ("naive loop, floats, without best-of", loop),
        ("naive loop, floats, all indicators", loop_all),
        ("index of the value table", reading),
        ("score_units (exact, with derivations)", scoring_time),
        ("scores_frame without sentences", framing),
        (f"scores_frame with sentences, {UNITS_TOLD} units", telling),
        ("all of it without sentences", reading + scoring_time + framing),
    ):
        print(f"{step:42} {seconds:9.2f} {seconds / loop:9.1f}")
    print(f"{scoring_time / items * 1e6:.1f} microseconds per derivation; naive totals within {furthest:.4f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000)
