"""How a list, most likely first, did and pays: for customers and for prospects alike."""

import pandas as pd

from custanalytics.content.chart import Callout, Chart, Placement, Reference
from custanalytics.content.format import Formats
from custanalytics.content.tables import Column, Table, table
from custanalytics.content.words import say, word
from custanalytics.sentences import noted

_ROLES = {"model": noted("Model"), "baseline": noted("Rule of thumb")}


def average(rows: pd.DataFrame) -> float:
    """The share over all tenths; also where some are kept back."""
    known = rows.loc[rows["lift"] > 0]
    return float((known["rate"] / known["lift"]).mean()) if len(known) else 0.0


def lift(
    placed: Placement,
    rows: pd.DataFrame,
    formats: Formats,
    *,
    title: str,
    subtitle: str,
    x_title: str,
) -> Chart:
    """Share that converted, by tenth of the list."""
    usual = average(rows)
    shown = rows.assign(label=[formats.count(decile) for decile in rows["decile"]])
    return Chart(
        placed=placed,
        kind="columns",
        data=shown[["label", "rate", "rate_low", "rate_high"]],
        x="label",
        y="rate",
        low="rate_low",
        high="rate_high",
        x_format="text",
        y_format="share",
        x_title=x_title,
        marks=(Reference("y", usual, say("average {share}", share=formats.share(usual))),),
        title=title,
        subtitle=subtitle,
        alt=say("Columns of the share by tenth of the list. {title}.", title=title),
        note=say("Thin lines: 95% interval."),
    )


def reliability(placed: Placement, rows: pd.DataFrame, title: str, subtitle: str) -> Chart:
    """Observed share against predicted probability."""
    top = float(rows[["prob_pred", "prob_true", "high"]].max().max())
    return Chart(
        placed=placed,
        kind="points",
        data=rows,
        x="prob_pred",
        y="prob_true",
        low="low",
        high="high",
        x_format="share",
        y_format="share",
        x_title=say("Predicted probability"),
        limits=(0.0, min(1.0, top * 1.05)),
        marks=(Reference("diagonal", label=say("as predicted")),),
        title=title,
        subtitle=subtitle,
        alt=say("Points of the observed against the predicted share. {title}.", title=title),
        note=say("Ten groups of equal size, with 95% intervals."),
    )


def profit(
    placed: Placement,
    rows: pd.DataFrame,
    formats: Formats,
    *,
    title: str,
    subtitle: str,
    x_title: str,
    note: str,
) -> Chart:
    """Expected profit by length of the list; the title has places for the best length."""
    best = rows.loc[rows["best"]].iloc[0]
    title = say(title, **most_profitable(rows, formats))
    return Chart(
        placed=placed,
        kind="line",
        data=rows[["contacted", "expected_profit", "profit_low", "profit_high"]],
        x="contacted",
        y="expected_profit",
        low="profit_low",
        high="profit_high",
        x_format="count",
        y_format="money",
        x_title=x_title,
        marks=(
            Callout(
                float(best["contacted"]),
                float(best["expected_profit"]),
                say("best: {contacted}", contacted=formats.count(best["contacted"])),
            ),
        ),
        title=title,
        subtitle=subtitle,
        alt=say("Curve of expected profit by length of the list. {title}.", title=title),
        note=note,
    )


def most_profitable(rows: pd.DataFrame, formats: Formats) -> dict[str, str]:
    """The list that pays most."""
    best = rows.loc[rows["best"]].iloc[0]
    return {
        "contacted": formats.count(best["contacted"]),
        "money": formats.money_short(best["expected_profit"]),
        "low": formats.money_short(best["profit_low"]),
        "high": formats.money_short(best["profit_high"]),
    }


def if_worth_less(rows: pd.DataFrame, formats: Formats) -> str:
    """How much of the list that pays most still pays where each purchase is worth less."""
    best, careful = (rows.loc[rows[by], "contacted"].iloc[0] for by in ("best", "best_lower_value"))
    if careful == 0:
        return say("If each is worth 30% less, no contact pays.")
    if careful >= best:
        return say("If each is worth 30% less, it still pays to contact as many.")
    return say(
        "If each is worth 30% less, it still pays to contact the first {n} of them.",
        n=formats.count(careful),
    )


def deciles(
    name: str,
    result: str,
    rows: pd.DataFrame,
    formats: Formats,
    caption: str,
    *,
    people: str,
    did: str,
    gain: str,
) -> Table:
    """What each tenth of the list did."""
    return table(
        name,
        rows.assign(label=[formats.count(decile) for decile in rows["decile"]]),
        [
            Column("label", say("Tenth")),
            Column("n", people),
            "mean_propensity",
            Column("converted", did),
            "rate",
            "lift",
            Column("cumulative_gain", gain),
        ],
        formats,
        caption,
        result=result,
        wide=True,
    )


def candidates(rows: pd.DataFrame) -> list[str]:
    """Names of models and rules of thumb, with a mark on the one that is used."""
    return [
        say("{name} (used)", name=word(name)) if chosen else word(name)
        for name, chosen in zip(rows["candidate"], rows["chosen"], strict=True)
    ]


def evaluation(name: str, result: str, rows: pd.DataFrame, formats: Formats, caption: str) -> Table:
    """Candidates side by side."""
    return table(
        name,
        rows.assign(name=candidates(rows), kind=[word(_ROLES[role]) for role in rows["role"]]),
        [
            Column("name", say("Candidate")),
            Column("kind", say("Kind")),
            "log_loss",
            "brier_score",
            "auc",
            "ece",
        ],
        formats,
        caption,
        result=result,
    )
