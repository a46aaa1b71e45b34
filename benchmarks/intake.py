"""How long a large ledger takes from its file to the list of faults, beside plain pandas in the same run.

    python benchmarks/intake.py [ROWS_OF_THE_WORKBOOK [ROWS_OF_THE_TEXT]]

Both files hold a clue ledger of 25 columns with a control total, of nine invented units over five years. Every step
runs in a process of its own, so that its peak of memory is its own: the imports before it are not counted. The sums of
amounts are held against those of the generator, and against those of pandas, before anything is printed.
"""

from __future__ import annotations

import csv
import datetime as dt
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from analysis import intake
from analysis.rounds.rounds import City, Round, RoundSettings
from analysis.words import words

WORKBOOK_ROWS, TEXT_ROWS = 100_000, 1_000_000
UNITS = [(f"99000{number}", f"甲{number}县") for number in range(1, 10)]
HEADERS = {
    "编号": "no", "线索来源": "source", "受理日期": "received_on", "单位代码": "unit_code",
    "单位名称": "unit_name", "行业": "sector", "项目名称": "project", "政府投资": "government_funded",
    "联系人": "", "联系电话": "", "涉及人数": "workers", "欠薪金额": "amount", "重复编号": "duplicate_of",
    "是否核查": "checked", "是否查实": "confirmed", "核查结论": "conclusion", "化解日期": "resolved_on",
    "办结日期": "closed_on", "已付人数": "workers_paid", "已付金额": "amount_paid", "应否立案": "file_due",
    "是否立案": "filed", "是否移送": "moved", "应否列入": "list_due", "是否列入": "listed",
}  # fmt: skip
MAPS = """
codes:
  yes_no: {{是: true, 否: false}}
  yes_no_unknown: {{是: "yes", 否: "no", 不详: unknown}}
ledgers:
  units:
    file: 名册.csv
    header_rows: [1]
    fields: {{order: [序号], code: [代码], name: [名称], short: [名称]}}
  clues:
    file: {file}
    header_rows: [2]
    footer: 合计
    unit_of_measure: {{amount: 元, amount_paid: 元}}
    persons: [联系人, 联系电话]
    fields:
{fields}
"""


def overpaid(number: int) -> bool:
    """Return whether more is paid than owed: so few of the clues that a person can work through the list."""
    return number % 3000 == 1


def rows(size: int) -> Iterator[list[Any]]:
    """Yield the clues of a made-up ledger."""
    draw = random.Random(2020)
    first = dt.date(2016, 1, 1)
    for number in range(size):
        code, name = UNITS[number % len(UNITS)]
        received = first + dt.timedelta(days=draw.randrange(1826))
        heads, cents = draw.randrange(1, 40), draw.randrange(100_000, 90_000_000)
        confirmed = number % 3 > 0
        resolved = received + dt.timedelta(days=draw.randrange(200)) if confirmed else ""
        paid = cents / 100 + overpaid(number) if confirmed else ""
        yield [
            f"{received.year}-{number:07d}", "平台", received, code, name, "房建", f"某项目{number % 997}", "否",
            f"甲某{number}", "", heads, cents / 100, "", "是", "是" if confirmed else "否", "属实", resolved, resolved,
            heads if confirmed else "", paid, "否", "", "", "否", "",
        ]  # fmt: skip


