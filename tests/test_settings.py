"""Settings files: every error at once, with its line and the key that was meant."""

from decimal import Decimal
from typing import Annotated, Literal

import pytest
from pydantic import Field

from analysis.intake import fault_line
from analysis.rounds import settings_files
from analysis.rounds.faults import Fault
from analysis.rounds.settings_files import (
    Code,
    Day,
    Settings,
    bad_value,
    read_document,
    read_settings,
    suggestion,
)
from analysis.words import words


class Circle(Settings):
    """A shape with a radius."""

    shape: Literal["circle"]
    radius: Decimal


class Square(Settings):
    """A shape with a side."""

    shape: Literal["square"]
    side: int = Field(ge=1)


class Drawing(Settings):
    """What the tests read."""

    title: str
    drawn_on: Day | None = None
    codes: list[Code] = Field(default_factory=list)
    shapes: dict[str, Annotated[Circle | Square, Field(discriminator="shape")]] = Field(default_factory=dict)


def read(tmp_path, text):
    path = tmp_path / "drawing.yaml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path, Drawing, "drawing.yaml")


def told(faults):
    return [(fault.line, fault.check, fault.details.get("key", "")) for fault in faults]


def test_numbers_stay_as_they_are_written(tmp_path):
    text = "title: a\ncodes: [130302, 1.10, 010, 1_000, 2020-01-02, 'x']\nshapes: {a: {shape: circle, radius: 0.10}}\n"
    drawing, faults = read(tmp_path, text)
    assert faults == []
    assert drawing.codes == ["130302", "1.10", "010", "1_000", "2020-01-02", "x"]
    assert str(drawing.shapes["a"].radius) == "0.10"


def test_every_error_at_once_in_the_order_of_the_lines(tmp_path):
    text = """\
titel: a
drawn_on: 20200101
codes: [1, true]
shapes:
  a: {shape: circle, radius: 1, raduis: 2}
  b: {shape: square}
  c: {shape: triangle}
  d: {radius: 1}
  e:
    shape: square
    side: many
  f: {shape: square, side: 0}
codes: [2]
"""
    drawing, faults = read(tmp_path, text)
    assert drawing is None
    assert told(faults) == [
        (1, "settings_missing_key", "title"),
        (1, "settings_unknown_key", "titel"),
        (2, "settings_bad_value", "drawn_on"),
        (3, "settings_wrong_type", "codes.2"),
        (5, "settings_unknown_key", "shapes.a.raduis"),
        (6, "settings_missing_key", "shapes.b.side"),
        (7, "settings_bad_value", "shapes.c"),
        (8, "settings_missing_key", "shapes.d.shape"),
        (11, "settings_wrong_type", "shapes.e.side"),
        (12, "settings_bad_value", "shapes.f.side"),
        (13, "settings_duplicate_key", "codes"),
    ]
    lines = [fault_line(fault, words("zh")) for fault in faults]
    assert lines[1] == (
        "drawing.yaml › 第1行：没有“titel”这一项。是否应为“title”？现有：codes、drawn_on、format、shapes、title。"
    )
    assert lines[4].startswith("drawing.yaml › 第5行：没有“shapes.a.raduis”这一项。是否应为“radius”？")
    assert lines[6] == (
        "drawing.yaml › 第7行：“shapes.c”的值“triangle”不合要求，应为所列各项之一。可填：circle、square。请改正。"
    )
    assert lines[8] == "drawing.yaml › 第11行：“shapes.e.side”的值“many”类型不对，应为整数。请改正。"
    assert "应为不小于 1。" in lines[9]


def test_an_item_of_a_list_is_told_by_its_place(tmp_path):
    _drawing, faults = read(tmp_path, "title: a\ncodes:\n  - 1\n  - {a: 1}\n")
    assert told(faults) == [(4, "settings_wrong_type", "codes.2")]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("title: a\nshapes: {a: [1\n", 3),
        ("- a\n- b\n", 1),
        ("", 1),
        ("a: b: c\n", 1),
    ],
)
def test_what_is_no_yaml_mapping_is_told_with_its_line(tmp_path, text, line):
    drawing, faults = read(tmp_path, text)
    assert drawing is None
    if text:
        assert [(fault.check, fault.line) for fault in faults] == [("settings_not_yaml", line)]
    else:
        assert [fault.check for fault in faults] == ["settings_not_yaml"]


def test_a_missing_file_and_a_wrong_encoding(tmp_path):
    _drawing, faults = read_settings(tmp_path / "none.yaml", Drawing, "none.yaml")
    assert faults == [Fault("settings_missing_file", file="none.yaml", found="none.yaml")]
    (tmp_path / "gbk.yaml").write_bytes("title: a\n# 说明\n".encode("gb18030"))
    _drawing, faults = read_settings(tmp_path / "gbk.yaml", Drawing, "gbk.yaml")
    assert [(fault.check, fault.line, fault.found) for fault in faults] == [("settings_gbk", 2, "# 说明")]
    (tmp_path / "neither.yaml").write_bytes(b"title: a\n# \xff\xff\n")
    _drawing, faults = read_settings(tmp_path / "neither.yaml", Drawing, "neither.yaml")
    assert [(fault.check, fault.line) for fault in faults] == [("settings_not_yaml", 2)]
    (tmp_path / "folder.yaml").mkdir()
    _drawing, faults = read_settings(tmp_path / "folder.yaml", Drawing, "folder.yaml")
    assert [fault.check for fault in faults] == ["file_unreadable"]


