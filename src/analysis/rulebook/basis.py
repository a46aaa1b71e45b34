"""Where a part of a rule set comes from: published, or assumed because the source leaves it open."""

from __future__ import annotations

from analysis.rounds.settings_files import Settings


class Founded(Settings):
    """A part of a rule set that may say where it comes from.

    Attributes:
        assumed: the source leaves it open; somebody had to choose.
        basis: the source, in words.
    """

    assumed: bool = False
    basis: str = ""
