"""A table of prospects as a file gives it: all text."""

import numpy as np
import pandas as pd
from scipy.special import expit


def leads(n: int, seed: int = 0, still_open: float = 0.2) -> pd.DataFrame:
    """Prospects whose conversion depends on `visits` and `country`."""
    rng = np.random.default_rng(seed)
    visits, country = rng.exponential(2, n), rng.choice(["de", "fr", "us"], n)
    log_odds = -1.5 + 0.8 * visits - 1.0 * (country == "us")
    converted = np.where(rng.random(n) < expit(log_odds), "yes", "no")
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(n) // 5, unit="D")
    table = pd.DataFrame(
        {
            "lead_id": [f"L{i:05d}" for i in range(n)],
            "created": days.strftime("%d.%m.%Y"),
            "country": country,
            "visits": [f"{v:.2f}".replace(".", ",") for v in visits],
            "pages": rng.integers(1, 30, n).astype(str),
            "note": [f"called on day {i}, asked for price {i}" for i in range(n)],
            "source": "web",
            "fax": "",
            "converted": np.where(rng.random(n) < still_open, "", converted),
        }
    )
    table.loc[rng.random(n) < 0.1, "visits"] = "  "
    return table
