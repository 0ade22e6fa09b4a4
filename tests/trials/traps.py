"""What a trap of meaning is made of: true lines, words of a language, files, and what is right."""

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

# Language -> words of a header: customer, e-mail, order, date, amount, product, quantity, price.
HEADS = {
    "en": ("Customer No", "Email", "Order Number", "Order Date", "Amount", "Item", "Qty", "Unit Price"),
    "us": ("client_id", "email_address", "invoice_no", "invoice_date", "line_total", "sku", "units", "price_each"),
    "de": ("Kundennummer", "E-Mail", "Belegnummer", "Belegdatum", "Betrag", "Artikel", "Menge", "Einzelpreis"),
    "fr": ("N° client", "Courriel", "N° commande", "Date de commande", "Montant", "Article", "Quantité", "Prix unitaire"),
    "es": ("Código cliente", "Correo", "Nº pedido", "Fecha de pedido", "Importe", "Artículo", "Cantidad", "Precio unitario"),
    "it": ("Codice cliente", "Email", "Numero ordine", "Data ordine", "Importo", "Articolo", "Quantità", "Prezzo unitario"),
    "nl": ("Klantnummer", "E-mailadres", "Ordernummer", "Orderdatum", "Bedrag", "Artikel", "Aantal", "Stukprijs"),
    "pt": ("Código do cliente", "E-mail", "Número do pedido", "Data do pedido", "Valor", "Produto", "Quantidade", "Preço unitário"),
    "pl": ("Numer klienta", "E-mail", "Numer zamówienia", "Data zamówienia", "Kwota", "Produkt", "Ilość", "Cena jednostkowa"),
    "sv": ("Kundnummer", "E-post", "Ordernummer", "Orderdatum", "Belopp", "Artikel", "Antal", "Pris per styck"),
    "ja": ("顧客ID", "メールアドレス", "注文番号", "注文日", "金額", "商品", "数量", "単価"),
}  # fmt: skip
GOODS = ("Mug", "Plate", "Lamp", "Chair", "Vase", "Tray")


@dataclass
class Line:
    """One line of an order, as it truly was."""

    customer: int
    order: int
    day: date
    product: str
    quantity: int
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.price


@dataclass
class Trap:
    """Files of one kind, and what is true of them; `refused`: no figure would be right."""

    files: list[bytes]
    lines: Sequence[Line]
    refused: bool = False
    # A word of the warning that makes another figure no silent one.
    warned: str = ""
    people: int | None = None
    orders: int | None = None
    total: Decimal | None = None

    @property
    def truth(self) -> tuple[Decimal, int, int]:
        people = len({line.customer for line in self.lines}) if self.people is None else self.people
        orders = len({line.order for line in self.lines}) if self.orders is None else self.orders
        total = (
            sum((line.amount for line in self.lines), Decimal(0))
            if self.total is None
            else self.total
        )
        return total, people, orders


class Words:
    """The dice and the words of one variant."""

    def __init__(self, kind: str, variant: int) -> None:
        self.dice = random.Random(f"{kind} {variant}")  # noqa: S311
        self.variant = variant
        self.language = list(HEADS)[variant % len(HEADS)]
        (self.customer, self.email, self.order, self.day, self.amount, self.product,
         self.quantity, self.price) = HEADS[self.language]  # fmt: skip

    def pick(self, *choices: Any) -> Any:
        """One of the choices by the variant, so that all have their turn."""
        return choices[self.variant % len(choices)]

    def sales(self, orders: int = 60, people: int = 15) -> list[Line]:
        """Lines of made-up orders over two years, in the order of their days."""
        days = sorted(self.dice.randrange(700) for _ in range(orders))
        lines = []
        for number, day in enumerate(days, 1001):
            who = self.dice.randrange(people) + 1
            for good in self.dice.sample(GOODS, self.dice.choice((1, 1, 2, 3))):
                price = Decimal(self.dice.randrange(199, 9999)) / 100
                when = date(2023, 1, 2) + timedelta(days=day)
                lines.append(Line(who, number, when, good, self.dice.choice((1, 1, 2, 5)), price))
        return lines

    def file(self, columns: dict[str, Sequence[object]], encoding: str = "utf-8") -> bytes:
        """The columns in a place of their own each, as a text file."""
        names = [*columns]
        self.dice.shuffle(names)
        out = io.StringIO()
        rows = csv.writer(out, delimiter=self.pick(",", ";", "\t"), lineterminator="\n")
        rows.writerow(names)
        rows.writerows(zip(*(columns[name] for name in names), strict=True))
        return out.getvalue().encode(encoding)

    def plain(
        self, lines: Sequence[Line], **instead: Sequence[object]
    ) -> dict[str, Sequence[object]]:
        """Customer, order, day, product and amount of the lines; None leaves a column out."""
        columns: dict[str, Any] = {
            "customer": [f"K{line.customer:03}" for line in lines],
            "order": [line.order for line in lines],
            "day": [line.day.isoformat() for line in lines],
            "product": [line.product for line in lines],
            "amount": [f"{line.amount:.2f}" for line in lines],
        } | instead
        return {getattr(self, name): cells for name, cells in columns.items() if cells is not None}
