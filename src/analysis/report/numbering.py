"""The numbers of figures and tables: one list per kind of page, so that they keep them from edition to edition.

A figure that an edition has not (a round without rules has no scores) leaves its number unused. New ones are added
where they stand on the page as long as no edition has gone out, and at the end afterwards.
"""

from __future__ import annotations

from typing import Final

from analysis.report.page import Page

_REPORT: Final[dict[str, tuple[str, ...]]] = {
    "figure": (
        "fig-scores",
        "fig-firmness",
        "fig-declines",
        "fig-decomposition",
        "fig-contributions",
        "fig-past",
        "fig-months",
        "fig-resolution",
        "fig-losses",
        "fig-distances",
        "fig-matrix",
        "fig-rectification",
    ),
    "table": (
        "clauses",
        "trends",
        "rates",
        "rate-effects",
        "few-cases",
        "rate-gaps",
        "rate-places",
        "verified",
        "undetected",
        "rectification-open",
    ),
}
_CARD: Final[dict[str, tuple[str, ...]]] = {
    "figure": ("fig-past", "fig-losses", "fig-firmness", "fig-place"),
    "table": ("table-changes", "problems-open"),
}


def numbered(page: Page, ident: str) -> str:
    """Return the printed number of a figure or table of a page: `图3`, `Table 2`.

    The working notebooks show figures and tables of the report under the numbers they have there.

    Raises:
        KeyError: the kind of page has no figure or table of that id.
    """
    for sort, idents in (_CARD if page.kind == "card" else _REPORT).items():
        if ident in idents:
            return page.words(f"numbering.{sort}", number=str(idents.index(ident) + 1)).plain
    raise KeyError(f"{ident!r} has no number on a page of kind {page.kind!r}")
