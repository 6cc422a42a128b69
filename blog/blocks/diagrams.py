"""A diagram in Mermaid's language, as a block of its own."""

from django.core.exceptions import ValidationError
from django.utils.safestring import mark_safe
from wagtail import blocks

from blog import diagrams
from blog.blocks.media import FigureWidth
from blog.markdown import PageState, RenderedMarkdown


class DiagramBlock(blocks.StructBlock):
    """A diagram, drawn on the server when the page is saved."""

    source = blocks.TextBlock(
        rows=10,
        help_text="In Mermaid's language: flowchart LR, sequenceDiagram, classDiagram, "
        "stateDiagram-v2, gantt and others.",
        search_index=False,
    )
    alt = blocks.TextBlock(
        rows=2,
        label="What it shows",
        help_text="What would you say about this diagram on the phone?",
    )
    caption = blocks.CharBlock(required=False, max_length=400)
    width = blocks.ChoiceBlock(choices=FigureWidth.choices, default=FigureWidth.NORMAL)

    class Meta:
        icon = "site"
        label = "Diagram"
        description = "A flowchart, sequence or other diagram, written in Mermaid's language."
        label_format = "{caption}"
        preview_value = {
            "source": "flowchart LR\n  A[Draft] --> B{Due?}\n  B -->|yes| C[Published]",
            "alt": "A draft is published when it is due.",
            "caption": "How a post travels",
            "width": "normal",
        }

    def clean(self, value):
        value = super().clean(value)
        if not self.is_deferred_validation and value["source"]:
            problem = diagrams.find_problem(value["source"])
            if problem:
                raise blocks.StructBlockValidationError(
                    block_errors={"source": ValidationError(f"Line {problem[0]}: {problem[1]}")}
                )
        return value

    def render_once(self, value, page) -> RenderedMarkdown:
        """The figure, or the source where it cannot be drawn; the source counts as code."""
        page = page or PageState()
        page.diagrams += 1
        html = diagrams.html_of(
            value.get("source") or "",
            taken=page.taken,
            alt=" ".join((value.get("alt") or "").split()),
            caption=value.get("caption") or "",
            width=value.get("width") or FigureWidth.NORMAL,
            is_drawn=page.draws and page.diagrams <= diagrams.MOST,
        )
        text = " ".join(self._words(value))
        source = value.get("source") or ""
        return RenderedMarkdown(
            html=html,
            headings=(),
            text=text,
            code_text=source,
            words=len(text.split()),
            code_words=len(source.split()),
        )

    def render(self, value, context=None):
        return mark_safe(self.render_once(value, None).html)  # noqa: S308 - escaped there

    def get_searchable_content(self, value):
        return [*self._words(value), *filter(None, [value.get("source")])]

    @staticmethod
    def _words(value) -> list[str]:
        return [value[name] for name in ("caption", "alt") if value.get(name)]
