"""A portfolio with four made-up projects.

``python tests/portfolio/stand_in.py FOLDER [REPORT]``: for looking at, with files and charts of a
rendered report (``custanalytics run --sample --format html --format pdf --format pptx``).
"""

import re
import shutil
import sys
from datetime import date
from pathlib import Path

from custanalytics.portfolio.entry import Entry, write_entry
from custanalytics.portfolio.folder import create_portfolio
from custanalytics.render.pages.qmd import flat

ODD = 'Tom & "Jerry" <b>ask</b>: who\'s next?'
DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 468 230" width="468pt" height="230pt">
<g stroke="#e6eaed"><path d="M20 60H450M20 120H450M20 180H450"/></g>
<path d="M20 180L150 120L300 140L450 50" fill="none" stroke="#1f5a94" stroke-width="3"/>
<path d="M20 205H450" stroke="#5b6672"/></svg>
"""
HEAT = DRAWING.replace("#e6eaed", "#93b7db")
SETTINGS = """\
name = "Jana Novak"
tagline = "Which customers pay your bills, and what to do to keep them."
theme = "Customer analytics for small shops"
intro = "I turn a shop's sales export into answers that its owner can act on, with every figure open to be checked."
email = "jana@novak.example"
address = "https://novak.example/projects/"

[links]
LinkedIn = "https://www.linkedin.com/in/novak"
GitHub = "https://github.com/novak"
"""
WRITE_UP = """\
---
title: {title}
lang: en-GB
number-sections: false
has:
  business: true
---

## The question {{#sec-question}}

::: {{.lead}}
The owner could pay for one campaign before Christmas, and wanted to know whom to send it to.
:::

::: {{.kpis}}
::: {{.kpi}}
[€233k]{{.kpi-value}} [net revenue, 12 months]{{.kpi-label}} [+56% on the year before]{{.kpi-note .good}}
:::
::: {{.kpi}}
[2,515]{{.kpi-value}} [known customers]{{.kpi-label}} [55% bought again]{{.kpi-note}}
:::
::: {{.kpi}}
[297]{{.kpi-value}} [later than usual]{{.kpi-label}} [€3,163 at stake]{{.kpi-note .bad}}
:::
:::

## What came out

::: {{.findings}}
1. **The best fifth of the customers brings 61% of the revenue.** Losing the ten largest would cost 7%.
2. **A second order comes within six weeks or hardly ever.** After 120 days a reminder brings back almost nobody.
:::

::: {{.content-visible when-meta="has.business"}}

