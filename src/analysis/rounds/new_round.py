"""The folder of the next round, made from the settings of an earlier one: years moved on, decisions marked.

The files are edited in their text, span by span, so that every comment and every space the office wrote stays
where it was. What only the office can decide gets a line `# 请确定：…` above it. Nothing that belongs to the old
year alone goes along: neither its files nor its corrections nor the facts of its published document.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from analysis.rounds.faults import Fault
from analysis.rounds.periods import (
    Naming,
    NoPeriodError,
    Period,
    declared_period,
    in_order,
    is_period,
    joined,
    name_of_period,
    parts_of_years,
    written_period,
)
from analysis.rounds.rounds import ROUND_FILE, RULEBOOK_FILE, is_round_id
from analysis.rounds.settings_files import read_document
from analysis.rounds.versions import CURRENT, FORMAT, is_current
from analysis.words import OFFICE, Words, words

_YEAR: Final = r"(?:19|20)\d\d"
_YEAR_OF_MONTHS: Final = 12
#: an edit of a file's text: from, to, what stands there afterwards
Edit = tuple[int, int, str]
Change = Callable[[str], str]


class NewRoundError(Exception):
    """The new round cannot be made.

    Attributes:
        reason: key of the sentence under `cli.new`.
        places: what fills it.
        faults: what is wrong with a settings file that cannot be read.
    """

    def __init__(self, reason: str, *, faults: Sequence[Fault] = (), **places: str) -> None:
        self.reason = reason
        self.places = places
        self.faults = tuple(faults)
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
class OpenDecision:
    """A line `# 请确定：…` that still stands in a file of the round: what it is about, and where."""

    file: str
    line: int
    what: str


def mark_of_decisions() -> str:
    """Return how a line begins that says what is to be decided."""
    return f"# {words(OFFICE)('cli.new.mark', what='').plain}"


def open_decisions(folder: Path) -> list[OpenDecision]:
    """Return what is still marked to be decided in the settings of a round, in the order of files and lines."""
    mark = mark_of_decisions()
    return [
        OpenDecision(path.name, number, line.strip().removeprefix(mark))
        for path in sorted(folder.glob("*.yaml"))
        for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1)
        if line.strip().startswith(mark)
    ]


@dataclass(frozen=True)
class _Move:
    """From one round to the next.

    Attributes:
        old: name of the one.
        new: name of the next.
        years: how many years the last year of the round moves on.
        was: period of the one; None where its settings do not say it.
        now: period of the next; None where neither its name says it nor the settings of the one.
    """

    old: str
    new: str
    years: int
    was: Period | None
    now: Period | None

    def text(self, text: str, language: str = OFFICE) -> str:
        """Return a text with the old period called by the new one's name and every other year moved on."""
        if self.was is None or self.now is None:
            return self.dates(text)
        names: dict[str, str] = {}
        for naming in _NAMINGS:
            was, now = (name_of_period(each.text, words(language), naming) for each in (self.was, self.now))
            names.setdefault(was, now)
        # an office writes the dash between two years in more than one way
        spelt = "|".join(re.escape(name).replace("—", "[-–—~～至]") for name in names)
        dashed = {_DASH.sub("—", name): now for name, now in names.items()}

        def one(found: re.Match[str]) -> str:
            return dashed.get(_DASH.sub("—", found[0])) or _add_years(found[0], self.years)

        return re.sub(rf"(?<!\d)(?:{spelt}|{_YEAR})(?!\d)", one, text)

    def english(self, text: str) -> str:
        """Return an English text the same way."""
        return self.text(text, "en")

    def prose(self, text: str) -> str:
        """Return a paragraph with its dates moved on; 2000元 is no date."""
        return re.sub(rf"(?<!\d){_YEAR}(?=年|〕|-\d\d?-)", lambda year: str(int(year[0]) + self.years), text)

    def dates(self, text: str) -> str:
        """Return a period or a date with its years moved on as the last year of the round is."""
        return _add_years(text, self.years)

    def as_of(self, text: str) -> str:
        """Return the cut-off, as long after the end of the period as before where that is of another length."""
        if self.was is None or self.now is None or self.was.months == self.now.months:
            return self.dates(text)
        try:
            return (self.now.end + (dt.date.fromisoformat(text) - self.was.end)).isoformat()
        except ValueError:
            # what is no day is told when the new round is opened
            return text

    def periods(self, texts: list[str]) -> list[str]:
        """Return the periods of the round."""
        return [self.now.text] if self.now else [self.dates(text) for text in texts]

    def base(self, texts: list[str]) -> list[str]:
        """Return the base period: the one before that is like the round's."""
        return [self.now.earlier(self.now.step).text] if self.now else [self.dates(text) for text in texts]

    def history(self, texts: list[str]) -> list[str]:
        """Return the periods with ledgers: years moved on; of a round within a year all parts of its length.

        They reach back to the base period at least.
        """
        if self.now is None:
            return [self.dates(text) for text in texts]
        starts = self.now.year_starts
        known = in_order(declared_period(text, starts) for text in texts if is_period(text))
        if not known:
            return [self.dates(text) for text in texts]
        parts = [period.earlier(-self.years) for period in known]
        base = self.now.earlier(self.now.step)
        if self.now.months < _YEAR_OF_MONTHS:
            parts = list(parts_of_years(min(parts[0].start, base.start), self.now))
        elif any(part.months < _YEAR_OF_MONTHS for part in parts):
            gap = self.now.end.year - parts[0].end.year
            year = declared_period(str(self.now.years()[-1]), starts)
            parts = [year.earlier(years) for years in range(gap, -1, -1)]
        while parts[0].start > base.start:
            parts.insert(0, parts[0].earlier(parts[0].step))
        return [part.text for part in in_order({*parts})]


