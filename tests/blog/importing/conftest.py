"""Documents on disk, and pictures to lie beside them."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Picture

from blog.importing import read

FIELDS = "---\ntitle: A title\ndate: 2025-01-02\ncategories: [everyone]\n"


@pytest.fixture
def write(tmp_path):
    """Write a document, given as text or bytes, and return its path."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def read_text(write):
    """The one thing that a document of this name and content gives."""

    def read_text(content: str | bytes, name: str = "post.md"):
        (found,) = read(write(name, content))
        return found

    return read_text


@pytest.fixture
def read_body(read_text):
    """The blocks of a post in Markdown with this body."""
    return lambda body: read_text(f"{FIELDS}---\n{body}").body


@pytest.fixture
def feed_of():
    """An RSS feed with these items, each the inside of an <item>."""

    def feed_of(*items: str) -> str:
        inside = "".join(f"<item>{item}</item>" for item in items)
        return (
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
            f"<title>News</title>{inside}</channel></rss>"
        )

    return feed_of


def png(width: int = 6, height: int = 4, colour: str = "teal") -> bytes:
    data = BytesIO()
    Picture.new("RGB", (width, height), colour).save(data, "PNG")
    return data.getvalue()
