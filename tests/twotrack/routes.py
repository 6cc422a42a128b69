"""Every route of the product, and addresses of it filled in with the objects of one writer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.urls import get_resolver
from django.urls.resolvers import URLPattern
from django.utils import timezone
from wagtail.admin.models import EditingSession
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.settings.registry import registry as settings_registry
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    PageViewRestriction,
    Site,
    Task,
    UploadedFile,
    Workflow,
)
from wagtailmenus.models import FlatMenu, MainMenu

from blog.models import (
    CalendarAddress,
    Diagram,
    Document,
    Image,
    MissedChange,
    OutboxEntry,
    PostPage,
    Release,
    ReleasePost,
    Series,
    Tag,
    TrackIndexPage,
)
from review.links import make_review_link
from review.models import Remark
from search.models import Promotion, Synonym
from tests.blog.desk.planning import make_missed, make_scheduled
from tests.blog.test_admin import post_form
from tests.factories import make_author, make_image, make_post

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")

POST_PAGE = {"content_type_app_name": "=blog", "content_type_model_name": "=postpage"}

# What fills a parameter, by the first row whose words begin the route: the name of an object of
# the world, or a word after an equals sign.
ARGUMENTS = [
    ("admin/pages/add/", POST_PAGE),
    ("admin/pages/usage/", POST_PAGE),
    ("admin/pages/create/", {"app_label": "=blog", "model_name": "=postpage"}),
    ("admin/pages/workflow/", {"page_id": "review"}),
    ("admin/pages/<int:page_id>/workflow_history/", {"page_id": "review"}),
    ("admin/pages/<int:page_id>/unpublish/", {"page_id": "live"}),
    ("admin/pages/<int:page_id>/unlock/", {"page_id": "locked"}),
    (
        "admin/pages/<int:page_id>/revisions/<int:revision_id>/unschedule/",
        {"page_id": "scheduled", "revision_id": "scheduled_revision"},
    ),
    ("admin/tag-autocomplete/", {"app_name": "=blog", "model_name": "=tag"}),
    ("admin/collections/", {"pk": "collection"}),
    ("admin/posts/<int:post_id>/looked-at/", {"post_id": "live"}),
    (
        "admin/workflows/tasks/add/",
        {"app_label": "=wagtailcore", "model_name": "=groupapprovaltask"},
    ),
    ("admin/workflows/tasks/", {"pk": "task"}),
    ("admin/workflows/remove/", {"page_pk": "root", "workflow_pk": "workflow"}),
    ("admin/workflows/", {"pk": "workflow"}),
    (
        "admin/editing-sessions/",
        {"app_label": "=blog", "model_name": "=postpage", "object_id": "draft"},
    ),
    ("admin/documents/multiple/", {"uploaded_file_id": "uploaded_document"}),
    ("admin/images/multiple/", {"uploaded_file_id": "uploaded_picture"}),
    ("admin/snippets/blog/author/", {"pk": "author"}),
    ("admin/snippets/choose/blog/author/", {"pk": "author"}),
    ("admin/snippets/blog/tag/", {"pk": "tag"}),
    ("admin/snippets/choose/blog/tag/", {"pk": "tag"}),
    ("admin/snippets/blog/series/", {"pk": "series"}),
    ("admin/snippets/choose/blog/series/", {"pk": "series"}),
    ("admin/wagtailmenus/mainmenu/edit/", {"pk": "site"}),
    ("admin/wagtailmenus/mainmenu/", {"pk": "main_menu"}),
    ("admin/snippets/choose/wagtailmenus/mainmenu/", {"pk": "main_menu"}),
    ("admin/wagtailmenus/flatmenu/", {"pk": "flat_menu"}),
    ("admin/snippets/choose/wagtailmenus/flatmenu/", {"pk": "flat_menu"}),
    ("admin/sites/", {"pk": "site"}),
    ("admin/users/", {"pk": "user"}),
    ("admin/groups/", {"pk": "group"}),
    ("admin/documents/", {"pk": "document"}),
    ("admin/images/", {"pk": "picture"}),
    ("admin/api/main/^documents/", {"pk": "document"}),
    ("admin/api/main/^images/", {"pk": "picture"}),
    ("admin/api/main/^pages/", {"pk": "draft"}),
    ("admin/calendar/", {"post_id": "draft"}),
    ("admin/releases/", {"pk": "release"}),
    ("admin/review/releases/", {"pk": "release"}),
    ("admin/review/links/", {"pk": "review_number"}),
    ("admin/review/remarks/", {"pk": "remark"}),
    ("admin/reports/deliveries/", {"pk": "delivery"}),
    ("admin/search/synonyms/", {"pk": "synonym"}),
    ("admin/search/promotions/", {"pk": "promotion"}),
    ("calendar/", {"token": "calendar_token"}),
    ("p/", {"token": "review_token", "public_id": "review_link", "place": "=1"}),
    ("documents/", {"restriction_id": "collection_restriction"}),
    ("tags/", {"slug": "tag_slug"}),
    ("authors/", {"slug": "author_slug"}),
    ("feed/", {"slug": "track_slug"}),
    ("_util/", {"page_view_restriction_id": "restriction", "page_id": "private"}),
    (
        "",
        {
            "page_id": "draft",
            "parent_page_id": "track",
            "page_to_move_id": "draft",
            "destination_id": "other_track",
            "revision_id": "revision",
            "task_state_id": "task_state",
            "task_id": "task",
            "workflow_state_id": "workflow_state",
            "collection_id": "collection",
            "redirect_id": "redirect",
            "session_id": "session",
            "image_id": "picture",
            "document_id": "document",
            "doc_id": "document",
            "filter_spec": "=original",
            "path": "picture_file",
            "uidb64": "=MQ",
            "token": "=none",
        },
    ),
]


@dataclass(frozen=True)
class Address:
    """One address of a route. `row` names it in the table of permissions."""

    row: str
    path: str
    posted: dict = field(default_factory=dict)


def walk(patterns, prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from walk(pattern.url_patterns, route)


def every_route() -> list[str]:
    """The patterns of the URL configuration in their order, each once."""
    return list(dict.fromkeys(walk(get_resolver().url_patterns)))


def every_address(world: dict) -> list[Address]:
    """One address or more for every route."""
    return [address for route in every_route() for address in addresses_of(route, world)]


def addresses_of(route: str, world: dict) -> list[Address]:
    for beginning, choices in ALTERNATIVES.items():
        if route.startswith(beginning):
            found = []
            for label, arguments, query in choices(world):
                row = f"{route} {label}".strip()
                path = f"{fill_in(route, world, arguments)}{query}"
                found.append(Address(row, path, posted_to(row, world)))
            return found
    return [Address(route, fill_in(route, world, {}), posted_to(route, world))]


def posted_to(row: str, world: dict) -> dict:
    """The fields to post: what would do the most where the answer depends on them, else none."""
    for beginning, fields in POSTED:
        if row.startswith(beginning):
            return {name: str(value).format(**world) for name, value in fields.items()}
    return {}


def fill_in(route: str, world: dict, arguments: dict) -> str:
    """The address of `route`; KeyError where nobody has said what fills a parameter."""
    if route in PATHS:
        return "/" + PATHS[route].format(**world, **arguments)

    def value(match) -> str:
        name = match[1]
        if name in arguments:
            return str(arguments[name])
        for beginning, named in ARGUMENTS:
            if route.startswith(beginning) and name in named:
                wanted = named[name]
                return wanted[1:] if wanted.startswith("=") else str(world[wanted])
        raise KeyError(f"Say in ARGUMENTS what fills {name} of {route}")

    return "/" + PARAMETER.sub(value, route).replace("^", "")


SOON = timezone.now() + timedelta(days=1)
BULK = "admin/bulk/<str:app_label>/<str:model_name>/<str:action>/ "
POST_FORM = post_form("Published by post", slug="published-by-post") | {"action-publish": "1"}
COPY_FORM = {
    "new_parent_page": "{other_track}",
    "new_title": "A copy",
    "new_slug": "a-copy",
    "publish_copies": "on",
}
SHARE_FORM = {"label": "Ben", "shows": "pinned", "days": "7"}
PROMOTION_FORM = {
    "question": "caches",
    "promoted_pages-TOTAL_FORMS": "1",
    "promoted_pages-INITIAL_FORMS": "0",
    "promoted_pages-MIN_NUM_FORMS": "1",
    "promoted_pages-MAX_NUM_FORMS": "5",
    "promoted_pages-0-page": "{live}",
    "promoted_pages-0-ORDER": "1",
}
# The fields that are posted, by the first row whose words begin the row of the table.
POSTED = [
    ("admin/pages/add/", POST_FORM),
    ("admin/pages/<int:page_id>/edit/", POST_FORM),
    ("admin/pages/<int:page_id>/revisions/<int:revision_id>/revert/", POST_FORM),
    ("admin/pages/<int:page_id>/copy/", COPY_FORM),
    ("admin/pages/<int:page_id>/privacy/", {"restriction_type": "login"}),
    (BULK + "page move", {"chooser": "{other_track}"}),
    (BULK + "page publish", {"take_others": "on"}),
    (BULK + "page schedule", {"when": "2040-01-01 10:00", "take_others": "on"}),
    (BULK + "page tags", {"add": "{other_tag}"}),
    (BULK + "page authors", {"authors": "{author}"}),
    (BULK + "document add_to_collection", {"collection": "{collection}"}),
    (BULK + "image add_to_collection", {"collection": "{collection}"}),
    ("admin/calendar/<int:post_id>/move/", {"day": "2040-01-01", "state": "planned"}),
    (BULK + "page looked_at", {"on": "2040-01-01"}),
    ("admin/missed/<int:pk>/reschedule/", {"at": "2040-01-01 10:00"}),
    ("admin/review/pages/<int:page_id>/share/", SHARE_FORM),
    ("admin/review/releases/<int:pk>/share/", SHARE_FORM),
    ("admin/review/links/<int:pk>/mail/", {"token": "{review_token}", "to": "rae@example.org"}),
    ("admin/review/links/<int:pk>/extend/", {"days": "20"}),
    ("admin/review/remarks/<int:pk>/answer/", {"text": "Thank you."}),
    ("admin/search/synonyms/", {"words": "ml, machine learning", "direction": "first"}),
    ("admin/search/promotions/", PROMOTION_FORM),
    ("admin/choose-external-link/", {"external-link-chooser-url": "https://example.org"}),
]


WHOLE_TREE = r"^((?:[\w\-]+/)*)$"
PATHS = {
    WHOLE_TREE: "{track_slug}/{reader_page}/",
    r"admin/pages/^(?P<pk>\d+)/revisions/compare/(?P<revision_id_a>live|earliest|\d+)"
    r"\.\.\.(?P<revision_id_b>live|latest|\d+)/$": (
        "admin/pages/{draft}/revisions/compare/earliest...latest/"
    ),
    r"admin/^.*/$": "admin/nothing/here/",
    r"documents/^(\d+)/(.*)$": "documents/{document}/{document_name}",
    r"^diagrams/(?P<digest>[0-9a-f]{64})-(?P<scheme>light|dark)\.svg$": (
        "diagrams/{digest}-light.svg"
    ),
}


def bulk_actions(world: dict):
    for app, models in sorted(bulk_action_registry_of_all().items()):
        for model, actions in sorted(models.items()):
            for action in sorted(actions):
                arguments = {"app_label": app, "model_name": model, "action": action}
                for label, key in BULK_OBJECTS[f"{app}.{model}"].items():
                    yield f"{model} {action} {label}".strip(), arguments, f"?id={world[key]}"


def bulk_action_registry_of_all() -> dict:
    bulk_action_registry.get_bulk_actions_for_model("wagtailcore", "page")
    return bulk_action_registry.actions


BULK_OBJECTS = {
    "wagtailcore.page": {"draft": "draft", "live": "live"},
    "wagtaildocs.document": {"": "document"},
    "blog.document": {"": "document"},
    "blog.image": {"": "picture"},
    "blog.release": {"": "release"},
    "blog.author": {"": "author"},
    "blog.tag": {"": "tag"},
    "blog.series": {"": "series"},
    "wagtailmenus.mainmenu": {"": "main_menu"},
    "wagtailmenus.flatmenu": {"": "flat_menu"},
    "wagtailredirects.redirect": {"": "redirect"},
    "auth.user": {"": "user"},
}


def page_actions(world: dict):
    """One of Wagtail's; blog.desk.doors takes all of them away."""
    return [("publish", {"action_name": "publish"}, "")]


