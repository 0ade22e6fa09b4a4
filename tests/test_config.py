"""One configuration from three places: the same rules, every fault in one message, before reading."""

import argparse
import inspect
import shlex
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import custanalytics as ca
from custanalytics.cli.main import parser
from custanalytics.config import (
    COMMANDS,
    CheckOptions,
    Configuration,
    MeasureOptions,
    Origin,
    ProspectsOptions,
    RenderOptions,
    RunOptions,
    as_typed,
    groups,
    option_of,
    options_of,
)
from tests.cli.test_cli import call

ALL = (CheckOptions, RunOptions, ProspectsOptions, RenderOptions, MeasureOptions)


def refused(origin: Origin, kind=RunOptions, **given) -> str:
    with pytest.raises(ca.CustAnalyticsError) as error:
        build(origin, kind, **given)
    return str(error.value)


def build(origin: Origin, kind=RunOptions, **given):
    configuration = Configuration(kind)
    configuration.add(given, origin)
    return configuration.build(**{"sources": ["x.csv"]} if kind is RunOptions else {})


@pytest.mark.parametrize(
    ("name", "good", "wrong"),
    [
        ("margin", [1, 0.35, 1e-9], [0, 1.01, -0.1, "0.4", True, float("nan"), float("inf")]),
        ("annual_discount_rate", [0, 0.1, 1], [-0.01, 1.5, "x"]),
        ("max_unreadable", [0, 1], [2, None.__class__]),
        ("horizon_days", [1, 3660], [0, 3661, 1.5, True, "90"]),
        ("contact_cost", [0, 1.5], [-1, float("inf"), "1"]),
        ("seed", [0, 7], [-1, 2**32, 0.5]),
        (
            "as_of",
            [date(2026, 6, 30), "2026-06-30", datetime(2026, 6, 30)],
            ["30.06.2026", datetime(2026, 6, 30, 12), 20260630],
        ),
        ("decimal", ["point", "comma"], ["dot", 1]),
        ("locale", ["de_DE", "en-GB"], ["xx_XX", 5, ""]),
        ("currency", ["EUR", "eur"], ["EURO", 978]),
        ("mapping", [{"customer_id": "Kunde"}, {"amount": 3}], [{"custmer": "x"}, 4, "x"]),
        ("rates", [{"USD": 0.9}, {"USD": Decimal("0.9")}], [{"USD": 0}, {"US": 1}, {"USD": "x"}]),
        ("drop_duplicates", [True, False], ["yes", 1]),
        (
            "formats",
            [("html",), "pdf", ["html", "html"], "html,pdf", "all"],
            ["htm", (1,), "pdf,htm"],
        ),
        ("template", ["rfm"], ["rmf", 3]),
        ("segments", [[ca.Segment("A", "all", bool, "Do.")]], ["none.toml", [3], 3, []]),
        ("client", ["Ünï", ""], [3]),
        ("pptx_template", [], ["none.pptx", __file__]),
    ],
)
def test_each_option_takes_what_it_says_and_nothing_else(name, good, wrong):
    for value in good:
        build(Origin.PYTHON, **{name: value})
    for value in wrong:
        assert name in refused(Origin.PYTHON, **{name: value})


@pytest.mark.parametrize(
    ("origin", "given", "named"),
    [
        (Origin.COMMAND_LINE, {"margin": "0"}, "--margin is a share above 0"),
        (Origin.RECORD, {"margin": 0}, "engagement.toml, [settings]: margin is a share above 0"),
        (Origin.PYTHON, {"margin": 0}, "margin is a share above 0"),
    ],
)
def test_one_rule_in_three_places_each_named(origin, given, named):
    assert refused(origin, **given).startswith(named)


@pytest.mark.parametrize(
    ("origin", "name", "said"),
    [
        (Origin.COMMAND_LINE, "--margn", "--margn is no option here; did you mean --margin?"),
        (Origin.RECORD, "contact_cost", "did you mean contact-cost?"),
        (Origin.PYTHON, "margn", "margn is no option here; did you mean margin?"),
        (Origin.RECORD, "out", "out can't be set here"),
        (Origin.RECORD, "sample", "sample is no option here"),
    ],
)
def test_an_unknown_name_is_said_with_the_nearest(origin, name, said):
    assert said in refused(origin, **{name: "x"})


def test_every_fault_is_in_one_message(tmp_path):
    given = {"margn": 1, "margin": 0, "conversion_value": 5.0, "outcome": "won", "seed": "x"}
    said = refused(Origin.PYTHON, **given, prospect_date="day", mapping_file=tmp_path / "no.toml")
    for words in (
        "margn is no option", "margin is a share", "seed is", "conversion_value needs contact_cost",
        "outcome needs prospects", "prospect_date needs prospects", "no.toml is not there",
    ):  # fmt: skip
        assert words in said


def test_what_is_not_there_is_a_fault_of_the_source():
    with pytest.raises(ca.SourceError, match=r"prospects: none\.csv is not there"):
        build(Origin.PYTHON, prospects=["none.csv"])


@pytest.mark.parametrize(
    ("kind", "given", "needed"),
    [
        (RunOptions, {"conversion_value": 1.0}, "contact_cost"),
        (ProspectsOptions, {"contact_cost": 1.0}, "conversion_value"),
        (RenderOptions, {"template": "rfm"}, "out"),
        (RenderOptions, {"out": "there"}, "template"),
        (MeasureOptions, {"treatment": "a"}, "converted"),
        (MeasureOptions, {"converted": "a"}, "treatment"),
        (MeasureOptions, {"by": ["a"]}, "treatment"),
    ],
)
def test_options_that_mean_nothing_alone(kind, given, needed):
    (name,) = given
    assert f"{name} needs {needed} beside it" in refused(Origin.PYTHON, kind, **given)


