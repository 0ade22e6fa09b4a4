"""A small report with every construct that the embedded renderer knows, and its readers."""

import io
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from custanalytics.render.pages.document import Document

RICH = Path(__file__).parent / "rich"

SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} 230" width="{w}" height="230">
<g stroke="#e6eaed"><path d="M20 60H{e}M20 120H{e}M20 180H{e}"/></g>
<path d="M20 180L{a} 120L{b} 140L{e} 50" fill="none" stroke="#1f5a94" stroke-width="3"/>
<path d="M20 205H{e}" stroke="#5b6672"/></svg>
"""

KPIS = """::: {.kpis}
::: {.kpi}
[£8.3m]{.kpi-value} [net revenue]{.kpi-label} [up 12 % on the year before]{.kpi-note .good}
:::
::: {.kpi}
[4,338]{.kpi-value} [known customers]{.kpi-label} [down 3 %]{.kpi-note .bad}
:::
::: {.kpi}
[£447]{.kpi-value} [average order]{.kpi-label}
:::
::: {.kpi}
[£2.1m]{.kpi-value} [worth over the next year]{.kpi-label} [between £1.8m and £2.4m]{.kpi-note}
:::
:::
"""

REVENUE = """::: {#fig-revenue .chart}
::: {.chart-subtitle}
Net revenue by month, £ thousand
:::

```{=html}
<div class="plot" data-height="340"><script type="application/json">{"data":[{"type":"scatter",\
"mode":"lines","x":["2011-01","2011-02","2011-03","2011-04"],"y":[560,498,683,493],\
"line":{"color":"var(--series-1)","width":3}}],"layout":{"yaxis":{"rangemode":"tozero"}}}\
</script></div>
```

![](_figures/full.svg){fig-alt="Line chart. Revenue rose from £560k in January to £683k in March."}

::: {.chart-note}
The last month is incomplete. Numbers: exports/months.csv
:::

Revenue grew 12 % in a year, all of it from customers who were already there
:::
"""

SEGMENTS = """| Segment | Customers | Share of customers | Revenue | Action |
|:--------|----------:|---------:|--------:|:------|
| Champions | 312 | [7 %]{.bar share="0.07"} | £1,204,000 | Thank them, ask for referrals |
| Loyal | 1,020 | [24 %]{.bar share="0.24"} | £3,410,500 | Offer a standing order |
| At risk \\| late | 640 | [15 %]{.bar share="0.15"} | £902,000 | Call this week |
| **Total** | **4,338** | **100 %** | **£8,300,000** | |

: Champions are 7 % of customers and bring in 15 % of revenue {#tbl-segments .total-row}
"""

LONG = "\n".join(
    [
        "| Order | Customer | Amount |",
        "|:---|:---|---:|",
        *(f"| {i} | Customer number {i * 37 % 101} | £{i * 13.5:,.2f} |" for i in range(1, 61)),
        "",
        ": Every order that was set aside {#tbl-long}",
        "",
    ]
)


def rich_document(**changes: object) -> Document:
    """The document of the rich report, with some fields changed."""
    fields: dict[str, Any] = {
        "variables": {
            "report": {"period": "30 June 2011"},
            "business": {"revenue": "£8.3m *net* & <all>"},
            "value": {"total": '£2.1m_(±0.3m)_ --all "as is"'},
        },
        "flags": {"clv": True, "leads": False},
        "parts": {
            "kpis": KPIS,
            "charts/revenue": "Before the chart.\n\n{{< include _parts/chart.qmd >}}\n",
            "chart": REVENUE,
            "segments": SEGMENTS,
            "long": LONG,
        },
        "files": {
            "_figures/full.svg": SVG.format(w=470, a=170, b=320, e=450).encode(),
            "_figures/half.svg": SVG.format(w=230, a=80, b=150, e=210).encode(),
        },
        "title": "What your customers are worth",
        "subtitle": "Who buys, who comes back, and what to do about it",
        "client": "O'Neil & Söhne *Handel*",
        "author": "Jane Doe Consulting",
        "date": "22 November 2026",
        "mark": "",
        "finding": "The customers *you* have <bring> £2.1m.",
        "lang": "en",
    }
    return Document(**(fields | changes))


class Reader(HTMLParser):
    """Collects the text of a page's main part, as it is read out."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("main", "script", "style", "annotation"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open == ["main"]:
            self.words.append(data)


def text_of(page: str) -> str:
    """Text of the main part of a page, in one line."""
    reader = Reader()
    reader.feed(page)
    return " ".join("".join(reader.words).split())


def text_of_pdf(content: bytes, first: int = 0) -> str:
    """Text of the pages of a PDF from one on, in one line."""
    pages = PdfReader(io.BytesIO(content)).pages[first:]
    return " ".join(" ".join(page.extract_text() for page in pages).split())
