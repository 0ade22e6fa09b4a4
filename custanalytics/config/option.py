"""What is said of an option, and how it stands on the command line and in TOML."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from custanalytics.config.kinds import Kind

READING, COMPUTING = "how the sales are read", "what is computed"
CAMPAIGN = "a past campaign, in place of sales"
PROSPECTS, REPORT, RENDERING = "prospects", "the report", "rendering"
_TITLES = (READING, COMPUTING, CAMPAIGN, PROSPECTS, REPORT, RENDERING)


@dataclass(frozen=True)
class Option:
    """What is said of an option, and how it is given."""

    help: str
    kind: Kind
    # On the command line and in TOML, where the field is called otherwise.
    flag: str = ""
    many: bool = False
    # Whether several places add to each other; else the last one counts.
    adds_up: bool = True
    # The default in words, where its value does not tell.
    default: str = ""
    group: str = ""
    # Another option without which it means nothing.
    needs: str = ""
    # A file that the results depend on.
    reads: bool = False
    in_record: bool = True


def option(value: Any, said: str, kind: Kind, **how: Any) -> Any:
    """A field that the command line, TOML and Python fill."""
    return field(default=value, metadata={"option": Option(said, kind, **how)})


def about(said: str) -> dict[str, str]:
    """Metadata of a field that only Python fills."""
    return {"about": said}


def groups(kind: Any) -> dict[str, list["dataclasses.Field[Any]"]]:
    """Options of a command under the titles that they stand under."""
    found: dict[str, list[dataclasses.Field[Any]]] = {}
    homes = {
        name: owner.group
        for owner in reversed(kind.__mro__)
        for name in vars(owner).get("__annotations__", {})
        if hasattr(owner, "group")
    }
    for part in options_of(kind):
        found.setdefault(option_of(part).group or homes[part.name], []).append(part)
    return {title: found[title] for title in _TITLES if title in found}


def options_of(kind: Any) -> Iterator["dataclasses.Field[Any]"]:
    """Fields that the command line and TOML fill too."""
    return (part for part in dataclasses.fields(kind) if "option" in part.metadata)


def option_of(part: "dataclasses.Field[Any]") -> Option:
    """What is said of it."""
    found: Option = part.metadata["option"]
    return found


def flag_of(part: "dataclasses.Field[Any]") -> str:
    """Its name on the command line and in TOML, without dashes in front."""
    return option_of(part).flag or part.name.replace("_", "-")


def default_of(part: "dataclasses.Field[Any]") -> str:
    """The default in words; empty where there is none to speak of."""
    value = part.default
    if option_of(part).default:
        return option_of(part).default
    if value is None or value is False or value in ("", ()):
        return ""
    return " ".join(value) if isinstance(value, tuple) else str(value)


def shared(options: Any, *kinds: Any) -> dict[str, Any]:
    """The values of some groups of options, by name."""
    names = {part.name for kind in kinds for part in dataclasses.fields(kind)}
    return {name: getattr(options, name) for name in sorted(names) if hasattr(options, name)}
