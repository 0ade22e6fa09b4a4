"""Numbers, money and dates as readers of different places expect them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custanalytics.content.format import MISSING, Formats

BRITISH, GERMAN = Formats("en-GB", "GBP"), Formats("de_DE", "EUR")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BRITISH.money(1234.56), "£1,235"),
        (BRITISH.money(12.5), "£12.50"),
        (BRITISH.money(-12.5), "−£12.50"),
        (BRITISH.money_exact(9747747.934), "£9,747,747.93"),
        (BRITISH.money_short(9747747.93), "£9.7m"),
        (BRITISH.money_short(999_700), "£1m"),
        (BRITISH.money_short(123_456), "£123k"),
        (BRITISH.money_short(1_500_000_000), "£1.5bn"),
        (BRITISH.money_short(9_999), "£9,999"),
        (Formats("en_US", "USD").money_short(9747747.93), "$9.7M"),
        (GERMAN.money(1234.56), "1.235\xa0€"),
        (GERMAN.money_short(9747747.93), "9,7\xa0Mio.\xa0€"),
        (GERMAN.money_short(123_456), "123.456\xa0€"),
        (Formats("ja_JP", "JPY").money(12.5), "￥12"),
        (Formats("en_GB").money(12.5), "12.50"),
        (BRITISH.share(0.256), "26%"),
        (BRITISH.share(0.004), "0.4%"),
        (BRITISH.share(0.00001), "<0.1%"),
        (BRITISH.share(0.99999), ">99.9%"),
        (BRITISH.share(1), "100%"),
        (GERMAN.share(0.256), "26\xa0%"),
        (BRITISH.change(0.081), "+8%"),
        (BRITISH.change(-0.081), "−8%"),
        (BRITISH.count(541909), "541,909"),
        (BRITISH.date("2011-12-09"), "9 December 2011"),
        (Formats("en_US").date("2011-12-09"), "December 9, 2011"),
        (GERMAN.month(pd.Timestamp("2011-12-01")), "December 2011"),
        (BRITISH.month_short(np.datetime64("2011-12-01")), "Dec 2011"),
    ],
)
def test_examples(text: str, expected: str) -> None:
    assert text == expected


@pytest.mark.parametrize("nothing", [None, float("nan"), float("inf"), pd.NaT, pd.NA])
@pytest.mark.parametrize(
    "kind", ["money", "money_short", "share", "count", "date", "month", "text"]
)
def test_nothing_is_a_dash(kind: str, nothing: object) -> None:
    assert BRITISH.apply(kind, nothing) == MISSING


@given(st.floats(-1e12, 1e12))
def test_short_money_names_the_amount(amount: float) -> None:
    text = BRITISH.money_short(amount).replace("−", "-").replace("£", "").replace(",", "")
    scale = {"k": 1e3, "m": 1e6, "bn": 1e9, "tn": 1e12}
    unit = text.lstrip("-.0123456789")
    read = float(text.removesuffix(unit)) * scale.get(unit, 1)
    assert read == pytest.approx(amount, rel=0.06, abs=0.51)
