"""From the office's files to ledgers: what is read, how it is typed, and that nothing depends on how it lies."""

import datetime as dt
import re
import zipfile

import pandas as pd
import pytest
from office_examples import CLUES, EAST, MERGED, UNIT, WEST, Office, Table, blocking
from openpyxl import Workbook

from analysis.intake import LEDGERS, issues_frame
from analysis.intake.fault_lists.lines import ISSUE_COLUMNS
from analysis.results.store import Store
from analysis.words import words


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def test_a_clue_ledger_becomes_a_typed_frame(office):
    intake = office.read()
    assert intake.faults == []
    clues = intake.ledgers["clues"].set_index("no")
    # ordered by unit and natural number, whatever the order of the file
    assert clues.index.tolist() == ["A-1", "A-2", "A-3", "A-10"]
    assert clues["unit"].tolist() == [EAST, EAST, WEST, WEST]
    assert clues["row"].tolist() == [5, 6, 7, 8]
    assert clues.loc["A-2", "received_on"] == pd.Timestamp(2020, 1, 17)
    assert clues.loc["A-2", "closed_on"] == pd.Timestamp(2020, 2, 3)
    assert clues.loc["A-2", "workers"] == 4
    # 1,200.50 yuan are 120050 fen
    assert clues.loc["A-2", "amount"] == 120050
    assert clues.loc["A-10", "duplicate_of"] == "A-3"
    assert clues["confirmed"].tolist() == [True, False, True, True]


def test_missing_is_never_zero(office):
    clues = office.read().ledgers["clues"].set_index("no")
    assert pd.isna(clues.loc["A-3", "workers"])
    assert pd.isna(clues.loc["A-2", "amount_paid"])
    assert pd.isna(clues.loc["A-3", "closed_on"])
    assert clues.loc["A-2", "duplicate_of"] == ""
    # columns that no header of this round fills are there, and empty
    assert clues["checked"].isna().all()
    assert clues["sector"].tolist() == ["", "", "", ""]


def test_the_types_are_those_of_the_definition(office):
    clues = office.read().ledgers["clues"]
    kinds = {name: str(kind) for name, kind in clues.dtypes.items()}
    assert kinds["amount"] == "Int64"
    assert kinds["received_on"] == "datetime64[s]"
    assert kinds["confirmed"] == "boolean"
    assert kinds["no"] == "str"
    assert list(clues.columns) == ["file", "sheet", "row", "unit", *LEDGERS["clues"].fields]


def test_a_ledger_survives_the_store(office):
    clues = office.read().ledgers["clues"]
    store = Store(office.project / "processed")
    store.write("ledgers/clues", clues)
    pd.testing.assert_frame_equal(store.read("ledgers/clues"), clues)


def test_the_roll_comes_from_its_own_file(office):
    roll = office.read().roll
    assert roll.codes == (EAST, WEST)
    assert roll.unit(EAST).aliases == ("东区政府", "示例东")
    assert roll.unit("990011").code == EAST
    assert roll.short("990000") == "全市"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("990011", "东区"),
        ("９９０００１", "示例 东区"),
        (990001, None),
        (990001.0, "东区政府"),
        (None, "示例东"),
    ],
)
def test_every_spelling_of_a_unit_is_the_same_unit(office, code, name):
    office.clues[4][1:3] = [code, name]
    intake = office.read()
    assert blocking(intake) == []
    assert intake.ledgers["clues"].set_index("no").loc["A-1", "unit"] == EAST


def test_a_merged_unit_goes_for_all_its_rows_but_an_amount_does_not(office):
    office.clues[7][1:3] = [None, None]
    office.clues[8][5] = 2200.5
    office.clues[7][5] = None
    office.books["线索台账.xlsx"][0].merged = (*MERGED, "B7:B8", "C7:C8", "F7:F8")
    office.clues[6][5] = 0
    intake = office.read()
    clues = intake.ledgers["clues"].set_index("no")
    assert blocking(intake) == []
    assert clues.loc["A-10", "unit"] == WEST
    assert clues.loc["A-3", "amount"] == 0
    assert pd.isna(clues.loc["A-10", "amount"])


def test_persons_never_come_in(office):
    intake = office.read()
    everything = "".join(frame.to_csv() for frame in (*intake.ledgers.values(), intake.columns, intake.files))
    assert "示例东区" in everything
    for person in ("张示例", "李示例", "王示例", "赵示例", "联系人"):
        assert person not in everything


