"""A very small office: two invented districts, a roll, a clue ledger of four rows, and ways to spoil them."""

from __future__ import annotations

import copy
import datetime as dt
from pathlib import Path
from typing import Any

from file_examples import TEXTS, Table, write
from ruamel.yaml import YAML

from analysis.intake import Intake, fault_line, read_round
from analysis.intake.declared.ledgers import MARK_LEDGERS
from analysis.rounds.faults import Fault
from analysis.rounds.rounds import load_round
from analysis.words import LANGUAGES, words

EAST, WEST = "990001", "990002"
ROUND = {
    "round": "2020",
    "title": "示例考核",
    "city": {"code": "990000", "name": "示例市", "short": "全市"},
    "issuer": "示例办公室",
    "periods": ["2020"],
    "base_period": "2019",
    "history": ["2019", "2020"],
    "as_of": "2021-12-31",
    "synthetic": True,
}
CODES = {
    "yes_no": {"是": True, "否": False},
    "yes_no_unknown": {"是": "yes", "否": "no", "无法认定": "unknown"},
    "institution": {"有": "yes", "无": "no", "免缴": "exempt"},
    "group": {"化解": "resolution", "制度": "institutions", "执法": "enforcement"},
    "event_kind": {"群体": "mass", "赴省": "province"},
    "level": {"省级": "province"},
}
UNIT = {"unit_code": ["代码"], "unit_name": ["单位"]}
LEDGER_MAPS: dict[str, dict[str, Any]] = {
    "units": {
        "file": "名册.xlsx",
        "header_rows": [2],
        "fields": {
            "order": ["序号"],
            "code": ["代码"],
            "name": ["名称"],
            "short": ["简称"],
            "aliases": ["别名"],
            "former_codes": ["旧代码"],
        },
    },
    "clues": {
        "file": "线索台账.xlsx",
        "sheet": "线索",
        "header_rows": [3, 4],
        "footer": "合计",
        "unit_of_measure": {"amount": "元", "amount_paid": "元"},
        "fields": {
            "no": ["编号"],
            **UNIT,
            "received_on": ["受理日期"],
            "workers": ["涉及情况/人数"],
            "amount": ["欠薪金额"],
            "amount_paid": ["已付金额"],
            "duplicate_of": ["重复编号"],
            "confirmed": ["是否查实"],
            "closed_on": ["办结日期"],
        },
        "persons": ["联系人"],
    },
}
ROLL = [
    ["被考核单位"],
    ["序号", "代码", "名称", "简称", "别名", "旧代码"],
    [1, 990001, "示例东区", "东区", "东区政府、示例东", "990011"],
    [2, 990002, "示例东新区", "东新区", "东新", None],
]
CLUES = [
    ["线索案件台账"],
    ["单位：元"],
    [
        "编号",
        "代码",
        "单位",
        "受理日期",
        "涉及情况",
        None,
        "已付金额",
        "重复编号",
        "是否查实",
        "办结日期",
        "联系人",
    ],
    [None, None, None, None, "人数", "欠薪金额", None, None, None, None, None],
    ["A-1", EAST, "示例东区", dt.date(2019, 3, 1), 3, 1000, 1000, None, "是", dt.date(2019, 4, 1), "张示例"],
    ["A-2", EAST, "示例东区", "2020-1-17", "４", "１,２００.50", "/", "无", "否", "2020年2月3日", "李示例"],
    ["A-3", WEST, "东新区", dt.date(2019, 5, 2), None, None, None, None, "是", None, "王示例"],
    ["A-10", WEST, "东新区", dt.date(2020, 5, 2), 8, 900.5, 100, "A-3", "是", dt.date(2020, 6, 1), "赵示例"],
    ["合计", None, None, None, 15, 3101, 1100, None, None, None, None],
]
MERGED = ("A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:F3", "G3:G4", "H3:H4", "I3:I4", "J3:J4", "K3:K4")


class Office:
    """The folder of a round in the making; change what it holds, then `read` it."""

    def __init__(self, project: Path) -> None:
        self.folder = project / "data" / "raw" / "2020"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.project = project
        self.settings: dict[str, Any] = copy.deepcopy(ROUND)
        self.maps: dict[str, Any] = {"codes": copy.deepcopy(CODES), "ledgers": copy.deepcopy(LEDGER_MAPS)}
        self.books: dict[str, list[Table]] = {
            "名册.xlsx": [Table("名册", copy.deepcopy(ROLL))],
            "线索台账.xlsx": [Table("线索", copy.deepcopy(CLUES), MERGED)],
        }

    @property
    def clues(self) -> list[list[Any]]:
        """The rows of the clue ledger; index 4 is spreadsheet row 5, the first clue."""
        return next(tables for file, tables in self.books.items() if file.startswith("线索台账"))[0].rows

    def add(self, ledger: str, rows: list[list[Any]], fields: dict[str, list[str]], **mapped: Any) -> None:
        """Add a ledger of its own workbook with one header row in row 1."""
        file = f"{ledger}.xlsx"
        self.books[file] = [Table("表", rows)]
        # a sheet of marks has to say of which year it is
        year = {"year": 2020} if ledger in MARK_LEDGERS else {}
        self.maps["ledgers"][ledger] = {"file": file, "header_rows": [1], "fields": fields, **year, **mapped}

    def keep_clues_in(self, kind: str) -> Table:
        """Let the clue ledger stand in a file of another format, and return its table."""
        self.books[f"线索台账.{kind}"] = self.books.pop("线索台账.xlsx")
        self.maps["ledgers"]["clues"]["file"] = f"线索台账.{kind}"
        if kind in TEXTS:
            del self.maps["ledgers"]["clues"]["sheet"]
        return self.books[f"线索台账.{kind}"][0]

    def write(self) -> None:
        """Write settings, maps and workbooks."""
        for name, data in (("round.yaml", self.settings), ("maps.yaml", self.maps)):
            with (self.folder / name).open("w", encoding="utf-8") as file:
                YAML().dump(data, file)
        for name, tables in self.books.items():
            write(self.folder / name, tables)

    def read(self) -> Intake:
        """Write everything and read the round."""
        self.write()
        return self.read_again()

    def read_again(self) -> Intake:
        """Read the round as it stands in the folder; every fault found must have words in both languages."""
        intake = read_round(load_round(self.project, "2020"))
        for fault in intake.faults:
            for language in LANGUAGES:
                line = fault_line(fault, words(language))
                assert line.startswith(fault.file), line
                assert fault.cell in line, line
        return intake


def blocking(intake: Intake) -> list[Fault]:
    """Return the faults that stop the run."""
    return [fault for fault in intake.faults if fault.severity == "blocks"]


def places(faults: list[Fault]) -> list[tuple[str, str]]:
    """Return check and cell of faults, for comparison."""
    return [(fault.check, fault.cell) for fault in faults]
