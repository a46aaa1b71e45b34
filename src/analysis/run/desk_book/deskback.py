"""A filled-in desk read back: every answer into the settings it belongs to, checked as a whole, written all or none.

The sheets of maps and rules go through the code that reads them where they stand alone. What the settings would be is
checked as a round of its own, beside the data and never outside `data/raw`, before any file is touched.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from analysis.intake.declared.corrections import CORRECTIONS_FILE
from analysis.intake.declared.maps_file import MAPS_FILE
from analysis.intake.declared.problem_progress import PROGRESS_FILE
from analysis.intake.proposals import accepting, confirming
from analysis.rounds.bulletin_texts import BULLETIN_FILE
from analysis.rounds.faults import Fault
from analysis.rounds.rounds import ROUND_FILE, RULEBOOK_FILE
from analysis.rulebook.edit import ruleback
from analysis.rulebook.edit.held import Change
from analysis.rulebook.edit.replacing import replaced
from analysis.rulebook.edit.rulefile import RuleFile, UnknownPathError, UnwritableError, in_line, written
from analysis.run import checking
from analysis.run.desk_book import deskform
from analysis.run.desk_book.answered_settings import file_of, parts_of, put, with_entries, without_marks
from analysis.run.desk_book.carried_problems import with_answers
from analysis.run.desk_book.desk_sheets import (
    BREAK,
    DECISIONS,
    OnDesk,
    key_of,
    proposed_corrections,
    sheets_of,
)
from analysis.run.desk_book.deskform import Edit

_CORRECTED: Final = ("kind", "value", "reason", "reported_by", "date")
#: lists of the bulletin whose entries come and go with their texts
_LISTS: Final = ("organisation.stages", "achievements", "problems", "requirements")


@dataclass
class DeskBack:
    """What a filled-in desk says.

    Attributes:
        edits: every new answer.
        rules: every change of the rule set in its own sheets.
        sources: how many sources are taken into the maps.
        faults: everything that is wrong; with one that blocks nothing is to be written.
        files: the settings files as they are to be, by name, those that change.
    """

    edits: list[Edit] = field(default_factory=list)
    rules: tuple[Change, ...] = ()
    sources: int = 0
    faults: list[Fault] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def is_sound(self) -> bool:
        """Whether it may be written."""
        return all(fault.severity != "blocks" for fault in self.faults)


def read_back(desk: OnDesk, workbook: Path) -> DeskBack:
    """Return what a filled-in desk says of a round; nothing is written.

    Args:
        desk: the round as it is now, in the words of the workbook.
        workbook: that `desk_workbook.write` made and somebody filled in.
    """
    returned = deskform.read_back(workbook, sheets_of(desk), desk.said)
    back = DeskBack(list(returned.edits.values()), faults=list(returned.faults))
    answers = _Answers(desk, workbook, back)
    for take in (answers.rules, answers.maps, answers.settings, answers.lists, answers.corrections,
                 answers.problems, answers.paragraphs, answers.settled):  # fmt: skip
        take()
    before = {
        name: (desk.folder / name).read_bytes() for name in answers.files if (desk.folder / name).is_file()
    }
    now = {name: _as_before(text, before.get(name, b"")) for name, text in answers.texts().items()}
    back.files = {name: content for name, content in now.items() if content != before.get(name)}
    if back.is_sound and back.files:
        back.faults += new_faults(desk, back.files)
    return back


def save(desk: OnDesk, back: DeskBack) -> None:
    """Write the settings files of a sound desk.

    Raises:
        OSError: one of them cannot be written; where that is seen before the first is moved, none has changed.
    """
    write_all(desk.folder, back.files)


def write_all(folder: Path, files: Mapping[str, bytes]) -> None:
    """Replace settings files of a round, all or none.

    Raises:
        OSError: one of them cannot be written; where that is seen before the first is moved, none has changed.
    """
    replaced({folder / name: content for name, content in files.items()})


def new_faults(desk: OnDesk, files: Mapping[str, bytes]) -> list[Fault]:
    """Return what the round would have against it with other settings files that it has not now, and that blocks."""
    # the row of a setting may move: what stands there counts
    known = {(fault.check, fault.file, fault.sheet, fault.cell, fault.found) for fault in desk.checked.faults}
    with _trial(desk, files) as project:
        found = checking.check(project, desk.round).faults
    return [
        fault
        for fault in found
        if fault.severity == "blocks"
        and (fault.check, fault.file, fault.sheet, fault.cell, fault.found) not in known
    ]


@contextmanager
def _trial(desk: OnDesk, files: Mapping[str, bytes]) -> Iterator[Path]:
    """Yield a project in which the round has other settings files; the office's files are the same files."""
    project = desk.project / "data" / "raw" / f".desk-{desk.round}"
    shutil.rmtree(project, ignore_errors=True)
    try:
        made = [Path("data", "processed", desk.compared_with)] if desk.compared_with else []
        of = Path("data", "raw", desk.round)
        for folder in (of, Path("reports", "final"), *made):
            if (desk.project / folder).is_dir():
                shutil.copytree(desk.project / folder, project / folder, copy_function=_linked)
        for name, content in files.items():
            # a file that is linked is the office's own
            (project / of / name).unlink(missing_ok=True)
            (project / of / name).write_bytes(content)
        yield project
    finally:
        shutil.rmtree(project, ignore_errors=True)


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        # a share or another disk has no links
        shutil.copyfile(source, target)


