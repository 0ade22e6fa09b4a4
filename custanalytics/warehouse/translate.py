"""Our queries in the SQL of another engine."""

from functools import cache

import sqlglot
from sqlglot import expressions as exp

from custanalytics.engine import composed


@cache
def translated(query: str, dialect: str) -> str:
    """Text of the named query in the dialect: names quoted, parameters as its driver has them."""
    return spoken(composed(query), dialect)


def spoken(text: str, dialect: str) -> str:
    """A statement of ours in the dialect."""
    tree = sqlglot.parse_one(text, read="duckdb")
    if dialect == "postgres":
        for literal in list(tree.find_all(exp.Literal)):
            if literal.is_string:
                # The driver's parameters start with the sign.
                literal.set("this", literal.this.replace("%", "%%"))
    return tree.sql(dialect, identify=True, comments=False)
