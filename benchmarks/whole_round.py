"""What a round costs from the office's files to the published report, side by side with other ways to make it.

    python benchmarks/whole_round.py [STEP …]

Every step is a process of its own in a project of its own in a temporary folder; what it takes are processor seconds,
those of the processes it starts included, because they hold on a machine that is busy with other things. Without an
argument all steps are run, which takes some five minutes on two idle cores; a step that is named is run alone, after
what it needs. Ratios stand beside their aims; a step that fails, or is not done in time, is said to have failed.
"""

from __future__ import annotations

import compileall
import importlib.metadata
import io
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import load_workbook

ROOT = Path(__file__).resolve().parents[1]
ROUND = "2020"
NOTEBOOKS = ("1_intake", "2_indicators", "3_trends", "4_comparison", "5_report", "6_bulletin")
UNITS = ("130302", "130303", "130304", "130306", "130321", "130322", "130324", "130371", "130372")
#: exporter → the executed notebooks it is called for
EXPORTS = {
    "assess-html": ("5_report", *UNITS),
    "assess-pdf": ("5_report", *UNITS),
    "assess-docx": ("6_bulletin",),
    "assess-bulletin-pdf": ("6_bulletin",),
}
#: the state before cards were made in a pool, and the one before a check did without statistics
EARLIER, BEFORE_CHECK = "217be76", "97b8cbc"
PACKAGES = ("pandas", "matplotlib", "papermill", "nbconvert", "ipykernel", "scipy", "typst")
#: processes of the command lines that run at once
AT_ONCE = 2
#: seconds a process may take before it counts as failed, which is long on a busy machine
PATIENCE = 1800
#: how often the round in the memory is assessed in one process
TIMES = 5

CELLS = """
import json, sys
from pathlib import Path

def cells(name, unit):
    notebook = json.loads((Path("notebooks") / f"{name}.ipynb").read_text(encoding="utf-8"))
    known = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), name, "exec"), known)
            if "parameters" in cell["metadata"].get("tags", []):
                known["round_id"] = sys.argv[1]
                known |= {"unit": unit} if unit else {}

for name in sys.argv[2].split(","):
    cells(name, "")
for unit in sys.argv[3].split(","):
    cells("unit", unit)
"""
RENDERING = """
import sys
import nbformat
from nbconvert.exporters import get_exporter
for job in sys.argv[1:]:
    exporter, _, notebook = job.partition("=")
    get_exporter(exporter)().from_notebook_node(nbformat.read(notebook, as_version=4))
"""
IN_MEMORY = """
import json, sys, time
from pathlib import Path
from analysis.run import in_memory
checked = in_memory.read(Path.cwd(), sys.argv[1])
taken = {}
for name, options in {
    "all": {}, "no_firmness": {"draws": 0},
    "scores": {"upto": "indicators", "with_lineage": False, "told": False},
}.items():
    in_memory.assess_read(checked, **options)
    start = time.process_time()
    for _ in range(int(sys.argv[2])):
        in_memory.assess_read(checked, **options)
    taken[name] = (time.process_time() - start) / int(sys.argv[2])
print(json.dumps(taken))
"""


