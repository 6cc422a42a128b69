"""What holds for all templates and style sheets: contrast, budgets, and nothing inline."""

import gzip
import re
from itertools import product
from pathlib import Path

import pytest
import wagtail.admin
from django.conf import settings
from django.template.loader import render_to_string

from blog.rendering import SHEETS

TEMPLATES = settings.BASE_DIR / "templates"
STATIC = settings.BASE_DIR / "static"
READER_TEMPLATES = sorted(
    path.relative_to(TEMPLATES).as_posix()
    for path in TEMPLATES.rglob("*.html")
    if not path.is_relative_to(TEMPLATES / "wagtailadmin")
)
PARTS = [name for name in READER_TEMPLATES if name.startswith(("parts/", "blocks/"))]
CSS_BUDGET, JS_BUDGET = 7 * 1024, 5 * 1024  # bytes, compressed

TOKENS = {
    name: {"light": light, "dark": dark}
    for sheet in ("tokens", "post")
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);", (STATIC / f"css/{sheet}.css").read_text()
    )
}
CODE = [name for name in TOKENS if name.startswith("c-")]
ACCENTS = ["blue", "rust", "green", "plum", "teal", "ochre"]
GROUNDS = ["bg", "surface", "sunken"]
# Foreground, ground, and the least contrast between them in both schemes.
PAIRS = [
    *[("ink", ground, 12) for ground in GROUNDS],
    *[("ink-2", ground, 7) for ground in GROUNDS],
    *[("muted", ground, 4.5) for ground in GROUNDS],
    *[("line-strong", ground, 3) for ground in GROUNDS],
    *[("line", "bg", 1.3)],
    *[("bg", "ink", 12)],
    *[("ink", "mark", 6.5)],
    *[("on-focus", "focus", 12)],
    *product(ACCENTS, GROUNDS, [6]),
    *[(accent, f"{accent}-tint", 6) for accent in ACCENTS],
    *[("bg", accent, 6) for accent in ACCENTS],
    *[("ink", f"{accent}-tint", 11) for accent in ACCENTS],
    *[("ink-2", f"{accent}-tint", 7) for accent in ACCENTS],
    *product(["ok", "warn", "err"], GROUNDS, [4.5]),
    *product(CODE, ["sunken"], [4.5]),
]
CALLOUTS = ["blue", "ok", "warn", "err"]


def channels(colour: str) -> list[float]:
    return [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]


def luminance(parts: list[float]) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(c * weight for c, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def contrast(one: list[float], other: list[float]) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("foreground", "ground", "least"), PAIRS)
def test_tokens_stand_out_from_their_ground(foreground, ground, least, scheme):
    found = contrast(channels(TOKENS[foreground][scheme]), channels(TOKENS[ground][scheme]))

    assert found >= least


def mix(colour: list[float], ground: list[float], share: float) -> list[float]:
    return [share * c + (1 - share) * g for c, g in zip(colour, ground, strict=True)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", CALLOUTS)
def test_the_word_of_a_callout_stands_out_from_its_tint(kind, scheme):
    colour, page = channels(TOKENS[kind][scheme]), channels(TOKENS["bg"][scheme])

    assert contrast(colour, mix(colour, page, 0.06)) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("accent", ACCENTS)
@pytest.mark.parametrize("kind", [*(name for name in CODE if name != "c-com"), "ink", "ink-2"])
def test_code_stands_out_on_a_highlighted_line(kind, accent, scheme):
    ground, colour = channels(TOKENS["sunken"][scheme]), channels(TOKENS[accent][scheme])

    assert contrast(channels(TOKENS[kind][scheme]), mix(colour, ground, 0.13)) >= 4.5


def test_comments_on_a_highlighted_line_take_a_colour_that_stands_out():
    rule = re.search(r"\.hl {([^}]*)}", (STATIC / "css/post.css").read_text())[1]

    assert "var(--accent) 13%" in rule
    assert "--c-com: var(--ink-2)" in rule


def test_every_colour_has_a_place_in_the_table():
    assert {name for pair in PAIRS for name in pair[:2]} == set(TOKENS)


@pytest.mark.parametrize("accent", ACCENTS)
def test_an_accent_can_be_set_on_any_element(accent):
    rule = (
        f'[data-accent="{accent}"] '
        f"{{ --accent: var(--{accent}); --accent-tint: var(--{accent}-tint); }}"
    )

    assert rule in (STATIC / "css/tokens.css").read_text()


@pytest.mark.parametrize("name", READER_TEMPLATES)
def test_no_template_has_inline_style_or_script(name):
    source = (TEMPLATES / name).read_text()

    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", source, re.I) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", source, re.I) == []


@pytest.mark.parametrize("name", READER_TEMPLATES)
def test_no_template_loads_from_elsewhere(name):
    source = (TEMPLATES / name).read_text()

    assert re.findall(r"""(?:src|srcset)=["']?(?:https?:)?//""", source) == []
    assert re.findall(r"""<link[^>]*href=["']?(?:https?:)?//""", source) == []


@pytest.mark.parametrize("name", PARTS)
def test_a_part_begins_by_naming_what_it_needs(name):
    first_line = (TEMPLATES / name).read_text().splitlines()[0]

    assert re.fullmatch(r"\{# needs: .+ #\}", first_line)


def compressed(*names: str) -> int:
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)


@pytest.mark.parametrize("last", [["post"], ["lists"], ["lists", "search"]])
def test_the_style_sheets_of_a_page_keep_their_budget(last):
    names = ["tokens", "reader", *last]

    assert compressed(*(f"css/{name}.css" for name in names)) <= CSS_BUDGET


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_sheet_of_a_body_is_there_and_in_the_previews_of_blocks(sheet):
    preview = (TEMPLATES / "wagtailcore/shared/block_preview.html").read_text()

    assert (STATIC / f"css/{sheet}.css").exists()
    assert f"css/{sheet}.css" in preview


def test_scripts_keep_their_budget():
    assert compressed("js/theme.js", "js/twotrack.js", "js/search.js") <= JS_BUDGET


def test_fonts_of_a_first_view_keep_their_budget():
    first_view = [STATIC / "fonts" / f"{name}.woff2" for name in ("serif", "sans", "mono")]

    assert sum(path.stat().st_size for path in first_view) <= 90_000


def test_the_page_for_errors_needs_neither_database_nor_request():
    html = render_to_string("500.html")

    assert "<h1>Something went wrong here</h1>" in html
    assert "css/tokens.css" in html


def test_every_kind_of_note_in_the_admin_has_its_ground():
    """Without one its dark words would stand on the dark page."""
    named = {
        kind
        for path in TEMPLATES.rglob("*.html")
        for kind in re.findall(r"help-block (help-\w+)", path.read_text())
    }
    wagtail_s = Path(wagtail.admin.__file__).parent / "static/wagtailadmin/css/core.css"
    sheets = [wagtail_s, *STATIC.glob("admin/*.css")]
    rules = re.findall(r"([^{}]+)\{[^}]*background-color:", "".join(map(Path.read_text, sheets)))

    assert {"help-info", "help-success"} <= named
    assert named - {kind for kind in named for rule in rules if f".{kind}" in rule} == set()
