"""The rendered files of the rich report, by both renderers."""

import io
import os
import re
import shutil
import subprocess
from datetime import date

import pytest
from pypdf import PdfReader

from custanalytics.errors import RenderError, UsageError
from custanalytics.render.pages.embedded import _by_script
from custanalytics.render.pages.rendering import render
from custanalytics.render.pages.staging import stage
from tests.render.rich_report import RICH, rich_document, text_of, text_of_pdf

needs_quarto = pytest.mark.skipif(not shutil.which("quarto"), reason="quarto is not on PATH")


@pytest.fixture(scope="module")
def page(rich_folder):
    return (rich_folder / "report.html").read_text("utf-8")


@pytest.fixture(scope="module")
def paper(rich_folder):
    return PdfReader(rich_folder / "report.pdf")


def test_the_page_is_one_file_that_asks_for_nothing(page):
    own = re.sub(r"<script[^>]*>.*?</script>", "", page, flags=re.DOTALL)
    addresses = re.findall(r'<(?!a\b)[a-z]+[^>]*? (?:src|href)="([^"]*)', own)
    assert addresses
    assert all(address.startswith("data:") for address in addresses)
    assert all(url.startswith("data:") for url in re.findall(r'url\("?([^")]*)', own))
    assert len(page) < 6_000_000


def test_the_page_has_landmarks_language_and_alternatives(page):
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    for landmark in ("<header", "<nav", "<main", "<footer", 'class="skip" href="#content"'):
        assert landmark in page
    assert all('alt="' in image for image in re.findall(r"<img [^>]*>", page))
    assert all('scope="col"' in head for head in re.findall(r"<th[^e][^>]*>", page))


def test_the_library_is_there_only_where_a_chart_wants_it(html):
    assert 'id="plotly"' not in html("No chart.\n")
    assert 'id="plotly"' in html("{{< include _parts/chart.qmd >}}\n")


def test_the_pdf_is_accessible(rich_folder, tmp_path, paper):
    root = paper.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    # A machine without a font for Japanese shows boxes, which no accessible PDF may have.
    folder = tmp_path / "report"
    shutil.copytree(rich_folder, folder)
    document = folder / "report.qmd"
    document.write_text(document.read_text("utf-8").replace(", 株式会社サクラ", ""), "utf-8")
    shown = PdfReader(render(folder, ("pdf",), "embedded")["pdf"])
    assert b"pdfuaid:part>1<" in shown.trailer["/Root"]["/Metadata"].get_data()
    assert paper.metadata.title == "What your customers are worth"
    assert paper.metadata.author == "Jane Doe Consulting"
    assert [item["/Title"] for item in paper.outline if not isinstance(item, list)][:2] == [
        "Contents",
        "1 Summary",
    ]


def test_characters_that_no_font_has_are_named_with_their_number(rich_folder, tmp_path, caplog):
    folder = tmp_path / "report"
    shutil.copytree(rich_folder, folder)
    document = folder / "report.qmd"
    unseen = "\U0010fffd\U0010fffc\U0010fffd"  # private use: in nobody's fonts
    document.write_text(document.read_text("utf-8") + f"\nAt the end {unseen}.\n", "utf-8")
    render(folder, ("pdf",), "embedded")
    assert "signs, 2: \U0010fffc\U0010fffd" in caplog.text
    assert _by_script(["ส", "\\u{e31}", "山🛒", "ส"]) == "THAI, 2: สั; CJK, 1: 山; signs, 1: 🛒"


