"""The plan to know whether it worked: an untouched random group of the size that can show it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import norm

from custanalytics.check import Check
from custanalytics.errors import UsageError
from custanalytics.sentences import tell

LARGEST_SHARE = 0.5


@dataclass(frozen=True)
class ControlPlan:
    """How large an untouched group must be for the effect to show."""

    # length of the list, control group included
    contacts: int
    # size of the control group, at most half of the list
    control: int
    # rate expected without the contact
    expected_rate: float
    # difference in rates that the contact is expected to make
    expected_effect: float
    # smallest difference shown with the wanted power by a group of this size; NaN where even
    # certain conversion would not be
    detectable_effect: float
    # probability that the expected effect is shown
    power: float
    # whether that is enough
    check: Check


def power(
    contacted: float, control: float, rate: float, effect: float, significance: float = 0.05
) -> float:
    """Probability that a difference between two rates is shown to be one.

    Notes
    -----
    Normal approximation with pooled variance under no effect, as R's ``power.prop.test``.

    References
    ----------
    Fleiss, Levin and Paik (2003), Statistical methods for rates and proportions, section 4.2.

    Examples
    --------
    >>> round(power(50, 50, 0.50, 0.25), 2)
    0.74
    """
    other = rate + effect
    pooled = (rate * control + other * contacted) / (control + contacted)
    null = np.sqrt(pooled * (1 - pooled) * (1 / contacted + 1 / control))
    spread = np.sqrt(other * (1 - other) / contacted + rate * (1 - rate) / control)
    if spread == 0:
        return float(effect != 0)
    z = float(norm.ppf(1 - significance / 2))
    return float(norm.cdf((abs(effect) - z * null) / spread))


def plan_control(
    contacts: int,
    expected_rate: float,
    relative_effect: float = 0.2,
    wanted_power: float = 0.8,
    significance: float = 0.05,
) -> ControlPlan:
    """Smallest control group that shows the expected effect with the wanted power.

    Parameters
    ----------
    contacts : int
        Length of the list that the group is drawn from.
    expected_rate : float
        Mean probability of a conversion on the list without the contact, between 0 and 1.
    relative_effect : float, default 0.2
        What the contact is expected to add, as a share of that rate.
    wanted_power : float, default 0.8
        Probability with which an effect of that size should be shown.
    significance : float, default 0.05
        Of the two-sided test.

    Returns
    -------
    ControlPlan
        Half of the list where no group is large enough, with a check that says so.

    Raises
    ------
    UsageError
        Fewer than two contacts, or a rate or effect out of range.
    """
    if contacts < 2:
        raise UsageError(f"a list to contact needs at least 2 customers, found {contacts}")
    if not 0 < expected_rate < 1 or relative_effect <= 0:
        raise UsageError("expected_rate must lie between 0 and 1, and relative_effect above 0")
    effect = min(expected_rate * relative_effect, 1 - expected_rate)

    def reached(control: int, by: float = effect) -> float:
        return power(contacts - control, control, expected_rate, by, significance)

    most = max(int(contacts * LARGEST_SHARE), 1)
    if reached(most) >= wanted_power:
        low, control = 0, most
        while control - low > 1:
            middle = (low + control) // 2
            low, control = (low, middle) if reached(middle) >= wanted_power else (middle, control)
    else:
        control = most
    shown = _detectable(partial(reached, control), expected_rate, wanted_power)
    reached_power = reached(control)
    enough = reached_power >= wanted_power
    figures = {"rate": expected_rate, "lifted": expected_rate + effect, "power": reached_power}
    return ControlPlan(
        contacts,
        control,
        expected_rate,
        effect,
        shown,
        reached_power,
        Check(
            "propensity.control_group",
            passed=enough,
            sentence=tell(
                "If contacting lifts the rate from {rate:.1%} to {lifted:.1%}, leaving {n} "
                "untouched shows it with {power:.0%} probability.",
                n=control,
                **figures,
            )
            if enough
            else tell(
                "If contacting lifts the rate from {rate:.1%} to {lifted:.1%}, even leaving half "
                "of the {n} untouched shows it with only {power:.0%} probability; a longer list or "
                "several rounds would mend it.",
                n=contacts,
                **figures,
            ),
            value=reached_power,
            threshold=wanted_power,
            source="Fleiss, Levin and Paik (2003)",
        ),
    )


def assign_groups(customer_id: "pd.Series[str]", control: int, seed: int) -> "pd.Series[str]":
    """Draw the control group, the same for the same customers and seed in any order.

    Parameters
    ----------
    customer_id : Series of str
        Those on the list, each once.
    control : int
        Size of the control group.
    seed : int
        Another seed draws another group.

    Returns
    -------
    Series of str
        'control' or 'contact', on the same index.

    Raises
    ------
    UsageError
        A customer is listed twice, or the group is larger than the list.
    """
    if customer_id.duplicated().any():
        doubled = int(customer_id.duplicated().sum())
        raise UsageError(f"each customer may be on the list once; {doubled} are repeated")
    if control > len(customer_id):
        raise UsageError(f"a control group of {control} is larger than the list")
    draw = customer_id.map(lambda c: hashlib.sha256(f"{seed}:{c}".encode()).hexdigest())
    drawn = draw.sort_values().index[:control]
    groups = pd.Series("contact", index=customer_id.index, name="group", dtype="str")
    groups[drawn] = "control"
    return groups


def control_list(path: str) -> str:
    """Path of the control group that belongs to a list.

    Examples
    --------
    >>> control_list("exports/segment-loyal.csv"), control_list("exports/contact.csv")
    ('exports/control-loyal.csv', 'exports/control.csv')
    """
    folder, _, name = path.rpartition("/")
    told = name.removeprefix("segment-")
    made = "control.csv" if told == "contact.csv" else f"control-{told}"
    return f"{folder}/{made}" if folder else made


def contact_list(
    scores: pd.DataFrame, contacts: int, control: int, seed: int, key: str = "customer_id"
) -> pd.DataFrame:
    """The most likely customers, each to be contacted or left untouched.

    Parameters
    ----------
    scores : DataFrame
        One row per customer or prospect: the key and ``propensity``, other columns as wished.
    contacts : int
        Length of the list, control group included.
    control : int
        Size of the control group.
    seed : int
        Of the draw.
    key : str, default 'customer_id'
        Column that names the customer.

    Returns
    -------
    DataFrame
        The first `contacts` rows by propensity, with ``group`` ('contact' or 'control')
        after the key.
    """
    ranked = scores.sort_values(["propensity", key], ascending=[False, True], ignore_index=True)
    chosen = ranked.head(contacts).copy()
    chosen.insert(
        list(chosen.columns).index(key) + 1, "group", assign_groups(chosen[key], control, seed)
    )
    return chosen


def _detectable(reached: Callable[[float], float], rate: float, wanted: float) -> float:
    most = 1 - rate
    if reached(most) < wanted:
        return float("nan")
    return float(brentq(lambda effect: reached(effect) - wanted, 1e-9, most))
