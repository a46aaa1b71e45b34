"""A round in the memory: the same as the one that is kept in files, from a folder and from frames."""

from __future__ import annotations

import doctest
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import round_examples
from ledger_examples import EAST, WEST, roll, settings
from rule_examples import rules_2020

from analysis import intake
from analysis.intake.from_frames import UnusableFramesError
from analysis.render.blocks import figures
from analysis.report.sections import PRODUCTS
from analysis.results.assessment import Assessment
from analysis.results.store import Memory, NotStoredError
from analysis.rounds.faults import FaultsFoundError
from analysis.run import in_memory, pages
from analysis.run.checking import Checked
from analysis.run.stages import open_assessment

ROOT = Path(__file__).parents[1]
#: what `assess` gives beside what only the store needs
FRAMES = (
    "values",
    "lineage",
    "stated",
    "waits",
    "scores",
    "grades",
    "findings",
    "compare",
    "issues",
    "files",
    "corrections",
)
COUNTED = ("values", "scores", "grades", "findings", "compare", "stated")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return round_examples.computed(tmp_path_factory, "in-memory")


@pytest.fixture(scope="module")
def checked(project: Path) -> Checked:
    return in_memory.read(project, "2020")


@pytest.fixture(scope="module")
def assessed(checked: Checked) -> Assessment:
    return in_memory.assess_read(checked)


@pytest.fixture(scope="module")
def quick(checked: Checked) -> Assessment:
    return in_memory.assess_read(checked, with_lineage=False, draws=0)


def clues(**changed: Any) -> pd.DataFrame:
    """Return two clues of 2020, one per unit."""
    usual = {
        "unit": [EAST, WEST],
        "no": ["2", "1"],
        "received_on": pd.to_datetime(["2020-03-04", "2020-09-10"]),
        "confirmed": [True, None],
        "amount": [80_000.25, None],
    }
    return pd.DataFrame(usual | changed)


def test_a_round_in_the_memory_is_the_one_in_the_files(project: Path, assessed: Assessment) -> None:
    kept = open_assessment("2020", "comparison", "zh", project=project)
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(assessed, name), getattr(kept, name), obj=name)
    for name in intake.LEDGERS:
        pd.testing.assert_frame_equal(assessed.ledger(name), kept.ledger(name), obj=name)
    notes = json.loads((kept.round.processed / "frames.json").read_text(encoding="utf-8"))
    # `values` is put together from its parts when it is asked for
    assert {name for name in notes if not assessed.store.has(name)} == {"values"}


def test_ledgers_given_as_frames_are_the_ledgers_read(checked: Checked, assessed: Assessment) -> None:
    assert checked.arrived is not None
    # a column in which nothing is stated is one the office does not have
    frames = {
        name: ledger.loc[
            :, [not ledger[column].astype("str").replace("", None).isna().all() for column in ledger]
        ]
        for name in checked.arrived.ledgers
        for ledger in (assessed.ledger(name).sample(frac=1, random_state=1),)
    }
    arrived = in_memory.intake_of(assessed.round.settings, assessed.roll, frames)
    for name, ledger in arrived.ledgers.items():
        pd.testing.assert_frame_equal(ledger, checked.arrived.ledgers[name], obj=name)
    declared = assessed.settings
    again = in_memory.assess(
        in_memory.declared_of(
            declared.round.settings, declared.rulebook, declared.published, declared.bulletin
        ),
        arrived,
    )
    for name in COUNTED:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(assessed, name), obj=name)


def test_what_is_left_out_for_speed_changes_nothing_else(quick: Assessment, assessed: Assessment) -> None:
    for name in ("scores", "grades", "findings", "compare", "stated"):
        pd.testing.assert_frame_equal(getattr(quick, name), getattr(assessed, name), obj=name)
    assert quick.lineage.empty
    whole = assessed.values.set_index("id")
    pd.testing.assert_frame_equal(quick.values.set_index("id"), whole.loc[quick.values["id"]])
    left_out = set(whole.index) - set(quick.values["id"])
    methods = {"resampled_counts", "perturbed_weights", "leave_one_out", "choices", "difference"}
    assert set(whole.loc[list(left_out), "method"]) <= methods


def test_scores_and_grades_need_nothing_behind_them(checked: Checked, assessed: Assessment) -> None:
    early = in_memory.assess_read(checked, upto="indicators", with_lineage=False, told=False)
    scores = assessed.scores_by_source.assign(derivation="")
    pd.testing.assert_frame_equal(early.scores_by_source, scores)
    pd.testing.assert_frame_equal(early.grades, assessed.grades)
    assert set(early.values["id"]) < set(assessed.values["id"])
    assert not early.store.has("compare")
    with pytest.raises(ValueError, match="not in tuple"):
        in_memory.assess_read(checked, upto="grades")


