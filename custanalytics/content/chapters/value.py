"""What are the customers worth: totals, segments, a new customer, and how it was tested."""

from collections.abc import Mapping, Sequence

import pandas as pd

from custanalytics.check import Check
from custanalytics.clv import CustomerLifetimeValue
from custanalytics.content.blocks import Notice
from custanalytics.content.chapter import Chapter, Declaration
from custanalytics.content.chapters import cohorts, value_tests
from custanalytics.content.chapters.value_tests import (
    decile_chart,
    leaving,
    model,
    origins_chart,
    parameter_table,
    shortened,
    tested,
    validation_table,
    weight_table,
)
from custanalytics.content.chart import Callout, Chart, Placement
from custanalytics.content.format import Formats
from custanalytics.content.rows import most
from custanalytics.content.tables import Column, Table, table
from custanalytics.content.words import plural, say, told, words
from custanalytics.sentences import noted

SEGMENTS = Placement(
    "value-segments",
    noted("Value segments"),
    values=noted("Value"),
    story=True,
    notes=("basis", "model", "tested"),
)
PAYBACK = Placement(
    "payback",
    noted("Payback"),
    values=noted("Brought in so far"),
    story=True,
    beside=("new_customer",),
    notes=("basis",),
)
CHAPTER = Declaration(
    "value",
    "value",
    charts=(SEGMENTS, PAYBACK, value_tests.ORIGINS, value_tests.DECILES),
    tables=(
        "value-totals",
        "value-segments",
        "payback",
        "parameters",
        "value-validation",
        "value-weights",
    ),
    texts=("lead", "tested", "new_customer", "basis", "model", "leaving"),
    parts=("doubts",),
    flags=("value_tested",),
)
_MONTHS_SHOWN = (0, 1, 3, 6, 9, 12, 18, 24, 36)


def value(
    found: CustomerLifetimeValue | None,
    trust: Sequence[Check],
    decisions: pd.DataFrame | None,
    formats: Formats,
) -> Chapter:
    """The chapter, or that it is left out."""
    if found is None:
        return Chapter(CHAPTER, present=False)
    if formats.counted:
        return _counted(found, trust, formats)
    by_segment = _worth(decisions)
    charts: list[Chart] = []
    tables = [
        _totals(found, formats),
        validation_table(found, formats),
        weight_table(found, formats),
        parameter_table(found, formats),
    ]
    if by_segment is not None:
        charts.append(_segment_chart(by_segment, found, formats))
        tables.insert(1, _segment_table(by_segment, found, formats))
    if found.new_customer:
        charts.append(_payback_chart(found, formats))
        tables.append(_payback(found, formats))
    if found.origins["revenue_error"].notna().any():
        charts.append(origins_chart(found, formats))
    if len(found.tenths) and found.tenths["actual_share"].notna().any():
        charts.append(decile_chart(found, formats))
    return Chapter(
        CHAPTER,
        parts={"doubts": _doubts(trust, formats)},
        texts={
            "lead": lead(found, formats),
            "tested": tested(found, formats),
            "new_customer": _new_customer(found, formats),
            "basis": basis(found, formats),
            "model": model(found, formats),
            "leaving": leaving(found, formats),
        },
        charts=tuple(charts),
        tables=tuple(tables),
        flags={"value_tested": len(found.origins) > 0},
    )


def _doubts(trust: Sequence[Check], formats: Formats) -> Notice | None:
    """What speaks against the forecast, if anything does."""
    against = [told(check.sentence, formats) for check in trust if check.passed is False]
    if not against:
        return None
    return Notice("warning", say("Take this forecast as a rough guide"), " ".join(against))


def _counted(found: CustomerLifetimeValue, trust: Sequence[Check], formats: Formats) -> Chapter:
    """The chapter in purchases, where no amount is known."""
    return Chapter(
        CHAPTER,
        parts={"doubts": _doubts(trust, formats)},
        texts={
            "lead": lead(found, formats),
            "tested": tested(found, formats),
            "model": model(found, formats),
            "leaving": leaving(found, formats),
        },
        tables=(weight_table(found, formats), parameter_table(found, formats)),
        flags={"value_tested": len(found.origins) > 0},
    )


def horizon(days: float, formats: Formats) -> str:
    """A horizon in words: ``the next 12 months``."""
    if days % 365 == 0:
        months = 12 * days / 365
        # Translators: stands in other sentences as {horizon}, always after "in" or "within".
        return say("the next {months} months", months=formats.count(months))
    # Translators: stands in other sentences as {horizon}, always after "in" or "within".
    return say("the next {days} days", days=formats.days(days))


