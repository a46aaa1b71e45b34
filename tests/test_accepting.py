"""What was proposed is taken into the maps of a round: at once, or after a person confirmed it in a workbook."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from file_examples import Table, write
from openpyxl import load_workbook
from round_examples import RAW
from ruamel.yaml import YAML
from typer.testing import CliRunner

from analysis.cli.application import app
from analysis.cli.shared import DATA_BLOCK, WRONG_USAGE
from analysis.intake.declared.maps import LedgerMap
from analysis.intake.declared.maps_file import load_maps
from analysis.intake.files import Sheet
from analysis.intake.proposals import accepting
from analysis.intake.proposals.confirming import read_back, workbook
from analysis.intake.proposals.proposal import Proposal
from analysis.intake.proposals.proposal_text import source_of, written
from analysis.intake.proposals.proposing import propose
from analysis.intake.proposals.together import Holdings, together
from analysis.intake.sheet_tables.sheet_parts import parts_of
from analysis.rounds.units import Unit, UnitRoll
from analysis.words import words

ZH, EN = words("zh"), words("en")
HEADER = ["编号", "县区", "受理日期", "涉及人数", "拖欠金额（万元）", "是否属实", "联系人"]
ROW = ["A-1", "东示例区", "2020-03-01", 12, 15.6, "是", "赵示例"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The example round without its clues."""
    raw = tmp_path / "data" / "raw" / "2020"
    shutil.copytree(RAW, raw)
    return tmp_path


def maps_of(project: Path) -> Path:
    return project / "data" / "raw" / "2020" / "maps.yaml"


def without(project: Path, ledger: str) -> str:
    """Take a ledger out of the maps and return what is left."""
    yaml = YAML()
    yaml.width, yaml.preserve_quotes = 4096, True
    root = yaml.load(maps_of(project))
    del root["ledgers"][ledger]
    yaml.dump(root, maps_of(project))
    return maps_of(project).read_text("utf-8")


def run(project: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["map", *arguments, "--round", "2020", "--project", str(project)])
    return done.exit_code, done.output


def proposals(*sheets: Sheet, roll: UnitRoll | None = None) -> list[Proposal]:
    found = [propose(sheet, roll=roll) for sheet in sheets]
    of_file = {sheet.file: tuple(one.name for one in sheets if one.file == sheet.file) for sheet in sheets}
    return together([one for one in found if one], Holdings(tuple(of_file), of_file), roll)


def test_an_accepted_proposal_is_added_and_all_else_stays_as_it_was(project):
    before = without(project, "innovation")
    file = project / "data" / "raw" / "2020" / "做法.csv"
    write(file, [Table("", [["编号", "单位", "做法名称", "推广层级"], ["A-1", "示例区", "做法", "省级"]])])
    status, told = run(project, str(file), "--accept", "--ledger", "innovation")
    assert (status, "1 个来源" in told) == (0, True)
    after = maps_of(project).read_text("utf-8")
    # every line of the office stands where it stood, its comments too; what is new says why
    assert after.startswith(before.rstrip())
    assert "把握大：表头就是该字段的名称" in after
    assert load_maps(maps_of(project).parent)[1] == []
    assert run(project, str(file), "--accept", "--ledger", "innovation")[0] == 0
    assert maps_of(project).read_text("utf-8") == after


def test_a_file_laid_out_otherwise_becomes_one_more_source_of_its_ledger(project):
    file = project / "data" / "raw" / "2020" / "另一县做法.csv"
    rows = [["创新编号", "所属县区", "名称", "层级"], ["B-1", "海港区", "做法", "省级"]]
    write(file, [Table("", rows)], encoding="gb18030")
    arguments = (str(file), "--ledger", "innovation", "--accept", "--encoding", "gb18030")
    assert run(project, *arguments)[0] == 0
    maps, faults = load_maps(maps_of(project).parent)
    assert faults == []
    assert maps is not None
    assert [source.file for source in maps.ledgers["innovation"]][1:] == [["另一县做法.csv"]]
    assert maps.ledgers["innovation"][1].encoding == "gb18030"
    after = maps_of(project).read_text("utf-8")
    assert "# 哪个文件的哪张表是哪个台账" in after
    # twice is the same as once
    assert run(project, *arguments)[0] == 0
    assert maps_of(project).read_text("utf-8") == after
    assert run(project, str(file), "--encoding", "latin-1")[0] == WRONG_USAGE


