"""What lies beside the page tree: lists by tag and by author, and drawn diagrams."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from blog.models import Author, Diagram, PostPage, Tag, page_of


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


@require_safe
def diagram(request: HttpRequest, digest: str, scheme: str) -> HttpResponse:
    """A drawing, for the light or the dark page. Its address says what is in it, for ever."""
    drawings = Diagram.objects.filter(pk=digest).values_list(f"svg_{scheme}", flat=True)
    svg = drawings.first()
    if not svg:
        raise Http404
    return HttpResponse(
        svg,
        content_type="image/svg+xml",
        headers={
            "Cache-Control": "public, max-age=31536000, immutable",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )
