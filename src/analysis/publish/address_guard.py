"""The leak guard: nothing in a shared page leads outside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any, Final

#: attributes that make a browser fetch something
_FETCHING: Final = frozenset(
    {
        "src", "srcset", "poster", "data", "background", "action", "formaction", "manifest", "ping", "longdesc",
        "codebase", "archive", "classid", "cite", "profile", "imagesrcset", "srcdoc",
    }
)  # fmt: skip
#: elements that hold or load other documents
_FOREIGN: Final = frozenset(
    {"iframe", "frame", "object", "embed", "applet", "link", "base", "form", "portal"}
)
#: an address in a style sheet, between quotation marks of either kind or without
_CSS_ADDRESS: Final = re.compile(r"""url\(\s*(?:"([^"]*)"\s*|'([^']*)'\s*|([^)]*))\)""", re.IGNORECASE)
_CSS_IMPORT: Final = re.compile(r"@import|image-set\s*\(|expression\s*\(|-moz-binding", re.IGNORECASE)
_EMBEDDED: Final = re.compile(r"data:(?:font|image)/", re.IGNORECASE)
_OUTSIDE: Final = re.compile(r"[a-z][a-z0-9+.-]*://|[\"'`]//", re.IGNORECASE)
_SCRIPT_DOORS: Final = re.compile(
    r"\b(?:fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts|eval|Function)\b|\bimport\b"
)
#: the one type of a script element that is not executed and loads nothing
_DATA: Final = "application/json"
_ADDRESS: Final = re.compile(
    r"[a-z][a-z0-9+.-]*://|^\s*(?:[/\\]{2}|(?:javascript|vbscript|data|blob|file):)", re.IGNORECASE
)
#: name spaces are names, not addresses; matplotlib and our own SVG carry these
_NAMESPACES: Final = frozenset({"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"})


def _strings(data: Any) -> Iterator[str]:
    """Yield every string in data read from JSON, names included."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        for item in data:
            yield from _strings(item)
    elif isinstance(data, dict):
        for name, item in data.items():
            yield name
            yield from _strings(item)


class _Inspector(HTMLParser):
    """Collects what is wrong with a page, in the order of the text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.policy = ""
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name.lower(): value or "" for name, value in attrs}
        self.inside = tag if tag in {"script", "style"} else ""
        if tag == "script" and "type" in attributes:
            # import maps, modules and speculation rules load more; a block of data does not
            self.inside = "data" if attributes["type"] == _DATA else tag
            if attributes["type"] != _DATA:
                self.wrong.append(f"<script type={attributes['type']!r}> at line {self.getpos()[0]}")
        if tag in _FOREIGN:
            self.wrong.append(f"<{tag}> at line {self.getpos()[0]}")
        if tag == "meta":
            self._meta(attributes)
        for name, value in attributes.items():
            self._attribute(tag, name, value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.inside = ""

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "style":
            self._style(data, "<style>")
        elif self.inside == "script":
            for found in (_OUTSIDE.search(data), _SCRIPT_DOORS.search(data)):
                if found:
                    self.wrong.append(f"script contains {found.group(0)!r}")
        elif self.inside == "data":
            self._data(data)

    def _data(self, text: str) -> None:
        """Data are well formed, open and close no element, and no text in them is an address."""
        if "<" in text:
            self.wrong.append("data block contains '<'")
        try:
            strings = list(_strings(json.loads(text)))
        except ValueError as error:
            self.wrong.append(f"data block is not JSON: {error}")
            return
        for string in strings:
            found = _ADDRESS.search(string)
            if found:
                self.wrong.append(f"data block contains {found.group(0)!r}")

    def _meta(self, attributes: dict[str, str]) -> None:
        kind = attributes.get("http-equiv", "").lower()
        if kind == "content-security-policy":
            self.policy = attributes.get("content", "")
        elif kind == "refresh":
            self.wrong.append("<meta http-equiv=refresh>")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        local = name.rsplit(":", 1)[-1]
        if name.startswith("on"):
            self.wrong.append(f"event handler {_place(tag, name, value)}")
        elif name == "style" or (
            local in {"fill", "stroke", "filter", "mask", "clip-path"} and "url(" in value
        ):
            self._style(value, _place(tag, name, value))
        elif local == "href":
            # links inside the page are fine; a link of the index may lead to a neighbouring file
            inside = value.startswith("#") or (
                tag == "a" and not re.match(r"[a-z][a-z0-9+.-]*:|/", value, re.IGNORECASE)
            )
            if not inside:
                self.wrong.append(f"reference {_place(tag, name, value)}")
        elif name in _FETCHING and not (tag == "img" and _EMBEDDED.match(value)) and tag not in {"data"}:
            self.wrong.append(f"resource {_place(tag, name, value)}")
        elif name.startswith("xmlns") and value not in _NAMESPACES:
            self.wrong.append(f"name space {_place(tag, name, value)}")

    def _style(self, text: str, place: str) -> None:
        if _CSS_IMPORT.search(text):
            self.wrong.append(f"style loads more at {place}")
        for ways in _CSS_ADDRESS.findall(text):
            address = "".join(ways).strip()
            if not (_EMBEDDED.match(address) or address.startswith("#")):
                self.wrong.append(f"style address {address[:60]!r} at {place}")


def _place(tag: str, name: str, value: str) -> str:
    return f"<{tag} {name}={value[:60]!r}>"


def check_html(text: str) -> list[str]:
    """Return everything in a page that leads outside the file, and what its policy lacks; empty if all is well.

    Looked at: elements that load documents, attributes that fetch, links (only inside the page, or relative from
    an index), style sheets (`url()`, `@import`), scripts (addresses and functions that send), blocks of data (only
    JSON, no address in it), event handlers and the content-security policy (`default-src 'none'`, script only by hash).
    """
    inspector = _Inspector()
    inspector.feed(text)
    inspector.close()
    wrong = list(inspector.wrong)
    rules = {part.split()[0]: part.split()[1:] for part in inspector.policy.split(";") if part.split()}
    if rules.get("default-src") != ["'none'"]:
        wrong.append("the content-security policy does not begin from default-src 'none'")
    for rule, sources in rules.items():
        for source in sources:
            hashed = rule == "script-src" and source.startswith("'sha256-")
            inline = rule == "style-src" and source == "'unsafe-inline'"
            embedded = rule in {"font-src", "img-src"} and source == "data:"
            if not (source == "'none'" or hashed or inline or embedded):
                wrong.append(f"the content-security policy allows {rule} {source}")
    return wrong
