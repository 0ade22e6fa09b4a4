"""Whether it worked: contacted against untouched, with the interval of the effect."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pandas as pd

from custanalytics.campaigns import checks
from custanalytics.campaigns.checks import DRAWN_WITHIN, Happened
from custanalytics.campaigns.differences import effect_table
from custanalytics.check import Check
from custanalytics.customers.outcomes import outcomes_after, prepare
from custanalytics.engine import frame_of
from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.ledger import Ledger
from custanalytics.scoring.calibration import Bools, Floats
from custanalytics.sentences import tell
from custanalytics.shown import Shown
from custanalytics.transactions import HasEngine, as_engine

GROUPS = ("contact", "control")
LONG_AGO = 18_000


@dataclass(frozen=True, repr=False)
class CampaignEffect(Shown):
    """What contacting added, by segment and in total.

    Attributes
    ----------
    effects : DataFrame
        One row per treatment and segment, the segment 'all' first: ``treatment`` (only where
        there are several), ``segment``, ``n_contact``, ``converted_contact``,
        ``rate_contact``, ``n_control``, ``converted_control``, ``rate_control``, ``effect``
        (difference of the rates), ``effect_low``, ``effect_high`` (95 %),
        ``extra_conversions`` (effect times n_contact), ``spend_effect`` (mean spend per head,
        contacted less control, currency units; NaN where no spend is known),
        ``spend_effect_low``, ``spend_effect_high`` (95 %, bootstrap), ``spend_effect_trimmed``
        (the largest hundredth of the amounts cut to the next). Effects are NaN where either
        group has fewer than 20.
    window_days : int or None
        Days after the contact that count; None for a past campaign's table.
    checks : tuple of Check
        What the reader must know before relying on it.
    outcome : str
        The column that says what happened; empty: whether they bought, by the sales.
    amounts : bool
        Whether that column holds amounts.
    currency : str
        Code of the currency of the amounts; empty where it is not known.
    contacted_on : date or None
        Day of the contact; None for a past campaign's table.
    divided_by : str
        The column that the segments are values of; empty without segments.
    ranked_by : tuple of str
        The columns that a ranking by effect was learned from.
    ranking : DataFrame
        Held-out rows by fifth of that ranking, largest expected effect first: as `effects`,
        ``segment`` numbered from '1'; empty where none was asked for.
    """

    effects: pd.DataFrame
    window_days: int | None
    checks: tuple[Check, ...]
    outcome: str = ""
    amounts: bool = False
    currency: str = ""
    contacted_on: date | None = None
    divided_by: str = ""
    ranked_by: tuple[str, ...] = ()
    ranking: pd.DataFrame = field(default_factory=pd.DataFrame)


def campaign_effect(
    contacts: pd.DataFrame,
    transactions: pd.DataFrame | HasEngine,
    contacted_on: date,
    window_days: int,
    segment: str | None = None,
) -> CampaignEffect:
    """Effect of a contact on purchases, from the list as it was drawn and the sales since.

    Assumes that the control group was drawn at random and left untouched. Everyone on the
    list counts in the group drawn, reached or not.

    Parameters
    ----------
    contacts : DataFrame
        One row per customer: ``customer_id``, ``group`` ('contact' or 'control'), optional
        ``propensity``, and ``segment`` where the groups were drawn within segments.
    transactions : DataFrame or loaded ledger
        Sales up to the end of the window; see `as_engine`.
    contacted_on : date
        Day of the contact; purchases count from the day after.
    window_days : int
        Days that count.
    segment : str, optional
        Column of the list to break the effect down by.

    Returns
    -------
    CampaignEffect
        Rates of both groups, their difference with its interval, and what it is worth.

    Raises
    ------
    UsageError
        A column is missing, a group has another name, or a customer is listed twice.
    UnsupportedError
        A group has fewer than 20 customers, or no sale lies after the contact.
    """
    contacts = frame_of(contacts)
    wanted = ["customer_id", "group", *([segment] if segment else [])]
    missing = [name for name in wanted if name not in contacts.columns]
    if missing:
        raise UsageError(
            f"the contact list needs the columns {', '.join(wanted)}; missing: {', '.join(missing)}"
        )
    other = set(contacts["group"].unique()) - set(GROUPS)
    if other:
        raise UsageError(
            f"the column group holds 'contact' or 'control'; {len(other)} other values"
        )
    key = contacts["customer_id"].astype("str")
    if key.duplicated().any():
        raise UsageError(
            f"each customer may be on the list once; {int(key.duplicated().sum())} are repeated"
        )
    engine = as_engine(transactions)
    last = pd.Timestamp(engine.run("propensity_span")["last_sale"].iloc[0]).date()
    if last <= contacted_on:
        raise UnsupportedError(
            tell(
                "Measuring needs sales after the contact on {day}; the last is on {last}.",
                day=contacted_on,
                last=last,
            )
        )
    prepare(engine)
    ever = outcomes_after(engine, [contacted_on - timedelta(days=LONG_AGO)], 2 * LONG_AGO)
    first = pd.Timestamp(engine.run("propensity_span")["first_purchase"].iloc[0]).date()
    known = set(ever["customer_id"])
    key, mended = _as_in_sales(key, known)
    bought = outcomes_after(engine, [contacted_on], window_days).set_index("customer_id")["spend"]
    spend = key.map(bought).fillna(0.0).to_numpy()
    parts = contacts[segment].astype("str").to_numpy() if segment else None
    treated = (contacts["group"] == "contact").to_numpy()
    strata = contacts[DRAWN_WITHIN].astype("str") if DRAWN_WITHIN in contacts else None
    compared = _compared(treated, strata)
    effects = effect_table(
        treated[compared],
        spend[compared] > 0,
        spend[compared],
        None if parts is None else parts[compared],
        None if strata is None else strata.to_numpy()[compared],
    )
    found = int(key.isin(known).sum())
    currency = (transactions.currency or "") if isinstance(transactions, Ledger) else ""
    said = (
        checks.effect_shown(effects.iloc[0], Happened()),
        checks.money_shown(effects.iloc[0], Happened(currency=currency)),
        checks.balanced(contacts[compared], treated[compared]),
        checks.strata_apart(treated, compared, strata),
        checks.nobody_bought(spend),
        checks.found_in_sales(found, mended, len(key), first <= contacted_on),
        checks.window_over((last - contacted_on).days, window_days),
    )
    return CampaignEffect(
        effects,
        window_days,
        tuple(check for check in said if check is not None),
        currency=currency,
        contacted_on=contacted_on,
        divided_by=segment or "",
    )


def past_campaign_effect(
    treated: Bools,
    converted: Bools,
    segment: "pd.Series[str] | None" = None,
    spend: Floats | None = None,
    outcome: str = "converted",
    currency: str = "",
) -> CampaignEffect:
    """Effect of a past campaign with a random control group.

    Parameters
    ----------
    treated : array of bool
        Who was contacted.
    converted : array of bool
        Who converted.
    segment : Series of str, optional
        Segment of each row.
    spend : array of float, optional
        What each row brought, 0 where nothing.
    outcome : str, default "converted"
        Name of what happened, as the sentences quote it; they speak of amounts in it where
        `spend` is given.
    currency : str, optional
        Code of the currency of `spend`.

    Returns
    -------
    CampaignEffect
        Rates of both groups, their difference with its interval, and what it is worth.

    Raises
    ------
    UnsupportedError
        A group has fewer than 20 rows.
    """
    parts = None if segment is None else segment.astype("str").to_numpy()
    effects = effect_table(treated, converted, spend, parts)
    happened = Happened(outcome, spend is not None, currency)
    said = (
        checks.effect_shown(effects.iloc[0], happened),
        checks.money_shown(effects.iloc[0], happened),
    )
    return CampaignEffect(
        effects,
        None,
        tuple(check for check in said if check is not None),
        outcome=outcome,
        amounts=happened.amounts,
        currency=currency,
        divided_by="" if segment is None else str(segment.name or ""),
    )


def _compared(treated: Bools, strata: "pd.Series[str] | None") -> Bools:
    """Rows of strata that have both groups; the others say nothing about the effect."""
    if strata is None:
        return np.ones(len(treated), dtype=bool)
    share = pd.Series(treated, index=strata.index).groupby(strata).transform("mean")
    return ((share > 0) & (share < 1)).to_numpy(dtype=bool)


def _as_in_sales(key: "pd.Series[str]", known: set[str]) -> tuple["pd.Series[str]", int]:
    """Ids of the list as the sales have them: a spreadsheet takes zeros and a plus in front.

    With how many were mended.
    """
    there = key.isin(known)
    plain: dict[str, list[str]] = {}
    for name in known - set(key[there]):
        plain.setdefault(_unsigned(name), []).append(name)
    meant = key[~there].map(lambda name: plain.get(_unsigned(name), []))
    meant = meant[meant.map(len) == 1].str[0]
    meant = meant[~meant.duplicated(keep=False)]
    mended = key.copy()
    mended[meant.index] = meant
    return mended, len(meant)


def _unsigned(name: str) -> str:
    return name.strip().removesuffix(".0").lstrip("+0").casefold()
