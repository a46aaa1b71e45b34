"""The fonts: what they cover, which face sets what, and subsets that are the same every time."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import page_examples as examples
import pytest
from fontTools.ttLib import TTFont

from analysis.render import fonts
from analysis.render.fonts import MissingGlyphError
from analysis.render.html_blocks import Html


def faces_of(css: str) -> dict[tuple[str, int], TTFont]:
    """Return the fonts embedded in a style sheet by family and weight."""
    pattern = r"font-family:'([^']+)';font-weight:(\d+);[^}]*base64,([^)]+)\)"
    return {
        (family, int(weight)): TTFont(io.BytesIO(base64.b64decode(data)))
        for family, weight, data in re.findall(pattern, css)
    }


def test_the_package_brings_its_fonts_and_their_licences() -> None:
    folder = fonts.font_folder()
    for face in fonts.FACES.values():
        assert fonts.family_of(folder / face.file) == face.family
    assert len(list(folder.glob("OFL-*.txt"))) == 2


def test_a_subset_holds_what_is_asked_and_its_layout_features() -> None:
    embedded = faces_of(fonts.subset_faces({"sans": "考核，。”", "serif-bold": "考"}))
    assert set(embedded) == {("Report Sans SC", 400), ("Report Serif SC", 700)}
    sans = embedded[("Report Sans SC", 400)]
    assert set(map(chr, sans.getBestCmap())) >= set("考核，。”")
    assert "别" not in map(chr, sans.getBestCmap())
    # squeezed punctuation is a feature of the font
    assert "halt" in {record.FeatureTag for record in sans["GPOS"].table.FeatureList.FeatureRecord}


def test_a_face_that_sets_nothing_is_not_embedded() -> None:
    assert fonts.subset_faces({"sans": "", "kai": "\n"}) == ""


def test_the_same_text_gives_the_same_bytes() -> None:
    first = fonts.subset_faces({"sans": "甲乙丙"})
    fonts._subset.cache_clear()
    assert fonts.subset_faces({"sans": "丙乙甲甲"}) == first


@pytest.mark.parametrize("character", ["✗", "✔", "☐", "\u2009", "\u202f", "😀"])
def test_a_missing_character_is_named_with_the_text_around_it(character: str) -> None:
    with pytest.raises(MissingGlyphError) as caught:
        fonts.subset_faces({"sans": f"前文很长很长很长很长很长很长已整改{character}后文"})
    assert caught.value.character == character
    assert f"U+{ord(character):04X}" in str(caught.value)
    assert "已整改" in caught.value.near


@pytest.mark.parametrize("face", sorted(fonts.FACES))
def test_the_faces_cover_what_reports_print(face: str) -> None:
    text = "0123456789,.%+−–—·～→↑↓（）《》“”‘’、，。；：？！…×÷＝≥≤①②③ⅠⅡ〔〕●○◇▲▼△▽↗↘✓•堃喆珺"
    assert fonts.missing(face, text) == []
    # rare characters in the names of districts and their towns, and signs of units of measure
    assert fonts.missing(face, "硚口区鄠邑区瀍河湾沚埇桥浉河猇亭㎡㎥㎜") == []


def test_an_extra_font_closes_the_gap(tmp_path: Path) -> None:
    extra_font = examples.extra_font(tmp_path)
    embedded = faces_of(fonts.subset_faces({"sans": "已✔"}, [extra_font]))
    assert set(embedded) == {("Report Sans SC", 400), (fonts.EXTRA_FAMILY, 400)}
    assert ord("✔") in embedded[(fonts.EXTRA_FAMILY, 400)].getBestCmap()
    with pytest.raises(MissingGlyphError):
        fonts.check({"sans": "✗"}, [extra_font])


def test_typst_gets_the_package_fonts_only() -> None:
    assert fonts.typst_fonts().families() == ["Report Kai SC", "Report Sans SC", "Report Serif SC"]


def test_which_face_sets_what() -> None:
    html = (
        "<style>x{content:'样式'}</style><h1>甲<wbr>题</h1><h2>乙</h2><p>丙<b>丁</b>&amp;</p>"
        '<blockquote class="kai"><p>戊“己”</p></blockquote><table><tr><td data-l="庚">辛</td></tr></table>'
        "<svg><path d='M0 0'/><text>壬</text></svg><script>脚本</script>癸"
    )
    texts = fonts.texts_of(html)
    assert texts["serif-bold"] == "甲题乙"
    assert texts["kai"] == "戊己"
    assert texts["serif"] == "“”"  # the Kai face has quotation marks of half the width
    assert set("丙丁&庚辛壬癸") <= set(texts["sans"])
    assert not set("样式脚本") & set("".join(texts.values()))


def test_texts_are_merged_by_face() -> None:
    assert fonts.merge_texts([{"sans": "乙甲"}, {"sans": "甲丙", "kai": "丁"}]) == {
        "kai": "丁",
        "sans": "丙乙甲",
    }


def test_every_character_of_the_example_page_is_covered() -> None:
    html = "".join(map(Html(), examples.sections().values()))
    fonts.check(fonts.texts_of(html))
