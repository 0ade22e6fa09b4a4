"""A report's segments and lists as statements for the client's own warehouse."""

import ast
from collections.abc import Mapping as Dict
from datetime import date
from pathlib import Path

import pandas as pd

from custanalytics.customers.rfm import RFM, RFM_SEGMENTS, SEGMENTS
from custanalytics.customers.rhythm import LEAST_SPAN, NEW_DAYS, USUAL_FACTOR, pace_on, shop_gap
from custanalytics.engine import composed, quote
from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.ledger.detect.cell_words import nobody_words
from custanalytics.ledger.detect.states import STATE_ROLES, state_reasons
from custanalytics.ledger.mapping import Choice, Mapping
from custanalytics.results.lists import segment_list
from custanalytics.results.store import AnalysisResults
from custanalytics.transactions import ONE_ORDER
from custanalytics.warehouse.one_statement import DIALECTS, as_view, one_statement, written
from custanalytics.warehouse.statement import (
    GIVEN,
    IN_ORDER,
    UNKNOWN_KIND,
    counted,
    lines_of,
    literal,
)

VIEW, SCORES = "customer_segments", "customer_scores"
LATE_LIST, CONTACT_LIST, CONTROL_LIST = "late", "contact", "control"
# What decides over segments; the rest of an export does not.
_ROLES = ("customer_id", "order_id", "ordered_at", "amount", "quantity", "unit_price", "product",
          "product_name", "consent", "opt_out", *STATE_ROLES)  # fmt: skip
_LATE = "pace = 'late'"
_BOTH = "f_score + m_score"
_KEPT = "pace = 'on time' AND returned_share <= 0.5"
# The rules of `SEGMENTS` and `RFM_SEGMENTS`, in their order.
_BY_RHYTHM = (
    f"{_KEPT} AND {_BOTH} >= 8",
    f"{_KEPT} AND {_BOTH} >= 6",
    "pace = 'on time'",
    "pace = 'new'",
    f"{_LATE} AND {_BOTH} >= 8",
    _LATE,
    "TRUE",
)
_BY_SCORES = (
    f"r_score >= 4 AND {_BOTH} >= 8",
    f"r_score >= 3 AND {_BOTH} >= 6",
    "r_score >= 4",
    "r_score >= 3",
    f"{_BOTH} >= 8",
    f"{_BOTH} >= 6",
    "TRUE",
)


def audiences(
    results: AnalysisResults,
    mapping: Mapping,
    table: str,
    dialect: str,
    *,
    view: str = VIEW,
    scores: str = SCORES,
    as_of: date | None = None,
) -> dict[str, str]:
    """Statements by which a warehouse keeps a report's segments and lists.

    Parameters
    ----------
    results : AnalysisResults
        Of a report on sales with amounts.
    mapping : Mapping
        Role to column of the client's table.
    table : str
        Name of the table of sales, with its schema where it has one, or a SELECT statement in
        the SQL of PostgreSQL and DuckDB.
    dialect : str
        One of ``postgresql``, ``snowflake``, ``bigquery``, ``redshift``, ``databricks``,
        ``mysql``, ``sqlserver`` and ``duckdb``.
    view : str
        Name of the view that the first statement makes: one row a customer, with its segment.
    scores : str
        Name of the table into which ``exports/customers.parquet`` is loaded.
    as_of : date, optional
        Day to look from; the day on which the statement runs where not given.

    Returns
    -------
    dict of str to str
        Name -> statement. ``customers`` makes the view; ``segment-NAME`` and ``late`` read it;
        those that are drawn by lot or by a model, such as ``contact``, read the scores.

    Raises
    ------
    UnsupportedError
        The report has no segments, or counts purchases without money.
    UsageError
        The dialect is none of these, or a column that every sale needs is not mapped.

    Notes
    -----
    The orders, their returns and credit notes, the bounds of the scores and of the rhythm are
    those of the report. Whether the forecast expects a silent customer back is not known to the
    warehouse: `differing` counts whom that concerns.
    """
    if dialect not in DIALECTS:
        raise UsageError(f"--dialect {dialect}: expected one of {', '.join(DIALECTS)}")
    groups, _ = _segmented(results)
    query = one_statement(
        [
            (GIVEN, table if _is_query(table) else f"SELECT * FROM {table}"),
            ("given_lines", _lines(results, mapping)),
            ("ledger", composed("ledger_of_table")),
            *((name, composed(name)) for name in ("order_parts", "orders", "order_changes")),
            ("summary", composed("customer_summary")),
            ("consents", composed("customer_consent")),
            ("paced", composed("audience_customers")),
            ("scored", _scored(groups.bounds)),
        ],
        f"SELECT s.*, CASE {_cases(results)} END AS segment, COALESCE(c.consent, TRUE) "
        "AS may_be_contacted FROM scored AS s LEFT JOIN consents AS c "
        "ON s.customer_id = c.customer_id",
        {"as_of": as_of, **ONE_ORDER, **_rhythm(results)},
    )
    made = {"customers": written(as_view(view, query), dialect)}
    for name, text in _lists(results, view, scores).items():
        made[name] = written(one_statement([], text, {}), dialect)
    return made


