"""Who will buy next, who is slipping away."""

from dataclasses import replace

import pandas as pd

from custanalytics.content.blocks import Notice
from custanalytics.content.chapter import Chapter, Declaration
from custanalytics.content.chapters import ranking
from custanalytics.content.chart import Chart, Placement
from custanalytics.content.format import Formats, is_missing
from custanalytics.content.slide import Slide
from custanalytics.content.tables import Column, Table, table
from custanalytics.content.words import plural, say, told, word
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
    tables=("contacts", "late", "deciles", "propensity-validation", "cutoffs"),
    texts=("lead", "risk", "tested", "profit"),
    parts=("doubts",),
    flags=("profit",),
    slides=("late",),
)
_LISTED, _ON_SLIDE = 10, 8
# Less than this many times the average in the tenth on top is no order to speak of.
_RANKS = 1.2
_CALIBRATION = "propensity.calibration"


def next_purchase(
    found: PurchasePropensity | None, customers: pd.DataFrame | None, formats: Formats
) -> Chapter:
    """Section 7 of the report."""
    if found is None:
        return Chapter(CHAPTER, present=False)
    late = found.customers.loc[found.customers["late"]]
    tables = [_deciles(found, formats), _evaluation(found, formats), _cutoffs(found, formats)]
    if len(found.customers):
        tables.append(_contacts(found, customers, formats))
    slides = []
    if len(late):
        tables.append(_late(late, customers, formats))
        slides.append(_late_slide(found, tables[-1], formats))
    charts = [_lift(found, formats), _reliability(found)]
    if found.profit is not None:
        charts.append(_profit(found.profit, formats))
    return Chapter(
        CHAPTER,
        parts={"doubts": None if _calibrated(found) else _caution(found, formats)},
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
    scored = found.cutoffs.loc[found.cutoffs["role"] == "score"].iloc[-1]
    texts = {
        "buyers": formats.count(figures["expected_buyers"]),
        "customers": formats.count(scored["customers"]),
        "window": formats.days(found.window_days),
        "low": formats.count(figures["expected_buyers_low"]),
        "high": formats.count(figures["expected_buyers_high"]),
    }
    if texts["low"] == texts["high"]:
        return say(
            "About {buyers} of {customers} customers are expected to buy in the next {window} "
            "days.",
            **texts,
        )
    return say(
        "About {buyers} of {customers} customers are expected to buy in the next {window} days; "
        "with 90% confidence between {low} and {high}.",
        **texts,
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
    return plural(
        late,
        "One customer has waited between {late_from} and {gone_from} times the usual gap between "
        "orders: later than usual, and not yet so long that hardly anyone came back. {money} of "
        "the revenue expected in the next {window} days is theirs and can still be lost.",
        "{late} customers have waited between {late_from} and {gone_from} times their usual gap "
        "between orders: later than usual, and not yet so long that hardly anyone came back. "
        "{money} of the revenue expected in the next {window} days is theirs and can still be "
        "lost.",
        late=formats.count(late),
        late_from=formats.number(figures["late_factor"]),
        gone_from=formats.number(figures["gone_factor"]),
        money=formats.money_short(figures["revenue_at_risk"]),
        window=formats.days(found.window_days),
    )


def tested(found: PurchasePropensity, formats: Formats) -> str:
    """How the probabilities did on the last window that has ended."""
    chosen = found.evaluation.loc[found.evaluation["chosen"]].iloc[0]
    top = found.deciles.iloc[0]
    rule = chosen["role"] == "baseline"
    text = say(
        "Tested on the last {window} days, which were held back: of the tenth named most likely, "
        "{rate} bought, {lift} times the average.",
        window=formats.days(found.window_days),
        rate=formats.share(top["rate"]),
        lift=formats.number(top["lift"]),
    )
    if rule:
        return (
            text
            + " "
            + say(
                "A rule of thumb ({name}) did better there than the statistical models, so the "
                "probabilities rest on it.",
                name=word(chosen["candidate"]),
            )
        )
    return text


def in_short(found: PurchasePropensity, formats: Formats) -> str:
    """The same for the summary."""
    rate = formats.share(found.deciles["rate"].iloc[0])
    if _calibrated(found):
        return say(
            "The list of likely buyers was tested on the past: {rate} of the tenth on top bought, "
            "and the probabilities held.",
            rate=rate,
        )
    if found.deciles["lift"].iloc[0] < _RANKS:
        return say(
            "The list of likely buyers was tested on the past: {rate} of the tenth on top bought, "
            "hardly more than on average. Don't rely on its order, nor on its probabilities.",
            rate=rate,
        )
    return say(
        "The list of likely buyers was tested on the past: {rate} of the tenth on top bought. Its "
        "order holds, its probabilities were off.",
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
            "Share who bought in the {window} days held back",
            window=formats.days(found.window_days),
        ),
        x_title=say("Tenths of the customers, most likely first"),
    )


def _calibrated(found: PurchasePropensity) -> bool:
    return all(check.passed is not False for check in found.checks if check.name == _CALIBRATION)


def _caution(found: PurchasePropensity, formats: Formats) -> Notice:
    sentences = [told(c.sentence, formats) for c in found.checks if c.name == _CALIBRATION]
    title = (
        say("Use these probabilities to rank, not to count")
        if found.deciles["lift"].iloc[0] >= _RANKS
        else say("Don't use these probabilities")
    )
    return Notice("warning", title, " ".join(sentences))


def _reliability(found: PurchasePropensity) -> Chart:
    title = (
        say("The probabilities can be taken at their word")
        if _calibrated(found)
        else say("The probabilities were off: use them to rank, not to count")
        if found.deciles["lift"].iloc[0] >= _RANKS
        else say("The probabilities were off, and tell hardly anyone apart")
    )
    return ranking.reliability(
        RELIABILITY, found.reliability, title, say("Share who bought, by predicted probability")
    )


def _profit(profit: pd.DataFrame, formats: Formats) -> Chart:
    return ranking.profit(
        PROFIT,
        profit,
        formats,
        title=noted("Contacting {contacted} customers earns most: {money} expected"),
        subtitle=say("Expected profit by number of customers contacted"),
        x_title=say("Customers contacted, most likely first"),
        note=say(
            "An upper bound: it takes for granted that nobody buys without the contact. "
            "Shaded: 90% interval."
        ),
    )


def _best(profit: pd.DataFrame, formats: Formats) -> str:
    best = profit.loc[profit["best"]].iloc[0]
    figures = ranking.most_profitable(profit, formats)
    less = (
        say("If a purchase is worth 30% less, it still pays to contact as many.")
        if best["best_lower_value"]
        else say("If a purchase is worth 30% less, stop at {careful}.", **figures)
    )
    if best["contacted"] == 0:
        return say("At your cost per contact and value per purchase no contact pays.")
    if best["contacted"] == profit["contacted"].max():
        return say(
            "At your cost per contact and value per purchase it pays to contact everybody: "
            "{money} expected, if none of them would have bought anyway. {careful}",
            **figures | {"careful": less},
        )
    return say(
        "At your cost per contact and value per purchase it pays to contact the {contacted} most "
        "likely customers: {money} expected, if none of them would have bought anyway. {careful}",
        **figures | {"careful": less},
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
            Column("customer_id", say("Customer")),
            Column("segment", say("Segment"), "word"),
            Column("propensity", say("Probability"), "share", bar=True),
            Column("days_since_last_purchase", say("Days since last"), "days"),
            Column("usual_gap_days", say("Usual gap, days"), "days"),
            Column("expected_next_order", say("Next order due"), "date_short"),
        ],
        formats,
        say("Most likely to buy in the next {window} days", window=formats.days(found.window_days)),
        note=say("These customers are likely to buy anyway: plan stock and service for them."),
    )


