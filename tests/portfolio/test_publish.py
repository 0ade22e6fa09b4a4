"""From nothing to a public portfolio, as a user does it: four engagements, published."""

import html
import json
import os
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from custanalytics.cli.example_portfolio import PROJECTS
from custanalytics.engagement.record import read_engagement
from custanalytics.errors import RenderError
from custanalytics.portfolio import publish, site
from custanalytics.portfolio.entry import read_entries
from custanalytics.portfolio.origins import remember
from custanalytics.portfolio.publish import look_for_leaks
from custanalytics.results.store import read_results
from tests.cli.test_cli import call, hashes
from tests.once import once

FIXED = ("--renderer", "embedded", "--made-on", "2026-11-20")
TEXTS = {".html", ".qmd", ".json", ".svg", ".sh", ".xml", ".txt", ".js", ".css"}


@pytest.fixture(scope="session")
def example(tmp_path_factory):
    def make(folder: Path) -> None:
        done = call("example-portfolio", folder, *FIXED)
        assert done.returncode == 0, done.stderr
        assert "portfolio/site/index.html" in done.stdout

    return once(tmp_path_factory, "example", make)


@pytest.fixture
def place(example, tmp_path):
    """A copy to change: the wholesaler's engagement, and the portfolio with all four."""
    shutil.copytree(example / "engagements" / "wholesaler", tmp_path / "wholesaler")
    shutil.copytree(example / "portfolio", tmp_path / "portfolio")
    return tmp_path


def known(place: Path) -> Path:
    """The portfolio, whose wholesaler's engagement this machine knows."""
    remember(place / "portfolio", "a-handful-of-customers", place / "wholesaler")
    return place / "portfolio"


def entry_of(place: Path) -> Path:
    return place / "portfolio" / "entries" / "a-handful-of-customers"


def written(folder: Path) -> str:
    texts = (path.read_text("utf-8") for path in sorted(folder.rglob("*")) if path.suffix in TEXTS)
    # Without the program that draws charts: it is packed.
    return re.sub(r'<script type="text/plain".*?</script>', "", "\n".join(texts), flags=re.DOTALL)


def test_four_projects_are_finished_published_and_shown(example):
    entries = read_entries(example / "portfolio")
    assert len(entries) == len(PROJECTS) == 4
    assert {entry.muted for entry in entries} == {True, False}
    site = example / "portfolio" / "site"
    home = html.unescape((site / "index.html").read_text("utf-8"))
    for entry in entries:
        assert entry.question in home
        assert entry.finding.split(";")[0] in home
        page = site / "entries" / entry.slug
        write_up = (page / "index.html").read_text("utf-8")
        assert "What this does not say" in write_up
        assert len(re.sub(r"<[^>]+>", " ", write_up).split()) > 400
        for name in ("report.html", "report.pdf", "slides.pptx", "again.sh"):
            assert (page / name).stat().st_size > 100
            assert name in write_up


def test_each_engagement_is_modelled_from_its_record(example):
    for name in PROJECTS:
        folder = example / "engagements" / name
        states = json.loads(call("status", folder, "--json").stdout)["steps"]
        assert {s["step"]: s["state"] for s in states}["model"] == "done"
        assert read_engagement(folder).author == "Ada Example"


def test_run_again_from_the_raw_files_an_engagement_gives_the_same(example, tmp_path):
    shutil.copytree(example / "engagements" / "leads", tmp_path / "leads")
    before = hashes(tmp_path / "leads" / "report")
    shutil.rmtree(tmp_path / "leads" / "report")
    done = call("prospects", cwd=tmp_path / "leads")
    assert done.returncode == 0, done.stderr
    after = hashes(tmp_path / "leads" / "report")
    # The model's file holds numbers of objects in memory; what it says is in the results.
    for made in (before, after):
        del made["results/prospects.model"]
    assert after == before
    assert len(after) > 100


def test_every_number_in_a_write_up_comes_from_the_results(example):
    """No variable was left unfilled, and no figure is missing."""
    for entry in read_entries(example / "portfolio"):
        text = (example / "portfolio/entries" / entry.slug / "index.qmd").read_text("utf-8")
        assert "{{<" not in text
        assert not re.search(r"(?m)^–$|– customers| –,", text)


@pytest.mark.parametrize(
    ("name", "slug"), [("shop", "whom-to-keep"), ("wholesaler", "a-handful-of-customers")]
)
def test_of_a_client_nothing_is_told(example, name, slug):
    engagement = read_engagement(example / "engagements" / name)
    raw = read_results(engagement.folder / "report" / "results")
    entry = example / "portfolio" / "entries" / slug
    pages = written(entry) + written(example / "portfolio/site/entries" / slug)
    pages += "\n".join(p.extract_text() for p in PdfReader(entry / "report.pdf").pages)
    for word in engagement.client.split():
        if len(word) > 4:
            assert word not in pages
    assert "€" not in pages
    assert not re.search(r"\bEUR\b", pages)
    ends = raw.settings.observation_end
    assert f"{ends:%B %Y}" not in pages
    assert f"{raw.overview.figures['revenue_total']:,.0f}" not in pages
    assert f"{raw.overview.figures['orders']:,.0f}" not in pages
    assert "Public copy" in pages


