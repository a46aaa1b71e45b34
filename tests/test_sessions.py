"""Sessions that open one round at the same time, and ledgers that arrive without a row."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import round_examples
from openpyxl.worksheet.worksheet import Worksheet

from analysis.run import computing, stages


def test_two_sessions_compute_a_round_once_and_read_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second would write its lineage over that of the first, between two of its stages."""
    folder = round_examples.project(tmp_path)
    done: list[str] = []
    compute = computing.of_indicators

    def counted(*given: Any, **more: Any) -> computing.Made:
        done.append("indicators")
        return compute(*given, **more)

    monkeypatch.setattr(computing, "of_indicators", counted)
    with ThreadPoolExecutor(2) as pool:
        opened = list(
            pool.map(lambda _: stages.open_assessment("2020", "trends", "zh", project=folder), range(2))
        )
    assert done == ["indicators"]
    one, other = (assessment.lineage for assessment in opened)
    assert one.equals(other)
    assert one["source"].str.startswith("series.").any()


def test_a_clue_ledger_without_a_row_is_computed_to_the_end(tmp_path: Path) -> None:
    folder = round_examples.project(tmp_path)

    def emptied(sheet: Worksheet) -> None:
        sheet.delete_rows(6, sheet.max_row)

    round_examples.edit(round_examples.raw(folder) / round_examples.CLUES, emptied)
    values = round_examples.compute(folder).values
    cases = values[(values["measure"] == "cases") & (values["period"] == "2020")]
    assert set(cases["status"]) == {"not_reported"}
