"""Chooses the column with the date of the order, and that with the time of day."""

from custanalytics.errors import SourceError
from custanalytics.ledger.detect.roles import (
    FIT,
    HALF_FILLED,
    TIME,
    Roles,
    listed,
    matching,
    with_shapes,
)
from custanalytics.ledger.staging import Staging
from custanalytics.sentences import tell


def find_date(roles: Roles) -> None:
    """Choose the column with the date of the order, and that with the time of day."""
    staging = roles.staging
    if "ordered_at" not in roles.chosen:
        best = roles.best("ordered_at")
        well_filled = [c for c in best if c.filled >= HALF_FILLED] or best
        if well_filled:
            first = well_filled[0]
            others = [c.column for c in well_filled[1:] if c.strength == first.strength]
            reason = f"named {first.column!r} and holds dates"
            if others:
                roles.warnings.append(
                    tell(
                        "Column {column} was taken for the date of the order; it could also be "
                        "{others} (--map ordered_at=COLUMN).",
                        column=repr(first.column),
                        others=listed(others),
                    )
                )
            roles.take("ordered_at", first.column, reason, first.strength - 0.2 * bool(others))
        else:
            dates = [name for name in staging.names if roles.kinds[name] == "date"]
            dates = [name for name in dates if name not in roles.used()]
            if len(dates) != 1:
                raise SourceError(_no_date(staging, dates))
            roles.take("ordered_at", dates[0], "the only column that holds dates", 0.8)
    day = roles.chosen["ordered_at"].column
    has_time = any(":" in cell and not cell.endswith(" 00:00:00") for cell in staging.values(day))
    times = roles.best("ordered_time")
    if not has_time and "ordered_time" not in roles.chosen:
        if times:
            roles.take("ordered_time", times[0].column, "holds times of day", times[0].strength)
        elif not staging.has_header:
            found = [
                name
                for name in staging.names
                if name not in roles.used()
                and (cells := [c for c in staging.values(name) if c])
                and matching(TIME, cells) >= FIT
                and any(":" in cell for cell in cells)
            ]
            if len(found) == 1:
                roles.take("ordered_time", found[0], "the only column that holds times", 0.8)


def _no_date(staging: Staging, dates: list[str]) -> str:
    if dates:
        return (
            f"several columns hold dates ({with_shapes(staging, dates)}) and no name tells which "
            "is the order's; give it with --map ordered_at=COLUMN"
        )
    header = "" if staging.has_header else ", as no line was taken for their header"
    return (
        "no column holds dates of sales (role ordered_at); expected one row per sale with at "
        f"least a customer, a date and an amount; the columns are {listed(staging.names)}{header}; "
        "if one of them is the date of the order, give it with --map ordered_at=COLUMN; a file of "
        "leads and what became of them goes to custanalytics prospects"
    )