def test_the_published_report_says_what_they_buy_and_why_revenue_changed(example):
    page = html.unescape(
        (example / "portfolio/entries/whom-to-keep/report.html").read_text("utf-8")
    )
    assert 'id="sec-buying"' in page
    assert 'id="sec-change"' in page
    assert "Product 1" in page
    assert "Cotton apron" not in page
    assert "in the workbook" not in page  # it is not published


def test_what_was_changed_stays_with_the_engagement(example):
    record = json.loads((example / "engagements/wholesaler/publish/record.json").read_text())
    assert record["names"]["Feinkost Brandt & Sohn KG"] == "A food wholesaler"
    assert record["suppressed"]["rfm.segments"] >= 2
    assert str(record["key"]["factor"])[:8] not in written(example / "portfolio")


def test_published_again_it_is_the_same_to_the_byte(place, monkeypatch):
    asked = []

    def build(folder, renderer):
        asked.append(renderer)
        return site.build_site(folder, renderer="embedded")

    monkeypatch.setattr(publish, "build_site", build)
    before = hashes(place / "portfolio")
    publish.publish_engagement(
        place / "wholesaler", place / "portfolio", date(2026, 11, 20), renderer="auto"
    )
    assert hashes(place / "portfolio") == before
    # Tested as the renderer makes it that makes the site.
    assert asked == ["auto", "auto"]


def test_another_secret_is_drawn_where_this_one_shows_true_days(place):
    record = place / "wholesaler/publish/record.json"
    content = json.loads(record.read_text("utf-8"))
    content["key"] = {"factor": 1.0, "months": 0}  # changes nothing
    record.write_text(json.dumps(content), "utf-8")
    done = call("publish", place / "wholesaler", "--to", place / "portfolio", *FIXED)
    assert done.returncode == 0, done.stderr
    assert json.loads(record.read_text("utf-8"))["key"]["months"] < 0
    assert "June 2026" not in written(entry_of(place))


def test_what_is_kept_back_is_not_called_unsupported(example):
    public = (entry_of(example) / "report.html").read_text("utf-8")
    private = (example / "engagements/wholesaler/report/report.html").read_text("utf-8")
    assert "kept back in this public copy" in public

    def unsupported(page: str) -> list[str]:
        words = "because the data does not support"
        return [text for text in re.split("[<>]", page) if words in text]

    assert unsupported(public) == unsupported(private)


def test_own_prose_is_listed_and_has_to_be_confirmed_anew(place):
    write_up = place / "wholesaler/publish/write-up/report.qmd"
    text = write_up.read_text("utf-8")
    write_up.write_text(text + "\nThe owner called twice a week.\n", "utf-8")
    before = hashes(place / "portfolio")
    asked = call("publish", place / "wholesaler", "--to", place / "portfolio", *FIXED)
    assert asked.returncode == 2
    assert "The owner called twice a week." in asked.stderr
    assert hashes(place / "portfolio") == before
    code = re.search(r"--confirm (\w+)", asked.stderr)[1]
    wrong = ("publish", place / "wholesaler", "--to", place / "portfolio", "--confirm", "00000000")
    assert call(*wrong, *FIXED).returncode == 2
    done = call(
        "publish", place / "wholesaler", "--to", place / "portfolio", "--confirm", code, *FIXED
    )
    assert done.returncode == 0, done.stderr
    assert "twice a week" in (place / "portfolio/site/search.json").read_text("utf-8")


def test_a_leak_in_the_prose_is_found_and_nothing_is_put_in_place(place):
    write_up = place / "wholesaler/publish/write-up/report.qmd"
    text = write_up.read_text("utf-8")
    write_up.write_text(text + "\nWork for Feinkost Brandt was a pleasure.\n", "utf-8")
    before = hashes(place / "portfolio")
    asked = call("publish", place / "wholesaler", "--to", place / "portfolio", *FIXED)
    code = re.search(r"--confirm (\w+)", asked.stderr)[1]
    done = call(
        "publish", place / "wholesaler", "--to", place / "portfolio", "--confirm", code, *FIXED
    )
    assert done.returncode == 14
    assert "index.qmd" in done.stderr
    assert "Brandt" not in done.stderr
    assert hashes(place / "portfolio") == before


def test_a_new_portfolio_is_not_left_behind_by_a_failure(place):
    write_up = place / "wholesaler/publish/write-up/report.qmd"
    write_up.write_text(write_up.read_text("utf-8") + "\nOne more word.\n", "utf-8")
    done = call("publish", place / "wholesaler", "--to", place / "new", *FIXED)
    assert done.returncode == 2
    assert not (place / "new").exists()


