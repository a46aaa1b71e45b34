"""The page of every product over an assessed round, whether it is kept in `data/processed` or in the memory."""

from __future__ import annotations

from typing import Final

from analysis.publish.disclosure import disclosed
from analysis.render.blocks import Display
from analysis.report.card import UnitCard
from analysis.report.city_bulletin import CityBulletin
from analysis.report.city_report import CityReport
from analysis.report.comparison_page import ComparisonPage
from analysis.report.indicators_page import IndicatorsPage
from analysis.report.intake_page import IntakePage
from analysis.report.outside_report import OutsideReport
from analysis.report.page import Page
from analysis.report.trends_page import TrendsPage
from analysis.results.assessment import Assessment
from analysis.rounds.levels import INTERNAL, LETTERS, level_of

#: the pages by name of the product they show
PAGES: Final[dict[str, type[Page]]] = {
    page.product: page
    for page in (IntakePage, IndicatorsPage, TrendsPage, ComparisonPage, CityReport, CityBulletin, UnitCard)
}


def page_of(whole: Assessment, name: str, disclosure: str = INTERNAL, unit: str = "") -> Page:
    """Return the page a notebook shows, with what the disclosure level allows.

    Args:
        whole: the round, computed as far as the page needs.
        name: one of `PAGES`.
        disclosure: name of the level.
        unit: code of the unit of a card.

    Raises:
        UnknownLevelError: a page of one unit at a level without cards, or one of all units at a level of cards.
    """
    level, kind = level_of(disclosure), PAGES[name]
    if kind is UnitCard:
        return UnitCard(disclosed(whole, level, unit), level, unit)
    if kind is CityBulletin:
        # what goes outside says the same inside, whatever the level
        level = level_of(LETTERS)
    if kind is CityReport and not level.inputs:
        kind = OutsideReport
    return kind(disclosed(whole, level, in_order=kind.in_order), level)


def shown(whole: Assessment, name: str, disclosure: str = INTERNAL, unit: str = "") -> dict[str, Display]:
    """Return what the sections of a page show, by id of the section and in their order; arguments as for `page_of`.

    `render.plain_blocks.plain` gives a block in words, `render.blocks.figures` the figures in it.
    """
    return page_of(whole, name, disclosure, unit).sections()
