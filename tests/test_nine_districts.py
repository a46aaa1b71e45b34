"""Nine districts' files as they are: what was declared of them gives the truth, row by row and in every total."""

from __future__ import annotations

from pathlib import Path

import nine_districts as nine
import pandas as pd
import pytest
from office_examples import Office

from analysis.intake import fault_line
from analysis.intake.fault_lists.reconciling import FATES
from analysis.run import in_memory, pages
from analysis.run.checking import Checked
from analysis.words import words

TRUTH = nine.truth()


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """Return the round of the nine districts, read."""
    folder: Path = tmp_path_factory.mktemp("nine")
    nine.deliver(Office(folder), TRUTH)
    return in_memory.read(folder, "2020")


def test_nothing_blocks_and_only_what_was_not_to_be_read_is_told(checked: Checked) -> None:
    lines = [
        fault_line(fault, words("zh"))
        for fault in checked.faults
        # nobody has kept events before, and three districts had none
        if fault.severity != "notes" and fault.check != "unit_not_reported"
    ]
    assert lines == []


def test_every_clue_is_read_as_it_happened(checked: Checked) -> None:
    assert checked.arrived is not None
    read = {
        (row.unit, row.no): (
            row.received_on.date(), row.workers, row.amount / 100, row.amount_paid / 100, bool(row.confirmed),
            None if row.resolved_on is None or row.resolved_on != row.resolved_on else row.resolved_on.date(),
        )
        for row in checked.arrived.ledgers["clues"].itertuples()
    }  # fmt: skip
    happened = {
        (nine.CODES[c.unit], c.no): (c.received_on, c.workers, c.amount, c.paid, c.confirmed, c.resolved_on)
        for c in TRUTH.clues
    }
    assert read == happened


def test_every_row_is_accounted_for(checked: Checked) -> None:
    assert checked.arrived is not None
    account = checked.arrived.reconciliation
    assert (account["rows"] == account[[fate for fate in FATES if fate != "rows"]].sum(axis=1)).all()
    clues = account[account["ledger"] == "clues"]
    assert clues["rows"].sum() == clues["used"].sum() == len(TRUTH.clues)
    # each of the nine files, the two half-years and last year's ledger are there
    assert clues["file"].nunique() == 10


@pytest.fixture(scope="module")
def values(checked: Checked) -> pd.DataFrame:
    """Return the values of the round."""
    return in_memory.assess_read(checked, upto="indicators", with_lineage=False, told=False).values


@pytest.mark.parametrize("year", [2019, 2020])
@pytest.mark.parametrize("measure", nine.TOTALS)
def test_every_total_agrees_with_the_truth(values: pd.DataFrame, measure: str, year: int) -> None:
    found = values[(values["measure"] == measure) & (values["period"] == str(year))].set_index("unit")
    count = nine.TOTALS[measure]
    expected = {nine.CODES[unit]: count(TRUTH.of(unit, year)) for unit in nine.NAMES}
    expected["990000"] = sum(expected.values())
    assert found["value"].to_dict() == expected
    assert set(found["status"]) == {"reported"}


def test_events_projects_marks_and_feedback_are_read(checked: Checked) -> None:
    assert checked.arrived is not None
    ledgers = checked.arrived.ledgers
    events = ledgers["events"]
    assert dict(zip(events["no"], events["people"], strict=True)) == {
        no: people for no, _, _, people in TRUTH.events
    }
    projects = ledgers["projects"].set_index("no")
    for place, field in enumerate(nine.INSTITUTIONS):
        said = {no: "yes" if has[place] else "no" for no, _, has in TRUTH.projects}
        assert projects[field].to_dict() == said
    marks = ledgers["self_marks"]
    read = {
        (unit, item): mark
        for unit, item, mark in zip(marks["unit"], marks["item"], marks["mark"], strict=True)
    }
    assert read == {(nine.CODES[unit], item): mark for (unit, item), mark in TRUTH.marks.items()}
    feedback = ledgers["feedback"]
    assert dict(zip(feedback["no"], feedback["unit"], strict=True)) == {
        no: nine.CODES[unit] for no, unit, _ in TRUTH.feedback
    }


def test_the_report_of_the_nine_is_shown_to_its_end(checked: Checked) -> None:
    a = in_memory.assess_read(checked, draws=0)
    assert len(pages.shown(a, "report")) > 3
