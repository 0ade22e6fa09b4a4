"""How far a run is, as the cell of a real notebook and a program are told."""

import subprocess
import sys
import time
from contextlib import nullcontext

import pytest
from jupyter_client.manager import start_new_kernel

import custanalytics as ca
from custanalytics.progress import Progress, steps_of
from tests.sales import few_customers


@pytest.fixture(scope="module")
def sales(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebook")
    return few_customers(folder, r"C1\d\d\d[0-2]")


@pytest.fixture(scope="module")
def cell(sales):
    """Runs a cell in a kernel, and gives the messages that a notebook draws."""
    manager, client = start_new_kernel(cwd=str(sales.parent))

    def run(code: str) -> list[tuple[str, dict]]:
        drawn: list[tuple[str, dict]] = []
        hook = lambda message: drawn.append((message["msg_type"], message["content"]))  # noqa: E731
        client.execute_interactive(code, timeout=600, output_hook=hook)
        kinds = ("display_data", "update_display_data", "stream", "error", "execute_result")
        return [(kind, content) for kind, content in drawn if kind in kinds]

    yield run
    client.stop_channels()
    manager.shutdown_kernel(now=True)


RUN = "ca.run(pd.read_csv('{}'), template='rfm', formats=['html']{}).files['html'].name"


def test_a_cell_shows_one_line_that_ends_in_the_time_it_took(cell, sales):
    assert cell("import pandas as pd, custanalytics as ca") == []
    messages = cell(RUN.format(sales, ""))
    assert [kind for kind, _ in messages if kind == "error"] == []
    assert messages[0][0] == "display_data"
    assert messages[-1][1]["data"]["text/plain"] == "'report.html'"
    updates = [content for kind, content in messages if kind == "update_display_data"]
    assert {content["transient"]["display_id"] for content in updates} == {
        messages[0][1]["transient"]["display_id"]
    }
    lines = [content["data"]["text/html"] for content in updates]
    assert all(line.startswith("<progress value=") for line in lines[:-1])
    assert any("Forecasting every customer" in line for line in lines)
    assert lines[-1].startswith("Done in ")


def test_a_cell_that_does_not_want_it_shows_nothing(cell, sales):
    assert cell("import pandas as pd, custanalytics as ca") == []
    messages = cell(RUN.format(sales, ", progress=False"))
    assert [kind for kind, _ in messages] == ["execute_result"]


@pytest.mark.parametrize(("asked", "said"), [("None", False), ("True", True)])
def test_a_program_is_told_where_it_asks(sales, asked, said):
    code = f"import custanalytics as ca\nca.analyse(ca.load({str(sales)!r}), progress={asked})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert ("Forecasting every customer" in done.stderr) is said
    assert ("Done in" in done.stderr) is said


class Told:
    seconds = 0.01

    def __init__(self):
        self.lines = []

    def show(self, share, told):
        self.lines.append((share, told))

    def end(self, told):
        self.lines.append(("end", told))


def until(line, text):
    while not any(text in told for _, told in line.lines):
        time.sleep(0.01)


def fail_after_a_step(line):
    with Progress(["Reading the sales"], line) as step:
        with step("Reading the sales"):
            until(line, "Reading the sales")
        until(line, "Getting ready")
        raise ZeroDivisionError


def test_between_steps_no_time_is_promised_and_a_failure_is_not_done():
    line = Told()
    with pytest.raises(ZeroDivisionError):
        fail_after_a_step(line)
    assert "Getting ready" in {told for _, told in line.lines}
    assert line.lines[-1] == ("end", "")


def test_steps_of_ones_own_go_before(sales):
    called = []
    ca.analyse(ca.load(sales), step=lambda name: nullcontext(called.append(name)), progress=True)
    assert called == steps_of("analyse")
