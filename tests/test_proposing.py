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
from analysis.intake.declared.maps_file import load_maps
from analysis.intake.files import Range, Sheet
from analysis.intake.proposals.proposal import Proposal
from analysis.intake.proposals.proposal_text import written
from analysis.intake.proposals.proposing import propose, sheets_of
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


#: the example has no file of these
UNKEPT = ("summary", "marks", "figures")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]:
    made = a_round_by_proposals(tmp_path_factory.mktemp("proposed"))
    by_proposals = read_round(load_round(made, "2020"))
    assert [fault for fault in by_proposals.faults if fault.severity == "blocks"] == []
    return read_round(load_round(RAW.parents[2], "2020")).ledgers, by_proposals.ledgers


@pytest.mark.parametrize("ledger", [name for name in LEDGERS if name not in UNKEPT])
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


def test_of_two_names_that_a_header_holds_the_longer_one_is_meant():
    """核查是否属实 asks what the check found (是否属实), not whether there was one (核查)."""
    found = proposed(
        ["线索号", "所属县区", "收到线索日期", "农民工数", "欠薪额(万元)", "核查是否属实"],
        *([f"A-{day}", "东示例区", f"2020-03-0{day}", day, 1.5 * day, "是"] for day in range(1, 5)),
    )
    assert fields(found)["核查是否属实"] == "confirmed"
    assert (fields(found)["农民工数"], fields(found)["欠薪额(万元)"]) == ("workers", "amount")


def test_what_is_called_as_a_column_that_is_read_is_not_proposed_to_be_left_unread():
    found = proposed(
        ["编号", "单位", "日期", "人数", "日期"],
        *([f"A-{day}", "东示例区", f"2020-03-0{day}", day, f"2020-05-0{day}"] for day in range(1, 5)),
    )
    assert "日期" not in [guess.header.full for guess in found.of("ignored")]


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
    assert found.body.footer == "合计"


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


ROWS = range(1, 7)


def test_what_is_never_more_than_the_other_amount_is_what_was_paid():
    """A bare “Amount” is what was owed by its name, and what was paid by its numbers."""
    found = proposed(
        ["Case No", "County", "Date received", "Amount", "Wages"],
        *[[f"A-{n}", "X", "2020-03-01", 100 * n, 150 * n] for n in ROWS],
        ledger="clues",
    )
    assert fields(found) | {"Amount": "amount_paid", "Wages": "amount"} == fields(found)
    assert {guess.confidence for guess in found.guesses[3:]} == {"low"}
    # both readings are shown, with what each column adds up to
    text = written(found, EN)
    assert "reading 1: amount_paid ← Amount (total 2,100), amount ← Wages (total 3,150)" in text
    assert "reading 2: amount_paid ← Wages (total 3,150), amount ← Amount (total 2,100)" in text


def test_two_clear_names_against_their_numbers_stay_and_are_never_called_sure():
    rows = [[f"A-{n}", "甲", "2020-03-01", 100, 100 + n] for n in ROWS]
    found = proposed(["编号", "单位", "受理日期", "欠薪金额", "已付金额"], *rows)
    assert fields(found) | {"欠薪金额": "amount", "已付金额": "amount_paid"} == fields(found)
    assert [(guess.reason, guess.confidence) for guess in found.guesses[3:]] == [("against", "low")] * 2
    # as it should be: nothing is in doubt
    right = proposed(
        ["编号", "单位", "受理日期", "欠薪金额", "已付金额"], *[[*row[:3], row[4], row[3]] for row in rows]
    )
    assert [guess.confidence for guess in right.guesses] == ["high"] * 5
    assert right.readings == ()


def test_days_out_of_order_are_not_called_sure():
    header = ["编号", "单位", "受理日期", "办结日期"]
    rows = [[f"A-{n}", "甲", f"2020-03-{n:02}", f"2020-02-{n:02}"] for n in ROWS]
    assert [guess.reason for guess in proposed(header, *rows).guesses[2:]] == ["order", "order"]


