"""A small file of every kind that a reader takes, and the reader, to be mutated."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from custanalytics.bundled import reports_dir
from custanalytics.config import RunOptions
from custanalytics.config.collect import Configuration
from custanalytics.config.settings_file import add_settings
from custanalytics.customers.segment_rules import read_segments
from custanalytics.engagement.record import read_engagement
from custanalytics.ledger import load
from custanalytics.ledger.mapping import Mapping
from custanalytics.ledger.platforms import read_platform
from custanalytics.ledger.read.other_tables import read_table
from custanalytics.ledger.staging import stage
from custanalytics.portfolio.folder import read_portfolio
from custanalytics.prospects.saved_model import LeadScoringModel
from custanalytics.render.brand import read_brand
from custanalytics.render.pages.qmd import read_qmd
from custanalytics.render.slides.order import slide_order
from custanalytics.results.store import read_results

HEAD = ["Order number", "Customer id", "Order date", "Product", "Amount"]
_NAMES = "urn:oasis:names:tc:opendocument:xmlns"
TODAY = date(2026, 7, 3)


@dataclass(frozen=True)
class Kind:
    """A file to mutate: what it holds, where it stands, how it is read."""

    name: str
    file: str
    content: bytes
    read: Callable[[Path], Any]
    beside: tuple[tuple[str, bytes], ...] = ()  # other files that the reader needs


def kinds(stored: dict[str, Path]) -> list[Kind]:
    """One of each; ``stored`` has folders of results by a name."""
    table = sales()
    text = table.to_csv(index=False).encode()
    made = [
        Kind("CSV", "sales.csv", text, stage_of),
        Kind("CSV of prospects", "leads.csv", text, read_table),
        Kind("gzip", "sales.csv.gz", gzip.compress(text, mtime=0), stage_of),
        Kind("XLSX", "sales.xlsx", workbook(table), stage_of),
        Kind("ODS", "sales.ods", open_document(table), stage_of),
        Kind("Parquet", "sales.parquet", table.to_parquet(), stage_of),
        Kind("JSON", "sales.json", table.to_json(orient="records").encode(), stage_of),
        Kind("JSON lines", "sales.jsonl", lines(table), stage_of),
        Kind("ZIP", "sales.zip", archive(text), stage_of),
        Kind("CSV to the ledger", "ledger.csv", text, lambda path: load(path, today=TODAY)),
        Kind("mapping", "mapping.toml", MAPPING, Mapping.load),
        Kind("settings", "custanalytics.toml", SETTINGS, settings_of),
        Kind("segments", "segments.toml", SEGMENTS, read_segments),
        Kind(
            "platform",
            "shop.toml",
            PLATFORM,
            lambda path: read_platform(path.read_text("utf-8", "replace"), path.name),
        ),
        Kind("brand", "_brand.yml", BRAND, lambda path: read_brand(path.parent)),
        Kind("document", "report.qmd", DOCUMENT, read_qmd),
        Kind("slides", "slides.yml", SLIDES, lambda path: slide_order(path.parent, ["value"])),
        Kind(
            "engagement", "engagement.toml", ENGAGEMENT, lambda path: read_engagement(path.parent)
        ),
        Kind("portfolio", "portfolio.toml", PORTFOLIO, lambda path: read_portfolio(path.parent)),
    ]
    for name, folder in stored.items():
        tables = tuple((path.name, path.read_bytes()) for path in folder.glob("*.parquet"))
        content = (folder / "results.json").read_bytes()
        made.append(
            Kind(
                f"results of {name}",
                "results.json",
                content,
                lambda path: read_results(path.parent),
                tables,
            )
        )
        for model in folder.glob("*.model"):
            made.append(Kind("model", model.name, model.read_bytes(), LeadScoringModel.load))
    return made


def stage_of(path: Path) -> None:
    """Read sales up to the table of text."""
    stage([path]).engine.close()


def settings_of(path: Path) -> None:
    """Read one's own settings for a run."""
    configuration = Configuration(RunOptions)
    add_settings(configuration, RunOptions, path)
    configuration.check()


