"""Exports of kinds met in the wild, made up after their columns, with the figures that are right.

They are traps as those of `tests.trials.meaning`, which runs them, too.
"""

import io
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pandas as pd

from tests.trials.traps import Line, Trap, Words

Cells = Callable[[int, Line], object]
WILD: dict[str, Callable[[Words], Trap]] = {}
NAMES = ("Anna Berg", "Li Wei", "José Díaz", "Tom O'Neil", "Kim Lee", "Eva Novak", "Ali Kaya")


def wild(make: Callable[[Words], Trap]) -> Callable[[Words], Trap]:
    WILD[make.__name__.replace("_", " ")] = make
    return make


def table(
    lines: Sequence[Line], columns: dict[str, Any], delimiter: str = ",", encoding: str = "utf-8"
) -> bytes:
    """The columns as a file; each a text for all lines, or what a line gives."""
    frame = pd.DataFrame(
        {name: [cell(at, line) if callable(cell) else cell for at, line in enumerate(lines)]
         for name, cell in columns.items()}, dtype="object")  # fmt: skip
    return frame.to_csv(index=False, sep=delimiter).encode(encoding)


def name(line: Line) -> str:
    return f"{NAMES[line.customer % len(NAMES)]} {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[line.customer % 26]}"


def mail(line: Line) -> str:
    return f"p{line.customer}@example.org"


def comma(amount: object) -> str:
    return f"{amount:.2f}".replace(".", ",")


def orders_of(lines: Sequence[Line]) -> list[Line]:
    """One line for each order, of what it came to."""
    totals: Counter[int] = Counter()
    for line in lines:
        totals[line.order] += int(line.amount * 100)
    heads = {line.order: line for line in reversed(lines)}
    return [Line(h.customer, o, h.day, h.product, 1, Decimal(totals[o]) / 100)
            for o, h in sorted(heads.items())]  # fmt: skip


def fates(words: Words, lines: Sequence[Line], *states: str) -> dict[int, str]:
    """Each order's state, the first three times as often."""
    return {line.order: words.dice.choice((*states[:1] * 3, *states)) for line in lines}


def kept(lines: Sequence[Line], states: dict[int, str], *good: str) -> list[Line]:
    return [line for line in lines if states[line.order] in good]


def first(lines: Sequence[Line], cell: Cells) -> Cells:
    return lambda at, line: "" if at and lines[at - 1].order == line.order else cell(at, line)


@wild
def olist_orders_with_payments(words: Words) -> Trap:
    lines = words.sales()
    orders = orders_of(lines)
    states = fates(
        words, orders, "delivered", "canceled", "unavailable", "shipped", "invoiced", "processing"
    )
    parts: list[Line] = []
    for order in orders:
        cut = round(order.amount * Decimal("0.4"), 2)
        pieces = [order.amount] if words.dice.random() < 0.7 else [cut, order.amount - cut]
        parts += [
            Line(order.customer, order.order, order.day, str(at), 1, p)
            for at, p in enumerate(pieces, 1)
        ]
    columns = {
        "order_id": lambda at, line: f"{line.order * 7919:032x}",
        "customer_id": lambda at, line: f"{line.order * 104729:032x}",
        "order_status": lambda at, line: states[line.order],
        "order_purchase_timestamp": lambda at, line: f"{line.day} 10:56:33",
        "order_approved_at": lambda at, line: f"{line.day} 11:07:15",
        "order_delivered_customer_date": lambda at, line: f"{line.day + timedelta(8)} 21:25:13" if states[line.order] == "delivered" else "",
        "order_estimated_delivery_date": lambda at, line: f"{line.day + timedelta(15)} 00:00:00",
        "payment_sequential": lambda at, line: line.product,
        "payment_type": lambda at, line: ("credit_card", "boleto", "voucher")[at % 3],
        "payment_installments": lambda at, line: at % 8 + 1,
        "payment_value": lambda at, line: line.amount,
        "customer_unique_id": lambda at, line: f"{line.customer * 15485863:032x}",
        "customer_zip_code_prefix": lambda at, line: f"{line.customer * 137:05}",
        "customer_city": lambda at, line: ("sao paulo", "rio de janeiro", "curitiba")[line.customer % 3],
        "customer_state": lambda at, line: ("SP", "RJ", "PR")[line.customer % 3],
    }  # fmt: skip
    return Trap(
        [table(parts, columns)],
        kept(parts, states, "delivered", "shipped", "invoiced", "processing"),
    )


