"""Signs of a Chinese keyboard, odd spaces and tabs in settings: each with its line and the line as it should read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rule_examples import RULEBOOK_2020, ZH

from analysis import rulebook as rulebooks
from analysis.intake.fault_lists.lines import fault_line
from analysis.rounds.settings_files import read_document
from analysis.rounds.slips import mended, slips

SLIPS = [
    ("points：10", ["colon"], "points: 10"),
    ("ties：", ["colon"], "ties:"),
    ('  - {code: "1.1"，name: 核查率}', ["comma"], '  - {code: "1.1", name: 核查率}'),
    ("{name: 甲，乙，points: 3}", ["comma"], "{name: 甲，乙, points: 3}"),
    ("places: [1，2，3]", ["comma"], "places: [1, 2, 3]"),
    ("rule: ｛shape: each，off: 1｝", ["bracket", "comma"], "rule: {shape: each, off: 1}"),
    ("rule: （shape: each）", ["bracket"], "rule: {shape: each}"),
    ("places: 【1，2】", ["bracket", "comma"], "places: [1, 2]"),
    ("\tname: 甲", ["tab"], "  name: 甲"),
    ("name:\u00a0甲", ["space"], "name: 甲"),
    ("\u3000name：\u3000甲", ["wide_space", "colon"], "  name: 甲"),
    ("points:10", ["no_space"], "points: 10"),
]


@pytest.mark.parametrize(("written", "signs", "better"), SLIPS, ids=[row[0] for row in SLIPS])
def test_a_slip_is_known_and_mended(written: str, signs: list[str], better: str) -> None:
    found = [*slips(written)]
    assert [slip.sign for slip in found] == signs
    assert {slip.mended for slip in found} == {better.strip()}
    assert mended(written) == better


@pytest.mark.parametrize(
    "text",
    [
        "note: 得分：高（含），低【注】",
        'note: "a：1，b｛"',
        "note: 甲  # points：10，没有",
        "note: |\n  points：10\n  a，b：c",
        "- 甲：乙，丙",
        "note: 见 http://example.org/a:b",
        "at: 2020-01-01T10:00",
        "title: 第一\u3000章",
        "{name: 甲，乙, note: 一、二}",
    ],
)
def test_the_text_of_a_value_is_let_alone(text: str) -> None:
    assert [*slips(text)] == []
    assert mended(text) == text


@pytest.mark.parametrize(
    ("written", "better"),
    [
        # under a key two spaces further, beside what is indented alike, under the keys of an item
        ("a:\n  b:\n\tc: 1\n\td: 2", "a:\n  b:\n    c: 1\n    d: 2"),
        ("a:\n    b: 1\n\tc: 2", "a:\n    b: 1\n    c: 2"),
        ("- a: 1\n\tb: 2\n- a: 3", "- a: 1\n  b: 2\n- a: 3"),
        ("a:\n\tb:\n\t\tc: 1\n\td: 2", "a:\n  b:\n    c: 1\n  d: 2"),
    ],
)
def test_a_tab_in_the_indentation_becomes_the_spaces_that_fit_the_lines_above(
    written: str, better: str
) -> None:
    assert mended(written) == better
    assert {slip.sign for slip in slips(written)} == {"tab"}


def test_tabs_are_told_with_their_lines_as_they_should_read_and_in_one_language(tmp_path: Path) -> None:
    file = tmp_path / "round.yaml"
    file.write_text("city:\n  names:\n\tshort: 甲市\n\tname: 甲市\n", encoding="utf-8")
    told = [fault_line(fault, ZH) for fault in read_document(file, "round.yaml")[1]]
    assert [line.split("。", maxsplit=1)[0] for line in told] == [
        "round.yaml › 第3行：“short: 甲市”中有制表符（Tab）",
        "round.yaml › 第4行：“name: 甲市”中有制表符（Tab）",
    ]


@pytest.mark.parametrize(
    "text",
    ["a: b: c", "a\nb\n c: d", "a: @x", "a: [1, 2", "a: 'x", "a: b\n- c", "a: *x", "a: * x", 'a: "\\q"', "a: |x\n  b",
     "- a\nb: 1", "a", "a: {b: 1 c: 2}"],
)  # fmt: skip
def test_what_the_parser_stumbles_over_is_said_in_the_language_of_the_round(
    tmp_path: Path, text: str
) -> None:
    file = tmp_path / "round.yaml"
    file.write_text(text, encoding="utf-8")
    [fault] = read_document(file, "round.yaml")[1]
    told = fault_line(fault, ZH)
    assert fault.details["problem"] != "other"
    assert "读不懂这一行的写法：" in told
    assert not re.search("[a-z]{4,}", told.removeprefix("round.yaml"))


def text_of(start: str, end: str) -> str:
    """Return the rule set of 2020 from some words up to others."""
    text = RULEBOOK_2020.read_text(encoding="utf-8")
    return text[text.index(start) : text.index(end)]


def told(tmp_path: Path, *swaps: tuple[str, str], encoding: str = "utf-8") -> list[str]:
    """Return the faults of the rule set of 2020 with some words written otherwise."""
    text = RULEBOOK_2020.read_text(encoding="utf-8")
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "rulebook.yaml"
    path.write_text(text, encoding=encoding)
    book, faults = rulebooks.load(path)
    assert book is None
    return [fault_line(fault, ZH) for fault in faults]


def test_several_slips_are_told_at_once_with_what_else_is_wrong(tmp_path: Path) -> None:
    line = RULEBOOK_2020.read_text(encoding="utf-8").split("base_points: 100")[0].count("\n") + 1
    found = told(
        tmp_path,
        ("base_points: 100", "base_points：100"),
        (
            text_of("  slots:\n    vetoed: freed", "  A:\n"),
            "  slots: ｛vetoed: freed，barred: kepd｝\n",
        ),
    )
    assert found[0] == (
        f"rulebook.yaml › 第{line}行：“base_points：100”中有中文冒号“：”。请改为：base_points: 100"
    )
    assert any("中有中文括号。请改为：slots: {vetoed: freed, barred: kepd}" in each for each in found)
    assert any("中有中文逗号“，”。" in each for each in found)
    # the rest is read as it should be, so that its own faults come at once
    assert any("kepd" in each and "可填：freed、kept" in each for each in found)
    assert len(found) == 4


def test_a_file_in_gbk_is_named_and_read_to_its_end(tmp_path: Path) -> None:
    found = told(tmp_path, ("vetoed: freed", "vetoed: freeed"), encoding="gb18030")
    assert "不是 UTF-8 编码，而是 GBK" in found[0]
    assert "请在记事本中另存为，编码选 UTF-8。" in found[0]
    assert any("freeed" in each for each in found[1:])


def test_no_break_spaces_alone_are_read_as_spaces(tmp_path: Path) -> None:
    path = tmp_path / "rulebook.yaml"
    text = RULEBOOK_2020.read_text(encoding="utf-8").replace("base_points: 100", "base_points:\u00a0100", 1)
    path.write_text(text, encoding="utf-8")
    book, faults = rulebooks.load(path)
    assert book is not None
    assert faults == []
