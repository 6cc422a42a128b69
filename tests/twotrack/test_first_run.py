import io

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import call_command
from wagtail.models import Page, Revision, Site

from blog.models import Image, PostPage, Tag, TrackIndexPage
from home.models import SiteSettings, StandardPage
from twotrack import first_run


@pytest.fixture
def demo(db):
    said = io.StringIO()
    first_run.bring_in_demo(said)
    return said.getvalue()


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


def test_the_demo_has_posts_on_both_tracks(demo, engineers, everyone):
    assert PostPage.objects.readable().count() >= 8
    for track in (engineers, everyone):
        assert track.readable_posts().count() >= 3
    assert not PostPage.objects.exclude(live=True).exists()


def test_the_demo_has_an_about_page_with_one_emphasised_card_or_more(demo):
    about = StandardPage.objects.get(slug="about")
    grids = [block.value for block in about.body if block.block_type == "card_grid"]
    cards = [card for grid in grids for card in grid["cards"]]

    assert len(cards) >= 4
    assert any(card["is_emphasised"] for card in cards)


def test_the_demo_names_the_publication(demo, site, client):
    publication = SiteSettings.for_site(site)

    assert publication.name != "Twotrack"
    assert publication.name in client.get("/").content.decode()


def test_every_page_of_the_demo_answers(demo, client):
    for page in Page.objects.live().exclude(depth=1):
        assert client.get(page.url).status_code == 200, page.url


def test_the_demo_comes_once(demo):
    before = count_everything()

    call_command("import_posts", *map(str, first_run.DEMO_FOLDERS), publish=True)

    assert count_everything() == before


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
