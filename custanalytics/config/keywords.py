"""Options as the keyword arguments of a public function."""

import dataclasses
import functools
import inspect
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from custanalytics.config.collect import Configuration, Origin
from custanalytics.config.option import default_of, option_of, options_of

C = TypeVar("C")
P = ParamSpec("P")
R = TypeVar("R")


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
