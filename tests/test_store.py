"""Frames come back from `data/processed` as they went, and results know when they are stale."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from office_examples import Office
from pandas.testing import assert_frame_equal

from analysis.results.store import NotStoredError, Store, fingerprint, raw_files
from analysis.rounds.rounds import load_round
from analysis.run import checking, stages


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "processed")


def test_every_type_comes_back(store):
    frame = pd.DataFrame(
        {
            "code": pd.Series(["0130", "无", "NA", ""], dtype="str"),
            "count": pd.Series([1, None, 3, 4], dtype="Int64"),
            "rows": pd.Series([1, 2, 3, 4], dtype="int64"),
            "value": pd.Series([0.1 + 0.2, np.nan, 1e-17, 3.0]),
            "checked": pd.Series([True, None, False, True], dtype="boolean"),
            "named": pd.Series([True, False, False, True], dtype="bool"),
            "day": pd.Series(["2020-02-29", None, "2021-01-01", "2016-01-01"], dtype="datetime64[s]"),
        }
    )
    store.write("ledgers/clues", frame)
    assert_frame_equal(store.read("ledgers/clues"), frame)


def test_text_with_commas_quotes_and_line_ends_comes_back(store):
    texts = ['a,"b"', "两\n行", " 边上有空格 ", "=1+1", "1.10"]
    frame = pd.DataFrame({"text": pd.Series(texts, dtype="str")})
    store.write("texts", frame)
    assert store.read("texts")["text"].tolist() == texts


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
@example(
    ["甲\r乙", "\r", "甲\r\n乙", "\ufeff甲", "\x0b", "\u2028", "", "\x00", '"', '\r"', "'=", "''", "-", "'"]
)
def test_any_text_comes_back_as_it_went(tmp_path_factory, texts):
    store = Store(tmp_path_factory.mktemp("texts"))
    numbers = pd.Series([None if place % 2 else place for place in range(len(texts))], dtype="Int64")
    frame = pd.DataFrame({"before": numbers, "text": pd.Series(texts, dtype="str"), "after": numbers})
    store.write("texts", frame)
    assert_frame_equal(store.read("texts"), frame)


@pytest.mark.parametrize(
    ("text", "in_the_file"),
    [
        ("=1+1", "'=1+1"),
        ("+HYPERLINK(1)", "'+HYPERLINK(1)"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1", "'＝1"),
        # one that is so already must not be taken for ours
        ("'=1+1", "''=1+1"),
        ("'90年代", "'90年代"),
        # a number is no text, be it kept as one
        ("-12.50", "-12.50"),
        ("+3", "+3"),
        ("甲=乙", "甲=乙"),
    ],
)
def test_no_text_of_a_file_is_run_by_a_spreadsheet(store, text, in_the_file):
    store.write("texts", pd.DataFrame({"text": pd.Series([text], dtype="str")}))
    written = (store.folder / "texts.csv").read_text(encoding="utf-8-sig")
    assert written == f"text\n{in_the_file}\n"
    assert store.read("texts")["text"].tolist() == [text]


@pytest.mark.parametrize("text", ["\t=1", "\r=1", "\n=1"])
def test_a_text_behind_a_tab_or_return_is_neutral_and_comes_back(store, text):
    store.write("texts", pd.DataFrame({"text": pd.Series([text, ""], dtype="str")}))
    assert b"'" + text.encode() in (store.folder / "texts.csv").read_bytes()
    assert store.read("texts")["text"].tolist() == [text, ""]


def test_how_money_stands_in_the_file_is_left_alone(store):
    frame = pd.DataFrame({"amount": [-5.0], "name": pd.Series(["甲"], dtype="str")})
    store.write("money", frame, written={"amount": pd.Series(["-5.00"])})
    assert (store.folder / "money.csv").read_text(encoding="utf-8-sig").splitlines()[1] == "-5.00,甲"


@given(st.lists(st.floats(allow_infinity=False), min_size=1))
def test_floats_come_back_bit_by_bit(tmp_path_factory, numbers):
    store = Store(tmp_path_factory.mktemp("floats"))
    frame = pd.DataFrame({"value": pd.Series(numbers, dtype="float64")})
    store.write("values", frame)
    assert_frame_equal(store.read("values"), frame, check_exact=True)


def test_an_empty_frame_keeps_its_columns(store):
    frame = pd.DataFrame({"unit": pd.Series([], dtype="str"), "day": pd.Series([], dtype="datetime64[s]")})
    store.write("nothing", frame)
    assert_frame_equal(store.read("nothing"), frame)


def test_what_one_reader_changes_in_a_frame_no_other_sees(store):
    written = pd.DataFrame({"unit": pd.Series(["东区", "西区"], dtype="str"), "value": [1.0, 2.0]})
    store.write("values", written)
    mine = store.read("values")
    mine.loc[0, "value"] = 99.0
    mine["more"] = 0
    del mine["unit"]
    assert_frame_equal(store.read("values"), written)
    store.write("values", written.assign(value=[3.0, 4.0]))
    assert store.read("values")["value"].tolist() == [3.0, 4.0]


def test_a_file_opens_in_a_spreadsheet_and_is_the_same_each_time(store):
    frame = pd.DataFrame({"单位": pd.Series(["东区"], dtype="str"), "值": [0.5]})
    store.write("a", frame)
    content = (store.folder / "a.csv").read_bytes()
    assert content == "\ufeff单位,值\n东区,0.5\n".encode()
    store.write("a", frame)
    assert (store.folder / "a.csv").read_bytes() == content


def test_a_column_without_a_form_is_refused_and_the_old_file_stays(store):
    store.write("a", pd.DataFrame({"x": [1]}))
    with pytest.raises(TypeError, match="'x'"):
        store.write("a", pd.DataFrame({"x": pd.Series([[1], "mixed"], dtype=object)}))
    assert store.read("a")["x"].tolist() == [1]


def test_what_was_not_written_or_was_deleted_is_not_there(store):
    assert not store.has("a")
    with pytest.raises(NotStoredError):
        store.read("a")
    store.write("a", pd.DataFrame({"x": [1]}))
    assert store.has("a")
    (store.folder / "a.csv").unlink()
    assert not store.has("a")
    with pytest.raises(NotStoredError):
        store.read("a")


def test_a_write_that_fails_leaves_no_half_file(store, monkeypatch):
    store.write("a", pd.DataFrame({"x": [1]}))

    def full(*_args):
        raise OSError("no space left")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="no space"):
        store.write("a", pd.DataFrame({"x": [2]}))
    monkeypatch.undo()
    assert store.read("a")["x"].tolist() == [1]
    assert not list(store.folder.glob("*.writing"))
    assert store.has("a")


def test_a_stage_is_fresh_only_for_its_input(store):
    assert not store.is_fresh("intake", "abc")
    store.mark_done("intake", "abc")
    assert store.is_fresh("intake", "abc")
    assert not store.is_fresh("intake", "abd")
    assert not store.is_fresh("trends", "abc")
    (store.folder / "stages.json").write_text("{half", encoding="utf-8")
    assert not store.is_fresh("intake", "abc")


def test_the_fingerprint_follows_the_offices_files(tmp_path):
    office = Office(tmp_path)
    office.write()
    round_ = load_round(tmp_path, "2020")
    first = fingerprint(round_)
    assert fingerprint(round_) == first
    assert fingerprint(round_, ["en"]) != first
    # what Excel leaves while a file is open is not the office's
    (office.folder / "~$名册.xlsx").write_bytes(b"lock")
    (office.folder / ".DS_Store").write_bytes(b"x")
    assert fingerprint(round_) == first
    (office.folder / "说明.txt").write_text("a", encoding="utf-8")
    second = fingerprint(round_)
    (office.folder / "说明.txt").rename(office.folder / "说明二.txt")
    assert len({first, second, fingerprint(round_)}) == 3
    assert "~$名册.xlsx" not in {path.name for path in raw_files(office.folder)}


def test_what_is_saved_after_the_check_is_computed_anew(tmp_path):
    def amount(assessment):
        rows = assessment.values.query("unit == '990001' and measure == 'amount' and period == '2019'")
        return rows["value"].item()

    office = Office(tmp_path)
    office.write()
    checked = checking.check(tmp_path, "2020")
    office.clues[4][5] = 1500
    office.write()
    assert amount(stages.compute(checked, "zh")) == 1000
    assert amount(stages.open_assessment("2020", "indicators", "zh", tmp_path)) == 1500


def test_a_file_changed_there_and_back_leaves_no_stage_half_done(tmp_path):
    def lineage():
        return stages.open_assessment("2020", "comparison", "zh", tmp_path).lineage

    office = Office(tmp_path)
    office.write()
    whole = lineage()
    first = {file: file.read_bytes() for file in raw_files(office.folder)}
    office.clues[4][5] = 1500
    office.write()
    # the stages behind this one are not asked for, but what they had added to the lineage is gone
    stages.open_assessment("2020", "indicators", "zh", tmp_path)
    for file, content in first.items():
        file.write_bytes(content)
    assert_frame_equal(lineage(), whole)
