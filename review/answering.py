"""What a reviewer sends: remarks, answers, “Looks good”. No word of it is lost when it is refused.

The forms are on pages of their own, which show of the draft its bare words. The page that shows the
draft itself has no form and may send none, whatever is written in it.
"""

import re
from urllib.parse import urlsplit

from django import forms
from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from blog.highlighting import storable
from review import approving, links, sharing
from review.models import Ending, Remark, SharedVersion
from review.passages import Piece
from review.placing import Selector, select
from review.reading import Review, address_of
from review.remarking import RefusedError, write
from review.showing_changes import changes_between
from review.views import SeeOther, missed, over, reviewed

LONGEST = Remark._meta.get_field("text").max_length
LONGEST_NAME = Remark._meta.get_field("name").max_length
VERSION = re.compile(r"[0-9a-f]{12}")
TOO_LONG = "This is %(show_value)d characters long, and %(limit_value)d is the most. Shorten it."
STALE = "This page had been open for too long, so nothing was sent. Your words are still here."


class PlainText(forms.CharField):
    """Text as databases can carry it, with one kind of line end."""

    def to_python(self, value):
        return storable(super().to_python((value or "").replace("\r\n", "\n")))


class NameForm(forms.Form):
    """Who writes: asked for once, and known from then on in this browser."""

    name = PlainText(
        label="Your name",
        max_length=LONGEST_NAME,
        error_messages={
            "required": "Say who you are, so that your remark has a name.",
            "max_length": TOO_LONG,
        },
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    v = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        for name, field in self.fields.items():
            # Browsers cut a pasted text at this length, without a word about it.
            field.widget.attrs.pop("maxlength", None)
            if self.is_bound and name in self.errors:
                field.widget.attrs |= {
                    "aria-invalid": "true",
                    "aria-describedby": f"id_{name}_error",
                }


class RemarkForm(NameForm):
    """A remark, on a piece of the body or some words of it, on the page, or an answer to one."""

    text = PlainText(
        label="Your remark",
        max_length=LONGEST,
        error_messages={"required": "Write what you want to say.", "max_length": TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 6, "data-most": LONGEST}),
    )
    quote = PlainText(
        label="Only these words",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Copy the words here that you mean. Without any, it is on the whole of it.",
    )
    at = forms.CharField(required=False, widget=forms.HiddenInput)
    prefix = PlainText(required=False, widget=forms.HiddenInput)
    to = forms.IntegerField(required=False, widget=forms.HiddenInput)
    field_order = ["quote", "text", "name"]


# What is sent is looked at for a forged origin within: Django's own answer would lose the words.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def remark(request: HttpRequest, public_id: str, place: int = 1) -> HttpResponse:
    """The form for a remark or an answer, and what it sends."""
    found = _writing(request, public_id, place)
    if isinstance(found, HttpResponse):
        return found
    review, sent = found, request.POST if request.method == "POST" else None
    asked = sent or request.GET
    _turn_to(review, asked.get("v", ""))
    parent = _answered(review, asked.get("to", ""))
    try:
        piece = review.words.piece_of(asked.get("at", ""))
    except sharing.DamagedCopyError:
        return over(request, review.link, Ending.DAMAGED, review.linked)
    initial = {
        "name": review.session.name,
        "v": review.version.sha256[:12],
        "at": piece.key if piece else "",
        "to": parent.pk if parent else None,
    }
    form = RemarkForm(sent, initial=initial)
    context = {"form": form, "piece": piece, "parent": parent, "most": LONGEST}
    if sent is None:
        return _page_with_form(review, "review/remark.html", context)
    if is_forged(request):
        return _page_with_form(review, "review/remark.html", context | {"problem": STALE}, 403)
    if not form.is_valid():
        return _page_with_form(review, "review/remark.html", context, 422)
    try:
        written = _write(review, form.cleaned_data, piece, parent)
    except RefusedError as refused:
        if refused.status == 410:
            return kept(request, 410)
        context["problem"] = str(refused)
        return _page_with_form(review, "review/remark.html", context, refused.status)
    return SeeOther(f"{review.address}#remark-{written.pk}")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def good(request: HttpRequest, public_id: str, place: int = 1) -> HttpResponse:
    """Say that the version looks good, or take it back."""
    found = _writing(request, public_id, place)
    if isinstance(found, HttpResponse):
        return found
    review, sent = found, request.POST if request.method == "POST" else None
    if review.link.follows_latest:
        try:
            sharing.follow(review.linked)
        except sharing.DamagedCopyError:
            return over(request, review.link, Ending.DAMAGED, review.linked)
    form = NameForm(sent, initial={"name": review.session.name, "v": review.version.sha256[:12]})
    if sent is None:
        return _page_with_form(review, "review/good.html", {"form": form})
    if is_forged(request):
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
    try:
        approving.approve(review.session, review.linked, name=form.cleaned_data["name"])
    except RefusedError:
        return kept(request, 410)
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
    found = reviewed(request, public_id, 1)
    if isinstance(found, HttpResponse) and found.status_code != 410:
        return found
    review = found if isinstance(found, Review) else _of_any_page(request, public_id)
    if review is None:
        return found
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


