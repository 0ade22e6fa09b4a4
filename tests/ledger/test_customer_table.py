"""A table of customers is no table of sales: refused with what to do, never read as one."""

from datetime import date

import pandas as pd
import pytest

from custanalytics import load
from custanalytics.errors import SourceError

N = 12


def customers(**columns) -> pd.DataFrame:
    base = {"E-mail": [f"a{k}@example.org" for k in range(N)], "last order": ["2024-02-01"] * N}
    return pd.DataFrame(base | {name.replace("_", " "): cells for name, cells in columns.items()})


@pytest.mark.parametrize("name", ["Orders_Count", "Anzahl_Bestellungen", "Nombre_de_commandes"])
def test_one_row_a_customer_is_refused_with_the_way_out(name):
    table = customers(**{name: range(1, N + 1), "Total_spent": [9.5] * N})
    with pytest.raises(SourceError, match="one row for each customer") as error:
        load(table, today=date(2024, 6, 1))
    assert "--map customer_id=E-mail" in str(error.value)
    assert "customer_lifetime_value" in str(error.value)


def test_a_summary_is_told_by_the_fields_own_names():
    table = pd.DataFrame({"id": [1, 2], "frequency": [0, 3], "recency": [0, 90], "T": [9, 99]})
    with pytest.raises(SourceError, match="'frequency' and 'recency' sum them up"):
        load(table)


@pytest.mark.parametrize("orders", [[1] * N, ["1,5"] * N, ["x"] * N])
def test_sales_to_customers_who_each_bought_once_are_sales(orders):
    table = customers(orders=orders, amount=[9.5] * N).rename(columns={"last order": "date"})
    assert float(load(table, today=date(2024, 6, 1)).report.revenue) == 9.5 * N


def test_the_users_word_goes_before():
    table = customers(orders=range(1, N + 1), amount=[9.5] * N)
    given = {"customer_id": "E-mail", "ordered_at": "last order", "amount": "amount"}
    assert float(load(table, mapping=given, today=date(2024, 6, 1)).report.revenue) == 9.5 * N
