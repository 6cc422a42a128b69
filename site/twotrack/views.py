"""Addresses that belong to the whole site: sitemap, robots, uploads, health."""

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.views import defaults
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.static import serve
from wagtail.contrib.sitemaps import Sitemap
from wagtail.models import Site

from blog.clock import database_now
from blog.desk import torn_forms
from blog.schedule import ago, clock_warning, last_look, timer_warning
from blog.templatetags.reading import words_of_path
from blog.visibility import readable
from review.sealing import is_address_of_link
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
    # What a mistyped link to a draft says is nearly all of its secret.
    words = "" if is_address_of_link(request.path) else words_of_path(request.path)
    if words and not request.path.startswith((settings.STATIC_URL, settings.MEDIA_URL, "/admin/")):
        site = Site.find_for_request(request)
        near = list(search(words, per_page=MOST_NEAR, below=site.root_page).results)
    response = render(request, "404.html", {"near": near, "question": words}, status=404)
    response.has_own_form = True
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An editor whose form is refused before any view sees it reads what to do about it."""
    if torn_forms.is_too_large(request, exception):
        return torn_forms.refuse_too_large(request)
    return defaults.bad_request(request, exception)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 and “ok” while the process answers and reaches its database, else 503.

    Further lines say when the timer last looked; one that begins with “warning:” is for whoever
    looks after the site. It changes no status: another web server would not help.
    """
    try:
        lines = ["ok", *_lines_of_timer()]
    except DatabaseError:
        return HttpResponse(
            "the database cannot be reached\n", status=503, content_type="text/plain"
        )
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


def _lines_of_timer() -> list[str]:
    looked = last_look()
    if looked is None:
        line = "timer: has never run"
    else:
        line = f"timer: last ran {ago(database_now() - looked)} ago"
    warnings = [f"warning: {line}" if timer_warning() else line]
    if warning := clock_warning():
        warnings.append(f"warning: {warning}")
    return warnings
