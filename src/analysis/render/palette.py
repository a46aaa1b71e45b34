"""Every colour of pages, papers, charts and workbooks, as `#rrggbb`, and the side margin of the paper.

Only the standard of the bulletin has its own.

The style sheets and the typst preamble name them as `$ink`, and get them by `filled`.
"""

from __future__ import annotations

from string import Template
from typing import Final, Literal

INK: Final = "#1f2933"
SECONDARY: Final = "#5b6770"
RULE: Final = "#d9dee3"
#: between the items of a line
DIVIDER: Final = "#aab3ba"
MID_GREY: Final = "#7b8894"
CONTEXT_GREY: Final = "#cfd5da"
WHITE: Final = "#ffffff"
#: better, and what can be followed
BLUE: Final = "#1f5a96"
#: the figure whose origin is shown
PALE_BLUE: Final = "#e3ecf5"
#: worse, and the example mark
VERMILION: Final = "#c8452d"
#: from far below the mean of the units to far above it
HEAT: Final = ("#efae9f", "#f6d9d1", "#f1f3f5", "#d3e0ec", "#a9c4de")
#: what a chart may be painted with, beside mixtures of two neighbours of HEAT
OF_CHARTS: Final = frozenset({INK, SECONDARY, RULE, BLUE, VERMILION, MID_GREY, CONTEXT_GREY, WHITE, *HEAT})

#: what a grade is among the grades of a rule set: its chip is filled where it is the best or the lowest one
Tier = Literal["", "best", "lowest"]
#: fill, letter and edge of the chip of a grade
CHIPS: Final[dict[Tier, tuple[str, str, str]]] = {
    "": (WHITE, INK, SECONDARY),
    "best": (BLUE, WHITE, BLUE),
    "lowest": (VERMILION, WHITE, VERMILION),
}

# ------------------------------------------------------------------------------------------ notebooks

#: a gap the office must fill
GAP: Final = "#fff3a3"
#: the same roles on dark ground
DARK_GROUND: Final = "#16191c"
DARK_INK: Final = "#e4e8eb"
DARK_SECONDARY: Final = "#aab4bc"
DARK_RULE: Final = "#46505a"
DARK_BLUE: Final = "#8dbbe8"
DARK_VERMILION: Final = "#f29a86"

# ------------------------------------------------------------------------------------------ workbooks

#: heads of a table to read, of a form, and of its columns that must be filled in
HEAD: Final = "#e9eef2"
FORM_HEAD: Final = "#dbe6ee"
REQUIRED: Final = "#1f4e79"
HEAD_BORDER: Final = "#8fa3b0"
CELL_BORDER: Final = "#c9d3da"
EXAMPLE: Final = "#eef1f3"
#: a cell that may be edited among cells that may not
EDITABLE: Final = "#fffbe6"
#: faults by their severity, pale enough for black text
SEVERITIES: Final = {"blocks": "#f4b6a6", "warns": "#fbe3a1", "notes": "#d5e3ee"}

#: margin at both sides of the report's paper in mm, which the widths of the PDF's columns follow
PAPER_SIDE_MM: Final = 18.0

_NAMES: Final = {
    "side": f"{PAPER_SIDE_MM:g}",
    "ink": INK,
    "secondary": SECONDARY,
    "rule": RULE,
    "divider": DIVIDER,
    "grey": MID_GREY,
    "blue": BLUE,
    "pale_blue": PALE_BLUE,
    "red": VERMILION,
    "white": WHITE,
    "gap": GAP,
    "dark_ground": DARK_GROUND,
    "dark_ink": DARK_INK,
    "dark_secondary": DARK_SECONDARY,
    "dark_rule": DARK_RULE,
    "dark_blue": DARK_BLUE,
    "dark_red": DARK_VERMILION,
}


def filled(style: str) -> str:
    """Return a style sheet or preamble with its colours and measures filled in.

    Raises:
        KeyError: it names something there is not.
    """
    return Template(style).substitute(_NAMES)
