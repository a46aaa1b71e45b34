"""The example round in a project of its own, and small changes to its files, for tests of the whole round."""

from __future__ import annotations

import csv
import random
import re
import shutil
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from analysis.results.assessment import Assessment
from analysis.run.stages import open_assessment

RAW = Path(__file__).parents[1] / "data" / "raw" / "2020"
CLUES = "线索案件台账.xlsx"
ROLL = "被考核单位.xlsx"
#: first row of data of the clue ledger (two rows of headers above)
Edit = Callable[[Worksheet], None]


def project(folder: Path) -> Path:
    """Return a project with a copy of the example round and nothing computed."""
    shutil.copytree(RAW, folder / "data" / "raw" / "2020")
    return folder


def derived(folder: Path, name: str, **keys: str) -> Path:
    """Return a project with the example's files as another round, some keys of its settings written anew."""
    of_round = folder / "data" / "raw" / name
    shutil.copytree(RAW, of_round)
    settings = of_round / "round.yaml"
    text = settings.read_text(encoding="utf-8")
    for key, value in {"round": name, **keys}.items():
        text, changes = re.subn(rf"(?m)^{key}:[^#\n]*", f"{key}: {value} ", text)
        assert changes == 1, key
    settings.write_text(text, encoding="utf-8")
    return folder


def raw(folder: Path) -> Path:
    """Return the folder of the round's files."""
    return folder / "data" / "raw" / "2020"


def compute(folder: Path) -> Assessment:
    """Return the round of a project, computed to the end."""
    return open_assessment("2020", "comparison", project=folder)


def computed(factory: pytest.TempPathFactory, name: str, *languages: str) -> Path:
    """Return a project with the example round computed to the end in some languages (Chinese if none is named).

    The work is done once for all tests of a run, also where several processes share them; every caller gets a copy.
    """
    folder = project(factory.mktemp(name))
    for language in languages or ("zh",):
        shutil.copytree(_computed_once(factory, language), folder / "data" / "processed", dirs_exist_ok=True)
    return folder


def _computed_once(factory: pytest.TempPathFactory, language: str) -> Path:
    base = factory.getbasetemp()
    # every process of pytest-xdist has a folder of its own in the one of the run
    shared = (base.parent if base.name.startswith("popen-") else base) / f"example-{language}"
    processed, made = shared / "data" / "processed", shared / "made"
    try:
        shared.mkdir()
    except FileExistsError:
        while not made.exists():
            time.sleep(0.1)
    else:
        try:
            open_assessment("2020", "comparison", language, project(shared))
        finally:
            # whoever waits goes on, and fails itself where there is nothing to copy
            made.touch()
    return processed


def edit(file: Path, change: Edit) -> None:
    """Change every sheet of a workbook in place."""
    book = load_workbook(file)
    for sheet in book.worksheets:
        change(sheet)
    book.save(file)


def tables(folder: Path) -> Iterator[Path]:
    """Yield the office's files but the roll of units."""
    for file in sorted(raw(folder).iterdir()):
        if file.suffix in (".xlsx", ".csv") and file.name != ROLL:
            yield file


def rewrite(folder: Path, of_cell: Callable[[object], object]) -> None:
    """Replace every cell of every ledger and sheet by what `of_cell` returns for it."""

    def change(sheet: Worksheet) -> None:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    cell.value = of_cell(cell.value)

    for file in tables(folder):
        if file.suffix == ".csv":
            rows = list(csv.reader(file.read_text("gb18030").splitlines()))
            lines = [[str(of_cell(value)) for value in row] for row in rows]
            with file.open("w", encoding="gb18030", newline="") as out:
                csv.writer(out).writerows(lines)
        else:
            edit(file, change)


def column_of(sheet: Worksheet, header: str) -> int:
    """Return the number of the column with a header anywhere in the first rows."""
    return next(
        cell.column for row in sheet.iter_rows(max_row=8) for cell in row if str(cell.value).strip() == header
    )


def rows_where(sheet: Worksheet, header: str, holds: Callable[[object], bool]) -> list[int]:
    """Return the rows of data whose cell under a header meets a condition."""
    column = column_of(sheet, header)
    top = next(
        cell.row for row in sheet.iter_rows(max_row=8) for cell in row if str(cell.value).strip() == header
    )
    cells = sheet.iter_rows(min_row=top + 1, min_col=column, max_col=column)
    return [cell.row for (cell,) in cells if holds(cell.value)]


def shuffle(sheet: Worksheet, rows: range) -> None:
    """Put the cells of some rows into another order."""
    cells = list(sheet.iter_rows(min_row=rows[0], max_row=rows[-1]))
    taken = [[cell.value for cell in row] for row in cells]
    random.Random(7).shuffle(taken)
    for row, values in zip(cells, taken, strict=True):
        for cell, value in zip(row, values, strict=True):
            cell.value = value


def blank(sheet: Worksheet, rows: Collection[int]) -> None:
    """Empty some rows; an empty row in a table is skipped by whoever reads it."""
    for row in sheet.iter_rows():
        if row[0].row in rows:
            for cell in row:
                cell.value = None
