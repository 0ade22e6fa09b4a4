"""Finds the columns that say what was paid, and proves them by the relations they must keep."""

from collections.abc import Mapping
from dataclasses import dataclass

from custanalytics.errors import SourceError
from custanalytics.ledger.detect.discounts import question_discount, settle_discount
from custanalytics.ledger.detect.numbers import NumberColumn
from custanalytics.ledger.detect.order_lines import (
    is_first_only,
    refuse_repeated_lines,
    rows_are_orders,
)
from custanalytics.ledger.detect.roles import Candidate, Roles
from custanalytics.ledger.staging import Staging
from custanalytics.sentences import tell

_HOLDS = 0.95
_FEWEST = 5
# Share of the products that must agree on what a price is of.
_MOST_VOTES = 0.8


def find_money(roles: Roles, numbers: Mapping[str, NumberColumn], *, drop_duplicates: bool) -> None:
    """Choose amount, or order_total, or quantity and unit_price."""
    is_given = "amount" in roles.chosen
    if not is_given:
        refuse_repeated_lines(roles)
    _take(roles, "quantity")
    _take(roles, "refunded")
    _find_paid(roles, numbers)
    if not is_given and not drop_duplicates:
        _refuse_overlap(roles)
    _refuse_undecided(roles, numbers)
    if {"amount", "order_total"} & roles.chosen.keys():
        if not is_given:
            question_discount(roles, numbers)
    elif "unit_price" in roles.chosen:
        settle_discount(roles)


def _refuse_undecided(roles: Roles, numbers: Mapping[str, NumberColumn]) -> None:
    """What was paid must not hang on a guess at the decimal sign."""
    used = ["order_total", "refunded", *(["amount"] if "amount" in roles.chosen else [])]
    if not {"amount", "order_total"} & roles.chosen.keys():
        used += ["quantity", "unit_price", "discount"]
    for role in used:
        column = roles.column(role)
        if column and column in numbers and numbers[column].decimal is None:
            shapes = ", ".join(roles.staging.shapes(column))
            raise SourceError(
                f"column {column!r} has no figure that tells thousands from decimals (shapes such "
                f"as {shapes}); say which it is with --decimal point or comma"
            )


def _find_paid(roles: Roles, numbers: Mapping[str, NumberColumn]) -> None:
    if "amount" in roles.chosen or "order_total" in roles.chosen:
        return
    if "unit_price" in roles.chosen and "quantity" in roles.chosen:
        return
    lines = [c for c in roles.best("amount") if c.kind in ("line", "part")]
    totals = roles.best("order_total")
    if first_only := [c for c in (*totals, *lines) if _is_on_first_lines(roles, c.column)]:
        reason = f"named {first_only[0].column!r}, on the first line of an order only"
        roles.take("order_total", first_only[0].column, reason, 0.9)
        _take_prices(roles)
        return
    each = [c for c in roles.best("unit_price") if c.kind == "each"]
    prices = [c for c in roles.best("unit_price") if c.kind == "price"]
    quantity = roles.column("quantity")
    if totals and lines and lines[0].kind == "part" and rows_are_orders(roles):
        _take_total(roles, totals)
        return
    if quantity and each:
        roles.take("unit_price", each[0].column, f"named {each[0].column!r}", each[0].strength)
        _take_proven_total(roles, lines, each[0].column, quantity)
        # Totals repeated on each line of an order are no amounts of lines.
        proven = "amount" in roles.chosen
        if not proven and lines and repeated_in_orders(roles, lines[0].column) is None:
            _take_line(roles, lines)
        return
    if lines:
        if quantity and prices:
            roles.chosen.pop("unit_price", None)
            _take_proven_total(roles, lines, prices[0].column, quantity)
            if "amount" in roles.chosen:
                roles.take("unit_price", prices[0].column, "times quantity gives the amount", 0.9)
                return
        _take_line(roles, lines)
        return
    if totals:
        _take_total(roles, totals)
        _take_prices(roles)
        return
    if prices or each:
        _take_price(roles, (each or prices)[0], quantity)
        return
    _by_content(roles, list(numbers))


def _is_on_first_lines(roles: Roles, column: str) -> bool:
    order = roles.column("order_id")
    staging = roles.staging
    return order is not None and is_first_only(
        staging, staging.column(order), staging.column(column)
    )


