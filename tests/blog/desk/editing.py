"""Tabs of the admin in which people edit one page."""

from dataclasses import dataclass, field

from bs4 import BeautifulSoup, SoupStrainer
from django.contrib.auth.models import Group
from django.test import Client
from wagtail.models import GroupApprovalTask, Page, Revision, Workflow, WorkflowPage, WorkflowTask

from blog.models import PostPage
from blog.models.posts import to_the_minute
from tests.blog.test_admin import post_form

LOADED = ("loaded_revision_id", "loaded_revision_created_at")
SENT = (*LOADED, "loaded_plan", "loaded_review_by")
ACTIONS = {
    "save": {},
    "publish": {"action-publish": "1"},
    "submit": {"action-submit": "1"},
    "approve": {"action-workflow-action": "1", "workflow-action-name": "approve"},
    "cancel": {"action-cancel-workflow": "1"},
}


@dataclass
class Tab:
    """The editor of a page, opened in a browser: it sends what the real one sends."""

    user: object
    page: int
    sent: dict = field(default_factory=dict)
    plan: str = ""
    review_by: str = ""

    def __post_init__(self):
        self.client = Client()
        self.slug = Page.objects.get(pk=self.page).slug
        self.client.force_login(self.user)
        self.address = f"/admin/pages/{self.page}/edit/"
        self.load()

    def load(self) -> None:
        inputs_only = SoupStrainer("input")  # of a page that is long to read
        html = self.client.get(self.address).content
        form = BeautifulSoup(html, "html.parser", parse_only=inputs_only)
        inputs = {name: form.select_one(f'input[name="{name}"]') for name in SENT}
        self.sent = {name: found.get("value", "") for name, found in inputs.items() if found}

    def autosave(self, words: str):
        """What the admin's scripts do: afterwards the tab holds the version it has made."""
        answer = self.client.post(
            self.address,
            self.form(words) | self.sent,
            headers={"accept": "application/json"},
        )
        if answer.status_code == 200:
            saved = answer.json()
            loaded = (str(saved["revision_id"]), saved["revision_created_at"])
            self.sent |= dict(zip(LOADED, loaded, strict=True))
            if "loaded_plan" in saved["field_updates"]:
                self.sent["loaded_plan"] = saved["field_updates"]["loaded_plan"]
            self.sent["overwrite_revision_id"] = loaded[0]
        return answer

    def act(self, action: str, words: str):
        """Press a button; the tab is loaded again when the action was carried out."""
        if action == "autosave":
            return self.autosave(words)
        loaded = {name: value for name, value in self.sent.items() if name in SENT}
        answer = self.client.post(self.address, self.form(words) | loaded | ACTIONS[action])
        if answer.status_code == 302:
            self.load()
        return answer

    def choose_mine(self, conflict):
        """Press “Keep mine” on the page that shows both texts."""
        form = BeautifulSoup(conflict.content, "html.parser").select_one("form.conflict__choices")
        fields = {found["name"]: found.get("value", "") for found in form.select("input")}
        answer = self.client.post(form["action"], fields)
        if answer.status_code == 302:
            self.load()
        return answer

    def form(self, words: str, title: str = "Written by two") -> dict:
        fields = post_form(
            title,
            slug=self.slug,
            body=[("markdown", words)],
            planned_for=self.plan,
            review_by=self.review_by,
        )
        # A block keeps its id from one save to the next.
        return fields | {"body-0-id": "0b0b4f5e-1f0f-4a9e-8f43-3a5c1a9d7d11"}


class QuickTab(Tab):
    """A tab that knows what its form would hold without having it rendered, which takes long."""

    def load(self) -> None:
        post = PostPage.objects.get(pk=self.page)
        newest = post.latest_revision
        review_by = post.review_by.isoformat() if post.review_by else ""
        values = (str(newest.pk), newest.created_at.isoformat())
        values += (to_the_minute(post.planned_for), review_by)
        self.sent = dict(zip(SENT, values, strict=True))


def words_of(revision: Revision) -> str:
    return "\n".join(str(child.value) for child in revision.as_object().body)


def history(post) -> list[str]:
    """The words of every version, in the order in which they were made."""
    return [words_of(found) for found in Revision.objects.for_instance(post).order_by("pk")]


def latest(post) -> str:
    return words_of(PostPage.objects.get(pk=post.pk).latest_revision)


def use_workflow(post) -> Workflow:
    """Give a post a workflow of one task, which is not started."""
    workflow = Workflow.objects.create(name="Review then publish")
    task = GroupApprovalTask.objects.create(name="Review")
    task.groups.set([Group.objects.get_or_create(name="Moderators")[0]])
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.update_or_create(page=post, defaults={"workflow": workflow})
    return workflow
