"""What the rows of a ledger are asked: conditions, each answered by a row with yes, no or not at all.

A condition is an atom (`CONFIRMED`), or several that must all hold (`CONFIRMED & stated("workers")`). Atoms are
objects of this module and name the fields they read, so that a misspelt one fails when the package is imported. The
definitions of the clue ledger nest: received ⊇ checked ⊇ confirmed ⊇ resolved. A date after the cut-off has not
happened yet. Unanswered is never read as no: see `Answers`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from analysis.intake.declared.ledgers import LEDGERS
from analysis.intake.sheet_tables.reading import UNDATED

#: fewest people of a mass incident
MASS: Final = 50
#: days within which a case may be resolved or closed, for comparing periods whose cases had different time until now
WINDOWS: Final = (30, 60, 90, 180, 365)
#: marks are counted in millionths, so that sums are exact in any order; money comes in minor units already
MARK_SCALE: Final = 1_000_000
_MARKS: Final = ("mark", "full", "figure", "of_figure")


class Answers(NamedTuple):
    """What each row says to a condition, boolean arrays of shape (rows,): yes, or nothing; else it says no."""

    yes: np.ndarray
    unanswered: np.ndarray


class Rows:
    """The rows of a ledger, to be asked."""

    def __init__(
        self,
        ledger: str,
        frame: pd.DataFrame,
        columns: pd.DataFrame,
        as_of: dt.date,
        until: dt.date | None = None,
    ) -> None:
        """Take the rows of `ledger` as the intake hands them over.

        Args:
            ledger: its code.
            frame: its rows.
            columns: the intake's table of columns.
            as_of: the cut-off.
            until: the last day of the round's period; the cut-off where it is not given.
        """
        self.frame = frame
        self._again = partial(Rows, ledger, columns=columns, as_of=as_of, until=until)
        self._as_of, self._until = pd.Timestamp(as_of), pd.Timestamp(min(until or as_of, as_of))
        own = columns[columns["ledger"] == ledger]
        self._sheets_by_field: dict[str, set[tuple[str, str]]] = {}
        for name, file, sheet in zip(own["field"], own["file"], own["sheet"], strict=True):
            self._sheets_by_field.setdefault(name, set()).add((file, sheet))
        # of these the maps say that a clue was confirmed, and no column does
        cases = own[(own["field"] == "confirmed") & (own["column"] == "")]
        self._sheets_of_cases = set(zip(cases["file"], cases["sheet"], strict=True))
        #: the cut-off is over with the beginning of this day
        self.end = pd.Timestamp(as_of) + pd.Timedelta(days=1)
        self._answers: dict[Condition, Answers] = {}
        self._said: dict[str, Answers] = {}
        self._texts: dict[str, pd.Series[str]] = {}
        self._different: dict[str, tuple[np.ndarray, list[str]]] = {}
        self._numbers: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        self._blank: dict[str, np.ndarray] = {}

    def ask(self, condition: Condition) -> Answers:
        """Return what every row says to a condition."""
        if condition not in self._answers:
            self._answers[condition] = condition.answers(self)
        return self._answers[condition]

    def own(self, condition: Condition) -> Answers:
        """Return what every row says to a condition alone, whatever it says to what that lies within."""
        return condition.own_answers(self)

    def everywhere(self, truth: bool) -> np.ndarray:
        """Return one truth for every row."""
        return np.full(len(self.frame), truth)

    def said(self, field: str) -> Answers:
        """Return what every row says in a field of yes or no."""
        if field not in self.frame:
            return Answers(self.everywhere(False), self.everywhere(True))
        if field not in self._said:
            said = self.frame[field].astype("boolean")
            yes, unanswered = said.fillna(False), said.isna()
            self._said[field] = Answers(yes.to_numpy(dtype=bool), unanswered.to_numpy(dtype=bool))
        return self._said[field]

    def happened(self, field: str) -> np.ndarray:
        """Return the rows whose day lies before the end of the cut-off, or has come without being stated."""
        if field not in self.frame:
            return self.everywhere(False)
        dated: np.ndarray = (pd.to_datetime(self.frame[field]) < self.end).to_numpy(dtype=bool)
        if UNDATED not in self.frame:
            return dated
        undated = np.array([field in names.split(";") for names in self.text(UNDATED)], dtype=bool)
        happened: np.ndarray = dated | undated
        return happened

    def without_cells(self, field: str) -> Rows:
        """Return the rows as they would be if nobody had filled in a field."""
        return self._again(self.frame.assign(**{field: self.frame[field].where(self.everywhere(False))}))

    def numbers(self, field: str) -> tuple[np.ndarray, np.ndarray]:
        """Return where a number is stated, and the numbers as whole ones of their scale (0 where empty)."""
        if field not in self.frame:
            return self.everywhere(False), np.zeros(len(self.frame), np.int64)
        if field not in self._numbers:
            numbers = self.frame[field]
            if field in _MARKS:
                numbers = (numbers.astype("Float64") * MARK_SCALE).round()
            whole = numbers.astype("Int64").fillna(0).to_numpy(dtype=np.int64)
            self._numbers[field] = numbers.notna().to_numpy(dtype=bool), whole
        return self._numbers[field]

    def text(self, field: str) -> pd.Series[str]:
        """Return the text of a field, empty where the ledger has none."""
        if field not in self.frame:
            return pd.Series("", index=self.frame.index, dtype=str)
        if field not in self._texts:
            self._texts[field] = self.frame[field].fillna("").astype(str)
        return self._texts[field]

    def is_blank(self, field: str) -> np.ndarray:
        """Return the rows in which a field is left empty, or said to be unknown."""
        if field not in self.frame:
            return self.everywhere(True)
        if field not in self._blank:
            blank = self.frame[field].isna() | self.frame[field].astype(object).isin(("", "unknown"))
            self._blank[field] = blank.to_numpy(dtype=bool)
        return self._blank[field]

    def is_one_of(self, field: str, *texts: str) -> np.ndarray:
        """Return the rows in which a field says one of some texts."""
        if field not in self._different:
            codes, texts_of_field = pd.factorize(self.text(field))
            self._different[field] = codes, texts_of_field.tolist()
        of_row, different = self._different[field]
        one_of: np.ndarray = np.array([text in texts for text in different], dtype=bool)[of_row]
        return one_of

    def without_column(self, field: str) -> np.ndarray:
        """Return the rows of sheets that have no column for a field; a sheet nothing is known of has all."""
        return self._of_sheets(self._sheets - self._sheets_by_field.get(field, set()))

    @cached_property
    def _sheets(self) -> set[tuple[str, str]]:
        """The sheets of which it is known what columns they have."""
        return set().union(*self._sheets_by_field.values())

    @cached_property
    def window(self) -> int:
        """The largest window, in days, that every case up to the end of the round's period had; 0 if none.

        A row of which only the year is known may be of its last day.
        """
        received = pd.to_datetime(self.frame["received_on"]) if "received_on" in self.frame else None
        if received is None or not len(received):
            return 0
        latest = self._until if received.isna().any() else received[received <= self._until].max()
        had = (self._as_of - latest).days if pd.notna(latest) else 0
        return max((days for days in WINDOWS if days <= had), default=0)

    def within_window(self, field: str) -> Answers:
        """Return the rows whose day lies within the window after the case was received; no answer without that day."""
        took = pd.to_datetime(self.frame[field]) - pd.to_datetime(self.frame["received_on"])
        happened = self.happened(field)
        known = took.notna().to_numpy(dtype=bool)
        yes = happened & (took <= pd.Timedelta(days=self.window)).to_numpy(dtype=bool)
        return Answers(yes, happened & ~known)

    def waited(self, field: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the days from receipt until something happened, or until the cut-off, and where they are known.

        They are not where it happened on no stated day, or before the case was received.
        """
        received = pd.to_datetime(self.frame["received_on"])
        happened = self.happened(field)
        ends = pd.to_datetime(self.frame[field]).where(happened, self._as_of)
        days = (ends - received).dt.days
        known = (days >= 0).to_numpy(dtype=bool)
        return days.fillna(0).to_numpy(dtype=np.int64), known

    @cached_property
    def of_cases_only(self) -> np.ndarray:
        """The rows of lists of nothing but cases, which leave open how many clues came in and what became of them.

        Such a sheet has no column that says whether a clue was confirmed; the maps say so of all its rows.
        """
        return self._of_sheets(self._sheets_of_cases)

    def _of_sheets(self, sheets: set[tuple[str, str]]) -> np.ndarray:
        if not sheets:
            return self.everywhere(False)
        of_row, places = self.places
        chosen: np.ndarray = np.array([place in sheets for place in places], dtype=bool)[of_row]
        return chosen

    @cached_property
    def places(self) -> tuple[np.ndarray, tuple[tuple[str, str], ...]]:
        """The number of the sheet every row stands in, and the sheets by number, (file, sheet) in order."""
        sheets = pd.MultiIndex.from_arrays([self.text("file"), self.text("sheet")])
        of_row, places = pd.factorize(sheets, sort=True)
        return of_row, tuple((str(file), str(sheet)) for file, sheet in places)

    @cached_property
    def items(self) -> np.ndarray:
        """The item of a score sheet that every row is about."""
        return self.text("item").str.strip().to_numpy(dtype=object)


