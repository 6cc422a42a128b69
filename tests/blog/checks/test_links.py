"""Asking other sites whether an address still answers, and never asking this network."""

import socket
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import pytest
from django.utils import timezone

from blog.checks import links
from blog.checks.links import Answer, ask, check_some
from blog.checks.stored import check_out_of_date
from blog.models import ExternalLink
from tests.factories import make_post


class Handler(BaseHTTPRequestHandler):
    """Answers by what its path says."""

    asked: list[str] = []
    dripped = 0

    def do_GET(self):
        self.asked.append(f"{self.command} {self.path} {self.headers['Host']}")
        what = unquote(self.path).strip("/").split("?")[0]
        if what == "slow":
            return self.drip()
        if what.startswith("to/"):
            self.send_response(302)
            target = what.removeprefix("to/")
            self.send_header("Location", target if "//" in target else f"/{target}")
        elif what == "round":
            self.send_response(302)
            self.send_header("Location", "/round")
        elif what == "get-only":
            self.send_response(405 if self.command == "HEAD" else 200)
        else:
            self.send_response(int(what) if what.isdigit() else 200)
        self.end_headers()
        return None

    do_HEAD = do_GET  # noqa: N815 - the name is what the server calls

    def drip(self):
        """A status line a byte at a time, that takes a minute."""
        for _ in range(1_200):
            try:
                self.wfile.write(b"H")
                self.wfile.flush()
            except OSError:
                return
            Handler.dripped += 1
            time.sleep(0.05)

    def log_message(self, *args):
        pass


@pytest.fixture
def server(monkeypatch):
    """A server that example.org stands for; every other name is looked up and judged as ever."""
    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    real, Handler.asked, Handler.dripped = links.public_address, [], 0
    monkeypatch.setitem(links.PORTS, "http", running.server_port)
    monkeypatch.setattr(
        links,
        "public_address",
        lambda host, port: "127.0.0.1" if host == "example.org" else real(host, port),
    )
    yield running
    running.shutdown()
    running.server_close()


@pytest.mark.parametrize(
    ("path", "status"), [("200", 200), ("404", 404), ("410", 410), ("500", 500), ("get-only", 200)]
)
def test_an_address_answers(server, path, status):
    assert ask(f"http://example.org/{path}?a=b c") == Answer(status)


@pytest.mark.parametrize(
    ("status", "is_failure"),
    [(None, True), (200, False), (404, True), (410, True), (503, True), (403, False), (429, False)],
)
def test_what_counts_as_a_failure(status, is_failure):
    assert Answer(status).is_failure is is_failure


def test_redirects_are_followed_three_times(server):
    assert ask("http://example.org/to/to/to/200") == Answer(200)
    assert ask("http://example.org/round") == Answer(None, "It redirects more than 3 times.")
    assert [line for line in Handler.asked if line.startswith("HEAD /round")] == [
        "HEAD /round example.org"
    ] * 4


NOT_PUBLIC = Answer(None, "The address is not public.")


@pytest.mark.parametrize(
    "host",
    [
        *["127.0.0.1", "localhost", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254"],
        *["0.0.0.0", "100.64.0.1", "224.0.0.1", "240.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1"],
        *["[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]"],
        *["[2002:7f00:1::]", "[64:ff9b::10.0.0.1]", "[ff02::1]"],
    ],
)
def test_this_network_is_never_asked(server, host):
    assert ask(f"http://{host}/") == NOT_PUBLIC
    assert ask(f"http://example.org/to/http://{host}/") == NOT_PUBLIC
    assert all(line.endswith(" example.org") for line in Handler.asked)


@pytest.mark.parametrize(
    "url",
    [
        *["ftp://example.org/", "file:///etc/passwd", "http://example.org:22/", "http://a@x.org/"],
        *["http://[", "http://x.org:99999/", "http:///x", "gopher://x.org/", "http://\x00.org/"],
    ],
)
def test_what_is_no_web_page_is_not_asked(monkeypatch, url):
    monkeypatch.setattr(socket, "create_connection", None)

    assert ask(url).status is None


def test_a_name_with_one_private_address_is_refused(monkeypatch):
    found = [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **named: found)
    monkeypatch.setattr(socket, "create_connection", None)

    assert ask("http://two.example/") == NOT_PUBLIC


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch):
    """A name server may say something else a moment later."""
    looked_up, connected = [], []

    def look_up(host, *args, **named):
        looked_up.append(host)
        address = "93.184.216.34" if len(looked_up) == 1 else "127.0.0.1"
        return [(2, 1, 6, "", (address, 80))]

    def connect(address, *args, **named):
        connected.append(address)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)

    assert ask("http://rebinding.example/") == NOT_PUBLIC
    assert connected == [("93.184.216.34", 80)]


