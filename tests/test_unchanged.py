"""What is not made again: nothing where nothing has changed, and never anything that has."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import round_examples as example
from openpyxl.worksheet.worksheet import Worksheet
from rich.console import Console
from tiny_notebooks import result, tiny_notebook

from analysis.results.store import Store
from analysis.rounds.bulletin_texts import BULLETIN_FILE
from analysis.rounds.rounds import Round, load_round
from analysis.run import fingerprints, pipeline, unchanged
from analysis.run.kept_steps import Steps, noting
from analysis.run.orders import BULLETIN, CARD, NOTEBOOKS, REPORT, Edition, Order
from analysis.run.stages import freshness, open_assessment
from analysis.words import wording, words

ROOT = Path(__file__).parents[1]

# ------------------------------------------------------------------------------- one step


GIVEN = {"notebook": "as it was"}


@pytest.fixture
def of(tmp_path: Path) -> Round:
    """The example round with one frame in its store."""
    project = example.project(tmp_path)
    found = load_round(project, "2020")
    Store(found.processed).write("grades", pd.DataFrame({"unit": ["130302"], "rank": [1]}))
    return found


def steps(of: Round, *, force: bool = False, **common: str) -> Steps:
    """Return the steps of an edition in the making, whose folder is empty."""
    folder = of.project / "building"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return Steps(of, "2020", folder, {"program": "1", **common}, force=force)


def make_once(of: Round) -> None:
    """Make a page from a frame, a sentence and the office's paragraphs, and publish it."""
    with steps(of) as once:
        assert once.reason("page", GIVEN) == "new"
        with noting() as reads:
            frame = Store(of.processed).read("grades")
            text = f"{frame['unit'].item()} {words('zh').label('cli.interrupted')}"
            reads_of_settings(of)
            page = of.project / "building" / "units" / "page.html"
            page.parent.mkdir()
            page.write_text(text, encoding="utf-8")
        once.made("page", GIVEN, reads, [page])
        once.keep()


def reads_of_settings(of: Round) -> None:
    from analysis.run.checking import read_round_settings  # noqa: PLC0415

    assert read_round_settings(of.project, of.id).bulletin is not None


def test_a_step_of_which_nothing_has_changed_is_taken_over(of: Round) -> None:
    make_once(of)
    with steps(of) as again:
        assert again.reason("page", GIVEN) is None
    page = of.project / "building" / "units" / "page.html"
    assert page.read_text(encoding="utf-8").startswith("130302 ")


def rewrite_frame(of: Round, patch: pytest.MonkeyPatch) -> None:
    Store(of.processed).write("grades", pd.DataFrame({"unit": ["130303"], "rank": [1]}))


def retype_frame(of: Round, patch: pytest.MonkeyPatch) -> None:
    Store(of.processed).write("grades", pd.DataFrame({"unit": ["130302"], "rank": ["1"]}))


def other_sentence(of: Round, patch: pytest.MonkeyPatch) -> None:
    changed = {**wording._load("zh"), "cli.interrupted": "另一句"}
    patch.setattr(wording, "_load", lambda language: changed)


def other_paragraph(of: Round, patch: pytest.MonkeyPatch) -> None:
    file = of.folder / "bulletin.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "\n# 改\n", encoding="utf-8")


def kept_files(of: Round) -> list[Path]:
    return list((of.project / fingerprints.MADE / "2020" / "files").iterdir())


def damage(of: Round, patch: pytest.MonkeyPatch) -> None:
    (kept,) = kept_files(of)
    kept.write_text("damaged", encoding="utf-8")


def lose(of: Round, patch: pytest.MonkeyPatch) -> None:
    (kept,) = kept_files(of)
    kept.unlink()


