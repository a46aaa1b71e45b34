"""A computed round as pages, exporters and questions read it: its frames, its units, its rules, its words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

import pandas as pd

from analysis import intake
from analysis.indicators.catalogue import BOUNDS, Measure
from analysis.indicators.summing import with_summing
from analysis.indicators.values import USABLE, VALUE_COLUMNS, ValueIndex
from analysis.indicators.verdicts import verdict
from analysis.results.store import Frames, Store, note_read
from analysis.rounds.bulletin_texts import BULLETIN_FILE, Bulletin
from analysis.rounds.frames import frame_of
from analysis.rounds.published import PUBLISHED_FILE, Published
from analysis.rounds.rounds import Round
from analysis.rounds.units import UnitRoll
from analysis.rulebook import Reading, Rulebook
from analysis.rulebook.model import Veto
from analysis.rulebook.readings import read, triggered
from analysis.scoring import scoring
from analysis.scoring.core_ledgers import core_ledgers, silent_units
from analysis.scoring.problem_list import Older, older_in
from analysis.words import Words

STAGES: Final = ("intake", "indicators", "trends", "comparison")

#: where the frames of the ledgers and of the stages' values stand in the store
LEDGERS: Final = "ledgers/"
VALUES: Final = "values/"
#: where the grades of the round before stand, where there is one
BEFORE: Final = "before"
#: where the ids of what rests on doubtful cells stand, of the stages done so far
DOUBTFUL: Final = "doubtful"
#: one row per unit that had a grade there, by its present code; `state` is a final edition or the round as computed
BEFORE_COLUMNS: Final = {"unit": "str", "grade": "str", "round": "str", "state": "str", "final": "bool"}
#: name of the frame that holds a round beside the one before it, and its columns (`questions.since_last`)
SINCE: Final = "since_last"
SINCE_COLUMNS: Final = dict.fromkeys(
    ("kind", "unit", "item", "period", "base_period", "method", "old", "new", "causes"), "str"
)


#: settings only some pages rest on, by the file each stands in
SEPARATE_SETTINGS: Final = {"bulletin": BULLETIN_FILE, "published": PUBLISHED_FILE}


@dataclass(frozen=True)
class Declared:
    """What the office decided about a round, apart from its files. Only the round itself must be there.

    Attributes:
        round: the round.
        rulebook: its rule set.
        published: the facts of a published document.
        bulletin: the office's own paragraphs.
        published_sha256: of the file of published facts, for their lineage.
        measures: those it counts beside the catalogue's.
    """

    round: Round
    rulebook: Rulebook | None = None
    published: Published | None = None
    bulletin: Bulletin | None = None
    published_sha256: str = ""
    measures: tuple[Measure, ...] = ()

    def __getattribute__(self, name: str) -> Any:
        """Note what is asked for, so that whoever does not ask for the office's paragraphs does not depend on them."""
        if name in SEPARATE_SETTINGS:
            note_read(name, "")
        return super().__getattribute__(name)


