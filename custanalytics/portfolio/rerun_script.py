"""The script of an entry: how to make its report again, or one like it."""

import dataclasses
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from custanalytics.engagement import Engagement
from custanalytics.engagement.rerun import options_of

# Options that say nothing of the client.
_HARMLESS = ("horizon-days", "window-days", "annual-discount-rate", "locale")


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
    own: Mapping[str, Any] = engagement.settings
    kept = {name: value for name, value in own.items() if keep is None or name in keep}
    bare = dataclasses.replace(engagement, settings=kept)
    skipped = ("--client=", "--author=", "--made-on=")
    return shlex.join(word for word in options_of(bare) if not word.startswith(skipped))
