"""Which currency the amounts are in; amounts of several currencies are never added."""

from collections.abc import Mapping as Dict
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from custanalytics.errors import SourceError
from custanalytics.ledger.detect.cell_words import currency_code, currency_in_name
from custanalytics.ledger.detect.numbers import NumberColumn
from custanalytics.ledger.mapping import Mapping
from custanalytics.ledger.staging import Staging
from custanalytics.sentences import tell

_CROWNS = ("kr", "kr.")
_MONEY = ("amount", "order_total", "unit_price", "discount", "refunded")


@dataclass
class Currency:
    """The currency under way; `settle` decides it once the rows are read."""

    staging: Staging
    mapping: Mapping
    warnings: list[str]
    code: str | None

    def settle(self) -> bool:
        """Make ``currency_rates``, and say whether rows of several currencies are converted."""
        engine = self.staging.engine
        found = engine.sql(
            "SELECT currency, count(*) AS n FROM lines WHERE currency IS NOT NULL "
            "AND amount_state = 'ok' AND date_state = 'ok' AND status_reason IS NULL "
            "AND rule_reason IS NULL AND NOT is_total AND amount <> 0 "
            "GROUP BY currency ORDER BY n DESC, currency"
        )
        codes = [str(code) for code in found["currency"]]
        rates: dict[str, Decimal] = {}
        if len(codes) > 1:
            rates = self._rates(codes, [int(n) for n in found["n"]])
        elif codes:
            if self.code and self.code != codes[0] and codes[0] not in self.mapping.rates:
                self._contradiction(codes[0])
            if self.code and self.code != codes[0]:
                rates = self._rates(codes, [1])
            self.code = self.code or codes[0]
        table = pd.DataFrame(
            {
                "currency": pd.Series(list(rates), dtype="str"),
                "rate": pd.Series([str(rate) for rate in rates.values()], dtype="str"),
            }
        )
        engine.write("rate_texts", table)
        engine.execute(
            "CREATE OR REPLACE TABLE currency_rates AS SELECT currency, "
            "CAST(rate AS DECIMAL(18, 10)) AS rate FROM rate_texts"
        )
        return len(codes) > 1

    def _rates(self, codes: list[str], counts: list[int]) -> dict[str, Decimal]:
        rates = dict(self.mapping.rates)
        if self.code:
            rates.setdefault(self.code, Decimal(1))
        missing = [code for code in codes if code not in rates]
        if missing or not self.code:
            listed = ", ".join(f"{code} ({n} rows)" for code, n in zip(codes, counts, strict=True))
            raise SourceError(
                f"the amounts are in several currencies: {listed}; amounts of different currencies "
                "are never added. Give the column of converted amounts with --map amount=COLUMN "
                "and --map currency=none, or say --currency CODE and --rate CODE=RATE for each "
                "other currency"
            )
        self.warnings.append(
            tell(
                "Amounts in {others} were converted to {code} at the rates given.",
                others=", ".join(c for c in codes if c != self.code),
                code=self.code,
            )
        )
        return rates

    def _contradiction(self, code: str) -> None:
        raise SourceError(
            f"--currency says {self.code}, but the file says {code}; leave --currency out, or say "
            f"--rate {code}=RATE to have the amounts converted"
        )


def settle_currency(
    staging: Staging,
    mapping: Mapping,
    numbers: Dict[str, NumberColumn],
    warnings: list[str],
) -> Currency:
    """Read the currency column and the signs beside amounts.

    Makes ``currency_units`` (sign beside a figure) and ``currency_cells`` (cell of the currency
    column), both cell to ISO code.
    """
    money = [mapping.roles[role].column for role in _MONEY if role in mapping.roles]
    given = mapping.currency
    units = {unit for name in money if name in numbers for unit in numbers[name].units}
    known = {unit: _code(unit, given) for unit in sorted(units)}
    if "$" in known and not given:
        warnings.append(
            tell("The sign $ was read as US dollars; if it is another, say --currency CODE.")
        )
    if any(unit in _CROWNS and code is None for unit, code in known.items()):
        raise SourceError(
            "the amounts are in kr, which may be Swedish, Norwegian or Danish: say "
            "--currency SEK, NOK or DKK"
        )
    _add(staging, "currency_units", known)
    cells: dict[str, str | None] = {}
    if "currency" in mapping.roles:
        column = staging.column(mapping.roles["currency"].column)
        found = staging.engine.sql(
            f"SELECT DISTINCT {column} AS cell FROM staged WHERE {column} IS NOT NULL ORDER BY 1"
        )["cell"]
        cells = {str(cell): _code(str(cell), given) for cell in found}
        if len(cells) > 200 or not any(cells.values()):
            cells = {}
    _add(staging, "currency_cells", cells)
    code = given
    if code is None and not any(known.values()) and not any(cells.values()):
        names = {named for name in money if (named := currency_in_name(name))}
        code = names.pop() if len(names) == 1 else None
    return Currency(staging, mapping, warnings, code)


def _code(text: str, given: str | None) -> str | None:
    """A dollar or krona sign is of the currency that the user gave."""
    if given and text.strip().lower() in ("$", *_CROWNS, "¥", "£", "rs", "rs."):
        return given
    return currency_code(text)


def _add(staging: Staging, table: str, cells: Dict[str, str | None]) -> None:
    known = {cell: code for cell, code in cells.items() if code}
    staging.engine.write(
        table,
        pd.DataFrame(
            {
                "cell": pd.Series(list(known), dtype="str"),
                "currency": pd.Series(list(known.values()), dtype="str"),
            }
        ),
    )
