"""Diagrams as they were drawn, by what they were drawn from."""

from datetime import timedelta

from django.apps import apps
from django.db import models
from django.utils import timezone

from blog.diagrams import digests_in
from blog.models.rendered import RenderedBody

KEPT_UNUSED = timedelta(days=30)


class DiagramQuerySet(models.QuerySet):
    """Which drawings: each method chains."""

    def unused(self):
        """Drawings on no stored page that no text has asked for in a month, as while writing.

        Reads the stored HTML of every page. What a draft still needs is drawn again.
        """
        shown = set()
        for model in apps.get_models():
            if issubclass(model, RenderedBody):
                for rendered in model.objects.values_list("rendered", flat=True).iterator():
                    for part in rendered.get("parts", ()):
                        shown.update(digests_in(part or ""))
        old = self.filter(last_used__lt=timezone.now() - KEPT_UNUSED)
        digests = [digest for digest in old.values_list("pk", flat=True) if digest not in shown]
        return old.filter(pk__in=digests)


class Diagram(models.Model):
    """A source drawn in both sets of colours, or the reason why it cannot be drawn.

    Its key says what it was drawn from, and cannot be guessed by one who does not know that; so
    whoever knows the address of a draft's diagram may see it.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    svg_light = models.TextField(blank=True)
    svg_dark = models.TextField(blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=400, blank=True)
    problem_line = models.PositiveIntegerField(default=1)
    created = models.DateTimeField(auto_now_add=True)
    last_used = models.DateTimeField(default=timezone.now, db_index=True)

    objects = DiagramQuerySet.as_manager()

    def __str__(self):
        return self.digest[:12]
