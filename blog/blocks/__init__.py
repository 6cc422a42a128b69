"""What a body is made of, from single blocks to whole streams."""

from blog.blocks.cards import CardBlock, CardGridBlock
from blog.blocks.code import CodeBlock
from blog.blocks.markdown import MarkdownBlock
from blog.blocks.media import EmbedBlock, FigureBlock
from blog.blocks.streams import PostBody, StandardBody, new_post_body
from blog.blocks.tables import DataTableBlock
from blog.blocks.text import CalloutBlock, DividerBlock, ProseBlock, QuoteBlock, SectionBlock

__all__ = [
    "CalloutBlock",
    "CardBlock",
    "CardGridBlock",
    "CodeBlock",
    "DataTableBlock",
    "DividerBlock",
    "EmbedBlock",
    "FigureBlock",
    "MarkdownBlock",
    "PostBody",
    "ProseBlock",
    "QuoteBlock",
    "SectionBlock",
    "StandardBody",
    "new_post_body",
]
