"""Column names that sales exports use for each role, in many languages (column_names.toml)."""

import re
import tomllib
import unicodedata
from functools import cache
from importlib import resources

from custanalytics.ledger.detect.currency_codes import iso_codes

# role -> what it holds; the order is the order in which roles are shown.
ROLES = {
    "customer_id": "who bought",
    "customer_id_2": "who bought, where customer_id is blank",
    "customer_id_3": "who bought, where both are blank",
    "customer_id_4": "who bought, where all three are blank",
    "order_id": "which order the line belongs to",
    "ordered_at": "when it was bought",
    "ordered_time": "the time of day, where it has a column of its own",
    "amount": "what was paid for the line",
    "order_total": "what was paid for the whole order, repeated or on its first line only",
    "quantity": "how many pieces",
    "unit_price": "price of one piece",
    "discount": "taken off quantity times unit_price",
    "refunded": "paid back later, on the line of the sale",
    "product": "what was bought",
    "product_name": "what it is called, where a code has a name beside it",
    "currency": "currency of the amounts",
    "status": "state of the order, or of its payment",
    "payment_status": "state of the payment, where it has a column of its own",
    "fulfilment_status": "state of the parcel: tells of what came back",
    "returned": "whether, or on which day, the line or order was given back",
    "cancelled": "whether, or on which day, the order was cancelled",
    "kind": "what kind of row it is: sale, return, fee",
    "refund_of": "the order that a refund belongs to",
    "refund_customer_id": "who was paid back, where refunds name the customer in another column",
    "category": "what kind of goods",
    "country": "which country or region the customer is in",
    "channel": "through which channel or source the order came",
    "discount_code": "which discount was used: its code, or what it took off",
    "consent": "whether the customer may be contacted for marketing",
    "opt_out": "whether the customer asked not to be contacted",
}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_CURRENCY_BEHIND = re.compile(r" (in )?(eur|euros?|usd|gbp|chf|pounds?|dollars?|sterling)$")
_TAX_BEHIND = re.compile(
    r" ((incl|inc|including|excl|ex|exc|excluding|inkl|exkl|zzgl|plus|with|without) "
    r"(vat|tax|taxes|gst|mwst|ust|btw|iva|tva)|ttc|ht|brutto|netto|iva (incluido|inclusa))$"
)
# Roles that hold money.
MONEY = ("amount", "order_total", "unit_price", "discount", "refunded")
# Codes that are common words in names of columns ("all sales").
_WORDS_TOO = frozenset({"all", "top"})
_WORD = re.compile(r"[\W_]+")
# Letters with a sign that Unicode does not take apart.
_LETTERS = str.maketrans(
    {"ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "đ": "d", "ı": "i",
     "İ": "I", "#": " number ", "№": " no "}
)  # fmt: skip
# Words between the words of a name: "Id. del pedido" is "pedido id".
_FILL = frozenset(
    "a af da das de del dell della den der des di do du en et for l la le of the".split()  # noqa: SIM905
)
# A joined name of fewer letters may be another word.
_JOINED = 5


def plain(name: str) -> str:
    """A column name in small letters, without accents and signs: "InvoiceNo" -> "invoice no"."""
    name = _CAMEL.sub(" ", name.strip()).translate(_LETTERS)
    name = unicodedata.normalize("NFKD", name)
    name = "".join(letter for letter in name if not unicodedata.combining(letter))
    return _WORD.sub(" ", name.lower()).strip()


@cache
def _table() -> dict[str, dict[str, tuple[str, float]]]:
    """Plain name -> role -> (kind, strength)."""
    text = (resources.files("custanalytics.ledger.detect") / "column_names.toml").read_text("utf-8")
    table: dict[str, dict[str, tuple[str, float]]] = {}
    for role, kinds in tomllib.loads(text).items():
        for kind, entry in kinds.items():
            for name in (*entry["names"], *entry.get("elsewhere", ())):
                roles = table.setdefault(plain(name), {})
                roles.setdefault(role, (kind, float(entry["strength"])))
    return table


@cache
def _loose_table() -> dict[str, dict[str, tuple[str, float]]]:
    """As `_table`, by the words in any order without those between them, and by the joined name."""
    loose: dict[str, dict[str, tuple[str, float]]] = {}
    for name, roles in _table().items():
        for key in _loose_keys(name):
            loose.setdefault(key, {}).update(
                {r: e for r, e in roles.items() if r not in loose[key]}
            )
    return loose


def _loose_keys(name: str) -> list[str]:
    words = sorted(word for word in name.split() if word not in _FILL)
    joined = name.replace(" ", "")
    keys = [" ".join(words)] if len(words) > 1 else []
    return [*keys, joined] if len(joined) >= _JOINED else keys


@cache
def meanings(name: str) -> dict[str, tuple[str, float]]:
    """Roles that a column name may stand for: role -> (kind, strength from 0 to 1).

    The name counts as a whole; a unit such as "(EUR)" or "incl. VAT" behind it is passed over.
    """
    full = plain(name)
    table = _table()
    if full in table:
        return table[full]
    short = plain(re.sub(r"\(.*?\)|\[.*?\]", " ", name))
    short = _TAX_BEHIND.sub("", short)
    if (bare := _CURRENCY_BEHIND.sub("", short)) in table:
        return table[bare]
    if found := money_and_code(short):
        return found[0]
    loose = _loose_table()
    return next((loose[key] for key in _loose_keys(bare) if key in loose), {})


def money_and_code(name: str) -> tuple[dict[str, tuple[str, float]], str] | None:
    """Roles and code of a plain name of money beside a currency: "amount jpy"; None for others."""
    first, _, behind = name.partition(" ")
    before, _, last = name.rpartition(" ")
    for code, rest in ((last, before), (first, behind)):
        if code in _WORDS_TOO or code.upper() not in iso_codes():
            continue
        roles = {role: entry for role, entry in _table().get(rest, {}).items() if role in MONEY}
        if roles:
            return roles, code.upper()
    return None


def known_name(name: str) -> bool:
    """Whether any role knows the name."""
    return bool(name.strip()) and bool(meanings(name))
