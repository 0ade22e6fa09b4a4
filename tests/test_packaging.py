"""What the page on installing says of licences is what the packages say, and its modules exist."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "reports" / "_docs" / "packaging.md").read_text("utf-8")
NEEDED = [
    re.match(r"[\w-]+", line)[0]
    for line in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
]


def licence(name: str) -> str:
    """A package's licence: its expression, else its classifiers, else the first line of its text."""
    package = metadata.distribution(name)
    said = package.metadata
    kinds = [c.removeprefix("License :: OSI Approved") for c in said.get_all("Classifier", [])]
    named = ", ".join(k.removeprefix(" :: ") for k in kinds if "License" in k and k.strip())
    text = said.get("License") or package.read_text("licenses/LICENSE") or "none told"
    return said.get("License-Expression") or named or text.strip().splitlines()[0]


def rows(title: str) -> dict[str, list[str]]:
    """Rows of the table under a heading, by the name in their first column."""
    section = PAGE.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    cells = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:2] == "| "]
    return {cell[0].strip("`"): cell[1:] for cell in cells[1:]}


def test_every_dependency_stands_there_with_the_licence_that_it_tells():
    assert {name: found[0] for name, found in rows("Licences").items()} == {
        name: licence(name) for name in NEEDED
    }


@pytest.mark.parametrize("name", rows("What would replace the young and the still"))
def test_what_might_be_replaced_is_used_in_the_place_that_is_named(name):
    assert name in NEEDED
    place, _ = rows("What would replace the young and the still")[name]
    module = {"python-calamine": "python_calamine", "python-pptx": "pptx"}.get(name, name)
    using = {
        str(path.relative_to(ROOT / "custanalytics").parent)
        for path in (ROOT / "custanalytics").rglob("*.py")
        if re.search(
            rf"^\s*(from|import) {module}\b|import_module\(\"{module}\"",
            path.read_text("utf-8"),
            re.MULTILINE,
        )
    }
    named = set(re.findall(r"`custanalytics/([\w/]+?)/?`", place))
    assert using
    assert using == named
