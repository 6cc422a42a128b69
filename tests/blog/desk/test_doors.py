"""Every door to publishing: what the checks stop does not go out by any of them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone
from wagtail.models import (
    DraftStateMixin,
    GroupApprovalTask,
    Page,
    PageLogEntry,
    Revision,
    TaskState,
    Workflow,
)
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from blog import schedule
from blog.desk import doors
from blog.desk.doors import Door
from blog.models import MissedChange, PostPage, PublishingRules, Release, Tag
from tests.blog.desk.planning import make_missed, make_scheduled
from tests.blog.test_admin import post_form
from tests.factories import make_author, make_person, make_post
from tests.twotrack.routes import every_route

LEFTOVER = "Words.\n\n{: .notice}"
REASON = "Looks like leftovers of an import: “{: .notice}” (line 3)."
SOON = timezone.now() + timedelta(days=1)


def make_draft(track, markdown=LEFTOVER, **fields) -> PostPage:
    return make_post(track, "Stopped", live=False, markdown=markdown, **fields)


def make_live(track) -> PostPage:
    """A live post that the checks have come to stop."""
    return make_post(track, "Stopped", markdown=LEFTOVER)


def make_waiting(track) -> PostPage:
    """A scheduled post that the checks have come to stop."""
    return make_scheduled(track, "Stopped", SOON, markdown=LEFTOVER)


def form_of(post, *, markdown=LEFTOVER, **fields) -> dict:
    return post_form(post.title, slug=post.slug, body=[("markdown", markdown)]) | fields


def publish_in_editor(client, post):
    form = form_of(post, **{"action-publish": "1"})
    return client.post(f"/admin/pages/{post.pk}/edit/", form)


def publish_new(client, post):
    track = post.get_parent()
    post.delete()
    form = form_of(post, **{"action-publish": "1"})
    return client.post(f"/admin/pages/add/blog/postpage/{track.pk}/", form)


def publish_earlier(client, post):
    earlier = post.latest_revision
    post.body = [("markdown", "Fine words.")]
    post.save_revision()
    form = form_of(post, **{"action-publish": "1"})
    return client.post(f"/admin/pages/{post.pk}/revisions/{earlier.pk}/revert/", form)


def in_workflow(post, user) -> TaskState:
    return Workflow.objects.get(active=True).start(post, user).current_task_state


def approve_in_editor(client, post):
    in_workflow(post, client.person)
    form = {"action-workflow-action": "1", "workflow-action-name": "approve"}
    return client.post(f"/admin/pages/{post.pk}/edit/", form_of(post, **form))


def approve_in_list(client, post):
    state = in_workflow(post, client.person)
    address = f"/admin/pages/workflow/action/{post.pk}/approve/{state.pk}/"
    return client.post(address, {"comment": ""})


def submit(client, post):
    GroupApprovalTask.objects.update(active=False)
    return client.post(f"/admin/pages/{post.pk}/edit/", form_of(post, **{"action-submit": "1"}))


def switch_task_off(client, post):
    task = in_workflow(post, client.person).task
    return client.post(f"/admin/workflows/tasks/disable/{task.pk}/")


def publish_without_reason(client, post):
    PublishingRules.objects.update_or_create(site=post.get_site(), defaults={"leftovers": "stop"})
    state = f"{post.latest_revision.pk}@{post.latest_revision.created_at.isoformat()}"
    address = f"/admin/posts/{post.pk}/publish/"
    return client.post(address, {"revision": state, "reason": "I want to."})


def do_to_many(action: str, **data):
    def do(client, post):
        address = f"/admin/bulk/wagtailcore/page/{action}/?id={post.pk}&next=/admin/pages/"
        found = {name: value() for name, value in data.items()}
        return client.post(address, {"take_others": "on"} | found)

    return do


def schedule_release(client, post):
    form = nested_form_data(
        {
            "name": "Together",
            "go_live_at": "2999-01-01 10:00",
            "is_scheduled": "on",
            "release_posts": inline_formset([{"post": post.pk}]),
        }
    )
    return client.post("/admin/releases/new/", form)


def move_in_calendar(client, post):
    day = (SOON + timedelta(days=9)).date().isoformat()
    form = {"day": day, "state": "scheduled", "revision": post.scheduled_revision.pk}
    return client.post(f"/admin/calendar/{post.pk}/move/", form)


def miss(post) -> MissedChange:
    """The post's publication was due an hour ago and could not be made."""
    past = timezone.now() - timedelta(hours=1)
    revision = post.scheduled_revision
    revision.content["go_live_at"] = past.isoformat()
    revision.approved_go_live_at = past
    revision.save()
    key = f"wagtailcore.Revision:{revision.pk}"
    return make_missed(post, key=key, revision=revision, due_at=past)


def retry(client, post):
    return client.post(f"/admin/missed/{miss(post).pk}/retry/")