::: {{#fig-segments .chart}}
::: {{.chart-subtitle}}
Share of customers and of revenue, by segment
:::

```{{=html}}
<div class="plot" data-height="346"><script type="application/json">{{"data": []}}</script></div>
```

![](figures/segments.svg){{fig-alt="Bars of each segment's share of customers and of revenue."}}

::: {{.chart-note}}
Returns are taken off. See @tbl-segments for the figures.
:::

Champions are 18% of the customers and bring 48% of the revenue
:::

:::

| Segment | Customers | Of customers | Revenue | Of revenue | Orders each | Spend each | Days since last |
|:----------------|--------:|-----------:|-------:|---------:|----------:|---------:|--------------:|
| Champions | 464 | 18\\% | €197\\,529 | [48%]{{.bar share="0.482"}} | 7\\.4 | €426 | 51 |
| Loyal | 445 | 18\\% | €78\\,728 | [19%]{{.bar share="0.192"}} | 3\\.2 | €177 | 141 |
| Dormant | 609 | 24\\% | €28\\,350 | [7%]{{.bar share="0.069"}} | 1\\.1 | €47 | 557 |

: The segments in figures {{#tbl-segments .wide}}

::: {{.callout-note title="How sure this is"}}
On data held back, the forecast was closer than every rule of thumb in 9 of 11 tries.
:::

## How it was done

Customers were scored on recency, frequency and spend; the value of the next twelve months is a BG/NBD model's, $E[X] = r / \\alpha$, checked on rolling holdouts[^1]. {word}

::: {{#fig-retention .chart}}
![](figures/retention.svg){{fig-alt="Heat map of retention by quarter of first purchase."}}

A quarter after their first order, a third of new customers buy again
:::

[^1]: As they were known at each of eleven dates.
"""
ENTRIES = (
    Entry(
        "gift-shop",
        "Half of a gift shop's second orders come within six weeks",
        "Retention",
        ("Cohorts", "RFM segments", "Rolling holdouts"),
        "When is it too late to remind a first-time buyer?",
        "Cohorts by quarter of the first order, time to the second one, tested on later customers.",
        "A second order comes within six weeks or hardly ever: reminders after 120 days bring back almost nobody.",
        "Online Retail (open data)",
        False,
        date(2026, 5, 12),
        picture_alt="Curve of the share of customers with a second order, by days since the first.",
        source={
            "name": "Online Retail, UCI Machine Learning Repository",
            "home": "https://archive.ics.uci.edu/dataset/352/online+retail",
            "licence": "CC BY 4.0",
            "citation": "Chen, D. (2015). Online Retail. UCI Machine Learning Repository. https://doi.org/10.24432/C5BW33",
        },
    ),
    Entry(
        "wine-merchant",
        "A wine merchant's next year hangs on 464 customers",
        "Customer value",
        ("RFM segments", "Customer lifetime value"),
        "How much would it cost to lose the best customers, and which of them are slipping away?",
        "Seven segments with printed rules; value of the next twelve months with intervals, held against five rules of thumb.",
        "18% of the customers bring 48% of the revenue; 187 of them are overdue, and €53,000 hangs on them.",
        "A wine merchant",
        True,
        date(2026, 6, 30),
        picture_alt="Bars of each segment's share of customers and of revenue.",
    ),
    Entry(
        "music-club",
        "Which of a music club's members are still customers",
        "Customer value",
        ("Customer lifetime value", "Rolling holdouts"),
        "Which members will order again, and what are they worth?",
        "BG/NBD and gamma-gamma, refitted at every cutoff.",
        "Two thirds of the members had already gone, two years before the list said so.",
        "CDNOW (open data)",
        False,
        date(2026, 1, 20),
        picture_alt="How far the forecast was off, by day.",
        source={"name": "CDNOW master data", "home": "https://www.brucehardie.com/datasets/", "licence": "", "citation": "Fader and Hardie (2001)"},
    ),
    Entry(
        "odd",
        ODD,
        "Prospects & <leads>",
        ("Propensity", "Profit curve"),
        "Whom to call first, if a day has time for 40 calls?",
        "Calibrated propensity, tested out of time.",
        'The best tenth converts 3 times as often as the average; "cold" leads don\'t pay for the call.',
        "A software firm",
        True,
        date(2025, 11, 3),
    ),
)  # fmt: skip
_CHARTS = {
    "gift-shop": "second-purchase",
    "wine-merchant": "segments",
    "music-club": "value-origins",
}


def stand_in(folder: Path, report: Path | None = None) -> Path:
    """Make the portfolio; its files are those of a report, or as small as can be."""
    create_portfolio(folder)
    (folder / "portfolio.toml").write_text(SETTINGS, "utf-8")
    for entry in ENTRIES:
        target = folder / "entries" / entry.slug
        (target / "figures").mkdir(parents=True)
        write_entry(entry, target)
        title = '"' + entry.title.replace("\\", "\\\\").replace('"', '\\"') + '"'
        text = WRITE_UP.format(title=title, word=f"Zebra{entry.slug.replace('-', '')}.")
        (target / "index.qmd").write_text(text, "utf-8")
        again = "custanalytics fetch cdnow\ncd cdnow && custanalytics run\n"
        (target / "again.sh").write_text(f"#!/bin/sh\nset -e\n{again}", "utf-8")
        (target / "notes.txt").write_text("private", "utf-8")
        for name, drawing in (("segments", DRAWING), ("retention", HEAT)):
            (target / "figures" / f"{name}.svg").write_text(drawing, "utf-8")
        if entry.picture_alt:
            (target / "picture.svg").write_text(DRAWING, "utf-8")
        for name in ("report.html", "report.pdf", "slides.pptx"):
            (target / name).write_text(
                "<!DOCTYPE html><html lang='en'><title>Report</title>", "utf-8"
            )
        if report is not None:
            _dress(entry, target, report)
    (folder / "entries" / "odd" / "slides.pptx").unlink()
    return folder


def _dress(entry: Entry, target: Path, report: Path) -> None:
    for name in ("report.html", "report.pdf", "slides.pptx"):
        shutil.copyfile(report / name, target / name)
    for name in ("segments", "retention"):
        shutil.copyfile(report / "_figures" / f"{name}.svg", target / "figures" / f"{name}.svg")
    if entry.slug in _CHARTS:
        shutil.copyfile(report / "_figures" / f"{_CHARTS[entry.slug]}.svg", target / "picture.svg")
    if entry.slug == "wine-merchant":  # a whole report as the write-up
        shutil.copytree(report / "_figures", target / "figures", dirs_exist_ok=True)
        front = (report / "_metadata.yml").read_text("utf-8")
        body = re.sub(r"\(_figures/", "(figures/", flat(report / "report.qmd"))
        body = re.sub(r"\]\(exports/[^)]*\)", "]()", body)
        (target / "index.qmd").write_text(f"---\n{front}---\n\n{body}", "utf-8")


if __name__ == "__main__":
    stand_in(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
