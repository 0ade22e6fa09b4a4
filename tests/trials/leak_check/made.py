"""An engagement full of known secrets, and a published folder that has none of them."""

import csv
import gzip
import json
import random
import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import typst
import xlsxwriter
from PIL import Image, PngImagePlugin
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from custanalytics.engagement.folder import Brief, create

GIVEN = ("Annegret", "Bjarne", "Céline", "Dieudonné", "Eglantine", "Fredegar", "Gudrun", "Hjalmar")
FAMILY = ("Lindqvist", "Okonkwo", "Peñalver", "Quistorp", "Rautenstrauch", "Szymański", "Thorvald")
TOWNS = ("Buxtehude", "Castrop-Rauxel", "Wuppertal", "Kyritz an der Knatter")
PRODUCTS = ("Zirbenholzbett Gstaad", "Dinkelspreukissen", "Kräuterstempelset", "Filzpantoffel Oetz")
COMMENT = "rang twice about the scratched left bedpost and wants the carpenter to call"
NOTE = "The managing director asked us never to mention the warehouse fire in Altona."
CONTACT = "Hedwig Brotesser"
LOGO_ARTIST, LOGO_TITLE = "Fotostudio Wimmerling", "Bettenhaus mit Zirbelkiefer"
CLIENT = "Betten-Haberlandt GmbH"
FILE = "Haberlandt Ausgang 2025.csv"
HEADER = ("Vorgangsschlüssel", "Verkauft am", "Vor- und Zuname", "Briefpost elektronisch", "Ort")
HEADER += ("Ware", "Betrag", "Bemerkung", "Rückruf unter")


@dataclass(frozen=True)
class Secret:
    """One thing that may not be published: a text, an amount or a day."""

    kind: str
    value: str | float | date


def engagement(folder: Path, seed: int = 1, rows: int = 300) -> tuple[Path, list[Secret]]:
    """A made-up client's engagement, and its secrets."""
    rng = random.Random(seed)  # noqa: S311
    found: dict[str, dict] = {k: {} for k in ("order", "name", "email", "amount", "day", "phone")}
    lines = []
    for number in range(rows):
        given, family = rng.choice(GIVEN), rng.choice(FAMILY)
        name = f"{given} {family}-{number}" if number % 7 else f"{given} {family}"
        cents = rng.randrange(100_000, 9_999_999) | 1  # no round number
        day = date(2025, 1, 1) + timedelta(days=rng.randrange(0, 360))
        order = f"HB-{rng.randrange(10_000, 99_999)}-{rng.choice('KLMNPQ')}"
        email = f"{given[:4].lower()}.{number}@haberlandt-{rng.choice(('post', 'netz'))}.example"
        phone = f"+49 40 {rng.randrange(1_000_000, 9_999_999)}"
        for kind, value in zip(found, (order, name, email, cents / 100, day, phone), strict=True):
            found[kind][value] = None
        amount = f"{cents // 100},{cents % 100:02}"
        said = COMMENT if number == 17 else ""
        row = (order, f"{day:%d.%m.%Y}", name, email, rng.choice(TOWNS), rng.choice(PRODUCTS))
        lines.append((*row, amount, said, phone))
    sent = folder.parent / FILE
    with sent.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([HEADER, *lines])
    create(folder, [sent], date(2026, 1, 5), Brief(client=CLIENT, question="Whom shall we call?"))
    with (folder / "decisions.md").open("a", encoding="utf-8") as notes:
        notes.write(f"\n{NOTE} It was {CONTACT} who sent the files.\n")
    logo(folder / "report" / "_assets" / "logo.png")
    secrets = [Secret(kind, value) for kind, values in found.items() for value in values]
    secrets += [Secret("town", town) for town in TOWNS] * 5
    secrets += [Secret("product", product) for product in PRODUCTS] * 5
    secrets += [Secret("header", name) for name in HEADER[:4]] * 5
    words = COMMENT.split()
    secrets += [Secret("comment", " ".join(words[at : at + 7])) for at in range(5)] * 3
    words = NOTE.rstrip(".").split()
    secrets += [Secret("note", " ".join(words[at : at + 6])) for at in range(4)] * 4
    secrets += [Secret("note", CONTACT), Secret("client", CLIENT), Secret("file", FILE)] * 10
    secrets += [Secret("client", "Betten-Haberlandt")] * 5
    secrets += [Secret("picture", LOGO_ARTIST), Secret("picture", LOGO_TITLE)] * 5
    return folder, secrets


