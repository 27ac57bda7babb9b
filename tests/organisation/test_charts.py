"""The drawings: right places, Danish numbers, nothing a strict CSP or the PDF would refuse."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from django.utils import translation

from organisation import charts
from organisation.trail import answer_trail
from organisation.wheel import WheelMark, wheel_rows, year_wheel

MARKS = [
    WheelMark(dt.date(2026, 3, 18), "Store MED-dag"),
    WheelMark(dt.date(2026, 4, 8), "Spørgeskemaet er åbent", "answering", dt.date(2026, 4, 22)),
    WheelMark(dt.date(2026, 5, 5), "Rapporterne frigives"),
    WheelMark(dt.date(2026, 5, 11), "Trivselsdialoger", "dialogue", dt.date(2026, 6, 30)),
    WheelMark(dt.date(2026, 6, 30), "Frist for handleplaner"),
    WheelMark(dt.date(2026, 5, 15), "Handleplanerne føres ud i livet", "onward", when="Maj og frem"),
    WheelMark(dt.date(2026, 8, 1), "Evaluering", "evaluation", dt.date(2026, 9, 30)),
]
TODAY = dt.date(2026, 5, 19)


def every_figure() -> list[str]:
    return [
        charts.dot_row(71, label="Tryghed", workplace=69, whole=70, previous=66),
        charts.dot_row(None, label="Skjult"),
        charts.dot_axis(),
        charts.distribution_bar([4, 8, 6, 2, 1], label="Hvor ofte?", names=["a", "b", "c", "d", "e"]),
        charts.distribution_bar([6, 5, 10], label="Tre blokke"),
        charts.distribution_bar([], label="Ingen"),
        charts.status_bar(9, 4, 1, label="Skole"),
        charts.status_bar(0, 0, 0, label="Tom"),
        charts.share_bar(251, 402, label="Rapporter"),
        charts.status_arrow(3),
        charts.status_arrow(5, large=True),
        year_wheel(MARKS, TODAY),
        year_wheel([], TODAY),
        answer_trail(2, 5),
        answer_trail(5, 5, part="physical"),
    ]


@pytest.fixture(autouse=True)
def _danish() -> None:
    translation.activate("da")


def test_every_figure_is_wellformed_and_free_of_style_and_script() -> None:
    for figure in every_figure():
        assert ElementTree.fromstring(figure).tag == "svg"
        assert "style=" not in figure
        assert "<script" not in figure


def test_every_figure_has_a_label_or_is_hidden_from_readers() -> None:
    for figure in every_figure():
        root = ElementTree.fromstring(figure)
        assert root.get("aria-hidden") == "true" or (root.get("role") == "img" and root.get("aria-label"))


def test_a_label_cannot_break_out_of_its_attribute() -> None:
    figure = charts.dot_row(50, label='"><script>alert(1)</script>')
    assert "<script>" not in figure
    assert ElementTree.fromstring(figure).get("aria-label", "").startswith('"><script>')


def test_a_dot_stands_where_its_number_is() -> None:
    assert 'cx="2%"' in charts.dot_row(0, label="x")
    assert 'cx="50%"' in charts.dot_row(50, label="x")
    assert 'cx="98%"' in charts.dot_row(100, label="x")


def test_coordinates_have_a_point_also_in_danish() -> None:
    figure = charts.dot_row(33.333, label="x")
    assert re.search(r'cx="34\.0?%|cx="34%', figure) or 'cx="34.' in figure
    assert not re.search(r'(?:cx|x1|x|width)="[0-9]+,', figure)


def test_a_hidden_figure_says_so_and_draws_no_dot() -> None:
    figure = charts.dot_row(None, label="Tryghed")
    assert "vises ikke af hensyn til anonymiteten" in figure
    assert "<circle" not in figure


def test_the_previous_mark_is_drawn_only_when_given() -> None:
    assert "dotline--prev" not in charts.dot_row(71, label="x", workplace=69)
    assert "dotline--prev" in charts.dot_row(71, label="x", previous=66)


def widths(figure: str) -> list[float]:
    return [float(w) for w in re.findall(r'width="([0-9.]+)%"', figure)]


def test_a_distribution_keeps_its_proportions_and_centres_the_middle_answer() -> None:
    figure = charts.distribution_bar([1, 1, 2, 1, 1], label="x")
    lefts = [float(x) for x in re.findall(r'<rect x="([0-9.]+)%"', figure)]
    w = widths(figure)
    assert w[2] == pytest.approx(2 * w[0], abs=0.02)
    assert lefts[2] + w[2] / 2 == pytest.approx(50, abs=0.02)


def test_bars_drawn_together_share_one_measure() -> None:
    one, other = [10, 0, 0, 0, 0], [0, 0, 10, 0, 0]
    extent = max(charts.distribution_extent(one), charts.distribution_extent(other))
    assert widths(charts.distribution_bar(one, label="x", extent=extent)) == widths(
        charts.distribution_bar(other, label="x", extent=extent)
    )


def test_no_bar_leaves_the_drawing() -> None:
    for shares in ([1, 0, 0, 0, 0], [0, 0, 0, 0, 1], [3, 3, 3, 3, 3], [5, 5], [1, 2, 3, 4]):
        figure = charts.distribution_bar(shares, label="x")
        for x, w in re.findall(r'<rect x="([0-9.-]+)%" width="([0-9.]+)%"', figure):
            assert float(x) >= 0
            assert float(x) + float(w) <= 100


def test_critical_is_left_and_brown_good_is_right_and_petrol() -> None:
    fills = re.findall(r'fill="(#[0-9a-f]{6})" stroke="#fff"', charts.distribution_bar([1, 1, 1, 1, 1], label="x"))
    assert fills == [charts.D1, charts.D2, charts.D3, charts.D4, charts.D5]


def test_the_critical_side_carries_stripes_and_the_others_none() -> None:
    assert charts.distribution_bar([1, 1, 1, 1, 1], label="x").count("stroke-dasharray") == 2
    assert charts.distribution_bar([1, 1, 1], label="x").count("stroke-dasharray") == 1
    assert "stroke-dasharray" not in charts.distribution_bar([0, 1, 1], label="x")


def test_a_status_bar_adds_up_and_leaves_out_what_is_none() -> None:
    assert sum(widths(charts.status_bar(93, 49, 18, label="x"))) == pytest.approx(100, abs=0.05)
    assert len(widths(charts.status_bar(10, 0, 0, label="x"))) == 1


def test_numbers_are_spoken_in_danish() -> None:
    assert "1.160 klar" in charts.status_bar(1160, 4, 1, label="Kommunen")


@pytest.mark.parametrize(("progress", "words"), [(1, "Trin 1 af 5: Aftalt"), (5, "Trin 5 af 5: Virker i hverdagen")])
def test_the_arrow_says_its_stop(progress: int, words: str) -> None:
    assert f'aria-label="{words}"' in charts.status_arrow(progress)


def test_the_arrow_stays_on_the_line() -> None:
    assert charts.status_arrow(0) == charts.status_arrow(1)
    assert charts.status_arrow(9) == charts.status_arrow(5)


def test_the_poster_carries_all_five_words() -> None:
    figure = charts.status_arrow(2, large=True)
    for word in ("Aftalt", "Begyndt", "Halvvejs", "Gennemført", "Virker i", "hverdagen"):
        assert f">{word}</text>" in figure


def test_the_wheel_stands_today_and_shows_the_dates() -> None:
    wheel = year_wheel(MARKS, TODAY)
    for text in (">19. maj<", ">uge 21<", ">18/3<", ">8–22/4<", ">11/5–30/6<", ">aug–sep<"):
        assert text in wheel
    assert "Lige nu: Trivselsdialoger" in wheel


def test_the_wheel_fits_every_day_of_the_year() -> None:
    for day in range(365):
        today = dt.date(2026, 1, 1) + dt.timedelta(days=day)
        assert ElementTree.fromstring(year_wheel(MARKS, today)).get("viewBox")


def test_labels_of_crowded_dates_do_not_touch() -> None:
    crowd = [WheelMark(dt.date(2026, 5, day), "x") for day in (4, 5, 6, 7, 11)]
    labels = re.findall(r'<text x="([0-9.]+)" y="([0-9.]+)" text-anchor="start"', year_wheel(crowd, TODAY))
    heights = sorted(float(y) for _x, y in labels)
    assert len(heights) == 5
    assert all(b - a >= 20 for a, b in pairwise(heights))


def test_another_year_than_the_campaigns_has_no_today_on_the_ring() -> None:
    assert 'r="12"' in year_wheel(MARKS, TODAY)
    assert 'r="12"' not in year_wheel(MARKS, dt.date(2027, 2, 1))


def test_only_the_period_of_today_is_current() -> None:
    current = [row.text for row in wheel_rows(MARKS, TODAY) if row.current]
    assert current == ["Trivselsdialoger"]
    assert [row.when for row in wheel_rows(MARKS, TODAY)][:2] == ["18/3", "8/4 – 22/4"]


def test_whole_months_and_what_goes_on_are_told_in_words() -> None:
    rows = wheel_rows(
        [
            WheelMark(dt.date(2026, 8, 1), "Evaluering", "evaluation", dt.date(2026, 9, 30)),
            WheelMark(dt.date(2026, 5, 11), "Handleplaner", "onward", dt.date(2026, 12, 31)),
        ],
        TODAY,
    )
    assert [row.when for row in rows] == ["aug – sep", "fra 11/5"]


def test_the_trail_never_joins_the_two_parts() -> None:
    figure = answer_trail(2, 5)
    assert 'stroke-dasharray="3 4"' in figure
    assert "som ikke er anonyme" in figure
    assert figure.count("<circle") == 7


def test_the_wheel_speaks_english() -> None:
    with translation.override("en"):
        wheel = year_wheel(MARKS, TODAY)
    assert ">19 May<" in wheel
    assert ">8 Apr–22 Apr<" in wheel
