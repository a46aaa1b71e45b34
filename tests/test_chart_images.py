"""Every chart against its committed picture: letters may be drawn a little differently, nothing else may."""

from __future__ import annotations

import chart_examples as example
import chart_images as images
import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageFilter

from analysis import charts

FIGURES = images.figures()


def same(one: np.ndarray, other: np.ndarray) -> bool:
    """Return whether two pictures differ by no more than letters of another rasteriser do."""
    whole, local = images.difference(one, other)
    return whole <= images.TOLERANCE and local <= images.LOCAL_TOLERANCE


@pytest.mark.parametrize("name", FIGURES)
def test_chart_looks_as_its_picture(name: str) -> None:
    drawn = images.pixels(FIGURES[name]())
    whole, local = images.difference(drawn, images.baseline(name))
    assert whole <= images.TOLERANCE, f"{name}: RMS {whole:.1f}"
    assert local <= images.LOCAL_TOLERANCE, f"{name}: RMS {local:.1f} in one square"


def test_there_is_one_picture_per_chart_and_no_other() -> None:
    assert {path.stem for path in images.FOLDER.glob("*.png")} == set(FIGURES)


def changed(frame: pd.DataFrame, row: int, **values: float | str) -> pd.DataFrame:
    """Return a frame with some cells of one row changed."""
    frame = frame.copy()
    for column, value in values.items():
        frame.loc[row, column] = value
    return frame


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        (
            "grade_distances-wide",
            lambda: charts.grade_distances(
                changed(example.distance_by_unit(), 0, gap=example.distance_by_unit()["gap"][0] * 0.9),
                example.ZH,
                "wide",
            ),
        ),
        (
            "lost_points-wide",
            lambda: charts.lost_points(
                changed(example.lost_by_unit_indicator(), 0, points=1.9), example.ZH, "wide"
            ),
        ),
        (
            "rank_intervals-wide",
            lambda: charts.rank_intervals(changed(example.ranks_by_unit(), 4, upper=7.0), example.ZH, "wide"),
        ),
        (
            "problem_matrix-wide",
            lambda: charts.problem_matrix(
                changed(example.findings_by_unit_group(), 4, named=True), example.ZH, "wide"
            ),
        ),
        (
            "declines-wide",
            lambda: charts.declines(
                changed(example.changes_by_unit_measure(), 0, current=99.0), example.ZH, "wide"
            ),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_value_that_changed_is_seen(name: str, drawn: object) -> None:
    assert callable(drawn)
    assert not same(images.pixels(drawn()), images.baseline(name))


def test_another_size_is_seen() -> None:
    assert not same(images.baseline("declines-wide"), images.baseline("declines-slim"))


def test_letters_a_little_softer_or_a_third_of_a_pixel_aside_are_not_a_change() -> None:
    for name in ("score_heatmap-wide", "unit_losses-slim"):
        picture = images.baseline(name)
        softer = Image.fromarray(picture.astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.3))
        assert same(np.asarray(softer, dtype=float), picture)
        aside = 0.8 * picture + 0.2 * np.roll(picture, 1, axis=1)
        assert same(aside, picture)
