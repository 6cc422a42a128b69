"""What readers see of the outputs of a cell."""

import base64
import re
from hashlib import sha256

import pytest
from django.core.files.storage import default_storage
from wagtail.rich_text import expand_db_html

from blog.notebooks import outputs
from tests.blog.notebooks.building import (
    code_cell,
    failed,
    html_of,
    picture,
    printed,
    render,
    shown,
)

NOT_SHOWN = '<p class="notebook-note">An interactive output is not shown.</p>'


def output_html(*outputs, source="x", **cell) -> str:
    """The HTML of the outputs alone, without the element around them."""
    html = html_of(code_cell(source, *outputs, **cell), has_code=False)
    return html.removeprefix('<div class="notebook-output">').removesuffix("</div>")


def pre(text: str, kind: str = "", name: str = "Output of cell 1") -> str:
    css = f' class="{kind}"' if kind else ""
    return f'<pre{css} tabindex="0" role="group" aria-label="{name}">{text}</pre>'


# Text


def test_printed_text_is_shown_as_it_is():
    assert output_html(printed("a < b\n  c\n")) == pre("a &lt; b\n  c")


def test_messages_and_results_are_told_apart():
    html = output_html(printed("done"), printed("slow", "stderr"), shown(plain="42"))

    assert html == pre("done") + pre("slow", "stderr") + pre("42")


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("\x1b[31mred\x1b[0m and \x1b[1;38;5;12mblue\x1b[m", "red and blue"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x07", "link"),
        ("\x1b[2K\x1b[1Aup", "up"),
        ("10 %\r50 %\r100 %\n", "100 %"),
        ("windows\r\nlines\r\n", "windows\nlines"),
        ("a\x00b\ud800c", "a\ufffdb\ufffdc"),
        ("\nindented", "\n\nindented"),
    ],
)
def test_text_is_as_a_terminal_leaves_it(written, seen):
    assert output_html(printed(written)) == pre(seen)


def test_a_long_output_is_cut_and_says_so():
    html = output_html(printed("\n".join(str(line) for line in range(1700))))

    assert html.endswith(
        '\n499</pre><p class="notebook-note">1,200 more lines in the notebook.</p>'
    )


def test_a_very_long_line_is_cut():
    assert output_html(printed("a" * 60_000)) == pre("a" * 50_000 + " …")


def test_an_output_of_nothing_is_left_out():
    assert html_of(code_cell("x", printed(" \n"), shown()), has_code=False) == ""


def test_an_error_has_its_traceback_without_colours():
    trace = ["\x1b[0;31mZeroDivisionError\x1b[0m  Traceback", "\x1b[0;32m----> 1\x1b[0m 1 / 0"]

    assert output_html(failed("ZeroDivisionError", "division by zero", *trace)) == pre(
        "ZeroDivisionError  Traceback\n----&gt; 1 1 / 0", "error", "Error of cell 1"
    )


def test_an_error_without_traceback_has_its_name():
    assert output_html(failed("KeyError", "'a'")) == pre(
        "KeyError: &#x27;a&#x27;", "error", "Error of cell 1"
    )


# HTML

PANDAS = """<div>
<style scoped>.dataframe tbody tr th {vertical-align: top;}</style>
<table border="1" class="dataframe"><thead>
<tr style="text-align: right;"><th></th><th colspan="2" halign="left">time</th></tr>
</thead><tbody>
<tr><th rowspan="2" valign="top">a</th><th>b</th><td onclick="steal()">1</td></tr>
</tbody></table></div>"""


def test_a_table_scrolls_and_its_header_cells_say_for_what():
    html = output_html(shown(html=PANDAS, plain="a  1"))

    assert "".join(html.split("\n")) == (
        '<div class="notebook-html"><div>'
        '<div class="tablewrap" tabindex="0" role="region" aria-label="Table of cell 1">'
        '<table><thead><tr><td></td><th scope="colgroup" colspan="2">time</th></tr></thead>'
        '<tbody><tr><th scope="rowgroup" rowspan="2">a</th><th scope="row">b</th><td>1</td></tr>'
        "</tbody></table></div></div></div>"
    )


def test_two_tables_have_different_names():
    html = output_html(shown(html="<table><td>1</table><table><td>2</table>"))

    assert 'aria-label="Table of cell 1"' in html
    assert 'aria-label="Table of cell 1, 2"' in html


