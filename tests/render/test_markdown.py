"""Tables keep every cell's text, whatever the data holds."""

import html
import re

import pandas as pd
import pypandoc

from custanalytics.content.format import Formats
from custanalytics.content.tables import Column, table
from custanalytics.render.pages.markdown import escape, markdown, prose

NASTY = [
    "*<b>|x|</b>* {{< var a.b >}} [l](u) $1$ `c`",
    "<script>alert(1)</script>",
    "a\\b \\| c",
    "# not a heading",
    "1. not a list",
    "![x](y){.z}",
    "=SUM(A1) @fig-x ^1^ ~2~",
    "two\nlines\tand tab",
    "名前 & Söhne “Ümlaut”",
]
PANDOC = "markdown-smart"


def cells(markdown: str) -> list[str]:
    page = pypandoc.convert_text(markdown, "html", format=PANDOC)
    return [html.unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", page, re.S)]


def test_hostile_text_comes_out_as_it_is() -> None:
    frame = pd.DataFrame({"name": NASTY, "n": range(len(NASTY))})
    made = table("x", frame, [Column("name", "Name"), Column("n", "N", "count")], Formats())
    shown = [re.sub(r"\s+", " ", cell) for cell in cells(markdown(made, Formats()))[::2]]
    assert shown == [" ".join(text.split()) for text in NASTY]


def test_prose_and_escape_hold_no_markup() -> None:
    for text in NASTY:
        for written in (escape(text), prose(text)):
            page = pypandoc.convert_text("x " + written, "html", format=PANDOC)
            assert not re.search(r"<(?!/?p>)", page), page


def test_numbers_right_total_bold_money_alike() -> None:
    frame = pd.DataFrame({"name": ["a", "b"], "paid": [98.0, 1020.4], "share": [0.25, None]})
    columns = [
        Column("name", "Name"),
        Column("paid", "Paid", "money"),
        Column("share", "Share", "share", bar=True),
    ]
    formats = Formats("en_GB", "GBP")
    text = markdown(table("t", frame, columns, formats, "Paid by whom", total=True), formats)
    assert text.splitlines() == [
        "| Name | Paid | Share |",
        "|:---|-----:|----:|",
        '| a | £98 | [25%]{.bar share="0.250"} |',
        "| **b** | **£1\\,020** | **–** |",
        "",
        ": Paid by whom {#tbl-t .total-row}",
    ]


def test_an_empty_table_is_nothing() -> None:
    empty = pd.DataFrame({"name": []})
    made = table("t", empty, [Column("name", "Name")], Formats(), "Caption")
    assert markdown(made, Formats()) == ""
