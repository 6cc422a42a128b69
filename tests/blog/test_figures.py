"""Figures: their files, their link to the whole picture, and which picture comes first."""

import re

import pytest
from django.utils.safestring import SafeString

from blog.blocks import FigureBlock
from blog.models import PostPage
from blog.pictures import FIRST_VIEW, USES, Lead, raise_lead
from blog.renditions import make_renditions
from tests.factories import make_image, make_post

LIGHT_OR_DARK = ' media="(scripting: none) and (prefers-color-scheme: {})"'


def figure(image, **words) -> tuple:
    """A figure block, as a body stores it."""
    alt = words.pop("alt", "A teal square")
    chosen = {"image": image.pk, "alt_text": alt, "decorative": not alt}
    return ("figure", FigureBlock().to_python({"image": chosen, **words}))


def post_with(engineers, *blocks, **words):
    """A published post with all its files, as a reader's request finds it."""
    post = make_post(engineers, body=list(blocks), **words)
    make_renditions(post)
    return PostPage.objects.get(pk=post.pk)


def shown(post) -> str:
    return " ".join(post.body_html.split())


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """An empty storage, so that files have the names one expects."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def large(db):
    return make_image("Large", width=2600, height=26)


@pytest.mark.parametrize(
    ("width", "sizes", "files"),
    [
        ("normal", "(min-width: 42.5rem) 40.375rem, 92vw", (720, 1292)),
        ("wide", "(min-width: 50rem) 46rem, 92vw", (736, 1472)),
        ("full", "100vw", (960, 1920)),
    ],
)
def test_each_width_has_files_that_fit_it(engineers, large, width, sizes, files):
    html = shown(post_with(engineers, figure(large, width=width)))

    assert f'<figure class="figure {width}">' in html
    narrow, broad = files
    for name in ("avif", "webp"):
        source = re.search(rf'<source type="image/{name}" srcset="([^"]+)" sizes="([^"]+)">', html)
        assert re.findall(r"\.(\S+) (\d+)w", source[1]) == [
            (f"width-{narrow}.format-{name}.{name}", str(narrow)),
            (f"width-{broad}.format-{name}.{name}", str(broad)),
        ]
        assert source[2] == sizes
    assert re.search(
        rf'<img src="/media/images/large\.width-{broad}\.format-jpeg\.jpg" alt="A teal square" '
        rf'width="{broad}" height="\d+" loading="lazy" decoding="async">',
        html,
    )


def test_a_small_picture_is_neither_enlarged_nor_made_twice(engineers):
    post = post_with(engineers, figure(make_image("Small", width=300, height=20), width="full"))

    html = shown(post)

    assert '<figure class="figure full small">' in html
    assert html.count("<source") == 2
    assert 'srcset="/media/images/small.width-960.format-avif.avif">' in html
    assert 'width="300" height="20"' in html


def test_a_picture_links_to_a_large_file_and_not_to_the_upload(engineers, large):
    html = shown(post_with(engineers, figure(large)))

    link = re.search(r'<a class="enlarge" href="([^"]+)" aria-label="([^"]+)">', html)

    assert link[1] == "/media/images/large.max-2400x2400.format-webp.webp"
    assert link[2] == "Enlarge: A teal square"
    assert "original_images" not in html


def test_a_decorative_picture_is_no_link(engineers, large):
    html = shown(post_with(engineers, figure(large, alt="")))

    assert 'alt=""' in html
    assert "<a " not in html


def test_the_words_of_the_picture_stand_in_for_those_of_the_post(engineers):
    image = make_image(caption="Its own caption", credit="Its own credit")
    block = ("caption", "credit")

    html = shown(post_with(engineers, figure(image), figure(image, **dict.fromkeys(block, "Ours"))))

    assert re.findall(r"<figcaption>(.*?)</figcaption>", html) == [
        'Its own caption <span class="credit">Its own credit</span>',
        'Ours <span class="credit">Ours</span>',
    ]


def test_words_are_text(engineers, large):
    words = '"quoted" <b>&amp; > </figure>'

    html = shown(post_with(engineers, figure(large, alt=words, caption=words, credit=words)))

    escaped = "&quot;quoted&quot; &lt;b&gt;&amp;amp; &gt; &lt;/figure&gt;"
    assert f'alt="{escaped}"' in html
    assert f"<figcaption>{escaped} <span" in html


def test_words_of_a_figure_are_found(engineers, large):
    post = post_with(engineers, figure(large, caption="A caption", credit="A credit"))

    assert post.plain_text.split("\n") == ["A teal square", "A caption", "A credit"]


def test_an_animation_is_shown_as_it_was_uploaded(engineers, large):
    large.file.name = "original_images/moving.gif"
    large.save()

    html = shown(post_with(engineers, figure(large)))

    assert "<source" not in html
    assert html.count("/media/original_images/moving.gif") == 2  # The picture and its link.


def test_a_draft_without_its_picture_shows_nothing(engineers):
    value = FigureBlock().to_python({"caption": "Soon"})

    post = make_post(engineers, body=[("figure", value)], live=False)

    assert post.body_html == ""


def test_a_picture_that_was_deleted_leaves_nothing(engineers, large):
    post = post_with(engineers, ("markdown", "Before"), figure(large))
    large.delete()

    assert shown(post) == "<p>Before</p>"


# For dark pages


def test_a_variant_for_dark_pages_stands_beside_with_the_same_words(engineers, large):
    night = make_image("Night", width=800, height=8)

    html = shown(post_with(engineers, figure(large, dark_image=night.pk)))

    assert re.findall(r'<a class="enlarge (only-\w+)" href="/media/images/(\w+)\.', html) == [
        ("only-light", "large"),
        ("only-dark", "night"),
    ]
    assert html.count('alt="A teal square"') == 2
    assert html.count('loading="lazy"') == 2


def test_without_scripts_only_the_shown_variant_is_fetched(engineers, large):
    html = shown(post_with(engineers, figure(large, dark_image=make_image("Night").pk)))

    firsts = re.findall(r"<picture>\s*<source( media=\"[^\"]+\") srcset=\"data:image/gif", html)

    assert firsts == [LIGHT_OR_DARK.format("dark"), LIGHT_OR_DARK.format("light")]


# The picture of the first view


def test_the_first_picture_is_fetched_at_once_and_preloaded(client, engineers, large):
    post = post_with(engineers, ("markdown", "Few words."), figure(large), figure(large))

    html, lead = raise_lead(post.body_html)

    assert (html.count('loading="lazy"'), html.count('fetchpriority="high"')) == (1, 1)
    assert html.index("fetchpriority") < html.index("loading")
    assert lead == Lead(
        type="image/avif",
        srcset="/media/images/large.width-720.format-avif.avif 720w, "
        "/media/images/large.width-1292.format-avif.avif 1292w",
        sizes=USES["text"].sizes,
    )


def test_a_picture_in_markdown_may_be_the_first(engineers, large):
    post = post_with(engineers, ("markdown", f"Words.\n\n![A square](image:{large.pk})"))

    html, lead = raise_lead(post.body_html)

    assert 'loading="lazy"' not in html
    assert "width-720.format-avif.avif 720w" in lead.srcset


@pytest.mark.parametrize(("length", "is_lead"), [(FIRST_VIEW, True), (FIRST_VIEW + 1, False)])
def test_a_picture_far_down_waits(length, is_lead):
    picture = '<picture><img src="/a.png" alt="" loading="lazy"></picture>'
    html = SafeString(f"<p>{'&amp;' * length}</p>\n{picture}")

    raised, lead = raise_lead(html)

    assert ("loading" not in raised) == is_lead
    assert lead is None  # The one file there is is found by the browser as early.


def test_a_picture_with_a_dark_variant_waits_until_the_scheme_is_known(engineers, large):
    post = post_with(engineers, figure(large, dark_image=large.pk))

    assert raise_lead(post.body_html) == (post.body_html, None)


def test_a_body_without_pictures_has_no_lead():
    assert raise_lead(SafeString("<p>Words</p>")) == ("<p>Words</p>", None)


# Queries


def test_pictures_of_a_body_take_no_query_each(engineers, django_assert_max_num_queries):
    def body_with(count):
        images = [make_image(f"Picture {number}", width=900, height=9) for number in range(count)]
        named = "\n\n".join(f"![A square](image:{image.pk})" for image in images)
        figures = [figure(image, dark_image=image.pk) for image in images]
        return post_with(engineers, ("markdown", named), *figures, title=f"With {count}")

    for count in (1, 4):
        post = body_with(count)
        with django_assert_max_num_queries(4):
            assert post.body_html.count("<picture>") == 3 * count
