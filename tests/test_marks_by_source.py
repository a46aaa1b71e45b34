"""Marks of others than the unit and the field team, and figures of any kind, each with its source and its period."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import round_examples as example
from openpyxl import Workbook

from analysis.indicators.filter_words import FilterWords
from analysis.results.assessment import Assessment
from analysis.run import in_memory
from analysis.run.checking import Checked

UNITS = (
    "130302", "130303", "130304", "130306", "130321", "130322", "130324", "130371", "130372",
)  # fmt: skip


def sheet(folder: Path, file: str, title: str, rows: list[tuple[Any, ...]]) -> None:
    """Write a workbook of one sheet with a title over its header."""
    book = Workbook()
    book.active.title = "表"
    book.active.append((title,))
    for row in rows:
        book.active.append(row)
    book.save(example.raw(folder) / file)


def map_also(folder: Path, text: str) -> None:
    """Write further ledgers, and the list of sources, into the maps of a copied round."""
    path = example.raw(folder) / "maps.yaml"
    written = path.read_text(encoding="utf-8")
    lists = "codes:                           # 代码表：表中写法 → 含义\n"
    assert lists in written
    sources = "{第三方评估: third_party, 暗访: unannounced, 满意度: satisfaction, 平时考核: everyday}"
    written = written.replace(lists, f"{lists}  mark_source: {sources}\n")
    path.write_text(written + text, encoding="utf-8")


MARKS = """
  marks:
    - file: 第三方评估.xlsx
      sheet: 表
      header_rows: [2]
      fields: {unit_code: [单位代码]}
      wide: {item: '^(\\d+\\.\\d+)', full: '（([\\d.]+)分）'}
      constants: {source: third_party}
    - file: 平时考核.xlsx
      sheet: 表
      header_rows: [2]
      fields: {unit_code: [单位代码], period: [月份], source: [来源], mark: [得分], full: [满分]}
"""


def with_marks(folder: Path, months: int, third_party: str = "1.1", also: tuple[str, ...] = ()) -> Checked:
    """Return the example round with a third party's marks and everyday marks for so many months, scored by both."""
    example.project(folder)
    sheet(
        folder,
        "第三方评估.xlsx",
        "2020年度第三方评估",
        [("单位代码", f"{third_party}（10分）"), *((unit, 8) for unit in UNITS)],
    )
    rows = [
        (unit, f"2020年{month}月", "平时考核", 90 + (month % 2), 100)
        for unit in UNITS
        for month in range(1, months + 1)
    ]
    rows += [(unit, period, "平时考核", 90, 100) for unit in UNITS for period in also]
    sheet(folder, "平时考核.xlsx", "2020年平时考核", [("单位代码", "月份", "来源", "得分", "满分"), *rows])
    map_also(folder, MARKS)
    rulebook = example.raw(folder) / "rulebook.yaml"
    text = rulebook.read_text(encoding="utf-8")
    text = text.replace(
        "\ndimensions:\n",
        '\ncomposition:\n  at: indicator\n  combine: weighted\n  only: ["1.1"]\n'
        "  sources: [{source: field, weight: 50%}, {source: third_party, weight: 50%}]\ndimensions:\n",
        1,
    ).replace("measure: mark_field_1_2", "measure: mark_everyday")
    rulebook.write_text(text, encoding="utf-8")
    return in_memory.read(folder, "2020")


def assessed(checked: Checked) -> Assessment:
    return in_memory.assess_read(checked, draws=0, upto="indicators")


def test_a_third_party_marks_items_and_everyday_marks_make_a_year(tmp_path: Path) -> None:
    checked = with_marks(tmp_path, 12)
    assert not [fault for fault in checked.faults if fault.severity == "blocks"]
    a = assessed(checked)
    scores = a.scores.set_index("id")
    # of the 4 points of 1.1: 4 by the field team, 8 of 10 by the third party
    assert (
        scores.loc["score.130302.1.1", "derivation"]
        == "实地核查 4.00 分×50%＋第三方评价 3.20 分×50%，合成得 3.60 分"
    )
    # six months of 90 and six of 91, out of 100 each
    year = a.index.row("130302", "2020", "mark_everyday")
    assert (year["value"], year["denominator"], year["status"]) == (1086, 1200, "reported")
    assert scores.loc["score.130302.1.2", "points"] == "2.72"
    trail = a.lineage[a.lineage["source"] == "130302.2020.mark_everyday.stated"]
    assert set(trail["file"]) == {"平时考核.xlsx"}
    assert "填有评分" in FilterWords(a.words, {}, {})(trail["filter"].iloc[0])


