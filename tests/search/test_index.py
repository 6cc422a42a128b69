"""The index follows what happens to pages, tags and authors."""

from datetime import timedelta
from functools import partial

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, ReferenceIndex

from blog.models import Author, OutboxEntry, PostPage, Tag
from home.models import StandardPage
from search import index, spelling, texts
from search.management.commands import update_search
from search.models import SearchDocument, SearchWord
from search.query import search
from tests.factories import make_author, make_post


def titles(question: str) -> list[str]:
    return [result.page.title for result in search(question).results]


def indexed() -> list[str]:
    return list(SearchDocument.objects.order_by("pk").values_list("title", flat=True))


@pytest.fixture
def after_commit(django_capture_on_commit_callbacks):
    """A block after which all is delivered that is due after a commit."""
    return partial(django_capture_on_commit_callbacks, execute=True)


@pytest.fixture
def post(engineers) -> PostPage:
    return make_post(
        engineers, "Quokka", markdown="It smiles.", tags=["animals"], authors=[make_author()]
    )


def test_pages_made_by_migrations_are_indexed(home):
    assert indexed() == ["Home", "For Engineers", "For Everyone"]


def test_a_post_is_indexed_with_its_texts(post):
    document = SearchDocument.objects.get(page=post)

    assert document.title == "Quokka"
    assert document.excerpt == "The excerpt of Quokka."
    assert document.names == "animals\nAda Byron"
    assert [section["prose"] for section in document.sections] == ["It smiles."]
    assert (document.kind, document.year) == ("post", post.shown_date.year)
    assert (document.has_code, document.has_formulas) == (False, False)


def test_any_page_type_takes_part_by_its_search_fields(home):
    page = home.add_child(
        instance=StandardPage(
            title="About",
            slug="about",
            intro="Who we are.",
            body=[("section", {"heading": "House", "text": "Made of *bricks*."})],
            live=False,
        )
    )
    page.save_revision().publish()
    document = SearchDocument.objects.get(page=page)

    assert (document.title, document.excerpt, document.names) == ("About", "Who we are.", "")
    (section,) = document.sections
    assert (section["title"], section["prose"]) == ("House", "Made of bricks.")


def test_a_draft_is_not_indexed_and_a_draft_of_a_live_post_changes_nothing(post, engineers):
    make_post(engineers, "Draft", live=False)
    post.title = "Wombat"
    post.save_revision()

    assert "Draft" not in indexed()
    assert titles("quokka") == ["Quokka"]
    assert titles("wombat") == []


def test_a_scheduled_post_is_indexed_when_it_is_due(engineers):
    post = make_post(engineers, "Later", live=False)
    post.go_live_at = timezone.now() + timedelta(hours=1)
    revision = post.save_revision()
    revision.publish()
    assert "Later" not in indexed()

    post.go_live_at = timezone.now() - timedelta(seconds=1)
    post.save_revision().publish()
    assert titles("later") == ["Later"]


def test_publishing_again_replaces_the_words(post):
    post.title, post.excerpt = "Wombat", "Another."
    post.tags.clear()
    post.save_revision().publish()

    assert titles("quokka") == []
    assert titles("animals") == []
    assert titles("wombat") == ["Wombat"]


def test_unpublishing_takes_a_page_out(post):
    post.unpublish()

    assert "Quokka" not in indexed()
    assert titles("quokka") == []


def test_deleting_takes_a_page_out(post):
    pk = post.pk
    post.delete()

    assert "Quokka" not in indexed()
    assert stored_words(pk) == 0


def test_deleting_a_track_takes_its_posts_out(post, engineers):
    pk = post.pk
    engineers.delete()

    assert indexed() == ["Home", "For Everyone"]
    assert stored_words(pk) == 0


def stored_words(page_id: int) -> int:
    """How many rows of words the engine has for a page."""
    table = {"sqlite": "search_words", "postgresql": "search_searchdocument"}[connection.vendor]
    column = {"sqlite": "rowid", "postgresql": "page_id"}[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} = %s", [page_id])
        return cursor.fetchone()[0]


