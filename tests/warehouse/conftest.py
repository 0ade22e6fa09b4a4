"""What the tests of engines share: the answers to hold theirs against, and a server."""

from collections.abc import Iterator

import pytest

from custanalytics.engine import DuckDBEngine, Engine
from tests.warehouse.conformance import fill
from tests.warehouse.servers import postgres_programs, postgres_server


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The server's address."""
    if postgres_programs() is None:
        pytest.skip("no PostgreSQL server on this machine")
    with postgres_server() as address:
        yield address


@pytest.fixture(scope="session")
def duckdb() -> Iterator[Engine]:
    """DuckDB with the lines of the conformance tests."""
    engine = DuckDBEngine()
    yield fill(engine)
    engine.close()
