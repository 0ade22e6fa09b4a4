"""How the forecast of value did on time held back: sentence, tables, chart."""

import pandas as pd

from custanalytics.clv import CustomerLifetimeValue
from custanalytics.content.chapters.ranking import candidates
from custanalytics.content.chart import Chart, Placement
from custanalytics.content.format import Formats, is_missing
from custanalytics.content.tables import Column, Table, table
from custanalytics.content.words import say, told, word
from custanalytics.results.value_trust import latest_holdout
from custanalytics.sentences import noted

CALIBRATION = Placement("value-calibration", noted("Value calibration"))
DECILES = Placement("value-deciles", noted("Value deciles"))
_PACE = {
    "r": noted(
        "How alike customers are in their pace: below 1, a few buy far more often than the rest"
    ),
    "alpha": noted(
        "With r, the pace: a customer who is active buys r / alpha times a day on average"
    ),
}
_RETURNS = {
    "a": noted("With b, who leaves: on average a / (a + b) of customers after a purchase"),
    "b": noted("See a; the larger a and b, the more alike customers are in leaving"),
}
_MEANINGS = {
    "BG/NBD": _PACE | _RETURNS,
    "MBG/NBD": _PACE
    | {
        "a": noted(
            "With b, who leaves: on average a / (a + b) of customers after a purchase, the first "
            "included"
        ),
        "b": _RETURNS["b"],
    },
    "Pareto/NBD": _PACE
    | {
        "s": noted(
            "How alike customers are in leaving: below 1, a few leave early and the rest stay"
        ),
        "beta": noted("With s, who leaves: customers leave at a rate of s / beta a day on average"),
    },
    "gamma-gamma": {
        "p": noted("How steady one customer's orders are: the larger, the more alike"),
        "q": noted("How alike customers are in their mean order: the larger, the more alike"),
        "v": noted("With p and q, the mean order: p v / (q - 1)"),
    },
}


def tested(found: CustomerLifetimeValue, formats: Formats) -> str:
    """How the forecast did on held-back data, naive rules included."""
    rows = latest_holdout(found)
    if not len(rows):
        return say(
            "The history is too short to hold a part back, so this forecast has not been tested "
            "on this shop's own data."
        )
    row = rows.loc[rows["chosen"]].iloc[0]
    text = say(
        "Tested on the last {days} days, which were held back: {predicted} purchases expected, "
        "{actual} happened ({error}); {expected} of revenue expected, {came} came in "
        "({money_error}).",
        days=formats.days(row["holdout_days"]),
        predicted=formats.count(row["predicted_purchases"]),
        actual=formats.count(row["actual_purchases"]),
        error=_missed(row["total_error"], formats),
        expected=formats.money_short(row["predicted_revenue"]),
        came=formats.money_short(row["actual_revenue"]),
        money_error=_missed(row["revenue_error"], formats),
    )
    if row["role"] == "baseline":
        return (
            text
            + " "
            + say(
                "A rule of thumb ({name}) did better there than the statistical model, so the "
                "figures rest on the rule of thumb.",
                name=word(row["candidate"]),
            )
        )
    return text


def in_short(found: CustomerLifetimeValue, formats: Formats) -> str:
    """The same for the summary."""
    rows = latest_holdout(found)
    if not len(rows):
        return say("The forecast of value is untested: the history is too short to hold part back.")
    row = rows.loc[rows["chosen"]].iloc[0]
    figures = {
        "error": _missed(row["total_error"], formats),
        "money_error": _missed(row["revenue_error"], formats),
    }
    if row["role"] == "baseline":
        return say(
            "The forecast was tested on the past: {error} in purchases, {money_error} in revenue. "
            "It rests on a rule of thumb, which did better than the models.",
            **figures,
        )
    return say(
        "The forecast was tested on the past: {error} in purchases, {money_error} in revenue. It "
        "rests on a statistical model, which did better than rules of thumb.",
        **figures,
    )


def coverage(found: CustomerLifetimeValue, formats: Formats) -> str:
    """How many customers' purchases lay in their intervals, as the check says."""
    return _check(found, "clv.interval_coverage", formats)


def leaving(found: CustomerLifetimeValue, formats: Formats) -> str:
    """How many customers leave according to the model, as the check says."""
    return _check(found, "clv.leaving", formats)


def _check(found: CustomerLifetimeValue, name: str, formats: Formats) -> str:
    return " ".join(told(check.sentence, formats) for check in found.checks if check.name == name)


def _missed(error: float, formats: Formats) -> str:
    if is_missing(error):
        return say("nothing to compare with")
    if abs(error) < 0.005:
        return say("spot on")
    if error < 0:
        return say("{error} too few expected", error=formats.share(-error))
    return say("{error} too many expected", error=formats.share(error))


