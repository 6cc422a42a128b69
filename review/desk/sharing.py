"""Making links in the admin, sending them, extending and revoking them."""

import logging
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from blog.clock import database_now
from blog.desk.release_rights import foreign_posts, may_open_releases
from blog.desk.requests import is_fetched
from blog.desk.words import counted, name_of
from blog.models import Release
from blog.moments import in_words
from review import limits, links
from review.desk.forms import ExtendForm, LetterForm, ShareForm
from review.desk.listing import (
    links_of_page,
    links_of_release,
    links_to_revoke,
    may_open_report,
    visible_links,
)
from review.desk.panel import Made, days_to_choose, panel_context, refusal_for, version_of
from review.models import ReviewLink

logger = logging.getLogger("twotrack.review")

TWICE = timedelta(seconds=10)  # A second link for the same within it is a button pressed twice.
LETTERS_AN_HOUR = 30


def page_to_review(user, page_id: int) -> Page:
    """The page, for those who may edit it."""
    page = get_object_or_404(Page, pk=page_id)
    if page.is_root() or not page.permissions_for_user(user).can_edit():
        raise PermissionDenied
    return page


def answered(request: HttpRequest, page: Page, *, status: int = 200, **context) -> HttpResponse:
    """The panel as it is now, for the script; else back to the editor, with what is to be said."""
    if is_fetched(request):
        shown = panel_context(request, page, **context)
        return unkept(render(request, "review/desk/panel.html", shown, status=status))
    if context.get("said"):
        messages.success(request, context["said"])
    if context.get("problem"):
        messages.error(request, context["problem"])
    return redirect(back(request, reverse("wagtailadmin_pages:edit", args=[page.pk])))


def back(request: HttpRequest, otherwise: str) -> str:
    asked = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure())
    return asked if is_ours else otherwise


def unkept(response: HttpResponse) -> HttpResponse:
    """Kept by nobody: the answer may hold the address of a link."""
    add_never_cache_headers(response)
    # With "no-referrer", browsers send the forms of the page without their origin: a 403.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


# Making


@require_http_methods(["GET", "POST"])
def share(request: HttpRequest, page_id: int) -> HttpResponse:
    """Make a link to the newest saved draft of a page."""
    page = page_to_review(request.user, page_id)
    form = ShareForm(request.POST or None, pages=[page], auto_id="review-%s")
    problem = refusal_for(page, request.user)
    made, loaded = None, request.POST.get("loaded")
    if request.method == "POST" and not problem and form.is_valid():
        with transaction.atomic():
            Page.objects.select_for_update(no_key=True, of=("self",)).only("pk").get(pk=page.pk)
            page.refresh_from_db()
            if loaded and loaded != version_of(page):
                problem = (
                    "The page was saved anew meanwhile, perhaps by somebody else. Load it again "
                    "to see what would be shared. No link was made."
                )
            else:
                made, problem = _made(request, page, form, Page.objects.filter(pk=page.pk))
    fresh = ShareForm(pages=[page], auto_id="review-%s") if made else form
    status = 200 if made or request.method == "GET" else 422
    if is_fetched(request):
        shown = panel_context(request, page, form=fresh, made=made, problem=problem)
        return unkept(render(request, "review/desk/panel.html", shown, status=status))
    context = {
        "title": page.get_admin_display_title(),
        "form": fresh,
        "made": made,
        "problem": problem,
        # As it was sent: pressing again must not share what was not seen.
        "loaded": version_of(page) if made or not loaded else loaded,
        "rows": links_of_page(page, request.user),
        **days_to_choose(),
        "action": reverse("review_share", args=[page.pk]),
        "back": reverse("wagtailadmin_pages:edit", args=[page.pk]),
    }
    return unkept(render(request, "review/desk/share.html", context, status=status))


