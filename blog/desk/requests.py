"""What a request to the admin tells of itself."""

from django.http import HttpRequest


def is_fetched(request: HttpRequest) -> bool:
    """Whether a script of the admin asks, and not somebody who goes to a page."""
    return request.headers.get("X-Requested-With") == "XMLHttpRequest"
