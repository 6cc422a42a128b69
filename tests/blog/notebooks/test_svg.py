"""Drawings: what draws is kept, what runs, loads, links or moves is not."""

import pytest
from django.core.files.storage import default_storage

from blog.notebooks.svg import SvgError, clean_svg
from tests.blog.notebooks.building import code_cell, html_of, picture, shown

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '


def cleaned(inside: str) -> str:
    data = clean_svg(f'{OPEN}width="4" height="2">{inside}</svg>').data.decode()
    return data.removeprefix(
        '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2">'
    ).removesuffix("</svg>")


@pytest.mark.parametrize(
    "drawing",
    [
        '<g id="a" clip-path="url(#p)"><path d="M 0 0" style="fill: none; stroke: #1"></path></g>',
        '<defs><style type="text/css">*{stroke-linejoin: round}</style></defs>',
        '<text xml:space="preserve">a &lt; b &amp; c</text>',
    ],
)
def test_what_draws_is_kept(drawing):
    assert cleaned(drawing) == drawing


@pytest.mark.parametrize(
    ("drawing", "kept"),
    [
        ("<script>steal()</script>", ""),
        ('<path onload="steal()" ONclick="a" d="M 0"/>', '<path d="M 0"></path>'),
        ('<a xlink:href="javascript:steal()"><path/></a>', "<path></path>"),
        ('<use xlink:href="#a"/>', '<use href="#a"></use>'),
        ('<use href="https://example.org/a.svg#a"/>', "<use></use>"),
        ('<image href="https://example.org/a.png"/>', "<image></image>"),
        ('<image href="data:image/svg+xml;base64,AAAA"/>', "<image></image>"),
        (
            '<image xlink:href="data:image/png;base64,AAAA"/>',
            '<image href="data:image/png;base64,AAAA"></image>',
        ),
        ('<path style="fill: url(https://example.org)"/>', "<path></path>"),
        ('<path style="fill: u\\rl(a)"/>', "<path></path>"),
        ("<style>@import 'a.css';</style>", ""),
        ('<style>a{b: url( "#a")}</style>', '<style>a{b: url( "#a")}</style>'),
        ('<animate attributeName="href" to="javascript:a"/>', ""),
        ('<set attributeName="onload" to="a"/>', ""),
        ("<metadata><b/></metadata><!-- note --><?pi?>", ""),
        ('<x:path xmlns:x="urn:x" x:d="M 0"/>', ""),
        ('<path><iframe xmlns="http://www.w3.org/1999/xhtml" src="a"/></path>', "<path></path>"),
    ],
)
def test_what_does_more_than_draw_is_left_out(drawing, kept):
    assert cleaned(drawing) == kept


@pytest.mark.parametrize(
    ("drawing", "why"),
    [
        ("", "is not valid SVG"),
        ("<svg", "is not valid SVG"),
        ("<svg/>", "is not valid SVG"),
        ("<html/>", "is not valid SVG"),
        (f"{OPEN}/>", "does not say how large it is"),
        (f'{OPEN}width="1e9" height="1"/>', "does not say how large it is"),
        (f'{OPEN}width="10001" height="1"/>', "does not say how large it is"),
        (
            '<!DOCTYPE svg [<!ENTITY a "b">]>' + f'{OPEN}width="1" height="1">&a;</svg>',
            "is not valid SVG",
        ),
        (
            f'{OPEN}width="1" height="1"><foreignObject/></svg>',
            "holds HTML, so save it as PNG",
        ),
        (
            f'{OPEN}width="1" height="1">{"<g>" * 61}{"</g>" * 61}</svg>',
            "has parts nested too deeply",
        ),
        (" " * 2_000_001, "is larger than 2,000,000 characters, so save it as PNG"),
    ],
)
def test_what_cannot_be_shown_is_refused(drawing, why):
    with pytest.raises(SvgError) as refusal:
        clean_svg(drawing)

    assert str(refusal.value) == why


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="460.8pt" height="345.6pt"', (614, 461)),
        ('width="100%" height="100%" viewBox="0 0 300 150"', (300, 150)),
        ('viewBox="0,0,30.4,15"', (30, 15)),
        ('width="2in" height="25.4mm"', (192, 96)),
    ],
)
def test_the_size_is_worked_out_in_pixels(attributes, size):
    found = clean_svg(f"{OPEN}{attributes}/>")

    assert (found.width, found.height) == size


def test_a_drawing_is_stored_clean_and_shown_as_a_picture():
    svg = f'{OPEN}width="40" height="20"><script>steal()</script><path d="M 0 0"/></svg>'

    html = html_of(code_cell("x", shown(svg=svg)))

    name = html.partition('id="')[2].partition('"')[0]
    assert name.endswith(".svg")
    assert 'width="40" height="20"' in html
    with default_storage.open(f"notebooks/{name}") as file:
        assert b"steal" not in file.read()


def test_a_picture_in_pixels_is_preferred():
    html = html_of(code_cell("x", shown(svg=f'{OPEN}width="4" height="2"/>', png=picture())))

    assert ".png" in html
    assert ".svg" not in html
