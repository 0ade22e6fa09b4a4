"""Results of real analyses, muted: what is gone, what stays, and what can't be got back."""

import calendar
import dataclasses
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from custanalytics.customers.concentration import revenue_concentration
from custanalytics.privacy.mute import Key, mute, opened
from custanalytics.privacy.mute.business import (
    muted_actions,
    muted_cohorts,
    muted_concentration,
    muted_overview,
)
from custanalytics.privacy.mute.column_kinds import muted_table
from custanalytics.privacy.mute.counts import SMALLEST, protected
from custanalytics.privacy.mute.forecasts import muted_propensity
from custanalytics.privacy.mute.names import Words
from custanalytics.sentences import Sentence
from tests.privacy.mute.conftest import PUBLISHED, seeded
from tests.privacy.mute.test_counts import possible
from tests.render.written import written

NOBODYS_WORDS = {"names": {}, "ours": frozenset(), "settings": frozenset()}


def numbers(value: Any, where: str = "") -> Iterator[tuple[str, float]]:
    """Every number in results, with its place."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, Sentence):
        for name, inner in value.values.items():
            yield from numbers(inner, f"{where}.{name}")
        if value.number is not None:
            yield f"{where}#", float(value.number)
    elif isinstance(value, int | float | np.number):
        if math.isfinite(value):
            yield where, float(value)
    elif dataclasses.is_dataclass(value):
        for part in dataclasses.fields(value):
            yield from numbers(getattr(value, part.name), f"{where}.{part.name}")
    elif isinstance(value, pd.DataFrame):
        for name in value.columns:
            for cell in value[name].dropna():
                yield from numbers(cell, f"{where}.{name}")
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from numbers(inner, f"{where}.{name}")
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from numbers(inner, where)
    elif hasattr(value, "as_tuple"):
        yield where, float(value)


def exact(number: float) -> bool:
    """Four digits that say something, or more; not a year."""
    return float(f"{number:.3g}") != number and not 1900 <= number <= 2100


def test_no_exact_figure_is_left(shop, muted):
    told = [(where, number) for where, number in numbers(muted) if exact(number)]
    assert told == []
    assert len([number for _, number in numbers(shop) if exact(number)]) > 10_000


def test_no_row_of_a_customer_or_a_prospect_is_left(muted):
    for table in (
        muted.rfm.customers,
        muted.concentration.customers,
        muted.value.customers,
        muted.propensity.customers,
        muted.prospects.prospects,
        # The bounds of the scores are figures of single customers.
        muted.rfm.bounds,
        muted.prospects.stages,
    ):
        assert len(table) == 0
    assert muted.customers is None
    assert muted.prospect_list is None
    assert muted.ledger is None
    assert muted.mapping == {}


def test_no_name_of_the_clients_columns_or_values_is_left(shop, muted):
    # The line under our charts begins with a word that is a column's name here too.
    parts = "".join(written(muted).parts.values()).replace("Source: sales from", "")
    text = repr(muted) + parts
    columns = set(shop.prospects.columns["column"]) | set(shop.revenue_groups["value"].dropna())
    values = set(shop.prospects.effects["value"].dropna().astype(str))
    # What a date gives, such as its month, is no name of the client's.
    calendars = {*calendar.month_name, *calendar.day_name}
    for name in {n for n in columns | values if len(n) > 3 and n != n.lower()} - calendars:
        assert not re.search(rf"\b{re.escape(name)}\b", text), name


def test_products_get_numbers_and_those_of_few_are_kept_back(shop, key):
    groups = shop.revenue_groups.copy()
    groups.loc[3, "customers"] = SMALLEST - 1
    results = dataclasses.replace(shop, revenue_groups=groups)
    muted = mute(results, key, PUBLISHED).results.revenue_groups
    assert muted["value"].tolist()[:3] == ["Product 1", "Product 2", "Product 3"]
    hidden = muted["suppressed"].to_numpy(bool)
    assert hidden[3]
    assert hidden.sum() == 2  # its revenue would follow from the total
    assert muted.loc[hidden].drop(columns=["group_by", "suppressed"]).isna().all(axis=None)
    assert muted[["sold", "returned", "quantity"]].isna().all(axis=None)
    assert muted.loc[~hidden, "revenue"].notna().all()


def test_first_orders_and_next_products_of_few_customers_are_not_told(shop, key):
    drivers = shop.first_orders.drivers.copy()
    drivers.loc[0, "came_back"] = SMALLEST - 1
    drivers.loc[1, "came_back"] = drivers.loc[1, "customers"] - SMALLEST + 1
    rules = pd.DataFrame({name: [0.5] * 3 for name in shop.next_products.rules})
    rules = rules.assign(
        antecedent=shop.revenue_groups["value"].iloc[0],
        consequent=shop.revenue_groups["value"].iloc[1:4].to_numpy(),
        customers_antecedent=40,
        customers_both=[20, 5, 35],
    )
    results = dataclasses.replace(
        shop,
        first_orders=dataclasses.replace(shop.first_orders, drivers=drivers),
        next_products=dataclasses.replace(shop.next_products, rules=rules),
    )
    muted = mute(results, key, PUBLISHED).results
    assert len(muted.first_orders.drivers) == len(drivers) - 2
    assert muted.first_orders.drivers["p_value"].isna().all()
    assert muted.next_products.rules[["antecedent", "consequent"]].to_numpy().tolist() == [
        ["Product 1", "Product 2"]
    ]


def test_the_change_is_told_only_where_every_kind_of_customer_is_a_large_group(shop, muted, key):
    assert muted.revenue_change.parts["change"].sum() == pytest.approx(
        2 * key.factor * shop.revenue_change.figures["change"], rel=0.02
    )
    assert muted.revenue_change.after[1] < shop.revenue_change.before[0]
    kinds = shop.revenue_change.customers.copy()
    kinds.loc[kinds["part"] == "returning", "customers"] = SMALLEST - 1
    change = dataclasses.replace(shop.revenue_change, customers=kinds)
    few = mute(dataclasses.replace(shop, revenue_change=change), key, PUBLISHED).results
    assert few.revenue_change is None
    assert "revenue_change" in few.skipped


def test_shares_and_growth_stay_as_they_are(shop, muted):
    raw, told = shop.overview.figures, muted.overview.figures
    assert told["revenue_last_12m"] / told["revenue_previous_12m"] == pytest.approx(
        raw["revenue_last_12m"] / raw["revenue_previous_12m"], rel=0.01
    )
    assert muted.rfm.segments["revenue_share"].to_numpy() == pytest.approx(
        shop.rfm.segments["revenue_share"].to_numpy(), abs=0.0051
    )
    assert list(muted.value.weights["weight"]) == pytest.approx(
        shop.value.weights["weight"].to_list(), abs=0.0051
    )
    told, raw = muted.value.origins["revenue_error"], shop.value.origins["revenue_error"]
    kept = told.notna()
    assert kept.any()
    assert told[kept].to_numpy() == pytest.approx(raw[kept].to_numpy(), rel=0.01)


def test_muted_results_say_that_they_are(shop, key):
    assert mute(shop, key, PUBLISHED).muted


def test_dates_end_before_the_sources_begin(shop, muted, key):
    assert muted.overview.monthly["month"].max() < shop.overview.monthly["month"].min()
    assert muted.settings.observation_end.day == shop.settings.observation_end.day
    gap = shop.overview.monthly["month"].dt.to_period("M").astype("int64") - (
        muted.overview.monthly["month"].dt.to_period("M").astype("int64")
    )
    assert set(gap) == {-key.months}


@pytest.mark.parametrize("seed", range(20))
def test_a_drawn_key_makes_amounts_whole_and_keeps_quarters(shop, wholesaler, seed):
    for results in (shop, wholesaler):
        key = seeded(results, seed)
        usual = results.overview.figures["average_order_value"] * key.factor
        assert 400 <= usual <= 2500
        if results.cohorts.period == "quarter":
            assert key.months % 3 == 0


def test_hidden_segments_cant_be_solved_for(wholesaler):
    muted = mute(wholesaler, seeded(wholesaler, 3), PUBLISHED).results
    counts = wholesaler.rfm.segments["customers"].to_numpy(float)
    hidden = muted.rfm.segments["suppressed"].to_numpy(bool)
    assert 0 < (counts < SMALLEST).sum() <= hidden.sum() < len(counts)
    for low, high in possible(counts, hidden):
        assert high - low >= SMALLEST
    figures = muted.rfm.segments.loc[hidden].drop(
        columns=["segment", "rule", "action", "contact", "suppressed"]
    )
    assert figures.isna().all(axis=None)
    assert not set(muted.decisions["segment"]) & set(muted.rfm.segments.loc[hidden, "segment"])


def test_hidden_cells_of_the_cohorts_cant_be_solved_for(boutique, key):
    words = Words(key, **NOBODYS_WORDS)
    muted = muted_cohorts(boutique, key, words)
    shown = muted.retention.sort_values(["cohort", "period"])
    sizes = boutique.retention.groupby("cohort")["customers"].first()
    kept = sizes.index[~protected(sizes, sizes < SMALLEST)]
    whole = boutique.retention.sort_values(["cohort", "period"])
    whole = whole.loc[whole["complete"] & whole["cohort"].isin(kept)]
    assert len(shown) == len(whole)
    counts, hidden = whole["active"].to_numpy(float), shown["suppressed"].to_numpy(bool)
    assert 10 < (counts < SMALLEST).sum() <= hidden.sum() < len(hidden)
    # A reader knows the average of a period at best: the exact sum over the cohorts shown.
    for period in whole["period"].unique():
        at = (whole["period"] == period).to_numpy()
        if hidden[at].any() and not hidden[at].all():
            for low, high in possible(counts[at], hidden[at]):
                assert high - low >= SMALLEST
    assert shown.loc[hidden, ["active", "retention", "revenue"]].isna().all(axis=None)
    few = whole.groupby("period")["active"].sum().to_numpy() < SMALLEST
    assert muted.average.loc[few, ["active", "retention"]].isna().all(axis=None)


def test_cohorts_of_which_few_came_back_are_not_told(boutique, key):
    words, retention, n = (
        Words(key, **NOBODYS_WORDS),
        boutique.retention,
        boutique.figures["new_customers"],
    )
    nobody_next = retention.assign(active=retention["active"].where(retention["period"] != 1, 0))
    few_ever = boutique.figures | {"share_second_purchase": 3 / n}
    for change in (
        {"retention": nobody_next},
        {"retention": retention.assign(complete=False)},
        {"figures": few_ever},
    ):
        assert muted_cohorts(dataclasses.replace(boutique, **change), key, words) is None


def test_hidden_tenths_cant_be_solved_for(shop, muted):
    for raw, told in (
        (shop.propensity.deciles, muted.propensity.deciles),
        (shop.prospects.deciles, muted.prospects.deciles),
    ):
        counts, hidden = raw["converted"].to_numpy(float), told["suppressed"].to_numpy(bool)
        assert hidden[(counts < SMALLEST) | (raw["n"] - counts < SMALLEST)].all()
        if hidden.any():
            assert min(high - low for low, high in possible(counts, hidden)) >= SMALLEST
            first = int(np.flatnonzero(hidden)[0])
            assert told["cumulative_gain"].iloc[first:].isna().all()
            assert told.loc[hidden, ["rate", "lift", "converted"]].isna().all(axis=None)


def test_a_step_of_the_curve_of_second_purchases_is_no_small_group(shop, muted):
    n = shop.cohorts.figures["customers"]
    exact_curve = shop.cohorts.second_purchase
    days = muted.cohorts.second_purchase["days"]
    at = np.searchsorted(exact_curve["days"], days, side="right") - 1
    steps = np.diff(exact_curve["share"].to_numpy()[at] * n)
    assert steps[steps > 0].min() >= SMALLEST  # nobody at all is no small group
    assert len(days) > 5


def test_what_is_too_small_to_show_says_so(wholesaler):
    muted = mute(wholesaler, seeded(wholesaler, 3), PUBLISHED).results
    assert wholesaler.propensity is not None
    assert muted.propensity is None
    assert "so small" in written(muted).parts["reason-propensity"]


def test_sentences_that_count_few_are_not_said(key):
    words = Words(key, **NOBODYS_WORDS)
    said = Sentence("{n} customers of {name} on {day}", {"n": 1234, "name": "Acme", "day": "x"})
    assert words.reason(said) == "1200 customers of (a name) on (a name)"
    few = Sentence("{n} customers", {"n": 4})
    assert "4" not in words.reason(few)


@pytest.mark.parametrize(("people", "hidden"), [(10, False), (9, True)])
def test_a_month_of_ten_is_told_and_one_of_nine_is_not(shop, key, people, hidden):
    monthly = shop.overview.monthly.copy()
    monthly.loc[3, ["customers", "orders"]] = people
    overview = dataclasses.replace(shop.overview, monthly=monthly)
    told = muted_overview(overview, shop.customers, key, Words(key, **NOBODYS_WORDS))
    assert told.monthly.loc[3, "suppressed"] == hidden
    assert told.monthly.loc[3, "revenue"] != told.monthly.loc[3, "revenue"] or not hidden


def test_actions_that_contact_one_to_nine_people_are_left_out(shop, key):
    actions = pd.concat([shop.actions.iloc[[0]]] * 5, ignore_index=True)
    actions = actions.assign(customers=500, contacted=[0, 1, 9, 10, 400])
    segments = mute(shop, key, PUBLISHED).results.rfm
    told = muted_actions(actions, segments, key, Words(key, **NOBODYS_WORDS))
    assert told["contacted"].fillna(0).tolist() == [0, 10, 400]
    few = actions.assign(customers=[9, 9, 9, 10, 9], contacted=0)
    assert len(muted_actions(few, segments, key, Words(key, **NOBODYS_WORDS))) == 1


def test_the_curve_of_profit_begins_again_at_ten(shop, key):
    profit = shop.propensity.profit.iloc[:5].assign(
        contacted=[0, 1, 9, 10, 11],
        best=[False] * 4 + [True],
        best_lower_value=[False] * 4 + [True],
    )
    found = dataclasses.replace(shop.propensity, profit=profit)
    told = muted_propensity(found, key, Words(key, **NOBODYS_WORDS)).profit
    assert told["contacted"].tolist() == [0, 10, 10]
    of_few = profit.assign(best=[False, False, True, False, False])
    found = dataclasses.replace(shop.propensity, profit=of_few)
    assert muted_propensity(found, key, Words(key, **NOBODYS_WORDS)).profit is None


def test_points_of_the_curve_of_revenue_are_ten_customers_apart():
    key, n = Key(3.0, -36), 200
    spent = pd.DataFrame(
        {"customer_id": map(str, range(n)), "total_spend": 90.0 / np.arange(1, n + 1)}
    )
    told = muted_concentration(revenue_concentration(spent), key, Words(key, **NOBODYS_WORDS))
    steps = np.diff(told.curve["customer_share"]) * n
    assert len(steps) > 5
    assert steps.min() >= SMALLEST - 1e-9


def test_a_column_without_a_kind_is_never_published(key):
    words = Words(key, **NOBODYS_WORDS)
    with pytest.raises(KeyError, match="favourite_colour"):
        muted_table(pd.DataFrame({"favourite_colour": ["red"]}), "decisions", key, words)


def test_open_data_keep_their_figures_and_lose_their_rows(shop):
    open_ = opened(shop, PUBLISHED)
    assert not open_.muted
    assert open_.results.overview is shop.overview
    assert open_.results.value.totals is shop.value.totals
    for table in (open_.results.value.customers, open_.results.prospects.prospects):
        assert len(table) == 0
    assert open_.results.customers is None
    assert open_.results.ledger is None
