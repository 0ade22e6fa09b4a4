"""Which prospects convert."""

from collections.abc import Sequence

import pandas as pd

from custanalytics.content.blocks import Bullets, Card, Cards, Files, Point
from custanalytics.content.chapter import Chapter, Declaration
from custanalytics.content.chapters import ranking
from custanalytics.content.chapters.prospect_tables import (
    checks_table,
    columns_table,
    deciles_table,
    effects_table,
    evaluation_table,
    last_test,
    leaks_table,
    open_table,
    stages_table,
    tests_of,
)
from custanalytics.content.chart import Chart, Placement
from custanalytics.content.format import Formats, is_missing
from custanalytics.content.slide import Slide
from custanalytics.content.tables import Table
from custanalytics.content.words import plural, say, told, word
from custanalytics.prospects.drivers import clearly_told
from custanalytics.prospects.lead_scoring import LeadScoring
from custanalytics.results.lists import PROSPECTS
from custanalytics.scoring.columns import input_name
from custanalytics.sentences import noted

LIFT = Placement(
    "prospects-lift",
    noted("Prospects lift"),
    story=True,
    beside=("tested",),
    notes=("measures",),
)
RELIABILITY = Placement(
    "prospects-reliability", noted("Prospects reliability"), story=True, beside=("measures",)
)
DRIVERS = Placement(
    "prospects-drivers",
    noted("Prospects drivers"),
    story=True,
    beside=("drivers",),
    notes=("leaks",),
)
DRIFT = Placement("prospects-drift", noted("Prospects drift"), story=True, beside=("time",))
PROFIT = Placement(
    "prospects-profit",
    noted("Prospects profit"),
    story=True,
    beside=("profit",),
    notes=("control",),
)
CHAPTER = Declaration(
    "prospects",
    "prospects",
    charts=(LIFT, RELIABILITY, DRIVERS, DRIFT, PROFIT),
    tables=(
        "prospects-open",
        "prospects-effects",
        "prospects-deciles",
        "prospects-validation",
        "prospects-stages",
        "prospects-columns",
        "prospects-leaks",
    ),
    texts=(
        "lead",
        "tested",
        "measures",
        "drivers",
        "leaks",
        "time",
        "more",
        "outcome",
        "profit",
        "control",
    ),
    parts=("kpis", "doubts", "checks", "files"),
    flags=(
        "prospects_asked",
        "prospects_doubts",
        "prospects_open",
        "prospects_drivers",
        "prospects_leaks",
        "prospects_drift",
        "prospects_profit",
        "prospects_control",
        "prospects_stages",
    ),
    opening_slides=("prospects-overview",),
    slides=("prospects-first",),
)
CONTROL = "propensity.control_group"
_DRIVERS = 8
_SERIES = (("rate", noted("Converted")), ("mean_propensity", noted("Predicted")))


def prospects(scoring: LeadScoring | None, asked: bool, formats: Formats) -> Chapter:
    """The chapter, or that it is left out."""
    if scoring is None:
        return Chapter(CHAPTER, present=False, flags={"prospects_asked": asked})
    doubts = [told(check.sentence, formats) for check in scoring.checks if check.passed is False]
    charts = [_lift(scoring, formats), _reliability(scoring, formats)]
    tables = [
        deciles_table(scoring, formats),
        evaluation_table(scoring, formats),
        columns_table(scoring, formats),
        *([stages_table(scoring, formats)] if len(scoring.stages) else []),
    ]
    drives = scoring.importance.loc[scoring.importance["log_loss_rise"] > 0]
    if len(drives):
        charts.append(_drivers(drives, formats))
        tables.append(effects_table(scoring, drives, formats))
    slides = []
    if len(scoring.prospects):
        tables.append(open_table(scoring, formats))
        slides.append(_first_slide(tables[-1], scoring, formats))
    if len(scoring.drift):
        charts.append(_drift(scoring, formats))
    if scoring.profit is not None:
        charts.append(_profit(scoring.profit, formats))
    if len(scoring.leaks):
        tables.append(leaks_table(scoring, formats))
    return Chapter(
        CHAPTER,
        texts={
            "lead": lead(scoring, formats),
            "tested": tested(scoring, formats),
            "measures": measures(scoring, formats),
            "drivers": _sentence(scoring, "prospects.not_cause", formats),
            "leaks": _sentence(scoring, "prospects.leaks", formats),
            "time": _sentence(scoring, "prospects.out_of_time", formats),
            "more": _sentence(scoring, "prospects.learning_curve", formats),
            "outcome": _sentence(scoring, "prospects.outcome", formats) or past(scoring, formats),
            "control": _control(scoring, formats),
            "profit": _best(scoring.profit, formats) if scoring.profit is not None else "",
        },
        charts=tuple(charts),
        tables=tuple(tables),
        parts={
            "kpis": Cards(tuple(cards(scoring, formats))),
            "doubts": Bullets(tuple(doubts)),
            "checks": checks_table(scoring, formats),
            "files": _files() if len(scoring.prospects) else None,
        },
        flags={
            "prospects_asked": asked,
            "prospects_doubts": bool(doubts),
            "prospects_open": len(scoring.prospects) > 0,
            "prospects_drivers": len(drives) > 0,
            "prospects_leaks": len(scoring.leaks) > 0,
            "prospects_drift": len(scoring.drift) > 0,
            "prospects_profit": scoring.profit is not None,
            "prospects_control": any(check.name == CONTROL for check in scoring.checks),
            "prospects_stages": len(scoring.stages) > 0,
        },
        slides=(_overview_slide(charts, scoring, formats), *slides),
    )


