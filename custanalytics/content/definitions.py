"""What the key figures count: one definition each, said beneath them wherever they stand."""

from collections.abc import Mapping

from custanalytics.content.words import word
from custanalytics.sentences import noted

DEFINITIONS: Mapping[str, str] = {
    "revenue": noted("Net revenue: sales less returns."),
    "customers": noted("Customer: a known buyer with at least one order above zero."),
    "bought_again": noted("Bought again: on a later day than the first time."),
    "orders": noted("Order: all lines of one order number, if they come to more than zero."),
    "average_order": noted(
        "Average order: of all orders, those without a known customer too; half of the orders "
        "are larger than the typical one."
    ),
}


# The same where purchases are counted, without money.
COUNTED: Mapping[str, str] = {
    "orders": noted("Purchase: all lines of one order number; without a number, those of one day."),
    "customers": noted("Customer: a known buyer with at least one purchase."),
    "bought_again": DEFINITIONS["bought_again"],
}


def defined(*figures: str, of: Mapping[str, str] = DEFINITIONS) -> str:
    """The definitions of these figures, one after the other, in the report's language."""
    return " ".join(word(of[figure]) for figure in figures)
