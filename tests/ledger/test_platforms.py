"""Known exports: header and traits as the shops write them, values invented."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from custanalytics.errors import SourceError, UsageError
from custanalytics.ledger import Ledger, Mapping, load
from custanalytics.ledger.platforms import known_platforms, read_platform

TODAY = date(2026, 10, 1)


def loaded(folder: Path, text: str, **options: object) -> Ledger:
    path = folder / "export.csv"
    path.write_text(text.strip() + "\n", encoding="utf-8")
    return load([path], today=TODAY, **options)  # type: ignore[arg-type]


def test_shopify_counts_an_order_once_and_leaves_out_cancelled_and_refunded(tmp_path: Path) -> None:
    ledger = loaded(
        tmp_path,
        """
Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Billing Zip,Cancelled at,Refunded Amount,Id
#1001,ann@example.com,paid,2025-01-04 15:52:00 -0800,USD,30.00,5.00,2.50,37.50,2025-01-04 15:51:23 -0800,2,Mug,10.00,'85004,,0.00,1
#1001,ann@example.com,,,,,,,,2025-01-04 15:51:23 -0800,1,Tee,10.00,,,,
#1002,Ann@Example.com,partially_refunded,2025-02-01 09:00:00 -0800,USD,40.00,0.00,0.00,40.00,2025-02-01 09:00:00 -0800,1,Hat,40.00,'85004,,15.00,2
#1003,bob@example.com,refunded,2025-02-02 09:00:00 -0800,USD,20.00,0.00,0.00,20.00,2025-02-02 09:00:00 -0800,1,Tee,20.00,'85004,,20.00,3
#1004,bob@example.com,paid,2025-02-03 09:00:00 -0800,USD,10.00,0.00,0.00,10.00,2025-02-03 09:00:00 -0800,1,Tee,10.00,'85004,2025-02-04 10:00:00 -0800,0.00,4
#1005,cyd@example.com,pending,,USD,10.00,0.00,0.00,10.00,2025-02-05 09:00:00 -0800,1,Tee,10.00,'85004,,0.00,5
#1006,,paid,2025-02-06 09:00:00 -0800,USD,12.00,0.00,0.00,12.00,2025-02-06 09:00:00 -0800,1,Tee,12.00,'85004,,0.00,6
#1007,bob@example.com,voided,,USD,10.00,0.00,0.00,10.00,2025-02-07 09:00:00 -0800,1,Tee,10.00,'85004,,0.00,7
""",
    )
    report = ledger.report
    assert ledger.mapping.platform == "Shopify orders"
    assert report.revenue == Decimal("62.5000")
    assert (report.orders, report.buyers, report.rows_read, report.rows_used) == (2, 1, 8, 3)
    assert report.revenue_without_customer == 12
    assert dict(report.rows_set_aside) == {
        "no_customer": 1,
        "zero_amount": 1,
        "not_paid": 1,
        "cancelled": 2,
    }
    assert ledger.currency == "USD"


SHOPIFY_79 = "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,Tax 5 Value,Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,Payment ID,Payment Terms Name,Next Payment Due At,Payment References"


@pytest.mark.parametrize("tax", ["", "State tax 8%"])
def test_the_full_shopify_header_is_a_header(tmp_path: Path, tax: str) -> None:
    rows = [
        {
            "Name": f"#{1000 + n}", "Email": f"c{n % 9}@example.com", "Currency": "USD",
            "Financial Status": "paid", "Paid at": f"2025-01-{1 + n:02} 10:57:54 -0800",
            "Created at": f"2025-01-{1 + n:02} 10:57:54 -0800", "Subtotal": "10.00",
            "Shipping": "4.90", "Taxes": "0.00", "Total": "14.90", "Lineitem quantity": "1",
            "Lineitem name": "Mug", "Lineitem price": "10.00", "Billing Zip": "'85004",
            "Refunded Amount": "0.00", "Id": f"{4000000000 + n}", "Tax 1 Name": tax,
        }
        for n in range(28)
    ]  # fmt: skip
    lines = [",".join(row.get(name, "") for name in SHOPIFY_79.split(",")) for row in rows]
    ledger = loaded(tmp_path, "\n".join([SHOPIFY_79, *lines]))
    assert ledger.mapping.platform == "Shopify orders"
    assert (ledger.report.rows_used, ledger.report.revenue) == (28, Decimal("417.2000"))


def test_stripe_takes_converted_amounts_and_leaves_out_tests_and_failures(tmp_path: Path) -> None:
    ledger = loaded(
        tmp_path,
        """
