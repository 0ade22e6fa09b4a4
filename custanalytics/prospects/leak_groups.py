"""Columns, alone or as a group, that tell of the outcome in the way of a consequence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform
from scipy.special import expit, logit

from custanalytics.scoring.calibration import Bools, Floats, clipped

Way = Literal["cause", "consequence", "unclear"]

# Shares of the deviance.
OUT_OF_LINE_SHARE = 0.15
ASKED_SHARE = 0.04
TOLD_SHARE = 0.08
ALONE_SHARE = 0.40
TELLING_SHARE = 0.10
FAINT_SHARE = 0.01
# Standard errors of a correlation, and shares of what the outcome explains.
APART_Z = 3.0
TELLING_Z = 3.0
NEARER = 0.6
NEAR_NOTHING = 0.15
# Correlation of two columns, the outcome known, from which they are looked at as one.
RELATED, RELATED_Z = 0.05, 3.5
OPPOSED = 0.35
MOST_COLUMNS = 40
MOST_GROUPS = 5
NEWTON_STEPS, SMALL_STEP = 12, 1e-4


@dataclass(frozen=True)
class Group:
    """Columns that tell more of the outcome than could be known before it."""

    columns: tuple[str, ...]
    # share of the deviance it explains on top of the others, and they alone
    own: float
    rest: float
    # proven by the way it tells, not by power alone
    sure: bool
    # by a name that speaks of the contact or the deal
    telling: bool


@dataclass(frozen=True)
class Table:
    """What each column alone tells of the outcome, in log-odds, on rows held out."""

    f: pd.DataFrame
    y: Bools
    fold: NDArray[np.int64]
    # log-loss of the overall rate
    nothing: float

    def predicted(self, columns: Sequence[str]) -> Floats:
        """Probabilities by several columns together, held out."""
        f = self.f[list(columns)].to_numpy()
        if f.shape[1] == 1:
            return clipped(expit(f[:, 0]))
        spread = f.std(axis=0)
        f = np.column_stack([np.ones(len(f)), (f - f.mean(axis=0)) / np.where(spread, spread, 1)])
        apart = np.empty(len(f))
        for number in np.unique(self.fold):
            out = self.fold == number
            apart[out] = expit(f[out] @ _logistic(f[~out], self.y[~out]))
        return clipped(apart)

    def told(self, p: Floats) -> float:
        """Share of the deviance that predictions explain."""
        return 1 - _loss(self.y, p) / self.nothing


def _logistic(f: Floats, y: Bools) -> Floats:
    """Ridge logistic regression by Newton's steps: many small fits, ten times as fast."""
    weights = np.zeros(f.shape[1])
    for _ in range(NEWTON_STEPS):
        p = expit(f @ weights)
        slope = f.T @ (y - p) - weights
        curve = (f * (p * (1 - p))[:, None]).T @ f + np.eye(f.shape[1])
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if np.abs(step).max() < SMALL_STEP:
            break
    return weights


def _loss(y: Bools, p: Floats) -> float:
    return -float(np.log(np.where(y, p, 1 - p)).mean())


def find_groups(alone: dict[str, Floats], y: Bools, fold: NDArray[np.int64],
                telling: Sequence[str]) -> list[Group]:  # fmt: skip
    """Columns out of line, one group after the other, the strongest first.

    Notes
    -----
    Columns that hang together once the outcome is known are looked at as one, at every closeness,
    so that ten leaks of one process can't hide each other. A consequence of the outcome is
    independent of what led to the outcome once that is known, and before tells of it as much as
    both tell of the outcome. What led to it is known by explaining away: two causes speak against
    each other once the outcome is known, which no consequence does.

    References
    ----------
    Pearl (2009), Causality, 2nd edition, section 1.2.3 (explaining away).
    """
    nothing = _loss(y, np.full(len(y), y.mean()))
    strength = {name: nothing - _loss(y, p) for name, p in alone.items()}
    strongest = sorted(alone, key=lambda name: (-strength[name], name))[:MOST_COLUMNS]
    left = [name for name in alone if name in {*strongest, *telling}]
    table = Table(pd.DataFrame({n: logit(alone[n]) for n in left}), y, fold, nothing)
    groups: list[Group] = []
    while len(left) > 1 and len(groups) < MOST_GROUPS:
        group = _out_of_line(table, left, telling)
        if group is None:
            break
        groups.append(group)
        left = [name for name in left if name not in group.columns]
    return groups


def predicted_together(
    alone: dict[str, Floats], columns: Sequence[str], y: Bools, fold: NDArray[np.int64]
) -> Floats:
    """Probabilities, held out, by what each of these columns tells alone."""
    f = pd.DataFrame({name: logit(alone[name]) for name in columns})
    return Table(f, y, fold, 1.0).predicted(columns)


