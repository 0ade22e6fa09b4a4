"""Reads the date column; the order of day, month and year is decided from the whole column."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from custanalytics.errors import SourceError
from custanalytics.ledger.detect.calendars import settle_calendar
from custanalytics.ledger.staging import Staging
from custanalytics.sentences import tell

_LANGUAGES = "en de fr es it nl pt pl cs da nb sv fi tr ru".split()  # noqa: SIM905
# A reading wrong for more cells than this share is out.
_STRAY_SHARE = 0.01
# Cells that contradict the best reading, as a number and as a share.
_FEW_STRAYS = 2
_STRAYS = 0.0002
_MOST_STRAYS = 0.1
_EARLIEST = "1970-01-01"
# At most so many rows may lie far off, in a file of so many; far is so many days, and so many
# times the longest pause between the others.
_ENOUGH_ROWS, _FEW_FAR, _FAR_SHARE = 50, 2, 0.002
_FAR_DAYS, _FAR_TIMES = 180, 5


@dataclass(frozen=True)
class DateColumn:
    """How the dates are written.

    Attributes
    ----------
    orders : mapping of str to str
        Form of the cells to the order they are read in.
    reason : str
    filled, unread : int
        Cells that hold something, and cells of these that are no date.
    has_time : bool
        Whether any date carries a time of day.
    warnings : tuple of str
    """

    orders: Mapping[str, str]
    reason: str
    filled: int
    unread: int
    has_time: bool
    warnings: tuple[str, ...] = ()


def read_dates(
    staging: Staging, column: str, time_column: str | None, order: str | None, today: date
) -> DateColumn:
    """Read the dates into ``date_values(cell, ordered_at)``; ``cell`` as `date_cell` gives it."""
    engine = staging.engine
    engine.write("months", months())
    warnings: list[str] = []
    try:
        found = _decide(staging, column, time_column, order, today)
    except SourceError:
        if order or len(staging.parts) < 2:
            raise
        warnings.append(_write_alike(staging, column, time_column, today))
        found = _decide(staging, column, time_column, order, today)
    table, orders, reasons, calendar = found
    warnings += [calendar] if calendar else []
    total, fit, missing = _summary(table, orders)
    engine.execute(
        "CREATE OR REPLACE TABLE date_values AS SELECT r.cell, r.form, r.ordered_at "
        "FROM date_readings AS r JOIN date_orders AS o ON o.form = r.form AND o.reading = r.reading"
    )
    timed = engine.sql(
        "SELECT count(*) AS n FROM date_values WHERE ordered_at <> date_trunc('day', ordered_at)"
    )
    return DateColumn(
        orders,
        "; ".join(reasons) or "written year first",
        total - missing,
        total - missing - fit,
        bool(timed["n"].iloc[0]),
        tuple(warnings),
    )


def _decide(
    staging: Staging,
    column: str,
    time_column: str | None,
    order: str | None,
    today: date,
    part: int | None = None,
) -> tuple[pd.DataFrame, dict[str, str], list[str], str | None]:
    """Decide the order of each form, in all files or in one; ``date_orders`` holds it."""
    engine = staging.engine
    cell = date_cell(staging, column, time_column)
    only = "" if part is None else f"AND part_no = {part} "
    engine.execute(
        f"CREATE OR REPLACE TABLE date_cells AS SELECT {cell} AS cell, count(*) AS n "
        f"FROM staged WHERE {staging.column(column)} IS NOT NULL {only}GROUP BY 1"
    )
    engine.keep("date_forms", "source/date_forms")
    calendar = settle_calendar(engine, column, today)
    latest = str(today + timedelta(days=2))
    engine.keep("date_readings", "source/date_readings")
    table = engine.sql(
        "SELECT form, reading, CAST(sum(n) AS BIGINT) AS n, "
        "CAST(sum(CASE WHEN ordered_at BETWEEN CAST($earliest AS TIMESTAMP) "
        "AND CAST($latest AS TIMESTAMP) THEN n ELSE 0 END) AS BIGINT) AS fit, "
        "bool_and(dotted) AS dotted FROM date_readings GROUP BY form, reading "
        "ORDER BY form, reading",
        earliest=_EARLIEST,
        latest=latest,
    )
    _refuse_swapped(staging, column, order)
    orders: dict[str, str] = {}
    reasons: list[str] = []
    # A form that leaves day and month open is read like the one that tells them apart.
    told: set[str] = set()
    for form, rows in sorted(table.groupby("form"), key=lambda g: not _tells(g[1])):
        fits = {str(r): int(f) for r, f in zip(rows["reading"], rows["fit"], strict=True)}
        chosen, reason = decide_order(
            column,
            fits,
            int(rows["n"].iloc[0]),
            bool(rows["dotted"].iloc[0]),
            order or (next(iter(told)) if len(told) == 1 and not _tells(rows) else None),
            same=_same_everywhere(staging, str(form)),
            contrary=_contrary(staging, str(form), fits, latest),
            several_files=part is None and len(staging.parts) > 1,
        )
        orders[str(form)] = chosen
        if len(fits) > 1:
            told.add(chosen)
        if reason:
            reasons.append(reason)
    decided = pd.DataFrame({"form": list(orders), "reading": list(orders.values())}, dtype="str")
    engine.write("date_orders", decided)
    return table, orders, reasons, calendar


def _write_alike(staging: Staging, column: str, time_column: str | None, today: date) -> str:
    """Write the dates of every file year first, each file read in its own order."""
    day = staging.column(column)
    cell = date_cell(staging, column, time_column)
    orders: dict[str, str] = {}
    for at, part in enumerate(staging.parts):
        try:
            _, found, *_ = _decide(staging, column, time_column, None, today, at)
        except SourceError as error:
            raise SourceError(f"{part.label}: {error}") from error
        orders[part.label] = next((o for f, o in found.items() if f in ("long", "short")), "ymd")
        moment = "strftime(v.ordered_at, '%Y-%m-%d %H:%M:%S')"
        # A time of day in a column of its own stays there.
        text = f"CASE WHEN contains({day}, ':') THEN {moment} ELSE left({moment}, 10) END"
        staging.engine.execute(
            f"UPDATE staged SET {day} = {text if time_column else moment} FROM date_readings AS v "
            "JOIN date_orders AS o ON o.form = v.form AND o.reading = v.reading "
            f"WHERE part_no = {at} AND v.cell = {cell} AND v.ordered_at IS NOT NULL"
        )
    return tell(
        "The files write day and month in different orders, and each was read in its own: {files}.",
        files=", ".join(f"{label} {order}" for label, order in orders.items()),
    )


def _tells(rows: pd.DataFrame) -> bool:
    """Whether the cells of one form can be read in one order only, apart from strays."""
    fits = sorted(rows["fit"])
    cells = int(rows["n"].iloc[0])
    return len(fits) == 1 or fits[-2] < fits[-1] - _STRAY_SHARE * cells


def usual_days(staging: Staging, today: date) -> tuple[datetime, datetime]:
    """First and last moment of the days that sales are of, without a few far from all others."""
    found = staging.engine.sql(
        'SELECT CAST(v.ordered_at AS DATE) AS "day", CAST(sum(c.n) AS BIGINT) AS n '
        "FROM date_values AS v JOIN date_cells AS c ON c.cell = v.cell "
        "WHERE v.ordered_at BETWEEN CAST($earliest AS TIMESTAMP) AND CAST($latest AS TIMESTAMP) "
        "GROUP BY 1 ORDER BY 1",
        earliest=_EARLIEST,
        latest=str(today + timedelta(days=2)),
    )
    first, last = datetime(1, 1, 1), datetime(9999, 12, 31)
    if found["n"].sum() < _ENOUGH_ROWS:
        return first, last
    days = pd.to_datetime(found["day"])
    gaps = days.diff().dt.days.to_numpy()[1:]
    up, down = found["n"].cumsum().to_numpy(), found["n"][::-1].cumsum().to_numpy()[::-1]
    few = max(_FEW_FAR, _FAR_SHARE * up[-1])
    inner = gaps[(up[:-1] > few) & (down[1:] > few)]
    far = max(_FAR_DAYS, _FAR_TIMES * inner.max()) if len(inner) else np.inf
    low = np.flatnonzero((up[:-1] <= few) & (gaps > far))
    high = np.flatnonzero((down[1:] <= few) & (gaps > far))
    if len(low):
        first = days.iloc[low[-1] + 1].to_pydatetime()
    if len(high):
        last = days.iloc[high[0]].to_pydatetime() + timedelta(days=1)
    return first, last


def date_cell(staging: Staging, column: str, time_column: str | None) -> str:
    """SQL for a row's date text, the time of day behind it where it has its own column."""
    day = staging.column(column)
    if time_column is None:
        return day
    time = staging.column(time_column)
    fraction = (
        f"strftime(TIMESTAMP '2000-01-01' + to_seconds(CAST(round(CAST({time} AS DOUBLE) * 86400) "
        f"AS BIGINT)), '%H:%M:%S')"
    )
    time = (
        f"CASE WHEN regexp_matches({time}, '^0?\\.[0-9]+$') THEN {fraction} "
        f"ELSE regexp_replace({time}, '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}} ', '') END"
    )
    bare = f"regexp_replace({day}, '[ T]0?0:00(:00)?(\\.0+)?$', '')"
    return (
        f"CASE WHEN {day} IS NULL THEN NULL WHEN contains({bare}, ':') THEN {bare} "
        f"ELSE concat_ws(' ', {bare}, {time}) END"
    )


