"""What a reviewer sends: remarks, answers, “Looks good”. No word of it is lost when it is refused.

The forms are on pages of their own, which show of the draft its bare words. The page that shows the
draft itself has no form and may send none, whatever is written in it.
"""

import re
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from review import approving, links, sharing
from review.forms import LONGEST, NameForm, RemarkForm
from review.models import Ending, Remark, SharedVersion
from review.reading import Review, address_of
from review.remarking import RefusedError, write
from review.showing_changes import changes_between
from review.views import SeeOther, missed, over, reviewed, reviewed_first

VERSION = re.compile(r"[0-9a-f]{12}")
STALE = "This page had been open for too long, so nothing was sent. Your words are still here."
LOST = (
    "The draft has changed, and the place that you mean is not known any more. Send your words "
    "as a remark on the page, or go back and choose the place again."
)


def for_writers(view: Callable[[Review, QueryDict | None], HttpResponse]) -> Callable:
    """A view of a reviewer who may write: it is called with the reading, and what was sent or None.

    Whatever is in the way of it, the answer gives back what was typed.
    """

    # A forged origin is looked for within: Django's own answer would lose the words.
    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, public_id: str, place: int = 1) -> HttpResponse:
        try:
            found = reviewed(request, public_id, place)
            if isinstance(found, HttpResponse):
                return _given_back(request, found.status_code) or found
            if not found.may_write:
                return _given_back(request, 404) or missed(request)
        except Http404:
            kept = _given_back(request, 404)
            if kept is None:
                raise
            return kept
        try:
            return view(found, request.POST if request.method == "POST" else None)
        except sharing.DamagedCopyError:
            answer = over(request, found.link, Ending.DAMAGED, found.linked)
            return _given_back(request, answer.status_code) or answer
        except RefusedError as refused:
            return _kept(request, refused.status)

    return guarded


@for_writers
def remark(review: Review, sent: QueryDict | None) -> HttpResponse:
    """The form for a remark or an answer, and what it sends."""
    asked = sent if sent is not None else review.request.GET
    is_known = _turn_to(review, asked.get("v", ""))
    parent = _answered(review, asked.get("to", ""))
    piece = review.words.piece_of(asked.get("at", "")) if is_known else None
    initial = {
        "name": review.session.name,
        "v": review.version.sha256[:12],
        "at": piece.key if piece else "",
        "to": parent.pk if parent else None,
    }
    context = {"piece": piece, "parent": parent}
    if asked.get("at") and piece is None:
        if sent is not None:
            quoted = f"“{sent['quote']}”\n\n" if sent.get("quote") else ""
            initial |= {"name": sent.get("name"), "text": quoted + sent.get("text", "")}
        context |= {"form": RemarkForm(initial=initial), "problem": LOST}
        return _page_with_form(review, "review/remark.html", context, 409)
    on = {} if parent else {"words": review.words, "piece": piece}
    form = context["form"] = RemarkForm(sent, initial=initial, **on)
    if sent is None:
        return _page_with_form(review, "review/remark.html", context)
    if is_forged(review.request):
        return _page_with_form(review, "review/remark.html", context | {"problem": STALE}, 403)
    if not form.is_valid():
        return _page_with_form(review, "review/remark.html", context, 422)
    try:
        written = _write(review, form.cleaned_data, parent)
    except RefusedError as refused:
        if refused.status == 410:
            raise
        context["problem"] = str(refused)
        return _page_with_form(review, "review/remark.html", context, refused.status)
    return SeeOther(f"{review.address}#remark-{written.pk}")


@for_writers
def good(review: Review, sent: QueryDict | None) -> HttpResponse:
    """Say that the version looks good, or take it back."""
    if review.link.follows_latest:
        sharing.follow(review.linked)
    form = NameForm(sent, initial={"name": review.session.name, "v": review.version.sha256[:12]})
    if sent is None:
        return _page_with_form(review, "review/good.html", {"form": form})
    if is_forged(review.request):
        return _page_with_form(review, "review/good.html", {"form": form, "problem": STALE}, 403)
    if "undo" in sent:
        approving.take_back(review.session, review.linked)
        return SeeOther(review.address)
    if sent.get("v") != review.version.sha256[:12]:
        problem = "The draft has changed since you opened this page. Read it again first."
        form = NameForm(initial={"name": sent.get("name"), "v": review.version.sha256[:12]})
        return _page_with_form(review, "review/good.html", {"form": form, "problem": problem}, 409)
    if not form.is_valid():
        return _page_with_form(review, "review/good.html", {"form": form}, 422)
    approving.approve(review.session, review.linked, name=form.cleaned_data["name"])
    return SeeOther(review.address)