#: what is compared with nothing, and what has no period, goes on so
_NULL: Final = "tag:yaml.org,2002:null"
#: titles first: their names of a period are the longer ones
_NAMINGS: Final[tuple[Naming, ...]] = ("assessed", "name")
_DASH: Final = re.compile("[-–—~～至]")


def make(project: Path, new: str, old: str, words: Words) -> NewRound:
    """Make `data/raw/<new>` from the settings of the round `old`.

    Raises:
        NewRoundError: the folder exists, a name holds no year, or a settings file cannot be read.
    """
    raw = project / "data" / "raw"
    move = _move(raw / old / ROUND_FILE, old, new)
    folder = raw / move.new
    if folder.exists():
        raise NewRoundError("exists", place=folder.relative_to(project).as_posix())
    building = raw / f".{move.new}.building"
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
    """What happens to a top-level key: how its texts change, below which keys, and what is to be decided.

    Attributes:
        change: what becomes of each text.
        only: the keys below which texts change; everywhere if there are none.
        what: what is to be decided.
        every: what becomes of all texts together, whose number may change.
    """

    change: Change | None = None
    only: frozenset[str] = frozenset()
    what: str = ""
    every: Callable[[list[str]], list[str]] | None = None


def _changes(move: _Move) -> dict[str, dict[str, _Key]]:
    """Return, per settings file that is carried over, what happens to its keys."""
    return {
        ROUND_FILE: {
            "round": _Key(lambda _: move.new),
            "title": _Key(move.text, what="title"),
            "title_en": _Key(move.english),
            "document_number": _Key(move.text, what="document"),
            "document_date": _Key(move.dates, what="document"),
            "synthetic": _Key(what="synthetic"),
            "periods": _Key(every=move.periods, what="periods"),
            "base_period": _Key(every=move.base, what="base_period"),
            "history": _Key(every=move.history, what="history"),
            "as_of": _Key(move.as_of, what="as_of"),
            "compared_with": _Key(lambda _: move.old, what="compared_with"),
            "nil_returns": _Key(what="nil_returns"),
            "new_units": _Key(what="new_units"),
            "breaks": _Key(what="breaks"),
            "checks": _Key(what="checks"),
        },
        RULEBOOK_FILE: {
            "name": _Key(move.text, what="rulebook"),
            "name_en": _Key(move.english),
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
            "date": _Key(move.dates, what="document"),
            "printed_on": _Key(move.dates, what="document"),
        },
    }


