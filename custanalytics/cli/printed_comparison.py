"""What ``diff`` prints."""

import math
from typing import Any

from custanalytics.cli.printed import rows_json
from custanalytics.cli.tables import table
from custanalytics.results.compare import Comparison

_CHANGES = {
    "definitions": "Definitions",
    "data": "Data",
    "figures": "Figures",
    "moves": "Customers who moved between segments",
    "verdicts": "Checks",
}


def comparison_json(changes: Comparison) -> dict[str, Any]:
    """What changed between two runs, for programs."""
    return {part: rows_json(getattr(changes, part)) for part in _CHANGES}


def comparison_text(changes: Comparison) -> str:
    """What changed between two runs, as small tables."""
    if changes.same:
        return "Nothing differs."
    parts = []
    for part, title in _CHANGES.items():
        changed = getattr(changes, part)
        if len(changed):
            shown = changed.drop(columns="sentence", errors="ignore").map(_cell)
            parts.append(f"{title}:\n{table(shown)}")
    return "\n\n".join(parts)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:,.4g}" if abs(value) < 1 else f"{value:,.2f}"
    return "" if value is None else str(value)