def test_three_places_give_the_same_options():
    typed = {"margin": "0.4", "as_of": "2026-06-30", "mapping": ["amount=Sum"], "formats": ["pdf"]}
    record = {"margin": 0.4, "as-of": date(2026, 6, 30), "map": ["amount=Sum"], "format": "pdf"}
    table = record | {"map": {"amount": "Sum"}, "format": ["pdf"]}
    python = {
        "margin": 0.4, "as_of": date(2026, 6, 30), "mapping": {"amount": "Sum"}, "formats": ["pdf"],
    }  # fmt: skip
    made = [
        build(Origin.COMMAND_LINE, **typed),
        build(Origin.RECORD, **record),
        build(Origin.RECORD, **table),
        build(Origin.PYTHON, **python),
    ]
    values = [{k: v for k, v in vars(one).items() if k != "step"} for one in made]
    assert values[0] == values[1] == values[2] == values[3]


def test_the_command_line_comes_on_top_of_the_record():
    configuration = Configuration(RunOptions)
    configuration.add({"margin": 0.4, "map": {"amount": "Sum"}, "keep": ["A"]}, Origin.RECORD)
    configuration.add(
        {"margin": "0.3", "mapping": ["order_id=No"], "keep": ["B"], "prospects": [__file__]},
        Origin.COMMAND_LINE,
    )
    made = configuration.build(sources=[])
    assert made.margin == 0.3
    assert made.mapping == {"amount": "Sum", "order_id": "No"}
    assert made.keep == ("A", "B")
    assert configuration.as_record()["margin"] == 0.3
    assert "format" not in configuration.as_record()


def test_what_is_recorded_gives_the_same_options_again():
    given = {
        "margin": 0.4, "as_of": date(2026, 6, 30), "rates": {"USD": 0.9}, "prospects": ("A", "B"),
    }  # fmt: skip
    first = Configuration(RunOptions, look=False)
    first.add(given, Origin.PYTHON)
    record = first.as_record()
    assert record == {
        "margin": 0.4, "as-of": "2026-06-30", "rate": {"USD": "0.9"}, "prospects": ["A", "B"],
    }  # fmt: skip
    assert shlex.join(as_typed(record)) == (
        "--margin=0.4 --as-of=2026-06-30 --rate=USD=0.9 --prospects=A --prospects=B"
    )


@pytest.mark.parametrize(
    ("function", "arguments"),
    [(ca.run, (["x.csv"],)), (ca.run_prospects, (["x.csv"],)), (ca.analyse, (None,))],
)
def test_a_misspelt_keyword_is_refused_before_anything_is_read(function, arguments):
    with pytest.raises(ca.UsageError, match=r"contact_cst.*did you mean contact_cost"):
        function(*arguments, contact_cst=1.0)
    with pytest.raises(ca.UsageError, match="locale is a locale"):
        function(*arguments, locale="nowhere")


def test_a_wrong_number_of_arguments_is_said_by_python():
    with pytest.raises(TypeError, match="sources"):
        ca.run()
    with pytest.raises(TypeError, match="positional"):
        ca.run(["x.csv"], "out", 3)


@pytest.mark.parametrize("function", [ca.run, ca.run_prospects, ca.analyse, ca.rerender])
def test_an_editor_is_told_every_keyword_with_type_and_default(function):
    parameters = list(inspect.signature(function).parameters.values())
    assert {part.kind for part in parameters}.isdisjoint({inspect.Parameter.VAR_KEYWORD})
    assert all(part.annotation is not part.empty for part in parameters)
    assert [part.name for part in parameters if part.default is part.empty] == [parameters[0].name]


@pytest.mark.parametrize("kind", ALL)
def test_every_option_stands_in_one_group_and_its_needs_exist(kind):
    parts = [part.name for group in groups(kind).values() for part in group]
    assert sorted(parts) == sorted(part.name for part in options_of(kind))
    known = {part.name for of in COMMANDS.values() for part in options_of(of)} | {"out"}
    assert {option_of(part).needs for part in options_of(kind)} <= known | {""}


def commands() -> dict[str, argparse.ArgumentParser]:
    (found,) = (a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    return dict(found.choices)


@pytest.mark.parametrize("name", commands())
def test_help_fits_a_terminal_and_its_example_is_one(name, monkeypatch):
    command = commands()[name]
    lines = command.format_help().splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines[lines.index("example:") + 1 :]) == 1
    words = shlex.split(lines[-1])
    assert words[:2] == ["custanalytics", name]
    parser().parse_args(words[1:])


def test_help_shows_defaults_and_titles():
    text = " ".join(call("run", "--help").stdout.split())
    for words in ("what is computed:", "rendering:", "(default: 365)", "(default: today)"):
        assert words in text
    assert "None" not in text


def test_a_run_with_faults_leaves_nothing_and_reads_nothing(tmp_path):
    done = call("run", "none.csv", "--margn", "3", "--margin", "0", cwd=tmp_path)
    assert done.returncode == 2
    assert "did you mean --margin?" in done.stderr
    assert "above 0" in done.stderr
    assert "none.csv" not in done.stderr
    assert list(Path(tmp_path).iterdir()) == []


def test_formats_may_stand_in_one_text_and_all_is_each_of_them():
    def built(value):
        configuration = Configuration(RunOptions)
        configuration.add({"formats": value}, Origin.COMMAND_LINE)
        return configuration.build(sources=[]).formats

    assert built(["html, pdf"]) == built(["html", "pdf"]) == ("html", "pdf")
    assert built(["all"]) == ("html", "pdf", "docx", "pptx", "xlsx")
    assert built(["pdf,html", "pptx"]) == ("pdf", "html", "pptx")
