"""The rule set as the table people sign (考核细则): its items line by line, its parameters, and their words.

The table itself says of every item what it is called, what it gives, what it reads, its scoring shape with the
parameters in one cell, and the rule as its official sentence; the parameters beside it are those of the set
(conventions, grade rule), and of the few rules no cell can write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import ValidationError

from analysis.indicators.naming import MeasureNames
from analysis.rounds.faults import LIST_SIGN
from analysis.rounds.settings_files import Location, Settings
from analysis.rounds.versions import FORMAT
from analysis.rulebook import (
    Bonus,
    Indicator,
    Rulebook,
    Veto,
    bonus_sentence,
    general_sentence,
    grade_sentences,
    rule_sentence,
    veto_sentence,
)
from analysis.rulebook.composition import Falsification
from analysis.rulebook.edit.entrylist import KINDS, EntryList
from analysis.rulebook.edit.gradelist import GradeList
from analysis.rulebook.edit.listsheet import ListTable
from analysis.rulebook.edit.measurelist import MeasureList
from analysis.rulebook.edit.rulecell import APART, MODELS, RuleCell
from analysis.rulebook.edit.rulefile import TEXTS, Leaf, RuleFile
from analysis.rulebook.edit.rulefiles import RuleFiles
from analysis.rulebook.edit.ruleterms import MEASURED, RuleTerms
from analysis.rulebook.edit.statementlist import StatementList
from analysis.rulebook.grades import Grades, slots_sentence, ties_sentence
from analysis.rulebook.indicator import Declared, SmallBase
from analysis.rulebook.model import Deduction
from analysis.rulebook.sentences import deduction_sentence, falsification_sentence, name_of, whole_sentences
from analysis.words import OFFICE, Text, Words

#: what has a sheet of its own
RuleList = EntryList | GradeList

#: columns of the table, in order
COLUMNS: Final = (
    "group", "code", "name", "points", "definition", "rule", "department", "data_source",
)  # fmt: skip
#: columns of the workbook beside them: what is read, by which shape it becomes points, and with which parameters
RULED: Final = ("measure", "shape", "cell")
#: those of them that are parameters of the item and may be edited
EDITABLE: Final = ("name", "points", "definition", "department", "data_source")
#: texts that nobody edits: of a parameter, below the items
PROTECTED: Final = ("item_name", "label", "choices")
FOOTERS: Final = ("grades", "general", "conventions")
#: columns of the sheet of parameters
PARAMETERS: Final = ("item", "item_name", "label", "value", "choices", "path")
#: keys that say what a part or the file is: to change them is to write another rule, which is done in the file
_FIXED: Final = frozenset({"code", "shape", "kind", "read", "direction", "source", "fact", FORMAT})
#: parts of the file whose values may be left to their defaults, and are offered where they are
_SET_MODELS: Final[Mapping[Location, type[Settings]]] = {(): Rulebook, ("grades",): Grades}
#: texts of the file itself, and the rest of three grades, which is there where the others are
_NOT_OFFERED: Final = frozenset({*TEXTS, "otherwise", "basis", "assumed"})
#: lists of the file whose items are lines of the table
_LISTS: Final = tuple(MODELS)
#: what is declared for an item that is not in a set yet
_USUAL: Final = Declared(
    missing="no_points",
    nothing_to_assess="full_points",
    not_comparable="no_points",
    partial="worst",
    zero_base="full_if_none_now",
    small_base=SmallBase(cases_below=10, use="city"),
)
#: top-level keys that are no conventions
_NO_CONVENTION: Final = frozenset(
    {"name", "name_en", "note", "note_en", "ours", "base_points", "grades", "basis"}
)


@dataclass(frozen=True)
class Line:
    """One line of the table.

    Attributes:
        group: dimension with its points, or what else the item is (bonus, veto).
        code: code of the item.
        name: its name.
        points: full points; for a bonus its cap; empty for a veto.
        definition: what is counted (口径).
        rule: the rule as its official sentence.
        department: who is responsible.
        data_source: where the data come from.
        measure: what is read, by its name.
        shape: the scoring shape, by its name.
        cell: its parameters as one cell says them; None where they stand among the parameters.
        name_key: the key of the file the name comes from: `name`, or in an English table `name_en`.
    """

    group: str
    code: str
    name: str
    points: str
    definition: str
    rule: str
    department: str
    data_source: str
    measure: str = ""
    shape: str = ""
    cell: str | None = None
    name_key: str = "name"


@dataclass(frozen=True)
class RuleTable:
    """The rule set as it is printed.

    Attributes:
        title: name of the set.
        note: where the points come from.
        lines: items in the order of the file.
        grades: the grade rule as sentences.
        general: what holds for all indicators, as sentences.
        conventions: what the set declares beside its items: label and value.
        lists: what has sheets of its own: grades, facts, groups of problems.
    """

    title: str
    note: str
    lines: tuple[Line, ...]
    grades: tuple[str, ...]
    general: str
    conventions: tuple[tuple[str, str], ...]
    lists: tuple[ListTable, ...]


@dataclass(frozen=True)
class Parameter:
    """One parameter as the workbook shows it.

    Attributes:
        leaf: where it stands in the file.
        item_name: name of the item it belongs to.
        label: what it is, in words.
        value: its value, in words.
        choices: what may be written, where that is a list; with their meaning.
    """

    leaf: Leaf
    item_name: str
    label: str
    value: str
    choices: tuple[tuple[str, str], ...]

    @property
    def allowed(self) -> str:
        """What may be written, in words."""
        return LIST_SIGN.join(said for _, said in self.choices)


def table_of(rulebook: Rulebook | None, files: RuleFiles, words: Words) -> RuleTable:
    """Return a rule set as the familiar table.

    Args:
        rulebook: the rule set; None where it is only begun and has no sentences yet.
        files: the files it was read from, in whose order the lines come.
        words: the catalogue.
    """
    file = files.rules
    texts = {leaf.location: leaf.text for leaf in file.leaves()}
    terms = terms_of(files, words)
    lines = []
    for at in items_at(texts):
        code = texts[*at, "code"]
        columns = {column: texts.get((*at, _key(column, at, texts, words)), "") for column in EDITABLE}
        rule = item_rule(code, rulebook, words) if rulebook is not None else ""
        name_key = _key("name", at, texts, words)
        shape = texts.get((*at, "rule", "shape"), "")
        measure = texts.get((*at, "measure"), "")
        lines.append(
            Line(
                group=_group(at, texts, words),
                code=code,
                rule=rule,
                name_key=name_key,
                measure=terms.measure(measure, code) if measure else "",
                shape=terms.shape(shape) if shape else "",
                cell=cell_of(at, code, terms).shown(file.data(code)),
                **columns,
            )
        )
    conventions = [
        (label_of(leaf, words), meaning(leaf.text, words)) for leaf in file.leaves() if _is_convention(leaf)
    ]
    return RuleTable(
        title=texts[("name",)] if rulebook is None else name_of(rulebook, words),
        note=texts.get(("note",), "") if rulebook is None else rulebook.note_in(words),
        lines=tuple(lines),
        grades=() if rulebook is None else tuple(text.plain for text in _on_grades(rulebook, words)),
        general=""
        if rulebook is None
        else words.paragraph([general_sentence(rulebook, words), *whole_sentences(rulebook, words)]).plain,
        conventions=tuple(conventions),
        lists=tuple(each.table for each in lists_of(files, terms, rulebook)),
    )


def columns_of(line: Line, words: Words) -> dict[str, str]:
    """Return what stands in the columns of a line."""
    cell = words.label("ruletable.elsewhere") if line.cell is None else line.cell
    return {**{column: getattr(line, column) for column in (*COLUMNS, *RULED)}, "cell": cell}


def footers(table: RuleTable, words: Words) -> dict[str, str]:
    """Return what stands below the items: grade rule, general rules, conventions."""
    conventions = [words.labelled(label, value).plain for label, value in table.conventions]
    return {
        "grades": "\n".join(table.grades),
        "general": table.general,
        "conventions": words.series(conventions).plain,
    }


def kept_of(table: RuleTable, parameters: Iterable[Parameter], words: Words) -> dict[str, str]:
    """Return every text of the workbook as it is written out, by path; of what is no value, by a path with a #."""
    kept = {"#title": table.title, "#note": table.note}
    kept.update({f"#{name}": text for name, text in footers(table, words).items()})
    for line in table.lines:
        for column, text in columns_of(line, words).items():
            if column in EDITABLE:
                if text:
                    kept[f"{line.code}.{line.name_key if column == 'name' else column}"] = text
            elif column != "code":
                kept[f"{line.code}#{column}"] = text
    for listed in table.lists:
        kept |= listed.kept()
    for parameter in parameters:
        path = parameter.leaf.path
        told = (parameter.item_name, parameter.label, parameter.allowed)
        kept.update({f"{path}#{column}": text for column, text in zip(PROTECTED, told, strict=True)})
        kept[path] = parameter.leaf.text
    return kept


