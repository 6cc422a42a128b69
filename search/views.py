"""The search page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from wagtail.models import Site

from search import query


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Answers any `q`, any number of `track` slugs and any `page`; crawlers are kept out."""
    site = Site.find_for_request(request)
    answer = query.search(
        request.GET.get("q", ""),
        tracks=request.GET.getlist("track"),
        page=request.GET.get("page"),
        below=site.root_page if site else None,
    )
    response = render(request, "search/search.html", vars(answer))
    response.headers["X-Robots-Tag"] = "noindex"
    return response
