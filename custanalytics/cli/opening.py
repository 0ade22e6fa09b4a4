"""``--open``: the finished page in the browser."""

import argparse
import os
import sys
import webbrowser
from collections.abc import Mapping
from pathlib import Path

# The first of these that there is, is what to look at.
_TO_OPEN = ("html", "pdf", "docx", "pptx", "xlsx")


def open_option(command: argparse.ArgumentParser) -> None:
    """Show what was made."""
    command.add_argument("--open", action="store_true", help="open the page when it is done")


def to_open(files: Mapping[str, Path]) -> Path | None:
    """What somebody who made these files wants to see."""
    return next((files[role] for role in _TO_OPEN if role in files), None)


def show_page(options: argparse.Namespace, files: Mapping[str, Path]) -> None:
    """Open the page where that was asked for; where nobody could see it, say so."""
    page = to_open(files)
    if options.open and page and not (_has_screen() and webbrowser.open(page.resolve().as_uri())):
        print(f"No screen or browser here: open {page} yourself", file=sys.stderr)


def _has_screen() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    # Without a screen, a browser of the terminal would come up and keep it.
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
