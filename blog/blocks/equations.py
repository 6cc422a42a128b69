"""A formula in TeX, as a block of its own."""

from html import escape

from django.core.exceptions import ValidationError
from django.utils.safestring import mark_safe
from wagtail import blocks

from blog.highlighting import showable
from blog.markdown import PageState, RenderedMarkdown
from blog.markdown.math import formula_as_typed, formula_html
from blog.tex import TexError, point_to_equations, to_mathml, without_delimiters


class EquationBlock(blocks.StructBlock):
    """A formula set apart, with a caption if it needs one."""

    tex = blocks.TextBlock(
        label="Formula",
        rows=4,
        help_text=(
            r"In TeX, for example \frac{a}{b}. For a number, write \begin{equation} … "
            r"\end{equation}."
        ),
    )
    caption = blocks.CharBlock(
        required=False, max_length=400, help_text="One sentence on what the formula says."
    )

    class Meta:
        icon = "superscript"
        label = "Equation"
        description = "A formula in TeX, set apart from the text."
        label_format = "{tex}"
        preview_value = {
            "tex": r"\sigma = \sqrt{\frac{1}{N} \sum_{i=1}^{N} (x_i - \mu)^2}",
            "caption": "The spread of N values around their mean.",
        }

    def clean(self, value):
        value = super().clean(value)
        try:
            to_mathml(_tex_of(value), is_display=True)
        except TexError as error:
            raise blocks.StructBlockValidationError(
                block_errors={"tex": ValidationError(f"Line {error.line}: {error}")}
            ) from error
        return value

    def render_once(self, value, page) -> RenderedMarkdown:
        """The formula as MathML; its TeX and caption are its words."""
        state = page or PageState()
        tex, caption = _tex_of(value), " ".join(showable(value.get("caption") or "").split())
        try:
            html = formula_html(tex, state, is_display=True)
        except TexError:  # A draft may hold what cannot be published yet.
            html = formula_as_typed(tex, is_display=True)
        if not page:
            html = point_to_equations(html, state.labels, is_last=True)
        if caption:
            html = f"<figure>{html}<figcaption>{escape(caption)}</figcaption></figure>"
        text = "\n".join(part for part in (" ".join(tex.split()), caption) if part)
        return RenderedMarkdown(
            html=html, headings=(), text=text, code_text="", words=len(text.split()), code_words=0
        )

    def render(self, value, context=None):
        return mark_safe(self.render_once(value, None).html)  # noqa: S308 - escaped in blog.tex

    def get_searchable_content(self, value):
        text = self.render_once(value, None).text
        return [text] if text else []


def _tex_of(value) -> str:
    return without_delimiters(showable(value.get("tex") or ""))
