"""Disclosure levels: what an edition holds, and that its files hold nothing else. The files themselves are searched."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import page as page_validation
import pandas as pd
import pytest
import round_examples as example
import typst
from leaks import Lines, leaks
from pypdf import PdfReader
from rich.console import Console

from analysis import open_round
from analysis.publish.card_zips import pack, pack_cards
from analysis.publish.disclosure import disclosed
from analysis.publish.withholding import GRID
from analysis.results.assessment import Assessment
from analysis.rounds.frames import rows_of
from analysis.rounds.levels import LEVELS, TABLE, UnknownLevelError, level_of
from analysis.rounds.refusals import QuestionError
from analysis.run import pipeline
from analysis.run.orders import Order

CITY, OWN, NAMESAKE = "130300", "130306", "130372"
DIGIT = re.compile(r"\d")
#: a level nobody has by default: all units with their figures, small cells withheld, nothing of the inputs
EVERY_UNIT = replace(TABLE["grades"], name="departments", units="all")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example round with both outer editions, cards of two units."""
    folder = example.computed(tmp_path_factory, "levels")
    for level in ("own", "grades"):
        said = io.StringIO()
        order = Order(folder, "2020", units=(OWN, NAMESAKE), disclosure=level)
        assert pipeline.run(order, Console(file=said, width=100)) == pipeline.DONE, said.getvalue()
        assert {"own": "本单位", "grades": "只公布等次"}[level] in said.getvalue()
    return folder


@pytest.fixture(scope="module")
def whole(project: Path) -> Assessment:
    return example.compute(project)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def input_names(project: Path) -> list[str]:
    return [path.name for path in example.raw(project).iterdir()]


def other_units(whole: Assessment, code: str) -> list[str]:
    """Return every name and code of the other units."""
    others = [other for other in whole.roll if other.code != code]
    return [
        word for other in others for word in (other.code, *other.former_codes, *other.spellings()) if word
    ]


def fractions_of(values: pd.DataFrame) -> set[str]:
    """Return numerators and denominators as they are printed."""
    return {f"{row.numerator:,.0f}/{row.denominator:,.0f}" for row in values.itertuples()}


def scores_of(whole: Assessment, besides: str = "") -> list[str]:
    """Return the totals of the units as they could be printed."""
    scores = [row["score"] for row in rows_of(whole.grades) if row["unit"] != besides]
    return list(dict.fromkeys([*(f"{float(score):.2f}" for score in scores), *scores]))


# ------------------------------------------------------------------------------------------- the search itself


def pdf_with(body: str) -> bytes:
    return bytes(typst.compile(body.encode(), format="pdf"))


def zip_with(name: str, data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, data)
    return packed.getvalue()


LEAKING = {
    "text.html": "<p>云上新区</p>".encode(),
    "broken.html": "<p>云上\u200b新区</p>".encode(),
    "entity.html": "<p>&#20113;上新区</p>".encode(),
    "attribute.html": '<tr data-unit="云上新区"><td>1</td></tr>'.encode(),
    "drawing.html": "<svg><title>云上新区 84.64</title></svg>".encode(),
    "data.html": '<script type="application/json">{"unit": "云上新区"}</script>'.encode(),
    "manifest.json": '{"path": "云上新区.xlsx"}'.encode(),
    "云上新区.html": b"<p></p>",
    "meta.pdf": pdf_with('#set document(title: "云上新区")\nx'),
    "alt.pdf": pdf_with('#figure(rect(), alt: "云上新区")'),
    "outline.pdf": pdf_with('#set page(height: 3cm)\n#heading(outlined: true)[云上新区]'),
    "packed.zip": zip_with("card.html", "<p>云上新区</p>".encode()),
    "name.zip": zip_with("云上新区.html", b""),
    "twice.zip": zip_with("inner.zip", zip_with("card.json", '"云上新区"'.encode())),
}  # fmt: skip


