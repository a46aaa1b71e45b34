"""Conditions an office writes itself, in `measures.yaml`: one field of a ledger and what it has to say.

They become atoms like those of `conditions`: each row answers yes, no or not at all. Their code says what is asked
(`own.above`) and what it is about which field and which number (`workers=50`), so that the lineage can tell it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Final

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field

from analysis.indicators import conditions
from analysis.indicators.cohorts import MONEY_FIELDS, SCALE
from analysis.indicators.conditions import Answers, Atom, Rows
from analysis.intake.declared.ledgers import LEDGERS
from analysis.intake.declared.ledgers import Field as LedgerField
from analysis.quantities import Currency, clean
from analysis.rounds.settings_files import Settings
from analysis.words import OFFICE, words

#: what the codes of these atoms begin with
OWN: Final = "own."
#: how a number may be bounded
BOUNDS: Final = ("at_least", "above", "at_most", "below")
#: kinds of fields that hold numbers, texts
_NUMBERS: Final = ("count", "money", "mark")
_TEXTS: Final = ("text", "code", "choice")
_TRUTHS: Final = {"yes": True, "no": False, "true": True, "false": False}


@cache
def _truths() -> dict[str, bool]:
    """Return the texts that say yes or no in a condition: YAML's, and the office's own."""
    office = words(OFFICE)
    return _TRUTHS | {office.label(f"choice.yes_no.{key}"): _TRUTHS[key] for key in ("yes", "no")}


def _texts(value: object) -> object:
    """Take one text for a list of it, and a truth value for yes and no."""
    values = value if isinstance(value, list) else [value]
    return [{True: "yes", False: "no"}.get(each, each) if isinstance(each, bool) else each for each in values]


Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]


class FieldCondition(Settings):
    """What one field of a row has to say.

    Attributes:
        field: of the ledger.
        one_of: the texts it may say; yes or no for a field of yes or no.
        not_one_of: the texts it must not say.
        at_least: the least number, itself inside.
        above: the same, itself outside.
        at_most: the largest number, itself inside.
        below: the same, itself outside.
        happened: whether its day has come by the cut-off.
        within_days: the most days that may lie between the day of `after` and its own.
        after: the day from which these are counted.
    """

    field: str
    one_of: Texts = ()
    not_one_of: Texts = ()
    at_least: Decimal | None = None
    above: Decimal | None = None
    at_most: Decimal | None = None
    below: Decimal | None = None
    happened: bool | None = None
    within_days: Annotated[int, Field(ge=0)] | None = None
    after: str = ""

    def faults(self, ledger: str) -> Iterator[tuple[tuple[str | int, ...], str, list[str]]]:
        """Yield what is wrong with it in a ledger: where, which check, and what there is instead."""
        fields = LEDGERS[ledger].fields
        if self.field not in fields:
            yield ("field",), "measures_field_unknown", list(fields)
            return
        field = fields[self.field]
        asked = {name for name in (*BOUNDS, "happened", "within_days") if getattr(self, name) is not None}
        asked |= {name for name in ("one_of", "not_one_of") if getattr(self, name)}
        allowed = _asked_of(field)
        if not asked or not asked <= allowed:
            yield ("field",), "measures_condition", sorted(allowed)
        choices = list(field.choices) if field.kind == "choice" else list(_truths())
        for name in ("one_of", "not_one_of") if field.kind in ("choice", "yes") else ():
            for place, text in enumerate(getattr(self, name)):
                if text not in choices:
                    yield (name, place), "measures_choice_unknown", choices
        days = [name for name, each in fields.items() if each.kind == "day"]
        if (self.within_days is not None) != (self.after in days):
            yield ("after",), "measures_after", days

    def atoms(self, ledger: str, money: Currency) -> Iterator[Atom]:
        """Yield the atoms it stands for, all of which must hold.

        Args:
            ledger: whose rows are asked.
            money: the round's currency, in whose main unit amounts are written.
        """
        kind = LEDGERS[ledger].fields[self.field].kind
        for name in ("one_of", "not_one_of"):
            if texts := getattr(self, name):
                yield self._atom(ledger, name, "|".join(texts), _saying(self.field, kind, texts, name))
        scale = money.minor if self.field in MONEY_FIELDS else SCALE.get(self.field, 1)
        for name in BOUNDS:
            if (bound := getattr(self, name)) is not None:
                yield self._atom(ledger, name, f"{bound:f}", _bounded(self.field, name, bound * scale))
        if self.happened is not None:
            name = "happened" if self.happened else "not_happened"
            yield self._atom(ledger, name, "", _happening(self.field, self.happened))
        if self.within_days is not None:
            taking = _within(self.field, self.after, self.within_days)
            yield self._atom(ledger, "within", f"{self.within_days}|{self.after}", taking, self.after)

    def _atom(self, ledger: str, name: str, value: str, asked: Callable[[Rows], Answers], *also: str) -> Atom:
        return Atom(
            f"{OWN}{name}", (self.field, *also), asked, (ledger,), about=f"{ledger}.{self.field}={value}"
        )


def _asked_of(field: LedgerField) -> set[str]:
    """Return what a field may be asked, by its kind."""
    if field.kind in _NUMBERS:
        return set(BOUNDS)
    if field.kind == "day":
        return {"happened", "within_days"}
    return {"one_of", "not_one_of"} if field.kind in (*_TEXTS, "yes") else set()


def _saying(field: str, kind: str, texts: Sequence[str], how: str) -> Callable[[Rows], Answers]:
    wanted = how == "one_of"

    def of_yes_no(rows: Rows) -> Answers:
        said = rows.said(field)
        truths = {_truths()[text] for text in texts}
        yes = (
            said.yes
            if truths == {True}
            else ~said.yes
            if truths == {False}
            else rows.everywhere(bool(truths))
        )
        return Answers((yes if wanted else ~yes) & ~said.unanswered, said.unanswered)

    def of_text(rows: Rows) -> Answers:
        chosen = {clean(text).casefold() for text in texts}
        found = rows.text(field).map(lambda text: clean(text).casefold() in chosen).to_numpy(dtype=bool)
        blank = rows.is_blank(field) & ~found
        return Answers((found if wanted else ~found) & ~blank, blank)

    return of_yes_no if kind == "yes" else of_text


def _bounded(field: str, how: str, bound: Decimal) -> Callable[[Rows], Answers]:
    compare: Mapping[str, Callable[[Any, Any], Any]] = {
        "at_least": np.greater_equal,
        "above": np.greater,
        "at_most": np.less_equal,
        "below": np.less,
    }

    def asked(rows: Rows) -> Answers:
        given, numbers = rows.numbers(field)
        found = np.asarray(compare[how](numbers, float(bound)), dtype=bool)
        return Answers(given & found, ~given)

    return asked


def _happening(field: str, wanted: bool) -> Callable[[Rows], Answers]:
    def asked(rows: Rows) -> Answers:
        happened, lacking = rows.happened(field), rows.without_column(field)
        return Answers((happened if wanted else ~happened) & ~lacking, lacking)

    return asked


def _within(field: str, after: str, days: int) -> Callable[[Rows], Answers]:
    def asked(rows: Rows) -> Answers:
        if field not in rows.frame or after not in rows.frame:
            return Answers(rows.everywhere(False), rows.everywhere(True))
        begun = pd.to_datetime(rows.frame[after])
        took = pd.to_datetime(rows.frame[field]) - begun
        happened, limit = rows.happened(field), pd.Timedelta(days=days)
        in_time = happened & (took <= limit).to_numpy(dtype=bool)
        # what has come on an unknown day, and what may still come in time, leaves it open
        undated = happened & took.isna().to_numpy(dtype=bool)
        pending = ~happened & ~(begun + limit < rows.end).to_numpy(dtype=bool)
        return Answers(in_time, undated | pending | rows.without_column(field))

    return asked


def stated(ledger: str, *fields: str) -> Atom:
    """Return the condition that a row states all of some numbers, told by the names of the fields."""
    known = conditions.stated(ledger, *fields)
    return Atom(f"{OWN}stated", fields, known.asked, (ledger,), about=f"{ledger}.{fields[-1]}=")


def named(ledger: str) -> dict[str, Atom]:
    """Return the conditions of the catalogue that the rows of a ledger can be asked, by their codes."""
    known = (each for each in vars(conditions).values() if isinstance(each, Atom))
    return {each.code: each for each in known if each.ledgers == (ledger,) and not each.about}
