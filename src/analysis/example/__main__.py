"""`python -m analysis.example [--out DIR]` draws the office's files of the example round again."""

from __future__ import annotations

import argparse
from pathlib import Path

from analysis.example.clues import clue_sheet
from analysis.example.events import event_sheet
from analysis.example.mark_sheets import department_sheet, field_sheet, innovation_sheet, self_sheet
from analysis.example.plan import ASSESSED
from analysis.example.problem_ledger import feedback_sheet, problem_sheet
from analysis.example.projects import project_sheets
from analysis.example.unit_roll import roll_sheet
from analysis.example.workbooks import write_csv, write_workbook
from analysis.rounds.rounds import find_project


def write_example(folder: Path) -> list[Path]:
    """Write the office's files of the example round into a folder.

    Args:
        folder: where they go; made if it is absent, files of the same names are replaced.

    Returns:
        The files written. The same program gives the same cell values every time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    books = {
        "被考核单位": [roll_sheet()],
        "线索案件台账": [clue_sheet()],
        "事件台账": [event_sheet()],
        "项目台账": list(project_sheets()),
        "自查评分": [self_sheet()],
        "实地核查评分": [field_sheet()],
        "省级反馈": [feedback_sheet()],
        "创新": [innovation_sheet()],
        "问题整改台账": [problem_sheet()],
    }
    written = []
    for name, sheets in books.items():
        written.append(folder / f"{name}.xlsx")
        write_workbook(written[-1], sheets)
    written.append(folder / "成员单位评价.csv")
    write_csv(written[-1], department_sheet(), "gb18030")
    return written


def main() -> None:
    """Write the files and name them.

    Raises:
        ProjectNotFoundError: no folder was given and there is no project here.
    """
    parser = argparse.ArgumentParser(prog="python -m analysis.example", description=__doc__)
    parser.add_argument("--out", type=Path, help=f"folder (default: data/raw/{ASSESSED} of the project)")
    folder = parser.parse_args().out or find_project() / "data" / "raw" / str(ASSESSED)
    for path in write_example(folder):
        print(path.name)


if __name__ == "__main__":
    main()