def test_a_proposal_the_maps_would_not_be_sound_with_is_not_written(project):
    without(project, "innovation")
    before = maps_of(project).read_bytes()
    file = project / "data" / "raw" / "2020" / "做法.csv"
    write(file, [Table("", [["编号", "做法名称", "推广层级"], ["A-1", "做法", "省级"]])])
    status, told = run(project, str(file), "--accept", "--ledger", "innovation")
    assert status == DATA_BLOCK
    assert "unit_code" in told
    assert maps_of(project).read_bytes() == before


def test_only_files_of_the_round_are_taken_in(project, tmp_path):
    file = tmp_path / "别处.csv"
    write(file, [Table("", [HEADER, ROW])])
    assert run(project, str(file), "--accept")[0] == 2
    assert CliRunner().invoke(app, ["map", str(file), "--accept"]).exit_code == 2
    assert CliRunner().invoke(app, ["map"]).exit_code == 2


def test_sheets_laid_out_alike_become_one_source_with_its_patterns():
    months = [Sheet("台账.xlsx", f"{month}月", [tuple(HEADER), tuple(ROW)]) for month in (1, 2, 10)]
    (one,) = proposals(*months)
    assert (one.place.files, one.place.sheets) == (("台账.xlsx",), ("*月",))
    other = Sheet("台账.xlsx", "汇总月", [("单位", "时期", "案件数"), ("甲", "2020年", 3)])
    # a pattern that would find another sheet too is none
    first, second = proposals(*months, other)
    assert first.place.sheets == ("1月", "2月", "10月")
    assert second.ledger.name == "summary"


def test_the_unit_a_file_is_named_after_is_read_from_its_name():
    units = [Unit("990001", "东示例区", "东区", order=1), Unit("990002", "西示例县", "西县", order=2)]
    roll = UnitRoll(units, "990000", "全市")
    rows = [("编号", "受理日期", "涉及人数"), ("A-1", "2020-03-01", 3)]
    files = [Sheet(f"{unit}线索台账.xlsx", "线索", list(rows)) for unit in ("东区", "西示例县")]
    (one,) = proposals(*files, roll=roll)
    assert (one.place.files, one.place.unit_from) == (("*线索台账.xlsx",), "file")
    assert one.missing == []


ROLL = UnitRoll(
    [Unit("990001", "东示例区", "东区", order=1), Unit("990002", "西示例县", "西县", order=2)],
    "990000",
    "全市",
)
WITHOUT_UNIT = [("编号", "受理日期", "涉及人数"), ("A-1", "2020-03-01", 3)]


def test_files_named_just_like_units_are_one_source_whose_pattern_finds_no_other():
    """A pattern `*.xlsx` would find every file of the round."""
    named = [Sheet(f"{unit}.xlsx", "线索", list(WITHOUT_UNIT)) for unit in ("东示例区", "西县")]
    other = Sheet("汇总.xlsx", "汇总", [("单位", "时期", "案件数"), ("甲", "2020年", 3)])
    one = proposals(*named, other, roll=ROLL)[0]
    assert source_of(one) | {"fields": {}} == {
        "file": ["东示例区.xlsx", "西县.xlsx"],
        "sheet": ["线索"],
        "unit_from": {"name": "file", "pattern": r"^(.*)\.xlsx$"},
        "header_rows": [1],
        "fields": {},
    }
    assert one.missing == []
    assert YAML().load(written(one, ZH))["ledgers"]["clues"]["unit_from"] == source_of(one)["unit_from"]


@pytest.mark.parametrize(("file", "sheet"), [("西县.xlsx", "线索"), ("报来.xlsx", "西县")])
def test_the_one_unit_that_a_file_or_sheet_is_named_after_is_stated(file, sheet):
    beside = Sheet(
        file if sheet == "西县" else "汇总.xlsx", "汇总", [("单位", "时期", "案件数"), ("甲", "2020年", 3)]
    )
    one = proposals(Sheet(file, sheet, list(WITHOUT_UNIT)), beside, roll=ROLL)[0]
    assert (one.place.files, one.place.unit, one.missing) == ((file,), "西示例县", [])
    assert YAML().load(written(one, ZH))["ledgers"]["clues"]["unit"] == "西示例县"