def test_a_table_inside_a_table_is_not_wrapped_again():
    html = output_html(shown(html="<table><td><table><td>2</table></table>"))

    assert html.count("tablewrap") == 1
    assert html.count("<div") == html.count("</div>")


@pytest.mark.parametrize(
    ("written", "shown_html"),
    [
        ("<script>steal()</script><table><td>1</table>", None),
        ('<a href="javascript:steal()">go</a>', "go"),
        ('<a href="https://example.org">go</a>', None),
        ('<img src="x" onerror="steal()" alt="A chart">', "A chart"),
        ('<img src="data:image/png;base64,AAAA" alt="A chart">words', "A chartwords"),
        ('<p style="color:red" class="big" id="main">words</p>', "<p>words</p>"),
        ("<h1>Title</h1>", "<div><b>Title</b></div>"),
        ('<form action="/"><input name="a"><button>Go</button></form>', "Go"),
        ("<b>never closed", "<b>never closed</b>"),
    ],
)
def test_html_is_shown_without_what_runs_or_loads(written, shown_html):
    html = output_html(shown(html=written))

    for bad in ("script", "steal", "style", "onerror", "data:", "<form", "<input", ' id="'):
        assert bad not in html
    if shown_html:
        assert html == f'<div class="notebook-html">{shown_html}</div>'


def test_html_that_is_tangled_or_too_long_gives_way_to_text():
    assert output_html(shown(html="<div>" * 500 + "x", plain="plain")) == pre("plain")
    assert output_html(shown(html="<p>" + "x" * 300_000, plain="plain")) == pre("plain")


def test_the_text_of_a_model_is_shown_and_not_its_diagram():
    html = '<div><div class="sk-text-repr-fallback"><pre>LinearRegression()</pre></div></div>'

    assert output_html(shown(html=html, plain="LinearRegression()")) == pre("LinearRegression()")


# What moves


@pytest.mark.parametrize(
    "forms",
    [
        {"widget": {"model_id": "1"}, "plain": "IntSlider(value=0)"},
        {"javascript": "alert(1)", "plain": "<IPython.core.display.Javascript object>"},
        {"plotly": {"data": []}, "html": "<div><script>draw()</script></div>"},
        {"html": '<iframe src="https://example.org"></iframe>Trust the notebook'},
        {"html": "<video controls><source src='a.mp4'></video>", "plain": "<IPython.Video>"},
        {"plain": "<IPython.core.display.HTML object>"},
        {"plain": "HBox(children=(FloatProgress(value=0.0), HTML(value='')))"},
    ],
)
def test_what_is_interactive_is_said_to_be_missing(forms):
    assert output_html(shown(**forms)) == NOT_SHOWN


def test_the_picture_of_an_interactive_output_is_shown(db):
    html = output_html(shown(plotly={"data": []}, png=picture(), plain="Figure()"))

    assert html.startswith('<embed embedtype="notebook-picture"')


# Words and formulas


def test_markdown_output_is_rendered():
    html = output_html(shown(markdown="**42** of [these](javascript:steal())", plain="42"))

    assert "<strong>42</strong>" in html
    assert "steal" not in re.sub(r"\[.*", "", html)


def test_a_formula_is_mathml():
    html = output_html(shown(latex="$\\displaystyle x^{2}$", plain="x**2"))

    assert html.startswith('<div class="equation"><math')
    assert "displaystyle x" not in html


def test_a_formula_that_cannot_be_read_gives_way_to_text():
    assert output_html(shown(latex="$\\nosuchthing{$", plain="x**2")) == pre("x**2")


# Pictures


def named(png: str, ending: str = "png") -> str:
    return f"{sha256(base64.b64decode(png)).hexdigest()}.{ending}"


def test_a_picture_is_stored_under_its_digest_and_shown_by_its_address():
    png = picture(8, 4)

    html = output_html(shown(png=f"{png[:20]}\n{png[20:]}\n", plain="<Figure>"))

    assert html == (
        f'<embed embedtype="notebook-picture" id="{named(png)}" alt="Output of cell 1" '
        'width="8" height="4"/>'
    )
    assert expand_db_html(html) == (
        f'<img class="notebook-picture" src="/media/notebooks/{named(png)}" '
        'alt="Output of cell 1" width="8" height="4" loading="lazy" decoding="async">'
    )
    with default_storage.open(f"notebooks/{named(png)}") as file:
        assert file.read() == base64.b64decode(png)