@pytest.mark.parametrize("name", LEAKING)
def test_the_search_finds_a_leak_wherever_it_is(name: str) -> None:
    assert leaks(name, LEAKING[name], ["云上新区"]) == ["云上新区"]


def test_the_search_tells_numbers_and_longer_names_apart() -> None:
    page = b'<data value="84.64">84.64</data> 184.647 <p>\xe4\xba\x91\xe4\xb8\x8a\xe6\x96\xb0\xe5\x8c\xba</p>'
    assert leaks("a.html", page, ["84.64"]) == ["84.64"]
    assert leaks("a.html", page, ["84.6", "184.64", "4.64"]) == []
    assert leaks("a.html", page, ["云上"], allowed=["云上新区"]) == []


# ------------------------------------------------------------------------------------------- own


def test_the_edition_of_cards_holds_cards_and_their_zips_and_nothing_else(project: Path) -> None:
    own = project / "reports" / "2020" / "own"
    names = [path.relative_to(own).as_posix() for path in files(own)]
    cards = [f"units/{code}.{form}" for code in (OWN, NAMESAKE) for form in ("html", "pdf")]
    assert sorted(names) == sorted([f"{OWN}.zip", f"{NAMESAKE}.zip", "cards.zip", "manifest.json", *cards])
    with zipfile.ZipFile(own / f"{OWN}.zip") as one, zipfile.ZipFile(own / "cards.zip") as all_:
        assert one.namelist() == [f"{OWN}.html", f"{OWN}.pdf"]
        assert all_.namelist() == [Path(card).name for card in sorted(cards)]
        assert one.read(f"{OWN}.pdf") == (own / "units" / f"{OWN}.pdf").read_bytes()


@pytest.mark.parametrize("code", [OWN, NAMESAKE])
def test_a_card_to_send_out_names_no_other_unit_and_no_file(
    project: Path, whole: Assessment, code: str
) -> None:
    own = project / "reports" / "2020" / "own"
    forbidden = [*other_units(whole, code), *input_names(project), *scores_of(whole, besides=code)]
    spellings = [*whole.roll.unit(code).spellings(), whole.roll.city_name]
    for path in (own / "units" / f"{code}.html", own / "units" / f"{code}.pdf", own / f"{code}.zip"):
        assert leaks(path.name, path.read_bytes(), forbidden, spellings) == [], path.name


def test_a_card_holds_figures_of_its_unit_and_the_city_only(project: Path) -> None:
    page = (project / "reports" / "2020" / "own" / "units" / f"{OWN}.html").read_text(encoding="utf-8")
    rows = set(re.findall(r'data-row="([^"]+)"', page))
    assert len(rows) > 40
    assert {code for row in rows for code in re.findall(r"(?<!\d)13\d{4}(?!\d)", row)} == {CITY, OWN}
    assert "公开级别：只发本单位" in page
    assert "共9个单位" in page


def test_arithmetic_that_compares_units_is_told_without_the_others_figures(tmp_path: Path) -> None:
    """The mean of the others, or the best of them, is another unit's figure: to the last place it tells its counts."""
    folder = example.project(tmp_path)
    rules = example.raw(folder) / "rulebook.yaml"
    text = rules.read_text(encoding="utf-8")
    for code, compare, rule in (
        ("5.2", "mean", "{shape: shortfall, full_at: 0%, each: 1%, off: 0.3}"),
        ("5.3", "best", "{shape: proportional}"),
    ):
        start = text.index(f'- code: "{code}"')
        line = re.compile(r"rule: \{.*\}")
        text = text[:start] + line.sub(
            f"compare: {{to: {compare}}}\n        rule: {rule}", text[start:], count=1
        )
    rules.write_text(text, encoding="utf-8")
    inside = example.compute_quickly(folder)
    outside = disclosed(inside, TABLE["own"], OWN)
    told = {
        view: scores[scores["unit"] == OWN].set_index("indicator")
        for view, scores in (("inside", inside.scores), ("outside", outside.scores))
    }
    for code, others in (("5.2", "各单位平均"), ("5.3", "最好单位")):
        assert others in told["inside"].loc[code, "derivation"]
        points = told["inside"].loc[code, "points"]
        assert told["outside"].loc[code, "points"] == points
        assert told["outside"].loc[code, "derivation"] == (
            f"与其他单位或全市比较计分，得 {points} 分，比较所用的数本级不公布"
        )
    # what the unit has by itself is told as inside
    assert told["outside"].loc["5.1", "derivation"] == told["inside"].loc["5.1", "derivation"]


