"""An entry of a portfolio: what a finished engagement shows in public."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from custanalytics.errors import SourceError

ENTRIES = "entries"
FACTS = "entry.json"
WRITE_UP = "index.qmd"
REPORT_HTML, REPORT_PDF, SLIDES = "report.html", "report.pdf", "slides.pptx"
RERUN_SCRIPT = "again.sh"
PICTURE, CARD = "picture.svg", "card.png"


@dataclass(frozen=True)
class Entry:
    """What the portfolio's pages say of one project; its files lie beside ``entry.json``."""

    slug: str  # name of its folder, and of its address
    title: str
    theme: str
    techniques: tuple[str, ...]
    question: str  # one or two plain sentences, as method and finding are
    method: str
    finding: str
    client: str  # as it may be said in public: the open data set, or such as "An online shop"
    muted: bool  # changed so that nobody can tell who the client is
    published: date
    lang: str = "en"  # of the write-up
    picture_alt: str = ""  # what PICTURE shows
    source: Mapping[str, str] = field(default_factory=dict)  # of open data; else empty

    @property
    def texts(self) -> dict[str, Any]:
        """What cards show and what is searched, by name."""
        names = ("slug", "title", "theme", "question", "method", "finding", "client")
        return {name: getattr(self, name) for name in names} | {"techniques": [*self.techniques]}


def write_entry(entry: Entry, folder: Path) -> None:
    """Write an entry's facts into its folder."""
    content = dataclasses.asdict(entry) | {"published": entry.published.isoformat()}
    text = json.dumps(content, indent=1, ensure_ascii=False)
    (folder / FACTS).write_text(text + "\n", "utf-8")


def read_entry(folder: Path) -> Entry:
    """Read an entry's facts."""
    path = folder / FACTS
    try:
        content: dict[str, Any] = json.loads(path.read_text("utf-8"))
        day = date.fromisoformat(content.pop("published"))
        techniques = tuple(content.pop("techniques"))
        return Entry(published=day, techniques=techniques, **content)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise SourceError(
            f"{path} is no entry that this version reads; publish the engagement again"
        ) from error


def read_entries(portfolio: Path) -> list[Entry]:
    """All entries of a portfolio, the newest first."""
    folders = sorted((portfolio / ENTRIES).glob(f"*/{FACTS}"))
    found = [read_entry(path.parent) for path in folders]
    return sorted(found, key=lambda entry: (-entry.published.toordinal(), entry.slug))
