"""What a reader must know before relying on a customer value, as checks."""

from collections.abc import Sequence

import pandas as pd

from custanalytics.check import Check
from custanalytics.clv.rivals import LAST_YEAR
from custanalytics.clv.season import Season
from custanalytics.clv.validation import Candidate, Spend, mean_scores
from custanalytics.sentences import noted, tell, tell_many
from custanalytics.value_models.gamma_gamma import GammaGamma
from custanalytics.value_models.inputs import MIN_REPEAT_BUYERS
from custanalytics.value_models.purchase_models import PurchaseModel

MIN_LEAVING = 0.005
MAX_TOTAL_ERROR = 0.20
COVERAGE_TOLERANCE = 0.05
YEARS_FOR_SEASON = 2


def repeat_buyers(count: int, customers: int) -> Check:
    """Whether enough customers came back to fit a model on."""
    return Check(
        "clv.repeat_buyers",
        count >= 5 * MIN_REPEAT_BUYERS or None,
        tell("{n:,} of {all:,} customers bought on more than one day.", n=count, all=customers)
        if count >= 5 * MIN_REPEAT_BUYERS
        else tell(
            "{n:,} of {all:,} customers bought on more than one day: enough for a model, but "
            "barely.",
            n=count,
            all=customers,
        ),
        float(count),
        float(5 * MIN_REPEAT_BUYERS),
        noted("rule of thumb"),
    )


def of_model(model: PurchaseModel) -> list[Check]:
    """Whether a fitted model ended at a maximum that means something."""
    checks = []
    if not model.converged:
        checks.append(
            Check(
                "clv.converged",
                False,
                tell(
                    "The search for the {model} model's parameters did not settle, so they are not "
                    "the best ones.",
                    model=model.name,
                ),
            )
        )
    leaving, some_leave = model.leaving, model.leaving >= MIN_LEAVING
    checks.append(
        Check(
            "clv.leaving",
            some_leave or None,
            tell(
                "The {model} model finds that {share:.1%} of new customers {leave}.",
                model=model.name,
                share=leaving,
                leave=model.leaving_words,
            )
            if some_leave
            else tell(
                "The {model} model finds that {share:.1%} of new customers {leave}: practically "
                "nobody, so it can't tell who has left, and takes nearly everyone to be a customer "
                "still.",
                model=model.name,
                share=leaving,
                leave=model.leaving_words,
            ),
            leaving,
            MIN_LEAVING,
        )
    )
    return checks


def of_validation(table: pd.DataFrame, chosen: str, level: float) -> list[Check]:
    """What the holdouts say about the candidate that is used."""
    if table.empty:
        return [
            Check(
                "clv.validated",
                None,
                tell(
                    "The history is too short to hold a part of it back, so the predictions were "
                    "not tested against what customers did."
                ),
            )
        ]
    latest = table[table["origin"] == table["origin"].max()].set_index("candidate")
    used = latest.loc[chosen]
    days, origins = int(used["holdout_days"]), int(table["origin"].max())
    scores = mean_scores(table)
    is_model = latest["role"][scores.index] == "model"
    best_model, best_rule = scores[is_model].idxmin(), scores[~is_model].idxmin()
    figures = {
        "days": days,
        "n": origins,
        "error": scores[best_model],
        "model": best_model,
        "rule_error": scores[best_rule],
        "rule": noted(best_rule),
    }
    model_wins = bool(is_model[chosen])
    error = float(used["total_error"])
    covered = float(used["interval_coverage_pit"])
    return [
        Check(
            "clv.beats_naive",
            model_wins,
            tell_many(
                origins,
                "On a holdout of {days} days the model did better than every rule of thumb (error "
                "per customer plus error of the total, in shares of actual purchases: {error:.2f} "
                "for the {model} model, {rule_error:.2f} for the rule “{rule}”).",
                "On {n} holdouts of {days} days the model did better than every rule of thumb "
                "(error per customer plus error of the total, in shares of actual purchases: "
                "{error:.2f} for the {model} model, {rule_error:.2f} for the rule “{rule}”).",
                **figures,
            )
            if model_wins
            else tell_many(
                origins,
                "On a holdout of {days} days a rule of thumb did better than the model (error per "
                "customer plus error of the total, in shares of actual purchases: {error:.2f} for "
                "the {model} model, {rule_error:.2f} for the rule “{rule}”); the predictions use "
                "the rule.",
                "On {n} holdouts of {days} days a rule of thumb did better than the model (error "
                "per customer plus error of the total, in shares of actual purchases: {error:.2f} "
                "for the {model} model, {rule_error:.2f} for the rule “{rule}”); the predictions "
                "use the rule.",
                **figures,
            ),
            float(scores[best_model]),
            float(scores[best_rule]),
        ),
        Check(
            "clv.total_error",
            bool(abs(error) <= MAX_TOTAL_ERROR),
            tell(
                "In the latest {days} days customers made {actual:,.0f} purchases; "
                "{predicted:,.0f} were predicted before ({error:+.1%}).",
                days=days,
                actual=used["actual_purchases"],
                predicted=used["predicted_purchases"],
                error=error,
            ),
            error,
            MAX_TOTAL_ERROR,
            noted("rule of thumb"),
        ),
        Check(
            "clv.interval_coverage",
            bool(abs(covered - level) <= COVERAGE_TOLERANCE),
            tell(
                "The {level:.0%} intervals for customers' purchases in those days held "
                "{held:.0%} of them ({shared:.0%} with the ties of small counts shared out).",
                level=level,
                held=used["interval_coverage"],
                shared=covered,
            ),
            covered,
            level,
        ),
    ]