id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,Converted Amount Refunded,Converted Currency,Description,Fee,Mode,Status,Customer ID,Customer Email
ch_5,2025-03-05 10:00:00,10.00,0.00,usd,true,9.20,0.00,eur,x,0.3,Live,Paid,cus_1,ann@example.com
ch_4,2025-03-04 10:00:00,30.00,10.00,eur,true,30.00,10.00,eur,x,0.3,Live,Paid,cus_2,bob@example.com
ch_3,2025-03-03 10:00:00,5.00,5.00,eur,true,5.00,5.00,eur,x,0.3,Live,Refunded,cus_1,ann@example.com
ch_2,2025-03-02 10:00:00,99.00,0.00,eur,false,99.00,0.00,eur,x,0.3,Live,Failed,cus_1,ann@example.com
ch_1,2025-03-01 10:00:00,77.00,0.00,eur,true,77.00,0.00,eur,x,0.3,Test,Paid,cus_9,test@example.com
""",
    )
    assert ledger.mapping.platform == "Stripe payments"
    assert ledger.report.revenue == Decimal("29.2000")
    assert ledger.currency == "EUR"
    assert dict(ledger.report.rows_set_aside) == {"zero_amount": 1, "not_paid": 1, "test": 1}


@pytest.mark.parametrize(
    ("header", "sale", "fee", "conversion", "withdrawal", "refund", "completed"),
    [
        (
            "Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,From Email Address,To Email Address,Transaction ID,Item Title,Reference Txn ID,Receipt ID,Balance",
            "Express Checkout Payment", "Payment Fee", "General Currency Conversion",
            "General Withdrawal", "Payment Refund", "Completed",
        ),
        (
            "Datum,Uhrzeit,Zeitzone,Name,Typ,Status,Währung,Brutto,Gebühr,Netto,Absender E-Mail-Adresse,Empfänger E-Mail-Adresse,Transaktionscode,Artikelbezeichnung,Zugehöriger Transaktionscode,Empfangsnummer,Guthaben",
            "Zahlung im Express-Checkout", "Gebühr", "Allgemeine Währungsumrechnung",
            "Allgemeine Abbuchung", "Rückzahlung", "Abgeschlossen",
        ),
        (
            "Date,Heure,Fuseau horaire,Nom,Type,État,Devise,Avant commission,Commission,Net,De l'adresse email,À l'adresse email,Numéro de transaction,Titre de l'objet,Numéro de la transaction de référence,Numéro de facture,Solde",
            "Paiement Express Checkout", "Frais", "Conversion de devise",
            "Virement standard", "Remboursement de paiement", "Terminé",
        ),
    ],
)  # fmt: skip
def test_paypal_fees_conversions_and_withdrawals_are_no_sales(
    tmp_path: Path, header: str, sale: str, fee: str, conversion: str, withdrawal: str,
    refund: str, completed: str,
) -> None:  # fmt: skip
    german = header.startswith("Datum")

    def money(text: str) -> str:
        return f'"{text.replace(".", ",")}"' if german else text

    def day(text: str) -> str:
        return text.replace("/", ".") if german else text

    rows = [
        (day("14/01/2025"), sale, completed, money("100.00"), "ann@example.com", "shop@x.com", "T1", ""),
        (day("15/01/2025"), sale, completed, money("50.50"), "bob@example.com", "shop@x.com", "T2", ""),
        (day("16/01/2025"), fee, completed, money("-3.00"), "shop@x.com", "", "T3", ""),
        (day("17/01/2025"), conversion, completed, money("20.00"), "shop@x.com", "", "T4", ""),
        (day("18/01/2025"), withdrawal, completed, money("-90.00"), "shop@x.com", "", "T5", ""),
        (day("19/01/2025"), refund, completed, money("-50.50"), "shop@x.com", "bob@example.com", "T6", "T2"),
        (day("20/01/2025"), sale, "Pending", money("70.00"), "cyd@example.com", "shop@x.com", "T7", ""),
        (day("21/01/2025"), sale, completed, money("-9.00"), "shop@x.com", "post@example.com", "T8", ""),
    ]  # fmt: skip
    lines = [
        f"{d},10:00:00,CET,Someone,{kind},{status},EUR,{gross},0,{gross},{sender},{to},{number},Mug,{of},,0"
        for d, kind, status, gross, sender, to, number, of in rows
    ]
    ledger = loaded(tmp_path, "\n".join([header, *lines]))
    assert str(ledger.mapping.platform).startswith("PayPal")
    assert ledger.report.revenue == 100
    assert (ledger.report.orders, ledger.report.buyers) == (1, 1)
    assert dict(ledger.report.rows_set_aside) == {"not_paid": 1, "not_a_sale": 4}
    nets = ledger.lines().set_index("order_id")["nets_order_id"]
    assert nets["T6"] == "T2"


def test_square_joins_date_and_time_and_reads_dollars(tmp_path: Path) -> None:
    ledger = loaded(
        tmp_path,
        """
