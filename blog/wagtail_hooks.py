"""What the admin shows of the blog, and what is checked before a page is served."""

from django.http import Http404
from wagtail import hooks
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from blog.desk import (  # noqa: F401 - they register hooks
    ageing,
    bulk,
    calendar,
    checking,
    conflicts,
    dashboard,
    deliveries,
    exporting,
    ical,
    listing,
    missed,
    post_report,
    post_views,
    releases,
    scheduling,
    starting,
    writing,
)
from blog.markdown.links import ReadablePageLink
from blog.models import Author, Series, Tag
from blog.notebooks import NotebookPicture
from blog.pictures.expanding import FigureEmbed, PictureEmbed
from blog.renditions import make_renditions_later
from blog.visibility import is_past_or_hidden


class AuthorViewSet(SnippetViewSet):
    model = Author
    icon = "user"
    list_display = ["name", "email"]
    search_fields = ["name", "bio"]


class TagViewSet(SnippetViewSet):
    model = Tag
    icon = "tag"
    list_display = ["name", "slug"]
    search_fields = ["name"]


class SeriesViewSet(SnippetViewSet):
    model = Series
    icon = "list-ol"
    search_fields = ["title"]


@register_snippet
class PeopleAndTopics(SnippetViewSetGroup):
    """Authors, tags and series, together in the menu."""

    menu_label = "Authors, tags, series"
    menu_icon = "group"
    menu_order = 250
    items = (AuthorViewSet, TagViewSet, SeriesViewSet)


@hooks.register("before_serve_page")
def refuse_what_is_over(page, request, serve_args, serve_kwargs):
    """Expiry and unpublished parents hold at the moment of reading, whatever the timer does."""
    if is_past_or_hidden(page):
        raise Http404


@hooks.register("register_rich_text_features", order=10)
def link_to_readable_pages(features):
    """In place of Wagtail's own handler, which is registered before."""
    features.register_link_type(ReadablePageLink)


@hooks.register("register_rich_text_features", order=10)
def show_pictures_in_modern_formats(features):
    """In place of Wagtail's own handler of pictures, and for figures."""
    features.register_embed_type(PictureEmbed)
    features.register_embed_type(FigureEmbed)


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def make_pictures_of_drafts(request, page):
    """So that little is left to make when the page is published."""
    make_renditions_later(page)


@hooks.register("register_rich_text_features")
def show_pictures_of_notebooks(features):
    features.register_embed_type(NotebookPicture)
