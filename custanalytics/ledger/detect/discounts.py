"""What a column of discounts does: taken off already, to be taken off, as money or as a share."""

from collections.abc import Mapping

from custanalytics.errors import SourceError
from custanalytics.ledger.detect.numbers import NumberColumn
from custanalytics.ledger.detect.roles import Candidate, Roles
from custanalytics.ledger.staging import Staging
from custanalytics.sentences import tell

_HOLDS = 0.95
_FEWEST = 5
# Above prices such as this a discount below 1 is a share, not a few cents.
_PRICE_ABOVE_SHARES = 5


def question_discount(roles: Roles, numbers: Mapping[str, NumberColumn]) -> None:
    """Ask where what was paid is proven to be before a discount, and say where it was taken off."""
    paid = roles.column("amount") or roles.column("order_total") or ""
    price, quantity = roles.column("unit_price"), roles.column("quantity")
    if "discount" in roles.chosen:
        if price and quantity and "amount" in roles.chosen:
            # The user has said that it comes off quantity times price.
            del roles.chosen["amount"]
        return
    given = [c.column for c in roles.best("discount") if c.column in numbers]
    given = [name for name in given if _is_filled(roles.staging, name)]
    if not given:
        return
    discount, *_ = given
    prices = [price] if price else [c.column for c in roles.best("unit_price")]
    for name in [name for name in prices if quantity and name in numbers]:
        before, after, rows, total, off = _taken_off(
            roles.staging, quantity or "", name, paid, discount
        )
        if rows >= _FEWEST and before >= _HOLDS * rows:
            raise SourceError(
                f"column {paid!r} is {quantity!r} times {name!r}, before the discount in "
                f"{discount!r}: the sales come to {total:,.2f} with it and to {total - off:,.2f} "
                f"after it; say --map discount={discount} to take it off, or --map discount=none "
                "if it is off the price already"
            )
        if rows >= _FEWEST and after >= _HOLDS * rows:
            return
    roles.warnings.append(
        tell(
            "Column {discount} names a discount: {paid} was taken for what was paid after it "
            "(--map amount=COLUMN says otherwise).",
            discount=repr(discount),
            paid=repr(paid),
        )
    )


def _is_filled(staging: Staging, name: str) -> bool:
    found = staging.engine.sql(
        "SELECT count(*) AS n FROM number_values WHERE col = $col AND number <> 0",
        col=staging.column(name),
    )
    return bool(found["n"].iloc[0])


def _taken_off(
    staging: Staging, quantity: str, price: str, paid: str, discount: str
) -> tuple[int, int, int, float, float]:
    """Rows with a discount: where it is not taken off, where it is, all; the sum paid, and it."""
    values = {"q": quantity, "p": price, "a": paid, "d": discount}
    joins = " ".join(
        f"JOIN number_values AS {at} ON {at}.col = '{staging.column(name)}' "
        f"AND {at}.cell = s.{staging.column(name)}"
        for at, name in values.items()
    )
    numbers = ", ".join(f"CAST({at}.number AS DOUBLE) AS {at}" for at in values)
    row = staging.engine.sql(
        f"WITH rows_of AS (SELECT {numbers}, d.unit = '%' AS per_cent FROM staged AS s {joins}), "
        "off AS (SELECT *, CASE WHEN per_cent THEN q * p * abs(d) / 100 WHEN (SELECT max(abs(d)) "
        "FROM rows_of) < 1 THEN q * p * abs(d) ELSE abs(d) END AS off FROM rows_of WHERE d <> 0) "
        "SELECT count(*) AS n, "
        "COALESCE(sum(CASE WHEN abs(q * p - a) <= 0.011 THEN 1 ELSE 0 END), 0) AS before, "
        "COALESCE(sum(CASE WHEN abs(q * p - off - a) <= 0.011 THEN 1 ELSE 0 END), 0) "
        "AS after, COALESCE(sum(off), 0) AS off, (SELECT sum(a) FROM rows_of) AS total FROM off"
    ).iloc[0]
    return (
        int(row["before"]),
        int(row["after"]),
        int(row["n"]),
        float(row["total"]),
        float(row["off"]),
    )


def settle_discount(roles: Roles) -> None:
    """A discount beside quantity and price may be taken off already, or not: the user says."""
    if "discount" in roles.chosen:
        return
    for candidate in roles.best("discount"):
        if _is_filled(roles.staging, candidate.column):
            if _is_share(roles, candidate.column):
                _take_share(roles, candidate)
                return
            raise SourceError(
                f"no column says what was paid after the discount in {candidate.column!r}; say "
                f"--map discount={candidate.column} to take it off quantity times unit_price, or "
                "--map discount=none if the unit price has it off already"
            )


def _is_share(roles: Roles, column: str) -> bool:
    """Whether a column of discounts holds shares: round ones below 1, of much higher prices."""
    price = roles.staging.column(roles.column("unit_price") or "")
    row = roles.staging.engine.sql(
        "SELECT min(number) >= 0 AND max(number) < 1 AND max(number) > 0 "
        "AND bool_and(number * 100 = floor(number * 100)) AS fits, "
        "(SELECT median(abs(CAST(number AS DOUBLE))) FROM number_values WHERE col = $price) "
        "AS price "
        "FROM number_values WHERE col = $col AND number IS NOT NULL",
        col=roles.staging.column(column),
        price=price,
    ).iloc[0]
    return bool(row["fits"]) and float(row["price"]) >= _PRICE_ABOVE_SHARES


def _take_share(roles: Roles, candidate: Candidate) -> None:
    roles.take("discount", candidate.column, "holds shares of the price", 0.8)
    roles.warnings.append(
        tell(
            "Column {column} holds shares of the price, from 0 to 1: it was taken off quantity "
            "times unit price; say --map discount=none if the price has it off already.",
            column=repr(candidate.column),
        )
    )


def discount_is_share(roles: Roles) -> bool:
    """Whether the column chosen as discount holds shares without a percent sign."""
    column = roles.column("discount")
    return bool(column and roles.column("unit_price") and _is_share(roles, column))
