"""Segments by rules of one's own, from a TOML file: conditions are read, never executed."""

import ast
import difflib
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import pandas as pd

from custanalytics.customers.rfm import SCORED, Segment
from custanalytics.errors import UsageError
from custanalytics.toml_file import read_toml

_KEYS = {"name": str, "rule": str, "when": str, "action": str, "contact": bool}
_LONGEST = 300
_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_ADD: Mapping[type[ast.operator], Callable[[pd.Series, pd.Series], pd.Series]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
}


@dataclass(frozen=True)
class Condition:
    """A condition such as ``total_spend >= 500 and not r_score < 3``.

    Made of the columns of the scored customers, numbers, ``+``, ``-``, comparisons, ``and``,
    ``or`` and ``not``; anything else is refused.
    """

    text: str

    def __post_init__(self) -> None:
        """Refuse at once what is no condition."""
        _truth(self._tree(), _no_customers())

    def __call__(self, scored: pd.DataFrame) -> pd.Series:
        """Whether it holds, for each customer."""
        return _truth(self._tree(), scored)

    def _tree(self) -> ast.expr:
        if len(self.text) > _LONGEST:
            raise UsageError(f"longer than {_LONGEST} characters; split it into two segments")
        try:
            return ast.parse(self.text.strip(), mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            raise UsageError(f"no condition such as {_EXAMPLE!r}") from error


def read_segments(path: Path | str) -> tuple[Segment, ...]:
    """Segments from a file of ``[[segment]]`` sections; every fault is in one message."""
    path = Path(path)
    content = read_toml(path)
    rows = content.get("segment")
    if content.keys() != {"segment"} or not isinstance(rows, list) or not rows:
        raise UsageError(f"{path} must hold [[segment]] sections, each with {', '.join(_KEYS)}")
    segments, wrong = [], []
    for number, row in enumerate(rows, start=1):
        try:
            segments.append(_segment(row, last=number == len(rows)))
        except UsageError as error:
            wrong.append(f"{path}, [[segment]] {number}: {error}")
    if wrong:
        raise UsageError("; ".join(wrong))
    return tuple(segments)


def conditions_of(segments: Sequence[Segment]) -> dict[str, str]:
    """Segment -> its condition, where it is a text."""
    return {
        segment.name: segment.condition.text
        for segment in segments
        if isinstance(segment.condition, Condition)
    }


def _segment(row: Any, last: bool) -> Segment:
    if not isinstance(row, dict):
        raise UsageError("it must be a section, [[segment]]")
    wrong = [_unknown("the entry", name, _KEYS) for name in sorted(row.keys() - _KEYS.keys())]
    for name, kind in _KEYS.items():
        if name not in row:
            # Without a condition the last rule takes those who are left.
            if not (name == "contact" or (name == "when" and last)):
                wrong.append(f"{name} is missing")
        elif not isinstance(row[name], kind) or row[name] == "":
            wrong.append(f"{name} must be {'true or false' if kind is bool else 'a text'}")
    condition: Callable[[pd.DataFrame], pd.Series] = _everybody
    if not wrong and "when" in row:
        try:
            condition = Condition(row["when"])
        except UsageError as error:
            wrong.append(f"when: {error}")
    if wrong:
        raise UsageError(", ".join(wrong))
    return Segment(row["name"], row["rule"], condition, row["action"], row.get("contact", True))


def _everybody(scored: pd.DataFrame) -> pd.Series:
    return pd.Series(True, index=scored.index)


def _no_customers() -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series(dtype="float64") for column in SCORED})


def _truth(node: ast.expr, scored: pd.DataFrame) -> pd.Series:
    """A part that holds or does not."""
    if isinstance(node, ast.BoolOp):
        both = operator.and_ if isinstance(node.op, ast.And) else operator.or_
        return reduce(both, (_truth(part, scored) for part in node.values))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return ~_truth(node.operand, scored)
    if isinstance(node, ast.Compare) and all(type(sign) in _COMPARE for sign in node.ops):
        sides = [_number(side, scored) for side in (node.left, *node.comparators)]
        pairs = zip(sides, node.ops, sides[1:], strict=False)
        return reduce(operator.and_, (_COMPARE[type(sign)](a, b) for a, sign, b in pairs))
    raise UsageError(f"{ast.unparse(node)!r} neither compares nor joins comparisons")


def _number(node: ast.expr, scored: pd.DataFrame) -> pd.Series:
    """A part that is a number for each customer."""
    if isinstance(node, ast.Name):
        if node.id not in SCORED:
            raise UsageError(_unknown("the column", node.id, SCORED))
        return scored[node.id].astype("float64")
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return pd.Series(float(value), index=scored.index)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_number(node.operand, scored)
    if isinstance(node, ast.BinOp) and type(node.op) in _ADD:
        return _ADD[type(node.op)](_number(node.left, scored), _number(node.right, scored))
    raise UsageError(f"{ast.unparse(node)!r} is neither a number nor one of {', '.join(SCORED)}")


def _unknown(what: str, name: str, known: Any) -> str:
    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"{what} {name!r} is unknown: {hint}known are {', '.join(known)}"


_EXAMPLE = "total_spend >= 500 and r_score >= 3"
