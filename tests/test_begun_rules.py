"""From an empty workbook to a checked and scored rule set of twenty indicators, as an officer types it."""

from __future__ import annotations

import re
from pathlib import Path

import begun_examples as begun
import pandas as pd
import pytest
from openpyxl import load_workbook
from round_examples import RAW
from rule_examples import ZH as WORDS
from rule_examples import change_row, roll, round_2020, table, value
from typer.testing import CliRunner

from analysis import rulebook as rulebooks
from analysis.cli.application import app
from analysis.indicators import catalogue
from analysis.rulebook.stated_facts import read_statements
from analysis.scoring import scoring

UNIT = "990001"
OWN = "本项的实地核查评分"
#: group, name, points, measure, shape, parameters, and what the unit gets, worked by hand
ROWS = [
    ("组织领导（10 分）", "研究部署", 4, OWN, "按比例计分", "", "3.00"),
    ("", "督导检查", 3, OWN, "按比例计分", "", "3.00"),
    ("", "成员单位评价", 3, "成员单位评价得分", "按比例计分", "满分 100", "2.70"),
    # (60 − 30) ÷ (90 − 30) × 5
    ("源头治理（15 分）", "工程款支付担保", 5, "工程款支付担保覆盖率", "两线之间按比例",
     "满分线 90%；零分线 30%", "2.50"),
    # 发现一处扣0.5分，扣完为止
    ("", "施工过程结算", 5, "抽查未落实项目数（施工过程结算）", "每发生一起扣分",
     "扣分 0.5分；计数单位 个项目", "3.50"),
    # 100%得满分，70%—99%按比例得分，70%以下不得分
    ("", "人工费拨付周期", 5, "人工费拨付周期约定率", "按比例计分", "满分线 100%；低于此线不得分 70%", "4.00"),
    ("制度落实", "工资专用账户", 6, "工资专用账户覆盖率", "达标得满分、每差一档扣分",
     "满分线 98%；每差 1个百分点；扣分 0.15", "5.70"),
    ("", "实名制管理", 6, "实名制管理覆盖率", "分档计分",
     "档次1：不低于 95%，分值 6；档次2：不低于 85%，低于 95%，分值 3；档次3：低于 85%，分值 0", "3.00"),
    # short by half a step, of which only whole ones count
    ("", "银行代发", 6, "银行代发工资覆盖率", "达标得满分、每差一档扣分",
     "满分线 98%；每差 1%；扣分 0.5；分档方式 按整档", "6.00"),
    ("", "工资保证金", 6, "工资保证金覆盖率", "两线之间按比例", "满分线：90%，零分线：40%".replace("，", "\n"), "4.80"),
    ("", "欠薪应急周转金", 2, "欠薪应急周转金", "达到得满分、否则不得分", "不低于 1", "2.00"),
    ("", "维权信息公示", 4, "", "各分项相加",
     "分项1：名称 覆盖，分值 2，取数 维权信息公示覆盖率，不低于 90%；"
     "分项2：名称 抽查，分值 2，取数 抽查未落实项目数（维权信息公示），不高于 0", "2.00"),
    # 化解率低于85%的扣1分
    ("案件处置（35 分）", "核处化解率", 8, "核处化解率", "达到得满分、否则不得分", "不低于 85%；扣分 1", "7.00"),
    # 按期结案率达到96%
    ("", "按期结案率", 5, "办结率", "达到得满分、否则不得分", "不低于 ９６％", "5.00"),
    # 得分＝比率×分值
    ("", "清欠率", 6, "清欠率", "按比例计分", "", "5.40"),
    # a fall of 10% of 15%
    ("", "案件数下降", 4, "欠薪案件数变化", "两线之间按比例", "满分线 15%；零分线 0%", "2.67"),
    # a rise of three per cent, each 1 percentage point half a point
    ("", "涉及人数下降", 4, "涉及人数变化", "达标得满分、每差一档扣分", "满分线 0%；每差 1%；扣分 0.5", "2.50"),
    ("", "进京赴省访", 5, "进京赴省访", "每发生一起扣分", "扣分 0.5；计数单位 起；最多扣 3", "4.00"),
    ("", "陈案积案", 3, "陈案积案", "每发生一起扣分", "扣分 0.2；计数单位 件", "2.00"),
    ("执法能力", "应立案件立案率", 10, "应立案件立案率", "分情形计分",
     "情形1：得分 0，取数 进京赴省访，高于 9；其余：计分办法 按比例计分", "8.00"),
]  # fmt: skip
#: what was found of the unit: of rates numerator and denominator, else a number
FOUND = {
    "coverage_guarantee": (60, 100),
    "deficient_settlement": 3,
    "coverage_labour_cost": (80, 100),
    "coverage_account": (96, 100),
    "coverage_realname": (90, 100),
    "coverage_bankpay": (195, 200),
    "coverage_deposit": (80, 100),
    "emergency_fund": 1,
    "coverage_notice": (95, 100),
    "deficient_notice": 1,
    "rate_resolved": (80, 100),
    "rate_closed": (97, 100),
    "rate_paid": (9, 10),
    "petitions": 2,
    "backlog": 5,
    "rate_filed": (8, 10),
    "events_mass": 0,
}


