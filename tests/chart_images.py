"""Pictures of every chart, small and committed, that a change of a chart is held against.

    python -m tests.chart_images        draws tests/chart_images/*.png anew

Look at the difference before committing it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imread
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))

import chart_examples as example

from analysis.charts.style import report_style

FOLDER: Final = Path(__file__).parent / "chart_images"
DPI: Final = 60
#: root mean square of the differences of grey, 0–255: letters drawn by another version of freetype stay below it
TOLERANCE: Final = 9.0
#: the same within a square of so many pixels: a bar that moved is above it however large the chart is
WINDOW, LOCAL_TOLERANCE = 12, 50.0


def figures() -> dict[str, Callable[[], Figure]]:
    """Return the drawing of every chart at both widths by the name of its picture."""
    return {
        f"{name}-{width}": draw
        for width in ("wide", "slim")
        for name, draw in example.all_charts(width, 5 if width == "slim" else 9).items()
    }


@report_style()
def pixels(figure: Figure) -> np.ndarray:
    """Return a figure as grey values 0–255 on white, shape (height, width)."""
    figure.set_dpi(DPI)
    figure.patch.set_visible(True)
    figure.patch.set_facecolor("white")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    colours = np.asarray(canvas.buffer_rgba(), dtype=float)[..., :3]
    return colours @ np.array([0.299, 0.587, 0.114])


def baseline(name: str) -> np.ndarray:
    """Return the committed picture of a chart as grey values 0–255.

    Raises:
        FileNotFoundError: there is none; the command at the top of this file draws it.
    """
    return np.asarray(imread(FOLDER / f"{name}.png"), dtype=float) * 255


def difference(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Return by how much two pictures differ: as a whole, and in the square that differs most."""
    if one.shape != other.shape:
        return float("inf"), float("inf")
    squares = (one - other) ** 2
    rows, columns = (-(-size // WINDOW) * WINDOW for size in squares.shape)
    padded = np.zeros((rows, columns))
    padded[: squares.shape[0], : squares.shape[1]] = squares
    tiles = padded.reshape(rows // WINDOW, WINDOW, columns // WINDOW, WINDOW).mean(axis=(1, 3))
    return float(np.sqrt(squares.mean())), float(np.sqrt(tiles.max()))


def write() -> list[Path]:
    """Draw every baseline; return their paths."""
    FOLDER.mkdir(exist_ok=True)
    paths = []
    for name, draw in figures().items():
        paths.append(FOLDER / f"{name}.png")
        Image.fromarray(np.rint(pixels(draw())).astype(np.uint8)).save(paths[-1], "png", optimize=True)
    return paths


if __name__ == "__main__":
    print("\n".join(str(path) for path in write()))
