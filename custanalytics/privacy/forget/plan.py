"""Where in an engagement somebody is found, and what has to change for them to be gone."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from custanalytics.engagement.pending import is_own
from custanalytics.engagement.record import DATA, FILE, Engagement, with_new_file
from custanalytics.errors import SourceError
from custanalytics.privacy.forget.person import (
    Person,
    customer_columns,
    names_beside,
    person,
    rows_of,
)
from custanalytics.privacy.forget.tables import Table, TableFile, table_file
from custanalytics.privacy.leak_check.files import Reader
from custanalytics.privacy.leak_check.passages import Passage, Unread
from custanalytics.privacy.pseudonyms import VARIABLE, read_register, register_of
from custanalytics.render.put_in_place import MANIFEST, generated_in
from custanalytics.toml_file import read_toml

_DECISIONS = "decisions.md"
_MAPPING = "mapping.toml"
_LISTS = (".csv", ".parquet")
_RECORDS = (FILE, "run.json", "dictionary.csv")


@dataclass(frozen=True)
class Plan:
    """What is to happen.

    Attributes
    ----------
    folder : Path
        The engagement's.
    rows : dict
        File -> rows of theirs that are taken out of it.
    reports : dict
        Report folder -> rows and passages about them; what runs have made in it is removed.
    mentions : dict
        File that is left as it is -> passages that seem to name them.
    unread : tuple of str
        Files that nobody could look into.
    register : Path or None
        List of pseudonyms that says who they are.
    known_by : int
        Further addresses and numbers of theirs that were found beside the customer's number.
    new : dict
        File -> its new content.
    removed : tuple of str
        Files and folders that go.
    """

    folder: Path
    rows: Mapping[str, int]
    reports: Mapping[str, int]
    mentions: Mapping[str, int]
    unread: tuple[str, ...]
    register: Path | None
    known_by: int
    who: Person = field(repr=False)
    new: Mapping[str, bytes] = field(repr=False)
    removed: tuple[str, ...] = ()

    @property
    def finds(self) -> bool:
        """Whether anything of theirs would go."""
        return bool(self.rows or self.reports or self.register)


def plan(
    engagement: Engagement,
    customer: str,
    also: Collection[str] = (),
    columns: Collection[str] = (),
    day: date | None = None,
) -> Plan:
    """Find somebody, and write what has to change; nothing is changed yet.

    Raises
    ------
    SourceError
        They are in a file whose rows can't be taken out.
    """
    folder = engagement.folder
    made = _made(folder)
    named = {*columns, *_columns_mapped(folder)}
    own = [name for name in _files(folder) if not _within(name, made)]
    files = {name: found for name in own if (found := _table(folder / name, named))}
    who, beside = _who(customer, also, [t for f in files.values() for t in f.tables()], named)
    register = _register(engagement, who)
    if register is not None:
        theirs = [p for p, original in read_register(register).items() if original in who.cells]
        who = Person(frozenset({*who.cells, *theirs}), frozenset({*who.texts, *theirs}))
    keys = {
        n: [r.key for t in f.tables() for r in rows_of(who, t, named)] for n, f in files.items()
    }
    keys = {name: found for name, found in keys.items() if found}
    mentions, unread = _mentioned(folder, [n for n in own if n not in files], who, customer)
    listed = {f"{DATA}/{file.file}": file for file in engagement.data}
    stuck = sorted(listed.keys() & {*mentions})
    if stuck:
        raise SourceError(
            f"{', '.join(stuck)} names them, and rows can be taken out of CSV (also gzipped), XLSX "
            "and Parquet files only; save it as one, take it in (custanalytics receive), and take "
            f"the old one out of {DATA}/ and {FILE}; nothing was changed"
        )
    new = {name: files[name].without(found) for name, found in keys.items()}
    record = (folder / FILE).read_text("utf-8-sig")
    for name in new.keys() & listed.keys():
        record = with_new_file(record, listed[name], new[name])
    if new.keys() & listed.keys():
        new[FILE] = record.encode()
    reports = {name: n for name in made if (n := _in_report(folder, name, made[name], who, named))}
    counts = {name: len(found) for name, found in keys.items()}
    if (folder / _DECISIONS).is_file() and (counts or reports):
        new[_DECISIONS] = _noted(folder, sum(counts.values()), day or date.today())
    removed = [f"{name}/{file}" for name in reports for file in made[name]]
    return Plan(
        folder=folder,
        rows=counts,
        reports=reports,
        mentions=mentions,
        unread=tuple(unread),
        register=register,
        known_by=len(beside),
        who=who,
        new=new,
        removed=tuple(name for name in removed if (folder / name).exists()),
    )


def _made(folder: Path) -> dict[str, list[str]]:
    """Each report folder, with the files in it that runs have made."""
    found = sorted(path.parent for path in folder.rglob(MANIFEST))
    return {
        path.relative_to(folder).as_posix(): sorted(generated_in(path) - {MANIFEST})
        for path in found
    }


def _within(name: str, made: Mapping[str, list[str]]) -> bool:
    return any(name == f"{report}/{file}" for report, files in made.items() for file in files)


def _files(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        is_ours = is_own(name) or name.startswith(".git/") or path.name == MANIFEST
        if path.is_file() and not path.is_symlink() and not is_ours:
            yield name


def _columns_mapped(folder: Path) -> set[str]:
    """Columns that a run took for the customer's."""
    found: set[str] = set()
    for path in folder.rglob(_MAPPING):
        roles = read_toml(path).get("roles", {})
        found |= {str(column) for role, column in roles.items() if role.startswith("customer_id")}
    return found


