"""JSON, such as the data of charts and a site's index for searching."""

import base64
import binascii
import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from custanalytics.privacy.leak_check.passages import Inner, Passage, Passages, Unread
from custanalytics.privacy.leak_check.texts import comments, packed, text_passages

_MONTH = re.compile(r"\d{4}-\d{2}-01(?:[T ]00:00(?::00(?:\.0+)?)?)?Z?")
_ARRAY = re.compile(r"\{[^{}]*\"bdata\"[^{}]*\}")
_BREAK = re.compile(r"<br\s*/?>")
_TAGS = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_LITERAL = re.compile(r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`""")
# Of a chart: where things stand, not what they are. What is written there is read all the same.
_PLACES = {"range", "tickvals", "shapes", "annotations", "margin", "domain", "colorscale",
           "array", "arrayminus"}  # fmt: skip
_TYPES = {"i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8"}


def json_passages(text: str) -> Passages:
    """Strings and numbers of a JSON text.

    Assumes that a list with nothing but firsts of months is the axis of a chart: its days are
    months, and are left out.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return program_passages(text)
    return _value_passages(content)


def is_json(text: str) -> bool:
    """Whether a text is JSON with something in it."""
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def program_passages(text: str) -> Passages:
    """A program's text: what its strings stand for, its numbers, and arrays of charts in it."""
    for array in _ARRAY.findall(text):
        try:
            yield from _value_passages(json.loads(array))
        except ValueError:
            yield Unread("", "an array of a chart is no JSON")
    for blob, content in packed(text):
        yield Inner("base64", "", content)
        text = text.replace(blob, " ")
    literals = "\n".join(match[0][1:-1] for match in _LITERAL.finditer(text))
    yield from text_passages(f"{literals}\n{comments(text)}")
    yield from text_passages(text, "exact")


def _value_passages(content: Any) -> Passages:
    strings: list[str] = []
    numbers: list[str] = []
    for value in _leaves(content):
        if isinstance(value, str):
            strings.append(value)
        elif isinstance(value, np.ndarray):
            numbers += map(repr, value.ravel().tolist())
        elif isinstance(value, Unread):
            yield value
        else:
            numbers.append(repr(value))
    joined = "\n".join(strings)
    yield from text_passages(joined)
    if "<" in joined:
        yield from text_passages(_TAGS.sub("", _BREAK.sub("\n", joined)))
    yield Passage("", "\n".join(numbers), "exact")


def _leaves(content: Any) -> Iterator[Any]:
    """Strings, keys and numbers, and the arrays that Plotly writes as base64."""
    waiting = [content]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get("bdata"), str) and "dtype" in value:
                yield _array(value)
                continue
            # Backwards, for the last comes out first; words next to each other stay so.
            for key, inner in reversed(value.items()):
                waiting += [_texts(inner) if key in _PLACES else inner, key]
        elif isinstance(value, list):
            if not _is_month_axis(value) and not _is_counted(value):
                waiting += reversed(value)
        elif value is not None and not isinstance(value, bool):
            yield value


def _texts(value: Any) -> Any:
    """The same without its numbers."""
    if isinstance(value, dict) and "bdata" not in value:
        return {key: _texts(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_texts(inner) for inner in value]
    return value if isinstance(value, str | dict) else None


def _is_counted(values: list[Any]) -> bool:
    """Whether a list only counts on, as the months of an axis do."""
    if len(values) < 3 or any(
        isinstance(v, bool) or not isinstance(v, int | float) for v in values
    ):
        return False
    return all(after - before == 1 for before, after in itertools.pairwise(values))


def _array(value: dict[str, Any]) -> Any:
    kind = str(value["dtype"]).lstrip("<>|=")
    try:
        if kind not in _TYPES:
            raise ValueError(kind)
        return np.frombuffer(base64.b64decode(value["bdata"], validate=True), f"<{kind}")
    except (ValueError, binascii.Error):
        return Unread("an array of a chart", "its type or content is unknown")


def _is_month_axis(values: list[Any]) -> bool:
    days = [value for value in values if value is not None]
    return len(days) > 1 and all(isinstance(d, str) and _MONTH.fullmatch(d) for d in days)
