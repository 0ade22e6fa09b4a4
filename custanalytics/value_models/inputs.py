"""Is a customer summary fit to be modelled? And its unique rows, so that models stay fast."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.sentences import tell

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

# column of a summary that numbers the patterns of customers' attributes; without it there is one
PATTERN = "attribute_pattern"
REQUIRED = ("customer_id", "frequency", "recency", "T", "monetary_value")
MIN_REPEAT_BUYERS = 20


@dataclass(frozen=True)
class Rows:
    """The different (frequency, recency, T, pattern) rows of a summary, sorted."""

    # one value per different row; the times in one unit, days unless scaled
    frequency: Floats
    recency: Floats
    T: Floats
    # how many customers have that row
    weights: Floats
    # one per customer: the position of its row
    code: Codes
    # one per row: the number of its customers' pattern of attributes; 0 without attributes
    pattern: Codes

    def __len__(self) -> int:
        """Count the different rows."""
        return len(self.frequency)

    def picked(self, positions: Codes) -> "Rows":
        """The rows at these positions, one customer each."""
        return rows_of(
            self.frequency[positions],
            self.T[positions],
            self.recency[positions],
            self.pattern[positions],
        )


def rows_of(
    frequency: Floats, T: Floats, recency: Floats | None = None, pattern: Codes | None = None
) -> Rows:
    """Rows that need no weights: one customer each."""
    last = np.zeros_like(T) if recency is None else recency
    kind = np.zeros(len(T), dtype=np.int64) if pattern is None else pattern
    return Rows(frequency, last, T, np.ones(len(T)), np.arange(len(T), dtype=np.int64), kind)


def unique_rows(summary: pd.DataFrame) -> Rows:
    """Find the different rows of a summary."""
    patterned = PATTERN in summary.columns
    pattern = summary[PATTERN].to_numpy(np.int64) if patterned else np.zeros(1, np.int64)
    kinds = int(pattern.max(initial=0)) + 1
    codes = np.zeros(len(summary), dtype=np.int64)
    columns = []
    for name in ("frequency", "recency", "T"):
        position, values = pd.factorize(summary[name].to_numpy(np.float64), sort=True)
        codes = codes * len(values) + position
        columns.append(np.asarray(values, dtype=np.float64))
    codes = codes * kinds + pattern
    present, code, count = np.unique(codes, return_inverse=True, return_counts=True)
    rest, at_pattern = np.divmod(present, kinds)
    rest, at_t = np.divmod(rest, max(len(columns[2]), 1))
    at_x, at_recency = np.divmod(rest, max(len(columns[1]), 1))
    return Rows(
        columns[0][at_x],
        columns[1][at_recency],
        columns[2][at_t],
        count.astype(np.float64),
        np.asarray(code, dtype=np.int64),
        np.asarray(at_pattern, dtype=np.int64),
    )


def checked(summary: pd.DataFrame) -> pd.DataFrame:
    """Copy of a summary whose columns are complete, typed and possible."""
    missing = [column for column in REQUIRED if column not in summary.columns]
    if missing:
        raise UsageError(
            f"a customer summary needs the columns {', '.join(REQUIRED)}; "
            f"missing: {', '.join(missing)}"
        )
    frame = summary.reset_index(drop=True).copy()
    for column in REQUIRED[1:]:
        try:
            frame[column] = pd.to_numeric(frame[column]).astype("float64")
        except (ValueError, TypeError) as error:
            raise UsageError(f"column {column!r} of the summary must hold numbers") from error
    if "first_order" in frame.columns:
        try:
            # As a text where the summary comes from a file.
            frame["first_order"] = pd.to_datetime(frame["first_order"])
        except (ValueError, TypeError) as error:
            raise UsageError("column 'first_order' of the summary must hold dates") from error
    x, recency, age = frame["frequency"], frame["recency"], frame["T"]
    money = frame["monetary_value"]
    faults = {
        "frequency, recency or T is null or infinite": ~np.isfinite(x + recency + age),
        "frequency is negative or not whole": (x < 0) | (x != np.floor(x)),
        "recency is negative": recency < 0,
        "recency is above T": recency > age,
        "recency is not 0 though frequency is": (x == 0) & (recency != 0),
        "monetary_value is infinite": np.isinf(money),
    }
    faulty = [f"{text} in {int(bad.sum())} rows" for text, bad in faults.items() if bad.any()]
    if faulty:
        raise UsageError("the customer summary can't be right: " + "; ".join(faulty))
    return frame


def require_repeat_buyers(summary: pd.DataFrame) -> int:
    """Count the repeat buyers, and refuse a summary with too few to fit a model."""
    repeat = int((summary["frequency"] > 0).sum())
    if repeat < MIN_REPEAT_BUYERS:
        raise UnsupportedError(
            tell(
                "{n:,} of {all:,} customers bought on more than one day; customer value needs at "
                "least {fewest} of them; more customers who come back, or a longer sales history, "
                "would mend it.",
                n=repeat,
                all=len(summary),
                fewest=MIN_REPEAT_BUYERS,
            )
        )
    return repeat