@dataclass(frozen=True)
class Atom:
    """A condition of one part.

    Attributes:
        code: its stable name, in the lineage and of its words (`lineage.condition`).
        fields: the fields of the ledgers that decide it.
        asked: what the rows of a ledger say to it.
        ledgers: whose rows can be asked; empty for any.
        of_all_clues: whether it is asked of every clue received, which a list of nothing but cases does not answer.
        about: the institution, or the item of a score sheet, that it is about.
        within: the condition without which there is nothing to ask (a case must be confirmed to be resolved).
    """

    code: str
    fields: tuple[str, ...]
    asked: Callable[[Rows], Answers] = field(compare=False)
    ledgers: tuple[str, ...]
    of_all_clues: bool = False
    about: str = ""
    within: Condition | None = None

    def __post_init__(self) -> None:
        """Hold the fields against the ledgers.

        Raises:
            ValueError: a ledger has no such field.
        """
        unknown = [
            f"{ledger}.{field}"
            for ledger in self.ledgers
            for field in self.fields
            if field not in LEDGERS[ledger].fields
        ]
        if unknown:
            raise ValueError(f"{self.code}: no such field: {', '.join(unknown)}")

    def __and__(self, other: Condition) -> Both:
        """Return the condition that both hold."""
        return Both((self, *other.atoms))

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """Itself."""
        return (self,)

    def answers(self, rows: Rows) -> Answers:
        """Return what every row says; what it lies within must hold too."""
        own = self.asked(rows)
        if self.within is None:
            return own
        within = rows.ask(self.within)
        said = _all_hold([within, own])
        columns = [rows.without_column(name) for atom in self.within.atoms for name in atom.fields]
        # a sheet without the column does not say that there is nothing to ask
        return Answers(said.yes, said.unanswered | (within.unanswered & np.any(columns, axis=0)))

    def own_answers(self, rows: Rows) -> Answers:
        """Return what every row says to this alone, whatever it says to what it lies within."""
        return self.asked(rows)


