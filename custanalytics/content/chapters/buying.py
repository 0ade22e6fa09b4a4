"""What they buy: what brings revenue, which first orders bring good customers, what comes next."""

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from custanalytics.content.chapter import Chapter, Declaration
from custanalytics.content.chart import Chart, Placement
from custanalytics.content.format import Formats
from custanalytics.content.rows import most
from custanalytics.content.slide import Slide
from custanalytics.content.tables import Column, Table, table
from custanalytics.content.words import as_sentence, plural, say, word
from custanalytics.results.store import AnalysisResults
from custanalytics.revenue.first_orders import FirstOrderDrivers
from custanalytics.revenue.next_products import NextProducts
from custanalytics.sentences import noted

LARGEST = Placement(
    "products",
    noted("Products"),
    values=noted("Revenue"),
    story=True,
    beside=("returns",),
    notes=("lead",),
)
FIRST = Placement(
    "first-orders",
    noted("First orders"),
    values=noted("Came back"),
    story=True,
    beside=("first",),
)
CHAPTER = Declaration(
    "buying",
    "revenue_groups",
    charts=(LARGEST, FIRST),
    tables=("products", "groups", "first-orders", "next-products"),
    texts=("lead", "returns", "first", "next"),
    flags=("products", "first_orders", "next_products"),
    slides=("next-products",),
)
_LISTED = 10
_OF_A_KIND = 5
_ON_SLIDE = 6
# Letters of a name in a title or on an axis.
_ROOM = 36
# Returns of a product are named from so many orders on.
_FEWEST_ORDERS = 20
# What a product or another group brought, column by column.
_BROUGHT: tuple[Column | str, ...] = (
    "revenue",
    Column("revenue_share", format="share", bar=True),
    "orders",
    "customers",
    "returned_share",
)
KINDS = {
    "product": noted("Product"),
    "category": noted("Category"),
    "country": noted("Country or region"),
    "channel": noted("Channel"),
    "basket_size": noted("Basket size"),
    "discount": noted("Discount"),
}


@dataclass(frozen=True)
class _Largest:
    """The kind that stands for what is bought, and how few of them make half of the revenue."""

    rows: pd.DataFrame  # of one kind that have a name, most revenue first
    half: int


def buying(results: AnalysisResults, formats: Formats) -> Chapter:
    """The chapter, or that it is left out."""
    groups, first, following = results.revenue_groups, results.first_orders, results.next_products
    if groups is None and first is None and following is None:
        return Chapter(CHAPTER, present=False)
    texts: dict[str, str] = {}
    charts: list[Chart] = []
    tables: list[Table] = []
    largest = _largest(groups) if groups is not None else None
    if groups is not None:
        tables.append(_groups(groups, formats))
    if largest is not None:
        texts |= {"lead": lead(largest, formats), "returns": _returns(largest, formats)}
        if len(largest.rows) > 1:
            charts.append(_chart(largest, formats))
        tables.append(_products(largest, formats))
    elif groups is None:
        texts["lead"] = as_sentence(results.skipped.get("revenue_groups", ""), formats)
    texts |= {
        "first": first_orders(first, formats)
        if first is not None
        else as_sentence(results.skipped.get("first_orders", ""), formats),
        "next": bought_next(following, formats)
        if following is not None
        else as_sentence(results.skipped.get("next_products", ""), formats),
    }
    named = _named(first)
    if len(named):
        charts.append(_first_chart(named, formats))
        tables.append(_first_table(named, formats))
    rules = _different(following)
    next_table = _next_table(rules, formats) if len(rules) else None
    return Chapter(
        CHAPTER,
        texts=texts,
        charts=tuple(charts),
        tables=tuple(part for part in (*tables, next_table) if part is not None and part.rows),
        flags={
            "products": largest is not None,
            "first_orders": len(named) > 0,
            "next_products": next_table is not None,
        },
        slides=(_next_slide(next_table, texts["next"]),) if next_table else (),
    )


def _largest(groups: pd.DataFrame) -> _Largest | None:
    """Products, or categories where no line names a product."""
    for kind in ("product", "category"):
        rows = groups.loc[(groups["group_by"] == kind) & groups["value"].notna()]
        rows = rows.dropna(subset="revenue").reset_index(drop=True)
        if len(rows) and rows["revenue"].sum() > 0:
            reached = rows["revenue"].cumsum() / rows["revenue"].sum() >= 0.5
            return _Largest(rows, int((~reached).sum()) + 1)
    return None


