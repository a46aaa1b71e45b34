"""The bulletin's words: what the program says, what the office says, and the marked gaps between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import round_examples as example

from analysis import open_round
from analysis.render.html_blocks import Html
from analysis.render.official_content import Blocks, plain_of
from analysis.render.plain_blocks import plain
from analysis.report.city_bulletin import CityBulletin
from analysis.rounds.bulletin_texts import BULLETIN_FILE, Bulletin, Problem, read_bulletin
from analysis.rounds.published import Published
from analysis.rounds.refusals import QuestionError
from analysis.run.checking import read_round_settings
from analysis.words import words

#: a text as an office would type it in, written for this test
TYPED = """
issuer: 云州市根治拖欠农民工工资工作领导小组
number: 云治欠〔2022〕3号
addressees: 各县、区人民政府
legal_basis: 按照本市考核办法，
opening: 对各县区作了考核，现通报如下。
organisation:
  opening: 考核分三步。
  stages:
    - {title: 自查, text: 各县区自评。}
    - {title: 核查, text: 考核组到现场。}
    - {title: 评价, text: 汇总各方意见。}
results:
  before: 全市工作总体平稳。
  after: 结果报送有关部门。
achievements:
  - 领导带头。每月调度。
  - 制度见效。逐项落实。
problems:
  - group: resolution
    title: 排查化解欠薪问题工作需加强
    text: 线索办得慢。
  - group: institutions
    title: 落实保障农民工工资支付制度不到位
    text: 制度没有全落实。{units}等县区不同程度存在此类问题。数据更新不及时。
  - group: enforcement
    title: 执法效能和惩戒力度还需强化
    text: 查处偏软。{units}不同程度存在上述问题。
requirements:
  - {title: 压实责任, text: 逐项整改。}
  - {title: 注重实效, text: 按月报送。}
copies_to: 市委组织部
date: 2022-04-01
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return example.computed(tmp_path_factory, "bulletin")


@pytest.fixture
def page(project: Path, monkeypatch: pytest.MonkeyPatch) -> CityBulletin:
    monkeypatch.chdir(project)
    return open_round("2020").page("bulletin")


@pytest.fixture(scope="module")
def published(project: Path) -> Published:
    found = read_round_settings(project, "2020").published
    assert found is not None
    return found


def typed(folder: Path, text: str = TYPED) -> Bulletin:
    """Return the office's text as the program reads it."""
    file = folder / BULLETIN_FILE
    file.write_text(text, encoding="utf-8")
    bulletin, faults = read_bulletin(file, ["resolution", "institutions", "enforcement"])
    assert bulletin is not None, faults
    return bulletin


def with_text(page: CityBulletin, text: Bulletin) -> CityBulletin:
    """Put a text in the place of the round's own."""
    vars(page)["text"] = text
    return page


def said(part: Blocks) -> list[str]:
    return [block.plain for block in part.blocks]


def headings(page: CityBulletin) -> Iterator[str]:
    for part in (page.stages(), page.grading(), page.situation(), page.next_steps()):
        yield from (plain_of(block.heading) for block in part.blocks if block.heading)


# ------------------------------------------------------------------------------ the whole, as the real one is built


def test_with_the_office_s_text_it_has_the_parts_of_the_circular(page: CityBulletin, tmp_path: Path) -> None:
    page = with_text(page, typed(tmp_path))
    assert list(headings(page)) == [
        "一、考核组织", "二、考核结果", "三、考核情况", "（一）主要成效", "（二）发现的主要问题",
        "四、下步工作要求", "（一）压实责任。", "（二）注重实效。",
    ]  # fmt: skip
    head = page.opening()
    assert [plain_of(line) for line in head.lines()] == [
        "云州市根治拖欠农民工工资工作领导小组",
        "云治欠〔2022〕3号",
        "云州市根治拖欠农民工工资工作领导小组",
        "关于2020年度保障农民工工资支付工作",
        "考核情况的通报",
        "各县、区人民政府：",
        "按照本市考核办法，对各县区作了考核，现通报如下。",
    ]
    assert said(page.stages())[1:] == [
        "考核分三步。",
        "一是自查。各县区自评。二是核查。考核组到现场。三是评价。汇总各方意见。",
    ]
    assert said(page.situation())[2:4] == ["一是领导带头。每月调度。", "二是制度见效。逐项落实。"]
    assert [plain_of(line) for line in page.closing().lines()] == [
        "云州市根治拖欠农民工工资工作领导小组",
        "2022年4月1日",
        "抄送：市委组织部。",
        "秦皇岛市根治拖欠农民工工资工作领导小组办公室 2022年4月1日印发",
    ]
    everything = (
        page.opening(),
        page.stages(),
        page.grading(),
        page.situation(),
        page.next_steps(),
        page.closing(),
    )
    assert not any("请办公室填写" in plain(part) for part in everything)


