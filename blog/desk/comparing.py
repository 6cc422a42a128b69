"""How two versions of a page are shown beside each other in the admin: field by field.

Wagtail's own comparison shows a text word by word in a time that grows with the square of its
length, and most blocks as changed or not. Ours takes its place: see blog.comparing.
"""

from django.db import models
from django.utils.html import format_html, format_html_join
from modelcluster.contrib.taggit import ClusterTaggableManager
from taggit.managers import TaggableManager
from wagtail.admin import compare
from wagtail.fields import RichTextField, StreamField

from blog.comparing.differences import Run
from blog.comparing.showing import (
    items_html,
    items_of,
    plain,
    rich_text_html,
    run_html,
    runs_html,
    text_of,
    words_html,
)


class TextComparison(compare.FieldComparison):
    """A field of plain text."""

    def htmldiff(self):
        return words_html(str(self.val_a or ""), str(self.val_b or ""))

    def old_text(self) -> str:
        return str(self.val_a or "")

    def new_text(self) -> str:
        return str(self.val_b or "")


class RichTextComparison(TextComparison):
    """A field of rich text."""

    def htmldiff(self):
        return rich_text_html(str(self.val_a or ""), str(self.val_b or ""))


class ValueComparison(TextComparison):
    """A field that is changed as a whole, such as a date."""

    def htmldiff(self):
        olds, news = ("" if value is None else str(value) for value in (self.val_a, self.val_b))
        kinds = [("removed", olds), ("added", news)] if olds != news else [("same", olds)]
        runs = [Run(kind, text) for kind, text in kinds if text]
        return format_html('<div class="diff-words">{}</div>', runs_html(runs))


class LinkedComparison(compare.ForeignObjectComparison):
    """A field that leads to another object: named, and marked as the texts are."""

    def htmldiff(self):
        old, new = self.get_objects()
        kinds = [("removed", old), ("added", new)] if old != new else [("same", old)]
        runs = [Run(kind, str(linked)) for kind, linked in kinds if linked]
        return format_html('<div class="diff-words">{}</div>', runs_html(runs))


class TagsComparison(compare.TagsFieldComparison):
    """Tags: which were taken away and which put in; their order says nothing."""

    def has_changed(self):
        old, new = ({tag.pk for tag in tags} for tags in self.get_items())
        return old != new

    def get_item_display(self, tag):
        return tag.name

    def htmldiff(self):
        old, new = ([self.get_item_display(tag) for tag in tags] for tags in self.get_items())
        runs = [Run("same", tag) for tag in old if tag in new]
        runs += [Run("removed", tag) for tag in old if tag not in new]
        runs += [Run("added", tag) for tag in new if tag not in old]
        return format_html_join(", ", "{}", ((run_html(run),) for run in runs))


class StreamComparison(compare.FieldComparison):
    """A body, by its blocks."""

    def has_changed(self):
        block = self.field.stream_block
        return plain(block, self.val_a) != plain(block, self.val_b)

    def htmldiff(self):
        block = self.field.stream_block
        return items_html(items_of(block, self.val_a), items_of(block, self.val_b))

    def old_text(self) -> str:
        return text_of(self.field.stream_block, self.val_a)

    def new_text(self) -> str:
        return text_of(self.field.stream_block, self.val_b)


def changed_fields(old, new, request) -> list:
    """The comparisons of those fields of two versions of a page that differ."""
    panel = type(new).get_edit_handler().get_bound_panel(instance=new, request=request, form=None)
    found = [comparison(old, new) for comparison in panel.get_comparison()]
    return [comparison for comparison in found if comparison.has_changed()]


def register() -> None:
    """In place of Wagtail's comparisons, for every page and snippet."""
    for field, comparison in [
        (models.Field, ValueComparison),
        (models.CharField, TextComparison),
        (models.TextField, TextComparison),
        (models.ForeignKey, LinkedComparison),
        (models.ManyToManyField, compare.M2MFieldComparison),
        (RichTextField, RichTextComparison),
        (StreamField, StreamComparison),
        (TaggableManager, TagsComparison),
        (ClusterTaggableManager, TagsComparison),
    ]:
        compare.register_comparison_class(field, comparison_class=comparison)


register()