@pytest.mark.parametrize(
    ("header", "cells", "never"),
    [
        ("Received Month", [1, 2, 3, 1, 2, 3], "clues_received"),
        ("NAICS code", [23611, 23612, 23611, 722511, 722511, 23611], "unit_code"),
        ("行业代码", ["E47", "E48", "E47", "E47", "E49", "E47"], "unit_code"),
        ("人均欠薪金额", [1, 2, 3, 4, 5, 6], "amount"),
        ("化解率", [0.5, 0.6, 0.7, 0.8, 0.9, 1], "clues_resolved"),
        ("受理年度人数", [2018, 2019, 2020, 2019, 2020, 2020], "workers"),
    ],
)
def test_a_word_of_another_kind_keeps_a_header_from_a_field(header, cells, never):
    rows = [["X", cell, 10, 5] for cell in cells]
    for ledger in ("clues", "summary"):
        found = proposed(["Unit", header, "Workers", "Cases"], *rows, ledger=ledger)
        assert fields(found)[header] != never


def test_a_year_is_a_field_only_where_there_are_no_days():
    rows = [[f"A-{n}", "甲", 2020, "2020-03-01", 3] for n in ROWS]
    header = ["编号", "单位", "年份", "受理日期", "涉及人数"]
    assert fields(proposed(header, *rows, ledger="clues"))["年份"] == "ignored"
    undated = [row[:3] + row[4:] for row in rows]
    assert fields(proposed(header[:3] + header[4:], *undated, ledger="clues"))["年份"] == "year"


def test_the_order_of_days_is_proposed_where_only_one_reads_them_all():
    header = ["Case No", "County", "Date received", "Closed on"]
    months = [[f"A-{n}", "X", f"3/{n}/2020", f"4/{n + 20}/2020"] for n in ROWS]
    found = proposed(header, *months, ledger="clues")
    # the second column decides for the first, in which no day is above 12
    assert found.orders == ("MDY",)
    assert [guess.confidence for guess in found.guesses] == ["high"] * 4
    part = YAML(typ="safe").load(written(found, ZH))
    assert part["ledgers"]["clues"]["values"] == {"day_order": "MDY"}
    either = proposed(header[:3], *[row[:3] for row in months], ledger="clues")
    assert either.orders == ("DMY", "MDY")
    assert "DMY、MDY" in written(either, ZH)


def test_a_column_that_says_nothing_is_never_called_sure():
    rows = [[f"A-{n}", "甲", "2020-03-01", None] for n in ROWS]
    found = proposed(["编号", "单位", "受理日期", "化解日期"], *rows)
    assert [guess.confidence for guess in found.guesses] == ["high", "high", "high", "medium"]


def test_what_ought_to_be_done_is_not_what_was_done():
    header = ["编号", "单位", "受理日期", "应社会公布", "未立案", "对应名单"]
    found = fields(proposed(header, *[[f"A-{n}", "甲", "2020-03-01", "是", "否", "是"] for n in ROWS]))
    assert found["应社会公布"] == "publish_due"
    assert found["未立案"] == "ignored"


def test_sub_headers_that_stand_twice_belong_to_their_groups():
    merged = [Range(1, 1, column, column + 1) for column in (4, 6, 8)]
    merged += [Range(1, 2, column, column) for column in (1, 2, 3)]
    sheet = Sheet(
        "材料.xlsx",
        "Sheet1",
        [
            ("编号", "单位", "受理日期", "移送公安", None, "公布", None, "立案", None),
            (None, None, None, "是否", "日期", "应", "是否", "应", "是否"),
            *[(f"A-{n}", "甲", "2020-03-01", "是", None, "是", "否", "是", "是") for n in ROWS],
        ],
        merged=merged,
    )
    found = propose(sheet)
    assert found is not None
    assert found.header_rows == (1, 2)
    assert {guess.header.full: guess.field for guess in found.guesses} == {
        "编号": "no", "单位": "unit_name", "受理日期": "received_on", "移送公安/是否": "moved",
        "移送公安/日期": "ignored", "公布/应": "publish_due", "公布/是否": "published",
        "立案/应": "file_due", "立案/是否": "filed",
    }  # fmt: skip
    # a name that stands twice is told with its group, also where nobody reads it
    assert '"移送公安/是否"' in written(found, ZH)