def write_workbook(path: Path, size: int) -> float:
    """Write the ledger as a workbook; return the sum of its amounts."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("线索")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write(0, 0, "线索台账")
    sheet.write_row(1, 0, list(HEADERS))
    cents = 0
    for place, row in enumerate(rows(size), 2):
        cents += round(row[11] * 100)
        for column, cell in enumerate(row):
            if isinstance(cell, dt.date):
                sheet.write_datetime(place, column, dt.datetime.combine(cell, dt.time()), day)
            elif cell != "":
                sheet.write(place, column, cell)
    sheet.write(size + 2, 0, "合计")
    sheet.write(size + 2, 11, cents / 100)
    book.close()
    return cents / 100


def write_text(path: Path, size: int) -> float:
    """Write the ledger as a GB18030 text table; return the sum of its amounts."""
    cents = 0
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["线索台账", *[""] * (len(HEADERS) - 1)])
        writer.writerow(HEADERS)
        for row in rows(size):
            cents += round(row[11] * 100)
            writer.writerow(row)
        writer.writerow(["合计", *[""] * 10, f"{cents / 100:.2f}", *[""] * (len(HEADERS) - 12)])
    return cents / 100


def round_of(project: Path, file: str) -> Round:
    """Make the folder of a round whose clue ledger is `file`."""
    folder = project / "data" / "raw" / "2020"
    fields = "\n".join(f"      {field}: [{header}]" for header, field in HEADERS.items() if field)
    (folder / "maps.yaml").write_text(MAPS.format(file=file, fields=fields), encoding="utf-8")
    (folder / "round.yaml").write_text("round: 2020\n", encoding="utf-8")
    roll = "\n".join(f"{place},{code},{name}" for place, (code, name) in enumerate(UNITS, 1))
    (folder / "名册.csv").write_text(f"序号,代码,名称\n{roll}\n", encoding="utf-8")
    settings = RoundSettings(
        round="2020",
        title="考核",
        city=City(code="990000", name="示例市", short="全市"),
        issuer="示例办公室",
        periods=["2020"],
        base_period="2019",
        history=["2016", "2017", "2018", "2019", "2020"],
        as_of=dt.date(2021, 12, 31),
        synthetic=True,
    )
    return Round(settings, folder, project)


def by_us(project: Path, file: str) -> float:
    """Read the round: files, layout, cells, joins, checks, masking, the list; return the sum of the amounts."""
    arrived = intake.read_round(round_of(project, file))
    assert [fault.check for fault in arrived.faults if fault.severity == "blocks"] == []
    assert not any(fault.check == "control_total_differs" for fault in arrived.faults)
    told = sum(fault.check == "paid_exceeds_owed" for fault in arrived.faults)
    assert told == sum(map(overpaid, range(len(arrived.ledgers["clues"]))))
    assert len(intake.issues_frame(arrived.faults, words("zh"))) == len(arrived.faults)
    return float(arrived.ledgers["clues"]["amount"].sum()) / 100


def by_pandas(project: Path, file: str) -> float:
    """Read the same file with pandas alone, which checks nothing."""
    path = project / "data" / "raw" / "2020" / file
    if path.suffix == ".csv":
        frame = pd.read_csv(path, encoding="gb18030", skiprows=1, skipfooter=0, low_memory=False)
    else:
        frame = pd.read_excel(path, engine="openpyxl", skiprows=1)
    return float(frame["欠薪金额"].iloc[:-1].sum())


def by_calamine(project: Path, file: str) -> float:
    """Read the same workbook with pandas over calamine, which knows no failed formulas."""
    frame = pd.read_excel(project / "data" / "raw" / "2020" / file, engine="calamine", skiprows=1)
    return float(frame["欠薪金额"].iloc[:-1].sum())


def measured(step: Callable[[Path, str], float], project: Path, file: str) -> tuple[float, float, float]:
    """Run a step in a process of its own; return its sum, processor seconds, and peak memory in MB."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_step, (step, project, file))


def _step(step: Callable[[Path, str], float], project: Path, file: str) -> tuple[float, float, float]:
    before, begin = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    total = step(project, file)
    seconds = time.process_time() - begin
    return total, seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def main(workbook_rows: int, text_rows: int) -> None:
    """Make both files, read them in every way and print the table of the README."""
    with tempfile.TemporaryDirectory() as name:
        project = Path(name)
        folder = project / "data" / "raw" / "2020"
        folder.mkdir(parents=True)
        print("| file | step | seconds | × pandas | peak MB | × pandas |\n|---|---|---:|---:|---:|---:|")
        for file, write, size, steps in (
            ("线索.xlsx", write_workbook, workbook_rows, (by_pandas, by_calamine, by_us)),
            ("线索.csv", write_text, text_rows, (by_pandas, by_us)),
        ):
            expected = write(folder / file, size)
            results = {step.__name__: measured(step, project, file) for step in steps}
            assert all(abs(total - expected) < 1 for total, _seconds, _peak in results.values()), results
            _total, seconds, peak = results["by_pandas"]
            for step, (_sum, own, most) in results.items():
                times, memory = f"{own:.1f} | {own / seconds:.2f}", f"{most:.0f} | {most / peak:.2f}"
                print(f"| {file} {size:,} | {step} | {times} | {memory} |")
            # a workbook that no map names would be opened, for it may be a filled-in template
            (folder / file).unlink()


if __name__ == "__main__":
    sizes = [int(argument) for argument in sys.argv[1:]]
    main(*(sizes + [WORKBOOK_ROWS, TEXT_ROWS][len(sizes) :]))
