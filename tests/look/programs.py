"""The programs of the machine that the looks need, found by name; nothing is downloaded."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """A program the looks need.

    Attributes:
        use: what it is needed for.
        names: what it may be called, the first found is taken.
        package: what Debian and Ubuntu call its package.
    """

    use: str
    names: tuple[str, ...]
    package: str


PROGRAMS: Mapping[str, Program] = {
    "browser": Program(
        "opening the pages",
        (
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
            "chrome",
            "msedge",
            "microsoft-edge",
        ),
        "chromium",
    ),
    "office": Program("opening the Word file", ("soffice", "libreoffice"), "libreoffice-writer"),
    "pdftoppm": Program("turning PDF pages into pictures", ("pdftoppm",), "poppler-utils"),
    "pdftotext": Program("reading the text of PDF pages", ("pdftotext",), "poppler-utils"),
}


class MissingProgramsError(Exception):
    """Programs are not installed; the message names every one, what it is for and where it comes from."""


def find(
    wanted: Mapping[str, Program] = PROGRAMS, which: Callable[[str], str | None] = shutil.which
) -> dict[str, str]:
    """Return where every program is.

    Args:
        wanted: programs by the name this package gives them.
        which: finds a command, None where there is none.

    Raises:
        MissingProgramsError: at least one is not installed.
    """
    found = {
        role: next((path for path in map(which, program.names) if path), "")
        for role, program in wanted.items()
    }
    missing = [wanted[role] for role, path in found.items() if not path]
    if missing:
        raise MissingProgramsError("\n".join(_sentence(program) for program in missing))
    return found


def _sentence(program: Program) -> str:
    names = " or ".join(program.names)
    return (
        f"{names} is missing, needed for {program.use}: install it (Debian, Ubuntu: apt install "
        f"{program.package}) and run make look again."
    )
