"""What money in each month of a horizon is worth today, by hand."""

import numpy as np
import pytest

from custanalytics.clv.discounting import discount_factors, month_ends


def test_a_year_has_twelve_months_of_equal_length_and_odd_horizons_are_stretched():
    np.testing.assert_allclose(month_ends(365), 365 / 12 * np.arange(1, 13))
    np.testing.assert_allclose(month_ends(400), 400 / 13 * np.arange(1, 14))
    np.testing.assert_allclose(month_ends(60), [30, 60])
    assert month_ends(10).tolist() == [10.0]


def test_money_of_a_month_comes_in_its_middle():
    factors = discount_factors(month_ends(365), 0.10)
    assert factors[0] == pytest.approx(1.10 ** (-1 / 24))
    assert factors[-1] == pytest.approx(1.10 ** (-23 / 24))
    # one month of two years' length has its middle after a year
    assert discount_factors(np.array([730.0]), 0.25).item() == pytest.approx(0.8)
    assert discount_factors(month_ends(365), 0.0).tolist() == [1.0] * 12
