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
from analysis.intake import LEDGERS, Intake, fault_line, read_round, template_books
from analysis.intake.filled_templates import HEADER_ROW, OF_DISTRICTS, VERSION, Marker
from analysis.rounds.rounds import Round, load_round
from analysis.rounds.units import Unit, UnitRoll
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
    assert book.sheetnames == [ZH.label("template.about_sheet"), *ledgers, ZH.label("template.lists_sheet")]
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
    book = load_workbook(made / ZH.label("template.blank_file"))
    sheet = book[CLUES]
    assert columns(sheet)["单位名称"] == 2
    source = next(rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list")
    lists = book[ZH.label("template.lists_sheet")]
    assert source == f"'{lists.title}'!$A$2:$A$10"
    assert [cell.value for (cell,) in lists["A2:A10"]] == [unit.short for unit in read_round(round_of).roll]


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
    book = load_workbook(made / ZH.label("template.blank_file"))
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
