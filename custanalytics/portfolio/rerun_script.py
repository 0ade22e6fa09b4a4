"""The script of an entry: how to make its report again, or one like it."""

import shlex
from collections.abc import Sequence

from custanalytics.config import as_typed
from custanalytics.engagement.record import Engagement

# Options that say nothing of the client.
_HARMLESS = ("horizon-days", "window-days", "annual-discount-rate", "locale")
_OF_THE_REPORT = ("client", "author", "made-on")


def rerun_script(engagement: Engagement, version: str) -> str:
    """The commands that make the report of an engagement, or one like it."""
    options = _options(engagement, keep=None if engagement.source else _HARMLESS)
    if engagement.source:
        get = engagement.source.get("command", "")
        folder = shlex.split(get)[2] if get else "engagement"
        lines = [
            "# Makes the report of this project again, from the open data.",
            f"# Needs custanalytics {version}; its README says how to install it.",
            get or f"# Get the data: {engagement.source.get('home', '')}",
            f"cd {shlex.quote(folder)}",
            f"custanalytics {engagement.command} {options}".strip(),
        ]
    else:
        lines = [
            "# The client's data stay with the client. These are the steps, for data of your own.",
            f"# Needs custanalytics {version}; its README says how to install it.",
            "custanalytics new my-shop --from export.csv",
            "cd my-shop",
            f"custanalytics {engagement.command} {options}".strip(),
            "custanalytics status",
        ]
    return "\n".join(["#!/bin/sh", *lines, ""])


def _options(engagement: Engagement, keep: Sequence[str] | None) -> str:
    kept = {
        name: value
        for name, value in engagement.settings.items()
        if (keep is None or name in keep) and name not in _OF_THE_REPORT
    }
    return shlex.join(as_typed(kept))
