"""One typed configuration: each option declared once, with its type, default, bounds and words.

The command line, ``[settings]`` of ``engagement.toml`` and keyword arguments of Python fill the
same frozen dataclasses. All of it is checked before anything is read, and one message names every
fault. A new option is a field here, and the line that uses it.
"""

import dataclasses
import difflib
import functools
import inspect
import math
import numbers
import os
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, ParamSpec, TypeVar

from custanalytics.bundled import template_folder, template_names
from custanalytics.errors import SourceError, UsageError

if TYPE_CHECKING:
    from custanalytics.customers.rfm import Segment

C = TypeVar("C")
P = ParamSpec("P")
R = TypeVar("R")
Step = Callable[[str], AbstractContextManager[Any]]

TEMPLATE = "customer-value"
FORMATS = ("html", "pdf", "docx", "pptx", "xlsx")
RENDERERS = ("auto", "embedded", "quarto")
_READING, _COMPUTING = "how the sales are read", "what is computed"
_PROSPECTS, _REPORT, _RENDERING = "prospects", "the report", "rendering"
_CAMPAIGN = "a past campaign, in place of sales"


@dataclass(frozen=True)
class Kind:
    """Values that an option takes.

    `accept` gives the value as it is used, or raises ValueError; `parse` makes one of the text on
    a command line; `look` finds out whether what it names is there.
    """

    expected: str
    accept: Callable[[Any], Any]
    metavar: str
    parse: Callable[[str], Any] = str
    look: Callable[[Any], None] = lambda _: None


@dataclass(frozen=True)
class Option:
    """What is said of an option, and how it is given."""

    help: str
    kind: Kind
    # On the command line and in TOML, where the field is called otherwise.
    flag: str = ""
    many: bool = False
    pairs: bool = False
    # The default in words, where its value does not tell.
    default: str = ""
    group: str = ""
    # Another option without which it means nothing.
    needs: str = ""
    # A file that the results depend on.
    reads: bool = False
    in_record: bool = True


def option(value: Any, said: str, kind: Kind, **how: Any) -> Any:
    """A field that the command line, TOML and Python fill."""
    return field(default=value, metadata={"option": Option(said, kind, **how)})


def about(said: str) -> dict[str, str]:
    """Metadata of a field that only Python fills."""
    return {"about": said}


def _is(value: Any, *kinds: type) -> Any:
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise ValueError
    return value


def _column(value: Any) -> str:
    return str(_is(value, str, int))


def _number(low: float, high: float, above: bool = False) -> Callable[[Any], float]:
    def accept(value: Any) -> float:
        number = float(_is(value, numbers.Real))
        if not (low <= number <= high) or (above and number == low) or math.isinf(number):
            raise ValueError
        return number

    return accept


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def accept(value: Any) -> int:
        number = int(_is(value, numbers.Integral))
        if not low <= number <= high:
            raise ValueError
        return number

    return accept


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        raise ValueError
    day: date = _is(value, date)
    return day


def _path(value: Any) -> Path:
    return Path(_is(value, str, Path))


def _locale(value: Any) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(_is(value, str).replace("-", "_")))
    except UnknownLocaleError as error:
        raise ValueError from error


def _currency(value: Any) -> str:
    from custanalytics.ledger.detect.currency_codes import iso_codes

    code: str = _is(value, str).strip().upper()
    if code not in iso_codes():
        raise ValueError
    return code


def _roles(value: Mapping[str, Any]) -> dict[str, str]:
    from custanalytics.ledger.detect.column_names import ROLES

    wrong = [unknown("role", role, ROLES) for role in value if role not in ROLES]
    if wrong:
        raise UsageError(", ".join(wrong))
    return {role: _column(column) for role, column in value.items()}


def _rates(value: Mapping[str, Any]) -> dict[str, str]:
    found = {_currency(code): Decimal(str(rate)) for code, rate in value.items()}
    if not all(rate.is_finite() and rate > 0 for rate in found.values()):
        raise ValueError
    return {code: str(rate) for code, rate in found.items()}


