"""The picture of a link: its size, and texts of any length."""

import io

import pytest
from PIL import Image, ImageChops

from custanalytics.render.charts.theme import Theme
from custanalytics.render.social_card import HEIGHT, WIDTH, social_card

LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung "


@pytest.mark.parametrize(
    ("title", "line", "finding"),
    [
        ("Who comes back", "Jana Novak", "One in three."),
        (LONG * 9, LONG * 3, LONG * 9),
        ("A title " * 40, "", ""),
        ("$x$ < y & z", "", "50 % of $1"),
    ],
)
def test_any_text_stays_inside(title, line, finding):
    content = social_card(title, line, finding, Theme())
    assert content == social_card(title, line, finding, Theme())
    picture = Image.open(io.BytesIO(content))
    assert picture.size == (WIDTH, HEIGHT)
    assert not picture.info.get("Software")
    # Nothing but the bar at the left comes near an edge.
    plain = Image.new("RGB", picture.size, "#ffffff")
    left, top, right, bottom = ImageChops.difference(
        picture.convert("RGB").crop((40, 0, WIDTH, HEIGHT)), plain.crop((40, 0, WIDTH, HEIGHT))
    ).getbbox()
    assert left >= 40
    assert top >= 30
    assert right <= WIDTH - 40 - 50
    assert bottom <= HEIGHT - 30


def test_the_brand_colours_it():
    content = social_card("Title", "", "", Theme({"accent": "#aa0000"}))
    assert Image.open(io.BytesIO(content)).convert("RGB").getpixel((5, 300)) == (0xAA, 0, 0)
