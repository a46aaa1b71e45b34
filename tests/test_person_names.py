"""Names of persons: learnt in the columns about them, masked in the texts of other cells, looked for before publishing.

Every name here is made up, of signs that say so (测试, 示例) or of words that are also something else.
"""

from __future__ import annotations

import copy
import io
import json
import pickle
import zipfile
from pathlib import Path

import pytest
import round_examples as example
from hypothesis import given
from hypothesis import strategies as st
from leaks import leaks
from office_examples import Office, blocking
from page_examples import notebook
from rich.console import Console

from analysis.intake import fault_line
from analysis.intake.persons.person_names import (
    PersonNames,
    is_word,
    names_in,
    narrow,
    pattern_of,
    teaches_names,
    written,
)
from analysis.intake.persons.person_numbers import MASK
from analysis.publish.html_exporter import AssessHTMLExporter
from analysis.publish.person_gate import Gate
from analysis.run import pipeline
from analysis.run.orders import Order
from analysis.words import words

PLACES = ("示例东区", "东区")


def names(*learnt: str) -> PersonNames:
    """Return names as a round learns them from its column 联系人."""
    return PersonNames(dict.fromkeys(learnt, "联系人"), lambda name: is_word(name, PLACES))


# ---------------------------------------------------------------------------------------------- learning


@pytest.mark.parametrize(
    ("cell", "learnt"),
    [
        ("测试甲", ["测试甲"]),
        ("示例人0273", ["示例人0273"]),
        ("测试甲、测试乙", ["测试甲", "测试乙"]),
        ("测试甲 测试乙", ["测试甲", "测试乙"]),
        ("测 甲", ["测甲"]),
        ("测　甲", ["测甲"]),
        ("测试甲 13800000000", ["测试甲"]),
        ("测试甲（项目经理）", ["测试甲"]),
        ("班组长测试甲", ["测试甲"]),
        ("测试甲师傅", ["测试甲"]),
        ("测试·示例", ["测试·示例"]),
        ("Test Person", ["test person"]),
        # the given name behind a nickname is that of the surname in it
        ("老测（示甲）", ["测示甲", "老测", "示甲"]),
        ("Person, Test", ["test person", "person", "test"]),
        # as a scan or another program writes the same signs: full width, a radical for 示, a sign that is not seen
        ("Ｔｅｓｔ Person", ["test person"]),
        ("⽰例\u200b甲", ["示例甲"]),
        ("13800000000", []),
        ("甲", []),
        ("/", []),
    ],
)
def test_a_cell_may_hold_several_names_with_numbers_and_posts(cell: str, learnt: list[str]) -> None:
    assert list(names_in(cell)) == learnt


@pytest.mark.parametrize(
    "word", ["安全", "建设", "东区", "无", "不详", "财务科", "项目部", "某", "测某某", "核查率"]
)
def test_words_of_ours_of_the_trade_and_places_are_doubtful(word: str) -> None:
    assert is_word(word, PLACES)


def test_a_name_is_no_word_and_what_comes_about_inside_a_sentence_is_none() -> None:
    assert not is_word("测试甲")
    assert any("提高明显" in text or "越高越好" in text for text in words("zh").texts())
    assert not is_word("高越")


def test_a_column_of_addresses_or_banks_teaches_no_name() -> None:
    assert teaches_names("联系人")
    assert teaches_names("联系人及电话")
    assert not teaches_names("家庭住址")
    assert not teaches_names("开户行")


def test_names_are_never_printed_and_never_written_down() -> None:
    secret = names("测试甲")
    assert "测试甲" not in repr(secret) + str(secret)
    for write in (pickle.dumps, copy.copy):
        with pytest.raises(TypeError):
            write(secret)


