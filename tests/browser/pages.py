"""A real browser, where there is one: the extra ``browser`` and a Chromium on PATH."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def missing() -> str:
    """Why there is no browser; empty where there is one."""
    try:
        import axe_playwright_python  # noqa: F401
        import playwright  # noqa: F401
    except ImportError:
        return "the extra 'browser' is not installed"
    if not any(map(shutil.which, CHROMIUMS)):
        return "no Chromium is on PATH"
    return ""


@contextmanager
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    path = next(found for found in map(shutil.which, CHROMIUMS) if found)
    with sync_playwright() as run:
        yield run.chromium.launch(executable_path=path, args=["--no-sandbox"])


@contextmanager
def page(of: Any, file: Path, width: int = 1280, dark: bool = False) -> Iterator[Any]:
    """The file, opened; ``said`` holds console errors, ``asked`` requests beyond the file."""
    context = of.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    opened = context.new_page()
    opened.said, opened.asked = [], []
    opened.on("console", lambda m: opened.said.append(m.text) if m.type == "error" else None)
    opened.on("pageerror", lambda error: opened.said.append(str(error)))
    opened.on(
        "request",
        lambda r: opened.asked.append(r.url) if r.url.startswith(("http", "ws", "ftp")) else None,
    )
    opened.goto(file.as_uri())
    # Charts are drawn when they come near: walk through the page once.
    opened.evaluate(
        "async () => { for (let y = 0; y < document.body.scrollHeight; y += 600) "
        "{ window.scrollTo(0, y); await new Promise(r => setTimeout(r, 60)); } "
        "window.scrollTo(0, 0); }"
    )
    opened.wait_for_timeout(800)
    try:
        yield opened
    finally:
        context.close()