@wild
def olist_items_times_payments(words: Words) -> Trap:
    lines = words.sales()
    several = {line.order for line in lines if line.order % 3 == 0}
    rows = [
        (line, at + 1, way)
        for at, line in enumerate(lines)
        for way in range(1 + (line.order in several))
    ]
    columns = {
        "order_id": [f"{line.order * 7919:032x}" for line, _, _ in rows],
        "order_item_id": [sum(o.order == line.order for o in lines[:at]) for line, at, _ in rows],
        "product_id": [f"{line.product.lower()}{len(line.product):08x}" for line, _, _ in rows],
        "price": [line.amount for line, _, _ in rows],
        "payment_sequential": [way + 1 for _, _, way in rows],
        "payment_type": [("credit_card", "voucher")[way] for _, _, way in rows],
        "payment_value": [line.amount for line, _, _ in rows],
        "order_purchase_timestamp": [f"{line.day} 10:56:33" for line, _, _ in rows],
        "customer_unique_id": [f"{line.customer * 15485863:032x}" for line, _, _ in rows],
    }
    return Trap([pd.DataFrame(columns).to_csv(index=False).encode()], lines)


@wild
def superstore(words: Words) -> Trap:
    lines = words.sales()
    columns = {
        "Row ID": lambda at, line: at + 1,
        "Order ID": lambda at, line: f"CA-{line.day.year}-{line.order + 100000}",
        "Order Date": lambda at, line: f"{line.day.month}/{line.day.day}/{line.day.year}",
        "Ship Date": lambda at, line: (d := line.day + timedelta(4)) and f"{d.month}/{d.day}/{d.year}",
        "Ship Mode": "Second Class",
        "Customer ID": lambda at, line: f"CG-{line.customer + 12520}",
        "Customer Name": lambda at, line: name(line),
        "Segment": lambda at, line: ("Consumer", "Corporate", "Home Office")[line.customer % 3],
        "Country": "United States",
        "City": "Henderson", "State": "Kentucky", "Postal Code": 42420, "Region": "South",
        "Product ID": lambda at, line: f"FUR-BO-1000{len(line.product)}{ord(line.product[0])}",
        "Category": "Furniture", "Sub-Category": "Bookcases",
        "Product Name": lambda at, line: line.product,
        "Sales": lambda at, line: line.amount,
        "Quantity": lambda at, line: line.quantity,
        "Discount": lambda at, line: (0, 0, 0.2, 0.45)[at % 4],
        "Profit": lambda at, line: line.amount * Decimal("0.21"),
    }  # fmt: skip
    return Trap([table(lines, columns, encoding="cp1252")], lines)


@wild
def online_retail_in_two_sheets(words: Words) -> Trap:
    lines = words.sales()
    back = [Line(line.customer, line.order + 5000, line.day + timedelta(2), line.product, -line.quantity, line.price)
            for line in lines[::9]]  # fmt: skip
    both = sorted([*lines, *back], key=lambda line: (line.day, line.order))
    frame = pd.DataFrame({
        "Invoice": [f"C{line.order}" if line.quantity < 0 else line.order for line in both],
        "StockCode": [f"8{ord(line.product[0])}{len(line.product)}A" for line in both],
        "Description": [line.product.upper() for line in both],
        "Quantity": [line.quantity for line in both],
        "InvoiceDate": pd.to_datetime([line.day for line in both]) + pd.Timedelta("9h"),
        "Price": [float(line.price) for line in both],
        "Customer ID": [float(line.customer + 12345) for line in both],
        "Country": "United Kingdom",
    })  # fmt: skip
    out = io.BytesIO()
    half = next(at for at, line in enumerate(both) if line.day.year > both[0].day.year)
    with pd.ExcelWriter(out, engine="xlsxwriter") as book:
        frame[:half].to_excel(book, sheet_name="Year 2009-2010", index=False)
        frame[half:].to_excel(book, sheet_name="Year 2010-2011", index=False)
    net = sum((line.amount for line in both), Decimal(0))
    return Trap([out.getvalue()], both, orders=len(bought(lines, back)), total=net)


