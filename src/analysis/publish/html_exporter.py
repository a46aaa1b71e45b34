"""`assess-html`: one self-contained HTML file from an executed notebook."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, NamedTuple

from nbconvert.exporters.html import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from traitlets import Dict, default

from analysis.publish import address_guard
from analysis.publish.executed_notebook import Document, Page, find_fonts, read_document, require_executed
from analysis.render import fonts, palette
from analysis.render.html_blocks import Html
from analysis.words import words

#: what the script says, by its name there
_SCRIPT_WORDS: Final = {
    "tools": "tools",
    "filter": "filter",
    "all": "filter_all",
    "note": "filter_note",
    "clear": "filter_clear",
    "empty": "filter_empty",
    "origins": "origins",
    "hint": "origins_hint",
    "titled": "origins_titled",
    "copy": "copy",
    "copied": "copied",
    "save": "save",
    "of": "of",
    "link": "link",
    "close": "origin.close",
    "cells": "origin.cells",
    "row": "origin.row",
    "more": "origin.more",
    "rest": "origin.rest",
    "none": "origin.no_cells",
}


class OutsideResourceError(Exception):
    """The page would load something from outside, or lacks its content-security policy."""


@cache
def asset(name: str) -> str:
    """Return the text of a file of the template (`style.css`, `script.js`, …), its colours filled in."""
    file = resources.files("analysis.publish").joinpath("templates", "assess", name)
    text = file.read_text(encoding="utf-8")
    return text if name.endswith(".js") else palette.filled(text)


def content_security_policy(script: str) -> str:
    """Return the policy: nothing from anywhere, inline style, embedded fonts and images, this one script."""
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    allowed = f"script-src 'sha256-{digest}'; " if script else ""
    return (
        "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; "
        f"{allowed}base-uri 'none'; form-action 'none'"
    )


class AssessHTMLExporter(HTMLExporter):
    """Exports an executed notebook as one HTML file without any resource outside it.

    Attributes:
        shared_characters: further characters per face, so that several pages share one font subset
            (see `Prepared` and `fonts.merge_texts`).
    """

    export_from_notebook = "Assessment report (HTML)"
    output_mimetype = "text/html"
    shared_characters = Dict(help="Further characters per face to embed.").tag(config=True)

    @default("template_name")
    def _template_name(self) -> str:
        return "assess"

    @default("extra_template_basedirs")
    def _template_folders(self) -> list[str]:
        return [str(resources.files("analysis.publish").joinpath("templates"))]

    @default("file_extension")
    def _extension(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override]
        self, nb: Any, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the HTML and the resources of a notebook node.

        Raises:
            NotExecutedError: the notebook was not executed to its end, nor is `--execute` given.
            OutsideResourceError: the page refers to something outside it.
        """
        # HTMLExporter itself would parse and rewrite the finished page, which damages inline SVG; what there is to
        # execute is executed by what it inherits from
        nb, gathered = super(TemplateExporter, self).from_notebook_node(nb, resources, **kw)
        require_executed(nb)
        folder = gathered.get("metadata", {}).get("path") or None
        return self.page(prepared(read_document(nb), folder)), gathered

    def page(self, content: Prepared) -> str:
        """Return the page of a document.

        Raises:
            OutsideResourceError: the page refers to something outside it.
        """
        parts = page_parts(content, self.shared_characters)
        text = str(self.template.render(resources={"assess": parts}))
        wrong = address_guard.check_html(text)
        if wrong:
            raise OutsideResourceError("; ".join(wrong))
        return text


class Prepared(NamedTuple):
    """A document as the parts of a page, and what fonts these need.

    Attributes:
        document: the document.
        parts: what the template fills in, as HTML or as plain text.
        characters: the characters of the page by face; to be merged for pages that share a subset.
        extra: font files of the round.
    """

    document: Document
    parts: dict[str, Any]
    characters: dict[str, str]
    extra: tuple[Path, ...]


def prepared(document: Document, folder: str | Path | None = None) -> Prepared:
    """Return the parts of the page of a document, whose extra fonts are found from a folder upwards."""
    extra = find_fonts(document.page, folder)
    parts: dict[str, Any] = _drawable(_parts(document), extra)
    return Prepared(document, parts, fonts.merge_texts([fonts.texts_of(_visible(parts))]), extra)


