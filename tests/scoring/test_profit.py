"""From probabilities to a number to contact."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custanalytics.scoring.profit import profit_curve


def test_profit_by_hand():
    curve = profit_curve(np.array([0.1, 0.5, 0.9]), contact_cost=2.0, conversion_value=10.0)
    assert curve["contacted"].tolist() == [0, 1, 2, 3]
    assert curve["expected_conversions"].tolist() == pytest.approx([0, 0.9, 1.4, 1.5])
    assert curve["expected_profit"].tolist() == pytest.approx([0, 7, 10, 9])
    assert curve.loc[curve["best"], "contacted"].tolist() == [2]
    assert curve["profit_lower_value"].tolist() == pytest.approx([0, 4.3, 5.8, 4.5])
    half = 1.6449 * np.sqrt(0.9 * 0.1)
    assert curve["profit_low"].iloc[1] == pytest.approx(10 * (0.9 - half) - 2, abs=1e-3)
    assert curve["profit_high"].iloc[1] == pytest.approx(8)


def test_bounds_carry_chance_and_the_shared_error_and_stay_possible():
    p = np.array([0.9, 0.5, 0.1])
    curve = profit_curve(p, contact_cost=2.0, conversion_value=10.0, level_sd=0.5)
    # all three: variance 0.43 by chance, and 0.5 * 0.43 squared shared
    spread = 1.6448536 * np.sqrt(0.43 + (0.5 * 0.43) ** 2)
    assert curve["profit_low"].iloc[3] == pytest.approx(10 * (1.5 - spread) - 6)
    assert curve["profit_high"].iloc[3] == pytest.approx(10 * (1.5 + spread) - 6)
    # the first two can't convert more than twice
    assert curve["profit_high"].iloc[2] == pytest.approx(10 * 2 - 4)
    assert curve[["profit_low", "profit_high"]].iloc[0].tolist() == [0, 0]
    # nor can one unlikely prospect convert less than never
    alone = profit_curve(np.array([0.1]), contact_cost=2.0, conversion_value=10.0)
    assert alone["profit_low"].iloc[1] == -2
    narrow = profit_curve(p, 2.0, 10.0, level_sd=0.5, level=0.5)
    assert narrow["profit_high"].iloc[3] == pytest.approx(
        10 * (1.5 + spread * 0.674490 / 1.6448536) - 6
    )


@given(
    st.lists(st.floats(0.001, 0.999), min_size=1, max_size=300),
    st.floats(0.01, 10),
    st.floats(0.01, 100),
    st.floats(0, 1),
)
def test_best_is_where_value_meets_cost(p, cost, value, sd):
    curve = profit_curve(np.array(p), cost, value, sd)
    best = curve.loc[curve["best"]].iloc[0]
    assert best["expected_profit"] == curve["expected_profit"].max()
    worth = sum(x * value > cost * (1 + 1e-9) for x in p)
    perhaps = sum(x * value >= cost * (1 - 1e-9) for x in p)
    assert worth <= best["contacted"] <= perhaps
    assert (curve["profit_low"] <= curve["expected_profit"] + 1e-9).all()
    assert (curve["profit_high"] >= curve["expected_profit"] - 1e-9).all()


def test_not_worth_a_single_contact():
    curve = profit_curve(np.array([0.1, 0.2]), contact_cost=5.0, conversion_value=10.0)
    assert curve.loc[curve["best"], "contacted"].tolist() == [0]
