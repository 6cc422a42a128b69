"""Two people, or two tabs of one, edit one post: nobody's words vanish."""

import os
from datetime import date, datetime, timedelta
from itertools import product

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)
from wagtail.models import Page, PageLogEntry, WorkflowState

from blog.desk import planning
from blog.desk.conflicts import SET_ASIDE, only_adds
from blog.models import PostPage
from blog.models.posts import PostForm
from tests.blog.desk.editing import QuickTab, Tab, history, latest, use_workflow
from tests.factories import make_post

START, THEIRS, MINE = "Words at the start.", "Their other words.", "My own words."
WORKFLOW_ACTIONS = ["submit", "approve", "cancel"]
MACHINE_RUNS = int(os.environ.get("WORDS_RUNS", "5"))  # 200 before a release
MACHINE_STEPS = 12
STORIES = list(product(["same", "other"], ["autosave", "save", "publish", *WORKFLOW_ACTIONS]))


@pytest.fixture
def people(db):
    make = get_user_model().objects.create_superuser
    return [make(name, f"{name}@example.org", "pass") for name in ("ada", "grace")]


@pytest.fixture
def post(engineers, people):
    return make_post(engineers, "Written by two", slug="written", live=False, markdown=START)


def in_workflow(post, user, action: str) -> None:
    """Whatever an action needs beforehand."""
    workflow = use_workflow(post)
    if action in ("approve", "cancel"):
        workflow.start(PostPage.objects.get(pk=post.pk), user)


def state_of(post) -> tuple:
    """What an action changes beside the words."""
    found = PostPage.objects.get(pk=post.pk)
    states = WorkflowState.objects.filter(object_id=str(post.pk)).order_by("pk")
    return found.live, found.live_revision_id, [state.status for state in states]


@pytest.mark.parametrize(("who", "action"), STORIES)
def test_what_comes_second_overwrites_nothing(post, people, who, action):
    in_workflow(post, people[0], action)
    mine = Tab(people[0], post.pk)
    theirs = Tab(people[who == "other"], post.pk)
    theirs.act("save", THEIRS)
    before = state_of(post)

    answer = mine.act(action, MINE)

    assert answer.status_code == (400 if action == "autosave" else 409)
    assert latest(post) == THEIRS
    assert state_of(post) == before
    assert history(post) == [START, THEIRS, MINE]


@pytest.mark.parametrize(("who", "action"), STORIES)
def test_what_comes_in_turn_is_carried_out(post, people, who, action):
    in_workflow(post, people[0], action)
    theirs = Tab(people[who == "other"], post.pk)
    theirs.act("save", THEIRS)
    before = state_of(post)
    mine = Tab(people[0], post.pk)

    answer = mine.act(action, MINE)

    assert answer.status_code == (200 if action == "autosave" else 302)
    assert latest(post) == MINE
    assert history(post) == [START, THEIRS, MINE]
    assert (state_of(post) != before) == (action not in ("autosave", "save"))


def test_the_answer_shows_both_texts_and_what_differs(post, people):
    mine, theirs = Tab(people[0], post.pk), Tab(people[1], post.pk)
    theirs.act("save", THEIRS)

    answer = mine.act("publish", MINE)

    soup = BeautifulSoup(answer.content, "html.parser")
    assert [found.text for found in soup.select("section del")] == ["[removed: Their other]"]
    assert [found.text for found in soup.select("section ins")] == ["[added: My own]"]
    assert [area.text for area in soup.select("textarea")] == [MINE, THEIRS]
    assert [
        button.get_text(" ", strip=True) for button in soup.select(".conflict__choices .button")
    ] == [
        "Keep mine as a new revision on top, and publish it",
        "Throw mine away",
        "Copy my words",
        "Compare in the history",
    ]
    assert "grace has saved this page while you were editing it" in " ".join(soup.text.split())
    assert "no-store" in answer["Cache-Control"]


def test_own_words_from_another_tab_are_named_as_such(post, people):
    mine, theirs = Tab(people[0], post.pk), Tab(people[0], post.pk)
    theirs.act("save", THEIRS)

    assert "in another tab" in mine.act("save", MINE).content.decode()


