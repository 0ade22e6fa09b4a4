"""The README can't drift: its commands, options and examples are held against the program."""

import argparse
import doctest
import re
from pathlib import Path

from custanalytics.cli.main import parser

README = Path(__file__).parents[1] / "README.md"


def commands() -> dict[str, argparse.ArgumentParser]:
    for action in parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    raise AssertionError("no commands")


def test_every_command_and_option_is_in_the_readme():
    text = README.read_text("utf-8")
    for name, command in commands().items():
        assert f"custanalytics {name}" in text
        for action in command._actions:
            for option in action.option_strings:
                if option.startswith("--") and option != "--help":
                    assert f"`{option}" in text, f"{name} {option} is not in the README"


def test_the_readme_names_no_option_that_does_not_exist():
    known = {"--help", "--version"}
    for command in commands().values():
        known |= {option for action in command._actions for option in action.option_strings}
    used = set(re.findall(r"`(--[a-z-]+)", README.read_text("utf-8")))
    assert used <= known


def test_the_examples_print_what_the_readme_shows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for bundled, name in (("shop.csv", "sales.csv"), ("leads.csv", "leads.csv")):
        (tmp_path / name).write_bytes((README.parent / "sample_data" / bundled).read_bytes())
    found = doctest.testfile(str(README), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert found.attempted > 10
    assert found.failed == 0
