"""The door for WSGI servers (PEP 3333): `twotrack.wsgi:application`, with `site/` on the path."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twotrack.settings.base")
application = get_wsgi_application()

# Only now is there a model to import.
from blog.outbox import Courier, deliver_beside  # noqa: E402

deliver_beside(Courier())
