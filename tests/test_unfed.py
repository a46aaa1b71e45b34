"""Nothing scores that nothing feeds: what an item asks for in vain blocks, with its line, before anything is scored."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import round_examples as example
from rule_examples import ZH

from analysis.intake import fault_line
from analysis.intake.declared.ledgers import LEDGERS
from analysis.intake.declared.maps import LedgerMap, Wide
from analysis.intake.files import Sheet
from analysis.intake.sheet_tables.ledger_tables import Source
from analysis.intake.sheet_tables.sheet_layout import lay_out
from analysis.run import in_memory
from analysis.run.checking import Checked


def with_rules(folder: Path, *changes: tuple[str, str]) -> Checked:
    """Return the example round, checked, with passages of its rule set written anew."""
    path = example.raw(example.project(folder)) / "rulebook.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return in_memory.read(folder, "2020")


def blocking(checked: Checked) -> list[str]:
    """Return what blocks, as it is told."""
    return [fault_line(fault, ZH) for fault in checked.faults if fault.severity == "blocks"]


def test_the_example_is_fed(tmp_path: Path) -> None:
    assert not blocking(with_rules(tmp_path))


def test_a_source_without_a_sheet_blocks_every_item_it_weighs_on(tmp_path: Path) -> None:
    weighted = """composition:
  at: indicator
  combine: weighted
  sources: [{source: reviewed, weight: 50%}, {source: third_party, weight: 50%}]
  only: ["5"]
dimensions:
"""
    told = blocking(with_rules(tmp_path, ("\ndimensions:\n", "\n" + weighted)))
    assert told
    assert all("没有第三方评价的得分" in line and "rulebook.yaml › 第" in line for line in told)


HALVES = """
periods:
  parts:
    - {name: 上半年, periods: [2020H1], weight: 40%}
    - {name: 下半年, periods: [2020H2], weight: 60%}
dimensions:
"""


def with_history(folder: Path, *periods: str) -> None:
    """Write further periods into the history of a copied round."""
    path = example.raw(folder) / "round.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("2019, 2020]", f"2019, 2020, {', '.join(periods)}]"), encoding="utf-8")


def half_years(folder: Path, *periods: str) -> Checked:
    """Return the example round scored by halves, with these periods in its history."""
    with_rules(folder, ("\ndimensions:\n", HALVES))
    with_history(folder, *periods)
    return in_memory.read(folder, "2020")


def test_what_is_stated_once_a_year_belongs_to_the_year_in_a_rule_of_halves(tmp_path: Path) -> None:
    checked = half_years(tmp_path, "2019H1", "2019H2", "2020H1", "2020H2")
    assert not blocking(checked)
    halves = in_memory.assess_read(checked, draws=0, upto="indicators").scores.set_index("id")
    year = in_memory.assess_read(with_rules(tmp_path / "year"), draws=0, upto="indicators").scores.set_index(
        "id"
    )
    # of every project, and of the field team's marks, there is one number a year: scored and told as ever
    for item in ("1.1", "1.3", "3.1", "3.7"):
        row = f"score.130302.{item}"
        assert halves.loc[row, "derivation"] == year.loc[row, "derivation"]
    # a fall is that against the same half of the year before
    assert "上半年" in halves.loc["score.130302.5.5", "derivation"]


def test_a_fall_of_which_the_halves_are_not_counted_is_that_of_the_year(tmp_path: Path) -> None:
    checked = half_years(tmp_path, "2020H1", "2020H2")
    assert not blocking(checked)
    scores = in_memory.assess_read(checked, draws=0, upto="indicators").scores.set_index("id")
    assert "上半年" in scores.loc["score.130302.5.2", "derivation"]
    assert "上半年" not in scores.loc["score.130302.5.5", "derivation"]


def test_a_new_item_that_its_sheet_lacks_blocks(tmp_path: Path) -> None:
    checked = with_rules(
        tmp_path,
        ("measure: mark_field_1_2", "measure: mark_field_1_7"),
    )
    [told] = blocking(checked)
    assert "第 1.2 项“督导考核”没有核查的得分：评分表中没有 1.7 这一栏" in told


def test_rules_and_sheets_name_the_same_items(tmp_path: Path) -> None:
    checked = with_rules(
        tmp_path, ('code: "1.2"', 'code: "1.8"'), ("measure: mark_field_1_2", "measure: mark_field_1_8")
    )
    strange = [fault for fault in checked.faults if fault.check == "rulebook_mark_item_unknown"]
    assert [(fault.file, fault.found, fault.severity) for fault in strange] == [
        ("自查评分.xlsx", "1.2", "warns"),
        ("实地核查评分.xlsx", "1.2", "warns"),
    ]
    assert all(fault.cell for fault in strange)
    [unmarked] = [fault for fault in checked.faults if fault.check == "rulebook_item_not_self_marked"]
    assert fault_line(unmarked, ZH).endswith(
        "第 1.8 项“督导考核”在自查评分中没有这一栏，自评分与核定分无从比较。请在自查评分中补上这一项。"
    )


def test_a_ledger_that_did_not_arrive_blocks_what_it_would_feed(tmp_path: Path) -> None:
    folder = example.project(tmp_path)
    maps = example.raw(folder) / "maps.yaml"
    text = maps.read_text(encoding="utf-8")
    begins, ends = text.index("  events:\n"), text.index("  projects:\n")
    maps.write_text(text[:begins] + text[ends:], encoding="utf-8")
    told = blocking(in_memory.read(folder, "2020"))
    assert any("第 5.8 项“进京赴省访”" in line and "本轮没有“事件台账”" in line for line in told)
    assert any("“极端事件”（V3）要看“事件台账”" in line for line in told)


FALSE = """falsification:
  - {code: F1, name: 自评虚高, name_en: Inflated, definition: 自评高于核定, difference: {over: indicator, above: 20%},
     at_least: 3, grade: lowest_grade, off: 5}