# ---------------------------------------------------------------------------------------------- masking


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("测试甲反映工资未付", f"{MASK}反映工资未付"),
        ("由测试甲、测试乙签收", f"由{MASK}、{MASK}签收"),
        ("测试甲甲来访", f"{MASK}来访"),
        ("测 试 甲签收", f"{MASK}签收"),
        ("见TEST Person的材料", f"见{MASK}的材料"),
        ("test persons", "test persons"),
        ("示例人027", MASK),
        ("示例人0271", "示例人0271"),
    ],
)
def test_a_sure_name_is_masked_wherever_it_stands(text: str, masked: str) -> None:
    known = names("测试甲", "测试乙", "测试甲甲", "test person", "示例人027")
    assert known.mask(text).text == masked


#: signs of which names and texts are made up at random: Han signs, letters, digits, blanks, a dot
_SIGNS = "测试示例甲ab1 ·."


@given(st.sets(st.text(_SIGNS, min_size=1, max_size=5)), st.text(_SIGNS, max_size=30))
def test_sure_names_are_found_by_their_beginnings_as_by_one_expression(learnt: set[str], text: str) -> None:
    known = PersonNames(dict.fromkeys((name for name in learnt if written(name).strip()), "联系人"))
    whole = pattern_of(known.sure)
    expected = [found.span() for found in whole.finditer(narrow(text))] if whole else []
    assert [*known._spans(narrow(text))] == expected


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("工程建设领域安全生产", "工程建设领域安全生产"),
        ("建设", MASK),
        (" 建设 ", f" {MASK} "),
        ("经办人：建设", f"经办人：{MASK}"),
        ("联系人建设，电话另报", f"联系人{MASK}，电话另报"),
        ("负责人安全意识不强", "负责人安全意识不强"),
        ("建设同志说明", f"{MASK}同志说明"),
        ("工程建设同志", "工程建设同志"),
    ],
)
def test_a_doubtful_name_is_masked_only_where_it_can_be_nothing_else(text: str, masked: str) -> None:
    assert names("建设", "安全").mask(text, whole=True).text == masked


@pytest.mark.parametrize(
    ("learnt", "text"),
    [
        # a dot left out, one too many, a blank
        ("测试·示例", "已约谈测试示例。"),
        ("测试示例", "已约谈测试·示例。"),
        ("测试示例", "已约谈测 试示 例。"),
        # look-alikes: full width, a radical, an accent written apart, signs that are not seen
        ("test person", "已约谈Ｔｅｓｔ　Ｐｅｒｓｏｎ。"),
        ("示例甲", "已约谈⽰例甲。"),
        ("示例甲", "已约谈示\u200b例\ufeff甲。"),
        ("tést person", "已约谈Te\u0301st Person。"),
        ("test person", "已约谈Te\u00adst\u00a0Per\u200dson。"),
        # Latin names as one country or another orders them
        ("test person", "已约谈Person Test。"),
        ("test person", "已约谈Person, Test。"),
        ("test a. person", "已约谈Person, Test A。"),
        ("person test a", "已约谈Test A. Person。"),
    ],
)
def test_a_name_is_masked_however_it_is_written(learnt: str, text: str) -> None:
    # what stands before it is longer or shorter in the narrowed text than as written
    assert names(learnt).mask(f"№3…㎡e\u0301：{text}").text == "№3…㎡e\u0301：已约谈******。"


@pytest.mark.parametrize("dot", ["·", "•", "・", "‧"])
def test_the_dot_inside_a_name_may_be_any(dot: str) -> None:
    assert names("买买提·艾力").mask(f"已约谈买买提{dot}艾力。").text == "已约谈******。"


def test_a_class_of_rows_is_no_person() -> None:
    assert names("建设").mask("建设").text == "建设"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path)
    office.add(
        "findings",
        [
            ["编号", "代码", "单位", "类别", "表述", "来源", "岗位"],
            ["W-1", "990001", "示例东区", "化解", "张示例未按期支付", "督查", "站长"],
        ],
        {
            "no": ["编号"],
            "unit_code": ["代码"],
            "unit_name": ["单位"],
            "group": ["类别"],
            "wording": ["表述"],
            "source": ["来源"],
            "post": ["岗位"],
        },
    )
    return office


