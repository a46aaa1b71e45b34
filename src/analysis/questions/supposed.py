"""A question "what if" as a person writes it, on the command line or in a notebook, and its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import NoReturn

import pandas as pd
from ruamel.yaml.error import YAMLError

from analysis.indicators import catalogue
from analysis.indicators.values import ValueIndex
from analysis.intake import fault_line
from analysis.questions import answers, explain, what_if
from analysis.results.assessment import Assessment
from analysis.results.previous import previous_grades
from analysis.rounds.faults import Fault, FaultsFoundError
from analysis.rounds.frames import rows_of
from analysis.rounds.refusals import QuestionError
from analysis.rounds.settings_files import not_yaml, read_document, suggestion
from analysis.rulebook import Rulebook
from analysis.rulebook.bench import grade_measures
from analysis.rulebook.edit.rulefile import RuleFile, UnknownPathError, UnwritableError
from analysis.rulebook.edit.ruletable import meaning, parameter_name
from analysis.rulebook.presets import PRESETS, preset_file
from analysis.rulebook.readings import read
from analysis.rulebook.sentences import measure_name, name_of
from analysis.scoring.outcome import Outcome, outcome_of
from analysis.words import Words


@dataclass(frozen=True)
class Question:
    """What is supposed.

    Attributes:
        values: `unit.measure=value`, one per value.
        rules: `path=value`, one per change of the rule set.
        rulebook: file or preset to be used instead; empty: the round's own.
        reach: whether to say what it would take to reach grade A.
    """

    values: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    rulebook: str = ""
    reach: bool = False


@dataclass(frozen=True)
class Supposed:
    """The answer to a question.

    Attributes:
        told: what is supposed, what was computed again, what is held fixed and what must be known, line by line; empty
            where nothing was supposed.
        effects: every unit before and after; None where nothing was supposed.
        reach: what grade A would take; None where that was not asked.
        rules: the supposed rule set.
        names: names of all items by code; where a code stands for another item than before, both.
    """

    told: tuple[str, ...]
    effects: what_if.Effects | None
    reach: tuple[what_if.Reach, ...] | None
    rules: Rulebook
    names: Mapping[str, str]


def answer(assessment: Assessment, question: Question, words: Words) -> Supposed:
    """Return the answer to a question; what it would take to reach grade A where nothing is supposed.

    Args:
        assessment: a round computed to the stage `indicators`.
        question: what is supposed.
        words: the catalogue the answer is told in.

    Raises:
        QuestionError: a unit, measure, path, value or rule set of the question does not exist.
        FaultsFoundError: the supposed rule set cannot be used.
    """
    own = assessment.settings.rulebook
    lines: list[str] = []
    rules, faults = _rules(assessment, question, words, lines)
    if rules is None:
        raise FaultsFoundError(faults)
    values, again = _values(assessment, rules, question.values, words, lines)
    asked = bool(question.values or question.rules or question.rulebook)
    previous = previous_grades(assessment.round, assessment.roll)
    told: list[str] = []
    effects = reach = None
    if asked:
        title = assessment.round.settings.title_in(words.language)
        told = [words("whatif.title", title=title).plain, words.label("whatif.changed"), *lines]
        if again:
            listed = words.list([_row_name(row, assessment, rules, words) for row in again])
            told.append(words("whatif.again", rows=listed).plain)
        told.append(words.label("whatif.fixed"))
        if question.values:
            told.append(words.label("whatif.fixed_counts"))
        told += _doubts(rules, values, faults, words, whole=bool(question.rulebook))
        before = Outcome(assessment.scores, assessment.grades)
        after = outcome_of(
            values, rules, assessment.roll, assessment.round.settings, previous=previous, catalogue=words
        )
        effects = what_if.effects(before, after)
    if question.reach or not asked:
        reach = what_if.reach_best(
            values, rules, assessment.roll, assessment.round, previous=previous, catalogue=words
        )
    return Supposed(tuple(told), effects, reach, rules, _names(own, rules, words))


def _rules(
    assessment: Assessment, question: Question, words: Words, lines: list[str]
) -> tuple[Rulebook | None, Sequence[Fault]]:
    """Return the supposed rule set, what is wrong with it, and add to `lines` what is supposed."""
    path = assessment.round.folder / "rulebook.yaml"
    if question.rulebook:
        given = Path(question.rulebook)
        if not given.is_file() and question.rulebook not in PRESETS:
            known = words.label("cli.list").join(PRESETS)
            _wrong("unknown_rulebook", words, name=question.rulebook, known=known)
        path = given if given.is_file() else preset_file(question.rulebook)
    elif not path.is_file():
        _wrong("no_rulebook", words, round=assessment.round.id)
    try:
        file = RuleFile.read(path)
    except (UnicodeDecodeError, YAMLError):
        return None, read_document(path, path.name)[1] or [not_yaml(path.name, 1, "other")]
    changes: dict[str, str] = {}
    for text in question.rules:
        where, sign, value = text.partition("=")
        if not sign or not where.strip() or not value.strip():
            _wrong("not_a_pair", words, text=text, example="5.2.rule.full_at=95%")
        changes[where.strip()] = value.strip()
    try:
        edited = file.edited(changes)
    except UnknownPathError as unknown:
        _wrong("unknown_path", words, meant=unknown.meant, path=unknown.path)
    except UnwritableError as refused:
        _wrong("unwritable_value", words, path=refused.path, value=refused.written)
    # a rule set of another place may read what this round does not compute; that is told, not refused
    rules, faults = edited.supposed(None if question.rulebook else catalogue.is_known)
    faults = [_as_typed(fault, edited, changes) for fault in faults]
    if rules is not None and question.rulebook:
        lines.append(words("whatif.rulebook", name=name_of(rules, words)).plain)
    for where, value in changes.items():
        leaf, written = file.leaf(where), edited.leaf(where)
        name = parameter_name(written, edited, words) if written else where
        before = meaning(leaf.text, words) if leaf else words.label("whatif.not_written")
        lines.append(words("whatif.rule", name=name, before=before, after=meaning(value, words)).plain)
    return rules, faults


def _as_typed(fault: Fault, edited: RuleFile, changes: Mapping[str, str]) -> Fault:
    """Return a fault with the path a person typed where it names the same place by its place in the file."""
    for path in changes:
        leaf = edited.leaf(path)
        # faults count from 1
        steps = (part + 1 if isinstance(part, int) else part for part in leaf.location) if leaf else ()
        if leaf and fault.details.get("key") == ".".join(map(str, steps)):
            return replace(fault, details={**fault.details, "key": path})
    return fault


def _values(
    assessment: Assessment, rules: Rulebook, sets: Sequence[str], words: Words, lines: list[str]
) -> tuple[pd.DataFrame, list[str]]:
    """Return the supposed values and the ids of rows computed again; add to `lines` what is supposed."""
    values, of = assessment.values, assessment.round
    again: dict[str, None] = {}
    for text in sets:
        where, sign, written = text.partition("=")
        name, dot, what = where.strip().partition(".")
        if not sign or not dot or not what.strip() or not written.strip():
            _wrong("not_a_pair", words, text=text, example="130303.rate_resolved=95%")
        unit = _unit(name, assessment, words)
        measure = _measure(what.strip(), values, rules, words)
        try:
            setting = what_if.parse_setting(written, measure)
            changed, touched = what_if.with_value(values, unit, measure, setting, roll=assessment.roll, of=of)
        except what_if.PartAboveWholeError as refused:
            part, whole = (_counted(number, values, rules, words) for number in (refused.part, refused.whole))
            _wrong(
                "value.part_above_whole",
                words,
                part=part,
                whole=whole,
                name=measure_name(refused.part[0], rules, words),
            )
        except what_if.RefusedValueError as refused:
            of_measure = refused.written == measure
            told_as = measure_name(measure, rules, words) if of_measure else refused.written
            _wrong(f"value.{refused.kind}", words, value=told_as)
        told = [
            read(ValueIndex(frame), unit, measure, of.period.text, of.base) for frame in (values, changed)
        ]
        before, after = (answers.reading_text(each, words) for each in told)
        said = measure_name(measure, rules, words)
        lines.append(
            words(
                "whatif.set", unit=assessment.roll.short(unit), measure=said, before=before, after=after
            ).plain
        )
        again |= dict.fromkeys(row for row in touched if row != told[1].row)
        values = changed
    return values, list(again)


def _names(own: Rulebook | None, rules: Rulebook, words: Words) -> dict[str, str]:
    """Return the names of all items by code; in another rule set a code may stand for another item."""
    before = explain.item_names(own, words) if own else {}
    names = dict(before)
    for code, name in explain.item_names(rules, words).items():
        was = before.get(code, name)
        names[code] = name if was == name else words("whatif.arrow", before=was, after=name).plain
    return names


def _unit(name: str, assessment: Assessment, words: Words) -> str:
    try:
        return explain.unit_called(name, assessment.roll).code
    except explain.UnknownNameError as unknown:
        known = words.label("cli.list").join(unknown.known)
        _wrong("unknown_unit", words, meant=unknown.meant, unit=name, known=known)


def _measure(what: str, values: pd.DataFrame, rules: Rulebook, words: Words) -> str:
    """Return the measure that is meant: by its own name, or by code or name of the indicator that reads it."""
    known = set(values["measure"])
    if what in known:
        return what
    try:
        return explain.measures_of(explain.item_called(what, rules, words), rules)[0]
    except explain.UnknownNameError:
        _wrong("unknown_measure", words, meant=suggestion(what, sorted(known)), measure=what)


def _counted(number: tuple[str, float], values: pd.DataFrame, rules: Rulebook, words: Words) -> str:
    """Return a measure with a number of it: 已化解案件 35 件."""
    measure, value = number
    of_measure = str(values.loc[values["measure"] == measure, "unit_of_measure"].iloc[0])
    told = explain.value_text(measure, Fraction(value), of_measure, words)
    return words("whatif.counted", measure=measure_name(measure, rules, words), number=told).plain


def _row_name(ident: str, assessment: Assessment, rules: Rulebook, words: Words) -> str:
    """Return the row of a value as a person calls it: 全市核处化解率."""
    unit, _, rest = ident.partition(".")
    measure = rest.split(".")[-2]
    name = measure_name(measure, rules, words)
    if unit == assessment.roll.city_code:
        return words("explain.of_city", name=name).plain
    return words("whatif.of", unit=assessment.roll.short(unit), measure=name).plain


def _doubts(
    rules: Rulebook, values: pd.DataFrame, faults: Sequence[Fault], words: Words, *, whole: bool
) -> list[str]:
    """Return what must be known of the answer: points that do not add up, what is assumed, what nobody gave."""
    told = []
    if faults:
        told.append(words.label("whatif.sums"))
        told += [f"  {fault_line(fault, words)}" for fault in faults]
    known = {row["measure"] for row in rows_of(values[["measure"]].drop_duplicates())}
    scored = (*rules.indicators(), *rules.deductions)
    read_by = [measure for item in scored for measure in item.measures]
    read_by += [level.measure for bonus in rules.bonuses for level in bonus.levels]
    read_by += grade_measures(rules)
    missing = [measure for measure in dict.fromkeys(read_by) if measure not in known]
    if whole and missing:
        listed = words.list([measure_name(measure, rules, words) for measure in missing])
        told.append(words("whatif.not_measured", count=str(len(missing)), measures=listed).plain)
    assumed = _assumed(rules, words) if whole else []
    if assumed:
        told.append(words("whatif.assumed", parts=words.list(assumed)).plain)
    return told


def _assumed(rules: Rulebook, words: Words) -> list[str]:
    """Return what the source of a rule set leaves unstated, so that somebody had to choose it."""
    parts = {
        "rounding": rules.rounding,
        "ties": rules.ties,
        "small_base": rules.small_base,
        "slots": rules.grades.slots,
    }
    found = [words.label(f"ruletable.key.{key}") for key, part in parts.items() if part.assumed]
    if any(item.assumed for item in rules.indicators()):
        found.append(words.label("whatif.assumed_items"))
    return found


def _wrong(key: str, words: Words, *, meant: str = "", **places: str) -> NoReturn:
    hint = words("cli.usage.meant", meant=meant).plain if meant else ""
    raise QuestionError(hint + words(f"cli.usage.{key}", **places).plain)
