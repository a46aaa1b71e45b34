"""A round of assessment: its settings, its folders, and how the project around it is found."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from analysis.quantities import CURRENCIES, Currency, CurrencyCode
from analysis.rounds.faults import LIST_SIGN, Fault, FaultsFoundError
from analysis.rounds.levels import INTERNAL, LevelName
from analysis.rounds.periods import (
    Calendar,
    NoPeriodError,
    Period,
    declared_period,
    in_order,
    joined,
    months_between,
    parse_period,
)
from analysis.rounds.settings_files import Code, Day, PeriodText, Settings, bad_value, read_settings
from analysis.words import OFFICE, LanguageName, Words, words

#: name of the settings file of a round
ROUND_FILE: Final = "round.yaml"
#: name of the file of its rule set
RULEBOOK_FILE: Final = "rulebook.yaml"
_ROUND_ID: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")
#: where the final editions stand among the folders of the rounds (`reports/final`)
FINAL_FOLDER: Final = "final"


class ProjectNotFoundError(Exception):
    """No folder with `data/raw` in the working directory or above it.

    Attributes:
        start: where the search began.
    """

    def __init__(self, start: Path) -> None:
        self.start = start
        super().__init__(f"no data/raw in {start.name or start} or above")


class City(Settings):
    """The city whose units are assessed."""

    code: Code
    name: str
    short: str


class NilReturn(Settings):
    """A unit that reported zero for a ledger and a year (零报告): counted 0, not as missing."""

    ledger: str
    unit: Code
    year: int = Field(ge=1900, le=2999)


class FiledNilReturn(NilReturn):
    """A nil return that stands in a file of the office instead of `round.yaml`, with its cell."""

    file: str
    sheet: str
    cell: str


class NewUnit(Settings):
    """A unit that was set up on a day: of a period that begins before it, it has nothing to report."""

    unit: Code
    since: Day


class Break(Settings):
    """A break in a series: from `period` on the measures cannot be compared with earlier periods."""

    period: PeriodText
    measures: list[str]
    reason: str


class CheckSetting(Settings):
    """What a round decides about one check of its data; what it leaves open stays as the check has it."""

    severity: Literal["", "blocks", "warns", "notes", "off"] = ""
    threshold: float | None = Field(default=None, gt=0)


class SpotChecks(Settings):
    """How problems are drawn to be looked at again: so many of each unit, or a share of them, by a seed."""

    seed: Code = Field(min_length=1)
    number: int | None = Field(default=None, ge=1)
    share: float | None = Field(default=None, gt=0, le=1)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.number is None) == (self.share is None):
            raise bad_value("number_or_share")
        return self


def _check_setting(value: object) -> object:
    # a YAML reader may take `off` for a truth value
    return {"severity": "off" if value is False else value} if isinstance(value, str | bool) else value


@lru_cache(maxsize=64)
def _calendar(
    periods: tuple[str, ...],
    base_period: str | None,
    history: tuple[str, ...],
    as_of: dt.date,
    year_starts: int,
) -> Calendar:
    """Return the calendar of periods as settings write them; a round is asked for its period thousands of times."""
    parsed = partial(parse_period, year_starts=year_starts)
    return Calendar(
        periods=tuple(map(parsed, periods)),
        base_period=None if base_period is None else parsed(base_period),
        history=in_order(map(parsed, history)),
        as_of=as_of,
        year_starts=year_starts,
    )


class RoundSettings(Settings):
    """What `round.yaml` says."""

    round: Code
    title: str
    title_en: str = ""
    city: City
    issuer: str
    document_number: str = ""
    document_date: Day | None = None
    year_starts: int = Field(default=1, ge=1, le=12)
    periods: list[PeriodText] = Field(min_length=1)
    base_period: PeriodText | None
    history: list[PeriodText] = Field(min_length=1)
    as_of: Day
    date_field: str = "received_on"
    currency: CurrencyCode = "CNY"
    language: LanguageName = OFFICE
    disclosure: LevelName = INTERNAL
    small_cells: int = Field(default=3, ge=1, le=100)
    synthetic: bool
    compared_with: Code | None = None
    nil_returns: list[NilReturn] = Field(default_factory=list)
    new_units: list[NewUnit] = Field(default_factory=list)
    core_ledgers: list[str] | None = None
    breaks: list[Break] = Field(default_factory=list)
    checks: dict[str, Annotated[CheckSetting, BeforeValidator(_check_setting)]] = Field(default_factory=dict)
    spot_checks: SpotChecks | None = None
    extra_fonts: list[str] = Field(default_factory=list)
    public_numbers: list[str] = Field(default_factory=list)

    def title_in(self, language: str) -> str:
        """Return the title in a language; without an English one the Chinese."""
        return self.title if language == OFFICE else self.title_en or self.title

    def words_in(self, language: str, places: int = 2) -> Words:
        """Return the catalogue of a language as the round speaks: of its currency, and of its city as a whole.

        Args:
            language: of the catalogue.
            places: decimals of the points given, which the rule set says.
        """
        # English has no word of its own for 全市, 全国
        return words(language, self.currency, self.city.short if language == OFFICE else "", places)

    def new_in(self, period: Period) -> frozenset[str]:
        """Return the units that were set up after a period had begun."""
        return frozenset(each.unit for each in self.new_units if each.since > period.start)

    @property
    def money(self) -> Currency:
        """The currency of the round's amounts."""
        return CURRENCIES[self.currency]

    @property
    def calendar(self) -> Calendar:
        """The periods of the round."""
        return _calendar(
            tuple(self.periods), self.base_period, tuple(self.history), self.as_of, self.year_starts
        )

    @field_validator("periods", "history")
    @classmethod
    def _in_the_years_of_the_round(cls, texts: list[str], info: ValidationInfo) -> list[str]:
        return [_declared(text, info).text for text in texts]

    @field_validator("periods")
    @classmethod
    def _one_period(cls, texts: list[str], info: ValidationInfo) -> list[str]:
        try:
            joined([_declared(text, info) for text in texts])
        except NoPeriodError:
            raise bad_value("no_whole") from None
        return texts

    @field_validator("base_period")
    @classmethod
    def _base_is_like_the_period(cls, text: str | None, info: ValidationInfo) -> str | None:
        if text is None:
            return None
        base = _declared(text, info)
        if "periods" not in info.data:
            return base.text
        period = joined([_declared(each, info) for each in info.data["periods"]])
        if not base.is_like(period) or base.end >= period.start:
            raise bad_value("base_not_like", expected=period.earlier(period.step).text)
        return base.text

    @field_validator("history")
    @classmethod
    def _history_covers_the_comparison(cls, texts: list[str], info: ValidationInfo) -> list[str]:
        covered = {day for text in texts for day in _months_of(_declared(text, info))}
        compared = [*info.data.get("periods", ()), info.data.get("base_period")]
        missing = [
            text for text in compared if text and not covered.issuperset(_months_of(_declared(text, info)))
        ]
        if missing:
            raise bad_value("outside_history", expected=LIST_SIGN.join(missing))
        return texts

    @field_validator("breaks")
    @classmethod
    def _breaks_in_the_years_of_the_round(cls, breaks: list[Break], info: ValidationInfo) -> list[Break]:
        return [each.model_copy(update={"period": _declared(each.period, info).text}) for each in breaks]


