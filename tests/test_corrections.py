"""Corrections: what the office decided about its source, held against what stands there, never written into a file."""

import datetime as dt
import hashlib
from decimal import Decimal

import pytest
import round_examples
from office_examples import CLUES, EAST, WEST, Office, blocking, places
from ruamel.yaml import YAML

from analysis import open_round
from analysis.intake.correcting import same
from analysis.questions import explain
from analysis.render.html_blocks import Html
from analysis.rounds.new_round import make
from analysis.run import stages
from analysis.words import words

FILE = "线索台账.xlsx"
WHY = {"reason": "报送单位来函更正", "reported_by": "示例东区统计岗", "date": "2021-03-01"}
A_1, A_2, A_3, A_10 = range(4, 8)


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def decide(office, *corrections):
    """Write the corrections of an office, each with a reason, and read its round."""
    office.write()
    decided = [{**WHY, **correction} for correction in corrections]
    with (office.folder / "corrections.yaml").open("w", encoding="utf-8") as file:
        YAML().dump({"corrections": decided}, file)
    return office.read_again()


def at(cell, **more):
    return {"file": FILE, "sheet": "线索", "cell": cell, **more}


def clue(intake, number):
    clues = intake.ledgers["clues"]
    return clues[clues["no"] == number].iloc[0]


def values(intake):
    clues = intake.ledgers["clues"]
    return clues.drop(columns=["file", "sheet", "row"]).set_index("no").astype(object)


def told(intake):
    return [
        (fault.check, fault.file, fault.line) for fault in intake.faults if fault.file == "corrections.yaml"
    ]


def test_without_the_file_nothing_is_corrected(office):
    intake = office.read()
    assert len(intake.corrections) == 0
    assert intake.faults == []


@pytest.mark.parametrize(
    "place",
    [
        at("F8"),
        {"file": FILE, "cell": "F8"},
        {"ledger": "clues", "no": "A-10", "field": "amount"},
    ],
)
def test_an_override_changes_its_cell_and_nothing_else(office, place):
    office.clues.pop()  # without totals nothing else can differ
    del office.maps["ledgers"]["clues"]["footer"]
    before = values(office.read())
    intake = decide(office, {"kind": "override", **place, "expected": 900.5, "value": 90.05})
    changed = before.ne(values(intake)) & ~(before.isna() & values(intake).isna())
    assert changed.stack()[lambda cell: cell].index.tolist() == [("A-10", "amount")]
    assert clue(intake, "A-10").amount == 90_05
    # the row keeps its place, so its lineage leads to the cell as the file has it
    assert clue(intake, "A-10").row == 8
    (row,) = intake.corrections.to_dict("records")
    wanted = {
        "kind": "override", "unit": WEST, "ledger": "clues", "field": "amount", "file": FILE, "sheet": "线索",
        "cells": "F8", "was": "900.5", "is": "90.05", "number": 1, "date": "2021-03-01",
        "reported_by": "示例东区统计岗",
    }  # fmt: skip
    assert {key: row[key] for key in wanted} == wanted
    # every check sees the corrected value
    assert places(intake.faults) == [("paid_exceeds_owed", "G8")]


def test_a_cell_can_be_emptied_and_filled_and_dated(office):
    intake = decide(
        office,
        {"kind": "override", **at("E8"), "expected": 8, "value": None},
        {"kind": "override", **at("E7"), "expected": None, "value": 5},
        {"kind": "override", **at("J6"), "expected": dt.date(2020, 2, 3), "value": dt.date(2020, 2, 4)},
    )
    assert blocking(intake) == []
    assert clue(intake, "A-10").workers is not clue(intake, "A-3").workers
    assert str(clue(intake, "A-10").workers) == "<NA>"
    assert clue(intake, "A-3").workers == 5
    assert clue(intake, "A-2").closed_on == dt.datetime(2020, 2, 4)


