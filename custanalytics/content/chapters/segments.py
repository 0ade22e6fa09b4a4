"""What kinds of customers are there: segments, their rules, how customers moved."""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from custanalytics.content.chapter import Chapter, Declaration
from custanalytics.content.chart import Chart, Placement
from custanalytics.content.format import Formats
from custanalytics.content.rows import most
from custanalytics.content.slide import Slide
from custanalytics.content.tables import Column, Table, table
from custanalytics.content.words import plural, say, word, words
from custanalytics.customers.rfm import RFM
from custanalytics.sentences import noted

SHARES = Placement("segments", noted("Segments"))
CHAPTER = Declaration(
    "segments",
    "rfm",
    charts=(SHARES,),
    tables=("segments", "segment-rules", "score-bounds", "migration"),
    texts=("lead", "moves"),
    flags=("migration",),
    slides=("segments",),
)
_ABSENT = noted("Not yet a customer")


def segments(
    rfm: RFM | None, migration: pd.DataFrame | None, since: date | None, formats: Formats
) -> Chapter:
    """The chapter, or that it is left out."""
    if rfm is None:
        return Chapter(CHAPTER, present=False)
    tables = [_sizes(rfm, formats), _rules(rfm, formats), _bounds(rfm, formats)]
    chart, texts = _chart(rfm, formats), {"lead": lead(rfm, formats)}
    if migration is not None and not len(migration):
        migration = None
    if migration is not None:
        texts["moves"] = _moves(rfm, migration, since, formats)
        tables.append(_matrix(rfm, migration, since, formats))
    return Chapter(
        CHAPTER,
        texts=texts,
        charts=(chart,),
        tables=tuple(tables),
        flags={"migration": migration is not None},
        slides=(_map(rfm, migration, since, chart, texts, formats),),
    )


def _map(
    rfm: RFM,
    migration: pd.DataFrame | None,
    since: date | None,
    chart: Chart,
    texts: Mapping[str, str],
    formats: Formats,
) -> Slide:
    """Who they are, what they bring and where they move, on one slide."""
    rows = rfm.segments.loc[rfm.segments["customers"] > 0]
    rows = rows.sort_values(_weight(rows), ascending=False, kind="stable")
    columns: list[Column | str] = ["segment", "customers", "revenue"]
    if migration is not None:
        rows = rows.assign(**_in_and_out(rows["segment"], migration))
        columns += [Column("came", say("Came in"), "count"), Column("went", say("Left"), "count")]
    return Slide(
        "segments",
        chart.title,
        chart.subtitle,
        chart=chart,
        table=table("segments", rows, columns, formats, result="rfm.segments"),
        small=" ".join(filter(None, (texts.get("moves"), _since(migration, since, formats)))),
        notes="\n".join(texts.values()),
    )


def _since(migration: pd.DataFrame | None, since: date | None, formats: Formats) -> str:
    if migration is None:
        return ""
    return say("Came in and left: since {day}.", day=formats.date(since))


def _in_and_out(names: pd.Series, migration: pd.DataFrame) -> dict[str, list[float]]:
    """How many came into each segment since then, from another or as new, and how many left it."""
    moved = migration.loc[migration["from_segment"].ne(migration["to_segment"])]
    came = moved.groupby("to_segment")["customers"].sum()
    went = moved.groupby("from_segment")["customers"].sum()
    return {
        "came": [float(came.get(name, 0)) for name in names],
        "went": [float(went.get(name, 0)) for name in names],
    }


def _weight(rows: pd.DataFrame) -> str:
    """What the segments stand in the order of: their revenue, or their size."""
    return "revenue_share" if "revenue_share" in rows else "customer_share"


def lead(rfm: RFM, formats: Formats) -> str:
    """The segment that brings most, against its size."""
    rows = rfm.segments.loc[rfm.segments["customers"] > 0]
    if len(rows) == 1:
        return plural(
            rows["customers"].iloc[0],
            "The one customer falls into the segment “{segment}”.",
            "All {customers} customers fall into one segment, “{segment}”.",
            segment=word(rows["segment"].iloc[0]),
            customers=formats.count(rows["customers"].iloc[0]),
        )
    if formats.counted:
        top = most(rows, "customers")
        return plural(
            top["customers"],
            "The largest segment is “{segment}”: a single customer, {size} of all.",
            "The largest segment is “{segment}”: {customers} customers, {size} of all. They bought "
            "{orders} times on average.",
            segment=word(top["segment"]),
            size=formats.share(top["customer_share"]),
            customers=formats.count(top["customers"]),
            orders=formats.number(top["mean_orders"]),
        )
    top = most(rows, "revenue")
    return plural(
        top["customers"],
        "The segment “{segment}” is a single customer, {size} of all, and brings {share} of the "
        "revenue: {money}.",
        "The segment “{segment}” holds {customers} customers, {size} of all, and brings {share} of "
        "the revenue: {money}.",
        segment=word(top["segment"]),
        size=formats.share(top["customer_share"]),
        share=formats.share(top["revenue_share"]),
        money=formats.money_short(top["revenue"]),
        customers=formats.count(top["customers"]),
    )


