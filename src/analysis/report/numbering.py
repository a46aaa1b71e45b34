"""The printed numbers of figures and tables, as the list of sections gives them.

What a round cannot have takes no number, so that those of a round without rules begin at 1, too. Whether it can depends
on what the office declared and on what anybody reported, never on what a level shows: a figure has the same number in
every edition of a round.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal, get_args

from analysis.indicators.catalogue import QUANTITIES
from analysis.report.page import Page
from analysis.report.sections import PRODUCTS

_Sort = Literal["figure", "table"]
_SORTS: Final[tuple[_Sort, ...]] = get_args(_Sort)

_Asked = Callable[[Page], bool]


def _ruled(page: Page) -> bool:
    return page.rulebook is not None


def _grouped(page: Page) -> bool:
    return page.rulebook is not None and bool(page.rulebook.problem_groups)


def _compared(page: Page) -> bool:
    return bool(page.settings.calendar.base)


def _taken_apart(page: Page) -> bool:
    return _compared(page) and page.evidence.quantities == QUANTITIES


def _resolved(page: Page) -> bool:
    return page.evidence.is_reported("rate_resolved")


def _waited(page: Page) -> bool:
    return page.evidence.is_reported("waiting_resolved")


def _rectified(page: Page) -> bool:
    return page.evidence.is_reported("findings_all")


def _carried(page: Page) -> bool:
    return "carried_all" in page.evidence.index.measures


#: what the ids of the figures of the office's own measures begin with; they are numbered after all others
OWN: Final = "fig-own-"
#: what a round must have for a figure or table, by id; the others it always has
_NEEDS: Final[Mapping[str, _Asked]] = {
    **dict.fromkeys(("fig-scores", "clauses", "fig-firmness", "fig-losses", "fig-distances"), _ruled),
    **dict.fromkeys(("verified", "undetected"), _ruled),
    "fig-matrix": _grouped,
    **dict.fromkeys(("fig-declines", "table-changes", "rate-effects"), _compared),
    **dict.fromkeys(("fig-decomposition", "fig-contributions"), _taken_apart),
    **dict.fromkeys(("fig-resolution", "few-cases", "rate-gaps", "rate-places"), _resolved),
    "fig-waiting": _waited,
    **dict.fromkeys(("fig-rectification", "rectification-open", "problems-open"), _rectified),
    **dict.fromkeys(("fig-last-round", "last-round"), _carried),
}


def numbered(page: Page, ident: str) -> str:
    """Return the printed number of a figure or table of a page: `图3`, `Table 2`.

    The working notebooks show figures and tables of the report under the numbers they have there.

    Raises:
        KeyError: the kind of page has no figure or table of that id.
    """
    product = PRODUCTS["card" if page.kind == "card" else "report"]
    for sort in _SORTS:
        numbers = product.numbers(sort)
        if sort == "figure" and page.kind != "card" and ident.startswith(OWN):
            own = [f"{OWN}{measure.code}" for measure in page.assessment.settings.measures]
            numbers |= {each: number for number, each in enumerate(own, max(numbers.values()) + 1)}
        if ident in numbers:
            never = sum(
                number < numbers[ident] and not _NEEDS[each](page)
                for each, number in numbers.items()
                if each in _NEEDS
            )
            return page.words(f"numbering.{sort}", number=str(numbers[ident] - never)).plain
    raise KeyError(f"{ident!r} has no number on a page of kind {page.kind!r}")
