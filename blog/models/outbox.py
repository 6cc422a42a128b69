"""What is to be done outside the database once a change is committed."""

import uuid

from django.db import models
from django.utils import timezone


def waiting_key(kind: str, key: str) -> str:
    """What an entry is known by while it waits."""
    return f"{kind}:{key}"


class OutboxEntry(models.Model):
    """Something to deliver: written with the change it belongs to, so both are kept or neither.

    `waiting` is unique, so what is asked twice before it is delivered is one entry; it is empty
    once the entry is done. `ask` changes each time the same is asked again: a delivery that began
    before that does not count for it.
    """

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200, help_text="Names what is delivered, within its kind.")
    payload = models.JSONField(default=dict)
    what = models.CharField(max_length=255, blank=True, help_text="For people: what it is about.")
    # Empty is NULL here, of which there may be many beside a unique constraint.
    waiting = models.CharField(max_length=250, unique=True, null=True, editable=False)  # noqa: DJ001
    ask = models.UUIDField(default=uuid.uuid4, editable=False)
    created = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True, help_text="Why the last try failed; empty if none did.")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "delivery"
        verbose_name_plural = "deliveries"
        default_permissions = ("view", "change")
        ordering = ["-created", "-pk"]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(done_at=None), name="deliveries_due"
            ),
            models.Index(fields=["done_at"], name="deliveries_done"),
        ]

    def __str__(self):
        return f"{self.kind}: {self.what or self.key}"
