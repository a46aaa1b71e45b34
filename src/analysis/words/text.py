"""Text whose figures know their row; what it looks like in HTML or on paper, `render` says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from analysis.words.formats import Form

#: where a sentence ends and another begins, and how a text ends that is one
_BETWEEN: Final = re.compile(r"(?<=[。！？])(?![”’」』）])|(?<=[.!?])\s+(?=[A-Z“])")
_END: Final = re.compile(r"[。！？.!?][”’」』）]*$")
#: stands behind every figure that rests on rows of which some leave open what they ought to say
INCOMPLETE: Final = "†"
#: stands behind every figure that rests on a cell of which the value is doubtful
DOUBTFUL: Final = "‡"
#: the signs in the order in which they stand, and what they mean, keys of the words (`publish.<meaning>`)
MARKS: Final = {INCOMPLETE: "incomplete", DOUBTFUL: "doubtful"}


@dataclass(frozen=True)
class Figure:
    """A printed figure with the row it comes from; made by `Words.figure` only.

    Attributes:
        text: as printed (`−39.9%`).
        value: the number itself, unrounded, machine readable (`-0.3986`).
        row: id of the row of the values, scores, grades or findings; empty for a number that is no published figure.
        column: which number of the row it is (`value`, `numerator`, `lower` …).
        form: how it is printed; None where the text is more than a number, or less.
        marks: the signs behind it (of `MARKS`) that say what is wrong with what it rests on; usually none.
        counter: the word that counts it and is read together with it (`件`), where the signs stand behind that.
    """

    text: str
    value: str
    row: str
    column: str = "value"
    form: Form | None = None
    marks: str = ""
    counter: str = ""

    @property
    def plain(self) -> str:
        """The text with the word that counts it."""
        return self.text + self.counter

    @property
    def marked(self) -> str:
        """The same with its signs, for whoever has no superscript."""
        return self.plain + self.marks


@dataclass(frozen=True)
class Strong:
    """A stretch of text printed bold."""

    text: Text

    @property
    def marked(self) -> str:
        """Its words with the signs behind their figures."""
        return self.text.marked


Part = str | Figure | Strong


class Text:
    """An immutable sequence of plain text, figures and bold stretches."""

    __slots__ = ("parts",)

    def __init__(self, *parts: Part | Text) -> None:
        flat: list[Part] = []
        for part in parts:
            flat.extend(part.parts if isinstance(part, Text) else (part,))
        self.parts: tuple[Part, ...] = tuple(part for part in flat if part != "")

    def __add__(self, other: Part | Text) -> Text:
        return Text(self, other)

    def __bool__(self) -> bool:
        return bool(self.parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self.parts == other.parts

    def __hash__(self) -> int:
        return hash(self.parts)

    def __repr__(self) -> str:
        return f"Text({self.plain!r})"

    def __str__(self) -> str:
        return self.plain

    def figures(self) -> Iterator[Figure]:
        """Yield every figure in reading order, those in bold stretches included."""
        for part in self.parts:
            if isinstance(part, Figure):
                yield part
            elif isinstance(part, Strong):
                yield from part.text.figures()

    @property
    def plain(self) -> str:
        """The words and figures, without any marks."""
        return "".join(
            part if isinstance(part, str) else part.plain if isinstance(part, Figure) else part.text.plain
            for part in self.parts
        )

    @property
    def marked(self) -> str:
        """The same with the signs behind its figures."""
        return "".join(part if isinstance(part, str) else part.marked for part in self.parts)


class Listing(Text):
    """A text that lists things, and how many they are; a verb behind it agrees with that number."""

    __slots__ = ("count",)

    def __init__(self, text: Text, count: int) -> None:
        super().__init__(text)
        self.count = count


def beginning(text: Part | Text, size: str) -> Text:
    """Return a text that begins with a capital letter (`c`) or a small one (`s`); a figure there keeps its row."""
    parts = Text(text).parts
    if not parts:
        return Text()
    first, rest = parts[0], parts[1:]
    if isinstance(first, Figure):
        first = replace(first, text=_begun(first.text, size))
    elif isinstance(first, Strong):
        first = Strong(beginning(first.text, size))
    else:
        first = _begun(first, size)
    return Text(first, *rest)


def _begun(text: str, size: str) -> str:
    return (text[:1].upper() if size == "c" else text[:1].lower()) + text[1:]


def join(items: Iterable[Part | Text], separator: str, last: str | None = None) -> Text:
    """Return items as one text, `separator` between them and `last` (if given) before the last one."""
    items = list(items)
    parts: list[Part | Text] = []
    for place, item in enumerate(items):
        if place:
            parts.append(last if last is not None and place == len(items) - 1 else separator)
        parts.append(item)
    return Text(*parts)


def is_sentence(text: Text) -> bool:
    """Return whether a text is a whole sentence, which ends with a stop."""
    return bool(_END.search(text.plain))


def sentences_of(text: Text) -> Iterator[Text]:
    """Yield the sentences of a paragraph one by one, each with its figures."""
    begun: list[Part] = []
    for part in text.parts:
        if not isinstance(part, str):
            begun.append(part)
            continue
        first, *others = _BETWEEN.split(part)
        begun.append(first)
        for other in others:
            yield from _if_any(begun)
            begun = [other]
    yield from _if_any(begun)


def _if_any(parts: list[Part]) -> Iterator[Text]:
    text = Text(*parts)
    if text.plain.strip():
        yield text
