"""All secrets of an engagement: its data, results, record, notes, pictures and machine."""

import dataclasses
import getpass
import platform
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from custanalytics.customers.rfm import of_own_rules
from custanalytics.engagement.documents import DOCUMENTS
from custanalytics.engagement.record import DATA, REPORT, Engagement, read_engagement, sha256
from custanalytics.errors import DisclosureError, SourceError
from custanalytics.privacy.leak_check import figures
from custanalytics.privacy.leak_check.file_secrets import table_secrets
from custanalytics.privacy.leak_check.files import Reader
from custanalytics.privacy.leak_check.gather import Gathering, public_word
from custanalytics.privacy.leak_check.notes import note_secrets
from custanalytics.privacy.leak_check.passages import Passage, Unread
from custanalytics.privacy.leak_check.pictures import SUFFIXES
from custanalytics.privacy.leak_check.public import public_files
from custanalytics.privacy.leak_check.result_secrets import result_secrets
from custanalytics.privacy.leak_check.secrets import Origin, Secrets
from custanalytics.privacy.leak_check.wording import phrase, plain, words
from custanalytics.results.store import AnalysisResults

_NOTES = (".md", ".txt", ".qmd")
# Beside the notes; reports and documents that are rendered lie in folders.
_LETTERS = (".docx", ".odt", ".pdf", ".eml", ".html", ".pptx")
_NO_TEXT = {"locale", "currency", "template", "made-on", "as-of", "seed", "date-order", "decimal"}
_LEGAL = {
    "gmbh", "ag", "kg", "ug", "ohg", "co", "ltd", "limited", "inc", "llc", "plc", "corp", "company",
    "sarl", "sas", "sa", "sl", "bv", "nv",
}  # fmt: skip
# Names that many machines have.
_ANYBODY = {"root", "user", "admin", "home", "ubuntu", "debian", "runner", "build", "localhost"}
_CLIENT_LETTERS, _OWN_WORD = 3, 5
_FEW_WORDS = 3
_HASH_DIGITS = (8, 10, 12, 16, 32, 64)
_DRAWN = (f"{REPORT}/_figures/", "publish/write-up/_figures/")


def secrets_of(
    engagement_folder: Path | str,
    results: AnalysisResults | None,
    *,
    allowed: Collection[str] = (),
    identifiers_only: bool = False,
    published: Collection[date] = (),
) -> Secrets:
    """Everything of an engagement that nothing published may say.

    Assumes that author, question, decision and success of the record, what it says under
    ``[publish]``, and names and actions of segments are prose that was reviewed: they may be
    published.
    """
    engagement = read_engagement(engagement_folder)
    gathering = Gathering()
    own = of_own_rules(results.rfm.segments) if results and results.rfm else None
    reviewed = "\n".join(_reviewed(engagement, own))
    _data(engagement, gathering, identifiers_only, reviewed)
    _machine(engagement, gathering)
    if not identifiers_only:
        _record(engagement, gathering)
        _notes(engagement, gathering, reviewed)
        _pictures(engagement, gathering)
        if results is not None:
            result_secrets(results, gathering)
            _rules([*results.settings.conditions.values(), *_cells(own, "rule")], gathering)
    return gathering.secrets(allowed, published, engagement.author)


def _reviewed(engagement: Engagement, segments: pd.DataFrame | None) -> Iterator[str]:
    yield from (*_cells(segments, "segment"), *_cells(segments, "action"))
    yield from (engagement.question, engagement.decision, engagement.success)
    for text in dataclasses.astuple(engagement.publish):
        yield text if isinstance(text, str) else ", ".join(text)


def _cells(segments: pd.DataFrame | None, column: str) -> list[str]:
    return [] if segments is None else segments[column].tolist()


def _rules(texts: list[str], gathering: Gathering) -> None:
    """Rules of segments that the consultant wrote, and the amounts in them."""
    for text in texts:
        source = "rule of a segment"
        found = words(plain(text))
        # "All others" says nothing.
        if len(found) > _FEW_WORDS or any(word.isdecimal() for word in found):
            gathering.text(text, "rule", source)
        for value, written in figures.written(plain(text)):
            gathering.number(value, written, "amount", source)


def _data(
    engagement: Engagement, gathering: Gathering, identifiers_only: bool, reviewed: str
) -> None:
    folder = engagement.folder / DATA
    named = [path for path in _named(engagement) if path.is_file()]
    inside = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    for path in dict.fromkeys([*inside, *named]):
        source = f"{DATA}/{path.name}"
        _file_name(path.name, source, gathering)
        if not path.stat().st_size:
            continue
        try:
            rows = table_secrets(path, source, gathering, identifiers_only)
        except SourceError:
            rows = 0
            _no_table(path, source, gathering, reviewed)
        if not identifiers_only:
            _properties(path, rows, source, gathering)