problem_groups:
"""


def test_a_unit_does_not_escape_by_keeping_back_its_self_scores(tmp_path: Path) -> None:
    """Three items of 山海关区 are far below what it gave itself: C. With their cells emptied it was B, 5 points up."""
    asked = ("problem_groups:\n", FALSE)
    assert not blocking(with_rules(tmp_path / "whole", asked))
    folder = example.project(tmp_path / "kept")
    file = example.raw(folder) / "自查评分.xlsx"
    book = openpyxl.load_workbook(file)
    heads = {str(cell.value)[:3]: cell.column for cell in book.active[3]}
    for item in ("5.2", "5.5", "5.7"):
        book.active.cell(5, heads[item]).value = None
    book.save(file)
    assert not blocking(in_memory.read(folder, "2020"))
    rules = example.raw(folder) / "rulebook.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace(*asked), encoding="utf-8")
    (line,) = blocking(in_memory.read(folder, "2020"))
    assert "“自评虚高”（F1）要比自评与核定，而山海关区没有填 5.2、5.5、5.7 的自评分" in line


def test_a_period_in_which_nobody_reported_blocks(tmp_path: Path) -> None:
    """Ledgers that end in June leave the second half to nobody, and 60 % of every score."""
    checked = half_years(tmp_path, "2020H1", "2020H2", "2021H1")
    rules = example.raw(tmp_path) / "rulebook.yaml"
    text = rules.read_text(encoding="utf-8").replace("[2020H2]", "[2021H1]")
    rules.write_text(text, encoding="utf-8")
    told = blocking(in_memory.read(tmp_path, "2020"))
    assert not blocking(checked)
    assert any("第 5.2 项“核处化解率”用到的“核处化解率”（2021H1）没有一个单位报过" in line for line in told)


@pytest.mark.parametrize("source", ["field", "departments"])
def test_a_weighted_whole_asks_for_every_whole_score(tmp_path: Path, source: str) -> None:
    weighted = f"""
composition:
  at: total
  combine: weighted
  sources:
    - {{source: reviewed, weight: 50%}}
    - {{source: {source}, weight: 50%, measure: mark_field_9_9}}
