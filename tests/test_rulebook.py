"""The rule set: what a right one says, and what a wrong one is told, with line and remedy."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from rule_examples import RULEBOOK_2020, ZH, indicator, rules, rules_2020

from analysis import rulebook
from analysis.indicators import catalogue
from analysis.intake.fault_lists.lines import fault_line
from analysis.rounds.units import Unit, UnitRoll
from analysis.rulebook.exact_numbers import round_exact
from analysis.rulebook.grades import grade_sentences
from analysis.rulebook.sentences import general_sentence, rule_sentence


def test_the_rule_set_of_2020_has_no_faults() -> None:
    book, faults = rulebook.load(RULEBOOK_2020, known=catalogue.is_known, units=9)
    assert faults == []
    assert book is not None
    assert sum(item.points for item in book.indicators()) == 100
    assert [float(part.points) for part in book.dimensions] == [10, 14, 28, 8, 30, 10]
    assert book.ours
    assert "示例" in book.note


def test_marks_given_by_people_carry_at_most_thirty_points() -> None:
    assert sum(item.points for item in rules_2020().indicators() if item.read == "mark") <= 30


def written(tmp_path: Path, *swaps: tuple[str, str]) -> tuple[Path, str]:
    """Return the rule set of 2020 with passages replaced, each of which must be there, and its text."""
    text = RULEBOOK_2020.read_text(encoding="utf-8")
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "rulebook.yaml"
    path.write_text(text, encoding="utf-8")
    return path, text


def line_of(text: str, passage: str) -> int:
    return text[: text.index(passage)].count("\n") + 1


BROKEN = [
    (
        "rulebook_points_of_dimension",
        ("points: 14\n", "points: 15\n"),
        "points: 15\n",
        "维度“源头治理”的分值写为 15，而所属指标分值之和为 14。请改正该维度的 points，或改正指标的 points。",
    ),
    (
        "rulebook_points_of_set",
        ("base_points: 100", "base_points: 120"),
        "base_points: 120",
        "基础分写为 120，而各维度分值之和为 100。请改正 base_points，或改正各维度的 points。",
    ),
    (
        "rulebook_code_twice",
        ('- code: "2.2"', '- code: "2.1"'),
        '- code: "2.1"\n        name: 施工',
        "编码“2.1”已在第91行用过。请改用别的编码。",
    ),
    (
        "rulebook_code_reserved",
        ("- code: B1", "- code: total"),
        "- code: total",
        "编码“total”留作总分之用。请改用别的编码。",
    ),
    (
        "rulebook_measure_unknown",
        ("measure: rate_resolved", "measure: rate_resolvd"),
        "measure: rate_resolvd",
        "没有名为“rate_resolvd”的指标，系统不计算它。是否应为“rate_resolved”？请改正 measure。",
    ),
    (
        "rulebook_measure_unknown",
        ("measure: innovation_state", "measure: innovation_stat"),
        "innovation_stat,",
        "没有名为“innovation_stat”的指标，系统不计算它。是否应为“innovation_state”？请改正 measure。",
    ),
    (
        "rulebook_reading",
        ("measure: change_cases\n        read: decline", "measure: change_cases\n        read: value"),
        "measure: change_cases",
        "指标“change_cases”不能按指标本身（value）读取。请把 read 改为 decline，或改正 measure。",
    ),
    (
        "rulebook_direction",
        ("measure: petitions\n        direction: down", "measure: petitions\n        direction: up"),
        "direction: up\n        department: 市信访局",
        "direction 写为 up，与规则的形状不符：这条规则是越低越好（down）。请把 direction 改为 down，或改正 rule。",
    ),
    (
        "rulebook_ends",
        ("full_at: 15%, zero_at: 0%", "full_at: 15%, zero_at: 15%"),
        "zero_at: 15%",
        "不得分的界线 15% 不低于满分的界线 15%，这条规则无法计分。请改正 zero_at 或 full_at。",
    ),
    (
        "rulebook_gate_never",
        ("at_least: 60%", "at_least: 60"),
        "at_least: 60}",
        "门槛 60 超过 100%，比率永远达不到。请补上百分号，或改正 at_least。",
    ),
    (
        "rulebook_places_exceed_units",
        ("kind: top, places: 5", "kind: top, places: 10"),
        "places: 10",
        "名次 10 多于被考核单位的个数 9。请改正 places，或在 grades 中用 few_units 写明单位少于名额时怎样评。",
    ),
    (
        "rulebook_threshold_below_one",
        ("name_en: Finding and resolving arrears, threshold: 3", "name_en: Finding, threshold: 0"),
        "threshold: 0",
        "问题归类的点名界线为 0，没有问题的单位也会被点名。请改正 threshold。",
    ),
    (
        "settings_unknown_key",
        ("full_at: 90%, zero_at: 30%", "full_at: 90%, zero_it: 30%"),
        "zero_it",
        "没有“dimensions.2.indicators.1.rule.zero_it”这一项。是否应为“zero_at”？"
        "现有：full_at、shape、zero_at。",
    ),
    (
        "settings_bad_value",
        ("full_at: 98%", "full_at: 98"),
        "full_at: 98,",
        "“dimensions.3.indicators.1.rule.full_at”的值“98”不合要求，应为带百分号的数，如 5%。请改正。",
    ),
    (
        "settings_missing_key",
        ("missing: no_points", "# missing"),
        "# 考核细则",
        "缺少“missing”这一项。请补上。",
    ),
]


@pytest.mark.parametrize(("check", "swap", "place", "sentence"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_broken_rule_set_is_told_its_line_and_remedy(
    check: str, swap: tuple[str, str], place: str, sentence: str, tmp_path: Path
) -> None:
    path, text = written(tmp_path, swap)
    book, faults = rulebook.load(
        path, known=catalogue.is_known, units=9, measures=sorted(catalogue.known_measures())
    )
    assert book is None
    told = {fault.check: fault for fault in faults}
    assert check in told
    # a missing key has no line of its own: the file's first key stands for it
    line = line_of(text, place) if check != "settings_missing_key" else line_of(text, "\nformat:") + 1
    assert told[check].line == line
    assert fault_line(told[check], ZH) == f"rulebook.yaml › 第{line}行：{sentence}"


def test_a_grade_that_is_named_twice_is_told_by_its_name(tmp_path: Path) -> None:
    path, text = written(tmp_path, ("bonuses:", "bonuses:"))
    begins, ends = text.index("\ngrades:\n"), text.index("\nproblem_groups:\n")
    best = "{name: 优秀, all_of: [{kind: score_at_least, points: 90}]}"
    levels = (
        f"grades:\n  slots: {{vetoed: freed, barred: kept}}\n  levels:\n    - {best}\n    - {{name: 优秀}}\n"
    )
    path.write_text(f"{text[:begins]}\n{levels}{text[ends:]}", encoding="utf-8")
    _book, faults = rulebook.load(path)
    [told] = [fault_line(fault, ZH) for fault in faults if fault.check == "settings_bad_value"]
    assert told.endswith("“grades”的值“优秀”不合要求，应为每个等次只写一次。请改正。")


#: what is put before the dimensions, or in their place, to break a rule set that is otherwise right
WEIGHED = "composition: {{at: {at}, combine: {combine}, sources: [{sources}]}}\n"
CLASS = "classes:\n  - {{code: K1, name: 县区, {more}}}\n"
FALSE = "falsification:\n  - {{code: F1, name: 弄虚作假, definition: 某口径, {more}}}\n"
VETO = "  - {{code: V9, name: 某事, name_en: v, measure: {measure}, at_least: {least}, definition: 某口径}}\n"
ALL = '"1", "2", "3", "4", "5", "6"'


def before(text: str) -> tuple[str, str]:
    """Return the swap that puts a passage before the dimensions."""
    return ("\ndimensions:\n", f"\n{text}dimensions:\n")


def weighed(sources: str, combine: str = "weighted", at: str = "indicator") -> tuple[str, str]:
    return before(WEIGHED.format(at=at, combine=combine, sources=sources))


GROUPED = (
    '''    indicators:
      - code: "6.1"''',
    '''    groups:
      - code: "6a"
        name: 立案
        name_en: Filing
        points: 7
        indicators: [{code: "6.9", name: 某项, name_en: x, points: 6, measure: rate_filed, direction: up,
          department: 某部门, data_source: 某台账, definition: 某口径, rule: {shape: proportional}}]
    indicators:
      - code: "6.1"''',
)

# check, swap, passage whose line is told, sentence
COMPOSED = [
    (
        "rulebook_points_of_group",
        GROUPED,
        "points: 7\n        indicators: [{code",
        "指标组“立案”的分值写为 7，而所属指标分值之和为 6。请改正该指标组的 points，或改正指标的 points。",
    ),
    (
        "settings_bad_value",
        GROUPED,
        '- code: "6"\n',
        "“dimensions.6”的值“”不合要求，应为指标写在指标组内，或直接写在维度下，二者取一。请改正。",
    ),
    (
        "rulebook_points_of_class",
        before(CLASS.format(more='kinds: [县], items: ["1", "2"]')),
        "- {code: K1",
        "单位类别“县区”所用指标的分值之和为 24，而基础分为 100。请改正该类别的 items 或 points，或改正 base_points。",
    ),
    (
        "rulebook_reference_unknown",
        before(CLASS.format(more=f"kinds: [县], items: [{ALL}], points: {{5.22: 7}}")),
        "- {code: K1",
        "没有编码为“5.22”的维度、指标组或指标。是否应为“5.2”？请改正编码。",
    ),
    (
        "rulebook_class_unitless",
        before(CLASS.format(more=f"items: [{ALL}]")),
        "- {code: K1",
        "单位类别“县区”既没有写单位类型（kinds），也没有写单位（units）。请补上 kinds 或 units，或删去该类别。",
    ),
    (
        "rulebook_class_overlap",
        before(CLASS.format(more=f"kinds: [县, 县], items: [{ALL}]")),
        "- {code: K1",
        "“县”已属于类别“县区”，一个单位只能属于一个类别。请从其中一个类别删去。",
    ),
    (
        "rulebook_class_kinds_unknown",
        before(CLASS.format(more=f"kinds: [县市区], items: [{ALL}]")),
        "- {code: K1",
        "被考核单位名单中没有类型为“县市区”的单位。是否应为“市区”？请改正 kinds，或改正单位名单。",
    ),
    (
        "rulebook_class_units_unknown",
        before(CLASS.format(more=f"units: [990071], items: [{ALL}]")),
        "- {code: K1",
        "被考核单位名单中没有编码为“990071”的单位。是否应为“990017”？请改正 units，或改正单位名单。",
    ),
    (
        "rulebook_unit_without_class",
        before(CLASS.format(more=f"units: [990001], items: [{ALL}]")),
        "classes:",
        "单位“乙区”（类型“市区”）不属于任何单位类别，无法计分。请在某个类别的 kinds 或 units 中补上该单位。",
    ),
    (
        "rulebook_weights",
        weighed("{source: self, weight: 20%}, {source: field, weight: 70%}"),
        "composition:",
        "权重之和为 90%，不是 100%。请改正各部分的 weight。",
    ),
    (
        "rulebook_weight_missing",
        weighed("{source: self, weight: 20%}, {source: field}"),
        "composition:",
        "按权重合成，而来源“field”没有写权重。请补上 weight，或改正 combine。",
    ),
    (
        "rulebook_weight_unused",
        weighed("{source: field, weight: 20%}, {source: self}", "replaced"),
        "composition:",
        "按先后替代（replaced）合成时权重 20% 不起作用。请删去 weight，或把 combine 改为 weighted。",
    ),
    (
        "rulebook_source_twice",
        weighed("{source: field}, {source: field}", "replaced"),
        "composition:",
        "来源“field”写了两次。请删去一处。",
    ),
    (
        "rulebook_source_measure_unused",
        weighed("{source: field, measure: mark_field_1_1}", "replaced"),
        "composition:",
        "逐项合成（indicator）时按评分表取分，指标“mark_field_1_1”不起作用。请删去 measure，或把 at 改为 total。",
    ),
    (
        "rulebook_source_measure_missing",
        weighed("{source: departments, weight: 100%}", at="total"),
        "composition:",
        "来源“departments”没有逐项评分表，按总分合成时须写明取哪个评分。请补上 measure，如 mark_departments。",
    ),
    (
        "rulebook_weights",
        before("periods: {parts: [{name: 本年, periods: [2020], weight: 60%}]}\n"),
        "periods:",
        "权重之和为 60%，不是 100%。请改正各部分的 weight。",
    ),
    (
        "rulebook_measure_unknown",
        weighed("{source: departments, weight: 100%, measure: mark_department}", at="total"),
        "composition:",
        "没有名为“mark_department”的指标，系统不计算它。是否应为“mark_departments”？请改正 measure。",
    ),
    (
        "rulebook_reference_unknown",
        before(
            "composition: {at: indicator, combine: replaced, only: [1.1, 1.11], sources: [{source: field}]}\n"
        ),
        "composition:",
        "没有编码为“1.11”的维度、指标组或指标。是否应为“1.1”？请改正编码。",
    ),
    (
        "rulebook_order",
        before("order: [bonus, bonus, cap, floor]\n"),
        "order:",
        "先后顺序（order）中有步骤写了两次，有步骤没有写。请把四个步骤各写一次。",
    ),
    (
        "rulebook_veto_never",
        ("vetoes:\n", "vetoes:\n" + VETO.format(measure="rate_resolved", least=2)),
        "- {code: V9",
        "否决界线 2 超过 100%，比率永远达不到。请改正 at_least 或 measure。",
    ),
    (
        "rulebook_falsification_sign",
        before(FALSE.format(more="off: 5")),
        "- {code: F1",
        "失实情形“弄虚作假”须写明一个标志：取哪个数（measure），或自查与核定之差（difference）。"
        "请补上一个，或删去一个。",
    ),
    (
        "rulebook_falsification_without_effect",
        before(FALSE.format(more="measure: petitions")),
        "- {code: F1",
        "失实情形“弄虚作假”没有任何后果。请写明后果，或删去该情形。",
    ),
    (
        "rulebook_falsification_nothing_differs",
        before(FALSE.format(more="measure: petitions, loses_differing: true")),
        "- {code: F1",
        "写了 loses_differing，而没有写自查与核定之差（difference），没有可扣的指标。"
        "请补上 difference，或用 loses 写明指标。",
    ),
    (
        "rulebook_reference_unknown",
        before(FALSE.format(more="measure: petitions, loses: [7]")),
        "- {code: F1",
        "没有编码为“7”的维度、指标组或指标。请改正编码。",
    ),
    (
        "rulebook_code_twice",
        before(FALSE.format(more="measure: petitions, off: 1").replace("F1", "B1")),
        "- code: B1",
        None,
    ),
    (
        "rulebook_veto_unused",
        ("      - - {kind: veto}", "      - - {kind: last, places: 1}"),
        "- code: V1",
        None,
    ),
    (
        "rulebook_part_never",
        (
            "{kind: score_at_least, points: 80}",
            "{kind: part_at_least, items: [5], share: 110%, name: 甲, name_en: a}",
        ),
        "share: 110%",
        "得分率界线 110% 超过 100%，永远达不到。请改正 share。",
    ),
]
UNITS = UnitRoll(
    [
        Unit("990001", "甲县", "甲县", order=1, kind="县"),
        Unit("990002", "乙区", "乙区", order=2, kind="市区"),
        *(Unit(f"99001{n}", f"丙{n}县", f"丙{n}县", order=n, kind="县") for n in range(3, 8)),
    ],
    "990000",
    "全市",
)


@pytest.mark.parametrize(("check", "swap", "place", "sentence"), COMPOSED, ids=[row[0] for row in COMPOSED])
def test_a_rule_set_wrongly_put_together_is_told_its_line_and_remedy(
    check: str, swap: tuple[str, str], place: str, sentence: str | None, tmp_path: Path
) -> None:
    path, text = written(tmp_path, swap)
    names = sorted(catalogue.known_measures())
    book, faults = rulebook.load(path, known=catalogue.is_known, measures=names, roll=UNITS)
    assert book is None
    found = [fault for fault in faults if fault.check == check]
    line = line_of(text, place)
    assert line in [fault.line for fault in found]
    # every fault of the file has its words
    lines = [fault_line(fault, ZH) for fault in faults]
    assert sentence is None or f"rulebook.yaml › 第{line}行：{sentence}" in lines


def test_a_rule_set_put_together_rightly_has_no_faults(tmp_path: Path) -> None:
    path, _ = written(
        tmp_path,
        before(
            WEIGHED.format(
                at="indicator",
                combine="weighted",
                sources="{source: self, weight: 20%}, {source: field, weight: 80%}",
            )
            + "periods:\n  parts:\n"
            + "".join(
                f"    - {{name: 某年, periods: [{year}], weight: {weight}}}\n"
                for year, weight in (("2019", "40%"), ("2020", "60%"))
            )
            + CLASS.format(more=f"kinds: [县, 市区], items: [{ALL}]")
            + FALSE.format(more="difference: {over: indicator, above: 20%}, grade: top_barred, loses: [5.2]")
        ),
    )
    names = sorted(catalogue.known_measures())
    book, faults = rulebook.load(path, known=catalogue.is_known, measures=names, roll=UNITS)
    assert faults == []
    assert book is not None


def test_every_fault_is_found_at_once_even_where_the_model_does_not_fit(tmp_path: Path) -> None:
    path, _ = written(
        tmp_path,
        ("base_points: 100", "base_points: 120"),
        ("measure: rate_paid", "measure: rate_payed"),
        ("full_at: 98%", "full_at: 98"),
        ("threshold: 2", "threshold: -1"),
        ('- code: "6.2"', '- code: "6.1"'),
        ("otherwise: B", "otherwise: D"),
    )
    _, faults = rulebook.load(path, known=catalogue.is_known)
    assert [fault.check for fault in faults] == [
        "rulebook_points_of_set",
        "settings_bad_value",
        "rulebook_measure_unknown",
        "rulebook_code_twice",
        "settings_bad_value",
        "rulebook_threshold_below_one",
    ]
    assert [fault.line for fault in faults] == sorted(fault.line for fault in faults)


@pytest.mark.parametrize(
    "text", ["", "[]", "dimensions: 3\ngrades: []\nvetoes: {}\n", "dimensions: [1, [2]]\n"]
)
def test_a_file_that_is_no_rule_set_gives_faults_and_no_traceback(text: str, tmp_path: Path) -> None:
    path = tmp_path / "rulebook.yaml"
    path.write_text(text, encoding="utf-8")
    book, faults = rulebook.load(path, known=catalogue.is_known, units=9)
    assert book is None
    assert faults
    assert all(fault_line(fault, ZH) for fault in faults)


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    book, faults = rulebook.load(tmp_path / "rulebook.yaml")
    assert book is None
    assert [fault.check for fault in faults] == ["settings_missing_file"]


SENTENCES = {
    "1.1": "按评分折算，得分为 4 分×评分÷满分。",
    "2.1": "达到 90% 得满分 5 分，30% 及以下不得分，其间按比例计分。",
    "3.1": "达到 98% 得满分 6 分；每低 1 个百分点扣 0.15 分（按比例），扣完为止。",
    "3.7": "已落实的得 2 分，未落实的不得分。",
    "4.1": "按比例计分，得分为 4 分×失信名单列入率。无应评对象的得满分。",
    "5.5": "比基期下降 15% 及以上得满分 4 分，未下降的不得分，其间按比例计分。"
    "基期为零的，本期仍为零得满分，否则不得分。基期案件不足 10 件的，按全市降幅计分。",
    "5.8": "满分 3 分，每发生 1 起扣 0.5 分，扣完为止。",
}


@pytest.mark.parametrize(("code", "sentence"), SENTENCES.items(), ids=list(SENTENCES))
def test_every_rule_reads_as_the_official_sentence(code: str, sentence: str) -> None:
    book = rules_2020()
    assert rule_sentence(book.indicator(code), book, ZH).plain == sentence


def test_whole_steps_and_a_floor_are_told() -> None:
    rule = {"shape": "shortfall", "full_at": "96%", "each": "0.5%", "off": 1, "steps": "whole"}
    item = indicator(rule, points="8", floor=2)
    assert rule_sentence(item, rules_2020(), ZH).plain == (
        "达到 96% 得满分 8 分；每低 0.5 个百分点扣 1 分（不足一档不扣），扣完为止。最低 2 分。"
    )


def test_bonus_vetoes_grades_and_declarations_read_as_official_sentences() -> None:
    book = rules_2020()
    assert rulebook.bonus_sentence(book.bonuses[0], ZH).plain == (
        "国家级推广每项加 3 分、省级推广每项加 2 分、市级推广每项加 1 分，累计不超过 3 分。"
    )
    assert rulebook.veto_sentence(book.vetoes[0], book, ZH).plain == "较大群体性事件达到 2 起的，评为 C 级。"
    assert [sentence.plain for sentence in grade_sentences(book.grades, book, ZH)] == [
        "同时满足下列条件的，评为 A 级：得分在前 5 名以内；得分不低于 80 分；工资专用账户覆盖率不低于 60%；"
        "已落实欠薪应急周转金。",
        "有下列情形之一的，评为 C 级：触发一票否决事项；得分在后 2 名以内，且得分低于 60 分。",
        "其余的，评为 B 级。",
    ]
    assert general_sentence(book, ZH).plain == (
        "未报的不得分。无应评对象的得满分。口径变化、不可比的不得分。数据不完整的，未填的按对本单位最不利的填法计分。"
    )


# the worked values of GB/T 8170 and of 四舍五入: the exact number, places, half even, half up
ROUNDINGS = [
    ("28.175", 2, "28.18", "28.18"),
    ("28.350", 1, "28.4", "28.4"),
    ("28.050", 1, "28.0", "28.1"),
    ("28.2645", 1, "28.3", "28.3"),
    ("2.5", 0, "2", "3"),
    ("-15.665", 2, "-15.66", "-15.67"),
    ("-0.004", 2, "0.00", "0.00"),
]


@pytest.mark.parametrize(("number", "places", "even", "up"), ROUNDINGS)
def test_rounding_is_decimal_and_done_once(number: str, places: int, even: str, up: str) -> None:
    exact = Fraction(Decimal(number))
    assert str(round_exact(exact, places, "half_even")) == even
    assert str(round_exact(exact, places, "half_up")) == up


def test_a_third_is_not_rounded_through_a_float() -> None:
    # as a float 0.145 lies below itself and would be rounded down by half-up
    assert round_exact(Fraction(145, 1000), 2, "half_up") == Decimal("0.15")
    assert round_exact(Fraction(1, 3), 2, "half_up") == Decimal("0.33")


def test_an_indicator_overrides_what_the_set_declares() -> None:
    item = indicator(
        {"shape": "proportional"},
        exceptions={"missing": "full_points", "small_base": {"cases_below": 5, "use": "unit"}},
    )
    declared = rules(missing="no_points").declared(item)
    assert (declared.missing, declared.zero_base) == ("full_points", "full_if_none_now")
    assert (declared.small_base.cases_below, declared.small_base.use) == (5, "unit")


@pytest.mark.parametrize(
    "odd", ["3", "[1, [2], null]", "{a: {b: []}}", "[{code: [], items: x, measure: 3, sources: {}}]"]
)
def test_parts_of_another_form_are_told_without_a_traceback(odd: str, tmp_path: Path) -> None:
    keys = ("composition", "periods", "classes", "falsification", "deductions", "facts", "order", "scale")
    path, _ = written(tmp_path, before("".join(f"{key}: {odd}\n" for key in keys)))
    book, faults = rulebook.load(path, known=catalogue.is_known, roll=UNITS)
    assert book is None
    assert len(faults) >= len(keys) - 1
    assert all(fault_line(fault, ZH) for fault in faults)


ONE_LINE = (
    '{code: "1.1", name: 化解率, points: 100, measure: rate_resolved, direction: up, '
    "rule: {shape: shortfall, full_at: 98%, each: 1%, off: 2}}"
)


def of_one_line(tmp_path: Path, line: str) -> list[tuple[str, str]]:
    """Return the faults of a rule set of one item in one line."""
    text = RULEBOOK_2020.read_text(encoding="utf-8")
    head, grades = text[: text.index("\ndimensions:")], "grades:\n  slots: {vetoed: freed, barred: kept}\n"
    grades += "  levels: [{name: 合格, all_of: [{kind: score_at_least, points: 60}]}, {name: 不合格}]\n"
    dimension = f'\ndimensions: [{{code: "1", name: 案件, points: 100, indicators: [{line}]}}]\n'
    path = tmp_path / "rulebook.yaml"
    path.write_text(head + dimension + grades, encoding="utf-8")
    book, faults = rulebook.load(path)
    assert book is not None, faults
    return [(fault.check, fault.severity) for fault in faults]


def test_an_item_of_one_sentence_is_one_line(tmp_path: Path) -> None:
    assert of_one_line(tmp_path, ONE_LINE) == []


@pytest.mark.parametrize(
    ("old", "new", "check"),
    [
        ("each: 1%", "each: 100%", "rulebook_step_whole"),
        ("full_at: 98%", "full_at: 0%", "rulebook_line_for_all"),
        # fewer resolved cases would score more, or more cases than last year
        ("direction: up", "direction: down", "rulebook_against_nature"),
        (
            "measure: rate_resolved, direction: up",
            "measure: change_cases, read: rise, direction: up",
            "rulebook_against_nature",
        ),
    ],
)
def test_what_fits_the_model_and_means_nothing_is_warned_of(
    old: str, new: str, check: str, tmp_path: Path
) -> None:
    assert (check, "warns") in of_one_line(tmp_path, ONE_LINE.replace(old, new))


def test_a_step_of_more_than_the_item_is_warned_of(tmp_path: Path) -> None:
    """One petition takes 105 of 100 points: a second one can no longer cost anything."""
    each = "rule: {{shape: each, off: {off}, counted: event}}"
    line = "{{code: '1.1', name: 进京赴省访, points: 100, measure: petitions, direction: down, {rule}{more}}}"
    for off, more, warned in ((105, "", True), (100, "", False), (105, ", floor: -20", False)):
        found = of_one_line(tmp_path, line.format(rule=each.format(off=off), more=more))
        assert (("rulebook_step_takes_all", "warns") in found) == warned
