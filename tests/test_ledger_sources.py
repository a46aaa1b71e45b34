"""A ledger from several sources: each with a layout, columns, units of measure and codes of its own."""

import datetime as dt

import pandas as pd
import pytest
from file_examples import Table
from office_examples import EAST, WEST, Office, blocking

from analysis.indicators import measures
from analysis.indicators.conditions import Rows
from analysis.intake import LEDGERS, fault_line
from analysis.intake.declared.maps_file import load_maps
from analysis.intake.template_workbooks.filled_templates import header
from analysis.rounds.rounds import load_round
from analysis.run import in_memory
from analysis.words import words

#: index of a spreadsheet row in the list of rows
A_1, A_2, A_3, A_10, TOTAL = range(4, 9)


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def own_layout(office):
    """Let the west hand in its clues in a shape of its own: other headers, ten thousands, ticks for yes."""
    rows = [
        ["案号", "收到日期", "农民工数", "金额（万元）", "属实"],
        ["A-3", "2019-5-2", None, None, "√"],
        ["A-10", "2020-5-2", 8, 0.09005, "√"],
    ]
    office.books["西区报来.xlsx"] = [Table("Sheet1", rows)]
    office.clues[A_3 : A_10 + 1] = []
    office.clues[-1] = ["合计"] + [None] * 10
    fields = {
        "no": "案号",
        "received_on": "收到日期",
        "workers": "农民工数",
        "amount": "金额",
        "confirmed": "属实",
    }
    west = {
        "name": "西边",
        "file": "西区报来.xlsx",
        "header_rows": [1],
        "unit": WEST,
        "codes": {"yes_no": {"√": True, "×": False}},
        "fields": {field: [header] for field, header in fields.items()},
    }
    office.maps["ledgers"]["clues"] = [office.maps["ledgers"]["clues"], west]
    return west


def test_sources_of_one_ledger_have_layouts_units_and_codes_of_their_own(office):
    own_layout(office)
    intake = office.read()
    assert intake.faults == []
    clues = intake.ledgers["clues"].set_index("no")
    assert clues["unit"].tolist() == [EAST, EAST, WEST, WEST]
    assert clues.loc["A-10", ["workers", "amount", "confirmed"]].tolist() == [8, 900_50, True]
    # which file has which column is known, so that what one of them lacks is not reported for its rows alone
    rows = Rows("clues", intake.ledgers["clues"], intake.columns, dt.date(2021, 12, 31))
    assert rows.without_column("amount_paid").tolist() == [False, False, True, True]
    assert not rows.without_column("amount").any()


def test_what_one_source_lacks_is_not_reported_for_its_unit_alone(office):
    own_layout(office)
    values = measures.compute(office.read(), load_round(office.project, "2020").settings).values
    paid = values[(values["measure"] == "amount_paid") & (values["period"] == "2020")].set_index("unit")
    assert paid.loc[WEST, "status"] == "not_reported"
    assert paid.loc[EAST, "status"] == "reported"


def test_a_policy_holds_for_its_source_alone(office):
    west = own_layout(office)
    office.books["西区报来.xlsx"][0].rows[2][2] = "约8"
    office.clues[A_1][4] = "约3"
    west["values"] = {"approximate": "refuse"}
    found = [(fault.severity, fault.file) for fault in office.read().faults]
    assert found == [("blocks", "西区报来.xlsx"), ("warns", "线索台账.xlsx")]


def test_a_fault_names_its_source(office):
    west = own_layout(office)
    office.books["西区报来.xlsx"][0].rows[0][1] = "日子"
    fault = blocking(office.read())[0]
    assert (fault.check, fault.file, fault.found) == ("column_missing", "西区报来.xlsx", "收到日期")
    assert "来源“西边”：" in fault_line(fault, words("zh"))
    west["file"] = "西区没报.xlsx"
    assert "来源“西边”：" in fault_line(blocking(office.read())[0], words("zh"))


