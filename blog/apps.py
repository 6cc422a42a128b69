from django.apps import AppConfig


class BlogConfig(AppConfig):
    name = "blog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        # Receivers need loaded models, so they are imported here and nowhere else.
        from blog import all_or_nothing, receivers

        all_or_nothing.make_whole()
        receivers.connect()
