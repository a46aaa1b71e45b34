"""Looks at notebooks in JupyterLab: every block as the report has it, on light ground and on dark."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Playwright

from analysis.publish.executed_notebook import read_document
from analysis.render.blocks import Graphic

from . import papers, scripts
from .results import Results

NOTEBOOKS = ("2_indicators", "3_trends")
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
#: a laptop's window, in CSS px
WIDTH, HEIGHT = 1280, 900
PORT = 18899
#: seconds JupyterLab may take to start, and to show a notebook
PATIENCE = 90
#: every cell is drawn, not only those in sight
_ALL_CELLS = {"windowingMode": "none"}


@dataclass(frozen=True)
class Desk:
    """Where the looks take place.

    Attributes:
        project: the project; executed copies of its notebooks stand in its folder `looked`.
        home: where JupyterLab keeps everything of its own.
        fonts: the fonts that stand in for those the machine may lack.
        pictures: the folder for the pictures.
    """

    project: Path
    home: Path
    fonts: Path
    pictures: Path

    @property
    def notebooks(self) -> Path:
        """The folder of the executed notebooks."""
        return self.project / "looked"

    @property
    def environment(self) -> dict[str, str]:
        """An environment in which JupyterLab touches nothing outside its home, and the browser has Chinese fonts."""
        places = {name: str(self.home / name.lower()) for name in ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")}
        return {
            **os.environ,
            **{f"JUPYTER_{name}": place for name, place in places.items()},
            "JUPYTERLAB_SETTINGS_DIR": str(self.home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(self.home / "workspaces"),
            "IPYTHONDIR": str(self.home / "ipython"),
            "FONTCONFIG_FILE": str(self.home / "fonts.conf"),
        }

    def set_up(self) -> None:
        """Make the folders, empty, and the settings of the fonts."""
        for folder in (self.home, self.notebooks):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        self.pictures.mkdir(parents=True, exist_ok=True)
        settings = papers.font_settings(self.fonts, self.home / "fonts")
        (self.home / "fonts.conf").write_text(settings, encoding="utf-8")

    def set_theme(self, theme: str) -> None:
        """Write the settings JupyterLab reads when a page is opened."""
        settings: Mapping[str, Mapping[str, Any]] = {
            "@jupyterlab/notebook-extension/tracker": _ALL_CELLS,
            "@jupyterlab/apputils-extension/themes": {"theme": theme},
        }
        for name, value in settings.items():
            path = self.home / "settings" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(value), encoding="utf-8")

    def run(self, *arguments: str) -> list[str]:
        """Run a command of Jupyter; return what went wrong, by its last lines."""
        command = [sys.executable, "-m", "jupyter", *arguments]
        ran = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        return (ran.stdout + ran.stderr).strip().splitlines()[-4:] if ran.returncode else []

    def executed(self, name: str) -> list[str]:
        """Execute a notebook as an analyst does and have JupyterLab trust it; return what went wrong."""
        copy = shutil.copy(self.project / "notebooks" / f"{name}.ipynb", self.notebooks)
        return self.run("nbconvert", "--to", "notebook", "--execute", "--inplace", copy) or self.run(
            "trust", copy
        )


def look(playwright: Playwright, browser: str, desk: Desk, results: Results) -> None:
    """Execute notebooks, open them in JupyterLab and look at every output.

    Args:
        playwright: drives the browser.
        browser: where the browser is.
        desk: where to work.
        results: what was seen.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        results.add("notebooks", "JupyterLab", ["jupyterlab is missing: install requirements-look.lock"])
        return
    desk.set_up()
    for name in NOTEBOOKS:
        results.add(f"notebook {name}", "execution", desk.executed(name))
    opened = playwright.chromium.launch(executable_path=browser, env=desk.environment)
    with _lab(desk) as address:
        for mood, theme in THEMES.items():
            desk.set_theme(theme)
            for name in NOTEBOOKS:
                page = opened.new_page(viewport={"width": WIDTH, "height": HEIGHT})
                page.goto(f"{address}/lab/tree/looked/{name}.ipynb?reset")
                seen, faults = _seen(page, desk, name, mood)
                results.add(f"notebook {name}", f"JupyterLab, {mood}", faults, seen)
                page.close()
    opened.close()


@contextlib.contextmanager
def _lab(desk: Desk) -> Iterator[str]:
    """Serve the project in JupyterLab, on this machine only, and yield its address."""
    command = [
        sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", f"--port={PORT}",
        f"--ServerApp.root_dir={desk.project}", "--ServerApp.port_retries=0", "--IdentityProvider.token=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    address = f"http://127.0.0.1:{PORT}"
    with (desk.home / "log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(command, env=desk.environment, stdout=log, stderr=log)
        try:
            for _second in range(PATIENCE):
                with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/api/status"):
                    break
                time.sleep(1)
            yield address
        finally:
            server.terminate()
            server.wait()


def _seen(page: Page, desk: Desk, name: str, mood: str) -> tuple[str, list[str]]:
    """Take a picture of a whole notebook; return what was seen and what is wrong."""
    page.wait_for_selector(".jp-OutputArea-output .assess", timeout=PATIENCE * 1000)
    page.wait_for_timeout(2000)
    page.set_viewport_size({"width": WIDTH, "height": page.evaluate(scripts.NOTEBOOK_HEIGHT)})
    page.wait_for_timeout(1000)
    page.screenshot(path=desk.pictures / f"{name}-{mood}.png")
    document = read_document(nbformat.read(desk.notebooks / f"{name}.ipynb", as_version=4))  # type: ignore[no-untyped-call]
    charts = sum(isinstance(block, Graphic) for block in document.leaves())
    drawn = page.locator(".assess figure svg:visible").count()
    faults: list[str] = page.evaluate(scripts.BLOCK_FAULTS)
    if drawn != charts:
        faults.append(f"{charts} charts are drawn {drawn} times")
    rules = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
    for violation in Axe().run(page, context=".assess", options=rules).response["violations"]:
        faults += [f"{violation['id']}: {node['html'][:110]}" for node in violation["nodes"]]
    return f"{page.locator('.assess').count()} blocks, {charts} charts", faults
