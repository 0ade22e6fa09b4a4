"""An entry's write-up: staged once for the consultant to edit, published as one plain document."""

import dataclasses
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import yaml

from custanalytics.bundled import DOCUMENT
from custanalytics.portfolio.entry import WRITE_UP
from custanalytics.portfolio.own_prose import Prose
from custanalytics.render.pages.document import Document
from custanalytics.render.pages.qmd import flat, without_plots
from custanalytics.render.pages.staging import escaped, stage
from custanalytics.render.pages.templates import template
from custanalytics.render.stale_prose import own_prose

TEMPLATE = "_case"
_COMMENT = re.compile(r"<!--.*?-->\n*", re.DOTALL)
_CONDITION = re.compile(r':{3,}\s*\{\.content-visible (when|unless)-meta="has\.(\w+)"\}\s*')
_OPENS, _CLOSES = re.compile(r":{3,}\s*\S"), re.compile(r":{3,}\s*")
_BLANKS = re.compile(r"\n{3,}")
_PICTURES = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")


def stage_write_up(document: Document, texts: Mapping[str, str], folder: Path) -> tuple[Prose, ...]:
    """Write what a write-up needs into its folder; its text is the consultant's after the first."""
    told = dataclasses.replace(
        document,
        variables=document.variables | {"case": dict(texts)},
        flags=document.flags | {f"case_{name}": bool(text) for name, text in texts.items()},
    )
    stage(told, template(TEMPLATE), folder)
    return tuple(
        Prose(f"{folder.parent.name}/{folder.name}/{place}", text)
        for place, text in own_prose(folder, template(TEMPLATE))
    )


def write_document(folder: Path, title: str, to: Path) -> None:
    """Write the write-up as one document that needs no other, with the pictures it shows."""
    meta = yaml.safe_load((folder / "_metadata.yml").read_text("utf-8"))
    body = _shown(_COMMENT.sub("", without_plots(flat(folder / DOCUMENT))), meta["has"])
    for name in dict.fromkeys(_PICTURES.findall(body)):
        if (folder / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, to / name)
    front = {
        "title": escaped(title),
        "lang": meta["lang"],
        "toc": True,
        "number-sections": False,
    }
    head = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=1_000_000)
    (to / WRITE_UP).write_text(f"---\n{head}---\n\n{body.strip()}\n", "utf-8")


def _shown(body: str, flags: Mapping[str, bool]) -> str:
    """The text without what its conditions leave out, and without the conditions."""
    lines: list[str] = []
    # Of each block that is open: None for one that is no condition, else whether it holds.
    blocks: list[bool | None] = []
    for line in body.split("\n"):
        condition = _CONDITION.fullmatch(line)
        if condition:
            blocks.append((condition[2] in flags) == (condition[1] == "when"))
            continue
        if _OPENS.match(line):
            blocks.append(None)
        elif _CLOSES.fullmatch(line) and blocks and blocks.pop() is not None:
            continue
        if False not in blocks:
            lines.append(line)
    return _BLANKS.sub("\n\n", "\n".join(lines))
