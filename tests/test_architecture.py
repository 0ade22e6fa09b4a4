"""The order in which modules may import each other, and who may import what."""

import ast
from pathlib import Path

import pytest

import custanalytics

PACKAGE = Path(custanalytics.__file__).parent
# Later steps may import earlier ones; modules in one step never import each other.
STEPS = (
    ("errors", "bundled", "limits", "shown", "progress"),
    ("toml_file",),
    ("sentences",),
    ("schema",),
    ("check",),
    ("engine",),
    ("transactions",),
    ("privacy.pseudonyms",),
    ("ledger", "customers"),
    ("warehouse",),
    ("config",),
    ("scoring", "reading"),
    ("revenue", "value_models"),
    ("forecast",),
    ("clv", "propensity", "prospects", "campaigns"),
    ("results",),
    ("audiences", "privacy.mute"),
    ("content",),
    ("render",),
    ("deliverables", "figures", "template_choice"),
    ("pipeline",),
    ("engagement",),
    ("privacy.leak_check",),
    ("privacy.forget",),
    ("portfolio", "datasets", "documentation"),
    ("cli",),
    ("__main__",),
)
RANK = {module: rank for rank, step in enumerate(STEPS) for module in step}
ONLY_IN = {
    "ahocorasick_rs": {"privacy.leak_check"},
    "jinja2": {"portfolio"},
    "duckdb": {"engine"},
    "psycopg": {"warehouse"},
    "pyarrow": {"warehouse"},
    "pyspark": {"warehouse"},
    "sqlglot": {"warehouse"},
    "subprocess": {"render"},
    "argparse": {"cli"},
    "matplotlib": {"render"},
    "plotly": {"render", "figures"},
    "lifetimes": {"value_models"},
    "sklearn": {"scoring", "forecast", "prospects", "campaigns"},
    "skops": {"prospects"},
    "pooch": {"datasets"},
    "requests": {"datasets"},
    "pypandoc": {"render"},
    "typst": {"render"},
    "pptx": {"render"},
    "xlsxwriter": {"render"},
    "pypdf": {"privacy.leak_check"},
    "PIL": {"privacy.leak_check", "render"},
}
FILES = sorted(p for p in PACKAGE.rglob("*.py") if "_bundled" not in p.parts)


def module_of(path: Path) -> str:
    return step_of(path.relative_to(PACKAGE).with_suffix("").parts)


def step_of(parts: tuple[str, ...]) -> str:
    """The part of the package that has a place in the order: a folder, or one of privacy's two."""
    return ".".join(parts[:2]) if parts[0] == "privacy" and len(parts) > 1 else parts[0]


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_follow_the_order(path):
    module = module_of(path)
    if module in ("__init__", "privacy.__init__"):
        return
    assert module in RANK, f"{module} has no place in the order"
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "custanalytics" or len(parts) < 2 or parts[1].startswith("__"):
            continue
        imported = step_of(tuple(parts[1:]))
        assert imported == module or RANK[imported] < RANK[module], f"{module} imports {imported}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_some_libraries_have_one_home(path):
    for name in imports(path):
        homes = ONLY_IN.get(name.split(".")[0])
        assert homes is None or module_of(path) in homes, f"{name} in {module_of(path)}"


def test_every_module_in_the_order_exists():
    present = {module_of(path) for path in FILES}
    assert set(RANK) <= present


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_prints_but_the_command_line(path):
    if module_of(path) == "cli":
        return
    calls = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
    assert not [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "print"]
