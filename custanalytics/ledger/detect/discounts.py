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
    taken, off = _both(roles.staging, [paid], discount)
    if price and quantity and "amount" in roles.chosen:
        # The option takes it off these.
        undiscounted, off_price = _both(roles.staging, [quantity, price], discount)
        off = off_price + taken - undiscounted
    roles.warnings.append(
        tell(
            "Column {discount} names a discount: {paid} was taken for what was paid after it, and "
            "the rows come to {taken:,.2f}; with it still to be taken off they come to {less:,.2f} "
            "(--map discount={name}).",
            discount=repr(discount),
            paid=repr(paid),
            taken=taken,
            less=taken - off,
            name=discount,
        )
    )


def _both(staging: Staging, factors: list[str], discount: str) -> tuple[float, float]:
    """What the rows come to, as the product of the factors, and what the discount takes off."""
    d = staging.column(discount)
    joins = " ".join(
        f"JOIN number_values AS f{at} ON f{at}.col = '{staging.column(name)}' "
        f"AND f{at}.cell = s.{staging.column(name)}"
        for at, name in enumerate(factors)
    )
    product = " * ".join(f"CAST(f{at}.number AS DOUBLE)" for at in range(len(factors)))
    share = "true" if _in_shares(staging, discount, factors[-1]) else "d.unit = '%'"
    row = staging.engine.sql(
        f"WITH sold AS (SELECT {product} AS sum, abs(CAST(d.number AS DOUBLE)) AS d, d.unit = '%' "
        f"AS per_cent, {share} AS is_share FROM staged AS s {joins} "
        f"LEFT JOIN number_values AS d ON d.col = '{d}' AND d.cell = s.{d}) "
        "SELECT COALESCE(sum(sum), 0) AS total, COALESCE(sum(CASE WHEN is_share "
        "THEN sum * d / CASE WHEN per_cent THEN 100 ELSE 1 END ELSE sign(sum) * d END), 0) AS off "
        "FROM sold"
    ).iloc[0]
    return float(row["total"]), float(row["off"])


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
            price, quantity = roles.column("unit_price"), roles.column("quantity")
            sold = [name for name in (quantity, price) if name]
            total, off = _both(roles.staging, sold, candidate.column)
            raise SourceError(
                f"no column says what was paid after the discount in {candidate.column!r}; say "
                f"--map discount={candidate.column} to take it off quantity times unit_price (the "
                f"sales come to {total - off:,.2f} then), or --map discount=none if the unit price "
                f"has it off already ({total:,.2f})"
            )


def _is_share(roles: Roles, column: str) -> bool:
    """Whether a column of discounts holds shares of what it is taken off."""
    of = [role for role in ("unit_price", "amount", "order_total") if role in roles.chosen]
    return bool(of) and _in_shares(roles.staging, column, roles.chosen[of[0]].column)


def _in_shares(staging: Staging, column: str, price: str) -> bool:
    """Whether a column holds round shares below 1, beside much higher prices."""
    row = staging.engine.sql(
        "SELECT min(number) >= 0 AND max(number) < 1 AND max(number) > 0 "
        "AND bool_and(number * 100 = floor(number * 100)) AS fits, "
        "(SELECT median(abs(CAST(number AS DOUBLE))) FROM number_values WHERE col = $price) "
        "AS price "
        "FROM number_values WHERE col = $col AND number IS NOT NULL",
        col=staging.column(column),
        price=staging.column(price),
    ).iloc[0]
    return bool(row["fits"]) and float(row["price"]) >= _PRICE_ABOVE_SHARES


def _take_share(roles: Roles, candidate: Candidate) -> None:
    roles.take("discount", candidate.column, "holds shares of the price", 0.8)
    sold = [name for role in ("quantity", "unit_price") if (name := roles.column(role))]
    total, off = _both(roles.staging, sold, candidate.column)
    roles.warnings.append(
        tell(
            "Column {column} holds shares of the price, from 0 to 1: it was taken off quantity "
            "times unit price, and the rows come to {less:,.2f}; if the price has it off already, "
            "they come to {total:,.2f} (--map discount=none).",
            column=repr(candidate.column),
            less=total - off,
            total=total,
        )
    )


def discount_is_share(roles: Roles) -> bool:
    """Whether the column chosen as discount holds shares without a percent sign."""
    column = roles.column("discount")
    return bool(column and _is_share(roles, column))
