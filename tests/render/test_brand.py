"""Colours, fonts and logo from _brand.yml."""

import pytest

from custanalytics.bundled import reports_dir
from custanalytics.errors import RenderError
from custanalytics.render.brand import contrast, mix, read_brand
from custanalytics.render.charts.theme import LIGHT
from custanalytics.render.pages.rendering import render
from custanalytics.render.pages.staging import stage
from tests.render.rich_report import RICH, SVG, rich_document

BRANDS = {
    "own": "{}",
    "pale": 'color: {primary: "#ffd400"}',
    "dark page": 'color: {background: "#101418", foreground: "#f0f0f0", primary: "#00c2a8"}',
    "both": 'color: {primary: {light: "#7a1f5c", dark: "#e59fce"}}',
}


@pytest.fixture
def brand(tmp_path):
    def read(text):
        (tmp_path / "_brand.yml").write_text(text, "utf-8")
        return read_brand(tmp_path)

    return read


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_mixing():
    assert mix("#000000", "#ffffff", 0.25) == "#bfbfbf"


@pytest.mark.parametrize("text", BRANDS.values(), ids=BRANDS.keys())
def test_all_text_is_readable_in_light_and_dark(brand, text):
    read = brand(text)
    for colors in (read.colors, read.dark_colors):
        for ground in (colors["bg"], colors["surface"]):
            for name in ("ink", "muted", "good", "bad", "warn", "accent-ink"):
                assert contrast(colors[name], ground) >= 4.5, (name, ground)
            assert contrast(colors["control"], ground) >= 3
        for i in range(1, 9):
            assert contrast(colors[f"ink-{i}"], colors["bg"]) >= 4.5, i
        for i in range(10):
            assert contrast(colors[f"on-seq-{i}"], colors[f"seq-{i}"]) >= 4.5, i
        series = [colors[f"series-{i}"] for i in range(2, 9)]
        assert (
            min(contrast(color, colors["bg"]) for color in series) >= 3
            or "dark" in text
            or (read.colors["bg"] != "#ffffff")
        )


def test_without_a_brand_the_charts_have_their_own_colours(tmp_path):
    read = read_brand(tmp_path)
    steps = [f"{name}-{i}" for name in ("seq", "on-seq") for i in range(10)]
    steps += [f"ink-{i}" for i in range(1, 9)]
    own = ("series-1", "accent", *steps)
    assert {name: read.colors[name] for name in own} == {name: LIGHT[name] for name in own}
    assert read.font_family == "Report Sans"
    assert all(path.is_file() for path in read.font_files)


def test_palette_names_and_short_hex(brand):
    read = brand('color: {palette: {sea: "#036", series-2: "#aa5500"}, primary: sea}')
    assert read.colors["accent"] == "#003366"
    assert read.colors["series-2"] == "#aa5500"


def test_fonts_from_files(brand, tmp_path):
    (tmp_path / "own.ttf").write_bytes(
        (reports_dir() / "_shared/fonts/ReportSans-Regular.ttf").read_bytes()
    )
    read = brand("typography: {fonts: [{family: Own, source: file, files: [own.ttf]}], base: Own}")
    assert (read.font_family, read.heading_family) == ("Own", "Own")
    assert '@font-face { font-family: "Own"; font-weight: 400;' in read.css
    assert read.font_files == (tmp_path / "own.ttf",)


def test_a_logo(brand, tmp_path):
    (tmp_path / "logo.svg").write_text("<svg/>", "utf-8")
    read = brand("logo: {images: {main: {path: logo.svg, alt: Acme}}, medium: main}")
    assert (read.logo, read.logo_dark, read.logo_alt) == ("logo.svg", "logo.svg", "Acme")
    assert '--logo: url("../logo.svg")' in read.css
    assert '(path: "logo.svg", alt: "Acme")' in read.typst
    read = brand("logo: {medium: {light: logo.svg, dark: logo.svg}}")
    assert (read.logo, read.logo_alt) == ("logo.svg", "Logo")


def test_a_brand_shows_in_both_formats(tmp_path):
    stage(rich_document(), RICH, tmp_path)
    (tmp_path / "report.qmd").write_text("Text.\n", "utf-8")
    (tmp_path / "logo.svg").write_text(SVG.format(w=200, a=50, b=100, e=180), "utf-8")
    (tmp_path / "_brand.yml").write_text('logo: logo.svg\ncolor: {primary: "#7a1f5c"}\n', "utf-8")
    files = render(tmp_path, ("html", "pdf"), "embedded")
    page = files["html"].read_text("utf-8")
    assert '--logo: url("data:image/svg+xml,' in page
    assert "--accent: #7a1f5c;" in page


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("typography: {fonts: [{family: Roboto, source: google}]}", "an outside request"),
        ("typography: {base: {family: Arial, size: 12pt}}", "not honoured: typography.base.size"),
        ("colour: {}", "not honoured: colour"),
        ("color: {primary: reddish}", "'reddish' is no colour"),
        ("logo: ../secret.svg", "no file '../secret.svg'"),
        ("typography: {base: 'x\"; }'}", "is no font family"),
        ("color: [", "line 1: not readable as YAML"),
        ("a: &a [x]\nb: *a", "line 2: not readable as YAML: references such as *name"),
        (
            "typography: {fonts: [{family: F, files: [{path: f.ttf, weight: 4;}]}]}",
            "no file 'f.ttf'",
        ),
        ("typography: {fonts: x}", "typography.fonts must be a list"),
        ("typography: {fonts: [7]}", "7 must hold names with values"),
        ("color: {primary: [1]}", "[1] is no colour"),
        ("color: {palette: 3}", "color.palette must hold names"),
        ("logo: [1]", "is no file name"),
    ],
)
def test_what_is_not_honoured_is_an_error(brand, text, says):
    with pytest.raises(RenderError) as caught:
        brand(text)
    assert says in str(caught.value)