def test_a_name_in_the_text_of_another_ledger_is_masked_and_told_by_its_cell(office: Office) -> None:
    intake = office.read()
    assert intake.ledgers["findings"]["wording"].tolist() == [f"{MASK}未按期支付"]
    told = [fault for fault in intake.faults if fault.check == "person_name_masked"]
    assert [(fault.cell, fault.severity) for fault in told] == [("E2", "warns")]
    line = fault_line(told[0], words("zh"))
    assert "联系人" in line
    assert "张示例" not in line + repr(intake)
    assert not blocking(intake)


def test_a_name_that_is_also_a_word_blocks_nothing_and_leaves_the_words_alone(office: Office) -> None:
    for row, name in zip(office.clues[4:8], ("安全", "建设", "无", "东区"), strict=True):
        row[-1] = name
    office.books["findings.xlsx"][0].rows += [
        ["W-2", "990001", "示例东区", "化解", "建设领域安全措施未落实", "督查", "安全"],
        ["W-3", "990001", "示例东区", "化解", "建设", "建设", "站长"],
    ]
    intake = office.read()
    assert not blocking(intake)
    frame = intake.ledgers["findings"]
    assert frame["wording"].tolist()[1:] == ["建设领域安全措施未落实", MASK]
    assert frame["post"].tolist() == ["站长", MASK, "站长"]
    assert frame["source"].tolist() == ["督查", "督查", "建设"]
    assert [unit.name for unit in intake.roll] == ["示例东区", "示例东新区"]
    cells = {fault.cell for fault in intake.faults if fault.check == "person_name_masked"}
    assert cells == {"G3", "E4"}


def test_a_name_serves_as_no_number_of_the_ledger(office: Office) -> None:
    office.books["findings.xlsx"][0].rows[1][0] = "张示例-1"
    wrong = blocking(office.read())
    assert [(fault.check, fault.cell) for fault in wrong] == [("person_number_as_key", "A2")]
    assert "张示例" not in fault_line(wrong[0], words("zh"))


def test_a_name_in_the_name_of_a_file_a_sheet_or_a_column_blocks_and_is_not_told(office: Office) -> None:
    table = office.books["findings.xlsx"].pop()
    office.books = {
        "张示例报.xlsx": [table],
        **{k: v for k, v in office.books.items() if k != "findings.xlsx"},
    }
    office.maps["ledgers"]["findings"]["file"] = "张示例报.xlsx"
    table.rows[0][5] = "来源/张示例"
    office.maps["ledgers"]["findings"]["fields"]["source"] = ["来源/张示例"]
    intake = office.read()
    told = [(fault.file, fault.cell, fault.found) for fault in blocking(intake)]
    assert told == [(f"{MASK}报.xlsx", "", f"{MASK}报.xlsx"), (f"{MASK}报.xlsx", "F1", f"来源/{MASK}")]


# ------------------------------------------------------------------------------------------------ the gate


