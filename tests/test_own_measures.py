"""Measures an office declares itself: counted, added up, a share, a mean; by period; traced, compared, scored, told."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import ledger_examples as small
import numpy as np
import pytest
import round_examples as example
from blanks import made_up
from ledger_examples import CITY, EAST, SOUTH, WEST, clue
from rule_examples import ZH, indicator, rules

from analysis import open_round
from analysis.indicators import catalogue
from analysis.indicators.catalogue import Measure
from analysis.indicators.filter_words import FilterWords
from analysis.indicators.measures import compute
from analysis.indicators.own_measures import read_measures
from analysis.indicators.values import ValueIndex
from analysis.intake import fault_line
from analysis.quantities import CURRENCIES
from analysis.render.blocks import Graphic, leaves
from analysis.render.plain_blocks import plain
from analysis.results.assessment import Assessment
from analysis.run import checking, in_memory, pages
from analysis.words import words

OWN = """
measures:
  - code: resolved_in_30_days
    name: 30日内化解率
    name_en: Resolved within 30 days
    definition: 受理后30日内化解的案件占查实案件的比重
    ledger: clues
    kind: share
    where: [confirmed]
    that: [{field: resolved_on, within_days: 30, after: received_on}]
    direction: up
  - code: large_cases
    name: 50人以上案件数
    definition: 涉及人数超过50人的查实案件
    ledger: clues
    kind: count
    where: [confirmed, {field: workers, above: 50}]
    direction: down
  - code: amount_large
    name: 大案金额
    definition: 涉及人数超过50人的查实案件的金额
    ledger: clues
    kind: sum
    field: amount
    where: [confirmed, {field: workers, above: 50}]
    direction: down
  - code: people_a_case
    name: 案均人数
    definition: 查实案件的平均涉及人数
    ledger: clues
    kind: mean
    field: workers
    where: [confirmed]
    direction: down
  - code: paid_of_owed
    name: 金额清欠率
    definition: 已付金额占欠薪金额的比重
    ledger: clues
    kind: share
    field: amount_paid
    of_field: amount
    where: [confirmed]
    direction: up
