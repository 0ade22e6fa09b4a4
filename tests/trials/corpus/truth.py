"""The true ledger that every file of the corpus holds."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

PRODUCTS = (
    ("MUG-01", "Becher blau", "4.50"),
    ("CUP-02", "Tasse, weiß", "12.90"),
    ("LMP-03", "Lámpara grande", "149.00"),
    ("TBL-04", "Table d'été", "1249.50"),
    ("PEN-05", "Pen & pencil set", "3.25"),
    ("BAG-06", "Tote bag", "19.99"),
    ("CAN-07", "Candle", "7.10"),
)


@dataclass(frozen=True)
class Sale:
    """One line of one order, as it really was."""

    order: str
    customer: str
    when: datetime
    sku: str
    product: str
    quantity: int
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.price


def true_sales(orders: int = 60) -> list[Sale]:
    """About two lines an order over fourteen months, with returns and walk-ins."""
    dice = random.Random(7)  # noqa: S311
    customers = [str(17000 + 37 * at) for at in range(22)]
    when = datetime(2024, 1, 3, 9, 12, 5)
    sales: list[Sale] = []
    for number in range(orders):
        when += timedelta(days=dice.randint(3, 10), minutes=dice.randint(0, 300))
        when = when.replace(hour=8 + when.hour % 12)
        customer = "" if number % 17 == 11 else dice.choice(customers)
        for at in dice.sample(range(len(PRODUCTS)), dice.randint(1, 4)):
            sku, name, price = PRODUCTS[at]
            quantity = dice.choice((1, 1, 2, 3, 6, 12))
            order = f"A{20310 + 7 * number}"
            sales.append(Sale(order, customer, when, sku, name, quantity, Decimal(price)))
        if number % 9 == 8 and customer:
            back = sales[-1]
            later = when + timedelta(days=1)
            sales.append(
                Sale(f"R{20311 + 7 * number}", customer, later, back.sku, back.product,
                     -back.quantity, back.price)
            )  # fmt: skip
    return sales