def set_other_time(client, post):
    row = miss(post)
    return client.post(f"/admin/missed/{row.pk}/reschedule/", {"at": "2999-01-01 10:00"})


def copy(**fields):
    def do(client, post):
        form = {"new_parent_page": post.get_parent().pk, "new_title": "Copy", "new_slug": "copy"}
        return client.post(f"/admin/pages/{post.pk}/copy/", form | fields)

    return do


def soon() -> str:
    return "2999-01-01 10:00"


def a_tag() -> int:
    return Tag.objects.create(name="Caches", slug="caches").pk


def an_author() -> int:
    return make_author().pk


# For each door: the post there is, and how a person goes through.
WAYS: dict[Door, tuple[Callable, Callable]] = {
    Door.EDITOR: (make_draft, publish_in_editor),
    Door.NEW: (make_draft, publish_new),
    Door.EARLIER: (make_draft, publish_earlier),
    Door.APPROVAL: (make_draft, approve_in_editor),
    Door.LISTED_APPROVAL: (make_draft, approve_in_list),
    Door.SUBMISSION: (make_draft, submit),
    Door.TASK: (make_draft, switch_task_off),
    Door.REASON: (make_draft, publish_without_reason),
    Door.BULK_PUBLISH: (make_draft, do_to_many("publish")),
    Door.BULK_SCHEDULE: (make_draft, do_to_many("schedule", when=soon)),
    Door.BULK_TAGS: (make_live, do_to_many("tags", add=a_tag)),
    Door.BULK_AUTHORS: (make_live, do_to_many("authors", authors=an_author)),
    Door.RELEASE: (make_draft, schedule_release),
    Door.CALENDAR: (make_waiting, move_in_calendar),
    Door.RETRY: (make_waiting, retry),
    Door.OTHER_TIME: (make_waiting, set_other_time),
    Door.COPY: (make_live, copy(publish_copies="on")),
    Door.ALIAS: (make_live, copy(alias="on")),
}
KEEPS_WORDS = {Door.EDITOR, Door.NEW, Door.EARLIER, Door.APPROVAL, Door.SUBMISSION}


@pytest.fixture
def moderator(admin, admin_user):
    """A client with every right, whose user is at hand."""
    admin.person = admin_user
    return admin


def what_readers_may_get() -> list:
    """What is live and by which revision, and what is scheduled and for when."""
    live = PostPage.objects.filter(live=True).values_list("slug", "live_revision", "alias_of")
    waiting = Revision.objects.exclude(approved_go_live_at=None)
    return [list(live), list(waiting.values_list("object_id", "pk", "approved_go_live_at"))]


def what_is_stored() -> list:
    return [
        list(Page.objects.order_by("pk").values_list("pk", "path", "latest_revision", "live")),
        list(Revision.objects.order_by("pk").values_list("pk", "created_at")),
        list(TaskState.objects.order_by("pk").values_list("pk", "status")),
        list(GroupApprovalTask.objects.values_list("pk", "active")),
        list(Release.objects.values_list("name", "is_scheduled")),
        list(PageLogEntry.objects.values_list("pk", "action")),
    ]


def said(client, answer) -> str:
    """What the person reads: on the page they get, or the one they are led to."""
    page = client.get(answer["Location"]) if answer.status_code == 302 else answer
    return page.content.decode()


def test_every_door_is_gone_through():
    assert set(WAYS) == set(Door)


@pytest.mark.parametrize("door", list(Door), ids=lambda door: door.name)
def test_what_the_checks_stop_goes_through_no_door(moderator, engineers, door, monkeypatch):
    make, go = WAYS[door]
    post = make(engineers)
    before = what_readers_may_get()
    stored = []
    ask = moderator.post

    def post_and_remember(*args):
        stored.extend([what_readers_may_get(), what_is_stored()])
        return ask(*args)

    monkeypatch.setattr(moderator, "post", post_and_remember)

    answer = go(moderator, post)

    assert what_readers_may_get() == stored[0]
    assert door is Door.RETRY or door is Door.OTHER_TIME or before == stored[0]
    assert door in KEEPS_WORDS or what_is_stored() == stored[1]
    assert REASON in said(moderator, answer)


@pytest.mark.parametrize("door", list(Door), ids=lambda door: door.name)
def test_every_door_is_open_to_what_nothing_stops(moderator, engineers, door, monkeypatch):
    """Else the test above could pass because a form was wrong."""
    monkeypatch.setattr(doors, "stops_of", lambda *_, **__: [])
    monkeypatch.setattr("blog.desk.checking.stops_of", lambda *_, **__: [])
    monkeypatch.setattr("blog.desk.checking.problems_of", lambda *_, **__: [])
    make, go = WAYS[door]
    post = make(engineers)
    before = what_readers_may_get()

    go(moderator, post)

    assert what_readers_may_get() != before