def test_the_order_of_the_unnamed_others_says_nothing(whole: Assessment) -> None:
    view = disclosed(whole, TABLE["own"], OWN)
    others = view.others(OWN, "change_cases", "2019")
    assert others == sorted(others)
    assert len(others) == len(whole.roll) - 1
    assert all(round(value / GRID, 6).is_integer() for value in others), (
        "no fraction can be read off the drawing"
    )
    assert others != whole.others(OWN, "change_cases", "2019"), "inside the office nothing is rounded"


@pytest.mark.parametrize("profile", ["2a", "ua1"])
@pytest.mark.parametrize("code", [OWN, NAMESAKE])
def test_the_card_as_pdf_conforms_and_stays_on_two_sheets(project: Path, code: str, profile: str) -> None:
    data = (project / "reports" / "2020" / "own" / "units" / f"{code}.pdf").read_bytes()
    result = page_validation.validate_pdf_bytes(data, profile=profile)
    assert result.is_compliant, [(failure.rule_id, failure.message) for failure in result.failures]
    sheets = PdfReader(io.BytesIO(data)).pages
    assert len(sheets) == 2
    assert [round(float(side)) for side in sheets[0].mediabox[2:]] == [595, 842]
    assert "反馈卡" in "".join(sheets[1].extract_text().split())[:12], "the running head"


def test_zips_have_the_same_bytes_whenever_they_are_packed(tmp_path: Path) -> None:
    cards = tmp_path / "units"
    cards.mkdir()
    for name in ("2.pdf", "1.html", "1.pdf"):
        (cards / name).write_text(name, encoding="utf-8")
    first = [path.read_bytes() for path in pack_cards(cards, tmp_path)]
    for path in cards.iterdir():
        path.touch()
    assert [path.read_bytes() for path in pack_cards(cards, tmp_path)] == first
    with zipfile.ZipFile(tmp_path / "cards.zip") as packed:
        assert [(entry.filename, entry.date_time[0]) for entry in packed.infolist()] == [
            ("1.html", 1980), ("1.pdf", 1980), ("2.pdf", 1980)
        ]  # fmt: skip
    with pytest.raises(ValueError, match="one name"):
        pack([cards / "1.pdf", tmp_path / "other" / "1.pdf"], tmp_path / "x.zip")


# ------------------------------------------------------------------------------------------- grades


@dataclass(frozen=True)
class Letters:
    """The edition of letters: its folder and the source of its report."""

    folder: Path
    page: str


@pytest.fixture(scope="module")
def letters(project: Path) -> Letters:
    folder = project / "reports" / "2020" / "grades"
    return Letters(folder, (folder / "report.html").read_text(encoding="utf-8"))


def test_the_edition_of_letters_holds_report_and_bulletin_only(letters: Letters) -> None:
    names = {path.relative_to(letters.folder).as_posix() for path in files(letters.folder)}
    assert {"report.html", "onepage.pdf", "report.pdf", "annex.pdf", "manifest.json"} <= names
    assert names <= {
        "report.html",
        "onepage.pdf",
        "report.pdf",
        "annex.pdf",
        "bulletin.docx",
        "bulletin.pdf",
        "manifest.json",
    }