def test_sheets_say_the_units_of_files_that_do_not():
    named = [
        Sheet(f"报送{number}.xlsx", unit, list(WITHOUT_UNIT)) for number, unit in ((1, "东区"), (2, "西县"))
    ]
    (one,) = proposals(*named, roll=ROLL)
    assert (one.place.files, one.place.sheets, one.place.unit_from) == (("报送*.xlsx",), ("*",), "sheet")


def test_years_stay_whole_in_what_a_star_stands_for():
    header, row = ("单位", "受理线索", "已核查"), ("甲", 5, 4)
    years = [Sheet("汇总.xlsx", f"{year}年", [header, row]) for year in (2019, 2020)]
    (one,) = proposals(*years)
    assert (one.place.sheets, one.place.year_from) == (("*年",), "sheet")


MONTHLY = ("编号", "县区", "受理日期", "涉及人数")


def state(month: int, *numbers: int) -> Sheet:
    rows = [(f"A-{number}", "东示例区", f"2020-01-{number:02}", number) for number in numbers]
    return Sheet("台账.xlsx", f"2020年{month}月", [MONTHLY, *rows])


def test_sheets_that_repeat_their_cases_are_states_of_one_ledger():
    (one,) = proposals(state(1, 1, 2), state(2, 1, 2, 3), state(10, 2, 3, 4))
    assert (one.place.sheets, one.snapshot) == (("2020年*月",), "monthly")
    assert source_of(one)["snapshot"] == "monthly"
    assert "snapshot: monthly" in written(one, ZH)
    # months with cases of their own are no states, and neither is one sheet
    (apart,) = proposals(state(1, 1, 2), state(2, 3, 4), state(3, 5))
    assert apart.snapshot == ""
    assert "snapshot" not in source_of(apart)
    assert proposals(state(1, 1, 2))[0].snapshot == ""


def test_months_that_count_their_cases_from_one_are_no_states():
    months = [
        Sheet(
            "台账.xlsx",
            f"2020年{month}月",
            [
                MONTHLY,
                *((f"{number}", "东示例区", f"2020-{month:02}-{number:02}", 1) for number in (1, 2, 3)),
            ],
        )
        for month in (1, 2, 3)
    ]
    (one,) = proposals(*months)
    assert one.snapshot == ""


def test_tables_under_titles_are_blocks_of_one_source():
    roll = UnitRoll(
        [Unit("990001", "东示例区", "东区", order=1), Unit("990002", "西示例县", "西县", order=2)],
        "990000",
        "全市",
    )
    header = ("编号", "受理日期", "涉及人数")
    rows = [
        *[
            ("东区线索", "单位：人"),
            header,
            ("A-1", "2020-03-01", 3),
            ("A-2", "2020-03-02", 4),
            ("合计", None, 7),
            (None,),
        ],
        *[("西示例县线索",), header, ("B-1", "2020-03-01", 5), ("合计", None, 5)],
    ]
    sheet = Sheet("台账.xlsx", "线索", [(*row, *[None] * (3 - len(row))) for row in rows])
    (one,) = proposals(sheet, roll=roll)
    assert one.missing == []
    assert one.body.rows == (3, 4, 9)
    part = YAML(typ="safe").load(written(one, ZH))["ledgers"]["clues"]
    assert {key: part[key] for key in ("block", "unit_from", "header_rows", "footer")} == {
        "block": "*线索", "unit_from": "block", "header_rows": [2], "footer": "合计",
    }  # fmt: skip
    assert source_of(one)["block"] == ["*线索"]
    assert "第 7 行" not in written(one, ZH)
    # what the maps say is what the reader finds
    assert [part.title for part in parts_of(LedgerMap(**source_of(one)), sheet)] == [
        "东区线索",
        "西示例县线索",
    ]
    # what only one title says of the amounts is proposed for all
    money = Sheet("台账.xlsx", "线索", [
        ("东区线索", "单位：万元", None), ("编号", "受理日期", "欠薪金额"), ("A-1", "2020-03-01", 3),
        ("西示例县线索", None, None), ("编号", "受理日期", "欠薪金额"), ("B-1", "2020-03-01", 5),
    ])  # fmt: skip
    assert proposals(money, roll=roll)[0].unit_of_measure == {"amount": "万元"}
    # a title of no unit of the round is no block of one
    strange = UnitRoll([Unit("990003", "南示例县", "南县", order=1)], "990000", "全市")
    assert proposals(sheet, roll=strange)[0].blocks is None


