"""The catalogue: sentences and labels in YAML files per language, filled with parts that may be figures."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from string import Formatter
from typing import Any, Final

import yaml

from analysis.words import formats
from analysis.words.currencies import DECLARED, called
from analysis.words.formats import Form
from analysis.words.languages import FILE, OFFICE, folder, language_of
from analysis.words.text import DOUBTFUL, INCOMPLETE, Figure, Listing, Part, Strong, Text, beginning, join

_HUNDREDTH: Final = Decimal("0.01")
#: how a figure is printed, by style
_STYLES: Final[dict[str, Callable[[Any], str]]] = {
    "count": Form(),
    "signed_count": Form(sign=True),
    "percent": Form(1, percent=True),
    "percent_size": Form(1, percent=True, size=True),
    "signed_percent": Form(1, percent=True, sign=True),
    "percentage_points": Form(1, _HUNDREDTH),
    "percentage_points_size": Form(1, _HUNDREDTH, size=True),
    "signed_percentage_points": Form(1, _HUNDREDTH, sign=True),
    "points": Form(1),
    "two_decimals": Form(2),
    "signed_points": Form(1, sign=True),
    "signed_two_decimals": Form(2, sign=True),
    "one_decimal": Form(1),
    "rank": Form(),
    "chance": formats.chance,
    "letter": str,
}
#: the styles of money in columns and charts
_IN_COLUMNS: Final = frozenset({"wan", "wan_size", "signed_wan"})
#: how Chinese sentences call all units together, unless a round calls them otherwise
_CITY: Final = "全市"
#: libyaml, where it is there, reads the catalogues in a twentieth of the time
_READER: Final = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
#: stretches of a sentence that name the money of the round, as they stand for yuan: ‹元›, ‹yuan›; ‹万元› and
#: ‹thousand yuan› are what columns and charts have it in, which is more in a round of large amounts
_OF_MONEY: Final = re.compile(r"‹([^›]*)›")


#: stands for all sentences of a language where it is noted which are used
EVERY_SENTENCE: Final = "*"
#: sets that note which sentences are used, while somebody wants to know
_NOTED: Final[list[set[tuple[str, str]]]] = []


@contextmanager
def noting_sentences() -> Iterator[set[tuple[str, str]]]:
    """Note the sentences used for a while, by language and key: what is made meanwhile depends on these alone."""
    used: set[tuple[str, str]] = set()
    _NOTED.append(used)
    try:
        yield used
    finally:
        _NOTED[:] = [noted for noted in _NOTED if noted is not used]


def note_sentences(used: Iterable[tuple[str, str]]) -> None:
    """Note sentences that were used before for what is used again now."""
    for noted in _NOTED:
        noted.update(used)


def digest_of_sentence(language: str, key: str) -> str:
    """Return what identifies a sentence as its file has it, or all of a language; empty where there is none."""
    text = repr(sorted(_load(language).items())) if key == EVERY_SENTENCE else _load(language).get(key)
    return "" if text is None else hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


class Words:
    """All sentences and labels of one language. Call it with a key to fill a sentence."""

    def __init__(
        self, language: str, currency: str = "CNY", whole: str = "", places: int = 2, step: int = 0
    ) -> None:
        self.language, self.currency, self._whole, self._step = language, currency, whole, step
        #: decimals of points given
        self.places = places
        #: how the language writes
        self.habits = habits = language_of(language)
        if currency not in DECLARED:
            raise ValueError(f"no such currency: {currency!r}; there are {', '.join(DECLARED)}")
        #: one of the currency: 元, yuan
        self.money_unit: str = called(currency, language)["name"]
        yuan = called("CNY", language)["name"]
        self._columns = habits.columns[step]
        units = [str(each["text"].format(money=yuan)) for each in (habits.columns[0], self._columns)]

        def of_round(name: re.Match[str]) -> str:
            told = units[1] if name[1] == units[0] else str(name[1])
            return told.replace(yuan, self.money_unit)

        self._sentences = {
            key: _whole(_OF_MONEY.sub(of_round, text), whole) for key, text in _load(language).items()
        }
        columns = Form(self._columns["places"], Decimal(self._columns["divisor"]))
        scored = Form(places)
        self._styles: dict[str, Callable[[Any], str]] = {
            **_STYLES,
            "scored": scored,
            "scored_size": replace(scored, size=True),
            "signed_scored": replace(scored, sign=True),
            "han_count": lambda v: habits.count(int(v)),
            "wan": columns,
            "wan_size": replace(columns, size=True),
            "signed_wan": replace(columns, sign=True),
            "money": self.money,
            "money_size": lambda v: self.money(abs(formats.decimal_of(v))),
            "signed_money": lambda v: self.money(v, sign=True),
        }

    def __call__(self, key: str, /, **parts: Part | Text) -> Text:
        """Return the sentence `key` with its `{places}` filled.

        A place `{count:case|cases}` is followed by the word in the form its number (or the length of its list) takes:
        1 case, 2 cases; A has, A and B have. `{units!c}` begins with a capital letter, `{rate!s}` with a small one.

        Raises:
            KeyError: no such sentence, or a place was not filled.
        """
        filled: list[Part | Text] = []
        for literal, place, noun, begins in _places(self.label(key)):
            filled.append(literal)
            if place is not None:
                filled.append(beginning(parts[place], begins) if begins else parts[place])
                filled.append(_form(noun, parts[place]))
        return self._with_counters(Text(*filled))

    def _with_counters(self, text: Text) -> Text:
        """Return a text whose marked figures hold the word that counts them, so that their marks stand behind it.

        1件† and 1 case†, where it would stand between them.
        """
        if not any(isinstance(part, Figure) and part.marks for part in text.parts):
            return text
        parts, counters = list(text.parts), _counters(self.label("punctuation.counters"))
        for place, (part, behind) in enumerate(pairwise(text.parts)):
            if isinstance(part, Figure) and part.marks and isinstance(behind, str):
                counter = counters.match(behind)
                if counter:
                    parts[place] = replace(part, counter=counter[0])
                    parts[place + 1] = behind[counter.end() :]
        return Text(*parts)

    def __contains__(self, key: str) -> bool:
        self._note(key)
        return key in self._sentences

    def _note(self, key: str) -> None:
        for used in _NOTED:
            used.add((self.language, key))

    def label(self, key: str) -> str:
        """Return the text of `key` as it stands in the catalogue.

        Raises:
            KeyError: no such key.
        """
        self._note(key)
        try:
            return self._sentences[key]
        except KeyError:
            raise KeyError(f"no words for {key!r} in {self.language!r}") from None

    def __iter__(self) -> Iterator[str]:
        """Yield the key of every sentence and label."""
        return iter(self._sentences)

    def texts(self) -> Iterable[str]:
        """Return every sentence and label as it stands in the catalogue."""
        return self._sentences.values()

    def figure(
        self, row: Mapping[str, Any], style: str, column: str = "value", *, doubtful: bool = False
    ) -> Figure:
        """Return the one figure `column` of a row, printed in `style` and marked with the row's id.

        A missing value is an em dash. A figure of a row whose status is `partial` is marked as incomplete, one that
        is `doubtful` as resting on a doubtful cell.

        Raises:
            KeyError: no such style, or the row has no such column.
        """
        value = row[column]
        if value is None or is_missing(value) or value == "":
            return Figure(text=formats.DASH, value="", row=str(row["id"]), column=column)
        printed = self._styles[style]
        form = printed if isinstance(printed, Form) else None
        if form is not None and self.in_larger_unit and style in _IN_COLUMNS:
            # beside thousands of millions a small amount is not nought
            printed = form = form.showing(value)
        marks = INCOMPLETE * (row.get("status") == "partial") + DOUBTFUL * doubtful
        return Figure(printed(value), str(value), str(row["id"]), column, form, marks)

    def number(self, value: formats.Number, places: int = 0) -> Figure:
        """Return a number that is no published figure and has no row: the rows of a file, the points of a rule."""
        form = Form(places)
        return Figure(form(value), str(value), row="", form=form)

    def statement(self, row: Mapping[str, Any], column: str, value: str) -> Figure:
        """Return a whole sentence of a row (a derivation, a clause) as one marked figure, which stands for `value`.

        Raises:
            KeyError: the row has no such column.
        """
        return Figure(text=str(row[column]), value=str(row[value]), row=str(row["id"]))

    def strong(self, text: Text | str) -> Strong:
        """Return a bold stretch."""
        return Strong(text if isinstance(text, Text) else Text(text))

    def list(self, items: Iterable[Part | Text]) -> Listing:
        """Return items as a list in a sentence: 甲、乙、丙 / A, B and C."""
        listed = list(items)
        sign = self.label("punctuation.list")
        return Listing(join(listed, sign, self.label("punctuation.last")), len(listed))

    def clauses(self, items: Iterable[Part | Text]) -> Text:
        """Return clauses as one sentence: 甲，乙 / A, B."""
        return join(items, self.label("punctuation.clause"))

    def statements(self, items: Iterable[Part | Text]) -> Text:
        """Return clauses that hold lists of names as one sentence: 甲，乙 / A; B."""
        return join(items, self.label("punctuation.statement"))

    def series(self, items: Iterable[Part | Text]) -> Text:
        """Return clauses that hold commas themselves as one sentence: 甲；乙 / A; B."""
        return join(items, self.label("punctuation.item"))

    def sentences(self, items: Iterable[Part | Text]) -> Text:
        """Return whole sentences one after the other, empty ones left out: 甲。乙。 / A. B."""
        return join([item for item in items if Text(item)], self.label("punctuation.sentence"))

    def total(self, items: Iterable[Part | Text]) -> Text:
        """Return what is added up: 甲＋乙 / A + B."""
        return join(items, self.label("punctuation.plus"))

    def paragraph(self, sentences: Iterable[Text], *, capital: bool = True) -> Text:
        """Return sentences one after the other, in English with a space between them and, if asked, with capitals."""
        told = [sentence for sentence in sentences if sentence]
        begun = [self.sentence(each) for each in told] if capital else told
        return join(begun, self.label("punctuation.sentence"))

    def sentence(self, text: Text) -> Text:
        """Return a text as the beginning of a sentence, in English with a capital."""
        if not self.habits.capitals:
            return text
        first, *others = text.parts or ("",)
        return Text(first[:1].upper() + first[1:], *others) if isinstance(first, str) else text

    def labelled(self, label: str, text: Part | Text) -> Text:
        """Return a text behind its label: 通则：甲 / General: A."""
        return self("punctuation.labelled", label=label, text=text)

    def inside(self, name: str) -> str:
        """Return a name as it stands inside a sentence: 核查率 / checking rate, but GB/T 8170."""
        return name if not self.habits.capitals or name[1:2].isupper() else beginning(name, "s").plain

    def written(self, office: str, english: str) -> str:
        """Return what the office wrote itself: its Chinese in Chinese, in every other language its English, if any."""
        return office if self.language == OFFICE else english or office

    def grade(self, name: str, english: str = "", *, spaced: bool = False) -> str:
        """Return the name of a grade as it stands in a sentence: a letter as A级 or “ A 级”, a name as it is."""
        if not name.isascii():
            return self.written(name, english)
        return self(f"grade.{'spaced' if spaced else 'tight'}", name=name).plain

    def ordinal(self, place: int) -> str:
        """Return the sign of a place in a row, from 1 on: 一, 二; a place beyond those that are listed is a number."""
        signs = self.label("ordinals").split()
        return signs[place - 1] if place <= len(signs) else str(place)

    def noted(self, text: Part | Text, note: Part | Text) -> Text:
        """Return a text with a note in brackets: 甲（乙） / A (B)."""
        return self("punctuation.noted", text=text, note=note)

    def span(self, lower: Part | Text, upper: Part | Text) -> Text:
        """Return a span from one value to another, neither of which has a sign: 3～5 / 3–5."""
        return self("punctuation.span", lower=lower, upper=upper)

    def without_stop(self, text: Text) -> Text:
        """Return a sentence as a title: without the full stop at its end."""
        last = text.parts[-1] if text.parts else ""
        if not isinstance(last, str):
            return text
        return Text(*text.parts[:-1], last.removesuffix(self.label("punctuation.stop")))

    @property
    def money_divisor(self) -> int:
        """What money is divided by in columns and charts: 10 000 (万元) / 1 000 (thousand yuan)."""
        divisor: int = self._columns["divisor"]
        return divisor

    @property
    def in_larger_unit(self) -> bool:
        """Whether columns and charts have the unit of a round of large amounts."""
        return self._step > 0

    def money_places(self, *amounts: float, places: int = 1) -> int:
        """Return the decimals of amounts in columns and charts, in which 万元 have `places` of them.

        Where they are divided by more, the smallest of the `amounts` that is not nought shows two digits.
        """
        # 万元 have one in columns
        usual: int = max(places + self._columns["places"] - 1, 0)
        form = Form(usual, Decimal(self.money_divisor))
        return max((form.showing(amount).places for amount in amounts if self.in_larger_unit), default=usual)

    def for_amounts_up_to(self, largest: float) -> Words:
        """Return the catalogue with the unit that columns and charts need for the largest amount of a round."""
        steps = self.habits.columns
        step = max(place for place, each in enumerate(steps) if each["at"] <= max(largest, 0))
        if step == self._step:
            return self
        return words(self.language, self.currency, self._whole, self.places, step)

    def money(self, amount: formats.Number, *, sign: bool = False, in_rules: bool = False) -> str:
        """Return an amount with its unit: 469.5万元 / 4.695 million yuan; in rules to the thousand."""
        return self.habits.amount(amount, self.currency, sign=sign, in_rules=in_rules)

    def points(self, points: formats.Number) -> str:
        """Return points given, with the decimals the rule set rounds them to: 95.80."""
        return formats.number(points, self.places)

    def months(self, first: dt.date, last: dt.date) -> str:
        """Return a span of whole months: 2021年1—5月, 2021年10月, 2021年11月至2022年3月 / January–May 2021."""
        return self.habits.span(first, last)

    def date(self, day: dt.date) -> str:
        """Return a date as the language writes it."""
        return self.habits.day(day)


@functools.cache
def words(language: str, currency: str = "CNY", whole: str = "", places: int = 2, step: int = 0) -> Words:
    """Return the catalogue of a language (`zh`, `en`) for rounds in a currency, read once.

    Args:
        language: of the texts.
        currency: of the amounts.
        whole: how a round calls all its units together, where that is not 全市.
        places: decimals of points given, as the rule set of the round rounds them.
        step: which of its units for columns and charts the language takes (`Words.for_amounts_up_to`).

    Raises:
        ValueError: no such language or currency.
    """
    return Words(language, currency, whole, places, step)


def _whole(text: str, whole: str) -> str:
    """Return a sentence with the round's own name for all its units together: 全市, 全国."""
    return text.replace(_CITY, whole) if whole else text