def _take_total(roles: Roles, totals: list[Candidate]) -> None:
    first = totals[0]
    if _varies_in_orders(roles, first.column):
        reason = f"named {first.column!r}, and differs within orders"
        roles.take("amount", first.column, reason, 0.8)
        return
    rivals = [c.column for c in totals[1:] if c.strength == first.strength]
    if rivals:
        _warn_of_rivals(roles, "order_total", first.column, rivals)
    roles.take("order_total", first.column, f"named {first.column!r}", first.strength)


def _varies_in_orders(roles: Roles, column: str) -> bool:
    """Whether most orders of several lines show several figures."""
    if (order := roles.column("order_id")) is None:
        return False
    row = roles.staging.engine.sql(
        "SELECT count(*) AS orders, COALESCE(sum(CASE WHEN figures > 1 THEN 1 ELSE 0 END), 0) "
        f"AS several FROM (SELECT count(DISTINCT {roles.staging.column(column)}) AS figures "
        f"FROM staged WHERE {roles.staging.column(order)} IS NOT NULL "
        f"GROUP BY part_no, {roles.staging.column(order)} HAVING count(*) > 1)"
    ).iloc[0]
    return int(row["orders"]) >= _FEWEST and row["several"] > _MOST_VOTES * row["orders"]


def _warn_of_rivals(roles: Roles, role: str, column: str, others: list[str]) -> None:
    """Say which column was taken, and what the sales come to by it and by each other."""
    sums = _sums(roles, role, [column, *others])
    roles.warnings.append(
        tell(
            "Column {column} was taken for what was paid: the rows come to {total:,.2f} by it; it "
            "could also be {others} (--map {role}=COLUMN).",
            column=repr(column),
            total=sums[column],
            others=", ".join(f"{name!r}: {sums[name]:,.2f}" for name in others),
            role=role,
        )
    )


def _sums(roles: Roles, role: str, columns: list[str]) -> dict[str, float]:
    """What columns come to; totals that stand on each line of an order count once."""
    order = roles.column("order_id") if role == "order_total" else None
    once = f"part_no, s.{roles.staging.column(order)}" if order else "s.line_no"
    sums = {}
    for name in columns:
        column = roles.staging.column(name)
        found = roles.staging.engine.sql(
            "SELECT CAST(COALESCE(sum(number), 0) AS DOUBLE) AS total FROM ("
            f"SELECT max(v.number) AS number FROM staged AS s JOIN number_values AS v "
            f"ON v.col = '{column}' AND v.cell = s.{column} GROUP BY {once})"
        )
        sums[name] = float(found["total"].iloc[0])
    return sums


def _take_prices(roles: Roles) -> None:
    """The price of a piece says how an order's total is shared among its lines."""
    for candidate in roles.best("unit_price") if "quantity" in roles.chosen else ():
        votes = _price_votes(roles, candidate.column, roles.column("quantity") or "")
        if candidate.kind == "each" or votes.each > votes.line or votes.only_ones:
            reason = f"named {candidate.column!r}"
            roles.take("unit_price", candidate.column, reason, candidate.strength)
            return


def _take(roles: Roles, role: str) -> None:
    best = roles.best(role)
    if best and role not in roles.chosen:
        roles.take(role, best[0].column, f"named {best[0].column!r}", best[0].strength)


def _take_proven_total(roles: Roles, lines: list[Candidate], price: str, quantity: str) -> None:
    """The line total is the column that quantity times price gives."""
    for candidate in lines:
        share, rows = product_share(roles.staging, quantity, price, candidate.column)
        if rows >= _FEWEST and share >= _HOLDS:
            reason = f"{quantity} times {price} gives it in {share:.0%} of the rows"
            roles.take("amount", candidate.column, reason, 0.95)
            return


def _take_line(roles: Roles, lines: list[Candidate]) -> None:
    first = lines[0]
    several = [c for c in lines if c.strength == first.strength]
    repeated = repeated_in_orders(roles, first.column)
    if repeated:
        same, orders = repeated
        raise SourceError(
            f"column {first.column!r} holds the same figure on every line of an order in {same} of "
            f"{orders} orders of several lines: it looks like the order's total; say "
            f"--map order_total={first.column} if so, or --map amount={first.column} if it is "
            "what was paid for the line"
        )
    reason = f"named {first.column!r}"
    if len(several) > 1:
        _warn_of_rivals(roles, "amount", first.column, [c.column for c in several[1:]])
    roles.take("amount", first.column, reason, first.strength - 0.2 * (len(several) > 1))


