"""Problem groups: what counts as one open problem, and what must not count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pytest
from rule_examples import roll, round_2020, rules, rules_2020

from analysis.indicators.values import FINDING_COLUMNS, LINEAGE_COLUMNS
from analysis.scoring.problems import count, status

Rows = Sequence[Mapping[str, Any]]
AS_OF = dt.date(2022, 2, 28)
_LEDGER = (
    "no", "unit", "group", "found_on", "deadline", "closed_on", "same_as", "file", "sheet", "row",
)  # fmt: skip
_FEEDBACK = ("no", "unit", "group", "finding_no", "file", "sheet", "row")


def ledger(rows: Rows) -> pd.DataFrame:
    """Return the rectification ledger; a row says only what differs from an open problem of unit a, resolution."""
    usual = {"unit": "a", "group": "resolution", "same_as": "", "file": "整改.xlsx", "sheet": "整改"}
    made = [{"row": 5 + place, **usual, **row} for place, row in enumerate(rows)]
    frame = pd.DataFrame(made, columns=list(_LEDGER))
    for field in ("found_on", "deadline", "closed_on"):
        frame[field] = pd.to_datetime(frame[field])
    return frame


def feedback(rows: Rows) -> pd.DataFrame:
    usual = {"unit": "a", "group": "resolution", "finding_no": "", "file": "反馈.xlsx", "sheet": ""}
    return pd.DataFrame(
        [{"row": 3 + place, **usual, **row} for place, row in enumerate(rows)], columns=list(_FEEDBACK)
    )


@dataclass
class Came:
    """Columns and files as the intake hands them over: the group stands in column B of one file, D of the other."""

    columns: pd.DataFrame
    files: pd.DataFrame


CAME = Came(
    pd.DataFrame(
        [("findings", "整改.xlsx", "整改", "group", "B"), ("feedback", "反馈.xlsx", "", "group", "D")],
        columns=["ledger", "file", "sheet", "field", "column"],
    ),
    pd.DataFrame([("整改.xlsx", "f00"), ("反馈.xlsx", "ba4")], columns=["file", "sha256"]),
)


def counted(findings: Rows, returned: Rows = (), *units: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    return count(
        ledger(findings),
        feedback(returned),
        rules_2020(),
        roll(*(units or ("a", "b"))),
        round_2020(),
        arrived=CAME,
    )


def of_a(findings: Rows, returned: Rows = (), group: str = "resolution") -> int:
    return int(counted(findings, returned)[0].set_index("id").loc[f"finding.a.{group}", "findings"])


# name: rows of the ledger, rows of the feedback, problems that count for unit a in the group resolution
DECOYS: dict[str, tuple[Rows, Rows, int]] = {
    "two problems": ([{"no": "1"}, {"no": "2"}], [], 2),
    "closed before the cut-off": ([{"no": "1"}, {"no": "2", "closed_on": "2022-02-27"}], [], 1),
    "closed on the cut-off": ([{"no": "1"}, {"no": "2", "closed_on": "2022-02-28"}], [], 1),
    "closed after the cut-off": ([{"no": "1"}, {"no": "2", "closed_on": "2022-03-01"}], [], 2),
    "found after the cut-off": ([{"no": "1"}, {"no": "2", "found_on": "2022-03-01"}], [], 1),
    "written down again": ([{"no": "1"}, {"no": "2", "same_as": "1"}], [], 1),
    "written down thrice in a chain": (
        [{"no": "1"}, {"no": "2", "same_as": "1"}, {"no": "3", "same_as": "2"}], [], 1,
    ),
    "each said to repeat the other": ([{"no": "1", "same_as": "2"}, {"no": "2", "same_as": "1"}], [], 1),
    "fed back by the province too": ([{"no": "1"}], [{"no": "F1", "finding_no": "1"}], 1),
    "fed back twice": ([{"no": "1"}], [{"no": "F1", "finding_no": "1"}, {"no": "F2", "finding_no": "1"}], 1),
    "fed back through its repetition": (
        [{"no": "1"}, {"no": "2", "same_as": "1"}], [{"no": "F1", "finding_no": "2"}], 1,
    ),
    "fed back and new": ([{"no": "1"}], [{"no": "F1"}], 2),
    "fed back but closed in the ledger": (
        [{"no": "1", "closed_on": "2022-01-31"}], [{"no": "F1", "finding_no": "1"}], 0,
    ),
    "closed once, found again": (
        [{"no": "1", "closed_on": "2021-12-31"}, {"no": "2", "same_as": "1"}], [], 1,
    ),
    "another unit's problem": ([{"no": "1", "unit": "b"}], [], 0),
    "another group's problem": ([{"no": "1", "group": "enforcement"}], [], 0),
    "said to repeat another unit's problem": ([{"no": "1", "unit": "b"}, {"no": "2", "same_as": "1"}], [], 1),
    "said to repeat nothing there": ([{"no": "1", "same_as": "9"}], [{"no": "F1", "finding_no": "8"}], 2),
    "feedback numbered like a problem": ([{"no": "1"}], [{"no": "1"}], 2),
    "rows without a number": ([{"no": ""}, {"no": ""}], [], 2),
    "nothing at all": ([], [], 0),
}  # fmt: skip


@pytest.mark.parametrize(("findings", "returned", "expected"), DECOYS.values(), ids=list(DECOYS))
def test_what_counts_as_one_open_problem(findings: Rows, returned: Rows, expected: int) -> None:
    assert of_a(findings, returned) == expected


@pytest.mark.parametrize("problems", [0, 1, 2, 3, 4])
def test_a_unit_is_named_from_the_threshold_on(problems: int) -> None:
    rows = [
        {"no": f"{group}{place}", "group": group}
        for group in ("resolution", "institutions", "enforcement")
        for place in range(problems)
    ]
    named = counted(rows)[0].set_index("id")["named"]
    assert bool(named["finding.a.resolution"]) == (problems >= 3)
    assert bool(named["finding.a.institutions"]) == (problems >= 3)
    assert bool(named["finding.a.enforcement"]) == (problems >= 2)
    assert not named[["finding.b.resolution", "finding.b.enforcement"]].any()


def test_the_table_has_every_unit_and_group_in_order() -> None:
    frame, lineage = counted([{"no": "1"}])
    assert list(frame.columns) == list(FINDING_COLUMNS)
    assert list(lineage.columns) == list(LINEAGE_COLUMNS)
    assert list(frame["id"]) == [
        f"finding.{unit}.{group}" for unit in "ab" for group in ("resolution", "institutions", "enforcement")
    ]
    assert set(lineage["source"]) == set(frame["id"])


def test_the_lineage_leads_to_the_rows_that_count() -> None:
    findings = [{"no": "1"}, {"no": "2", "same_as": "1"}, {"no": "3", "closed_on": "2022-01-01"}, {"no": "4"}]
    _, lineage = counted(findings, [{"no": "F1", "finding_no": "4"}, {"no": "F2"}])
    rows = lineage[lineage["source"] == "finding.a.resolution"]
    assert rows[["file", "cells", "rows", "sha256"]].values.tolist() == [
        ["整改.xlsx", "B5,B8", 2, "f00"],
        ["反馈.xlsx", "D4", 1, "ba4"],
    ]
    assert set(rows["filter"]) == {"role=problems;unit=a;group=resolution;as_of=2022-02-28"}


def test_a_count_of_zero_leads_to_all_that_was_looked_at() -> None:
    _, lineage = counted([{"no": "1"}, {"no": "2"}], [{"no": "F1"}])
    rows = lineage[lineage["source"] == "finding.b.enforcement"]
    assert list(rows["cells"]) == ["B5:B6", "D3"]


def test_the_order_of_rows_changes_nothing() -> None:
    findings = [
        {"no": "1", "row": 5}, {"no": "2", "row": 6, "same_as": "1"}, {"no": "3", "row": 7}, {"no": "4", "row": 8},
    ]  # fmt: skip
    for one, other in zip(counted(findings), counted(findings[::-1]), strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_exchanging_two_units_exchanges_their_groups() -> None:
    rows = [{"no": str(place), "unit": "a"} for place in range(4)] + [{"no": "9", "unit": "b"}]
    swapped = [{**row, "unit": {"a": "b", "b": "a"}[str(row["unit"])]} for row in rows]
    before, after = (counted(each)[0].set_index("id")["findings"] for each in (rows, swapped))
    assert before["finding.a.resolution"] == after["finding.b.resolution"] == 4
    assert before["finding.b.resolution"] == after["finding.a.resolution"] == 1


def test_thresholds_are_those_of_the_rule_set() -> None:
    groups = [{"code": "resolution", "name": "甲", "name_en": "A", "threshold": 1}]
    frame, _ = count(
        ledger([{"no": "1"}]),
        feedback([]),
        rules(problem_groups=groups),
        roll("a"),
        round_2020(),
        arrived=CAME,
    )
    assert frame[["group", "findings", "named"]].values.tolist() == [["resolution", 1, True]]


def test_a_round_without_a_rule_set_names_nobody() -> None:
    frame, lineage = count(ledger([{"no": "1"}]), feedback([]), None, roll("a"), round_2020(), arrived=CAME)
    assert frame.empty
    assert lineage.empty


STANDINGS: dict[str, tuple[Rows, list[tuple[str, str, int]]]] = {
    "open": ([{"no": "1", "deadline": "2022-02-28"}], [("1", "open", 1)]),
    "overdue": ([{"no": "1", "deadline": "2022-02-27"}], [("1", "overdue", 1)]),
    "closed late is closed": ([{"no": "1", "deadline": "2021-12-31", "closed_on": "2022-02-01"}], [("1", "closed", 1)]),
    "closed after the cut-off": (
        [{"no": "1", "deadline": "2022-01-31", "closed_on": "2022-03-05"}], [("1", "overdue", 1)],
    ),
    "written twice": ([{"no": "1"}, {"no": "2", "same_as": "1"}], [("1", "open", 2)]),
    "found again": (
        [{"no": "1", "closed_on": "2021-11-30"}, {"no": "2", "same_as": "1", "deadline": "2021-12-31"}],
        [("1", "repeated", 2)],
    ),
    "found after the cut-off": ([{"no": "1"}, {"no": "2", "found_on": "2022-04-01"}], [("1", "open", 1)]),
    "in the order of numbers": ([{"no": "2"}, {"no": "1"}], [("1", "open", 1), ("2", "open", 1)]),
    "none": ([], []),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "expected"), STANDINGS.values(), ids=list(STANDINGS))
def test_the_state_of_a_problem_at_the_cut_off(rows: Rows, expected: list[tuple[str, str, int]]) -> None:
    found = status(ledger(rows), AS_OF)
    assert list(found[["no", "status", "times"]].itertuples(index=False, name=None)) == expected
