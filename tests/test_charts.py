"""Charts: what is drawn where, in which order, and that every text can be read, at 5, 9 and 15 units."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from itertools import product

import chart_examples as example
import matplotlib as mpl
import pandas as pd
import pytest
from contrast import contrast
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from analysis import charts
from analysis.charts import placing, style
from analysis.charts.canvas import Canvas
from analysis.charts.svg import glyphless
from analysis.charts.svg_pen import Pen
from analysis.charts.svg_renderer import Renderer
from analysis.render import palette
from analysis.words import words

ZH = example.ZH
NAMES = tuple(example.all_charts("wide"))
WIDTHS = ("wide", "slim")


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def joined(figure: Figure) -> str:
    """All texts in drawing order: wrapped names read on."""
    return "".join(texts(figure))


def rectangles(figure: Figure, *colors: str) -> list[Rectangle]:
    patches = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    return [patch for patch in patches if to_hex(patch.get_facecolor()) in colors]


def height_of(figure: Figure, text: str) -> float:
    return next(t.get_position()[1] for t in figure.axes[0].texts if t.get_text() == text)


def markers(figure: Figure) -> list[str]:
    return [line.get_marker() for line in figure.axes[0].lines if line.get_marker() != "None"]


# ---------------------------------------------------------------- every chart


@pytest.mark.parametrize(
    ("count", "hard", "language"),
    [(1, True, "zh"), (5, True, "en"), (9, False, "zh"), (9, False, "en"), (9, True, "zh"), (20, True, "zh")],
)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_text_overlaps_leaves_the_figure_or_is_too_small(width, count, hard, language):
    for name, draw in example.all_charts(width, count, hard=hard, words=words(language)).items():
        figure = draw()
        assert charts.overlaps(figure) == [], name
        assert glyphless(figure) == [], name
        assert figure.bbox.width == style.PIXELS[width], name
        assert min(text.get_fontsize() for text in figure.axes[0].texts) >= style.SMALLEST[width], name
        assert not any("…" in text for text in texts(figure)), name


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", NAMES)
def test_svg_is_the_same_every_time_and_holds_nothing_but_the_drawing(name, width):
    first, second = (charts.to_picture(example.all_charts(width)[name](), "fig-x-w").svg() for _ in range(2))
    assert first == second
    root = ET.fromstring(first)
    assert root.get("viewBox").split()[:3] == ["0", "0", str(style.PIXELS[width])]
    assert root.get("style") == f"max-width:{style.PIXELS[width]}px"
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert all(ident.startswith("fig-x-w-") for ident in ids)
    links = {element.get("href") for element in root.iter() if element.get("href")}
    assert links == {f"#{ident}" for ident in ids}
    assert not re.search(r"<metadata|<style|clip|<!--|<script|url\(", first)
    assert not re.findall(r"\d\.\d{3,}", re.sub(r">[^<]+<", "><", first))


@pytest.mark.parametrize("name", NAMES)
def test_text_stays_text(name):
    figure = example.all_charts("wide")[name]()
    svg = ET.fromstring(charts.to_picture(figure, "p").svg())
    written = [element.text for element in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert sorted(written) == sorted(texts(figure))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", NAMES)
def test_the_page_shows_what_matplotlib_draws(name, width):
    figure = example.all_charts(width)[name]()
    shown = charts.to_picture(figure, "p").elements
    pen = Pen(*figure.bbox.size, "p")
    with style.report_style():
        figure.axes[0].draw(Renderer(pen))
    assert "".join(pen.elements) == shown


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", NAMES)
def test_every_text_has_contrast_to_what_lies_under_it(name, width):
    figure = example.all_charts(width)[name]()
    renderer = figure._get_renderer()
    patches = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle | FancyBboxPatch)]
    painted = [(patch.get_window_extent(renderer), to_hex(patch.get_facecolor())) for patch in patches]
    for text in figure.axes[0].texts:
        extent = text.get_window_extent(renderer)
        middle = ((extent.x0 + extent.x1) / 2, (extent.y0 + extent.y1) / 2)
        under = [color for box, color in painted if box.contains(*middle)] or [palette.WHITE]
        assert contrast(to_hex(text.get_color()), under[-1]) >= 4.5, text.get_text()
        assert to_hex(text.get_color()) != palette.VERMILION or text.get_fontsize() >= 12, text.get_text()


def test_colours_come_from_the_style_only():
    for width, name in product(WIDTHS, NAMES):
        if name == "score_heatmap":
            continue  # its cells are mixtures of two neighbours of the ramp
        axes = example.all_charts(width)[name]().axes[0]
        used = {to_hex(patch.get_facecolor()) for patch in axes.patches}
        used |= {to_hex(line.get_color()) for line in axes.lines if line.get_linestyle() != "None"}
        used |= {
            to_hex(line.get_markerfacecolor())
            for line in axes.lines
            if line.get_marker() not in ("None", "x")
        }
        used |= {to_hex(text.get_color()) for text in axes.texts}
        assert used <= palette.OF_CHARTS, name


def test_contrast_of_known_pairs():
    # black on white is 21:1 by definition; #767676 is the lightest grey that passes 4.5 (WCAG 2.2, technique G18)
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)
    assert contrast("#777777", "#ffffff") < 4.5


def test_callers_settings_stay_as_they_were():
    before = dict(mpl.rcParams)
    charts.to_picture(example.all_charts("slim")["declines"](), "p")
    assert dict(mpl.rcParams) == before


def test_both_catalogues_have_the_same_keys_and_places():
    zh, en = ({key for key in words(name)._sentences if key.startswith("charts.")} for name in ("zh", "en"))
    assert zh == en
    for key in zh:
        places = [set(re.findall(r"\{(\w+)\}", words(name).label(key))) for name in ("zh", "en")]
        assert places[0] == places[1], key


@pytest.mark.parametrize("name", NAMES)
def test_missing_column_is_named_and_an_empty_frame_refused(name):
    frames = {
        "score_heatmap": (
            "points_possible",
            lambda f: charts.score_heatmap(f, ZH, "wide"),
            example.scores_by_unit_dimension(),
        ),
        "declines": ("verdict", lambda f: charts.declines(f, ZH, "wide"), example.changes_by_unit_measure()),
        "decomposition": (
            "value",
            lambda f: charts.decomposition(f, ZH, "wide"),
            example.effects_by_factor((1, 2, 3)),
        ),
        "contributions": (
            "contribution",
            lambda f: charts.contributions(f, ZH, "wide", city_change={}),
            example.contributions_by_unit_measure()[0],
        ),
        "own_past": ("status", lambda f: charts.own_past(f, ZH, "wide"), example.cases_by_unit_period()),
        "resolution_funnel": (
            "flag",
            lambda f: charts.resolution_funnel(f, ZH, "wide", city_rate=0.9),
            example.rates_by_unit(),
        ),
        "monthly_control": (
            "signal",
            lambda f: charts.monthly_control(f, ZH, "wide"),
            example.cases_by_month(),
        ),
        "unit_past": ("period", lambda f: charts.unit_past(f, ZH, "wide"), example.one_unit_by_period()),
        "rank_intervals": (
            "kept",
            lambda f: charts.rank_intervals(f, ZH, "wide"),
            example.ranks_by_unit(),
        ),
        "lost_points": (
            "lost",
            lambda f: charts.lost_points(f, ZH, "wide"),
            example.lost_by_unit_indicator(),
        ),
        "waits": ("upper", lambda f: charts.waits(f, ZH, "wide"), example.waits_by_unit()),
        "grade_distances": (
            "lowest",
            lambda f: charts.grade_distances(f, ZH, "wide"),
            example.distance_by_unit(),
        ),
        "problem_matrix": (
            "named",
            lambda f: charts.problem_matrix(f, ZH, "wide"),
            example.findings_by_unit_group(),
        ),
        "rectification": (
            "state",
            lambda f: charts.rectification(f, ZH, "wide"),
            example.problems_by_unit_state(),
        ),
        "unit_losses": (
            "points_possible",
            lambda f: charts.unit_losses(f, ZH, "wide"),
            example.losses_by_indicator(),
        ),
        "unit_ranks": ("units", lambda f: charts.unit_ranks(f, ZH, "wide"), example.ranks_by_method()),
        "unit_place": (
            "better",
            lambda f: charts.unit_place(f, ZH, "wide"),
            example.values_by_measure_unit(),
        ),
    }
    column, draw, frame = frames[name]
    with pytest.raises(KeyError, match=column):
        draw(frame.drop(columns=column))
    with pytest.raises(ValueError, match="no rows"):
        draw(frame.iloc[:0])


# ---------------------------------------------------------------- broken charts stop the run


def test_texts_over_each_other_are_named():
    canvas = Canvas(200, 60)
    canvas.text(10, 20, "云杉区")
    canvas.text(30, 22, "红松县")
    canvas.text(10, 45, "银杏区")
    assert charts.overlaps(canvas.figure) == ["'云杉区' overlaps '红松县'"]
    with pytest.raises(charts.ChartLayoutError, match="云杉区"):
        charts.to_picture(canvas.figure, "p")


def test_text_outside_and_text_over_a_mark_are_named():
    canvas = Canvas(100, 40)
    canvas.text(80, 10, "水杉开发区")
    canvas.mark(20, 30, "own")
    canvas.text(15, 30, "12")
    assert charts.overlaps(canvas.figure) == ["'12' covers a mark", "'水杉开发区' leaves the figure"]


def test_lines_a_hair_apart_are_not_an_overlap():
    canvas = Canvas(200, 60)
    canvas.lines(10, 30, ["梧桐山国际旅游", "度假示范区"], 12, 13.5)
    assert charts.overlaps(canvas.figure) == []


def test_missing_glyph_is_an_error_that_names_the_sign_and_the_text():
    canvas = Canvas(200, 60)
    canvas.text(10, 20, "已办结✔")
    with pytest.raises(charts.ChartLayoutError, match=r"no glyph for '✔' in '已办结✔'"):
        charts.to_picture(canvas.figure, "p")


def test_dollar_and_angle_brackets_are_only_text():
    canvas = Canvas(300, 60)
    canvas.text(10, 20, "$a$ <b> & 1.23456")
    picture = charts.to_picture(canvas.figure, "p")
    assert ">$a$ &lt;b&gt; &amp; 1.23456</text>" in picture.elements


# ---------------------------------------------------------------- heat map


def test_heatmap_rows_in_the_given_order_with_a_number_in_every_cell():
    frame = example.scores_by_unit_dimension()
    figure = charts.score_heatmap(frame, ZH, "wide")
    rows = [height_of(figure, unit) for unit in [*example.UNITS, "各单位平均"]]
    assert rows == sorted(rows)
    assert len([text for text in texts(figure) if re.fullmatch(r"\d{1,3}", text)]) >= 10 * 7


def test_heatmap_cut_rule_only_where_the_a_units_are_one_block():
    frame = example.scores_by_unit_dimension()
    assert "线上为A级" in texts(charts.score_heatmap(frame, ZH, "wide"))
    vetoed = frame.assign(grade=frame["grade"].where(frame["unit_name"] != "云杉区", "B"))
    assert "线上为A级" not in texts(charts.score_heatmap(vetoed, ZH, "wide"))


def test_heatmap_missing_share_is_a_word_and_not_a_zero():
    frame = example.scores_by_unit_dimension()
    gone = (frame["unit_name"] == "云杉区") & (frame["dimension"] == "4")
    frame.loc[gone, ["share", "points"]] = math.nan
    before = len(
        rectangles(charts.score_heatmap(example.scores_by_unit_dimension(), ZH, "wide"), palette.HEAT[-1])
    )
    figure = charts.score_heatmap(frame, ZH, "wide")
    assert texts(figure).count("未评") == 1
    assert len(rectangles(figure, palette.HEAT[-1])) == before - 1


def test_heatmap_colour_is_neutral_at_the_mean_of_the_units():
    frame = example.scores_by_unit_dimension(5)
    city = frame["unit_name"] == "各单位平均"
    mean = frame.loc[city, "points"].sum() / frame.loc[city, "points_possible"].sum()
    frame.loc[(frame["unit_name"] == "云杉区") & (frame["dimension"] == "1"), "share"] = mean
    figure = charts.score_heatmap(frame, ZH, "wide")
    assert len(rectangles(figure, palette.HEAT[2])) >= 1


# ---------------------------------------------------------------- declines


def test_declines_grouped_by_verdict_and_sorted_by_change():
    figure = charts.declines(example.changes_by_unit_measure(), ZH, "wide")
    falls, unclear = ["红松县", "云杉区", "水杉开发区"], ["银杏区", "苦楝县", "梧桐区", "乌桕关区"]
    order = ["明确下降", *falls, "变化不明确", *unclear, "明确上升", "香樟县", "白桦新区"]
    drawn = sorted(
        (text.get_position()[1], text.get_text())
        for text in figure.axes[0].texts
        if text.get_position()[0] == 0 and text.get_text() in order
    )
    # −40.4, −39.9, −34.9 | −22.7, −9.6, +5.2, +16.1 | +44.3 | too few
    assert [name for _, name in drawn] == order


def test_declines_too_few_has_counts_and_a_dash_never_a_percentage():
    figure = charts.declines(example.changes_by_unit_measure(), ZH, "wide")
    assert "9→5" in texts(figure)
    assert "−44.4%" not in texts(figure)
    assert texts(figure).count("—") == 3


def test_declines_not_reported_is_a_word_and_has_no_mark_at_zero():
    frame = example.with_silent_units(example.changes_by_unit_measure())
    figure = charts.declines(frame, ZH, "wide")
    assert texts(figure).count("未报") == 4  # the group's heading and three panels
    assert "148→—" in texts(figure)
    silent = frame[(frame["unit_name"] == "云杉区")].assign(previous=math.nan)
    nothing = charts.declines(silent, ZH, "wide")
    assert markers(nothing) == ["o", "x"]  # the key only
    assert "0" not in "".join(text for text in texts(nothing) if "→" in text)


def test_declines_draws_amounts_in_ten_thousands():
    figure = charts.declines(example.changes_by_unit_measure(), ZH, "wide")
    assert "1,934→958" in texts(figure)


# ---------------------------------------------------------------- decomposition


def test_waterfall_totals_start_at_zero_and_steps_meet():
    # 100 − 40 + 25 − 10 = 75 (万元)
    frame = example.effects_by_factor((-400_000.0, 250_000.0, -100_000.0), 1_000_000.0)
    figure = charts.decomposition(frame, ZH, "wide")
    first, cases, workers, amount, last = rectangles(
        figure, palette.MID_GREY, palette.BLUE, palette.VERMILION
    )
    zero, px = first.get_x(), first.get_width() / 100
    assert last.get_x() == pytest.approx(zero)
    assert last.get_width() == pytest.approx(75 * px)
    assert cases.get_x() == pytest.approx(zero + 60 * px)
    assert workers.get_x() == pytest.approx(zero + 60 * px)
    assert workers.get_width() == pytest.approx(25 * px)
    assert amount.get_x() == pytest.approx(zero + 75 * px)
    assert [to_hex(bar.get_facecolor()) for bar in (cases, workers, amount)] == [
        palette.BLUE, palette.VERMILION, palette.BLUE,
    ]  # fmt: skip
    assert {"案件变少", "每案人数变多", "每人金额变少", "−40.0万元", "+25.0万元", "100.0万元"} <= set(
        texts(figure)
    )


def test_waterfall_that_passes_below_zero_stays_in_the_figure():
    frame = example.effects_by_factor((-1_610_000.0, 900_000.0, 710_000.0), 1_000_000.0)
    for width in WIDTHS:
        figure = charts.decomposition(frame, ZH, width)
        assert charts.overlaps(figure) == []
        assert all(
            bar.get_x() >= 0 for bar in rectangles(figure, palette.BLUE, palette.VERMILION, palette.MID_GREY)
        )


def test_waterfall_missing_effect_is_a_word_without_a_bar():
    frame = example.effects_by_factor((-400_000.0, 250_000.0, 0.0), 1_000_000.0)
    frame.loc[frame["factor"] == "cases", "value"] = math.nan
    figure = charts.decomposition(frame, ZH, "wide")
    assert "无数据" in texts(figure)
    assert len(rectangles(figure, palette.BLUE)) == 0


def test_waterfall_without_periods_names_its_totals_all_the_same():
    frame = example.effects_by_factor((1.0, 2.0, 3.0)).drop(columns=["previous_period", "current_period"])
    assert "上期涉及金额" in texts(charts.decomposition(frame, ZH, "wide"))


# ---------------------------------------------------------------- contributions


@pytest.mark.parametrize("width", WIDTHS)
def test_contributions_are_bars_from_one_zero_on_one_scale(width):
    frame, city = example.contributions_by_unit_measure()
    figure = charts.contributions(frame, ZH, width, city_change=city)
    falls, rises = (rectangles(figure, color) for color in (palette.BLUE, palette.VERMILION))
    drawn = sum(bar.get_width() for bar in falls) - sum(bar.get_width() for bar in rises)
    values = frame["contribution"]
    assert len(falls) + len(rises) == (values != 0).sum()
    px = max(bar.get_width() for bar in falls) / -values.min()
    assert drawn == pytest.approx(-values.sum() * px)
    zeros = {round(bar.get_x() + bar.get_width(), 6) for bar in falls}
    assert zeros == {round(bar.get_x(), 6) for bar in rises}


def test_contribution_that_is_missing_is_a_word():
    frame, city = example.contributions_by_unit_measure()
    frame.loc[0, "contribution"] = math.nan
    figure = charts.contributions(frame, ZH, "slim", city_change=city | {"cases": math.nan})
    assert texts(figure).count("无数据") == 1
    assert any("—" in text for text in texts(figure))


# ---------------------------------------------------------------- own past


def test_past_one_panel_per_unit_on_one_scale_from_zero():
    frame = example.cases_by_unit_period()
    figure = charts.own_past(frame, ZH, "wide")
    own = [line for line in figure.axes[0].lines if line.get_linewidth() == 2.2]
    floors = sorted(
        {
            line.get_ydata()[0]
            for line in figure.axes[0].lines
            if to_hex(line.get_color()) == palette.SECONDARY
        }
    )
    assert len(floors) == 3  # one floor per row of panels, at zero
    first = own[0].get_ydata()  # 云杉区 in the first row: 148 cases in 2019, 89 in 2020
    assert (floors[0] - first[3]) / (floors[0] - first[4]) == pytest.approx(148 / 89)


def test_past_gap_is_not_bridged():
    frame = example.cases_by_unit_period()
    figure = charts.own_past(frame, ZH, "wide")
    lengths = [len(line.get_xdata()) for line in figure.axes[0].lines if line.get_linewidth() == 2.2]
    # the fourth unit has no 2017: a dash for 2016 and a line of three years
    assert lengths.count(5) == 8
    assert lengths.count(3) == 1
    assert lengths.count(2) == 1


def test_past_break_parts_every_line():
    figure = charts.own_past(example.cases_by_unit_period(), ZH, "wide", breaks=["2018"])
    own = [line for line in figure.axes[0].lines if line.get_linewidth() == 2.2]
    assert {len(line.get_xdata()) for line in own} == {2, 3}
    dotted = [line for line in figure.axes[0].lines if line.get_linestyle() == "--"]
    assert len(dotted) == 9


def test_past_unit_silent_in_the_last_year_says_so():
    frame = example.cases_by_unit_period(15)
    figure = charts.own_past(frame, ZH, "slim")
    assert texts(figure).count("未报") == 2  # beside the name, and where the value would stand


def test_past_last_mark_follows_the_verdict():
    figure = charts.own_past(example.cases_by_unit_period(), ZH, "wide")
    # ● clear fall, × too few, ◇ not clear, ▲ clear rise, in the order of the units
    assert markers(figure) == ["o", "x", "o", "D", "o", "D", "^", "D", "D"]
    assert "148→89 明确下降" in texts(figure)


def test_card_past_writes_every_value_and_the_status_of_the_missing():
    figure = charts.unit_past(example.one_unit_by_period(), ZH, "slim")
    assert {"71", "64 不完整", "58", "61", "未报"} <= set(texts(figure))
    assert len(markers(figure)) == 4


# ---------------------------------------------------------------- funnel


def test_months_that_stand_out_are_marked_by_shape_and_the_key_names_them():
    figure = charts.monthly_control(example.cases_by_month(), ZH, "wide")
    drawn = markers(figure)
    # one of each in the key
    assert (drawn.count("^"), drawn.count("v"), drawn.count("D")) == (2, 2, 9)
    assert {"高于上限", "低于下限", "连续偏高、偏低或同向", "上限61.7", "均值42.4", "下限23.1"} <= set(
        texts(figure)
    )
    assert [text for text in texts(figure) if text in ("2019", "2020")] == ["2019", "2020"]


def test_months_without_a_signal_need_no_key_and_without_limits_no_lines():
    quiet = example.cases_by_month().assign(signal="", centre=math.nan, lower=math.nan, upper=math.nan)
    figure = charts.monthly_control(quiet, ZH, "slim")
    assert set(markers(figure)) == {"o"}
    assert not any("限" in text or "均值" in text for text in texts(figure))


def test_month_that_was_not_reported_parts_the_line():
    frame = example.cases_by_month()
    frame.loc[6, "value"] = math.nan
    lines = [
        line
        for line in charts.monthly_control(frame, ZH, "wide").axes[0].lines
        if to_hex(line.get_color()) == palette.INK and line.get_linestyle() != "None"
    ]
    assert [len(line.get_xdata()) for line in lines] == [6, 17]


def test_funnel_says_where_its_axis_begins():
    figure = charts.resolution_funnel(example.rates_by_unit(), ZH, "wide", city_rate=0.917)
    assert "核处化解率，%（纵轴从70起）" in texts(figure)  # the lowest rate is 27/36 = 75 %
    frame = example.rates_by_unit()
    frame.loc[0, ["numerator", "value"]] = [9.0, 9 / 89]
    assert "核处化解率，%" in texts(charts.resolution_funnel(frame, ZH, "wide", city_rate=0.9))


def test_funnel_mark_follows_the_flag_and_not_the_drawn_limits():
    frame = example.rates_by_unit().assign(flag="inside")
    assert set(markers(charts.resolution_funnel(frame, ZH, "wide", city_rate=0.917))) == {"o"}
    frame.loc[8, "flag"] = "low_998"
    assert "v" in markers(charts.resolution_funnel(frame, ZH, "wide", city_rate=0.917))


def test_funnel_limits_are_those_the_flags_come_from():
    # p = 0.9, n = 100: P(X ≤ 83) = 2.06 % is flagged at 2.5 %, P(X ≤ 84) = 3.99 % is not: the limit lies between
    frame = pd.DataFrame(
        [["云杉区", 94, 100, 0.94, "inside"], ["红松县", 80, 100, 0.8, "inside"]],
        columns=["unit_name", "numerator", "denominator", "value", "flag"],
    )
    figure = charts.resolution_funnel(frame, ZH, "wide", city_rate=0.9)
    lines = figure.axes[0].lines
    city = next(line for line in lines if line.get_linewidth() == 1.2 and line.get_marker() == "None")
    marks = [tuple(line.get_xydata()[0]) for line in lines if line.get_marker() == "o"]
    x, high = max(marks, key=lambda mark: (mark[0], -mark[1]))
    per_unit = (city.get_ydata()[0] - high) / 0.04
    dashed = [line.get_xydata() for line in lines if line.get_linestyle() == "--"]
    lower = max(dashed, key=lambda curve: curve[:, 1].max())
    at_100 = min(lower, key=lambda point: abs(point[0] - x))
    assert 0.83 < 0.9 - (at_100[1] - city.get_ydata()[0]) / per_unit < 0.84


def test_funnel_names_units_without_a_rate_below_the_drawing():
    frame = example.rates_by_unit()
    frame.loc[[1, 4], "value"] = math.nan
    frame.loc[6, ["numerator", "denominator"]] = 0
    for width in WIDTHS:
        figure = charts.resolution_funnel(frame, ZH, width, city_rate=0.917)
        assert "没有核处化解率的单位：白桦新区、水杉开发区、香樟县" in joined(figure)
        assert charts.overlaps(figure) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_funnel_names_every_unit_once_however_crowded(width):
    frame = example.rates_by_unit(15, long=True, extreme=True)
    written = joined(charts.resolution_funnel(frame, ZH, width, city_rate=0.917))
    for name in frame["unit_name"]:
        assert name in written


def test_funnel_without_a_city_rate_or_with_one_of_all_cases_still_draws():
    for rate in (math.nan, 1.0):
        figure = charts.resolution_funnel(example.rates_by_unit(), ZH, "slim", city_rate=rate)
        assert charts.overlaps(figure) == []


# ---------------------------------------------------------------- place of a unit


def test_place_better_is_always_right():
    frame = pd.DataFrame(
        [
            ["核处化解率", 0.95, True, 0.9, "high", "percent"],
            ["核处化解率", 0.80, False, 0.9, "high", "percent"],
            ["案件数变化", -0.40, True, -0.2, "low", "signed_percent"],
            ["案件数变化", 0.30, False, -0.2, "low", "signed_percent"],
        ],
        columns=["measure_name", "value", "is_own", "city", "better", "format"],
    )
    figure = charts.unit_place(frame, ZH, "wide")
    marks = [line for line in figure.axes[0].lines if line.get_marker() == "o"][2:]  # after the key
    for other, own in (marks[:2], marks[2:]):
        assert to_hex(own.get_markerfacecolor()) == palette.INK
        assert own.get_xdata()[0] > other.get_xdata()[0]
        assert own.get_ydata()[0] == other.get_ydata()[0]
    assert {"95.0%", "−40.0%", "全市 90.0%", "全市 −20.0%", "越靠右越好"} <= set(texts(figure))


def test_place_without_an_own_value_says_so():
    frame = example.values_by_measure_unit().assign(value=lambda f: f["value"].mask(f["is_own"]))
    figure = charts.unit_place(frame, ZH, "wide")
    assert texts(figure).count("无数据") == 5
    own = [
        line for line in figure.axes[0].lines
        if line.get_marker() == "o" and to_hex(line.get_markerfacecolor()) == palette.INK
    ]  # fmt: skip
    assert len(own) == 1  # the key's


# ---------------------------------------------------------------- layout


def test_wrap_keeps_every_sign_and_balances_the_lines():
    name = example.LONG_NAME
    lines = placing.wrap(name, 150, 13)
    assert "".join(lines) == name
    assert [len(line) for line in lines] == [10, 9]
    assert all(style.measure(line, 13) <= 150 for line in lines)
    assert placing.wrap("Beidaihe New Area", 80, 13) == ("Beidaihe", "New Area")
    assert placing.wrap("山海关区", 150, 13) == ("山海关区",)


@pytest.mark.parametrize(("at_least", "step"), [(0.2, 1), (1, 1), (2.4, 5), (21, 25), (74, 100), (403, 500)])
def test_round_steps(at_least, step):
    assert placing.nice_step(at_least) == step


def test_axis_reaches_past_the_largest_value():
    assert placing.ticks_to(148, 5) == [0, 50, 100, 150]
    assert placing.ticks_to(0, 5) == [0, 1]


def test_spread_keeps_the_order_and_the_gap():
    assert placing.spread([10, 11, 12, 50], 5, 0, 100) == [10, 15, 20, 50]
    assert placing.spread([98, 99], 5, 0, 100) == [95, 100]


def test_labels_without_room_are_an_error():
    marks = [placing.Box(0, 0, 50, 50)]
    with pytest.raises(placing.NoRoomError):
        placing.place_labels([(25, 25)], [(40, 13)], bounds=placing.Box(0, 0, 50, 50), marks=marks)


def test_labels_do_not_depend_on_anything_but_their_input():
    points = [(20.0, 50.0), (24.0, 50.0), (90.0, 52.0)]
    sizes = [(60.0, 13.0)] * 3
    bounds, marks = placing.Box(0, 0, 300, 120), [placing.Box(x - 4, y - 4, x + 4, y + 4) for x, y in points]
    first = placing.place_labels(points, sizes, bounds=bounds, marks=marks)
    assert first == placing.place_labels(points, sizes, bounds=bounds, marks=marks)
    boxes = [label.box for label in first]
    assert not any(a.meets(b) for place, a in enumerate(boxes) for b in boxes[place + 1 :])
    assert not any(box.meets(mark) for box in boxes for mark in marks)
    assert all(box.within(bounds) for box in boxes)


def test_points_close_together_are_one_group():
    assert placing.group_points([(0, 0), (30, 0), (8, 0), (16, 0)], 10) == [[0, 2, 3], [1]]


# ---------------------------------------------------------------- every chart, in whatever order its rows lie


def shuffled(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame that knows its order, its rows lying in another one."""
    return frame.assign(place=range(len(frame))).sample(frac=1, random_state=3)


