"""A portfolio's folder: written once, read with messages that name the entry."""

import json

import pytest
import yaml

from custanalytics.errors import UsageError
from custanalytics.portfolio.folder import create_portfolio, read_portfolio
from tests.cli.test_cli import call


def test_what_is_written_is_read_and_never_overwritten(tmp_path):
    folder = create_portfolio(tmp_path / "mine")
    assert read_portfolio(folder).lang == "en"
    assert any("name is still" in line for line in read_portfolio(folder).unfinished)
    (folder / "about.qmd").write_text("Mine.\n", "utf-8")
    create_portfolio(folder)
    assert (folder / "about.qmd").read_text("utf-8") == "Mine.\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("name = ", "no valid TOML"),
        ('tagline = ""', "tagline is missing or empty"),
        ("theme = 3", "theme must be a text in quotes, not 3"),
        ('colour = "red"', "unknown entries colour; known are address,"),
        ('email = "jana at novak"', "email must be an address"),
        ('address = "novak.example"', "address must be an address such as https"),
        ('address = "https://novak.example/?a=b"', "must end before any"),
        ('lang = "klingon"', "lang must be a language"),
        ("links = 3", "links must be a section"),
        ('links = {Site = "javascript:alert(1)"}', "links: Site must be an address"),
    ],
)
def test_messages_name_file_and_entry(tmp_path, line, said):
    folder = create_portfolio(tmp_path / "mine")
    path = folder / "portfolio.toml"
    texts = {"name": "N", "tagline": "T", "theme": "Th"}
    kept = [f'{key} = "{text}"' for key, text in texts.items() if not line.startswith(key)]
    path.write_text("\n".join([*kept, line]), "utf-8")
    with pytest.raises(UsageError) as raised:
        read_portfolio(folder)
    assert str(path) in str(raised.value)
    assert said in str(raised.value)


def test_the_command_builds_the_site_and_says_what_is_left(tmp_path):
    folder = tmp_path / "mine"
    done = call("portfolio", folder, "--github-pages", "--renderer", "embedded", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["entries"] == []
    assert (folder / "site" / "index.html").is_file()
    assert any("about.qmd" in line for line in told["unfinished"])
    workflow = yaml.safe_load((folder / ".github" / "workflows" / "pages.yml").read_text("utf-8"))
    steps = workflow["jobs"]["publish"]["steps"]
    assert [step["uses"].split("@")[0] for step in steps] == [
        "actions/checkout",
        "actions/configure-pages",
        "actions/upload-pages-artifact",
        "actions/deploy-pages",
    ]
    # What was built is uploaded; nothing is run on the host.
    assert steps[2]["with"] == {"path": "site"}
    assert not [step for step in steps if "run" in step]
