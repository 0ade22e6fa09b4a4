"""Groups held against others of the same strata, and a fair account of many comparisons."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import betaln, gammaln
from scipy.stats import norm, pearson3

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Chance that luck is reported: of any finding, or the share of them where there are thousands.
LEVEL = 0.05
# Above this variance the exact distribution of a count and its moments say the same.
_EXACT_UP_TO = 100.0


def cells_of(stratum: Ints, outcome: Floats, group: Ints, customer: Ints) -> pd.DataFrame:
    """One row per group and stratum that holds both members and others.

    Parameters
    ----------
    stratum, outcome : ndarray
        Of each customer: stratum from 0, and what is compared.
    group, customer : ndarray of int
        Of each membership: the group, and the customer's place.

    Returns
    -------
    DataFrame
        ``group``, ``n``, ``total`` (of the outcome, members), ``all_n``, ``all_total``,
        ``second``, ``third`` (central moments of all).
    """
    all_n = np.bincount(stratum).astype(float)
    all_total = np.bincount(stratum, outcome, len(all_n))
    size = np.maximum(all_n, 1)
    apart = outcome - (all_total / size)[stratum]
    members = pd.DataFrame({"group": group, "at": stratum[customer], "total": outcome[customer]})
    cells = members.groupby(["group", "at"])["total"].agg(n="size", total="sum").reset_index()
    at = cells.pop("at").to_numpy()
    cells["all_n"], cells["all_total"] = all_n[at], all_total[at]
    cells["second"] = (np.bincount(stratum, apart**2, len(all_n)) / size)[at]
    cells["third"] = (np.bincount(stratum, apart**3, len(all_n)) / size)[at]
    return cells.loc[cells["all_n"] > cells["n"]]


def expected_means(cells: pd.DataFrame) -> pd.DataFrame:
    """Mean outcome of the others, weighted as the members are spread over the strata.

    Returns
    -------
    DataFrame
        One row per group: ``compared`` (members in strata with others), ``total`` (of their
        outcome), ``expected`` (mean of the others), ``variance`` (of that mean).
    """
    others = cells["all_n"] - cells["n"]
    weight = cells["n"] / cells.groupby("group")["n"].transform("sum")
    spread = cells["second"] * cells["all_n"] / (cells["all_n"] - 1)
    parts = pd.DataFrame(
        {
            "group": cells["group"],
            "compared": cells["n"],
            "total": cells["total"],
            "expected": weight * (cells["all_total"] - cells["total"]) / others,
            "variance": weight**2 * spread / others,
        }
    )
    return parts.groupby("group").sum()


def risk_ratios(cells: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Mantel-Haenszel risk ratio of each group against the others of its strata.

    Returns
    -------
    DataFrame
        One row per group: ``risk_ratio``, ``risk_ratio_low``, ``risk_ratio_high``; null where
        nobody did on either side.

    References
    ----------
    Greenland, S. and Robins, J. M. (1985), Estimation of a common effect parameter from sparse
    follow-up data, Biometrics 41(1), equations 4 and 13.
    """
    n, did, all_n, all_did = (cells[c] for c in ("n", "total", "all_n", "all_total"))
    others, others_did = all_n - n, all_did - did
    sums = (
        pd.DataFrame(
            {
                "group": cells["group"],
                "members": did * others / all_n,
                "others": others_did * n / all_n,
                "spread": (all_did * n * others - did * others_did * all_n) / all_n**2,
            }
        )
        .groupby("group")
        .sum()
    )
    sums = sums.where((sums[["members", "others"]] > 0).all(axis=1))
    ratio = sums["members"] / sums["others"]
    error = np.sqrt(sums["spread"] / (sums["members"] * sums["others"]))
    reach = np.exp(float(norm.ppf((1 + level) / 2)) * error)
    return pd.DataFrame(
        {"risk_ratio": ratio, "risk_ratio_low": ratio / reach, "risk_ratio_high": ratio * reach}
    )