def _overview_slide(charts: Sequence[Chart], scoring: LeadScoring, formats: Formats) -> Slide:
    """The whole on one slide: how many will convert, and how far the ranking goes."""
    told_of = {chart.placed: f"{chart.title}." for chart in charts}
    points = [Point(told_of[LIFT], auc(scoring, formats))]
    if scoring.profit is not None:
        points.append(Point(told_of[PROFIT], _best(scoring.profit, formats)))
    if DRIVERS in told_of:
        points.append(Point(told_of[DRIVERS], _sentence(scoring, "prospects.not_cause", formats)))
    open_ones, expected = scoring.figures["open"], scoring.figures["expected_conversions"]
    known = open_ones and not is_missing(expected)
    before = past(scoring, formats)
    return Slide(
        "prospects-overview",
        plural(
            open_ones,
            "The one open prospect converts with a probability of {share}",
            "About {expected} of {open} open prospects are expected to convert",
            open=formats.count(open_ones),
            expected=formats.count(expected),
            share=formats.share(expected / open_ones),
        )
        if known
        else before,
        before if known else "",
        cards=tuple(cards(scoring, formats)),
        items=tuple(points),
        notes=tested(scoring, formats),
    )


def _first_slide(first: Table, scoring: LeadScoring, formats: Formats) -> Slide:
    """Whom to contact first."""
    listed = len(first.rows)
    expected = scoring.prospects["propensity"].nlargest(listed).sum()
    return Slide(
        "prospects-first",
        plural(
            listed,
            "The one on the list converts with a probability of {share}",
            "Of the first {n} on the list about {expected} are expected to convert",
            n=formats.count(listed),
            expected=formats.count(expected),
            share=formats.share(expected),
        ),
        first.caption,
        table=first,
        aside=(
            say(
                "Of every hundred on this list {here} are expected to convert; of the decided ones "
                "{usual} did.",
                here=formats.count(100 * expected / listed),
                usual=formats.count(100 * scoring.figures["base_rate"]),
            ),
            say("{file} has all of them in order, and who is to be contacted.", file=PROSPECTS),
        ),
        small=first.note,
    )


def cards(scoring: LeadScoring, formats: Formats) -> list[Card]:
    """Headline figures of a report on prospects alone."""
    figures = scoring.figures
    top = last_test(scoring, scoring.deciles).iloc[0]
    items = [
        Card(
            formats.count(figures["labelled"]),
            plural(figures["labelled"], "decided prospect", "decided prospects"),
            say("{rate} of them converted", rate=formats.share(figures["base_rate"])),
        ),
        Card(
            formats.share(top["rate"]),
            say("of the tenth on top converted, when tested"),
            say("{times} times the average", times=formats.number(top["lift"])),
            "good" if top["lift"] > 1 else "",
        ),
    ]
    if figures["open"] and not is_missing(figures["expected_conversions"]):
        note = say(
            "of {open} open ones, {share}",
            open=formats.count(figures["open"]),
            share=formats.share(figures["expected_conversions"] / figures["open"]),
        )
        expected = formats.count(figures["expected_conversions"])
        items.append(Card(expected, say("open prospects expected to convert"), note))
    if scoring.profit is not None:
        best = ranking.most_profitable(scoring.profit, formats)
        items.append(
            Card(
                best["money"],
                say("expected profit of contacting the best"),
                say("{contacted} prospects; between {low} and {high}", **best),
            )
        )
    return items


