"""The page that leads to all published rounds: `reports/index.html`, made from their manifests."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

import jinja2

from analysis.publish import fonts, guard, manifest
from analysis.publish.html import OutsideResourceError, asset, content_security_policy
from analysis.words import words

FILE: Final = "index.html"
#: files of a round the index leads to, with the words of the link
_FILES: Final = (
    ("report.html", "publish.index_report"),
    ("report.pdf", "publish.index_report_pdf"),
    ("workbook.xlsx", "publish.index_workbook"),
    ("manifest.json", "publish.index_manifest"),
)
_TITLE: Final = re.compile(r"<title>(.*?)</title>", re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """A published round: its name, title, mark, cut-off, and the links to its files and cards."""

    round: str
    title: str
    mark: str
    as_of: str
    files: tuple[tuple[str, str], ...]
    cards: tuple[tuple[str, str], ...]


def write(reports_root: Path, language: str = "zh") -> Path:
    """Write `index.html` over all rounds found below a folder and return its path.

    Args:
        reports_root: the folder with one folder per round; folders whose name begins with a dot are not finished.
        language: of the index.

    Raises:
        OutsideResourceError: the page refers to something outside the folder.
    """
    reports_root.mkdir(parents=True, exist_ok=True)
    catalogue = words(language)
    found = [entry for entry in map(_entry, _manifests(reports_root)) if entry.files]
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(
        resources.files("analysis.publish").joinpath("templates", "index.html.j2").read_text(encoding="utf-8")
    )
    parts: dict[str, Any] = {
        "language": {"zh": "zh-CN", "en": "en"}[language],
        "title": catalogue.label("publish.index_title"),
        "nothing": catalogue.label("publish.index_none"),
        "cards": catalogue.label("publish.index_cards"),
        "as_of": catalogue.label("publish.index_as_of"),
        "skip": catalogue.label("publish.skip"),
        "labels": {path: catalogue.label(key) for path, key in _FILES},
        "entries": sorted(found, key=lambda entry: entry.round, reverse=True),
        "policy": content_security_policy(""),
        "style": asset("style.css"),
        "fonts": "",
    }
    parts["fonts"] = fonts.subset_faces(fonts.texts_of(template.render(parts)))
    text = template.render(parts) + "\n"
    wrong = guard.check_html(text)
    if wrong:
        raise OutsideResourceError("; ".join(wrong))
    path = reports_root / FILE
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _manifests(reports_root: Path) -> list[Path]:
    return [
        path
        for path in sorted(reports_root.glob(f"*/{manifest.FILE}"))
        if not path.parent.name.startswith(".") and not path.parent.name.endswith(".failed")
    ]


def _entry(path: Path) -> Entry:
    """Return what the index says of a round; titles are those of its pages."""
    content = json.loads(path.read_text(encoding="utf-8"))
    folder = path.parent
    outputs = [row["path"] for row in content["outputs"]]
    title, mark = _title(folder / "report.html") if "report.html" in outputs else (content["round"], "")
    files = [name for name, _key in _FILES if name in outputs or name == manifest.FILE]
    cards = [name for name in outputs if re.fullmatch(r"units/[^/]+\.html", name)]
    return Entry(
        round=content["round"],
        title=title,
        mark=mark,
        as_of=content["as_of"],
        files=tuple((name, f"{folder.name}/{name}") for name in files),
        cards=tuple((_title(folder / name)[0], f"{folder.name}/{name}") for name in cards),
    )


def _title(page: Path) -> tuple[str, str]:
    """Return the title of a page and its example mark, read from the page's head."""
    with page.open(encoding="utf-8") as file:
        found = _TITLE.search(file.read(4096))
    title, _, mark = html.unescape(found.group(1) if found else page.stem).partition(" · ")
    return title, mark
