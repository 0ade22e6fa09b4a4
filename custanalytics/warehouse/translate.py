"""Our queries in the SQL of another engine."""

from dataclasses import dataclass
from functools import cache

import sqlglot
from sqlglot import expressions as exp

from custanalytics.engine import composed

# Before the names of common tables that are stored, so that they hide no table.
_STEP = "step_"


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


@dataclass(frozen=True)
class Step:
    """A common table of a statement as a statement of its own."""

    name: str
    text: str
    reads: int  # how often later ones read it


def in_steps(text: str, dialect: str) -> tuple[list[Step], str]:
    """A translated statement as its common tables, one after the other, and what is left.

    For engines that put a common table in wherever it is read: tables that read others twice
    would double with each of them.
    """
    tree = sqlglot.parse_one(text, read=dialect)
    head = tree.args.get("with_")
    if head is None:
        return [], text
    head.pop()
    tables = head.expressions
    names = {table.alias: f"{_STEP}{table.alias}" for table in tables}
    bodies = [*(table.this for table in tables), tree]
    reads = dict.fromkeys(names.values(), 0)
    for body in bodies:
        for read in body.find_all(exp.Table):
            if read.name in names and not read.db:
                alias = read.alias or read.name
                read.this.set("this", names[read.name])
                read.set("alias", exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))
                reads[read.name] += 1
    *texts, last = (body.sql(dialect, identify=True, comments=False) for body in bodies)
    return [
        Step(names[table.alias], text, reads[names[table.alias]])
        for table, text in zip(tables, texts, strict=True)
    ], last
