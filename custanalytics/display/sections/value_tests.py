"""How the forecast of value did on time held back: sentence, tables, chart."""

import pandas as pd

from custanalytics.clv import CustomerValue
from custanalytics.display.chart import Chart
from custanalytics.display.format import Formats, is_missing
from custanalytics.display.tables import Column, Table, table
from custanalytics.display.words import say

_MATTERS = {"clv.total_error", "clv.interval_coverage", "clv.converged"}
_REVENUE_BOUND = 0.2
_PACE = {
    "r": "How alike customers are in their pace: below 1, a few buy far more often than the rest",
    "alpha": "With r, the pace: a customer who is active buys r / alpha times a day on average",
}
_RETURNS = {
    "a": "With b, who leaves: on average a / (a + b) of customers after a purchase",
    "b": "See a; the larger a and b, the more alike customers are in leaving",
}
_MEANINGS = {
    "BG/NBD": _PACE | _RETURNS,
    "MBG/NBD": _PACE
    | {
        "a": "With b, who leaves: on average a / (a + b) of customers after a purchase, the first "
        "included",
        "b": _RETURNS["b"],
    },
    "Pareto/NBD": _PACE
    | {
        "s": "How alike customers are in leaving: below 1, a few leave early and the rest stay",
        "beta": "With s, who leaves: customers leave at a rate of s / beta a day on average",
    },
    "gamma-gamma": {
        "p": "How steady one customer's orders are: the larger, the more alike",
        "q": "How alike customers are in their mean order: the larger, the more alike",
        "v": "With p and q, the mean order: p v / (q - 1)",
    },
}


def latest(found: CustomerValue) -> pd.DataFrame:
    """Validation rows of the latest holdout; empty where there was none."""
    rows = found.validation
    return rows.loc[rows["origin"] == rows["origin"].max()] if len(rows) else rows


def doubts(found: CustomerValue) -> list[str]:
    """What speaks against stating the forecast as a finding; empty where nothing does."""
    if not len(found.validation):
        return [say("The forecast could not be tested on this shop's own past.")]
    failed = [c.sentence for c in found.checks if c.name in _MATTERS and c.passed is False]
    rows = latest(found)
    error = float(rows.loc[rows["chosen"], "revenue_error"].iloc[0])
    if abs(error) > _REVENUE_BOUND:
        failed.append(say("On the time held back, revenue was more than a fifth off the forecast."))
    return failed


def trusted(found: CustomerValue | None) -> bool:
    """Whether the forecast may be stated as a finding: tested, and in bounds."""
    return found is not None and not doubts(found)


def tested(found: CustomerValue, formats: Formats) -> str:
    """How the forecast did on held-back data, naive rules included."""
    rows = latest(found)
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
                name=row["candidate"],
            )
        )
    return text


def in_short(found: CustomerValue, formats: Formats) -> str:
    """The same for the summary."""
    rows = latest(found)
    if not len(rows):
        return say("The forecast of value is untested: the history is too short to hold part back.")
    row = rows.loc[rows["chosen"]].iloc[0]
    rests = (
        say("a rule of thumb, which did better than the models")
        if row["role"] == "baseline"
        else say("a statistical model, which did better than rules of thumb")
    )
    return say(
        "The forecast was tested on the past: {error} in purchases, {money_error} in revenue. It "
        "rests on {rests}.",
        error=_missed(row["total_error"], formats),
        money_error=_missed(row["revenue_error"], formats),
        rests=rests,
    )


def coverage(found: CustomerValue) -> str:
    """How many customers' purchases lay in their intervals, as the check says."""
    return _check(found, "clv.interval_coverage")


def leaving(found: CustomerValue) -> str:
    """How many customers leave according to the model, as the check says."""
    return _check(found, "clv.leaving")


def _check(found: CustomerValue, name: str) -> str:
    return " ".join(check.sentence for check in found.checks if check.name == name)


def _missed(error: float, formats: Formats) -> str:
    if is_missing(error):
        return say("nothing to compare with")
    if abs(error) < 0.005:
        return say("spot on")
    if error < 0:
        return say("{error} too few expected", error=formats.share(-error))
    return say("{error} too many expected", error=formats.share(error))


def parameter_table(found: CustomerValue, formats: Formats) -> Table:
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
            Column("model", "Model"),
            Column("parameter", "Parameter"),
            Column("shown", "Value", right=True),
            Column("error", "Standard error", right=True),
            Column("meaning", "What it says"),
        ],
        formats,
        "Fitted parameters, times in days and money in the currency of the report",
        note=say("A dash as the standard error: the data do not fix that parameter."),
    )


