"""The words of a publication as models."""

from blog.models.authors import Author, AuthorLink, PostAuthor
from blog.models.images import Document, Image, Rendition
from blog.models.imports import ImportedDocument
from blog.models.posts import PostPage, PostQuerySet
from blog.models.rendered import RenderedBody
from blog.models.tags import Tag, TaggedPost
from blog.models.tracks import Accent, TrackIcon, TrackIndexPage, page_of

__all__ = [
    "Accent",
    "Author",
    "AuthorLink",
    "Document",
    "Image",
    "ImportedDocument",
    "PostAuthor",
    "PostPage",
    "PostQuerySet",
    "RenderedBody",
    "Rendition",
    "Tag",
    "TaggedPost",
    "TrackIcon",
    "TrackIndexPage",
    "page_of",
]
