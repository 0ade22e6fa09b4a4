"""Ways in which a secret gets into a published file."""

import base64
import gzip
import html
import io
import json
import random
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
from babel.dates import format_date
from babel.numbers import format_decimal
from openpyxl import load_workbook
from PIL import Image, PngImagePlugin
from pptx import Presentation
from pptx.util import Inches
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText

from tests.trials.leak_check.made import Secret, pdf

LOCALES = ("en_GB", "en_US", "de_DE", "fr_FR", "es_ES", "de_CH")
Way = Callable[[Path, str, random.Random], Path]
ANY: dict[str, Way] = {}
ONLY_NUMBERS: dict[str, Way] = {}


def way(function: Way) -> Way:
    ANY[function.__name__] = function
    return function


def written(secret: Secret, rng: random.Random) -> str:
    """The secret in one of the writings that it may have."""
    value = secret.value
    if isinstance(value, float):
        plain = f"{value:.2f}"
        formatted = format_decimal(value, "#,##0.00", locale=rng.choice(LOCALES))
        return rng.choice([plain, plain.replace(".", ","), formatted, f"€{formatted}"])
    if isinstance(value, date):
        length = rng.choice(("long", "medium", "full"))
        named = format_date(value, length, locale=rng.choice(LOCALES))
        us = f"{value.month}/{value.day}/{value.year}"
        return rng.choice([value.isoformat(), f"{value:%d.%m.%Y}", f"{value:%d.%m.%y}", named, us])
    forms = [value, value.upper(), value.lower(), value.replace(" ", "\u00a0")]
    if secret.kind in ("order", "phone"):
        forms += [value.replace("-", ""), value.replace("-", " "), value.replace(" ", "")]
    if secret.kind in ("name", "product", "note", "comment", "file"):
        forms += [value.replace(" ", "_"), value.replace(" ", "-"), value.replace(" ", "\n")]
    return rng.choice(forms)


def _add(path: Path, text: str, before: str = "</body>") -> Path:
    old = path.read_text("utf-8")
    path.write_text(old.replace(before, text + before, 1) if before else old + text, "utf-8")
    return path


def _json(text: str) -> str:
    return json.dumps(text)


@way
def html_text(folder: Path, text: str, _: random.Random) -> Path:
    return _add(folder / "index.html", f"<p>It was {html.escape(text)} who said so.</p>")


@way
def html_split_by_tags(folder: Path, text: str, rng: random.Random) -> Path:
    at = rng.randrange(1, len(text))
    tag = rng.choice(("<b>", "<span class='x'>", "&shy;", "&#8288;"))
    return _add(
        folder / "index.html", f"<p>{html.escape(text[:at])}{tag}{html.escape(text[at:])}</p>"
    )


@way
def html_attribute(folder: Path, text: str, rng: random.Random) -> Path:
    name = rng.choice(("title", "alt", "data-who", "aria-label", "content", "placeholder"))
    return _add(folder / "index.html", f'<img src="card.png" {name}="{html.escape(text)}">')


@way
def html_comment(folder: Path, text: str, _: random.Random) -> Path:
    return _add(folder / "index.html", f"<!-- {text.replace('--', '-')} -->")


@way
def html_entities(folder: Path, text: str, _: random.Random) -> Path:
    return _add(folder / "index.html", f"<p>{''.join(f'&#{ord(c)};' for c in text)}</p>")


@way
def html_script_escaped(folder: Path, text: str, _: random.Random) -> Path:
    escaped = "".join(f"\\u{ord(c):04x}" for c in text)
    return _add(folder / "index.html", f'<script>show("{escaped}");</script>')


@way
def html_chart_json(folder: Path, text: str, _: random.Random) -> Path:
    chart = json.dumps({"data": [{"customdata": [[text, 7]], "y": [3]}]})
    return _add(folder / "index.html", f'<script type="application/json">{chart}</script>')


@way
def html_chart_hover(folder: Path, text: str, _: random.Random) -> Path:
    chart = json.dumps({"data": [{"hovertext": [f"<b>{text}</b><br>7"]}]}).replace("<", "\\u003c")
    return _add(folder / "index.html", f'<script type="application/json">{chart}</script>')


@way
def html_data_uri(folder: Path, text: str, _: random.Random) -> Path:
    drawing = f"<svg xmlns='http://www.w3.org/2000/svg'><text>{html.escape(text)}</text></svg>"
    packed = base64.b64encode(drawing.encode()).decode()
    return _add(folder / "index.html", f'<img src="data:image/svg+xml;base64,{packed}">')


