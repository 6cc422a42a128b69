import io
from dataclasses import dataclass

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from wagtail.models import Page, Revision, Site

from blog.models import Image, PostPage, Tag, TrackIndexPage
from home.models import SiteSettings, StandardPage
from twotrack import first_run


@dataclass(frozen=True)
class Demo:
    """What the demo brings in, and what readers then get."""

    posts: list[tuple[str, bool, bool]]  # The track, whether it is live, whether it is readable.
    cards: list[dict]
    name: str
    answers: dict[str, int]
    home: str
    counts: list[int]
    counts_of_second_time: list[int]


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker) -> Demo:
    """Brought in once for all tests of it, and looked at before it is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        first_run.bring_in_demo(io.StringIO())
        found = look_at_demo(Client())
        transaction.set_rollback(True)
    return found


def look_at_demo(client) -> Demo:
    readable = set(PostPage.objects.readable().values_list("pk", flat=True))
    about = StandardPage.objects.get(slug="about")
    grids = [block.value for block in about.body if block.block_type == "card_grid"]
    pages = Page.objects.live().exclude(depth=1)
    counts = count_everything()
    return Demo(
        posts=[
            (post.track.slug, post.live, post.pk in readable)
            for post in PostPage.objects.select_related("track")
        ],
        cards=[card for grid in grids for card in grid["cards"]],
        name=SiteSettings.for_site(Site.objects.get()).name,
        answers={page.url: client.get(page.url).status_code for page in pages},
        home=client.get("/").content.decode(),
        counts=counts,
        counts_of_second_time=count_after_second_time(),
    )


def count_after_second_time() -> list[int]:
    call_command("import_posts", *map(str, first_run.DEMO_FOLDERS), publish=True)
    return count_everything()


def count_everything() -> list[int]:
    return [model.objects.count() for model in (Page, Revision, Image, Tag)]


def test_a_new_publication_has_a_home_page_and_two_tracks(home):
    tracks = TrackIndexPage.objects.child_of(home).order_by("path")

    assert [(track.title, track.slug, track.accent, track.icon) for track in tracks] == [
        ("For Engineers", "engineers", "blue", "code"),
        ("For Everyone", "everyone", "rust", "speech"),
    ]
    assert Page.find_problems() == ([], [], [], [], [])
    assert Site.objects.get().root_page_id == home.pk


def test_the_demo_has_posts_on_both_tracks(demo):
    tracks = [track for track, _, is_readable in demo.posts if is_readable]

    assert len(tracks) >= 8
    assert tracks.count("engineers") >= 3
    assert tracks.count("everyone") >= 3
    assert all(is_live for _, is_live, _ in demo.posts)


def test_the_demo_has_an_about_page_with_one_emphasised_card_or_more(demo):
    assert len(demo.cards) >= 4
    assert any(card["is_emphasised"] for card in demo.cards)


def test_the_demo_names_the_publication(demo):
    assert demo.name != "Twotrack"
    assert demo.name in demo.home


def test_every_page_of_the_demo_answers(demo):
    assert len(demo.answers) > 10
    assert {address: status for address, status in demo.answers.items() if status != 200} == {}


def test_the_demo_comes_once(demo):
    assert demo.counts_of_second_time == demo.counts


def test_the_first_account_may_do_everything(db):
    assert first_run.is_first_run()

    password = first_run.make_editor()

    assert not first_run.is_first_run()
    assert len(password) >= 12
    assert authenticate(username="editor", password=password).is_superuser


def test_another_password_replaces_the_first(db, capsys):
    first = first_run.make_editor()

    call_command("password")

    second = capsys.readouterr().out.split()[-1]
    assert authenticate(username="editor", password=first) is None
    assert authenticate(username="editor", password=second) == get_user_model().objects.get()


def test_the_site_answers_at_the_base_address(site, settings):
    settings.BASE_URL = "https://notes.example.org"

    first_run.match_site_address()

    assert Site.objects.get().root_url == "https://notes.example.org"