def test_what_is_wrong_in_the_maps_of_one_source_leaves_the_others(office):
    west = own_layout(office)
    west["fields"]["recieved_on"] = west["fields"].pop("received_on")
    intake = office.read()
    assert [(fault.check, fault.found, fault.details["key"]) for fault in intake.faults[:2]] == [
        ("settings_missing_key", "", "ledgers.clues.2.fields.received_on"),
        ("settings_unknown_key", "recieved_on", "ledgers.clues.2.fields.recieved_on"),
    ]
    assert intake.faults[1].details["suggestion"] == "received_on"
    assert set(intake.ledgers["clues"]["unit"]) == {EAST}


def test_sources_have_different_names_and_agree_on_who_fills_them_in(office):
    west = own_layout(office)
    listed = office.maps["ledgers"]["clues"]
    listed[0].update(name="西边", filled_by="unit")
    west["filled_by"] = "city"
    assert [(fault.check, fault.details["key"]) for fault in office.read().faults] == [
        ("source_named_twice", "ledgers.clues.2.name"),
        ("settings_bad_value", "ledgers.clues.2.filled_by"),
    ]


@pytest.mark.parametrize(
    ("key", "value", "other"), [("unit", "示例东区", "unit_from"), ("year", 2020, "year_from")]
)
def test_what_is_said_twice_of_a_source_is_told_with_both_places(office, key, value, other):
    west = own_layout(office)
    west.update({key: value, other: "file"})
    [fault] = [fault for fault in office.read().faults if fault.check == "settings_said_twice"]
    assert (fault.severity, fault.details["key"], fault.details["other"]) == (
        "blocks",
        f"ledgers.clues.2.{key}",
        other,
    )
    lines = (office.folder / "maps.yaml").read_text("utf-8").splitlines()
    assert lines[fault.line - 1].lstrip(" -").startswith(f"{key}:")
    assert lines[int(fault.details["other_line"]) - 1].lstrip(" -").startswith(f"{other}:")


@pytest.mark.parametrize(
    ("keys", "check", "key", "other"),
    [
        ({"days": {"closed_on": ["年", "月", "日"]}, "constants": {"closed_on": "2020-1-1"}},
         "settings_said_twice", "constants.closed_on", "days.closed_on"),
        ({"footer": {"text": "合计", "pattern": "总计"}}, "settings_said_twice", "footer.text", "footer.pattern"),
        ({"keep": {"类别": {"values": ["欠薪"], "pattern": "薪"}}},
         "settings_said_twice", "keep.类别.values", "keep.类别.pattern"),
        ({"ignored": ["备注", "案号"]}, "settings_said_twice", "ignored.2", "fields.no.0"),
        ({"persons": ["农民工数"]}, "settings_said_twice", "persons.1", "fields.workers.0"),
        ({"keep": {"类别": "欠薪"}, "skip": {"类别": ["欠薪"]}}, "kept_and_skipped", "keep.类别", "skip.类别"),
        ({"persons": ["年"], "days": {"closed_on": ["年", "月", "日"]}},
         "settings_said_twice", "persons.1", "days.closed_on.0"),
        ({"without_day": ["closed_on"], "days": {"closed_on": ["年", "月", "日"]}},
         "settings_said_twice", "without_day.1", "days.closed_on"),
        ({"codes": {"yes_no": {"Y": True, "Ｙ": False}}},
         "settings_said_twice", "codes.yes_no.Ｙ", "ledgers.clues.1.codes.yes_no.Y"),
        ({"first_row": 1}, "first_row_in_header", "first_row", "header_rows"),
        ({"empty_is_zero": ["amount_paid"]}, "prepared_without_column", "empty_is_zero.1", "fields"),
        ({"fill_down": ["unit_name"]}, "prepared_without_column", "fill_down.1", "fields"),
    ],
)  # fmt: skip
def test_of_two_keys_of_which_one_would_win_both_are_told(office, keys, check, key, other):
    west = own_layout(office)
    west.update(keys)
    [fault] = [fault for fault in office.read().faults if fault.check == check]
    told = (fault.details["key"].removeprefix("ledgers.clues.2."), fault.details["other"])
    assert (fault.severity, told) == ("blocks", (key, other))


