"""The project's files agree with each other: environment, locks, commands."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML
from typer.main import get_command

import analysis
from analysis.cli import app

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-lab.lock")

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


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    entries = re.split(
        r"\n(?=[a-z0-9])", "\n" + text.split("\n", 1)[1] if text.startswith("#") else "\n" + text
    )
    pinned = [entry for entry in entries if "==" in entry]
    assert pinned
    assert all("--hash=sha256:" in entry for entry in pinned)


@pytest.mark.parametrize(
    ("lock", "groups"),
    [("requirements.lock", []), ("requirements-dev.lock", ["dev"]), ("requirements-lab.lock", ["lab"])],
)
def test_a_lock_satisfies_the_project(lock: str, groups: list[str]) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pinned: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", text, re.MULTILINE):
        pinned.setdefault(canonicalize_name(name), []).append(version)
    needed = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["build"]]
    needed += [text for group in groups for text in PROJECT["dependency-groups"][group]]
    for requirement in map(Requirement, needed):
        versions = pinned[canonicalize_name(requirement.name)]
        assert all(requirement.specifier.contains(version) for version in versions), requirement


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


def test_the_tree_for_newcomers_names_every_room() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    package = ROOT / "src" / "analysis"
    rooms = [path.name for path in package.glob("[!_]*.py")]
    rooms += [f"{path.parent.name}/" for path in package.glob("*/__init__.py")]
    assert [room for room in rooms if room not in text] == []


def test_exporters_named_in_the_readme_are_registered() -> None:
    named = set(re.findall(r"--to ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert named == set(PROJECT["project"]["entry-points"]["nbconvert.exporters"])