def page_parts(content: Prepared, shared: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return what the template fills in, all of it ready HTML or plain text for escaping."""
    document, extra = content.document, content.extra
    # what other pages cannot print is their code points here too
    others = {face: fonts.drawable(text, extra) for face, text in (shared or {}).items()}
    texts = fonts.merge_texts([content.characters, others])
    script = asset("script.js")
    return {
        **content.parts,
        "fonts": fonts.subset_faces(texts, extra),
        "style": asset("style.css"),
        "margins": fonts.drawable(_margin_boxes(document.page), extra),
        "data": fonts.drawable(json_block(page_data(document)), extra),
        "script": script,
        "policy": content_security_policy(script),
    }


def _drawable(part: Any, extra: Sequence[Path]) -> Any:
    """Return a part of a page with what the fonts lack as code points, in all its texts."""
    if isinstance(part, str):
        # a mark for the template that this is markup is kept
        return type(part)(fonts.drawable(part, extra))
    if isinstance(part, Mapping):
        return {name: _drawable(inner, extra) for name, inner in part.items()}
    return [_drawable(inner, extra) for inner in part] if isinstance(part, list | tuple) else part


def page_data(document: Document) -> dict[str, Any]:
    """Return what the script works with: its words, the units to choose from, where the figures come from."""
    page, catalogue = document.page, words(document.page.language)
    return {
        "words": {name: catalogue.label(f"page.{key}") for name, key in _SCRIPT_WORDS.items()},
        "units": [list(unit) for unit in page.units],
        **({"origins": document.origins} if document.origins else {}),
    }


def json_block(data: Mapping[str, Any]) -> str:
    """Return data as JSON that can stand in a `<script>` element: nothing in it closes or opens an element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _parts(document: Document) -> dict[str, Any]:
    page, catalogue = document.page, words(document.page.language)
    shown, first, rest = Html(page.language), document.first, document.rest
    return {
        "language": catalogue.habits.tag,
        # for the words the template escapes
        "marked": shown.marked,
        "kind": page.kind,
        "title": " · ".join(part for part in (page.title.replace("\u200b", ""), page.mark) if part),
        "masthead": shown(document.masthead),
        "first_id": first.id,
        "first_label": first.heading or catalogue.label(f"section.{first.id}"),
        "summary": "".join(map(shown, first.blocks)),
        "sections": [
            {
                "id": section.id,
                "heading": section.heading,
                "body": "".join(map(shown, section.blocks)),
            }
            for section in rest
        ],
        "contents": page.kind != "card" and len(rest) > 1,
        "contents_title": catalogue.label("publish.contents"),
        "skip": catalogue.label("publish.skip"),
        "mark": page.mark,
        "footer": list(document.footer),
        "said": _said(page_data(document)),
    }


def _said(data: Mapping[str, Any]) -> list[str]:
    """Return every piece of text the script may show."""
    return [
        *data["words"].values(),
        *(name for _code, name in data["units"]),
        *data.get("origins", {}).get("strings", ()),
    ]


def _visible(parts: Mapping[str, Any]) -> str:
    """Return the page's content as HTML, for finding out which characters it needs."""
    headings = "".join(f"<h2>{html.escape(s['heading'])}</h2>{s['body']}" for s in parts["sections"])
    plain = [parts["title"], parts["contents_title"], parts["skip"], parts["mark"], *parts["footer"]]
    plain += parts["said"]
    plain += [s["heading"] for s in parts["sections"]]
    return str(parts["masthead"]) + str(parts["summary"]) + headings + html.escape(" ".join(plain))


def _margin_boxes(page: Page) -> str:
    """Return the print margins: the mark, the page number and the running head on every sheet."""
    mark, head = _css_string(page.mark), _css_string(page.short_title)
    return (
        "@page{"
        f"@bottom-left{{content:{mark};color:{palette.VERMILION}}}"
        '@bottom-center{content:"— " counter(page) " —"}'
        f"@bottom-right{{content:{head}}}"
        "}"
    )


def _css_string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("<", "\\3c ").replace("\n", " ")
    return f'"{escaped}"'