#: the grades from the best to the lowest: grade, how its rows are joined, what a row asks for
GRADES = [
    ("优秀", "", "得分不低于 90；名次前 3；工资专用账户覆盖率不低于 95%"),
    ("良好", "", "得分不低于 75"),
    ("合格", "", "其余"),
    ("不合格", "符合其一", "触发一票否决"),
    ("", "", "名次后 1；得分低于 60"),
    ("", "", "认定 工作不力"),
]
#: the runbook, whose steps these are
RUNBOOK = Path(__file__).parents[1] / "docs" / "runbook.zh-CN.md"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A round that has no rule set yet."""
    folder = tmp_path / "data" / "raw" / "2020"
    folder.mkdir(parents=True)
    (folder / "round.yaml").write_bytes((RAW / "round.yaml").read_bytes())
    return tmp_path


def assess(project: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["rulebook", "2020", *arguments, "--project", str(project)])
    return done.exit_code, done.output


def typed(path: Path, change: tuple[int, str, object] | None = None) -> None:
    """Type the twenty rows and a veto into the table; `change` is a row (from 0), a head and what stands there."""
    book = load_workbook(path)
    page = book["细则"]
    heads = {cell.value: cell.column for cell in page[4]}
    veto = ("一票否决", "群体性事件", "", "较大群体性事件", "", "不低于 2", "")
    for row, texts in enumerate([*ROWS, veto], 5):
        for head, text in zip(("大类", "指标", "分值", "取数", "计分办法", "参数"), texts, strict=False):
            page.cell(row, heads[head]).value = text
    if change is not None:
        row, head, text = change
        page.cell(row + 5, heads[head]).value = text
    for sheet, head, listed in (
        ("等次与条件", ("等次", "关系", "条件"), GRADES),
        ("认定事项", ("认定事项",), [("工作不力",)]),
        ("问题组", ("问题组", "代码", "点名界线"), [("政府投资项目欠薪", "government", 1)]),
    ):
        page = book[sheet]
        heads = {cell.value: cell.column for cell in page[4]}
        # grades are typed over those the workbook begins with, groups below them
        first = 8 if sheet == "问题组" else 5
        for row, texts in enumerate(listed, first):
            for name, text in zip(head, texts, strict=True):
                page.cell(row, heads[name]).value = text
    book.save(path)


def commands() -> list[list[str]]:
    """Return the commands of the steps in the runbook, in their order, for the round of the example."""
    text = RUNBOOK.read_text(encoding="utf-8").split("### 从空白工作簿建一套细则")[1].split("\n### ")[0]
    return [
        command.replace("2021", "2020").split()
        for command in re.findall(r"`\.venv/bin/assess ([^`]+)`", text)
    ]


def test_the_steps_of_the_runbook_end_in_a_checked_rule_set_of_four_grades(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    begin, read, again, check = commands()
    done = CliRunner().invoke(app, begin)
    assert done.exit_code == 0, done.output
    typed(project / begin[-1])
    done = CliRunner().invoke(app, read)
    assert done.exit_code == 0, done.output
    rules, faults = rulebooks.load(
        project / "data" / "raw" / "2020" / "rulebook.yaml", known=catalogue.is_known
    )
    assert rules is not None and faults == []
    assert rules.grades.names == ("优秀", "良好", "合格", "不合格")
    assert len([*rules.indicators()]) == 20
    assert [group.code for group in rules.problem_groups][-1] == "government"
    done = CliRunner().invoke(app, again)
    assert done.exit_code == 0, done.output
    page = load_workbook(project / again[-1])["等次与条件"]
    said = [page.cell(row, 5).value for row in range(5, 9)]
    assert said == [
        "同时满足下列条件的，评为优秀：得分不低于 90 分；得分在前 3 名以内；工资专用账户覆盖率不低于 95%。",
        "同时满足下列条件的，评为良好：得分不低于 75 分。",
        "其余的，评为合格。",
        "有下列情形之一的，评为不合格：触发一票否决事项；得分在后 1 名以内，且得分低于 60 分；经认定工作不力。",
    ]
    assert check == ["check", "2020"]


def test_twenty_indicators_typed_into_the_empty_workbook_are_checked_and_scored(project: Path) -> None:
    path, made = project / "细则.xlsx", project / "data" / "raw" / "2020" / "rulebook.yaml"
    assert assess(project)[0] == 2, "there is no rule set to print"
    status, told = assess(project, "--xlsx", str(path))
    assert (status, "空白的细则工作簿" in told, made.exists()) == (0, True, False)
    assert "没有改动" not in assess(project, "--from-xlsx", str(path))[1], (
        "nothing was typed: a set without items"
    )
    assert not made.exists()
    typed(path)
    status, told = assess(project, "--from-xlsx", str(path))
    assert status == 0, told
    assert "增加：1.1 研究部署 4 按比例计分（细则 › C5）" in told
    text = made.read_text("utf-8")
    assert text.startswith("# 考核细则") and "# 修约规则" in text, "the record is written with its comments"
    assert assess(project, "--from-xlsx", str(path))[1].startswith("没有改动"), (
        "read again it says nothing new"
    )

    rules, faults = rulebooks.load(made, known=catalogue.is_known)
    assert rules is not None
    assert [fault.check for fault in faults] == []
    assert rules.name == "2020年度考核细则"
    assert [(part.code, part.name, part.points) for part in rules.dimensions] == [
        ("1", "组织领导", 10), ("2", "源头治理", 15), ("3", "制度落实", 30),
        ("4", "案件处置", 35), ("5", "执法能力", 10),
    ]  # fmt: skip
    rows = [
        value(UNIT, "mark_field_1_1", value=3.0, denominator=4.0),
        value(UNIT, "mark_field_1_2", value=3.0, denominator=3.0),
        value(UNIT, "mark_departments", value=90.0, numerator=180, denominator=2),
        change_row(UNIT, "change_cases", 90, 100),
        change_row(UNIT, "change_workers", 103, 100),
        value(UNIT, "cases", period="2019", value=100.0, unit_of_measure="case"),
    ]
    for measure, found in FOUND.items():
        if isinstance(found, tuple):
            above, below = found
            rows.append(value(UNIT, measure, value=above / below, numerator=above, denominator=below))
        else:
            rows.append(value(UNIT, measure, value=float(found), unit_of_measure="event"))
    scores = scoring.score(table(rows), rules, roll(UNIT), round_2020().settings, catalogue=WORDS)
    points = scores.set_index("id")["points"]
    for item, (_, name, *_, worked) in zip(rules.indicators(), ROWS, strict=True):
        assert item.name == name
        assert f"{float(points[f'score.{UNIT}.{item.code}']):.2f}" == worked, name
    # 8.70 + 10.00 + 23.50 + 28.57 + 8.00
    assert f"{float(points[f'score.{UNIT}.total']):.2f}" == "78.77"


def test_measures_facts_and_statements_are_typed_into_the_same_empty_workbook(project: Path) -> None:
    path, raw = project / "细则.xlsx", project / "data" / "raw" / "2020"
    assert assess(project, "--xlsx", str(path))[0] == 0
    begun.type_into(path)
    status, told = assess(project, "--from-xlsx", str(path))
    assert status == 0, told
    assert "已写入 rulebook.yaml、measures.yaml、statements.yaml" in told.replace("和", "、")
    assert "自定指标 30日内化解率 增加" in told and "认定 990001 增加" in told
    assert assess(project, "--from-xlsx", str(path))[1].startswith("没有改动")
    assert assess(project, "--check")[0] == 0, "the measures are known where the rule set is checked"
    rules, faults = rulebooks.load(raw / "rulebook.yaml", known=catalogue.is_known)
    assert rules is not None and faults == []
    stated, faults = read_statements(raw / "statements.yaml", rules, roll(UNIT))
    assert stated is not None and faults == []
    rows = [
        value(UNIT, "mark_departments", value=90.0, numerator=180, denominator=2),
        value(UNIT, "coverage_account", value=0.81, numerator=81, denominator=100),
        value(UNIT, "rate_resolved", value=0.79, numerator=79, denominator=100),
        value(UNIT, "own_1", value=0.6, numerator=60, denominator=100),
        value(UNIT, "own_2", value=1.0, unit_of_measure="case"),
        value(UNIT, "petitions", value=2.0, unit_of_measure="event"),
        value(UNIT, "events_mass", value=0.0, unit_of_measure="event"),
    ]
    values = pd.concat([table(rows), stated.values("2020", "2020")], ignore_index=True)
    scores = scoring.score(values, rules, roll(UNIT), round_2020().settings, catalogue=WORDS)
    points = scores.set_index("id")["points"]
    worked = {
        "1.1": "4.50",  # 5 − (12 − 11) × 0.5
        "1.2": "2.00",  # 3 − (3 − 2) × 1
        "1.3": "10.80",  # 12 × 90 ÷ 100
        "1.4": "20.00",  # 81% is not below 80%
        "2.1": "12.00",  # 15 × 8 ÷ 10
        "2.2": "0.00",  # 79% is below 80%
        "2.3": "10.00",  # 20 − 1 × 10
        "2.4": "9.00",  # 15 × 60%
        "D1": "-4.00",  # 2 × 2
        "total": "64.30",
    }
    found = {item: f"{float(points[f'score.{UNIT}.{item}']):.2f}" for item in worked}
    assert found == worked


def test_a_fact_that_is_counted_needs_its_direction_said(project: Path) -> None:
    path = project / "细则.xlsx"
    assess(project, "--xlsx", str(path))
    heads, rows = begun.SHEETS["细则"]
    first = (*rows[0][:-1], str(rows[0][-1]).replace("；方向 越高越好", ""))
    begun.type_into(path, {**begun.SHEETS, "细则": (heads, [first, *rows[1:]])})
    status, told = assess(project, "--from-xlsx", str(path))
    assert status == 1
    assert "细则.xlsx › 细则 › K5：缺少“方向”。" in told


@pytest.mark.parametrize(
    ("change", "cell", "said"),
    [
        ((0, "大类", None), "A5", "没有写大类"),
        ((3, "取数", "工程款担保覆盖率"), "I8", "是否应为“工程款支付担保覆盖率”"),
        ((3, "计分办法", ""), "J8", "没有填写“计分办法”"),
        ((3, "参数", "满分线 90%"), "K8", "缺少“零分线”"),
        ((3, "参数", "满分线 30%；零分线 90%"), "K8", "rulebook.yaml"),
        ((3, "分值", 6), "A8", "15"),
        ((1, "指标", ""), "C6", "没有填写“指标”"),
    ],
)
def test_what_is_typed_wrongly_is_told_with_its_cell(
    project: Path, change: tuple[int, str, object], cell: str, said: str
) -> None:
    path = project / "细则.xlsx"
    assess(project, "--xlsx", str(path))
    typed(path, change)
    status, told = assess(project, "--from-xlsx", str(path))
    assert status == 1
    assert any(f"细则 › {cell}" in line and said in line for line in told.splitlines()), told
    assert not (project / "data" / "raw" / "2020" / "rulebook.yaml").exists(), "nothing is written by halves"
