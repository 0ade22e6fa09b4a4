"""What rows mean, in many words: ``python -m tests.trials.meaning [VARIANTS]``.

Each kind is one trap of real exports, written out in other languages, words and positions, with
the figures that are right. A file is read right, asked about or refused, warned of with the
right figure named, or silently wrong.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from custanalytics import CustAnalyticsError, load
from tests.trials.traps import HEADS, Line, Trap, Words
from tests.trials.wild_exports import WILD

TODAY = date(2025, 6, 1)
KINDS: dict[str, Callable[[Words], Trap]] = {**WILD}


def kind(make: Callable[[Words], Trap]) -> Callable[[Words], Trap]:
    KINDS[make.__name__.replace("_", " ")] = make
    return make


@kind
def healthy(words: Words) -> Trap:
    lines = words.sales()
    return Trap([words.file(words.plain(lines))], lines)


@kind
def one_year_mistyped(words: Words) -> Trap:
    lines = words.sales()
    days = [line.day.isoformat() for line in lines]
    at = words.dice.randrange(len(lines))
    wrong = words.pick(date(2029, 3, 1), date(1924, 5, 2), date(2204, 1, 1), date(1900, 1, 1))
    days[at] = wrong.isoformat()
    kept = [line for i, line in enumerate(lines) if i != at]
    return Trap([words.file(words.plain(lines, day=days))], kept)


@kind
def system_zero_dates(words: Words) -> Trap:
    lines = words.sales()
    days = [line.day.isoformat() for line in lines]
    bad = set(words.dice.sample(range(len(lines)), 2))
    for at in bad:
        days[at] = words.pick("1970-01-01", "1900-01-01", "0001-01-01", "0000-00-00", "9999-12-31")
    kept = [line for at, line in enumerate(lines) if at not in bad]
    return Trap([words.file(words.plain(lines, day=days))], kept)


STATES = [
    ("Status", ("complete", "processing"), ("canceled", "holded", "pending_payment", "closed", "fraud")),
    ("state", ("sale", "done"), ("draft", "sent", "cancel")),
    ("Bestellstatus", ("Abgeschlossen", "In Bearbeitung"), ("Storniert", "Abgebrochen")),
    ("Zahlungsstatus", ("Bezahlt",), ("Offen", "Erstattet", "Storniert")),
    ("Statut", ("Livré", "Expédié"), ("Annulé", "Remboursé", "Erreur de paiement")),
    ("Estado", ("Completado", "Enviado"), ("Cancelado", "Reembolsado", "Fallido")),
    ("Stato", ("Completato", "Spedito"), ("Annullato", "Rimborsato")),
    ("order_status", ("wc-completed", "wc-processing"), ("wc-cancelled", "wc-refunded", "wc-failed")),
    ("Status do pedido", ("Entregue", "Enviado"), ("Cancelado", "Devolvido")),
    ("Order Status", ("Shipped", "Complete"), ("Voided", "Denied", "Chargeback", "Reversed")),
    ("Status zamówienia", ("Zrealizowane", "Wysłane"), ("Anulowane",)),
]  # fmt: skip


@kind
def states_of_orders(words: Words) -> Trap:
    lines = words.sales()
    name, good, bad = words.pick(*STATES)
    states = {line.order: words.dice.choice((*good, *good, *bad)) for line in lines}
    columns = words.plain(lines) | {name: [states[line.order] for line in lines]}
    kept = [line for line in lines if states[line.order] in good]
    return Trap([words.file(columns)], kept, warned="state")


@kind
def order_and_payment_state(words: Words) -> Trap:
    lines = words.sales()
    names = words.pick(("Order Status", "Payment Status"), ("Bestellstatus", "Zahlungsstatus"),
                       ("Statut commande", "Statut paiement"), ("Estado del pedido", "Estado del pago"))  # fmt: skip
    good = words.pick(("Completed", "Paid"), ("Abgeschlossen", "Bezahlt"),
                      ("Terminée", "Payée"), ("Completado", "Pagado"))  # fmt: skip
    bad = words.pick(("Cancelled", "Refunded"), ("Storniert", "Erstattet"),
                     ("Annulée", "Remboursée"), ("Cancelado", "Reembolsado"))  # fmt: skip
    fates = {line.order: words.dice.choice(("ok", "ok", "order", "payment")) for line in lines}
    columns = words.plain(lines) | {
        names[0]: [bad[0] if fates[line.order] == "order" else good[0] for line in lines],
        names[1]: [bad[1] if fates[line.order] == "payment" else good[1] for line in lines],
    }
    kept = [line for line in lines if fates[line.order] == "ok"]
    return Trap([words.file(columns)], kept)


@kind
def returned_by_a_flag(words: Words) -> Trap:
    lines = words.sales()
    name, yes, no = words.pick(
        ("returned", "TRUE", "FALSE"), ("Is Returned", "1", "0"), ("Retourniert", "ja", "nein"),
        ("Retour", "x", ""), ("Devuelto", "sí", "no"), ("Retourné", "oui", "non"),
        ("Return Date", "2025-02-01", ""), ("cancelled", "Y", "N"), ("Storno", "J", "N"),
        ("Reso", "sì", "no"),
    )  # fmt: skip
    gone = [words.dice.random() < 0.2 for _ in lines]
    columns = words.plain(lines) | {name: [yes if g else no for g in gone]}
    kept = [line for line, g in zip(lines, gone, strict=True) if not g]
    return Trap([words.file(columns)], kept)


@kind
def equal_numbers_of_two_shops(words: Words) -> Trap:
    first, second = words.sales(), words.sales()
    files = []
    for lines, letter in ((first, "A"), (second, "B")):
        who = [f"{letter}{line.customer:03}" for line in lines]
        files.append(words.file(words.plain(lines, customer=who)))
    both = [*first, *second]
    people = len({line.customer for line in first}) + len({line.customer for line in second})
    orders = len({line.order for line in first}) + len({line.order for line in second})
    return Trap(files, both, people=people, orders=orders)


@kind
def numbers_start_anew_each_year(words: Words) -> Trap:
    lines = words.sales()
    first = {year: min(line.order for line in lines if line.day.year == year)
             for year in {line.day.year for line in lines}}  # fmt: skip
    numbers = [line.order - first[line.day.year] + 1 for line in lines]
    return Trap([words.file(words.plain(lines, order=numbers))], lines)


def on_first_lines(lines: Sequence[Line], cells: Sequence[object]) -> list[object]:
    return [cell if at == 0 or lines[at - 1].order != lines[at].order else ""
            for at, cell in enumerate(cells)]  # fmt: skip


@kind
def customer_on_the_first_line_only(words: Words) -> Trap:
    lines = words.sales()
    who = on_first_lines(lines, [f"K{line.customer:03}" for line in lines])
    return Trap([words.file(words.plain(lines, customer=who))], lines)


@kind
def customer_and_day_on_the_first_line_only(words: Words) -> Trap:
    lines = words.sales()
    who = on_first_lines(lines, [f"K{line.customer:03}" for line in lines])
    day = on_first_lines(lines, [line.day.isoformat() for line in lines])
    return Trap([words.file(words.plain(lines, customer=who, day=day))], lines)


@kind
def guests_have_a_number(words: Words) -> Trap:
    lines = words.sales()
    guest = words.pick("0", "-1", "guest", "", "Gast", "00000", "9999999", "n/a")
    guests = {line.order for line in lines if words.dice.random() < 0.3}
    who = [guest if line.order in guests else f"{line.customer + 400}" for line in lines]
    known = [line for line in lines if line.order not in guests]
    return Trap([words.file(words.plain(lines, customer=who))], known)


@kind
def a_kind_of_customer_is_nobody(words: Words) -> Trap:
    lines = words.sales()
    name = words.pick("Customer", "Customer Type", "Kunde", "Client", "Cliente")
    cells = words.pick(("new", "returning"), ("web", "store"), ("Neukunde", "Stammkunde"),
                       ("nouveau", "fidèle"), ("nuevo", "recurrente"))  # fmt: skip
    who = [words.dice.choice(cells) for _ in lines]
    columns = words.plain(lines, customer=None) | {name: who}
    return Trap([words.file(columns)], lines, refused=True)


@kind
def the_address_where_the_number_is_blank(words: Words) -> Trap:
    lines = words.sales()
    with_number = {line.customer for line in lines if words.dice.random() < 0.6}
    who = [f"{line.customer + 400}" if line.customer in with_number else "" for line in lines]
    mails = [f"p{line.customer}@example.org" for line in lines]
    columns = words.plain(lines, customer=who) | {words.email: mails}
    return Trap([words.file(columns)], lines)


@kind
def zeros_lost_in_the_second_file(words: Words) -> Trap:
    lines = words.sales()
    half = len(lines) // 2
    while lines[half].order == lines[half - 1].order:
        half += 1
    files = []
    for part, form in ((lines[:half], "{:06}"), (lines[half:], words.pick("{}", "{}.0", "'{:06}"))):
        who = [form.format(line.customer) for line in part]
        files.append(words.file(words.plain(part, customer=who)))
    return Trap(files, lines)


@kind
def numbers_with_signs_nobody_sees(words: Words) -> Trap:
    lines = words.sales()
    signs = words.pick("\u200b", "\ufeff", "\u00a0", "\u200e", " ", "\u00ad", "\u2060")
    who = [f"K{line.customer:03}{words.dice.choice(('', signs))}" for line in lines]
    return Trap([words.file(words.plain(lines, customer=who))], lines)


@kind
def numbers_as_spreadsheet_formulas(words: Words) -> Trap:
    lines = words.sales()
    who = [f'="{line.customer:06}"' for line in lines]
    return Trap([words.file(words.plain(lines, customer=who))], lines)


@kind
def names_in_the_encodings_of_the_world(words: Words) -> Trap:
    lines = words.sales()
    encoding, names = words.pick(
        ("cp1252", ("Jürgen Groß", "Zoë Müller")), ("cp1250", ("Łukasz Żak", "Božena Šťastná")),
        ("cp1251", ("Иван Петров", "Анна Кузнецова")), ("cp1253", ("Νίκος Παππάς", "Ελένη Λάμπρου")),
        ("iso8859-2", ("Małgorzata Wójcik", "Jiří Dvořák")), ("gb18030", ("王小明", "李秀英")),
        ("shift_jis", ("山田太郎", "鈴木花子")), ("euc_kr", ("김민수", "이영희")),
        ("koi8-r", ("Иван Петров", "Анна Кузнецова")), ("utf-16", ("Jürgen Groß", "山田太郎")),
    )  # fmt: skip
    words.customer, words.email, words.order, words.day, words.amount, words.product = HEADS["us"][
        :6
    ]
    column = {"customer_name": [f"{names[line.customer % 2]} {line.customer}" for line in lines]}
    file = words.file(words.plain(lines, customer=None) | column, encoding)
    return Trap([file], lines, warned="--encoding")


@kind
def a_discount_is_a_share_or_money(words: Words) -> Trap:
    lines = words.sales()
    name = words.pick("Discount", "discount_rate", "Rabatt", "Remise", "Descuento", "Sconto")
    shares = [words.dice.choice((0, 0, Decimal("0.1"), Decimal("0.25"))) for _ in lines]
    is_share = words.variant % 2 == 0
    off = [
        share if is_share else line.amount * share
        for line, share in zip(lines, shares, strict=True)
    ]
    columns = words.plain(lines, amount=None) | {
        words.quantity: [line.quantity for line in lines],
        words.price: [f"{line.price:.2f}" for line in lines],
        name: [f"{o:.4f}" for o in off],
    }
    paid = [Line(line.customer, line.order, line.day, line.product, 1, line.amount * (1 - share))
            for line, share in zip(lines, shares, strict=True)]  # fmt: skip
    return Trap([words.file(columns)], paid)


@kind
def total_is_the_sum_of_its_neighbours(words: Words) -> Trap:
    lines = words.sales()
    names = words.pick(("Net", "VAT", "Total paid"), ("Netto", "MwSt", "Brutto"),
                       ("Montant HT", "TVA", "Montant total payé"), ("Base", "IVA", "Total"),
                       ("Imponibile", "IVA", "Totale"))  # fmt: skip
    tax = [round(line.amount * Decimal("0.19"), 2) for line in lines]
    columns = words.plain(lines, amount=None) | {
        names[0]: [f"{line.amount:.2f}" for line in lines],
        names[1]: [f"{t:.2f}" for t in tax],
        names[2]: [f"{line.amount + t:.2f}" for line, t in zip(lines, tax, strict=True)],
    }
    paid = [Line(line.customer, line.order, line.day, line.product, 1, line.amount + t)
            for line, t in zip(lines, tax, strict=True)]  # fmt: skip
    return Trap([words.file(columns)], paid, warned="net|tax|Net|Base|HT|Imponibile")


@kind
def the_orders_total_on_each_line(words: Words) -> Trap:
    lines = words.sales()
    name = words.pick("Order Total", "order_total", "Gesamtbetrag", "Total commande", "Total del pedido",
                      "Totale ordine")  # fmt: skip
    totals: Counter[int] = Counter()
    for line in lines:
        totals[line.order] += int(line.amount * 100)
    columns = words.plain(lines, amount=None) | {
        name: [f"{totals[line.order] / 100:.2f}" for line in lines]
    }
    return Trap([words.file(columns)], lines)


@kind
def amounts_in_cents(words: Words) -> Trap:
    lines = words.sales()
    cells = [int(line.amount * 100) for line in lines]
    return Trap([words.file(words.plain(lines, amount=cells))], lines, warned="cents")


@kind
def two_forms_of_dates(words: Words) -> Trap:
    lines = words.sales()
    form = words.pick(("%d/%m/%Y", "%d/%m/%y"), ("%m/%d/%Y", "%m/%d/%y"), ("%d.%m.%Y", "%d.%m.%y"),
                      ("%d-%m-%Y", "%Y-%m-%d"), ("%d %b %Y", "%Y-%m-%d"))  # fmt: skip
    days = [line.day.strftime(form[line.order % 2]) for line in lines]
    return Trap([words.file(words.plain(lines, day=days))], lines)


@kind
def two_dialects(words: Words) -> Trap:
    lines = words.sales()
    half = len(lines) // 2
    while lines[half].order == lines[half - 1].order:
        half += 1
    files = []
    for part, delimiter, comma in ((lines[:half], ",", False), (lines[half:], ";", True)):
        amounts = [f"{line.amount:.2f}".replace(".", "," if comma else ".") for line in part]
        columns = words.plain(part, amount=amounts)
        rows = [
            delimiter.join(columns),
            *(delimiter.join(map(str, row)) for row in zip(*columns.values(), strict=True)),
        ]
        files.append("\n".join(rows).encode())
    return Trap(files, lines)


@kind
def pieces_without_a_price(words: Words) -> Trap:
    lines = words.sales()
    columns = words.plain(lines, amount=None) | {words.quantity: [line.quantity for line in lines]}
    return Trap([words.file(columns)], lines, refused=True)


@kind
def thousands_or_decimals(words: Words) -> Trap:
    lines = words.sales()
    cells = [
        words.pick("{}.{:03}", "{},{:03}").format(n % 9 + 1, n * 37 % 1000)
        for n in range(len(lines))
    ]
    return Trap([words.file(words.plain(lines, amount=cells))], lines, refused=True)


@kind
def a_table_of_customers(words: Words) -> Trap:
    lines = words.sales()
    name = words.pick("Orders Count", "Total Orders", "Anzahl Bestellungen", "Nombre de commandes",
                      "Número de pedidos", "orders_count", "Number of Orders", "purchases")  # fmt: skip
    columns = {
        words.email: [f"p{n}@example.org" for n in range(40)],
        words.day: [(date(2024, 1, 1) + timedelta(days=n)).isoformat() for n in range(40)],
        name: [n % 7 + 1 for n in range(40)],
        words.amount: [f"{n * 31 % 97 + 0.5:.2f}" for n in range(40)],
    }
    return Trap([words.file(columns)], lines, refused=True)


@kind
def small_numbers_and_goods_that_sound_like_fees(words: Words) -> Trap:
    lines = words.sales()
    for line in lines:
        line.product = {"Mug": "Shipping labels", "Plate": "Gift card holder"}.get(
            line.product, line.product
        )
    who = [str(line.customer) for line in lines]
    return Trap([words.file(words.plain(lines, customer=who))], lines)


def judged(trap: Trap, folder: Path) -> tuple[str, str]:
    """What became of it: right, asked, refused, warned or silently wrong; and how."""
    paths = []
    for at, content in enumerate(trap.files):
        paths.append(folder / f"export-{at}.csv")
        paths[-1].write_bytes(content)
    try:
        ledger = load(paths, today=TODAY)
    except CustAnalyticsError as error:
        text = str(error)
        if trap.refused:
            return "refused, as is right", text
        return ("asked" if "--" in text else "refused"), text
    report = ledger.report
    read = (report.revenue, report.customers, report.orders)
    ledger.engine.close()
    if not trap.refused and read == trap.truth:
        return "right", ""
    told = f"read {read}, true {trap.truth if not trap.refused else 'nothing'}"
    if trap.warned and any(
        word in warning for warning in report.warnings for word in trap.warned.split("|")
    ):
        return "warned", told
    return "silently wrong", told


def trial(variants: int, names: Sequence[str] = ()) -> dict[str, list[tuple[int, str, str]]]:
    """Each kind's variants, judged."""
    results: dict[str, list[tuple[int, str, str]]] = {}
    for name, make in KINDS.items():
        if names and name not in names:
            continue
        for variant in range(variants):
            with tempfile.TemporaryDirectory() as folder:
                verdict, told = judged(make(Words(name, variant)), Path(folder))
            results.setdefault(name, []).append((variant, verdict, told))
    return results


def main() -> int:
    """Print the counts and what is not right; 1 where anything is silently wrong."""
    asked = argparse.ArgumentParser(description=main.__doc__)
    asked.add_argument("variants", type=int, nargs="?", default=11, help="files of each kind")
    asked.add_argument("names", nargs="*", help="kinds; all without it")
    given = asked.parse_args()
    results = trial(given.variants, given.names)
    for name, judgements in results.items():
        counts = Counter(verdict for _, verdict, _ in judgements)
        print(f"{name}: " + ", ".join(f"{verdict} {n}" for verdict, n in counts.items()))
        for variant, verdict, told in judgements:
            if verdict not in ("right", "refused, as is right"):
                print(f"    {variant}: {verdict}: {told[:300]}")
    total = Counter(verdict for found in results.values() for _, verdict, _ in found)
    print(", ".join(f"{verdict} {n}" for verdict, n in total.most_common()))
    return 1 if total["silently wrong"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
