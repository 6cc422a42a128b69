"""What a reviewer reads: the version that was meant, and nothing else."""

import re

import pytest
from django.core.management import call_command
from django.test import Client
from wagtail.models import Page, Revision, Site

from blog.models import PostPage
from home.models import StandardPage
from review import sharing
from review.links import address_of, make_review_link, revoke
from review.models import LinkedPage, ReviewSession, SharedVersion
from tests.factories import make_image, make_post

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"


def write(post: PostPage, words: str, **options) -> Revision:
    """A new revision of the post, as the editor's form stores one."""
    post = PostPage.objects.get(pk=post.pk).get_latest_revision_as_object()
    post.body = [("markdown", words)]
    post.title = options.pop("title", post.title)
    return post.save_revision(**options)


def test_a_link_shows_the_draft_that_was_meant(reviewer, draft, shared):
    link, token = shared

    sent = reviewer.get(f"/p/{token}/")
    answer = reviewer.get(sent.url)

    shown = answer.content.decode()
    assert (sent.status_code, sent.url) == (303, f"/p/v/{link.public_id}/")
    assert answer.status_code == 200
    assert "A hidden wombat." in shown
    assert "Edda Ink shares it with Rae" in shown
    assert token not in shown


def test_a_pinned_version_stays_as_it_was(reviewer, draft, shared, editor):
    _, token = shared
    version = LinkedPage.objects.get().version
    before = reviewer.open(token).content

    autosaved = write(draft, "Autosaved 0.", user=editor)
    for number in range(50):
        autosaved = write(draft, f"Autosaved {number}.", user=editor, overwrite_revision=autosaved)
    write(draft, "Another.", title="A later title")
    call_command("purge_revisions", verbosity=0)

    assert reviewer.open(token).content == before
    assert b"A later title" not in before
    Revision.objects.filter(object_id=str(draft.pk)).last().publish()
    assert sharing.content_of(SharedVersion.objects.get(pk=version.pk)) == sharing.content_of(
        version
    )


def test_the_revision_that_is_rewritten_is_frozen_too(reviewer, draft, share, editor):
    revision = write(draft, "Before.", user=editor)
    _, token = share(draft)

    write(draft, "After.", user=editor, overwrite_revision=revision)

    assert "Before." in reviewer.open(token).content.decode()


def test_an_earlier_revision_can_be_meant(reviewer, draft, share):
    first = draft.get_latest_revision()
    write(draft, "Not for Rae.", title="Not for Rae either")

    link, token = share(draft, revision=first)

    shown = reviewer.open(token).content.decode()
    assert "A hidden wombat." in shown
    assert "Not for Rae" not in shown
    assert link.linked_pages.get().title == "Secret quokka"


def test_a_following_link_shows_the_latest_and_says_so(reviewer, draft, share):
    _, token = share(draft, follows_latest=True)
    assert "You read the latest version" in reviewer.open(token).content.decode()

    for words in ("Second words.", "Third words."):
        write(draft, words)
        assert words in reviewer.open(token).content.decode()
    reviewer.open(token)

    assert SharedVersion.objects.count() == 3


def test_a_pinned_link_says_of_when_it_is(reviewer, shared):
    shown = reviewer.open(shared[1]).content.decode()

    assert "Later changes are not shown." in shown
    assert "You read the latest version" not in shown


def test_a_damaged_copy_is_not_shown(reviewer, shared):
    SharedVersion.objects.update(content='{"title": "Forged"}')

    answer = reviewer.open(shared[1])

    assert answer.status_code == 410
    assert b"This draft cannot be shown" in answer.content
    assert b"Forged" not in answer.content


def test_every_kind_of_page_can_be_shared(reviewer, moderator, home, engineers, draft):
    about = home.add_child(
        instance=StandardPage(title="About wombats", intro="Secret words.", live=False)
    )
    home.closing_heading = "A secret heading"
    home.save_revision()
    engineers.promise = "A secret promise"
    engineers.save_revision()

    shown = {}
    for page in (home, engineers, about, draft):
        _, token = make_review_link(page, label="Rae", made_by=moderator)
        shown[page] = reviewer.open(token).content.decode()

    assert "A secret heading" in shown[home]
    assert "A secret promise" in shown[engineers]
    assert "Secret words." in shown[about]
    assert "Secret quokka" in shown[draft]
    assert all("Secret quokka" not in shown[page] for page in (home, engineers, about))


def test_lists_on_the_page_name_readable_posts_only(reviewer, draft, shared, four_posts):
    shown = reviewer.open(shared[1]).content.decode()

    assert four_posts.live.title in shown
    assert [post.title for post in four_posts.hidden if post.title in shown] == []


def test_pictures_of_the_draft_show(reviewer, share, engineers):
    image = make_image("A wombat", width=900, height=600)
    draft = make_post(
        engineers,
        "Pictures",
        live=False,
        markdown=f"![A wombat](image:{image.pk})",
        teaser_image=image,
        teaser_alt="A wombat",
    )
    _, token = share(draft)

    shown = reviewer.open(token).content.decode()

    assert f'src="{image.file.url}"' in shown
    assert 'alt="A wombat"' in shown
    assert "og:image" not in shown


