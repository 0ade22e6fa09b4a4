"""Make box.csv: a made-up coffee subscription whose churn is known (see README.md). Needs numpy.

Subscribers pay each month on the day on which they joined. After every payment each cancels with
a chance of an own, drawn once from a beta distribution; nobody comes back. The file is the export
of the payments as a payment service gives it, newest first: failed charges that are tried again,
refunds and a few tests among them.
"""

import calendar
import csv
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

SEED = 20261124
SUBSCRIBERS = 540
START, END = datetime(2024, 1, 1), datetime(2026, 6, 30, 23, 59)
CHURN_A, CHURN_B = 1.3, 9.0  # chance to cancel after a payment, each subscriber's own
PLANS = {"Small box": (24.0, 0.62), "Large box": (39.0, 0.38)}  # price, share
SKIP_SHARE, FAILED_SHARE, REFUND_SHARE = 0.03, 0.03, 0.012
TESTS = 6
HEADER = (
    "id", "Created date (UTC)", "Amount", "Amount Refunded", "Currency", "Captured",
    "Converted Amount", "Converted Amount Refunded", "Converted Currency", "Description", "Fee",
    "Mode", "Status", "Seller Message", "Customer ID", "Invoice ID",
)  # fmt: skip


def month_later(joined: datetime, months: int) -> datetime:
    """The same day of a later month, or its last where it is shorter."""
    year, month = divmod(joined.year * 12 + joined.month - 1 + months, 12)
    day = min(joined.day, calendar.monthrange(year, month + 1)[1])
    return joined.replace(year=year, month=month + 1, day=day)


def payments() -> tuple[list[tuple[str, ...]], dict[str, tuple[bool, float, float]]]:
    """Rows of the export; each one who paid: active at the end, chance to cancel, price."""
    rng = np.random.default_rng(SEED)
    span = (END - START).days
    plans = list(PLANS)
    drafts: list[tuple[datetime, str, str, float, float, str]] = []
    truth: dict[str, tuple[bool, float, float]] = {}
    for number in range(SUBSCRIBERS):
        customer = f"cus_{number + 1:04}{rng.integers(16**6):06x}"
        # A few more join each month.
        day = int(rng.integers(span))
        while rng.random() > 0.4 + 0.6 * day / span:
            day = int(rng.integers(span))
        joined = START + timedelta(days=day, seconds=int(rng.integers(86_400)))
        plan = plans[rng.choice(len(plans), p=[PLANS[name][1] for name in plans])]
        price = PLANS[plan][0]
        chance = float(rng.beta(CHURN_A, CHURN_B))
        months = 0
        while True:
            at = month_later(joined, months)
            if at > END:
                break
            truth[customer] = (True, chance, price)
            months += 1
            if months > 1 and rng.random() < SKIP_SHARE:
                continue  # a box skipped for holidays
            if rng.random() < FAILED_SHARE:
                drafts.append((at, customer, plan, price, 0.0, "Failed"))
                at += timedelta(days=3)
                if at > END:
                    break
            back = price if rng.random() < REFUND_SHARE else 0.0
            drafts.append((at, customer, plan, price, back, "Refunded" if back else "Paid"))
            if rng.random() < chance:
                truth[customer] = (False, chance, price)
                break
    for _ in range(TESTS):
        at = START + timedelta(seconds=int(rng.integers(span * 86_400)))
        drafts.append((at, "cus_test", "Small box", 1.0, 0.0, "Test"))
    drafts.sort(key=lambda draft: (draft[0], draft[1]), reverse=True)
    return [_row(rng, *draft) for draft in drafts], truth


def _row(
    rng: np.random.Generator,
    at: datetime,
    customer: str,
    plan: str,
    price: float,
    back: float,
    status: str,
) -> tuple[str, ...]:
    failed, test = status == "Failed", status == "Test"
    fee = 0.0 if failed else round(0.015 * price + 0.25, 2)
    return (
        f"{'py' if test else 'ch'}_{rng.integers(16**12):012x}",
        at.strftime("%Y-%m-%d %H:%M:%S"),
        f"{price:.2f}",
        f"{back:.2f}",
        "eur",
        "false" if failed else "true",
        f"{price:.2f}",
        f"{back:.2f}",
        "eur",
        plan,
        f"{fee:.2f}",
        "Test" if test else "Live",
        "Paid" if test else status,
        "The card was declined." if failed else "Payment complete.",
        customer,
        f"in_{rng.integers(16**8):08x}",
    )


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "box.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(payments()[0])
