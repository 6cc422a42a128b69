"""An autosave keeps what was typed as it stands, also while the form would refuse it.

Wagtail's autosave stops at the first mistake, so that every word typed until it is put right would
be in the browser only. Here the words are kept as a version that is marked as half-written: it can
be neither published nor scheduled nor submitted, and its mistakes stand beside their fields.
"""

import json
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.forms import ModelForm
from django.forms.utils import ErrorDict
from django.http import JsonResponse
from django.urls import reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.views.pages.create import CreateView
from wagtail.fields import StreamField
from wagtail.log_actions import LogFormatter, log
from wagtail.models import Page, PageLogEntry

from blog.blocks.previewing import troubles_in
from blog.highlighting import storable
from blog.models import RenderedBody

HALF_WRITTEN = "twotrack.half_written"
STAYS = "Until then this is kept as it was saved last."
MOST_SHOWN = 5


class KeepsHalfWritten:
    """A view that makes or edits a page: an autosave is never refused for what was typed."""

    half_written: tuple | list = ()

    def get(self, request, *args, **kwargs):
        problems = getattr(self.page, "half_written", ())
        if problems and not getattr(self, "hydrate_create_view", False):
            said = list(dict.fromkeys(problem["message"] for problem in problems))[:MOST_SHOWN]
            messages.warning(
                request, f"This draft is half-written and cannot go out yet: {' '.join(said)}"
            )
        return super().get(request, *args, **kwargs)

    def form_invalid(self, form):
        if self.expects_json_response and self.action_name == "save" and self._may_keep(form):
            try:
                self._take_half_written(form)
            except (ValidationError, TypeError, ValueError, KeyError, AttributeError):
                # A request that no browser has sent may hold anything; it is refused as it was.
                return super().form_invalid(form)
            return self.form_valid(form)
        return super().form_invalid(form)

    def form_valid(self, form):
        if isinstance(form.instance, RenderedBody):
            form.instance.half_written = self.half_written
        with transaction.atomic():
            answer = super().form_valid(form)
            if not self.expects_json_response or answer.status_code != 200:
                return answer
            if isinstance(form.instance, RenderedBody):
                self._mark(form.instance)
        told = json.loads(answer.content)
        return JsonResponse(told | {"half_written": list(self.half_written)})

    def _may_keep(self, form: ModelForm) -> bool:
        is_locked = getattr(self, "locked_for_user", False)
        return isinstance(form.instance, RenderedBody) and not is_locked

    def _take_half_written(self, form: ModelForm) -> None:
        """Have the form save what it refuses; what no version can hold stays as it was."""
        page, is_new = form.instance, form.instance.pk is None
        held = dict(_words_refused(form))
        self.half_written = list(_problems(form, held))
        # The row has only what is whole: it is what lists, searches and other programs read.
        for name in {"title", "slug"} & (form.errors.keys() - held.keys()):
            setattr(page, name, form.initial.get(name) or "")
        if not page.title or (is_new and "title" in held):
            page.title = f"Untitled {page._meta.verbose_name}"
        if is_new:
            _put_in_first_version(page, held)
        else:
            _set(page, held)
            save = form.save
            form.save = lambda commit=True: save(commit=False)
        _leave_rows(form, {name for name, rows in form.formsets.items() if not rows.is_valid()})
        form._errors = ErrorDict()

    def _mark(self, page: Page) -> None:
        """Name the mistakes in the history; an autosave without any takes the mark away."""
        marks = PageLogEntry.objects.filter(
            page=page.pk, revision=page.latest_revision_id, action=HALF_WRITTEN
        )
        data = {"problems": [problem["message"] for problem in self.half_written]}
        if not self.half_written:
            marks.delete()
        elif not marks.update(data=data):
            log(
                instance=page,
                action=HALF_WRITTEN,
                user=self.request.user,
                revision=page.latest_revision,
                data=data,
            )


def _leave_rows(form: ModelForm, names: set[str]) -> None:
    """Have the form save all but these lists of rows, and speak of none of them as saved."""
    all_rows, updates = form.formsets, form.get_field_updates_for_resave
    for name in names:
        all_rows[name].save = lambda commit=True: []

    def updates_of_what_is_saved():
        form.formsets = {name: rows for name, rows in all_rows.items() if name not in names}
        try:
            return updates()
        finally:
            form.formsets = all_rows

    form.get_field_updates_for_resave = updates_of_what_is_saved


