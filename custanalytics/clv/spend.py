"""Which model of spend per purchase the data allow."""

import numpy as np
import pandas as pd

from custanalytics.check import Check
from custanalytics.clv.validation import Spend, spearman
from custanalytics.sentences import Sentence, noted, tell
from custanalytics.value_models.gamma_gamma import GammaGamma
from custanalytics.value_models.inputs import MIN_REPEAT_BUYERS, checked
from custanalytics.value_models.mean_spend import MeanSpend

MAX_SPEND_CORRELATION = 0.30
MIN_SPEND_VARIATION = 0.01


def spend_model(summary: pd.DataFrame) -> tuple[Spend, list[Check]]:
    """Fit the gamma-gamma model where spend allows it, else take a plain mean."""
    frame = checked(summary)
    again = frame[frame["frequency"] > 0]
    usable = again[again["monetary_value"] > 0]
    checks = []
    left_out = len(again) - len(usable)
    if left_out:
        checks.append(
            Check(
                "clv.spend_positive",
                None,
                tell(
                    "{n:,} of {all:,} repeat buyers had returns that came to as much as their "
                    "repeat purchases; they are left out of the fit of spend and expected to spend "
                    "little.",
                    n=left_out,
                    all=len(again),
                ),
                float(left_out),
            )
        )
    money = usable["monetary_value"].to_numpy(np.float64)
    variation = float(money.std() / money.mean()) if len(money) else 0.0

    def fallback(
        sentence: Sentence, value: float, bound: float, source: str = ""
    ) -> tuple[Spend, list[Check]]:
        check = Check("clv.spend_model", False, sentence, value, bound, source)
        return MeanSpend.fitted(frame), [*checks, check]

    if len(usable) < MIN_REPEAT_BUYERS:
        few = tell(
            "Only {n:,} customers have a positive spend on repeat purchases, below "
            "{fewest}: each customer's mean spend is used instead of a model.",
            n=len(usable),
            fewest=MIN_REPEAT_BUYERS,
        )
        return fallback(few, float(len(usable)), float(MIN_REPEAT_BUYERS))
    if variation < MIN_SPEND_VARIATION:
        same = tell(
            "Customers spend practically the same per purchase (standard deviation "
            "{variation:.1%} of the mean): the mean is used instead of a model.",
            variation=variation,
        )
        return fallback(same, variation, MIN_SPEND_VARIATION)
    model = GammaGamma.fitted(frame)
    q = model.params["q"]
    if not model.converged or q <= 1:
        no_mean = (
            tell(
                "The gamma-gamma model of spend has no finite mean (q = {q:.2f}, needed: above "
                "1): each customer's mean spend is used instead.",
                q=q,
            )
            if model.converged
            else tell(
                "The gamma-gamma model of spend did not converge: each customer's mean spend "
                "is used instead."
            )
        )
        return fallback(no_mean, q, 1.0, "Fader, Hardie (2013)")
    related = spearman(usable["frequency"].to_numpy(np.float64), money)
    independent = bool(abs(related) <= MAX_SPEND_CORRELATION) if np.isfinite(related) else None
    checks.append(
        Check(
            "clv.spend_independent",
            independent,
            tell(
                "How often customers buy and how much they spend per purchase have a rank "
                "correlation of {related:.2f}; the model of spend assumes none, so values of "
                "frequent buyers lean to one side.",
                related=related,
            )
            if independent is False
            else tell(
                "How often customers buy and how much they spend per purchase have a rank "
                "correlation of {related:.2f}; the model of spend assumes none.",
                related=related,
            ),
            related,
            MAX_SPEND_CORRELATION,
            noted("rule of thumb"),
        )
    )
    return model, checks