def test_nothing_on_the_page_leads_others_to_it(reviewer, shared, draft):
    shown = reviewer.open(shared[1]).content.decode()

    for sign in ("canonical", "og:", "twitter:", "ld+json", "hreflang", 'rel="alternate"'):
        assert sign not in shown
    assert '<meta name="robots" content="noindex">' in shown


HOSTILE = '"><script>alert(1)</script>{{ 7 }}<img src=x onerror=alert(1)>'


def test_labels_names_and_titles_are_text(reviewer, share, draft, editor):
    editor.first_name, editor.last_name = HOSTILE[:80], ""
    editor.save()
    write(draft, HOSTILE, title=HOSTILE)
    other = make_post(draft.get_parent(), "Other", live=False)
    _, token = share([draft, other], label=HOSTILE)

    shown = reviewer.open(token).content.decode()

    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert shown.count("&lt;script&gt;alert(1)") >= 4


def test_the_page_is_rendered_for_nobody_in_particular(admin, shared, draft):
    link, token = shared

    admin.get(f"/p/{token}/")
    answer = admin.get(f"/p/v/{link.public_id}/")

    assert answer.status_code == 200
    assert b"A hidden wombat." in answer.content
    assert b"wagtail-userbar" not in answer.content
    assert b"/admin/" not in answer.content
    assert not answer.cookies


def test_what_an_editor_is_to_put_right_is_for_editors(reviewer, share, draft):
    write(draft, "![](image:999999)\n\n[x](page:999999)")
    _, token = share(draft)

    assert b'class="troubles"' not in reviewer.open(token).content


@pytest.fixture
def others(engineers, draft):
    """Another draft, and pages beside and below, that the link says nothing of."""
    return make_post(engineers, "Another quokka", live=False)


def test_it_opens_nothing_else(reviewer, share, shared, draft, others):
    _, token = shared
    other_link, other_token = share(others)
    link = LinkedPage.objects.get(page=draft).link
    reviewer.open(token)
    key, cookie = next(iter(reviewer.cookies.items()))
    reviewer.cookies[f"__Secure-twp-{other_link.public_id}"] = cookie.value
    reviewer.cookies[key]["path"] = "/"
    mistyped = other_token[:-1] + ("y" if other_token.endswith("x") else "x")

    addresses = [
        *[draft.url, others.url, f"{draft.url}?token={token}", f"/engineers/{token}/"],
        *[f"/p/v/{other_link.public_id}/", f"/p/v/{other_link.public_id}/1/"],
        *[f"/p/v/{link.public_id}/2/", f"/p/v/{link.public_id}/0/"],
        *[f"/p/v/{link.public_id}/another-quokka/", f"/p/v/{link.public_id}/01/"],
        *[f"/p/{link.public_id}/", f"/p/v/{token}/", f"/p/{token}/2/", f"/p/{token}/edit/"],
        *["/p/", "/p/v/", f"/p//{token}/", f"/P/{token}/", f"/p/{token}%00/", f"/p/%00{token}/"],
        *[f"/p/v/{'A' * 22}/", f"/p/v/{draft.pk}/", "/p/v/%00/", f"/p/{'x' * 5000}/"],
        *[f"/p/{mistyped}/", f"/p/twp_{'A' * 49}/", f"/p/{token}.css"],
    ]
    reviewer.raise_request_exception = True
    answered = {}
    for address in addresses:
        answer = reviewer.get(address)
        answered[address] = answer.status_code
        assert b"hidden wombat" not in answer.content
    assert set(answered.values()) <= {404, 429}, answered
    for address in ("/", "/search/?q=wombat", "/feed/", "/sitemap.xml", "/engineers/"):
        assert b"quokka" not in reviewer.get(address).content
    assert reviewer.get(f"/admin/pages/{draft.pk}/edit/").url.startswith("/admin/login/")


def test_a_stolen_name_of_a_session_is_of_no_use_elsewhere(reviewer, shared, share, draft):
    link, token = shared
    other, _ = share(draft, label="Sam")
    reviewer.open(token)
    secret = reviewer.cookies[f"__Secure-twp-{link.public_id}"].value
    thief = Client()

    thief.cookies[f"__Secure-twp-{other.public_id}"] = secret

    assert thief.get(f"/p/v/{other.public_id}/").status_code == 404
    assert thief.get(f"/p/v/{link.public_id}/").status_code == 404


def test_the_cookie_goes_nowhere_else(reviewer, shared):
    link, token = shared

    cookie = reviewer.get(f"/p/{token}/").cookies[f"__Secure-twp-{link.public_id}"]

    assert (cookie["path"], cookie["httponly"], cookie["secure"]) == ("/p/", True, True)
    assert (cookie["samesite"], cookie["domain"]) == ("Lax", "")
    assert cookie.value not in token
    assert ReviewSession.objects.get().session_hash != cookie.value


