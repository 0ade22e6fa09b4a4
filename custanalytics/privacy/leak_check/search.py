"""Finds secrets in a text."""

import re
from collections.abc import Iterator
from itertools import chain

from custanalytics.privacy.leak_check import figures
from custanalytics.privacy.leak_check.days import days_in, epochs_in
from custanalytics.privacy.leak_check.passages import Passage
from custanalytics.privacy.leak_check.secrets import Origin, Secrets
from custanalytics.privacy.leak_check.wording import masked, plain, words

# Numbers in addresses of the web and of publications are no values, nor those of a feed's ids or
# of an office program's, such as the style of a table.
_ADDRESS = re.compile(
    r"https?://\S+|\burn:uuid:[0-9a-f-]{36}\b|\b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b"
    r"|\bdoi\S*|\b10\.\d{4,}/\s?\S+"
)
_LONG_NUMBER = re.compile(r"\d(?:[ ()./-]{0,2}\d){8,}")
_LEAST_PHONE = 9


Hit = tuple[str, str, Origin]  # a secret, masked, and its origin


def search(secrets: Secrets, passage: Passage) -> Iterator[Hit]:
    """Secrets that a text holds."""
    text = plain(passage.text)
    if passage.style != "exact" or not _is_numbers(text):
        in_order = words(text)
        for phrase in chain(phrases_in(secrets, in_order), secrets.unspaced.found_in(in_order)):
            origin = secrets.phrases[phrase]
            yield phrase, origin.shown or masked(phrase), origin
    if passage.style == "words":
        return
    bare = _ADDRESS.sub(" ", text)
    yield from _numbers(secrets, bare, passage.style == "exact")
    if passage.style == "written":
        yield from _long_numbers(secrets, bare)
    if secrets.days:
        yield from _days(secrets, bare, passage.style == "exact")


def phrases_in(secrets: Secrets, in_order: list[str]) -> Iterator[str]:
    """Phrases of the secrets whose words follow each other."""
    lengths, phrases = secrets.lengths, secrets.phrases
    for at, counts in enumerate(map(lengths.get, in_order)):
        for count in counts or ():
            candidate = " ".join(in_order[at : at + count])
            if candidate in phrases:
                yield candidate


def _numbers(secrets: Secrets, text: str, is_exact: bool) -> Iterator[Hit]:
    for value, digits in (figures.exact if is_exact else figures.written)(text):
        origin = secrets.numbers.get(value)
        if origin is None and digits.isdecimal():
            origin = secrets.codes.get(digits)
        if origin is None and value in secrets.prices and figures.is_price(digits):
            origin = secrets.prices[value]
        if origin is not None:
            yield value or digits, masked(value or digits), origin


def _long_numbers(secrets: Secrets, text: str) -> Iterator[Hit]:
    """Numbers such as of a phone, whatever stands between their figures."""
    for number in _LONG_NUMBER.findall(text):
        digits = re.sub(r"\D", "", number)
        for start in range(len(digits) - _LEAST_PHONE + 1):
            if (code := digits[start:]) in secrets.codes:
                yield code, masked(code), secrets.codes[code]


def _days(secrets: Secrets, text: str, is_exact: bool) -> Iterator[Hit]:
    epochs = epochs_in(text) if is_exact else ()
    for day in chain(chain.from_iterable(days_in(text)), epochs):
        if day in secrets.days:
            yield day.isoformat(), masked(day.isoformat()), secrets.days[day]


def _is_numbers(text: str) -> bool:
    """Whether a text is the numbers of a chart and nothing else."""
    return not re.search(r"[^\W\d_]{3}", text)
