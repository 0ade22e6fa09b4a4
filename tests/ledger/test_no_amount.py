"""Purchases without money: a file that says who bought when, and not for how much."""

from datetime import date
from pathlib import Path

import pytest

from custanalytics.errors import SourceError, UsageError
from custanalytics.ledger import Ledger, Mapping, load

LINES = """order,customer,date,product,quantity,state
1,ann,2024-01-05,cup,1,paid
1,ann,2024-01-05,bowl,2,paid
1,ann,2024-01-05,jug,1,paid
2,bob,2024-01-07,cup,1,paid
3,ann,2024-02-01,cup,-1,paid
4,cy,2024-02-03,cup,1,cancelled
5,,2024-02-04,cup,1,paid
5,,2024-02-04,bowl,1,paid
6,bob,2024-03-04,bowl,1,paid
"""


def counted(folder: Path, text: str = LINES, **options: object) -> Ledger:
    path = folder / "sales.csv"
    path.write_text(text, encoding="utf-8")
    return load([path], no_amount=True, today=date(2026, 1, 1), **options)  # type: ignore[arg-type]


def test_a_purchase_comes_to_one_however_many_lines_it_has(tmp_path):
    ledger = counted(tmp_path)
    orders = ledger.engine.sql(
        "SELECT customer_id, order_id, CAST(sum(amount) AS DOUBLE) AS purchases, "
        'count(*) AS "lines" FROM ledger GROUP BY ALL ORDER BY order_id'
    )
    assert orders["order_id"].to_list() == ["1", "2", "5", "6"]
    assert orders["purchases"].to_list() == [1, 1, 1, 1]
    assert orders["lines"].to_list() == [3, 1, 2, 1]
    report = ledger.report
    assert (report.orders, report.buyers, report.revenue) == (3, 2, 3)
    assert report.revenue_without_customer == 1
    assert dict(report.rows_set_aside) == {"no_customer": 2, "cancelled": 1, "returned": 1}


def test_days_are_purchases_where_no_order_number_is(tmp_path):
    ledger = counted(tmp_path, "customer,day\nann,2024-01-05\nann,2024-01-05\nann,2024-01-06\n")
    assert (ledger.report.orders, ledger.report.revenue) == (2, 2)


def test_nothing_is_said_of_money(tmp_path):
    ledger = counted(tmp_path)
    said = " ".join(
        [*ledger.report.warnings, *ledger.findings["sentence"], *ledger.findings["effect"]]
    )
    assert "(--no-amount)" in said
    assert "the order it belongs to stays a purchase" in said
    assert not [word for word in ("revenue", "currency", "spen", "amount of") if word in said]
    assert ledger.findings["amount"].isna().all()
    assert ledger.report.reconciliation["amount"].isna().all()
    told = ledger.as_json()
    assert told["revenue"] is told["currency"] is None
    assert "amount" not in told["states"][0]


def test_the_mapping_keeps_it(tmp_path):
    ledger = counted(tmp_path)
    path = tmp_path / "mapping.toml"
    ledger.mapping.save(path)
    assert Mapping.load(path).no_amount
    again = load([tmp_path / "sales.csv"], mapping_file=path, today=date(2026, 1, 1))
    assert again.as_json() == ledger.as_json()
    path.write_text('no_amount = "yes"', encoding="utf-8")
    with pytest.raises(UsageError, match="no_amount must be true or false"):
        Mapping.load(path)


def test_columns_of_money_are_passed_over_and_options_of_money_refused(tmp_path):
    text = LINES.replace("state\n", "state,total\n").replace("d\n", "d,abc\n")
    assert counted(tmp_path, text).report.orders == 3
    with pytest.raises(UsageError, match="--currency, --in-cents speaks of it"):
        counted(tmp_path, currency="EUR", in_cents=True)
    with pytest.raises(UsageError, match="--map amount=total speaks of it"):
        counted(tmp_path, text, mapping={"amount": "total"})


@pytest.mark.parametrize("text", [LINES, "customer,day\nann,2024-01-05\nbob,2024-01-06\n"])
def test_a_file_without_amounts_is_told_the_way(tmp_path, text):
    path = tmp_path / "sales.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match="--no-amount to count purchases without money"):
        load([path], today=date(2026, 1, 1))
