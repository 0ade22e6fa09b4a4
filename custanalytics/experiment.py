"""How many customers to leave alone, so that later one can tell whether a campaign worked."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from custanalytics.errors import UsageError


@dataclass(frozen=True)
class ControlGroup:
    """Size of the group that is left alone, and what it can show.

    Attributes
    ----------
    size : int
        Customers to leave alone; at most half.
    detectable_lift : float
        Smallest relative lift that would be told from chance, 0.25 is a quarter more buyers.
    enough : bool
        Whether that is no more than the lift asked for.
    """

    size: int
    detectable_lift: float
    enough: bool


def control_group(
    customers: int,
    base_rate: float,
    relative_lift: float = 0.25,
    power: float = 0.8,
    alpha: float = 0.05,
) -> ControlGroup:
    r"""Size the control group of a campaign to all other customers.

    Parameters
    ----------
    customers : int
        Customers in all, contacted and left alone.
    base_rate : float
        Share that would buy without being contacted, between 0 and 1.
    relative_lift : float
        Lift to be told from chance, relative to the base rate.
    power, alpha : float
        Probability of seeing a lift that is there; of seeing one that is not (two-sided).

    Returns
    -------
    ControlGroup
        The smallest size that suffices, or half of the customers where none does.

    Raises
    ------
    UsageError
        A figure is out of its range.

    Notes
    -----
    The group of size k suffices when

    .. math:: (p_1 - p_0) / \sqrt{p_0 (1 - p_0) / k + p_1 (1 - p_1) / (n - k)}
              \ge z_{1 - \alpha / 2} + z_{power}

    References
    ----------
    Fleiss, J. L., Levin, B. and Paik, M. C. (2003), Statistical Methods for Rates and
    Proportions, 3rd edition, section 4.2 (without continuity correction).

    Examples
    --------
    >>> control_group(4000, 0.2)
    ControlGroup(size=608, detectable_lift=0.25, enough=True)
    """
    if customers < 2 or not 0 < base_rate < 1 or relative_lift <= 0:
        raise UsageError(
            f"a control group needs at least 2 customers, a base rate between 0 and 1 and a "
            f"positive lift; got {customers}, {base_rate} and {relative_lift}"
        )
    needed = float(norm.ppf(1 - alpha / 2) + norm.ppf(power))
    sizes = np.arange(1, customers // 2 + 1)

    def shown(lift: float, size: "int | np.ndarray") -> "np.ndarray":
        lifted = min(base_rate * (1 + lift), 1.0)
        variance = base_rate * (1 - base_rate) / size
        variance = variance + lifted * (1 - lifted) / (customers - size)
        return np.asarray((lifted - base_rate) / np.sqrt(variance) >= needed)

    sufficing = sizes[shown(relative_lift, sizes)]
    if len(sufficing):
        return ControlGroup(int(sufficing[0]), relative_lift, True)
    size = int(sizes[-1])
    lifts = np.arange(relative_lift, 1 / base_rate - 1, 0.01)
    seen = [lift for lift in lifts if shown(float(lift), size)]
    return ControlGroup(size, float(seen[0]) if seen else np.inf, False)
