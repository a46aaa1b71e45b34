"""The folder of the next round, made from the settings of an earlier one: years moved on, decisions marked.

The files are edited in their text, span by span, so that every comment and every space the office wrote stays
where it was. What only the office can decide gets a line `# 请确定：…` above it. Nothing that belongs to the old
year alone goes along: neither its files nor its corrections nor the facts of its published document.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from analysis.rounds.faults import FaultsFoundError
from analysis.rounds.periods import Period, parse_period
from analysis.rounds.rounds import ROUND_FILE, RULEBOOK_FILE, round_id_of
from analysis.rounds.versions import CURRENT, FORMAT, is_current
from analysis.words import Words

_YEAR: Final = r"(?:19|20)\d\d"
#: an edit of a file's text: from, to, what stands there afterwards
Edit = tuple[int, int, str]
Change = Callable[[str], str]


class NewRoundError(Exception):
    """The new round cannot be made.

    Attributes:
        reason: key of the sentence under `cli.new`.
        places: what fills it.
    """

    def __init__(self, reason: str, **places: str) -> None:
        self.reason = reason
        self.places = places
        super().__init__(f"{reason}: {places}")


@dataclass(frozen=True)
class Decision:
    """One key of a new file the office has to look at: which, and why (in words)."""

    file: str
    key: str
    what: str


@dataclass(frozen=True)
class NewRound:
    """A folder just made.

    Attributes:
        folder: where it is.
        decisions: what is marked in its files.
        awaited: the office's files still to come, each with the ledgers in it.
    """

    folder: Path
    decisions: tuple[Decision, ...]
    awaited: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class _Move:
    """From one round to the next: the names, and how many years the first and the last year move on."""

    old: str
    new: str
    first: int
    last: int

    def text(self, text: str) -> str:
        """Return a text with the old round's name replaced and every other year moved on."""

        def one(found: re.Match[str]) -> str:
            return self.new if found[0] == self.old else str(int(found[0]) + self.last)

        return re.sub(rf"(?<!\d)(?:{re.escape(self.old)}|{_YEAR})(?!\d)", one, text)

    def prose(self, text: str) -> str:
        """Return a paragraph with its dates moved on; 2000元 is no date."""
        return re.sub(rf"(?<!\d){_YEAR}(?=年|〕|-\d\d?-)", lambda found: str(int(found[0]) + self.last), text)

    def years(self, text: str) -> str:
        """Return a period or a date with its years moved on as the last year of the round is."""
        return _add_years(text, self.last)

    def base(self, text: str) -> str:
        """Return the base period moved on as the first year of the round is."""
        return _add_years(text, self.first)

    def period(self, text: str) -> str:
        """Return a period of the round: the new round's name where the old one's was its period."""
        return self.new if text == self.old else self.years(text)


