"""The pages of a round, opened by their names as the notebooks do it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from analysis.publish.disclosure import disclosed
from analysis.report.card import UnitCard
from analysis.report.circular import OUTSIDE, CityBulletin
from analysis.report.city_report import CityReport
from analysis.report.comparison_page import ComparisonPage
from analysis.report.indicators_page import IndicatorsPage
from analysis.report.intake_page import IntakePage
from analysis.report.letters_report import LettersReport
from analysis.report.levels import INTERNAL, UnknownLevelError, level_of
from analysis.report.page import Page
from analysis.report.trends_page import TrendsPage
from analysis.run.stages import open_assessment

#: the pages of all units by name
PAGES: Final[dict[str, type[Page]]] = {
    "intake": IntakePage,
    "indicators": IndicatorsPage,
    "trends": TrendsPage,
    "comparison": ComparisonPage,
    "report": CityReport,
    "bulletin": CityBulletin,
}
CARD: Final = "card"


def open_page(  # noqa: PLR0917 — as the cells of the notebooks give them
    name: str,
    round_id: str | int,
    language: str = "zh",
    disclosure: str = INTERNAL,
    unit: str | int = "",
    project: Path | None = None,
) -> Page:
    """Return a page of a round, computing what is missing or stale, with what the disclosure level allows.

    Args:
        name: one of `PAGES`, or `card`.
        round_id: the round.
        language: of the page.
        disclosure: the level: `internal`, `own` or `grades`.
        unit: code of the unit of a card.
        project: the project folder; left out, the one around the working directory.

    Raises:
        FaultsFoundError: the settings or the data do not allow it.
        UnknownLevelError: there is no such level, or no such page at it.
        ValueError: the round has no such unit.
    """
    level, unit = level_of(disclosure), str(unit)
    if name == CARD:
        whole = open_assessment(round_id, UnitCard.upto, language, project)
        return UnitCard(disclosed(whole, level, unit), level, unit)
    page = PAGES[name]
    if page is CityBulletin:
        if not level.bulletin:
            raise UnknownLevelError(f"the level {disclosure!r} has no bulletin")
        # what goes outside says the same inside, whatever the level
        level = level_of(OUTSIDE)
    if page is CityReport and level.units == "none":
        page = LettersReport
    whole = open_assessment(round_id, page.upto, language, project)
    return page(disclosed(whole, level, in_order=page.in_order), level)