def past(scoring: LeadScoring, formats: Formats) -> str:
    """How many of the decided prospects converted."""
    return say(
        "Of {labelled} decided prospects, {rate} converted.",
        labelled=formats.count(scoring.figures["labelled"]),
        rate=formats.share(scoring.figures["base_rate"]),
    )


def lead(scoring: LeadScoring, formats: Formats) -> str:
    """How many open prospects are expected to convert."""
    figures = scoring.figures
    if is_missing(figures["open"]) or is_missing(figures["expected_conversions"]):
        return past(scoring, formats)
    if not figures["open"]:
        return (
            past(scoring, formats)
            + " "
            + say("No prospect in the file is open, so there is none to score.")
        )
    return (
        past(scoring, formats)
        + " "
        + plural(
            figures["open"],
            "The one that is open is expected to convert with a probability of {share}.",
            "Of the {open} that are open, about {expected} are expected to convert.",
            open=formats.count(figures["open"]),
            expected=formats.count(figures["expected_conversions"]),
            share=formats.share(figures["expected_conversions"] / figures["open"]),
        )
    )


def tested(scoring: LeadScoring, formats: Formats) -> str:
    """How the ranking did on prospects that it had not seen."""
    top = last_test(scoring, scoring.deciles).iloc[0]
    figures = {"rate": formats.share(top["rate"]), "lift": formats.number(top["lift"])}
    if len(scoring.drift) and tests_of(scoring)[-1] == "out of time":
        return say(
            "Tested on the last fifth of the decided prospects, which was held back: of the tenth "
            "named most likely, {rate} converted, {lift} times the average.",
            **figures,
        )
    return say(
        "Tested on decided prospects that were held back in turn: of the tenth named most likely, "
        "{rate} converted, {lift} times the average.",
        **figures,
    )


def auc(scoring: LeadScoring, formats: Formats) -> str:
    """How well the ranking tells those who convert from the others."""
    return say(
        "AUC {value} ({low} to {high}): how often a prospect that converted stands above "
        "one that did not; 0.5 is a coin toss.",
        **_bounds(_merits(scoring), "auc", formats),
    )


def measures(scoring: LeadScoring, formats: Formats) -> str:
    """The figures of merit with their intervals, and what each means."""
    row = _merits(scoring)
    return " ".join(
        [
            auc(scoring, formats),
            say(
                "Average precision {value} ({low} to {high}): the share of conversions among "
                "those on top, averaged over all lengths of the list; no skill gives {base}.",
                **_bounds(row, "average_precision", formats),
                base=formats.number(row["positives"] / row["n"], 3),
            ),
            say(
                "Brier score {value} ({low} to {high}) and log-loss {loss}: how far the "
                "probabilities were from what happened; less is better.",
                **_bounds(row, "brier_score", formats),
                loss=formats.number(row["log_loss"], 3),
            ),
        ]
    )


def _merits(scoring: LeadScoring) -> "pd.Series":
    return last_test(scoring, scoring.evaluation.loc[scoring.evaluation["chosen"]]).iloc[0]


def _bounds(row: "pd.Series", name: str, formats: Formats) -> dict[str, str]:
    figures = {"value": name, "low": f"{name}_low", "high": f"{name}_high"}
    return {place: formats.number(row[column], 3) for place, column in figures.items()}


def _sentence(scoring: LeadScoring, name: str, formats: Formats) -> str:
    return " ".join(told(check.sentence, formats) for check in scoring.checks if check.name == name)


def _control(scoring: LeadScoring, formats: Formats) -> str:
    if not len(scoring.prospects):
        return say("There is no open prospect, so there is no list and no group.")
    return _sentence(scoring, CONTROL, formats) or say(
        "The list is too short for a control group that would show an effect."
    )


