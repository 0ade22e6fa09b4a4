"""Small and odd data give an honest, shorter report."""

import json
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from custanalytics.cli.main import main


def lines(rows):
    return pd.DataFrame(rows, columns=["customer", "date", "amount"])


def one_customer():
    return lines(
        [("only", "2024-01-01", 10), ("only", "2024-02-05", 12), ("only", "2024-04-01", 9)]
    )


def twenty_customers():
    rng = np.random.default_rng(1)
    days = rng.integers(0, 300, 60)
    start = date(2024, 1, 1)
    return lines(
        [(f"c{i % 20}", start + timedelta(days=int(d)), 10.0 + i) for i, d in enumerate(days)]
    )


def one_time_buyers():
    start = date(2024, 1, 1)
    return lines([(f"c{i}", start + timedelta(days=i), 20.0 + i % 7) for i in range(300)])


def one_day():
    return lines([(f"c{i}", "2024-05-05", 5.0 + i) for i in range(50)])


def constant_spend():
    rng = np.random.default_rng(2)
    start = date(2023, 1, 1)
    return lines(
        [
            (f"c{rng.integers(150)}", start + timedelta(days=int(d)), 25.0)
            for d in np.sort(rng.integers(0, 700, 1500))
        ]
    )


def first_purchase_on_the_last_day():
    frame = constant_spend()
    return pd.concat([frame, lines([(f"new{i}", date(2024, 12, 1), 25.0) for i in range(30)])])


def ten_years_of_gaps():
    rng = np.random.default_rng(3)
    return lines(
        [
            (f"c{rng.integers(60)}", date(2014 + int(y), 3, 1 + int(d)), 50.0 + float(y))
            for y, d in zip(
                rng.choice([0, 1, 5, 9, 10], 300), rng.integers(0, 28, 300), strict=True
            )
        ]
    )


def refunds_only():
    return lines([("a", "2024-01-01", -10), ("b", "2024-02-05", -12), ("a", "2024-04-01", -9)])


CASES = [
    one_customer,
    twenty_customers,
    one_time_buyers,
    one_day,
    constant_spend,
    first_purchase_on_the_last_day,
    ten_years_of_gaps,
    refunds_only,
]


@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)
def test_a_shorter_report_says_what_is_left_out(make, tmp_path, capsys):
    make().to_csv(tmp_path / "sales.csv", index=False)
    out = tmp_path / "report"
    code = main(["run", str(tmp_path / "sales.csv"), "--out", str(out), "--json"])
    printed = capsys.readouterr()
    assert code == 0, printed.err
    found = json.loads(printed.out)
    page = (out / "report.html").read_text("utf-8")
    start = page.index("<main")
    text = page[start:]
    for reason in found["skipped"].values():
        assert len(reason) > 30
    assert ">nan<" not in text.lower()
    assert " nan " not in text.lower()
    assert " none " not in text.lower().split("<script")[0]
    assert found["customers_in_rows"] == make()["customer"].nunique()
    assert found["customers"] <= found["customers_in_rows"]
