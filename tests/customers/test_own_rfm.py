"""RFM by rules of one's own: levels, shares, fixed bounds and words."""

import numpy as np
import pandas as pd
import pytest

import custanalytics as ca

RULES = [
    ca.Segment("Best", "r and m at the top", lambda c: c["r_score"] + c["m_score"] >= 6, "Call."),
    ca.Segment("Other", "the rest", lambda c: c["r_score"] > 0, "Write."),
]
SUMMARY = pd.DataFrame(
    {
        "customer_id": [f"c{i:02}" for i in range(40)],
        "days_since_last_purchase": np.arange(40) * 5,
        "n_orders": np.repeat([4, 3, 2, 1], 10),
        "total_spend": np.arange(40, 0, -1) * 10.0,
    }
)


def scored(**how) -> pd.DataFrame:
    return ca.rfm_segmentation(SUMMARY, RULES, **how).customers.set_index("customer_id")


@pytest.mark.parametrize("levels", [2, 3, 5, 9])
def test_equal_parts_are_the_same_as_their_shares(levels):
    shares = [i / levels for i in range(1, levels)]
    equal, by_shares = scored(levels=levels), scored(levels=shares)
    names = ["r_score", "f_score", "m_score"]
    assert equal[names].to_numpy().tolist() == by_shares[names].to_numpy().tolist()
    assert equal["r_score"].max() == levels


def test_uneven_shares_hold_the_customers_that_they_say():
    sizes = scored(levels=[0.5, 0.8, 0.95])["m_score"].value_counts().to_dict()
    assert sizes == {1: 20, 2: 12, 3: 6, 4: 2}


def test_whoever_is_at_a_bound_belongs_to_the_better_level():
    found = scored(
        levels=3,
        cuts={
            "days_since_last_purchase": [30, 90],
            "n_orders": [2, 4],
            "total_spend": [100, 200],
        },
    )
    r = found.groupby("r_score")["days_since_last_purchase"].agg(["min", "max"])
    assert r.to_numpy().tolist() == [[95, 195], [35, 90], [0, 30]]
    m = found.groupby("m_score")["total_spend"].agg(["min", "max"])
    assert m.to_numpy().tolist() == [[10, 90], [100, 190], [200, 400]]
    assert found.groupby("f_score")["n_orders"].agg(set).tolist() == [{1}, {2, 3}, {4}]


def test_words_go_with_the_scores():
    found = scored(levels=3, words=["low", "middle", "high"])
    assert dict(zip(found["m_score"], found["m_word"], strict=True)) == {
        1: "low", 2: "middle", 3: "high",
    }  # fmt: skip
    assert "m_word" not in scored(levels=3)


def test_rules_may_go_by_the_words():
    rules = [
        ca.Segment("High", "spends much", lambda c: c["m_word"] == "high", "Call."),
        ca.Segment("Other", "the rest", lambda c: c["m_word"] != "high", "Write."),
    ]
    found = ca.rfm_segmentation(SUMMARY, rules, levels=2, words=["low", "high"])
    assert found.segments["customers"].tolist() == [20, 20]


def test_the_bounds_and_the_doubt_know_the_levels():
    found = ca.rfm_segmentation(SUMMARY.head(7), RULES, levels=2)
    assert found.bounds["score"].tolist() == [1, 2]
    doubt = found.checks[0]
    assert (doubt.passed, doubt.threshold) == (False, 8)
    assert doubt.sentence.startswith("2 levels need 8 customers, and the data has 7")
    assert ca.rfm_segmentation(SUMMARY, RULES, levels=2).checks[0].passed


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"levels": 1}, "from 2 to 9"),
        ({"levels": 10}, "from 2 to 9"),
        ({"levels": [0.5, 0.5]}, "each above the one before"),
        ({"levels": [0.5, 1.0]}, "between 0 and 1"),
        ({"levels": []}, "up to 8 bounds"),
        ({"cuts": {"spend": [1]}}, "no measure spend; there are days_since_last_purchase"),
        ({"cuts": {"total_spend": [2, 1]}}, "cuts of total_spend"),
        ({"words": ["low", "high"]}, "one for each of 5 levels, not 2"),
        ({"segments": ca.rfm_segmentation.__defaults__[0], "levels": 4}, "segments of your own"),
    ],
)
def test_what_makes_no_sense_is_refused(how, says):
    with pytest.raises(ca.UsageError, match=says):
        ca.rfm_segmentation(SUMMARY, **{"segments": RULES} | how)
