"""Results for the display tests: real analyses of small made-up shops, hand-made forecasts."""

import functools
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from custanalytics.check import Check
from custanalytics.clv.checks import of_origins
from custanalytics.config import Settings
from custanalytics.customers.cohorts import cohort_retention
from custanalytics.customers.concentration import revenue_concentration
from custanalytics.customers.overview import business_overview
from custanalytics.customers.rfm import RFM_SEGMENTS, rfm_segmentation, segment_migration
from custanalytics.customers.summary import customer_summary
from custanalytics.errors import UnsupportedError
from custanalytics.forecast.blending import CANDIDATES
from custanalytics.propensity.checks import calibrated as calibrated_check
from custanalytics.propensity.checks import ranked
from custanalytics.prospects.learning import fit_lead_scoring
from custanalytics.results.action_plan import (
    Terms,
    names_to_call,
    planned,
    ranked_actions,
    step_of,
)
from custanalytics.results.decisions import drawn_groups, segment_decisions
from custanalytics.results.key_findings import key_findings
from custanalytics.results.store import AnalysisResults
from custanalytics.results.value_trust import trusted, value_trust
from custanalytics.revenue.by_group import revenue_by_groups
from custanalytics.revenue.change import revenue_change
from custanalytics.revenue.first_orders import first_order_drivers
from custanalytics.revenue.next_products import rules_of_next
from custanalytics.sentences import tell
from custanalytics.transactions import as_engine
from tests.trials.leads import leads

LEAVING = tell(
    "Between {low:.0%} and {high:.0%} of new customers leave for good within a year.",
    low=0.2,
    high=0.3,
)
HOSTILE = "*<b>|x|</b>* {{< var a.b >}} [l](u) $1$ `c`"


def shop(seed: int = 1, customers: int = 60) -> pd.DataFrame:
    """Sixteen months of sales that end in the middle of a month, some without a customer."""
    random = np.random.default_rng(seed)
    lines = []
    for i in range(customers):
        day = pd.Timestamp("2024-01-01") + pd.Timedelta(days=int(random.integers(0, 400)))
        while day <= pd.Timestamp("2025-04-10"):
            lines.append(
                (f"c{i}" if i else HOSTILE, day, round(float(random.lognormal(4, 0.5)), 2))
            )
            day += pd.Timedelta(days=int(random.exponential(60)) + 1)
    frame = pd.DataFrame(lines, columns=["customer_id", "ordered_at", "amount"])
    without = frame.iloc[::9].assign(customer_id=None)
    back = frame.iloc[::25].assign(amount=lambda rows: -rows["amount"] / 2)
    last = frame.iloc[:1].assign(ordered_at=pd.Timestamp("2025-04-10"))
    return pd.concat([frame, without, back, last], ignore_index=True)


def origins(good: bool = True) -> pd.DataFrame:
    """Three earlier days; where they were bad, revenue was missed by four tenths."""
    n = 3
    actual = np.array([4000.0, 4500.0, 5000.0])
    expected = actual * ([0.92, 1.05, 1.08] if good else [1.4, 1.3, 0.55])
    table = {
        "cutoff": pd.to_datetime(["2024-10-10", "2024-11-10", "2025-01-10"]),
        "days": [182.0, 91.0, 91.0],
        "longest": [True] * n,
    }
    for name, came, said in (
        ("buyers", actual / 200, expected / 200),
        ("purchases", actual / 50, expected / 50),
        ("revenue", actual, expected),
    ):
        table |= {
            f"actual_{name}": came,
            f"expected_{name}": said,
            f"{name}_low": said * 0.8,
            f"{name}_high": said * 1.25,
            f"{name}_error": said / came - 1,
        }
    return pd.DataFrame(table).assign(carried_purchases=200.0, carried_revenue=9000.0)


