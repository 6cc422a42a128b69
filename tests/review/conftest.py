"""A draft, the editor who shares it, and a reviewer's browser."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client

from review.links import make_review_link
from tests.factories import make_post


@pytest.fixture
def editor(home):
    user = get_user_model().objects.create_user("edda", first_name="Edda", last_name="Ink")
    user.groups.add(Group.objects.get(name="Editors"))
    return user


@pytest.fixture
def moderator(home):
    user = get_user_model().objects.create_user("mo")
    user.groups.add(Group.objects.get(name="Moderators"))
    return user


@pytest.fixture
def draft(engineers):
    return make_post(engineers, "Secret quokka", live=False, markdown="A hidden wombat.")


@pytest.fixture
def share(editor):
    """Share pages with Rae, as the editor unless somebody else is named."""

    def share(pages, **options):
        return make_review_link(pages, **{"label": "Rae", "made_by": editor} | options)

    return share


@pytest.fixture
def shared(share, draft):
    """The draft's link and its token."""
    return share(draft)


class Reviewer(Client):
    """A browser that nobody is logged in with."""

    def open(self, token: str, **headers):
        """Follow the link, and go where it leads."""
        answer = self.get(f"/p/{token}/", headers=headers)
        return self.get(answer.url, headers=headers) if answer.status_code == 303 else answer


@pytest.fixture
def reviewer():
    return Reviewer()
