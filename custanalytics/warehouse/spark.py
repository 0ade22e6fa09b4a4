"""Runs named SQL on Apache Spark: the sales stay in the cluster, tables of results come back.

What is stored are cached tables of a session of our own, spilled to the workers' disks where
memory ends: no table of the client's is touched. A worker that is lost is made up for by Spark,
which knows how each part came about.
"""

import warnings
import weakref
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Dict
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from py4j.protocol import Py4JError
from pyspark import StorageLevel
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

from custanalytics.engine import DuckDBEngine, Engine, QueryError, given_for, table_name
from custanalytics.errors import CustAnalyticsError, SourceError
from custanalytics.warehouse.translate import in_steps, translated

# For the life of a session of ours; what the cluster's own settings say of its size stays.
_SESSION = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    # Its time grows with the square of a statement.
    "spark.sql.constraintPropagation.enabled": "false",
    # What it thinks of the size of our steps makes it send large tables to every worker.
    "spark.sql.autoBroadcastJoinThreshold": "-1",
}
_LOCAL = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "2g",
}
_KINDS = {
    "boolean": "flag",
    "date": "date",
    "timestamp": "date",
    "timestamp_ntz": "date",
    "tinyint": "number",
    "smallint": "number",
    "int": "number",
    "bigint": "number",
    "float": "number",
    "double": "number",
}
# Sessions in use, and the one that we began and end with the last of them.
_OPEN: list[SparkSession] = []
_BEGUN: list[SparkSession] = []
# What the text of a CSV is taken for, the first that fits every cell. A number that begins with a
# zero or a plus, or has more digits than a double, is the name of something.
_READINGS = (
    ("CAST({0} AS BIGINT)", "NOT {0} RLIKE '^(0|-?[1-9][0-9]{{0,17}})$'"),
    (
        "CAST({0} AS DOUBLE)",
        "TRY_CAST({0} AS DOUBLE) IS NULL OR {0} RLIKE '^0[0-9]|^[+]|[0-9]{{16}}'",
    ),
    ("CAST({0} AS TIMESTAMP_NTZ)", "TRY_CAST({0} AS TIMESTAMP_NTZ) IS NULL OR LENGTH({0}) < 10"),
    ("CAST({0} AS BOOLEAN)", "NOT LOWER({0}) IN ('true', 'false')"),
)


