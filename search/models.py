"""What search knows of a page: one row a page, with its text as readers see it, and the words of
the whole publication.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Max, Subquery, Sum
from django.db.models.functions import Coalesce
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from search.folding import question_words, synonym_words
from search.questions import MOST_WORDS
from search.words import LONGEST, as_typed, is_kept


class SearchDocument(models.Model):
    """The texts of one published page: what is shown of it in answers, and what it is found by.

    The words themselves are kept beside it by the database's own full-text engine, see
    search.engines. There is a row for each live page; whether the page may be shown to readers
    is asked at the moment of the question, never here.
    """

    page = models.OneToOneField(
        "wagtailcore.Page",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="search_document",
    )
    title = models.TextField()
    excerpt = models.TextField(blank=True)
    names = models.TextField(blank=True, help_text="Tags and authors, one a line.")
    # Before the long texts, which SQLite would have to read through to come to them.
    kind = models.CharField(max_length=10, default="page", help_text="post or page")
    year = models.PositiveSmallIntegerField(null=True, help_text="Of the date readers see.")
    has_code = models.BooleanField(default=False)
    has_formulas = models.BooleanField(default=False)
    sections = models.JSONField(
        default=list, help_text="What stands below each heading: see search.texts.Section."
    )
    forms = models.JSONField(
        default=dict, help_text="The words of title, headings, excerpt and names, for ranking."
    )
    edition = models.PositiveSmallIntegerField(
        help_text="The edition of search.words that cut the texts into words."
    )

    # The index is worked out from pages; it is no use of a page that would keep it from deletion.
    wagtail_reference_index_ignore = True

    def __str__(self):
        return self.title


class SearchWordQuerySet(models.QuerySet):
    """The words, older and newer."""

    def since_rebuild(self):
        """Those that were added since the index was last begun to be made anew."""
        beginnings = SearchWord.objects.filter(word=SearchWord.BEGINNING).order_by("-pk")
        return self.filter(pk__gt=Coalesce(Subquery(beginnings.values("pk")[:1]), 0))


class SearchWord(models.Model):
    """A word of the publication, in its exact form: what mistyped words are compared with.

    Rows are only added, in the transaction that publishes. Nothing keeps a word from being there
    twice, as when two publishers add it at once: a row that must be the only one would have the
    second wait until the first has committed, and two who publish several pages each for ever.

    Whoever makes the index anew begins with a row of BEGINNING. From then on every word is added
    once more, and in the end the rows before it go, and with them what no page has any more.
    """

    BEGINNING = ""

    word = models.CharField(max_length=64, db_index=True)

    objects = models.Manager.from_queryset(SearchWordQuerySet)()

    def __str__(self):
        return self.word


# What editors say

MOST_SYNONYMS = 10
MOST_SYNONYM_WORDS = 5


class Synonym(models.Model):
    """Words by which readers mean the same, separated by commas: “k8s, kubernetes”."""

    class Direction(models.TextChoices):
        BOTH = "both", "Whoever searches for one of them also finds the others"
        FIRST = "first", "Whoever searches for the first also finds the others, not the reverse"

    words = models.CharField(
        max_length=300,
        help_text="Separate them by commas, for example: k8s, kubernetes. "
        "Case and accents do not count.",
    )
    direction = models.CharField(
        max_length=5,
        choices=Direction.choices,
        default=Direction.BOTH,
        help_text="Choose the second for a short word that stands for more than this, "
        "for example: ml, machine learning.",
    )

    class Meta:
        default_permissions = ("add", "change", "delete")
        ordering = ["words", "pk"]

    def __str__(self):
        return self.words

    @property
    def parts(self) -> list[str]:
        """The words as they are typed, one or a few each."""
        parts = (" ".join(part.split()) for part in self.words.split(","))
        return [part for part in parts if part]

    @property
    def forms(self) -> list[tuple[str, ...]]:
        """The same as they are looked for."""
        return [synonym_words(part) for part in self.parts]

    @property
    def leading(self) -> list[tuple[str, ...]]:
        """Those of them that also find the others."""
        return self.forms if self.direction == self.Direction.BOTH else self.forms[:1]

    def clean(self):
        super().clean()
        problem = self._problem_of_words() or self._problem_with_others()
        if problem:
            raise ValidationError({"words": problem})
        self.words = ", ".join(self.parts)

    def _problem_of_words(self) -> str:
        """Why the words by themselves cannot be synonyms, or nothing."""
        for part in self.parts:
            if problem := problem_of_synonym(part):
                return problem
        seen: dict[tuple[str, ...], str] = {}
        for part, form in zip(self.parts, self.forms, strict=True):
            if form in seen:
                return f"“{seen[form]}” and “{part}” are the same: case and accents do not count."
            seen[form] = part
        if len(seen) < 2:
            return "Write at least two, separated by a comma, for example: k8s, kubernetes."
        if len(seen) > MOST_SYNONYMS:
            return f"Write at most {MOST_SYNONYMS} of them."
        if len(", ".join(self.parts)) > (most := self._meta.get_field("words").max_length):
            return f"Write at most {most} characters, with a space after each comma."
        return ""

    def _problem_with_others(self) -> str:
        """Which of the words leads on from another row already, or nothing."""
        leading = self.leading
        for other in Synonym.objects.exclude(pk=self.pk):
            taken = set(other.leading)
            for form in leading:
                if form in taken:
                    return (
                        f"“{as_typed(' '.join(form))}” stands in “{other}” already. "
                        "Add the new words there instead."
                    )
        return ""


def problem_of_synonym(part: str) -> str:
    """Why this cannot be looked for as it is typed, or nothing."""
    words = synonym_words(part)
    if not words:
        return f"“{part}” has no letter and no digit that could be searched for."
    if len(words) > MOST_SYNONYM_WORDS:
        return f"“{part}” is too long. Write at most {MOST_SYNONYM_WORDS} words between two commas."
    if any(len(word) >= LONGEST for word in words):
        return f"“{part[:20]}…” is too long for one word."
    if words != question_words(part) and not any(map(is_kept, words)):
        return (
            "Signs count only in a word that stands alone between two commas, "
            f"so “{part}” would stand for “{' '.join(words)}”. Write it in letters."
        )
    return ""


class Promotion(ClusterableModel):
    """Pages that come first when readers ask a certain question."""

    question = models.CharField(
        "what readers search for",
        max_length=120,
        help_text="The whole question. Case, accents and signs between words do not count.",
    )
    words = models.CharField(
        max_length=255,
        unique=True,
        editable=False,
        help_text="The question as it is compared, see search.folding.",
    )
    is_beginning = models.BooleanField(
        "also longer questions that begin with these words",
        default=False,
        help_text="Ticked, what is shown for “kubernetes” is also shown for “kubernetes on a "
        "laptop”, unless that has promoted results of its own.",
    )

    class Meta:
        verbose_name = "promoted result"
        default_permissions = ("add", "change", "delete")
        ordering = ["words"]

    def __str__(self):
        return f"{self.question} …" if self.is_beginning else self.question

    def clean(self):
        super().clean()
        words = question_words(self.question)
        folded = " ".join(words)
        if not words:
            raise ValidationError({"question": "Write at least one letter or digit."})
        if len(words) > MOST_WORDS or len(folded) > self._meta.get_field("words").max_length:
            raise ValidationError({"question": f"Write at most {MOST_WORDS} words."})
        other = Promotion.objects.filter(words=folded).exclude(pk=self.pk).first()
        if other:
            problem = f"“{other.question}” is the same question and has promoted results already."
            raise ValidationError({"question": problem})

    def save(self, *args, **kwargs):
        self.question = " ".join(self.question.split())
        self.words = " ".join(question_words(self.question))
        super().save(*args, **kwargs)


class PromotedPage(Orderable):
    """One of the pages that come first for a question."""

    promotion = ParentalKey(Promotion, related_name="promoted_pages", on_delete=models.CASCADE)
    page = models.ForeignKey(
        "wagtailcore.Page", related_name="promotions", on_delete=models.CASCADE
    )

    class Meta(Orderable.Meta):
        default_permissions = ()

    def __str__(self):
        return str(self.page)


# What readers ask

LEAST_SHOWN = 2  # Askings: what was asked once only may tell of one reader.


class NotedQuestionQuerySet(models.QuerySet):
    """What was asked, as editors may see it."""

    def asked_since(self, day: date):
        """A row for each question that was asked twice since the day or more often, as a dict:
        `words`, `times`, `last_asked`, and `found`, the most results that it had in this time.
        """
        return (
            self.filter(day__gte=day)
            .values("words")
            .annotate(
                times=Sum("askings"),
                last_asked=Max("day"),
                found=Max("results"),
            )
            .filter(times__gte=LEAST_SHOWN)
            .order_by("-times", "words")
        )


class NotedQuestion(models.Model):
    """How often readers asked the same on one day, and how many results they got.

    Nothing of who asked, from where or at what time is kept; see search.noting.
    """

    words = models.CharField(
        max_length=255, help_text="The question as it is compared, see search.folding."
    )
    day = models.DateField(db_index=True)
    askings = models.PositiveIntegerField()
    results = models.PositiveIntegerField(help_text="When it was last asked on that day.")

    objects = models.Manager.from_queryset(NotedQuestionQuerySet)()

    class Meta:
        verbose_name = "readers’ search"
        verbose_name_plural = "readers’ searches"
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["words", "day"], name="noted_once_a_day"),
        ]

    def __str__(self):
        return self.words