def _lift(scoring: LeadScoring, formats: Formats) -> Chart:
    rows = last_test(scoring, scoring.deciles)
    return ranking.lift(
        LIFT,
        rows,
        formats,
        title=say(
            "Of the most likely tenth, {rate} converted; on average {average} did",
            rate=formats.share(rows["rate"].iloc[0]),
            average=formats.share(ranking.average(rows)),
        ),
        subtitle=say("Share that converted among the prospects held back"),
        x_title=say("Tenths of the prospects, most likely first"),
    )


def _reliability(scoring: LeadScoring, formats: Formats) -> Chart:
    rows = last_test(scoring, scoring.reliability)
    off = float((rows["n"] * (rows["prob_pred"] - rows["prob_true"]).abs()).sum() / rows["n"].sum())
    return ranking.reliability(
        RELIABILITY,
        rows,
        say(
            "Predicted and observed shares differ by {off} points on average",
            off=formats.number(100 * off),
        ),
        say("Share that converted, by predicted probability, among the prospects held back"),
    )


def _drivers(drives: pd.DataFrame, formats: Formats) -> Chart:
    rows = drives.head(_DRIVERS).assign(
        part=drives["log_loss_rise"] / drives["log_loss_rise"].sum(),
        input=[told(input_name(name), formats) for name in drives["input"].head(_DRIVERS)],
    )
    title = (
        say(
            "{first} tells most about who converts: {share} of what the columns add",
            first=rows["input"].iloc[0],
            share=formats.share(rows["part"].iloc[0]),
        )
        if clearly_told(drives).any()
        else say("No single column is shown to tell much about who converts")
    )
    return Chart(
        placed=DRIVERS,
        kind="bars",
        data=rows[["input", "part"]],
        x="part",
        y="input",
        x_format="share",
        y_format="text",
        title=title,
        subtitle=say("Share of the accuracy (log-loss) that is lost when a column is shuffled"),
        alt=say("Bars of what each column adds to the prediction. {title}.", title=title),
        note=say(
            "It shows who converts, not why: to change such a figure need not change anybody."
        ),
    )


def _drift(scoring: LeadScoring, formats: Formats) -> Chart:
    rows = scoring.drift
    first, last = rows["rate"].iloc[0], rows["rate"].iloc[-1]
    shown = pd.concat(
        [
            pd.DataFrame({"block": rows["block"], "share": rows[column], "series": word(label)})
            for column, label in _SERIES
        ],
        ignore_index=True,
    )
    title = say(
        "{last} of the latest tenth converted, {first} of the earliest",
        first=formats.share(first),
        last=formats.share(last),
    )
    return Chart(
        placed=DRIFT,
        kind="line",
        data=shown,
        x="block",
        y="share",
        series="series",
        x_format="count",
        y_format="share",
        x_title=say("Tenths of the decided prospects, in order of time"),
        title=title,
        subtitle=say("Share that converted, and what was predicted for them when held back"),
        alt=say("Lines of the observed and the predicted share over time. {title}.", title=title),
    )


def _profit(profit: pd.DataFrame, formats: Formats) -> Chart:
    return ranking.profit(
        PROFIT,
        profit,
        formats,
        title=noted("Contacting {contacted} prospects earns most: {money} expected")
        if profit.loc[profit["best"], "contacted"].iloc[0]
        else noted("No contact pays at this cost and value"),
        subtitle=say("Expected profit by number of prospects contacted"),
        x_title=say("Open prospects contacted, most likely first"),
        note=say(
            "It takes for granted that none of them converts without the contact. Band: 90% "
            "interval."
        ),
    )


def _best(profit: pd.DataFrame, formats: Formats) -> str:
    best = profit.loc[profit["best"], "contacted"].iloc[0]
    if best == 0:
        return say("At your cost per contact and value per conversion no contact pays.")
    figures = ranking.most_profitable(profit, formats)
    sentence = (
        say(
            "At your cost per contact and value per conversion it pays to contact all {contacted} "
            "open prospects: {money} expected, with 90% confidence between {low} and {high}.",
            **figures,
        )
        if best == profit["contacted"].max()
        else say(
            "At your cost per contact and value per conversion it pays to contact the {contacted} "
            "most likely prospects: {money} expected, with 90% confidence between {low} and "
            "{high}.",
            **figures,
        )
    )
    return f"{sentence} {ranking.if_worth_less(profit, formats)}"


def _files() -> Files:
    text = say("every open prospect, most likely first, and who is to be contacted")
    return Files(((PROSPECTS, text),))
