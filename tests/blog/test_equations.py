"""The equation block, and equations through a whole body."""

import pytest
from django.core.exceptions import ValidationError
from wagtail import blocks

from blog.blocks.equations import EquationBlock
from blog.blocks.markdown import MarkdownBlock
from blog.markdown import PageState
from blog.rendering import render_body
from blog.tex import to_mathml

BLOCK = EquationBlock()


class Body(blocks.StreamBlock):
    markdown = MarkdownBlock()
    equation = EquationBlock()


def value(tex: str, caption: str = ""):
    return BLOCK.to_python({"tex": tex, "caption": caption})


def body(*children):
    return Body().to_python([{"type": kind, "value": content} for kind, content in children])


@pytest.mark.parametrize("tex", ["x^2", "$$x^2$$", "\\[ x^2 \\]"])
def test_formula_alone(tex):
    rendered = BLOCK.render_once(value(tex), PageState())

    assert rendered.html == f'<div class="equation">{to_mathml("x^2", True)}</div>'
    assert rendered.text == "x^2"
    assert rendered.words == 1


def test_formula_with_a_caption():
    rendered = BLOCK.render_once(value("x\ny", "Less < more."), PageState())

    assert rendered.html.startswith('<figure><div class="equation"><math display="block">')
    assert rendered.html.endswith("</div><figcaption>Less &lt; more.</figcaption></figure>")
    assert rendered.text == "x y\nLess < more."
    assert BLOCK.get_searchable_content(value("x\ny", "Less < more.")) == ["x y\nLess < more."]


def test_wrong_formula_is_refused_with_its_line():
    with pytest.raises(blocks.StructBlockValidationError) as refused:
        BLOCK.clean(value("a\n\\foo"))

    assert refused.value.block_errors["tex"].messages == [
        r"Line 2: The command \foo cannot be shown. Check how it is spelt, or write it with other "
        "commands."
    ]


def test_right_formula_is_accepted_as_typed():
    assert BLOCK.clean(value("$$\nx\n$$"))["tex"] == "$$\nx\n$$"


@pytest.mark.parametrize("tex", ["", "  "])
def test_empty_formula_is_refused(tex):
    with pytest.raises(ValidationError):
        BLOCK.clean(value(tex))


def test_draft_with_a_wrong_formula_is_shown_as_its_tex():
    html = BLOCK.render_once(value("\\foo<b>"), PageState()).html

    assert html == '<div class="equation"><code class="tex">\\foo&lt;b&gt;</code></div>'


def test_preview_is_a_formula():
    html = BLOCK.render(BLOCK.get_preview_value())

    assert html.startswith('<figure><div class="equation"')
    assert "<msqrt>" in html


def test_references_lead_to_equations_before_and_after_them():
    rendered = render_body(
        body(
            ("markdown", "See $\\eqref{later}$, $\\eqref{never}$."),
            ("equation", {"tex": "x \\label{first}", "caption": ""}),
            ("equation", {"tex": "y \\label{later}", "caption": ""}),
            ("markdown", "See $\\eqref{first}$.[^a]\n\n[^a]: And $\\eqref{later}$."),
        )
    )

    first, _, second, last, notes = rendered["parts"]
    assert '<a href="#eq-later">(2)</a>' in first
    assert "(??)." in first
    assert ' id="eq-later"><mtext>(2)</mtext>' in second
    assert '<a href="#eq-first">(1)</a>' in last
    assert '<a href="#eq-later">(2)</a>' in notes
    assert "math" in rendered["sheets"]
    assert "\\eqref{first}" in rendered["text"]
