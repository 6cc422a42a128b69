"""When a link is over: at once, for whatever reason, and for good."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Locale, Page, PageViewRestriction

from blog.models import PostPage, Release, ReleasePost
from blog.schedule import Timer
from home.models import StandardPage
from review import links
from review.links import LinkError, ending_of, extend, make_review_link, open_links, revoke
from review.models import LinkedPage, ReviewLink, SharedVersion
from tests.factories import make_post


def status(reviewer, token) -> int:
    return reviewer.open(token).status_code


@pytest.fixture
def clock(monkeypatch):
    """The database's clock, set by hand."""

    class Clock:
        now = timezone.now()

    for module in ("links", "sessions", "sharing"):
        monkeypatch.setattr(f"review.{module}.database_now", lambda: Clock.now)
    return Clock


def test_a_link_is_open_until_its_second_and_not_after(clock, reviewer, shared):
    link, token = shared
    reviewer.open(token)
    clean = f"/p/v/{link.public_id}/"
    reached = link.expires_at
    assert reached - link.made_at == timedelta(days=7)

    seen = {}
    for seconds in (-1, 0, 1):
        # The session is as young as can be: what ends here is the link.
        link.sessions.update(renewed_at=reached - timedelta(seconds=2))
        clock.now = reached + timedelta(seconds=seconds)
        seen[seconds] = reviewer.get(f"/p/{token}/").status_code, reviewer.get(clean).status_code

    assert seen == {-1: (303, 200), 0: (410, 410), 1: (410, 410)}
    link.refresh_from_db()
    assert link.ended_because == "expired"


def test_a_clock_that_is_set_back_opens_nothing_again(clock, reviewer, shared):
    link, token = shared
    clock.now = link.expires_at
    assert status(reviewer, token) == 410

    clock.now = link.made_at

    assert status(reviewer, token) == 410


def test_a_browser_is_let_in_for_a_day_and_then_by_the_link_again(clock, reviewer, shared):
    link, token = shared
    sent = reviewer.get(f"/p/{token}/")
    assert sent.cookies[f"__Secure-twp-{link.public_id}"]["max-age"] == 24 * 3600
    clean = f"/p/v/{link.public_id}/"
    assert reviewer.get(clean).status_code == 200

    clock.now += timedelta(hours=24)

    assert reviewer.get(clean).status_code == 404
    assert status(reviewer, token) == 200


def test_the_cookie_goes_with_the_link(clock, reviewer, share, draft):
    link, token = share(draft, expires_in=timedelta(hours=2))

    sent = reviewer.get(f"/p/{token}/")

    age = sent.cookies[f"__Secure-twp-{link.public_id}"]["max-age"]
    assert 2 * 3600 - 60 < age <= 2 * 3600


def test_a_revoked_link_is_dead_at_the_next_request(reviewer, shared, editor):
    link, token = shared
    reviewer.open(token)

    assert revoke(link, by=editor)

    assert reviewer.get(f"/p/{token}/").status_code == 410
    assert reviewer.get(f"/p/v/{link.public_id}/").status_code == 410
    assert not revoke(link, by=editor)
    assert (link.revoked_by, ending_of(link)) == (editor, "revoked")


def test_publishing_leads_a_following_link_to_the_public_page(reviewer, share, draft):
    link, token = share(draft, follows_latest=True)
    reviewer.open(token)

    draft.get_latest_revision().publish()

    for address in (f"/p/{token}/", f"/p/v/{link.public_id}/"):
        answer = reviewer.get(address)
        assert answer.status_code == 303
        assert answer.url == draft.full_url
    PostPage.objects.get(pk=draft.pk).unpublish()
    assert status(reviewer, token) == 410


def test_a_pinned_link_says_that_it_is_published_and_stays_dead(reviewer, shared, draft):
    _, token = shared
    reviewer.open(token)

    draft.get_latest_revision().publish()

    answer = reviewer.open(token)
    shown = answer.content.decode()
    assert answer.status_code == 410
    assert "This draft has been published" in shown
    assert f'href="{draft.full_url}"' in shown
    assert "Secret quokka" not in shown
    PostPage.objects.get(pk=draft.pk).unpublish()
    answer = reviewer.open(token)
    assert answer.status_code == 410
    assert draft.full_url not in answer.content.decode()


def test_publishing_by_the_timer_ends_it_too(reviewer, shared, draft):
    _, token = shared
    revision = draft.save_revision()
    past = timezone.now() - timedelta(minutes=1)
    type(revision).objects.filter(pk=revision.pk).update(approved_go_live_at=past)

    assert Timer().look().published == ["Secret quokka"]

    assert status(reviewer, token) == 410


