"""The sheets of the desk, each made of the round as it is now; an answer's key says what it is the answer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from analysis.intake import LEDGERS, check_name, expected_of, sentence_of
from analysis.intake.checks import CHECKS
from analysis.intake.declared.maps_file import load_maps
from analysis.intake.proposals import proposing, together
from analysis.intake.proposals.proposal import Proposal
from analysis.questions.round_status import RoundStatus, lines
from analysis.results.previous import stored_units
from analysis.rounds.bulletin_texts import BULLETIN_FILE
from analysis.rounds.faults import LIST_SIGN, Fault
from analysis.rounds.new_round import open_decisions
from analysis.rounds.rounds import ROUND_FILE, RULEBOOK_FILE, list_rounds
from analysis.rounds.units import UnitRoll
from analysis.rulebook.edit import ruletable
from analysis.rulebook.edit.rulefile import RuleFile
from analysis.rulebook.edit.rulefiles import RuleFiles
from analysis.run import checking
from analysis.run.desk_book.answered_settings import choices_of, file_of, keys_of, shown
from analysis.run.desk_book.carried_problems import carried_sheet
from analysis.run.desk_book.deskform import Answer, DeskSheet
from analysis.run.status import round_status
from analysis.words import Words

#: so many warnings are shown to be decided; the list of issues has all of them
_CORRECTIONS: Final = 400
#: so many empty rows to add entries
_TO_ADD: Final = 3
#: what the office may decide of a warning or a wrong cell
DECISIONS: Final = ("override", "accept")
#: settings that stand in sheets of their own
_APART: Final[Mapping[str, str]] = {
    "nil_returns": "nil", "new_units": "units", "breaks": "breaks", "checks": "checks",
}  # fmt: skip
BREAK: Final = ("period", "measures", "reason")
#: keys of the bulletin whose value is one text or several lines, in the order in which they are printed
_HEAD: Final = ("issuer", "issuer_suffix", "number", "title", "addressees", "legal_basis", "opening")
_FOOT: Final = ("signature", "date", "copies_to", "printed_by", "printed_on")


@dataclass(frozen=True)
class OnDesk:
    """A round on the desk.

    Attributes:
        project: the project folder.
        round: its name.
        said: the words of the sheets.
    """

    project: Path
    round: str
    said: Words

    @property
    def folder(self) -> Path:
        """The round's folder."""
        return self.project / "data" / "raw" / self.round

    @cached_property
    def checked(self) -> checking.Checked:
        """The round before anything is computed."""
        return checking.check(self.project, self.round)

    @cached_property
    def status(self) -> RoundStatus:
        """How far it is."""
        return round_status(self.project, self.round, self.checked)

    @property
    def roll(self) -> UnitRoll | None:
        """Its units, where they are known."""
        return self.checked.roll

    def file(self, name: str) -> RuleFile:
        """Return a settings file of the round as it is written."""
        return file_of(self.folder / name)

    @cached_property
    def rule_files(self) -> RuleFiles:
        """The files of its rule set, as they are written."""
        return RuleFiles.read(self.folder, self.round, self.roll)

    @cached_property
    def compared_with(self) -> str:
        """The round this one is compared with; empty for none."""
        return shown(self.file(ROUND_FILE), ROUND_FILE, "compared_with", self.said) or ""

    @property
    def before(self) -> str:
        """The same where its settings are in the project; else empty."""
        return self.compared_with if self.compared_with in list_rounds(self.project) else ""

    @cached_property
    def proposals(self) -> list[Proposal]:
        """The maps proposed for the files nothing reads."""
        maps = load_maps(self.folder)[0]
        found, of_file = [], dict[str, tuple[str, ...]]()
        for file in self.status.files:
            read = proposing.sheets_of(self.folder / file.file) if file.state == "unused" else []
            for sheet in [] if isinstance(read, Fault) else read:
                of_file[sheet.file] = (*of_file.get(sheet.file, ()), sheet.name)
                one = proposing.propose(sheet, roll=self.roll, maps=maps, ledger="", encoding="")
                found += [one] if one is not None else []
        names = sorted(path.name for path in self.folder.iterdir() if path.is_file())
        return together.together(found, together.Holdings(tuple(names), of_file), self.roll)

    def label(self, key: str) -> str:
        """Return a label of the desk."""
        return self.said.label(f"desk.{key}")

    @property
    def yes(self) -> tuple[str, ...]:
        """What is chosen where something may be done or left."""
        return (self.label("yes"),)


