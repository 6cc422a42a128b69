"""How often, and who is told apart."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client, RequestFactory

from review import limits
from review.limits import address_of, client_of, is_unfurler, network_of

UNKNOWN = f"/p/twp_{'A' * 49}/"


@pytest.fixture(autouse=True)
def one_minute(monkeypatch):
    """All within one minute, however slow the machine is."""

    class Clock:
        @staticmethod
        def now():
            return Clock.moment

    Clock.moment = datetime(2026, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(limits, "timezone", Clock)
    return Clock


def test_misses_are_limited_and_hits_are_not(client, reviewer, shared, caplog):
    answers = [client.get(UNKNOWN).status_code for _ in range(22)]

    assert answers == [404] * 20 + [429] * 2
    assert client.get(UNKNOWN).headers["Retry-After"] == "60"
    assert reviewer.open(shared[1]).status_code == 200
    assert "wrong review links" not in caplog.text


def test_another_network_has_its_own_count_until_all_have_had_enough(caplog, db):
    answers = [
        Client().get(UNKNOWN, REMOTE_ADDR=f"2001:db8:0:{number // 20:x}::{number:x}").status_code
        for number in range(202)
    ]

    assert answers == [404] * 200 + [429] * 2
    assert caplog.text.count("More than 200 wrong review links") == 1


def test_a_link_may_be_read_120_times_a_minute(reviewer, shared, share, draft, one_minute):
    _, token = shared
    asked = [reviewer.head(f"/p/{token}/").status_code for _ in range(121)]

    assert asked == [303] * 120 + [429]
    assert reviewer.open(share(draft)[1]).status_code == 200
    one_minute.moment += timedelta(minutes=1)
    assert reviewer.open(token).status_code == 200


def test_only_our_own_proxies_are_believed(settings):
    request = RequestFactory().get(
        "/", REMOTE_ADDR="10.0.0.1", headers={"x-forwarded-for": "6.6.6.6, 203.0.113.7, 10.0.0.9"}
    )
    assert address_of(request) == "10.0.0.1"

    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert address_of(request) == "10.0.0.9"
    settings.TWOTRACK_PROXIES = 2
    assert address_of(request) == "203.0.113.7"
    settings.TWOTRACK_PROXIES = 4
    assert address_of(request) == "10.0.0.1"


def network(address: str) -> str:
    return network_of(RequestFactory().get("/", REMOTE_ADDR=address))


def test_networks_are_told_apart_and_not_named():
    assert network("203.0.113.7") != network("203.0.113.8")
    assert network("2001:db8::1") == network("2001:db8::ffff:1") != network("2001:db8:0:1::1")
    assert network("") == network("unix:") == network("nobody's")
    assert "203" not in network("203.0.113.7")


def test_browsers_are_told_apart_by_family_only():
    agent = "Mozilla/5.0 (Linux; Android 16) Chrome/156.0.0.0 Mobile Safari/537.36"
    request = RequestFactory().get("/", headers={"user-agent": agent})

    assert client_of(request).endswith(" Chrome phone")
    assert client_of(RequestFactory().get("/")).endswith(" other computer")
    assert not is_unfurler(request)
    for phone in ("Mozilla/5.0 (Linux; Android 11; CUBOT_X50) Chrome/120 Mobile Safari/537.36",):
        assert not is_unfurler(RequestFactory().get("/", headers={"user-agent": phone}))
