"""The notebook block: what an editor may save, and what readers get."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from wagtail.blocks import StructBlockValidationError

from blog.blocks.notebooks import NotebookBlock
from blog.markdown import PageState
from blog.models import Document
from tests.blog.notebooks.building import (
    as_bytes,
    code_cell,
    make_document,
    markdown_cell,
    notebook,
    printed,
)

pytestmark = pytest.mark.django_db

NOTHING = ("", (), "", "", 0, 0)


def value_of(document, **fields):
    pk = document.pk if document else None
    return NotebookBlock().to_python({"notebook": pk} | fields)


def once(document, **fields):
    return NotebookBlock().render_once(value_of(document, **fields), PageState())


def refusal(document, **fields) -> dict:
    with pytest.raises(StructBlockValidationError) as refused:
        NotebookBlock().clean(value_of(document, **fields))
    return {name: error.messages for name, error in refused.value.block_errors.items()}


# Readers


def test_readers_get_the_cells_and_the_file():
    document = make_document(
        markdown_cell("# Waste\n\nIt **falls**."), code_cell("print(6 * 7)", printed("42"))
    )

    page = once(document, caption="Waste by block size.")

    assert page.html.endswith(
        '<p class="notebook-file"><span>Waste by block size.</span> <span>Notebook: '
        f'<a linktype="document" id="{document.pk}">Analysis</a> (338 bytes)</span></p>'
    )
    assert page.html.startswith('<h2 id="waste">')
    assert [heading.text for heading in page.headings] == ["Waste"]
    assert page.text == "Waste\nIt falls.\nWaste by block size."
    assert page.code_text == "print(6 * 7)\n42"
    assert (page.words, page.code_words) == (7, 3)


def test_cells_and_code_can_be_chosen():
    document = make_document(
        markdown_cell("One"), code_cell("two", printed("2")), code_cell("three")
    )

    html = once(document, cells="2-3", show_code=False).html

    assert "One" not in html
    assert "two" not in html
    assert "2</pre>" in html


def test_the_file_is_linked_by_its_address():
    document = make_document(markdown_cell("Words"))

    html = NotebookBlock().render(value_of(document))

    assert f'<a href="{document.url}">Analysis</a>' in html


def test_search_finds_words_code_and_printed_text():
    document = make_document(markdown_cell("Words"), code_cell("code", printed("printed")))

    found = NotebookBlock().get_searchable_content(value_of(document))

    assert found == ["Words", "code\nprinted"]


def test_a_title_stays_text():
    document = make_document(markdown_cell("x"), title="<b>&")

    assert ">&lt;b&gt;&amp;</a>" in once(document).html


@pytest.mark.parametrize("make_wrong", ["no document", "deleted", "no file", "no notebook"])
def test_what_is_not_there_shows_nothing(make_wrong):
    document = make_document(written=b"nothing" if make_wrong == "no notebook" else notebook())
    if make_wrong == "no file":
        document.file.storage.delete(document.file.name)
    value = value_of(None if make_wrong == "no document" else document)
    if make_wrong == "deleted":
        document.delete()
        value = value_of(document)

    page = NotebookBlock().render_once(value, PageState())

    assert (
        page.html,
        page.headings,
        page.text,
        page.code_text,
        page.words,
        page.code_words,
    ) == NOTHING


def test_an_error_nobody_thought_of_shows_nothing(monkeypatch):
    document = make_document(markdown_cell("Words"))
    monkeypatch.setattr("blog.notebooks.render_cells", None)

    assert once(document).html == ""


def test_a_choice_that_no_longer_fits_leaves_the_file():
    document = make_document(markdown_cell("Words"))

    html = once(document, cells="7").html

    assert html.startswith('<p class="notebook-file">')
    assert "Words" not in html


def test_the_stored_form_belongs_to_the_file():
    block, document = NotebookBlock(), make_document(markdown_cell("Words"))
    before = block.key_part(value_of(document))

    document.file = ContentFile(as_bytes(notebook(markdown_cell("New"))), name="new.ipynb")
    document._set_document_file_metadata()
    document.save()

    assert block.key_part(value_of(document)) != before
    assert block.key_part(value_of(document)) == block.key_part(value_of(document))
    assert block.key_part(value_of(None)) == ""


# Editors


def test_a_notebook_is_accepted():
    document = make_document(markdown_cell("One"), code_cell("two"))

    value = NotebookBlock().clean(value_of(document, cells="1-2"))

    assert value["notebook"] == document


def test_another_document_is_refused():
    assert refusal(make_document(name="data.csv")) == {
        "notebook": ["Choose a Jupyter notebook: a document whose name ends in .ipynb."]
    }


def test_a_document_without_its_file_is_refused():
    document = make_document()
    document.file.storage.delete(document.file.name)

    assert refusal(document) == {
        "notebook": [
            "The file of this document cannot be read. Try again in a minute, "
            "or upload the notebook again."
        ]
    }


def test_a_missing_document_is_refused():
    assert refusal(None) == {"notebook": ["This field is required."]}


def test_a_file_that_is_no_notebook_is_refused():
    assert refusal(make_document(written=b"{}")) == {
        "notebook": [
            "This is not a Jupyter notebook: it does not say which notebook format it has. "
            "Open it in Jupyter, save it there, and upload it again."
        ]
    }


def test_cells_that_do_not_exist_are_refused():
    assert refusal(make_document(markdown_cell("One")), cells="2") == {
        "cells": ["There is no cell 2: the notebook has 1 cell, counted from 1."]
    }


def test_too_many_cells_are_refused():
    assert refusal(make_document(*[markdown_cell("One")] * 301)) == {
        "cells": [
            "That is 301 cells, and the most is 300 in one block. "
            "Choose the cells that readers need, for example 1-4, 7."
        ]
    }


# Uploads


def upload(data: bytes, name: str = "analysis.ipynb") -> Document:
    return Document(title="Upload", file=ContentFile(data, name=name))


def test_a_notebook_can_be_uploaded():
    document = upload(as_bytes(notebook(markdown_cell("Words"))))

    document.full_clean(exclude=["collection"])

    assert document.file.read() == as_bytes(notebook(markdown_cell("Words")))


def test_an_upload_that_is_no_notebook_is_refused():
    with pytest.raises(ValidationError) as refused:
        upload(b"{}").full_clean()

    assert refused.value.message_dict["file"] == [
        "This is not a Jupyter notebook: it does not say which notebook format it has. "
        "Open it in Jupyter, save it there, and upload it again."
    ]


def test_other_documents_are_not_read():
    upload(b"{}", "data.json").clean()


def test_an_upload_that_is_no_notebook_is_refused_in_the_admin(admin):
    file = ContentFile(b"[]", name="analysis.ipynb")

    answer = admin.post("/admin/documents/add/", {"title": "Analysis", "file": file})

    assert "This is not a Jupyter notebook" in answer.content.decode()
    assert not Document.objects.exists()
