"""Which findings are stated, by which money, and in which order."""

from types import SimpleNamespace

import pandas as pd
import pytest

from custanalytics.results.key_findings import Finding, key_findings

NAN = float("nan")


def business(last=NAN, previous=NAN, unknown=0.0):
    return SimpleNamespace(
        figures={
            "revenue_last_12m": last,
            "revenue_previous_12m": previous,
            "revenue_unknown": unknown,
            "revenue_total": 1_000.0,
            "revenue_known": 1_000.0 - unknown,
        }
    )


def spread(customers: int):
    return SimpleNamespace(
        figures={"customers": customers},
        shares=pd.DataFrame({"revenue": [100.0, 600.0], "revenue_share": [0.1, 0.6]}),
    )


def groups(orders: list[int]):
    frequency = [number - 1 for number in orders]
    return pd.DataFrame({"frequency": frequency, "total_spend": [40.0] * len(orders)})


FORECAST = SimpleNamespace(
    totals=pd.DataFrame({"revenue": [500.0], "revenue_low": [400.0], "revenue_high": [650.0]})
)


def test_three_findings_the_most_money_first():
    found = key_findings(
        business(300.0, 450.0, unknown=20.0), spread(50), object(), groups([1, 1, 5]), FORECAST
    )
    assert [(finding.kind, finding.money) for finding in found] == [
        ("concentration", 600.0),
        ("forecast", 500.0),
        ("trend", 150.0),
    ]
    assert found[0].figures == {"share": 0.6}
    assert found[1].figures == {"revenue": 500.0, "low": 400.0, "high": 650.0, "so_far": 980.0}
    assert found[2].figures == {"last": 300.0, "previous": 450.0}


def test_those_who_bought_once_and_those_nobody_knows():
    found = key_findings(business(unknown=20.0), None, object(), groups([1, 1, 5, 2, 3]), None)
    assert found == (
        Finding("one_time_buyers", 80.0, {"customers": 2.0, "share": 0.4}),
        Finding("unknown_customers", 20.0, {"share": 0.02}),
    )


@pytest.mark.parametrize(("last", "previous"), [(NAN, 9.0), (9.0, NAN), (9.0, 0.0), (9.0, -3.0)])
def test_no_trend_without_a_year_to_compare(last, previous):
    assert key_findings(business(last, previous), None, None, None, None) == (
        Finding("business", 0.0),
    )


@pytest.mark.parametrize(("customers", "stated"), [(10, 0), (11, 1)])
def test_among_a_handful_of_customers_there_is_no_concentration(customers, stated):
    assert len(key_findings(None, spread(customers), None, None, None)) == stated


def test_who_bought_once_is_only_a_finding_where_new_customers_can_be_followed():
    assert key_findings(None, None, None, groups([1, 1, 5]), None) == ()


def test_money_is_money_however_little():
    found = key_findings(business(0.75, 0.5, unknown=0.25), None, None, None, None)
    assert {(each.kind, each.money) for each in found} == {
        ("trend", 0.25), ("unknown_customers", 0.25),
    }  # fmt: skip
