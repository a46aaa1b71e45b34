"""The bulletin in an executed notebook: head, text and closing, as its exporters see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.publish.executed_notebook import Page, read_document
from analysis.render.official_content import BULLETIN_MIME, Block, Closing, Head, Line, Run, plain_of
from analysis.words import Text, words


class NotABulletinError(Exception):
    """The notebook shows no bulletin, or only parts of one: it was not executed to its end."""


@dataclass(frozen=True)
class OfficialDocument:
    """A whole bulletin as the exporters see it: words and kinds, nothing left to compute.

    Attributes:
        page: what the set-up cell says.
        head: everything above the first heading.
        blocks: the text, headings and paragraphs in order, the opening paragraph first.
        closing: everything below it.
    """

    page: Page
    head: Head
    blocks: tuple[Block, ...]
    closing: Closing

    @property
    def title(self) -> str:
        """The title in one line."""
        joined = words(self.page.language).label("punctuation.sentence")
        return joined.join(plain_of(line) for line in self.head.title)

    @property
    def issuer(self) -> str:
        """The issuer, the author of the file."""
        return plain_of(self.head.issuer)

    @property
    def mark(self) -> str:
        """The issuer's mark as printed."""
        return plain_of(self.head.mark)

    @property
    def day(self) -> dt.date:
        """The document's date; the cut-off where the office has not set it, never today."""
        return dt.date.fromisoformat(self.closing.day) if self.closing.day else self.page.date()


def read_official(notebook: Any) -> OfficialDocument:
    """Return the bulletin in an executed notebook (an nbformat 4 node).

    Raises:
        NotABulletinError: head or closing is not there.
    """
    page = read_document(notebook).page
    parts: dict[str, list[Mapping[str, Any]]] = {"head": [], "text": [], "closing": []}
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            record = output.get("data", {}).get(BULLETIN_MIME)
            if record is not None:
                parts[record["part"]].append(record)
    if len(parts["head"]) != 1 or len(parts["closing"]) != 1:
        raise NotABulletinError(page.title or "no bulletin in this notebook")
    head = _head(page.language, parts["head"][0])
    records = [block for text in parts["text"] for block in text["blocks"]]
    blocks = (Block(_line(b["body"]), _line(b["heading"]), b["level"]) for b in records)
    return OfficialDocument(
        page,
        head,
        (Block(head.opening), *blocks),
        _closing(page.language, parts["closing"][0]),
    )


def _head(language: str, record: Mapping[str, Any]) -> Head:
    return Head(
        language,
        _line(record["issuer"]),
        record["suffix"],
        _line(record["number"]),
        _lines(record["title"]),
        _line(record["addressees"]),
        _line(record["opening"]),
    )


def _closing(language: str, record: Mapping[str, Any]) -> Closing:
    return Closing(
        language,
        _lines(record["signature"]),
        _line(record["date"]),
        record["day"],
        _line(record["copies_to"]),
        _line(record["printed_by"]),
        _line(record["printed_on"]),
        record["seal"],
    )


def _lines(many: Sequence[Sequence[Mapping[str, Any]]]) -> tuple[Line, ...]:
    return tuple(_line(records) for records in many)


def _line(records: Sequence[Mapping[str, Any]]) -> Line:
    return tuple(Run(Text(run["text"]), run["kind"], run["office"]) for run in records)
