"""Who bought after given days, and for how much."""

from datetime import date

import pandas as pd

from custanalytics.engine import Engine


def prepare(engine: Engine) -> None:
    """Reduce the ledger to the table of money movements that outcomes are read from."""
    engine.keep("propensity_movements", "propensity_movements")


def outcomes_after(engine: Engine, cutoffs: list[date], window_days: int) -> pd.DataFrame:
    """Who bought in the window after each cutoff, and for how much."""
    days = pd.DataFrame({"cutoff": pd.to_datetime(pd.Series(cutoffs))})
    engine.write("propensity_days", days)
    engine.keep("propensity_cutoffs", "propensity_cutoffs")
    return engine.run("propensity_outcomes", window_days=window_days)
