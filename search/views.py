"""The search page, and what it offers while a reader types."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site

from search import curation, narrowing, noting, query
from search.questions import read_question
from search.suggesting import Suggestion, suggest

MOST_NEAR = 3


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Answers any `q`, any choices (see search.facets) and any `page`; crawlers are kept out."""
    below = root_of(request)
    chosen = narrowing.chosen_in(request.GET)
    is_exact = request.GET.get("exactly") == "1"
    answer = query.search(
        request.GET.get("q", ""),
        chosen=chosen,
        page=request.GET.get("page"),
        below=below,
        exactly=is_exact,
    )
    if noting.is_by_reader(request):
        curation.note_question(answer)
    context = vars(answer) | {
        "is_exact": is_exact,
        "is_narrowed": any(chosen.values()),
        "choices": list(narrowing.choices_of(answer.facets, answer.count)),
        "chosen": narrowing.choices_to_take_back(answer.facets, request.GET),
        "all_answers": narrowing.address_without(request.GET),
    }
    if answer.suggestions:
        context["near"] = near_pages(answer, below)
    response = render(request, "search/search.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def suggestions(request: HttpRequest) -> JsonResponse:
    """What any `q`, as far as it is typed, may lead to."""
    typed = request.GET.get("q", "")
    offered = suggest(typed, root_of(request))
    response = JsonResponse(
        {
            "question": read_question(typed).text,
            "suggestions": [asdict(one) for one in offered],
        }
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def root_of(request: HttpRequest) -> Page | None:
    """The part of the tree that the asked site has."""
    site = Site.find_for_request(request)
    return site.root_page if site else None


def near_pages(answer: query.Answer, below: Page | None) -> list[Suggestion]:
    """Pages with titles like the question, for when nothing was found."""
    offered = suggest(answer.question, below)
    return [one for one in offered if one.kind in {"post", "page"}][:MOST_NEAR]
