"""The language of the report: message catalogues, and the one that is spoken right now.

A catalogue is a gettext file ``locale/LANGUAGE.po``. It is used when it is complete; a report in
a locale without one has English words, with the numbers of the locale.
"""

import gettext
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = Path(__file__).parent / "locale"


@dataclass(frozen=True)
class Language:
    """A language that reports speak, and its messages."""

    code: str
    messages: gettext.NullTranslations


ENGLISH = Language("en", gettext.NullTranslations())
_SPOKEN: ContextVar[Language] = ContextVar("language", default=ENGLISH)


def spoken() -> Language:
    """The language of what is being written right now."""
    return _SPOKEN.get()


@contextmanager
def speaking(locale: str) -> Iterator[Language]:
    """Write everything inside the ``with`` block in the language of a locale."""
    token = _SPOKEN.set(_language(Locale.parse(locale.replace("-", "_")).language, LOCALES))
    try:
        yield _SPOKEN.get()
    finally:
        _SPOKEN.reset(token)


def missing(catalogue: Catalog) -> list[str]:
    """Messages of a catalogue that are not translated, or only guessed."""
    return [
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id
        and (
            message.fuzzy
            or not all(message.string if isinstance(message.string, tuple) else (message.string,))
        )
    ]


@cache
def _language(code: str, folder: Path) -> Language:
    path = folder / f"{code}.po"
    if not path.is_file():
        return ENGLISH
    with path.open("rb") as file:
        catalogue = read_po(file, locale=code)
    if not len(catalogue) or missing(catalogue):
        return ENGLISH
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Language(code, gettext.GNUTranslations(compiled))
