"""Reads columns of numbers; the decimal sign is decided from the whole column."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from custanalytics.errors import SourceError
from custanalytics.ledger.detect.cell_words import currency_code
from custanalytics.ledger.detect.currency_codes import WITHOUT_DECIMALS
from custanalytics.ledger.staging import Staging
from custanalytics.sentences import tell

# Scripts of countries where commas group figures.
_EASTERN = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
# A cell or two written the other way are mistakes, more are a column of two minds.
_FEW_STRAYS = 2
_STRAY_SHARE = 0.0002
_MOST_STRAYS = 0.1


@dataclass(frozen=True)
class NumberColumn:
    """How one column of numbers is written.

    Attributes
    ----------
    name : str
    decimal : str or None
        ``"point"``, ``"comma"``, or None while nothing in the file tells.
    reason : str
    units : tuple of str
        Currency signs and codes beside the figures, most frequent first.
    filled, bad : int
        Cells that hold something, and cells of these that are no number.
    """

    name: str
    decimal: str | None
    reason: str
    units: tuple[str, ...]
    filled: int
    bad: int


def read_numbers(
    staging: Staging, names: Sequence[str], decimal: str | None, warnings: list[str]
) -> dict[str, NumberColumn]:
    """Read these columns into the table ``number_values(col, cell, n, unit, form, number)``."""
    names = list(dict.fromkeys(names))
    engine = staging.engine
    _collect(staging, names)
    if decimal is None and len(staging.parts) > 1 and (told := _write_alike(staging, names)):
        warnings.append(told)
        _collect(staging, names)
    votes = engine.sql("SELECT col, form, sum(n) AS n FROM number_forms GROUP BY ALL")
    units = engine.sql(
        "SELECT col, unit, sum(n) AS n FROM number_forms WHERE unit <> '' "
        "AND form NOT IN ('bad', 'missing') GROUP BY ALL ORDER BY n DESC, unit"
    )
    columns = {}
    for name in names:
        col = staging.column(name)
        forms = _by_form(votes[votes["col"] == col])
        several = len(staging.parts) > 1
        found, reason = decide_decimal(name, forms, decimal, several_files=several)
        columns[name] = NumberColumn(
            name=name,
            decimal=found,
            reason=reason,
            units=tuple(units.loc[units["col"] == col, "unit"]),
            filled=sum(forms.values()) - forms.get("missing", 0),
            bad=forms.get("bad", 0),
        )
    columns = _follow_neighbours(columns)
    columns = {name: _as_in_its_country(column, votes[votes["col"] == staging.column(name)])
               for name, column in columns.items()}  # fmt: skip
    engine.write(
        "number_decisions",
        pd.DataFrame(
            {
                "col": pd.Series([staging.column(name) for name in columns], dtype="str"),
                "decimal_sign": pd.Series(
                    [column.decimal or "" for column in columns.values()], dtype="str"
                ),
            }
        ),
    )
    engine.keep("number_values", "source/number_values")
    return columns


def _collect(staging: Staging, names: Sequence[str]) -> None:
    cells = " UNION ALL ".join(
        f"SELECT '{staging.column(name)}' AS col, {staging.column(name)} AS cell, count(*) AS n "
        f"FROM staged WHERE {staging.column(name)} IS NOT NULL GROUP BY 2"
        for name in names
    )
    staging.engine.execute(f"CREATE OR REPLACE TABLE number_cells AS {cells or _NO_CELLS}")
    staging.engine.keep("number_forms", "source/number_forms")


def _write_alike(staging: Staging, names: Sequence[str]) -> str | None:
    """Put points for commas in the files that write them, where files differ and each is clear."""
    columns = [staging.column(name) for name in names]
    voted = " UNION ALL ".join(
        f"SELECT s.part_no, f.form FROM staged AS s JOIN number_forms AS f ON f.col = '{column}' "
        f"AND f.cell = s.{column} WHERE f.form NOT IN ('missing', 'bad', 'whole')"
        for column in columns
    )
    if not voted:
        return None
    counts = staging.engine.sql(
        "SELECT part_no, "
        "sum(CASE WHEN form IN ('point', 'comma_groups') THEN 1 ELSE 0 END) > 0 AS point, "
        "sum(CASE WHEN form IN ('comma', 'point_groups') THEN 1 ELSE 0 END) > 0 AS comma "
        f"FROM ({voted}) GROUP BY part_no ORDER BY part_no"
    )
    if not (counts["point"].any() and counts["comma"].any()):
        return None
    if (counts["point"] & counts["comma"]).any():
        return None
    labels = [staging.parts[int(at)].label for at in counts["part_no"]]
    unclear = [n for n, p, c in zip(labels, counts["point"], counts["comma"], strict=True)
               if not (p or c)]  # fmt: skip
    if unclear:
        raise SourceError(
            f"the files write decimals in two ways, and {', '.join(unclear)} has no figure that "
            "tells which is its own; export the files alike, or run them apart with --decimal "
            "point or comma"
        )
    parts = ", ".join(str(int(at)) for at in counts.loc[counts["comma"], "part_no"])
    for column in columns:
        staging.engine.execute(
            f"UPDATE staged SET {column} = f.text FROM (SELECT cell, CASE WHEN negative THEN '-' "
            "ELSE '' END || translate(core, ',.', '.,') || CASE WHEN unit = '' THEN '' "
            "ELSE ' ' || unit END AS text FROM number_forms "
            f"WHERE col = '{column}' AND form NOT IN ('missing', 'bad', 'whole')) AS f "
            f"WHERE staged.part_no IN ({parts}) AND staged.{column} = f.cell"
        )
    return tell(
        "The files write decimals in two ways, and each was read in its own: {files} with a comma, "
        "the others with a point.",
        files=", ".join(n for n, c in zip(labels, counts["comma"], strict=True) if c),
    )


def _as_in_its_country(column: NumberColumn, votes: pd.DataFrame) -> NumberColumn:
    """Yen and won have no decimals, and where names are Chinese or alike commas group figures."""
    forms = set(votes["form"])
    codes = {currency_code(unit) for unit in column.units}
    if column.decimal or {"comma3", "point3"} <= forms:
        return column
    if codes and codes <= WITHOUT_DECIMALS:
        sign = "point" if "comma3" in forms else "comma"
        return replace(column, decimal=sign, reason="the currency has no decimals")
    if "comma3" in forms and _EASTERN.search(column.name):
        return replace(column, decimal="point", reason="commas group figures in that country")
    return column


WHOLE = "whole numbers only"
_NO_CELLS = "SELECT '' AS col, '' AS cell, 0 AS n WHERE false"


def _by_form(votes: pd.DataFrame) -> dict[str, int]:
    return {str(f): int(n) for f, n in zip(votes["form"], votes["n"], strict=True)}


def decide_decimal(
    name: str, forms: dict[str, int], given: str | None, *, several_files: bool
) -> tuple[str | None, str]:
    """Decimal sign of a column from how many cells have each form, and why."""
    point = forms.get("point", 0) + forms.get("comma_groups", 0)
    comma = forms.get("comma", 0) + forms.get("point_groups", 0)
    if given:
        return given, "given by the user"
    if point and comma:
        stray = min(point, comma)
        # The stray cells are set aside, but others like them could be read either way.
        all_told = point + comma
        allowed = min(max(_FEW_STRAYS, _STRAY_SHARE * all_told), _MOST_STRAYS * all_told)
        if stray > allowed or several_files:
            raise SourceError(
                f"column {name!r} writes decimals in two ways: {_ways(forms)}; "
                "say which one is right with --decimal point or comma, the other cells are then "
                "set aside"
            )
    if point or comma:
        sign = "point" if point > comma else "comma"
        return sign, f"{max(point, comma)} cells can only be read with a decimal {sign}"
    if forms.get("point3") or forms.get("comma3"):
        return None, "every figure could hold decimals or thousands"
    return "point", WHOLE


def _ways(forms: dict[str, int]) -> str:
    said = {
        "point": "a point stands before the decimals",
        "comma_groups": "commas stand between thousands",
        "comma": "a comma stands before the decimals",
        "point_groups": "points stand between thousands",
    }
    counts = [(forms.get(form, 0), what) for form, what in said.items()]
    return ", ".join(f"in {n} cell{'s' * (n != 1)} {what}" for n, what in counts if n)


def _follow_neighbours(columns: dict[str, NumberColumn]) -> dict[str, NumberColumn]:
    """A column that can't tell is written like the others of the same export."""
    certain = {c.decimal for c in columns.values() if c.decimal and c.reason != WHOLE}
    if len(certain) != 1:
        return columns
    sign = certain.pop()
    return {
        name: column
        if column.decimal
        else NumberColumn(
            name,
            sign,
            "like the other columns of the file",
            column.units,
            column.filled,
            column.bad,
        )
        for name, column in columns.items()
    }
