"""Who may use which route: every address of the product, asked and posted to by eight people."""

import re
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.messages import get_messages
from django.db import connection, transaction
from django.template.backends.django import Template
from wagtail.models import GroupPagePermission

from tests.twotrack.routes import Address, every_address, make_world

TABLE = Path(__file__).with_name("permission_matrix.txt")
ROLES = [
    *["anonymous", "reader", "writer", "other_writer"],
    *["editor", "moderator", "superuser", "editor_elsewhere"],
]
ELSEWHERE = ROLES.index("editor_elsewhere")
GROUPS = {
    "writer": "Writers",
    "other_writer": "Writers",
    "editor": "Editors",
    "moderator": "Moderators",
}
WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"(\w+)"')
# What is noted about the visit itself, and not about what the publication holds.
VISITS = {
    "blog_rendition",
    "django_session",
    "review_reviewsession",
    "wagtailadmin_editingsession",
    "wagtailcore_pagesubscription",
    "wagtailusers_userprofile",
}


# What Wagtail 8.0.1 itself answers with a fault: a page that is meant to, and bodies without fields
# that its own forms always send. Nobody gains anything by them.
KNOWN_TO_BREAK = {
    "admin/failwhale/",
    "admin/documents/multiple/create_from_uploaded_document/<int:uploaded_file_id>/",
    "admin/redirects/import/process/",
    "admin/snippets/choose/blog/author/create/",
    "admin/snippets/choose/blog/series/create/",
    "admin/snippets/choose/blog/tag/create/",
    "admin/snippets/choose/wagtailmenus/flatmenu/create/",
    "admin/snippets/choose/wagtailmenus/mainmenu/create/",
}


PARTS = 12  # So that several processes share the work: each takes every twelfth row.


@pytest.mark.parametrize("part", range(PARTS))
def test_every_route_answers_each_role_as_the_table_says(sessions, world, client, part):
    expected = read_table()
    addresses = every_address(world)[part::PARTS]

    found = {address.row: answers(client, sessions, address) for address in addresses}

    broken = {row for row, cells in found.items() if "!" in "".join(cells)}
    wrong = [line(row, cells) for row, cells in found.items() if expected.get(row) != cells]
    assert not wrong, "The table must say:\n" + "\n".join(wrong)
    assert broken <= KNOWN_TO_BREAK


def test_every_row_is_of_a_route(world):
    rows = {address.row for address in every_address(world)}

    assert [row for row in read_table() if row not in rows] == []


# What anybody may reach of the admin: the way in, and what its pages are made of.
OPEN_DOORS = (
    "admin/login/",
    "admin/password_reset/",
    "admin/sprite/",
    "admin/jsi18n/",
)
# What a writer may change although it is not theirs: what they make themselves, how they work.
ADD_POST = (
    "admin/pages/add/<slug:content_type_app_name>/<slug:content_type_model_name>/"
    "<int:parent_page_id>/"
)
MAY_BE_CHANGED_BY_ANY_WRITER = {"admin/calendar/address/", ADD_POST, f"{ADD_POST}preview/"}


def test_nobody_outside_gets_anything_of_the_admin():
    open_to = {
        row
        for row, cells in read_table().items()
        if row.startswith("admin/")
        and not row.startswith(OPEN_DOORS)
        and {letter for cell in cells for letter in cell[:2]} != {"l"}
    }

    assert open_to == set()


def test_nobody_outside_changes_anything():
    changed = {
        row
        for row, cells in read_table().items()
        if any(letter.isupper() for cell in cells for letter in cell[:2])
    }

    assert changed == set()


def test_a_writer_changes_nothing_of_another():
    changed = {
        row
        for row, (asked, posted) in read_table().items()
        if (asked[3] + posted[3]) != (asked[3] + posted[3]).lower()
    }

    assert changed == MAY_BE_CHANGED_BY_ANY_WRITER


# What somebody with rights to the other track only may change: what they make of their own there.
MAY_BE_CHANGED_ELSEWHERE = {"admin/calendar/address/"}


