"""Reads YAML that a person has written: small, without references, names with values."""

import re
from typing import Any

import yaml

from custanalytics import limits
from custanalytics.errors import RenderError

_LINE = re.compile(r"line (\d+)")


class _Loader(yaml.SafeLoader):
    """Knows no references: a few lines of them can stand for gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(
                None, None, "references such as *name are not read here", event.start_mark
            )
        node: yaml.Node | None = super().compose_node(parent, index)
        return node


def read_yaml(text: str, name: str) -> dict[str, Any]:
    """Read YAML text; `name` is what a message calls it by."""
    if len(text) > limits.SETTINGS:
        raise RenderError(
            f"{name}: has {len(text):,} letters; at most {limits.SETTINGS:,} are read"
        )
    try:
        data = yaml.load(text, _Loader)  # noqa: S506 - a safe loader that does less
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        found = _LINE.search(str(error))
        where = f", line {found.group(1)}" if found else ""
        raise RenderError(f"{name}{where}: not readable as YAML: {error}") from error
    if data is not None and not isinstance(data, dict):
        raise RenderError(f"{name}: must hold names with values")
    return data or {}
