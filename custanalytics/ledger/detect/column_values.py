"""Columns of any table as numbers and dates: the ledger's rules, on a column's distinct cells."""

from collections.abc import Mapping
from functools import lru_cache

import pandas as pd

from custanalytics.engine import DuckDBEngine
from custanalytics.errors import SourceError
from custanalytics.ledger.detect.cell_words import currency_code
from custanalytics.ledger.detect.dates import decide_order, months
from custanalytics.ledger.detect.numbers import WHOLE, decide_decimal

Counts = Mapping[str, "pd.Series[int]"]
"""Column to how often each of its distinct cells (the index) occurs; blank cells left out."""

READS_AS = 0.95
_SCIENTIFIC = r"[+-]?\d+(\.\d*)?[eE][+-]?\d+"
# Units beside money whose currency is not clear, and none at all.
_OTHER_UNITS = frozenset({"", "%", "kr", "kr."})
# So many different words among numbers ("unknown", "not given") mean that there is none.
_FEW_WORDS = 3
_MANY_NUMBERS = 20
_CODE_SHARE = 0.05
_FORMS_OF_DATES = ("year_first", "long", "short", "named", "compact")
_EARLIEST, _LATEST = pd.Timestamp("1900-01-01"), pd.Timestamp("2200-01-01")


class NumberCells:
    """Distinct cells of columns that may hold numbers.

    Parameters
    ----------
    counts : mapping of str to Series of int
        The columns.
    """

    def __init__(self, counts: Counts) -> None:
        names = list(counts)
        cells = [
            pd.DataFrame({"col": str(at), "cell": counts[name].index, "n": counts[name].to_numpy()})
            for at, name in enumerate(names)
        ]
        found = _run(
            pd.concat(cells, ignore_index=True) if cells else None, "number_cells", ["number_forms"]
        )
        parts = dict(iter(found.groupby("col")))
        self._forms = {
            name: _scientific(parts.get(str(at), found.iloc[:0]).set_index("cell"))
            .reindex(counts[name].index)
            .assign(n=counts[name].to_numpy())
            for at, name in enumerate(names)
        }

    def are_numbers(self, name: str) -> bool:
        """Whether a column holds numbers, apart from a few strays or words for "none"."""
        forms = self._forms[name]
        filled = forms[forms["form"] != "missing"]
        read = filled["form"] != "bad"
        n, total = filled.loc[read, "n"].sum(), filled["n"].sum()
        words = int((~read).sum())
        stands_out = words <= _FEW_WORDS and read.sum() >= _MANY_NUMBERS and n >= total / 2
        if not total or not (n >= READS_AS * total or stands_out):
            return False
        units = filled.loc[read, "unit"].unique()
        if any(unit not in _OTHER_UNITS and currency_code(unit) is None for unit in units):
            return False
        core, whole = filled["core"], filled["form"] == "whole"
        padded = whole & core.str.startswith("0") & (core.str.len() > 1)
        return bool(filled.loc[padded, "n"].sum() < _CODE_SHARE * total)

    def decimal(self, name: str, given: str | None = None) -> str | None:
        """Decimal sign of a column; None where nothing in it tells."""
        forms = self._forms[name].groupby("form")["n"].sum()
        counts = {str(form): int(n) for form, n in forms.items()}
        sign, reason = decide_decimal(name, counts, given, several_files=False)
        return None if reason == WHOLE else sign

    def values(self, name: str, decimal: str) -> "pd.Series[float]":
        """Number of each distinct cell; NaN for what is none."""
        forms = self._forms[name]
        core = forms["core"]
        if decimal == "comma":
            fits = ["whole", "comma", "comma3", "point3", "point_groups"]
            core = core.str.replace(".", "").str.replace(",", ".")
        else:
            fits = ["whole", "point", "point3", "comma3", "comma_groups"]
            core = core.str.replace(",", "")
        core = core.mask(forms["form"] == "scientific", forms["core"])
        fit = forms["form"].isin([*fits, "scientific"])
        numbers = pd.to_numeric(core.where(fit), errors="coerce").astype("float64")
        return numbers.mask(forms["negative"].eq(True), -numbers)