def test_an_editor_elsewhere_changes_nothing_here():
    changed = {
        row
        for row, (asked, posted) in read_table().items()
        if (asked[ELSEWHERE] + posted[ELSEWHERE]).lower() != asked[ELSEWHERE] + posted[ELSEWHERE]
    }

    assert changed == MAY_BE_CHANGED_ELSEWHERE


@pytest.mark.parametrize("beginning", ["admin/users/", "admin/groups/", "admin/sites/"])
def test_only_a_superuser_changes_accounts_and_sites(beginning):
    rows = {row: cells for row, cells in read_table().items() if row.startswith(beginning)}

    assert rows
    assert {
        letter
        for cells in rows.values()
        for cell in cells
        for letter in cell[2:6] + cell[ELSEWHERE]
    } == {"x"}


@pytest.fixture
def people(everyone) -> dict:
    """A person for each role but the anonymous one. The objects are not on the track `everyone`."""
    users = get_user_model().objects
    found = {role: users.create_user(role, is_superuser=role == "superuser") for role in ROLES[1:]}
    for role, group in GROUPS.items():
        found[role].groups.add(Group.objects.get(name=group))
    found["editor_elsewhere"].groups.add(make_editors_of(everyone))
    return found


def make_editors_of(page) -> Group:
    """A group with the rights that editors have to pages, for one part of the tree only."""
    group = Group.objects.create(name=f"Editors of {page}")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    editors = GroupPagePermission.objects.filter(group__name="Editors")
    for permission in editors.values_list("permission", flat=True).distinct():
        GroupPagePermission.objects.create(group=group, page=page, permission_id=permission)
    return group


@pytest.fixture
def sessions(people, client) -> dict:
    """The cookies of each role."""
    client.raise_request_exception = False
    found = {"anonymous": {}}
    for role, user in people.items():
        client.cookies.clear()
        client.force_login(user)
        found[role] = {name: cookie.value for name, cookie in client.cookies.items()}
    return found


@pytest.fixture
def world(people, engineers, everyone) -> dict:
    return make_world(people["writer"], engineers, everyone)


def read_table() -> dict[str, tuple[str, str]]:
    """The rows: the route, eight letters for GET, eight for POST."""
    lines = TABLE.read_text().splitlines()
    rows = (line.rsplit(maxsplit=2) for line in lines if line and not line.startswith("#"))
    return {route: (asked, posted) for route, asked, posted in rows}


def line(row: str, cells: tuple[str, str]) -> str:
    return f"{row}  {cells[0]} {cells[1]}"


def answers(client, sessions, address: Address) -> tuple[str, str]:
    """The letters of all roles, for GET and for POST."""
    asked, posted = "", ""
    for role in ROLES:
        asked += letter_of(client, sessions, role, "get", address)
        posted += letter_of(client, sessions, role, "post", address)
    return asked, posted


def letter_of(client, sessions, role: str, method: str, address: Address) -> str:
    """What came of one request, which leaves no trace: see the head of the table."""
    client.cookies = SimpleCookie(sessions[role])
    body = address.posted if method == "post" else None
    written = set()
    is_drawn = role == "superuser" and method == "get"
    with undone(), noting_writes(written), drawing(is_drawn):
        answer = getattr(client, method)(address.path, body)
    letter = class_of(answer)
    return letter.upper() if written - VISITS else letter


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def noting_writes(written: set):
    def note(execute, sql, params, many, context):
        if match := WRITES.match(sql):
            written.add(match[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield


@contextmanager
def drawing(is_drawn: bool):
    """The superuser sees the most, so every page is drawn once; else only the answer counts."""
    render = Template.render
    if not is_drawn:
        Template.render = lambda *_, **__: "drawn"
    try:
        yield
    finally:
        Template.render = render


def class_of(answer) -> str:
    status = answer.status_code
    if status >= 500:
        return "!"
    if status in {301, 302, 303, 307, 308}:
        return class_of_redirect(answer)
    if status == 403:
        return "x"
    if status in {404, 410}:
        return "n"
    return "o" if status < 300 else "b"


def class_of_redirect(answer) -> str:
    if "/login/" in answer.url:
        return "l"
    said = {message.level for message in get_messages(answer.wsgi_request)}
    return "x" if answer.url == "/admin/" and messages.ERROR in said else "r"
