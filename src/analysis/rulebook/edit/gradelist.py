"""The grades as a list: a row is a set of conditions that all have to hold; a grade has one row or several.

A class of units may have grades of its own, in rows that name it. Grades written as A and C are taken for what they
are; where others come in, they are written as `levels`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from analysis.rounds.rounds import RULEBOOK_FILE
from analysis.rounds.settings_files import Location, suggestion
from analysis.rulebook import Rulebook
from analysis.rulebook.edit.conditioncell import UNSAID, ConditionCell
from analysis.rulebook.edit.conditionlists import ENTRY, as_entry, clauses_written, conditions_written
from analysis.rulebook.edit.listsheet import Entry, ListColumn, ListTable
from analysis.rulebook.edit.rulecell import number_said, same
from analysis.rulebook.edit.rulefile import RuleFile, UnwritableError, in_line, written
from analysis.rulebook.edit.ruleterms import RuleTerms
from analysis.rulebook.grades import level_sentence
from analysis.words import OFFICE

if TYPE_CHECKING:
    from analysis.rulebook.edit.listrows import ListRow, ListRows

NAME: Final = "grades"
_PLACES: Final = "places_"
#: where the grades of the set stand; those of a class stand in the class
_OF_SET: Final[Location] = (NAME,)
#: what a class takes over from the set when it gets grades of its own
_KEPT: Final = ("slots", "alone", "few_units")
#: grades as they may be written without `levels`
_THREE: Final = ("A", "B", "C")


@dataclass
class _Clause:
    """One row as conditions.

    Attributes:
        row: the row.
        conditions: what it says; None where the cell cannot say it and it stays as it is.
        at: its place among the clauses of its grade in the file.
    """

    row: ListRow
    conditions: list[dict[str, Any]] | None
    at: int | None = None


@dataclass
class _Level:
    """One grade as its rows say it.

    Attributes:
        of: code of the class whose grade it is; empty for a grade of the set.
        name: its name.
        name_en: the same in English.
        at: its place in the file; None where it is new.
        all_of: the rows that hold together.
        any_of: the rows of which one has to hold.
        rows: all of its rows.
    """

    of: str
    name: str
    name_en: str
    at: int | None
    all_of: list[_Clause] = field(default_factory=list)
    any_of: list[_Clause] = field(default_factory=list)
    rows: list[ListRow] = field(default_factory=list)


class GradeList:
    """The grades of a file as a list, and the file with an edited one."""

    def __init__(self, file: RuleFile, terms: RuleTerms, rulebook: Rulebook | None) -> None:
        self._terms, self._words, self._rulebook = terms, terms.words, rulebook
        texts = {leaf.location: leaf.text for leaf in file.leaves()}
        items = {code: texts.get((*at, "name"), "") for (*at, key), code in texts.items() if key == "code"}
        self._cell = ConditionCell(terms, items)
        classes = [each for each in file.data("classes") or () if "code" in each]
        self._classes = [each for each in classes if "grades" not in each]
        self._own = [str(each["code"]) for each in classes if "grades" in each]
        self._joined = {key: self._words.label(f"ruletable.joined.{key}") for key in ("all", "any")}
        self._rest = self._words.label("ruletable.rest")
        self._elsewhere = self._words.label("ruletable.elsewhere")
        covered: set[Location] = set()
        entries = tuple(self._entries(file, covered))
        self.table = ListTable(NAME, RULEBOOK_FILE, tuple(self._columns()), entries, frozenset(covered))
        self._read: list[_Level] = []

    def _columns(self) -> Iterator[ListColumn]:
        heads = {
            key: self._words.label(f"ruletable.column.{key}")
            for key in ("grade", "grade_en", "joined", "conditions")
        }
        yield ListColumn("grade", heads["grade"], 12)
        yield ListColumn("grade_en", heads["grade_en"], 14)
        yield ListColumn("joined", heads["joined"], 12, tuple(self._joined.values()))
        yield ListColumn("conditions", heads["conditions"], 60)
        for each in self._classes:
            name = str(each.get("name_en") if self._words.language != OFFICE else "") or str(
                each.get("name", "")
            )
            head = self._words("ruletable.class_places", name=name or each["code"]).plain
            yield ListColumn(f"{_PLACES}{each['code']}", head, 12)
        if self._classes or self._own:
            label = self._words.label("ruletable.column.grades_of_class")
            yield ListColumn("class", label, 14, chosen_from=("classes", "name"))

    def _entries(self, file: RuleFile, covered: set[Location]) -> Iterator[Entry]:
        for of in ("", *self._own):
            yield from self._entries_of(of, file, covered)

    def _entries_of(self, of: str, file: RuleFile, covered: set[Location]) -> Iterator[Entry]:
        base = _base(file, of)
        for place, (location, level) in enumerate(_levels(file, base)):
            covered |= {(*location, "name"), (*location, "name_en"), (*base, "otherwise")}
            clauses: list[tuple[int | None, Any]] = [(None, level["all_of"])] if level.get("all_of") else []
            clauses += [*enumerate(level.get("any_of") or ())]
            names = {"grade": str(level.get("name", "")), "grade_en": str(level.get("name_en", ""))}
            if self._classes or self._own:
                names["class"] = self._terms.classes.get(of, of)
            places = {
                f"{_PLACES}{each['code']}": ""
                if of
                else str((each.get("places") or {}).get(names["grade"], ""))
                for each in self._classes
            }
            covered |= {
                ("classes", at, "places", names["grade"])
                for at, each in enumerate(file.data("classes") or ())
                if each in self._classes
            }
            path, said = f"{_path(of)}/{place + 1}", self._sentence(of, place)
            if not clauses:
                texts = {**names, "joined": "", "conditions": self._rest, **places}
                yield Entry(path, location, texts, said)
            for number, (at, conditions) in enumerate(clauses):
                where = (*location, "all_of") if at is None else (*location, "any_of", at)
                cell = self._cell.shown(conditions)
                if cell is not None:
                    covered |= {
                        leaf.location
                        for leaf in file.leaves()
                        if leaf.location[: len(where)] == where
                        and not UNSAID & {*leaf.location[len(where) :]}
                    }
                joined = self._joined["all" if at is None else "any"]
                texts = {**names, "joined": joined, "conditions": cell or self._elsewhere}
                # what is said of the grade as a whole stands in its first row
                texts |= places if not number else dict.fromkeys(places, "")
                yield Entry(f"{path}/{'all' if at is None else at + 1}", where, texts, "" if number else said)

    def _sentence(self, of: str, place: int) -> str:
        if self._rulebook is None:
            return ""
        own = (each.grades for each in self._rulebook.classes if each.code == of)
        grades = next(own, None) or self._rulebook.grades
        return level_sentence(grades, place, self._rulebook, self._words).plain

    # ── from the sheet ───────────────────────────────────────────────────────────────────────────────────────────────

    def canonical(self, rows: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
        """Return rows that a person wrote as the list itself writes them."""
        found: list[dict[str, str]] = []
        for row in rows:
            # a grade, and the class whose grade it is, is named once, in its first row
            above = found[-1] if found and not row["grade"] else {}
            name = row["grade"] or above.get("grade", "")
            of = self._terms.classes.get(row.get("class", ""), row.get("class", "")) or above.get("class", "")
            places = {key: number_said(text) for key, text in row.items() if key.startswith(_PLACES)}
            conditions = self._as_said(row["conditions"])
            first = next((each for each in found if (each["class"], each["grade"]) == (of, name)), {})
            english = row["grade_en"] or first.get("grade_en", "")
            told = {"class": of, "grade": name, "grade_en": english, "conditions": conditions}
            found.append({**row, **places, **told})
        asking = [(row["class"], row["grade"]) for row in found if row["conditions"] != self._rest]
        for row in found:
            if row["conditions"] != self._rest:
                usual = self._joined["all" if asking.count((row["class"], row["grade"])) == 1 else "any"]
                row["joined"] = self._joined.get(row["joined"], row["joined"]) or usual
        return [{key: row[key] for key in written} for row, written in zip(found, rows, strict=True)]

    def _as_said(self, conditions: str) -> str:
        if conditions in ("", self._rest, self._elsewhere):
            return conditions
        read = self._cell.read(conditions)
        return conditions if read.faults else self._cell.shown(read.data) or conditions

    def read(self, rows: ListRows) -> None:
        """Understand the rows of the sheet; what is wrong with them is noted with its cell."""
        self._read = []
        for row in rows.rows:
            if not row.number and rows.changed:
                # it came into the file meanwhile, and nobody can say between which grades it belongs
                told = {"path": row.texts["grade"], "before": "", "now": row.texts["conditions"]}
                rows.fault("ruletable_changed_since", row, "conditions", found="", **told)
            name, of = row.texts["grade"], self._class_of(row, rows)
            level = next((each for each in self._read if (each.of, each.name) == (of, name)), None)
            if level is None:
                level = _Level(of, name, row.texts.get("grade_en", ""), None)
                self._read.append(level)
            if not row.texts["conditions"]:
                # whoever forgot them did not mean the rest
                what = self._words.label("ruletable.column.conditions")
                rows.fault("ruletable_cell_needed", row, "conditions", what=what)
            if not name:
                rows.fault(
                    "ruletable_cell_needed", row, "grade", what=self._words.label("ruletable.column.grade")
                )
            level.rows.append(row)
        for level in self._read:
            self._place(level)
            self._read_level(level, rows)

    def _class_of(self, row: ListRow, rows: ListRows) -> str:
        """Return the code of the class a row names; empty for a grade of the set."""
        text = row.texts.get("class", "")
        codes = {name: code for code, name in self._terms.classes.items()}
        if text and text not in codes and text not in self._terms.classes:
            near = suggestion(text, list(codes))
            rows.fault("ruletable_class_unknown", row, "class", name=text, suggestion=near)
        return codes.get(text, text)

    def _place(self, level: _Level) -> None:
        """Find the grade of the file that a grade of the sheet is."""
        called = self._terms.classes.get(level.of, level.of)
        known = list(
            dict.fromkeys(
                entry.texts["grade"] for entry in self.table.entries if entry.texts.get("class", "") == called
            )
        )
        if level.name in known:
            level.at = known.index(level.name)
            return
        # rows of one grade under a name that is new are that grade renamed
        kept = {each.name for each in self._read if each.of == level.of}
        old = {
            row.entry.texts["grade"]
            for row in level.rows
            if row.entry is not None and row.entry.texts.get("class", "") == called
        }
        level.at = known.index(old.pop()) if len(old) == 1 and not old <= kept else None

    def _read_level(self, level: _Level, rows: ListRows) -> None:
        asking = [row for row in level.rows if row.texts["conditions"] != self._rest]
        for row in asking:
            said = row.texts["joined"]
            if said not in self._joined.values():
                details = {"label": self._words.label("ruletable.column.joined"), "value": said}
                allowed = self._words.list(self._joined.values()).plain
                rows.fault("ruletable_not_a_choice", row, "joined", **details, allowed=allowed)
            clause = self._clause(row, level, rows)
            (level.all_of if said == self._joined["all"] else level.any_of).append(clause)

    def _clause(self, row: ListRow, level: _Level, rows: ListRows) -> _Clause:
        here = f"{_path(level.of)}/{level.at + 1}/" if level.at is not None else ""
        path = row.entry.path if row.entry is not None else ""
        last = path.removeprefix(here) if here and path.startswith(here) else ""
        at = int(last) - 1 if last.isdigit() else None
        if row.texts["conditions"] == self._elsewhere:
            if not last or (last == "all") != (row.texts["joined"] == self._joined["all"]):
                # what no cell can say stays in its place in the file, and cannot go to another grade
                what = self._words.label("ruletable.column.conditions")
                rows.fault("ruletable_cell_needed", row, "conditions", what=what)
            return _Clause(row, None, at)
        read = self._cell.read(row.texts["conditions"])
        for check, details in read.faults:
            rows.fault(check, row, "conditions", **details)
        return _Clause(row, read.data, at)

    def applied(self, file: RuleFile, rows: ListRows) -> RuleFile:
        """Return the file with the grades the rows say.

        Raises:
            UnwritableError: the file has no place for them.
        """
        mine = [level for level in self._read if not level.of]
        old = [level for _, level in _levels(file, _OF_SET)]
        renamed = {old[level.at]["name"]: level.name for level in mine if level.at is not None}
        file = self._with_levels(file, _OF_SET, mine)
        file = self._with_places(file, renamed, {str(level["name"]) for level in old})
        for of in dict.fromkeys([*self._own, *(level.of for level in self._read if level.of)]):
            if file.data(of) is not None:
                file = self._with_own(file, of, [level for level in self._read if level.of == of])
        for of in dict.fromkeys(level.of for level in self._read):
            read = [level for level in self._read if level.of == of]
            for place, (location, _) in enumerate(_levels(file, _base(file, of))):
                for leaf in file.leaves():
                    if leaf.location[: len(location)] == location:
                        address = rows.address(read[place].rows[0], "conditions")
                        rows.held.where.setdefault(leaf.path, address)
        return file

    def _with_own(self, file: RuleFile, of: str, read: Sequence[_Level]) -> RuleFile:
        """Return the file with grades of a class; without any row it is graded as the set says."""
        base = _base(file, of)
        if not read:
            return file.without(f"{of}.{NAME}") if file.at(base) is not None else file
        old = [dict(level) for _, level in _levels(file, base)]
        if file.at(base) is None:
            # what the set says of its places holds for the class too
            said = {key: value for key, value in (file.at(_OF_SET) or {}).items() if key in _KEPT}
            if not file.in_braces(base[:-1]):
                file = file.edited({f"{of}.{NAME}": in_line(said)})
            old = []
        elif not file.in_braces(base):
            return self._with_levels(file, base, read)
        else:
            said = {
                key: value
                for key, value in file.at(base).items()
                if key not in (*_THREE, "otherwise", "levels")
            }
        levels = [self._level_data(level, old) for level in read]
        return file.edited({f"{of}.{NAME}": in_line({**said, "levels": levels})})

    def _level_data(self, level: _Level, old: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return a grade as it is written in one line."""
        before = old[level.at] if level.at is not None else {}
        clauses = before.get("any_of") or []
        together = [
            condition
            for clause in level.all_of
            for condition in (before.get("all_of", []) if clause.conditions is None else clause.conditions)
        ]
        others = [
            clauses[each.at] if each.conditions is None and each.at is not None else each.conditions or []
            for each in level.any_of
        ]
        said = {"name": level.name, "name_en": level.name_en, "all_of": together, "any_of": others}
        return {key: value for key, value in said.items() if value}

    def _with_levels(self, file: RuleFile, base: Location, read: Sequence[_Level]) -> RuleFile:
        """Return the file with other grades where some stand."""
        levels: Location = (*base, "levels")
        old = [level for _, level in _levels(file, base)]
        names = tuple(level.name for level in read)
        a, b, c = (*read, *[_Level("", "", "", None)] * 3)[:3]
        three = file.at(levels) is None
        if (
            three
            and names == _THREE
            and [each.at for each in read] == [0, 1, 2]
            and not (a.any_of or b.all_of or b.any_of or c.all_of or any(level.name_en for level in read))
        ):
            file = self._with_conditions(file, (*base, "A"), old[0], a)
            return self._with_conditions(file, (*base, "C"), old[2], c)
        file = _in_levels(file, base) if three else file
        chunks = [self._chunk(file, levels, level, old) for level in read]
        if chunks != [file.chunk((*levels, place)) for place in range(len(old))]:
            file = file.arranged(levels, chunks)
        return file

    def _chunk(
        self, file: RuleFile, levels: Location, level: _Level, old: Sequence[Mapping[str, Any]]
    ) -> str:
        if level.at is None:
            said = f", name_en: {written('name_en', level.name_en)}" if level.name_en else ""
            entry = as_entry(
                f"- {{name: {written('name', level.name)}{said}}}\n"
                if not (level.all_of or level.any_of)
                else f"- name: {written('name', level.name)}\n"
            )
            if said and (level.all_of or level.any_of):
                entry = entry.edited({"entry.1.name_en": written("name_en", level.name_en)})
            before: Mapping[str, Any] = {}
        else:
            before, entry = old[level.at], as_entry(file.chunk((*levels, level.at)))
            if before["name"] != level.name:
                entry = entry.edited({"entry.1.name": level.name})
            english = str(before.get("name_en", ""))
            if english and not level.name_en:
                entry = entry.without("entry.1.name_en")
            elif english != level.name_en:
                entry = entry.edited(
                    {"entry.1.name_en": level.name_en if english else written("name_en", level.name_en)}
                )
        return self._with_conditions(entry, ENTRY, before, level).chunk(ENTRY)

    def _with_conditions(
        self, file: RuleFile, location: Location, before: Mapping[str, Any], level: _Level
    ) -> RuleFile:
        clauses = before.get("any_of") or []
        together = [
            condition
            for clause in level.all_of
            for condition in (before.get("all_of", []) if clause.conditions is None else clause.conditions)
        ]
        file = conditions_written(file, (*location, "all_of"), together)
        others = [
            (
                each.at,
                clauses[each.at]
                if each.conditions is None and each.at is not None
                else each.conditions or [],
            )
            for each in level.any_of
        ]
        return clauses_written(file, (*location, "any_of"), others)

    def _with_places(self, file: RuleFile, renamed: Mapping[str, str], old: Set[str]) -> RuleFile:
        """Return the file with the places of the classes, by the names the grades have now."""
        for each in self._classes:
            path = f"{each['code']}.places"
            before = {
                renamed.get(name, name): str(number) for name, number in (each.get("places") or {}).items()
            }
            said = {
                level.name: number_said(text)
                for level in self._read
                if (text := level.rows[0].texts.get(f"{_PLACES}{each['code']}", ""))
            }
            kept = {
                name: number
                for name, number in before.items()
                if name not in old | {level.name for level in self._read}
            }
            wanted = {**kept, **said}
            if wanted == before and before.keys() == (each.get("places") or {}).keys():
                continue
            if file.data(str(each["code"])) is None:
                # the class itself goes, or has another code, in the same workbook
                raise UnwritableError(path, self._words.list([*wanted.values()]).plain)
            if wanted.keys() == (each.get("places") or {}).keys():
                changed = {
                    name: text for name, text in wanted.items() if not same(text, str(each["places"][name]))
                }
                file = file.edited({f"{path}.{name}": text for name, text in changed.items()})
            elif not wanted:
                file = file.without(path)
            else:
                file = file.edited({path: in_line(wanted)})
        return file