@require_http_methods(["GET", "POST"])
def share_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Make one link to all posts of a release."""
    release = get_object_or_404(Release, pk=pk)
    if not may_open_releases(request.user) or foreign_posts(release, request.user):
        raise PermissionDenied
    pages = [row.post for row in release.release_posts.select_related("post") if row.post]
    form = ShareForm(request.POST or None, pages=pages, auto_id="review-%s")
    made, problem = None, ""
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            Release.objects.select_for_update(of=("self",)).get(pk=release.pk)
            held = Page.objects.filter(pk__in=[page.pk for page in pages])
            made, problem = _made(request, release, form, held)
    context = {
        "title": str(release),
        "release": release,
        "form": ShareForm(pages=pages, auto_id="review-%s") if made else form,
        "made": made,
        "problem": problem,
        "rows": links_of_release(release, request.user),
        **days_to_choose(),
        "action": reverse("review_share_release", args=[release.pk]),
        "back": reverse("releases:edit", args=[release.pk]),
    }
    status = 200 if made or request.method == "GET" else 422
    return unkept(render(request, "review/desk/share.html", context, status=status))


def _made(request, shared: Page | Release, form: ShareForm, pages) -> tuple[Made | None, str]:
    """The new link, or why there is none."""
    if _is_second_press(request.user, form.cleaned_data["label"], pages):
        return None, (
            f"A link for “{form.cleaned_data['label']}” was made a moment ago. If you did not "
            "see its address, revoke it below and make another."
        )
    try:
        link, token = links.make_review_link(shared, made_by=request.user, **form.chosen())
    except links.LinkError as error:
        return None, str(error)
    return Made(link, token, LetterForm(initial={"token": token}, auto_id="review-letter-%s")), ""


def _is_second_press(user, label: str, pages) -> bool:
    since = database_now() - TWICE
    same = ReviewLink.objects.filter(made_by=user, label=label, made_at__gt=since, revoked_at=None)
    return same.filter(linked_pages__page__in=pages).exists()


# Sending


@sensitive_post_parameters("token")
@require_POST
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the address of a link that was just made.

    It is sent at once and not by the outbox, which would keep the letter: the secret of a link is
    stored nowhere. Whether it was sent or not, its address stays on the screen.
    """
    link = links.find_link(request.POST.get("token", ""))
    if link is None or link.pk != pk or not links.may_manage(request.user, link):
        raise PermissionDenied
    token = request.POST["token"]
    letter = LetterForm(request.POST, auto_id="review-letter-%s")
    said = problem = ""
    if letter.is_valid():
        problem = _sent(request, link, token, letter)
        said = "" if problem else f"Sent to {letter.cleaned_data['to']}."
    else:
        problem = " ".join(str(errors[0]) for errors in letter.errors.values())
    if said:
        letter = LetterForm(initial={"token": token}, auto_id="review-letter-%s")
    made = Made(link, token, letter, said=said, problem=problem)
    status = 200 if said else 422
    shown = {"made": made, "back": _home_of(link)}
    template = "review/desk/made.html" if is_fetched(request) else "review/desk/sent.html"
    return unkept(render(request, template, shown, status=status))


def _sent(request, link: ReviewLink, token: str, letter: LetterForm) -> str:
    """Why the letter could not be sent, or nothing."""
    if links.ending_of(link):
        return "The link is over. It was not sent."
    if not Made(link, token, letter).may_mail:
        return "No mail server is set up. Copy the link and send it yourself."
    if not limits.within("mail", str(request.user.pk), LETTERS_AN_HOUR, seconds=3600):
        return "You have sent many letters within the hour. Copy the link and send it yourself."
    context = {
        "link": link,
        "address": links.address_of(link, token),
        "titles": [linked.title for linked in link.linked_pages.all()],
        "words": letter.cleaned_data["words"],
        "sender": name_of(request.user),
    }
    subject = f"{context['sender']} asks you to read a draft"
    text = render_to_string("mail/review_link.txt", context)
    sender = [request.user.email] if request.user.email else []
    message = EmailMessage(
        " ".join(subject.split()), text, to=[letter.cleaned_data["to"]], reply_to=sender
    )
    try:
        message.send()
    except (OSError, SMTPException, ValueError) as error:
        # Without the traceback: what it shows of the letter would be kept in the log.
        logger.warning("A review link could not be mailed: %s", type(error).__name__)
        return "The mail server did not take the letter. Copy the link and send it yourself."
    return ""