def test_a_signature_below_the_table_makes_no_column_one_about_persons():
    found = proposed(
        ["编号", "单位", "受理日期", "涉及人数"],
        *[[f"A-{n}", "甲", "2020-03-01", n] for n in ROWS],
        ["合计", None, None, 21],
        ["填表人：某岗位", None, "联系电话：13800000000", "日期：2020年12月1日"],
    )
    assert list(fields(found).values()) == ["no", "unit_name", "received_on", "workers"]
    assert len(found.body.rows) == len(ROWS)
    # one number in one remark of many is masked when the column is read, and does not make it one about persons
    remarks = ["见 13800000000", *["已核实，正在办理"] * 9]
    rows = [[f"A-{n}", "甲", "2020-03-01", remark] for n, remark in enumerate(remarks)]
    assert fields(proposed(["编号", "单位", "受理日期", "核查结论"], *rows))["核查结论"] == "conclusion"


def test_a_footer_that_would_cut_off_rows_is_not_proposed():
    """The reader ends at the first row with the text of the footer."""
    header, total = ["编号", "单位", "受理日期", "涉及人数"], ["合计", None, None, 6]
    first = [[f"A-{n}", "甲", "2020-03-01", n] for n in (1, 2, 3)]
    second = [[f"B-{n}", "乙", "2020-03-01", n] for n in (1, 2, 3)]
    found = proposed(header, *first, total, ["乙县"], header, *second, total)
    assert (found.body.footer, found.body.second, found.body.rows) == ("", 7, (2, 3, 4))
    assert "第 7 行" in written(found, ZH)
    assert proposed(header, *first, total, *second, total).body.footer == ""
    assert proposed(header, *first, ["小计", None, None, 6], *second, total).body.footer == "合计"


@pytest.mark.parametrize(
    "header",
    [
        ["单位", 2019, 2020, "说明"],
        ["a", "b"],
        ["Total amount of wages found due to employees in the calendar year", "County", "Cases", "Workers"],
    ],
)
def test_a_plain_table_has_a_header(header):
    found = proposed(header, *[[1, 2, 3, 4][: len(header)] for _ in ROWS])
    assert found.header_rows == (1,)


def test_answers_that_read_like_a_name_make_no_header():
    header = ["complaint_id", "day", "accident", "pedestrian", "route", "state"]
    rows = [[f"C-{n}", f"1{n}-07-2026", "No", "No", "No", "Open"] for n in ROWS]
    found = proposed(header, *rows, ledger="clues")
    assert found.header_rows == (1,)
    assert fields(found)["complaint_id"] == "no"


def test_numbers_of_cases_are_neither_sentences_nor_money():
    header = ["text", "claim_id", "policy", "claim_amount"]
    rows = [
        [f"the drain in lane {n} has been blocked for several weeks now", f"CL-{n}", f"P-{n}", 100 + n]
        for n in ROWS
    ]
    assert list(fields(proposed(header, *rows, ledger="clues")).values()) == [
        "ignored",
        "no",
        "ignored",
        "amount",
    ]


def test_a_column_whose_cells_are_something_else_is_not_called_sure():
    rows = [[f"A-{n}", "甲", "见附件", "2020-03-01"] for n in ROWS]
    found = proposed(["编号", "单位", "受理日期", "涉及人数"], *rows, ledger="clues")
    assert [(guess.reason, guess.confidence) for guess in found.guesses[2:]] == [("unlike", "low")] * 2


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


def test_numbers_with_what_they_count_are_numbers():
    rows = [[f"A-{n}", "甲", f"{3 * n}人", f"{n}.5万元", "2020-03-01"] for n in ROWS]
    found = proposed(["编号", "单位", "涉及人数", "欠薪金额", "受理日期"], *rows, ledger="clues")
    assert [(guess.field, guess.confidence) for guess in found.guesses[2:4]] == [
        ("workers", "high"),
        ("amount", "high"),
    ]


