"""What changed between two states, as one page without anything outside it. It names units and files: internal."""

from __future__ import annotations

from analysis.publish.plain_page import plain_page
from analysis.questions.change_tables import Changes
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
    parts = {
        "language": words.habits.tag,
        "title": html(title),
        "level": html(words.label("report.disclosure.internal")),
        "mark": html(words.label("index.example"))
        if any(s.manifest.get("synthetic") for s in states)
        else "",
        "lines": [html(line) for line in changes.lines()],
        "tables": [html(table) for table in changes.tables()],
    }
    return plain_page("changes.html.j2", parts)