def differing(results: AnalysisResults) -> tuple[int, int]:
    """How many customers the forecast puts into another segment than the rules, and of how many."""
    _, customers = _segmented(results)
    rhythm = _rhythm(results)
    alone = pace_on(customers, (rhythm["late_factor"], rhythm["gone_factor"]))
    return int((alone != customers["pace"]).sum()), len(customers)


def explained(name: str, results: AnalysisResults, view: str, scores: str) -> list[str]:
    """What stands above a statement, line by line."""
    groups, _ = _segmented(results)
    day = results.settings.observation_end
    if name == "customers":
        return [
            f"One row a customer: what was bought, scores, rhythm and segment, by the rules and "
            f"bounds of the report on sales up to {day}.",
            f"Run it once; the view {view} then follows the table. Make it anew with each report.",
        ]
    if name in (CONTACT_LIST, CONTROL_LIST):
        what = (
            "To contact" if name == CONTACT_LIST else "Left alone, to measure what a contact adds"
        )
        return [
            f"{what}: drawn by the report on sales up to {day}.",
            f"Load exports/customers.parquet of the report as table {scores} first.",
        ]
    if name == LATE_LIST:
        said = "Late by their own rhythm"
    else:
        rows = groups.segments
        of = rows.loc[[Path(segment_list(s)).stem == name for s in rows["segment"]]].iloc[0]
        said = f"{of['segment']}: {of['rule']}"
    return [f"{said}. Only those who may be contacted.", "Run customers.sql first."]


def _segmented(results: AnalysisResults) -> tuple[RFM, pd.DataFrame]:
    if results.rfm is None or results.customers is None or results.settings.no_amount:
        raise UnsupportedError("audiences need a report with segments of sales with amounts")
    return results.rfm, results.customers


def _is_query(table: str) -> bool:
    return table.lstrip("( \n").lower().startswith(("select", "with"))


def _lines(results: AnalysisResults, mapping: Mapping) -> str:
    """The lines that count, as `load_table` reads them."""
    roles = {name: choice for name, choice in mapping.roles.items() if name in _ROLES}
    missing = [name for name in ("customer_id", "ordered_at") if name not in roles]
    if "amount" not in roles and not {"quantity", "unit_price"} <= roles.keys():
        missing.append("amount")
    if missing:
        raise UsageError(f"no column is mapped to {', '.join(missing)}; give --map ROLE=COLUMN")
    kinds = dict.fromkeys((choice.column for choice in roles.values()), UNKNOWN_KIND)
    lines = lines_of(
        roles, kinds, _states(results, roles, mapping), [*nobody_words()], (),
        (date.min, date.max, date.max),
    )  # fmt: skip
    return (
        f"SELECT ROW_NUMBER() OVER (ORDER BY {', '.join(IN_ORDER)}) AS line_no, l.* "
        f"FROM ({counted(lines)}) AS l WHERE CAST(ordered_at AS DATE) <= CAST($as_of AS DATE)"
    )


