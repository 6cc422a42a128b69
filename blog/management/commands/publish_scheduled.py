"""Wagtail's command of this name loses schedules; ours stands in front of it."""

from blog.management.commands.publish_due import Command

__all__ = ["Command"]
