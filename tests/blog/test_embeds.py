"""Videos and other things elsewhere: a link first, and nothing loaded before a reader asks."""

import pytest

from blog.embeds import frame_url, loaded_from
from blog.models import PostPage
from tests.factories import make_image, make_post

TALK = {"url": "https://www.youtube.com/watch?v=dQw4w9WgXcQ", "title": "A talk", "text": "Slides."}
ELSEWHERE = {"url": "https://example.org/talk", "title": "A talk"}


@pytest.mark.parametrize(
    ("url", "frame"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "dQw4w9WgXcQ?autoplay=1"),
        ("https://m.youtube.com/watch?list=x&v=dQw4w9WgXcQ", "dQw4w9WgXcQ?autoplay=1"),
        ("https://youtu.be/dQw4w9WgXcQ?t=1m30s", "dQw4w9WgXcQ?autoplay=1&start=90"),
        ("https://youtu.be/dQw4w9WgXcQ?t=42", "dQw4w9WgXcQ?autoplay=1&start=42"),
        ("https://youtube.com/shorts/dQw4w9WgXcQ", "dQw4w9WgXcQ?autoplay=1"),
        ("https://www.youtube.com/live/dQw4w9WgXcQ?start=7", "dQw4w9WgXcQ?autoplay=1&start=7"),
        ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", "dQw4w9WgXcQ?autoplay=1"),
    ],
)
def test_a_video_of_youtube_plays_from_its_quieter_host(url, frame):
    assert frame_url(url) == f"https://www.youtube-nocookie.com/embed/{frame}"


@pytest.mark.parametrize(
    ("url", "frame"),
    [
        ("https://vimeo.com/76979871", "76979871?dnt=1&autoplay=1"),
        ("https://vimeo.com/76979871/8272103f6e", "76979871?dnt=1&autoplay=1&h=8272103f6e"),
        (
            "https://player.vimeo.com/video/76979871?h=8272103f6e#t=1",
            "76979871?dnt=1&autoplay=1&h=8272103f6e",
        ),
    ],
)
def test_a_video_of_vimeo_is_asked_not_to_track(url, frame):
    assert frame_url(url) == f"https://player.vimeo.com/video/{frame}"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://example.org/watch?v=dQw4w9WgXcQ",
        "https://youtube.com.example.org/watch?v=dQw4w9WgXcQ",
        "https://example.org/?https://youtu.be/dQw4w9WgXcQ",
        "https://www.youtube.com/@channel",
        "https://www.youtube.com/playlist?list=PL123",
        "https://www.youtube.com/watch?v=short",
        'https://youtu.be/dQw4w9WgXc"',
        "https://youtu.be/dQw4w9WgXcQ/../../x",
        "https://vimeo.com/channels/staffpicks",
        "https://vimeo.com/٣٤٥",
        "javascript:alert(1)//youtu.be/dQw4w9WgXcQ",
        "ftp://youtu.be/dQw4w9WgXcQ",
        "https://[",
    ],
)
def test_anything_else_stays_a_link(url):
    assert frame_url(url) is None


@pytest.mark.parametrize(
    ("url", "service"),
    [("https://youtu.be/dQw4w9WgXcQ", "youtube.com"), ("https://vimeo.com/1", "vimeo.com")],
)
def test_readers_are_told_the_service_by_the_name_they_know(url, service):
    assert loaded_from(frame_url(url)) == service


def test_a_video_is_a_link_that_knows_what_would_play(engineers):
    post = make_post(engineers, body=[("embed", TALK)])

    html = " ".join(PostPage.objects.get(pk=post.pk).body_html.split())

    assert html == (
        '<div class="player" '
        'data-frame="https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1" '
        'data-title="A talk" data-from="youtube.com"> '
        '<a class="card embed" href="https://www.youtube.com/watch?v=dQw4w9WgXcQ" rel="noopener"> '
        "<b>A talk</b> <span>Slides.</span> <span>On youtube.com</span> </a> </div>"
    )


def test_what_cannot_play_in_place_is_the_link_alone(engineers):
    post = make_post(engineers, body=[("embed", ELSEWHERE)])

    html = " ".join(PostPage.objects.get(pk=post.pk).body_html.split())

    assert html == (
        '<a class="card embed" href="https://example.org/talk" rel="noopener"> '
        "<b>A talk</b> <span>On example.org</span> </a>"
    )


def test_nothing_is_loaded_from_elsewhere(client, engineers):
    make_post(engineers, "Talk", body=[("embed", TALK | {"poster": make_image()})])

    html = client.get("/engineers/talk/").content.decode()

    for sign in ("<iframe", "<embed", 'src="http', 'srcset="http', "preconnect", "dns-prefetch"):
        assert sign not in html


def test_a_poster_is_a_picture_of_ours_that_says_nothing(engineers):
    image = make_image()
    post = make_post(engineers, body=[("embed", ELSEWHERE | {"poster": image})])

    html = PostPage.objects.get(pk=post.pk).body_html

    assert f'<img src="{image.file.url}" alt="" width="60" height="40" loading="lazy"' in html


def test_only_a_page_with_such_a_video_may_frame_and_only_that(client, engineers):
    make_post(engineers, "With", body=[("embed", TALK)])
    make_post(engineers, "Without", body=[("embed", ELSEWHERE)])
    make_post(engineers, "Words", markdown='`<div class="player" data-frame="x">`')

    def policy(slug):
        return client.get(f"/engineers/{slug}/").headers["Content-Security-Policy"]

    assert (
        "frame-src https://www.youtube-nocookie.com https://player.vimeo.com;"
        in policy("with") + ";"
    )
    assert "frame-src" not in policy("without")
    assert "frame-src" not in policy("words")


def test_words_of_an_embed_are_found(engineers):
    post = make_post(engineers, body=[("embed", TALK)])

    assert post.plain_text.split("\n") == ["A talk", "Slides."]
