"""The workbooks the districts fill in: recognised by their first cell, read without a map, the same as with one."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from round_examples import RAW, ROLL
from ruamel.yaml import YAML
from typer.testing import CliRunner

from analysis.cli.application import app
from analysis.indicators import measures
from analysis.intake import LEDGERS, Intake, fault_line, read_round
from analysis.intake.template_workbooks import template_books
from analysis.intake.template_workbooks.filled_templates import HEADER_ROW, OF_DISTRICTS, VERSION, Marker
from analysis.results.assessment import Declared
from analysis.rounds.rounds import Round, load_round
from analysis.rounds.units import Unit, UnitRoll
from analysis.rulebook import load
from analysis.run import stages
from analysis.run.needed_templates import order_of
from analysis.words import LANGUAGES, words

ZH = words("zh")
UNIT = "130302"
CLUES = ZH.label("ledger.clues")
ENTRIES = [
    {"编号": f"{UNIT}-001", "受理日期": dt.date(2020, 3, 5), "涉及人数（人）": 12, "欠薪金额（元）": 156000.5,
     "政府投资项目": "不详", "是否核查": "是", "是否查实": "是", "化解日期": dt.date(2020, 4, 2)},
    {"编号": f"{UNIT}-002", "受理日期": dt.date(2020, 6, 1), "是否核查": "是", "是否查实": "否"},
]  # fmt: skip


@pytest.fixture(scope="module")
def round_of(tmp_path_factory: pytest.TempPathFactory) -> Round:
    """Return a round of which only the roll has arrived; its maps know nothing else."""
    raw = tmp_path_factory.mktemp("project") / "data" / "raw" / "2020"
    raw.mkdir(parents=True)
    for name in ("round.yaml", ROLL):
        shutil.copy(RAW / name, raw / name)
    maps = YAML(typ="safe").load((RAW / "maps.yaml").read_text("utf-8"))
    with (raw / "maps.yaml").open("w", encoding="utf-8") as file:
        YAML().dump({"ledgers": {"units": maps["ledgers"]["units"]}}, file)
    return load_round(raw.parents[2], "2020")


@pytest.fixture(scope="module")
def made(round_of: Round, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("templates")
    order = template_books.Order(round_of.settings, read_round(round_of).roll)
    template_books.write(order, folder, ZH)
    template_books.write(
        template_books.Order(order.settings, order.roll, ("clues", "summary"), blank=True), folder, ZH
    )
    return folder


@pytest.fixture(scope="module")
def office(round_of: Round, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the workbook of the city for the rule set of the example."""
    rules, faults = load(RAW / "rulebook.yaml")
    assert rules is not None, faults
    declared = Declared(round_of, rules, None, None)
    order = order_of(declared, read_round(round_of).roll, ZH)
    place = tmp_path_factory.mktemp("office")
    return next(path for path in template_books.write(order, place, ZH) if not path.name.startswith("13"))


def template(made: Path, start: str) -> Path:
    return next(path for path in made.iterdir() if path.name.startswith(start))


def columns(sheet: Worksheet) -> dict[str, int]:
    return {str(cell.value): cell.column for cell in sheet[HEADER_ROW] if cell.value}


def fill(sheet: Worksheet, entries: list[dict[str, object]], first: int = HEADER_ROW + 2) -> None:
    at = columns(sheet)
    for row, entry in enumerate(entries, first):
        for header, value in entry.items():
            sheet.cell(row, at[header]).value = value  # type: ignore[assignment]


def read_with(round_of: Round, book: Workbook, name: str) -> Intake:
    """Return the round with a workbook in its folder, which is then as before."""
    place = round_of.folder / name
    book.save(place)
    try:
        return read_round(round_of)
    finally:
        place.unlink()


def checks(intake: Intake, severity: str = "blocks") -> list[tuple[str, str]]:
    return [(fault.check, fault.cell) for fault in intake.faults if fault.severity == severity]


# ------------------------------------------------------------------------------------------- what is written


