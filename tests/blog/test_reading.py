"""How facts are put into words for readers."""

import pytest
from django.core.paginator import Paginator

from blog.templatetags.reading import page_numbers, reading_time, words_of_path


def test_reading_time_in_words():
    assert reading_time(6) == "6 min read"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/engineers/kv-cache-paging/", "kv cache paging"),
        ("/2024/05/2024-05-17-kv_cache.html", "kv cache"),
        ("/posts/what-is-gpt-4/", "what is gpt 4"),
        ("/engineers/2024/", "engineers"),
        ("/tags/mémoire/", "mémoire"),
        ("/<b>/", "b"),
        ("/", ""),
        ("", ""),
        ("/2024/05/", ""),
        ("/" + "long-" * 50, ("long " * 20).strip()),
    ],
)
def test_words_of_an_address(path, words):
    assert words_of_path(path) == words


@pytest.mark.parametrize(
    ("pages", "number", "shown"),
    [
        (3, 1, [1, 2, 3]),
        (9, 5, [1, "…", 4, 5, 6, "…", 9]),
        (9, 1, [1, 2, "…", 9]),
    ],
)
def test_page_numbers_keep_the_ends_and_the_neighbours(pages, number, shown):
    page = Paginator(range(pages), 1).page(number)

    assert list(page_numbers(page)) == shown
