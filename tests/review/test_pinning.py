"""A pinned version is shown as it was, also when all that it was made of has gone on."""

import hashlib

from bs4 import BeautifulSoup
from django.core.management import call_command

from blog.models import PostPage
from review.models import LinkedPage, ReviewLink, SharedVersion


def shown(answer) -> list[str]:
    """What the reviewer sees of the draft, letter by letter."""
    page = BeautifulSoup(answer.content, "html.parser")
    return [page.title.string, str(page.h1), *map(str, page.select(".prose"))]


def hashed(version: SharedVersion) -> str:
    return hashlib.sha256(version.content.encode()).hexdigest()


def test_autosaves_a_publication_and_a_purge_change_nothing(reviewer, draft, shared, editor):
    link, token = shared
    before = shown(reviewer.open(token))
    version = SharedVersion.objects.get()
    assert "A hidden wombat." in before[-1]

    post = PostPage.objects.get(pk=draft.pk).get_latest_revision_as_object()
    post.title = "Another title"
    saved = None
    for number in range(50):
        post.body = [("markdown", f"Autosaved {number}.")]
        saved = post.save_revision(user=editor, overwrite_revision=saved)
    saved.publish()
    call_command("purge_revisions", verbosity=0)

    assert "Autosaved 49." in reviewer.get(draft.url).content.decode()
    assert reviewer.open(token).status_code == 410
    kept = SharedVersion.objects.get()
    assert (kept.pk, kept.content) == (version.pk, version.content)
    assert kept.sha256 == hashed(kept)
    # As it would be shown if the publication had not ended the link.
    now_live = PostPage.objects.get(pk=draft.pk).live_revision_id
    LinkedPage.objects.update(ended_at=None, ended_because="", live_revision=now_live)
    ReviewLink.objects.update(ended_at=None, ended_because="")
    assert shown(reviewer.open(token)) == before
    assert link.linked_pages.get().title == "Secret quokka"
