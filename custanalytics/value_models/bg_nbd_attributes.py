"""BG/NBD with what is known of customers from the start: channel, region, first order's value.

Customers with the same attributes follow a BG/NBD of their own; the parameters of these models
differ from each other only by the attributes' effects. So likelihood, derivatives and
predictions are the plain model's.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from custanalytics.errors import UsageError
from custanalytics.value_models import newton
from custanalytics.value_models.bg_nbd import BGNBD
from custanalytics.value_models.inputs import (
    PATTERN,
    Codes,
    Floats,
    Rows,
    checked,
    require_repeat_buyers,
    unique_rows,
)
from custanalytics.value_models.purchase_models import PurchaseModel

# a level that fewer customers have joins the others; so do numbers, cut into classes
FEWEST_CUSTOMERS, CLASSES = 50, 4
OTHER, UNKNOWN = "other", "unknown"
# what an effect multiplies, by the parameter that it enters
MULTIPLIED = {"alpha": "buying rate", "a": "a", "b": "b"}
# sign with which an effect enters the logarithm of each parameter
SIGNS = {"alpha": -1.0, "a": 1.0, "b": 1.0}
POSITIONS = [BGNBD.symbols.index(symbol) for symbol in SIGNS]
PLAIN = len(BGNBD.symbols)


def loadings(pattern: Floats) -> Floats:
    """Log parameters of a pattern's customers per log parameter of the base, and per effect."""
    width = len(pattern)
    effects = np.zeros((PLAIN, len(SIGNS) * width))
    for block, (position, sign) in enumerate(zip(POSITIONS, SIGNS.values(), strict=True)):
        effects[position, block * width : (block + 1) * width] = sign * pattern
    return np.hstack([np.eye(PLAIN), effects])


@dataclass(frozen=True)
class AttributedBGNBD(PurchaseModel):
    """A BG/NBD model for each pattern of attributes, its parameters by factors apart.

    It takes rows that tell their customers' pattern. ``params`` holds r, alpha, a and b of
    customers with every attribute at its most frequent level, then the factors: of the
    buying rate, of a and of b.

    References
    ----------
    Fader, Hardie (2007), Incorporating Time-Invariant Covariates into the Pareto/NBD and BG/NBD
    Models, section 3.
    """

    # indicators of each pattern's levels: patterns by levels that have effects
    patterns: Floats = field(repr=False)
    # share of customers with each pattern
    shares: Floats = field(repr=False)

    name = "BG/NBD with attributes"
    reference = "Fader, Hardie (2007), Time-Invariant Covariates in the BG/NBD Model"
    symbols = BGNBD.symbols
    units = BGNBD.units
    start = BGNBD.start
    leaving_words = BGNBD.leaving_words

    @classmethod
    def likelihood(cls, *_columns: Floats) -> newton.Objective:
        """Refuse: rows do not tell what their patterns mean."""
        raise UsageError(f"the {cls.name} model is fitted by fit_attributes")

    def as_lifetimes(self, _summary: pd.DataFrame | None = None) -> Any:
        """Refuse: lifetimes knows no attributes; `of_pattern` gives models that it does know."""
        raise UsageError("lifetimes has no model with attributes; hand out one of of_pattern")

    def of_pattern(self, number: int) -> BGNBD:
        """The model of customers with one of the patterns."""
        point = loadings(self.patterns[number]) @ self.point
        params = dict(zip(self.symbols, map(float, np.exp(point)), strict=True))
        hessian = self.hessian[:PLAIN, :PLAIN]
        return BGNBD(params, self.log_likelihood, self.customers, self.converged, hessian)

    def _parts(self, rows: Rows) -> Iterator[tuple[Codes, BGNBD, Rows]]:
        for number in np.unique(rows.pattern):
            at = np.flatnonzero(rows.pattern == number)
            yield at, self.of_pattern(int(number)), rows.picked(at)

    @property
    def leaving(self) -> float:
        """Share of new customers who leave after their next purchase."""
        each = [self.of_pattern(number).leaving for number in range(len(self.patterns))]
        return float(self.shares @ each)

    def new_customer(self, days: Floats) -> Floats:
        """Repeat purchases expected of a new customer with attributes as the others' are."""
        each = [self.of_pattern(number).new_customer(days) for number in range(len(self.patterns))]
        return np.asarray(self.shares @ np.array(each))

    def _by_pattern(self, rows: Rows, ask: Callable[[BGNBD, Rows], Floats]) -> Floats:
        """Every pattern's model asked about its own rows, the answers in the rows' order."""
        parts = [(at, ask(model, part)) for at, model, part in self._parts(rows)]
        answer = np.empty((len(rows), *parts[0][1].shape[1:]))
        for at, part in parts:
            answer[at] = part
        return answer

    def p_alive(self, rows: Rows) -> Floats:
        """Probability that each row's customers have not left."""
        return self._by_pattern(rows, BGNBD.p_alive)

    def expected_if_alive(self, rows: Rows, days: Floats) -> Floats:
        """Purchases expected within each number of days of customers alive: rows by days."""
        return self._by_pattern(rows, lambda model, part: model.expected_if_alive(part, days))

    def nothing_if_alive(self, rows: Rows, days: Floats) -> Floats:
        """Probability of no purchase of customers who are alive: rows by days."""
        return self._by_pattern(rows, lambda model, part: model.nothing_if_alive(part, days))


