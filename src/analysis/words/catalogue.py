"""The catalogue: sentences and labels in YAML files per language, filled with parts that may be figures."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from importlib import resources
from string import Formatter
from typing import Any, Final

from ruamel.yaml import YAML

from analysis.words import formats
from analysis.words.text import Figure, Part, Strong, Text, join

LANGUAGES: Final = ("zh", "en")
Number = float | int | str | Decimal

#: how a figure is printed, by style
_STYLES: Final[dict[str, Callable[[Any], str]]] = {
    "count": formats.number,
    "signed_count": lambda v: formats.number(v, sign=True),
    "han_count": lambda v: formats.han_count(int(v)),
    "percent": formats.percent,
    "percent_size": lambda v: formats.percent(abs(formats.decimal_of(v))),
    "signed_percent": lambda v: formats.percent(v, sign=True),
    "percentage_points": lambda v: formats.number(formats.decimal_of(v) * 100, 1),
    "percentage_points_size": lambda v: formats.number(abs(formats.decimal_of(v)) * 100, 1),
    "signed_percentage_points": lambda v: formats.number(formats.decimal_of(v) * 100, 1, sign=True),
    "wan": lambda v: formats.number(formats.decimal_of(v) / 10000, 1),
    "wan_size": lambda v: formats.number(abs(formats.decimal_of(v)) / 10000, 1),
    "signed_wan": lambda v: formats.number(formats.decimal_of(v) / 10000, 1, sign=True),
    "points": lambda v: formats.number(v, 1),
    "points2": lambda v: formats.number(v, 2),
    "signed_points": lambda v: formats.number(v, 1, sign=True),
    "signed_points2": lambda v: formats.number(v, 2, sign=True),
    "one_decimal": lambda v: formats.number(v, 1),
    "rank": formats.number,
    "letter": str,
}


class Words:
    """All sentences and labels of one language. Call it with a key to fill a sentence."""

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"no such language: {language!r}; there are {', '.join(LANGUAGES)}")
        self.language = language
        self._sentences = _load(language)

    def __call__(self, key: str, /, **parts: Part | Text) -> Text:
        """Return the sentence `key` with its `{places}` filled.

        Raises:
            KeyError: no such sentence, or a place was not filled.
        """
        filled: list[Part | Text] = []
        for literal, place in _places(self.label(key)):
            filled.append(literal)
            if place is not None:
                filled.append(parts[place])
        return Text(*filled)

    def __contains__(self, key: str) -> bool:
        return key in self._sentences

    def label(self, key: str) -> str:
        """Return the text of `key` as it stands in the catalogue.

        Raises:
            KeyError: no such key.
        """
        try:
            return self._sentences[key]
        except KeyError:
            raise KeyError(f"no words for {key!r} in {self.language!r}") from None

    def figure(self, row: Mapping[str, Any], style: str, column: str = "value") -> Figure:
        """Return the one figure `column` of a row, printed in `style` and marked with the row's id.

        A missing value is an em dash.

        Raises:
            KeyError: no such style, or the row has no such column.
        """
        value = row[column]
        if value is None or is_missing(value) or value == "":
            return Figure(text=formats.DASH, value="", row=str(row["id"]))
        return Figure(text=_STYLES[style](value), value=str(value), row=str(row["id"]))

    def statement(self, row: Mapping[str, Any], column: str, value: str) -> Figure:
        """Return a whole sentence of a row (a derivation, a clause) as one marked figure, which stands for `value`.

        Raises:
            KeyError: the row has no such column.
        """
        return Figure(text=str(row[column]), value=str(row[value]), row=str(row["id"]))

    def strong(self, text: Text | str) -> Strong:
        """Return a bold stretch."""
        return Strong(text if isinstance(text, Text) else Text(text))

    def list(self, items: Iterable[Part | Text]) -> Text:
        """Return items as a list in a sentence: 甲、乙、丙 / A, B and C."""
        return join(items, "、") if self.language == "zh" else join(items, ", ", " and ")

    def months(self, first: dt.date, last: dt.date) -> str:
        """Return a span of whole months: 2021年1—5月, 2021年10月, 2021年11月至2022年3月 / January–May 2021."""
        if self.language == "zh":
            if (first.year, first.month) == (last.year, last.month):
                return f"{first.year}年{first.month}月"
            if first.year == last.year:
                return f"{first.year}年{first.month}—{last.month}月"
            return f"{first.year}年{first.month}月至{last.year}年{last.month}月"
        if (first.year, first.month) == (last.year, last.month):
            return f"{first:%B %Y}"
        return f"{first:%B}–{last:%B %Y}" if first.year == last.year else f"{first:%B %Y}–{last:%B %Y}"

    def date(self, day: dt.date) -> str:
        """Return a date as the language writes it."""
        return formats.date_zh(day) if self.language == "zh" else formats.date_en(day)


@functools.cache
def words(language: str) -> Words:
    """Return the catalogue of a language (`zh`, `en`), read once.

    Raises:
        ValueError: no such language.
    """
    return Words(language)


@functools.cache
def _places(sentence: str) -> tuple[tuple[str, str | None], ...]:
    """Return a sentence as stretches of text, each followed by the name of a place to be filled, or None."""
    return tuple((literal, place) for literal, place, _spec, _conversion in Formatter().parse(sentence))


def is_missing(value: object) -> bool:
    """Return whether a value is one of the missing ones of a frame (NaN, NA, NaT): none is equal to itself."""
    try:
        return bool(value != value)  # noqa: PLR0124
    except TypeError:
        # pandas' NA refuses to be true or false
        return True


def _load(language: str) -> dict[str, str]:
    sentences: dict[str, str] = {}
    reader = YAML(typ="safe")
    for file in sorted(resources.files("analysis.words").joinpath(language).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            for key, text in _flatten(reader.load(file.read_text(encoding="utf-8")) or {}):
                if key in sentences:
                    raise ValueError(f"{language}/{file.name}: {key!r} stands twice in the catalogue")
                sentences[key] = text
    return sentences


def _flatten(tree: Mapping[str, Any], above: str = "") -> Iterable[tuple[str, str]]:
    for key, value in tree.items():
        name = f"{above}{key}"
        if isinstance(value, Mapping):
            yield from _flatten(value, name + ".")
        else:
            yield name, str(value)
