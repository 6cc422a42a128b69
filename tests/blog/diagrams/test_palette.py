import re
from pathlib import Path

from django.conf import settings

from blog.diagrams.palette import DARK, LIGHT, coloured, theme_variables


def test_colours_are_those_of_the_pages():
    tokens = Path(settings.BASE_DIR, "static/css/tokens.css").read_text()
    tokens = tokens.partition("@media")[0]
    pairs = dict(re.findall(r"--([a-z0-9-]+): light-dark\((#\w{6}, #\w{6})\)", tokens))

    assert {name: pairs[name] for name in LIGHT} == {
        name: f"{LIGHT[name]}, {DARK[name]}" for name in LIGHT
    }


def test_a_drawing_is_coloured_in_every_way_that_css_writes_colours():
    ink = theme_variables()["textColor"]
    channels = ", ".join(str(int(ink[place : place + 2], 16)) for place in (1, 3, 5))

    drawn = f"{ink.upper()} rgb({channels}) rgba({channels}, 0.5)"

    assert coloured(drawn, LIGHT) == "#1B1E23 rgb(27, 30, 35) rgba(27, 30, 35, 0.5)"
    assert coloured(drawn, DARK) == "#E9E7E2 rgb(233, 231, 226) rgba(233, 231, 226, 0.5)"


def test_colours_that_an_author_chose_stay():
    chosen = "#ffffff #1B1E23 #fff #12345678 rgb(255, 255, 255) rgb(999, 0, 0)"

    assert coloured(chosen, DARK) == chosen
