"""The words of a publication as models."""

from blog.models.authors import Author, AuthorLink, PostAuthor
from blog.models.checks import CheckedPost, ExternalLink, PublishingRules, Strictness
from blog.models.diagrams import Diagram
from blog.models.images import Document, Image, Rendition
from blog.models.imports import ImportedDocument
from blog.models.missed import Heartbeat, MissedChange
from blog.models.outbox import OutboxEntry
from blog.models.planning import CalendarAddress, Release, ReleasePost
from blog.models.posts import PostPage, PostQuerySet
from blog.models.related import RelatedPost
from blog.models.rendered import RenderedBody
from blog.models.series import Series
from blog.models.tags import Tag, TaggedPost
from blog.models.tracks import Accent, TrackIcon, TrackIndexPage, page_of

__all__ = [
    "Accent",
    "Author",
    "AuthorLink",
    "CalendarAddress",
    "CheckedPost",
    "Diagram",
    "Document",
    "ExternalLink",
    "Heartbeat",
    "Image",
    "ImportedDocument",
    "MissedChange",
    "OutboxEntry",
    "PostAuthor",
    "PostPage",
    "PostQuerySet",
    "PublishingRules",
    "RelatedPost",
    "Release",
    "ReleasePost",
    "RenderedBody",
    "Rendition",
    "Series",
    "Strictness",
    "Tag",
    "TaggedPost",
    "TrackIcon",
    "TrackIndexPage",
    "page_of",
]
