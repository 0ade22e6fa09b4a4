"""Every number that a reader sees is a value of the results, as formatted.

Slides and workbook are walked in ``tests/render/office``; here the page and the PDF of every template.
"""

import dataclasses
import html
import re
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from pypdf import PdfReader

from custanalytics.bundled import reports_dir
from custanalytics.content.format import Formats
from custanalytics.results.store import AnalysisResults, write_results
from custanalytics.sentences import Sentence
from tests.cli.test_cli import call
from tests.samples import analysed

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
WAYS = (
    "money", "money_whole", "money_exact", "money_short", "count", "number", "share", "change",
    "days",
)  # fmt: skip


LONGEST = 200


def values(part) -> list:
    """Every value in the results, however deep, and how many there are of each.

    Of the lists of customers and prospects those at either end by any column: they would
    otherwise hold nearly every small number there is, and nothing could be found wrong.
    """
    if isinstance(part, pd.DataFrame):
        if len(part) > LONGEST:
            size, listed = len(part), []
            for column in part.select_dtypes("number"):
                ends = part.sort_values([column, part.columns[0]], ascending=[False, True])
                listed.append(ends.head(10))
            part = pd.concat(listed).drop_duplicates() if listed else part.head(0)
            return [size, *values(part.head(LONGEST))]
        return [len(part)] + [v for c in part.columns for x in part[c].tolist() for v in values(x)]
    if isinstance(part, Sentence):
        return [str(part), part.number, *(v for x in part.values.values() for v in values(x))]
    if dataclasses.is_dataclass(part):
        return [v for f in dataclasses.fields(part) for v in values(getattr(part, f.name))]
    if isinstance(part, dict):
        return [len(part), *(v for x in part.values() for v in values(x))]
    if isinstance(part, list | tuple):
        return [len(part), *(v for x in part for v in values(x))]
    return [part]


def totals(results: AnalysisResults) -> list[float]:
    """The sums that a report shows beside the values themselves."""
    shown = [float(results.ledger.reconciliation["amount"].sum())]
    moves = results.migration
    if moves is not None:
        shown.append(
            int(moves.loc[moves["from_segment"] == moves["to_segment"], "customers"].sum())
        )
    tested = results.value.origins.loc[results.value.origins["longest"]]
    errors = tested["revenue_error"].abs()
    aside = sum(results.ledger.rows_set_aside.values())
    shown += (results.decisions["clv"] / results.decisions["customers"]).to_list()
    steps = results.actions.loc[results.actions["step"].notna()]
    for name in ("contacted", "gain_2", "gain_5", "gain_10", "expected_revenue"):
        shown.append(float(steps[name].sum()))
    shown.append(float(results.settings.contact_cost))
    measured = results.settings.made_on + timedelta(days=results.settings.window_days)
    shown += [measured.year, measured.day]
    return [*shown, aside, float(errors.mean()), float(errors.max())]


def formatted(results: AnalysisResults) -> set[str]:
    """All numbers as any of the report's formats writes them."""
    formats = Formats(results.settings.locale, results.settings.currency or None)
    found = values(results) + (totals(results) if results.ledger else [])
    texts = []
    for value in {v for v in found if not isinstance(v, bool | None)}:
        texts.append(str(value))
        if isinstance(value, int | float | np.number) and np.isfinite(value):
            texts += [getattr(formats, way)(value) for way in WAYS]
            texts += [formats.number(value, digits) for digits in (0, 2, 3, 4)]
            texts.append(formats.number(100 * value))
        elif isinstance(value, date):
            texts += [formats.date(value), formats.date_short(value)]
    return set(NUMBER.findall("\n".join(texts)))


def templates_own() -> set[str]:
    """Numbers that the templates' prose has by itself: years and pages of references."""
    prose = (path.read_text("utf-8") for path in reports_dir().rglob("*.qmd"))
    plain = re.sub(r"\{\{<.*?>\}\}|\{[#.][^}]*\}", " ", "\n".join(prose))
    return {number for number in NUMBER.findall(plain) if len(number) >= 3}


def lines_of_page(text: str) -> list[str]:
    body = text[text.index("<main") : text.index("</main>")]
    body = re.sub(r'<span class="header-section-number">.*?</span>', " ", body)
    body = re.sub(r"<(script|style|svg)\b.*?</\1>|<img[^>]*>", " ", body, flags=re.S)
    parts = re.split(r"</(?:p|li|td|th|h\d|figcaption|div|dt|dd|span)>", body)
    return [html.unescape(re.sub(r"<[^>]+>", " ", part)) for part in parts]


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    folder = tmp_path_factory.mktemp("numbers")
    results = analysed(tmp_path_factory, "shop")
    write_results(results, folder / "results")
    for name in ("customer-value", "owner-brief", "rfm", "prospects"):
        asked = ("--template", name, "--out", folder / name, "--renderer", "embedded")
        done = call("render", folder, *asked)
        assert done.returncode == 0, done.stderr
    return folder, formatted(results)


@pytest.mark.parametrize("name", ["customer-value", "owner-brief", "rfm", "prospects"])
def test_every_number_of_the_page_is_a_value_of_the_results(reports, name):
    folder, known = reports
    lines = lines_of_page((folder / name / "report.html").read_text("utf-8"))
    known = known | templates_own()
    unknown = [(n, line.strip()) for line in lines for n in NUMBER.findall(line) if n not in known]
    assert sum(len(NUMBER.findall(line)) for line in lines) > 50
    assert unknown == []


@pytest.mark.parametrize("name", ["customer-value", "owner-brief", "rfm", "prospects"])
def test_the_pdf_says_the_same_numbers(reports, name):
    folder = reports[0]
    text = "\n".join(page.extract_text() for page in PdfReader(folder / name / "report.pdf").pages)
    on_page = set(
        NUMBER.findall("\n".join(lines_of_page((folder / name / "report.html").read_text("utf-8"))))
    )
    # pypdf joins characters by signs of its own, and a broken line may part a number
    found = set(NUMBER.findall(text.replace("\u2060", "")))
    assert len(on_page & found) / len(on_page) > 0.97
