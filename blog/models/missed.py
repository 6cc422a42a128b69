"""What the timer could not do, and when it last looked."""

from django.db import models


class MissedChange(models.Model):
    """A change that was due and could not be made. Its schedule is kept until it can.

    `key` names the change, so that there is one row for each. The row goes when the change is
    made, cancelled or set to another time. It is about a page or, where posts were to go out
    together, about their release.
    """

    class Kind(models.TextChoices):
        PUBLISH = "publish", "Publish"
        EXPIRE = "expire", "Take away"

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    page = models.ForeignKey(
        "wagtailcore.Page", null=True, on_delete=models.CASCADE, related_name="missed_changes"
    )
    revision = models.ForeignKey(
        "wagtailcore.Revision", null=True, on_delete=models.CASCADE, related_name="+"
    )
    release = models.ForeignKey(
        "blog.Release", null=True, on_delete=models.CASCADE, related_name="missed_changes"
    )
    name = models.TextField(help_text="The title of what was to change.")
    due_at = models.DateTimeField()
    reason = models.TextField(help_text="Why not, for editors.")
    problem = models.TextField(help_text="Why not, for developers.")
    tries = models.PositiveIntegerField(default=0)
    next_try = models.DateTimeField()
    first_missed = models.DateTimeField()

    class Meta:
        ordering = ["due_at", "pk"]
        default_permissions = ()

    def __str__(self):
        return f"{self.name}: {self.reason}"

    @property
    def done(self) -> str:
        """What was to be done, as a participle for editors."""
        return "taken away" if self.kind == self.Kind.EXPIRE else "published"


class Heartbeat(models.Model):
    """When a process that works by itself last came to the end of its round."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.name}: {self.at:%Y-%m-%d %H:%M:%S}"
