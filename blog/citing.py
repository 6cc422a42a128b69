"""How others cite a post: as BibTeX, and as a sentence."""

import re
import unicodedata

from django.utils import timezone
from django.utils.dateformat import format as format_date

from blog.bibliography import Entry, words_of_entry
from blog.bibliography.latex import written
from blog.highlighting import showable
from blog.models import PostPage

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_URL_SIGNS = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"})
_ONE_NAME = re.compile(r",|\band\b", re.I)


def key_of_post(post: PostPage) -> str:
    """First author's surname, year and a word of the slug: lindqvist2025bloom."""
    names = [author.name.split()[-1] for author in post.author_list[:1] if author.name.split()]
    words = [word for part in post.slug.split("-") if (word := _plain(part)) and word.isalpha()]
    word = next((word for word in words if len(word) > 3), words[0] if words else "")
    surname = _plain(names[0]) if names else ""
    return f"{surname or 'post'}{timezone.localtime(post.shown_date).year}{word}"


def bibtex_of(post: PostPage, publication: str) -> str:
    """An entry for BibTeX and biblatex that gives back exactly the words of the post."""
    date = timezone.localtime(post.shown_date)
    fields = {
        "author": " and ".join(_name(author.name) for author in post.author_list),
        "title": f"{{{_written(post.title)}}}",  # Braces of its own keep the capitals.
        "howpublished": _written(publication),
        "year": str(date.year),
        "month": _MONTHS[date.month - 1],
        "url": (post.canonical_url or "").translate(_URL_SIGNS),
        "note": _updated(post),
    }
    lines = [
        f"  {name} = {words if name == 'month' else f'{{{words}}}'},"
        for name, words in fields.items()
        if words
    ]
    return "\n".join([f"@misc{{{key_of_post(post)},", *lines, "}"])


def citation_of(post: PostPage, publication: str) -> str:
    """A sentence or two: who, what, where and when, and the address."""
    words = words_of_entry(
        Entry(
            key=post.slug,
            authors=tuple(author.name for author in post.author_list),
            title=" ".join(post.title.split()),
            container=publication,
            year=format_date(timezone.localtime(post.shown_date), "j F Y"),
            note=_updated(post),
        )
    )
    return f"{words} {post.canonical_url or ''}".strip()


def _written(words: str) -> str:
    return written(showable(words))


def _name(name: str) -> str:
    """The name, in braces of its own where it would be read as several or turned round."""
    words = _written(name)
    return f"{{{words}}}" if _ONE_NAME.search(words) else words


def _updated(post: PostPage) -> str:
    """When the post was changed, in words, or ""."""
    if not post.updated_at:
        return ""
    return f"Updated {format_date(timezone.localtime(post.updated_at), 'j F Y')}"


def _plain(words: str) -> str:
    """The letters and digits of the words, without accents, as every tool takes them in a key."""
    folded = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", folded.lower())
