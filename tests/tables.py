"""Readable tables in tests."""

import dataclasses
import io

import numpy as np
import pandas as pd


def table(text: str) -> pd.DataFrame:
    """A DataFrame from a readable table: columns apart by |, '-' for null."""
    lines = [line.strip().strip("|") for line in text.strip().splitlines()]
    frame = pd.read_csv(
        io.StringIO("\n".join(lines)), sep=r"\s*\|\s*", engine="python", na_values=["-"]
    )
    frame.columns = frame.columns.str.strip()
    return frame


def transactions(text: str) -> pd.DataFrame:
    """Transactions from a readable table."""
    frame = table(text)
    frame["ordered_at"] = pd.to_datetime(frame["ordered_at"])
    return frame


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    # A column of nulls alone has no type of its own.
    nulls = [name for name in frame if frame[name].isna().all()]
    return frame.convert_dtypes().assign(**{str(name): None for name in nulls})


def assert_same(left, right, name="results"):
    """What was read back against what was written."""
    assert isinstance(right, int | float if isinstance(left, int | float) else type(left)), name
    if isinstance(left, pd.DataFrame):
        # Nulls and units of time are kept; whether a column is pandas' own integer is not.
        left, right = _typed(left), _typed(right)
        pd.testing.assert_frame_equal(left, right, check_dtype=False, obj=name)
    elif dataclasses.is_dataclass(left):
        for part in dataclasses.fields(left):
            assert_same(getattr(left, part.name), getattr(right, part.name), f"{name}.{part.name}")
    elif isinstance(left, dict):
        assert left.keys() == right.keys(), name
        for key in left:
            assert_same(left[key], right[key], f"{name}.{key}")
    elif isinstance(left, tuple):
        assert len(left) == len(right), name
        for i, (one, other) in enumerate(zip(left, right, strict=True)):
            assert_same(one, other, f"{name}.{i}")
    elif isinstance(left, float) and np.isnan(left):
        assert np.isnan(right), name
    else:
        assert left == right, name
