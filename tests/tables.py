"""Readable tables in tests."""

import io

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
