"""The brand: colours, fonts and logo from ``_brand.yml``, for pages, PDF and charts.

``_brand.yml`` is Quarto's own standard. Honoured here: ``logo`` (one image, or ``medium``,
``small`` or ``large`` of ``images``), ``color`` (``palette``, ``foreground``, ``background``,
``primary``, ``success``, ``warning``, ``danger``, each one colour or a ``light`` and ``dark``
one), ``typography`` (``fonts`` from files, ``base``, ``headings``: their family) and ``meta``.
Palette names ``series-1`` to ``series-8`` replace the charts' colours. What would need an
outside request, and what is not honoured, is an error that says so.
"""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from custanalytics.bundled import reports_dir
from custanalytics.errors import RenderError
from custanalytics.render.charts.theme import LIGHT
from custanalytics.render.confined import inside
from custanalytics.render.settings_file import read_yaml

FILE = "_brand.yml"

_DARK: Mapping[str, str] = {
    "ink": "#e7ebef",
    "muted": "#a9b4be",
    "rule": "#3d4954",
    "grid": "#2b343d",
    "bg": "#141a20",
    "surface": "#1c242c",
    "accent": "#6ba6dc",
    "good": "#5cc39b",
    "bad": "#f08a7d",
    "warn": "#e0aa55",
    "series-1": "#6ba6dc",
    "series-2": "#e8925f",
    "series-3": "#52bcb5",
    "series-4": "#bd95da",
    "series-5": "#d9a23f",
    "series-6": "#e07fa5",
    "series-7": "#97b87f",
    "series-8": "#9aa6b2",
}
_ROLES = {
    "foreground": "ink",
    "background": "bg",
    "primary": "accent",
    "success": "good",
    "warning": "warn",
    "danger": "bad",
}
_NOT_SHOWN = {"secondary", "tertiary", "info", "light", "dark", "link"}
_TEXT = ("muted", "good", "bad", "warn")
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_OWN_SANS = ("Report Sans", ("Regular", "Italic", "SemiBold", "Bold"))
_OWN_SERIF = ("Report Serif", ("SemiBold",))
_WEIGHTS = {"Regular": 400, "Italic": 400, "SemiBold": 600, "Bold": 700}


@dataclass(frozen=True)
class Brand:
    """Colours by name, fonts and logo."""

    colors: Mapping[str, str]  # names as in charts.theme, accent-ink and control
    dark_colors: Mapping[str, str]
    font_family: str
    heading_family: str
    font_files: tuple[Path, ...]  # of the text family, for static charts
    faces: tuple[tuple[str, str, int, str], ...]  # family, file, weight, style
    logo: str = ""  # paths inside the report folder
    logo_dark: str = ""  # often the same
    logo_alt: str = ""

    @property
    def css(self) -> str:
        """The brand as a style sheet: font faces and custom properties, light and dark."""
        faces = "".join(
            f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {style}; '
            f'font-display: swap; src: url("{_from_assets(file)}"); }}\n'
            for family, file, weight, style in self.faces
        )
        fonts = f'--font: "{self.font_family}"; --font-head: "{self.heading_family}";'
        light, dark = _declare(self.colors), _declare(self.dark_colors)
        if self.logo:
            light += f' --logo-box: block; --logo: url("../{self.logo}");'
            dark += f' --logo: url("../{self.logo_dark}");'
        return (
            f"/* Made from {FILE} each time the report is staged or rendered. */\n{faces}"
            f":root {{ {fonts} {light} }}\n"
            f':root[data-theme="dark"] {{ {dark} }}\n'
            "@media screen and (prefers-color-scheme: dark) { "
            f':root:not([data-theme="light"]) {{ {dark} }} }}\n'
            f"@media print {{ :root, :root[data-theme] {{ {light} }} }}\n"
        )

    @property
    def typst(self) -> str:
        """The brand as a typst module."""
        colors = ", ".join(f'"{name}": rgb("{value}")' for name, value in self.colors.items())
        logo = f"(path: {typst_text(self.logo)}, alt: {typst_text(self.logo_alt)})"
        return (
            f"// Made from {FILE} each time the report is staged or rendered.\n"
            f"#let brand = ({colors}, font: {typst_text(self.font_family)}, "
            f"head: {typst_text(self.heading_family)}, "
            f"logo: {logo if self.logo else 'none'})\n"
        )


def read_brand(folder: Path) -> Brand:
    """Read the brand of a report folder or template."""
    path = folder / FILE
    if not path.is_file():
        path = reports_dir() / FILE
    try:
        data = read_yaml(path.read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise RenderError(f"{path} can't be read: {error}") from error
    _only(data, "", {"meta", "logo", "color", "typography"}, path)
    colors, dark = _colors(data.get("color") or {}, path)
    text, heading, files, faces = _fonts(data.get("typography") or {}, path)
    return Brand(colors, dark, text, heading, files, faces, *_logo(data.get("logo"), path))


def copy_brand(source: Path, target: Path) -> None:
    """Copy the brand of one report folder to another, with its logo and fonts."""
    if not (source / FILE).is_file() or (target / FILE).exists():
        return
    brand = read_brand(source)
    own = (file for _, file, _, _ in brand.faces if not file.startswith("_assets/"))
    for name in dict.fromkeys((FILE, brand.logo, brand.logo_dark, *own)):
        if name:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, target / name)


