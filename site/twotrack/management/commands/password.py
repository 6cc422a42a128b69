"""Give an account another password."""

import secrets

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from twotrack.first_run import EDITOR


class Command(BaseCommand):
    help = "Sets a new generated password for an account and prints it once."

    def add_arguments(self, parser):
        parser.add_argument("user", nargs="?", default=EDITOR, help="The account's user name.")

    def handle(self, *args, user, **options):
        account = get_user_model().objects.filter(username=user).first()
        if account is None:
            raise CommandError(f"There is no account “{user}”. Start once with make run.")
        password = secrets.token_urlsafe(9)
        account.set_password(password)
        account.save(update_fields=["password"])
        self.stdout.write(f"The password of {user} is now  {password}")
