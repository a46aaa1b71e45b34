"""The units assessed, and how they are recognised in the office's files: by code and by exact names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pandas as pd

from analysis.quantities.clean_text import clean

UNIT_COLUMNS: Final = {
    "code": "str", "name": "str", "short": "str", "aliases": "str", "order": "int64", "kind": "str",
    "former_codes": "str",
}  # fmt: skip
_SEPARATOR: Final = ";"


@dataclass(frozen=True)
class Unit:
    """A county, district or zone that is assessed.

    Attributes:
        code: its code, text (`130302`).
        name: its full name.
        short: the name used in tables and sentences.
        aliases: further spellings by which the files call it; matched exactly.
        order: its place in the office's own order, from 1.
        kind: what it is (district, county, zone), as the office says.
        former_codes: codes it had before.
    """

    code: str
    name: str
    short: str
    aliases: tuple[str, ...] = ()
    order: int = 0
    kind: str = ""
    former_codes: tuple[str, ...] = ()

    def spellings(self) -> tuple[str, ...]:
        """Return every name the unit is called by."""
        return (self.name, self.short, *self.aliases)


def normal_name(text: str) -> str:
    """Return a name with full-width signs narrowed, and all spaces and signs nobody sees removed."""
    return "".join(unicodedata.normalize("NFKC", clean(text)).split())


class UnitRoll:
    """The units of a round in the office's order, with the city above them."""

    def __init__(self, units: Iterable[Unit], city_code: str, city_short: str, city_name: str = "") -> None:
        self.units: tuple[Unit, ...] = tuple(sorted(units, key=lambda unit: (unit.order, unit.code)))
        self.city_code, self.city_short, self.city_name = city_code, city_short, city_name or city_short
        self._by_code = {code: unit for unit in self.units for code in (*unit.former_codes, unit.code)}
        self._by_name = {normal_name(name): unit for unit in self.units for name in unit.spellings() if name}
        #: the codes in the office's order, without the city's
        self.codes: tuple[str, ...] = tuple(unit.code for unit in self.units)
        # a code in use belongs to the unit that has it now, whoever had it before
        self._by_code.update({unit.code: unit for unit in self.units})

    def __iter__(self) -> Iterator[Unit]:
        return iter(self.units)

    def __len__(self) -> int:
        return len(self.units)

    def unit(self, code: str) -> Unit:
        """Return the unit with this code, present or former.

        Raises:
            KeyError: no such unit.
        """
        return self._by_code[code]

    def name(self, code: str) -> str:
        """Return the full name of a unit or of the city.

        Raises:
            KeyError: no such unit.
        """
        return self.city_name if code == self.city_code else self.unit(code).name

    def short(self, code: str) -> str:
        """Return the short name of a unit or of the city.

        Raises:
            KeyError: no such unit.
        """
        return self.city_short if code == self.city_code else self.unit(code).short

    def by_code(self, code: str) -> Unit | None:
        """Return the unit with this code as written in a file, or None."""
        return self._by_code.get(normal_name(code))

    def by_name(self, name: str) -> Unit | None:
        """Return the unit called exactly so in a file, or None: 北戴河 is not 北戴河新区."""
        return self._by_name.get(normal_name(name))

    def became(self, code: str, name: str = "") -> tuple[Unit, ...]:
        """Return the units that a unit of an earlier round is part of now, or has become.

        Of several that had its code, those go before that are still called as it was, then the one that has the code
        now: a code may have passed to another unit, and a part of a unit be split off.

        Args:
            code: its code in that round.
            name: how it was called there.
        """
        held = [unit for unit in self.units if code in {unit.code, *unit.former_codes}]
        called = [unit for unit in held if normal_name(name) in map(normal_name, unit.spellings())]
        stays = [unit for unit in held if unit.code == code]
        return tuple(held if len(held) < 2 else called or stays or held)

    def resolve(self, code: str, name: str) -> tuple[str | None, str | None]:
        """Return the unit a row of a file belongs to.

        Args:
            code: the code as written, empty if there is none.
            name: the name as written, empty if there is none.

        Returns:
            The unit's present code and None; or None and the check that failed: `unit_missing` (neither is given),
            `unit_unknown` (one of them is nobody's), `unit_code_name_disagree` (they are two units').
        """
        code, name = normal_name(code), normal_name(name)
        if not code and not name:
            return None, "unit_missing"
        by_code, by_name = self.by_code(code), self.by_name(name)
        if (code and by_code is None) or (name and by_name is None):
            return None, "unit_unknown"
        if by_code is not None and by_name is not None and by_code is not by_name:
            return None, "unit_code_name_disagree"
        found = by_code or by_name
        return (found.code, None) if found is not None else (None, "unit_unknown")

    def to_frame(self) -> pd.DataFrame:
        """Return the roll as a frame, one row per unit (columns `UNIT_COLUMNS`), for the store."""
        rows = [
            {
                "code": unit.code,
                "name": unit.name,
                "short": unit.short,
                "aliases": _SEPARATOR.join(unit.aliases),
                "order": unit.order,
                "kind": unit.kind,
                "former_codes": _SEPARATOR.join(unit.former_codes),
            }
            for unit in self.units
        ]
        return pd.DataFrame(rows, columns=list(UNIT_COLUMNS)).astype(UNIT_COLUMNS)

    @classmethod
    def from_frame(
        cls, frame: pd.DataFrame, city_code: str, city_short: str, city_name: str = ""
    ) -> UnitRoll:
        """Return the roll a frame of `to_frame` holds, under the city of the round's settings."""
        units = [
            Unit(
                code=str(row["code"]),
                name=str(row["name"]),
                short=str(row["short"]),
                aliases=_split(str(row["aliases"])),
                order=int(row["order"]),
                kind=str(row["kind"]),
                former_codes=_split(str(row["former_codes"])),
            )
            for row in frame.to_dict("records")
        ]
        return cls(units, city_code, city_short, city_name)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(_SEPARATOR) if part)
