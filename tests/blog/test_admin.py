"""The editor's work on every page type, through the admin itself."""

import pytest
from wagtail.models import Revision, Site
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from blog.models import PostPage, TrackIndexPage
from home.models import StandardPage
from tests.factories import make_image, make_post


def post_form(title="Written in the admin", *, body=None, **fields) -> dict:
    return nested_form_data(
        {
            "title": title,
            "slug": "written",
            "excerpt": "What it is about.",
            "body": streamfield(body or [("markdown", "Some **words**.")]),
            "post_authors": inline_formset([]),
            "comments": inline_formset([]),
            "tags": "",
            **fields,
        }
    )


@pytest.fixture
def standard_page(home):
    page = home.add_child(instance=StandardPage(title="About", slug="about"))
    page.save_revision().publish()
    return page


def every_page(home, engineers, standard_page, four_posts):
    return [home, engineers, standard_page, four_posts.live, four_posts.draft]


def test_a_new_post_opens_with_one_markdown_block(admin, engineers):
    shown = admin.get(f"/admin/pages/add/blog/postpage/{engineers.pk}/").content.decode()

    assert PostPage().body.raw_data[0]["type"] == "markdown"
    assert len(PostPage().body) == 1
    assert "Write Markdown. Paste or drop a picture to upload it." in shown


@pytest.mark.parametrize(
    "what", ["edit", "history", "usage", "copy", "move", "unpublish", "delete"]
)
def test_every_page_type_can_be_worked_on(admin, home, engineers, standard_page, four_posts, what):
    for page in every_page(home, engineers, standard_page, four_posts):
        if what == "unpublish" and not page.live:
            continue
        answer = admin.get(f"/admin/pages/{page.pk}/{what}/", follow=True)
        assert answer.status_code == 200, (page, what)


def test_a_post_is_written_and_published(admin, engineers, client):
    data = post_form() | {"action-publish": "1"}

    admin.post(f"/admin/pages/add/blog/postpage/{engineers.pk}/", data)

    assert "<strong>words</strong>" in client.get("/engineers/written/").content.decode()


def test_a_draft_needs_a_title_only(admin, engineers):
    data = nested_form_data(
        {
            "title": "Only a title",
            "slug": "only-a-title",
            "excerpt": "",
            "body": streamfield([("markdown", "")]),
            "post_authors": inline_formset([]),
            "comments": inline_formset([]),
            "tags": "",
        }
    )

    admin.post(f"/admin/pages/add/blog/postpage/{engineers.pk}/", data)

    assert not PostPage.objects.get(slug="only-a-title").live


def test_publishing_asks_for_what_a_draft_may_lack(admin, engineers):
    data = post_form(excerpt="") | {"action-publish": "1"}

    answer = admin.post(f"/admin/pages/add/blog/postpage/{engineers.pk}/", data)

    assert answer.status_code == 200
    assert not PostPage.objects.filter(live=True).exists()


def test_a_picture_needs_alt_text_to_be_published(admin, engineers):
    picture = make_image()
    value = {
        "image": {"image": picture.pk, "alt_text": "", "decorative": ""},
        "caption": "",
        "credit": "",
        "width": "normal",
    }
    data = post_form(body=[("figure", value)]) | {"action-publish": "1"}

    answer = admin.post(f"/admin/pages/add/blog/postpage/{engineers.pk}/", data)

    assert answer.status_code == 200
    assert not PostPage.objects.exists()
    value["image"]["alt_text"] = "A teal square"
    data = post_form(body=[("figure", value)]) | {"action-publish": "1"}
    admin.post(f"/admin/pages/add/blog/postpage/{engineers.pk}/", data)
    assert PostPage.objects.get().live


def test_a_wrong_link_is_refused_with_its_line(admin, engineers):
    data = post_form(body=[("markdown", "Fine.\n\n[x](page:about)")]) | {"action-publish": "1"}

    answer = admin.post(f"/admin/pages/add/blog/postpage/{engineers.pk}/", data)

    assert not PostPage.objects.exists()
    assert "Line 3:" in answer.content.decode()


def test_live_preview_shows_what_is_being_typed(admin, engineers):
    post = make_post(engineers, "Written in the admin", slug="written", markdown="Old words.")
    address = f"/admin/pages/{post.pk}/edit/preview/"

    admin.post(address, post_form(body=[("markdown", "Fresh *words*.")]))
    shown = admin.get(f"{address}?in_preview_panel=true").content.decode()

    assert "Fresh <em>words</em>" in shown
    assert "Old words" not in shown


def test_two_revisions_can_be_compared_and_the_older_restored(admin, engineers, client):
    post = make_post(engineers, "Written in the admin", slug="written", markdown="First words.")
    first = post.latest_revision
    admin.post(
        f"/admin/pages/{post.pk}/edit/",
        post_form(body=[("markdown", "Second words.")]) | {"action-publish": "1"},
    )
    second = PostPage.objects.get(pk=post.pk).latest_revision
    assert "Second words" in client.get("/engineers/written/").content.decode()

    compared = admin.get(f"/admin/pages/{post.pk}/revisions/compare/{first.pk}...{second.pk}/")
    assert "First" in compared.content.decode()
    reverted = admin.get(f"/admin/pages/{post.pk}/revisions/{first.pk}/revert/")
    assert "First words." in reverted.content.decode()
    admin.post(
        f"/admin/pages/{post.pk}/edit/",
        post_form(body=[("markdown", "First words.")])
        | {"action-publish": "1", "revision": str(first.pk)},
    )

    assert "First words" in client.get("/engineers/written/").content.decode()
    assert Revision.objects.for_instance(post).count() == 3


def test_autosave_keeps_a_draft(admin, engineers):
    post = make_post(engineers, "Written in the admin", slug="written", live=False)

    answer = admin.post(
        f"/admin/pages/{post.pk}/edit/",
        post_form(body=[("markdown", "Typed meanwhile.")]),
        headers={"accept": "application/json"},
    )

    assert answer.json()["success"] is True
    draft = PostPage.objects.get(pk=post.pk).get_latest_revision_as_object()
    assert draft.body[0].value == "Typed meanwhile."


def test_a_tracks_colour_comes_from_the_palette(admin, home):
    field = TrackIndexPage._meta.get_field("accent")

    assert [value for value, _ in field.choices] == [
        *("blue", "rust", "green", "plum", "teal", "ochre")
    ]


@pytest.mark.parametrize(
    "address",
    [
        "/admin/",
        "/admin/pages/",
        "/admin/images/",
        "/admin/documents/",
        "/admin/snippets/blog/author/",
        "/admin/snippets/blog/tag/",
        "/admin/redirects/",
        "/admin/reports/locked/",
        "/admin/settings/home/sitesettings/",
        "/admin/wagtailmenus/flatmenu/",
    ],
)
def test_the_doors_of_the_admin_open(admin, home, address):
    assert admin.get(address, follow=True).status_code == 200


def test_the_menus_can_be_edited(admin, home):
    site = Site.objects.get()

    assert admin.get(f"/admin/wagtailmenus/mainmenu/edit/{site.pk}/").status_code == 200


def test_the_markdown_editor_fetches_nothing_from_elsewhere(admin, engineers):
    shown = admin.get(f"/admin/pages/add/blog/postpage/{engineers.pk}/").content.decode()

    assert "admin/markdown.js" in shown
    assert "maxcdn" not in shown
