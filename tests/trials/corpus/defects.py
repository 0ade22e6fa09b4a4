"""The ways in which exports are dirty, each a small change to a draft, in groups that combine."""

import csv
import gzip
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from tests.trials.corpus.draft import Draft, Grid

Defect = Callable[[Draft], None]
MONTHS = {
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "en": "January February March April May June July August September October November December",
}
HEADERS = {
    "de": "Bestellnummer|Kundennummer|Bestelldatum|Artikelnummer|Bezeichnung|Menge|Einzelpreis|Gesamtpreis",
    "fr": "Numéro de commande|Numéro client|Date de commande|Référence|Désignation|Quantité|Prix unitaire|Montant",
    "es": "Número de pedido|Código de cliente|Fecha de pedido|Referencia|Descripción|Cantidad|Precio unitario|Importe",
    "it": "Numero ordine|Codice cliente|Data ordine|Codice articolo|Descrizione|Quantità|Prezzo unitario|Importo",
    "nl": "Bestelnummer|Klantnummer|Besteldatum|Artikelcode|Omschrijving|Aantal|Stukprijs|Bedrag",
    "pt": "Número do pedido|Código do cliente|Data do pedido|Código do produto|Descrição|Quantidade|Preço unitário|Valor",
    "snake": "order_id|customer_id|created_at|product_id|product_name|qty|unit_price|line_total",
    "camel": "OrderNumber|CustomerNo|OrderDate|ProductCode|ProductName|Qty|PriceEach|LineTotal",
    "shout": "ORDER NO|CUSTOMER|DATE|ITEM CODE|ITEM NAME|UNITS|UNIT PRICE|SALES",
}  # fmt: skip


def _set(**values: Any) -> Defect:
    def change(draft: Draft) -> None:
        for name, value in values.items():
            setattr(draft, name, value)

    return change


def _grouped(number: Decimal, thousands: str, decimal: str) -> str:
    text = f"{number:,.2f}"
    return text.replace(",", "\0").replace(".", decimal).replace("\0", thousands)


def _money(write: Callable[[Decimal], str]) -> Defect:
    return _set(money=write)


def _date(write: Callable[[datetime], str], **more: Any) -> Defect:
    return _set(date=write, **more)


def _pattern(pattern: str) -> Defect:
    return _date(lambda when: when.strftime(pattern))


def _named_month(language: str, pattern: str) -> Defect:
    names = MONTHS[language].split()
    return _date(
        lambda when: pattern.format(d=when.day, y=when.year, m=names[when.month - 1], t=when)
    )


def _header_names(language: str) -> Defect:
    def change(draft: Draft) -> None:
        names = HEADERS[language].split("|")
        draft.names = dict(zip(draft.names, names, strict=True))

    return change


def _grid(edit: Callable[[Grid], Grid]) -> Defect:
    return lambda draft: draft.grid_edits.append(edit)


def _text(edit: Callable[[str], str]) -> Defect:
    return lambda draft: draft.text_edits.append(edit)


def _bytes(edit: Callable[[bytes], bytes]) -> Defect:
    return lambda draft: draft.byte_edits.append(edit)


def _before(*lines: str) -> Defect:
    return _text(lambda text: "\n".join(lines) + "\n" + text)


def _after(*lines: str) -> Defect:
    return _text(lambda text: text + "\n".join(lines) + "\n")


def _without(*columns: str) -> Defect:
    def change(draft: Draft) -> None:
        draft.columns = [column for column in draft.columns if column not in columns]

    return change


def _total_row(word: str) -> Defect:
    def change(draft: Draft) -> None:
        def edit(grid: Grid) -> Grid:
            row = [""] * len(grid[0])
            row[0] = word
            row[draft.columns.index("amount")] = draft.money(sum(s.amount for s in draft.sales))
            return [*grid, row]

        draft.grid_edits.append(edit)

    return change


def _ambiguous(pattern: str, order: str) -> Defect:
    """All days up to twelve: nothing tells day and month apart."""

    def change(draft: Draft) -> None:
        sales = []
        for sale in draft.sales:
            day = 1 + (sale.when.toordinal() % 12)
            if day == sale.when.month:
                day = day % 12 + 1
            sales.append(type(sale)(**{**vars(sale), "when": sale.when.replace(day=day)}))
        draft.sales = sales
        draft.date = lambda when: when.strftime(pattern)
        draft.needs, draft.options["date_order"] = "--date-order", order

    return change


