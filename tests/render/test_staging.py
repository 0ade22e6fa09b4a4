"""What a staged folder holds, and what of it is the consultant's."""

import re
import subprocess
from pathlib import Path

import pypandoc
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from custanalytics.bundled import reports_dir
from custanalytics.errors import RenderError, UsageError
from custanalytics.render.brand import read_brand
from custanalytics.render.pages.staging import escaped, stage
from custanalytics.render.pages.templates import in_language, template, templates
from tests.render.rich_report import RICH, rich_document


def test_a_staged_folder_is_complete(rich_folder):
    names = {path.relative_to(rich_folder).as_posix() for path in rich_folder.rglob("*")}
    assert {
        "report.qmd",
        "_brand.yml",
        "_quarto.yml",
        "_metadata.yml",
        "_variables.yml",
        "_parts/charts/revenue.qmd",
        "_figures/full.svg",
        "_assets/plotly.min.js",
        "_assets/report.css",
        "_assets/brand.css",
        "_assets/fonts/ReportSans-Regular.woff2",
        "_assets/fonts/LICENSE.txt",
    } <= names


def test_the_consultants_files_are_never_overwritten(tmp_path):
    stage(rich_document(), RICH, tmp_path)
    for name in ("report.qmd", "_brand.yml"):
        (tmp_path / name).write_text("color: {}\n", "utf-8")
    stage(rich_document(title="New"), RICH, tmp_path)
    assert (tmp_path / "report.qmd").read_text("utf-8") == "color: {}\n"
    assert (tmp_path / "_brand.yml").read_text("utf-8") == "color: {}\n"
    assert yaml.safe_load((tmp_path / "_metadata.yml").read_text("utf-8"))["title"] == "New"


def test_an_edited_brand_counts_at_the_next_staging(tmp_path):
    stage(rich_document(), RICH, tmp_path)
    (tmp_path / "_brand.yml").write_text('color: {primary: "#7a1f5c"}\n', "utf-8")
    stage(rich_document(), RICH, tmp_path)
    assert "--accent: #7a1f5c" in (tmp_path / "_assets" / "brand.css").read_text("utf-8")
    assert read_brand(tmp_path).colors["series-1"] == "#7a1f5c"


def test_only_flags_that_hold_are_there(tmp_path):
    # Quarto's when-meta takes a key that is there for true, whatever its value.
    stage(rich_document(flags={"a": True, "b": False}), RICH, tmp_path)
    assert yaml.safe_load((tmp_path / "_metadata.yml").read_text("utf-8"))["has"] == {"a": True}


def test_the_same_document_gives_the_same_files(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        stage(rich_document(), RICH, folder)
    files = [path for path in first.rglob("*") if path.is_file()]
    assert all(p.read_bytes() == (second / p.relative_to(first)).read_bytes() for p in files)


@settings(max_examples=10)
@given(
    st.lists(
        st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1),
        min_size=1,
        max_size=30,
    )
)
def test_escaped_text_means_itself(texts):
    source = "\n\n".join(escaped(f"a{text}b") for text in texts)
    plain = subprocess.run(
        [pypandoc.get_pandoc_path(), "--from", "markdown", "--to", "plain", "--wrap", "none"],
        input=source.encode(),
        capture_output=True,
        check=True,
    ).stdout.decode()
    assert plain.split("\n\n") == [*(f"a{text}b" for text in texts[:-1]), f"a{texts[-1]}b\n"]


def test_templates_by_name_and_by_path():
    assert template(str(RICH)) == Path(RICH)
    with pytest.raises(UsageError, match="no report template 'nonsense': expected one of"):
        template("nonsense")


def test_included_sections_are_copied_once_and_then_the_consultants(tmp_path):
    template_folder = tmp_path / "template"
    template_folder.mkdir()
    text = "---\nlang: en\n---\n\n{{< include sections/glossary.qmd >}}\n"
    (template_folder / "report.qmd").write_text(text, "utf-8")
    folder = tmp_path / "report"
    stage(rich_document(), template_folder, folder)
    copied = folder / "sections" / "glossary.qmd"
    assert "Cohort" in copied.read_text("utf-8")
    copied.write_text("My own words.\n", "utf-8")
    stage(rich_document(), template_folder, folder)
    assert copied.read_text("utf-8") == "My own words.\n"
    assert [path.name for path in (folder / "sections").iterdir()] == ["glossary.qmd"]


def test_templates_are_listed_with_what_they_are_for():
    found = templates()
    assert {"customer-value", "owner-brief", "rfm"} <= found.keys()
    assert all(about.endswith(".") for about in found.values())


SHIPPED = [
    *sorted(reports_dir().glob("*/report.qmd")),
    *sorted((reports_dir() / "_sections").glob("*.qmd")),
]
ASKED = re.compile(r"\{\{<.*?>\}\}|-meta=\"[^\"]*\"|\{#[^}]*\}|^:::.*$", re.M)


@pytest.mark.parametrize("language", ["de", "es", "fr"])
@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_translated_text_asks_for_the_same_as_the_english_one(path, language):
    translated = in_language(path, language)
    if translated == path:
        pytest.xfail(f"no {language} yet")
    # parts, variables, conditions and labels, in the order of the English text
    asked, english = (ASKED.findall(file.read_text("utf-8")) for file in (translated, path))
    assert sorted(asked) == sorted(english)
    assert "lang: en" not in translated.read_text("utf-8")


def test_a_template_is_taken_in_the_language_of_the_document(tmp_path):
    folder = tmp_path / "template"
    folder.mkdir()
    (folder / "report.qmd").write_text("English\n", "utf-8")
    (folder / "report.de.qmd").write_text("Deutsch\n", "utf-8")
    for lang, text in (("de-AT", "Deutsch\n"), ("fr-FR", "English\n")):
        stage(rich_document(lang=lang), folder, tmp_path / lang)
        assert (tmp_path / lang / "report.qmd").read_text("utf-8") == text
        assert not (tmp_path / lang / "report.de.qmd").exists()


def test_a_template_brings_nothing_from_outside_its_folder(tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    template = tmp_path / "template"
    template.mkdir()
    (template / "report.qmd").write_text("text")
    (template / "notes.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(RenderError, match=r"notes\.txt leads out of the template's folder"):
        stage(rich_document(), template, tmp_path / "report")


def test_a_link_in_the_report_is_not_written_through(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "report").mkdir()
    (tmp_path / "report/_parts").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RenderError, match="leads out of the report folder"):
        stage(rich_document(), None, tmp_path / "report")
    assert not list((tmp_path / "elsewhere").iterdir())
