"""The BG/NBD model of customers whose attributes change its parameters, as a candidate."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from custanalytics.clv.inputs import Codes, Floats, Rows
from custanalytics.clv.models.bg_nbd import BGNBD
from custanalytics.clv.models.purchase_models import PurchaseModel
from custanalytics.errors import UsageError

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

    Attributes
    ----------
    patterns : ndarray
        Indicators of each pattern's levels: patterns by levels that have effects.
    shares : ndarray
        Share of customers with each pattern.

    References
    ----------
    Fader, Hardie (2007), Incorporating Time-Invariant Covariates into the Pareto/NBD and BG/NBD
    Models, section 3.
    """

    patterns: Floats = field(repr=False)
    shares: Floats = field(repr=False)

    name = "BG/NBD with attributes"
    reference = "Fader, Hardie (2007), Time-Invariant Covariates in the BG/NBD Model"
    symbols = BGNBD.symbols
    leaving_words = BGNBD.leaving_words

    @classmethod
    def fitted(cls, _rows: Rows) -> Self:
        """Refuse: rows do not tell what their patterns mean."""
        raise UsageError(f"the {cls.name} model is fitted by fit_attributes")

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

    def p_alive(self, rows: Rows) -> Floats:
        """Probability that each row's customers have not left."""
        answer = np.empty(len(rows))
        for at, model, part in self._parts(rows):
            answer[at] = model.p_alive(part)
        return answer

    def expected_if_alive(self, rows: Rows, days: Floats) -> Floats:
        """Purchases expected within each number of days of customers alive: rows by days."""
        answer = np.empty((len(rows), len(days)))
        for at, model, part in self._parts(rows):
            answer[at] = model.expected_if_alive(part, days)
        return answer

    def nothing_if_alive(self, rows: Rows, days: Floats) -> Floats:
        """Probability of no purchase of customers who are alive: rows by days."""
        answer = np.empty((len(rows), len(days)))
        for at, model, part in self._parts(rows):
            answer[at] = model.nothing_if_alive(part, days)
        return answer

    def drawn_if_alive(
        self, params: Floats, rows: Rows, days: float, rng: np.random.Generator
    ) -> Floats:
        """Counts of customers who are alive, rows by draws, one parameter row per draw."""
        answer = np.empty((len(rows), len(params)))
        for at, model, part in self._parts(rows):
            pattern = self.patterns[int(rows.pattern[at[0]])]
            own = np.exp(np.log(params) @ loadings(pattern).T)
            answer[at] = model.drawn_if_alive(own, part, days, rng)
        return answer
