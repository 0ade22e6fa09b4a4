"""Currency codes of ISO 4217 (cell_words.toml), some of withdrawn currencies among them."""

import tomllib
from functools import cache
from importlib import resources

# Those whose amounts are whole.
WITHOUT_DECIMALS = frozenset(
    ("JPY", "KRW", "VND", "CLP", "ISK", "IDR", "PYG", "UGX", "XAF", "XOF", "XPF")
)


@cache
def iso_codes() -> frozenset[str]:
    """All codes, in capitals."""
    text = (resources.files("custanalytics.ledger.detect") / "cell_words.toml").read_text("utf-8")
    return frozenset(str(tomllib.loads(text)["codes"]["iso_4217"]).split())
