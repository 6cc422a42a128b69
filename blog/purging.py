"""Telling an HTTP cache what to forget, and hearing whether it did."""

from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from wagtail.contrib.frontend_cache.backends.base import BaseBackend

SECONDS = 5  # that the cache has for an answer
NOTHING_THERE = 404


class CacheDidNotForget(Exception):  # noqa: N818 - it says what is the matter
    """The cache could not be reached, or refused."""


class HTTPBackend(BaseBackend):
    """Sends PURGE for each address, over one connection for a batch.

    Wagtail's own backend writes failures into the log and goes on; here they are raised, so that
    the delivery is tried again.
    """

    def __init__(self, params):
        super().__init__(params)
        self.location = urlsplit(params["LOCATION"])

    def purge(self, url):
        self.purge_batch([url])

    def purge_batch(self, urls):
        """Raises CacheDidNotForget at the first address that the cache does not forget."""
        kind = HTTPSConnection if self.location.scheme == "https" else HTTPConnection
        connection = kind(self.location.netloc, timeout=SECONDS)
        try:
            for url in urls:
                self._purge(connection, url)
        except (OSError, HTTPException) as error:
            raise CacheDidNotForget(
                f"The cache at {self.location.netloc} cannot be reached: {error}"
            ) from error
        finally:
            connection.close()

    def _purge(self, connection: HTTPConnection, url: str) -> None:
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("PURGE", path, headers={"Host": parts.netloc})
        answer = connection.getresponse()
        answer.read()
        if answer.status >= 400 and answer.status != NOTHING_THERE:
            raise CacheDidNotForget(f"The cache answered {answer.status} for {url}")
