"""Who buys again in the next N days: learned on the past, tested on a later past, scored now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.stats import norm
from threadpoolctl import threadpool_limits

from custanalytics.check import Check
from custanalytics.customers.features import features_at, outcomes_after, prepare, with_outcome
from custanalytics.engine import Engine
from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.propensity import checks
from custanalytics.propensity.candidates import CANDIDATES, Candidate, Rival, fit, rival
from custanalytics.propensity.rhythm import late_factors, rhythm
from custanalytics.propensity.schedule import Schedule, plan
from custanalytics.propensity.spend import fit_spend
from custanalytics.scoring.calibration import Bools, Floats
from custanalytics.scoring.evaluation import (
    decile_table,
    log_loss_gain,
    measure_intervals,
    measures,
    reliability_table,
)
from custanalytics.scoring.level_swing import propensity_columns, season_shift, shifted, swing
from custanalytics.scoring.profit import profit_curve
from custanalytics.sentences import Sentence, tell, together
from custanalytics.transactions import HasEngine, as_engine

MOST_ROWS = 100_000
FEWEST_CUSTOMERS = 100
FEWEST_OUTCOMES = 20
INTERVAL_LEVEL = 0.90


@dataclass(frozen=True)
class PurchasePropensity:
    """Probability that each customer buys in the window, and how far it can be trusted.

    Attributes
    ----------
    customers : DataFrame
        One row per customer: ``customer_id`` (str), ``propensity`` (calibrated probability of
        a purchase in the window), ``propensity_low``, ``propensity_high`` (90 % bounds if the
        level of buying moves as it did between the windows of the past),
        ``propensity_decile`` (1 = most likely), ``expected_revenue`` (in the window, currency
        units: propensity times the spend expected of a buyer), ``usual_gap_days`` (NaN with
        one purchase day), ``days_since_last_purchase``, ``expected_next_order`` (datetime,
        may lie in the past; NaT with one purchase day), ``late`` (bool: waits longer
        than the shop's customers usually do and not yet so long that hardly any came back),
        ``revenue_at_risk`` (currency units: ``expected_revenue`` where late, else 0).
    evaluation : DataFrame
        One row per candidate, tested on the test window: ``candidate``, ``role`` ('model' or
        'baseline'), ``log_loss``, ``brier_score``, ``auc``, ``average_precision``, ``ece``,
        each of these measures with ``_low`` and ``_high`` (95 %, bootstrap), ``n``,
        ``positives``, ``chosen`` (bool, exactly one).
    deciles : DataFrame
        The chosen candidate on the test window, see `evaluation.decile_table`.
    reliability : DataFrame
        The chosen candidate on the test window, see `evaluation.reliability_table`.
    profit : DataFrame or None
        See `decision.profit_curve`; None unless contact cost and conversion value are given.
    cutoffs : DataFrame
        One row per cutoff: ``cutoff`` (datetime), ``role`` ('learn', 'test', 'score'),
        ``customers``, ``buyers``, ``base_rate`` (NaN for 'score').
    figures : dict of str to float
        ``expected_buyers``, ``expected_buyers_low``, ``expected_buyers_high``,
        ``expected_revenue`` (in the window, of today's customers, currency units),
        ``late_customers``, ``revenue_at_risk`` (in the window; a part of ``expected_revenue``),
        ``late_factor``, ``gone_factor`` (usual gaps, see `rhythm.late_factors`), ``swing_sd``
        (log-odds), ``season_shift`` (log-odds, 0 where unused).
    model : str
        Name of the chosen candidate.
    window_days : int
        Length of the window.
    observation_end : date
        The day the customers are scored on; the window begins the day after.
    params : dict
        The call's settings.
    checks : tuple of Check
        What the reader must know before relying on it.
    """

    customers: pd.DataFrame
    evaluation: pd.DataFrame
    deciles: pd.DataFrame
    reliability: pd.DataFrame
    profit: pd.DataFrame | None
    cutoffs: pd.DataFrame
    figures: dict[str, float]
    model: str
    window_days: int
    observation_end: date
    params: dict[str, Any]
    checks: tuple[Check, ...]


def purchase_propensity(
    transactions: pd.DataFrame | HasEngine,
    window_days: int = 90,
    observation_end: date | None = None,
    seed: int = 0,
    contact_cost: float | None = None,
    conversion_value: float | None = None,
    rivals: Mapping[str, Rival] | None = None,
) -> PurchasePropensity:
    """Probability that each known customer buys in the next `window_days` days.

    Assumes that the next window is bought in as the past ones were, up to the swing between
    them, which is measured and carried as the bounds of every probability. Customers with
    one purchase are included. Candidates learn on several earlier cutoffs, calibrated on
    customers apart, and are tested on the last window that has ended; the best one there by
    log-loss, be it a naive rule, is refitted on all windows and scores today's customers.

    Parameters
    ----------
    transactions : DataFrame or loaded ledger
        See `as_engine`.
    window_days : int, default 90
        Length of the window to predict, in days.
    observation_end : date, optional
        Last day to look at; by default the day of the last sale.
    seed : int, default 0
        Same seed, same scores, on any number of cores.
    contact_cost : float, optional
        Cost of contacting one customer, currency units.
    conversion_value : float, optional
        Margin of one purchase, currency units.
    rivals : mapping of str to callable, optional
        Further candidates by name, such as a BTYD model's probability: from a cutoff to a
        frame of ``customer_id`` (str) and ``propensity`` that knows nothing later.

    Returns
    -------
    PurchasePropensity
        Probability, expected revenue and rhythm per customer, with tests.

    Raises
    ------
    UnsupportedError
        The history is too short, or too few customers or purchases lie in the windows.
    UsageError
        `window_days` is not positive, or only one of cost and value is given.

    Notes
    -----
    Features never see past their cutoff: an order returned after it still counts, as it did
    on that day.
    """
    if window_days < 1:
        raise UsageError(f"window_days must be at least 1, found {window_days}")
    if (contact_cost is None) != (conversion_value is None):
        raise UsageError("contact_cost and conversion_value belong together: give both or none")
    engine = as_engine(transactions)
    first, end = _observed(engine, observation_end)
    schedule = plan(first, end, window_days)
    prepare(engine)
    learning = _labelled(engine, list(schedule.learn), window_days)
    test = _labelled(engine, [schedule.test], window_days)
    _require_enough(learning, test, window_days)
    known = pd.concat([learning, test], ignore_index=True)
    now = features_at(engine, [end], window_days)
    candidates = (*CANDIDATES, *(rival(name, ask) for name, ask in (rivals or {}).items()))
    with threadpool_limits(limits=1):
        comparison = _compared(candidates, learning, test, schedule, seed)
        scores, level_sd, season = _score(comparison, known, now, schedule, seed)
        spend = fit_spend(known).predict(now)
        foreseen = comparison.predictions[comparison.chosen.name] * fit_spend(learning).predict(
            test
        )

    scored = now.assign(propensity=scores, expected_revenue=scores * spend)
    factors = late_factors(now)
    customers = _customer_table(scored, end, level_sd, factors)
    y, p = test["bought"].to_numpy(), comparison.predictions[comparison.chosen.name]
    profit = None
    if contact_cost is not None and conversion_value is not None:
        profit = profit_curve(scores, contact_cost, conversion_value, level_sd, INTERVAL_LEVEL)
    cutoffs = _cutoff_table(known, now, schedule)
    rule = comparison.predictions["recency rule"]
    return PurchasePropensity(
        customers=customers,
        evaluation=comparison.evaluation,
        deciles=decile_table(y, p),
        reliability=reliability_table(y, p),
        profit=profit,
        cutoffs=cutoffs,
        figures={
            **_expected(customers, scores),
            "expected_revenue": float(customers["expected_revenue"].sum()),
            "late_customers": float(customers["late"].sum()),
            "revenue_at_risk": float(customers["revenue_at_risk"].sum()),
            "late_factor": factors[0],
            "gone_factor": factors[1],
            "swing_sd": level_sd,
            "season_shift": season,
        },
        model=comparison.chosen.name,
        window_days=window_days,
        observation_end=end,
        params={
            "window_days": window_days,
            "observation_end": end.isoformat(),
            "seed": seed,
            "contact_cost": contact_cost,
            "conversion_value": conversion_value,
        },
        checks=(
            checks.beats_rule(comparison.chosen, log_loss_gain(y, p, rule, seed)),
            checks.calibrated(y, p),
            checks.revenue_foreseen(float(foreseen.sum()), float(test["spend"].sum())),
            checks.steady(cutoffs, window_days, customers, comparison.season),
        ),
    )


@dataclass(frozen=True)
class _Comparison:
    """How the candidates did on the test window."""

    evaluation: pd.DataFrame
    predictions: dict[str, Floats]
    chosen: Candidate
    season: Literal["unseen", "unhelpful", "used"]


def _compared(
    candidates: Sequence[Candidate],
    learning: pd.DataFrame,
    test: pd.DataFrame,
    schedule: Schedule,
    seed: int,
) -> _Comparison:
    """Compare all candidates on the test window, and the best one with and without the season."""
    y = test["bought"].to_numpy()
    fitted = {c.name: fit(c, learning, seed) for c in candidates}
    predictions = {name: model.predict(test) for name, (model, _) in fitted.items()}
    table = pd.DataFrame(
        [
            {"candidate": c.name, "role": c.role, **_measured(y, predictions[c.name], seed)}
            for c in candidates
        ]
    ).assign(n=len(y), positives=int(y.sum()))
    chosen = candidates[int(table["log_loss"].argmin())]
    table["chosen"] = table["candidate"] == chosen.name
    if not schedule.same_season(schedule.test):
        return _Comparison(table, predictions, chosen, "unseen")
    plain, (_, apart) = predictions[chosen.name], fitted[chosen.name]
    moved = shifted(plain, _season(learning, apart, schedule.same_season(schedule.test)))
    if measures(y, moved)["log_loss"] >= measures(y, plain)["log_loss"]:
        return _Comparison(table, predictions, chosen, "unhelpful")
    for name, value in _measured(y, moved, seed).items():
        table.loc[table["chosen"], name] = value
    return _Comparison(table, {**predictions, chosen.name: moved}, chosen, "used")


def _measured(y: Bools, p: Floats, seed: int) -> dict[str, float]:
    return measures(y, p) | measure_intervals(y, p, seed)


def _score(
    comparison: _Comparison, known: pd.DataFrame, now: pd.DataFrame, schedule: Schedule, seed: int
) -> tuple[Floats, float, float]:
    """Scores of today's customers, the swing between windows, and the season's shift."""
    model, apart = fit(comparison.chosen, known, seed)
    y, day = known["bought"].to_numpy(), known["cutoff"].to_numpy()
    at_test = day == np.datetime64(schedule.test)
    latest = swing([(y[at_test], comparison.predictions[comparison.chosen.name])])
    past = swing([(y[day == d], apart[day == d]) for d in np.unique(day)])
    years = schedule.same_season(schedule.score)
    if comparison.season == "used" and years:
        season = _season(known, apart, years)
        # One window has tested the season, so half the weight stays with the swing without it.
        rest = float(np.sqrt((past**2 + latest**2) / 2))
        return shifted(model.predict(now), season), rest, season
    return model.predict(now), max(past, latest), 0.0


def _expected(customers: pd.DataFrame, p: Floats) -> dict[str, float]:
    """Buyers in the window, with bounds for the swing of the level and for chance."""
    total = float(p.sum())
    chance = float(norm.ppf((1 + INTERVAL_LEVEL) / 2) * np.sqrt((p * (1 - p)).sum()))
    low, high = (
        float(np.hypot(customers[name].sum() - total, chance))
        for name in ("propensity_low", "propensity_high")
    )
    return {
        "expected_buyers": total,
        "expected_buyers_low": max(total - low, 0.0),
        "expected_buyers_high": min(total + high, float(len(p))),
    }


def _season(known: pd.DataFrame, apart: Floats, years: list[date]) -> float:
    """Level of these earlier cutoffs, in log-odds, against fits without the customers."""
    y, day = known["bought"].to_numpy(), known["cutoff"].to_numpy()
    rows = [day == np.datetime64(year) for year in years]
    return season_shift([(y[at], apart[at]) for at in rows])


def _observed(engine: Engine, observation_end: date | None) -> tuple[date, date]:
    """First day with a known customer's purchase, and the last day to look at."""
    span = engine.run("propensity_span")
    if span["first_purchase"].isna().iloc[0]:
        raise UnsupportedError(
            tell("Predicting purchases needs sales with a known customer: none here.")
        )
    last = pd.Timestamp(span["last_sale"].iloc[0]).date()
    return pd.Timestamp(span["first_purchase"].iloc[0]).date(), observation_end or last


def _labelled(engine: Engine, cutoffs: list[date], window_days: int) -> pd.DataFrame:
    """Features and outcomes at these cutoffs, of every n-th customer where there are many.

    So a large shop takes no longer than a medium one.
    """
    counted = engine.run("propensity_customers", until=cutoffs[-1])
    rows = int(counted["customers"].iloc[0]) * len(cutoffs)
    one_in = max(1, -(-rows // MOST_ROWS))
    return with_outcome(
        features_at(engine, cutoffs, window_days, one_in),
        outcomes_after(engine, cutoffs, window_days),
    )


def _require_enough(learning: pd.DataFrame, test: pd.DataFrame, window_days: int) -> None:
    for rows, learned in ((learning, True), (test, False)):
        customers = rows["customer_id"].nunique()
        if customers < FEWEST_CUSTOMERS:
            figures = {"window": window_days, "fewest": FEWEST_CUSTOMERS, "n": customers}
            raise UnsupportedError(
                tell(
                    "Predicting who buys in the next {window} days needs at least {fewest} "
                    "customers to learn from; there are {n}.",
                    **figures,
                )
                if learned
                else tell(
                    "Predicting who buys in the next {window} days needs at least {fewest} "
                    "customers to test on; there are {n}.",
                    **figures,
                )
            )
        for again in (True, False):
            count = rows.loc[rows["bought"] == again, "customer_id"].nunique()
            if count < FEWEST_OUTCOMES:
                raise UnsupportedError(_too_few(again, learned, window_days, count))


def _too_few(again: bool, learned: bool, window_days: int, count: int) -> Sentence:
    figures = {"window": window_days, "fewest": FEWEST_OUTCOMES, "n": count}
    if again:
        needed = tell(
            "Predicting who buys in the next {window} days needs at least {fewest} customers who "
            "bought again within such a window; there are {n}.",
            **figures,
        )
    else:
        needed = tell(
            "Predicting who buys in the next {window} days needs at least {fewest} customers who "
            "did not buy again within such a window; there are {n}.",
            **figures,
        )
    where = tell("That goes for learning.") if learned else tell("That goes for the test.")
    return together(needed, where, tell("A window of another length may do."))


def _customer_table(
    scored: pd.DataFrame, end: date, level_sd: float, factors: tuple[float, float]
) -> pd.DataFrame:
    table = propensity_columns(scored["propensity"].to_numpy(), level_sd, INTERVAL_LEVEL)
    table.insert(0, "customer_id", scored["customer_id"])
    table["expected_revenue"] = scored["expected_revenue"]
    return table.join(rhythm(scored, end, factors))


def _cutoff_table(known: pd.DataFrame, now: pd.DataFrame, schedule: Schedule) -> pd.DataFrame:
    table = known.groupby("cutoff")["bought"].agg(["size", "sum"]).reset_index()
    table.columns = pd.Index(["cutoff", "customers", "buyers"])
    test = table["cutoff"] == pd.Timestamp(schedule.test)
    table.insert(1, "role", np.where(test, "test", "learn"))
    table["base_rate"] = table["buyers"] / table["customers"]
    today = {"cutoff": pd.Timestamp(schedule.score), "role": "score", "customers": len(now)}
    return pd.concat([table, pd.DataFrame([today])], ignore_index=True)