def bought(lines: Sequence[Line], back: Sequence[Line]) -> set[int]:
    """Orders of which something was kept."""
    given = Counter((line.order - 5000, line.product) for line in back)
    return {line.order for line in lines if not given[line.order, line.product]}


@wild
def instacart_without_days(words: Words) -> Trap:
    lines = words.sales()
    columns = {
        "order_id": lambda at, line: line.order, "user_id": lambda at, line: line.customer,
        "eval_set": "prior", "order_number": lambda at, line: at % 9 + 1,
        "order_dow": lambda at, line: line.day.weekday(), "order_hour_of_day": lambda at, line: at % 24,
        "days_since_prior_order": lambda at, line: float(at % 30), "product_id": lambda at, line: ord(line.product[0]),
        "add_to_cart_order": lambda at, line: at % 5 + 1, "reordered": lambda at, line: at % 2,
    }  # fmt: skip
    return Trap([table(lines, columns)], lines, refused=True)


@wild
def amazon_fulfilled_shipments(words: Words) -> Trap:
    lines = words.sales()
    columns = {
        "amazon-order-id": lambda at, line: f"303-{line.order:07}-{line.order * 3:07}",
        "merchant-order-id": "", "shipment-id": lambda at, line: f"D{line.order}x{at}",
        "purchase-date": lambda at, line: f"{line.day}T10:15:00+00:00",
        "payments-date": lambda at, line: f"{line.day + timedelta(1)}T10:15:00+00:00",
        "shipment-date": lambda at, line: f"{line.day + timedelta(1)}T12:15:00+00:00",
        "buyer-email": lambda at, line: f"x{line.customer}q@marketplace.amazon.de",
        "buyer-name": lambda at, line: name(line), "sku": lambda at, line: f"SKU-{line.product}",
        "product-name": lambda at, line: line.product, "quantity-shipped": lambda at, line: line.quantity,
        "currency": "EUR", "item-price": lambda at, line: line.amount, "item-tax": "0.0",
        "shipping-price": "0.0", "shipping-tax": "0.0", "ship-country": "DE",
    }  # fmt: skip
    return Trap([table(lines, columns, "\t")], lines)


@wild
def etsy_sold_orders(words: Words) -> Trap:
    orders = orders_of(words.sales())
    columns = {
        "Sale Date": lambda at, line: f"{line.day:%m/%d/%y}", "Order ID": lambda at, line: 2800000000 + line.order,
        "Buyer User ID": lambda at, line: f"user{line.customer}", "Full Name": lambda at, line: name(line),
        "First Name": lambda at, line: name(line).split()[0], "Last Name": lambda at, line: name(line).split()[-1],
        "Number of Items": lambda at, line: at % 3 + 1, "Payment Method": "Credit Card",
        "Date Shipped": lambda at, line: f"{line.day + timedelta(2):%m/%d/%y}", "Ship City": "Ulm", "Currency": "USD",
        "Order Value": lambda at, line: line.amount - 4, "Coupon Code": "", "Discount Amount": "0.00",
        "Shipping Discount": "0.00", "Shipping": "4.00", "Sales Tax": "0.00", "Order Total": lambda at, line: line.amount,
        "Status": "", "Card Processing Fees": lambda at, line: round(line.amount * Decimal("0.03"), 2),
        "Order Net": lambda at, line: line.amount - round(line.amount * Decimal("0.03"), 2), "Adjusted Order Total": "",
        "Adjusted Card Processing Fees": "", "Adjusted Net Order Amount": "",
        "Buyer": lambda at, line: f"{name(line)} (user{line.customer})",
    }  # fmt: skip
    return Trap([table(orders, columns)], orders)


@wild
def stripe_charges_in_cents(words: Words) -> Trap:
    orders = orders_of(words.sales())
    gone = {line.order for line in orders[::7]}
    columns = {
        "id": lambda at, line: f"ch_{line.order}", "object": "charge", "amount": lambda at, line: int(line.amount * 100),
        "amount_captured": lambda at, line: int(line.amount * 100),
        "amount_refunded": lambda at, line: int(line.amount * 100) * (line.order in gone),
        "currency": "eur", "created": lambda at, line: int((line.day.toordinal() - 719163) * 86400 + 36000),
        "customer": lambda at, line: f"cus_{line.customer:05}", "paid": "true",
        "refunded": lambda at, line: str(line.order in gone).lower(), "status": "succeeded",
        "receipt_email": lambda at, line: mail(line),
    }  # fmt: skip
    return Trap([table(orders, columns)], [o for o in orders if o.order not in gone],
                warned="cents", people=None)  # fmt: skip