def p_values(cells: pd.DataFrame, *, counts: bool) -> "pd.Series[Any]":
    """Two-sided p-value of each group's total, were its members drawn at random in each stratum.

    Counts are tested exactly while few (Fisher's test over strata); else a Pearson III
    distribution takes the three moments that drawing without replacement has.

    References
    ----------
    Mehta, C. R., Patel, N. R. and Gray, R. (1985), Computing an exact confidence interval for the
    common odds ratio in several 2x2 contingency tables, JASA 80(392), for the exact
    distribution. Mielke, P. W. and Berry, K. J. (2007), Permutation methods: a distance function
    approach, section 2.3, for Pearson III.
    """
    n, all_n = cells["n"], cells["all_n"]
    variance = n * (all_n - n) / (all_n - 1) * cells["second"]
    third = n * (all_n - n) * (all_n - 2 * n) / ((all_n - 1) * (all_n - 2)).clip(lower=1)
    moments = pd.DataFrame(
        {
            "group": cells["group"],
            "apart": cells["total"] - n * cells["all_total"] / all_n,
            "variance": variance,
            "third": third * cells["third"],
        }
    )
    sums = moments.groupby("group").sum()
    spread = np.sqrt(sums["variance"].to_numpy())
    safe = np.where(spread > 0, spread, 1.0)
    skew = sums["third"].to_numpy() / safe**3
    at = sums["apart"].to_numpy() / safe
    tails = np.minimum(pearson3.sf(at, skew), pearson3.cdf(at, skew))
    found: pd.Series[Any] = pd.Series(
        np.where(spread > 0, np.minimum(2 * tails, 1), 1.0), index=sums.index
    )
    if counts:
        few = sums.index[(sums["variance"] <= _EXACT_UP_TO) & (sums["variance"] > 0)]
        exact = _exact(cells.loc[cells["group"].isin(few)])
        found.update(exact)
    return found


def _exact(cells: pd.DataFrame) -> "pd.Series[Any]":
    """Of each group, the probability of totals that are no likelier than the one seen."""
    ordered = cells.sort_values("group", kind="stable")
    names = ("n", "all_n", "all_total", "total")
    columns = np.column_stack([ordered[name].round().astype("int64") for name in names])
    log_factorial = gammaln(np.arange(int(columns[:, 1].max(initial=0)) + 1) + 1)
    groups, starts = np.unique(ordered["group"].to_numpy(), return_index=True)
    chances = [_of_totals(own, log_factorial) for own in np.split(columns, starts[1:])]
    return pd.Series(chances[: len(groups)], index=groups, dtype=float)


def _of_totals(strata: Ints, log_factorial: Floats) -> float:
    chances, start = np.ones(1), 0
    for n, all_n, did, _ in strata.tolist():
        low, high = max(0, n + did - all_n), min(n, did)
        # Terms without k are left out: the chances are made to add up to 1.
        log = -(
            log_factorial[low : high + 1]
            + log_factorial[did - high : did - low + 1][::-1]
            + log_factorial[n - high : n - low + 1][::-1]
            + log_factorial[all_n - did - n + low : all_n - did - n + high + 1]
        )
        weights = np.exp(log - log.max())
        chances, start = np.convolve(chances, weights / weights.sum()), start + low
    seen = chances[int(strata[:, 3].sum()) - start]
    return float(min(1.0, chances[chances <= seen * (1 + 1e-7)].sum()))


def shrunk_rates(did: Floats, n: Floats, expected: Floats) -> Floats:
    """Rates drawn towards what is expected, the more so the fewer and the more alike they are.

    Each group's chance is taken as beta distributed about its expected rate; how widely is found
    by maximum likelihood over all groups.

    References
    ----------
    Casella, G. (1985), An introduction to empirical Bayes data analysis, The American
    Statistician 39(2); Griffiths, D. A. (1973), Maximum likelihood estimation for the
    beta-binomial distribution, Biometrics 29(4).
    """
    mean = np.clip(expected, 1e-6, 1 - 1e-6)

    def against(log_strength: float) -> float:
        a, b = mean * np.exp(log_strength), (1 - mean) * np.exp(log_strength)
        return -float((betaln(a + did, b + n - did) - betaln(a, b)).sum())

    strength = np.exp(minimize_scalar(against, bounds=(0, np.log(1e6)), method="bounded").x)
    return np.asarray((did + strength * mean) / (n + strength))


def adjusted_for_families(p: "pd.Series[Any]", family: pd.DataFrame) -> Floats:
    """P-values adjusted so that even one false finding, in any family, is rare.

    Each family has an equal share of the error, so that hundreds of products take nothing from
    three channels; within a family Holm's steps share it out.

    References
    ----------
    Holm, S. (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal
    of Statistics 6(2).
    """
    grouped = p.groupby([family[name] for name in family.columns])
    return np.asarray(np.minimum(grouped.transform(_holm).to_numpy() * grouped.ngroups, 1.0))


def _holm(p: "pd.Series[Any]") -> "pd.Series[Any]":
    ranked = p.sort_values()
    return (ranked * np.arange(len(p), 0, -1)).cummax().clip(upper=1)


def adjusted_for_unseen(p: Floats, comparisons: int) -> Floats:
    """Benjamini-Hochberg p-values where further comparisons, not listed, have p = 1."""
    order = np.argsort(p)
    ranked = p[order] * comparisons / np.arange(1, len(p) + 1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum.accumulate(ranked[::-1])[::-1]
    return np.minimum(adjusted, 1.0)
