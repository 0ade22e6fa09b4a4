"""Pages of a site as a visitor's browser reads them."""

from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

ADDRESS = "https://novak.example/projects/"
SLUGS = ["wine-merchant", "gift-shop", "music-club", "odd"]
PAGES = ["index.html", "about.html", "404.html", *(f"entries/{s}/index.html" for s in SLUGS)]


class Page(HTMLParser):
    """Elements with their attributes, in order; and ids."""

    def __init__(self, path):
        super().__init__()
        self.elements = []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def all(self, name, **wanted):
        return [
            a
            for tag, a in self.elements
            if tag == name and all(a.get(key) == value for key, value in wanted.items())
        ]

    @property
    def ids(self):
        return [a["id"] for _, a in self.elements if "id" in a]

    @property
    def addresses(self):
        """What is loaded, and what is led to."""
        loaded, led = [], []
        for tag, a in self.elements:
            for key in ("src", "srcset", "href", "poster"):
                if key in a:
                    link = tag == "a" or a.get("rel") in ("canonical", "alternate")
                    (led if link else loaded).append(a[key])
        return loaded, led


def wrong_addresses(site, name):
    """What a page loads from elsewhere, and what it leads to in vain."""
    loaded, led = Page(site / name).addresses
    wrong = [address for address in loaded if urlsplit(address).scheme not in ("", "data")]
    for address in (*loaded, *led):
        # The one page that is shown at any depth leads to whole addresses.
        local = address.replace(ADDRESS, "") if name == "404.html" else address
        parts = urlsplit(local)
        if parts.scheme or parts.netloc:
            continue
        target = (site / name).parent / unquote(parts.path) if parts.path else site / name
        if (
            local.startswith("/")
            or not target.resolve().is_relative_to(site.resolve())
            or not target.is_file()
            or (parts.fragment and unquote(parts.fragment) not in Page(target).ids)
        ):
            wrong.append(address)
    return wrong
