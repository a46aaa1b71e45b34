"""Patterns of what names have in common: those of files, of sheets, of the titles of tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile
from pathlib import PurePath

from analysis.rounds.units import Unit, UnitRoll


def unit_pattern(names: Iterable[str], roll: UnitRoll | None) -> str:
    """Return the one pattern that has `*` where each name names a unit; empty if there is none."""
    found = {_without_unit(name, roll) for name in names}
    return found.pop() if len(found) == 1 else ""


def unit_named(name: str, roll: UnitRoll | None) -> Unit | None:
    """Return the unit that a name names, by the longest of the spellings it has; None if it names none."""
    spellings = {text: unit for unit in roll or () for text in unit.spellings() if text and text in name}
    return spellings[max(spellings, key=len)] if spellings else None


def unit_within(text: str, roll: UnitRoll) -> Unit | None:
    """Return the one unit a text speaks of, as 东区人社局 does.

    None if it names none, or several of which none holds the names of the others.
    """
    named = unit_named(text, roll)
    if named is None:
        return None
    longest = max((spelling for spelling in named.spellings() if spelling in text), key=len)
    others = (
        each for unit in roll if unit is not named for each in unit.spellings() if each and each in text
    )
    return named if all(other in longest for other in others) else None


def as_expression(pattern: str) -> str:
    """Return the expression whose one group is what the first `*` of a pattern stands for."""
    before, _star, after = pattern.partition("*")
    return f"^{re.escape(before)}(.*){re.escape(after)}$"


def _without_unit(name: str, roll: UnitRoll | None) -> str:
    spellings = [text for unit in roll or () for text in unit.spellings() if text and text in name]
    return name.replace(max(spellings, key=len), "*", 1) if spellings else ""


def common_pattern(names: Sequence[str]) -> str:
    """Return a pattern of what names have in common, digits left to its `*`; empty if that is nothing."""
    if len(names) == 1:
        return names[0]
    endings = {PurePath(name).suffix for name in names}
    ending = endings.pop() if len(endings) == 1 else ""
    stems = [name.removesuffix(ending) for name in names]
    before = re.sub(r"\d+$", "", _beginning(stems))
    rest = [stem[len(before) :] for stem in stems]
    after = re.sub(r"^\d+", "", _beginning([stem[::-1] for stem in rest])[::-1])
    return f"{before}*{after}{ending}" if before or after else ""


def _beginning(texts: Sequence[str]) -> str:
    """Return with what all texts begin."""
    return "".join(
        signs[0] for signs in takewhile(lambda signs: len(set(signs)) == 1, zip(*texts, strict=False))
    )