def _all_hold(said: Sequence[Answers]) -> Answers:
    """Return no where one answer is no, unanswered where none is no and one is unanswered."""
    yes, unanswered = (np.stack(answers) for answers in zip(*said, strict=True))
    holds = np.all(yes, axis=0)
    return Answers(holds, np.all(yes | unanswered, axis=0) & ~holds)


@dataclass(frozen=True)
class Both:
    """Atoms that must all hold: no where one of them is no, unanswered where none is no and one unanswered."""

    atoms: tuple[Atom, ...]

    def __and__(self, other: Condition) -> Both:
        """Return the condition that all hold."""
        return Both((*self.atoms, *other.atoms))

    def answers(self, rows: Rows) -> Answers:
        """Return what every row says."""
        return _all_hold([rows.ask(atom) for atom in self.atoms])

    def own_answers(self, rows: Rows) -> Answers:
        """Return what every row says to the atoms alone, whatever it says to what they lie within."""
        return _all_hold([atom.own_answers(rows) for atom in self.atoms])

    @property
    def of_all_clues(self) -> bool:
        """Whether one of the atoms is asked of every clue received."""
        return any(atom.of_all_clues for atom in self.atoms)


Condition = Atom | Both


def with_outer(atoms: Iterable[Atom]) -> Iterator[Atom]:
    """Yield atoms with those they lie within."""
    for atom in atoms:
        yield atom
        if atom.within is not None:
            yield from with_outer(atom.within.atoms)


def _plain(mask: np.ndarray) -> Answers:
    """Return answers that leave nothing open."""
    return Answers(mask, np.zeros_like(mask))


def _everything(rows: Rows) -> Answers:
    return _plain(rows.everywhere(True))


#: every row of the period, those that repeat another one too
HANDED_IN: Final = Atom("handed_in", (), _everything, ())
ANY_ROW: Final = Atom("any_row", (), _everything, ())