def logo(path: Path) -> None:
    """A picture whose file names a person and a place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.new("RGB", (12, 7), (200, 30, 60))
    exif = picture.getexif()
    exif[0x013B] = LOGO_ARTIST
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Title", LOGO_TITLE)
    picture.save(path, pnginfo=texts, exif=exif)


def published(folder: Path) -> Path:
    """A small muted publication with a file of each kind."""
    folder.mkdir(parents=True)
    chart = {
        "data": [{"x": ["2024-05-01", "2024-06-01"], "y": [110, 140], "type": "bar"}],
        "layout": {"title": {"text": "Sales by month"}, "margin": {"l": 45.25}},
    }
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1234.56 90"><title>Sales by month'
        '</title><desc>Two bars, the second is higher</desc><path d="M1999.25 7L12345.67 8"/>'
        '<text x="7">May 2024</text></svg>'
    )
    (folder / "index.html").write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Whom to call</title>'
        "<style>p { margin: 1234.5px }</style></head><body><h1>An online shop</h1>"
        "<!-- made by a program --><p>About 120 customers bought again in May 2024, "
        f"12.3% more than before, for about €9,000.</p>{drawing}"
        f'<script type="application/json">{json.dumps(chart)}</script>'
        "<script>document.title = 'Whom to call';</script></body></html>",
        "utf-8",
    )
    (folder / "picture.svg").write_text(drawing, "utf-8")
    (folder / "entry.json").write_text(json.dumps({"title": "Whom to call"}), "utf-8")
    (folder / "search.json").write_text(json.dumps([{"title": "Whom", "text": "to call"}]), "utf-8")
    (folder / "index.qmd").write_text("---\ntitle: Whom to call\n---\n\nText.\n", "utf-8")
    (folder / "README.md").write_text("# Whom to call\n\nText.\n", "utf-8")
    (folder / "style.css").write_text("body { margin: 1234.56px }\n", "utf-8")
    (folder / "page.js").write_text("document.title = 'Whom to call';\n", "utf-8")
    (folder / "list.yml").write_text("title: Whom to call\n", "utf-8")
    (folder / "again.sh").write_text("# how to make it\ncustanalytics run sales.csv\n", "utf-8")
    (folder / "table.csv").write_text("month,customers\n2024-05,110\n", "utf-8")
    (folder / "report.pdf").write_bytes(pdf("Whom to call. About 120 customers in May 2024."))
    for name in ("card.png", "card.jpg", "card.webp"):
        Image.new("RGB", (9, 9), (10, 99, 140)).save(folder / name)
    slides(folder / "slides.pptx")
    with xlsxwriter.Workbook(folder / "lists.xlsx") as book:
        sheet = book.add_worksheet("Months")
        sheet.write_row(0, 0, ["month", "customers"])
        sheet.write_row(1, 0, ["May 2024", 110])
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        archive.writestr("README.md", "Whom to call\n")
    (folder / "data.json.gz").write_bytes(gzip.compress(b'{"title": "Whom to call"}', mtime=0))
    return folder


def pdf(text: str, title: str = "Report") -> bytes:
    """A PDF of one page."""
    quoted = json.dumps(text, ensure_ascii=False)
    source = f"#set document(title: {json.dumps(title, ensure_ascii=False)}, date: none)\n#{quoted}"
    return bytes(typst.compile(source.encode()))


def slides(path: Path) -> None:
    """Two slides with a chart and notes."""
    deck = Presentation()
    deck.core_properties.author = ""
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Whom to call"
    slide.notes_slide.notes_text_frame.text = "Say how many there are."
    data = CategoryChartData()
    data.categories = ["May 2024", "June 2024"]
    data.add_series("customers", (110, 140))
    box = (Inches(1), Inches(2), Inches(6), Inches(4))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *box, data)
    deck.save(str(path))
