"""What editors do about remarks, each by a button of the panel."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_POST
from wagtail import hooks

from review import links
from review.desk import remarks
from review.desk.forms import AnswerForm
from review.desk.sharing import answered, is_fetched
from review.models import Remark


def _remark_to_change(request: HttpRequest, pk: int) -> Remark:
    """A remark, for those who may edit its page; nobody else learns that there is one."""
    found = Remark.objects.select_related("link__made_by", "linked_page__page", "parent")
    remark = get_object_or_404(found.exclude(linked_page__page=None), pk=pk)
    if not remark.linked_page.page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    return remark


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    remark = _remark_to_change(request, pk)
    form = AnswerForm(request.POST)
    page = remark.linked_page.page
    if not form.is_valid():
        problem = " ".join(form.errors["text"])
        if is_fetched(request):
            return JsonResponse({"problem": problem}, status=422)
        return answered(request, page, problem=problem)
    remarks.answer(remark, form.cleaned_data["text"], request.user)
    if request.POST.get("resolve"):
        remarks.resolve(remark.parent or remark, request.user)
    return answered(request, page, said=f"Answered. {_who_reads(remark)}")


def _who_reads(remark: Remark) -> str:
    """Whether the reviewer still can, in a sentence."""
    if links.ending_of(remark.link):
        return "The reviewer cannot read it there: the link is over."
    if links.ending_of_page(remark.linked_page, remark.link):
        return "The reviewer cannot read it there: the link does not show this page any more."
    return "The reviewer sees it by the same link."


@require_POST
def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    return _settle(
        *(request, pk, remarks.resolve),
        done="The remark is resolved.",
        before="The remark was resolved before.",
    )


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    return _settle(
        *(request, pk, remarks.reopen),
        done="The remark is open again.",
        before="The remark was open already.",
    )


def _settle(request, pk: int, settle, *, done: str, before: str) -> HttpResponse:
    remark = _remark_to_change(request, pk)
    is_done = settle(remark, request.user)
    return answered(request, remark.linked_page.page, said=done if is_done else before)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    remark = _remark_to_change(request, pk)
    page = remark.linked_page.page
    remarks.delete(remark, request.user)
    return answered(request, page, said="The remark is deleted, with its answers.")


@hooks.register("register_admin_urls")
def addresses():
    return [
        path("review/remarks/<int:pk>/answer/", answer, name="review_answer"),
        path("review/remarks/<int:pk>/resolve/", resolve, name="review_resolve"),
        path("review/remarks/<int:pk>/reopen/", reopen, name="review_reopen"),
        path("review/remarks/<int:pk>/delete/", delete, name="review_delete_remark"),
    ]