def test_moving_a_post_changes_its_track_in_answers(post, everyone):
    post.move(everyone, pos="last-child")

    (result,) = search("quokka", chosen={"track": ["everyone"]}).results
    assert result.track == everyone
    assert result.page.url == "/everyone/quokka/"
    tracks = search("quokka").facets[0].options
    assert {option.value: option.count for option in tracks} == {
        "engineers": 0,
        "everyone": 1,
    }


def test_a_copy_that_is_live_is_found(post):
    post.copy(update_attrs={"slug": "copy", "title": "Copied"}, keep_live=True)

    assert titles("copied animals") == ["Copied"]


def test_an_alias_is_found(post, everyone, after_commit):
    with after_commit():
        post.create_alias(parent=everyone)

    tracks = [result.track for result in search("quokka animals smiles").results]
    assert sorted(track.slug for track in tracks) == ["engineers", "everyone"]


def test_aliases_of_a_track_and_its_posts_are_found(post, engineers, home, after_commit):
    with after_commit():
        engineers.create_alias(recursive=True, parent=home, update_slug="again")

    assert titles("quokka") == ["Quokka", "Quokka"]
    assert len(titles("byron")) == 2


def test_an_alias_of_a_draft_is_not_found(engineers, everyone, after_commit):
    with after_commit():
        make_post(engineers, "Draft", live=False).create_alias(parent=everyone)

    assert "Draft" not in indexed()


def test_an_alias_follows_its_page(post, everyone, after_commit):
    with after_commit():
        post.create_alias(parent=everyone)
    post.title, post.excerpt = "Wombat", "Another."
    post.save_revision().publish()

    assert titles("quokka") == []
    assert titles("wombat") == ["Wombat", "Wombat"]


def test_a_page_made_live_by_a_program_is_found(home, after_commit):
    with after_commit():
        home.add_child(instance=StandardPage(title="About", slug="about", intro="Who we are."))

    assert titles("about") == ["About"]


def test_renaming_a_tag_renames_it_in_search(post, after_commit):
    tag = Tag.objects.get(name="animals")
    tag.name = "marsupials"
    with after_commit():
        tag.save()

    assert titles("animals") == []
    assert titles("marsupials") == ["Quokka"]


@pytest.mark.parametrize(
    "delete", [lambda: Tag.objects.get().delete(), lambda: Tag.objects.all().delete()]
)
def test_deleting_a_tag_takes_it_out(post, delete, after_commit):
    with after_commit():
        delete()

    assert titles("animals") == []
    assert titles("quokka") == ["Quokka"]


def test_renaming_an_author_renames_them_in_search(post, after_commit):
    author = Author.objects.get()
    author.name = "Ada"
    with after_commit():
        author.save()

    assert titles("byron") == []
    assert titles("ada") == ["Quokka"]


def rename(tag: Tag) -> None:
    tag.name = f"{tag.name} renamed"
    tag.save()


@pytest.mark.parametrize("change", [rename, Tag.delete])
def test_whoever_changes_a_tag_does_not_wait_for_its_posts(
    engineers, change, django_assert_num_queries
):
    make_post(engineers, "One", tags=["rare"])
    for name in "abc":
        make_post(engineers, name, tags=["common"])
    with CaptureQueriesContext(connection) as for_one:
        change(Tag.objects.get(name="rare"))

    with django_assert_num_queries(len(for_one)):
        change(Tag.objects.get(name="common"))

    assert sorted(titles("common")) == ["a", "b", "c"]
    entry = OutboxEntry.objects.get(kind="search", what__startswith="common")
    assert len(entry.payload["pages"]) == 3


def test_very_many_pages_are_several_deliveries(post, monkeypatch):
    monkeypatch.setattr(index, "MOST_DELIVERED", 2)

    index.index_later([3, 1, 2, 3, 4, 5], what="Everything")

    deliveries = OutboxEntry.objects.filter(what="Everything").order_by("pk")
    assert [entry.payload["pages"] for entry in deliveries] == [[1, 2], [3, 4], [5]]