def _refuse_overlap(roles: Roles) -> None:
    """Orders that stand in two files with the same figure count twice, unless the user knows."""
    column = roles.column("amount")
    staging = roles.staging
    if column is None or len(staging.parts) < 2:
        return
    if not repeated_in_orders(roles, column, in_all_files=True):
        return
    found = staging.engine.sql(
        "SELECT part_no, count(*) AS n, min(file_line) AS line FROM staged WHERE line_no NOT IN "
        f"(SELECT line_no FROM ({_rows_once(staging)})) GROUP BY part_no ORDER BY part_no"
    )
    listed = ", ".join(
        f"{n} rows of {staging.parts[int(part)].label} (the first in line {line})"
        for part, n, line in zip(found["part_no"], found["n"], found["line"], strict=True)
    )
    raise SourceError(
        f"the files overlap: {listed} repeat a row of another file in every column, and would "
        f"count twice; say --drop-duplicates to count them once, or --map amount={column} if they "
        "are sales of their own"
    )


def _rows_once(staging: Staging) -> str:
    """SQL for the staged rows without those that an earlier file holds as well."""
    cells = ", ".join(staging.column(name) for name in staging.names)
    return f"SELECT * FROM staged QUALIFY part_no = min(part_no) OVER (PARTITION BY {cells})"


def _take_price(roles: Roles, price: Candidate, quantity: str | None) -> None:
    """A bare "price" may be of one piece or of the line: the data must tell."""
    name = price.column
    if quantity is None or price.kind == "each":
        if quantity:
            roles.take("unit_price", name, f"named {name!r}", price.strength)
        else:
            roles.take("amount", name, f"named {name!r}, and there is no quantity", 0.7)
        return
    votes = _price_votes(roles, name, quantity)
    needed = _MOST_VOTES * votes.products
    if votes.products == 0 and votes.only_ones:
        roles.take("amount", name, f"named {name!r}; every quantity is 1", 0.8)
    elif votes.each >= max(needed, 1):
        reason = f"keeps to a product whatever the quantity ({votes.each} of {votes.products})"
        roles.take("unit_price", name, reason, 0.85)
    elif votes.line >= max(needed, 1):
        reason = f"grows with the quantity of a product ({votes.line} of {votes.products})"
        roles.take("amount", name, reason, 0.85)
    else:
        raise SourceError(
            f"column {name!r} may be the price of one piece or of the whole line, and the data "
            f"does not tell; say --map unit_price={name} or --map amount={name}"
        )


@dataclass(frozen=True)
class _Votes:
    """Products sold in several quantities, and what each says a price is of."""

    each: int
    line: int
    products: int
    only_ones: bool


def _price_votes(roles: Roles, price: str, quantity: str) -> _Votes:
    """A price of one piece varies less, within a product, than that price a piece does."""
    candidates = [c.column for c in roles.best("product")] or [roles.column("product") or ""]
    product = roles.staging.column(candidates[0]) if candidates[0] else "NULL"
    q, p = roles.staging.column(quantity), roles.staging.column(price)
    row = roles.staging.engine.sql(
        f"WITH priced AS (SELECT {product} AS product, abs(CAST(vq.number AS DOUBLE)) AS quantity, "
        f"abs(CAST(vp.number AS DOUBLE)) AS price FROM staged AS s "
        f"JOIN number_values AS vq ON vq.col = '{q}' AND vq.cell = s.{q} "
        f"JOIN number_values AS vp ON vp.col = '{p}' AND vp.cell = s.{p} "
        "WHERE vq.number <> 0 AND vp.number <> 0), "
        "spread AS (SELECT product, max(price) / min(price) AS of_price, "
        "max(price / quantity) / min(price / quantity) AS of_piece "
        "FROM priced WHERE product IS NOT NULL GROUP BY product "
        "HAVING count(DISTINCT quantity) > 1) "
        "SELECT COALESCE(sum(CASE WHEN of_price < 0.9 * of_piece THEN 1 ELSE 0 END), 0) AS each, "
        "COALESCE(sum(CASE WHEN of_piece < 0.9 * of_price THEN 1 ELSE 0 END), 0) AS line, "
        "count(*) AS products, "
        "(SELECT count(*) FROM priced WHERE quantity <> 1) = 0 AS only_ones FROM spread"
    ).iloc[0]
    return _Votes(int(row["each"]), int(row["line"]), int(row["products"]), bool(row["only_ones"]))