def _states(results: AnalysisResults, roles: Dict[str, Choice], mapping: Mapping) -> pd.DataFrame:
    """What each state that the report met was taken for."""
    met = results.ledger.states if results.ledger is not None else pd.DataFrame()
    rows = []
    for role in STATE_ROLES:
        if role not in roles or met.empty:
            continue
        column = roles[role].column
        values = [str(value) for value in met.loc[met["column"] == column, "value"]]
        reasons = state_reasons(role, values, mapping.sale, mapping.not_a_sale)
        rows += [(role, column, value, reasons[value][0]) for value in values]
    return pd.DataFrame(rows, columns=["role", "column", "value", "reason"])


def _scored(bounds: pd.DataFrame) -> str:
    """Scores by the bounds of the report."""
    levels = bounds.sort_values("score", ascending=False)

    def score(value: str, bound: str, sign: str) -> str:
        known = levels[levels[bound].notna()]
        cases = " ".join(
            f"WHEN {value} {sign} {float(edge)!r} THEN {int(level)}"
            for level, edge in zip(known["score"], known[bound], strict=True)
        )
        return f"CASE {cases} ELSE {int(known['score'].min())} END"

    return (
        f"SELECT p.*, {score('days_since_last_purchase', 'days_since_high', '<=')} AS r_score, "
        f"{score('n_orders', 'orders_low', '>=')} AS f_score, "
        f"{score('total_spend', 'spend_low', '>=')} AS m_score FROM paced AS p"
    )


def _rhythm(results: AnalysisResults) -> dict[str, float]:
    """The shop's own rhythm, and from how many gaps a customer is late and silent."""
    _, customers = _segmented(results)
    late, gone = USUAL_FACTOR, USUAL_FACTOR * LEAST_SPAN
    if results.propensity is not None:
        late, gone = (results.propensity.figures[f"{name}_factor"] for name in ("late", "gone"))
    gap = shop_gap(customers["frequency"], customers["recency"])
    if gap != gap:  # NaN: nobody has come back yet
        gap = NEW_DAYS / late
    return {"shop_gap_days": gap, "late_factor": late, "gone_factor": gone}


def _cases(results: AnalysisResults) -> str:
    """The rules of the segments, in their order."""
    groups, _ = _segmented(results)
    named = groups.segments
    own = results.settings.conditions
    known = {
        (segment.name, segment.rule): condition
        for segments, conditions in (
            (SEGMENTS, _BY_RHYTHM),
            (RFM_SEGMENTS, _BY_SCORES),
        )
        for segment, condition in zip(segments, conditions, strict=True)
    }
    cases = []
    for name, rule in zip(named["segment"], named["rule"], strict=True):
        if name in own:
            condition = _as_sql(own[name])
        elif (name, rule) in known:
            condition = known[name, rule]
        elif name == named["segment"].iloc[-1]:
            condition = "TRUE"
        else:
            raise UnsupportedError(f"the rule of segment {name!r} is no text that SQL can say")
        cases.append(f"WHEN {condition} THEN {literal(name)}")
    return " ".join(cases)


def _as_sql(condition: str) -> str:
    """A condition of one's own, which compares columns and numbers only."""

    class _Signs(ast.NodeTransformer):
        def visit_Compare(self, node: ast.Compare) -> ast.expr:
            sides = [node.left, *node.comparators]
            parts: list[ast.expr] = [
                ast.Compare(left, [sign], [right])
                for left, sign, right in zip(sides, node.ops, sides[1:], strict=False)
            ]
            return ast.BoolOp(ast.And(), parts) if len(parts) > 1 else parts[0]

    tree = _Signs().visit(ast.parse(condition.strip(), mode="eval").body)
    text = ast.unparse(ast.fix_missing_locations(tree))
    return f"({text.replace('==', '=').replace('!=', '<>')})"


def _lists(results: AnalysisResults, view: str, scores: str) -> dict[str, str]:
    """Each list of the report as a statement of ours."""
    groups, customers = _segmented(results)
    found = {}
    for segment in groups.segments["segment"]:
        name = Path(segment_list(segment)).stem
        of = f"segment = {literal(segment)} AND may_be_contacted"
        found[name] = f"SELECT * FROM {view} WHERE {of}"
    found[LATE_LIST] = f"SELECT * FROM {view} WHERE {_LATE} AND may_be_contacted"
    for group in (CONTACT_LIST, CONTROL_LIST) if "group" in customers else ():
        found[group] = f"SELECT * FROM {scores} WHERE {quote('group')} = {literal(group)}"
    return found