def _install(source: Path, project: Path) -> None:
    """Compile a program as installing it does, and let papermill and nbconvert find its engines and exporters."""
    compileall.compile_dir(source, quiet=2)
    declared = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
    name, version = declared["name"], declared["version"]
    folder = source / f"{name.replace('-', '_')}-{version}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8"
    )
    lines = [
        line
        for group, points in declared["entry-points"].items()
        for line in (f"[{group}]", *(f"{point} = {target}" for point, target in points.items()))
    ]
    (folder / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


class StepFailedError(Exception):
    """A process of a step ended with an error."""


@dataclass
class Bench:
    """The projects the steps work in, and what they took.

    Attributes:
        scratch: the folder they lie in.
        seconds: processor seconds by step.
    """

    scratch: Path
    seconds: dict[str, float] = field(default_factory=dict)

    def project(self, name: str, tree: Path = ROOT) -> Path:
        """Return a project with the files and notebooks of a tree and nothing computed."""
        folder = self.scratch / name
        if not folder.exists():
            for part in (f"data/raw/{ROUND}", "notebooks"):
                shutil.copytree(tree / part, folder / part)
        return folder

    def source(self) -> Path:
        """Return a copy of the program, of which a sentence may be changed."""
        source = self.scratch / "program"
        if not source.exists():
            shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
            _install(source, ROOT / "pyproject.toml")
        return source

    def tree(self, commit: str) -> Path:
        """Return the files of an earlier commit."""
        tree = self.scratch / commit
        if not tree.exists():
            packed = subprocess.run(
                ["git", "archive", commit, "pyproject.toml", "src", "notebooks", "data/raw"],
                cwd=ROOT,
                capture_output=True,
                check=True,
            )
            with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
                archive.extractall(tree, filter="data")
            _install(tree / "src", tree / "pyproject.toml")
        return tree

    def python(self, *arguments: str, within: Path, source: Path | None = None) -> str:
        """Run Python with arguments and return what it printed.

        Raises:
            StepFailedError: it ended with an error, or did not end.
        """
        environment = {**os.environ, "PYTHONPATH": str(source or self.source()), "PYTHONIOENCODING": "utf-8"}
        try:
            done = subprocess.run(
                [sys.executable, *arguments],
                cwd=within,
                env=environment,
                capture_output=True,
                encoding="utf-8",
                check=False,
                timeout=PATIENCE,
            )
        except subprocess.TimeoutExpired as late:
            raise StepFailedError(f"not done after {PATIENCE} seconds") from late
        if done.returncode:
            raise StepFailedError((done.stderr or done.stdout).strip()[-400:])
        return done.stdout

    def run(self, *arguments: str, within: Path, source: Path | None = None) -> tuple[float, str]:
        """Run Python with arguments and return the processor seconds it took with its children, and what it printed.

        Raises:
            StepFailedError: it ended with an error, or did not end.
        """
        before = _spent()
        printed = self.python(*arguments, within=within, source=source)
        return _spent() - before, printed

    def finished(self) -> Path:
        """Return the project in which the round has been made, which is made first where no step has done it."""
        project = self.project("run")
        if not (project / "reports" / ROUND / "report.html").exists():
            self.assess("run", ROUND, within=project)
        return project

    def assess(self, *arguments: str, within: Path, source: Path | None = None) -> float:
        """Run the command `assess` and return the processor seconds it took."""
        return self.run("-m", "analysis", *arguments, within=within, source=source)[0]


def _spent() -> float:
    """Return the processor seconds of all processes started so far that have ended, with their children."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def command_lines(bench: Bench) -> float:
    """Plain papermill for every notebook and unit, nbconvert for every page and paper, each a process."""
    project = bench.project("command-lines")
    (project / "executed").mkdir(exist_ok=True)
    jobs = [(name, name, ()) for name in NOTEBOOKS] + [("unit", unit, ("-p", "unit", unit)) for unit in UNITS]
    before = _spent()

    def execute(job: tuple[str, str, tuple[str, ...]]) -> None:
        notebook, out, more = job
        arguments = (f"notebooks/{notebook}.ipynb", f"executed/{out}.ipynb", "-p", "round_id", ROUND, *more)
        bench.python("-m", "papermill", "--no-progress-bar", *arguments, within=project)

    def export(exporter: str, name: str) -> None:
        arguments = ("--to", exporter, f"executed/{name}.ipynb", "--output-dir", "exported")
        bench.python("-m", "nbconvert", *arguments, within=project)

    # the first ones make what those behind them read; the others do not wait for each other
    for job in jobs[: len(NOTEBOOKS)]:
        execute(job)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(execute, jobs[len(NOTEBOOKS) :]))
        list(
            pool.map(
                export,
                *zip(*((kind, name) for kind, names in EXPORTS.items() for name in names), strict=True),
            )
        )
    return _spent() - before


def earlier_run(bench: Bench) -> float:
    """`assess run` of an earlier commit, with its own notebooks and files."""
    tree = bench.tree(EARLIER)
    return bench.assess("run", ROUND, within=bench.project("earlier", tree), source=tree / "src")


def cells(bench: Bench) -> float:
    """All cells of all notebooks and cards in one plain Python process, imports included."""
    project = bench.project("cells")
    return bench.run("-c", CELLS, ROUND, ",".join(NOTEBOOKS), ",".join(UNITS), within=project)[0]


def rendering(bench: Bench) -> float:
    """All exports of the executed notebooks of a round in one process."""
    jobs = [
        f"{exporter}=reports/{ROUND}/notebooks/{f'unit-{name}' if name in UNITS else name}.ipynb"
        for exporter, names in EXPORTS.items()
        for name in names
    ]
    return bench.run("-c", RENDERING, *jobs, within=bench.finished())[0]


def full_run(bench: Bench) -> float:
    """`assess run` with nothing computed."""
    shutil.rmtree(bench.scratch / "run", ignore_errors=True)
    return bench.assess("run", ROUND, within=bench.project("run"))


def same_again(bench: Bench) -> float:
    """The same with nothing changed."""
    return bench.assess("run", ROUND, within=bench.finished())


def one_card(bench: Bench) -> float:
    """One card asked for, as a page only."""
    return bench.assess("run", ROUND, "--units", UNITS[0], "--formats", "html", within=bench.finished())


def one_ledger(bench: Bench) -> float:
    """A mark of the field verification changed: what it touches is made anew."""
    file = bench.finished() / "data" / "raw" / ROUND / "实地核查评分.xlsx"
    book = load_workbook(file)
    marks = [cell for row in book.worksheets[0].iter_rows() for cell in row if isinstance(cell.value, float)]
    marks[0].value -= 0.1
    book.save(file)
    return bench.assess("run", ROUND, within=bench.finished())


def one_sentence(bench: Bench) -> float:
    """A sentence of the report changed."""
    project = bench.finished()
    file = bench.source() / "analysis" / "words" / "zh" / "messages.yaml"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if line.rstrip().endswith("。"))
    lines[place] = lines[place].rstrip().removesuffix("。") + "！\n"
    file.write_text("".join(lines), encoding="utf-8")
    return bench.assess("run", ROUND, within=project)


def check(bench: Bench) -> float:
    """`assess check`."""
    return bench.assess("check", ROUND, within=bench.project("check"))


def earlier_check(bench: Bench) -> float:
    """`assess check` before it did without statistics, on the files of its time."""
    tree = bench.tree(BEFORE_CHECK)
    return bench.assess("check", ROUND, within=bench.project("earlier-check", tree), source=tree / "src")


def in_memory(bench: Bench) -> float:
    """A round of nine units in the memory, everything; two quicker ways are printed below."""
    taken = json.loads(bench.run("-c", IN_MEMORY, ROUND, str(TIMES), within=bench.project("memory"))[1])
    bench.seconds |= {"in_memory_no_firmness": taken["no_firmness"], "in_memory_scores": taken["scores"]}
    return float(taken["all"])


STEPS: dict[str, Callable[[Bench], float]] = {
    step.__name__: step
    for step in (
        command_lines, earlier_run, cells, full_run, rendering, same_again, one_card, one_ledger, one_sentence,
        earlier_check, check, in_memory,
    )
}  # fmt: skip
#: what is compared: the step, the steps it is held against, how many times as much it may take
AIMS: tuple[tuple[str, tuple[str, ...], float], ...] = (
    ("full_run", ("command_lines",), 1 / 8),
    ("full_run", ("earlier_run",), 1 / 3),
    ("full_run", ("cells", "rendering"), 1.3),
    ("check", ("earlier_check",), 1 / 2),
)
#: processor seconds a step may take
LIMITS = {"same_again": 2.0, "in_memory": 1.0, "in_memory_scores": 0.3}


def machine() -> str:
    """Return the processor, the system and the versions the figures depend on."""
    model = platform.processor() or platform.machine()
    described = Path("/proc/cpuinfo")
    if described.exists():
        names = [
            line
            for line in described.read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ]
        model = names[0].partition(":")[2].strip() if names else model
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    return f"{model} × {os.cpu_count()}, {platform.system()}, Python {platform.python_version()}\n{versions}"


def report(seconds: dict[str, float]) -> None:
    """Print the ratios whose steps were run beside their aims."""
    print(f"\n{'ratio':44} {'is':>8} {'aim':>8}")
    for step, others, aim in AIMS:
        if step in seconds and all(other in seconds for other in others):
            ratio = seconds[step] / sum(seconds[other] for other in others)
            kept = "" if ratio <= aim else "  missed"
            print(f"{step + ' ÷ ' + ' + '.join(others):44} {ratio:8.3f} {aim:8.3f}{kept}")
    for step, limit in LIMITS.items():
        if step in seconds:
            kept = "" if seconds[step] <= limit else "  missed"
            print(f"{step + ', s':44} {seconds[step]:8.2f} {limit:8.2f}{kept}")


def main(names: Sequence[str]) -> int:
    """Run the steps named (all if none is) and print what they take; return 1 where one failed or is unknown."""
    if unknown := [name for name in names if name not in STEPS]:
        print(f"no such step: {', '.join(unknown)}; there are {', '.join(STEPS)}")
        return 1
    print(machine(), "\n")
    failed = False
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as scratch:
        bench = Bench(Path(scratch))
        for name in names or STEPS:
            step = STEPS[name]
            try:
                bench.seconds[name] = step(bench)
            except StepFailedError as error:
                failed = True
                print(f"{name:16} failed: {error}", flush=True)
                continue
            says = (step.__doc__ or "").splitlines()[0]
            print(f"{name:16} {bench.seconds[name]:8.2f} s  {says}", flush=True)
    report(bench.seconds)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
