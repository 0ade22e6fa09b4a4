"""A file under way: how the true sales are written, before it becomes bytes."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.trials.corpus.truth import Sale, true_sales

Grid = list[list[str]]
NAMES = {
    "order": "Order ID",
    "customer": "Customer ID",
    "when": "Order Date",
    "sku": "SKU",
    "product": "Product",
    "quantity": "Quantity",
    "price": "Unit Price",
    "amount": "Amount",
}


@dataclass
class Draft:
    """How to write the sales.

    ``lost`` are the sales whose truth the file no longer holds; ``needs`` is the option that an
    error must name where the file can't tell, and ``options`` what answers it.
    """

    sales: list[Sale] = field(default_factory=true_sales)
    names: dict[str, str] = field(default_factory=lambda: dict(NAMES))
    columns: list[str] = field(default_factory=lambda: list(NAMES))
    cells: dict[str, Callable[[Sale], str]] = field(default_factory=dict)
    money: Callable[[Decimal], str] = str
    date: Callable[[Any], str] = lambda when: when.strftime("%Y-%m-%d %H:%M:%S")
    delimiter: str = ","
    quoting: int = csv.QUOTE_MINIMAL
    quote: str = '"'
    escape: str | None = None
    newline: str = "\n"
    encoding: str = "utf-8"
    mark: bytes = b""
    header: bool = True
    grid_edits: list[Callable[[Grid], Grid]] = field(default_factory=list)
    text_edits: list[Callable[[str], str]] = field(default_factory=list)
    byte_edits: list[Callable[[bytes], bytes]] = field(default_factory=list)
    save: Callable[["Draft", Path], list[Path]] | None = None
    file_name: str = "sales.csv"
    lost: set[int] = field(default_factory=set)
    needs: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    must_fail: bool = False

    def cell(self, column: str, sale: Sale) -> str:
        """One cell as text."""
        if column in self.cells:
            return self.cells[column](sale)
        if column == "when":
            return self.date(sale.when)
        if column in ("price", "amount"):
            return self.money(getattr(sale, column))
        return str(getattr(sale, column))

    def grid(self) -> Grid:
        """Header and rows as text cells."""
        rows = [[self.cell(column, sale) for column in self.columns] for sale in self.sales]
        grid = [[self.names[column] for column in self.columns], *rows] if self.header else rows
        for edit in self.grid_edits:
            grid = edit(grid)
        return grid

    def text(self, grid: Grid | None = None) -> str:
        """The grid as delimited text."""
        out = io.StringIO()
        writer = csv.writer(
            out,
            delimiter=self.delimiter,
            quoting=self.quoting,  # type: ignore[arg-type]
            quotechar=self.quote,
            escapechar=self.escape,
            doublequote=self.escape is None,
            lineterminator="\n",
        )
        writer.writerows(self.grid() if grid is None else grid)
        text = out.getvalue()
        for edit in self.text_edits:
            text = edit(text)
        return text.replace("\n", self.newline)

    def bytes(self, grid: Grid | None = None) -> bytes:
        """The file's bytes."""
        raw = self.mark + self.text(grid).encode(self.encoding)
        for edit in self.byte_edits:
            raw = edit(raw)
        return raw

    def write(self, folder: Path) -> list[Path]:
        """Write the file or files."""
        if self.save:
            return self.save(self, folder)
        path = folder / self.file_name
        path.write_bytes(self.bytes())
        return [path]
