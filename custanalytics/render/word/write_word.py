"""The report as a Word document: from the same page as the HTML, by pandoc."""

import io
import os
import re
import tempfile
import zipfile
from datetime import date, datetime, time
from html import escape, unescape
from pathlib import Path

import typst

from custanalytics.errors import RenderError
from custanalytics.render.brand import Brand, typst_text
from custanalytics.render.logo import logo_picture
from custanalytics.render.office import EARLIEST, branded_theme, steady
from custanalytics.render.outside_tool import run_pandoc
from custanalytics.render.pages.selfcontained import must_be_inside
from custanalytics.render.word.layout import laid_out
from custanalytics.render.word.styles import (
    FOOTER_RELATION,
    FOOTER_TYPE,
    MODERN,
    PAGE,
    footer,
    styled,
)

_MAIN = re.compile(r"<main[^>]*>(.*)</main>", re.DOTALL)
_COLOPHON = re.compile(r'<footer class="colophon">\s*<p>(.*?)</p>', re.DOTALL)
_CONTENTS = re.compile(r'<nav id="TOC" aria-label="([^"]*)"')
_PLOT = re.compile(r'<div class="plot".*?</script>\s*</div>', re.DOTALL)
_IMAGE = re.compile(r'<img src="([^"]*\.svg)"')
_WIDTH = re.compile(rb'<svg[^>]*?\swidth="([\d.]+)(pt|px|)"', re.DOTALL)
_TOP = (
    ("Author", r'<p class="client">(.*?)</p>'),
    ("Title", r'<h1 class="title">(.*?)</h1>'),
    ("Subtitle", r'<p class="subtitle">(.*?)</p>'),
    ("Date", r'<p class="byline">(.*?)</p>'),
)
# What the report says, in one sentence: the first finding, else what the first chapter says.
_FINDINGS = (
    r'<div class="findings">\s*<ol[^>]*>\s*<li><strong>(.*?)</strong>',
    r'<div class="lead">\s*<p>(.*?)</p>',
)
_DPI = 200.0
_WIDEST = 6.5
_HERE = Path(__file__).parent


def word_bytes(page: str, folder: Path, brand: Brand, made_on: date | None) -> bytes:
    """Write a rendered page as a Word document."""
    match = _MAIN.search(page)
    if match is None:
        raise RenderError("the page template has no <main> part, which the Word document needs")
    body = _PLOT.sub("", match.group(1))
    must_be_inside(body, folder)
    made = datetime.combine(max(made_on or EARLIEST, EARLIEST), time())
    with tempfile.TemporaryDirectory(prefix="custanalytics-") as scratch:
        place = Path(scratch)
        source = _logo(brand, folder, place) + _top(page) + _pictures(body, folder, place)
        reference = place / "reference.docx"
        colophon = _COLOPHON.search(page)
        reference.write_bytes(_reference(brand, _plain(colophon.group(1)) if colophon else ""))
        output = place / "report.docx"
        options = ["--from", "html", "--to", "docx", "--shift-heading-level-by", "-1"]
        options += ["--reference-doc", str(reference), "--lua-filter", str(_HERE / "word.lua")]
        options += ["--resource-path", os.pathsep.join((scratch, str(folder)))]
        _pandoc([*options, "--output", str(output)], source.encode(), folder)
        return steady(_laid_out(output.read_bytes(), page), made)


def _laid_out(document: bytes, page: str) -> bytes:
    """The document with the page's title and language, its main part laid out."""
    contents = _CONTENTS.search(page)
    heading = unescape(contents.group(1)) if contents else ""
    title = re.search(dict(_TOP)["Title"], page, re.DOTALL)
    language = re.search(r'<html lang="([\w-]+)"', page)
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(document)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            if name == "word/document.xml":
                part = laid_out(part, heading)
            elif name == "word/settings.xml":
                part = part.replace(b"<w:rsids>", MODERN + b"<w:rsids>")
            elif name == "word/styles.xml" and language:
                part = part.replace(b'w:val="en-US"', f'w:val="{language.group(1)}"'.encode())
            elif name == "docProps/core.xml" and title:
                text = escape(_plain(title.group(1)), quote=False)
                part = part.replace(
                    b"<dc:title></dc:title>", f"<dc:title>{text}</dc:title>".encode()
                )
            new.writestr(name, part)
    return buffer.getvalue()


