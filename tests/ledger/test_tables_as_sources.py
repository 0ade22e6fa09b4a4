"""A table in memory is read as the file is that holds the same lines."""

import duckdb
import pandas as pd
import polars as pl
import pytest

import custanalytics as ca
from custanalytics.errors import UsageError

LINES = """\
Order ID,Date,Customer,Product,Quantity,Amount
1001,2024-01-05,C01,Mug,2,19.80
1002,2024-01-06,C02,Plate,1,12.50
1003,2024-02-10,C01,Mug,1,9.90
1004,2024-03-01,,Bowl,4,31.96
1005,2024-03-02,C02,Plate,-1,-12.50
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text(LINES, "utf-8")
    return path


def ledger(source) -> pd.DataFrame:
    return ca.load(source).engine.sql("SELECT * FROM ledger ORDER BY line_no")


def tables(file) -> list:
    frame = pd.read_csv(file)
    typed = frame.assign(Date=pd.to_datetime(frame["Date"]))
    return [
        frame,
        typed,
        typed.set_index(pd.Index(range(50, 50 + len(typed)))),
        pl.read_csv(file),
        pl.read_csv(file, try_parse_dates=True),
        duckdb.sql(f"SELECT * FROM read_csv('{file}')"),
        [frame.iloc[:2], pl.read_csv(file)[2:]],
        (file,),
        str(file),
    ]


KINDS = [
    "pandas",
    "typed",
    "index",
    "polars",
    "polars typed",
    "duckdb",
    "two parts",
    "paths",
    "text",
]


@pytest.mark.parametrize("kind", range(len(KINDS)), ids=KINDS)
def test_every_kind_of_table_gives_the_files_ledger(file, kind):
    pd.testing.assert_frame_equal(ledger(tables(file)[kind]), ledger([file]))


def test_names_that_are_no_text_and_cells_of_several_types_are_taken(file):
    frame = pd.read_csv(file)
    frame["Customer"] = pd.Series(["C01", 7, "C01", None, 7], dtype=object)
    frame[5] = "x"
    lines = ledger(frame)
    assert lines["customer_id"].tolist()[:3] == ["C01", "7", "C01"]
    assert lines["customer_id"].isna().sum() == 1


def test_what_is_no_table_is_said():
    with pytest.raises(UsageError, match="a int is no table"):
        ca.load(5)


def test_prospects_come_from_a_table_too(file):
    table = ca.read_table(pd.read_csv(file))
    pd.testing.assert_frame_equal(table.iloc[:, :4], ca.read_table(file).iloc[:, :4])


def test_the_table_itself_is_not_changed(file):
    frame = pd.read_csv(file)
    kept = frame.copy()
    ca.load(frame)
    pd.testing.assert_frame_equal(frame, kept)
