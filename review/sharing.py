"""Frozen copies: what a reviewer reads stays as it was, whatever becomes of the revision.

Autosaving rewrites a revision in place and purging deletes it, so a link holds a copy of its own,
in one written form, with its hash.
"""

import hashlib
import json
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from wagtail.fields import StreamField
from wagtail.models import COMMENTS_RELATION_NAME, Page, Revision

from blog.clock import database_now
from blog.models import PostPage
from review.models import LinkedPage, SharedVersion

# What a revision keeps of the page as a whole, and of what is planned for it. Nothing of it is
# shown, editors' comments least; nor is a version another one because of it.
NOT_SHOWN = {
    COMMENTS_RELATION_NAME,
    *["draft_title", "live", "has_unpublished_changes", "owner"],
    *["locked", "locked_at", "locked_by"],
    *["latest_revision", "latest_revision_created_at", "live_revision"],
    *["first_published_at", "last_published_at"],
    *["go_live_at", "expire_at", "expired", "planned_for", "review_by"],
    *["path", "depth", "numchild", "url_path"],
}


class DamagedCopyError(Exception):
    """A frozen copy is not what was frozen, or can no longer be shown."""


def freeze(page: Page, revision: Revision | None = None) -> SharedVersion:
    """A new frozen copy of a revision; without one, of the page's latest, or of the page itself.

    Raises DamagedCopyError when it holds nothing that can be shown.
    """
    revision = revision or page.get_latest_revision()
    written, as_of = _written(page, revision)
    version = SharedVersion(
        page_number=page.pk,
        revision_number=revision.pk if revision else None,
        content=written,
        sha256=_hash_of(written),
        as_of=as_of,
        made_at=database_now(),
    )
    page_of(version, page)
    version.save()
    return version


def content_of(version: SharedVersion) -> dict:
    """The content as a revision has it. Raises DamagedCopyError when its hash is another."""
    if _hash_of(version.content) != version.sha256:
        raise DamagedCopyError(f"The copy {version.pk} of page {version.page_number} is damaged.")
    return json.loads(version.content)


def says_the_latest(version: SharedVersion, page: Page) -> bool:
    """Whether the newest draft of the page still says what was shared."""
    try:
        shared = content_of(version)
        latest = json.loads(_written(page, page.get_latest_revision())[0])
    except DamagedCopyError:
        return False
    return _said_in(shared) == _said_in(latest)


def page_of(version: SharedVersion, page: Page) -> Page:
    """The page as it was in that version, to be shown and never to be saved.

    Raises DamagedCopyError when nothing can be made of the copy any more.
    """
    content = content_of(version)
    try:
        shown = page.specific.with_content_json(content)
    except Exception as error:
        # Any content that a former release, or a faulty import, has left in a revision.
        raise DamagedCopyError(f"Page {page.pk} cannot be shown as shared: {error}") from error
    if isinstance(shown, PostPage) and not (shown.display_date or shown.first_published_at):
        # Else it would have the date of each reading, and no two of them were the same.
        shown.display_date = version.as_of
    return shown


def follow(linked: LinkedPage) -> SharedVersion:
    """The latest version of the page, frozen when it is another than the link has shown last."""
    page = linked.page
    written, _ = _written(page, page.get_latest_revision())
    if _hash_of(written) == linked.version.sha256:
        return linked.version
    former, linked.version = linked.version, freeze(page)
    # Of two readers who come at once, each sees what they have; the link keeps one of both.
    LinkedPage.objects.filter(pk=linked.pk, version=former).update(version=linked.version)
    return linked.version


def _written(page: Page, revision: Revision | None) -> tuple[str, datetime]:
    """The content in the one form, and when it was written."""
    if revision is None:
        content = page.specific.serializable_data()
        as_of = page.last_published_at or database_now()
    else:
        content, as_of = revision.content, revision.created_at
    if not isinstance(content, dict) or not content:
        raise DamagedCopyError(f"There is no content in the version of page {page.pk}.")
    streams = {
        field.name
        for field in page.specific_class._meta.get_fields()
        if isinstance(field, StreamField)
    }
    shown = {
        name: _in_one_order(value) if name in streams else value
        for name, value in content.items()
        if name not in NOT_SHOWN
    }
    written = json.dumps(shown, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"))
    return written, as_of


def _in_one_order(value):
    """The blocks of a stream field, which a revision holds as text: PostgreSQL gives the keys of
    what is stored in an order of its own, and the same words must not be another version.
    """
    try:
        return json.dumps(json.loads(value), sort_keys=True)
    except (TypeError, ValueError):  # Whether it can be shown is found out later.
        return value


def _said_in(content: dict) -> dict:
    """Without the HTML that was made of it: a later release may make another."""
    return {name: value for name, value in content.items() if name != "rendered"}


def _hash_of(written: str) -> str:
    return hashlib.sha256(written.encode()).hexdigest()