def test_scheduling_in_the_editor_is_a_door_as_well(moderator, engineers):
    post = make_draft(engineers)
    form = form_of(post, **{"action-publish": "1", "go_live_at": "2999-01-01 10:00"})

    answer = moderator.post(f"/admin/pages/{post.pk}/edit/", form)

    assert REASON in said(moderator, answer)
    assert what_readers_may_get() == [[], []]


def test_subpages_are_asked_about_when_a_track_is_copied(moderator, engineers):
    make_live(engineers)
    before = what_is_stored()
    fields = {"publish_copies": "on", "copy_subpages": "on"}
    form = {"new_parent_page": engineers.get_parent().pk, "new_title": "X", "new_slug": "x"}

    answer = moderator.post(f"/admin/pages/{engineers.pk}/copy/", form | fields)

    assert answer.status_code == 422
    assert REASON in answer.content.decode()
    assert what_is_stored() == before


def test_a_copy_as_draft_is_nobodys_publication(moderator, engineers):
    post = make_live(engineers)

    copy()(moderator, post)

    assert not PostPage.objects.get(slug="copy").live


def test_a_script_is_told_in_its_own_way(moderator, engineers):
    post = make_draft(engineers)
    task = in_workflow(post, moderator.person).task

    answer = moderator.post(
        f"/admin/workflows/tasks/disable/{task.pk}/",
        headers={"x-requested-with": "XMLHttpRequest"},
    )

    assert answer.status_code == 422
    assert answer.json() == {"error_code": "stopped", "error_message": REASON}


def test_who_may_change_a_post_but_not_publish_it_reads_why(client, engineers):
    post = make_draft(engineers)
    owner = make_person("wanda", "Writers")
    PostPage.objects.filter(pk=post.pk).update(owner=owner)
    client.force_login(owner)

    shown = client.get(f"/admin/posts/{post.pk}/publish/")
    answer = client.post(f"/admin/posts/{post.pk}/publish/", {"revision": "", "reason": "Yes."})

    assert REASON in shown.content.decode()
    assert 'name="reason"' not in shown.content.decode()
    assert answer.status_code == 302
    assert not PostPage.objects.get(pk=post.pk).live


def test_a_reason_holds_for_the_words_it_was_given_for(moderator, engineers):
    post = make_draft(engineers, go_live_at=SOON)
    state = f"{post.latest_revision.pk}@{post.latest_revision.created_at.isoformat()}"
    form = {"revision": state, "reason": "It is about kramdown."}
    moderator.post(f"/admin/posts/{post.pk}/publish/", form)
    post.refresh_from_db()
    first = post.scheduled_revision

    move_in_calendar(moderator, post)
    post = PostPage.objects.get(pk=post.pk)
    moved = post.scheduled_revision
    retry(moderator, post)

    assert moved.pk != first.pk
    assert PageLogEntry.objects.filter(action=doors.OVERRIDDEN, revision=moved).count() == 1
    assert PostPage.objects.get(pk=post.pk).live


def test_posts_of_a_release_may_lead_to_each_other_only(moderator, engineers):
    other = make_post(engineers, "Other", live=False)
    outside = make_post(engineers, "Outside", live=False)
    post = make_draft(engineers, markdown=f"[there](page:{other.pk}) [and](page:{outside.pk})")
    form = nested_form_data(
        {
            "name": "Together",
            "go_live_at": "2999-01-01 10:00",
            "is_scheduled": "on",
            "release_posts": inline_formset([{"post": post.pk}, {"post": other.pk}]),
        }
    )

    refused = moderator.post("/admin/releases/new/", form)
    post.body = [("markdown", f"[there](page:{other.pk})")]
    post.save_revision()
    moderator.post("/admin/releases/new/", form)

    assert "“and” links to a draft, “Outside”." in refused.content.decode()
    assert "“there”" not in refused.content.decode()
    assert Release.objects.get().is_scheduled


def test_the_timer_carries_out_what_was_approved(engineers):
    post = make_waiting(engineers)
    miss(post)

    report = schedule.Timer().look()

    assert report.published == ["Stopped"]


def test_nothing_but_pages_has_drafts():
    """Else publishing it would be a door that is not named yet."""
    models = {model for model in apps.get_models() if issubclass(model, DraftStateMixin)}

    assert {model for model in models if not issubclass(model, Page)} == set()


@pytest.mark.parametrize("action", ["publish", "copy", "create_alias", "delete", "move"])
def test_the_admins_api_acts_on_no_page(moderator, engineers, action):
    post = make_draft(engineers, markdown="Fine.")
    before = what_is_stored()

    answer = moderator.post(f"/admin/api/main/pages/{post.pk}/action/{action}/", {"slug": "x"})

    assert answer.status_code == 404
    assert what_is_stored() == before


def test_no_other_api_is_routed():
    assert [
        route for route in every_route() if "api/" in route and "admin/api/main" not in route
    ] == []


def test_only_posts_are_checked(moderator, home):
    assert doors.stops_at(home) == []
