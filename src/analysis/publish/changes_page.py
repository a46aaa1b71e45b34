"""What changed between two states, as one page without anything outside it. It names units and files: internal."""

from __future__ import annotations

from importlib import resources
from typing import Any

import jinja2

from analysis.publish import address_guard
from analysis.publish.html_exporter import OutsideResourceError, asset, content_security_policy
from analysis.questions.change_tables import Changes
from analysis.render import fonts
from analysis.render.html_blocks import Html


def page(changes: Changes) -> str:
    """Return the page with all changes.

    Raises:
        OutsideResourceError: the page refers to something outside itself.
    """
    words = changes.words
    states = (changes.old, changes.new)
    html = Html(words.language)
    title = words("changes.title", old=changes.old.name, new=changes.new.name).plain
    parts: dict[str, Any] = {
        "language": words.habits.tag,
        "title": html(title),
        "level": html(words.label("report.disclosure.internal")),
        "mark": html(words.label("index.example"))
        if any(s.manifest.get("synthetic") for s in states)
        else "",
        "lines": [html(line) for line in changes.lines()],
        "tables": [html(table) for table in changes.tables()],
        "policy": content_security_policy(""),
        "style": asset("style.css"),
        "fonts": "",
    }
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(
        resources.files("analysis.publish")
        .joinpath("templates", "changes.html.j2")
        .read_text(encoding="utf-8")
    )
    parts["fonts"] = fonts.subset_faces(fonts.texts_of(fonts.drawable(template.render(parts))))
    text = fonts.drawable(template.render(parts)) + "\n"
    wrong = address_guard.check_html(text)
    if wrong:
        raise OutsideResourceError("; ".join(wrong))
    return text