def sheets_of(desk: OnDesk) -> tuple[DeskSheet, ...]:
    """Return the sheets of the desk, in the order in which they are gone through."""
    return (
        _next_steps(desk),
        _decisions(desk),
        _units(desk),
        _files(desk),
        _nil(desk),
        _corrections(desk),
        carried_sheet(desk.checked, desk.said),
        _paragraphs(desk),
        _rule_changes(desk),
        _settings(desk),
        _checks(desk),
        _breaks(desk),
    )


def _next_steps(desk: OnDesk) -> DeskSheet:
    told = [(str(line),) for line in lines(desk.status, desk.said)]
    return DeskSheet("next", {"step": 110}, told)


# ---------------------------------------------------------------------------------------------- settings


def _decisions(desk: OnDesk) -> DeskSheet:
    rows: list[tuple[str | Answer, ...]] = []
    every = open_decisions(desk.folder)
    for name in dict.fromkeys(each.file for each in every):
        file = desk.file(name)
        for each, path in keys_of(file.text, [one for one in every if one.file == name]).items():
            value = shown(file, name, path, desk.said) if path else None
            answer: str | Answer = Answer(f"set:{name}:{path}", value or "", _choices(desk, name, path))
            if value is None or name == BULLETIN_FILE or path in _APART:
                answer = desk.label(f"see.{_see(name, path)}")
            settled = Answer(f"settle:{name}:{path}", "", desk.yes) if path else ""
            origin = _origin(desk, name, path)
            rows.append((name, _key_label(desk, path), each.what, value or "", origin, answer, settled))
    widths = {"file": 14, "key": 16, "what": 30, "now": 36, "origin": 34, "answer": 36, "settled": 8}
    return DeskSheet("decisions", widths, rows)


def _see(name: str, path: str) -> str:
    """Return where the answer stands that is no single value."""
    return {BULLETIN_FILE: "paragraphs", "maps.yaml": "files", RULEBOOK_FILE: "rules"}.get(
        name, _APART.get(path, "none")
    )


def _choices(desk: OnDesk, name: str, path: str) -> tuple[str, ...]:
    if (name, path) == (ROUND_FILE, "compared_with"):
        return tuple(each for each in list_rounds(desk.project) if each != desk.round)
    return choices_of(name, path, desk.said)


def _origin(desk: OnDesk, name: str, path: str) -> str:
    """Return where a value comes from: taken over from the round before as it was, or moved on from there."""
    old = desk.project / "data" / "raw" / desk.before / name
    if not desk.before or not old.is_file():
        return desk.label("origin.none")
    before = file_of(old)
    if before.data(path) == desk.file(name).data(path):
        return desk.said("desk.origin.same", round=desk.before).plain
    was = shown(before, name, path, desk.said)
    kind = "moved" if was else "edited" if before.data(path) else "added"
    return desk.said(f"desk.origin.{kind}", round=desk.before, old=was or "").plain


def _key_label(desk: OnDesk, path: str) -> str:
    """Return what a setting is called: its keys, the paragraphs of a list counted."""
    parts = [desk.said("desk.item", number=part).plain if part.isdecimal() else _named(desk, part)
             for part in path.split(".")]  # fmt: skip
    return " · ".join(parts)


def _named(desk: OnDesk, key: str) -> str:
    return desk.label(f"key.{key}") if f"desk.key.{key}" in desk.said else key


