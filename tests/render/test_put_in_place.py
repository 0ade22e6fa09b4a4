"""A report folder is the old one or the new one, at any moment."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from custanalytics.errors import RenderError, UsageError
from custanalytics.render import put_in_place
from custanalytics.render.put_in_place import renewed

# For each line it reads, a process of its own writes reports with it until it is killed.
RUN = r"""
import os, sys
from pathlib import Path
from custanalytics.render.put_in_place import renewed
for line in sys.stdin:
    run = os.fork()
    while not run:
        with renewed(Path(sys.argv[1])) as folder:
            for i in range(40):
                (folder / f"{i}.txt").write_text(line.strip())
            (folder / "report.qmd").touch()
            os.write(1, b"%d\n" % os.getpid())  # in one write: a kill can't part the line
    os.waitpid(run, 0)
    os.write(1, b"killed\n")
"""


def write(target: Path, **files: str) -> None:
    with renewed(target) as folder:
        for name, text in files.items():
            (folder / name.replace("_dot_", ".")).write_text(text, "utf-8")


def read(target: Path) -> dict[str, str]:
    return {p.name: p.read_text("utf-8") for p in target.iterdir() if p.name[0] != "."}


def leftovers(target: Path) -> list[str]:
    return [path.name for path in target.parent.iterdir() if path != target]


@pytest.fixture(params=["exchange", "two renames"])
def target(request, tmp_path, monkeypatch):
    if request.param == "two renames":
        monkeypatch.setattr(put_in_place, "_exchange", lambda *_: False)
    return tmp_path / "report"


def test_a_new_run_replaces_what_the_old_one_made(target):
    write(target, a="1", b="1")
    write(target, b="2", c="2")
    assert read(target) == {"b": "2", "c": "2"}
    assert leftovers(target) == []


def test_the_consultants_files_stay(target):
    write(target, report_dot_qmd="template", a="1")
    (target / "report.qmd").write_text("mine", "utf-8")
    (target / "notes").mkdir()
    (target / "notes" / "call.txt").write_text("x", "utf-8")
    with renewed(target) as folder:
        assert (folder / "report.qmd").read_text("utf-8") == "mine"
        (folder / "a").write_text("2", "utf-8")
    assert (target / "notes" / "call.txt").read_text("utf-8") == "x"
    assert (target / "report.qmd").read_text("utf-8") == "mine"


def test_what_is_saved_during_a_run_stays(target):
    write(target, report_dot_qmd="template")
    with renewed(target):
        time.sleep(0.02)
        (target / "report.qmd").write_text("saved meanwhile", "utf-8")
    assert read(target) == {"report.qmd": "saved meanwhile"}


def test_a_failure_leaves_the_old_folder(target):
    write(target, a="1")

    def fail():
        with renewed(target) as folder:
            (folder / "a").write_text("2", "utf-8")
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - our own, from just above
        fail()
    assert read(target) == {"a": "1"}
    assert leftovers(target) == []


@pytest.mark.parametrize("kind", [RenderError, OSError])
def test_a_message_names_the_folder_that_was_given(target, kind):
    def fail():
        with renewed(target) as folder:
            path = folder / "_brand.yml"
            if kind is OSError:
                path.read_text("utf-8")
            raise RenderError(f"{path}, line 3: no colour")

    with pytest.raises(kind, match=rf"{target}/_brand\.yml"):
        fail()
    assert leftovers(target) == []


def test_a_kill_between_two_renames_is_mended(target):
    write(target, a="1")
    target.rename(target.with_name(".report.old"))
    (target.with_name(".report.new")).mkdir()
    write(target, b="2")
    assert read(target) == {"b": "2"}
    assert leftovers(target) == []


def test_a_folder_that_is_not_ours_is_left_alone(target):
    target.mkdir()
    (target / "thesis.doc").write_text("x", "utf-8")
    with pytest.raises(UsageError, match="no report that custanalytics made"):
        write(target, a="1")
    assert read(target) == {"thesis.doc": "x"}


def test_two_runs_at_once(target):
    with renewed(target), pytest.raises(UsageError, match="another run"):
        write(target, a="1")


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_a_kill_at_any_moment_leaves_a_complete_folder(tmp_path):
    target = tmp_path / "report"
    command = [sys.executable, "-u", "-c", RUN, str(target)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, bufsize=1) as runs:
        assert runs.stdin
        assert runs.stdout
        for i in range(12):
            runs.stdin.write(f"{i % 10}" * 1000 + "\n")
            pid = runs.stdout.readline()
            time.sleep(0.003 * i)
            os.kill(int(pid), signal.SIGKILL)
            assert "killed\n" in iter(runs.stdout.readline, "")
            if target.exists():
                texts = {(target / f"{n}.txt").read_text("utf-8") for n in range(40)}
                assert len(texts) == 1
                assert len(texts.pop()) == 1000
        runs.stdin.close()
    write(target, a="1")
    assert leftovers(target) == []


def test_what_a_template_brings_is_the_consultants(tmp_path):
    template = tmp_path / "template"
    (template / "pictures").mkdir(parents=True)
    (template / "pictures" / "shop.svg").write_text("theirs", "utf-8")
    target = tmp_path / "report"
    for text in ("first", "second"):
        with renewed(target, template) as folder:
            picture = folder / "pictures" / "shop.svg"
            if not picture.exists():
                picture.parent.mkdir()
                picture.write_text(text, "utf-8")
            (folder / "_made.yml").write_text(text, "utf-8")
    assert (target / "pictures" / "shop.svg").read_text("utf-8") == "first"
    assert (target / "_made.yml").read_text("utf-8") == "second"


def test_a_link_is_followed(target):
    real = target.with_name("elsewhere")
    target.symlink_to(real)
    for text in ("1", "2"):
        write(target, a=text)
        assert target.is_symlink()
        assert read(real) == {"a": text}
    assert sorted(leftovers(target)) == ["elsewhere"]


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux which file is meant")
def test_all_is_on_the_disk_before_the_folder_is_put_in_place(target, monkeypatch):
    done, sync = [], os.fsync

    def noted(handle):
        sync(handle)
        done.append(Path(f"/proc/self/fd/{handle}").readlink())

    monkeypatch.setattr(os, "fsync", noted)
    with renewed(target) as folder:
        (folder / "results").mkdir()
        (folder / "results" / "a").write_text("1", "utf-8")
    new = target.with_name(".report.new")
    names = ("results", "results/a", put_in_place.MANIFEST)
    assert {new, *(new / name for name in names)} == set(done[:-1])
    assert done[-1] == target.parent


def test_a_folder_with_customers_is_its_owners_alone(target):
    with renewed(target) as folder:
        assert folder.stat().st_mode & 0o077 == 0
    assert target.stat().st_mode & 0o077 == 0


def test_a_lock_that_has_been_taken_away_is_no_lock(target, monkeypatch):
    opened = os.open

    def late(path, *how):
        handle = opened(path, *how)
        if str(path).endswith(".lock"):
            Path(path).unlink()  # the other run ends just now
        return handle

    monkeypatch.setattr(os, "open", late)
    with pytest.raises(UsageError, match="another run"), renewed(target):
        pass


def test_the_root_is_refused():
    with pytest.raises(UsageError, match="can be replaced"), renewed(Path("/")):
        pass