def _as_before(text: str, before: bytes) -> bytes:
    """Return a text in bytes, with the line ends and the mark of byte order its file had."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    mark = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
    return mark + (plain.replace("\n", "\r\n") if b"\r\n" in before else plain).encode("utf-8")


class _Answers:
    """The answers of a desk on their way into the files."""

    def __init__(self, desk: OnDesk, workbook: Path, back: DeskBack) -> None:
        self.desk, self.workbook, self.back, self.said = desk, workbook, back, desk.said
        self.files: dict[str, RuleFile] = {}
        self.marks: dict[str, list[str]] = {}

    def texts(self) -> dict[str, str]:
        """Return the files as they are to be."""
        return {name: without_marks(file.text, self.marks.get(name, ())) for name, file in self.files.items()}

    def _file(self, name: str) -> RuleFile:
        if name not in self.files:
            self.files[name] = file_of(self.desk.folder / name)
        return self.files[name]

    def _of(self, kind: str) -> list[Edit]:
        return [edit for edit in self.back.edits if edit.key.startswith(f"{kind}:")]

    def _fault(self, edit: Edit, check: str, **details: str) -> None:
        self.back.faults.append(edit.fault(check, self.workbook.name, **details))

    def _try(self, edit: Edit, name: str, change: Callable[[RuleFile], RuleFile]) -> None:
        """Change a file by an answer, or tell that it cannot be written."""
        try:
            self.files[name] = change(self._file(name))
        except (UnknownPathError, UnwritableError):
            self._fault(edit, "desk_unwritable", file=name)

    # ------------------------------------------------------------------------------------------ whole sheets

    def rules(self) -> None:
        """Take what the sheets of the rule set say."""
        if not (self.desk.folder / RULEBOOK_FILE).is_file():
            return
        files = self.desk.rule_files
        found = ruleback.read_back(self.workbook, files, self.said)
        self.back.rules = found.changes
        if found.changes or found.files is None:
            for number, fault in enumerate(found.faults):
                sheet, cell = found.cells.get(number, (fault.sheet, fault.cell))
                self.back.faults.append(fault if not cell else _at(fault, sheet, cell))
        if found.files is not None:
            self.files |= found.files.unlike(files)

    def maps(self) -> None:
        """Take the sources of the files that are to be taken into the maps."""
        wanted = {edit.key.removeprefix("take:") for edit in self._of("take") if edit.new}
        if not wanted:
            return
        parts, faults = confirming.read_back(self.workbook, self.said)
        mine = [
            part
            for part in parts
            if wanted & {*_files_of(part, [each.file for each in self.desk.status.files])}
        ]
        self.back.faults += faults
        if faults or not mine:
            return
        accepted = accepting.accept(self.desk.folder, mine)
        self.back.faults += accepted.faults
        self.back.sources = len(mine)
        self.files[MAPS_FILE] = RuleFile(accepted.text)

    # ------------------------------------------------------------------------------------------ settings

    def settings(self) -> None:
        """Take the single values."""
        of_rules = {change.path for change in self.back.rules}
        for edit in self._of("set"):
            _set, name, path = edit.key.split(":", 2)
            if name == RULEBOOK_FILE and path in of_rules:
                self._fault(edit, "desk_answered_twice", path=path)
            else:
                self._try(edit, name, partial(put, name=name, path=path, answer=edit.new, said=self.said))

    def settled(self) -> None:
        """Take the marks off what was settled."""
        for edit in self._of("settle"):
            _settle, name, path = edit.key.split(":", 2)
            self._file(name)
            self.marks.setdefault(name, []).append(path)

    def lists(self) -> None:
        """Take what is a list in `round.yaml`: nil returns, new units, breaks, checks."""
        self._nil()
        self._since()
        self._breaks()
        self._checks()

    def _entries(self, key: str) -> list[Mapping[str, Any]]:
        written = self._file(ROUND_FILE).data(key)
        return list(written) if isinstance(written, list) else []

    def _nil(self) -> None:
        edits = self._of("nil")
        if not edits:
            return
        gone, added = set[int](), list[Mapping[str, Any]]()
        for edit in edits:
            parts = edit.key.split(":")[1:]
            if len(parts) == 1:
                gone |= {int(parts[0])} if edit.new != self.desk.yes[0] else set()
            elif edit.new:
                added.append(dict(zip(("ledger", "unit", "year"), parts, strict=True)))
        kept = [place for place in range(len(self._entries("nil_returns"))) if place not in gone]
        self._try(edits[0], ROUND_FILE, lambda file: with_entries(file, "nil_returns", [*kept, *added]))

    def _since(self) -> None:
        edits = {edit.key.removeprefix("since:"): edit for edit in self._of("since")}
        if not edits:
            return
        entries: list[Mapping[str, Any] | int] = [
            place
            for place, each in enumerate(self._entries("new_units"))
            if str(each.get("unit")) not in edits
        ]
        entries += [{"unit": unit, "since": edit.new} for unit, edit in edits.items() if edit.new]
        self._try(
            next(iter(edits.values())), ROUND_FILE, lambda file: with_entries(file, "new_units", entries)
        )

    def _breaks(self) -> None:
        edits = self._of("break")
        if not edits:
            return
        written = self._entries("breaks")
        changed: dict[int, dict[str, Any]] = {}
        for edit in edits:
            _break, number, key = edit.key.split(":")
            at = int(number)
            entry = changed.setdefault(at, dict(written[at]) if at < len(written) else {})
            entry[key] = edit.new
        entries: list[Mapping[str, Any] | int] = []
        for place in range(max([len(written) - 1, *changed]) + 1):
            if place not in changed:
                entries += [place] if place < len(written) else []
            elif any(changed[place].values()):
                entry = changed[place]
                measures = entry.get("measures", "")
                parts = measures if isinstance(measures, list) else parts_of(measures)
                entries.append({**{key: entry.get(key, "") for key in BREAK}, "measures": parts})
        self._try(edits[0], ROUND_FILE, lambda file: with_entries(file, "breaks", entries))

    def _checks(self) -> None:
        codes = {self.desk.label(f"severity.{kind}"): kind for kind in ("warns", "notes", "off")}
        changed: dict[str, dict[str, str]] = {}
        for edit in self._of("check"):
            _check, name, key = edit.key.split(":")
            written = self._file(ROUND_FILE).data(f"checks.{name}")
            now = written if isinstance(written, dict) else {"severity": written} if written else {}
            entry = changed.setdefault(name, {each: str(value) for each, value in now.items()})
            entry.pop(key, None)
            entry |= {key: codes.get(edit.new, edit.new)} if edit.new else {}
        for name, entry in changed.items():
            edit = next(each for each in self._of("check") if each.key.split(":")[1] == name)
            self._try(edit, ROUND_FILE, partial(_with_check, name=name, entry=entry))

    # ------------------------------------------------------------------------------------------ records

    def corrections(self) -> None:
        """Take what is decided about doubtful and wrong places."""
        by_place: dict[str, dict[str, Edit]] = {}
        for edit in self._of("correct"):
            place, _, name = edit.key.removeprefix("correct:").rpartition(":")
            by_place.setdefault(place, {})[name] = edit
        faults = {key_of(fault): fault for fault in proposed_corrections(self.desk)}
        kinds = {self.desk.label(f"decision.{kind}"): kind for kind in DECISIONS}
        added = []
        for place, edits in by_place.items():
            first = next(iter(edits.values()))
            told = {name: edits[name].new if name in edits else "" for name in _CORRECTED}
            kind = kinds.get(told["kind"], "")
            lacking = [name for name in ("kind", "reason", "reported_by", "date") if not told[name]]
            if lacking:
                names = self.said.label("punctuation.list").join(
                    self.desk.label(f"column.{_HEADS.get(name, name)}") for name in lacking
                )
                self._fault(first, "desk_correction_incomplete", lacking=names)
                continue
            added.append(_correction(faults[place], kind, told))
        if added:
            written = self._file(CORRECTIONS_FILE).data("corrections")
            kept = range(len(written) if isinstance(written, list) else 0)
            self._try(
                first, CORRECTIONS_FILE, lambda file: with_entries(file, "corrections", [*kept, *added])
            )

    def problems(self) -> None:
        """Take what became of the problems of the rounds before."""
        edits = self._of("problem")
        if edits:
            self.files[PROGRESS_FILE], faults = with_answers(
                self._file(PROGRESS_FILE), edits, self.workbook.name
            )
            self.back.faults += faults

    def paragraphs(self) -> None:
        """Take the office's own paragraphs."""
        edits = self._of("text")
        for edit in edits:
            path = edit.key.removeprefix("text:")
            if not path.startswith(_LISTS):
                self._try(edit, BULLETIN_FILE, partial(self._paragraph, path=path, text=edit.new))
        for key in _LISTS:
            mine = [edit for edit in edits if edit.key.removeprefix("text:").startswith(key)]
            if mine:
                self._try(mine[0], BULLETIN_FILE, partial(_with_paragraphs, key=key, edits=mine))

    def _paragraph(self, file: RuleFile, path: str, text: str) -> RuleFile:
        above, _, key = path.rpartition(".")
        if path in ("title", "signature"):
            lines = [written("text", line) for line in text.split("\n") if line.strip()]
            return _written_below(file, "", path, f"[{', '.join(lines)}]")
        if path in ("date", "printed_on", "example", "seal"):
            return put(file, BULLETIN_FILE, path, text, self.said) if text else file.without(path)
        if file.data(path) is not None:
            return file.edited({path: text}, as_texts=True)
        return _written_below(file, above, key, written("text", text))


