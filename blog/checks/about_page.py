"""What is checked of a post beside its body: title, excerpt, teaser, tags."""

from collections.abc import Iterator

from blog.checks.findings import NOTE, Finding

LONGEST_TITLE, TITLE_SHOWN_IN_FULL = 110, 70
LONGEST_EXCERPT = 300
TEASER_SIZE = (1200, 800)
MOST_TAGS = 5


def about_page(post) -> Iterator[Finding]:
    """Findings of a post's fields, in the order of the editor."""
    yield from _title(post.title or "")
    yield from _excerpt((post.excerpt or "").strip())
    yield from _teaser(post)
    yield from _tags(post.tags.count() if post.pk or post.tags.all() else 0)


def _title(title: str) -> Iterator[Finding]:
    where = {"field": "title", "anchor": "id_title"}
    if len(title) > LONGEST_TITLE:
        yield Finding(
            "title",
            f"The title has {len(title)} characters. Cut it to {LONGEST_TITLE} or fewer.",
            **where,
        )
    elif len(title) > TITLE_SHOWN_IN_FULL:
        yield Finding(
            "title",
            f"The title has {len(title)} characters; search results show {TITLE_SHOWN_IN_FULL}.",
            level=NOTE,
            **where,
        )


def _excerpt(excerpt: str) -> Iterator[Finding]:
    where = {"field": "excerpt", "anchor": "id_excerpt"}
    if not excerpt:
        yield Finding("excerpt", "The excerpt is empty. Write one or two plain sentences.", **where)
    elif len(excerpt) > LONGEST_EXCERPT:
        yield Finding(
            "excerpt",
            f"The excerpt has {len(excerpt)} characters. Cut it to {LONGEST_EXCERPT} or fewer.",
            **where,
        )


def _teaser(post) -> Iterator[Finding]:
    picture = post.teaser_image
    where = {"field": "teaser_image", "anchor": "id_teaser_image-chooser"}
    if picture is None:
        yield Finding("teaser", "There is no teaser picture.", **where)
        return
    if not (post.teaser_alt or post.teaser_is_decorative or picture.description):
        yield Finding(
            "alt_text",
            "The teaser picture has no alt text.",
            field="teaser_alt",
            anchor="id_teaser_alt",
        )
    width, height = TEASER_SIZE
    if picture.width < width or picture.height < height:
        yield Finding(
            "teaser_size",
            f"The teaser picture is {picture.width} × {picture.height} pixels. "
            f"Choose one of at least {width} × {height}.",
            **where,
        )


def _tags(count: int) -> Iterator[Finding]:
    where = {"field": "tags", "anchor": "id_tags"}
    if not count:
        yield Finding("tags", "There are no tags, so no topic leads to this post.", **where)
    elif count > MOST_TAGS:
        yield Finding(
            "tags", f"There are {count} tags. Keep the {MOST_TAGS} that fit best.", **where
        )