class Assessment:
    """One round, computed up to a stage. Frames are read from where they are kept when first asked for."""

    def __init__(self, settings: Declared, language: str, stamp: str, frames: Frames | None = None) -> None:
        """Open a round.

        Args:
            settings: what the office declared.
            language: of its words.
            stamp: fingerprint of its input, by which results are fresh or stale.
            frames: where they are kept; left out, the round's folder of `data/processed`.
        """
        self.settings = settings
        self.stamp = stamp
        places = settings.rulebook.rounding.places if settings.rulebook else 2
        self.words: Words = settings.round.settings.words_in(language, places)
        self.store: Frames = Store(settings.round.processed_in(language)) if frames is None else frames

    @cached_property
    def round(self) -> Round:
        """The round, with the nil returns that its files hold as soon as they have been read."""
        told = self.store.read("nil_returns") if self.store.has("nil_returns") else None
        return self.settings.round.with_nil_returns([] if told is None else intake.filed(told))

    def keeps(self, name: str) -> bool:
        """Return whether a ledger has arrived at all."""
        return bool(self.files["ledger"].eq(name).any())

    def ledger(self, name: str) -> pd.DataFrame:
        """Return a ledger, one row per entry, persons left out; one that the round does not have is empty.

        Money is in the round's currency, a float exact to its minor unit; what is not stated is NaN.
        """
        if not self.store.has(LEDGERS + name):
            return intake.in_currency(name, intake.empty_ledger(name), self.round.settings.money)
        return self.store.read(LEDGERS + name)

    @cached_property
    def roll(self) -> UnitRoll:
        """The units of the round in roll order."""
        city = self.round.settings.city
        return UnitRoll.from_frame(self.store.read("units"), city.code, city.short, city.name)

    @cached_property
    def values(self) -> pd.DataFrame:
        """The value table (contract 1) of all stages computed from the input as it is now."""
        fresh = [stage for stage in STAGES[1:] if self.store.is_fresh(stage, self.stamp)]
        parts = [self.store.read(VALUES + stage) for stage in fresh]
        return pd.concat(parts, ignore_index=True)[list(VALUE_COLUMNS)]

    @property
    def values_told(self) -> pd.DataFrame:
        """The value table with the columns that say what may be added up, as others read it."""
        settings = self.round.settings
        return with_summing(self.values, self.roll.city_code, settings.year_starts)

    @property
    def words_on_pages(self) -> Words:
        """The words, with the unit that columns and charts need for the largest amount of the round."""
        amounts = self.values["unit_of_measure"].eq(self.round.settings.money.unit)
        of_bounds = self.values["measure"].str.startswith(tuple(f"{bound}_" for bound in BOUNDS))
        largest = max(self.values.loc[amounts & ~of_bounds, "value"].abs().dropna(), default=0.0)
        return self.words.for_amounts_up_to(largest)

    @cached_property
    def index(self) -> ValueIndex:
        """The value rows by key."""
        return ValueIndex(self.values)

    @cached_property
    def stated(self) -> pd.DataFrame:
        """How many rows of the ledgers ought to state a counted value, and how many do."""
        return self.store.read("stated")

    @cached_property
    def waits(self) -> pd.DataFrame:
        """Who still waits after each day: the curves behind the days to resolution."""
        return self.store.read("waits")

    @property
    def units_in_all(self) -> int:
        """How many units are assessed, which is no secret at any level of disclosure."""
        return len(self.roll)

    @property
    def units_ranked(self) -> int:
        """How many of them have a rank."""
        return int(self.grades["rank"].notna().sum())

    @cached_property
    def draft(self) -> Literal["", "pending", "hollow"]:
        """Why the edition is a draft; empty where it is none.

        `hollow`: no unit reported in a ledger the round cannot do without. `pending`: a unit has a score, and the facts
        on which its grade hangs rest on empty cells.
        """
        settings, rules = self.round.settings, self.settings.rulebook
        silent = silent_units(self.values, self.roll, settings, rules)
        for name in core_ledgers(settings, rules):
            if all(name in silent.get(unit, ()) for unit in self.roll.codes):
                return "hollow"
        pending = (
            self.store.has("grades") and (self.grades["score"].ne("") & self.grades["grade"].eq("")).any()
        )
        return "pending" if pending else ""

    def mark(self, synthetic: str = "report.mark") -> str:
        """Return the marks on everything made from example data, and on a draft; empty where it is neither.

        Args:
            synthetic: key of the mark of example data.
        """
        marks = [synthetic] if self.round.settings.synthetic else []
        marks += [f"report.draft.{self.draft}"] if self.draft else []
        return self.words.series([self.words.label(mark) for mark in marks]).plain

    def vetoed(self) -> list[str]:
        """Return the units that triggered a veto, in roll order."""
        return self._with_veto(triggered)

    def veto_open(self) -> list[str]:
        """Return the units with a veto that rests on empty cells, neither taken nor cleared, in roll order."""
        return self._with_veto(
            lambda veto, found: triggered(veto, found.at("highest")) and not triggered(veto, found)
        )

    def _with_veto(self, is_so: Callable[[Veto, Reading], bool]) -> list[str]:
        vetoes = self.settings.rulebook.vetoes if self.settings.rulebook else ()
        period, base = self.round.period.text, self.round.base
        return [
            code
            for code in self.roll.codes
            if any(is_so(veto, read(self.index, code, veto.measure, period, base)) for veto in vetoes)
        ]

    def others(self, unit: str, measure: str, base_period: str = "") -> list[float]:
        """Return where the other units stand in the assessed period, by value, so that their order names nobody.

        A change of which too much was left empty stands nowhere.
        """
        period = self.round.period.text
        rows = [
            self.index.row(code, period, measure, base_period) for code in self.roll.codes if code != unit
        ]
        return sorted(
            row["value"]
            for row in rows
            if row["status"] in USABLE and not (base_period and verdict(row, None) == "incomplete")
        )

    @cached_property
    def scores(self) -> pd.DataFrame:
        """The scores that count; empty for a round without a rulebook."""
        return scoring.official(self.scores_by_source)

    @cached_property
    def scores_by_source(self) -> pd.DataFrame:
        """The scores that count and what other sources give for the same items."""
        return self.store.read("scores")

    @cached_property
    def grades(self) -> pd.DataFrame:
        """The grades; empty for a round without a rulebook."""
        return self.store.read("grades")

    @cached_property
    def before(self) -> pd.DataFrame:
        """The grades of the round this one is compared with by present code of the unit; empty where there is none."""
        return self.store.read(BEFORE) if self.store.has(BEFORE) else frame_of([], BEFORE_COLUMNS)

    @cached_property
    def since_last(self) -> pd.DataFrame:
        """The round beside the one before it; empty where there is none."""
        return self.store.read(SINCE) if self.store.has(SINCE) else frame_of([], SINCE_COLUMNS)

    @cached_property
    def findings(self) -> pd.DataFrame:
        """The findings per unit and problem group."""
        return self.store.read("findings")

    @cached_property
    def problems(self) -> pd.DataFrame:
        """The problems one by one, those of the round before that were open among them."""
        return self.store.read("problems")

    @cached_property
    def older_problems(self) -> dict[tuple[str, str], Older]:
        """What stems from the rounds before of the problems counted, by unit and group; empty without such a round."""
        if self.round.settings.compared_with is None:
            return {}
        return older_in(self.findings, self.problems, self.round.id)

    @cached_property
    def lineage(self) -> pd.DataFrame:
        """From the source of a value to file, sheet and cells."""
        return self.store.read("lineage")

    @cached_property
    def doubtful(self) -> frozenset[str]:
        """The ids of the rows that rest on a cell of which the content is in doubt."""
        return frozenset(self.store.read(DOUBTFUL)["id"]) if self.store.has(DOUBTFUL) else frozenset()

    @cached_property
    def reconciliation(self) -> pd.DataFrame:
        """What became of the rows of every sheet: used, merged, duplicates, outside, left_out, refused."""
        return self.store.read("reconciliation")

    @cached_property
    def issues(self) -> pd.DataFrame:
        """The faults of the data, in words."""
        return self.store.read("data_issues")

    @cached_property
    def corrections(self) -> pd.DataFrame:
        """What the office corrected in its source, one row per correction."""
        return self.store.read("corrections")

    @cached_property
    def files(self) -> pd.DataFrame:
        """The files read: file, ledger, sheet, rows, sha256."""
        return self.store.read("files")

    @cached_property
    def compare(self) -> pd.DataFrame:
        """The published facts beside the computed ones; empty where nothing is published."""
        return self.store.read("compare")
