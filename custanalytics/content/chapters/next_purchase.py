"""Who will buy next, who is slipping away."""

from dataclasses import replace

import pandas as pd

from custanalytics.content.blocks import Notice
from custanalytics.content.chapter import Chapter, Declaration
from custanalytics.content.chapters import ranking
from custanalytics.content.chapters.value_tests import origins_table
from custanalytics.content.chart import Chart, Placement
from custanalytics.content.format import Formats, is_missing
from custanalytics.content.slide import Slide
from custanalytics.content.tables import Column, Table, table
from custanalytics.content.words import plural, say, told
from custanalytics.propensity.purchase import PurchasePropensity
from custanalytics.sentences import noted

LIFT = Placement(
    "lift", noted("Lift"), values=noted("Share who bought"), story=True, notes=("tested",)
)
RELIABILITY = Placement("reliability", noted("Reliability"), values=noted("Share who bought"))
PROFIT = Placement(
    "profit", noted("Profit"), values=noted("Expected profit"), story=True, beside=("profit",)
)
CHAPTER = Declaration(
    "propensity",
    "propensity",
    charts=(LIFT, RELIABILITY, PROFIT),
    tables=("contacts", "late", "deciles", "propensity-origins"),
    texts=("lead", "risk", "tested", "profit"),
    parts=("doubts",),
    flags=("profit",),
    slides=("late",),
)
_LISTED, _ON_SLIDE = 10, 8
_CALIBRATION, _RANKING, _BUYERS = (
    "propensity.calibration",
    "propensity.ranking",
    "propensity.buyers",
)


def next_purchase(
    found: PurchasePropensity | None, customers: pd.DataFrame | None, formats: Formats
) -> Chapter:
    """The chapter, or that it is left out."""
    if found is None:
        return Chapter(CHAPTER, present=False)
    tables, charts = [_origins(found, formats)], []
    if len(found.deciles):
        tables.append(_deciles(found, formats))
        charts += [_lift(found, formats), _reliability(found)]
    if len(found.customers):
        tables.append(_contacts(found, customers, formats))
    slides = []
    if found.customers["late"].any():
        tables.append(_late(found, customers, formats))
        slides.append(_late_slide(found, tables[-1], formats))
    if found.profit is not None:
        charts.append(_profit(found.profit, formats))
    return Chapter(
        CHAPTER,
        parts={"doubts": None if _holds(found, _CALIBRATION) else _caution(found, formats)},
        texts={
            "lead": lead(found, formats),
            "risk": risk(found, formats),
            "tested": tested(found, formats),
            "profit": _best(found.profit, formats) if found.profit is not None else "",
        },
        charts=tuple(charts),
        tables=tuple(tables),
        flags={"profit": found.profit is not None},
        slides=tuple(slides),
    )


def lead(found: PurchasePropensity, formats: Formats) -> str:
    """How many customers are expected to buy in the window, with bounds."""
    figures = found.figures
    said = {
        "customers": formats.count(figures["customers"]),
        "buyers": formats.count(figures["expected_buyers"]),
        "window": formats.days(found.window_days),
        "level": formats.share(found.params["level"]),
        "low": formats.count(figures["expected_buyers_low"]),
        "high": formats.count(figures["expected_buyers_high"]),
    }
    if formats.counted:
        return say(
            "About {buyers} of {customers} customers are expected to buy in the next {window} "
            "days; with {level} confidence between {low} and {high} of them.",
            **said,
        )
    return say(
        "About {buyers} of {customers} customers are expected to buy in the next {window} days, "
        "bringing {money}; with {level} confidence between {low} and {high} of them.",
        money=formats.money_short(figures["expected_revenue"]),
        **said,
    )


def late_customers(found: PurchasePropensity) -> float:
    """How many are late by their own rhythm; none where the number is kept back."""
    late = found.figures["late_customers"]
    return 0.0 if is_missing(late) else float(late)