def test_no_number_is_both_what_is_owed_and_what_is_paid(office):
    west = own_layout(office)
    [amount] = west["fields"]["amount"]
    west["fields"]["amount_paid"] = [amount]
    [fault] = [fault for fault in office.read().faults if fault.check == "settings_said_twice"]
    told = (fault.details["key"].removeprefix("ledgers.clues.2."), fault.details["other"])
    assert told == ("fields.amount_paid.1", "fields.amount.0")


def test_what_is_left_out_by_declaration_is_not_read_beside_it(office):
    west = own_layout(office)
    west["left_out"] = "A2:D2"
    [fault] = [fault for fault in office.read().faults if fault.check == "left_out_is_read"]
    assert (fault.severity, fault.cell, fault.details["numbers"]) == ("blocks", "A2", "2")


def test_a_summary_of_one_measure_has_no_headers_of_others(office):
    rows = [["代码", "2020年案件", "2020年人数"], [EAST, 3, 30], [WEST, 4, 40]]
    fields = {"unit_code": ["代码"], "workers": ["2020年人数"]}
    office.add("summary", rows, fields, wide={"item": r"(20\d\d)", "measure": "cases"})
    [fault] = [fault for fault in office.read().faults if fault.check == "settings_said_twice"]
    assert (fault.details["key"], fault.details["other"]) == (
        "ledgers.summary.wide.measure",
        "fields.workers",
    )


def test_a_snapshot_whose_rows_are_their_own_numbers_would_count_everything_again(office):
    west = own_layout(office)
    del west["fields"]["no"]
    west.update(number_from="row", snapshot="monthly")
    assert "snapshot_without_numbers" in [fault.check for fault in office.read().faults]


def test_a_sheet_of_marks_has_each_item_in_its_header_or_in_a_column(office):
    rows = [["代码", "指标", "1.1（4分）", "满分"], [EAST, "1.1", 3, 4]]
    fields = {"unit_code": ["代码"], "item": ["指标"], "full": ["满分"]}
    office.add("self_marks", rows, fields, wide={"item": r"^(\d\.\d)", "full": r"（(\d)分）"})
    twice = [fault for fault in office.read().faults if fault.check == "settings_said_twice"]
    assert [(fault.details["key"].rpartition(".")[2], fault.details["other"]) for fault in twice] == [
        ("item", "wide.item"),
        ("full", "wide.full"),
    ]


def test_what_a_source_says_of_values_adds_to_what_holds_for_all(office):
    west = own_layout(office)
    office.maps["values"] = {"calendar": "roc"}
    west["values"] = {"month_only": "first_day"}
    office.books["西区报来.xlsx"][0].rows[1][1] = "109/3/1"
    [day] = office.read().ledgers["clues"].query("no == 'A-3'")["received_on"]
    assert day.date().isoformat() == "2020-03-01"


def test_rows_that_two_sources_read_from_the_same_cells_block(office):
    west = own_layout(office)
    del west["fields"]["no"]
    west.update(name="西区", number_from="row")
    office.maps["ledgers"]["clues"].append({**west, "name": "西区又一次", "file": "西区*.xlsx"})
    west["file"] = "*报来.xlsx"
    [fault] = [fault for fault in office.read().faults if fault.check == "rows_read_twice"]
    assert (fault.severity, fault.details["one"], fault.details["other"]) == ("blocks", "西区", "西区又一次")
    # what a constant tells apart is two things said by one row
    office.maps["ledgers"]["clues"][1]["constants"] = {"confirmed": "是"}
    assert "rows_read_twice" not in [fault.check for fault in office.read().faults]


