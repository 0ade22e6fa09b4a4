"""Colours of slides as the theme's own, so that a client's template recolours everything."""

from typing import Any

from pptx.enum.dml import MSO_THEME_COLOR as THEME

from custanalytics.render.charts.theme import ink

# Name as in `charts.theme` -> the theme's colour and how much lighter or darker.
_PAINT = {
    "ink": (THEME.TEXT_1, 0.0),
    "muted": (THEME.TEXT_1, 0.3),
    "rule": (THEME.BACKGROUND_1, -0.2),
    "grid": (THEME.BACKGROUND_1, -0.08),
    "bg": (THEME.BACKGROUND_1, 0.0),
    "surface": (THEME.BACKGROUND_1, -0.04),
    "accent": (THEME.ACCENT_1, 0.0),
    "accent-soft": (THEME.ACCENT_1, 0.82),
    "accent-ink": (THEME.TEXT_2, 0.0),
    "good": (THEME.ACCENT_3, 0.0),
    "bad": (THEME.ACCENT_2, -0.25),
    "warn": (THEME.ACCENT_5, 0.0),
    "series-1": (THEME.ACCENT_1, 0.0),
    "series-2": (THEME.ACCENT_2, 0.0),
    "series-3": (THEME.ACCENT_3, 0.0),
    "series-4": (THEME.ACCENT_4, 0.0),
    "series-5": (THEME.ACCENT_5, 0.0),
    "series-6": (THEME.ACCENT_6, 0.0),
    "series-7": (THEME.ACCENT_3, -0.4),
    "series-8": (THEME.TEXT_1, 0.5),
}
# Text in the colour of a mark, where that is too pale for letters.
_PAINT |= {ink(name): place for name, place in _PAINT.items() if name.startswith("series-")}
_PAINT |= {ink("series-2"): _PAINT["bad"], ink("series-8"): _PAINT["muted"]}


def paint(color: Any, name: str, lighter: float = 0.0) -> None:
    """Set a colour of python-pptx by our name for it."""
    theme, brightness = _PAINT[name]
    color.theme_color = theme
    color.brightness = max(-1.0, min(1.0, brightness + lighter))


def fill(shape_fill: Any, name: str, lighter: float = 0.0) -> None:
    """Fill with one of our colours."""
    shape_fill.solid()
    paint(shape_fill.fore_color, name, lighter)


def fill_depth(shape_fill: Any, depth: float) -> bool:
    """Fill a heat map's cell; whether its text must be light."""
    brightness = 0.9 - 1.05 * max(0.0, min(1.0, depth))
    fill(shape_fill, "series-1", brightness)
    return brightness < 0.3
