"""The door for WSGI servers (PEP 3333): `twotrack.wsgi:application`, with `site/` on the path."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twotrack.settings.base")
application = get_wsgi_application()
