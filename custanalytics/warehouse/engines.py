"""Which engine an address is of, and what loading asks of one beyond the three verbs."""

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from typing import Any, Protocol

import pandas as pd

from custanalytics.engine import Engine
from custanalytics.errors import UsageError

# How an address begins, and the extra that brings what it needs.
_EXTRAS = {
    "postgresql": "postgres",
    "postgres": "postgres",
    "spark": "spark",
    "local": "spark",
    "yarn": "spark",
}


class Warehouse(Engine, Protocol):
    """An engine that holds the client's own tables."""

    dialect: str

    def view(self, name: str, source: str) -> None:
        """Call a table, or a SELECT statement in the engine's SQL, by a name of ours."""

    def columns(self, table: str) -> dict[str, str]:
        """Names of a table's columns, each with its kind: number, date, flag or text."""

    def rows(self, name: str, text: str, params: Dict[str, Any] | None = None) -> pd.DataFrame:
        """Rows of a statement in the engine's SQL."""

    def store(self, name: str, table: str, text: str) -> None:
        """Store the rows of a statement in the engine's SQL as a table of the session."""

    def number(self, name: str, table: str, text: str, column: str, by: Sequence[str]) -> None:
        """Store the rows of a statement with a column that rises with an order of them."""


def warehouse(address: str) -> Warehouse:
    """The engine at an address.

    Raises
    ------
    UsageError
        The address is of no engine that we know, or what it needs is not installed.
    SourceError
        It can't be reached.
    """
    scheme = address.partition("://")[0].partition("[")[0]
    if scheme not in _EXTRAS:
        raise UsageError(
            f"--engine {address}: expected the address of a server, such as "
            "postgresql://USER@HOST/DATABASE, spark://HOST:PORT or local[*]"
        )
    try:
        if _EXTRAS[scheme] == "spark":
            from custanalytics.warehouse.spark import SparkEngine

            return SparkEngine(address)
        from custanalytics.warehouse.postgres import PostgresEngine

        return PostgresEngine(address)
    except ImportError as error:
        raise UsageError(
            f"--engine {scheme} needs the package {error.name}: install "
            f"custanalytics[{_EXTRAS[scheme]}]"
        ) from None