@pytest.mark.parametrize("action", ["save", "publish"])
def test_mine_can_be_kept_on_top(post, people, action):
    mine, theirs = Tab(people[0], post.pk), Tab(people[1], post.pk)
    theirs.act("save", THEIRS)
    conflict = mine.act(action, MINE)

    answer = mine.choose_mine(conflict)

    assert answer.status_code == 302
    assert latest(post) == MINE
    assert THEIRS in history(post)
    assert PostPage.objects.get(pk=post.pk).live == (action == "publish")


def test_while_one_reads_the_answer_a_third_may_save(post, people):
    mine, theirs = Tab(people[0], post.pk), Tab(people[1], post.pk)
    theirs.act("save", THEIRS)
    conflict = mine.act("save", MINE)
    theirs.act("save", "A third text.")

    answer = mine.choose_mine(conflict)

    assert answer.status_code == 409
    assert latest(post) == "A third text."
    assert history(post) == [START, THEIRS, MINE, "A third text."]


def test_the_same_words_sent_twice_are_kept_once(post, people):
    mine, theirs = Tab(people[0], post.pk), Tab(people[1], post.pk)
    theirs.act("save", THEIRS)

    answers = [mine.act(action, MINE).status_code for action in ("autosave", "save", "save")]

    assert answers == [400, 409, 409]
    assert history(post) == [START, THEIRS, MINE]


def test_pressing_a_button_twice_is_no_conflict(post, people):
    tab = Tab(people[0], post.pk)
    loaded = dict(tab.sent)
    tab.act("publish", MINE)
    tab.sent = loaded

    assert tab.act("publish", MINE).status_code == 302
    assert PostPage.objects.get(pk=post.pk).live


def test_what_was_set_aside_stands_in_the_history_and_can_be_restored(post, people):
    mine, theirs = Tab(people[0], post.pk), Tab(people[1], post.pk)
    theirs.act("save", THEIRS)
    mine.act("save", MINE)
    kept = PageLogEntry.objects.get(action=SET_ASIDE)

    shown = mine.client.get(f"/admin/pages/{post.pk}/history/").content.decode()
    opened = mine.client.get(f"/admin/pages/{post.pk}/revisions/{kept.revision_id}/revert/")

    assert kept.user == people[0]
    assert "Words kept aside: another version had been saved meanwhile" in shown
    assert MINE in opened.content.decode()
    assert PostPage.objects.get(pk=post.pk).latest_revision.is_latest_revision()


def test_publishing_theirs_afterwards_leaves_no_draft_behind(post, people):
    mine, theirs = Tab(people[0], post.pk), Tab(people[1], post.pk)
    theirs.act("save", THEIRS)
    mine.act("save", MINE)

    assert theirs.act("publish", THEIRS).status_code == 302
    found = PostPage.objects.get(pk=post.pk)
    assert (found.live, found.has_unpublished_changes) == (True, False)
    assert found.body[0].value == THEIRS


def test_words_that_cannot_be_saved_are_kept_too(post, people):
    mine, theirs = Tab(people[0], post.pk), Tab(people[1], post.pk)
    theirs.act("save", THEIRS)
    wrong = "My own words, with [a link](page:about)."

    answer = mine.act("save", wrong)

    assert answer.status_code == 409
    assert history(post) == [START, THEIRS, wrong]
    assert "this must be put right" in answer.content.decode()
    again = mine.choose_mine(answer)
    assert again.status_code == 200
    assert wrong in again.content.decode()
    assert latest(post) == THEIRS


def test_somebody_who_may_not_edit_learns_and_leaves_nothing(post, people):
    stranger = get_user_model().objects.create_user("mallory", password="pass")
    client = Client()
    client.force_login(stranger)
    tab = Tab(people[0], post.pk)
    Tab(people[1], post.pk).act("save", THEIRS)

    answer = client.post(tab.address, tab.form(MINE) | tab.sent)

    assert answer.status_code == 302
    assert answer.url.startswith("/admin/login/")
    assert history(post) == [START, THEIRS]


