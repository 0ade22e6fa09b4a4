import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custanalytics.customers.rfm import (
    RFM_SEGMENTS,
    SEGMENTS,
    Segment,
    rfm_segmentation,
    segment_migration,
)
from custanalytics.errors import UnsupportedError, UsageError


def summary(rows):
    return pd.DataFrame(
        rows, columns=["customer_id", "days_since_last_purchase", "n_orders", "total_spend"]
    )


def test_quintiles_without_ties_are_the_textbook_ones():
    n = 100
    found = rfm_segmentation(summary([(f"{i:03}", i, i + 1, 10.0 * i) for i in range(n)])).customers
    expected = np.repeat([1, 2, 3, 4, 5], n // 5)
    assert (found["m_score"].to_numpy() == expected).all()
    assert (found["r_score"].to_numpy() == expected[::-1]).all()


def test_the_f_score_counts_orders_and_nothing_else():
    """By hand: who orders more often scores higher, however long ago and for however little."""
    orders = [4, 1, 1, 9, 2, 1, 3, 1, 20, 1]
    rows = [(f"{i}", 3 * i % 7, n, 500.0 - 20 * n + i) for i, n in enumerate(orders)]
    scored = rfm_segmentation(summary(rows)).customers
    # of five alike at the bottom 2.5 of 10 count as below, so 1 + floor(5 * 2.5 / 10) = 2
    assert scored["f_score"].tolist() == [4, 2, 2, 5, 3, 2, 4, 2, 5, 2]
    assert scored["rfm_score"].str[1].astype(int).tolist() == scored["f_score"].tolist()
    bounds = rfm_segmentation(summary(rows)).bounds.set_index("score")
    assert bounds.loc[[2, 4, 5], "orders_low"].tolist() == [1, 3, 9]
    assert bounds.loc[[2, 4, 5], "orders_high"].tolist() == [1, 4, 20]


def test_ties_share_a_score_whatever_the_order():
    rows = [(f"{i}", 5, 1, 10.0) for i in range(9)] + [("x", 5, 2, 10.0)]
    found = rfm_segmentation(summary(rows)).customers
    assert found.loc[found["customer_id"] != "x", "f_score"].nunique() == 1
    assert found["r_score"].unique().tolist() == [3]  # all alike: the middle
    pd.testing.assert_frame_equal(rfm_segmentation(summary(rows[::-1])).customers, found)


scores = st.tuples(st.integers(0, 400), st.integers(1, 9), st.integers(-50, 5000))


@settings(max_examples=30)
@given(st.lists(scores, min_size=1, max_size=60))
def test_segments_partition_the_customers(drawn):
    found = rfm_segmentation(summary([(f"c{i}", *row) for i, row in enumerate(drawn)]))
    assert found.customers["segment"].notna().all()
    assert found.segments["customers"].sum() == len(drawn)
    assert found.segments["revenue"].sum() == pytest.approx(sum(row[2] for row in drawn))
    assert found.customers[["r_score", "f_score", "m_score"]].isin(range(1, 6)).all().all()


def test_every_score_reaches_the_segment_that_its_rule_states():
    grid = pd.DataFrame(
        [(r, f, m) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)],
        columns=["r_score", "f_score", "m_score"],
    )
    both = grid["f_score"] + grid["m_score"]
    recent = np.select([grid["r_score"] >= 4, grid["r_score"] == 3], ["new", "mid"], "old")
    value = np.select([both >= 8, both >= 6], ["high", "fair"], "low")
    names = {
        ("new", "high"): "Champions",
        ("new", "fair"): "Loyal",
        ("new", "low"): "New and promising",
        ("mid", "high"): "Loyal",
        ("mid", "fair"): "Loyal",
        ("mid", "low"): "Cooling",
        ("old", "high"): "Can't lose",
        ("old", "fair"): "At risk",
        ("old", "low"): "Dormant",
    }
    expected = [names[key] for key in zip(recent, value, strict=True)]
    first = [
        next(s.name for s in RFM_SEGMENTS if s.condition(grid).iloc[i]) for i in range(len(grid))
    ]
    assert first == expected


PACES = ("on time", "late", "silent", "new", "bought once")


def test_by_rhythm_and_value_no_segment_says_what_its_customers_do_not_do():
    grid = pd.DataFrame(
        [
            (p, f, m, r)
            for p in PACES
            for f in range(1, 6)
            for m in range(1, 6)
            for r in (0.1, 0.93)
        ],
        columns=["pace", "f_score", "m_score", "returned_share"],
    )
    left = pd.Series(None, index=grid.index, dtype="str")
    for segment in SEGMENTS:
        left = left.mask(left.isna() & segment.condition(grid), segment.name)
    both = grid["f_score"] + grid["m_score"]
    for one in grid.assign(segment=left, both=both).to_dict("records"):
        kept = one["returned_share"] <= 0.5
        expected = {
            "on time": "Champions"
            if one["both"] >= 8 and kept
            else "Loyal"
            if one["both"] >= 6 and kept
            else "Occasional",
            "late": "Can't lose" if one["both"] >= 8 else "At risk",
            "new": "New and promising",
        }.get(one["pace"], "Dormant")
        assert one["segment"] == expected


def test_where_nearly_all_buy_once_nobody_of_them_is_loyal():
    """Ties lift the scores of those who bought once; the rules ask for a second purchase."""
    n = 97
    once = summary([(f"{i:03}", i, 1, 50.0 + i) for i in range(n)])
    again = summary([(f"again {i}", 3, 2, 400.0) for i in range(3)])
    both = pd.concat([once.assign(pace="new"), again.assign(pace="on time")], ignore_index=True)
    found = rfm_segmentation(both.assign(returned_share=0.0), SEGMENTS).customers
    loyal = found["segment"].isin(["Champions", "Loyal", "Occasional"])
    assert found.loc[loyal, "n_orders"].min() == 2
    assert loyal.sum() == 3


def test_own_rules_must_cover_everybody():
    big = Segment("Big", "spend over 50", lambda s: s["total_spend"] > 50, "Call.")
    rest = Segment("Rest", "the others", lambda s: s["total_spend"] <= 50, "Write.")
    rows = summary([("a", 1, 1, 100.0), ("b", 1, 1, 10.0)])
    assert rfm_segmentation(rows, [big, rest]).customers["segment"].tolist() == ["Big", "Rest"]
    with pytest.raises(UsageError, match="1 of 2 customers fit no segment"):
        rfm_segmentation(rows, [big])


def test_migration_counts_newcomers_as_null():
    before = rfm_segmentation(summary([("a", 1, 5, 100.0), ("b", 90, 1, 5.0)]))
    after = rfm_segmentation(summary([("a", 1, 6, 120.0), ("b", 120, 1, 5.0), ("c", 2, 1, 8.0)]))
    moves = segment_migration(before, after)
    assert moves["customers"].sum() == 3
    assert moves.loc[moves["from_segment"].isna(), "customers"].sum() == 1


def test_errors():
    with pytest.raises(UnsupportedError, match="no customers"):
        rfm_segmentation(summary([]))
    with pytest.raises(UsageError, match="n_orders"):
        rfm_segmentation(summary([("a", 1, 1, 1.0)]).drop(columns="n_orders"))


def test_segments_have_names_of_their_own():
    rule = Segment("Big", "everybody", lambda s: s["total_spend"] > 0, "Call.")
    with pytest.raises(UsageError, match="two are called Big"):
        rfm_segmentation(summary([("a", 1, 1, 1.0)]), [rule, rule])
