"""What is put together from what: sources and periods, and what befalls the whole score.

These are declarations only. Which points they give is computed in `analysis.rulebook.unitscore`; that they fit
together is checked in `analysis.rulebook.checks`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from analysis.rounds.periods import base_like, lies_within
from analysis.rounds.settings_files import Code as WrittenCode
from analysis.rounds.settings_files import PeriodText
from analysis.rulebook.basis import Founded
from analysis.rulebook.exact_numbers import Points, Share

Source = Literal[
    "self",
    "field",
    "departments",
    "province",
    "third_party",
    "unannounced",
    "satisfaction",
    "everyday",
    "reviewed",
]
#: what a missing part of a weighted whole does: it counts as no points, or its weight goes to the parts there are
MissingPart = Literal["no_points", "spread"]
#: what a veto or a falsification does to the grade
GradeEffect = Literal["lowest_grade", "top_barred", "one_lower"]

#: an item of a rulebook: letters and digits in parts joined by dots
ItemCode = Annotated[WrittenCode, Field(pattern=r"^[A-Za-z0-9]+(\.[A-Za-z0-9]+)*$")]
PositivePoints = Annotated[Points, Field(gt=0)]
Weight = Annotated[Share, Field(gt=0, le=1)]


class SourcePart(Founded):
    """One source of a composed score.

    Attributes:
        source: whose score; `reviewed` is what the rule of an indicator itself gives.
        weight: its share of the whole, where sources are weighted.
        measure: the mark it gives, where it marks the whole at once (`at: total`).
        full: full mark of `measure`; left out, the one standing with the mark.
    """

    source: Source
    weight: Weight | None = None
    measure: str = ""
    full: PositivePoints | None = None


class Composition(Founded):
    """S28, S31: how the scores of several sources become the one that counts.

    Attributes:
        at: `indicator` composes each indicator from the marks of the sheets (`mark_<source>_<code>`), `total` the
            whole score from whole scores.
        combine: `replaced`: the first source of the list that gave a mark counts, as 复核分 replaces 核查分 replaces
            自评分; `weighted`: all of them, by weight.
        sources: the sources, for `replaced` the one that prevails first.
        only: codes of the dimensions, groups or indicators that are composed; empty: all of them.
        missing_source: what a source without a mark does under `weighted`.
    """

    at: Literal["indicator", "total"]
    combine: Literal["replaced", "weighted"]
    sources: Annotated[tuple[SourcePart, ...], Field(min_length=1)]
    only: tuple[ItemCode, ...] = ()
    missing_source: MissingPart = "no_points"


class PeriodPart(Founded):
    """S28: one or more periods (the mean of their scores) and their share of the whole.

    Attributes:
        name: what they are together, such as 平时考核.
        periods: the periods, each scored by the same rules.
        base_period: what changes of these periods are compared with; left out, of each the period that lies before
            it as the round's base period lies before the round's.
        weight: their share of the whole.
    """

    name: str
    name_en: str = ""
    periods: Annotated[tuple[PeriodText, ...], Field(min_length=1)]
    base_period: PeriodText | None = None
    weight: Weight

    def based(self, whole: str, base: str) -> tuple[tuple[str, str], ...]:
        """Return its periods, each with the one it is compared with.

        Args:
            whole: the round's period.
            base: the period that is compared with.
        """
        return tuple((period, self.base_period or base_like(period, whole, base)) for period in self.periods)


class Periods(Founded):
    """S28: scores of several periods become one, indicator by indicator (40/60, monthly and yearly).

    What is stated once for the whole of the round's period (a mark of the year, the ledger of projects) belongs to it:
    an item that reads nothing else is scored by it alone, not by the parts.

    Attributes:
        parts: the periods with their weights.
        missing_period: what a period under which a unit reported nothing of an indicator does.
    """

    parts: Annotated[tuple[PeriodPart, ...], Field(min_length=1)]
    missing_period: MissingPart = "no_points"

    def within(self, whole: str, base: str) -> tuple[tuple[str, str], ...]:
        """Return the periods that are parts of the round's, each with the one it is compared with."""
        listed = (pair for part in self.parts for pair in part.based(whole, base))
        return tuple(pair for pair in listed if lies_within(pair[0], whole))


class SelfDifference(Founded):
    """A unit that gave itself more than was verified.

    Attributes:
        over: each indicator, or the whole score at once.
        above: the most by which the self score may exceed the verified one, as a share of the full points.
    """

    over: Literal["indicator", "total"]
    above: Annotated[Share, Field(ge=0, lt=1)]


class Falsification(Founded):
    """S19: what a false or concealed figure costs.

    Attributes:
        measure: what is counted, or empty where a difference is the sign.
        at_least: from how many on; under a difference per indicator, from how many indicators on.
        difference: the difference between self score and verified score that counts as false.
        grade: its effect on the grade.
        off: points taken from the total in addition.
        loses: codes of dimensions, groups or indicators that get no points at all.
        loses_differing: under a difference per indicator, whether the indicators that differ get no points.
    """

    code: ItemCode
    name: str
    name_en: str = ""
    definition: str
    measure: str = ""
    at_least: Annotated[int, Field(ge=1)] = 1
    difference: SelfDifference | None = None
    grade: GradeEffect | Literal["none"] = "none"
    off: Annotated[Points, Field(ge=0)] = Decimal(0)
    loses: tuple[ItemCode, ...] = ()
    loses_differing: bool = False