def product_share(staging: Staging, quantity: str, price: str, total: str) -> tuple[float, int]:
    """Share of rows where quantity times price is the total, to a cent a piece, and rows."""
    q, p, t = (staging.column(name) for name in (quantity, price, total))
    row = staging.engine.sql(
        "SELECT count(*) AS n, COALESCE(sum(CASE WHEN abs(CAST(vq.number AS DOUBLE) * "
        "CAST(vp.number AS DOUBLE) - CAST(vt.number AS DOUBLE)) <= 0.011 "
        "THEN 1 ELSE 0 END), 0) AS hit "
        "FROM staged AS s "
        f"JOIN number_values AS vq ON vq.col = '{q}' AND vq.cell = s.{q} "
        f"JOIN number_values AS vp ON vp.col = '{p}' AND vp.cell = s.{p} "
        f"JOIN number_values AS vt ON vt.col = '{t}' AND vt.cell = s.{t} "
        "WHERE vq.number IS NOT NULL AND vp.number IS NOT NULL AND vt.number IS NOT NULL"
    ).iloc[0]
    rows = int(row["n"])
    return (float(row["hit"]) / rows if rows else 0.0), rows


def repeated_in_orders(
    roles: Roles, column: str, *, in_all_files: bool = False
) -> tuple[int, int] | None:
    """Orders of several lines that show one figure throughout, and all; None if that is rare.

    Rows that another file holds as well are lines of the order only ``in_all_files``.
    """
    order = roles.column("order_id")
    if order is None:
        return None
    o, v = roles.staging.column(order), roles.staging.column(column)
    products = [c.column for c in roles.candidates.get("product", [])]
    product = roles.staging.column(products[0]) if products else "CAST(line_no AS VARCHAR)"
    several = len(roles.staging.parts) > 1 and not in_all_files
    rows = f"({_rows_once(roles.staging)})" if several else "staged"
    if not in_all_files:
        # A row that repeats another one in every column is no further line of the order.
        cells = ", ".join(roles.staging.column(name) for name in roles.staging.names)
        rows = (
            f"(SELECT * FROM {rows} QUALIFY row_number() OVER "
            f"(PARTITION BY {cells} ORDER BY line_no) = 1)"
        )
    row = roles.staging.engine.sql(
        "SELECT CAST(COALESCE(sum(CASE WHEN figures = 1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS same, "
        "count(*) AS orders, CAST(count(DISTINCT figure) AS BIGINT) AS figures FROM ("
        f"SELECT {o}, count(DISTINCT {v}) AS figures, min({v}) AS figure FROM {rows} "
        f"WHERE {o} IS NOT NULL AND {v} IS NOT NULL GROUP BY 1 "
        f"HAVING count(*) > 1 AND count(DISTINCT {product}) > 1)"
    ).iloc[0]
    same, orders = int(row["same"]), int(row["orders"])
    # One price for everything repeats by itself.
    if orders < _FEWEST or same < 0.9 * orders or int(row["figures"]) < 3:
        return None
    return same, orders


def _by_content(roles: Roles, names: list[str]) -> None:
    """The only column with decimals, or the product of two others, is the amount."""
    staging = roles.staging
    free = [name for name in names if name not in roles.used()]
    whole = [n for n in free if not any("." in c or "," in c for c in staging.values(n))]
    broken = [n for n in free if n not in whole]
    for total in broken:
        for price in broken:
            for quantity in whole:
                if price == total:
                    continue
                share, rows = product_share(staging, quantity, price, total)
                if rows >= _FEWEST and share >= _HOLDS and quantity not in roles.used():
                    several = any(c not in ("1", "1.0") for c in staging.values(quantity) if c)
                    if several:
                        reason = f"{quantity} times {price} gives it in {share:.0%} of the rows"
                        roles.take("amount", total, reason, 0.85)
                        roles.take("quantity", quantity, reason.replace("gives it", "fits"), 0.85)
                        roles.take("unit_price", price, reason.replace("gives it", "fits"), 0.85)
                        return
    if len(broken) == 1 and not staging.has_header:
        roles.take("amount", broken[0], "the only column with decimals", 0.7)
        return
    if counted := roles.column("quantity"):
        raise SourceError(
            f"column {counted!r} holds quantities, and no column says what was paid; export the "
            "sales with the amount or the price of a piece, or say --map amount=COLUMN or --map "
            "unit_price=COLUMN, or --no-amount to count purchases without money"
        )
    shown = "; ".join(
        f"{name!r} (such as {', '.join(staging.shapes(name))})" for name in (broken or free)[:8]
    )
    found = f"columns with numbers: {shown}" if shown else "no column holds numbers"
    raise SourceError(
        "no column can be told to say what was paid (role amount, or quantity with unit_price); "
        f"{found}; say which with --map amount=COLUMN, or --map quantity=COLUMN and "
        "--map unit_price=COLUMN, or --no-amount to count purchases without money"
    )
