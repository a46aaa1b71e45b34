"""Everything that goes outside solved for what it withholds; and that the attack finds what is not protected."""

from __future__ import annotations

from collections.abc import Iterator

import disclosure_attack
import pytest
from disclosure_attack import Secret, made_round, secrets

from analysis.publish import withholding
from analysis.results.assessment import Assessment

#: a round in which a unit reports nothing in one of two compared years, so that a change is of fewer units than a count
LEFT_OUT = 5


def attacked(a: Assessment) -> Iterator[tuple[str, Secret]]:
    """Yield what a reader of the letters and every unit with its card finds out of the small counts."""
    for units in ([], *([code] for code in a.roll.codes)):
        for secret in secrets(a, units):
            yield ",".join(units), secret


@pytest.mark.parametrize("number", [3, LEFT_OUT, 1000])
def test_no_small_count_is_found_out_or_told_closer_than_the_rule_tells_it(number: int) -> None:
    found = list(attacked(made_round(number)))
    assert len(found) > 20, "a round full of small cells"
    assert [each for each in found if each[1].narrowed] == []


def test_the_attack_finds_what_is_not_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the city's figures all shown a unit takes off its own share, and knows what the others have."""
    monkeypatch.setattr(withholding, "city_rows", lambda values, city, *rest: values[values["unit"] == city])
    found = [secret for units, secret in attacked(made_round(3)) if units]
    assert found
    assert all(secret.found and secret.least == secret.count for secret in found)


def test_a_change_of_fewer_units_than_its_counts_gives_away_who_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A change is of the units that report both years; with the count of a year it tells what the others have."""
    a = made_round(LEFT_OUT)
    assert not any(secret.found for _, secret in attacked(a))
    monkeypatch.setattr(withholding, "_tells_who_is_left_out", lambda *of_row: False)
    assert any(" without " in secret.cell[0] for _, secret in attacked(a) if secret.found)


def test_the_tally_holds_no_small_count_found_out() -> None:
    tally = disclosure_attack.tally()
    assert tally["rounds"] >= 100
    for name in ("letters", "card"):
        assert tally[name]["secrets"] > 1000
        assert tally[name]["found"] == tally[name]["narrowed"] == 0
    # what two units find out that put their cards side by side is said in the runbook, and cannot be helped
    assert tally["two cards"]["found"]
