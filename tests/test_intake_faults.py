"""What is wrong with the files: each fault with its exact place, all of them at once, none hiding another."""

import datetime as dt
import zipfile
from importlib import resources
from string import Formatter

import pytest
from office_examples import EAST, UNIT, WEST, Office, Table, blocking, places
from ruamel.yaml import YAML

from analysis.intake import fault_line
from analysis.words import LANGUAGES, words

#: index of a spreadsheet row in the list of rows
A_1, A_2, A_3, A_10, TOTAL = range(4, 9)


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def lines(intake):
    return [fault_line(fault, words("zh")) for fault in intake.faults]


@pytest.mark.parametrize(
    ("at", "written", "check", "cell"),
    [
        ((A_1, 1), "990009", "unit_unknown", "B5"),
        ((A_1, 2), "西区", "unit_unknown", "C5"),
        ((A_1, 2), "东新区", "unit_code_name_disagree", "B5"),
        ((A_2, 3), "某日", "not_a_date", "D6"),
        ((A_2, 3), "2020年1月", "date_month_only", "D6"),
        ((A_2, 3), None, "required_empty", "D6"),
        ((A_2, 0), "无", "required_empty", "A6"),
        ((A_2, 4), "若干", "not_a_number", "E6"),
        ((A_2, 4), 2.5, "not_a_whole_number", "E6"),
        ((A_2, 4), -2, "negative_number", "E6"),
        ((A_3, 5), "见附件", "not_a_number", "F7"),
        ((A_3, 5), "1,23", "value_separators", "F7"),
        ((A_3, 5), "=F5*2", "formula_without_value", "F7"),
        ((A_3, 5), "#REF!", "formula_failed", "F7"),
        ((A_3, 5), -1, "negative_number", "F7"),
        ((A_3, 8), "可能", "not_in_code_list", "I7"),
        ((A_3, 7), "A-99", "duplicate_unknown", "H7"),
        ((A_3, 7), "A-3", "duplicate_unknown", "H7"),
        ((A_10, 9), "2020-13-01", "not_a_date", "J8"),
        ((A_10, 0), "A-1", "number_twice", "A8"),
    ],
)
def test_a_bad_cell_blocks_by_its_address(office, at, written, check, cell):
    row, column = at
    office.clues[row][column] = written
    intake = office.read()
    assert places(blocking(intake)) == [(check, cell)]
    fault = blocking(intake)[0]
    assert (fault.file, fault.sheet) == ("线索台账.xlsx", "线索")
    # whatever is wrong with its other cells, the row is read
    assert len(intake.ledgers["clues"]) == 4


def test_no_unit_at_all(office):
    office.clues[A_1][1:3] = [None, "—"]
    assert places(blocking(office.read())) == [("unit_missing", "B5")]


def test_all_bad_cells_are_told_at_once_what_moves_most_first(office):
    office.clues[A_1][3], office.clues[A_1][4], office.clues[A_1][8] = "某日", "若干", "可能"
    office.clues[A_2][1] = "990009"
    office.clues[A_2][5] = "见附件"
    office.clues[A_10][0] = "A-1"
    office.books["名册.xlsx"][0].rows[3][0] = "第二"
    intake = office.read()
    # the roll is broken, so nothing is said about units, and all rests on it; every other cell is told
    assert [(fault.check, fault.file, fault.cell) for fault in blocking(intake)] == [
        ("not_a_number", "名册.xlsx", "A4"),
        ("not_a_date", "线索台账.xlsx", "D5"),
        ("not_a_number", "线索台账.xlsx", "E5"),
        ("not_in_code_list", "线索台账.xlsx", "I5"),
        ("not_a_number", "线索台账.xlsx", "F6"),
        ("number_twice", "线索台账.xlsx", "A8"),
    ]


