"""What has changed between two versions of a page, in what its readers read."""

from dataclasses import dataclass

from django.utils.safestring import SafeString
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from blog.comparing.showing import items_html, items_of, plain, rich_text_html, words_html

# In the order in which a page shows them. What only editors see, such as plans, is none of them.
READ = ["title", "excerpt", "promise", "intro", "body", "closing_heading", "closing_text"]


@dataclass(frozen=True)
class Change:
    label: str
    html: SafeString


def changes_between(old: Page, new: Page) -> list[Change]:
    """What differs, field by field; the body by its blocks, texts word by word."""
    by_name = {one.name: one for one in type(new)._meta.get_fields() if hasattr(one, "attname")}
    fields = [by_name[name] for name in READ if name in by_name]
    compared = [(field, _compared(field, old, new)) for field in fields]
    return [Change(_label_of(field), html) for field, html in compared if html is not None]


def _compared(field, old: Page, new: Page) -> SafeString | None:
    before, after = getattr(old, field.name), getattr(new, field.name)
    if isinstance(field, StreamField):
        block = field.stream_block
        if plain(block, before) == plain(block, after):
            return None
        return items_html(items_of(block, before), items_of(block, after))
    before, after = str(before or ""), str(after or "")
    if before == after:
        return None
    return (rich_text_html if isinstance(field, RichTextField) else words_html)(before, after)


def _label_of(field) -> str:
    return "Text" if field.name == "body" else str(field.verbose_name).capitalize()