def terms_of(files: RuleFiles, words: Words) -> RuleTerms:
    """Return the words for what stands in a rule set, the facts and classes it declares among them."""
    facts, classes = (files.rules.data(key) or () for key in ("facts", "classes"))
    return RuleTerms(words).declaring(facts).dividing(classes)


def cell_of(at: Location, code: str, terms: RuleTerms) -> RuleCell:
    """Return the writer and reader of the cell of an item."""
    return RuleCell(MODELS[str(at[0])], terms, code)


def lists_of(files: RuleFiles, terms: RuleTerms, rulebook: Rulebook | None) -> tuple[RuleList, ...]:
    """Return what has a sheet of its own; measures and facts come before the grades and statements that name them."""
    return (
        MeasureList(files, terms),
        *_lists_of_rules(files.rules, terms, rulebook),
        StatementList(files, terms, rulebook),
    )


def _lists_of_rules(file: RuleFile, terms: RuleTerms, rulebook: Rulebook | None) -> Iterator[RuleList]:
    """Yield the lists that stand in the rule set itself."""
    for kind in KINDS:
        yield EntryList(kind, file, terms, () if rulebook is None else getattr(rulebook, kind.name))
    yield GradeList(file, terms, rulebook)


def _on_grades(rulebook: Rulebook, words: Words) -> tuple[Text, ...]:
    """Return the grade rules, what becomes of slots that cannot be taken, and how equal scores are told apart."""
    rest = (slots_sentence(rulebook.grades, rulebook, words), ties_sentence(rulebook.ties, rulebook, words))
    return (*grade_sentences(rulebook.grades, rulebook, words), *(text for text in rest if text))