def _move(settings: Path, old: str, new: str) -> _Move:
    """Return how the round `old` becomes `new`, whose name may be a period as the office writes it (2021上半年)."""
    starts, was = _period_of(settings)
    now: Period | None = None
    try:
        now = declared_period(written_period(new), starts)
    except NoPeriodError:
        name = new
    else:
        name = new if is_round_id(new) else now.text.replace("/", "-")
    if not is_round_id(name):
        raise NewRoundError("no_name", round=new)
    before = was.years() if was else _years_in(old)
    after = now.years() if now else _years_in(name)
    if not before or not after:
        raise NewRoundError("no_year", round=old if not before else new)
    years = after[-1] - before[-1]
    return _Move(old, name, years, was, now or (was and was.earlier(-years)))


def _period_of(settings: Path) -> tuple[int, Period | None]:
    """Return the month in which the years of a round begin, and its period; None where its settings do not say it."""
    document, _faults = read_document(settings, settings.name)
    said = document.data if document else {}
    starts = said.get("year_starts", 1)
    try:
        return starts, joined([declared_period(str(text), starts) for text in said["periods"]])
    except (KeyError, TypeError, ValueError):
        # the faults of the old settings are told where they are read
        return 1, None


def _years_in(name: str) -> tuple[int, ...]:
    """Return the years written in the name of a round."""
    return tuple(int(year) for year in re.findall(rf"(?<!\d){_YEAR}(?!\d)", name))


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
        _unread, faults = read_document(source, source.name)
        raise NewRoundError("no_settings", faults=faults, round=move.old, file=source.name) from error
    head = words("cli.new.head", old=move.old, years=str(move.years)).plain
    written = root.value if isinstance(root, MappingNode) else []
    edits: list[Edit] = [(0, 0, f"# {head}\n"), *_version(source.name, written, words)]
    for key_node, value in written:
        key = keys.get(key_node.value)
        if key is None:
            continue
        scalars = [scalar for scalar in _scalars(value, key.only) if not (key.every and scalar.tag == _NULL)]
        if key.every is not None and scalars:
            edits += _edits(text, scalars, key.every([scalar.value for scalar in scalars]))
        elif key.change is not None and _is_left_empty(value):
            after = key_node.end_mark.index + 1
            edits.append((after, after, f" {key.change('')}".rstrip()))
        elif key.change is not None:
            edits += [_edit(text, scalar, key.change) for scalar in scalars]
        if key.what:
            what = words.label(f"cli.new.what.{key.what}")
            start = key_node.start_mark.index
            edits.append((start, start, f"# {words('cli.new.mark', what=what).plain}\n"))
            yield Decision(source.name, key_node.value, what)
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    target.write_text(text, encoding="utf-8", newline="\n")


def _is_left_empty(value: Node) -> bool:
    """Return whether nothing stands behind a key: the mark of such a value lies wherever the next key begins."""
    return isinstance(value, ScalarNode) and value.start_mark.index == value.end_mark.index


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


def _edits(text: str, scalars: list[ScalarNode], changed: list[str]) -> list[Edit]:
    """Return the edits that put texts into the places of others; where their number changes, into a list as written."""
    if len(scalars) == len(changed):
        pairs = zip(scalars, changed, strict=True)
        return [_edit(text, scalar, lambda _, new=new: new) for scalar, new in pairs]  # type: ignore[misc]  # bound now
    first, last = scalars[0].start_mark, scalars[-1].end_mark
    line = text[text.rindex("\n", 0, first.index) + 1 : first.index]
    between = f"\n{line}" if line.strip() == "-" else ", "
    return [(first.index, last.index, between.join(changed))]


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
    for name, sources in ledgers.items():
        for source in sources if isinstance(sources, list) else [sources]:
            named = source["file"]
            for file in named if isinstance(named, list) else [named]:
                of_file = files.setdefault(str(file), [])
                of_file += [str(name)] if str(name) not in of_file else []
    return tuple((file, tuple(names)) for file, names in files.items())
