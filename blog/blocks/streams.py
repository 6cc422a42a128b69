"""The whole bodies: of a post, and of a standard page."""

from django.core.exceptions import ValidationError
from wagtail import blocks

from blog.blocks.bibliographies import BibliographyBlock, refuse_unknown_citations
from blog.blocks.cards import CardGridBlock
from blog.blocks.code import CodeBlock
from blog.blocks.diagrams import DiagramBlock
from blog.blocks.equations import EquationBlock
from blog.blocks.markdown import MarkdownBlock
from blog.blocks.media import EmbedBlock, FigureBlock
from blog.blocks.notebooks import NotebookBlock
from blog.blocks.previewing import is_previewing, showable
from blog.blocks.tables import DataTableBlock
from blog.blocks.text import CalloutBlock, DividerBlock, ProseBlock, QuoteBlock, SectionBlock
from blog.highlighting import storable


class PostBody(blocks.StreamBlock):
    """The body of a post. Keys are stored in the data for ever."""

    markdown = MarkdownBlock()
    code = CodeBlock()
    figure = FigureBlock()
    callout = CalloutBlock()
    embed = EmbedBlock(group="Media")
    diagram = DiagramBlock(group="Media")
    quote = QuoteBlock(group="Explain")
    rich_text = ProseBlock(group="Explain")
    bibliography = BibliographyBlock(group="Explain")
    table = DataTableBlock(group="Data and maths")
    equation = EquationBlock(group="Data and maths")
    notebook = NotebookBlock(group="Data and maths")
    card_grid = CardGridBlock(group="Layout")
    divider = DividerBlock(group="Layout")

    class Meta:
        block_counts = {"bibliography": {"max_num": 1}}

    def get_prep_value(self, value):
        """What is stored: JSON from a form may carry characters that no database takes."""
        return storable(super().get_prep_value(value))

    def clean(self, value):
        try:
            cleaned = super().clean(value)
            refuse_unknown_citations(cleaned)
        except ValidationError as error:
            if is_previewing():
                return showable(value, error)
            raise
        return showable(cleaned) if is_previewing() else cleaned


class StandardBody(PostBody):
    """The body of a standard page: sections and card grids first."""

    section = SectionBlock()


def new_post_body() -> list:
    """What a new post starts with: one empty Markdown block."""
    return [("markdown", "")]
