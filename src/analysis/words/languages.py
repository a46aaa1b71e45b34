"""The languages there are: one folder each, whose `language.yaml` says how the language writes.

Sentences and labels stand in the other files of the folder. Whatever must know a language's tag, its dates, its
money or its numerals reads it from here, so that a language is one folder and nothing else.
"""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from analysis.words import formats
from analysis.words.currencies import DECLARED, called, declared_in

#: the language of the office: of its files, of the names of its units and of what it writes itself
OFFICE: Final = "zh"
FILE: Final = "language.yaml"
_ROOM: Final = Path(__file__).parent.name
#: amounts in sentences are told to the thousand, very large ones more coarsely
_TO: Final = 1000


def folder(language: str) -> Traversable:
    """Return the folder of a language."""
    return resources.files("analysis.words").joinpath(language)


def holds_sentences(path: Path) -> bool:
    """Return whether a file of this package holds sentences and labels: one in the folder of a language, but `FILE`."""
    return path.suffix == ".yaml" and path.name != FILE and path.parents[1].name == _ROOM


def _found() -> tuple[str, ...]:
    """Return the languages that have a folder, the office's first."""
    every = (entry.name for entry in resources.files("analysis.words").iterdir() if entry.is_dir())
    return tuple(sorted((name for name in every if folder(name).joinpath(FILE).is_file()), key=_order))


def _order(language: str) -> tuple[bool, str]:
    return language != OFFICE, language


LANGUAGES: Final = _found()
if TYPE_CHECKING:
    LanguageName = str
else:
    #: a language there is, for settings
    LanguageName = Literal[LANGUAGES]


@dataclass(frozen=True)
class Language:
    """How a language writes.

    Attributes:
        code: name of its folder.
        name: what it calls itself.
        tag: what pages say of their language (BCP 47).
        region: whose typographic habits it follows, a country in capital letters.
        han: whether it writes Chinese characters itself; on pages of the others they mark what is Chinese.
        capitals: whether sentences begin with a capital letter.
        numerals: small counts in words, from none on; larger ones are written in digits.
        month_names: of the twelve months.
        date: a day, of `{y}`, `{m}`, `{d}` and `{month}`.
        months: a span of whole months: `one`, of one `year`, of several `years`; it ends in `{to_y}`, `{to_m}`.
        columns: how money stands in columns and charts, by the largest amount of a round: `at` least, `divisor`,
            `places` and the `text` of the unit.
        sentences: how money is told in sentences, by size: `at` least, `divisor`, `places` and `text`.
        in_rules: what rules count money in: the `text` of 万元, yuan, and the `divisor` that gives their number.
    """

    code: str
    name: str
    tag: str
    region: str
    han: bool
    capitals: bool
    numerals: list[str]
    month_names: list[str]
    date: str
    months: dict[str, str]
    columns: list[dict[str, Any]]
    sentences: list[dict[str, Any]]
    in_rules: dict[str, Any]

    @property
    def office_tag(self) -> str:
        """Language and region, as office programs and typesetters want them: zh-CN, en-GB."""
        return f"{self.code}-{self.region}"

    def currencies(self) -> dict[str, str]:
        """Return the labels of every currency, by key."""
        labels: dict[str, str] = {}
        for code, declared in DECLARED.items():
            names = called(code, self.code)
            unit, name = declared["unit"], names["name"]
            told = self.in_rules["text"].format(money=name)
            labels |= {
                f"unit_of_measure.{unit}": name,
                f"fault_term.money.{unit}": name,
                f"counted.{unit}.one": told,
                f"counted.{unit}.many": told,
                f"workbook.units.{unit}": names["full"],
            }
        return labels

    def count(self, count: int) -> str:
        """Return a small count in words: 2 → 两, two."""
        return self.numerals[count] if 0 <= count < len(self.numerals) else f"{count:,}"

    def day(self, day: dt.date) -> str:
        """Return a date: 2022年3月31日, 31 March 2022."""
        return self.date.format(y=day.year, m=day.month, d=day.day, month=self.month_names[day.month - 1])

    def span(self, first: dt.date, last: dt.date) -> str:
        """Return a span of whole months: 2021年1—5月, January–May 2021."""
        same_year = first.year == last.year
        kind = "years" if not same_year else "year" if first.month != last.month else "one"
        return self.months[kind].format(
            y=first.year,
            m=first.month,
            month=self.month_names[first.month - 1],
            to_y=last.year,
            to_m=last.month,
            to_month=self.month_names[last.month - 1],
        )

    def amount(
        self, amount: formats.Number, currency: str, *, sign: bool = False, in_rules: bool = False
    ) -> str:
        """Return an amount with its unit: 4695012 → 469.5万元, 4.695 million yuan; 1234567890 → 12.35亿元.

        Args:
            amount: in the main unit of the currency.
            currency: its code.
            sign: whether a plus is printed too.
            in_rules: whether it is told to the thousand in what rules count money in, however large it is.
        """
        rounded = (formats.decimal_of(amount) / _TO).quantize(Decimal(1), rounding=ROUND_HALF_EVEN) * _TO
        steps = [
            step for step in self.sentences if not in_rules or step["divisor"] <= _TO * 10 ** step["places"]
        ]
        step = next(step for step in reversed(steps) if abs(rounded) >= step["at"])
        number = formats.number(rounded / step["divisor"], step["places"], sign=sign)
        told: str = step["text"].format(number=number, money=called(currency, self.code)["name"])
        return told


@functools.cache
def language_of(code: str) -> Language:
    """Return how a language writes.

    Raises:
        ValueError: there is no such language.
    """
    if code not in LANGUAGES:
        raise ValueError(f"no such language: {code!r}; there are {', '.join(LANGUAGES)}")
    return Language(code, **declared_in(folder(code).joinpath(FILE)))
