"""The brand's logo as a picture that office files can hold."""

import io
from pathlib import Path

import typst

from custanalytics.errors import RenderError
from custanalytics.render.brand import Brand

_SHOWN = {".png", ".jpg", ".jpeg", ".gif"}


def logo_picture(brand: Brand, folder: Path) -> io.BytesIO | None:
    """The logo as PNG or JPEG; a drawing (SVG) is turned into pixels."""
    if not brand.logo:
        return None
    path = folder / brand.logo
    if path.suffix.lower() in _SHOWN:
        return io.BytesIO(path.read_bytes())
    source = (
        "#set page(width: auto, height: auto, margin: 0pt, fill: none)\n"
        f'#image("{path.name}", height: 80pt)'
    )
    try:
        # Its stubs want input and root to be of one type.
        drawn = typst.compile(  # type: ignore[call-overload]
            source.encode(), root=str(path.parent), format="png", ppi=300.0
        )
    except typst.TypstError as error:
        raise RenderError(f"the logo {path} can't be drawn: {error}") from error
    return io.BytesIO(bytes(drawn))