_HEADS: Final = {"kind": "decision"}


def _written_below(file: RuleFile, above: str, key: str, value: str) -> RuleFile:
    """Return a file with a key that it may not have yet, nor the mapping above it."""
    if above and file.data(above) is None:
        return file.edited({above: f"{{{key}: {value}}}"})
    return file.edited({f"{above}.{key}" if above else key: value})


def _with_paragraphs(file: RuleFile, key: str, edits: Iterable[Edit]) -> RuleFile:
    """Return the bulletin with other entries in one of its lists; an entry left without a text goes."""
    there = file.data(key)
    entries: list[Any] = list(there) if isinstance(there, list) else []
    touched: dict[int, Any] = {}
    for edit in edits:
        number, _, field_name = edit.key.removeprefix(f"text:{key}.").replace("+", "").partition(".")
        place = int(number) - 1
        now = touched.get(place, entries[place] if place < len(entries) else {} if field_name else "")
        touched[place] = {**now, field_name: edit.new} if field_name else edit.new
    chunks = []
    for place in range(max([len(entries) - 1, *touched]) + 1):
        if place not in touched:
            chunks += [file.chunk((*key.split("."), place))] if place < len(entries) else []
        elif isinstance(touched[place], dict):
            said = {name: text for name, text in touched[place].items() if text}
            chunks += [f"- {_entry(said)}\n"] if said else []
        elif touched[place]:
            chunks.append(f"- {written('text', touched[place])}\n")
    location = tuple(key.split("."))
    if file.at(location) is None and len(location) > 1 and file.at(location[:1]) is None:
        file = file.edited({location[0]: "{}"})
    return file.arranged(location, chunks)


