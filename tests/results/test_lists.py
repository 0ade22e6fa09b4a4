"""Lists open in a spreadsheet as they were meant; people who said no are in none to contact."""

import csv

import pandas as pd
import pytest

from custanalytics.results.decisions import drawn_groups
from custanalytics.results.lists import (
    late_customers,
    may_be_contacted,
    to_act_on,
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
        write_csv(frame, tmp_path / "list.csv", "prospect_list", "en_GB")
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


@pytest.mark.parametrize("locale", ["de_DE", "fr_FR", "es_ES", "en_DE", "pt_BR"])
def test_a_spreadsheet_with_decimal_commas_opens_the_columns(tmp_path, locale):
    frame = pd.DataFrame(
        {
            "customer_id": ["00123", "+491701234", "Kr\u00e4mer; S\u00f6hne"],
            "total_spend": [1234.5, -0.125, None],
            "n_orders": [3, 1, 2],
            "last_product": ["-3,50", "-3,50+1", "1.5"],
        }
    )
    write_csv(frame, tmp_path / "list.csv", "customers", locale)
    assert (tmp_path / "list.csv").read_bytes() == (
        "\ufeffcustomer_id;total_spend;n_orders;last_product\n"
        '00123;1234,5;3;-3,50\n+491701234;-0,12;1;\'-3,50+1\n"Kr\u00e4mer; S\u00f6hne";;2;1.5\n'
    ).encode()


@pytest.mark.parametrize("locale", ["en_GB", "en_US", "es_MX", "ja_JP"])
def test_other_locales_have_points_between_commas(tmp_path, locale):
    write_csv(pd.DataFrame({"total_spend": [1.5, 2.0]}), tmp_path / "list.csv", "customers", locale)
    assert (tmp_path / "list.csv").read_text("utf-8-sig") == "total_spend\n1.5\n2.0\n"


def test_a_no_is_respected_and_silence_is_not_a_no():
    assert may_be_contacted(CUSTOMERS).tolist() == [True, False, True, False]
    assert may_be_contacted(CUSTOMERS.drop(columns="consent")).all()


def test_groups_are_drawn_from_those_who_may_be_contacted():
    decisions = pd.DataFrame({"segment": ["Loyal"], "contact": [True], "control_size": [1]})
    group = drawn_groups(CUSTOMERS, decisions, seed=0)
    assert group.isna().tolist() == [False, True, False, True]
    assert set(group.dropna()) == {"contact", "control"}


def test_a_list_holds_those_to_contact_and_the_control_group_has_its_own():
    customers = CUSTOMERS.assign(
        group=["control", None, "contact", None],
        plan_step=pd.array([1, None, 1, None], dtype="Int64"),
    )
    assert late_customers(customers)["customer_id"].tolist() == ["never asked"]
    actions = pd.DataFrame(
        {
            "step": [1.0, None],
            "list": ["exports/segment-loyal.csv", None],
            "control_list": ["exports/control-loyal.csv", None],
        }
    )
    lists = {
        path: rows["customer_id"].tolist() for path, rows in to_act_on(customers, actions).items()
    }
    assert lists == {
        "exports/contact.csv": ["never asked"],
        "exports/control.csv": ["yes"],
        "exports/late.csv": ["never asked"],
        "exports/segment-loyal.csv": ["never asked"],
        "exports/control-loyal.csv": ["yes"],
    }


def test_money_has_two_decimals_and_all_else_four(tmp_path):
    frame = pd.DataFrame({"expected_revenue": [150.40812], "propensity": [0.123456]})
    write_csv(frame, tmp_path / "list.csv", "customers", "en_GB")
    assert (tmp_path / "list.csv").read_text("utf-8-sig").splitlines()[1] == "150.41,0.1235"


def test_a_column_of_more_than_text_is_written_too(written):
    mixed = pd.DataFrame({"late": pd.Series([True, None, "=x"], dtype="object")})
    assert written(mixed)[1:] == [["True"], [""], ["'=x"]]
