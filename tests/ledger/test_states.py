"""What states of orders, payments and parcels mean for the sales."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from custanalytics.config import Settings
from custanalytics.content.chapters.appendix import appendix
from custanalytics.content.format import Formats
from custanalytics.content.language import speaking
from custanalytics.content.result_columns import Shown
from custanalytics.content.workbook_tables import data
from custanalytics.errors import SourceError
from custanalytics.ledger import Ledger, Mapping, load
from custanalytics.results.store import AnalysisResults

HEAD = "order,customer,date,total"


def loaded(
    folder: Path, columns: dict[str, list[str]], times: int = 10, **options: object
) -> Ledger:
    """Every combination of cells ``times`` times, each sale of 10."""
    names = list(columns)
    rows = list(zip(*columns.values(), strict=True)) * times
    text = ",".join([HEAD, *names]) + "\n"
    for n, cells in enumerate(rows):
        text += f"{n},C{n % 7},{date(2024, 1, 1 + n % 28)},10.00," + ",".join(cells) + "\n"
    path = folder / "sales.csv"
    path.write_text(text, encoding="utf-8")
    return load([path], today=date(2026, 1, 1), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("states", "sales"),
    [
        (["complete", "closed", "holded", "canceled", "payment_review"], 1),
        (["Sales Order", "Quotation", "Quotation Sent", "Locked", "Cancelled"], 2),
        (["Komplett bezahlt", "In Bearbeitung", "Klärung notwendig", "Retourniert"], 1),
        (["In Bearbeitung", "Abgeschlossen", "Ausstehende Zahlung", "Zurückgestellt"], 2),
        (["Payment accepted", "Payment error", "On backorder (not paid)", "Delivered"], 2),
        (["Paiement accepté", "En attente de virement bancaire", "Livré", "Remboursé"], 2),
        (["Enviado", "Pendiente de pago", "Devuelto", "Pago aceptado"], 2),
        (["Consegnato", "In attesa di pagamento", "Annullato"], 1),
        (["Betaald", "In afwachting", "Geannuleerd", "Terugbetaald"], 1),
        (["Entregue", "Aguardando pagamento", "Cancelado", "Estornado"], 1),
        (["Zrealizowane", "Anulowane", "Oczekuje na płatność"], 1),
        (["Levererad", "Avbruten", "Obetald"], 1),
        (["Teslim edildi", "İptal edildi", "Ödenmedi"], 1),
        (["Выполнен", "Отменён", "Не оплачен"], 1),
        (["交易成功", "交易关闭", "等待买家付款"], 1),
        (["발송완료 배송중", "취소완료", "결제대기"], 1),
        (["発送済み", "キャンセル", "入金待ち"], 1),
        (["Shipped - Delivered to Buyer", "Shipped - Returned to Seller", "Cancelled"], 1),
        (["partially_refunded", "refunded", "voided"], 1),
    ],
)
def test_states_of_shops_and_languages(tmp_path: Path, states: list[str], sales: int) -> None:
    ledger = loaded(tmp_path, {"status": states})
    assert ledger.report.revenue == sales * 100
    table = ledger.report.states.set_index("value")
    assert set(table.index) == set(states)
    assert (table["taken_for"] == "sale").sum() == sales
    assert (table["rows"] == 10).all()
    assert table["amount"].sum() == 100 * len(states)


def test_states_of_order_and_payment_are_read_together(tmp_path: Path) -> None:
    ledger = loaded(
        tmp_path,
        {
            "order status": ["fulfilled", "fulfilled", "open", "cancelled", "open"],
            "payment status": ["paid", "unpaid", "paid", "paid", "refunded"],
        },
    )
    assert ledger.report.revenue == 200
    assert dict(ledger.report.rows_set_aside) == {
        "not_paid": 10, "cancelled": 10, "refunded": 10,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("is_returned", ["TRUE", "FALSE"]),
        ("Retoure", ["ja", "nein"]),
        ("cancelled_at", ["2024-02-01 10:00", ""]),
        ("returned", ["1", "0"]),
        ("Fulfillment Status", ["restocked", "unfulfilled"]),
        ("отменен", ["да", "нет"]),
    ],
)
def test_flags_and_days_of_return_or_cancellation(
    tmp_path: Path, name: str, cells: list[str]
) -> None:
    assert loaded(tmp_path, {name: cells}).report.revenue == 100


def test_unknown_states_of_much_money_are_asked_about(tmp_path: Path) -> None:
    columns = {"status": ["complete", "zzz"]}
    with pytest.raises(SourceError, match=r"'zzz'.*200.00 with them.*100.00 without.*--not-a-sale"):
        loaded(tmp_path, columns)
    kept = loaded(tmp_path, columns, sale=["ZZZ"])
    assert kept.report.revenue == 200
    left = loaded(tmp_path, columns, not_a_sale=["zzz"])
    assert left.report.revenue == 100
    assert left.report.rows_set_aside == {"told_no_sale": 10}
    left.mapping.save(tmp_path / "mapping.toml")
    assert Mapping.load(tmp_path / "mapping.toml").not_a_sale == ("zzz",)
    again = loaded(tmp_path, columns, mapping_file=tmp_path / "mapping.toml")
    assert again.report.revenue == 100


def test_unknown_states_of_little_money_are_warned_of(tmp_path: Path) -> None:
    ledger = loaded(tmp_path, {"status": ["complete"] * 30 + ["zzz"]}, times=2)
    assert ledger.report.revenue == 620
    assert any(
        "'zzz'" in warning and "--not-a-sale" in warning for warning in ledger.report.warnings
    )
    assert {"value": "zzz", "taken_for": "unknown"}.items() <= ledger.as_json()["states"][
        -1
    ].items()


def test_a_column_of_regions_is_no_state(tmp_path: Path) -> None:
    ledger = loaded(tmp_path, {"State": ["Texas", "Ohio", "New York"]})
    assert ledger.report.revenue == 300
    assert isinstance(ledger.report.states, pd.DataFrame)
    assert ledger.report.states.empty


def test_the_report_and_the_workbook_list_every_state(tmp_path: Path) -> None:
    ledger = loaded(tmp_path, {"status": ["paid", "storniert", "offen"]})
    settings = Settings(observation_end=date(2024, 12, 31), locale="de_DE", currency="EUR")
    results = AnalysisResults(settings, ledger=ledger.report, findings=ledger.findings)
    formats = Formats("de_DE", "EUR")
    with speaking("de_DE"):
        shown = next(t for t in appendix(results, formats).tables if t.name == "states")
        sheets = data(results, formats, Shown(results, formats))
    assert [row[1] for row in shown.rows] == ["offen", "paid", "storniert"]
    assert [row[4] for row in shown.rows] == ["noch nicht bezahlt", "Verkauf", "nicht verkauft"]
    states = next(sheet for sheet in sheets if sheet.name == "Stände der Bestellungen")
    assert len(states.frame) == 3
