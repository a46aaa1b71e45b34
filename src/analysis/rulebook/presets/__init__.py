"""Rule sets to begin with, as readable files: the grade rules of several places, beside one set of indicators.

The files are rulebooks like any other; what their sources leave open is marked `assumed: true`. `made_up_units.csv`
holds units nobody has ever assessed, to show what the rules do (`analysis.scoring.presets_page`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent
#: in the order of the documentation
PRESETS: Final = (
    "guangdong", "jiangsu", "gansu", "shangluo", "chongqing", "transport", "national_style",
)  # fmt: skip
#: invented units with their values
MADE_UP_UNITS: Final = _FOLDER / "made_up_units.csv"


def preset_file(name: str) -> Path:
    """Return the file of a preset.

    Raises:
        KeyError: no such preset.
    """
    if name not in PRESETS:
        raise KeyError(f"no preset {name!r}; there are {', '.join(PRESETS)}")
    return _FOLDER / f"{name}.yaml"
