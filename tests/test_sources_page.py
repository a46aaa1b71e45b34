"""The page of examples for `maps.yaml`: every example is read, and gives what the page says."""

import re
from pathlib import Path

import pandas as pd
import pytest
from file_examples import Table
from office_examples import Office, blocking
from ruamel.yaml import YAML

from analysis.intake.declared.maps import LedgerMap

PAGE = (Path(__file__).parents[1] / "docs" / "sources.md").read_text(encoding="utf-8")
FIELDS = {
    "编号": "no", "单位": "unit_name", "受理日期": "received_on", "人数": "workers", "查实": "confirmed",
}  # fmt: skip
SHORT = {"990001": "东区", "990002": "东新区"}
#: a table, the settings, the table of what is read
_EXAMPLE = re.compile(r"((?:^\|.*\n)+)\n```yaml\n((?:[^`\n].*\n)+)```\n\n((?:^\|.*\n?)+)", re.MULTILINE)


def table(text):
    """Return the rows of a table of the page, without the line below its first row; what is empty is None."""
    rows = [
        [cell.strip() or None for cell in line.strip().strip("|").split("|")] for line in text.splitlines()
    ]
    return [rows[0], *rows[2:]]


def examples():
    for section in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]:
        title = section.splitlines()[0]
        for sheet, settings, read in _EXAMPLE.findall(section):
            yield pytest.param(table(sheet), YAML(typ="safe").load(settings), table(read), id=title)


def shown(value):
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return None if value is None or value is pd.NA or value is pd.NaT or value == "" else f"{value}"


@pytest.mark.parametrize(("sheet", "settings", "read"), list(examples()))
def test_an_example_is_read_as_the_page_says(tmp_path, sheet, settings, read):
    office = Office(tmp_path)
    del office.books["线索台账.xlsx"]
    office.books["来文.xlsx"] = [Table("表", sheet)]
    stated = {*settings.get("days", {}), *(["no"] if "number_from" in settings else [])}
    fields = {FIELDS[name]: [name] for name in sheet[0] if name in FIELDS and FIELDS[name] not in stated}
    office.maps["ledgers"]["clues"] = {"file": "来文.xlsx", "header_rows": [1], "fields": fields, **settings}
    intake = office.read()
    assert blocking(intake) == []
    clues = intake.ledgers["clues"].assign(unit=lambda frame: frame["unit"].map(SHORT))
    clues["amount"] = clues["amount"] // 100
    names, *rows = read
    assert [[shown(value) for value in row] for row in clues[names].astype(object).to_numpy()] == rows


def test_other_spellings_of_a_unit_may_have_commas(tmp_path):
    office = Office(tmp_path)
    (settings,) = re.findall(r"```yaml\n(aliases: .*?)```", PAGE, re.DOTALL)
    office.maps |= YAML(typ="safe").load(settings)
    for row in office.clues[4:6]:
        row[1:3] = [None, "东区, 开发区"]
    assert blocking(office.read()) == []
    office.maps["aliases"] = {"示例东": ["甲"]}
    assert [(fault.check, fault.found) for fault in blocking(office.read())][:1] == [
        ("alias_of_nobody", "示例东")
    ]


@pytest.mark.parametrize("key", ["range", "left_out"])
def test_what_the_page_says_of_an_example_without_its_key_is_true(tmp_path, key):
    (example,) = [case for case in examples() if case.id.startswith(f"`{key}`")]
    sheet, settings, _read = example.values
    check = re.search(rf"不写 `{key}` 时，.*?报错 `(\w+)`", PAGE)[1]
    office = Office(tmp_path)
    office.books["线索台账.xlsx"] = [Table("表", sheet)]
    fields = {FIELDS[name]: [name] for name in sheet[0] if name in FIELDS}
    rest = {name: value for name, value in settings.items() if name != key}
    office.maps["ledgers"]["clues"] = {"file": "线索台账.xlsx", "header_rows": [1], "fields": fields, **rest}
    assert {fault.check for fault in blocking(office.read())} == {check}


def test_the_page_has_every_key_by_which_a_source_is_prepared():
    prepared = {
        "unit", "codes", "constants", "range", "block", "left_out", "table", "keep", "skip", "leave_out", "fill_down",
        "empty_is_zero", "days", "without_day", "number_from",
    }  # fmt: skip
    named = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^## (.*)$", PAGE, re.MULTILINE))))
    assert prepared <= named
    assert prepared <= set(LedgerMap.model_fields)
