"""The forecast: one model of the future, asked for any horizon, customer or group."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from scipy.interpolate import RegularGridInterpolator
from scipy.stats import norm
from scipy.stats import t as student

from custanalytics.check import Check
from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.forecast.backtest import group_factor
from custanalytics.forecast.chance import CHANCES_OFF
from custanalytics.forecast.learning import Fitted
from custanalytics.forecast.newcomers import Newcomers
from custanalytics.sentences import tell
from custanalytics.shown import Shown
from custanalytics.value_models.inputs import Codes, Floats

# below, a smaller dispersion makes no difference
NEARLY_POISSON = 0.05
# intervals of a customer's spend: simulated on a grid of expected purchases and dispersion
GRID_EXPECTED, GRID_DISPERSION, GRID_QUANTILES, GRID_DRAWS = 28, 7, 41, 2_000


@dataclass(frozen=True, repr=False)
class Forecast(Shown):
    """What every customer will do, over any horizon up to the one supported.

    One model of the future stands behind all figures: purchases, chances and money of every
    customer rise with the horizon, money is nothing where no purchase is, and customers add up
    to groups and to the total.

    Attributes
    ----------
    horizon_days : int
        The longest horizon that can be asked for: that wanted, or what the history supports.
    asked_days : int
        The longest horizon wanted.
    observation_end : date
        Last day observed; the forecast begins the day after.
    level : float
        Nominal coverage of the intervals.
    customers : DataFrame
        One row per customer: ``customer_id`` (str), ``p_alive`` (null where the data do not tell
        who has left), ``days_since_last_purchase``, ``spend_per_purchase`` (currency units).
    origins : DataFrame
        Every earlier cutoff, as it would have been forecast then, once for each end of a span
        of time that is over: ``cutoff`` (datetime), ``days``, ``quantity`` ('buyers',
        'purchases' or 'money'), ``actual``, ``expected``, ``low``, ``high``, ``error``
        (expected over actual, less 1), ``carried`` (what each customer's own rate carried
        forward would have said), ``last_year`` (what the customers of a year before did in the
        same days of that year; null where that was not observed).
    weights : DataFrame
        How much each candidate counts: ``candidate``, ``part`` ('ranking', 'ranking, later',
        'level of purchases', 'level of money'), ``weight``.
    newcomers : Newcomers or None
        What a new customer brings over the horizon, beside what the last year's new ones did;
        the customers of a file's first weeks, who may be old ones, count in neither. None
        where too few could be tested.
    checks : tuple of Check
        Doubts to print.
    fitted : Fitted
        What the answers are put together from, per customer and bucket of time.
    bucket_ends : ndarray
        Ends of these buckets, days from now, from 0.
    """

    horizon_days: int
    asked_days: int
    observation_end: date
    level: float
    customers: pd.DataFrame
    origins: pd.DataFrame
    weights: pd.DataFrame
    newcomers: Newcomers | None
    checks: tuple[Check, ...]
    fitted: Fitted = field(repr=False)
    bucket_ends: Floats = field(repr=False)

    def at(
        self, days: float, annual_discount_rate: float = 0.10, margin: float | None = None
    ) -> pd.DataFrame:
        """Forecast every customer over the next days.

        Parameters
        ----------
        days : float
            Length of the time ahead, up to ``horizon_days``.
        annual_discount_rate : float, default 0.10
            By which money a year later is worth less today.
        margin : float, optional
            Share of the money that is profit; without it ``clv`` is of revenue.

        Returns
        -------
        DataFrame
            One row per customer: ``customer_id``; ``p_purchase`` (chance of at least one
            purchase), ``expected_purchases`` (purchase days), ``expected_revenue`` (currency
            units, net of returns) and ``clv`` (what that money is worth today, times the
            margin if there is one), each with ``_low`` and ``_high``.
        """
        share = self._share(days)
        today = self._today(share, annual_discount_rate, margin)
        fitted = self.fitted
        purchases, money = fitted.purchases @ share, fitted.money @ share
        clv = fitted.money @ today
        sd = self._sd(share, "purchases")
        z = float(norm.ppf((1 + self.level) / 2))
        spread = fitted.spread
        low, high = spread.bounds(purchases, sd, self.level)
        least, most = self._spend_bounds(purchases, sd)
        ids = self.customers["customer_id"]
        return pd.DataFrame(
            {
                "customer_id": ids,
                "p_purchase": spread.chance(purchases),
                "p_purchase_low": spread.chance(purchases * np.exp(-z * sd)),
                "p_purchase_high": spread.chance(purchases * np.exp(z * sd)),
                "expected_purchases": purchases,
                "expected_purchases_low": low,
                "expected_purchases_high": high,
                "expected_revenue": money,
                "expected_revenue_low": np.where(low > 0, money * least, 0.0),
                "expected_revenue_high": np.where(high > 0, money * most, 0.0),
                "clv": clv,
                "clv_low": np.where(low > 0, clv * least, 0.0),
                "clv_high": np.where(high > 0, clv * most, 0.0),
            }
        )

    def total(
        self, days: float, annual_discount_rate: float = 0.10, margin: float | None = None
    ) -> pd.DataFrame:
        """Forecast all customers together over the next days.

        Parameters
        ----------
        days : float
            Length of the time ahead, up to ``horizon_days``.
        annual_discount_rate : float, default 0.10
            By which money a year later is worth less today.
        margin : float, optional
            Share of the money that is profit; without it ``clv`` is of revenue.

        Returns
        -------
        DataFrame
            One row: ``days``, ``customers``, and ``buyers``, ``purchases``, ``revenue`` and
            ``clv``, each with ``_low`` and ``_high``.
        """
        everybody = np.zeros(len(self.customers), dtype=np.int64)
        return self._sums(days, everybody, 1, annual_discount_rate, margin)

    def tested(self, days: float) -> pd.DataFrame:
        """Tell what was expected of customers at earlier cutoffs, and what they did.

        The level is that expected then. Who buys more than whom was learned from the other half
        of the customers.

        Parameters
        ----------
        days : float
            The end of a span of time nearest to it is taken.

        Returns
        -------
        DataFrame
            One row per cutoff and customer looked at: ``cutoff`` (datetime), ``days`` (those
            taken), ``one_in`` (one customer in so many is looked at), ``customer_id``,
            ``p_purchase``, ``expected_purchases``, ``expected_revenue`` (currency units),
            ``purchases`` and ``revenue`` (what came).
        """
        ends = self.bucket_ends[1:]
        bucket = int(np.argmin(np.abs(np.log(ends / days))))
        over = [one for one in self.fitted.tested if one.expected.shape[1] > bucket]
        if not over:
            raise UnsupportedError(
                tell("No span of about {days} days could be tested on the sales so far.", days=days)
            )
        return pd.concat(
            [one.table(self.fitted.names, bucket, float(ends[bucket])) for one in over],
            ignore_index=True,
        )

    def groups(
        self,
        frame: pd.DataFrame,
        days: float,
        annual_discount_rate: float = 0.10,
        margin: float | None = None,
    ) -> pd.DataFrame:
        """Forecast groups of customers over the next days.

        Parameters
        ----------
        frame : DataFrame
            ``customer_id`` and the columns to group by; customers of the forecast who are not
            in it are left out.
        days : float
            Length of the time ahead, up to ``horizon_days``.
        annual_discount_rate : float, default 0.10
            By which money a year later is worth less today.
        margin : float, optional
            Share of the money that is profit; without it ``clv`` is of revenue.

        Returns
        -------
        DataFrame
            One row per group: its columns, and those of `total`.
        """
        columns = [name for name in frame.columns if name != "customer_id"]
        if "customer_id" not in frame.columns or not columns:
            raise UsageError("groups need the column customer_id and at least one to group by")
        known = frame.assign(customer_id=frame["customer_id"].astype(str))
        if known["customer_id"].duplicated().any():
            raise UsageError("groups need one row per customer: some customers are in more")
        joined = self.customers[["customer_id"]].merge(known, on="customer_id", how="left")
        inside = joined["customer_id"].isin(known["customer_id"]).to_numpy()
        grouped = joined.groupby(columns, dropna=False, sort=True)
        code = grouped.ngroup().to_numpy(copy=True)
        present, code[inside] = np.unique(code[inside], return_inverse=True)
        code[~inside] = -1
        names = joined[inside].drop_duplicates(columns).assign(code=lambda table: code[table.index])
        sums = self._sums(days, code.astype(np.int64), len(present), annual_discount_rate, margin)
        names = names.sort_values("code")[columns].reset_index(drop=True)
        return pd.concat([names, sums], axis=1)

    def expected(self, ends: Floats) -> tuple[Floats, Floats]:
        """Tell what is expected of every customer up to each of several days.

        Parameters
        ----------
        ends : ndarray
            Lengths of the time ahead in days, up to ``horizon_days``.

        Returns
        -------
        tuple of ndarray
            Purchase days, and money in currency units: customers by ends.
        """
        shares = np.column_stack([self._share(float(days)) for days in ends])
        return self.fitted.purchases @ shares, self.fitted.money @ shares

    def _share(self, days: float) -> Floats:
        """How much of each bucket lies within so many days."""
        if not days > 0:
            raise UsageError(f"a horizon must be above 0 days, not {days}")
        if days > self.horizon_days:
            raise UnsupportedError(
                tell(
                    "The sales so far support a forecast of {supported} days, not of {days}.",
                    supported=self.horizon_days,
                    days=days,
                )
            )
        begins, ends = self.bucket_ends[:-1], self.bucket_ends[1:]
        return np.asarray(np.clip((days - begins) / (ends - begins), 0.0, 1.0))

    def _today(self, share: Floats, annual_discount_rate: float, margin: float | None) -> Floats:
        """What money of each bucket is worth today, as far as it lies within a share of it."""
        if not 0 <= annual_discount_rate <= 10:
            raise UsageError(
                f"the annual discount rate must be between 0 and 10, such as 0.10 for 10 %, "
                f"not {annual_discount_rate}"
            )
        if margin is not None and not 0 < margin <= 1:
            raise UsageError(f"the margin must be above 0 and at most 1, not {margin}")
        begins, lengths = self.bucket_ends[:-1], np.diff(self.bucket_ends) * share
        # at the middles of twelve equal parts of what lies within
        middles = begins[:, None] + lengths[:, None] * (np.arange(12) + 0.5) / 12
        factor = np.mean((1 + annual_discount_rate) ** (-middles / 365), axis=1)
        return np.asarray(share * factor * (1.0 if margin is None else margin))

    def _sd(self, share: Floats, quantity: str) -> float:
        """Standard deviation of the log of the level, over all customers."""
        outcome = self.fitted.revenue if quantity == "money" else self.fitted.counts
        part = share * np.exp(outcome.log_total)
        part = part / part.sum()
        scale, _ = self.fitted.scale[quantity]
        return float(np.sqrt(part @ outcome.covariance @ part)) * scale

    def _sums(
        self,
        days: float,
        code: Codes,
        groups: int,
        annual_discount_rate: float,
        margin: float | None,
    ) -> pd.DataFrame:
        share = self._share(days)
        fitted = self.fitted
        kept = code >= 0
        code = code[kept]
        spread = fitted.spread.picked(kept)
        purchases, money = fitted.purchases[kept] @ share, fitted.money[kept] @ share
        p = spread.chance(purchases)
        spend = money / np.maximum(purchases, 1e-12)
        count_var = spread.variance(purchases)
        money_var = spend**2 * (count_var + purchases * fitted.variation**2)
        everyone = groups == 1 and kept.all()
        of_all = fitted.purchases @ share
        whole = {
            "buyers": float(fitted.spread.chance(of_all).sum()),
            "purchases": float(of_all.sum()),
            "revenue": float((fitted.money @ share).sum()),
        }
        table = {"days": np.full(groups, days), "customers": np.bincount(code, minlength=groups)}
        nobody = np.exp(np.bincount(code, np.log1p(-np.minimum(p, 1 - 1e-12)), groups))
        likely_none = nobody > (1 - self.level) / 2
        steep = (spread.chance(purchases * 1.01) - p) / 0.01
        for name, quantity, values, variance in (
            ("buyers", "buyers", p, p * (1 - p)),
            ("purchases", "purchases", purchases, count_var),
            ("revenue", "money", money, money_var),
        ):
            total = np.bincount(code, values, groups)
            held = np.maximum(total, 1e-12)
            sd = np.full(groups, self._sd(share, quantity))
            if name == "buyers":
                sd = sd * np.bincount(code, steep, groups) / held
            # the level's own error has the chance of the whole in it; a group has more of both
            by_chance = np.bincount(code, variance, groups) / held**2
            if name == "buyers":
                by_chance = by_chance + CHANCES_OFF**2
            elif everyone:
                by_chance = by_chance * 0
            of_whole = np.minimum(held / whole[name], 1.0)
            by_chance = by_chance + fitted.apart**2 * group_factor(of_whole) * (1 - of_whole)
            freedom = fitted.scale[quantity][1]
            half = student.ppf((1 + self.level) / 2, freedom) * np.sqrt(sd**2 + by_chance)
            half = np.minimum(half, np.log(20.0))
            table[name] = total
            table[f"{name}_low"] = np.where(likely_none, 0.0, total * np.exp(-half))
            table[f"{name}_high"] = total * np.exp(half)
            if name == "buyers":
                table["buyers_high"] = np.minimum(table["buyers_high"], table["customers"])
        today = self._today(share, annual_discount_rate, margin)
        table["clv"] = np.bincount(code, fitted.money[kept] @ today, groups)
        worth = table["clv"] / np.maximum(table["revenue"], 1e-12)
        for bound in ("low", "high"):
            table[f"clv_{bound}"] = table[f"revenue_{bound}"] * worth
        return pd.DataFrame(table)

    def _spend_bounds(self, purchases: Floats, level_sd: float) -> tuple[Floats, Floats]:
        """Interval of each customer's spend, in shares of what is expected."""
        spread = self.fitted.spread
        rng = np.random.default_rng(0)
        mean = np.log(np.maximum(purchases / spread.staying, 1e-4))
        means = np.linspace(np.log(1e-4), max(float(mean.max()), 0.0) + 0.01, GRID_EXPECTED)
        theta = np.log(np.maximum(spread.dispersion, NEARLY_POISSON))
        thetas = np.linspace(theta.min() - 1e-6, theta.max() + 1e-6, GRID_DISPERSION)
        size = (GRID_EXPECTED, GRID_DISPERSION, GRID_DRAWS)
        centre, wide = np.exp(means)[:, None, None], np.exp(thetas)[None, :, None]
        wide = wide + level_sd**2 * (1 + wide)
        rate = rng.standard_gamma(np.broadcast_to(1 / wide, size)) * wide * centre
        shape = 1 / max(self.fitted.variation, 0.05) ** 2
        spent = rng.standard_gamma(np.maximum(rng.poisson(rate) * shape, 1e-9)) / shape / centre
        quantiles = np.linspace(0, 1, GRID_QUANTILES)
        told = np.moveaxis(np.quantile(spent, quantiles, axis=2), 0, 2)
        grid = RegularGridInterpolator((means, thetas, quantiles), told)
        bounds = []
        for quantile in ((1 - self.level) / 2, (1 + self.level) / 2):
            inside = np.clip((quantile - (1 - spread.staying)) / spread.staying, 0.0, 1.0)
            where = np.column_stack([np.clip(mean, means[0], means[-1]), theta, inside])
            # in shares of what is expected of those who stay
            bounds.append(grid(where) / spread.staying)
        return bounds[0], bounds[1]


def origin_table(fitted: Fitted, level: float) -> pd.DataFrame:
    """Every earlier cutoff with the interval it would have had."""
    table = fitted.origins
    scale = table["quantity"].map({name: one[0] for name, one in fitted.scale.items()})
    freedom = table["quantity"].map({name: one[1] for name, one in fitted.scale.items()})
    half = student.ppf((1 + level) / 2, freedom) * np.sqrt(table["variance"]) * scale
    frame: dict[str, Any] = {
        "cutoff": pd.to_datetime(table["cutoff"], unit="D"),
        "days": table["days"],
        "quantity": table["quantity"],
        "actual": table["actual"],
        "expected": table["expected"],
        "low": table["expected"] * np.exp(-half),
        "high": table["expected"] * np.exp(half),
        "error": table["expected"] / table["actual"].where(table["actual"] > 0) - 1,
        "carried": table["carried"],
        "last_year": table["last_year"],
    }
    return pd.DataFrame(frame)
