"""What a column says by the day a prospect came in: nothing that was known then grows later."""

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from custanalytics.prospects.leak_signs import says_something
from custanalytics.scoring.calibration import Bools, Floats
from custanalytics.scoring.columns import as_category

TENTHS = 10
FEWEST_IN_TENTH = 5
# Standard errors: of the growth, of how much more it is for one outcome, and of a fall.
GROWS_Z, APART_Z, FALLS_Z = 4.0, 3.0, 2.0


def growing(X: pd.DataFrame, y: Bools, age: Floats) -> list[str]:
    """Columns that grow, or fill, the longer a prospect has been there, and more for one outcome.

    What was known at the start may tell more in one month than in the next, but then it falls for
    one outcome as it grows for the other; and what grows for both alike tells of the month.
    """
    return [name for name in X.columns if any(_grows(*part) for part in _parts(X[name], y, age))]


def _parts(values: "pd.Series", y: Bools, age: Floats) -> list[tuple[Floats, Bools, Floats]]:
    """A column as ranks of its numbers, and as being filled."""
    parts = []
    says = says_something(values)
    if not as_category(values):
        known = values.notna().to_numpy()
        parts.append((rankdata(values[known]) / max(known.sum(), 1), y[known], age[known]))
    if not says.all():
        parts.append((says.astype(float), y, age))
    return [part for part in parts if min(part[1].sum(), (~part[1]).sum()) > 2 * TENTHS]


def _grows(values: Floats, y: Bools, age: Floats) -> bool:
    won, lost = (_slope(values[rows], age[rows]) for rows in (y, ~y))
    weights = np.array([y.mean(), 1 - y.mean()])
    growth = weights @ [won[0], lost[0]]
    error = np.hypot(*(weights * [won[1], lost[1]]))
    falls = min(won[0] + FALLS_Z * won[1], lost[0] + FALLS_Z * lost[1]) < 0
    if falls or growth <= GROWS_Z * error:
        return False
    return abs(_further_apart(values, y, age)) > APART_Z


def _slope(values: Floats, age: Floats) -> tuple[float, float]:
    """Growth with age, and its standard error."""
    age = age - age.mean()
    square = float(age @ age)
    if not square:
        return 0.0, np.inf
    slope = float(age @ values) / square
    rest = values - values.mean() - slope * age
    return slope, float(np.sqrt(rest @ rest / len(values) / square))


def _further_apart(values: Floats, y: Bools, age: Floats) -> float:
    """How much further apart the outcomes are for the older, in standard errors.

    By tenths of age, so that no step that is the same for both makes a difference.
    """
    edges = np.unique(np.quantile(age, np.linspace(0, 1, TENTHS + 1)[1:-1]))
    tenth = np.digitize(age, edges)
    rows = []
    for number in np.unique(tenth):
        mine, theirs = (values[(tenth == number) & who] for who in (y, ~y))
        if min(len(mine), len(theirs)) < FEWEST_IN_TENTH:
            continue
        error = mine.var(ddof=1) / len(mine) + theirs.var(ddof=1) / len(theirs)
        if error > 0:
            rows.append((age[tenth == number].mean(), mine.mean() - theirs.mean(), 1 / error))
    if len(rows) < 3:
        return 0.0
    ages, apart, weights = np.array(rows).T
    ages = ages - np.average(ages, weights=weights)
    return float((weights * ages) @ apart / np.sqrt(weights @ ages**2))
