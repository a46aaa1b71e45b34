"""Yearly assessment of counties and districts on the payment of migrant workers' wages.

The package follows the office's road: what arrived (`intake`), what it counts to (`indicators`), how it scores
(`scoring`), what changed (`trends`), how the units compare (`comparison`) and what is reported (`report`, `publish`).
Nothing heavy is imported here, so that `assess --help` answers at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.report.page import Page

__all__ = ["__version__", "open_page"]
__version__ = "0.1.0"


def open_page(
    name: str, round_id: str | int, language: str = "zh", disclosure: str = "internal", unit: str | int = ""
) -> Page:
    """Return a page of a round as the notebooks show it; see `analysis.run.opening.open_page`."""
    from analysis.run import opening  # noqa: PLC0415

    return opening.open_page(name, round_id, language, disclosure, unit)
