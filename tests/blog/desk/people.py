"""People of each group, for the tests of the desk."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group


def make_person(name: str, group: str = ""):
    user = get_user_model().objects.create_user(name, f"{name}@example.org")
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user
