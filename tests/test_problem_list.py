"""Problems one by one: ids that stay, their status at the cut-off, and those of the round before in the new ledger."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from claim_examples import evidence
from hypothesis import given, settings
from hypothesis import strategies as st
from office_examples import Office
from round_examples import RAW
from rule_examples import roll, round_2020, rules_2020, table, value

from analysis.indicators.values import PROBLEM_COLUMNS
from analysis.intake import empty_ledger
from analysis.report.claims.bulletin_claims import bulletin_named, bulletin_units
from analysis.report.claims.city_claims import group_sentence, named_outside
from analysis.results.assessment import Assessment
from analysis.results.store import Store
from analysis.rounds.rounds import Round, load_round
from analysis.rounds.units import Unit, UnitRoll
from analysis.run import checking, in_memory, pages, stages
from analysis.scoring.problem_list import (
    Older,
    alike,
    left_out,
    listed,
    older_in,
    standings,
    with_present_codes,
)
from analysis.scoring.problems import count

Rows = Sequence[Mapping[str, Any]]
#: the round before; its cut-off is 2022-02-28
LAST = round_2020()
#: this round
NOW = round_2020(
    round="2021",
    periods=["2021"],
    base_period="2020",
    history=["2020", "2021"],
    as_of="2023-02-28",
    compared_with="2020",
)
SLOW, LISTS = "部分线索超过规定时限才反馈核查结果", "符合条件的用人单位未列入失信名单"


def ledger(name: str, rows: Rows) -> pd.DataFrame:
    """Return a ledger; a row says only what differs from a problem of unit a, resolution."""
    usual = {"unit": "a", "group": "resolution", "wording": SLOW, "file": f"{name}.xlsx", "sheet": ""}
    given_ = pd.DataFrame([{"row": place, **usual, **row} for place, row in enumerate(rows, 3)])
    frame = empty_ledger(name)
    if "indicator" in given_:
        frame["indicator"] = pd.Series([], dtype="str")
    frame = given_.reindex(columns=frame.columns)
    for field in ("found_on", "deadline", "closed_on"):
        if field in frame:
            frame[field] = pd.to_datetime(frame[field])
    return frame


def problems(rows: Rows, returned: Rows = (), **more: Any) -> pd.DataFrame:
    return listed(ledger("findings", rows), ledger("feedback", returned), more.pop("of", LAST), **more)


def states(frame: pd.DataFrame) -> dict[str, str]:
    return dict(zip(frame["id"], frame["status"], strict=True))


def this_year(rows: Rows, before: pd.DataFrame, returned: Rows = ()) -> pd.DataFrame:
    return problems(rows, returned, of=NOW, before=before)


# ── one round ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_row_has_all_that_is_known_of_a_problem() -> None:
    row = {
        "no": "7", "measure": "逐条列出", "post": "案件岗", "deadline": "2022-02-27", "evidence": "照片",
        "verified_by": "复核岗", "indicator": "5.2",
    }  # fmt: skip
    frame = problems([row], rules=rules_2020(), values=table([value("a", "rate_resolved", value=0.5)]))
    assert list(frame.columns) == list(PROBLEM_COLUMNS)
    (only,) = frame.to_dict("records")
    assert only["id"] == "problem.2020.a.resolution.7"
    assert [only[name] for name in ("measure", "post", "evidence", "verified_by", "wording")] == [
        "逐条列出", "案件岗", "照片", "复核岗", SLOW,
    ]  # fmt: skip
    assert (only["deadline"], only["status"]) == (pd.Timestamp("2022-02-27"), "overdue")
    # item 5.2 of the rule set is scored by the resolution rate
    assert only["counted_by"] == "rate_resolved"
    assert only["figure"] == table([value("a", "rate_resolved", value=0.5)])["id"][0]


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({}, "open"),
        ({"deadline": "2022-02-28"}, "open"),
        ({"deadline": "2022-02-27"}, "overdue"),
        ({"deadline": "2022-01-31", "closed_on": "2022-02-28"}, "closed"),
        # closed after the cut-off: at the cut-off it was open
        ({"deadline": "2022-01-31", "closed_on": "2022-03-01"}, "overdue"),
    ],
)
def test_the_status_is_that_of_the_cut_off(row: Mapping[str, Any], status: str) -> None:
    (found,) = problems([{"no": "1", **row}]).to_dict("records")
    assert found["status"] == status
    assert pd.isna(found["closed_on"]) == (status != "closed")


def test_rows_that_repeat_each_other_are_one_problem_with_the_earliest_open_deadline() -> None:
    rows = [
        {"no": "1", "deadline": "2021-12-01", "closed_on": "2021-11-30", "measure": "旧措施"},
        {"no": "2", "deadline": "2022-04-30", "same_as": "1", "measure": "新措施"},
    ]
    (found,) = problems(rows).to_dict("records")
    assert (found["number"], found["status"], found["measure"]) == ("1", "open", "新措施")
    assert found["deadline"] == pd.Timestamp("2022-04-30")


def test_the_provinces_problem_is_not_taken_for_the_ledgers_of_the_same_number() -> None:
    assert list(problems([{"no": "1"}], [{"no": "1"}])["id"]) == [
        "problem.2020.a.resolution.1", "problem.2020.a.resolution.feedback.1",
    ]  # fmt: skip


def test_a_row_without_a_number_is_called_by_its_words_and_two_alike_are_two() -> None:
    one = problems([{"wording": SLOW}])["id"].tolist()
    more = problems([{"wording": LISTS}, {"wording": SLOW}, {"wording": SLOW}])["id"].tolist()
    assert set(one) < set(more)
    assert len(set(more)) == 3


_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "unit": st.sampled_from("ab"),
            "group": st.sampled_from(["resolution", "enforcement"]),
            "wording": st.sampled_from([SLOW, LISTS, "化解后未回访"]),
            "closed_on": st.sampled_from([None, "2022-01-05"]),
        }
    ),
    max_size=8,
)


@settings(deadline=None)
@given(rows=_ROWS, shuffle=st.randoms(use_true_random=False), data=st.data())
def test_ids_stay_when_rows_are_added_removed_or_moved(
    rows: list[dict[str, Any]], shuffle: random.Random, data: st.DataObject
) -> None:
    """Whatever else stands in the ledger, and in what order, a problem keeps its id, its words and its status."""
    numbered = [{"no": f"W{place}", **row} for place, row in enumerate(rows)]
    whole = problems(numbered).set_index("id")
    kept = [row for row in numbered if data.draw(st.booleans())]
    shuffle.shuffle(kept)
    part = problems(kept).set_index("id")
    assert len(part) == len(kept)
    told = ["wording", "unit", "status"]
    assert whole.loc[part.index, told].equals(part[told])


# ── the round before in the ledger of this one ────────────────────────────────────────────────────────────────────────

BEFORE = problems(
    [
        {"no": "1", "deadline": "2022-06-30", "measure": "旧措施"},
        {"no": "2", "group": "enforcement", "wording": LISTS, "deadline": "2023-06-30"},
        {"no": "3", "wording": "化解后未回访反映人", "closed_on": "2022-01-31"},
    ]
)
FIRST, SECOND, THIRD = (
    "problem.2020.a.resolution.1", "problem.2020.a.enforcement.2", "problem.2020.a.resolution.3",
)  # fmt: skip


def test_open_problems_come_in_by_themselves_and_stand_at_the_new_cut_off() -> None:
    """The deadline of the first passed since; the closed third one is no longer followed."""
    frame = this_year([], BEFORE)
    assert states(frame) == {FIRST: "overdue", SECOND: "open"}
    assert set(frame["round"]) == {"2020"}
    assert left_out(BEFORE, ledger("findings", []), ledger("feedback", []), NOW) == [SECOND, FIRST]


@pytest.mark.parametrize("name", ["1", FIRST])
def test_the_ledger_goes_on_with_an_old_problem_by_number_and_words_or_by_its_id(name: str) -> None:
    rows = [{"no": name, "closed_on": "2022-05-05", "evidence": "报告", "deadline": "2022-06-30"}]
    frame = this_year(rows, BEFORE)
    assert states(frame) == {FIRST: "closed", SECOND: "open"}
    first = frame.set_index("id").loc[FIRST]
    # what the new row leaves empty stays as it was
    assert (first["evidence"], first["measure"]) == ("报告", "旧措施")
    assert left_out(BEFORE, ledger("findings", rows), ledger("feedback", []), NOW) == [SECOND]


def test_a_number_that_begins_anew_is_no_old_problem() -> None:
    frame = this_year([{"no": "1", "wording": "线索退回后未重新核查"}], BEFORE)
    assert states(frame) == {FIRST: "overdue", SECOND: "open", "problem.2021.a.resolution.1": "open"}


@pytest.mark.parametrize("name", ["3", THIRD])
def test_a_problem_found_again_names_the_old_one_even_if_that_was_closed(name: str) -> None:
    frame = this_year([{"no": "21", "wording": "另一说法", "same_as": name}], BEFORE)
    found = frame.set_index("id").loc["problem.2021.a.resolution.21"]
    assert (found["repeats"], found["repeats_known"]) == (THIRD, "declared")
    assert states(frame)[THIRD] == "closed"
    assert dict(standings(frame, "2021")[["id", "state"]].to_numpy()) == {
        FIRST: "overdue", SECOND: "open", THIRD: "repeated",
    }  # fmt: skip


def test_a_ledger_that_goes_on_may_find_a_closed_problem_again() -> None:
    rows = [{"no": "1", "closed_on": "2022-05-05"}, {"no": "9", "same_as": "1", "wording": "又超时"}]
    frame = this_year(rows, BEFORE)
    assert states(frame) == {FIRST: "closed", SECOND: "open", "problem.2021.a.resolution.9": "open"}
    assert frame.set_index("id").loc["problem.2021.a.resolution.9", "repeats"] == FIRST
    assert standings(frame, "2021").set_index("id").loc[FIRST, "state"] == "repeated"


def test_a_row_that_repeated_a_problem_in_its_own_round_is_not_found_again_in_the_next() -> None:
    """The ledger goes on with all its rows: the others repeated the first already last year."""
    rows = [{"no": "1"}, {"no": "2", "same_as": "1", "wording": "又超时"}, {"no": "4", "same_as": "2"}]
    returned = [{"no": "1", "finding_no": "1", "wording": "省级抽查"}]
    before = problems(rows, returned)
    assert before["also"].tolist() == ["2;4;feedback.1"]
    frame = this_year(rows, before, returned)
    assert states(frame) == {FIRST: "open"}
    # the first row is gone, and the others are still the old problem
    assert states(this_year(rows[1:], before, returned)) == {FIRST: "open"}
    assert left_out(before, ledger("findings", rows[1:]), ledger("feedback", []), NOW) == []


def test_an_old_problem_in_two_rows_is_closed_only_when_both_are() -> None:
    rows = [{"no": FIRST, "closed_on": "2022-05-05"}, {"no": "1"}]
    assert states(this_year(rows, BEFORE))[FIRST] == "overdue"
    assert states(this_year(rows[::-1], BEFORE))[FIRST] == "overdue"


def test_likeness_only_proposes() -> None:
    """17 signs have 16 pairs; “仍有” before them adds two: 2 × 16 / (16 + 18) = 0.94."""
    assert alike(SLOW, f"仍有{SLOW}") == pytest.approx(32 / 34)
    assert (alike("", SLOW), alike(SLOW, SLOW)) == (0.0, 1.0)
    frame = this_year([{"no": "21", "wording": f"仍有{SLOW}"}], BEFORE)
    found = frame.set_index("id").loc["problem.2021.a.resolution.21"]
    assert (found["repeats"], found["repeats_known"]) == (FIRST, "proposed")
    # the old problem is not taken to be found again, and is still left out
    assert standings(frame, "2021").set_index("id").loc[FIRST, "state"] == "overdue"
    rows = ledger("findings", [{"no": "21", "wording": f"仍有{SLOW}"}])
    assert FIRST in left_out(BEFORE, rows, ledger("feedback", []), NOW)


@pytest.mark.parametrize("other", [{"unit": "b"}, {"group": "institutions"}, {"wording": "完全不同的事情"}])
def test_nothing_is_proposed_across_units_groups_and_other_words(other: Mapping[str, str]) -> None:
    frame = this_year([{"no": "21", "wording": SLOW, **other}], BEFORE)
    assert set(frame["repeats"]) == {""}


def test_another_units_problem_is_not_repeated() -> None:
    frame = this_year([{"no": "21", "unit": "b", "same_as": FIRST, "wording": "另一说法"}], BEFORE)
    assert set(frame["repeats_known"]) == {""}


def test_old_problems_go_on_for_years_under_their_first_id() -> None:
    second = this_year([{"no": "5", "wording": "线索退回后未重新核查"}], BEFORE)
    after = round_2020(
        round="2022", periods=["2022"], base_period="2021", history=["2021", "2022"], as_of="2024-02-28"
    )
    third = problems([], of=after, before=second)
    assert states(third) == {FIRST: "overdue", SECOND: "overdue", "problem.2021.a.resolution.5": "open"}


def test_a_unit_with_a_new_code_keeps_its_problems_and_one_that_is_gone_has_none() -> None:
    units = UnitRoll([Unit("n", "新县", "新", order=1, former_codes=("a",))], "z", "市")
    assert set(with_present_codes(BEFORE, units)["unit"]) == {"n"}
    assert with_present_codes(BEFORE, units)["id"].tolist() == BEFORE["id"].tolist()
    assert with_present_codes(BEFORE, roll("b")).empty
    rows = [{"no": FIRST, "unit": "n", "closed_on": "2022-05-05"}]
    assert states(this_year(rows, with_present_codes(BEFORE, units)))[FIRST] == "closed"


def test_a_table_of_texts_gives_the_same_days() -> None:
    days = {name: BEFORE[name].dt.strftime("%Y-%m-%d").fillna("") for name in ("deadline", "closed_on")}
    filed = BEFORE.assign(**days)
    assert filed["closed_on"].tolist() == ["", "", "2022-01-31"]
    pd.testing.assert_frame_equal(with_present_codes(filed, roll("a")), with_present_codes(BEFORE, roll("a")))


# ── from the files of the office ──────────────────────────────────────────────────────────────────────────────────────

HEADERS = ["问题编号", "问题类别", "单位代码", "问题表述", "整改期限", "销号日期", "与何问题重复", "对应指标"]
FIELDS = ("no", "group", "unit_code", "wording", "deadline", "closed_on", "same_as", "indicator")
EAST = "990001"


def office(folder: Path, *rows: Sequence[Any]) -> Office:
    """Return a round that is compared with 2019, in which two problems of a unit were open."""
    made = Office(folder)
    made.settings["compared_with"] = "2019"
    made.maps["codes"]["group"] = {
        "排查化解": "resolution",
        "制度落实": "institutions",
        "执法惩戒": "enforcement",
    }
    fields = {field: [header] for field, header in zip(FIELDS, HEADERS, strict=True)}
    made.add("findings", [HEADERS, *map(list, rows)], fields)
    made.write()
    return made


def keep_last_round(folder: Path) -> None:
    before = round_2020(
        round="2019", periods=["2019"], base_period="2018", history=["2018", "2019"], as_of="2021-02-28"
    )
    rows = [{"no": "1", "unit": EAST}, {"no": "2", "unit": EAST, "group": "enforcement", "wording": LISTS}]
    Store(folder / "data" / "processed" / "2019").write("problems", problems(rows, of=before))


def told(folder: Path) -> list[tuple[str, str, str, str]]:
    """Return check, unit, what was found and cell of what is told of problems and references."""
    faults = checking.check(folder, "2020").faults
    return [
        (fault.check, fault.unit, fault.found, fault.cell)
        for fault in faults
        if "problem" in fault.check or fault.check == "reference_unknown"
    ]


def test_problems_left_out_proposed_and_of_no_indicator_are_told_with_id_unit_and_cell(
    tmp_path: Path,
) -> None:
    office(tmp_path, ["11", "排查化解", EAST, f"仍有{SLOW}", None, None, None, "9.9"])
    keep_last_round(tmp_path)
    assert sorted(told(tmp_path)) == [
        ("problem_alike", EAST, f"problem.2020.{EAST}.resolution.11", "D2"),
        ("problem_indicator_unknown", EAST, "9.9", "H2"),
        ("problem_left_out", EAST, f"problem.2019.{EAST}.enforcement.2", ""),
        ("problem_left_out", EAST, f"problem.2019.{EAST}.resolution.1", ""),
    ]


def test_an_old_id_or_number_may_be_named_and_nothing_is_told_then(tmp_path: Path) -> None:
    first, second = f"problem.2019.{EAST}.resolution.1", f"problem.2019.{EAST}.enforcement.2"
    office(
        tmp_path,
        ["11", "排查化解", EAST, "另一说法", None, None, first, "rate_resolved"],
        [second, "执法惩戒", EAST, LISTS, None, "2021-01-05", None, None],
    )
    keep_last_round(tmp_path)
    assert told(tmp_path) == []
    frame = stages.open_assessment("2020", "indicators", "zh", tmp_path).problems
    assert states(frame) == {first: "open", second: "closed", f"problem.2020.{EAST}.resolution.11": "open"}
    new = frame.set_index("id").loc[f"problem.2020.{EAST}.resolution.11"]
    assert (new["repeats"], new["repeats_known"], new["counted_by"]) == (first, "declared", "rate_resolved")
    assert new["figure"].startswith(f"{EAST}.2020.rate_resolved")
    in_the_memory = in_memory.assess_read(
        in_memory.read(tmp_path, "2020"), draws=0, upto="indicators"
    ).problems
    pd.testing.assert_frame_equal(in_the_memory, frame)


def test_a_number_of_no_round_blocks_and_a_last_round_not_computed_is_told(tmp_path: Path) -> None:
    office(tmp_path, ["11", "排查化解", EAST, "另一说法", None, None, "77", None])
    keep_last_round(tmp_path)
    assert told(tmp_path) == [("reference_unknown", EAST, "77", "G2")]
    office(tmp_path / "alone", ["11", "排查化解", EAST, "另一说法", None, None, None, None])
    assert told(tmp_path / "alone") == [("problems_of_last_round_unknown", "", "2019", "")]


def test_another_result_of_the_last_round_makes_the_round_stale(tmp_path: Path) -> None:
    of = load_round(office(tmp_path).project, "2020")
    alone = checking.stamp_of(of)
    keep_last_round(tmp_path)
    assert checking.stamp_of(of) != alone


# ── who is named for what was found when ──────────────────────────────────────────────────────────────────────────────


def counts(rows: Rows) -> pd.DataFrame:
    """Return the problems per unit and group as they are counted for the naming."""
    return count(
        ledger("findings", rows), ledger("feedback", []), rules_2020(), roll("a", "b"), NOW, arrived=None
    )[0]


def test_of_the_problems_counted_those_of_the_round_before_are_told_apart() -> None:
    """One goes on, two are new: 1 of 3 stems from 2020; what the ledger leaves out is not counted at all."""
    rows = [{"no": "1"}, {"no": "8", "wording": "甲乙丙丁"}, {"no": "9", "wording": "戊己庚辛"}]
    found = older_in(counts(rows), this_year(rows, BEFORE), "2021")
    assert counts(rows).set_index("id").loc["finding.a.resolution", "findings"] == 3
    assert found == {("a", "resolution"): Older(("2020",), 1)}
    assert older_in(counts([]), this_year([], BEFORE), "2021") == {}


@pytest.mark.parametrize(
    ("counted", "language", "told_"),
    [
        (True, "zh", "（其中2020轮次1项）"),
        (False, "zh", "（含2020轮次未销号的问题）"),
        (True, "en", " (1 of them from 2020)"),
        (False, "en", " (some from 2020)"),
    ],
)
def test_a_naming_says_the_year_where_it_is_old(counted: bool, language: str, told_: str) -> None:
    e = dataclasses.replace(
        evidence([], "a", "b", language=language), older={("a", "resolution"): Older(("2020",), 1)}
    )
    assert e.of_before("a", "resolution", counted=counted) == told_
    assert e.of_before("b", "resolution", counted=counted) == e.of_before("a", "enforcement") == ""


def test_report_and_bulletin_say_it_behind_the_name() -> None:
    found = [
        {
            "id": f"finding.{unit}.resolution",
            "unit": unit,
            "group": "resolution",
            "findings": 3,
            "named": True,
        }
        for unit in "ab"
    ]
    e = dataclasses.replace(
        evidence([], "a", "b", findings=found), older={("a", "resolution"): Older(("2020",), 2)}
    )
    first, second = e.short("a"), e.short("b")
    assert group_sentence(e, "resolution", "排查化解", 3).plain == (
        f"排查化解：{first}3项（其中2020轮次2项）、{second}3项（合并后未销号3项及以上）。"
    )
    units = bulletin_units(e, "resolution")
    assert units is not None
    assert (
        bulletin_named(e, units).plain == f"{first}（含2020轮次未销号的问题）以及{second}等此类问题比较突出。"
    )
    assert named_outside(e, "resolution", "排查化解").plain.count("2020") == 1


# ── the example's ledger carried into a second round ──────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def second_round() -> Assessment:
    """The example once more, four months later and compared with itself: WT-002, closed then, is found again as N-1."""
    checked = in_memory.read(RAW.parents[2], "2020")
    first = in_memory.assess_read(checked, draws=0, upto="indicators", with_lineage=False)
    assert checked.declared is not None
    assert checked.arrived is not None
    changed = {"round": "2021", "compared_with": "2020", "as_of": dt.date(2022, 6, 30)}
    later = checked.declared.round.settings.model_copy(update=changed)
    findings = checked.arrived.ledgers["findings"]
    again = findings[findings["no"].eq("WT-002")].assign(
        no="N-1", wording="又一说法", same_as="WT-002", closed_on=pd.NaT
    )
    ledgers = {
        **checked.arrived.ledgers,
        "findings": pd.concat([findings, again.astype(findings.dtypes.to_dict())]).assign(indicator="5.2"),
    }
    declared = dataclasses.replace(
        checked.declared, round=Round(later, in_memory.NOWHERE / "data" / "raw" / "2021", in_memory.NOWHERE)
    )
    arrived = dataclasses.replace(checked.arrived, ledgers=ledgers)
    return in_memory.assess(declared, arrived, earlier=first.problems, draws=0)


def test_the_report_tells_what_became_of_the_last_rounds_problems(second_round: Assessment) -> None:
    """In 2020, 62 problems were open at the cut-off and 14 closed, of which one is found again: 63 are followed."""
    of_city = second_round.values[second_round.values["unit"].eq("130300")].set_index("measure")["value"]
    states_ = {state: int(of_city[f"carried_{state}"]) for state in ("closed", "open", "overdue", "repeated")}
    assert (int(of_city["carried_all"]), sum(states_.values()), states_["repeated"]) == (63, 63, 1)
    told_ = str(pages.shown(second_round, "report")["rectification"])
    assert "图14 上一轮问题63项" in told_
    assert "又出现1项" in told_
    assert "核处化解率变化不明确" in told_
    assert "没有上一轮问题清单可对照" not in told_


def test_the_card_tells_those_of_its_unit_alone(second_round: Assessment) -> None:
    for level in ("internal", "own"):
        told_ = str(pages.shown(second_round, "card", level, "130302")["problems"])
        _, last = told_.split("上一轮问题逐项")
        assert "WT-001" in last
        assert "山海关区" not in last


def test_the_bulletin_names_old_problems_apart_at_every_level(second_round: Assessment) -> None:
    for level in ("internal", "grades"):
        told_ = str(pages.shown(second_round, "bulletin", level)["situation"])
        assert "山海关区（含2020轮次未销号的问题）" in told_
    assert "山海关区4项（其中2020轮次4项）" in str(pages.shown(second_round, "report")["problems"])


def test_a_round_compared_with_none_says_nothing_of_a_last_one() -> None:
    first = in_memory.assess_read(in_memory.read(RAW.parents[2], "2020"), draws=0, with_lineage=False)
    assert "carried_all" not in set(first.values["measure"])
    assert first.older_problems == {}