# ------------------------------------------------------------------------------------------------ clues


def _checked(rows: Rows) -> Answers:
    said, confirmed = rows.said("checked"), rows.said("confirmed").yes
    # what was found to be true has been looked into
    return Answers(said.yes | confirmed, said.unanswered & ~confirmed)


def _confirmed(rows: Rows) -> Answers:
    said, checked = rows.said("confirmed"), rows.said("checked")
    # a clue that is said not to have been looked into yet owes no answer
    due = checked.yes | checked.unanswered | rows.without_column("confirmed")
    return Answers(said.yes, said.unanswered & due)


def _resolved(rows: Rows) -> Answers:
    # a ledger that does not say when a case was resolved must not look like one in which none was
    return Answers(rows.happened("resolved_on"), rows.without_column("resolved_on"))


def _unresolved(rows: Rows) -> Answers:
    resolved = _resolved(rows)
    return Answers(~resolved.yes & ~resolved.unanswered, resolved.unanswered)


def _closed(rows: Rows) -> Answers:
    return Answers(rows.happened("closed_on"), rows.without_column("closed_on"))


def _resolved_in_window(rows: Rows) -> Answers:
    return _in_window(rows, "resolved_on")


def _closed_in_window(rows: Rows) -> Answers:
    return _in_window(rows, "closed_on")


def _in_window(rows: Rows, field: str) -> Answers:
    if field not in rows.frame or "received_on" not in rows.frame:
        return Answers(rows.everywhere(False), rows.everywhere(True))
    found = rows.within_window(field)
    return Answers(found.yes, found.unanswered | rows.without_column(field))


def _waiting_known(rows: Rows) -> Answers:
    if "resolved_on" not in rows.frame or "received_on" not in rows.frame:
        return Answers(rows.everywhere(False), rows.everywhere(True))
    known = rows.waited("resolved_on")[1] & ~rows.without_column("resolved_on")
    return Answers(known, ~known)


def _clue(code: str, fields: tuple[str, ...], asked: Callable[[Rows], Answers], **more: Any) -> Atom:
    return Atom(code, fields, asked, ("clues",), **more)


RECEIVED: Final = _clue("received", (), _everything, of_all_clues=True)
CHECKED: Final = _clue("checked", ("checked", "confirmed"), _checked, of_all_clues=True)
CONFIRMED: Final = _clue("confirmed", ("checked", "confirmed"), _confirmed)
RESOLVED: Final = _clue("resolved", ("confirmed", "resolved_on"), _resolved, within=CONFIRMED)
UNRESOLVED: Final = _clue("unresolved", ("confirmed", "resolved_on"), _unresolved, within=CONFIRMED)
CLOSED: Final = _clue("closed", ("closed_on",), _closed, of_all_clues=True)
RESOLVED_IN_WINDOW: Final = _clue(
    "resolved_in_window", ("confirmed", "resolved_on", "received_on"), _resolved_in_window, within=CONFIRMED
)
CLOSED_IN_WINDOW: Final = _clue(
    "closed_in_window", ("closed_on", "received_on"), _closed_in_window, of_all_clues=True
)

WAITING_KNOWN: Final = _clue(
    "waiting_known", ("confirmed", "resolved_on", "received_on"), _waiting_known, within=CONFIRMED
)


def _due(done: str, due: str) -> tuple[Atom, Atom]:
    """Return the condition that something was due in a case, and that it was done where it was.

    A clue that was not found true owes no answer, and nothing is due of it; every case owes one.
    """
    condition = _clue(due, (due,), lambda rows: rows.said(due), within=CONFIRMED)
    return condition, _clue(done, (done, due), lambda rows: rows.said(done), within=condition)


FILE_DUE, FILED = _due("filed", "file_due")
LIST_DUE, LISTED = _due("listed", "list_due")
PUBLISH_DUE, PUBLISHED = _due("published", "publish_due")


def stated(ledger: str, *fields: str) -> Atom:
    """Return the condition that a row states all of some numbers; one that is empty is no answer."""

    def states_all(rows: Rows) -> Answers:
        given = np.all([rows.numbers(field)[0] for field in fields], axis=0)
        return Answers(given, ~given)

    return Atom(f"{'_and_'.join(fields)}_stated", fields, states_all, (ledger,))


