"""Office files against the schemas and rules of the Open XML SDK, as Office itself reads them.

Covers element order, attributes and their values, relationships, content types, unique ids and
styles that are named but not there, in every part; `openxml_audit` carries the SDK's own data.
"""

import zipfile
from pathlib import Path

import openxml_audit

from custanalytics.content.deck import deck
from custanalytics.content.report_content import report_content
from custanalytics.render.pages.rendering import render
from custanalytics.render.pages.staging import stage
from custanalytics.render.slides.write_slides import slides_bytes
from tests.render.written import written


def faults(file: Path) -> list[str]:
    """What Office would repair or refuse."""
    found = openxml_audit.OpenXmlValidator().validate(str(file)).errors
    wrong = openxml_audit.ValidationSeverity.ERROR
    return [str(each) for each in found if each.severity == wrong]


def test_the_deck_is_valid(any_results, brand, tmp_path) -> None:
    file = tmp_path / "slides.pptx"
    file.write_bytes(slides_bytes(deck(report_content(any_results)), brand, Path()))
    assert faults(file) == []


def test_the_word_document_is_valid(doubtful, tmp_path) -> None:
    (tmp_path / "report.qmd").write_text(
        "---\nlang: en\n---\n\n{{< include sections/summary.qmd >}}\n\n"
        "{{< include sections/value.qmd >}}\n\n{{< include sections/checks.qmd >}}\n"
    )
    stage(written(doubtful), None, tmp_path)
    render(tmp_path, ("docx",), "embedded")
    assert faults(tmp_path / "report.docx") == []


def test_what_is_no_office_file_is_found(tmp_path) -> None:
    file = tmp_path / "slides.pptx"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    assert faults(file)
