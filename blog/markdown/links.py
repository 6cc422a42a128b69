"""How a page named by its number becomes a link for readers."""

from html import escape

from wagtail.models import Page
from wagtail.rich_text.pages import PageLinkHandler

from blog.visibility import readable


class ReadablePageLink(PageLinkHandler):
    """Wagtail's page link, for pages any visitor may read, with the place in the page.

    A link to a draft, a private or a deleted page gives its words without an address, so that
    nothing about a page that is not out is told. One query for all links of a text.
    """

    @classmethod
    def get_many(cls, attrs_list: list[dict]) -> list[Page | None]:
        pages = Page.objects.filter(id__in={attrs.get("id") for attrs in attrs_list})
        found = {str(page.id): page for page in readable(pages).defer_streamfields().specific()}
        return [found.get(attrs.get("id")) for attrs in attrs_list]

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict]) -> list[str]:
        tags = super().expand_db_attributes_many(attrs_list)
        return [
            f'{tag.removesuffix(">").removesuffix(chr(34))}#{escape(attrs["anchor"])}">'
            if attrs.get("anchor") and tag != "<a>"
            else tag
            for tag, attrs in zip(tags, attrs_list, strict=True)
        ]
