"""Pictures of the sheets of a rule set for the runbook, drawn from the cells of a workbook that the program wrote."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from playwright.sync_api import Browser

from analysis.render import palette
from analysis.render.fonts import subset_faces
from analysis.rounds.units import Unit, UnitRoll
from analysis.rulebook.edit.ruleback import read_back
from analysis.rulebook.edit.rulefiles import RuleFiles
from analysis.rulebook.edit.rulesheets import HEAD, write
from analysis.rulebook.edit.ruletable import parameters_of, table_of, terms_of
from analysis.words import words

# what is typed stands with the tests that read it back
sys.path.insert(0, str(Path(__file__).parents[1]))
from begun_examples import type_into

#: px of a column per sign of its width
_PER_SIGN: Final = 7.2
#: by picture: the sheet, its columns by their heads, and how many rows below the heads
_PICTURES: Final[dict[str, tuple[str, Sequence[str], int]]] = {
    "rules-measures.zh.png": (
        "自定指标",
        ("自定指标", "台账", "怎样数", "哪些行", "其中哪些（比率的分子）", "方向", "按此生成的句子"),
        3,
    ),
    "rules-stated.zh.png": (
        "认定",
        ("被认定的单位", "认定事项", "是否成立", "次数", "扣分", "依据", "按此生成的句子"),
        5,
    ),
}
_STYLE: Final = (
    "body{margin:8px;font:13px/1.5 'Report Sans SC',sans-serif;color:#1c2733}"
    "table{border-collapse:collapse}td,th{border:1px solid #b9bec4;padding:2px 5px;text-align:left;"
    "vertical-align:middle;overflow-wrap:anywhere}.n{background:#eee;color:#666;text-align:center;font-weight:400}"
)


def taken(browser: Browser) -> Iterator[tuple[str, bytes]]:
    """Yield the pictures with their names: the sheets filled in and written out again, sentences beside the rows."""
    with tempfile.TemporaryDirectory() as folder:
        book = load_workbook(_filled(Path(folder)))
        for name, (sheet, heads, rows) in _PICTURES.items():
            page = browser.new_page(viewport={"width": 1250, "height": 700})
            page.set_content(_html(book[sheet], heads, rows))
            yield name, page.locator("table").screenshot()
            page.close()


def _filled(folder: Path) -> Path:
    said, path = words("zh"), folder / "细则.xlsx"
    roll = UnitRoll([Unit("990001", "虚构县", "虚构县", order=1)], "990000", "虚构市")
    files = RuleFiles.read(folder, "2021年度考核细则", roll)
    write(table_of(None, files, said), parameters_of(files, said), path, terms_of(files, said))
    type_into(path)
    back = read_back(path, files, said)
    if back.files is None or back.faults:
        raise ValueError(f"the workbook is not read back: {back.faults}")
    rules, _ = back.files.checked()
    write(
        table_of(rules, back.files, said), parameters_of(back.files, said), path, terms_of(back.files, said)
    )
    return path


def _html(sheet: Any, heads: Sequence[str], rows: int) -> str:
    top = HEAD + 1
    columns = [cell.column for head in heads for cell in sheet[top] if cell.value == head]
    letters = [get_column_letter(column) for column in columns]
    widths = [round(_width(sheet, column) * _PER_SIGN) for column in columns]
    named = zip(letters, widths, strict=True)
    above = "".join(f'<th class="n" style="width:{width}px">{letter}</th>' for letter, width in named)
    lines = [f'<th class="n"></th>{above}']
    for row in range(top, top + rows + 1):
        cells = "".join(_cell(sheet.cell(row, column), head=row == top) for column in columns)
        lines.append(f'<th class="n">{row}</th>{cells}')
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    faces = subset_faces({"sans": body, "sans-bold": body})
    return f"<!doctype html><meta charset='utf-8'><style>{faces}{_STYLE}</style><table>{body}</table>"


def _width(sheet: Any, column: int) -> float:
    """Return the width of a column in signs; columns of one width stand side by side as one in the file."""
    found = (each for each in sheet.column_dimensions.values() if each.min <= column <= each.max)
    return float(next(found).width)


def _cell(cell: Any, *, head: bool) -> str:
    """Return a cell: yellow where it may be edited."""
    colour = palette.HEAD if head else "#ffffff" if cell.protection.locked else palette.EDITABLE
    text = escape("" if cell.value is None else str(cell.value))
    tag = "th" if head else "td"
    return f'<{tag} style="background:{colour}">{text}</{tag}>'
