"""What is done from time to time: nothing is kept longer than is promised."""

from datetime import timedelta

from django.utils import timezone
from wagtail.models import PageLogEntry

from review import audit, sessions
from review.links import revoke
from review.tidying import tidy


def entries() -> dict[str, dict]:
    """What the history of pages says, by what was done."""
    return {entry.action.rsplit(".")[-1]: entry.data for entry in PageLogEntry.objects.all()}


def made_before(age: timedelta) -> None:
    PageLogEntry.objects.update(timestamp=timezone.now() - age)


def test_the_history_forgets_after_90_days_who_the_reader_was(reviewer, shared, editor):
    link, token = shared
    reviewer.open(token)
    revoke(link, by=editor)
    reviewer.open(token)
    before = entries()
    assert before["open"]["client"] == before["denied"]["client"]

    made_before(sessions.KEPT - timedelta(minutes=1))
    tidy()
    assert entries() == before

    made_before(sessions.KEPT + timedelta(minutes=1))
    tidy()
    assert entries() == {
        action: {name: value for name, value in data.items() if name != "client"}
        for action, data in before.items()
    }
    assert entries()["open"] == {"link": link.public_id, "label": "Rae"}


def test_it_is_forgotten_by_one_query(reviewer, shared, django_assert_num_queries):
    for _ in range(3):
        reviewer.cookies.clear()
        reviewer.open(shared[1])
    made_before(sessions.KEPT + timedelta(minutes=1))
    before = timezone.now() - sessions.KEPT

    with django_assert_num_queries(1):
        assert audit.forget_clients(before) == 3
    assert audit.forget_clients(before) == 0