def workflow_actions(world: dict):
    return [(name, {"action_name": name}, "") for name in ("approve", "reject")]


def site_settings(world: dict):
    for model in settings_registry:
        named = {"app_name": model._meta.app_label, "model_name": model._meta.model_name}
        yield model._meta.label, {**named, "pk": world["site"]}, ""


def reader_pages(world: dict):
    slugs = {"live": "live", "draft": "a-draft", "private": "private"}
    return [(label, {"reader_page": slug}, "") for label, slug in slugs.items()]


def missed_changes(world: dict):
    return [("", {"pk": world["missed"]}, ""), ("release", {"pk": world["missed_release"]}, "")]


ALTERNATIVES = {
    "admin/missed/": missed_changes,
    WHOLE_TREE: reader_pages,
    "admin/bulk/": bulk_actions,
    "admin/api/main/^pages/<int:pk>/action/": page_actions,
    "admin/pages/workflow/action/": workflow_actions,
    "admin/pages/workflow/collect_action_data/": workflow_actions,
    "admin/settings/": site_settings,
}


def make_world(writer, track, other_track) -> dict:
    """Objects for every kind of argument, owned by `writer` where anything has an owner."""
    return {
        **make_pages(writer, track, other_track),
        **make_uploads(writer),
        **make_rest(writer),
    }


