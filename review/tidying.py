"""What is done about links from time to time, so that lists say what is so and nothing is kept."""

from datetime import timedelta

from django.db.models import Exists, OuterRef

from blog.clock import database_now
from review import audit, links, sessions
from review.models import Approval, LinkedPage, Remark, SeenVersion, SharedVersion

DAY = timedelta(days=1)


def tidy() -> None:
    """Close links that are over, forget who read 90 days ago, and copies that nobody needs."""
    links.end_what_is_over()
    sessions.forget_old()
    audit.forget_clients(before=database_now() - sessions.KEPT)
    forget_unused_copies()


def forget_unused_copies() -> int:
    """Delete copies a day old that no link, reader, remark or approval refers to."""
    unused = SharedVersion.objects.filter(made_at__lt=database_now() - DAY)
    for model in (LinkedPage, SeenVersion, Remark, Approval):
        unused = unused.filter(~Exists(model.objects.filter(version=OuterRef("pk"))))
    return unused.delete()[0]