def parameters_of(files: RuleFiles, words: Words) -> tuple[Parameter, ...]:
    """Return the parameters that do not stand in the table itself, in the order of the file."""
    file, terms = files.rules, terms_of(files, words)
    texts = {leaf.location: leaf.text for leaf in file.leaves()}
    in_table: set[Location] = set()
    for at in items_at(texts):
        in_table |= {(*at, _key(column, at, texts, words)) for column in (*EDITABLE, "measure")}
        if cell_of(at, texts[*at, "code"], terms).shown(file.data(texts[*at, "code"])) is not None:
            in_table |= {place for place in texts if place[: len(at)] == at and place[len(at)] not in APART}
        # the dimensions and groups are named with their points in the table
        in_table |= {(*at[:depth], key) for depth in range(2, len(at), 2) for key in ("name", "points")}
    for each in _lists_of_rules(file, terms, None):
        in_table |= each.table.covered
    names = _names(texts, words)
    written = tuple(
        Parameter(
            leaf,
            names.get(leaf.owner, "") or _part_name(leaf.location, texts, words),
            label_of(leaf, words),
            terms.measure(leaf.text) if leaf.key in MEASURED else terms.value(leaf.text, leaf.key),
            choices_at(leaf.location, leaf.text, terms),
        )
        for leaf in file.leaves()
        if leaf.location not in in_table and leaf.key not in _FIXED
    )
    return (*written, *_left_open(texts, terms))


def may_be_left_open(location: Location) -> bool:
    """Return whether a value of the whole set or of its grade rule may be left to its default."""
    model = _SET_MODELS.get(location[:-1])
    info = model.model_fields.get(str(location[-1])) if model is not None else None
    return info is not None and not info.is_required()


def _left_open(texts: Mapping[Location, str], terms: RuleTerms) -> Iterator[Parameter]:
    """Yield what the set and its grade rule leave to the default, to be filled in: one value each, no parts."""
    for above, model in _SET_MODELS.items():
        for part in terms.fields([model], ""):
            location = (*above, part.key)
            there = any(place[: len(location)] == location for place in texts)
            if there or part.models or part.listed or part.required or part.key in _NOT_OFFERED:
                continue
            leaf = Leaf(".".join(map(str, location)), location, "", "", 0)
            choices = tuple((code, terms.value(code, part.key)) for code in part.allowed)
            yield Parameter(leaf, "", label_of(leaf, terms.words), "", choices)


def parameter_name(leaf: Leaf, file: RuleFile, words: Words) -> str:
    """Return what a parameter is called, its item first: 5.2 核处化解率 · 满分线."""
    names = _names({each.location: each.text for each in file.leaves()}, words)
    owner = f"{leaf.owner} {names.get(leaf.owner, '')}".strip()
    return " · ".join(part for part in (owner, label_of(leaf, words)) if part)


def _names(texts: Mapping[Location, str], words: Words) -> dict[str, str]:
    """Return the names of what has a code, by code."""
    return {
        texts[*at, "code"]: texts.get((*at, _key("name", at, texts, words)), "")
        for *above, key in texts
        if key == "code" and (at := tuple(above))
    }


def _key(column: str, at: Location, texts: Mapping[Location, str], words: Words) -> str:
    """Return which key of an item a column of the table shows: in English the English name, where there is one."""
    english = column == "name" and words.language != OFFICE and texts.get((*at, "name_en"))
    return "name_en" if english else column


def _part_name(location: Location, texts: Mapping[Location, str], words: Words) -> str:
    """Return what a part without a code is, such as a condition of a grade: its kind and its measure."""
    kind, measure = texts.get((*location[:-1], "kind"), ""), texts.get((*location[:-1], "measure"), "")
    key = f"ruletable.kind.{kind}"
    named = words.label(key) if key in words else kind
    return " ".join(part for part in (named, MeasureNames(words)(measure)) if part)