def test_the_pdfs_fonts_are_inside(paper):
    for sheet in paper.pages:
        for font in sheet["/Resources"].get("/Font", {}).values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = inner["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & descriptor.keys()


def test_the_pdf_has_running_heads_and_page_numbers(paper):
    for number, sheet in enumerate(paper.pages[1:], start=2):
        text = sheet.extract_text()
        assert text.startswith("What your customers are worth")
        assert text.rstrip().endswith(str(number))


def test_the_pdf_reads_in_order(paper):
    text = " ".join(" ".join(sheet.extract_text() for sheet in paper.pages).split())
    marks = ("O'Neil & Söhne *Handel*", "Contents", "4,338 known customers", "Revenue follows")
    places = [text.find(mark) for mark in marks]
    assert -1 not in places
    assert places == sorted(places)
    assert "NEVER SHOWN" not in text
    assert "Żółć, Ωmega, Олег" in text


def test_the_same_folder_gives_the_same_bytes(tmp_path):
    made = []
    for name in ("a", "b"):
        stage(rich_document(), RICH, tmp_path / name)
        files = render(tmp_path / name, ("html", "pdf"), "embedded", date(2026, 11, 22))
        made.append([path.read_bytes() for path in files.values()])
    assert made[0] == made[1]
    assert PdfReader(io.BytesIO(made[0][1])).metadata.creation_date.date() == date(2026, 11, 22)


@pytest.mark.parametrize(
    "name", ["株式会社サクラ商事", "Żółć & <b>Söhne</b>", "*_`$#@\\[x](y)", "🛒 Shop"]
)
def test_any_name_is_shown_as_it_is(tmp_path, name):
    stage(rich_document(client=name), RICH, tmp_path)
    (tmp_path / "report.qmd").write_text("For {{< meta client >}}.\n", "utf-8")
    files = render(tmp_path, ("html", "pdf"), "embedded")
    assert text_of(files["html"].read_text("utf-8")) == f"For {name}."
    if name.isascii() or "Ż" in name:  # the others are drawn where the system has a font for them
        assert f"For {name}." in text_of_pdf(files["pdf"].read_bytes())


def test_a_failure_leaves_the_rendered_files(tmp_path):
    stage(rich_document(), RICH, tmp_path)
    (tmp_path / "report.qmd").write_text("Good.\n", "utf-8")
    before = render(tmp_path, ("html",), "embedded")["html"].read_bytes()
    (tmp_path / "report.qmd").write_text("```{=typst}\n#broken(\n```\n", "utf-8")
    with pytest.raises(RenderError, match="the PDF can't be made"):
        render(tmp_path, ("html", "pdf"), "embedded")
    assert (tmp_path / "report.html").read_bytes() == before
    assert not (tmp_path / "report.pdf").exists()


def test_what_is_asked_for_must_exist(tmp_path):
    with pytest.raises(UsageError, match="is not a report folder"):
        render(tmp_path)
    with pytest.raises(UsageError, match="no report format"):
        render(tmp_path, ("odt",))
    with pytest.raises(UsageError, match="no renderer"):
        render(tmp_path, renderer="latex")


def test_quarto_that_is_not_there(rich_folder, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RenderError, match="was not found on PATH"):
        render(rich_folder, ("html",), "quarto")


@needs_quarto
def test_both_renderers_say_the_same(rich_folder, tmp_path, page, paper):
    folder = tmp_path / "report"
    shutil.copytree(rich_folder, folder)
    files = render(folder, ("html", "pdf"), "quarto")
    assert files["html"].read_text("utf-8") != page
    assert words(text_of(files["html"].read_text("utf-8"))) == words(text_of(page))
    ours = text_of_pdf((rich_folder / "report.pdf").read_bytes())
    assert set(text_of_pdf(files["pdf"].read_bytes()).split()) == set(ours.split())


@needs_quarto
def test_plain_quarto_renders_without_a_warning(rich_folder, tmp_path):
    folder = tmp_path / "report"
    shutil.copytree(rich_folder, folder)
    done = subprocess.run(
        ["quarto", "render"], cwd=folder, capture_output=True, text=True, env=dict(os.environ)
    )
    assert done.returncode == 0, done.stderr
    assert "WARN" not in done.stderr + done.stdout


def words(text: str) -> list[str]:
    """The words of a page; the sign of the way back from a footnote differs in its variant."""
    return text.replace("\ufe0e", "").split()