@dataclass(frozen=True)
class AttributeModel:
    """A fitted BG/NBD model whose parameters depend on attributes.

    Attributes
    ----------
    candidate : AttributedBGNBD
        The model, for the patterns of attributes that it was fitted on.
    plain : PurchaseModel
        The BG/NBD model of the same customers without attributes.
    effects : DataFrame
        One row per ``attribute``, ``level`` and ``parameter``: ``effect`` (above 0: buys
        faster, for alpha; a or b are larger by the factor exp(effect)) and
        ``standard_error`` (null: not fixed by the data).
    levels : dict
        Attribute -> its levels, the most frequent first.
    edges : dict
        Numeric attribute -> the inner ends of its classes.
    """

    candidate: AttributedBGNBD
    plain: PurchaseModel
    effects: pd.DataFrame
    levels: dict[str, list[str]]
    edges: dict[str, list[float]]

    def predict(
        self, summary: pd.DataFrame, attributes: pd.DataFrame, horizon_days: float
    ) -> pd.DataFrame:
        """Predict each customer's purchases.

        Parameters
        ----------
        summary : DataFrame
            One row per customer, as for `fit_attributes`.
        attributes : DataFrame
            The same columns as it was fitted on; an unknown level counts as ``other``, or as
            the most frequent one.
        horizon_days : float
            Length of the time predicted.

        Returns
        -------
        DataFrame
            As `PurchaseModel.predict` gives it, in the order of the summary.
        """
        known, candidate = self.for_customers(summary, attributes)
        return candidate.predict(known, horizon_days)

    def for_customers(
        self, summary: pd.DataFrame, attributes: pd.DataFrame
    ) -> tuple[pd.DataFrame, AttributedBGNBD]:
        """Tell customers' patterns, and give the model of them.

        Parameters
        ----------
        summary, attributes : DataFrame
            As for `predict`.

        Returns
        -------
        summary : DataFrame
            With ``attribute_pattern``: the number of each customer's pattern.
        candidate : AttributedBGNBD
            The model for these patterns.
        """
        frame = checked(summary)
        known = _joined(frame, attributes, list(self.levels))
        design = _design(_labels(known, self.edges), self.levels)
        patterns, code = np.unique(design, axis=0, return_inverse=True)
        shares = np.bincount(code) / len(frame)
        candidate = replace(self.candidate, patterns=patterns, shares=shares)
        return frame.assign(**{PATTERN: code.astype(np.int64)}), candidate


