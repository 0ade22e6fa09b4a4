"""What earlier cutoffs say, as tables, by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from custanalytics.errors import UnsupportedError
from custanalytics.forecast import evidence

DAYS = pd.to_datetime(["2024-01-01", "2024-03-01", "2024-03-31", "2024-04-30"])


def four_cutoffs():
    """Twenty customers at each of four cutoffs; who is expected to bring more brings more."""
    parts = [
        pd.DataFrame(
            {
                "cutoff": day,
                "days": 60.0,
                "expected_revenue": np.arange(20.0),
                "revenue": [0.0] * 18 + [3.0, 6.0],
            }
        )
        for day in DAYS
    ]
    return SimpleNamespace(tested=lambda _: pd.concat(parts, ignore_index=True))


def test_the_latest_cutoffs_are_kept_that_do_not_overlap():
    kept = evidence.tested_apart(four_cutoffs(), 60)["cutoff"].unique()
    assert kept.tolist() == [DAYS[0], DAYS[1], DAYS[3]]  # 60 days apart is apart


def test_tenths_are_of_each_cutoff_and_the_best_is_first():
    tenths = evidence.tenths_of_money(four_cutoffs(), 60)
    assert tenths["tenth"].tolist() == list(range(1, 11))
    assert set(tenths["customers"]) == {2 * 3}
    assert tenths["actual_share"].tolist() == pytest.approx([1] + [0] * 9)
    assert tenths["expected_share"].iloc[0] == pytest.approx((19 + 18) / 190)
    assert tenths["expected_share"].iloc[-1] == pytest.approx(1 / 190)


def test_nothing_tested_gives_no_tenths():
    def refuse(_):
        raise UnsupportedError("too short")

    assert evidence.tenths_of_money(SimpleNamespace(tested=refuse), 60).empty


def test_the_nearest_tested_time_is_so_by_its_ratio():
    rows = pd.DataFrame({"days": [30.0, 100.0, 30.0], "at": [1, 2, 3]})
    assert evidence.nearest_days(rows, 56)["at"].tolist() == [2]
    assert evidence.nearest_days(rows, 54)["at"].tolist() == [1, 3]
    assert evidence.nearest_days(rows, 54).index.tolist() == [0, 1]