def test_storing_a_picture_twice_leaves_one():
    png = picture(9, 9)
    output_html(shown(png=png))
    before = default_storage.listdir("notebooks")

    assert output_html(shown(png=png)) == output_html(shown(png=png))
    assert default_storage.listdir("notebooks") == before


@pytest.mark.parametrize(
    ("form", "format_name", "ending"),
    [("jpeg", "JPEG", "jpg"), ("gif", "GIF", "gif"), ("webp", "WEBP", "webp")],
)
def test_pictures_of_every_kind_are_shown(form, format_name, ending):
    written = picture(format_name=format_name)

    assert f'id="{named(written, ending)}"' in output_html(shown(**{form: written}))


def test_a_picture_is_as_wide_as_jupyter_showed_it():
    retina = {"image/png": {"width": 40, "height": 20}}

    assert 'width="40" height="20"' in output_html(shown(retina, png=picture(80, 40)))


@pytest.mark.parametrize("width", [0, -1, 5000, "wide", None, 1e400, True])
def test_a_width_that_makes_no_sense_is_passed_over(width):
    metadata = {"image/png": {"width": width}}

    assert 'width="80" height="40"' in output_html(shown(metadata, png=picture(80, 40)))


@pytest.mark.parametrize(
    ("output", "cell"),
    [
        (shown({"image/png": {"alt": "Waste\n falls"}}, png=picture()), {}),
        (shown({"alt": "Waste falls"}, png=picture()), {}),
        (shown(png=picture()), {"metadata": {"alt": "Waste falls"}}),
        (shown(png=picture()), {"source": '#| fig-alt: "Waste falls"\nplot()'}),
    ],
)
def test_the_alt_text_is_what_the_author_wrote(output, cell):
    assert ' alt="Waste falls" ' in output_html(output, **cell)


def test_an_alt_text_stays_text():
    alt = """"><script>alert(1)</script> 'a' & <b>"""

    html = expand_db_html(output_html(shown({"alt": alt}, png=picture())))

    assert (
        'alt="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt; &#x27;a&#x27; &amp; &lt;b&gt;"'
    ) in html


def test_several_pictures_of_a_cell_are_told_apart():
    html = output_html(shown(png=picture(1, 1)), shown(png=picture(2, 2)))

    assert re.findall('alt="(.*?)"', html) == ["Output of cell 1", "Output of cell 1, picture 2"]


@pytest.mark.parametrize(
    "png",
    [
        "not base64!",
        "AAAA",
        "",
        picture(format_name="GIF"),
        base64.b64encode(b"<svg onload='steal()'/>").decode(),
        base64.b64encode(base64.b64decode(picture(300, 300))[:60]).decode(),
    ],
)
def test_what_is_no_picture_gives_way_to_text(png):
    assert output_html(shown(png=png, plain="<Figure>")) == pre("&lt;Figure&gt;")


def test_a_picture_with_too_many_pixels_is_not_shown(monkeypatch):
    monkeypatch.setattr("blog.notebooks.pictures.MOST_PIXELS", 31)

    assert output_html(shown(png=picture(8, 4), plain="<Figure>")) == pre("&lt;Figure&gt;")


def test_a_storage_that_fails_costs_its_picture_only(monkeypatch):
    monkeypatch.setattr("blog.notebooks.pictures.default_storage", None)

    assert output_html(shown(png=picture(), plain="<Figure>")) == pre("&lt;Figure&gt;")


@pytest.mark.parametrize("name", ["../secret.png", "a.png", "0" * 64 + ".html", ""])
def test_only_names_of_stored_pictures_have_an_address(name):
    assert expand_db_html(f'<embed embedtype="notebook-picture" id="{name}" alt=""/>') == ""


# What search finds


def test_words_and_printed_text_are_found_and_code_is_counted_by_itself():
    page = render(
        code_cell("answer = 42", printed("Forty-two"), shown(html="<p>A table</p>", plain="x"))
    )

    assert (page.prose, page.printed, page.code, page.words) == (
        ["", "A table"],
        ["Forty-two", ""],
        ["answer = 42"],
        0,
    )


def test_bare_objects_only_are_taken_for_interactive():
    assert not outputs._BARE_OBJECT.fullmatch("<Figure size 640x480 with 1 Axes>")