"""


@pytest.fixture(autouse=True)
def nothing_left_declared() -> Iterator[None]:
    yield
    catalogue.declare(())


def own(folder: Path, text: str = OWN) -> tuple[Measure, ...]:
    """Return the measures a file declares, declared for what follows."""
    path = folder / "measures.yaml"
    path.write_text(text, encoding="utf-8")
    found, faults = read_measures(path, CURRENCIES["CNY"])
    assert not faults, [fault_line(fault, ZH) for fault in faults]
    catalogue.declare(found)
    return found


#: three cases in the east in 2020, one resolved too late; two the year before; one in the west that states little
CLUES = [
    clue(EAST, "2020-03-01", no="1", workers=60, amount=200, amount_paid=150, resolved_on="2020-03-31"),
    clue(EAST, "2020-03-01", no="2", workers=51, amount=100, amount_paid=0, resolved_on="2020-04-01"),
    clue(EAST, "2020-08-01", no="3", workers=9, amount=100, amount_paid=100, resolved_on="2020-08-02"),
    clue(EAST, "2019-08-01", no="4", workers=70, amount=100, amount_paid=100, resolved_on="2019-08-02"),
    clue(EAST, "2019-09-01", no="5", workers=50, amount=100, amount_paid=100, resolved_on="2019-12-02"),
    clue(WEST, "2020-05-01", no="6", workers=None, amount=300, amount_paid=None),
    clue(WEST, "2020-05-02", no="7", workers=80, amount=100, amount_paid=40, resolved_on="2020-05-03"),
]


def assessed(measures: tuple[Measure, ...], book: Any = None, **said: Any) -> Assessment:
    settings = small.settings(core_ledgers=[], **said)
    arrived = in_memory.intake_of(
        settings, small.roll(EAST, WEST, SOUTH), {"clues": small.ledger("clues", CLUES)}
    )
    declared = in_memory.declared_of(settings, book, measures=measures)
    return in_memory.assess(declared, arrived, draws=0)


def number(a: Assessment, unit: str, measure: str, period: str = "2020", base: str = "") -> Any:
    row = a.index.row(unit, period, measure, base)
    return row["value"] if row["value"] == row["value"] else row["status"]


def test_rows_are_counted_added_up_divided_and_averaged(tmp_path: Path) -> None:
    a = assessed(own(tmp_path))
    # of the three cases of the east the second took 31 days
    assert number(a, EAST, "resolved_in_30_days") == pytest.approx(2 / 3)
    assert number(a, EAST, "large_cases") == 2
    assert number(a, EAST, "amount_large") == 300
    assert number(a, EAST, "people_a_case") == 40
    assert number(a, EAST, "paid_of_owed") == 250 / 400
    # who has no row has not reported; the city is all cases together: 60, 51, 9 and 80 workers
    assert number(a, SOUTH, "large_cases") == "not_reported"
    assert number(a, CITY, "people_a_case") == 50
    assert number(a, CITY, "resolved_in_30_days") == 3 / 5


def test_they_are_counted_for_every_period_and_compared(tmp_path: Path) -> None:
    a = assessed(own(tmp_path))
    assert number(a, EAST, "large_cases", "2019") == 1
    change = a.index.row(EAST, "2020", "change_large_cases", "2019")
    assert (change["numerator"], change["denominator"]) == (2, 1)
    assert number(a, EAST, "difference_resolved_in_30_days", base="2019") == pytest.approx(2 / 3 - 1 / 2)
    halves = assessed(own(tmp_path), history=["2019", "2020", "2020H1", "2020H2"])
    assert [number(halves, EAST, "large_cases", half) for half in ("2020H1", "2020H2")] == [2, 0]


def test_an_empty_cell_leaves_them_open_and_has_a_worst_filling(tmp_path: Path) -> None:
    a = assessed(own(tmp_path))
    row = a.index.row(WEST, "2020", "large_cases")
    assert (row["value"], row["status"]) == (1, "partial")
    # its case without workers may be a large one, of as many as the largest that is stated
    assert number(a, WEST, "highest_large_cases") == 2
    assert number(a, WEST, "lowest_people_a_case") == 40
    assert number(a, WEST, "highest_people_a_case") == 80
    assert number(a, WEST, "lowest_amount_large") == 100


def test_they_are_led_back_to_their_cells_and_told(tmp_path: Path) -> None:
    a = assessed(own(tmp_path))
    trail = a.lineage[a.lineage["source"] == f"{EAST}.2020.large_cases.count"]
    [line] = trail.to_dict("records")
    columns = a.store.read("columns")
    letter = columns[columns["ledger"].eq("clues") & columns["field"].eq("workers")]["column"].item()
    assert line["cells"] == f"{letter}6:{letter}7"
    told = FilterWords(ZH, {}, {})(line["filter"])
    assert "查实，涉及人数多于 50" in told
    trail = a.lineage[a.lineage["source"] == f"{EAST}.2020.resolved_in_30_days.wilson"]
    # the cells that say when a case was resolved, of those that say that it was confirmed
    for field, of in (("resolved_on", "6,"), ("confirmed", "6:")):
        letter = columns[columns["ledger"].eq("clues") & columns["field"].eq(field)]["column"].item()
        assert trail["cells"].str.startswith(f"{letter}{of}").any(), trail["cells"].tolist()
    told = " ".join(FilterWords(ZH, {}, {})(text) for text in trail["filter"])
    assert "化解日期在受理日期后 30 日以内" in told
    assert "resolution" not in FilterWords(words("en"), {}, {})(line["filter"])


def test_they_are_scored_by_the_worst_filling_and_told(tmp_path: Path) -> None:
    measures = own(tmp_path)
    item = {"shape": "each", "off": 2, "counted": "case"}
    items = [
        indicator(item, "large_cases", "10", code="1.1", name="大案", direction="down"),
        indicator({"shape": "proportional"}, "resolved_in_30_days", "10", code="1.2", name="及时化解"),
    ]
    dimension = {"code": "1", "name": "处置", "name_en": "d", "points": 20, "indicators": items}
    book = rules(base_points=20, dimensions=[dimension], bonuses=[], vetoes=[])
    a = assessed(measures, book)
    scores = a.scores.set_index("id")
    assert scores.loc[f"score.{EAST}.1.1", "derivation"] == (
        "50人以上案件数 2 件，每件扣 2 分，扣 4.00 分，得 6.00 分"
    )
    assert scores.loc[f"score.{EAST}.1.2", "points"] == "6.67"
    # the west has one large case and one that may be
    assert scores.loc[f"score.{WEST}.1.1", "points"] == "6.00"


def test_an_unused_measure_changes_nothing_else(tmp_path: Path) -> None:
    plain, more = assessed(()), assessed(own(tmp_path))
    codes = [measure.code for measure in own(tmp_path)]
    beside = more.values[~more.values["measure"].str.contains("|".join(codes))].reset_index(drop=True)
    assert beside.equals(plain.values.reset_index(drop=True))


WRONG = """
measures:
  - {code: cases, name: a, definition: b, ledger: clues, kind: count}
  - {code: one, name: a, definition: b, ledger: clue, kind: count}
  - {code: two, name: a, definition: b, ledger: clues, kind: sum, field: worker}
  - {code: three, name: a, definition: b, ledger: clues, kind: count, where: [confirm]}
  - {code: four, name: a, definition: b, ledger: clues, kind: count, where: [{field: sector, above: 3}]}
  - {code: five, name: a, definition: b, ledger: events, kind: count, where: [{field: kind, one_of: mas}]}
  - {code: six, name: a, definition: b, ledger: clues, kind: share}
  - {code: seven, name: a, definition: b, ledger: clues, kind: share, field: amount, of_field: workers}
