"""Which column plays which role, why, and how sure: found, given, saved and loaded."""

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType
from typing import Any

from custanalytics.errors import UsageError
from custanalytics.ledger.detect.column_names import ROLES
from custanalytics.toml_file import read_toml

_DATE_ORDERS = ("dmy", "mdy", "ymd")
_DECIMALS = ("point", "comma")


@dataclass(frozen=True)
class Choice:
    """One role's column.

    Attributes
    ----------
    column : str
        Name in the header, or the 1-based number where there is no header.
    reason : str
        Why this column, in plain words.
    confidence : float
        0 to 1; 1 where the user said so.
    """

    column: str
    reason: str = "given by the user"
    confidence: float = 1.0


@dataclass(frozen=True)
class Mapping:
    """How the columns of an export are read; enough to read the next one the same way.

    Attributes
    ----------
    roles : mapping of str to Choice
        Role to column.
    currency, date_order, decimal, platform : str or None
        Decisions that go with it; None where nothing was decided.
    rates : mapping of str to Decimal
        Units of ``currency`` for one unit of each other currency.
    sale, not_a_sale : tuple of str
        States of orders that the user said are sales, and are none.
    no_amount : bool
        Purchases are counted, without money.
    """

    roles: Dict[str, Choice]
    currency: str | None = None
    date_order: str | None = None
    decimal: str | None = None
    platform: str | None = None
    rates: Dict[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    sale: tuple[str, ...] = ()
    not_a_sale: tuple[str, ...] = ()
    no_amount: bool = False

    @property
    def columns(self) -> dict[str, str]:
        """Role to column name."""
        return {role: choice.column for role, choice in self.roles.items()}

    def save(self, path: Path | str) -> None:
        """Write as TOML, to be edited and given back with ``--mapping``."""
        lines = [
            "# How custanalytics reads this export. Edit it and give it back with --mapping.",
            "# A role names a column of the file, or its number counted from 1.",
            "",
        ]
        for key in ("platform", "currency", "date_order", "decimal"):
            value = getattr(self, key)
            if value:
                lines.append(f"{key} = {_quoted(value)}")
        if self.no_amount:
            lines.append("no_amount = true")
        lines += ["", "[roles]"]
        for role in ROLES:
            if role in self.roles:
                choice = self.roles[role]
                note = f"{choice.reason} (confidence {choice.confidence:.2f})"
                note = " ".join(note.split())
                lines.append(f"{role} = {_quoted(choice.column)}  # {note}")
        if self.rates:
            lines += ["", "# Units of the report's currency for one unit of these.", "[rates]"]
            lines += [f"{code} = {_quoted(str(rate))}" for code, rate in sorted(self.rates.items())]
        if self.sale or self.not_a_sale:
            lines += ["", "# States of orders that are sales, and that are none.", "[states]"]
            lines += [
                f"{key} = [{', '.join(map(_quoted, words))}]"
                for key in ("sale", "not_a_sale")
                if (words := getattr(self, key))
            ]
        Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path | str) -> "Mapping":
        """Read a mapping file.

        Raises
        ------
        UsageError
            It is missing, no TOML, or names what we don't know.
        """
        content = read_toml(Path(path), f"--mapping {path}")
        known = {"roles", "rates", "states", "currency", "date_order", "decimal", "platform"}
        known |= {"no_amount"}
        unknown = sorted(content.keys() - known)
        if unknown:
            raise UsageError(
                f"--mapping {path} has the unknown entries {', '.join(unknown)}; "
                f"known are {', '.join(sorted(known))}"
            )
        texts = ("currency", "date_order", "decimal", "platform")
        wrong = [name for name in texts if not isinstance(content.get(name, ""), str)]
        if wrong:
            raise UsageError(f"--mapping {path}: {', '.join(wrong)} must be a text in quotes")
        if not isinstance(content.get("no_amount", False), bool):
            raise UsageError(f"--mapping {path}: no_amount must be true or false")
        return cls(
            roles=choices(_section(content, "roles", path), str(path)),
            currency=content.get("currency"),
            date_order=one_of("date_order", content.get("date_order"), _DATE_ORDERS),
            decimal=one_of("decimal", content.get("decimal"), _DECIMALS),
            platform=content.get("platform"),
            no_amount=content.get("no_amount", False),
            rates=rates(_section(content, "rates", path)),
            **_states(_section(content, "states", path), path),
        )


def choices(given: Dict[str, object], where: str = "--map") -> dict[str, Choice]:
    """Roles as the user gave them, role names checked."""
    unknown = sorted(set(given) - set(ROLES))
    if unknown:
        raise UsageError(
            f"{where} names the unknown role {', '.join(unknown)}; known are {', '.join(ROLES)}"
        )
    return {role: Choice(str(given[role])) for role in ROLES if role in given}


def one_of(what: str, value: str | None, allowed: tuple[str, ...]) -> str | None:
    """The value, if allowed."""
    if value is not None and value not in allowed:
        raise UsageError(
            f"--{what.replace('_', '-')} is one of {', '.join(allowed)}, not {value!r}"
        )
    return value


def rates(given: Dict[str, Any]) -> dict[str, Decimal]:
    """Exchange rates as exact decimals."""
    try:
        found = {code.upper(): Decimal(str(rate)) for code, rate in given.items()}
    except InvalidOperation as error:
        raise UsageError("an exchange rate in [rates] is no number") from error
    if any(not rate.is_finite() or rate <= 0 for rate in found.values()):
        raise UsageError("an exchange rate in [rates] must be above zero")
    return found


def _section(content: dict[str, Any], name: str, path: Path | str) -> dict[str, Any]:
    section = content.get(name, {})
    if not isinstance(section, dict):
        raise UsageError(f"--mapping {path}: {name} must be a section, [{name}]")
    return section


def _states(section: dict[str, Any], path: Path | str) -> dict[str, tuple[str, ...]]:
    for key, words in section.items():
        if key not in ("sale", "not_a_sale") or not isinstance(words, list):
            raise UsageError(
                f"--mapping {path}: [states] holds sale and not_a_sale, each a list of texts"
            )
    return {key: tuple(map(str, words)) for key, words in section.items()}


def _quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
    )
