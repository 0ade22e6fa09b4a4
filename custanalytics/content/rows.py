"""Rows picked out of result tables."""

from __future__ import annotations

from typing import Any

import pandas as pd


def most(frame: pd.DataFrame, column: str) -> pd.Series[Any]:
    """The first row with the largest value in a column."""
    row: pd.Series[Any] = frame.loc[frame[column] == frame[column].max()].iloc[0]
    return row


def least(frame: pd.DataFrame, column: str) -> pd.Series[Any]:
    """The first row with the smallest value in a column."""
    row: pd.Series[Any] = frame.loc[frame[column] == frame[column].min()].iloc[0]
    return row
