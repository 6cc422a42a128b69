"""Forms of the admin that arrive in part or are too large, or that no page of it has sent: refused.

A script that was stopped, a proxy that cut the request short or a program that guesses leaves out
fields that Wagtail reads without looking, or counts blocks that are not there. Nothing is stored,
and the answer says so and what to do.
"""

import re
from json import JSONDecodeError

from django.conf import settings
from django.core.exceptions import (
    ObjectDoesNotExist,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
    ValidationError,
)
from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.datastructures import MultiValueDictKeyError

from blog.desk.requests import is_fetched

FORMS = {"", "application/x-www-form-urlencoded", "multipart/form-data"}
COUNT = re.compile(r".+-(count|TOTAL_FORMS|INITIAL_FORMS)")
DIGITS = re.compile(r"[0-9]{1,5}")
NOT_A_NUMBER = re.compile(r"expected a number|invalid literal for int")


def is_torn(request: HttpRequest) -> bool:
    """Whether the body is no form, or counts what it does not hold.

    Each block and each row of a form has a field at least, so no count is above that of fields.
    No field of ours that a person fills in has a name that ends like a count.
    """
    if request.content_type not in FORMS:
        return bool(request.body)
    sent = request.POST
    counts = [values for name, values in sent.lists() if COUNT.fullmatch(name)]
    return any(
        len(values) != 1 or not DIGITS.fullmatch(values[0]) or int(values[0]) > len(sent)
        for values in counts
    )


def is_of_torn_form(error: Exception) -> bool:
    """Whether a view failed at what the form lacks, or at a number that is none."""
    if isinstance(error, ValidationError):
        return getattr(error, "code", "") == "missing_management_form"
    if isinstance(error, ValueError) and not isinstance(error, JSONDecodeError):
        return bool(NOT_A_NUMBER.search(str(error)))
    torn = (MultiValueDictKeyError, JSONDecodeError, OverflowError, DataError, ObjectDoesNotExist)
    return isinstance(error, torn)


def refuse(request: HttpRequest) -> HttpResponse:
    if _is_of_script(request):
        words = "The form did not arrive whole, so nothing was saved. Try again."
        return JsonResponse({"error_code": "torn_form", "error_message": words}, status=400)
    return render(request, "desk/torn_form.html", status=400)


def is_too_large(request: HttpRequest, error: Exception) -> bool:
    """Whether an editor has sent more than is read of any form."""
    too_large = (TooManyFieldsSent, TooManyFilesSent, RequestDataTooBig)
    return isinstance(error, too_large) and is_of_editor(request)


def refuse_too_large(request: HttpRequest) -> HttpResponse:
    if _is_of_script(request):
        words = "The form is too large to be read, so nothing was saved. Make it smaller."
        return JsonResponse({"error_code": "too_large", "error_message": words}, status=400)
    most = {"fields": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS}
    return render(request, "desk/form_too_large.html", most, status=400)


def is_of_editor(request: HttpRequest) -> bool:
    """A visitor is sent to the login by the views themselves."""
    is_admin = request.path.startswith(reverse("wagtailadmin_home"))
    return request.method == "POST" and is_admin and request.user.is_authenticated


def _is_of_script(request: HttpRequest) -> bool:
    return is_fetched(request) or "application/json" in request.headers.get("accept", "")


class TornFormsMiddleware:
    """Refuses torn forms before a view reads them, and where a view finds one to be torn."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs) -> HttpResponse | None:
        return refuse(request) if is_of_editor(request) and is_torn(request) else None

    def process_exception(self, request, error: Exception) -> HttpResponse | None:
        return refuse(request) if is_of_editor(request) and is_of_torn_form(error) else None
