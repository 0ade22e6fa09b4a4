"""Documents can't drift: commands, options, examples, links and places are held against the code."""

import argparse
import doctest
import re
from pathlib import Path

import pytest

from custanalytics import limits
from custanalytics.cli.main import parser

ROOT = Path(__file__).parents[1]
GUIDES = sorted((ROOT / "reports" / "_guide").glob("*.md"))
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "reports" / "README.md",
    ROOT / "sample_data" / "README.md",
    ROOT / "tests" / "README.md",
    *GUIDES,
]
EXAMPLES = [ROOT / "README.md", ROOT / "reports" / "_guide" / "library.md"]
each_document = pytest.mark.parametrize(
    "path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT))
)


def commands() -> dict[str, argparse.ArgumentParser]:
    for action in parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    raise AssertionError("no commands")


def test_every_limit_is_told():
    told = (ROOT / "SECURITY.md").read_text("utf-8")
    for name, limit in vars(limits).items():
        if name.isupper():
            ways = {f"{limit:,}", f"{limit >> 20} MB", f"{limit // limits.GIGABYTE} GB"}
            assert any(re.search(rf"(?<![\d,]){way}(?!,?\d)", told) for way in ways), name


def test_every_command_is_in_the_readme():
    text = (ROOT / "README.md").read_text("utf-8")
    for name in commands():
        assert f"custanalytics {name}" in text


def test_every_option_says_what_it_does():
    for name, command in commands().items():
        for action in command._actions:
            assert action.help, f"{name} {action.dest} has no help"


@each_document
def test_documents_name_no_option_that_does_not_exist(path):
    known = {"--help", "--version", "--fix"}
    for command in commands().values():
        known |= {option for action in command._actions for option in action.option_strings}
    used = set(re.findall(r"`(--[a-z-]+)", path.read_text("utf-8")))
    # Options of the trials' own commands stand behind their module.
    assert used <= known


@each_document
def test_links_and_modules_lead_somewhere(path):
    text = path.read_text("utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (path.parent / target).exists(), target
    for module in re.findall(r"python -m ((?:tests|custanalytics)[\w.]*)", text):
        place = ROOT / module.replace(".", "/")
        assert place.with_suffix(".py").exists() or place.is_dir(), module
    for place in re.findall(r"`((?:custanalytics|tests|reports)/[\w./-]+)`", text):
        assert (ROOT / place).exists(), place


def test_the_map_names_every_part_of_the_package():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    parts = {p for p in (ROOT / "custanalytics").iterdir() if not p.name.startswith(("_", "."))}
    for part in parts:
        name = f"{part.name}/" if part.is_dir() else part.name
        if part.suffix in ("", ".py") and name != "bundled.py":
            assert f"`{name}`" in text, f"{name} is not in CONTRIBUTING.md"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_print_what_is_shown(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for bundled, name in (("shop.csv", "sales.csv"), ("leads.csv", "leads.csv")):
        (tmp_path / name).write_bytes((ROOT / "sample_data" / bundled).read_bytes())
    found = doctest.testfile(str(path), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert found.attempted > 3
    assert found.failed == 0