def make(project: Path, new: str, old: str, words: Words) -> NewRound:
    """Make `data/raw/<new>` from the settings of the round `old`.

    Raises:
        NewRoundError: the folder exists, a name holds no year, or a settings file cannot be read.
    """
    raw = project / "data" / "raw"
    folder = raw / _folder_name(new)
    if folder.exists():
        raise NewRoundError("exists", place=folder.relative_to(project).as_posix())
    move = _move(old, new)
    building = raw / f".{new}.building"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir()
    try:
        decisions = [
            decision
            for file, changes in _changes(move).items()
            if (raw / old / file).is_file()
            for decision in _carry(raw / old / file, building / file, changes, move, words)
        ]
        awaited = _awaited(building / "maps.yaml")
        building.rename(folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return NewRound(folder, tuple(decisions), awaited)


@dataclass(frozen=True)
class _Key:
    """What happens to a top-level key: how its texts change, below which keys, and what is to be decided."""

    change: Change | None = None
    only: frozenset[str] = frozenset()
    what: str = ""


def _changes(move: _Move) -> dict[str, dict[str, _Key]]:
    """Return, per settings file that is carried over, what happens to its keys."""
    return {
        ROUND_FILE: {
            "round": _Key(lambda _: move.new),
            "title": _Key(move.text, what="title"),
            "title_en": _Key(move.text),
            "document_number": _Key(move.text, what="document"),
            "document_date": _Key(move.years, what="document"),
            "synthetic": _Key(what="synthetic"),
            "periods": _Key(move.period, what="periods"),
            "base_period": _Key(move.base, what="base_period"),
            "history": _Key(move.years, what="history"),
            "as_of": _Key(move.years, what="as_of"),
            "compared_with": _Key(lambda _: move.old, what="compared_with"),
            "nil_returns": _Key(what="nil_returns"),
            "breaks": _Key(what="breaks"),
            "checks": _Key(what="checks"),
        },
        RULEBOOK_FILE: {
            "name": _Key(move.text, what="rulebook"),
            "name_en": _Key(move.text),
            "partial": _Key(what="partial"),
        },
        "maps.yaml": {"ledgers": _Key(move.text, frozenset({"file", "sheet"}), "maps")},
        "bulletin.yaml": {
            "number": _Key(move.text, what="document"),
            "title": _Key(move.prose, what="title"),
            "legal_basis": _Key(move.prose, what="bulletin"),
            "opening": _Key(move.prose, what="bulletin"),
            "organisation": _Key(move.prose, what="bulletin"),
            "results": _Key(move.prose, what="bulletin"),
            "achievements": _Key(move.prose, what="bulletin"),
            "problems": _Key(move.prose, frozenset({"title", "text"}), "bulletin"),
            "requirements": _Key(move.prose, what="bulletin"),
            "date": _Key(move.years, what="document"),
            "printed_on": _Key(move.years, what="document"),
        },
    }


def _folder_name(new: str) -> str:
    try:
        return round_id_of(new)
    except FaultsFoundError as no_name:
        raise NewRoundError("no_name", round=new) from no_name


def _move(old: str, new: str) -> _Move:
    before, after = _years_of(old), _years_of(new)
    if not before or not after:
        raise NewRoundError("no_year", round=old if not before else new)
    return _Move(old, new, after[0] - before[0], after[-1] - before[-1])


def _years_of(round_id: str) -> tuple[int, ...]:
    """Return the years of a round's name: of the period it is, else those written in it."""
    try:
        period: Period = parse_period(round_id)
    except ValueError:
        return tuple(int(year) for year in re.findall(rf"(?<!\d){_YEAR}(?!\d)", round_id))
    return period.years()


def _add_years(text: str, years: int) -> str:
    moved = re.sub(rf"(?<!\d){_YEAR}(?!\d)", lambda found: str(int(found[0]) + years), text)
    # the next year may have no 29 February
    return re.sub(r"^(\d{4}-02-)29$", r"\g<1>28", moved)


def _carry(
    source: Path, target: Path, keys: dict[str, _Key], move: _Move, words: Words
) -> Iterator[Decision]:
    """Write one settings file of the new round and yield what it leaves to be decided."""
    text = source.read_text(encoding="utf-8-sig")
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except YAMLError as error:
        raise NewRoundError(
            "no_settings", round=move.old, file=source.name, error=" ".join(str(error).split())
        ) from error
    head = words("cli.new.head", old=move.old, years=str(move.last)).plain
    written = root.value if isinstance(root, MappingNode) else []
    edits: list[Edit] = [(0, 0, f"# {head}\n"), *_version(source.name, written, words)]
    for key_node, value in written:
        key = keys.get(key_node.value)
        if key is None:
            continue
        if key.change is not None:
            edits += [_edit(text, scalar, key.change) for scalar in _scalars(value, key.only)]
        if key.what:
            what = words.label(f"cli.new.what.{key.what}")
            start = key_node.start_mark.index
            edits.append((start, start, f"# {words('cli.new.mark', what=what).plain}\n"))
            yield Decision(source.name, key_node.value, what)
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    target.write_text(text, encoding="utf-8", newline="\n")


def _version(file: str, written: list[tuple[Node, Node]], words: Words) -> list[Edit]:
    """Return the edit that makes a copy say the present version, where it has the present form.

    One of another form keeps its version and is read as the older file it is.
    """
    version = next((value for key, value in written if key.value == FORMAT), None)
    if not written or not is_current(file, int(version.value) if version else 0):
        return []
    if version is not None:
        return [(version.start_mark.index, version.end_mark.index, str(CURRENT))]
    start = written[0][0].start_mark.index
    return [(start, start, f"{FORMAT}: {CURRENT}  # {words.label('cli.new.format')}\n")]


def _edit(text: str, scalar: ScalarNode, change: Change) -> Edit:
    """Return the edit of one scalar; quotes and the line breaks of a block of text stay as they are."""
    start, end = scalar.start_mark.index, scalar.end_mark.index
    written = text[start:end]
    if scalar.style is None:
        return start, start + len(written.rstrip()), change(written.rstrip())
    body = written[1:-1] if scalar.style in "'\"" else written
    changed = change(body)
    return start, end, written.replace(body, changed, 1) if body else written


def _scalars(node: Node, only: frozenset[str], *, inside: bool = False) -> Iterator[ScalarNode]:
    """Yield the values below a node, in order; with `only`, those below one of these keys."""
    if isinstance(node, ScalarNode):
        if inside or not only:
            yield node
    elif isinstance(node, SequenceNode):
        for item in node.value:
            yield from _scalars(item, only, inside=inside)
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            yield from _scalars(value, only, inside=inside or key.value in only)


def _awaited(maps: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the office's files the maps name, in their order, each with its ledgers."""
    if not maps.is_file():
        return ()
    ledgers = YAML(typ="safe", pure=True).load(maps.read_text(encoding="utf-8")).get("ledgers", {})
    files: dict[str, list[str]] = {}
    for name, ledger in ledgers.items():
        named = ledger["file"]
        for file in named if isinstance(named, list) else [named]:
            files.setdefault(str(file), []).append(str(name))
    return tuple((file, tuple(names)) for file, names in files.items())
