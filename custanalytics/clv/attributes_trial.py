"""Do customers' attributes help? Tried on holdouts, kept only where they do."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from custanalytics.check import Check
from custanalytics.clv.holdouts import usable_holdouts
from custanalytics.clv.validation import FIT_CUSTOMERS, log_losses, thinned
from custanalytics.sentences import tell, tell_many
from custanalytics.value_models.bg_nbd_attributes import (
    SIGNS,
    AttributedBGNBD,
    AttributeModel,
    fit_attributes,
)
from custanalytics.value_models.purchase_models import PurchaseModel

# standard errors by which attributes have to help: in one of twenty cases chance does it
SURE = 1.645


@dataclass(frozen=True)
class AttributeTrial:
    """Whether attributes help to predict.

    Attributes
    ----------
    model : AttributeModel or None
        Fitted on the whole summary; None where the attributes did not help.
    check : Check
        What to tell the reader.
    holdouts : list of (DataFrame, AttributedBGNBD)
        Each holdout that could be used with its customers' patterns, and the model fitted on
        the time before its cutoff; empty where the attributes did not help.
    """

    model: AttributeModel | None
    check: Check
    holdouts: list[tuple[pd.DataFrame, AttributedBGNBD]]


def try_attributes(
    summary: pd.DataFrame, attributes: pd.DataFrame, holdouts: Sequence[pd.DataFrame]
) -> AttributeTrial:
    """Keep the effects of attributes only where they clearly help on the holdouts.

    They do where the log-loss of buying again falls by more than chance would let it in one of
    twenty cases; cutoffs that follow each other closely count as one for that.

    Parameters
    ----------
    summary : DataFrame
        As for `fit_attributes`.
    attributes : DataFrame
        As for `fit_attributes`.
    holdouts : sequence of DataFrame
        As `rolling_holdouts` gives them.

    Returns
    -------
    AttributeTrial
    """
    frames = usable_holdouts(holdouts)
    if not frames:
        untried = tell("The history is too short to try customers' attributes on, so none is used.")
        return AttributeTrial(None, Check("clv.attributes", None, untried), [])
    models = [fit_attributes(thinned(frame, FIT_CUSTOMERS), attributes) for frame in frames]
    known = [
        model.for_customers(frame, attributes) for model, frame in zip(models, frames, strict=True)
    ]
    trials = np.array(
        [
            _surprises(model.plain, candidate, frame)
            for model, (frame, candidate) in zip(models, known, strict=True)
        ]
    )
    without, knowing, error = (float(mean) for mean in trials.mean(axis=0))
    kept = without - knowing > SURE * error
    names = ", ".join(str(column) for column in attributes.columns if column != "customer_id")
    figures = {
        "n": len(frames),
        "names": names,
        "knowing": knowing,
        "without": without,
        "error": error,
    }
    if kept:
        sentence = tell_many(
            len(frames),
            "Tried on one earlier cutoff, knowing customers' attributes ({names}) helped the "
            "BG/NBD model to tell who would buy again: log-loss {knowing:.4f} with them, "
            "{without:.4f} without (the difference is uncertain by {error:.4f}).",
            "Tried on {n} earlier cutoffs, knowing customers' attributes ({names}) helped the "
            "BG/NBD model to tell who would buy again: log-loss {knowing:.4f} with them, "
            "{without:.4f} without (the difference is uncertain by {error:.4f}).",
            **figures,
        )
    else:
        sentence = tell_many(
            len(frames),
            "Tried on one earlier cutoff, knowing customers' attributes ({names}) did not clearly "
            "help the BG/NBD model to tell who would buy again: log-loss {knowing:.4f} with them, "
            "{without:.4f} without (the difference is uncertain by {error:.4f}), so they are not "
            "used.",
            "Tried on {n} earlier cutoffs, knowing customers' attributes ({names}) did not clearly "
            "help the BG/NBD model to tell who would buy again: log-loss {knowing:.4f} with them, "
            "{without:.4f} without (the difference is uncertain by {error:.4f}), so they are not "
            "used.",
            **figures,
        )
    check = Check("clv.attributes", True if kept else None, sentence, knowing, without)
    if not kept:
        return AttributeTrial(None, check, [])
    return AttributeTrial(fit_attributes(summary, attributes), check, known)


def trial_checks(trial: AttributeTrial, chosen: str) -> list[Check]:
    """Say whether attributes helped, whether they are used, and what their effects mean."""
    if trial.model is None:
        return [trial.check]
    candidate = trial.model.candidate
    if chosen != candidate.name:
        sentence = tell(
            "Although attributes helped the BG/NBD model, “{chosen}” did better on the earlier "
            "cutoffs, so the predictions do not know them.",
            chosen=chosen,
        )
        return [trial.check, Check("clv.attributes_used", None, sentence)]
    effects = trial.model.effects
    effects = effects.assign(clear=effects["effect"].abs() > SURE * effects["standard_error"])
    base = candidate.params
    told = [trial.check]
    for (attribute, level), rows in effects.groupby(["attribute", "level"], sort=False):
        if not rows["clear"].any():
            continue
        rate, more_a, more_b = np.exp(rows.set_index("parameter")["effect"][list(SIGNS)])
        usual = base["a"] / (base["a"] + base["b"])
        leaving = base["a"] * more_a / (base["a"] * more_a + base["b"] * more_b)
        sentence = tell(
            "Customers with {attribute} = {level} buy {rate:.2f} times as often as those with "
            "{attribute} = {other} while they stay, and {leaving:.0%} instead of {usual:.0%} "
            "leave for good after their next purchase.",
            attribute=str(attribute),
            level=str(level),
            rate=float(rate),
            other=trial.model.levels[str(attribute)][0],
            leaving=float(leaving),
            usual=float(usual),
        )
        told.append(Check("clv.attribute_effect", None, sentence, float(rate), 1.0))
    return told


def _surprises(
    plain: PurchaseModel, candidate: AttributedBGNBD, frame: pd.DataFrame
) -> tuple[float, float, float]:
    """Log-loss of buying again without and with attributes, and the difference's error."""
    days = float(frame["holdout_days"].iloc[0])
    bought = np.asarray(frame["holdout_frequency"] > 0, dtype=np.float64)
    without, knowing = (
        log_losses(model.predict(frame, days)["p_purchase"].to_numpy(), bought)
        for model in (plain, candidate)
    )
    error = (without - knowing).std() / np.sqrt(len(frame))
    return float(without.mean()), float(knowing.mean()), float(error)