def test_the_tone_of_the_lines(office):
    office.clues[A_3][5] = "见附件"
    office.clues[A_1][2] = "示例西区"
    office.clues[A_2][1:3] = ["990002", "东区"]
    office.clues[A_10][0] = "A-1"
    office.clues[A_10][7] = None
    # of the people of 2019 all stand in row 5, of those of confirmed clues of 2020 all in row 8
    assert lines(office.read()) == [
        "线索台账.xlsx › 线索 › C5：“示例西区”不在被考核单位名册中。该行占2019年涉及人数合计的 100.0%。"
        "是否应为“示例东区”？请改正，或在名册的“其他写法”中加上它。",
        "线索台账.xlsx › 线索 › A8：编号“A-1”与 A5 重复，但两行内容不同（不同的栏：单位、受理日期、人数）。"
        "该行占2020年涉及人数合计的 100.0%。请改正编号；如是同一事项，请在“重复”栏填写对应编号。",
        "线索台账.xlsx › 线索 › B6：代码“990002”与名称“东区”不是同一个单位（代码是示例东新区，名称的代码是990001）。"
        "该行占2020年线索数的 50.0%。请核实后改正其一。",
        "线索台账.xlsx › 线索 › F7：欠薪金额 “见附件” 不是数字。该行占2019年线索数的 50.0%。"
        "请填写数值（单位：元），或留空并在备注中说明。",
    ]


def test_a_missing_file_names_those_that_nothing_uses(office):
    office.maps["ledgers"]["clues"]["file"] = "线索.xlsx"
    intake = office.read()
    assert [(fault.check, fault.file) for fault in intake.faults] == [("file_missing", "线索.xlsx")]
    assert intake.faults[0].details["unclaimed"] == "线索台账.xlsx"
    assert "clues" not in intake.ledgers
    assert intake.roll.codes == (EAST, WEST)


def test_of_many_missing_files_the_first_alone_names_what_is_there(office):
    office.maps["ledgers"]["clues"] = [
        {**office.maps["ledgers"]["clues"], "name": f"区县{number}", "file": f"区县{number}.xlsx"}
        for number in range(9)
    ]
    told = lines(office.read())
    assert len(told) == 9
    assert sum("线索台账.xlsx" in line for line in told) == 1


def test_a_missing_file_of_two_ledgers_is_told_once(office):
    office.add("projects", [], {"no": ["编号"], **UNIT})
    office.add("events", [], {"no": ["编号"], **UNIT, "occurred_on": ["日期"], "kind": ["类型"]})
    office.maps["ledgers"]["events"]["file"] = "projects.xlsx"
    del office.books["projects.xlsx"]
    del office.books["events.xlsx"]
    assert [(fault.check, fault.file) for fault in office.read().faults] == [
        ("file_missing", "projects.xlsx")
    ]


def test_full_marks_in_a_header_must_be_a_number(office):
    rows = [["代码", "1.1 部署（若干分）", "1.2 责任（3分）"], [EAST, 3, 3], [WEST, 3, 4]]
    office.add(
        "self_marks", rows, {"unit_code": ["代码"]}, wide={"item": r"^(\d+\.\d+)", "full": "（(.+)分）"}
    )
    assert places(blocking(office.read())) == [("not_a_number", "B1"), ("mark_above_full", "C3")]


def test_a_missing_roll_hides_nothing_else(office):
    office.maps["ledgers"]["units"]["file"] = "没有.xlsx"
    office.clues[A_2][4] = "若干"
    intake = office.read()
    assert [(fault.check, fault.file, fault.cell) for fault in intake.faults] == [
        ("file_missing", "没有.xlsx", ""),
        ("not_a_number", "线索台账.xlsx", "E6"),
    ]
    assert intake.roll.codes == ()


def test_a_missing_sheet_names_those_there_are(office):
    office.maps["ledgers"]["clues"]["sheet"] = "2020年"
    intake = office.read()
    assert lines(intake) == [
        "线索台账.xlsx：没有名为“2020年”的工作表。现有：线索。请改正工作表名称，或改 maps.yaml。"
    ]


def test_a_workbook_of_several_sheets_must_be_told_which(office):
    office.books["线索台账.xlsx"].append(Table("说明", [["说明"]]))
    del office.maps["ledgers"]["clues"]["sheet"]
    assert [fault.check for fault in office.read().faults] == ["sheet_missing"]


