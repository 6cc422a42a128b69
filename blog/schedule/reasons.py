"""Why a change could not be made, in plain words for editors."""

import traceback
from pathlib import Path

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, InterfaceError, OperationalError
from django.dispatch import dispatcher

from blog import rendering
from blog.schedule.fitness import UnfitError

FOR_OTHERS = "The program failed at it. Show the technical text to whoever looks after the site."


def reason_for(error: Exception, model: type | None = None) -> str:
    """One or two sentences: what is the matter and, where there is something to do, what."""
    if isinstance(error, UnfitError):
        return str(error)
    if isinstance(error, ValidationError):
        return _reason_of_validation(error, model)
    if isinstance(error, IntegrityError):
        return (
            "It refers to something that was deleted meanwhile, or that may exist only once. "
            "Cancel the schedule, look through the post, and schedule it again."
        )
    if isinstance(error, OperationalError | InterfaceError):
        return (
            "The database was busy with other changes or could not be reached. Nothing has to be "
            "done: it is tried again."
        )
    return _reason_of_place(error)


def _reason_of_validation(error: ValidationError, model: type | None) -> str:
    fields = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error}
    if "slug" in fields:
        return (
            "Another page took its address meanwhile: "
            f"{' '.join(fields['slug'])} Give one of the two another slug."
        )
    parts = [f"{_label(name, model)}{' '.join(found)}" for name, found in fields.items()]
    return f"It is not complete. {' '.join(parts)}"


def _label(field: str, model: type | None) -> str:
    if field == NON_FIELD_ERRORS or model is None:
        return ""
    names = {found.name: found.verbose_name for found in model._meta.concrete_fields}
    label = str(names.get(field, field))
    return f"{label[:1].upper()}{label[1:]}: "


def _reason_of_place(error: Exception) -> str:
    """By where it was raised: while the text was rendered, or by one who was told of the change."""
    frames = traceback.extract_tb(error.__traceback__)
    files = [Path(frame.filename) for frame in frames]
    if Path(rendering.__file__) in files:
        return (
            "A part of its text cannot be shown. Cancel the schedule, open the preview, and take "
            "out or change the block at fault."
        )
    if Path(dispatcher.__file__) in files:
        last = len(files) - 1 - files[::-1].index(Path(dispatcher.__file__))
        told = frames[last + 1].name if last + 1 < len(frames) else "unknown"
        return (
            f"A part of the program that is told of every publication (“{told}”) failed. "
            f"{FOR_OTHERS}"
        )
    return FOR_OTHERS
