"""What is public anyway: the package's own words and files, and names of months and countries."""

import ast
import hashlib
import io
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

from babel import Locale

from custanalytics.bundled import reports_dir
from custanalytics.privacy.leak_check.days import LANGUAGES
from custanalytics.privacy.leak_check.wording import plain, words

PACKAGE = Path(__file__).parents[2]
_TEXTS = (".qmd", ".md", ".yml", ".toml", ".css", ".js", ".html", ".typ", ".lua")
_CATALOGUES = (".po", ".toml")
# Names that programs give, and states that any table may have.
_USUAL = """
sheet sheet1 sheet2 sheet3 tabelle tabelle1 tabelle2 feuil1 feuille1 hoja1 foglio1 blad1 planilha1
table worksheet chart office theme default normal title none null unknown other others true false
yes no active inactive open closed new old male female red blue green black white grey gray yellow
small medium large standard basic premium online offline store shop web website email phone mail
newsletter search social direct organic paid referral desktop mobile tablet first second third
"""


@cache
def public_text() -> str:
    """Words of the package's templates, catalogues and messages, and names of the locales."""
    texts = [*_USUAL.split(), *_locale_names(), *_own_texts()]
    return "\n".join(" ".join(words(plain(text))) for text in texts)


@cache
def public_files() -> frozenset[str]:
    """SHA-256 of files that travel with the package or the libraries it draws with."""
    paths = [path for path in sorted(reports_dir().rglob("*")) if path.is_file()]
    contents = [path.read_bytes() for path in paths]
    contents.append(drawing_program())
    for library, folder in (("pptx", "templates"), ("matplotlib", "mpl-data/fonts/ttf")):
        for path in _library_files(library, folder):
            content = path.read_bytes()
            contents.append(content)
            if path.suffix == ".pptx":
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    contents += map(archive.read, archive.namelist())
    return frozenset(hashlib.sha256(content).hexdigest() for content in contents)


@cache
def drawing_program() -> bytes:
    """The program that draws charts, as its library has it."""
    return (resources.files("plotly") / "package_data" / "plotly.min.js").read_bytes()


def _library_files(library: str, folder: str) -> list[Path]:
    # Found without importing: its files are wanted, not its code.
    spec = find_spec(library)
    if spec is None or not spec.origin:
        return []
    return [path for path in (Path(spec.origin).parent / folder).glob("*") if path.is_file()]


def _own_texts() -> Iterator[str]:
    for path in sorted(reports_dir().rglob("*")):
        # The examples tell of clients, whose names are as secret as any.
        if path.suffix in _TEXTS and "_examples" not in path.parts:
            yield path.read_text("utf-8")
    for path in sorted(PACKAGE.rglob("*")):
        if "_bundled" in path.parts:
            continue
        if path.suffix in _CATALOGUES:
            yield path.read_text("utf-8")
        elif path.suffix == ".py":
            yield from _literals(ast.parse(path.read_text("utf-8")))


def _literals(tree: ast.AST) -> Iterator[str]:
    """Texts of a module that are no docstrings: only these can be published."""
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Constant) and isinstance(child.value, str):
                if not isinstance(node, ast.Expr):
                    yield child.value
            elif isinstance(child, ast.keyword) and child.arg:
                yield child.arg


def _locale_names() -> Iterator[str]:
    for language in LANGUAGES:
        locale = Locale(language)
        yield from map(str, locale.territories.values())
        yield from map(str, locale.currencies.values())
        yield from map(str, locale.currency_symbols.values())
        yield from map(str, locale.languages.values())
        for names in (locale.months, locale.days):
            for width in ("wide", "abbreviated"):
                yield from map(str, names["format"][width].values())
        yield from map(str, locale.currencies)
        yield from map(str, locale.territories)
