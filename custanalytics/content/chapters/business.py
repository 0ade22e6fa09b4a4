"""How is the business doing: revenue, orders, customers and average order by month."""

import pandas as pd

from custanalytics.content.chapter import Chapter, Declaration
from custanalytics.content.chart import Callout, Chart, Placement, Reference
from custanalytics.content.format import Formats, is_missing
from custanalytics.content.rows import most
from custanalytics.content.tables import Column, Table, table
from custanalytics.content.words import plural, say, word
from custanalytics.customers.overview import Overview
from custanalytics.sentences import noted

REVENUE = Placement(
    "monthly-revenue",
    noted("Monthly revenue"),
    story=True,
    beside=("lead", "refunds"),
    notes=("unknown",),
)
ACTIVITY = Placement("monthly-activity", noted("Monthly activity"))
ORDER = Placement(
    "average-order",
    noted("Average order"),
    values=noted("Average order"),
    story=True,
    beside=("orders",),
)
CHAPTER = Declaration(
    "business",
    "overview",
    charts=(REVENUE, ACTIVITY, ORDER),
    tables=("months",),
    texts=("lead", "orders", "unknown", "refunds"),
    flags=("months",),
)
_TABLE_MONTHS = 24
_LEVEL = 0.005
# Full months that count as lately, and a change of the average order that is none.
_LATELY, _HARDLY = 3, 0.05
_WHO = {
    "returning_revenue": noted("Returning"),
    "new_revenue": noted("New"),
    "unknown_revenue": noted("Not known"),
}
_COLORS = {
    "returning_revenue": "series-1",
    "new_revenue": "series-2",
    "unknown_revenue": "series-8",
}


def business(overview: Overview | None, formats: Formats) -> Chapter:
    """The chapter, or that it is left out."""
    if overview is None:
        return Chapter(CHAPTER, present=False)
    monthly = overview.monthly
    if formats.counted:
        return _counted(overview, formats)
    texts = {
        "lead": lead(overview, formats),
        "orders": _orders(overview, formats),
        "unknown": _unknown(overview, formats),
        "refunds": _refunds(overview, formats),
    }
    if len(monthly) < 2:
        return Chapter(CHAPTER, texts=texts)
    charts = (
        _revenue_chart(overview, formats),
        _activity_chart(overview, formats),
        _order_chart(overview, formats),
    )
    return Chapter(
        CHAPTER,
        texts=texts,
        charts=charts,
        tables=(_month_table(monthly, formats),),
        flags={"months": True},
    )


def _counted(overview: Overview, formats: Formats) -> Chapter:
    """The chapter where purchases are counted, without money."""
    monthly = overview.monthly
    texts = {"lead": lead(overview, formats), "orders": _gap(overview, formats)}
    if len(monthly) < 2:
        return Chapter(CHAPTER, texts=texts)
    return Chapter(
        CHAPTER,
        texts=texts,
        charts=(_activity_chart(overview, formats),),
        tables=(_month_table(monthly, formats),),
        flags={"months": True},
    )


def lead(overview: Overview, formats: Formats) -> str:
    """The state of the business in a sentence or two."""
    monthly = overview.monthly
    if formats.counted:
        return _purchases(overview, formats)
    last, previous = overview.figures["revenue_last_12m"], overview.figures["revenue_previous_12m"]
    if is_missing(last):
        return _whole_period(overview, formats)
    month = formats.month(monthly.loc[monthly["complete"], "month"].iloc[-1])
    if is_missing(previous) or previous <= 0:
        return say(
            "Revenue came to {revenue} in the twelve full months to {month}. The file does not "
            "reach back far enough to compare this with the year before.",
            revenue=formats.money_short(last),
            month=month,
        )
    change = last / previous - 1
    if abs(change) < _LEVEL:
        return say(
            "Revenue came to {revenue} in the twelve full months to {month}, level with the "
            "twelve months before.",
            revenue=formats.money_short(last),
            month=month,
        )
    figures = {
        "revenue": formats.money_short(last),
        "month": month,
        "change": formats.share(abs(change)),
        "previous": formats.money_short(previous),
    }
    if change > 0:
        return say(
            "Revenue came to {revenue} in the twelve full months to {month}, {change} more than "
            "the {previous} of the twelve months before.",
            **figures,
        )
    return say(
        "Revenue came to {revenue} in the twelve full months to {month}, {change} less than the "
        "{previous} of the twelve months before.",
        **figures,
    )