def test_missing_columns_are_all_told(office):
    office.clues[2][3] = "收到日期"
    office.clues[3][5] = "金额"
    intake = office.read()
    assert [(fault.check, fault.found) for fault in blocking(intake)] == [
        ("column_missing", "受理日期"),
        ("column_missing", "欠薪金额"),
    ]
    # the columns that were renamed are told as unclaimed, which shows what to do
    assert [(f.cell, f.found) for f in intake.faults if f.check == "column_unknown"] == [
        ("D4", "收到日期"),
        ("F4", "金额"),
    ]
    assert len(intake.ledgers["clues"]) == 4


def test_a_header_that_stands_twice_must_be_told_by_its_upper_header(office):
    office.clues[3][6] = "欠薪金额"
    office.books["线索台账.xlsx"][0].merged = ("E3:F3",)
    intake = office.read()
    assert [
        (fault.check, fault.details["cells"]) for fault in blocking(intake) if fault.check == "column_twice"
    ] == [("column_twice", "F4、G4")]
    fields = office.maps["ledgers"]["clues"]["fields"]
    fields["amount"], fields["amount_paid"] = ["涉及情况/欠薪金额"], ["已付金额/欠薪金额"]
    assert blocking(office.read()) == []


def test_a_column_nobody_asked_for_is_only_told(office):
    office.clues[2].append("备注")
    intake = office.read()
    assert [(fault.check, fault.severity, fault.cell) for fault in intake.faults] == [
        ("column_unknown", "warns", "L4")
    ]
    office.maps["ledgers"]["clues"]["ignored"] = ["备注"]
    assert office.read().faults == []
    # alone and under a group: left unread wherever it stands
    office.clues[2].append("其他情况")
    office.clues[3] += ["", "备注"]
    assert office.read().faults == []


