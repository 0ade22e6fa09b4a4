"""Make wholesaler.csv: a made-up wholesaler with a few large customers (see README.md).

Needs numpy only. Each customer orders by an own rhythm, more regular than chance, and for an own
usual amount. The file is the list of invoices as German bookkeeping writes it: semicolons, decimal
commas, days first, Windows-1252, credit notes as negative amounts, cancelled invoices marked.
"""

import csv
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np

SEED = 20261125
START, END = date(2023, 7, 1), date(2026, 6, 30)
# Class: customers, mean days between orders, regularity (shape of the gamma), mean amount
CLASSES = {"large": (6, 8.0, 4.0, 6200.0), "medium": (34, 24.0, 3.0, 900.0),
           "small": (130, 75.0, 1.6, 260.0)}  # fmt: skip
AMOUNT_SPREAD, CUSTOMER_SPREAD = 0.35, 0.3  # of log amounts: between orders, between customers
LEAVING = {"large": 0.0, "medium": 0.10, "small": 0.22}  # a year, as a rate
LOST_LARGE = (2, date(2026, 2, 10))  # the large customer who left, and the day
CREDIT_SHARE, CANCELLED_SHARE = 0.03, 0.008
HEADER = (
    "Rechnungsnummer", "Rechnungsdatum", "Kundennummer", "Kunde", "Belegart",
    "Nettobetrag", "Währung", "Status",
)  # fmt: skip
TOWNS = (
    "Köln", "Münster", "Fürth", "Jena", "Lübeck", "Görlitz", "Trier", "Ulm", "Gießen", "Husum",
)  # fmt: skip
TRADES = ("Feinkost", "Bürobedarf", "Gaststätte", "Kaufhaus", "Markthalle", "Großküche")


def invoices() -> tuple[list[tuple[str, ...]], dict[str, dict[str, float | str | bool]]]:
    """Rows in the order of their dates, and what is true of each customer."""
    rng = np.random.default_rng(SEED)
    drafts: list[tuple[date, str, str, float, str]] = []
    truth: dict[str, dict[str, float | str | bool]] = {}
    number = 40_000
    for kind, (count, gap, regularity, amount) in CLASSES.items():
        for index in range(count):
            number += int(rng.integers(1, 9))
            customer = str(number)
            name = f"{rng.choice(TRADES)} {rng.choice(TOWNS)} {number % 100:02}"
            own_gap = gap * float(rng.lognormal(0, CUSTOMER_SPREAD))
            own_amount = amount * float(rng.lognormal(0, CUSTOMER_SPREAD))
            years = rng.exponential(1 / LEAVING[kind]) if LEAVING[kind] else 99.0
            last = START + timedelta(days=int(365 * min(years, 99.0)))
            if kind == "large" and index == LOST_LARGE[0]:
                last = LOST_LARGE[1]
            day = START + timedelta(days=int(rng.uniform(0, 300)))
            truth[customer] = {
                "class": kind, "gap": own_gap, "amount": own_amount, "left": last < END,
            }  # fmt: skip
            while day <= min(last, END):
                while day.weekday() > 4:
                    day += timedelta(days=1)
                value = own_amount * float(rng.lognormal(-(AMOUNT_SPREAD**2) / 2, AMOUNT_SPREAD))
                if day <= END:
                    drafts.append((day, customer, name, round(value, 2), "bezahlt"))
                step = rng.gamma(regularity, own_gap / regularity)
                day += timedelta(days=max(1, round(step)))
    for day, customer, name, value, _ in list(drafts):
        chance = rng.random()
        if chance < CREDIT_SHARE:
            back = day + timedelta(days=int(rng.integers(4, 15)))
            part = round(-value * float(rng.choice([0.1, 0.25, 0.5])), 2)
            if back <= END:
                drafts.append((back, customer, name, part, "verrechnet"))
        elif chance < CREDIT_SHARE + CANCELLED_SHARE:
            drafts.append((day, customer, name, value, "storniert"))
    drafts.sort(key=lambda draft: (draft[0], draft[1], draft[4]))
    rows = []
    for count, (day, customer, name, value, status) in enumerate(drafts, start=1):
        rows.append(
            (
                f"RE-{day.year}-{count:05}",
                day.strftime("%d.%m.%Y"),
                customer,
                name,
                "Gutschrift" if value < 0 else "Rechnung",
                f"{value:,.2f}".translate(str.maketrans(",.", ".,")),
                "EUR",
                status,
            )
        )
    return rows, truth


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "wholesaler.csv"
    with target.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n", delimiter=";")
        writer.writerow(HEADER)
        writer.writerows(invoices()[0])