def test_a_save_between_the_look_and_the_lock_is_seen(post, people, monkeypatch):
    """Somebody saves after this request has looked for a newer version, before it saves itself."""
    mine, theirs = Tab(people[0], post.pk), Tab(people[1], post.pk)
    is_valid = PostForm.is_valid

    def slow(form):
        monkeypatch.setattr(PostForm, "is_valid", is_valid)
        theirs.act("save", THEIRS)
        return is_valid(form)

    monkeypatch.setattr(PostForm, "is_valid", slow)
    answer = mine.act("publish", MINE)

    assert answer.status_code == 409
    assert latest(post) == THEIRS
    assert history(post) == [START, THEIRS, MINE]
    assert not PostPage.objects.get(pk=post.pk).live


def test_a_page_without_any_version_tells_so(home, people):
    """The admin's script sends an empty version then; a first version made meanwhile is seen."""
    assert Page.objects.get(pk=home.pk).latest_revision is None
    tab = Tab(people[0], home.pk)

    assert tab.sent == {}
    home.save_revision(user=people[1])
    fields = {"title": "Another home", "slug": home.slug, "loaded_revision_id": ""}
    answer = tab.client.post(
        tab.address, tab.form(MINE) | fields | {"loaded_revision_created_at": ""}
    )
    assert answer.status_code == 409
    assert Page.objects.get(pk=home.pk).draft_title != "Another home"


# Autosaves


def test_an_autosave_that_adds_replaces_the_one_before(post, people):
    tab = Tab(people[0], post.pk)

    for words in ("A", "A line", "A fine line", "A fine line."):
        assert tab.autosave(words).status_code == 200

    assert history(post) == [START, "A fine line."]


def test_an_autosave_that_takes_words_away_does_not(post, people):
    tab = Tab(people[0], post.pk)

    for words in ("A long text.", "", "A short", "A short text."):
        assert tab.autosave(words).status_code == 200

    assert history(post) == [START, "A long text.", "A short text."]


def test_a_manual_save_follows_the_tabs_own_autosaves(post, people):
    tab = Tab(people[0], post.pk)
    tab.autosave(MINE)

    assert tab.act("save", f"{MINE} More.").status_code == 302
    assert latest(post) == f"{MINE} More."


def test_two_tabs_of_one_person_never_rewrite_each_others_autosave(post, people):
    first, second = Tab(people[0], post.pk), Tab(people[0], post.pk)
    assert first.autosave("From the first tab.").status_code == 200

    assert second.autosave("From the second tab.").status_code == 400
    second.sent["overwrite_revision_id"] = first.sent["overwrite_revision_id"]
    assert second.autosave("Forged by the second tab.").status_code == 200

    assert {"From the first tab.", "From the second tab.", "Forged by the second tab."} <= set(
        history(post)
    )


def test_a_tab_that_was_duplicated_does_not_rewrite_either(post, people):
    first = Tab(people[0], post.pk)
    first.autosave("From the first tab.")
    second = Tab(people[0], post.pk)
    second.sent = dict(first.sent)
    first.autosave("From the first tab. It went on.")

    assert second.autosave("From the first tab. It ended.").status_code == 400
    assert latest(post) == "From the first tab. It went on."


def test_nobody_can_rewrite_somebody_elses_version(post, people):
    theirs, mine = Tab(people[1], post.pk), Tab(people[0], post.pk)
    theirs.autosave(THEIRS)
    mine.load()
    mine.sent["overwrite_revision_id"] = theirs.sent["overwrite_revision_id"]

    mine.autosave(f"{THEIRS} And mine.")

    assert THEIRS in history(post)


def test_a_live_version_is_never_rewritten(post, people):
    tab = Tab(people[0], post.pk)
    tab.autosave(MINE)
    PostPage.objects.get(pk=post.pk).latest_revision.publish()

    assert tab.autosave(f"{MINE} More.").status_code == 200

    found = PostPage.objects.get(pk=post.pk)
    assert found.live_revision_id != found.latest_revision_id
    assert history(post) == [START, MINE, f"{MINE} More."]


