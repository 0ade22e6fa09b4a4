"""Ticks and label positions."""

import itertools

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custanalytics.content.chart import Chart, Placement
from custanalytics.content.format import Formats
from custanalytics.render.charts.axes import place, spread, value_axis, x_axis

X = Placement("x", "X")
FORMATS = Formats("en_GB", "GBP")


def months(first: str, n: int) -> Chart:
    data = pd.DataFrame({"m": pd.date_range(first, periods=n, freq="MS"), "v": range(n)})
    return Chart(X, "line", data, "m", "v", "T", "S", "A", x_format="month_short")


@pytest.mark.parametrize(
    ("n", "labels"),
    [
        (3, ["Nov\n2023", "Dec", "Jan\n2024"]),
        (13, ["Nov\n2023", "Jan\n2024", "Mar", "May", "Jul", "Sept", "Nov"]),
        (30, ["Jan\n2024", "Jul", "Jan\n2025", "Jul", "Jan\n2026"]),
        (120, ["2024", "2026", "2028", "2030", "2032"]),
    ],
)
def test_months_are_labelled_sparsely(n: int, labels: list[str]) -> None:
    found = [text for _, text in x_axis(months("2023-11-01", n), FORMATS).ticks]
    assert found[-len(labels) :] == labels or found == labels
    assert len(found) <= 8


def test_months_without_a_row_keep_their_place() -> None:
    data = pd.DataFrame({"m": pd.to_datetime(["2024-01-01", "2024-12-01"]), "v": [1, 2]})
    axis = x_axis(Chart(X, "line", data, "m", "v", "", "", "", x_format="month"), FORMATS)
    assert axis.high - axis.low > 11


def test_days_stand_between_their_months() -> None:
    days = [pd.Timestamp("2024-02-01"), pd.Timestamp("2024-02-16"), pd.Timestamp("2024-05-31")]
    months = place(days, "month", days)
    first, middle, last = place(days, "date_short", days)
    assert (first, middle) == (months[0], pytest.approx(months[0] + 15 / 29))
    assert months[2] < last < months[2] + 1
    data = pd.DataFrame({"x": days, "y": [1.0, 2.0, 3.0]})
    axis = x_axis(Chart(X, "line", data, "x", "y", "", "", "", x_format="date_short"), FORMATS)
    assert [text for _, text in axis.ticks] == ["Feb\n2024", "Mar", "Apr", "May"]


@given(st.lists(st.floats(0, 1e7), min_size=1, max_size=20))
def test_the_value_axis_starts_at_zero_and_holds_all(values: list[float]) -> None:
    data = pd.DataFrame({"x": range(len(values)), "y": values})
    axis = value_axis(Chart(X, "line", data, "x", "y", "", "", "", y_format="money"), FORMATS)
    assert axis.low == 0
    assert axis.high > max(values) or max(values) == 0
    assert 1 <= len(axis.ticks) <= 9
    assert all(axis.low <= spot <= axis.high for spot, _ in axis.ticks)
    assert len({text for _, text in axis.ticks}) == len(axis.ticks)


@pytest.mark.parametrize(
    ("kind", "high", "labels"),
    [
        ("share", 0.1, ["0%", "5%", "10%"]),
        ("share", 1.0, ["0%", "25%", "50%", "75%", "100%"]),
        ("money", 9.0, ["£0.00", "£2.50", "£5.00", "£7.50"]),
        ("money", 9_000.0, ["£0", "£2,500", "£5,000", "£7,500"]),
        ("money", 1_400_000.0, ["£0", "£500k", "£1m"]),
        ("count", 3.0, ["0", "1", "2", "3"]),
        ("number", 14.0, ["0", "5", "10"]),
        ("number", 1.4, ["0.0", "0.5", "1.0"]),
    ],
)
def test_ticks_are_round_and_written_out(kind: str, high: float, labels: list[str]) -> None:
    data = pd.DataFrame({"x": [0.0, 1.0], "y": [0.0, high]})
    chart = Chart(X, "line", data, "x", "y", "", "", "", y_format=kind)
    assert [text for _, text in value_axis(chart, FORMATS).ticks] == labels


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6))
def test_labels_are_moved_apart_in_order(spots: list[float]) -> None:
    moved = spread(spots, 10, 0, 100)
    order = sorted(range(len(spots)), key=lambda i: spots[i])
    ranked = [moved[i] for i in order]
    assert all(b - a >= 9 for a, b in itertools.pairwise(ranked))
    assert ranked[0] >= -6
    assert ranked[-1] <= 106
