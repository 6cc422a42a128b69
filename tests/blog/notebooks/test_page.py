"""A notebook in a post: stored when it is saved, and shown as its file is now."""

import pytest
from django.core.files.base import ContentFile
from wagtail.contrib.frontend_cache.backends.base import BaseBackend
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from blog import rendering
from blog.models import PostPage
from tests.blog.notebooks.building import (
    as_bytes,
    code_cell,
    make_document,
    markdown_cell,
    notebook,
    picture,
    shown,
)
from tests.factories import make_post


class RecordingBackend(BaseBackend):
    """Remembers which addresses a cache was told to forget."""

    purged: set[str] = set()

    def purge(self, url):
        self.purged.add(url)


@pytest.fixture
def purged(settings):
    settings.WAGTAILFRONTENDCACHE = {
        "recording": {"BACKEND": f"{__name__}.{RecordingBackend.__name__}"}
    }
    RecordingBackend.purged = set()
    return RecordingBackend


def post_with(engineers, *documents):
    body = [
        ("notebook", {"notebook": document, "cells": "", "show_code": True})
        for document in documents
    ]
    return make_post(engineers, body=[("markdown", "## First"), *body])


def replace_file(document, *cells):
    document.file = ContentFile(as_bytes(notebook(*cells)), name="analysis.ipynb")
    document._set_document_file_metadata()
    document.save()


def test_a_notebook_is_rendered_when_it_is_saved(client, engineers, monkeypatch):
    document = make_document(markdown_cell("# Waste"), code_cell("x", shown(png=picture())))
    post = post_with(engineers, document)
    monkeypatch.setattr(rendering, "render_body", None)

    page = client.get(post.url).content.decode()

    assert '<h3 id="waste">' in page
    assert '<img class="notebook-picture" src="/media/notebooks/' in page
    assert f'href="{document.url}"' in page
    assert "css/notebooks" in page
    assert "Waste" in PostPage.objects.get(pk=post.pk).plain_text


def test_the_picture_can_be_fetched(client, engineers):
    post = post_with(engineers, make_document(code_cell("x", shown(png=picture()))))
    page = client.get(post.url).content.decode()

    answer = client.get(page.partition(' src="/media')[2].partition('"')[0].join(["/media", ""]))

    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_new_file_is_shown_at_once(
    client, engineers, purged, django_capture_on_commit_callbacks, monkeypatch
):
    document = make_document(markdown_cell("Old words"))
    post = post_with(engineers, document)

    with django_capture_on_commit_callbacks(execute=True):
        replace_file(document, markdown_cell("New words"))

    monkeypatch.setattr(rendering, "render_body", None)
    page = client.get(post.url).content.decode()
    assert "New words" in page
    assert "Old words" not in page
    assert post.full_url in purged.purged


def test_a_new_file_is_shown_even_if_the_page_was_not_stored_again(client, engineers):
    document = make_document(markdown_cell("Old words"))
    post = post_with(engineers, document)

    replace_file(document, markdown_cell("New words"))

    assert "New words" in client.get(post.url).content.decode()


def test_a_deleted_document_leaves_the_rest(client, engineers, django_capture_on_commit_callbacks):
    document = make_document(markdown_cell("Old words"))
    post = post_with(engineers, document)

    with django_capture_on_commit_callbacks(execute=True):
        document.delete()

    page = client.get(post.url).content.decode()
    assert "First" in page
    assert "Old words" not in page
    assert "notebook-file" not in page


def test_saving_a_document_that_no_page_shows_tells_no_cache(
    engineers, purged, django_capture_on_commit_callbacks
):
    post_with(engineers)

    with django_capture_on_commit_callbacks(execute=True):
        make_document(markdown_cell("Words"))

    assert purged.purged == set()


def test_more_notebooks_ask_no_more_of_the_database(
    client, engineers, django_assert_num_queries, django_assert_max_num_queries
):
    documents = [make_document(markdown_cell(f"Words {number}")) for number in range(4)]
    one = PostPage.objects.get(pk=post_with(engineers, documents[0]).pk)
    with django_assert_num_queries(2):  # The documents of the blocks, those of the links.
        assert "Words 0" in one.body_html

    many = make_post(
        engineers,
        "Many",
        body=[("notebook", {"notebook": document, "cells": ""}) for document in documents],
    )
    many = PostPage.objects.get(pk=many.pk)
    with django_assert_num_queries(2):
        assert "Words 3" in many.body_html


def test_a_page_knows_which_documents_it_shows(engineers):
    document = make_document(markdown_cell("Words"))
    post = post_with(engineers, document)

    assert [used.pk for used, _ in document.get_usage()] == [post.pk]


def test_the_editor_is_told_in_the_editor(admin, engineers):
    post = post_with(engineers, make_document(markdown_cell("Words")))
    document = make_document(written=b"{}", title="Broken")
    body = [("notebook", {"notebook": document.pk, "cells": "", "caption": ""})]
    data = nested_form_data(
        {
            "title": post.title,
            "slug": post.slug,
            "excerpt": post.excerpt,
            "body": streamfield(body),
            "post_authors": inline_formset([]),
            "comments": inline_formset([]),
            "tags": "",
            "action-publish": "1",
        }
    )

    opened = admin.get(f"/admin/pages/{post.pk}/edit/")
    answer = admin.post(f"/admin/pages/{post.pk}/edit/", data)

    assert opened.status_code == 200
    assert "This is not a Jupyter notebook" in answer.content.decode()
    assert "Words" in PostPage.objects.get(pk=post.pk).body_html
