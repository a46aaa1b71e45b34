"""A page from a template that needs no script and holds all it shows: style, the signs of its fonts, no address."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import Any

import jinja2

from analysis.publish import address_guard
from analysis.publish.html_exporter import OutsideResourceError, asset, content_security_policy
from analysis.render import fonts


def plain_page(name: str, parts: Mapping[str, Any]) -> str:
    """Return a template filled in.

    Args:
        name: of its file in `templates`.
        parts: what fills it, beside `policy`, `style` and `fonts`.

    Raises:
        OutsideResourceError: the page refers to something outside itself.
    """
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(
        resources.files("analysis.publish").joinpath("templates", name).read_text(encoding="utf-8")
    )
    given = {**parts, "policy": content_security_policy(""), "style": asset("style.css")}
    # titles, files and languages may be called what no font has signs for; addresses are plain
    unset = fonts.drawable(template.render(given, fonts=""))
    faces = fonts.subset_faces(fonts.texts_of(unset))
    text = fonts.drawable(template.render(given, fonts=faces)) + "\n"
    wrong = address_guard.check_html(text)
    if wrong:
        raise OutsideResourceError("; ".join(wrong))
    return text
