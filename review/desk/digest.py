"""Telling editors of remarks and approvals: several by one letter, and at most one an hour.

Whom to tell is written down with the remark itself, so nothing is lost when a process is killed;
a letter and the notes that it was written are one transaction, so nothing is told twice.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models.signals import post_save
from django.template.loader import render_to_string
from django.urls import reverse
from wagtail.users.models import UserProfile

from blog import mailing
from blog.clock import database_now
from review.models import Approval, Notice, Remark

logger = logging.getLogger("twotrack.review")

MOST_PAGES, MOST_OF_PAGE = 20, 10  # in one letter; the rest is counted
KEPT = timedelta(days=90)


def tell_editors() -> int:
    """Write the letters that are due; returns their number. Others may do so at the same time."""
    Notice.objects.filter(told_at__lt=database_now() - KEPT).delete()
    waiting = Notice.objects.filter(told_at=None).order_by().values_list("user", flat=True)
    count = 0
    for number in sorted(set(waiting)):
        try:
            count += _tell(number)
        except Exception:  # The other editors must not suffer.
            logger.exception("Editor %s could not be told of what reviewers say", number)
    return count


@transaction.atomic
def _tell(number: int) -> bool:
    user = get_user_model().objects.select_for_update(of=("self",)).get(pk=number)
    now = database_now()
    since = now - timedelta(minutes=settings.TWOTRACK_REVIEW_DIGEST_MINUTES)
    if Notice.objects.filter(user=user, told_at__gt=since).exists():
        return False
    notices = list(
        Notice.objects.filter(user=user, told_at=None).select_related(
            *["remark__link", "remark__linked_page__page", "remark__parent"],
            *["approval__link", "approval__linked_page__page"],
        )
    )
    if not notices:
        return False
    news = [notice for notice in notices if _is_news(notice, user)]
    is_written = bool(news) and wants_letters(user)
    if is_written:
        _write(user, news, key=f"review:{user.pk}:{notices[0].pk}")
        Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(told_at=now)
    else:
        Notice.objects.filter(pk__in=[notice.pk for notice in notices]).delete()
    return is_written


def _is_news(notice: Notice, user) -> bool:
    """Whether there is still something to do, and the user may do it."""
    said = notice.remark or notice.approval
    if notice.remark and (notice.remark.parent or notice.remark).resolved_at:
        return False
    page = said.linked_page.page
    return page is not None and page.permissions_for_user(user).can_edit()


def wants_letters(user) -> bool:
    """Who has an address, and has not switched off letters about comments."""
    if not user.is_active or not user.email:
        return False
    profile = UserProfile.objects.filter(user=user).first()
    return profile is None or profile.updated_comments_notifications


def _write(user, notices: list[Notice], *, key: str) -> None:
    pages: dict[int, dict] = {}
    for notice in notices:
        said = notice.remark or notice.approval
        page = said.linked_page.page
        entry = pages.setdefault(page.pk, {"page": page, "remarks": [], "approvals": []})
        entry["remarks" if notice.remark else "approvals"].append(said)
    for entry in pages.values():
        entry["address"] = settings.WAGTAILADMIN_BASE_URL + reverse(
            "wagtailadmin_pages:edit", args=[entry["page"].pk], fragment="review"
        )
        for kind in ("remarks", "approvals"):
            entry[f"more_{kind}"] = max(0, len(entry[kind]) - MOST_OF_PAGE)
            del entry[kind][MOST_OF_PAGE:]
    shown = list(pages.values())
    context = {
        "pages": shown[:MOST_PAGES],
        "more": max(0, len(shown) - MOST_PAGES),
        "minutes": settings.TWOTRACK_REVIEW_DIGEST_MINUTES,
    }
    remarks = sum(notice.remark is not None for notice in notices)
    text = render_to_string("mail/review_digest.txt", context)
    mailing.send_later(user.email, _subject(remarks, len(notices) - remarks), text, key=key)


def _subject(remarks: int, approvals: int) -> str:
    counted = [(remarks, "remark"), (approvals, "approval")]
    said = [f"{count} {word}{'' if count == 1 else 's'}" for count, word in counted if count]
    return f"{' and '.join(said)} by reviewers"


def on_said(sender, instance, created, **kwargs):
    """A reviewer has said something: note whom to tell. Editors need not be told of editors."""
    if not created or getattr(instance, "by_id", None):
        return
    page = instance.linked_page.page
    people = {instance.link.made_by_id, page.owner_id if page else None} - {None}
    kind = "remark" if sender is Remark else "approval"
    Notice.objects.bulk_create(
        [
            Notice(user_id=number, made_at=instance.made_at, **{kind: instance})
            for number in sorted(people)
        ],
        ignore_conflicts=True,
    )


def connect() -> None:
    """Called once, when the app is ready."""
    post_save.connect(on_said, sender=Remark)
    post_save.connect(on_said, sender=Approval)
