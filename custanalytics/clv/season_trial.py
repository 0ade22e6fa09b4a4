"""Does knowing the course of the year help? Tried on holdouts, kept only where it does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from custanalytics.check import Check
from custanalytics.clv.comparison import MODELS, compare_on_holdouts
from custanalytics.clv.holdouts import cutoff_of, usable_holdouts
from custanalytics.clv.season import MIN_MONTHS, MONTHS, Season, whole_months, yearly_season
from custanalytics.clv.validation import mean_scores
from custanalytics.customers.summary import observation_period
from custanalytics.sentences import tell, tell_many
from custanalytics.transactions import HasEngine, as_engine

NO_SEASON = Season((1.0,) * MONTHS)


@dataclass(frozen=True)
class SeasonTrial:
    """What became of the course of the year.

    Attributes
    ----------
    season : Season or None
        To predict with; None where it is not known, could not be tried or did not help.
    holdouts : list of DataFrame
        The holdouts to validate on: on the season's clock as it was known at each cutoff
        where there is a season, else as they were given.
    check : Check
        What to tell the reader.
    """

    season: Season | None
    holdouts: list[pd.DataFrame]
    check: Check


def try_season(
    transactions: pd.DataFrame | HasEngine,
    holdouts: Sequence[pd.DataFrame],
    observation_end: date | None = None,
    models: Sequence[str] = MODELS,
) -> SeasonTrial:
    """Hold predictions that know the course of the year against predictions that do not.

    The season of a holdout is estimated on the sales up to its cutoff, so only holdouts
    with two whole years before them can tell.

    Parameters
    ----------
    transactions : DataFrame or loaded ledger
        As for `custanalytics.customers.summary.customer_summary`.
    holdouts : sequence of DataFrame
        Oldest first, as `rolling_holdouts` gives them.
    observation_end : date, optional
        Last day that counts; by default the last day in the data.
    models : sequence of str
        Names of models, beside the rules of thumb.

    Returns
    -------
    SeasonTrial
    """
    engine = as_engine(transactions)
    first, last = observation_period(engine)
    end = min(observation_end or last, last)
    season = yearly_season(engine, end)
    frames = usable_holdouts(holdouts)
    if season is None:
        return SeasonTrial(None, frames, _unknown(len(whole_months(first, end))))
    known = [yearly_season(engine, cutoff_of(frame).date()) for frame in frames]
    plain = [frame for frame, then in zip(frames, known, strict=True) if then]
    if not plain:
        return SeasonTrial(None, frames, _untried(season))
    on_clock = [
        (then or NO_SEASON).applied(frame) for frame, then in zip(frames, known, strict=True)
    ]
    seasonal = [frame for frame, then in zip(on_clock, known, strict=True) if then]
    without, knowing = (
        float(mean_scores(compare_on_holdouts(tried, models, None, 0).table).min())
        for tried in (plain, seasonal)
    )
    helped = knowing < without
    check = _tried(season, len(plain), knowing, without)
    return SeasonTrial(season if helped else None, on_clock if helped else frames, check)


def _unknown(months: int) -> Check:
    if months < MIN_MONTHS:
        sentence = tell_many(
            months,
            "One whole month of history is too little to tell seasons from growth (two years would "
            "do), so the predictions know no season.",
            "{n} whole months of history are too few to tell seasons from growth (two years would "
            "do), so the predictions know no season.",
            n=months,
        )
        return Check("clv.season", None, sentence, float(months), float(MIN_MONTHS))
    sentence = tell(
        "There are too few repeat purchases in a month to tell seasons from chance, so the "
        "predictions know no season."
    )
    return Check("clv.season", None, sentence)


def _untried(season: Season) -> Check:
    most, least = max(season.factors), min(season.factors)
    sentence = tell(
        "Purchases follow a course of the year ({most:+.0%} in the strongest month, {least:+.0%} "
        "in the weakest), but no holdout has two years before it to try it on, so the predictions "
        "know no season.",
        most=most - 1,
        least=least - 1,
    )
    return Check("clv.season", None, sentence, most - 1)


def _tried(season: Season, holdouts: int, knowing: float, without: float) -> Check:
    most, least = max(season.factors), min(season.factors)
    figures = {
        "most": most - 1,
        "least": least - 1,
        "n": holdouts,
        "knowing": knowing,
        "without": without,
    }
    if knowing < without:
        sentence = tell_many(
            holdouts,
            "Predictions follow the course of the year: {most:+.0%} purchases in the strongest "
            "month, {least:+.0%} in the weakest. Tried on one holdout, that lowered the error from "
            "{without:.3f} to {knowing:.3f} (in shares of actual purchases).",
            "Predictions follow the course of the year: {most:+.0%} purchases in the strongest "
            "month, {least:+.0%} in the weakest. Tried on {n} holdouts, that lowered the error "
            "from {without:.3f} to {knowing:.3f} (in shares of actual purchases).",
            **figures,
        )
    else:
        sentence = tell_many(
            holdouts,
            "The course of the year ({most:+.0%} purchases in the strongest month, {least:+.0%} in "
            "the weakest) was tried on one holdout and did not help (error {knowing:.3f} with it, "
            "{without:.3f} without, in shares of actual purchases), so the predictions know no "
            "season.",
            "The course of the year ({most:+.0%} purchases in the strongest month, {least:+.0%} in "
            "the weakest) was tried on {n} holdouts and did not help (error {knowing:.3f} with it, "
            "{without:.3f} without, in shares of actual purchases), so the predictions know no "
            "season.",
            **figures,
        )
    return Check("clv.season", True if knowing < without else None, sentence, knowing, without)