def _segments(value: Any) -> Any:
    from custanalytics.customers.rfm import Segment

    if isinstance(value, str | Path):
        return Path(value)
    return tuple(_is(segment, Segment) for segment in _is(value, list, tuple))


def _exists(path: Path) -> None:
    if not path.exists():
        raise SourceError(f"{path} is not there")


def _presentation(path: Path) -> None:
    # Whether its layouts serve is found out by those who draw on them.
    if not zipfile.is_zipfile(path):
        raise UsageError(f"{path} can't be read as a PowerPoint file (.pptx)")


def _template(name: str) -> None:
    if template_folder(name) is None:
        known = template_names()
        raise UsageError(unknown("report template", name, known) + ", or a folder of your own")


def _rules(segments: Any) -> None:
    from custanalytics.customers.rfm import check_segments
    from custanalytics.customers.segment_rules import read_segments

    check_segments(read_segments(segments) if isinstance(segments, Path) else segments)


def _one_of(*choices: str) -> Kind:
    def accept(value: Any) -> str:
        if value not in choices:
            near = _near(value, choices)
            raise ValueError(f"did you mean {near}?" if near else "")
        return str(value)

    return Kind(f"one of {', '.join(choices)}", accept, "{" + ",".join(choices) + "}")


def _text(metavar: str) -> Kind:
    return Kind("a text", lambda value: _is(value, str), metavar)


FLAG = Kind("true or false", lambda value: _is(value, bool), "", parse=bool)
COLUMN = Kind("a column, by name or number from 1", _column, "COLUMN")
VALUE = Kind("a value, as a text or a whole number", _column, "VALUE")
DAYS = Kind("a number of days from 1 to 3660", _whole(1, 3660), "N", int)
SEED = Kind("a whole number from 0 to 4294967295", _whole(0, 2**32 - 1), "N", int)
SHARE = Kind("a share from 0 to 1, such as 0.35", _number(0, 1), "SHARE", float)
MARGIN = Kind("a share above 0, up to 1, such as 0.35", _number(0, 1, above=True), "SHARE", float)
MONEY = Kind("an amount of money, such as 1.50", _number(0, math.inf), "MONEY", float)
DAY = Kind("a date such as 2026-06-30", _day, "DATE", date.fromisoformat)
FILE = Kind("a file", _path, "FILE", look=_exists)
SEGMENTS = Kind("a file of rules, or segments", _segments, "FILE", look=_rules)
PRESENTATION = Kind("a file", _path, "FILE", look=_presentation)
REPORT_TEMPLATE = Kind("a name or a folder", lambda v: _is(v, str), "NAME", look=_template)
FOLDER = Kind("a folder", _path, "DIR")
LOCALE = Kind("a locale such as en_GB", _locale, "LOCALE")
CURRENCY = Kind("an ISO 4217 code of three letters such as EUR", _currency, "CODE")
ROLE = Kind("of the form ROLE=COLUMN", _roles, "ROLE=COLUMN")
RATE = Kind("of the form CODE=RATE, such as USD=0.92, above zero", _rates, "CODE=RATE")
DATE_ORDER = _one_of("dmy", "mdy", "ymd")
DECIMAL = _one_of("point", "comma")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a sales export is read: what `custanalytics.load` takes."""

    group: ClassVar[str] = _READING

    mapping: Mapping[str, str | int] | None = option(
        None,
        "column of a role, by name or number from 1; 'none' leaves the role out. Roles: "
        "customer_id, order_id, ordered_at, amount (or quantity and unit_price), product, "
        "currency, status",
        ROLE,
        flag="map",
        many=True,
        pairs=True,
    )
    mapping_file: Path | str | None = option(
        None, "a mapping.toml that an earlier run wrote", FILE, flag="mapping", reads=True
    )
    currency: str | None = option(None, "currency of the amounts, such as EUR", CURRENCY)
    date_order: str | None = option(
        None, "order of day, month and year, for dates that don't tell", DATE_ORDER
    )
    decimal: str | None = option(None, "decimal sign, for amounts that don't tell", DECIMAL)
    rates: Mapping[str, Decimal | float | str] | None = option(
        None,
        "units of the currency for one unit of another",
        RATE,
        flag="rate",
        many=True,
        pairs=True,
    )
    sale: Sequence[str] = option(
        (),
        "state of an order, as the file writes it, that is a sale",
        VALUE,
        many=True,
    )
    not_a_sale: Sequence[str] = option((), "state of an order that is no sale", VALUE, many=True)
    encoding: str | None = option(
        None, "encoding of the text files, such as cp1250, where it is not found right", VALUE
    )
    in_cents: bool = option(False, "the amounts are cents", FLAG)
    max_unreadable: float = option(0.02, "highest share of lines that may be unreadable", SHARE)
    drop_duplicates: bool = option(
        False, "leave out lines that repeat another one in every column", FLAG
    )


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which sales count, and who belongs together."""

    group: ClassVar[str] = _COMPUTING

    as_of: date | None = option(None, "last day that counts", DAY, default="the last in the data")
    segments: "Sequence[Segment] | Path | str | None" = option(
        None,
        "rules of your own for the segments, as [[segment]] sections with name, rule, when (such "
        "as total_spend >= 500 and r_score >= 3), action and contact",
        SEGMENTS,
        reads=True,
    )

    @property
    def rules(self) -> "Sequence[Segment]":
        """The segments, read where they are in a file."""
        from custanalytics.customers.rfm import SEGMENTS
        from custanalytics.customers.segment_rules import read_segments

        if isinstance(self.segments, str | Path):
            return read_segments(self.segments)
        return SEGMENTS if self.segments is None else self.segments


