"""What the words inside cells mean: kinds of rows, totals and currencies (cell_words.toml)."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources

from custanalytics.ledger.detect.column_names import money_and_code, plain
from custanalytics.ledger.detect.currency_codes import iso_codes


@cache
def _words() -> dict[str, dict[str, object]]:
    text = (resources.files("custanalytics.ledger.detect") / "cell_words.toml").read_text("utf-8")
    return tomllib.loads(text)


def currency_code(text: str) -> str | None:
    """ISO code of a currency sign, name or code; None where it is none.

    ``kr`` stays unknown: it may be Swedish, Norwegian or Danish.
    """
    text = text.strip().lower()
    if text.upper() in iso_codes():
        return text.upper()
    code = _words()["currency"].get(text)
    return str(code) if code else None


def currency_in_name(name: str) -> str | None:
    """Currency named in a header, such as "Betrag (EUR)", "Sale Price ($)" or "amount_jpy"."""
    found = {code for part in re.split(r"[\s()\[\],/:_-]+", name) if (code := _in_header(part))}
    if not found:
        named = money_and_code(plain(name))
        return named[1] if named else None
    return found.pop() if len(found) == 1 else None


def _in_header(part: str) -> str | None:
    if part.isalpha() and not (part.isupper() and len(part) == 3) and part.lower() != "euro":
        return None
    return currency_code(part)


def kind_reason(text: str) -> str | None:
    """What kind of row it is: ``"return"``, or why it is no sale; None for sales and the rest."""
    words = plain(text)
    for reason, names in _words()["kind"].items():
        if words in names:  # type: ignore[operator]
            return reason
    return None


def consents() -> dict[str, bool]:
    """Plain words that say whether a customer wants to hear of the shop, beside yes and no."""
    answers = _words()["consent"]
    return {plain(word): answer == "yes" for answer in answers for word in answers[answer]}  # type: ignore[attr-defined]


def nobody_words() -> Iterable[str]:
    """Words that stand in a customer column where the customer is not known."""
    return _words()["nobody"]["words"]  # type: ignore[return-value]


def kind_words() -> Iterable[str]:
    """Words for kinds of customers and for channels, which name nobody."""
    words: Iterable[str] = _words()["kinds_of_customers"]["words"]  # type: ignore[assignment]
    return map(plain, words)


def total_words() -> Iterable[str]:
    """Words that name a row which adds up others."""
    return _words()["total"]["words"]  # type: ignore[return-value]
