import pytest

from blog.models import TrackIndexPage
from home.models import HomePage, SiteSettings, StandardPage
from tests.factories import make_post


@pytest.fixture
def about(home):
    page = StandardPage(
        title="About",
        slug="about",
        intro="Who we are.",
        body=[
            ("section", {"heading": "How we *work* & why", "text": "In **two** tracks."}),
            (
                "card_grid",
                {
                    "cards": [
                        {"title": "Plain", "text": "One.", "is_emphasised": False},
                        {"title": "Loud", "text": "Two.", "is_emphasised": True},
                    ]
                },
            ),
        ],
    )
    home.add_child(instance=page)
    page.save_revision().publish()
    return page


def test_the_home_page_counts_and_lists_each_track(home, engineers, everyone):
    for number in range(4):
        make_post(engineers, f"Deep {number}")
    make_post(everyone, "Clear")
    make_post(everyone, "Not yet", live=False)

    found = home.tracks()

    assert [
        (entry["track"].title, [post.title for post in entry["posts"]], entry["count"])
        for entry in found
    ] == [
        ("For Engineers", ["Deep 3", "Deep 2", "Deep 1"], 4),
        ("For Everyone", ["Clear"], 1),
    ]


def test_a_third_track_appears_by_itself(home, client):
    track = TrackIndexPage(
        title="For Teachers", slug="teachers", label="Teachers", promise="Ready to use.",
        accent="green", icon="book",
    )  # fmt: skip
    home.add_child(instance=track)
    make_post(track, "A lesson")

    shown = client.get("/").content.decode()

    assert "For Teachers" in shown
    assert 'data-accent="green"' in shown
    assert "A lesson" in shown


def test_an_unpublished_track_is_not_on_the_home_page(home, engineers):
    engineers.unpublish()

    assert [entry["track"].title for entry in home.tracks()] == ["For Everyone"]


def test_a_standard_page_shows_sections_and_cards(about, client):
    shown = client.get("/about/").content.decode()

    assert "How we *work* &amp; why" in shown
    assert "<strong>two</strong>" in shown
    assert shown.count("Plain") == 1
    assert shown.count("emphasis") == 1


def test_there_is_one_home_page(home):
    assert not HomePage.can_create_at(home.get_parent())
    assert StandardPage.can_exist_under(home)
    assert not TrackIndexPage.can_exist_under(StandardPage(path="x", depth=3))


def test_renaming_the_publication_shows_everywhere(admin, site, engineers):
    make_post(engineers, "A post")
    publication = SiteSettings.for_site(site)
    publication.name, publication.promise = "Night Notes", "Told twice."
    publication.save()

    for address in ("/", "/engineers/", "/engineers/a-post/", "/search/", "/feed/", "/admin/"):
        assert "Night Notes" in admin.get(address).content.decode(), address
    admin.logout()
    assert "Sign in to Night Notes" in admin.get("/admin/login/").content.decode()


def test_the_admin_does_not_say_wagtail_in_its_title(admin):
    shown = admin.get("/admin/").content.decode()

    assert "Wagtail" not in shown[shown.index("<title>") : shown.index("</title>")]


@pytest.mark.parametrize("length", [0, 1, 24])
def test_the_home_page_asks_the_same_number_of_questions(
    home, engineers, client, length, django_assert_max_num_queries
):
    for number in range(length):
        make_post(engineers, f"Deep {number}")
    client.get("/")

    with django_assert_max_num_queries(19):
        client.get("/")