def forecast(customers: pd.Series, *, good: bool = True, margin: float | None = 0.4):
    """A forecast of value; a bad one was far off as of earlier days."""
    n = len(customers)
    return SimpleNamespace(
        customers=pd.DataFrame(
            {"customer_id": customers, "clv": np.linspace(1, 100, n), "expected_purchases": 2.0}
        ),
        totals=pd.DataFrame(
            {
                "customers": [n],
                "buyers": [40.0],
                "buyers_low": [34.0],
                "buyers_high": [46.0],
                "expected_purchases": [321.0],
                "purchases_low": [250.0],
                "purchases_high": [400.0],
                "revenue": [23456.0],
                "revenue_low": [20000.0],
                "revenue_high": [27000.0],
                "clv": [9000.0],
                "clv_low": [8000.0],
                "clv_high": [10000.0],
            }
        ),
        new_customer={
            "first_order_value": 60.0,
            "repeat_revenue": 140.0,
            "clv": 50.0,
            "supported_acquisition_cost": 74.0,
            "tested_customers": 33.0,
            "tested_mean": 150.0,
            "tested_median": 90.0,
            "left_out_days": 28.0,
        },
        payback=pd.DataFrame(
            {"month": range(13), "cumulative_margin": np.linspace(24.0, 74.0, 13)}
        ),
        parameters=pd.DataFrame(
            {
                "model": ["Pareto/NBD"] * 2,
                "parameter": ["r", "s"],
                "value": [0.243, np.nan],
                "standard_error": [0.05, np.nan],
            }
        ),
        origins=origins(good),
        tenths=pd.DataFrame(
            {
                "tenth": range(1, 11),
                "customers": 6,
                "expected_share": np.linspace(0.19, 0.01, 10),
                "actual_share": np.linspace(0.155, 0.045, 10),
            }
        ),
        weights=pd.DataFrame(
            {
                "part": ["ranking", "ranking", "level of money"],
                "candidate": [CANDIDATES[1], CANDIDATES[0], CANDIDATES[0]],
                "weight": [0.3, 0.7, 1.0],
            }
        ),
        params={
            "horizon_days": 365,
            "asked_days": 365,
            "annual_discount_rate": 0.1,
            "margin": margin,
            "level": 0.9,
        },
        checks=(
            Check("forecast.leaving", True, LEAVING),
            *of_origins(origins(good), 365, 0.9),
        ),
    )


def likely(customers: pd.Series, *, calibrated: bool = True, window: int = 90):
    """Probabilities of a next purchase."""
    n = len(customers)
    rate = np.linspace(0.9, 0.1, 10)
    bought = np.arange(60) % 2 == 0
    deciles = pd.DataFrame(
        {
            "decile": range(1, 11),
            "n": 6,
            "converted": (rate * 6).round().astype(int),
            "rate": rate,
            "rate_low": rate - 0.05,
            "rate_high": rate + 0.05,
            "mean_propensity": rate,
            "lift": rate * 2,
            "cumulative_gain": np.linspace(0.2, 1, 10),
        }
    )
    profit = pd.DataFrame(
        {
            "contacted": [0, 20, n],
            "expected_profit": [0.0, 120.0, 80.0],
            "profit_low": [0.0, 80.0, 10.0],
            "profit_high": [0.0, 160.0, 150.0],
            "best": [False, True, False],
            "best_lower_value": [False, True, False],
        }
    )
    return SimpleNamespace(
        customers=pd.DataFrame(
            {
                "customer_id": customers,
                "propensity": np.linspace(0.95, 0.05, n),
                "propensity_low": np.linspace(0.9, 0.0, n),
                "propensity_high": np.linspace(1.0, 0.1, n),
                "expected_revenue": np.linspace(90.0, 4.0, n),
                "typical_order": 22.0,
                "usual_gap_days": 30.0,
                "days_since_last_purchase": range(n),
                "expected_next_order": pd.Timestamp("2025-05-01"),
                "late": np.arange(n) % 7 == 0,
                "usual_spend": 66.0,
                "revenue_at_risk": np.where(np.arange(n) % 7 == 0, 55.0, 0.0),
            }
        ),
        origins=origins().assign(days=91.0),
        deciles=deciles,
        reliability=pd.DataFrame(
            {
                "prob_pred": rate[::-1],
                "prob_true": rate[::-1],
                "n": 6,
                "low": rate[::-1] - 0.05,
                "high": rate[::-1] + 0.05,
            }
        ),
        profit=profit,
        figures={
            "customers": float(n),
            "expected_buyers": 30.0,
            "expected_buyers_low": 24.0,
            "expected_buyers_high": 36.0,
            "expected_revenue": 2345.0,
            "late_customers": float((np.arange(n) % 7 == 0).sum()),
            "late_usual_spend": 600.0,
            "revenue_at_risk": 495.0,
            "late_factor": 2.5,
            "gone_factor": 6.0,
        },
        window_days=window,
        params={"level": 0.9},
        checks=(
            calibrated_check(bought, np.where(bought, *((1.0, 0.0) if calibrated else (0.6, 0.1)))),
            ranked(deciles),
        ),
    )


