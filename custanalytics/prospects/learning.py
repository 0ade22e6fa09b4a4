"""Learn which prospects convert: from those decided, tested on others, for the open ones."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from custanalytics.engine import frame_of
from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.prospects import checks
from custanalytics.prospects.column_use import (
    asked_columns,
    column_table,
    leak_table,
    named_column,
)
from custanalytics.prospects.comparison import (
    OUT_OF_TIME,
    compare_models,
    drift,
    level_sd,
    with_leaks,
)
from custanalytics.prospects.drivers import effects, importance, learning_curve
from custanalytics.prospects.later_table import seen_in
from custanalytics.prospects.lead_scoring import LeadScoring
from custanalytics.prospects.leak_guard import guard
from custanalytics.prospects.ordering import find_clock, find_order
from custanalytics.prospects.reasons import Waited
from custanalytics.prospects.ripeness import set_apart_unripe
from custanalytics.prospects.saved_model import LeadScoringModel
from custanalytics.scoring.calibration import Bools, Floats
from custanalytics.scoring.columns import Column, inputs, read_columns
from custanalytics.scoring.evaluation import decile_table, log_loss_gain, reliability_table
from custanalytics.scoring.outcome import Outcomes, read_outcomes
from custanalytics.scoring.profit import profit_curve
from custanalytics.scoring.stages import Meaning
from custanalytics.sentences import tell, tell_many

FEWEST_ROWS = 100
FEWEST_OUTCOMES = 30
MOST_ROWS = 100_000
INTERVAL_LEVEL = 0.90


def fit_lead_scoring(
    table: pd.DataFrame,
    outcome: str | None = None,
    positive: str | None = None,
    won: Sequence[str] = (),
    lost: Sequence[str] = (),
    still_open: Sequence[str] = (),
    date: str | None = None,
    keep: Sequence[str] = (),
    drop: Sequence[str] = (),
    seed: int = 0,
    contact_cost: float | None = None,
    conversion_value: float | None = None,
    decimal: str | None = None,
    date_order: str | None = None,
) -> tuple[LeadScoring, LeadScoringModel]:
    """Learn from decided prospects who converts, and score the open ones.

    Assumes that the open prospects come from the same stream as the decided ones, and that
    what the table says of them was known before the outcome, apart from the columns that the
    leak guard names and leaves out.

    Parameters
    ----------
    table : DataFrame
        One row per prospect, typed or as text; blank outcomes are open.
    outcome : str, optional
        Column that says who converted, by name or by its number from 1; found by name and
        values if not given.
    positive : str, optional
        Its value that means converted.
    won, lost, still_open : sequence of str
        Values of the outcome that mean converted, not converted and not decided yet, where their
        words are read wrongly; 'blank' stands for no value.
    date : str, optional
        Column with the date a prospect came in, by name or number; found if not given.
    keep, drop : sequence of str
        Columns, by name or number, to use although the leak guard names them, and to leave out;
        with a reason as in ``"tag=set after the call"``, which the report gives.
    seed : int, default 0
        Same seed, same scores, on any number of cores.
    contact_cost : float, optional
        Cost of contacting one prospect, currency units.
    conversion_value : float, optional
        Margin of one conversion, currency units.
    decimal : {"point", "comma"}, optional
        Decimal sign, for columns that don't tell.
    date_order : {"dmy", "mdy", "ymd"}, optional
        Order of day, month and year, for columns that don't tell.

    Returns
    -------
    LeadScoring
        What a report says; can be written and read back.
    LeadScoringModel
        Scores later tables; can be kept in a file.

    Raises
    ------
    UnsupportedError
        Fewer than 100 decided prospects, fewer than 30 of either outcome, or no column that
        could tell them apart.
    UsageError
        The outcome or date can't be found or named wrongly, or only one of cost and value
        is given.
    SourceError
        A column of numbers or dates is written in two ways, or in one that could be two.
    """
    if (contact_cost is None) != (conversion_value is None):
        raise UsageError("contact_cost and conversion_value belong together: give both or none")
    table = frame_of(table).reset_index(drop=True)
    read = read_columns(table, decimal, date_order)
    recognised, values = read.columns, read.values
    names = [c.name for c in recognised]
    asked: dict[Meaning, Sequence[str]] = {"won": won, "lost": lost, "open": still_open}
    as_read = read_outcomes(read, named_column(outcome, names), positive, asked)
    day = named_column(date, names)
    ripeness = set_apart_unripe(as_read, values, recognised, day)
    target = ripeness.target
    _require_enough(target)
    kept, dropped = asked_columns("keep", keep, names), asked_columns("drop", drop, names)
    usable = [
        c for c in recognised
        if c.used and c.name != target.outcome.column and c.name not in dropped
    ]  # fmt: skip
    with threadpool_limits(limits=1):
        leaks = guard(values, usable, target, find_clock(usable, day), seed)
        left_out = {leak.column: leak.sure for leak in leaks if leak.column not in kept}
        columns = [c for c in usable if c.name not in left_out]
        if not columns:
            raise UnsupportedError(
                tell(
                    "Learning what leads to a conversion needs at least one column that was known "
                    "before the outcome; of {n} columns none is left.",
                    n=len(recognised),
                )
            )
        ranking = find_order(values, columns, recognised, day)
        order = ranking.order
        rows = _drawn(target.known, seed)
        y, rank = target.converted[rows], ranking.rank[rows] if order.basis else None
        X = inputs(values.iloc[rows], columns, order.clock).reset_index(drop=True)
        later = ranking.later(target.known)[rows] if order.basis else None
        comparison = compare_models(X, y, later, seed)
        both_ways = with_leaks(values.iloc[rows], usable, order.clock, comparison, left_out, seed)
        shared_error = level_sd(comparison, rank)
        model = LeadScoringModel(
            columns=tuple(columns),
            clock=order.clock,
            outcome=target.outcome.column,
            positive=target.outcome.positive,
            fitted=comparison.final(seed),
            level_sd=shared_error,
            level=INTERVAL_LEVEL,
            seen=seen_in(values[target.known], columns),
            stages=dict(zip(as_read.stages["value"], as_read.stages["taken_for"], strict=True)),
            time=ripeness.time,
        )
        fitted, held_out = comparison.held_out_fit(seed)
        drivers = importance(fitted, X[held_out], y[held_out], seed)
        curves = effects(fitted, X[held_out], y[held_out], drivers["input"].tolist(), seed)
        learned = learning_curve(
            lambda part: comparison.chosen.build(part, seed), fitted, X, y, held_out, seed
        )

    scored = _scored(values, recognised, model, target.waiting, ripeness.waited)
    p = scored["propensity"].to_numpy()
    profit = None
    if len(p) and contact_cost is not None and conversion_value is not None:
        profit = profit_curve(p, contact_cost, conversion_value, shared_error, INTERVAL_LEVEL)
    tests = comparison.tests()
    name, truth, predicted = tests[-1]
    gain = log_loss_gain(truth, predicted, comparison.predictions[name, "base rate"], seed)
    result = LeadScoring(
        prospects=scored,
        evaluation=comparison.evaluation,
        deciles=_by_test(decile_table, tests),
        reliability=_by_test(reliability_table, tests),
        columns=column_table(recognised, target.outcome, set(left_out), dropped),
        leaks=leak_table(leaks),
        with_leaks=both_ways,
        importance=drivers,
        effects=curves,
        learning_curve=learned,
        drift=drift(comparison, rank),
        stages=target.stages,
        profit=profit,
        outcome=target.outcome,
        order=order,
        figures={
            "prospects": float(len(table)),
            "labelled": float(target.known.sum()),
            "open": float(len(scored)),
            "base_rate": float(target.converted[target.known].mean()),
            "expected_conversions": float(p.sum()),
            "level_sd": shared_error,
        },
        chosen=comparison.chosen.name,
        params={
            "outcome": target.outcome.column,
            "positive": target.outcome.positive,
            "date": order.clock,
            "keep": list(keep),
            "drop": list(drop),
            "seed": seed,
            "contact_cost": contact_cost,
            "conversion_value": conversion_value,
        },
        checks=(
            checks.outcome_found(target),
            *checks.stages_read(as_read),
            *ripeness.checks,
            checks.leaks_found(leaks, set(left_out), both_ways),
            *checks.too_good(tests[-1][0], comparison.evaluation, drivers),
            *checks.on_request(kept, dropped),
            checks.beats_base_rate(comparison.chosen.name, comparison.chosen.role, gain),
            checks.calibrated(comparison.evaluation),
            checks.drifts(
                comparison.evaluation,
                order,
                float(predicted.mean()) if name == OUT_OF_TIME else None,
            ),
            checks.more_data(learned),
            checks.not_cause(drivers),
        ),
    )
    return result, model


def _by_test(
    make: Callable[[Bools, Floats], pd.DataFrame], tests: list[tuple[str, Bools, Floats]]
) -> pd.DataFrame:
    return pd.concat([make(y, p).assign(test=name) for name, y, p in tests], ignore_index=True)


def _require_enough(target: Outcomes) -> None:
    decided = int(target.known.sum())
    if decided < FEWEST_ROWS:
        raise UnsupportedError(
            tell_many(
                decided,
                "Learning what leads to a conversion needs at least {fewest} decided prospects; "
                "there is one.",
                "Learning what leads to a conversion needs at least {fewest} decided prospects; "
                "there are {n}.",
                fewest=FEWEST_ROWS,
                n=decided,
            )
        )
    hits = int(target.converted.sum())
    if hits < FEWEST_OUTCOMES:
        raise UnsupportedError(
            tell_many(
                hits,
                "Learning what leads to a conversion needs at least {fewest} prospects that "
                "converted; there is one.",
                "Learning what leads to a conversion needs at least {fewest} prospects that "
                "converted; there are {n}.",
                fewest=FEWEST_OUTCOMES,
                n=hits,
            )
        )
    if decided - hits < FEWEST_OUTCOMES:
        raise UnsupportedError(
            tell_many(
                decided - hits,
                "Learning what leads to a conversion needs at least {fewest} prospects that did "
                "not convert; there is one.",
                "Learning what leads to a conversion needs at least {fewest} prospects that did "
                "not convert; there are {n}.",
                fewest=FEWEST_OUTCOMES,
                n=decided - hits,
            )
        )


def _drawn(known: Bools, seed: int) -> NDArray[np.intp]:
    """Positions of the decided prospects to learn from, a hundred thousand at most."""
    rows = np.flatnonzero(known)
    if len(rows) <= MOST_ROWS:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, MOST_ROWS, replace=False))


def _scored(
    values: pd.DataFrame,
    recognised: list[Column],
    model: LeadScoringModel,
    waiting: Bools,
    waited: Waited | None,
) -> pd.DataFrame:
    rows = np.flatnonzero(waiting)
    names = [c.name for c in recognised if c.kind == "identifier"]
    scored = model.score_typed(values.iloc[rows], waited and waited.of_rows(rows))
    scored["row"] = rows + 1
    known_as = values[names[0]].iloc[rows].astype("str").to_numpy() if names else None
    scored.insert(1, "prospect_id", known_as)
    return scored
