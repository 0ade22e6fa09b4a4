"""How a result shows itself: one line in a console, a small table in a notebook."""

from collections.abc import Mapping
from dataclasses import fields
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

_ROWS = 6


class Shown:
    """What the results of analyses have in common: a short account of themselves."""

    def __repr__(self) -> str:
        """What it holds, in a line."""
        parts = [f"{name}: {_in_short(value)}" for name, value in _filled(self)]
        return f"{type(self).__name__}({'; '.join(parts)})"

    if not TYPE_CHECKING:  # which would then take any name for one

        def __getattr__(self, name: str) -> Any:
            """Say where what somebody looks for is."""
            tables = [f".{part.name}" for part in fields(self) if "DataFrame" in str(part.type)]
            where = f"; its tables are {', '.join(tables)}" if tables and name[0] != "_" else ""
            raise AttributeError(f"{type(self).__name__} has no {name!r}{where}")

    def _repr_html_(self) -> str:
        """Figures, the first rows of the first table, and what did not hold."""
        made = [f"<b>{type(self).__name__}</b>"]
        for name, value in _filled(self):
            if name in ("figures", "params") and isinstance(value, Mapping):
                table = pd.Series(dict(value)).to_frame(name)
                made.append(table.head(2 * _ROWS).to_html())
        tables = [(n, v) for n, v in _filled(self) if isinstance(v, pd.DataFrame)]
        for name, table in tables[:1]:
            made.append(f"<p>.{escape(name)}, {len(table):,} rows</p>")
            made.append(table.head(_ROWS).to_html(index=False))
        others = [f".{escape(name)} ({len(table):,} rows)" for name, table in tables[1:]]
        if others:
            made.append(f"<p>More: {', '.join(others)}</p>")
        doubts = [c.sentence for c in getattr(self, "checks", ()) if c.passed is False]
        if doubts:
            listed = "".join(f"<li>{escape(str(sentence))}</li>" for sentence in doubts)
            made.append(f"<p>Doubts:</p><ul>{listed}</ul>")
        return "\n".join(made)


def _filled(result: Any) -> list[tuple[str, Any]]:
    named = [(part.name, getattr(result, part.name)) for part in fields(result) if part.repr]
    return [(name, value) for name, value in named if value is not None and not _empty(value)]


def _empty(value: Any) -> bool:
    return hasattr(value, "__len__") and len(value) == 0


def _in_short(value: Any) -> str:
    if isinstance(value, pd.DataFrame):
        return f"{len(value):,} rows"
    if isinstance(value, Mapping):
        return ", ".join(map(str, list(value)[:_ROWS])) + (", ..." if len(value) > _ROWS else "")
    if isinstance(value, tuple) and all(hasattr(one, "passed") for one in value):
        return f"{sum(one.passed is not False for one in value)} of {len(value)} hold"
    text = str(value)
    return text if len(text) <= 40 else type(value).__name__
