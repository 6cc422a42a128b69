"""The block most posts are written in."""

from django.core.exceptions import ValidationError
from django.utils.safestring import mark_safe
from wagtail.rich_text import expand_db_html, extract_references_from_rich_text
from wagtailmarkdown.blocks import MarkdownBlock as EditorBlock

from blog import markdown


class MarkdownBlock(EditorBlock):
    """Markdown, stored exactly as typed."""

    class Meta:
        icon = "pilcrow"
        label = "Markdown"
        description = "Text with headings, lists, links, code and tables, written in Markdown."
        preview_value = (
            "## A heading\n\nSome *text* with `code`, and a list:\n\n- one thing\n- another"
        )

    def clean(self, value):
        value = super().clean(value)
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
        if value:
            yield from extract_references_from_rich_text(markdown.render(value).html)
