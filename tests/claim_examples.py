"""Evidence made by hand: the value rows a sentence is to lean on, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ledger_examples import CITY, roll, settings

from analysis.indicators.values import (
    FINDING_COLUMNS,
    GRADE_COLUMNS,
    SCORE_COLUMNS,
    ValueIndex,
    value_rows,
)
from analysis.report.claims import Evidence
from analysis.rounds.frames import frame_of
from analysis.words import words

Rows = Iterable[Mapping[str, Any]]


def value(unit: str, measure: str, number: float | None, **more: Any) -> dict[str, Any]:
    """Return a value row of 2020, reported unless it has no number."""
    usual = {
        "unit": unit,
        "period": "2020",
        "base_period": "",
        "measure": measure,
        "method": "count",
        "unit_of_measure": "case",
        "status": "not_reported" if number is None else "reported",
    }
    return {**usual, **({} if number is None else {"value": number}), **more}


def changed(unit: str, quantity: str, before: int, now: int, q: float | None, **more: Any) -> Rows:
    """Yield a quantity in 2019 and 2020 and its change, with the corrected p-value that makes it clear or not."""
    yield value(unit, quantity, before, period="2019")
    yield value(unit, quantity, now)
    yield value(unit, f"difference_{quantity}", now - before, base_period="2019")
    limits = (
        {} if q is None else {"lower": -0.9, "upper": -0.1} if now < before else {"lower": 0.1, "upper": 9}
    )
    status = {"status": "small_base"} if before < 10 else {}
    sides = {"numerator": now, "denominator": before, "base_period": "2019"}
    yield value(unit, f"change_{quantity}", (now - before) / before, **sides, **limits, **status, **more)
    yield value(unit, f"q_change_{quantity}", q, base_period="2019")


def graded(unit: str, score: str, rank: int | None, grade: str) -> dict[str, Any]:
    """Return the grade row of a unit."""
    names = {"id": f"grade.{unit}", "unit": unit, "unit_name": roll(unit).name(unit)}
    names |= {"clause": "", "nearest_clause": ""}
    return {**names, "score": score, "rank": rank, "grade": grade}


def evidence(
    rows: Rows,
    *units: str,
    language: str = "zh",
    scores: Rows = (),
    grades: Rows = (),
    findings: Rows = (),
    vetoed: Sequence[str] = (),
    veto_open: Sequence[str] = (),
    **declared: Any,
) -> Evidence:
    """Return the evidence of a round 2020, compared with 2019, with these value rows and these alone."""
    values = value_rows(rows, "2020")
    of_round = settings(**declared)
    return Evidence(
        values=values,
        scores=frame_of([{"round": "2020", **row} for row in scores], SCORE_COLUMNS),
        grades=frame_of([{"round": "2020", **row} for row in grades], GRADE_COLUMNS),
        findings=frame_of([{"round": "2020", **row} for row in findings], FINDING_COLUMNS),
        index=ValueIndex(values),
        roll=roll(*units),
        calendar=of_round.calendar,
        words=words(language),
        vetoed=lambda: list(vetoed),
        veto_open=lambda: list(veto_open),
    )


__all__ = ["CITY", "changed", "evidence", "graded", "value"]
