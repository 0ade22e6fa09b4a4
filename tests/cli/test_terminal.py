"""The command in a folder of one's own: settings, what would be done, progress, colour, opening."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from custanalytics.cli import main
from custanalytics.cli.opening import show_page
from custanalytics.cli.plain import for_stream
from custanalytics.cli.printed_comparison import comparison_text
from custanalytics.cli.tables import table
from custanalytics.progress import TYPICAL, done_and_left, in_words
from custanalytics.results.compare import Comparison
from tests.cli.test_cli import COMMAND, call, hashes
from tests.sales import few_customers

pty = pytest.importorskip("pty", reason="terminals are POSIX")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def folder(tmp_path):
    few_customers(tmp_path, r"C1\d\d\d[0-2]").rename(tmp_path / "sales.csv")
    (tmp_path / "custanalytics.toml").write_text(
        'client = "Hearth"\nmargin = 0.4\nformat = ["html", "xlsx"]\noutcome = "won"\n', "utf-8"
    )
    return tmp_path


def planned(*arguments, cwd):
    done = call("run", *arguments, "--dry-run", "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def test_a_dry_run_says_each_setting_and_where_it_is_from(folder):
    before = hashes(folder)
    plan, said = planned("sales.csv", "--format", "html", "--window-days", "60", cwd=folder)
    assert hashes(folder) == before
    assert said == "Settings of custanalytics.toml: client, margin, format, outcome\n"
    settings = plan["settings"]
    assert settings["margin"] == {"value": "0.4", "from": "custanalytics.toml"}
    assert settings["window-days"] == {"value": "60", "from": "command line"}
    assert settings["horizon-days"] == {"value": "365", "from": "default"}
    # The command line counts: its formats, not those of both.
    assert settings["format"] == {"value": "html", "from": "command line"}
    assert plan["reads"] == ["sales.csv"]
    assert (plan["out"], plan["renews"]) == ("report", False)
    text = call("run", "sales.csv", "--dry-run", cwd=folder).stdout
    assert max(map(len, text.splitlines())) <= 80
    assert "report.html, workbook.xlsx" in text


def test_what_a_dry_run_announces_is_what_a_run_writes(folder):
    plan, _ = planned("sales.csv", "--template", "rfm", cwd=folder)
    done = call("run", "sales.csv", "--template", "rfm", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    tops = {f"{Path(path).parts[1]}{'/' if Path(path).parts[2:] else ''}" for path in
            json.loads(done.stdout)["files"].values()}  # fmt: skip
    assert tops <= set(plan["writes"])
    assert all((folder / "report" / name).exists() for name in plan["writes"])
    assert "Hearth" in (folder / "report" / "report.html").read_text("utf-8")
    results = json.loads((folder / "report" / "results" / "results.json").read_text("utf-8"))
    assert "--config=custanalytics.toml" in json.dumps(results)
    again, _ = planned("sales.csv", cwd=folder)
    assert again["renews"]
    assert again["settings"]["template"] == {"value": "rfm", "from": "report/"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("margn = 0.4", "margn is no option of any command; did you mean margin?"),
        ("margin = 0", "custanalytics.toml: margin is a share above 0"),
        ("margin 0.4", "is no valid TOML"),
        ('out = "x"', "custanalytics.toml: out can't be set here"),
        ('segments = "mine.toml"', "custanalytics.toml: segments: mine.toml can't be read"),
    ],
)
def test_a_faulty_file_of_settings_is_named(folder, text, says):
    (folder / "custanalytics.toml").write_text(text, "utf-8")
    done = call("run", "sales.csv", "--dry-run", cwd=folder)
    assert done.returncode in (2, 10)
    assert says in done.stderr


def test_a_file_elsewhere_names_files_beside_it(folder):
    house = folder / "house"
    house.mkdir()
    rule = '[[segment]]\nname = "All"\nrule = "everybody"\naction = "Write."\n'
    (house / "rules.toml").write_text(rule, "utf-8")
    (house / "ours.toml").write_text('segments = "rules.toml"\ntemplate = "rfm"\n', "utf-8")
    plan, said = planned("sales.csv", "--config", "house/ours.toml", cwd=folder)
    assert plan["settings"]["segments"]["value"] == "house/rules.toml"
    assert plan["settings"]["template"] == {"value": "rfm", "from": "house/ours.toml"}
    assert "house/rules.toml" in plan["reads"]
    assert "client" not in said  # the one in the folder is not read beside it
    gone = call("run", "sales.csv", "--config", "none.toml", cwd=folder)
    assert "none.toml is no file of settings" in gone.stderr


def test_one_file_serves_commands_that_take_a_part_of_it(folder):
    done = call("check", "sales.csv", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "none that this command takes" in done.stderr


def test_a_dry_run_names_all_that_is_not_there(folder):
    done = call("run", "sales.csv", "a.csv", "b.csv", "--dry-run", cwd=folder)
    assert done.returncode == 10
    assert "not there: a.csv, b.csv" in done.stderr


def test_a_terminal_sees_one_line_of_progress_colour_and_the_page(folder, tmp_path):
    browser, opened = tmp_path / "browser", tmp_path / "opened.txt"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o755)
    env = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    env |= {"BROWSER": str(browser), "TERM": "xterm"}
    controller, terminal = pty.openpty()
    arguments = ["run", "sales.csv", "--template", "rfm", "--format", "html", "--open"]
    process = subprocess.Popen(
        [*COMMAND, *arguments], cwd=folder, env=env, stdout=terminal, stderr=terminal
    )
    os.close(terminal)
    said = b""
    while True:
        try:
            some = os.read(controller, 65536)
        except OSError:  # the other end is closed
            break
        if not some:
            break
        said += some
    assert process.wait(300) == 0, said
    os.close(controller)
    text = said.decode()
    assert re.search(r"\r +\d+ %\|.{20}\| \w[\w ]+; about \d+ \w+ left", text)
    assert re.search(r"Done in \d+ (s|min)", text)
    assert "Reading the sales: " not in text  # a line a step is for pipes
    assert "\x1b[1;32mOpen report/report.html\x1b[0m" in text
    assert opened.read_text().strip() == (folder / "report" / "report.html").as_uri()


def test_the_steps_of_a_run_are_those_that_progress_knows():
    folder = Path(sys.modules["custanalytics"].__file__).parent
    sources = [folder / "pipeline.py", folder / "deliverables.py", folder / "results/analyse.py"]
    steps = {step for path in sources for step in re.findall(r'step\("(.+?)"\)', path.read_text())}
    assert steps == set(TYPICAL)


def test_share_done_and_time_left():
    left = {"b": 6.0, "c": 2.0}
    # A tenth of the work is over in five seconds, and the next step has just begun.
    assert done_and_left(10, left, "b", 0, 10) == (0.2, 40)
    share, seconds = done_and_left(10, left, "b", 15, 25)
    assert share == pytest.approx(0.5)
    assert seconds == pytest.approx(25)
    # However long a step takes, it is not over before it is.
    assert done_and_left(10, left, "b", 1e6, 1e6 + 10)[0] == pytest.approx(0.74)
    assert done_and_left(10, {"a": 2.0, **left}, "a", 1, 1)[1] is None
    assert in_words(89) == "89 s"
    assert in_words(150) == "2 min"


def test_colour_is_for_terminals_alone(monkeypatch):
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    said = "Mind:\n  \x1b[31mred\n\nOpen report/report.html"
    assert for_stream(said, Terminal()).startswith("\x1b[1;33mMind:\x1b[0m\n  \\x1b[31mred")
    assert "\x1b" not in for_stream(said, io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in for_stream(said, Terminal())


def test_where_there_is_no_screen_it_says_so(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    options = type("Options", (), {"open": True})
    show_page(options, {"html": tmp_path / "report.html"})
    assert f"open {tmp_path / 'report.html'} yourself" in capsys.readouterr().err


def test_tables_fit_eighty_columns_and_lose_no_word():
    rule = "Come back on time by their own rhythm, F + M at least 8, return less than half of it"
    frame = pd.DataFrame({"name": ["margin", "rule of Champions"], "old": ["none", rule]})
    frame["new"], frame["change"] = rule, [-1.5, None]
    text = table(frame)
    assert max(map(len, text.splitlines())) <= 80
    for word in {*rule.split(), "Champions", "-1.5"}:
        assert word in text
    lines = text.splitlines()
    assert lines[1].endswith("-1.5")
    empty = pd.DataFrame()
    changes = Comparison(frame, empty, empty, empty, empty)
    assert max(map(len, comparison_text(changes).splitlines())) <= 80


def test_bash_completes_commands_options_words_and_files(folder):
    script = call("completion", "bash").stdout
    ask = """
    compopt() { :; }
    f=$(complete -p custanalytics | grep -o -- '-F [^ ]*' | cut -c4-)
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); $f; echo "${COMPREPLY[@]}"
    """
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash")

    def offered(*words: str) -> list[str]:
        command = [bash, "-c", script + ask, "bash", "custanalytics", *words]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
        return done.stdout.split()

    assert offered("ren") == ["render"]
    assert offered("run", "--margi") == ["--margin"]
    assert offered("run", "--renderer", "") == ["auto", "embedded", "quarto"]
    assert offered("run", "sal") == ["sales.csv"]
    for shell in ("zsh", "fish"):
        assert "margin" in call("completion", shell).stdout


@pytest.mark.parametrize("closed", ["2>&-", ">&-", "<&- >&- 2>&-"])
def test_what_was_closed_before_is_no_fault(folder, closed):
    line = f'"{sys.executable}" -m custanalytics check nothing.csv {closed}'
    done = subprocess.run(["/bin/sh", "-c", line], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 10
    assert b"itself" not in done.stdout + done.stderr


def test_an_error_of_ours_that_can_not_be_written_down_is_still_told(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    assert "where it arose can't be written down" in main._unforeseen(KeyError("a value"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert str(tmp_path) in main._unforeseen(KeyError("a value"))
    assert "a value" not in next(tmp_path.iterdir()).read_text("utf-8")
