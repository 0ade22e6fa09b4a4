"""Markdown as code hosts read it, as HTML."""

from pathlib import Path

import pypandoc

from custanalytics.errors import RenderError
from custanalytics.render.outside_tool import outside_tool


def markdown_html(source: str) -> str:
    """Turn Markdown without any of our own signs into HTML."""
    command = [
        pypandoc.get_pandoc_path(), "--from", "gfm", "--to", "html",
        "--wrap", "none", "--syntax-highlighting", "none",
    ]  # fmt: skip
    done = outside_tool(command, source.encode(), Path.cwd())
    if done.returncode != 0:
        raise RenderError(f"pandoc could not read the text: {done.stderr.decode()}")
    return done.stdout.decode()
