"""One PostgreSQL server for all tests of a process."""

from collections.abc import Iterator

import pytest

from tests.warehouse.servers import postgres_programs, postgres_server


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The server's address."""
    if postgres_programs() is None:
        pytest.skip("no PostgreSQL server on this machine")
    with postgres_server() as address:
        yield address