def test_there_is_one_workbook_per_unit_with_a_sheet_per_ledger(made, round_of):
    roll = read_round(round_of).roll
    assert {path.name[:6] for path in made.iterdir() if path.name[:6].isdigit()} == set(roll.codes)
    book = load_workbook(template(made, UNIT))
    ledgers = [ZH.label(f"ledger.{name}") for name in OF_DISTRICTS]
    nil = ZH.label("ledger.nil_returns")
    assert book.sheetnames == [
        ZH.label("template.about_sheet"),
        *ledgers,
        nil,
        ZH.label("template.lists_sheet"),
    ]
    assert [book[name]["A1"].value for name in ledgers] == [str(Marker(name, UNIT)) for name in OF_DISTRICTS]
    assert all(book[name].row_dimensions[1].hidden for name in book.sheetnames)


def test_headers_are_protected_and_cells_to_be_filled_in_are_not(made):
    sheet = load_workbook(template(made, UNIT))[CLUES]
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert sheet.freeze_panes == f"C{HEADER_ROW + 1}"
    # openpyxl keeps alike columns as one stretch
    stretches = [(one.min, one.max, one.protection.locked) for one in sheet.column_dimensions.values()]
    for column in columns(sheet).values():
        assert sheet.cell(HEADER_ROW, column).protection.locked
        assert [locked for first, last, locked in stretches if first <= column <= last] == [False]


def test_every_field_has_its_rule(made):
    sheet = load_workbook(template(made, UNIT))[CLUES]
    rules = {
        str(rule.sqref).split(":", maxsplit=1)[0].rstrip("0123456789"): rule
        for rule in sheet.data_validations.dataValidation
    }
    letters = {
        sheet.cell(HEADER_ROW, column).column_letter: header for header, column in columns(sheet).items()
    }
    kinds = {letters[letter]: rule.type for letter, rule in rules.items()}
    assert kinds["受理日期"] == "date"
    assert kinds["涉及人数（人）"] == "whole"
    assert kinds["欠薪金额（元）"] == "decimal"
    assert kinds["编号"] == "custom"
    answers = {letters[letter]: rule.formula1 for letter, rule in rules.items() if rule.type == "list"}
    assert answers["是否核查"] == '"是,否"'
    assert answers["政府投资项目"] == '"是,否,不详"'
    assert all(rule.error for rule in rules.values())


