"""The report of what readers search for, and its line on the dashboard."""

from datetime import timedelta
from urllib.parse import urlencode

import django_filters
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.urls import reverse
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies import ModelPermissionPolicy

from blog.desk.reports import register_report
from blog.moments import day_in_words, today
from search.models import NotedQuestion, Promotion, Synonym
from search.noting import KEPT_DAYS

POLICY = ModelPermissionPolicy(NotedQuestion)
MONTH = 30
CACHED_SECONDS = 300
PERIODS = [(7, "The last 7 days"), (MONTH, "The last 30 days"), (KEPT_DAYS, "The last 90 days")]
FOUND = [("nothing", "Found nothing"), ("something", "Found something")]
ADDS = {
    "synonym": (ModelPermissionPolicy(Synonym), "synonyms:add", "words"),
    "promotion": (ModelPermissionPolicy(Promotion), "promotions:add", "question"),
}


def days_ago(days: int):
    return today() - timedelta(days=days)


class QuestionFilterSet(WagtailFilterSet):
    """By what was found, and by how far back to look."""

    found = django_filters.ChoiceFilter(label="Results", choices=FOUND, method="that_found")
    period = django_filters.ChoiceFilter(label="Period", choices=PERIODS, method="in_period")

    class Meta:
        model = NotedQuestion
        fields = []

    def in_period(self, questions, name, value):
        """The period says what is added up, which the view has done before."""
        return questions

    def that_found(self, questions, name, value):
        return questions.filter(found=0) if value == "nothing" else questions.filter(found__gt=0)


def last_asked(row: dict) -> str:
    return day_in_words(row["last_asked"])


class QuestionColumn(Column):
    """The question, leading to the answer that readers get."""

    cell_template_name = "search/desk/question.html"


class ButtonsColumn(Column):
    """The forms to answer it better, for those who may."""

    cell_template_name = "search/desk/question_buttons.html"

    def get_cell_context_data(self, instance, parent_context):
        user, words = parent_context["request"].user, instance["words"]
        may = {
            name: f"{reverse(address)}?{urlencode({field: words})}"
            for name, (policy, address, field) in ADDS.items()
            if policy.user_has_permission(user, "add")
        }
        return super().get_cell_context_data(instance, parent_context) | {"may": may}


class QuestionsView(ReportView):
    """What was asked more than once, the most asked first."""

    model = NotedQuestion
    page_title = "What readers search for"
    header_icon = "search"
    index_url_name = "searches"
    index_results_url_name = "searches_results"
    results_template_name = "search/desk/report_results.html"
    permission_policy = POLICY
    any_permission_required = ["view"]
    filterset_class = QuestionFilterSet
    default_ordering = "-times"
    columns = [
        QuestionColumn("words", label="Question", sort_key="words"),
        Column("times", label="Times asked", sort_key="times"),
        Column("last_asked", label="Last asked", accessor=last_asked, sort_key="last_asked"),
        Column("found", label="Most results", sort_key="found"),
        ButtonsColumn("buttons", label="Do"),
    ]
    list_export = ["words", "times", "last_asked", "found"]
    export_headings = {
        "words": "Question",
        "times": "Times asked",
        "last_asked": "Last asked",
        "found": "Most results",
    }

    def get_filename(self):
        return "searches"

    def get_base_queryset(self):
        chosen = self.request.GET.get("period")
        days = next((days for days, _ in PERIODS if str(days) == chosen), KEPT_DAYS)
        return NotedQuestion.objects.asked_since(days_ago(days))

    def order_queryset(self, questions):
        return questions.order_by(self.ordering, "words")

    def get_context_data(self, *args, **kwargs):
        context = super().get_context_data(*args, **kwargs)
        return context | {"is_counting": settings.TWOTRACK_NOTE_SEARCHES, "days": KEPT_DAYS}


register_report(QuestionsView, "searches", order=670)


@hooks.register("register_permissions")
def permissions():
    """So that the form of a group offers it."""
    return Permission.objects.filter(
        content_type__app_label="search", codename="view_notedquestion"
    )


def count_unanswered() -> int:
    return NotedQuestion.objects.asked_since(days_ago(MONTH)).filter(found=0).count()


@hooks.register("register_health")
def unanswered(user) -> list[dict]:
    """How many questions of the last month found nothing, for those who may see which.

    Counted every five minutes at most, so that the first screen rarely waits for it.
    """
    if not POLICY.user_has_permission(user, "view"):
        return []
    count = cache.get_or_set("search.unanswered", count_unanswered, CACHED_SECONDS)
    words = "search of the last month that found nothing"
    address = f"{reverse('searches')}?{urlencode({'found': 'nothing', 'period': MONTH})}"
    if not count:
        return []
    return [
        {
            "count": count,
            "words": words if count == 1 else words.replace("search", "searches", 1),
            "address": address,
        }
    ]