def decide_order(
    column: str,
    fits: dict[str, int],
    cells: int,
    dotted: bool,
    given: str | None,
    *,
    same: bool,
    contrary: Mapping[str, int],
    several_files: bool,
) -> tuple[str, str]:
    """Order of day, month and year in which cells of one form are read, and why."""
    if len(fits) == 1:
        return next(iter(fits)), ""
    if given in fits:
        return given, f"read as {given}: given by the user"
    best = max(fits.values())
    close = [r for r, fit in fits.items() if fit >= best - _STRAY_SHARE * cells]
    # Cells that fit another reading only: a few are mistakes, more are a column of two minds.
    against = max((n for r, n in contrary.items() if r not in close), default=0)
    allowed = min(max(_FEW_STRAYS, _STRAYS * cells), _MOST_STRAYS * cells)
    if len(close) == 1 and (against > allowed or (against and several_files)):
        counts = ", ".join(f"{fit} as {r}" for r, fit in sorted(fits.items()))
        raise SourceError(
            f"column {column!r} mixes orders of day and month: of {cells} cells, {counts} give "
            "a date; say which one is right with --date-order dmy, mdy or ymd"
        )
    if len(close) == 1:
        return close[0], f"read as {close[0]}: {best} of {cells} cells fit, more than otherwise"
    if "dmy" in close and dotted:
        return "dmy", "read as dmy: the points between day, month and year"
    if same:
        return close[0], "day and month are the same in every date"
    raise SourceError(
        f"column {column!r} can be read as {' and as '.join(sorted(close))}: no date in it tells "
        "day and month apart; say which one it is with --date-order dmy, mdy or ymd"
    )


