"""Posts of writers are reviewed, then published: by editors as well as moderators.

Wagtail starts with one workflow for the whole tree, “Moderators approval”. Where it is still as
Wagtail made it, it becomes “Review, then publish”. A workflow that was changed is left alone.
"""

from django.db import migrations

MADE_BY_WAGTAIL = "Moderators approval"
WORKFLOW = "Review, then publish"
TASK = "Review"
REVIEWERS = ["Editors", "Moderators"]


def let_editors_review(apps, schema_editor):
    model = apps.get_model
    workflow = model("wagtailcore.Workflow").objects.filter(name=MADE_BY_WAGTAIL).first()
    steps = model("wagtailcore.WorkflowTask").objects.filter(workflow=workflow)
    if workflow is None or steps.count() != 1:
        return
    tasks = model("wagtailcore.GroupApprovalTask").objects
    task = tasks.filter(pk=steps.get().task_id, name=MADE_BY_WAGTAIL).first()
    if task is None:
        return
    workflow.name = WORKFLOW
    workflow.save(update_fields=["name"])
    task.name = TASK
    task.save(update_fields=["name"])
    task.groups.add(*model("auth.Group").objects.filter(name__in=REVIEWERS))


class Migration(migrations.Migration):
    dependencies = [("home", "0005_rules")]

    operations = [migrations.RunPython(let_editors_review, migrations.RunPython.noop)]
