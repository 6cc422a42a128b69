import pytest
from wagtail.models import Revision

from blog.importing import point_links_at_pages, read, save_as_draft
from blog.importing.links import with_references
from blog.models import PostPage
from tests.blog.importing.conftest import FIELDS

ADDRESSES = {"/a": 12, "/über": 13}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("[x](/a/)", "[x](page:12)"),
        (
            "[x](/a) and [y](</a/>) and [z]( /a/ )",
            "[x](page:12) and [y](page:12) and [z]( page:12 )",
        ),
        ('[x](/a/ "T")', '[x](page:12 "T")'),
        ("[x](/a/#why)", "[x](page:12#why)"),
        ("[x](/%C3%BCber/) [y](/über/)", "[x](page:13) [y](page:13)"),
        ("[x]\n\n[x]: /a/\n", "[x]\n\n[x]: page:12\n"),
        ("![x](/a/) [y](/a/b/) [z](/a/?b=1)", "![x](/a/) [y](/a/b/) [z](/a/?b=1)"),
        ("[x](https://e.example/a/) [y](//e.example/a/)", None),
        ("`[x](/a/)`\n\n```\n[x](/a/)\n```\n", None),
        ("`[x](/a/)` [x](/a/)", "`[x](/a/)` [x](page:12)"),
    ],
)
def test_links_in_markdown(written, meant):
    assert with_references(written, ADDRESSES) == (meant or written)


@pytest.fixture
def import_all(write):
    """Import these documents by name, published, and rewrite the links between them."""

    def import_all(**documents: str):
        imports = []
        for name, content in documents.items():
            (post,) = read(write(f"{name}.md", content))
            imports.append((post, save_as_draft(post, publish=True).page))
        return imports, point_links_at_pages(imports)

    return import_all


ONE = f"{FIELDS}permalink: /one/\n---\nRead [two](/two/) and `[code](/two/)`."
TWO = f"{FIELDS}permalink: /two/\n---\nBack to [one](/one/#top)."


@pytest.mark.django_db
def test_links_between_documents_name_pages_whichever_came_first(import_all):
    imports, rewritten = import_all(one=ONE, two=TWO)

    one, two = (PostPage.objects.get(pk=page.pk) for _, page in imports)
    assert rewritten == 2
    assert one.body[0].value == f"Read [two](page:{two.pk}) and `[code](/two/)`."
    assert two.body[0].value == f"Back to [one](page:{one.pk}#top)."
    assert f'href="{two.url}"' in one.body_html
    assert one.latest_revision.as_object().body == one.body
    assert Revision.objects.count() == 2
    assert (one.live, one.last_published_at) == (True, one.display_date)


@pytest.mark.django_db
def test_doing_it_again_changes_nothing(import_all):
    imports, _ = import_all(one=ONE, two=TWO)
    before = list(Revision.objects.order_by("pk").values_list("content", "created_at"))

    assert point_links_at_pages(imports) == 0
    assert list(Revision.objects.order_by("pk").values_list("content", "created_at")) == before


@pytest.mark.django_db
def test_a_page_that_was_edited_since_is_left_alone(import_all, write):
    imports, _ = import_all(one=ONE)
    page = imports[0][1]
    page.save_revision()
    (post,) = read(write("two.md", TWO))
    two = save_as_draft(post, publish=True).page

    rewritten = point_links_at_pages([*imports, (post, two)])

    assert rewritten == 1
    assert "(/two/)" in PostPage.objects.get(pk=page.pk).body[0].value


@pytest.mark.django_db
def test_a_document_of_an_earlier_import_is_found_by_its_permalink(import_all):
    import_all(one=ONE)
    imports, _ = import_all(two=TWO)

    assert "(page:" in PostPage.objects.get(pk=imports[0][1].pk).body[0].value