Date,Time,Time Zone,Gross Sales,Discounts,Net Sales,Tax,Tip,Total Collected,Card,Cash,Transaction ID,Payment ID,Event Type,Customer ID,Customer Name
01/14/2025,10:05:07,Pacific,"$1,250.00",-$10.00,"$1,240.00",$0.00,$0.00,"$1,240.00","$1,240.00",$0.00,tx1,p1,Payment,C1,Ann
01/15/2025,11:05:07,Pacific,$12.00,$0.00,$12.00,$0.00,$0.00,$12.00,$12.00,$0.00,tx2,p2,Payment,C1,Ann
01/16/2025,11:05:07,Pacific,-$12.00,$0.00,-$12.00,$0.00,$0.00,-$12.00,-$12.00,$0.00,tx3,p3,Refund,C1,Ann
01/17/2025,12:05:07,Pacific,$5.00,$0.00,$5.00,$0.00,$0.00,$5.00,$0.00,$5.00,tx4,p4,Payment,,
""",
    )
    assert ledger.mapping.platform == "Square transactions"
    assert ledger.report.revenue == 1240
    assert ledger.report.orders == 1
    assert str(ledger.lines()["ordered_at"].iloc[0]) == "2025-01-14 10:05:07"


def test_gumroad_etsy_ebay_and_woocommerce(tmp_path: Path) -> None:
    gumroad = loaded(
        tmp_path,
        """
Purchase ID,Item Name,Buyer Name,Purchase Email,Purchase Date,Purchase Time (UTC timezone),Subtotal ($),Taxes ($),Sale Price ($),Fees ($),Net Total ($),Refunded?,Partial Refund ($),Fully Refunded?,Quantity
p1,Book,Ann,ann@example.com,2025-01-14,10:00:00,10.0,0.0,10.0,1.0,9.0,0,0.0,0,1
p2,Book,Bob,bob@example.com,2025-01-15,10:00:00,10.0,0.0,10.0,1.0,9.0,1,4.0,0,1
p3,Book,Cyd,cyd@example.com,2025-01-16,10:00:00,10.0,0.0,10.0,1.0,9.0,1,0.0,1,1
""",
    )
    assert (gumroad.report.revenue, gumroad.currency) == (16, "USD")
    etsy = loaded(
        tmp_path,
        """
Sale Date,Item Name,Buyer,Quantity,Price,Coupon Code,Discount Amount,Order Shipping,Item Total,Currency,Transaction ID,Listing ID,Order ID,SKU
01/14/25,Ring,ann (ann1),2,10.00,,0.00,3.00,20.00,EUR,1,11,900,R1
01/15/25,Ring,bob (bob1),1,10.00,,0.00,3.00,10.00,EUR,2,11,901,R1
""",
    )
    assert (etsy.report.revenue, etsy.first_order) == (30, date(2025, 1, 14))
    ebay = loaded(
        tmp_path,
        """