dimensions:
"""
    [told] = blocking(with_rules(tmp_path, ("\ndimensions:\n", weighted)))
    assert "总分按“" in told
    assert "没有一个单位有这个来源的得分" in told


def test_a_backlog_says_which_years_of_the_history_nobody_reported(tmp_path: Path) -> None:
    """What was left over from earlier years is known only where each of them was reported."""
    folder = example.project(tmp_path)
    with_history(folder, "2014", "2015")
    [told] = blocking(in_memory.read(folder, "2020"))
    assert "第 5.9 项“陈案积案”" in told
    assert "没有一个单位是齐全的：缺 2014、2015。" in told
    assert "从 history 中去掉" in told


REPLACED = "第 1.2 项叫作“督导考核”，细则中第 1.2 项是“暗访检查”"


def replaced(checked: Checked) -> list[tuple[str, str, str]]:
    """Return what is told of items that sheets of marks and the rule set do not mean the same by."""
    kinds = ("rulebook_item_renamed", "rulebook_item_other_points")
    return [(fault.file, fault.found, fault.cell) for fault in checked.faults if fault.check in kinds]


def test_an_item_replaced_under_the_same_code_is_told_by_both_its_names(tmp_path: Path) -> None:
    checked = with_rules(tmp_path, ("name: 督导考核", "name: 暗访检查"))
    assert replaced(checked) == [("自查评分.xlsx", "督导考核", "D4"), ("实地核查评分.xlsx", "督导考核", "D4")]
    [line, _other] = [fault_line(fault, ZH) for fault in checked.faults if "renamed" in fault.check]
    assert line.startswith(f"自查评分.xlsx › 自查评分 › D4：评分表把{REPLACED}")
    # a name that is only shortened is the same
    assert not replaced(with_rules(tmp_path / "short", ("name: 督导考核", "name: 督导")))


def test_a_sheet_with_a_row_per_mark_is_compared_by_the_names_it_gives(tmp_path: Path) -> None:
    checked = with_rules(tmp_path, ("name: 督导考核", "name: 暗访检查"))
    folder = example.raw(tmp_path)
    (folder / "实地核查评分.xlsx").unlink()
    lines = ["2020年实地核查评分,,,,", "单位名称,指标编号,指标名称,得分,满分"]
    for code in checked.arrived.roll.codes if checked.arrived else ():
        lines += [f"{code},1.1,部署调度,2,4", f"{code},1.2,督导考核,2,3"]
    lines[-1] = lines[-1].replace("督导考核,2,3", "暗访检查,2,5")
    (folder / "实地核查.csv").write_text("\n".join(lines), encoding="utf-8")
    maps = folder / "maps.yaml"
    text = maps.read_text(encoding="utf-8")
    start, end = text.index("  field_marks:"), text.index("  department_marks:")
    long_form = """  field_marks:
    file: 实地核查.csv
    header_rows: [2]
    fields: {unit_code: [单位名称], item: [指标编号], item_name: [指标名称], mark: [得分], full: [满分]}

"""
    maps.write_text(text[:start] + long_form + text[end:], encoding="utf-8")
    found = [one for one in replaced(in_memory.read(tmp_path, "2020")) if one[0] == "实地核查.csv"]
    # eight units give the old name in column C, which is told once; the ninth has other full marks in column E
    assert found == [("实地核查.csv", "督导考核", "C4"), ("实地核查.csv", "5", "E20")]


def test_other_full_points_are_told_where_the_name_is_the_same(tmp_path: Path) -> None:
    checked = with_rules(
        tmp_path,
        ("assessment\n        points: 3", "assessment\n        points: 2"),
        ("meetings\n        points: 4", "meetings\n        points: 5"),
    )
    sheets = ("自查评分.xlsx", "实地核查评分.xlsx")
    assert replaced(checked) == [(sheet, *cell) for sheet in sheets for cell in (("4", "C4"), ("3", "D4"))]


@pytest.mark.parametrize(
    ("levels", "title"),
    [
        (("组织领导", "1.2 督导考核（3分）"), "督导考核"),
        (("组织领导", "1.2", "督导考核"), "督导考核"),
        (("组织领导", "1.2"), ""),
        (("1.2 (3 points)",), ""),
        (("1.2 A项、B项", "满分3分"), "A项、B项"),
    ],
)
def test_a_header_names_its_item_beside_number_and_full_mark(levels: tuple[str, ...], title: str) -> None:
    columns = [("单位代码",), levels, *((f"1.{place} 其他",) for place in (3, 4))]
    depth = max(map(len, columns))
    rows = [[column[level] if level < len(column) else None for column in columns] for level in range(depth)]
    sheet = Sheet("自查.xlsx", "表", tuple(map(tuple, [*rows, ["990001", 1, 2, 3]])))
    mapped = LedgerMap(
        file=["自查.xlsx"], header_rows=list(range(1, depth + 1)), fields={"unit_code": ["单位代码"]},
        wide=Wide(item=r"^(\d+\.\d+)"),
    )  # fmt: skip
    table = lay_out(LEDGERS["self_marks"], mapped, Source(sheet))
    assert [item.title for item in table.items] == [title, "其他", "其他"]