def _properties(path: Path, rows: int, source: str, gathering: Gathering) -> None:
    digest = sha256(path)
    gathering.files[digest] = Origin("file", source)
    for digits in _HASH_DIGITS:
        gathering.text(digest[:digits], "file", f"{source}, its SHA-256")
    for number in (rows, path.stat().st_size):
        gathering.number(str(number), "", "file", f"{source}, its size")


def _no_table(path: Path, source: str, gathering: Gathering, reviewed: str) -> None:
    """A document among the data: looked through as a note is."""
    for passage in Reader().passages(path.name, path.read_bytes()):
        if isinstance(passage, Unread):
            raise DisclosureError(
                f"{source} can't be read ({passage.reason}), so nobody can look for what it says; "
                f"save it as a table or a text, or take it out of {DATA}/"
            )
        if isinstance(passage, Passage):
            note_secrets(passage.text, source, gathering, reviewed=reviewed)


def _record(engagement: Engagement, gathering: Gathering) -> None:
    client = phrase(engagement.client).split()
    for word in client:
        if len(word) >= _OWN_WORD and word not in _LEGAL:
            # It may be an everyday word: a public one is left out, and others can be allowed.
            gathering.text(word, "word of the client's name", "engagement.toml, client")
    while client:
        # Without its legal form too.
        gathering.text(" ".join(client), "client", "engagement.toml, client", least=_CLIENT_LETTERS)
        if client[-1] not in _LEGAL:
            break
        client.pop()
    name = engagement.folder.resolve().name
    gathering.text(name, "folder", "name of the engagement's folder")
    for entry, value in engagement.settings.items():
        if entry not in _NO_TEXT:
            for text in _texts(value):
                # Such as customer_id=Kundennummer: the column is the client's.
                gathering.text(text.rpartition("=")[2], "note", f"engagement.toml, {entry}")
    for entry, value in engagement.source.items():
        gathering.text(value, "note", f"engagement.toml, source, {entry}")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _notes(engagement: Engagement, gathering: Gathering, reviewed: str) -> None:
    nouns = engagement.locale.startswith("de")
    agreed = [*engagement.scope_in, *engagement.scope_out]
    agreed += [check.says for check in engagement.acceptance]
    texts = {"engagement.toml, scope and acceptance": "\n\n".join(agreed)}
    folders = [engagement.folder, *(engagement.folder / name for name in DOCUMENTS)]
    for folder in folders:
        for path in sorted(folder.glob("*")) if folder.is_dir() else ():
            is_letter = folder == engagement.folder and path.suffix in _LETTERS
            if path.is_file() and (path.suffix in _NOTES or is_letter):
                name = path.relative_to(engagement.folder).as_posix()
                found = Reader().passages(path.name, path.read_bytes())
                texts[name] = "\n\n".join(p.text for p in found if isinstance(p, Passage))
    for source, text in texts.items():
        note_secrets(text, source, gathering, reviewed=reviewed, nouns=nouns)


def _pictures(engagement: Engagement, gathering: Gathering) -> None:
    """Logos and the like; pictures that the report draws itself are left out."""
    for path in sorted(engagement.folder.rglob("*")):
        name = path.relative_to(engagement.folder).as_posix()
        is_picture = path.suffix.lower() in (*SUFFIXES, ".svg") and path.is_file()
        if not is_picture or name.startswith(_DRAWN):
            continue
        content = path.read_bytes()
        digest = sha256(path)
        if digest in public_files():
            continue
        gathering.files[digest] = Origin("picture", name)
        _file_name(path.name, name, gathering)
        for passage in Reader().passages(path.name, content):
            if isinstance(passage, Passage) and passage.style == "written":
                for line in passage.text.splitlines():
                    gathering.text(line, "picture", name)


def _machine(engagement: Engagement, gathering: Gathering) -> None:
    facts = {"host name": platform.node(), "user name": _user()}
    facts |= {"home folder": str(Path.home()), "folder": str(engagement.folder.resolve())}
    for what, value in facts.items():
        if phrase(value) not in _ANYBODY:
            gathering.text(value, "machine", what)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        # No name belongs to the number that the process runs as.
        return ""


def _file_name(name: str, source: str, gathering: Gathering) -> None:
    gathering.text(name, "file", f"{source}, its name")
    stem = phrase(name.partition(".")[0])
    if " " in stem or not public_word(stem):
        gathering.text(stem, "file", f"{source}, its name")


def _named(engagement: Engagement) -> list[Path]:
    """Tables of prospects that the settings name."""
    names = engagement.settings.get("prospects", [])
    listed = names if isinstance(names, list) else [names]
    return [engagement.folder / str(name) for name in listed]