@wild
def paypal_activity(words: Words) -> Trap:
    orders = orders_of(words.sales())
    rows: list[dict[str, object]] = []
    for order in orders:
        fee = round(order.amount * Decimal("0.0249") + Decimal("0.35"), 2)
        base: dict[str, object] = {
            "Date": f"{order.day:%d/%m/%Y}", "Time": "10:11:12", "TimeZone": "Europe/Berlin", "Name": name(order),
            "Type": "Express Checkout Payment", "Status": "Completed", "Currency": "EUR", "Gross": f"{order.amount:,.2f}",
            "Fee": f"-{fee}", "Net": f"{order.amount - fee:,.2f}", "From Email Address": mail(order),
            "To Email Address": "shop@example.com", "Transaction ID": f"T{order.order}", "Item Title": "Goods",
            "Reference Txn ID": "", "Balance": "0.00",
        }  # fmt: skip
        rows.append(base)
        if order.order % 9 == 0:
            rows.append({**base, "Type": "General Currency Conversion", "Gross": f"-{order.amount:,.2f}", "Fee": "0.00",
                         "Net": f"-{order.amount:,.2f}", "Name": "", "From Email Address": "", "Transaction ID": f"C{order.order}"})  # fmt: skip
        if order.order % 11 == 0:
            rows.append({**base, "Type": "General Withdrawal", "Gross": "-500.00", "Fee": "0.00", "Net": "-500.00",
                         "Name": "", "From Email Address": "shop@example.com", "Transaction ID": f"W{order.order}"})  # fmt: skip
        if order.order % 13 == 0:
            rows.append(
                {
                    **base,
                    "Type": "Payment",
                    "Status": "Pending",
                    "Transaction ID": f"P{order.order}",
                }
            )
    return Trap([pd.DataFrame(rows).to_csv(index=False).encode()], orders)


@wild
def woocommerce_lines(words: Words) -> Trap:
    lines = words.sales()
    states = fates(
        words,
        lines,
        "wc-completed",
        "wc-processing",
        "wc-cancelled",
        "wc-pending",
        "wc-failed",
        "wc-on-hold",
    )
    totals = {o.order: o.amount for o in orders_of(lines)}
    columns = {
        "Order Number": lambda at, line: line.order, "Order Status": lambda at, line: states[line.order],
        "Order Date": lambda at, line: f"{line.day} 10:20", "Customer Note": "", "First Name (Billing)": lambda at, line: name(line).split()[0],
        "Last Name (Billing)": lambda at, line: name(line).split()[-1], "Email (Billing)": lambda at, line: mail(line),
        "Payment Method Title": "Card", "Cart Discount Amount": 0, "Order Subtotal Amount": lambda at, line: totals[line.order],
        "Shipping Method Title": "Free", "Order Shipping Amount": 0, "Order Refund Amount": 0, "Order Total Amount": lambda at, line: totals[line.order],
        "Order Total Tax Amount": 0, "SKU": lambda at, line: line.product[:3], "Item #": lambda at, line: at % 3 + 1,
        "Item Name": lambda at, line: line.product, "Quantity (- Refund)": lambda at, line: line.quantity,
        "Item Cost": lambda at, line: line.price, "Coupon Code": "", "Discount Amount": 0, "Discount Amount Tax": 0,
    }  # fmt: skip
    return Trap([table(lines, columns)], kept(lines, states, "wc-completed", "wc-processing"))


