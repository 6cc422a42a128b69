"""An editor at the desk, and what a reviewer has said to them."""

import pytest
from django.contrib.auth.models import Group

from blog.clock import database_now
from blog.models import PostPage
from review.models import Approval, Remark, ReviewSession
from review.placing import Selector
from review.remarking import write

FIRST = "0b0b4f5e-1f0f-4a9e-8f43-3a5c1a9d7d11"


def body_of(*paragraphs: str, ids=(FIRST,)) -> list[dict]:
    """A body of Markdown blocks with ids that tests know."""
    known = [*ids, *(f"0b0b4f5e-1f0f-4a9e-8f43-00000000000{n}" for n in range(9))]
    return [
        {"type": "markdown", "value": words, "id": number}
        for words, number in zip(paragraphs, known, strict=False)
    ]


@pytest.fixture
def at_desk(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def writer(draft, django_user_model):
    """Who owns the draft, and may change but not publish it."""
    user = django_user_model.objects.create_user("wren")
    user.groups.add(Group.objects.get(name="Writers"))
    PostPage.objects.filter(pk=draft.pk).update(owner=user)
    return user


@pytest.fixture
def words(draft):
    """The draft with a body of one known block."""
    draft.body = body_of("A hidden wombat digs.")
    draft.save_revision()
    return PostPage.objects.get(pk=draft.pk).get_latest_revision_as_object()


def session_of(link, name="Rae Reader") -> ReviewSession:
    now = database_now()
    number = ReviewSession.objects.count()
    return ReviewSession.objects.create(
        link=link,
        session_hash=f"{number:064}",
        name=name,
        made_at=now,
        renewed_at=now,
        last_seen=now,
    )


def say(link, text="Wombats do not dig.", *, quote="hidden wombat", block=FIRST, page=0) -> Remark:
    """What a reviewer says by the link."""
    linked = link.linked_pages.all()[page]
    session = link.sessions.first() or session_of(link)
    selector = Selector(block, quote, "A ", " digs.") if block else Selector()
    return write(session, linked, linked.version, text=text, name="Rae Reader", selector=selector)


def approve(link, name="Rae Reader") -> Approval:
    linked = link.linked_pages.get()
    return Approval.objects.create(
        link=link,
        linked_page=linked,
        version=linked.version,
        session=session_of(link, name),
        name=name,
        made_at=database_now(),
    )