class DateCells:
    """Distinct cells of columns that may hold dates.

    Parameters
    ----------
    counts : mapping of str to Series of int
        The columns.
    """

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        cells = sorted(set().union(*(column.index for column in counts.values())))
        frame = pd.DataFrame({"cell": cells, "n": 1}) if cells else None
        steps = ["date_forms", "date_readings"]
        self._readings = _run(frame, "date_cells", steps).set_index("cell")

    def orders(self, given: str | None = None) -> dict[str, dict[str, str]]:
        """Columns that hold dates: form of the cells to the order they are read in."""
        found: dict[str, dict[str, str]] = {}
        unclear: dict[str, SourceError] = {}
        for name in self._counts:
            if not self._are_dates(name):
                continue
            try:
                found[name] = self._decide(name, given)
            except SourceError as error:
                unclear[name] = error
        told = {order[form] for order in found.values() for form in ("long", "short")
                if form in order}  # fmt: skip
        for name, reason in unclear.items():
            if len(told) != 1:
                raise reason
            found[name] = self._decide(name, next(iter(told)))
        return {name: found[name] for name in self._counts if name in found}

    def told(self, name: str, usual: Mapping[str, str]) -> dict[str, str]:
        """Form of a column's cells to their order: as they tell, else as is usual."""
        try:
            return self._decide(name, None)
        except SourceError:
            seen = next((usual[form] for form in ("long", "short") if form in usual), None)
            return self._decide(name, seen)

    def values(self, name: str, orders: Mapping[str, str]) -> "pd.Series[pd.Timestamp]":
        """Date of each distinct cell; NaT for what is none."""
        rows = self._of(name)
        fits = rows["reading"] == rows["form"].map(orders)
        return rows.loc[fits, "ordered_at"].reindex(self._counts[name].index)

    def _of(self, name: str) -> pd.DataFrame:
        """One row per distinct cell and reading that is possible; what is no date is NaT."""
        counts = self._counts[name]
        rows = self._readings.loc[counts.index]
        rows = rows.assign(n=counts.reindex(rows.index))
        plausible = rows["ordered_at"].between(_EARLIEST, _LATEST)
        usual = rows["form"].isin(_FORMS_OF_DATES)
        return rows.assign(ordered_at=rows["ordered_at"].where(plausible & usual))

    def _are_dates(self, name: str) -> bool:
        rows = self._of(name)
        rows = rows[rows["form"] != "missing"]
        fit = rows["n"].where(rows["ordered_at"].notna(), 0)
        best = fit.groupby([rows["form"], rows["reading"]]).sum().groupby("form").max().sum()
        total = rows["n"].groupby(level=0).first().sum()
        return bool(total and best >= READS_AS * total)

    def _decide(self, name: str, given: str | None) -> dict[str, str]:
        rows = self._of(name)
        orders = {}
        for form, cells in rows[rows["form"].isin(_FORMS_OF_DATES)].groupby("form", sort=True):
            days = cells.set_index("reading", append=True)["ordered_at"].unstack()
            weight = self._counts[name].reindex(days.index)
            fits = {str(r): int(weight[days[r].notna()].sum()) for r in days.columns}
            best = days[max(fits, key=lambda reading: (fits[reading], reading))]
            against = {
                str(r): int(weight[days[r].notna() & best.isna()].sum()) for r in days.columns
            }
            orders[str(form)], _ = decide_order(
                name,
                fits,
                int(weight.sum()),
                bool(cells["dotted"].all()),
                given,
                same=bool((days.nunique(axis=1) <= 1).all()),
                contrary={r: n for r, n in against.items() if n},
                several_files=False,
            )
        return orders


def _run(cells: pd.DataFrame | None, table: str, queries: list[str]) -> pd.DataFrame:
    """Rows of the last of these queries of the ledger, each built on the one before."""
    if cells is None:
        return _run_on_nothing(table, *queries).copy()
    engine = DuckDBEngine()
    try:
        engine.write(table, cells)
        engine.write("months", months())
        for query in queries[:-1]:
            engine.keep(query, f"source/{query}")
        return engine.run(f"source/{queries[-1]}")
    finally:
        engine.close()


@lru_cache
def _run_on_nothing(table: str, *queries: str) -> pd.DataFrame:
    """The columns alone: tables that hold their numbers as numbers have no cells to read."""
    none = pd.DataFrame({"col": [""], "cell": [""], "n": [0]}).iloc[:0]
    return _run(none, table, list(queries))


def _scientific(forms: pd.DataFrame) -> pd.DataFrame:
    """Cells such as 1.5e-7, which no sales file holds, as numbers."""
    cells = forms.index.to_series()
    told = (forms["form"] == "bad") & cells.str.fullmatch(_SCIENTIFIC)
    return forms.assign(
        form=forms["form"].mask(told, "scientific"),
        unit=forms["unit"].mask(told, ""),
        core=forms["core"].mask(told, cells),
        negative=forms["negative"] & ~told,
    )
