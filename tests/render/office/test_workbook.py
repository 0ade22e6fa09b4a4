"""The workbook, read back: every cell equals the results, text stays text, bytes stay the same."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import datetime

import openpyxl
import pandas as pd
import pytest
from openpyxl.utils import get_column_letter, range_boundaries

from custanalytics.content import workbook_sheet
from custanalytics.content.chapters.value_tests import weights
from custanalytics.content.report_content import report_content
from custanalytics.content.workbook import workbook
from custanalytics.content.workbook_charts import wide
from custanalytics.render.workbook.charts import _no_formula
from custanalytics.render.workbook.write_workbook import HEADER_ROW, workbook_bytes
from tests.content.conftest import HOSTILE, results_of, shop

# openpyxl knows no small lines in cells.
pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group")
# Sheet -> the table of the results it shows, and the columns that tell its rows apart.
ORIGINS = {
    "Action plan": (lambda r: actions_by_name(r), ["segment"]),
    "Names to call": (lambda r: r.plan_names, ["customer_id"]),
    "Contact list": (lambda r: r.customers, ["customer_id"]),
    "Late customers": (lambda r: r.customers, ["customer_id"]),
    "Customers": (lambda r: r.customers, ["customer_id"]),
    "Months": (lambda r: r.overview.monthly, ["month"]),
    "Segment figures": (lambda r: r.rfm.segments, ["segment"]),
    "Segment moves": (lambda r: r.migration, ["from_segment", "to_segment"]),
    "Forecast tests": (lambda r: r.value.origins, ["cutoff", "days"]),
    "Forecast weights": (lambda r: weights(r.value), ["part", "candidate"]),
    "Reconciliation": (lambda r: r.ledger.reconciliation, ["meaning"]),
}


def actions_by_name(results) -> pd.DataFrame:
    """Actions under the names that the sheet has; there its basis is in words."""
    rows = results.actions.drop(columns="basis")
    return rows.assign(segment=rows["segment"].fillna("Late customers"))


def opened(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content))


def cells_of(page, sheet) -> pd.DataFrame:
    """What a reader sees under the headers, by the fields' names."""
    rows = list(page.iter_rows(min_row=HEADER_ROW + 1, max_col=len(sheet.fields), values_only=True))
    assert list(rows[0]) == [field.title for field in sheet.fields]
    return pd.DataFrame(rows[1:], columns=[field.name for field in sheet.fields], dtype="object")


def same(cell, value, field) -> bool:
    if pd.isna(value) or value in (float("inf"), float("-inf")):
        return cell is None
    if field.kind == "flag":
        return cell == ("yes" if value else "no")
    if isinstance(value, pd.Timestamp | datetime):
        return isinstance(cell, datetime) and cell == pd.Timestamp(value).normalize()
    if isinstance(value, str):
        return cell == " ".join(value.split("\x00"))
    return cell == pytest.approx(float(value), rel=1e-14, abs=0)


@pytest.fixture(scope="module")
def made(any_results, brand):
    content = workbook(report_content(any_results))
    return content, opened(workbook_bytes(content, brand))


def test_every_cell_equals_the_results(any_results, made) -> None:
    content, book = made
    compared = 0
    for sheet in content.sheets:
        if sheet.name not in ORIGINS:
            continue
        table, keys = ORIGINS[sheet.name]
        origin = {tuple(str(k) for k in row[keys]): row for _, row in table(any_results).iterrows()}
        read = cells_of(book[sheet.name], sheet)
        for shown, (_, row) in zip(read.to_dict("records"), sheet.frame.iterrows(), strict=True):
            source = origin[tuple(str(k) for k in row[keys])]
            for field in sheet.fields:
                if field.name in source:
                    value = source[field.name]
                    assert same(shown[field.name], value, field), (sheet.name, field.name)
                    compared += 1
    assert compared > 10


def test_the_table_behind_a_chart_holds_the_charts_numbers(any_results, made) -> None:
    content, book = made
    charts = report_content(any_results).charts
    sheets = {s.chart.name: s for s in content.sheets if s.chart is not None}
    assert list(sheets) == [chart.name for chart in charts]
    for chart in charts:
        sheet = sheets[chart.name]
        read = cells_of(book[sheet.name], sheet)
        table = wide(chart)
        for field in sheet.fields:
            for cell, value in zip(read[field.name], table[field.name], strict=True):
                assert same(cell, value, field), (sheet.name, field.name)
        number = {"bars": chart.x, "heatmap": chart.z}.get(chart.kind, chart.y)
        skip = {table.columns[0], "low", "high", "open", "base"}
        numbers = table[[c for c in table.columns if c not in skip]].astype(float)
        drawn = chart.data[number].astype(float)
        # The bars of a waterfall stand as their lengths, down as well as up.
        drawn = drawn.abs() if chart.base else drawn
        assert numbers.stack().sum() == pytest.approx(drawn.sum())
        assert numbers.count().sum() == chart.data[number].notna().sum()


