"""The engagement's own documents: scope, data request, data handling; filled from its record."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

from custanalytics.bundled import DOCUMENT
from custanalytics.content.format import Formats
from custanalytics.engagement.record import FILE, Engagement, read_engagement
from custanalytics.render.brand import FILE as BRAND
from custanalytics.render.brand import copy_brand
from custanalytics.render.pages.document import Document
from custanalytics.render.pages.rendering import render
from custanalytics.render.pages.staging import escaped, stage

DOCUMENTS = {
    "scope": "Scope of the work",
    "data-request": "Request for data",
    "data-handling": "How the data are handled",
}
OPEN = "to be agreed"
_NO_AUTHOR = "(the author's name in engagement.toml)"
_FACTS = "_facts.json"


def is_document(folder: Path | str) -> bool:
    """Whether a folder is one of an engagement's own documents."""
    path = Path(folder).resolve()
    return path.name in DOCUMENTS and (path.parent / FILE).is_file()


def render_document(
    folder: Path | str, formats: Sequence[str] = ("html", "pdf"), renderer: str = "auto"
) -> dict[str, Path]:
    """Fill one of an engagement's documents from its record, and render it."""
    folder = Path(folder)
    name = folder.resolve().name
    engagement = read_engagement(folder.resolve().parent)
    copy_brand(engagement.folder, folder)
    stage(_document(engagement, name), None, folder)
    made = render(folder, formats, renderer, engagement.started)
    return {kind: path.replace(folder / f"{name}.{kind}") for kind, path in made.items()}


def document_state(engagement: Engagement, name: str) -> tuple[str, str]:
    """Whether a document is ``done``, ``missing`` or ``stale``, and why."""
    folder = engagement.folder / name
    mend = f"custanalytics render {name}"
    made = [folder / f"{name}.{kind}" for kind in ("html", "pdf", "docx")]
    if not any(path.is_file() for path in made):
        return "missing", f"{name} is not rendered yet: {mend}"
    facts = folder / _FACTS
    if not facts.is_file() or facts.read_bytes() != _document(engagement, name).files[_FACTS]:
        return "stale", f"{FILE} was edited since {name} was rendered: {mend}"
    edited = edited_since(folder, made)
    if edited:
        return "stale", f"{name}/{edited} was edited since it was rendered: {mend}"
    return "done", ""


def edited_since(folder: Path, made: Sequence[Path]) -> str:
    """A text or brand of a document edited after it was rendered; empty where there is none."""
    rendered = [path.stat().st_mtime_ns for path in made if path.is_file()]
    own = [folder / DOCUMENT, folder / BRAND, *sorted(folder.glob("sections/*.qmd"))]
    for path in own:
        if rendered and path.is_file() and path.stat().st_mtime_ns > max(rendered):
            return path.relative_to(folder).as_posix()
    return ""


def _document(engagement: Engagement, name: str) -> Document:
    formats = Formats(engagement.locale)
    document = Document(
        variables={
            "engagement": {
                "client": engagement.client or OPEN,
                "author": engagement.author or _NO_AUTHOR,
                "question": engagement.question or OPEN,
                "decision": engagement.decision or OPEN,
                "success": engagement.success or OPEN,
                "started": formats.date(engagement.started),
                "data_by": formats.date(engagement.data_by),
                "deadline": formats.date(engagement.deadline),
            }
        },
        flags={},
        parts={
            "scope-in": _listed(engagement.scope_in),
            "scope-out": _listed(engagement.scope_out),
            "data": _data(engagement, formats),
            "acceptance": _listed([check.says for check in engagement.acceptance]),
        },
        files={},
        title=DOCUMENTS[name],
        subtitle="",
        client=engagement.client,
        author=engagement.author,
        date=formats.date(engagement.started),
        mark="",
        lang=formats.language,
    )
    facts = json.dumps(dataclasses.asdict(document), ensure_ascii=False, indent=1)
    return dataclasses.replace(document, files={_FACTS: facts.encode() + b"\n"})


def _listed(items: Sequence[str]) -> str:
    return "\n".join(f"- {escaped(item)}" for item in items or [OPEN]) + "\n"


def _data(engagement: Engagement, formats: Formats) -> str:
    if not engagement.data:
        return "None yet.\n"
    rows = [
        f"| {escaped(file.file)} | {formats.count(file.size)} | "
        f"{formats.date_short(file.received)} | `{file.sha256[:16]}` |"
        for file in engagement.data
    ]
    head = [
        "| File | Bytes | Received | SHA-256 begins |",
        "|:----------------|-----:|:-----|:-----|",
    ]
    return "\n".join([*head, *rows]) + "\n"