def _purchases(overview: Overview, formats: Formats) -> str:
    """The state of the business in purchases."""
    last, previous = purchases(overview)
    if last is None:
        orders = overview.figures["orders"]
        return plural(
            orders,
            "The file covers {period} and holds one purchase.",
            "The file covers {period}: {orders} purchases. That is too short a time to speak of "
            "growth or decline.",
            period=period(overview, formats),
            orders=formats.count(orders),
        )
    figures = {
        "orders": formats.count(last),
        "month": formats.month(
            overview.monthly.loc[overview.monthly["complete"], "month"].iloc[-1]
        ),
    }
    if not previous:
        return say(
            "There were {orders} purchases in the twelve full months to {month}. The file does "
            "not reach back far enough to compare this with the year before.",
            **figures,
        )
    change = last / previous - 1
    figures |= {"change": formats.share(abs(change)), "previous": formats.count(previous)}
    if abs(change) < _LEVEL:
        return say(
            "There were {orders} purchases in the twelve full months to {month}, as many as in "
            "the twelve months before.",
            **figures,
        )
    if change > 0:
        return say(
            "There were {orders} purchases in the twelve full months to {month}, {change} more "
            "than the {previous} of the twelve months before.",
            **figures,
        )
    return say(
        "There were {orders} purchases in the twelve full months to {month}, {change} fewer than "
        "the {previous} of the twelve months before.",
        **figures,
    )


def purchases(overview: Overview) -> tuple[float | None, float | None]:
    """Orders of the last twelve whole months and of those before; None where there are too few."""
    orders = overview.monthly.loc[overview.monthly["complete"], "orders"]
    years = orders.iloc[-12:], orders.iloc[-24:-12]
    last, previous = (float(year.sum()) if len(year) == 12 else None for year in years)
    return last, previous


def period(overview: Overview, formats: Formats) -> str:
    """The stretch of time the data covers, by month."""
    first, last = overview.monthly["month"].iloc[0], overview.monthly["month"].iloc[-1]
    if first == last:
        return formats.month(first)
    return say("{first} to {last}", first=formats.month(first), last=formats.month(last))


def _whole_period(overview: Overview, formats: Formats) -> str:
    orders = overview.figures["orders"]
    return plural(
        orders,
        "The file covers {period}: {revenue} from one order. That is too short a time to speak "
        "of growth or decline.",
        "The file covers {period}: {revenue} from {orders} orders. That is too short a time to "
        "speak of growth or decline.",
        period=period(overview, formats),
        revenue=formats.money_short(overview.figures["revenue_total"]),
        orders=formats.count(orders),
    )


def _orders(overview: Overview, formats: Formats) -> str:
    figures = overview.figures
    average, median = figures["average_order_value"], figures["median_order_value"]
    if figures["orders"] == 1:
        return say("There is one order, of {average}.", average=formats.money(average))
    text = say(
        "The average order comes to {average}; a typical one, with half of the orders larger and "
        "half smaller, to {median}.",
        average=formats.money(average),
        median=formats.money(median),
    )
    return f"{text} {_gap(overview, formats)}".strip()


def _gap(overview: Overview, formats: Formats) -> str:
    """After how many days customers come back; empty where nobody did."""
    gap = overview.figures["median_days_between_orders"]
    if is_missing(gap):
        return ""
    return plural(
        gap,
        "When customers come back, half of them do so within one day of the order before.",
        "When customers come back, half of them do so within {gap} days of the order before.",
        gap=formats.days(gap),
    )


def _unknown(overview: Overview, formats: Formats) -> str:
    figures = overview.figures
    if figures["revenue_unknown"] <= 0:
        return say("Every sale in the file names its customer.")
    return say(
        "Sales of {money}, {share} of revenue, name no customer. They count in this section; "
        "everything from the next section on is about the {known} of customers who are known.",
        money=formats.money_short(figures["revenue_unknown"]),
        share=formats.share(figures["revenue_unknown"] / figures["revenue_total"]),
        known=formats.money_short(figures["revenue_known"]),
    )


def _refunds(overview: Overview, formats: Formats) -> str:
    figures = overview.figures
    if figures["refunds"] >= 0:
        return say("The file holds no returns or refunds.")
    gross = figures["revenue_total"] - figures["refunds"]
    if gross <= 0:
        return say(
            "The file holds returns and refunds of {money}, and no sale.",
            money=formats.money_short(-figures["refunds"]),
        )
    return say(
        "Returns and refunds of {money} are already taken off, {share} of what was sold.",
        money=formats.money_short(-figures["refunds"]),
        share=formats.share(-figures["refunds"] / gross),
    )