@pytest.mark.parametrize(
    ("old", "new", "is_kept"),
    [
        ("", "a", True),
        ("one three", "one two three", True),
        ("one", "one", True),
        ("one two", "one", False),
        ("one two", "two", False),
        ("aa", "aXaY", False),
        (False, True, True),
        (True, False, False),
        (None, "2026-01-01", True),
        ("2026-01-01", None, False),
        (3, 4, False),
    ],
)
def test_what_counts_as_adding(old, new, is_kept):
    assert only_adds(old, new) == is_kept


# The plan, which is no part of a version


PLAN, MOVED, OTHER = (f"2199-0{month}-01 10:00" for month in (3, 4, 5))


def plan_of(post) -> str:
    planned = PostPage.objects.get(pk=post.pk).planned_for
    return planned and f"{timezone.localtime(planned):%Y-%m-%d %H:%M}"


@pytest.fixture
def planned(post):
    moment = timezone.make_aware(datetime(2199, 3, 1, 10))
    PostPage.objects.filter(pk=post.pk).update(planned_for=moment)
    return post


def move_in_calendar(planned, user) -> None:
    planning.move(planning.entry_of(PostPage.objects.get(pk=planned.pk)), date(2199, 4, 1), user)


@pytest.mark.parametrize("action", ["autosave", "save", "publish", "submit", "approve", "cancel"])
@pytest.mark.parametrize("who", ["same", "other"])
def test_a_plan_moved_meanwhile_is_not_moved_back(planned, people, who, action):
    in_workflow(planned, people[0], action)
    tab = Tab(people[0], planned.pk, plan=PLAN)
    move_in_calendar(planned, people[who == "other"])

    answer = tab.act(action, MINE)

    assert answer.status_code == (200 if action == "autosave" else 302)
    assert (plan_of(planned)[:10], latest(planned)) == ("2199-04-01", MINE)


@pytest.mark.parametrize("action", ["autosave", "save", "publish"])
@pytest.mark.parametrize(
    ("sent", "stays"),
    [("2199-01-01", date(2200, 1, 1)), ("2199-06-01", date(2199, 6, 1)), ("", None)],
)
def test_a_day_to_look_again_is_only_changed_by_who_names_another(
    post, people, action, sent, stays
):
    PostPage.objects.filter(pk=post.pk).update(review_by=date(2199, 1, 1))
    tab = Tab(people[0], post.pk)
    PostPage.objects.filter(pk=post.pk).update(review_by=date(2200, 1, 1))
    tab.review_by = sent

    assert tab.act(action, MINE).status_code == (200 if action == "autosave" else 302)
    assert PostPage.objects.get(pk=post.pk).review_by == stays


def test_the_tab_learns_of_the_new_plan(planned, people):
    tab = Tab(people[0], planned.pk, plan=PLAN)
    move_in_calendar(planned, people[1])

    updates = tab.act("autosave", MINE).json()["field_updates"]

    assert updates["planned_for"] == plan_of(planned)
    assert updates["loaded_plan"][:10] == "2199-04-01"


@pytest.mark.parametrize("action", ["autosave", "save", "publish"])
def test_two_plans_are_a_conflict(planned, people, action):
    tab = Tab(people[0], planned.pk, plan=PLAN)
    move_in_calendar(planned, people[1])
    moved, before = plan_of(planned), state_of(planned)
    tab.plan = OTHER

    answer = tab.act(action, MINE)

    assert answer.status_code == (400 if action == "autosave" else 409)
    assert "planned date" in answer.content.decode()
    assert (plan_of(planned), latest(planned), state_of(planned)) == (moved, START, before)
    assert history(planned) == [START, MINE]


def test_the_own_plan_can_be_kept_on_top(planned, people):
    tab = Tab(people[0], planned.pk, plan=PLAN)
    move_in_calendar(planned, people[1])
    tab.plan = OTHER

    assert tab.choose_mine(tab.act("save", MINE)).status_code == 302

    assert (plan_of(planned), latest(planned)) == (OTHER, MINE)