def test_a_server_that_drips_is_left(server):
    assert ask("http://example.org/slow", seconds=0.2).status is None
    assert 0 < Handler.dripped < 1_200


# Which, and when


def at(**when):
    return timezone.now() - timedelta(**when)


@pytest.mark.django_db
def test_each_is_asked_once_a_week_and_a_failing_one_once_a_day():
    for name, failures, checked_at in [
        ("new", 0, None),
        ("fresh", 0, at(days=6)),
        ("old", 0, at(days=8)),
        ("failing", 1, at(hours=25)),
        ("failed-today", 1, at(hours=23)),
        ("broken", 3, at(days=2)),
    ]:
        ExternalLink.objects.create(url=name, failures=failures, checked_at=checked_at)
    asked = []

    def asking(url):
        asked.append(url)
        return Answer(200)

    assert check_some(asking=asking) == 3
    assert sorted(asked) == ["failing", "new", "old"]
    assert check_some(asking=asking) == 0


@pytest.mark.django_db
def test_only_so_many_are_asked_in_a_minute():
    ExternalLink.objects.bulk_create(ExternalLink(url=str(number)) for number in range(25))

    assert check_some(asking=lambda url: Answer(200)) == links.A_MINUTE
    assert check_some(asking=lambda url: Answer(200)) == 0
    ExternalLink.objects.filter(checked_at__isnull=False).update(checked_at=at(minutes=2))
    assert check_some(asking=lambda url: Answer(200)) == links.A_MINUTE


@pytest.mark.django_db
def test_a_link_is_broken_after_failing_on_three_days_and_whole_after_one_answer():
    link = ExternalLink.objects.create(url="https://example.org/")
    days = []
    for day in range(3):
        for _ in range(2):  # Twice a day counts once.
            ExternalLink.objects.update(checked_at=None)
            check_some(asking=lambda url: Answer(404))
        link.refresh_from_db()
        days.append((day, link.failures, link.is_broken))
        ExternalLink.objects.update(failed_on=timezone.localdate() - timedelta(days=1))

    assert days == [(0, 1, False), (1, 2, False), (2, 3, True)]
    ExternalLink.objects.update(checked_at=None)
    check_some(asking=lambda url: Answer(200))
    link.refresh_from_db()
    assert (link.failures, link.is_broken, link.status, link.problem) == (0, False, 200, "")
    assert link.answered_at is not None


@pytest.mark.django_db
def test_addresses_come_from_live_posts_and_are_forgotten_with_them(engineers):
    markdown = "[a](https://a.example/x#y) [b](/feed/) [c](mailto:c@example.org)"
    make_post(engineers, markdown=markdown)
    make_post(engineers, "Draft", live=False, markdown="[d](https://draft.example/)")

    check_out_of_date()

    assert list(ExternalLink.objects.values_list("url", flat=True)) == ["https://a.example/x"]
    ExternalLink.objects.update(seen_at=at(days=31), checked_at=at(days=1))
    check_some()
    assert not ExternalLink.objects.exists()


@pytest.mark.django_db
def test_nothing_is_asked_unless_it_is_set(settings, monkeypatch):
    ExternalLink.objects.create(url="https://example.org/")
    monkeypatch.setattr(links, "ask", None)
    stop = threading.Event()
    monkeypatch.setattr(links, "close_old_connections", lambda: None)
    monkeypatch.setattr(links, "check_out_of_date", stop.set)

    links.watch(stop, pause=0)

    assert settings.TWOTRACK_CHECK_LINKS is False
    assert ExternalLink.objects.get().checked_at is None