def test_an_engagement_that_is_not_finished_is_refused(place):
    toml = place / "wholesaler" / "engagement.toml"
    text = toml.read_text("utf-8")
    toml.write_text(text.replace('command = "run"\n', 'command = "run"\nmargin = 0.2\n'), "utf-8")
    done = call("publish", place / "wholesaler", "--to", place / "portfolio", *FIXED)
    assert done.returncode == 2
    assert "custanalytics run" in done.stderr


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ('label = "A food wholesaler"', "label"),
        ('picture = "concentration"', "picture is one of"),
        ('slug = "a-handful-of-customers"', "small letters"),
    ],
)
def test_what_makes_no_sense_in_the_record_is_named(place, change, words):
    toml = place / "wholesaler" / "engagement.toml"
    text = toml.read_text("utf-8")
    name = change.split(" =")[0]
    value = "" if name == "label" else "No Such Thing"
    toml.write_text(text.replace(change, f'{name} = "{value}"'), "utf-8")
    asked = call("publish", place / "wholesaler", "--to", place / "portfolio", *FIXED)
    if "--confirm" in asked.stderr:
        code = re.search(r"--confirm (\w+)", asked.stderr)[1]
        asked = call(
            "publish", place / "wholesaler", "--to", place / "portfolio", "--confirm", code, *FIXED
        )
    assert asked.returncode == 2
    assert words in asked.stderr


def test_two_projects_never_share_an_address(place):
    shutil.rmtree(place / "wholesaler" / "publish")
    before = hashes(place / "portfolio")
    asked = call("publish", place / "wholesaler", "--to", place / "portfolio", *FIXED)
    code = re.search(r"--confirm (\w+)", asked.stderr)[1]
    done = call(
        "publish", place / "wholesaler", "--to", place / "portfolio", "--confirm", code, *FIXED
    )
    assert done.returncode == 2
    assert "another project's entry" in done.stderr
    assert hashes(place / "portfolio") == before


def test_an_address_stays_when_the_title_changes_and_moves_when_it_is_given(place):
    toml = place / "wholesaler" / "engagement.toml"
    slug = 'slug = "a-handful-of-customers"'
    for old, new, address in (
        (slug, 'slug = ""', "a-handful-of-customers"),
        ('slug = ""', 'slug = "few-customers"', "few-customers"),
    ):
        toml.write_text(toml.read_text("utf-8").replace(old, new), "utf-8")
        done = call("publish", place / "wholesaler", "--to", place / "portfolio", *FIXED)
        assert done.returncode == 0, done.stderr
        slugs = {entry.slug for entry in read_entries(place / "portfolio")}
        assert address in slugs
        assert len(slugs) == 4


def test_open_data_are_shown_as_they_are(example):
    text = written(example / "portfolio/entries/what-a-new-customer-may-cost")
    assert "23,502 customers" in text
    assert "custanalytics fetch cdnow" in text
    assert "Public copy" not in text


def test_clients_data_and_what_anybody_sees_are_kept_apart(place):
    before = hashes(place / "wholesaler")
    for folder in (place / "wholesaler", place / "wholesaler" / "report" / "mine"):
        done = call("portfolio", folder, "--renderer", "embedded")
        assert done.returncode == 2
        assert "is an engagement" in done.stderr
    assert hashes(place / "wholesaler") == before
    done = call("publish", place / "wholesaler", "--to", place, *FIXED)
    assert done.returncode == 2
    assert "move the engagement" in done.stderr


def test_nothing_is_overwritten(example):
    done = call("example-portfolio", example, *FIXED)
    assert done.returncode == 2
    assert "exists already" in done.stderr


def test_the_site_is_not_built_with_a_leak_in_its_own_texts(place):
    portfolio = known(place)
    about = portfolio / "about.qmd"
    about.write_text(about.read_text("utf-8") + "\nLately for Feinkost Brandt.\n", "utf-8")
    before = hashes(portfolio / "site")
    done = call("portfolio", portfolio, "--renderer", "embedded")
    assert done.returncode == 14
    assert "about.html" in done.stderr
    assert hashes(portfolio / "site") == before


def test_what_this_machine_can_not_test_is_said(place):
    moved = place / "moved"
    (place / "portfolio").rename(moved)
    done = call("portfolio", moved, "--renderer", "embedded", "--json")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["untested"]) == 4


def test_looking_for_leaks_asks_quarto_only_for_what_quarto_alone_can_render(
    place, tmp_path, monkeypatch
):
    command = tmp_path / "bin" / "quarto"
    command.parent.mkdir()
    command.write_text(
        f'#!/bin/sh\n[ "$1" != "--version" ] || exec echo 1.9.0\necho "$PWD" >> {tmp_path}/calls\n'
        'echo "ERROR: the stand-in renders nothing" >&2\nexit 1\n',
        "utf-8",
    )
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}:{os.environ['PATH']}")
    portfolio = known(place)
    assert len(look_for_leaks(portfolio, "quarto")) == 3  # of those that only the example has made
    assert not (tmp_path / "calls").exists()
    for write_up in portfolio.glob("entries/*/index.qmd"):
        text = write_up.read_text("utf-8")
        write_up.write_text(text + "\n::: {.panel-tabset}\n## A\n\nText.\n:::\n", "utf-8")
    with pytest.raises(RenderError, match="could not render the site:\nERROR: the stand-in"):
        look_for_leaks(portfolio, "quarto")
    assert (tmp_path / "calls").is_file()
