"""Who are the best customers, and how much hangs on them."""

import pandas as pd

from custanalytics.content.chapter import Chapter, Declaration
from custanalytics.content.chart import Callout, Chart, Placement, Reference
from custanalytics.content.format import Formats, is_missing
from custanalytics.content.tables import Column, Table, table
from custanalytics.content.words import plural, say
from custanalytics.customers.concentration import Concentration
from custanalytics.sentences import noted

CURVE = Placement(
    "concentration",
    noted("Concentration"),
    values=noted("Share of revenue"),
    story=True,
    beside=("top_ten",),
    notes=("lead",),
)
CHAPTER = Declaration(
    "concentration",
    "concentration",
    charts=(CURVE,),
    tables=("best-customers", "top-customers", "abc"),
    texts=("lead", "top_ten"),
    flags=("spread",),
)
_FEW = 5
_LISTED = 10
_ABOUT = (
    "customer_id", "segment", "total_spend", "n_orders", "last_order", "days_since_last_purchase",
)  # fmt: skip


def concentration(
    spread: Concentration | None, customers: pd.DataFrame | None, formats: Formats
) -> Chapter:
    """The chapter, or that it is left out."""
    if spread is None:
        return Chapter(CHAPTER, present=False)
    texts = {"lead": lead(spread, formats), "top_ten": top_ten(spread, formats)}
    if spread.figures["customers"] < _FEW:
        return Chapter(CHAPTER, texts=texts)
    return Chapter(
        CHAPTER,
        texts=texts,
        charts=(_curve(spread, formats),),
        tables=tuple(
            part
            for part in (
                _best(customers, formats),
                _shares(spread, formats),
                _classes(spread, formats),
            )
            if part.rows
        ),
        flags={"spread": True},
    )


def lead(spread: Concentration, formats: Formats) -> str:
    """How few customers bring how much."""
    customers = spread.figures["customers"]
    if customers < _FEW:
        return plural(
            customers,
            "The file holds one customer, who brings all the revenue there is.",
            "The file holds {customers} customers: too few to speak of a spread.",
            customers=formats.count(customers),
        )
    fifth = spread.shares.iloc[-1]
    a_class = spread.abc.iloc[0]
    if is_missing(a_class["customers"]):
        return say(
            "The best fifth of your customers brings {share} of the revenue.",
            share=formats.share(fifth["revenue_share"]),
        )
    return say(
        "The best fifth of your customers brings {share} of the revenue. {customers} customers, "
        "{of_all} of all, are enough to reach four fifths of it.",
        share=formats.share(fifth["revenue_share"]),
        customers=formats.count(a_class["customers"]),
        of_all=formats.share(a_class["customer_share"]),
    )


def top_ten(spread: Concentration, formats: Formats) -> str:
    """What losing the largest customers would cost."""
    figures = spread.figures
    if figures["customers"] <= 10:
        return plural(
            figures["customers"],
            "With one customer in all, there is no top ten to set apart.",
            "With {customers} customers in all, each single customer matters: there is no top ten "
            "to set apart.",
            customers=formats.count(figures["customers"]),
        )
    if is_missing(figures["top_ten_revenue"]):
        return say("What the ten largest customers brought is kept back.")
    return say(
        "The ten largest customers brought {money}, {share} of what known customers spent in "
        "the whole period. That is what losing them would take away.",
        money=formats.money_short(figures["top_ten_revenue"]),
        share=formats.share(figures["top_ten_share"]),
    )


def _curve(spread: Concentration, formats: Formats) -> Chart:
    fifth = spread.shares.iloc[-1]
    label = say(
        "{top} of customers: {share} of revenue",
        top=formats.share(fifth["customers"] / spread.figures["customers"]),
        share=formats.share(fifth["revenue_share"]),
    )
    at = spread.curve.iloc[(spread.curve["customer_share"] - fifth["top_share"]).abs().idxmin()]
    title = say(
        "The best {top} of customers bring {share} of the revenue",
        top=formats.share(fifth["customers"] / spread.figures["customers"]),
        share=formats.share(fifth["revenue_share"]),
    )
    return Chart(
        placed=CURVE,
        kind="line",
        data=spread.curve,
        x="customer_share",
        y="revenue_share",
        x_format="share",
        y_format="share",
        x_title=say("Customers, best first"),
        limits=(0.0, 1.0),
        marks=(
            Reference("diagonal", label=say("If all spent the same")),
            Callout(float(at["customer_share"]), float(at["revenue_share"]), label),
        ),
        title=title,
        subtitle=say("Share of revenue that the best customers bring"),
        alt=say(
            "Curve of the share of revenue against the share of customers, best first. {title}.",
            title=title,
        ),
    )


def _best(customers: pd.DataFrame | None, formats: Formats) -> Table:
    known = customers if customers is not None else pd.DataFrame(columns=["customer_id"])
    if "total_spend" in known:
        known = known.sort_values(
            ["total_spend", "customer_id"], ascending=[False, True], ignore_index=True
        )
    return table(
        "best-customers",
        known.head(_LISTED),
        [name for name in _ABOUT if name in known],
        formats,
        say("The best customers by revenue so far"),
        result="customers",
    )


def _shares(spread: Concentration, formats: Formats) -> Table:
    # A share of less than one customer would say the same as the next one.
    shares = spread.shares.loc[spread.shares["top_share"] * spread.figures["customers"] >= 1].copy()
    shares["label"] = [
        say("Best {share}", share=formats.share(share)) for share in shares["top_share"]
    ]
    ten = pd.DataFrame(
        {
            "label": [say("Ten largest")],
            "customers": [spread.figures["top_ten_customers"]],
            "revenue": [spread.figures["top_ten_revenue"]],
            "revenue_share": [spread.figures["top_ten_share"]],
        }
    )
    if spread.figures["customers"] > 10:
        shares = pd.concat([ten, shares], ignore_index=True)
    return table(
        "top-customers",
        shares.dropna(subset="revenue"),  # without what is kept back
        [
            Column("label", say("Customers")),
            Column("customers", say("How many")),
            "revenue",
            Column("revenue_share", bar=True),
        ],
        formats,
        say("What the best customers bring"),
        result="concentration.shares",
    )


def _classes(spread: Concentration, formats: Formats) -> Table:
    abc = spread.abc.dropna(subset="customers")
    meaning = {
        "A": say("A: the first 80% of revenue"),
        "B": say("B: the next 15%"),
        "C": say("C: the last 5%"),
    }
    abc = abc.assign(label=[meaning[name] for name in abc["abc_class"]])
    return table(
        "abc",
        abc,
        [
            Column("label", say("Class")),
            "customers",
            "customer_share",
            "revenue",
            Column("revenue_share", bar=True),
        ],
        formats,
        say("Customers by class"),
        result="concentration.abc",
    )
