import pandas as pd
import pytest

from custanalytics.customers.concentration import revenue_concentration
from custanalytics.errors import UnsupportedError


def spend(*values):
    return pd.DataFrame(
        {"customer_id": [f"c{i:03}" for i in range(len(values))], "total_spend": values}
    )


def test_abc_classes_are_the_customers_up_to_80_and_95_per_cent():
    found = revenue_concentration(spend(50.0, 30.0, 10.0, 5.0, 3.0, 2.0))
    assert found.customers["abc_class"].tolist() == ["A", "A", "B", "B", "C", "C"]
    assert found.abc["revenue_share"].tolist() == pytest.approx([0.80, 0.15, 0.05])


def test_shares_and_curve_of_equal_customers():
    found = revenue_concentration(spend(*[2.0] * 200))
    assert found.shares["customers"].tolist() == [2, 10, 20, 40]
    assert found.shares["revenue_share"].tolist() == pytest.approx([0.01, 0.05, 0.1, 0.2])
    assert found.figures["gini"] == pytest.approx(0.0, abs=1e-12)
    assert found.curve["revenue_share"].tolist() == pytest.approx(
        found.curve["customer_share"].tolist()
    )
    assert len(found.curve) == 101


def test_one_customer_has_it_all():
    found = revenue_concentration(spend(9.0))
    assert found.figures["top_ten_share"] == 1.0
    assert found.customers["abc_class"].tolist() == ["A"]


def test_gini_agrees_with_the_mean_difference():
    values = [1.0, 2.0, 4.0, 8.0, 0.5]
    mean = sum(values) / len(values)
    differences = sum(abs(x - y) for x in values for y in values)
    expected = differences / (2 * len(values) ** 2 * mean)
    assert revenue_concentration(spend(*values)).figures["gini"] == pytest.approx(expected)


def test_negative_spend_counts_as_nothing_and_is_told():
    found = revenue_concentration(spend(10.0, -4.0))
    assert found.figures["revenue"] == 10.0
    assert found.checks[0].value == 1


def test_no_revenue_is_not_supported():
    with pytest.raises(UnsupportedError):
        revenue_concentration(spend(-1.0, 0.0))