class SparkEngine:
    """A session on Apache Spark.

    Parameters
    ----------
    address : str
        The master: ``spark://HOST:PORT``, ``local[*]`` for this machine's cores, or ``yarn``.

    Raises
    ------
    SourceError
        The cluster can't be reached, or there is no Java for it.
    """

    dialect = "spark"

    def __init__(self, address: str) -> None:
        there = SparkSession.getActiveSession() is not None
        build = SparkSession.builder.master(address).appName("custanalytics")
        given = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false",
                 "spark.log.level": "ERROR", **_SESSION}  # fmt: skip
        if address.startswith("local"):
            given |= _LOCAL
        for name, value in given.items():
            build = build.config(name, value)
        try:
            with _unwarned():
                session = build.getOrCreate()
        except (PySparkException, Py4JError, OSError) as error:
            raise SourceError(f"Spark can't be used: {_first_line(error)}") from None
        self._session = session.newSession()
        for name, value in _SESSION.items():
            self._session.conf.set(name, value)
        if address.startswith("local"):
            cores = session.sparkContext.defaultParallelism
            self._session.conf.set("spark.sql.shuffle.partitions", str(2 * cores))
        self._stored: dict[str, DataFrame] = {}
        self._reader = DuckDBEngine()
        _OPEN.append(self._session)
        if not there:
            _BEGUN.append(session)
        self.close = weakref.finalize(self, _discard, self._stored, self._reader, self._session)

    @property
    def engine(self) -> Engine:
        """Itself, so that an engine can stand wherever a loaded ledger can."""
        return self

    def run(self, query: str, *, as_of: date | None = None, **params: Any) -> pd.DataFrame:
        """Rows of the named query, with ``$as_of`` and further ``$name`` parameters bound."""
        given = given_for(query, {"as_of": as_of, **params})
        return self.rows(f"query {query!r}", translated(query, "spark"), given)

    def keep(self, table: str, query: str, *, as_of: date | None = None, **params: Any) -> None:
        """Store the rows of the named query as a table, replacing one of that name."""
        given = given_for(query, {"as_of": as_of, **params})
        self.store(f"query {query!r}", table, translated(query, "spark"), given)

    def write(self, table: str, frame: pd.DataFrame, query: str | None = None) -> None:
        """Store a DataFrame as a table, as it is or as a query reads it from ``incoming``."""
        held = pa.table({str(name): _array(column) for name, column in frame.items()})
        target = "incoming" if query else table_name(table)
        with self._told(query or table), _unwarned():
            self._session.createDataFrame(held).createOrReplaceTempView(target)
        if query:
            self.keep(table, query)
            self._session.catalog.dropTempView(target)

    def store(self, name: str, table: str, text: str, params: Dict[str, Any] | None = None) -> None:
        """Store the rows of a statement in Spark's SQL as a table of the session."""
        with self._told(name), self._frame(text, params or {}) as frame:
            self._cache(table_name(table), frame)

    def number(self, name: str, table: str, text: str, column: str, by: Sequence[str]) -> None:
        """Store the rows of a statement, numbered in an order: upwards, with gaps."""
        with self._told(name), self._frame(text, {}) as frame:
            ordered = frame.orderBy(*(f.asc_nulls_last(part) for part in by))
            # Numbering without gaps would send every row to one worker.
            numbers = f.monotonically_increasing_id()
            self._cache(table_name(table), ordered.withColumn(column, numbers))

    def rows(self, name: str, text: str, params: Dict[str, Any] | None = None) -> pd.DataFrame:
        """Rows of a statement in Spark's SQL, typed as the DuckDB engine types them."""
        with self._told(name), self._frame(text, params or {}) as frame:
            answer = frame.toArrow()
        return self._reader.frame_of_arrow(answer)

    def view(self, name: str, source: str) -> None:
        """Call a table, Parquet or CSV files, or a SELECT statement by a name of ours."""
        with self._told("the source", SourceError):
            self._source(source.strip()).createOrReplaceTempView(name)

    def columns(self, table: str) -> dict[str, str]:
        """Names of a table's columns, each with its kind: number, date, flag or text."""
        with self._told("the source"):
            types = self._session.table(table).dtypes
        return {
            name: "number" if kind.startswith("decimal") else _KINDS.get(kind, "text")
            for name, kind in types
        }

    def _source(self, source: str) -> DataFrame:
        if source.lstrip("( \n").lower().startswith(("select", "with")):
            return self._session.sql(source)
        place = Path(source).resolve().as_uri() if Path(source).exists() else source
        ending = source.removesuffix("/").removesuffix(".gz").rpartition(".")[2].lower()
        if ending == "csv":
            return _typed(
                self._session.read.csv(
                    place, header=True, multiLine=True, escape='"', mode="FAILFAST"
                )
            )
        if ending == "parquet" or "/" in source:
            return self._session.read.parquet(place)
        return self._session.table(source)

    @contextmanager
    def _frame(self, text: str, params: Dict[str, Any]) -> Iterator[DataFrame]:
        """The rows of a statement, not worked out yet; what it reads twice is kept meanwhile."""
        steps, last = in_steps(text, "spark")
        kept = []
        for step in steps:
            frame = self._session.sql(step.text, args=dict(params))
            if step.reads > 1:
                frame = self._kept(frame)
                kept.append(frame)
            frame.createOrReplaceTempView(step.name)
        try:
            yield self._session.sql(last, args=dict(params))
        finally:
            for frame in kept:
                frame.unpersist()

    def _cache(self, table: str, frame: DataFrame) -> None:
        """Work a table out now, and keep it."""
        frame = self._kept(frame)
        frame.count()
        before = self._stored.pop(table, None)
        frame.createOrReplaceTempView(table)
        self._stored[table] = frame
        if before is not None:
            before.unpersist()

    def _kept(self, frame: DataFrame) -> DataFrame:
        """Rows that are worked out once, and again only where a worker is lost.

        Spark would otherwise plan all that led to a table each time that the table is read.
        """
        java = frame._jdf
        rows = self._session._jsparkSession.createDataFrame(java.toJavaRDD(), java.schema())
        return DataFrame(rows, self._session).persist(StorageLevel.MEMORY_AND_DISK)

    @contextmanager
    def _told(self, name: str, wrong: type[CustAnalyticsError] = QueryError) -> Iterator[None]:
        try:
            yield
        except (PySparkException, Py4JError) as error:
            raise wrong(f"{name} failed on Spark: {_first_line(error)}") from error


@contextmanager
def _unwarned() -> Iterator[None]:
    """Without its warning of pandas, which has no part in this."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield


def _array(column: "pd.Series[Any]") -> pa.Array:
    """A column as Spark takes it: its days to microseconds, one without a value as text."""
    days = pa.timestamp("us") if column.dtype.kind == "M" else None
    held = pa.array(column, type=days, from_pandas=True)
    return held.cast(pa.string()) if held.type == pa.null() else held


def _typed(text: DataFrame) -> DataFrame:
    """A CSV's columns in the types that every one of their cells has."""
    names = [column.replace("`", "``") for column in text.columns]
    trimmed = text.selectExpr(*(f"NULLIF(TRIM(`{name}`), '') AS `{name}`" for name in names))
    asked = [
        f"COUNT(`{name}`) > 0 AND COUNT(CASE WHEN {wrong.format(f'`{name}`')} THEN 1 END) = 0"
        for name in names
        for _, wrong in _READINGS
    ]
    fits = trimmed.selectExpr(*asked).collect()[0]
    chosen = []
    for at, name in enumerate(names):
        answers = fits[at * len(_READINGS) : (at + 1) * len(_READINGS)]
        how = next((r for (r, _), yes in zip(_READINGS, answers, strict=True) if yes), "{0}")
        chosen.append(f"{how.format(f'`{name}`')} AS `{name}`")
    return trimmed.selectExpr(*chosen)


def _first_line(error: BaseException) -> str:
    """What Spark says, without its stack."""
    java = getattr(error, "java_exception", None)
    lines = str(java.getMessage() if java is not None else error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _discard(stored: Dict[str, DataFrame], reader: DuckDBEngine, session: SparkSession) -> None:
    reader.close()
    _OPEN.remove(session)
    # Where the session has ended before us there is nothing left to free.
    with suppress(PySparkException, Py4JError):
        for frame in stored.values():
            frame.unpersist()
        if _BEGUN and not _OPEN:
            _BEGUN.pop().stop()
