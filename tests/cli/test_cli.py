"""The command as a user meets it."""

import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pypdf import PdfReader

import custanalytics
from custanalytics.bundled import sample_data_dir
from custanalytics.cli import stopping
from custanalytics.cli.main import main
from custanalytics.cli.printed import files_text
from custanalytics.cli.progress import progress
from tests.sales import few_customers

COMMAND = [sys.executable, "-m", "custanalytics"]
SHOP = sample_data_dir() / "shop.csv"
FIXED = ("--made-on", "2026-07-01", "--renderer", "embedded")


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


def call(*arguments, cwd=None) -> Done:
    """Run the command in this process, as the installed script does."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), chdir(cwd or Path.cwd()):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as left:
            code = left.code
    return Done(code, out.getvalue(), err.getvalue())


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def sales(tmp_path_factory):
    """Fewer customers of the shop, and all orders that name none."""
    return few_customers(tmp_path_factory.mktemp("sales"), r"(?:C1[01]\d\d[0-2])?")


@pytest.fixture(scope="module")
def report(tmp_path_factory, sales):
    folder = tmp_path_factory.mktemp("run") / "report"
    done = call("run", sales, "--out", folder, "--client", "Hearth & <Home>", "--json", *FIXED)
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout)


def test_run_writes_a_report_worth_sending(report):
    folder, found = report
    page = (folder / "report.html").read_text("utf-8")
    assert "Hearth &amp; &lt;Home&gt;" in page
    assert page.count('class="plot"') >= 8
    assert len(page) < 6_000_000
    pdf = PdfReader(folder / "report.pdf")
    text = " ".join(page.extract_text() for page in pdf.pages)
    assert len(pdf.pages) > 10
    for heading in ("Summary", "What are they worth", "What to do next", "Validation"):
        assert heading in text
    assert {"html", "pdf", "customers_csv", "customers_parquet"} <= found["files"].keys()
    for role in ("customers_csv", "customers_parquet") if os.name == "posix" else ():
        assert Path(found["files"][role]).stat().st_mode & 0o777 == 0o600
    assert all(Path(path).is_file() for path in found["files"].values())


def test_the_page_asks_for_nothing_outside(report):
    page = (report[0] / "report.html").read_text("utf-8")
    head = page[: page.index("<body")]
    assert 'src="http' not in page
    assert "<link" not in head or 'href="http' not in head
    assert "@import" not in page.split("plotly", 1)[0]


def test_json_figures_agree_with_pandas(report, sales):
    lines = pd.read_csv(sales)
    lines["amount"] = (lines["Quantity"] * lines["Unit price"]).round(2)
    real = lines[lines["Status"] != "payment failed"]
    known = real[real["Customer number"].notna()]
    _, found = report
    assert found["rows_read"] == len(lines)
    aside = found["rows_set_aside"]
    assert found["rows_read"] == found["rows_used"] + sum(aside.values()) + found["rows_unreadable"]
    assert found["rows_used"] == len(known)
    # whoever sent all of it back is no customer
    kept = known.groupby("Customer number")["amount"].sum().round(2)
    assert found["customers"] == (kept > 0).sum()
    assert found["customers_in_rows"] == known["Customer number"].nunique()
    assert found["revenue"] == f"{known['amount'].sum():.2f}"
    assert found["first_order"] == known["Order date"].min()[:10]
    assert found["last_order"] == known["Order date"].max()[:10]
    assert found["currency"] == "EUR"
    assert found["models"]["value"]["clv"] > 0
    assert len(found["models"]["propensity"]["deciles"]) == 10
    assert found["models"]["value"]["origins"][0]["cutoff"] < found["last_order"]


def test_the_same_run_gives_the_same_bytes(report, sales):
    folder, _ = report
    before = hashes(folder)
    arguments = ["run", sales, "--out", folder, "--client", "Hearth & <Home>", "--json", *FIXED]
    # Another process: another hash seed, another order of everything that has none.
    done = subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert hashes(folder) == before


def test_a_further_report_from_the_same_results(report, tmp_path):
    source = tmp_path / "report"
    shutil.copytree(report[0], source)
    (source / "_brand.yml").write_text('color: {primary: "#7a1f5c"}\n', "utf-8")
    brief = tmp_path / "brief"
    asked = ("--template", "owner-brief", "--out", brief, "--renderer", "embedded")
    done = call("render", source, *asked)
    assert done.returncode == 0, done.stderr
    assert len(PdfReader(brief / "report.pdf").pages) == 1
    assert "--accent: #7a1f5c" in (brief / "report.html").read_text("utf-8")
    assert (brief / "exports" / "customers.csv").is_file()
    before = hashes(brief)
    assert call("render", brief, "--renderer", "embedded").returncode == 0
    assert hashes(brief) == before
    other = call("render", source, "--template", "rfm", "--out", brief)
    assert other.returncode == 2
    assert "owner-brief" in other.stderr
    assert hashes(brief) == before


def test_a_report_keeps_its_template(report):
    done = call("run", SHOP, "--out", report[0], "--template", "rfm", *FIXED)
    assert done.returncode == 2
    assert "made from the template 'customer-value'" in done.stderr
    assert "--out" in done.stderr
    unknown = call("run", SHOP, "--out", report[0].parent / "x", "--template", "nonsense")
    assert unknown.returncode == 2
    assert "owner-brief" in unknown.stderr


def test_templates_are_listed():
    done = call("templates")
    assert "owner-brief" in done.stdout
    assert json.loads(call("templates", "--json").stdout)["rfm"]


def test_render_keeps_the_consultants_edits(report, tmp_path):
    folder = tmp_path / "report"
    shutil.copytree(report[0], folder)
    document = folder / "report.qmd"
    document.write_text(document.read_text("utf-8") + "\n\nA word of my own.\n", "utf-8")
    (folder / "notes.txt").write_text("mine")
    done = call("render", folder, "--format", "html", "--renderer", "embedded", "--json")
    assert done.returncode == 0, done.stderr
    assert "A word of my own." in (folder / "report.html").read_text("utf-8")
    sales = tmp_path / "few.csv"
    sales.write_text("".join(SHOP.read_text("utf-8").splitlines(keepends=True)[:60]), "utf-8")
    rerun = call("run", sales, "--out", folder, "--format", "html", *FIXED)
    assert rerun.returncode == 0, rerun.stderr
    assert "A word of my own." in (folder / "report.html").read_text("utf-8")
    assert (folder / "notes.txt").read_text() == "mine"


def test_check_reports_on_the_data_only(tmp_path):
    done = call("check", SHOP, cwd=tmp_path)
    assert done.returncode == 0
    assert "rows read" in done.stdout
    assert list(tmp_path.iterdir()) == []
    found = json.loads(call("check", SHOP, "--json").stdout)
    assert found["mapping"]["customer_id"] == "Customer number"


def test_what_comes_after_the_last_day_is_set_aside(tmp_path):
    out, sales = tmp_path / "report", few_customers(tmp_path, r"C1\d\d\d[0-2]")
    done = call(
        "run", sales, "--as-of", "2026-05-31", "--out", out, "--template", "rfm", "--format",
        "html", "--json", *FIXED,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    lines = pd.read_csv(sales)
    lines = lines[(lines["Status"] != "payment failed") & lines["Customer number"].notna()]
    lines = lines[lines["Order date"] < "2026-06-01"]
    assert found["rows_set_aside"]["after_as_of"] > 100
    assert found["rows_used"] == len(lines)
    assert found["revenue"] == f"{(lines['Quantity'] * lines['Unit price']).sum():.2f}"
    assert found["last_order"] <= "2026-05-31"


def test_a_saved_mapping_gives_the_same_ledger(report, tmp_path):
    mapping = report[0] / "mapping.toml"
    again = json.loads(call("check", SHOP, "--mapping", mapping, "--json").stdout)
    first = json.loads(call("check", SHOP, "--json").stdout)
    assert again == first


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["run"], 2, "--sample"),
        (["run", "nothing.csv"], 10, "nothing.csv"),
        (["check", "text.csv"], 10, "--map"),
        (["run", "ok.csv", "--map", "customer_id"], 2, "ROLE=COLUMN"),
        (["run", "ok.csv", "--map", "customer_id=nope"], 10, "nope"),
        (["run", "ok.csv", "--as-of", "1999-01-01"], 10, "--as-of"),
        (["run", "ok.csv", "--horizon-days", "0"], 2, "days"),
        (["run", "ok.csv", "--out", "full"], 2, "--out"),
        (["run", "ok.csv", "--locale", "xx_XX"], 2, "xx_XX"),
        (["run", "ok.csv", "--conversion-value", "1"], 2, "--contact-cost"),
        (["run", "ok.csv", "--out", "text.csv/report"], 2, "--out"),
        (["render", "full"], 10, "results.json"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_errors_have_a_code_and_one_message(tmp_path, arguments, code, says):
    (tmp_path / "text.csv").write_text("a,b\n1,x\n2,y\n")
    (tmp_path / "ok.csv").write_text(
        "customer,date,amount\na,2024-01-31,10.00\nb,2024-02-28,20.00\na,2024-03-31,5.00\n"
    )
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "keep.txt").write_text("mine")
    before = hashes(tmp_path)
    done = call(*arguments, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert done.stdout == ""
    assert hashes(tmp_path) == before


def test_a_model_that_fails_has_its_code(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise np.linalg.LinAlgError("singular matrix")

    monkeypatch.setattr("custanalytics.results.analyse.forecast_customers", fail)
    done = call("run", SHOP, "--out", tmp_path / "report")
    assert done.returncode == 12
    assert "value model failed" in done.stderr
    assert not (tmp_path / "report").exists()


def test_help_is_quick_because_nothing_heavy_is_loaded():
    code = (
        "import sys, custanalytics.cli.main; print(sorted({'pandas', 'duckdb'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert call("--version").stdout.strip() == f"custanalytics {custanalytics.__version__}"


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
@pytest.mark.parametrize("after", [0.5, 3.0, 6.0])
def test_a_kill_leaves_the_old_folder_or_a_new_one(report, tmp_path, after):
    folder = tmp_path / "report"
    shutil.copytree(report[0], folder)
    before = hashes(folder)
    process = subprocess.Popen(
        [*COMMAND, "run", str(SHOP), "--out", str(folder), "--title", "Other", *FIXED],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait()
    now = hashes(folder)
    complete = {"report.html", "report.pdf", "results/results.json"} <= now.keys()
    assert now == before or (complete and "Other" in (folder / "report.html").read_text("utf-8"))


def test_a_terminated_run_leaves_nothing_behind(tmp_path):
    out = tmp_path / "report"
    command = [sys.executable, "-m", "custanalytics", "run", "--sample", "--out", str(out)]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not any(tmp_path.iterdir()):
        assert running.poll() is None
        time.sleep(0.02)
    running.terminate()
    assert running.wait(60) == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == []


def test_a_stop_that_a_library_took_for_an_error_or_for_none_stops_all_the_same(monkeypatch):
    monkeypatch.setattr(stopping, "_asked", [signal.SIGTERM])
    with pytest.raises(SystemExit) as left, progress("The step after"):
        pytest.fail("it went on")
    assert left.value.code == 128 + signal.SIGTERM

    def broken(*_):
        raise ImportError

    monkeypatch.setattr("custanalytics.cli.main.perform", broken)
    assert main(["run", "x.csv"]) == 128 + signal.SIGTERM


def test_a_defect_of_our_own_says_where_it_arose_and_nothing_of_the_data(monkeypatch, capsys):
    def broken(*_):
        raise KeyError("Ada Lovelace")

    monkeypatch.setattr("custanalytics.cli.main.perform", broken)
    assert main(["run", "x.csv"]) == 70
    said = capsys.readouterr().err
    path = Path(said.split("report it with ")[1].split(",")[0])
    written = path.read_text("utf-8")
    path.unlink()
    assert "test_cli.py" in written
    assert "KeyError" in said
    assert "Ada" not in said + written


def test_files_are_listed_by_folder_and_the_page_to_open_is_named():
    report = Path("out")
    files = {"pdf": report / "report.pdf", "html": report / "report.html"}
    files |= {f"list {i}": report / "exports" / f"segment-{i}.csv" for i in range(40)}
    text = files_text(files)
    assert all(path.name in text for path in files.values())
    assert text.splitlines()[1:3] == ["  out/", "    report.pdf, report.html"]
    assert text.endswith("\n\nOpen out/report.html")
    assert max(map(len, text.splitlines())) <= 80
    assert "Open" not in files_text({"customers_csv": Path("out/customers.csv")})


def test_a_name_from_an_archive_does_not_steer_the_terminal(tmp_path):
    file = tmp_path / "sales.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("\x1b[2Jred\u202e.csv", "%PDF-1.4")
    done = call("check", file)
    assert done.returncode != 0
    assert "\\x1b[2Jred\\u202e.csv is a PDF document" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
