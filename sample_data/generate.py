"""Make shop.csv: a made-up shop whose truth is known (see README.md). Needs numpy only.

Customers buy as the BG/NBD model says (each at an own Poisson rate, dropping out after a
purchase with an own probability) and spend as the gamma-gamma model says, with a yearly season,
returns, guests, failed payments and doubled lines laid over it, as a shop's export has them.
"""

import csv
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

SEED = 20261122
CUSTOMERS = 2600
START, END = datetime(2024, 1, 1), datetime(2026, 6, 30)
RATE_SHAPE, RATE_SCALE_DAYS = 0.75, 60.0  # r, alpha: purchases a day while alive
DROP_A, DROP_B = 0.9, 3.2  # a, b: chance of dropping out after a purchase
SPEND_P, SPEND_Q, SPEND_V = 6.0, 4.0, 20.0  # p, q, v: value of an order
GUEST_SHARE, RETURN_SHARE, FAILED_SHARE = 0.06, 0.035, 0.01
SEASON = (0.86, 0.84, 0.92, 0.95, 1.0, 0.93, 0.85, 0.86, 0.98, 1.08, 1.3, 1.43)

PRODUCTS = (
    ("Stoneware mug", 14.0),
    ("Espresso cup, set of 2", 19.5),
    ("Linen tea towel", 9.9),
    ("Oak serving board", 34.0),
    ("Beeswax candle", 12.5),
    ("Wool throw", 89.0),
    ("Glass carafe", 27.5),
    ("Ceramic planter", 22.0),
    ("Brass bottle opener", 17.0),
    ("Recycled notebook", 7.5),
    ("Herb seed kit", 11.9),
    ("Enamel teapot", 42.0),
    ("Cotton apron", 29.9),
    ("Walnut coaster, set of 4", 18.0),
    ("Hand soap, rosemary", 8.4),
    ("Storage jar", 13.0),
)
HEADER = (
    "Order number",
    "Order date",
    "Status",
    "Customer number",
    "Product",
    "Quantity",
    "Unit price",
    "Currency",
)


def purchase_days(rng: np.random.Generator, days_left: int) -> list[int]:
    """Days from the first purchase (0) to the customer's last, within the time left."""
    rate = rng.gamma(RATE_SHAPE, 1 / RATE_SCALE_DAYS)
    drop = rng.beta(DROP_A, DROP_B)
    days, at = [0], 0.0
    while rng.random() > drop:
        at += rng.exponential(1 / rate)
        if at > days_left:
            break
        if int(at) > days[-1]:
            days.append(int(at))
    return days


def basket(rng: np.random.Generator, value: float) -> list[tuple[str, int, float]]:
    """Products, quantities and prices that come near a value."""
    lines: list[tuple[str, int, float]] = []
    left = value
    for choice in rng.permutation(len(PRODUCTS))[:5]:
        if left <= 5:
            break
        name, price = PRODUCTS[choice]
        quantity = max(1, min(6, round(left / price / rng.uniform(1, 3))))
        lines.append((name, quantity, price))
        left -= quantity * price
    return lines or [("Recycled notebook", 1, 7.5)]


def shop_lines() -> list[tuple[str, ...]]:
    """All lines of the export in the order of their time."""
    rng = np.random.default_rng(SEED)
    span = (END - START).days
    season = np.array(SEASON)
    drafts: list[tuple[datetime, str, str, list[tuple[str, int, float]]]] = []
    for number in range(CUSTOMERS):
        # New customers come all the time, a few more each month, most before Christmas.
        while True:
            first = int(rng.integers(0, span + 1))
            month = (START + timedelta(days=first)).month - 1
            if rng.random() < season[month] / season.max() * (0.6 + 0.4 * first / span):
                break
        mean_value = SPEND_P * SPEND_V / rng.gamma(SPEND_Q)
        for day in purchase_days(rng, span - first):
            when = START + timedelta(days=first + day, minutes=int(rng.integers(480, 1320)))
            if day and rng.random() > season[when.month - 1] / season.max() + 0.25:
                continue
            value = rng.gamma(SPEND_P, mean_value / SPEND_P)
            guest = rng.random() < GUEST_SHARE and day == 0
            customer = "" if guest else f"C{10000 + number}"
            drafts.append((when, customer, "paid", basket(rng, value)))
    for when, customer, _, items in list(drafts):
        chance = rng.random()
        if chance < RETURN_SHARE:
            name, quantity, price = items[0]
            back = when + timedelta(days=int(rng.integers(3, 21)))
            if back <= END:
                drafts.append((back, customer, "refunded", [(name, -quantity, price)]))
        elif chance < RETURN_SHARE + FAILED_SHARE:
            before = when - timedelta(minutes=4)
            drafts.append((before, customer, "payment failed", items))
    drafts.sort(key=lambda draft: (draft[0], draft[1], draft[2]))
    lines = []
    for number, (when, customer, status, items) in enumerate(drafts, start=100001):
        for name, quantity, price in items:
            line = (
                f"SO-{number}",
                when.strftime("%Y-%m-%d %H:%M"),
                status,
                customer,
                name,
                str(quantity),
                f"{price:.2f}",
                "EUR",
            )
            lines.extend([line] * (2 if rng.random() < 0.0006 else 1))
    return lines


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "shop.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(shop_lines())