def _chart(rfm: RFM, formats: Formats) -> Chart:
    rows = words(rfm.segments.loc[rfm.segments["customers"] > 0], "segment")
    if formats.counted:
        return _sizes_chart(rows, formats)
    rows = rows.sort_values("revenue_share", ascending=False, kind="stable")
    tidy = rows.melt("segment", ["customer_share", "revenue_share"], "series", "value")
    names = {"customer_share": say("of customers"), "revenue_share": say("of revenue")}
    tidy["series"] = tidy["series"].map(names)
    top = most(rows, "revenue")
    title = say(
        "{segment}: {size} of customers, {share} of revenue",
        segment=top["segment"],
        size=formats.share(top["customer_share"]),
        share=formats.share(top["revenue_share"]),
    )
    return Chart(
        placed=SHARES,
        kind="bars",
        data=tidy,
        x="value",
        y="segment",
        series="series",
        x_format="share",
        colors=dict(zip(names.values(), ("series-8", "series-1"), strict=True)),
        title=title,
        subtitle=say("Share of customers and share of revenue, by segment"),
        alt=say("Bars of each segment's share of customers and of revenue. {title}.", title=title),
    )


def _sizes_chart(rows: pd.DataFrame, formats: Formats) -> Chart:
    """The segments by their size alone."""
    rows = rows.sort_values("customer_share", ascending=False, kind="stable")
    top = rows.iloc[0]
    title = say(
        "{segment}: {size} of customers",
        segment=top["segment"],
        size=formats.share(top["customer_share"]),
    )
    return Chart(
        placed=SHARES,
        kind="bars",
        data=rows[["segment", "customer_share"]],
        x="customer_share",
        y="segment",
        x_format="share",
        title=title,
        subtitle=say("Share of customers, by segment"),
        alt=say("Bars of each segment's share of customers. {title}.", title=title),
    )


def _sizes(rfm: RFM, formats: Formats) -> Table:
    return table(
        "segments",
        rfm.segments,
        [
            "segment",
            "customers",
            "customer_share",
            "revenue",
            Column("revenue_share", bar=True),
            "mean_orders",
            "mean_spend",
            "mean_days_since_last_purchase",
        ],
        formats,
        say("The segments in figures: size, and the average customer")
        if formats.counted
        else say("The segments in figures: size, revenue, and the average customer"),
        result="rfm.segments",
        wide=True,
    )


def _rules(rfm: RFM, formats: Formats) -> Table:
    return table(
        "segment-rules",
        rfm.segments,
        ["segment", "rule", "action"],
        formats,
        say("Each customer is in the first segment whose rule holds"),
        result="rfm.segments",
    )


def _bounds(rfm: RFM, formats: Formats) -> Table:
    rows = rfm.bounds.iloc[::-1].copy()
    kinds = {"days_since": "days", "orders": "count"}
    kinds |= {} if formats.counted else {"spend": "money"}
    for measure, kind in kinds.items():
        rows[measure] = [
            _range(low, high, kind, formats)
            for low, high in zip(rows[f"{measure}_low"], rows[f"{measure}_high"], strict=True)
        ]
    rows["level"] = [formats.count(score) for score in rows["score"]]
    return table(
        "score-bounds",
        rows,
        [
            Column("level", say("Score")),
            Column("days_since", say("R: days since the last purchase")),
            Column("orders", say("F: orders")),
            Column("spend", say("M: spend")),
        ],
        formats,
        say("What each score stands for"),
    )


def _range(low: float, high: float, kind: str, formats: Formats) -> str:
    first, last = formats.apply(kind, low), formats.apply(kind, high)
    return first if first == last else say("{first} to {last}", first=first, last=last)


def _order(rfm: RFM, present: pd.Series) -> list[str]:
    return [name for name in rfm.segments["segment"] if name in set(present)]


def _matrix(rfm: RFM, migration: pd.DataFrame, since: date | None, formats: Formats) -> Table:
    rows = migration.loc[migration["to_segment"].notna()].copy()
    rows["from_segment"] = rows["from_segment"].fillna(_ABSENT)
    grid = rows.pivot(index="from_segment", columns="to_segment", values="customers")
    first = [*_order(rfm, grid.index.to_series()), _ABSENT]
    grid = grid.reindex(
        index=[name for name in first if name in grid.index],
        columns=_order(rfm, grid.columns.to_series()),
    ).fillna(0)
    shown = grid.reset_index()
    return table(
        "migration",
        shown,
        [
            Column("from_segment", say("On {day}", day=formats.date_short(since)), "word"),
            *(Column(name, word(str(name)), "count") for name in grid.columns),
        ],
        formats,
        say(
            "Where the customers of {day} are now: each row is a segment then, each column "
            "a segment today",
            day=formats.date(since),
        ),
        wide=True,
    )


def _moves(rfm: RFM, migration: pd.DataFrame, since: date | None, formats: Formats) -> str:
    rank = {name: i for i, name in enumerate(rfm.segments["segment"])}
    moved = migration.dropna(subset=["from_segment", "to_segment"])
    stayed = moved.loc[moved["from_segment"] == moved["to_segment"], "customers"].sum()
    total = moved["customers"].sum()
    slipped = moved.loc[
        [
            rank[a] <= 1 and rank[b] > 1
            for a, b in zip(moved["from_segment"], moved["to_segment"], strict=True)
        ],
        "customers",
    ].sum()
    first, second = map(word, rfm.segments["segment"].iloc[:2])
    text = plural(
        total,
        "One customer was known on {day}; {stayed} is in the same segment today.",
        "Of the {total} customers known on {day}, {stayed} are in the same segment today.",
        total=formats.count(total),
        day=formats.date(since),
        stayed=formats.count(stayed),
    )
    if not slipped:
        return (
            text
            + " "
            + say(
                "None has fallen from “{first}” or “{second}” to a lower group than these.",
                first=first,
                second=second,
            )
        )
    return (
        text
        + " "
        + plural(
            slipped,
            "One has fallen from “{first}” or “{second}” to a lower group than these.",
            "{slipped} have fallen from “{first}” or “{second}” to a lower group than these.",
            slipped=formats.count(slipped),
            first=first,
            second=second,
        )
    )