def fit_attributes(summary: pd.DataFrame, attributes: pd.DataFrame) -> AttributeModel:
    """Fit the BG/NBD model with effects of attributes on buying and on leaving.

    Parameters
    ----------
    summary : DataFrame
        One row per customer: ``customer_id``, ``frequency``, ``recency``, ``T`` (days),
        ``monetary_value``.
    attributes : DataFrame
        One row per customer: ``customer_id`` and what was known of him at his first purchase
        (null: unknown). Numbers are cut into four classes of about equal size; levels that
        fewer than 50 customers have count as ``other``.

    Returns
    -------
    AttributeModel

    Raises
    ------
    UsageError
        There is no attribute, or customers are named twice.
    UnsupportedError
        Fewer than 20 customers came back.

    Notes
    -----
    For a customer with indicators z of his attributes' levels::

        alpha = alpha0 exp(-g1'z)    a = a0 exp(g2'z)    b = b0 exp(g3'z)

    A prior of standard deviation 1 on each effect, worth one customer or less where the data
    say anything, keeps those possible on which they don't.

    References
    ----------
    Fader, Hardie (2007), Incorporating Time-Invariant Covariates into the Pareto/NBD and BG/NBD
    Models, section 3.
    """
    frame = checked(summary)
    require_repeat_buyers(frame)
    names = [column for column in attributes.columns if column != "customer_id"]
    if not names:
        raise UsageError("attributes need a column beside customer_id")
    known = _joined(frame, attributes, names)
    edges = {name: _edges(known[name]) for name in names if _is_number(known[name])}
    labels = _labels(known, edges)
    levels = {name: _levels(labels[name]) for name in names}
    design = _design(labels, levels)
    plain = BGNBD.fitted(unique_rows(frame))
    size, width = len(frame), design.shape[1]
    patterns, code = np.unique(design, axis=0, return_inverse=True)
    parts = []
    for number, pattern in enumerate(patterns):
        rows = unique_rows(frame[code == number])
        own = BGNBD.likelihood(rows.frequency, rows.recency, rows.T, rows.weights)
        parts.append((own, loadings(pattern), float(rows.weights.sum()) / size))

    def objective(theta: Floats) -> tuple[float, Floats, Floats]:
        effects = theta[PLAIN:]
        value = float(effects @ effects) / (2 * size)
        gradient = np.append(np.zeros(PLAIN), effects / size)
        hessian = np.diag(np.append(np.zeros(PLAIN), np.full(len(effects), 1 / size)))
        for own, load, share in parts:
            one, slope, bend = own(load @ theta)
            value += share * one
            gradient += share * (load.T @ slope)
            hessian += share * (load.T @ bend @ load)
        return value, gradient, hessian

    optimum = newton.minimum(objective, np.append(plain.point, np.zeros(len(SIGNS) * width)))
    errors = np.sqrt(np.diag(newton.covariance(optimum.hessian, size)))
    effects = optimum.point[PLAIN:]
    told = [
        (name, level, symbol) for symbol in SIGNS for name in names for level in levels[name][1:]
    ]
    factors = [
        f"{MULTIPLIED[symbol]}: {name} = {level}, against {levels[name][0]}"
        for name, level, symbol in told
    ]
    return AttributeModel(
        candidate=AttributedBGNBD(
            params=dict(
                zip((*BGNBD.symbols, *factors), map(float, np.exp(optimum.point)), strict=True)
            ),
            log_likelihood=-size * optimum.value + float(effects @ effects) / 2,
            customers=size,
            converged=optimum.converged,
            hessian=optimum.hessian,
            patterns=patterns,
            shares=np.bincount(code) / size,
        ),
        plain=plain,
        effects=pd.DataFrame(told, columns=["attribute", "level", "parameter"]).assign(
            effect=effects, standard_error=errors[PLAIN:]
        ),
        levels=levels,
        edges=edges,
    )


def _joined(frame: pd.DataFrame, attributes: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    missing = [column for column in ("customer_id", *names) if column not in attributes.columns]
    if missing:
        raise UsageError(f"attributes need the columns {', '.join(missing)}")
    if attributes["customer_id"].duplicated().any():
        raise UsageError("attributes must name each customer once")
    return frame[["customer_id"]].merge(attributes, on="customer_id", how="left")[names]


def _is_number(column: "pd.Series[float]") -> bool:
    return bool(pd.api.types.is_numeric_dtype(column) and column.nunique() > CLASSES)


def _edges(column: "pd.Series[float]") -> list[float]:
    ends = column.dropna().quantile(np.arange(1, CLASSES) / CLASSES)
    return sorted({float(end) for end in ends})


def _labels(known: pd.DataFrame, edges: dict[str, list[float]]) -> pd.DataFrame:
    """Every attribute as text."""
    labels = {}
    for name, column in known.items():
        text = column.astype("str")
        if name in edges:
            number = np.searchsorted(edges[str(name)], column.to_numpy(np.float64))
            text = pd.Series([f"class {k + 1}" for k in number], index=column.index)
        labels[name] = text.where(column.notna(), UNKNOWN)
    return pd.DataFrame(labels)


def _levels(labels: "pd.Series[str]") -> list[str]:
    counts = labels.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    often = [str(level) for level in counts.index[counts >= FEWEST_CUSTOMERS]]
    rest = int(counts[counts < FEWEST_CUSTOMERS].sum())
    return [*often, OTHER] if rest >= FEWEST_CUSTOMERS or not often else often


def _design(labels: pd.DataFrame, levels: dict[str, list[str]]) -> Floats:
    """Indicators of each level but the first of each attribute."""
    columns: list[Floats] = [np.zeros((len(labels), 0))]
    for name, known in levels.items():
        text = labels[name].where(labels[name].isin(known), OTHER)
        columns.append((np.array(text)[:, None] == np.array(known[1:])).astype(np.float64))
    return np.hstack(columns)
