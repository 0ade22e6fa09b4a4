"""Make leads.csv: made-up prospects whose chance to convert is known (see README.md).

People ask for a quote on fitted kitchens; most were decided, the latest are open. The chance is
a logistic function of what is known when they ask. Two columns give the outcome away, as columns
of a real sales tool do: they are filled in after it.
"""

import csv
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np

SEED = 20261123
LEADS = 3000
START, END = date(2025, 1, 6), date(2026, 6, 30)
OPEN_DAYS = 45  # leads younger than this may still be open
INTERCEPT, TREND = -2.6, 0.35  # log-odds at the start, and what they gain until the end
SOURCES = {
    "Recommendation": (0.14, 1.3),
    "Search": (0.33, 0.2),
    "Social media": (0.24, -0.6),
    "Trade fair": (0.08, 0.6),
    "Directory": (0.21, -0.3),
}  # share, log-odds
HOMES = {"owns": (0.62, 0.5), "rents": (0.30, -0.7), "": (0.08, 0.0)}
PER_PAGE, PER_EARLIER, PER_10_KM = 0.09, 0.8, -0.12
HEADER = (
    "Lead no", "Received", "Source", "Home", "Distance km", "Budget", "Pages viewed",
    "Earlier orders", "Newsletter", "Postcode area", "Comment", "Days to signature",
    "Invoice total", "Result",
)  # fmt: skip
COMMENTS = ("", "", "", "asked for oak", "new build", "wants a visit", "compares three offers")


def leads() -> tuple[list[tuple[str, ...]], list[float]]:
    """Rows in the order in which they came, and each one's chance to convert."""
    rng = np.random.default_rng(SEED)
    span = (END - START).days
    sources, homes = list(SOURCES), list(HOMES)
    days = np.sort(rng.integers(0, span + 1, LEADS))
    rows, chances = [], []
    for number, day in enumerate(days):
        source = sources[rng.choice(len(sources), p=[SOURCES[s][0] for s in sources])]
        home = homes[rng.choice(len(homes), p=[HOMES[h][0] for h in homes])]
        distance = float(rng.gamma(2.0, 14.0))
        budget = float(rng.lognormal(9.3, 0.45)) if rng.random() < 0.7 else None
        pages = int(rng.negative_binomial(2, 0.25))
        earlier = int(rng.random() < 0.12)
        log_odds = (
            INTERCEPT
            + TREND * day / span
            + SOURCES[source][1]
            + HOMES[home][1]
            + PER_10_KM * distance / 10
            + PER_PAGE * pages
            + PER_EARLIER * earlier
            + (0.4 if budget and budget > 12_000 else 0.0)
        )
        chance = 1 / (1 + np.exp(-log_odds))
        won = bool(rng.random() < chance)
        waited = int(rng.integers(5, 60))
        received = START + timedelta(days=int(day))
        still_open = (END - received).days < OPEN_DAYS and rng.random() < 0.85
        result = "open" if still_open else "won" if won else "lost"
        signed = won and not still_open
        rows.append(
            (
                f"L-{10001 + number}",
                received.strftime("%d.%m.%Y"),
                source,
                home,
                f"{distance:.1f}",
                "" if budget is None else f"{budget:.0f}",
                str(pages),
                str(earlier),
                "yes" if rng.random() < 0.4 else "no",
                f"{int(rng.integers(10, 99))}",
                str(rng.choice(COMMENTS)),
                str(waited) if signed else "",
                f"{rng.lognormal(9.4, 0.3):.2f}" if signed else "",
                result,
            )
        )
        chances.append(float(chance))
    return rows, chances


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "leads.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n", delimiter=";")
        writer.writerow(HEADER)
        writer.writerows(leads()[0])