def test_a_publication_that_nobody_was_told_of_ends_it(reviewer, shared, draft):
    _, token = shared
    revision = draft.get_latest_revision()

    Page.objects.filter(pk=draft.pk).update(live=True, live_revision=revision)
    assert status(reviewer, token) == 410
    Page.objects.filter(pk=draft.pk).update(live=False, live_revision=None)

    assert status(reviewer, token) == 410


def test_unpublished_edits_of_a_live_post_are_shared_until_they_are_published(
    reviewer, share, engineers
):
    post = make_post(engineers, "Live quokka")
    post.body = [("markdown", "An edit of a wombat.")]
    revision = post.save_revision()
    _, token = share(post)

    assert "An edit of a wombat." in reviewer.open(token).content.decode()
    assert "An edit of a wombat." not in reviewer.get(post.url).content.decode()
    revision.publish()

    assert status(reviewer, token) == 410


def test_a_deleted_page_ends_it_and_what_was_said_stays(reviewer, shared, draft):
    link, token = shared

    draft.delete()

    assert status(reviewer, token) == 410
    linked = LinkedPage.objects.get(link=link)
    assert (linked.page, linked.title, linked.ended_because) == (None, "Secret quokka", "deleted")


def test_a_page_of_the_same_slug_does_not_take_over(reviewer, shared, draft, engineers):
    _, token = shared
    draft.delete()
    make_post(engineers, "Secret quokka", live=False)

    assert status(reviewer, token) == 410


def test_so_does_deleting_a_page_above_it(reviewer, shared, engineers):
    _, token = shared

    engineers.delete()

    assert status(reviewer, token) == 410


@pytest.mark.parametrize("above", [False, True])
@pytest.mark.parametrize("kind", ["password", "login", "groups"])
def test_a_restriction_ends_it_and_lifting_it_opens_nothing(
    reviewer, shared, draft, engineers, above, kind
):
    _, token = shared
    reviewer.open(token)

    restriction = PageViewRestriction.objects.create(
        page=engineers if above else draft, restriction_type=kind, password="sesame"
    )

    assert status(reviewer, token) == 410
    restriction.delete()
    assert status(reviewer, token) == 410


def test_a_restriction_that_nobody_was_told_of_ends_it(reviewer, shared, draft):
    _, token = shared

    PageViewRestriction.objects.bulk_create(
        [PageViewRestriction(page=draft, restriction_type="login")]
    )

    assert status(reviewer, token) == 410


def test_a_private_page_needs_the_right_to_publish_and_a_confirmation(
    reviewer, editor, moderator, draft
):
    restriction = PageViewRestriction.objects.create(page=draft, restriction_type="login")

    with pytest.raises(LinkError, match="may publish"):
        make_review_link(draft, label="Rae", made_by=editor_without_publishing(editor))
    with pytest.raises(LinkError, match="Confirm"):
        make_review_link(draft, label="Rae", made_by=moderator)
    assert not ReviewLink.objects.exists()
    _, token = make_review_link(draft, label="Rae", made_by=moderator, allows_restricted=True)

    assert status(reviewer, token) == 200
    restriction.restriction_type = "groups"
    restriction.save()
    assert status(reviewer, token) == 410


def editor_without_publishing(user):
    user.groups.set([Group.objects.get(name="Writers")])
    PostPage.objects.update(owner=user)
    return type(user).objects.get(pk=user.pk)


def test_a_confirmation_is_not_kept_for_a_page_that_is_not_private(reviewer, moderator, draft):
    link, token = make_review_link(draft, label="Rae", made_by=moderator, allows_restricted=True)
    assert not link.allows_restricted

    PageViewRestriction.objects.create(page=draft, restriction_type="login")

    assert status(reviewer, token) == 410


def deactivate(user) -> None:
    user.is_active = False
    user.save()


def take_page_rights(user) -> None:
    """Leave the way into the admin, and nothing to edit there."""
    others = Group.objects.create(name="Onlookers")
    others.permissions.add(Permission.objects.get(codename="access_admin"))
    user.groups.set([others])
    assert type(user).objects.get(pk=user.pk).has_perm("wagtailadmin.access_admin")


def take_admin_access(user) -> None:
    """Leave the right to edit pages, and no way to where it is done."""
    permission = Permission.objects.get(codename="access_admin")
    for group in user.groups.all():
        group.permissions.remove(permission)


def give_back(user) -> None:
    editors = Group.objects.get(name="Editors")
    editors.permissions.add(Permission.objects.get(codename="access_admin"))
    user.groups.set([editors])
    type(user).objects.filter(pk=user.pk).update(is_active=True)


LOSSES = [deactivate, take_page_rights, take_admin_access]


