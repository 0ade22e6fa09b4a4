"""Cutoffs: several to learn on, one to test, the last to score."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custanalytics.errors import UnsupportedError
from custanalytics.propensity.schedule import plan


def test_a_year_of_sales():
    schedule = plan(date(2010, 12, 1), date(2011, 12, 9), 90)
    assert schedule.score == date(2011, 12, 9)
    assert schedule.test == date(2011, 9, 10)
    assert schedule.learn == (
        date(2011, 2, 12), date(2011, 3, 14), date(2011, 4, 13), date(2011, 5, 13),
        date(2011, 6, 12),
    )  # fmt: skip
    assert schedule.same_season(schedule.test) == []


def test_earlier_years_are_looked_at_in_the_same_season():
    schedule = plan(date(2018, 1, 1), date(2022, 6, 30), 60)
    assert schedule.same_season(schedule.test) == [
        date(2019, 5, 2), date(2020, 5, 1), date(2021, 5, 1),
    ]  # fmt: skip


def test_too_short_a_history_names_the_window_that_would_do():
    with pytest.raises(UnsupportedError, match=r"needs 225 days .* there are 150: a window of 60"):
        plan(date(2024, 1, 1), date(2024, 5, 30), 90)


@given(days=st.integers(0, 2000), window=st.integers(1, 400))
def test_no_window_reaches_past_what_it_may_see(days, window):
    first = date(2020, 1, 1)
    last = first + timedelta(days=days)
    try:
        schedule = plan(first, last, window)
    except UnsupportedError:
        return
    assert schedule.learn[-1] + timedelta(days=window) <= schedule.test
    assert schedule.test + timedelta(days=window) <= schedule.score == last
    assert schedule.learn[0] > first
