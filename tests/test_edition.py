"""A state of a round, filed or computed: read alike, what is missing told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import round_examples
from rule_examples import RULEBOOK_2020

from analysis.results.assessment import Assessment
from analysis.results.edition import (
    BASIS,
    TABLES,
    Edition,
    NoEditionError,
    computed_edition,
    last_final,
    read_edition,
)
from analysis.results.store import Store
from analysis.rulebook.edit.rulefile import RuleFile
from analysis.run import in_memory
from analysis.run.fingerprints import digest_of_file


def filed(edition: Edition, project: Path, number: int, **manifest: object) -> Path:
    """Put an edition where a final one stands, its tables as the store writes them."""
    folder = project / "reports" / "final" / f"{edition.round}-{number}"
    for name, frame in edition.tables.items():
        Store(folder / "tables").write(name, frame)
    told = {**edition.manifest, "status": "final", "edition": number, **manifest}
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return round_examples.project(tmp_path_factory.mktemp("edition"))


@pytest.fixture(scope="module")
def computed(project: Path) -> Assessment:
    return in_memory.assess_read(in_memory.read(project, "2020"), draws=0)


def test_a_filed_edition_is_read_as_it_was_computed(computed: Assessment, tmp_path: Path) -> None:
    now = computed_edition(computed)
    then = read_edition(filed(now, tmp_path, 1))
    assert (now.name, now.final, then.name, then.final) == ("2020", False, "2020-1", True)
    assert then.round == then.period == "2020"
    assert then.basis == now.basis
    assert set(then.tables) == set(now.tables)
    for name, frame in now.tables.items():
        assert then.tables[name].equals(frame), name


def test_cells_are_the_text_of_the_file(computed: Assessment) -> None:
    grades = computed_edition(computed).tables["grades"].set_index("unit")
    # the best unit of the example: 95.80 keeps its last nought, and a unit's code is no number
    assert list(grades.loc["130372", ["score", "rank", "grade"]]) == ["95.80", "1", "A"]


def test_tables_an_edition_does_not_have_are_told(computed: Assessment, tmp_path: Path) -> None:
    now = computed_edition(computed)
    assert "sentences" in now.lacks
    folder = filed(now, tmp_path, 1)
    (folder / "tables" / "grades.csv").unlink()
    assert set(read_edition(folder).lacks) == {*now.lacks, "grades"}
    assert set(TABLES) == {*now.lacks, *now.tables}


def test_the_last_final_edition_is_that_with_the_highest_number(computed: Assessment, tmp_path: Path) -> None:
    assert last_final(tmp_path, "2020") is None
    now = computed_edition(computed)
    for number in (9, 10, 2):
        filed(now, tmp_path, number)
    # the first edition of a round of two years is none of the round 2020
    filed(now, tmp_path, 1).rename(tmp_path / "reports" / "final" / "2020-2021-11")
    found = last_final(tmp_path, "2020")
    assert found is not None
    assert found.name == "2020-10"


@pytest.mark.parametrize("broken", ["manifest.json", "tables"])
def test_what_is_no_edition_is_refused_with_what_is_lacking(
    broken: str, computed: Assessment, tmp_path: Path
) -> None:
    folder = filed(computed_edition(computed), tmp_path, 1)
    (folder / broken).rename(folder / "elsewhere")
    with pytest.raises(NoEditionError) as refused:
        read_edition(folder)
    assert (refused.value.folder, refused.value.lacking) == (folder, broken)


@pytest.mark.parametrize("damage", [b"", b'unit,grade\n"1', b"unit,grade\n130302,A\n"])
def test_a_table_that_is_not_the_one_that_was_filed_is_no_table(
    damage: bytes, computed: Assessment, tmp_path: Path
) -> None:
    """One that can still be read is refused as well: it would be a wrong grade that looks right."""
    folder = filed(computed_edition(computed), tmp_path, 1)
    table = folder / "tables" / "grades.csv"
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    told["outputs"] = [{"path": "tables/grades.csv", "sha256": digest_of_file(table)}]
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    assert len(read_edition(folder).tables["grades"]) == 9
    table.write_bytes(damage)
    with pytest.raises(NoEditionError) as refused:
        read_edition(folder)
    assert refused.value.lacking == "tables/grades.csv"


def test_a_manifest_that_is_no_json_or_names_no_round_is_refused(
    computed: Assessment, tmp_path: Path
) -> None:
    folder = filed(computed_edition(computed), tmp_path, 1)
    for text in ("{", "[]", "{}"):
        (folder / "manifest.json").write_text(text, encoding="utf-8")
        with pytest.raises(NoEditionError):
            read_edition(folder)


def test_an_older_manifest_tells_no_basis(computed: Assessment, tmp_path: Path) -> None:
    folder = filed(computed_edition(computed), tmp_path, 1)
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    del told[BASIS]
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    assert read_edition(folder).basis is None


@pytest.mark.parametrize(
    ("path", "new", "parts"),
    [
        ("5.2.rule.full_at", "95%", {"5.2"}),
        ("grades.A.all_of", "[{kind: top, places: 4}]", {"grades"}),
        ("small_base.cases_below", "20", {"*"}),
        ("name", "另一个名称", set()),
    ],
)
def test_the_basis_tells_which_part_of_a_rule_set_is_another(
    path: str, new: str, parts: set[str], computed: Assessment, project: Path
) -> None:
    changed, faults = RuleFile.read(RULEBOOK_2020).edited({path: new}).supposed()
    assert changed is not None, faults
    declared = in_memory.read(project, "2020").declared
    assert declared is not None
    other = Assessment(in_memory.declared_of(declared.round.settings, changed), "zh", "", computed.store)
    before, after = (computed_edition(each).basis for each in (computed, other))
    assert before is not None
    assert after is not None
    assert {code for code in before["rules"] if before["rules"][code] != after["rules"][code]} == parts
