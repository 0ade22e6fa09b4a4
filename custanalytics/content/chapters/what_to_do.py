"""What to do on Monday: one row a segment, with the money and the way to know it worked."""

import pandas as pd

from custanalytics.clv import CustomerLifetimeValue
from custanalytics.content.blocks import Files
from custanalytics.content.chapter import Chapter, Declaration
from custanalytics.content.chapters import value
from custanalytics.content.chapters.value_tests import trusted
from custanalytics.content.format import Formats
from custanalytics.content.tables import Column, Link, Table, table
from custanalytics.content.words import plural, say, word
from custanalytics.results.lists import CONTACT, CUSTOMERS, LATE, segment_list

CHAPTER = Declaration(
    "decisions",
    "rfm",
    tables=("decisions", "control-groups"),
    texts=("lead",),
    parts=("files",),
    flags=("control",),
    slides=("decisions",),
)
LEAVE_ALONE = "Dormant"


def monday(
    decisions: pd.DataFrame | None,
    customers: pd.DataFrame | None,
    found: CustomerLifetimeValue | None,
    formats: Formats,
) -> Chapter:
    """Section 9 of the report."""
    if decisions is None or not len(decisions):
        return Chapter(CHAPTER, present=False)
    lists = customers is not None
    tables = [_decisions(decisions, found, formats, lists)]
    tested = decisions["control_size"].notna().any()
    if tested:
        tables.append(_groups(decisions, formats, lists))
    return Chapter(
        CHAPTER,
        texts={"lead": lead(decisions, found, formats)},
        tables=tuple(tables),
        parts={"files": _files(decisions, customers) if customers is not None else None},
        flags={"control": bool(tested)},
    )


def stake(found: CustomerLifetimeValue | None, formats: Formats) -> str:
    """What the money at stake is: expected value where it can be trusted, or revenue so far."""
    if found is None or not trusted(found):
        return say("revenue so far")
    span = value.horizon(found.params["horizon_days"], formats)
    if found.params["margin"] is None:
        return say("expected revenue in {horizon}, discounted", horizon=span)
    return say("expected margin in {horizon}, discounted", horizon=span)


def ranked(decisions: pd.DataFrame, found: CustomerLifetimeValue | None) -> pd.DataFrame:
    """Segments by the ``money`` that `stake` names, most first; those to leave alone last."""
    money = decisions["clv"] if trusted(found) else decisions["revenue"]
    alone = decisions["segment"] == LEAVE_ALONE
    return (
        decisions.assign(money=money, alone=alone)
        .sort_values(["alone", "money", "segment"], ascending=[True, False, True])
        .drop(columns="alone")
        .reset_index(drop=True)
    )


def lead(decisions: pd.DataFrame, found: CustomerLifetimeValue | None, formats: Formats) -> str:
    """Where to begin."""
    first = ranked(decisions, found).iloc[0]
    return plural(
        first["customers"],
        "Begin with “{segment}”: one customer and {money} ({what}).",
        "Begin with “{segment}”: {customers} customers and {money} ({what}).",
        segment=word(first["segment"]),
        customers=formats.count(first["customers"]),
        money=formats.money_short(first["money"]),
        what=stake(found, formats),
    )


def _decisions(
    decisions: pd.DataFrame, found: CustomerLifetimeValue | None, formats: Formats, lists: bool
) -> Table:
    shown = ranked(decisions, found)
    columns = [
        Column("segment", say("Segment"), "word"),
        Column("action", say("Action"), "word"),
        Column("customers", say("Customers"), "count"),
        Column("money", say("Money at stake"), "money"),
    ]
    if lists:
        shown["list"] = pd.Series(
            [Link(segment_list(name)) for name in shown["segment"]],
            index=shown.index,
            dtype="object",
        )
        columns.append(Column("list", say("List")))
    return table(
        "decisions",
        shown,
        columns,
        formats,
        say("What to do with each segment; money at stake: {what}", what=stake(found, formats)),
    )


def _groups(decisions: pd.DataFrame, formats: Formats, lists: bool) -> Table:
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
            Column("segment", say("Segment"), "word"),
            Column("customers", say("Customers"), "count"),
            Column("rate", say("Buy anyway"), "share"),
            Column("control_size", say("Leave alone"), "count"),
            Column("verdict", say("What that can show")),
        ],
        formats,
        say("How many customers to leave alone, so that you know whether the action worked"),
        note=say(
            "They are drawn already: the column “group” of each list says contact or control. "
            "Segments not named are too small to tell."
        )
        if lists
        else "",
    )


def _files(decisions: pd.DataFrame, customers: pd.DataFrame) -> Files:
    lines = [(CUSTOMERS, say("every customer with all that this report knows about them"))]
    if "propensity" in customers.columns:
        lines.append((CONTACT, say("the same, most likely to buy first")))
        if customers["late"].eq(True).any():
            lines.append((LATE, say("those late by their own rhythm, most revenue at risk first")))
    first = decisions["segment"].iloc[0]
    lines.append(
        (
            segment_list(first),
            say("the customers of “{segment}”; one such list a segment", segment=word(first)),
        )
    )
    return Files(tuple(lines))
