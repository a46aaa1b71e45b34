"""A map proposed for an unknown file: it reads what the office's own map reads, and never claims more than it knows."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from file_examples import Table, write
from round_examples import RAW
from ruamel.yaml import YAML
from typer.testing import CliRunner

from analysis.cli.application import app
from analysis.intake import LEDGERS, read_round
from analysis.intake.files import Sheet
from analysis.intake.maps_file import load_maps
from analysis.intake.proposing import Proposal, propose, sheets_of, written
from analysis.rounds.rounds import load_round
from analysis.rounds.units import Unit, UnitRoll
from analysis.words import words

ZH, EN = words("zh"), words("en")


def sheet_of(*rows: list[object], file: str = "材料.xlsx", name: str = "Sheet1") -> Sheet:
    return Sheet(file, name, [tuple(row) for row in rows])


def proposed(*rows: list[object], **more: object) -> Proposal:
    found = propose(sheet_of(*rows), **more)  # type: ignore[arg-type]
    assert found is not None
    return found


def fields(proposal: Proposal) -> dict[str, str]:
    return {guess.header.last: guess.field for guess in proposal.guesses}


def _sheet(file: str, name: str) -> Sheet:
    sheets = sheets_of(RAW / file)
    assert isinstance(sheets, list)
    return next(one for one in sheets if one.name == name or not name)


def a_round_by_proposals(folder: Path) -> Path:
    """Return the example round with every map made anew from nothing but the files and the words of the fields."""
    raw = folder / "data" / "raw" / "2020"
    shutil.copytree(RAW, raw)
    maps, _faults = load_maps(RAW)
    assert maps is not None
    merged: dict[str, dict[str, object]] = {"codes": {}, "ledgers": {}}
    for name, (mapped,) in maps.ledgers.items():
        found = propose(_sheet(mapped.file[0], mapped.sheet[0]))
        assert found is not None
        assert found.ledger.name == name
        part = YAML(typ="safe").load(written(found, ZH))
        for code_list, answers in part.get("codes", {}).items():
            merged["codes"].setdefault(code_list, {}).update(answers)  # type: ignore[attr-defined]
        merged["ledgers"] |= part["ledgers"]
    # a guarantee letter counts as a deposit: that is for a person to say
    assert '# "保函": ?' in written(propose(_sheet("项目台账.xlsx", "在建项目")), ZH)
    merged["codes"]["institution"]["保函"] = "yes"  # type: ignore[index]
    with (raw / "maps.yaml").open("w", encoding="utf-8") as out:
        YAML().dump(merged, out)
    return folder


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]:
    made = a_round_by_proposals(tmp_path_factory.mktemp("proposed"))
    by_proposals = read_round(load_round(made, "2020"))
    assert [fault for fault in by_proposals.faults if fault.severity == "blocks"] == []
    return read_round(load_round(RAW.parents[2], "2020")).ledgers, by_proposals.ledgers


@pytest.mark.parametrize("ledger", [name for name in LEDGERS if name != "summary"])
def test_what_is_proposed_for_a_ledger_of_the_example_reads_the_same_frame(both, ledger):
    own, made = both
    pd.testing.assert_frame_equal(own[ledger], made[ledger])


def test_other_names_for_the_same_columns_are_known():
    found = proposed(
        ["线索台账"],
        ["案件编号", "区县", "受理时间", "涉及农民工人数", "拖欠金额（万元）", "是否属实"],
        ["A-1", "东示例区", "2020-03-01", 12, 15.6, "是"],
    )
    assert found.ledger.name == "clues"
    assert found.header_rows == (2,)
    assert list(fields(found).values()) == [
        "no",
        "unit_name",
        "received_on",
        "workers",
        "amount",
        "confirmed",
    ]
    # the header names the unit of measure
    assert found.unit_of_measure == {}


def test_an_amount_without_a_unit_of_measure_is_to_be_checked():
    found = proposed(["编号", "单位", "受理日期", "欠薪金额"], ["A-1", "东示例区", "2020-03-01", 156000])
    assert found.unit_of_measure == {"amount": "元"}
    assert re.search("amount: 元   # 【请核对】", written(found, ZH))
    above = proposed(
        ["单位：万元"], ["编号", "单位", "受理日期", "欠薪金额"], ["A-1", "甲", "2020-03-01", 15]
    )
    assert above.unit_of_measure == {}


def test_columns_about_persons_are_proposed_to_be_dropped():
    found = proposed(
        ["编号", "单位", "受理日期", "反映人", "说明"],
        ["A-1", "东示例区", "2020-03-01", "赵示例", "见 13800000000"],
        ["A-2", "东示例区", "2020-03-02", "钱示例", ""],
    )
    assert [guess.header.last for guess in found.of("persons")] == ["反映人", "说明"]


def test_a_column_nobody_knows_is_left_out_with_its_reason():
    found = proposed(
        ["编号", "单位", "受理日期", "天气", "空"],
        ["A-1", "甲", "2020-03-01", "晴", None],
        ["A-2", "甲", "2020-03-02", "雨"],
    )
    assert [(guess.header.last, guess.reason) for guess in found.of("ignored")] == [
        ("天气", "nobody"),
        ("空", "empty"),
    ]


def test_contents_tell_what_the_header_does_not():
    roll = UnitRoll(
        [Unit("990001", "东示例区", "东区", order=1), Unit("990002", "西示例县", "西县", order=2)],
        "990000",
        "全市",
    )
    rows = [["X-1", "东区", "2020-03-01", 3], ["X-2", "西县", "2020-03-02", 4]]
    found = proposed(["甲", "乙", "丙", "涉及人数"], *rows, roll=roll, ledger="clues")
    assert fields(found) == {"甲": "no", "乙": "unit_name", "丙": "received_on", "涉及人数": "workers"}
    assert {guess.reason: guess.confidence for guess in found.guesses} == {
        "unique": "low", "units": "medium", "days": "low", "name": "high",
    }  # fmt: skip
    # without the roll nobody can tell the unit, and the proposal says so
    assert proposed(["甲", "乙", "丙", "涉及人数"], *rows, ledger="clues").missing == ["unit_code"]


def test_a_code_nobody_knows_is_left_to_a_person():
    found = proposed(
        ["编号", "单位", "受理日期", "是否查实"],
        ["A-1", "甲", "2020-03-01", "部分属实"],
        ["A-2", "甲", "2020-03-02", "是"],
    )
    assert found.codes == {"yes_no": {"部分属实": None, "是": "yes"}}
    text = written(found, ZH)
    assert '# "部分属实": ?' in text
    assert YAML(typ="safe").load(text)["codes"] == {"yes_no": {"是": "yes"}}


def test_totals_are_proposed_as_the_footer():
    found = proposed(
        ["编号", "单位", "受理日期", "涉及人数"],
        ["A-1", "甲", "2020-03-01", 3],
        ["合 计", None, None, 3],
        ["制表：某岗位"],
    )
    assert found.footer == "合计"


def test_a_summary_with_a_column_per_year_is_wide():
    found = proposed(["单位", "2019年", "2020年"], ["东示例区", 18, 15], ["西示例县", 9, 6], ledger="summary")
    assert found.wide == (r"((?:19|20)\d{2}年?)", "")
    assert fields(found) == {"单位": "unit_name", "2019年": "item:period", "2020年": "item:period"}


def test_a_sheet_without_a_header_gets_no_map():
    assert propose(sheet_of([1, 2, 3], [4, 5, 6])) is None
    assert propose(sheet_of(["只有标题"])) is None


def test_every_guess_has_its_reason_in_both_languages():
    found = proposed(["编号", "单位", "受理日期", "天气"], ["A-1", "甲", "2020-03-01", "晴"])
    for said in (ZH, EN):
        text = written(found, said)
        for guess in found.guesses:
            line = next(line for line in text.splitlines() if f'"{guess.header.last}"' in line)
            assert said.label(f"mapping.reason.{guess.reason}") in line
            assert said.label(f"mapping.confidence.{guess.confidence}") in line


def test_the_command_prints_or_writes_the_proposal(tmp_path):
    file = tmp_path / "材料.csv"
    write(file, [Table("", [["编号", "单位", "受理日期"], ["A-1", "甲", "2020-03-01"]])])
    shown = CliRunner().invoke(app, ["map", str(file)])
    assert shown.exit_code == 0
    assert YAML(typ="safe").load(shown.output)["ledgers"]["clues"]["file"] == "材料.csv"
    kept = tmp_path / "map.yaml"
    told = CliRunner().invoke(app, ["map", str(file), "--out", str(kept)])
    assert (told.exit_code, kept.read_text("utf-8")) == (0, shown.output)
    assert CliRunner().invoke(app, ["map", str(tmp_path / "none.csv")]).exit_code == 2
    assert CliRunner().invoke(app, ["map", str(file), "--ledger", "nothing"]).exit_code == 2
