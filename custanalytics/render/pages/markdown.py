"""Every block of a report as Quarto markdown; text from the data can't start any markup."""

import re
from collections.abc import Sequence

from custanalytics.content.blocks import (
    Block,
    Bullets,
    Cards,
    Command,
    Files,
    Notice,
    Points,
)
from custanalytics.content.chart import Chart
from custanalytics.content.format import Formats
from custanalytics.content.tables import Badge, Bar, Cell, Link, Table
from custanalytics.render.charts.plotly_chart import plotly_json

_WIDEST = 44
_MARKDOWN = re.compile(r"([\\`*_\[\]<>~^$@|{}#])")
_LONG_WORD = re.compile(r"\S{29,}")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_SHORTCODE = re.compile(r"\{\{<.*?>\}\}")


def markdown(block: Block | None, formats: Formats) -> str:
    """A block as it stands in a part of the report; nothing where there is none."""
    match block:
        case Chart():
            return _chart(block, formats)
        case Table():
            return _table(block)
        case Cards():
            return _cards(block)
        case Points():
            lines = [
                f"{i}. **{prose(point.headline)}** {prose(point.detail)}"
                for i, point in enumerate(block.points, start=1)
            ]
            return _fenced(block.kind, lines)
        case Bullets():
            return "\n".join(f"- {prose(sentence)}" for sentence in block.sentences) + "\n"
        case Notice():
            heading = prose(block.title).replace('"', "'")
            text = prose(block.text)
            return f'::: {{.callout-{block.kind} title="{heading}"}}\n{text}\n:::\n'
        case Files():
            return _fenced("files", [f"- {_link(path)} {text}" for path, text in block.files])
        case Command():
            return _command(block.text)
        case None:
            return ""


def prose(sentence: str) -> str:
    """A sentence of ours as markdown: its figures and names can't start any markup."""
    return _MARKDOWN.sub(r"\\\1", " ".join(sentence.split("\n")))


def escape(text: str) -> str:
    """Text from the data as markdown that shows exactly this text, in one line."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))


def _chart(chart: Chart, formats: Formats) -> str:
    """A chart with subtitle, picture, interactive plot, note and its finding as caption."""
    alt = prose(chart.alt).replace('"', "'")
    lines = [f"::: {{#fig-{chart.name} .chart}}"]
    if chart.subtitle:
        lines += ["::: {.chart-subtitle}", prose(chart.subtitle), ":::", ""]
    lines += [
        "```{=html}",
        f'<div class="plot" data-height="{chart.height}">'
        f'<script type="application/json">{plotly_json(chart, formats)}</script></div>',
        "```",
        "",
        f'![]({chart.file}){{fig-alt="{alt}"}}',
        "",
    ]
    if chart.note:
        lines += ["::: {.chart-note}", prose(chart.note), ":::", ""]
    return "\n".join([*lines, prose(chart.title), ":::", ""])


def _table(table: Table) -> str:
    """A pipe table with caption, label and note."""
    if not table.rows:
        return ""
    last = len(table.rows) - 1
    lines = [_row([prose(title) for title in table.header]), _rule(table)]
    for i, row in enumerate(table.rows):
        texts = [_cell(cell) for cell in row]
        if table.total and i == last:
            texts = [f"**{text}**" if text else "" for text in texts]
        lines.append(_row(texts))
    if table.caption or table.name:
        marks = (
            (f"#tbl-{table.name}", table.name),
            (".total-row", table.total),
            (".wide", table.wide),
        )
        attributes = " ".join(mark for mark, on in marks if on)
        lines += ["", f": {prose(table.caption)}" + (f" {{{attributes}}}" if attributes else "")]
    if table.note:
        lines += ["", "::: {.table-note}", prose(table.note), ":::"]
    return "\n".join(lines) + "\n"


def _rule(table: Table) -> str:
    # The dashes are also the relative widths of columns that have to wrap.
    rules = []
    for i, numeric in enumerate(table.numeric):
        cells = [table.header[i], *(_shown(row[i]) for row in table.rows)]
        width = min(_WIDEST, max(4, *(len(cell) for cell in cells)))
        rules.append("-" * (width - 1) + ":" if numeric else ":" + "-" * (width - 1))
    return "|" + "|".join(rules) + "|"


def _row(texts: Sequence[str]) -> str:
    return "| " + " | ".join(texts) + " |"


def _cell(cell: Cell) -> str:
    match cell:
        case Bar():
            share = min(1.0, max(0.0, cell.share))
            return f'[{prose(cell.text)}]{{.bar share="{share:.3f}"}}'
        case Badge():
            return f"[{prose(cell.text)}]{{.badge .{cell.tone}}}"
        case Link():
            return _link(cell.path)
        case _:
            return escape(_short(cell))


def _shown(cell: Cell) -> str:
    return _short(cell) if isinstance(cell, str) else _cell(cell).split("]")[0]


def _short(text: str) -> str:
    """Text whose words fit a column: of a long one, such as an id, only both ends are left."""
    return _LONG_WORD.sub(lambda word: f"{word[0][:14]}…{word[0][-13:]}", text)


def _cards(block: Cards) -> str:
    lines = []
    for card in block.cards:
        text = f"[{prose(card.value)}]{{.kpi-value}} [{prose(card.label)}]{{.kpi-label}}"
        if card.note:
            tone = f" .{card.tone}" if card.tone else ""
            text += f" [{prose(card.note)}]{{.kpi-note{tone}}}"
        lines += ["::: {.kpi}", text, ":::"]
    figures = _fenced("kpis", lines)
    return figures + (_fenced("table-note", ["", prose(block.note), ""]) if block.note else "")


def _command(command: str) -> str:
    # Three braces show a shortcode instead of running it.
    text = _SHORTCODE.sub(r"{\g<0>}", command)
    fence = "`" * max(3, 1 + max((len(ticks) for ticks in re.findall("`+", text)), default=0))
    return f"{fence}\n{text}\n{fence}\n"


def _link(path: str) -> str:
    return f"[{escape(path)}]({path})"


def _fenced(kind: str, lines: Sequence[str]) -> str:
    return "\n".join([f"::: {{.{kind}}}", *lines, ":::", ""])
