"""Rule sets as offices publish them, as whole rounds: the ledgers and statements that give the values of a case.

A case of `published_rules` holds the rule set, the values of its units and the points worked out by hand. What a value
is made from is written here: a rate of cases from as many clues, events one by one, a fact from a statement, a rate
that no ledger gives from a sheet of figures with its period.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pandas as pd
from ruamel.yaml import YAML

from analysis import rulebook as rulebooks
from analysis.indicators import catalogue
from analysis.indicators.catalogue import Measure
from analysis.indicators.own_measures import declare_beside
from analysis.intake import Intake
from analysis.results.assessment import Assessment
from analysis.rounds.faults import Fault
from analysis.rounds.periods import parse_period
from analysis.rounds.rounds import City, RoundSettings
from analysis.rounds.settings_files import Document, read_document
from analysis.rounds.units import Unit, UnitRoll
from analysis.rulebook import Rulebook
from analysis.rulebook.stated_facts import Statement, StatementFile
from analysis.run import in_memory
from analysis.scoring.unfed import unfed

FOLDER: Final = Path(__file__).parent / "published_rules"
#: the figures of a case that an office states in a sheet, by what the case calls them
FIGURES: Final = {
    "c01_road_1000": {"rate_closed": "上报办结率"},
    "c05_hotline": {
        "rate_closed": "按时办结率",
        "rate_resolved": "回访满意率",
        "rate_checked": "热线核查率",
        "rate_paid": "热线清欠率",
    },
}
#: the measures of the office's own that read these figures, as the measures.yaml of the case declares them
OWN: Final = {
    "rate_closed": "closed_rate",
    "rate_resolved": "satisfied_rate",
    "rate_checked": "checked_rate",
    "rate_paid": "paid_back_rate",
}
#: how a case writes that nothing is reported, and that there was nothing to report on
MISSING, NOTHING = "未报", "无应评"


@dataclass(frozen=True)
class CaseRound:
    """A case as a round.

    Attributes:
        settings: of the round.
        roll: its units.
        rules: its rule set.
        measures: those of the office's own.
        arrived: its ledgers.
        statements: what is stated of the units.
        faults: what `check` says of the rule set against all this.
        document: the file of the rule set.
    """

    settings: RoundSettings
    roll: UnitRoll
    rules: Rulebook
    measures: tuple[Measure, ...]
    arrived: Intake
    statements: StatementFile
    faults: tuple[Fault, ...]
    document: Document

    def without(self, ledger: str, unit: str, item: str, period: str) -> tuple[Fault, ...]:
        """Return what `check` says where a unit's rows of an item and a period are missing in a sheet of figures."""
        frame = self.arrived.ledgers[ledger]
        kept = ~(frame["unit"].eq(unit) & frame["item"].eq(item) & frame["period"].eq(period))
        rest = {**self.arrived.ledgers, ledger: frame[kept].reset_index(drop=True)}
        arrived = replace(self.arrived, ledgers=rest)
        catalogue.declare(self.measures)
        return tuple(unfed(self.document, self.rules, arrived, self.settings, self.statements))

    def assessed(self) -> Assessment:
        """Return the round computed to the end, without its firmness."""
        catalogue.declare(self.measures)
        declared = in_memory.declared_of(self.settings, self.rules, measures=self.measures)
        return in_memory.assess(declared, self.arrived, statements=self.statements, draws=0)


def cases() -> list[str]:
    """Return the names of the cases."""
    return sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())


def written(case: str, name: str) -> Any:
    """Return a file of a case as it stands."""
    return YAML(typ="safe").load((FOLDER / case / f"{name}.yaml").read_text(encoding="utf-8"))


def _with_own_measures(case: str) -> str:
    """Return the rule set of a case, with the measures of the office's own for what it states in a sheet of figures."""
    text = (FOLDER / case / "rulebook.yaml").read_text(encoding="utf-8")
    for stated in FIGURES.get(case, {}):
        text = text.replace(f"measure: {stated},", f"measure: {OWN[stated]},")
    return text


def case_round(case: str) -> CaseRound:
    """Return a case with the ledgers that give its values.

    Raises:
        ValueError: its rule set has faults of its own.
    """
    units = written(case, "units")["units"]
    roll = UnitRoll(
        [
            Unit(unit["code"], unit["name"], unit["name"], order=place, kind=unit.get("kind", ""))
            for place, unit in enumerate(units, 1)
        ],
        "990000",
        "全市",
    )
    history = sorted({"2019", "2020", *(period for unit in units for period in unit.get("earlier", {}))})
    settings = RoundSettings(
        round="2020",
        title="考核",
        city=City(code="990000", name="示例市", short="全市"),
        issuer="示例办公室",
        periods=["2020"],
        base_period="2019",
        history=history,
        as_of=dt.date(2021, 12, 31),
        synthetic=True,
        nil_returns=list(_nil_returns(units)),
    )
    measures, faults = declare_beside(FOLDER / case, settings.money)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rulebook.yaml"
        path.write_text(_with_own_measures(case), encoding="utf-8")
        rules, wrong = rulebooks.load(
            path, known=catalogue.is_known, measures=sorted(catalogue.known_measures()), roll=roll
        )
        document, _ = read_document(path, path.name)
    if rules is None or document is None or faults:
        raise ValueError(f"{case}: {[fault.check for fault in (*faults, *wrong)]}")
    arrived = in_memory.intake_of(settings, roll, _ledgers(case, units))
    stated = tuple(_statements(units))
    statements = StatementFile(stated, tuple(range(1, len(stated) + 1)), "statements.yaml")
    of_feed = tuple(unfed(document, rules, arrived, settings, statements))
    return CaseRound(settings, roll, rules, measures, arrived, statements, (*wrong, *of_feed), document)


