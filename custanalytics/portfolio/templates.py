"""The site's templates: as delivered, each replaced by the portfolio's own where it has one."""

import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment

from custanalytics.bundled import reports_dir
from custanalytics.errors import RenderError
from custanalytics.render.confined import inside

FOLDER = "_templates"


class Templates:
    """Finds and fills the templates of one portfolio; what they are filled with is escaped."""

    def __init__(self, portfolio: Path) -> None:
        self._places = (portfolio / FOLDER, reports_dir() / "_portfolio")
        self._environment = SandboxedEnvironment(
            loader=FunctionLoader(self._source),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def path(self, name: str) -> Path:
        """Where a template lies, or another file that can be replaced."""
        for place in self._places:
            if path := inside(place, name):
                return path
        raise RenderError(f"there is no template {name}")

    def filled(self, name: str, values: Mapping[str, Any]) -> str:
        """A template with its values."""
        try:
            return self._environment.get_template(name).render(values)
        except TemplateSyntaxError as error:
            place = f"{error.filename or name}, line {error.lineno}"
            raise RenderError(f"{place}: {error.message}") from error
        except TemplateError as error:
            frames = reversed(traceback.extract_tb(error.__traceback__))
            places = (f"{f.filename}, line {f.lineno}" for f in frames if self._is_ours(f.filename))
            raise RenderError(f"{next(places, name)}: {error.message}") from error

    def _is_ours(self, file: str) -> bool:
        return any(Path(file).is_relative_to(place.resolve()) for place in self._places)

    def _source(self, name: str) -> tuple[str, str, Callable[[], bool]]:
        path = self.path(name)
        return path.read_text("utf-8"), str(path), lambda: True