@pytest.mark.parametrize("name", list(pages.PAGES))
def test_every_page_speaks_without_lineage_and_firmness(name: str, quick: Assessment) -> None:
    unit = quick.roll.codes[0] if name == "card" else ""
    shown = pages.shown(quick, name, unit=unit)
    # only a project has a round before that a round is put beside
    assert list(shown) == [section.id for section in PRODUCTS[name].sections if section.id != "since-last"]
    rows = {figure.row for block in shown.values() for figure in figures(block) if figure.row}
    known = {*quick.values["id"], *quick.scores_by_source["id"], *quick.grades["id"], *quick.findings["id"]}
    assert rows <= known


def test_what_blocks_is_refused(tmp_path: Path) -> None:
    folder = round_examples.project(tmp_path)
    (round_examples.raw(folder) / round_examples.CLUES).unlink()
    checked = in_memory.read(folder, "2020")
    with pytest.raises(FaultsFoundError) as refused:
        in_memory.assess_read(checked)
    assert refused.value.faults == checked.faults
    assert not (folder / "data" / "processed").exists()


def test_frames_get_places_and_whole_money() -> None:
    arrived = in_memory.intake_of(settings(), roll(EAST, WEST), {"clues": clues()})
    ledger = arrived.ledgers["clues"]
    assert ledger[["file", "row", "unit", "no", "amount"]].astype(object).replace(pd.NA, None).to_dict(
        "list"
    ) == {
        "file": ["clues", "clues"],
        "row": [1, 2],
        "unit": [EAST, WEST],
        "no": ["2", "1"],
        "amount": [8_000_025, None],
    }
    a = in_memory.assess(in_memory.declared_of(settings(), rules_2020()), arrived)
    cells = a.lineage.set_index("source").loc[f"{EAST}.2020.amount.sum", "cells"]
    # the amount is the fifth column of the frame
    assert cells == "E1"
    assert set(a.grades["unit"]) == {EAST, WEST}


@pytest.mark.parametrize(
    ("frames", "told"),
    [
        ({"clue": clues()}, "clue: there is none of this name, is it clues?"),
        ({"clues": clues(amout=1)}, "clues: column amout: there is none of this name, is it amount?"),
        ({"clues": clues(unit=[EAST, "990009"])}, "clues: unit: no unit of the roll in row 2"),
        ({"clues": clues(no=[1, 2])}, "clues: column no: 1 is no text"),
        ({"clues": clues(no=["1", "1"])}, "clues: no: the same as another row's in row 2"),
        ({"clues": clues(received_on=[None, "2020-01-01"])}, "clues: received_on: must be stated in row 1"),
        (
            {
                "events": pd.DataFrame(
                    {"unit": [EAST], "no": ["1"], "occurred_on": ["2020-01-01"], "kind": ["x"]}
                )
            },
            "events: kind: none of mass, extreme, beijing, province, city in row 1",
        ),
    ],
)
def test_frames_that_are_no_ledgers_are_refused(frames: dict[str, pd.DataFrame], told: str) -> None:
    with pytest.raises(UnusableFramesError) as refused:
        in_memory.intake_of(settings(), roll(EAST, WEST), frames)
    assert str(refused.value) == told


def test_everything_wrong_with_frames_is_told_at_once() -> None:
    wrong = {
        "clue": clues(),
        "clues": clues(unit=[EAST, ""], amount=["viel", 1]),
        "funds": pd.DataFrame({"unit": [WEST]}),
    }
    with pytest.raises(UnusableFramesError) as refused:
        in_memory.intake_of(settings(), roll(EAST), wrong)
    assert [line.partition(": ")[0] for line in str(refused.value).splitlines()] == ["clue", "clues", "funds"]


def test_frames_in_the_memory_cannot_be_changed_by_who_reads_them() -> None:
    frames = Memory()
    given = pd.DataFrame({"text": pd.Series(["甲", None], dtype="str"), "number": [1.0, 2.0]})
    frames.write("one", given.set_axis([4, 2]))
    taken = frames.read("one")
    taken.loc[0, "number"] = 9.0
    assert frames.read("one").to_dict("list") == {"text": ["甲", ""], "number": [1.0, 2.0]}
    assert frames.read("one").index.to_list() == [0, 1]
    with pytest.raises(NotStoredError):
        frames.read("other")


def test_the_examples_of_the_document_run_as_written(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    failed, tried = doctest.testfile(
        str(ROOT / "docs" / "in-memory.md"),
        module_relative=False,
        optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS,
        encoding="utf-8",
    )
    assert (failed, tried > 5) == (0, True)
