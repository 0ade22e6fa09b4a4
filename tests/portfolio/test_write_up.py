"""A write-up as one document: conditions applied, drawings for plots, pictures brought along."""

from custanalytics.portfolio.write_up import write_document

REPORT = """---
lang: en
---

<!-- a note to oneself -->

Before.

::: {.content-visible when-meta="has.value"}

::: {.lead}
Worth {{< var value.lead >}}.
:::

::: {.content-visible unless-meta="has.prospects"}
No prospects.
:::

:::

::: {.content-visible when-meta="has.prospects"}

::: {#fig-x .chart}
Gone.
:::

:::

```{=html}
<div class="plot"><script type="application/json">{"data": []}</script></div>
```

![](mine.png)

After.
"""


def test_only_what_holds_is_left(tmp_path):
    folder, entry = tmp_path / "write-up", tmp_path / "entry"
    folder.mkdir()
    entry.mkdir()
    (folder / "report.qmd").write_text(REPORT, "utf-8")
    (folder / "_metadata.yml").write_text("lang: en-GB\nhas: {value: true}\n", "utf-8")
    (folder / "_variables.yml").write_text("value: {lead: 12}\n", "utf-8")
    (folder / "mine.png").write_bytes(b"png")
    write_document(folder, "A *title*", entry)
    text = (entry / "index.qmd").read_text("utf-8")
    _, front, body = text.split("---\n", 2)
    assert front.splitlines()[:2] == [r"title: A \*title\*", "lang: en-GB"]
    assert body == (
        "\nBefore.\n\n::: {.lead}\nWorth 12.\n:::\n\nNo prospects.\n\n![](mine.png)\n\nAfter.\n"
    )
    assert (entry / "mine.png").is_file()