def test_usual_answers_are_proposed_to_be_looked_at():
    header = ["编号", "单位", "受理日期", "是否查实"]
    rows = [[f"A-{n}", "甲", "2020-03-01", answer] for n, answer in enumerate(["√", "×", "有", "部分"])]
    found = proposed(header, *rows)
    assert found.codes == {"yes_no": {"√": "yes", "×": "no", "有": "yes", "部分": None}}
    assert found.usual == {("yes_no", "√"), ("yes_no", "×"), ("yes_no", "有")}
    assert '"√": "yes"   # 【请核对】' in written(found, ZH)


def test_the_day_a_case_began_is_the_one_before_which_no_other_lies():
    # most cases were paid on in the year before most others began, each of them after its own beginning
    rows = [
        [f"A-{n}", "甲", 3, f"2020-{month}-01", f"2020-{month}-20" if month < 6 else None]
        for n, month in enumerate([1, 2, 8, 9, 10])
    ]
    found = proposed(["编号", "单位", "人数", "甲", "乙"], *rows, ledger="clues")
    assert [guess.field for guess in found.guesses[3:]] == ["received_on", "ignored"]


def test_a_column_that_only_says_whether_it_was_done_stands_for_the_day():
    rows = [[f"A-{n}", "甲", "2020-03-01", "已化解" if n % 2 else "未化解"] for n in ROWS]
    found = proposed(["编号", "单位", "受理日期", "化解情况"], *rows, ledger="clues")
    assert (found.guesses[3].field, found.without_day) == ("resolved_on", ("resolved_on",))
    part = YAML(typ="safe").load(written(found, ZH))
    assert part["ledgers"]["clues"]["without_day"] == ["resolved_on"]
    assert part["codes"]["yes_no"] == {"已化解": "yes", "未化解": "no"}
    # 办结情况 with days is that day
    rows = [[f"A-{n}", "甲", "2020-03-01", "2020-04-01"] for n in ROWS]
    found = proposed(["编号", "单位", "受理日期", "办结情况"], *rows, ledger="clues")
    assert (found.guesses[3].field, found.without_day) == ("closed_on", ())


def test_a_unit_of_measure_tells_which_of_two_fields_a_header_means():
    rows = [[f"A-{n}", "甲", "2020-03-01", 1000 * n] for n in ROWS]
    for measure, field in (("元", "amount_paid"), ("人", "workers_paid")):
        found = proposed(["编号", "单位", "受理日期", f"已付（{measure}）"], *rows, ledger="clues")
        assert found.guesses[3].field == field


def test_answers_that_say_what_was_found_are_that_whatever_their_header():
    rows = [[f"A-{n}", "甲", "2020-03-01", "属实" if n % 2 else "不属实"] for n in ROWS]
    found = proposed(["编号", "单位", "受理日期", "调处"], *rows, ledger="clues")
    assert (found.guesses[3].field, found.guesses[3].confidence) == ("confirmed", "low")


def test_units_that_have_a_column_each_are_told_and_departments_are_items():
    roll = UnitRoll([Unit("990001", "甲县", "甲县"), Unit("990002", "乙县", "乙县")], "990000", "全市")
    across = [["指标编号", "满分", "甲县", "乙县"], ["1.1", 6, 5, 4], ["1.2", 4, 3, 2]]
    assert "转置" in written(proposed(*across, roll=roll, ledger="field_marks"), ZH)
    wide = [["单位", "公安局", "住建局", "合计"], ["甲县", 90, 80, 170], ["乙县", 95, 85, 180]]
    found = propose(sheet_of(*wide, file="成员单位评价.xlsx"), roll=roll)
    assert found is not None
    assert fields(found) == {
        "单位": "unit_name", "公安局": "item:department", "住建局": "item:department", "合计": "ignored",
    }  # fmt: skip
