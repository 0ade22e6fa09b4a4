"""Do customers come back: retention by cohort, and the way to the second purchase."""

from collections.abc import Mapping

import pandas as pd

from custanalytics.content.chapter import Chapter, Declaration
from custanalytics.content.chart import Callout, Chart, Placement
from custanalytics.content.format import Formats, is_missing
from custanalytics.content.words import plural, say, word
from custanalytics.customers.cohorts import FEWEST_CUSTOMERS, Cohorts
from custanalytics.sentences import noted

RETENTION = Placement("retention", noted("Retention"), story=True)
AVERAGE = Placement(
    "retention-average", noted("Retention average"), values=noted("Share who bought")
)
SECOND = Placement(
    "second-purchase",
    noted("Second purchase"),
    values=noted("Bought a second time"),
    story=True,
    beside=("waiting",),
)
CHAPTER = Declaration(
    "cohorts",
    "cohorts",
    charts=(RETENTION, AVERAGE, SECOND),
    texts=("lead", "waiting"),
    flags=("second",),
)
_SHOWN_PERIODS = 12
_SINCE = {
    "month": noted("Months since the first purchase"),
    "quarter": noted("Quarters since the first purchase"),
    "year": noted("Years since the first purchase"),
}
_AGAIN = {
    "month": noted("A month after their first purchase, {share} of new customers buy again"),
    "quarter": noted("A quarter after their first purchase, {share} of new customers buy again"),
    "year": noted("A year after their first purchase, {share} of new customers buy again"),
}
_MAPPED = {
    "month": noted(
        "Per cent of customers who bought again in that month, by month of their first purchase "
        "(number of customers in brackets)"
    ),
    "quarter": noted(
        "Per cent of customers who bought again in that quarter, by quarter of their first "
        "purchase (number of customers in brackets)"
    ),
    "year": noted(
        "Per cent of customers who bought again in that year, by year of their first purchase "
        "(number of customers in brackets)"
    ),
}
_MAP = {
    "month": noted(
        "Heat map of retention, one row a month of first purchase, one column a month since. "
        "{title}."
    ),
    "quarter": noted(
        "Heat map of retention, one row a quarter of first purchase, one column a quarter since. "
        "{title}."
    ),
    "year": noted(
        "Heat map of retention, one row a year of first purchase, one column a year since. {title}."
    ),
}
_BOUGHT = {
    "month": noted("Customers who bought in that month, all cohorts"),
    "quarter": noted("Customers who bought in that quarter, all cohorts"),
    "year": noted("Customers who bought in that year, all cohorts"),
}
_WAITS = (30, 90, 180, 365)


def cohorts(by_cohort: Cohorts | None, formats: Formats) -> Chapter:
    """The chapter, or that it is left out."""
    if by_cohort is None:
        return Chapter(CHAPTER, present=False)
    came_back = by_cohort.figures["share_second_purchase"] > 0 and not _few(by_cohort)
    seen = by_cohort.retention.loc[
        (by_cohort.retention["period"] > 0) & by_cohort.retention["complete"]
    ]
    charts = []
    if came_back and len(seen) > 1 and (by_cohort.average["period"] == 1).any():
        charts.append(_heatmap(by_cohort, seen, formats))
        if len(_followed(by_cohort)) > 1:
            charts.append(_average(by_cohort, formats))
    if came_back:
        charts.append(_second(by_cohort, formats))
    return Chapter(
        CHAPTER,
        texts={"lead": lead(by_cohort, formats), "waiting": _waiting(by_cohort, formats)},
        charts=tuple(charts),
        flags={"second": came_back},
    )


def lead(by_cohort: Cohorts, formats: Formats) -> str:
    """How many customers buy a second time."""
    figures = by_cohort.figures
    customers, soon = formats.count(figures["new_customers"]), ""
    again = figures["new_customers"] * figures["share_second_purchase"]
    if not again > 0:
        text = plural(
            figures["new_customers"],
            "The one new customer in the file has not bought a second time so far.",
            "None of the {customers} new customers in the file has bought a second time so far.",
            customers=customers,
        )
    elif _few(by_cohort):
        text = plural(
            figures["new_customers"],
            "The one new customer in the file has bought a second time.",
            "Of {customers} new customers {again} have bought a second time so far: too few "
            "customers to tell how many will.",
            customers=customers,
            again=formats.count(again),
        )
    else:
        text = say(
            "So far {share} of {customers} new customers have bought a second time.",
            share=formats.share(figures["share_second_purchase"]),
            customers=customers,
        )
        soon = within(by_cohort, formats)
    parts = (text, soon, left_out(figures, formats))
    return " ".join(part for part in parts if part)


def _few(by_cohort: Cohorts) -> bool:
    """Whether a single customer would move every share."""
    return by_cohort.figures["new_customers"] < FEWEST_CUSTOMERS


def left_out(figures: Mapping[str, float], formats: Formats) -> str:
    """Which first days of the data tell nothing about new customers, and why."""
    if not figures["left_out_days"] > 0:
        return ""
    return say(
        "Customers first seen in the first {days} days of the data are left out here: many of "
        "them are old customers.",
        days=formats.days(figures["left_out_days"]),
    )


def within(by_cohort: Cohorts, formats: Formats) -> str:
    """The share who buy a second time within the longest wait the data can tell."""
    waits = [d for d in _WAITS if not is_missing(by_cohort.figures[f"share_second_{d}d"])]
    if not waits or _few(by_cohort):
        return ""
    return say(
        "Within {days} days of the first purchase, {share} of new customers buy a second time.",
        share=formats.share(by_cohort.figures[f"share_second_{waits[-1]}d"]),
        days=formats.days(waits[-1]),
    )


