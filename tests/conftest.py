"""Fixtures that every subject shares."""

import gc
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import PageViewRestriction, Site

from blog.models import PostPage, TrackIndexPage
from home.models import HomePage
from tests.factories import make_post
from tests.own_database import copy_of, run_apart, template_of_tests


def pytest_collection_modifyitems(config, items):
    """Run on SQLite everything, and on another database what asks a database: pytest-django lets
    nothing else reach one, so the rest can say nothing new there.
    """
    if connection.vendor == "sqlite":
        return
    left_out = [item for item in items if not asks_a_database(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if asks_a_database(item)]


def asks_a_database(item) -> bool:
    marked = item.get_closest_marker("django_db") is not None
    return marked or not {"django_db_setup", "publication"}.isdisjoint(item.fixturenames)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    """All that is loaded and made by now stays to the end: it need not be looked through for
    garbage again and again.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def empty_caches():
    for cache in caches.all():
        cache.clear()
    yield
    for cache in caches.all():
        cache.clear()


@pytest.fixture(autouse=True, scope="session")
def no_files_left_behind():
    yield
    shutil.rmtree(settings.TEST_DIR, ignore_errors=True)


@pytest.fixture
def home(db) -> HomePage:
    return HomePage.objects.get()


@pytest.fixture
def site(home) -> Site:
    return Site.objects.get(is_default_site=True)


@pytest.fixture
def berlin(settings):
    """The publication's clocks are those of Berlin."""
    settings.TIME_ZONE = "Europe/Berlin"


@pytest.fixture
def engineers(home) -> TrackIndexPage:
    return TrackIndexPage.objects.get(slug="engineers")


@pytest.fixture
def everyone(home) -> TrackIndexPage:
    return TrackIndexPage.objects.get(slug="everyone")


@dataclass(frozen=True)
class FourPosts:
    """One post in each state; only `live` is readable."""

    live: PostPage
    draft: PostPage
    scheduled: PostPage
    private: PostPage

    @property
    def hidden(self) -> list[PostPage]:
        return [self.draft, self.scheduled, self.private]


@pytest.fixture
def four_posts(engineers) -> FourPosts:
    scheduled = make_post(engineers, "Scheduled quokka", live=False)
    scheduled.go_live_at = timezone.now() + timedelta(hours=1)
    scheduled.save_revision().publish()
    private = make_post(engineers, "Private quokka")
    PageViewRestriction.objects.create(
        page=private, restriction_type=PageViewRestriction.PASSWORD, password="sesame"
    )
    return FourPosts(
        live=make_post(engineers, "Live quokka"),
        draft=make_post(engineers, "Draft quokka", live=False),
        scheduled=PostPage.objects.get(pk=scheduled.pk),
        private=private,
    )


@pytest.fixture
def admin_user(db):
    return get_user_model().objects.create_superuser("ada", "ada@example.org", "pass")


@pytest.fixture
def admin(client, admin_user):
    """A client that is logged in with every right."""
    client.force_login(admin_user)
    return client


@pytest.fixture(scope="module")
def for_all(django_db_setup, django_db_blocker):
    """Call a function whose changes to the database are there for all tests of the module."""
    changes = ExitStack()

    def call(work):
        with django_db_blocker.unblock():
            return work()

    call(lambda: changes.enter_context(transaction.atomic()))
    yield call
    call(lambda: transaction.set_rollback(True))
    call(changes.close)


@pytest.fixture(scope="session")
def template_database(django_db_setup, django_db_blocker, tmp_path_factory):
    """Made before any test has a transaction open, for the copy is of what is committed."""
    with (
        django_db_blocker.unblock(),
        template_of_tests(tmp_path_factory.mktemp("template")) as name,
    ):
        yield name


@pytest.fixture
def apart(template_database, db, tmp_path):
    """Call a function in a process of its own, on a database of its own; returns what it does."""
    with copy_of(template_database, tmp_path) as database:
        yield lambda work, *arguments: run_apart(database, work, *arguments)
