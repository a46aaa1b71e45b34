"""What matplotlib draws on where another library has drawn something onto a chart."""

from __future__ import annotations

from typing import Any

from matplotlib.backend_bases import RendererBase
from matplotlib.colors import rgb2hex
from matplotlib.transforms import Affine2D

from analysis.charts.style import text_size
from analysis.charts.svg_pen import Look, Pen, form_data, path_data, short, stroke


class Renderer(RendererBase):
    """Writes what matplotlib draws with a pen.

    matplotlib's own writer would be read, stripped and written again, and would measure every text once more. Nothing
    is clipped but lines at the edge of the sheet; there are no pictures and no hatches.
    """

    def __init__(self, pen: Pen) -> None:
        super().__init__()
        self._pen = pen
        self._down = Affine2D().scale(1, -1).translate(0, pen.height)

    def flipy(self) -> bool:
        """Whether heights grow downwards, as they do in SVG."""
        return True

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Return the size of the sheet in px."""
        return self._pen.width, self._pen.height

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: object) -> tuple[float, float, float]:
        """Return how large a text is in px, as it was measured for its place."""
        return text_size(s, prop.get_size_in_points(), bold=is_bold(prop))

    def draw_path(self, gc: Any, path: Any, transform: Any, rgbFace: Any = None) -> None:  # noqa: N803
        """Draw a line or a filled form."""
        edges = (0.0, 0.0, self._pen.width, self._pen.height) if rgbFace is None else None
        self._pen.path(path_data(path, transform + self._down, edges), _look(gc, rgbFace))

    def draw_markers(  # noqa: PLR0917 - as matplotlib calls it
        self,
        gc: Any,
        marker_path: Any,
        marker_trans: Any,
        path: Any,
        trans: Any,
        rgbFace: Any = None,  # noqa: N803
    ) -> None:
        """Draw a mark at every point of a path."""
        points = (trans + self._down).transform(path.vertices)
        self._pen.marks(form_data(marker_path, marker_trans), _look(gc, rgbFace), points)

    def draw_text(  # noqa: PLR0917 - as matplotlib calls it
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: Any,
        angle: float,
        ismath: object = False,
        mtext: Any = None,
    ) -> None:
        """Write a text."""
        align = "left"
        if mtext is not None and not angle:
            x, _ = mtext.get_transform().transform(mtext.get_unitless_position())
            align = mtext.get_ha()
        color = rgb2hex(gc.get_rgb())
        self._pen.text(
            s, (x, y), size=prop.get_size(), color=color, align=align, bold=is_bold(prop), angle=angle
        )


def is_bold(prop: Any) -> bool:
    """Return whether a text or its font is bold."""
    return prop.get_weight() in ("bold", 700)


def _look(gc: Any, fill: Any) -> Look:
    """Return fill and stroke as attributes of SVG, without what is so anyway."""
    look = {"fill": "none" if fill is None else rgb2hex(fill)}
    if fill is not None and len(fill) == 4 and fill[3] != 1.0:
        look["fill-opacity"] = short(fill[3])
    edge, (_, dashes) = gc.get_rgb(), gc.get_dashes()
    join, cap = str(gc.get_joinstyle()), str(gc.get_capstyle())
    return look | stroke(rgb2hex(edge), gc.get_linewidth(), dashes, opacity=edge[3], join=join, cap=cap)