@pytest.mark.parametrize("planted", ["known-to-somebody", "", "é" * 20, "x" * 5000, "%00"])
def test_a_planted_cookie_is_not_taken_over(reviewer, shared, planted):
    link, token = shared
    name = f"__Secure-twp-{link.public_id}"
    reviewer.cookies[name] = planted
    assert reviewer.get(f"/p/v/{link.public_id}/").status_code == 404

    assert reviewer.open(token).status_code == 200

    assert reviewer.cookies[name].value != planted
    thief = Client()
    thief.cookies[name] = planted
    assert thief.get(f"/p/v/{link.public_id}/").status_code == 404


def test_following_the_link_again_goes_on_with_the_session(reviewer, shared):
    link, token = shared

    for _ in range(3):
        reviewer.open(token)

    link.refresh_from_db()
    assert ReviewSession.objects.count() == 1
    assert link.opens == 1


def test_two_links_may_be_open_in_one_browser(reviewer, shared, share, others):
    link, token = shared
    other, other_token = share(others)
    reviewer.open(token)
    reviewer.open(other_token)

    answers = [reviewer.get(f"/p/v/{one.public_id}/").status_code for one in (link, other)]

    assert answers == [200, 200]


UNFURLERS = [
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "facebookexternalhit/1.1",
    "WhatsApp/2.23",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
]


@pytest.mark.parametrize("agent", UNFURLERS)
def test_programs_that_show_titles_get_nothing(reviewer, shared, agent, django_assert_num_queries):
    link, token = shared

    with django_assert_num_queries(0):
        answer = reviewer.get(f"/p/{token}/", headers={"user-agent": agent})

    assert (answer.status_code, answer.content) == (200, b"")
    assert not answer.cookies
    link.refresh_from_db()
    assert link.opens == 0


def test_scanners_of_mails_open_nothing_for_good(reviewer, shared):
    link, token = shared
    for _ in range(30):
        scanner = Client(headers={"user-agent": FIREFOX})
        assert scanner.get(f"/p/{token}/").status_code == 303
        assert scanner.head(f"/p/{token}/").status_code == 303
    link.refresh_from_db()
    assert link.opens == 0

    assert reviewer.open(token, user_agent=FIREFOX).status_code == 200
    link.refresh_from_db()
    assert link.opens == 1


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
def test_nothing_can_be_sent_there(shared, method):
    link, token = shared
    strict = Client(enforce_csrf_checks=True)
    strict.get(f"/p/{token}/")

    for address in (f"/p/{token}/", f"/p/v/{link.public_id}/", f"/p/twp_{'A' * 49}/"):
        answer = getattr(strict, method)(address)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_asking_for_the_head_is_asking_for_the_page(reviewer, shared):
    link, token = shared
    reviewer.open(token)
    clean = f"/p/v/{link.public_id}/"

    page, head = reviewer.get(clean), reviewer.head(clean)

    assert (head.status_code, head.content) == (200, b"")
    assert set(page.headers) == set(head.headers)


def test_pages_at_p_are_still_pages(client, home, shared):
    child = home.add_child(instance=StandardPage(title="Papers", slug="p"))
    below = child.add_child(instance=StandardPage(title="Volumes", slug="v"))

    for page in (child, below):
        answer = client.get(page.url)
        assert (answer.status_code, page.title in answer.content.decode()) == (200, True)
        assert "X-Robots-Tag" not in answer.headers
        assert "public" in answer.headers["Cache-Control"]


def test_a_page_of_another_site_is_shown_as_of_that_site(reviewer, share, home, draft):
    root = Page.objects.get(depth=1).add_child(instance=StandardPage(title="Elsewhere", slug="e"))
    Site.objects.create(hostname="elsewhere.example", root_page=root, port=443)
    about = root.add_child(instance=StandardPage(title="About", intro="Secret.", live=False))

    user = type(share(draft)[0].made_by).objects.create_superuser("sue")
    link, token = make_review_link(about, label="Rae", made_by=user)

    assert address_of(link, token) == f"https://elsewhere.example/p/{token}/"
    assert b"Secret." in reviewer.open(token).content


def test_reading_asks_little_of_the_database(reviewer, shared, django_assert_max_num_queries):
    link, token = shared
    reviewer.open(token)

    with django_assert_max_num_queries(60) as asked:
        reviewer.get(f"/p/v/{link.public_id}/")

    # Besides what the page itself asks.
    ours = [one["sql"] for one in asked if re.search(r'(FROM|INTO|UPDATE) "review_', one["sql"])]
    assert len(ours) <= 8
    assert [sql for sql in ours if not sql.startswith("SELECT")] == []


def test_a_revoked_link_says_nothing_of_the_draft(reviewer, shared, editor):
    link, token = shared
    reviewer.open(token)
    revoke(link, by=editor)

    for address in (f"/p/{token}/", f"/p/v/{link.public_id}/"):
        answer = reviewer.get(address)
        shown = answer.content.decode()
        assert answer.status_code == 410
        for word in ("Secret quokka", "wombat", "Rae", "Edda", "og:", "canonical"):
            assert word not in shown
