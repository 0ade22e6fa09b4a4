"""An engagement as a consultant meets it, from the question to the handover."""

import json
import re
import shutil
from contextlib import chdir
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from custanalytics.bundled import sample_data_dir
from custanalytics.engagement.folder import Brief, create, toml
from custanalytics.engagement.record import read_engagement
from custanalytics.errors import UsageError
from tests.cli.test_cli import call, hashes
from tests.sales import few_customers

DAY = ("--made-on", "2026-07-01")
QUESTION = 'Who is worth a call, and who "isn\'t"?'
OPTIONS = ("--format", "html", "--renderer", "embedded")


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    return few_customers(tmp_path_factory.mktemp("sales"))


@pytest.fixture(scope="module")
def finished(tmp_path_factory, small) -> Path:
    """An engagement that was run once; tests copy it."""
    base = tmp_path_factory.mktemp("work")
    assert call("new", "acme", "--from", small, *DAY, cwd=base).returncode == 0
    edit(base / "acme", question=QUESTION, decision="Whom to call.", success="More orders.")
    edit(base / "acme", client="Söhne & Co", author="Jo")
    assert call("render", "scope", *OPTIONS[2:], cwd=base / "acme").returncode == 0
    done = call("run", *OPTIONS, cwd=base / "acme")
    assert done.returncode == 0, done.stderr
    return base / "acme"


