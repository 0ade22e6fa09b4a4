"""The documentation as a site: every link leads somewhere, every public name and command is in it."""

import re
import shlex
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest
import yaml

import custanalytics as ca
from custanalytics.cli import arguments
from custanalytics.cli.main import parser
from tests.cli.test_cli import call
from tests.once import once
from tests.sales import few_customers

ROOT = Path(__file__).parents[1]


class Page(HTMLParser):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.leads: list[str] = []
        self.heads = 0
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.ids += [found["id"]] if "id" in found else []
        self.leads += [found[name] for name in ("href", "src") if name in found]
        self.heads += tag == "h1"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    def make(folder: Path) -> None:
        done = call("docs", folder)
        assert done.returncode == 0, done.stderr

    return once(tmp_path_factory, "docs", make)


def test_every_link_leads_somewhere_and_nothing_is_asked_for_outside(site):
    pages = {path.name: Page(path) for path in site.glob("*.html")}
    assert len(pages) == 16
    for name, page in pages.items():
        assert page.heads == 1, name
        for lead in page.leads:
            if lead.startswith(("http:", "https:", "mailto:")):
                continue
            file, _, part = unquote(lead).partition("#")
            assert (site / (file or name)).is_file(), f"{name}: {lead}"
            if part:
                assert part in pages[file or name].ids, f"{name}: {lead}"
        text = (site / name).read_text("utf-8")
        assert not re.search(r'<(?:img|script|link)[^>]+(?:src|href)="https?:', text), name


def test_every_public_name_and_command_is_in_it(site):
    reference = Page(site / "reference.html")
    assert {name.lower() for name in ca.__all__} <= set(reference.ids)
    assert "leadscorerfit" in "".join(reference.ids).replace("-", "").replace(".", "")
    text = (site / "commands.html").read_text("utf-8")
    for name, command in arguments.commands_of(parser()).items():
        assert f">{name}</h2>" in text
        for action in command._actions:
            assert all(option in text for option in action.option_strings)


def test_the_gallery_shows_charts(site):
    page = Page(site / "gallery.html")
    charts = [lead for lead in page.leads if lead.endswith(".svg")]
    assert len(charts) >= 6
    assert all((site / chart).stat().st_size > 1000 for chart in charts)


def test_what_was_there_and_is_not_ours_is_kept(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    done = call("docs", tmp_path / "mine")
    assert done.returncode == 2
    assert (tmp_path / "mine" / "notes.txt").read_text() == "mine"


TEXTS = sorted((ROOT / "reports" / "_docs").glob("*.md"))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_every_command_that_is_shown_is_one(path):
    text = path.read_text("utf-8")
    shown = re.findall(r"(?:^|`)custanalytics (\w[^`\n]*)", text, re.M)
    for line in shown:
        words = shlex.split(line, comments=True)
        parser().parse_args(words)
    assert shown or path.stem != "start"


def test_our_own_lines_beside_others_do_what_they_say(tmp_path):
    lines = pd.read_csv(few_customers(tmp_path, r"C1\d\d\d[0-2]"))
    orders = lines.assign(amount=lines["Quantity"] * lines["Unit price"]).rename(
        columns={"Customer number": "customer_id", "Order number": "order_id",
                 "Order date": "ordered_at"}
    )[["customer_id", "order_id", "ordered_at", "amount"]]  # fmt: skip
    text = (ROOT / "reports" / "_docs" / "beside-others.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text.split("## custanalytics")[1], re.S)
    made = {"ca": ca, "orders": orders}
    for code in blocks[:-1]:  # the last is a whole report, tried elsewhere
        exec(code, made)  # noqa: S102
    assert len(made["summary"]) == len(made["found"].customers) > 100
    assert made["value"].totals["clv"].item() > 0
    assert made["charts"]


def test_lines_of_code_are_counted():
    text = (ROOT / "reports" / "_docs" / "beside-others.md").read_text("utf-8")
    table, *packages = re.split(r"^## ", text, flags=re.MULTILINE)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()
            if line.startswith("|") and "---" not in line]  # fmt: skip
    head, *rows = rows
    shown = {(name, row[0].lower()): row[at] for row in rows for at, name in enumerate(head) if at}
    counted = dict.fromkeys(shown, "–")
    for package in packages:
        name = package.split("\n", 1)[0]
        for task, code in re.findall(r"^([^\n]+):\n\n```python\n(.*?)```", package, re.M | re.S):
            counted[name, task.lower()] = str(len(code.strip().splitlines()))
    assert counted == shown


def test_the_container_is_of_ten_lines_and_takes_what_the_wheel_needs():
    lines = (ROOT / ".ci" / "Dockerfile").read_text("utf-8").splitlines()
    assert len(lines) <= 10
    taken = " ".join(line for line in lines if line.startswith("COPY"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], project["project"]["readme"]}
    for name in needed | {"LICENSE", "constraints.txt", "pyproject.toml"}:
        assert name in taken, name
        assert (ROOT / name).exists()


def test_the_conda_recipe_asks_for_what_the_project_asks_for():
    recipe = yaml.safe_load((ROOT / ".ci" / "conda" / "meta.yaml").read_text("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {line.replace(" ", "") for line in recipe["requirements"]["run"]}
    needed = {line.replace("pypandoc-binary", "pypandoc") for line in project["dependencies"]}
    assert asked == needed | {f"python{project['requires-python']}"}
    assert recipe["package"]["version"] == project["version"]
    extras = set(project["optional-dependencies"])
    text = (ROOT / "reports" / "_docs" / "packaging.md").read_text("utf-8")
    table = text.partition("## Extras")[2].partition("\n## ")[0]
    assert extras == set(re.findall(r"^\| `(\w+)` \|", table, re.M))
