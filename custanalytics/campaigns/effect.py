"""Whether it worked: contacted against untouched, with the interval of the effect."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from custanalytics.check import Check
from custanalytics.customers.outcomes import outcomes_after, prepare
from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.scoring.calibration import Bools, Floats
from custanalytics.scoring.evaluation import wilson_interval
from custanalytics.shown import Shown
from custanalytics.transactions import HasEngine, as_engine

GROUPS = ("contact", "control")
FEWEST_PER_GROUP = 20
EVERYONE = "all"
LONG_AGO = 18_000
FOUND_SHARE = 0.90
TAILS = (0.025, 0.975)
KEPT_SHARE = 0.99
REPEATS = 1_000
# The column of a list that its groups were drawn within.
DRAWN_WITHIN = "segment"


@dataclass(frozen=True, repr=False)
class CampaignEffect(Shown):
    """What contacting added, by segment and in total.

    Attributes
    ----------
    effects : DataFrame
        One row per segment, 'all' first: ``segment``, ``n_contact``, ``converted_contact``,
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
    """

    effects: pd.DataFrame
    window_days: int | None
    checks: tuple[Check, ...]


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
            f"Measuring needs sales after the contact on {contacted_on}; the last is on {last}."
        )
    prepare(engine)
    ever = outcomes_after(engine, [contacted_on - timedelta(days=LONG_AGO)], 2 * LONG_AGO)
    first = pd.Timestamp(engine.run("propensity_span")["first_purchase"].iloc[0]).date()
    key, matched = _matched(key, set(ever["customer_id"]), first <= contacted_on)
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
    checks = [
        _shown(effects, "bought"),
        _money(effects, "spend"),
        _balanced(contacts[compared], treated[compared]),
        _apart(treated, compared, strata),
        _met(spend),
        matched,
    ]
    if last < contacted_on + timedelta(days=window_days):
        seen = (last - contacted_on).days
        checks.append(
            Check(
                "measure.window",
                passed=False,
                sentence=f"Only {seen} of the {window_days} days that count have passed; "
                "measure again when they all have.",
                value=seen,
                threshold=window_days,
            )
        )
    return CampaignEffect(effects, window_days, tuple(c for c in checks if c is not None))


def past_campaign_effect(
    treated: Bools,
    converted: Bools,
    segment: "pd.Series[str] | None" = None,
    spend: Floats | None = None,
    outcome: str = "converted",
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
        What those did who converted, as the sentences say it.

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
    checks = (_shown(effects, outcome), _money(effects, outcome))
    return CampaignEffect(effects, None, tuple(check for check in checks if check is not None))


def difference_interval(
    a: int, n_a: int, b: int, n_b: int, level: float = 0.95
) -> tuple[float, float]:
    """Interval of the difference of two rates, sound for small counts.

    References
    ----------
    Newcombe (1998), Interval estimation for the difference between independent proportions,
    Statistics in Medicine 17, 873-890, method 10.

    Examples
    --------
    >>> low, high = difference_interval(56, 70, 48, 80)
    >>> print(f"{low:.4f} {high:.4f}")
    0.0524 0.3339
    """
    p, q = a / n_a, b / n_b
    p_low, p_high = (float(bound) for bound in wilson_interval(a, n_a, level))
    q_low, q_high = (float(bound) for bound in wilson_interval(b, n_b, level))
    return (
        p - q - float(np.hypot(p - p_low, q_high - q)),
        p - q + float(np.hypot(p_high - p, q - q_low)),
    )


def effect_table(
    treated: Bools,
    converted: Bools,
    spend: Floats | None,
    segment: np.ndarray | None,
    strata: np.ndarray | None = None,
) -> pd.DataFrame:
    """Rates of both groups and their difference, for all and by segment.

    Notes
    -----
    An effect over strata is the sum of w d, its bounds the sum less or plus the root of the
    sum of (w (d - bound))**2, with the bounds of each stratum's difference d as in
    `difference_interval`.

    References
    ----------
    Zou and Donner (2008), Construction of confidence limits about effect measures, Statistics
    in Medicine 27, 1693-1702, equation 5.
    """
    everyone = np.ones(len(treated), dtype=bool)
    if min(treated.sum(), (~treated).sum()) < FEWEST_PER_GROUP:
        raise UnsupportedError(
            f"An effect needs at least {FEWEST_PER_GROUP} contacted and as many untouched; there "
            f"are {int(treated.sum())} and {int((~treated).sum())}."
        )
    within = np.zeros(len(treated), dtype=np.int64)
    if strata is not None:
        within = np.unique(strata, return_inverse=True)[1]
    parts = [(EVERYONE, everyone)]
    if segment is not None:
        parts += [(str(name), segment == name) for name in np.unique(segment)]
    return pd.DataFrame(
        [
            {
                "segment": name,
                **_effect(treated[i], converted[i], None if spend is None else spend[i], within[i]),
            }
            for name, i in parts
        ]
    )


def _effect(
    treated: Bools, converted: Bools, spend: Floats | None, within: NDArray[np.int64]
) -> dict[str, float]:
    n, m = int(treated.sum()), int((~treated).sum())
    a, b = int(converted[treated].sum()), int(converted[~treated].sum())
    nan = float("nan")
    row: dict[str, float] = {
        "n_contact": n,
        "converted_contact": a,
        "rate_contact": a / n if n else nan,
        "n_control": m,
        "converted_control": b,
        "rate_control": b / m if m else nan,
    }
    names = ["effect", "effect_low", "effect_high", "extra_conversions"]
    names += ["spend_effect", "spend_effect_low", "spend_effect_high", "spend_effect_trimmed"]
    row |= dict.fromkeys(names, nan)
    strata = [within == stratum for stratum in np.unique(within)]
    both = all((i & treated).any() and (i & ~treated).any() for i in strata)
    if min(n, m) < FEWEST_PER_GROUP or not both:
        return row
    weights = np.array([(i & treated).sum() / n for i in strata])
    found = np.array([_difference(converted[i & treated], converted[i & ~treated]) for i in strata])
    effect = float(weights @ found[:, 0])
    low, high = (
        float(np.sqrt((weights**2) @ (found[:, 0] - found[:, bound]) ** 2)) for bound in (1, 2)
    )
    row |= {"effect": effect, "effect_low": effect - low, "effect_high": effect + high}
    row["extra_conversions"] = effect * n
    if spend is not None:
        row["spend_effect"] = _gain(treated, spend, strata)[0]
        drawn = _drawn_again(treated, spend, strata)
        row["spend_effect_low"], row["spend_effect_high"] = map(float, np.quantile(drawn, TAILS))
        some = spend[spend > 0]
        cut = np.minimum(spend, np.quantile(some, KEPT_SHARE)) if len(some) else spend
        row["spend_effect_trimmed"] = _gain(treated, cut, strata)[0]
    return row


def _difference(mine: Bools, theirs: Bools) -> tuple[float, float, float]:
    bounds = difference_interval(int(mine.sum()), len(mine), int(theirs.sum()), len(theirs))
    return float(mine.mean() - theirs.mean()), *bounds


def _gain(treated: Bools, values: Floats, strata: Sequence[Bools]) -> tuple[float, float]:
    """Mean of the contacted less that of the untouched, over strata, and its standard error."""
    gain = variance = 0.0
    for i in strata:
        mine, theirs = values[i & treated], values[i & ~treated]
        weight = len(mine) / treated.sum()
        gain += weight * float(mine.mean() - theirs.mean())
        variance += weight**2 * (_variance(mine) / len(mine) + _variance(theirs) / len(theirs))
    return gain, float(np.sqrt(variance))


def _drawn_again(treated: Bools, values: Floats, strata: Sequence[Bools]) -> Floats:
    """The gain in samples drawn again, each row as often as a Poisson draw says.

    Rows that brought nothing are many and alike, so that their number alone is drawn.
    """
    random = np.random.default_rng(0)
    gains = np.zeros(REPEATS)
    for i in strata:
        share = (i & treated).sum() / treated.sum()
        for sign, arm in ((1.0, treated), (-1.0, ~treated)):
            own = values[i & arm]
            some = own[own != 0]
            n = random.poisson(len(own) - len(some), REPEATS)
            total = np.zeros(REPEATS)
            for at in range(REPEATS):
                times = random.poisson(1.0, len(some))
                n[at] += times.sum()
                total[at] = times @ some
            gains += sign * share * total / np.maximum(n, 1)
    return gains


def _variance(values: Floats) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0


def _compared(treated: Bools, strata: "pd.Series[str] | None") -> Bools:
    """Rows of strata that have both groups; the others say nothing about the effect."""
    if strata is None:
        return np.ones(len(treated), dtype=bool)
    share = pd.Series(treated, index=strata.index).groupby(strata).transform("mean")
    return ((share > 0) & (share < 1)).to_numpy(dtype=bool)


def _apart(treated: Bools, compared: Bools, strata: "pd.Series[str] | None") -> Check | None:
    out = int((~compared).sum())
    if strata is None or not out:
        return None
    names = sorted(strata[~compared].unique())
    return Check(
        "measure.left_out",
        passed=None,
        sentence=f"{out} of {len(treated)} on the list are in segments where nobody was left "
        f"alone, or everybody ({', '.join(names)}): they say nothing about the effect.",
        value=out,
    )


def _matched(
    key: "pd.Series[str]", known: set[str], whole: bool
) -> tuple["pd.Series[str]", Check | None]:
    """Ids of the list as the sales have them; a spreadsheet takes zeros and a plus in front."""
    there = key.isin(known)
    plain: dict[str, list[str]] = {}
    for name in known - set(key[there]):
        plain.setdefault(_unsigned(name), []).append(name)
    meant = key[~there].map(lambda name: plain.get(_unsigned(name), []))
    meant = meant[meant.map(len) == 1].str[0]
    meant = meant[~meant.duplicated(keep=False)]
    mended = key.copy()
    mended[meant.index] = meant
    n = int(mended.isin(known).sum())
    if not n:
        return key, None
    share = n / len(key)
    sentence = f"{n:,} of the {len(key):,} on the list ({share:.1%}) were found in the sales"
    if len(meant):
        sentence += f", {len(meant):,} of them after zeros or a plus lost in front were put back"
    if whole and share < FOUND_SHARE:
        sentence += ": the others count as if they had not bought, so look at how ids are written"
    passed = None if not whole else share >= FOUND_SHARE
    return mended, Check("measure.found", passed, sentence + ".", share, FOUND_SHARE)


def _unsigned(name: str) -> str:
    return name.strip().removesuffix(".0").lstrip("+0").casefold()


def _money(effects: pd.DataFrame, outcome: str) -> Check | None:
    """What the contact brought a head, and whether a few large amounts carry it."""
    row = effects.iloc[0]
    gain, low, high = (row[f"spend_effect{end}"] for end in ("", "_low", "_high"))
    if gain != gain:
        return None
    shown = bool(low > 0 or high < 0)
    trimmed = row["spend_effect_trimmed"]
    few = shown and (abs(trimmed) < abs(gain) / 2 or trimmed * gain < 0)
    return Check(
        "measure.money",
        passed=shown and not few,
        sentence=f"In {outcome} a head, the contact made a difference of {gain:+,.2f} (95 % "
        f"interval {low:+,.2f} to {high:+,.2f}; {trimmed:+,.2f} with the largest hundredth of the "
        "amounts cut)" + (": a few large amounts carry it." if few else "."),
        value=float(gain),
        threshold=0.0,
    )


def _shown(effects: pd.DataFrame, outcome: str) -> Check:
    row = effects.iloc[0]
    low, high = row["effect_low"], row["effect_high"]
    if low > 0:
        said = "The contact worked"
    elif high < 0:
        said = "The contact did harm"
    else:
        said = "No effect was shown"
    rate, effect = row["rate_contact"], row["effect"]
    return Check(
        "measure.effect",
        passed=bool(low > 0 or high < 0),
        sentence=f"{said}: {rate:.1%} of the contacted and {rate - effect:.1%} of the untouched "
        f"like them {outcome}, a difference of "
        f"{100 * effect:+.1f} percentage points (95 % interval {100 * low:+.1f} to "
        f"{100 * high:+.1f}).",
        value=float(effect),
        threshold=0.0,
        source="Newcombe (1998), method 10",
    )


def _met(spend: Floats) -> Check | None:
    """Whether anybody on the list bought at all, or the list is of other customers."""
    if (spend > 0).any():
        return None
    return Check(
        "measure.matched",
        passed=False,
        sentence=f"None of the {len(spend)} customers on the list bought: are their ids written "
        "as in the sales?",
        value=0.0,
    )


def _balanced(contacts: pd.DataFrame, treated: Bools) -> Check | None:
    """Whether the groups were alike before, judged by the propensity in the list."""
    if "propensity" not in contacts.columns:
        return None
    p = contacts["propensity"].to_numpy(dtype="float64")
    names = contacts[DRAWN_WITHIN].to_numpy() if DRAWN_WITHIN in contacts else None
    strata = [np.ones(len(p), dtype=bool)]
    if names is not None:
        strata = [names == name for name in pd.unique(names)]
    gap, error = _gain(treated, p, strata)
    mine = p[treated]
    z = abs(gap) / error if error else 0.0
    return Check(
        "measure.balance",
        passed=bool(z <= 3.0),
        sentence=f"Before the contact the two groups were expected to buy at {mine.mean():.1%} and "
        f"{mine.mean() - gap:.1%}"
        + ("." if z <= 3.0 else ", more apart than a random draw gives: was the list changed?"),
        value=z,
        threshold=3.0,
    )
