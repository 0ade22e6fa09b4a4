"""Columns of a prospects table, recognised and read."""

import numpy as np
import pandas as pd
import pytest

from custanalytics.errors import SourceError, UnsupportedError, UsageError
from custanalytics.prospects.ordering import find_order
from custanalytics.scoring.columns import inputs, read_columns, typed
from custanalytics.scoring.outcome import Outcome, read_outcomes
from tests.trials.leads import leads


def only(values, name="x"):
    """The one column of a table."""
    return read_columns(pd.DataFrame({name: values})).columns[0]


def test_kinds_of_a_file_of_text():
    kinds = {c.name: c.kind for c in read_columns(leads(200)).columns}
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
    read = read_columns(pd.DataFrame({"x": [written, "1,5", "2,5"] * 10}))
    assert read.columns[0].kind == "number"
    assert read.values["x"].iloc[0] == number


def test_english_thousands_and_blanks():
    read = read_columns(pd.DataFrame({"x": ["1,234.50", " ", "n/a", "2.5", "-"] * 6}))
    found = read.values["x"].iloc[:5].tolist()
    assert found == pytest.approx([1234.5, np.nan, np.nan, 2.5, np.nan], nan_ok=True)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["k1", "k2", "k12", "k3"] * 10, "category"),
        (["01234", "80331", "04109", "10115"] * 10, "category"),
        (["CHF 5", "CHF 7.50", "8", "9"] * 10, "number"),
        (["(5.00)", "1e-3", "2.5E+2", "+4"] * 10, "number"),
        ([*map(str, range(30)), "unknown", "unknown", "unknown"] * 2, "number"),
        (["20240131", "20240229", "20231224"] * 10, "date"),
        (["3 Feb 2024", "4. März 2024", "1 mai 2023"] * 10, "date"),
        (["1955-03-02", "1987-12-24", "2001-01-31"] * 10, "date"),
    ],
    ids=[
        "codes",
        "postcodes",
        "money",
        "notations",
        "words-for-none",
        "compact",
        "named",
        "births",
    ],
)
def test_cells_are_read_by_the_rules_for_sales(cells, kind):
    column = only(cells)
    assert column.kind == kind
    if kind == "number":
        values = read_columns(pd.DataFrame({"x": cells})).values["x"]
        assert values.notna().mean() >= 0.9


def test_what_can_be_read_in_two_ways_is_asked_for_unless_another_column_tells():
    unclear = pd.DataFrame({"seen": ["01/02/2024", "03/04/2024"] * 9, "x": ["1.250", "2.500"] * 9})
    with pytest.raises(SourceError, match=r"seen.*--date-order"):
        read_columns(unclear)
    as_told = read_columns(unclear, date_order="mdy", decimal="comma").values
    assert as_told["seen"][0] == pd.Timestamp(2024, 1, 2)
    assert as_told["x"][0] == 1250
    told = unclear.assign(bought=["25/02/2024", "26/02/2024"] * 9, y=["1,5", "2,5"] * 9)
    values = read_columns(told).values
    assert (values["seen"][0], values["x"][0]) == (pd.Timestamp(2024, 2, 1), 1250)
    with pytest.raises(SourceError, match=r"two ways.*--decimal"):
        read_columns(pd.DataFrame({"x": ["1,5", "2.5"] * 50}))


def test_a_later_file_may_be_written_another_way():
    first = pd.DataFrame({"x": ["1,5", "2,25"] * 9, "d": ["25.02.2024", "01.02.2024"] * 9})
    columns = read_columns(first).columns
    american = pd.DataFrame({"x": ["1.5", "3.75"], "d": ["02/25/2024", "02/01/2024"]})
    later = typed(american, columns)
    assert later["x"].tolist() == [1.5, 3.75]
    assert later["d"][1] == pd.Timestamp(2024, 2, 1)
    unclear = typed(pd.DataFrame({"x": ["1.250"], "d": ["01.02.2024"]}), columns)
    assert (unclear["x"][0], unclear["d"][0]) == (1250, pd.Timestamp(2024, 2, 1))


def test_a_number_that_means_never():
    days = pd.DataFrame({"x": [3, 6, 9, 12, 999, 999] * 10})
    read = read_columns(days)
    assert read.columns[0].sentinel == 999
    assert read.values["x"].isna().sum() == typed(days, read.columns)["x"].isna().sum() == 20
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
    found = read_columns(pd.DataFrame({"x": [first, second] * 10})).values["x"]
    assert found.iloc[0].date().isoformat() == read


def test_dates_become_month_weekday_and_days_from_the_clock():
    table = pd.DataFrame(
        {"created": ["2024-02-03", "2024-02-04"] * 9, "seen": ["2024-02-01", ""] * 9}
    )
    read = read_columns(table)
    made = inputs(read.values, read.columns, "created").iloc[:2]
    assert made["created: month"].tolist() == ["February", "February"]
    assert made["created: weekday"].tolist() == ["Saturday", "Sunday"]
    assert made["seen: days"].tolist() == pytest.approx([-2.0, np.nan], nan_ok=True)


def test_doubled_and_missing_columns_are_named():
    twice = pd.DataFrame([[1, 2]], columns=["a", "a"])
    with pytest.raises(UsageError, match="found twice: a"):
        read_columns(twice)
    table = leads(50)
    with pytest.raises(UsageError, match="missing: country"):
        typed(table.drop(columns="country"), read_columns(table).columns)


def outcome(table, **named):
    return read_outcomes(read_columns(table), **named)


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


def order(table, date=None):
    read = read_columns(table)
    columns = [c for c in read.columns if c.used and c.name != "converted"]
    return find_order(read.values, columns, read.columns, date)


def test_order_by_date():
    table = leads(200)
    assert (order(table).order.basis, order(table).order.clock) == ("date", "created")
    later = order(table).later(np.ones(200, dtype=bool))
    assert later.tolist() == [False] * 160 + [True] * 40
    with pytest.raises(UsageError, match="no column of dates"):
        order(table, date="country")


def test_without_evidence_there_is_no_order():
    found = order(leads(200).drop(columns="created"))
    assert found.order.basis is None
    assert "nor anything else" in found.order.sentence


@pytest.mark.parametrize("sign", [1, -1])
def test_a_number_that_goes_with_a_date_is_an_order_and_turned_where_it_falls(sign):
    table = leads(200)
    number = 5000 + sign * 3 * np.arange(200)
    called = table["created"].where(np.arange(200) % 2 == 0, "")
    table = table.drop(columns=["created", "lead_id"]).assign(number=number, called=called)
    found = order(table.sample(frac=1, random_state=1))
    assert found.order.basis == "number"
    assert ("turned round" in found.order.sentence) == (sign < 0)
    place = table.sample(frac=1, random_state=1).index
    assert np.argsort(found.rank).tolist() == np.argsort(place).tolist()


def test_months_that_follow_each_other_show_that_the_file_is_in_order():
    months = np.repeat(["nov", "dec", "jan", "feb", "apr", "may"], 50)
    table = pd.DataFrame({"month": months, "x": range(300)})
    assert order(table).order.basis == "file order"
    assert order(table).rank.tolist() == list(range(300))
    assert order(table[::-1].reset_index(drop=True)).rank.tolist() == list(range(299, -1, -1))
    assert order(table.sample(frac=1, random_state=1)).order.basis is None
