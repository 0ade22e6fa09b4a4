"""What the embedded renderer does not know stops it, with construct, file and line."""

import pytest

from custanalytics import limits
from custanalytics.errors import RenderError
from custanalytics.render.pages.rendering import render

FIGURE = "![A line](_figures/half.svg)"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("```{python}\n1 + 1\n```", "a code cell {python}"),
        ("```{mermaid}\nx\n```", "a code cell {mermaid}"),
        ("The sum is `{python} 1 + 1`.", "code that is run inside a line"),
        ("{{< video x.mp4 >}}", "the shortcode {{< video >}}"),
        ("{{< include _parts/none.qmd >}}", "no file '_parts/none.qmd'"),
        ("{{< var report.nothing >}}", "_variables.yml has no 'report.nothing'"),
        ("{{< meta nothing >}}", "the metadata has no 'nothing'"),
        ("text {{< pagebreak >}} text", "needs a paragraph of its own"),
        ("::: {.panel-tabset}\n\nText.\n:::", "a block of class .panel-tabset"),
        ("::: {.column-margin}\nText.\n:::", "a block of class .column-margin"),
        ("::: {#thm-a}\nText.\n:::", "a block labelled #thm-a"),
        ("[text]{.aside}", "a passage of class .aside"),
        ("As shown @smith2020.", "the citation @smith2020"),
        ("See @fig-none.", "@fig-none refers to a label that is not there"),
        ("See [there](#nowhere).", "the link to #nowhere leads to a label that is not there"),
        ("See @sec-none.", "@sec-none refers to a label that is not there"),
        ("See [as in @tbl-x].", "@tbl-x refers to a label that is not there"),
        ("$$ x $$ {#eq-a}\n\nSee @eq-a.", "an equation labelled #eq-a"),
        ("See @eq-a.", "the cross-reference @eq-a;"),
        ("Of email@example.org `@thm-a`, see @thm-a.", "the cross-reference @thm-a;"),
        (f"::: {{#fig-a layout-ncol=2}}\n{FIGURE}{{#fig-b}}\n\nBoth\n:::", "(sub-figures)"),
        (f"::: {{#fig-a}}\n{FIGURE}{{#fig-b}}\n\n{FIGURE}\n\nBoth\n:::", "(sub-figures)"),
        ('```{.python filename="x.py"}\n1\n```', "the attribute filename"),
        ("![A](_figures/half.svg){.lightbox}", "a picture of class .lightbox"),
        ("![A](_figures/half.svg){height=30px}", "the attribute height"),
        ('::: {.callout-note appearance="simple"}\nText.\n:::', "the attribute appearance"),
        ("::: {.callout-note}\nText.\n\n## Next\n\nAll of it.", "is never closed"),
        (":::\n\nText.", "neither opens nor closes a block"),
        ("![](_figures/half.svg)", "has no alternative text"),
        ("![A](_figures/none.svg)", "there is no picture _figures/none.svg"),
        ("![A](https://example.org/a.png)", "there is no picture https://example.org/a.png"),
        ("::: {#fig-a}\nOnly one paragraph.\n:::", "#fig-a has no caption"),
        ("| a |\n|---|\n| 1 |\n\n: No label", "a table has a caption but no label"),
        ('::: {layout="[[1,2]]"}\nText.\n:::', "the attribute layout"),
        ('::: {.content-visible when-profile="x"}\nText.\n:::', "the attribute when-profile"),
        ("## Head {.appendix}", "a heading of class .appendix"),
    ],
)
def test_refusals_name_construct_file_and_line(scratch, line, says):
    # What only looks like the construct, in words or in code, is not its place.
    first = "Of figures none.svg, aside lightbox filename `[x]{.aside} @thm-a ::: {#fig-a}`."
    (scratch / "report.qmd").write_text(f"---\nmark: Draft\n---\n\n{first}\n\n{line}\n", "utf-8")
    with pytest.raises(RenderError) as caught:
        render(scratch, ("html",), "embedded")
    assert says in str(caught.value)
    last = 11 if "No label" in line else 7
    assert str(caught.value).startswith(f"report.qmd, line {last}:")


@pytest.mark.parametrize(
    ("front", "says"),
    [
        ("bibliography: x.bib", "report.qmd, line 3: the embedded renderer does not know the"),
        ("filters: [x.lua]", "'filters'"),
        ("lightbox: true", "'lightbox'"),
        ("format:\n  pptx: default", "'pptx'"),
        ("format:\n  html:\n    theme: cosmo", "'theme'"),
        ("title: [", "report.qmd, line"),
    ],
)
def test_front_matter_it_does_not_know(scratch, front, says):
    (scratch / "report.qmd").write_text(f"---\nmark: Draft\n{front}\n---\n\nText.\n", "utf-8")
    with pytest.raises(RenderError, match=says.replace("[", r"\[")):
        render(scratch, ("html",), "embedded")


def test_the_place_is_that_of_the_included_file(scratch):
    (scratch / "_parts" / "bad.qmd").write_text("Fine.\n\n::: {.panel-tabset}\n:::\n", "utf-8")
    (scratch / "report.qmd").write_text("One.\n\n{{< include _parts/bad.qmd >}}\n", "utf-8")
    with pytest.raises(RenderError, match=r"^_parts/bad\.qmd, line 3: .*panel-tabset"):
        render(scratch, ("html",), "embedded")