def test_letters_come_without_scores_and_files(project: Path, letters: Letters, whole: Assessment) -> None:
    """No total in any form, no exact amount or fraction of a unit, no input file, in no file of the edition."""
    units = whole.values[(whole.values["unit"] != CITY) & (whole.values["period"] == "2020")]
    city = whole.values[whole.values["unit"] == CITY]
    amounts = units.loc[units["unit_of_measure"] == "yuan", "value"].dropna()
    rates = units[units["measure"].str.startswith("rate_") & (units["denominator"] >= 10)].dropna(
        subset="value"
    )
    fractions = {f"{row.numerator:,.0f}/{row.denominator:,.0f}" for row in rates.itertuples()}
    fractions -= {
        f"{row.numerator:,.0f}/{row.denominator:,.0f}" for row in city.dropna(subset="numerator").itertuples()
    }
    forbidden = [*input_names(project), *scores_of(whole), *map(str, amounts[amounts > 1000]), *fractions]
    assert len(forbidden) > 60
    for path in files(letters.folder):
        assert leaks(path.name, path.read_bytes(), forbidden) == [], path.name


def test_every_figure_of_letters_is_the_citys(letters: Letters) -> None:
    rows = set(re.findall(r'data-row="([^"]+)"', letters.page))
    assert len(rows) > 40
    assert {row for row in rows if not row.startswith(f"{CITY}.")} == set()


def test_no_figure_stands_beside_a_units_name(letters: Letters, whole: Assessment) -> None:
    names = [unit.short for unit in whole.roll]
    lines = [
        (place, line) for place, line in Lines(letters.page).lines if any(name in line for name in names)
    ]
    assert {place for place, _ in lines} >= {"summary", "results", "problems"}
    assert [line for place, line in lines if DIGIT.search(line) and place != "annex-compare"] == []
    facts = "".join(line for place, line in lines if place == "annex-compare")
    assert not re.search(r"\d+\.\d", facts)


def test_nothing_is_claimed_of_units_the_report_does_not_know(letters: Letters) -> None:
    """Without the units' rows no sentence may say that none of them stands out."""
    for claim in ("没有单位明确偏离", "没有单位的案件"):
        assert claim not in letters.page


def test_letters_list_the_units_in_roll_order(letters: Letters, whole: Assessment) -> None:
    board = letters.page[letters.page.index('id="board"') :]
    board = board[: board.index("</table>")]
    assert sorted(whole.roll, key=lambda u: board.index(f">{u.short}<")) == list(whole.roll)
    said = next(line for place, line in Lines(letters.page).lines if place == "results" and "A级" in line)
    best = [unit for unit in whole.roll if unit.name in said.split("B级")[0]]
    assert sorted(best, key=lambda u: said.index(u.name)) == best


def test_no_section_is_empty_and_the_first_screen_says_the_level(letters: Letters) -> None:
    assert "公开级别：只公布等次" in letters.page
    sections = re.findall(r'<section[^>]* id="([^"]+)"[^>]*>(.*?)</section>', letters.page, re.DOTALL)
    assert len(sections) == 17
    for ident, body in sections:
        text = re.sub(r"<h2.*?</h2>|<[^>]+>", "", body, flags=re.DOTALL).strip()
        assert len(text) > 10, ident
    left_out = {ident for ident, body in sections if "本级不公布" in body}
    assert left_out == {
        "summary", "organisation", "results", "firmness", "declines", "progress", "gaps", "problems", "rectification",
        "annex-scores", "annex-quality", "annex-corrections", "annex-provenance",
    }  # fmt: skip


# ------------------------------------------------------------------------------------------- the table of levels


@pytest.mark.parametrize("level", ["own", "grades"])
def test_the_manifest_of_an_outer_edition_names_no_input(project: Path, level: str) -> None:
    folder = project / "reports" / "2020" / level
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["level"], manifest["language"], manifest["inputs"]) == (level, "zh", [])
    hashes = sorted(
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files(example.raw(project))
        if path.name[0] != "."
    )
    assert manifest["inputs_sha256"] == hashlib.sha256("".join(hashes).encode()).hexdigest()
    outputs = {entry["path"] for entry in manifest["outputs"]}
    assert outputs == {p.relative_to(folder).as_posix() for p in files(folder)} - {"manifest.json"}