def parameter_table(found: CustomerLifetimeValue, formats: Formats) -> Table:
    """The fitted parameters."""
    rows = found.parameters.copy()
    rows["shown"] = [_digits(number, formats) for number in rows["value"]]
    rows["error"] = [_digits(number, formats) for number in rows["standard_error"]]
    rows["meaning"] = [
        _MEANINGS.get(model, {}).get(symbol, "")
        for model, symbol in zip(rows["model"], rows["parameter"], strict=True)
    ]
    return table(
        "parameters",
        rows,
        [
            Column("model", say("Model"), "word"),
            Column("parameter", say("Parameter")),
            Column("shown", say("Value"), right=True),
            Column("error", say("Standard error"), right=True),
            Column("meaning", say("What it says"), "word"),
        ],
        formats,
        say("Fitted parameters, times in days and money in the currency of the report"),
        note=say("A dash as the standard error: the data do not fix that parameter."),
    )


def _digits(number: float, formats: Formats) -> str:
    return formats.number(number, 0 if abs(number) >= 1000 else 3)


def validation_table(found: CustomerLifetimeValue, formats: Formats) -> Table:
    """Candidates on the latest time held back."""
    rows = latest_holdout(found)
    level = formats.share(found.params["level"])
    return table(
        "value-validation",
        rows.assign(name=candidates(rows)),
        [
            Column("name", say("Candidate")),
            Column("predicted_purchases", say("Expected"), "count"),
            Column("actual_purchases", say("Happened"), "count"),
            Column("total_error", say("Error"), "change"),
            Column("mae", say("Error per customer"), "exact"),
            Column("spearman", say("Rank correlation"), "exact"),
            Column("interval_coverage", say("In the {level} interval", level=level), "share"),
        ],
        formats,
        say(
            "Model and rules of thumb on the last {days} days, which were held back",
            days=formats.days(rows["holdout_days"].iloc[0]),
        ),
        wide=True,
    )


def _chosen_calibration(found: CustomerLifetimeValue) -> pd.DataFrame:
    rows = found.calibration
    return rows.loc[rows["chosen"]].copy()


def calibration_table(found: CustomerLifetimeValue, formats: Formats) -> Table:
    """Expected and real purchases by earlier frequency."""
    rows = _chosen_calibration(found)
    for column in ("actual_mean", "predicted_mean"):
        rows[column] = [formats.number(number, 2) for number in rows[column]]
    rows["label"] = [str(name) for name in rows["frequency_class"]]
    return table(
        "value-calibration",
        rows,
        [
            Column("label", say("Repeat purchase days so far")),
            Column("customers", say("Customers"), "count"),
            Column("predicted_mean", say("Expected each"), right=True),
            Column("actual_mean", say("Happened each"), right=True),
        ],
        formats,
        say("Purchases in the time held back, by how often customers had bought before"),
    )


def calibration_chart(found: CustomerLifetimeValue, formats: Formats) -> Chart:
    """The same as lines."""
    rows = _chosen_calibration(found)
    test = latest_holdout(found)
    row = test.loc[test["chosen"]].iloc[0]
    return _expected_and_happened(
        CALIBRATION,
        rows.assign(group=rows["frequency_class"].astype("str")),
        x_title=say("Repeat purchase days before"),
        title=say(
            "{predicted} purchases were expected, {actual} happened",
            predicted=formats.count(row["predicted_purchases"]),
            actual=formats.count(row["actual_purchases"]),
        ),
        subtitle=say("Purchases per customer in the time held back, by earlier purchases"),
        alt=noted("Two lines, expected and real purchases by earlier frequency. {title}."),
    )


def decile_chart(found: CustomerLifetimeValue, formats: Formats) -> Chart:
    """Expected and real purchases by tenth of the customers, most expected first."""
    rows = found.deciles.loc[found.deciles["chosen"]]
    return _expected_and_happened(
        DECILES,
        rows.assign(group=[formats.count(decile) for decile in rows["decile"]]),
        x_title=say("Tenths of the customers, most expected first"),
        title=say(
            "Top tenth: {predicted} purchases each expected, {actual} happened",
            predicted=formats.number(rows["predicted_mean"].iloc[0]),
            actual=formats.number(rows["actual_mean"].iloc[0]),
        ),
        subtitle=say("Purchases per customer in the time held back, by tenth of the forecast"),
        alt=noted("Two lines, expected and real purchases by tenth. {title}."),
    )


def _expected_and_happened(
    placed: Placement, rows: pd.DataFrame, *, x_title: str, title: str, subtitle: str, alt: str
) -> Chart:
    names = {"predicted_mean": say("Expected"), "actual_mean": say("Happened")}
    tidy = rows.melt("group", list(names), "series", "value")
    return Chart(
        placed=placed,
        kind="line",
        data=tidy.assign(series=tidy["series"].map(names)),
        x="group",
        y="value",
        series="series",
        x_format="text",
        y_format="number",
        x_title=x_title,
        colors=dict(zip(names.values(), ("series-1", "series-2"), strict=True)),
        title=title,
        subtitle=subtitle,
        alt=say(alt, title=title),
        half=True,
    )
