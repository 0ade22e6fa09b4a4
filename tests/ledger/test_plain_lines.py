"""What goes to the database as it stands is read as the careful reader reads it."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custanalytics.engine import DuckDBEngine
from custanalytics.ledger.load import load
from custanalytics.ledger.read import parts, text_part
from custanalytics.ledger.read.dialect import Dialect
from custanalytics.ledger.read.plain_lines import is_plain
from custanalytics.ledger.read.records import Feed, read_records
from custanalytics.ledger.staging import _insert

HEADER = ["order", "customer name", "date", "amount"]
CELLS = st.lists(
    st.sampled_from(
        ["a", "1,5", 'b"c', '"', " d", "e ", "", "\n", "é", "漢字", "'f'", "x y", "\0"]
    ),
    min_size=1,
    max_size=3,
).map("".join)


def database_rows(block: str, dialect: Dialect) -> list[list[str]]:
    """The fields as DuckDB finds them in lines that stand as they are."""
    engine = DuckDBEngine()
    path = engine.scratch / "part-0"
    path.write_text(block, "utf-8", newline="\n")
    part = parts.Part("file", tuple(HEADER), 4, path, dialect=dialect)
    part.add(parts.Range(path, block.count("\n"), 2))
    _insert(engine, [part], tuple(HEADER), True)
    rows = engine.sql("SELECT * FROM staged ORDER BY line_no").fillna("")
    assert list(rows["line_no"]) == list(range(1, len(rows) + 1))
    assert list(rows["file_line"]) == list(range(2, len(rows) + 2))
    return rows[["c1", "c2", "c3", "c4"]].to_numpy().tolist()


@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=5), min_size=1, max_size=5),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONE]),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(['"', ""]),
)
def test_plain_lines_have_one_reading(rows, quoting, delimiter, quote):
    text = io.StringIO()
    writer = csv.writer(
        text, delimiter=delimiter, quoting=quoting, lineterminator="\n", escapechar="\\"
    )
    writer.writerows(rows)
    block, dialect = text.getvalue(), Dialect(delimiter, quote)
    if not is_plain(block.encode(), dialect, 4, HEADER):
        return
    careful = list(read_records(Feed(io.StringIO(block), dialect, first_line=2), 4))
    assert [at for at, _ in careful] == list(range(2, len(careful) + 2))
    assert len(careful) == block.count("\n")
    fields = [[cell.strip(" ") for cell in fields] for _, fields in careful]
    assert database_rows(block, dialect) == fields


@pytest.mark.parametrize(
    "line",
    [
        '1,"two,3,4',  # a quote that does not end
        '1,two" and more,3,4',  # within a field
        '1,"two" ,3,4',  # a blank behind it
        '1, "two",3,4',
        '1,""two"",3,4',
        "1,2,3",
        "1,2,3,4,",
        "",
        ",,,",
        '"","","",""',
        "1,2\0,3,4",
        "1,2\r,3,4",
        "order,customer name,date,amount",
        '"order","customer name","date","amount"',
        "1," + 131_072 * "x" + ",3,4",
    ],
)
def test_what_may_be_read_in_two_ways_is_not_plain(line):
    block = f'1,2,3,4\n{line}\n5,"6, ""7""",8,9\n'
    assert not is_plain(block.encode(), Dialect(","), 4, HEADER)
    assert is_plain(block.replace(f"\n{line}\n", "\n", 1).encode(), Dialect(","), 4, HEADER)


def test_fields_behind_an_escape_or_blanks_are_not_plain():
    assert not is_plain(b"1 2 3 4\n", Dialect(" ", quote=""), 4, HEADER)
    assert not is_plain(b"1,2,3,4\n", Dialect(",", escape="\\"), 4, HEADER)
    assert is_plain(b'1;2";3;4\n', Dialect(";", quote=""), 4, HEADER)


@pytest.mark.parametrize("seed", range(4))
def test_a_file_is_read_the_same_however_its_blocks_fall(seed, tmp_path, monkeypatch):
    """Plain and careful ranges take turns, wherever the faults of the lines are."""
    draw = np.random.default_rng(seed)
    lines = ["order,customer name,date,amount"]
    for at in range(900):
        day = f"2025-{at % 12 + 1:02}-{at % 28 + 1:02}"
        lines.append(f"{at},Customer {at % 90},{day},{at % 50}.5")
        if draw.random() < 0.03:
            faults = [
                "torn",
                f'{at},"Customer\n{at}",2025-03-01,7.25',
                f'{at},"Customer {at}, 2025-03-01,7.25',
                f"{at},Customer,2025-03-01,7,25",
                lines[0],
                ",,,",
                "",
            ]
            lines.append(faults[draw.integers(len(faults))])
    path = tmp_path / "sales.csv"
    path.write_text("\n".join(lines), "utf-8")

    def read(block: int):
        monkeypatch.setattr(text_part, "SAMPLE_LINES", 20)
        monkeypatch.setattr(text_part, "_BLOCK", block)
        ledger = load(path, max_unreadable=0.05)
        rows = ledger.engine.sql("SELECT * FROM ledger ORDER BY line_no")
        return rows, ledger.report.unreadable.sort_values("line").reset_index(drop=True)

    rows, unreadable = read(500)
    with monkeypatch.context() as careful:
        careful.setattr(text_part, "is_plain", lambda *_: False)
        expected, expected_unreadable = read(1 << 20)
    assert rows.equals(expected)
    assert unreadable.equals(expected_unreadable)
    assert len(rows) > 880


def test_what_the_database_counts_otherwise_is_read_line_by_line(tmp_path, monkeypatch):
    monkeypatch.setattr(text_part, "is_plain", lambda *_: True)  # a proof that proves nothing
    lines = [f"{at},Customer {at % 90},2025-{at % 12 + 1:02}-11,{at}.5" for at in range(900)]
    lines[500] = '500,"Customer\n500",2025-03-11,500.5'
    path = tmp_path / "sales.csv"
    path.write_text("\n".join(["order,customer name,date,amount", *lines]), "utf-8")
    rows = load(path).engine.sql("SELECT * FROM ledger ORDER BY line_no")
    assert len(rows) == 900