def test_tables_beside_one_another_are_ranges_of_one_source():
    header = ("编号", "县区", "受理日期", "涉及人数")
    rows = [("A-1", "东区", "2020-03-01", 3), ("A-2", "东区", "2020-03-02", 4)]
    other = [("B-1", "西县", "2020-03-01", 5), (None,) * 4]
    sheet = Sheet(
        "台账.xlsx",
        "线索",
        [(*header, None, *header), *((*a, None, *b) for a, b in zip(rows, other, strict=True))],
    )
    (one,) = proposals(sheet)
    assert one.ranges == ("A:D", "F:I")
    assert {guess.field: guess.header.column for guess in one.guesses} == {
        "no": 1, "unit_name": 2, "received_on": 3, "workers": 4,
    }  # fmt: skip
    assert YAML(typ="safe").load(written(one, ZH))["ledgers"]["clues"]["range"] == ["A:D", "F:I"]
    assert len(parts_of(LedgerMap(**source_of(one)), sheet)) == 2
    # an empty column alone sets nothing apart
    gap = Sheet(
        "台账.xlsx",
        "线索",
        [(*header, None, "备注", "来源", "行业"), *((*row, None, "无", "来访", "市政") for row in rows)],
    )
    assert proposals(gap)[0].ranges == ()


def a_workbook(tmp_path: Path, *answers: tuple[str, str], said=ZH) -> Path:
    """Return a workbook of a proposal in which some cells (address, answer) were changed."""
    file = tmp_path / "确认.xlsx"
    odd = ("A-0", "西县", "见 13800000000", *ROW[3:])
    rows = [(f"A-{number}", *ROW[1:]) for number in range(1, 9)]
    sheet = Sheet("台账.xlsx", "线索", [tuple(HEADER), rows[0], odd, *rows[1:]])
    found = propose(sheet)
    assert found is not None
    file.write_bytes(workbook([found], said))
    book = load_workbook(file)
    for cell, answer in answers:
        book.worksheets[0][cell] = answer
    book.save(file)
    return file


def test_a_workbook_to_confirm_in_shows_no_person(tmp_path):
    book = load_workbook(a_workbook(tmp_path))
    columns = book.worksheets[0]
    samples = {
        columns.cell(row, 6).value: columns.cell(row, 7).value for row in range(2, columns.max_row + 1)
    }
    assert samples["联系人"] is None
    assert samples["受理日期"] == "2020-03-01 ｜ 见 ******"
    text = "".join(str(cell.value) for page in book for row in page.iter_rows() for cell in row)
    assert "赵示例" not in text
    assert "13800000000" not in text
    assert [page.sheet_state for page in book] == ["visible"] * 3 + ["hidden"] * 2


@pytest.mark.parametrize("said", [ZH, EN])
def test_a_confirmed_workbook_says_what_its_drop_downs_say(tmp_path, said):
    (part,), faults = read_back(a_workbook(tmp_path, said=said), said)
    assert faults == []
    assert part["ledgers"]["clues"] == {
        "file": ["台账.xlsx"],
        "sheet": ["线索"],
        "header_rows": [1],
        "fields": {
            "no": ["编号"], "unit_name": ["县区"], "received_on": ["受理日期"], "workers": ["涉及人数"],
            "amount": ["拖欠金额（万元）"], "confirmed": ["是否属实"],
        },
        "persons": ["联系人"],
    }  # fmt: skip
    assert part["codes"] == {"yes_no": {"是": "yes"}}


def to_confirm(tmp_path: Path, one: Proposal, answers: dict[str, str], said=ZH) -> Path:
    """Return the workbook of a proposal with some lines of its sheet of readings answered anew, by key."""
    file = tmp_path / "确认.xlsx"
    file.write_bytes(workbook([one], said, ROLL))
    book = load_workbook(file)
    page = book[said.label("mapping.book.readings")]
    for row in range(2, page.max_row + 1):
        for key, answer in answers.items():
            if str(page.cell(row, 5).value).endswith(f"〔{key}〕"):
                page.cell(row, 6).value = answer
    book.save(file)
    return file


def read_from(file: Path, said=ZH) -> dict[str, object]:
    (part,), faults = read_back(file, said)
    assert faults == []
    source = part["ledgers"]["clues"]
    return {key: value for key, value in source.items() if key not in ("fields", "persons", "ignored")}


