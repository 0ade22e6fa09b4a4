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


def defined(*figures: str) -> str:
    """The definitions of these figures, one after the other, in the report's language."""
    return " ".join(word(DEFINITIONS[figure]) for figure in figures)
