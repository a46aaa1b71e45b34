"""Looks at one page in a browser: accessibility, keyboard, narrow and enlarged, without script, on paper."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Request

from . import papers, scripts
from .results import Results

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LAPTOP = (1280, 900)
#: width in CSS px, device pixels per CSS px and smallest type of a drawing in CSS px: a laptop at 200 %, where a
#: drawing is as wide as the screen; phones; 400 %, the narrowest that WCAG asks for
NARROW = {"200 %": (640, 2, 7.5), "390 px": (390, 2, 9.5), "360 px": (360, 2, 9), "320 px": (320, 4, 8)}
SLICE = 2400


@dataclass(frozen=True)
class Subject:
    """A page to look at.

    Attributes:
        name: how the results call it.
        path: the file.
        pictures: the folder for its pictures.
        uses: what the page must offer beside text: `contents`, `filter`, `provenance`, `save`, `sort`,
            `folded`.
    """

    name: str
    path: Path
    pictures: Path
    uses: frozenset[str] = frozenset()


@dataclass
class Opened:
    """A page open in a browser and every address it asked for."""

    page: Page
    asked: list[str]


@contextlib.contextmanager
def opened(
    browser: Browser, path: Path, width: int, height: int = 900, dots: float = 1, *, script: bool = True
) -> Iterator[Opened]:
    """Open a file in a browser window of its own.

    Args:
        browser: the browser.
        path: the file.
        width: of the window in CSS px.
        height: of the window in CSS px.
        dots: device pixels per CSS px.
        script: whether the page's script may run.
    """
    context: BrowserContext = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=dots,
        java_script_enabled=script,
        is_mobile=width < 500,
    )
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    context.on("request", note)
    page = context.new_page()
    page.goto(path.resolve().as_uri())
    page.evaluate("document.fonts.ready")
    try:
        yield Opened(page, asked)
    finally:
        context.close()


def look(browser: Browser, subject: Subject, results: Results) -> None:
    """Take every look at a page."""
    accessible(browser, subject, results)
    keyboard(browser, subject, results)
    narrow(browser, subject, results)
    without_script(browser, subject, results)
    printed(browser, subject, results)
    quiet(browser, subject, results)
    pictures(browser, subject)


# ------------------------------------------------------------------------------------------ accessibility


def accessible(browser: Browser, subject: Subject, results: Results) -> None:
    """No violation of WCAG 2.2 AA, wide and on the phone, with everything unfolded; advice is counted."""
    for width in (LAPTOP[0], 390):
        with opened(browser, subject.path, width) as it:
            it.page.evaluate(scripts.UNFOLD)
            # the marks of the first look would hide the second kind from it
            strict = _axe(it.page, WCAG)
            advice = _axe(it.page, ["best-practice"])
        seen = f"advice beyond WCAG: {', '.join(sorted({found.split(':')[0] for found in advice})) or 'none'}"
        results.add(subject.name, f"axe, WCAG 2.2 AA, {width} px", strict, seen)


def _axe(page: Page, tags: list[str]) -> list[str]:
    options = {"runOnly": {"type": "tag", "values": tags}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:110]} — {' '.join(node['failureSummary'].split())[:160]}"
        for violation in found
        for node in violation["nodes"]
    ]


# ------------------------------------------------------------------------------------------ keyboard


def keyboard(browser: Browser, subject: Subject, results: Results) -> None:
    """Everything that can be used is reached by Tab, in the order of the page, seen, and works by keys."""
    with opened(browser, subject.path, *LAPTOP) as it:
        stops, faults = _walk(it.page)
        results.add(subject.name, "keyboard: Tab", faults, f"{stops} stops")
    for use, name, try_it in (
        ("", "skip link by Enter", _skip),
        ("contents", "contents by Enter", _contents),
        ("sort", "sorting by Enter", _sort),
        ("folded", "folded parts by Space", _unfold),
        ("filter", "filter by unit", _filter),
        ("provenance", "where a figure comes from", _provenance),
        ("save", "data saved by Enter", _save),
    ):
        if use and use not in subject.uses:
            continue
        with opened(browser, subject.path, *LAPTOP) as it:
            seen, faults = try_it(it.page)
            results.add(subject.name, f"keyboard: {name}", faults, seen)


def _walk(page: Page) -> tuple[int, list[str]]:
    """Press Tab from the top until the page is left; return the number of stops and what is wrong."""
    expected: list[dict[str, Any]] = page.evaluate(scripts.REACHABLE)
    faults: list[str] = []
    reached: list[int] = []
    for _press in range(len(expected) + 3):
        page.keyboard.press("Tab")
        stop = page.evaluate(scripts.FOCUSED)
        if stop is None:
            break
        reached.append(stop["number"])
        if not stop["marked"]:
            faults.append(f"focus cannot be seen: {stop['what']}")
        if not stop["inside"]:
            faults.append(f"focus is outside the window: {stop['what']}")
    else:
        faults.append("Tab never leaves the page")
    names = {entry["number"]: entry["what"] for entry in expected}
    order = [entry["number"] for entry in expected]
    faults += [f"not reached by Tab: {names[number]}" for number in order if number not in reached]
    if [number for number in reached if number in names] != [n for n in order if n in reached]:
        faults.append("Tab does not follow the order of the page")
    if not expected or "skip" not in expected[0]["cls"]:
        faults.append("the first stop is not the link that skips to the text")
    return len(reached), faults


def _skip(page: Page) -> tuple[str, list[str]]:
    page.keyboard.press("Tab")
    top = page.evaluate("document.activeElement.getBoundingClientRect().top")
    faults = [] if top >= 0 else ["the link stays out of sight when it has the focus"]
    target = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    if page.evaluate("location.hash") != target:
        faults.append(f"Enter does not lead to {target}")
    page.keyboard.press("Tab")
    if not page.evaluate(scripts.FOCUS_IS_WITHIN_OR_AFTER, target):
        faults.append("the next Tab does not go on from there")
    return target, faults


def _sort(page: Page) -> tuple[str, list[str]]:
    tables = page.locator("table.sort")
    faults: list[str] = []
    for number in range(tables.count()):
        table = tables.nth(number)
        table.evaluate("t => t.closest('details') && (t.closest('details').open = true)")
        button = table.locator("thead button").last
        before = sorted(table.evaluate(scripts.ROW_HEADS))
        for wanted in ("ascending", "descending"):
            button.focus()
            page.keyboard.press("Enter")
            said = button.evaluate("b => b.closest('th').getAttribute('aria-sort')")
            if said != wanted:
                faults.append(f"table {number + 1}: aria-sort is {said}, not {wanted}")
            if not table.evaluate(scripts.IS_SORTED, [wanted == "ascending"]):
                faults.append(f"table {number + 1}: rows are not in {wanted} order")
        if sorted(table.evaluate(scripts.ROW_HEADS)) != before:
            faults.append(f"table {number + 1}: sorting loses rows")
    return f"{tables.count()} tables", faults or _at_least_one(tables.count(), "table to sort")


def _unfold(page: Page) -> tuple[str, list[str]]:
    faults: list[str] = []
    folded = page.locator("summary:visible")
    count = folded.count()
    for number in range(count):
        summary = folded.nth(number)
        before = summary.evaluate("s => s.parentElement.open")
        summary.focus()
        page.keyboard.press("Space")
        if summary.evaluate("s => s.parentElement.open") == before:
            faults.append(f"Space does not open: {summary.inner_text()[:40]}")
        page.keyboard.press("Space")
    return f"{count} folded parts", faults or _at_least_one(count, "folded part")


def _contents(page: Page) -> tuple[str, list[str]]:
    links = page.locator("nav a[href^='#']")
    faults: list[str] = []
    for number in range(links.count()):
        link = links.nth(number)
        target = link.get_attribute("href") or ""
        link.focus()
        page.keyboard.press("Enter")
        # the head of the section comes into the window
        page.wait_for_timeout(30)
        top, height = page.evaluate(scripts.TOP_OF, target)
        if not -2 <= top <= height:
            faults.append(f"Enter does not lead to {target} (its top is at {top:.0f} px)")
    return f"{links.count()} links", faults or _at_least_one(links.count(), "link in the contents")


def _at_least_one(count: int, what: str) -> list[str]:
    """Return the fault of a page that offers none of what it must offer."""
    return [] if count else [f"there is no {what}"]


def _filter(page: Page) -> tuple[str, list[str]]:
    """Narrow the report to every unit by keys and take it back; the page then reads as before."""
    control = page.locator(".tools select")
    if control.count() == 0:
        return "", ["there is no filter by unit"]
    faults: list[str] = []
    whole = page.evaluate(scripts.TEXTS)
    values: list[str] = control.evaluate("s => Array.from(s.options).map(o => o.value)")
    control.focus()
    for value in values[1:]:
        page.keyboard.press("ArrowDown")
        if control.input_value() != value:
            faults.append(f"the arrow key does not choose {value}")
        if f"unit={value}" not in page.evaluate("location.hash"):
            faults.append(f"choosing {value} does not stand in the address")
        if not 0 < len(page.evaluate(scripts.TEXTS)) < len(whole):
            faults.append(f"choosing {value} does not narrow the page")
    for _value in values[1:]:
        page.keyboard.press("ArrowUp")
    if page.evaluate(scripts.TEXTS) != whole:
        faults.append("after taking the filter back the page is not as before")
    return f"{len(values) - 1} units", faults


def _provenance(page: Page) -> tuple[str, list[str]]:
    """Mark the figures, ask the first one by Enter; the panel takes the focus, Escape gives it back."""
    switch = page.locator(".tools button[aria-pressed]")
    if switch.count() == 0:
        return "", ["no figure can be asked where it comes from"]
    switch.focus()
    page.keyboard.press("Enter")
    figures = page.locator("data.traced[role='button']")
    first = figures.first
    first.focus()
    page.keyboard.press("Enter")
    panel = page.locator("dialog[open]")
    if panel.count() != 1:
        return "", ["Enter on a figure opens no panel"]
    faults: list[str] = []
    if first.inner_text().strip() not in panel.inner_text():
        faults.append("the panel does not say which figure it is about")
    if not panel.evaluate("p => p.contains(document.activeElement)"):
        faults.append("the panel does not take the focus")
    faults += _axe(page, WCAG)
    page.keyboard.press("Escape")
    if panel.count():
        faults.append("Escape does not close the panel")
    elif not first.evaluate("o => o === document.activeElement"):
        faults.append("closing the panel does not give the focus back")
    return f"{figures.count()} figures can be asked", faults


def _save(page: Page) -> tuple[str, list[str]]:
    """Save the data of the first table as CSV by Enter: text that spreadsheets take for UTF-8, all rows."""
    buttons = page.locator(".take button:visible")
    if buttons.count() < 2:
        return "", ["there is no table to save"]
    rows = page.evaluate(scripts.ROWS_OF_FIRST_SAVED)
    buttons.nth(1).focus()
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    data = Path(waiting.value.path()).read_bytes()
    faults = [] if data.startswith(b"\xef\xbb\xbf") else ["the file has no mark of UTF-8"]
    lines = len(data.decode("utf-8-sig").splitlines())
    if lines != rows:
        faults.append(f"the file has {lines} rows, the table {rows}")
    return f"{waiting.value.suggested_filename}, {rows} rows", faults


# ------------------------------------------------------------------------------------------ widths


def narrow(browser: Browser, subject: Subject, results: Results) -> None:
    """At 200 % and on narrow screens nothing is lost, cut or pushed out of the window."""
    with opened(browser, subject.path, *LAPTOP) as it:
        it.page.evaluate(scripts.UNFOLD)
        whole = Counter(it.page.evaluate(scripts.TEXTS))
    for name, (width, dots, least) in NARROW.items():
        with opened(browser, subject.path, width, 800, dots) as it:
            it.page.evaluate(scripts.UNFOLD)
            faults = [f"lost: {text[:60]}" for text in whole - Counter(it.page.evaluate(scripts.TEXTS))]
            overhang = it.page.evaluate(scripts.OVERHANG)
            if overhang > 0:
                faults.append(f"the page scrolls sideways by {overhang} px")
            faults += it.page.evaluate(scripts.CUT, least)
        results.add(subject.name, f"width: {name}", faults, f"{whole.total()} texts")


# ------------------------------------------------------------------------------------------ script, paper, network


def without_script(browser: Browser, subject: Subject, results: Results) -> None:
    """Everything can be read without the script."""
    with opened(browser, subject.path, *LAPTOP) as it:
        it.page.evaluate(scripts.UNFOLD)
        scripted = Counter(it.page.evaluate(scripts.TEXTS))
    with opened(browser, subject.path, *LAPTOP, script=False) as it:
        dead = it.page.evaluate("document.querySelectorAll('button, select, input').length")
        it.page.evaluate(scripts.UNFOLD)
        plain = Counter(it.page.evaluate(scripts.TEXTS))
    faults = [f"only with script: {text[:60]}" for text in scripted - plain]
    if dead:
        faults.append(f"{dead} controls that do nothing without script")
    results.add(subject.name, "without script", faults, f"{plain.total()} texts")


def printed(browser: Browser, subject: Subject, results: Results) -> None:
    """The printed page says everything the page on the screen says, folded parts too."""
    target = subject.pictures / "print.pdf"
    target.parent.mkdir(parents=True, exist_ok=True)
    with opened(browser, subject.path, *LAPTOP) as it:
        it.page.pdf(path=target, prefer_css_page_size=True, print_background=True)
        it.page.evaluate(scripts.UNFOLD)
        wanted = it.page.evaluate(scripts.TEXTS, True)
    faults = [f"not printed: {text[:60]}" for text in papers.absent(target, wanted)]
    pages, more = papers.sheets(target, subject.pictures, "a4")
    results.add(subject.name, "print", faults + more, f"{pages} pages A4")


def quiet(browser: Browser, subject: Subject, results: Results) -> None:
    """Nothing but the file itself is asked for, whatever is unfolded or scrolled to."""
    with opened(browser, subject.path, *LAPTOP) as it:
        it.page.evaluate(scripts.UNFOLD)
        it.page.keyboard.press("End")
        it.page.wait_for_timeout(200)
        own = subject.path.resolve().as_uri()
        outside = [url for url in it.asked if url.split("#")[0] != own and not url.startswith("data:")]
        results.add(subject.name, "requests", outside, f"{len(outside)} beside the file itself")


# ------------------------------------------------------------------------------------------ pictures


def pictures(browser: Browser, subject: Subject) -> None:
    """Keep pictures: first screens, and the whole page at phone and laptop width in slices."""
    subject.pictures.mkdir(parents=True, exist_ok=True)
    for width, height in ((1280, 900), (1366, 768), (390, 844), (360, 740)):
        with opened(browser, subject.path, width, height) as it:
            it.page.screenshot(path=subject.pictures / f"{width}-first.png")
            if width in (1366, 360):
                continue
            whole = it.page.evaluate("document.documentElement.scrollHeight")
            for number, top in enumerate(range(0, whole, SLICE), start=1):
                clip = {"x": 0, "y": top, "width": width, "height": min(SLICE, whole - top)}
                it.page.screenshot(
                    path=subject.pictures / f"{width}-{number:02d}.png",
                    full_page=True,
                    clip=clip,  # type: ignore[arg-type]
                )
