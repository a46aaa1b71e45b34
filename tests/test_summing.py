"""What the value table says of which rows may be added up."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.indicators.summing import is_additive, period_kind, with_summing


@pytest.mark.parametrize(
    ("text", "starts", "kind"),
    [
        ("2020", 1, "year"),
        ("2020-07", 1, "month"),
        ("2018-2020", 1, "span"),
        ("2020H1", 1, "span"),
        ("2020Q3", 1, "span"),
        ("2018/19", 7, "year"),
    ],
)
def test_a_period_is_a_year_a_month_or_a_span(text: str, starts: int, kind: str) -> None:
    assert period_kind(text, starts) == kind


@pytest.mark.parametrize(
    "code", ["cases", "workers", "amount", "clues_closed", "petitions", "cases_unresolved"]
)
def test_counts_and_sums_add_up(code: str) -> None:
    assert is_additive(code)


@pytest.mark.parametrize(
    "code",
    [
        "rate_resolved", "change_cases", "difference_cases", "mark_field_1_1", "waiting_resolved", "trend_cases",
        # what empty cells would make of it, and what is left over from all years before, counted in each of them
        "highest_workers", "backlog",
    ],
)  # fmt: skip
def test_everything_else_does_not(code: str) -> None:
    assert not is_additive(code)


def test_the_columns_stand_at_the_end() -> None:
    values = pd.DataFrame(
        {"unit": ["1", "9"], "period": ["2020", "2020-01"], "measure": ["cases", "rate_resolved"]}
    )
    told = with_summing(values, city="9")
    assert list(told.columns) == ["unit", "period", "measure", "period_kind", "level", "additive"]
    assert told.iloc[0].tolist()[3:] == ["year", "unit", "yes"]
    assert told.iloc[1].tolist()[3:] == ["month", "city", "no"]
