"""Each Quarto construct that the embedded renderer knows, in HTML and in the PDF."""

import pytest
from pypdf import PdfReader

from tests.render.rich_report import text_of

FIGURE = '![](_figures/half.svg){fig-alt="A line"}\n\nIt rises\n'


def test_front_matter_wins_over_the_staged_metadata(html):
    page = html("---\ntitle: My own *title*\nsubtitle: Mine\n---\n\nText.\n")
    assert '<h1 class="title">My own <em>title</em></h1>' in page
    assert '<p class="subtitle">Mine</p>' in page
    assert '<p class="client">O\'Neil &amp; Söhne *Handel*</p>' in page


def test_variables_and_metadata_mean_just_their_text(main, pdf):
    source = "**{{< var business.revenue >}}** for {{< meta client >}} `{{< var value.total >}}`\n"
    assert main(source) == (
        "<p><strong>£8.3m *net* &amp; &lt;all&gt;</strong> for O'Neil &amp; Söhne *Handel* "
        '<code>£2.1m_(±0.3m)_ --all "as is"</code></p>'
    )
    assert '£8.3m *net* & <all> for O\'Neil & Söhne *Handel* £2.1m_(±0.3m)_ --all "as is"' in pdf(
        source
    )


def test_variables_work_in_addresses_and_headings(main):
    page = main("## To {{< var report.period >}} {#sec-x}\n\n[x](#{{< var report.period >}})\n")
    assert "To 30 June 2011</h2>" in page
    assert 'href="#30 June 2011"' in page


def test_an_escaped_shortcode_stays(main):
    assert main("Write {{{< var x >}}} there.\n") == "<p>Write {{&lt; var x &gt;}} there.</p>"


def test_includes_nest_and_count_from_the_document(main):
    page = main("{{< include _parts/charts/revenue.qmd >}}\n")
    assert "<p>Before the chart.</p>" in page
    assert "Revenue grew 12 % in a year" in page


def test_page_breaks(main, pdf):
    assert "page-break-after" in main("One.\n\n{{< pagebreak >}}\n\nTwo.\n")
    assert "One." in pdf("One.\n\n{{< pagebreak >}}\n\nTwo.\n")


@pytest.mark.parametrize(
    ("attributes", "on_screen", "on_paper"),
    [
        ('.content-visible when-format="html"', True, False),
        ('.content-visible when-format="typst"', False, True),
        ('.content-visible unless-format="html"', False, True),
        ('.content-hidden when-format="html"', False, True),
        ('.content-hidden unless-format="html"', True, False),
        ('.content-visible when-meta="has.clv"', True, True),
        ('.content-visible when-meta="has.leads"', False, False),
        ('.content-visible unless-meta="has.leads"', True, True),
        ('.content-hidden when-meta="has.clv"', False, False),
        ('.content-visible when-meta="has.clv" when-format="html"', True, False),
    ],
)
def test_conditions(main, pdf, attributes, on_screen, on_paper):
    block = f"Always.\n\n::: {{{attributes}}}\nSometimes.\n:::\n"
    passage = f"Always. [Sometimes.]{{{attributes}}}\n"
    for source in (block, passage):
        assert ("Sometimes." in main(source)) is on_screen
        assert ("Sometimes." in pdf(source)) is on_paper


def test_conditions_nest(main):
    source = (
        '::: {.content-visible when-format="html"}\nOuter.\n\n'
        '::: {.content-visible when-meta="has.leads"}\nInner.\n:::\n:::\n'
    )
    assert main(source) == "<p>Outer.</p>"


def test_raw_blocks_go_to_their_format_only(main, pdf):
    source = "```{=html}\n<b>screen</b>\n```\n\n```{=typst}\n#upper[paper]\n```\n\n`x`{=html}y\n"
    assert main(source) == "<b>screen</b> <p>xy</p>"
    assert pdf(source).startswith("What your customers are worth PAPER y")


@pytest.mark.parametrize("kind", ["note", "tip", "important", "warning", "caution"])
def test_callouts(main, pdf, kind):
    source = f'::: {{.callout-{kind} title="A *title*"}}\nThe text.\n:::\n'
    page = main(source)
    assert f'class="note-box {kind}"' in page
    assert "A <em>title</em>" in page
    assert "A title The text." in pdf(source)


def test_callouts_without_title_with_a_heading_and_folded(main):
    assert "<p>Tip</p>" in main("::: {.callout-tip}\nText.\n:::\n")
    page = main("::: {.callout-note}\n## Headed\n\nText.\n:::\n")
    assert "<p>Headed</p>" in page
    assert "<h2" not in page
    page = main('::: {.callout-note collapse="true" title="Fold"}\nText.\n:::\n')
    assert page.startswith('<details class="note-box note"><summary> Fold </summary>')


def test_figures_are_numbered_captioned_and_referred_to(main, pdf):
    source = (
        f"See @fig-b, -@fig-a and @fig-a.\n\n::: {{#fig-a .chart}}\n{FIGURE}:::\n\n"
        "![Plain *one*](_figures/half.svg){#fig-b width=40%}\n"
    )
    page = main(source)
    assert (
        'See <a href="#fig-b" class="quarto-xref">Figure 2</a>, '
        '<a href="#fig-a" class="quarto-xref">1</a> and' in page
    )
    assert '<figure id="fig-a" class="chart quarto-float quarto-float-fig">' in page
    assert 'alt="A line"' in page
    assert 'alt="Plain one" style="width:40%"' in page
    assert text_of(f"<main>{page}</main>").endswith("Figure 2: Plain one")
    printed = pdf(source)
    assert "See Figure 2, 1 and Figure 1." in printed
    assert "Figure 1 It rises" in printed
    assert "Figure 2 Plain one" in printed


