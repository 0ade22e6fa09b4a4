"""The report's building blocks as Quarto markdown: chart, cards, findings, callout."""

from collections.abc import Sequence
from dataclasses import dataclass

from custanalytics.content.chart import Chart
from custanalytics.content.format import Formats
from custanalytics.content.plotly_chart import plotly_json
from custanalytics.content.words import prose


@dataclass(frozen=True)
class Card:
    """A headline figure: value, what it is, what it compares to, and whether that is good."""

    value: str
    label: str
    note: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Point:
    """A finding or an action: its message, and the rest."""

    headline: str
    detail: str


def chart_block(chart: Chart, formats: Formats) -> str:
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
    lines += [prose(chart.title), ":::", ""]
    return "\n".join(lines)


def cards(items: Sequence[Card]) -> str:
    """A row of headline figures."""
    lines = ["::: {.kpis}"]
    for item in items:
        text = f"[{prose(item.value)}]{{.kpi-value}} [{prose(item.label)}]{{.kpi-label}}"
        if item.note:
            tone = f" .{item.tone}" if item.tone else ""
            text += f" [{prose(item.note)}]{{.kpi-note{tone}}}"
        lines += ["::: {.kpi}", text, ":::"]
    return "\n".join([*lines, ":::", ""])


def points(items: Sequence[Point], kind: str) -> str:
    """Numbered findings or actions, each with its message in bold."""
    lines = [f"::: {{.{kind}}}"]
    for i, item in enumerate(items, start=1):
        lines.append(f"{i}. **{prose(item.headline)}** {prose(item.detail)}")
    return "\n".join([*lines, ":::", ""])


def bullets(sentences: Sequence[str]) -> str:
    """A bullet list of sentences; nothing where there are none."""
    return "\n".join(f"- {prose(sentence)}" for sentence in sentences) + "\n"


def callout(kind: str, title: str, text: str) -> str:
    """A callout: ``note``, ``tip``, ``warning``, ``important`` or ``caution``."""
    heading = prose(title).replace('"', "'")
    return f'::: {{.callout-{kind} title="{heading}"}}\n{prose(text)}\n:::\n'
