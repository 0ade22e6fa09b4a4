"""Pictures of everything a user sees, for very different inputs, on one sheet each.

``python -m tests.trials.contact_sheet OUT [DATA]``: screens at three widths, light and dark,
every PDF page and, where LibreOffice is there, every slide. DATA is a folder with real sets
(``online_retail.csv.gz``, ``cdnow_master.txt``); without it the made-up inputs alone are drawn.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from custanalytics.pipeline import run
from tests.browser.pages import browser, page
from tests.test_odd_data import one_time_buyers, twenty_customers

WIDTHS = (390, 1280, 1920)
REAL = ("online_retail.csv.gz", "cdnow_master.txt")
ACROSS, THUMB = 6, 420


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
    """The same with German and Japanese customers' names, long ones among them."""
    names = (
        "Käthe Müller-Lüdenscheidt von und zu Großbärenweiler",
        "山田太郎",
        "佐藤 花子",
        "Jürgen Weiß",
    )
    order = {c: f"{names[i % 4]} {i}" for i, c in enumerate(frame["customer"].unique())}
    return frame.assign(customer=frame["customer"].map(order))


MADE = {
    "twenty-customers": twenty_customers,
    "one-time-buyers": one_time_buyers,
    "ten-years": ten_years,
    "names": lambda: named(ten_years().tail(2500)),
}


def sheet(pictures: list[Image.Image], path: Path) -> None:
    """All pictures, one width, in rows."""
    small = [p.resize((THUMB, round(p.height * THUMB / p.width))) for p in pictures]
    rows = [small[i : i + ACROSS] for i in range(0, len(small), ACROSS)]
    heights = [max(p.height for p in row) + 8 for row in rows]
    whole = Image.new("RGB", (ACROSS * (THUMB + 8), sum(heights)), "#888888")
    top = 0
    for row, height in zip(rows, heights, strict=True):
        for i, picture in enumerate(row):
            whole.paste(picture, (i * (THUMB + 8), top))
        top += height
    whole.save(path)


def pages_of(pdf: Path) -> list[Image.Image]:
    """Every page of a PDF."""
    import pypdfium2  # of the extra "browser"; the tests collect this file without it

    return [found.render(scale=1.5).to_pil() for found in pypdfium2.PdfDocument(pdf)]


def slides_of(folder: Path) -> list[Image.Image]:
    """Every slide, where LibreOffice is there to draw it."""
    office = shutil.which("soffice")
    if not office:
        print("no LibreOffice on PATH: slides are not drawn")
        return []
    command = [
        office,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        folder,
        folder / "slides.pptx",
    ]
    subprocess.run(command, capture_output=True, check=True)
    return pages_of(folder / "slides.pdf")


def main(out: Path, data: Path | None) -> None:
    """Make all sheets."""
    out.mkdir(parents=True, exist_ok=True)
    inputs = {}
    for name, make in MADE.items():
        inputs[name] = out / f"{name}.csv"
        make().to_csv(inputs[name], index=False)
    if data is not None:
        inputs |= {name.split(".")[0]: data / name for name in REAL if (data / name).is_file()}
    with browser() as chromium:
        for name, file in inputs.items():
            folder = out / name
            run(
                [file],
                folder,
                formats=("html", "pdf", "pptx"),
                renderer="embedded",
                client="Client",
            )
            for width in WIDTHS:
                with page(
                    chromium, folder / "report.html", width, dark=width == WIDTHS[-1]
                ) as shown:
                    shown.screenshot(path=out / f"{name}-{width}.png", full_page=True)
            sheet(pages_of(folder / "report.pdf"), out / f"{name}-pdf.png")
            slides = slides_of(folder)
            if slides:
                sheet(slides, out / f"{name}-slides.png")
            print(f"{name}: {out / name}-*.png", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
