"""Classes of units: which units are assessed by which items, out of how many points, and graded by which rule."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from analysis.rounds.settings_files import Code as WrittenCode
from analysis.rulebook.basis import Founded
from analysis.rulebook.composition import ItemCode, PositivePoints
from analysis.rulebook.grade_conditions import GradeName
from analysis.rulebook.grades import Grades


class UnitClass(Founded):
    """Units assessed by their own set of indicators; they are ranked and graded among themselves.

    Attributes:
        kinds: kinds of the roll that belong to it.
        units: codes of units that belong to it whatever their kind.
        items: codes of the dimensions, groups or indicators it is assessed by.
        points: full points of indicators where they differ for this class.
        base_points: what its items add up to, where not to the base points of the set.
        places: how many first and last places its grades have, by name of the grade, where not as the grade rule says.
        grades: its own grade rule; left out, that of the set.
    """

    code: ItemCode
    name: str
    name_en: str = ""
    kinds: tuple[str, ...] = ()
    units: tuple[WrittenCode, ...] = ()
    items: Annotated[tuple[ItemCode, ...], Field(min_length=1)]
    points: dict[ItemCode, PositivePoints] = Field(default_factory=dict)
    base_points: PositivePoints | None = None
    places: dict[GradeName, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    grades: Grades | None = None
