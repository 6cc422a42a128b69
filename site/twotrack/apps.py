from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate


class TwotrackConfig(AppConfig):
    name = "twotrack"

    def ready(self):
        # Checks and the first run read loaded models, so they are imported here.
        from twotrack import checks, first_run

        register(checks.check_settings)
        post_migrate.connect(
            lambda **kwargs: first_run.match_site_address(),
            sender=self,
            weak=False,
            dispatch_uid="match_site_address",
        )