def test_a_column_of_persons_stays_out_even_if_a_field_claims_it(office):
    office.maps["ledgers"]["clues"]["fields"]["project"] = ["联系人"]
    intake = office.read()
    assert [(fault.check, fault.found) for fault in blocking(intake)] == [("settings_said_twice", "联系人")]
    everything = "".join(frame.to_csv() for frame in (*intake.ledgers.values(), intake.columns, intake.files))
    assert "张示例" not in everything


def test_columns_lead_back_to_letters_and_headers(office):
    columns = office.read().columns
    clues = columns[columns["ledger"] == "clues"].set_index("field")
    assert clues.loc["amount", ["column", "header"]].tolist() == ["F", "涉及情况/欠薪金额"]
    assert clues.loc["received_on", ["file", "sheet", "column"]].tolist() == ["线索台账.xlsx", "线索", "D"]


def test_files_are_listed_with_their_hash(office):
    office.settings["nil_returns"] = [{"ledger": "events", "unit": EAST, "year": 2020}]
    files = office.read().files.set_index("ledger")
    assert files.loc["clues", ["file", "sheet", "rows"]].tolist() == ["线索台账.xlsx", "线索", 4]
    assert files["sha256"].str.fullmatch("[0-9a-f]{64}").all()
    # a zero that was reported rests on the settings
    assert files.loc["nil_returns", "file"] == "round.yaml"


def test_the_order_of_rows_columns_and_files_changes_nothing(office):
    before = office.read()
    rows = CLUES[4:8]
    order = [9, 3, 1, 2, 0, 7, 4, 5, 6, 8, 10]
    office.clues[2:4] = [
        [
            [
                "办结日期",
                "受理日期",
                "代码",
                "单位",
                "编号",
                "重复编号",
                "涉及情况",
                None,
                "已付金额",
                "是否查实",
                "联系人",
            ]
        ][0],
        [None, None, None, None, None, None, "人数", "欠薪金额", None, None, None],
    ]
    office.clues[4:8] = [[row[place] for place in order] for row in reversed(rows)]
    office.clues[8] = ["合计"] + [None] * 5 + [15, 3101, 1100]
    office.books["线索台账.xlsx"][0].merged = ("G3:H3",)
    office.maps["ledgers"] = dict(reversed(office.maps["ledgers"].items()))
    office.maps["ledgers"]["clues"]["fields"] = dict(
        reversed(office.maps["ledgers"]["clues"]["fields"].items())
    )
    after = office.read()
    assert after.faults == []
    for name in ("units", "clues"):
        pd.testing.assert_frame_equal(
            after.ledgers[name].drop(columns="row"), before.ledgers[name].drop(columns="row")
        )
    assert sorted(after.ledgers["clues"]["row"]) == [5, 6, 7, 8]


def test_blank_rows_and_lines_under_the_total_are_not_rows(office):
    office.clues.insert(6, [None] * 11)
    office.clues.append(["制表人：示例", None, None, "不是日期"])
    intake = office.read()
    assert intake.faults == []
    assert intake.ledgers["clues"]["row"].tolist() == [5, 6, 8, 9]


def test_the_first_row_may_be_told(office):
    office.clues.insert(4, ["（示例行，勿删）", EAST, "东区", "某年某月"] + [None] * 7)
    office.maps["ledgers"]["clues"]["first_row"] = 6
    intake = office.read()
    assert intake.faults == []
    assert len(intake.ledgers["clues"]) == 4


def test_amounts_in_units_of_ten_thousand(office):
    office.maps["ledgers"]["clues"]["unit_of_measure"] = {"amount": "万元", "amount_paid": "万元"}
    office.clues[1] = ["单位：万元"]
    office.clues[4][5:7] = [12.3456, 12.3456]
    office.clues[8][5:7] = [2113.3456, 112.3456]
    intake = office.read()
    assert intake.faults == []
    assert intake.ledgers["clues"].set_index("no").loc["A-1", "amount"] == 12345600


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_csv_in_the_encodings_offices_use(office, encoding):
    lines = [
        "成员单位评价",
        "",
        "代码,单位,部门,评分",
        "990001,东区,示例一局,90",
        "990002,东新区,示例一局,85.5",
    ]
    office.maps["ledgers"]["department_marks"] = {
        "file": "评价.csv",
        "year": 2020,
        "header_rows": [3],
        "fields": {**UNIT, "department": ["部门"], "mark": ["评分"]},
    }
    office.write()
    (office.folder / "评价.csv").write_bytes("\r\n".join(lines).encode(encoding))
    intake = office.read_again()
    assert intake.faults == []
    marks = intake.ledgers["department_marks"]
    assert marks[["unit", "department", "mark", "row", "column"]].values.tolist() == [
        [EAST, "示例一局", 90.0, 4, "D"],
        [WEST, "示例一局", 85.5, 5, "D"],
    ]