WORKERS_STATED: Final = stated("clues", "workers")
AMOUNT_STATED: Final = stated("clues", "amount")
PAID_STATED: Final = stated("clues", "amount_paid")
BOTH_AMOUNTS_STATED: Final = stated("clues", "amount", "amount_paid")
WORKERS_AND_AMOUNT_STATED: Final = stated("clues", "workers", "amount")
MIGRANT_WORKERS_STATED: Final = stated("units", "migrant_workers")


# ------------------------------------------------------------------------------------------------ events


def _mass(rows: Rows) -> Answers:
    mass = rows.is_one_of("kind", "mass")
    given, people = rows.numbers("people")
    return Answers(mass & given & (people >= MASS), mass & ~given)


def _funded(rows: Rows) -> Answers:
    yes, no = (rows.is_one_of("government_funded", word) for word in ("yes", "no"))
    return Answers(yes, ~yes & ~no)


def _event(code: str, field: str, asked: Callable[[Rows], Answers]) -> Atom:
    fields = ("kind", "people") if field == "people" else (field,)
    return Atom(code, fields, asked, ("events",))


VERIFIED: Final = _event("verified", "verified", lambda rows: rows.said("verified"))
TO_THE_TOP: Final = _event(
    "to_beijing_or_province", "kind",
    lambda rows: _plain(rows.is_one_of("kind", "beijing", "province")),
)  # fmt: skip
LARGE: Final = _event("large", "people", _mass)
FUNDED: Final = _event("government_funded", "government_funded", _funded)
EXTREME: Final = _event("extreme", "kind", lambda rows: _plain(rows.is_one_of("kind", "extreme")))
SERIOUS: Final = _event("serious", "serious", lambda rows: rows.said("serious"))


# ------------------------------------------------------------------------------------------------ projects


def _project(institution: str, word: str, asked: Callable[[Rows], Answers]) -> Atom:
    return Atom(f"{institution}_{word}", (institution,), asked, ("projects",), about=institution)


def _says(institution: str, *words: str) -> Callable[[Rows], Answers]:
    return lambda rows: Answers(rows.is_one_of(institution, *words), rows.is_one_of(institution, ""))


def has(institution: str) -> Atom:
    """Return the condition that a building project has an institution; one that is exempt has it not."""
    return _project(institution, "yes", _says(institution, "yes"))


def lacks(institution: str) -> Atom:
    """Return the condition that a project owes an institution."""
    return _project(institution, "no", _says(institution, "no"))


def has_or_lacks(institution: str) -> Atom:
    """Return the condition that a project has an institution or owes it; exempt is neither."""
    return _project(institution, "yes_or_no", _says(institution, "yes", "no"))


def silent_about(institution: str) -> Atom:
    """Return the condition that a project leaves an institution blank."""
    return _project(institution, "unanswered", lambda rows: _plain(rows.is_one_of(institution, "")))


SAMPLED: Final = Atom("sampled", ("sampled",), lambda rows: rows.said("sampled"), ("projects",))


# ------------------------------------------------------------------------------------------------ the other ledgers

ESTABLISHED: Final = Atom("established", ("established",), lambda rows: rows.said("established"), ("funds",))


def taken_up_by(level: str) -> Atom:
    """Return the condition that an innovation was taken up on a level."""
    if level not in LEDGERS["innovation"].fields["level"].choices:
        raise ValueError(f"no level {level}")

    def says(rows: Rows) -> Answers:
        return Answers(rows.is_one_of("level", level), rows.is_one_of("level", ""))

    return Atom(level, ("level",), says, ("innovation",))


def slug(item: str) -> str:
    """Return the part of a measure's code that names an item of a score sheet: `1.1` → `1_1`."""
    return item.strip().replace(".", "_")


MARK_STATED: Final = stated("department_marks", "mark")
WHOLE_MARK_STATED: Final = Atom(
    "mark_stated", ("item", "mark"),
    lambda rows: Answers(
        (rows.items == "") & rows.numbers("mark")[0], (rows.items == "") & ~rows.numbers("mark")[0]
    ),
    ("marks",),
)  # fmt: skip


def item_stated(item: str) -> Atom:
    """Return the condition that a row of a score sheet states the mark of an item."""

    def states(rows: Rows) -> Answers:
        own = np.asarray(rows.items == item, dtype=bool)
        given, _ = rows.numbers("mark")
        return Answers(own & given, own & ~given)

    return Atom(
        "item_stated", ("item", "mark"), states, ("self_marks", "field_marks", "marks"), about=item
    )  # fmt: skip