def make_pages(writer, track, other_track) -> dict:
    draft = make_post(track, "A draft", live=False, owner=writer, planned_for=SOON)
    first = draft.latest_revision
    draft.save_revision(user=writer)
    live = make_post(track, "Live", owner=writer, tags=["Pagers"])
    review = make_post(track, "In review", live=False, owner=writer)
    workflow = Workflow.objects.get()
    state = workflow.start(review, writer)
    scheduled = make_scheduled(track, "Scheduled", SOON, owner=writer)
    approved = scheduled.scheduled_revision
    locked = make_post(track, "Locked", live=False, owner=writer)
    PostPage.objects.filter(pk=locked.pk).update(locked=True, locked_at=timezone.now())
    private = make_post(track, "Private", owner=writer)
    restriction = PageViewRestriction.objects.create(
        page=private, restriction_type=PageViewRestriction.PASSWORD, password="sesame"
    )
    session = EditingSession.objects.create(
        user=writer, content_object=draft, last_seen_at=timezone.now()
    )
    return {
        "root": track.get_root().pk,
        "track": track.pk,
        "track_slug": track.slug,
        "other_track": other_track.pk,
        "draft": draft.pk,
        "revision": first.pk,
        "live": live.pk,
        "review": review.pk,
        "workflow": workflow.pk,
        "workflow_state": state.pk,
        "task": Task.objects.get().pk,
        "task_state": state.current_task_state.pk,
        "scheduled": scheduled.pk,
        "scheduled_revision": approved.pk,
        "locked": locked.pk,
        "missed": make_missed(scheduled, revision=approved, due_at=approved.approved_go_live_at).pk,
        "missed_release": make_missed_release(private).pk,
        "private": private.pk,
        "restriction": restriction.pk,
        "session": session.pk,
        "tag": live.tags.get().pk,
        "tag_slug": live.tags.get().slug,
    }


