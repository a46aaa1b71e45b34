"""Lists of conditions in the file made to say something else, with as little of it touched as can be.

A condition that stays keeps its comment, and so does one of which only numbers change; what is about something else
is a new condition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.rounds.settings_files import Location
from analysis.rulebook.edit.conditioncell import UNSAID, plainly_said
from analysis.rulebook.edit.rulefile import RuleFile, in_line, written

Conditions = Sequence[Mapping[str, Any]]


def conditions_written(file: RuleFile, location: Location, new: Conditions) -> RuleFile:
    """Return the file with other conditions in a list; without any the list goes.

    Raises:
        UnwritableError: the file has no place for them.
    """
    old = file.at(location)
    if old is None:
        return _begun(file, location, [_item(each) for each in new], new) if new else file
    if not new:
        return file.without(file.path_of(location))
    if _in_place(old, new):
        for place, each in enumerate(new):
            file = _changed(file, (*location, place), each)
        return file
    pairs = _paired(old, new)
    if file.in_braces(location):
        merged = [_carried(old[at] if at is not None else {}, each) for at, each in pairs]
        return file.edited({file.path_of(location): in_line(merged)})
    chunks = []
    for at, each in pairs:
        if at is None:
            chunks.append(_item(each))
        else:
            chunks.append(_changed(as_entry(file.chunk((*location, at))), ENTRY, each).chunk(ENTRY))
    return file.arranged(location, chunks)


def clauses_written(
    file: RuleFile, location: Location, new: Sequence[tuple[int | None, Conditions]]
) -> RuleFile:
    """Return the file with other clauses in a list of them.

    Args:
        file: the file.
        location: where the list stands.
        new: every clause, with its place in the list as it stands where it is an old one.

    Raises:
        UnwritableError: the file has no place for them.
    """
    old = file.at(location)
    whole = [clause for _, clause in new]
    if old is None:
        return (
            _begun(file, location, [_clause_of(list(map(in_line, each))) for each in whole], whole)
            if new
            else file
        )
    if not new:
        return file.without(file.path_of(location))
    if [at for at, _ in new] == [*range(len(old))] and all(map(_in_place, old, whole)):
        for place, clause in enumerate(whole):
            file = conditions_written(file, (*location, place), clause)
        return file
    if file.in_braces(location):
        merged = [
            [
                _carried(old[at][one] if one is not None else {}, each)
                for one, each in _paired(old[at], clause)
            ]
            if at is not None
            else clause
            for at, clause in new
        ]
        return file.edited({file.path_of(location): in_line(merged)})
    return file.arranged(location, [_clause(file, location, old, *each) for each in new])


#: where an entry stands in a file of its own
ENTRY: Location = ("entry", 0)


def as_entry(chunk: str) -> RuleFile:
    """Return an item of a list, as `RuleFile.chunk` gives it, as a file of its own."""
    return RuleFile("entry:\n" + "".join(f"  {line}" for line in chunk.splitlines(keepends=True)))


def _clause(file: RuleFile, location: Location, old: Any, at: int | None, new: Conditions) -> str:
    if at is None:
        return _clause_of(list(map(in_line, new)))
    if _in_place(old[at], new):
        return conditions_written(as_entry(file.chunk((*location, at))), ENTRY, new).chunk(ENTRY)
    told = []
    for place, each in _paired(old[at], new):
        before = old[at][place] if place is not None else {}
        if place is not None and plainly_said(before) == plainly_said(each):
            told.append(file.rest_of_line((*location, at, place)))
        else:
            told.append(in_line(_carried(before, each)))
    return _clause_of(told)


def _clause_of(conditions: Sequence[str]) -> str:
    return "".join(f"{'  ' if place else '- '}- {each}\n" for place, each in enumerate(conditions))


def _item(condition: Mapping[str, Any]) -> str:
    return f"- {in_line(condition)}\n"


def _begun(file: RuleFile, location: Location, chunks: Sequence[str], new: Any) -> RuleFile:
    """Return the file with a list where there was none."""
    above = file.path_of(location[:-1])
    path = f"{above}.{location[-1]}"
    if file.in_braces(location[:-1]):
        return file.edited({path: in_line(new)})
    return file.edited({path: "[]"}).arranged(location, chunks)


def _in_place(old: Conditions, new: Conditions) -> bool:
    """Return whether the same conditions stand in the same places, but for their numbers."""
    return list(map(_subject, old)) == list(map(_subject, new))


def _subject(condition: Mapping[str, Any]) -> list[Any]:
    """Return what a condition is about; the comment on it holds only as long as that is so."""
    return [condition.get(key) for key in ("kind", "measure", "fact", "name", "measures", "items")]


def _paired(old: Conditions, new: Conditions) -> list[tuple[int | None, Mapping[str, Any]]]:
    """Return every new condition with the place of the old one it is: the same, else the next on the same."""
    free = [*range(len(old))]
    found: dict[int, int] = {}
    for alike in (plainly_said, _subject):
        for place, each in enumerate(new):
            at = next((one for one in free if alike(old[one]) == alike(each)), None)
            if place not in found and at is not None:
                found[place] = at
                free.remove(at)
    return [(found.get(place), each) for place, each in enumerate(new)]


def _carried(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    return {**new, **{key: value for key, value in old.items() if key in UNSAID}}


def _changed(file: RuleFile, location: Location, new: Mapping[str, Any]) -> RuleFile:
    """Return the file with a condition that says something else of its kind."""
    old, path = file.at(location), file.path_of(location)
    said = plainly_said(new)
    for key in plainly_said(old).keys() - said.keys():
        file = file.without(f"{path}.{key}")
    changed = {key: value for key, value in said.items() if old.get(key) != value}
    return file.edited(
        {
            f"{path}.{key}": in_line(value, key)
            if not isinstance(value, str)
            else value
            if key in old
            else written(key, value)
            for key, value in changed.items()
        }
    )
