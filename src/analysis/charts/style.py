"""One look for every chart: colours, fonts, sizes, and how wide a text will be."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal

import matplotlib as mpl
import matplotlib.style
from cycler import cycler
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.ft2font import FT2Font
from matplotlib.textpath import TextToPath

from analysis.render.palette import BLUE, CONTEXT_GREY, HEAT, INK, MID_GREY, RULE, SECONDARY, VERMILION, WHITE

Width = Literal["wide", "slim"]
#: width of the two drawings in CSS pixels: the text column of a page, and a phone
PIXELS: Final[dict[str, int]] = {"wide": 840, "slim": 358}
#: no text of a drawing is smaller than this
SMALLEST: Final[dict[str, float]] = {"wide": 11.0, "slim": 10.5}

FAMILY: Final = "Report Sans SC"
_FACES: Final = {False: "ReportSansSC-Regular.ttf", True: "ReportSansSC-Bold.ttf"}

_RC: Final[Any] = {
    "font.family": FAMILY,
    "svg.fonttype": "none",
    "svg.hashsalt": "assess",
    "path.simplify": False,
    "text.hinting": "none",
    "lines.scale_dashes": False,
    "lines.solid_capstyle": "butt",
    "lines.dash_capstyle": "butt",
}


#: how an analyst's own charts look beside those of the report
_EXPLORING: Final[Any] = {
    # ours has no minus sign (U+2212)
    "font.family": [FAMILY, "DejaVu Sans"],
    "font.size": 11,
    "text.color": INK,
    "figure.figsize": (8.4, 4.2),
    "figure.dpi": 110,
    "figure.constrained_layout.use": True,
    "axes.prop_cycle": cycler(color=[BLUE, VERMILION, MID_GREY, HEAT[-1], HEAT[0], INK, CONTEXT_GREY]),
    "axes.edgecolor": MID_GREY,
    "axes.labelcolor": SECONDARY,
    "axes.titlelocation": "left",
    "axes.titlesize": 13,
    "axes.titleweight": "bold",
    "axes.titlepad": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": RULE,
    "xtick.color": SECONDARY,
    "ytick.color": SECONDARY,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
}
#: scales of an analyst's heat maps: from nothing to much, and from below to above
SCALES: Final = {"report": (WHITE, HEAT[-1], BLUE), "report_diverging": HEAT}
#: whether the style is set in this thread
_STYLED: Final[ContextVar[bool]] = ContextVar("styled", default=False)


@functools.cache
def register_fonts() -> None:
    """Make the package's own fonts known to matplotlib, once per process."""
    for bold in _FACES:
        fontManager.addfont(_font_file(bold))


def set_report_style() -> None:
    """Make the look of the report the default of matplotlib and seaborn, for an analyst's own charts.

    Chinese glyphs are right from then on; `cmap="report"` and `"report_diverging"` are its colour scales.
    `seaborn.set_theme` would take another font: it is not needed.
    """
    register_fonts()
    mpl.rcParams.update(_EXPLORING)
    for name in SCALES.keys() - set(mpl.colormaps):
        mpl.colormaps.register(LinearSegmentedColormap.from_list(name, SCALES[name]))


@contextmanager
def report_style() -> Iterator[None]:
    """Set the style for a while (also as a decorator); nothing the caller set globally comes in, or changes.

    Within a stretch that has it already nothing is done: to set all of matplotlib takes as long as a small chart.
    """
    if _STYLED.get():
        yield
        return
    register_fonts()
    entered = _STYLED.set(True)
    try:
        with mpl.style.context(["default", _RC]):
            yield
    finally:
        _STYLED.reset(entered)


def font(size: float, *, bold: bool = False) -> FontProperties:
    """Return the face of a text: `size` in px, regular or bold."""
    return FontProperties(family=FAMILY, size=size, weight="bold" if bold else "normal")


def measure(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a text in px, as a browser sets it in the same font."""
    return text_size(text, size, bold=bold)[0]


@functools.lru_cache(maxsize=8192)
def text_size(text: str, size: float, *, bold: bool = False) -> tuple[float, float, float]:
    """Return width and height of a text in px, and how much of it hangs below its baseline."""
    if not text:
        return 0.0, 0.0, 0.0
    register_fonts()
    width, height, descent = TextToPath().get_text_width_height_descent(text, font(size, bold=bold), False)
    return float(width), float(height), float(descent)


def missing_glyphs(text: str, *, bold: bool = False) -> str:
    """Return the characters of `text` the font of the charts cannot draw."""
    return "".join(sorted({sign for sign in text if ord(sign) not in _signs(bold)} - {"\n"}))


def _font_file(bold: bool) -> Path:
    # matplotlib keeps the path and reads the font again later, so it must outlive this call
    return Path(str(resources.files("analysis").joinpath("fonts", _FACES[bold])))


@functools.cache
def _signs(bold: bool) -> frozenset[int]:
    return frozenset(FT2Font(_font_file(bold)).get_charmap())