def test_contents_and_definitions_name_every_sheet_and_column(made) -> None:
    content, book = made
    assert book.sheetnames[:2] == ["Summary", "Contents"]
    assert book.sheetnames[-1] == "Definitions"
    links = {
        cell.hyperlink.location
        for row in book["Contents"].iter_rows()
        for cell in row
        if cell.hyperlink
    }
    assert links == {f"'{name}'!A1" for name in book.sheetnames if name != "Contents"}
    # A column that several sheets have stands once, with their names.
    rows = list(book["Definitions"].iter_rows(min_row=HEADER_ROW + 2, values_only=True))
    assert len({row[:3] for row in rows}) == len(rows)
    defined = {(name, row[0]) for row in rows for name in row[3].split(", ")}
    for sheet in content.sheets:
        for field in sheet.fields[: 2 if sheet.chart and sheet.chart.kind == "heatmap" else None]:
            assert (sheet.name, field.title) in defined
            assert field.meaning
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_the_first_sheet_says_what_the_report_says(rich, brand) -> None:
    report = report_content(rich)
    content = workbook(report)
    bytes_ = workbook_bytes(content, brand)
    page = opened(bytes_)["Summary"]
    said = [str(cell) for row in page.iter_rows(values_only=True) for cell in row if cell]
    parts = report.parts
    for card in parts["summary-kpis"].cards:
        assert {card.value, card.label} <= set(said)
    for kind in ("findings", "actions"):
        for number, point in enumerate(parts[f"summary-{kind}"].points, start=1):
            assert f"{number}  {point.headline}" in said
            assert point.detail in said
    assert len(page._charts) == 2
    months = rich.overview.monthly
    whole = months.loc[months["complete"].astype(bool)]
    row = next(row for row in page.iter_rows() if row[0].value == "Revenue")
    assert row[2].value == pytest.approx(whole["revenue"].iloc[-1])
    assert row[4].value == pytest.approx(whole["revenue"].iloc[-13])
    # The small lines take the whole months from their own sheet.
    with zipfile.ZipFile(io.BytesIO(bytes_)) as archive:
        lines = re.findall(
            rb"<xm:f>Months!([A-Z]+)(\d+):([A-Z]+)(\d+)</xm:f>",
            archive.read("xl/worksheets/sheet1.xml"),
        )
    assert len(lines) == 4
    sheet = opened(bytes_)["Months"]
    for column, first, end, last in lines:
        assert column == end
        cells = [sheet[f"{column.decode()}{at}"].value for at in range(int(first), int(last) + 1)]
        name = {"Revenue": "revenue", "Orders": "orders", "Customers": "customers"}.get(
            sheet[f"{column.decode()}{HEADER_ROW + 1}"].value, "average_order_value"
        )
        assert cells == pytest.approx(whole[name].tail(25).astype(float).tolist())


def test_without_months_or_findings_the_first_sheet_still_opens(brand) -> None:
    few = shop().head(3)
    page = opened(workbook_bytes(workbook(report_content(results_of(few))), brand))["Summary"]
    assert page["A1"].value


def test_what_is_printed_can_be_read(rich, brand) -> None:
    many = pd.concat([rich.customers] * 5, ignore_index=True)
    content = workbook(report_content(replace(rich, customers=many)))
    book = opened(workbook_bytes(content, brand))
    for page in book:
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page.page_setup.fitToWidth in (None, 1), page.title
    for sheet in content.sheets:
        page = book[sheet.name]
        assert page.print_title_rows == f"${HEADER_ROW + 1}:${HEADER_ROW + 1}"
        area = page.print_area or page.dimensions
        _, _, columns, rows = range_boundaries(area.split("!")[-1].replace("$", ""))
        widths = [page.column_dimensions[get_column_letter(i + 1)] for i in range(columns)]
        if not page._charts:
            # Room at the edges of a cell is in its width.
            assert sum(w.width or 9 for w in widths if not w.hidden) <= 220, sheet.name
        assert rows <= HEADER_ROW + 1 + 100
        if rows < HEADER_ROW + 1 + len(sheet.frame) and not page._charts:
            assert "the first 100 rows are printed" in page["A2"].value
    assert book["Customers"].print_area
    narrow = [page.title for page in book if page.page_setup.orientation == "portrait"]
    assert "Segment moves" in narrow
    assert "Customers" not in narrow


@pytest.mark.parametrize("name", ["Contact list", "Late customers", "Customers"])
def test_a_list_has_all_columns_of_the_file_the_most_needed_in_sight(rich, brand, name) -> None:
    group = pd.Series(["contact", "control"] * 30, index=rich.customers.index)
    customers = rich.customers.assign(group=group)
    changed = replace(rich, customers=customers)
    content = workbook(report_content(changed))
    sheet = next(sheet for sheet in content.sheets if sheet.name == name)
    assert {field.name for field in sheet.fields} == set(customers)
    page = opened(workbook_bytes(content, brand))[name]
    titles = [cell.value for cell in page[HEADER_ROW + 1]]
    hidden = {
        letter
        for letter, column in page.column_dimensions.items()
        if column.hidden and column.outlineLevel
    }
    assert hidden
    assert page.cell(1, len(titles) - sheet.folded + 1).column_letter in hidden
    assert "Group" in titles
    if name != "Customers":
        assert titles.index("Group") < len(titles) - sheet.folded