def _out_of_line(table: Table, names: list[str], telling: Sequence[str]) -> Group | None:
    """The group that most outweighs what could be known before."""
    closest, every = _related(table, names)
    causes = _causes(table, closest)
    everything = table.told(table.predicted(names))
    suspects = []
    for columns in every:
        p = table.predicted(columns)
        if table.told(p) < ASKED_SHARE:
            continue
        speaks = any(name in telling for name in columns)
        others = [name for name in names if name not in columns]
        before = [name for name in others if name in causes]
        if not others:
            continue
        way: Way = "unclear"
        if before:
            way = _way(p, table.predicted(before), table.y)
        group = None
        if way == "consequence":
            rest = table.told(table.predicted(before))
            own = table.told(table.predicted([*before, *columns])) - rest
            if own >= ASKED_SHARE:
                group = Group(columns, own, rest, own >= OUT_OF_LINE_SHARE, speaks)
        else:
            told_apart = table.predicted(others)
            rest = table.told(told_apart)
            own = everything - rest
            if way == "unclear":
                way = _way(p, told_apart, table.y)
            outweighs = own > rest >= TOLD_SHARE and way == "unclear"
            suspect = own >= OUT_OF_LINE_SHARE and outweighs
            suspect |= own >= ASKED_SHARE and way == "consequence"
            alone = own >= ALONE_SHARE and way == "unclear"
            if suspect or alone or (speaks and own >= TELLING_SHARE):
                sure = (way == "consequence" and own >= OUT_OF_LINE_SHARE) or speaks
                group = Group(columns, own, rest, sure, speaks)
        if group is not None:
            suspects.append(group)
    if not suspects:
        return None
    worst = max(suspects, key=lambda group: (group.own, -len(group.columns), group.columns))
    told = {name: table.told(table.predicted([name])) for name in worst.columns}
    clear = tuple(n for n in worst.columns if told[n] >= min(FAINT_SHARE, max(told.values())))
    return Group(clear, worst.own, worst.rest, worst.sure, worst.telling)


def _related(table: Table, names: list[str]) -> tuple[list[list[str]], list[tuple[str, ...]]]:
    """Columns that hang together, the outcome known: as a partition, and at every closeness."""
    own = table.f[names].to_numpy()
    apart = own - np.where(table.y[:, None], own[table.y].mean(axis=0), own[~table.y].mean(axis=0))
    spread = apart.std(axis=0)
    apart = apart / np.where(spread > 0, spread, 1.0)
    near = apart.T @ apart / len(apart)
    # Two causes speak against each other once the outcome is known, and are not one for that.
    near = np.where(near > -OPPOSED, np.maximum(near, 0), -near)
    far = 1 - np.clip(near, 0, 1)
    np.fill_diagonal(far, 0)
    groups: dict[int, tuple[str, ...]] = {at: (name,) for at, name in enumerate(names)}
    every = list(groups.values())
    for at, (a, b, distance, _) in enumerate(linkage(squareform(far, checks=False), "average")):
        if distance > 1 - max(RELATED, RELATED_Z / np.sqrt(len(own))):
            break
        groups[len(names) + at] = (*groups.pop(int(a)), *groups.pop(int(b)))
        every.append(groups[len(names) + at])
    return [list(group) for group in groups.values()], every


def _causes(table: Table, partition: list[list[str]]) -> set[str]:
    """Columns of the groups that are explained away by another: they led to the outcome."""
    scores = [(group, table.predicted(group)) for group in partition]
    telling = [(group, p) for group, p in scores if table.told(p) >= FAINT_SHARE / 2]
    causes: set[str] = set()
    for at, (group, p) in enumerate(telling):
        for other, q in telling[at + 1 :]:
            before, by_outcome = _together(p, q, table.y)
            explained = before - by_outcome < -max(APART_Z, (1 - NEARER) * by_outcome)
            if by_outcome >= TELLING_Z and explained:
                causes |= {*group, *other}
    return causes


def _way(p: Floats, rest: Floats, y: Bools) -> Way:
    """How predictions go with those of others, before and given the outcome."""
    before, by_outcome = _together(p, rest, y)
    if by_outcome < TELLING_Z:
        return "unclear"
    near = abs(before - by_outcome) < max(APART_Z, NEAR_NOTHING * by_outcome)
    return "consequence" if near and before > NEARER * by_outcome else "cause"


def _together(p: Floats, q: Floats, y: Bools) -> tuple[float, float]:
    """How two predictions go together, and how much of it the outcome explains.

    In standard errors of a correlation.
    """
    f, g = logit(p), logit(clipped(q))
    if f.std() == 0 or g.std() == 0:
        return 0.0, 0.0
    scale = f.std() * g.std() / np.sqrt(len(y))
    before = float(np.mean((f - f.mean()) * (g - g.mean())) / scale)
    shift_f, shift_g = (v[y].mean() - v[~y].mean() for v in (f, g))
    return before, float(y.mean() * (~y).mean() * shift_f * shift_g / scale)