def test_the_grade_lists_are_those_of_the_circular_in_its_order(
    page: CityBulletin, published: Published
) -> None:
    paragraph = said(page.grading())[1]
    names = page.assessment.roll.short
    for letter, codes in published.grades.items():
        assert f"考核评价为{letter}级的是：{'、'.join(map(names, codes))}" in paragraph
    assert "C级" not in paragraph
    assert paragraph.count("考核评价为") == 2
    assert "否决" not in paragraph


def test_the_units_named_are_those_of_the_circular(
    page: CityBulletin, published: Published, tmp_path: Path
) -> None:
    page = with_text(page, typed(tmp_path))
    problems = said(page.situation())[5:]
    roll = page.assessment.roll
    assert len(problems) == len(published.groups) == 3
    for paragraph, group, number in zip(problems, published.groups, "一二三", strict=True):
        assert paragraph.startswith(f"{number}是")
        found = {code for code in roll.codes if roll.short(code) in paragraph}
        assert found == set(group.named)
    assert problems[0].endswith("线索办得慢。山海关区、抚宁区、青龙县以及昌黎县等此类问题比较突出。")
    assert problems[1].endswith("等县区不同程度存在此类问题。数据更新不及时。")


def test_every_unit_carries_the_row_that_put_it_there(page: CityBulletin) -> None:
    graded = re.findall(r'<data value="([^"]*)" data-row="([^"]+)">([^<]+)</data>', Html()(page.grading()))
    letters = {row["id"]: row["grade"] for row in page.assessment.grades.to_dict("records")}
    assert len(graded) == 9
    assert {row: value for value, row, _name in graded} == letters
    named = re.findall(r'data-row="(finding\.[^"]+)"', Html()(page.situation()))
    rows = page.assessment.findings
    assert sorted(named) == sorted(rows.loc[rows["named"].astype(bool), "id"])


