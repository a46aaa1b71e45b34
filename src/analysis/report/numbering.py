"""The printed numbers of figures and tables, as the list of sections gives them."""

from __future__ import annotations

from typing import Final, Literal, get_args

from analysis.report.page import Page
from analysis.report.sections import PRODUCTS

_Sort = Literal["figure", "table"]
_SORTS: Final[tuple[_Sort, ...]] = get_args(_Sort)


def numbered(page: Page, ident: str) -> str:
    """Return the printed number of a figure or table of a page: `图3`, `Table 2`.

    The working notebooks show figures and tables of the report under the numbers they have there.

    Raises:
        KeyError: the kind of page has no figure or table of that id.
    """
    product = PRODUCTS["card" if page.kind == "card" else "report"]
    for sort in _SORTS:
        number = product.numbers(sort).get(ident)
        if number is not None:
            return page.words(f"numbering.{sort}", number=str(number)).plain
    raise KeyError(f"{ident!r} has no number on a page of kind {page.kind!r}")
