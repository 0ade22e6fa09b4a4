"""The error tree, and the exit code of each branch.

::

    CustAnalyticsError          1
    ├── UsageError              2   an option or argument makes no sense
    ├── SourceError            10   the source can't be read, or its columns not found
    ├── UnsupportedError       11   the data doesn't allow the analysis asked for
    ├── ModelError             12   a model failed
    ├── RenderError            13   rendering failed
    └── DisclosureError        14   what is to be published holds a client's data

A message says what was expected, what was found and what to do, naming the option
that does it. It never holds a customer's values.
"""

import re

# What an option's keyword is where it is not its name with underscores.
KEYWORDS = {
    "map": "mapping={ROLE: COLUMN}",
    "mapping": "mapping_file=",
    "rate": "rates={CODE: RATE}",
    "from": "since=",
    "format": "formats=",
}


class CustAnalyticsError(Exception):
    """Root of every error that custanalytics raises on purpose.

    The options that its message names are noted as keywords of Python.
    """

    exit_code = 1

    def __init__(self, *said: object) -> None:
        super().__init__(*said)
        named = dict.fromkeys(re.findall(r"(?<![\w-])--([a-z][a-z-]+)", str(self)))
        ways = [f"--{n} is {KEYWORDS.get(n, n.replace('-', '_') + '=')}" for n in named]
        if ways:
            self.add_note(f"In Python, {', '.join(ways)}")


class UsageError(CustAnalyticsError):
    """An option or argument makes no sense."""

    exit_code = 2


class SourceError(CustAnalyticsError):
    """The source can't be read, or its columns can't be found."""

    exit_code = 10


class UnsupportedError(CustAnalyticsError):
    """The data doesn't allow the analysis that was asked for."""

    exit_code = 11

    @property
    def sentence(self) -> str:
        """The reason as it was told, so that it can be said in another language."""
        reason: str = self.args[0]
        return reason


class ModelError(CustAnalyticsError):
    """A model could not be fitted, or gave no usable answer."""

    exit_code = 12


class RenderError(CustAnalyticsError):
    """A report could not be rendered."""

    exit_code = 13


class DisclosureError(CustAnalyticsError):
    """What is to be published holds a client's data, or can't be looked into."""

    exit_code = 14
    # Where only figures and days were found, which may coincide: file and value of each, which
    # is for comparing only.
    figures: frozenset[tuple[str, str]] = frozenset()