def test_given_pages_are_indexed_in_batches(engineers, monkeypatch):
    numbers = [make_post(engineers, name, markdown="Old.").pk for name in "abcde"]
    SearchDocument.objects.filter(pk__in=numbers).update(title="Wrong")
    written = []
    write = index.write
    monkeypatch.setattr(index, "BATCH", 2)
    monkeypatch.setattr(index, "write", lambda some: (written.append(len(some)), write(some)))

    assert index.index_pages([*numbers, numbers[0]]) == 5
    assert written == [2, 2, 1]
    assert indexed()[-5:] == ["a", "b", "c", "d", "e"]


def test_a_change_that_is_no_rename_indexes_nothing(post):
    author = Author.objects.get()
    OutboxEntry.objects.all().delete()
    author.bio = "She wrote."
    author.save()
    Tag.objects.create(name="new", slug="new")

    assert not OutboxEntry.objects.exists()


def test_a_rename_brings_no_draft_into_the_index(engineers, after_commit):
    author = make_author("Ada Byron")
    make_post(engineers, "Draft", live=False, authors=[author])
    author.name = "Ada Lovelace"
    with after_commit():
        author.save()

    assert "Draft" not in indexed()


def test_publishing_and_its_words_are_one_transaction(post):
    post.title = "Wombat"
    with transaction.atomic():
        post.save_revision().publish()
        assert titles("wombat") == ["Wombat"]
        transaction.set_rollback(True)

    assert titles("wombat") == []
    assert titles("quokka") == ["Quokka"]


def test_update_search_restores_a_lost_index(post, engineers, capsys):
    gone = make_post(engineers, "Gone")
    Page.objects.filter(pk=gone.pk).update(live=False)
    SearchDocument.objects.filter(page=post).delete()
    SearchDocument.objects.filter(page=engineers).update(title="Wrong")

    call_command("update_search")

    assert capsys.readouterr().out == "Indexed 4 pages for search.\n"
    assert indexed() == ["Home", "For Engineers", "For Everyone", "Quokka"]
    assert titles("quokka") == ["Quokka"]
    assert titles("gone") == []


def test_a_page_that_cannot_be_read_keeps_no_other_from_the_index(
    post, engineers, monkeypatch, caplog
):
    make_post(engineers, "Another")
    SearchDocument.objects.all().delete()
    monkeypatch.setattr(
        PostPage, "body_parts", property(lambda self: 1 / 0 if self.pk == post.pk else [])
    )

    assert index.rebuild() == 4
    assert "Quokka" not in indexed()
    assert "Another" in indexed()
    assert f"Page {post.pk} cannot be indexed for search." in caplog.text


def test_migrating_indexes_what_another_edition_cut(post):
    SearchDocument.objects.filter(page=post).update(edition=0, title="Wrong")
    SearchDocument.objects.exclude(page=post).update(title="As it was")

    call_command("migrate", verbosity=0)

    assert SearchDocument.objects.get(page=post).title == "Quokka"
    assert indexed()[0] == "As it was"


def test_a_page_that_an_earlier_release_indexed_is_still_found(post):
    SearchDocument.objects.filter(page=post).update(forms={}, sections=[])

    assert titles("quokka smiles") == ["Quokka"]


def test_rebuilding_tells_how_far_it_is_and_forgets_old_words(post, monkeypatch):
    SearchWord.objects.create(word="zanzibar")
    monkeypatch.setattr(index, "BATCH", 2)
    told = []

    assert index.rebuild(lambda *numbers: told.append(numbers)) == 4
    assert told == [(2, 4), (4, 4)]
    words = SearchWord.objects.values_list("word", flat=True)
    assert "zanzibar" not in words
    assert {"quokka", "smiles", "byron"} <= set(words)
    assert len(words) == len(set(words))


def test_words_are_understood_while_the_index_is_made_anew(post, monkeypatch):
    monkeypatch.setattr(index, "BATCH", 1)
    understood = []

    index.rebuild(lambda *numbers: understood.append(search("quokke").corrected))

    assert understood == ["quokka"] * 4