def test_tables_are_numbered_captioned_and_referred_to(main, pdf):
    source = (
        "@tbl-a\n\n| Name | Sum |\n|:--|--:|\n| x | 1 |\n| all | 1 |\n\n: Two {#tbl-a .total-row}\n"
    )
    page = main(source)
    assert "Table 1</a>" in page
    assert '<th scope="col" style="text-align: right;">Sum</th>' in page
    assert "<tfoot> <tr> <td" in page
    assert page.count("Two") == 1
    assert "Table 1 Table 1 Two Name Sum x 1 all 1" in pdf(source)


def test_a_table_may_stand_in_a_labelled_block(main):
    page = main("::: {#tbl-a}\n| a |\n|---|\n| 1 |\n\nThe caption\n:::\n")
    assert '<figure id="tbl-a"' in page
    assert "The caption" in page


def test_sections_are_numbered_and_referred_to(main, pdf):
    source = "## One\n\nSee @sec-b.\n\n### Inner {#sec-b}\n\n## None {.unnumbered}\n\n## Two\n"
    page = main(source)
    assert 'See <a href="#sec-b" class="quarto-xref">Section 1.1</a>' in page
    assert '<span class="header-section-number">2</span> Two</h2>' in page
    assert ">None</h2>" in page
    assert "1 One See Section 1.1. 1.1 Inner None 2 Two" in pdf(source)


def test_several_references_at_once(main):
    page = main(f"[@fig-a; @sec-x]\n\n## X {{#sec-x}}\n\n::: {{#fig-a}}\n{FIGURE}:::\n")
    assert "Figure 1</a>, <a" in page


def test_labels_follow_the_language(main, pdf):
    source = f"---\nlang: de\n---\n\n@fig-a\n\n::: {{#fig-a}}\n{FIGURE}:::\n"
    assert "Abbildung 1</a>" in main(source)


def test_layouts(main, pdf):
    cell = f"::: {{#fig-NAME .chart}}\n::: {{.chart-subtitle}}\nSub\n:::\n\n{FIGURE}:::\n\n"
    both = cell.replace("NAME", "a") + cell.replace("NAME", "b")
    source = f"::: {{layout-ncol=2}}\n{both}:::\n"
    assert main(source).count('<div class="quarto-layout-cell">') == 2
    assert pdf(source).count("It rises") == 2


def test_columns(main, pdf):
    source = (
        ':::: {.columns}\n::: {.column width="40%"}\nLeft.\n:::\n'
        '::: {.column width="60%"}\nRight.\n:::\n::::\n'
    )
    assert '<div class="column" style="width:40%;">' in main(source)
    assert "Left. Right." in pdf(source)


def test_footnotes(main, pdf):
    source = "Text[^1].\n\n[^1]: The note.\n"
    assert 'role="doc-endnotes"' in main(source)
    assert "The note." in pdf(source)


def test_math(main, pdf):
    source = "Inline $x^2$ and\n\n$$ \\frac{a}{b} $$\n"
    assert main(source).count("<math ") == 2
    assert "Inline" in pdf(source)


def test_definitions_and_links(main, pdf):
    source = "Lift\n:   How many *times* as often.\n\n[list](exports/contact.csv)\n"
    assert "<dt>Lift</dt>" in main(source)
    assert "Lift How many times as often. list" in pdf(source)


def test_the_reports_own_blocks(main, pdf):
    source = (
        "::: {.kpis}\n::: {.kpi}\n[£1m]{.kpi-value} [sales]{.kpi-label} [up]{.kpi-note .good}\n"
        ":::\n:::\n\n::: {.findings}\n1. **First.** Then.\n2. **Second.**\n:::\n\n"
        '[5 %]{.bar share="0.05"} [no]{.badge .bad}\n\n::: {.lead}\nLead.\n:::\n'
    )
    page = main(source)
    assert '<span class="kpi-value">£1m</span>' in page
    assert '<span class="bar-fill" style="width:5.00%"></span>' in page
    assert "£1m sales up 1 First. Then. 2 Second. 5 % no Lead." in pdf(source)


def test_a_total_is_the_foot_of_the_pdf_table_once(pdf):
    rows = "\n".join(f"| row {i} | {i} |" for i in range(120))
    printed = pdf(f"| a | b |\n|:--|--:|\n{rows}\n| all | 99 |\n\n: Long {{#tbl-a .total-row}}\n")
    assert printed.count("all 99") == 1
    assert printed.count("a b row") == 3  # the header comes again on each page


def test_text_that_looks_like_our_own_marks_stays_text(main):
    assert main("qzsc1qz for {{< var report.period >}}\n") == "<p>qzsc1qz for 30 June 2011</p>"


def test_a_chart_takes_the_room_its_page_has_left(scratch, pdf):
    chart = '::: {#fig-a .chart}\n![](_figures/full.svg){fig-alt="A line"}\n\nIt rises\n:::\n'

    def pages(lines: int, after: str) -> int:
        pdf("# One\n\n" + "A line.\n\n" * lines + after)
        return len(PdfReader(scratch / "report.pdf").pages)

    fewest = pages(1, chart)
    # Inside another block it keeps its size; else it shrinks, to two thirds, and so under a heading.
    for heading in ("", "## Two\n\n"):
        kept = f"{heading}::: {{.wide}}\n{chart}:::\n"
        overflow = next(lines for lines in range(20, 60) if pages(lines, kept) > fewest)
        assert pages(overflow, heading + chart) == fewest
        assert pages(overflow + 6, heading + chart) > fewest
