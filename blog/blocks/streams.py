"""The whole bodies: of a post, and of a standard page."""

from wagtail import blocks

from blog.blocks.cards import CardGridBlock
from blog.blocks.code import CodeBlock
from blog.blocks.markdown import MarkdownBlock
from blog.blocks.media import EmbedBlock, FigureBlock
from blog.blocks.tables import DataTableBlock
from blog.blocks.text import CalloutBlock, DividerBlock, ProseBlock, QuoteBlock, SectionBlock


class PostBody(blocks.StreamBlock):
    """The body of a post. Keys are stored in the data for ever."""

    markdown = MarkdownBlock()
    code = CodeBlock()
    figure = FigureBlock()
    callout = CalloutBlock()
    rich_text = ProseBlock(group="Explain")
    quote = QuoteBlock(group="Explain")
    table = DataTableBlock(group="Data")
    embed = EmbedBlock(group="Media")
    card_grid = CardGridBlock(group="Layout")
    divider = DividerBlock(group="Layout")


class StandardBody(PostBody):
    """The body of a standard page: sections and card grids first."""

    section = SectionBlock()


def new_post_body() -> list:
    """What a new post starts with: one empty Markdown block."""
    return [("markdown", "")]
