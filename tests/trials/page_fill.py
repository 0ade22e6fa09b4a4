"""How much of each page of a PDF is empty: ``python -m tests.trials.page_fill REPORT.pdf ...``.

A page's emptiness is the share of its body (between running head and foot) below the last ink.
Covers, contents and the last pages of body and appendix end where they end: read the list.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from tests.trials.contact_sheet import pages_of

# Running head and foot of the reports' own pages, as shares of the height.
HEAD, FOOT = 0.085, 0.915
QUARTER = 0.25


def empty_share(page: Image.Image) -> float:
    """Share of a page's body below its last ink."""
    grey = np.asarray(page.convert("L"))
    body = grey[int(HEAD * len(grey)) : int(FOOT * len(grey))]
    inked = np.flatnonzero((body < 200).any(axis=1))
    return 1.0 - (inked[-1] + 1) / len(body) if len(inked) else 1.0


def main(files: list[Path]) -> None:
    """Print every page that is more than a quarter empty, and the mean."""
    for file in files:
        shares = [empty_share(page) for page in pages_of(file)]
        listed = [f"{n} ({share:.0%})" for n, share in enumerate(shares, 1) if share > QUARTER]
        print(f"{file}: {len(shares)} pages, {np.mean(shares):.0%} empty on average")
        print(f"  more than a quarter empty: {', '.join(listed) or 'none'}")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