@wild
def magento_orders(words: Words) -> Trap:
    orders = orders_of(words.sales())
    states = fates(
        words, orders, "Complete", "Processing", "Canceled", "Closed", "Pending", "On Hold"
    )
    columns = {
        "ID": lambda at, line: f"{line.order:09}", "Purchase Point": "Main Website Main Website Store",
        "Purchase Date": lambda at, line: f"{line.day:%b} {line.day.day}, {line.day.year} 10:15:00 AM",
        "Bill-to Name": lambda at, line: name(line), "Ship-to Name": lambda at, line: name(line),
        "Grand Total (Base)": lambda at, line: f"${line.amount:,.2f}", "Grand Total (Purchased)": lambda at, line: f"${line.amount:,.2f}",
        "Status": lambda at, line: states[line.order], "Billing Address": "Road 1", "Shipping Information": "Flat Rate",
        "Customer Email": lambda at, line: mail(line), "Customer Group": lambda at, line: ("General", "NOT LOGGED IN")[line.customer % 2],
        "Subtotal": lambda at, line: f"${line.amount - 5:,.2f}", "Shipping and Handling": "$5.00",
        "Customer Name": lambda at, line: name(line), "Payment Method": "checkmo", "Total Refunded": "$0.00",
    }  # fmt: skip
    return Trap([table(orders, columns)], kept(orders, states, "Complete", "Processing"))


@wild
def prestashop_orders(words: Words) -> Trap:
    orders = orders_of(words.sales())
    good, bad = words.pick(
        (("Paiement accepté", "Livré"), ("Annulé", "Remboursé", "Erreur de paiement")),
        (("Payment accepted", "Delivered"), ("Canceled", "Refunded", "Payment error")))  # fmt: skip
    states = fates(words, orders, *good, *bad)
    heads = words.pick(
        ("ID", "Référence", "Nouveau client", "Livraison", "Client", "Total", "Paiement", "État", "Date"),
        ("ID", "Reference", "New client", "Delivery", "Customer", "Total", "Payment", "Status", "Date"))  # fmt: skip
    cells: list[Any] = [
        lambda at, line: at + 1, lambda at, line: f"{line.order * 7919 % 10**9:09}".translate(str.maketrans("0123456789", "QWERTYUIOP")),
        lambda at, line: at % 2, "France", lambda at, line: name(line), lambda at, line: f"{comma(line.amount)} €",
        "Carte", lambda at, line: states[line.order], lambda at, line: f"{line.day} 10:11:12",
    ]  # fmt: skip
    return Trap(
        [table(orders, dict(zip(heads, cells, strict=True)), ";")], kept(orders, states, *good)
    )


@wild
def lightspeed_lines(words: Words) -> Trap:
    lines = words.sales()
    columns = {
        "Date": lambda at, line: f"{line.day:%m/%d/%Y}", "Sale": lambda at, line: line.order, "Customer": lambda at, line: name(line),
        "Employee": lambda at, line: ("Max", "Eva")[at % 2], "Item": lambda at, line: line.product, "Qty": lambda at, line: line.quantity,
        "Retail": lambda at, line: f"${line.price:,.2f}", "Subtotal": lambda at, line: f"${line.amount:,.2f}",
        "Discounts": "$0.00", "Total": lambda at, line: f"${line.amount:,.2f}", "Cost": lambda at, line: f"${line.amount / 2:,.2f}",
        "Margin": "50%",
    }  # fmt: skip
    return Trap([table(lines, columns)], lines)


@wild
def toast_orders_name_no_customer(words: Words) -> Trap:
    orders = orders_of(words.sales())
    columns = {
        "Location": "Main", "Order Id": lambda at, line: 9 * 10**17 + line.order, "Order #": lambda at, line: at % 90 + 1,
        "Checks": 1, "Opened": lambda at, line: f"{line.day:%m/%d/%y} 1:05 PM", "# of Guests": lambda at, line: at % 4 + 1,
        "Tab Names": "", "Server": lambda at, line: ("Max P", "Eva Q")[at % 2], "Table": lambda at, line: at % 12,
        "Dining Options": "Dine In", "Discount Amount": "0.00", "Amount": lambda at, line: line.amount, "Tax": "0.00", "Tip": "0.00",
        "Total": lambda at, line: line.amount, "Paid": lambda at, line: f"{line.day:%m/%d/%y} 2:05 PM",
    }  # fmt: skip
    return Trap([table(orders, columns)], orders, refused=True)


