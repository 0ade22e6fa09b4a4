"""The action plan: what to do, for whom, and the money that it can move, the most first."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from custanalytics.customers.rfm import RFM
from custanalytics.results.lists import LATE, may_be_contacted, segment_list
from custanalytics.scoring.control_group import control_list
from custanalytics.scoring.profit import CAUTIOUS_LIFT
from custanalytics.sentences import noted, tell

SEGMENT, WIN_BACK = "segment", "win_back"
# What the gains are: the most that cost and margin allow to say.
PROFIT, EXTRA_MARGIN, EXTRA_REVENUE = "profit", "margin", "revenue"
# What a contact may add, as shares of the money that it can move; ranked by the middle one.
LIFTS = (0.02, 0.05, 0.10)
NAMES = 10
FEWEST_OFFERED = 5
_IN_SUMMARY = 3
# Before its segment, in `step_of`: late customers of segments that are not of the late alone.
_LATE_STEP = ""


@dataclass(frozen=True)
class Terms:
    """What a contact costs (currency units) and what share of revenue is profit, where known."""

    contact_cost: float | None = None
    margin: float | None = None

    @property
    def basis(self) -> str:
        """What a gain is."""
        if self.margin is None:
            return EXTRA_REVENUE
        return EXTRA_MARGIN if self.contact_cost is None else PROFIT


def step_of(customers: pd.DataFrame, decisions: pd.DataFrame) -> "pd.Series[str]":
    """The action that each customer belongs to: the segment's, or to win back the late.

    The late of a segment that holds others too are an action of their own.
    """
    steps = customers["segment"].copy()
    if "late" in customers:
        late = customers["late"].fillna(False).astype(bool)
        mixed = ~late.groupby(customers["segment"]).transform("all")
        contacted = steps.isin(decisions.loc[decisions["contact"], "segment"])
        steps = steps.mask(late & mixed & contacted, _LATE_STEP)
    return steps.rename("step")


def ranked_actions(
    decisions: pd.DataFrame,
    customers: pd.DataFrame,
    steps: "pd.Series[str]",
    expected: pd.DataFrame | None,
    terms: Terms,
    groups: RFM,
) -> pd.DataFrame:
    """One row per action, the one that moves most money at a cautious lift first.

    `customers` have their group drawn, `steps` is `step_of` them, and `expected` what those to
    be contacted (by step) bring over the plan's days without it, as `Forecast.groups` gives it.
    """
    of_segment = decisions.set_index("segment")
    table = pd.DataFrame(
        [_row(step, members, of_segment) for step, members in customers.groupby(steps)]
    )
    table = _with_money(table, expected, terms)
    # A gain that no forecast tells is no reason against it.
    pays = table["contact"] & (table["contacted"] > 0) & ~(table["gain_5"] <= 0)
    table = table.assign(pays=pays).sort_values(
        ["pays", "contact", "gain_5", "spent", "step_name"],
        ascending=[False, False, False, False, True],
        ignore_index=True,
    )
    table["step"] = table["pays"].cumsum().where(table["pays"]).astype("float64")
    table["in_summary"] = (table["step"] <= _IN_SUMMARY) & _enough_customers(groups)
    for name in ("list", "control_list"):
        table[name] = table[name].where(table["pays"])
    return table[list(COLUMNS)]


COLUMNS = (
    "step", "kind", "segment", "action", "contact", "customers", "reachable", "contacted",
    "control_size", "detectable_lift", "expected_revenue", "expected_revenue_low",
    "expected_revenue_high", "revenue_at_risk", "revenue_at_risk_low", "revenue_at_risk_high",
    "gain_2", "gain_2_low", "gain_2_high", "gain_5", "gain_5_low", "gain_5_high", "gain_10",
    "gain_10_low", "gain_10_high", "basis", "break_even_lift", "break_even_cost", "list",
    "control_list", "in_summary",
)  # fmt: skip


def _row(step: str, members: pd.DataFrame, of_segment: pd.DataFrame) -> dict[str, Any]:
    to_contact = members.loc[members["group"] == "contact"]
    left_alone = int((members["group"] == "control").sum())
    if step == _LATE_STEP:
        told: dict[str, Any] = {
            "kind": WIN_BACK,
            "segment": None,
            "action": noted("Win back with a dated offer."),
            "contact": True,
            "detectable_lift": np.nan,
            "list": LATE,
        }
    else:
        row = of_segment.loc[step]
        told = {"kind": SEGMENT, "segment": step, "list": segment_list(step)}
        told |= {name: row[name] for name in ("action", "contact", "detectable_lift")}
    return {
        **told,
        "step_name": step,
        "customers": len(members),
        "reachable": int(may_be_contacted(members).sum()),
        "contacted": len(to_contact),
        "control_size": float(left_alone) if left_alone else np.nan,
        "control_list": control_list(told["list"]) if left_alone else None,
        "spent": float(members["total_spend"].sum()),
        **_at_risk(to_contact),
    }


def _at_risk(members: pd.DataFrame) -> dict[str, float]:
    """Usual spend of the late that is not expected to come; null where nobody is late."""
    names = ("revenue_at_risk", "revenue_at_risk_low", "revenue_at_risk_high")
    if "late" not in members or not members["late"].eq(True).any():
        return dict.fromkeys(names, np.nan)
    late = members.loc[members["late"].eq(True)]
    chances = (late["propensity"], late["propensity_high"], late["propensity_low"])
    return {
        name: float((late["usual_spend"] * (1 - chance)).sum())
        for name, chance in zip(names, chances, strict=True)
    }


def _with_money(table: pd.DataFrame, expected: pd.DataFrame | None, terms: Terms) -> pd.DataFrame:
    """What comes without the action, what the action can add, and where it breaks even.

    The money that can be moved is what those on time are expected to bring, and of the late
    what is not expected to come.
    """
    ends = ("", "_low", "_high")
    sums = [f"expected_revenue{end}" for end in ends]
    if expected is None:
        table[sums] = np.nan
    else:
        named = expected.rename(columns={f"revenue{end}": f"expected_revenue{end}" for end in ends})
        table = table.merge(
            named[["step", *sums]], left_on="step_name", right_on="step", how="left"
        ).drop(columns="step")
    late = table["revenue_at_risk"].notna()
    share = terms.margin or 1.0
    cost = terms.contact_cost if terms.basis == PROFIT else None
    paid = table["contacted"] * (cost or 0.0)
    can_move = table["contact"]
    movable = {
        end: table[f"revenue_at_risk{end}"]
        .where(late, table[f"expected_revenue{end}"])
        .where(can_move)
        for end in ends
    }
    for lift in LIFTS:
        for end in ends:
            table[f"gain_{lift * 100:.0f}{end}"] = movable[end] * lift * share - paid
    full = (movable[""] * share).where(movable[""] > 0)
    table["break_even_lift"] = paid / full if cost is not None else np.nan
    people = table["contacted"].where(table["contacted"] > 0)
    table["break_even_cost"] = movable[""] * CAUTIOUS_LIFT * share / people
    table["basis"] = terms.basis
    return table


def _enough_customers(groups: RFM) -> bool:
    # Segments of a handful of customers are an order to look at them in, nothing to act on.
    return not any(
        check.name == "rfm.customers" and check.passed is False for check in groups.checks
    )


def planned(
    customers: pd.DataFrame, steps: "pd.Series[str]", actions: pd.DataFrame
) -> pd.DataFrame:
    """Number of each customer's step of the plan, and the group within it; null outside it."""
    names = actions["segment"].fillna(_LATE_STEP)
    numbers = steps.map(dict(zip(names, actions["step"], strict=True))).astype("Float64")
    group = customers["group"].where(numbers.notna().to_numpy(dtype=bool))
    number = numbers.where(group.notna().to_numpy(dtype=bool)).astype("Int64")
    return pd.DataFrame({"plan_step": number, "group": group}, index=customers.index)


