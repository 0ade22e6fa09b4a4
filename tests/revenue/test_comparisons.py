from math import comb

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from custanalytics.revenue.comparisons import (
    adjusted_for_families,
    adjusted_for_unseen,
    cells_of,
    expected_means,
    p_values,
    risk_ratios,
    shrunk_rates,
)


def cells(*tables):
    """Cells of one group from (members, of them did, others, of them did) of each stratum."""
    stratum, did, member = [], [], []
    for at, (n, a, m, b) in enumerate(tables):
        stratum += [at] * (n + m)
        did += [1.0] * a + [0.0] * (n - a) + [1.0] * b + [0.0] * (m - b)
        member += [True] * n + [False] * m
    members = np.flatnonzero(member)
    return cells_of(np.array(stratum), np.array(did), np.zeros(len(members), int), members)


@pytest.mark.parametrize("table", [(7, 5, 20, 3), (30, 2, 25, 9), (4, 0, 50, 25), (3, 3, 9, 0)])
def test_in_one_stratum_the_exact_test_is_fishers(table):
    n, a, m, b = table
    expected = fisher_exact([[a, n - a], [b, m - b]]).pvalue
    assert p_values(cells(table), counts=True)[0] == pytest.approx(expected)


def test_over_strata_the_exact_test_counts_all_ways_to_draw():
    # 2 of 5 are drawn where 3 did, and 3 of 5 where 1 did.
    first = [comb(3, k) * comb(2, 2 - k) / comb(5, 2) for k in range(3)]
    second = [comb(1, k) * comb(4, 3 - k) / comb(5, 3) for k in range(2)]
    pmf = np.convolve(first, second)
    found = p_values(cells((2, 2, 3, 1), (3, 1, 2, 0)), counts=True)[0]
    assert found == pytest.approx(pmf[pmf <= pmf[3] + 1e-12].sum())


def test_the_moments_agree_with_the_exact_distribution_where_counts_are_many():
    table = (200, 60, 400, 90)
    exact = fisher_exact([[60, 140], [90, 310]]).pvalue
    assert p_values(cells(table), counts=False)[0] == pytest.approx(exact, rel=0.25)


def test_money_is_tested_by_what_drawing_without_replacement_gives():
    rng = np.random.default_rng(1)
    money = rng.lognormal(0, 1, 60) * (rng.random(60) < 0.4)
    stratum = np.repeat([0, 1], [35, 25])
    members = np.array([0, 3, 5, 9, 20, 34, 40, 41, 50])
    found = p_values(cells_of(stratum, money, np.zeros(9, int), members), counts=False)[0]
    drawn = np.array(
        [
            money[np.r_[rng.permutation(35)[:6], 35 + rng.permutation(25)[:3]]].sum()
            for _ in range(20_000)
        ]
    )
    seen = money[members].sum()
    expected = 2 * min((drawn >= seen).mean(), (drawn <= seen).mean())
    assert found == pytest.approx(expected, rel=0.1)


def test_risk_ratio_is_the_published_one():
    # Mantel-Haenszel over two strata, worked by hand: (10*80/100 + 5*30/50) over
    # (8*20/100 + 12*20/50), members first.
    found = risk_ratios(cells((20, 10, 80, 8), (20, 5, 30, 12))).iloc[0]
    members = 10 * 80 / 100 + 5 * 30 / 50
    others = 8 * 20 / 100 + 12 * 20 / 50
    spread = (18 * 20 * 80 - 10 * 8 * 100) / 100**2 + (17 * 20 * 30 - 5 * 12 * 50) / 50**2
    assert found["risk_ratio"] == pytest.approx(members / others)
    error = np.sqrt(spread / (members * others))
    assert found["risk_ratio_high"] == pytest.approx(members / others * np.exp(1.959964 * error))


def test_others_count_as_the_members_are_spread():
    # Three of four members are in the first stratum, where half of the others did.
    found = expected_means(cells((3, 0, 4, 2), (1, 1, 10, 0))).iloc[0]
    assert found["expected"] == pytest.approx(0.75 * 0.5)
    # A stratum without others has nothing to compare with.
    alone = expected_means(cells((3, 0, 4, 2), (5, 5, 0, 0))).iloc[0]
    assert alone["compared"] == 3
    assert alone["expected"] == pytest.approx(0.5)


def test_rates_that_differ_by_luck_fall_together_and_real_ones_stay_apart():
    rng = np.random.default_rng(3)
    n = np.full(100, 50.0)
    luck = shrunk_rates(rng.binomial(50, 0.2, 100).astype(float), n, np.full(100, 0.2))
    assert np.ptp(luck) < 0.05
    chances = rng.beta(4, 16, 100)
    did = rng.binomial(50, chances).astype(float)
    apart = shrunk_rates(did, n, np.full(100, 0.2))
    # Casella: closer to the truth than the raw rates, and by what the prior is worth (20).
    assert ((apart - chances) ** 2).mean() < 0.85 * ((did / 50 - chances) ** 2).mean()
    assert (did[0] - 50 * apart[0]) / (apart[0] - 0.2) == pytest.approx(20, rel=0.5)


def test_families_share_the_error_and_their_members_too():
    p = pd.Series([0.001, 0.5, 0.2, 0.9, 0.8, 0.6])
    family = pd.DataFrame({"of": list("aabbcc")})
    # Two within a family, three families: the smaller counts six times, the larger three.
    assert adjusted_for_families(p, family)[:3] == pytest.approx([0.006, 1.0, 1.0])
    close = adjusted_for_families(p.replace(0.5, 0.0015), family)
    assert close[:2] == pytest.approx([0.006, 0.006])


def test_what_is_real_in_one_family_lets_no_luck_through_in_others():
    rng = np.random.default_rng(5)
    family = pd.DataFrame({"of": np.repeat(np.arange(4), [200, 3, 3, 2])})
    passed = []
    for _ in range(1000):
        p = rng.random(208)
        p[205:] = 1e-9
        passed.append((adjusted_for_families(pd.Series(p), family)[:205] <= 0.05).any())
    # Two of four families are free of what is real, and 203 of 206 members of the others.
    assert 0.02 < np.mean(passed) < 0.06


def test_pairs_that_were_never_seen_count_as_comparisons():
    assert adjusted_for_unseen(np.array([0.02, 0.001]), 10) == pytest.approx([0.1, 0.01])
    assert adjusted_for_unseen(np.array([0.01, 0.011]), 10) == pytest.approx([0.055, 0.055])