@dataclass(frozen=True, kw_only=True)
class Estimates:
    """How far the estimates look ahead, and what money counts."""

    group: ClassVar[str] = _COMPUTING

    horizon_days: int = option(365, "how far customer value looks ahead", DAYS)
    window_days: int = option(90, "how far the chance of a next purchase looks ahead", DAYS)
    annual_discount_rate: float = option(0.10, "yearly discount rate for future money", SHARE)
    margin: float | None = option(
        None, "contribution margin, 0.35 for 35 %; without it, values are revenue", MARGIN
    )


@dataclass(frozen=True, kw_only=True)
class Contact:
    """What a contact costs, and a conversion brings."""

    group: ClassVar[str] = _COMPUTING

    contact_cost: float | None = option(
        None, "cost of contacting one of them: gives the profit curve of a campaign", MONEY
    )
    conversion_value: float | None = option(
        None, "what one conversion is worth", MONEY, needs="contact_cost"
    )


@dataclass(frozen=True, kw_only=True)
class Report:
    """What the report says of itself, and how it writes figures."""

    group: ClassVar[str] = _REPORT

    title: str = option("", "title of the report", _text("TEXT"))
    client: str = option("", "whom the report is for", _text("NAME"))
    author: str = option("", "who made it", _text("NAME"))
    mark: str = option("", "word on every page, such as Confidential or Draft", _text("WORD"))
    locale: str = option(
        "en_GB",
        "language, and how numbers and dates are written: English, German (de_DE), French "
        "(fr_FR), Spanish (es_ES); en_DE is English with German numbers",
        LOCALE,
    )
    made_on: date | None = option(
        None, "date of making that the report states", DAY, default="today"
    )
    seed: int = option(0, "seed of everything random", SEED)


