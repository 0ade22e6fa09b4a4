"""Pictures of everything a user sees, for very different inputs, on one sheet each.

``python -m tests.trials.contact_sheet OUT [NAME ...] [--data FOLDER]``: screens at three widths,
light and dark, every PDF page and, where LibreOffice is there, every slide, page of the workbook
and page of the Word document. NAME is one of the inputs (default: all); FOLDER holds the real
sets (``online_retail.csv.gz``, ``cdnow_master.txt``, ``superstore.csv.gz``), without it the
made-up inputs alone are drawn.
"""

import argparse
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from custanalytics.pipeline import run, run_prospects
from tests.browser.pages import browser, page
from tests.test_odd_data import one_time_buyers, twenty_customers
from tests.trials.leads import leads

WIDTHS = (390, 1280, 1920)
REAL = {
    "online-retail": "online_retail.csv.gz",
    "cdnow": "cdnow_master.txt",
    "superstore": "superstore.csv.gz",
}
OFFICE = {"slides": "slides.pptx", "workbook": "workbook.xlsx", "word": "report.docx"}
SETTINGS: dict[str, dict[str, Any]] = {"names": {"locale": "de_DE", "margin": 0.4}}
ACROSS, THUMB, DOWN = 4, 480, 3


def ten_years() -> pd.DataFrame:
    """Ten years of steady customers, with a few more each year."""
    random = np.random.default_rng(4)
    rows = []
    for i in range(500):
        day = random.uniform(0, 3300)
        while day < 3650:
            rows.append((f"c{i}", pd.Timestamp("2014-01-01") + pd.Timedelta(days=int(day)), 40.0))
            day += random.exponential(120)
    frame = pd.DataFrame(rows, columns=["customer", "date", "amount"])
    return frame.assign(amount=random.lognormal(3.5, 0.4, len(frame)).round(2))


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """The same with customers' names in many scripts, long ones among them."""
    names = (
        "Käthe Müller-Lüdenscheidt von und zu Großbärenweiler",
        "山田太郎",
        "สมชาย ใจดี",
        "佐藤 花子",
        "محمد علي",
        "דוד כהן",
        "Jürgen Weiß",
        "Café 😀",
    )
    order = {c: f"{names[i % 8]} {i}" for i, c in enumerate(frame["customer"].unique())}
    return frame.assign(customer=frame["customer"].map(order))


MADE: dict[str, Callable[[], pd.DataFrame]] = {
    "twenty-customers": twenty_customers,
    "one-time-buyers": one_time_buyers,
    "ten-years": ten_years,
    "names": lambda: named(ten_years().tail(2500)),
    "prospects": lambda: leads(1500, seed=3),
}


def sheets(pictures: list[Image.Image], path: Path) -> None:
    """All pictures, one width, in rows; a new file after so many rows."""
    small = [p.resize((THUMB, round(p.height * THUMB / p.width))) for p in pictures]
    for number, first in enumerate(range(0, len(small), ACROSS * DOWN), 1):
        part = small[first : first + ACROSS * DOWN]
        rows = [part[i : i + ACROSS] for i in range(0, len(part), ACROSS)]
        heights = [max(p.height for p in row) + 8 for row in rows]
        whole = Image.new("RGB", (ACROSS * (THUMB + 8), sum(heights)), "#888888")
        top = 0
        for row, height in zip(rows, heights, strict=True):
            for i, picture in enumerate(row):
                whole.paste(picture, (i * (THUMB + 8), top))
            top += height
        whole.save(path.with_name(f"{path.name}-{number}.png"))


def pages_of(pdf: Path) -> list[Image.Image]:
    """Every page of a PDF."""
    import pypdfium2  # of the extra "browser"; the tests collect this file without it

    return [found.render(scale=1.5).to_pil() for found in pypdfium2.PdfDocument(pdf)]


def office_pages(file: Path, folder: Path) -> list[Image.Image]:
    """Every page of an office file, where LibreOffice is there to draw it."""
    office = shutil.which("soffice")
    if not office:
        print(f"no LibreOffice on PATH: {file.name} is not drawn")
        return []
    command = [office, "--headless", "--convert-to", "pdf", "--outdir", folder, file]
    subprocess.run(command, capture_output=True, check=True)
    return pages_of(folder / f"{file.stem}.pdf")


def make(name: str, source: Path, folder: Path) -> None:
    """The report on an input, in all formats."""
    formats = ("html", "pdf", "docx", "pptx", "xlsx")
    common = {"formats": formats, "renderer": "embedded", "client": "Client"}
    if name == "prospects":
        run_prospects(source, folder, **common)
    else:
        run([source], folder, **common, **SETTINGS.get(name, {}))


def draw(name: str, folder: Path, out: Path, chromium: Any) -> None:
    """The sheets of a report."""
    for width in WIDTHS:
        dark = width == WIDTHS[-1]
        with page(chromium, folder / "report.html", width, dark=dark) as shown:
            shown.screenshot(path=out / f"{name}-{width}.png", full_page=True)
    sheets(pages_of(folder / "report.pdf"), out / f"{name}-pdf")
    drawn = out / "drawn" / name
    for kind, file in OFFICE.items():
        sheets(office_pages(folder / file, drawn), out / f"{name}-{kind}")


def main(out: Path, names: list[str], data: Path | None) -> None:
    """Make all sheets."""
    out.mkdir(parents=True, exist_ok=True)
    chosen = names or [*MADE, *(REAL if data else {})]
    with browser() as chromium:
        for name in chosen:
            if name in MADE:
                source = out / f"{name}.csv"
                MADE[name]().to_csv(source, index=False)
            else:
                source = data / REAL[name]
            make(name, source, out / name)
            draw(name, out / name, out, chromium)
            print(f"{name}: {out / name}-*.png", flush=True)


if __name__ == "__main__":
    command = argparse.ArgumentParser(description=__doc__)
    command.add_argument("out", type=Path)
    command.add_argument("names", nargs="*", metavar="NAME", choices=[[], *MADE, *REAL])
    command.add_argument("--data", type=Path)
    asked = command.parse_args()
    main(asked.out.resolve(), asked.names, asked.data)
