"""The rule of an item as one cell writes it: 满分线 98%；每低 1%；扣分 0.3, and back.

A cell holds the parameters of the item and of its scoring shape side by side, parted by semicolons or line ends:
a name and its value. What has parts of its own is a group, its name with a number and a colon, its parts parted by
commas: 档次1：不低于 95%，分值 10；档次2：不低于 85%，分值 5. The names are those of the words; the model says which
there are. What this cannot write (conditions within conditions) stands among the parameters, one row each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from analysis.indicators import catalogue
from analysis.rounds.faults import LIST_SIGN
from analysis.rounds.settings_files import Settings, suggestion
from analysis.rulebook.composition import Falsification
from analysis.rulebook.edit.rulefile import TEXTS
from analysis.rulebook.edit.ruleterms import MEASURED, Field, RuleTerms, tidy
from analysis.rulebook.indicator import Indicator, Scoring
from analysis.rulebook.model import Bonus, Deduction, Veto
from analysis.rulebook.predicates import Predicate
from analysis.rulebook.rule import SHAPES

#: what an item of each list of the file is
MODELS: Final[Mapping[str, type[Settings]]] = {
    "dimensions": Indicator,
    "bonuses": Bonus,
    "deductions": Deduction,
    "falsification": Falsification,
    "vetoes": Veto,
}
#: keys of an item that have columns of their own, or no place in a cell
APART: Final = frozenset(
    {
        "code",
        "name",
        "name_en",
        "points",
        "definition",
        "department",
        "data_source",
        "measure",
        "basis",
        "assumed",
    }
)
#: what follows from the measure unless the item says otherwise
_DERIVED: Final = ("read", "direction", "source")
_DEFAULTS: Final = ("value", "reviewed")
_SIGNS: Final = re.compile(r"[；;，,：:\n]")
_ENDS: Final = re.compile(r"[；;\n]")
_COMMA: Final = re.compile(r"[，,]")
#: between the values of a list
BETWEEN: Final = re.compile(r"[、/\s]+")
#: how a person writes the unit after a number
_UNITS: Final = (("个百分点", "%"), ("百分点", "%"), ("分", ""), ("名", ""))


@dataclass
class CellRead:
    """What a cell says.

    Attributes:
        data: keys and texts, as the file has them.
        faults: what is wrong with it: check and parts of the sentence.
    """

    data: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[str, dict[str, str]]] = field(default_factory=list)


def derived(data: Mapping[str, Any], model: type[Settings]) -> dict[str, str]:
    """Return how a measure is read, which way is better and whose points it gives, where its nature says so."""
    if not issubclass(model, Scoring):
        return {}
    rule = data.get("rule", {})
    measure = str(data.get("measure", "")) or next(_measured([data.get("samples"), rule]), "")
    shape = SHAPES.get(str(rule.get("shape", "")) if isinstance(rule, Mapping) else "")
    of = catalogue.of(measure)
    good = catalogue.rises_are_good(measure)
    found: dict[str, str] = {"read": "value"}
    if of.is_mark:
        found["read"] = "mark"
    elif of.compared:
        found["read"] = "rise" if good else "decline"
    read = data.get("read", found["read"])
    needed = {"decline": "down", "shortage": "up", "mark": "up", "rise": "up"}.get(str(read))
    way = needed or (shape.direction if shape else None) or {True: "up", False: "down", None: ""}[good]
    if way:
        found["direction"] = way
    if issubclass(model, Indicator):
        sheet = next((name for name in catalogue.MARK_SHEETS if measure.startswith(name)), "")
        source = sheet.removeprefix("mark_")
        found["source"] = source if of.is_mark and source else "reviewed"
    return found


def _measured(data: Any) -> Iterator[str]:
    """Yield the measures named in a part of an item, in order; an item without one of its own reads the first."""
    if isinstance(data, Mapping):
        if "measure" in data:
            yield str(data["measure"])
        data = [*data.values()]
    for part in data if isinstance(data, list) else ():
        yield from _measured(part)


def completed(data: Mapping[str, Any], model: type[Settings]) -> dict[str, Any]:
    """Return an item with what follows from its measure, where that is no default."""
    known = derived(data, model)
    return {**{key: value for key, value in known.items() if value not in _DEFAULTS}, **data}


def stripped(data: Mapping[str, Any], model: type[Settings]) -> dict[str, Any]:
    """Return what a cell has to say of an item: without what has a column, and what follows from the measure."""
    known = derived({key: value for key, value in data.items() if key != "read"}, model)
    if data.get("read", known.get("read")) != known.get("read"):
        known = derived(data, model) | {"read": known["read"]}
    return {
        key: value
        for key, value in data.items()
        if key not in APART and not (key in _DERIVED and known.get(key) == value)
    }


class RuleCell:
    """Writes and reads the cells of one kind of items."""

    def __init__(self, model: type[Settings], terms: RuleTerms, item: str = "") -> None:
        self._model, self._terms, self._item = model, terms, item

    def fields(self, shape: str) -> list[Field]:
        """Return what may be written into the cell of an item with a scoring shape."""
        found = self._terms.fields([self._model], shape)
        return [part for part in found if part.path[0] not in APART or len(part.path) > 1]

    # ── to a cell ────────────────────────────────────────────────────────────────────────────────────────────────────

    def shown(self, data: Mapping[str, Any]) -> str | None:
        """Return the cell of an item as it stands in the file; None where a cell cannot say it."""
        own = _copied(stripped(data, self._model))
        rule = own.get("rule", {})
        shape = str(rule.get("shape", "")) if isinstance(rule, Mapping) else ""
        if isinstance(rule, Mapping) and "rule" in own:
            own["rule"] = {key: value for key, value in rule.items() if key != "shape"}
        parts: list[str] = []
        for part in self.fields(shape):
            value = _taken(own, part.path)
            if value is None:
                continue
            written = self._group(part, value) if part.models else self.pair(part, value)
            if written is None:
                return None
            parts += [written] if isinstance(written, str) else written
        return None if any(_leaves(own)) else self._sign("parts").join(parts)

    def pair(self, part: Field, value: Any) -> str | None:
        """Return a field and its value side by side; None where a cell cannot say it."""
        values = value if isinstance(value, list) else [value]
        if isinstance(value, list) != part.listed or not all(isinstance(each, str) for each in values):
            return None
        told = [self._value(part, each) for each in values]
        if part.listed and part.key in MEASURED:
            # a name of several words would fall apart among others
            told = [code if BETWEEN.search(name) else name for code, name in zip(values, told, strict=True)]
        if any(_SIGNS.search(each) or (part.listed and BETWEEN.search(each)) for each in told):
            return None
        return f"{part.label} {self._sign('values').join(told)}"

    def _value(self, part: Field, value: str) -> str:
        if part.key == "shape":
            return self._terms.shape(value)
        if part.key in MEASURED:
            name = self._terms.measure(value, self._item)
            # a name with the signs of a cell in it would fall apart there
            return value if _SIGNS.search(name) else name
        return self._terms.value(value, part.key) if part.allowed else value

    def _group(self, part: Field, value: Any) -> list[str] | None:
        label = part.label
        if isinstance(value, Mapping) and Predicate in part.models and value.keys() & {"all_of", "any_of"}:
            joined = "all_of" if "all_of" in value else "any_of"
            label, value = self._of_conditions(part, joined), value[joined]
        many = value if isinstance(value, list) else [value]
        found = []
        for number, one in enumerate(many, 1):
            if not isinstance(one, Mapping) or "code" in one:
                return None
            inner = self._inner(part, one)
            if inner is None:
                return None
            found.append(f"{label}{number if isinstance(value, list) else ''}{self._sign('group')}{inner}")
        return found

    def _sign(self, between: str) -> str:
        return self._terms.words.label(f"ruletable.sign.{between}")

    def _of_conditions(self, part: Field, joined: str) -> str:
        return self._terms.words(f"ruletable.conditions.{joined}", condition=part.label).plain

    def _inner(self, part: Field, data: Mapping[str, Any]) -> str | None:
        own = _copied(data)
        scored = next((model for model in part.models if issubclass(model, Scoring)), None)
        if scored is not None:
            known = derived(own, scored)
            own = {key: value for key, value in own.items() if key not in _DERIVED or known.get(key) != value}
        pairs: list[str] = []
        for each in self._terms.fields(part.models, _shape(own), 1):
            value = _taken(own, each.path)
            if value is None:
                continue
            pair = None if each.models else self.pair(each, value)
            if pair is None:
                return None
            pairs.append(pair)
        return None if any(_leaves(own)) else self._sign("pairs").join(pairs)

    # ── from a cell ──────────────────────────────────────────────────────────────────────────────────────────────────

    def read(self, text: str, shape: str) -> CellRead:
        """Return what a cell says of an item with a scoring shape."""
        found = CellRead()
        if shape:
            found.data["rule"] = {"shape": shape}
        fields = self.fields(shape)
        groups: dict[tuple[str, ...], list[tuple[int, dict[str, Any]]]] = {}
        for segment in filter(None, (part.strip() for part in _ENDS.split(text))):
            group = self._group_of(segment, fields)
            if group is None:
                self.read_pair(segment, fields, found.data, found)
                continue
            part, below, number, rest = group
            inner = self._read_group(rest, part, found)
            groups.setdefault((*part.path, *below), []).append((number, inner))
            if not part.listed and not below:
                _put(found.data, part.path, inner)
        for path, numbered in groups.items():
            whole = next((each for each in fields if each.path == path), None)
            if whole is None or whole.listed:
                _put(found.data, path, [inner for _, inner in sorted(numbered, key=lambda each: each[0])])
        self._lack(_missing(fields, found.data), found)
        return found

    def _lack(self, missing: Iterable[str], found: CellRead) -> None:
        told = LIST_SIGN.join(missing)
        if told:
            found.faults.append(("ruletable_parameter_missing", {"missing": told}))

    def _group_of(
        self, segment: str, fields: Iterable[Field]
    ) -> tuple[Field, tuple[str, ...], int, str] | None:
        for part in fields:
            if not part.models:
                continue
            names = {part.label: ()} | (
                {self._of_conditions(part, joined): (joined,) for joined in ("all_of", "any_of")}
                if Predicate in part.models
                else {}
            )
            for label, below in names.items():
                match = re.match(rf"{re.escape(label)}\s*(\d*)\s*[：:](.*)$", segment, re.DOTALL)
                if match:
                    return part, below, int(match[1] or 0), match[2]
        return None

    def _read_group(self, text: str, part: Field, found: CellRead) -> dict[str, Any]:
        data: dict[str, Any] = {}
        segments = [each.strip() for each in _COMMA.split(text) if each.strip()]
        label = self._terms.words.label("ruletable.column.shape")
        said = next((each.removeprefix(label) for each in segments if _begins(each, label)), "")
        shape = self._terms.shape_code(said.lstrip(" =＝:："))
        fields = self._terms.fields(part.models, shape, 1)
        for segment in segments:
            self.read_pair(segment, fields, data, found)
        scored = next((model for model in part.models if issubclass(model, Scoring)), None)
        if scored is not None and "measure" in data:
            data = completed(data, scored)
        self._lack(_missing(fields, data), found)
        return data

    def read_pair(self, segment: str, fields: Iterable[Field], data: dict[str, Any], found: CellRead) -> None:
        """Put into `data` what a pair of a name and a value says, or note what is wrong with it."""
        known = [part for part in fields if not part.models]
        part: Field | None = max(
            (each for each in known if _begins(segment, each.label)),
            key=lambda each: len(each.label),
            default=None,
        )
        if part is None:
            names = [each.label for each in fields]
            near = suggestion(re.split(r"[\s=＝:：\d]", segment)[0], names)
            details = {"segment": segment, "known": LIST_SIGN.join(names), "suggestion": near}
            found.faults.append(("ruletable_parameter_unknown", details))
            return
        value = segment[len(part.label) :].strip().lstrip("=＝:：").strip()
        if not value:
            self._lack([part.label], found)
            return
        if _at(data, part.path) is not None:
            found.faults.append(("ruletable_parameter_twice", {"label": part.label}))
            return
        values = BETWEEN.split(value) if part.listed else [value]
        read = [self.value_read(part, each, found) for each in values]
        _put(data, part.path, read if part.listed else read[0])

    def value_read(self, part: Field, text: str, found: CellRead) -> str:
        """Return what a value in words is in the file, and note a fault where it is nothing that may stand there."""
        if part.key in MEASURED:
            return self.measure_read(text, found)
        if part.allowed:
            chosen = (
                self._terms.shape_code(text)
                if part.key == "shape"
                else self._terms.code(text, part.allowed, part.key)
            )
            if not chosen and not part.numeric:
                details = {"label": part.label, "value": text, "allowed": self._terms.choices(part)}
                found.faults.append(("ruletable_not_a_choice", details))
            return chosen or text
        return number_said(text) if part.numeric else text if part.key in TEXTS else tidy(text)

    def measure_read(self, text: str, found: CellRead) -> str:
        """Return the code of a measure by its name, and note a fault where there is no such."""
        code = self._terms.measure_code(text, self._item)
        if not code:
            near = suggestion(text, self._terms.names)
            found.faults.append(("ruletable_measure_unknown", {"name": text, "suggestion": near}))
        return code or text


def _missing(fields: Iterable[Field], data: Mapping[str, Any]) -> list[str]:
    return [
        part.label
        for part in fields
        if part.required
        and _at(data, part.path) is None
        and not (part.within_choice and _at(data, part.path[:-1]) is None)
    ]


def number_said(text: str) -> str:
    """Return a number as the file has it: 0.5分 → 0.5, 1个百分点 → 1%, ９５％ → 95%."""
    narrow = tidy(text).replace(" ", "")
    for said, sign in _UNITS:
        if narrow.endswith(said):
            return narrow.removesuffix(said) + sign
    return narrow


def number(text: str) -> Decimal | None:
    """Return the number a text is, or None; only what a spreadsheet gives back unchanged counts."""
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() and len(found.as_tuple().digits) <= 15 else None


def same(one: str, other: str) -> bool:
    """Return whether two values mean the same: 7 and 7.0, 98% and 98.0%."""
    if one.strip() == other.strip():
        return True
    if one.endswith("%") and other.endswith("%"):
        one, other = one[:-1], other[:-1]
    numbers = number(one.strip()), number(other.strip())
    return None not in numbers and numbers[0] == numbers[1]


def _begins(segment: str, label: str) -> bool:
    """Return whether a pair begins with a name: with the whole of it, not with the beginning of a longer word."""
    after = segment[len(label) : len(label) + 1]
    return segment.startswith(label) and not (label[-1:].isascii() and after.isascii() and after.isalpha())


def _shape(data: Mapping[str, Any]) -> str:
    rule = data.get("rule", data)
    return str(rule.get("shape", "")) if isinstance(rule, Mapping) else ""


def _copied(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {key: _copied(value) for key, value in data.items()}
    return [_copied(value) for value in data] if isinstance(data, list) else data


def _taken(data: dict[str, Any], path: tuple[str, ...]) -> Any:
    """Take what stands at a path out of the data and return it; None where nothing does."""
    for key in path[:-1]:
        below = data.get(key)
        if not isinstance(below, dict):
            return None
        data = below
    return data.pop(path[-1], None)


def _at(data: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    for key in path:
        if not isinstance(data, Mapping) or key not in data:
            return None
        data = data[key]
    return data


def _put(data: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        data = data.setdefault(key, {})
    data[path[-1]] = value


def _leaves(data: Any) -> Iterator[Any]:
    """Yield what is left of data that was taken out part by part."""
    if isinstance(data, Mapping):
        for value in data.values():
            yield from _leaves(value)
    else:
        yield True
