"""Renews the message catalogues from the code: ``python -m custanalytics.content.catalogue``.

New messages are added without a translation, those no longer said are taken out, translations
are kept. Translators edit ``locale/LANGUAGE.po`` with any gettext editor.
"""

import io
import string
import tomllib
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from custanalytics import schema
from custanalytics.content.language import LOCALES

LANGUAGES = ("de", "es", "fr")
_PACKAGE = Path(__file__).parents[1]
_KEYWORDS = {
    "say": None,
    "noted": None,
    "tell": None,
    "plural": (2, 3),
    "tell_many": (2, 3),
}
# "one" says "one": in French, too, it stands for exactly one, not for none.
_PLURAL_FORMS = "nplurals=2; plural=(n != 1);"
_HEADER = """\
# Texts of the reports. Leave what stands in braces as it is, with all behind its colon; the order
# is free. Where there are two forms, the first is for exactly one, the second for any other number.
# Tabs of the workbook have at most 31 characters. The words contact and control are also those of
# the CSV files, which stay English. Bring this file up to date with the code, translations kept:
# python -m custanalytics.content.catalogue"""


def messages() -> Catalog:
    """Every message that the code says."""
    catalogue = _empty(None)
    for file, _, text, comments, _ in extract_from_dir(
        _PACKAGE, keywords=_KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    ):
        place = f"custanalytics/{file}"
        catalogue.add(text, None, [(place, 0)], auto_comments=comments)
    for text in schema.messages():
        catalogue.add(text, None, [("custanalytics/schema.toml", 0)])
    for path in sorted(_PACKAGE.glob("ledger/platforms/*.toml")):
        note = tomllib.loads(path.read_text("utf-8")).get("note")
        if note:
            catalogue.add(note, None, [(f"custanalytics/ledger/platforms/{path.name}", 0)])
    for message in catalogue:
        message.locations = sorted(set(message.locations))
        # Texts are filled by str.format, a sign of per cent is just that.
        message.flags.discard("python-format")
    return catalogue


def renewed(language: str) -> Catalog:
    """A language's catalogue brought up to date with the code."""
    path = LOCALES / f"{language}.po"
    catalogue = _empty(language)
    known = read_po(io.BytesIO(path.read_bytes()), locale=language) if path.exists() else None
    for message in messages():
        if not message.id:
            continue
        before = known.get(message.id) if known is not None else None
        kept = before is not None and isinstance(before.id, str) == isinstance(message.id, str)
        catalogue.add(
            message.id,
            before.string if before is not None and kept else None,
            message.locations,
            set(before.flags) if before is not None and kept else (),
            message.auto_comments,
            user_comments=before.user_comments if before is not None and kept else (),
        )
    return catalogue


def written(catalogue: Catalog) -> str:
    """A catalogue as the text of its file, without line numbers or dates."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=100, omit_header=True, include_lineno=False)
    head = (
        f'{_HEADER}\nmsgid ""\nmsgstr ""\n"Language: {catalogue.locale}\\n"\n'
        '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: {_PLURAL_FORMS}\\n"\n\n'
    )
    return head + buffer.getvalue().decode()


def places(text: str) -> list[str]:
    """The named places of a template, with their format specs, in alphabetical order."""
    return sorted(
        f"{name}:{spec}" for _, name, spec, _ in string.Formatter().parse(text) if name is not None
    )


def _empty(language: str | None) -> Catalog:
    catalogue = Catalog(locale=language, fuzzy=False, charset="utf-8")
    if language:
        catalogue.mime_headers = [("Plural-Forms", _PLURAL_FORMS)]
    return catalogue


def main() -> None:
    """Renew every catalogue."""
    LOCALES.mkdir(exist_ok=True)
    for language in LANGUAGES:
        (LOCALES / f"{language}.po").write_text(written(renewed(language)), "utf-8")


if __name__ == "__main__":
    main()