def mix(first: str, second: str, share: float) -> str:
    """Colour between two, with this share of the first."""
    pairs = zip(_channels(first), _channels(second), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def legible(color: str, grounds: list[str], toward: str, least: float = 4.5) -> str:
    """The colour, moved toward another until it is readable as text on all the grounds."""
    for step in range(21):
        candidate = mix(toward, color, step / 20)
        if min(contrast(candidate, ground) for ground in grounds) >= least:
            return candidate
    return toward


def _colors(data: dict[str, Any], path: Path) -> tuple[dict[str, str], dict[str, str]]:
    _only(data, "color.", {"palette", *_ROLES, *_NOT_SHOWN}, path)
    palette = data.get("palette") or {}
    if not isinstance(palette, dict):
        raise RenderError(f"{path}: color.palette must hold names with values")
    light, dark = dict(LIGHT), dict(_DARK)
    for role, name in _ROLES.items():
        if role not in data:
            continue
        given = data[role]
        for mode, colors in (("light", light), ("dark", dark)):
            if isinstance(given, dict) and mode in given:
                colors[name] = _hex(given[mode], palette, f"color.{role}.{mode}", path)
            elif not isinstance(given, dict) and mode == "light":
                colors[name] = _hex(given, palette, f"color.{role}", path)
            elif light[name] != LIGHT[name] and name not in ("ink", "bg"):
                colors[name] = legible(light[name], [colors["bg"]], colors["ink"], 5.5)
    if light["accent"] != LIGHT["accent"]:
        light["series-1"], dark["series-1"] = light["accent"], dark["accent"]
    for name in [f"series-{i}" for i in range(1, 9)]:
        if name in palette:
            light[name] = _hex(name, palette, f"color.palette.{name}", path)
            dark[name] = legible(light[name], [dark["bg"]], dark["ink"], 4)
    own = light["accent"] == LIGHT["accent"] and light["bg"] == LIGHT["bg"]
    return _derive(light, keep=own), _derive(dark, keep=False)


def _derive(colors: dict[str, str], keep: bool) -> dict[str, str]:
    """Fill in the colours that follow from others; `keep` leaves a given sequence alone."""
    accent, bg, ink = colors["accent"], colors["bg"], colors["ink"]
    if not keep:
        colors["surface"] = mix(ink, bg, 0.045)
        colors["accent-soft"] = mix(accent, bg, 0.22)
        for i in range(10):
            share = 0.08 + i * 0.14
            colors[f"seq-{i}"] = (
                mix(accent, bg, share) if share <= 1 else mix(ink, accent, (share - 1) * 0.9)
            )
    for i in range(10):
        ground = colors[f"seq-{i}"]
        nearest = max((bg, ink), key=lambda color: contrast(color, ground))
        end = max(("#000000", "#ffffff"), key=lambda color: contrast(color, ground))
        colors[f"on-seq-{i}"] = legible(nearest, [ground], end)
    grounds = [bg, colors["surface"]]
    for i in range(1, 9):
        colors[f"ink-{i}"] = legible(colors[f"series-{i}"], grounds, ink)
    for name in _TEXT:
        colors[name] = legible(colors[name], grounds, ink)
    colors["accent-ink"] = legible(accent, grounds, ink)
    colors["control"] = legible(colors["rule"], grounds, ink, 3)
    return colors


def _fonts(
    data: dict[str, Any], path: Path
) -> tuple[str, str, tuple[Path, ...], tuple[tuple[str, str, int, str], ...]]:
    _only(data, "typography.", {"fonts", "base", "headings"}, path)
    shared = reports_dir() / "_shared"
    faces: list[tuple[str, str, int, str]] = []
    files: dict[str, list[Path]] = {}
    for family, styles in (_OWN_SANS, _OWN_SERIF):
        stem = family.replace(" ", "")
        for style in styles:
            slant = "italic" if style == "Italic" else "normal"
            file = f"_assets/fonts/{stem}-{style}.woff2"
            faces.append((family, file, _WEIGHTS[style], slant))
            files.setdefault(family, []).append(shared / "fonts" / f"{stem}-{style}.ttf")
    for font in _entries(data.get("fonts"), "typography.fonts", path):
        if font.get("source", "file") != "file":
            raise RenderError(
                f"{path}: typography.fonts: {font.get('family')!r} comes from "
                f"{font.get('source')!r}, an outside request; give its files (source: file)"
            )
        family = _family(font.get("family"), path)
        for named in _entries(font.get("files"), "typography.fonts.files", path):
            file = _file(path, named.get("path"), "typography.fonts")
            faces.append((family, file, *_look(named, path)))
            files.setdefault(family, []).append(path.parent / file)
    base = _family(_one(data, "base", path) or _OWN_SANS[0], path)
    given = _one(data, "headings", path) or (base if "base" in data else _OWN_SERIF[0])
    heading = _family(given, path)
    used = tuple(face for face in faces if face[0] in (base, heading))
    charts = tuple(f for f in files.get(base, []) if f.suffix.lower() in (".ttf", ".otf"))
    return base, heading, charts, used


def _entries(given: Any, where: str, path: Path) -> list[dict[str, Any]]:
    """A list of names with values; a plain text in it is a path."""
    entries = [{"path": e} if isinstance(e, str) else e for e in _list(given, where, path)]
    for entry in entries:
        if not isinstance(entry, dict):
            raise RenderError(f"{path}: {where}: {entry!r} must hold names with values")
    return entries


def _list(given: Any, where: str, path: Path) -> list[Any]:
    if given is not None and not isinstance(given, list):
        raise RenderError(f"{path}: {where} must be a list, not {given!r}")
    return given or []


def _look(named: Mapping[str, Any], path: Path) -> tuple[int, str]:
    """Weight and style of a font file; they go into style sheets as they are."""
    weight, style = named.get("weight", 400), named.get("style", "normal")
    if isinstance(weight, bool) or not isinstance(weight, int) or not 1 <= weight <= 1000:
        raise RenderError(f"{path}: typography.fonts: weight {weight!r} is no number to 1000")
    if style not in ("normal", "italic", "oblique"):
        raise RenderError(f"{path}: typography.fonts: style {style!r} is not normal or italic")
    return weight, style


def _one(data: dict[str, Any], key: str, path: Path) -> str:
    value = data.get(key) or ""
    if isinstance(value, dict):
        _only(value, f"typography.{key}.", {"family"}, path)
        value = value.get("family", "")
    return str(value)


def _family(name: Any, path: Path) -> str:
    if not isinstance(name, str) or not re.fullmatch(r"[\w .\-]+", name):
        raise RenderError(f"{path}: {name!r} is no font family's name")
    return name


def _logo(data: Any, path: Path) -> tuple[str, str, str]:
    if not data:
        return "", "", ""
    images: dict[str, Any] = {}
    if isinstance(data, dict) and "path" not in data:
        _only(data, "logo.", {"images", "small", "medium", "large"}, path)
        images = data.get("images") or {}
        if not isinstance(images, dict):
            raise RenderError(f"{path}: logo.images must hold names with values")
        data = data.get("medium") or data.get("large") or data.get("small")
    modes = data if isinstance(data, dict) and "light" in data else {"light": data}
    files: list[str] = []
    alt = ""
    for mode in ("light", "dark"):
        chosen = modes.get(mode, modes["light"])
        chosen = images.get(chosen, chosen) if isinstance(chosen, str) else chosen
        named = chosen if isinstance(chosen, dict) else {"path": chosen}
        files.append(_file(path, named.get("path"), "logo"))
        alt = alt or str(named.get("alt", ""))
    return files[0], files[1], alt or "Logo"


def _file(path: Path, file: Any, what: str) -> str:
    if not isinstance(file, str) or re.search(r'["\\\n<>]', file):
        raise RenderError(f"{path}: {what}: {file!r} is no file name for a brand")
    if not file or inside(path.parent, file) is None:
        raise RenderError(f"{path}: {what}: no file {file!r} in the folder of {path.name}")
    return file


def _hex(value: Any, palette: dict[str, Any], where: str, path: Path) -> str:
    value = palette.get(value, value) if isinstance(value, str) else value
    value = palette.get(value, value) if isinstance(value, str) else value
    if isinstance(value, str) and re.fullmatch(r"#[0-9a-fA-F]{3}", value):
        value = "#" + "".join(2 * digit for digit in value[1:])
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise RenderError(f"{path}: {where}: {value!r} is no colour such as '#1f5a94'")
    return value.lower()


def _only(data: Any, prefix: str, known: set[str], path: Path) -> None:
    if not isinstance(data, dict):
        raise RenderError(f"{path}: {prefix or 'the file'} must hold names with values")
    unknown = sorted(str(key) for key in data.keys() - known)
    if unknown:
        raise RenderError(
            f"{path}: not honoured: {', '.join(prefix + key for key in unknown)}; "
            f"honoured there: {', '.join(sorted(known))}"
        )


def _declare(colors: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {value};" for name, value in colors.items())


def _from_assets(file: str) -> str:
    return file.removeprefix("_assets/") if file.startswith("_assets/") else f"../{file}"


def typst_text(text: str) -> str:
    """Text as typst writes it in its sources."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in _channels(color))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
