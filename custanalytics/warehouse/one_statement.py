"""A chain of queries as one statement of another dialect, with its values written in."""

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlglot
from sqlglot import expressions as exp
from sqlglot.dialects.dialect import Dialect

from custanalytics.errors import UsageError

DIALECTS = {
    "postgresql": "postgres",
    "snowflake": "snowflake",
    "bigquery": "bigquery",
    "redshift": "redshift",
    "databricks": "databricks",
    "mysql": "mysql",
    "sqlserver": "tsql",
    "duckdb": "duckdb",
}
# Before the names of our common tables, so that they hide no table of the client's.
_OURS = "ca_"
# SQL Server cuts a text at 30 letters where no length is said.
_LONG_TEXT = "NVARCHAR(4000)"


def one_statement(
    tables: Sequence[tuple[str, str]], last: str, values: Dict[str, Any]
) -> exp.Query:
    """The last statement, which reads tables that are made by the statements before it.

    Each is in DuckDB's SQL, and may have common tables of its own; a value of None is the day on
    which the statement runs.
    """
    chain: list[exp.CTE] = []
    names = {name: _OURS + name for name, _ in tables}
    for name, text in [*tables, ("", last)]:
        tree = _query(text)
        head = tree.args.get("with_")
        inner = list(head.pop().expressions) if head is not None else []
        own = names | {table.alias: f"{_OURS}{name}_{table.alias}" for table in inner}
        parts = [(own[table.alias], table.this) for table in inner]
        if name:
            parts.append((names[name], tree))
        for body in (*(body for _, body in parts), tree):
            _rename(body, own)
            body.set("order", None)
        chain += [exp.CTE(this=body, alias=_alias(called)) for called, body in parts]
    tree.set("with_", exp.With(expressions=chain))
    return _with_values(tree, values)


def as_view(name: str, query: exp.Query) -> exp.Create:
    """The statement that makes, or renews, a view of a query."""
    table = exp.to_table(name, dialect="duckdb")
    return exp.Create(this=table, kind="VIEW", replace=True, expression=query)


def written(tree: exp.Expr, dialect: str) -> str:
    """A statement in the SQL of a dialect of `DIALECTS`, names quoted."""
    tree = tree.copy()
    target = DIALECTS[dialect]
    nulls = Dialect.get_or_raise(target).NULL_ORDERING
    for ordered in tree.find_all(exp.Ordered):
        # No column that our windows go by is null, and not all engines can say where nulls go.
        down = bool(ordered.args.get("desc"))
        first = {"nulls_are_small": not down, "nulls_are_large": down}.get(nulls, False)
        ordered.set("nulls_first", first)
    if target == "tsql":
        _for_sql_server(tree)
    return tree.sql(target, identify=True, pretty=True, comments=False)


def _query(text: str) -> exp.Query:
    try:
        tree = sqlglot.parse_one(text, read="duckdb")
    except sqlglot.ParseError as error:
        raise UsageError(f"no SELECT statement: {str(error).splitlines()[0]}") from None
    if not isinstance(tree, exp.Query):
        raise UsageError("expected the name of a table or a SELECT statement")
    return tree


def _rename(body: exp.Expr, names: Dict[str, str]) -> None:
    for read in body.find_all(exp.Table):
        if read.name in names and not read.db:
            alias = read.alias or read.name
            read.set("this", exp.to_identifier(names[read.name]))
            read.set("alias", _alias(alias))


def _alias(name: str) -> exp.TableAlias:
    return exp.TableAlias(this=exp.to_identifier(name))


def _with_values(tree: exp.Query, values: Dict[str, Any]) -> exp.Query:
    for mark in list(tree.find_all(exp.Placeholder, exp.Parameter)):
        value = values[mark.name]
        mark.replace(exp.CurrentDate() if value is None else _literal(value))
    return tree


def _literal(value: Any) -> exp.Expr:
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), "DATE")
    return exp.convert(value)


def _for_sql_server(tree: exp.Expr) -> None:
    """It has no truth values: what is true is 1."""
    for select in tree.find_all(exp.Select):
        for part in select.expressions:
            inner = part.unalias()
            if isinstance(inner, exp.Predicate | exp.Connector | exp.Not):
                one = exp.Case().when(inner.copy(), "1").else_("0")
                inner.replace(exp.cast(one, "BOOLEAN"))
    for text in list(tree.find_all(exp.Literal)):
        if text.is_string and not text.this.isascii():
            text.replace(exp.National(this=text.this))
    for kind in list(tree.find_all(exp.DataType)):
        if kind.this in exp.DataType.TEXT_TYPES and not kind.expressions:
            kind.replace(exp.DataType.build(_LONG_TEXT, dialect="tsql"))