@pytest.mark.parametrize("said", [ZH, EN])
def test_all_that_is_proposed_of_a_source_is_seen_and_comes_back(tmp_path, said):
    """Snapshots, footers, orders of days and what names say are confirmed as the columns are."""
    days = [(f"A-{day}", f"{day}/3/2020", 3) for day in range(13, 20)]
    rows = [("编号", "受理日期", "涉及人数"), *days, ("合计", None, 21)]
    states = [Sheet(f"东区2020年{month}月.xlsx", "表", rows) for month in (3, 4)]
    one = proposals(*states, roll=ROLL)[0]
    one = replace(one, place=replace(one.place, unit_from="file", unit=""), snapshot="monthly")
    proposed = source_of(one)
    assert proposed["values"] == {"day_order": "DMY"}
    assert (proposed["footer"], proposed["snapshot"], proposed["unit_from"]) == ("合计", "monthly", "file")
    proposed.pop("fields")
    assert read_from(to_confirm(tmp_path, one, {}, said), said) == proposed
    # what a person takes out is not there, and what he states is
    changed = {"footer": "", "snapshot": "", "day_order": "x〔MDY〕", "header_rows": "1\n2"}
    gone = {key: value for key, value in proposed.items() if key not in ("footer", "snapshot")}
    assert read_from(to_confirm(tmp_path, one, changed, said), said) == gone | {
        "values": {"day_order": "MDY"},
        "header_rows": [1, 2],
    }


@pytest.mark.parametrize(("answer", "unit"), [("西示例县〔990002〕", "西示例县"), ("990002", "990002")])
def test_the_unit_of_a_file_that_does_not_say_it_is_stated_from_the_roll(tmp_path, answer, unit):
    (one,) = proposals(Sheet("报来.xlsx", "Sheet1", list(WITHOUT_UNIT)), roll=ROLL)
    assert one.missing == ["unit_code"]
    file = to_confirm(tmp_path, one, {"unit": answer})
    assert read_from(file)["unit"] == unit
    book = load_workbook(file)
    page = book[ZH.label("mapping.book.readings")]
    [question] = [
        page.cell(row, 7).value for row in range(2, page.max_row + 1) if page.cell(row, 5).value == "请核对"
    ]
    assert "unit_code" in question
    listed = [row[1] for row in book[ZH.label("mapping.book.lists")].iter_rows(values_only=True)]
    assert listed[:2] == ["东示例区〔990001〕", "西示例县〔990002〕"]


def test_a_code_list_of_which_no_entry_is_known_is_a_comment_and_can_be_accepted(tmp_path):
    rows = [["编号", "单位", "受理日期", "人数", "欠薪金额（元）", "是否查实"]]
    rows += [
        [f"A-{n}", "东示例区", dt.date(2020, 3, n), n, 5000 * n, "甲" if n % 2 else "乙"] for n in range(1, 5)
    ]
    (one,) = proposals(Sheet("来件.xlsx", "Sheet1", list(map(tuple, rows))), roll=ROLL)
    text = written(one, ZH)
    assert "# codes:\n  # yes_no:\n" in text
    accepted = accepting.accept(tmp_path, [accepting.parsed(text)])
    assert accepting.parsed(accepted.text)["ledgers"]["clues"]["fields"]["confirmed"] == ["是否查实"]


def test_readings_that_cannot_be_are_told_with_their_cells(tmp_path):
    (one,) = proposals(Sheet("东区线索.xlsx", "Sheet1", list(WITHOUT_UNIT)), roll=ROLL)
    # a single file shows no pattern: it is named, with its unit
    assert (one.place.files, one.place.unit_from, one.place.unit) == (("东区线索.xlsx",), "", "东示例区")
    one = replace(one, place=replace(one.place, files=("*线索.xlsx",), unit_from="file", unit=""))
    twice = read_back(to_confirm(tmp_path, one, {"unit": "西示例县〔990002〕"}), ZH)[1]
    assert [(fault.check, fault.found) for fault in twice] == [("confirmation_unit_twice", "西示例县")]
    odd = read_back(to_confirm(tmp_path, one, {"header_rows": "甲", "day_order": "随便", "file": ""}), ZH)[1]
    assert [(fault.check, fault.cell) for fault in odd] == [
        ("confirmation_choice_unknown", "F2"),
        ("confirmation_choice_unknown", "F4"),
        ("confirmation_choice_unknown", "F10"),
    ]