@pytest.mark.parametrize("action", ["autosave", "save"])
def test_a_plan_is_changed_and_taken_away_in_turn(planned, people, action):
    tab = Tab(people[0], planned.pk, plan=OTHER)
    tab.act(action, MINE)
    assert plan_of(planned) == OTHER

    tab = Tab(people[0], planned.pk, plan="")
    tab.act(action, MINE)
    assert plan_of(planned) is None


def test_a_scheduled_post_that_was_moved_keeps_its_new_time(post, people):
    later = timezone.now().replace(microsecond=0) + timedelta(days=3)
    scheduled = post.get_latest_revision_as_object()
    scheduled.go_live_at = later
    scheduled.save_revision().publish()
    tab = Tab(people[0], post.pk)
    entry = planning.entry_of(PostPage.objects.get(pk=post.pk))
    planning.move(entry, entry.day + timedelta(days=2), people[1])
    moved = planning.entry_of(PostPage.objects.get(pk=post.pk)).at

    assert tab.act("save", MINE).status_code in (200, 409)
    assert tab.act("publish", MINE).status_code in (200, 409)

    assert planning.entry_of(PostPage.objects.get(pk=post.pk)).at == moved
    assert not PostPage.objects.get(pk=post.pk).live


# A session that has ended


def test_what_was_autosaved_outlives_the_session(post, people):
    """The last words typed are not sent anywhere; the ones before are in the history."""
    tab = Tab(people[0], post.pk)
    tab.autosave(MINE)
    tab.client.logout()

    late = tab.autosave(f"{MINE} Typed too late.")
    saved = tab.act("save", f"{MINE} Typed too late.")

    assert late.status_code == saved.status_code == 302
    assert saved.url == f"/admin/login/?next=/admin/pages/{post.pk}/edit/"
    assert history(post) == [START, MINE]


# Whatever happens


class Editing(RuleBasedStateMachine):
    """People who open tabs, type, save and publish in any order.

    No word is typed twice. Whatever the server has said yes to, or has answered with both texts,
    is in the history.
    """

    people: list
    track: object
    tabs = Bundle("tabs")

    @initialize(target=tabs)
    def begin(self):
        count = PostPage.objects.count()
        self.post = make_post(
            self.track, "Written by two", slug=f"written-{count}", live=False, markdown="start"
        )
        self.sent = [["start"]]
        self.typed = 0
        return self.open(0)

    @rule(target=tabs, person=st.integers(0, 1))
    def open(self, person):
        tab = QuickTab(self.people[person], self.post.pk)
        tab.words = latest(self.post).split()
        return tab

    @rule(tab=tabs)
    def reload(self, tab):
        tab.load()
        tab.words = latest(self.post).split()

    @rule(
        tab=tabs,
        action=st.sampled_from(["autosave", "autosave", "autosave", "save", "publish"]),
        place=st.integers(0, 5),
        gone=st.sampled_from([0, 0, 1, 3]),
        keeps_mine=st.booleans(),
    )
    def type_and(self, tab, action, place, gone, keeps_mine):
        self.typed += 1
        tab.words[place : place + gone] = [f"word{self.typed}"]
        answer = tab.act(action, " ".join(tab.words))
        assert answer.status_code in ((200, 400) if action == "autosave" else (302, 409))
        self.sent.append(list(tab.words))
        if answer.status_code == 409 and keeps_mine:
            assert tab.choose_mine(answer).status_code == 302

    def teardown(self):
        versions = [words.split() for words in history(self.post)]
        lost = [sent for sent in self.sent if not any(is_within(sent, all_) for all_ in versions)]
        assert lost == []


def is_within(words: list[str], version: list[str]) -> bool:
    """Whether a version has all these words in their order."""
    rest = iter(version)
    return all(word in rest for word in words)


def test_a_quick_tab_holds_what_the_form_holds(post, people):
    assert QuickTab(people[0], post.pk).sent == Tab(people[0], post.pk).sent


def test_every_text_that_was_sent_can_be_found_in_the_history(engineers, people):
    Editing.people, Editing.track = people, engineers
    run_state_machine_as_test(
        Editing,
        settings=settings(
            max_examples=MACHINE_RUNS,
            stateful_step_count=MACHINE_STEPS,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
