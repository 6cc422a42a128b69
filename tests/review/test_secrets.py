"""Nothing that is kept, written or sent holds a token, and the history says who shared what."""

import logging

import pytest
from django.apps import apps
from django.core import mail
from wagtail.models import PageLogEntry

from review.desk import digest
from review.links import revoke
from tests.twotrack.test_logs import log  # noqa: F401 - a fixture


def everything_stored() -> str:
    """All that is in the database, as text."""
    return "\n".join(
        repr(row) for model in apps.get_models() for row in model._base_manager.values_list()
    )


def test_no_token_is_stored_or_logged(log, reviewer, shared, editor):  # noqa: F811
    log.set_level(logging.DEBUG)
    link, token = shared
    reviewer.raise_request_exception = False
    reviewer.open(token)
    secret = reviewer.cookies[f"__Secure-twp-{link.public_id}"].value
    reviewer.get(f"/p/{token[:-1]}/")
    reviewer.get(f"/p/{token}")
    reviewer.get(f"/p/{token}/x.css")
    reviewer.get(f"/search/?q={token}")
    reviewer.post(f"/p/{token}/")
    revoke(link, by=editor)
    reviewer.open(token)

    stored = everything_stored()
    assert link.public_id in stored
    for kept in (stored, log.text):
        assert token[4:-6] not in kept
        assert secret not in kept
    assert "Not Found: /p/[left out]" in log.text
    assert "Method Not Allowed (POST): /p/[left out]" in log.text


def test_a_letter_is_the_one_thing_that_tells_it(
    log,  # noqa: F811
    client,
    reviewer,
    shared,
    editor,
    django_capture_on_commit_callbacks,
):
    log.set_level(logging.DEBUG)
    link, token = shared
    editor.email = "edda@example.org"
    editor.save()
    client.force_login(editor)
    letter = {"token": token, "to": "rae@example.org", "words": "Please look."}
    assert client.post(f"/admin/review/links/{link.pk}/mail/", letter).status_code == 200
    reviewer.open(token)
    version = link.linked_pages.get().version.sha256[:12]
    said = {"text": "I read it.", "name": "Rae", "v": version}
    for rest in ("remark", "good"):
        reviewer.post(f"/p/v/{link.public_id}/1/{rest}/", said)
    with django_capture_on_commit_callbacks(execute=True):
        assert digest.tell_editors() == 1

    to_rae, to_edda = mail.outbox
    assert (to_rae.to, to_edda.to) == (["rae@example.org"], ["edda@example.org"])
    assert to_rae.body.count(token) == 1
    to_rae.body = to_rae.body.replace(token, "")
    assert "1 remark and 1 approval" in to_edda.subject
    secret = reviewer.cookies[f"__Secure-twp-{link.public_id}"].value
    letters = [str(one.message()) for one in (to_rae, to_edda)]
    for kept in (everything_stored(), log.text, *letters):
        assert token[4:-6] not in kept
        assert secret not in kept


def test_nor_is_it_when_something_fails(log, reviewer, shared, monkeypatch):  # noqa: F811
    token = shared[1]
    monkeypatch.setattr("review.views.allows_hit", lambda *_: 1 / 0)
    reviewer.raise_request_exception = False

    assert reviewer.get(f"/p/{token}/").status_code == 500

    assert "Internal Server Error: /p/[left out]" in log.text
    assert "ZeroDivisionError" in log.text
    assert token not in log.text


@pytest.mark.parametrize("address", ["/p/twp_x?q=1", "twp_x", "https://a.example/p/twp_x/y"])
def test_a_token_is_left_out_wherever_it_stands(log, address):  # noqa: F811
    logging.getLogger("django").warning("It says %s.", address.replace("_x", "_" + "x" * 49))

    assert "xxx" not in log.text


def test_the_history_says_who_shared_what_with_whom(reviewer, shared, editor, draft):
    link, token = shared
    for _ in range(3):
        reviewer.open(token)
    revoke(link, by=editor)
    for _ in range(3):
        reviewer.open(token)

    entries = PageLogEntry.objects.filter(page=draft.pk, action__startswith="twotrack.review")
    told = [(entry.action, entry.user, entry.message) for entry in entries.order_by("timestamp")]
    assert told == [
        ("twotrack.review.create", editor, "Shared for review with Rae"),
        ("twotrack.review.open", None, "Opened by Rae"),
        ("twotrack.review.revoke", editor, "Link for Rae revoked"),
        ("twotrack.review.denied", None, "Refused to Rae: revoked"),
    ]
    assert {entry.data["link"] for entry in entries} == {link.public_id}
