"""What a body is made of, from single blocks to whole streams."""

from blog.blocks.bibliographies import BibliographyBlock
from blog.blocks.cards import CardBlock, CardGridBlock
from blog.blocks.code import CodeBlock
from blog.blocks.diagrams import DiagramBlock
from blog.blocks.equations import EquationBlock
from blog.blocks.markdown import MarkdownBlock
from blog.blocks.media import EmbedBlock, FigureBlock
from blog.blocks.notebooks import NotebookBlock
from blog.blocks.streams import PostBody, StandardBody, new_post_body
from blog.blocks.tables import DataTableBlock
from blog.blocks.text import CalloutBlock, DividerBlock, ProseBlock, QuoteBlock, SectionBlock

__all__ = [
    "BibliographyBlock",
    "CalloutBlock",
    "CardBlock",
    "CardGridBlock",
    "CodeBlock",
    "DataTableBlock",
    "DiagramBlock",
    "DividerBlock",
    "EmbedBlock",
    "EquationBlock",
    "FigureBlock",
    "MarkdownBlock",
    "NotebookBlock",
    "PostBody",
    "ProseBlock",
    "QuoteBlock",
    "SectionBlock",
    "StandardBody",
    "new_post_body",
]
