"""The web application for granian (and any other WSGI server)."""

import os

from django.core.wsgi import get_wsgi_application

from config.checks import refuse_public_demo

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

refuse_public_demo()
application = get_wsgi_application()
