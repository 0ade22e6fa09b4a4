"""How the forecast did as of earlier days: sentences, every day with its error, tenths, weights."""

import pandas as pd

from custanalytics.clv import CustomerLifetimeValue
from custanalytics.content.chart import Chart, Placement, Reference
from custanalytics.content.format import Formats
from custanalytics.content.tables import Column, Table, table
from custanalytics.content.words import say, told, word
from custanalytics.sentences import noted

ORIGINS = Placement("value-origins", noted("Value tests"), values=noted("Error"))
DECILES = Placement("value-deciles", noted("Value deciles"))
_MEANINGS = {
    "r": noted(
        "How alike customers are in their pace: below 1, a few buy far more often than the rest"
    ),
    "alpha": noted(
        "With r, the pace: a customer who is active buys r / alpha times a day on average"
    ),
    "s": noted("How alike customers are in leaving: below 1, a few leave early and the rest stay"),
    "beta": noted("With s, who leaves: customers leave at a rate of s / beta a day on average"),
}
_TESTED = ("clv.tested", "clv.error", "clv.interval_coverage")
_RANKING = "ranking"
# Parts of the forecast in plain words.
_PARTS = {
    _RANKING: noted("who buys more than whom"),
    "ranking, later": noted("who buys more than whom, later on"),
    "level of purchases": noted("purchases of all together"),
    "level of money": noted("revenue of all together"),
}


def tested(found: CustomerLifetimeValue, formats: Formats) -> str:
    """How the same forecast did as of every earlier day: usually, at worst, and its intervals."""
    return _checks(found, _TESTED, formats)


def in_short(found: CustomerLifetimeValue, formats: Formats) -> str:
    """The same for the summary."""
    return _checks(found, _TESTED[1:2], formats) or _checks(found, _TESTED[:1], formats)


def leaving(found: CustomerLifetimeValue, formats: Formats) -> str:
    """Whether the sales tell who has left for good."""
    return _checks(found, ("forecast.leaving",), formats)


def shortened(found: CustomerLifetimeValue, formats: Formats) -> str:
    """That the horizon was cut to what the history supports; empty where it was not."""
    if found.params["horizon_days"] >= found.params["asked_days"]:
        return ""
    return _checks(found, ("forecast.horizon",), formats)


def _checks(found: CustomerLifetimeValue, names: tuple[str, ...], formats: Formats) -> str:
    sentences = {check.name: told(check.sentence, formats) for check in found.checks}
    return " ".join(sentences[name] for name in names if name in sentences)


def model(found: CustomerLifetimeValue, formats: Formats) -> str:
    """What the ranking of customers is averaged from."""
    rows = found.weights.loc[found.weights["part"] == _RANKING]
    rows = rows.sort_values("weight", ascending=False, kind="stable")
    return ", ".join(
        say("{name} ({share})", name=word(name), share=formats.share(weight))
        for name, weight in zip(rows["candidate"], rows["weight"], strict=True)
    )


def longest(origins: pd.DataFrame) -> pd.DataFrame:
    """Every earlier day with the longest time after it that is over."""
    return origins.loc[origins["longest"]].reset_index(drop=True)


def origins_table(
    name: str, rows: pd.DataFrame, caption: str, level: float, formats: Formats
) -> Table:
    """Every earlier day: expected with its interval, what came, the error."""
    shown = rows.copy()
    for quantity in ("purchases",) if formats.counted else ("purchases", "revenue"):
        kind = "money_short" if quantity == "revenue" else "count"
        ends = zip(shown[f"{quantity}_low"], shown[f"{quantity}_high"], strict=True)
        shown[f"{quantity}_between"] = [
            say("{low} to {high}", low=formats.apply(kind, low), high=formats.apply(kind, high))
            for low, high in ends
        ]
    interval = say("{level} interval", level=formats.share(level))
    return table(
        name,
        shown,
        [
            "cutoff",
            "days",
            Column("expected_revenue", format="money_short"),
            Column("revenue_between", interval, right=True),
            Column("actual_revenue", format="money_short"),
            *([] if formats.counted else [Column("revenue_error", say("Error"))]),
            Column("carried_revenue", say("By own rates"), "money_short"),
            "expected_purchases",
            "actual_purchases",
            Column("purchases_error", say("Error")),
            Column("expected_buyers", say("Buyers expected")),
            "actual_buyers",
            Column("buyers_error", say("Error")),
        ],
        formats,
        caption,
        result="value.origins",
        wide=True,
        note=say("Seen up to: the forecast knew nothing later.")
        if formats.counted
        else say(
            "Seen up to: the forecast knew nothing later. By own rates: what each customer's own "
            "pace, carried on, would have brought."
        ),
    )


