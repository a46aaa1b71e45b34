"""The comparison of outputs with those on record tells every file that is not as it was."""

from __future__ import annotations

from outputs import RECORD, differences, recorded


def test_changed_new_and_missing_files_are_told_by_name() -> None:
    before = recorded("aa  zh/report.html\nbb  zh/units/a b.html\n")
    now = {"zh/report.html": "cc", "zh/report.pdf": "dd"}
    assert list(differences(before, now)) == [
        "changed zh/report.html",
        "new     zh/report.pdf",
        "gone    zh/units/a b.html",
    ]
    assert not list(differences(before, before))


def test_the_record_holds_every_edition_and_what_the_stages_hand_over() -> None:
    names = recorded(RECORD.read_text(encoding="utf-8"))
    for language, below in (("zh", ""), ("en", "en/")):
        for name in ("report.html", "own/units/130302.html", "grades/report.html"):
            assert f"{language}/reports/2020/{below}{name}" in names
        assert f"{language}/data/processed/2020/{below}values.csv" in names
