"""The templates a round needs: those of the districts, and of the city what its rule set asks for."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.intake.template_workbooks.filled_templates import OF_DISTRICTS
from analysis.intake.template_workbooks.template_books import OF_OFFICE, Order, SheetItem
from analysis.results.assessment import Declared
from analysis.rounds.units import Unit, UnitRoll
from analysis.rulebook import name_of
from analysis.rulebook.asked_ledgers import asked_ledgers, marked_items
from analysis.words import Words


def order_of(
    declared: Declared, roll: UnitRoll, said: Words, ledgers: Sequence[str] = (), *, blank: bool = False
) -> Order:
    """Return what is to be written.

    Args:
        declared: the round; its rule set says which ledgers of the city are needed, and which items are marked.
        roll: the units.
        said: in whose language the items are named.
        ledgers: the sheets; left out, those of the districts and those the rule set asks for.
        blank: one workbook for any unit.
    """
    rules = declared.rulebook
    asked = asked_ledgers(rules) if rules else frozenset()

    def items(ledger: str, unit: Unit | None) -> list[SheetItem]:
        if rules is None:
            return []
        of = rules if unit is None else rules.of_class(rules.class_of(unit.code, unit.kind))
        return [SheetItem(item.code, name_of(item, said), item.points) for item in marked_items(of, ledger)]

    usual = (*OF_DISTRICTS, *(name for name in OF_OFFICE if name in asked))
    return Order(declared.round.settings, roll, tuple(ledgers) or usual, blank, items)
