"""Colours of the charts by name, so that a brand can replace them in every renderer at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

# The family of `reports/_shared/fonts`, for a brand without a font of its own.
SHIPPED_FONT = "Report Sans"
LIGHT: Mapping[str, str] = {
    "ink": "#1c2733",
    "muted": "#5b6672",
    "rule": "#c9d0d6",
    "grid": "#e6eaed",
    "bg": "#ffffff",
    "surface": "#f5f7f8",
    "accent": "#1f5a94",
    "accent-soft": "#cfe0f0",
    "good": "#1b7f5c",
    "bad": "#b3382c",
    "warn": "#a86400",
    "series-1": "#1f5a94",
    "series-2": "#d9762f",
    "series-3": "#1b7f79",
    "series-4": "#7d4f9e",
    "series-5": "#a86400",
    "series-6": "#9c2f5b",
    "series-7": "#4d6a3a",
    "series-8": "#7b8794",
    # Text that belongs to them.
    "ink-1": "#1f5a94",
    "ink-2": "#a05e30",
    "ink-3": "#1b7b75",
    "ink-4": "#7d4f9e",
    "ink-5": "#a16103",
    "ink-6": "#9c2f5b",
    "ink-7": "#4d6a3a",
    "ink-8": "#636f7c",
    "seq-0": "#f1f6fb",
    "seq-1": "#dce9f5",
    "seq-2": "#c4d9ed",
    "seq-3": "#a8c6e3",
    "seq-4": "#88b0d7",
    "seq-5": "#6898c8",
    "seq-6": "#4a80b6",
    "seq-7": "#32699f",
    "seq-8": "#1f5184",
    "seq-9": "#123a63",
    # Text on them.
    "on-seq-0": "#1c2733",
    "on-seq-1": "#1c2733",
    "on-seq-2": "#1c2733",
    "on-seq-3": "#1c2733",
    "on-seq-4": "#1c2733",
    "on-seq-5": "#1c2733",
    "on-seq-6": "#0d0d0d",
    "on-seq-7": "#ffffff",
    "on-seq-8": "#ffffff",
    "on-seq-9": "#ffffff",
}


@dataclass(frozen=True)
class Theme:
    """Named colours as hex values, and the font of static charts."""

    colors: Mapping[str, str] = field(default_factory=dict)  # those left out are as in LIGHT
    font_family: str = SHIPPED_FONT  # where it is not found, the shipped one
    font_files: tuple[Path, ...] = ()

    def hex(self, name: str) -> str:
        """Hex value of a named colour."""
        return self.colors.get(name, LIGHT[name])


def css(name: str) -> str:
    """A named colour as the page's own variable, so that it follows light and dark."""
    return f"var(--{name})"


def depth(value: float, top: float) -> int:
    """Which of the colours ``seq-0`` to ``seq-9`` a value has, where `top` has the last."""
    return round(9 * min(max(value / top, 0.0), 1.0)) if top else 0


def ink(name: str) -> str:
    """Colour of a text that belongs to a mark of this colour: a pale mark takes darker text."""
    return name.replace("series-", "ink-")
