"""Results to draw, staged report folders, and documents rendered one at a time."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from custanalytics.render.pages.rendering import render
from custanalytics.render.pages.staging import stage
from tests.content.conftest import any_results, doubtful, rich
from tests.render.rich_report import RICH, rich_document, text_of_pdf

__all__ = ["any_results", "doubtful", "rich"]


@pytest.fixture(scope="session")
def rich_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rich report, staged and rendered by the embedded renderer."""
    folder = tmp_path_factory.mktemp("rich") / "report"
    stage(rich_document(), RICH, folder)
    render(folder, ("html", "pdf"), "embedded")
    return folder


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A staged folder whose report.qmd each test writes anew."""
    folder = tmp_path_factory.mktemp("scratch") / "report"
    stage(rich_document(), RICH, folder)
    return folder


@pytest.fixture
def html(scratch: Path) -> Callable[[str], str]:
    """Function: a document's markdown to its page."""

    def rendered(markdown: str) -> str:
        (scratch / "report.qmd").write_text(markdown, "utf-8")
        return render(scratch, ("html",), "embedded")["html"].read_text("utf-8")

    return rendered


@pytest.fixture
def main(html: Callable[[str], str]) -> Callable[[str], str]:
    """Function: a document's markdown to the HTML of its main part, on one line."""

    def rendered(markdown: str) -> str:
        found = re.search(r"<main[^>]*>(.*)</main>", html(markdown), re.DOTALL)
        assert found
        return " ".join(found.group(1).split())

    return rendered


@pytest.fixture
def pdf(scratch: Path) -> Callable[[str], str]:
    """Function: a document's markdown to the text of its PDF after title and contents."""

    def rendered(markdown: str) -> str:
        (scratch / "report.qmd").write_text(f"---\ntoc: false\n---\n{markdown}", "utf-8")
        content = render(scratch, ("pdf",), "embedded")["pdf"].read_bytes()
        return text_of_pdf(content, first=1)

    return rendered