def _digits(number: float, formats: Formats) -> str:
    return formats.number(number, 0 if abs(number) >= 1000 else 3)


def validation_table(found: CustomerValue, formats: Formats) -> Table:
    """Candidates on the latest time held back."""
    rows = latest(found).copy()
    rows["name"] = [
        f"{name} (used)" if chosen else name
        for name, chosen in zip(rows["candidate"], rows["chosen"], strict=True)
    ]
    for column in ("mae", "spearman"):
        rows[column] = [formats.number(number, 3) for number in rows[column]]
    level = formats.share(found.params["level"])
    return table(
        "value-validation",
        rows,
        [
            Column("name", "Candidate"),
            Column("predicted_purchases", "Expected", "count"),
            Column("actual_purchases", "Happened", "count"),
            Column("total_error", "Error", "change"),
            Column("mae", "Error per customer", right=True),
            Column("spearman", "Rank correlation", right=True),
            Column("interval_coverage", say("In the {level} interval", level=level), "share"),
        ],
        formats,
        say(
            "Model and rules of thumb on the last {days} days, which were held back",
            days=formats.days(rows["holdout_days"].iloc[0]),
        ),
        wide=True,
    )


def _chosen_calibration(found: CustomerValue) -> pd.DataFrame:
    rows = found.calibration
    return rows.loc[rows["chosen"]].copy()


def calibration_table(found: CustomerValue, formats: Formats) -> Table:
    """Expected and real purchases by earlier frequency."""
    rows = _chosen_calibration(found)
    for column in ("actual_mean", "predicted_mean"):
        rows[column] = [formats.number(number, 2) for number in rows[column]]
    rows["label"] = [str(name) for name in rows["frequency_class"]]
    return table(
        "value-calibration",
        rows,
        [
            Column("label", "Repeat purchase days so far"),
            Column("customers", "Customers", "count"),
            Column("predicted_mean", "Expected each", right=True),
            Column("actual_mean", "Happened each", right=True),
        ],
        formats,
        "Purchases in the time held back, by how often customers had bought before",
    )


def calibration_chart(found: CustomerValue, formats: Formats) -> Chart:
    """The same as lines."""
    rows = _chosen_calibration(found)
    tidy = rows.melt("frequency_class", ["predicted_mean", "actual_mean"], "series", "value")
    tidy["series"] = tidy["series"].map({"predicted_mean": "Expected", "actual_mean": "Happened"})
    tidy["class"] = tidy["frequency_class"].astype("str")
    test = latest(found)
    row = test.loc[test["chosen"]].iloc[0]
    title = say(
        "{predicted} purchases were expected, {actual} happened",
        predicted=formats.count(row["predicted_purchases"]),
        actual=formats.count(row["actual_purchases"]),
    )
    return Chart(
        name="value-calibration",
        kind="line",
        data=tidy[["class", "series", "value"]],
        x="class",
        y="value",
        series="series",
        x_format="text",
        y_format="number",
        x_title="Repeat purchase days before",
        colors={"Expected": "series-1", "Happened": "series-2"},
        title=title,
        subtitle="Purchases per customer in the time held back, by earlier purchases",
        alt=say(
            "Two lines, expected and real purchases by earlier frequency. {title}.", title=title
        ),
        half=True,
    )


def decile_chart(found: CustomerValue, formats: Formats) -> Chart:
    """Expected and real purchases by tenth of the customers, most expected first."""
    rows = found.deciles.loc[found.deciles["chosen"]]
    tidy = rows.melt("decile", ["predicted_mean", "actual_mean"], "series", "value")
    tidy["series"] = tidy["series"].map({"predicted_mean": "Expected", "actual_mean": "Happened"})
    tidy["tenth"] = [formats.count(decile) for decile in tidy["decile"]]
    top = rows.iloc[0]
    title = say(
        "Top tenth: {predicted} purchases each expected, {actual} happened",
        predicted=formats.number(top["predicted_mean"]),
        actual=formats.number(top["actual_mean"]),
    )
    return Chart(
        name="value-deciles",
        kind="line",
        data=tidy[["tenth", "series", "value"]],
        x="tenth",
        y="value",
        series="series",
        x_format="text",
        y_format="number",
        x_title="Tenths of the customers, most expected first",
        colors={"Expected": "series-1", "Happened": "series-2"},
        title=title,
        subtitle="Purchases per customer in the time held back, by tenth of the forecast",
        alt=say("Two lines, expected and real purchases by tenth. {title}.", title=title),
        half=True,
    )