def lead(largest: _Largest, formats: Formats) -> str:
    """How few products bring how much."""
    rows, first = largest.rows, largest.rows.iloc[0]
    if len(rows) == 1:
        return say(
            "All that is sold under a name is {name}: {money}.",
            name=first["value"],
            money=formats.money_short(first["revenue"]),
        )
    largest_one = say(
        "The largest, {name}, brought {money}, {share} of all revenue.",
        name=first["value"],
        money=formats.money_short(first["revenue"]),
        share=formats.share(first["revenue_share"]),
    )
    return f"{_half(largest, formats)}. {largest_one}"


def _half(largest: _Largest, formats: Formats) -> str:
    """How few make half of what all of the kind bring; lines without one are not in it."""
    figures = {"half": formats.count(largest.half), "all": formats.count(len(largest.rows))}
    if largest.rows["group_by"].iloc[0] == "category":
        return plural(
            largest.half,
            "One of {all} categories brings half of what all of them bring",
            "{half} of {all} categories bring half of what all of them bring",
            **figures,
        )
    return plural(
        largest.half,
        "One of {all} products brings half of what all of them bring",
        "{half} of {all} products bring half of what all of them bring",
        **figures,
    )


def _returns(largest: _Largest, formats: Formats) -> str:
    """Which product loses most to returns, of those sold often enough to tell."""
    if not (largest.rows["returned_share"] > 0).any():
        return say("The file holds no returns or refunds.")
    # More came back than was sold: those sales are older than the file.
    rows = largest.rows.loc[largest.rows["returned_share"] <= 1]
    rows = rows.loc[rows["orders"] >= _FEWEST_ORDERS]
    if not (rows["returned_share"] > 0).any():
        return say("None of the products that sell often came back.")
    worst = most(rows, "returned_share")
    return say(
        "{name} loses most to returns: {share} of what was sold of it came back.",
        name=worst["value"],
        share=formats.share(worst["returned_share"]),
    )


def _chart(largest: _Largest, formats: Formats) -> Chart:
    shown = largest.rows.head(_LISTED)
    names = [_short(name) for name in shown["value"]]
    labels = [
        f"{formats.money_short(money)} ({formats.share(share)})"
        for money, share in zip(shown["revenue"], shown["revenue_share"], strict=True)
    ]
    title = _half(largest, formats)
    return Chart(
        placed=LARGEST,
        kind="bars",
        data=pd.DataFrame(
            {
                "product": names if len(set(names)) == len(names) else shown["value"],
                "revenue": shown["revenue"],
                "label": labels,
            }
        ),
        x="revenue",
        y="product",
        x_format="money",
        labels="label",
        title=title,
        subtitle=say("Net revenue of the largest products, and their share of all revenue"),
        alt=say("Bars of net revenue by product, the largest first. {title}.", title=title),
    )


def _products(largest: _Largest, formats: Formats) -> Table:
    return table(
        "products",
        largest.rows.head(_LISTED),
        [Column("value", word(KINDS[largest.rows["group_by"].iloc[0]])), *_BROUGHT],
        formats,
        say("What brings most revenue"),
        result="revenue_groups",
        note=_more(len(largest.rows), _LISTED),
    )


def _groups(groups: pd.DataFrame, formats: Formats) -> Table:
    """Categories, countries and channels below one another, the largest of each."""
    rows = groups.loc[groups["group_by"].isin(["category", "country", "channel"])]
    rows = rows.dropna(subset=["value", "revenue"])
    shown = rows.groupby("group_by", sort=False).head(_OF_A_KIND)
    shown = shown.assign(group_by=[word(KINDS[kind]) for kind in shown["group_by"]])
    return table(
        "groups",
        shown,
        [Column("group_by", format="text"), "value", *_BROUGHT],
        formats,
        say("Revenue by category, country and channel"),
        result="revenue_groups",
        note=_more(len(rows), len(shown)),
    )


def _more(rows: int, shown: int) -> str:
    return say("Further ones are in the workbook.") if rows > shown else ""


