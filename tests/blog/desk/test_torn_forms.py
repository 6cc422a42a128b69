"""Forms that arrive in part: 400 with words that help, and nothing is stored."""

import pytest
from django.test import Client
from wagtail.models import Page, Revision
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from blog.models import Author, PostPage, Release
from tests.blog.test_admin import post_form
from tests.factories import make_post

FULL = post_form("A post", slug="a-post", body=[("markdown", "Other words.")])
RELEASE = nested_form_data({"name": "T", "go_live_at": "", "release_posts": inline_formset([])})
EDIT, ADD = "/admin/pages/{post}/edit/", "/admin/pages/add/blog/postpage/{track}/"
NEW_RELEASE = "/admin/releases/new/"


def without(form: dict, name: str) -> dict:
    return {key: value for key, value in form.items() if key != name}


TORN = [
    *[(address, without(FULL, "body-count")) for address in (EDIT, ADD, EDIT + "preview/")],
    *[(EDIT, FULL | {"body-count": count}) for count in ("1000000000", "-1", "x", "", "²", "1e9")],
    (ADD, FULL | {"body-count": "1000000000"}),
    (EDIT, FULL | {"body-count": ["1", "1"]}),
    (EDIT, FULL | {"body-0-order": "x"}),
    (EDIT, FULL | {"post_authors-TOTAL_FORMS": "1000000000"}),
    (EDIT, FULL | {"comments-TOTAL_FORMS": "999"}),
    (EDIT, {}),
    (ADD, {}),
    (NEW_RELEASE, RELEASE | {"release_posts-TOTAL_FORMS": "1000000000"}),
    ("/admin/pages/{post}/copy/", {}),
    ("/admin/pages/{post}/copy/", {"new_parent_page": "x"}),
]


def stored() -> list:
    return [
        list(Page.objects.order_by("pk").values_list("pk", "title", "latest_revision")),
        list(Revision.objects.order_by("pk").values_list("pk", "created_at")),
        Release.objects.count() + Author.objects.count(),
    ]


@pytest.fixture
def post(engineers):
    return make_post(engineers, "A post", live=False)


@pytest.mark.parametrize(("address", "form"), TORN)
def test_a_torn_form_is_refused_and_nothing_stored(admin, post, engineers, address, form):
    before = stored()

    answer = admin.post(address.format(post=post.pk, track=engineers.pk), form)

    assert answer.status_code == 400
    assert "nothing was saved" in answer.content.decode()
    assert stored() == before


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", '{"title": "A post"}'),
        ("text/plain", "title=A+post"),
        ("multipart/form-data; boundary=x", "--x\r\ngarbage"),
    ],
)
def test_what_is_no_form_is_refused(admin, post, kind, body):
    before = stored()

    answer = admin.post(f"/admin/pages/{post.pk}/edit/", body, content_type=kind)

    assert answer.status_code == 400
    assert stored() == before


def test_too_many_fields_are_refused(admin, post):
    before = stored()

    form = FULL | {f"field{number}": "1" for number in range(10_001)}
    answer = admin.post(f"/admin/pages/{post.pk}/edit/", form)

    assert answer.status_code == 400
    assert "up to 10000 fields" in answer.content.decode()
    assert stored() == before


def test_a_script_is_told_of_too_many_fields(admin, post):
    form = FULL | {f"field{number}": "1" for number in range(10_001)}

    answer = admin.post(
        f"/admin/pages/{post.pk}/edit/", form, headers={"accept": "application/json"}
    )

    assert answer.status_code == 400
    assert answer.json()["error_code"] == "too_large"


def test_the_guard_against_forgery_reads_the_form_first(post, admin_user, settings):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    form = FULL | {f"field{number}": "1" for number in range(10_001)}

    answer = client.post(f"/admin/pages/{post.pk}/edit/", form)

    assert answer.status_code == 400
    assert "up to 10000 fields" in answer.content.decode()


def test_unknown_kinds_of_blocks_are_never_stored(admin, post):
    admin.post(f"/admin/pages/{post.pk}/edit/", FULL | {"body-0-type": "nope"})

    latest = PostPage.objects.get(pk=post.pk).get_latest_revision_as_object()
    assert {block.block_type for block in latest.body} <= {"markdown"}


def test_a_script_is_told_in_its_own_way(admin, post):
    answer = admin.post(f"/admin/pages/{post.pk}/edit/", {}, headers={"accept": "application/json"})

    assert answer.status_code == 400
    assert answer.json()["error_code"] == "torn_form"


def test_a_whole_form_is_saved(admin, post):
    answer = admin.post(f"/admin/pages/{post.pk}/edit/", FULL)

    assert answer.status_code == 302
    latest = PostPage.objects.get(pk=post.pk).get_latest_revision_as_object()
    assert latest.body[0].value == "Other words."


def test_a_visitor_is_sent_to_the_login(client, post):
    answer = client.post(f"/admin/pages/{post.pk}/edit/", FULL | {"body-count": "x"})

    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


def test_a_fault_of_the_program_stays_one(admin, post, monkeypatch):
    def fails(*args, **kwargs):
        raise KeyError("a mistake of ours")

    monkeypatch.setattr("blog.desk.doors.ask", fails)
    admin.raise_request_exception = False

    answer = admin.post(f"/admin/pages/{post.pk}/edit/", FULL | {"action-publish": "1"})

    assert answer.status_code == 500
