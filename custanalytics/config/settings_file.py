"""Settings of one's own for every command: ``custanalytics.toml``, or the file of ``--config``."""

from pathlib import Path
from typing import Any

from custanalytics.config.collect import Configuration, Origin
from custanalytics.config.commands import COMMANDS, CheckOptions, RenderOptions, RunOptions
from custanalytics.config.names import nearest
from custanalytics.config.option import flag_of, options_of
from custanalytics.errors import SourceError
from custanalytics.toml_file import read_toml

SETTINGS_FILE = "custanalytics.toml"


def settings_file(named: Path | None) -> Path | None:
    """The file that was named, or the one in the folder one is in."""
    if named is not None and not named.is_file():
        raise SourceError(f"{named} is no file of settings (--config)")
    here = Path(SETTINGS_FILE)
    return named or (here if here.is_file() else None)


def add_settings(configuration: Configuration[Any], kind: type[Any], path: Path) -> list[str]:
    """Add what a file says to a configuration; the names of what the command has use for."""
    known = {flag_of(part) for one in _KINDS for part in options_of(one)}
    ours = {flag_of(part) for part in options_of(kind)}
    if kind is not RunOptions:  # elsewhere the word means the template of another report
        ours.discard("template")
    given = read_toml(path)
    for name in sorted(given.keys() - known):
        near = nearest(name, sorted(known))
        hint = f"; did you mean {near}?" if near else ""
        configuration.refuse(f"{path}: {name} is no option of any command{hint}")
    used = {name: value for name, value in given.items() if name in ours}
    configuration.add(used, Origin.of_file(path))
    return list(used)


_KINDS = (CheckOptions, RenderOptions, *COMMANDS.values())