def _declared(text: str, info: ValidationInfo) -> Period:
    """Return a period as the round's years have it (a wrong month of their beginning is told where it stands)."""
    try:
        return declared_period(text, info.data.get("year_starts", 1))
    except NoPeriodError as wrong:
        raise bad_value("fiscal_without_start" if wrong.fiscal else "not_a_period") from None


def _months_of(period: Period) -> set[dt.date]:
    return {month.start for month in months_between(period.start, period.end)}


@dataclass(frozen=True)
class Round:
    """A round with its place in the project.

    Attributes:
        settings: what its `round.yaml` says.
        folder: `data/raw/<round>`, the office's files.
        project: the folder that holds `data` and `reports`.
    """

    settings: RoundSettings
    folder: Path
    project: Path

    @property
    def id(self) -> str:
        """The round's name, also that of its folders."""
        return self.settings.round

    def with_nil_returns(self, more: Sequence[NilReturn]) -> Round:
        """Return the round with nil returns beside those of its settings."""
        if not more:
            return self
        settings = self.settings.model_copy(update={"nil_returns": [*self.settings.nil_returns, *more]})
        return replace(self, settings=settings)

    @property
    def periods(self) -> tuple[Period, ...]:
        """The periods the round covers."""
        return self.settings.calendar.periods

    @property
    def period(self) -> Period:
        """The round's period: the only one, or the span from the first to the last year (`2021-2022`)."""
        return self.settings.calendar.period

    @property
    def base(self) -> str:
        """The text of the period the round is compared with; empty where it is compared with none."""
        return self.settings.calendar.base

    @property
    def history(self) -> tuple[Period, ...]:
        """The periods with ledgers, oldest first."""
        return self.settings.calendar.history

    @property
    def as_of(self) -> dt.date:
        """The cut-off: what happened later does not count."""
        return self.settings.as_of

    @property
    def processed(self) -> Path:
        """Where the stages put what they compute."""
        return self.project / "data" / "processed" / self.id

    def processed_in(self, language: str) -> Path:
        """Return where they put the texts of a language: the round's own at the top, another in a folder of its own."""
        return self.processed if language == self.settings.language else self.processed / language

    @property
    def reports(self) -> Path:
        """Where the finished reports stand."""
        return self.project / "reports" / self.id