def _settings(desk: OnDesk) -> DeskSheet:
    """The single values of `round.yaml` that are not to be decided, to be looked up and changed."""
    file = desk.file(ROUND_FILE)
    marked = {path for each in (keys_of(file.text, [one for one in open_decisions(desk.folder)
              if one.file == ROUND_FILE]),) for path in each.values()}  # fmt: skip
    root = file.data("")
    paths = [
        f"{key}.{inner}" if isinstance(value, dict) else key
        for key, value in (root.items() if isinstance(root, dict) else ())
        if key not in {*_APART, "round", "format"}
        for inner in (value if isinstance(value, dict) else ("",))
    ]
    rows = []
    for path in paths:
        value = shown(file, ROUND_FILE, path, desk.said)
        if value is not None and path not in marked:
            answer = Answer(f"set:{ROUND_FILE}:{path}", value, _choices(desk, ROUND_FILE, path))
            rows.append((_key_label(desk, path), answer))
    return DeskSheet("settings", {"key": 24, "answer": 60}, rows)


def _checks(desk: OnDesk) -> DeskSheet:
    found = {fault.check for fault in desk.checked.data} & {*CHECKS}
    written = desk.file(ROUND_FILE).data("checks")
    set_so: Mapping[str, object] = written if isinstance(written, dict) else {}
    rows = []
    for name in sorted({*found, *set_so}):
        check = CHECKS.get(name)
        if check is None or (check.severity == "blocks" and name not in set_so):
            continue
        own = set_so.get(name, {})
        own = own if isinstance(own, dict) else {"severity": own}
        severity = str(own.get("severity", ""))
        kinds = tuple(desk.label(f"severity.{kind}") for kind in ("warns", "notes", "off"))
        threshold: str | Answer = ""
        if check.threshold is not None:
            threshold = Answer(f"check:{name}:threshold", str(own.get("threshold", "")))
        rows.append(
            (
                name,
                check_name(name, desk.said),
                desk.label(f"severity.{check.severity}"),
                "" if check.threshold is None else f"{check.threshold:g}",
                Answer(
                    f"check:{name}:severity", desk.label(f"severity.{severity}") if severity else "", kinds
                ),
                threshold,
            )
        )
    widths = {
        "check": 26,
        "name": 36,
        "severity": 10,
        "threshold": 10,
        "own_severity": 12,
        "own_threshold": 12,
    }
    return DeskSheet("checks", widths, rows)


def _breaks(desk: OnDesk) -> DeskSheet:
    written = desk.file(ROUND_FILE).data("breaks")
    entries = [each for each in written or () if isinstance(each, dict)] if isinstance(written, list) else []
    rows = []
    for place in range(len(entries) + _TO_ADD):
        entry = entries[place] if place < len(entries) else {}
        rows.append(tuple(Answer(f"break:{place}:{key}", _in_cell(entry.get(key, ""))) for key in BREAK))
    return DeskSheet("breaks", {"period": 14, "measures": 50, "reason": 60}, rows)


def _in_cell(value: object) -> str:
    return LIST_SIGN.join(map(str, value)) if isinstance(value, list) else str(value)


# ---------------------------------------------------------------------------------------------- units and files


def _units(desk: OnDesk) -> DeskSheet:
    """The roll beside that of the round before, and since when a unit is there."""
    widths = {
        "code": 10,
        "unit": 20,
        "class": 14,
        "code_before": 12,
        "unit_before": 20,
        "class_before": 14,
        "changed": 26,
        "since": 14,
    }
    if desk.roll is None:
        return DeskSheet("units", widths, [])
    written = desk.file(ROUND_FILE).data("new_units")
    since = {
        str(each.get("unit")): str(each.get("since", ""))
        for each in (written if isinstance(written, list) else ())
        if isinstance(each, dict)
    }
    of = desk.checked.round
    before = None if of is None else stored_units(of)
    old = {} if before is None else {str(row["code"]): row for row in before.to_dict("records")}
    became = {code: desk.roll.became(code, str(row["name"])) for code, row in old.items()}
    rows: list[tuple[str | Answer, ...]] = []
    for unit in desk.roll:
        was = [code for code, units in became.items() if unit in units]
        told = [old[code] for code in was]
        join = desk.said.label("punctuation.list").join
        changed = desk.label("unit.no_round")
        if old:
            changed = _changed(desk, unit.name, unit.kind, told, [len(became[code]) for code in was])
        names, kinds = (join(str(row[key]) for row in told) for key in ("name", "kind"))
        since_day = Answer(f"since:{unit.code}", since.get(unit.code, ""))
        rows.append((unit.code, unit.name, unit.kind, join(was), names, kinds, changed, since_day))
    for code, units in became.items():
        if not units:
            row = old[code]
            rows.append(("", "", "", code, str(row["name"]), str(row["kind"]), desk.label("unit.gone"), ""))
    return DeskSheet("units", widths, rows)