def make_missed_release(post) -> MissedChange:
    release = Release.objects.create(name="Missed", go_live_at=timezone.now(), is_scheduled=True)
    ReleasePost.objects.create(release=release, post=post)
    return MissedChange.objects.create(
        key=f"release:{release.pk}",
        kind=MissedChange.Kind.PUBLISH,
        release=release,
        name=release.name,
        due_at=release.go_live_at,
        reason="A post of it cannot be published.",
        next_try=release.go_live_at,
        first_missed=release.go_live_at,
    )


def make_uploads(writer) -> dict:
    picture = make_image(uploaded_by_user=writer)
    data = ContentFile(b"1,2", name="data.csv")
    document = Document.objects.create(title="Data", file=data, uploaded_by_user=writer)
    collection = Collection.get_first_root_node().add_child(name="Drawer")
    restriction = CollectionViewRestriction.objects.create(
        collection=collection, restriction_type="password", password="sesame"
    )
    return {
        "picture": picture.pk,
        "picture_file": picture.file.name,
        "document": document.pk,
        "document_name": document.filename,
        "collection": collection.pk,
        "collection_restriction": restriction.pk,
        "uploaded_picture": make_unfinished_upload(writer, Image).pk,
        "uploaded_document": make_unfinished_upload(writer, Document).pk,
    }