def results_of(lines: pd.DataFrame, **changes):
    """What the pipeline would hand to display for these transactions."""
    engine = as_engine(lines)
    segments = changes.pop("segments", RFM_SEGMENTS)
    skipped: dict[str, str] = {}

    def attempt(name, compute):
        try:
            return compute()
        except UnsupportedError as reason:
            skipped[name] = str(reason)
            return None

    overview = business_overview(engine)
    end = overview.observation_end
    found = {
        "overview": overview,
        "concentration": None,
        "rfm": None,
        "cohorts": None,
        "value": None,
        "propensity": None,
        "prospects": None,
        "prospect_list": None,
        "migration": None,
        "migration_from": None,
        "customers": None,
        "value_trust": (),
        "decisions": None,
        "actions": None,
        "plan_names": None,
    }
    summary = attempt("customers", lambda: customer_summary(engine))
    if summary is not None:
        groups = rfm_segmentation(summary, segments)
        found |= {
            "concentration": attempt("concentration", lambda: revenue_concentration(summary)),
            "rfm": groups,
            "cohorts": attempt("cohorts", lambda: cohort_retention(engine)),
        }
        found |= {
            name: make(summary["customer_id"]) for name, make in changes.pop("with_", {}).items()
        }
        for name in {"value", "propensity"} - {n for n in found if found[n] is not None}:
            skipped[name] = f"there is too little data for {name}"
        customers = summary
        for part in (groups, found["value"], found["propensity"]):
            if part is not None:
                fresh = [
                    c for c in part.customers if c == "customer_id" or c not in customers.columns
                ]
                customers = customers.merge(part.customers[fresh], on="customer_id", how="left")
        worth = None
        if found["value"] is not None:
            worth = customers.groupby("segment", as_index=False)["clv"].sum()
            worth = worth.assign(clv_low=worth["clv"] * 0.8, clv_high=worth["clv"] * 1.2)
        decisions = segment_decisions(groups, customers, worth)
        customers = customers.assign(group=drawn_groups(customers, decisions, 0))
        steps, expected = step_of(customers, decisions), None
        if found["propensity"] is not None:
            contacted = customers.loc[customers["group"] == "contact"]
            money = contacted.groupby(steps)["expected_revenue"].sum()
            expected = pd.DataFrame({"step": money.index, "revenue": money.to_numpy()})
            expected = expected.assign(
                revenue_low=expected["revenue"] * 0.8, revenue_high=expected["revenue"] * 1.2
            )
        margin = None if found["value"] is None else found["value"].params["margin"]
        terms = Terms(changes.pop("contact_cost", None), margin)
        actions = ranked_actions(decisions, customers, steps, expected, terms, groups)
        customers = customers.assign(**planned(customers, steps, actions))
        found |= {
            "value_trust": value_trust(found["value"]) if found["value"] else (),
            "customers": customers,
            "decisions": decisions,
            "actions": actions,
            "plan_names": names_to_call(customers),
        }
        since = date.fromordinal(end.toordinal() - 90)
        before = attempt(
            "migration", lambda: rfm_segmentation(customer_summary(engine, since), segments)
        )
        if before is not None:
            found |= {
                "migration": segment_migration(before, groups),
                "migration_from": since,
            }
    found["key_findings"] = key_findings(
        overview,
        found["concentration"],
        found["cohorts"],
        summary,
        found["value"] if trusted(found["value_trust"]) else None,
    )
    read = len(lines) + 3
    ledger = SimpleNamespace(
        rows_read=read,
        rows_used=len(lines),
        rows_set_aside={"zero_amount": 2},
        rows_unreadable=1,
        reconciliation=pd.DataFrame(
            {
                "reason": ["used", "zero_amount", "unreadable"],
                "meaning": ["used in the customer analyses", "an amount of zero", "unreadable"],
                "rows": [len(lines), 2, 1],
                "amount": [float(lines["amount"].sum()), 0.0, np.nan],
                "share": [len(lines) / read, 2 / read, 1 / read],
            }
        ),
        states=pd.DataFrame(
            {
                "column": ["Κατάσταση"],
                "value": ["εντάξει"],
                "rows": [391],
                "amount": [21000.0],
                "taken_for": ["sale"],
                "why": ["a known word"],
            }
        ),
        warnings=("2 rows come to zero.",),
    )
    settings = Settings(
        observation_end=end,
        made_on=date(2025, 5, 1),
        command="custanalytics run shop.csv",
        **changes.pop("settings", {"currency": "GBP"}),
    )
    return AnalysisResults(
        settings=settings,
        ledger=ledger,
        mapping={"customer_id": HOSTILE, "amount": "Total"},
        findings=None,
        ledger_checks=(Check("source.zero", None, "2 rows come to zero."),),
        skipped=skipped,
        **(found | changes),
    )