def find_project(start: Path | None = None) -> Path:
    """Return the project folder: the nearest of `start` and its parents that has `data/raw`.

    Args:
        start: where the search begins; the working directory if not given.

    Raises:
        ProjectNotFoundError: there is none.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "data" / "raw").is_dir():
            return folder
    raise ProjectNotFoundError(start)


def list_rounds(project: Path) -> list[str]:
    """Return the names of the rounds of a project: the folders of `data/raw` with a `round.yaml`, in order."""
    return sorted(file.parent.name for file in (project / "data" / "raw").glob(f"*/{ROUND_FILE}"))


def round_id_of(value: str | int | float) -> str:
    """Return the name of a round from a notebook parameter, whose type papermill guesses (2020 arrives as a number).

    Raises:
        FaultsFoundError: a number with a point (`2021.5`), a truth value, or a text that is no folder name.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise FaultsFoundError([Fault("round_id_not_text", found=str(value))])
    text = str(value).strip()
    if not is_round_id(text):
        raise FaultsFoundError([Fault("round_id_not_text", found=text)])
    return text


def is_round_id(text: str) -> bool:
    """Return whether a text can be the name of a round, which is that of its folders."""
    # some systems take Final and final for one folder
    return bool(_ROUND_ID.fullmatch(text)) and text.casefold() != FINAL_FOLDER


def load_round(project: Path, round_id: str) -> Round:
    """Return a round of the project.

    Raises:
        FaultsFoundError: there is no such round, or its `round.yaml` has faults (all of them are carried).
    """
    name = round_id_of(round_id)
    folder = project / "data" / "raw" / name
    if not folder.is_dir():
        known = "、".join(list_rounds(project))
        raise FaultsFoundError([Fault("round_missing", found=name, details={"known": known})])
    settings, faults = read_settings(folder / ROUND_FILE, RoundSettings, ROUND_FILE)
    if settings is None:
        raise FaultsFoundError(faults)
    if settings.round != name:
        wrong = Fault("round_name_differs", file=ROUND_FILE, found=settings.round, details={"folder": name})
        raise FaultsFoundError([wrong])
    return Round(settings, folder, project)
