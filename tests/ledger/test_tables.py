"""Tables of any columns, read with the care of a sales file."""

import gzip

import pandas as pd
import pytest
import xlsxwriter

from custanalytics.engine import write_tables
from custanalytics.errors import SourceError
from custanalytics.ledger import read_table

LEADS = [
    ["Lead", "Country", "Visits", "Seen on", "Converted"],
    ["Ann", "de", "1,5", "03.02.2024", "yes"],
    ["Bob", "fr", "", "", "no"],
    ["Cyd", "de", "2,5", "25.02.2024", ""],
    ["Dan", "fr", "3,0", "26.02.2024", "no"],
    ["Eve", "de", "4,0", "27.02.2024", "yes"],
    ["Fay", "fr", "4,5", "28.02.2024", "no"],
]
EXPECTED = pd.DataFrame(LEADS[1:], columns=LEADS[0]).replace("", None)


def written(rows, delimiter=";"):
    return "\n".join(delimiter.join(row) for row in rows) + "\n"


@pytest.fixture
def read(tmp_path):
    """Read these bytes or this text as a file of this name."""

    def reader(content, name="leads.csv", **options):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_table(path, **options)

    return reader


def same(table, expected=EXPECTED):
    left, right = (t.astype("object").where(t.notna(), None) for t in (table, expected))
    pd.testing.assert_frame_equal(left, right, check_column_type=False, check_index_type=False)


@pytest.mark.parametrize(
    "content",
    [
        written(LEADS),
        written(LEADS, "\t"),
        written(LEADS).encode("utf-16"),
        b"\xef\xbb\xbf" + written(LEADS).encode(),
        gzip.compress(written(LEADS).encode()),
        "Leads of March\n\n" + written(LEADS) + "\n6 record(s) downloaded\n",
        written(LEADS) + "Total;;15,5;;\n",
        written([[f" {cell} " for cell in row] for row in LEADS]),
        written([LEADS[0], *LEADS[1:3], LEADS[0], *LEADS[3:]]),
    ],
    ids=[
        "semicolon",
        "tab",
        "utf-16",
        "mark",
        "gzip",
        "title-and-footer",
        "total",
        "blanks",
        "header-twice",
    ],
)
def test_the_same_table_however_it_was_written(read, content):
    same(read(content))


def test_a_workbook_whatever_its_name_says(tmp_path):
    path = tmp_path / "leads.csv"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(LEADS):
            sheet.write_row(at, 0, row)
    same(read_table(path))


def test_parquet_as_text(tmp_path):
    path = tmp_path / "leads.parquet"
    table = pd.DataFrame({"age": [31, None], "rate": [0.25, 1.5], "won": [True, False]})
    write_tables({"leads": table}, tmp_path)
    found = read_table(path)
    assert found["rate"].tolist() == ["0.2500000000", "1.5000000000"]
    assert found["won"].tolist() == ["true", "false"]
    assert found["age"].isna().tolist() == [False, True]


def test_line_breaks_and_delimiters_in_quotes(read):
    rows = [["Lead", "Note"], ["1", '"a;\nb ""c"""'], *([str(i), "x"] for i in range(2, 9))]
    assert read(written(rows))["Note"][0] == 'a;\nb "c"'


def test_names_that_are_alike_keep_their_own_cells(read):
    rows = [["a", "a", "a (2)", "Price €", "price $", ""], *([*"12345", "6"] for _ in range(5))]
    found = read(written(rows))
    assert found.columns.is_unique
    assert found.columns[[0, 3, 4, 5]].tolist() == ["a", "Price €", "price $", "column 6"]
    assert found.iloc[0].tolist() == list("123456")


def test_no_header_gives_numbered_columns(read):
    rows = [["31", "de", "yes"], ["45", "fr", "no"], ["31", "fr", "yes"], ["52", "de", "no"]]
    found = read(written(rows))
    assert found.columns.tolist() == ["column 1", "column 2", "column 3"]
    assert len(found) == 4


def test_a_header_above_words_alone_or_above_blank_cells(read):
    words = [["land", "quelle", "gekauft"], *(["de", "web", "ja"], ["fr", "web", "nein"]) * 3]
    assert read(written(words)).columns.tolist() == words[0]
    sparse = [["land", "visits", "won"], ["de", "", "yes"], ["fr", "", "no"], ["de", "7", "yes"]]
    assert read(written(sparse)).columns.tolist() == sparse[0]
    figures = [["land", "2023", "2024"], ["de", "7", "8"], ["fr", "9", "1"]]
    assert read(written(figures), names=["land"]).columns.tolist() == figures[0]


def test_files_of_one_export_are_put_together(tmp_path):
    (tmp_path / "one.csv").write_text(written(LEADS[:4]))
    turned = [row[::-1] for row in [LEADS[0], *LEADS[4:]]]
    (tmp_path / "two.csv").write_text(written(turned, "\t"))
    same(read_table([tmp_path / "one.csv", tmp_path / "two.csv"]))


def test_a_broken_line_is_told_and_many_are_refused(read):
    good = [["1", "a", "b"]] * 60
    found = read(written([["lead", "x", "y"], *good, ["2", "a"], *good]))
    assert len(found) == 120
    assert found.attrs["warnings"] == (
        "1 of 121 lines can't be read; the first is line 62 of leads.csv: it has 2 fields, "
        "the table 3.",
    )
    with pytest.raises(SourceError, match=r"5 of 65 lines can't be read.*mend the file"):
        read(written([["lead", "x", "y"], *good, *[["2", "a"]] * 5]))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"%PDF-1.4 leads", "PDF document"),
        ("[{}]", "JSON"),
        ("lead;won\n", "no rows below"),
        ("lead\n1\n2\n", "two or more columns"),
    ],
)
def test_what_is_no_table_is_told(read, content, said):
    with pytest.raises(SourceError, match=said):
        read(content)