def _entry(said: Mapping[str, str]) -> str:
    """Return an entry of a list, a key a line, as people write it."""
    lines = [f"{name}: {written(name, text)}" for name, text in said.items()]
    return "\n  ".join(lines)


def _with_check(file: RuleFile, name: str, entry: Mapping[str, str]) -> RuleFile:
    path = f"checks.{name}"
    if not entry:
        return file.without(path)
    return _written_below(file, "checks", name, in_line(entry))


def _correction(fault: Fault, kind: str, told: Mapping[str, str]) -> dict[str, Any]:
    """Return what the office decided about a place as `corrections.yaml` has it."""
    where: dict[str, Any] = {"file": fault.file, **({"sheet": fault.sheet} if fault.sheet else {})}
    if fault.cell and ":" not in fault.cell:
        where["cell"] = fault.cell
    else:
        where |= {"check": fault.check, **({"unit": fault.unit} if fault.unit else {})}
    value = {"value": told["value"] or "null"} if kind == "override" else {}
    return {
        "kind": kind, **where, "expected": fault.found, **value, "reason": told["reason"],
        "reported_by": told["reported_by"], "date": told["date"],
    }  # fmt: skip


def _files_of(part: Mapping[str, Any], files: Iterable[str]) -> Iterator[str]:
    """Yield the files that a source of a part of the maps reads."""
    for source in part["ledgers"].values():
        named = source["file"]
        patterns = [named] if isinstance(named, str) else list(map(str, named))
        yield from (file for file in files if any(Path(file).match(pattern) for pattern in patterns))


def _at(fault: Fault, sheet: str, cell: str) -> Fault:
    return replace(fault, sheet=sheet, cell=cell, line=0)
