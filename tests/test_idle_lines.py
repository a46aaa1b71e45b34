"""Lines that part nobody: noted with their line in the rule set, for they are what a slip of the unit looks like."""

from __future__ import annotations

from pathlib import Path

import pytest
from rule_examples import ZH
from test_unfed import with_rules

from analysis.indicators import catalogue, measures
from analysis.indicators.values import ValueIndex
from analysis.intake import fault_line
from analysis.rulebook import readings
from analysis.run import checking
from analysis.run.checking import Checked


def idle(checked: Checked) -> list[str]:
    """Return the notes on lines that part nobody, as they are told."""
    return [fault_line(fault, ZH) for fault in checked.faults if "_idle" in fault.check]


def test_lines_that_some_reach_are_no_matter(tmp_path: Path) -> None:
    """Of 3.7 eight of nine counties have the fund; a line nobody quite reaches (2.1) still tells them apart."""
    assert idle(with_rules(tmp_path)) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        # 5.3 meant 96% of the cases and says 0.96 of a hundredth
        ("full_at: 96%", "full_at: 0.96%",
         "5.3 办结率：有数的 9 个单位全部达到界线（0.96%），都得满分，这一项分不出高低。"),
        # 2.3 gives nothing where the best county is
        ("full_at: 95%, zero_at: 35%}\n      - code: \"2.4\"", "full_at: 95%, zero_at: 94.9%}\n      - code: \"2.4\"",
         "2.3 人工费拨付周期：有数的 9 个单位按界线（95%）都不得分，这一项分不出高低。"),
        ("measure: coverage_account, at_least: 60%", "measure: coverage_account, at_least: 100%",
         "门槛 100%：有数的 9 个单位没有一个达到。"),
    ],
)  # fmt: skip
def test_a_line_that_parts_nobody_is_noted_with_its_place(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    checked = with_rules(tmp_path, (old, new))
    text = (tmp_path / "data" / "raw" / "2020" / "rulebook.yaml").read_text("utf-8")
    line = next(
        number for number, each in enumerate(text.splitlines(), 1) if new.split("\n", maxsplit=1)[0] in each
    )
    (note,) = idle(checked)
    assert note.startswith(f"rulebook.yaml › 第{line}行：{told}")
    assert not checked.blocked, "nothing is wrong with it in itself"


def test_a_line_is_held_against_the_number_the_item_is_scored_by() -> None:
    """A sum is its money and not how many rows state it, a rate its counts and not a rounded float."""
    checked = checking.check(Path(__file__).parents[1], "2020")
    assert checked.arrived is not None
    assert checked.round is not None
    settings = checked.arrived.settled(checked.round).settings
    values = ValueIndex(measures.compute(checked.arrived, settings).values)
    numbers = {
        (measure, unit): number
        for measure, unit, number in measures.present_numbers(
            checked.arrived, settings, set(catalogue.MEASURES)
        )
    }
    scored = {
        key: readings.read(values, key[1], key[0], settings.calendar.period.text, "").value for key in numbers
    }
    assert scored == numbers
    kinds = {catalogue.MEASURES[measure].kind for measure, _ in numbers}
    assert kinds == {"count", "stated", "sum", "rate", "rate_of_sums", "mean"}
