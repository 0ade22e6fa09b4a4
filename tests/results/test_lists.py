"""Lists open in a spreadsheet as they were meant; people who said no are in none to contact."""

import csv

import pandas as pd
import pytest

from custanalytics.results.decisions import drawn_groups
from custanalytics.results.lists import (
    late_customers,
    may_be_contacted,
    most_likely_first,
    write_csv,
)

CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["yes", "no", "never asked", "late no"],
        "segment": "Loyal",
        "propensity": [0.2, 0.9, 0.5, 0.4],
        "late": [True, False, True, True],
        "revenue_at_risk": [1.0, 0.0, 2.0, 9.0],
        "consent": pd.array([True, False, None, False], dtype="boolean"),
    }
)


@pytest.fixture
def written(tmp_path):
    def write(frame: pd.DataFrame) -> list[list[str]]:
        write_csv(frame, tmp_path / "list.csv", "prospect_list")
        with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))

    return write


@pytest.mark.parametrize("risky", ["=1+1", " =1+1", "\n=1", "\uff1dA1", "@x", "+x", "-x", "\tx"])
def test_text_that_a_spreadsheet_would_run_stays_text(written, risky):
    assert written(pd.DataFrame({"name": [risky]}))[1] == ["'" + risky]
    assert written(pd.DataFrame({risky: ["x"]}))[0] == ["'" + risky]


@pytest.mark.parametrize("plain", ["-12.5", "+3", "a=1", "Smith - Jones"])
def test_numbers_and_plain_text_stay_as_they_are(written, plain):
    assert written(pd.DataFrame({"name": [plain]}))[1] == [plain]


def test_a_no_is_respected_and_silence_is_not_a_no():
    assert most_likely_first(CUSTOMERS)["customer_id"].tolist() == ["never asked", "yes"]
    assert late_customers(CUSTOMERS)["customer_id"].tolist() == ["never asked", "yes"]
    assert may_be_contacted(CUSTOMERS.drop(columns="consent")).all()


def test_groups_are_drawn_from_those_who_may_be_contacted():
    decisions = pd.DataFrame({"segment": ["Loyal"], "contact": [True], "control_size": [1]})
    group = drawn_groups(CUSTOMERS, decisions, seed=0)
    assert group.isna().tolist() == [False, True, False, True]
    assert set(group.dropna()) == {"contact", "control"}


def test_a_column_of_more_than_text_is_written_too(written):
    mixed = pd.DataFrame({"late": pd.Series([True, None, "=x"], dtype="object")})
    assert written(mixed)[1:] == [["True"], [""], ["'=x"]]