def _tidy(monthly: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    tidy = monthly.melt(["month", "complete"], list(names), "series", "value")
    tidy["series"] = tidy["series"].map(names)
    tidy["open"] = ~tidy["complete"].astype(bool)
    return tidy


def _open_note(overview: Overview, columns: bool, formats: Formats) -> str:
    # An incomplete month must not be read as a fall.
    complete = overview.monthly["complete"]
    if complete.all():
        return ""
    figures = {
        "month": formats.month(overview.monthly["month"].iloc[-1]),
        "day": formats.date(overview.observation_end),
    }
    if complete.iloc[-1]:
        return (
            say("Paler: the data covers only part of that month.")
            if columns
            else say("Hollow: the data covers only part of that month.")
        )
    if columns:
        return say(
            "Paler: the data for {month} ends on {day}; don't compare it with full months.",
            **figures,
        )
    return say(
        "Hollow: the data for {month} ends on {day}; don't compare it with full months.", **figures
    )


def growth(overview: Overview, formats: Formats) -> str:
    """Growth over the year before, as a headline; empty where there is no year to compare."""
    if formats.counted:
        return _more_purchases(overview, formats)
    last, previous = overview.figures["revenue_last_12m"], overview.figures["revenue_previous_12m"]
    if is_missing(last) or is_missing(previous) or previous <= 0:
        return ""
    change = last / previous - 1
    if abs(change) < _LEVEL:
        return say("Revenue held level over the year")
    if change > 0:
        return say("Revenue grew {change} in a year", change=formats.share(change))
    return say("Revenue fell {change} in a year", change=formats.share(-change))


def _more_purchases(overview: Overview, formats: Formats) -> str:
    last, previous = purchases(overview)
    if last is None or not previous:
        return ""
    change = last / previous - 1
    if abs(change) < _LEVEL:
        return say("As many purchases as in the year before")
    if change > 0:
        return say("{change} more purchases than in the year before", change=formats.share(change))
    return say("{change} fewer purchases than in the year before", change=formats.share(-change))


def _revenue_chart(overview: Overview, formats: Formats) -> Chart:
    monthly = overview.monthly
    whole = monthly.loc[monthly["complete"]] if monthly["complete"].any() else monthly
    best, last = most(whole, "revenue"), whole.iloc[-1]
    figures = {
        "best": formats.month(best["month"]),
        "most": formats.money_short(best["revenue"]),
        "last": formats.month(last["month"]),
        "latest": formats.money_short(last["revenue"]),
    }
    grown = growth(overview, formats)
    if grown:
        title = grown
    elif best["month"] == last["month"] and len(whole) > 1:
        title = say("{best}, the last full month, was also the best one, at {most}", **figures)
    elif len(whole) > 1:
        title = say("{best} was the best month, at {most}; {last} brought {latest}", **figures)
    else:
        title = say("{best} brought {most}", **figures)
    names = {k: word(v) for k, v in _WHO.items() if (monthly[k] != 0).any()}
    notes = [
        say(
            "New: sales to known customers in the month of their first purchase in the file, so in "
            "the first month everybody is new."
        )
    ]
    if "unknown_revenue" in names:
        notes.append(say("Not known: sales without a customer."))
    notes.append(_open_note(overview, True, formats))
    return Chart(
        placed=REVENUE,
        kind="columns",
        data=_tidy(monthly, names),
        x="month",
        y="value",
        series="series",
        x_format="month_short",
        y_format="money",
        incomplete="open",
        colors={names[k]: color for k, color in _COLORS.items() if k in names},
        title=title,
        subtitle=say("Net revenue by month, from returning and new customers"),
        alt=say(
            "Stacked columns of net revenue by month, {period}. {title}.",
            period=period(overview, formats),
            title=title,
        ),
        marks=_peak(whole, list(names), formats),
        note=" ".join(text for text in notes if text),
    )


def _peak(whole: pd.DataFrame, parts: list[str], formats: Formats) -> tuple[Callout, ...]:
    """The best month, named where it stands."""
    if len(whole) < 2:
        return ()
    best = most(whole, "revenue")
    told = f"{formats.month_short(best['month'])}: {formats.money_short(best['revenue'])}"
    top = sum(max(float(best[part]), 0.0) for part in parts)
    return (Callout(best["month"], top, told),)


def _activity_chart(overview: Overview, formats: Formats) -> Chart:
    monthly = overview.monthly
    whole = monthly.loc[monthly["complete"]] if monthly["complete"].any() else monthly
    last = whole.iloc[-1]
    known = bool((monthly["customers"] > 0).any())
    title = plural(
        last["orders"],
        "One order in {month}",
        "{orders} orders in {month}",
        orders=formats.count(last["orders"]),
        month=formats.month(last["month"]),
    )
    if known:
        title = plural(
            last["customers"],
            "{orders}, from one known customer",
            "{orders}, from {customers} known customers",
            orders=title,
            customers=formats.count(last["customers"]),
        )
    return _line_chart(
        ACTIVITY,
        overview,
        {"orders": say("Orders")} | ({"customers": say("Customers")} if known else {}),
        "count",
        formats,
        title=title,
        subtitle=say("Orders and active customers by month"),
        alt=say("Lines of orders and active customers by month. {title}.", title=title),
    )


def _order_title(overview: Overview, formats: Formats) -> str:
    """Whether the average order has moved: the last full months against those before."""
    whole = overview.monthly.loc[overview.monthly["complete"] & (overview.monthly["orders"] > 0)]
    money, orders = whole["average_order_value"] * whole["orders"], whole["orders"]
    if len(whole) < 2 * _LATELY:
        average = formats.money(overview.figures["average_order_value"])
        return say("An order comes to {average} on average", average=average)
    now = money.iloc[-_LATELY:].sum() / orders.iloc[-_LATELY:].sum()
    before = money.iloc[:-_LATELY].sum() / orders.iloc[:-_LATELY].sum()
    change = now / before - 1 if before > 0 else 0.0
    told = {
        "average": formats.money(now),
        "change": formats.share(abs(change)),
        "months": formats.count(_LATELY),
    }
    if abs(change) < _HARDLY:
        return say("The average order stays at about {average}", **told)
    if change > 0:
        return say(
            "The average order rose by {change} to {average} in the last {months} full months",
            **told,
        )
    return say(
        "The average order fell by {change} to {average} in the last {months} full months", **told
    )


def _order_chart(overview: Overview, formats: Formats) -> Chart:
    title = _order_title(overview, formats)
    return _line_chart(
        ORDER,
        overview,
        {"average_order_value": ""},
        "money",
        formats,
        title=title,
        subtitle=say("Average order by month"),
        alt=say("Line of the average order by month. {title}.", title=title),
        marks=_usual(overview, formats),
    )


def _usual(overview: Overview, formats: Formats) -> tuple[Reference, ...]:
    average = overview.figures["average_order_value"]
    if is_missing(average) or len(overview.monthly) < 2:
        return ()
    return (Reference("y", average, say("average {money}", money=formats.money(average))),)


def _line_chart(
    placed: Placement,
    overview: Overview,
    names: dict[str, str],
    y_format: str,
    formats: Formats,
    *,
    title: str,
    subtitle: str,
    alt: str,
    marks: tuple[Reference, ...] = (),
) -> Chart:
    return Chart(
        placed=placed,
        kind="line",
        data=_tidy(overview.monthly, names),
        x="month",
        y="value",
        series="series" if all(names.values()) else None,
        x_format="month_short",
        y_format=y_format,
        incomplete="open",
        title=title,
        subtitle=subtitle,
        alt=alt,
        marks=marks,
        note=_open_note(overview, False, formats),
        half=True,
    )


def _month_table(monthly: pd.DataFrame, formats: Formats) -> Table:
    shown = monthly.iloc[-_TABLE_MONTHS:].copy()
    shown["label"] = [
        formats.month_short(month) + ("" if complete else " *")
        for month, complete in zip(shown["month"], shown["complete"], strict=True)
    ]
    columns: list[Column | str] = [
        Column("label", say("Month")),
        "revenue",
        "returning_revenue",
        "new_revenue",
        *(["unknown_revenue"] if not formats.counted and shown["unknown_revenue"].any() else []),
        "refunds",
        "orders",
        "customers",
        "average_order_value",
    ]
    notes = []
    if len(monthly) > len(shown):
        notes.append(say("The last 24 months; earlier ones are in the results folder."))
    if not shown["complete"].all():
        notes.append(say("* The data covers only part of this month."))
    return table(
        "months",
        shown,
        columns,
        formats,
        say("Orders and customers by month")
        if formats.counted
        else say("Revenue, orders and customers by month"),
        result="overview.monthly",
        wide=True,
        note=" ".join(notes),
    )
