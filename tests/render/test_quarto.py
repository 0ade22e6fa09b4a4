"""What Quarto says is read as strictly as the embedded renderer reads, without Quarto itself."""

import os
import shutil
from pathlib import Path

import pytest

from custanalytics.errors import RenderError
from custanalytics.render.pages.quarto import quarto_for, render_website
from custanalytics.render.pages.rendering import render
from custanalytics.render.pages.staging import stage
from tests.render.rich_report import RICH, rich_document

LUA = "\x1b[33mWARNING (/opt/quarto/share/filters/./crossref/refs.lua:128)"
FRONT = "---\ncompact: true\n---\n\n"
needs_quarto = pytest.mark.skipif(not shutil.which("quarto"), reason="quarto is not on PATH")


@pytest.fixture
def folder(tmp_path):
    """A staged report."""
    stage(rich_document(), RICH, tmp_path / "report")
    return tmp_path / "report"


@pytest.fixture
def quarto(tmp_path, monkeypatch):
    """Function: puts a command on PATH that says this, writes that, and ends so."""

    def made(says="", page="<html></html>", code=0, version="1.9.38", leaves="", unless=""):
        here = tmp_path / "bin"
        here.mkdir(exist_ok=True)
        (here / "says").write_text(says, "utf-8")
        (here / "page").write_text(page, "utf-8")
        command = here / "quarto"
        command.write_text(
            "#!/bin/sh\n"
            f'if [ "$1" = "--version" ]; then echo "{version}"; exit 0; fi\n'
            f'echo "$@" >> "{here}/calls"\n'
            f'case "$*" in *"{unless or "NEVER"}"*) cat "{here}/says" >&2; exit {code};; esac\n'
            f"{f'touch {leaves}; mkdir report_files' if leaves else ':'}\n"
            f'[ -n "{unless}" ] || cat "{here}/says" >&2\n'
            'while [ $# -gt 1 ]; do if [ "$1" = "--output" ]; then out="$2"; fi; shift; done\n'
            f'[ -z "$out" ] || cp "{here}/page" "$out"\n'
            f"exit {0 if unless else code}\n",
            "utf-8",
        )
        command.chmod(0o755)
        monkeypatch.setenv("PATH", f"{here}:{os.environ['PATH']}")
        return here

    return made


@pytest.mark.parametrize(
    ("said", "line", "means"),
    [
        (f"{LUA} Unable to resolve crossref @fig-x\n", 7, "@fig-x refers to a label"),
        (f"{LUA} Unknown meta key nope specified in a metadata Shortcode.\n", 9, "no 'nope'"),
        (f"{LUA} Shortcode 'bogus' not found\n", 9, "Quarto knows no shortcode {{< bogus >}}"),
        ("[WARNING] Could not fetch resource no.png\n", 11, "there is no picture no.png"),
        (
            "[WARNING] Could not fetch resource no.png: replacing image with description\n",
            11,
            "there is no picture no.png",
        ),
        (
            f"{LUA} \nThe following string was found in the document: :::\n\nThis usually",
            13,
            "this ::: neither opens nor closes a block",
        ),
    ],
)
def test_a_warning_stops_with_file_and_line(folder, quarto, said, line, means):
    text = (
        "See no.png, fig-x and `@fig-x`.\n\nAs @fig-x.\n\n{{< bogus x >}} {{< meta nope >}}\n\n"
        "![A](no.png)\n\n:::\n"
    )
    (folder / "report.qmd").write_text(FRONT + text, "utf-8")
    quarto(said)
    before = (folder / "report.html").exists()
    with pytest.raises(RenderError) as caught:
        render(folder, ("html",), "quarto")
    assert str(caught.value).startswith(f"report.qmd, line {line}: ")
    assert means in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert (folder / "report.html").exists() is before


def test_all_warnings_are_one_message_and_name_the_included_file(folder, quarto):
    (folder / "_parts" / "mine.qmd").write_text("Mine.\n\nSee @tbl-y.\n", "utf-8")
    text = "See @fig-x.\n\n{{< include _parts/mine.qmd >}}\n"
    (folder / "report.qmd").write_text(FRONT + text, "utf-8")
    warning = "Unable to resolve crossref"
    quarto(f"{LUA} {warning} @fig-x\n{LUA} {warning} @tbl-y\n{LUA} {warning} @fig-x\n")
    with pytest.raises(RenderError) as caught:
        render(folder, ("html",), "quarto")
    assert str(caught.value).splitlines() == [
        "report.qmd, line 5: @fig-x refers to a label that is not there",
        "_parts/mine.qmd, line 3: @tbl-y refers to a label that is not there",
    ]


