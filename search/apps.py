from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        # Receivers need loaded models, so they are imported here and nowhere else.
        from blog.housekeeping import chores
        from search import receivers
        from search.noting import forget_old

        receivers.connect()
        chores.append(forget_old)
