"""What an executed notebook keeps of a block: HTML with its own style, plain text, and the block itself.

JupyterLab and its like show the HTML. They have neither the page's style sheet nor a phone's width, so the style comes
along, scoped under one class, and every chart is drawn once.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from analysis.render import palette
from analysis.render.block_json import BLOCK_MIME, to_json
from analysis.render.blocks import Display, Graphic, Link, in_notebook
from analysis.render.html_blocks import Html, attribute, labelled_svg
from analysis.render.plain_blocks import plain


class NotebookHtml(Html):
    """Turns blocks into HTML for a page that is not ours: nothing in it refers to an id of the page."""

    def graphic(self, graphic: Graphic) -> str:
        """Return the figure with its wide drawing."""
        return self._figure(
            graphic, labelled_svg(graphic.wide, "only", attribute("aria-label", plain(graphic.alt)))
        )

    def link(self, link: Link) -> str:
        """Return the content: its target may stand in another notebook."""
        return self(link.content)


@cache
def style() -> str:
    """Return the style sheet with its colours, on as few lines as it has rules."""
    text = resources.files("analysis.render").joinpath("jupyter.css").read_text(encoding="utf-8")
    text = palette.filled(text)
    return "".join(line.strip() + ("\n" if line.endswith("}") else " ") for line in text.splitlines() if line)


@in_notebook.register
def bundle(block: Display) -> dict[str, Any]:
    """Return a block by MIME type; the exporters read the JSON and nothing else."""
    markup = f'<div class="assess"><style>{style()}</style>{NotebookHtml()(block)}</div>'
    return {BLOCK_MIME: to_json(block), "text/html": markup, "text/plain": plain(block)}