def test_a_month_that_is_missing_leaves_the_year_open(tmp_path: Path) -> None:
    a = assessed(with_marks(tmp_path, 11))
    assert a.index.row("130302", "2020", "mark_everyday")["status"] == "partial"
    # what December would have been nobody knows: `partial: worst` gives no points
    assert a.scores.set_index("id").loc["score.130302.1.2", "points"] == "0.00"


def test_a_half_year_beside_its_months_does_not_make_up_for_months_that_are_missing(tmp_path: Path) -> None:
    # six months and once more their half-year are twelve months by number, and half a year
    a = assessed(with_marks(tmp_path, 6, also=("2020上半年",)))
    assert a.index.row("130302", "2020", "mark_everyday")["status"] == "partial"


def test_one_source_gives_a_unit_one_mark_for_a_period(tmp_path: Path) -> None:
    """Marks of the whole unit name no item: that is a part of what they are, and not a part that is missing."""
    checked = with_marks(tmp_path, 12, also=("2020年3月",))
    blocking = {fault.check for fault in checked.faults if fault.severity == "blocks"}
    assert blocking == {"entry_twice"}


def test_a_third_party_that_marks_another_item_feeds_nothing(tmp_path: Path) -> None:
    checked = with_marks(tmp_path, 12, "1.9")
    found = {fault.check: fault for fault in checked.faults}
    assert found["rulebook_item_unfed_mark"].details["item"] == "1.1"
    assert found["rulebook_mark_item_unknown"].found == "1.9"


FIGURES = """
  figures:
    file: 其他数字.xlsx
    sheet: 表
    header_rows: [2]
    fields: {unit_code: [单位代码], item: [指标], figure: [数值], of_figure: [总数], period: [时期]}
"""
OWN = """
measures:
  - code: satisfied
    name: 群众满意率
    definition: 回访满意的占回访的比重
    ledger: figures
    kind: share
    field: figure
    of_field: of_figure
    where: [{field: item, one_of: 满意率}]
    direction: up
  - code: funds_paid
    name: 拨付资金
    definition: 当年拨付的工作经费，万元
    ledger: figures
    kind: sum
    field: figure
    where: [{field: item, one_of: 经费}]
    direction: up
"""


def test_an_office_states_rates_and_amounts_with_their_period(tmp_path: Path) -> None:
    folder = example.project(tmp_path)
    rows: list[tuple[Any, ...]] = [("单位代码", "指标", "数值", "总数", "时期")]
    rows += [(unit, "满意率", 96, 100, "2020年") for unit in UNITS]
    rows += [(unit, "满意率", 60, 80, "2019年") for unit in UNITS]
    rows += [(unit, "经费", 12.5, None, None) for unit in UNITS]
    sheet(folder, "其他数字.xlsx", "2020年其他数字", rows)
    map_also(folder, FIGURES)
    (example.raw(folder) / "measures.yaml").write_text(OWN, encoding="utf-8")
    rulebook = example.raw(folder) / "rulebook.yaml"
    text = rulebook.read_text(encoding="utf-8")
    rulebook.write_text(text.replace("measure: rate_checked", "measure: satisfied"), encoding="utf-8")
    checked = in_memory.read(folder, "2020")
    assert not [fault for fault in checked.faults if fault.severity == "blocks"]
    a = assessed(checked)
    now, before = (a.index.row("130302", year, "satisfied") for year in ("2020", "2019"))
    assert (now["numerator"], now["denominator"], now["value"]) == (96, 100, pytest.approx(0.96))
    assert before["value"] == pytest.approx(0.75)
    assert a.index.row("130302", "2020", "difference_satisfied", "2019")["value"] == pytest.approx(0.21)
    assert a.index.row("130302", "2020", "funds_paid")["value"] == 12.5
    # a year nobody stated a figure for has no row, as a ledger that is not kept
    assert a.index.get("130302", "2018", "satisfied") is None
    assert (
        a.scores.set_index("id")
        .loc["score.130302.5.1", "derivation"]
        .startswith("群众满意率 96.00%（96/100）")
    )
