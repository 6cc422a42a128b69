"""What every answer at the address of a review link carries: kept nowhere, found by nobody."""

from csp.constants import NONE, SELF
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

BEGINNINGS = ("/p/twp_", "/p/v/")
HEADERS = {
    "Cache-Control": "private, no-store, max-age=0",
    "CDN-Cache-Control": "no-store",
    "Surrogate-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive, nosnippet, noimageindex",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# With them a copy could be asked for again, and be found unchanged after the link was revoked.
VALIDATORS = ["ETag", "Last-Modified", "Expires", "Age"]


def is_address_of_link(path: str) -> bool:
    """Whether the address has the beginning of those of links, whatever follows."""
    return path.startswith(BEGINNINGS)


def is_of_link(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether the answer is a link's: a page that an editor has put at such an address is not."""
    if not is_address_of_link(request.path_info):
        return False
    match = getattr(request, "resolver_match", None)
    return match is None or match.url_name != "wagtail_serve" or response.status_code >= 300


def policy_for(request: HttpRequest, response: HttpResponse) -> dict:
    """What the content security policy of a reader's page has besides.

    An answer with a form of its own says so by its attribute `has_own_form`. A picture in a draft
    is a file: at any other address of ours it would be asked for with the cookies of an editor.
    """
    form = SELF if getattr(response, "has_own_form", False) else NONE
    files = _files_of(request)
    return {
        "form-action": [form],
        "frame-ancestors": [NONE],
        "frame-src": [NONE],
        "connect-src": [NONE],
        "img-src": ["data:", "blob:", *files],
        "media-src": files,
    }


def _files_of(request: HttpRequest) -> list[str]:
    """Where the publication's files are, on this host and elsewhere."""
    try:
        here = f"{request.scheme}://{request.get_host()}"
    except DisallowedHost:
        return [NONE]
    return [f"{here}{settings.STATIC_URL}", f"{here}{settings.MEDIA_URL}", *settings.MEDIA_ORIGINS]


def seal(response: HttpResponse) -> None:
    for name in VALIDATORS:
        response.headers.pop(name, None)
    for name, value in HEADERS.items():
        response.headers[name] = value
    patch_vary_headers(response, ["Cookie"])