@pytest.mark.parametrize("lose", LOSSES)
def test_it_dies_with_the_rights_of_who_made_it(reviewer, shared, editor, lose):
    _, token = shared
    reviewer.open(token)

    lose(editor)

    assert status(reviewer, token) == 410
    give_back(editor)
    assert status(reviewer, token) == 410


@pytest.mark.parametrize("lose", LOSSES)
def test_rights_that_were_lost_for_a_while_open_nothing_again(reviewer, shared, editor, lose):
    """Although nobody has opened it in between."""
    _, token = shared
    lose(editor)

    assert links.end_what_is_over() == 1
    give_back(editor)

    assert status(reviewer, token) == 410
    assert links.end_what_is_over() == 0


def test_it_dies_with_the_account_of_who_made_it(reviewer, shared, editor):
    _, token = shared

    editor.delete()

    assert status(reviewer, token) == 410


def test_no_copy_carries_it_along(reviewer, shared, draft, engineers, everyone):
    link, token = shared

    copied = draft.copy(update_attrs={"slug": "copied"}, copy_revisions=True)
    alias = draft.create_alias(parent=everyone)
    french = Locale.objects.create(language_code="fr")
    for page in (Page.objects.get(depth=2), engineers):
        page.specific.copy_for_translation(french)
    translated = draft.copy_for_translation(french)

    assert not LinkedPage.objects.filter(page__in=[copied, alias, translated]).exists()
    assert [linked.page_id for linked in link.linked_pages.all()] == [draft.pk]
    assert list(open_links(copied)) == list(open_links(alias)) == []
    assert status(reviewer, token) == 200


def test_a_move_to_another_parent_ends_it(reviewer, shared, draft, everyone):
    _, token = shared

    draft.move(everyone, "last-child")

    assert status(reviewer, token) == 410


def test_a_move_of_a_page_above_it_ends_it(reviewer, moderator, shared, draft, engineers, home):
    """Although the page itself stays where it is in its branch."""
    _, track_token = make_review_link(engineers, label="Rae", made_by=moderator)
    _, token = shared
    elsewhere = home.add_child(instance=StandardPage(title="Elsewhere", slug="elsewhere"))

    engineers.move(elsewhere, "last-child")

    assert Page.objects.get(pk=draft.pk).is_descendant_of(elsewhere)
    assert [status(reviewer, one) for one in (token, track_token)] == [410, 410]
    assert {linked.ended_because for linked in LinkedPage.objects.all()} == {"moved"}


def test_reordering_does_not(reviewer, share, engineers):
    first = make_post(engineers, "First", live=False)
    draft = make_post(engineers, "Second", live=False)
    _, token = share(draft)

    draft.move(first, "left")

    assert status(reviewer, token) == 200


def test_an_alias_cannot_be_shared(share, draft, everyone):
    alias = draft.create_alias(parent=everyone)

    with pytest.raises(LinkError, match="alias"):
        share(alias)


def test_a_release_is_shared_by_one_link_page_by_page(reviewer, share, engineers):
    posts = [make_post(engineers, f"Part {n}", live=False) for n in (1, 2, 3)]
    release = Release(name="Parts")
    release.release_posts = [
        ReleasePost(post=post, sort_order=place) for place, post in enumerate(posts)
    ]
    release.save()
    link, token = share(release, follows_latest=True)
    first, second, third = (f"/p/v/{link.public_id}/{part}" for part in ("", "2/", "3/"))

    shown = reviewer.open(token).content.decode()
    assert f'<a href="/p/v/{link.public_id}/all/">All 3 pages</a>' in shown
    assert f'<a href="{second}" rel="next">' in shown
    assert [reviewer.get(page).status_code for page in (second, third)] == [200, 200]
    assert reviewer.get(f"/p/v/{link.public_id}/4/").status_code == 404

    posts[0].get_latest_revision().publish()
    posts[1].delete()
    assert [reviewer.get(page).status_code for page in (first, second, third)] == [410, 410, 200]
    assert "Part 2" not in reviewer.get(second).content.decode()
    assert ending_of(ReviewLink.objects.get()) is None
    posts[2].get_latest_revision().publish()
    assert ending_of(ReviewLink.objects.get()) == "published"
    assert [reviewer.get(page).status_code for page in (first, second, third)] == [303, 410, 303]


def test_what_is_scheduled_of_a_release_is_what_is_shown(reviewer, share, draft):
    release = Release(name="Parts")
    release.release_posts = [ReleasePost(post=draft, revision=draft.get_latest_revision())]
    release.save()
    draft.body = [("markdown", "Not approved.")]
    draft.save_revision()

    _, token = share(release)

    assert "A hidden wombat." in reviewer.open(token).content.decode()