def lead(found: CustomerLifetimeValue, formats: Formats) -> str:
    """Expected revenue of the customers there are, with its interval, over the days supported."""
    totals = found.totals.iloc[0]
    figures = {
        "customers": formats.count(totals["customers"]),
        "horizon": horizon(found.params["horizon_days"], formats),
        "level": formats.share(found.params["level"]),
    }
    if formats.counted:
        text = plural(
            totals["customers"],
            "The one customer you know is expected to buy {purchases} times in {horizon}; with "
            "{level} confidence between {low} and {high} times.",
            "The {customers} customers you know are expected to buy {purchases} times in "
            "{horizon}; with {level} confidence between {low} and {high} times.",
            purchases=formats.count(totals["expected_purchases"]),
            low=formats.count(totals["purchases_low"]),
            high=formats.count(totals["purchases_high"]),
            **figures,
        )
        return f"{text} {shortened(found, formats)}".strip()
    text = plural(
        totals["customers"],
        "The one customer you know is expected to bring {revenue} in {horizon}; with {level} "
        "confidence between {low} and {high}.",
        "The {customers} customers you know are expected to bring {revenue} in {horizon}; with "
        "{level} confidence between {low} and {high}.",
        revenue=formats.money_short(totals["revenue"]),
        low=formats.money_short(totals["revenue_low"]),
        high=formats.money_short(totals["revenue_high"]),
        **figures,
    )
    return f"{text} {shortened(found, formats)}".strip()


def basis(found: CustomerLifetimeValue, formats: Formats) -> str:
    """What the word value stands for in this report."""
    rate, margin = found.params["annual_discount_rate"], found.params["margin"]
    if margin is None:
        return say(
            "Value here is expected revenue, discounted at {rate} a year; no margin was given for "
            "this report.",
            rate=formats.share(rate),
        )
    return say(
        "Value here is expected margin: {margin} of revenue, discounted at {rate} a year.",
        margin=formats.share(margin),
        rate=formats.share(rate),
    )


def worth(found: CustomerLifetimeValue, formats: Formats) -> str:
    """What value counts here, as the start of a label."""
    if formats.counted:
        return ""
    span = horizon(found.params["horizon_days"], formats)
    if found.params["margin"] is None:
        return say("Expected revenue in {horizon}, discounted", horizon=span)
    return say("Expected margin in {horizon}, discounted", horizon=span)


def _new_customer(found: CustomerLifetimeValue, formats: Formats) -> str:
    new = found.new_customer
    if not new:
        return say(
            "What a new customer brings is not known: too few new customers have been seen for so "
            "long."
        )
    span = horizon(found.params["horizon_days"], formats)
    told_all = [
        say(
            "A new customer starts with an order of {first} on average and is expected to bring "
            "{repeat} more in {horizon}.",
            first=formats.money(new["first_order_value"]),
            repeat=formats.money(new["repeat_revenue"]),
            horizon=span,
        ),
        _last_ones(new, formats),
    ]
    told_all.append(cohorts.left_out(new, formats))
    told_all.append(
        say(
            "How much you can spend to win one depends on your margin, which was not given for "
            "this report."
        )
        if found.params["margin"] is None
        else say(
            "After costs of goods that supports spending up to {cost} to win one; whatever is "
            "spent below that is profit within {horizon}.",
            cost=formats.money(new["supported_acquisition_cost"]),
            horizon=span,
        )
    )
    return " ".join(part for part in told_all if part)


def _last_ones(new: Mapping[str, float], formats: Formats) -> str:
    """What the last new customers did bring: the mean, and the one in the middle."""
    figures = {
        "n": formats.count(new["tested_customers"]),
        "mean": formats.money(new["tested_mean"]),
        "median": formats.money(new["tested_median"]),
    }
    if new["tested_median"] <= 0:
        return say(
            "The last {n} new customers seen for so long brought {mean} more on average; half of "
            "them or more brought nothing.",
            **figures,
        )
    return say(
        "The last {n} new customers seen for so long brought {mean} more on average; half of them "
        "brought {median} or less.",
        **figures,
    )


def _worth(decisions: pd.DataFrame | None) -> pd.DataFrame | None:
    if decisions is None or decisions["clv"].isna().all():
        return None
    rows = decisions.loc[decisions["customers"] > 0]
    return words(rows.sort_values(["clv", "segment"], ascending=[False, True]), "segment")


