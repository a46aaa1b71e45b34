"""`progress.yaml`: what became of problems since the ledgers were handed in, problem by problem, by the ids that stay.

problems:
  - problem: problem.2020.130302.resolution.WT-001
    evidence: 付款凭证3份            # what shows that it is solved
    verified_by: 综合岗              # the post that looked at it, never a person
    closed_on: 2022-01-05           # only with evidence and a post
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Self

from pydantic import Field, model_validator

from analysis.rounds.faults import Fault
from analysis.rounds.settings_files import Code, Day, Document, Settings, bad_value, read_document, validate

#: name of the file in the round's folder
PROGRESS_FILE: Final = "progress.yaml"
#: what may be said of a problem
SAID: Final = ("measure", "post", "deadline", "evidence", "verified_by", "closed_on")


class ProblemProgress(Settings):
    """What became of a problem; what is left out stays as the ledger has it."""

    problem: Code = Field(min_length=1)
    measure: str = ""
    post: str = ""
    deadline: Day | None = None
    evidence: str = ""
    verified_by: str = ""
    closed_on: Day | None = None

    @model_validator(mode="after")
    def _closed_with_evidence(self) -> Self:
        if self.closed_on is not None and not (self.evidence and self.verified_by):
            raise bad_value("closed_without_evidence")
        return self


class Progress(Settings):
    """What `progress.yaml` says."""

    problems: list[ProblemProgress] = Field(default_factory=list)


def load_progress(folder: Path) -> tuple[list[ProblemProgress], Document | None, list[Fault]]:
    """Read what became of the problems of a round; without the file nothing is said.

    Returns:
        What is said (nothing if any of it is written wrongly), the document that knows its lines, and the faults:
        those of settings files, and `progress_twice` for a problem that stands there twice.
    """
    path = folder / PROGRESS_FILE
    if not path.exists():
        return [], None, []
    document, faults = read_document(path, PROGRESS_FILE)
    if document is None:
        return [], None, faults
    settings, wrong = validate(document, Progress)
    faults = [*faults, *wrong]
    said = [] if settings is None else settings.problems
    names = [each.problem for each in said]
    faults += [
        document.fault("progress_twice", "problems", place, "problem")
        for place, name in enumerate(names)
        if name in names[:place]
    ]
    return ([] if faults else list(said)), document, sorted(faults, key=lambda fault: fault.line)
