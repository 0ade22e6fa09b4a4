"""Collects options from the command line, TOML and keywords, and checks them as a whole."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import Field, dataclass
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from custanalytics.config.kinds import pairs
from custanalytics.config.names import nearest
from custanalytics.config.option import default_of, flag_of, option_of, options_of
from custanalytics.config.options import Rendering
from custanalytics.errors import SourceError, UsageError

C = TypeVar("C")


@dataclass(frozen=True)
class Origin:
    """Where values were given, which says how an option's name is written."""

    called: str
    before: str = ""
    # Names are written as on the command line, and values as they are.
    in_toml: bool = False
    # Files are looked for from here.
    folder: Path = Path()
    # Some of its options have no use in one run or the other.
    serves_several: bool = False

    COMMAND_LINE: ClassVar["Origin"]
    RECORD: ClassVar["Origin"]
    PYTHON: ClassVar["Origin"]

    @staticmethod
    def of_file(path: Path) -> "Origin":
        """A file of settings."""
        return Origin(str(path), f"{path}: ", True, path.parent, serves_several=True)

    def key(self, part: "Field[Any]") -> str:
        """The name under which a value stands here."""
        return flag_of(part) if self.in_toml else part.name

    def placed(self, value: Any) -> Any:
        """A value; a file lies where this says, unless it names its whole path."""
        return self.folder / value if isinstance(value, Path) else value

    def named(self, part: "Field[Any]") -> str:
        """The option's name, and where it stands."""
        return self.before + (part.name if self is Origin.PYTHON else flag_of(part))

    def short(self, part: "Field[Any]") -> str:
        """The option's name alone."""
        return self.named(part).rpartition(" ")[2]


Origin.COMMAND_LINE = Origin("command line", "--")
Origin.RECORD = Origin("engagement.toml", "engagement.toml, [settings]: ", in_toml=True)
Origin.PYTHON = Origin("keyword")


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
        parts = {origin.key(part): part for part in self._fields.values()}
        for name, value in given.items():
            if name not in parts:
                near = nearest(name, [origin.short(part) for part in parts.values()])
                hint = f"; did you mean {near}?" if near else ""
                self.refuse(f"{origin.before}{name.lstrip('-')} is no option here{hint}")
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

    def account(self) -> dict[str, tuple[str, str]]:
        """Every option's value as it is typed, and where it was given; empty where nowhere."""
        self.check()
        said = {}
        for name, part in self._fields.items():
            if name in self._values:
                said[flag_of(part)] = (_in_words(self._values[name]), self._given[name].called)
            elif default_of(part):
                said[flag_of(part)] = (default_of(part), "")
        return said

    def files(self) -> list[Path]:
        """Files that options name and the results depend on."""
        reading = [name for name, part in self._fields.items() if option_of(part).reads]
        values = [self._values[name] for name in reading if name in self._values]
        listed = [item for v in values for item in (v if isinstance(v, tuple) else (v,))]
        return [item for item in listed if isinstance(item, Path)]

    def _take(self, part: "Field[Any]", value: Any, origin: Origin) -> None:
        said = option_of(part)
        named = origin.named(part)
        parse = said.kind.parse if origin is Origin.COMMAND_LINE else lambda item: item
        self._given[part.name] = origin
        if origin.in_toml and not said.in_record:
            self.refuse(f"{named} can't be set here")
            return
        try:
            if said.kind.pairs:
                accepted = said.kind.accept(pairs(value))
            elif said.many:
                listed = value if isinstance(value, list | tuple) else [value]
                items = (part for item in listed for part in said.kind.split(item))
                accepted = tuple(origin.placed(said.kind.accept(parse(item))) for item in items)
            else:
                accepted = origin.placed(said.kind.accept(parse(value)))
            for item in accepted if said.many and not said.kind.pairs else [accepted]:
                if self._look:
                    said.kind.look(item)
        except SourceError as error:
            self._missing.append(f"{named}: {error}")
        except UsageError as error:
            self.refuse(f"{named}: {error}")
        except (ValueError, ArithmeticError) as error:
            hint = f"; {error}" if str(error).startswith("did you") else ""
            found = value[0] if isinstance(value, list) and len(value) == 1 else value
            self.refuse(f"{named} is {said.kind.expected}, not {_shown(found)}{hint}")
        else:
            earlier = self._values.get(part.name)
            if said.kind.pairs:
                accepted = {**(earlier or {}), **accepted}
            elif said.many:
                kept = earlier or () if said.adds_up else ()
                accepted = _each_once((*kept, *accepted))
            self._values[part.name] = accepted

    def _find_lacking(self) -> None:
        """Options that mean nothing without another one."""
        also = getattr(self._kind, "needs", {})
        for name, origin in self._given.items():
            part = self._fields[name]
            for needed in filter(None, (option_of(part).needs, also.get(name))):
                if origin.serves_several and needed == "prospects":
                    continue
                if needed in self._fields and needed not in self._given:
                    other = origin.short(self._fields[needed])
                    self.refuse(f"{origin.named(part)} needs {other} beside it")


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


def _each_once(values: Sequence[Any]) -> tuple[Any, ...]:
    # A table has no key but itself.
    keys = (value if isinstance(value, Hashable) else id(value) for value in values)
    return tuple(dict(zip(keys, values, strict=True)).values())


def _shown(value: Any) -> str:
    """A value as it was given; of a table, whose cells are a client's, only what it is."""
    return f"a {type(value).__name__}" if hasattr(value, "columns") else repr(value)


def _in_words(value: Any) -> str:
    plain = _plain(value)
    if isinstance(plain, Mapping):
        plain = [f"{name}={inner}" for name, inner in plain.items()]
    if isinstance(plain, list):
        return " ".join(map(str, plain))
    return "yes" if plain is True else str(plain)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value.as_posix() if isinstance(value, Path) else value