def test_a_blocking_cell_is_mended_by_an_override(office):
    office.clues[A_3][5] = "见附件"
    assert len(blocking(office.read())) == 1
    intake = decide(office, {"kind": "override", **at("F7"), "expected": "见附件", "value": 300})
    assert blocking(intake) == []
    assert clue(intake, "A-3").amount == 300_00


def test_raw_files_are_never_touched(office):
    decide(office, {"kind": "drop", "ledger": "clues", "no": "A-2", "expected": {"workers": 4}})
    before = {path.name: hashlib.sha256(path.read_bytes()).digest() for path in office.folder.iterdir()}
    assert "A-2" not in set(office.read_again().ledgers["clues"]["no"])
    after = {path.name: hashlib.sha256(path.read_bytes()).digest() for path in office.folder.iterdir()}
    assert before == after
    (office.folder / "corrections.yaml").unlink()
    assert "A-2" in set(office.read_again().ledgers["clues"]["no"])


def test_a_dropped_row_does_not_count(office):
    intake = decide(
        office, {"kind": "drop", "file": FILE, "row": 6, "expected": {"no": "A-2", "amount": 1200.5}}
    )
    assert set(intake.ledgers["clues"]["no"]) == {"A-1", "A-3", "A-10"}
    assert intake.corrections.loc[0, ["unit", "cells", "was", "is"]].tolist() == [
        EAST,
        "6:6",
        "A-2、1200.5",
        "",
    ]
    # the printed total still counts the row, which is said and stops nothing; it was the unit's only one of the year
    assert {fault.check for fault in intake.faults} == {"control_total_differs", "unit_not_reported"}
    assert blocking(intake) == []


def test_a_merged_row_names_the_case_it_belongs_to(office):
    intake = decide(
        office, {"kind": "merge", "ledger": "clues", "no": "A-2", "into": "A-1", "expected": {"workers": 4}}
    )
    assert clue(intake, "A-2").duplicate_of == "A-1"
    assert blocking(intake) == []


def test_a_merged_row_leaves_a_ledger_without_a_column_for_it(office):
    del office.maps["ledgers"]["clues"]["fields"]["duplicate_of"]
    office.maps["ledgers"]["clues"]["ignored"] = ["重复编号"]
    intake = decide(
        office, {"kind": "merge", "ledger": "clues", "no": "A-2", "into": "A-1", "expected": {"workers": 4}}
    )
    assert set(intake.ledgers["clues"]["no"]) == {"A-1", "A-3", "A-10"}


def test_a_column_written_in_another_unit_is_scaled_with_its_total(office):
    # 万元 under a header of 元: 1000 + 1200.5 + 900.5
    intake = decide(
        office,
        {"kind": "scale", "ledger": "clues", "field": "amount", "expected": 3101, "factor": 10000},
    )
    assert clue(intake, "A-1").amount == 1000 * 10_000 * 100
    assert clue(intake, "A-10").amount == 9_005_000 * 100
    row = intake.corrections.loc[0]
    assert row[["cells", "was", "is", "number"]].tolist() == ["F5:F8", "3101", "31010000", 3]
    # the printed total was in the same unit of measure and still agrees
    assert [fault.check for fault in intake.faults if fault.check == "control_total_differs"] == []


def test_rows_of_a_column_and_a_single_cell_can_be_scaled(office):
    intake = decide(
        office,
        {"kind": "scale", "file": FILE, "column": "F", "rows": [5, 6], "expected": 2200.5, "factor": 0.1},
        {"kind": "scale", **at("G5"), "expected": 1000, "factor": 0.1},
    )
    assert blocking(intake) == []
    assert [clue(intake, number).amount for number in ("A-1", "A-2", "A-10")] == [100_00, 120_05, 900_50]
    assert clue(intake, "A-1").amount_paid == 100_00


