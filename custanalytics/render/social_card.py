"""The picture that is shown with a link: title, who it is from, and the finding."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib import style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch, Rectangle

from custanalytics.bundled import reports_dir
from custanalytics.render.charts.theme import SHIPPED_FONT, Theme

WIDTH, HEIGHT = 1200, 630
_DPI = 100.0
_LEFT, _RIGHT = 92.0, 72.0
_LEADING = 1.2
_TITLE = (76.0, 64.0, 56.0, 48.0, 42.0)
_FINDING = (38.0, 34.0, 30.0, 27.0)
_SMALL = 29.0
_ELLIPSIS = "…"


@dataclass(frozen=True)
class _Block:
    """Lines of one size that fit their box."""

    lines: tuple[str, ...]
    size: float

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * _LEADING


def social_card(title: str, line: str, finding: str, theme: Theme) -> bytes:
    """Draw the picture of a link: large letters that stay readable when it is shown small."""
    with style.context(["default", {"text.parse_math": False}]):
        return _Card(theme).png(title, line, finding)


class _Card:
    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.figure = Figure(figsize=(WIDTH / _DPI, HEIGHT / _DPI), dpi=_DPI)
        canvas: Any = FigureCanvasAgg(self.figure)
        self.renderer = canvas.get_renderer()
        self.figure.patch.set_facecolor(theme.hex("bg"))
        self.head = _font(theme, "ReportSerif-SemiBold.ttf", bold=True)
        self.text = _font(theme, "ReportSans-Regular.ttf", bold=False)
        self.strong = _font(theme, "ReportSans-SemiBold.ttf", bold=True)

    def png(self, title: str, line: str, finding: str) -> bytes:
        """The picture with these texts."""
        self._box(0, 0, 28, HEIGHT, "accent")
        self._sign(WIDTH - _RIGHT - 3 * 30 + 6, 52)
        small = self._fitted(line, self.text, (_SMALL,), 1, WIDTH - _LEFT - _RIGHT - 130)
        self._write(small, 54, self.text, "muted")
        width = WIDTH - _LEFT - _RIGHT
        fitted = self._fitted(finding, self.strong, _FINDING, 3, width - 34)
        head = self._fitted(title, self.head, _TITLE, 4 if not finding else 3, width)
        self._write(head, 150, self.head, "ink")
        if fitted.lines:
            top = HEIGHT - 66 - fitted.height
            self._box(_LEFT, top, 7, fitted.height, "accent")
            self._write(fitted, top, self.strong, "ink", _LEFT + 34)
        buffer = io.BytesIO()
        # No version of the software in the file: other bytes for the same picture.
        self.figure.savefig(buffer, format="png", metadata={"Software": None})
        return buffer.getvalue()

    def _fitted(
        self, text: str, font: FontProperties, sizes: Sequence[float], most: int, width: float
    ) -> _Block:
        words = text.split()
        lines: list[str] = []
        for size in sizes:
            lines = self._wrapped(words, font, size, width)
            if len(lines) <= most and all(self._width(x, font, size) <= width for x in lines):
                return _Block(tuple(lines), size)
        size = sizes[-1]
        cut = lines[:most]
        if len(lines) > most:
            cut[-1] += _ELLIPSIS
        return _Block(tuple(self._shortened(x, font, size, width) for x in cut), size)

    def _wrapped(
        self, words: Sequence[str], font: FontProperties, size: float, width: float
    ) -> list[str]:
        lines: list[str] = []
        for word in words:
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self._width(longer, font, size) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines

    def _shortened(self, line: str, font: FontProperties, size: float, width: float) -> str:
        while self._width(line, font, size) > width:
            line = line.rstrip(_ELLIPSIS)[:-1].rstrip() + _ELLIPSIS
        return line

    def _width(self, text: str, font: FontProperties, size: float) -> float:
        sized = font.copy()
        sized.set_size(size * 72 / _DPI)
        width, _, _ = self.renderer.get_text_width_height_descent(text, sized, False)
        return float(width)

    def _write(
        self, block: _Block, top: float, font: FontProperties, color: str, left: float = _LEFT
    ) -> None:
        for i, line in enumerate(block.lines):
            base = top + (i + 0.92) * block.size * _LEADING - block.size * 0.12
            self.figure.text(
                left / WIDTH,
                1 - base / HEIGHT,
                line,
                fontproperties=font,
                fontsize=block.size * 72 / _DPI,
                color=self.theme.hex(color),
                va="baseline",
            )

    def _box(self, left: float, top: float, width: float, height: float, color: str) -> None:
        corner = (left / WIDTH, 1 - (top + height) / HEIGHT)
        size = (width / WIDTH, height / HEIGHT)
        self.figure.add_artist(
            Rectangle(corner, *size, color=self.theme.hex(color), linewidth=0, antialiased=False)
        )

    def _sign(self, left: float, top: float) -> None:
        """The little cohort triangle that is also the site's sign."""
        for row in range(3):
            for column in range(3 - row):
                x, y = left + column * 30, top + row * 30
                square = FancyBboxPatch(
                    (x + 3, HEIGHT - y - 21),
                    18,
                    18,
                    boxstyle="round,pad=3,rounding_size=4",
                    color=self.theme.hex("accent"),
                    alpha=(1, 0.65, 0.35)[column],
                    linewidth=0,
                    transform=None,
                )
                self.figure.add_artist(square)


def _font(theme: Theme, shipped: str, bold: bool) -> FontProperties:
    files = theme.font_files
    if theme.font_family == SHIPPED_FONT or not files:
        return FontProperties(fname=str(reports_dir() / "_shared" / "fonts" / shipped))
    fitting = [file for file in files if ("bold" in file.stem.lower()) == bold]
    return FontProperties(fname=str((fitting or files)[0]))