def _waiting(by_cohort: Cohorts, formats: Formats) -> str:
    median = by_cohort.figures["median_days_to_second"]
    if is_missing(median) or _few(by_cohort):
        return ""
    return plural(
        median,
        "Half of the new customers who came back had done so within one day of their first "
        "purchase.",
        "Half of the new customers who came back had done so within {days} days of their first "
        "purchase: that is the time in which a reminder works with their habit, not against it.",
        days=formats.days(median),
    )


def cohort_name(day: pd.Timestamp, unit: str, formats: Formats) -> str:
    """A cohort by the period of its first purchase."""
    if unit == "month":
        return formats.month_short(day)
    if unit == "quarter":
        return say("{year} Q{quarter}", year=day.year, quarter=(day.month + 2) // 3)
    return str(day.year)


def _heatmap(by_cohort: Cohorts, seen: pd.DataFrame, formats: Formats) -> Chart:
    shown = seen.loc[seen["period"] <= _SHOWN_PERIODS].copy()
    shown["label"] = [
        f"{cohort_name(day, by_cohort.period, formats)} ({formats.count(size)}){' *' * old}"
        for day, size, old in zip(
            shown["cohort"], shown["customers"], shown["old_customers"], strict=True
        )
    ]
    first = by_cohort.average.loc[by_cohort.average["period"] == 1]
    unit = by_cohort.period
    title = say(_AGAIN[unit], share=formats.share(first["retention"].iloc[0]))
    return Chart(
        placed=RETENTION,
        kind="heatmap",
        data=shown[["label", "period", "retention"]],
        x="period",
        y="label",
        z="retention",
        x_title=word(_SINCE[unit]),
        title=title,
        subtitle=word(_MAPPED[unit]),
        alt=say(_MAP[unit], title=title),
        note=say("* Old customers are among them: these rows are in no average of new customers.")
        if shown["old_customers"].any()
        else "",
    )


def _followed(by_cohort: Cohorts) -> pd.DataFrame:
    # Further on only the oldest cohorts are left, and the curve would show who they are.
    later: pd.DataFrame = by_cohort.average.loc[by_cohort.average["period"] > 0]
    followed: pd.DataFrame = later.loc[later["customers"] >= later["customers"].max() / 2]
    return followed


def _average(by_cohort: Cohorts, formats: Formats) -> Chart:
    rows = _followed(by_cohort)
    last = rows.iloc[-1]
    title = _later(by_cohort.period, last["period"], last["retention"], formats)
    return Chart(
        placed=AVERAGE,
        kind="line",
        data=rows[["period", "retention"]],
        x="period",
        y="retention",
        x_format="count",
        y_format="share",
        x_title=word(_SINCE[by_cohort.period]),
        title=title,
        subtitle=word(_BOUGHT[by_cohort.period]),
        alt=say("Line of average retention by time since first purchase. {title}.", title=title),
        note=say("Shown as far as at least half of the customers have been seen that long."),
        half=True,
    )


def _later(unit: str, periods: float, retention: float, formats: Formats) -> str:
    figures = {"periods": formats.count(periods), "share": formats.share(retention)}
    if unit == "month":
        return plural(
            periods,
            "In the month after their first purchase, {share} buy",
            "{periods} months after their first purchase, {share} buy",
            **figures,
        )
    if unit == "quarter":
        return plural(
            periods,
            "In the quarter after their first purchase, {share} buy",
            "{periods} quarters after their first purchase, {share} buy",
            **figures,
        )
    return plural(
        periods,
        "In the year after their first purchase, {share} buy",
        "{periods} years after their first purchase, {share} buy",
        **figures,
    )


def _second(by_cohort: Cohorts, formats: Formats) -> Chart:
    curve = by_cohort.second_purchase
    days = [d for d in (90, 30) if not is_missing(by_cohort.figures[f"share_second_{d}d"])]
    if days:
        share = by_cohort.figures[f"share_second_{days[0]}d"]
        title = say(
            "Within {days} days, {share} buy a second time",
            days=formats.days(days[0]),
            share=formats.share(share),
        )
        marks: tuple[Callout, ...] = (
            Callout(
                float(days[0]),
                share,
                say("{share} by day {days}", share=formats.share(share), days=days[0]),
            ),
        )
    else:
        title = say(
            "So far, {share} have bought a second time",
            share=formats.share(by_cohort.figures["share_second_purchase"]),
        )
        marks = ()
    return Chart(
        placed=SECOND,
        kind="line",
        data=_thin(curve),
        x="days",
        y="share",
        low="share_low",
        high="share_high",
        x_format="days",
        y_format="share",
        x_title=say("Days since the first purchase"),
        marks=marks,
        title=title,
        subtitle=say("Share of new customers with a second purchase"),
        alt=say("Rising curve of the share with a second purchase. {title}.", title=title),
        note=say("Band: 95% interval. Customers who only just joined are allowed for."),
        half=True,
    )


def _thin(curve: pd.DataFrame, most: int = 120) -> pd.DataFrame:
    # A picture a few hundred pixels wide shows no more steps than these.
    step = max(1, len(curve) // most)
    return pd.concat([curve.iloc[:-1:step], curve.iloc[-1:]], ignore_index=True)
