"""Settings as the desk asks for them: a value as a cell shows it, and an answer put into the file in its place.

What a file says beside it, its comments and its order, stays (`RuleFile`). A list of single values is one cell, its
parts with the sign of a list or a line each between them; a list of entries is a row each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode

from analysis.rounds.faults import LIST_SIGN
from analysis.rounds.new_round import OpenDecision, mark_of_decisions
from analysis.rounds.rounds import ROUND_FILE, RULEBOOK_FILE
from analysis.rounds.versions import CURRENT, FORMAT
from analysis.rulebook.edit.rulefile import RuleFile, in_line
from analysis.words import Words

_NULLS: Final = frozenset({"", "~", "null"})
_TRUTHS: Final = ("true", "false")
#: settings whose values are texts, whatever they look like
_TEXTS: Final = frozenset({"title", "title_en", "issuer", "document_number", "name", "name_en", "short"})
#: settings that are one of a few: what stands in the file, each called by `desk.choice.<key>.<value>`
CHOICES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    (ROUND_FILE, "synthetic"): _TRUTHS,
    (ROUND_FILE, "language"): ("zh", "en"),
    (ROUND_FILE, "disclosure"): ("internal", "own", "grades"),
    (RULEBOOK_FILE, "partial"): ("worst", "as_stated"),
    ("bulletin.yaml", "example"): _TRUTHS,
    ("bulletin.yaml", "seal"): ("space", "guide"),
}
_BETWEEN: Final = re.compile(rf"\s*[{LIST_SIGN},;\n]\s*")
#: comma and semicolon as Chinese writes them
_WIDE: Final = {0xFF0C: ",", 0xFF1B: ";"}


def file_of(path: Path) -> RuleFile:
    """Return a settings file as it is written; one that is not there yet as its first line."""
    return RuleFile.read(path) if path.is_file() else RuleFile(f"{FORMAT}: {CURRENT}\n")


def shown(file: RuleFile, name: str, path: str, said: Words) -> str | None:
    """Return a value as a cell shows it: nothing for null; None where it has parts, which stand in rows of their own.

    Args:
        file: the file.
        name: of the file.
        path: of the value.
        said: the words for what is one of a few.
    """
    value = file.data(path)
    if isinstance(value, list) and not any(isinstance(part, list | dict) for part in value):
        return LIST_SIGN.join(map(str, value))
    if isinstance(value, list | dict):
        return None
    text = "" if value is None or value in _NULLS else str(value)
    if text in CHOICES.get((name, path), ()):
        return said.label(f"desk.choice.{path}.{text}")
    return text


def choices_of(name: str, path: str, said: Words) -> tuple[str, ...]:
    """Return what may be answered; empty where that is not one of a few."""
    return tuple(said.label(f"desk.choice.{path}.{value}") for value in CHOICES.get((name, path), ()))


def put(file: RuleFile, name: str, path: str, answer: str, said: Words) -> RuleFile:
    """Return a file with an answer in its place.

    Raises:
        UnwritableError: with it the file is no YAML any more.
    """
    codes = {said.label(f"desk.choice.{path}.{value}"): value for value in CHOICES.get((name, path), ())}
    if answer in codes:
        return file.edited({path: codes[answer]})
    if isinstance(file.data(path), list):
        return file.edited({path: in_line(parts_of(answer))})
    if path.rsplit(".", 1)[-1] in _TEXTS:
        return file.edited({path: answer}, as_texts=True)
    return file.edited({path: answer or "null"}, as_texts=answer[:1] in "{[" and bool(answer))


def parts_of(answer: str) -> list[str]:
    """Return the parts of an answer that is a list, whatever sign stands between them."""
    return [part.strip() for part in _BETWEEN.split(answer.translate(_WIDE)) if part.strip()]


def with_entries(file: RuleFile, key: str, entries: Sequence[Mapping[str, Any] | int]) -> RuleFile:
    """Return a file with other entries in a list at its root.

    Args:
        file: the file.
        key: of the list.
        entries: each a mapping that is new, or the place of one that stays as it is written, comments included.
    """
    written = [
        file.chunk((key, entry)) if isinstance(entry, int) else f"- {in_line(entry)}\n" for entry in entries
    ]
    return file.arranged((key,), written)


def keys_of(text: str, decisions: Sequence[OpenDecision]) -> dict[OpenDecision, str]:
    """Return the path of the key each decision of a file stands above; empty where it stands above none."""
    found = sorted(_keys(YAML(typ="rt", pure=True).compose(text), ""))
    return {each: next((path for line, path in found if line > each.line), "") for each in decisions}


def without_marks(text: str, settled: Sequence[str]) -> str:
    """Return the text of a file without the lines that say of some keys that they are to be decided."""
    mark = mark_of_decisions()
    keys = dict(_keys(YAML(typ="rt", pure=True).compose(text), ""))
    kept: list[str] = []
    above: list[str] = []
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        above.append(line)
        if line.strip() and not line.strip().startswith("#"):
            done = keys.get(number) in settled
            kept += [each for each in above if not (done and each.strip().startswith(mark))]
            above = []
    return "".join([*kept, *above])


def _keys(node: Any, above: str) -> Iterator[tuple[int, str]]:
    """Yield the line of every key of mappings within mappings, from 1, and its path."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            path = f"{above}.{key.value}" if above else str(key.value)
            yield key.start_mark.line + 1, path
            yield from _keys(value, path)
