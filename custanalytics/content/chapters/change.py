"""Why revenue changed: the latest months against the same months of the year before."""

from typing import Literal

import pandas as pd

from custanalytics.content.chapter import Chapter, Declaration
from custanalytics.content.chapters.buying import KINDS
from custanalytics.content.chart import Chart, Placement
from custanalytics.content.format import Formats
from custanalytics.content.rows import least, most
from custanalytics.content.tables import Column, Table, table
from custanalytics.content.words import plural, say, word
from custanalytics.revenue.change import PARTS, RevenueChange, waterfall
from custanalytics.sentences import noted

DRIVERS = Placement("revenue-drivers", noted("Revenue drivers"), story=True, beside=("drivers",))
CUSTOMERS = Placement(
    "revenue-customers", noted("Who changed revenue"), story=True, beside=("customers",)
)
CHAPTER = Declaration(
    "change",
    "revenue_change",
    charts=(DRIVERS, CUSTOMERS),
    tables=("revenue-drivers", "revenue-groups"),
    texts=("lead", "drivers", "customers", "groups"),
    flags=("change_groups",),
)
_OF_A_KIND = 5
_LEVEL = 0.005
_TOTAL, _MORE, _LESS = noted("Revenue"), noted("More"), noted("Less")
# What did it, where it added to the revenue and where it took away.
_WHAT = {
    "customers": (noted("more customers"), noted("fewer customers")),
    "orders_per_customer": (noted("more orders a customer"), noted("fewer orders a customer")),
    "average_order_value": (noted("larger orders"), noted("smaller orders")),
    "units_per_order": (noted("more units an order"), noted("fewer units an order")),
    "price": (noted("higher prices"), noted("lower prices")),
    "mix": (noted("dearer products in the mix"), noted("cheaper products in the mix")),
    "new": (noted("new customers"), noted("returns of new customers")),
    "returning": (
        noted("customers who came back after a break"),
        noted("returns of customers who came back"),
    ),
    "kept_more": (noted("customers who stayed and spent more"),) * 2,
    "kept_less": (noted("customers who stayed and spent less"),) * 2,
    "lost": (noted("fewer returns of lost customers"), noted("customers who were lost")),
    "without_purchase": (
        noted("fewer returns of earlier purchases"),
        noted("returns of earlier purchases"),
    ),
    "unknown": (
        noted("more sales without a known customer"),
        noted("fewer sales without a known customer"),
    ),
}
_HOW = {
    "customers": "count",
    "orders_per_customer": "number2",
    "average_order_value": "money",
    "units_per_order": "number2",
    "mix": "money",
}


def change(found: RevenueChange | None, formats: Formats) -> Chapter:
    """The chapter, or that it is left out."""
    if found is None:
        return Chapter(CHAPTER, present=False)
    texts = {
        "lead": lead(found, formats),
        "drivers": _largest_parts(found, "drivers", formats),
        "customers": _largest_parts(found, "customers", formats),
        "groups": _groups_text(found, formats),
    }
    charts = [
        _waterfall(found, DRIVERS, "drivers", formats),
        _waterfall(found, CUSTOMERS, "customers", formats),
    ]
    tables = (_drivers(found, formats), _groups(found, formats))
    return Chapter(
        CHAPTER,
        texts=texts,
        charts=tuple(chart for chart in charts if chart is not None),
        tables=tuple(part for part in tables if part.rows),
        flags={"change_groups": bool(tables[1].rows)},
    )


def _span(found: RevenueChange, formats: Formats) -> str:
    return plural(
        found.months,
        "the month of {month}",
        "the {months} months to {month}",
        months=formats.count(found.months),
        month=formats.month(found.after[1]),
    )


def lead(found: RevenueChange, formats: Formats) -> str:
    """By how much revenue changed, and what did most of it."""
    figures = found.figures
    told = {
        "span": _span(found, formats),
        "after": formats.money_short(figures["revenue_after"]),
        "before": formats.money_short(figures["revenue_before"]),
        "money": formats.money_short(abs(figures["change"])),
        "share": formats.share(abs(figures["change_share"])),
    }
    if abs(figures["change_share"]) < _LEVEL:
        return say(
            "In {span} revenue came to {after}, level with the {before} of the same months a year "
            "before.",
            **told,
        )
    if figures["change"] > 0:
        return say(
            "In {span} revenue came to {after}: {money} ({share}) more than the {before} of the "
            "same months a year before.",
            **told,
        )
    return say(
        "In {span} revenue came to {after}: {money} ({share}) less than the {before} of the same "
        "months a year before.",
        **told,
    )


def _rows(found: RevenueChange, view: Literal["drivers", "customers"]) -> pd.DataFrame:
    """The parts of a view that changed anything."""
    return found.parts.loc[(found.parts["view"] == view) & (found.parts["change"] != 0)]


def _largest_parts(
    found: RevenueChange, view: Literal["drivers", "customers"], formats: Formats
) -> str:
    """What added most, and what took most away."""
    rows = _rows(found, view)
    up, down = rows.loc[rows["change"] > 0], rows.loc[rows["change"] < 0]
    said = []
    if len(up):
        row = most(up, "change")
        said.append(
            say(
                "Most was added by {what}: {money}.",
                what=_what(row["part"], row["change"]),
                money=_signed(row["change"], formats),
            )
        )
    if len(down):
        row = least(down, "change")
        said.append(
            say(
                "Most was taken away by {what}: {money}.",
                what=_what(row["part"], row["change"]),
                money=_signed(row["change"], formats),
            )
        )
    return " ".join(said)


def _what(part: str, amount: float) -> str:
    more, less = _WHAT[part]
    return word(more if amount > 0 else less)