def _base(file: RuleFile, of: str) -> Location:
    """Return where the grades of a class stand, or would; those of the set where no class is named."""
    return (*(file.location(of) or ()), NAME) if of else _OF_SET


def _path(of: str) -> str:
    return f"{NAME}/@{of}" if of else NAME


def _levels(file: RuleFile, base: Location) -> Iterator[tuple[Location, Mapping[str, Any]]]:
    """Yield every grade with where it stands, the best first, however they are written."""
    grades = file.at(base) or {}
    if "levels" in grades:
        for place, level in enumerate(grades["levels"]):
            yield (*base, "levels", place), level
        return
    for key in _THREE if grades else ():
        location = (*base, key if key in grades else "otherwise")
        part = grades.get(key)
        yield location, {"name": key, **(part if isinstance(part, Mapping) else {})}


def _in_levels(file: RuleFile, base: Location) -> RuleFile:
    """Return the file with its three grades written as `levels`, comments kept."""
    path = file.path_of(base)
    chunks = [
        file.as_item((*base, key), "name", key) if file.at((*base, key)) is not None else f"- name: {key}\n"
        for key in _THREE
    ]
    for key in ("A", "C", "otherwise"):
        if file.at((*base, key)) is not None:
            file = file.without(f"{path}.{key}")
    return file.edited({f"{path}.levels": "[]"}).arranged((*base, "levels"), chunks)
