"""Keys, coded values, shapes and measures of a rule set by the words an office says for them, and back."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, Literal, get_args, get_origin

from analysis.indicators import catalogue
from analysis.indicators.conditions import slug
from analysis.indicators.naming import MeasureNames
from analysis.rounds.faults import LIST_SIGN
from analysis.rounds.settings_files import Settings
from analysis.rulebook.predicates import STATED
from analysis.rulebook.rule import SHAPES, Rule
from analysis.words import Words

#: keys that hold the code of a measure
MEASURED: Final = frozenset({"measure", "measures", "against", "includes"})
#: what counts rows for the program itself, and is offered to nobody
_OF_THE_PROGRAM: Final = ("rows_", "unstated_")


@dataclass(frozen=True)
class Field:
    """One field of a model, as a cell writes it.

    Attributes:
        path: keys from the part that is written on.
        label: its name in words.
        models: what may stand there, where that is a part with fields of its own.
        listed: whether it is a list.
        allowed: the coded values, where the model lists them.
        numeric: whether it is a number.
        required: whether it has to be there, wherever what it belongs to is.
        within_choice: whether what it belongs to may be left out.
    """

    path: tuple[str, ...]
    label: str
    models: tuple[type[Settings], ...]
    listed: bool
    allowed: tuple[str, ...]
    numeric: bool
    required: bool
    within_choice: bool = False

    @property
    def key(self) -> str:
        """The last key."""
        return self.path[-1]


@dataclass(frozen=True)
class RuleTerms:
    """The words of one language for what stands in a rule set.

    Attributes:
        words: the catalogue.
        facts: names of the facts the office states, by the code of the measure.
        classes: names of the classes of units, by code.
    """

    words: Words
    facts: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)

    def declaring(self, facts: Iterable[Mapping[str, Any]]) -> RuleTerms:
        """Return the words for a rule set with some stated facts, each as written."""
        return replace(
            self, facts={f"{STATED}{fact['code']}": str(fact["name"]) for fact in facts if "name" in fact}
        )

    def dividing(self, classes: Iterable[Mapping[str, Any]]) -> RuleTerms:
        """Return the words for a rule set with some classes of units, each as written."""
        return replace(
            self, classes={str(each["code"]): str(each["name"]) for each in classes if "name" in each}
        )

    def key(self, key: str, *above: str) -> str:
        """Return what a key is called; one that means different things says so with one above it."""
        keys = (*(f"ruletable.key.{part}_{key}" for part in above if part), f"ruletable.key.{key}")
        return next((self.words.label(each) for each in keys if each in self.words), key)

    def value(self, code: str, key: str = "") -> str:
        """Return a coded value in words, any other as it is written."""
        keys = (f"ruletable.choice.{key}_{code}", f"ruletable.choice.{code}")
        return next((self.words.label(each) for each in keys if each in self.words), code)

    def code(self, text: str, allowed: Iterable[str], key: str = "") -> str:
        """Return the coded value a person means, by its word or its code; empty where it is none of them."""
        narrow = tidy(text)
        return next(
            (code for code in allowed if narrow in (code, code.lower(), tidy(self.value(code, key)))), ""
        )

    def choices(self, part: Field) -> str:
        """Return what may be written for a field, in words; what has no word (foreign money) is not offered."""
        if part.key == "shape":
            return LIST_SIGN.join(map(self.shape, SHAPES))
        told = [(code, self.value(code, part.key)) for code in part.allowed]
        return LIST_SIGN.join([said for code, said in told if said != code] or part.allowed)

    def shape(self, shape: str) -> str:
        """Return what a scoring shape is called; the word it is written with where it has no name."""
        key = f"ruletable.shape.{shape}"
        return self.words.label(key) if key in self.words else shape

    def shape_code(self, text: str) -> str:
        """Return the shape a person means, empty where it is none."""
        return next((shape for shape in SHAPES if text.strip() in (shape, self.shape(shape))), "")

    def measure(self, code: str, item: str = "") -> str:
        """Return what a measure is called; the mark of the item itself as such."""
        for sheet in catalogue.MARK_SHEETS:
            if item and code == f"{sheet}_{slug(item)}":
                return self.own_mark(sheet)
        return self.facts.get(code) or self._names(code)

    def own_mark(self, sheet: str) -> str:
        """Return what the mark of an item itself on a score sheet is called."""
        return self.words("ruletable.own_mark", sheet=self.words.label(f"ruletable.sheet_of.{sheet}")).plain

    def measure_code(self, text: str, item: str = "") -> str:
        """Return the code of the measure a person means, by its name or its code; empty where it is none."""
        name = text.strip()
        for sheet in catalogue.MARK_SHEETS:
            if item and name == self.own_mark(sheet):
                return f"{sheet}_{slug(item)}"
        if name in self._codes:
            return self._codes[name]
        return name if name.isascii() and name.isidentifier() else ""

    def measures(self) -> Iterator[str]:
        """Yield the codes of the measures that are offered, those without a name of their own left out."""
        yield from self.facts
        for measure in catalogue.every():
            for code in catalogue.codes_of(measure.code):
                if catalogue.of(code).computed and not code.startswith(_OF_THE_PROGRAM):
                    yield code

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all measures that are offered, marks of the item itself first."""
        own = (self.own_mark(sheet) for sheet in catalogue.MARK_SHEETS)
        return tuple(dict.fromkeys([*own, *(self.measure(code) for code in self.measures())]))

    @cached_property
    def _names(self) -> MeasureNames:
        return MeasureNames(self.words)

    @cached_property
    def _codes(self) -> dict[str, str]:
        known = [*self.facts, *sorted(catalogue.known_measures())]
        return {self.measure(code): code for code in known}

    def fields(self, models: Iterable[type[Settings]], shape: str, depth: int = 0) -> list[Field]:
        """Return the fields of a part as they are written side by side: those of its rule and condition among them.

        Args:
            models: what may stand there.
            shape: the scoring shape of the part or of its rule, empty where none is known.
            depth: 0 for an item, whose conditions are groups of their own; 1 for a part of it.
        """
        found: list[Field] = []
        taken: set[str] = set()
        for part in self._flat(_narrowed(models, shape), shape, (), depth):
            # of two with one name the outer one is meant
            if part.label not in taken:
                found.append(part)
            taken.add(part.label)
        return found

    def _flat(
        self,
        models: Iterable[type[Settings]],
        shape: str,
        above: tuple[str, ...],
        depth: int,
        choice: bool = False,
    ) -> Iterator[Field]:
        inner: list[Field] = []
        for model in models:
            own = shape if issubclass(model, Rule) else ""
            for key, info in model.model_fields.items():
                part = _described(info.annotation)
                below = (*above, key)
                if key == "shape":
                    if depth or above != ("rule",):
                        label = self.words.label("ruletable.column.shape")
                        yield Field(below, label, (), False, tuple(SHAPES), False, True, choice)
                elif part.models and not part.listed and _beside(key, depth):
                    left_out = choice or not info.is_required()
                    inner += self._flat(_narrowed(part.models, shape), shape, below, depth, left_out)
                else:
                    label = self.key(key, own, *reversed(above), _called(model))
                    required = info.is_required() and key != "direction"
                    kind = (part.models, part.listed, part.allowed, part.numeric)
                    yield Field(below, label, *kind, required, choice)
        yield from inner