def validation_table(found: CustomerLifetimeValue, formats: Formats) -> Table:
    """Every earlier day on which the same forecast would have been made."""
    return origins_table(
        "value-validation",
        longest(found.origins),
        say("The same forecast as of earlier days, over the longest time that is over"),
        found.params["level"],
        formats,
    )


def origins_chart(found: CustomerLifetimeValue, formats: Formats) -> Chart:
    """The error in revenue as of every earlier day, with its interval."""
    rows = longest(found.origins)
    rows = rows.loc[rows["revenue_error"].notna()].reset_index(drop=True)
    for end in ("low", "high"):
        rows[end] = rows[f"revenue_{end}"] / rows["actual_revenue"] - 1
    level = formats.share(found.params["level"])
    title = say(
        "As of earlier days the forecast of revenue was {usual} off on average, {worst} at worst",
        usual=formats.share(rows["revenue_error"].abs().mean()),
        worst=formats.share(rows["revenue_error"].abs().max()),
    )
    return Chart(
        placed=ORIGINS,
        kind="line",
        data=rows[["cutoff", "revenue_error", "low", "high"]],
        x="cutoff",
        y="revenue_error",
        low="low",
        high="high",
        x_format="date_short",
        y_format="change",
        marks=(Reference("y", 0.0, say("as it came")),),
        title=title,
        subtitle=say("Revenue expected against what came, by the day it was forecast on"),
        alt=say(
            "A line of the error by day of the forecast, with its interval. {title}.", title=title
        ),
        note=say(
            "Above the line more was expected than came. Band: {level} interval. Each day is "
            "held against the longest time after it that is over.",
            level=level,
        ),
    )


def decile_chart(found: CustomerLifetimeValue, formats: Formats) -> Chart:
    """Expected and real money by tenth of the customers, most expected first."""
    rows = found.tenths
    names = {"expected_share": say("Expected"), "actual_share": say("Came in")}
    tidy = rows.assign(group=[formats.count(tenth) for tenth in rows["tenth"]])
    tidy = tidy.melt("group", list(names), "series", "value")
    title = say(
        "The tenth expected to bring most brought {actual} of the money",
        actual=formats.share(rows["actual_share"].iloc[0]),
    )
    return Chart(
        placed=DECILES,
        kind="line",
        data=tidy.assign(series=tidy["series"].map(names)),
        x="group",
        y="value",
        series="series",
        x_format="text",
        y_format="share",
        x_title=say("Tenths of the customers, most expected first"),
        colors=dict(zip(names.values(), ("series-1", "series-2"), strict=True)),
        title=title,
        subtitle=say("Share of the money by tenth of the customers, after earlier days"),
        alt=say("Two lines, expected and real share of the money by tenth. {title}.", title=title),
        half=True,
    )


def weights(found: CustomerLifetimeValue) -> pd.DataFrame:
    """How much each candidate counts, with each part in plain words."""
    return found.weights.assign(part=found.weights["part"].map(_PARTS))


def weight_table(found: CustomerLifetimeValue, formats: Formats) -> Table:
    """How much each candidate counts."""
    return table(
        "value-weights",
        weights(found),
        [
            Column("part", say("Part of the forecast")),
            "candidate",
            Column("weight", bar=True),
        ],
        formats,
        say("What the forecast is averaged from, as earlier days have borne it out"),
        result="value.weights",
    )


def parameter_table(found: CustomerLifetimeValue, formats: Formats) -> Table:
    """The fitted parameters."""
    rows = found.parameters.copy()
    rows["shown"] = [_digits(number, formats) for number in rows["value"]]
    rows["error"] = [_digits(number, formats) for number in rows["standard_error"]]
    rows["meaning"] = rows["parameter"].map(_MEANINGS)
    return table(
        "parameters",
        rows,
        [
            "model",
            Column("parameter", format="text"),
            Column("shown", say("Value"), right=True),
            Column("error", say("Standard error"), right=True),
            Column("meaning", say("What it says"), "word"),
        ],
        formats,
        say("Fitted parameters of the purchase model, times in days"),
        result="value.parameters",
        note=say("A dash: the data do not fix that parameter."),
    )


def _digits(number: float, formats: Formats) -> str:
    return formats.number(number, 0 if abs(number) >= 1000 else 3)
