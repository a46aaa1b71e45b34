"""How long rank intervals and grade probabilities of all counties take, beside a plain loop in the same run.

    python benchmarks/firmness.py [UNITS]

The loop draws the same rates one by one and scores them with floats; it runs over every fiftieth draw, and its time is
multiplied by fifty. Its limits are held against ours before anything is printed.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from analysis.indicators.values import value_rows
from analysis.rounds.rounds import City, Round, RoundSettings
from analysis.rounds.units import Unit, UnitRoll
from analysis.rulebook import Rulebook
from analysis.scoring import firmness, grading, scoring
from analysis.words import words

T = TypeVar("T")

PERIOD, CITY = "2020", "990000"
RATES = 5
EVERY = 50
#: the loop has few draws: its limits are those of a sample of twenty
AGREEMENT = 0.1


def rulebook() -> Rulebook:
    """Return a rule set of five rates in proportion, 20 points each."""
    items = [
        {
            "code": f"1.{number}", "name": "某项", "name_en": "Item", "points": 20, "measure": f"rate_{number}",
            "direction": "up", "department": "某部门", "data_source": "某台账", "definition": "某口径",
            "rule": {"shape": "proportional"},
        }
        for number in range(RATES)
    ]  # fmt: skip
    return Rulebook.model_validate(
        {
            "name": "某细则",
            "name_en": "Rules",
            "ours": True,
            "note": "示例",
            "base_points": 100,
            "bonus_may_pass": False,
            "rounding": {"rule": "half_even", "places": 2, "moment": "total"},
            "percent": "percentage_points",
            "ties": {"rank": "better", "at_top": "all_in", "at_last": "all_out"},
            "missing": "no_points",
            "nothing_to_assess": "full_points",
            "not_comparable": "no_points",
            "zero_base": "full_if_none_now",
            "small_base": {"cases_below": 10, "use": "unit"},
            "dimensions": [
                {"code": "1", "name": "某维度", "name_en": "Part", "points": 100, "indicators": items}
            ],
            "grades": {
                "slots": {"vetoed": "freed", "barred": "kept"},
                "A": {"all_of": [{"kind": "top", "places": 500}, {"kind": "score_at_least", "points": 80}]},
                "C": {"any_of": [[{"kind": "last", "places": 200}, {"kind": "score_below", "points": 70}]]},
                "otherwise": "B",
            },
        }
    )


def round_of() -> Round:
    """Return a round with nothing but its periods."""
    settings = {
        "round": PERIOD, "title": "考核", "city": City(code=CITY, name="某市", short="全市"), "issuer": "办公室",
        "periods": [PERIOD], "base_period": "2019", "history": ["2019", PERIOD], "as_of": dt.date(2021, 2, 28),
        "synthetic": True,
    }  # fmt: skip
    return Round(RoundSettings.model_validate(settings), Path("raw"), Path("project"))


def table(units: int) -> pd.DataFrame:
    """Return the rates of all units: of 5 to 200 clues, 70 to 100 % are resolved."""
    generator = random.Random(1)
    rows = []
    for unit in range(units):
        for number in range(RATES):
            below = generator.randint(5, 200)
            above = round(below * generator.uniform(0.7, 1))
            rows.append(
                {
                    "unit": f"{unit:06d}", "period": PERIOD, "measure": f"rate_{number}", "numerator": above,
                    "denominator": below, "value": above / below, "unit_of_measure": "ratio", "method": "wilson",
                    "status": "reported",
                }
            )  # fmt: skip
    return value_rows(rows, PERIOD)


def loop(values: pd.DataFrame, draws: int) -> np.ndarray:
    """Return ranks of shape (draws, units), drawn, scored and sorted one after the other."""
    generator = random.Random(2)
    counts: dict[str, list[tuple[float, float]]] = {}
    for unit, above, below in zip(values["unit"], values["numerator"], values["denominator"], strict=True):
        counts.setdefault(unit, []).append((above, below))
    found = []
    for _ in range(draws):
        totals = {
            unit: sum(20 * generator.betavariate(k + 0.5, n - k + 0.5) for k, n in own) for unit, own in counts.items()
        }  # fmt: skip
        order = {unit: rank for rank, unit in enumerate(sorted(totals, key=lambda unit: -totals[unit]), 1)}
        found.append([order[unit] for unit in counts])
    return np.array(found)


def timed(what: Callable[[], T]) -> tuple[T, float]:
    """Return a result and the processor seconds it took."""
    start = time.process_time()
    return what(), time.process_time() - start


def main(units: int = 2850) -> None:
    """Print the table."""
    values, rules, of = table(units), rulebook(), round_of()
    roll = UnitRoll([Unit(f"{n:06d}", f"某{n}", f"某{n}", order=n) for n in range(units)], CITY, "全市")
    scores = scoring.official(scoring.score(values, rules, roll, of, sentences=False, catalogue=words("zh")))
    grades = grading.grade(scores, values, rules, roll, of, catalogue=words("zh"))
    draws = firmness.DRAWS_OF_MANY if units > firmness.MANY else firmness.DRAWS
    naive, seconds = timed(lambda: loop(values, draws // EVERY))
    seconds *= EVERY
    firm, ours = timed(lambda: firmness.compute(values, scores, grades, rules, roll, of))
    chosen: Any = firm[(firm["measure"] == "rank_interval") & (firm["method"] == firmness.RESAMPLED)]
    gap = np.abs(chosen["numerator"].to_numpy() - np.median(naive, axis=0)).mean() / units
    if gap > AGREEMENT:
        raise SystemExit(f"medians differ by {gap:.3f} of all ranks on average")
    print(f"{units} units, {RATES} rates, {draws} draws")
    print(f"| loop (ranks of drawn counts alone) | {seconds:.2f} | 1 |")
    print(f"| `firmness.compute`, all rows | {ours:.2f} | {ours / seconds:.2f} |")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
