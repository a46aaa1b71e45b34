"""Which unit a row belongs to: by code, by exact names, or not at all."""

import pytest

from analysis.rounds.units import Unit, UnitRoll

EAST = Unit("990001", "示例东区", "东区", ("东", "东区政府"), order=2, kind="区", former_codes=("990011",))
NEW = Unit("990002", "示例东新区", "东新区", order=1, kind="新区")
ROLL = UnitRoll([EAST, NEW], "990000", "全市", "示例市")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("990001", ""),
        ("990011", ""),
        ("", "示例东区"),
        ("", "东区"),
        ("", "东"),
        ("990001", "东区政府"),
        ("990011", "东　区"),
        ("９９０００１", " 东区 "),
    ],
)
def test_every_spelling_leads_to_the_present_code(code, name):
    assert ROLL.resolve(code, name) == ("990001", None)


@pytest.mark.parametrize(
    ("code", "name", "check"),
    [
        ("", "", "unit_missing"),
        (" ", "　", "unit_missing"),
        ("990009", "", "unit_unknown"),
        ("990001", "西区", "unit_unknown"),
        ("990009", "东区", "unit_unknown"),
        # a part of a name is another name
        ("", "东新", "unit_unknown"),
        ("", "示例东", "unit_unknown"),
        ("990001", "东新区", "unit_code_name_disagree"),
        ("990011", "东新区", "unit_code_name_disagree"),
    ],
)
def test_what_is_nobodys_is_not_guessed(code, name, check):
    assert ROLL.resolve(code, name) == (None, check)


def test_the_roll_keeps_the_offices_order():
    assert ROLL.codes == ("990002", "990001")
    assert [unit.short for unit in ROLL] == ["东新区", "东区"]
    assert len(ROLL) == 2


def test_the_city_has_names_but_is_no_unit():
    assert (ROLL.short("990000"), ROLL.name("990000")) == ("全市", "示例市")
    assert ROLL.name("990011") == "示例东区"
    with pytest.raises(KeyError):
        ROLL.unit("990000")


def test_a_code_in_use_belongs_to_the_unit_that_has_it_now():
    moved = Unit("990003", "示例西区", "西区", former_codes=("990001",), order=3)
    assert UnitRoll([EAST, moved], "990000", "全市").resolve("990001", "") == ("990001", None)


def test_the_roll_survives_the_store():
    again = UnitRoll.from_frame(ROLL.to_frame(), "990000", "全市", "示例市")
    assert again.units == ROLL.units
    assert again.name("990000") == "示例市"
