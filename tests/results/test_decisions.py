"""Per segment: whom to contact, and a control group where it can show something."""

from types import SimpleNamespace

import pandas as pd
import pytest

from custanalytics.check import Check
from custanalytics.customers.rfm import Segment, rfm_segmentation
from custanalytics.results.decisions import segment_decisions
from custanalytics.results.value_trust import trusted, value_trust

SEGMENTS = (
    Segment("Buy anyway", "", lambda s: s["n_orders"] == 3, "Thank them."),
    Segment("Undecided", "", lambda s: s["n_orders"] == 2, "Write."),
    Segment("Asleep", "", lambda s: s["n_orders"] == 1, "Spend nothing.", contact=False),
)
RATES = {"Buy anyway": 0.89, "Undecided": 0.5, "Asleep": 0.5}


def segmented(size: int = 500):
    """Groups of `size` customers each, who spent 10, 20 and 30, with their propensity."""
    summary = pd.DataFrame({"n_orders": [1, 2, 3] * size})
    summary = summary.assign(
        customer_id=summary.index.astype("str"),
        days_since_last_purchase=9,
        total_spend=summary["n_orders"] * 10.0,
    )
    groups = rfm_segmentation(summary, SEGMENTS)
    return groups, groups.customers.assign(propensity=groups.customers["segment"].map(RATES))


def forecast(*, doubt: str = ""):
    """A forecast that was tested; nothing or one thing speaks against it."""
    names = ("clv.tested", "clv.error", "clv.interval_coverage", "forecast.leaving")
    checks = tuple(Check(name, name != doubt, f"Of {name}.") for name in names)
    return SimpleNamespace(params={"level": 0.9}, checks=checks)


def worth(scored):
    """Values by which those who bought least are worth most."""
    clv = (60.0 / scored["n_orders"]).groupby(scored["segment"]).sum()
    return pd.DataFrame(
        {"segment": clv.index, "clv": clv.to_numpy(), "clv_low": 1.0, "clv_high": 1e6}
    )


@pytest.fixture
def decisions():
    return segment_decisions(*segmented()).set_index("segment")


def test_a_group_left_alone_where_a_lift_by_a_quarter_is_possible(decisions):
    assert 0 < decisions.loc["Undecided", "control_size"] <= 250
    assert decisions.loc["Undecided", "control_enough"]


def test_none_where_nearly_all_buy_anyway_or_nobody_is_contacted(decisions):
    without = decisions.loc[["Buy anyway", "Asleep"]]
    assert without[["control_size", "detectable_lift"]].isna().all(axis=None)
    assert not without["control_enough"].any()


@pytest.mark.parametrize(("size", "shown"), [(120, True), (100, False)])
def test_none_where_only_a_lift_by_more_than_half_would_show(size, shown):
    groups, scored = segmented(size)
    row = segment_decisions(groups, scored).set_index("segment").loc["Undecided"]
    assert bool(row["control_size"] > 0) is shown
    if shown:
        assert row["detectable_lift"] <= 0.5


def test_those_to_contact_stand_first_in_the_order_of_the_rules():
    groups, scored = segmented()
    decisions = segment_decisions(groups, scored, worth(scored))
    assert list(decisions["segment"]) == ["Buy anyway", "Undecided", "Asleep"]
    assert list(decisions["clv"]) == pytest.approx([10_000.0, 15_000.0, 30_000.0])
    without = segment_decisions(groups, scored)
    assert without[["clv", "clv_low", "clv_high"]].isna().all(axis=None)


def test_who_said_no_is_not_reachable():
    groups, scored = segmented()
    scored["consent"] = pd.array([False] + [True] * (len(scored) - 1), dtype="boolean")
    decisions = segment_decisions(groups, scored).set_index("segment")
    assert decisions["customers"].tolist() == [500, 500, 500]
    assert decisions["reachable"].to_dict() == {
        "Buy anyway": 500, "Undecided": 500, "Asleep": 499,
    }  # fmt: skip


MUST_HOLD = ("clv.tested", "clv.error", "clv.interval_coverage")


def test_a_forecast_is_trusted_when_it_was_tested_and_held():
    assert trusted(value_trust(forecast()))
    assert trusted(value_trust(forecast(doubt="forecast.leaving")))
    assert not trusted(())
    for doubt in MUST_HOLD:
        trust = value_trust(forecast(doubt=doubt))
        assert not trusted(trust)
        assert [c.sentence for c in trust if c.passed is False] == [f"Of {doubt}."]


def test_a_test_over_a_shorter_time_is_no_doubt():
    short = SimpleNamespace(checks=(Check("clv.tested", None, "Over 91 days only."),))
    assert trusted(value_trust(short))
