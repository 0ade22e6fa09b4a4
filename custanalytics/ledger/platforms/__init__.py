"""Known exports and the rules each needs: one small TOML file a platform.

A file names the ``headers`` that give the platform away, the ``roles`` of its columns (the
first column of each list that is filled well enough), and ``rules``: why rows are no sales. A
rule holds where all its conditions hold: ``values``, ``not_values`` (whole cells, any case),
``matches``, ``not_matches`` (regular expressions over the whole cell in small letters) or
``filled``. With ``refuse`` the export is turned down for that reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from custanalytics.errors import SourceError, UsageError
from custanalytics.ledger.detect.column_names import ROLES
from custanalytics.ledger.load_report import REASONS
from custanalytics.ledger.mapping import Choice
from custanalytics.ledger.staging import Staging
from custanalytics.sentences import noted
from custanalytics.toml_file import parse_toml, read_toml

_ENTRIES = {"name", "headers", "unless", "refuse", "note", "roles", "rules"}
_HALF = 0.5


@dataclass(frozen=True)
class Platform:
    """One known export.

    Attributes
    ----------
    name : str
    headers, unless : tuple of str
        Columns that must, and must not, be there.
    refuse : str
        Why it can't be used; empty where it can.
    note : str
        What its reader should know; may be empty.
    roles : mapping of str to sequence of str
        Role to columns, the preferred first.
    rules : tuple of dict
    """

    name: str
    headers: tuple[str, ...]
    unless: tuple[str, ...]
    refuse: str
    note: str
    roles: Mapping[str, Sequence[str]]
    rules: tuple[dict[str, Any], ...]

    def fits(self, names: Sequence[str]) -> bool:
        """Whether an export with these column names is one of this platform."""
        have = {_key(name) for name in names}
        return have.issuperset(map(_key, self.headers)) and not have & set(map(_key, self.unless))


def read_platform(text: str, where: str) -> Platform:
    """A platform from its TOML text."""
    return _platform(parse_toml(text, where), where)


def _platform(content: dict[str, Any], where: str) -> Platform:
    unknown = sorted(content.keys() - _ENTRIES) + sorted(content.get("roles", {}).keys() - ROLES)
    unknown += sorted({r["reason"] for r in content.get("rules", [])} - REASONS.keys())
    if unknown or not content.get("headers") or not content.get("name"):
        wrong = f"unknown: {', '.join(unknown)}" if unknown else "name and headers are needed"
        raise UsageError(f"{where} is no description of a platform ({wrong})")
    return Platform(
        name=content["name"],
        headers=tuple(content["headers"]),
        unless=tuple(content.get("unless", ())),
        refuse=content.get("refuse", ""),
        note=noted(content.get("note", "")),
        roles=content.get("roles", {}),
        rules=tuple(content.get("rules", ())),
    )


@cache
def known_platforms() -> tuple[Platform, ...]:
    """All platforms that come with the package, those of most headers first."""
    folder = resources.files("custanalytics.ledger") / "platforms"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    found = [read_platform(file.read_text("utf-8"), file.name) for file in files]
    return tuple(sorted(found, key=lambda platform: (-len(platform.headers), platform.name)))


def recognise(staging: Staging, wanted: str | None, beside: Path | None) -> Platform | None:
    """The platform of an export: the one named in the mapping file, else by its headers."""
    if wanted == "none" or not staging.has_header:
        return None
    if wanted and wanted.endswith(".toml"):
        path = (beside or Path()) / wanted
        found: Platform | None = _platform(read_toml(path, f"platform {wanted!r}"), str(path))
    elif wanted:
        found = next((p for p in known_platforms() if p.name == wanted), None)
        if found is None:
            names = ", ".join(sorted(p.name for p in known_platforms()))
            raise UsageError(f"platform {wanted!r} is not known; known are {names}")
    else:
        found = next((p for p in known_platforms() if p.fits(staging.names)), None)
    if found and found.refuse:
        raise SourceError(f"this is {_article(found.name)} {found.name}: {found.refuse}")
    return found


def platform_roles(staging: Staging, platform: Platform) -> dict[str, Choice]:
    """Roles of the platform's columns: the first filled at least half as well as the best."""
    chosen = {}
    by_key = {_key(name): name for name in staging.names}
    for role, columns in platform.roles.items():
        present = [by_key[_key(column)] for column in columns if _key(column) in by_key]
        filled = {name: sum(bool(cell) for cell in staging.values(name)) for name in present}
        most = max(filled.values(), default=0)
        for name in present:
            if filled[name] and filled[name] >= _HALF * most:
                chosen[role] = Choice(name, f"as {platform.name} has it", 0.95)
                break
    return chosen


def rule_sql(staging: Staging, platform: Platform | None) -> str:
    """SQL that gives the reason why a row is no sale, or null."""
    cases = []
    by_key = {_key(name): name for name in staging.names}
    for rule in platform.rules if platform else ():
        if any(_key(condition["column"]) not in by_key for condition in rule["when"]):
            continue
        held = " AND ".join(
            _condition(staging.column(by_key[_key(condition["column"])]), condition)
            for condition in rule["when"]
        )
        cases.append(f"WHEN {held} THEN {_text(rule['reason'])}")
    return f"CASE {' '.join(cases)} END" if cases else "NULL::VARCHAR"


def _condition(column: str, condition: Mapping[str, Any]) -> str:
    cell = f"lower(COALESCE({column}, ''))"
    if "filled" in condition:
        blank = f"{cell} IN ('', '-', '--')"
        return f"NOT {blank}" if condition["filled"] else blank
    for word, negation in (("values", ""), ("not_values", "NOT ")):
        if word in condition:
            values = ", ".join(_text(value.lower()) for value in condition[word])
            return f"{negation}{cell} IN ({values})"
    for word, negation in (("matches", ""), ("not_matches", "NOT ")):
        if word in condition:
            return f"{negation}regexp_full_match({cell}, {_text(condition[word])})"
    raise UsageError(f"a platform's condition on {condition['column']!r} says nothing we know")


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _key(name: str) -> str:
    return " ".join(name.replace("’", "'").casefold().split())


def _article(name: str) -> str:
    return "an" if name[0].lower() in "aeiou" else "a"
