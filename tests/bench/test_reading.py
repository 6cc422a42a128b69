"""A page's HTML as the texts that questions are made of."""

from bench.quality.reading import text_of
from blog.markdown import render

SOURCE = """
Some `inline_name`, a [link to it](page:12#part), **bo**ld and $x^2$.

## A heading

- one
- two

```python title="a.py"
def made_up(): pass
```

[Elsewhere](https://example.org/) and [a file](document:3).
"""


def test_prose_code_and_links_are_parted():
    text = text_of(7, "A title", [render(SOURCE).html], headings=["A heading"], tags=["tag"])

    lines = [line.strip() for line in text.prose.splitlines() if line.strip()]
    assert lines == [
        "Some inline_name, a link to it, bold and .",
        "one",
        "two",
        "a.py",
        "Elsewhere and a file.",
    ]
    assert text.code.strip() == "def made_up(): pass"
    assert text.links == (("link to it", 12),)
    assert (text.pk, text.title, text.headings, text.tags) == (
        7,
        "A title",
        ("A heading",),
        ("tag",),
    )


def test_the_whole_text_is_all_that_is_said():
    text = text_of(1, "Title", ["<p>Prose</p><pre>code</pre>"], excerpt="Excerpt", headings=["H"])

    assert text.whole.split() == ["Title", "Excerpt", "H", "Prose", "code"]


def test_html_that_is_cut_off_is_read_as_far_as_it_goes():
    text = text_of(1, "Title", ["<p>One <a linktype='page' id='2'>two", "<p>three</p>"])

    assert text.prose.split() == ["One", "two", "three"]