def test_an_accepted_warning_becomes_a_note_that_says_who_accepted_it(office):
    office.clues[A_1][6] = 1500
    office.clues[8][6] = 1600
    assert places(office.read().faults) == [("paid_exceeds_owed", "G5")]
    intake = decide(office, {"kind": "accept", **at("G5"), "expected": 1500})
    (fault,) = intake.faults
    assert (fault.check, fault.severity, fault.cell) == ("paid_exceeds_owed", "notes", "G5")
    assert clue(intake, "A-1").amount_paid == 1500_00
    issue = stages.intake.issues_frame([fault], words("zh")).loc[0]
    assert issue.remedy == "已核实无误（示例东区统计岗，2021-03-01）：报送单位来函更正"


def test_a_warning_without_a_cell_is_accepted_by_check_unit_and_what_was_found(office):
    office.clues.pop(A_10)
    office.clues[-1] = ["合计", None, None, None, 7, 2200.5, 1000, *[None] * 4]
    (fault,) = office.read().faults
    assert (fault.check, fault.unit, fault.found) == ("unit_not_reported", WEST, "示例东新区")
    accepted = {"kind": "accept", "check": "unit_not_reported", "unit": WEST, "expected": "示例东新区"}
    assert [fault.severity for fault in decide(office, accepted).faults] == ["notes"]


# ----------------------------------------------------------------------------------------- what is wrong with them


@pytest.mark.parametrize(
    ("correction", "check"),
    [
        # the source was mended: what was wrong is gone
        ({"kind": "override", **at("F8"), "expected": 900.6, "value": 1}, "correction_source_differs"),
        (
            {"kind": "override", **at("J7"), "expected": "2020-01-01", "value": None},
            "correction_source_differs",
        ),
        ({"kind": "scale", **at("F8"), "expected": 9, "factor": 10}, "correction_source_differs"),
        (
            {"kind": "scale", "ledger": "clues", "field": "amount", "expected": 3100, "factor": 10},
            "correction_source_differs",
        ),
        (
            {"kind": "drop", "ledger": "clues", "no": "A-2", "expected": {"workers": 5}},
            "correction_source_differs",
        ),
        (
            {"kind": "merge", "ledger": "clues", "no": "A-10", "into": "A-1", "expected": {"workers": 8}},
            "correction_source_differs",
        ),
        ({"kind": "accept", **at("G5"), "expected": 999}, "correction_source_differs"),
        # its place is gone
        (
            {"kind": "override", **at("F8", file="线索.xlsx"), "expected": 1, "value": 1},
            "correction_place_gone",
        ),
        (
            {"kind": "override", **at("F8", sheet="2019年"), "expected": 1, "value": 1},
            "correction_place_gone",
        ),
        ({"kind": "drop", "file": FILE, "row": 40, "expected": {"no": "A-2"}}, "correction_place_gone"),
        (
            {"kind": "drop", "ledger": "clues", "no": "A-99", "expected": {"no": "A-99"}},
            "correction_place_gone",
        ),
        (
            {"kind": "merge", "ledger": "clues", "no": "A-2", "into": "A-9", "expected": {"workers": 4}},
            "correction_place_gone",
        ),
        (
            {"kind": "merge", "ledger": "clues", "no": "A-2", "into": "A-2", "expected": {"workers": 4}},
            "correction_place_gone",
        ),
        # names nobody knows
        (
            {"kind": "override", "ledger": "clue", "no": "A-2", "field": "amount", "expected": 1, "value": 1},
            "correction_unknown_name",
        ),
        (
            {"kind": "override", "ledger": "clues", "no": "A-2", "field": "amont", "expected": 1, "value": 1},
            "correction_unknown_name",
        ),
        ({"kind": "accept", "check": "duplicate_alike", "expected": "A-2"}, "correction_unknown_name"),
        # nothing to accept
        ({"kind": "accept", **at("G5"), "expected": 1000}, "correction_accepts_nothing"),
        ({"kind": "scale", **at("H6"), "expected": 0, "factor": 2}, "correction_source_differs"),
    ],
)
def test_a_correction_that_does_not_fit_the_source_blocks_with_its_line(office, correction, check):
    intake = decide(office, correction)
    assert told(intake) == [(check, "corrections.yaml", 2)]
    assert blocking(intake)[0].check == check


