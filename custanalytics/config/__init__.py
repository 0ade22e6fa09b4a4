"""One typed configuration: each option declared once, with its type, default, bounds and words.

The command line, ``[settings]`` of ``engagement.toml``, ``custanalytics.toml`` and keyword
arguments of Python fill the same frozen dataclasses. All of it is checked before anything is read,
and one message names every fault. A new option is a field in `options` or `commands`, and the line
that uses it.
"""

from custanalytics.config.collect import Configuration, Origin, as_typed
from custanalytics.config.commands import (
    COMMAND,
    COMMANDS,
    PROGRESS,
    STEP,
    TEMPLATE,
    CheckOptions,
    MeasureOptions,
    ProspectsOptions,
    RenderOptions,
    RunOptions,
    Settings,
)
from custanalytics.config.keywords import called_with
from custanalytics.config.names import unknown
from custanalytics.config.option import (
    about,
    default_of,
    flag_of,
    groups,
    option_of,
    options_of,
    shared,
)
from custanalytics.config.options import (
    RENDERERS,
    Contact,
    Estimates,
    Prospects,
    Pseudonyms,
    Reading,
    Rendering,
    Report,
    Scope,
    today,
)
from custanalytics.config.settings_file import SETTINGS_FILE, add_settings, settings_file

__all__ = [
    "COMMAND",
    "COMMANDS",
    "PROGRESS",
    "RENDERERS",
    "SETTINGS_FILE",
    "STEP",
    "TEMPLATE",
    "CheckOptions",
    "Configuration",
    "Contact",
    "Estimates",
    "MeasureOptions",
    "Origin",
    "Prospects",
    "ProspectsOptions",
    "Pseudonyms",
    "Reading",
    "RenderOptions",
    "Rendering",
    "Report",
    "RunOptions",
    "Scope",
    "Settings",
    "about",
    "add_settings",
    "as_typed",
    "called_with",
    "default_of",
    "flag_of",
    "groups",
    "option_of",
    "options_of",
    "settings_file",
    "shared",
    "today",
    "unknown",
]