def _refuse_swapped(staging: Staging, column: str, given: str | None) -> None:
    """Refuse dates that a spreadsheet of another country has turned round where it could.

    It takes 03/02/2024 for the 2nd of March and writes it as a date, but leaves 13/02/2024 as
    text: then no text has a day up to twelve, and no date one above.
    """
    row = staging.engine.sql(
        "SELECT COALESCE(sum(CASE WHEN form = 'year_first' THEN n END), 0) AS dates, "
        "COALESCE(sum(CASE WHEN form = 'year_first' AND CAST(c AS INTEGER) <= 12 THEN n END), 0) "
        "AS low_dates, COALESCE(sum(CASE WHEN form = 'long' THEN n END), 0) AS texts, "
        "COALESCE(sum(CASE WHEN form = 'long' AND (CAST(a AS INTEGER) > 12 "
        "OR CAST(b AS INTEGER) > 12) THEN n END), 0) AS high_texts FROM date_forms"
    ).iloc[0]
    dates, texts = int(row["dates"]), int(row["texts"])
    few = min(dates, texts) < max(5, 0.1 * (dates + texts))
    if few or given or row["low_dates"] < dates or row["high_texts"] < texts:
        return
    raise SourceError(
        f"column {column!r} holds {dates} dates, all of a day up to 12, and {texts} texts, all of "
        "a day above: a spreadsheet set to another country has exchanged day and month where it "
        "could. Export the file again without opening it in a spreadsheet"
    )


def _contrary(staging: Staging, form: str, fits: Mapping[str, int], latest: str) -> dict[str, int]:
    """Reading to the cells that are dates in it and not in the best reading."""
    best = max(fits, key=lambda reading: (fits[reading], reading))
    table = staging.engine.sql(
        "WITH valid AS (SELECT cell, n, reading FROM date_readings WHERE form = $form "
        "AND ordered_at BETWEEN CAST($earliest AS TIMESTAMP) AND CAST($latest AS TIMESTAMP)) "
        "SELECT v.reading, CAST(sum(v.n) AS BIGINT) AS n FROM valid AS v "
        "LEFT JOIN valid AS b ON b.cell = v.cell AND b.reading = $best "
        "WHERE b.cell IS NULL GROUP BY v.reading ORDER BY v.reading",
        form=form,
        best=best,
        earliest=_EARLIEST,
        latest=latest,
    )
    return {str(r): int(n) for r, n in zip(table["reading"], table["n"], strict=True)}


def _same_everywhere(staging: Staging, form: str) -> bool:
    found = staging.engine.sql(
        "SELECT count(*) AS n FROM (SELECT cell FROM date_readings WHERE form = $form "
        "GROUP BY cell HAVING count(DISTINCT ordered_at) > 1)",
        form=form,
    )
    return not int(found["n"].iloc[0])


def _summary(table: pd.DataFrame, orders: dict[str, str]) -> tuple[int, int, int]:
    chosen = table[table["reading"] == table["form"].map(orders)]
    missing = chosen.loc[chosen["form"] == "missing", "n"].sum()
    return int(chosen["n"].sum()), int(chosen["fit"].sum()), int(missing)


def months() -> pd.DataFrame:
    """Month names and short names in fifteen languages, with and without accents."""
    from babel import Locale

    names: dict[str, int] = {}
    for language in _LANGUAGES:
        months = Locale.parse(language).months
        for context in ("format", "stand-alone"):
            for width in ("abbreviated", "wide"):
                for number, name in months[context][width].items():
                    word = name.lower().rstrip(".")
                    plain = unicodedata.normalize("NFKD", word)
                    plain = "".join(c for c in plain if not unicodedata.combining(c))
                    for text in (word, plain):
                        names.setdefault(text, int(number))
    names |= {"sept": 9, "mär": 3, "mrz": 3, "fev": 2, "sep": 9, "set": 9, "okt": 10, "dez": 12}
    return pd.DataFrame({"name": list(names), "month": list(names.values())})
