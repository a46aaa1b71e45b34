"""Facts of a published document a round is compared with: `published.yaml`, typed.

Only facts stand there (grades, scores, units named per problem group, stages with their dates, the printing date),
each with its place in the document, never its paragraphs; and why one of them is not what is computed now. The file is
read with `settings.read_settings(path, Published, shown)`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from analysis.rounds.periods import Period, parse_period
from analysis.rounds.settings_files import Code, Day, PeriodText, Settings, bad_value

#: name of the file in the folder of a round
PUBLISHED_FILE: Final = "published.yaml"


def _once(codes: Iterable[str]) -> None:
    twice = sorted(code for code, times in Counter(codes).items() if times > 1)
    if twice:
        raise bad_value("stands_twice", codes="、".join(twice))


def _units(codes: list[str]) -> list[str]:
    _once(codes)
    return codes


def _grades(grades: dict[str, list[str]]) -> dict[str, list[str]]:
    _once(code for codes in grades.values() for code in codes)
    return grades


#: unit codes, none of them twice
Units = Annotated[list[Code], AfterValidator(_units)]


class PublishedGroup(Settings):
    """A problem group and the units the document names for it, in printed order."""

    code: str
    named: Units
    place: str


def _groups(groups: list[PublishedGroup]) -> list[PublishedGroup]:
    _once(group.code for group in groups)
    return groups


class PublishedStage(Settings):
    """A stage of the assessment; `begins` and `ends` are months or other periods, left out where none is printed."""

    name: str
    begins: PeriodText | None = None
    ends: PeriodText | None = None
    place: str

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if (self.begins is None) != (self.ends is None):
            raise bad_value("begins_without_end")
        span = self.span
        if span and span.start > span.end:
            raise bad_value("ends_before_it_begins", begins=self.begins or "", ends=self.ends or "")
        return self

    @property
    def span(self) -> Period | None:
        """First to last day of the stage, or None where the document prints no date."""
        if self.begins is None or self.ends is None:
            return None
        text = self.begins if self.begins == self.ends else f"{self.begins}…{self.ends}"
        return Period(text, parse_period(self.begins).start, parse_period(self.ends).end)


class PublishedScores(Settings):
    """Total scores as printed, with as many decimals; `place` is where they stand."""

    printed: dict[Code, Decimal] = Field(min_length=1)
    place: str


class Difference(Settings):
    """Why a published fact is not what is computed now; it is printed beside both.

    Attributes:
        unit: of which unit the fact is.
        of: `grade`, `score`, or the problem group for which it is named or not.
        kind: `revised`, where files or rules were corrected after the document went out; `acknowledged`, where nobody
            knows why and the office lets it stand.
        reason: in the office's words.
        by: the post that answers for it.
    """

    unit: Code
    of: str
    kind: Literal["revised", "acknowledged"]
    reason: str = Field(min_length=1)
    by: str = Field(min_length=1)


class Published(Settings):
    """What the published document states, for the compare section.

    Attributes:
        source: number of the document, as cited.
        title: title of the document.
        printed_on: printing date.
        printed_place: where the printing date stands.
        note: what an agreement with it does and does not show.
        grades: letter → unit codes in printed order.
        grades_place: where the grades stand.
        groups: problem groups with the units named, in printed order.
        stages: stages of the assessment, in printed order.
        scores: total scores, where the document prints them.
        differences: reasons for facts that are not what is computed now.
    """

    source: str
    title: str
    printed_on: Day
    printed_place: str
    note: str
    grades: Annotated[dict[str, list[Code]], AfterValidator(_grades)]
    grades_place: str
    groups: Annotated[list[PublishedGroup], AfterValidator(_groups)]
    stages: list[PublishedStage]
    scores: PublishedScores | None = None
    differences: list[Difference] = Field(default_factory=list)

    @model_validator(mode="after")
    def _differences_are_of_facts(self) -> Self:
        _once(f"{each.unit} {each.of}" for each in self.differences)
        groups = {group.code for group in self.groups}
        printed = self.scores.printed if self.scores else {}
        for each in self.differences:
            if each.of not in groups and not (
                (each.of == "grade" and self.grade_of(each.unit))
                or (each.of == "score" and each.unit in printed)
            ):
                raise bad_value("no_published_fact", unit=each.unit, of=each.of)
        return self

    def difference(self, unit: str, of: str) -> Difference | None:
        """Return why a fact of a unit is not what is computed, as far as the office says so."""
        return next((each for each in self.differences if (each.unit, each.of) == (unit, of)), None)

    def grade_of(self, unit: str) -> str:
        """Return the printed grade of a unit code; empty where the document gives none."""
        return next((letter for letter, codes in self.grades.items() if unit in codes), "")

    def named(self, group: str) -> tuple[str, ...]:
        """Return the unit codes the document names for a problem group; none for a group it does not have."""
        return next((tuple(entry.named) for entry in self.groups if entry.code == group), ())