def risk(found: PurchasePropensity, formats: Formats) -> str:
    """Customers who are late by their own rhythm, and the revenue that hangs on them."""
    figures = found.figures
    late = late_customers(found)
    if not late:
        if is_missing(figures["late_customers"]):
            return say("How many customers are late by their own rhythm is kept back.")
        return say("No customer is late against their own rhythm and still likely to come back.")
    if formats.counted:
        return plural(
            late,
            "One customer has waited between {late_from} and {gone_from} times the usual gap "
            "between orders: later than usual, and not yet so long that hardly anyone came back.",
            "{late} customers have waited between {late_from} and {gone_from} times their usual "
            "gap between orders: later than usual, and not yet so long that hardly anyone came "
            "back.",
            late=formats.count(late),
            late_from=formats.number(figures["late_factor"]),
            gone_from=formats.number(figures["gone_factor"]),
        )
    return plural(
        late,
        "One customer has waited between {late_from} and {gone_from} times the usual gap between "
        "orders: later than usual, and not yet so long that hardly anyone came back. At the usual "
        "pace {usual} would come in the next {window} days; {money} of it is not expected to come.",
        "{late} customers have waited between {late_from} and {gone_from} times their usual gap "
        "between orders: later than usual, and not yet so long that hardly anyone came back. At "
        "their usual pace they would spend {usual} in the next {window} days; {money} of it is not "
        "expected to come.",
        late=formats.count(late),
        late_from=formats.number(figures["late_factor"]),
        gone_from=formats.number(figures["gone_factor"]),
        usual=formats.money_short(figures["late_usual_spend"]),
        money=formats.money_short(figures["revenue_at_risk"]),
        window=formats.days(found.window_days),
    )


def tested(found: PurchasePropensity, formats: Formats) -> str:
    """How the chances did after earlier days."""
    sentences = {check.name: told(check.sentence, formats) for check in found.checks}
    names = [name for name in (_RANKING, _CALIBRATION, _BUYERS) if name in sentences]
    if not names:
        return say("The history is too short to test these chances on it.")
    return " ".join(sentences[name] for name in names)


def in_short(found: PurchasePropensity, formats: Formats) -> str:
    """The same for the summary."""
    if not len(found.deciles):
        return tested(found, formats)
    rate = formats.share(found.deciles["rate"].iloc[0])
    if _holds(found, _CALIBRATION):
        return say(
            "The list of likely buyers was tested on earlier days: of the tenth on top {rate} "
            "bought, about as many as were expected to.",
            rate=rate,
        )
    if not _holds(found, _RANKING):
        return say(
            "The list of likely buyers was tested on earlier days: of the tenth on top {rate} "
            "bought, hardly more than on average. Don't rely on its order, nor on its chances.",
            rate=rate,
        )
    return say(
        "The list of likely buyers was tested on earlier days: of the tenth on top {rate} bought. "
        "Those on top did buy more often, but not as often as each chance said.",
        rate=rate,
    )


def _lift(found: PurchasePropensity, formats: Formats) -> Chart:
    average = ranking.average(found.deciles)
    return ranking.lift(
        LIFT,
        found.deciles,
        formats,
        title=say(
            "Of the most likely tenth, {rate} bought; on average {average} did",
            rate=formats.share(found.deciles["rate"].iloc[0]),
            average=formats.share(average),
        ),
        subtitle=say(
            "Share who bought in the {window} days after earlier days",
            window=formats.days(_tested_days(found)),
        ),
        x_title=say("Tenths of the customers, most likely first"),
    )


def _tested_days(found: PurchasePropensity) -> float:
    return float(found.origins["days"].iloc[0]) if len(found.origins) else found.window_days


def _holds(found: PurchasePropensity, name: str) -> bool:
    return all(check.passed is not False for check in found.checks if check.name == name)


def _caution(found: PurchasePropensity, formats: Formats) -> Notice:
    sentences = [told(c.sentence, formats) for c in found.checks if c.name == _CALIBRATION]
    title = (
        say("Use these chances to rank, not to count")
        if _holds(found, _RANKING)
        else say("Don't use these chances")
    )
    return Notice("warning", title, " ".join(sentences))


def _reliability(found: PurchasePropensity) -> Chart:
    title = (
        say("As many bought as each chance said")
        if _holds(found, _CALIBRATION)
        else say("Not as many bought as each chance said: use them to rank, not to count")
        if _holds(found, _RANKING)
        else say("Not as many bought as each chance said, and they tell hardly anyone apart")
    )
    return ranking.reliability(
        RELIABILITY, found.reliability, title, say("Share who bought, by the chance told before")
    )


def _profit(profit: pd.DataFrame, formats: Formats) -> Chart:
    return ranking.profit(
        PROFIT,
        profit,
        formats,
        title=noted("Contacting {contacted} customers earns most: {money} expected")
        if profit.loc[profit["best"], "contacted"].iloc[0] > 0
        else noted("No contact pays that adds 5% to the purchases"),
        subtitle=say("Expected profit by number of customers contacted"),
        x_title=say("Customers contacted, most likely first"),
        note=say("If the contact adds 5% to the purchases that come anyway. Band: 90% interval."),
    )