@pytest.mark.parametrize("expected", ["", None, " "])
@pytest.mark.parametrize("blank", ["   ", "\u3000", "\u00a0", None])
def test_a_cell_of_blanks_is_corrected_as_an_empty_one(office, blank, expected):
    office.clues[A_3][4] = blank
    intake = decide(office, {"kind": "override", **at("E7"), "expected": expected, "value": 5})
    assert told(intake) == []
    assert clue(intake, "A-3")["workers"] == 5


def test_what_blocks_cannot_be_accepted(office):
    office.clues[A_3][5] = "见附件"
    intake = decide(office, {"kind": "accept", **at("F7"), "expected": "见附件"})
    assert [fault.check for fault in blocking(intake)] == ["correction_accepts_blocking", "not_a_number"]


def test_two_corrections_of_one_cell_fight(office):
    intake = decide(
        office,
        {"kind": "override", **at("F8"), "expected": 900.5, "value": 1},
        {"kind": "scale", "ledger": "clues", "field": "amount", "expected": 3101, "factor": 10},
    )
    (fault,) = blocking(intake)
    assert fault.check == "corrections_fight"
    assert fault.line > int(fault.details["other_line"]) == 2
    intake = decide(
        office,
        {"kind": "drop", "ledger": "clues", "no": "A-2", "expected": {"workers": 4}},
        {"kind": "override", **at("E6"), "expected": "４", "value": 5},
    )
    assert [fault.check for fault in blocking(intake)] == ["corrections_fight"]


@pytest.mark.parametrize(
    ("wrong", "check"),
    [
        ({"kind": "overide", **at("F8"), "expected": 1, "value": 1}, "settings_bad_value"),
        ({**at("F8"), "expected": 1, "value": 1}, "settings_missing_key"),
        ({"kind": "override", **at("F8"), "expected": 1}, "settings_missing_key"),
        ({"kind": "override", **at("F8"), "expected": 1, "valeu": 2, "value": 1}, "settings_unknown_key"),
        ({"kind": "override", **at("8F"), "expected": 1, "value": 1}, "settings_bad_value"),
        ({"kind": "override", "file": FILE, "expected": 1, "value": 1}, "settings_bad_value"),
        ({"kind": "scale", **at("F8"), "expected": 1, "factor": 0}, "settings_bad_value"),
        ({"kind": "drop", "file": FILE, "row": 6, "expected": {}}, "settings_bad_value"),
        ({"kind": "override", **at("F8"), "expected": 1, "value": 1, "reason": ""}, "settings_bad_value"),
        (
            {"kind": "override", **at("F8"), "expected": 1, "value": 1, "reported_by": "张示例 13800000000"},
            "settings_bad_value",
        ),
    ],
)
def test_a_correction_written_wrongly_is_told_with_its_line_and_nothing_is_applied(office, wrong, check):
    good = {"kind": "override", **at("F8"), "expected": 900.5, "value": 1}
    intake = decide(office, good, wrong)
    (fault,) = blocking(intake)
    assert (fault.check, fault.file) == (check, "corrections.yaml")
    assert fault.line > 9
    assert clue(intake, "A-10").amount == 900_50


def test_a_row_in_two_sheets_must_be_named_by_its_place(office):
    other = [row.copy() for row in CLUES]
    other[A_1][0], other[A_3][0], other[A_10][0] = "B-1", "B-3", "B-10"
    other[A_10][7] = None
    office.books[FILE].append(type(office.books[FILE][0])("线索二", other, office.books[FILE][0].merged))
    office.maps["ledgers"]["clues"]["sheet"] = ["线索", "线索二"]
    number = {
        "kind": "override",
        "ledger": "clues",
        "no": "A-2",
        "field": "workers",
        "expected": 4,
        "value": 6,
    }
    intake = decide(office, number)
    assert told(intake) == [("correction_place_ambiguous", "corrections.yaml", 2)]
    intake = decide(office, {**number, "file": FILE, "sheet": "线索二"})
    # now the two rows differ
    assert [fault.check for fault in blocking(intake)] == ["number_twice"]