@functools.cache
def _places(sentence: str) -> tuple[tuple[str, str | None, str, str], ...]:
    """Return a sentence as stretches of text, each followed by the name of a place to be filled and the noun behind it.

    Where nothing is to be filled the name is None; the noun is its two forms, or empty; the last says whether what
    is filled in begins with a capital letter (`c`), a small one (`s`), or as it is.
    """
    return tuple(
        (literal, place, noun or "", conversion or "")
        for literal, place, noun, conversion in Formatter().parse(sentence)
    )


@functools.cache
def _counters(listed: str) -> re.Pattern[str]:
    """Return what finds a counter at the beginning of the words behind a figure."""
    return re.compile(f" ?(?:{'|'.join(map(re.escape, listed.split(', ')))})(?![A-Za-z])")


def _form(noun: str, number: Part | Text) -> str:
    """Return a word (`case|cases`) in the form that goes with a number as printed, a space before it."""
    if not noun:
        return ""
    one, _, many = noun.partition("|")
    if isinstance(number, Listing):
        return f" {one if number.count == 1 else many}"
    return f" {one if Text(number).plain.lower() in ('1', 'one') else many}"


def is_missing(value: object) -> bool:
    """Return whether a value is one of the missing ones of a frame (NaN, NA, NaT): none is equal to itself."""
    try:
        return bool(value != value)  # noqa: PLR0124
    except TypeError:
        # pandas' NA refuses to be true or false
        return True


@functools.cache
def _load(language: str) -> dict[str, str]:
    # a file may say more of a currency than its name
    labels = language_of(language).currencies()
    sentences: dict[str, str] = {}
    for file in sorted(folder(language).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml") and file.name != FILE:
            for key, text in _flatten(yaml.compose(file.read_text(encoding="utf-8"), Loader=_READER)):
                if key in sentences:
                    raise ValueError(f"{language}/{file.name}: {key!r} stands twice in the catalogue")
                sentences[key] = text
    return labels | sentences


def _flatten(node: Any, above: str = "") -> Iterable[tuple[str, str]]:
    """Yield every text of a file with its key; whatever stands there is a text, also `yes` and `2020`."""
    for key, value in node.value if node else ():
        name = f"{above}{key.value}"
        if isinstance(value, yaml.MappingNode):
            yield from _flatten(value, name + ".")
        else:
            yield name, value.value
