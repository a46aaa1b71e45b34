"""How often proposals are right, per level of confidence.

    python benchmarks/proposals.py [--public FOLDER] [--records FOLDER] [--made FILES]

Of public tables `public_tables.yaml` says where they are and what their columns hold; the folder has those that were
fetched. Files of clues are made with spellings, orders and columns drawn at random. `--records` is a folder with
`jp_prosecutions` and `us_whd`, real records. None of these files is part of the project.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from analysis.intake.files import Sheet
from analysis.intake.proposals.proposal import IGNORED, PERSONS
from analysis.intake.proposals.proposing import propose, sheets_of
from analysis.rounds.units import Unit, UnitRoll

LEVELS = ("high", "medium", "low")
#: what the columns of real records hold; a column that is not named here is one nobody needs
REAL = {
    "jp_prosecutions/ledger.csv": (
        "clues",
        {
            "case_id": "no",
            "jurisdiction": "unit_name",
            "date": "received_on",
            "workers": "workers",
            "amount_man_yen": "amount",
        },
    ),
    "jp_prosecutions/prefecture_year.csv": (
        "summary",
        {
            "jurisdiction": "unit_name",
            "year": "period",
            "cases": "cases",
            "workers": "workers",
            "amount_man_yen": "amount",
        },
    ),
    "us_whd/national_year.csv": (
        "summary",
        {
            "jurisdiction": "unit_name",
            "year": "period",
            "cases": "cases",
            "workers": "workers",
            "amount": "amount",
            "resolved": "clues_resolved",
            "recovered": "amount_paid",
        },
    ),
}
#: as offices spell the columns; what is owed and paid stands beside what is neither
SPELLINGS = {
    "no": (
        "线索编号", "案件编号", "受理编号", "登记号", "工单编号", "Case No", "Complaint ID", "Claim number",
    ),
    "unit_name": (
        "县区", "属地", "属地县区", "承办县区", "所在地区", "County", "District", "Office county",
    ),
    "received_on": (
        "受理日期", "接收时间", "登记日期", "收件日期", "交办日期", "Date received", "Opened date",
        "Filed date",
    ),
    "workers": (
        "涉及人数", "欠薪人数", "涉及农民工数", "农民工人数（人）", "Workers", "Employees affected",
        "Employees due wages",
    ),
    "amount": (
        "欠薪金额", "拖欠工资金额（元）", "涉案金额", "工资", "金额", "Amount", "Wages", "Back wages owed",
        "Claim amount",
    ),
    "amount_paid": (
        "已付金额", "追回工资", "清欠金额", "已支付工资", "金额（已付）", "Amount paid", "Amount",
        "Wages recovered",
    ),
    "checked": (
        "是否核查", "核查情况", "已核查", "Checked", "Verified",
    ),
    "confirmed": (
        "是否属实", "查实情况", "查实", "Substantiated", "Confirmed?",
    ),
    "resolved_on": (
        "化解日期", "解决时间", "支付日期", "Date resolved", "Settlement date",
    ),
    "closed_on": (
        "办结日期", "结案时间", "销案日期", "Date closed", "Closed date", "Close date",
    ),
    "publish_due": (
        "应公布", "应社会公布", "应否公布", "To be published",
    ),
    "published": (
        "是否公布", "已社会公布", "公布", "Published",
    ),
    "sector": (
        "行业", "所属行业", "Industry", "Sector",
    ),
    PERSONS: (
        "联系人", "联系电话", "投诉人", "Complainant", "Contact name",
    ),
    IGNORED: (
        "行业代码", "NAICS code", "受理月份", "Received Month", "人均欠薪", "用工总人数", "合同金额",
        "罚款金额", "化解率", "备注", "Penalty amount", "Gross wages", "ZIP", "年份", "序号", "未立案",
        "天数", "Violations", "Days open",
    ),
}  # fmt: skip
ALWAYS = ("no", "unit_name", "received_on", "workers", "amount")
ENTRIES = 12
ROLL = UnitRoll(
    [
        Unit(f"99000{n}", name, name, order=n)
        for n, name in enumerate(("东示例区", "西示例县", "南示例县"), 1)
    ],
    "990000",
    "全市",
)


def cells(kind: str, header: str, draw: random.Random) -> list[object]:
    """Return what stands in a column of a kind."""
    answers, sectors, codes = ("是", "否"), ("房屋建筑", "市政", "餐饮"), (23611, 47001, 72251)
    of_header = {
        **dict.fromkeys(("行业代码", "NAICS code", "ZIP"), codes),
        **dict.fromkeys(("受理月份", "Received Month"), range(1, 13)),
        **dict.fromkeys(("合同金额", "Gross wages"), range(10_000, 1_000_000)),
        "年份": (2020,),
        "化解率": [share / 100 for share in range(1, 101)],
        "未立案": answers,
        "备注": sectors,
    }
    of_kind = {
        "unit_name": [unit.name for unit in ROLL.units],
        PERSONS: ("13800000000",) if "电话" in header else ("赵示例",),
        **dict.fromkeys(("checked", "confirmed", "publish_due", "published"), answers),
        "sector": sectors,
        "workers": range(1, 61),
    }
    if kind == "no" or header == "序号":
        return [f"{draw.choice('ABC')}-{1000 + n}" if kind == "no" else n for n in range(1, ENTRIES + 1)]
    drawn = of_header.get(header) or of_kind.get(kind) or range(10, 901)
    return [draw.choice(drawn) for _ in range(ENTRIES)]


def made(seed: int) -> tuple[Sheet, dict[int, Collection[str]]]:
    """Return a file of clues, and what each of its columns holds."""
    draw = random.Random(seed)
    kinds = [*ALWAYS, *(kind for kind in SPELLINGS if kind not in (*ALWAYS, IGNORED) and draw.random() < 0.5)]
    kinds += [IGNORED] * draw.randint(0, 4)
    draw.shuffle(kinds)
    latin = draw.random() < 0.3
    columns: list[tuple[str, str]] = []
    for kind in kinds:
        fitting = [one for one in SPELLINGS[kind] if one.isascii() == latin and one not in dict(columns)]
        if fitting:
            columns.append((draw.choice(fitting), kind))
    stand = {header: cells(kind, header, draw) for header, kind in columns}
    by_kind = {kind: header for header, kind in columns}
    days = [dt.date(2020, draw.randint(1, 6), draw.randint(1, 28)) for _ in range(ENTRIES)]
    for later, kind in enumerate(("received_on", "resolved_on", "closed_on")):
        if kind in by_kind:
            stand[by_kind[kind]] = [str(day + dt.timedelta(20 * later)) for day in days]
    if {"amount", "amount_paid"} <= by_kind.keys():
        owed = stand[by_kind["amount"]] = [draw.randint(1000, 90000) for _ in range(ENTRIES)]
        stand[by_kind["amount_paid"]] = [one - draw.choice((0, 0, 100, 900)) for one in owed]
    rows = [tuple(stand), *zip(*stand.values(), strict=True)]
    return Sheet(f"{seed}.csv", "", rows), {n: [kind] for n, (_header, kind) in enumerate(columns, 1)}


Judged = tuple[str, str, bool]


def judged(sheet: Sheet, truth: dict[int, Collection[str]], ledger: str = "clues") -> Iterator[Judged]:
    """Yield level, header and whether it is right for every column that was taken for something."""
    proposal = propose(sheet, roll=ROLL if sheet.file.split(".")[0].isdecimal() else None, ledger=ledger)
    for guess in proposal.guesses if proposal else ():
        if guess.field != IGNORED:
            said = f"{sheet.file}: {guess.header.full} → {guess.field}"
            yield guess.confidence, said, guess.field in truth.get(guess.header.column, ())


def tally(found: list[Judged], title: str) -> None:
    """Print right guesses over all, per level."""
    right, every = Counter(level for level, _, good in found if good), Counter(level for level, _, _ in found)
    shares = [f"{right[level]}/{every[level]}" + (f" ({right[level] / every[level]:.1%})" if every[level] else "")
              for level in LEVELS]  # fmt: skip
    print(f"| {title} | {' | '.join(shares)} |")


def real(folder: Path) -> Iterator[Judged]:
    """Yield the same of real records; their units are on no roll of ours."""
    for name, (ledger, fields) in REAL.items():
        sheets = sheets_of(folder / name)
        if isinstance(sheets, list):
            yield from judged(
                sheets[0], holding(sheets[0], {header: [of] for header, of in fields.items()}), ledger
            )


def holding(sheet: Sheet, columns: Mapping[str, Collection[str]]) -> dict[int, Collection[str]]:
    """Return column → what it holds, of a table whose header is its first row."""
    return {n: columns.get(str(cell), ()) for n, cell in enumerate(sheet.rows[0], 1)}


def public(folder: Path, tables: list[dict[str, Any]]) -> tuple[int, list[Judged]]:
    """Return how many of some public tables are in the folder, and the same of them."""
    found: list[Judged] = []
    there = 0
    for table in tables:
        owner, repository, _path = table["address"].split("/", 2)
        sheets = sheets_of(folder / f"{owner}__{repository}.csv")
        if isinstance(sheets, list):
            there += 1
            found += judged(sheets[0], holding(sheets[0], table["columns"]))
    return there, found


def main() -> None:
    """Print the table, and what was wrong in the files that may be looked at."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--public", type=Path)
    parser.add_argument("--records", type=Path)
    parser.add_argument("--made", type=int, default=400)
    asked = parser.parse_args()
    wrong: list[Judged] = []
    print("| files | sure | likely | to be checked |\n|---|---:|---:|---:|")
    if asked.public:
        tables = YAML(typ="safe").load((Path(__file__).parent / "public_tables.yaml").read_text("utf-8"))
        for half in ("looked_at", "kept_apart"):
            there, found = public(asked.public, tables[half])
            right, holding_some = (
                sum(good for _, _, good in found),
                sum(len(table["columns"]) for table in tables[half]),
            )
            title = f"public tables, {half.replace('_', ' ')}: {there} of {len(tables[half])}"
            tally(found, f"{title}; {right} of {holding_some} columns found")
            wrong += found if half == "looked_at" else []
    if asked.records:
        tally(list(real(asked.records)), "real records")
    halves = [
        [one for seed in range(first, asked.made, 2) for one in judged(*made(seed))] for first in (0, 1)
    ]
    tally(halves[0], "made, looked at")
    tally(halves[1], "made, kept apart")
    print("\n".join(f"{level}: {said}" for level, said, right in wrong if not right))


if __name__ == "__main__":
    main()
