"""Suppression, attacked with everything that a reader can know."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from custanalytics.privacy.mute.counts import (
    SMALLEST,
    apart,
    protected,
    rounded_count,
    significant,
)


def possible(counts, hidden, *, upper=None):
    """Lowest and highest value of each hidden cell, from the exact others and the exact total."""
    unknown = np.flatnonzero(hidden)
    rest = counts[hidden].sum()
    found = []
    for at in range(len(unknown)):
        bounds = []
        for sign in (1, -1):
            aim = np.zeros(len(unknown))
            aim[at] = sign
            solved = linprog(aim, A_eq=np.ones((1, len(unknown))), b_eq=[rest], bounds=[(0, upper)])
            assert solved.success
            bounds.append(sign * solved.fun)
        found.append(tuple(bounds))
    return found


@given(st.lists(st.integers(0, 400), min_size=1, max_size=12))
def test_no_hidden_cell_can_be_solved_for(counts):
    cells = np.array(counts, float)
    hidden = protected(cells, cells < SMALLEST)
    assert hidden[cells < SMALLEST].all()
    if hidden.any() and not hidden.all():
        for low, high in possible(cells, hidden):
            assert high - low >= SMALLEST


@given(st.lists(st.integers(10, 400), min_size=1, max_size=12))
def test_nothing_is_kept_back_without_need(counts):
    assert not protected(np.array(counts, float), np.array(counts) < SMALLEST).any()


def test_cells_that_are_not_there_are_not_kept_back():
    hidden = protected([3.0, np.nan, 40.0, 80.0], [True, False, False, False])
    assert hidden.tolist() == [True, False, True, False]


@given(st.lists(st.integers(1, 300), min_size=1, max_size=20), st.integers(300, 500))
def test_groups_inside_each_other_differ_by_no_small_group(sizes, whole):
    shown = {0, whole} | {
        size for size, kept in zip(sizes, apart(sizes, whole), strict=True) if kept
    }
    steps = np.diff(sorted(shown))
    assert (steps >= SMALLEST).all()


@given(st.integers(0, 10**8))
def test_a_rounded_count_is_near_and_coarse(count):
    told = rounded_count(count)
    if count < SMALLEST:
        assert np.isnan(told)
    else:
        assert told % 10 == 0
        assert abs(told - count) <= max(5, 0.051 * count)


@pytest.mark.parametrize("value", [0.00123456, 1.23456, 48213.77, -987654.0])
def test_three_digits_stay(value):
    assert significant(value) == pytest.approx(value, rel=0.005)
    assert significant(significant(value)) == significant(value)


def test_from_a_thousand_on_a_count_keeps_two_digits_and_an_amount_three():
    counts = [rounded_count(count) for count in (10, 994, 1000, 1234, 1999, 12_345)]
    assert counts == [10, 990, 1000, 1200, 2000, 12_000]
    assert [significant(amount) for amount in (1234.5, 98_765.4)] == [1230, 98_800]