"""
TOLD = [
    "第3行：编码“cases”是系统自己的指标",
    "第4行：没有名为“clue”的台账。是否应为“clues”？",
    "第5行：这个台账没有可用的字段“worker”。是否应为“workers”？",
    "第6行：没有名为“confirm”的条件。是否应为“confirmed”？",
    "第7行：对字段“sector”不能这样问。",
    "第8行：“mas”不是这个字段的取值。是否应为“mass”？",
    "第9行：比率（share）要写明哪些行是分子",
    "第10行：比率（share）的分子“amount”与分母“workers”不是同一种量",
]


def test_every_fault_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "measures.yaml"
    path.write_text(WRONG, encoding="utf-8")
    found, faults = read_measures(path, CURRENCIES["CNY"])
    assert not found
    lines = [fault_line(fault, ZH) for fault in faults]
    assert len(lines) == len(TOLD)
    for line, told in zip(lines, TOLD, strict=True):
        assert line.startswith(f"measures.yaml › {told}"), line


@pytest.mark.parametrize(
    ("own", "told"),
    [
        (
            "measures:\n  - {code: big, name: a, definition: b, ledger: clue, kind: count}\n",
            "measures_ledger_unknown",
        ),
        ("measures:\n  - {code: big, name: 甲: 乙}\n", "settings_not_yaml"),
    ],
)
def test_only_the_cause_is_told_where_a_rule_reads_a_measure_that_could_not_be_declared(
    tmp_path: Path, own: str, told: str
) -> None:
    """That nobody knows the measure follows; a measure that was never declared stays a fault of the rule set."""
    raw = example.raw(example.project(tmp_path))
    (raw / "measures.yaml").write_text(own, encoding="utf-8")
    rules = raw / "rulebook.yaml"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text.replace("measure: mark_field_1_2", "measure: big"), encoding="utf-8")
    assert [fault.check for fault in checking.check(tmp_path, "2020").faults] == [told]
    rules.write_text(text.replace("measure: mark_field_1_2", "measure: small"), encoding="utf-8")
    faults = checking.check(tmp_path, "2020").faults
    assert told in [fault.check for fault in faults]
    assert ("rulebook_measure_unknown" in [fault.check for fault in faults]) == (told != "settings_not_yaml")


def test_a_round_with_its_own_measures(tmp_path: Path) -> None:
    folder = example.project(tmp_path)
    text = """
