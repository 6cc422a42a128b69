"""Diagrams on pages over time: drawn late, lost, and restored."""

from blog import diagrams
from blog.diagrams.drawing import NotNowError
from blog.housekeeping import chores, keep_house
from blog.models import Diagram, PostPage
from tests.factories import make_post

SOURCE = "```mermaid\nflowchart TD\n  a --> b\n```"


def away(source):
    raise NotNowError("away")


def stored(post) -> PostPage:
    return PostPage.objects.get(pk=post.pk)


def test_what_could_not_be_drawn_just_now_is_drawn_later(engineers, draughtsman, monkeypatch):
    monkeypatch.setattr(diagrams, "draw", away)
    post = make_post(engineers, markdown=SOURCE)
    keep_house()
    assert "<figure" not in stored(post).body_html

    monkeypatch.setattr(diagrams, "draw", draughtsman.draw)
    keep_house()

    assert '<figure class="diagram' in stored(post).body_html
    assert not PostPage.all_out_of_date().exists()


def test_readers_never_wait_for_what_could_not_be_drawn(client, engineers, monkeypatch):
    monkeypatch.setattr(diagrams, "draw", away)
    post = make_post(engineers, markdown=SOURCE)
    monkeypatch.setattr(diagrams, "draw", None)

    assert client.get(post.url).status_code == 200


def test_a_restored_revision_has_its_diagram_again(engineers, draughtsman):
    post = make_post(engineers, markdown=SOURCE)
    first = stored(post).latest_revision
    changed = stored(post)
    changed.body = [("markdown", "No diagram.")]
    changed.save_revision().publish()
    Diagram.objects.all().delete()

    first.publish()

    html = stored(post).body_html
    assert '<figure class="diagram' in html
    assert diagrams.digests_in(html) == {Diagram.objects.get().pk}


def test_one_chore_that_fails_does_not_stop_the_others(engineers, monkeypatch, caplog):
    monkeypatch.setattr("blog.housekeeping.chores", [lambda: 1 / 0, *chores])
    Diagram.objects.create(digest="0" * 64)
    Diagram.objects.update(last_used="2020-01-01T00:00:00Z")

    keep_house()

    assert not Diagram.objects.exists()
    assert "ZeroDivisionError" in caplog.text
