"""“Looks good”: that a reviewer found this very version good."""

from collections.abc import Sequence

from django.db import transaction

from blog.clock import database_now
from review.models import Approval, LinkedPage, ReviewSession
from review.remarking import lock_open


def approve(session: ReviewSession, linked: LinkedPage, *, name: str) -> Approval:
    """Note that the session finds the version that the page shows good; twice is once.

    Raises RefusedError when the link is over by now.
    """
    with transaction.atomic():
        link = lock_open(linked)
        approval, _ = Approval.objects.get_or_create(
            session=session,
            linked_page=linked,
            version=linked.version,
            defaults={"link": link, "name": name, "made_at": database_now()},
        )
        ReviewSession.objects.filter(pk=session.pk).update(name=name)
    return approval


def take_back(session: ReviewSession, linked: LinkedPage) -> bool:
    """Undo the session's own approval of the version; whether there was one."""
    own = Approval.objects.filter(session=session, linked_page=linked)
    return bool(own.filter(version__sha256=linked.version.sha256).delete()[0])


def of_this_version(approvals: Sequence[Approval], linked: LinkedPage) -> list[Approval]:
    """Those of the very version: one of a version that was changed since says nothing of it."""
    return [one for one in approvals if one.version.sha256 == linked.version.sha256]
