"""What if: a replay with something changed changes exactly what depends on it, and every way to A leads there."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from rule_examples import (
    CITY,
    RULEBOOK_2020,
    ZH,
    change_row,
    roll,
    round_2020,
    rules_2020,
    table,
    value,
    whole_unit,
)

from analysis.indicators.values import ValueIndex
from analysis.questions import answers
from analysis.questions.explain import item_names
from analysis.questions.what_if import (
    Effects,
    Improvement,
    Reach,
    RefusedValueError,
    Setting,
    effects,
    greatest_gains,
    parse_setting,
    reach_best,
    with_value,
)
from analysis.rulebook import Rulebook
from analysis.rulebook.composition import Periods
from analysis.rulebook.edit.rulefile import RuleFile
from analysis.rulebook.grade_conditions import ScoreAtLeast
from analysis.scoring.outcome import Outcome, outcome_of
from analysis.words import words

UNITS = roll("990001", "990002")
OF = round_2020()


def values(
    *strengths: int, without: tuple[str, ...] = (), more: tuple[dict[str, Any], ...] = ()
) -> pd.DataFrame:
    """Return the values of units of some strength; rows of `more` stand instead of those of the same measure."""
    rows = [row for place, s in enumerate(strengths, 1) for row in whole_unit(f"99000{place}", s)]
    instead = {(row["unit"], row["measure"], row["period"]) for row in more}
    kept = [row for row in rows if (row["unit"], row["measure"], row["period"]) not in instead]
    return table([*(row for row in kept if row["measure"] not in without), *more])


def played(frame: pd.DataFrame, rules: Rulebook | None = None) -> Outcome:
    return outcome_of(frame, rules or rules_2020(), UNITS, OF.settings, catalogue=words("zh"))


def with_rule(**changes: str) -> Rulebook:
    """Return the rule set of 2020 with some paths changed; `__` stands for a point."""
    paths = {path.replace("__", "."): new for path, new in changes.items()}
    rules, _ = RuleFile.read(RULEBOOK_2020).edited(paths).supposed()
    assert rules is not None
    return rules


def changed(found: Effects) -> dict[tuple[str, str], tuple[str, str]]:
    return {(each.unit, each.item): each.points for each in found.items}


# ------------------------------------------------------------------------------------------- replay


def test_nothing_changed_changes_nothing() -> None:
    frame = values(9, 7)
    found = effects(played(frame), played(frame))
    assert found.items == ()
    assert not any(each.changed for each in found.units)
    assert {each.unit for each in found.units} == {"990001", "990002"}


def test_one_threshold_changes_exactly_the_scores_of_its_indicator() -> None:
    # 90% is 8 points short of 98% and costs 8×0.3; of 95% it is 5 points short and costs 5×0.3
    frame = values(9, 7)
    rules = with_rule(**{"5.2.rule.full_at": "95%"})
    found = effects(played(frame), played(frame, rules))
    # 70% is 28 points short, later 25, and costs more than the 7 points there are either way
    assert changed(found) == {("990001", "5.2"): ("4.60", "5.50")}
    (first,) = [each for each in found.units if each.unit == "990001"]
    assert Decimal(first.score[1]) - Decimal(first.score[0]) == Decimal("0.90")


def test_points_that_no_longer_add_up_are_told_and_hinder_nothing() -> None:
    edited = RuleFile.read(RULEBOOK_2020).edited({"5.2.points": "8"})
    rules, faults = edited.supposed()
    assert rules is not None
    assert [fault.check for fault in faults] == ["rulebook_points_of_dimension"]
    assert rules.indicator("5.2").points == 8
    both = edited.edited({"5.1.points": "1"})
    assert both.supposed()[1] == []


def test_another_rule_set_lists_items_of_both() -> None:
    frame = values(9, 7)
    bare = rules_2020().model_copy(update={"bonuses": ()})
    found = effects(played(frame), played(frame, bare))
    assert changed(found) == {("990001", "B1"): ("0.00", ""), ("990002", "B1"): ("0.00", "")}


# ------------------------------------------------------------------------------------ a value changed


def rate(unit: str, above: int, below: int) -> dict[str, Any]:
    return value(
        unit, "rate_resolved", value=above / below, numerator=above, denominator=below, method="wilson"
    )


def put(
    frame: pd.DataFrame, measure: str, text: str, unit: str = "990001"
) -> tuple[ValueIndex, tuple[str, ...]]:
    changed_frame, touched = with_value(frame, unit, measure, parse_setting(text, measure), roll=UNITS, of=OF)
    assert list(changed_frame.columns) == list(frame.columns)
    return ValueIndex(changed_frame), touched


def test_a_rate_set_by_its_counts_moves_the_citys_by_as_much() -> None:
    frame = values(9, 9, more=(rate(CITY, 18, 20),))
    index, touched = put(frame, "rate_resolved", "10/10")
    assert index.row("990001", "2020", "rate_resolved")["value"] == 1
    city = index.row(CITY, "2020", "rate_resolved")
    assert (city["numerator"], city["denominator"], city["value"]) == (19, 20, 0.95)
    assert len(touched) == 2
    assert index.row("990002", "2020", "rate_resolved")["value"] == 0.9


def test_a_value_set_to_what_it_is_reproduces_the_scores() -> None:
    frame = values(9, 7)
    same, _ = with_value(
        frame, "990001", "rate_resolved", Setting(parts=(Fraction(9), Fraction(10))), roll=UNITS, of=OF
    )
    pd.testing.assert_frame_equal(played(same).scores, played(frame).scores)


def test_a_rate_set_as_per_cent_invents_no_counts() -> None:
    # the points are those of 95%: 7 − 3×0.3; 95% of 10 cases is no number of cases
    frame = values(9, 7)
    supposed, _ = with_value(frame, "990001", "rate_resolved", Setting(Fraction(95, 100)), roll=UNITS, of=OF)
    (entry,) = effects(played(frame), played(supposed)).items
    assert (entry.item, entry.points) == ("5.2", ("4.60", "6.10"))
    assert "9.5" not in entry.derivation[1]
    assert "95.00%" in entry.derivation[1]


def test_a_count_takes_its_rate_and_its_decline_with_it() -> None:
    more = (
        rate("990001", 35, 46),
        value("990001", "clues_resolved", value=35.0, numerator=35, unit_of_measure="case"),
        value("990001", "cases", value=46.0, numerator=46, unit_of_measure="case"),
        change_row("990001", "change_cases", 46, 48),
        value(CITY, "cases", value=100.0, numerator=100, unit_of_measure="case"),
        change_row(CITY, "change_cases", 100, 120),
    )
    index, _ = put(values(9, 9, more=more), "cases", "40")
    resolved = index.row("990001", "2020", "rate_resolved")
    assert (resolved["numerator"], resolved["denominator"]) == (35, 40)
    change = index.row("990001", "2020", "change_cases", "2019")
    assert change["value"] == pytest.approx(-8 / 48)
    assert index.row(CITY, "2020", "cases")["value"] == 94
    assert index.row(CITY, "2020", "change_cases", "2019")["value"] == pytest.approx(-26 / 120)


def test_more_resolved_than_there_are_cases_is_refused() -> None:
    more = (
        rate("990001", 35, 46),
        value("990001", "clues_resolved", value=35.0, numerator=35, unit_of_measure="case"),
        value("990001", "cases", value=46.0, numerator=46, unit_of_measure="case"),
    )
    with pytest.raises(RefusedValueError) as refused:
        put(values(9, 9, more=more), "clues_resolved", "47")
    assert refused.value.kind == "above_whole"


def test_what_was_not_reported_becomes_reported() -> None:
    frame = values(9, 9, without=("petitions",))
    index, touched = put(frame, "petitions", "2")
    assert (index.row("990001", "2020", "petitions")["status"], len(touched)) == ("reported", 1)
    assert index.get("990002", "2020", "petitions") is None


@pytest.mark.parametrize(
    ("text", "measure", "kind"),
    [
        ("很多", "rate_resolved", "not_a_value"),
        ("95", "rate_resolved", "share_without_sign"),
        ("120%", "rate_resolved", "above_whole"),
        ("47/46", "rate_resolved", "above_whole"),
        ("3/0", "rate_resolved", "no_base"),
        ("-1", "petitions", "negative"),
        ("nan", "petitions", "not_a_value"),
    ],
)
def test_a_value_that_cannot_be_is_refused(text: str, measure: str, kind: str) -> None:
    with pytest.raises(RefusedValueError) as refused:
        parse_setting(text, measure)
    assert refused.value.kind == kind


@pytest.mark.parametrize(
    ("text", "measure", "value_"),
    [
        ("95%", "rate_resolved", Fraction(19, 20)),
        ("９５％", "rate_resolved", Fraction(19, 20)),
        ("0.95", "rate_resolved", Fraction(19, 20)),
        ("−10%", "change_cases", Fraction(-1, 10)),
        ("1,200", "workers", Fraction(1200)),
    ],
)
def test_values_are_read_as_people_write_them(text: str, measure: str, value_: Fraction) -> None:
    assert parse_setting(text, measure) == Setting(value_)


def test_a_count_has_no_numerator() -> None:
    with pytest.raises(RefusedValueError) as refused:
        put(values(9, 9), "petitions", "1/2")
    assert refused.value.kind == "no_parts"


# --------------------------------------------------------------------------------- what A would take


def reach(frame: pd.DataFrame, unit: str) -> Reach:
    found = {each.unit: each for each in reach_best(frame, rules_2020(), UNITS, OF, catalogue=words("zh"))}
    return found[unit]


def test_a_unit_short_of_the_floor_is_short_by_the_difference() -> None:
    # both are among the first five, so that only the floor of 80 points stands between the second and A
    frame = values(9, 8)
    before = played(frame).grades.set_index("unit")
    found = reach(frame, "990002")
    assert before.loc["990002", "grade"] == "B"
    assert found.obstacles == ""
    assert found.short == 80 - Decimal(str(before.loc["990002", "score"]))
    assert [each.unit for each in reach_best(frame, rules_2020(), UNITS, OF, catalogue=words("zh"))] == [
        "990002"
    ]


def test_what_is_stated_for_the_year_alone_takes_the_same_where_periods_within_it_are_scored_too() -> None:
    parts = (("期中", "2020-01", "40%"), ("年度", "2020", "60%"))
    listed = [{"name": name, "periods": [period], "weight": weight} for name, period, weight in parts]
    parted = rules_2020().model_copy(update={"periods": Periods.model_validate({"parts": listed})})
    of_year, of_parts = (
        reach_best(values(9, 8), rules, UNITS, OF, catalogue=words("zh")) for rules in (rules_2020(), parted)
    )
    assert of_parts == of_year


def test_every_way_that_is_named_leads_to_a_and_one_step_less_does_not() -> None:
    frame = values(9, 8)
    found = reach(frame, "990002")
    ways: list[tuple[Improvement, ...]] = [(each,) for each in found.single] or [found.cheapest]
    assert ways[0]
    for way in ways:
        moved = short = frame
        for place, each in enumerate(way):
            after, last = each.after, place == len(way) - 1
            assert after.numerator is not None
            assert after.denominator is not None
            for less in (0, 1):
                # one step back for a decline is one more, for a rate one less
                back = -less if each.measure.startswith("change_") else less
                parts = (after.numerator - (back if last else 0), after.denominator)
                supposed = Setting(parts=parts)
                base = moved if less == 0 else short
                result, _ = with_value(base, "990002", each.measure, supposed, roll=UNITS, of=OF)
                moved, short = (result, short) if less == 0 else (moved, result)
        assert played(moved).grades.set_index("unit").loc["990002", "grade"] == "A"
        assert played(short).grades.set_index("unit").loc["990002", "grade"] == "B"


def test_the_greatest_gains_come_first_and_each_is_what_the_replay_gives() -> None:
    """Three items, each as far as it gives more: replayed alone it gives its points, one step less gives fewer."""
    frame = values(9, 7)

    def points(of: pd.DataFrame, item: str) -> Decimal:
        rows = played(of).scores.set_index(["unit", "indicator"])
        return Decimal(rows.loc[("990002", item), "points"])

    scores = played(frame).scores
    found = greatest_gains(frame, scores, rules_2020(), UNITS, OF, unit="990002", catalogue=words("zh"))
    assert len(found) == 3
    assert [each.gain for each in found] == sorted((each.gain for each in found), reverse=True)
    rows = scores[(scores["unit"] == "990002") & (scores["kind"] == "base") & (scores["points"] != "")]
    lost = [Decimal(a) - Decimal(b) for a, b in zip(rows["points_possible"], rows["points"], strict=True)]
    assert max(each.gain for each in found) <= max(lost)
    for each in found:
        above, below = each.after.numerator, each.after.denominator
        assert above is not None
        assert below is not None
        back = 1 if each.measure.startswith("change_") else -1
        for moved, whole in ((above, True), (above + back, False)):
            setting = Setting(parts=(moved, below))
            replayed, _ = with_value(frame, "990002", each.measure, setting, roll=UNITS, of=OF)
            assert (points(replayed, each.item) - points(frame, each.item) == each.gain) is whole


def test_nothing_is_promised_where_the_values_do_not_give_the_points_that_count() -> None:
    """Of whoever reads a card some figures are withheld: what would not come to its points is no advice."""
    frame = values(9, 7)
    scores = played(frame).scores
    other = scores.assign(points=scores["points"].where(scores["points"] == "", "0.01"))
    assert greatest_gains(frame, other, rules_2020(), UNITS, OF, unit="990002", catalogue=words("zh")) == ()


def test_a_gate_is_named_before_any_points() -> None:
    closed = value("990001", "coverage_account", value=0.5, numerator=5, denominator=10)
    frame = values(10, 9, more=(closed,))
    found = reach(frame, "990001")
    assert "工资专用账户覆盖率" in found.obstacles
    # with the gate just passed (6 of 10) the score is above the floor already
    assert found.short == 0
    assert found.cleared >= found.score
    told = answers.obstacle(found, " A 级", ZH).plain
    assert "须先排除" in told


def test_a_veto_is_named_and_taken_away_first() -> None:
    veto = value("990001", "events_mass", value=2.0, numerator=2, unit_of_measure="event")
    found = reach(values(9, 9, more=(veto,)), "990001")
    assert found.grade == "C"
    assert "群体性事件" in found.obstacles
    assert found.short == 0


def test_what_cannot_be_reached_is_said() -> None:
    # more than all points there are: load refuses such a set, a rule set made otherwise still gets an answer
    grades = rules_2020().grades
    never = (ScoreAtLeast(kind="score_at_least", points=Decimal(101)),)
    best, *others = grades.levels
    levels = (best.model_copy(update={"all_of": never}), *others)
    rules = rules_2020().model_copy(update={"grades": grades.model_copy(update={"levels": levels})})
    (first, _) = reach_best(values(9, 9), rules, UNITS, OF, catalogue=words("zh"))
    assert first.short is None
    assert answers.shortage(first, ZH).plain == "补分不能改变等次"
    assert answers.ways(first, rules, ZH, {}) == ()


def test_unreported_indicators_promise_nothing() -> None:
    frame = values(9, 8, without=("rate_resolved",))
    found = reach(frame, "990002")
    assert found.unreported == ("5.2",)
    assert "5.2" not in {each.item for each in (*found.single, *found.cheapest)}
    told = answers.ways(found, rules_2020(), ZH, item_names(rules_2020(), ZH))
    assert told[-1].plain == "未报的指标补报后按实际计分，未计入：5.2 核处化解率。"


def test_the_sentence_of_an_improvement_says_from_where_to_where() -> None:
    found = reach(values(9, 8), "990002")
    names = item_names(rules_2020(), ZH)
    told = [text.plain for text in answers.ways(found, rules_2020(), ZH, names)]
    each = (found.single or found.cheapest)[0]
    assert told[0].endswith("：")
    assert told[1].startswith(f"{each.item} {names[each.item]}：")
    assert told[1].endswith(f"可增 {each.gain} 分")
