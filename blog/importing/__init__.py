"""Bringing in documents from where they were: one reader a format, then a draft.

`read` makes ImportedPosts and ImportedPages of a document and touches no database;
`save_as_draft` makes a page of an ImportedPost. See docs/importing.md.
"""

from blog.importing.documents import (
    ImportedAuthor,
    ImportedBlock,
    ImportedPage,
    ImportedPost,
    Picture,
    RemotePicture,
    UnreadableDocument,
)
from blog.importing.links import point_links_at_pages
from blog.importing.reading import documents_in, read
from blog.importing.saving import (
    CannotSave,
    Outcome,
    Saved,
    already_imported,
    find_track,
    save_as_draft,
)

__all__ = [
    "CannotSave",
    "ImportedAuthor",
    "ImportedBlock",
    "ImportedPage",
    "ImportedPost",
    "Outcome",
    "Picture",
    "RemotePicture",
    "Saved",
    "UnreadableDocument",
    "already_imported",
    "documents_in",
    "find_track",
    "point_links_at_pages",
    "read",
    "save_as_draft",
]