def _segment_chart(rows: pd.DataFrame, found: CustomerLifetimeValue, formats: Formats) -> Chart:
    top = most(rows, "clv")
    title = say(
        "{segment}: {share} of the value still to come",
        segment=top["segment"],
        share=formats.share(top["clv"] / found.totals["clv"].iloc[0]),
    )
    return Chart(
        placed=SEGMENTS,
        kind="bars",
        data=rows,
        x="clv",
        y="segment",
        low="clv_low",
        high="clv_high",
        x_format="money_short",
        title=title,
        subtitle=say("{what}, by segment", what=worth(found, formats)),
        alt=say("Bars of expected value by segment. {title}.", title=title),
        note=say("Thin lines: {level} interval.", level=formats.share(found.params["level"])),
    )


def _segment_table(rows: pd.DataFrame, found: CustomerLifetimeValue, formats: Formats) -> Table:
    shown = rows.copy()
    shown["each"] = shown["clv"] / shown["customers"]
    return table(
        "value-segments",
        shown,
        [
            "segment",
            "customers",
            "clv",
            Column("clv_low", say("Low")),
            Column("clv_high", say("High")),
            Column("each", say("Value each"), "money"),
        ],
        formats,
        say(
            "{what}, by segment, with {level} intervals",
            what=worth(found, formats),
            level=formats.share(found.params["level"]),
        ),
        result="decisions",
    )


def _totals(found: CustomerLifetimeValue, formats: Formats) -> Table:
    totals = found.totals.iloc[0]
    rows = [
        (say("Buyers expected"), *_three(totals, "buyers", "buyers", "count", formats)),
        (
            say("Purchases expected"),
            *_three(totals, "expected_purchases", "purchases", "count", formats),
        ),
        (say("Revenue expected"), *_three(totals, "revenue", "revenue", "money", formats)),
    ]
    rate = formats.share(found.params["annual_discount_rate"])
    margin = found.params["margin"]
    label = (
        say("Revenue, discounted at {rate} a year", rate=rate)
        if margin is None
        else say(
            "Margin of {margin}, discounted at {rate} a year",
            margin=formats.share(margin),
            rate=rate,
        )
    )
    rows.append((label, *_three(totals, "clv", "clv", "money", formats)))
    return Table(
        "value-totals",
        (say("All known customers"), say("Expected"), say("Low"), say("High")),
        tuple(rows),
        (False, True, True, True),
        say(
            "What today's customers are expected to do in {horizon}, with {level} intervals",
            horizon=horizon(found.params["horizon_days"], formats),
            level=formats.share(found.params["level"]),
        ),
    )


def _three(
    row: "pd.Series[float]", middle: str, bounds: str, kind: str, formats: Formats
) -> tuple[str, str, str]:
    return (
        formats.apply(kind, row[middle]),
        formats.apply(kind, row[f"{bounds}_low"]),
        formats.apply(kind, row[f"{bounds}_high"]),
    )


def _payback_chart(found: CustomerLifetimeValue, formats: Formats) -> Chart:
    first, last = found.payback.iloc[0], found.payback.iloc[-1]
    label = say("first order: {money}", money=formats.money(first["cumulative_margin"]))
    figures = {
        "money": formats.money(last["cumulative_margin"]),
        "months": formats.count(last["month"]),
    }
    earned = found.params["margin"] is not None
    title = (
        say(
            "A new customer brings {money} of margin, discounted, within {months} months", **figures
        )
        if earned
        else say(
            "A new customer brings {money} of revenue, discounted, within {months} months",
            **figures,
        )
    )
    return Chart(
        placed=PAYBACK,
        kind="line",
        data=found.payback,
        x="month",
        y="cumulative_margin",
        x_format="count",
        y_format="money",
        x_title=say("Months since the first order"),
        marks=(Callout(first["month"], float(first["cumulative_margin"]), label),),
        title=title,
        subtitle=say("Expected margin of a new customer, discounted and added up")
        if earned
        else say("Expected revenue of a new customer, discounted and added up"),
        alt=say("Rising line of what a new customer brings, by month. {title}.", title=title),
        note=say(
            "Read it as a limit: what you pay to win a customer is earned back in the month in "
            "which the line reaches it."
        )
        if earned
        else say("Revenue, not profit: no margin was given."),
    )


def _payback(found: CustomerLifetimeValue, formats: Formats) -> Table:
    rows = found.payback.loc[found.payback["month"].isin(_MONTHS_SHOWN)].copy()
    rows["label"] = [
        say("First order")
        if month == 0
        else plural(month, "1 month", "{n} months", n=formats.count(month))
        for month in rows["month"]
    ]
    earned = found.params["margin"] is not None
    return table(
        "payback",
        rows,
        [
            Column("label", say("By")),
            Column(
                "cumulative_margin",
                say("Acquisition cost earned back") if earned else say("Revenue, discounted"),
                "money",
            ),
        ],
        formats,
        say("What a new customer is expected to have brought in, by month"),
    )