@way
def html_percent_uri(folder: Path, text: str, _: random.Random) -> Path:
    packed = "".join(f"%{byte:02x}" for byte in text.encode())
    return _add(folder / "index.html", f'<a href="data:text/plain;charset=utf-8,{packed}">x</a>')


@way
def html_packed_script(folder: Path, text: str, _: random.Random) -> Path:
    packed = base64.b64encode(gzip.compress(json.dumps([text]).encode())).decode()
    return _add(folder / "index.html", f'<script type="text/plain">{packed}</script>')


@way
def svg_text(folder: Path, text: str, _: random.Random) -> Path:
    return _add(folder / "picture.svg", f"<text>{html.escape(text)}</text>", "</svg>")


@way
def svg_desc(folder: Path, text: str, rng: random.Random) -> Path:
    tag = rng.choice(("desc", "title", "metadata"))
    return _add(folder / "picture.svg", f"<{tag}>{html.escape(text)}</{tag}>", "</svg>")


@way
def search_json(folder: Path, text: str, _: random.Random) -> Path:
    (folder / "search.json").write_text(json.dumps([{"title": "Whom", "text": f"to {text}"}]))
    return folder / "search.json"


@way
def entry_json_key(folder: Path, text: str, _: random.Random) -> Path:
    (folder / "entry.json").write_text(
        json.dumps({"title": {text: 1}}, ensure_ascii=False), "utf-8"
    )
    return folder / "entry.json"


@way
def plain_file(folder: Path, text: str, rng: random.Random) -> Path:
    name = rng.choice(("index.qmd", "README.md", "list.yml", "table.csv"))
    return _add(folder / name, f"\nwho: {text}\n", "")


@way
def shell_comment(folder: Path, text: str, _: random.Random) -> Path:
    return _add(folder / "again.sh", f"\n# {text}\n", "")


@way
def javascript(folder: Path, text: str, _: random.Random) -> Path:
    return _add(folder / "page.js", f"\nconst who = {_json(text)};\n", "")


@way
def pdf_text(folder: Path, text: str, _: random.Random) -> Path:
    path = folder / "report.pdf"
    writer = PdfWriter(clone_from=path)
    writer.append(PdfReader(io.BytesIO(pdf(f"It was {text} who said so."))))
    writer.write(path)
    return path


@way
def pdf_properties(folder: Path, text: str, rng: random.Random) -> Path:
    path = folder / "report.pdf"
    writer = PdfWriter(clone_from=path)
    writer.add_metadata({rng.choice(("/Author", "/Subject", "/Keywords", "/Custom")): text})
    writer.write(path)
    return path


@way
def pdf_xmp(folder: Path, text: str, _: random.Random) -> Path:
    path = folder / "report.pdf"
    path.write_bytes(pdf("Whom to call", title=text))
    return path


@way
def pdf_attachment(folder: Path, text: str, _: random.Random) -> Path:
    path = folder / "report.pdf"
    writer = PdfWriter(clone_from=path)
    writer.add_attachment("list.csv", f"who\n{text}\n".encode())
    writer.write(path)
    return path


@way
def pdf_annotation(folder: Path, text: str, _: random.Random) -> Path:
    path = folder / "report.pdf"
    writer = PdfWriter(clone_from=path)
    writer.add_annotation(0, FreeText(text=text, rect=(50, 50, 200, 90)))
    writer.write(path)
    return path


@way
def png_text(folder: Path, text: str, rng: random.Random) -> Path:
    path = folder / "card.png"
    chunks = PngImagePlugin.PngInfo()
    chunks.add_itxt("Comment", text, zip=rng.random() < 0.5)
    with Image.open(path) as picture:
        picture.save(path, pnginfo=chunks)
    return path


@way
def picture_exif(folder: Path, text: str, rng: random.Random) -> Path:
    path = folder / rng.choice(("card.jpg", "card.webp", "card.png"))
    with Image.open(path) as picture:
        picture.load()
        exif = picture.getexif()
        if rng.random() < 0.5:
            exif[0x9C9D] = text.encode("utf-16-le")  # XPAuthor
        else:
            exif[0x010E] = text.encode("utf-8")
        picture.save(path, exif=exif)
    return path


@way
def jpeg_comment(folder: Path, text: str, _: random.Random) -> Path:
    path = folder / "card.jpg"
    with Image.open(path) as picture:
        picture.load()
        picture.save(path, comment=text.encode())
    return path


