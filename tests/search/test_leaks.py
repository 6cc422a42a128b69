"""Nothing that search shows tells of a page that may not be read, nor that there is one.

Each hidden page has a word of its own at each place of its text. To ask for such a word must give
what a word gives that no page has ever had, to the letter.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.models import PageViewRestriction

from blog.models import PostAuthor, PostPage, Tag, TrackIndexPage
from search import query
from search.query import search
from search.suggesting import suggest
from tests.factories import make_author, make_image, make_post

PLACES = ["title", "excerpt", "body", "heading", "code", "tag", "author", "alt"]
PRIVATE = {
    "login": {"restriction_type": PageViewRestriction.LOGIN},
    "group": {"restriction_type": PageViewRestriction.GROUPS},
    "password": {"restriction_type": PageViewRestriction.PASSWORD, "password": "sesame"},
}
SHOWN = [
    *["/search/", "/search/?q=quokka", "/search/?q=quokka&page=2", "/search/?q=quokkka"],
    *["/search/?q=quokka&track=engineers&kind=post&has=code", "/search/?q=quokka+nowhere"],
    *["/search/suggest/?q=quok", "/search/suggest/?q=track", "/nowhere/quokka/"],
]
ASKED = [
    ("/search/", {"q": "{}"}),
    ("/search/", {"q": '"{}"'}),
    ("/search/", {"q": "quokka {}"}),
    ("/nowhere/quokka-{}/", {}),
]


def word_of(state: str, place: str) -> str:
    """A word of ten letters that no other text has: eight make a question that is not cut."""
    digest = sha256(f"{state} {place}".encode()).hexdigest()
    return digest.translate(str.maketrans("0123456789abcdef", "bcdfghjklmnpqrst"))[:10]


def words_of(state: str) -> dict[str, str]:
    return {place: word_of(state, place) for place in PLACES}


@dataclass
class Hidden:
    """Makes pages that nobody may read, and keeps the words of each by their places."""

    engineers: TrackIndexPage
    pages: list[dict[str, str]] = field(default_factory=list)
    tracks: list[str] = field(default_factory=list)
    # What stands nowhere.
    never: dict[str, str] = field(default_factory=lambda: words_of("never"))

    @property
    def all_words(self) -> list[str]:
        return [*self.tracks, *(word for words in self.pages for word in words.values())]

    def texts(self, state: str) -> dict:
        """What make_post needs for a page with the words of its state, and notes them."""
        words = words_of(state)
        self.pages.append(words)
        picture = make_image(f"Picture {state}")
        return {
            "title": f"Quokka {words['title']}",
            "excerpt": f"A quokka and {words['excerpt']}.",
            "markdown": f"A quokka and {words['body']}.\n\n## The {words['heading']}\n\n"
            f"![{words['alt']}](image:{picture.pk})\n\n```python\n{words['code']} = 1\n```\n",
            "tags": [words["tag"]],
            "authors": [make_author(words["author"].title())],
        }

    def make(self, state: str, *, track: TrackIndexPage | None = None, live=True) -> PostPage:
        return make_post(track or self.engineers, live=live, **self.texts(state))


@pytest.fixture
def hidden(home, engineers) -> Hidden:
    """A page in each state in which its words may not be read, beside two that may."""
    hidden = Hidden(engineers)
    make_post(engineers, "Open quokka")
    newer = make_post(engineers, "Quokka with a newer draft")
    texts = hidden.texts("newer draft")
    newer.title, newer.excerpt = texts["title"], texts["excerpt"]
    newer.body = [("markdown", texts["markdown"])]
    newer.tags.add(Tag.objects.create(name=texts["tags"][0]))
    newer.post_authors = [PostAuthor(author=author) for author in texts["authors"]]
    newer.save_revision()

    hidden.make("draft", live=False)
    scheduled = hidden.make("scheduled", live=False)
    scheduled.go_live_at = timezone.now() + timedelta(hours=1)
    scheduled.save_revision().publish()
    expired = hidden.make("expired")
    PostPage.objects.filter(pk=expired.pk).update(expire_at=timezone.now() - timedelta(seconds=1))
    hidden.make("unpublished").unpublish()
    hidden.make("deleted").delete()
    for name, restriction in PRIVATE.items():
        page = hidden.make(name)
        PageViewRestriction.objects.create(page=page, **restriction)
    page.view_restrictions.get().groups.add(Group.objects.get(name="Editors"))

    hidden.tracks = [word_of("track", name) for name in ["closed", "withdrawn"]]
    closed, withdrawn = (
        home.add_child(
            instance=TrackIndexPage(title=f"Track {word}", slug=word, label=word, promise=word)
        )
        for word in hidden.tracks
    )
    for track in (closed, withdrawn):
        track.save_revision().publish()
    hidden.make("below a restricted page", track=closed)
    hidden.make("below an unpublished page", track=withdrawn)
    moved = hidden.make("moved")
    PageViewRestriction.objects.create(page=closed, **PRIVATE["login"])
    withdrawn.unpublish()
    moved.move(closed, pos="last-child")
    return hidden


def shown(client, address: str, asked: str, **values: str) -> str:
    """The answer to the values, in which the words asked for are set; a sign stands for each."""
    sent = {name: value.format(asked) for name, value in values.items()}
    answer = client.get(address.format(asked.replace(" ", "-")), sent).content.decode()
    for word in asked.split():
        answer = answer.replace(word, "…")
    return answer


def at_every_place(words: dict[str, str]) -> str:
    return " ".join(words[place] for place in PLACES)


def misspelled(asked: str) -> str:
    return " ".join(f"{word[:5]}{word[6]}{word[5]}{word[7:]}" for word in asked.split())


def test_what_is_shown_is_what_may_be_read(client, hidden):
    answer = search("quokka")
    assert answer.count == 2
    assert sorted(result.page.title for result in answer.results) == [
        "Open quokka",
        "Quokka with a newer draft",
    ]

    for address in SHOWN:
        text = client.get(address).content.decode().casefold()
        assert [word for word in hidden.all_words if word in text] == [], address


def test_to_ask_for_hidden_words_is_to_ask_for_none(client, hidden):
    """At every place at once, for one page after the other: no answer may differ from the rest."""
    asked = [at_every_place(words) for words in hidden.pages]

    for address, values in ASKED:
        nothing = shown(client, address, at_every_place(hidden.never), **values)
        other = [one for one in asked if shown(client, address, one, **values) != nothing]
        assert (address, values, other) == (address, values, [])


def test_to_choose_what_is_hidden_is_to_choose_nothing(client, hidden):
    for place, name in {"tag": "tag", "author": "author", "title": "track"}.items():
        values = {"q": "quokka", name: "{}"}
        nothing = shown(client, "/search/", hidden.never[place], **values)
        asked = [words[place] for words in hidden.pages] + hidden.tracks
        assert [one for one in asked if shown(client, "/search/", one, **values) != nothing] == []


def test_nothing_is_corrected_or_completed_to_a_hidden_word(client, hidden):
    nothing = shown(client, "/search/", at_every_place(hidden.never), q="{}")
    asked = [misspelled(at_every_place(words)) for words in hidden.pages]
    assert [one for one in asked if shown(client, "/search/", one, q="{}") != nothing] == []

    for place in ["title", "heading", "tag", "author"]:
        nothing = shown(client, "/search/suggest/", hidden.never[place][:7], q="{}")
        asked = [words[place][:7] for words in hidden.pages]
        assert [
            one for one in asked if shown(client, "/search/suggest/", one, q="{}") != nothing
        ] == []


def test_each_word_was_found_by_its_page_before_it_was_hidden(engineers):
    hidden = Hidden(engineers)
    post = hidden.make("open")
    found = {
        place: [result.page.pk for result in search(word).results]
        for place, word in words_of("open").items()
    }

    found.pop("alt")  # It may be kept for those who listen to the page.
    assert found == {place: [post.pk] for place in found}


@pytest.fixture
def crowd(engineers):
    """More hidden pages with a word than are looked at first, before and after an open one."""

    def hide(number: int) -> None:
        page = make_post(engineers, f"Kernel {number}", markdown="The kernel waits.")
        PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)

    for number in range(20):
        hide(number)
    make_post(engineers, "Kernel launches", markdown="The kernel waits. A kerne too.")
    for number in range(20, 40):
        hide(number)


def test_hidden_pages_keep_no_word_from_being_known(crowd):
    answer = search("kernel zebra")

    assert answer.corrected == ""
    assert [result.page.title for result in answer.results] == ["Kernel launches"]


def test_hidden_pages_keep_no_open_page_from_being_suggested(crowd):
    assert [one.label for one in suggest("kernel")] == ["Kernel launches"]


def test_hidden_pages_keep_no_open_page_from_being_counted(crowd, monkeypatch):
    monkeypatch.setattr(query, "MOST_CANDIDATES", 2)
    answer = search("kernel")

    assert (answer.count, answer.is_capped) == (1, False)


def test_hidden_pages_alone_are_no_more_than_nothing(engineers, monkeypatch):
    monkeypatch.setattr(query, "MOST_CANDIDATES", 2)
    for number in range(4):
        page = make_post(engineers, f"Kernel {number}")
        PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)

    assert (search("kernel").count, search("kernel").is_capped) == (0, False)


def test_hidden_titles_prefer_no_word(engineers):
    make_post(engineers, "One", markdown="Quaggas sleep. A quaggis eats.")
    make_post(engineers, "Two", markdown="A quaggis eats.")
    before = search("quaggos").corrected
    page = make_post(engineers, "Quaggas")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)

    assert before == search("quaggos").corrected == "quaggis"


def test_hidden_words_join_none(engineers):
    make_post(engineers, "A backdoor", markdown="It opens.")
    before = search("back doors").count
    page = make_post(engineers, "Hidden", markdown="Two backdoors.")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)

    assert before == search("back doors").count == 1