@pytest.mark.parametrize(
    ("line", "number", "says"),
    [
        ("[text]{.aside}", 3, "a passage of class .aside"),
        ("See @fig-none.", 3, "@fig-none refers to a label"),
        ("![A](none.png)", 3, "there is no picture none.png"),
        ("::: {.callout-tip}\nText.", 3, "is never closed"),
        ("::: {.lead}\nText.\n:::\n:::", 6, "neither opens nor closes"),
    ],
)
def test_an_included_file_is_blamed_for_its_own(scratch, line, number, says):
    (scratch / "_parts" / "bad.qmd").write_text(f"Fine.\n\n{line}\n", "utf-8")
    text = "Words: aside, none.png, fig-none.\n\n{{< include _parts/bad.qmd >}}\n\nLast.\n"
    (scratch / "report.qmd").write_text(text, "utf-8")
    with pytest.raises(RenderError, match=rf"^_parts/bad\.qmd, line {number}: .*{says}"):
        render(scratch, ("html",), "embedded")


def test_a_file_that_includes_itself(scratch):
    (scratch / "_parts" / "loop.qmd").write_text("{{< include _parts/loop.qmd >}}\n", "utf-8")
    (scratch / "report.qmd").write_text("{{< include _parts/loop.qmd >}}\n", "utf-8")
    with pytest.raises(RenderError, match="includes itself"):
        render(scratch, ("html",), "embedded")


@pytest.mark.parametrize("text", ["[" * 20_000, "a [b\n" * 60])
def test_brackets_that_are_never_closed(scratch, text):
    (scratch / "report.qmd").write_text(f"One.\n\n{text}\n", "utf-8")
    with pytest.raises(RenderError, match=r"^report\.qmd, line \d+: .* brackets \[ are open"):
        render(scratch, ("html",), "embedded")


def test_brackets_in_code_or_escaped_or_closed_are_no_open_ones(scratch):
    text = "\n\n".join(["`[`" * 60, "\\[" * 60, "[a] " * 60, f"```\n{'[' * 60}\n```", "[\n\n" * 60])
    (scratch / "report.qmd").write_text(f"{text}\n", "utf-8")
    assert render(scratch, ("html",), "embedded")["html"].is_file()


def test_a_document_that_takes_pandoc_too_long(scratch, monkeypatch):
    monkeypatch.setattr(limits, "PANDOC_SECONDS", 0.01)
    (scratch / "report.qmd").write_text("One.\n", "utf-8")
    with pytest.raises(RenderError, match=r"pandoc was stopped: .* split it"):
        render(scratch, ("html",), "embedded")


def test_a_label_used_twice(scratch):
    table = "| a |\n|---|\n| 1 |\n\n: One {#tbl-a}\n\n"
    (scratch / "report.qmd").write_text(table + table, "utf-8")
    with pytest.raises(RenderError, match="the label #tbl-a is used twice"):
        render(scratch, ("html",), "embedded")


def test_raw_html_that_asks_outside(scratch):
    text = '```{=html}\n<script src="https://example.org/x.js"></script>\n```\n'
    (scratch / "report.qmd").write_text(text, "utf-8")
    with pytest.raises(RenderError, match="from outside"):
        render(scratch, ("html",), "embedded")


def test_constructs_inside_code_are_only_text(scratch):
    text = "````\n```{python}\n@smith [x]{.aside}\n::: {.panel-tabset}\n```\n````\n"
    (scratch / "report.qmd").write_text(text, "utf-8")
    page = render(scratch, ("html",), "embedded")["html"].read_text("utf-8")
    assert "```{python}" in page


def test_an_include_does_not_lead_out_of_the_folder(scratch, tmp_path):
    (tmp_path / "private.qmd").write_text("private", "utf-8")
    (scratch / "_parts" / "link.qmd").symlink_to(tmp_path / "private.qmd")
    for name in ("_parts/link.qmd", f"../../{tmp_path.name}/private.qmd"):
        (scratch / "report.qmd").write_text(f"{{{{< include {name} >}}}}\n", "utf-8")
        with pytest.raises(RenderError, match=r"no file .* to include"):
            render(scratch, ("html",), "embedded")


@pytest.mark.parametrize(
    "text",
    [
        "![a](/etc/passwd)",
        "![a](_figures/link.png)",
        *(
            f"```{{=html}}\n{markup}\n```"
            for markup in (
                '<img src="http://127.0.0.1:9/a.png" alt="a">',
                "<img src='/etc/passwd' alt='a'>",
                "<IMG SRC=file:///etc/passwd alt=a>",
                '<iframe src="../../private.html"></iframe>',
                '<object data="/etc/passwd"></object>',
            )
        ),
    ],
)
def test_word_takes_no_file_from_outside(scratch, tmp_path, text):
    link = scratch / "_figures" / "link.png"
    link.unlink(missing_ok=True)
    (tmp_path / "private.png").write_bytes(b"private")
    link.symlink_to(tmp_path / "private.png")
    (scratch / "report.qmd").write_text(f"{text}\n", "utf-8")
    with pytest.raises(RenderError, match="is not a file in the report folder"):
        render(scratch, ("docx",), "embedded")