def _called(model: type[Settings]) -> str:
    return model.__name__.lower()


def _beside(key: str, depth: int) -> bool:
    """Return whether the fields of a part are written beside those of what it belongs to."""
    return key == "rule" or (depth > 0 and key in ("when", "small_base"))


def _narrowed(models: Iterable[type[Settings]], shape: str) -> tuple[type[Settings], ...]:
    """Return what may stand at a place; of rules the one of the shape, or, where none is known, what all have."""
    known = tuple(models)
    if not any(issubclass(model, Rule) for model in known):
        return known
    return tuple(model for model in known if SHAPES.get(shape) is model) or (known[:1])


@dataclass(frozen=True)
class _Kind:
    models: tuple[type[Settings], ...]
    listed: bool
    allowed: tuple[str, ...]
    numeric: bool


def _described(annotation: Any) -> _Kind:
    parts = [*_parts(annotation)]
    models = tuple(
        variant
        for part in parts
        if isinstance(part, type) and not get_origin(part) and issubclass(part, Settings)
        for variant in part.variants()
    )
    allowed = [str(value) for part in parts if get_origin(part) is Literal for value in get_args(part)]
    if bool in parts:
        allowed = ["true", "false"]
    listed = any(get_origin(part) is tuple for part in parts)
    numeric = any(part in (Decimal, int) for part in parts)
    return _Kind(tuple(dict.fromkeys(models)), listed, tuple(dict.fromkeys(allowed)), numeric)


def _parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    if get_origin(annotation) is not Literal:
        for part in get_args(annotation):
            yield from _parts(part)


def tidy(text: str) -> str:
    """Return a value with full-width signs narrowed (９５％ → 95%), and without blanks at its ends."""
    return unicodedata.normalize("NFKC", text).strip()