def _signed(amount: float, formats: Formats) -> str:
    text = formats.money_short(amount)
    return f"+{text}" if amount > 0 else text


def _waterfall(
    found: RevenueChange,
    placed: Placement,
    view: Literal["drivers", "customers"],
    formats: Formats,
) -> Chart | None:
    """The bars from the earlier revenue to the later one; none where it falls below zero."""
    bars = waterfall(found, view)
    bars = bars.loc[bars["is_total"] | (bars["change"] != 0)]
    if len(bars) < 3 or min(bars["start"].min(), bars["end"].min()) < 0:
        return None
    names = {"before": _year(found.before, formats), "after": _year(found.after, formats)}
    what = [names.get(part) or word(PARTS[part]) for part in bars["part"]]
    data = pd.DataFrame(
        {
            "part": what,
            "start": bars["start"].to_numpy(),
            "change": bars["change"].to_numpy(),
            "series": [
                word(_TOTAL if total else _MORE if amount > 0 else _LESS)
                for total, amount in zip(bars["is_total"], bars["change"], strict=True)
            ],
            "label": [
                formats.money_short(amount) if total else _signed(amount, formats)
                for total, amount in zip(bars["is_total"], bars["change"], strict=True)
            ],
        }
    )
    title = _waterfall_title(found, view, formats)
    return Chart(
        placed=placed,
        kind="bars",
        data=data,
        x="change",
        y="part",
        base="start",
        series="series",
        x_format="money",
        labels="label",
        colors={word(_TOTAL): "series-8", word(_MORE): "series-1", word(_LESS): "series-2"},
        title=title,
        subtitle=say("Net revenue of the two periods, and what lies between them"),
        alt=say(
            "Waterfall from the earlier revenue to the later one; what took revenue away is "
            "hatched. {title}.",
            title=title,
        ),
    )


def _waterfall_title(
    found: RevenueChange, view: Literal["drivers", "customers"], formats: Formats
) -> str:
    rows = _rows(found, view)
    change = found.figures["change"]
    largest = most(rows, "change") if change >= 0 else least(rows, "change")
    figures = {
        "money": formats.money_short(abs(change)),
        "share": formats.share(abs(found.figures["change_share"])),
        "what": _what(largest["part"], largest["change"]),
        "amount": formats.money_short(abs(largest["change"])),
    }
    if change >= 0:
        return say("Revenue grew by {money} ({share}): {what} added {amount}", **figures)
    return say("Revenue fell by {money} ({share}): {what} took {amount}", **figures)


def _year(period: tuple[object, object], formats: Formats) -> str:
    return say(
        "{first} to {last}",
        first=formats.month_short(period[0]),
        last=formats.month_short(period[1]),
    )


def _drivers(found: RevenueChange, formats: Formats) -> Table:
    rows = found.parts.loc[(found.parts["view"] == "drivers") & (found.parts["part"] != "unknown")]
    rows = rows.dropna(subset=["before", "after"])
    shown = pd.DataFrame(
        {
            "part": [word(PARTS[part]) for part in rows["part"]],
            "before": [
                _driver(part, value, formats)
                for part, value in zip(rows["part"], rows["before"], strict=True)
            ],
            "after": [
                _driver(part, value, formats)
                for part, value in zip(rows["part"], rows["after"], strict=True)
            ],
            "change": [_signed(amount, formats) for amount in rows["change"]],
        }
    )
    return table(
        "revenue-drivers",
        shown,
        [
            Column("part", say("Driver"), "text"),
            Column("before", _year(found.before, formats), "text", right=True),
            Column("after", _year(found.after, formats), "text", right=True),
            Column("change", say("Change of revenue"), "text", right=True),
        ],
        formats,
        say("What moved the revenue of known customers"),
    )


def _driver(part: str, value: float, formats: Formats) -> str:
    if part == "price":
        return formats.share(value)
    kind = _HOW[part]
    return formats.number(value, 2) if kind == "number2" else formats.apply(kind, value)


def _largest_moves(found: RevenueChange) -> pd.DataFrame:
    """Of each kind, the groups with the largest change."""
    rows = found.groups.dropna(subset=["value", "change"])
    order = rows["change"].abs().sort_values(ascending=False, kind="stable").index
    shown = rows.loc[order].groupby("group_by", sort=False).head(_OF_A_KIND)
    place = {kind: i for i, kind in enumerate(KINDS)}
    return shown.sort_values("group_by", key=lambda kinds: kinds.map(place), kind="stable")


def _groups_text(found: RevenueChange, formats: Formats) -> str:
    rows = found.groups.dropna(subset=["value", "change"])
    said = []
    for kind in KINDS:
        own = rows.loc[rows["group_by"] == kind]
        if len(own) < 2:
            continue
        moved = most(own.assign(size=own["change"].abs()), "size")
        said.append(
            say(
                "{kind} that moved revenue most: {name}, from {before} to {after}.",
                kind=word(KINDS[kind]),
                name=moved["value"],
                before=formats.money_short(moved["revenue_before"]),
                after=formats.money_short(moved["revenue_after"]),
            )
        )
    return " ".join(said)


def _groups(found: RevenueChange, formats: Formats) -> Table:
    shown = _largest_moves(found)
    shown = shown.assign(group_by=[word(KINDS[kind]) for kind in shown["group_by"]])
    return table(
        "revenue-groups",
        shown,
        [
            Column("group_by", format="text"),
            "value",
            "revenue_before",
            "revenue_after",
            "change",
            "volume_effect",
            "mix_effect",
            "rate_effect",
        ],
        formats,
        say("Where revenue changed most, and by what"),
        result="revenue_change.groups",
        wide=True,
        note=say("All of them are in the workbook, sheet “{sheet}”.", sheet=say("Groups compared")),
    )
