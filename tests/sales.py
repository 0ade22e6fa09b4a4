"""Fewer customers of the sample shop, where a test is not about how many there are."""

import re
from pathlib import Path

from custanalytics.bundled import sample_data_dir


def few_customers(folder: Path, numbers: str = r"C1[01]\d\d[0-2]") -> Path:
    """An export of some 580 of the shop's customers, enough for every model; or of other numbers."""
    lines = (sample_data_dir() / "shop.csv").read_text("utf-8").splitlines()
    path = folder / "sales.csv"
    kept = [line for line in lines[1:] if re.search(rf",{numbers},", line)]
    path.write_text("\n".join([lines[0], *kept]) + "\n", "utf-8")
    return path
