from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page, Revision

from blog.importing import saving
from blog.models import ImportedDocument, PostPage
from home.models import StandardPage
from tests.blog.importing.conftest import FIELDS

pytestmark = pytest.mark.django_db


@pytest.fixture
def import_posts():
    """Run the command; its output, and after a failure the error's words as well."""

    def import_posts(*paths, **options) -> str:
        output = StringIO()
        try:
            call_command("import_posts", *map(str, paths), stdout=output, **options)
        except CommandError as error:
            return f"{output.getvalue()}{error}"
        return output.getvalue()

    return import_posts


@pytest.fixture
def folder(write, tmp_path, feed_of):
    """A folder with one document of each kind, and bad ones between them."""
    write("a-post.md", f"{FIELDS}permalink: /a/\nmood: x\n---\nWords to [b](/b/).")
    write("b-post.md", f"{FIELDS.replace('A title', 'B')}permalink: /b/\n---\nWords.")
    write("about.md", "---\ntitle: About\n---\nWords.")
    write("bad-date.md", "---\ntitle: Bad\ndate: 2024-02-30\n---\nWords.")
    write("bad-empty.md", "")
    write("everyone/plain.txt", "2025-06-03\nPlain\nWords that are a paragraph of their own.")
    write(
        "feed.xml",
        feed_of("<title>One</title><guid>1</guid>", "<title>Two</title><pubDate>no</pubDate>"),
    )
    return tmp_path


def test_one_bad_document_does_not_stop_the_others(import_posts, folder):
    output = import_posts(folder, track="engineers")

    assert sorted(PostPage.objects.values_list("title", flat=True)) == [
        "A title",
        "B",
        "One",
        "Plain",
    ]
    assert StandardPage.objects.get().title == "About"
    assert "created draft: A title" in output
    assert "    Fields that have no place here were left out: mood." in output
    assert "5 created draft, 3 failed." in output
    assert output.count("line 3: In the field date: There is no 2024-02-30.") == 2
    assert "feed.xml (item 2)" in output


def test_a_failure_ends_the_command_with_one(folder):
    with pytest.raises(CommandError) as failure:
        call_command("import_posts", str(folder), stdout=StringIO())

    assert failure.value.returncode == 1
    assert "These documents were not imported:" in str(failure.value)


def test_the_second_run_changes_nothing(import_posts, folder):
    import_posts(folder, track="engineers", publish=True)
    before = [
        list(model.objects.order_by("pk").values()) for model in (Page, Revision, ImportedDocument)
    ]

    output = import_posts(folder, track="engineers", publish=True)

    assert "5 unchanged, 3 failed." in output
    assert before == [
        list(model.objects.order_by("pk").values()) for model in (Page, Revision, ImportedDocument)
    ]


def test_links_between_the_documents_name_their_pages(import_posts, folder):
    output = import_posts(folder, track="engineers")

    target = PostPage.objects.get(slug="b")
    assert f"[b](page:{target.pk})" in PostPage.objects.get(slug="a").body[0].value
    assert "Links to other documents now name their pages: 1 changed." in output


def test_a_dry_run_tells_and_saves_nothing(import_posts, folder):
    before = Page.objects.count(), Revision.objects.count()

    output = import_posts(folder, dry_run=True)

    assert "would create: A title" in output
    assert "    Fields that have no place here were left out: mood." in output
    assert "No track is named." in output
    assert (Page.objects.count(), Revision.objects.count()) == before


def test_a_folder_named_like_a_track_gives_it(import_posts, folder, everyone):
    import_posts(folder)

    assert PostPage.objects.get(title="Plain").track == everyone


def test_two_documents_with_the_same_permalink(import_posts, write, tmp_path):
    write("a.md", f"{FIELDS}permalink: /same/\n---\nWords.")
    write("b.md", f"{FIELDS}permalink: /same/\n---\nOther words.")

    output = import_posts(tmp_path)

    assert "1 created draft, 1 failed." in output
    assert "It has the permalink or name of" in output


def test_an_unknown_track_is_told_before_anything_is_done(folder):
    with pytest.raises(
        CommandError, match=r"There is no track “x”\. The tracks are: engineers, everyone\."
    ):
        call_command("import_posts", str(folder), track="x", stdout=StringIO())

    assert PostPage.objects.count() == 0


def test_paths_that_lead_nowhere(import_posts, tmp_path):
    output = import_posts(tmp_path / "no", tmp_path)

    assert "There is no such file or folder." in output
    assert "The folder holds no documents." in output


def test_an_unexpected_failure_stays_with_its_document(import_posts, folder, monkeypatch):
    whole = saving._build_post

    def build(imported, *args):
        if imported.title == "A title":
            raise RuntimeError("odd")
        return whole(imported, *args)

    monkeypatch.setattr(saving, "_build_post", build)

    output = import_posts(folder, track="engineers")

    assert "Saving failed unexpectedly: RuntimeError('odd')" in output
    assert "4 created draft, 4 failed." in output


def test_a_document_that_two_paths_lead_to_is_taken_once(import_posts, write, tmp_path):
    one = write("a.md", f"{FIELDS}---\nWords.")

    assert "1 created draft." in import_posts(tmp_path, one)


def test_single_documents_and_several_paths(import_posts, write):
    one = write("x/a.md", f"{FIELDS}---\nWords.")
    two = write("y/b.md", f"{FIELDS}---\nWords.")

    output = import_posts(one, two, publish=True)

    assert "2 published." in output
    assert sorted(ImportedDocument.objects.values_list("source", flat=True)) == ["a.md", "b.md"]