@wild
def shopware_orders(words: Words) -> Trap:
    orders = orders_of(words.sales())
    states = fates(
        words,
        orders,
        "completed/paid",
        "in_progress/paid",
        "cancelled/open",
        "completed/refunded",
        "open/open",
        "completed/paid_partially",
    )
    columns = {
        "id": lambda at, line: f"{line.order * 7919:032x}", "orderNumber": lambda at, line: line.order,
        "orderDateTime": lambda at, line: f"{line.day}T10:11:12.000+00:00", "orderCustomer.customerNumber": lambda at, line: 10000 + line.customer,
        "orderCustomer.firstName": lambda at, line: name(line).split()[0], "orderCustomer.lastName": lambda at, line: name(line).split()[-1],
        "orderCustomer.email": lambda at, line: mail(line), "stateMachineState.technicalName": lambda at, line: states[line.order].split("/")[0],
        "transactions.stateMachineState.technicalName": lambda at, line: states[line.order].split("/")[1],
        "deliveries.stateMachineState.technicalName": "shipped", "amountTotal": lambda at, line: line.amount,
        "amountNet": lambda at, line: round(line.amount / Decimal("1.19"), 2), "shippingTotal": "0.00",
    }  # fmt: skip
    good = kept(orders, states, "completed/paid", "in_progress/paid")
    return Trap([table(orders, columns, ";")], good, warned="state")


@wild
def polish_shop(words: Words) -> Trap:
    lines = words.sales()
    states = fates(words, lines, "Wysłane", "Dostarczone", "Anulowane", "Zwrot", "Nieopłacone")
    columns = {
        "Nr zamówienia": lambda at, line: line.order, "Data zamówienia": lambda at, line: f"{line.day:%d.%m.%Y} 10:15",
        "Login": lambda at, line: f"klient{line.customer}", "E-mail": lambda at, line: mail(line), "Imię i nazwisko": lambda at, line: name(line),
        "Nazwa produktu": lambda at, line: line.product, "Ilość": lambda at, line: line.quantity, "Cena": lambda at, line: f"{comma(line.price)} zł",
        "Wartość": lambda at, line: f"{comma(line.amount)} zł", "Status zamówienia": lambda at, line: states[line.order],
    }  # fmt: skip
    return Trap([table(lines, columns, ";", words.pick("utf-8", "cp1250"))], kept(lines, states, "Wysłane", "Dostarczone"),
                warned="encoding")  # fmt: skip


@wild
def turkish_shop(words: Words) -> Trap:
    lines = words.sales()
    states = fates(words, lines, "Teslim Edildi", "Kargoya Verildi", "İptal Edildi", "İade Edildi")
    columns = {
        "Sipariş Numarası": lambda at, line: line.order, "Sipariş Tarihi": lambda at, line: f"{line.day:%d.%m.%Y} 10:15",
        "Alıcı": lambda at, line: name(line), "E-posta": lambda at, line: mail(line), "Ürün Adı": lambda at, line: line.product,
        "Adet": lambda at, line: line.quantity, "Birim Fiyatı": lambda at, line: comma(line.price),
        "Satış Tutarı": lambda at, line: comma(line.amount), "İndirim Tutarı": "0,00", "Faturalanacak Tutar": lambda at, line: comma(line.amount),
        "Sipariş Statüsü": lambda at, line: states[line.order],
    }  # fmt: skip
    return Trap(
        [table(lines, columns, ";")], kept(lines, states, "Teslim Edildi", "Kargoya Verildi")
    )


@wild
def japanese_shop(words: Words) -> Trap:
    lines = words.sales()
    for line in lines:
        line.price = Decimal(int(line.price * 10))
    states = fates(words, lines, "発送済み", "入金済み", "キャンセル", "返品")
    day = words.pick(
        "{0:%Y/%m/%d} 10:15",
        "{0.year}年{0.month}月{0.day}日",
        "令和{1}年{0.month}月{0.day}日",
        "R{1}.{0.month}.{0.day}",
    )
    columns = {
        "注文番号": lambda at, line: f"A-{line.order}", "注文日時": lambda at, line: day.format(line.day, line.day.year - 2018),
        "会員ID": lambda at, line: f"m{line.customer:04}", "氏名": lambda at, line: ("山田太郎", "鈴木花子", "佐藤一郎")[line.customer % 3],
        "商品名": lambda at, line: line.product, "個数": lambda at, line: line.quantity, "単価": lambda at, line: f"{line.price:,}円",
        "小計": lambda at, line: f"{line.amount:,}円", "ステータス": lambda at, line: states[line.order],
    }  # fmt: skip
    return Trap([table(lines, columns, encoding=words.pick("utf-8", "cp932"))], kept(lines, states, "発送済み", "入金済み"),
                warned="encoding")  # fmt: skip


