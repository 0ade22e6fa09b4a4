"""Rows of JSON: one object a line, a list of objects, or an object that holds one such list."""

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from custanalytics import limits
from custanalytics.errors import SourceError
from custanalytics.ledger.read.cell_kinds import plain_number
from custanalytics.ledger.read.records import Unreadable
from custanalytics.sentences import noted

Row = tuple[int, dict[str, str]]
_TOO_DEEP = "lists or objects in each other hundreds of layers deep"


def read_rows(label: str, path: Path) -> Iterator[Row | Unreadable]:
    """Each object with its line, or its place in the list; nested fields as "outer.inner"."""
    with path.open(encoding="utf-8-sig", errors="strict") as file:
        try:
            if _is_of_lines(path):
                yield from map(_of_line, enumerate(file, 1))
                return
            _refuse_large(label, path)
            rows = _list_of(json.load(file, parse_float=_number, parse_int=str))
        except UnicodeError as error:
            raise SourceError(f"{label} is JSON that is no UTF-8; save it as UTF-8") from error
        except ValueError as error:
            raise SourceError(f"{label} is damaged JSON: {error}") from error
        except RecursionError as error:
            raise SourceError(f"{label} is JSON with {_TOO_DEEP}; give plainer rows") from error
    if not rows:
        raise SourceError(
            f"{label} is JSON without a list of rows; expected one object a line or a list of "
            "objects, each a sale"
        )
    yield from ((at, _flat(row)) for at, row in enumerate(rows, 1))


def _is_of_lines(path: Path) -> bool:
    """Whether the first filled line is a whole object."""
    with path.open(encoding="utf-8-sig") as file:
        first = next((line for line in file if line.strip()), "")
    try:
        return isinstance(json.loads(first), dict) and path.stat().st_size > 0
    except ValueError:
        return False


def _refuse_large(label: str, path: Path) -> None:
    if path.stat().st_size > limits.JSON:
        raise SourceError(
            f"{label} is one JSON value of {path.stat().st_size >> 20:,} MB, at most "
            f"{limits.JSON >> 20} MB are read so; write one object a line (jq -c '.[]')"
        )


def _of_line(numbered: tuple[int, str]) -> Row | Unreadable:
    at, line = numbered
    if not line.strip():
        return at, {}
    try:
        row = json.loads(line, parse_float=_number, parse_int=str)
    except ValueError:
        return Unreadable(at, noted("it is no JSON"), line)
    return (
        (at, _flat(row))
        if isinstance(row, dict)
        else Unreadable(at, noted("it is no JSON object"), line)
    )


def _list_of(content: Any) -> list[dict[str, Any]]:
    lists = [content] if isinstance(content, list) else [*content.values()]
    rows = [found for found in lists if found and isinstance(found, list)
            and all(isinstance(row, dict) for row in found)]  # fmt: skip
    return rows[0] if len(rows) == 1 else []


def _flat(row: dict[str, Any]) -> dict[str, str]:
    return dict(chain.from_iterable(_cells(name, value) for name, value in row.items()))


def _cells(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for inner, cell in value.items():
            yield from _cells(f"{name}.{inner}", cell)
    elif isinstance(value, str):
        yield name, value
    else:
        yield name, "" if value is None else json.dumps(value, ensure_ascii=False)


def _number(text: str) -> str:
    return plain_number(float(text))