WIDE = [
    ["单位代码", "单位", "组织领导", None, "宣传", "备注"],
    [None, None, "1.1 部署调度（4分）", "1.10 责任落实\n（3.5分）", "2.1 信息公示（3分）", None],
    [990001, "东区", 4, "3.5", 0, "好"],
    [990002, "东新区", 2.5, "—", None, None],
]


def wide(office):
    office.books["自查.xlsx"] = [Table("自查", [list(row) for row in WIDE], ("C1:D1",))]
    office.maps["ledgers"]["self_marks"] = {
        "file": "自查.xlsx",
        "year": 2020,
        "header_rows": [1, 2],
        "fields": {"unit_code": ["单位代码"], "unit_name": ["单位"]},
        "wide": {"item": r"^(\d+\.\d+)", "full": r"（(\d+(?:\.\d+)?)分）"},
        "ignored": ["备注"],
    }


def test_a_wide_sheet_becomes_one_row_per_unit_and_item(office):
    wide(office)
    intake = office.read()
    # the dash and the empty cell of the second unit are told; nothing else is wrong
    assert [(fault.check, fault.unit, fault.details["marked"]) for fault in intake.faults] == [
        ("mark_missing", WEST, "1.10、2.1")
    ]
    marks = intake.ledgers["self_marks"]
    assert marks[["unit", "item", "full", "row", "column"]].values.tolist() == [
        [EAST, "1.1", 4.0, 3, "C"],
        [EAST, "1.10", 3.5, 3, "D"],
        [EAST, "2.1", 3.0, 3, "E"],
        [WEST, "1.1", 4.0, 4, "C"],
        [WEST, "1.10", 3.5, 4, "D"],
        [WEST, "2.1", 3.0, 4, "E"],
    ]
    # a mark that was not given is missing, a mark of 0 is 0
    assert marks["mark"].iloc[:4].tolist() == [4.0, 3.5, 0.0, 2.5]
    assert marks["mark"].iloc[4:].isna().all()
    columns = intake.columns.set_index("field")
    assert columns.loc["mark:1.10", ["column", "header"]].tolist() == [
        "D",
        "组织领导/1.10 责任落实 （3.5分）",
    ]


def test_a_long_sheet_says_the_same_as_a_wide_one(office):
    wide(office)
    from_wide = office.read().ledgers["self_marks"]
    rows = [["单位代码", "指标编号", "得分", "满分"]]
    rows += [
        [row["unit"], row["item"], None if pd.isna(row["mark"]) else row["mark"], row["full"]]
        for row in from_wide.to_dict("records")
        if not pd.isna(row["mark"])
    ]
    fields = {"unit_code": ["单位代码"], "item": ["指标编号"], "mark": ["得分"], "full": ["满分"]}
    office.add("self_marks", rows, fields)
    from_long = office.read().ledgers["self_marks"]
    same = ["unit", "item", "mark", "full"]
    pd.testing.assert_frame_equal(
        from_long[same], from_wide[from_wide["mark"].notna()][same].reset_index(drop=True)
    )
    assert from_long["column"].tolist() == ["C"] * 4


def test_code_lists_translate_what_is_written(office):
    fields = {"no": ["编号"], **UNIT, "account": ["专户"], "deposit": ["保证金"], "sampled": ["抽查"]}
    rows = [["编号", "代码", "单位", "专户", "保证金", "抽查"]]
    # 无 is an entry of the list and so an answer; — is none
    rows += [["P1", EAST, None, "有", "免缴", True], ["P2", WEST, None, "无", "—", "否"]]
    office.add("projects", rows, fields)
    intake = office.read()
    assert intake.faults == []
    projects = intake.ledgers["projects"]
    assert projects[["account", "deposit"]].values.tolist() == [["yes", "exempt"], ["no", ""]]
    assert projects["sampled"].tolist() == [True, False]
    assert projects["bankpay"].tolist() == ["", ""]