@wild
def korean_shop(words: Words) -> Trap:
    lines = words.sales()
    for line in lines:
        line.price = Decimal(int(line.price) * 100)
    states = fates(words, lines, "구매확정", "배송완료", "취소완료", "반품완료")
    day = words.pick(
        "{0:%Y-%m-%d} 10:15:00", "{0.year}. {0.month}. {0.day}.", "{0.year}년 {0.month}월 {0.day}일"
    )
    columns = {
        "상품주문번호": lambda at, line: 2023000000 + at, "주문번호": lambda at, line: 1000000 + line.order,
        "주문일시": lambda at, line: day.format(line.day), "구매자ID": lambda at, line: f"buyer{line.customer}",
        "구매자명": lambda at, line: ("김민수", "이영희", "박지성")[line.customer % 3], "상품명": lambda at, line: line.product,
        "수량": lambda at, line: line.quantity, "상품가격": lambda at, line: f"{line.price:,}", "총 주문금액": lambda at, line: f"{line.amount:,}",
        "주문상태": lambda at, line: states[line.order],
    }  # fmt: skip
    return Trap([table(lines, columns)], kept(lines, states, "구매확정", "배송완료"))


@wild
def wix_orders(words: Words) -> Trap:
    lines = words.sales()
    totals = {o.order: o.amount for o in orders_of(lines)}
    states = fates(words, lines, "Paid", "Unpaid", "Refunded", "Canceled")
    columns = {
        "Order number": lambda at, line: line.order, "Date created": lambda at, line: f"{line.day:%b} {line.day.day}, {line.day.year}",
        "Time": "10:15:00 AM", "Total order quantity": 3, "Contact email": lambda at, line: mail(line), "Note from customer": "",
        "Item": lambda at, line: line.product, "Variant": "", "SKU": "", "Qty": lambda at, line: line.quantity, "Quantity refunded": 0,
        "Price": lambda at, line: line.price, "Weight": "0.5", "Recipient name": lambda at, line: name(line), "Billing name": lambda at, line: name(line),
        "Payment status": lambda at, line: states[line.order], "Payment method": "Card", "Currency": "USD", "Discount amount": first(lines, lambda at, line: "0"),
        "Shipping rate": first(lines, lambda at, line: "0"), "Total": first(lines, lambda at, line: totals[line.order]),
        "Fulfillment status": "Fulfilled",
    }  # fmt: skip
    return Trap([table(lines, columns)], kept(lines, states, "Paid"))


@wild
def bigcommerce_orders(words: Words) -> Trap:
    orders = orders_of(words.sales())
    states = fates(
        words,
        orders,
        "Completed",
        "Shipped",
        "Cancelled",
        "Refunded",
        "Awaiting Payment",
        "Declined",
        "Incomplete",
    )
    columns = {
        "Order ID": lambda at, line: line.order, "Customer ID": lambda at, line: line.customer + 20 if line.customer % 3 else 0,
        "Customer Name": lambda at, line: name(line), "Customer Email": lambda at, line: mail(line), "Order Date": lambda at, line: f"{line.day:%d/%m/%Y}",
        "Order Time": "10:15:00", "Order Status": lambda at, line: states[line.order], "Subtotal (inc tax)": lambda at, line: line.amount,
        "Subtotal (ex tax)": lambda at, line: round(line.amount / Decimal("1.2"), 2), "Tax Total": lambda at, line: line.amount - round(line.amount / Decimal("1.2"), 2),
        "Shipping Cost (inc tax)": "0.00", "Order Total (inc tax)": lambda at, line: line.amount,
        "Order Total (ex tax)": lambda at, line: round(line.amount / Decimal("1.2"), 2), "Payment Method": "Stripe", "Total Quantity": 2,
        "Refund Amount": "0.00", "Order Currency Code": "GBP",
    }  # fmt: skip
    return Trap([table(orders, columns)], kept(orders, states, "Completed", "Shipped"))