def test_a_rebuild_that_dies_loses_nothing_and_the_next_clears_up(post, monkeypatch):
    def die(count, total):
        raise KeyboardInterrupt

    monkeypatch.setattr(index, "BATCH", 2)
    with pytest.raises(KeyboardInterrupt):
        index.rebuild(die)
    assert search("quokke").corrected == "quokka"
    assert titles("quokka") == ["Quokka"]

    index.rebuild()
    words = list(SearchWord.objects.values_list("word", flat=True))
    assert len(words) == len(set(words))
    assert "quokka" in words


def test_words_of_what_is_published_during_a_rebuild_stay(post, monkeypatch):
    SearchWord.objects.create(word="zanzibar")
    monkeypatch.setattr(index, "BATCH", 4)
    post.excerpt = "Zanzibar."

    index.rebuild(lambda *numbers: post.save_revision().publish())

    assert search("zanzibaq").corrected == "zanzibar"


def test_a_process_forgets_what_a_rebuild_has_dropped(post):
    SearchWord.objects.create(word="zanzibar")
    assert "zanzibar" in spelling.vocabulary().words

    index.rebuild()

    assert "zanzibar" not in spelling.vocabulary().words
    assert "quokka" in spelling.vocabulary().words


def test_update_search_says_how_many_pages_it_has_looked_at(post, monkeypatch, capsys):
    monkeypatch.setattr(index, "BATCH", 1)
    monkeypatch.setattr(update_search, "REPORTED", 3)
    monkeypatch.setattr(index, "texts_of", texts_of_all_but(Page.objects.get(title="Home").pk))

    call_command("update_search")
    call_command("update_search", verbosity=2)

    some, *rest = capsys.readouterr().out.splitlines()
    assert some == "3 of 4 pages…"
    assert rest == [
        "Indexed 3 pages for search.",
        *[f"{number} of 4 pages…" for number in (1, 2, 3, 4)],
        "Indexed 3 pages for search.",
    ]


def texts_of_all_but(number: int):
    """Reads pages, but for one, that cannot be read."""
    return lambda page: 1 / 0 if page.pk == number else texts.texts_of(page)


def test_texts_are_found_in_any_value_and_without_what_databases_refuse():
    values = ["A\x07 bell", {"a": None, "b": ["rings\ud800", ("twice", " ")]}, 2, ""]

    assert list(texts.texts_in(values)) == ["A  bell", "rings", "twice", "2"]


@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"word{number}" for number in range(60_000)),
        " ".join(f"{number:064d}" for number in range(30_000)),
        "搜索引擎" * 30_000,
        "same " * 60_000,
    ],
    ids=["many words", "long words", "many characters", "one word"],
)
def test_a_page_of_any_length_is_indexed(engineers, monkeypatch, text):
    monkeypatch.setattr(PostPage, "body_parts", property(lambda self: [text]))
    post = make_post(engineers, "Long")

    assert titles("long") == ["Long"]
    assert titles(text[:4]) == ["Long"]
    (section,) = SearchDocument.objects.get(page=post).sections
    assert section["prose"] == text.strip()


def test_the_index_is_no_use_of_a_page(post):
    assert ReferenceIndex.get_references_to(post).count() == 0


def test_a_post_with_very_many_words_is_found_by_its_first(engineers):
    words = " ".join(f"word{number:x}aardvark" for number in range(60_000))
    make_post(engineers, "Many words", body=[("markdown", part) for part in halves(words, 8)])

    assert [result.page.title for result in search("word1aardvark").results] == ["Many words"]


def halves(text: str, count: int) -> list[str]:
    size = len(text) // count + 1
    return [text[start : start + size] for start in range(0, len(text), size)]


def test_what_answers_are_narrowed_by_stands_before_the_long_texts(db):
    with connection.cursor() as cursor:
        table = connection.introspection.get_table_description(cursor, "search_searchdocument")
    columns = [column.name for column in table if column.name in {"year", "has_code", "sections"}]

    assert columns == ["year", "has_code", "sections"]