def _values(unit: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield period, measure and value of everything a case says of a unit."""
    for period, read in {"2020": unit["read"], **unit.get("earlier", {})}.items():
        for measure, value in read.items():
            yield period, measure, value


def _pair(value: Any) -> tuple[int, int] | None:
    """Return the counts of a rate; None where it is not reported."""
    if value == MISSING:
        return None
    above, below = (0, 0) if value == NOTHING else map(int, str(value).split("/"))
    return above, below


def _nil_returns(units: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield that a unit had no event in a year where the case says zero."""
    for unit in units:
        said = [value for _, measure, value in _values(unit) if measure in ("petitions", "events_extreme")]
        if said and not any(said):
            yield {"ledger": "events", "unit": unit["code"], "year": 2020}


def _statements(units: list[dict[str, Any]]) -> Iterator[Statement]:
    for unit in units:
        for _, measure, value in _values(unit):
            if measure.startswith("stated_") and value != MISSING:
                fact = measure.removeprefix("stated_")
                yield Statement(unit=unit["code"], fact=fact, count=value, basis="会议纪要")


def _ledgers(case: str, units: list[dict[str, Any]]) -> dict[str, pd.DataFrame]:
    """Return the ledgers that give the values of a case."""
    figures = FIGURES.get(case, {})
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for unit in units:
        by_period: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
        parts = unit.get("earlier", {})
        for period, measure, value in _values(unit):
            code = unit["code"]
            if measure in figures:
                pair = _pair(value)
                if pair is not None:
                    of = {"figure": pair[0], "of_figure": pair[1]}
                    rows["figures"].append({"unit": code, "item": figures[measure], "period": period, **of})
            elif measure == "difference_rate_paid":
                paid = {"2019": value["from"], "2020": value["to"]}
                for year, share in paid.items():
                    rows["clues"] += _clues(code, year, {"paid": (int(str(share).rstrip("%")), 100)})
            elif measure in ("petitions", "events_extreme"):
                # events of the months are those of the year too
                if period != "2020" or not any("petitions" in read for read in parts.values()):
                    rows["events"] += _events(code, period, measure, int(value))
            elif measure.startswith("rate_") and (pair := _pair(value)) is not None:
                by_period[period][measure.removeprefix("rate_")] = pair
        rest = sum(row["unit"] == unit["code"] for row in rows["events"])
        wanted = unit["read"].get("petitions", 0)
        rows["events"] += _events(unit["code"], "2020-12", "petitions", max(0, int(wanted) - rest))
        for period, rates in by_period.items():
            rows["clues"] += _clues(unit["code"], period, rates)
    number = {
        name: [{"no": str(place), **row} for place, row in enumerate(found, 1)]
        for name, found in rows.items()
    }
    empty = {"events": ["no", "unit", "occurred_on", "kind"]}
    return {
        name: pd.DataFrame(
            found if name != "figures" else rows[name], columns=None if found else empty.get(name)
        )
        for name, found in number.items()
        if found
    }


def _day(period: str) -> str:
    return parse_period(period).start.replace(day=15).isoformat()


def _clues(unit: str, period: str, rates: Mapping[str, tuple[int, int]]) -> Iterator[dict[str, Any]]:
    """Yield as many clues as the rates of a period count: so many resolved, closed, paid of so many."""
    # the fewest cases that give the rates
    least = {name: Fraction(*pair) for name, pair in rates.items()}
    for place in range(max(rate.denominator for rate in least.values())):
        done = {name: place < rate.numerator for name, rate in least.items()}
        yield {
            "unit": unit,
            "received_on": _day(period),
            "checked": True,
            "confirmed": True,
            "resolved_on": "2021-01-31" if done.get("resolved", True) else None,
            "closed_on": "2021-01-31" if done.get("closed", True) else None,
            "workers": 10,
            "amount": 1000,
            "amount_paid": 1000 if done.get("paid", True) else 0,
        }


def _events(unit: str, period: str, measure: str, number: int) -> Iterator[dict[str, Any]]:
    for _ in range(number):
        kind = "beijing" if measure == "petitions" else "extreme"
        yield {
            "unit": unit,
            "occurred_on": _day(period),
            "kind": kind,
            "people": 5,
            "government_funded": "no",
            "serious": True,
            "verified": True,
        }