@pytest.mark.parametrize(
    ("written", "cell", "alike"),
    [
        (900.5, "９００.50", True),
        (900.5, Decimal("900.50"), True),
        ("1,200.50", 1200.5, True),
        (dt.date(2020, 1, 17), "2020-1-17", True),
        (dt.date(2020, 1, 17), dt.datetime(2020, 1, 17), True),
        ("见 附件", "见附件", True),
        (None, None, True),
        (None, 0, False),
        (0, None, False),
        ("", "无", False),
        (dt.date(2020, 1, 17), "某日", False),
        ("A-1", "A-10", False),
    ],
)
def test_what_is_expected_is_compared_as_number_day_or_text(written, cell, alike):
    assert same(written, cell) is alike


# ----------------------------------------------------------------------------------------- in the round


@pytest.fixture(scope="module")
def corrected(tmp_path_factory):
    """The example round, in which the office corrects a slipped decimal point and drops a row."""
    project = round_examples.project(tmp_path_factory.mktemp("corrected"))
    slip = {"kind": "override", "file": "线索案件台账.xlsx", "sheet": "线索案件", "cell": "T2314"}
    with (round_examples.raw(project) / "corrections.yaml").open("w", encoding="utf-8") as file:
        YAML().dump({"corrections": [{**WHY, **slip, "expected": 72790, "value": 7279}]}, file)
    return project, round_examples.compute(project)


def test_a_correction_is_kept_printed_and_gone_from_the_warnings(corrected, monkeypatch):
    project, assessment = corrected
    assert "paid_exceeds_owed" not in set(assessment.issues["check"])
    assert assessment.corrections[["cells", "was", "is"]].to_numpy().tolist() == [["T2314", "72790", "7279"]]
    assert (project / "data" / "processed" / "2020" / "corrections.csv").is_file()
    monkeypatch.chdir(project)
    shown = Html()(open_round("2020").page("report").annex_corrections())
    for part in (
        "T2314",
        "72790",
        "7279",
        WHY["reason"],
        WHY["reported_by"],
        WHY["date"],
        "按更正后的值计算",
    ):
        assert part in shown, part


def test_a_round_without_corrections_says_so(tmp_path_factory, monkeypatch):
    monkeypatch.chdir(round_examples.computed(tmp_path_factory, "uncorrected"))
    assert "没有对原始材料作更正" in Html()(open_round("2020").page("report").annex_corrections())


def test_an_explanation_names_the_correction_of_the_rows_it_reads(corrected):
    _, assessment = corrected
    unit = assessment.corrections.loc[0, "unit"]
    lineage = assessment.lineage
    clues = lineage[(lineage["file"] == "线索案件台账.xlsx") & lineage["cells"].str.contains("T")]
    sources = [source for source in clues["source"] if source.startswith(f"{unit}.")]
    found = [list(explain.corrections_of(assessment, source, unit)) for source in sources]
    named = [each for each in found if each]
    assert named
    (first,) = named[0]
    assert (first.kind, first.was, first.now) == ("override", "72790", "7279")
    assert first.place == "线索案件台账.xlsx › 线索案件 › T2314"
    line = words("zh")(
        "corrections.say.override", place=first.place, was=first.was, now=first.now, reason=first.reason,
        post=first.post, date=first.date,
    ).plain  # fmt: skip
    assert line.strip().startswith("更正：线索案件台账.xlsx")
    # another unit's values rest on other rows
    other = next(code for code in assessment.roll.codes if code != unit)
    sources = [source for source in clues["source"] if source.startswith(f"{other}.")]
    assert not any(list(explain.corrections_of(assessment, source, other)) for source in sources)


def test_the_next_round_takes_no_corrections_along(corrected):
    project, _ = corrected
    made = make(project, "2021", "2020", words("zh"))
    assert not (made.folder / "corrections.yaml").exists()
