"""What was learned of prospects: who of the open ones converts, and how far that can be trusted."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from custanalytics.check import Check
from custanalytics.prospects.ordering import Order
from custanalytics.scoring.outcome import Outcome
from custanalytics.shown import Shown


@dataclass(frozen=True, repr=False)
class LeadScoring(Shown):
    """Probability that each open prospect converts, and how far it can be trusted.

    Attributes
    ----------
    prospects : DataFrame
        One row per open prospect: ``row`` (1-based, in the table given), ``prospect_id`` (the
        first identifier column's text; null without one), ``propensity``, ``propensity_low``,
        ``propensity_high`` (90 % bounds if the level moves as it did over time),
        ``propensity_decile`` (1 = most likely), ``reasons`` (the three inputs that raised or
        lowered it most).
    evaluation : DataFrame
        One row per test ('cross-validated', 'out of time') and candidate: ``test``,
        ``candidate``, ``role``, ``log_loss``, ``brier_score``, ``auc``,
        ``average_precision``, ``ece``, each also with ``_low`` and ``_high`` (95 %,
        bootstrap), ``n``, ``positives``, ``chosen``.
    deciles, reliability : DataFrame
        The chosen candidate, by ``test``; see `decile_table` and `reliability_table`.
    columns : DataFrame
        One row per column: ``column``, ``kind``, ``filled``, ``distinct``, ``used``, ``why``.
    leaks : DataFrame
        One row per column left out because it gives the outcome away: ``column``, ``rule``,
        ``value``, ``sentence``, ``sure`` (else it is asked about).
    with_leaks : DataFrame
        Cross-validated ``auc``, ``log_loss`` with the ``leaks`` 'left out', 'left in', and with
        the sure ones out but 'those asked about left in'.
    importance, effects : DataFrame
        On held-out rows; see `drivers.importance` and `drivers.effects`.
    learning_curve : DataFrame
        See `drivers.learning_curve`.
    drift : DataFrame
        One row per tenth of the rows in order of time (empty without an order): ``block``,
        ``n``, ``rate``, ``mean_propensity`` (cross-validated).
    stages : DataFrame
        One row per value of the outcome: ``value``, ``n``, ``taken_for`` ('won', 'lost', 'open'; of
        those too young to have decided 'open, too young' and 'won, left out').
    profit : DataFrame or None
        See `profit_curve`; None unless some are open, and contact cost and conversion value given.
    outcome : Outcome
        Which column says who converted.
    order : Order
        What the out-of-time test goes by.
    figures : dict of str to float
        ``prospects``, ``labelled``, ``open``, ``base_rate``, ``expected_conversions`` (of the
        open), ``level_sd`` (log-odds).
    chosen : str
        Name of the chosen candidate.
    params : dict
        The call's settings.
    checks : tuple of Check
        What the reader must know before relying on it.
    """

    prospects: pd.DataFrame
    evaluation: pd.DataFrame
    deciles: pd.DataFrame
    reliability: pd.DataFrame
    columns: pd.DataFrame
    leaks: pd.DataFrame
    with_leaks: pd.DataFrame
    importance: pd.DataFrame
    effects: pd.DataFrame
    learning_curve: pd.DataFrame
    drift: pd.DataFrame
    stages: pd.DataFrame
    profit: pd.DataFrame | None
    outcome: Outcome
    order: Order
    figures: dict[str, float]
    chosen: str
    params: dict[str, Any]
    checks: tuple[Check, ...]