def put(folder: Path, name: str, text: str = "") -> None:
    """Write a file of any format with a text in it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix in {".zip", ".docx", ".xlsx"}:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("inner/part.xml", f"<si><t>{text}</t></si>")
    else:
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("report.html", "<h2>问题</h2><p>由测试甲签收</p>"),
        ("report.html", "<h2>问题</h2><p>由<b>测</b><span>试甲</span>签收</p>"),
        ("report.html", '<h2>问题</h2><img alt="测试甲">'),
        ("report.html", "<h2>问题</h2><p>&#27979;&#35797;&#30002;</p>"),
        ("figures/a.svg", "<svg><text>测试甲</text></svg>"),
        ("manifest.json", json.dumps({"inputs": [{"path": "测试甲.xlsx"}]})),
        ("cards.zip", "测试甲"),
        ("workbook.xlsx", "测</t></r><r><t>试甲"),
        ("bulletin.docx", "测试甲"),
        ("ledgers/clues.csv", "no,project\n1,测试甲工地\n"),
        ("units/测试甲.html", ""),
    ],
)
def test_the_gate_finds_a_name_in_every_format(tmp_path: Path, name: str, text: str) -> None:
    put(tmp_path, name, text)
    (found,) = Gate(names("测试甲"), words("zh").texts()).leaks(tmp_path)
    assert found.file == name.replace("测试甲", MASK)
    assert found.section == ("问题" if "<h2>" in text else "")


def test_the_gate_finds_a_name_written_another_way(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("<h2>结果</h2><p>测试示<wbr>\u200b例</p>", "utf-8")
    (tmp_path / "values.csv").write_text("Person, Test", "utf-8")
    found = Gate(names("测试·示例", "test person"), words("zh").texts()).leaks(tmp_path)
    assert [(leak.file, leak.section) for leak in found] == [("report.html", "结果"), ("values.csv", "")]


def test_the_gate_says_under_which_heading_of_a_notebook_a_name_stands(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["## 指标"]},
        {"cell_type": "code", "source": "", "outputs": [{"data": {"text/html": "<p>未见异常</p>"}}]},
        {"cell_type": "markdown", "source": ["## 问题"]},
        {"cell_type": "code", "source": "", "outputs": [{"data": {"text/x-typst": "#prose[测试甲]"}}]},
    ]
    put(tmp_path, "5_report.ipynb", json.dumps({"cells": cells}))
    (found,) = Gate(names("测试甲"), ()).leaks(tmp_path)
    assert found == ("5_report.ipynb", "问题", "name")


def test_what_our_own_sentences_say_is_no_find(tmp_path: Path) -> None:
    ours = ["该项得分越高越好", "{unit}平均", "全市最高", "示例东区"]
    put(tmp_path, "report.html", "<p>该项得分越高越好，全市最高平均，<td>测</td><td>试甲</td></p>")
    assert Gate(names("高越", "高平", "东区", "建设", "测试甲"), ours).leaks(tmp_path) == []


def test_a_whole_page_of_ours_holds_no_name(tmp_path: Path) -> None:
    page, _ = AssessHTMLExporter().from_notebook_node(notebook())
    put(tmp_path, "report.html", page)
    assert Gate(names("测试甲", "安全", "建设", "高越"), words("zh").texts()).leaks(tmp_path) == []


# ------------------------------------------------------------------------------------------ the whole road


def test_no_edition_and_no_processed_file_holds_a_name(tmp_path_factory: pytest.TempPathFactory) -> None:
    published = example.published(tmp_path_factory)
    texts = 0
    for folder in (published.project / "reports", published.project / "data" / "processed"):
        for file in folder.rglob("*"):
            if file.is_file() and file.suffix != ".lock":
                data = file.read_bytes()
                assert leaks(file.name, data, [example.PERSON]) == [], file.name
                texts += f"{MASK}{example.COMPLAINT}" in data.decode("utf-8", "ignore")
    assert texts
    assert example.PERSON not in published.said


def test_a_name_that_took_a_way_around_stops_the_run_before_publishing(tmp_path: Path) -> None:
    """In the roll of units no name is masked; the last report stays, and nobody is named."""
    folder = example.project(tmp_path)
    example.type_in(folder, example.PERSON, "问题整改台账.xlsx", "联系人")
    example.type_in(folder, f"县区（{example.PERSON}）", example.ROLL, "类型")
    last = folder / "reports" / "2020" / "grades" / "report.html"
    put(last.parent, last.name, "上一次")
    said = io.StringIO()
    order = Order(folder, "2020", formats=("html",), disclosure="grades")
    assert pipeline.run(order, Console(file=said, width=400)) == pipeline.DATA_BLOCK
    assert last.read_text("utf-8") == "上一次"
    assert "data/processed/2020/ledgers/units.csv" in said.getvalue()
    assert example.PERSON not in said.getvalue()
