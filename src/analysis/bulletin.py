"""The office's own paragraphs of a round: `bulletin.yaml`, typed.

Figures never stand here: they are computed and printed by the report. What stands here is what only the
office can say. The file is read with `settings.read_settings(path, Bulletin, shown)`.
"""

from __future__ import annotations

from pydantic import Field

from analysis.settings import Settings


class Requirement(Settings):
    """One requirement for the time ahead: a title and its paragraph."""

    title: str = Field(min_length=1)
    text: str = Field(min_length=1)


class Bulletin(Settings):
    """The office's paragraphs.

    Attributes:
        example: the paragraphs are placeholders of an example round and are marked so wherever they are printed.
        achievements: paragraphs of the section on achievements, in order.
        requirements: requirements for the time ahead, in order.
    """

    example: bool = False
    achievements: list[str] = Field(default_factory=list)
    requirements: list[Requirement] = Field(default_factory=list)