@dataclass(frozen=True, kw_only=True)
class Prospects:
    """How a table of prospects is read."""

    group: ClassVar[str] = _PROSPECTS

    outcome: str | None = option(
        None, "column that says who converted, where it is not clear", COLUMN, needs="prospects"
    )
    positive: str | None = option(
        None, "its value that means converted, such as yes", VALUE, needs="prospects"
    )
    prospect_date: str | None = option(
        None, "column with the day a prospect came in", COLUMN, needs="prospects"
    )
    prospects_date_order: str | None = option(
        None,
        "order of day, month and year in the prospects, where they don't tell",
        DATE_ORDER,
        needs="prospects",
    )
    prospects_decimal: str | None = option(
        None, "decimal sign in the prospects, where they don't tell", DECIMAL, needs="prospects"
    )
    keep: Sequence[str] = option(
        (),
        "use this column although it seems to give the outcome away",
        COLUMN,
        many=True,
        needs="prospects",
    )


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """What is rendered, and by whom: nothing that changes a result."""

    group: ClassVar[str] = _RENDERING

    formats: Sequence[str] = option(
        ("html", "pdf"),
        "what to write: page, PDF, Word, slides, workbook",
        _one_of(*FORMATS),
        flag="format",
        many=True,
    )
    renderer: str = option(
        "auto",
        "auto: Quarto where its command is found, else the embedded renderer",
        _one_of(*RENDERERS),
    )
    pptx_template: Path | str | None = option(
        None,
        "presentation whose layouts, colours and fonts the slides take",
        PRESENTATION,
    )

    @property
    def presentation(self) -> Path | None:
        """The client's presentation."""
        return None if self.pptx_template is None else Path(self.pptx_template)


def _template_option(default: str) -> Any:
    return option(
        None,
        "report template, or a folder of your own; 'custanalytics templates' lists them",
        REPORT_TEMPLATE,
        default=default,
        group=_REPORT,
    )


def _out(default: str) -> Any:
    return option(default, "report folder", FOLDER, group=_REPORT, in_record=False)


STEP = about("Called with each step's name; returns a context manager that is held meanwhile.")
COMMAND = about("The command that makes the report again, as the report states it.")


@dataclass(frozen=True)
class CheckOptions(Reading):
    """Options of ``check``."""


@dataclass(frozen=True)
class RunOptions(Rendering, Report, Prospects, Contact, Estimates, Scope, Reading):
    """Options of ``run``."""

    sources: Sequence[Path | str] = field(metadata=about("The files of one sales export."))
    out: Path | str = _out("report")
    _: dataclasses.KW_ONLY
    prospects: Sequence[Path | str] = option(
        (), "table of prospects to score as well", FILE, many=True, reads=True, group=_PROSPECTS
    )
    template: str | None = _template_option(TEMPLATE)
    step: Step = field(default=lambda _: nullcontext(), metadata=STEP)
    command: str = field(default="", metadata=COMMAND)


@dataclass(frozen=True)
class ProspectsOptions(Rendering, Report, Contact, Prospects):
    """Options of ``prospects``."""

    # Without sales nothing says what a conversion is worth.
    needs: ClassVar[Mapping[str, str]] = {"contact_cost": "conversion_value"}

    sources: Sequence[Path | str] = field(
        metadata=about("The files of one table of prospects, some of them decided.")
    )
    out: Path | str = _out("prospects-report")
    _: dataclasses.KW_ONLY
    currency: str | None = option(
        None, "currency of cost and value, such as EUR", CURRENCY, group=_COMPUTING
    )
    template: str | None = _template_option("prospects")
    step: Step = field(default=lambda _: nullcontext(), metadata=STEP)
    command: str = field(default="", metadata=COMMAND)


@dataclass(frozen=True)
class RenderOptions(Rendering):
    """Options of ``render``."""

    folder: Path | str = field(metadata=about("A folder that `run` made."))
    _: dataclasses.KW_ONLY
    template: str | None = option(
        None,
        "make a further report by another template, in --out",
        REPORT_TEMPLATE,
        needs="out",
        group=_REPORT,
    )
    out: Path | str | None = option(
        None, "folder of the further report", FOLDER, needs="template", group=_REPORT
    )


