"""What is written into the history of pages about their links: who shared what with whom."""

from datetime import datetime

from django.db.models import F, Func, JSONField
from wagtail import hooks
from wagtail.log_actions import LogFormatter, log
from wagtail.models import PageLogEntry

from review.models import LinkedPage, ReviewLink

ACTIONS = {
    "create": ("Share for review", "Shared for review with {label}"),
    "open": ("Open a review link", "Opened by {label}"),
    "denied": ("Refuse a review link", "Refused to {label}: {because}"),
    "extend": ("Extend a review link", "Link for {label} extended"),
    "revoke": ("Revoke a review link", "Link for {label} revoked"),
    "expire": ("End a review link", "Link for {label} ended: {because}"),
    "answer": ("Answer a remark", "Remark by {name} answered"),
    "resolve": ("Resolve a remark", "Remark by {name} resolved"),
    "reopen": ("Reopen a remark", "Remark by {name} opened again"),
    "delete_remark": ("Delete a remark", "Remark by {name} deleted"),
    "suffice": ("Enough approvals by reviewers", "Approved by {name}"),
}
ABOUT_CLIENTS = ["open", "denied"]  # Their entries tell readers apart, by `client`.


def note(action: str, link: ReviewLink, *, user=None, page: LinkedPage | None = None, **data):
    """Write `action` into the history of the link's pages that are still there, or of one."""
    linked_pages = [page] if page else link.linked_pages.select_related("page")
    for linked in linked_pages:
        if linked.page is not None:
            log(
                instance=linked.page.specific_deferred,
                action=f"twotrack.review.{action}",
                user=user,
                title=linked.title,
                data={"link": link.public_id, "label": link.label, **data},
            )


class WithoutClient(Func):
    """What an entry says besides the reader's network and browser."""

    output_field = JSONField()

    def as_sqlite(self, compiler, connection, **options):
        template = "JSON_REMOVE(%(expressions)s, '$.client')"
        return self.as_sql(compiler, connection, template=template, **options)

    def as_postgresql(self, compiler, connection, **options):
        template = "(%(expressions)s - 'client')"
        return self.as_sql(compiler, connection, template=template, **options)


def forget_clients(before: datetime) -> int:
    """Take out of entries of that time what tells readers apart; what happened stays.

    Returns how many entries said such a thing.
    """
    told = [f"twotrack.review.{action}" for action in ABOUT_CLIENTS]
    old = PageLogEntry.objects.filter(action__in=told, timestamp__lt=before, data__has_key="client")
    return old.update(data=WithoutClient(F("data")))


@hooks.register("register_log_actions")
def name_what_is_logged(actions):
    for name, (words, said) in ACTIONS.items():

        @actions.register_action(f"twotrack.review.{name}")
        class OfLink(LogFormatter):
            label = words
            sentence = said

            def format_message(self, entry):
                unknown = {"label": "somebody", "name": "somebody", "because": "no reason noted"}
                return self.sentence.format(**unknown | (entry.data or {}))