CHANGES: dict[str, tuple[Callable[[Round, pytest.MonkeyPatch], None], str]] = {
    "a frame": (rewrite_frame, "frame data/processed/2020 grades"),
    "the type of a column": (retype_frame, "frame data/processed/2020 grades"),
    "a sentence": (other_sentence, "words zh cli.interrupted"),
    "a paragraph of the office": (other_paragraph, "settings bulletin"),
    "what was made, damaged": (damage, "damaged"),
    "what was made, lost": (lose, "damaged"),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_step_is_made_again_when_what_it_read_has_changed(
    of: Round, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_once(of)
    change, told = CHANGES[kind]
    change(of, monkeypatch)
    with steps(of) as again:
        assert again.reason("page", GIVEN) == told
    assert list((of.project / "building").iterdir()) == []


def test_a_step_is_made_again_when_what_it_is_made_from_has_changed(of: Round) -> None:
    make_once(of)
    with steps(of) as other:
        assert other.reason("page", {"notebook": "another"}) == "notebook"
        assert other.reason("page", {**GIVEN, "characters": "more"}) == "characters"
        assert other.reason("page", {}) == "notebook"
    with steps(of, program="2") as other:
        assert other.reason("page", GIVEN) == "program"
    with steps(of, force=True) as other:
        assert other.reason("page", GIVEN) == "new"


def test_what_a_step_did_not_read_does_not_matter(of: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    make_once(of)
    Store(of.processed).write("scores", pd.DataFrame({"unit": ["130302"]}))
    changed = {**wording._load("zh"), "cli.unchanged": "另一句"}
    monkeypatch.setattr(wording, "_load", lambda language: changed)
    with steps(of) as again:
        assert again.reason("page", GIVEN) is None


def test_nothing_is_kept_of_an_edition_that_is_not_published(of: Round) -> None:
    with steps(of) as once:
        page = of.project / "building" / "page.html"
        page.write_text("张三", encoding="utf-8")
        with noting() as reads:
            pass
        once.made("page", GIVEN, reads, [page])
    assert [path for path in (of.project / fingerprints.MADE).rglob("*") if path.is_file()] == []
    with steps(of) as again:
        assert again.reason("page", GIVEN) == "new"


def test_what_no_step_made_any_more_goes(of: Round) -> None:
    make_once(of)
    rewrite_frame(of, pytest.MonkeyPatch())
    with steps(of) as again, noting() as reads:
        page = of.project / "building" / "units" / "page.html"
        page.parent.mkdir()
        page.write_text("130303", encoding="utf-8")
        again.made("page", GIVEN, reads, [page])
        again.keep()
    (kept,) = kept_files(of)
    assert kept.read_text(encoding="utf-8") == "130303"


# ------------------------------------------------------------------------------- a whole run


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Order:
    """An order that has been carried out: the example round on notebooks of two lines, as pages, with one card."""
    folder = example.computed(tmp_path_factory, "unchanged")
    for name in NOTEBOOKS[:-1]:
        # the way round the parameter of the level, which these notebooks have not
        opened = (
            "from analysis.run.stages import open_assessment\nopen_assessment(round_id, 'comparison', 'zh')"
        )
        shown = f"{opened}.values['numerator'].sum()"
        tiny_notebook(folder / "notebooks" / f"{name}.ipynb", "## 标题", shown)
    tiny_notebook(folder / "notebooks" / f"{CARD}.ipynb", "## 标题", "unit", unit=True)
    shutil.copy(ROOT / "notebooks" / f"{BULLETIN}.ipynb", folder / "notebooks")
    order = Order(folder, "2020", formats=("html",), units=("130302",))
    carry_out(order)
    return order


def carry_out(order: Order) -> str:
    """Carry out an order and return what the run said."""
    said = io.StringIO()
    assert pipeline.run(order, Console(file=said, width=100)) == pipeline.DONE, said.getvalue()
    return said.getvalue()


@pytest.fixture
def order(published: Order, tmp_path: Path) -> Order:
    """The same order in a copy of that project, where it has been carried out, too."""
    shutil.copytree(published.project, tmp_path, dirs_exist_ok=True)
    return replace(published, project=tmp_path)


def test_an_order_carried_out_is_not_carried_out_again(published: Order) -> None:
    told = unchanged.told(published)
    assert told is not None
    assert "北戴河新区" in told
    assert "report.html" in told
    assert unchanged.told(replace(published, force=True)) is None


def append(file: str, text: str = "\n# 改\n") -> Callable[[Order], Order]:
    def change(order: Order) -> Order:
        path = order.project / file
        path.write_bytes(path.read_bytes() + text.encode())
        return order

    return change


def delete(file: str) -> Callable[[Order], Order]:
    def change(order: Order) -> Order:
        (order.project / file).unlink()
        return order

    return change


def new_file(order: Order) -> Order:
    (order.project / "data" / "raw" / "2020" / "补充.csv").write_text("a", encoding="utf-8")
    return order


RAW, REPORTS, FRAMES = "data/raw/2020/", "reports/2020/", "data/processed/2020/"
INPUTS: Mapping[str, Callable[[Order], Order]] = {
    "a ledger": append(RAW + example.CLUES),
    **{f"settings: {name}.yaml": append(f"{RAW}{name}.yaml") for name in
       ("round", "rulebook", "maps", "bulletin", "published")},
    "units": delete(RAW + example.ROLL),
    "a new file": new_file,
    "a notebook": append(f"notebooks/{REPORT}.ipynb", "\n"),
    "the language": lambda order: replace(order, language="en"),
    "the level": lambda order: replace(order, disclosure="grades"),
    "the formats": lambda order: replace(order, formats=("html", "pdf")),
    "the units": lambda order: replace(order, units=("130303",)),
    "the folder": lambda order: replace(order, out=order.project / "elsewhere"),
    "a page deleted": delete(REPORTS + "report.html"),
    "a page changed": append(REPORTS + "report.html"),
    "a card changed": append(REPORTS + "units/130302.html"),
    "the manifest changed": append(REPORTS + "manifest.json"),
    "the index deleted": delete("reports/index.html"),
    "a frame changed": append(FRAMES + "grades.csv"),
    "a frame deleted": delete(FRAMES + "lineage.csv"),
}  # fmt: skip


@pytest.mark.parametrize("kind", INPUTS)
def test_an_order_is_carried_out_again_when_anything_has_changed(order: Order, kind: str) -> None:
    # where the project lies is part of what a run says, so the copy is noted anew
    note_as_carried_out(order)
    assert unchanged.told(order) == "told"
    assert unchanged.told(INPUTS[kind](order)) is None


def note_as_carried_out(order: Order) -> None:
    edition = Edition.of(order)
    unchanged.note(order, edition, unchanged.rests_on(order, edition), "told")


def test_the_program_its_sentences_and_its_libraries_count(
    order: Order, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "program" / "analysis"
    skip = shutil.ignore_patterns("__pycache__", "*.ttf")
    shutil.copytree(Path(fingerprints.__file__).parents[1], package, ignore=skip)
    monkeypatch.setattr(fingerprints, "_PACKAGE", package)
    monkeypatch.setattr(fingerprints, "_WORDS", package / "words")
    before = unchanged.rests_on(order, Edition.of(order))

    def differing() -> set[str]:
        now = unchanged.rests_on(order, Edition.of(order))
        return {name for name in before if now[name] != before[name]}

    assert differing() == set()
    for file, part in (
        ("words/zh/charts.yaml", "sentences"),
        ("words/zh/language.yaml", "program"),
        ("words/currencies.yaml", "program"),
        ("run/stages.py", "program"),
        ("publish/templates/assess/style.css", "program"),
    ):
        path, kept = package / file, (package / file).read_bytes()
        path.write_bytes(kept + b"\n")
        assert differing() == {part}, file
        path.write_bytes(kept)
    monkeypatch.setattr(fingerprints.metadata, "version", lambda name: "99" if name == "pandas" else "1")
    assert differing() == {"libraries"}


def shown(order: Order, name: str = REPORT) -> str:
    """Return what an executed notebook of the order shows in the end."""
    return result(order.project / REPORTS / "notebooks" / f"{name}.ipynb").strip("'")


def test_a_run_takes_over_what_has_not_changed_and_says_so(order: Order) -> None:
    before = {path: path.read_bytes() for path in (order.project / REPORTS).rglob("*") if path.is_file()}
    tiny_notebook(order.project / "notebooks" / f"{CARD}.ipynb", "## 标题", "unit + '!'", unit=True)
    said = carry_out(order).splitlines()
    assert [line for line in said if "未变" in line] == [
        *(f"{words('zh').label(f'cli.stage.{name}')}  未变，沿用上次结果" for name in NOTEBOOKS),
        f"{words('zh').label('cli.stage.html')}  未变，沿用上次结果",
    ]
    assert any(line.startswith("各单位反馈卡") and line.endswith("（notebook 有变）") for line in said)
    changed = {path.name for path, content in before.items() if path.read_bytes() != content}
    assert changed == {f"{CARD}-130302.ipynb", "130302.html", "manifest.json"}
    assert shown(order, f"{CARD}-130302") == "130302!"


def test_a_changed_cell_is_seen_wherever_it_counts(order: Order) -> None:
    def leave_unresolved(sheet: Worksheet) -> None:
        column = example.column_of(sheet, "化解日期")
        for row in example.rows_where(sheet, "编号", lambda number: str(number).startswith("2020-")):
            sheet.cell(row, column).value = None

    before = shown(order)
    example.edit(order.project / RAW / example.CLUES, leave_unresolved)
    assert "（数据 " in carry_out(order)
    assert shown(order) != before


@pytest.fixture
def computed(tmp_path_factory: pytest.TempPathFactory) -> Round:
    """The example round with all its stages."""
    return load_round(example.computed(tmp_path_factory, "stages"), "2020")


def reword(patch: pytest.MonkeyPatch, key: str) -> None:
    assert key in wording._load("zh")
    changed = {**wording._load("zh"), key: "另一句"}
    patch.setattr(wording, "_load", lambda language: changed)


def stale(of: Round) -> list[str]:
    return [stage for stage, fresh in freshness(of, "zh").items() if not fresh]


@pytest.mark.parametrize(
    ("key", "stages"),
    [
        # a word a page says; names of persons are told from all words, so the files are read again
        ("cli.interrupted", ["intake"]),
        ("derivation.result.some", ["intake", "indicators"]),
    ],
)
def test_a_changed_sentence_makes_the_stages_stale_that_used_it(
    computed: Round, monkeypatch: pytest.MonkeyPatch, key: str, stages: list[str]
) -> None:
    assert stale(computed) == []
    reword(monkeypatch, key)
    assert stale(computed) == stages


def test_stages_rest_on_what_the_intake_gives_and_not_on_its_sentences(
    computed: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    reword(monkeypatch, "cli.interrupted")
    kept = (computed.processed / "scores.csv").stat().st_mtime_ns
    open_assessment("2020", "comparison", "zh", project=computed.project)
    assert stale(computed) == []
    assert (computed.processed / "scores.csv").stat().st_mtime_ns == kept


def test_a_paragraph_of_the_office_makes_no_stage_stale(computed: Round) -> None:
    file = computed.folder / BULLETIN_FILE
    file.write_text(file.read_text(encoding="utf-8") + "\n# 改\n", encoding="utf-8")
    assert stale(computed) == []
    file = computed.folder / "published.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "\n# 改\n", encoding="utf-8")
    assert stale(computed) == ["intake", "indicators", "trends", "comparison"]


def test_a_frame_changed_by_hand_is_computed_again_and_shown_nowhere(order: Order) -> None:
    frame, before = order.project / FRAMES / "values.csv", shown(order)
    kept = frame.read_bytes()
    frame.write_bytes(kept.replace(b"130302", b"130303"))
    carry_out(order)
    assert frame.read_bytes() == kept
    assert shown(order) == before


def test_a_deleted_page_comes_back_as_it_was(order: Order) -> None:
    page = order.project / REPORTS / "report.html"
    content = page.read_bytes()
    page.unlink()
    said = carry_out(order)
    assert page.read_bytes() == content
    assert "生成网页  未变，沿用上次结果" in said
    assert unchanged.told(order) is not None
