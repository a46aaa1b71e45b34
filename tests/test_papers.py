"""What of the report is printed in which paper: everything in one of them, but for the derivations of the points."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import page_examples as examples
import pytest

from analysis.publish.executed_notebook import Document, read_document
from analysis.publish.papers import PAPERS, annex_of, body_of
from analysis.render.blocks import Column, Display, Group, Masthead, Prose, Row, Table
from analysis.report.sections import PRODUCTS


def table(ident: str) -> Table:
    return Table(ident, "", (Column("unit", "单位"),), (Row(("甲县",)),))


def document(**parts: Display) -> Document:
    return read_document(examples.notebook({name.replace("_", "-"): part for name, part in parts.items()}))


def ids(paper: Callable[[Document], Document], of: Document) -> dict[str, list[str]]:
    """Return the ids of the blocks of every section of a paper; a block without one is its kind."""
    return {
        section.id: [getattr(block, "id", "") or type(block).__name__ for block in section.blocks]
        for section in paper(of).sections
    }


def test_figures_and_tables_of_the_annex_leave_the_body_and_keep_their_section() -> None:
    of = document(
        summary=Group((Masthead("报告", "", (), ""), Prose(("甲。",)))),
        progress=Group((Prose(("乙。",)), table("fig-past"), table("rates"))),
        firmness=Prose(("丙。",)),
        annex_scores=table("derivations-甲县"),
        annex_quality=table("quality"),
        own=Prose(("丁。",)),
    )
    assert ids(body_of, of) == {
        "summary": ["Masthead", "Prose"],
        "progress": ["Prose", "fig-past"],
        "own": ["Prose"],
    }
    assert ids(annex_of, of) == {"progress": ["rates"], "firmness": ["Prose"], "annex-quality": ["quality"]}
    assert annex_of(of).page.title.endswith("统计附件")


def test_what_is_annexed_is_numbered_in_its_section_or_stands_in_it_without_a_number() -> None:
    listed = {section.id: section for section in PRODUCTS["report"].sections}
    loose = {
        ident
        for section in listed.values()
        for ident in section.annexed
        if ident not in section.figures and ident not in section.tables
    }
    assert loose == {"arrivals"}


@pytest.mark.parametrize("name", [*PAPERS])
def test_a_report_of_one_section_still_has_its_papers(name: str, tmp_path: Path) -> None:
    of = document(summary=Group((Masthead("报告", "", (), ""), Prose(("甲。",)))))
    assert PAPERS[name](of, tmp_path).startswith(b"%PDF")
