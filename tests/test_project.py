"""The project's files agree with each other: environment, locks, commands."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML
from typer.main import get_command

import analysis
from analysis.cli.application import app

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKED_GROUPS = {
    "requirements.lock": (),
    "requirements-dev.lock": ("dev",),
    "requirements-lab.lock": ("lab",),
    "requirements-look.lock": ("dev", "look"),
}

#: what conda-forge gives where pip has an extra
CONDA_FOR_EXTRAS = {("fonttools", "woff"): {"brotli", "zopfli"}}
#: needed by the environment itself
CONDA_OWN = {"pip", "python"}


def conda_requirements() -> list[Requirement]:
    listed = YAML(typ="safe").load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    plain = [entry for entry in listed if isinstance(entry, str)]
    (by_pip,) = [entry["pip"] for entry in listed if isinstance(entry, dict)]
    return [Requirement(entry) for entry in (*plain, *by_pip)]


def project_requirements() -> list[Requirement]:
    groups = PROJECT["dependency-groups"]
    return [
        Requirement(text) for text in (*PROJECT["project"]["dependencies"], *groups["build"], *groups["lab"])
    ]


def test_the_conda_environment_is_that_of_the_project() -> None:
    wanted = {canonicalize_name(r.name): r.specifier for r in project_requirements()}
    extras = {
        package
        for requirement in project_requirements()
        for extra in requirement.extras
        for package in CONDA_FOR_EXTRAS[requirement.name, extra]
    }
    given = {canonicalize_name(r.name): r.specifier for r in conda_requirements()}
    assert set(given) == set(wanted) | extras | CONDA_OWN
    assert {name: given[name] for name in wanted} == wanted
    (python,) = [r.specifier for r in conda_requirements() if r.name == "python"]
    assert str(python) == PROJECT["project"]["requires-python"] or set(str(python).split(",")) == set(
        PROJECT["project"]["requires-python"].split(",")
    )


@pytest.mark.parametrize("lock", LOCKED_GROUPS)
def test_a_lock_has_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    entries = re.split(
        r"\n(?=[a-z0-9])", "\n" + text.split("\n", 1)[1] if text.startswith("#") else "\n" + text
    )
    pinned = [entry for entry in entries if "==" in entry]
    assert pinned
    assert all("--hash=sha256:" in entry for entry in pinned)


@pytest.mark.parametrize(("lock", "groups"), LOCKED_GROUPS.items())
def test_a_lock_satisfies_the_project(lock: str, groups: tuple[str, ...]) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pinned: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", text, re.MULTILINE):
        pinned.setdefault(canonicalize_name(name), []).append(version)
    needed = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["build"]]
    needed += [text for group in groups for text in PROJECT["dependency-groups"][group]]
    for requirement in map(Requirement, needed):
        versions = pinned[canonicalize_name(requirement.name)]
        assert all(requirement.specifier.contains(version) for version in versions), requirement


def test_every_group_is_locked_and_every_lock_can_be_made_again() -> None:
    assert {group for groups in LOCKED_GROUPS.values() for group in groups} == set(
        PROJECT["dependency-groups"]
    ) - {"build"}
    assert {path.name for path in ROOT.glob("requirements*.lock")} == set(LOCKED_GROUPS)
    documented = re.findall(
        r"^uv pip compile (.+) pyproject\.toml -o (\S+)$",
        (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert {lock: tuple(re.findall(r"--group (\w+)", options)) for options, lock in documented} == {
        lock: ("build", *groups) for lock, groups in LOCKED_GROUPS.items()
    }


def test_a_package_has_one_version_in_all_locks() -> None:
    pinned: dict[tuple[str, str], dict[str, str]] = {}
    for lock in LOCKED_GROUPS:
        text = (ROOT / lock).read_text(encoding="utf-8")
        for name, version, marker in re.findall(
            r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)(?: ; ([^\\]+?))? *\\$", text, re.MULTILINE
        ):
            pinned.setdefault((canonicalize_name(name), marker), {})[lock] = version
    assert {entry: found for entry, found in pinned.items() if len(set(found.values())) > 1} == {}


def test_the_version_stands_once() -> None:
    assert analysis.__version__ == PROJECT["project"]["version"]
    assert f"## [{analysis.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_continuous_integration_runs_what_everybody_runs() -> None:
    script = ROOT / ".ci" / "run"
    commands = [line for line in script.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    assert commands[-1] == "exec make test"
    assert not [line for line in commands if re.search(r"\b(pip|pytest|ruff|mypy)\b", line)]
    assert os.name == "nt" or os.access(script, os.X_OK)


def make_targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony
    return set(phony[1].split())


def test_make_help_names_every_target() -> None:
    helped = set(re.findall(r'@echo "make (\w+)', (ROOT / "Makefile").read_text(encoding="utf-8")))
    assert helped == make_targets() - {"help"}


DOCUMENTS = (
    ROOT / "README.md",
    ROOT / "README.zh-CN.md",
    ROOT / "CONTRIBUTING.md",
    *sorted(ROOT.glob("docs/*.md")),
)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_documented_commands_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    code = "\n".join([*re.findall(r"```.*?```", text, re.DOTALL), *re.findall(r"`[^`\n]+`", text)])
    assert set(re.findall(r"\bmake ([a-z]+)\b", code)) <= make_targets()
    commands = get_command(app).commands  # type: ignore[attr-defined]
    for line in re.findall(r"(?:\bassess|-m analysis) ([^`\n#]+)", code):
        words = line.split()
        name = words[0]
        if name.startswith("-"):
            continue
        assert name in commands, line
        known = {option for parameter in commands[name].params for option in parameter.opts}
        assert {word.split("=")[0] for word in words if word.startswith("--")} <= known | {"--help"}, line


READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files_and_headings(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, heading = link.partition("#")
        if "://" in path:
            continue
        target = document.parent / path if path else document
        assert target.exists(), link
        if heading:
            heads = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}, (
                link
            )


@pytest.mark.parametrize("document", READMES, ids=lambda path: path.name)
def test_pictures_of_the_readmes_are_there_small_and_described(document: Path) -> None:
    shown = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", document.read_text(encoding="utf-8"))
    assert len(shown) >= 4
    for description, path in shown:
        picture = document.parent / path
        assert picture.read_bytes().startswith(b"\x89PNG\r\n")
        assert picture.stat().st_size < 150_000, path
        assert len(description) > 8, path


def test_every_picture_is_shown_somewhere() -> None:
    documents = (*READMES, ROOT / "docs" / "runbook.zh-CN.md")
    text = "".join(document.read_text(encoding="utf-8") for document in documents)
    pictures = list((ROOT / "docs" / "pictures").glob("*.png"))
    assert [path.name for path in pictures if path.name not in text] == []
    assert sum(path.stat().st_size for path in pictures) < 800_000


def test_both_readmes_name_the_same_commands() -> None:
    english, chinese = (
        set(re.findall(r"\b(make [a-z]+|assess [a-z-]+)\b", document.read_text(encoding="utf-8")))
        for document in READMES
    )
    assert {"make report", "make test", "make look", "make wheels"} <= english & chinese


def test_what_cannot_be_made_elsewhere_stays_out_of_version_control() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert {"wheels/", "build/", ".venv/"} <= set(ignored)


def test_the_tree_for_newcomers_names_every_room() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    package = ROOT / "src" / "analysis"
    rooms = [path.name for path in package.glob("[!_]*.py")]
    rooms += [f"{path.parent.name}/" for path in package.glob("*/__init__.py")]
    assert [room for room in rooms if room not in text] == []


def test_exporters_named_in_the_readme_are_registered() -> None:
    named = set(re.findall(r"--to ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert named == set(PROJECT["project"]["entry-points"]["nbconvert.exporters"])


def test_the_matrix_of_a_forge_runs_the_same_command_on_every_python_promised() -> None:
    matrix = YAML(typ="safe").load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    job = matrix["jobs"]["test"]
    promised = SpecifierSet(PROJECT["project"]["requires-python"])
    tried = [f"3.{minor}" for minor in range(8, 20) if f"3.{minor}.0" in promised]
    assert job["strategy"]["matrix"]["python"] == tried
    assert any(str(step.get("run", "")).startswith("make test") for step in job["steps"])


def test_hooks_before_a_commit_fetch_nothing() -> None:
    hooks = YAML(typ="safe").load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert {repo["repo"] for repo in hooks["repos"]} == {"local"}
    assert {hook["language"] for repo in hooks["repos"] for hook in repo["hooks"]} == {"system"}


def test_every_decision_is_on_the_list() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\(([a-z-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(path.name for path in folder.glob("*.md") if path.name != "README.md")


def test_every_dependency_has_its_reason_and_licence() -> None:
    """The table of docs/dependencies.md names what pyproject.toml asks for, with its groups, and nothing else."""
    asked: dict[str, list[str]] = {}
    for group, wanted in {"run": PROJECT["project"]["dependencies"], **PROJECT["dependency-groups"]}.items():
        for requirement in wanted:
            asked.setdefault(re.split(r"[\[<>=]", requirement)[0], []).append(group)
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"
    ][2:]
    assert {name: groups.split(", ") for name, groups, _why, _licence in rows} == asked
    assert all(why and licence for _name, _groups, why, licence in rows)
