"""What customers said to being contacted: yes, no, or not asked."""

import pandas as pd

from custanalytics.ledger.detect.states import consent_cells
from custanalytics.ledger.mapping import Mapping
from custanalytics.ledger.staging import Staging
from custanalytics.sentences import tell_many

_ROLES = ("consent", "opt_out")


def add_consent_cells(staging: Staging, mapping: Mapping) -> None:
    """Table ``consent_cells``: whether the cells of a column of consents say yes."""
    rows: list[tuple[str, str, bool]] = []
    for role in _ROLES:
        if role in mapping.roles:
            column = staging.column(mapping.roles[role].column)
            cells = staging.engine.sql(
                f"SELECT DISTINCT {column} AS cell FROM staged WHERE {column} IS NOT NULL"
            )["cell"]
            rows += [(role, *entry) for entry in consent_cells(map(str, cells)).items()]
    table = pd.DataFrame(rows, columns=["role", "cell", "agrees"])
    table = table.astype({"role": "str", "cell": "str", "agrees": "bool"})
    staging.engine.write("consent_cells", table)


def tell_of_refusals(staging: Staging, mapping: Mapping) -> list[str]:
    """How many customers said no to being contacted."""
    row = staging.engine.sql(
        "SELECT count(DISTINCT customer_id) AS n, "
        "count(DISTINCT CASE WHEN NOT consent THEN customer_id END) AS refused FROM ledger"
    ).iloc[0]
    if not int(row["refused"]):
        return []
    columns = [mapping.roles[role].column for role in _ROLES if role in mapping.roles]
    return [
        tell_many(
            int(row["refused"]),
            "One of {all:,} customers does not want to be contacted (column {columns}) and stands "
            "in no list to contact.",
            "{n:,} of {all:,} customers do not want to be contacted (column {columns}) and stand "
            "in no list to contact.",
            n=int(row["refused"]),
            all=int(row["n"]),
            columns=", ".join(map(repr, columns)),
        )
    ]
