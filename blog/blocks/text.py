"""Blocks of words beside Markdown: rich text, quotes, callouts, sections and dividers."""

import re
from dataclasses import replace

from django.db import models
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from wagtail import blocks
from wagtail.rich_text import expand_db_html

from blog import markdown
from blog.blocks.markdown import MarkdownBlock

# What CommonMark lets a backslash escape, but round brackets: with one they would be a formula.
ASCII_PUNCTUATION = re.compile(r"[!-'*-/:-@\[-`{-~]")


class ProseBlock(blocks.RichTextBlock):
    """Text written with buttons, for those who do not write Markdown."""

    class Meta:
        icon = "doc-full"
        label = "Rich text"
        description = "Text with headings, lists and links, written with buttons."
        template = "blocks/rich_text.html"
        preview_value = (
            "<h2>A heading</h2><p>Some <b>text</b> with a list.</p><ul><li>One</li></ul>"
        )

    def __init__(self, **kwargs):
        kwargs.setdefault(
            "features",
            ["h2", "h3", "h4", "bold", "italic", "code", "ol", "ul", "hr", "link", "document-link"],
        )
        super().__init__(**kwargs)


class QuoteBlock(blocks.StructBlock):
    """Somebody's words, with their name."""

    sheet = "figures"  # See blog.rendering.SHEETS.

    text = blocks.TextBlock(rows=3, help_text="The words, without quotation marks.")
    attribution = blocks.CharBlock(required=False, max_length=200, help_text="Who said it.")
    source = blocks.URLBlock(required=False, help_text="Where it can be checked.")

    class Meta:
        icon = "openquote"
        label = "Quote"
        description = "Somebody's words, with who said them and where."
        template = "blocks/quote.html"
        label_format = "{text}"
        preview_value = {"text": "Measure the thing you pay for.", "attribution": "An engineer"}


class CalloutKind(models.TextChoices):
    """What a callout says before it says anything."""

    NOTE = "note", "Note"
    TIP = "tip", "Tip"
    WARNING = "warning", "Warning"
    DANGER = "danger", "Danger"


class CalloutBlock(blocks.StructBlock):
    """A few words set apart from the text."""

    kind = blocks.ChoiceBlock(choices=CalloutKind.choices, default=CalloutKind.NOTE)
    text = MarkdownBlock(rows=3)

    class Meta:
        icon = "info-circle"
        label = "Callout"
        description = "A note, tip, warning or danger set apart from the text."
        template = "blocks/callout.html"
        label_format = "{kind}: {text}"
        preview_value = {"kind": "tip", "text": "Measure before you change anything."}

    def render_once(self, value, page) -> markdown.RenderedMarkdown:
        """The callout's HTML, with the word for its kind first."""
        inner = markdown.render(value["text"], page=page)
        html = render_to_string(
            self.meta.template,
            {
                "kind": value["kind"],
                "title": CalloutKind(value["kind"]).label,
                "html": mark_safe(inner.html),  # noqa: S308 - sanitised by blog.markdown
            },
        )
        return replace(inner, html=html)

    def render(self, value, context=None):
        return mark_safe(expand_db_html(self.render_once(value, None).html))  # noqa: S308


class SectionBlock(blocks.StructBlock):
    """A heading with Markdown under it, for standard pages."""

    heading = blocks.CharBlock(max_length=200)
    text = MarkdownBlock(required=False)

    class Meta:
        icon = "title"
        label = "Section"
        description = "A heading and text under it."
        label_format = "{heading}"
        preview_value = {"heading": "How we work", "text": "In two tracks, for two readers."}

    def render_once(self, value, page) -> markdown.RenderedMarkdown:
        """The section as if it had been written as one Markdown text."""
        heading = ASCII_PUNCTUATION.sub(r"\\\g<0>", " ".join(value["heading"].split()))
        return markdown.render(f"## {heading}\n\n{value['text']}", page=page)

    def render(self, value, context=None):
        return mark_safe(expand_db_html(self.render_once(value, None).html))  # noqa: S308


class DividerBlock(blocks.StaticBlock):
    """A rule between two parts."""

    class Meta:
        icon = "minus"
        label = "Divider"
        description = "A rule between two parts of the text."
        admin_text = "A rule between two parts of the text."
        template = "blocks/divider.html"