measures:
  - code: cases_of_works
    name: 制造业案件数
    name_en: Cases in manufacturing
    definition: 制造业的查实案件
    ledger: clues
    kind: count
    where: [confirmed, {field: sector, one_of: [制造]}]
    direction: down
  - code: cases_of_ships
    name: 造船案件数
    definition: 造船行业的查实案件
    ledger: clues
    kind: count
    where: [confirmed, {field: sector, one_of: 造船业}]
"""
    (example.raw(folder) / "measures.yaml").write_text(text, encoding="utf-8")
    rulebook = example.raw(folder) / "rulebook.yaml"
    rulebook.write_text(
        rulebook.read_text(encoding="utf-8").replace("measure: backlog", "measure: cases_of_works"),
        encoding="utf-8",
    )
    checked = in_memory.read(folder, "2020")
    [absent] = [fault for fault in checked.faults if fault.check == "measures_text_absent"]
    assert (absent.found, absent.severity) == ("造船业", "warns")
    a = in_memory.assess_read(checked, draws=0)
    ledger = a.ledger("clues")
    year = ledger[ledger["received_on"].dt.year.eq(2020) & ledger["confirmed"].fillna(False)]
    works = year[year["sector"].eq("制造") & year["duplicate_of"].eq("")].groupby("unit").size()
    counted = a.values.query("measure == 'cases_of_works' and period == '2020'").set_index("unit")["value"]
    assert (
        counted.drop("130300").to_dict()
        == works.reindex(counted.index.drop("130300"), fill_value=0).to_dict()
    )
    assert a.scores.set_index("id").loc["score.130302.5.9", "derivation"].startswith("制造业案件数 ")
    shown = str(pages.shown(a, "report"))
    assert "制造业的查实案件" in shown
    figures = {
        each.id: each
        for each in leaves(pages.shown(a, "report")["annex-indicators"])
        if isinstance(each, Graphic)
    }
    # after the figures every round has, in the order of the file
    assert list(figures) == ["fig-own-cases_of_works", "fig-own-cases_of_ships"]
    drawn = figures["fig-own-cases_of_works"]
    assert plain(drawn.title).startswith(f"制造业案件数（件）：全市{int(counted['130300'])}，2019年为")
    # the fewest first, since fewer is better, and the city below them
    last = [float(str(row.cells[-1].sort)) for row in drawn.data.rows]
    assert last[:-1] == sorted(counted.drop("130300")) and last[-1] == counted["130300"]
    assert figures["fig-own-cases_of_ships"].number == "图15" and drawn.number == "图14"
    listed = open_round("2020", project=folder).measures().set_index("code")
    assert listed.loc["cases_of_works", "name"] == "制造业案件数"
    assert open_round("2020", "en", folder).measures().set_index("code").loc["cases_of_works", "name"] == (
        "Cases in manufacturing"
    )


#: own measures whose worst filling is made of numbers: sums, means, a part of a whole, and a quotient that is none
FILLED = """
measures:
  - {code: own_people, name: 甲, definition: 一, ledger: clues, kind: sum, field: workers, where: [confirmed]}
  - {code: own_small, name: 乙, definition: 二, ledger: clues, kind: sum, field: workers,
     where: [confirmed, {field: workers, at_most: 8}]}
  - {code: own_mean, name: 丙, definition: 三, ledger: clues, kind: mean, field: amount,
     where: [confirmed, {field: workers, above: 10}]}
  - {code: own_paid, name: 丁, definition: 四, ledger: clues, kind: share, field: amount_paid, of_field: amount,
     where: [confirmed]}
  - {code: own_owed, name: 戊, definition: 五, ledger: clues, kind: share, field: amount, of_field: amount_paid,
     where: [confirmed]}