@way
def behind_the_picture(folder: Path, text: str, _: random.Random) -> Path:
    path = folder / "card.png"
    path.write_bytes(path.read_bytes() + f"\n(who said so: {text})\n".encode())
    return path


@way
def slide_text(folder: Path, text: str, _: random.Random) -> Path:
    path = folder / "slides.pptx"
    deck = Presentation(str(path))
    box = deck.slides[0].shapes.add_textbox(*[Inches(1)] * 4)
    middle = len(text) // 2
    for part in (text[:middle], text[middle:]):
        # As an office program splits words that it has marked.
        box.text_frame.paragraphs[0].add_run().text = part
    deck.save(str(path))
    return path


@way
def slide_notes(folder: Path, text: str, _: random.Random) -> Path:
    path = folder / "slides.pptx"
    deck = Presentation(str(path))
    deck.slides[0].notes_slide.notes_text_frame.text = f"Say: {text}"
    deck.save(str(path))
    return path


@way
def slide_properties(folder: Path, text: str, rng: random.Random) -> Path:
    path = folder / "slides.pptx"
    deck = Presentation(str(path))
    setattr(deck.core_properties, rng.choice(("author", "title", "keywords", "comments")), text)
    deck.save(str(path))
    return path


@way
def slide_chart(folder: Path, text: str, _: random.Random) -> Path:
    path = folder / "slides.pptx"
    deck = Presentation(str(path))
    shapes = [shape for slide in deck.slides for shape in slide.shapes]
    chart = next(shape.chart for shape in shapes if shape.has_chart)
    workbook = chart.part.chart_workbook.xlsx_part
    book = load_workbook(io.BytesIO(workbook.blob))
    book.active["A2"] = text
    book.save(saved := io.BytesIO())
    workbook._blob = saved.getvalue()
    deck.save(str(path))
    return path


@way
def workbook_cell(folder: Path, text: str, rng: random.Random) -> Path:
    path = folder / "lists.xlsx"
    book = load_workbook(path)
    if rng.random() < 0.5:
        book.create_sheet("x").sheet_state = "hidden"
        book["x"]["B9"] = text
    else:
        book.properties.creator = text
    book.save(path)
    return path


@way
def zip_comment(folder: Path, text: str, _: random.Random) -> Path:
    with zipfile.ZipFile(folder / "all.zip", "a") as archive:
        archive.comment = text.encode()
    return folder / "all.zip"


@way
def zip_part(folder: Path, text: str, rng: random.Random) -> Path:
    with zipfile.ZipFile(folder / "all.zip", "a") as archive:
        if rng.random() < 0.5:
            archive.writestr("more/README.md", text)
        else:
            part = zipfile.ZipInfo("more.md")
            part.comment = text.encode()
            archive.writestr(part, "Text")
    return folder / "all.zip"


@way
def gzip_file(folder: Path, text: str, _: random.Random) -> Path:
    packed = gzip.compress(json.dumps({"title": text}).encode(), mtime=0)
    (folder / "data.json.gz").write_bytes(packed)
    return folder / "data.json.gz"


@way
def file_name(folder: Path, text: str, _: random.Random) -> Path:
    safe = text.replace("/", "-").replace("\n", " ")[:120]
    return Path(shutil.copy(folder / "README.md", folder / f"{safe}.md"))


def number_way(function: Way) -> Way:
    ONLY_NUMBERS[function.__name__] = function
    return function


@number_way
def typed_array(folder: Path, text: str, _: random.Random) -> Path:
    packed = base64.b64encode(np.array([1.0, float(text), 3.0]).tobytes()).decode()
    chart = json.dumps({"data": [{"y": {"dtype": "f8", "bdata": packed}}]})
    return _add(folder / "index.html", f'<script type="application/json">{chart}</script>')


@number_way
def chart_number(folder: Path, text: str, _: random.Random) -> Path:
    chart = json.dumps({"data": [{"y": [3, float(text)]}]})
    return _add(folder / "index.html", f'<script type="application/json">{chart}</script>')


@number_way
def script_number(folder: Path, text: str, _: random.Random) -> Path:
    return _add(folder / "index.html", f"<script>Plotly.newPlot(e, [{{y: [1,{text},2]}}])</script>")


@number_way
def workbook_number(folder: Path, text: str, _: random.Random) -> Path:
    book = load_workbook(folder / "lists.xlsx")
    book.active["B3"] = float(text)
    book.save(folder / "lists.xlsx")
    return folder / "lists.xlsx"
