"""The example round in a project of its own, and small changes to its files, for tests of the whole round."""

from __future__ import annotations

import csv
import io
import random
import re
import shutil
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import executed_pages
import nbformat
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from rich.console import Console

from analysis.results.assessment import Assessment
from analysis.run import in_memory, pipeline
from analysis.run.orders import Order
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
    return open_assessment("2020", "comparison", "zh", project=folder)


def compute_quickly(folder: Path) -> Assessment:
    """Return the round of a project as its files are now, computed in the memory: without lineage and firmness."""
    return in_memory.assess_read(in_memory.read(folder, "2020"), with_lineage=False, draws=0)


def computed(factory: pytest.TempPathFactory, name: str, *languages: str) -> Path:
    """Return a project with the example round computed to the end in some languages (Chinese if none is named).

    Every caller gets a copy of what is made once.
    """
    folder = project(factory.mktemp(name))
    for language in languages or ("zh",):
        made = _once(factory, f"example-{language}", partial(_compute, language))
        shutil.copytree(made / "data" / "processed", folder / "data" / "processed", dirs_exist_ok=True)
    return folder


def _compute(language: str, folder: Path) -> None:
    open_assessment("2020", "comparison", language, project(folder))


def executed(factory: pytest.TempPathFactory) -> Any:
    """Return the executed notebook of the example's report."""

    def execute(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(computed(factory, "executed"))
            nbformat.write(executed_pages.execute("5_report", round_id="2020"), folder / "5_report.ipynb")

    return nbformat.read(_once(factory, "report-executed", execute) / "5_report.ipynb", as_version=4)


#: a name that stands nowhere else, and a text in which it is typed; the name of another is also a word of ours
PERSON, COMPLAINT, WORD = "测试甲甲", "反映工程建设项目未落实安全措施", "建设"


@dataclass(frozen=True)
class Published:
    """A project after a whole run, which nobody may write into, and what the run said."""

    project: Path
    said: str

    @property
    def report(self) -> Path:
        """The folder of the edition."""
        return self.project / "reports" / "2020"


def published(factory: pytest.TempPathFactory) -> Published:
    """Return the example round after a run for inside with the card of one unit.

    In the files of this one the office has typed names of persons, one of them into the wording of a problem as well.
    """

    def run(folder: Path) -> None:
        project(folder)
        type_in(folder, PERSON, "问题整改台账.xlsx", "联系人")
        type_in(folder, f"{PERSON}{COMPLAINT}", "问题整改台账.xlsx", "问题表述")
        type_in(folder, WORD, CLUES, "联系人")
        said = io.StringIO()
        status = pipeline.run(Order(folder, "2020", units=("130302",)), Console(file=said, width=200))
        assert status == pipeline.DONE, said.getvalue()
        (folder / "said").write_text(said.getvalue(), encoding="utf-8")

    folder = _once(factory, "published", run)
    return Published(folder, (folder / "said").read_text(encoding="utf-8"))


def type_in(folder: Path, text: str, file: str, *headers: str) -> None:
    """Put a text into the first row of data of a ledger, under each of the headers."""

    def change(sheet: Worksheet) -> None:
        row = min(rows_where(sheet, headers[0], lambda value: value is not None))
        for header in headers:
            sheet.cell(row, column_of(sheet, header)).value = text

    edit(raw(folder) / file, change)


def _once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder filled once for all tests of a run, also where several processes share them."""
    base = factory.getbasetemp()
    # every process of pytest-xdist has a folder of its own in the one of the run
    shared = (base.parent if base.name.startswith("popen-") else base) / name
    made = shared / "made"
    try:
        shared.mkdir()
    except FileExistsError:
        while not made.exists():
            time.sleep(0.1)
    else:
        try:
            make(shared)
        finally:
            # whoever waits goes on, and fails itself where there is nothing
            made.touch()
    return shared


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


def with_round_before(folder: Path) -> Path:
    """Return a project with the example round and, as the round 2019 it is compared with, the same ledgers a year ago.

    The sheets of marks are the same marks, said to be of 2019.
    """
    derived(project(folder), "2019", periods="[2019]", base_period="2018", history="[2016, 2017, 2018, 2019]")

    def a_year_ago(sheet: Worksheet) -> None:
        for row in sheet.iter_rows(max_row=3):
            for cell in row:
                if isinstance(cell.value, str):
                    cell.value = cell.value.replace("2020", "2019")

    for file in (folder / "data" / "raw" / "2019").iterdir():
        if file.suffix == ".xlsx":
            edit(file, a_year_ago)
        elif file.suffix == ".csv":
            text = file.read_text("gb18030").replace("2020", "2019")
            file.write_text(text + "\n", encoding="gb18030")
    settings = raw(folder) / "round.yaml"
    text = settings.read_text(encoding="utf-8").replace("compared_with: null ", 'compared_with: "2019" ')
    settings.write_text(text, encoding="utf-8")
    return folder