@dataclass(frozen=True, kw_only=True)
class MeasureOptions(Reading):
    """Options of ``measure``."""

    needs: ClassVar[Mapping[str, str]] = {"treatment": "converted"}

    contacted_on: date | None = option(None, "day of the contact", DAY, group=_COMPUTING)
    window_days: int = option(90, "days after the contact that count", DAYS, group=_COMPUTING)
    segment: str | None = option(
        None, "column of the list to break the effect down by", COLUMN, group=_COMPUTING
    )
    treatment: str | None = option(
        None, "column that says who was contacted", COLUMN, group=_CAMPAIGN
    )
    converted: str | None = option(
        None, "column that says who converted", COLUMN, group=_CAMPAIGN, needs="treatment"
    )
    control: str | None = option(
        None,
        "value of --treatment that means left alone, where it is not clear",
        VALUE,
        group=_CAMPAIGN,
        needs="treatment",
    )
    by: Sequence[str] = option(
        (),
        "rank by the effect expected from this column, known before the contact",
        COLUMN,
        many=True,
        group=_CAMPAIGN,
        needs="treatment",
    )


# The commands that answer an engagement.
COMMANDS: Mapping[str, type[Any]] = {
    "run": RunOptions,
    "prospects": ProspectsOptions,
    "measure": MeasureOptions,
}


@dataclass(frozen=True)
class Settings(Report, Contact, Estimates):
    """What a run was asked to do, and what it took for granted, as the results keep it.

    Attributes
    ----------
    observation_end : date
        Last day that counts (``--as-of``, else the last day in the data).
    currency : str
        ISO 4217 code; empty where the data names none.
    command : str
        The command that makes the report again.
    version : str
        The version of custanalytics that computed the results.
    template : str
        The report template: a name, or the path of a folder.
    made_on : date
        The date of making that the report states; ``date.min``: none.
    conditions : dict
        Segment of one's own -> its condition, where it was given as a text.
    """

    observation_end: date
    currency: str = ""
    command: str = ""
    version: str = ""
    template: str = TEMPLATE
    made_on: date = field(default=date.min, kw_only=True)
    conditions: Mapping[str, str] = field(default_factory=dict, kw_only=True)


class Origin(Enum):
    """Where a value was given, which says how an option's name is written."""

    COMMAND_LINE = "--{flag}"
    RECORD = "engagement.toml, [settings]: {flag}"
    PYTHON = "{name}"

    def named(self, part: "dataclasses.Field[Any]") -> str:
        """The option's name, and where it stands."""
        return self.value.format(flag=flag_of(part), name=part.name)

    def short(self, part: "dataclasses.Field[Any]") -> str:
        """The option's name alone."""
        return self.named(part).rpartition(" ")[2]


