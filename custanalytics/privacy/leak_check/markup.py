"""HTML, SVG and XML: what is seen, and what is only in the source."""

from collections.abc import Sequence
from html.parser import HTMLParser

from custanalytics.privacy.leak_check.days import without_months
from custanalytics.privacy.leak_check.jsons import json_passages, program_passages
from custanalytics.privacy.leak_check.passages import Passage, Passages, Style, Unread, within
from custanalytics.privacy.leak_check.texts import style_passages, text_passages, uri_passages

# A word may go on behind the end of these; all others end it.
_INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tspan", "u", "var",
    "wbr", "a:r", "a:t", "a:rpr", "w:r", "w:t", "w:rpr", "r", "t", "rpr",
}  # fmt: skip
# Empty tags within a word, such as bookmarks, don't end it; these do.
_ENDS_WORD = {"br", "cr", "tab", "hr", "img", "p", "td"}
# Attributes whose numbers people read, beside those that begin with data- and aria-.
_READ = {
    "title", "alt", "content", "value", "placeholder", "label", "summary", "datetime", "descr",
    "name", "srcdoc",
}  # fmt: skip
_EXACT_TAGS = {"c:v", "v"}
_JSON_TYPES = ("json", "importmap", "ld+json")


def markup_passages(text: str, *, is_xml: bool = False) -> Passages:
    """Text, attributes, comments and scripts of a page, a drawing or an XML part."""
    parser = _Parser()
    try:
        parser.feed(text)
        parser.close()
    except AssertionError:
        # What the standard library raises for some broken declarations.
        yield Unread("", "its markup is broken")
    parser.end()
    yield from within("text", text_passages("".join(parser.text)))
    yield Passage("values", "\n".join(without_months(parser.values)), "exact")
    styles: tuple[tuple[str, Style, Sequence[str]], ...] = (
        ("attributes", "written", parser.read),
        ("attributes", "words", parser.attributes),
        ("comments", "written", parser.comments),
    )
    for place, style, texts in styles:
        if texts:
            yield from within(place, text_passages("\n".join(texts), style))
    if parser.styles:
        yield from within("styles", style_passages("\n".join(parser.styles)))
    for uri in parser.uris:
        yield from within("attributes", uri_passages(uri))
    for kind, script in parser.scripts:
        yield from within("script", _script_passages(kind, script))
    for page in parser.pages:
        yield from within("srcdoc", markup_passages(page))
    if not is_xml:
        # Whatever a reader of the source may see in a place that nobody thought of.
        yield from within("source", text_passages(parser.outside(text), "words"))


def _script_passages(kind: str, script: str) -> Passages:
    if kind.endswith(_JSON_TYPES) or script.lstrip()[:1] in ("{", "["):
        return json_passages(script)
    if kind.startswith(("text/html", "text/x-template")):
        return markup_passages(script)
    return program_passages(script)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.values: list[str] = []
        self.read: list[str] = []
        self.attributes: list[str] = []
        self.comments: list[str] = []
        self.styles: list[str] = []
        self.scripts: list[tuple[str, str]] = []
        self.pages: list[str] = []
        self.uris: list[str] = []
        self._tag = ""
        self._kind = ""
        self._script: list[str] | None = None
        self._is_shared_string = False

    def end(self) -> None:
        """Take what stands in a script or a tag that nothing ends."""
        self.handle_data(self.rawdata)
        if self._script is not None:
            self.handle_endtag("script")

    def outside(self, text: str) -> str:
        """The source without its scripts, which are read apart."""
        for _, script in self.scripts:
            if len(script) > 1000:
                text = text.replace(script, " ")
        return text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open(tag, attrs, ends_word=tag not in _INLINE)

    def _open(self, tag: str, attrs: list[tuple[str, str | None]], *, ends_word: bool) -> None:
        self._tag = tag
        given = {name: value or "" for name, value in attrs}
        if ends_word:
            self.text.append("\n")
        if tag == "script":
            self._kind, self._script = given.get("type", "").lower(), []
        if tag == "c":
            # In a workbook: the value is the number of a text.
            self._is_shared_string = given.get("t") == "s"
        for name, value in given.items():
            if name == "srcdoc":
                self.pages.append(value)
            elif value.lstrip()[:5].lower() == "data:":
                self.uris.append(value.strip())
            elif name in _READ or name.startswith(("data-", "aria-", "on")):
                if name.startswith("data-") and value.lstrip()[:1] in ("{", "["):
                    self.scripts.append(("json", value))
                else:
                    self.read.append(value)
            elif value:
                self.attributes.append(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open(tag, attrs, ends_word=tag.rpartition(":")[2] in _ENDS_WORD)
        if tag == "script":
            self.handle_endtag(tag)
        self._tag = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._script is not None:
            self.scripts.append((self._kind, "".join(self._script)))
            self._script = None
        if tag not in _INLINE:
            self.text.append("\n")
        self._tag = ""

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self._script.append(data)
        elif self._tag == "style":
            self.styles.append(data)
        elif self._tag in _EXACT_TAGS:
            if not self._is_shared_string:
                self.values.append(data)
                self.text.append("" if _is_number(data) else data)
        else:
            self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_decl(self, decl: str) -> None:
        self.attributes.append(decl)

    def handle_pi(self, data: str) -> None:
        self.attributes.append(data)

    def unknown_decl(self, data: str) -> None:
        # <![CDATA[...]]>
        self.handle_data(data.removeprefix("CDATA["))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