def test_a_blank_one_lets_every_row_choose_its_unit(made, round_of):
    book = load_workbook(made / ZH("template.blank_file", period="2020").plain)
    sheet = book[CLUES]
    assert columns(sheet)["单位名称"] == 2
    source = next(rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list")
    lists = book[ZH.label("template.lists_sheet")]
    assert source == f"'{lists.title}'!$A$2:$A$10"
    assert [cell.value for (cell,) in lists["A2:A10"]] == [unit.short for unit in read_round(round_of).roll]


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_and_names_of_files_say_the_year_whatever_the_round_is_called(round_of, tmp_path, language):
    settings = round_of.settings.model_copy(update={"round": "pilot"})
    order = template_books.Order(settings, read_round(round_of).roll, template_books.OF_OFFICE)
    (path,) = template_books.write(order, tmp_path, words(language))
    assert "2020" in path.name
    assert all("2020" in str(page["A2"].value) for page in load_workbook(path).worksheets[:-1])


def test_a_sheet_of_marks_has_the_items_of_the_rule_set_as_columns(office):
    book = load_workbook(office)
    sheet = book[ZH.label("ledger.field_marks")]
    # those of the example that somebody has to judge
    assert list(columns(sheet))[2:] == ["1.1（4分）", "1.2（3分）", "2.4（2分）", "6.2（4分）"]
    assert [sheet.cell(HEADER_ROW - 1, 3).value, sheet.cell(HEADER_ROW - 1, 6).value] == [
        "部署调度",
        "执法队伍与联合执法",
    ]
    rules = [rule for rule in sheet.data_validations.dataValidation if rule.type == "decimal"]
    assert [(float(rule.formula1), float(rule.formula2)) for rule in rules] == [
        (0, 4),
        (0, 3),
        (0, 2),
        (0, 4),
    ]
    # what its rule set does not ask for has no sheet
    asked = [name for name in template_books.OF_OFFICE if name not in ("marks", "figures")]
    assert [ZH.label(f"ledger.{name}") for name in asked] == book.sheetnames[1:-1]


def test_instructions_say_what_matters(made):
    about = load_workbook(template(made, UNIT))[ZH.label("template.about_sheet")]
    told = "".join(str(cell.value) for (cell,) in about.iter_rows(max_col=1) if cell.value)
    for word in ("零报告", "不要填0", "身份证号", "示例", f"{UNIT}-001"):
        assert word in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_round_gives_the_same_bytes(round_of, tmp_path, language):
    roll = UnitRoll([Unit("990001", "甲县", "甲县", order=1)], "990000", "全市")
    order = template_books.Order(round_of.settings, roll, tuple(template_books.known()))
    first, second = (template_books.write(order, tmp_path / name, words(language))[0] for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()


# ------------------------------------------------------------------------------------------- what is read


def test_a_filled_in_template_reads_as_the_same_ledger_with_a_map(made, round_of):
    book = load_workbook(template(made, UNIT))
    fill(book[CLUES], ENTRIES)
    intake = read_with(round_of, book, "海港区报来.xlsx")
    assert checks(intake) == []
    frame = intake.ledgers["clues"]
    assert frame["unit"].tolist() == [UNIT, UNIT]
    assert frame["amount"].tolist()[0] == 156_000_50
    assert frame["government_funded"].tolist() == ["unknown", ""]
    assert frame["workers"].isna().tolist() == [False, True]
    by_map = by_own_map(round_of)
    drop = ["file", "sheet", "row"]
    pd.testing.assert_frame_equal(frame.drop(columns=drop), by_map.ledgers["clues"].drop(columns=drop))


def test_what_the_city_fills_in_is_read_without_a_map(office, round_of):
    book = load_workbook(office)
    marks = book[ZH.label("ledger.field_marks")]
    at = columns(marks)
    assert [marks.cell(row, 2).value for row in (7, 8)] == ["海港区", "山海关区"]
    marks.cell(8, at["1.1（4分）"]).value = 3.5
    marks.cell(8, at["6.2（4分）"]).value = 4
    fill(
        book[ZH.label("ledger.department_marks")], [{"单位名称": "海港区", "成员单位": "示例局", "评分": 91}]
    )
    said = {"单位名称": "海港区", "编号": "F-1", "问题类别": "制度落实", "反馈内容": "示例问题"}
    fill(book[ZH.label("ledger.feedback")], [said])
    fill(
        book[ZH.label("ledger.findings")], [{"单位名称": "卢龙县", "问题编号": "P-1", "问题类别": "执法惩戒"}]
    )
    intake = read_with(round_of, book, "市级.xlsx")
    assert checks(intake) == []
    frame = intake.ledgers["field_marks"]
    # who was written beforehand and got no mark has no entry
    assert frame[["unit", "item", "mark", "full"]].dropna().to_numpy().tolist() == [
        ["130303", "1.1", 3.5, 4.0],
        ["130303", "6.2", 4.0, 4.0],
    ]
    assert set(frame["unit"]) == {"130303"}
    assert intake.ledgers["department_marks"]["mark"].tolist() == [91]
    assert intake.ledgers["feedback"]["group"].tolist() == ["institutions"]
    assert intake.ledgers["findings"]["unit"].tolist() == ["130324"]


def test_a_sheet_of_marks_is_read_in_any_language(round_of, tmp_path):
    rules, _faults = load(RAW / "rulebook.yaml")
    english = words("en")
    order = order_of(Declared(round_of, rules), read_round(round_of).roll, english, ["self_marks"])
    path = next(path for path in template_books.write(order, tmp_path, english) if path.name.startswith(UNIT))
    book = load_workbook(path)
    fill(book[english.label("ledger.self_marks")], [{"1.1 (4 points)": 3.5}])
    intake = read_with(round_of, book, "marks.xlsx")
    assert checks(intake) == []
    stated = intake.ledgers["self_marks"].dropna(subset="mark")
    assert stated[["unit", "item", "mark", "full"]].to_numpy().tolist() == [[UNIT, "1.1", 3.5, 4.0]]
    # its name stands above its number
    titles = dict(zip(intake.columns["field"], intake.columns["title"], strict=True))
    assert titles["mark:1.1"] == "Planning and dispatch meetings"


def test_a_sheet_of_marks_with_a_row_per_item_is_read_as_before(made, round_of):
    book = load_workbook(template(made, UNIT))
    marks = book[ZH.label("ledger.self_marks")]
    fill(marks, [{"指标编号": "1.1", "自评得分": 2.5, "满分": 3}])
    intake = read_with(round_of, book, "自查.xlsx")
    assert checks(intake) == []
    assert intake.ledgers["self_marks"][["item", "mark", "full"]].to_numpy().tolist() == [["1.1", 2.5, 3.0]]


# ------------------------------------------------------------------------------------------- nil returns


def with_nil(made: Path, *answers: tuple[str, object]) -> Workbook:
    """Return a workbook in which a unit lists one clue and says of which ledgers there is nothing."""
    book = load_workbook(template(made, UNIT))
    fill(book[CLUES], ENTRIES[1:])
    sheet = book[ZH.label("ledger.nil_returns")]
    rows = {str(sheet.cell(row, 2).value): row for row in range(HEADER_ROW + 2, sheet.max_row + 1)}
    for ledger, answer in answers:
        sheet.cell(rows[ZH.label(f"ledger.{ledger}")], columns(sheet)["零报告"]).value = answer  # type: ignore[assignment]
    return book


def test_a_unit_says_in_its_template_that_there_was_nothing(made, round_of):
    def unreported(intake: Intake) -> set[str]:
        told = (fault for fault in intake.faults if fault.check == "unit_not_reported" and fault.unit == UNIT)
        return {fault.details["ledger"] for fault in told if fault.details["year"] in ("", "2020")}

    silent = read_with(round_of, with_nil(made), "甲.xlsx")
    assert "events" in unreported(silent)
    assert silent.nil_returns.empty
    said = read_with(round_of, with_nil(made, ("events", "是"), ("projects", "否")), "甲.xlsx")
    assert checks(said) == []
    assert unreported(said) == unreported(silent) - {"events"}
    assert said.nil_returns[["ledger", "unit", "year", "file", "cell"]].to_numpy().tolist() == [
        ["events", UNIT, 2020, "甲.xlsx", "D8"]
    ]
    # it counts as 0, and the value leads to the cell that says so
    settings = said.settled(round_of).settings
    measured = measures.compute(said, settings)
    values = measured.values.set_index(["unit", "period", "measure"])
    assert values.loc[(UNIT, "2020", "events_mass"), ["value", "status"]].tolist() == [0, "reported"]
    assert values.loc[("130324", "2020", "events_mass"), "status"] == "not_reported"
    source = values.loc[(UNIT, "2020", "events_mass"), "source"]
    (cited,) = measured.lineage[measured.lineage["source"] == source].to_dict("records")
    assert (cited["file"], cited["sheet"], cited["cells"]) == (
        "甲.xlsx",
        ZH.label("ledger.nil_returns"),
        "D8",
    )
    files = said.files.set_index("ledger")
    assert cited["sha256"] == files.loc["nil_returns", "sha256"]


def test_an_answer_that_is_none_and_a_nil_return_beside_rows_are_told(made, round_of):
    odd = read_with(round_of, with_nil(made, ("events", "也许")), "甲.xlsx")
    assert [cell for _check, cell in checks(odd)] == ["D8"]
    beside = read_with(round_of, with_nil(made, ("clues", "是")), "甲.xlsx")
    assert ("nil_return_contradicted", "") in checks(beside, "warns")


def test_a_nil_return_can_be_corrected_and_its_rows_are_accounted_for(made, round_of):
    """What nobody answered was written beforehand: it is no row that was handed in."""
    book = with_nil(made, ("events", "是"), ("projects", "否"))
    reconciled = read_with(round_of, book, "甲.xlsx").reconciliation.set_index("ledger").loc["nil_returns"]
    assert (reconciled["sheet"], reconciled["rows"], reconciled["used"]) == (
        ZH.label("ledger.nil_returns"),
        2,
        2,
    )
    decision = {
        "kind": "override", "file": "甲.xlsx", "sheet": ZH.label("ledger.nil_returns"), "cell": "D8",
        "expected": "是", "value": "否", "reason": "来函更正", "reported_by": "统计岗", "date": dt.date(2022, 3, 1),
    }  # fmt: skip
    written = round_of.folder / "corrections.yaml"
    with written.open("w", encoding="utf-8") as file:
        YAML().dump({"corrections": [decision]}, file)
    try:
        corrected = read_with(round_of, book, "甲.xlsx")
    finally:
        written.unlink()
    assert checks(corrected) == []
    assert corrected.nil_returns.empty
    [row] = corrected.corrections.to_dict("records")
    assert (row["ledger"], row["unit"], row["was"], row["is"]) == ("nil_returns", UNIT, "是", "否")


def carried_over(round_of: Round, book: Workbook) -> Intake:
    """Return the round with a workbook and the maps of the round before, whose clue ledger nobody hands in any more."""
    settings = round_of.folder / "maps.yaml"
    before = settings.read_text("utf-8")
    maps = YAML(typ="safe").load(before)
    usual = YAML(typ="safe").load((RAW / "maps.yaml").read_text("utf-8"))
    maps["codes"], maps["ledgers"]["clues"] = usual["codes"], usual["ledgers"]["clues"]
    with settings.open("w", encoding="utf-8") as file:
        YAML().dump(maps, file)
    try:
        return read_with(round_of, book, "甲.xlsx")
    finally:
        settings.write_text(before, "utf-8")


@pytest.mark.parametrize("fed", ["rows", "nil"])
def test_templates_take_the_place_of_a_source_carried_over(made, round_of, fed):
    book = load_workbook(template(made, UNIT)) if fed == "nil" else with_nil(made)
    if fed == "nil":
        sheet = book[ZH.label("ledger.nil_returns")]
        row = next(row for row in range(7, 20) if sheet.cell(row, 2).value == CLUES)
        sheet.cell(row, columns(sheet)["零报告"]).value = "是"  # type: ignore[assignment]
    intake = carried_over(round_of, book)
    assert checks(intake) == []
    [told] = [fault_line(fault, ZH) for fault in intake.faults if fault.check == "source_superseded"]
    assert "没有这样的文件" in told
    assert "请从 maps.yaml 中删去这个来源" in told


def test_an_empty_template_takes_no_place_of_a_source(made, round_of):
    intake = carried_over(round_of, load_workbook(template(made, UNIT)))
    assert checks(intake) == [("file_missing", "")]


def test_a_run_counts_the_nil_returns_of_templates_at_every_stage(made, round_of):
    name = "甲.xlsx"
    with_nil(made, ("events", "是")).save(round_of.folder / name)
    try:
        computed = stages.open_assessment(round_of.id, "indicators", "zh", round_of.project)
    finally:
        (round_of.folder / name).unlink()
    assert [(told.ledger, told.unit) for told in computed.round.settings.nil_returns] == [("events", UNIT)]
    assert computed.index.row(UNIT, "2020", "events_mass")["status"] == "reported"


def by_own_map(round_of: Round) -> Intake:
    """Return the round with the same entries in a plain table of the office's own, and a map for it."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "线索"
    headers = list(ENTRIES[0])
    sheet.append(["单位", *headers])
    for entry in ENTRIES:
        sheet.append(["海港区", *(entry.get(header) for header in headers)])
    names = [
        "no",
        "received_on",
        "workers",
        "amount",
        "government_funded",
        "checked",
        "confirmed",
        "resolved_on",
    ]
    settings = round_of.folder / "maps.yaml"
    before = settings.read_text("utf-8")
    maps = YAML(typ="safe").load(before)
    maps["codes"] = {
        "yes_no": {"是": True, "否": False},
        "yes_no_unknown": {"是": "yes", "否": "no", "不详": "unknown"},
    }
    maps["ledgers"]["clues"] = {
        "file": "自有台账.xlsx", "sheet": "线索", "header_rows": [1],
        "fields": {"unit_name": ["单位"], **{name: [header] for name, header in zip(names, headers, strict=True)}},
    }  # fmt: skip
    with settings.open("w", encoding="utf-8") as file:
        YAML().dump(maps, file)
    try:
        intake = read_with(round_of, book, "自有台账.xlsx")
    finally:
        settings.write_text(before, "utf-8")
    assert checks(intake) == []
    return intake


def test_the_example_row_does_not_count(made, round_of):
    book = load_workbook(template(made, UNIT))
    assert read_with(round_of, book, "空表.xlsx").ledgers["clues"].empty
    sheet = book[CLUES]
    fill(sheet, ENTRIES[1:])
    # what no longer says 示例 is an entry like any other
    sheet.cell(HEADER_ROW + 1, 1).value = None
    assert len(read_with(round_of, book, "改.xlsx").ledgers["clues"]) == 2


def test_a_unit_column_is_read_from_a_blank_one(made, round_of):
    book = load_workbook(made / ZH("template.blank_file", period="2020").plain)
    summary = book[ZH.label("ledger.summary")]
    fill(summary, [{"单位名称": "卢龙县", "时期": "2020年", "欠薪案件数": 6, "涉及金额（元）": 720000}])
    frame = read_with(round_of, book, "汇总.xlsx").ledgers["summary"].dropna(subset="value")
    stated = frame.set_index("measure")[["unit", "value"]]
    assert stated.loc["cases"].tolist() == ["130324", 6]
    assert stated.loc["amount"].tolist() == ["130324", 720_000_00]


@pytest.mark.parametrize(
    "first", [f"assess-template {VERSION + 1} clues {UNIT}", "assess-template 1 nothing -", "assess-template"]
)
def test_an_unknown_version_is_an_error_that_says_what_to_do(made, round_of, first):
    book = load_workbook(template(made, UNIT))
    book[CLUES]["A1"].value = first
    intake = read_with(round_of, book, "旧模板.xlsx")
    assert checks(intake) == [("template_unknown", "A1")]
    fault = next(fault for fault in intake.faults if fault.check == "template_unknown")
    for language in LANGUAGES:
        assert "assess template" in fault_line(fault, words(language))


def test_a_template_of_a_unit_nobody_knows_blocks(made, round_of):
    book = load_workbook(template(made, UNIT))
    book[CLUES]["A1"].value = str(Marker("clues", "999999"))
    assert ("unit_of_name_unknown", "") in checks(read_with(round_of, book, "别处.xlsx"))


def test_every_field_has_words_in_both_languages_and_its_example_is_one_of_its_choices():
    for said in (words(language) for language in LANGUAGES):
        for ledger in LEDGERS.values():
            headers = [said.label(f"field.{ledger.name}.{name}.header") for name in ledger.fields]
            assert len(set(headers)) == len(headers)
            for name, field in ledger.fields.items():
                example = said.label(f"field.{ledger.name}.{name}.example")
                choices = [said.label(f"choice.{field.code_list}.{code}") for code in field.choices]
                assert not field.choices or example in ("", *choices)


def test_the_command_writes_them(round_of, tmp_path):
    done = CliRunner().invoke(
        app,
        [
            "template",
            "2020",
            "--project",
            str(round_of.project),
            "--out",
            str(tmp_path),
            "--ledgers",
            "clues",
        ],
    )
    assert done.exit_code == 0
    assert len(list(tmp_path.iterdir())) == 9
    wrong = CliRunner().invoke(
        app, ["template", "2020", "--project", str(round_of.project), "--ledgers", "units"]
    )
    assert wrong.exit_code == 2