def names_to_call(customers: pd.DataFrame, rules: pd.DataFrame | None = None) -> pd.DataFrame:
    """The ten to begin with in each step, the most money to move first.

    One row per name: `step`, and the columns of `customers` that say who it is, what was bought
    last and what is usual; `next_product` is what `rules` of `next_products`, the surest first,
    say is bought after it.
    """
    wanted = [
        "customer_id", "last_order", "last_product", "typical_order", "usual_gap_days",
        "days_since_last_purchase", "n_orders", "propensity",
    ]  # fmt: skip
    there = [name for name in wanted if name in customers]
    rows = customers.loc[(customers["group"] == "contact") & customers["plan_step"].notna()]
    if "expected_revenue" in rows:
        late = rows["late"].eq(True)
        money = rows["revenue_at_risk"].where(late, rows["expected_revenue"])
    else:
        money = rows["total_spend"]
    rows = rows.assign(money=money).sort_values(
        ["plan_step", "money", "customer_id"], ascending=[True, False, True]
    )
    first = rows.groupby("plan_step", sort=False).head(NAMES)
    named = first[["plan_step", *there]].rename(columns={"plan_step": "step"})
    if "last_product" in named:
        follows = {} if rules is None else _surest(rules)["consequent"].to_dict()
        named["next_product"] = named["last_product"].map(follows).astype("string").astype("str")
    return named.reset_index(drop=True)


def _surest(rules: pd.DataFrame) -> pd.DataFrame:
    return rules.drop_duplicates("antecedent").set_index("antecedent")


def with_offers(
    actions: pd.DataFrame, customers: pd.DataFrame, rules: pd.DataFrame | None
) -> pd.DataFrame:
    """The actions with the offer that suits most of those to contact: what is bought next."""
    offers = dict.fromkeys(actions.index, "")
    if rules is not None and len(rules) and "last_product" in customers:
        surest = _surest(rules)
        to_contact = customers.loc[customers["group"] == "contact"]
        for at, step in actions["step"].dropna().items():
            bought = to_contact.loc[to_contact["plan_step"] == step, "last_product"]
            bought = bought.loc[bought.isin(surest.index)].value_counts()
            if len(bought) and bought.iloc[0] >= FEWEST_OFFERED:
                offers[at] = _offer(str(bought.index[0]), int(bought.iloc[0]), surest)
    return actions.assign(offer=pd.Series(offers, dtype="object"))


def _offer(product: str, people: int, surest: pd.DataFrame) -> str:
    rule = surest.loc[[product]].iloc[0].to_dict()
    return tell(
        "{people} of them bought {product} last; {confidence:.0%} of those who did so before "
        "bought {next} the time after, {lift:.1f} times as many as otherwise.",
        people=people,
        product=product,
        next=rule["consequent"],
        confidence=rule["confidence"],
        lift=rule["adjusted_lift"],
    )