def test_a_workbook_cut_inside(office):
    office.write()
    path = office.folder / "线索台账.xlsx"
    with zipfile.ZipFile(path) as container:
        parts = {name: container.read(name) for name in container.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"][:2000]
    with zipfile.ZipFile(path, "w") as container:
        for name, content in parts.items():
            container.writestr(name, content)
    assert [fault.check for fault in office.read_again().faults] == ["file_damaged"]


def test_a_file_in_use_or_a_folder_in_its_place(office, monkeypatch):
    office.write()
    real = type(office.folder).read_bytes

    def locked(path):
        if path.name == "线索台账.xlsx":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr("pathlib.Path.read_bytes", locked)
    assert [(fault.check, fault.file) for fault in office.read_again().faults] == [
        ("file_unreadable", "线索台账.xlsx")
    ]


def test_a_csv_of_unknown_encoding(office):
    office.maps["ledgers"]["innovation"] = {
        "file": "创新.csv",
        "header_rows": [1],
        "fields": {"no": ["编号"], **UNIT, "level": ["级别"]},
    }
    office.write()
    (office.folder / "创新.csv").write_bytes(b"\xff\xff\xff,\xfe")
    assert [(fault.check, fault.file) for fault in office.read_again().faults] == [
        ("encoding_unknown", "创新.csv")
    ]


def test_two_rows_with_one_number_name_the_first(office):
    office.clues[A_10][0] = "A-2"
    fault = blocking(office.read())[0]
    assert (fault.check, fault.cell, fault.details["first"], fault.found) == (
        "number_twice",
        "A8",
        "A6",
        "A-2",
    )


def test_rows_that_name_each_other_as_the_duplicate(office):
    office.clues[A_3][7] = "A-10"
    assert places(blocking(office.read())) == [("duplicate_unknown", "H7"), ("duplicate_unknown", "H8")]


def test_one_unit_and_item_with_two_marks(office):
    fields = {"unit_code": ["单位代码"], "item": ["指标"], "mark": ["得分"], "full": ["满分"]}
    rows = [["单位代码", "指标", "得分", "满分"], [EAST, 1.1, 3, 4], [WEST, 1.1, 4.5, 4], [EAST, "1.1", 2, 4]]
    office.add("field_marks", rows, fields)
    intake = office.read()
    assert places(blocking(intake)) == [("mark_above_full", "C3"), ("entry_twice", "C4")]
    assert intake.faults[1].details["first"] == "C2"


def test_a_departments_mark_is_out_of_a_hundred(office):
    rows = [["代码", "单位", "部门", "评分"], [EAST, None, "示例局", 100], [WEST, None, "示例局", 100.5]]
    office.add("department_marks", rows, {**UNIT, "department": ["部门"], "mark": ["评分"]})
    assert places(blocking(office.read())) == [("mark_above_full", "D3")]


def test_references_between_ledgers(office):
    findings = [
        ["编号", "代码", "单位", "类别", "同"],
        ["W1", EAST, None, "化解", None],
        ["W2", EAST, None, "化解", "W9"],
    ]
    office.add("findings", findings, {"no": ["编号"], **UNIT, "group": ["类别"], "same_as": ["同"]})
    feedback = [
        ["编号", "代码", "单位", "类别", "对应"],
        ["S1", EAST, None, "制度", "W1"],
        ["S2", EAST, None, "其他", "W8"],
    ]
    office.add("feedback", feedback, {"no": ["编号"], **UNIT, "group": ["类别"], "finding_no": ["对应"]})
    assert sorted(places(blocking(office.read()))) == [
        ("not_in_code_list", "D3"),
        ("reference_unknown", "E3"),
        ("reference_unknown", "E3"),
    ]


def test_the_roll_may_not_give_one_name_to_two(office):
    office.books["名册.xlsx"][0].rows[3][4] = "东新、东区"
    office.books["名册.xlsx"][0].rows[3][5] = "990001"
    assert places(blocking(office.read())) == [("alias_twice", "E4"), ("code_twice", "F4")]


@pytest.mark.parametrize(
    ("header", "preamble", "faults"),
    [
        ("欠薪金额（万元）", "单位：元", [("unit_of_measure_differs", "F4")]),
        ("欠薪金额", "单位：万元", [("unit_of_measure_differs", "F4"), ("unit_of_measure_differs", "G4")]),
        ("欠薪金额（元）", "单位：元", []),
        ("欠薪金额(元)", "", []),
    ],
)
def test_a_unit_of_measure_that_disagrees_with_the_table(office, header, preamble, faults):
    office.clues[1], office.clues[3][5] = [preamble], header
    office.maps["ledgers"]["clues"]["fields"]["amount"] = [header]
    assert places(blocking(office.read())) == faults


# what can hardly be is told and does not stop the run


@pytest.mark.parametrize(
    ("at", "written", "check", "cell"),
    [
        ((A_1, 6), 1000.5, "paid_exceeds_owed", "G5"),
        ((A_1, 9), dt.date(2019, 2, 28), "dates_out_of_order", "J5"),
        ((A_3, 3), dt.date(2009, 5, 2), "received_outside_history", "D7"),
        ((TOTAL, 4), 16, "control_total_differs", "E9"),
        ((TOTAL, 5), "三千", "control_total_differs", "F9"),
        ((TOTAL, 0), "总计", "footer_missing", ""),
    ],
)
def test_doubtful_cells_are_told_and_do_not_block(office, at, written, check, cell):
    row, column = at
    office.clues[row][column] = written
    if check == "footer_missing":
        office.clues.pop(row)
    if check == "paid_exceeds_owed":
        office.clues[TOTAL][6] = 1100.5
    intake = office.read()
    told = [fault for fault in intake.faults if fault.check == check]
    assert [(fault.severity, fault.cell) for fault in told] == [("warns", cell)]
    assert blocking(intake) == []


def test_a_total_is_not_compared_with_a_column_that_could_not_be_read(office):
    office.clues[A_1][4] = "若干"
    assert [fault.check for fault in office.read().faults] == ["not_a_number"]


def test_a_unit_without_rows_in_a_year_is_told_unless_it_reported_zero(office):
    office.clues[A_10][3] = dt.date(2019, 5, 3)
    office.clues[A_10][9] = None
    intake = office.read()
    assert [(f.check, f.severity, f.unit, f.details["year"]) for f in intake.faults] == [
        ("unit_not_reported", "warns", WEST, "2020")
    ]
    assert lines(intake)[0].startswith(
        "线索台账.xlsx › 线索：示例东新区2020年在线索案件台账中没有记录，按“未报”处理。"
    )
    office.settings["nil_returns"] = [{"ledger": "clues", "unit": WEST, "year": 2020}]
    assert office.read().faults == []


def test_a_nil_return_beside_rows_is_told(office):
    office.settings["nil_returns"] = [{"ledger": "clues", "unit": WEST, "year": 2019}]
    assert [(f.check, f.unit) for f in office.read().faults] == [("nil_return_contradicted", WEST)]


def test_a_ledger_without_years_is_expected_once(office):
    rows = [["编号", "代码", "单位", "专户"], ["P1", EAST, None, "有"]]
    office.add("projects", rows, {"no": ["编号"], **UNIT, "account": ["专户"]})
    assert [(f.check, f.unit, f.details["year"]) for f in office.read().faults] == [
        ("unit_not_reported", WEST, "")
    ]
    office.settings["nil_returns"] = [{"ledger": "projects", "unit": WEST, "year": 2020}]
    assert office.read().faults == []


def test_settings_that_name_what_does_not_exist(office):
    office.settings["date_field"] = "received"
    office.settings["nil_returns"] = [{"ledger": "clue", "unit": "990003", "year": 2020}]
    told = [(f.check, f.file, f.found) for f in blocking(office.read())]
    assert told == [
        ("settings_bad_value", "round.yaml", "received"),
        ("settings_bad_value", "round.yaml", "clue"),
        ("settings_bad_value", "round.yaml", "990003"),
    ]


# maps.yaml itself


def test_faults_of_the_maps_are_told_with_the_key_that_was_meant(office):
    clues = office.maps["ledgers"]["clues"]
    clues["fields"]["worker"] = clues["fields"].pop("workers")
    office.maps["ledgers"]["unit"] = {"file": "a.xlsx", "header_rows": [1], "fields": {}}
    office.maps["codes"]["yes_no"]["也许"] = "maybe"
    told = [(f.check, f.details["key"], f.details.get("suggestion", "")) for f in office.read().faults]
    assert sorted(told) == [
        ("settings_bad_value", "codes.yes_no.也许", ""),
        ("settings_unknown_key", "ledgers.clues.fields.worker", "workers"),
        ("settings_unknown_key", "ledgers.unit", "units"),
    ]


@pytest.mark.parametrize(
    ("ledger", "change", "check", "key"),
    [
        ("clues", lambda m: m["fields"].pop("no"), "settings_missing_key", "ledgers.clues.fields.no"),
        (
            "clues",
            lambda m: (m["fields"].pop("unit_code"), m["fields"].pop("unit_name")),
            "settings_missing_key",
            "ledgers.clues.fields.unit_code",
        ),
        ("clues", lambda m: m.update(wide={"item": "(1)"}), "ledger_not_wide", "ledgers.clues.wide"),
        ("clues", lambda m: m.update(heder_rows=[1]), "settings_unknown_key", "ledgers.clues.heder_rows"),
        ("clues", lambda m: m.update(wide={"item": "(1"}), "settings_bad_value", "ledgers.clues.wide.item"),
        ("clues", lambda m: m.update(wide={"item": "1"}), "settings_bad_value", "ledgers.clues.wide.item"),
        ("clues", lambda m: m.update(header_rows=[]), "settings_bad_value", "ledgers.clues.header_rows"),
        (
            "clues",
            lambda m: m["unit_of_measure"].update(amount="吊"),
            "settings_bad_value",
            "ledgers.clues.unit_of_measure.amount",
        ),
        (
            "clues",
            lambda m: m["unit_of_measure"].update(workers="元"),
            "settings_bad_value",
            "ledgers.clues.unit_of_measure.workers",
        ),
        (
            "clues",
            lambda m: m["unit_of_measure"].update(received_on="元"),
            "settings_unknown_key",
            "ledgers.clues.unit_of_measure.received_on",
        ),
        (
            "clues",
            lambda m: m.update(footer={"pattern": "("}),
            "settings_bad_value",
            "ledgers.clues.footer.pattern",
        ),
        ("clues", lambda m: m.update(encoding="latin-1"), "settings_bad_value", "ledgers.clues.encoding"),
        ("clues", lambda m: m.update(year_from="sheet"), "name_says_nothing", "ledgers.clues.year_from"),
        ("clues", lambda m: m.update(unit_from="file"), "name_says_nothing", "ledgers.clues.unit_from"),
        ("clues", lambda m: m.update(snapshot="daily"), "settings_bad_value", "ledgers.clues.snapshot"),
    ],
)
def test_a_map_that_cannot_be_used(office, ledger, change, check, key):
    change(office.maps["ledgers"][ledger])
    intake = office.read()
    assert [(fault.check, fault.details["key"]) for fault in intake.faults] == [(check, key)]
    assert all("{" not in line and key in line for line in lines(intake))
    assert "clues" not in intake.ledgers


def test_no_roll_and_no_code_list(office):
    del office.maps["ledgers"]["units"]
    del office.maps["codes"]["yes_no"]
    told = [(fault.check, fault.details["key"]) for fault in office.read().faults]
    assert told == [
        ("settings_missing_key", "ledgers.units"),
        ("code_list_missing", "ledgers.clues.fields.confirmed"),
    ]


def test_no_maps_at_all(office):
    office.write()
    (office.folder / "maps.yaml").unlink()
    intake = office.read_again()
    assert [(fault.check, fault.file) for fault in intake.faults] == [("settings_missing_file", "maps.yaml")]
    assert intake.ledgers == {}


def test_the_words_of_faults_are_complete_and_have_the_same_places_in_both_languages():
    catalogues = []
    for language in LANGUAGES:
        checks = {}
        for name in ("faults.yaml", "faults_files.yaml"):
            text = resources.files("analysis.words").joinpath(language, name).read_text(encoding="utf-8")
            checks |= YAML(typ="safe").load(text)["faults"]
        assert all(list(parts) == ["sentence", "expected", "remedy"] for parts in checks.values())
        catalogues.append(
            {
                (check, part): {
                    place for _text, place, _spec, _conversion in Formatter().parse(sentence) if place
                }
                for check, parts in checks.items()
                for part, sentence in parts.items()
            }
        )
    assert catalogues[0] == catalogues[1]


def test_a_file_that_nothing_uses_is_told(office):
    for name, content in (("补报.csv", "编号,金额\nA-9,5\n"), ("补报.et", "x"), ("扫描件.pdf", "%PDF-1.7")):
        (office.folder / name).write_text(content, encoding="utf-8")
    (office.folder / "README.md").write_text("# 说明", encoding="utf-8")
    told = {(fault.check, fault.severity, fault.file) for fault in office.read().faults}
    assert told == {
        ("file_unused", "warns", "补报.csv"),
        ("file_ending_unknown", "warns", "补报.et"),
        ("file_ending_unknown", "warns", "扫描件.pdf"),
    }


def test_a_link_to_a_file_outside_the_folder_is_told(office, tmp_path):
    read = office.read()
    assert [fault.check for fault in read.faults] == []
    ledger = next(iter(office.books))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (office.folder / ledger).rename(elsewhere / ledger)
    (office.folder / ledger).symlink_to(elsewhere / ledger)
    linked = office.read_again()
    assert [(fault.check, fault.severity, fault.file) for fault in linked.faults] == [
        ("file_linked", "warns", ledger)
    ]
    assert linked.ledgers["clues"].equals(read.ledgers["clues"])
