"""Files of pictures are made when a page is saved or published, and never for a reader."""

import logging
from datetime import timedelta
from io import StringIO
from unittest.mock import Mock

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone
from wagtail.contrib.frontend_cache.backends.base import BaseBackend

from blog.models import Image, PostPage, Rendition
from blog.pictures import USES, find, making
from blog.renditions import make_renditions, make_renditions_later, pictures_of
from home.models import SiteSettings, StandardPage
from tests.blog.test_admin import post_form
from tests.blog.test_figures import figure, media  # noqa: F401 - a fixture
from tests.factories import make_author, make_image, make_post


class RecordingBackend(BaseBackend):
    """Remembers how often a cache was told to forget an address."""

    purged: list[str] = []

    def purge(self, url):
        self.purged.append(url)


@pytest.fixture
def image(db):
    return make_image("Square", width=1500, height=20)


@pytest.fixture
def post(engineers, image):
    """A post with a picture in every place that shows one; no file is made yet."""
    return make_post(
        engineers,
        "Pictures",
        teaser_image=image,
        teaser_alt="A square",
        authors=[make_author("Ada Byron", photo=image)],
        tags=["squares"],
        body=[
            ("markdown", f"![A square](image:{image.pk})"),
            ("callout", {"kind": "note", "text": f"![A square](image:{image.pk})"}),
            figure(image, width="wide"),
            figure(image, width="full", dark_image=image.pk),
            ("embed", {"url": "https://example.org/", "title": "A talk", "poster": image}),
            ("card_grid", {"cards": [{"title": "Card", "image": image}]}),
        ],
    )


@pytest.fixture
def plain_page(home, image):
    grid = {"cards": [{"title": "Card", "image": image}]}
    return home.add_child(
        instance=StandardPage(title="Plain", slug="plain", body=[("card_grid", grid)])
    )


@pytest.fixture
def publication(site, image):
    found = SiteSettings.for_site(site)
    found.logo = image
    found.save()
    return found


@pytest.fixture
def asked(monkeypatch):
    """What was asked to be made later: pairs of a picture's number and specs."""
    later = Mock()
    monkeypatch.setattr("blog.pictures.finding.make_later", later)
    return later


def specs_of(*uses, image) -> set[str]:
    return {spec for use in uses for group in USES[use].specs(image).values() for spec in group}


def made_specs(image) -> set[str]:
    return set(image.renditions.values_list("filter_spec", flat=True))


EVERY_WINDOW = [
    *("/", "/engineers/", "/engineers/pictures/", "/authors/ada-byron/", "/tags/squares/"),
    *("/feed/", "/feed/engineers/", "/search/?q=pictures", "/search/", "/pictures/", "/plain/"),
]


# Reading


@pytest.mark.parametrize("address", EVERY_WINDOW)
def test_no_file_is_made_for_a_reader(client, post, publication, plain_page, address):
    client.get(address)

    assert Rendition.objects.count() == 0


def test_after_the_command_nothing_is_missing_anywhere(
    client, post, publication, plain_page, asked
):
    call_command("make_renditions", stdout=StringIO())

    answers = [client.get(address).content.decode() for address in EVERY_WINDOW]

    assert asked.mock_calls == []
    assert [answer for answer in answers if "original_images" in answer] == []
    assert [answer for answer in answers if "/media/images/square." not in answer] == []


def test_what_is_missing_is_shown_as_uploaded_and_made_later(image, asked):
    shown = find(image, "text")

    assert (shown.src, shown.width, shown.height) == (image.file.url, 1500, 20)
    assert (shown.sources, shown.sizes) == ((), "")
    asked.assert_called_once()
    assert set(asked.call_args.args[1]) == specs_of("text", image=image)


def test_of_what_is_there_the_best_is_shown(image, asked):
    image.get_renditions("width-720|format-avif", "width-720|format-webp")

    shown = find(Image.objects.get(), "text")

    assert shown.src == "/media/images/square.width-720.format-webp.webp"
    assert [source.type for source in shown.sources] == ["image/avif"]
    assert set(asked.call_args.args[1]) == {
        *("width-1292|format-avif", "width-1292|format-webp", "width-1292|format-jpeg")
    }


