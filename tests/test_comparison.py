"""The units against each other: small tables of scores, grades and findings, worked by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest
from ledger_examples import CITY, EAST, SOUTH, WEST, arrived, clue, roll, settings
from pydantic import ValidationError

from analysis.comparison import comparison
from analysis.indicators import measures
from analysis.indicators.naming import MeasureNames
from analysis.indicators.values import (
    COMPARE_COLUMNS,
    FINDING_COLUMNS,
    GRADE_COLUMNS,
    SCORE_COLUMNS,
    ValueIndex,
)
from analysis.intake.declared.ledgers import GROUPS
from analysis.rounds.frames import frame_of
from analysis.rounds.published import Published
from analysis.trends import trends
from analysis.words import words

UNITS = (EAST, WEST, SOUTH)


def resolved(unit: str, done: int, of: int, year: int = 2020) -> list[dict[str, Any]]:
    day = f"{year}-05-01"
    return [clue(unit, day, resolved_on=f"{year}-06-01" if place < done else None) for place in range(of)]


def scores(**points: tuple[str, ...]) -> pd.DataFrame:
    """Return scores of two indicators worth 10 and 5: `points[unit] = (points, points)`."""
    rows = [
        {
            "id": f"score.{unit}.{item}", "unit": unit, "indicator": item, "kind": "base", "points_possible": most,
            "points": got, "status": "reported",
        }
        for unit, parts in points.items()
        for item, most, got in zip(("1.1", "1.2"), ("10", "5"), parts, strict=True)
    ]  # fmt: skip
    return frame_of(rows, SCORE_COLUMNS)


def grades(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return frame_of(
        [
            {
                "id": f"grade.{unit}",
                "unit": unit,
                "score": score,
                "rank": rank if score else pd.NA,
                "grade": grade,
            }
            for rank, (unit, score, grade) in enumerate(rows, 1)
        ],
        GRADE_COLUMNS,
    )


def findings(*named: tuple[str, str]) -> pd.DataFrame:
    return frame_of(
        [
            {
                "id": f"finding.{unit}.{group}", "unit": unit, "group": group,
                "findings": 3 if (group, unit) in named else 0, "named": (group, unit) in named,
            }
            for unit in UNITS
            for group in GROUPS
        ],
        FINDING_COLUMNS,
    )  # fmt: skip


THREE = {EAST: ("9.50", "5"), WEST: ("8", "2.25"), SOUTH: ("0", "5")}
GRADED = ((EAST, "14.50", "A"), (WEST, "10.25", "B"), (SOUTH, "5.00", "C"))


def compared(
    rows: list[dict[str, Any]] | None = None,
    scored: pd.DataFrame | None = None,
    graded: pd.DataFrame | None = None,
    counted: pd.DataFrame | None = None,
    **more: Any,
) -> ValueIndex:
    arrivals = arrived(
        UNITS,
        clues=rows or [],
        self_marks=[
            {"unit": EAST, "item": "1.1", "mark": 10, "full": 10},
            {"unit": EAST, "item": "1.2", "mark": 4.9, "full": 5},
            {"unit": WEST, "item": "1.1", "mark": 9, "full": 10},
        ],
    )
    values = measures.compute(arrivals, settings()).values
    values = pd.concat([values, trends.compute(values, arrivals.roll, settings())], ignore_index=True)
    found = comparison.compute(
        values,
        scores(**THREE) if scored is None else scored,
        grades(*GRADED) if graded is None else graded,
        findings(("resolution", WEST), ("enforcement", WEST), ("enforcement", EAST))
        if counted is None
        else counted,
        arrivals.roll,
        settings(),
        **more,
    )
    return ValueIndex(pd.concat([values, found], ignore_index=True))


def test_contributions_add_up_to_the_citys_change() -> None:
    rows = (
        resolved(EAST, 0, 30, 2019)
        + resolved(EAST, 0, 10)
        + resolved(WEST, 0, 20, 2019)
        + resolved(WEST, 0, 25)
    )
    rows += resolved(SOUTH, 0, 7)
    index = compared(rows)
    found = {unit: index.row(unit, "2020", "contribution_cases", "2019") for unit in UNITS}
    assert found[EAST]["value"] == pytest.approx(-20 / 50)
    assert found[WEST]["value"] == pytest.approx(5 / 50)
    assert found[SOUTH]["status"] == "not_reported"
    city = index.row(CITY, "2020", "change_cases", "2019")
    assert found[EAST]["value"] + found[WEST]["value"] == pytest.approx(city["value"])


def test_the_funnel_flags_what_chance_does_not_explain() -> None:
    rows = resolved(EAST, 97, 100) + resolved(WEST, 3, 9) + resolved(SOUTH, 8, 9)
    index = compared(rows)
    low = index.row(WEST, "2020", "funnel_rate_resolved", method="exact_998")
    assert low["value"] < low["lower"]
    # eight of nine is lower than the city's rate and still nothing unusual for nine cases
    small = index.row(SOUTH, "2020", "funnel_rate_resolved", method="exact_95")
    assert small["lower"] < small["value"] < index.row(CITY, "2020", "rate_resolved")["value"]
    assert small["confidence"] == 0.95
    assert small["source"] == index.row(SOUTH, "2020", "rate_resolved")["id"]


def test_a_unit_without_a_rate_has_no_place_in_the_funnel() -> None:
    row = compared(resolved(EAST, 9, 10)).row(WEST, "2020", "funnel_rate_resolved", method="exact_95")
    assert row["status"] == "not_reported"
    assert pd.isna(row["lower"])


def test_points_lost_by_hand() -> None:
    index = compared()
    assert [index.row(unit, "2020", "points_lost")["value"] for unit in UNITS] == [0.5, 4.75, 10.0]
    assert index.row(WEST, "2020", "points_lost_1_2")["value"] == 2.75
    assert index.row(WEST, "2020", "points_lost_1_2")["source"] == f"score.{WEST}.1.2"


def test_the_share_of_the_costliest_indicators_by_hand() -> None:
    items = ("1.1", "1.2", "1.3", "1.4")
    lost = {EAST: ("4", "3", "2", "1"), WEST: ("0", "0", "0", "0")}
    scored = frame_of(
        [
            {
                "id": f"score.{unit}.{item}", "unit": unit, "indicator": item, "kind": "base",
                "points_possible": "10", "points": str(10 - int(points)), "status": "reported",
            }
            for unit, parts in lost.items()
            for item, points in zip(items, parts, strict=True)
        ],
        SCORE_COLUMNS,
    )  # fmt: skip
    index = compared(scored=scored)
    east, west, south = (index.row(unit, "2020", "points_lost_top3_share") for unit in UNITS)
    assert (east["numerator"], east["denominator"], east["value"]) == (9, 10, 0.9)
    # who lost nothing has no costliest indicator
    assert (west["status"], south["status"]) == ("not_applicable", "not_reported")


def test_own_score_beside_the_checked_one() -> None:
    index = compared()
    east, south = ({m: index.row(unit, "2020", m) for m in ("score_self", "score_base", "score_self_difference")}
                   for unit in (EAST, SOUTH))  # fmt: skip
    assert {name: row["value"] for name, row in east.items()} == {
        "score_self": 14.9, "score_base": 14.5, "score_self_difference": 0.4,
    }  # fmt: skip
    assert south["score_self"]["status"] == south["score_self_difference"]["status"] == "not_reported"
    partial = index.row(WEST, "2020", "score_self")
    assert (partial["status"], partial["numerator"], partial["denominator"]) == ("partial", 1, 2)


def test_the_last_of_grade_a_and_the_first_behind_it() -> None:
    assert compared().row(CITY, "2020", "score_gap_at_cut")["value"] == 4.25


def test_where_all_have_one_grade_there_is_no_cut() -> None:
    index = compared(graded=grades((EAST, "14.50", "A"), (WEST, "10.25", "A"), (SOUTH, "", "")))
    assert index.row(CITY, "2020", "score_gap_at_cut")["status"] == "not_applicable"


def test_units_are_counted_by_grade_and_by_problem_group() -> None:
    index = compared()
    counts = {
        name: index.row(CITY, "2020", f"units_{name}")["value"]
        for name in (
            "grade_A", "grade_B", "grade_C", "named", "named_resolution", "named_institutions", "grade_A_named",
        )
    }  # fmt: skip
    assert counts == {
        "grade_A": 1, "grade_B": 1, "grade_C": 1, "named": 2, "named_resolution": 1, "named_institutions": 0,
        "grade_A_named": 1,
    }  # fmt: skip


def test_a_round_without_a_rulebook_is_analysed_and_not_graded() -> None:
    index = compared(
        resolved(EAST, 9, 10), scored=frame_of([], SCORE_COLUMNS), graded=frame_of([], GRADE_COLUMNS)
    )
    for measure in ("points_lost", "score_base"):
        assert index.row(EAST, "2020", measure)["status"] == "not_reported"
    assert index.row(CITY, "2020", "units_grade_A")["status"] == "not_applicable"


def test_without_thresholds_nobody_is_counted_as_named() -> None:
    index = compared(counted=frame_of([], FINDING_COLUMNS))
    assert index.row(CITY, "2020", "units_named")["status"] == "not_applicable"
    assert index.row(CITY, "2020", "units_grade_A")["value"] == 1


def test_problems_are_counted_by_their_state() -> None:
    problems = pd.DataFrame(
        [(EAST, "closed"), (EAST, "open"), (EAST, "repeated"), (WEST, "overdue")], columns=["unit", "status"]
    )
    index = compared(problems=problems)
    names = ("all", "closed", "open", "overdue", "repeated")
    found = {
        unit: [index.row(unit, "2020", f"findings_{name}")["value"] for name in names]
        for unit in (*UNITS, CITY)
    }
    assert found == {
        EAST: [3, 1, 1, 0, 1], WEST: [1, 0, 0, 1, 0], SOUTH: [0, 0, 0, 0, 0], CITY: [4, 1, 1, 1, 1],
    }  # fmt: skip
    assert compared().row(CITY, "2020", "findings_all")["status"] == "not_reported"


def document(**changed: Any) -> Published:
    facts: dict[str, Any] = {
        "source": "示例〔2022〕1号",
        "title": "示例通报",
        "printed_on": dt.date(2022, 3, 31),
        "printed_place": "版记",
        "note": "示例",
        "grades": {"A": [EAST], "B": [WEST, SOUTH]},
        "grades_place": "二",
        "groups": [{"code": "resolution", "named": [WEST, SOUTH], "place": "三（二）1"}],
        "stages": [],
    }
    return Published.model_validate(facts | changed)


def test_published_facts_beside_the_computed_ones() -> None:
    frame = comparison.compare_published(
        document(), grades(*GRADED), findings(("resolution", WEST)), roll(*UNITS)
    ).set_index("figure")
    assert frame.loc[f"grade {EAST}", "verdict"] == "agrees"
    assert frame.loc[f"grade {SOUTH}"].tolist() == ["二", "B", "C", "differs", "", ""]
    assert frame.loc[f"named resolution {EAST}"].tolist() == ["三（二）1", "no", "no", "agrees", "", ""]
    assert frame.loc[f"named resolution {WEST}", "verdict"] == "agrees"
    assert frame.loc[f"named resolution {SOUTH}"].tolist() == ["三（二）1", "yes", "no", "differs", "", ""]
    counted = compared(published=frame.reset_index())
    assert counted.row(CITY, "2020", "facts_compared")["value"] == 6
    assert counted.row(CITY, "2020", "facts_differing")["value"] == 2


def test_nothing_published_compares_nothing() -> None:
    frame = comparison.compare_published(None, grades(*GRADED), findings(), roll(*UNITS))
    assert list(frame.columns) == list(COMPARE_COLUMNS)
    assert not len(frame)
    assert compared().row(CITY, "2020", "facts_compared")["status"] == "not_applicable"


def test_a_published_unit_outside_the_roll_differs() -> None:
    frame = comparison.compare_published(
        document(grades={"A": [EAST, "990009"]}, groups=[]), grades(*GRADED), findings(), roll(*UNITS)
    ).set_index("figure")
    assert frame.loc["grade 990009"].tolist() == ["二", "A", "", "differs", "", ""]


@pytest.mark.parametrize(
    ("printed", "verdict"),
    [
        # computed: 14.50
        ("14.50", "agrees"), ("14.5", "agrees"),
        # rounded to a whole point, or cut off
        ("15", "rounding"), ("14", "rounding"),
        ("14.51", "differs"), ("14.4", "differs"), ("13", "differs"),
    ],
)  # fmt: skip
def test_a_published_score_may_have_fewer_decimals(printed: str, verdict: str) -> None:
    scores = {"place": "附表", "printed": {EAST: printed}}
    frame = comparison.compare_published(
        document(scores=scores), grades(*GRADED), findings(), roll(*UNITS)
    ).set_index("figure")
    assert frame.loc[f"score {EAST}"].tolist()[:4] == ["附表", printed, "14.50", verdict]


def test_a_difference_with_a_reason_is_told_by_it_and_still_counts_as_one() -> None:
    """B was printed for 南 and C is computed: the office says why; of the naming it says nothing."""
    why = {"unit": SOUTH, "of": "grade", "kind": "revised", "reason": "2022年5月更正台账", "by": "综合岗"}
    agreeing = {"unit": EAST, "of": "grade", "kind": "acknowledged", "reason": "无", "by": "综合岗"}
    frame = comparison.compare_published(
        document(differences=[why, agreeing]), grades(*GRADED), findings(("resolution", WEST)), roll(*UNITS)
    )
    by_figure = frame.set_index("figure")
    assert by_figure.loc[f"grade {SOUTH}"].tolist() == [
        "二",
        "B",
        "C",
        "revised",
        "2022年5月更正台账",
        "综合岗",
    ]
    assert by_figure.loc[f"named resolution {SOUTH}", "verdict"] == "differs"
    # a reason for what does not differ is not needed and not told
    assert by_figure.loc[f"grade {EAST}"].tolist() == ["二", "A", "A", "agrees", "", ""]
    assert compared(published=frame).row(CITY, "2020", "facts_differing")["value"] == 2


@pytest.mark.parametrize("of", ["score", "unknown"])
def test_a_reason_for_what_was_not_published_is_refused(of: str) -> None:
    why = {"unit": SOUTH, "of": of, "kind": "revised", "reason": "更正", "by": "综合岗"}
    with pytest.raises(ValidationError):
        document(differences=[why])


def test_every_derived_measure_has_a_name() -> None:
    named = MeasureNames(words("zh"))
    arrivals = arrived(UNITS, clues=resolved(EAST, 9, 10))
    values = measures.compute(arrivals, settings()).values
    values = pd.concat([values, trends.compute(values, arrivals.roll, settings())], ignore_index=True)
    derived = comparison.compute(
        values, scores(**THREE), grades(*GRADED), findings(), arrivals.roll, settings()
    )
    codes = set(values["measure"]) | set(derived["measure"])
    unnamed = {code for code in codes if not named.found(code)}
    # the marks, losses and verified shares of single items bear the names the rulebook gives them
    of_items = ("points_lost_", "verified_share_")
    assert {code for code in unnamed if not code.startswith(of_items)} == set()
