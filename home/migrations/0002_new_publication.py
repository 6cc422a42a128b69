"""What a new publication starts with: a home page, two tracks, groups and menus."""

from django.db import migrations
from wagtail.models import Page as PageTree

TRACKS = [
    {
        "title": "For Engineers",
        "slug": "engineers",
        "label": "Engineers",
        "promise": "Deep, reproducible dives.",
        "accent": "blue",
        "icon": "code",
    },
    {
        "title": "For Everyone",
        "slug": "everyone",
        "label": "Everyone",
        "promise": "Clear explainers.",
        "accent": "rust",
        "icon": "speech",
    },
]

# What each group may do, as its name promises. Page permissions hold for the home page and all
# below it; collection permissions for all uploads; model permissions are app.codename.
PAGE_PERMISSIONS = {
    "Writers": ["add_page"],
    "Editors": ["add_page", "change_page", "publish_page", "lock_page"],
    "Moderators": [
        "add_page",
        "change_page",
        "publish_page",
        "lock_page",
        "unlock_page",
        "bulk_delete_page",
    ],
}
UPLOAD_PERMISSIONS = {
    "Writers": ["add_image", "choose_image", "add_document", "choose_document"],
    "Editors": [
        "add_image",
        "change_image",
        "choose_image",
        "add_document",
        "change_document",
        "choose_document",
    ],
    "Moderators": [
        "add_image",
        "change_image",
        "choose_image",
        "add_document",
        "change_document",
        "choose_document",
    ],
}
MODEL_PERMISSIONS = {
    "Writers": ["wagtailadmin.access_admin"],
    "Editors": [
        "wagtailadmin.access_admin",
        *[f"blog.{verb}_{model}" for model in ("author", "tag") for verb in ("add", "change")],
        *[f"wagtailredirects.{verb}_redirect" for verb in ("add", "change")],
    ],
    "Moderators": [
        "wagtailadmin.access_admin",
        *[
            f"blog.{verb}_{model}"
            for model in ("author", "tag")
            for verb in ("add", "change", "delete")
        ],
        *[f"wagtailredirects.{verb}_redirect" for verb in ("add", "change", "delete")],
        "home.change_sitesettings",
        "wagtailmenus.change_mainmenu",
        *[f"wagtailmenus.{verb}_flatmenu" for verb in ("add", "change", "delete")],
    ],
}


def add_child(apps, parent, model_name, position, **fields):
    """Put a live page under `parent`, with the tree columns that treebeard would set."""
    model = apps.get_model(model_name)
    content_type, _ = apps.get_model("contenttypes.ContentType").objects.get_or_create(
        app_label=model._meta.app_label, model=model._meta.model_name
    )
    return model.objects.create(
        path=PageTree._get_path(parent.path, parent.depth + 1, position),
        depth=parent.depth + 1,
        numchild=fields.pop("numchild", 0),
        url_path=f"{parent.url_path}{fields['slug']}/",
        draft_title=fields["title"],
        content_type=content_type,
        locale=parent.locale,
        live=True,
        show_in_menus=True,
        **fields,
    )


def make_tree(apps, schema_editor):
    """The home page takes the place of Wagtail's welcome page and carries the tracks."""
    page_model = apps.get_model("wagtailcore.Page")
    site_model = apps.get_model("wagtailcore.Site")
    root = page_model.objects.get(depth=1)
    page_model.objects.filter(depth=2, slug="home", path__startswith=root.path).delete()
    last = page_model.objects.filter(depth=2).order_by("path").last()
    position = PageTree._str2int(last.path[-PageTree.steplen :]) + 1 if last else 1
    home = add_child(
        apps, root, "home.HomePage", position, title="Home", slug="home", numchild=len(TRACKS)
    )
    root.numchild = page_model.objects.filter(depth=2).count()
    root.save(update_fields=["numchild"])
    for place, fields in enumerate(TRACKS, start=1):
        add_child(apps, home, "blog.TrackIndexPage", place, **fields)
    site, _ = site_model.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": "localhost",
            "port": 8000,
            "root_page_id": home.pk,
            "site_name": "Twotrack",
        },
    )
    make_menus(apps, site, home)


def make_menus(apps, site, home):
    """A main menu with the tracks, and an empty footer menu."""
    main_menu, _ = apps.get_model("wagtailmenus.MainMenu").objects.get_or_create(site=site)
    item_model = apps.get_model("wagtailmenus.MainMenuItem")
    tracks = apps.get_model("blog.TrackIndexPage").objects.filter(path__startswith=home.path)
    for order, track in enumerate(tracks.order_by("path")):
        item_model.objects.create(menu=main_menu, link_page_id=track.pk, sort_order=order)
    apps.get_model("wagtailmenus.FlatMenu").objects.get_or_create(
        site=site, handle="footer", defaults={"title": "Footer"}
    )


def make_groups(apps, schema_editor):
    """Writers, Editors and Moderators."""
    home = apps.get_model("home.HomePage").objects.get()
    root_collection = apps.get_model("wagtailcore.Collection").objects.get(depth=1)
    group_model = apps.get_model("auth.Group")
    for name in PAGE_PERMISSIONS:
        group, _ = group_model.objects.get_or_create(name=name)
        group.page_permissions.all().delete()
        group.collection_permissions.all().delete()
        group.permissions.clear()
        for codename in PAGE_PERMISSIONS[name]:
            group.page_permissions.create(
                page_id=home.pk, permission=permission(apps, f"wagtailcore.{codename}", "page")
            )
        for codename in UPLOAD_PERMISSIONS[name]:
            model = codename.partition("_")[2]
            app = {"image": "wagtailimages", "document": "wagtaildocs"}[model]
            group.collection_permissions.create(
                collection=root_collection, permission=permission(apps, f"{app}.{codename}", model)
            )
        for dotted in MODEL_PERMISSIONS[name]:
            model = "admin" if dotted.startswith("wagtailadmin.") else dotted.rpartition("_")[2]
            group.permissions.add(permission(apps, dotted, model))


def permission(apps, dotted, model):
    """The permission `app.codename`, which Django itself only makes after all migrations."""
    app, codename = dotted.split(".")
    content_type, _ = apps.get_model("contenttypes.ContentType").objects.get_or_create(
        app_label=app, model=model
    )
    found, _ = apps.get_model("auth.Permission").objects.get_or_create(
        content_type=content_type,
        codename=codename,
        defaults={"name": f"Can {codename.replace('_', ' ')}"},
    )
    return found


class Migration(migrations.Migration):
    dependencies = [
        ("home", "0001_initial"),
        ("blog", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("wagtailadmin", "0006_formstate"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailimages", "0027_image_description"),
        ("wagtailmenus", "0023_remove_use_specific"),
        ("wagtailredirects", "0008_add_verbose_name_plural"),
    ]

    operations = [
        migrations.RunPython(make_tree, migrations.RunPython.noop),
        migrations.RunPython(make_groups, migrations.RunPython.noop),
    ]
