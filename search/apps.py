from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        # Receivers need loaded models, so they are imported here and nowhere else.
        from search import receivers

        receivers.connect()
