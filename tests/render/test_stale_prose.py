"""A new run finds the consultant's paragraphs that quote what has changed."""

from custanalytics.render.pages.staging import stage
from custanalytics.render.stale_prose import stale_prose
from tests.render.rich_report import RICH, rich_document

MINE = "My own view: {text}\n"


def staged(folder, revenue: str, own: str):
    stage(rich_document(variables=variables(revenue)), RICH, folder)
    document = folder / "report.qmd"
    if MINE[:6] not in document.read_text("utf-8"):
        document.write_text(document.read_text("utf-8") + "\n\n" + MINE.format(text=own), "utf-8")
    return folder


def variables(revenue: str) -> dict:
    return rich_document().variables | {"business": {"revenue": revenue}}


def found(tmp_path, own: str, before: str = "up 12.5 %", now: str = "up 14.1 %"):
    old = staged(tmp_path / "old", before, own)
    new = staged(tmp_path / "new", now, own)
    return stale_prose(old, new, RICH)


def test_a_quoted_figure_that_is_gone_is_named_with_its_place(tmp_path):
    (stale,) = found(tmp_path, "growth of 12.5 % is healthy.")
    lines = (tmp_path / "new" / "report.qmd").read_text("utf-8").split("\n")
    assert stale.file == "report.qmd"
    assert lines[stale.line - 1].startswith("My own view")
    assert stale.gone == ("12.5",)
    assert "12.5" in stale.sentence


def test_a_variable_whose_text_changed_is_named(tmp_path):
    (stale,) = found(tmp_path, "sales are {{< var business.revenue >}}, no wonder.")
    assert stale.changed == ("business.revenue",)


def test_what_still_stands_and_what_never_stood_is_not_named(tmp_path):
    own = "we agreed on 30 days, and {{< var report.period >}} is the end."
    assert found(tmp_path, own) == ()
    assert found(tmp_path / "same", "growth of 12.5 %", now="up 12.5 %") == ()


def test_the_templates_own_paragraphs_are_no_edits(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    for folder, revenue in ((old, "up 12.5 %"), (new, "up 14.1 %")):
        stage(rich_document(variables=variables(revenue)), RICH, folder)
    assert stale_prose(old, new, RICH) == ()
    assert stale_prose(tmp_path / "none", new, RICH) == ()