def _two_currencies(draft: Draft) -> None:
    draft.columns.append("currency")
    draft.names["currency"] = "Currency"
    draft.cells["currency"] = lambda sale: "USD" if sale.when.month % 2 else "EUR"
    draft.must_fail = True


def _junk_columns(draft: Draft) -> None:
    for at, (name, value) in enumerate(
        {
            "Phone": "+49 30 1234{n}",
            "Billing Zip": "'8500{n}",
            "Note": "ring twice, 2 x; {n}",
        }.items()
    ):
        key = f"junk{at}"
        draft.names[key] = name
        draft.columns.insert(at * 3, key)
        draft.cells[key] = lambda sale, value=value: value.format(n=sale.quantity)  # type: ignore[misc]


def _workbook(draft: Draft, folder: Path, *, name: str = "sales.xlsx", typed: bool = True,
              sheets: int = 1, above: int = 0) -> list[Path]:  # fmt: skip
    book = xlsxwriter.Workbook(str(folder / name))
    day = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    grid = draft.grid()
    body = grid[1:] if draft.header else grid
    size = -(-len(body) // sheets)
    # Rows that other defects have changed or added stay as text.
    plain = {tuple(draft.cell(c, sale) for c in draft.columns): sale for sale in draft.sales}
    for number in range(sheets):
        sheet = book.add_worksheet(f"Sheet {number + 1}")
        if above:
            sheet.write(0, 0, "Sales report")
        if draft.header:
            sheet.write_row(above, 0, grid[0])
        start = above + bool(draft.header)
        for at, row in enumerate(body[number * size : (number + 1) * size]):
            sale = plain.get(tuple(row)) if typed else None
            for column, cell in enumerate(row):
                key = draft.columns[column] if sale and column < len(draft.columns) else ""
                if key == "when":
                    sheet.write_datetime(start + at, column, sale.when, day)
                elif key in ("quantity", "price", "amount"):
                    sheet.write_number(start + at, column, float(getattr(sale, key)))
                else:
                    sheet.write_string(start + at, column, cell)
    book.close()
    return [folder / name]


def _as_workbook(**how: Any) -> Defect:
    return _set(save=lambda draft, folder: _workbook(draft, folder, **how))


def _gzipped(draft: Draft, folder: Path) -> list[Path]:
    path = folder / "sales.csv.gz"
    path.write_bytes(gzip.compress(draft.bytes(), mtime=0))
    return [path]


def _zipped(draft: Draft, folder: Path) -> list[Path]:
    path = folder / "sales.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("export/sales.csv", draft.bytes())
    return [path]


def _split(draft: Draft, folder: Path, *, header: bool = True, turned: bool = False) -> list[Path]:
    grid = draft.grid()
    head, body = ([grid[0]], grid[1:]) if draft.header else ([], grid)
    half = len(body) // 2
    first, second = head + body[:half], (head if header else []) + body[half:]
    if turned:
        second = [row[::-1] for row in second]
    paths = []
    for at, piece in enumerate((first, second)):
        path = folder / f"sales-{at}.csv"
        path.write_bytes(draft.bytes(piece))
        paths.append(path)
    return paths


def _two_header_rows(grid: Grid) -> Grid:
    upper = ["Order" if at < 3 else "Item" for at in range(len(grid[0]))]
    return [upper, *grid]


def _units_below(draft: Draft) -> None:
    units = {"when": "date", "quantity": "pcs", "price": "EUR", "amount": "EUR"}
    draft.grid_edits.append(
        lambda grid: [grid[0], [units.get(column, "") for column in draft.columns], *grid[1:]]
    )


def _empty_columns(*at: int) -> Defect:
    def edit(grid: Grid) -> Grid:
        for column in sorted(at, reverse=True):
            for row in grid:
                row.insert(min(column, len(row)), "")
        return grid

    return _grid(edit)


GROUPS: dict[str, dict[str, Defect]] = {
    "dialect": {
        "semicolon": _set(delimiter=";"),
        "tab": _set(delimiter="\t"),
        "bar": _set(delimiter="|"),
        "all quoted": _set(quoting=csv.QUOTE_ALL),
        "semicolon all quoted": _set(delimiter=";", quoting=csv.QUOTE_ALL),
        "single quotes": _set(quote="'", quoting=csv.QUOTE_ALL),
        "tab without quotes": _set(delimiter="\t", quoting=csv.QUOTE_NONE, quote=None),
        "backslash escapes": _set(
            escape="\\",
            quoting=csv.QUOTE_ALL,
            cells={"product": lambda s: f'12" {s.product} "best"'},
        ),
        "quotes doubled": _set(cells={"product": lambda s: f'{s.product}, "{s.quantity}"'}),
        "inch marks": _set(delimiter=";", quoting=csv.QUOTE_NONE, quote=None,
                           cells={"product": lambda s: f'Pipe {s.quantity}" long'}),
        "line breaks in cells": _set(cells={"product": lambda s: f"{s.product}\nsecond, line\n\nend"}),
    },
    "line ends": {
        "crlf": _set(newline="\r\n"),
        "cr": _set(newline="\r"),
        "no last line end": _bytes(lambda raw: raw.rstrip(b"\r\n")),
        "blank lines": _text(lambda text: text.replace("\n", "\n\n")),
        "blank end": _after("", "", ""),
    },
    "encoding": {
        "utf-8 mark": _set(mark=b"\xef\xbb\xbf"),
        "utf-16": _set(encoding="utf-16"),
        "utf-16 be mark": _set(encoding="utf-16-be", mark=b"\xfe\xff"),
        "utf-16-le": _set(encoding="utf-16-le"),
        "utf-16-be": _set(encoding="utf-16-be"),
        "cp1252": _set(encoding="cp1252"),
        "latin-1": _set(encoding="latin-1"),
        "cp850": _set(encoding="cp850"),
        "mac roman": _set(encoding="mac_roman"),
    },
    "above": {
        "title": _before("Sales report"),
        "title and blank": _before("Sales report 2024", ""),
        "notes": _before("Shop: My shop", "Created by: admin", "Currency as paid; taxes in.", ""),
        "sep line": lambda d: d.text_edits.append(lambda text: f"sep={d.delimiter}\n{text}"),
        "padded title": _grid(lambda grid: [["Sales report", *[""] * (len(grid[0]) - 1)], *grid]),
        "metadata pairs": _grid(
            lambda grid: [["Report", "Orders"], ["From", "2024-01-01"], ["To", "2024-12-31"], *grid]
        ),
        "two header rows": _grid(_two_header_rows),
        "units below": _units_below,
        "no header": _set(header=False),
        "header again": _grid(lambda grid: [*grid[:40], grid[0], *grid[40:]]),
    },
    "below": {
        "total": _total_row("Total"),
        "summe": _total_row("Summe:"),
        "total général": _total_row("TOTAL GÉNÉRAL"),
        "nameless total": _total_row(""),
        "record count": _after("134 record(s) downloaded"),
        "end note": _after("", "Generated by shop admin"),
        "blank cells": _grid(lambda grid: [*grid, [""] * len(grid[0]), [""] * len(grid[0])]),
    },
    "header": {
        **{f"header {language}": _header_names(language) for language in HEADERS},
        "header padded": lambda d: d.names.update({k: f"  {v} " for k, v in d.names.items()}),
        "header sql": lambda d: d.names.update(sku='id" from staged; drop table staged; --'),
        "header html": lambda d: d.names.update(sku="<script>alert(1)</script>"),
        "header twice": lambda d: d.names.update(product="SKU"),
        "header unnamed": lambda d: d.names.update(sku=""),
    },
    "columns": {
        "junk columns": _junk_columns,
        "turned": lambda d: d.columns.reverse(),
        "amount only": _without("quantity", "price"),
        "no amount": _without("amount"),
        "no product": _without("sku", "product"),
        "empty columns": _empty_columns(0, 3, 99),
        "trailing delimiter": _grid(lambda grid: [[*row, ""] for row in grid]),
        "trailing delimiter below": _grid(lambda g: [g[0], *([*row, ""] for row in g[1:])]),
        "customer name too": lambda d: (
            d.names.update(name="Customer Name"),
            d.columns.append("name"),
            d.cells.update(name=lambda s: s.customer and f"Person {s.customer}"),
        )[0],
        "ids with point zero": lambda d: d.cells.update(customer=lambda s: s.customer and s.customer + ".0"),
        "null words": lambda d: d.cells.update(customer=lambda s: s.customer or "NULL"),
        "leading zeros": _set(
            cells={"customer": lambda s: s.customer and "00" + s.customer}
        ),
        "formulas in cells": _set(cells={"product": lambda s: f'=HYPERLINK("x","{s.sku}")'}),
        "sql in cells": _set(cells={"product": lambda s: f"'; DROP TABLE staged; -- {s.sku}"}),
    },
    "date": {
        "iso day": _pattern("%Y-%m-%d"),
        "iso t z": _pattern("%Y-%m-%dT%H:%M:%SZ"),
        "iso millis": _pattern("%Y-%m-%dT%H:%M:%S.123"),
        "iso offset": _pattern("%Y-%m-%d %H:%M:%S -0800"),
        "iso colon offset": _pattern("%Y-%m-%dT%H:%M:%S+02:00"),
        "year slashes": _pattern("%Y/%m/%d %H:%M"),
        "compact": _pattern("%Y%m%d"),
        "compact with time": _pattern("%Y%m%d%H%M%S"),
        "dmy slashes": _pattern("%d/%m/%Y"),
        "dmy slashes time": _pattern("%d/%m/%Y %H:%M"),
        "mdy slashes": _pattern("%m/%d/%Y"),
        "mdy am pm": _pattern("%m/%d/%Y %I:%M:%S %p"),
        "mdy short": _date(lambda w: f"{w.month}/{w.day}/{w:%y %H:%M}"),
        "dmy dots": _pattern("%d.%m.%Y"),
        "dmy dots time": _pattern("%d.%m.%Y, %H:%M Uhr"),
        "dmy dots two-digit": _pattern("%d.%m.%y"),
        "dmy dashes": _pattern("%d-%m-%Y"),
        "dmy two-digit": _pattern("%d/%m/%y"),
        "mdy two-digit": _pattern("%m/%d/%y"),
        "ymd two-digit": _pattern("%y-%m-%d"),
        "month en": _named_month("en", "{m} {d}, {y}"),
        "month en short": _pattern("%d-%b-%Y"),
        "month en dashes": _pattern("%b-%d-%y"),
        "month en time": _date(lambda w: w.strftime("%b %d, %Y %I:%M:%S %p PDT")),
        "weekday en": _pattern("%a, %d %b %Y %H:%M:%S +0000"),
        "month de": _named_month("de", "{d}. {m} {y}"),
        "month fr": _named_month("fr", "{d} {m} {y}"),
        "month es": _named_month("es", "{d} de {m} de {y}"),
        "serial": _date(lambda w: str((w - datetime(1899, 12, 30)).days)),
        "serial with time": _date(lambda w: f"{(w - datetime(1899, 12, 30)) / timedelta(days=1):.6f}"),
        "epoch": _date(lambda w: str(int((w - datetime(1970, 1, 1)).total_seconds()))),
        "epoch millis": _date(lambda w: str(int((w - datetime(1970, 1, 1)).total_seconds()) * 1000)),
        "date and time": lambda d: (
            d.names.update(time="Time"),
            d.columns.insert(3, "time"),
            d.cells.update(when=lambda s: f"{s.when:%d/%m/%Y}", time=lambda s: f"{s.when:%H:%M:%S}"),
        )[0],
        "ambiguous dmy": _ambiguous("%d/%m/%Y", "dmy"),
        "ambiguous mdy": _ambiguous("%m/%d/%Y", "mdy"),
    },
    "money": {
        "comma": _money(lambda n: _grouped(n, "", ",")),
        "points and comma": _money(lambda n: _grouped(n, ".", ",")),
        "commas and point": _money(lambda n: _grouped(n, ",", ".")),
        "blanks and comma": _money(lambda n: _grouped(n, " ", ",")),
        "hard blanks and comma": _money(lambda n: _grouped(n, "\u00a0", ",")),
        "apostrophes": _money(lambda n: _grouped(n, "'", ".")),
        "dollar": _money(lambda n: ("-" if n < 0 else "") + "$" + _grouped(abs(n), ",", ".")),
        "dollar inner minus": _money(lambda n: "$" + _grouped(n, ",", ".")),
        "euro behind": _money(lambda n: _grouped(n, ".", ",") + " €"),
        "code before": _money(lambda n: "EUR " + _grouped(n, ".", ",")),
        "code behind": _money(lambda n: _grouped(n, ",", ".") + " USD"),
        "minus behind": _money(lambda n: _grouped(abs(n), ".", ",") + ("-" if n < 0 else "")),
        "parentheses": _money(lambda n: f"({abs(n):,.2f})" if n < 0 else f"{n:,.2f}"),
        "true minus": _money(lambda n: str(n).replace("-", "\u2212")),
        "four decimals": _money(lambda n: f"{n:.4f}"),
        "three decimals": _money(lambda n: f"{n:.3f}"),
        "two currencies": _two_currencies,
    },
    "container": {
        "gzip": _set(save=_gzipped),
        "zip": _set(save=_zipped),
        "workbook": _as_workbook(),
        "workbook of text": _as_workbook(typed=False),
        "workbook named csv": _as_workbook(name="sales.csv"),
        "workbook two sheets": _as_workbook(sheets=2),
        "workbook with title": _as_workbook(above=3),
        "two files": _set(save=_split),
        "two files turned": _set(save=lambda d, f: _split(d, f, turned=True)),
        "second file without header": _set(save=lambda d, f: _split(d, f, header=False)),
        "glob name": _set(file_name="sales[1]*?.csv"),
        "sql name": _set(file_name="a' OR 1=1; --.csv"),
        "hive name": _set(file_name="customer_id=7.csv"),
    },
}  # fmt: skip


def broken_cell(row: int, column: int, text: str, *, loses: bool) -> Defect:
    """Put this text in one cell; ``loses``: the sale can't be known any more."""

    def change(draft: Draft) -> None:
        def edit(grid: Grid) -> Grid:
            grid[row + bool(draft.header)][column] = text
            return grid

        draft.grid_edits.append(edit)
        if column == 1:
            # The file says so: another customer, or none.
            draft.sales[row] = replace(draft.sales[row], customer=text)
        elif column == 0:
            sale = draft.sales[row]
            fallback = f"{sale.customer}/{sale.when:%Y-%m-%d}"
            draft.sales[row] = replace(sale, order=text or fallback)
        elif loses:
            draft.lost.add(row)

    return change


def broken_line(row: int, edit: Callable[[str, int], str], column: int) -> Defect:
    """Damage one line's text; that sale can't be known any more."""

    def change(draft: Draft) -> None:
        def on_text(text: str) -> str:
            lines = text.split("\n")
            at = row + bool(draft.header)
            lines[at] = edit(lines[at], column)
            return "\n".join(lines)

        draft.text_edits.append(on_text)
        draft.lost.add(row)

    return change


def _fields(line: str) -> list[str]:
    return next(csv.reader([line]))


def _joined(fields: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(fields)
    return out.getvalue()


def field_too_many(line: str, column: int) -> str:
    """A stray field."""
    fields = _fields(line)
    return _joined([*fields[:column], "stray", *fields[column:]])


def field_too_few(line: str, column: int) -> str:
    """A field missing."""
    fields = _fields(line)
    return _joined([*fields[:column], *fields[column + 1 :]])


def open_quote(line: str, column: int) -> str:
    """A field that starts with a quote and never ends."""
    fields = _fields(line)
    return ",".join([*fields[:column], '"' + fields[column], *fields[column + 1 :]])


def nul_byte(line: str, column: int) -> str:
    """A NUL inside a field."""
    fields = _fields(line)
    fields[column] = fields[column][:1] + "\0" + fields[column][1:]
    return _joined(fields)


def line_break(line: str, column: int) -> str:
    """A bare line end inside a field."""
    fields = _fields(line)
    fields[column] = fields[column][:2] + "\n" + fields[column][2:]
    return ",".join(fields)


def cut_off(line: str, column: int) -> str:
    """The line ends after this field."""
    return _joined(_fields(line)[:column]) if column else _fields(line)[0][:3]
