"""What becomes of doubtful cells: taken with a word, left out with a word, or refused, as the office decides."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from office_examples import Office, blocking, places

from analysis.intake import fault_line
from analysis.intake.declared.maps import LedgerMap
from analysis.intake.declared.policies import ValuePolicy
from analysis.words import words

FIRST, SECOND = 4, 5
WORKERS, AMOUNT, DAY = 4, 5, 9


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path)
    # the total of the ledger is no matter here
    del office.clues[-1]
    del office.maps["ledgers"]["clues"]["footer"]
    return office


def clue(office: Office, no: str = "A-2") -> Any:
    ledger = office.read().ledgers["clues"]
    return ledger[ledger["no"] == no].iloc[0]


def told(office: Office) -> list[tuple[str, str, str]]:
    return [
        (fault.check, fault.severity, fault.cell)
        for fault in office.read().faults
        if fault.check.startswith(("value_", "date_", "not_a_"))
    ]


def test_an_approximate_amount_is_taken_kept_as_such_and_told(office: Office) -> None:
    office.clues[SECOND][AMOUNT] = "约1800元"
    assert told(office) == [("value_approximate", "warns", "F6")]
    row = clue(office)
    assert (row["amount"], row["approximate"]) == (180_000, "amount")
    fault = next(fault for fault in office.read().faults if fault.check == "value_approximate")
    assert "按“1,800.00 元”处理" in fault_line(fault, words("zh"))
    assert "It counts as 1,800.00 元." in fault_line(fault, words("en"))


def test_a_ledger_without_approximate_values_has_no_column_for_them(office: Office) -> None:
    assert "approximate" not in office.read().ledgers["clues"]


@pytest.mark.parametrize(
    ("cell", "values", "found", "taken"),
    [
        ((AMOUNT, "约1800元"), {"approximate": "refuse"}, ("value_approximate", "blocks"), None),
        ((AMOUNT, "约1800元"), {"approximate": "accept"}, ("value_approximate", "notes"), 180_000),
        ((AMOUNT, "约1800元"), {"approximate": "not_reported"}, ("value_approximate", "warns"), None),
        ((AMOUNT, "0.18万元"), {}, ("value_unit_differs", "warns"), 180_000),
        ((AMOUNT, "253,24"), {}, ("value_separators", "blocks"), None),
        ((AMOUNT, "253,24"), {"separators": "decimal"}, ("value_separators", "warns"), 25_324),
        ((AMOUNT, "253,24"), {"separators": "thousands"}, ("value_separators", "warns"), 2_532_400),
        ((AMOUNT, "253,24"), {"separators": "not_reported"}, ("value_separators", "warns"), None),
        ((AMOUNT, "12..5"), {"separators": "decimal"}, ("value_separators", "blocks"), None),
        ((AMOUNT, "¥¥600"), {}, ("value_sign", "warns"), 60_000),
        ((AMOUNT, "$600"), {"sign": "accept"}, ("value_currency_differs", "blocks"), None),
        ((AMOUNT, "见附件"), {"unreadable": "not_reported"}, ("not_a_number", "warns"), None),
        ((WORKERS, "10-12人"), {}, ("value_range", "blocks"), None),
        ((WORKERS, "10-12人"), {"range": "upper"}, ("value_range", "warns"), 12),
        ((WORKERS, "20余人"), {}, ("value_approximate", "warns"), 20),
        ((DAY, "2020年3月"), {}, ("date_month_only", "blocks"), None),
        ((DAY, "2020年3月"), {"month_only": "last_day"}, ("date_month_only", "warns"), "2020-03-31"),
        ((DAY, 43864), {}, ("date_serial", "warns"), "2020-02-03"),
        ((DAY, 42402), {"date_system": 1904}, ("date_serial", "warns"), "2020-02-03"),
    ],
)
def test_a_policy_decides_and_is_told(
    office: Office, cell: tuple[int, object], values: dict[str, Any], found: tuple[str, str], taken: object
) -> None:
    column, office.clues[SECOND][column] = cell[0], cell[1]
    office.maps["values"] = values
    field = {AMOUNT: "amount", WORKERS: "workers", DAY: "closed_on"}[column]
    assert [(check, severity) for check, severity, _cell in told(office)] == [found]
    value = clue(office)[field]
    if taken is None:
        assert str(value) in ("<NA>", "NaT")
    else:
        assert str(value).removesuffix(" 00:00:00") == str(taken)


def test_a_required_day_is_never_left_out(office: Office) -> None:
    office.clues[SECOND][3] = "2020年3月"
    office.maps["values"] = {"month_only": "not_reported"}
    assert places(blocking(office.read())) == [("date_month_only", "D6")]


def test_a_ledger_may_have_a_policy_of_its_own(office: Office) -> None:
    office.clues[SECOND][AMOUNT] = "253,24"
    office.maps["values"] = {"separators": "thousands"}
    office.maps["ledgers"]["clues"]["values"] = {"separators": "decimal"}
    assert clue(office)["amount"] == 25_324


@pytest.mark.parametrize(
    ("currency", "head", "unit", "amount"),
    [
        ("JPY", "単位：円", "円", 15_000),
        ("KRW", "单位：韩元", "韩元", 15_000),
        ("CHF", "单位：瑞士法郎", "瑞士法郎", 1_500_000),
    ],
)
def test_amounts_in_the_rounds_currency(
    office: Office, currency: str, head: str, unit: str, amount: int
) -> None:
    office.settings["currency"] = currency
    office.clues[1][0] = head
    office.clues[SECOND][AMOUNT] = f"1.5万{unit}"
    office.maps["ledgers"]["clues"]["unit_of_measure"] = {"amount": unit, "amount_paid": unit}
    office.clues[7][AMOUNT] = 900
    assert clue(office)["amount"] == amount


def test_a_unit_of_another_currency_is_refused(office: Office) -> None:
    office.settings["currency"] = "USD"
    found = {check for check, _cell in places(blocking(office.read()))}
    assert "unit_of_measure_foreign" in found


def test_the_words_name_the_rounds_money() -> None:
    row = {"id": "x", "value": 12_345_678}
    for language, currency, money, effect in (
        ("zh", "CNY", "1,234.6万元", "对金额的影响，万元"),
        ("zh", "JPY", "1,234.6万日元", "对金额的影响，万日元"),
        ("zh", "USD", "1,234.6万美元", "对金额的影响，万美元"),
        ("zh", "KRW", "1,234.6万韩元", "对金额的影响，万韩元"),
        ("zh", "CHF", "1,234.6万瑞士法郎", "对金额的影响，万瑞士法郎"),
        ("en", "CNY", "12.346 million yuan", "Effect on the amount, thousand yuan"),
        ("en", "JPY", "12.346 million yen", "Effect on the amount, thousand yen"),
        ("en", "USD", "12.346 million dollars", "Effect on the amount, thousand dollars"),
        ("en", "KRW", "12.346 million won", "Effect on the amount, thousand won"),
    ):
        told_in = words(language, currency)
        assert told_in.figure(row, "money").text == money
        assert told_in.label("report.declines.effect") == effect
        assert told_in.money(12_345_678) == money
    large = words("zh", "KRW").for_amounts_up_to(10**9)
    assert large.label("report.declines.effect") == "对金额的影响，亿韩元"


def test_the_page_on_maps_names_every_policy_with_its_default() -> None:
    page = (Path(__file__).parents[1] / "docs" / "maps.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|[^|]+\| ([^|]+) \|", page, re.MULTILINE)
    told = {key: re.findall(r"`(\w+)`", default) for key, default in rows}
    assert list(told) == list(ValuePolicy.model_fields)
    for key, field in ValuePolicy.model_fields.items():
        assert told[key] == ([str(field.default)] if field.default else []), key
    keys = set(re.findall(r"^    (\w+): ", page, re.MULTILINE))
    assert keys <= set(LedgerMap.model_fields)
    assert set(LedgerMap.model_fields) - keys == {"wide", "values"}
