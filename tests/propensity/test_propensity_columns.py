"""Columns of a prospects table, recognised and read."""

import numpy as np
import pandas as pd
import pytest
from leads import leads

from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.propensity.columns import describe, inputs, typed
from custanalytics.propensity.ordering import find_order
from custanalytics.propensity.outcome import Outcome, read_outcomes


def only(values, name="x"):
    """The one column of a table."""
    return describe(pd.DataFrame({name: values}))[0]


def test_kinds_of_a_file_of_text():
    kinds = {c.name: c.kind for c in describe(leads(200))}
    assert kinds == {
        "lead_id": "identifier",
        "created": "date",
        "country": "category",
        "visits": "number",
        "pages": "number",
        "note": "text",
        "source": "constant",
        "fax": "empty",
        "converted": "category",
    }


@pytest.mark.parametrize(
    ("written", "number"),
    [("1.234,5", 1234.5), ("0,5", 0.5), ("12 %", 12.0), ("€ 7,25", 7.25), ("-3", -3.0)],
)
def test_numbers_with_a_decimal_comma(written, number):
    values = pd.Series([written, "1,5", "2,5"] * 10)
    column = only(values)
    assert column.kind == "number"
    assert typed(values, column).iloc[0] == number


def test_english_thousands_and_blanks():
    values = pd.Series(["1,234.50", " ", "n/a", "2.5", "-"] * 6)
    found = typed(values, only(values)).iloc[:5].tolist()
    assert found == pytest.approx([1234.5, np.nan, np.nan, 2.5, np.nan], nan_ok=True)


def test_a_number_that_means_never():
    days = pd.Series([3, 6, 9, 12, 999, 999] * 10)
    column = only(days)
    assert column.sentinel == 999
    assert typed(days, column).isna().sum() == 20
    assert only(pd.Series([1, 500, 999] * 10)).sentinel is None
    assert only(pd.Series([4, 7, -1] * 10)).sentinel == -1


@pytest.mark.parametrize(
    ("first", "second", "read"),
    [
        ("03.02.2024", "25.02.2024", "2024-02-03"),
        ("03/02/2024", "02/25/2024", "2024-03-02"),
        ("2024-02-03 10:00", "2024-02-25 11:00", "2024-02-03"),
    ],
)
def test_dates_are_read_by_the_evidence_of_the_column(first, second, read):
    values = pd.Series([first, second] * 10)
    found = typed(values, only(values))
    assert found.iloc[0].date().isoformat() == read


def test_dates_become_month_weekday_and_days_from_the_clock():
    table = pd.DataFrame(
        {"created": ["2024-02-03", "2024-02-04"] * 9, "seen": ["2024-02-01", ""] * 9}
    )
    made = inputs(table, describe(table), "created").iloc[:2]
    assert made["created: month"].tolist() == ["February", "February"]
    assert made["created: weekday"].tolist() == ["Saturday", "Sunday"]
    assert made["seen: days"].tolist() == pytest.approx([-2.0, np.nan], nan_ok=True)


def test_doubled_and_missing_columns_are_named():
    twice = pd.DataFrame([[1, 2]], columns=["a", "a"])
    with pytest.raises(UsageError, match="found twice: a"):
        describe(twice)
    table = leads(50)
    with pytest.raises(UsageError, match="missing: country"):
        inputs(table.drop(columns="country"), describe(table), None)


def outcome(table, **named):
    return read_outcomes(table, describe(table), **named)


def test_the_outcome_is_found_and_blanks_are_open():
    found = outcome(leads(300))
    assert found.outcome == Outcome("converted", "yes", found=True)
    assert 0.7 < found.known.mean() < 0.9
    assert not found.converted[~found.known].any()


def test_a_stage_with_words_for_open():
    table = leads(300).drop(columns="converted")
    table["stage"] = ["Closed Won", "closed_lost", "Open"] * 100
    found = outcome(table)
    assert found.outcome == Outcome("stage", "closed won", found=True)
    assert found.known.tolist()[:3] == [True, True, False]
    assert found.converted.tolist()[:3] == [True, False, False]


def test_the_rarer_of_two_unknown_words_counts():
    table = leads(300).drop(columns="converted")
    table["result"] = ["blue", "red", "red"] * 100
    assert outcome(table).outcome.positive == "blue"
    assert outcome(table, outcome="result", positive="Red").outcome.positive == "red"


def test_what_is_not_clear_is_asked_for():
    table = leads(300).drop(columns="converted")
    with pytest.raises(UsageError, match="name it by --outcome"):
        outcome(table)
    two = leads(300).assign(won=lambda f: f["converted"])
    with pytest.raises(UsageError, match="converted, won"):
        outcome(two[[c for c in two.columns if c != "won"] + ["won"]].assign(last="x"))
    with pytest.raises(UsageError, match="'nope'"):
        outcome(leads(300), outcome="nope")
    with pytest.raises(UsageError, match="--positive"):
        outcome(leads(300), outcome="country")
    with pytest.raises(UnsupportedError, match="needs both"):
        outcome(leads(300).assign(converted="yes"))


def order(table, converted=None, **kwargs):
    n = len(table)
    y = np.arange(n) % 3 == 0 if converted is None else converted
    columns = [c for c in describe(table) if c.name != "converted"]
    return find_order(table, columns, y, np.ones(n, dtype=bool), kwargs.get("date"))


def test_order_by_date_else_by_file():
    table = leads(200)
    assert (order(table).order.basis, order(table).order.clock) == ("date", "created")
    later = order(table).later(np.ones(200, dtype=bool))
    assert later.tolist() == [False] * 160 + [True] * 40
    assert order(table.drop(columns="created")).order.basis == "file order"


def test_a_sorted_file_has_no_order_in_time():
    table = leads(200).drop(columns="created")
    by_outcome = order(table, np.arange(200) < 60)
    assert by_outcome.order.basis is None
    assert "sorted by the outcome" in by_outcome.order.sentence
    score = table.assign(score=np.sort(np.random.default_rng(0).normal(size=200)).astype(str))
    assert "sorted by score" in order(score).order.sentence
    with pytest.raises(UsageError, match="no column of dates"):
        order(table, date="country")
