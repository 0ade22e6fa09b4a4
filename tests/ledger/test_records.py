"""Lines that can't be read are set aside alone, and never shift the next ones."""

import pytest

from custanalytics.errors import SourceError
from custanalytics.ledger.read.dialect import Dialect, detect_dialect
from custanalytics.ledger.read.records import Feed, Unreadable, read_records


def read(text: str, width: int = 4) -> tuple[list[list[str]], list[int]]:
    lines = iter(text.splitlines(keepends=True))
    items = list(read_records(Feed(lines, Dialect(",")), width))
    good = [item[1] for item in items if isinstance(item, tuple)]
    return good, [item.line for item in items if isinstance(item, Unreadable)]


def test_a_quoted_line_break_is_part_of_its_field() -> None:
    assert read('1,"two\nlines",3,4\n5,6,7,8\n') == (
        [["1", "two\nlines", "3", "4"], list("5678")],
        [],
    )


@pytest.mark.parametrize(
    "second",
    ['a,"b,c,d', 'a,b,c,d,e', "a,b,c", '"a,b,c,d', 'a,b,c,"d', 'a,"b"x,c,d', "a,b\0,c,d"],
)  # fmt: skip
@pytest.mark.parametrize("third", ["5,6,7,8", '5,"6",7,8', '5,6 7",7,8'])
def test_a_broken_line_is_set_aside_and_the_next_are_read(second: str, third: str) -> None:
    good, bad = read(f"1,2,3,4\n{second}\n{third}\n9,10,11,12\n")
    assert good[0] == ["1", "2", "3", "4"]
    assert good[-1] == ["9", "10", "11", "12"]
    assert 2 in bad
    # The third line is read as it stands or set aside, never joined with the second.
    assert good[1:-1] in ([], [["5", "6", "7", "8"]], [["5", '6 7"', "7", "8"]])


def test_trailing_delimiters_and_blank_lines_are_no_faults() -> None:
    assert read("1,2,3,4,\n\n5,6,7,8,,\n") == ([["1", "2", "3", "4"], ["5", "6", "7", "8"]], [])


def test_a_file_that_is_no_table_stops_early() -> None:
    with pytest.raises(SourceError, match="can't be read as a table"):
        read("x\n" * 10_000)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a;b;c\n1;2,5;x\n2;3,5;y\n", ";"),
        ("a,b,c\n1,2.5,x\n2,3.5,y;z\n", ","),
        ("a\tb\n1,5\tx\n2,5\ty\n", "\t"),
        ("a|b\n1|x\n2|y, z\n", "|"),
        (" 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n", " "),
        ("Report of sales; all shops\n\na,b,c\n1,2,3\n4,5,6\n7,8,9\n", ","),
    ],
)
def test_the_delimiter_is_found(text: str, delimiter: str) -> None:
    dialect = detect_dialect(text.splitlines())
    assert dialect is not None
    assert dialect.delimiter == delimiter
