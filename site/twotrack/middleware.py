"""What every answer to a reader carries: how long it may be kept, and what it may load."""

from csp.constants import NONE, SELF
from django.conf import settings
from django.utils.cache import patch_vary_headers

from blog.embeds import FRAME_HOSTS
from review import sealing

STAFF_PATHS = ("/admin/", "/documents/")
READER_SCRIPTS = {
    "script-src": [SELF],
    "style-src": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}
PLAYER = b'<div class="player" data-frame="'


class ReaderPolicyMiddleware:
    """The one cache policy, and the strict content security policy of reader pages.

    An answer to a visitor without cookies may be kept by shared caches for five minutes and is
    purged earlier when it changes; browsers always ask again, so a new post is seen at once.
    Everything else (a session, a form with a token, an error, a preview, the admin) is private.
    A view that sets Cache-Control itself keeps it.
    """

    SHARED = "public, max-age=0, s-maxage=300, stale-while-revalidate=60"
    PRIVATE = "private, no-cache"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\0" in request.path_info:
            # PostgreSQL refuses this character where SQLite finds nothing; no page has either.
            request.path = request.path.replace("\0", "\ufffd")
            request.path_info = request.path_info.replace("\0", "\ufffd")
        response = self.get_response(request)
        if request.path.startswith(STAFF_PATHS):
            return response
        if not getattr(request, "is_preview", False) and not hasattr(response, "_csp_exempt"):
            response._csp_replace = READER_SCRIPTS | self._frames(response)
            if sealing.is_of_link(request, response):
                response._csp_replace |= sealing.policy_for(request, response)
        if not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = (
                self.SHARED if self._is_for_everybody(request, response) else self.PRIVATE
            )
            patch_vary_headers(response, ["Cookie"])
        return response

    @staticmethod
    def _frames(response) -> dict:
        """A page with a video that may play in place may frame where it comes from."""
        has_player = not response.streaming and PLAYER in response.content
        return {"frame-src": list(FRAME_HOSTS)} if has_player else {}

    def _is_for_everybody(self, request, response) -> bool:
        return (
            request.method in {"GET", "HEAD"}
            and response.status_code == 200
            and not response.cookies
            and not getattr(request, "is_preview", False)
            and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
            and settings.SESSION_COOKIE_NAME not in request.COOKIES
        )
