"""What slides, workbook and Word document share: fonts and clean text."""

import re

from custanalytics.report.brand import Brand

# Our own fonts are on no reader's machine; these are on every one that opens office files.
_EVERYWHERE = {"Report Sans": "Arial", "Report Serif": "Georgia"}
# What XML can't hold, and what no reader can see.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def office_fonts(brand: Brand) -> tuple[str, str]:
    """Names of the text and heading fonts for office programs.

    Parameters
    ----------
    brand : Brand
        The brand of the report.

    Returns
    -------
    tuple of str
        The brand's own families; where it has none, families that every machine has.
    """
    names = (brand.font_family, brand.heading_family)
    text, heading = (_EVERYWHERE.get(name, name) for name in names)
    return text, heading


def printable(text: str) -> str:
    """The text without control characters, which office files can't hold."""
    return _UNPRINTABLE.sub(" ", text)