def test_a_focal_point_set_later_asks_for_new_files(image, asked):
    image.get_renditions(*specs_of("teaser", image=image))
    image.focal_point_x = image.focal_point_y = 10
    image.focal_point_width = image.focal_point_height = 5
    image.save()

    find(image, "teaser")

    assert set(asked.call_args.args[1]) == specs_of("teaser", image=image)


def test_files_are_asked_of_the_database_once(image, django_assert_num_queries):
    make_renditions_of(image, "text")

    with django_assert_num_queries(1):
        find(image, "text")
    with django_assert_num_queries(0):
        find(image, "text")


def make_renditions_of(image, use):
    making.make(image, sorted(specs_of(use, image=image)))


def test_teasers_of_a_list_take_one_query(
    client, engineers, image, django_assert_num_queries, asked
):
    make_renditions_of(image, "teaser")
    posts = [
        make_post(engineers, f"Post {number}", teaser_image=image, teaser_alt="A square")
        for number in range(3)
    ]

    with django_assert_num_queries(2):
        found = list(type(posts[0]).objects.readable().for_cards())
    with django_assert_num_queries(0):
        sources = [len(find(post.teaser_image, "teaser").sources) for post in found]

    assert sources == [2, 2, 2]


def test_what_was_looked_up_for_one_use_does_not_hide_another(engineers, image, asked):
    make_renditions_of(image, "text")
    post = make_post(engineers, teaser_image=image)
    listed = type(post).objects.for_cards().get()

    assert len(find(listed.teaser_image, "text").sources) == 2
    asked.assert_not_called()


# Making


