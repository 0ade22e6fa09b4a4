"""What changed between two runs, and why."""

import dataclasses
import json

import pytest

import custanalytics as ca
from custanalytics.results.compare import compare
from tests.cli.test_cli import FIXED, call
from tests.sales import few_customers


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    sales, fewer = few_customers(folder), folder / "fewer.csv"
    lines = sales.read_text("utf-8").splitlines(keepends=True)
    fewer.write_text("".join(lines[:-400]), "utf-8")
    as_of = ("--as-of", "2026-06-30", "--format", "html")
    asked = {
        "first": (sales, *as_of),
        "shorter": (sales, *as_of, "--horizon-days", "180"),
        "fewer": (fewer, *as_of),
    }
    for name, arguments in asked.items():
        done = call("run", *arguments, "--out", folder / name, *FIXED)
        assert done.returncode == 0, done.stderr
    return {name: folder / name for name in asked}


def compared(runs, old, new):
    return compare(*(ca.read_results(runs[name] / "results") for name in (old, new)))


def test_a_run_equals_itself(runs):
    found = compared(runs, "first", "first")
    assert found.same
    assert call("diff", runs["first"], runs["first"]).stdout == "Nothing differs.\n"


def test_another_definition_changes_what_depends_on_it_alone(runs):
    found = compared(runs, "first", "shorter")
    assert found.definitions["name"].to_list() == ["horizon_days"]
    assert not len(found.data)
    assert set(found.figures["analysis"]) == {"value"}
    assert set(found.figures["cause"]) == {"changed definitions"}
    assert not len(found.moves)


def test_other_data_is_told_as_such(runs):
    found = compared(runs, "first", "fewer")
    assert not len(found.definitions)
    read = found.data.set_index("name").loc["rows read"]
    assert read["change"] == -400
    assert set(found.figures["cause"]) == {"new data"}
    customers = [
        set(ca.read_results(runs[n] / "results").rfm.customers["customer_id"])
        for n in ("first", "fewer")
    ]
    gone = found.moves.loc[found.moves["to_segment"].isna(), "customers"].sum()
    assert gone == len(customers[0] - customers[1])


def test_data_and_definitions_at_once_are_told_apart_where_they_can_be(runs):
    found = compared(runs, "shorter", "fewer")
    causes = found.figures.groupby("analysis")["cause"].unique().map(list)
    assert causes["value"] == ["both"]
    assert causes["business"] == ["new data"]


def test_a_verdict_that_changed_is_told(runs):
    old = ca.read_results(runs["first"] / "results")
    check = old.rfm.checks[0]
    turned = dataclasses.replace(check, passed=not check.passed)
    rfm = dataclasses.replace(old.rfm, checks=(turned, *old.rfm.checks[1:]))
    found = compare(old, dataclasses.replace(old, rfm=rfm))
    assert found.verdicts[["check", "old", "new"]].to_numpy().tolist() == [
        [check.name, "holds", "doubt"]
    ]


def test_the_command_prints_tables_and_json(runs):
    text = call("diff", runs["first"], runs["fewer"]).stdout
    assert "rows read" in text
    assert "new data" in text
    printed = json.loads(call("diff", runs["first"], runs["fewer"], "--json").stdout)
    assert {row["name"] for row in printed["data"]} >= {"rows read", "net revenue"}
    refused = call("diff", runs["first"], runs["first"].parent)
    assert refused.returncode == 10
    assert "results.json" in refused.stderr
