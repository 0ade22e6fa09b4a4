"""What a reader must know of a campaign's effect before relying on it, as checks."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from custanalytics.campaigns.differences import difference_interval, gain_within
from custanalytics.check import Check
from custanalytics.scoring.calibration import Bools, Floats
from custanalytics.sentences import Money, listed, noted, tell, tell_many, together

# The column of a list that its groups were drawn within.
DRAWN_WITHIN = "segment"
FOUND_SHARE = 0.90
BALANCED_Z = 3.0
_WORKED = noted("The contact worked.")
_HARMED = noted("The contact did harm.")
_UNSHOWN = noted("No effect was shown.")
_ONLY_AMOUNTS = noted("An effect was shown on the amounts, but none on how many there are.")


@dataclass(frozen=True)
class Happened:
    """What counts as an outcome, as sentences call it."""

    # the column's name; empty: a purchase in the sales
    column: str = ""
    # whether the column holds amounts
    amounts: bool = False
    # of the amounts; empty where it is not known
    currency: str = ""


def effect_shown(row: "pd.Series[float]", happened: Happened) -> Check:
    """Whether the contact changed how many did it."""
    low, high = row["effect_low"], row["effect_high"]
    unshown = _ONLY_AMOUNTS if amounts_differ(row) else _UNSHOWN
    verdict = _WORKED if low > 0 else _HARMED if high < 0 else unshown
    figures = {
        "outcome": happened.column,
        "rate": row["rate_contact"],
        "alone": row["rate_contact"] - row["effect"],
        "effect": 100 * row["effect"],
        "low": 100 * low,
        "high": 100 * high,
    }
    if not happened.column:
        sentence = tell(
            "Of the contacted, {rate:.1%} bought, of the untouched like them "
            "{alone:.1%}: a difference of {effect:+.1f} percentage points (95% interval "
            "{low:+.1f} to {high:+.1f}).",
            **figures,
        )
    elif happened.amounts:
        sentence = tell(
            "Of the contacted, {rate:.1%} have an amount in “{outcome}”, of the "
            "untouched like them {alone:.1%}: a difference of {effect:+.1f} percentage points "
            "(95% interval {low:+.1f} to {high:+.1f}).",
            **figures,
        )
    else:
        sentence = tell(
            "Of the contacted, {rate:.1%} have the outcome “{outcome}”, of the untouched "
            "like them {alone:.1%}: a difference of {effect:+.1f} percentage points (95% interval "
            "{low:+.1f} to {high:+.1f}).",
            **figures,
        )
    return Check(
        "measure.effect",
        passed=bool(low > 0 or high < 0),
        sentence=together(verdict, sentence),
        value=float(row["effect"]),
        threshold=0.0,
        source="Newcombe (1998), method 10",
    )


def amounts_differ(row: "Mapping[str, float] | pd.Series[float]") -> bool:
    """Whether the amounts a head are shown to differ; never where they are not known."""
    return bool(row["spend_effect_low"] > 0 or row["spend_effect_high"] < 0)


def money_shown(row: "pd.Series[float]", happened: Happened) -> Check | None:
    """What the contact brought a head, and whether a few large amounts carry it."""
    gain, low, high = (row[f"spend_effect{end}"] for end in ("", "_low", "_high"))
    if gain != gain:
        return None
    shown = amounts_differ(row)
    trimmed = row["spend_effect_trimmed"]
    few = shown and (abs(trimmed) < abs(gain) / 2 or trimmed * gain < 0)
    figures = {
        name: Money(amount, happened.currency)
        for name, amount in {"gain": gain, "low": low, "high": high, "trimmed": trimmed}.items()
    }
    sentence = (
        tell(
            "In “{outcome}” a head, the contacted differ by {gain:+,.2f} (95% interval "
            "{low:+,.2f} to {high:+,.2f}; {trimmed:+,.2f} with the largest hundredth of the "
            "amounts cut).",
            outcome=happened.column,
            **figures,
        )
        if happened.column
        else tell(
            "In sales a head, the contacted differ by {gain:+,.2f} (95% interval "
            "{low:+,.2f} to {high:+,.2f}; {trimmed:+,.2f} with the largest hundredth of the "
            "amounts cut).",
            **figures,
        )
    )
    doubt = (
        tell("A few large amounts carry it.")
        if few
        else ""
        if shown
        else tell("That may be chance.")
    )
    return Check("measure.money", shown and not few, together(sentence, doubt), float(gain), 0.0)


def best_treatment(rows: pd.DataFrame) -> Check:
    """Whether one of several treatments did better than the next, held against each other."""
    first, second = (row for _, row in rows.nlargest(2, "effect").iterrows())
    low, high = difference_interval(
        *(int(row[name]) for row in (first, second) for name in ("converted_contact", "n_contact"))
    )
    ahead = float(first["rate_contact"] - second["rate_contact"])
    figures = {
        "first": str(first["treatment"]),
        "second": str(second["treatment"]),
        "ahead": 100 * ahead,
        "low": 100 * low,
        "high": 100 * high,
    }
    better = bool(low > 0)
    sentence = (
        tell(
            "{first} did better than {second}, by {ahead:+.1f} percentage points (95% interval "
            "{low:+.1f} to {high:+.1f}).",
            **figures,
        )
        if better
        else tell(
            "Whether {first} does better than {second} is not shown: the difference is "
            "{ahead:+.1f} percentage points (95% interval {low:+.1f} to {high:+.1f}).",
            **figures,
        )
    )
    return Check("measure.best", better or None, sentence, ahead, 0.0)


def several_treatments(n: int) -> Check:
    """That each treatment is judged for itself."""
    sentence = tell(
        "{n} treatments are held against the same people left alone, each for itself: of twenty "
        "without effect, one shows one by chance.",
        n=n,
    )
    return Check("measure.several", None, sentence, float(n))


def strata_apart(treated: Bools, compared: Bools, strata: "pd.Series[str] | None") -> Check | None:
    """How many are in segments that say nothing about the effect."""
    out = int((~compared).sum())
    if strata is None or not out:
        return None
    sentence = tell(
        "{out} of {n} on the list are in segments where nobody was left alone, or everybody "
        "({names}): they say nothing about the effect.",
        out=out,
        n=len(treated),
        names=listed(sorted(strata[~compared].unique())),
    )
    return Check("measure.left_out", None, sentence, float(out))


def found_in_sales(found: int, mended: int, n: int, whole: bool) -> Check | None:
    """How many of the list are in the sales; `whole`: these reach back before the contact."""
    if not found:
        return None
    share = found / n
    sentence = together(
        tell(
            "{found} of the {n} on the list ({share:.1%}) were found in the sales.",
            found=found,
            n=n,
            share=share,
        ),
        tell_many(
            mended,
            "One of them after zeros or a plus lost in front were put back.",
            "{n} of them after zeros or a plus lost in front were put back.",
            n=mended,
        )
        if mended
        else "",
        tell("The others count as if they had not bought, so look at how ids are written.")
        if whole and share < FOUND_SHARE
        else "",
    )
    passed = None if not whole else share >= FOUND_SHARE
    return Check("measure.found", passed, sentence, share, FOUND_SHARE)


def nobody_bought(spend: Floats) -> Check | None:
    """Whether anybody on the list bought at all, or the list is of other customers."""
    if (spend > 0).any():
        return None
    sentence = tell(
        "None of the {n} customers on the list bought: are their ids written as in the sales?",
        n=len(spend),
    )
    return Check("measure.matched", False, sentence, 0.0)


def balanced(contacts: pd.DataFrame, treated: Bools) -> Check | None:
    """Whether the groups were alike before, judged by the propensity in the list."""
    if "propensity" not in contacts.columns:
        return None
    p = contacts["propensity"].to_numpy(dtype="float64")
    names = contacts[DRAWN_WITHIN].to_numpy() if DRAWN_WITHIN in contacts else None
    strata = [np.ones(len(p), dtype=bool)]
    if names is not None:
        strata = [names == name for name in pd.unique(names)]
    gap, error = gain_within(treated, p, strata)
    mine = float(p[treated].mean())
    z = abs(gap) / error if error else 0.0
    alike = bool(z <= BALANCED_Z)
    figures = {"mine": mine, "theirs": mine - gap}
    sentence = (
        tell(
            "Before the contact the two groups were expected to buy at {mine:.1%} and "
            "{theirs:.1%}.",
            **figures,
        )
        if alike
        else tell(
            "Before the contact the two groups were expected to buy at {mine:.1%} and "
            "{theirs:.1%}, more apart than a random draw gives: was the list changed?",
            **figures,
        )
    )
    return Check("measure.balance", alike, sentence, z, BALANCED_Z)


def window_over(seen: int, window_days: int) -> Check | None:
    """Whether all days that count have passed."""
    if seen >= window_days:
        return None
    sentence = tell(
        "Only {seen} of the {window} days that count have passed; measure again when they all "
        "have.",
        seen=seen,
        window=window_days,
    )
    return Check("measure.window", False, sentence, float(seen), float(window_days))


def rows_counted(unknown: int, treatment: str, undecided: int, converted: str) -> list[Check]:
    """How rows count that don't say who was contacted, or what came of it."""
    said = []
    if unknown:
        said.append(
            tell_many(
                unknown,
                "One row has no value in {column}, so that who was contacted is not known: it is "
                "left out.",
                "{n} rows have no value in {column}, so that who was contacted is not known: they "
                "are left out.",
                n=unknown,
                column=treatment,
            )
        )
    if undecided:
        said.append(
            tell_many(
                undecided,
                "One row does not say in {column} what came of it: it counts as no.",
                "{n} rows do not say in {column} what came of it: they count as no.",
                n=undecided,
                column=converted,
            )
        )
    return [Check("measure.rows", None, sentence) for sentence in said]


def of_treatment(check: Check, treatment: str) -> Check:
    """A check of one treatment among several."""
    sentence = tell("{treatment}: {said}", treatment=treatment, said=check.sentence)
    return Check(check.name, check.passed, sentence, check.value, check.threshold, check.source)
