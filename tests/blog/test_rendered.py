import pytest
from django.core.management import call_command

from blog import rendering
from blog.changes import render_out_of_date
from blog.models import PostPage
from tests.factories import make_image, make_post


def test_what_was_typed_is_stored_as_typed(engineers):
    typed = "# Title \r\n\n* a\n\t* b  \n<b>x</b> &amp; [l](page:1)\u00a0\n\n\n"

    post = make_post(engineers, markdown=typed)

    assert post.body[0].value == typed
    assert post.latest_revision.as_object().body[0].value == typed


def test_reading_uses_the_stored_html(engineers, monkeypatch):
    post = make_post(engineers, markdown="Some *words*")
    monkeypatch.setattr(rendering, "render_body", None)

    assert "<em>words</em>" in PostPage.objects.get(pk=post.pk).body_html


def test_a_draft_is_rendered_from_its_own_words(engineers):
    post = make_post(engineers, markdown="Old words")
    post.body = [("markdown", "New words")]
    post.save_revision()

    draft = PostPage.objects.get(pk=post.pk).get_latest_revision_as_object()

    assert "New words" in draft.body_html
    assert "Old words" in PostPage.objects.get(pk=post.pk).body_html


def test_another_pipeline_renders_afresh(engineers, monkeypatch):
    post = make_post(engineers, markdown="Words")
    stale = post.rendered | {"parts": ["<p>stale</p>"]}
    PostPage.objects.filter(pk=post.pk).update(rendered=stale)

    assert "stale" in PostPage.objects.get(pk=post.pk).body_html
    monkeypatch.setattr(rendering, "PIPELINE", rendering.PIPELINE + 1)
    assert "stale" not in PostPage.objects.get(pk=post.pk).body_html


def test_what_another_release_rendered_is_rendered_anew(engineers, monkeypatch, capsys):
    old = make_post(engineers, "Old", markdown="## Setup")
    current = make_post(engineers, "Current", markdown="Words")
    stale = old.rendered | {"pipeline": 0, "key": "", "parts": ["<p>stale</p>"]}
    PostPage.objects.filter(pk=old.pk).update(rendered=stale)

    call_command("render_bodies")

    assert capsys.readouterr().out == "Rendered anew: 1.\n"
    monkeypatch.setattr(rendering, "render_body", None)
    assert '<h2 id="setup">' in PostPage.objects.get(pk=old.pk).body_html
    assert PostPage.objects.get(pk=current.pk).rendered == current.rendered


def test_what_is_published_meanwhile_is_never_overwritten(engineers, monkeypatch):
    post = make_post(engineers, markdown="Old words")
    PostPage.objects.update(rendered=post.rendered | {"pipeline": 0})
    render = rendering.render_body

    def publish_first(body, **options):
        monkeypatch.setattr(rendering, "render_body", render)
        newer = PostPage.objects.get(pk=post.pk)
        newer.body = [("markdown", "New words")]
        newer.save_revision().publish()
        return render(body, **options)

    monkeypatch.setattr(rendering, "render_body", publish_first)
    render_out_of_date()

    stored = PostPage.objects.get(pk=post.pk)
    assert stored.body[0].value == "New words"
    assert "New words" in stored.body_html
    assert not stored.is_out_of_step


BROKEN = "a\ud800b\x00c"


@pytest.mark.parametrize(
    "block",
    [
        ("markdown", BROKEN),
        ("code", {"code": BROKEN, "file_name": BROKEN}),
        ("quote", {"text": BROKEN, "attribution": BROKEN}),
        ("callout", {"kind": "note", "text": BROKEN}),
        ("rich_text", f"<p>{BROKEN}</p>"),
        ("table", {"data": [[BROKEN, "1"]], "table_caption": BROKEN}),
        ("equation", {"tex": "x", "caption": BROKEN}),
        ("embed", {"url": "https://example.org/", "title": BROKEN, "text": BROKEN}),
        ("card_grid", {"heading": BROKEN, "cards": [{"title": BROKEN, "text": BROKEN}]}),
        ("bibliography", {"heading": BROKEN, "bibtex": "", "entries": []}),
        ("diagram", {"source": "flowchart TD\n a", "alt": BROKEN, "caption": BROKEN}),
    ],
    ids=lambda block: block[0],
)
def test_characters_that_nothing_can_carry_are_replaced(client, engineers, block):
    post = make_post(engineers, body=[block])

    page = client.get(post.url)

    assert page.status_code == 200
    assert "a\ufffdb" in page.content.decode()
    assert client.get("/feed/").status_code == 200


def test_a_body_changed_in_place_is_rendered_when_saved(engineers):
    post = make_post(engineers, markdown="Old words")
    assert "Old words" in post.body_html

    post.body.append(("markdown", "New words"))
    post.save()

    assert "New words" in PostPage.objects.get(pk=post.pk).body_html


def test_headings_of_all_blocks_have_different_anchors(engineers):
    post = make_post(engineers, body=[("markdown", "## Setup"), ("markdown", "## Setup")])

    assert len({heading["anchor"] for heading in post.contents}) == 2


def test_a_page_link_follows_its_page(engineers):
    target = make_post(engineers, "Target")
    post = make_post(engineers, "Source", markdown=f"See [this](page:{target.pk}).")
    target.slug = "renamed"
    target.save_revision().publish()

    assert 'href="/engineers/renamed/"' in PostPage.objects.get(pk=post.pk).body_html


def test_a_link_to_a_deleted_page_stays_text(engineers):
    target = make_post(engineers, "Target")
    post = make_post(engineers, "Source", markdown=f"See [this one](page:{target.pk}).")
    target.delete()

    html = PostPage.objects.get(pk=post.pk).body_html

    assert "this one" in html


def test_every_block_renders(engineers):
    picture = make_image()
    image = {"image": picture, "alt_text": "A teal square", "decorative": False}
    post = make_post(
        engineers,
        body=[
            ("markdown", "Markdown words"),
            ("rich_text", "<p>Rich words</p>"),
            ("code", {"language": "python", "code": "answer = 42", "file_name": "a.py"}),
            ("quote", {"text": "Quoted words", "attribution": "Somebody"}),
            ("callout", {"kind": "warning", "text": "Mind the *gap*"}),
            ("embed", {"url": "https://example.org/talk", "title": "A talk"}),
            (
                "table",
                {"data": [["Head", "Two"], ["cell", "2"]], "first_row_is_table_header": True},
            ),
            ("card_grid", {"cards": [{"title": "A card", "text": "Card words"}]}),
            ("divider", None),
        ],
    )
    post.body.append(
        (
            "figure",
            post.body.stream_block.child_blocks["figure"].to_python(
                {"image": image | {"image": picture.pk}, "caption": "A caption"}
            ),
        )
    )
    post.save_revision().publish()

    html = PostPage.objects.get(pk=post.pk).body_html

    for words in (
        "Markdown words",
        "Rich words",
        "answer",
        "Quoted words",
        "Somebody",
        "Mind the <em>gap</em>",
        "example.org",
        "A talk",
        "cell",
        "A card",
        "Card words",
        "<hr",
        'alt="A teal square"',
        "A caption",
    ):
        assert words in html


def test_plain_text_has_the_words_of_every_block(engineers):
    post = make_post(
        engineers,
        body=[
            ("markdown", "Some **bold** words"),
            ("quote", {"text": "Quoted", "attribution": "Somebody"}),
            ("table", {"data": [["Head"], ["cell"]], "table_caption": "Numbers"}),
        ],
    )

    for words in ("Some bold words", "Quoted", "Numbers Head cell"):
        assert words in post.plain_text