def of_last_year(table: pd.DataFrame) -> list[Check]:
    """Whether last year's same period could be one of the rules of thumb."""
    if table.empty or LAST_YEAR in set(table["candidate"]):
        return []
    sentence = tell(
        "The sales do not reach back far enough before the holdouts to try last year's same "
        "period as a rule of thumb."
    )
    return [Check("clv.last_year", None, sentence)]


def season_known(history_days: float, season: Season | None) -> Check | None:
    """Whether predictions know the course of the year, where nobody has tried it."""
    if season:
        most, least = max(season.factors), min(season.factors)
        return Check(
            "clv.season",
            True,
            tell(
                "Predictions follow the course of the year: {most:+.0%} purchases in the strongest "
                "month, {least:+.0%} in the weakest.",
                most=most - 1,
                least=least - 1,
            ),
            most - 1,
        )
    if history_days < YEARS_FOR_SEASON * 365:
        return Check(
            "clv.season",
            None,
            tell(
                "{n:,.0f} days of history are too few to tell seasons from growth (two years would "
                "do), so the predictions know no season.",
                n=history_days,
            ),
            history_days,
            float(YEARS_FOR_SEASON * 365),
        )
    return None


def of_options(margin: float | None, horizon_days: int, history_days: float) -> list[Check]:
    """What the options mean for the figures."""
    checks = []
    if margin is None:
        checks.append(
            Check(
                "clv.margin",
                None,
                tell("No margin was given, so customer value is revenue, not profit."),
            )
        )
    checks.append(
        Check(
            "clv.horizon",
            bool(horizon_days <= 2 * history_days),
            tell(
                "The horizon of {days:,} days stands on {history:,.0f} days of history.",
                days=horizon_days,
                history=history_days,
            )
            if horizon_days <= 2 * history_days
            else tell(
                "The horizon of {days:,} days stands on {history:,.0f} days of history: more than "
                "twice as far as was seen.",
                days=horizon_days,
                history=history_days,
            ),
            float(horizon_days),
            2 * history_days,
            noted("rule of thumb"),
        )
    )
    return checks


def parameter_table(fitted: Sequence[Candidate], spend: Spend) -> pd.DataFrame:
    """Parameters of all fitted models, with standard errors and units."""
    shown = [model for model in (*fitted, spend) if isinstance(model, PurchaseModel | GammaGamma)]
    return pd.DataFrame(
        [
            (model.name, symbol, value, model.standard_errors[symbol], model.units.get(symbol, ""))
            for model in shown
            for symbol, value in model.params.items()
        ],
        columns=["model", "parameter", "value", "standard_error", "unit"],
    )
