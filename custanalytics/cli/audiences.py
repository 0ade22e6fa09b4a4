"""``audiences``: a report's segments and lists as statements for the client's warehouse."""

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from custanalytics.cli import arguments
from custanalytics.errors import UsageError


def add(commands: Any) -> None:
    """Add the command."""
    made = arguments.command(
        commands,
        _audiences,
        "audiences",
        "a report's segments and lists as SQL for the client's warehouse",
        "Write a report's segments and lists as SQL statements in the dialect of the client's "
        "warehouse, which keeps them fresh from its own table of sales.",
        "audiences report shop.lines --dialect snowflake",
    )
    arguments.path(made, "folder", "the report")
    made.add_argument("table", metavar="TABLE", help="the table of sales, or a FILE.sql to read")
    made.add_argument(
        "--dialect",
        default="postgresql",
        help="postgresql, snowflake, bigquery, redshift, databricks, mysql, sqlserver or duckdb; "
        "default: postgresql",
    )
    made.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="ROLE=COLUMN",
        help="the table's column for a role, where it has another name than in the report's "
        "mapping.toml; repeatable",
    )
    made.add_argument(
        "--view", default="customer_segments", metavar="NAME", help="the view to make"
    )
    made.add_argument(
        "--scores",
        default="customer_scores",
        metavar="NAME",
        help="the table that exports/customers.parquet is loaded into",
    )
    made.add_argument(
        "--as-of", type=date.fromisoformat, metavar="DATE", help="look from this day; else today's"
    )
    out = "folder to write; renewed where it is there"
    arguments.path(made, "--out", out, default=Path("audiences"), metavar="FOLDER")


def _audiences(options: argparse.Namespace, _: Sequence[str]) -> None:
    from custanalytics.pipeline import write_audiences

    columns = {}
    for given in options.map:
        role, sign, column = given.partition("=")
        if not sign or not column:
            raise UsageError(f"--map {given}: expected ROLE=COLUMN")
        columns[role] = column
    files, differing, customers = write_audiences(
        options.folder,
        options.table,
        options.dialect,
        columns=columns,
        view=options.view,
        scores=options.scores,
        as_of=options.as_of,
        out=options.out,
    )
    print(f"{len(files)} statements for {options.dialect}: {options.out}")
    print(f"Run {files['customers'].name} once: it makes the view that the others read.")
    if differing:
        print(
            f"{differing:,} of {customers:,} customers stand in another segment in the report, "
            "because its forecast still expects a purchase of them"
        )
