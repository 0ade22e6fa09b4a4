"""A product with a code is called by its name, and what is no merchandise is no product."""

from pathlib import Path

import pytest

import custanalytics as ca

LINES = """\
Invoice,Date,Customer,StockCode,Description,Quantity,Price
1,2024-01-05,C1,M100,Blue mug,2,5.00
1,2024-01-05,C1,POST,Postage,1,4.00
2,2024-01-06,C2,M100,Blue mug,1,5.00
3,2024-01-09,C3,M100,BLUE MUG (second choice),1,3.00
4,2024-02-01,C1,P200,Dinner plate,4,8.00
5,2024-02-03,C2,P300,dinner plate,1,9.00
6,2024-02-09,C1,M100,Blue mug,-2,5.00
7,2024-03-01,C3,X900,,1,7.00
"""


@pytest.fixture
def ledger(tmp_path: Path) -> ca.Ledger:
    file = tmp_path / "sales.csv"
    file.write_text(LINES, "utf-8")
    return ca.load(file)


def test_the_usual_name_stands_for_the_code(ledger: ca.Ledger) -> None:
    assert ledger.mapping.roles["product"].column == "StockCode"
    assert ledger.mapping.roles["product_name"].column == "Description"
    lines = ledger.engine.sql("SELECT product, nets_order_id FROM ledger ORDER BY line_no")
    assert lines["product"].tolist() == [
        "Blue mug", "Postage", "Blue mug", "Blue mug", "Dinner plate (P200)", "dinner plate (P300)",
        "Blue mug", "X900",
    ]  # fmt: skip
    # a return still finds its purchase by the code
    assert lines["nets_order_id"].tolist()[6] == "1"


def test_a_name_can_be_left_out(tmp_path: Path, ledger: ca.Ledger) -> None:
    plain = ca.load(tmp_path / "sales.csv", mapping={"product_name": "none"})
    assert plain.engine.sql("SELECT DISTINCT product FROM ledger ORDER BY 1")[
        "product"
    ].tolist() == ["M100", "P200", "P300", "POST", "X900"]
    assert plain.report.revenue == ledger.report.revenue


@pytest.mark.parametrize(
    ("product", "is_goods"),
    [
        ("Postage", False), ("POST", False), ("Versandkosten", False), ("Frais de port", False),
        ("Delivery charge", False), ("Postage (POST)", False), ("Manual", False),
        ("Shipping labels", True), ("Carriage clock", True), ("Post box", True), ("Mug", True),
        ("Samples of tea", True), ("Manual coffee grinder", True),
    ],
)  # fmt: skip
def test_postage_and_fees_are_no_products(tmp_path: Path, product: str, is_goods: bool) -> None:
    file = tmp_path / "sales.csv"
    file.write_text(
        f"id,date,customer,product,amount\n1,2024-01-05,a,{product},5\n2,2024-01-07,b,Cup,7\n",
        "utf-8",
    )
    groups = ca.revenue_by_group(ca.load(file), "product")
    assert (product in groups["value"].dropna().tolist()) is is_goods
    assert groups["revenue"].sum() == 12
