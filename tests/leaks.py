"""Looking into shared files for what must not be in them: text, attributes, data, metadata, drawings, packed files."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

from pypdf import PdfReader
from pypdf.generic import DictionaryObject, StreamObject

#: embedded fonts and images are bytes, in which any short word turns up by chance
_EMBEDDED = re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=]+")
_SPACE = re.compile(r"\s+|\u200b|&#8203;")


def strings_of(name: str, data: bytes) -> list[str]:
    """Return everything a reader or a program could read in a file, white space removed.

    HTML, SVG, JSON and other text: the whole source, entities resolved. PDF: the pages, and every text in the
    document's objects (information, outline, alternative texts) and its XMP. Zip and Office files: their members.
    """
    suffix = Path(name).suffix
    if suffix == ".pdf":
        texts = pdf_strings(data)
    elif suffix in {".zip", ".docx", ".xlsx"}:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = [(member.filename, archive.read(member)) for member in archive.infolist()]
        notes = [member.comment.decode("utf-8", "replace") for member in archive.infolist()]
        texts = [text for member in members for text in (member[0], *strings_of(*member))] + notes
        texts.append(archive.comment.decode("utf-8", "replace"))
    elif suffix in {".png", ".jpg"}:
        texts = [data.decode("latin-1")]
    elif not suffix and not _is_text(data):
        # a copy of something made, kept under its hash: the original is looked through under its own name
        texts = []
    else:
        texts = [html.unescape(_EMBEDDED.sub("", data.decode("utf-8")))]
    return [_SPACE.sub("", text) for text in texts]


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def pdf_strings(data: bytes) -> list[str]:
    """Return the text of the pages, every text of the objects and the XMP metadata."""
    reader = PdfReader(io.BytesIO(data))
    texts = [page.extract_text() for page in reader.pages]
    for number in range(1, len(reader.xref[0]) + 1):
        found = reader.get_object(number)
        if isinstance(found, StreamObject) and found.get("/Type") == "/Metadata":
            texts.append(found.get_data().decode("utf-8"))
        if isinstance(found, DictionaryObject):
            texts += [str(value) for value in found.values() if isinstance(value, str)]
    return texts


def leaks(name: str, data: bytes, forbidden: Iterable[str], allowed: Iterable[str] = ()) -> list[str]:
    """Return the forbidden words that stand in a file or its name.

    Args:
        name: the file's name; its ending says what it is.
        data: its bytes.
        forbidden: words; a number is found where no further digit follows or precedes it.
        allowed: longer words in which a forbidden one may stand (北戴河 in 北戴河新区).
    """
    texts = [name, *strings_of(name, data)]
    for word in sorted(allowed, key=len, reverse=True):
        texts = [text.replace(word, "◇") for text in texts]
    return [word for word in forbidden if any(_stands_in(word, text) for text in texts)]


def _stands_in(word: str, text: str) -> bool:
    if word not in text:
        return False
    if word[0].isdigit() and word[-1].isdigit():
        return re.search(rf"(?<![\d.,]){re.escape(word)}(?![\d,]|\.\d)", text) is not None
    return True


class Lines(HTMLParser):
    """The rows of tables, paragraphs and list entries of a page, each as text, with the section they stand in."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.lines: list[tuple[str, str]] = []
        self._section = ""
        self._open: list[tuple[str, list[str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a line, note the section."""
        if tag == "section":
            self._section = dict(attrs).get("id") or ""
        if tag in {"tr", "p", "li", "summary", "caption", "figcaption"}:
            self._open.append((tag, []))

    def handle_data(self, data: str) -> None:
        """Add text to every open line."""
        for _, parts in self._open:
            parts.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Close a line."""
        if self._open and self._open[-1][0] == tag:
            self.lines.append((self._section, "".join(self._open.pop()[1])))
