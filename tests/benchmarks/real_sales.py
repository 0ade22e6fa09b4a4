"""Real sales as the library takes them."""

from pathlib import Path

import pandas as pd


def cdnow_master(folder: Path) -> pd.DataFrame:
    """Read all of CDNOW."""
    columns = ["customer_id", "ordered_at", "units", "amount"]
    lines = pd.read_csv(folder / "cdnow_master.txt", sep=r"\s+", header=0, names=columns, dtype=str)
    return lines.assign(
        ordered_at=pd.to_datetime(lines["ordered_at"], format="%Y%m%d"),
        amount=lines["amount"].astype("float64"),
    )


def online_retail(folder: Path) -> pd.DataFrame:
    """Read the known customers of Online Retail."""
    lines = pd.read_csv(
        folder / "online_retail.csv.gz", dtype={"InvoiceNo": "str", "CustomerID": "str"}
    )
    return pd.DataFrame(
        {
            "customer_id": lines["CustomerID"],
            "order_id": lines["InvoiceNo"],
            "ordered_at": pd.to_datetime(lines["InvoiceDate"]),
            "amount": (lines["Quantity"] * lines["UnitPrice"]).round(4),
        }
    ).dropna(subset="customer_id")