@wild
def lazada_items(words: Words) -> Trap:
    lines = words.sales()
    pieces = [
        Line(line.customer, line.order, line.day, line.product, 1, line.price)
        for line in lines
        for _ in range(line.quantity)
    ]
    states = fates(
        words,
        pieces,
        "delivered",
        "shipped",
        "canceled",
        "returned",
        "Package Returned",
        "confirmed",
    )
    columns = {
        "orderItemId": lambda at, line: 5000000 + at, "orderType": "Normal", "createTime": lambda at, line: f"{line.day:%d %b %Y} 10:15",
        "updateTime": lambda at, line: f"{line.day + timedelta(3):%d %b %Y} 10:15", "orderNumber": lambda at, line: line.order,
        "customerName": lambda at, line: name(line), "customerEmail": lambda at, line: mail(line), "payMethod": "COD",
        "paidPrice": lambda at, line: line.amount, "unitPrice": lambda at, line: line.amount, "sellerDiscountTotal": "0.00", "shippingFee": "0.00",
        "itemName": lambda at, line: line.product, "status": lambda at, line: states[line.order],
    }  # fmt: skip
    return Trap(
        [table(pieces, columns, ";")], kept(pieces, states, "delivered", "shipped", "confirmed")
    )


@wild
def mercado_livre_sales(words: Words) -> Trap:
    orders = orders_of(words.sales())
    states = fates(
        words,
        orders,
        "Entregue",
        "A caminho",
        "Venda cancelada",
        "Devolução finalizada com reembolso para o comprador",
    )
    month = [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ]
    gone = ("Venda cancelada", "Devolução finalizada com reembolso para o comprador")
    columns = {
        "N.º de venda": lambda at, line: 2000000000 + line.order,
        "Data da venda": lambda at, line: f"{line.day.day} de {month[line.day.month - 1]} de {line.day.year} 10:15 hs.",
        "Estado": lambda at, line: states[line.order], "Unidades": 1, "Receita por produtos (BRL)": lambda at, line: line.amount,
        "Receita por envio (BRL)": "0", "Tarifa de venda e impostos": lambda at, line: -round(line.amount / 10, 2),
        "Cancelamentos e reembolsos (BRL)": lambda at, line: -line.amount if states[line.order] in gone else 0,
        "Total (BRL)": lambda at, line: 0 if states[line.order] in gone else line.amount - round(line.amount / 10, 2),
        "SKU": lambda at, line: line.product[:3], "Título do anúncio": lambda at, line: line.product, "Comprador": lambda at, line: name(line),
        "CPF": lambda at, line: f"{line.customer * 98765432101 % 10**11:011}",
    }  # fmt: skip
    good = kept(orders, states, "Entregue", "A caminho")
    return Trap([table(orders, columns, ";")], good, warned="could also be")


@wild
def shopify_lines_with_fields_on_the_first(words: Words) -> Trap:
    lines = words.sales()
    totals = {o.order: o.amount + 5 for o in orders_of(lines)}
    states = fates(words, lines, "paid", "refunded", "voided", "pending")
    day = f"{{}} 10:15:00 {words.pick('+0100', '-0800')}"
    columns = {
        "Name": lambda at, line: f"#{line.order}", "Email": lambda at, line: mail(line), "Financial Status": first(lines, lambda at, line: states[line.order]),
        "Paid at": first(lines, lambda at, line: day.format(line.day)), "Currency": first(lines, lambda at, line: "EUR"),
        "Subtotal": first(lines, lambda at, line: totals[line.order] - 5), "Shipping": first(lines, lambda at, line: "5.00"), "Taxes": first(lines, lambda at, line: "0.00"),
        "Total": first(lines, lambda at, line: totals[line.order]), "Discount Code": "", "Discount Amount": first(lines, lambda at, line: "0.00"),
        "Created at": lambda at, line: day.format(line.day), "Lineitem quantity": lambda at, line: line.quantity, "Lineitem name": lambda at, line: line.product,
        "Lineitem price": lambda at, line: line.price, "Lineitem sku": lambda at, line: line.product[:3], "Cancelled at": "",
        "Refunded Amount": first(lines, lambda at, line: totals[line.order] if states[line.order] == "refunded" else "0.00"), "Lineitem discount": "0.00",
    }  # fmt: skip
    good = kept(lines, states, "paid")
    paid = [Line(o.customer, o.order, o.day, "", 1, o.amount + 5) for o in orders_of(good)]
    # Who was paid back is a customer all the same.
    people = len({line.customer for line in kept(lines, states, "paid", "refunded")})
    return Trap([table(lines, columns)], paid, people=people)
