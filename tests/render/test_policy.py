"""Only a page's own scripts may run, and none may ask for anything."""

import base64
import hashlib

from custanalytics.render.pages.policy import with_policy

HEAD = '<html><head>\n<meta charset="utf-8">'


def allowed(page: str) -> str:
    return page.split("script-src ")[1].split('"')[0]


def sha(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def test_each_inline_script_counts_by_its_hash():
    page = with_policy(f"{HEAD}<script>a()</script></head><script defer>\nb()</script>", [b"c()"])
    assert allowed(page).split() == [sha("a()"), sha("\nb()"), sha("c()")]
    assert page.index("Content-Security-Policy") < page.index("<script>")


def test_places_for_data_run_nothing():
    page = with_policy(f'{HEAD}<script type="application/json">{{}}</script>')
    assert allowed(page) == "'none'"


def test_a_script_changed_afterwards_is_not_allowed():
    page = with_policy(f"{HEAD}<script>a()</script>").replace("a()", "evil()")
    assert sha("evil()") not in allowed(page)


def test_nothing_may_be_asked_for():
    assert "default-src 'none'" in with_policy(HEAD)
    assert "http" not in with_policy(HEAD).split('content="')[1]
