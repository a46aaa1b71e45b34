"""Made-up rule sets and made-up values, for those who count points the plain way (`plain_scoring`)."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

Item = dict[str, Any]
UNITS: Final = ("990001", "990002", "990003", "990004", "990005", "990006")
RATES: Final = ("rate_resolved", "rate_paid", "rate_listed", "coverage_account")
MARKS: Final = ("mark_field_1_1", "mark_field_1_2", "mark_departments")
SHARES: Final = frozenset({*RATES, "change_cases"})
#: counts of a ledger, of which empty cells may leave some open; of the last nobody knows more than is stated
COUNTS: Final = ("petitions", "events_mass", "events_extreme", "clues_resolved", "clues_confirmed")
GOVERNMENT: Final = "events_mass_government"
STATED: Final = ("stated_meetings", "stated_handling", "stated_falsified")
SUPERIOR: Final = "superior_deduction"
INNOVATIONS: Final = ("innovation_state", "innovation_province", "innovation_city")
GIVEN: Final = ("no_points", "no_points", "full_points", "taken_out")


@dataclass(frozen=True)
class Said:
    """What a unit said of a measure.

    Attributes:
        status: reported, partial, or why there is no number.
        value: the number, None where there is none.
        top: what it is made of, above: a count, what there is now, a mark.
        base: the same below: out of how many, what there was before, the full mark.
        cases: cases of the base period, of a change.
        ways: every number that empty cells leave possible; empty where nobody knows.
    """

    status: str
    value: Fraction | None = None
    top: Fraction | None = None
    base: Fraction | None = None
    cases: Fraction | None = None
    ways: tuple[Said, ...] = ()


NOTHING: Final = Said("not_reported")


def of_two(top: int | Fraction, base: int | Fraction, status: str = "reported") -> Said:
    """Return a share of something."""
    return Said(status, Fraction(top, base), Fraction(top), Fraction(base))


def written(number: Fraction | int) -> str:
    """Return a number as a rule writes it, with as many decimals as it has."""
    exact = Fraction(number)
    return f"{Decimal(exact.numerator) / exact.denominator:f}"


class Draws:
    """Draws a rule set, and what units said, from a seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def maybe(self, part: float) -> bool:
        """Return yes with a chance."""
        return self.chance.random() < part

    def one(self, *of: Any) -> Any:
        """Return one of several."""
        return self.chance.choice(of)

    def points(self, *, most: int = 20) -> str:
        """Return points as a rule writes them: whole ones, halves and tenths."""
        return written(Fraction(self.chance.randrange(1, most * 10), self.one(10, 20, 40)))

    def percent(self, low: int = 10, high: int = 100) -> str:
        """Return a share as a rule writes it; many values lie exactly on one."""
        return f"{self.one(self.chance.randrange(low, high + 1, 5), self.chance.randrange(low, high + 1))}%"

    # ---------------------------------------------------------------------------------------------- what units said

    def said(self, measure: str) -> Said:
        """Return what a unit said of a measure."""
        if self.maybe(0.08):
            return Said(self.one("not_reported", "withheld"))
        if measure in RATES:
            if self.maybe(0.08):
                return Said("not_applicable", None, Fraction(0), Fraction(0))
            base = self.one(4, 5, 8, 10, 20, 40, 97)
            if self.maybe(0.25):
                low = self.chance.randrange(base)
                high = self.chance.randrange(low + 1, min(low + 9, base) + 1)
                ways = tuple(of_two(top, base) for top in range(low, high + 1)) if self.maybe(0.85) else ()
                answered = max(base - (high - low), 1)
                return replace(of_two(min(low, answered), answered, "partial"), ways=ways)
            return of_two(self.chance.randrange(base + 1), base)
        if measure == "change_cases":
            if self.maybe(0.12):
                return Said(self.one("not_comparable", "new_unit"))
            before, now = self.one(0, 4, 8, 10, 20, 50, 100), self.chance.randrange(0, 120)
            if not before:
                now = self.one(0, now)
                return Said("zero_base", None, Fraction(now), Fraction(0), Fraction(0))
            change = Fraction(now - before, before)
            return Said("reported", change, Fraction(now), Fraction(before), Fraction(before))
        if measure == "difference_petitions":
            now, before = self.chance.randrange(8), self.chance.randrange(8)
            return Said("reported", Fraction(now - before), Fraction(now), Fraction(before), Fraction(20))
        if measure in MARKS:
            full = self.one(4, 10, 100)
            mark = Fraction(self.chance.randrange(0, full * 2 + 2), 2)
            return Said("reported", mark, None, Fraction(full))
        if measure in STATED or measure in (SUPERIOR, GOVERNMENT, *INNOVATIONS):
            top = {"stated_falsified": 2, GOVERNMENT: 3, SUPERIOR: 12}.get(measure, 6)
            count = Fraction(self.chance.randrange(top))
            return Said(
                "reported", count + self.one(0, 0, Fraction(1, 2)) if measure == "stated_handling" else count
            )
        if measure in COUNTS:
            low = self.one(0, 0, 1, 2, 3, 5, 9, 14)
            if self.maybe(0.25):
                ways = tuple(
                    Said("reported", Fraction(count)) for count in range(low, low + self.one(2, 3, 6))
                )
                return replace(self.one(*ways), status="partial", ways=ways if self.maybe(0.85) else ())
            return Said("reported", Fraction(low))
        raise ValueError(measure)

    # ---------------------------------------------------------------------------------------------- rules

    def condition(self, *, own: bool = False, beside: bool = True) -> Item:
        """Return a condition; `own` asks about the number of the item itself, a share."""
        if self.maybe(0.2):
            parts = [self.condition(own=own, beside=beside) for _ in range(2)]
            return {self.one("all_of", "any_of"): parts}
        ends = self.one("at_least", "above", "at_most", "below")
        if own and self.maybe(0.5):
            return {ends: self.percent()}
        if beside and self.maybe(0.15):
            measure = self.one("rate_listed", "stated_meetings")
            line = f"{self.chance.randrange(-20, 30)}%"
            return {"measure": measure, "above_mean_of": self.one("all", "others"), ends: line}
        measure = self.one(*RATES, *COUNTS, "stated_meetings")
        return {
            "measure": measure,
            ends: self.percent() if measure in SHARES else self.chance.randrange(0, 8),
        }

    def bands(self, share: bool, points: str, up: bool) -> Item:
        """Return bands without gaps; mostly the better the more, at times in any order."""
        cuts = sorted(
            {self.chance.randrange(10, 100, 5) if share else self.chance.randrange(1, 9) for _ in range(3)}
        )
        worth = sorted(Fraction(self.chance.randrange(0, 11), 10) * Fraction(points) for _ in cuts)
        worth.append(Fraction(points))
        if not up:
            worth.reverse()
        if self.maybe(0.2):
            self.chance.shuffle(worth)
        sign, bands = "%" if share else "", []
        for place, gets in enumerate(worth):
            band: Item = {"points": written(gets)}
            if place:
                band["at_least"] = f"{cuts[place - 1]}{sign}"
            if place < len(cuts):
                band["below"] = f"{cuts[place]}{sign}"
            bands.append(band)
        return {"shape": "bands", "bands": bands}

    def shortfall(self, share: bool, points: str, line: str) -> Item:
        """Return points off short of a line, and at times some beyond it."""

        def each() -> str:
            return self.one("1%", "0.5%", "2%", "5%") if share else self.one("1", "2", "0.5")

        rule: Item = {"shape": "shortfall", "full_at": line, "each": each(), "off": self.points(most=2)}
        rule |= {"steps": self.one("pro_rata", "whole", "started")} if self.maybe(0.5) else {}
        rule |= {"end": self.one("open", "closed")} if self.maybe(0.3) else {}
        rule |= {"start": written(Fraction(points) / 2)} if self.maybe(0.3) else {}
        rule |= {"most": self.points(most=6)} if self.maybe(0.3) else {}
        if self.maybe(0.4):
            rule["above"] = {"each": each(), "add": self.points(most=1)}
            rule["above"] |= {"most": self.points(most=5)} if self.maybe(0.5) else {}
        return rule

    def curve(self, share: bool, up: bool, points: str) -> Item:
        """Return a rule for one number."""
        line = self.percent(30) if share else str(self.chance.randrange(0, 8))
        shapes = ["shortfall", "line", "bands", "all_or_nothing"]
        shapes += ["proportional"] if share and up else []
        shapes += ["each_adds"] if up and not share else []
        shapes += ["each"] * 2 if not up and not share else []
        shape = self.one(*shapes)
        if shape == "shortfall":
            rule = self.shortfall(share, points, line)
            if self.maybe(0.2):
                beyond = number_of(line) + (-1 if up else 1) * (Fraction(1, 5) if share else 3)
                rule["zero_below"] = f"{written(beyond * 100)}%" if share else written(beyond)
            return rule
        if shape == "line":
            far = number_of(line) + (-1 if up else 1) * (
                Fraction(self.one(1, 2, 3), 10) if share else self.one(2, 5)
            )
            return {
                "shape": "line",
                "full_at": line,
                "zero_at": f"{written(far * 100)}%" if share else written(far),
            }
        if shape == "bands":
            return self.bands(share, points, up)
        if shape == "all_or_nothing":
            rule = {"shape": shape, "at_least": line}
            rule |= {"end": self.one("open", "closed")} if self.maybe(0.4) else {}
            return rule | ({"off": self.points(most=3)} if self.maybe(0.4) else {})
        if shape == "proportional":
            rule = {"shape": shape}
            rule |= {"full_at": self.percent(60)} if self.maybe(0.4) else {}
            return rule | ({"zero_below": self.percent(10, 55)} if self.maybe(0.4) else {})
        if shape == "each_adds":
            return {"shape": shape, "add": self.points(most=3), "counted": "event"}
        rule = {"shape": "each", "off": self.points(most=2), "counted": "event"}
        rule |= {"most": self.points(most=6)} if self.maybe(0.4) else {}
        rule |= {"start_at": self.one(2, 3), "counting": self.one("all", "beyond")} if self.maybe(0.4) else {}
        return rule

    def item(self, code: str, points: str, *, depth: int = 0) -> Item:
        """Return an item of any shape; parts of a sum (`depth`) are no sums."""
        kinds = ["rate"] * 4 + ["pair", "up", "down", "down", "shortage", "decline", "decline", "difference", "mark",
                 "samples", "superior", "discretion", "items", "matrix", "condition"]  # fmt: skip
        kind = self.one(*kinds, *(["sum", "sum"] if not depth else []))
        item: Item = {"code": code, "name": "某项", "points": points, "direction": "up", "read": "value"}
        share, up = True, True
        if kind == "rate":
            item["measure"] = self.one(*RATES)
        elif kind == "pair":
            up = self.maybe(0.6)
            item |= {"measure": "clues_resolved", "against": "clues_confirmed", "read": "rate"}
            item["direction"] = "up" if up else "down"
        elif kind == "up":
            share, item["measure"] = False, self.one("clues_resolved", "stated_meetings")
        elif kind == "down":
            share, up = False, False
            item |= {"measure": self.one(*COUNTS[:3]), "direction": "down"}
        elif kind == "shortage":
            share, up = False, False
            item |= {"measure": "clues_resolved", "against": "clues_confirmed", "read": "shortage"}
        elif kind in ("decline", "difference"):
            share = kind == "decline"
            item |= {"measure": "change_cases" if share else "difference_petitions", "read": "decline",
                     "direction": "down"}  # fmt: skip
        elif kind == "mark":
            item |= {"measure": self.one(*MARKS), "read": "mark"}
            item |= {"full": self.one("4", "10", "100")} if self.maybe(0.3) else {}
        elif kind == "samples":
            of = [{"measure": mark, "weight": self.one("1", "2")} for mark in MARKS]
            item |= {"read": "samples", "measure": MARKS[0],
                     "samples": {"missing": self.one("left_out", "none", "missing"), "of": of}}  # fmt: skip
        else:
            return self._bounded(item | self._several(kind, code, points), points, share=False)
        self._compared(item, kind, share, up, points)
        if "rule" not in item:
            item["rule"] = self.curve(share, up, points)
            if self.maybe(0.12):
                cases = [
                    {"when": self.condition(own=share, beside=False)}
                    | ({"points": "0"} if self.maybe(0.5) else {"rule": self.curve(share, up, points)})
                    for _ in range(self.one(1, 2))
                ]
                item["rule"] = {"shape": "first", "cases": cases, "otherwise": item["rule"]}
        return self._bounded(item, points, share=share)

    def _compared(self, item: Item, kind: str, share: bool, up: bool, points: str) -> None:
        """Let an item be compared with the others or a target, and give it the rule for that."""
        if kind in ("samples", "difference", "shortage") or self.maybe(0.65):
            return
        to = self.one("best", "mean", "rank", "target")
        if to == "rank":
            item["compare"] = {"to": "rank"}
            worth = sorted(
                (Fraction(points) * self.chance.randrange(0, 11) / 10 for _ in range(4)), reverse=True
            )
            worth = [Fraction(points), *worth]
            listed = [written(each) for each in worth]
            item["rule"] = {"shape": "places", "points": listed[:-1], "beyond": listed[-1]}
            item["rule"] |= {"ties": self.one("better", "worse", "mean")} if self.maybe(0.5) else {}
            if self.maybe(0.25):
                item["rule"] = self.bands(False, points, False)
        elif to == "mean":
            pooled = {"kind": "pooled"} if kind == "rate" and self.maybe(0.4) else {}
            item["compare"] = {"to": "mean", "of": self.one("all", "others"), **pooled}
            item["rule"] = self.shortfall(True, points, self.one("0%", "0%", "5%", "-5%"))
        elif to == "best" and kind != "decline":
            item["compare"] = {"to": "best"}
            if not up and not share:
                item["compare"] |= {"zero_best": "as_one"} if self.maybe(0.5) else {}
            elif up:
                item["compare"] |= {"zero_best": self.one("full_points", "no_points")}
            item["rule"] = {"shape": "proportional"}
        elif to == "target" and up and kind in ("up", "rate"):
            item["compare"] = {"to": "target", "target": self.percent(50) if share else self.one(4, 10, 50)}
            item["rule"] = {"shape": "proportional"} | ({"zero_below": "40%"} if self.maybe(0.5) else {})

    def _several(self, kind: str, code: str, points: str) -> Item:
        """Return what an item of a shape of its own has."""
        if kind == "superior":
            rule = {"shape": "pass_down", "factor": self.percent()}
            rule |= {"most": self.points(most=4)} if self.maybe(0.5) else {}
            return {"measure": SUPERIOR, "direction": "down", "rule": rule}
        if kind == "discretion":
            rule = {"shape": "discretion", "least": "1", "most": self.one("2", "3.5")}
            rule |= {"counted": "event"} if self.maybe(0.4) else {}
            return {"measure": "stated_handling", "direction": "down", "rule": rule}
        if kind == "condition":
            rule = {"shape": "all_or_nothing", "when": self.condition()}
            rule |= {"off": self.points(most=3)} if self.maybe(0.4) else {}
            return {"measure": first_of(rule["when"]), "rule": rule}
        if kind == "items":
            listed = [
                {"name": "一项", "when": self.condition(beside=False), "points": self.points(most=6)}
                for _ in range(self.one(2, 3))
            ]
            rule = {"shape": "items", "items": listed, "in_order": self.maybe(0.5)}
            return {"measure": first_of(listed[0]["when"]), "rule": rule}
        if kind == "matrix":
            rows = [
                {
                    "name": "群体",
                    "measure": "events_mass",
                    "off": ["1", "2.5"],
                    "further": self.one("0", "1.5"),
                },
                {"name": "政府", "measure": GOVERNMENT, "off": ["2", "5"], "further": self.one("0", "2")},
                {"name": "极端", "measure": "events_extreme", "off": [self.one("3", "6")]},
            ]
            rows[0] |= {"includes": [GOVERNMENT]} if self.maybe(0.5) else {}
            rule = {"shape": "matrix", "merge": self.one("add", "highest"), "rows": rows}
            rule |= {"most": self.points(most=6)} if self.maybe(0.4) else {}
            return {"measure": "events_mass", "direction": "down", "rule": rule}
        half = Fraction(points) / 2
        parts = [self.item(f"{code}.{place}", written(half), depth=1) for place in (1, 2)]
        parts = [{**part, "adds": "base"} for part in parts]
        if self.maybe(0.6):
            parts.append(
                {"code": f"{code}.3", "name": "加分", "adds": "bonus", "points": "0", "cap": self.points(most=4),
                 "direction": "up", "read": "value", "measure": "stated_meetings",
                 "rule": {"shape": "each_adds", "add": self.points(most=1), "counted": "time"}}
            )  # fmt: skip
        if self.maybe(0.6):
            parts.append(
                {"code": f"{code}.4", "name": "扣分", "adds": "deduction", "points": "0", "floor": "-6",
                 "direction": "down", "read": "value", "measure": "petitions",
                 "rule": {"shape": "each", "off": self.points(most=2), "counted": "event"}}
            )  # fmt: skip
        return {"measure": parts[0]["measure"], "rule": {"shape": "sum", "parts": parts}}

    def _bounded(self, item: Item, points: str, *, share: bool) -> Item:
        """Return an item with a cap, a floor, conditions and exceptions of its own, at times."""
        item |= {"cap": written(Fraction(points) * self.one(1, 2) + 1)} if self.maybe(0.2) else {}
        item |= {"floor": self.one("-1", "-2.5", "-8")} if self.maybe(0.25) else {}
        for name in ("waived_when", "nothing_when", "applies_when"):
            item |= {name: self.condition(beside=name == "waived_when")} if self.maybe(0.06) else {}
        item |= {"not_for": [self.one(*UNITS)]} if self.maybe(0.05) else {}
        item |= {"exceptions": self.exceptions()} if self.maybe(0.3) else {}
        return item

    def exceptions(self) -> Item:
        """Return what an item declares otherwise than its set."""
        found = {name: one for name, one in self.declared().items() if one is not None and self.maybe(0.25)}
        if self.maybe(0.2):
            found["rounding"] = {"rule": self.one("half_even", "half_up"), "places": self.one(0, 1, 2, 3)}
        if self.maybe(0.2):
            found["order"] = self.order()
        return found

    def order(self) -> list[str]:
        """Return an order of what is done to a sum."""
        return self.chance.sample(("bonus", "deduction", "cap", "floor"), 4)

    def declared(self) -> Item:
        """Return what a set declares of special cases."""
        return {
            "missing": self.one(*GIVEN), "nothing_to_assess": self.one(*GIVEN), "not_applicable": self.one(*GIVEN),
            "not_comparable": self.one(*GIVEN), "new_unit": self.one(*GIVEN, "city", None),
            "partial": self.one("worst", "worst", "worst", "as_stated", "no_points"),
            "zero_base": self.one("full_if_none_now", *GIVEN),
            "small_base": {"cases_below": self.one(5, 10, 30),
                           "use": self.one("city", "unit", "full_points", "no_points", "taken_out", "full_if_no_more")},
            "percent": self.one("percentage_points", "percent"), "steps": self.one("pro_rata", "whole", "started"),
            "ends": self.one("closed", "closed", "open"), "rank_ties": self.one("better", "worse"),
            "reading_places": self.one(None, None, None, 0, 1, 2),
        }  # fmt: skip

    def book(self) -> Item:
        """Return a rule set; its items add up to 100 or 150 points."""
        whole, dimensions = self.one(100, 150), []
        for place in range(1, self.one(2, 3) + 1):
            items, number = [], self.one(1, 2, 3)
            for at in range(1, number + 1):
                items.append(self.item(f"{place}.{at}", self.points()))
            dimensions.append({"code": str(place), "name": "一类", "indicators": items})
        # the last item makes up what is missing to the whole
        so_far = sum(Fraction(item["points"]) for each in dimensions for item in each["indicators"])
        rest = written(whole - so_far)
        dimensions.append({"code": "9", "name": "其余", "indicators": [self.item("9.1", rest)]})
        for each in dimensions:
            each["points"] = written(sum(Fraction(item["points"]) for item in each["indicators"]))
        book = {
            "base_points": whole, "dimensions": dimensions, **self.declared(), "order": self.order(),
            "item_order": self.order(), "bonus_may_pass": self.maybe(0.3),
            "total_may_fall_below_zero": self.maybe(0.3), "renormalise": self.one("total", "dimension"),
            "rounding": {"rule": self.one("half_even", "half_up"), "places": self.one(0, 1, 2, 2),
                         "moment": self.one("indicator", "total")},
            "scale": self.one(None, None, 1000), "bonuses": [], "deductions": [], "vetoes": [], "falsification": [],
            "composition": None, "periods": None, "classes": [],
        }  # fmt: skip
        if self.maybe(0.6):
            levels = [
                {"name": "一级", "measure": each, "points": self.points(most=2)} for each in INNOVATIONS
            ]
            bonus: Item = {"code": "B1", "name": "加分", "points": self.points(most=6), "department": "",
                           "data_source": "", "definition": "", "levels": levels}  # fmt: skip
            bonus |= {"level_cap": self.points(most=2)} if self.maybe(0.4) else {}
            bonus |= {"levels_count": "highest"} if self.maybe(0.3) else {}
            book["bonuses"] = [bonus]
        if self.maybe(0.6):
            base = {"points": "0", "department": "", "data_source": "", "definition": "", "direction": "down",
                    "read": "value"}  # fmt: skip
            first = {**base, "code": "D1", "name": "扣分", "measure": "petitions",
                     "floor": self.one("-3", "-10"), "unreported": self.one("nothing", "most"),
                     "rule": {"shape": "each", "off": self.points(most=1), "counted": "event"}}  # fmt: skip
            second = {**base, "code": "D2", "name": "扣分", "measure": "stated_handling", "floor": "unlimited",
                      "unreported": "nothing", "rule": {"shape": "discretion", "least": "1", "most": "2"}}  # fmt: skip
            book["deductions"] = [first, second]
        if self.maybe(0.3):
            book["vetoes"] = [{"code": "V1", "name": "否决", "measure": "events_extreme", "at_least": self.one(1, 3),
                               "definition": "", "effect": "total_zero"}]  # fmt: skip
        if self.maybe(0.3):
            book["falsification"] = [{"code": "F1", "name": "作假", "measure": "stated_falsified", "at_least": 1,
                                      "definition": "", "grade": "lowest_grade", "off": self.points(most=3),
                                      "loses": self.one(["9.1"], ["1"], ["1.1", "9"])}]  # fmt: skip
        if self.maybe(0.3):
            codes = [each["code"] for each in dimensions]
            first_class = {"code": "one", "name": "甲类", "units": list(UNITS[:3]), "items": codes}
            own = sum(Fraction(each["points"]) for each in dimensions[1:])
            other = {"code": "two", "name": "乙类", "units": list(UNITS[3:]), "items": codes[1:],
                     "base_points": written(own)}  # fmt: skip
            book["classes"] = [first_class, other]
            book["scale"] = None
        return book


def number_of(written: str) -> Fraction:
    """Return a line as a number."""
    return Fraction(written[:-1]) / 100 if written.endswith("%") else Fraction(written)


def first_of(condition: Mapping[str, Any]) -> str:
    """Return the first measure a condition names."""
    for joined in ("all_of", "any_of"):
        if joined in condition:
            return next(first_of(part) for part in condition[joined])
    return str(condition["measure"])


def measures() -> tuple[str, ...]:
    """Return every measure that may be read."""
    return (*RATES, *MARKS, "change_cases", "difference_petitions", *COUNTS, GOVERNMENT, *STATED, SUPERIOR,
            *INNOVATIONS)  # fmt: skip
