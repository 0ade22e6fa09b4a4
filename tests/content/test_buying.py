"""What is said of products, first orders and the change is what the raw lines say."""

from dataclasses import replace

import pandas as pd
import pytest

from custanalytics.content.chapters import buying as module
from custanalytics.content.chapters.buying import buying
from custanalytics.content.chapters.change import change
from custanalytics.content.format import Formats
from custanalytics.content.language import speaking
from custanalytics.content.report_content import report_content
from tests.content.conftest import HOSTILE, bought


@pytest.fixture(scope="module")
def chapters(rich):
    return {chapter.declared.name: chapter for chapter in report_content(rich).chapters}


def test_half_of_the_revenue_and_returns_are_those_of_the_lines(chapters):
    lines = bought()
    sums = lines.groupby("product")["amount"].sum().sort_values(ascending=False)
    half = int((sums.cumsum() / sums.sum() < 0.5).sum()) + 1
    texts = chapters["buying"].texts
    assert texts["lead"].startswith(
        f"{half} of {len(sums)} products bring half of what all of them bring."
    )
    assert f"The largest, {sums.index[0]}, brought £{sums.iloc[0]:,.0f}" in texts["lead"]
    sold = lines.loc[lines["amount"] > 0].groupby("product")["amount"].sum()
    lost = (1 - sums / sold).sort_values(ascending=False)
    assert texts["returns"].startswith(f"{lost.index[0]} loses most to returns: {lost.iloc[0]:.0%}")


def test_categories_are_not_called_products_and_more_back_than_sold_is_not_told():
    groups = pd.DataFrame(
        {
            "group_by": "category",
            "value": ["tea", "cups", "pots"],
            "revenue": [60.0, 30.0, 10.0],
            "returned_share": [1.88, 0.25, 0.0],
            "orders": [40, 30, 20],
            "revenue_share": [0.6, 0.3, 0.1],
        }
    )
    largest = module._largest(groups)
    said = module.lead(largest, Formats("en_GB", "GBP"))
    assert said.startswith("One of 3 categories brings half of what all of them bring.")
    # more tea came back than was sold: those sales are older than the file
    assert module._returns(largest, Formats()).startswith("cups loses most to returns: 25%")


def test_the_first_order_that_brings_people_back_is_named_with_its_rates(chapters):
    chapter = chapters["buying"]
    assert "come back more often" in chapter.texts["first"]
    assert f"Customers who begin with {HOSTILE} (Product)" in chapter.texts["first"]
    chart = next(chart for chart in chapter.charts if chart.name == "first-orders")
    lines = bought()
    lines = lines.loc[lines["amount"] > 0]
    first = lines.groupby("customer_id")["ordered_at"].transform("min")
    began = lines.loc[(lines["ordered_at"] == first) & (lines["product"] == HOSTILE)]
    # From the end of the washout, so that each is seen for a year.
    days = (lines["ordered_at"].min() + pd.Timedelta(days=80), pd.Timestamp("2024-03-31"))
    began = began.loc[began["ordered_at"].between(*days)]
    visits = lines.groupby("customer_id")["ordered_at"].nunique()
    rate = (visits.loc[began["customer_id"]] > 1).mean()
    assert chart.data["rate"].iloc[0] == pytest.approx(rate, abs=0.03)
    assert chart.data["rate_low"].iloc[0] < rate < chart.data["rate_high"].iloc[0]


def test_where_luck_explains_all_the_report_says_so_and_shows_none(rich):
    drivers = rich.first_orders.drivers.assign(is_driver=False, is_revenue_driver=False)
    rules = rich.next_products.rules.iloc[:0]
    results = replace(
        rich,
        first_orders=replace(rich.first_orders, drivers=drivers),
        next_products=replace(rich.next_products, rules=rules),
    )
    with speaking("en_GB"):
        chapter = buying(results, Formats("en_GB", "GBP"))
    compared = len(drivers.drop_duplicates(["attribute", "value"]))
    assert chapter.texts["first"].endswith(f"{compared} were compared.")
    pairs = int(rich.next_products.figures["comparisons"])
    assert chapter.texts["next"].endswith(f"{pairs} pairs were compared.")
    assert not chapter.flags["first_orders"]
    assert not chapter.flags["next_products"]
    assert [chart.name for chart in chapter.charts] == ["products"]
    assert chapter.slides == ()


def test_what_is_left_out_has_its_reason(rich):
    names = ("revenue_groups", "first_orders", "next_products")
    skipped = {name: f"no {name} in the file" for name in names}
    gone = replace(rich, **dict.fromkeys(names), skipped=skipped)
    with speaking("en_GB"):
        assert not buying(gone, Formats("en_GB", "GBP")).present
        some = buying(replace(gone, first_orders=rich.first_orders), Formats("en_GB", "GBP"))
    assert some.texts["lead"] == "No revenue_groups in the file."
    assert some.texts["next"] == "No next_products in the file."
    assert not some.flags["products"]


def test_the_waterfall_leads_from_one_period_to_the_other(rich, chapters):
    lines = bought().set_index("ordered_at")["amount"].sort_index()
    before, after = lines["2022-11-01":"2023-10-31"].sum(), lines["2023-11-01":"2024-10-31"].sum()
    for chart in chapters["change"].charts:
        bars = chart.data
        assert bars["change"].iloc[0] == pytest.approx(before)
        assert bars["change"].iloc[-1] == pytest.approx(after)
        ends = bars["start"] + bars["change"]
        assert bars["start"].iloc[1:-1].tolist() == pytest.approx(ends.iloc[:-2].tolist())
        assert ends.iloc[-2] == pytest.approx(after)
        told = dict(zip(bars["series"], bars["change"], strict=True))
        assert all((amount > 0) == (name != "Less") for name, amount in told.items())
    assert f"({abs(after / before - 1):.0%})" in chapters["change"].texts["lead"]


def test_a_fall_is_told_as_one(rich):
    found = rich.revenue_change
    figures = found.figures | {"change": -500.0, "change_share": -0.05}
    parts = found.parts.assign(change=-found.parts["change"].abs())
    with speaking("en_GB"):
        chapter = change(replace(found, figures=figures, parts=parts), Formats("en_GB", "GBP"))
    assert "£500 (5%) less" in chapter.texts["lead"]
    assert "Most was added" not in chapter.texts["drivers"]
    assert all(chart.title.startswith("Revenue fell by £500 (5%)") for chart in chapter.charts)
