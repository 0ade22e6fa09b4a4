"""Years of another calendar: Buddhist years are put right, others are refused by name."""

from datetime import date

from custanalytics.engine import DuckDBEngine
from custanalytics.errors import SourceError
from custanalytics.sentences import tell

_BUDDHIST, _PERSIAN, _HIJRI, _MINGUO = 543, 621, 579, 1911
# Sales are of the last so many years; fewer cells of another calendar are typing errors.
_SPAN = 40
_FEW, _SHARE = 5, 0.1
_YEAR = (
    "TRY_CAST(CASE WHEN form IN ('year_first', 'named') THEN a WHEN form = 'long' THEN c "
    "WHEN form = 'compact' THEN left(text, 4) "
    "ELSE regexp_extract(text, '^([0-9]{3})[-/.][0-9]{1,2}[-/.][0-9]{1,2}', 1) END AS INTEGER)"
)


def settle_calendar(engine: DuckDBEngine, column: str, today: date) -> str | None:
    """Take Buddhist years in ``date_forms`` for ours, and say so.

    Raises
    ------
    SourceError
        The years are those of the Persian, the Islamic or Taiwan's calendar.
    """
    counts = engine.sql(
        f'SELECT {_YEAR} AS "year", CAST(sum(n) AS BIGINT) AS n FROM date_forms GROUP BY 1'
    )
    known = counts.dropna()
    years, n = known["year"].astype(int), known["n"]
    usual = int(years.iloc[int(n.argmax())]) if len(n) else 0
    enough = max(_FEW, _SHARE * counts["n"].sum())

    def cells(offset: int) -> int:
        latest = today.year + offset
        return int(n[years.between(latest - _SPAN + 1, latest + 1)].sum())

    others = {"the Persian": -_PERSIAN, "the Islamic": -_HIJRI, "Taiwan's": -_MINGUO}
    for whose, offset in others.items():
        if cells(offset) >= enough:
            raise SourceError(
                f"{cells(offset)} of {int(counts['n'].sum())} dates in column {column!r} have "
                f"years of {whose} calendar, such as {usual}; export the sales with "
                "dates of the Gregorian calendar"
            )
    found = cells(_BUDDHIST)
    if found < enough:
        return None
    low, high = today.year + _BUDDHIST - _SPAN + 1, today.year + _BUDDHIST + 1
    ours = f"CAST({_YEAR} - {_BUDDHIST} AS VARCHAR)"
    engine.execute(
        "UPDATE date_forms SET "
        f"a = CASE WHEN form IN ('year_first', 'named') THEN {ours} ELSE a END, "
        f"c = CASE WHEN form = 'long' THEN {ours} ELSE c END, "
        f"text = CASE WHEN form = 'compact' THEN {ours} || substr(text, 5) ELSE text END "
        f"WHERE form IN ('year_first', 'named', 'long', 'compact') "
        f"AND {_YEAR} BETWEEN {low} AND {high}"
    )
    return tell(
        "{n:,} dates in column {column} have years of the Buddhist calendar: 543 were taken off.",
        n=found,
        column=repr(column),
    )