@csrf_exempt
@require_safe
def changes(request: HttpRequest, public_id: str, place: int = 1) -> HttpResponse:
    """What is other than in the version that was read last, or than what is published."""
    found = reviewed(request, public_id, place)
    if isinstance(found, HttpResponse):
        return found
    review, is_public = found, request.GET.get("from") == "public"
    try:
        old = review.linked.page.specific if is_public else _page_seen_before(review)
        if old is None or (is_public and not review.is_public):
            raise Http404
        found_changes = changes_between(old, review.page)
    except sharing.DamagedCopyError:
        return over(request, review.link, Ending.DAMAGED, review.linked)
    context = {"changes": found_changes, "is_public": is_public}
    return _page(review, "review/changes.html", context)


@csrf_exempt
@require_safe
def all_pages(request: HttpRequest, public_id: str) -> HttpResponse:
    """The pages of the link, and what was said about each."""
    review = reviewed_first(request, public_id)
    if isinstance(review, HttpResponse):
        return review
    counted = review.link.linked_pages.annotate(
        said=Count("remarks", Q(remarks__parent=None), distinct=True),
        unsettled=Count(
            "remarks", Q(remarks__parent=None, remarks__resolved_at=None), distinct=True
        ),
        good=Count("approvals", Q(approvals__version__sha256=F("version__sha256")), distinct=True),
    ).select_related("page", "version")
    rows = [
        {
            "title": linked.title,
            "address": address_of(review.link, linked),
            "is_over": links.ending_of_page(linked, review.link) is not None,
            "said": linked.said,
            "unsettled": linked.unsettled,
            "good": linked.good,
        }
        for linked in counted
    ]
    return _page(review, "review/all.html", {"rows": rows})


def is_forged(request: HttpRequest) -> bool:
    """Whether what was sent has not come from a form of ours, or from one of another day."""
    check = _Check(lambda _: HttpResponse())
    check.process_request(request)
    return check.process_view(request, None, (), {}) is not None


class _Check(CsrfViewMiddleware):
    def _reject(self, request, reason):
        return HttpResponse(reason, status=403)


def _given_back(request: HttpRequest, status: int) -> HttpResponse | None:
    """What was typed, where a page of ours has sent it: no other is to put words on our pages."""
    if request.method == "POST" and _is_from_here(request) and request.POST.get("text"):
        return _kept(request, status if status >= 400 else 410)
    return None


def _kept(request: HttpRequest, status: int) -> HttpResponse:
    """That nothing was sent, with what was typed, to be copied."""
    words = request.POST.get("text", "")[: 20 * LONGEST]
    response = render(request, "review/kept.html", {"words": words}, status=status)
    if status == 429:
        response.headers["Retry-After"] = "60"
    return response


def _is_from_here(request: HttpRequest) -> bool:
    """Whether a page of ours has sent it, as far as the browser says."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()


def _turn_to(review: Review, version: str) -> bool:
    """Go back to the version that the reviewer had before them; whether the link has shown it."""
    if not version or review.version.sha256.startswith(version):
        return True
    shown = SharedVersion.objects.filter(sha256__startswith=version)
    found = VERSION.fullmatch(version) and review.linked.seen.filter(version__in=shown).first()
    if found:
        review.linked.version = found.version
    return bool(found)


def _answered(review: Review, number: str) -> Remark | None:
    """The remark of this page that is answered."""
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        return None
    return review.linked.remarks.select_related("parent").filter(pk=int(number)).first()


def _write(review: Review, sent: dict, parent: Remark | None) -> Remark:
    return write(
        review.session,
        review.linked,
        review.version,
        text=sent["text"],
        name=sent["name"],
        selector=sent["selector"],
        parent=parent,
    )


def _page_seen_before(review: Review):
    return review.before and sharing.page_of(review.before, review.linked.page)


def _page_with_form(
    review: Review, template: str, context: dict, status: int = 200
) -> HttpResponse:
    response = _page(review, template, context | {"token": review.csrf_token}, status)
    response.has_own_form = True
    return response


def _page(review: Review, template: str, context: dict, status: int = 200) -> HttpResponse:
    """A page of ours beside the draft: its words may be in it, nothing of it is rendered."""
    review.is_beside, review.request.review = True, review
    return render(review.request, template, context | {"review": review}, status=status)