def sales() -> pd.DataFrame:
    """Thirty lines with a quote, a delimiter and a line break in a field."""
    rows = [
        [
            f"A{n}",
            f"C{n % 7}",
            date(2025, 1, 2) + timedelta(days=9 * n),
            'Pot, "blue"\nlarge',
            n + 0.5,
        ]
        for n in range(30)
    ]
    return pd.DataFrame(rows, columns=HEAD)


def lines(table: pd.DataFrame) -> bytes:
    """One object a line, with a list and an object in it."""
    rows = json.loads(table.to_json(orient="records", date_format="iso"))
    return b"".join(
        json.dumps(row | {"tags": ["a"], "to": {"city": "Ulm"}}).encode() + b"\n" for row in rows
    )


def workbook(table: pd.DataFrame) -> bytes:
    """With types, a second sheet and a formula."""
    book = openpyxl.Workbook()
    for row in [HEAD, *table.itertuples(index=False)]:
        book.active.append(list(row))
    book.create_sheet("Notes").append(["=1+1", "note"])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def open_document(table: pd.DataFrame) -> bytes:
    """The smallest that a reader takes."""

    def cell(value: object) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'

    rows = "".join(
        f"<table:table-row>{''.join(map(cell, row))}</table:table-row>"
        for row in [HEAD, *table.itertuples(index=False)]
    )
    names = "".join(f' xmlns:{n}="{_NAMES}:{n}:1.0"' for n in ("office", "table", "text"))
    content = (
        f"<office:document-content{names}><office:body><office:spreadsheet>"
        f'<table:table table:name="Sales">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("META-INF/manifest.xml", f'<manifest xmlns="{_NAMES}:manifest:1.0"/>')
        packed.writestr("content.xml", content)
    return made.getvalue()


def archive(text: bytes) -> bytes:
    """A folder of two files, one of them packed again."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("export/sales.csv", text)
        packed.writestr("export/more.csv.gz", gzip.compress(text.replace(b"A", b"B"), mtime=0))
    return made.getvalue()


MAPPING = b"""currency = "EUR"
date_order = "ymd"
no_amount = false

[roles]
customer_id = "Customer id"
ordered_at = { column = "Order date", certainty = 0.9 }
amount = 5

[rates]
USD = 0.9

[states]
sale = ["paid"]
not_a_sale = ["cancelled"]
"""
SETTINGS = b"""client = "Hearth & Home"
margin = 0.4
format = ["html", "pdf"]
map = { customer_id = "Kunde" }
made-on = 2026-07-03
"""
SEGMENTS = b"""[[segment]]
name = "Regulars"
rule = "bought often and lately"
when = "n_orders >= 3 and days_since_last_purchase < 90"
action = "Thank them"

[[segment]]
name = "Others"
rule = "all others"
when = "n_orders < 3"
action = "Wait"
"""
PLATFORM = (resources.files("custanalytics.ledger.platforms") / "shopify_orders.toml").read_bytes()
BRAND = (reports_dir() / "_brand.yml").read_bytes()
SLIDES = b"slides:\n  - value\n  - actions\n"
ENGAGEMENT = b"""client = "Hearth & Home"
author = "Ada"
question = "Who comes back?"
decision = "Whom to write to"
success = "More orders"
started = 2026-01-02
data-by = 2026-01-09
deadline = 2026-01-16

[scope]
in = ["orders"]
out = []

[settings]
command = "run"
margin = 0.4

[[acceptance]]
says = "Most rows are used"
figure = "rows.used"
at-least = 100

[publish]
label = "A shop"
title = ""
finding = ""

[[data]]
file = "sales.csv"
size = 10
sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
received = 2026-01-08
"""
PORTFOLIO = (reports_dir() / "_examples" / "portfolio.toml").read_bytes()
DOCUMENT = b"""---
title: "Sales"
lang: en
toc: true
---

# One {#sec-one}

::: {.callout-note}
See @sec-one, {{< meta title >}} and [a link](https://example.com){.plain}.
:::

| a | b |
|---|---|
| 1 | 2 |

: A table {#tbl-a}

```
code [[[
```
"""