@pytest.mark.parametrize(
    ("draw", "frame"),
    [
        (charts.score_heatmap, example.scores_by_unit_dimension()),
        (charts.declines, example.changes_by_unit_measure()),
        (charts.own_past, example.cases_by_unit_period()),
        (charts.rank_intervals, example.ranks_by_unit()),
        (charts.lost_points, example.lost_by_unit_indicator()),
        (charts.grade_distances, example.distance_by_unit()),
        (charts.problem_matrix, example.findings_by_unit_group()),
        (charts.rectification, example.problems_by_unit_state()),
        (charts.unit_losses, example.losses_by_indicator()),
        (charts.unit_ranks, example.ranks_by_method()),
        (charts.unit_place, example.values_by_measure_unit()),
        (charts.monthly_control, example.cases_by_month()),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_order_in_which_rows_lie_changes_nothing(draw, frame):
    assert charts.to_picture(draw(shuffled(frame), ZH, "slim"), "p") == charts.to_picture(
        draw(frame, ZH, "slim"), "p"
    )


# ---------------------------------------------------------------- lost points


def test_lost_points_by_value_in_bars_from_one_zero():
    frame = pd.DataFrame(
        [
            ["云杉区", "A", 5.0, "核处化解率", 2.0],
            ["云杉区", "A", 5.0, "案件数下降", 1.5],
            ["红松县", "B", 10.0, "实名制管理", 4.0],
            ["红松县", "B", 10.0, "案件数下降", 0.5],
            ["红松县", "B", 10.0, "清欠率", 3.0],
            ["红松县", "B", 10.0, "劳动合同", 1.0],
        ],
        columns=["unit_name", "grade", "lost", "item", "points"],
    )
    figure = charts.lost_points(frame, ZH, "wide")
    assert height_of(figure, "红松县") < height_of(figure, "云杉区")
    # the three costliest, by their points: 4 + 3 + 1, and the rest 2 of 10
    costly = rectangles(figure, palette.VERMILION)[1:]  # the first is the key's
    rest = rectangles(figure, palette.CONTEXT_GREY)[1:]
    px = costly[0].get_width() / 4
    assert [bar.get_width() / px for bar in costly] == pytest.approx([4, 3, 1, 2, 1.5])
    assert [bar.get_width() / px for bar in rest] == pytest.approx([2, 1.5])
    assert costly[0].get_x() == pytest.approx(costly[3].get_x())
    assert [text for text in texts(figure) if text.startswith(("实名制", "清欠率", "劳动合同"))] == [
        "实名制管理 4.00", "清欠率 3.00", "劳动合同 1.00",
    ]  # fmt: skip
    assert not any("案件数下降 0.50" in text for text in texts(figure))


def test_unit_without_a_score_has_a_word_and_one_without_losses_a_zero():
    figure = charts.lost_points(example.lost_by_unit_indicator(long=True), ZH, "slim")
    assert texts(figure).count("未评") == 1
    assert "0.00" in texts(figure)
    assert height_of(figure, "红松县") == max(
        height_of(figure, name) for name in ("红松县", "苦楝县", "香樟县")
    )


def test_small_losses_of_a_card_share_the_last_bar():
    figure = charts.unit_losses(example.losses_by_indicator(18), ZH, "wide")
    frame = example.losses_by_indicator(18)
    assert len(rectangles(figure, palette.VERMILION)) == 12
    (rest,) = rectangles(figure, palette.CONTEXT_GREY)
    first = rectangles(figure, palette.VERMILION)[0]
    px = first.get_width() / frame["points"].max()
    assert rest.get_width() / px == pytest.approx(frame["points"][12:].sum())
    assert "其余6项" in texts(figure)
    assert len(rectangles(charts.unit_losses(frame.head(13), ZH, "wide"), palette.VERMILION)) == 13


# ---------------------------------------------------------------- distances to the lines


@pytest.mark.parametrize("width", WIDTHS)
def test_distances_are_bars_from_the_cut_on_one_scale(width):
    frame = example.distance_by_unit()
    figure = charts.grade_distances(frame, ZH, width)
    above, below = rectangles(figure, palette.BLUE), rectangles(figure, palette.MID_GREY)
    px = above[0].get_width() / frame["gap"].max()
    assert [bar.get_width() / px for bar in above] == pytest.approx(list(frame["gap"][frame["gap"] > 0]))
    assert [bar.get_width() / px for bar in below] == pytest.approx(list(-frame["gap"][frame["gap"] < 0]))
    zeros = {round(bar.get_x(), 6) for bar in above} | {
        round(bar.get_x() + bar.get_width(), 6) for bar in below
    }
    assert len(zeros) == 1


def test_distance_to_grade_c_stands_beside_the_units_below_a_only():
    figure = charts.grade_distances(example.distance_by_unit(), ZH, "wide")
    assert "+31.44" not in texts(figure)  # of the first A unit
    assert "+1.04" in texts(figure)  # of the last B unit: 31.44 − 8 × 3.8
    without = example.distance_by_unit().assign(lowest=math.nan)
    assert "高于C级分数线" not in joined(charts.grade_distances(without, ZH, "wide"))


def test_distances_that_are_all_zero_or_missing_draw_no_bar():
    frame = example.distance_by_unit().assign(gap=0.0)
    assert rectangles(charts.grade_distances(frame, ZH, "slim"), palette.BLUE, palette.MID_GREY) == [
        bar for bar in rectangles(charts.grade_distances(frame, ZH, "slim"), palette.BLUE) if bar.get_height() == 10
    ]  # fmt: skip
    missing = charts.grade_distances(frame.assign(gap=math.nan, lowest=math.nan), ZH, "wide")
    # where no score moves a unit, something else holds it back, and that is said
    assert texts(missing).count("另有条件未达到") == 9


# ---------------------------------------------------------------- ranks


def test_rank_intervals_reach_from_rank_to_rank():
    frame = example.ranks_by_unit()
    figure = charts.rank_intervals(frame, ZH, "wide")
    bars = rectangles(figure, palette.MID_GREY)[1:]  # the first is the key's
    axis = {
        t.get_text(): t.get_position()[0] for t in figure.axes[0].texts if t.get_text() in tuple("123456789")
    }
    for bar, lower, upper in zip(bars, frame["lower"], frame["upper"], strict=True):
        # a bar reaches half a mark past its ranks
        assert bar.get_x() == pytest.approx(axis[str(int(lower))] - 5)
        assert bar.get_x() + bar.get_width() == pytest.approx(axis[str(int(upper))] + 5)
    assert markers(figure)[2:] == ["o", "o", "D"] * 3
    assert texts(figure).count("不稳固") == 3


def test_unit_without_a_rank_has_a_word():
    figure = charts.rank_intervals(example.ranks_by_unit(long=True), ZH, "slim")
    assert texts(figure).count("未评") == 1
    assert len(markers(figure)) == 2 + 8


def test_card_shows_no_rank_but_its_own():
    figure = charts.unit_ranks(example.ranks_by_method(), ZH, "wide")
    assert len(markers(figure)) == 3
    assert {"第3～6名", "第6名", "无数据"} <= set(texts(figure))
    # all places of the nine units, so that the rank can be read
    assert [text for text in texts(figure) if text.isdigit()] == list("123456789")


# ---------------------------------------------------------------- problems


def test_matrix_marks_named_groups_in_roll_order_with_their_counts():
    frame = example.findings_by_unit_group()
    figure = charts.problem_matrix(frame, ZH, "wide")
    heights = [height_of(figure, unit) for unit in example.UNITS]
    assert heights == sorted(heights)
    filled = [
        line for line in figure.axes[0].lines
        if line.get_marker() == "o" and to_hex(line.get_markerfacecolor()) == palette.INK
    ]  # fmt: skip
    assert len(filled) == 1 + frame["named"].sum()
    assert texts(figure).count("0") == (frame["findings"] == 0).sum() + sum(
        not named.any() for _, named in frame.groupby("unit_name")["named"]
    )


def test_matrix_cell_that_is_not_known_is_a_word():
    assert (
        texts(charts.problem_matrix(example.findings_by_unit_group(long=True), ZH, "wide")).count("无数据")
        == 1
    )


def test_rectification_bars_from_zero_on_one_scale_most_overdue_first():
    frame = example.problems_by_unit_state()
    figure = charts.rectification(frame, ZH, "wide")
    counts = frame.set_index(["state", "unit_name"])["count"]
    order = sorted(example.UNITS, key=lambda unit: height_of(figure, unit))
    overdue = [counts["overdue", unit] for unit in order]
    assert overdue == sorted(overdue, reverse=True)
    bars = rectangles(figure, palette.VERMILION, palette.MID_GREY, palette.CONTEXT_GREY, palette.BLUE)
    px = max(bar.get_width() for bar in bars) / frame["count"].max()
    assert sorted(round(bar.get_width() / px) for bar in bars) == sorted(frame["count"][frame["count"] > 0])


def test_rectification_leaves_out_a_state_nobody_has_but_never_the_overdue():
    frame = example.problems_by_unit_state()
    frame.loc[frame["state"].isin(["repeated", "overdue"]), "count"] = 0.0
    written = texts(charts.rectification(frame, ZH, "slim"))
    assert "反复" not in written
    assert "逾期" in written


# ---------------------------------------------------------------- awkward data


@pytest.mark.parametrize("value", [0.0, math.nan, 3.0])
@pytest.mark.parametrize("width", WIDTHS)
def test_values_that_are_all_zero_missing_or_equal_still_draw(width, value):
    contribution, city = example.contributions_by_unit_measure()
    figures = [
        charts.declines(
            example.changes_by_unit_measure().assign(previous=value, current=value, change=math.nan),
            ZH,
            width,
        ),
        charts.contributions(contribution.assign(contribution=value), ZH, width, city_change=city),
        charts.own_past(example.cases_by_unit_period().assign(value=value), ZH, width),
        charts.unit_past(example.one_unit_by_period().assign(value=value), ZH, width),
        charts.monthly_control(example.cases_by_month().assign(value=value), ZH, width),
        charts.lost_points(example.lost_by_unit_indicator().assign(lost=value, points=value), ZH, width),
        charts.grade_distances(example.distance_by_unit().assign(gap=value, lowest=value), ZH, width),
        charts.rectification(example.problems_by_unit_state().assign(count=value), ZH, width),
    ]
    for figure in figures:
        assert charts.overlaps(figure) == []
