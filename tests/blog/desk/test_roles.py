"""Writers submit, editors and moderators approve: done through the admin as each of them."""

import pytest
from wagtail.models import PageLogEntry, WorkflowState

from blog.models import PostPage
from tests.blog.test_admin import post_form
from tests.factories import make_person, make_post


@pytest.fixture
def writer(db):
    return make_person("wilma", "Writers")


def submit(client, writer, engineers) -> PostPage:
    client.force_login(writer)
    data = post_form("Written") | {"action-submit": "1"}
    client.post(f"/admin/pages/add/blog/postpage/{engineers.pk}/", data)
    return PostPage.objects.get(slug="written")


def decide(client, post, action: str, **data) -> None:
    state = post.current_workflow_task_state
    address = f"/admin/pages/workflow/action/{post.pk}/{action}/{state.pk}/"
    client.post(address, data)


def test_a_writer_is_offered_review_and_not_publishing(client, writer, engineers):
    client.force_login(writer)

    shown = client.get(f"/admin/pages/add/blog/postpage/{engineers.pk}/").content.decode()

    assert "Submit to Review, then publish" in shown
    assert "action-publish" not in shown


def test_a_writer_cannot_publish_by_asking_for_it(client, writer, engineers):
    client.force_login(writer)

    data = post_form("Written") | {"action-publish": "1"}
    client.post(f"/admin/pages/add/blog/postpage/{engineers.pk}/", data)

    assert PostPage.objects.get(slug="written").live is False
    assert not PageLogEntry.objects.filter(action="wagtail.publish").exists()


@pytest.mark.parametrize("group", ["Editors", "Moderators"])
def test_a_submitted_post_is_published_by_approving_it(client, writer, engineers, group):
    post = submit(client, writer, engineers)
    assert post.live is False
    assert post.current_workflow_state.workflow.name == "Review, then publish"

    client.force_login(make_person("edda", group))
    decide(client, post, "approve")

    post.refresh_from_db()
    assert post.live is True
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_APPROVED


@pytest.mark.parametrize("group", ["Writers", ""])
def test_a_writer_approves_nothing(client, writer, engineers, group):
    post = submit(client, writer, engineers)

    client.force_login(make_person("wolf", group) if group else writer)
    decide(client, post, "approve")

    post.refresh_from_db()
    assert post.live is False
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_IN_PROGRESS


def test_a_post_in_review_is_locked_for_its_writer(client, writer, engineers):
    post = submit(client, writer, engineers)

    client.post(f"/admin/pages/{post.pk}/edit/", post_form("Changed meanwhile"))

    assert PostPage.objects.get(pk=post.pk).get_latest_revision_as_object().title == "Written"


def test_changes_that_are_asked_for_reach_the_writer(client, writer, engineers):
    post = submit(client, writer, engineers)
    client.force_login(make_person("edda", "Editors"))
    decide(client, post, "reject", comment="Measure it twice.")

    client.force_login(writer)
    shown = client.get("/admin/").content.decode()

    assert "Changes requested" in shown
    assert "Measure it twice." in shown


@pytest.mark.parametrize("group", ["Editors", "Moderators"])
def test_who_may_publish_need_not_ask(client, engineers, group):
    client.force_login(make_person("edda", group))

    data = post_form("Written") | {"action-publish": "1"}
    client.post(f"/admin/pages/add/blog/postpage/{engineers.pk}/", data)

    assert PostPage.objects.get(slug="written").live is True


def test_a_writer_changes_only_their_own_drafts(client, writer, engineers):
    client.force_login(writer)
    own = make_post(engineers, "Own", live=False, owner=writer)
    foreign = make_post(engineers, "Foreign", live=False, owner=make_person("wolf", "Writers"))

    statuses = [client.get(f"/admin/pages/{post.pk}/edit/").status_code for post in (own, foreign)]

    assert statuses == [200, 302]


def test_posts_are_moved_to_another_track_by_wagtails_own_action(client, engineers, everyone):
    client.force_login(make_person("edda", "Editors"))
    post = make_post(engineers, "Moves")

    client.post(f"/admin/bulk/wagtailcore/page/move/?id={post.pk}", {"chooser": everyone.pk})

    assert PostPage.objects.get(pk=post.pk).get_parent().pk == everyone.pk
