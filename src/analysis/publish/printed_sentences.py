"""Every sentence of the products as it is printed, one row each, so that two editions can be held against each other.

They are read from the executed notebooks, from which page and paper are made as well.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import nbformat
import pandas as pd

from analysis.publish.executed_notebook import Section, read_document
from analysis.render.blocks import Display, Findings, Foreign, Graphic, Heading, Part, Prose, Table, leaves
from analysis.render.official_content import OfficialPart
from analysis.report.sections import CARD, PRODUCTS
from analysis.rounds.frames import frame_of
from analysis.words import Text
from analysis.words.text import is_sentence, sentences_of

#: `product` is a name of `PRODUCTS`, `unit` of whom a card is, `place` the heading of the section, `rows` the ids of
#: the rows its figures come from
SENTENCE_COLUMNS: Final = {
    "id": "str", "product": "str", "unit": "str", "place": "str", "text": "str", "rows": "str",
}  # fmt: skip
#: what goes out
_PRINTED: Final = ("report", "bulletin", CARD)
#: signs of the hash by which a sentence without a figure is known
_SHORT: Final = 12


def printed_sentences(notebooks: Path) -> pd.DataFrame:
    """Return the sentences of the executed notebooks of an edition, in the order of reading.

    A sentence is known by its section and by the row of its first figure, so that one more before it makes no other;
    one without a figure is known by its words.

    Args:
        notebooks: their folder; a product that was not made has no rows.

    Returns:
        Frame `SENTENCE_COLUMNS`.
    """
    return frame_of(
        (row for name in _PRINTED for path in _executed(notebooks, name) for row in _rows(name, path)),
        SENTENCE_COLUMNS,
    )


def _executed(notebooks: Path, name: str) -> list[Path]:
    stem = PRODUCTS[name].notebook
    return sorted(notebooks.glob(f"{stem}-*.ipynb" if name == CARD else f"{stem}.ipynb"))


def _rows(name: str, path: Path) -> Iterator[dict[str, Any]]:
    unit = path.stem.removeprefix(f"{PRODUCTS[name].notebook}-") if name == CARD else ""
    notebook: Any = nbformat.v4.reads(path.read_text(encoding="utf-8"))  # type: ignore[no-untyped-call]
    seen: Counter[str] = Counter()
    for section in read_document(notebook).sections:
        for text in _said(section):
            rows = list(dict.fromkeys(figure.row for figure in text.figures() if figure.row))
            words = text.marked.strip()
            known = rows[0] if rows else hashlib.sha256(words.encode("utf-8")).hexdigest()[:_SHORT]
            ident = "/".join(filter(None, (name, unit, section.id, known)))
            seen[ident] += 1
            yield {
                "id": ident if seen[ident] == 1 else f"{ident}/{seen[ident]}",
                "product": name,
                "unit": unit,
                "place": section.heading,
                "text": words,
                "rows": ";".join(rows),
            }


def _said(section: Section) -> Iterator[Text]:
    for block in section.blocks:
        for leaf in leaves(block):
            for text in _texts(leaf):
                yield from sentences_of(text)


def _texts(block: Display) -> Iterator[Text]:
    """Yield what a block says: all of a paragraph or a title, of cells and marks only whole sentences."""
    match block:
        case Foreign():
            yield from (text for leaf in leaves(block.otherwise) for text in _texts(leaf))
        case Prose():
            yield from map(Text, block.texts)
        case Findings():
            yield from (text for item in block.items for text in item)
        case Heading():
            yield Text(block.content)
        case OfficialPart():
            for line in block.lines():
                yield Text(*(run.text for run in line))
        case Graphic():
            yield from map(Text, (block.title, block.subtitle))
            yield from _ended((block.key,))
        case Table():
            yield from map(Text, (block.caption, block.subtitle))
            yield from _ended(block.rows)
        case _:
            yield from _ended(block)


def _ended(part: object) -> Iterator[Text]:
    """Yield the whole sentences among contents, which are mostly names and numbers."""
    if isinstance(part, str | Text):
        if is_sentence(Text(part)):
            yield Text(part)
    elif isinstance(part, tuple):
        yield from (text for each in part for text in _ended(each))
    elif isinstance(part, Part):
        yield from (text for each in part.contents() for text in _ended(each))
