"""The leak guard finds whatever would lead out of a shared page."""

from __future__ import annotations

import page_examples as examples
import pytest

from analysis.publish import address_guard
from analysis.publish.html_exporter import AssessHTMLExporter, content_security_policy

POLICY = content_security_policy("")


def page(body: str = "", head: str = "", policy: str = POLICY) -> str:
    """Return a page with a policy and the body to be looked at."""
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">' if policy else ""
    return f"<!doctype html><html><head>{meta}{head}</head><body>{body}</body></html>"


@pytest.mark.parametrize(
    "body",
    [
        '<p><a href="#results">二</a> <a href="2020/report.html">报告</a></p>',
        '<img src="data:image/png;base64,AA==" alt="">',
        "<style>@font-face{src:url(data:font/woff2;base64,AA==)} a{clip-path:url(#c)}</style>",
        '<svg xmlns="http://www.w3.org/2000/svg"><use href="#m"/><path fill="url(#g)"/></svg>',
        "<p>见 https://example.org/ 与 url(http://example.org)</p>",
        '<data value="3" data-row="x">3</data>',
        '<script type="application/json">{"strings":["台账.xlsx","importing, fetch"],"rows":{"a":"0 1"}}</script>',
    ],
)
def test_what_stays_inside_is_let_through(body: str) -> None:
    assert address_guard.check_html(page(body)) == []


@pytest.mark.parametrize(
    "body",
    [
        '<img src="https://example.org/a.png">',
        '<img src="a.png">',
        '<script type="application/json">{"a":"https://example.org/"}</script>',
        '<script type="application/json">{"a":["https:\\u002f\\u002fexample.org"]}</script>',
        '<script type="application/json">{"//example.org":1}</script>',
        '<script type="application/json">{"a":"javascript:alert(1)"}</script>',
        '<script type="application/json">{"a":"<b>"}</script>',
        '<script type="application/json">{"a":</script>',
        '<script type="application/json" src="a.json"></script>',
        '<script type="module">1</script>',
        '<script type="importmap">{"imports":{}}</script>',
        '<script type="speculationrules">{"prefetch":[]}</script>',
        '<img srcset="a.png 2x">',
        '<script src="a.js"></script>',
        "<script>fetch('a')</script>",
        "<script>new Image().src='//example.org/x'</script>",
        "<script>import('a')</script>",
        '<link rel="stylesheet" href="a.css">',
        '<link rel="preconnect" href="https://example.org">',
        "<style>@import 'a.css';</style>",
        "<style>p{background:url('https://example.org/a.png')}</style>",
        "<style>p{background:url(a.png)}</style>",
        "<style>p{background:url('data:image/png,x' url(https://example.org)')}</style>",
        "<style>p{background:image-set('a.png' 1x)}</style>",
        '<p style="background:url(//example.org)">x</p>',
        '<a href="https://example.org">x</a>',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="/etc/passwd">x</a>',
        '<a href="#x" ping="https://example.org">x</a>',
        '<p onclick="x()">x</p>',
        '<iframe src="a.html"></iframe>',
        '<object data="a.svg"></object>',
        '<form action="a"></form>',
        '<svg><image href="https://example.org/a.png"/></svg>',
        '<svg><image xlink:href="a.png"/></svg>',
        '<svg><use href="b.svg#m"/></svg>',
        '<svg><path fill="url(https://example.org/a.svg#g)"/></svg>',
        '<video poster="a.png"></video>',
        '<meta http-equiv="refresh" content="0;url=https://example.org">',
        '<base href="https://example.org">',
        '<svg xmlns:x="https://example.org/ns"></svg>',
    ],
)
def test_what_leads_outside_is_found(body: str) -> None:
    assert len(address_guard.check_html(page(body))) >= 1


@pytest.mark.parametrize(
    "policy",
    [
        "",
        "default-src 'self'",
        "default-src 'none'; img-src *",
        "default-src 'none'; script-src 'unsafe-inline'",
        "default-src 'none'; script-src https://example.org",
        "default-src 'none'; connect-src data:",
        "img-src data:",
    ],
)
def test_a_weak_policy_is_found(policy: str) -> None:
    assert any("policy" in wrong for wrong in address_guard.check_html(page(policy=policy)))


def test_the_example_page_is_closed() -> None:
    text, _resources = AssessHTMLExporter().from_notebook_node(examples.notebook())
    assert address_guard.check_html(text) == []
    assert address_guard.check_html(text.replace("default-src 'none'", "default-src *")) != []