def _changed(
    desk: OnDesk, name: str, kind: str, before: Sequence[Mapping[object, object]], parts: Sequence[int]
) -> str:
    """Return what became of a unit since the round before: `before` those it was there, each in so many parts now."""
    if not before:
        return desk.label("unit.new")
    found = []
    if len(before) > 1:
        found.append("merged")
    if any(count > 1 for count in parts):
        found.append("split")
    if len(before) == 1 and before[0]["name"] != name:
        found.append("renamed")
    if len(before) == 1 and before[0]["kind"] != kind:
        found.append("class")
    return desk.said.label("punctuation.list").join(desk.label(f"unit.{each}") for each in found or ["same"])


def _files(desk: OnDesk) -> DeskSheet:
    proposed = {file for one in desk.proposals for file in one.place.files}
    rows: list[tuple[str | Answer, ...]] = []
    for each in desk.status.files:
        ledgers = desk.said.list([desk.said.label(f"ledger.{name}") for name in each.ledgers]).plain
        take: str | Answer = ""
        if any(_covers(pattern, each.file) for pattern in proposed) and each.state == "unused":
            take = Answer(f"take:{each.file}", "", desk.yes)
        state = desk.said.label(f"status.file.{each.state}")
        rows.append((each.file, ledgers, str(each.rows) if each.rows else "", state, take))
    return DeskSheet("files", {"file": 40, "ledger": 36, "rows": 8, "state": 12, "take": 16}, rows)


def _covers(pattern: str, file: str) -> bool:
    return Path(file).match(pattern)


def _nil(desk: OnDesk) -> DeskSheet:
    """What was reported as zero, and what a unit has neither reported nor said to be zero."""
    written = desk.file(ROUND_FILE).data("nil_returns")
    entries = [each for each in written if isinstance(each, dict)] if isinstance(written, list) else []
    rows: list[tuple[str | Answer, ...]] = []
    roll = desk.roll
    for place, each in enumerate(entries):
        unit = roll.by_code(str(each.get("unit"))) if roll else None
        ledger = str(each.get("ledger"))
        name = desk.said.label(f"ledger.{ledger}") if ledger in LEDGERS else ledger
        said = Answer(f"nil:{place}", desk.yes[0], (*desk.yes, desk.label("no")))
        rows.append((unit.name if unit else str(each.get("unit")), name, str(each.get("year")), said))
    years = desk.checked.round.period.years() if desk.checked.round else ()
    for state in desk.status.units:
        for ledger in state.missing:
            rows += [
                (
                    state.name,
                    desk.said.label(f"ledger.{ledger}"),
                    str(year),
                    Answer(f"nil:{ledger}:{state.code}:{year}", "", desk.yes),
                )
                for year in years
            ]
    return DeskSheet("nil", {"unit": 20, "ledger": 30, "year": 10, "nil": 14}, rows)


# ---------------------------------------------------------------------------------------------- corrections


def proposed_corrections(desk: OnDesk) -> list[Fault]:
    """Return the doubtful or wrong places of the files that a correction can settle: what blocks first."""
    found = [
        fault
        for fault in desk.checked.data
        if fault.file and fault.check in CHECKS and fault.severity != "notes"
        and (fault.severity == "warns" or fault.cell) and "accepted" not in fault.details
    ]  # fmt: skip
    return sorted(found, key=lambda fault: fault.severity != "blocks")[:_CORRECTIONS]


def key_of(fault: Fault) -> str:
    """Return what tells the place of a fault from others."""
    return ":".join((fault.check, fault.unit, fault.file, fault.sheet, fault.cell, fault.found))