@pytest.fixture
def work(finished, tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1782900000")  # 2026-07-01
    return shutil.copytree(finished, tmp_path / "acme")


def edit(folder: Path, **entries) -> None:
    path = folder / "engagement.toml"
    text = path.read_text("utf-8")
    for name, value in entries.items():
        text, count = re.subn(rf"(?m)^{name} = [^#\n]*", lambda _: f"{name} = {toml(value)} ", text)  # noqa: B023
        assert count, name
    path.write_text(text, "utf-8")


def settings(folder: Path, line: str) -> None:
    path = folder / "engagement.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace('command = "run"\n', f'command = "run"\n{line}\n'), "utf-8")


def steps(folder: Path) -> dict[str, tuple[str, str]]:
    done = call("status", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["steps"]
    return {step["step"]: (step["state"], "\n".join(step["reasons"])) for step in found}


def test_new_makes_a_folder_for_every_step_and_overwrites_nothing(tmp_path, small):
    assert call("new", "acme", "--from", small, *DAY, cwd=tmp_path).returncode == 0
    folder = tmp_path / "acme"
    assert {path.name for path in folder.iterdir()} == {
        "engagement.toml", "scope", "data-request", "data-handling", "data", "decisions.md", "handover.md",
    }  # fmt: skip
    assert (folder / "data" / "sales.csv").read_bytes() == small.read_bytes()
    made = read_engagement(folder)
    assert (made.started, made.data_by, made.deadline) == (
        date(2026, 7, 1), date(2026, 7, 4), date(2026, 7, 15),
    )  # fmt: skip
    assert made.data[0].sha256 == hashes(folder)["data/sales.csv"]
    before = hashes(folder)
    again = call("new", "acme", *DAY, cwd=tmp_path)
    assert again.returncode == 2
    assert "nothing is overwritten" in again.stderr
    assert hashes(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["acme"]


def test_new_leaves_nothing_behind_when_a_file_is_missing(tmp_path):
    done = call("new", "acme", "--from", "missing.csv", cwd=tmp_path)
    assert done.returncode == 2
    assert "missing.csv" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text", ['He said "no"', "back\\slash", "tab\tnew\nline", "Ünï ☃ 🎁", "\x7f"]
)
def test_any_text_survives_the_record(tmp_path, text):
    folder = create(tmp_path / "x", [], date(2026, 7, 1), Brief(client=text, question=text))
    found = read_engagement(folder)
    assert (found.client, found.question) == (text.strip(), text.strip())


def test_the_documents_take_their_values_from_the_record(work):
    done = call("render", "scope", "--renderer", "embedded", cwd=work)
    assert done.returncode == 0, done.stderr
    assert call("render", "data-request", "--renderer", "embedded", cwd=work).returncode == 0
    scope = " ".join(page.extract_text() for page in PdfReader(work / "scope/scope.pdf").pages)
    letter = (work / "data-request/data-request.html").read_text("utf-8")
    for words in ("Söhne & Co", "15 July 2026", "Whom to call.", "sales.csv"):
        assert words in " ".join(scope.split())
    assert "Söhne &amp; Co" in letter
    assert "4 July 2026" in letter
    for name in ("scope", "data-request"):
        assert "```{" not in (work / name / "report.qmd").read_text("utf-8")


def test_a_run_from_the_raw_files_gives_the_same_bytes_again(work):
    before = hashes(work)
    shutil.rmtree(work / "report")
    (work / "run.json").unlink()
    assert call("run", *OPTIONS, cwd=work).returncode == 0
    assert call("render", "scope", *OPTIONS[2:], cwd=work).returncode == 0
    assert hashes(work) == before
    assert {"report/report.html", "scope/scope.html", "scope/scope.pdf"} <= before.keys()


def test_status_knows_what_is_done_and_what_a_person_has_to_do(work):
    found = steps(work)
    assert {name: state for name, (state, _) in found.items()} == {
        "question": "done", "data": "done", "preparation": "done", "model": "done",
        "evaluation": "missing", "delivery": "missing",
    }  # fmt: skip
    assert "The client confirmed" in found["evaluation"][1]
    assert "report/report.pdf" in found["delivery"][1]
    assert "handover.md has 3 places" in found["delivery"][1]

    doubts = re.findall(r"doubt (\S+):", found["evaluation"][1])
    with (work / "decisions.md").open("a", encoding="utf-8") as log:
        log.writelines(f"| 2026-07-01 | minded {name} | | |\n" for name in doubts)
    edit(work, done=True)
    handover = work / "handover.md"
    handover.write_text(handover.read_text("utf-8").replace("TODO", "Done"), "utf-8")
    assert call("render", "scope", *OPTIONS, cwd=work).returncode == 0
    assert call("render", "report", "--renderer", "embedded", cwd=work).returncode == 0
    assert {state for state, _ in steps(work).values()} == {"done"}

    with (work / "report" / "report.qmd").open("a", encoding="utf-8") as text:
        text.write("\nOne more sentence.\n")
    assert "report.qmd was edited" in steps(work)["delivery"][1]


def test_a_changed_raw_file_is_noticed_and_not_run(work):
    path = work / "data" / "sales.csv"
    path.write_text(path.read_text("utf-8").replace("paid", "paidd", 1), "utf-8")
    found = steps(work)
    assert found["data"][0] == "stale"
    assert "hash differs" in found["data"][1]
    assert found["model"][0] == "stale"
    done = call("run", cwd=work)
    assert done.returncode == 10
    assert "hash differs" in done.stderr


def test_changed_settings_and_texts_make_what_hangs_on_them_stale(work):
    settings(work, "margin = 0.4")
    found = steps(work)
    assert found["preparation"][0] == "stale"
    assert "changed since the run: margin" in found["preparation"][1]
    assert found["question"][0] == "done"
    edit(work, question="Another question?")
    found = steps(work)
    assert found["question"] == (
        "stale",
        "engagement.toml was edited since scope was rendered: custanalytics render scope",
    )


def test_options_given_on_top_are_noted_as_not_in_the_record(tmp_path):
    sales = few_customers(tmp_path, r"C1000\d")  # too few for a model
    folder = create(tmp_path / "x", [sales], date(2026, 7, 1))
    assert call("run", "--margin", "0.3", *OPTIONS, cwd=folder).returncode == 0
    assert "changed since the run: margin" in steps(folder)["preparation"][1]


def test_figures_are_held_against_agreed_bounds(work):
    path = work / "engagement.toml"
    path.write_text(path.read_text("utf-8").replace("at-most = 0", "at-least = 5"), "utf-8")
    assert (
        "failed: No line of the export was unreadable (rows_unreadable is 0, at-least 5)"
        in (steps(work)["evaluation"][1])
    )
    path.write_text(path.read_text("utf-8").replace('"rows_unreadable"', '"rows_unread"'), "utf-8")
    assert "no figure 'rows_unread'" in steps(work)["evaluation"][1]


@pytest.mark.parametrize(
    ("day", "said"), [("2026-07-13", "is in 2 days"), ("2026-07-20", "is past by 5 days")]
)
def test_a_deadline_near_or_past_is_said(work, monkeypatch, day, said):
    seconds = (date.fromisoformat(day) - date(1970, 1, 1)).days * 86400
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(seconds))
    assert said in steps(work)["delivery"][1]


def test_files_that_come_later_are_taken_in_once(work, tmp_path):
    later = tmp_path / "more.csv"
    later.write_bytes((work / "data" / "sales.csv").read_bytes()[:5000])
    (work / "data" / "loose.csv").write_text("a,b\n", "utf-8")
    assert "loose.csv" in steps(work)["data"][1]
    assert call("receive", "data/loose.csv", later, *DAY, cwd=work).returncode == 0
    assert [file.file for file in read_engagement(work).data] == [
        "sales.csv", "loose.csv", "more.csv",
    ]  # fmt: skip
    assert "data/more.csv came in since the run" in steps(work)["model"][1]
    again = call("receive", later, cwd=work)
    assert again.returncode == 2
    assert "nothing is overwritten" in again.stderr


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("deadline = 2026-07-15", 'deadline = "soon"', "deadline must be a date"),
        ("[scope]", "[scopes]", "no entry 'scopes': did you mean scope?"),
        ('command = "run"', 'command = "runn"', "command is one of"),
        ('command = "run"', 'command = "run"\nmargin = 7', "[settings]: margin is a share above 0"),
        (
            'command = "run"',
            'command = "run"\nmargins = 7',
            "[settings]: margins is no option here; did you mean margin?",
        ),
        ('command = "run"', 'command = "run"\nout = "x"', "out can't be set here"),
        ('command = "run"', 'command = "prospects"', "answered by 'custanalytics prospects'"),
        ('file = "sales.csv"', 'file = "../sales.csv"', "name of a file in data/"),
        ('client = "', 'client = ""', "no valid TOML"),
    ],
)
def test_a_wrong_record_is_refused_with_its_place(work, old, new, said):
    path = work / "engagement.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    done = call("run", cwd=work)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_prospects_are_run_from_the_record_too(tmp_path):
    leads = sample_data_dir() / "leads.csv"
    folder = create(tmp_path / "x", [leads], date(2026, 7, 1), Brief(command="prospects"))
    done = call("prospects", *OPTIONS, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert (folder / "report" / "report.html").is_file()
    assert steps(folder)["model"][0] == "done"


def test_outside_an_engagement_nothing_changes(tmp_path):
    for command in ("status", "run"):
        done = call(command, cwd=tmp_path)
        assert done.returncode == 2
    with chdir(tmp_path), pytest.raises(UsageError, match="no engagement"):
        read_engagement()
    assert list(tmp_path.iterdir()) == []
