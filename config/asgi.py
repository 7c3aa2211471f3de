"""The same application for ASGI servers. Ours is WSGI: for pages like these it answers many more requests a second."""

import os

from django.core.asgi import get_asgi_application

from config.checks import refuse_public_demo

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

refuse_public_demo()
application = get_asgi_application()