def one_order() -> pd.DataFrame:
    """The smallest shop: one customer, one order."""
    return pd.DataFrame(
        {"customer_id": ["a"], "ordered_at": pd.to_datetime(["2024-01-05"]), "amount": [12.0]}
    )


def once_each() -> pd.DataFrame:
    """Forty customers who each bought once, over three months."""
    days = pd.date_range("2024-01-01", periods=40, freq="2D")
    return pd.DataFrame(
        {"customer_id": [f"c{i}" for i in range(40)], "ordered_at": days, "amount": range(10, 50)}
    )


def one_day() -> pd.DataFrame:
    """Nine customers, all on one day."""
    return once_each().iloc[:9].assign(ordered_at=pd.Timestamp("2024-01-05"))


def nobody() -> pd.DataFrame:
    """Two years of sales without any customer."""
    return shop().assign(customer_id=None)


def bought() -> pd.DataFrame:
    """Two and a half years of goods: who begins with soap comes back, for soap and then a brush."""
    random = np.random.default_rng(3)
    lines = []
    for i in range(1200):
        soap, start = i % 3 == 0, pd.Timestamp("2022-11-01") + pd.Timedelta(days=i // 2)
        again = random.random() < (0.8 if soap else 0.3)
        visits = [HOSTILE if soap else ["comb", "towel"][i % 2]]
        visits += [HOSTILE if soap and i % 2 else "brush", "brush" if soap else "comb"] * again
        for visit, goods in enumerate(visits):
            day = start + pd.Timedelta(days=40 * visit)
            lines.append((f"c{i}", day, goods, 8.0 + 2 * soap + i % 5, 1, "GR" if i % 4 else "FR"))
    columns = ["customer_id", "ordered_at", "product", "amount", "quantity", "country"]
    frame = pd.DataFrame(lines, columns=columns)
    back = frame.loc[frame["product"] == "brush"].iloc[::8]
    return pd.concat([frame, back.assign(amount=-back["amount"])], ignore_index=True)


@functools.cache
def of_what_they_buy() -> dict[str, object]:
    """The results of `bought`, by their names in AnalysisResults."""
    engine, end = as_engine(bought()), date(2025, 3, 31)
    return {
        "revenue_groups": revenue_by_groups(engine, end),
        "first_orders": first_order_drivers(engine, end),
        "next_products": rules_of_next(engine, end),
        "revenue_change": revenue_change(engine, date(2024, 10, 31)),
    }


@pytest.fixture(scope="session")
def rich():
    """Every analysis there, every check passed."""
    models = {"value": forecast, "propensity": likely}
    return results_of(shop(), with_=models, **of_what_they_buy())


@pytest.fixture(scope="session")
def with_prospects(rich):
    """Prospects scored, a fifth of the list left alone, and no customers to contact."""
    scoring, _ = fit_lead_scoring(leads(400), contact_cost=5.0, conversion_value=40.0)
    listed = scoring.prospects.assign(group="contact")
    listed.loc[listed.index[::5], "group"] = "control"
    return replace(rich, prospects=scoring, prospect_list=listed, actions=None)


@pytest.fixture(scope="session")
def doubtful():
    """Forecasts that failed their tests, no margin, German figures."""
    return results_of(
        shop(),
        with_={
            "value": lambda ids: forecast(ids, good=False, margin=None),
            "propensity": lambda ids: likely(ids, calibrated=False),
        },
        settings={"currency": "EUR", "locale": "en_DE"},
    )


@pytest.fixture(
    scope="session", params=["rich", "doubtful", "one_order", "once_each", "one_day", "nobody"]
)
def any_results(request):
    """Results of very different shops."""
    if request.param in ("rich", "doubtful"):
        return request.getfixturevalue(request.param)
    return results_of(globals()[request.param]())
