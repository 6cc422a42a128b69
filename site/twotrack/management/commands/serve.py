"""The web server and the publishing timer, started and ended together."""

import multiprocessing
import socket

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from granian import Granian
from granian.constants import Interfaces

from blog.housekeeping import keep_house_until_told
from blog.schedule import watch_until_told
from twotrack import first_run


class Command(BaseCommand):
    help = "Serves the publication and publishes what is due, until Ctrl-C."

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=1, help="Web server processes.")
        parser.add_argument("--threads", type=int, default=4, help="Requests at once, a process.")
        parser.add_argument(
            "--first-run",
            action="store_true",
            help="Bring the database up to date, and fill an empty one with the demo publication.",
        )

    def handle(self, *args, **options):
        refuse_taken_port(options["host"], options["port"])
        if options["first_run"]:
            try:
                self.prepare()
            except KeyboardInterrupt:
                raise CommandError("Stopped. The next start goes on from here.") from None
        elif first_run.has_unapplied_migrations():
            raise CommandError("The database lags behind the code. Run manage.py migrate first.")
        first_run.match_site_address()
        self.stdout.write(f"\n  Readers:  {settings.BASE_URL}/")
        self.stdout.write(f"  Editors:  {settings.BASE_URL}/admin/\n")
        self.stdout.write("  Ctrl-C ends it.\n\n")
        self.stdout.flush()
        self.serve(options)

    def prepare(self) -> None:
        """Migrate, and on the very first run bring in the demo and make the account."""
        if first_run.has_unapplied_migrations():
            self.stdout.write("Preparing the database…")
            call_command("migrate", verbosity=0)
        if first_run.is_first_run():
            self.stdout.write("Bringing in the demo publication…")
            first_run.bring_in_demo(self.stdout)
            password = first_run.make_editor()
            self.stdout.write(f"\n  The editor's name is  {first_run.EDITOR}")
            self.stdout.write(f"  and the password is   {password}")
            self.stdout.write("  It is shown only now; `make password` sets another.")

    def serve(self, options) -> None:
        """Fork the timer and the web server from this loaded process; end both together."""
        connections.close_all()
        multiprocessing.set_start_method("fork", force=True)
        timer = multiprocessing.Process(
            name="timer",
            target=watch_until_told,
            args=(settings.TWOTRACK_SCHEDULE_SECONDS,),
            daemon=True,
        )
        timer.start()
        multiprocessing.Process(
            name="housekeeping", target=keep_house_until_told, daemon=True
        ).start()
        server = Granian(
            "twotrack.wsgi:application",
            address=options["host"],
            port=options["port"],
            interface=Interfaces.WSGI,
            workers=options["workers"],
            blocking_threads=options["threads"],
            respawn_failed_workers=True,
            workers_kill_timeout=10,
            log_level="warning",
        )
        try:
            server.serve()
        finally:
            timer.terminate()
            timer.join(30)


def refuse_taken_port(host: str, port: int) -> None:
    """Raise CommandError with what to do when the address cannot be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} of {host} cannot be used: {error.strerror}. "
                f"Choose another, for example: make run PORT={port + 1}"
            ) from error