def items_at(texts: Mapping[Location, str]) -> list[Location]:
    """Return where the items stand that are lines of the table: with a code and, below dimensions, a rule."""
    ruled = {location[: location.index("rule")] for location in texts if "rule" in location}
    return [
        at
        for *above, key in texts
        if key == "code"
        and (at := tuple(above))
        and at[0] in _LISTS
        and (at[0] != "dimensions" or at in ruled)
    ]


def _group(at: Location, texts: Mapping[Location, str], words: Words) -> str:
    if at[0] != "dimensions":
        return words.label(f"ruletable.list.{at[0]}")
    # a dimension may have groups between it and its indicators
    names = [
        words(
            "ruletable.group",
            name=texts.get((*at[:depth], _key("name", at[:depth], texts, words)), ""),
            points=texts.get((*at[:depth], "points"), ""),
        ).plain
        for depth in range(2, len(at), 2)
    ]
    return " › ".join(names)


def items_of(rulebook: Rulebook) -> tuple[Indicator | Deduction | Bonus | Veto | Falsification, ...]:
    """Return everything with a code that has a row of scores beside the totals, in the order of the table."""
    bonuses, deductions = rulebook.bonuses, rulebook.deductions
    return (*rulebook.indicators(), *bonuses, *deductions, *rulebook.falsification, *rulebook.vetoes)


def item_rule(code: str, rulebook: Rulebook, words: Words) -> str:
    """Return the rule of an item as its official sentence.

    Raises:
        KeyError: no such item.
    """
    for item in items_of(rulebook):
        if item.code == code:
            match item:
                case Indicator():
                    return rule_sentence(item, rulebook, words).plain
                case Deduction():
                    return deduction_sentence(item, rulebook, words).plain
                case Bonus():
                    return bonus_sentence(item, words).plain
                case Veto():
                    return veto_sentence(item, rulebook, words).plain
                case Falsification():
                    return falsification_sentence(item, rulebook, words).plain
    raise KeyError(f"no item {code!r} in the rulebook")


def sentence_of(data: Mapping[str, Any], words: Words) -> str:
    """Return the official sentence of an indicator that is not in a set yet; empty where it is not whole."""
    try:
        item = Indicator.model_validate(data)
    except ValidationError:
        return ""
    return item.rule.sentence(item, _USUAL, words).plain


def _is_convention(leaf: Leaf) -> bool:
    return not leaf.owner and leaf.location[0] not in _NO_CONVENTION and leaf.key not in _FIXED


def label_of(leaf: Leaf, words: Words) -> str:
    """Return what a parameter is, in words: its keys below the item, places in lists as 第1项."""
    own = leaf.path.removeprefix(f"{leaf.owner}.") if leaf.owner else leaf.path
    parts, above = [], ""
    for part in own.split("."):
        if part.isdigit():
            parts.append(words("ruletable.place", place=part).plain)
        elif part != "rule":
            # a key that means different things says so with the one above it
            keys = (f"ruletable.key.{above}_{part}", f"ruletable.key.{part}")
            parts.append(next((words.label(key) for key in keys if key in words), part))
        above = part
    return " · ".join(parts)


def meaning(value: str, words: Words) -> str:
    """Return a value of a choice in words, any other as it is written."""
    return RuleTerms(words).value(value)


def choices_at(location: Location, present: str, terms: RuleTerms) -> tuple[tuple[str, str], ...]:
    """Return what may be written at a location, where the model lists it; the present value alone is no choice."""
    if present in ("true", "false"):
        allowed = ["true", "false"]
    else:
        allowed = [str(value) for kind in _kinds_at(location) for value in get_args(kind)]
    key = next((str(part) for part in reversed(location) if isinstance(part, str)), "")
    named = tuple((value, terms.value(value, key)) for value in dict.fromkeys(allowed))
    return named if len(named) > 1 and present in allowed else ()


def _kinds_at(location: Location) -> list[Any]:
    """Return the literals the model allows at a location."""
    kinds: list[Any] = [Rulebook]
    for part in location:
        if isinstance(part, str):
            kinds = [
                kind
                for model in kinds
                if get_origin(model) is not Literal and part in model.model_fields
                for kind in _kinds(model.model_fields[part].annotation)
            ]
    return [kind for kind in kinds if get_origin(kind) is Literal]


def _kinds(annotation: Any) -> Iterator[Any]:
    """Yield the models and literals an annotation is made of."""
    if get_origin(annotation) is Literal:
        yield annotation
    elif isinstance(annotation, type) and not get_origin(annotation) and issubclass(annotation, Settings):
        yield from annotation.variants()
    for part in get_args(annotation):
        yield from _kinds(part)
