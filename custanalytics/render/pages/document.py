"""The document of a report folder: its content, written as Quarto markdown and pictures."""

from dataclasses import dataclass, replace

from custanalytics.content.blocks import Block
from custanalytics.content.chart import Chart
from custanalytics.content.language import speaking
from custanalytics.content.report_content import ReportContent
from custanalytics.render.charts.static_chart import svg
from custanalytics.render.charts.theme import Theme
from custanalytics.render.pages.markdown import markdown


@dataclass(frozen=True)
class Document:
    """What is written into a report folder."""

    variables: dict[str, dict[str, str]]  # for {{< var group.name >}}
    flags: dict[str, bool]  # for when-meta="has.NAME"
    parts: dict[str, str]  # markdown, for {{< include _parts/NAME.qmd >}}
    files: dict[str, bytes]  # by path inside the report's folder
    title: str
    subtitle: str
    client: str
    author: str
    date: str
    mark: str
    lang: str  # language tag
    finding: str = ""  # of the cover; other documents have none


def document(content: ReportContent, theme: Theme) -> Document:
    """Write a report's content."""
    cover, formats = content.cover, content.formats
    with speaking(formats.locale):
        return Document(
            variables=content.texts,
            flags=content.flags,
            parts={
                name: markdown(_sourced(block, content), formats)
                for name, block in content.parts.items()
            },
            files={
                file: svg(chart, formats, theme, flat=file == chart.flat_file)
                for chart in content.charts
                for file in (chart.file, chart.flat_file)
            },
            title=cover.title,
            subtitle=cover.subtitle,
            client=cover.client,
            author=cover.author,
            date=cover.made,
            mark=cover.mark,
            finding=cover.finding,
            lang=formats.language,
        )


def _sourced(block: Block | None, content: ReportContent) -> Block | None:
    """A chart with its source below it, as it may be copied out of the report."""
    if not isinstance(block, Chart):
        return block
    return replace(block, note=" ".join(filter(None, (block.note, content.source(block)))))