def _table(path: Path, named: Collection[str]) -> TableFile | None:
    return None if path.name in _RECORDS else table_file(path, named)


def _who(
    customer: str, also: Collection[str], tables: list[Table], named: Collection[str]
) -> tuple[Person, set[str]]:
    """The person, and what else names them by the tables."""
    cells = {
        row.cells[at].strip()
        for table in tables
        for at in customer_columns(table, named)
        for row in table.rows
        if at < len(row.cells)
    }
    first = person(customer, also, cells)
    beside = {name for table in tables for name in names_beside(first, table, named)}
    return person(customer, {*also, *beside}, cells), beside


def _register(engagement: Engagement, who: Person) -> Path | None:
    """The list of pseudonyms of the engagement's key, where they are on it."""
    key = engagement.settings.get("pseudonymise")
    if key is None or str(key).startswith(VARIABLE):
        return None
    path = register_of(engagement.folder / str(key))
    return path if who.cells & set(read_register(path).values()) else None


def _in_report(
    folder: Path, report: str, files: Collection[str], who: Person, named: Collection[str]
) -> int:
    """Rows of the lists and results that are theirs, and passages that name them."""
    count = 0
    for name in files:
        path = folder / report / name
        if not path.is_file():
            continue
        file = _table(path, named) if name.endswith(_LISTS) else None
        if file is not None:
            count += sum(len(rows_of(who, table, named)) for table in file.tables())
        elif who.texts:
            count += _passages(path, who)[0]
    return count


def _mentioned(
    folder: Path, files: Collection[str], who: Person, customer: str
) -> tuple[dict[str, int], list[str]]:
    """Files of other kinds that seem to name them, and those that can't be read."""
    loosely = Person(who.cells, frozenset({*who.texts, customer.strip()}))
    found, unread = {}, []
    for name in files:
        count, is_read = _passages(folder / name, loosely)
        if count:
            found[name] = count
        if not is_read:
            unread.append(name)
    return found, unread


def _passages(path: Path, who: Person) -> tuple[int, bool]:
    """Passages of a file that name them, and whether all of it could be read."""
    count, is_read = 0, True
    for part in Reader().passages(path.name, path.read_bytes()):
        if isinstance(part, Passage):
            count += who.is_named_in(part.text)
        elif isinstance(part, Unread):
            is_read = False
    return count, is_read


def _noted(folder: Path, rows: int, day: date) -> bytes:
    """The decisions with a line that says what was done, and not for whom."""
    text = (folder / _DECISIONS).read_text("utf-8")
    said = f"{rows:,} rows of one person were taken out of the data (custanalytics forget)"
    ended = "" if text.endswith("\n") else "\n"
    return f"{text}{ended}| {day.isoformat()} | {said} | They are to be forgotten | |\n".encode()