def _home_of(link: ReviewLink) -> str:
    """Where the link's editor goes on."""
    if link.release_id:
        return reverse("releases:edit", args=[link.release_id])
    linked = link.linked_pages.first()
    if linked and linked.page_id:
        return reverse("wagtailadmin_pages:edit", args=[linked.page_id])
    return reverse("wagtailadmin_home")


# Extending and revoking


@require_POST
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    link = _link_to_manage(request, pk)
    form = ExtendForm(request.POST)
    if not form.is_valid():
        most = settings.TWOTRACK_REVIEW_MOST_DAYS
        return _done(request, link, problem=f"A link can be open for 1 to {most} days.")
    try:
        links.extend(link, timedelta(days=form.cleaned_data["days"]), by=request.user)
    except links.LinkError as error:
        return _done(request, link, problem=str(error))
    until = in_words(link.expires_at)
    return _done(request, link, said=f"The link for “{link.label}” is open until {until}.")


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    link = _link_to_manage(request, pk)
    if links.revoke(link, by=request.user):
        said = f"The link for “{link.label}” is revoked. What was said by it stays."
        return _done(request, link, said=said)
    return _done(request, link, said=f"The link for “{link.label}” was over before.")


@require_POST
def revoke_all(request: HttpRequest, page_id: int) -> HttpResponse:
    """Revoke every open link of a page that the user may revoke."""
    page = page_to_review(request.user, page_id)
    rows = links_of_page(page, request.user)
    chosen = [row.link for row in rows if row.is_open and row.may_manage]
    return answered(request, page, said=_revoked(chosen, request.user))


@require_http_methods(["GET", "POST"])
def revoke_everywhere(request: HttpRequest) -> HttpResponse:
    """Revoke, once that is confirmed, every open link that the user sees and may revoke."""
    if not may_open_report(request.user):
        raise PermissionDenied
    chosen = links_to_revoke(request.user)
    if request.method == "POST":
        messages.success(request, _revoked(chosen, request.user))
        return redirect("review_links")
    return render(request, "review/desk/revoke_everywhere.html", {"count": len(chosen)})


def _revoked(chosen: list[ReviewLink], by) -> str:
    numbers = [link.pk for link in chosen]
    count = links.revoke_all(ReviewLink.objects.filter(pk__in=numbers), by=by)
    return f"{counted(count, 'link')} revoked. What was said by them stays."


def _link_to_manage(request: HttpRequest, pk: int) -> ReviewLink:
    """The link, for those who may manage it; nobody who may not see it learns that it is there."""
    link = get_object_or_404(ReviewLink.objects.select_related("made_by"), pk=pk)
    if links.may_manage(request.user, link):
        return link
    if visible_links(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    raise Http404


def _done(request: HttpRequest, link: ReviewLink, said: str = "", problem: str = ""):
    """Back to where the button was: the panel of a page, the page of a release, or the report."""
    asked = request.POST.get("page", "")
    if is_fetched(request) and asked.isdigit():
        page = page_to_review(request.user, int(asked))
        status = 422 if problem else 200
        return answered(request, page, said=said, problem=problem, status=status)
    (messages.error if problem else messages.success)(request, problem or said)
    return redirect(back(request, _home_of(link)))


# Wiring


@hooks.register("register_admin_urls")
def addresses():
    return [
        path("review/pages/<int:page_id>/share/", share, name="review_share"),
        path("review/pages/<int:page_id>/revoke-all/", revoke_all, name="review_revoke_all"),
        path("review/releases/<int:pk>/share/", share_release, name="review_share_release"),
        path("review/links/revoke-all/", revoke_everywhere, name="review_revoke_everywhere"),
        path("review/links/<int:pk>/mail/", mail, name="review_mail"),
        path("review/links/<int:pk>/extend/", extend, name="review_extend"),
        path("review/links/<int:pk>/revoke/", revoke, name="review_revoke"),
    ]


@hooks.register("register_release_header_button")
def share_button(release: Release, user) -> Button:
    address = reverse("review_share_release", args=[release.pk])
    return Button("Share for review", url=address, icon_name="group", priority=15)
