"""``leak-test`` as a consultant meets it."""

import json

from tests.cli.test_cli import call
from tests.trials.leak_check.made import engagement, published


def test_the_command_fails_where_something_leaks(tmp_path):
    folder, known = engagement(tmp_path / "haberlandt", rows=60)
    out = published(tmp_path / "out")
    done = call("leak-test", folder, out)
    assert done.returncode == 0, done.stderr
    assert "none of" in done.stdout
    email = next(str(secret.value) for secret in known if secret.kind == "email")
    (out / "again.sh").write_text(f"# {email}\n", "utf-8")
    done = call("leak-test", folder, out, "--json")
    assert done.returncode == 14
    (leak, *_) = json.loads(done.stdout)["leaks"]
    assert (leak["file"], leak["kind"]) == ("again.sh", "e-mail")
    assert "nothing may be published yet" in done.stderr
    assert email not in done.stderr + done.stdout


def test_the_day_of_publication_may_appear(tmp_path):
    folder, known = engagement(tmp_path / "haberlandt", rows=60)
    out = published(tmp_path / "out")
    day = next(secret.value for secret in known if secret.kind == "day")
    (out / "README.md").write_text(f"Published on {day:%d.%m.%Y}\n", "utf-8")
    assert call("leak-test", folder, out).returncode == 14
    facts = json.dumps({"title": "Whom to call", "published": day.isoformat()})
    (out / "entry.json").write_text(facts, "utf-8")
    assert call("leak-test", folder, out).returncode == 0