def _best(profit: pd.DataFrame, formats: Formats) -> str:
    best = profit.loc[profit["best"], "contacted"].iloc[0]
    figures = ranking.most_profitable(profit, formats)
    figures |= {"careful": ranking.if_worth_less(profit, formats)}
    if best == 0:
        return say(
            "At your cost per contact and value per purchase no contact pays that adds 5% to the "
            "purchases; the plan says where it breaks even."
        )
    if best == profit["contacted"].max():
        return say(
            "At your cost per contact and value per purchase it pays to contact everybody: "
            "{money} expected, if the contact adds 5% to their purchases. {careful}",
            **figures,
        )
    return say(
        "At your cost per contact and value per purchase it pays to contact the {contacted} most "
        "likely customers: {money} expected, if the contact adds 5% to their purchases. {careful}",
        **figures,
    )


def _joined(rows: pd.DataFrame, customers: pd.DataFrame | None) -> pd.DataFrame:
    if customers is None or "segment" not in customers.columns:
        return rows.assign(segment=None)
    return rows.merge(customers[["customer_id", "segment"]], on="customer_id", how="left")


def _contacts(found: PurchasePropensity, customers: pd.DataFrame | None, formats: Formats) -> Table:
    first = found.customers.sort_values(
        ["propensity", "customer_id"], ascending=[False, True], ignore_index=True
    ).iloc[:_LISTED]
    return table(
        "contacts",
        _joined(first, customers),
        [
            "customer_id",
            "segment",
            Column("propensity", say("Probability"), bar=True),
            "days_since_last_purchase",
            "usual_gap_days",
            "expected_next_order",
        ],
        formats,
        say("Most likely to buy in the next {window} days", window=formats.days(found.window_days)),
        result="customers",
        note=_likely(first["propensity"]),
    )


def _likely(chances: pd.Series) -> str:
    """What to make of the customers on top: where the chance is under a half, most will wait."""
    if float(chances.mean()) >= 0.5:
        return say("These customers are likely to buy anyway: plan stock and service for them.")
    return say(
        "Even on top the chance is {chance:.0%} on average: more of them will wait than buy.",
        chance=float(chances.mean()),
    )


def _late(found: PurchasePropensity, customers: pd.DataFrame | None, formats: Formats) -> Table:
    late = found.customers.loc[found.customers["late"]]
    order = "propensity" if formats.counted else "revenue_at_risk"
    first = late.sort_values(
        [order, "customer_id"], ascending=[False, True], ignore_index=True
    ).iloc[:_LISTED]
    return table(
        "late",
        _joined(first, customers),
        [
            "customer_id",
            "segment",
            "revenue_at_risk",
            "usual_spend",
            "days_since_last_purchase",
            "usual_gap_days",
            Column("propensity", say("Probability")),
        ],
        formats,
        say("Late by their own rhythm, most likely to buy first")
        if formats.counted
        else say("Late by their own rhythm, most revenue at risk first"),
        result="customers",
        note=""
        if formats.counted
        else say(
            "Revenue at risk: the usual spend in {window} days times the chance that no order "
            "comes.",
            window=formats.days(found.window_days),
        ),
    )


def _late_slide(found: PurchasePropensity, late: Table, formats: Formats) -> Slide:
    figures = found.figures
    return Slide(
        "late",
        plural(
            figures["late_customers"],
            "One customer is later than usual",
            "{late} customers are later than usual",
            late=formats.count(figures["late_customers"]),
        )
        if formats.counted
        else plural(
            figures["late_customers"],
            "One customer is late: {money} of the usual spend is not expected to come",
            "{late} customers are late: {money} of their usual spend is not expected to come",
            late=formats.count(figures["late_customers"]),
            money=formats.money_short(figures["revenue_at_risk"]),
        ),
        late.caption,
        table=replace(late, rows=late.rows[:_ON_SLIDE]),
        aside=(risk(found, formats),),
        small=say("All of them are in the workbook, sheet “{sheet}”.", sheet=say("Late customers")),
        notes=tested(found, formats),
    )


def _deciles(found: PurchasePropensity, formats: Formats) -> Table:
    return ranking.deciles(
        "deciles",
        "propensity.deciles",
        found.deciles,
        formats,
        say("The list, tested on earlier days: what each tenth of the customers did"),
        people=say("Customers"),
        did=say("Bought"),
        gain=say("Of all buyers so far"),
    )


def _origins(found: PurchasePropensity, formats: Formats) -> Table:
    return origins_table(
        "propensity-origins",
        found.origins,
        say(
            "The same forecast as of earlier days, over {days} days",
            days=formats.days(_tested_days(found)),
        ),
        found.params["level"],
        formats,
    )
