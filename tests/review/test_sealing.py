"""What every answer at the address of a link carries."""

import pytest
from django.test import Client

from blog.models import PostPage
from review import limits, remarking, views
from review.links import revoke
from tests.factories import make_post
from tests.review.conftest import Reviewer

SEAL = {
    "Cache-Control": "private, no-store, max-age=0",
    "CDN-Cache-Control": "no-store",
    "Surrogate-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive, nosnippet, noimageindex",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "ETag": None,
    "Last-Modified": None,
    "Expires": None,
}
POLICY = {
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "frame-src 'none'",
    "connect-src 'none'",
}


def assert_sealed(answer, form="'none'"):
    found = {name: answer.headers.get(name) for name in SEAL}
    assert found == SEAL
    assert "Cookie" in answer.headers["Vary"]
    policy = {part.strip() for part in answer.headers["Content-Security-Policy"].split(";")}
    assert policy >= POLICY | {f"form-action {form}"}
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_every_answer_is_sealed(reviewer, shared, editor, share, draft):
    link, token = shared
    unknown = f"/p/twp_{'A' * 49}/"
    sent = reviewer.get(f"/p/{token}/")
    page = reviewer.get(sent.url)
    head = reviewer.head(sent.url)
    wrong_method = reviewer.post(sent.url)
    missing = reviewer.get(unknown)
    strange = reviewer.get(f"{sent.url}x.css")
    no_slash = reviewer.get(sent.url.rstrip("/"))
    unfurled = reviewer.get(f"/p/{token}/", headers={"user-agent": "Slackbot 1.0"})
    revoke(link, by=editor)
    dead = reviewer.get(f"/p/{token}/")
    too_many = [reviewer.get(unknown) for _ in range(limits.MISSES_OF_A_CLIENT)][-1]

    answers = [sent, page, head, wrong_method, unfurled, dead, too_many]
    assert [answer.status_code for answer in answers] == [303, 200, 200, 405, 200, 410, 429]
    for answer in answers:
        assert_sealed(answer)
    assert [answer.status_code for answer in (missing, strange)] == [404, 404]
    for answer in (missing, strange):  # These have the publication's own search form.
        assert_sealed(answer, "'self'")
    assert no_slash.status_code == 301
    assert no_slash.headers["Cache-Control"] == SEAL["Cache-Control"]


def test_every_answer_of_a_form_is_sealed(reviewer, shared, editor, monkeypatch):
    link, token = shared
    reviewer.open(token)
    form = f"/p/v/{link.public_id}/1/remark/"
    sent = {"text": "Words to keep.", "name": "Rae"}
    strict = Reviewer(enforce_csrf_checks=True)
    strict.cookies = reviewer.cookies
    asked, invalid, stale = reviewer.get(form), reviewer.post(form), strict.post(form, sent)
    written = reviewer.post(form, sent)
    with monkeypatch.context() as patch:
        patch.setattr(remarking, "MOST_ON_A_PAGE", 1)
        full = reviewer.post(form, sent | {"text": "Words to keep, too."})
    with monkeypatch.context() as patch:
        patch.setattr(remarking, "MOST_OF_A_SESSION", 0)
        too_many = reviewer.post(form, sent | {"text": "Words to keep, three."})
    forgotten = Reviewer().post(form, sent)
    revoke(link, by=editor)
    over = reviewer.post(form, sent)

    with_form = [asked, invalid, stale, full, too_many]
    assert [answer.status_code for answer in with_form] == [200, 422, 403, 409, 429]
    without = [written, forgotten, over]
    assert [answer.status_code for answer in without] == [303, 404, 410]
    for answer in with_form:
        assert_sealed(answer, "'self'")
    for answer in without:
        assert_sealed(answer)
    for answer in (stale, full, too_many, forgotten, over):
        assert "Words to keep" in answer.content.decode()


def test_the_way_to_the_public_page_is_sealed(reviewer, share, draft):
    _, token = share(draft, follows_latest=True)
    draft.get_latest_revision().publish()

    answer = reviewer.get(f"/p/{token}/")

    assert (answer.status_code, answer.url) == (303, draft.full_url)
    assert_sealed(answer)
    assert "public" in reviewer.get(PostPage.objects.get().url).headers["Cache-Control"]


def test_a_fault_is_sealed(reviewer, shared, monkeypatch):
    monkeypatch.setattr("review.views.drawn", lambda *_: 1 / 0)
    reviewer.raise_request_exception = False

    answer = reviewer.open(shared[1])

    assert answer.status_code == 500
    for name, value in SEAL.items():
        assert answer.headers.get(name) == value


@pytest.mark.parametrize(
    "ending",
    ["?x=.css", "x.css", ".css", ";x.css", "%2fx.css", "%3fx.css", "1/x.css"],
)
def test_an_address_that_looks_like_a_file_is_kept_by_nobody(reviewer, shared, ending):
    link, token = shared
    reviewer.open(token)

    answer = reviewer.get(f"/p/v/{link.public_id}/{ending}")

    assert answer.headers["Cache-Control"] == SEAL["Cache-Control"]
    assert answer.status_code == (200 if ending.startswith("?") else 404)


def test_a_question_about_freshness_is_answered_whole(reviewer, shared):
    link, token = shared
    reviewer.open(token)
    asked = {"if-none-match": "*", "if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT"}

    answer = reviewer.get(f"/p/v/{link.public_id}/", headers=asked)

    assert answer.status_code == 200


def test_a_draft_with_a_video_may_not_frame_it_either(reviewer, share, engineers):
    talk = {"url": "https://www.youtube.com/watch?v=dQw4w9WgXcQ", "title": "A talk"}
    _, token = share(make_post(engineers, "Video", live=False, body=[("embed", talk)]))

    answer = reviewer.open(token)

    assert 'class="player"' in answer.content.decode()
    assert_sealed(answer)


def test_a_form_of_its_own_may_be_sent(reviewer, shared, monkeypatch):
    def drawn(review):
        answer = views_drawn(review)
        answer.has_own_form = True
        return answer

    views_drawn = views.drawn
    monkeypatch.setattr("review.views.drawn", drawn)

    assert_sealed(reviewer.open(shared[1]), "'self'")


def test_an_unknown_link_is_any_other_missing_page(client, shared):
    missing = client.get("/%F0%9F%A6%98/").content
    for address in (f"/p/twp_{'A' * 49}/", f"/p/v/{'A' * 22}/", "/p/twp_x/", f"/p/{shared[1]}x/"):
        answer = Client().get(address)
        assert answer.status_code == 404
        assert answer.content == missing


def test_no_page_at_the_address_of_a_link_asks_for_anything(reviewer, shared, editor):
    link, token = shared
    pages = [reviewer.open(token), reviewer.get(f"/p/v/{'A' * 22}/")]
    revoke(link, by=editor)
    pages.append(reviewer.open(token))

    assert [page.status_code for page in pages] == [200, 404, 410]
    for page in pages:
        assert "js/search" not in page.content.decode()
        assert "/search/suggest/" not in page.content.decode()


def test_pictures_of_a_draft_are_files_and_no_other_address_of_ours(reviewer, shared, settings):
    settings.MEDIA_URL = "/files/"

    policy = reviewer.open(shared[1]).headers["Content-Security-Policy"].split("; ")

    assert "img-src data: blob: http://testserver/static/ http://testserver/files/" in policy
    assert "media-src http://testserver/static/ http://testserver/files/" in policy
