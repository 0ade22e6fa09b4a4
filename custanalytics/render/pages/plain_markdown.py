"""Markdown as code hosts read it, as HTML."""

from pathlib import Path

from custanalytics.errors import RenderError
from custanalytics.render.outside_tool import run_pandoc


def markdown_html(source: str) -> str:
    """Turn Markdown without any of our own signs into HTML."""
    options = ["--from", "gfm", "--to", "html", "--wrap", "none", "--syntax-highlighting", "none"]
    done = run_pandoc(options, source.encode(), Path.cwd())
    if done.returncode != 0:
        raise RenderError(f"pandoc could not read the text: {done.stderr.decode()}")
    return done.stdout.decode()
