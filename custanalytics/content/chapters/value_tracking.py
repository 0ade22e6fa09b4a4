"""Expected and real purchases week by week."""

import pandas as pd

from custanalytics.content.chart import Chart, Placement, Reference
from custanalytics.content.format import Formats
from custanalytics.content.words import say, word
from custanalytics.sentences import noted

WEEKLY = Placement("tracking-weekly", noted("Tracking weekly"))
CUMULATIVE = Placement("tracking-cumulative", noted("Tracking cumulative"))
# in the order of drawing: the smooth line lies on the ragged one
_COLORS = {noted("Happened"): "series-2", noted("Expected"): "series-1"}


def tracking_charts(tracking: pd.DataFrame, formats: Formats) -> tuple[Chart, Chart]:
    """Purchases in each week, and all of them so far."""
    model = word(str(tracking["model"].iloc[0]))
    held_back = tracking.loc[tracking["holdout"]]
    expected, happened = held_back["predicted"].sum(), held_back["actual"].sum()
    return (
        _chart(
            WEEKLY,
            tracking,
            ("actual", "predicted"),
            formats,
            title=say(
                "In the weeks held back, {expected} purchases were expected, {happened} happened",
                expected=formats.count(expected),
                happened=formats.count(happened),
            ),
            subtitle=say("Repeat purchases per week, expected by {model} and real", model=model),
            note=say(
                "The curve knows only when each customer first bought, so it shows whether the "
                "model has the course of the whole customer base right. Customers who first bought "
                "after the line are not counted."
            ),
        ),
        _chart(
            CUMULATIVE,
            tracking,
            ("actual_cumulative", "predicted_cumulative"),
            formats,
            title=_so_far(tracking, formats),
            subtitle=say(
                "Repeat purchases since the start, expected by {model} and real", model=model
            ),
            note="",
        ),
    )


def _so_far(tracking: pd.DataFrame, formats: Formats) -> str:
    last = tracking.iloc[-1]
    if not last["actual_cumulative"]:
        return say("No repeat purchase has happened yet")
    error = last["predicted_cumulative"] / last["actual_cumulative"] - 1
    if abs(error) < 0.005:
        return say("By the end, the expected purchases equal the real ones")
    if error < 0:
        return say(
            "By the end, {error} fewer purchases were expected than happened",
            error=formats.share(-error),
        )
    return say(
        "By the end, {error} more purchases were expected than happened",
        error=formats.share(error),
    )


def _chart(
    placed: Placement,
    tracking: pd.DataFrame,
    columns: tuple[str, str],
    formats: Formats,
    *,
    title: str,
    subtitle: str,
    note: str,
) -> Chart:
    tidy = tracking.melt("week_end", list(columns), "series", "value")
    colors = {word(name): color for name, color in _COLORS.items()}
    tidy["series"] = tidy["series"].map(dict(zip(columns, colors, strict=True)))
    seen = tracking.loc[~tracking["holdout"], "week_end"]
    start = seen.max() if len(seen) else tracking["week_end"].min()
    return Chart(
        placed=placed,
        kind="line",
        data=tidy,
        x="week_end",
        y="value",
        series="series",
        x_format="date_short",
        y_format="count",
        colors=colors,
        marks=(Reference("x", start, say("held back from here")),),
        title=title,
        subtitle=subtitle,
        alt=say(
            "Two lines by week, expected and real, with a mark where the time held back begins, "
            "after {day}. {title}.",
            day=formats.date(start),
            title=title,
        ),
        note=note,
    )
