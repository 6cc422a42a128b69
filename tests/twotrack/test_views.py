import gzip
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError
from django.utils import timezone

from blog.models import Document, Heartbeat
from blog.schedule import beat
from tests.factories import make_post
from twotrack import views


def test_robots_names_the_sitemap(client, site):
    answer = client.get("/robots.txt")

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode().splitlines()[-1] == f"Sitemap: {site.root_url}/sitemap.xml"


def test_health_says_when_the_timer_last_looked(client, db):
    assert client.get("/healthz").content.decode() == "ok\nwarning: timer: has never run\n"

    beat()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content.decode()) == (200, "ok\ntimer: last ran 0 s ago\n")
    assert "no-store" in answer.headers["Cache-Control"]

    Heartbeat.objects.update(at=timezone.now() - timedelta(hours=3))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content.decode()) == (
        200,
        "ok\nwarning: timer: last ran 3 h ago\n",
    )


def test_health_needs_the_database(client, monkeypatch):
    def fail():
        raise OperationalError("gone")

    monkeypatch.setattr(views, "last_look", fail)

    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (503, b"the database cannot be reached\n")


def test_an_upload_can_run_nothing(client):
    name = default_storage.save("a.html", ContentFile(b"<script>alert(1)</script>"))

    answer = client.get(f"/media/{name}")

    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["../secret_key", "..%2fsecret_key", "nothing.png", ""])
def test_nothing_beside_the_uploads_is_served(client, db, path):
    assert client.get(f"/media/{path}").status_code in {400, 404}


def test_documents_are_private_files(db, settings):
    document = Document.objects.create(title="Data", file=ContentFile(b"1,2", name="data.csv"))

    assert document.file.path.startswith(str(settings.PRIVATE_ROOT))
    assert document.url.startswith("/documents/")


def test_pages_are_sent_compressed_to_those_who_take_it(client, engineers):
    make_post(engineers, "Long", markdown="The same words. " * 200)

    plain = client.get("/engineers/long/")
    packed = client.get("/engineers/long/", headers={"accept-encoding": "gzip"})

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert b"The same words." in gzip.decompress(packed.content)


def test_a_visitor_without_cookies_gets_a_page_that_caches_may_keep(client, engineers):
    post = make_post(engineers)

    answer = client.get(post.url)

    assert answer.headers["Cache-Control"] == (
        "public, max-age=0, s-maxage=300, stale-while-revalidate=60"
    )
    assert answer.headers["Vary"] == "Cookie, Accept-Encoding"
    assert answer.cookies == {}


def test_an_editor_gets_a_page_of_their_own(admin, engineers):
    post = make_post(engineers)

    assert admin.get(post.url).headers["Cache-Control"] == "private, no-cache"


def test_what_is_not_found_is_not_kept(client, home):
    assert client.get("/nothing/").headers["Cache-Control"] == "private, no-cache"


def test_reader_pages_run_no_inline_script(client, engineers):
    policy = client.get(make_post(engineers).url).headers["Content-Security-Policy"]

    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert (rules["script-src"], rules["style-src"]) == ("'self'", "'self'")
    assert (rules["object-src"], rules["base-uri"]) == ("'none'", "'none'")


@pytest.mark.parametrize(
    "address",
    ["/%00/", "/engineers/%00", "/tags/a%00b/", "/authors/%00/", "/feed/%00/", "/%ff%fe/"],
)
def test_an_impossible_address_is_not_found(client, home, address):
    assert client.get(address).status_code == 404