def _named(first: FirstOrderDrivers | None) -> pd.DataFrame:
    """What stands the correction, in the longest window that has any; the best first."""
    if first is None:
        return pd.DataFrame()
    found: pd.DataFrame = first.drivers.loc[first.drivers["is_driver"]]
    found = found.loc[found["window_days"] == found["window_days"].max()]
    gained: pd.DataFrame = found.assign(gain=found["rate_shrunk"] - found["expected_rate"])
    return gained.sort_values("gain", ascending=False, kind="stable")


def first_orders(first: FirstOrderDrivers, formats: Formats) -> str:
    """Which first order leads to customers who come back, or that none does."""
    named = _named(first)
    compared = len(first.drivers.drop_duplicates(["attribute", "value"]))
    if not len(named):
        text = say(
            "No first product, category, country, channel, basket size or discount leads to "
            "customers who come back more or less often than chance explains: {compared} were "
            "compared.",
            compared=formats.count(compared),
        )
    else:
        best = named.iloc[0]
        text = _driver(best, formats)
    spend = first.drivers.loc[
        first.drivers["is_revenue_driver"] & (first.drivers["revenue_difference"] > 0)
    ]
    spend = spend.loc[spend["window_days"] == spend["window_days"].max()]
    if len(spend):
        spent = most(spend, "revenue_difference_low")
        text += " " + say(
            "Customers who begin with {what} spend {money} more in the {days} days after it than "
            "others who began in the same months.",
            what=began_with(spent["attribute"], spent["value"]),
            money=formats.money(spent["revenue_difference"]),
            days=formats.days(spent["window_days"]),
        )
    return text


def _driver(best: "pd.Series[Any]", formats: Formats) -> str:
    figures = {
        "what": began_with(str(best["attribute"]), str(best["value"])),
        "customers": formats.count(best["customers"]),
        "rate": formats.share(best["rate"]),
        "low": formats.share(best["rate_low"]),
        "high": formats.share(best["rate_high"]),
        "days": formats.days(best["window_days"]),
        "expected": formats.share(best["expected_rate"]),
    }
    if best["gain"] > 0:
        return say(
            "Customers who begin with {what} come back more often: {rate} of {customers} bought "
            "again within {days} days (95% interval {low} to {high}), against {expected} of the "
            "others who began in the same months. It may be the kind of customer as much as what "
            "was bought.",
            **figures,
        )
    return say(
        "Customers who begin with {what} come back less often: {rate} of {customers} bought again "
        "within {days} days (95% interval {low} to {high}), against {expected} of the others who "
        "began in the same months. It may be the kind of customer as much as what was bought.",
        **figures,
    )


def began_with(attribute: str, value: str) -> str:
    """What a first order held or bore, in words."""
    if attribute == "basket_size":
        if value.endswith("+"):
            return say("{n} or more products", n=value[:-1])
        low, _, high = value.partition("-")
        if high:
            return say("{low} to {high} products", low=low, high=high)
        return plural(int(low), "one product", "{n} products", n=low)
    if attribute == "discount":
        return say("a discount") if value == "used" else say("no discount")
    return say("{name} ({kind})", name=value, kind=word(KINDS[attribute]))


def _first_chart(named: pd.DataFrame, formats: Formats) -> Chart:
    shown = named.head(_LISTED).assign(
        first_order=[
            began_with(attribute, value)
            for attribute, value in zip(named["attribute"], named["value"], strict=True)
        ][:_LISTED]
    )
    best = shown.iloc[0]
    title = say(
        "After {what} first, {rate} come back, against {expected} of the others",
        what=_short(str(best["first_order"])),
        rate=formats.share(best["rate"]),
        expected=formats.share(best["expected_rate"]),
    )
    written = [
        say("{rate} (others {expected})", rate=formats.share(a), expected=formats.share(b))
        for a, b in zip(shown["rate"], shown["expected_rate"], strict=True)
    ]
    return Chart(
        placed=FIRST,
        kind="bars",
        data=shown[["first_order", "rate", "rate_low", "rate_high"]].assign(label=written),
        x="rate",
        y="first_order",
        low="rate_low",
        high="rate_high",
        x_format="share",
        labels="label",
        title=title,
        subtitle=say(
            "Share of customers who bought again within {days} days, by their first order",
            days=formats.days(best["window_days"]),
        ),
        alt=say("Bars of the share who came back, by first order. {title}.", title=title),
        note=say("Lines: 95% interval. Only what differs by more than luck is shown."),
    )


