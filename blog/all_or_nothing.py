"""Publishing, unpublishing and moving, by whatever way, are one transaction each.

Wagtail's actions write row after row: the schedule, the page, what receivers write, the history.
A failure or a kill between two of them would leave a page half published, or half moved.
"""

from functools import wraps

from django.db import transaction
from wagtail.actions.move_page import MovePageAction
from wagtail.actions.publish_revision import PublishRevisionAction
from wagtail.actions.unpublish import UnpublishAction
from wagtail.actions.unpublish_page import UnpublishPageAction

from blog.models.rendered import refuse_half_written


def make_whole() -> None:
    """Have Wagtail's actions run in a transaction; called once, when the app is ready.

    The admin, bulk actions and workflows call the actions themselves, past the methods of a page.
    """
    PublishRevisionAction.execute = refusing(PublishRevisionAction.execute)
    for action in (MovePageAction, PublishRevisionAction, UnpublishAction, UnpublishPageAction):
        action.execute = transaction.atomic(action.execute)


def refusing(execute):
    """Whoever publishes or schedules, what is half-written stays a draft."""

    @wraps(execute)
    def execute_if_whole(action, *args, **kwargs):
        refuse_half_written(action.object)
        return execute(action, *args, **kwargs)

    return execute_if_whole