@pytest.mark.parametrize("said", ["[WARNING] Something new", "WARN: Something new", LUA + " new"])
def test_a_warning_that_nobody_knows_stops_too(folder, quarto, said):
    quarto(f"{said}\n")
    with pytest.raises(RenderError, match=r"Quarto warns: (Something )?new"):
        render(folder, ("html",), "quarto")


@pytest.mark.parametrize(
    "said",
    [
        "WARN: PDF standard validation requested but verapdf is not installed.\nInstall with: x",
        "[WARNING] This document format requires a nonempty <title> element.",
        "[WARNING] Deprecated: --highlight-style. Use --syntax-highlighting instead.",
        "pandoc \n  to: html\n[typst]: Compiling report.typ to report.pdf...DONE\nNo WARNING here",
    ],
)
def test_harmless_words_pass(folder, quarto, said):
    quarto(f"{said}\n", page="<html>fine</html>")
    assert render(folder, ("html",), "quarto")["html"].read_text("utf-8") == "<html>fine</html>"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("{{< var report.nothing >}}", 5, "_variables.yml has no 'report.nothing'"),
        ("{{< include _parts/none.qmd >}}", 5, "no file '_parts/none.qmd' to include"),
        ("::: {.callout-note}\nText.\n\n## Next", 5, "is never closed"),
        ("Text.\n\n![](_figures/half.svg)", 7, "has no alternative text"),
    ],
)
def test_what_is_wrong_for_any_renderer_stops_before_quarto(folder, quarto, text, line, says):
    (folder / "report.qmd").write_text(f"{FRONT}{text}\n", "utf-8")
    here = quarto()
    with pytest.raises(RenderError, match=rf"^report\.qmd, line {line}: .*{says}"):
        render(folder, ("html",), "quarto")
    assert not (here / "calls").exists()


def test_what_quarto_alone_knows_goes_to_quarto(folder, quarto):
    text = (
        "lightbox: true\n---\n\n::: {.panel-tabset}\n## A\n:::\n\n```{python}\n# ::: {.x}\n```\n\n"
        "$$ x $$ {#eq-e}\n\n[x]{.aside} @eq-e [@smith] {{< video x >}} `{python} 1`\n"
    )
    (folder / "report.qmd").write_text(f"---\n{text}", "utf-8")
    quarto()
    assert render(folder, ("html",), "quarto")["html"].is_file()


def test_a_failure_says_the_useful_lines_once_and_leaves_nothing(folder, quarto):
    said = (
        "pandoc \n  to: typst\n[typst]: Compiling report.typ to report.pdf...error: unclosed\n"
        "\n\x1b[91mERROR: error: unclosed\n  | #broken(\n\n\x1b[39m\nStack trace:\n    at x (y.ts)\n"
        "ERROR: Typst compilation failed\nERROR: Typst compilation failed\n"
    )
    before = sorted(folder.iterdir())
    quarto(said, code=1, leaves="report.typ")
    with pytest.raises(RenderError) as caught:
        render(folder, ("pdf",), "quarto")
    first, *rest = str(caught.value).splitlines()
    assert first == f"quarto could not render {folder / 'report.qmd'}:"
    assert rest == ["ERROR: error: unclosed", "  | #broken(", "ERROR: Typst compilation failed"]
    assert sorted(folder.iterdir()) == before


def test_a_picture_that_typst_misses(folder, quarto):
    (folder / "report.qmd").write_text(f"{FRONT}![A](pictures/no.png)\n", "utf-8")
    quarto(f"ERROR: error: file not found (searched at {folder}/pictures/no.png)\n", code=1)
    with pytest.raises(RenderError, match=r"^report\.qmd, line 5: there is no picture pictures/no"):
        render(folder, ("pdf",), "quarto")


def test_the_pdf_asks_for_the_accessible_standard_and_says_where_there_is_none(
    folder, quarto, caplog
):
    here = quarto(page="%PDF pdfuaid:part>1")
    render(folder, ("pdf",), "quarto")
    assert "-M pdf-standard:ua-1" in (here / "calls").read_text("utf-8")
    assert not caplog.messages
    quarto(page="%PDF")
    render(folder, ("pdf",), "quarto")
    assert caplog.messages == [
        "this Quarto makes no PDF/UA: Quarto 1.9 and the embedded renderer do"
    ]


