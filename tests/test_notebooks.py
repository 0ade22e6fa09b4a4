"""The notebooks run from top to bottom, and find what they say."""

import json
from pathlib import Path

import pandas as pd
import pytest

FOLDER = Path(__file__).parents[1] / "reports" / "_examples"
SAMPLES = Path(__file__).parents[1] / "sample_data"


def run(name: str, folder: Path, monkeypatch) -> dict:
    """Run the cells in order, in a folder with the files that they read."""
    monkeypatch.chdir(folder)
    for bundled, called in (("shop.csv", "sales.csv"), ("leads.csv", "leads.csv")):
        (folder / called).write_bytes((SAMPLES / bundled).read_bytes())
    notebook = json.loads((FOLDER / name).read_text("utf-8"))
    names: dict = {"__name__": "__main__"}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"{name} {cell['id']}", "exec"), names)  # noqa: S102
    return names


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_is_one_and_holds_no_output(path):
    notebook = json.loads(path.read_text("utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


def test_rfm_only(tmp_path, monkeypatch):
    made = run("rfm-only.ipynb", tmp_path, monkeypatch)
    listed = pd.read_csv("to-call.csv")
    assert 0 < len(listed) < 1000
    assert (listed["total_spend"] >= 200).all()
    assert (listed["days_since_last_purchase"] <= 90).all()
    assert made["figure"].layout.title.text


def test_value_from_a_warehouse(tmp_path, monkeypatch):
    made = run("value-from-a-warehouse.ipynb", tmp_path, monkeypatch)
    kept = made["warehouse"].sql("SELECT * FROM customer_value").df()
    assert len(kept) == len(made["value"].customers) > 100
    assert kept["clv"].sum() == pytest.approx(made["value"].totals["clv"].item())
    made["warehouse"].close()


def test_leads_scored(tmp_path, monkeypatch):
    made = run("leads-scored.ipynb", tmp_path, monkeypatch)
    assert made["scorer"].leaks_ == ("Days to signature", "Invoice total")
    assert 0.65 < made["auc"] < 0.85
    assert made["still_open"]["chance"].between(0, 1).all()
    assert len(made["still_open"]) > 50