class Configuration(Generic[C]):
    """Collects what was given, from several places, and makes the checked options of it.

    Later values win over earlier ones; those of repeatable options come together. Files are looked
    for from the folder that one is in, unless `look` is False.
    """

    def __init__(self, kind: Callable[..., C], look: bool = True) -> None:
        self._kind = kind
        self._look = look
        self._fields = {part.name: part for part in options_of(kind)}
        self._values: dict[str, Any] = {}
        self._given: dict[str, Origin] = {}
        self._problems: list[str] = []
        self._missing: list[str] = []

    def add(self, given: Mapping[str, Any], origin: Origin) -> None:
        """Take what was given in one place; None is not given."""
        parts = {
            flag_of(part) if origin is Origin.RECORD else part.name: part
            for part in self._fields.values()
        }
        for name, value in given.items():
            if name not in parts:
                near = _near(name, [origin.short(part) for part in parts.values()])
                hint = f"; did you mean {near}?" if near else ""
                said = origin.value.format(flag=name.lstrip("-"), name=name)
                self.refuse(f"{said} is no option here{hint}")
            elif value is not None:
                self._take(parts[name], value, origin)

    def refuse(self, problem: str) -> None:
        """Note something else that has to be mended."""
        self._problems.append(problem)

    def build(self, **rest: Any) -> C:
        """The options as they are checked, and `rest` as it is."""
        self.check()
        return self._kind(**self._values, **rest)

    def check(self) -> None:
        """Raise one error that names everything that is wrong."""
        self._find_lacking()
        problems = [*self._problems, *self._missing]
        if problems:
            kind = UsageError if self._problems else SourceError
            listed = "".join(f"\n  - {problem}" for problem in problems)
            raise kind(problems[0] if len(problems) == 1 else f"this has to be mended:{listed}")

    def as_record(self) -> dict[str, Any]:
        """What was given and can change a result, as TOML and JSON write it."""
        self.check()
        rendering = {part.name for part in options_of(Rendering)}
        return {
            flag_of(self._fields[name]): _plain(value)
            for name, value in self._values.items()
            if name not in rendering and option_of(self._fields[name]).in_record
        }

    def _take(self, part: "dataclasses.Field[Any]", value: Any, origin: Origin) -> None:
        said = option_of(part)
        named = origin.named(part)
        parse = said.kind.parse if origin is Origin.COMMAND_LINE else lambda item: item
        self._given[part.name] = origin
        if origin is Origin.RECORD and not said.in_record:
            self.refuse(f"{named} can't be set here")
            return
        try:
            if said.pairs:
                accepted = said.kind.accept(_pairs(value))
            elif said.many:
                listed = value if isinstance(value, list | tuple) else [value]
                accepted = tuple(said.kind.accept(parse(item)) for item in listed)
            else:
                accepted = said.kind.accept(parse(value))
            for item in accepted if said.many and not said.pairs else [accepted]:
                if self._look:
                    said.kind.look(item)
        except SourceError as error:
            self._missing.append(f"{named}: {error}")
        except UsageError as error:
            self.refuse(f"{named}: {error}")
        except (ValueError, ArithmeticError) as error:
            hint = f"; {error}" if str(error).startswith("did you") else ""
            found = value[0] if isinstance(value, list) and len(value) == 1 else value
            self.refuse(f"{named} is {said.kind.expected}, not {found!r}{hint}")
        else:
            earlier = self._values.get(part.name)
            if said.pairs:
                accepted = {**(earlier or {}), **accepted}
            elif said.many:
                accepted = tuple(dict.fromkeys((*(earlier or ()), *accepted)))
            self._values[part.name] = accepted

    def _find_lacking(self) -> None:
        """Options that mean nothing without another one."""
        also = getattr(self._kind, "needs", {})
        for name, origin in self._given.items():
            part = self._fields[name]
            for needed in filter(None, (option_of(part).needs, also.get(name))):
                if needed in self._fields and needed not in self._given:
                    other = origin.short(self._fields[needed])
                    self.refuse(f"{origin.named(part)} needs {other} beside it")


def called_with(kind: Callable[P, C]) -> Callable[[Callable[[C], R]], Callable[P, R]]:
    """Make a function of checked options one of their keyword arguments.

    So that its signature and its parameters' documentation are those of the options.
    """

    def wrap(function: Callable[[C], R]) -> Callable[P, R]:
        signature = inspect.signature(kind)
        positional = [
            name
            for name, part in signature.parameters.items()
            if part.kind is not part.KEYWORD_ONLY
        ]

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            given = dict(zip(positional, args, strict=False)) | kwargs
            checked = Configuration(kind)
            known = {part.name for part in options_of(kind)}
            rest = {n: v for n, v in given.items() if n in signature.parameters and n not in known}
            if len(args) > len(positional) or any(
                part.default is part.empty and name not in given
                for name, part in signature.parameters.items()
            ):
                kind(*args, **kwargs)  # Python's own words for a wrong number of arguments
            checked.add({n: v for n, v in given.items() if n not in rest}, Origin.PYTHON)
            return function(checked.build(**rest))

        returned = inspect.signature(function).return_annotation
        call.__signature__ = signature.replace(return_annotation=returned)  # type: ignore[attr-defined]
        call.__doc__ = _documented(function.__doc__ or "", kind)
        return call

    return wrap


def shared(options: Any, *kinds: Any) -> dict[str, Any]:
    """The values of some groups of options, by name."""
    names = {part.name for kind in kinds for part in dataclasses.fields(kind)}
    return {name: getattr(options, name) for name in sorted(names) if hasattr(options, name)}


