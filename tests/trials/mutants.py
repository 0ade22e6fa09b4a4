"""Do the tests bite? Breaks lines of a part of the package, one at a time, and runs its tests.

``python -m tests.trials.mutants clv --most 40`` breaks 40 places of ``custanalytics/clv``, drawn by
lot, and prints which breaks no test of ``tests/clv`` noticed. Each is to be judged: a test is
missing, or the change makes no difference.
"""

import argparse
import ast
import contextlib
import importlib
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECONDS = 600
# Loaded once: each run of the tests is a process that begins with them.
LIBRARIES = (
    "pandas", "duckdb", "scipy.stats", "scipy.optimize", "sklearn.ensemble", "sklearn.pipeline",
    "sklearn.inspection", "matplotlib.pyplot", "babel.dates", "hypothesis", "pypdf", "lifetimes",
    "skops.io", "PIL.Image", "plotly.graph_objects",
)  # fmt: skip
COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip


@dataclass(frozen=True)
class Break:
    """One operator, constant or condition to break: its place among a file's nodes, and how."""

    file: Path
    text: str
    place: int
    broken: ast.AST


@dataclass(frozen=True)
class Mutant:
    """One broken line: the file, the line and what stands there instead, and the whole text."""

    file: Path
    line: int
    before: str
    after: str
    text: str


def breaks_of(file: Path) -> Iterator[Break]:
    """Every way in which one operator, constant or condition of a file can be broken."""
    text = file.read_text("utf-8")
    tree = ast.parse(text)
    left_out = _decide_nothing(tree)
    for place, node in enumerate(ast.walk(tree)):
        if id(node) not in left_out and hasattr(node, "lineno"):
            yield from (Break(file, text, place, broken) for broken in _broken(node))


def mutant_of(one: Break) -> Mutant:
    """The file with that one place broken."""
    tree = ast.parse(one.text)
    node = list(ast.walk(tree))[one.place]
    line, before = node.lineno, ast.unparse(node)  # type: ignore[attr-defined]
    for name, value in ast.iter_fields(one.broken):
        setattr(node, name, value)
    return Mutant(one.file.relative_to(ROOT), line, before, ast.unparse(node), ast.unparse(tree))


def _broken(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARED:
        swapped = [COMPARED[type(node.ops[0])](), *node.ops[1:]]
        yield ast.Compare(node.left, swapped, node.comparators)
    elif isinstance(node, ast.BinOp) and type(node.op) in COUNTED:
        yield ast.BinOp(node.left, COUNTED[type(node.op)](), node.right)
    elif isinstance(node, ast.BoolOp):
        other = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        yield ast.BoolOp(other, node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield ast.Constant(node.value * 2 if node.value else 1)


def _decide_nothing(tree: ast.AST) -> set[int]:
    """Annotations, decorators and guards such as ``strict``: no result comes from them."""
    left_out = set()
    for node in ast.walk(tree):
        parts = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        parts += getattr(node, "decorator_list", [])
        if isinstance(node, ast.keyword) and node.arg in ("strict", "ignore_index"):
            parts.append(node.value)
        for part in parts:
            if isinstance(part, ast.AST):
                left_out |= {id(inner) for inner in ast.walk(part)}
    return left_out


def is_noticed(mutant: Mutant, tests: list[str], copied: Path) -> bool:
    """Whether a test fails, or never ends, with the broken file in a copy of the checkout."""
    target = copied / mutant.file
    whole, times = target.read_text("utf-8"), target.stat()
    target.write_text(mutant.text, "utf-8")
    try:
        return not _passes(tests, copied)
    finally:
        target.write_text(whole, "utf-8")
        os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))


def _passes(tests: list[str], copied: Path, *, keep_bytecode: bool = False) -> bool:
    run = multiprocessing.get_context("fork").Process(
        target=_run_tests, args=(tests, copied, keep_bytecode)
    )
    run.start()
    run.join(SECONDS)
    run.kill()
    run.join()
    return run.exitcode == 0


def _run_tests(tests: list[str], copied: Path, keep_bytecode: bool) -> None:
    sys.dont_write_bytecode = not keep_bytecode
    sys.path = [str(copied), *(path for path in sys.path if Path(path or ".").resolve() != ROOT)]
    for name in [name for name in sys.modules if name.split(".")[0] == "tests"]:
        del sys.modules[name]
    os.chdir(copied)
    with Path(os.devnull).open("w") as nothing, contextlib.redirect_stdout(nothing):
        code = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--capture=sys", *tests])
    os._exit(code)


def main() -> None:
    """Print each break that no test noticed, and how many were noticed."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("part", help="folder or module below custanalytics, such as clv")
    options.add_argument("--tests", nargs="*", help="tests to run (the folder of the same name)")
    options.add_argument("--most", type=int, default=40, help="how many breaks (40)")
    options.add_argument("--seed", type=int, default=0, help="of the lot (0)")
    asked = options.parse_args()
    place = ROOT / "custanalytics" / asked.part
    files = sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    every = [one for file in files for one in breaks_of(file)]
    lot = random.Random(asked.seed)  # noqa: S311 - a lot, no secret
    drawn = lot.sample(every, min(asked.most, len(every)))
    tests = asked.tests or [f"tests/{asked.part.split('/')[0]}"]
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / "checkout"
        listed = subprocess.run(
            ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        for name in listed.stdout.splitlines():
            (copied / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copied / name)
        for library in LIBRARIES:
            importlib.import_module(library)
        if not _passes(tests, copied, keep_bytecode=True):
            raise SystemExit("the tests fail with nothing broken")
        noticed = 0
        for mutant in map(mutant_of, drawn):
            if is_noticed(mutant, tests, copied):
                noticed += 1
                continue
            print(f"{mutant.file}:{mutant.line}: {mutant.before}  ->  {mutant.after}", flush=True)
    print(f"{noticed} of {len(drawn)} breaks noticed ({len(every)} possible)")


if __name__ == "__main__":
    main()
