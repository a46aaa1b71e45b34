"""The conditions of an own measure as an office writes them in one cell: 查实；涉及人数多于 50, and back.

A condition is what the lineage says of it: the name of a condition of the ledger, or a phrase with the head of a field,
which is that of the office's sheets. What no phrase can say stays as the file has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from string import Formatter
from typing import Any, Final

from analysis.indicators.own_conditions import named
from analysis.intake.declared.ledgers import LEDGERS
from analysis.rounds.faults import LIST_SIGN
from analysis.rounds.settings_files import suggestion
from analysis.rulebook.edit.rulecell import CellRead
from analysis.words import Words

#: kinds of fields that hold numbers
NUMBERS: Final = ("count", "money", "mark")
#: phrases with what they ask, in the order in which they are tried: those with more signs come first
_TRIED: Final = (
    "within", "not_one_of", "at_least", "at_most", "above", "below", "not_happened", "one_of", "happened",
)  # fmt: skip
#: kinds of fields that may be asked so; what is not here is asked of texts
_ASKED_OF: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("at_least", "at_most", "above", "below"), NUMBERS),
    **dict.fromkeys(("within", "happened", "not_happened"), ("day",)),
    **dict.fromkeys(("one_of", "not_one_of"), ("text", "code", "choice", "yes")),
}
_ENDS: Final = re.compile(r"[；;\n]")
_BETWEEN: Final = re.compile(r"\s*[、,，/]\s*")
_NUMBER: Final = re.compile(r"(-?\d+(?:\.\d+)?)\s*[^\d\s万亿.%‰]{0,2}")


class OwnCell:
    """Writes and reads the conditions on the rows of one ledger."""

    def __init__(self, ledger: str, words: Words) -> None:
        self._ledger, self._words = ledger, words
        self._kinds = {name: field.kind for name, field in LEDGERS[ledger].fields.items()}

    @cached_property
    def heads(self) -> dict[str, str]:
        """The heads of the fields, by field."""
        keys = {name: f"field.{self._ledger}.{name}.header" for name in self._kinds}
        return {name: self._words.label(key) for name, key in keys.items() if key in self._words}

    @cached_property
    def conditions(self) -> dict[str, str]:
        """The names of the conditions of the ledger, by code."""
        keys = {code: f"lineage.condition.{code}" for code in named(self._ledger)}
        return {code: self._words(key, about="").plain for code, key in keys.items() if key in self._words}

    def numbers(self) -> tuple[str, ...]:
        """Return the fields that can be added up."""
        return tuple(name for name, kind in self._kinds.items() if kind in NUMBERS)

    def choices(self, field: str) -> dict[str, str]:
        """Return what a field of choices may say in words, by code; empty for any other field."""
        of = LEDGERS[self._ledger].fields[field]
        return {code: self._words.label(f"choice.{of.code_list}.{code}") for code in of.choices}

    def field(self, text: str) -> str:
        """Return the field a person means, by its head or its code; empty where it is none."""
        return next((name for name in self._kinds if text in (name, self.heads.get(name))), "")

    # ── to a cell ────────────────────────────────────────────────────────────────────────────────────────────────────

    def shown(self, written: Any) -> str | None:
        """Return conditions of the file as a cell says them; None where it cannot say one of them."""
        single = [*_single(written)]
        phrases = [self._phrase(each) for each in single]
        text = self._words.label("ruletable.sign.parts").join(phrase or "" for phrase in phrases)
        if not all(phrases):
            return None
        read = CellRead()
        # a text with the signs of a cell in it would be read as something else
        return text if [*_single(self.read(text, read))] == single and not read.faults else None

    def _phrase(self, condition: Any) -> str | None:
        if isinstance(condition, str):
            return self.conditions.get(condition)
        said = dict(condition)
        head = self.heads.get(said.pop("field", ""))
        after = said.pop("after", "")
        if head is None or len(said) != 1:
            return None
        ((how, value),) = said.items()
        if how == "within_days":
            begun = self.heads.get(after, "")
            return self._words("lineage.own.within", field=head, days=str(value), after=begun).plain
        if how == "happened":
            how = "happened" if value == "true" else "not_happened"
            return self._words(f"lineage.own.{how}", field=head).plain
        known = self.choices(str(condition["field"])) if condition["field"] in self._kinds else {}
        texts = [str(text) for text in (value if isinstance(value, list) else [value])]
        told = self._words.label("ruletable.own.between").join(known.get(text, text) for text in texts)
        return self._words(f"lineage.own.{how}", field=head, value=told).plain

    # ── from a cell ──────────────────────────────────────────────────────────────────────────────────────────────────

    def read(self, text: str, found: CellRead) -> list[Any]:
        """Return the conditions a cell says, as the file has them, and note what is wrong with them."""
        conditions: list[Any] = []
        codes = {name: code for code, name in self.conditions.items()}
        for segment in filter(None, (part.strip() for part in _ENDS.split(text))):
            code = codes.get(segment, segment if segment in self.conditions else "")
            read = code or self._read(segment, found)
            if read is not None:
                conditions.append(read)
        return conditions

    def _read(self, segment: str, found: CellRead) -> dict[str, Any] | None:
        matches = [(how, match) for how, pattern in self._patterns if (match := pattern.fullmatch(segment))]
        if not matches:
            heads = [*self.conditions.values(), *self.heads.values()]
            near = suggestion(segment, heads)
            details = {"segment": segment, "known": self._words.list(self.examples()).plain}
            found.faults.append(("ruletable_own_condition_unknown", {**details, "suggestion": near}))
            return None
        how, match = matches[0]
        parts = {key: self.field(part) if key != "value" else part for key, part in match.groupdict().items()}
        if how == "within":
            return {"field": parts["field"], "within_days": match["days"], "after": parts["after"]}
        if how in ("happened", "not_happened"):
            return {"field": parts["field"], "happened": "true" if how == "happened" else "false"}
        if how in ("one_of", "not_one_of"):
            return {"field": parts["field"], how: self._texts(parts["field"], parts["value"], found)}
        number = _NUMBER.fullmatch(parts["value"].strip())
        if number is None:
            details = {"label": match["field"], "value": parts["value"]}
            found.faults.append(("ruletable_not_a_number", details))
            return None
        return {"field": parts["field"], how: number[1]}

    def _texts(self, field: str, text: str, found: CellRead) -> str | list[str]:
        known = self.choices(field)
        codes = {said: code for code, said in known.items()}
        texts = []
        for each in filter(None, _BETWEEN.split(text.strip())):
            if known and each not in codes and each not in known:
                allowed = LIST_SIGN.join(known.values())
                details = {"label": self.heads.get(field, field), "value": each, "allowed": allowed}
                found.faults.append(("ruletable_not_a_choice", details))
            texts.append(codes.get(each, each))
        return texts[0] if len(texts) == 1 else texts

    def examples(self) -> list[str]:
        """Return a phrase of every kind that the ledger can be asked, one that has a name first."""
        found = [*self.conditions.values()][:1]
        kinds: set[str] = set()
        for field in reversed(self.heads):
            if self.kind_said(field) not in kinds:
                found += self.examples_of(field)
            kinds.add(self.kind_said(field))
        return found

    def examples_of(self, field: str) -> Iterator[str]:
        """Yield phrases that ask for a field."""
        kind = self._kinds[field]
        days = [name for name, other in self._kinds.items() if other == "day" and name != field]
        value = next(iter(self.choices(field).values()), self._words.label("ruletable.own.text"))
        for how in ("above", "within", "happened", "one_of"):
            if kind in _ASKED_OF[how] and (how != "within" or days):
                said = {"value": "50" if kind in NUMBERS else value, "days": "30"}
                after = self.heads[days[0]] if days else ""
                yield self._words(f"lineage.own.{how}", field=self.heads[field], after=after, **said).plain

    def kind_said(self, field: str) -> str:
        """Return what a field holds: a number, a day, a text."""
        kind = self._kinds[field]
        of = "number" if kind in NUMBERS else "day" if kind == "day" else "text"
        return self._words.label(f"ruletable.own.field_kind.{of}")

    @cached_property
    def _patterns(self) -> list[tuple[str, re.Pattern[str]]]:
        found = []
        for how in _TRIED:
            fields = [name for name, kind in self._kinds.items() if kind in _ASKED_OF[how]]
            names = sorted([*fields, *(self.heads[name] for name in fields if name in self.heads)], key=len)
            # of two heads one of which begins the other the longer one is meant
            field = "|".join(map(re.escape, reversed(names)))
            parts = {"field": field, "after": field, "value": ".+", "days": r"\d+"}
            keys = (f"lineage.own.{how}", f"ruletable.own.also.{how}")
            for key in (each for each in keys if names and each in self._words):
                pattern = ""
                for literal, place, _, _ in Formatter().parse(self._words.label(key)):
                    pattern += r"\s*".join(map(re.escape, literal.split(" ")))
                    pattern += rf"\s*(?P<{place}>{parts[place]})\s*" if place is not None else ""
                found.append((how, re.compile(pattern, re.DOTALL)))
        return found


def _single(written: Any) -> Iterator[Any]:
    """Yield conditions one by one, each asking for one thing: a field may be asked for several at once."""
    for each in written if isinstance(written, Sequence) and not isinstance(written, str) else ():
        if not isinstance(each, Mapping):
            yield each
            continue
        about = {key: value for key, value in each.items() if key in ("field", "after")}
        for key, value in each.items():
            if key not in about:
                one = value[0] if isinstance(value, list) and len(value) == 1 else value
                also = about if key == "within_days" else {"field": about.get("field", "")}
                yield {**also, key: one}