def test_a_pivot_table_is_no_ledger_of_entries(office):
    """Its two rows would be two projects, numbered by how many there are of each."""
    rows = [["行标签", "求和项:人数", "计数项:编号"], [EAST, 12, 3], [WEST, 30, 5], ["总计", 42, 8]]
    fields = {"unit_code": ["行标签"], "no": ["计数项:编号"]}
    office.add("projects", rows, fields, footer="总计", ignored=["求和项:人数"])
    [fault] = [fault for fault in office.read().faults if fault.severity == "blocks"]
    assert (fault.check, fault.cell, fault.found) == ("pivot_table", "B1", "求和项:人数")


def test_a_column_that_no_source_has_is_not_reported_and_a_heading_over_several_is_none(office):
    """案件、人数、金额 stands over three columns: they are called by what stands below it."""
    del office.clues[4:]
    office.clues[2] = ["编号", "代码", "单位", "受理日期", "案件、人数、金额", None, "是否查实"]
    office.clues[3] = [None] * 4 + ["案由", "人数", None]
    office.clues.extend(
        [
            ["A-1", EAST, "示例东区", "2020-1-17", "工资", 4, "是"],
            ["A-2", WEST, "东新区", "2020-1-17", "工资", 5, "是"],
        ]
    )
    office.books["线索台账.xlsx"][0].merged = ("E3:F3", *(f"{letter}3:{letter}4" for letter in "ABCDG"))
    clues = office.maps["ledgers"]["clues"]
    del clues["footer"], clues["persons"], clues["unit_of_measure"]
    wanted = ("no", "unit_code", "unit_name", "received_on", "confirmed")
    clues["fields"] = {name: clues["fields"][name] for name in wanted} | {"workers": ["人数"]}
    clues["ignored"] = ["案由"]
    office.write()
    a = in_memory.assess_read(in_memory.read(office.project, "2020"), draws=0)
    stated = {
        measure: a.index.row(EAST, "2020", measure)["status"]
        for measure in ("cases", "workers", "amount", "rate_paid")
    }
    assert stated == {
        "cases": "reported",
        "workers": "reported",
        "amount": "not_reported",
        "rate_paid": "not_reported",
    }
    assert a.index.row(EAST, "2020", "workers")["value"] == 4


def test_a_pattern_leaves_out_what_another_source_names_in_full(office):
    own_layout(office)
    office.books["线索台账西.xlsx"] = office.books.pop("西区报来.xlsx")
    old, west = office.maps["ledgers"]["clues"]
    old["file"], west["file"] = "线索台账*.xlsx", "线索台账西.xlsx"
    assert office.read().faults == []


def test_a_list_of_one_source_is_the_mapping_itself(tmp_path):
    listed = Office(tmp_path / "listed")
    listed.maps["ledgers"] = {name: [mapped] for name, mapped in listed.maps["ledgers"].items()}
    plain = Office(tmp_path / "plain")
    pd.testing.assert_frame_equal(listed.read().ledgers["clues"], plain.read().ledgers["clues"])
    assert load_maps(listed.folder) == load_maps(plain.folder)


def test_old_ledger_new_layout_and_filled_template_stand_together(office):
    own_layout(office)
    money = "（元）"
    fields = {
        header(LEDGERS["clues"], name, words("zh")) + money * (field.kind == "money"): name
        for name, field in LEDGERS["clues"].fields.items()
    }
    filled = {"no": "C-7", "received_on": dt.date(2020, 9, 1), "workers": 5, "amount": 700}
    mark = [[f"assess-template 1 clues {EAST}"], [], [], []]
    entry = [filled.get(name) for name in fields.values()]
    office.books["补报.xlsx"] = [Table("线索", [*mark, list(fields), entry])]
    intake = office.read()
    clues = intake.ledgers["clues"].set_index("no")
    assert blocking(intake) == []
    files = {"A-1": "线索台账", "A-2": "线索台账", "C-7": "补报", "A-3": "西区报来", "A-10": "西区报来"}
    assert clues["file"].to_dict() == {number: f"{name}.xlsx" for number, name in files.items()}
    assert clues.loc["C-7", ["unit", "amount"]].tolist() == [EAST, 700_00]
