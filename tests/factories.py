"""The least that saves, for each kind of thing a test needs."""

from io import BytesIO

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.images import ImageFile
from django.utils.text import slugify
from PIL import Image as Picture

from blog.models import Author, Image, PostAuthor, PostPage, Tag, TrackIndexPage


def make_post(track: TrackIndexPage, title: str = "A post", *, live: bool = True, **fields):
    """A post on `track`, published through a revision when `live`, else a draft with one.

    `markdown` is its body; `tags` are names, `authors` are Authors.
    """
    body = fields.pop("body", [("markdown", fields.pop("markdown", "Words of a quokka."))])
    tags, authors = fields.pop("tags", []), fields.pop("authors", [])
    fields.setdefault("slug", slugify(title))
    fields.setdefault("excerpt", f"The excerpt of {title}.")
    post = track.add_child(instance=PostPage(title=title, body=body, live=False, **fields))
    for name in tags:
        post.tags.add(Tag.objects.get_or_create(name=name, defaults={"slug": slugify(name)})[0])
    post.post_authors = [
        PostAuthor(author=author, sort_order=place) for place, author in enumerate(authors)
    ]
    revision = post.save_revision()
    if live:
        revision.publish()
    return PostPage.objects.get(pk=post.pk)


def make_person(name: str, group: str = ""):
    user = get_user_model().objects.create_user(name, f"{name}@example.org")
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def make_author(name: str = "Ada Byron", **fields) -> Author:
    return Author.objects.create(name=name, slug=slugify(name), **fields)


def make_image(title: str = "A picture", *, width: int = 60, height: int = 40, **fields) -> Image:
    data = BytesIO()
    Picture.new("RGB", (width, height), "teal").save(data, "PNG")
    data.seek(0)
    file = ImageFile(data, name=f"{slugify(title)}.png")
    return Image.objects.create(title=title, file=file, **fields)
