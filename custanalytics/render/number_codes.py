"""Number formats as spreadsheets and native charts spell them.

Separators follow the reader's own program; currency, its place and its decimals follow the report.
"""

from locale import windows_locale

from babel import Locale, numbers

from custanalytics.content.format import Formats

_FIXED = {
    "count": "#,##0",
    "days": "#,##0",
    "number": "#,##0.0",
    "exact": "0.000",
    "figure": "[=0]0;[>=100]#,##0;0.000",
    "date": "d mmm yyyy",
    "date_short": "d mmm yyyy",
    "month": "mmm yyyy",
    "month_short": "mmm yyyy",
}
_PERCENT = {"share": "0%", "probability": "0.0%", "change": "+0%;-0%;0%"}


def number_code(kind: str, formats: Formats) -> str:
    """Number format of a kind of figure; ``General`` for text.

    Examples
    --------
    >>> number_code("money_exact", Formats("en_GB", "GBP"))
    '[$£]#,##0.00'
    >>> number_code("money_whole", Formats("de_DE", "EUR"))
    '#,##0 [$€]'
    """
    if kind == "money_short":
        return _short_money(formats)
    if kind.startswith("money"):
        digits = _cents(formats) if kind == "money_exact" else 0
        return _money("#,##0" + ("." + "0" * digits if digits else ""), formats)
    if kind in _PERCENT:
        return _PERCENT[kind].replace("%", _percent(formats))
    return _FIXED.get(kind, "General")


def language_code(formats: Formats) -> str:
    """What makes the names of months follow the report, not the reader's program."""
    numbered = {name: number for number, name in windows_locale.items()}
    number = numbered.get(formats.locale)
    return f"[$-{number:X}]" if number else ""


def _short_money(formats: Formats) -> str:
    # The suffixes are English ones, as in "£1.2m".
    if not formats.locale.startswith("en"):
        return _money("#,##0", formats)
    m, k = ("M", "K") if formats.locale == "en_US" else ("m", "k")
    millions, thousands = _money(f'0.0,,"{m}"', formats), _money(f'#,##0,"{k}"', formats)
    return f"[>=999500]{millions};[>=9999.5]{thousands};{_money('#,##0', formats)}"


def _money(digits: str, formats: Formats) -> str:
    if not formats.currency:
        return digits
    symbol = f"[${numbers.get_currency_symbol(formats.currency, locale=formats.locale)}]"
    pattern = Locale.parse(formats.locale).currency_formats["standard"].pattern.split(";")[0]
    space = " " if "\xa0" in pattern or " " in pattern else ""
    before = pattern.strip().lstrip("\u200e\u200f").startswith("¤")
    return f"{symbol}{space}{digits}" if before else f"{digits}{space}{symbol}"


def _percent(formats: Formats) -> str:
    pattern = Locale.parse(formats.locale).percent_formats[None].pattern
    return " %" if "\xa0" in pattern or " " in pattern else "%"


def _cents(formats: Formats) -> int:
    return numbers.get_currency_precision(formats.currency) if formats.currency else 2