def test_an_answer_that_is_none_is_told_with_its_cell(tmp_path):
    changed = a_workbook(
        tmp_path, ("H5", "随便"), ("H7", "涉及人数〔workers〕"), ("H6", "涉及人数〔workers〕")
    )
    _parts, faults = read_back(changed, ZH)
    assert [(fault.check, fault.cell) for fault in faults] == [
        ("confirmation_choice_unknown", "H5"),
        ("confirmation_field_twice", "H7"),
    ]
    other = tmp_path / "别的.xlsx"
    write(other, [Table("Sheet1", [HEADER, ROW])])
    assert [fault.check for fault in read_back(other, ZH)[1]] == ["confirmation_unreadable"]


def test_what_a_person_confirmed_is_taken_into_the_maps(project):
    without(project, "clues")
    file = project / "data" / "raw" / "2020" / "线索案件台账.xlsx"
    book = project / "确认.xlsx"
    status, _told = run(project, str(file), "--sheet", "线索案件", "--xlsx", str(book))
    assert status == 0
    assert run(project, "--from-xlsx", str(book))[0] == 0
    maps, faults = load_maps(maps_of(project).parent)
    assert faults == []
    assert maps is not None
    assert "clues" in maps.ledgers


def test_what_one_office_means_by_its_answers_is_its_own(tmp_path):
    # the shared list says that 有 is yes; elsewhere 无 may still mean that nothing is reported
    (tmp_path / "maps.yaml").write_text(
        "codes: {yes_no: {有: true, 是: true}}\nledgers: {}\n", encoding="utf-8"
    )
    source = {"file": "来件.csv", "header_rows": [1], "fields": {"no": ["编号"]}}
    answers = {"yes_no": {"是": "yes", "有": "no", "无": "yes"}}
    accepted = accepting.parsed(
        accepting.accept(tmp_path, [{"ledgers": {"clues": source}, "codes": answers}]).text
    )
    assert accepted["codes"]["yes_no"] == {"有": True, "是": True}
    assert accepted["ledgers"]["clues"]["codes"] == {"yes_no": {"有": "no", "无": "yes"}}


OFFICES = [
    ("编号", "责任县区", "受理日期", "人数"),
    ("A-1", "东示例区人社局", dt.date(2020, 3, 1), 3),
    ("A-2", "西示例县", dt.date(2020, 3, 2), 4),
    ("A-3", "东示例区劳动监察大队", dt.date(2020, 3, 3), 5),
]


def test_other_spellings_of_units_are_proposed_confirmed_and_read(tmp_path):
    (one,) = proposals(Sheet("来件.xlsx", "Sheet1", OFFICES), roll=ROLL)
    spellings = {"东示例区": ("东示例区人社局", "东示例区劳动监察大队")}
    assert one.aliases == spellings
    accepted = accepting.accept(tmp_path, [accepting.parsed(written(one, ZH))]).text
    assert accepting.parsed(accepted)["aliases"] == {"东示例区": list(spellings["东示例区"])}
    # the same through the workbook, in which a person takes one for another unit
    file = tmp_path / "确认.xlsx"
    file.write_bytes(workbook([one], ZH, ROLL))
    book = load_workbook(file)
    page = book[ZH.label("mapping.book.codes")]
    assert [cell.value for cell in page[2]] == ["1", "aliases", "东示例区人社局", "东示例区〔990001〕"]
    page.cell(3, 4).value = "西示例县〔990002〕"
    book.save(file)
    (part,), faults = read_back(file, ZH)
    assert (part["aliases"], faults) == (
        {"东示例区": ["东示例区人社局"], "西示例县": ["东示例区劳动监察大队"]},
        [],
    )


def test_what_lacks_a_field_is_left_out_with_its_file_and_the_rest_is_taken_over(project):
    without(project, "clues")
    raw = project / "data" / "raw" / "2020"
    header = ["编号", "单位", "受理日期", "涉及人数"]
    write(raw / "甲.csv", [Table("", [header, ["A-1", "海港区", "2020-03-01", 3]])])
    write(raw / "乙.csv", [Table("", [header[:1] + header[2:], ["B-1", "2020-03-01", 3]])])
    status, told = run(project, str(raw / "甲.csv"), str(raw / "乙.csv"), "--accept", "--ledger", "clues")
    assert status == DATA_BLOCK
    assert "乙.csv  没有并入：没有找到单位代码〔unit_code〕" in " ".join(told.split("\n"))
    assert load_maps(raw)[0].ledgers["clues"][0].file == ["甲.csv"]
