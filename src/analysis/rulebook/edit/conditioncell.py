"""The conditions of a grade as an office writes them in one cell: 得分不低于 90；名次前 3, and back.

A condition is a phrase of the words with its numbers and names in it; whatever else it says stands behind it in
brackets, as pairs of a name and a value. What a phrase cannot say stands among the parameters, one row each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from string import Formatter
from typing import Any, Final, get_args

from analysis.rounds.faults import LIST_SIGN
from analysis.rounds.settings_files import suggestion
from analysis.rulebook.edit.rulecell import CellRead, RuleCell, number_said
from analysis.rulebook.edit.ruleterms import Field, RuleTerms
from analysis.rulebook.grade_conditions import AnyCondition, Condition
from analysis.rulebook.predicates import STATED

#: keys that a phrase leaves out; they stay with the condition they belong to
UNSAID: Final = frozenset({"basis", "assumed", "name_en"})
#: what each kind of condition is
_CONDITIONS: Final[Mapping[str, type[Condition]]] = {
    kind: model
    for model in get_args(get_args(AnyCondition)[0])
    for kind in get_args(model.model_fields["kind"].annotation)
}
#: kinds whose phrase says whether they hold, by the ending of its key
_HELD: Final = frozenset({"stated", "previous"})
#: phrases in the order in which they are tried: those with a name of any kind in front come last
_TRIED: Final = (
    "score_at_least", "score_above", "score_below", "score_at_most", "top", "last", "veto", "previous_not",
    "previous", "stated_not", "stated", "part_at_least", "part_below", "gate", "below", "count", "count_at_most",
)  # fmt: skip
_NUMBERS: Final = frozenset({"places", "points", "number", "at_least", "below", "share"})
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?[%‰]?")
_COUNTED: Final = re.compile(r"(\d+)\s*(\D*)$")
_ENDS: Final = re.compile(r"[；;\n](?![^（(]*[）)])")
_NOTED: Final = re.compile(r"^(.*?)\s*[（(]([^（）()]*)[）)]$", re.DOTALL)
_COMMA: Final = re.compile(r"[，,]")
_BETWEEN: Final = re.compile(r"[、,，/\s]+")


@dataclass
class ConditionsRead:
    """What a cell says.

    Attributes:
        data: the conditions, as the file has them.
        faults: what is wrong with it: check and parts of the sentence.
    """

    data: list[dict[str, Any]] = field(default_factory=list)
    faults: list[tuple[str, dict[str, str]]] = field(default_factory=list)


def plainly_said(condition: Mapping[str, Any]) -> dict[str, Any]:
    """Return a condition without what a phrase leaves out and without values that hold anyway."""
    model = _CONDITIONS.get(str(condition.get("kind")))
    if model is None:
        return dict(condition)
    usual = {key: _as_written(info.default) for key, info in model.model_fields.items()}
    return {key: value for key, value in condition.items() if key not in UNSAID and value != usual.get(key)}


def _as_written(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else None


class ConditionCell:
    """Writes and reads conditions in the words of one language."""

    def __init__(self, terms: RuleTerms, items: Mapping[str, str]) -> None:
        """Take the words.

        Args:
            terms: the words for measures, facts and coded values.
            items: names of dimensions and items by their code.
        """
        self._terms, self._items = terms, items

    def shown(self, conditions: Sequence[Mapping[str, Any]]) -> str | None:
        """Return some conditions as a cell says them; None where it cannot say one of them."""
        phrases = [self._phrase(condition) for condition in conditions]
        text = self._terms.words.label("ruletable.sign.parts").join(phrase or "" for phrase in phrases)
        if not all(phrases):
            return None
        read = self.read(text)
        # a name with the signs of a cell in it would be read as something else
        same = list(map(plainly_said, read.data)) == list(map(plainly_said, conditions))
        return text if same and not read.faults else None

    def _phrase(self, condition: Mapping[str, Any]) -> str | None:
        said = plainly_said(condition)
        kind = str(said.pop("kind", ""))
        if kind not in _CONDITIONS:
            return None
        form = kind
        if kind in _HELD:
            form = {"true": kind, "false": f"{kind}_not"}.get(said.pop("holds", "true"), "")
        if not form:
            return None
        parts = {}
        for place in self._places(f"ruletable.condition.{form}"):
            value = said.pop(place, None)
            if value is None:
                return None
            parts[place] = self._said(place, value, condition)
        said.pop("counted", None)
        if kind.startswith("count") and said.get("measures") == [
            self._terms.measure_code(str(condition["name"]))
        ]:
            said.pop("measures")
        cell, pairs = RuleCell(_CONDITIONS[kind], self._terms), []
        for part in self._fields(kind):
            if part.key in said:
                pair = cell.pair(part, said.pop(part.key))
                if pair is None:
                    return None
                pairs.append(pair)
        told = self._terms.words(f"ruletable.condition.{form}", **parts).plain
        if said:
            return None
        note = self._terms.words.label("ruletable.sign.pairs").join(pairs)
        return (
            self._terms.words("ruletable.condition_note", condition=told, note=note).plain if note else told
        )

    def _said(self, place: str, value: Any, condition: Mapping[str, Any]) -> str:
        if place == "measure":
            return self._terms.measure(value)
        if place == "fact":
            return self._terms.facts.get(f"{STATED}{value}", value)
        if place == "grades":
            return self._terms.words.label("ruletable.sign.values").join(value)
        if place == "number":
            return f"{value} {self._terms.value(str(condition.get('counted', 'event')), 'counted')}"
        return str(value)

    def _places(self, key: str) -> list[str]:
        return [
            place for _, place, _, _ in Formatter().parse(self._terms.words.label(key)) if place is not None
        ]

    def _fields(self, kind: str) -> list[Field]:
        return self._terms.fields([_CONDITIONS[kind]], "", 1)

    # ── from a cell ──────────────────────────────────────────────────────────────────────────────────────────────────

    def read(self, text: str) -> ConditionsRead:
        """Return the conditions a cell says."""
        found = ConditionsRead()
        for segment in filter(None, (part.strip() for part in _ENDS.split(text))):
            noted = _NOTED.match(segment)
            readings = [
                each for each in (self._read(segment, ""), noted and self._read(*noted.groups())) if each
            ]
            whole = next((each for each in readings if not each.faults), None) or next(iter(readings), None)
            if whole is None:
                known = self._terms.words.label("ruletable.condition_examples")
                found.faults.append(("ruletable_condition_unknown", {"segment": segment, "known": known}))
            elif whole.faults:
                found.faults += whole.faults
            else:
                found.data.append(whole.data)
        return found

    def _read(self, said: str, note: str) -> CellRead | None:
        """Return what a phrase with its note says; None where it is no phrase of the words."""
        first: CellRead | None = None
        for form, pattern in self._patterns:
            match = pattern.fullmatch(said)
            read = self._understood(form, match.groupdict(), note) if match else None
            if read is not None and not read.faults:
                return read
            first = first or read
        return first

    @cached_property
    def _patterns(self) -> list[tuple[str, re.Pattern[str]]]:
        words, found = self._terms.words, []
        for form in _TRIED:
            for key in (f"ruletable.condition.{form}", f"ruletable.condition_also.{form}"):
                if key not in words:
                    continue
                pattern = ""
                for literal, place, _, _ in Formatter().parse(words.label(key)):
                    pattern += r"\s*".join(map(re.escape, [*literal.split(" ")]))
                    pattern += f"(?P<{place}>.+?)" if place is not None else ""
                found.append((form, re.compile(rf"\s*{pattern}\s*", re.DOTALL)))
        return found

    def _understood(self, form: str, places: Mapping[str, str], note: str) -> CellRead | None:
        kind = form.removesuffix("_not")
        found = CellRead({"kind": kind})
        cell, data = RuleCell(_CONDITIONS[kind], self._terms), found.data
        for place, text in places.items():
            value = self._value(place, text.strip(), cell, found)
            if value is None:
                return None
            data.update(value)
        if form != kind:
            data["holds"] = "false"
        if note:
            fields = [part for part in self._fields(kind) if part.key not in UNSAID]
            for segment in filter(None, (part.strip() for part in _COMMA.split(note))):
                cell.read_pair(segment, fields, data, found)
        if kind.startswith("count") and "measures" not in data:
            data["measures"] = [cell.measure_read(data["name"], found)]
        if kind.startswith("part") and "items" not in data:
            codes = [code for code, name in self._items.items() if name == data["name"]]
            data |= {"items": codes} if codes else {}
        lacking = [part.label for part in self._fields(kind) if part.required and part.key not in data]
        if lacking:
            found.faults.append(("ruletable_parameter_missing", {"missing": LIST_SIGN.join(lacking)}))
        return found

    def _value(self, place: str, text: str, cell: RuleCell, found: CellRead) -> dict[str, Any] | None:
        """Return what stands at a place of a phrase; None where that is nothing that may stand there."""
        if place == "number":
            return self._counted(text, found)
        if place in _NUMBERS:
            number = number_said(text)
            return {place: number} if _NUMBER.fullmatch(number) else None
        if place == "measure":
            return {place: cell.measure_read(text, found)}
        if place == "fact":
            return {place: self._fact(text, found)}
        return {place: _BETWEEN.split(text) if place == "grades" else text}

    def _counted(self, text: str, found: CellRead) -> dict[str, Any] | None:
        counted = _COUNTED.match(number_said(text))
        if counted is None:
            return None
        code = self._terms.code(counted[2], _allowed(self._fields(found.data["kind"])), "counted")
        if code:
            return {"number": counted[1], "counted": code}
        return None if counted[2] else {"number": counted[1]}

    def _fact(self, text: str, found: CellRead) -> str:
        names = {name: code.removeprefix(STATED) for code, name in self._terms.facts.items()}
        if text not in names and text not in names.values():
            details = {"name": text, "suggestion": suggestion(text, list(names))}
            found.faults.append(("ruletable_fact_unknown", details))
        return names.get(text, text)


def _allowed(fields: list[Field]) -> Iterator[str]:
    return (code for part in fields if part.key == "counted" for code in part.allowed)
