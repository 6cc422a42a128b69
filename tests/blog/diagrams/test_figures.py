"""Diagrams on pages and in the editor: see conftest for who draws."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone
from wagtail.blocks import StructBlockValidationError

from blog import diagrams, markdown
from blog.blocks import DiagramBlock, MarkdownBlock
from blog.diagrams.drawing import digest_of
from blog.models import Diagram

pytestmark = pytest.mark.django_db
FLOW = "flowchart LR\n  A --> B"


def fence(source: str, info: str = "mermaid") -> str:
    return f"```{info}\n{source}\n```\n"


def test_a_fence_becomes_a_figure_with_its_source(draughtsman):
    rendered = markdown.render(fence("flowchart LR\n  A[<b>] --> B", 'mermaid title="Two & two"'))

    digest = digest_of("flowchart LR\n  A[<b>] --> B")
    shared = (
        'alt="Diagram; its source follows." width="300" height="200" loading="lazy" '
        'decoding="async">'
    )
    assert [line.strip() for line in rendered.html.strip().split("\n")] == [
        '<figure class="diagram">',
        '<div class="drawing size-2" tabindex="0" role="group" '
        'aria-label="Diagram: Two &amp; two">',
        f'<img class="only-light" src="/diagrams/{digest}-light.svg" {shared}',
        f'<img class="only-dark" src="/diagrams/{digest}-dark.svg" {shared}',
        "</div>",
        "<figcaption>",
        "Two &amp; two",
        "<details>",
        "<summary>Source of the diagram</summary>",
        "<pre><code>flowchart LR",
        "A[&lt;b&gt;] --&gt; B</code></pre>",
        "</details>",
        "</figcaption>",
        "</figure>",
    ]
    assert rendered.code_text == "flowchart LR\n  A[<b>] --> B"


def test_the_words_of_the_source_are_the_alternative_text(draughtsman):
    html = markdown.render(fence(f'{FLOW}\n  accTitle: A "quick" way')).html

    assert html.count('alt="A &quot;quick&quot; way"') == 2


def test_two_diagrams_have_two_names(draughtsman):
    html = markdown.render(fence(FLOW) + "\n" + fence(FLOW)).html

    assert 'aria-label="Diagram"' in html
    assert 'aria-label="Diagram, 2"' in html


def test_a_broad_diagram_of_a_text_leaves_the_column(draughtsman):
    draughtsman.width = 1100

    html = markdown.render(fence(FLOW)).html

    assert '<figure class="diagram wide">' in html
    assert 'class="drawing size-9"' in html


def test_a_source_is_drawn_once(draughtsman):
    for _ in range(3):
        markdown.render(fence(FLOW))
        markdown.find_problems(fence(FLOW))

    assert draughtsman.sources == [FLOW]
    assert Diagram.objects.count() == 1


def test_a_source_that_cannot_be_drawn_is_shown_as_code(draughtsman):
    html = markdown.render(fence("flowchart LR\n  bad")).html

    assert "<figure" not in html
    assert '<span class="codefile">mermaid</span>' in html
    assert "flowchart LR\n  bad</code>" in html


def test_a_refused_source_is_tried_again_after_ten_minutes(draughtsman):
    markdown.render(fence("bad"))
    markdown.render(fence("bad"))
    Diagram.objects.update(created=timezone.now() - timedelta(minutes=11))
    markdown.render(fence("bad"))

    assert draughtsman.sources == ["bad", "bad"]
    assert Diagram.objects.count() == 1


def test_a_drawing_that_fails_for_other_reasons_is_made_at_the_next_save(draughtsman):
    html = markdown.render(fence("later")).html
    problems = markdown.find_problems(fence("later"))

    assert "<figure" not in html
    assert problems == []
    assert draughtsman.sources == ["later", "later"]
    assert not Diagram.objects.exists()


def test_a_lost_drawing_is_made_again(draughtsman):
    markdown.render(fence(FLOW))
    Diagram.objects.all().delete()

    html = markdown.render(fence(FLOW)).html

    assert '<figure class="diagram">' in html
    assert draughtsman.sources == [FLOW, FLOW]


def test_a_page_draws_twenty_diagrams(draughtsman):
    text = "\n".join(fence(FLOW) for _ in range(21))

    html = markdown.render(text).html

    assert html.count("<figure") == 20
    assert html.count('class="codeblock') == 1
    assert markdown.find_problems(text) == [
        markdown.Problem(101, "A page shows 20 diagrams at most. Show this one as a picture.")
    ]


def test_a_text_is_refused_with_the_line_of_the_diagram(draughtsman):
    text = "Words.\n\n" + fence("flowchart LR\n  bad")

    with pytest.raises(ValidationError) as refused:
        MarkdownBlock().clean(text)

    assert refused.value.messages == ["Line 5: Mermaid does not understand “bad”."]


def test_saving_a_draft_draws_nothing_and_refuses_no_diagram(draughtsman):
    text = fence("flowchart LR\n  bad").strip()
    value = {"source": "bad", "alt": "", "caption": "", "width": "normal"}
    block = DiagramBlock()

    assert MarkdownBlock().clean_deferred(text) == text
    assert block.clean_deferred(block.to_python(value))["source"] == "bad"
    assert draughtsman.sources == []


def test_a_block_is_a_figure_with_words_of_its_own(draughtsman):
    block = DiagramBlock()
    value = block.to_python(
        {"source": FLOW, "alt": "From A\nto B.", "caption": "Two steps", "width": "full"}
    )
    page = markdown.PageState()

    rendered = block.render_once(block.clean(value), page)

    assert '<figure class="diagram full">' in rendered.html
    assert rendered.html.count('alt="From A to B."') == 2
    assert rendered.text == "Two steps From A\nto B."
    assert (rendered.words, rendered.code_words) == (6, 5)
    assert (page.diagrams, page.taken) == (1, {"Diagram: Two steps"})
    assert block.get_searchable_content(value) == ["Two steps", "From A\nto B.", FLOW]


def test_a_block_is_refused_at_its_source(draughtsman):
    block = DiagramBlock()
    value = block.to_python({"source": "x\nbad", "alt": "x", "caption": "", "width": "normal"})

    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(value)

    messages = refused.value.block_errors["source"].messages
    assert messages == ["Line 2: Mermaid does not understand “bad”."]


def test_a_drawing_is_served_for_ever_and_can_do_nothing(draughtsman, client):
    markdown.render(fence(FLOW))

    response = client.get(f"/diagrams/{digest_of(FLOW)}-dark.svg")

    assert response.status_code == 200
    assert response.content == b"<svg>dark</svg>"
    headers = response.headers
    assert headers["Content-Type"] == "image/svg+xml"
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("name", [f"{'0' * 64}-light", "x-light", f"{'0' * 64}-blue"])
def test_an_unknown_drawing_is_an_ordinary_missing_page(name, client, home):
    assert client.get(f"/diagrams/{name}.svg").status_code == 404


def test_a_source_that_was_refused_has_no_drawing(draughtsman, client, home):
    markdown.render(fence("bad"))

    assert client.get(f"/diagrams/{digest_of('bad')}-light.svg").status_code == 404


def test_drawings_that_nothing_shows_are_forgotten_after_a_month(draughtsman, four_posts):
    for source in ("on a page", "in a draft", "of yesterday"):
        diagrams.html_of(source, taken=set())
    Diagram.objects.exclude(pk=digest_of("of yesterday")).update(
        last_used=timezone.now() - timedelta(days=31)
    )
    post = four_posts.live
    post.body = [("markdown", fence("on a page"))]
    post.save()
    Diagram.objects.filter(pk=digest_of("on a page")).update(
        last_used=timezone.now() - timedelta(days=31)
    )

    call_command("forget_diagrams", verbosity=0)

    assert set(Diagram.objects.values_list("pk", flat=True)) == {
        digest_of("on a page"),
        digest_of("of yesterday"),
    }
