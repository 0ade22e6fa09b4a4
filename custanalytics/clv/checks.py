"""What a reader must know before relying on a customer value, as checks."""

from typing import Any

import numpy as np
import pandas as pd

from custanalytics.check import Check
from custanalytics.forecast import Forecast
from custanalytics.sentences import noted, tell, tell_many

FEWEST_TESTS = 3
LARGEST_ERROR = 0.20
FEWEST_HELD = 0.75
# a test over nearly the whole horizon is one of it
NEARLY_WHOLE = 0.9


def of_origins(origins: pd.DataFrame, horizon: float, level: float) -> list[Check]:
    """What forecasts made on earlier days, each over the longest time that is over, were worth."""
    return _of(origins, horizon, level, "revenue")


def of_purchases(origins: pd.DataFrame, horizon: float, level: float) -> list[Check]:
    """The same where purchases are counted, without money."""
    return _of(origins, horizon, level, "purchases")


def _of(origins: pd.DataFrame, horizon: float, level: float, of: str) -> list[Check]:
    rows = origins.loc[origins["longest"] & origins[f"{of}_error"].notna()]
    if len(rows) < FEWEST_TESTS:
        return [
            Check(
                "clv.tested",
                False,
                tell_many(
                    len(rows),
                    "The history is so short that the forecast could be tested on one earlier day "
                    "only.",
                    "The history is so short that the forecast could be tested on {n} earlier days "
                    "only.",
                    n=len(rows),
                ),
                float(len(rows)),
                float(FEWEST_TESTS),
            )
        ]
    return [*_spans(rows, horizon), _error(rows, of), _held(rows, level, of)]


def _spans(rows: pd.DataFrame, horizon: float) -> list[Check]:
    longest = float(rows["days"].max())
    whole = longest >= NEARLY_WHOLE * horizon
    figures = {"n": len(rows), "longest": longest, "horizon": horizon}
    return [
        Check(
            "clv.tested",
            True if whole else None,
            tell(
                "The same forecast was made as of {n} earlier days and held against what came, "
                "over up to {longest:.0f} days.",
                **figures,
            )
            if whole
            else tell(
                "The same forecast was made as of {n} earlier days and held against what came, "
                "over up to {longest:.0f} days; none of {horizon:.0f} days could be tested yet.",
                **figures,
            ),
            longest,
            horizon,
        )
    ]


def _error(rows: pd.DataFrame, of: str) -> Check:
    errors = rows[f"{of}_error"]
    usual = float(errors.abs().mean())
    at = int(errors.abs().argmax())
    worst = float(errors.iloc[at])
    figures = {"usual": usual, "worst": abs(worst), "day": rows["cutoff"].iloc[at].date()}
    return Check(
        "clv.error",
        usual <= LARGEST_ERROR,
        _off_in_purchases(worst, figures) if of == "purchases" else _off_in_revenue(worst, figures),
        usual,
        LARGEST_ERROR,
        noted("rule of thumb"),
    )


def _off_in_revenue(worst: float, figures: dict[str, Any]) -> str:
    if worst > 0:
        return tell(
            "Forecasts made as of earlier days were {usual:.0%} off in revenue on average. The "
            "worst, of {day}, expected {worst:.0%} more than came.",
            **figures,
        )
    return tell(
        "Forecasts made as of earlier days were {usual:.0%} off in revenue on average. The "
        "worst, of {day}, expected {worst:.0%} less than came.",
        **figures,
    )


def _off_in_purchases(worst: float, figures: dict[str, Any]) -> str:
    if worst > 0:
        return tell(
            "Forecasts made as of earlier days were {usual:.0%} off in purchases on average. The "
            "worst, of {day}, expected {worst:.0%} more than came.",
            **figures,
        )
    return tell(
        "Forecasts made as of earlier days were {usual:.0%} off in purchases on average. The "
        "worst, of {day}, expected {worst:.0%} less than came.",
        **figures,
    )


def _held(rows: pd.DataFrame, level: float, of: str) -> Check:
    held = rows[f"actual_{of}"].between(rows[f"{of}_low"], rows[f"{of}_high"])
    share = float(held.mean())
    return Check(
        "clv.interval_coverage",
        share >= FEWEST_HELD,
        tell(
            "What came in lay within the {level:.0%} interval in {held} of {n} of them.",
            level=level,
            held=int(held.sum()),
            n=len(held),
        ),
        share,
        FEWEST_HELD,
        noted("rule of thumb"),
    )


def of_margin(margin: float | None) -> list[Check]:
    """What the margin means for the figures."""
    if margin is not None:
        return []
    sentence = tell("No margin was given, so customer value is revenue, not profit.")
    return [Check("clv.margin", None, sentence)]


def parameter_table(forecast: Forecast) -> pd.DataFrame:
    """Parameters of the purchase model, with standard errors and units.

    One that the data do not fix has no value: where it ran to says nothing.
    """
    model = forecast.fitted.model
    rows = [
        (model.name, symbol, value, model.standard_errors[symbol], model.units.get(symbol, ""))
        for symbol, value in model.params.items()
    ]
    table = pd.DataFrame(rows, columns=["model", "parameter", "value", "standard_error", "unit"])
    loose = ~(table["standard_error"] < table["value"].abs())
    table.loc[loose, ["value", "standard_error"]] = np.nan
    return table