def test_keys_keep_the_order_of_the_file(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("b: 1\na: 2\nb: 3\nc: 4\n", encoding="utf-8")
    document, faults = read_document(path, "a.yaml")
    assert list(document.data.items()) == [("b", 1), ("a", 2), ("c", 4)]
    assert [(fault.check, fault.line, fault.details["first"]) for fault in faults] == [
        ("settings_duplicate_key", 3, "1")
    ]


def test_a_file_is_parsed_again_only_when_it_was_changed(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\n", encoding="utf-8")
    first, _faults = read_document(path, "a.yaml")
    assert read_document(path, "a.yaml")[0] is first
    # of the same length and, on many systems, of the same second
    path.write_text("a: 2\n", encoding="utf-8")
    assert read_document(path, "a.yaml")[0].data == {"a": 2}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        # a text over several lines is one line, with nothing unseen between its parts
        (">\n  甲\n  乙\n", "甲 乙\n"),
        ("|\n  甲\n  乙\n", "甲\n乙\n"),
        # what an older YAML takes for yes, for minutes and for the end of a line
        ("yes", "yes"),
        ("12:30", "12:30"),
        ("甲\u2028乙", "甲 乙"),
        ("甲\x85乙", "甲 乙"),
        ("2020-01-31T12:00:00", "2020-01-31T12:00:00"),
        ("2020-13-01", "2020-13-01"),
        (".inf", ".inf"),
        ("True", True),
        ("~", None),
        ("-1_000", -1000),
        ("1.10", Decimal("1.10")),
    ],
)
def test_what_is_written_is_read_with_libyaml_and_without(tmp_path, monkeypatch, written, read):
    path = tmp_path / "a.yaml"
    path.write_text(f"a: {written}\n", encoding="utf-8")
    quick = read_document(path, "quick.yaml")[0]
    monkeypatch.setattr(settings_files, "_Quick", settings_files._Slow)
    slow = read_document(path, "slow.yaml")[0]
    for document in (quick, slow):
        found = document.data["a"]
        assert (Decimal(str(found)) if isinstance(found, float) else found) == read
        assert document.line("a") == 1
    assert quick.written("a") == slow.written("a")


@pytest.mark.parametrize("text", ["a: [1, 2\n", "a: 1\n b: 2\n", "a: 'x\n", "a: *b\n"])
def test_no_yaml_is_refused_with_the_same_words_with_libyaml_and_without(tmp_path, monkeypatch, text):
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    quick = read_document(path, "a.yaml")
    settings_files._parsed.cache_clear()
    monkeypatch.setattr(settings_files, "_Quick", settings_files._Slow)
    assert quick == read_document(path, "a.yaml")
    assert [fault.check for fault in quick[1]] == ["settings_not_yaml"]


def test_a_document_finds_lines_of_keys_and_items(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("a:\n  b:\n    - x\n    - c: 10\n", encoding="utf-8")
    document, _faults = read_document(path, "a.yaml")
    assert document.line("a", "b", 1, "c") == 4
    assert document.written("a", "b", 1, "c") == "10"
    # what is absent is looked for where it ought to be
    assert document.line("a", "none") == 1


def test_the_reasons_of_our_own_validators_have_words():
    error = bad_value("not_a_day")
    assert f"fault_term.kind.{error.type}" in words("zh")


@pytest.mark.parametrize(
    ("written", "known", "meant"),
    [
        ("rate_resolvd", ("rate_resolved", "rate_checked"), "rate_resolved"),
        ("unti", ("round_id", "unit"), "unit"),
        ("工资专户覆盖率", ("工资专用账户覆盖率", "实名制覆盖率"), "工资专用账户覆盖率"),
        ("秦皇岛", ("秦皇岛开发区", "海港区"), "秦皇岛开发区"),
        # what begins alike is not yet meant
        ("rate_foo", ("rate_paid", "rate_filed"), ""),
        # of codes every other one is a digit away: only digits that changed places, or one too many, are a slip
        ("130399", ("130303", "130302"), ""),
        ("130330", ("130303", "130302"), "130303"),
        ("13030", ("130303", "130302"), ""),
        ("5.22", ("5.2", "5.1"), "5.2"),
        ("9.9", ("5.9", "1.1"), ""),
    ],
)
def test_only_what_is_close_is_suggested(written: str, known: tuple[str, ...], meant: str) -> None:
    assert suggestion(written, known) == meant
