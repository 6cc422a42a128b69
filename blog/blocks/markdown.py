"""The block most posts are written in."""

import re
from functools import lru_cache

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.safestring import mark_safe
from wagtail.blocks import TextBlock
from wagtail.rich_text import expand_db_html, extract_references_from_rich_text

from blog import markdown
from blog.blocks.editor import MarkdownEditor

_MAY_REFER = re.compile(r"\]\(|\]:|<")  # without one of these a text has no link and no picture


class MarkdownBlock(TextBlock):
    """Markdown, stored exactly as typed."""

    class Meta:
        icon = "pilcrow"
        label = "Markdown"
        description = "Text with headings, lists, links, code and tables, written in Markdown."
        preview_value = (
            "## A heading\n\nSome *text* with `code`, and a list:\n\n- one thing\n- another"
        )

    @cached_property
    def field(self):
        # Not stripped: spaces at the start of a text make it code.
        editor = MarkdownEditor(attrs={"rows": self.rows})
        return forms.CharField(widget=editor, strip=False, **self.field_options)

    def clean(self, value):
        value = super().clean(value)
        if self.field.required and not value.strip():
            raise ValidationError(self.field.error_messages["required"], code="required")
        problems = markdown.find_problems(value, draws=not self.is_deferred_validation)
        if problems:
            raise ValidationError([f"Line {found.line}: {found.message}" for found in problems])
        return value

    def render_once(self, value, page) -> markdown.RenderedMarkdown:
        """HTML in Wagtail's database form, with headings and text: see blog.markdown."""
        return markdown.render(value, page=page)

    def render_basic(self, value, context=None):
        return mark_safe(expand_db_html(markdown.render(value).html))  # noqa: S308 - sanitised

    def get_searchable_content(self, value):
        rendered = markdown.render(value)
        return [part for part in (rendered.text, rendered.code_text) if part]

    def extract_references(self, value):
        yield from references_in(value or "")


@lru_cache(maxsize=8)  # Wagtail asks twice for each page that is saved.
def references_in(source: str) -> tuple[tuple, ...]:
    """What Wagtail's index of references keeps of a text: pages, documents and pictures."""
    if not _MAY_REFER.search(source):
        return ()
    return tuple(extract_references_from_rich_text(markdown.render(source).html))