def kept(request: HttpRequest, status: int) -> HttpResponse:
    """That nothing was sent, with what was typed, to be copied."""
    words = request.POST.get("text", "")[: 20 * LONGEST]
    response = render(request, "review/kept.html", {"words": words}, status=status)
    if status == 429:
        response.headers["Retry-After"] = "60"
    return response


def _writing(request: HttpRequest, public_id: str, place: int) -> Review | HttpResponse:
    """The reading of somebody who may write, or the answer that gives what was typed back."""
    is_sent = request.method == "POST" and _is_from_here(request)
    try:
        found = reviewed(request, public_id, place)
        if isinstance(found, Review) and not found.may_write:
            found = missed(request)
    except Http404:
        if not (is_sent and request.POST.get("text")):
            raise
        return kept(request, 404)
    is_refused = isinstance(found, HttpResponse) and found.status_code >= 400
    if is_refused and is_sent and request.POST.get("text"):
        return kept(request, found.status_code)
    return found


def _is_from_here(request: HttpRequest) -> bool:
    """Whether a page of ours has sent it: no other is to put words on our pages."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = urlsplit(request.headers.get("Origin", "")).netloc
    return site in {"same-origin", "none"} and origin in {"", request.get_host()}


def _turn_to(review: Review, version: str) -> None:
    """Go back to the version that the reviewer had before them, if the link has shown it them."""
    if not VERSION.fullmatch(version) or review.version.sha256.startswith(version):
        return
    shown = SharedVersion.objects.filter(sha256__startswith=version)
    found = review.linked.seen.filter(session=review.session, version__in=shown).first()
    if found:
        review.linked.version = found.version


def _answered(review: Review, number: str) -> Remark | None:
    """The remark of this page that is answered."""
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        return None
    return review.linked.remarks.select_related("parent").filter(pk=int(number)).first()


def _write(review: Review, sent: dict, piece: Piece | None, parent: Remark | None) -> Remark:
    selector = Selector()
    if piece and parent is None:
        selector = select(review.words, piece, sent["quote"], sent["prefix"])
    return write(
        review.session,
        review.linked,
        review.version,
        text=sent["text"],
        name=sent["name"],
        selector=selector,
        parent=parent,
    )


def _page_seen_before(review: Review):
    return review.before and sharing.page_of(review.before, review.linked.page)


def _of_any_page(request: HttpRequest, public_id: str) -> Review | None:
    """A reading of the first page that is still shown, where that of the first is over."""
    link = links.find_opened(public_id)
    for linked in link.linked_pages.all()[1:] if link else []:
        found = reviewed(request, public_id, linked.place)
        if isinstance(found, Review):
            return found
    return None


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
