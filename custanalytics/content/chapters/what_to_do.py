"""What to do: the actions in their order, with the money and the way to know that they worked."""

from collections.abc import Sequence

import pandas as pd

from custanalytics.config import Settings
from custanalytics.content.blocks import Files
from custanalytics.content.chapter import Chapter, Declaration
from custanalytics.content.chapters import value
from custanalytics.content.format import Formats
from custanalytics.content.slide import Slide
from custanalytics.content.tables import Column, Link, Table, table
from custanalytics.content.words import plural, say, word
from custanalytics.results.actions import WIN_BACK
from custanalytics.results.decisions import EXPECTED_MARGIN, EXPECTED_REVENUE, REVENUE_AT_RISK
from custanalytics.results.lists import CONTACT, CUSTOMERS, LATE
from custanalytics.results.store import AnalysisResults

CHAPTER = Declaration(
    "decisions",
    "rfm",
    tables=("decisions", "control-groups"),
    texts=("lead",),
    parts=("files",),
    flags=("control",),
    slides=("decisions",),
)


def what_to_do(results: AnalysisResults, formats: Formats) -> Chapter:
    """Section 9 of the report."""
    actions, decisions = results.actions, results.decisions
    if actions is None or decisions is None:
        return Chapter(CHAPTER, present=False)
    customers = results.customers
    tables = [_actions(actions, results.settings, formats)]
    tested = decisions["control_size"].notna().any()
    if tested:
        tables.append(_groups(decisions, formats, listed=customers is not None))
    return Chapter(
        CHAPTER,
        texts={"lead": lead(actions, results.settings, formats)},
        tables=tuple(tables),
        parts={"files": _files(actions, customers) if customers is not None else None},
        flags={"control": bool(tested)},
        slides=(_slide(actions, results.settings, formats, listed=customers is not None),),
    )


def basis(kind: str, settings: Settings, formats: Formats) -> str:
    """What the money at stake is, in words."""
    if kind == REVENUE_AT_RISK:
        days = formats.days(settings.window_days)
        return say("usual spend in {days} days that is not expected to come", days=days)
    span = value.horizon(settings.horizon_days, formats)
    if kind == EXPECTED_REVENUE:
        return say("expected revenue in {horizon}, discounted", horizon=span)
    if kind == EXPECTED_MARGIN:
        return say("expected margin in {horizon}, discounted", horizon=span)
    return say("revenue so far")


def of_segments(actions: pd.DataFrame, settings: Settings, formats: Formats) -> str:
    """What the money at stake is for the segments, which all have the same basis."""
    return basis(actions.loc[actions["kind"] != WIN_BACK, "basis"].iloc[0], settings, formats)


def of_the_late(actions: pd.DataFrame, settings: Settings, formats: Formats) -> str:
    """What the money at stake is for the late customers; empty where there are none."""
    if not (actions["kind"] == WIN_BACK).any():
        return ""
    return say(
        "Late customers are in their segments too; their money at stake is what they usually spend "
        "in {days} days and are not expected to.",
        days=formats.days(settings.window_days),
    )


def shown(actions: pd.DataFrame) -> pd.DataFrame:
    """The actions with the name of those whom they are for."""
    return actions.assign(
        who=[word(segment) for segment in actions["segment"].fillna(say("Late customers"))]
    )


def lead(actions: pd.DataFrame, settings: Settings, formats: Formats) -> str:
    """Where to begin."""
    first = shown(actions).iloc[0]
    if not first["contact"]:
        return say("No segment calls for contacting its customers.")
    return plural(
        first["customers"],
        "Begin with “{segment}”: one customer and {money} ({what}).",
        "Begin with “{segment}”: {customers} customers and {money} ({what}).",
        segment=first["who"],
        customers=formats.count(first["customers"]),
        money=formats.money_short(first["at_stake"]),
        what=basis(first["basis"], settings, formats),
    )


def _table(
    rows: pd.DataFrame, further: Sequence[str], formats: Formats, caption: str, note: str
) -> Table:
    """Who, what and how much: the columns that the report and its slide both have."""
    columns: list[Column | str] = [
        Column("who", say("Segment")),
        "action",
        "customers",
        "at_stake",
        *further,
    ]
    return table("decisions", rows, columns, formats, caption, result="actions", note=note)


def _actions(actions: pd.DataFrame, settings: Settings, formats: Formats) -> Table:
    rows, further = shown(actions), []
    if rows["list"].notna().any():
        links = [Link(path) for path in rows["list"]]
        rows["list"] = pd.Series(links, index=rows.index, dtype="object")
        further.append("list")
    caption = say(
        "What to do with each segment; money at stake: {what}",
        what=of_segments(actions, settings, formats),
    )
    return _table(rows, further, formats, caption, of_the_late(actions, settings, formats))


def _slide(actions: pd.DataFrame, settings: Settings, formats: Formats, listed: bool) -> Slide:
    title, further = say("Each segment calls for its own action"), []
    small = of_the_late(actions, settings, formats)
    if actions["control_size"].notna().any():
        title = say(
            "Each segment calls for its own action, and for a control group to see what works"
        )
        further.append("control_size")
        alone = say(
            "Leave alone: customers drawn by lot, so that a lift by a quarter can be told from "
            "chance."
        )
        small = f"{small} {alone}".strip()
    return Slide(
        "decisions",
        title,
        say("Money at stake: {stake}", stake=of_segments(actions, settings, formats)),
        table=_table(shown(actions), further, formats, "", ""),
        small=small,
        notes=say(
            "The list of each segment is a file of the report; the workbook has the contact list "
            "with its control groups."
        )
        if listed
        else "",
    )


def _groups(decisions: pd.DataFrame, formats: Formats, listed: bool) -> Table:
    rows = decisions.loc[decisions["control_size"].notna()].copy()
    rows["rate"] = rows["expected_buyers"] / rows["customers"]
    rows["verdict"] = [
        say("shows a lift by a quarter")
        if enough
        else say("shows a lift by {lift} or more", lift=formats.share(lift))
        for enough, lift in zip(rows["control_enough"], rows["detectable_lift"], strict=True)
    ]
    return table(
        "control-groups",
        rows,
        [
            "segment",
            "customers",
            Column("rate", say("Buy anyway"), "share"),
            "control_size",
            Column("verdict", say("What that can show")),
        ],
        formats,
        say("How many customers to leave alone, so that you know whether the action worked"),
        result="decisions",
        note=say(
            "They are drawn already: the column “group” of each list says contact or control. "
            "Segments not named are too small to tell."
        )
        if listed
        else "",
    )


def _files(actions: pd.DataFrame, customers: pd.DataFrame) -> Files:
    lines = [(CUSTOMERS, say("every customer with all that this report knows about them"))]
    if "propensity" in customers.columns:
        lines.append((CONTACT, say("the same, most likely to buy first")))
        if customers["late"].eq(True).any():
            lines.append((LATE, say("those late by their own rhythm, most revenue at risk first")))
    first = actions.loc[actions["segment"].notna()].iloc[0]
    lines.append(
        (
            first["list"],
            say(
                "the customers of “{segment}”; one such list a segment",
                segment=word(first["segment"]),
            ),
        )
    )
    return Files(tuple(lines))
