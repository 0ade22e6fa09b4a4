"""The one place that knows the order: load, compute, write, render."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from custanalytics import __version__
from custanalytics.checks import Check
from custanalytics.clv import (
    CustomerValue,
    customer_value,
    fit,
    last_year_holdouts,
    rolling_holdouts,
    tracked_value,
    try_season,
)
from custanalytics.cohorts import cohort_retention
from custanalytics.concentration import revenue_concentration
from custanalytics.decisions import segment_decisions
from custanalytics.display.document import build
from custanalytics.engine import HasEngine
from custanalytics.errors import ModelError, UnsupportedError, UsageError
from custanalytics.exports import write_exports
from custanalytics.overview import business_overview
from custanalytics.propensity import repeat_purchase
from custanalytics.propensity.candidates import Rival
from custanalytics.report import publish, read_brand, render, stage, template
from custanalytics.results import AnalysisResults, Settings, read_results, write_results
from custanalytics.rfm import RFM, rfm_segmentation, segment_migration
from custanalytics.source import Ledger, load
from custanalytics.summary import customer_summary, observation_period

Step = Callable[[str], AbstractContextManager[Any]]
T = TypeVar("T")

FORMATS = ("html", "pdf")
TEMPLATE = "customer-value"
MIGRATION_DAYS = 90
_SILENT_DAYS = 31
# the quickest of the purchase models: it is fitted again at every cutoff
RIVAL = "BG/NBD"


@dataclass(frozen=True)
class Report:
    """A finished report folder.

    Attributes
    ----------
    results : AnalysisResults
        What was computed.
    files : dict
        Format or role (``html``, ``pdf``, ``customers_csv`` ...) -> path in the folder.
    """

    results: AnalysisResults
    files: dict[str, Path]


def run(
    sources: Sequence[Path | str],
    out: Path | str = "report",
    *,
    as_of: date | None = None,
    formats: Sequence[str] = FORMATS,
    renderer: str = "auto",
    load_options: Mapping[str, Any] | None = None,
    step: Step = lambda _: nullcontext(),
    **settings: Any,
) -> Report:
    """Make a report folder from a sales export: what ``custanalytics run`` does.

    The folder is complete or, whatever happens on the way, as it was before.

    Parameters
    ----------
    sources : sequence of path
        The files of one sales export.
    out : path
        The report folder to make or renew.
    as_of : date, optional
        Last day that counts; by default the last day in the data.
    formats : sequence of str
        Of ``"html"`` and ``"pdf"``.
    renderer : str
        ``"auto"``, ``"embedded"`` or ``"quarto"``.
    load_options : mapping, optional
        Arguments of `custanalytics.load`, such as ``mapping``.
    step : callable, optional
        Called with each step's name; returns a context manager that is held while it runs.
    **settings
        Fields of `custanalytics.results.Settings`, such as ``client`` or ``margin``.

    Returns
    -------
    Report
        The results and the files.

    Raises
    ------
    CustAnalyticsError
        Any branch of the error tree; its message says what to do.
    """
    out = Path(out)
    with publish(out) as folder:
        with step("Reading the sales"):
            ledger = load(sources, as_of=as_of, **(load_options or {}))
        results = analyse(ledger, as_of=as_of, step=step, **settings)
        with step("Writing results and lists"):
            write_results(results, folder / "results")
            files = {"mapping": folder / "mapping.toml"} | write_exports(results, folder)
            ledger.mapping.save(folder / "mapping.toml")
        with step("Writing the report"):
            files = _write_report(results, folder, formats, renderer) | files
    return Report(results, {role: out / path.relative_to(folder) for role, path in files.items()})


def rerender(
    folder: Path | str, formats: Sequence[str] = FORMATS, renderer: str = "auto"
) -> dict[str, Path]:
    """Render a report folder again from its results, keeping what was edited in it.

    Parameters
    ----------
    folder : path
        A folder that `run` made.
    formats : sequence of str
        Of ``"html"`` and ``"pdf"``.
    renderer : str
        ``"auto"``, ``"embedded"`` or ``"quarto"``.

    Returns
    -------
    dict
        Format -> path.

    Raises
    ------
    SourceError
        The folder holds no results.
    RenderError
        The document can't be rendered; the rendered files stay as they were.
    """
    folder = Path(folder)
    return _write_report(read_results(folder / "results"), folder, formats, renderer)


def analyse(
    ledger: Ledger,
    *,
    as_of: date | None = None,
    step: Step = lambda _: nullcontext(),
    **settings: Any,
) -> AnalysisResults:
    """Run every analysis that the data supports.

    Parameters
    ----------
    ledger : Ledger
        What `custanalytics.source.load` returned.
    as_of : date, optional
        Last day that counts; by default the last day in the data.
    step : callable, optional
        Called with each step's name; returns a context manager that is held while it runs.
    **settings
        Fields of `custanalytics.results.Settings` other than the defaults.

    Returns
    -------
    AnalysisResults
        Analyses that the data does not support are None, the reason in ``skipped``.

    Raises
    ------
    UsageError
        `as_of` is before the first sale.
    """
    first_day, last_day = observation_period(ledger)
    end = as_of or last_day
    if end < first_day:
        raise UsageError(f"--as-of {end} is before the first sale on {first_day}")
    chosen = Settings(
        observation_end=end, currency=ledger.currency or "", version=__version__, **settings
    )
    loaded: dict[str, Any] = {
        "settings": chosen,
        "ledger": ledger.report,
        "mapping": ledger.mapping.columns,
        "findings": ledger.findings,
        "ledger_checks": (*ledger.checks, *_silence(last_day, end)),
    }
    skipped: dict[str, str] = {}

    def attempt(name: str, compute: Callable[[], T]) -> T | None:
        try:
            return compute()
        except UnsupportedError as reason:
            skipped[name] = str(reason)
            return None
        except (np.linalg.LinAlgError, FloatingPointError) as error:
            raise ModelError(
                f"the {name} model failed on these sales ({error}); another --as-of, "
                "--horizon-days or --window-days may do"
            ) from error

    with step("Measuring the business"):
        business = attempt("overview", lambda: business_overview(ledger, end))
    with step("Grouping customers"):
        summary = attempt("customers", lambda: customer_summary(ledger, end))
        if summary is None:
            return AnalysisResults(**loaded, overview=business, skipped=skipped)
        spread = attempt("concentration", lambda: revenue_concentration(summary))
        groups = attempt("rfm", lambda: rfm_segmentation(summary))
        back = attempt("cohorts", lambda: cohort_retention(ledger, end))
        earlier = end - timedelta(days=MIGRATION_DAYS)
        before = attempt("migration", lambda: _segments_before(ledger, first_day, earlier))
    with step("Estimating customer value"):
        worth = attempt("value", lambda: _value(ledger, summary, chosen))
        value, tracking = worth or (None, None)
    with step("Estimating who buys next"):
        propensity = attempt(
            "propensity",
            lambda: repeat_purchase(
                ledger,
                window_days=chosen.window_days,
                observation_end=end,
                seed=chosen.seed,
                contact_cost=chosen.contact_cost,
                conversion_value=chosen.conversion_value,
                rivals={RIVAL: _purchase_model(ledger, chosen.window_days)},
            ),
        )
    customers = _scored(summary, groups, spread, value, propensity)
    return AnalysisResults(
        **loaded,
        overview=business,
        concentration=spread,
        rfm=groups,
        migration=segment_migration(before, groups) if before and groups else None,
        migration_from=earlier if before and groups else None,
        cohorts=back,
        value=value,
        tracking=tracking,
        propensity=propensity,
        customers=customers,
        decisions=segment_decisions(groups, customers, value) if groups else None,
        skipped=skipped,
    )


def _write_report(
    results: AnalysisResults, folder: Path, formats: Sequence[str], renderer: str
) -> dict[str, Path]:
    source = template(TEMPLATE)
    brand = read_brand(folder if (folder / "_brand.yml").exists() else source)
    stage(build(results, brand.colors), source, folder)
    return render(folder, formats, renderer, results.settings.made_on)


def _value(
    ledger: Ledger, summary: pd.DataFrame, chosen: Settings
) -> tuple[CustomerValue, pd.DataFrame | None]:
    end = chosen.observation_end
    holdouts = rolling_holdouts(ledger, end, chosen.horizon_days)
    trial = try_season(ledger, holdouts, end, seed=chosen.seed)
    value = customer_value(
        summary,
        horizon_days=chosen.horizon_days,
        annual_discount_rate=chosen.annual_discount_rate,
        margin=chosen.margin,
        seed=chosen.seed,
        holdout=trial.holdouts,
        season=trial.season,
        season_check=trial.check,
        last_years=last_year_holdouts(ledger, end, chosen.horizon_days),
    )
    return value, tracked_value(ledger, value, trial.holdouts)


def _purchase_model(sales: pd.DataFrame | HasEngine, window_days: int) -> Rival:
    """What the model of customer value says of buying in a window, as seen on a day."""

    def propensity(cutoff: date) -> pd.DataFrame:
        try:
            seen = customer_summary(sales, cutoff)
            predicted = fit(RIVAL, seen).predict(seen, window_days)
        except UnsupportedError:  # too few came back by then: no answer for that day
            return pd.DataFrame({"customer_id": [], "propensity": []})
        return predicted.rename(columns={"p_purchase": "propensity"})

    return propensity


def _silence(last_day: date, end: date) -> tuple[Check, ...]:
    days = (end - last_day).days
    if days <= _SILENT_DAYS:
        return ()
    return (
        Check(
            "ledger.as_of",
            None,
            f"The last sale is on {last_day}, {days} days before the day the report looks from: "
            "every customer counts as silent since then.",
            value=days,
            threshold=_SILENT_DAYS,
        ),
    )


def _segments_before(ledger: Ledger, first_day: date, earlier: date) -> RFM:
    if earlier < first_day:
        raise UnsupportedError(
            f"the data begins on {first_day}, less than {MIGRATION_DAYS} days before its end, so "
            "there is no earlier state to compare the segments with"
        )
    return rfm_segmentation(customer_summary(ledger, earlier))


def _scored(summary: pd.DataFrame, *analyses: Any) -> pd.DataFrame:
    scored = summary
    for analysis in analyses:
        if analysis is not None:
            fresh = [
                column
                for column in analysis.customers.columns
                if column == "customer_id" or column not in scored.columns
            ]
            scored = scored.merge(analysis.customers[fresh], on="customer_id", how="left")
    return scored