def _put_in_first_version(page: Page, held: dict) -> None:
    """A page that is made now is stored without what is half-written; its first version has it."""
    save_revision = page.save_revision

    def with_words(*args, **kwargs):
        _set(page, held)
        return save_revision(*args, **kwargs)

    page.save_revision = with_words


def _set(page: Page, values: dict) -> None:
    for name, value in values.items():
        setattr(page, name, value)


def _words_refused(form: ModelForm) -> Iterator[tuple[str, object]]:
    """The texts and bodies that the form refuses, as they were typed."""
    fields = {field.name: field for field in form.instance._meta.concrete_fields}
    for name in form.errors:
        field, value = fields.get(name), form[name].value() if name in form.fields else None
        if isinstance(field, StreamField):
            field.stream_block.get_prep_value(value)  # Else it could not be stored.
            yield name, value
        elif isinstance(field, models.SlugField) or not value:
            continue  # A page has an address and a title, also when they were emptied.
        elif isinstance(field, models.CharField | models.TextField) and not field.choices:
            yield name, storable(value)


def _problems(form: ModelForm, held: dict) -> Iterator[dict]:
    """What is wrong, each with its place in the editor: see RenderedBody.half_written."""
    for name, errors in form.errors.as_data().items():
        if name in held and isinstance(form.instance._meta.get_field(name), StreamField):
            yield from _problems_in_body(name, held[name], errors)
            continue
        label = form.fields[name].label if name in form.fields else ""
        for message in ValidationError(errors).messages:
            said = f"{label}: {message}" if label else message
            yield {
                "field": name if label else "",
                "anchor": f"id_{name}" if label else "",
                "block": None,
                "message": said if name in held else f"{said} {STAYS}",
            }
    for name, rows in form.formsets.items():
        if not rows.is_valid():
            label = name.replace("_", " ").capitalize()
            yield {
                "field": name,
                "anchor": f"panel-{name}-section",
                "block": None,
                "message": f"{label}: {' '.join(_messages_of(rows))} {STAYS}",
            }


def _messages_of(rows) -> list[str]:
    found = [*rows.non_form_errors(), *(m for errors in rows.errors for m in _flat(errors))]
    return list(dict.fromkeys(str(message) for message in found)) or ["A row is not complete."]


def _flat(errors) -> list[str]:
    return [message for of_field in errors.values() for message in of_field]


def _problems_in_body(name: str, body, errors: list[ValidationError]) -> Iterator[dict]:
    for trouble in (trouble for error in errors for trouble in troubles_in(body, error)):
        place = trouble.place - 1
        block_id = body[place].id if place >= 0 else None
        for sentence in trouble.sentences:
            yield {
                "field": name,
                "anchor": f"block-{block_id}-section" if block_id else "",
                "block": place if place >= 0 else None,
                "message": sentence,
            }


class CreatePageView(KeepsHalfWritten, CreateView):
    """The editor of a page that is not stored yet."""

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except ValidationError as error:
            # Another page has taken the address since the form was looked at.
            if set(getattr(error, "error_dict", ())) != {"slug"} or form.errors:
                raise
            form.add_error("slug", error.error_dict["slug"])
            return self.form_invalid(form)


@hooks.register("register_log_actions")
def name_what_is_half_written(actions) -> None:
    class HalfWrittenFormatter(LogFormatter):
        label = "Half-written"

        def format_message(self, log_entry):
            problems = (log_entry.data or {}).get("problems", [])
            return f"Half-written, cannot be published: {' '.join(problems[:MOST_SHOWN])}"

    actions.register_action(HALF_WRITTEN)(HalfWrittenFormatter)


@hooks.register("insert_editor_js", order=10)
def watch_what_is_saved() -> str:
    return format_html(
        '<script src="{}" data-alive="{}" data-login="{}"></script>',
        versioned_static("admin/unsaved.js"),
        reverse("upload_picture"),
        reverse("wagtailadmin_login"),
    )


@hooks.register("insert_global_admin_css")
def look_of_what_is_not_saved() -> str:
    return format_html('<link rel="stylesheet" href="{}">', versioned_static("admin/unsaved.css"))
