"""Lists beside the page tree: by tag and by author."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from blog.models import Author, PostPage, Tag, page_of


@require_safe
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    """The readable posts that carry a tag, on all tracks."""
    found = get_object_or_404(Tag, slug=slug)
    posts = PostPage.objects.readable().tagged(found).newest_first().for_cards()
    page = page_of(posts, request.GET.get("page"))
    return render(request, "blog/tag.html", {"tag": found, "posts": page})


@require_safe
def author(request: HttpRequest, slug: str) -> HttpResponse:
    """An author, and the readable posts under that name."""
    found = get_object_or_404(Author.objects.select_related("photo"), slug=slug)
    posts = PostPage.objects.readable().by_author(found).newest_first().for_cards()
    page = page_of(posts, request.GET.get("page"))
    return render(request, "blog/author.html", {"author": found, "posts": page})
