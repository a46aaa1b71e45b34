"""What was looked at and what was found: collected as it comes, shown as one table at the end."""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Result:
    """One look at one thing: what, which check, whether all is well, and what was seen."""

    subject: str
    check: str
    faults: tuple[str, ...]
    seen: str = ""

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


@dataclass
class Results:
    """All results of a run; faults are told at once, so that a long run can be followed."""

    console: Console
    rows: list[Result] = field(default_factory=list)

    def add(self, subject: str, check: str, faults: list[str], seen: str = "") -> None:
        """Take up a result."""
        result = Result(subject, check, tuple(faults), seen)
        self.rows.append(result)
        self.console.print(
            f"{'ok    ' if result.passed else 'FAULT '} {subject} · {check} · {seen}", markup=False
        )
        for fault in faults[:SHOWN]:
            self.console.print(f"         {fault}", markup=False)
        if len(faults) > SHOWN:
            self.console.print(f"         … and {len(faults) - SHOWN} more", markup=False)

    @property
    def status(self) -> int:
        """The exit status: 0 only if something was looked at and all is well."""
        return 0 if self.rows and all(row.passed for row in self.rows) else 1

    def table(self) -> Table:
        """Return the table that ends the run."""
        table = Table("subject", "check", "result", "seen")
        for row in self.rows:
            verdict = "ok" if row.passed else f"{len(row.faults)} faults"
            table.add_row(row.subject, row.check, verdict, row.seen, style="" if row.passed else "bold red")
        return table


#: faults of one check that are written out
SHOWN = 12
