"""The panel “Review” beside a page's editor: remarks, approvals, and links to share it by."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.models import Page

from review import links
from review.desk.approvals import Needed, approvals_of, given, step_of, unvouched
from review.desk.forms import LONGEST_ANSWER, LetterForm, ShareForm
from review.desk.listing import links_of_page
from review.desk.remarks import remarks_of
from review.models import ReviewLink

LOGGED = "django.core.mail.backends.console"  # It writes a letter where anybody may read it.


@dataclass(frozen=True)
class Made:
    """A link that was just made. Its address is known now and never again."""

    link: ReviewLink
    token: str
    letter: LetterForm
    said: str = ""
    problem: str = ""

    @property
    def address(self) -> str:
        return links.address_of(self.link, self.token)

    @property
    def may_mail(self) -> bool:
        return not settings.EMAIL_BACKEND.startswith(LOGGED)

    @property
    def letter_url(self) -> str:
        return reverse("review_mail", args=[self.link.pk])


def panel_context(
    request: HttpRequest,
    page: Page,
    *,
    form: ShareForm | None = None,
    made: Made | None = None,
    said: str = "",
    problem: str = "",
) -> dict:
    """All that the panel shows of a stored page."""
    remarks, step = remarks_of(page), step_of(page)
    approvals = approvals_of(page, step)
    rows = links_of_page(page, request.user)
    refusal = refusal_for(page, request.user)
    latest = page.latest_revision
    return {
        "page": page,
        "csrf_token": get_token(request),
        "said": said,
        "problem": problem,
        "made": made,
        "refusal": refusal,
        "form": None if refusal else form or ShareForm(pages=[page], auto_id="review-%s"),
        "saved_at": latest.created_at if latest else page.last_published_at,
        "loaded": version_of(page),
        "open_remarks": [placed for placed in remarks if placed.is_open],
        "resolved_remarks": [placed for placed in remarks if not placed.is_open],
        "approvals": approvals,
        "needed": Needed(given(approvals), step.needed) if step else None,
        "unvouched": unvouched(approvals) if step else set(),
        "open_links": [row for row in rows if row.is_open],
        "ended_links": [row for row in rows if not row.is_open],
        "may_revoke_all": sum(row.is_open and row.may_manage for row in rows) > 1,
        "longest_answer": LONGEST_ANSWER,
        **days_to_choose(),
    }


def days_to_choose() -> dict:
    """For how long a link may be open, for templates."""
    most = settings.TWOTRACK_REVIEW_MOST_DAYS
    return {"usual_days": min(settings.TWOTRACK_REVIEW_DAYS, most), "most_days": most}


def refusal_for(page: Page, user) -> str:
    """Why the user cannot share the page at all, or nothing."""
    try:
        links.refuse_page(page, user, allows_restricted=True)
    except links.LinkError as error:
        return str(error)
    return ""


def version_of(page: Page) -> str:
    """Names the newest saved draft: an autosave keeps the number of its revision."""
    latest = page.latest_revision
    return f"{latest.pk} {latest.created_at.isoformat()}" if latest else ""


class ReviewPanel(BaseSidePanel):
    """What reviewers say about a page, and how it is shared with them."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = "Toggle review by people without an account"
        icon_name = "group"

        def get_context_data(self, parent_context):
            return super().get_context_data(parent_context) | {"count": self.panel.count}

    name = "review"
    title = "Review"
    template_name = "review/desk/side_panel.html"
    order = 160

    def __init__(self, object, request):
        super().__init__(object, request)
        self.context = panel_context(request, object) if object.pk else {}

    @property
    def count(self) -> int:
        return len(self.context.get("open_remarks", ()))

    def get_context_data(self, parent_context):
        return super().get_context_data(parent_context) | self.context


@hooks.register("register_page_side_panel")
def panel_for(page: Page, request: HttpRequest) -> ReviewPanel:
    return ReviewPanel(page, request)


@hooks.register("insert_global_admin_css")
def look() -> str:
    return format_html('<link rel="stylesheet" href="{}">', versioned_static("admin/review.css"))


@hooks.register("insert_global_admin_js")
def script() -> str:
    return format_html('<script src="{}" defer></script>', versioned_static("admin/review.js"))