def test_characters_that_no_font_has_cost_the_standard_not_the_report(folder, quarto, caplog):
    said = 'ERROR: the text `"\\u{e31}"` could not be displayed with font `Report Sans`\n'
    here = quarto(said, page="%PDF", code=1, unless="pdf-standard")
    assert render(folder, ("pdf",), "quarto")["pdf"].read_text("utf-8") == "%PDF"
    assert len((here / "calls").read_text("utf-8").splitlines()) == 2
    assert "THAI, 1" in caplog.text


def test_the_library_of_charts_is_packed(folder, quarto):
    library = "/**\n* plotly.js v4\n*/\n" + "x" * 5000
    page = f'<html><head><meta charset="utf-8"></head><div class="plot"></div><script>{library}</script>'
    quarto(page=page)
    made = render(folder, ("html",), "quarto")["html"].read_text("utf-8")
    assert '<script type="text/plain" id="plotly">' in made
    assert len(made) < 2000
    quarto(page=page.replace("plot", "none"))
    assert "plotly" not in render(folder, ("html",), "quarto")["html"].read_text("utf-8")


@pytest.mark.parametrize("version", ["1.6.43", "0.9", "", "no version"])
def test_a_quarto_that_is_too_old(quarto, version, caplog):
    quarto(version=version)
    with pytest.raises(RenderError, match=r"reports need 1\.7 or newer; bring Quarto up to date"):
        quarto_for("quarto")
    assert quarto_for("auto") is None
    assert "the embedded renderer is used" in caplog.text


@pytest.mark.parametrize("version", ["1.7.0", "1.10.19", "2.0", "99.9.9"])
def test_a_quarto_that_will_do(quarto, version, caplog):
    here = quarto(version=version)
    assert quarto_for("quarto") == quarto_for("auto") == str(here / "quarto")
    assert quarto_for("embedded") is None
    assert not caplog.messages


def test_a_site_names_the_page_and_its_line(tmp_path, quarto):
    sources, project = tmp_path / "sources", tmp_path / "project"
    for place in (sources, project):
        (place / "entries").mkdir(parents=True)
    (sources / "entries" / "index.qmd").write_text("---\na: 1\n---\n\nSee @fig-x.\n", "utf-8")
    here = quarto(
        f"[1/2] index.qmd\n{LUA} Unable to resolve crossref @tbl-y\n"
        f"[2/2] entries/index.qmd\n{LUA} Unable to resolve crossref @fig-x\n"
    )
    with pytest.raises(RenderError) as caught:
        render_website(str(here / "quarto"), project, "_site", sources)
    assert str(caught.value).splitlines() == [
        "index.qmd: @tbl-y refers to a label that is not there",
        "entries/index.qmd, line 5: @fig-x refers to a label that is not there",
    ]


@needs_quarto
@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_the_real_one_is_read_so(folder, kind):
    (folder / "_parts" / "mine.qmd").write_text("Mine.\n\nSee @tbl-y.\n", "utf-8")
    text = "Of @fig-x.\n\n{{< include _parts/mine.qmd >}}\n\n{{< meta nope >}} {{< bogus x >}}\n"
    (folder / "report.qmd").write_text(f"{FRONT}{text}\n:::\n", "utf-8")
    with pytest.raises(RenderError) as caught:
        render(folder, (kind,), "quarto")
    assert sorted(line.split(":")[0] for line in str(caught.value).splitlines()) == [
        "_parts/mine.qmd, line 3",
        "report.qmd, line 11",
        "report.qmd, line 5",
        "report.qmd, line 9",
        "report.qmd, line 9",
    ]


@needs_quarto
def test_the_real_one_numbers_formulas_and_takes_pixels(folder):
    text = (
        "$$ x + 1 $$ {#eq-e}\n\nSee @eq-e and $y$.\n\n![A](_figures/half.svg){width=200px}\n\n"
        "Options such as --margin.\n"
    )
    (folder / "report.qmd").write_text(FRONT + text, "utf-8")
    (folder / "_brand.yml").write_text("logo: logo.svg\n", "utf-8")
    shutil.copyfile(folder / "_figures" / "half.svg", folder / "logo.svg")
    for path in render(folder, ("html", "pdf"), "quarto").values():
        assert Path(path).stat().st_size > 1000
