"""One unit over all rounds, found by its former codes, as filed where it was filed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import round_examples
from test_edition import filed

from analysis.questions.unit_history import COLUMNS, over_rounds
from analysis.results.edition import Edition
from analysis.rounds.refusals import QuestionError
from analysis.rounds.units import Unit
from analysis.run.opening import open_round
from analysis.run.states import state_called


def table(columns: str, *rows: str) -> pd.DataFrame:
    return pd.DataFrame([row.split(",") for row in rows], columns=columns.split(","), dtype="str")


def state(round_id: str, units: pd.DataFrame, grades: pd.DataFrame, findings: pd.DataFrame) -> Edition:
    tables = {"units": units, "grades": grades, "findings": findings}
    return Edition(tables, {"round": round_id, "period": round_id}, f"{round_id}-1", final=True)


ROLL, GRADES, FINDINGS = "code,short,former_codes", "unit,grade,score,rank", "unit,group,findings,named"


def test_a_unit_is_followed_through_its_codes() -> None:
    first = state(
        "2019",
        table(ROLL, "11,甲县,", "12,乙县,"),
        table(GRADES, "11,B,71.5,2", "12,A,90.0,1"),
        table(FINDINGS, "11,resolution,3,True", "11,enforcement,2,False", "12,resolution,0,False"),
    )
    # not scored in the second year: no grade, no rank, and nobody else's number
    second = state(
        "2020", table(ROLL, "21,甲区,11", "12,乙县,"), table(GRADES, "21,,,", "12,A,88.0,1"), table(FINDINGS)
    )
    found = over_rounds([first, second], Unit("21", "某市甲区", "甲区", former_codes=("11",)))
    assert list(found.columns) == list(COLUMNS)
    one, two = found.astype(object).where(found.notna(), None).to_dict("records")
    assert one == {
        "round": "2019", "period": "2019", "state": "2019-1", "final": True, "unit": "11", "unit_name": "甲县",
        "grade": "B", "score": 71.5, "rank": 2, "ranked": 2, "problems": 5, "named": "resolution",
    }  # fmt: skip
    assert [two[name] for name in ("unit", "grade", "score", "rank", "ranked", "problems", "named")] == [
        "21", "", None, None, 1, None, "",
    ]  # fmt: skip


def test_a_unit_that_did_not_exist_has_no_row() -> None:
    only = state("2019", table(ROLL, "12,乙县,"), table(GRADES, "12,A,90.0,1"), table(FINDINGS))
    assert over_rounds([only], Unit("13", "丙县", "丙县")).empty


def test_units_that_were_merged_have_a_row_each() -> None:
    before = state(
        "2019",
        table(ROLL, "11,甲县,", "12,乙县,"),
        table(GRADES, "11,B,71.5,2", "12,A,90.0,1"),
        table(FINDINGS),
    )
    found = over_rounds([before], Unit("12", "乙县", "乙县", former_codes=("11",)))
    assert list(found["unit_name"]) == ["乙县", "甲县"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return two rounds: 2020, and the same files as the round 2020b, of which a final edition rates 海港区 B."""
    folder = round_examples.computed(tmp_path_factory, "history")
    round_examples.derived(folder, "2020b")
    now = state_called(folder, "2020b", "zh").edition
    grades = now.tables["grades"].copy()
    grades.loc[grades["unit"] == "130302", "grade"] = "B"
    filed(Edition({**now.tables, "grades": grades}, now.manifest, "", final=True), folder, 1)
    return folder


def test_every_round_stands_as_filed_or_else_as_computed(project: Path) -> None:
    r = open_round("2020", project=project)
    rows: list[dict[str, Any]] = r.over_rounds("海港区").to_dict("records")
    assert [(row["state"], row["final"], row["grade"], row["score"]) for row in rows] == [
        ("2020", False, "A", 91.44),
        ("2020b-1", True, "B", 91.44),
    ]
    # as many problems as the round itself has
    findings = r.findings
    assert rows[0]["problems"] == findings.loc[findings["unit"] == "130302", "findings"].sum()


def test_what_cannot_be_read_is_a_sentence(project: Path) -> None:
    r = open_round("2020", project=project)
    with pytest.raises(QuestionError, match="没有单位"):
        r.over_rounds("海陆区")
    (project / "reports" / "final" / "2020-1").mkdir()
    with pytest.raises(QuestionError, match=r"manifest\.json 缺失或不合规"):
        r.over_rounds("海港区")