def test_a_view_of_an_outer_level_has_no_way_to_the_whole(whole: Assessment) -> None:
    """Every frame of an assessment is narrowed at both levels: one that is added later must be, too."""
    frames = {name for name, member in vars(Assessment).items() if isinstance(member, cached_property)}
    assert "values" in frames
    views = (
        disclosed(whole, TABLE["own"], OWN),
        disclosed(whole, TABLE["grades"]),
        disclosed(whole, EVERY_UNIT),
    )
    for view in views:
        kinds = type(view).__mro__
        own = {name for kind in kinds[: kinds.index(Assessment)] for name in vars(kind)}
        # the scores that count follow from the view's scores by source, the index from the view's values; the round is
        # what the office declared, and a view is given it when it is made
        assert frames - own == {"scores", "index", "round"}
        assert not hasattr(view, "store")
        assert set(view.ledger("clues")["unit"]) <= {OWN}
    assert disclosed(whole, TABLE["internal"]) is whole


def test_a_level_of_all_units_tells_neither_small_cells_nor_what_gives_them_away(whole: Assessment) -> None:
    seen = disclosed(whole, EVERY_UNIT)
    values = whole.values.set_index("id")["value"]
    told = seen.values.set_index("id")["value"]
    counts = whole.values[whole.values["unit_of_measure"].eq("case") & whole.values["base_period"].eq("")]
    small = counts.loc[counts["value"].between(1, 2), "id"]
    assert len(small) > 20
    assert told[small].isna().all()
    assert told[f"{OWN}.2020.cases.count"] == values[f"{OWN}.2020.cases.count"]
    assert set(seen.scores["indicator"]) == {"total"}, "the points of an item tell its rate"
    assert not "".join(seen.scores["derivation"] + seen.grades["clause"] + seen.grades["nearest_clause"])
    assert list(seen.grades["score"]) == list(whole.grades["score"])
    assert seen.findings["findings"].isna().all()


def test_a_level_that_withholds_nothing_shows_the_figures_and_not_the_files(whole: Assessment) -> None:
    seen = disclosed(whole, replace(EVERY_UNIT, withheld=False))
    assert seen.values.equals(whole.values)
    assert seen.scores.equals(whole.scores)
    assert len(seen.lineage) == len(seen.issues) == len(seen.files) == len(seen.ledger("clues")) == 0


@pytest.mark.parametrize(
    "columns",
    [
        {"inputs": True},  # and cells withheld
        {"inputs": True, "withheld": False, "units": "none"},
        {"units": "own"},  # in a report
        {"units": "none", "cards": True},
    ],
)
def test_a_line_of_the_table_that_contradicts_itself_is_refused(columns: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="departments"):
        replace(EVERY_UNIT, **columns)


def test_levels_have_the_pages_the_table_says(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    assert LEVELS == tuple(TABLE) == ("internal", "own", "grades")
    for open_it in (
        lambda: open_round("2020").page("report", "own"),
        lambda: open_round("2020").page("card", "grades", OWN),
        lambda: open_round("2020").page("report", "public"),
    ):
        with pytest.raises(QuestionError):
            open_it()
    with pytest.raises(UnknownLevelError):
        level_of("")


def test_a_level_without_the_forms_asked_for_is_wrong_usage(project: Path) -> None:
    said = io.StringIO()
    before = files(project / "reports" / "2020" / "own")
    status = pipeline.run(
        Order(project, "2020", formats=("xlsx",), disclosure="own"), Console(file=said, width=100)
    )
    assert status == pipeline.WRONG_USAGE
    assert "本单位" in said.getvalue()
    assert "html、pdf" in said.getvalue()
    assert files(project / "reports" / "2020" / "own") == before