"""


def bounds_of(ledgers: small.Ledgers, unit: str, codes: list[str]) -> dict[str, tuple[float, float]]:
    """Return the lowest and the highest value of measures that any filling of the empty cells may give."""
    index = ValueIndex(compute(ledgers, small.settings(history=["2019", "2020"]), with_lineage=False).values)
    found = {}
    for code in codes:
        stated = index.row(unit, "2020", code)
        ends = [index.get(unit, "2020", f"{bound}_{code}") for bound in ("lowest", "highest")]
        low, high = (stated["value"] if row is None else row["value"] for row in ends)
        # of what is not reported anything may be true
        found[code] = (-math.inf, math.inf) if stated["status"] == "not_reported" else (low, high)
    return found


@pytest.mark.parametrize("seed", range(3))
def test_what_a_cell_said_lies_within_the_fillings_once_it_is_emptied(tmp_path: Path, seed: int) -> None:
    """So that no rule, whichever way it points, gives more; all but where the largest number itself is emptied."""
    codes = [measure.code for measure in own(tmp_path, FILLED)]
    trial, generator = made_up(seed), np.random.default_rng(seed)
    before = {unit: bounds_of(trial.arrived, unit, codes) for unit in trial.arrived.roll.codes}
    fields = ("workers", "amount", "amount_paid", "confirmed")
    cases = (case for case in trial.cases(generator) if case.field in fields and not trial.excused(case))
    for case in islice(cases, 5):
        after = bounds_of(trial.emptied(case), case.unit, codes)
        # of a mean of no rows nothing can be said
        known = ((code, *ends) for code, ends in before[case.unit].items() if not math.isnan(ends[0]))
        for code, low, high in known:
            assert after[code][0] <= low + 1e-9, (code, case)
            assert high <= after[code][1] + 1e-9, (code, case)


def test_what_is_no_part_of_a_whole_may_be_as_large_as_the_largest(tmp_path: Path) -> None:
    """300 yuan owed for 200 paid; of a second case 300 are paid and nobody says what was owed; of a third, 100 owed.

    Owed for each yuan paid: at most 300 + 300 + 100 for 200 + 300 + 0, at least 300 + 0 + 100 for 200 + 300 + 300.
    """
    said = [(300_00, 200_00), (None, 300_00), (100_00, None)]
    rows = [clue(EAST, no=str(n), amount=owed, amount_paid=paid) for n, (owed, paid) in enumerate(said)]
    own(tmp_path, FILLED)
    assert bounds_of(small.arrived(clues=rows), EAST, ["own_owed"]) == {"own_owed": (0.5, 1.4)}


def test_the_derivation_says_what_the_worst_filling_was_taken_from(tmp_path: Path) -> None:
    """The west states 80 workers in one case and none in the other: at most 160, if 80 is really the largest."""
    item = {"shape": "each", "off": "0.1", "counted": "person"}
    items = [indicator(item, "own_people", "20", code="1.1", name="人数", direction="down")]
    dimension = {"code": "1", "name": "处置", "name_en": "d", "points": 20, "indicators": items}
    book = rules(base_points=20, dimensions=[dimension], bonuses=[], vetoes=[])
    told = assessed(own(tmp_path, FILLED), book).scores.set_index("id").loc[f"score.{WEST}.1.1", "derivation"]
    assert "甲 160 人" in told
    assert "以本单位本期和基期所填最大的一笔为限，实际可能更大" in told
