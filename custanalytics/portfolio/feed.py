"""What other programs read of the site: the feed, the site map, the search index."""

import json
import re
import uuid
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from custanalytics.portfolio.entry import Entry
from custanalytics.portfolio.folder import Portfolio
from custanalytics.portfolio.pages import Site

FEED, SITE_MAP = "index.xml", "sitemap.xml"
_PROGRAM = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)


def feed(site: Site) -> str:
    """The feed, an Atom file."""

    def identity(slug: str) -> str:
        # The same for ever, wherever the site moves to.
        return uuid.uuid5(uuid.NAMESPACE_URL, f"{site.portfolio.name}/{slug}").urn

    values = {"site": site.portfolio, "entries": site.entries, "identity": identity}
    return site.templates.filled(FEED, values)


def site_map(site: Site) -> str:
    """The list of pages for search engines; it needs the site's address."""
    return site.templates.filled(SITE_MAP, {"site": site.portfolio, "entries": site.entries})


def robots(portfolio: Portfolio) -> str:
    """Everything may be read; where the list of pages is."""
    where = f"Sitemap: {portfolio.address}{SITE_MAP}\n" if portfolio.address else ""
    return f"User-agent: *\nAllow: /\n{where}"


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
    return Markup(_PROGRAM.sub(" ", body).replace("<", " <")).striptags()  # noqa: S704 - no markup