def _late(late: pd.DataFrame, customers: pd.DataFrame | None, formats: Formats) -> Table:
    first = late.sort_values(
        ["revenue_at_risk", "customer_id"], ascending=[False, True], ignore_index=True
    ).iloc[:_LISTED]
    return table(
        "late",
        _joined(first, customers),
        [
            Column("customer_id", say("Customer")),
            Column("segment", say("Segment"), "word"),
            Column("revenue_at_risk", say("Revenue at risk"), "money"),
            Column("days_since_last_purchase", say("Days since last"), "days"),
            Column("usual_gap_days", say("Usual gap, days"), "days"),
            Column("propensity", say("Probability"), "share"),
        ],
        formats,
        say("Late by their own rhythm, most revenue at risk first"),
    )


def _late_slide(found: PurchasePropensity, late: Table, formats: Formats) -> Slide:
    figures = found.figures
    return Slide(
        "late",
        plural(
            figures["late_customers"],
            "One customer is late: {money} can still be lost",
            "{late} customers are late: {money} can still be lost",
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
        say("The list, tested: what each tenth of the customers did"),
        people=say("Customers"),
        did=say("Bought"),
        gain=say("Of all buyers so far"),
    )


def _evaluation(found: PurchasePropensity, formats: Formats) -> Table:
    return ranking.evaluation(
        "propensity-validation",
        "propensity.evaluation",
        found.evaluation,
        formats,
        say("Models and rules of thumb on the window held back; the lowest log-loss is used"),
    )


def _cutoffs(found: PurchasePropensity, formats: Formats) -> Table:
    roles = {
        "learn": say("Learned from"),
        "test": say("Tested on"),
        "score": say("Scored today"),
    }
    rows = found.cutoffs.copy()
    rows["kind"] = rows["role"].map(roles)
    return table(
        "cutoffs",
        rows,
        [
            Column("cutoff", say("Seen up to"), "date_short"),
            Column("kind", say("Used for")),
            Column("customers", say("Customers"), "count"),
            Column("buyers", say("Bought after"), "count"),
            Column("base_rate", say("Share"), "share"),
        ],
        formats,
        say(
            "The days the probabilities were learned and tested on, each with the {window} days "
            "after it",
            window=formats.days(found.window_days),
        ),
    )
