"""What helps to write a post: its first author, and pictures sent from within the text."""

from django import forms
from django.dispatch import receiver
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.http import require_http_methods
from wagtail import hooks
from wagtail.admin.views.generic.preview import PreviewOnEdit
from wagtail.images.forms import get_image_form
from wagtail.images.utils import find_image_duplicates
from wagtail.permissions import policy_registry
from wagtail.signals import init_new_page

from blog.blocks.previewing import previewing
from blog.models import Author, Image, PostAuthor, PostPage

LONGEST_TITLE = Image._meta.get_field("title").max_length


@receiver(init_new_page)
def start_with_own_name(sender, page, **kwargs):
    """The form of a new post has its writer as first author. A copy keeps its own authors."""
    if isinstance(page, PostPage):
        author = Author.objects.filter(user=page.owner).first()
        page.post_authors = [PostAuthor(author=author)] if author else []


_dispatch = PreviewOnEdit.dispatch


def dispatch_as_preview(self, request, *args, **kwargs):
    """As Wagtail does, but a body with mistakes is shown as far as it can be, and they are told.

    Wagtail would keep the preview as it was before the first of them.
    """
    with previewing():
        return _dispatch(self, request, *args, **kwargs)


PreviewOnEdit.dispatch = dispatch_as_preview


@hooks.register("register_admin_urls")
def writing_urls():
    return [path("writing/picture/", upload_picture, name="upload_picture")]


@require_http_methods(["GET", "POST"])
def upload_picture(request: HttpRequest) -> JsonResponse:
    """A picture for the library, from within a text; before it, where it may be put.

    GET gives the `collections` that the user may add pictures to. POST takes `file`,
    `description` and `collection`, checks them as the library's own form does, and gives the
    picture's `id`; a file that the library has is not kept twice. A refusal has a `problem`.
    """
    policy = policy_registry.get_by_type(Image)
    if not policy.user_has_permission(request.user, "add"):
        problem = "You may not add pictures to the library. Ask a moderator for it."
        return JsonResponse({"problem": problem}, status=403)
    if request.method == "GET":
        collections = policy.collections_user_has_permission_for(request.user, "add")
        found = [{"id": one.pk, "name": one.name} for one in collections]
        return JsonResponse({"collections": found})
    form = picture_form(request)
    if not form.is_valid():
        return JsonResponse({"problem": problem_in(form)}, status=422)
    return JsonResponse({"id": kept_picture(form, request.user, policy).pk})


def picture_form(request: HttpRequest) -> forms.ModelForm:
    """The library's own form, with the name of the file as title."""
    file = request.FILES.get("file")
    data = request.POST.copy()
    data["title"] = title_of(file.name) if file else ""
    return get_image_form(Image)(
        data, request.FILES, instance=Image(uploaded_by_user=request.user), user=request.user
    )


def title_of(file_name: str) -> str:
    """“wal-growth.png” as “wal growth”."""
    stem = file_name.rpartition(".")[0] or file_name
    return " ".join(stem.replace("-", " ").replace("_", " ").split())[:LONGEST_TITLE] or "Picture"


def problem_in(form: forms.ModelForm) -> str:
    """The first sentence of each field that the form refuses."""
    return " ".join(str(errors[0]) for errors in form.errors.values())


def kept_picture(form: forms.ModelForm, user, policy) -> Image:
    """The same picture that the library has and the user may choose, or this one, saved."""
    picture = form.save(commit=False)
    picture.get_file_hash()
    known = find_image_duplicates(picture, user, policy)
    if known:
        return known[0]
    return form.save()
