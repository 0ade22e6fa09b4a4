"""Pseudonyms for customers' ids: the same on every run, undone only by who holds the key.

A pseudonym is the HMAC-SHA256 of the id, shortened. The key is 64 hexadecimal digits in a file of
the consultant's, or in a variable of the environment; beside a file of a key lies a list of whom
each pseudonym stands for.
"""

import csv
import hmac
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from custanalytics.errors import UsageError

VARIABLE = "env:"
_HEADER = ["pseudonym", "original"]
# Neither vowels nor signs that look alike: no word, no number, no formula, nothing to misread.
_SIGNS = "bcdfghjkmnpqrstvwxz23456789"
_LENGTH, _GROUP = 12, 4
_DIGITS = 64
_FORM = f"{_DIGITS} hexadecimal digits, as 'openssl rand -hex 32' prints them"


@dataclass(frozen=True)
class PseudonymKey:
    """A secret, and the list of whom its pseudonyms stand for.

    Attributes
    ----------
    secret : bytes
        Never shown.
    register : Path or None
        CSV of pseudonym and original; None where the secret is in no file.
    """

    secret: bytes = field(repr=False)
    register: Path | None = None

    def pseudonym(self, original: str) -> str:
        """What stands in an original's place."""
        number = int.from_bytes(hmac.digest(self.secret, original.encode(), "sha256")[:8])
        signs = []
        for _ in range(_LENGTH):
            number, at = divmod(number, len(_SIGNS))
            signs.append(_SIGNS[at])
        text = "".join(signs)
        return "-".join(["P", *(text[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))])

    def replace(self, originals: Iterable[str]) -> dict[str, str]:
        """Original -> pseudonym, no two alike; kept in the register.

        Raises
        ------
        UsageError
            Two would share one, or the register can't be used.
        """
        kept = read_register(self.register) if self.register else {}
        if any(self.pseudonym(original) != name for name, original in _first(kept)):
            raise UsageError(
                f"{self.register} was made with another key than the one beside it; put that key "
                "back, or move the list away"
            )
        made = {original: self.pseudonym(original) for original in originals}
        found = dict(kept)
        for original, name in made.items():
            if found.setdefault(name, original) != original:
                raise UsageError(
                    "two customers would share one pseudonym; take another key (--pseudonymise)"
                )
        if self.register and found.keys() != kept.keys():
            write_register(self.register, found)
        return made


def pseudonym_key(where: Path | str) -> PseudonymKey:
    """The key of a file, which is made where there is none, or of a variable (``env:NAME``).

    Raises
    ------
    UsageError
        There is no key, or others than its owner can read it.
    """
    if str(where).startswith(VARIABLE):
        name = str(where).removeprefix(VARIABLE)
        return PseudonymKey(_secret(os.environ.get(name, ""), f"the variable {name}"))
    path = Path(where)
    try:
        if not path.exists():
            _write_private(path, secrets.token_hex(_DIGITS // 2) + "\n")
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise UsageError(
                f"--pseudonymise: others can read the key in {path}; chmod 600 it, or give another"
            )
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UsageError(f"--pseudonymise: {path} can't be used as a key: {said}") from None
    return PseudonymKey(_secret(text, str(path)), register_of(path))


def check_key(where: Path | str | None, report: Path) -> None:
    """See that a key that is asked for is there, and lies where no report is sent from."""
    if where is None:
        return
    in_file = not str(where).startswith(VARIABLE)
    if in_file and report.resolve() in Path(where).resolve().parents:
        raise UsageError(
            f"--pseudonymise: {where} lies in the report folder, which goes out without it; give a "
            "file elsewhere"
        )
    pseudonym_key(where)


def register_of(key: Path) -> Path:
    """Where the list of whom each pseudonym stands for lies."""
    return key.with_name(f"{key.name}.csv")


def read_register(path: Path) -> dict[str, str]:
    """Pseudonym -> original; nothing where there is no list yet."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        if next(rows, None) != _HEADER:
            raise UsageError(f"{path} is no list of pseudonyms; move it away, or take another key")
        return dict(row for row in rows if len(row) == len(_HEADER))


def write_register(path: Path, originals: Mapping[str, str]) -> None:
    """Put a list in the place of the one that is there, in one step."""
    scratch = path.with_name(f".{path.name}.new")
    scratch.unlink(missing_ok=True)
    _write_private(scratch, "")
    with scratch.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_HEADER)
        writer.writerows(sorted(originals.items()))
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)


def _first(kept: Mapping[str, str]) -> list[tuple[str, str]]:
    return list(kept.items())[:1]


def _secret(text: str, where: str) -> bytes:
    try:
        found = bytes.fromhex(text.strip())
    except ValueError:
        found = b""
    if len(found) * 2 != _DIGITS:
        raise UsageError(f"--pseudonymise: {where} holds no key: expected {_FORM}")
    return found


def _write_private(path: Path, text: str) -> None:
    """A new file that its owner alone can read, from its first moment on."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
