"""The office's own text of a round: `bulletin.yaml`, typed.

Grades, the units named and every figure are computed and never stand here. What stands here is what only the
office can say: its head and addressees, the legal basis, how the assessment was organised, achievements, the
wording of the problems, requirements. Whatever is missing is printed as a marked gap.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from analysis.rounds.faults import Fault
from analysis.rounds.settings_files import Code, Day, Settings, bad_value, read_document, validate

#: name of the file in a round's folder
BULLETIN_FILE: Final = "bulletin.yaml"
#: places the program fills in any paragraph of the office: the city's three declines
PLACES: Final = ("declines",)
#: the place of the units a problem names
UNITS: Final = "units"
_PLACE: Final = re.compile(r"\{([^{}]*)\}")


def _with_places(*allowed: str) -> Callable[[str], str]:
    def hold(text: str) -> str:
        if any(place not in allowed for place in _PLACE.findall(text)):
            raise bad_value("unknown_place", expected=", ".join(f"{{{place}}}" for place in allowed))
        return text

    return hold


#: a paragraph of the office, with places the program fills
Paragraph = Annotated[str, AfterValidator(_with_places(*PLACES))]
#: the paragraph of a problem group; it may say where the units named stand
ProblemText = Annotated[str, AfterValidator(_with_places(*PLACES, UNITS))]


class Requirement(Settings):
    """One requirement for the time ahead: a title and its paragraph."""

    title: str = Field(min_length=1)
    text: Paragraph = Field(min_length=1)


class Stage(Settings):
    """One stage of the assessment: what it is called, when and how it was done."""

    title: str = Field(min_length=1)
    text: Paragraph = ""


class Organisation(Settings):
    """How the assessment was organised: an opening sentence, then stage by stage."""

    opening: Paragraph = ""
    stages: list[Stage] = Field(default_factory=list)


class Results(Settings):
    """What the office says before and after the lists of grades."""

    before: Paragraph = ""
    after: Paragraph = ""


class Problem(Settings):
    """What the office says of a problem group.

    Attributes:
        group: code of the group in the rulebook.
        title: the lead, without its number.
        text: the paragraph. `{units}` is replaced by the units named, and its sentence is left out where none is;
            without `{units}` a sentence that names them is added at the end.
    """

    group: Code
    title: str = ""
    text: ProblemText = ""


def _groups_once(problems: list[Problem]) -> list[Problem]:
    codes = [problem.group for problem in problems]
    if len(set(codes)) < len(codes):
        raise bad_value("group_stands_twice")
    return problems


class Bulletin(Settings):
    """The office's text, all of it optional.

    Attributes:
        example: the paragraphs are placeholders of an example round and are marked so wherever they are printed.
        issuer: who issues the bulletin; printed in red at its head.
        issuer_suffix: what follows it there (文件), often nothing.
        number: the document's number; that of `round.yaml` if empty.
        title: the lines of the title; made from issuer and period if empty.
        addressees: whom it goes to.
        legal_basis: what the assessment rests on, the beginning of the first paragraph.
        opening: the rest of the first paragraph.
        organisation: the section on how the assessment was organised.
        results: what stands around the lists of grades.
        achievements: paragraphs of the section on achievements, in order.
        problems: the wording of the problem groups.
        requirements: requirements for the time ahead, in order.
        signature: the lines of the signature; the issuer if empty.
        date: the date below it; that of `round.yaml` if empty.
        seal: `space` leaves room for the seal, `guide` draws where it goes (drafts only).
        copies_to: who receives a copy; an empty text for nobody.
        printed_by: who printed it; the issuer of `round.yaml` if empty.
        printed_on: the day of printing; the document's date if empty.
    """

    example: bool = False
    issuer: str = ""
    issuer_suffix: str = ""
    number: str = ""
    title: list[str] = Field(default_factory=list)
    addressees: str = ""
    legal_basis: Paragraph = ""
    opening: Paragraph = ""
    organisation: Organisation = Field(default_factory=Organisation)
    results: Results = Field(default_factory=Results)
    achievements: list[Paragraph] = Field(default_factory=list)
    problems: Annotated[list[Problem], AfterValidator(_groups_once)] = Field(default_factory=list)
    requirements: list[Requirement] = Field(default_factory=list)
    signature: list[str] = Field(default_factory=list)
    date: Day | None = None
    seal: Literal["space", "guide"] = "space"
    copies_to: str | None = None
    printed_by: str = ""
    printed_on: Day | None = None


def read_bulletin(path: Path, groups: Collection[str] | None) -> tuple[Bulletin | None, list[Fault]]:
    """Read the office's text and hold its problem groups against those of the rulebook.

    Args:
        path: the file; it may be absent.
        groups: codes of the problem groups there are; None where the rulebook could not be read.

    Returns:
        The text (None if it is absent or wrong) and every fault; `bulletin_unknown_group` for a group the rulebook
        does not have.
    """
    if not path.exists():
        return None, []
    document, faults = read_document(path, path.name)
    if document is None:
        return None, faults
    bulletin, wrong = validate(document, Bulletin)
    faults += wrong
    if bulletin is not None and groups is not None:
        faults += [
            document.fault("bulletin_unknown_group", "problems", place, "group", known="、".join(groups))
            for place, problem in enumerate(bulletin.problems)
            if problem.group not in groups
        ]
    return (None if faults else bulletin), sorted(faults, key=lambda fault: fault.line)
