from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "review"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        # Receivers need loaded models, so they are imported here and nowhere else.
        from blog.housekeeping import chores
        from review import receivers
        from review.desk import approvals, digest
        from review.tidying import tidy

        receivers.connect()
        approvals.connect()
        digest.connect()
        chores.extend([tidy, approvals.pass_what_is_approved, digest.tell_editors])