def _short(name: str) -> str:
    """A name of the client's as a title or an axis has room for it."""
    return name if len(name) <= _ROOM else name[: _ROOM - 1].rstrip() + "…"


def _first_table(named: pd.DataFrame, formats: Formats) -> Table:
    shown = named.head(_LISTED)
    shown = shown.assign(
        value=[
            began_with(attribute, value)
            for attribute, value in zip(shown["attribute"], shown["value"], strict=True)
        ],
        interval=[
            say("{low} to {high}", low=formats.share(low), high=formats.share(high))
            for low, high in zip(shown["rate_low"], shown["rate_high"], strict=True)
        ],
    )
    return table(
        "first-orders",
        shown,
        [
            "value",
            "window_days",
            "customers",
            "rate",
            Column("interval", say("95% interval"), right=True),
            "expected_rate",
            "rate_shrunk",
            "later_revenue",
        ],
        formats,
        say("First orders whose customers come back more or less often than others"),
        result="first_orders.drivers",
        wide=True,
        note=_more(len(named), _LISTED),
    )


def _different(following: NextProducts | None) -> pd.DataFrame:
    """What leads to something else; that the same is bought again is said apart."""
    if following is None:
        return pd.DataFrame()
    rules = following.rules
    return rules.loc[rules["antecedent"] != rules["consequent"]]


def bought_next(following: NextProducts, formats: Formats) -> str:
    """What is bought next most clearly, and what is bought again."""
    rules = following.rules
    if not len(rules):
        return say(
            "Nothing is bought next after anything more often than chance and the size of baskets "
            "explain: {pairs} pairs were compared.",
            pairs=formats.count(following.figures["comparisons"]),
        )
    said = []
    different = _different(following)
    if len(different):
        first = different.iloc[0]
        said.append(
            say(
                "After {first}, the next purchase holds {then} in {both} of {n} cases ({share}), "
                "{lift} times as often as baskets of that size do otherwise.",
                first=first["antecedent"],
                then=first["consequent"],
                both=formats.count(first["n_both"]),
                n=formats.count(first["n_antecedent"]),
                share=formats.share(first["confidence"]),
                lift=formats.number(first["adjusted_lift"]),
            )
        )
    again = rules.loc[rules["antecedent"] == rules["consequent"]]
    if len(again):
        often = most(again, "n_both")
        said.append(
            plural(
                len(again),
                "One item is bought again for its own sake: {first}, in {both} of {n} next "
                "purchases ({share}).",
                "{items} items are bought again for their own sake, {first} most often: in {both} "
                "of {n} next purchases ({share}).",
                items=formats.count(len(again)),
                first=often["antecedent"],
                both=formats.count(often["n_both"]),
                n=formats.count(often["n_antecedent"]),
                share=formats.share(often["confidence"]),
            )
        )
    return " ".join(said)


def _next_table(rules: pd.DataFrame, formats: Formats) -> Table:
    return table(
        "next-products",
        rules.head(_LISTED),
        [
            "antecedent",
            "consequent",
            "n_antecedent",
            "n_both",
            "customers_both",
            "support",
            "confidence",
            "consequent_support",
            "lift",
            "adjusted_lift",
        ],
        formats,
        say("What is bought next more often than chance explains"),
        result="next_products.rules",
        wide=True,
        note=_more(len(rules), _LISTED),
    )


def _next_slide(next_table: Table, lead_text: str) -> Slide:
    first = next_table.rows[0]
    kept = (0, 1, 2, 3, 6, 8)
    return Slide(
        "next-products",
        say(
            "After {first}, {then} comes next",
            first=_short(str(first[0])),
            then=_short(str(first[1])),
        ),
        next_table.caption,
        table=replace(
            next_table,
            header=tuple(next_table.header[i] for i in kept),
            numeric=tuple(next_table.numeric[i] for i in kept),
            rows=tuple(tuple(row[i] for i in kept) for row in next_table.rows[:_ON_SLIDE]),
        ),
        aside=(lead_text,),
        notes=lead_text,
        small=say("All of them are in the workbook, sheet “{sheet}”.", sheet=say("Bought next")),
    )