def test_extending_is_for_open_links_and_has_its_limit(shared, editor):
    link, _ = shared

    extend(link, timedelta(days=30), by=editor)

    assert link.expires_at - link.made_at >= timedelta(days=30)
    for days in (0, -1, 31):
        with pytest.raises(LinkError, match="30 days"):
            extend(link, timedelta(days=days), by=editor)
    revoke(link, by=editor)
    with pytest.raises(LinkError, match="over"):
        extend(link, timedelta(days=1), by=editor)


def test_links_that_are_over_are_closed_from_time_to_time(shared, share, draft, editor):
    link, _ = shared
    other, _ = share(draft)
    ReviewLink.objects.filter(pk=link.pk).update(expires_at=link.made_at)

    assert links.end_what_is_over() == 1
    assert links.end_what_is_over() == 0

    link.refresh_from_db()
    assert link.ended_because == "expired"
    assert list(open_links()) == [other]


def test_so_are_pages_of_open_links_one_by_one(share, draft, engineers):
    other = make_post(engineers, "Other", live=False)
    link, _ = share([draft, other])
    PageViewRestriction.objects.bulk_create(
        [PageViewRestriction(page=draft, restriction_type="login")]
    )

    assert links.end_what_is_over() == 1
    assert [linked.ended_because for linked in link.linked_pages.all()] == ["restricted", ""]
    assert list(open_links()) == [link]
    Page.objects.filter(pk=other.pk).update(live=True)
    Page.objects.filter(pk=other.pk).update(live_revision=other.latest_revision)
    assert links.end_what_is_over() == 1
    assert not open_links().exists()


def test_a_copy_that_is_damaged_ends_nothing(shared):
    link, _ = shared
    SharedVersion.objects.update(content="{}")

    assert links.end_what_is_over() == 0
    assert list(open_links()) == [link]


def test_looking_for_what_is_over_asks_little(share, draft, engineers, django_assert_num_queries):
    share(draft)
    with CaptureQueriesContext(connection) as asked:
        links.end_what_is_over()
    for number in range(10):
        share(make_post(engineers, f"Post {number}", live=False))

    # Of each further page: which pages are above it, and whether one of them is private.
    with django_assert_num_queries(len(asked) + 2 * 10):
        assert links.end_what_is_over() == 0


def test_all_that_is_unlike_a_link_is_refused(share, draft, engineers, everyone, editor, home):
    root = Page.objects.get(depth=1)
    adrift = root.add_child(instance=Page(title="Adrift", slug="adrift"))
    other = make_post(everyone, "Other")
    refused = [
        (root, {}, "no site"),
        (adrift, {}, "no site"),
        ([], {}, "no page"),
        ([draft, draft], {}, "only once"),
        ([draft, other], {"revision": draft.get_latest_revision()}, "one page only"),
        (draft, {"revision": other.get_latest_revision()}, "another page"),
        (draft, {"label": "  \x00 "}, "for whom"),
        (draft, {"label": "x" * 121}, "120 characters"),
        (draft, {"expires_in": timedelta(days=31)}, "30 days"),
        (draft, {"expires_in": timedelta(0)}, "30 days"),
        ([draft] * 51, {}, "at most 50"),
    ]

    for pages, options, words in refused:
        with pytest.raises(LinkError, match=words):
            share(pages, **options)
    assert not ReviewLink.objects.exists()


def test_nobody_shares_what_they_may_not_edit(draft, django_user_model):
    stranger = django_user_model.objects.create_user("stranger")

    with pytest.raises(LinkError, match="may not edit"):
        make_review_link(draft, label="Rae", made_by=stranger)


def test_a_version_without_content_cannot_be_shared(share, draft):
    revision = draft.get_latest_revision()
    type(revision).objects.filter(pk=revision.pk).update(content={})

    with pytest.raises(LinkError, match="cannot be shown"):
        share(draft)
    assert not ReviewLink.objects.exists()


def test_the_command_lists_extends_and_revokes(shared, share, draft, capsys):
    link, token = shared
    other, _ = share(draft, label="Sam")

    call_command("review_links")
    listed = capsys.readouterr().out
    assert link.public_id in listed
    assert "for Sam, by edda, until" in listed
    assert token not in listed
    call_command("review_links", extend=link.public_id, days=30)
    call_command("review_links", revoke=link.public_id)
    assert "Revoked." in capsys.readouterr().out
    call_command("review_links", user="edda", revoke_all=True)
    assert capsys.readouterr().out == "Revoked: 1.\n"
    call_command("review_links", all=True)

    assert capsys.readouterr().out.count("over: revoked") == 2
    assert not open_links().exists()
    assert other.public_id