def groups(kind: Any) -> dict[str, list["dataclasses.Field[Any]"]]:
    """Options of a command under the titles that they stand under."""
    found: dict[str, list[dataclasses.Field[Any]]] = {}
    homes = {
        name: owner.group
        for owner in reversed(kind.__mro__)
        for name in vars(owner).get("__annotations__", {})
        if hasattr(owner, "group")
    }
    for part in options_of(kind):
        found.setdefault(option_of(part).group or homes[part.name], []).append(part)
    order = (_READING, _COMPUTING, _CAMPAIGN, _PROSPECTS, _REPORT, _RENDERING)
    return {title: found[title] for title in order if title in found}


def options_of(kind: Any) -> Iterator["dataclasses.Field[Any]"]:
    """Fields that the command line and TOML fill too."""
    return (part for part in dataclasses.fields(kind) if "option" in part.metadata)


def option_of(part: "dataclasses.Field[Any]") -> Option:
    """What is said of it."""
    found: Option = part.metadata["option"]
    return found


def flag_of(part: "dataclasses.Field[Any]") -> str:
    """Its name on the command line and in TOML, without dashes in front."""
    return option_of(part).flag or part.name.replace("_", "-")


def default_of(part: "dataclasses.Field[Any]") -> str:
    """The default in words; empty where there is none to speak of."""
    value = part.default
    if option_of(part).default:
        return option_of(part).default
    if value is None or value is False or value in ("", ()):
        return ""
    return " ".join(value) if isinstance(value, tuple) else str(value)


def as_typed(settings: Mapping[str, Any]) -> list[str]:
    """Settings as they are typed on a command line, for a person to read and repeat."""
    words: list[str] = []
    for name, value in settings.items():
        if isinstance(value, Mapping):
            value = [f"{key}={inner}" for key, inner in value.items()]
        for item in value if isinstance(value, list | tuple) else [value]:
            if isinstance(item, bool):
                words += [f"--{name}"] if item else []
            else:
                # In one word, so that a value that begins with a dash stays a value.
                words.append(f"--{name}={item}")
    return words


def today() -> date:
    """The day it is, or the one that SOURCE_DATE_EPOCH says it is."""
    # The agreed way to ask any tool for the same output on another day.
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return datetime.fromtimestamp(int(epoch), UTC).date() if epoch else date.today()


def unknown(what: str, name: str, known: Collection[str]) -> str:
    """That a name is unknown, with the nearest one that is known."""
    near = _near(name, known)
    hint = f"did you mean {near}? " if near else ""
    return f"no {what} {name!r}: {hint}known are {', '.join(known)}"


def _near(name: Any, known: Collection[str]) -> str:
    return next(iter(difflib.get_close_matches(str(name), known, 1)), "")


def _pairs(value: Any) -> dict[str, Any]:
    """A table, or texts of the form NAME=VALUE."""
    if isinstance(value, Mapping):
        return dict(value)
    pairs = {}
    for item in value if isinstance(value, list | tuple) else [value]:
        name, equals, text = _is(item, str).partition("=")
        if not (name and equals and text):
            raise ValueError
        pairs[name] = text
    return pairs


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value.as_posix() if isinstance(value, Path) else value


def _documented(doc: str, kind: Any) -> str:
    """A docstring with the options as its parameters, before what is returned."""
    lines = ["Parameters", "----------"]
    parts = {part.name: part for part in dataclasses.fields(kind)}
    for part in map(parts.__getitem__, inspect.signature(kind).parameters):
        said = part.metadata["about"] if "about" in part.metadata else option_of(part).help
        default = default_of(part) if "option" in part.metadata else ""
        shown = f", default {default}" if default else ""
        kind_of = part.type if isinstance(part.type, str) else inspect.formatannotation(part.type)
        lines.append(f"{part.name} : {kind_of.replace('collections.abc.', '')}{shown}")
        lines.append(f"    {said[0].upper()}{said[1:].rstrip('.')}.")
    head, returns, tail = inspect.cleandoc(doc).partition("Returns\n-------")
    return head + "\n".join(lines) + "\n\n" + returns + tail