def test_the_plan_is_printed_on_one_page_with_its_lists(rich, brand) -> None:
    content = workbook(report_content(rich))
    page = opened(workbook_bytes(content, brand))["Action plan"]
    titles = [cell.value for cell in page[HEADER_ROW + 1]]
    assert page.page_setup.fitToHeight in (None, 1)
    _, _, columns, _ = range_boundaries(page.print_area.split("!")[-1].replace("$", ""))
    for title in ("Action", "Who does it", "By when", "Gain at 5%", "List"):
        assert titles.index(title) < columns, title
        assert not page.column_dimensions[get_column_letter(titles.index(title) + 1)].hidden
    assert "Gain at 10%" in titles[columns:]


def test_lists_can_be_filtered_and_stay_in_view(rich, brand) -> None:
    page = opened(workbook_bytes(workbook(report_content(rich)), brand))["Customers"]
    assert page.freeze_panes == f"B{HEADER_ROW + 2}"
    assert page.auto_filter.ref.startswith(f"A{HEADER_ROW + 1}:")


def test_native_charts_stand_beside_their_numbers(rich, brand) -> None:
    content = workbook(report_content(rich))
    book = opened(workbook_bytes(content, brand))
    for sheet in content.sheets:
        drawn = sheet.chart is not None and sheet.chart.kind != "heatmap"
        assert len(book[sheet.name]._charts) == drawn, sheet.name


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "{=1}", "http://x.y", "mailto:a@b", "a\x00b\x1b"],
)
def test_text_from_the_data_is_never_run(rich, brand, text) -> None:
    customers = rich.customers.copy()
    customers.loc[0, "customer_id"] = text
    bytes_ = workbook_bytes(workbook(report_content(replace(rich, customers=customers))), brand)
    book = opened(bytes_)
    column = [row[0] for row in book["Customers"].iter_rows(min_row=HEADER_ROW + 2)]
    clean = text.replace("\x00", " ").replace("\x1b", " ")
    found = [cell for cell in column if cell.value == clean]
    assert len(found) == 1
    assert found[0].data_type in ("s", "inlineStr")
    assert found[0].hyperlink is None
    if text[0] in "=+-@\t":
        assert found[0].quotePrefix
    with zipfile.ZipFile(io.BytesIO(bytes_)) as archive:
        pages = [n for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
        assert not any(b"<f>" in archive.read(name) for name in pages)
        relations = [archive.read(n) for n in archive.namelist() if n.endswith(".rels")]
        assert not any(b'TargetMode="External"' in text for text in relations)


def test_markup_in_names_is_shown_as_it_is(rich, brand) -> None:
    page = opened(workbook_bytes(workbook(report_content(rich)), brand))["Customers"]
    assert HOSTILE in [row[0] for row in page.iter_rows(values_only=True)]


def test_the_same_results_give_the_same_bytes(rich, brand) -> None:
    first, second = (workbook_bytes(workbook(report_content(rich)), brand) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        names = archive.namelist()
        assert len(names) == len(set(names))
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


def test_what_a_sheet_cannot_hold_is_said(rich, brand, monkeypatch) -> None:
    monkeypatch.setattr(workbook_sheet, "MOST_ROWS", 20)
    monkeypatch.setattr(workbook_sheet, "LONGEST_TEXT", 8)
    content = workbook(report_content(rich))
    page = opened(workbook_bytes(content, brand))["Customers"]
    assert page.max_row == HEADER_ROW + 1 + 20
    assert "first 20 of 60 rows" in page["A2"].value
    assert "more than 8 characters are cut" in page["A2"].value


def test_money_and_shares_carry_their_formats(rich, brand) -> None:
    euro = results_of(shop(), settings={"currency": "EUR", "locale": "en_DE"})
    for results, code in ((rich, "[$£]#,##0.00"), (euro, "#,##0.00 [$€]")):
        content = workbook(report_content(results))
        page = opened(workbook_bytes(content, brand))["Customers"]
        titles = [cell.value for cell in page[HEADER_ROW + 1]]
        first = page[HEADER_ROW + 2]
        assert first[titles.index("Spend so far")].number_format == code
        assert first[titles.index("First order")].is_date


def test_days_before_excels_calendar_stay_readable(brand) -> None:
    old = shop().assign(ordered_at=lambda d: d["ordered_at"] - pd.DateOffset(years=150))
    page = opened(workbook_bytes(workbook(report_content(results_of(old))), brand))["Months"]
    assert page.cell(HEADER_ROW + 2, 1).value == "1874-01-01"


def test_a_title_is_never_a_formula():
    assert _no_formula("=cmd|x") == " =cmd|x"
    assert _no_formula("a = b") == "a = b"
