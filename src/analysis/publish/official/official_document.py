"""The bulletin in an executed notebook: head, text and closing, as its exporters see them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from analysis.publish.executed_notebook import NotExportableError, Page, legends, read_document
from analysis.render.blocks import figures
from analysis.render.official_content import Block, Blocks, Closing, Head, Run, plain_of
from analysis.words import Text, words


class NotABulletinError(NotExportableError):
    """The notebook shows no bulletin, or only parts of one."""


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
    document = read_document(notebook)
    parts = list(document.leaves())
    heads = [part for part in parts if isinstance(part, Head)]
    closings = [part for part in parts if isinstance(part, Closing)]
    if len(heads) != 1 or len(closings) != 1:
        raise NotABulletinError(words(document.page.language).label("notebook.no_bulletin"))
    text = [block for part in parts if isinstance(part, Blocks) for block in part.blocks]
    meanings = legends(figures((heads[0], *text)), words(document.page.language))
    text += [Block((Run(Text(meaning)),)) for meaning in meanings]
    return OfficialDocument(document.page, heads[0], (Block(heads[0].opening), *text), closings[0])