def test_letters_only_and_the_same_at_every_level_that_has_a_bulletin(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    levels = [open_round("2020").page("bulletin", level) for level in ("internal", "grades")]
    texts = [
        "".join(map(Html(), (page.opening(), page.grading(), page.situation(), page.closing())))
        for page in levels
    ]
    assert texts[0] == texts[1]
    grades = pd.read_csv(project / "data" / "processed" / "2020" / "grades.csv", dtype=str)
    scores = list(grades["score"])
    assert "95.80" in scores
    assert not [score for score in scores if score in texts[0]]
    with pytest.raises(QuestionError, match="只发本单位"):
        open_round("2020").page("bulletin", "own")


# --------------------------------------------------------------------------------------------------- gaps


def test_without_the_office_s_text_gaps_say_what_is_wanted_and_nothing_is_made_up(page: CityBulletin) -> None:
    page = with_text(page, Bulletin())
    parts = (
        page.opening(),
        page.stages(),
        page.grading(),
        page.situation(),
        page.next_steps(),
        page.closing(),
    )
    gaps = re.findall(r"【请办公室填写：([^】]+)】", "\n".join(map(plain, parts)))
    assert gaps == [
        "发文机关", "主送机关", "考核依据", "开头语", "考核组织概述", "考核的各个阶段", "对全市工作的总体评价",
        "考核结果的运用", "主要成效", "排查化解欠薪问题方面的问题", "落实工资支付制度方面的问题",
        "执法效能和惩戒力度方面的问题", "下步工作要求", "发文机关", "抄送机关",
    ]  # fmt: skip
    # what the program knows stands there all the same
    assert "考核评价为A级的是：北戴河新区" in plain(page.grading())
    assert "一是排查化解欠薪问题。" in plain(page.situation())
    assert "等此类问题比较突出。" in plain(page.situation())
    assert plain_of(page.closing().date) == "2022年3月31日"
    assert Html()(page.stages()).count("<mark>") == 2


def test_one_missing_text_is_one_gap(page: CityBulletin, tmp_path: Path) -> None:
    text = typed(tmp_path, TYPED.replace("    text: 查处偏软。{units}不同程度存在上述问题。\n", ""))
    problems = said(with_text(page, text).situation())[5:]
    assert problems[2] == (
        "三是执法效能和惩戒力度还需强化。【请办公室填写：执法效能和惩戒力度方面的问题】"
        "海港区、抚宁区、青龙县以及秦皇岛开发区等此类问题比较突出。"
    )


def test_nobody_receives_a_copy_where_the_office_says_so(page: CityBulletin) -> None:
    assert with_text(page, Bulletin(copies_to="")).closing().copies_to == ()


# --------------------------------------------------------------------------------------------- named units


def test_a_group_that_names_nobody_loses_the_sentence_that_would(page: CityBulletin, tmp_path: Path) -> None:
    page = with_text(page, typed(tmp_path))
    findings = page.assessment.findings
    none = findings.assign(named=findings["named"].astype(bool) & (findings["group"] != "institutions"))
    vars(page)["evidence"] = replace(page.evidence, findings=none)
    problems = said(page.situation())[5:]
    assert problems[1] == "二是落实保障农民工工资支付制度不到位。制度没有全落实。数据更新不及时。"
    assert "山海关区" in problems[0]


def test_without_text_and_without_names_a_group_is_not_mentioned(page: CityBulletin) -> None:
    page = with_text(page, Bulletin())
    nobody = page.assessment.findings.assign(named=False)
    vars(page)["evidence"] = replace(page.evidence, findings=nobody)
    assert said(page.situation())[4:] == ["各单位均未达到点名标准。"]


def test_one_unit_is_named_without_a_list(page: CityBulletin) -> None:
    page = with_text(page, Bulletin(problems=[Problem(group="resolution", title="甲", text="乙。")]))
    findings = page.assessment.findings
    one = findings.assign(named=findings["id"] == "finding.130303.resolution")
    vars(page)["evidence"] = replace(page.evidence, findings=one)
    assert said(page.situation())[4:] == ["一是甲。乙。山海关区此类问题比较突出。"]


def test_who_triggered_a_veto_is_said_and_units_without_a_grade_are_too(page: CityBulletin) -> None:
    vars(page.assessment)["vetoed"] = lambda: ["130306"]
    grades = page.assessment.grades.copy()
    grades.loc[grades["unit"] == "130303", ["grade", "rank"]] = ["", None]
    vars(page)["evidence"] = replace(page.evidence, grades=grades)
    paragraph = said(page.grading())[1]
    assert (
        "考核评价为B级的是：昌黎县、青龙县、抚宁区。山海关区未评定等次。其中，抚宁区触发否决事项。"
        in paragraph
    )


def test_the_city_s_declines_stand_where_the_office_asks_for_them(page: CityBulletin) -> None:
    page = with_text(page, Bulletin(achievements=["总体向好。{declines}，成效初显。"]))
    (paragraph,) = [text for text in said(page.situation()) if text.startswith("一是总体向好")]
    assert re.search(r"同比分别下降[\d.]+%、[\d.]+%†、[\d.]+%", paragraph)
    assert paragraph.endswith("，成效初显。")
    assert Html()(page.situation()).count('data-row="130300.2020.2019.change_') == 3


# --------------------------------------------------------------------------------------------- languages


def test_in_english_the_program_s_sentences_are_english_and_the_office_s_stay(
    page: CityBulletin, tmp_path: Path
) -> None:
    # in the words of the other language; the rows are the same
    page = with_text(page, typed(tmp_path))
    page.words = words("en")
    vars(page)["vetoed"] = []
    vars(page)["evidence"] = replace(page.evidence, words=page.words)
    assert list(headings(page))[:3] == ["1. How the assessment was organised", "2. Results", "3. Situation"]
    paragraph = said(page.grading())[1]
    assert (
        "grade A goes to 北戴河新区, 海港区, 卢龙县, 北戴河区 and 秦皇岛开发区; grade B goes to" in paragraph
    )
    markup = Html()(page.grading())
    assert '<span class="kai"><bdi lang="zh-CN">全市工作总体平稳。</bdi></span>' in markup
    assert '<data value="A" data-row="grade.130372"><bdi lang="zh-CN">北戴河新区</bdi></data>' in markup
    assert plain_of(page.closing().date) == "1 April 2022"
    without = re.sub(r'<bdi lang="zh-CN">.*?</bdi>', "", Html()(page.situation()))
    assert not re.search(r"[\u4e00-\u9fff]", without)


def test_both_languages_have_the_same_words_with_the_same_places() -> None:
    def places(language: str) -> dict[str, set[str]]:
        catalogue = words(language)
        mine = [key for key in catalogue._sentences if key.startswith(("bulletin.", "bulletin_section."))]
        return {key: set(re.findall(r"\{(\w+)", catalogue.label(key))) for key in mine}

    assert places("zh") == places("en")
    assert len(places("zh")) > 40


# --------------------------------------------------------------------------------------------- the settings


def faults_of(folder: Path, text: str) -> list[tuple[int, str, str]]:
    file = folder / BULLETIN_FILE
    file.write_text(text, encoding="utf-8")
    bulletin, faults = read_bulletin(file, ["resolution"])
    assert bulletin is None
    return [(fault.line, fault.check, fault.details.get("suggestion", "")) for fault in faults]


def test_an_unknown_key_is_told_with_its_line_and_the_one_that_was_meant(tmp_path: Path) -> None:
    text = "issuer: 甲\nadressees: 乙\norganisation:\n  openning: 丙\n  stages:\n    - {titel: 丁}\n"
    assert faults_of(tmp_path, text) == [
        (2, "settings_unknown_key", "addressees"),
        (4, "settings_unknown_key", "opening"),
        (6, "settings_missing_key", ""),
        (6, "settings_unknown_key", "title"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "check"),
    [
        ("opening: 见{untis}。\n", 1, "settings_bad_value"),
        ("problems:\n  - {group: resolution, text: '{unit}突出。'}\n", 2, "settings_bad_value"),
        ("problems:\n  - group: resolution\n  - group: resolution\n", 1, "settings_bad_value"),
        ("problems:\n  - title: 甲\n    group: enforcment\n", 3, "bulletin_unknown_group"),
        ("seal: yes\n", 1, "settings_bad_value"),
        ("date: 三月\n", 1, "settings_bad_value"),
    ],
)
def test_what_cannot_be_printed_is_a_fault(tmp_path: Path, text: str, line: int, check: str) -> None:
    assert [(where, what) for where, what, _meant in faults_of(tmp_path, text)] == [(line, check)]


def test_an_absent_file_is_no_fault(tmp_path: Path) -> None:
    assert read_bulletin(tmp_path / BULLETIN_FILE, None) == (None, [])


def test_the_example_s_paragraphs_are_marked_as_placeholders(project: Path) -> None:
    text = read_round_settings(project, "2020").bulletin
    assert text is not None
    assert text.example
    paragraphs = [
        text.legal_basis, text.organisation.opening, text.results.before, text.results.after, *text.achievements,
        *(stage.text for stage in text.organisation.stages), *(problem.text for problem in text.problems),
        *(requirement.text for requirement in text.requirements),
    ]  # fmt: skip
    assert all(paragraph.startswith("（示例文字）") for paragraph in paragraphs)
