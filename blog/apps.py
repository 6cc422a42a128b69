from django.apps import AppConfig


class BlogConfig(AppConfig):
    name = "blog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        # Receivers need loaded models, so they are imported here and nowhere else.
        from blog import receivers

        receivers.connect()
