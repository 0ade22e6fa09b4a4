"""What other programs read of the site: the feed, the site map, the search index."""

import json
import uuid
from collections.abc import Mapping, Sequence
from html import escape
from html.parser import HTMLParser

from custanalytics.portfolio.entry import Entry
from custanalytics.portfolio.folder import Portfolio

FEED = "index.xml"
_NO_DAY = "1970-01-01"


def atom(portfolio: Portfolio, entries: Sequence[Entry]) -> str:
    """The feed, an Atom file."""
    days = [entry.published.isoformat() for entry in entries]
    home = escape(portfolio.address)
    head = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{escape(portfolio.lang)}">',
        f"<title>{escape(portfolio.name)}</title>",
        f"<subtitle>{escape(portfolio.tagline)}</subtitle>",
        f"<id>{_id(portfolio, '')}</id>",
        f"<updated>{max(days, default=_NO_DAY)}T00:00:00Z</updated>",
        f"<author><name>{escape(portfolio.name)}</name></author>",
        f'<link rel="alternate" type="text/html" href="{home}index.html"/>',
    ]
    if home:
        head.append(f'<link rel="self" href="{home}{FEED}"/>')
    found = [line for entry in entries for line in _atom_entry(portfolio, entry)]
    return "\n".join([*head, *found, "</feed>", ""])


def _atom_entry(portfolio: Portfolio, entry: Entry) -> list[str]:
    day = f"{entry.published.isoformat()}T00:00:00Z"
    names = (entry.theme, *entry.techniques)
    return [
        f'<entry xml:lang="{escape(entry.lang)}">',
        f"<title>{escape(entry.title)}</title>",
        f"<id>{_id(portfolio, entry.slug)}</id>",
        f'<link rel="alternate" type="text/html" href="{escape(page_address(portfolio, entry))}"/>',
        f"<published>{day}</published>",
        f"<updated>{day}</updated>",
        *(f'<category term="{escape(name)}"/>' for name in names),
        f"<summary>{escape(entry.question)} {escape(entry.finding)}</summary>",
        "</entry>",
    ]


def site_map(portfolio: Portfolio, entries: Sequence[Entry]) -> str:
    """The list of pages for search engines; it needs the site's address."""
    pages = [
        f"<url><loc>{escape(portfolio.address)}{name}</loc></url>" for name in ("", "about.html")
    ]
    pages += [
        f"<url><loc>{escape(page_address(portfolio, entry))}</loc>"
        f"<lastmod>{entry.published.isoformat()}</lastmod></url>"
        for entry in entries
    ]
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        + "\n".join(pages)
        + "\n</urlset>\n"
    )


def robots(portfolio: Portfolio) -> str:
    """Everything may be read; where the list of pages is."""
    where = f"Sitemap: {portfolio.address}sitemap.xml\n" if portfolio.address else ""
    return f"User-agent: *\nAllow: /\n{where}"


def page_address(portfolio: Portfolio, entry: Entry) -> str:
    """Address of a project's page; relative to the first page where the site has none."""
    return f"{portfolio.address}entries/{entry.slug}/index.html"


def search_index(entries: Sequence[Entry], bodies: Mapping[str, str]) -> str:
    """What the search box looks through, as JSON."""
    found = [entry.texts | {"text": plain(bodies[entry.slug])} for entry in entries]
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def search_script(index: str) -> str:
    """The same as a script: a page that was opened from disk may not read the JSON."""
    return f"window.portfolioSearch = {index.rstrip()};\n"


def plain(body: str) -> str:
    """The words of a page.

    Examples
    --------
    >>> plain("<p>One <b>in</b> ten</p><p>came back</p><script>x</script>")
    'One in ten came back'
    """
    parser = _Words()
    parser.feed(body)
    return " ".join(" ".join(parser.found).split())


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.inside = tag if tag in ("script", "style") else ""

    def handle_endtag(self, tag: str) -> None:
        del tag
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.found.append(data)


def _id(portfolio: Portfolio, slug: str) -> str:
    # The same for ever, wherever the site moves to.
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{portfolio.name}/{slug}").urn