def make_unfinished_upload(writer, model) -> UploadedFile:
    return UploadedFile.objects.create(
        file=ContentFile(b"1,2", name="data.csv"),
        uploaded_by_user=writer,
        for_content_type=ContentType.objects.get_for_model(model),
    )


def make_settings() -> Site:
    """The site with all its settings, which are else stored when they are first read."""
    site = Site.objects.get()
    for model in settings_registry:
        model.for_site(site)
    return site


def make_release() -> Release:
    release = Release.objects.create(name="Together")
    ReleasePost.objects.create(release=release, post=PostPage.objects.get(slug="private"))
    return release


def make_rest(writer) -> dict:
    author = make_author(user=writer)
    diagram = Diagram.objects.create(digest="0" * 64, svg_light="<svg/>", svg_dark="<svg/>")
    return {
        "author": author.pk,
        "author_slug": author.slug,
        "other_tag": Tag.objects.create(name="Caches", slug="caches").pk,
        "series": Series.objects.create(title="In parts").pk,
        "main_menu": MainMenu.objects.get().pk,
        "flat_menu": FlatMenu.objects.get().pk,
        "site": make_settings().pk,
        "user": writer.pk,
        "group": Group.objects.get(name="Writers").pk,
        "redirect": Redirect.objects.create(old_path="/old", redirect_link="/").pk,
        "digest": diagram.pk,
        "release": make_release().pk,
        "delivery": OutboxEntry.objects.create(kind="purge", key="/").pk,
        "synonym": Synonym.objects.create(words="k8s, kubernetes").pk,
        "promotion": Promotion.objects.create(question="kubernetes").pk,
        "calendar_token": CalendarAddress.objects.make(writer),
        **make_review(writer),
    }


def make_review(writer) -> dict:
    """A link that the writer shares a draft by."""
    post = make_post(TrackIndexPage.objects.first(), "For review", live=False, owner=writer)
    link, token = make_review_link(post, label="Rae", made_by=writer)
    linked = link.linked_pages.get()
    remark = Remark.objects.create(
        link=link,
        linked_page=linked,
        version=linked.version,
        text="Is it?",
        made_at=link.made_at,
    )
    return {
        "review_link": link.public_id,
        "review_token": token,
        "review_number": link.pk,
        "remark": remark.pk,
    }