def _top(page: str) -> str:
    parts = {}
    for style, pattern in _TOP:
        match = re.search(pattern, page, re.DOTALL)
        if match and match.group(1).strip():
            parts[style] = match.group(1).replace("</span><span", "</span> · <span")
    # On a cover only, before the day.
    said = [re.search(pattern, page, re.DOTALL) for pattern in _FINDINGS]
    found = next((match.group(1) for match in said if match), "")
    if found and _CONTENTS.search(page):
        day = parts.pop("Date", "")
        parts |= {"Cover Finding": found} | ({"Date": day} if day else {})
    return "\n".join(
        f'<div data-custom-style="{style}"><p>{text}</p></div>' for style, text in parts.items()
    )


def _logo(brand: Brand, folder: Path, place: Path) -> str:
    picture = logo_picture(brand, folder)
    if picture is None:
        return ""
    kind = Path(brand.logo).suffix.lower()
    name = f"cover-logo{'.png' if kind == '.svg' else kind}"
    (place / name).write_bytes(picture.getvalue())
    alt = escape(brand.logo_alt)
    return (
        f'<div data-custom-style="Logo"><p><img src="{name}" alt="{alt}" height="0.6in"></p></div>'
    )


def _plain(markup: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", markup))


def _pictures(body: str, folder: Path, place: Path) -> str:
    """Word shows drawings only in its latest versions: they become pictures."""
    names = list(dict.fromkeys(unescape(name) for name in _IMAGE.findall(body)))
    if not names:
        return body
    # All in one go, one a page: starting the compiler takes longer than drawing.
    drawings = "\n#pagebreak()\n".join(f"#image({typst_text(name)})" for name in names)
    sheet = f"#set page(width: auto, height: auto, margin: 0pt)\n{drawings}"
    try:
        # Its stubs want input and root to be of one type.
        drawn = typst.compile(  # type: ignore[call-overload]
            sheet.encode(), root=str(folder), format="png", ppi=_DPI
        )
    except typst.TypstError as error:
        raise RenderError(f"the pictures of the Word document can't be drawn: {error}") from error
    made = {}
    for name, content in zip(names, [drawn] if isinstance(drawn, bytes) else drawn, strict=True):
        # Under its own name: the document must not hold the scratch folder's.
        picture = place / f"{name}.png"
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_bytes(content)
        made[name] = f'<img src="{escape(name)}.png" width="{_inches(folder / name)}in"'
    return _IMAGE.sub(lambda match: made[unescape(match.group(1))], body)


def _inches(drawing: Path) -> float:
    match = _WIDTH.search(drawing.read_bytes()[:2000])
    if match is None:
        return _WIDEST
    return min(_WIDEST, round(float(match.group(1)) / (72 if match.group(2) == b"pt" else 96), 2))


def _reference(brand: Brand, colophon: str) -> bytes:
    """Pandoc's own reference document in the brand's colours and fonts, with a footer."""
    plain = _pandoc(["--print-default-data-file", "reference.docx"], b"", Path.cwd())
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(plain)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            if name == "word/styles.xml":
                part = styled(part, brand)
            elif name == "word/theme/theme1.xml":
                part = branded_theme(part, brand)
            elif name == "word/document.xml":
                start = (
                    part.index(b"<w:sectPr") if b"<w:sectPr" in part else part.index(b"</w:body>")
                )
                part = part[:start] + PAGE + b"</w:body></w:document>"
            elif name == "word/_rels/document.xml.rels":
                part = part.replace(b"</Relationships>", FOOTER_RELATION + b"</Relationships>")
            elif name == "[Content_Types].xml":
                part = part.replace(b"</Types>", FOOTER_TYPE + b"</Types>")
            new.writestr(name, part)
        new.writestr("word/footer1.xml", footer(colophon, brand))
    return buffer.getvalue()


def _pandoc(options: list[str], content: bytes, folder: Path) -> bytes:
    done = run_pandoc(options, content, folder)
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise RenderError(f"pandoc could not write the Word document: {said}")
    return done.stdout