def _corrections(desk: OnDesk) -> DeskSheet:
    rows: list[tuple[str | Answer, ...]] = []
    seen = set()
    for fault in proposed_corrections(desk):
        key = key_of(fault)
        if key in seen:
            continue
        seen.add(key)
        kinds = ("override",) if fault.severity == "blocks" else DECISIONS if fault.cell else ("accept",)
        unit = desk.roll.by_code(fault.unit) if desk.roll and fault.unit else None
        choices = tuple(desk.label(f"decision.{kind}") for kind in kinds)
        rows.append(
            (
                desk.label(f"severity.{fault.severity}"), unit.short if unit else "",
                fault.file, fault.sheet, fault.cell,
                sentence_of(fault, desk.said), fault.found, expected_of(fault, desk.said),
                Answer(f"correct:{key}:kind", "", choices),
                *(Answer(f"correct:{key}:{name}") for name in ("value", "reason", "reported_by", "date")),
            )
        )  # fmt: skip
    widths = {
        "severity": 8, "unit": 12, "file": 22, "sheet": 12, "cell": 8, "problem": 40, "found": 16, "expected": 26,
        "decision": 10, "value": 14, "reason": 30, "reported_by": 18, "date": 12,
    }  # fmt: skip
    return DeskSheet("corrections", widths, rows)


# ---------------------------------------------------------------------------------------------- bulletin and rules


def _paragraphs(desk: OnDesk) -> DeskSheet:
    file = desk.file(BULLETIN_FILE)
    rows: list[tuple[str | Answer, ...]] = []
    for path, text in paragraphs(desk, file):
        choices = choices_of(BULLETIN_FILE, path, desk.said)
        rows.append((_key_label(desk, path.replace("+", "")), Answer(f"text:{path}", text, choices)))
    return DeskSheet("paragraphs", {"key": 34, "text": 100}, rows)


def paragraphs(desk: OnDesk, file: RuleFile) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of everything the bulletin may say; a path with `+` is of what is not there yet."""

    def single(path: str) -> tuple[str, str]:
        value = file.data(path)
        if isinstance(value, list):
            return path, "\n".join(map(str, value))
        return path, shown(file, BULLETIN_FILE, path, desk.said) or ""

    def entries(key: str, fields: Sequence[str], more: int) -> Iterator[tuple[str, str]]:
        written = file.data(key)
        there = len(written) if isinstance(written, list) else 0
        for number in range(1, there + more + 1):
            for field in fields:
                path = f"{key}.{'+' if number > there else ''}{number}{field and '.' + field}"
                yield path, single(path)[1]

    yield from map(single, ("example", *_HEAD, "organisation.opening"))
    yield from entries("organisation.stages", ("title", "text"), _TO_ADD)
    yield from map(single, ("results.before", "results.after"))
    yield from entries("achievements", ("",), _TO_ADD)
    yield from entries("problems", ("group", "title", "text"), _TO_ADD)
    yield from entries("requirements", ("title", "text"), _TO_ADD)
    yield from map(single, (*_FOOT, "seal"))


def _rule_changes(desk: OnDesk) -> DeskSheet:
    """What the rule set has otherwise than that of the round before, value by value."""
    widths = {"item": 12, "key": 40, "before": 40, "now": 40}
    old = desk.project / "data" / "raw" / desk.before / RULEBOOK_FILE
    new = desk.folder / RULEBOOK_FILE
    if not desk.before or not old.is_file() or not new.is_file():
        return DeskSheet("rule_changes", widths, [])
    files = [RuleFile.read(path) for path in (old, new)]
    was, now = ({leaf.path: leaf for leaf in file.leaves()} for file in files)
    rows = []
    for path in dict.fromkeys((*now, *was)):
        leaf, text = (
            now.get(path, was.get(path)),
            [each[path].text if path in each else "" for each in (was, now)],
        )
        if leaf is not None and text[0] != text[1] and path != "format":
            label = ruletable.label_of(leaf, desk.said)
            rows.append((leaf.owner, desk.said.noted(label, path).plain, *text))
    return DeskSheet("rule_changes", widths, rows)