def test_two_ledgers_may_stand_in_one_workbook(office):
    fields = {"no": ["编号"], **UNIT, "account": ["专户"]}
    office.add(
        "projects",
        [["编号", "代码", "单位", "专户"], ["P1", EAST, None, "有"], ["P2", WEST, None, "有"]],
        fields,
    )
    funds = [["代码", "单位", "建立", "金额"], [EAST, None, "是", 200], [WEST, None, "否", "—"]]
    office.books["projects.xlsx"].append(Table("周转金", funds))
    office.maps["ledgers"]["projects"]["sheet"] = "表"
    office.maps["ledgers"]["funds"] = {
        "file": "projects.xlsx",
        "sheet": "周转金",
        "header_rows": [1],
        "unit_of_measure": {"amount": "万元"},
        "fields": {**UNIT, "established": ["建立"], "amount": ["金额"]},
    }
    intake = office.read()
    assert intake.faults == []
    assert intake.ledgers["funds"]["amount"].tolist() == [200_000_000, pd.NA]
    assert intake.files.groupby("file")["ledger"].apply(list)["projects.xlsx"] == ["projects", "funds"]


def test_an_identical_row_counts_once_and_is_told(office):
    office.clues.insert(5, list(office.clues[4]))
    office.clues[9] = ["合计", None, None, None, 18, 4101, 2100]
    intake = office.read()
    assert [(f.check, f.severity, f.cell, f.details["first"]) for f in intake.faults] == [
        ("number_twice_same", "warns", "A6", "A5")
    ]
    assert intake.ledgers["clues"]["no"].tolist() == ["A-1", "A-2", "A-3", "A-10"]


def test_a_computed_formula_is_a_value(office):
    # openpyxl cannot compute, so the file is given the value a spreadsheet program would have stored
    office.clues[4][5] = "=500+500"
    office.write()
    path = office.folder / "线索台账.xlsx"
    rewrite(path, rb"<f>500\+500</f><v ?/>|<f>500\+500</f><v></v>", b"<f>500+500</f><v>1000</v>")
    intake = office.read_again()
    assert intake.faults == []
    assert intake.ledgers["clues"].set_index("no").loc["A-1", "amount"] == 100000


def test_a_formula_that_yields_an_empty_text_is_an_empty_cell(office):
    office.clues[6][5] = '=IF(1,"","")'
    office.write()
    rewrite(office.folder / "线索台账.xlsx", b'<c r="F7">', b'<c r="F7" t="str">')
    intake = office.read_again()
    assert intake.faults == []


def rewrite(path, old, new):
    """Replace what an expression finds in the first sheet of a workbook."""
    with zipfile.ZipFile(path) as container:
        parts = {name: container.read(name) for name in container.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert re.search(old, parts[sheet])
    parts[sheet] = re.sub(old, new, parts[sheet])
    with zipfile.ZipFile(path, "w") as container:
        for name, content in parts.items():
            container.writestr(name, content)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (["合计4件"], []),
        (["共 4 条"], []),
        (["总计：4件", None, None, None, 15], []),
        (["合计", "4件", None, None, 15, 3101], []),
        (["4 records in all"], None),
        (["Total 4 records"], []),
        (["合计5件"], ["合计5件"]),
        (["共1,004条。"], ["共1,004条。"]),
        (["合计", "五件", None, None, 15, 3101], []),
    ],
)
def test_a_control_total_of_records_is_recognised_and_compared(office, line, found):
    office.clues[8] = [*line, *[None] * (11 - len(line))]
    intake = office.read()
    if found is None:
        # nothing that says a total: the row is an entry without what one must have
        assert any(fault.cell.endswith("9") for fault in blocking(intake))
        return
    assert len(intake.ledgers["clues"]) == 4
    assert blocking(intake) == []
    assert [fault.found for fault in intake.faults if fault.check == "records_differ"] == found


def test_the_frame_of_issues_has_the_columns_of_the_contract(office):
    office.clues[4][4] = "若干"
    intake = office.read()
    issues = issues_frame(intake.faults, words("zh"))
    assert list(issues.columns) == list(ISSUE_COLUMNS)
    assert issues.loc[0].tolist() == [
        "not_a_number",
        "blocks",
        EAST,
        "线索台账.xlsx",
        "线索",
        "E5",
        "若干",
        "数值",
        "请填写数值，或留空并在备注中说明。",
        "该行占2019年已付金额合计的 100.0%。",
    ]
    assert len(issues_frame([], words("zh"))) == 0


def test_a_large_ledger_is_read_whole(office):
    header = office.clues[2:4]
    book = Workbook(write_only=True)
    sheet = book.create_sheet("线索")
    for row in [["台账"], ["单位：元"], *header]:
        sheet.append(row)
    day = dt.date(2020, 5, 2)
    for number in range(5000):
        sheet.append([f"B-{number}", EAST, "东区", day, 3, 1000.5, 10, None, "是", day, "张示例"])
    office.write()
    book.save(office.folder / "线索台账.xlsx")
    clues = office.read_again().ledgers["clues"]
    assert (len(clues), clues["amount"].sum()) == (5000, 5000 * 100_050)
