"""Letters typed for digits, O and l: told with their cells, and never read as what they may be meant for."""

from __future__ import annotations

from pathlib import Path

import pytest
from office_examples import Office

from analysis.intake import fault_line
from analysis.words import words

#: column of the clue ledger, what was typed, the letters in it
SLIPS = [
    (1, "99OOO1", ""),
    (3, "2O20-01-17", "O"),
    (4, "1l", "l"),
    (5, "1O00", "O"),
    (6, "I2.5元", "I"),
]


@pytest.mark.parametrize(("column", "typed", "letters"), SLIPS)
def test_a_letter_for_a_digit_blocks_and_is_named(
    tmp_path: Path, column: int, typed: str, letters: str
) -> None:
    office = Office(tmp_path)
    office.clues[5][column] = typed
    [fault] = [fault for fault in office.read().faults if fault.severity == "blocks"]
    assert (fault.cell, fault.found) == (f"{'ABCDEFG'[column]}6", typed)
    line = fault_line(fault, words("zh"))
    assert (f"其中的字母“{letters}”像是误作了数字" in line) == bool(letters)


@pytest.mark.parametrize("typed", ["见附件O", "VIP", "Oct", "12 Oo x"])
def test_words_are_not_taken_for_slips(tmp_path: Path, typed: str) -> None:
    office = Office(tmp_path)
    office.clues[5][5] = typed
    [fault] = [fault for fault in office.read().faults if fault.severity == "blocks"]
    assert "像是误作" not in fault_line(fault, words("zh"))