"Transaction report"
"Start date","Jan 1, 2025"
"End date","Mar 1, 2025"

"Transaction creation date","Type","Order number","Legacy order ID","Buyer username","Buyer name","Net amount","Payout currency","Item ID","Item title","Quantity","Item subtotal","Gross transaction amount","Transaction currency"
"Jan 14, 2025","Order","11-1","--","annie","Ann","9.00","USD","7","Mug","1","10.00","10.00","USD"
"Jan 15, 2025","Other fee","--","--","--","--","-1.00","USD","--","--","--","--","-1.00","USD"
"Jan 16, 2025","Payout","--","--","--","--","-8.00","USD","--","--","--","--","-8.00","USD"
"Jan 20, 2025","Refund","11-1","--","annie","Ann","-4.00","USD","7","Mug","1","--","-4.00","USD"
""",
    )
    assert ebay.mapping.platform == "eBay transaction report"
    assert (ebay.report.revenue, ebay.report.orders) == (6, 1)
    woo = loaded(
        tmp_path,
        """
Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,Attribution
2025-01-14 10:00:00,101,&euro;20.00,completed,Ann Doe,new,2× Mug,2,,20,Direct
2025-01-15 10:00:00,102,&euro;5.00,failed,Bob Roe,new,1× Tee,1,,5,Direct
2025-01-16 10:00:00,103,&euro;7.50,processing,Ann Doe,returning,1× Tee,1,,7.5,Direct
""",
    )
    assert woo.report.revenue == Decimal("27.5000")
    assert any("names only" in warning for warning in woo.report.warnings)


@pytest.mark.parametrize(
    "text",
    [
        'Includes Amazon Marketplace\nAll amounts in USD\nDefinitions:\n"date/time","settlement id","type","order id","sku","description","quantity","product sales","total"\n"Sep 4, 2026 1:05:07 AM PDT","1","Order","11-22","A1","Mug","1","10","8"',
        "amazon-order-id\tpurchase-date\torder-status\tproduct-name\tsku\tquantity\tcurrency\titem-price\tship-city\n1\t2026-01-04T10:00:00+00:00\tShipped\tMug\tA1\t1\tUSD\t10.00\tX",
        'Date,Type,Title,Info,Currency,Amount,Fees & Taxes,Net,Tax Details\n"September 24, 2026",Sale,Payment for Order #1,,EUR,10.00,--,10.00,--',
    ],
)
def test_exports_without_customers_are_refused_with_the_reason(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError, match="names no customers"):
        loaded(tmp_path, text)


def test_a_consultants_own_platform_file(tmp_path: Path) -> None:
    (tmp_path / "till.toml").write_text(
        """
name = "Our till"
headers = ["Bon", "Karte", "Zeit", "Wert", "Art"]
[roles]
customer_id = ["Karte"]
order_id = ["Bon"]
ordered_at = ["Zeit"]
amount = ["Wert"]
[[rules]]
reason = "not_a_sale"
when = [{ column = "Art", values = ["Einlage"] }]
""",
        encoding="utf-8",
    )
    (tmp_path / "mapping.toml").write_text('platform = "till.toml"\n', encoding="utf-8")
    ledger = loaded(
        tmp_path,
        "Bon;Karte;Zeit;Wert;Art\n1;K1;14.01.2025;10,00;Verkauf\n2;K2;15.01.2025;5,00;Verkauf\n3;K1;16.01.2025;99,00;Einlage",
        mapping_file=tmp_path / "mapping.toml",
    )
    assert ledger.report.revenue == 15
    ledger.mapping.save(tmp_path / "again.toml")
    assert Mapping.load(tmp_path / "again.toml").columns == ledger.mapping.columns


def test_a_wrong_platform_file_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown: roels"):
        read_platform('name = "x"\nheaders = ["a"]\n[roels]\n', "x.toml")


def test_every_platform_is_told_from_every_other() -> None:
    for platform in known_platforms():
        names = [*platform.headers]
        found = [other.name for other in known_platforms() if other.fits(names)]
        assert found[0] == platform.name
