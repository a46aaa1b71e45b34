"""Random rounds: where `check` lets one pass, the run comes to its end, in bounded time and memory.

    python -m tests.random_rounds 1000        goes on from the tally in tests/random_rounds.json, in this process
    python -m tests.random_rounds --whole 20  goes on with whole runs by the command, PDF and Word files and all

A round is made from its number alone: one unit or sixty, no clue or hundreds, years and columns nobody reports, names
with signs no font has, every language and several currencies, with a rule set or without. It is written into a folder
of its own as text files, read with all checks, computed, and every page of every product is drawn and set as HTML.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parent))

from file_examples import Table, write
from office_examples import CODES
from ruamel.yaml import YAML

from analysis.cli.shared import DATA_BLOCK
from analysis.render.html_blocks import Html
from analysis.run import in_memory, pages
from analysis.words import LANGUAGES

TALLY: Final = Path(__file__).parent / "random_rounds.json"
RULES: Final = Path(__file__).parents[1] / "data" / "raw" / "2020" / "rulebook.yaml"
#: processor seconds a round may take in this process, and megabytes all of them together
MOST_SECONDS, MOST_MEGABYTES = 120, 3000
#: numbers that are made into whole runs
WHOLE: Final = 7
#: seconds by the clock after which a command counts as not ended
MOST_WAITING: Final = 1800
NAMES: Final = (
    "甲县", "某某某各族自治县经济技术开发区管理委员会", "𠮷县", "碶头县", "A&B <i>县</i>", "县\u202e反", "🏗县",
    "Ñandú 区", "*星_县`", "#$县", "“引”县", "县(东、西)", "O'Neil 区", "ﷺ区", "x" * 60,
)  # fmt: skip
TEXTS: Final = (
    "", "欠薪", "字" * 900, "w" * 400, "https://example.invalid/" + "a/" * 120, "=1+1", "㎥ ㍿ 𠀋", "a\u200bb\u00ad",
    "*_#$`<b>", "一行\n另一行", "👷‍♂️", "שלום", "\u0301",
)  # fmt: skip
CURRENCIES: Final = {"CNY": "元", "JPY": "日元", "USD": "美元"}
#: so many units the example's rule set needs for its quotas
_RULED: Final = 9
#: period, its base, and the years listed
PERIODS: Final = (
    ("2020", "2019", ["2018", "2019", "2020"]),
    ("2020", "2019", ["2019", "2020"]),
    ("2020H1", "2019H1", ["2019H1", "2020H1"]),
    ("2020", None, ["2020"]),
)


@dataclass(frozen=True)
class Outcome:
    """What became of a round.

    Attributes:
        refused: the checks that block it, if any.
        failed: the error with which it came to no end though nothing blocked; empty if it did.
        seconds: of the processor.
    """

    refused: tuple[str, ...]
    failed: str
    seconds: float


def write_round(number: int, project: Path) -> None:
    """Write a random round into a project."""
    rng = random.Random(number)
    folder = project / "data" / "raw" / "2020"
    folder.mkdir(parents=True)
    period, base, history = rng.choice(PERIODS)
    currency = rng.choice(["CNY", "CNY", *CURRENCIES])
    settings: dict[str, Any] = {
        "round": "2020", "title": rng.choice(["示例考核", *filter(str.strip, TEXTS)]), "title_en": "Assessment",
        "city": {"code": "990000", "name": "示例市", "short": rng.choice(["全市", "全区", "全省"])},
        "issuer": "示例办公室", "periods": [period], "base_period": base, "history": history,
        "as_of": "2021-12-31", "synthetic": True, "currency": currency, "language": rng.choice(list(LANGUAGES)),
    }  # fmt: skip
    count = rng.choice([1, 2, 3, 9, 9, 17, 60])
    names = [f"{rng.choice(NAMES)}{place}" for place in range(1, count + 1)]
    roll = [[place, 990000 + place, name, name] for place, name in enumerate(names, 1)]
    ledgers: dict[str, Any] = {
        "units": {
            "file": "roll.csv", "header_rows": [1],
            "fields": {"order": ["序号"], "code": ["代码"], "name": ["名称"], "short": ["简称"]},
        },
    }  # fmt: skip
    tables = {"roll": [["序号", "代码", "名称", "简称"], *roll]}
    tables["clues"], ledgers["clues"] = _clues(rng, [row[1] for row in roll], CURRENCIES[currency])
    if rng.random() < 0.5:
        tables["projects"], ledgers["projects"] = _projects(rng, [row[1] for row in roll])
    for name, rows in tables.items():
        write(folder / f"{name}.csv", [Table("", rows)])
    # the example's rules want nine units, and periods that are compared; now and then they do not fit
    if rng.random() < (0.7 if base and count >= _RULED else 0.05):
        _write_rules(folder / "rulebook.yaml", set(ledgers["clues"]["fields"]))
    for name, data in (("round.yaml", settings), ("maps.yaml", {"codes": CODES, "ledgers": ledgers})):
        with (folder / name).open("w", encoding="utf-8") as file:
            YAML().dump(data, file)


def _write_rules(path: Path, kept: set[str]) -> None:
    """Write the rules of the example on what a ledger of clues feeds, out of the points these make."""
    written = YAML(typ="safe").load(RULES.read_text("utf-8"))
    (handling,) = (part for part in written["dimensions"] if part["code"] == "5")
    asked = {
        "rate_checked": {"checked"}, "rate_resolved": {"confirmed", "resolved_on"}, "rate_closed": {"closed_on"},
        "rate_paid": {"confirmed", "amount", "amount_paid"}, "change_cases": {"confirmed"},
        "change_workers": {"confirmed", "workers"}, "change_amount": {"confirmed", "amount"},
    }  # fmt: skip
    handling["indicators"] = [
        item for item in handling["indicators"] if asked.get(item["measure"], {""}) <= kept
    ]
    points = handling["points"] = sum(item["points"] for item in handling["indicators"])
    grades = written["grades"]
    grades["A"]["all_of"] = [each for each in grades["A"]["all_of"] if each["kind"] != "gate"]
    grades["C"]["any_of"] = grades["C"]["any_of"][1:]
    for each in (*grades["A"]["all_of"], *grades["C"]["any_of"][0]):
        if "points" in each:
            each["points"] = each["points"] * points / 100
    if points:
        rest = {
            "base_points": points,
            "dimensions": [handling],
            "bonuses": [],
            "vetoes": [],
            "problem_groups": [],
        }
        with path.open("w", encoding="utf-8") as file:
            YAML().dump(written | rest, file)


def _clues(rng: random.Random, codes: list[int], money: str) -> tuple[list[list[Any]], dict[str, Any]]:
    """Return the rows of a clue ledger and its map: some units and years report nothing, some columns are not there."""
    fields = {
        "no": "编号", "unit_code": "代码", "received_on": "受理日期", "project": "项目", "workers": "人数",
        "amount": "金额", "amount_paid": "已付", "confirmed": "查实", "checked": "核查",
        "resolved_on": "化解", "closed_on": "办结",
    }  # fmt: skip
    kept = [name for place, name in enumerate(fields) if place < 3 or rng.random() < 0.85]
    silent, empty, size = (
        rng.choice([0, 0, 0.3, 1]),
        rng.choice([0, 0, 0.1, 1]),
        rng.choice([0, 1, 3, 12, 30]),
    )
    years = [year for year in (2018, 2019, 2020) if rng.random() < 0.85]
    rows: list[list[Any]] = [[fields[name] for name in kept]]
    for code in codes:
        if rng.random() < silent:
            continue
        for year in years:
            for case in range(rng.randint(0, size)):
                day = dt.date(year, 1, 1) + dt.timedelta(days=rng.randrange(365))
                workers, each = rng.randint(1, 40), rng.choice([900, 9000, 12_000.5])
                done = day + dt.timedelta(days=rng.randint(0, 90))
                told = {
                    "no": f"{year}-{code}-{case}", "unit_code": code, "received_on": day, "project": rng.choice(TEXTS),
                    "workers": workers, "amount": round(workers * each), "amount_paid": round(workers * each),
                    "confirmed": rng.choice("是是是否"), "checked": "是", "resolved_on": done, "closed_on": done,
                }  # fmt: skip
                blank = {name for name in kept[3:] if rng.random() < empty}
                rows.append([None if name in blank else told[name] for name in kept])
    mapped: dict[str, Any] = {
        "file": "clues.csv",
        "header_rows": [1],
        "fields": {name: [fields[name]] for name in kept},
    }
    mapped["unit_of_measure"] = {name: money for name in ("amount", "amount_paid") if name in kept}
    return rows, mapped


def _projects(rng: random.Random, codes: list[int]) -> tuple[list[list[Any]], dict[str, Any]]:
    fields = {"no": "编号", "unit_code": "代码", "project": "项目", "account": "专户", "realname": "实名"}
    rows: list[list[Any]] = [list(fields.values())]
    for code in codes:
        for number in range(rng.randint(0, 3)):
            rows.append(
                [f"P{code}-{number}", code, rng.choice(TEXTS), *(rng.choice(["有", "无"]) for _ in range(2))]
            )
    return rows, {
        "file": "projects.csv",
        "header_rows": [1],
        "fields": {name: [head] for name, head in fields.items()},
    }


def tried(number: int) -> Outcome:
    """Return what becomes of a round in this process: checked, computed, every page drawn and set."""
    start = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        write_round(number, Path(folder))
        refused, failed = (), ""
        try:
            checked = in_memory.read(Path(folder), "2020")
            refused = tuple(sorted({fault.check for fault in checked.faults if fault.severity == "blocks"}))
            if not refused:
                a = in_memory.assess_read(checked, draws=20 if number % 10 == 0 else 0)
                for name in pages.PAGES:
                    units = a.roll.codes[:2] if name == "card" else ("",)
                    for unit in units:
                        for block in pages.shown(a, name, unit=unit).values():
                            Html(a.words.language)(block)
        except Exception as error:
            failed = f"{type(error).__name__}: {error}"[:300]
    return Outcome(refused, failed, time.process_time() - start)


def run_whole(number: int) -> Outcome:
    """Return what becomes of a round by the command: checked, and run whole with one worker where that lets it pass."""
    start = _of_children()
    with tempfile.TemporaryDirectory() as folder:
        write_round(number, Path(folder))

        def assess(command: str, *options: str) -> subprocess.CompletedProcess[str]:
            call = [sys.executable, "-m", "analysis", command, "2020", "--project", folder, *options]
            return subprocess.run(call, capture_output=True, text=True, timeout=MOST_WAITING, check=False)

        try:
            done = assess("check")
            if done.returncode == DATA_BLOCK and "Traceback" not in done.stderr:
                return Outcome(("check",), "", _of_children() - start)
            done = done if done.returncode else assess("run", "--jobs", "1")
            failed = f"{done.returncode} {(done.stdout + done.stderr)[-1500:]}" if done.returncode else ""
        except subprocess.TimeoutExpired as late:
            failed = str(late)
    return Outcome((), failed, _of_children() - start)


def _of_children() -> float:
    """Return the processor seconds of the commands that came to their end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main_whole(wanted: int) -> int:
    """Go on until so many whole runs were tried, keep the tally after each, and return how many did not end."""
    tally = json.loads(TALLY.read_text("utf-8"))
    kept = tally.setdefault("whole", {"rounds": 0, "refused": 0, "failed": [], "slowest": 0.0})
    for place in range(kept["rounds"], wanted):
        outcome = run_whole(WHOLE * place)
        kept["refused"] += bool(outcome.refused)
        if outcome.failed:
            kept["failed"].append([WHOLE * place, outcome.failed])
        kept["rounds"] = place + 1
        kept["slowest"] = max(kept["slowest"], round(outcome.seconds, 1))
        _keep(tally)
        print(
            WHOLE * place, *outcome.refused, outcome.failed or "ended", f"{outcome.seconds:.0f} s", flush=True
        )
    return len(kept["failed"])


def _keep(tally: dict[str, Any]) -> None:
    TALLY.write_text(json.dumps(tally, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


def main(wanted: int) -> None:
    """Go on until so many rounds were tried, and keep the tally after each."""
    kept: dict[str, Any] = {"rounds": 0, "refused": {}, "failed": [], "slowest": 0.0, "megabytes": 0}
    if TALLY.exists():
        kept = json.loads(TALLY.read_text("utf-8"))
    for number in range(kept["rounds"], wanted):
        outcome = tried(number)
        for check in outcome.refused:
            kept["refused"][check] = kept["refused"].get(check, 0) + 1
        if outcome.failed:
            kept["failed"].append([number, outcome.failed])
        kept["rounds"] = number + 1
        kept["slowest"] = max(kept["slowest"], round(outcome.seconds, 1))
        kept["megabytes"] = max(kept["megabytes"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        _keep(kept)


if __name__ == "__main__":
    if sys.argv[1] == "--whole":
        sys.exit(bool(main_whole(int(sys.argv[2]))))
    main(int(sys.argv[1]))