def test_publishing_makes_what_readers_are_shown(post, image, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        post.save_revision().publish()

    uses = ("text", "wide", "full", "large", "poster", "card", "teaser", "social", "photo")
    assert made_specs(image) == specs_of(*uses, image=image)


def test_scheduling_makes_them_too(post, image, django_capture_on_commit_callbacks):
    post.unpublish()
    post.go_live_at = timezone.now() + timedelta(hours=1)

    with django_capture_on_commit_callbacks(execute=True):
        post.save_revision().publish()

    assert made_specs(image) >= specs_of("wide", "teaser", image=image)


def test_nothing_is_made_before_the_commit(post, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False):
        post.save_revision().publish()

    assert Rendition.objects.count() == 0


def test_caches_forget_the_page_again_when_its_files_are_there(
    post, site, settings, django_capture_on_commit_callbacks
):
    settings.WAGTAILFRONTENDCACHE = {
        "recording": {"BACKEND": f"{__name__}.{RecordingBackend.__name__}"}
    }
    address, times = f"{site.root_url}/engineers/pictures/", []
    for _ in range(2):
        RecordingBackend.purged = []
        with django_capture_on_commit_callbacks(execute=True):
            post.save_revision().publish()
        times.append(RecordingBackend.purged.count(address))

    # Once more than Wagtail and `announce` do: the second time nothing was missing.
    assert times[0] == times[1] + 1


def test_each_file_is_made_once(post):
    first = make_renditions(post)

    assert first == Rendition.objects.count() > 20
    assert make_renditions(post) == 0


def test_looking_a_page_through_makes_and_asks_nothing(post, asked):
    pictures = pictures_of(post)

    assert {use for _, use in pictures} == set(USES) - {"logo"}
    assert Rendition.objects.count() == 0
    asked.assert_not_called()


def truncate(image):
    data = image.file.storage.open(image.file.name).read()
    image.file.storage.delete(image.file.name)
    image.file.storage.save(image.file.name, ContentFile(data[: len(data) // 2]))


def remove(image):
    image.file.storage.delete(image.file.name)


@pytest.mark.parametrize("harm", [truncate, remove])
def test_a_damaged_picture_stops_neither_publishing_nor_reading(
    client, post, image, caplog, harm, django_capture_on_commit_callbacks
):
    harm(image)

    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        post.save_revision().publish()
    answer = client.get("/engineers/pictures/")

    assert answer.status_code == 200
    assert f'src="{image.file.url}"' in answer.content.decode()
    assert f"Picture {image.pk} as width-720|format-avif could not be made" in caplog.text


def test_one_damaged_picture_does_not_hold_up_the_others(engineers, image):
    damaged = make_image("Damaged")
    remove(damaged)
    post = make_post(engineers, body=[figure(damaged), figure(image)])

    assert make_renditions(post) == len(specs_of("text", "large", image=image))


def test_a_picture_deleted_meanwhile_is_nothing(image):
    gone = Image.objects.get()
    image.delete()

    assert making.make(gone, ["width-720|format-avif"]) == 0


# Later


@pytest.fixture
def waiting(settings, monkeypatch):
    """What the thread would take up; it is not started."""
    settings.TWOTRACK_PICTURE_THREADS = 1
    put = Mock()
    monkeypatch.setattr(making, "_waiting", Mock(put=put))
    monkeypatch.setattr(making, "_start_workers", Mock())
    monkeypatch.setattr(making, "_asked", {})
    return put


def test_a_file_is_asked_for_once_in_a_while(image, waiting):
    making.make_later(image, ["width-720|format-avif"])
    making.make_later(image, ["width-720|format-avif", "width-720|format-webp"])
    making.make_later(image, ["width-720|format-avif"])

    assert [call.args[0][1] for call in waiting.call_args_list] == [
        ["width-720|format-avif"],
        ["width-720|format-webp"],
    ]


def test_without_threads_nothing_waits(image, waiting, settings):
    settings.TWOTRACK_PICTURE_THREADS = 0

    making.make_later(image, ["width-720|format-avif"])

    waiting.assert_not_called()


def test_saving_a_draft_has_its_pictures_made(admin, engineers, image, waiting):
    value = {
        "image": {"image": image.pk, "alt_text": "A square", "decorative": ""},
        "dark_image": "",
        "caption": "",
        "credit": "",
        "width": "normal",
    }

    admin.post(
        f"/admin/pages/add/blog/postpage/{engineers.pk}/", post_form(body=[("figure", value)])
    )

    (picture, specs), *others = [call.args[0] for call in waiting.call_args_list]
    assert others == []
    assert picture == image
    assert set(specs) == specs_of("text", "large", image=image)
    assert not PostPage.objects.get().live


def test_the_thread_goes_on_after_a_failure(image, monkeypatch, caplog):
    jobs = [(image, ["first"]), (image, ["second"]), KeyboardInterrupt]
    made = Mock(side_effect=[ValueError, 1])
    monkeypatch.setattr(making, "_waiting", Mock(get=Mock(side_effect=jobs)))
    monkeypatch.setattr(making, "make", made)
    monkeypatch.setattr(making, "connections", Mock())

    with pytest.raises(KeyboardInterrupt):
        making._work()

    assert [call.args[1] for call in made.call_args_list] == [["first"], ["second"]]
    assert f"Picture {image.pk} could not be looked after" in caplog.text


def test_a_draft_that_cannot_be_looked_through_is_saved_all_the_same(post, monkeypatch, caplog):
    monkeypatch.setattr("blog.renditions.pictures_of", Mock(side_effect=ValueError))

    make_renditions_later(post)

    assert "could not be looked through" in caplog.text


# The command


def test_the_command_makes_lost_files_anew(post, image):
    call_command("make_renditions", stdout=StringIO())
    lost = image.renditions.get(filter_spec="width-1472|format-avif")
    lost.file.storage.delete(lost.file.name)
    said = StringIO()

    call_command("make_renditions", stdout=said)

    assert said.getvalue() == "1 files of pictures made, 1 of them had been lost.\n"
    again = image.renditions.get(filter_spec="width-1472|format-avif")
    assert again.file.storage.exists(again.file.name)


def test_the_command_leaves_hidden_pages_alone(four_posts, image):
    four_posts.draft.teaser_image = image
    four_posts.draft.save()

    call_command("make_renditions", stdout=StringIO())

    assert Rendition.objects.count() == 0


def test_an_editor_does_not_wait_for_many_pictures(post, waiting):
    assert make_renditions(post, most_seconds=0) == 0

    assert not Rendition.objects.exists()
    assert {call.args[0][0].pk for call in waiting.call_args_list} == {post.teaser_image.pk}
