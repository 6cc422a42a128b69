"""How the HTML of a body becomes texts by section."""

from dataclasses import asdict

import pytest

from search.texts import in_lines, sections_of
from tests.factories import make_post


def told(*parts: str) -> list[dict]:
    """The sections, each without what is empty."""
    return [
        {name: text for name, text in asdict(section).items() if text}
        for section in sections_of(parts)
    ]


def test_each_heading_begins_a_section():
    found = told(
        "<p>Before all.</p><h2 id='a'>First <em>one</em>"
        "<a class='anchor' href='#a' aria-label='Link to the section'>#</a></h2>"
        "<p>Some\nwords.</p><ul><li>One</li><li>Two</li></ul>",
        "<h3 id='b'>Second</h3><p>Caf&eacute; &lt;b&gt;</p>",
    )

    assert found == [
        {"prose": "Before all."},
        {"anchor": "a", "title": "First one", "prose": "Some words.\nOne\nTwo"},
        {"anchor": "b", "title": "Second", "prose": "Café <b>"},
    ]


def test_code_formulas_and_captions_stand_apart():
    found = told(
        "<p>See <code>x_1</code> and <math><semantics><mi>y</mi>"
        '<annotation encoding="application/x-tex">y^2</annotation></semantics></math>.</p>',
        "<div class='codeblock'><header><span>run.py</span></header>"
        "<pre><code>a = 1\n  b\n</code></pre></div>",
        "<figure><img alt='A curve'><img alt='A curve'>"
        "<figcaption>It <b>rises</b>.</figcaption></figure>",
        "<embed embedtype='image' alt='A cat'/><script>no()</script>",
    )

    assert found == [
        {
            "prose": "See x_1 and y^2 .\nrun.py",
            "code": "a = 1\n  b",
            "formulas": "y^2",
            "captions": "A curve\nIt rises.\nA cat",
        }
    ]


@pytest.mark.parametrize("html", ["", "<", "<h2", "</p></h2>", "<pre>open", "<math>", "a & b \x00"])
def test_any_html_is_read(html):
    (*_, last) = told(html, "<p>The end.</p>")

    assert last["prose"].endswith("The end.")


def test_lines_are_blocks():
    assert in_lines(["a \n b", "\n\n", " ", "\n\n", "c"]) == "a b\nc"


def test_what_a_post_has_is_told_by_its_body(engineers):
    post = make_post(
        engineers,
        markdown="Lead.\n\n## Setup\n\n```python\nimport os\n```\n\n$$x^2$$\n\n![A cat](/cat.png)",
    )
    document = post.search_document

    assert [(one["anchor"], one["title"]) for one in document.sections] == [
        ("", ""),
        ("setup", "Setup"),
    ]
    assert (document.has_code, document.has_formulas) == (True, True)
    assert "import os" in document.sections[1]["code"]
    assert document.sections[1]["formulas"] == "x^2"
