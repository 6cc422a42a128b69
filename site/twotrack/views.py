"""Addresses that belong to the whole site: sitemap, robots, uploads, health."""

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.static import serve
from wagtail.contrib.sitemaps import Sitemap
from wagtail.models import Site

from blog.templatetags.reading import words_of_path
from blog.visibility import readable
from search.query import search

MOST_NEAR = 3


class ReadableSitemap(Sitemap):
    """The addresses of all readable pages of the site."""

    def items(self):
        pages = self.get_wagtail_site().root_page.get_descendants(inclusive=True)
        return readable(pages).order_by("path").defer_streamfields().specific()


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may fetch (RFC 9309), and where the sitemap is."""
    root = Site.find_for_request(request).root_url
    lines = ["User-agent: *", "Disallow: /admin/", "", f"Sitemap: {root}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Sends those who ask at the old address to the icon."""
    return HttpResponseRedirect(static("img/favicon.svg"))


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponse:
    """An upload from local storage, with headers under which it can run nothing."""
    response = serve(request, path, document_root=settings.MEDIA_ROOT)
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 with up to three readable pages that the words of the address may have meant."""
    near = []
    if not request.path.startswith((settings.STATIC_URL, settings.MEDIA_URL, "/admin/")):
        site = Site.find_for_request(request)
        words = words_of_path(request.path)
        near = list(search(words, per_page=MOST_NEAR, below=site.root_page).results)
    return render(request, "404.html", {"near": near}, status=404)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 and “ok” while the process answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
