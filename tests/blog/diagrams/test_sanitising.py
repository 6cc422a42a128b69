import pytest

from blog.diagrams.sanitising import NotADrawingError, clean_drawing

ROOT = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '


def cleaned(inside: str) -> str:
    svg, _, _ = clean_drawing(f'{ROOT}viewBox="0 0 10 20">{inside}</svg>')
    return svg.removeprefix(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 20" width="10" height="20">'
    ).removesuffix("</svg>")


def test_a_drawing_has_the_size_of_its_view():
    svg, width, height = clean_drawing(
        f'{ROOT}width="100%" style="max-width: 9px" viewBox="-5 -6.5 100.4,49.6"><g></g></svg>'
    )

    assert (width, height) == (100, 50)
    assert svg == (
        '<svg xmlns="http://www.w3.org/2000/svg" width="100" viewBox="-5 -6.5 100.4,49.6" '
        'height="50"><g></g></svg>'
    )


@pytest.mark.parametrize(
    ("drawn", "kept"),
    [
        ("<script>alert(1)</script><g></g>", "<g></g>"),
        ('<image href="https://example.org/x.png"/>', ""),
        ('<rect onload="alert(1)" width="3"/>', '<rect width="3"></rect>'),
        ('<a xlink:href="javascript:alert(1)"><path d="M0"/></a>', '<g><path d="M0"></path></g>'),
        ('<use href="https://example.org/x.svg#a"/>', "<use></use>"),
        ('<use xlink:href="#a"/>', '<use href="#a"></use>'),
        ('<path fill="url(https://example.org/)"/>', '<path fill="none"></path>'),
        ('<path marker-end="url(#arrow)"/>', '<path marker-end="url(#arrow)"></path>'),
        ("<g><animate attributeName='x'/><set to='y'/></g>", "<g></g>"),
        ("<text>a &lt;b&gt; &amp; ‘c’</text>", "<text>a &lt;b&gt; &amp; ‘c’</text>"),
        ("<title>A tip</title><desc>x</desc>", ""),
        (
            "<style>@import url(//example.org/a.css); .a{fill:u\\72l(//example.org/b)}</style>",
            "<style>none .a{fill:u72l(//example.org/b)}</style>",
        ),
        (
            '<rect style="background: image-set(&quot;https://example.org/x&quot; 1x)"/>',
            '<rect style="background: none"></rect>',
        ),
        (
            '<foreignObject><div xmlns="http://www.w3.org/1999/xhtml" onclick="x">'
            '<img src="x"/><iframe src="y"></iframe><a href="z">words</a></div></foreignObject>',
            '<foreignObject><div xmlns="http://www.w3.org/1999/xhtml"><span>words</span></div>'
            "</foreignObject>",
        ),
    ],
)
def test_only_shapes_words_and_style_are_kept(drawn, kept):
    assert cleaned(drawn) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<svg",
        "<html/>",
        f"{ROOT}/>",
        f'{ROOT}viewBox="0 0 1"/>',
        f'<!DOCTYPE svg [<!ENTITY a "aaaa">]>{ROOT}viewBox="0 0 1 1">&a;</svg>',
        f'{ROOT}viewBox="0 0 1 1">{"<g>" * 150}{"</g>" * 150}</svg>',
    ],
)
def test_what_is_no_drawing_is_refused(text):
    with pytest.raises(NotADrawingError):
        clean_drawing(text)
