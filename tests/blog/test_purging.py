"""What a cache is asked, and that its refusal is heard."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from blog.purging import CacheDidNotForget, HTTPBackend


@pytest.fixture
def cache():
    """A cache on this machine; `status` is what it answers, `asked` what it was asked."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PURGE(self):
            server.asked.append((self.headers["Host"], self.path))
            self.send_response(server.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.status = [], 200
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def backend(cache) -> HTTPBackend:
    return HTTPBackend({"LOCATION": f"http://127.0.0.1:{cache.server_address[1]}"})


def test_each_address_is_purged_by_its_host(cache):
    backend(cache).purge_batch(["https://a.example/post/?x=1", "https://b.example:8443"])

    assert cache.asked == [("a.example", "/post/?x=1"), ("b.example:8443", "/")]


def test_what_the_cache_does_not_have_is_forgotten(cache):
    cache.status = 404

    backend(cache).purge("https://a.example/")

    assert cache.asked == [("a.example", "/")]


def test_a_refusal_is_raised(cache):
    cache.status = 405

    with pytest.raises(CacheDidNotForget, match=r"The cache answered 405 for https://a\.example/1"):
        backend(cache).purge_batch(["https://a.example/1", "https://a.example/2"])
    assert len(cache.asked) == 1


def test_a_cache_that_is_away_is_raised(cache):
    gone = backend(cache)
    cache.shutdown()
    cache.server_close()

    with pytest.raises(CacheDidNotForget, match="cannot be reached"):
        gone.purge("https://a.example/")
